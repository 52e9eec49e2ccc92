"""Choosing a service: those near first, any other by a word of its name; never a longer list than one can read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from grunnmur import alphabet
from grunnmur.directory.kinds import ServiceKind
from grunnmur.directory.models import Municipality, Service

NEAR_LIMIT = 40
FOUND_LIMIT = 20
NEVER_LISTED = frozenset(
    {ServiceKind.FOSTER_HOME, ServiceKind.INSTITUTION, ServiceKind.COUNTY_GOVERNOR, ServiceKind.RESEARCH}
)
"""Not offered to everyone: who has a foster home is nobody's business, and the last two help no single child."""


@dataclass(frozen=True, slots=True)
class ServiceChoice:
    """One service that can be chosen."""

    id: UUID
    name: str
    kind: ServiceKind
    phone: str

    @property
    def label(self) -> str:
        """«Storgata legesenter (Fastlege)»."""
        kind = str(self.kind.label)
        return self.name if kind.lower() in self.name.lower() else f"{self.name} ({kind})"


@dataclass(frozen=True, slots=True)
class Nearby:
    """Services in three groups: in the municipality, for the whole region, and found by a word or by id."""

    here: tuple[ServiceChoice, ...]
    region: tuple[ServiceChoice, ...]
    found: tuple[ServiceChoice, ...]


def near(
    *,
    municipality: str | None,
    on: date,
    text: str = "",
    without: Iterable[UUID] = (),
    also: Iterable[UUID | None] = (),
) -> Nearby:
    """The services that are open on a day: the municipality's own, the region's, and those that `text` finds.

    `without` leaves some out; `also` adds some by id whatever they are, such as the one already chosen.
    """
    open_now = Service.objects.filter(opened_on__lte=on).exclude(closed_on__lte=on).exclude(pk__in=list(without))
    listed = open_now.exclude(kind__in=NEVER_LISTED)
    here = _choices(listed.filter(municipality=municipality).order_by("name")[:NEAR_LIMIT]) if municipality else ()
    # The directory knows no regions: a service without a municipality of its own covers more than one.
    region = _choices(listed.filter(municipality=None).order_by("name")[:NEAR_LIMIT])
    shown = {one.id for one in (*here, *region)}
    extra = [one for one in also if one is not None and one not in shown]
    found: tuple[ServiceChoice, ...] = ()
    words = text.split()
    if words:
        named = listed.exclude(pk__in=extra)
        for word in words:
            named = named.filter(name__icontains=word)
        found = _choices(named.order_by("name")[:FOUND_LIMIT])
    if extra:
        found = (*found, *_choices(Service.objects.filter(pk__in=extra)))
    return Nearby(here, region, found)


def of_kind(kind: ServiceKind, *, municipality: str | None, on: date, limit: int = 3) -> tuple[ServiceChoice, ...]:
    """The open services of one kind near a municipality: its own, or else those of its county and region."""
    open_now = Service.objects.filter(kind=kind, opened_on__lte=on).exclude(closed_on__lte=on)
    own = _choices(open_now.filter(municipality=municipality).order_by("name")[:limit]) if municipality else ()
    if own:
        return own
    county = Municipality.objects.filter(pk=municipality).values("county")
    region = open_now.filter(Q(municipality=None) | Q(municipality__county__in=county))
    return _choices(region.order_by("name")[:limit])


def _choices(services: QuerySet[Service]) -> tuple[ServiceChoice, ...]:
    found = services.values_list("pk", "name", "kind", "phone")
    return tuple(
        ServiceChoice(id=pk, name=name, kind=ServiceKind(kind), phone=phone)
        for pk, name, kind, phone in sorted(found, key=lambda row: alphabet.order(row[1]))
    )
