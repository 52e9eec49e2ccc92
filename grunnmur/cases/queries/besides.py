"""What goes on beside the pathway, as far as one actor may see it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from grunnmur.cases import access
from grunnmur.cases.models import Beside
from grunnmur.cases.queries.case import Case
from grunnmur.cases.terms import BesideSort

RECOMMENDED = "C6_RECOMMENDED_BY_INTERDISCIPLINARY_MAPPING"
"""The start criterion that a report which recommends health care points to (S3)."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact and from where it is known."""

    id: UUID
    sort: BesideSort
    says: str
    who: str
    on: date
    source: str
    has_ended: bool
    written_by: str


def list_besides(case: Case) -> tuple[Fact, ...]:
    """The facts, the newest first; no more than a hundred."""
    rows = list(
        access.visible_to(case.actor, Beside.objects.filter(pathway=case.pathway)).order_by("-on", "-recorded_at")[:100]
    )
    writers = case.writers(rows)
    return tuple(
        Fact(
            id=row.pk,
            sort=BesideSort(row.sort),
            says=row.says,
            who=row.who,
            on=row.on,
            source=row.source,
            has_ended=row.has_ended,
            written_by=writers.get(str(row.recorded_by_id), ""),
        )
        for row in rows
    )


def standing(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Those that hold now: of each sort the newest, unless it says that it has ended. Pure."""
    newest: dict[BesideSort, Fact] = {}
    for fact in facts:
        newest.setdefault(fact.sort, fact)
    return tuple(newest[sort] for sort in BesideSort if sort in newest and not newest[sort].has_ended)
