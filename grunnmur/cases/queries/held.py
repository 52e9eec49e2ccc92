"""Everything that is held about one child: every table, every row, every version, as one actor may see it.

The extract and the archive package are both made from it. It walks the tables and not a list of them, and a column is
called what the data register says that it is for: a new table is in both the day it is made.
"""

import base64
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import Field, ForeignKey, Model, Q, QuerySet, UUIDField
from django.utils.translation import gettext as _

from grunnmur import clock
from grunnmur.cases import access, data_register
from grunnmur.cases.access import Asking
from grunnmur.cases.models import (
    Child,
    Draft,
    NameKey,
    Participation,
    PassportLine,
    Pathway,
    PollTime,
    RelatedPerson,
    Remark,
    SealedEdition,
)
from grunnmur.cases.models.base import FOREVER, PersonRow
from grunnmur.cases.queries import names
from grunnmur.cases.terms import InformationKind, RelationKind
from grunnmur.directory.models import Person, Service
from grunnmur.directory.sessions import Actor, Relative
from grunnmur.encrypted import EncryptedFile, KeyedIndex
from grunnmur.log.models import Event
from grunnmur.post.models import Message

LEFT_OUT: frozenset[type[Model]] = frozenset({NameKey, Draft, PassportLine})
"""What only says again what other tables say, for the search or for one who comes in by a link; and what nobody has
said yet."""
WRITTEN = frozenset({"case", "national_file"})
"""The activities of the data register whose tables say something of the child. Those about sight and rights say what is
decided about others."""
ABOUT_THE_ROW = frozenset(
    {"id", "kind", "author_service", "recorded_by", "recorded_at", "child", "pathway", "once", "silent_from"}
)
"""Columns that every row has, which are said once about it."""
NAMED: tuple[type[Model], ...] = (Service, Person, RelatedPerson)
"""What a row can point at and say by its name."""
FINDS = frozenset({"number_code"})
"""Columns that a row is found by and that say nothing, beside those that are `KeyedIndex`."""


@dataclass(frozen=True, slots=True)
class Item:
    """One row: whose, of which kind, when, and what each column says, for a program and in words."""

    id: UUID
    kind: int
    at: datetime | None
    written_by: str
    service: str
    columns: Mapping[str, Any]
    """Column → value, as JSON has it."""
    said: tuple[tuple[str, str], ...]
    """(what the column is for, what it says), for those that say something."""


@dataclass(frozen=True, slots=True)
class Held:
    """One table and its rows about the child, oldest first."""

    table: str
    purpose: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """One act in the log."""

    at: datetime
    name: str
    who: str
    service: str
    subject_id: UUID | None
    data: Mapping[str, Any]


def models() -> tuple[type[Model], ...]:
    """Every table with a child in it, in the order they are defined; last what was sent about it."""
    found = (model for model in apps.get_app_config("cases").get_models() if model not in LEFT_OUT)
    return (*(model for model in found if model is Child or {"child", "pathway"} & _names(model)), Message)


@cache
def _files(model: type[Model]) -> tuple[str, ...]:
    return tuple(field.name for field in model._meta.local_fields if isinstance(field, EncryptedFile))


@cache
def _names(model: type[Model]) -> frozenset[str]:
    return frozenset(field.name for field in model._meta.local_fields)


def everything(
    actor: Asking, child: Child, *, pathway_id: UUID | None = None, with_files: bool = False
) -> tuple[Held, ...]:
    """Every table that has something about the child, as the actor may see it.

    `pathway_id` leaves out other runs of the pathway, and keeps what follows the child. `with_files` has what stands in
    files too; without, each is named and not read.
    """
    read = []
    given = _given(actor, child)
    for model in models():
        rows = _rows(actor, model, child, pathway_id, given)
        read.append((model, list(rows if with_files else rows.defer(*_files(model)))))
    words = _Words.of(row for _model, rows in read for row in rows)
    return tuple(
        Held(
            table=model._meta.db_table,
            purpose=_purposes()[model._meta.db_table],
            items=tuple(_item(row, words) for row in rows),
        )
        for model, rows in read
        if rows
    )


def get_item(actor: Actor, child: Child, item_id: UUID) -> tuple[str, Item] | None:
    """One row that somebody has written about the child, as the actor may see it, and what its table is for."""
    written = (model for model in models() if activity_of(model._meta.db_table) in WRITTEN)
    for model in tables_with(
        item_id, among=(one for one in written if issubclass(one, PersonRow) and one is not Remark)
    ):
        row = _rows(actor, model, child, None).filter(pk=item_id).defer(*_files(model)).first()
        if row is not None:
            return _purposes()[model._meta.db_table], _item(row, _Words.of([row]))
    return None


