"""`python -m bench security`: what the database's wall and the log cost, and how many looks a second the log takes.

The pages are asked for inside this process, by turns with the wall and the log, without each, and without both; every
figure is a ratio within one round. The program's own rule cannot be left out: it is the query that the page asks.
"""

import argparse
import json
import multiprocessing
import statistics
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import psycopg
from psycopg import sql

from bench import database
from bench.pages import Page, collect_static, machine, pages, postgres_in

CASES = 1_000
SHARDS = (1, 2, 4, 8, 16)
WRITERS = 8
"""Processes that write at once, each as a person of its own."""
WITH, NO_WALL, NO_LOG, NEITHER = "wall and log", "no wall", "no log", "neither"
VARIANTS = (WITH, NO_WALL, NO_LOG, NEITHER)


@dataclass(frozen=True, slots=True)
class Cost:
    """One page: milliseconds with and without, medians over the rounds, and what each adds as a ratio."""

    page: str
    milliseconds: dict[str, float]
    over_neither: dict[str, float]


@dataclass(frozen=True, slots=True)
class Rate:
    """Looks a second that all writers together had committed."""

    shards: int
    a_second: float


def main(arguments: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench security", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.add_argument("--quick", action="store_true", help="few rounds, while one is working")
    options = parser.parse_args(arguments)
    database.prepare_environment()
    import django

    django.setup()
    admin_url = database.start()
    collect_static()
    name = database.ensure(admin_url, cases=CASES, wanted=database.version(), say=_say)
    costs = page_costs(admin_url, name, rounds=3 if options.quick else 9, requests=10 if options.quick else 30)
    rates = log_rates(admin_url, name, seconds=2 if options.quick else 6, rounds=1 if options.quick else 3)
    if options.json:
        print(json.dumps({"pages": [asdict(one) for one in costs], "log": [asdict(one) for one in rates]}, indent=1))
    else:
        print("\n".join(table(costs, rates)))
    return 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


# --- pages -------------------------------------------------------------------------------------------------


def page_costs(admin_url: str, name: str, *, rounds: int, requests: int) -> list[Cost]:
    """Every page of `bench pages`, in interleaved rounds."""
    from bench import load

    with psycopg.connect(postgres_in(admin_url, name)) as admin:
        measured = pages(*map(str, load.children_to_find(admin.cursor())))
    found: dict[str, dict[str, list[float]]] = {page.key: {one: [] for one in VARIANTS} for page in measured}
    with database.django_on(database.urls(admin_url, name)["DATABASE_URL"]):
        clients = {page.key: _client(page) for page in measured}
        for number in range(rounds):
            _say(f"round {number + 1} of {rounds}")
            for variant in VARIANTS[number % 4 :] + VARIANTS[: number % 4]:
                with ExitStack() as stack:
                    if variant in (NO_WALL, NEITHER):
                        stack.enter_context(without_the_wall(postgres_in(admin_url, name)))
                    if variant in (NO_LOG, NEITHER):
                        stack.enter_context(without_the_log())
                    for page in measured:
                        found[page.key][variant].append(_median_time(clients[page.key], page, requests))
    return [
        Cost(
            page.label,
            {one: round(statistics.median(times), 2) for one, times in found[page.key].items()},
            {
                one: round(
                    statistics.median(
                        with_it / without for with_it, without in zip(times, found[page.key][NEITHER], strict=True)
                    ),
                    2,
                )
                for one, times in found[page.key].items()
            },
        )
        for page in measured
    ]


def _client(page: Page) -> Any:
    from django.test import Client

    client = Client(HTTP_HOST="localhost")
    assert client.post("/demo/", {"persona": page.persona}).status_code == 302
    return client


def _median_time(client: Any, page: Page, requests: int) -> float:
    """Milliseconds of the page, after so many that every plan is kept again."""
    times = []
    for number in range(requests + 7):
        started = time.perf_counter()
        response = client.post(page.path, page.data) if page.data else client.get(page.path)
        if number >= 7:
            times.append((time.perf_counter() - started) * 1000)
        assert response.status_code == 200, response.status_code
    return statistics.median(times)


@contextmanager
def without_the_wall(url: str) -> Iterator[None]:
    """The same database with no row-level security on any table, for a block."""
    tables = "select c.oid::regclass::text from pg_class c where c.relrowsecurity and c.relkind = 'r'"
    with psycopg.connect(url, autocommit=True) as admin:
        names = [row[0] for row in admin.execute(tables)]
        _each(admin, names, "disable")
        try:
            yield
        finally:
            _each(admin, names, "enable")


def _each(admin: psycopg.Connection, names: list[str], what: str) -> None:
    for name in names:
        admin.execute(sql.SQL("alter table {} {} row level security").format(sql.SQL(name), sql.SQL(what)))  # type: ignore[arg-type]


@contextmanager
def without_the_log() -> Iterator[None]:
    """The same program, writing no looks, for a block."""
    from grunnmur.log import record

    kept: Callable[[Any], None] = record._write
    record._write = lambda pending: None
    try:
        yield
    finally:
        record._write = kept


# --- the log -----------------------------------------------------------------------------------------------


def log_rates(admin_url: str, name: str, *, seconds: int, rounds: int) -> list[Rate]:
    """How many looks a second are committed, by the number of chains they are shared between."""
    found: dict[int, list[float]] = {shards: [] for shards in SHARDS}
    url = database.urls(admin_url, name)["DATABASE_URL"]
    with psycopg.connect(postgres_in(admin_url, name)) as admin:
        members = [
            row[0]
            for row in admin.execute(
                "select distinct on (m.person_id) m.id from directory_membership m"
                " join directory_service s on s.id = m.service_id"
                " where m.ends_on is null and s.closed_on is null and m.role <> 'importer'"
                " order by m.person_id limit %s",
                [WRITERS],
            )
        ]
    assert len(members) == WRITERS
    for number in range(rounds):
        _say(f"the log, round {number + 1} of {rounds}")
        for shards in SHARDS:
            with multiprocessing.get_context("spawn").Pool(WRITERS) as pool:
                work = [(url, str(member), place, shards, seconds) for place, member in enumerate(members)]
                found[shards].append(sum(pool.starmap(_write_looks, work, chunksize=1)))
    return [Rate(shards, round(statistics.median(rates), 0)) for shards, rates in found.items()]


def _write_looks(url: str, membership: str, place: int, shards: int, seconds: int) -> float:
    """One writer: looks a second, each in a transaction of its own as behind a page."""
    import django

    django.setup()
    from django.db import transaction

    from grunnmur import clock
    from grunnmur.directory import sessions
    from grunnmur.log import chain, record

    chain.shard_of_row = lambda row: place % shards  # the chain is decided by who looks: here they are spread evenly
    with database.django_on(url):
        token = sessions.open_session(uuid.UUID(membership))
        assert token is not None
        count, started = 0, 0.0
        # The first second is for connections and plans, and for all the others to have begun.
        begin = time.monotonic() + 1
        while time.monotonic() < begin + seconds:
            if not started and time.monotonic() > begin:
                count, started = 0, time.monotonic()
            with transaction.atomic():
                actor = sessions.enter(token)
                assert actor is not None
                with record.linked():
                    record.look(
                        "bench",
                        at=clock.now(),
                        person_id=actor.person_id,
                        service_id=actor.service_id,
                        role=actor.role,
                        purpose=actor.purpose,
                    )
            count += 1
        return count / (time.monotonic() - started)


# --- what is printed ---------------------------------------------------------------------------------------


def table(costs: list[Cost], rates: list[Rate]) -> list[str]:
    """The figures as people read them."""
    lines = [machine(), "", f"{'page':<24}" + "".join(f"{one:>14}" for one in VARIANTS) + "   (ms; × neither)"]
    for cost in costs:
        cells = (f"{cost.milliseconds[one]:.1f} ×{cost.over_neither[one]:.2f}" for one in VARIANTS)
        lines.append(f"{cost.page:<24}" + "".join(f"{cell:>14}" for cell in cells))
    lines += ["", f"{'chains':<10}{'looks a second':>16}   ({WRITERS} writers)"]
    return lines + [f"{rate.shards:<10}{rate.a_second:>16.0f}" for rate in rates]
