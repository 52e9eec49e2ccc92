"""The databases of tests and proofs: one migrated template on a real PostgreSQL, and copies of it."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.environment import ROOT

TRAVELLING_NOW = """
create or replace function sec.now() returns timestamptz language sql stable
return coalesce(nullif(current_setting('test.now', true), '')::timestamptz, now())
"""
KEEP_IN_ORDER = """
do $$ declare one regclass; begin
    for one in select oid from pg_class where relkind = 'r' and relnamespace = any('{public,sec}'::regnamespace[])
    loop execute format('alter table %s set (autovacuum_enabled = false)', one); end loop;
end $$
"""
LOCK = "select pg_advisory_lock(hashtext('grunnmur test template'))"


def start() -> str:
    """An administrator's URL to the server that the tests use: `GRUNNMUR_TEST_ADMIN_URL`, or the embedded one."""
    import psycopg

    from grunnmur import postgres

    url = os.environ.get("GRUNNMUR_TEST_ADMIN_URL") or postgres.start_embedded()
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(LOCK)
        postgres.create_roles(admin)
    return url


def template(admin_url: str) -> str:
    """The name of the migrated database that others are copied from, with the cast in it and a clock that can be set.

    It is made when it lacks, or when what decides its contents has changed.
    """
    import psycopg

    from grunnmur import postgres

    name = f"grunnmur_t_{_version_of_the_schema()}"
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(LOCK)
        if admin.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
            return name
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
    return name


def keep_in_order(url: str) -> None:
    """Let rows lie in the order that they were written in, in one database.

    A test is one transaction, so everything that it writes has the same instant, and what the program sorts by that
    comes as the rows lie. Vacuuming would give new rows the places of old ones.
    """
    import psycopg

    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(KEEP_IN_ORDER)


def _version_of_the_schema() -> str:
    """Changes whenever anything does that decides what the template database holds."""
    from django.conf import settings

    digest = hashlib.sha256(settings.SECRET_KEY.encode())
    for pattern in (
        "grunnmur/**/migrations/*.py",
        "grunnmur/**/*.sql",
        "grunnmur/cases/row_security.py",
        "definitions/access.yaml",
        "definitions/limits.yaml",
        "definitions/finder.yaml",
        "definitions/responsibility.yaml",
        "definitions/findings.yaml",
        "definitions/implementation.yaml",
        "definitions/self_assessment.yaml",
        "definitions/programmes.yaml",
        "demo/*.py",
        "demo/names.yaml",
    ):
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def once(admin_url: str, name: str, *, of: str, fill: Callable[[str], None]) -> None:
    """Make a database that others are copied from, unless it is there: a copy of `of`, filled by `fill`."""
    import psycopg

    from grunnmur import postgres

    making = f"{name}_making"
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute("select pg_advisory_lock(hashtext(%s))", [name])
        if admin.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
            return
        admin.execute(f'drop database if exists "{making}" with (force)')
        admin.execute(f'create database "{making}" template "{of}" owner {postgres.OWNER}')
        admin.execute(f'grant connect on database "{making}" to {postgres.APP}')
        fill(postgres.in_database(admin_url, making))
        admin.execute(f'alter database "{making}" rename to "{name}"')


def as_app(admin_url: str) -> dict[str, Any]:
    """Django's settings for an administrator's connection that acts as the runtime role, and as fast: the role's other
    settings come with a log-in of its own.
    """
    from grunnmur import postgres

    settings: dict[str, Any] = postgres.django_settings(admin_url)
    given = {"role": postgres.APP, **postgres.INTERPRETED}
    settings["OPTIONS"]["options"] = " ".join(f"-c {name}={value}" for name, value in given.items())
    return settings


@contextmanager
def copy(admin_url: str, *, of: str, name: str) -> Iterator[str]:
    """A database of one's own for a block: the administrator's URL to a fresh copy of `of`, gone afterwards."""
    import psycopg

    from grunnmur import postgres

    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(LOCK)
        admin.execute(f'drop database if exists "{name}" with (force)')
        admin.execute(f'create database "{name}" template "{of}" owner {postgres.OWNER}')
        admin.execute(f'grant connect on database "{name}" to {postgres.APP}')
    try:
        yield postgres.in_database(admin_url, name)
    finally:
        with psycopg.connect(admin_url, autocommit=True) as admin:
            admin.execute(f'drop database if exists "{name}" with (force)')


@contextmanager
def twin(url: str, *, name: str) -> Iterator[str]:
    """A second database like the one in `url`, which nobody is connected to, for a block."""
    import psycopg

    source = str(psycopg.conninfo.conninfo_to_dict(url)["dbname"])
    with copy(start(), of=source, name=name) as other:
        yield other