def tables_with(item_id: UUID, *, among: Iterable[type[Model]]) -> list[type[Model]]:
    """Those tables that have a row with the id, as far as the database shows it: asked at once, for they are many."""
    tables = {model._meta.db_table: model for model in among}
    parts = (f"select '{name}' where exists (select from {name} where id = %(item)s)" for name in tables)
    with connection.cursor() as cursor:
        cursor.execute(" union all ".join(parts), {"item": item_id})
        return [tables[name] for (name,) in cursor.fetchall()]


def _given(actor: Asking, child: Child) -> frozenset[UUID]:
    """The single rows about the child that were given to one in its family, who may not see the pathway itself."""
    if not isinstance(actor, Relative):
        return frozenset()
    sights = Participation.objects.filter(child=child.pk, only_for=actor.self_id, item__isnull=False)
    return frozenset(item for item in sights.values_list("item", flat=True) if item)


def _rows(
    actor: Asking, model: type[Model], child: Child, pathway_id: UUID | None, given: frozenset[UUID] = frozenset()
) -> QuerySet[Any]:
    """The rows of one table. Those that are not a service's own text are seen by the owner, and the policies say so.

    Rows `given` one by one are found by themselves: whose pathway they stand in is not told to whoever sees only them.
    """
    has = _names(model)
    rows = model._default_manager.all()
    if model is Message:
        runs = Pathway.objects.filter(child=child).values("pk")
        about = Q(subject=pathway_id) if pathway_id is not None else Q(subject__in=runs)
        return access.visible_to(actor, rows.filter(about | Q(subject=child.pk))).order_by("recorded_at", "pk")
    if model is Child:
        rows = rows.filter(pk=child.pk)
    elif "child" in has:
        rows = rows.filter(child=child)
        if pathway_id is not None and model._meta.db_table == "cases_pathway":
            rows = rows.filter(pk=pathway_id)
        elif pathway_id is not None and "pathway" in has:
            rows = rows.filter(pathway=None) | rows.filter(pathway=pathway_id)
    elif pathway_id is not None:
        rows = rows.filter(pathway=pathway_id)
    elif given:
        rows = rows.filter(Q(pathway__in=Pathway.objects.filter(child=child).values("pk")) | Q(pk__in=given))
    else:
        rows = rows.filter(pathway__child=child)
    if issubclass(model, PersonRow):
        return access.visible_to(actor, rows).order_by("recorded_at", "pk")
    return rows.order_by("starts_at", "pk") if "starts_at" in has else rows.order_by("pk")


# --- what each says --------------------------------------------------------------------------------------------


@cache
def _purposes() -> dict[str, str]:
    return {column.table: column.purpose for column in data_register.columns()}


@cache
def _labels() -> dict[tuple[str, str], str]:
    # How a column is kept is for those who run the program; whoever reads it is told what it is.
    return {
        (column.table, column.name): column.what.removesuffix(" (kryptert)").removesuffix(", kryptert")
        for column in data_register.columns()
    }


@cache
def activity_of(table: str) -> str:
    """The processing activity that a table belongs to, by the data register."""
    return next(column.activity.key for column in data_register.columns() if column.table == table)


def label_of(table: str, column: str) -> str:
    """What a column is for."""
    return _labels()[table, column]


@cache
def columns_of(table: str, kinds: InformationKind) -> frozenset[str]:
    """The columns of a table that are of one of these kinds whatever kind the row has."""
    secret = {kind.name for kind in kinds}
    return frozenset(c.name for c in data_register.columns() if c.table == table and c.kind.name in secret)


@cache
def columns_named(kinds: InformationKind) -> frozenset[str]:
    """The names of all such columns, whatever table they are in."""
    return frozenset(name for table in _purposes() for name in columns_of(table, kinds))


@dataclass(frozen=True, slots=True)
class _Words:
    """Names of what rows point at, looked up once for all of them."""

    services: Mapping[str, str]
    people: Mapping[str, str]
    related: Mapping[str, str]
    times: Mapping[str, str]

    @classmethod
    def of(cls, rows: Iterable[Model]) -> "_Words":
        ids: dict[type[Model], set[UUID]] = {model: set() for model in NAMED}
        listed: set[UUID] = set()
        for row in rows:
            for field in row._meta.local_fields:
                if isinstance(field, ArrayField) and isinstance(field.base_field, UUIDField):
                    listed.update(getattr(row, field.attname))
                if isinstance(field, ForeignKey) and field.related_model in ids:
                    value = getattr(row, field.attname)
                    if value:
                        ids[field.related_model].add(value)
        around = RelatedPerson.objects.filter(pk__in=ids[RelatedPerson] | listed)
        times = PollTime.objects.filter(pk__in=listed).order_by("starts_at") if listed else ()
        return cls(
            services=names.services(ids[Service] | listed),
            people=names.people(ids[Person]),
            related={str(row.pk): f"{row.name} ({str(RelationKind(row.relation).label).lower()})" for row in around},
            times={str(row.pk): _when(row.starts_at) for row in times},
        )


