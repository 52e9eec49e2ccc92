"""Putting the pathway into use, with the database: tasks, who is trained, what is in use, and what is evaluated."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from grunnmur import alphabet
from grunnmur.clock import OSLO
from grunnmur.directory import members
from grunnmur.directory.responsibility import squares
from grunnmur.directory.sessions import Actor
from grunnmur.stewardship import versions
from grunnmur.stewardship.in_use import (
    Evaluation,
    Material,
    evaluation_standing,
    material_standing,
    missing_in_evaluation,
    missing_in_material,
)
from grunnmur.stewardship.models import Evaluation as EvaluationRow
from grunnmur.stewardship.models import MaterialInUse, TaskReport, TrainingRecord
from grunnmur.stewardship.models import OwnTask as OwnTaskRow
from grunnmur.stewardship.own_tasks import OwnTask, missing_in_own_task
from grunnmur.stewardship.steps import (
    Report,
    Training,
    Version,
    count,
    missing,
    missing_in_training,
    newest,
    plan,
    steps_of,
    tasks_of,
    trained,
)
from grunnmur.stewardship.supervision import places_watched
from grunnmur.stewardship.terms import (
    EvaluationStanding,
    MaterialStanding,
    Origin,
    Progress,
    StepStanding,
    TaskAnswer,
    Track,
    Trained,
)


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


# --- what a municipality adds to the steps ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KeptTask:
    """An own task as it was last said, also when it is ended."""

    number: int
    task: OwnTask


def _own_task(row: OwnTaskRow) -> OwnTask:
    return OwnTask(Track(row.track), row.step, row.title, row.about, row.is_ended)


def own_tasks(place: str) -> dict[str, KeptTask]:
    """A municipality's own tasks by key, in the order of their names."""
    rows = OwnTaskRow.objects.filter(municipality=place).order_by("task", "-version").distinct("task")
    found = {row.task: KeptTask(row.version, _own_task(row)) for row in rows}
    return dict(sorted(found.items(), key=lambda one: alphabet.order(one[1].task.title)))


