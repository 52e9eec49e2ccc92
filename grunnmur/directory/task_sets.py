"""A service's own lists of tasks that often belong together, which whoever administers the service keeps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from django.db import transaction

from grunnmur import alphabet, clock
from grunnmur.directory.kinds import ServiceKind
from grunnmur.directory.meanwhile import refuse_older, take_turns
from grunnmur.directory.models import TaskSet as Row
from grunnmur.directory.sessions import Actor

MOST_TASKS = 12
"""Tasks in a set: as many as one reads through before pressing once. Our own choice."""
LONGEST = 365
"""Days from a set is fetched: what lies a year off is not part of a set. Our own choice."""


@dataclass(frozen=True, slots=True)
class Line:
    """One task: what, who usually does it, and how many days from the day it is fetched."""

    what: str
    service: ServiceKind | None
    """The kind of service; None is the contact person of the case."""
    days: int

    def __post_init__(self) -> None:
        """Raises ValueError for what nobody can do; `lines_of` has said so before."""
        if wrong_with([Written(self.what, self.service, self.days)]):
            raise ValueError("a task of a set says what is to be done, and within how many days")


@dataclass(frozen=True, slots=True)
class Written:
    """A task as somebody wrote it: each part may be lacking."""

    what: str
    service: ServiceKind | None
    days: int | None

    @property
    def is_empty(self) -> bool:
        return not self.what.strip() and self.service is None and self.days is None


class Wrong(StrEnum):
    """What can be wrong with a task that was written."""

    SAYS_NOTHING = "says_nothing"
    WITHIN_NO_DAYS = "within_no_days"
    NO_TASK = "no_task"
    TOO_MANY = "too_many"


def wrong_with(written: Sequence[Written]) -> tuple[tuple[int, Wrong], ...]:
    """What is wrong with the tasks of a set, and with which: by its place, in order. Pure.

    A task that nothing was written of is none. A set has at least one, and no more than `MOST_TASKS`.
    """
    used = [(place, one) for place, one in enumerate(written) if not one.is_empty]
    if not used:
        return ((0, Wrong.NO_TASK),)
    found = []
    for place, one in used:
        if not one.what.strip():
            found.append((place, Wrong.SAYS_NOTHING))
        if one.days is None or not 0 <= one.days <= LONGEST:
            found.append((place, Wrong.WITHIN_NO_DAYS))
    found += [(place, Wrong.TOO_MANY) for place, _one in used[MOST_TASKS:][:1]]
    return tuple(found)


def lines_of(written: Sequence[Written]) -> tuple[Line, ...]:
    """The tasks of a set with which nothing is wrong, in order. Pure; raises ValueError for others."""
    return tuple(
        Line(one.what, one.service, -1 if one.days is None else one.days) for one in written if not one.is_empty
    )


@dataclass(frozen=True, slots=True)
class TaskSet:
    """A set as it stood from one change on."""

    id: UUID
    version: int
    name: str
    lines: tuple[Line, ...]
    is_in_use: bool
    by: str
    at: datetime


class NotOurs(Exception):
    """There is no such set, or it is another service's."""


def list_own(actor: Actor) -> tuple[TaskSet, ...]:
    """The sets of one's own service as they stand, by name; also those that are no longer in use."""
    newest = Row.objects.filter(service=actor.service_id).order_by("task_set", "-version").distinct("task_set")
    return tuple(sorted(map(_told, newest.select_related("set_by")), key=lambda one: alphabet.order(one.name)))


def list_versions(actor: Actor, set_id: UUID) -> tuple[TaskSet, ...]:
    """Every version of one of them, the newest first. Raises NotOurs."""
    rows = Row.objects.filter(service=actor.service_id, task_set=set_id).select_related("set_by").order_by("-version")
    found = tuple(map(_told, rows))
    if not found:
        raise NotOurs
    return found


def _told(row: Row) -> TaskSet:
    lines = tuple(
        Line(one["what"], ServiceKind(one["service"]) if one["service"] else None, one["days"]) for one in row.tasks
    )
    return TaskSet(row.task_set, row.version, row.name, lines, row.is_in_use, row.set_by.name, row.set_at)


def keep(
    *, actor: Actor, set_id: UUID | None, once: UUID | None, seen: int, name: str, lines: Sequence[Line], in_use: bool
) -> UUID:
    """Write a set of one's own service, or a new version of one. Gives its id.

    `seen` is the version that the form showed, 0 for a new one, whose id is the form's own token, so that two presses
    make one. What the actor wrote last is not written twice. The database refuses anybody but who administers the
    service. Raises NotOurs, EditConflict, and ValueError for what `wrong_with` would have said.
    """
    if wrong_with([Written(line.what, line.service, line.days) for line in lines]):
        raise ValueError("a set has some tasks, and not too many")
    with transaction.atomic():
        key = set_id or once or uuid4()
        take_turns(f"task set {key}")
        last = Row.objects.filter(service=actor.service_id, task_set=key).order_by("-version").first()
        if set_id is not None and last is None:
            raise NotOurs
        tasks = [{"what": line.what, "service": str(line.service or ""), "days": line.days} for line in lines]
        said = {"name": name.strip(), "tasks": tasks, "is_in_use": in_use}
        if (
            last is not None
            and last.set_by_id == actor.person_id
            and said == {"name": last.name, "tasks": last.tasks, "is_in_use": last.is_in_use}
        ):
            return key
        current = last.version if last else 0
        refuse_older(seen=seen, current=current)
        Row.objects.create(
            task_set=key,
            service_id=actor.service_id,
            version=current + 1,
            set_by_id=actor.person_id,
            set_at=clock.now(),
            **said,
        )
        return key
