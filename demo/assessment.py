"""How the leaders see their collaboration in the demo: examples, all made up.

Only Grimstad has a chief physician in the demo, so only there have both sides answered.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from demo import cast
from demo.places import BY_NUMBER
from demo.services import child_welfare
from grunnmur.directory.kinds import Role
from grunnmur.stewardship.collaboration import statements
from grunnmur.stewardship.models import Assessment, AssessmentAction
from grunnmur.stewardship.terms import Judgement, Side

ANSWERS = (
    # Child welfare and health, the first time and the second.
    ("partly partly", "yes partly"),
    ("no no", "partly no"),
    ("no yes", "no yes"),
    ("yes yes", "yes yes"),
    ("partly unknown", "partly no"),
    ("partly partly", "yes yes"),
    ("no partly", "partly partly"),
    ("yes no", "partly partly"),
    ("yes yes", None),
    ("no yes", None),
)
"""One pair for each statement, over and over; None is what they have answered only once."""
GROUND = {
    Judgement.YES: "Eksempel: Vi ser det i rutinen og i referatene.",
    Judgement.PARTLY: "Eksempel: Det hender, men ikke hver gang.",
    Judgement.NO: "Eksempel: Ingen av oss kjente til det.",
    Judgement.UNKNOWN: "",
}
WAITING = "kommune-og-phbu"
"""The area where child welfare has answered, and health has not."""
ALONE = ("4203", "4204")
"""Where child welfare has answered alone."""


def load(today: date) -> None:
    """Let the leaders answer, and say what they do about some of it. May be run again."""
    Assessment.objects.bulk_create(_assessments(today), ignore_conflicts=True)
    AssessmentAction.objects.bulk_create(_actions(today), ignore_conflicts=True)


def _leader(place: str) -> UUID:
    return child_welfare(BY_NUMBER[place]).with_role(Role.LEADER)[0].person_id


def _assessments(today: date) -> Iterator[Assessment]:
    health = cast.get("marit").person_id
    asked = [(area.key, one.key) for area in statements().areas for one in area.statements]
    for number, (area, key) in enumerate(asked):
        for version, pair in enumerate(ANSWERS[number % len(ANSWERS)], 1):
            if pair is None or (area == WAITING and version > 1):
                continue
            child, other = (Judgement(one) for one in pair.split())
            on = today - timedelta(days=380 if version == 1 else 20)
            yield _row("4202", key, Side.CHILD_WELFARE, version, child, by=_leader("4202"), on=on)
            if area != WAITING:
                yield _row("4202", key, Side.HEALTH, version, other, by=health, on=on + timedelta(days=9))
    for place in ALONE:
        for number, (_area, key) in enumerate(asked):
            judgement = list(Judgement)[number % 3]
            yield _row(place, key, Side.CHILD_WELFARE, 1, judgement, by=_leader(place), on=today - timedelta(days=50))


def _row(place: str, key: str, side: Side, version: int, judgement: Judgement, *, by: UUID, on: date) -> Assessment:
    return Assessment(
        id=cast.fixed_id(f"assessment/{place}/{key}/{side}/{version}"),
        municipality_id=place,
        statement=key,
        side=side,
        version=version,
        judgement=judgement,
        built_on=GROUND[judgement],
        recorded_at=datetime.combine(on, time(9), UTC),
        recorded_by_id=by,
    )


def _actions(today: date) -> Iterator[AssessmentAction]:
    shown = "Eksempel: vedtaket i kommunestyret."
    for key, due, done in (
        ("vet-hvem-som-behandler", today + timedelta(days=60), None),
        ("planlegger-sammen", today - timedelta(days=12), None),
        ("oppdager-tidlig", today - timedelta(days=100), today - timedelta(days=110)),
    ):
        yield AssessmentAction(
            id=cast.fixed_id(f"assessment action/4202/{key}/1"),
            municipality_id="4202",
            statement=key,
            version=1,
            action="Eksempel: Bli enige på et felles møte, og skrive det ned.",
            who="Kommunalsjef for oppvekst",
            due_on=due,
            done_on=done,
            shown_by=shown if done else "",
            recorded_at=datetime.combine(today - timedelta(days=5), time(9), UTC),
            recorded_by_id=_leader("4202"),
        )
