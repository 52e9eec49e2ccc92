"""The first migrations make the same tables all at once as step by step."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from grunnmur.first_tables import FirstTables

STEPS: list[Any] = [
    migrations.CreateModel("Hen", [("id", models.AutoField(primary_key=True)), ("laid", models.IntegerField())]),
    migrations.CreateModel(
        "Egg",
        [
            ("id", models.AutoField(primary_key=True)),
            ("hen", models.ForeignKey("coop.hen", models.PROTECT)),
            ("weight", models.IntegerField()),
        ],
        options={"unique_together": {("hen", "weight")}},
    ),
    migrations.AddField("Hen", "came_of", models.ForeignKey("coop.egg", models.PROTECT, null=True)),
    migrations.AddIndex("Egg", models.Index(fields=["weight"], name="by_weight")),
    migrations.AddConstraint("Egg", models.CheckConstraint(condition=models.Q(weight__gt=0), name="weighs")),
]
MADE = {
    "a column": "select table_name, column_name, ordinal_position, data_type, is_nullable"
    " from information_schema.columns where table_schema = current_schema()",
    "an index": "select indexdef from pg_indexes where schemaname = current_schema()",
    "a rule": "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint"
    " where connamespace = current_schema()::regnamespace",
}


def made_by(kind: type[migrations.Migration], *steps: Any) -> dict[str, set[tuple[object, ...]]]:
    """What stands in a schema of its own when a migration of these steps has run."""
    migration = type("Migration", (kind,), {"operations": list(steps)})("0001_tables", "coop")
    with connection.cursor() as cursor:
        cursor.execute("create schema coop")
        cursor.execute("set local search_path to coop")
        state = ProjectState()
        assert not state.apps.all_models["coop"], "the state has its models, as when Django runs a migration"
        with connection.schema_editor() as editor:
            migration.apply(state, editor)
        assert set(state.apps.all_models["coop"]) == {"hen", "egg"}
        found = {}
        for what, sql in MADE.items():
            cursor.execute(sql)
            found[what] = set(cursor.fetchall())
        cursor.execute("set local search_path to default")
        cursor.execute("drop schema coop cascade")
    return found


def test_all_at_once_makes_what_step_by_step_does(as_admin: Callable[[], AbstractContextManager[None]]) -> None:
    with as_admin():
        found = made_by(FirstTables, *STEPS)
        assert found == made_by(migrations.Migration, *STEPS)
    assert len(found["a column"]) == 6
    assert len(found["an index"]) == 6, "two keys, three for what is pointed at, and the one that is asked for"
    assert any("weighs" in row for row in found["a rule"])


def test_another_kind_of_step_is_refused(as_admin: Callable[[], AbstractContextManager[None]]) -> None:
    with as_admin(), pytest.raises(TypeError, match=r"coop\.0001_tables: .*Raw SQL"):
        made_by(FirstTables, *STEPS, migrations.RunSQL("select 1"))


def test_every_first_migration_of_ours_is_one(db: None) -> None:
    loaded = MigrationLoader(connection).disk_migrations
    ours = {one for one in loaded.values() if type(one).__module__.startswith("grunnmur.") and one.initial}
    assert {one.app_label for one in ours} >= {"cases", "directory", "insight", "log", "post", "stewardship"}
    assert [str(one) for one in ours if not isinstance(one, FirstTables)] == []
