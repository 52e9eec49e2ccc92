"""The data register: what every column of every table is for, on what ground, and how long it stands. Pure.

Reads `definitions/data_register.yaml` and `definitions/retention.yaml`. A register that does not follow the tables
stops the build: `missing` and `left_over` say which lines to write and which to remove.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import Field

from grunnmur.cases import retention
from grunnmur.cases.definition import DEFINITIONS, definitions
from grunnmur.cases.definition_file import DefinitionError, Document, Fault, read
from grunnmur.cases.definition_shapes import Element, Key, Shape
from grunnmur.cases.terms import InformationKind

FILE = "data_register.yaml"
Name = str
"""A table or a column, as the database calls it; a table outside `public` with its schema in front."""


class Kind(StrEnum):
    """The kinds of information about a child, `row` when each row says its own, and what is not about a child."""

    CONTACT = "contact"
    COORDINATION = "coordination"
    CHILD_WELFARE = "child_welfare"
    MENTAL = "mental"
    SOMATIC = "somatic"
    DENTAL = "dental"
    SEXUAL = "sexual"
    SUBSTANCE_USE = "substance_use"
    OWN_WORDS = "own_words"
    PROTECTED_ADDRESS = "protected_address"
    REPORTER = "reporter"
    ROW = "row"
    LOG = "log"
    STAFF = "staff"
    SECRET = "secret"  # noqa: S105 — a kind, not a password
    NOBODY = "nobody"


LABELS = {
    "row": "slik hver rad selv sier",
    "log": "hvem som har sett",
    "staff": "ansatte",
    "secret": "hemmeligheter",
    "nobody": "ikke om noen person",
}


class Ground(Element):
    """A duty or right to hold something. `confirm`: a lawyer must confirm that it carries this processing."""

    key: Key
    label: str
    article_6: str = Field(min_length=0)
    article_9: str = Field(min_length=0)
    confirm: bool


class Activity(Shape):
    """One processing activity (GDPR art. 30 no. 1), with the ground and retention that hold unless a table differs."""

    key: Key
    label: str
    purpose: str
    people: tuple[str, ...]
    recipients: str
    ground: Key
    retention: Key


class Differing(Shape):
    """A column that differs from its table."""

    what: str
    kind: Kind | None = None
    ground: Key | None = None
    retention: Key | None = None


class Table(Shape):
    shared: tuple[Key, ...] = ()
    activity: Key
    purpose: str
    kind: Kind
    ground: Key | None = None
    retention: Key | None = None
    columns: dict[Name, str | Differing] = {}


class Register(Shape):
    grounds: tuple[Ground, ...]
    activities: tuple[Activity, ...]
    shared: dict[Key, dict[Name, str | Differing]]
    tables: dict[Name, Table]


@dataclass(frozen=True, slots=True)
class Column:
    """One column with all that is said of it."""

    table: Name
    name: Name
    what: str
    purpose: str
    kind: Kind
    activity: Activity
    ground: Ground
    retention: retention.Rule

    @property
    def kind_label(self) -> str:
        return LABELS.get(self.kind) or str(InformationKind[self.kind.name].label)


@cache
def columns() -> tuple[Column, ...]:
    """Every column of the register of this installation. Raises DefinitionError with file and line."""
    return load(DEFINITIONS)


@cache
def register() -> Register:
    """The register of this installation as it is written. Raises DefinitionError with file and line."""
    return _read(DEFINITIONS).parse(Register)


def _read(path: Path) -> Document:
    return read(path / FILE, f"definitions/{FILE}")


def load(path: Path) -> tuple[Column, ...]:
    """Reads and checks the register under `path`. Raises DefinitionError with all faults that were found."""
    document = _read(path)
    said = document.parse(Register)
    rules = {rule.key: rule for rule in retention.load(path).rules}
    faults = [*_wrong_keys(document, said, rules), *_unknown_sources(document, said)]
    if faults:
        raise DefinitionError(faults)
    grounds = {ground.key: ground for ground in said.grounds}
    activities = {activity.key: activity for activity in said.activities}

    def column(table: Name, name: Name, given: str | Differing) -> Column:
        item = Differing(what=given) if isinstance(given, str) else given
        about = said.tables[table]
        activity = activities[about.activity]
        return Column(
            table=table,
            name=name,
            what=item.what,
            purpose=about.purpose,
            kind=item.kind or about.kind,
            activity=activity,
            ground=grounds[item.ground or about.ground or activity.ground],
            retention=rules[item.retention or about.retention or activity.retention],
        )

    return tuple(
        column(table, name, given)
        for table, about in said.tables.items()
        for group in (*(said.shared[key] for key in about.shared), about.columns)
        for name, given in group.items()
    )


def _wrong_keys(document: Document, said: Register, rules: Collection[str]) -> Iterator[Fault]:
    """What the register points at that does not exist."""
    grounds = {ground.key for ground in said.grounds}
    activities = {activity.key for activity in said.activities}
    known = {"ground": grounds, "retention": rules, "activity": activities}
    things: list[tuple[tuple[int | str, ...], object]] = [
        *((("activities", i), activity) for i, activity in enumerate(said.activities)),
        *((("tables", name), table) for name, table in said.tables.items()),
        *((("shared", key, name), item) for key, group in said.shared.items() for name, item in group.items()),
        *(
            (("tables", key, "columns", name), item)
            for key, table in said.tables.items()
            for name, item in table.columns.items()
        ),
    ]
    for place, thing in things:
        for field, keys in known.items():
            key = getattr(thing, field, None)
            if isinstance(key, str) and key not in keys:
                yield document.fault((*place, field), f"«{field}» er «{key}», som ikke finnes")
    for name, table in said.tables.items():
        for key in table.shared:
            if key not in said.shared:
                yield document.fault(("tables", name, "shared"), f"«shared» er «{key}», som ikke finnes")


def _unknown_sources(document: Document, said: Register) -> Iterator[Fault]:
    kinds = {source.key: source.kind for source in definitions().sources}
    for i, ground in enumerate(said.grounds):
        kind = kinds.get(ground.source.key)
        if kind is None or (ground.source.official and not kind.can_be_official):
            yield document.fault(("grounds", i, "source"), f"kilden «{ground.source.key}» kan ikke bære dette")


# --- held against the tables -----------------------------------------------------------------------------------


def missing(tables: Mapping[Name, Iterable[Name]], *, known: Iterable[Column] | None = None) -> str:
    """The lines to write for what the tables have and the register lacks, ready to be filled in; or nothing."""
    said = {(column.table, column.name) for column in (columns() if known is None else known)}
    told = {table for table, _ in said}
    lines = []
    for table, names in sorted(tables.items()):
        unsaid = [name for name in names if (table, name) not in said]
        if unsaid:
            lines.append(f"  {table}:")
            if table not in told:
                lines += ["    activity: ", "    purpose: ", "    kind: "]
            lines += ["    columns:", *(f"      {name}: " for name in unsaid)]
    return "\n".join(
        ["These lines are missing under «tables» in definitions/data_register.yaml:", *lines] if lines else []
    )


def left_over(tables: Mapping[Name, Iterable[Name]], *, known: Iterable[Column] | None = None) -> str:
    """What the register says of columns that do not exist; or nothing."""
    there = {(table, name) for table, names in tables.items() for name in names}
    wrong = [
        f"  {column.table}: {column.name}"
        for column in (columns() if known is None else known)
        if (column.table, column.name) not in there
    ]
    return "\n".join(["definitions/data_register.yaml has columns that do not exist:", *wrong] if wrong else [])
