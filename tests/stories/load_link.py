"""Load Anna's case under way, and a link that Per is sent with one question; the link's address is left in a file."""

import os
from pathlib import Path

from tests.stories import load


def main() -> None:
    """Fill the database in DATABASE_URL. It must be empty."""
    load.main()
    from demo import cast
    from grunnmur.cases.actions import links as acts
    from grunnmur.cases.actions import questions
    from grunnmur.cases.models import Child
    from grunnmur.cases.terms import HealthArea, InformationKind, QuestionSort
    from grunnmur.directory import sessions
    from grunnmur.directory.kinds import Role
    from grunnmur.post import links
    from grunnmur.post.terms import ProofKind
    from tests import health_case, together

    with sessions.acting(cast.membership_id(cast.get("kari"))) as kari:
        pathway_id = together.begin(kari, Child.objects.get())
        together.start(kari, pathway_id)
        health_case.consent(kari, pathway_id, "storgata", HealthArea.MENTAL, purposes=health_case.SEE_AND_TELL)
        question = questions.ask(
            actor=kari,
            pathway_id=pathway_id,
            once=None,
            sort=QuestionSort.INFORMATION,
            kind=InformationKind.MENTAL,
            to_service_id=together.service_id("storgata"),
            text="Har hun vært hos dere med hodepine?",
            answer_by=together.day(14),
        )
        link = acts.send(
            actor=kari,
            pathway_id=pathway_id,
            once=None,
            item=question.pk,
            name="Per Holm",
            role=Role.GP,
            proof=ProofKind.HPR,
            number="7654321",
            mail="per@storgata.example",
        )
    Path(os.environ["GRUNNMUR_DATA"], "link").write_text(f"/svar/{links.address_of(link.pk)}/")


if __name__ == "__main__":
    main()
