"""What is decided about who sees what and must soon be looked at anew, for the owner's child welfare workers.

What is about the one who asks is left out by the database itself, and with it every trace in a number or a date; so is
until when an address is protected, for all but those who read it and the leader.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Value

from grunnmur import clock
from grunnmur.cases.definition import definitions
from grunnmur.cases.models import FamilyDecision, Participation, ProtectionDecision, Restriction
from grunnmur.cases.models.base import FOREVER
from grunnmur.cases.queries.child import ChildHead
from grunnmur.cases.terms import ParticipationBasis
from grunnmur.directory.sessions import Actor

MOST = 60
"""As many of each sort as are read at a time; the next come as those are seen to."""
SORTS = ("no", "decision")
PROTECTION = "protection"
Rows = QuerySet[Any, tuple[str, UUID, UUID, date]]


@dataclass(frozen=True, slots=True)
class ToReview:
    """What must be looked at anew about one child."""

    number: int
    """Of noes, and of decisions about the family."""
    first_on: date | None
    """The first of the days that it must be done by; None when there are none."""
    protected_until: date | None = None
    """The last day that the address is decided to be protected, for those who may know of it."""


def ahead() -> int:
    """How many days before the last one it is said: as many as it is reminded of before."""
    return definitions().deadline("remind_before_review").amount


def ahead_of_protection() -> int:
    """The same of the last day that an address is decided to be protected."""
    return definitions().deadline("remind_first_of_protection").amount


def to_review(actor: Actor, *, contacts: Collection[UUID] | None) -> tuple[Rows, ...]:
    """What must be looked at anew in the actor's service, what is most late first: what, its key, the child, the day.

    With `contacts`, about the children whose case has one of those people as contact person; but of a protected address
    whoever reads it, and the leader, are told in any case, for nobody else is.
    """
    return _rows(contacts, owner_service=actor.service_id)


def of_child(head: ChildHead) -> ToReview | None:
    """The same for one child; None for others than the owner's, and when nothing must be looked at yet."""
    if not head.may("sight.review"):
        return None
    noes, *others = _rows(None, child=head.child)
    found = list(noes.union(*others, all=True))
    days = [on for what, _key, _child, on in found if what in SORTS]
    until = next((on for what, _key, _child, on in found if what == PROTECTION), None)
    return ToReview(len(days), min(days, default=None), until) if found else None


def first_days(rows: Iterable[tuple[UUID, date]]) -> list[tuple[UUID, date]]:
    """Each child with the first of its days, what is most late first."""
    days: dict[UUID, date] = {}
    for on, child_id in sorted((on, child_id) for child_id, on in rows):
        days.setdefault(child_id, on)
    return list(days.items())


def _rows(contacts: Collection[UUID] | None, **whose: Any) -> tuple[Rows, ...]:
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
    last = clock.today() + timedelta(days=ahead_of_protection())
    protections = ProtectionDecision.objects.filter(ends_at=FOREVER, until__lte=last, **whose)
    return _said(noes, SORTS[0]), _said(decisions, SORTS[1]), _said(protections, PROTECTION, by="until")


def _said(rows: QuerySet[Any], what: str, *, by: str = "review_on") -> Rows:
    said = rows.annotate(what=Value(what)).order_by(by, "pk")
    found: Rows = said.values_list("what", "pk", "child", by)[:MOST]
    return found
