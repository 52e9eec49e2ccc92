"""Putting the pathway into use, with the database: what a municipality says of its tasks, and who is trained."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from grunnmur.clock import OSLO
from grunnmur.directory import members
from grunnmur.directory.sessions import Actor
from grunnmur.stewardship import versions
from grunnmur.stewardship.models import TaskReport, TrainingRecord
from grunnmur.stewardship.steps import (
    Report,
    Training,
    Version,
    count,
    missing,
    missing_in_training,
    newest,
    plan,
    tasks_of,
)
from grunnmur.stewardship.supervision import places_watched
from grunnmur.stewardship.terms import Progress, TaskAnswer, Track


def _report(row: TaskReport) -> Report:
    return Report(TaskAnswer(row.answer), row.why, row.who, row.due_on, row.done_on, row.shown_by)


def _version(row: TaskReport) -> Version:
    on = row.recorded_at.astimezone(OSLO).date()
    return Version(Track(row.track), row.task, row.version, _report(row), on, row.recorded_by.name)


def said(place: str) -> list[Version]:
    """All that a municipality has said of its tasks, the newest first."""
    rows = TaskReport.objects.filter(municipality=place).select_related("recorded_by")
    return [_version(row) for row in rows.order_by("-recorded_at", "-version")]


def report(
    *, actor: Actor, place: str, track: Track, task: str, said: Report, seen: int | None, on: date, at: datetime
) -> UUID:
    """Say how far a task has come (`versions.say`). The database refuses anybody but a leader there.

    Raises EditConflict, Missing.
    """
    return versions.say(
        TaskReport,
        about={"municipality_id": place, "track": track, "task": task},
        said=said,
        read=_report,
        stops=lambda _before: missing(said, on=on),
        actor=actor,
        seen=seen,
        at=at,
    )


# --- training ---------------------------------------------------------------------------------------------------------


def _training(row: TrainingRecord) -> Training:
    return Training(row.done_on, row.expires_on)


def trainings(actor: Actor) -> dict[tuple[UUID, str], tuple[int, Training]]:
    """The newest about each employee and material in the actor's service, with its version: all, or one's own."""
    rows = TrainingRecord.objects.filter(service=actor.service_id).order_by("person", "material", "-version")
    return {(row.person_id, row.material): (row.version, _training(row)) for row in rows.distinct("person", "material")}


def employees(actor: Actor, *, on: date) -> list[tuple[UUID, str]]:
    """Those who work in the actor's service on a day, each once, by name."""
    found = members.list_members(actor, on=on)
    return list({one.person_id: (one.person_id, one.name) for one in found if one.starts_on <= on}.values())


def record_training(
    *, actor: Actor, person: UUID, material: str, training: Training, seen: int | None, on: date, at: datetime
) -> UUID:
    """Write that an employee went through a material, or take it back (`versions.say`).

    The database refuses anybody but who administers the service. Raises EditConflict, Missing.
    """
    return versions.say(
        TrainingRecord,
        about={"service_id": actor.service_id, "person_id": person, "material": material},
        said=training,
        read=_training,
        stops=lambda before: missing_in_training(training, before=before, on=on),
        actor=actor,
        seen=seen,
        at=at,
    )


# --- for the county governor ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Travelling:
    """A municipality, and how many of its tasks have come how far."""

    number: str
    name: str
    counted: Mapping[Progress, int]


def travelling(actor: Actor, *, on: date) -> list[Travelling]:
    """Every municipality in the counties of a county governor, in alphabetical order; none for anybody else."""
    by_place: dict[str, list[Version]] = defaultdict(list)
    last = TaskReport.objects.order_by("municipality", "track", "task", "-version")
    for row in last.distinct("municipality", "track", "task").select_related("recorded_by"):
        by_place[row.municipality_id].append(_version(row))
    tasks = tasks_of(plan().steps)
    return [
        Travelling(number, name, count(newest(by_place[number], on=on), tasks, on=on))
        for number, name in places_watched(actor)
    ]
