"""Real workers, in processes of their own, on a real queue: two at once, and one that is killed in the middle."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

from bench import deliveries
from grunnmur import postgres
from grunnmur.cases.actions import reminders
from tests import database, together
from tests.post import server

PATIENCE = 120


@pytest.fixture
def admin(admin_url: str, template_database: str) -> Iterator[psycopg.Connection[Any]]:
    """A database of this test's own, whose commits others see."""
    with (
        database.copy(admin_url, of=template_database, name="grunnmur_workers") as url,
        psycopg.connect(url, autocommit=True) as connection,
    ):
        yield connection


@pytest.fixture
def environment(admin_url: str, admin: psycopg.Connection[Any]) -> dict[str, str]:
    app = postgres.with_role(admin_url, user=postgres.APP, database="grunnmur_workers")
    # Only what a worker needs: other tests in the same process may have left what names their own installation.
    ours = {"GRUNNMUR_DATA": os.environ["GRUNNMUR_DATA"], "GRUNNMUR_MODE": "test", "DATABASE_URL": app}
    kept = {name: value for name, value in os.environ.items() if "GRUNNMUR" not in name and "DATABASE_URL" not in name}
    return kept | ours


def wait(happens: Any) -> None:
    last = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < last, "it does not happen"
        time.sleep(0.05)


def stop(*workers: subprocess.Popen[bytes]) -> None:
    for worker in workers:
        worker.terminate()
    for worker in workers:
        assert worker.wait(timeout=30) == 0


def facts(admin: psycopg.Connection[Any]) -> dict[str, int]:
    return dict(admin.execute("select fact, count(*) from post_fact group by 1").fetchall())


def test_no_mail_comes_among_them_at_whatever_hour_it_is(travel: Any, as_admin: Any) -> None:
    travel(together.at_work(0))
    with as_admin():
        deliveries.fill(connection.connection, count=3, sealed=deliveries.sealed_address())
    reminders.remind()
    with as_admin():
        assert deliveries.waiting(connection.connection) == 3, "a worker's chores add none in working hours"


def test_two_workers_share_the_queue_and_no_mail_is_sent_twice(
    admin: psycopg.Connection[Any], environment: dict[str, str]
) -> None:
    deliveries.fill(admin, count=300, sealed=deliveries.sealed_address())
    with server.running() as (box, port):
        workers = [deliveries.start_worker(environment | deliveries.smtp(port)) for _one in range(2)]
        wait(lambda: deliveries.waiting(admin) == 0)
        stop(*workers)
        names = [str(one["Message-ID"]) for one in box.mails]
    assert len(names) == len(set(names)) == 300
    assert facts(admin) == {"handing_over": 300, "handed_over": 300}
    told = admin.execute("select sum(sent), count(*), count(ended_at) from post_worker").fetchone()
    assert told == (300, 2, 2), "each says what it has sent, and that it has ended"


def test_a_worker_that_is_killed_in_mid_send_loses_nothing_and_sends_nothing_twice(
    admin: psycopg.Connection[Any], environment: dict[str, str]
) -> None:
    deliveries.fill(admin, count=30, sealed=deliveries.sealed_address())
    with server.running() as (box, port):
        box.holds = threading.Event()  # takes the text, and does not answer
        worker = deliveries.start_worker(environment | deliveries.smtp(port))
        assert box.arrived.wait(PATIENCE)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        box.holds.set()
        box.holds = None
        deliveries.time_passes(admin, silent_for=0)
        another = deliveries.start_worker(environment | deliveries.smtp(port))
        wait(lambda: deliveries.waiting(admin) == 0)
        stop(another)
        names = [str(one["Message-ID"]) for one in box.mails]
    assert len(names) == len(set(names)) == 30
    assert facts(admin) == {"handing_over": 30, "handed_over": 29, "uncertain": 1}
