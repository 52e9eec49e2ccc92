"""`python -m bench insight`: the numbers about the pathway, counted over one, five and ten years of a synthetic nation.

For each number of years, by turns in one run: every half-year counted by the database as `grunnmur work` counts it,
and by DuckDB from the same rows as Parquet. Then one half-year alone, the store of what is kept, and what pages ask.
`docs/reference/performance.md` says how to read it.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from bench import database, parquet
from bench.measure import calibration, cpu_seconds, middle
from bench.pages import Goal, machine
from grunnmur import postgres

YEARS = (1, 5, 10)
MUNICIPALITIES = 36
"""A tenth of the country, so that it ends while one waits."""
ROUNDS = 3
OFTEN = 60
"""How many times a page's questions are asked."""
TABLES = "grunnmur_bench_tables"
DECIDES = (*database.DECIDES, "demo/nation.*", "demo/assumptions.py", "definitions/synthetic_nation.yaml")
COMPARED = "vurdert"
"""The table that the county's page compares until one chooses another."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds that went by, and of CPU: the program's and its database's together."""

    wall: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Result:
    """One number of years."""

    years: int
    cases: int
    rows: int
    database_mb: float
    parquet_mb: float
    numbers: int
    """How many both count, the sums among them."""
    differing: int
    """Numbers that the two do not agree on."""
    rebuild: Spent
    """Every half-year counted by the database; the middle round."""
    duckdb: Spent
    """The same by DuckDB."""
    ratio: float
    """The first over the second in CPU, the middle of the rounds' own."""
    wall_ratio: float
    half: Spent
    """The newest half-year alone."""
    hiding: Spent
    """What may be shown of it found, for the county with the most cases."""
    kept_rows: int
    kept_mb: float
    county_page: Spent
    """What the county governor's page asks of what is kept."""
    place_page: Spent
    """What a municipality's page asks."""
    one_table: Spent
    """The one comparison of the county's page, by DuckDB from Parquet."""


