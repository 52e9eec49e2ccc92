"""Who works in a child welfare service and can have its cases."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from grunnmur import alphabet
from grunnmur.cases import access
from grunnmur.cases.models import Child, Participation
from grunnmur.cases.terms import AddressProtection, ParticipationBasis
from grunnmur.directory.kinds import Role
from grunnmur.directory.models import Membership


@dataclass(frozen=True, slots=True)
class Colleague:
    """Someone who can be contact person."""

    id: UUID
    name: str
    role: Role


def colleagues_in(service_id: UUID, *, on: date) -> tuple[Colleague, ...]:
    """Those who are in child welfare in a service on a day, each once."""
    rows = (
        Membership.objects.filter(service=service_id, role__in=access.CHILD_WELFARE, starts_on__lte=on)
        .exclude(ends_on__lte=on)
        .order_by("role")
        .values_list("person", "person__name", "role")
    )
    by_person = {row[0]: Colleague(row[0], row[1], Role(row[2])) for row in rows}
    return tuple(sorted(by_person.values(), key=lambda one: alphabet.order(one.name)))


def readers(child: Child, *, at: datetime) -> frozenset[UUID]:
    """Who is appointed to read where the child is, at an instant."""
    rows = Participation.objects.filter(
        child=child, basis=ParticipationBasis.APPOINTED, starts_at__lte=at, ends_at__gt=at
    )
    return frozenset(one for one in rows.values_list("only_for", flat=True) if one)


def readers_at_work(child: Child, *, at: datetime) -> frozenset[UUID]:
    """Those of them who work in the owner's service still."""
    at_work = {one.id for one in colleagues_in(child.author_service_id, on=at.date())}
    return readers(child, at=at) & at_work


def may_give(child: Child, giver: UUID, *, at: datetime) -> bool:
    """Whether somebody can make another, or oneself, contact person: with a protected address one who reads it does,
    since a contact person reads it; and anybody when no reader is at work, or the case would be locked for good.
    """
    if child.address_protection == AddressProtection.NONE:
        return True
    at_work = readers_at_work(child, at=at)
    return giver in at_work or not at_work
