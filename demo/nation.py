"""The synthetic nation: from one municipality to the whole country, one to ten years, to count and to measure on.

The same size, last day and seed give the same rows. They are made inside the database by `nation.sql`, from the
assumptions of `definitions/synthetic_nation.yaml`; municipalities, counties and people are made up, and their numbers
are nobody's. Nobody is let in to see the cases, nothing is sent, and nothing is logged: `grunnmur verify_log` finds a
whole log that knows nothing of them. Only what numbers are counted from is made.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from math import ceil
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction

from demo import cast, names
from demo.assumptions import Assumptions, assumptions, statements
from grunnmur import clock
from grunnmur.cases.deadlines import add_months
from grunnmur.cases.definition import definitions
from grunnmur.cases.door import seal
from grunnmur.cases.models import Child
from grunnmur.directory.kinds import OrganisationKind, Role, ServiceKind
from grunnmur.directory.models import Membership, Municipality, Organisation, Person, Service
from grunnmur.encrypted import Encrypted

FILE = Path(__file__).with_suffix(".sql")
MOST_YEARS = 10
OPENED_ON = date(2010, 1, 1)
NEAR = {
    "gp": (ServiceKind.GP, Role.GP),
    "school": (ServiceKind.SCHOOL_HEALTH, Role.PUBLIC_HEALTH_NURSE),
    "mental": (ServiceKind.MUNICIPAL_MENTAL_HEALTH, Role.PSYCHOLOGIST),
    "dental": (ServiceKind.DENTAL, Role.DENTAL_STAFF),
    "teacher": (ServiceKind.SCHOOL, Role.SCHOOL_STAFF),
    "institution": (ServiceKind.INSTITUTION, Role.INSTITUTION_STAFF),
}
"""What each child welfare service has around it; all but the last by the keys of the assumptions' `recipient`."""
IN_COUNTY = {
    "camhs": (ServiceKind.CAMHS, Role.PSYCHOLOGIST),
    "paediatric": (ServiceKind.PAEDIATRIC, Role.NURSE),
    "governor": (ServiceKind.COUNTY_GOVERNOR, Role.COUNTY_GOVERNOR_STAFF),
}
"""What each county has one of."""

Step = Callable[[str], None]
"""Told what is being done, before each step."""


class CannotSimulate(Exception):
    """Says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is made. The last day is in it."""

    municipalities: int
    years: int
    seed: int
    until: date

    @property
    def first_on(self) -> date:
        return add_months(self.until, -12 * self.years) + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Welfare:
    """One child welfare service: where it is, and how large a part of the nation's cases it has."""

    municipality: str
    county: str
    share: float


# --- the country -----------------------------------------------------------------------------------------------


def number_of(place: int, *, counties: int) -> str:
    """A municipality's number; no county of Norway has a number from 60 up."""
    return f"{60 + place % counties}{place // counties + 1:02}"


def county_of(place: int, *, counties: int) -> str:
    return f"Eksempelfylke {place % counties + 1}"


def counties_in(found: Assumptions, municipalities: int) -> int:
    """How many counties so many municipalities lie in."""
    return max(1, round(municipalities * found.number("counties") / found.number("municipalities")))


def welfare_services(found: Assumptions, municipalities: int) -> list[Welfare]:
    """Child welfare services, the largest first: the smaller municipalities share one with others in their county."""
    counties = counties_in(found, municipalities)
    weights = [1 / (place + 1 + found.number("size_skew")) for place in range(municipalities)]
    part = municipalities / found.number("municipalities")
    alone = max(1, round(part * (found.number("child_welfare_services") - found.number("shared_services"))))
    groups = [[place] for place in range(alone)]
    sharing, shared, counted = municipalities - alone, round(part * found.number("shared_services")), 0
    for county in range(counties):
        members = [place for place in range(alone, municipalities) if place % counties == county]
        before, counted = counted, counted + len(members)
        many = max(1, round(counted * shared / sharing) - round(before * shared / sharing)) if members else 0
        groups += [members[number::many] for number in range(many) if members[number::many]]
    whole = sum(weights)
    return [
        Welfare(
            number_of(group[0], counties=counties),
            county_of(group[0], counties=counties),
            sum(weights[place] for place in group) / whole,
        )
        for group in groups
    ]


def cases_a_year(found: Assumptions, municipalities: int) -> float:
    """How many cases begin in so many municipalities of middle size."""
    of_investigated = found.number("children_investigated") * found.number("considered_of_investigated")
    of_measures = found.number("children_with_measures") * found.number("considered_of_measures")
    return (of_investigated + of_measures) * municipalities / found.number("municipalities")


# --- who works there ---------------------------------------------------------------------------------------------