def main(arguments: list[str]) -> int:
    """Measure, print, and return 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="bench insight", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--municipalities", type=int, default=MUNICIPALITIES, help="of 357 (%(default)s)")
    parser.add_argument("--years", type=int, nargs="+", default=YEARS, help="how many years of it (1 5 10)")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="turns of the two engines (%(default)s)")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    options = parser.parse_args(arguments)
    database.prepare_environment()
    import django

    django.setup()
    admin_url = database.start()
    loop = calibration()
    results = [
        _measure(admin_url, municipalities=options.municipalities, years=years, rounds=options.rounds)
        for years in sorted(options.years)
    ]
    reached = goals(results)
    if options.json:
        found = {"results": results, "goals": reached}
        print(json.dumps({name: [asdict(one) for one in each] for name, each in found.items()}, indent=1))
    else:
        print(machine())
        print(f"{options.municipalities} municipalities, {options.rounds} rounds, calibration loop {loop:.0f} ms")
        print("\n".join(_table(results)))
        for goal in reached:
            print(f"{'met   ' if goal.is_met else 'MISSED'}  {goal.name}: {goal.found:.2f}, at most {goal.most:g}")
    return 0 if all(goal.is_met for goal in reached) else 1


def goals(results: list[Result]) -> list[Goal]:
    """What is asked of every size, of the largest alone, and of the largest over the next largest."""
    found = []
    for one in results:
        found.append(Goal(f"{one.years} years: numbers that the two do not agree on", one.differing, 0))
        found.append(Goal(f"{one.years} years: all counted, over DuckDB", one.ratio, 15))
        share = one.half.cpu / one.rebuild.cpu * one.years * 2
        found.append(Goal(f"{one.years} years: one half-year over its even share of all", share, 2))
    last = results[-1]
    asked = last.county_page.cpu / last.one_table.cpu
    found.append(Goal(f"{last.years} years: the county's page over DuckDB's one table", asked, 1))
    if len(results) > 1:
        before, last = results[-2:]
        grown = last.half.cpu / before.half.cpu * before.years / last.years
        found.append(
            Goal(f"how a half-year grows from {before.years} to {last.years} years, over how they do", grown, 1)
        )
    return found


# --- the nation ---------------------------------------------------------------------------------------------------


def _nation(admin_url: str, *, municipalities: int, years: int) -> str:
    """The name of a database with it, made where there is none of this version; the last half-year is countable."""
    from grunnmur import clock
    from grunnmur.insight.halves import countable

    name, wanted = f"grunnmur_bench_nation_{municipalities}_{years}", database.version(DECIDES)
    if database.version_of(admin_url, name) == wanted:
        return name
    if database.version_of(admin_url, TABLES) != wanted:
        _say("making the tables")
        postgres.drop_database(admin_url, name=TABLES)
        postgres.create_database(admin_url, name=TABLES)
        owner = database.urls(admin_url, TABLES)["OWNER_DATABASE_URL"]
        database.run("migrate", url=owner, owner=owner)
        database.mark(admin_url, TABLES, wanted)
    _say(f"making {years} years of {municipalities} municipalities")
    database.copy(admin_url, name, of=TABLES)
    inside = postgres.in_database(admin_url, name)
    last = countable(clock.today(), most=1)[0].until_on - timedelta(days=1)
    size = (f"--municipalities={municipalities}", f"--years={years}", f"--until={last}")
    database.run("simulate", *size, url=inside, owner=inside)
    with psycopg.connect(inside, autocommit=True) as admin:
        admin.execute("vacuum (analyze, freeze)")
        admin.execute("checkpoint")
    database.mark(admin_url, name, wanted)
    return name


def _say(text: str) -> None:
    print(f"{text} …", file=sys.stderr, flush=True)


# --- one number of years ------------------------------------------------------------------------------------------


def _measure(admin_url: str, *, municipalities: int, years: int, rounds: int) -> Result:
    from grunnmur import clock
    from grunnmur.insight import freezing
    from grunnmur.insight.halves import Half, countable

    name = _nation(admin_url, municipalities=municipalities, years=years)
    halves = countable(clock.today(), most=2 * years)
    with (
        TemporaryDirectory() as files,
        psycopg.connect(postgres.in_database(admin_url, name), autocommit=True) as admin,
        database.django_on(database.urls(admin_url, name)["DATABASE_URL"]),
    ):
        _forget(admin)
        _say(f"writing {years} years as Parquet")
        parquet_bytes = parquet.write(admin, Path(files))
        _say(f"counting {years} years")
        ours: list[Spent] = []
        theirs: list[Spent] = []
        newest: list[Spent] = []
        tables: dict[Half, freezing.Tables] = {}
        other: parquet.Figures = {}
        for _round in range(rounds):
            ours.append(_spent(lambda: tables.update((half, freezing._count(half)) for half in halves)))
            theirs.append(_spent(lambda: other.update(parquet.count(Path(files)))))
            newest.append(_spent(lambda: freezing._count(halves[-1])))
        numbers = {
            (half.from_on, *where, *cell): (one.times, one.children)
            for half in halves
            for where, table in tables[half].items()
            for cell, one in table.items()
        }
        # Days that are agreed on for later are in half-years that are not over.
        others = {(half.from_on, *cell): one for half in halves for cell, one in other.get(half.from_on, {}).items()}
        decided = {
            where: table["", ""].times for (what, where), table in tables[halves[-1]].items() if what == COMPARED
        }
        county = max(decided, key=lambda name: decided[name])
        here = {key: table for key, table in tables[halves[-1]].items() if key[1] == county}
        hiding = _spent(lambda: freezing.shown(here))
        for half in halves:
            freezing._keep(half, _as_if_hidden(tables[half]))
        admin.execute("vacuum (analyze, freeze) insight_figure")
        pages = _pages(admin, county)
        one_table = parquet.comparing(Path(files), county=county, half=halves[-1].from_on)
        kept = _one(admin, "select count(*) from insight_figure"), _size(admin, "insight_%")
        return Result(
            years=years,
            cases=_one(admin, "select count(*) from cases_pathway"),
            rows=sum(_one(admin, f"select count(*) from {one}") for one in parquet.COLUMNS if one.startswith("cases_")),
            database_mb=_size(admin, "cases_%"),
            parquet_mb=parquet_bytes / 1e6,
            numbers=len(numbers),
            differing=sum(numbers.get(cell) != others.get(cell) for cell in numbers.keys() | others.keys()),
            rebuild=_middle(ours),
            duckdb=_middle(theirs),
            ratio=middle(one.cpu / other.cpu for one, other in zip(ours, theirs, strict=True)),
            wall_ratio=middle(one.wall / other.wall for one, other in zip(ours, theirs, strict=True)),
            half=_middle(newest),
            hiding=hiding,
            kept_rows=kept[0],
            kept_mb=kept[1],
            county_page=pages["county"],
            place_page=pages["place"],
            one_table=_often(one_table),
        )


def _spent(do: Callable[[], object]) -> Spent:
    """What something costs this process and the server's process that it talks with."""
    from django.db import connection

    connection.ensure_connection()
    pids = [os.getpid(), connection.connection.info.backend_pid]
    cpu, began = cpu_seconds(pids), time.perf_counter()
    do()
    return Spent(time.perf_counter() - began, cpu_seconds(pids) - cpu)


def _often(do: Callable[[], object]) -> Spent:
    """What something short costs: the middle time of many, and the mean of their CPU, which comes in coarse steps."""
    walls: list[float] = []
    whole = _spent(lambda: walls.extend(_spent(do).wall for _turn in range(OFTEN)))
    return Spent(middle(walls), whole.cpu / OFTEN)


def _middle(found: list[Spent]) -> Spent:
    return Spent(middle(one.wall for one in found), middle(one.cpu for one in found))


def _forget(admin: "psycopg.Connection[Any]") -> None:
    """What an earlier run kept: what is frozen is never counted again."""
    admin.execute("truncate insight_figure, insight_period")