def register_own_task(*, actor: Actor, place: str, key: str, task: OwnTask, seen: int | None, at: datetime) -> UUID:
    """Add an own task or change one (`versions.say`). The database refuses anybody but a leader there.

    Raises EditConflict, Missing.
    """
    return versions.say(
        OwnTaskRow,
        about={"municipality_id": place, "task": key},
        said=task,
        read=_own_task,
        stops=lambda before: missing_in_own_task(task, before=before),
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


def to_train(actor: Actor, *, on: date) -> list[tuple[str, str, Training]]:
    """What must be gone through anew soon, or should have been: who, a material's key and when; by name and then day.

    Everybody's who works in the service for the one who administers it; one's own for anybody else.
    """
    urgent = {
        key: training
        for key, (_version, training) in trainings(actor).items()
        if trained(training, on=on) in (Trained.EXPIRED, Trained.SOON)
    }
    names = {actor.person_id: actor.person_name}
    if any(person not in names for person, _material in urgent):
        names |= dict(employees(actor, on=on))
    found = [(names[person], material, said) for (person, material), said in urgent.items() if person in names]
    return sorted(found, key=lambda one: (alphabet.order(one[0]), one[2].expires_on or on))


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


# --- what is in use, and evaluation -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KeptMaterial:
    """A material as it was last registered, and how it stands."""

    key: UUID
    number: int
    material: Material
    standing: MaterialStanding
    recorded_on: date
    recorded_by: str


@dataclass(frozen=True, slots=True)
class KeptEvaluation:
    """An evaluation as it was last registered, and how it stands."""

    key: UUID
    number: int
    evaluation: Evaluation
    standing: EvaluationStanding
    recorded_on: date
    recorded_by: str


def _material(row: MaterialInUse) -> Material:
    return Material(
        row.title,
        Origin(row.origin),
        row.edition,
        row.languages,
        row.used_in,
        row.reviewed_on,
        row.reviewed_by,
        row.is_ended,
    )


def _evaluation(row: EvaluationRow) -> Evaluation:
    return Evaluation(row.what, row.who, row.due_on, row.done_on, row.result, row.changed, row.is_dropped)


def materials(place: str, *, on: date) -> list[KeptMaterial]:
    """What a municipality informs with; what should be looked over first, and then by name."""
    rows = MaterialInUse.objects.filter(municipality=place).select_related("recorded_by")
    found = [
        KeptMaterial(
            row.material,
            row.version,
            _material(row),
            material_standing(_material(row), on=on),
            row.recorded_at.astimezone(OSLO).date(),
            row.recorded_by.name,
        )
        for row in rows.order_by("material", "-version").distinct("material")
    ]
    order = list(MaterialStanding)
    return sorted(found, key=lambda one: (order.index(one.standing), alphabet.order(one.material.title)))


def evaluations(place: str, *, on: date) -> list[KeptEvaluation]:
    """What a municipality evaluates and has evaluated; what is late first, what is to come, and then the last done."""
    rows = EvaluationRow.objects.filter(municipality=place).select_related("recorded_by")
    found = [
        KeptEvaluation(
            row.evaluation,
            row.version,
            _evaluation(row),
            evaluation_standing(_evaluation(row), on=on),
            row.recorded_at.astimezone(OSLO).date(),
            row.recorded_by.name,
        )
        for row in rows.order_by("evaluation", "-version").distinct("evaluation")
    ]
    order = list(EvaluationStanding)

    def place_in_list(one: KeptEvaluation) -> tuple[int, int]:
        done, due = one.evaluation.done_on, one.evaluation.due_on
        return order.index(one.standing), -done.toordinal() if done else due.toordinal() if due else 0

    return sorted(found, key=place_in_list)


def register_material(
    *, actor: Actor, place: str, key: UUID, material: Material, seen: int | None, on: date, at: datetime
) -> UUID:
    """Register a material or a change of it (`versions.say`). The database refuses anybody but a leader there.

    Raises EditConflict, Missing.
    """
    return versions.say(
        MaterialInUse,
        about={"municipality_id": place, "material": key},
        said=material,
        read=_material,
        stops=lambda _before: missing_in_material(material, on=on),
        actor=actor,
        seen=seen,
        at=at,
    )


def register_evaluation(
    *, actor: Actor, place: str, key: UUID, evaluation: Evaluation, seen: int | None, on: date, at: datetime
) -> UUID:
    """Register an evaluation or what came of it (`versions.say`). The database refuses anybody but a leader there.

    Raises EditConflict, Missing.
    """
    return versions.say(
        EvaluationRow,
        about={"municipality_id": place, "evaluation": key},
        said=evaluation,
        read=_evaluation,
        stops=lambda _before: missing_in_evaluation(evaluation, on=on),
        actor=actor,
        seen=seen,
        at=at,
    )


# --- for the county governor ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Travelling:
    """A municipality, how many of its tasks have come how far, and which steps are reached."""

    number: str
    name: str
    counted: Mapping[Progress, int]
    steps: Mapping[Track, tuple[StepStanding, ...]]
    """How each kind of service there stands in each of the six steps."""
    tile: tuple[int, int] | None
    """Column and row in the picture of the region, as `programmes.Placed`."""


def travelling(actor: Actor, *, on: date) -> list[Travelling]:
    """Every municipality in the counties of a county governor, in alphabetical order; none for anybody else.

    Counted is what every municipality starts from, so that they can be compared: nobody's own tasks are among it.
    """
    by_place: dict[str, list[Version]] = defaultdict(list)
    last = TaskReport.objects.order_by("municipality", "track", "task", "-version")
    for row in last.distinct("municipality", "track", "task").select_related("recorded_by"):
        by_place[row.municipality_id].append(_version(row))
    tasks = tasks_of(plan().steps)
    found = []
    for number, name in places_watched(actor):
        last_there = newest(by_place[number], on=on)
        steps = {track: steps_of(last_there, track, plan().steps, on=on) for track in Track}
        found.append(Travelling(number, name, count(last_there, tasks, on=on), steps, squares().tiles.get(number)))
    return found


# --- for everybody who works here -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Nation:
    """How far the whole country has come, without a municipality's name."""

    places: int
    """How many municipalities say how far they have come."""
    reached: Mapping[tuple[Track, int], int]
    """How many of them have reached a step for a kind of service, by the step's number; only where it has tasks."""


def in_the_nation() -> Nation | None:
    """How many municipalities have reached each step; None while so few say it that the database tells nothing."""
    tasks = [
        (track, number, task.key)
        for number, step in enumerate(plan().steps, 1)
        for track in Track
        for task in step.of(track)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "select track, step, reached, places from sec.steps_in_the_nation(%s::text[], %s::int[], %s::text[])",
            [list(one) for one in zip(*tasks, strict=True)],
        )
        rows = cursor.fetchall()
    if not rows:
        return None
    return Nation(rows[0][3], {(Track(track), step): reached for track, step, reached, _places in rows})
