"""A real PostgreSQL with real roles for every test: the embedded one, or `GRUNNMUR_TEST_ADMIN_URL`.

The database is migrated once into a template that each worker copies. The connection is an administrator's that has
taken the runtime role, so the walls stand; `as_admin` steps outside them to look at what is really there.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any

import pytest

from tests.environment import ROOT

TRAVELLING_NOW = """
create or replace function sec.now() returns timestamptz language sql stable set search_path = ''
as $$ select coalesce(nullif(current_setting('test.now', true), '')::timestamptz, now()) $$
"""


def _version_of_the_schema() -> str:
    """Changes whenever anything does that decides what the template database holds."""
    from django.conf import settings

    digest = hashlib.sha256(settings.SECRET_KEY.encode())
    for pattern in (
        "grunnmur/**/migrations/*.py",
        "grunnmur/**/*.sql",
        "grunnmur/cases/row_security.py",
        "demo/*.py",
        "demo/names.yaml",
    ):
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _make_template(admin_url: str, name: str) -> None:
    """A migrated database with the cast in it and a clock that tests can set."""
    import psycopg

    from grunnmur import postgres

    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute("select pg_advisory_lock(hashtext('grunnmur test template'))")
        if admin.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
            return
        for (old,) in admin.execute("select datname from pg_database where datname like 'grunnmur_t_%'").fetchall():
            admin.execute(f'drop database if exists "{old}" with (force)')
        making = f"{name}_making"
        postgres.create_database(admin_url, name=making)
        owner = postgres.with_role(admin_url, user=postgres.OWNER, database=making)
        as_admin = postgres.in_database(admin_url, making)
        for command, url in (("migrate", owner), ("load_directory", as_admin)):
            subprocess.run(
                [sys.executable, "-W", "ignore", "-m", "grunnmur", command, "--verbosity=0"],
                check=True,
                cwd=ROOT,
                env={**os.environ, "DATABASE_URL": url, "OWNER_DATABASE_URL": url},
            )
        with psycopg.connect(as_admin, autocommit=True) as inside:
            inside.execute(TRAVELLING_NOW)
        admin.execute(f'alter database "{making}" rename to "{name}"')


@pytest.fixture(scope="session")
def admin_url() -> str:
    """An administrator's URL to the server that the tests use."""
    import psycopg

    from grunnmur import postgres

    url = os.environ.get("GRUNNMUR_TEST_ADMIN_URL") or postgres.start_embedded()
    with psycopg.connect(url, autocommit=True) as admin:
        postgres.create_roles(admin)
    return url


@pytest.fixture(scope="session")
def template_database(admin_url: str) -> str:
    """The name of the migrated database that others are copied from."""
    name = f"grunnmur_t_{_version_of_the_schema()}"
    _make_template(admin_url, name)
    return name


@pytest.fixture(scope="session")
def django_db_setup(admin_url: str, template_database: str, worker_id: str) -> Iterator[None]:
    """This worker's own copy of the template, as Django's default database in the runtime role."""
    import psycopg
    from django.conf import settings
    from django.db import connections

    from grunnmur import postgres

    name = f"test_grunnmur_{worker_id}"
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute("select pg_advisory_lock(hashtext('grunnmur test template'))")
        admin.execute(f'drop database if exists "{name}" with (force)')
        admin.execute(f'create database "{name}" template "{template_database}" owner {postgres.OWNER}')
    url = postgres.in_database(admin_url, name)
    database: dict[str, Any] = postgres.django_settings(url)
    database["OPTIONS"]["options"] = f"-c role={postgres.APP}"
    settings.DATABASES["default"].update(database)
    connections["default"].settings_dict.update(database)
    yield
    connections.close_all()
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(f'drop database if exists "{name}" with (force)')


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """`gw0` and so on under xdist, `main` otherwise."""
    return getattr(request.config, "workerinput", {}).get("workerid", "main")


@pytest.fixture
def as_admin(db: None) -> Callable[[], AbstractContextManager[None]]:
    """Step outside the walls for a block, to see or set what is really there."""
    from django.db import connection

    from grunnmur import postgres

    @contextmanager
    def outside() -> Iterator[None]:
        with connection.cursor() as cursor:
            cursor.execute("set role none")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute(f"set role {postgres.APP}")

    return outside


@pytest.fixture
def acting(db: None) -> Callable[[str], AbstractContextManager[Any]]:
    """`with acting("kari") as kari:` gives the actor, inside a transaction that the database knows her in."""
    from demo import cast
    from grunnmur.directory import sessions

    return lambda key: sessions.acting(cast.membership_id(cast.get(key)))


@pytest.fixture
def client_of(db: None) -> Callable[[str], Any]:
    """A browserless client that is logged in as one of the cast."""
    from django.test import Client

    def log_in(key: str) -> Client:
        client = Client(HTTP_HOST="localhost")
        response = client.post("/demo/", {"persona": key})
        assert response.status_code == 302, response.content
        return client

    return log_in


@pytest.fixture
def anna(db: None) -> Any:
    """Anna at the beginning: registered by Kari with both parents, under investigation."""
    from demo.load import load_anna

    return load_anna()


@pytest.fixture
def travel(db: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Set the clock of the program and of the database, for the rest of the test's transaction."""
    from django.db import connection

    from grunnmur import clock

    def to(instant: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: instant.astimezone(clock.OSLO))
        with connection.cursor() as cursor:
            cursor.execute("select set_config('test.now', %s, true)", [instant.isoformat()])

    return to
