"""A standby that follows the database and can be read: the same wall stands there, and nobody gets in by it."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from django.conf import settings

from demo import cast
from grunnmur import postgres
from grunnmur.cases.row_security import WITHOUT_A_CHILD
from grunnmur.directory import sessions
from tests.backup import cluster
from tests.backup.cluster import Cluster
from tests.environment import ROOT
from tests.house import program

PATIENCE = 60
READABLE = (
    "select c.relname::text from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'"
    " and has_table_privilege(c.oid, 'select') order by 1"
)
ABOUT_CHILDREN = ("cases_", "log_", "post_")
ENTER = {"mother": "select party from sec.enter_family_log_in(%s)"}

Seen = dict[str, list[str]]


@dataclass
class Pair:
    """The database, the standby that follows it, and the token of each one's session, opened on the first."""

    primary: Cluster
    standby: Cluster
    env: dict[str, str]
    tokens: dict[str, str] = field(default_factory=dict)

    def sees(self, server: Cluster, key: str) -> Seen:
        """Every row of every table that one sees, as raw SQL in the runtime role shows it; "" has no session."""
        with asking(server) as connection, connection.transaction():
            if key and not enters(connection, key, self.tokens[key]):
                return {}
            tables = [name for (name,) in connection.execute(READABLE).fetchall()]
            found = {}
            for table in tables:
                rows = connection.execute(f"select t::text from {table} t order by 1".encode()).fetchall()
                found[table] = [row for (row,) in rows]
            return found

    def stage(self, module: str, *arguments: str) -> str:
        """What a module says when it has been run on the first."""
        command = [sys.executable, "-W", "ignore", "-m", module, *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.env, check=True, text=True, stdout=subprocess.PIPE).stdout


@contextmanager
def asking(server: Cluster) -> Iterator[psycopg.Connection]:
    """A connection in the runtime role."""
    with psycopg.connect(server.url(postgres.APP), autocommit=True) as connection:
        yield connection


def enters(connection: psycopg.Connection, key: str, token: str) -> bool:
    """Bind the token to the transaction, as the program does at each request. False when it opens nothing."""
    return connection.execute(ENTER.get(key, "select person from sec.enter(%s)"), [token]).fetchone() is not None


@pytest.fixture(scope="module")
def pair(admin_url: str, template_database: str) -> Iterator[Pair]:
    """Anna's case in a database whose standby has applied a change before it is acknowledged."""
    with cluster.place() as folder:
        for name in ("primary", "standby", "standby/run"):
            (folder / name).mkdir()
        with cluster.running(folder / "primary", synchronous_commit="remote_apply") as primary:
            dump = folder / "migrated"
            migrated = postgres.in_database(admin_url, template_database)
            primary.tools.run("pg_dump", "--dbname", migrated, "--format", "custom", "--file", str(dump))
            primary.tools.run("pg_restore", "--dbname", primary.url(), "--exit-on-error", str(dump))
            standby = Cluster(primary.tools, folder / "standby" / "data")
            primary.tools.own(folder / "standby")
            primary.tools.run(
                *("pg_basebackup", "--dbname", primary.url(), "--pgdata", str(standby.data)),
                *("--write-recovery-conf", "--wal-method", "stream", "--checkpoint", "fast", "--no-sync"),
                as_server=True,
            )
            standby.start()
            try:
                env = program.environment(
                    folder / "none",
                    GRUNNMUR_MODE="test",
                    GRUNNMUR_SECRET_KEY=settings.SECRET_KEY,
                    DATABASE_URL=primary.url(postgres.APP),
                    OWNER_DATABASE_URL=primary.url(postgres.OWNER),
                )
                both = Pair(primary, standby, env)
                with psycopg.connect(primary.url(), autocommit=True) as admin:
                    admin.execute("alter system set synchronous_standby_names = '*'")
                    admin.execute("select pg_reload_conf()")
                    _wait(lambda: admin.execute("select 1 from pg_stat_replication where sync_state = 'sync'"))
                both.tokens.update(json.loads(both.stage("tests.backup.stage_standby")))
                yield both
            finally:
                standby.stop()


