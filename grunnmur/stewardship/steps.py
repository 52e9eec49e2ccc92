"""Putting the pathway into use: the six steps and their tasks, what may be said of a task, and how far it has come.

Pure: the steps are `definitions/implementation.yaml`, and the day is an argument.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from pydantic import Field

from grunnmur.stewardship.shapes import Named, Shape, Source, Spoken, check_once, read
from grunnmur.stewardship.terms import Progress, StepStanding, TaskAnswer, Track, Trained


class Task(Spoken):
    """One thing to do, for one or more kinds of service; its source says who asks for it, or that it is our own."""

    tracks: tuple[Track, ...] = Field(min_length=1)
    source: Source


class Step(Named):
    """One of the directorates' six steps; only the name is theirs."""

    tasks: tuple[Task, ...] = Field(min_length=1)

    def of(self, track: Track) -> tuple[Task, ...]:
        """What one kind of service has to do in it."""
        return tuple(one for one in self.tasks if track in one.tracks)


class Material(Named):
    """Something that employees can go through."""

    source: Source


class Plan(Shape):
    """The whole file."""

    source: Source
    warn_days: int = Field(gt=0)
    """How long before training must be done again one is told. Our own choice."""
    steps: tuple[Step, ...] = Field(min_length=1)
    materials: tuple[Material, ...] = Field(min_length=1)


@cache
def plan() -> Plan:
    """The file, read once. Raises ValueError when it has a wrong shape, or a key stands twice."""
    found = read(Plan, "implementation.yaml")
    check_once("implementation.yaml", (task.key for step in found.steps for task in step.tasks))
    check_once("implementation.yaml", (one.key for one in found.materials))
    return found


@dataclass(frozen=True, slots=True)
class Report:
    """What a municipality says of a task, whole: each new version says everything again."""

    answer: TaskAnswer
    why: str = ""
    """Why it is not theirs; otherwise what is worth knowing."""
    who: str = ""
    due_on: date | None = None
    done_on: date | None = None
    shown_by: str = ""
    """What shows that it is done; a tick alone shows nothing."""


def progress(report: Report | None, *, on: date) -> Progress:
    """How far a task has come after the last that was said of it; a due date is kept through its own day."""
    if report is None:
        return Progress.NOT_BEGUN
    if report.answer is TaskAnswer.UNDER_WAY and report.due_on is not None and report.due_on < on:
        return Progress.OVERDUE
    return Progress(report.answer)


def missing(report: Report, *, on: date) -> frozenset[str]:
    """What stops a report, as the names of its fields; the database refuses the same.

    What is done has somebody who did it, a day that is not ahead, and what shows it; what is under way has somebody and
    a day. What is not theirs has a reason, and nothing else.
    """
    given = {
        "who": bool(report.who),
        "due_on": report.due_on is not None,
        "done_on": report.done_on is not None,
        "shown_by": bool(report.shown_by),
    }
    if report.answer is TaskAnswer.NOT_OURS:
        return frozenset(
            {name for name, is_given in given.items() if is_given} | ({"why"} if not report.why else set())
        )
    is_done = report.answer is TaskAnswer.DONE
    found = {name for name in ("done_on", "shown_by") if given[name] != is_done}
    if not given["who"]:
        found.add("who")
    if not is_done and not given["due_on"]:
        found.add("due_on")
    if report.done_on is not None and report.done_on > on:
        found.add("done_on")
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Version:
    """Something that was said of a task, by whom and when."""

    track: Track
    task: str
    number: int
    report: Report
    recorded_on: date
    recorded_by: str


def newest(versions: Iterable[Version], *, on: date) -> dict[tuple[Track, str], Version]:
    """The last that was said of each task on a day or before."""
    said = sorted((one for one in versions if one.recorded_on <= on), key=lambda one: one.number)
    return {(one.track, one.task): one for one in said}


def count(
    standing: Mapping[tuple[Track, str], Version], tasks: Iterable[tuple[Track, str]], *, on: date
) -> dict[Progress, int]:
    """How many of some tasks have come how far on a day, with every progress there is, in order."""
    versions = (standing.get(one) for one in tasks)
    counted = Counter(progress(one.report if one else None, on=on) for one in versions)
    return {one: counted[one] for one in Progress}