def _as_if_hidden(tables: Any) -> Iterator[Any]:
    """Rows to keep, with what is too small to keep hidden and no more: it takes the same room."""
    from grunnmur.insight.hiding import LEAST

    for (indicator, county), table in tables.items():
        for (place, category), one in table.items():
            yield indicator, county, place or None, category, one.times if one.times >= LEAST else None


def _one(admin: "psycopg.Connection[Any]", query: str) -> int:
    row = admin.execute(query).fetchone()
    assert row
    return int(row[0])


def _size(admin: "psycopg.Connection[Any]", like: str) -> float:
    """Megabytes of tables with their indexes."""
    whole = "select coalesce(sum(pg_total_relation_size(oid)), 0) from pg_class where relkind = 'r'"
    return _one(admin, f"{whole} and relname like '{like}'") / 1e6


def _pages(admin: "psycopg.Connection[Any]", county: str) -> dict[str, Spent]:
    """What the questions of a county's page and of its first municipality's cost, with the walls up."""
    from grunnmur.directory import sessions
    from grunnmur.insight import figures

    members = "select m.id from directory_membership m join directory_service s on s.id = m.service_id"
    watcher = admin.execute(
        f"{members} where m.role = 'county_governor_staff' and %s = any (s.counties)", [county]
    ).fetchone()
    leader = admin.execute(
        f"{members} join directory_municipality p on p.number = s.municipality_id"
        " where m.role = 'leader' and p.county = %s order by p.number limit 1",
        [county],
    ).fetchone()
    assert watcher
    assert leader

    def of_county(actor: Any) -> None:
        halves = figures.periods()
        figures.counties(actor)
        figures.places(actor, county)
        figures.county(county, halves[-1])
        figures.over_time([COMPARED], halves, county=county)
        figures.compare(COMPARED, county, halves[-1])

    def of_place(actor: Any) -> None:
        halves = figures.periods()
        place = figures.places(actor)[0].number
        figures.municipality(place, halves[-1])
        figures.over_time([COMPARED], halves, place=place)

    found: Mapping[str, tuple[Any, Callable[[Any], None]]] = {
        "county": (watcher[0], of_county),
        "place": (leader[0], of_place),
    }
    asked = {}
    for name, (membership, ask) in found.items():
        with sessions.acting(membership) as actor:
            asked[name] = _often(partial(ask, actor))
    return asked


# --- in words -----------------------------------------------------------------------------------------------------


def _table(results: list[Result]) -> Iterator[str]:
    rows: dict[str, Callable[[Result], str]] = {
        "cases": lambda one: f"{one.cases}",
        "rows of what happened": lambda one: f"{one.rows}",
        "the case tables, MB": lambda one: f"{one.database_mb:.0f}",
        "the same as Parquet, MB": lambda one: f"{one.parquet_mb:.0f}",
        "numbers counted": lambda one: f"{one.numbers}",
        "numbers that differ": lambda one: f"{one.differing}",
        "all half-years, database, CPU s": lambda one: f"{one.rebuild.cpu:.1f}",
        "all half-years, DuckDB, CPU s": lambda one: f"{one.duckdb.cpu:.1f}",
        "ratio in CPU": lambda one: f"{one.ratio:.1f}",
        "all half-years, database, s": lambda one: f"{one.rebuild.wall:.1f}",
        "all half-years, DuckDB, s": lambda one: f"{one.duckdb.wall:.1f}",
        "ratio in time": lambda one: f"{one.wall_ratio:.1f}",
        "the newest half-year, CPU s": lambda one: f"{one.half.cpu:.2f}",
        "the newest half-year, s": lambda one: f"{one.half.wall:.2f}",
        "of all half-years in CPU, %": lambda one: f"{100 * one.half.cpu / one.rebuild.cpu:.1f}",
        "hiding in the largest county, s": lambda one: f"{one.hiding.wall:.1f}",
        "kept rows": lambda one: f"{one.kept_rows}",
        "kept, MB": lambda one: f"{one.kept_mb:.1f}",
        "the county's page asks, CPU ms": lambda one: f"{1000 * one.county_page.cpu:.1f}",
        "the county's page asks, ms": lambda one: f"{1000 * one.county_page.wall:.1f}",
        "a municipality's page, CPU ms": lambda one: f"{1000 * one.place_page.cpu:.1f}",
        "a municipality's page, ms": lambda one: f"{1000 * one.place_page.wall:.1f}",
        "one table by DuckDB, CPU ms": lambda one: f"{1000 * one.one_table.cpu:.1f}",
        "one table by DuckDB, ms": lambda one: f"{1000 * one.one_table.wall:.1f}",
    }
    yield f"{'':<34}" + "".join(f"{f'{one.years} years':>12}" for one in results)
    for name, of in rows.items():
        yield f"{name:<34}" + "".join(f"{of(one):>12}" for one in results)
    yield ""
