"""Every column of every table has purpose, kind, ground and retention; one without stops the build."""

import shutil
from collections import defaultdict
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from grunnmur.cases import data_register, data_register_docs, retention
from grunnmur.cases.definition import DEFINITIONS
from grunnmur.cases.definition_file import DefinitionError
from tests.environment import ROOT

AsAdmin = Callable[[], AbstractContextManager[None]]
IN_THE_DATABASE = """
select case n.nspname when 'public' then '' else n.nspname || '.' end || c.relname, a.attname
from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
where c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped
  and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\\_%'
order by 1, a.attnum
"""


@pytest.mark.django_db
def test_every_column_of_the_database_is_in_the_register_and_no_other(as_admin: AsAdmin) -> None:
    from django.db import connection

    tables: dict[str, list[str]] = defaultdict(list)
    with as_admin(), connection.cursor() as cursor:
        cursor.execute(IN_THE_DATABASE)
        for table, column in cursor.fetchall():
            tables[table].append(column)
    assert len(tables) > 50
    assert data_register.missing(tables) == ""
    assert data_register.left_over(tables) == ""


def test_the_models_and_the_register_agree() -> None:
    assert data_register_docs.faults() == ""


def test_a_new_column_stops_the_build_and_the_missing_lines_are_printed() -> None:
    tables = data_register_docs.tables_of_the_models()
    tables["cases_child"] = [*tables["cases_child"], "shoe_size"]
    tables["cases_new"] = ["id"]
    said = data_register.missing(tables)
    assert said.splitlines()[1:] == [
        "  cases_child:",
        "    columns:",
        "      shoe_size: ",
        "  cases_new:",
        "    activity: ",
        "    purpose: ",
        "    kind: ",
        "    columns:",
        "      id: ",
    ]


def test_a_line_about_a_column_that_is_gone_stops_the_build() -> None:
    tables = data_register_docs.tables_of_the_models()
    tables["cases_child"].remove("national_id")
    of_child = [column for column in data_register.columns() if column.table == "cases_child"]
    assert data_register.left_over(tables, known=of_child).splitlines()[1:] == ["  cases_child: national_id"]


@pytest.fixture
def definitions_folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEFINITIONS, tmp_path / "definitions"))


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("data_register.yaml", "retention: account", "retention: year", "«year», som ikke finnes"),
        ("data_register.yaml", "ground: secrecy}", "ground: guesswork}", "«guesswork», som ikke finnes"),
        ("data_register.yaml", "activity: case\n", "activity: cake\n", "«cake», som ikke finnes"),
        ("data_register.yaml", "shared: [person_row]", "shared: [person]", "«person», som ikke finnes"),
        ("data_register.yaml", "kind: own_words", "kind: words", "kan bare være"),
        ("data_register.yaml", 'key: bvl, place: "§ 12-4"', 'key: nobodys, place: "§ 1"', "kan ikke bære dette"),
        (
            "retention.yaml",
            'place: "Tid før levering", official: false',
            'place: "Tid før levering", official: true',
            "kan ikke bære dette",
        ),
        ("retention.yaml", "starts: never", "starts: sometime", "kan bare være"),
        ("retention.yaml", "starts: ended", "starts: never", "kan ikke ha steg"),
        ("retention.yaml", "key: child\n", "key: case\n", "står to ganger"),
    ],
)
def test_what_does_not_agree_is_said_with_file_and_line(
    definitions_folder: Path, file: str, old: str, new: str, fault: str
) -> None:
    path = definitions_folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DefinitionError) as wrong:
        data_register.load(definitions_folder)
    assert fault in str(wrong.value)
    assert str(wrong.value).startswith(f"definitions/{file}:")


def test_no_number_of_months_is_said_to_be_official() -> None:
    steps = [step for rule in retention.rules().values() for step in rule.steps]
    assert len(steps) > 5
    assert {step.source.official for step in steps} == {False}


def test_every_table_with_a_child_in_it_has_a_kind_that_sight_is_measured_against() -> None:
    by_table = {column.table: column for column in data_register.columns()}
    about_a_child = {column.table for column in data_register.columns() if column.name in ("child_id", "pathway_id")}
    kinds = {by_table[table].kind for table in about_a_child}
    assert kinds.isdisjoint({"nobody", "staff", "secret"})


def test_the_record_of_processing_is_current() -> None:
    for name, content in data_register_docs.render().items():
        committed = (ROOT / "docs" / "security" / name).read_text(encoding="utf-8")
        assert committed == content, "run ./run docs"


def test_the_record_names_every_activity_ground_and_rule() -> None:
    page = data_register_docs.render()[data_register_docs.PAGE]
    said = data_register.register()
    labels = [*(a.label for a in said.activities), *(g.label for g in said.grounds)]
    labels += [rule.label for rule in retention.rules().values()]
    assert [label for label in labels if label not in page] == []
    assert [table for table in said.tables if f"`{table}`" not in page] == []


def test_a_stale_record_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(data_register_docs, "FOLDER", tmp_path / "security")
    assert data_register_docs.main(["--check"]) == 1
    assert "is stale" in capsys.readouterr().err
    assert data_register_docs.main([]) == 0
    assert data_register_docs.main(["--check"]) == 0
