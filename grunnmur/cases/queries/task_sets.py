"""Sets of tasks that can be fetched into a plan: those of the definitions, and those of the actor's own service."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import get_language

from grunnmur.cases import access
from grunnmur.cases.definition import definitions
from grunnmur.cases.queries.case import Case
from grunnmur.cases.queries.plans import Someone
from grunnmur.directory import task_sets
from grunnmur.directory.kinds import ServiceKind
from grunnmur.directory.sessions import Actor
from grunnmur.directory.task_sets import Line


@dataclass(frozen=True, slots=True)
class TaskSet:
    """A set that can be fetched."""

    key: str
    """The definition's key, or the id of one's own."""
    name: str
    is_own: bool
    lines: tuple[Line, ...]
    named: frozenset[int]
    """The places of those tasks that a source of the pathway names; who, when and the words are ours."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A task of a set as it would stand in one plan."""

    what: str
    who: str
    """The key of whoever is to do it, when exactly one can be meant."""
    due_on: date
    missing: ServiceKind | None
    """The kind of service that is to do it, when it is not clear which one does."""
    is_named: bool


def list_sets(actor: Actor, *, also_out_of_use: bool = False) -> tuple[TaskSet, ...]:
    """Those of the actor's own service that are in use, by name, and then those of the definitions."""
    own = [
        TaskSet(key=str(one.id), name=one.name, is_own=True, lines=one.lines, named=frozenset())
        for one in task_sets.list_own(actor)
        if one.is_in_use or also_out_of_use
    ]
    is_nynorsk = get_language() == "nn"
    defined = [
        TaskSet(
            key=one.key,
            name=one.nynorsk if is_nynorsk else one.name,
            is_own=False,
            lines=tuple(Line(task.nynorsk if is_nynorsk else task.what, task.service, task.days) for task in one.tasks),
            named=frozenset(place for place, task in enumerate(one.tasks) if task.source.official),
        )
        for one in definitions().task_sets
    ]
    return (*own, *defined)


def get_set(actor: Actor, key: str, *, also_out_of_use: bool = False) -> TaskSet:
    """One of them. Raises NotVisible."""
    for one in list_sets(actor, also_out_of_use=also_out_of_use):
        if one.key == key:
            return one
    raise access.NotVisible


def propose(case: Case, chosen: TaskSet, *, some: Iterable[Someone]) -> tuple[Proposed, ...]:
    """The set's tasks with who and when in this case; `some` are those who take part.

    The contact person is the service that owns the case. A service whose name the actor may not know is never meant,
    for its kind would tell which it is.
    """
    kinds = {item.service_id: item.kind for item in case.participants}
    by_kind: dict[ServiceKind, list[str]] = defaultdict(list)
    for one in some:
        if str(one.id) in kinds and not case.hides(one.id):
            by_kind[kinds[str(one.id)]].append(one.key)
    owner = f"service:{case.pathway.author_service_id}"
    found = []
    for place, line in enumerate(chosen.lines):
        meant = [owner] if line.service is None else by_kind[line.service]
        found.append(
            Proposed(
                what=line.what,
                who=meant[0] if len(meant) == 1 else "",
                due_on=case.today + timedelta(days=line.days),
                missing=line.service if len(meant) != 1 else None,
                is_named=place in chosen.named,
            )
        )
    return tuple(found)
