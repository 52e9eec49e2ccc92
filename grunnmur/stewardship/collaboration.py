"""The self-assessment: the statements, what two answers say together, what changed, and what is done about it.

Pure: the statements are `definitions/self_assessment.yaml`, and the day is an argument.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from pydantic import Field

from grunnmur.stewardship.shapes import Shape, Source, Spoken, check_once, read
from grunnmur.stewardship.terms import Change, Judgement, Progress, Signal

RANK = {Judgement.NO: 0, Judgement.PARTLY: 1, Judgement.YES: 2}
"""From worst to best; who does not know stands nowhere."""


class Statement(Spoken):
    """Something that both sides judge; its source says which duty it is, or that the words are our own."""

    source: Source


class Area(Spoken):
    """One of the guide's four areas, or the duties; the title is so short that it has room above a bar."""

    statements: tuple[Statement, ...] = Field(min_length=1)


class Statements(Shape):
    """The whole file."""

    source: Source
    areas: tuple[Area, ...] = Field(min_length=1)

    def area(self, key: str) -> Area | None:
        """One area by its key."""
        return next((one for one in self.areas if one.key == key), None)


@cache
def statements() -> Statements:
    """The file, read once. Raises ValueError when it has a wrong shape, or a key stands twice."""
    found = read(Statements, "self_assessment.yaml")
    check_once("self_assessment.yaml", (one.key for area in found.areas for one in (area, *area.statements)))
    return found


@dataclass(frozen=True, slots=True)
class Answer:
    """How one side judges a statement, and what that is built on."""

    judgement: Judgement
    built_on: str = ""


def needs_ground(answer: Answer) -> bool:
    """Whether an answer lacks what it is built on; who does not know builds on nothing. The database says the same."""
    return answer.judgement is not Judgement.UNKNOWN and not answer.built_on


def signal(one: Judgement | None, other: Judgement | None) -> Signal:
    """What two answers to the same statement say together, whoever gave which; None where there is none to see."""
    if one is None or other is None:
        return Signal.NOT_BOTH
    if one is other:
        return Signal.SAME if one is Judgement.YES else Signal.SAME_NOT
    return Signal.OPPOSITE if {one, other} == {Judgement.YES, Judgement.NO} else Signal.UNLIKE


def change(now: Judgement, before: Judgement | None) -> Change | None:
    """How an answer is beside the one before; None where there was none, or one of them is that they do not know."""
    if before is None:
        return None
    if now is before:
        return Change.AS_BEFORE
    if now not in RANK or before not in RANK:
        return None
    return Change.BETTER if RANK[now] > RANK[before] else Change.WORSE


def count(signals: Iterable[Signal]) -> dict[Signal, int]:
    """How many of each signal, with every signal there is, in order."""
    counted = Counter(signals)
    return {one: counted[one] for one in Signal}


def count_changes(changes: Iterable[Change | None]) -> dict[Change, int]:
    """How many answers are how beside those before, with every change there is; what had none before is left out."""
    counted = Counter(changes)
    return {one: counted[one] for one in Change}


@dataclass(frozen=True, slots=True)
class Action:
    """What is done about a statement, whole: each new version says everything again."""

    action: str
    who: str
    due_on: date | None
    done_on: date | None = None
    shown_by: str = ""
    """What shows that it is done."""


def progress(action: Action | None, *, on: date) -> Progress:
    """How far an action has come; a due date is kept through its own day."""
    if action is None:
        return Progress.NOT_BEGUN
    if action.done_on is not None:
        return Progress.DONE
    return Progress.OVERDUE if action.due_on is not None and action.due_on < on else Progress.UNDER_WAY


def missing(action: Action, *, on: date) -> frozenset[str]:
    """What stops an action, as the names of its fields: it has somebody and a day, and what is done is shown."""
    found = {name for name in ("action", "who", "due_on") if not getattr(action, name)}
    if action.done_on is not None and (action.done_on > on or not action.shown_by):
        found.add("done_on" if action.done_on > on else "shown_by")
    if action.done_on is None and action.shown_by:
        found.add("done_on")
    return frozenset(found)
