"""What a service can learn of another's rows from the database's own refusals: nothing that can be guessed.

Unique keys and foreign keys look past row-level security. So each of them is either led by the actor's own service or
by a row that it must see, or has a random id that nobody can guess. Every constraint of every table with a person in it
is read from the catalogue, and tried by another service with raw SQL.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from grunnmur.cases import row_security
from grunnmur.cases.actions import children
from grunnmur.cases.models import Child
from grunnmur.cases.terms import InformationKind
from tests import together

Acting = Callable[[str], AbstractContextManager[Any]]
Outside = Callable[[], AbstractContextManager[None]]
Row = dict[str, Any]

PEOPLE = sorted({policy.table for policy in row_security.policies()} - {"log_link"})
"""Every table with a person in it, but the links of the log: their key is a number in a chain, and tells only how
long the chain is."""
MODELS = {model._meta.db_table: model for model in apps.get_models()}
OWN_SERVICE = {"author_service_id", "owner_service_id", "service_id"}
"""Columns that a policy binds to the actor's service, or that say for which service a row is."""


@dataclass(frozen=True)
class Key:
    """One unique key of a table, as the database has it."""

    table: str
    name: str
    columns: tuple[str, ...]

    def is_random(self) -> bool:
        """Whether it has a random id: one that the model draws, or that points at a row whose id is drawn."""
        return any(_is_random(MODELS[self.table], column) for column in self.columns)


def _is_random(model: type[models.Model], column: str) -> bool:
    field = next(field for field in model._meta.local_fields if field.column == column)
    if field.is_relation:
        related: Any = field.related_model
        return related._meta.app_label != "directory" and _is_random(related, related._meta.pk.column)
    return isinstance(field, models.UUIDField)


def run(sql: str, *arguments: object) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return cursor.fetchall() if cursor.description else []


def unique_keys() -> Iterator[Key]:
    for table, name, columns in run(
        "select c.relname, i.relname, array_agg(a.attname::text order by k.place)"
        " from pg_index x join pg_class c on c.oid = x.indrelid join pg_class i on i.oid = x.indexrelid"
        " cross join unnest(x.indkey) with ordinality k (number, place)"
        " join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number"
        " where x.indisunique and c.relname = any(%s) group by 1, 2 order by 1, 2",
        PEOPLE,
    ):
        yield Key(table, name, tuple(columns))


@pytest.fixture
def olas(anna: Child, acting: Acting) -> Row:
    """What Ola has of his own in another service: a child and its pathway."""
    with acting("ola") as ola:
        child = children.register(actor=ola, once=None, name="Bo Berg", born_on=date(2012, 5, 14), journal_number="K-1")
        pathway_id = together.begin(ola, child)
        return {"service": ola.service_id, "person": ola.person_id, "child": child.pk, "pathway": pathway_id}


@pytest.fixture
def annas(anna: Child, acting: Acting, as_admin: Outside) -> dict[str, Row]:
    """A row about Anna in every table, in Kari's service; what the rows say does not matter here."""
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
    own = {"service": kari.service_id, "person": kari.person_id, "child": anna.pk, "pathway": pathway_id}
    found: dict[str, Row] = {}
    with as_admin():
        run("set constraints all immediate")
        for table in PEOPLE:
            for (name,) in run(
                "select conname from pg_constraint where conrelid = %s::regclass and contype = 'c'", table
            ):
                run(f'alter table {table} drop constraint "{name}"')
        run("set session_replication_role = replica")
        for table in PEOPLE:
            found[table] = row = made_up(MODELS[table], own)
            if table == "cases_child":
                row["id"] = anna.pk
                found[table] = dict(
                    zip(row, run(f"select {names(row)} from cases_child where id = %s", anna.pk)[0], strict=True)
                )
            elif table == "cases_pathway":
                row["id"] = pathway_id
            else:
                insert(table, row)
        run("set session_replication_role = origin")
        run("set constraints all deferred")
    return found


