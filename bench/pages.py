"""`python -m bench pages`: what each page costs, how it grows with history, and how near it is to its floor.

The same open load with one hundred times the history behind it, logged in, with both walls and the access log on.
Every time is a ratio taken in one interleaved run, or a count; `docs/reference/performance.md` says how.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from typing import Any

import psycopg

from bench import database, measure, serving
from bench.measure import middle

SIZES = (1_000, 10_000, 100_000)
QUICK = (1_000, 10_000)
QUIET = 0.08
"""A round with more of the machine's CPU than this spent by others is set aside."""
STEADY = 0.15
"""So is one in which the calibration loop before and after differs by more than this."""
COLD_STARTS = 5
WARM_UP = 20
"""Requests for each page before anything is timed."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page, and what it may cost."""

    key: str
    label: str
    persona: str
    method: str
    path: str
    data: dict[str, str] | None = None
    queries: int | None = None
    """The most SQL queries."""
    cpu: float | None = None
    """The most CPU, app and database together, in calibration loops."""


@dataclass(slots=True)
class Sample:
    """One page at one size in one round: medians in milliseconds."""

    page: float
    bare: float
    sql: float
    template: float
    cpu: float
    loop: float
    is_quiet: bool

    @property
    def floor(self) -> float:
        return self.bare + self.sql + self.template


@dataclass(slots=True)
class Figures:
    """Everything found out about one page at one size."""

    queries: int
    bytes: int
    buffers: int
    planning_buffers: int
    sequential: list[str]
    samples: list[Sample] = field(default_factory=list)

    @property
    def counted(self) -> list[Sample]:
        """The quiet rounds, or all when there are fewer than three of those."""
        quiet = [sample for sample in self.samples if sample.is_quiet]
        return quiet if len(quiet) >= 3 else self.samples

    def of(self, what: Callable[[Sample], float]) -> float:
        return middle(map(what, self.counted))


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal and whether it is met."""

    name: str
    found: float
    most: float

    @property
    def is_met(self) -> bool:
        return self.found <= self.most


@dataclass(slots=True)
class Result:
    """One whole run."""

    sizes: tuple[int, ...]
    rounds: int
    figures: dict[str, dict[int, Figures]]
    memory: float
    bare_memory: float
    cold: list[tuple[float, float]]
    """Each cold start of the program, and that of a bare Django right after it."""
    noisy: int
    """Rounds that were not quiet."""
    loop: float


def pages(number: str, pathway: str) -> tuple[Page, ...]:
    """What is measured, as Kari."""
    return (
        Page("worklist", "Mitt arbeid", "kari", "GET", "/", queries=10, cpu=0.65),
        Page("target_group", "Ikke vurdert ennå", "kari", "GET", "/ikke-vurdert/"),
        Page("pathway", "Ett forløp", "kari", "GET", f"/forlop/{pathway}/", queries=14, cpu=0.65),
        Page("name_search", "Søk på navn", "kari", "POST", "/sok/", {"text": "Tiril"}),
        Page("number_look_up", "Søk på fødselsnummer", "kari", "POST", "/sok/", {"text": number}),
    )


def main(arguments: list[str]) -> int:
    """Measure, print, and return 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="bench pages", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.add_argument("--sizes", type=_sizes, help="numbers of cases, such as 1000,10000,100000")
    parser.add_argument("--rounds", type=int, help="interleaved rounds (5; with --quick 2)")
    parser.add_argument("--quick", action="store_true", help="small sizes and few rounds, while one is working")
    options = parser.parse_args(arguments)
    sizes = options.sizes or (QUICK if options.quick else SIZES)
    database.prepare_environment()
    import django

    django.setup()
    result = run(sizes, rounds=options.rounds or (2 if options.quick else 5), requests=10 if options.quick else 40)
    reached = goals(result)
    print(json.dumps(document(result, reached), indent=1) if options.json else "\n".join(table(result, reached)))
    return 0 if all(goal.is_met for goal in reached) else 1


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(sorted(int(part) for part in text.split(",")))


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


# --- the run ---------------------------------------------------------------------------------------------------


