"""The synthetic nation: the same each time, within the database's rules, and never among real children."""

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection, transaction

from demo import assumptions, nation
from demo.nation import Size
from grunnmur import installation
from grunnmur.cases.actions.basis import observation_codes
from grunnmur.cases.definition import definitions
from grunnmur.cases.models import Child, Pathway
from grunnmur.cases.terms import ObservationKind
from grunnmur.clock import OSLO
from grunnmur.directory.models import Membership, Municipality, Service
from grunnmur.postgres import NotReady
from tests.insight.world import World

Outside = Callable[[], AbstractContextManager[None]]
Travel = Callable[[datetime], None]
NOW = datetime(2026, 9, 1, 12, tzinfo=OSLO)
SMALL = Size(municipalities=1, years=1, seed=3, until=date(2026, 6, 30))
LATER = {"valid_until", "treatment_starts_on", "treatment_deadline", "answer_by"}
"""Days that are agreed on, and may be after the last."""
FOUND = assumptions.assumptions()


@pytest.fixture
def outside(db: None, travel: Travel, as_admin: Outside) -> Any:
    travel(NOW)
    with as_admin():
        yield


def ask(sql: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def made(size: Size) -> str:
    """A hash of every row that is made of a nation, which is then gone; what is sealed differs each time."""
    digest = hashlib.sha256()
    with transaction.atomic():
        nation.simulate(size)
        people = Membership.objects.filter(service__organisation__name="Den syntetiske nasjonen")
        digest.update(repr(sorted(people.values_list("id", "person__name", "service__name", "role"))).encode())
        for name, model in sorted(nation.tables().items()):
            plain = [one.column for one in model._meta.local_fields if one.db_type(connection) != "bytea"]
            rows = "select {} from {}".format(", ".join(f'"{one}"' for one in plain), name)
            digest.update(str(ask(f"select md5(string_agg(t::text, '|' order by id)) from ({rows}) t")).encode())
        transaction.set_rollback(True)
    return digest.hexdigest()


@pytest.mark.usefixtures("outside")
def test_the_same_seed_gives_the_same_rows_and_another_gives_others() -> None:
    first = made(SMALL)
    assert made(SMALL) == first
    assert made(Size(1, 1, 4, SMALL.until)) != first


@pytest.mark.usefixtures("outside")
def test_what_is_made_stays_within_the_databases_rules_and_the_days_asked_for() -> None:
    before = everything_that_is_tried()
    written = nation.simulate(Size(4, 2, 1, SMALL.until))
    assert everything_that_is_tried() == before, "every key and index is there, and the keys have been tried"
    assert all(written.values()), written
    assert {table: ask(f"select count(*) from {table}")[0][0] for table in written} == written
    for table, model in nation.tables().items():
        for field in model._meta.local_fields:
            if field.get_internal_type() == "DateField" and field.column not in LATER:
                after = ask(f'select count(*) from {table} where "{field.column}" > %s', SMALL.until)
                assert after == [(0,)], f"{table} has a {field.column} after the last day"
            if "pathway_id" in columns(model) & columns(field.related_model):
                other = f"{field.related_model._meta.db_table} o on o.id = t.{field.column}"
                crossed = ask(f"select count(*) from {table} t join {other} where o.pathway_id <> t.pathway_id")
                assert crossed == [(0,)], f"{table} is of another case than its {field.name}"
    contacts = set(Pathway.objects.values_list("contact_person_id", "author_service_id"))
    assert contacts <= set(Membership.objects.values_list("person_id", "service_id")), "they work where the case is"
    known = {code for kind in ObservationKind for code in observation_codes(kind, on=SMALL.until)}
    assert {code for (code,) in ask("select distinct code from cases_observation")} <= known
    assert Child.objects.exclude(address_protection="none").count() > 0
    assert Child.objects.exclude(name="").count() == Child.objects.exclude(national_key=None).count() == 0


def everything_that_is_tried() -> list[tuple[str, ...]]:
    """The constraints and indexes, and whether all rows have been tried."""
    return sorted(
        ask(
            "select conrelid::regclass::text, conname, convalidated::text from pg_constraint"
            " where connamespace = 'public'::regnamespace union all"
            " select tablename, indexdef, '' from pg_indexes where schemaname = 'public'"
        )
    )


def columns(model: Any) -> set[str]:
    return {field.column for field in model._meta.local_fields} if model else set()


@pytest.mark.usefixtures("outside")
def test_nothing_is_made_beside_children_that_are_there() -> None:
    World().case("4202", date(2026, 1, 1))
    before = Service.objects.count(), Municipality.objects.count()
    with pytest.raises(nation.CannotSimulate, match="children in this database, so nothing was made"):
        nation.simulate(SMALL)
    assert (Service.objects.count(), Municipality.objects.count()) == before


@pytest.mark.parametrize(
    ("size", "says"),
    [
        (Size(0, 1, 1, SMALL.until), "from 1 to 357"),
        (Size(358, 1, 1, SMALL.until), "from 1 to 357"),
        (Size(1, 0, 1, SMALL.until), "from 1 to 10"),
        (Size(1, 11, 1, SMALL.until), "from 1 to 10"),
        (Size(1, 1, 1, date(2026, 9, 2)), "not be after today"),
    ],
)
@pytest.mark.usefixtures("outside")
def test_a_size_that_there_is_not_is_refused_in_words(size: Size, says: str) -> None:
    with pytest.raises(nation.CannotSimulate, match=says):
        nation.simulate(size)


def test_the_runtime_role_cannot_make_one(db: None, travel: Travel) -> None:
    travel(NOW)
    with pytest.raises(nation.CannotSimulate, match="Only the database's administrator"):
        nation.simulate(SMALL)


@pytest.mark.parametrize("command", sorted(installation.AS_ADMIN))
def test_production_makes_no_children_up(monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setenv("GRUNNMUR_MODE", "production")
    with pytest.raises(NotReady, match="is not there in production"):
        installation.prepare(command)


@pytest.mark.parametrize("municipalities", [1, 2, 7, 60, 357])
def test_every_municipality_is_in_one_service_and_the_shares_are_the_whole(municipalities: int) -> None:
    services = nation.welfare_services(FOUND, municipalities)
    assert sum(one.share for one in services) == pytest.approx(1)
    assert len({one.municipality for one in services}) == len(services) <= municipalities
    if municipalities == 357:
        assert len(services) == FOUND.number("child_welfare_services")
        assert len({one.county for one in services}) == FOUND.number("counties")
    assert all(one.municipality >= "6000" for one in services), "no county of Norway has a number from 60 up"


@pytest.mark.usefixtures("outside")
def test_a_draw_comes_out_as_its_line_says() -> None:
    with connection.cursor() as cursor:
        for statement in assumptions.statements(FOUND, seed=1):
            cursor.execute(statement)
    for shares in FOUND.shares:
        drawn = [ask(f"select pg_temp.{shares.key}(%s)", end - 1e-9)[0][0] for end in (*shares.thresholds, 1)]
        assert drawn == list(shares.of), shares.key
    for days in FOUND.days:
        least, half, most = (ask(f"select pg_temp.{days.key}(%s)", u)[0][0] for u in (0, 0.5, 1 - 1e-12))
        assert (least, most) == (days.least, days.most), days.key
        assert abs(half - days.half) <= 1, days.key
    drawn = [one for (one,) in ask("select pg_temp.draw(n, 1) from generate_series(1, 2000) n")]
    assert all(0 <= one < 1 for one in drawn)
    assert sum(drawn) / len(drawn) == pytest.approx(0.5, abs=0.03)


def test_every_line_with_a_source_names_one_that_there_is() -> None:
    named = {one.source.key for one in FOUND.lines() if one.source}
    assert named
    assert named <= {one.key for one in definitions().sources}
