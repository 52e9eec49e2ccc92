"""The rows of one or several lists in a single statement, paged by key.

Each list is read from the participation's own index and cut off before anything is joined to it, so that it costs the
rows it shows and never the history behind them. It is SQL because no list of the ORM's can be cut off and then joined.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple
from uuid import UUID

from django.db import connection

from grunnmur.cases import access
from grunnmur.directory.sessions import Actor

PAGE = 50
"""Rows on one page of a list; no list is ever longer."""


SIGHT = {"child_id": access.SIGHT_OF_CHILD, "pathway_id": access.SIGHT_OF_CASE}
"""What a service must see of each row of a list, by its key."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Which of the participations `a` of the actor's service stand in a list, and in what order."""

    which: str
    by: Literal["next_due", "moved_on"]
    key: Literal["pathway_id", "child_id"] = "pathway_id"


class Row(NamedTuple):
    """One participation in a list, with the child as lists show it."""

    pathway_id: UUID | None
    child_id: UUID
    whose: int
    next_due: date
    next_step: str
    moved_on: date
    basis: str
    child_name: str
    born_on: date
    journal_number: str


def read(
    actor: Actor, listings: Mapping[str, Listing], *, values: Mapping[str, Any], after: Mapping[str, str]
) -> dict[str, tuple[list[Row], str]]:
    """The rows of one page of each list by its name, and the key to go on from (empty when there are no more).

    `values` are those that the lists' conditions name; `after` says for a list where to go on from.
    """
    given: dict[str, Any] = {**access.given(actor), **values}
    parts = []
    for name, one in listings.items():
        further = ""
        if (end := _end(after.get(name, ""))) is not None:
            given |= {f"{name}_on": end[0], f"{name}_key": end[1]}
            further = f" and (a.{one.by}, a.{one.key}) > (%({name}_on)s, %({name}_key)s)"
        parts.append(
            f"(select '{name}' as list, a.pathway_id, a.child_id, a.whose, a.next_due, a.next_step, a.moved_on, a.basis"
            f" from cases_participation a where {SIGHT[one.key]} and {one.which}{further}"
            f" order by a.{one.by}, a.{one.key} limit {PAGE + 1})"
        )
    with connection.cursor() as cursor:
        # Each step is worked out once, so that a child in two lists is looked up, and held against the wall, once.
        cursor.execute(
            f"with s as materialized ({' union all '.join(parts)}),"
            " c as materialized (select id, name, born_on, journal_number from cases_child"
            "                    where id in (select child_id from s))"
            " select s.*, c.name, c.born_on, c.journal_number from s join c on c.id = s.child_id",
            given,
        )
        rows = cursor.fetchall()
    return {name: _page([Row(*row[1:]) for row in rows if row[0] == name], one) for name, one in listings.items()}


def _page(rows: list[Row], one: Listing) -> tuple[list[Row], str]:
    rows.sort(key=lambda row: (getattr(row, one.by), getattr(row, one.key)))
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return rows[:PAGE], f"{getattr(last, one.by)}_{getattr(last, one.key)}" if last else ""


def _end(after: str) -> tuple[date, UUID] | None:
    """Where the page before ended; nowhere when the address has been tampered with."""
    on, _between, key = after.partition("_")
    try:
        return date.fromisoformat(on), UUID(key)
    except ValueError:
        return None
