"""`python -m bench deliveries`: how many mails a second workers hand over, and whether any is lost or sent twice.

A real mail server counts by Message-ID. First so many with one worker and with two. Then ten thousand while the mail
server is down for a while and workers are killed at random: each mail must have arrived once, or stand as uncertain.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg

from bench import database
from grunnmur import postgres

ROOT = Path(__file__).resolve().parents[1]
NAME = "grunnmur_bench_deliveries"
ADDRESS = UUID("00000000-0000-4000-8000-0000000000ad")
PATIENCE = 1500
"""Seconds until a run that does not end is given up."""
KILLS, OUTAGES = 30, 3
SILENT = 10.0
"""Seconds without a word after which the bench takes a worker for dead; the program waits five minutes."""


@dataclass(frozen=True, slots=True)
class Speed:
    """Mails that so many workers handed over in a second."""

    workers: int
    mails: int
    a_second: float


@dataclass(frozen=True, slots=True)
class Storm:
    """What became of all that was sent through the failures."""

    mails: int
    killed: int
    """Workers that were killed."""
    seconds_down: float
    """How long the mail server was away, in all."""
    arrived: int
    """Different mails that the server has."""
    twice: int
    """Mails that it has more than once."""
    uncertain: int
    """Deliveries of which nobody could know, as the sender is told."""
    uncertain_and_there: int
    lost: int
    """Mails that neither arrived nor are said not to have, or that are said to have arrived and did not."""

    @property
    def is_whole(self) -> bool:
        return self.twice == 0 and self.lost == 0


# --- a queue to work on ----------------------------------------------------------------------------------------


def fill(admin: psycopg.Connection[Any], *, count: int, sealed: bytes) -> None:
    """So many mails that wait, all to one service that sees what they are about; nothing else in the world is made.

    What services offer is taken away: in working hours the workers would ask them to look it over, by mail too.
    """
    sender, receiver = admin.execute("select id from directory_service order by id limit 2").fetchall()
    (person,) = admin.execute("select id from directory_person limit 1").fetchone() or (None,)
    given = {
        "from": sender[0],
        "to": receiver[0],
        "person": person,
        "subject": uuid4(),
        "address": ADDRESS,
        "sealed": sealed,
        "count": count,
    }
    with admin.transaction():
        admin.execute("set local session_replication_role = replica")  # the child itself is not needed, and not made
        for table in ("post_fact", "post_delivery", "post_address", "post_message", "post_worker", "directory_offer"):
            admin.execute(f"delete from {table}")
        admin.execute(
            "insert into cases_participation (id, child_id, owner_service_id, pathway_id, service_id, basis, kinds,"
            " purpose, starts_at, ends_at, whose, next_step, next_due, moved_on)"
            " values (gen_random_uuid(), gen_random_uuid(), %(from)s, %(subject)s, %(to)s, 'consent', 3,"
            " 'contact_health', now() - interval '1 day', now() + interval '1 day', 0, '', '9999-01-01', now())",
            given,
        )
        admin.execute(
            "insert into post_address (id, service_id, channel, address, set_by_id, set_at)"
            " values (%(address)s, %(to)s, 'mail', %(sealed)s, %(person)s, now())",
            given,
        )
        admin.execute(
            "insert into post_message (id, sort, subject, kind, item, author_service_id, recorded_by_id, recorded_at,"
            " to_service_id, once, wants_answer, expires_at)"
            " select gen_random_uuid(), 'notice', %(subject)s, 1, gen_random_uuid(), %(from)s, %(person)s, now(),"
            " %(to)s, n::text, false, now() + interval '1 day' from generate_series(1, %(count)s) n",
            given,
        )
        admin.execute(
            "insert into post_delivery (id, message_id, channel, address_id, made_at, attempts, due_at)"
            " select gen_random_uuid(), m.id, 'mail', %(address)s, now(), 0, now() from post_message m",
            given,
        )
    admin.execute("analyze")


def sealed_address() -> bytes:
    """The address that all go to, as the program seals it for its row. Needs Django."""
    from grunnmur.post.models import Address

    return bytes(Address._meta.get_field("address").seal("mottak@legekontor.example", of=ADDRESS))


def time_passes(admin: psycopg.Connection[Any], *, silent_for: float | None = None) -> None:
    """Minutes pass: what is put off is due, and a worker that has been silent for so many seconds is taken for dead."""
    admin.execute("update post_delivery set due_at = now() where due_at > now() and claimed_at is null")
    if silent_for is not None:
        admin.execute(
            "with dead as (update post_worker set seen_at = seen_at - interval '1 hour'"
            " where ended_at is null and seen_at <= now() - make_interval(secs => %s) returning id)"
            " update post_delivery d set claimed_at = d.claimed_at - interval '1 hour' from dead"
            " where d.claimed_by = dead.id and d.claimed_at is not null",
            [silent_for],
        )


def waiting(admin: psycopg.Connection[Any]) -> int:
    (count,) = admin.execute("select count(*) from post_delivery where due_at is not null").fetchone() or (0,)
    return int(count)


# --- those who send, and the one who receives ------------------------------------------------------------------


def start_worker(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """A worker in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "grunnmur", "work", "--verbosity=0"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


