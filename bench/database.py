"""A database of its own for each size, on an embedded server of the benchmark's own; kept while it fits."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from grunnmur import postgres

ROOT = Path(__file__).resolve().parents[1]
DECIDES = (
    "grunnmur/**/migrations/*.py",
    "grunnmur/**/*.sql",
    "grunnmur/cases/row_security.py",
    "bench/load.py",
    "bench/prototypes.py",
)
"""What a loaded database depends on, beside the day it was loaded and the secret key."""
BASE = "grunnmur_bench_base"


def prepare_environment() -> None:
    """Point this process and its children at data of the benchmark's own. Run before Django is imported."""
    os.environ["GRUNNMUR_MODE"] = "demo"
    os.environ["GRUNNMUR_LIMITS_TIMES"] = "10000"  # the same walls, with room for a page asked hundreds of times
    os.environ["DJANGO_SETTINGS_MODULE"] = "grunnmur.settings"
    os.environ["GRUNNMUR_DATA"] = str(postgres.data_dir() / "bench")
    os.environ.setdefault("XDG_RUNTIME_DIR", os.environ["GRUNNMUR_DATA"])
    Path(os.environ["GRUNNMUR_DATA"]).mkdir(parents=True, exist_ok=True)
    for name in ("DATABASE_URL", "OWNER_DATABASE_URL", "GRUNNMUR_ADMIN_URL", "GRUNNMUR_AS_OWNER"):
        os.environ.pop(name, None)


def start() -> str:
    """Start the server, quiet while it is measured, and return the administrator's URL."""
    url = postgres.start_embedded()
    with psycopg.connect(url, autocommit=True) as admin:
        # Whatever the server does by itself would be counted as the page's.
        for setting in ("autovacuum = off", "max_wal_size = '4GB'", "checkpoint_timeout = '1h'"):
            admin.execute(sql.SQL(f"alter system set {setting}"))
        admin.execute("select pg_reload_conf()")
    return url


def urls(admin_url: str, name: str) -> dict[str, str]:
    """The environment that points a process at one database as the runtime role."""
    return {
        "DATABASE_URL": postgres.with_role(admin_url, user=postgres.APP, database=name),
        "OWNER_DATABASE_URL": postgres.with_role(admin_url, user=postgres.OWNER, database=name),
    }


def version(decides: tuple[str, ...] = DECIDES) -> str:
    """Changes whenever anything does that decides what a loaded database holds."""
    from django.conf import settings

    from grunnmur import clock

    digest = hashlib.sha256(f"{settings.SECRET_KEY}{clock.today()}".encode())
    for pattern in decides:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def ensure(admin_url: str, *, cases: int, wanted: str, say: Any) -> str:
    """The name of a loaded database of the wanted version with so many cases; made where there is none."""
    name = f"grunnmur_bench_{cases}"
    if version_of(admin_url, name) == wanted:
        return name
    if version_of(admin_url, BASE) != wanted:
        say("making the tables and the prototype cases")
        _make_base(admin_url)
        mark(admin_url, BASE, wanted)
    say(f"loading {cases} cases")
    copy(admin_url, name, of=BASE)
    _fill(admin_url, name, cases=cases)
    mark(admin_url, name, wanted)
    return name


def copy(admin_url: str, name: str, *, of: str) -> None:
    """Make a database anew as another is."""
    postgres.drop_database(admin_url, name=name)
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(
            sql.SQL("create database {} template {} owner {}").format(*map(sql.Identifier, (name, of, postgres.OWNER)))
        )
        admin.execute(sql.SQL("revoke all on database {} from public").format(sql.Identifier(name)))
        admin.execute(sql.SQL("grant connect on database {} to {}").format(*map(sql.Identifier, (name, postgres.APP))))


def run(command: str, *arguments: str, url: str, owner: str) -> None:
    """Run one `grunnmur` command on a database. Raises when it fails."""
    subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "grunnmur", command, "--verbosity=0", *arguments],
        check=True,
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, "OWNER_DATABASE_URL": owner},
        stdout=sys.stderr,
    )


def version_of(admin_url: str, name: str) -> str | None:
    """What a database was marked with when it was whole, or None."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        row = admin.execute(
            "select shobj_description(oid, 'pg_database') from pg_database where datname = %s", [name]
        ).fetchone()
    return row[0] if row else None


def mark(admin_url: str, name: str, wanted: str) -> None:
    """Say that a database is whole, and of which version."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(sql.SQL("comment on database {} is {}").format(sql.Identifier(name), sql.Literal(wanted)))


def _make_base(admin_url: str) -> None:
    from bench import load, prototypes

    postgres.drop_database(admin_url, name=BASE)
    postgres.create_database(admin_url, name=BASE)
    owner = urls(admin_url, BASE)["OWNER_DATABASE_URL"]
    administrator = postgres.in_database(admin_url, BASE)
    for command, url in (("migrate", owner), ("load_directory", administrator)):
        run(command, url=url, owner=url)
    with django_on(administrator):
        load.make_directory()
    with django_on(urls(admin_url, BASE)["DATABASE_URL"]):
        made = prototypes.make()
    with psycopg.connect(administrator, autocommit=True) as inside:
        inside.execute("create schema bench")
        inside.execute("create table bench.prototype (kind text primary key, child uuid not null)")
        for kind, child in made.items():
            inside.execute("insert into bench.prototype values (%s, %s)", [kind, child])


def _fill(admin_url: str, name: str, *, cases: int) -> None:
    from bench import load
    from grunnmur import clock

    with psycopg.connect(postgres.in_database(admin_url, name), autocommit=True) as admin:
        admin.execute("set maintenance_work_mem = '512MB'")
        admin.execute("set work_mem = '128MB'")
        admin.execute("set synchronous_commit = off")
        with admin.transaction():
            prototypes: dict[str, Any] = dict(admin.execute("select kind, child from bench.prototype").fetchall())
            slow = _drop_plain_indexes(admin) if cases > load.OPEN_CASES * 20 else []
            with admin.cursor() as cursor:
                load.multiply(cursor, load.population(prototypes, cases=cases, today=clock.today()))
            for statement in slow:
                admin.execute(statement)
        admin.execute("vacuum (analyze, freeze)")
        admin.execute("checkpoint")


def _drop_plain_indexes(admin: psycopg.Connection) -> list[str]:
    """Drop the indexes that no constraint needs, which are quicker to make anew; returns how."""
    rows = admin.execute(
        "select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) from pg_index i"
        " join pg_class c on c.oid = i.indrelid"
        " where c.relnamespace = 'public'::regnamespace and not i.indisunique"
        " and not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid)"
        " and (c.relname like 'cases_%' or c.relname like 'log_%')"
    ).fetchall()
    for name, _definition in rows:
        admin.execute(sql.SQL(f"drop index {name}"))
    return [definition for _name, definition in rows]


@contextmanager
def django_on(url: str) -> Iterator[None]:
    """Let Django's default connection be to this database for a block."""
    from django.conf import settings
    from django.db import connections

    connections["default"].close()
    kept = dict(settings.DATABASES["default"])
    given = postgres.django_settings(url)
    settings.DATABASES["default"].update(given)
    connections["default"].settings_dict.update(given)
    try:
        yield
    finally:
        connections["default"].close()
        settings.DATABASES["default"].update(kept)
        connections["default"].settings_dict.update(kept)