def run(sizes: tuple[int, ...], *, rounds: int, requests: int) -> Result:
    """Load what is lacking, count, and measure in interleaved rounds."""
    from bench import load

    admin_url = database.start()
    wanted = database.version()
    names = {cases: database.ensure(admin_url, cases=cases, wanted=wanted, say=_say) for cases in sizes}
    collect_static()
    with psycopg.connect(postgres_in(admin_url, names[sizes[0]])) as admin:
        measured = pages(*map(str, load.children_to_find(admin.cursor())))
    _say("counting queries and buffers")
    anatomies, figures = count(admin_url, names, measured)
    with ExitStack() as stack:
        servers = {
            cases: stack.enter_context(serving.program(database.urls(admin_url, name))) for cases, name in names.items()
        }
        bare = stack.enter_context(serving.bare(database.urls(admin_url, names[sizes[0]])))
        quiet = measure_rounds(
            admin_url, names, measured, anatomies, figures, servers, bare, rounds=rounds, requests=requests
        )
        memory = measure.peak_memory(servers[sizes[-1]].worker)
        bare_memory = measure.peak_memory(bare.worker)
    _say("starting cold")
    cold = cold_starts(database.urls(admin_url, names[sizes[-1]]))
    return Result(
        sizes=sizes,
        rounds=rounds,
        figures=figures,
        memory=memory,
        bare_memory=bare_memory,
        cold=cold,
        noisy=rounds - quiet,
        loop=middle(sample.loop for by_size in figures.values() for one in by_size.values() for sample in one.samples),
    )


def postgres_in(admin_url: str, name: str) -> str:
    """The administrator's URL to one database."""
    return psycopg.conninfo.make_conninfo(admin_url, dbname=name)


def collect_static() -> None:
    """Put the files that browsers fetch where the program serves them from."""
    subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "grunnmur", "collectstatic", "--noinput", "--verbosity=0"],
        check=True,
        cwd=database.ROOT,
        stdout=sys.stderr,
    )


def count(
    admin_url: str, names: dict[int, str], measured: tuple[Page, ...]
) -> tuple[dict[tuple[str, int], Any], dict[str, dict[int, Figures]]]:
    """What each page is made of at each size: queries, bytes, and the buffers its statements touch."""
    from django.test import Client

    from bench import floor

    anatomies: dict[tuple[str, int], Any] = {}
    figures: dict[str, dict[int, Figures]] = {page.key: {} for page in measured}
    for cases, name in names.items():
        url = database.urls(admin_url, name)["DATABASE_URL"]
        with database.django_on(url):
            for page in measured:
                client = Client(HTTP_HOST="localhost")
                assert client.post("/demo/", {"persona": page.persona}).status_code == 302
                anatomy = floor.dissect(client, page.method, page.path, page.data)
                touched = floor.buffers(url, anatomy)
                anatomies[page.key, cases] = anatomy
                figures[page.key][cases] = Figures(
                    queries=len(anatomy.statements),
                    bytes=anatomy.size,
                    buffers=sum(one.executing for one in touched),
                    planning_buffers=sum(one.planning for one in touched),
                    sequential=sorted({name for one in touched for name in one.sequential}),
                )
    return anatomies, figures