def tasks_of(steps: Iterable[Step], tracks: Iterable[Track] = Track) -> list[tuple[Track, str]]:
    """Every task of some steps for some kinds of service."""
    wanted = tuple(tracks)
    return [(track, task.key) for step in steps for track in wanted for task in step.of(track)]


def find_task(steps: Iterable[Step], track: Track, key: str) -> Task | None:
    """One task of a kind of service in some steps, by its key."""
    return next((one for step in steps for one in step.of(track) if one.key == key), None)


YEARS_BACK = 10
"""How many years before this one the way travelled goes back at most; our own choice."""


def travelled(
    versions: Iterable[Version], steps: Iterable[Step], *, on: date
) -> list[tuple[date, dict[Progress, int]]]:
    """How it stood with the tasks of some steps at the end of each year since something was first said or done, and how
    it stands today; the oldest first, and no further back than `YEARS_BACK`.

    What is done today was done from its own day on, also when it was written down later: most had begun before they
    wrote of it here. A due date is judged as it was on that day.
    """
    said = list(versions)
    tasks = tasks_of(steps)
    done = {key: (one.report.done_on, one) for key, one in newest(said, on=on).items() if one.report.done_on}
    first = min(
        (*(one.recorded_on.year for one in said), *(done_on.year for done_on, _one in done.values())), default=on.year
    )
    days = [*(date(year, 12, 31) for year in range(max(first, on.year - YEARS_BACK), on.year)), on]

    def stood(day: date) -> dict[tuple[Track, str], Version]:
        return newest(said, on=day) | {key: one for key, (done_on, one) in done.items() if done_on <= day}

    return [(day, count(stood(day), tasks, on=day)) for day in days]


# --- the steps reached ------------------------------------------------------------------------------------------------


def step_standing(counted: Mapping[Progress, int]) -> StepStanding:
    """How a step stands, of its tasks for one kind of service: reached when all that is theirs to do is done.

    That a step is reached so, in whatever order, is our own choice: the directorates say only what it is called.
    """
    theirs = sum(times for progress, times in counted.items() if progress is not Progress.NOT_OURS)
    if not theirs:
        return StepStanding.NOTHING
    if counted[Progress.DONE] == theirs:
        return StepStanding.REACHED
    return StepStanding.NOT_BEGUN if counted[Progress.NOT_BEGUN] == theirs else StepStanding.BEGUN


def steps_of(
    standing: Mapping[tuple[Track, str], Version], track: Track, steps: Iterable[Step], *, on: date
) -> tuple[StepStanding, ...]:
    """How one kind of service stands in each of the steps, in order."""
    return tuple(step_standing(count(standing, tasks_of([step], [track]), on=on)) for step in steps)


def reached(steps: Iterable[StepStanding]) -> tuple[int, int]:
    """How many steps are reached, of those where there is something to do."""
    theirs = [one for one in steps if one is not StepStanding.NOTHING]
    return theirs.count(StepStanding.REACHED), len(theirs)


def whole(steps: Iterable[StepStanding]) -> StepStanding:
    """How a kind of service stands in all the steps together, as `step_standing` does of tasks."""
    theirs = {one for one in steps if one is not StepStanding.NOTHING}
    if not theirs:
        return StepStanding.NOTHING
    return theirs.pop() if len(theirs) == 1 else StepStanding.BEGUN


# --- training ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Training:
    """That an employee went through a material, and until when it is said to hold; without a day it is taken back."""

    done_on: date | None
    expires_on: date | None = None
    """The first day on which it must be done again."""


def trained(training: Training | None, *, on: date) -> Trained:
    """How it stands with one employee and one material on a day; the warning comes as early as the file says."""
    if training is None or training.done_on is None:
        return Trained.NOT_YET
    if training.expires_on is None or training.expires_on > on + timedelta(days=plan().warn_days):
        return Trained.VALID
    return Trained.EXPIRED if training.expires_on <= on else Trained.SOON


def missing_in_training(training: Training, *, before: Training | None, on: date) -> frozenset[str]:
    """What stops it: a day ahead, an expiry that is not after, or taking back what was never there."""
    found = set()
    if training.done_on is None:
        if training.expires_on is not None:
            found.add("expires_on")
        if before is None or before.done_on is None:
            found.add("done_on")
    else:
        if training.done_on > on:
            found.add("done_on")
        if training.expires_on is not None and training.expires_on <= training.done_on:
            found.add("expires_on")
    return frozenset(found)
