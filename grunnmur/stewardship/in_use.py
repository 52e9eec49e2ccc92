"""What a municipality informs with, and what it has evaluated: what may be said of each, and how it stands.

Pure: the day is an argument. No source says what such a register holds; the fields are our own choice.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from grunnmur.stewardship.terms import EvaluationStanding, MaterialStanding, Origin

REVIEW_AFTER = timedelta(days=365)
"""How long after a material was looked over it should be again; our own choice."""


@dataclass(frozen=True, slots=True)
class Material:
    """Something that families or services are given to read, whole: each new version says everything again."""

    title: str
    origin: Origin
    edition: str
    languages: str
    used_in: str
    """The services or places where it is used."""
    reviewed_on: date
    reviewed_by: str
    """Who looked it over: a service or a post."""
    is_ended: bool = False


def missing_in_material(material: Material, *, on: date) -> frozenset[str]:
    """What stops a material, as the names of its fields; the database refuses the same."""
    needed = ("title", "edition", "languages", "used_in", "reviewed_by")
    found = {name for name in needed if not getattr(material, name)}
    return frozenset(found | ({"reviewed_on"} if material.reviewed_on > on else set()))


def material_standing(material: Material, *, on: date) -> MaterialStanding:
    """How a material stands on a day."""
    if material.is_ended:
        return MaterialStanding.ENDED
    return MaterialStanding.REVIEW if material.reviewed_on + REVIEW_AFTER <= on else MaterialStanding.IN_USE


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Something that is to be evaluated or has been, whole: each new version says everything again."""

    what: str
    who: str
    """Who evaluates it: a service or a post, or somebody from outside."""
    due_on: date | None = None
    done_on: date | None = None
    result: str = ""
    changed: str = ""
    """What was changed after it; that nothing was is said too."""
    is_dropped: bool = False


def missing_in_evaluation(evaluation: Evaluation, *, on: date) -> frozenset[str]:
    """What stops an evaluation, as the names of its fields; the database refuses the same.

    What is done has a day that is not ahead, a result, and what was changed; what is not done has neither. What is
    still to be done has a day.
    """
    is_done = evaluation.done_on is not None
    found = {name for name in ("what", "who") if not getattr(evaluation, name)}
    found |= {name for name in ("result", "changed") if bool(getattr(evaluation, name)) != is_done}
    if evaluation.done_on is not None and (evaluation.done_on > on or evaluation.is_dropped):
        found.add("done_on")
    if evaluation.due_on is None and not is_done and not evaluation.is_dropped:
        found.add("due_on")
    return frozenset(found)


def evaluation_standing(evaluation: Evaluation, *, on: date) -> EvaluationStanding:
    """How an evaluation stands on a day; a due date is kept through its own day."""
    if evaluation.done_on is not None:
        return EvaluationStanding.DONE
    if evaluation.is_dropped:
        return EvaluationStanding.DROPPED
    is_late = evaluation.due_on is not None and evaluation.due_on < on
    return EvaluationStanding.OVERDUE if is_late else EvaluationStanding.PLANNED