class Directory:
    """Municipalities, services and people, gathered and then written together."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.random = Random(seed)
        self.services: list[Service] = []
        self.members: list[Membership] = []
        self.people: list[Person] = []

    def id(self, key: str) -> UUID:
        return cast.fixed_id(f"nation/{self.seed}/{key}")

    def service(self, key: str, kind: ServiceKind, name: str, municipality: str | None, county: str = "") -> Service:
        made = Service(
            pk=self.id(f"service/{key}"),
            organisation_id=self.id("organisation"),
            municipality_id=municipality,
            kind=kind,
            name=name,
            counties=[county] if kind is ServiceKind.COUNTY_GOVERNOR else [],
            opened_on=OPENED_ON,
            is_example=True,
        )
        self.services.append(made)
        return made

    def employ(self, service: Service, role: Role, number: int = 0) -> UUID:
        """Somebody new who works there. Returns who."""
        who = self.id(f"person/{service.pk}/{role}/{number}")
        self.people.append(Person(pk=who, name=names.colleague(self.random)))
        self.members.append(
            Membership(pk=self.id(f"membership/{who}"), person_id=who, service=service, role=role, starts_on=OPENED_ON)
        )
        return who

    def write(self, places: Iterable[Municipality]) -> None:
        Municipality.objects.bulk_create(places)
        Organisation.objects.create(
            pk=self.id("organisation"), name="Den syntetiske nasjonen", kind=OrganisationKind.MUNICIPALITY
        )
        Service.objects.bulk_create(self.services)
        Person.objects.bulk_create(self.people)
        Membership.objects.bulk_create(self.members)


def _write_country(cursor: Any, size: Size, found: Assumptions) -> None:
    """The directory, and the temporary tables that say to `nation.sql` who works where."""
    directory, welfare = Directory(size.seed), welfare_services(found, size.municipalities)
    counties = counties_in(found, size.municipalities)
    a_year = cases_a_year(found, size.municipalities)
    cursor.execute("create temp table nation_service (number int, service uuid, people uuid[]) on commit drop")
    cursor.execute("create temp table nation_near (near uuid, key text, service uuid, person uuid) on commit drop")
    near: list[list[Any]] = []
    of_county: dict[str, list[list[Any]]] = {}
    for county in sorted({one.county for one in welfare}):
        of_county[county] = []
        for key, (kind, role) in IN_COUNTY.items():
            made = directory.service(f"{key}/{county}", kind, f"{kind.label}, {county}", None, county)
            of_county[county].append([key, made.pk, directory.employ(made, role)])
    rows = []
    for number, one in enumerate(welfare):
        where = f"Eksempel {one.municipality}"
        own = directory.service(
            one.municipality, ServiceKind.CHILD_WELFARE, f"{where} barneverntjeneste", one.municipality
        )
        directory.employ(own, Role.LEADER)
        contacts = max(2, ceil(one.share * a_year / found.number("cases_per_contact")))
        people = [directory.employ(own, Role.CONTACT_PERSON, turn) for turn in range(contacts)]
        rows.append([number, own.pk, people])
        for key, (kind, role) in NEAR.items():
            made = directory.service(f"{key}/{one.municipality}", kind, f"{kind.label}, {where}", one.municipality)
            near.append([own.pk, key, made.pk, directory.employ(made, role)])
        near += [[own.pk, *row] for row in of_county[one.county]]
    directory.write(
        Municipality(number=number_of(place, counties=counties), name=f"Eksempel {number_of(place, counties=counties)}",
                     county=county_of(place, counties=counties))
        for place in range(size.municipalities)
    )  # fmt: skip
    cursor.executemany("insert into nation_service values (%s, %s, %s::uuid[])", rows)
    cursor.executemany("insert into nation_near values (%s, %s, %s, %s)", near)
    edition = definitions().edition_in_force(size.until)
    seal(edition, at=clock.now())
    cursor.execute(
        "create temp table nation on commit drop as select %s::date as first_on, %s::date as last_on, %s::int as days,"
        " %s::bigint as cases, %s::text as edition, %s::float8[] as ends",
        [size.first_on, size.until, (size.until - size.first_on).days + 1, round(a_year * size.years), edition.key,
         list(accumulate(one.share for one in welfare))[:-1]],
    )  # fmt: skip


# --- the rows ----------------------------------------------------------------------------------------------------


def blocks() -> Iterator[tuple[str, str]]:
    """What `nation.sql` fills, and by which statement."""
    for block in FILE.read_text(encoding="utf-8").split("\n--> ")[1:]:
        name, _, statement = block.partition("\n")
        yield name.strip(), statement.strip()


def tables() -> dict[str, type[models.Model]]:
    """The tables that are filled."""
    of = {model._meta.db_table: model for model in apps.get_app_config("cases").get_models()}
    return {name: of[name] for name, _statement in blocks() if name in of}


def simulate(size: Size, *, step: Step = lambda _name: None) -> dict[str, int]:
    """Make the nation, all of it or nothing. Returns how many rows each table got. Raises CannotSimulate.

    The connection is an administrator's. What the database refuses is refused here too: foreign keys are taken off
    while it is filled, and the database tries every row when they are put on again.
    """
    found = assumptions()
    if not 1 <= size.municipalities <= found.number("municipalities"):
        raise CannotSimulate(f"--municipalities must be from 1 to {found.number('municipalities'):.0f}.")
    if not 1 <= size.years <= MOST_YEARS:
        raise CannotSimulate(f"--years must be from 1 to {MOST_YEARS}.")
    if size.until > clock.today():
        raise CannotSimulate("--until must not be after today: nothing is known of what has not happened.")
    with transaction.atomic(), connection.cursor() as cursor:
        _must_be_empty(cursor)
        for setting in (
            "work_mem = '128MB'",
            "maintenance_work_mem = '256MB'",
            "synchronous_commit = off",
            "jit = off",
        ):
            cursor.execute(f"set local {setting}")
        step("the country")
        _write_country(cursor, size, found)
        cursor.execute("set constraints all immediate")  # a table that still has something to try cannot be altered
        for statement in statements(found, seed=size.seed):
            cursor.execute(statement)
        written, models_of = {}, tables()
        taken_off = _take_off(cursor, list(models_of))
        for name, statement in blocks():
            step(name)
            if name in models_of:
                written[name] = _fill(cursor, models_of[name], statement)
            else:
                cursor.execute(statement)
        for statement in taken_off:
            step("the database tries every row")
            cursor.execute(statement)
        step("ready to be asked")
        cursor.execute("analyze " + ", ".join(models_of))
    return written


def steps() -> int:
    """How many steps there are before those that put back what was taken off."""
    return 2 + sum(1 for _block in blocks())


def _must_be_empty(cursor: Any) -> None:
    """Raises CannotSimulate where there is a child, or for a role that the walls hold."""
    cursor.execute("select rolsuper from pg_roles where rolname = current_user")
    if not cursor.fetchone()[0]:
        raise CannotSimulate(
            "Only the database's administrator can make the nation. Unset DATABASE_URL to use the embedded one."
        )
    if Child.objects.exists():
        raise CannotSimulate(
            "There are children in this database, so nothing was made or changed. Use another: set GRUNNMUR_DATA to an"
            " empty folder."
        )


def _take_off(cursor: Any, names: list[str]) -> list[str]:
    """Take off foreign keys and the indexes that no constraint needs. Returns what puts them on again."""
    cursor.execute(
        "select format('alter table %%s drop constraint %%I', conrelid::regclass, conname),"
        " format('alter table %%s add constraint %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))"
        " from pg_constraint where contype = 'f' and conrelid = any(%s::regclass[]) order by 1",
        [names],
    )
    keys = cursor.fetchall()
    cursor.execute(
        "select format('drop index %%s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid) from pg_index i"
        " where i.indrelid = any(%s::regclass[]) and not i.indisunique"
        " and not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid) order by 1",
        [names],
    )
    indexes = cursor.fetchall()
    for drop, _add in (*keys, *indexes):
        cursor.execute(drop)
    return [add for _drop, add in (*indexes, *keys)]


def _fill(cursor: Any, model: type[models.Model], query: str) -> int:
    """Write the rows of a query, in the order they were recorded, with nothing in the columns that it leaves out."""
    table = model._meta.db_table
    cursor.execute(f"select * from ({query}) found limit 0")
    given = {column.name for column in cursor.description}
    order = "recorded_at, id" if "recorded_at" in given else "month, id"
    columns, values, join = [], [], ""
    for field in model._meta.local_fields:
        if field.column in given:
            value = f'found."{field.column}"'
        elif isinstance(field, Encrypted) and not field.null:
            _seal(cursor, field, query)
            value, join = "sealed.value", "join nation_sealed sealed on sealed.id = found.id"
        else:
            value = _nothing(field)
        columns.append(f'"{field.column}"')
        values.append(value)
    found = f"select {', '.join(values)} from ({query}) found {join} order by {order}"
    cursor.execute(f"insert into {table} ({', '.join(columns)}) {found}")
    return int(cursor.rowcount)


def _nothing(field: "models.Field[Any, Any]") -> str:
    """What an act leaves in a column that nobody has filled in. Raises ValueError where it must be filled in."""
    if field.null:
        return "null"
    if isinstance(field, ArrayField):
        return "'{}'"
    if isinstance(field, models.BooleanField):
        return "false"
    if isinstance(field, models.CharField | models.TextField):
        return "''"
    raise ValueError(f"{field.model._meta.db_table}.{field.column} must be filled in")


def _seal(cursor: Any, field: Encrypted, query: str) -> None:
    """No words, sealed for each row that is to come, in a table `nation_sealed`: else the row could not be opened."""
    cursor.execute("drop table if exists nation_sealed")
    cursor.execute("create temp table nation_sealed (id uuid, value bytea) on commit drop")
    cursor.execute(f"select id from ({query}) found")
    keys = [row[0] for row in cursor.fetchall()]
    with cursor.copy("copy nation_sealed from stdin (format binary)") as into:
        into.set_types(["uuid", "bytea"])
        for key in keys:
            into.write_row([key, bytes(field.seal("", of=key))])
    cursor.execute("analyze nation_sealed")
