"""What a play left behind: every row about its child, and how the rows that change stood at each stage of it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.db.models import Model

from grunnmur.cases.models import (
    Absence,
    Child,
    Deletion,
    Draft,
    EmergencyLook,
    Experience,
    FamilyDevice,
    LookReview,
    NameKey,
    Participation,
    PassportLine,
    Pathway,
    ProtectionDecision,
    Restriction,
    SealedEdition,
)
from grunnmur.cases.models.base import ChildRow, PathwayRow
from grunnmur.cases.models.family import FamilyRow
from grunnmur.directory.models import Person, Service
from grunnmur.encrypted import Encrypted, KeyedIndex
from grunnmur.log.models import Event

Row = dict[str, Any]
"""A row by its columns' names, as the database gives it; JSON stays text, and what is encrypted is opened."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table with rows about a child."""

    name: str
    columns: tuple[str, ...]
    where: str
    order: str
    """Columns to sort by, so that copies come out the same each time."""
    written_at: str = "recorded_at"
    """The column that says in which act a row was written."""
    model: type[Model] = Child

    def opened(self, row: Row) -> Row:
        """The row with its sealed values open, as a copy with another key needs them."""
        key = row[str(self.model._meta.pk.column)]
        return row | {
            field.column: field.open(row[field.column], of=key)
            for field in self.model._meta.concrete_fields
            if isinstance(field, Encrypted) and row[field.column] is not None
        }

    def sealed(self, row: Row) -> Row:
        """The row as it is written: what is encrypted sealed for its own key, and the indexes worked out."""
        key, found = row[str(self.model._meta.pk.column)], dict(row)
        for field in self.model._meta.concrete_fields:
            if isinstance(field, Encrypted) and row[field.column] is not None:
                found[field.column] = field.seal(row[field.column], of=key)
            if isinstance(field, KeyedIndex) and row[field.of] is not None:
                found[field.column] = field.codes(row[field.of], within=row[field.within])[0]
        return found


def _table(model: type[Model], *, where: str, written_at: str = "recorded_at", order: str = "") -> Table:
    columns = tuple(str(field.column) for field in model._meta.concrete_fields)
    return Table(model._meta.db_table, columns, where, order or _order(model, written_at), written_at, model)


def _order(model: type[Model], written_at: str) -> str:
    """By act, then by what the row says and who it is about: never by an id that is new each time."""
    new_ids = {"identity", "subject_id", model._meta.pk.column}
    words = [
        field.column
        for field in model._meta.concrete_fields
        if field.column not in new_ids
        and not isinstance(field, Encrypted | KeyedIndex)
        and (not field.is_relation or field.related_model in (Person, Service))
    ]
    return ", ".join(f'"{word}"' for word in [written_at, *words])


@cache
def changing() -> tuple[Table, ...]:
    """Tables whose rows change; every other row is written once, in the act that it belongs to."""
    return (
        _table(Child, where="id = any(%s)"),
        _table(Pathway, where="child_id = any(%s)"),
        _table(
            Participation,
            where="child_id = any(%s)",
            written_at="starts_at",
            order="pathway_id is null, starts_at, basis, service_id, kinds",
        ),
    )


@cache
def once_written() -> tuple[Table, ...]:
    """The tables of rows about a child that never change."""
    found = []
    for model in apps.get_app_config("cases").get_models():
        if model in (
            Absence,
            Child,
            Pathway,
            Participation,
            SealedEdition,
            NameKey,
            Restriction,
            EmergencyLook,
            Experience,
            FamilyDevice,
            LookReview,
            Deletion,
            Draft,
            PassportLine,
            # Written by the database itself when a child with a protected address is.
            ProtectionDecision,
        ) or issubclass(model, FamilyRow):
            continue
        if issubclass(model, PathwayRow):
            found.append(_table(model, where="pathway_id in (select id from cases_pathway where child_id = any(%s))"))
        elif issubclass(model, ChildRow):
            found.append(_table(model, where="child_id = any(%s)"))
        else:
            raise TypeError(f"{model.__name__} is neither about a child nor known to the demo")
    return (*found, _table(Event, where="child_id = any(%s)", written_at="at"))


@dataclass(frozen=True, slots=True)
class Stage:
    """One moment of a play, between two acts."""

    name: str
    at: datetime
    rows: Mapping[Table, list[Row]]
    """The rows that change, as they stood."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A whole play."""

    play: str
    born_on: date
    rows: Mapping[Table, list[Row]]
    """The rows that never change."""
    stages: Mapping[str, Stage]

    def until(self, stage: Stage) -> Iterator[tuple[Table, list[Row]]]:
        """Every row as it stood at a stage, table by table."""
        yield from stage.rows.items()
        for table, rows in self.rows.items():
            yield table, [row for row in rows if row[table.written_at] <= stage.at]


def _read(table: Table, children: list[UUID]) -> Iterator[Row]:
    columns = ", ".join(f'"{column}"' for column in table.columns)
    with connection.cursor() as cursor:
        cursor.execute(f"select {columns} from {table.name} where {table.where} order by {table.order}", [children])
        for values in cursor.fetchall():
            yield table.opened(dict(zip(table.columns, values, strict=True)))


def snapshot(name: str, *, at: datetime, child_id: UUID) -> Stage:
    """How the rows that change stand now."""
    return Stage(name, at, {table: list(_read(table, [child_id])) for table in changing()})


@dataclass(frozen=True, slots=True)
class Take:
    """A play that has been played, before its rows are read."""

    play: str
    child_id: UUID
    born_on: date
    stages: Mapping[str, Stage]

    def pathways(self) -> set[UUID]:
        """The case or cases that the play opened."""
        last = list(self.stages.values())[-1]
        return {row["id"] for table, rows in last.rows.items() if table.name == "cases_pathway" for row in rows}


def record(takes: Sequence[Take]) -> list[Recording]:
    """Everything that the plays left, before it is undone."""
    by_key = {key: take.play for take in takes for key in (take.child_id, *take.pathways())}
    rows: dict[str, dict[Table, list[Row]]] = {take.play: defaultdict(list) for take in takes}
    for table in once_written():
        key = "child_id" if "child_id" in table.columns else "pathway_id"
        for row in _read(table, [take.child_id for take in takes]):
            rows[by_key[row[key]]][table].append(row)
    return [Recording(take.play, take.born_on, dict(rows[take.play]), take.stages) for take in takes]
