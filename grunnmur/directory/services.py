"""Finding and making services, for those who may not read the tables themselves."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection

from grunnmur.directory import sessions
from grunnmur.directory.kinds import OrganisationKind, ServiceKind
from grunnmur.directory.models import Municipality, Organisation, Service

NAMED = " barneverntjeneste"
"""What follows the place in the name of a service that is made from a file."""


@dataclass(frozen=True, slots=True)
class ServiceKey:
    """A child welfare service as the national file names it; `district` is empty outside the largest cities."""

    org_number: str
    municipality: str
    municipality_name: str
    district: str = ""
    district_name: str = ""


def find_child_welfare(key: ServiceKey) -> UUID | None:
    """The service with this organisation number (and district), or None."""
    return (
        Service.objects.filter(kind=ServiceKind.CHILD_WELFARE, org_number=key.org_number, district=key.district)
        .values_list("pk", flat=True)
        .first()
    )


def child_welfare_in(municipality: str) -> list[tuple[UUID, ServiceKey]]:
    """The municipality's child welfare services that take something in, each as the national file names it.

    One that lacks what the file must say of it has an empty organisation number or district name.
    """
    rows = Service.objects.filter(kind=ServiceKind.CHILD_WELFARE, municipality=municipality, closed_on=None)
    return [(row.pk, _key_of(row)) for row in rows.select_related("municipality").order_by("district", "name")]


def _key_of(service: Service) -> ServiceKey:
    """As `make_child_welfare` would have been told it; of a district only what its service is named after."""
    assert service.municipality is not None
    is_named = service.district and service.name.endswith(NAMED)
    return ServiceKey(
        org_number=service.org_number or "",
        district=service.district,
        municipality=service.municipality.number,
        municipality_name=service.municipality.name,
        district_name=service.name.removesuffix(NAMED) if is_named else "",
    )


def make_child_welfare(key: ServiceKey, *, opened_on: date) -> UUID:
    """Make a child welfare service, its organisation and its municipality from what the national file says."""
    municipality, _made = Municipality.objects.get_or_create(
        number=key.municipality, defaults={"name": key.municipality_name.removesuffix(" kommune"), "county": ""}
    )
    organisation, _made = Organisation.objects.get_or_create(
        org_number=key.org_number, defaults={"name": key.municipality_name, "kind": OrganisationKind.MUNICIPALITY}
    )
    place = key.district_name or municipality.name
    service = Service(
        organisation=organisation,
        municipality=municipality,
        kind=ServiceKind.CHILD_WELFARE,
        name=f"{place}{NAMED}",
        org_number=key.org_number,
        district=key.district,
        opened_on=opened_on,
    )
    service.save(force_insert=True)
    return service.pk


def importer_of(service_id: UUID) -> UUID:
    """The membership that reading files into a service acts as."""
    with connection.cursor() as cursor:
        cursor.execute("select sec.importer_of(%s, %s)", [service_id, sessions.sign(f"importer|{service_id}")])
        membership: UUID = cursor.fetchone()[0]
    return membership