def _wait(asks: Callable[[], Any]) -> None:
    last = time.monotonic() + PATIENCE
    while asks().fetchone() is None:
        assert time.monotonic() < last
        time.sleep(0.1)


@pytest.mark.slow
def test_each_sees_there_what_they_see_in_the_database_until_it_is_taken_back(pair: Pair) -> None:
    """As `docs/security/access.md` asks for, with `remote_apply`: it is gone there before it is acknowledged."""
    with psycopg.connect(pair.standby.url()) as admin:
        assert admin.execute("select pg_is_in_recovery()").fetchone() == (True,)
    for key in ("kari", "leif", "per", "mother", "siri", "ola", "stein", ""):
        there = pair.sees(pair.standby, key)
        assert there == pair.sees(pair.primary, key), key
        assert bool(there["cases_pathway"]) is (key in ("kari", "leif", "per", "mother")), key
        if not key:
            seen = {table for table, rows in there.items() if rows and table.startswith(ABOUT_CHILDREN)}
            assert seen <= set(WITHOUT_A_CHILD)

    pair.stage("tests.backup.stage_taken_back", "withdraw")
    assert pair.sees(pair.standby, "per")["cases_pathway"] == []
    with psycopg.connect(pair.primary.url(), autocommit=True) as admin:
        ended = "update directory_membership set starts_on = '2020-01-01', ends_on = '2020-01-02' where id = %s"
        admin.execute(ended, [cast.membership_id(cast.get("leif"))])
        admin.execute("select sec.end_session(%s)", [pair.tokens["mother"]])
    for key in ("leif", "mother"):
        assert pair.sees(pair.standby, key) == {}, key


SIGNED: dict[str, tuple[str, list[Any], str]] = {
    "open": (
        "select sec.open_session(%s, %s, '8 hours', '15 minutes', true, %s)",
        [b"new", cast.membership_id(cast.get("kari"))],
        f"open|{b'new'.hex()}|{cast.membership_id(cast.get('kari'))}|t",
    ),
    "family": (
        "select sec.open_family_session(%s, %s, 1, %s)",
        [b"new", cast.SPACE],
        f"family|{b'new'.hex()}|{cast.SPACE}",
    ),
    "end all": (
        "select sec.end_sessions_of(%s, %s)",
        [cast.get("kari").person_id],
        f"end_sessions|{cast.get('kari').person_id}",
    ),
}


@pytest.mark.parametrize("name", SIGNED)
def test_a_session_is_neither_opened_nor_ended_there(pair: Pair, name: str) -> None:
    sql, told, message = SIGNED[name]
    with asking(pair.standby) as connection:
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute(sql.encode(), [*told, sessions.sign(message)])
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="not signed"):
            connection.execute(sql.encode(), [*told, b"a guess"])


def test_what_only_the_program_may_ask_is_asked_there_with_a_code_too(pair: Pair) -> None:
    kari = cast.get("kari").person_id
    with asking(pair.standby) as connection:
        rows = connection.execute(
            "select membership from sec.memberships_of(%s, %s)", [kari, sessions.sign(f"memberships|{kari}")]
        ).fetchall()
        assert rows == [(cast.membership_id(cast.get("kari")),)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="not signed"):
            connection.execute("select sec.memberships_of(%s, 'guess'::bytea)", [kari])


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        ("select * from sec.session", psycopg.errors.InsufficientPrivilege),
        ("select * from sec.key", psycopg.errors.InsufficientPrivilege),
        ("select pg_promote()", psycopg.errors.InsufficientPrivilege),
        ("insert into log_accesslog (id) values (gen_random_uuid())", psycopg.errors.ReadOnlySqlTransaction),
    ],
)
def test_nothing_more_can_be_read_and_nothing_written_there(pair: Pair, sql: str, error: type[Exception]) -> None:
    with asking(pair.standby) as connection, connection.transaction():
        assert enters(connection, "kari", pair.tokens["kari"])
        with pytest.raises(error):
            connection.execute(sql.encode())
