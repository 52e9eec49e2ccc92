"""Data to measure on: prototype cases made by real acts, multiplied in the database as its administrator.

A copy of a case has every row of its prototype, with new ids, the days moved back, and other services and people in
the place of the cast's. What is measured is the same open load at every size; what grows is history.
"""

import hashlib
import random
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from demo import cast
from grunnmur.cases.models import (
    Absence,
    Child,
    Deletion,
    Experience,
    LookReview,
    NameKey,
    PassportLine,
    Restriction,
    SealedEdition,
)
from grunnmur.cases.models.base import ChildRow, PathwayRow
from grunnmur.cases.terms import InformationKind
from grunnmur.directory.kinds import OrganisationKind, Role, ServiceKind
from grunnmur.directory.models import Membership, Organisation, Person, Service
from grunnmur.encrypted import Encrypted, encrypted_columns
from grunnmur.log.models import AccessLog, Event

OPEN_CASES = 200
"""Open cases in the measured service, at every size."""
KARIS = 60
"""How many of them are Kari's."""
COLLEAGUES = ("nils", "mari", "lars")
"""Who the others belong to."""
NOT_ASSESSED = 80
"""Children in the measured service whom nobody has assessed, at every size; they are not counted as cases."""
OTHER_SERVICES = 356
HISTORY_HERE = 20
"""One in so many of the closed cases is the measured service's own."""
OPEN_ELSEWHERE = 10
"""One in so many of the cases in other services is open."""
RESTRICTED = 200
"""One in so many children has its GP's sight of mental health taken away."""
RARE_NAME = "Tiril"
"""What is searched for: the first name of five children here, and of one in forty elsewhere."""
RARE_HERE = 5
RARE_ELSEWHERE = 40
SHIFT_OPEN = 45
"""Open cases have moved within so many days."""
HISTORY_DAYS = 3650

FIRST = ("Emma", "Nora", "Sara", "Ella", "Ida", "Leah", "Maja", "Ingrid", "Jakob", "Emil", "Noah", "Oskar", "Lukas",
         "Håkon", "Åse", "Øyvind", "Magnus", "Sander", "Amalie", "Frida")  # fmt: skip
LAST = ("Hansen", "Johansen", "Olsen", "Larsen", "Andersen", "Nilsen", "Pedersen", "Kristiansen", "Jensen", "Karlsen",
        "Berg", "Haugen", "Hagen", "Eriksen", "Bakken", "Moen", "Ødegård", "Åsheim", "Lunde", "Vik")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """The services and people that stand in for the cast's in one copy."""

    service: uuid.UUID
    person: uuid.UUID
    gp: uuid.UUID
    gp_person: uuid.UUID
    camhs: uuid.UUID
    camhs_person: uuid.UUID


@dataclass(frozen=True, slots=True)
class Copy:
    """One case to be: of which prototype, where, how long ago, and who the child is."""

    n: int
    prototype: uuid.UUID
    child: uuid.UUID
    days: int
    name: str
    born_on: date
    journal: str
    national_sealed: bytes
    national_code: bytes
    place: Place


def new_id(old: uuid.UUID, n: int) -> uuid.UUID:
    """The id in copy `n` of what had the id `old`; the SQL below works it out the same way."""
    return uuid.UUID(hashlib.md5(f"{old}{n}".encode()).hexdigest())  # noqa: S324  # an id, not a secret


def here(person: str = "kari") -> Place:
    """The measured service, with one of its people as contact person."""
    return Place(
        service=cast.service("grimstad").id,
        person=cast.get("kari").person_id if person == "kari" else _fixed(f"person/{person}"),
        gp=cast.service("storgata").id,
        gp_person=cast.get("per").person_id,
        camhs=cast.service("abup").id,
        camhs_person=cast.get("siri").person_id,
    )


def elsewhere(number: int) -> Place:
    """Another municipality's services; those for mental health serve several."""
    region = number % 20
    return Place(
        service=_fixed(f"service/child_welfare/{number}"),
        person=_fixed(f"person/child_welfare/{number}"),
        gp=_fixed(f"service/gp/{number}"),
        gp_person=_fixed(f"person/gp/{number}"),
        camhs=_fixed(f"service/camhs/{region}"),
        camhs_person=_fixed(f"person/camhs/{region}"),
    )


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