def _told(model: Model | type[Model]) -> list["Field[Any, Any]"]:
    return [f for f in model._meta.local_fields if not isinstance(f, KeyedIndex) and f.name not in FINDS]


def _content(told: Iterable["Field[Any, Any]"]) -> list["Field[Any, Any]"]:
    return [f for f in told if f.name not in ABOUT_THE_ROW and not isinstance(f, EncryptedFile)]


def can_say(model: type[Model]) -> Iterator[tuple[str, str]]:
    """The columns of a table that can say something in words, each with what it is for. What only points at another row
    says nothing, unless that has a name.
    """
    for field in _content(_told(model)):
        if isinstance(field, UUIDField) or (
            isinstance(field, ForeignKey) and field.related_model not in (*NAMED, SealedEdition)
        ):
            continue
        yield str(field.column), label_of(model._meta.db_table, str(field.column))


def _item(row: Model, words: _Words) -> Item:
    told = _told(row)
    content = _content(told)
    unread = row.get_deferred_fields()
    table = row._meta.db_table
    said = ((_labels()[table, field.column or ""], _in_words(row, field, words)) for field in content)
    return Item(
        id=row.pk,
        kind=getattr(row, "kind", 0),
        at=getattr(row, "recorded_at", None),
        written_by=words.people.get(str(getattr(row, "recorded_by_id", "")), ""),
        service=words.services.get(str(getattr(row, "author_service_id", "")), ""),
        columns={
            str(field.column): as_json(getattr(row, field.attname)) for field in told if field.attname not in unread
        },
        said=tuple((label[:1].upper() + label[1:], text) for label, text in said if text),
    )


def without(table: str, item: Item, hidden: InformationKind) -> Item:
    """The row without the columns of kinds that the reader never gets (`definitions/data_register.yaml`)."""
    secret = columns_of(table, hidden)
    before = item.columns.get("said")
    if isinstance(before, dict) and columns_named(hidden) & set(before):
        # What a row said before may be one of those columns; then what it said is not given out.
        secret |= {"said"}
    if not secret:
        return item
    labels = {label_of(table, name).casefold() for name in secret}
    return replace(
        item,
        columns={name: value for name, value in item.columns.items() if name not in secret},
        said=tuple((label, text) for label, text in item.said if label.casefold() not in labels),
    )


def as_json(value: Any) -> Any:
    """A column's value as JSON can have it; the same value always the same way."""
    if isinstance(value, datetime):
        return value.astimezone(clock.OSLO).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    if isinstance(value, list | tuple):
        return [as_json(one) for one in value]
    return value


def _in_words(row: Model, field: "Field[Any, Any]", words: _Words) -> str:
    value = getattr(row, field.attname)
    if value is None or value == "" or value == [] or getattr(value, "year", 0) == FOREVER.year:
        return ""
    if isinstance(field, ForeignKey) and field.related_model is SealedEdition:
        return str(value)  # its key is its year
    if isinstance(field, ForeignKey):
        known = {Service: words.services, Person: words.people, RelatedPerson: words.related}
        return known.get(field.related_model, {}).get(str(value), "")
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    if isinstance(value, bool):
        return _("ja") if value else _("nei")
    if field.name == "kinds":
        return ", ".join(str(kind.label) for kind in InformationKind(value))
    if isinstance(value, datetime):
        return _when(value)
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, list):
        # What a row lists by id is said by its name or its hour; an id says nothing to anybody.
        listed = {**words.services, **words.related, **words.times}
        return ", ".join(
            said for one in value if (said := listed.get(str(one), "" if isinstance(one, UUID) else str(one)))
        )
    if isinstance(value, dict):
        return ", ".join(f"{name}: {one}" for name, one in value.items())
    return "" if isinstance(value, UUID) else str(value)


def _when(at: datetime) -> str:
    return f"{at.astimezone(clock.OSLO):%d.%m.%Y %H.%M}"


# --- the log ---------------------------------------------------------------------------------------------------


def acts(child: Child, *, pathway_id: UUID | None = None) -> Iterator[Done]:
    """What has been done, oldest first, as the policies let the actor see it; of one pathway, or of all."""
    rows = Event.objects.filter(child_id=child.pk)
    if pathway_id is not None:
        rows = rows.filter(pathway_id=None) | rows.filter(pathway_id=pathway_id)
    found = list(rows.order_by("at", "pk"))
    people = names.people(row.person_id for row in found)
    services = names.services(row.author_service_id for row in found)
    for row in found:
        yield Done(
            row.at,
            row.name,
            people.get(str(row.person_id), ""),
            services.get(str(row.author_service_id), ""),
            row.subject_id,
            row.data,
        )
