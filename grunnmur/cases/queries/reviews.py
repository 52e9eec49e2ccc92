"""What is decided about who sees what and must soon be looked at anew, for the owner's child welfare workers.

What is about the one who asks is left out by the database itself, and with it every trace in a number or a date.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Value

from grunnmur import clock
from grunnmur.cases.definition import definitions
from grunnmur.cases.models import FamilyDecision, Participation, Restriction
from grunnmur.cases.models.base import FOREVER
from grunnmur.cases.queries.child import ChildHead
from grunnmur.cases.terms import ParticipationBasis
from grunnmur.directory.sessions import Actor

MOST = 60
"""As many of each sort as are read at a time; the next come as those are seen to."""
SORTS = ("no", "decision")
Rows = QuerySet[Any, tuple[str, UUID, UUID, date]]


@dataclass(frozen=True, slots=True)
class ToReview:
    """What must be looked at anew about one child."""

    number: int
    first_on: date
    """The first of the days that it must be done by."""


def ahead() -> int:
    """How many days before the last one it is said: as many as it is reminded of before."""
    return definitions().deadline("remind_before_review").amount


def to_review(actor: Actor, *, contacts: Collection[UUID] | None) -> tuple[Rows, Rows]:
    """What must be looked at anew in the actor's service, what is most late first: what, its key, the child, the day.

    With `contacts`, about the children whose case has one of those people as contact person.
    """
    return _rows(contacts, owner_service=actor.service_id)


def of_child(head: ChildHead) -> ToReview | None:
    """The same for one child; None for others than the owner's, and when nothing must be looked at yet."""
    if not head.may("sight.review"):
        return None
    noes, decisions = _rows(None, child=head.child)
    found = list(noes.union(decisions, all=True))
    return ToReview(len(found), min(on for *_rest, on in found)) if found else None


def first_days(rows: Iterable[tuple[UUID, date]]) -> dict[UUID, date]:
    """Each child with the first of its days, what is most late first."""
    days: dict[UUID, date] = {}
    for on, child_id in sorted((on, child_id) for child_id, on in rows):
        days.setdefault(child_id, on)
    return days


def _rows(contacts: Collection[UUID] | None, **whose: Any) -> tuple[Rows, Rows]:
    until = clock.today() + timedelta(days=ahead())
    noes = Restriction.objects.filter(ends_at=FOREVER, review_on__lte=until, **whose)
    decisions = FamilyDecision.objects.filter(replaced_at=None, review_on__lte=until, **whose)
    if contacts is not None:
        theirs = Exists(
            Participation.objects.filter(
                child=OuterRef("child"), basis=ParticipationBasis.OWNER, contact_person__in=contacts
            )
        )
        noes, decisions = noes.filter(theirs), decisions.filter(theirs)
    return _said(noes, SORTS[0]), _said(decisions, SORTS[1])


def _said(rows: QuerySet[Any], what: str) -> Rows:
    said = rows.annotate(what=Value(what)).order_by("review_on", "pk")
    found: Rows = said.values_list("what", "pk", "child", "review_on")[:MOST]
    return found