def measure_rounds(
    admin_url: str,
    names: dict[int, str],
    measured: tuple[Page, ...],
    anatomies: dict[tuple[str, int], Any],
    figures: dict[str, dict[int, Figures]],
    servers: dict[int, serving.Served],
    bare: serving.Served,
    *,
    rounds: int,
    requests: int,
) -> int:
    """Add a sample of every page at every size in each round. Returns how many rounds were quiet."""
    from bench import floor

    browsers = {cases: measure.Browser(server.port) for cases, server in servers.items()}
    for browser in browsers.values():
        browser.log_in("kari")
        for page in measured:
            assert browser.request("GET", "/sok/")[0] == 200  # for the form's token
            browser.times(WARM_UP, page.method, page.path, page.data)
    stranger = measure.Browser(bare.port)
    stranger.times(WARM_UP, "GET", "/")
    quiet = 0
    with psycopg.connect(admin_url, autocommit=True) as admin:
        postmaster = _postmaster(admin)
        for number in range(rounds):
            _say(f"round {number + 1} of {rounds}")
            before, ours_before = measure.machine_seconds(), _ours(postmaster)
            round_samples = []
            loops = []
            for page in measured:
                for cases in names:
                    server, browser = servers[cases], browsers[cases]
                    anatomy = anatomies[page.key, cases]
                    loops.append(measure.calibration())
                    bare_times = stranger.times(requests, "GET", "/")
                    backends = _backends(admin, names[cases])
                    spent = measure.cpu_seconds([*server.pids, *backends])
                    times = browser.times(requests, page.method, page.path, page.data)
                    spent = measure.cpu_seconds([*server.pids, *backends]) - spent
                    loops.append(measure.calibration())
                    sample = Sample(
                        page=middle(times),
                        bare=middle(bare_times),
                        sql=middle(
                            floor.sql_times(database.urls(admin_url, names[cases])["DATABASE_URL"], anatomy, requests)
                        ),
                        template=middle(floor.template_times(anatomy, requests)),
                        cpu=spent * 1000 / (requests + 1),
                        loop=(loops[-1] + loops[-2]) / 2,
                        is_quiet=abs(loops[-1] - loops[-2]) <= STEADY * loops[-1],
                    )
                    figures[page.key][cases].samples.append(sample)
                    round_samples.append(sample)
            busy = measure.machine_seconds() - before
            foreign = busy - (_ours(postmaster) - ours_before)
            is_quiet = foreign <= QUIET * busy
            quiet += is_quiet
            for sample in round_samples:
                sample.is_quiet = sample.is_quiet and is_quiet
    for browser in [*browsers.values(), stranger]:
        browser.close()
    return quiet


def _postmaster(admin: psycopg.Connection) -> int:
    [pid] = admin.execute("select split_part(pg_read_file('postmaster.pid'), chr(10), 1)::int").fetchone() or [0]
    return int(pid)


def _ours(postmaster: int) -> float:
    """CPU seconds of this process and its servers, and of PostgreSQL."""
    return measure.cpu_seconds({*measure.children(os.getpid()), *measure.children(postmaster)})


def _backends(admin: psycopg.Connection, name: str) -> list[int]:
    rows = admin.execute("select pid from pg_stat_activity where datname = %s", [name]).fetchall()
    return [row[0] for row in rows]


def cold_starts(environment: dict[str, str]) -> list[tuple[float, float]]:
    """Milliseconds to the first whole answer, of the program and of a bare Django, by turns."""
    found = []
    for _turn in range(COLD_STARTS):
        with serving.program(environment) as ours:
            pass
        with serving.bare(environment) as theirs:
            pass
        found.append((ours.started_in, theirs.started_in))
    return found


# --- goals -----------------------------------------------------------------------------------------------------


def goals(result: Result) -> list[Goal]:
    """Every goal with what was found."""
    found = []
    smallest, largest = result.sizes[0], result.sizes[-1]
    for page in pages("", ""):
        by_size = result.figures[page.key]
        most = max(one.queries for one in by_size.values())
        if page.queries is not None:
            found.append(Goal(f"{page.key}: SQL queries", most, page.queries))
        found.append(Goal(f"{page.key}: queries that come with more cases", most - by_size[smallest].queries, 0))
        if largest > smallest:
            ratio = by_size[largest].buffers / by_size[smallest].buffers
            found.append(Goal(f"{page.key}: buffers at {largest} over {smallest} cases", ratio, 1.1))
        worst = max(one.of(lambda sample: sample.page / sample.floor) for one in by_size.values())
        found.append(Goal(f"{page.key}: p50 over its floor", worst, 2.5))
        if page.cpu is not None:
            worst = max(one.of(lambda sample: sample.cpu / sample.loop) for one in by_size.values())
            found.append(Goal(f"{page.key}: CPU in calibration loops", worst, page.cpu))
    found.append(Goal("memory per worker over bare Django", result.memory / result.bare_memory, 2.0))
    found.append(Goal("cold start over bare Django", middle(ours / theirs for ours, theirs in result.cold), 2.5))
    return found


