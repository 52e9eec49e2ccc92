"""Load Anna's case under way, and let her and her parents in to pages of their own (`demo/families.py`)."""

from datetime import timedelta
from typing import Any

from tests.stories import load


def begin(anna: Any) -> None:
    """Anna's case as it stands when the family comes in."""
    from demo import cast, families
    from grunnmur import clock
    from grunnmur.cases.actions import basis, plans
    from grunnmur.cases.models import RelatedPerson
    from grunnmur.cases.terms import ChildParticipation, HealthArea
    from grunnmur.directory import sessions
    from tests import health_case, together

    today = clock.today()
    with sessions.acting(cast.membership_id(cast.get("kari"))) as kari:
        mother, father = RelatedPerson.objects.filter(child=anna).order_by("-relation")
        case = together.begin(kari, anna)
        of = {"actor": kari, "pathway_id": case, "once": None}
        basis.record_conversation(
            **of,
            with_whom="child",
            held_on=today,
            summary="Anna forteller om hodepine og vondt i magen. Det er verst om morgenen.",
            health_areas=[HealthArea.SOMATIC],
            participation=ChildParticipation.CONVERSATION,
            own_words="Jeg vil at noen skal hjelpe meg så jeg får sove.",
        )
        together.start(kari, case)
        for service, area in (("storgata", HealthArea.SOMATIC), ("skolehelse", HealthArea.MENTAL)):
            health_case.consent(kari, case, service, area, purposes=health_case.SEE_AND_TELL)
        goal = plans.set_goal(**of, text="Anna sover hele natten")
        for what, service, person, days in (
            ("Time hos fastlegen", "storgata", None, 10),
            ("Snakke med læreren om morgenene", "grimstad", None, 14),
            ("Legge bort telefonen før leggetid", "", mother, 20),
        ):
            plans.set_task(
                **of,
                what=what,
                service_id=together.service_id(service) if service else None,
                related_person_id=person.pk if person else None,
                due_on=today + timedelta(days=days),
                goal_id=goal.pk,
            )
        together.call(
            kari, case, "storgata", "skolehelse", days=5, related_people=[mother.pk, father.pk], place="Grimstad rådhus"
        )
    families.come_in(anna, families.ANNAS_PARENTS, looker="per")


def main() -> None:
    """Fill the database in DATABASE_URL. It must be empty."""
    load.main()
    from grunnmur.cases.models import Child

    begin(Child.objects.get())


if __name__ == "__main__":
    main()
