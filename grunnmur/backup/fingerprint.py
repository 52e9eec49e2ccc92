"""What a database holds, as one hash for each table, at an instant that a restored database can be taken to."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
from psycopg import sql

from grunnmur.postgres import NotReady

PATIENCE = 600
"""Seconds to wait for an instant in which nobody is writing."""
SETTINGS = (
    "set datestyle to 'ISO, YMD'; set timezone to 'UTC'; set bytea_output to 'hex'; set extra_float_digits to 1;"
    " set intervalstyle to 'postgres'; set search_path to pg_catalog"
)
"""All that decides how a value is written as text."""


@dataclass(frozen=True, slots=True)
class Table:
    """How many rows a table has, and the SHA-256 over the sorted SHA-256 of each."""

    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A named point in the stream of changes: everything committed before it is in the fingerprint, nothing after."""

    name: str
    lsn: str
    at: datetime


@contextmanager
def quiet_instant(url: str, *, name: str) -> Iterator[tuple[psycopg.Connection, Mark]]:
    """A connection that sees the database exactly as it is at a mark, and the mark. Raises NotReady.

    The mark is made between two numbers drawn from the row of transactions that write. When they follow each other,
    and none with a lower number is under way in between, what was committed before the mark is exactly what the
    connection sees. Nobody waits for us; on a busy server we try until we find such an instant, which takes
    milliseconds. (A look at `pg_current_snapshot()` alone is not enough: it does not tell of transactions that have a
    number above the last that ended.)
    """
    last = time.monotonic() + PATIENCE
    attempt = 0
    with psycopg.connect(url, autocommit=True) as marker, psycopg.connect(url, autocommit=True) as reader:
        reader.execute(SETTINGS)
        while time.monotonic() < last:
            attempt += 1
            number = _draw(marker)
            reader.execute("begin transaction isolation level repeatable read, read only")
            if _ask(reader, "select pg_current_snapshot()::text") == f"{number + 1}:{number + 1}:":
                mark = _mark(marker, f"{name} {attempt}")
                if _draw(marker) == number + 1:
                    yield reader, mark
                    return
            reader.execute("rollback")
            time.sleep(0.003)
    raise NotReady("Somebody has been writing without a pause for ten minutes. Take the copy when the import is done.")


def _ask(connection: psycopg.Connection, question: str) -> str:
    row = connection.execute(question).fetchone()
    assert row is not None
    return str(row[0])


def _draw(connection: psycopg.Connection) -> int:
    """The next number of a transaction that writes."""
    return int(_ask(connection, "select pg_current_xact_id()::text"))


def _mark(connection: psycopg.Connection, name: str) -> Mark:
    row = connection.execute("select pg_create_restore_point(%s)::text, clock_timestamp()", [name]).fetchone()
    assert row is not None
    return Mark(name=name, lsn=row[0], at=row[1].astimezone(UTC))


def take(connection: psycopg.Connection) -> dict[str, Table]:
    """Every table of ours, with its hash, as the connection sees it. Rows are sorted, so their order does not count."""
    connection.execute(SETTINGS)
    tables = connection.execute(
        "select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') order by 1, 2"
    ).fetchall()
    found = {}
    for schema, table in tables:
        row = connection.execute(
            sql.SQL(
                "select count(*), encode(sha256(coalesce(string_agg(h, ''::bytea order by h), ''::bytea)), 'hex')"
                " from (select sha256(convert_to(t::text, 'UTF8')) as h from {}.{} t) one"
            ).format(sql.Identifier(schema), sql.Identifier(table))
        ).fetchone()
        assert row is not None
        found[f"{schema}.{table}"] = Table(rows=row[0], sha256=row[1])
    return found


def differences(was: dict[str, Table], now: dict[str, Table]) -> list[str]:
    """The tables that differ, in words."""
    return [
        _difference(name, was.get(name), now.get(name)) for name in sorted(was | now) if was.get(name) != now.get(name)
    ]


def _difference(name: str, was: Table | None, now: Table | None) -> str:
    if was is None or now is None:
        return f"Table {name} is {'missing' if now is None else 'new'}."
    if was.rows != now.rows:
        return f"Table {name} had {was.rows} rows and has {now.rows}."
    return f"Table {name} has {now.rows} rows as before, but not the same."
