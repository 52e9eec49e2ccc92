"""What the overview of a case shows beside its facts, in one statement: people, goals, tasks, what happened, looks.

It is one statement and SQL because this is the page that is read most: five of the ORM's cost it half its time. Each
part says the rule of `access.visible_to` for its own table, and row-level security says it again.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from grunnmur.cases import access
from grunnmur.cases.models import RelatedPerson
from grunnmur.cases.terms import InformationKind, RelationKind, TaskState
from grunnmur.directory.sessions import Actor

HAPPENED = 30
"""Events on the overview; the whole story has a page of its own."""
LOOKED, LOOKERS = 50, 5
"""The last looks, among which the last who looked are found."""

PARTS = {
    "people": f"""
        select r.id, r.identity, r.name, r.relation, r.phone, r.has_parental_responsibility, r.needs_interpreter
        from cases_relatedperson r
        where r.child_id = %(child)s and {access.seen("r", key="child_id")}
          and not exists (select 1 from cases_relatedperson newer where newer.replaces_id = r.id)
          and not exists (
              select 1 from cases_relatedperson later
              where later.identity = r.identity and later.child_id = r.child_id and later.from_on > r.from_on
                and not exists (select 1 from cases_relatedperson newer where newer.replaces_id = later.id))
        order by r.from_on, r.name""",
    "goals": f"""
        select distinct on (g.goal_id) g.text, g.is_current from cases_goalversion g
        where g.pathway_id = %(pathway)s and {access.seen("g", key="pathway_id")}
          and (g.kind & (%(kinds)s | {int(InformationKind.COORDINATION)})) <> 0
        order by g.goal_id, g.version desc""",
    "tasks": f"""
        select distinct on (t.task_id)
               t.task_id, t.version, t.what, t.service_id, t.related_person_id, t.due_on, t.state
        from cases_taskversion t
        where t.pathway_id = %(pathway)s and {access.seen("t", key="pathway_id")}
        order by t.task_id, t.version desc""",
    "events": f"""
        select e.at, e.name, e.author_service_id, e.data,
               (select p.name from directory_person p where p.id = e.person_id) as who
        from log_event e
        where e.pathway_id = %(pathway)s and (e.kind & %(kinds)s) <> 0
        order by e.at desc limit {HAPPENED}""",
    "looks": f"""
        select last.at, last.person, last.who from sec.looked_lately(%(pathway)s, {LOOKED}, {LOOKERS}) last
        where %(owner)s""",
}
STATEMENT = "select " + ", ".join(f"(select json_agg(x) from ({part}) x)" for part in PARTS.values())


@dataclass(frozen=True, slots=True)
class Related:
    """Someone around the child, and what matters when one calls."""

    identity: UUID
    name: str
    relation: RelationKind
    phone: str
    has_parental_responsibility: bool
    needs_interpreter: bool


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task as it stands."""

    task_id: UUID
    version: int
    what: str
    who: str
    due_on: date | None
    state: TaskState
    is_late: bool
    service_id: UUID | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of what has happened."""

    at: datetime
    name: str
    who: str
    data: dict[str, object]


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the case."""

    at: datetime
    who: str
    is_me: bool


Rows = Mapping[str, list[dict[str, Any]]]


def read(actor: Actor, *, pathway_id: UUID, child_id: UUID, kinds: InformationKind, is_owner: bool) -> Rows:
    """The rows of each part as the database gives them; `kinds` is what the actor sees of the case now."""
    given: dict[str, Any] = {
        **access.given(actor),
        "pathway": pathway_id,
        "child": child_id,
        "kinds": int(kinds),
        "owner": is_owner,
    }
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, given)
        found = cursor.fetchone()
    return {
        part: (json.loads(rows) if isinstance(rows, str) else rows) or []
        for part, rows in zip(PARTS, found, strict=True)
    }


def people(rows: Rows) -> tuple[Related, ...]:
    """Those around the child now."""
    return tuple(
        Related(
            identity=UUID(row["identity"]),
            name=row["name"],
            relation=RelationKind(row["relation"]),
            phone=_phone(row),
            has_parental_responsibility=row["has_parental_responsibility"],
            needs_interpreter=row["needs_interpreter"],
        )
        for row in rows["people"]
    )


def _phone(row: Mapping[str, Any]) -> str:
    """The number, which JSON has as the sealed value's digits."""
    sealed = bytes.fromhex(row["phone"].removeprefix("\\x"))
    return RelatedPerson._meta.get_field("phone").open(sealed, of=UUID(row["id"]))


def goals(rows: Rows) -> tuple[str, ...]:
    """What the collaboration wants to reach now."""
    return tuple(row["text"] for row in rows["goals"] if row["is_current"])


def tasks(rows: Rows, *, services: Mapping[str, str], today: date) -> tuple[TaskRow, ...]:
    """The tasks as they stand, those that are open and due first. `services` gives the services' names."""
    related = {row["id"]: row["name"] for row in rows["people"]}
    found = (_task(row, services=services, related=related, today=today) for row in rows["tasks"])
    return tuple(
        sorted(found, key=lambda row: (row.state in (TaskState.DONE, TaskState.DROPPED), row.due_on or date.max))
    )


def _task(row: dict[str, Any], *, services: Mapping[str, str], related: Mapping[str, str], today: date) -> TaskRow:
    state = TaskState(row["state"])
    due_on = date.fromisoformat(row["due_on"]) if row["due_on"] else None
    return TaskRow(
        task_id=UUID(row["task_id"]),
        version=row["version"],
        what=row["what"],
        who=services.get(row["service_id"] or "", "") or related.get(row["related_person_id"] or "", ""),
        due_on=due_on,
        state=state,
        is_late=state in (TaskState.AGREED, TaskState.UNDER_WAY) and due_on is not None and due_on < today,
        service_id=UUID(row["service_id"]) if row["service_id"] else None,
    )


def timeline(rows: Rows, *, hides: Callable[[str], bool]) -> tuple[Entry, ...]:
    """What has happened, newest first; without the names of those in a service that it `hides`."""
    return tuple(
        Entry(
            datetime.fromisoformat(row["at"]),
            row["name"],
            "" if hides(row["author_service_id"]) else row["who"] or "",
            row["data"],
        )
        for row in rows["events"]
    )


def looks(rows: Rows, *, actor: Actor, tells_others: bool) -> tuple[Look, ...]:
    """The last look of each of those who looked lately, newest first; of one's own service's only, unless it
    `tells_others`.
    """
    return tuple(
        Look(datetime.fromisoformat(row["at"]), row["who"] or "", row["person"] == str(actor.person_id))
        for row in rows["looks"]
        if row["person"] or tells_others
    )