class Counting:
    """A handler of aiosmtpd that counts mails by Message-ID."""

    def __init__(self) -> None:
        self.by_name: Counter[str] = Counter()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.by_name[str(BytesHeaderParser().parsebytes(envelope.content)["Message-ID"])] += 1
        return "250 OK"


@contextmanager
def receiving(counting: Counting, port: int) -> Iterator[None]:
    """The mail server, for a block."""
    from aiosmtpd.controller import Controller

    controller = Controller(counting, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield
    finally:
        controller.stop(no_assert=True)


def free_port() -> int:
    """A port that nobody listens on now."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


# --- measuring -------------------------------------------------------------------------------------------------


def speed(admin: psycopg.Connection[Any], environment: dict[str, str], *, workers: int, mails: int) -> Speed:
    """From the first mail that arrives until the last, so that the workers' own start is not counted."""
    fill(admin, count=mails, sealed=sealed_address())
    counting, port = Counting(), free_port()
    with receiving(counting, port):
        running = [start_worker(environment | smtp(port)) for _one in range(workers)]
        try:
            _wait(lambda: bool(counting.by_name))
            begun, already = time.monotonic(), len(counting.by_name)
            _wait(lambda: waiting(admin) == 0)
            took = time.monotonic() - begun
        finally:
            _stop(running)
    assert len(counting.by_name) == counting.by_name.total() == mails
    return Speed(workers, mails, round((mails - already) / took, 1))


def smtp(port: int) -> dict[str, str]:
    """The environment that names the mail server."""
    return {"GRUNNMUR_SMTP_URL": f"smtp://127.0.0.1:{port}"}


def storm(admin: psycopg.Connection[Any], environment: dict[str, str], *, mails: int, seed: int = 1) -> Storm:
    """Two workers, one of them killed and replaced thirty times, each time after some hundred mails more; and a mail
    server that goes away three times; until nothing waits."""
    chance = random.Random(seed)
    fill(admin, count=mails, sealed=sealed_address())
    counting, port = Counting(), free_port()
    environment = environment | smtp(port)
    running = [start_worker(environment), start_worker(environment)]
    kills = sorted(chance.sample(range(mails), KILLS), reverse=True)
    outages = sorted(chance.sample(range(mails // 10, mails), OUTAGES), reverse=True)
    killed, away = 0, 0.0
    last = time.monotonic() + PATIENCE
    try:
        while waiting(admin):
            with receiving(counting, port):
                while (left := waiting(admin)) and not (outages and mails - left >= outages[-1]):
                    assert time.monotonic() < last, f"{left} still wait"
                    if kills and mails - left >= kills[-1]:
                        kills.pop()
                        victim = chance.randrange(2)
                        running[victim].send_signal(signal.SIGKILL)
                        running[victim].wait()
                        killed += 1
                        running[victim] = start_worker(environment)
                    time.sleep(chance.uniform(0, 0.3))
                    time_passes(admin, silent_for=SILENT)
            if outages:
                outages.pop()
                begun = time.monotonic()
                time.sleep(chance.uniform(2, 4))
                away += time.monotonic() - begun
    finally:
        _stop(running)
    return _count(admin, counting, mails=mails, killed=killed, away=away)


def _count(admin: psycopg.Connection[Any], counting: Counting, *, mails: int, killed: int, away: float) -> Storm:
    rows = admin.execute(
        "select d.id::text, coalesce(bool_or(f.fact = 'handed_over'), false),"
        " coalesce(bool_or(f.fact in ('failed', 'uncertain')), false)"
        " from post_delivery d left join post_fact f on f.delivery_id = d.id group by d.id"
    ).fetchall()
    arrived = {name.strip("<>").partition("@")[0]: times for name, times in counting.by_name.items()}
    taken = {row[0] for row in rows if row[1]}
    unknown = {row[0] for row in rows if row[2] and not row[1]}
    return Storm(
        mails=mails,
        killed=killed,
        seconds_down=round(away, 1),
        arrived=len(arrived),
        twice=sum(times > 1 for times in arrived.values()),
        uncertain=len(unknown),
        uncertain_and_there=len(unknown & set(arrived)),
        lost=len(taken - set(arrived)) + sum(row[0] not in taken | unknown for row in rows),
    )


def _wait(happens: Any) -> None:
    last = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < last, "it does not end"
        time.sleep(0.05)


def _stop(running: list[subprocess.Popen[bytes]]) -> None:
    for one in running:
        one.terminate()
    for one in running:
        one.wait()


@contextmanager
def stage() -> Iterator[tuple[psycopg.Connection[Any], dict[str, str]]]:
    """A database of its own with the cast's services, and the environment of a worker on it. Needs Django set up."""
    admin_url = database.start()
    postgres.drop_database(admin_url, name=NAME)
    postgres.create_database(admin_url, name=NAME)
    owner = postgres.with_role(admin_url, user=postgres.OWNER, database=NAME)
    administrator = postgres.in_database(admin_url, NAME)
    for command, url in (("migrate", owner), ("load_directory", administrator)):
        subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "grunnmur", command, "--verbosity=0"],
            check=True,
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": url, "OWNER_DATABASE_URL": url},
        )
    app = postgres.with_role(admin_url, user=postgres.APP, database=NAME)
    try:
        with psycopg.connect(administrator, autocommit=True) as admin:
            yield admin, {**os.environ, "DATABASE_URL": app}
    finally:
        postgres.drop_database(admin_url, name=NAME)


def main(arguments: list[str]) -> int:
    """Measure and print. Returns 1 when a mail was lost or sent twice."""
    parser = argparse.ArgumentParser(prog="bench deliveries", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.add_argument("--mails", type=int, default=10_000, help="how many go through the failures")
    parser.add_argument("--speed-mails", type=int, default=2_000, help="how many each speed is measured with")
    options = parser.parse_args(arguments)
    database.prepare_environment()
    import django

    django.setup()
    with stage() as (admin, environment):
        speeds = []
        for workers in (1, 2):
            speeds.append(speed(admin, environment, workers=workers, mails=options.speed_mails))
            print(f"{workers} worker(s): {speeds[-1].a_second} a second", file=sys.stderr)
        through = storm(admin, environment, mails=options.mails)
    if options.json:
        print(json.dumps({"speeds": [asdict(one) for one in speeds], "storm": asdict(through)}))
        return 0 if through.is_whole else 1
    for one in speeds:
        print(f"{one.workers} worker{'s' * (one.workers > 1)}: {one.a_second} mails a second ({one.mails} mails)")
    print(
        f"{through.mails} mails through {through.killed} killed workers and {through.seconds_down} s without a mail"
        f" server: {through.arrived} arrived, {through.twice} twice, {through.lost} lost; {through.uncertain} shown as"
        f" uncertain, of which {through.uncertain_and_there} had arrived"
    )
    return 0 if through.is_whole else 1