def names(row: Row) -> str:
    return ", ".join(f'"{column}"' for column in row)


def insert(table: str, row: Row) -> None:
    values = ", ".join(["%s"] * len(row))
    run(f"insert into {table} ({names(row)}) values ({values})", *row.values())


def made_up(model: type[models.Model], own: Row) -> Row:
    """A row of the model with something in each column, for somebody's service, child and pathway."""
    return {str(field.column): something(field, own) for field in model._meta.local_fields if field.column}


def something(field: Any, own: Row) -> Any:
    """A value that nobody has yet, or one's own."""
    if field.model._meta.app_label == "directory" and field.column == "person_id":
        return uuid.uuid4()
    for what, columns in (
        ("service", OWN_SERVICE),
        ("person", {"recorded_by_id", "person_id"}),
        ("child", {"child_id"}),
        ("pathway", {"pathway_id"}),
    ):
        if field.column in columns:
            return own[what]
    if field.column == "kind":
        return int(InformationKind.CHILD_WELFARE)
    if field.column in ("replaces_id", "follows_id", "moved_from_id"):
        return uuid.uuid4()
    is_of_directory = field.is_relation and field.related_model._meta.app_label == "directory"
    if is_of_directory and field.related_model._meta.model_name not in ("municipality", "responsibility"):
        return own["service" if field.related_model._meta.model_name == "service" else "person"]
    return fresh(_points_at(field))


def _points_at(field: Any) -> Any:
    """The field whose values a column has: another table's key, or its own."""
    return field.target_field if field.is_relation else field


def fresh(field: Any) -> Any:
    """A value that nobody has yet."""
    draw = uuid.uuid4()
    if isinstance(field, models.UUIDField):
        return draw
    if isinstance(field, models.BinaryField):
        return draw.bytes
    if isinstance(field, models.BooleanField):
        return False
    if isinstance(field, models.IntegerField):
        return draw.int % 30_000 + 1
    if isinstance(field, models.DateTimeField):
        return datetime(2026, 1, 1, tzinfo=UTC)
    if isinstance(field, models.DateField):
        return date(2000, 1, 1)
    if isinstance(field, models.TimeField):
        return time(9)
    if isinstance(field, models.JSONField):
        return "{}"
    if hasattr(field, "base_field"):
        return []
    return draw.hex[: field.max_length or 32]


def outcome(table: str, row: Row) -> str:
    """What the database says to an attempt to add a row: its code, or that it was added; nothing of it stays."""
    try:
        with transaction.atomic():
            insert(table, row)
            run("set constraints all immediate")
            transaction.set_rollback(True)
    except DatabaseError as refused:
        cause = refused.__cause__
        return str(cause.sqlstate if isinstance(cause, psycopg.Error) else refused)
    return "added"


def attempts(key: Key, victim: Row, mine: Row) -> Iterator[tuple[str, Row, Row]]:
    """Rows that try to learn whether the victim's values are there, each with a twin whose values nobody has."""
    fields = {field.column: field for field in MODELS[key.table]._meta.local_fields}
    for what, kept in (
        ("everything of theirs", set()),
        ("in my own service", OWN_SERVICE),
        ("in my own service and case", OWN_SERVICE | {"child_id", "pathway_id"}),
    ):
        guessed, twin = dict(mine), dict(mine)
        for column in key.columns:
            if column in kept:
                continue
            guessed[column] = victim[column]
            twin[column] = fresh(_points_at(fields[column]))
        yield what, guessed, twin


def told(annas: dict[str, Row], olas: Row) -> tuple[int, list[str]]:
    """How many attempts were made, and those that told something that can be guessed."""
    tried, found = 0, []
    for key in unique_keys():
        mine = made_up(MODELS[key.table], olas)
        for what, guessed, twin in attempts(key, annas[key.table], mine):
            tried += 1
            if outcome(key.table, guessed) != outcome(key.table, twin) and not key.is_random():
                found.append(f"{key.table} {key.columns}: {what}")
    return tried, found


