"""Putting the pathway into use, with the database: what a municipality says of its tasks, and who is trained."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from grunnmur.clock import OSLO
from grunnmur.directory import members
from grunnmur.directory.meanwhile import refuse_older, take_turns
from grunnmur.directory.sessions import Actor
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
from grunnmur.stewardship.supervision import Missing, places_watched
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
    """Say how far a task has come, as a new version; what the actor said last is not said twice.

    `seen` is the version that the form showed, 0 when there was none. The database refuses anybody but a leader there.
    Raises EditConflict, Missing.
    """
    take_turns(f"task {place} {track} {task}")
    last = TaskReport.objects.filter(municipality=place, track=track, task=task).order_by("-version").first()
    if last and last.recorded_by_id == actor.person_id and _report(last) == said:
        return last.pk
    current = last.version if last else 0
    refuse_older(seen=seen, current=current)
    if names := missing(said, on=on):
        raise Missing(names)
    return TaskReport.objects.create(
        municipality_id=place,
        track=track,
        task=task,
        version=current + 1,
        recorded_at=at,
        recorded_by_id=actor.person_id,
        **asdict(said),
    ).pk


# --- training ---------------------------------------------------------------------------------------------------------


def trainings(actor: Actor) -> dict[tuple[UUID, str], tuple[int, Training]]:
    """The newest about each employee and material in the actor's service, with its version: all, or one's own."""
    rows = TrainingRecord.objects.filter(service=actor.service_id).order_by("person", "material", "-version")
    return {
        (row.person_id, row.material): (row.version, Training(row.done_on, row.expires_on))
        for row in rows.distinct("person", "material")
    }


def employees(actor: Actor, *, on: date) -> list[tuple[UUID, str]]:
    """Those who work in the actor's service on a day, each once, by name."""
    found = members.list_members(actor, on=on)
    return list({one.person_id: (one.person_id, one.name) for one in found if one.starts_on <= on}.values())


def record_training(
    *, actor: Actor, person: UUID, material: str, training: Training, seen: int | None, on: date, at: datetime
) -> UUID:
    """Write that an employee went through a material, or take it back; the same is not written twice.

    The database refuses anybody but who administers the service. Raises EditConflict, Missing.
    """
    take_turns(f"training {actor.service_id} {person} {material}")
    rows = TrainingRecord.objects.filter(service=actor.service_id, person=person, material=material)
    last = rows.order_by("-version").first()
    before = Training(last.done_on, last.expires_on) if last else None
    if last and last.recorded_by_id == actor.person_id and before == training:
        return last.pk
    current = last.version if last else 0
    refuse_older(seen=seen, current=current)
    if names := missing_in_training(training, before=before, on=on):
        raise Missing(names)
    return TrainingRecord.objects.create(
        service_id=actor.service_id,
        person_id=person,
        material=material,
        version=current + 1,
        recorded_at=at,
        recorded_by_id=actor.person_id,
        **asdict(training),
    ).pk


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
