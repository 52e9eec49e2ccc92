"""The self-assessment, with the database: what each side has judged, as far as one may see it, and what is done."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from grunnmur.clock import OSLO
from grunnmur.directory.kinds import Role
from grunnmur.directory.meanwhile import refuse_older, take_turns
from grunnmur.directory.sessions import Actor
from grunnmur.stewardship import versions
from grunnmur.stewardship.collaboration import Action, Answer, change, count, missing, needs_ground, signal, statements
from grunnmur.stewardship.models import Assessment, AssessmentAction
from grunnmur.stewardship.supervision import leads, places_watched
from grunnmur.stewardship.terms import Change, Judgement, Side, Signal
from grunnmur.stewardship.versions import Missing


def side_of(actor: Actor) -> Side | None:
    """Which side of the collaboration somebody answers for; the database says the same (`sec.side`)."""
    if leads(actor) is None:
        return None
    return Side.CHILD_WELFARE if actor.role is Role.LEADER else Side.HEALTH


@dataclass(frozen=True, slots=True)
class Judged:
    """One side's answer, by whom and when."""

    side: Side
    number: int
    answer: Answer
    recorded_on: date
    recorded_by: str


@dataclass(frozen=True, slots=True)
class Both:
    """What one may see of a statement: each side's answers, the oldest first."""

    by_side: Mapping[Side, tuple[Judged, ...]]

    @property
    def times(self) -> int:
        """How many times both have answered."""
        return min(len(self.by_side[side]) for side in Side)

    def waits(self, side: Side) -> bool:
        """Whether a side has answered again, and the other has not."""
        return len(self.by_side[side]) > self.times

    def now(self, side: Side) -> Judged | None:
        """A side's answer of the last time that both answered."""
        return self.by_side[side][self.times - 1] if self.times else None

    @property
    def signal(self) -> Signal:
        """What the two say together."""
        one, other = (self.now(side) for side in Side)
        return signal(one.answer.judgement if one else None, other.answer.judgement if other else None)

    def change(self, side: Side) -> Change | None:
        """How a side's answer is beside its answer of the time before."""
        if self.times < 2:
            return None
        before, now = self.by_side[side][self.times - 2 : self.times]
        return change(now.answer.judgement, before.answer.judgement)


NOTHING = Both(dict.fromkeys(Side, ()))


def _judged(row: Assessment) -> Judged:
    answer = Answer(Judgement(row.judgement), row.built_on)
    return Judged(Side(row.side), row.version, answer, row.recorded_at.astimezone(OSLO).date(), row.recorded_by.name)


def _both(rows: list[Assessment]) -> Both:
    return Both({side: tuple(_judged(row) for row in rows if row.side == side) for side in Side})


def judged(place: str) -> dict[str, Both]:
    """What one may see of each statement in a municipality; one that is not there has no answer."""
    by_statement: dict[str, list[Assessment]] = defaultdict(list)
    rows = Assessment.objects.filter(municipality=place).select_related("recorded_by")
    for row in rows.order_by("version"):
        by_statement[row.statement].append(row)
    return {key: _both(found) for key, found in by_statement.items()}


def assess(
    *, actor: Actor, place: str, area: str, answers: Mapping[str, Answer], seen: int | None, at: datetime
) -> list[UUID]:
    """Judge some statements of an area for the actor's own side; a second press says nothing again.

    To judge as the last time is an answer like any other: without it the other side would wait for ever. `seen` is how
    many answers of the own side the form knew of in the area. Raises EditConflict, Missing.
    """
    side, asked = side_of(actor), statements().area(area)
    assert side is not None and asked is not None, "the view has asked"
    take_turns(f"assessment {place} {side}")
    keys = [one.key for one in asked.statements]
    own = list(Assessment.objects.filter(municipality=place, side=side, statement__in=keys).order_by("version"))
    last = {row.statement: row for row in own}
    if seen != len(own) and all(_is_same(last.get(key), answer, actor) for key, answer in answers.items()):
        return [last[key].pk for key in answers]
    refuse_older(seen=seen, current=len(own))
    found = judged(place)
    stopped = {key for key, answer in answers.items() if needs_ground(answer) or found.get(key, NOTHING).waits(side)}
    if stopped or not answers:
        raise Missing(frozenset(stopped))
    return [
        Assessment.objects.create(
            municipality_id=place,
            statement=key,
            side=side,
            version=last[key].version + 1 if key in last else 1,
            recorded_at=at,
            recorded_by_id=actor.person_id,
            **asdict(answer),
        ).pk
        for key, answer in answers.items()
    ]


def _is_same(row: Assessment | None, answer: Answer, actor: Actor) -> bool:
    return (
        row is not None
        and row.recorded_by_id == actor.person_id
        and Answer(Judgement(row.judgement), row.built_on) == answer
    )


# --- what is done -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Done:
    """What is done about a statement, by whom it was written and when."""

    number: int
    action: Action
    recorded_on: date
    recorded_by: str


def _action(row: AssessmentAction) -> Action:
    return Action(row.action, row.who, row.due_on, row.done_on, row.shown_by)


def actions(place: str) -> dict[str, Done]:
    """The last that was written of what is done about each statement."""
    rows = AssessmentAction.objects.filter(municipality=place).select_related("recorded_by")
    return {
        row.statement: Done(row.version, _action(row), row.recorded_at.astimezone(OSLO).date(), row.recorded_by.name)
        for row in rows.order_by("statement", "-version").distinct("statement")
    }


def act(*, actor: Actor, place: str, statement: str, action: Action, seen: int | None, on: date, at: datetime) -> UUID:
    """Say what is done about a statement that both have judged (`versions.say`). Raises EditConflict, Missing."""
    return versions.say(
        AssessmentAction,
        about={"municipality_id": place, "statement": statement},
        said=action,
        read=_action,
        stops=lambda _before: missing(action, on=on),
        actor=actor,
        seen=seen,
        at=at,
    )


# --- for the county governor ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Assessed:
    """A municipality, and how many statements give which signal there."""

    number: str
    name: str
    counted: Mapping[Signal, int]


def assessed(actor: Actor) -> list[Assessed]:
    """Every municipality in the counties of a county governor, in alphabetical order; none for anybody else."""
    by_place: dict[str, dict[str, list[Assessment]]] = defaultdict(lambda: defaultdict(list))
    for row in Assessment.objects.select_related("recorded_by").order_by("version"):
        by_place[row.municipality_id][row.statement].append(row)
    keys = [one.key for area in statements().areas for one in area.statements]
    return [
        Assessed(number, name, count(_both(by_place[number][key]).signal for key in keys))
        for number, name in places_watched(actor)
    ]