def test_no_unique_key_tells_what_another_service_has(annas: dict[str, Row], olas: Row, acting: Acting) -> None:
    with acting("ola"):
        tried, found = told(annas, olas)
    assert found == []
    assert tried >= 3 * len(PEOPLE)


def test_a_key_that_did_tell_would_be_found(
    annas: dict[str, Row], olas: Row, acting: Acting, as_admin: Outside
) -> None:
    with as_admin():
        run("set constraints all immediate")
        run("create unique index journal_once on cases_child (journal_number)")
        run("set constraints all deferred")
    with acting("ola"):
        found = told(annas, olas)[1]
    assert "cases_child ('journal_number',): in my own service" in found


def test_one_s_own_doubles_are_still_refused(olas: Row, acting: Acting) -> None:
    """What the test above counts on: a key that is led by the service does refuse, within the service."""
    with acting("ola"):
        child = dict(zip(["journal_number"], run("select journal_number from cases_child")[0], strict=True))
        row = made_up(Child, olas) | child
        assert outcome("cases_child", row) == "23505"
        assert outcome("cases_child", row | {"journal_number": "another"}) == "added"


def test_a_foreign_key_can_only_be_asked_about_rows_whose_ids_are_drawn(db: None) -> None:
    open_to_all = {
        f"directory_{name}" for name in ("municipality", "organisation", "service", "person", "membership")
    } | {"cases_sealededition", "insight_period"}
    asked = run(
        "select c.relname, t.relname, array_agg(a.attname::text) from pg_constraint f"
        " join pg_class c on c.oid = f.conrelid join pg_class t on t.oid = f.confrelid"
        " cross join unnest(f.confkey) k join pg_attribute a on a.attrelid = t.oid and a.attnum = k"
        " where f.contype = 'f' and f.connamespace = 'public'::regnamespace group by f.oid, 1, 2"
    )
    assert len(asked) > 50
    for table, target, columns in asked:
        if target in open_to_all or table not in PEOPLE:
            continue
        assert any(_is_random(MODELS[target], column) for column in columns), f"{table} → {target} {columns}"


def test_every_id_of_a_row_about_a_person_is_drawn_at_random() -> None:
    for table in PEOPLE:
        pk = MODELS[table]._meta.pk
        policy = next(policy for policy in row_security.policies() if policy.table == table)
        assert (isinstance(pk, models.UUIDField) and pk.default is uuid.uuid4) or policy.add == "false", table


def test_another_service_can_not_point_at_a_row_that_it_does_not_see(
    annas: dict[str, Row], olas: Row, acting: Acting
) -> None:
    """A guessed child or pathway is refused in the same words as one that is not there."""
    with acting("ola"):
        for table in PEOPLE:
            columns = {"child_id", "pathway_id"} & set(annas[table])
            mine = made_up(MODELS[table], olas)
            for column in columns:
                theirs = outcome(table, mine | {column: annas[table][column]})
                nobodys = outcome(table, mine | {column: uuid.uuid4()})
                assert theirs == nobodys, f"{table}.{column}"


def test_a_refusal_holds_no_values(olas: Row, acting: Acting) -> None:
    """What reaches the program when a key or a rule refuses: the name of it, and nothing of the row."""
    with acting("ola"):
        mine = made_up(Child, olas) | {"journal_number": "K-1", "name": "Kanarifugl"}
        with pytest.raises(DatabaseError) as doubled, transaction.atomic():
            insert("cases_child", mine)
        with pytest.raises(DatabaseError) as empty, transaction.atomic():
            insert("cases_child", mine | {"journal_number": "K-2", "born_on": None})
    for refused in (doubled, empty):
        cause = refused.value.__cause__
        assert isinstance(cause, psycopg.Error)
        said = f"{refused.value} {cause} {cause.diag.message_detail} {cause.diag.context}"
        assert "Kanarifugl" not in said
        assert "K-1" not in said
        assert str(olas["service"]) not in said
