"""Who works in a child welfare service and can have its cases."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from grunnmur import alphabet
from grunnmur.cases import access
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
