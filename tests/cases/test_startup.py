"""The program starts only when its tables, its walls, its key and its definitions are as they should be."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from grunnmur import keys, postgres
from grunnmur.cases import row_security, startup
from grunnmur.cases.definition import definitions
from grunnmur.cases.models import SealedEdition

Outside = Callable[[], AbstractContextManager[None]]


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.fixture
def as_role(db: None) -> Iterator[Callable[[str], None]]:
    """Be connected as another role for the rest of the test."""
    yield lambda role: run(f"set role {role}")
    run(f"set role {postgres.APP}")


def test_a_whole_installation_has_no_faults(db: None) -> None:
    assert startup.faults() == []
    startup.refuse_to_start_with_faults()


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("create table cases_diary (id int, text text)", id="a table without any policy"),
        pytest.param("alter table cases_child no force row level security", id="a wall that the owner walks through"),
        pytest.param("alter table cases_child disable row level security", id="a wall that is not in use"),
        pytest.param("drop policy may_read on cases_child", id="a wall without its rule"),
    ],
)
def test_a_hole_in_the_wall_stops_the_start(as_admin: Outside, sql: str) -> None:
    table = "cases_diary" if "diary" in sql else "cases_child"
    with as_admin():
        run(sql)
    with pytest.raises(startup.NotSafe, match=f"Table {table} can hold people but has no enforced row-level security"):
        startup.refuse_to_start_with_faults()


def test_a_role_that_bypasses_the_walls_stops_the_start(as_role: Callable[[str], None]) -> None:
    as_role("none")
    assert startup.faults() == ["The program is connected as a role that bypasses row-level security."]


def test_the_owner_of_the_tables_stops_the_start(as_role: Callable[[str], None]) -> None:
    as_role(postgres.OWNER)
    assert startup.faults() == ["The program is connected as the role that owns the tables, or as a member of it."]


def test_a_definition_that_was_changed_after_its_first_use_stops_the_start(as_admin: Outside) -> None:
    with as_admin():
        SealedEdition.objects.update_or_create(
            key="2023", defaults={"sha256": "0" * 64, "sealed_at": datetime(2026, 11, 1, 12, tzinfo=UTC)}
        )
    assert startup.faults() == [
        "definitions/pathway/2023.yaml is in use and has been changed or removed since 01.11.2026. "
        "Restore it, and make a new edition for what is new."
    ]


def test_a_definition_that_is_in_use_and_as_it_was_starts(as_admin: Outside) -> None:
    edition = definitions().edition("2023")
    with as_admin():
        SealedEdition.objects.update_or_create(
            key=edition.key, defaults={"sha256": edition.sha256, "sealed_at": datetime(2026, 11, 1, 12, tzinfo=UTC)}
        )
    assert startup.faults() == []


def test_tables_that_are_not_up_to_date_stop_the_start(as_admin: Outside) -> None:
    with as_admin():
        run("delete from django_migrations where app = 'log'")
    (fault,) = startup.faults()
    assert fault.startswith("The tables are not up to date. Run «grunnmur migrate» first. Missing: log.0001_tables")


def test_a_database_from_before_the_tables_were_made_in_one_go_is_refused(as_admin: Outside) -> None:
    with as_admin():
        run("insert into django_migrations (app, name, applied) values ('cases', '0001_initial', now())")
        with pytest.raises(CommandError, match="Begin with an empty one"):
            call_command("migrate")


def test_another_secret_key_than_the_database_knows_stops_the_start(db: None, settings: Any) -> None:
    settings.SECRET_KEY = "another key than the one that the database knows about"
    (fault,) = startup.faults()
    assert fault.startswith("GRUNNMUR_SECRET_KEY is not the one the database knows")


def test_other_keysets_than_the_rows_were_sealed_with_stop_the_start(db: None, settings: Any, tmp_path: Path) -> None:
    settings.KEYS_FOLDER = tmp_path
    keys.make_missing()
    faults = startup.faults()
    assert len(faults) == len(keys.Keyset)
    assert faults[0].startswith("The keyset «national_id» in GRUNNMUR_KEYS is not the one that the database's rows")


def test_migrating_with_other_keysets_does_not_make_the_database_forget(
    as_admin: Outside, settings: Any, tmp_path: Path
) -> None:
    settings.KEYS_FOLDER = tmp_path
    with as_admin():
        row_security.apply(connection)
    assert len(startup.faults()) == len(keys.Keyset)


def test_a_missing_keyset_stops_the_start(db: None, settings: Any, tmp_path: Path) -> None:
    settings.KEYS_FOLDER, settings.IS_PRODUCTION = tmp_path, True
    assert startup.faults()[0].startswith(f"The keyset {tmp_path}/national_id.keyset is missing.")
