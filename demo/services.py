"""The services of Agder in the demo, and who works there: every kind that the two source documents name.

A real name stands only where the documents name the service itself (`NAMED`); everything else is made up and marked
as an example, with organisation numbers that start with 3, which no real one does.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random
from uuid import UUID

from stdnum.no import orgnr

from demo import cast, names
from demo.places import BY_NUMBER, PLACES, Place
from grunnmur.directory.kinds import OrganisationKind, Role, ServiceKind

SEED = 4200
OPENED_ON = date(2015, 1, 1)
CLOSED = "legesenter_nedlagt"
"""Key of the one service that is closed, so that one can try to refer to it."""
CLOSED_ON = date(2025, 7, 1)

AS_IN_THE_EXAMPLE_FILES = {"4202": "964964998", "4203": "940493021", "4204": "820852982"}
"""The senders of the three example files of the national file format, so that the files can be read."""
NAMED = frozenset(
    {
        "fact_kristiansand",
        "fact_lindesnes",
        "fact_arendal",
        "statsforvalteren",
        "sintef",
        "kartleggingsteam",
        "sogne",
    }
)
"""Keys of the services that the source documents name themselves: the three FACT Ung teams, the county governor and
SINTEF's evaluation (S0), interdisciplinary mapping in Bufetat (S0, S3), and the joint institution in Søgne (S3)."""


@dataclass(frozen=True, slots=True)
class Employee:
    """Someone who works in a service."""

    person_id: UUID
    membership_id: UUID
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class DemoService:
    """One service of the demo."""

    key: str
    name: str
    kind: ServiceKind
    municipality: str | None
    organisation: tuple[str, str, OrganisationKind]
    """Key, name and kind of the legal body."""
    org_number: str | None
    phone: str
    employees: tuple[Employee, ...]
    closed_on: date | None = None

    @property
    def id(self) -> UUID:
        return cast.fixed_id(f"service/{self.key}")

    @property
    def is_example(self) -> bool:
        return self.key not in NAMED

    def with_role(self, role: Role) -> tuple[Employee, ...]:
        """Those who have a role here."""
        return tuple(one for one in self.employees if one.role is role)


ROLES: dict[ServiceKind, Role] = {
    ServiceKind.CHILD_WELFARE: Role.CONTACT_PERSON,
    ServiceKind.GP: Role.GP,
    ServiceKind.SCHOOL_HEALTH: Role.PUBLIC_HEALTH_NURSE,
    ServiceKind.MUNICIPAL_MENTAL_HEALTH: Role.PSYCHOLOGIST,
    ServiceKind.SUBSTANCE_USE: Role.NURSE,
    ServiceKind.DENTAL: Role.DENTAL_STAFF,
    ServiceKind.CAMHS: Role.PSYCHOLOGIST,
    ServiceKind.PAEDIATRIC: Role.NURSE,
    ServiceKind.FACT_YOUTH: Role.NURSE,
    ServiceKind.INSTITUTION: Role.INSTITUTION_STAFF,
    ServiceKind.FOSTER_HOME: Role.FOSTER_PARENT,
    ServiceKind.SCHOOL: Role.SCHOOL_STAFF,
}
"""What someone is who acts for a service of a kind. Kinds that never act in a case have nobody in the demo."""

COUNTY = ("fylket", "Agder fylkeskommune", OrganisationKind.COUNTY)
HOSPITAL = ("sykehuset", "Sykehuset på Agder", OrganisationKind.HEALTH_TRUST)
BUFETAT = ("bufetat", "Bufetat", OrganisationKind.STATE)
GOVERNOR = ("statsforvalteren", "Statsforvalteren i Agder", OrganisationKind.STATE)
SINTEF = ("sintef", "SINTEF", OrganisationKind.PRIVATE)


def municipality(place: Place) -> tuple[str, str, OrganisationKind]:
    """The municipality as a legal body."""
    return (f"kommune_{place.number}", f"{place.name} kommune", OrganisationKind.MUNICIPALITY)


STREETS = ("Elvegata", "Torvet", "Kirkebakken", "Fjordveien", "Lindgata", "Bryggen", "Tunet", "Heiveien", "Solsiden")
SCHOOLS = ("Solbakken", "Lunden", "Moen", "Furulia", "Åsen", "Bjørkelia", "Holmen")
KINDERGARTENS = ("Blåklokka", "Trollskogen", "Marihøna", "Kløverenga", "Solstråla", "Tyttebæret", "Ekornet")
HAVE_DENTAL = 8
HAVE_SUBSTANCE_USE = frozenset({"4202", "4203", "4204", "4205", "4223", "4225"})


