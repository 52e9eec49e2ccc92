"""What can be chosen in the forms of one case: services near the child, colleagues."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from grunnmur import alphabet
from grunnmur.cases import access
from grunnmur.cases.models import Placement
from grunnmur.cases.queries.case import Case
from grunnmur.directory import nearby
from grunnmur.directory.kinds import Role
from grunnmur.directory.models import Membership
from grunnmur.directory.nearby import Nearby


def service_choices(case: Case, *, text: str = "", chosen: UUID | None = None) -> Nearby:
    """Services that can be asked: near the child, where it lives, found by `text`, and the one already chosen.

    The actor's own service is never among them.
    """
    homes = access.visible_to(case.actor, Placement.objects.filter(child=case.child, replaced_by=None, until_on=None))
    own = case.actor.service_id
    return nearby.near(
        municipality=case.actor.municipality,
        on=case.today,
        text=text,
        without=[own],
        also=[*homes.values_list("service", flat=True), None if chosen == own else chosen],
    )


@dataclass(frozen=True, slots=True)
class Colleague:
    """Someone who can be contact person."""

    id: UUID
    name: str
    role: Role


def list_colleagues(case: Case) -> tuple[Colleague, ...]:
    """Who in the actor's service can take over the case: those in child welfare now, but the one who has it."""
    found = colleagues_in(case.actor.service_id, on=case.today)
    return tuple(one for one in found if one.id != case.pathway.contact_person_id)


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
