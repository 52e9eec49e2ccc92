"""Load Anna's case under way, a link that Per is sent with one question, one about a meeting that a code by SMS opens,
and one that RBUP is sent about a gathering.

The addresses of all are left in files.
"""

import os
from pathlib import Path

from tests.stories import load


def main() -> None:
    """Fill the database in DATABASE_URL. It must be empty."""
    load.main()
    from demo import cast
    from grunnmur import clock
    from grunnmur.cases.models import Child, Pathway
    from grunnmur.directory import sessions
    from grunnmur.post import links
    from grunnmur.post.terms import Confirmed, ProofKind
    from grunnmur.stewardship import codes, inviting, networking
    from grunnmur.stewardship.models import GatheringInvitation
    from tests import health_case, together

    with sessions.acting(cast.membership_id(cast.get("kari"))) as kari:
        link = health_case.ask_by_link(kari, Child.objects.get())
    left = Path(os.environ["GRUNNMUR_DATA"])
    (left / "link").write_text(f"/svar/{links.address_of(link.pk)}/")
    with sessions.acting(cast.membership_id(cast.get("leif")), is_strong=True) as leif:
        said = codes.Said("Vurdert.", together.day(30))
        codes.decide(actor=leif, place="4202", said=said, seen=0, at=clock.now(), on=clock.today())
    with sessions.acting(cast.membership_id(cast.get("kari"))) as kari:
        case = Pathway.objects.get().pk
        invited = together.call(kari, case, "storgata").invitations.get()
        by_code = {"proof": ProofKind.CODE, "number": "", "phone": "+4790000001", "confirmed": Confirmed.SPOKEN}
        link = health_case.send_link(kari, case, invited.pk, **by_code)
    (left / "by_code").write_text(f"/svar/{links.address_of(link.pk)}/")
    (left / "to_send").write_text(f"/forlop/{case}/lenke/{invited.pk}/")
    with sessions.acting(cast.membership_id(cast.get("stein"))) as stein:
        network = networking.own(stein)
        assert network
        inviting.send(
            actor=stein,
            network=network,
            gathering_id=cast.fixed_id("network/gathering/2"),
            to={"RBUP": "kontakt@rbup.example"},
            reminds=False,
            at=clock.now(),
        )
        asked = GatheringInvitation.objects.get(partner="RBUP")
    (left / "gathering").write_text(f"/samling/{inviting.address_of(asked.message_id)}/")


if __name__ == "__main__":
    main()
