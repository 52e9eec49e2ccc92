"""The loaded demo, in a database of its own: loaded once, by the real command, and never changed by a test."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from tests.environment import ROOT


@dataclass(frozen=True)
class Loaded:
    """A database with the demo in it, and what loading it said."""

    url: str
    said: str

    def load_again(self) -> subprocess.CompletedProcess[str]:
        """Run the command once more."""
        return _load_demo(self.url)


def _load_demo(url: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "grunnmur", "load_demo"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, "OWNER_DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="session")
def loaded(admin_url: str, template_database: str, worker_id: str) -> Iterator[Loaded]:
    """The demo, loaded by an administrator as `./run demo` does it."""
    import psycopg

    from grunnmur import postgres

    name = f"demo_grunnmur_{worker_id}"
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute("select pg_advisory_lock(hashtext('grunnmur test template'))")
        admin.execute(f'drop database if exists "{name}" with (force)')
        admin.execute(f'create database "{name}" template "{template_database}" owner {postgres.OWNER}')
    url = postgres.in_database(admin_url, name)
    done = _load_demo(url)
    assert done.returncode == 0, done.stderr
    yield Loaded(url, done.stdout)
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(f'drop database if exists "{name}" with (force)')


@pytest.fixture
def demo(loaded: Loaded, django_db_blocker: Any) -> Iterator[Loaded]:
    """The loaded demo as Django's database, as an administrator; whatever a test does is undone."""
    from django.db import connections, transaction

    from grunnmur import postgres

    connection = connections["default"]
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(postgres.django_settings(loaded.url))
    try:
        with django_db_blocker.unblock(), transaction.atomic():
            yield loaded
            transaction.set_rollback(True)
    finally:
        connection.close()
        connection.settings_dict.clear()
        connection.settings_dict.update(before)


@pytest.fixture
def behind_the_walls(demo: Loaded) -> Callable[[], AbstractContextManager[None]]:
    """A block in the runtime role, which sees only what the session's service may see."""
    from django.db import connection

    from grunnmur import postgres

    @contextmanager
    def inside() -> Iterator[None]:
        with connection.cursor() as cursor:
            cursor.execute(f"set role {postgres.APP}")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("reset role")

    return inside
