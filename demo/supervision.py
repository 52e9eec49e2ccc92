"""What a few municipalities have answered to the findings of supervision in the demo: all made up."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta

from demo import cast
from demo.places import BY_NUMBER
from demo.services import child_welfare
from grunnmur.directory.kinds import Role
from grunnmur.stewardship.findings import Said
from grunnmur.stewardship.models import FollowUp
from grunnmur.stewardship.terms import FindingAnswer

FIRST = 120
"""How many days ago the first answer was given; the next of the same municipality came a month later."""
OURS, NOT_OURS, MENDED = FindingAnswer.OURS, FindingAnswer.NOT_OURS, FindingAnswer.MENDED
ROUTINE = "Lage en felles rutine for hvem som tar imot hva"
LIST = "Skrive en liste over alle tilbud, og dele den med alle som arbeider med barn"


def _answers(today: date) -> dict[str, dict[str, tuple[Said, ...]]]:
    """What each municipality has said of each finding, the oldest first."""
    soon, late = today + timedelta(days=60), today - timedelta(days=12)
    routine = Said(OURS, "Tjenestene fortalte det på møtet i mai.", ROUTINE, "Kommunalsjef for oppvekst", soon)
    listed = Said(OURS, "Fastlegene visste ikke om ungdomsteamet.", LIST, "Helsestasjonen", soon)
    return {
        "4202": {
            "behandlingsansvar": (Said(OURS, "Ansvaret for barn fra 6 til 12 år er ikke bestemt."), routine),
            "kjennskap": (
                listed,
                Said(
                    MENDED,
                    "Alle tjenestene har fått lista.",
                    LIST,
                    "Helsestasjonen",
                    soon,
                    "Lista ligger på kommunens nettsider, og åtte av ni tjenester sa i høst at de bruker den.",
                ),
            ),
            "mellomnivaet": (Said(OURS, "Få henvisninger til ungdomsteamet.", LIST, "Kommuneoverlegen", late),),
        },
        "4203": {
            "behandlingsansvar": (Said(NOT_OURS, "Kommunestyret bestemte det i fjor, og det står i delegeringen."),),
            "samordning": (routine,),
            "avviste-henvisninger": (Said(OURS, "Hver fjerde henvisning kom tilbake."),),
        },
        "4204": {
            "samordning": (routine,),
            "kjennskap": (listed,),
            "hvor-en-spor": (Said(NOT_OURS, "Foreldrene i brukerutvalget sier at de vet hvor de kan spørre."),),
        },
        "4211": {"kjennskap": (listed,), "samordning": (Said(OURS, "Vi er få, og møtes for sjelden."),)},
        "4215": {
            "behandlingsansvar": (Said(OURS, "Ingen kunne si hvem det var.", ROUTINE, "Kommunedirektøren", late),)
        },
        "4223": {"hvor-en-spor": (listed,), "mellomnivaet": (Said(OURS, "Tilbudet er nytt."),)},
    }


def load(today: date) -> None:
    """Let the leaders of child welfare answer. May be run again."""
    FollowUp.objects.bulk_create(_rows(today), ignore_conflicts=True)


def _rows(today: date) -> Iterator[FollowUp]:
    for place, by_finding in _answers(today).items():
        leader = child_welfare(BY_NUMBER[place]).with_role(Role.LEADER)[0]
        for finding, versions in by_finding.items():
            for number, said in enumerate(versions, 1):
                on = today - timedelta(days=FIRST - 30 * number)
                yield FollowUp(
                    id=cast.fixed_id(f"finding/{place}/{finding}/{number}"),
                    municipality_id=place,
                    finding=finding,
                    version=number,
                    recorded_at=datetime.combine(on, time(9), UTC),
                    recorded_by_id=leader.person_id,
                    **asdict(said),
                )