# --- saying it -------------------------------------------------------------------------------------------------


def document(result: Result, reached: list[Goal]) -> dict[str, Any]:
    """The run as one JSON document."""
    return {
        "machine": machine(),
        "rounds": result.rounds,
        "rounds_disturbed_by_others": result.noisy,
        "calibration_loop_ms": round(result.loop, 1),
        "pages": {
            key: {
                str(cases): {
                    "queries": one.queries,
                    "bytes": one.bytes,
                    "buffers": one.buffers,
                    "planning_buffers": one.planning_buffers,
                    "tables_read_from_end_to_end": one.sequential,
                    "p50_ms": round(one.of(lambda sample: sample.page), 2),
                    "floor_ms": {
                        "bare_django": round(one.of(lambda sample: sample.bare), 2),
                        "own_sql": round(one.of(lambda sample: sample.sql), 2),
                        "own_template": round(one.of(lambda sample: sample.template), 2),
                    },
                    "p50_over_floor": round(one.of(lambda sample: sample.page / sample.floor), 2),
                    "cpu_ms": round(one.of(lambda sample: sample.cpu), 2),
                    "cpu_in_loops": round(one.of(lambda sample: sample.cpu / sample.loop), 2),
                    "samples": [asdict(sample) for sample in one.samples],
                }
                for cases, one in by_size.items()
            }
            for key, by_size in result.figures.items()
        },
        "memory_mb": {"worker": round(result.memory, 1), "bare_django": round(result.bare_memory, 1)},
        "cold_start_ms": {
            "program": round(middle(ours for ours, _theirs in result.cold)),
            "bare_django": round(middle(theirs for _ours, theirs in result.cold)),
            "samples": [[round(ours), round(theirs)] for ours, theirs in result.cold],
        },
        "goals": [
            {"goal": goal.name, "found": round(goal.found, 2), "at_most": goal.most, "met": goal.is_met}
            for goal in reached
        ],
    }


def machine() -> str:
    """What it ran on, in one line."""
    return f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"


def table(result: Result, reached: list[Goal]) -> list[str]:
    """The run in words and columns."""
    lines = [machine(), f"{result.rounds} rounds, calibration loop {result.loop:.0f} ms"]
    if result.noisy:
        lines.append(
            f"{result.noisy} of the rounds were disturbed by other programs. Counts are exact all the same; "
            "times are only a hint."
        )
    columns = ("page", "cases", "queries", "buffers", "p50 ms", "floor ms", "p50/floor", "CPU ms", "CPU/loop")
    rows = [
        (
            page.label,
            f"{cases}",
            f"{one.queries}",
            f"{one.buffers}",
            f"{one.of(lambda sample: sample.page):.1f}",
            f"{one.of(lambda sample: sample.floor):.1f}",
            f"{one.of(lambda sample: sample.page / sample.floor):.2f}",
            f"{one.of(lambda sample: sample.cpu):.1f}",
            f"{one.of(lambda sample: sample.cpu / sample.loop):.2f}",
        )
        for page in pages("", "")
        for cases, one in result.figures[page.key].items()
    ]
    widths = [max(len(row[index]) for row in (columns, *rows)) for index in range(len(columns))]
    lines.append("")
    for row in (columns, *rows):
        lines.append(
            "  ".join(
                cell.ljust(width) if not index else cell.rjust(width)
                for index, (cell, width) in enumerate(zip(row, widths, strict=True))
            )
        )
    lines += [
        "",
        f"Memory per worker {result.memory:.0f} MB, bare Django {result.bare_memory:.0f} MB.",
        f"Cold start {middle(ours for ours, _theirs in result.cold):.0f} ms, "
        f"bare Django {middle(theirs for _ours, theirs in result.cold):.0f} ms.",
        "",
    ]
    lines += [
        f"{'met   ' if goal.is_met else 'MISSED'}  {goal.name}: {goal.found:.2f}, at most {goal.most:g}"
        for goal in reached
    ]
    lines.append(f"{sum(goal.is_met for goal in reached)} of {len(reached)} goals met.")
    return lines
