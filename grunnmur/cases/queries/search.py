"""Finding one child by its name, its journal number or its national identity number.

It is SQL for the same reason as the lists: one plan that the database keeps, and no time spent on saying it again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from grunnmur import alphabet, clock
from grunnmur.cases import access, age
from grunnmur.cases.models import Participation, number_codes
from grunnmur.cases.queries import looking
from grunnmur.cases.queries.lists import PAGE
from grunnmur.cases.terms import InformationKind
from grunnmur.directory import limits
from grunnmur.directory.kinds import ServiceKind
from grunnmur.directory.limits import Limit
from grunnmur.directory.sessions import Actor

LAST_CHARACTER = "\U0010ffff"
DIGITS = 11
"""Digits of a national identity number."""


@dataclass(frozen=True, slots=True)
class Found:
    """One child found by a search."""

    child_id: UUID
    pathway_id: UUID | None
    child_name: str
    age: int
    journal_number: str


class Row(NamedTuple):
    """One child as the statement gives it, with the newest of its pathways that the actor may see."""

    child_id: UUID
    name: str
    born_on: date
    journal_number: str
    pathway_id: UUID | None
    grounds: list[str]


BY_JOURNAL_NUMBER = "c.author_service_id = %(service)s and c.journal_number = %(journal_number)s"


def search(actor: Actor, *, text: str) -> tuple[Found, ...]:
    """Children that the actor may see, by the beginning of any word of the name, journal number or national number.

    The answer for what does not exist and for what is not the actor's is the same. Raises TooOften.
    """
    words = text.upper().replace("-", " ").split()
    if not words:
        return ()
    limits.take(Limit.SEARCH_PERSON, actor.person_id)
    limits.take(Limit.SEARCH_SERVICE, actor.service_id)
    digits = text.replace(" ", "")
    is_number = digits.isdecimal() and len(digits) == DIGITS
    if is_number:
        rows = _read(actor, *_numbered(actor, digits))
    else:
        rows = _read(actor, *_named(words)) or _read(actor, BY_JOURNAL_NUMBER, {"journal_number": text.strip()})
    looking.log(
        actor,
        "search",
        children=[row.child_id for row in rows],
        kinds=InformationKind.CONTACT,
        grounds=(ground for row in rows for ground in row.grounds),
        reason="by_number" if is_number else "participation",
    )
    today = clock.today()
    return tuple(
        Found(row.child_id, row.pathway_id, row.name, age.age_on(born_on=row.born_on, on=today), row.journal_number)
        for row in sorted(rows, key=lambda row: alphabet.order(row.name))
    )


def _read(actor: Actor, which: str, values: dict[str, Any]) -> Sequence[Row]:
    """The children `c` that the actor may see, and that are as the condition says."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.id, c.name, c.born_on, c.journal_number, (select p.id from cases_pathway p"
            f" where p.child_id = c.id and {access.seen('p', key='pathway_id', row='id')}"
            f" order by p.recorded_at desc limit 1), {access.GROUNDS.format(child='c.id')}"
            f" from cases_child c where {which} and {access.seen('c', key='child_id', row='id')} limit {PAGE}",
            {**access.given(actor), **values},
        )
        return [Row(*row) for row in cursor.fetchall()]


def _named(words: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """Every word begins some word of the name; the longest finds the children, the others are held against each."""
    first, *others = sorted(set(words), key=len, reverse=True)
    values = {"word_0": first, "end_0": first + LAST_CHARACTER}
    also = ""
    for number, word in enumerate(others, start=1):
        values |= {f"word_{number}": word, f"end_{number}": word + LAST_CHARACTER}
        also += (
            " and exists (select 1 from cases_namekey o where o.service_id = %(service)s and o.child_id = n.child_id"
            f" and o.key >= %(word_{number})s and o.key < %(end_{number})s)"
        )
    named = (
        "c.id in (select n.child_id from cases_namekey n where n.service_id = %(service)s"
        f" and n.key >= %(word_0)s and n.key < %(end_0)s{also})"
    )
    return named, values


def _numbered(actor: Actor, number: str) -> tuple[str, dict[str, Any]]:
    """The number among the children of each owner who has let the service in: two owners have two codes."""
    owners = [actor.service_id] if actor.service_kind is ServiceKind.CHILD_WELFARE else _owners(actor)
    pairs = [(owner, code) for owner in owners for code in number_codes(number, owner_id=owner)]
    numbered = "(c.author_service_id, c.national_key) in (select * from unnest(%(owners)s::uuid[], %(codes)s::bytea[]))"
    return numbered, {"owners": [owner for owner, _code in pairs], "codes": [code for _owner, code in pairs]}


def _owners(actor: Actor) -> list[UUID]:
    owners = Participation.objects.filter(service=actor.service_id).values_list("owner_service", flat=True)
    return list(owners.distinct())
