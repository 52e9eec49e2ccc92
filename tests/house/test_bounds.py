"""What the runtime role gets at log-in: nothing it does stands in PostgreSQL's own log, and nothing lasts long."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from grunnmur import postgres


@pytest.fixture
def own_database() -> Iterator[str]:
    """The administrator's URL to an empty database on the embedded server, whose log lies beside its data."""
    server = postgres.start_embedded()
    postgres.create_database(server, name="grunnmur_bounds")
    yield postgres.in_database(server, "grunnmur_bounds")
    postgres.drop_database(server, name="grunnmur_bounds")


@pytest.fixture
def as_app(own_database: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(postgres.with_role(own_database, user=postgres.APP)) as connection:
        yield connection


@pytest.mark.parametrize("role", [postgres.APP, postgres.OWNER])
def test_the_roles_have_their_settings(own_database: str, role: str) -> None:
    wanted = postgres.QUIET | (postgres.BOUNDED | postgres.INTERPRETED if role == postgres.APP else {})
    with psycopg.connect(postgres.with_role(own_database, user=role)) as connection:
        found = {name: connection.execute(f"show {name}").fetchone()[0] for name in wanted}  # type: ignore[index]
    assert found == wanted


def test_what_fails_leaves_nothing_in_the_log_of_postgresql(own_database: str, as_app: Any) -> None:
    canary = "Kanarifugl Hemmeligsen"
    with psycopg.connect(own_database, autocommit=True) as admin:
        admin.execute("create table canary (name text primary key)")
        admin.execute("grant select, insert on canary to grunnmur_app")
        folder = admin.execute("show data_directory").fetchone()[0]  # type: ignore[index]
    as_app.execute("insert into canary values (%s)", [canary])
    as_app.commit()
    for statement in (f"insert into canary values ('{canary}')", f"select '{canary}'::uuid", f"selec '{canary}'"):
        with pytest.raises(psycopg.Error):
            as_app.execute(statement)
        as_app.rollback()
    with psycopg.connect(own_database, autocommit=True) as admin, pytest.raises(psycopg.Error):
        admin.execute("select 'an administrator still sees what fails'::uuid")
    server_log = (Path(folder) / "log").read_text(errors="replace")
    assert "an administrator still sees what fails" in server_log
    assert canary not in server_log