@dataclass(frozen=True, slots=True)
class _Plan:
    """A service before it has a phone and people."""

    key: str
    name: str
    kind: ServiceKind
    municipality: str | None
    organisation: tuple[str, str, OrganisationKind]
    people: int = 1
    closed_on: date | None = None


def _in_municipality(place: Place) -> Iterator[_Plan]:
    """Everything that a municipality has; Grimstad's own services are partly those of the cast."""
    n, at = place.number, f"i {place.name}"
    own = municipality(place)
    taken = {(one.municipality, one.kind) for one in cast.SERVICES}

    def plan(key: str, name: str, kind: ServiceKind, *, people: int = 1, by: str = "") -> Iterator[_Plan]:
        if (n, kind) not in taken or kind in (ServiceKind.FOSTER_HOME, ServiceKind.GP):
            organisation = (f"{key}_{n}", name, OrganisationKind.PRIVATE) if by == "private" else own
            yield _Plan(f"{key}_{n}", name, kind, n, COUNTY if by == "county" else organisation, people)

    yield from plan(
        "barnevern", f"{place.name} barneverntjeneste", ServiceKind.CHILD_WELFARE, people=1 + place.children // 15
    )
    offices = range(1 + place.children // 25) if n != "4202" else range(1)
    for number in offices:
        street = STREETS[(int(n) * 3 + number) % len(STREETS)]
        yield from plan(f"legesenter{number}", f"{street} legesenter, {place.name}", ServiceKind.GP, by="private")
    yield from plan("skolehelse", f"Helsestasjon og skolehelsetjeneste {at}", ServiceKind.SCHOOL_HEALTH)
    yield from plan("psykisk_helse", f"Psykisk helse for barn og unge {at}", ServiceKind.MUNICIPAL_MENTAL_HEALTH)
    if n in HAVE_SUBSTANCE_USE:
        yield from plan("rus", f"Rustjenesten {at}", ServiceKind.SUBSTANCE_USE)
    if place.children >= HAVE_DENTAL:
        yield from plan("tannklinikk", f"Tannklinikken {at}", ServiceKind.DENTAL, by="county")
    yield from plan("skole", f"{SCHOOLS[int(n) % len(SCHOOLS)]} skole, {place.name}", ServiceKind.SCHOOL)
    yield from plan(
        "barnehage", f"{KINDERGARTENS[int(n) % len(KINDERGARTENS)]} barnehage, {place.name}", ServiceKind.KINDERGARTEN
    )
    yield from plan("ppt", f"PPT {at}", ServiceKind.PPT)
    yield from plan("nav", f"NAV {place.name}", ServiceKind.NAV)
    for number in range(1 + place.children // 12):
        yield from plan(f"fosterhjem{number}", "", ServiceKind.FOSTER_HOME)


def _in_the_region() -> Iterator[_Plan]:
    """What the county, the hospital, the state and the researchers run."""
    yield _Plan("abup_kristiansand", "ABUP Kristiansand", ServiceKind.CAMHS, None, HOSPITAL, 3)
    yield _Plan("abup_lister", "ABUP Lister", ServiceKind.CAMHS, None, HOSPITAL)
    yield _Plan(
        "barneavdelingen_kristiansand",
        "Barneavdelingen, sykehuset i Kristiansand",
        ServiceKind.PAEDIATRIC,
        None,
        HOSPITAL,
        2,
    )
    for key, number in (("fact_kristiansand", "4204"), ("fact_lindesnes", "4205"), ("fact_arendal", "4203")):
        place = BY_NUMBER[number]
        yield _Plan(key, f"FACT Ung {place.name}", ServiceKind.FACT_YOUTH, number, municipality(place))
    yield _Plan(
        "sogne", "Felles institusjon for barnevern og psykisk helse, Søgne", ServiceKind.INSTITUTION, None, BUFETAT
    )
    yield _Plan("lyngvoll", "Lyngvoll ungdomshjem", ServiceKind.INSTITUTION, None, BUFETAT)
    yield _Plan("heitun", "Heitun barnevernsinstitusjon", ServiceKind.INSTITUTION, None, BUFETAT)
    yield _Plan(
        "kartleggingsteam",
        "Tverrfaglig helsekartlegging, Bufetat",
        ServiceKind.HEALTH_MAPPING_TEAM,
        None,
        BUFETAT,
    )
    yield _Plan(
        CLOSED,
        "Havnegata legesenter (nedlagt)",
        ServiceKind.GP,
        "4202",
        (CLOSED, "Havnegata legesenter", OrganisationKind.PRIVATE),
        0,
        CLOSED_ON,
    )


def _of_the_cast() -> Iterator[_Plan]:
    """The services that the cast works in, run by the bodies that such services have."""
    by: dict[ServiceKind, tuple[str, str, OrganisationKind]] = {
        ServiceKind.CAMHS: HOSPITAL,
        ServiceKind.PAEDIATRIC: HOSPITAL,
        ServiceKind.DENTAL: COUNTY,
        ServiceKind.INSTITUTION: BUFETAT,
        ServiceKind.COUNTY_GOVERNOR: GOVERNOR,
        ServiceKind.RESEARCH: SINTEF,
    }
    extra = {"grimstad": 2, "abup": 2, "barneavdelingen": 1}
    for one in cast.SERVICES:
        if one.kind is ServiceKind.GP:
            organisation = (one.key, one.name, OrganisationKind.PRIVATE)
        else:
            organisation = by.get(one.kind) or municipality(BY_NUMBER[str(one.municipality)])
        people = extra.get(one.key, 0 if any(persona.service == one.key for persona in cast.CAST) else 1)
        yield _Plan(one.key, one.name, one.kind, one.municipality, organisation, people)


def _made_up_number(number: str) -> str:
    """An organisation number with a valid check digit that cannot be real: it starts with 3, real ones with 8 or 9."""
    return next(made for serial in range(10_000) if orgnr.is_valid(made := f"3{number}{serial:04}"))


def _employees(plan: _Plan, random: Random) -> Iterator[Employee]:
    """The cast first; then made-up colleagues, and a leader for each child welfare service."""
    for persona in cast.CAST:
        if persona.service == plan.key:
            yield Employee(persona.person_id, cast.membership_id(persona), persona.name, persona.role)
    role = ROLES.get(plan.kind)
    if role is None:
        return
    roles = [role] * plan.people
    if plan.kind is ServiceKind.CHILD_WELFARE and plan.key != "grimstad":
        roles.append(Role.LEADER)
    for number, one in enumerate(roles):
        key = f"{plan.key}/{number}"
        yield Employee(cast.fixed_id(f"person/{key}"), cast.fixed_id(f"membership/{key}"), names.colleague(random), one)


@cache
def services() -> tuple[DemoService, ...]:
    """Every service, the cast's first; the same each time."""
    random = Random(SEED)
    plans = [
        *_of_the_cast(),
        *(plan for place in PLACES for plan in _in_municipality(place)),
        *_in_the_region(),
    ]
    phones = {one.key: one.phone for one in cast.SERVICES}
    found = []
    for number, plan in enumerate(plans):
        employees = tuple(_employees(plan, random))
        org_number = None
        if plan.kind is ServiceKind.CHILD_WELFARE:
            org_number = AS_IN_THE_EXAMPLE_FILES.get(str(plan.municipality)) or _made_up_number(str(plan.municipality))
        found.append(
            DemoService(
                key=plan.key,
                name=plan.name or f"Fosterhjemmet hos {employees[0].name}",
                kind=plan.kind,
                municipality=plan.municipality,
                organisation=plan.organisation,
                org_number=org_number,
                phone=phones.get(plan.key) or f"37 00 {(number + 1) // 100:02} {(number + 1) % 100:02}",
                employees=employees,
                closed_on=plan.closed_on,
            )
        )
    return tuple(found)


def importer(welfare: DemoService) -> Employee:
    """Whom the reading of files into a service acts as."""
    key = f"{welfare.key}/importer"
    return Employee(
        cast.fixed_id(f"person/{key}"), cast.fixed_id(f"membership/{key}"), "Innlesing fra fagsystem", Role.IMPORTER
    )


@cache
def by_key() -> dict[str, DemoService]:
    return {one.key: one for one in services()}


@cache
def _by_place() -> dict[tuple[str | None, ServiceKind], list[DemoService]]:
    found: dict[tuple[str | None, ServiceKind], list[DemoService]] = defaultdict(list)
    for one in services():
        if one.closed_on is None:
            found[one.municipality, one.kind].append(one)
    return dict(found)


def child_welfare(place: Place) -> DemoService:
    """The municipality's child welfare service."""
    return near(ServiceKind.CHILD_WELFARE, place)[0]


def near(kind: ServiceKind, place: Place) -> list[DemoService]:
    """The services of a kind that people in a municipality use; the nearest one's where it has none itself."""
    catchment = {
        ServiceKind.CAMHS: place.camhs,
        ServiceKind.PAEDIATRIC: place.hospital,
        ServiceKind.FACT_YOUTH: place.fact,
    }
    if kind in catchment:
        return [by_key()[catchment[kind]]]
    own = _by_place().get((place.number, kind)) or _by_place().get((None, kind))
    if not own and place.leans_on == place.number:
        raise LookupError(f"no {kind} near {place.name}")
    return own or near(kind, BY_NUMBER[place.leans_on])
