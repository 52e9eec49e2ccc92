"""Load Anna's case under way with something to put on paper: a plan, and what her GP found."""

from tests.stories import load_link


def main() -> None:
    """Fill the database in DATABASE_URL. It must be empty."""
    load_link.main()
    from demo import cast
    from grunnmur.cases.actions import plans
    from grunnmur.cases.models import Pathway
    from grunnmur.cases.terms import ConsentPurpose, HealthArea, MappingConclusion, MappingState
    from grunnmur.directory import sessions
    from tests import health_case

    with sessions.acting(cast.membership_id(cast.get("kari"))) as kari:
        case = Pathway.objects.get().pk
        health_case.consent(kari, case, "storgata", HealthArea.SOMATIC, purposes=health_case.SEE_AND_TELL)
        to_the_next = (ConsentPurpose.HAND_OVER,)
        health_case.consent(kari, case, cast.get("ola").service, HealthArea.SOMATIC, purposes=to_the_next)
        of = {"actor": kari, "pathway_id": case, "once": None}
        goal = plans.set_goal(**of, text="Anna sover hele natten")
        plans.set_task(
            **of,
            what="Snakke med læreren om morgenene",
            service_id=kari.service_id,
            related_person_id=None,
            due_on=None,
            goal_id=goal.pk,
        )
        mapping = health_case.ask(kari, case, "storgata", HealthArea.SOMATIC)
    with sessions.acting(cast.membership_id(cast.get("per"))) as per:
        health_case.step(per, case, mapping, MappingState.ACCEPTED)
        health_case.step(
            per,
            case,
            mapping,
            MappingState.CONCLUDED,
            conclusion=MappingConclusion.MUNICIPAL_FOLLOW_UP,
            findings="Anna har lavt jern.",
            recommendation="Ny blodprøve om to måneder.",
        )


if __name__ == "__main__":
    main()
