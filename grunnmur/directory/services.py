"""Finding and making services, for those who may not read the tables themselves."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection

from grunnmur.directory import sessions
from grunnmur.directory.kinds import OrganisationKind, ServiceKind
from grunnmur.directory.models import Municipality, Organisation, Service


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
        name=f"{place} barneverntjeneste",
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