def _number(born_on: date, serial: int) -> str:
    """A number of the right shape that nobody has (month + 80); its control digits are not worked out."""
    return f"{born_on.day:02}{born_on.month + 80:02}{born_on.year % 100:02}{serial:05}"


def _fixed(name: str) -> uuid.UUID:
    return cast.fixed_id(f"bench/{name}")


# --- what is to be copied --------------------------------------------------------------------------------------


class Maker:
    """Makes copies with names, numbers and days that are the same each time for the same size."""

    def __init__(self, prototypes: dict[str, uuid.UUID], *, today: date) -> None:
        self.prototypes = prototypes
        self.today = today
        self.random = random.Random(20231)
        self.count = 0
        self.serials: Counter[date] = Counter()

    def copy(self, kind: str, place: Place, *, days: int, first: str = "") -> Copy:
        """One case of a kind, moved back so many days."""
        self.count += 1
        prototype = self.prototypes[kind]
        born_on = self.today - timedelta(days=13 * 365 + 100 + self.random.randrange(-300, 300) + days)
        serial = self.serials[born_on]
        self.serials[born_on] += 1
        child = new_id(prototype, self.count)
        number = _number(born_on, serial)
        return Copy(
            n=self.count,
            prototype=prototype,
            child=child,
            days=days,
            name=f"{first or self.random.choice(FIRST)} {self.random.choice(LAST)}",
            born_on=born_on,
            journal=f"B-{self.count:06}",
            national_sealed=_field(Child, "national_id").seal(number, of=child),
            national_code=_field(Child, "national_key").codes(number, within=place.service)[0],
            place=place,
        )

    def open_load(self, count: int, *, karis: int) -> Iterator[Copy]:
        """Open cases in the measured service: half ours, half others', a third of them still."""
        for number in range(count):
            is_karis = number < karis
            kind = ("ours", "others", "assessing", "others")[number % 4]
            place = here() if is_karis else here(COLLEAGUES[number % 3])
            first = RARE_NAME if number < RARE_HERE else ""
            yield self.copy(kind, place, days=number % SHIFT_OPEN, first=first)

    def waiting(self, count: int) -> Iterator[Copy]:
        """Children in the measured service whom nobody has assessed."""
        for number in range(count):
            yield self.copy("waiting", here(), days=number % SHIFT_OPEN)

    def history(self, count: int) -> Iterator[Copy]:
        """Ended cases here and elsewhere, and a few open ones elsewhere."""
        for number in range(count):
            days = SHIFT_OPEN + self.random.randrange(HISTORY_DAYS)
            ended = "closed" if number % 2 else "not_started"
            if number % HISTORY_HERE == 0:
                yield self.copy("closed" if number % (2 * HISTORY_HERE) else "not_started", here(), days=days)
            elif number % OPEN_ELSEWHERE == 1:
                kind = ("ours", "others")[number % 20 // 10]
                yield self.copy(kind, elsewhere(number % OTHER_SERVICES), days=number % SHIFT_OPEN)
            else:
                first = RARE_NAME if number % RARE_ELSEWHERE == 3 else ""
                yield self.copy(ended, elsewhere(number % OTHER_SERVICES), days=days, first=first)


def population(prototypes: dict[str, uuid.UUID], *, cases: int, today: date) -> Iterator[Copy]:
    """Everything in a database with so many cases."""
    maker = Maker(prototypes, today=today)
    yield from maker.open_load(OPEN_CASES, karis=KARIS)
    yield from maker.waiting(NOT_ASSESSED)
    yield from maker.history(cases - OPEN_CASES)


# --- copying in the database -----------------------------------------------------------------------------------

PLAN = [field.name for field in fields(Copy) if field.name != "place"] + [field.name for field in fields(Place)]
PLAN_TYPES = {
    "n": "int",
    "days": "int",
    "name": "text",
    "born_on": "date",
    "journal": "text",
    "national_sealed": "bytea",
    "national_code": "bytea",
}


def multiply(cursor: Any, copies: Iterable[Copy]) -> None:
    """Write the copies. The cursor is an administrator's, inside a transaction; foreign keys are not checked.

    The prototypes must be in the database.
    """
    cursor.execute("drop table if exists bench_plan")
    columns = ", ".join(f"{name} {PLAN_TYPES.get(name, 'uuid')}" for name in PLAN)
    written = list(copies)
    cursor.execute(f"create temporary table bench_plan ({columns})")
    with cursor.copy(f"copy bench_plan ({', '.join(PLAN)}) from stdin") as copy:
        for one in written:
            copy.write_row([getattr(one, name) if hasattr(one, name) else getattr(one.place, name) for name in PLAN])
    cursor.execute("create index on bench_plan (prototype)")
    cursor.execute("analyze bench_plan")
    _seal(cursor, written)
    cursor.execute("set local session_replication_role = replica")
    for statement in statements():
        cursor.execute(statement)
    cursor.execute("set local session_replication_role = origin")


def _seal(cursor: Any, copies: list[Copy]) -> None:
    """What is encrypted in the prototypes' rows, sealed anew for the key of each copy: elsewhere it does not open."""
    cursor.execute("drop table if exists bench_sealed")
    cursor.execute("create temporary table bench_sealed (id uuid, name text, value bytea) on commit drop")
    of_prototype: dict[uuid.UUID, list[tuple[Encrypted, uuid.UUID, str]]] = defaultdict(list)
    for field in encrypted_columns():
        if field.model is Child or not issubclass(field.model, ChildRow | PathwayRow):
            continue  # a child is sealed with its own number, and who works here is not copied
        table, is_of_child = field.model._meta.db_table, issubclass(field.model, ChildRow)
        of_child = "t.child_id" if is_of_child else "p.child_id"
        join = "" if is_of_child else " join cases_pathway p on p.id = t.pathway_id"
        cursor.execute(
            f"select {of_child}, t.id, t.{field.column} from {table} t{join} where t.{field.column} is not null"
        )
        for child, key, value in cursor.fetchall():
            of_prototype[child].append((field, key, field.open(value, of=key)))
    with cursor.copy("copy bench_sealed (id, name, value) from stdin") as into:
        for copy in copies:
            for field, key, value in of_prototype[copy.prototype]:
                new = new_id(key, copy.n)
                into.write_row([new, field.column, field.seal(value, of=new)])
    cursor.execute("create index on bench_sealed (id)")
    cursor.execute("analyze bench_sealed")


def statements() -> Iterator[str]:
    """One insertion for each table with a child in it."""
    of_cases: list[type[models.Model]] = [*apps.get_app_config("cases").get_models(), Event, AccessLog]
    for model in of_cases:
        if model in (Absence, SealedEdition, NameKey, Deletion, Experience, LookReview):
            continue
        table = model._meta.db_table
        columns = {f'"{field.column}"': _copied(field) for field in model._meta.local_fields}
        if model is Child:
            columns |= {
                '"name"': "p.name",
                '"born_on"': "p.born_on",
                '"journal_number"': "p.journal",
                '"national_id"': "p.national_sealed",
                '"national_key"': "p.national_code",
            }
        yield (
            f"insert into {table} ({', '.join(columns)}) select {', '.join(columns.values())}"
            f" from {table} t {_join(model)}"
        )
    yield _restrictions()
    yield (
        "insert into cases_namekey (service_id, key, child_id) select distinct a.service_id, upper(word), p.child"
        " from bench_plan p join cases_participation a on a.child_id = p.child, string_to_table(p.name, ' ') word"
    )


def _restrictions() -> str:
    """Some sight is taken away, so that the walls have something to look for."""
    return (
        "insert into cases_restriction (id, child_id, owner_service_id, service_id, kinds, cause, reason,"
        " decided_by_id, starts_at, ends_at, review_on) select gen_random_uuid(), child, service, gp,"
        f" {InformationKind.MENTAL:d}, 'service_restricted', 'Barnet ber om det.', person, now(), '9999-01-01',"
        " current_date + 90"
        f" from bench_plan where n % {RESTRICTED} = 0"
    )


def _join(model: type[models.Model]) -> str:
    """Each row of a prototype with each of its copies."""
    if model is Child:
        return "join bench_plan p on p.prototype = t.id"
    if model is AccessLog:
        return "join bench_plan p on t.children = array[p.prototype]"
    if issubclass(model, PathwayRow) or model is PassportLine:
        return "join cases_pathway w on w.id = t.pathway_id join bench_plan p on p.prototype = w.child_id"
    assert issubclass(model, ChildRow) or model in (Event, Restriction) or hasattr(model, "child")
    return "join bench_plan p on p.prototype = t.child_id"


def _copied(field: "models.Field[Any, Any]") -> str:
    """What a column holds in a copy."""
    column = f't."{field.column}"'
    if isinstance(field, Encrypted):
        key = _renewed(f't."{field.model._meta.pk.column}"')
        return f"(select s.value from bench_sealed s where s.id = {key} and s.name = '{field.column}')"
    if field.is_relation:
        related = field.related_model
        if related is Service or related is Person:
            return _swapped(column, otherwise=column)
        return column if related is SealedEdition else _renewed(column)
    if isinstance(field, ArrayField) and isinstance(field.base_field, models.UUIDField):
        return f"(select coalesce(array_agg({_swapped('x', otherwise=_renewed('x'))}), '{{}}') from unnest({column}) x)"
    if isinstance(field, models.UUIDField):
        return _renewed(column) if field.primary_key else _swapped(column, otherwise=_renewed(column))
    if isinstance(field, models.DateTimeField):
        return f"case when {column} > '9000-01-01' then {column} else {column} - make_interval(days => p.days) end"
    if isinstance(field, models.DateField):
        return f"case when {column} > '9000-01-01' then {column} else {column} - p.days end"
    return column


def _renewed(value: str) -> str:
    return f"md5({value}::text || p.n::text)::uuid"


def _swapped(value: str, *, otherwise: str) -> str:
    place = here()
    swaps = " ".join(f"when '{getattr(place, field.name)}' then p.{field.name}" for field in fields(Place))
    return f"case {value} {swaps} else {otherwise} end"


def make_directory() -> None:
    """The other services, and the colleagues in the measured one. Run as an administrator."""
    opened_on = date(2010, 1, 1)
    organisation = Organisation.objects.create(name="Andre kommuner", kind=OrganisationKind.MUNICIPALITY)
    staff = [(cast.service("grimstad").id, here(key).person, Role.CONTACT_PERSON) for key in COLLEAGUES]
    services: dict[uuid.UUID, ServiceKind] = {}
    for number in range(OTHER_SERVICES):
        place = elsewhere(number)
        for service, kind, person, role in (
            (place.service, ServiceKind.CHILD_WELFARE, place.person, Role.CONTACT_PERSON),
            (place.gp, ServiceKind.GP, place.gp_person, Role.GP),
            (place.camhs, ServiceKind.CAMHS, place.camhs_person, Role.PSYCHOLOGIST),
        ):
            if service not in services:
                services[service] = kind
                staff.append((service, person, role))
    Service.objects.bulk_create(
        Service(pk=key, organisation=organisation, kind=kind, name=f"{kind.label} {key.hex[:6]}", opened_on=opened_on)
        for key, kind in services.items()
    )
    Person.objects.bulk_create(Person(pk=person, name=f"Ansatt {person.hex[:6]}") for _service, person, _role in staff)
    Membership.objects.bulk_create(
        Membership(service_id=service, person_id=person, role=role, starts_on=opened_on)
        for service, person, role in staff
    )


def children_to_find(cursor: Any) -> tuple[str, uuid.UUID]:
    """The national number of a child of Kari's, and the pathway of one of her fullest cases."""
    place = here()
    cursor.execute(
        "select c.id, c.national_id, a.pathway_id from cases_participation a join cases_child c on c.id = a.child_id"
        " where a.service_id = %s and a.contact_person_id = %s and a.whose = 2 and a.basis = 'owner'"
        " and a.pathway_id is not null and c.national_id is not null order by a.next_due, c.journal_number limit 1",
        [place.service, place.person],
    )
    child, sealed, pathway = cursor.fetchone()
    return _field(Child, "national_id").open(sealed, of=child), pathway
