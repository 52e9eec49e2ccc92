"""The world that the crawler walks in: all of the demo, with a secret word in every text of every row.

What each row is about is kept beside the words, so that the reference can say who may come across which word. The world
is built once for each version of what decides it, and kept as a database that others are copied from.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from typing import Any

from tests.proofs import stage
from tests.reference import access as reference

WORD = re.compile(r"zq[0-9a-z]{8}")
"""A secret word: such letters stand together nowhere else."""
LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
SHORTEST_FREE_TEXT = 100
"""A text column without choices that holds less than this holds a code, a number or a name of ours."""
ALSO_FREE = frozenset({"journal_number"})
LONG_AGO, FAR = datetime(1900, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Row:
    """One row about a child, as far as the reference needs to know it."""

    table: str
    piece: reference.Piece
    about: str
    """Where it is, for a fault."""


@dataclass
class World:
    """Everything that is secret, everyone who takes part, and the ids that can be asked for."""

    at: datetime
    words: dict[str, Row] = field(default_factory=dict)
    numbers: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    """National numbers; a child that moves is registered with the same number in two services."""
    ids: dict[str, Row] = field(default_factory=dict)
    owners_only: set[str] = field(default_factory=set)
    """Words that only the child's own service may know, whatever else is known: why somebody is shut out."""
    offered: dict[str, str] = field(default_factory=dict)
    """Offers of a case to another service, by id: it is told that there is one, and nothing of the child."""
    grounds: dict[str, list[reference.Ground]] = field(default_factory=lambda: defaultdict(list))
    """By service."""
    noes: dict[str, list[reference.No]] = field(default_factory=lambda: defaultdict(list))
    rows_of: dict[str, dict[str, reference.Piece]] = field(default_factory=lambda: defaultdict(dict))
    """What each row is by table, under the ids that the rows themselves have."""
    by_table: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Ids by table, as addresses have them."""
    of_case: dict[str, dict[str, list[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    """Ids of rows by pathway and table."""
    protected: set[str] = field(default_factory=set)
    """Children with a protected address."""
    children: dict[str, str] = field(default_factory=dict)
    """Child of each pathway."""

    # What the crawler draws from at every request is put in order once.

    @cached_property
    def every_id(self) -> list[str]:
        return sorted(self.ids)

    @cached_property
    def protected_children(self) -> list[str]:
        return sorted(self.protected)

    @cached_property
    def protected_cases(self) -> list[str]:
        return sorted(case for case, child in self.children.items() if child in self.protected)

    @cached_property
    def cases_with_a_withdrawal(self) -> list[str]:
        """What was somebody's, and is not any more."""
        return [case for case, tables in self.of_case.items() if tables.get("ConsentWithdrawal")]

    @cached_property
    def told_of(self) -> dict[str, tuple[list[str], list[str]]]:
        """The secret words and the national numbers of each child."""
        found: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
        for word, row in self.words.items():
            found[row.piece.child][0].append(word)
        for number, rows in self.numbers.items():
            for child in {row.piece.child for row in rows}:
                found[child][1].append(number)
        return found


@contextmanager
def loaded(own: str) -> Iterator[str]:
    """A database of one's own with the world in it, for a block: the administrator's URL."""
    from tests import database as databases

    stage.prepare()
    server = databases.start()
    base = databases.template(server)
    from grunnmur import clock

    name = f"{base.replace('grunnmur_t_', 'grunnmur_t_world_')}_{clock.today():%Y%m%d}"
    databases.once(server, name, of=base, fill=_fill)
    with databases.copy(server, of=name, name=own) as admin_url:
        stage.use(admin_url)
        try:
            yield admin_url
        finally:
            stage.hang_up()


def _fill(admin_url: str) -> None:
    from django.db import transaction

    with stage.as_admin(admin_url), transaction.atomic():
        from demo import load

        load.load()
        shut_some_out()
        plant()


# --- the secrets ---------------------------------------------------------------------------------------------------


def models() -> list[Any]:
    """Every table around a child whose rows carry a kind."""
    from django.apps import apps

    from grunnmur.cases.models.base import PersonRow

    return [model for model in apps.get_app_config("cases").get_models() if issubclass(model, PersonRow)]


def free_texts(model: Any) -> list[str]:
    """The columns of a table in which people write."""
    from django.db.models import CharField, TextField

    return [
        column.attname
        for column in model._meta.concrete_fields
        if (isinstance(column, TextField) or (isinstance(column, CharField) and _is_long(column)))
        and not column.choices
    ]


def _is_long(column: Any) -> bool:
    return column.name in ALSO_FREE or (column.max_length or 0) >= SHORTEST_FREE_TEXT


def plant() -> int:
    """Put a secret word first in every text of every row. Returns how many there are."""
    from django.db import connection

    dice, count = random.Random(4202), 0
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")  # past what refuses changes
    for model, columns in _with_texts():
        rows = list(model.objects.all())
        for row in rows:
            for column in columns:
                word = "zq" + "".join(dice.choices(LETTERS, k=8))
                limit = model._meta.get_field(column).max_length
                setattr(row, column, f"{word} {getattr(row, column)}".strip()[:limit])
                count += 1
        model.objects.bulk_update(rows, columns, batch_size=200)
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = origin")
    return count


def _with_texts() -> list[tuple[Any, list[str]]]:
    from grunnmur.cases.models import Restriction

    return [*((model, columns) for model in models() if (columns := free_texts(model))), (Restriction, ["reason"])]


def shut_some_out() -> None:
    """Restrictions on every seventh sight that a consent gives: of all kinds, or of one."""
    from grunnmur import clock
    from grunnmur.cases.models import Participation, Restriction
    from grunnmur.cases.terms import ALL_KINDS, InformationKind

    now = clock.now()
    sights = Participation.objects.filter(basis="consent", ends_at__gt=now, starts_at__lte=now).order_by("id")
    Restriction.objects.bulk_create(
        Restriction(
            child_id=sight.child_id,
            owner_service_id=sight.owner_service_id,
            service_id=sight.service_id,
            kinds=int(ALL_KINDS if number % 2 else InformationKind.COORDINATION),
            reason="Nær slekt av en som arbeider der.",
            decided_by_id=sight.contact_person_id,
            starts_at=now - timedelta(days=1),
            review_on=now.date() + timedelta(days=90),
        )
        for number, sight in enumerate(list(sights)[::7])
    )


# --- reading it back -----------------------------------------------------------------------------------------------


def read(admin_url: str) -> World:
    """Everything the reference needs, from outside the walls; who takes part is worked out from the grounds."""
    from grunnmur import clock

    world = World(at=clock.now())
    with stage.as_admin(admin_url):
        _read_rows(world)
        _read_noes(world)
        _read_grounds(world)
    return world


def read_rows(admin_url: str, at: datetime) -> World:
    """Only the rows: who takes part is somebody else's to say."""
    world = World(at=at)
    with stage.as_admin(admin_url):
        _read_rows(world)
    return world


def kind_names(bits: int) -> frozenset[str]:
    """The kinds in a number, by name."""
    from grunnmur.cases.terms import InformationKind

    return frozenset((kind.name or "").lower() for kind in InformationKind if kind & bits)


def _read_rows(world: World) -> None:
    from grunnmur.cases.access import ANSWERED
    from grunnmur.cases.models import Child, InitiativeReply, Move, Pathway, Remark
    from grunnmur.cases.models.base import PathwayRow

    world.children = {str(key): str(child) for key, child in Pathway.objects.values_list("pk", "child_id")}
    for model in models():
        columns, table = free_texts(model), model.__name__
        for row in model.objects.all():
            case = str(row.pk) if model is Pathway else str(row.pathway_id) if issubclass(model, PathwayRow) else None
            child = str(row.pk) if model is Child else world.children[case] if case else str(row.child_id)
            # An answer is meant for whoever asked, so it is a piece of the same kind and hand as the question.
            asked = row.initiative if model is InitiativeReply else row
            (kind,) = kind_names(asked.kind)
            answers = str(getattr(row, f"{ANSWERED[model]}_id")) if model in ANSWERED else ""
            where = getattr(row, "tells_where", False)
            # A remark goes with what it is about.
            itself = str(row.subject_id if model is Remark else asked.pk)
            piece = reference.Piece(child, case, kind, str(asked.author_service_id), itself, answers, where)
            known = Row(table, piece, f"{table} {row.pk}")
            key = str(getattr(row, "identity", row.pk))
            for one in {str(row.pk), key}:
                world.ids[one] = known
            world.rows_of[table][str(row.pk)] = piece
            world.by_table[table].append(key)
            if case:
                world.of_case[case][table].append(key)
            else:
                world.of_case[child][table].append(key)
            for column in columns:
                for word in WORD.findall(getattr(row, column)):
                    world.words[word] = Row(table, piece, f"{table}.{column}")
            if model is Move:
                world.offered[key] = str(row.to_service_id)
            if model is Child:
                if row.national_id:
                    world.numbers[str(row.national_id)].append(Row(table, piece, "Child.national_id"))
                if row.address_protection != "none":
                    world.protected.add(child)


def _read_noes(world: World) -> None:
    from grunnmur.cases.models import Restriction

    for row in Restriction.objects.all():
        # The tables of later parts have more columns: a person, a single row.
        person, piece = getattr(row, "only_for", None), getattr(row, "item", None)
        no = reference.No(
            child=str(row.child_id),
            kinds=kind_names(row.kinds),
            from_at=row.starts_at,
            until_at=row.ends_at,
            service=str(row.service_id) if row.service_id else None,
            person=str(person) if person else None,
            piece=str(piece) if piece else None,
        )
        world.noes[no.service or ""].append(no)
        about = reference.Piece(str(row.child_id), None, "child_welfare", str(row.owner_service_id))
        for word in WORD.findall(row.reason):
            world.words[word] = Row("Restriction", about, "Restriction.reason")
            world.owners_only.add(word)


def _read_grounds(world: World) -> None:
    """Who takes part now: owners, homes, and those whom a consent lets in by the pure rule while the case is open."""
    from grunnmur import clock
    from grunnmur.cases import consent
    from grunnmur.cases.models import Child, Participation, Pathway, Placement
    from grunnmur.cases.terms import PathwayStatus

    def let_in(name: str, service: object, child: object, case: object, kinds: frozenset[str], *period: Any) -> None:
        from_at, until_at = period or (LONG_AGO, FAR)
        ground = reference.Ground(name, str(service), str(child), str(case) if case else None, kinds, from_at, until_at)
        world.grounds[str(service)].append(ground)

    # Who is appointed to read a protected address, and who broke the glass, is decided about one person at a time.
    shielded = set()
    for row in Participation.objects.filter(basis__in=["appointed", "asked", "break_glass", "handed_on", "party"]):
        service, case = row.service_id, row.pathway_id
        ground = reference.Ground(
            name=row.basis,
            service=str(service) if service else None,
            child=str(row.child_id),
            case=str(case) if case else None,
            kinds=kind_names(row.kinds),
            from_at=row.starts_at,
            until_at=row.ends_at,
            person=str(row.only_for),
            piece=str(row.item) if row.item else None,
        )
        world.grounds[ground.service or ""].append(ground)
        if row.basis == "appointed":
            shielded.add(row.child_id)
    for key, service in Child.objects.values_list("pk", "author_service_id"):
        let_in("owner", service, key, None, reference.owner(has_protected_address=key in shielded))
    for row in Pathway.objects.all():
        kinds = reference.owner(has_protected_address=row.child_id in shielded)
        let_in("owner", row.author_service_id, row.child_id, row.pk, kinds)
        if row.status not in (PathwayStatus.UNDER_ASSESSMENT, PathwayStatus.UNDER_WAY):
            continue
        facts = _facts_of(row.pk)
        for recipient in {item.recipient for item in facts.consents}:
            seen = consent.sight(facts=facts.consents, situation=facts.situation, recipient=recipient, at=world.at)
            if seen:
                let_in("consent", recipient, row.child_id, row.pk, reference.consent(kind_names(seen)))
    for row in Placement.objects.filter(replaced_by=None).exclude(service=None).select_related("service"):
        if row.service.kind in ("institution", "foster_home"):
            until = datetime.combine(row.until_on, time(), clock.OSLO) if row.until_on else FAR
            began = datetime.combine(row.from_on, time(), clock.OSLO)
            let_in("statutory", row.service_id, row.child_id, None, reference.BASE, began, until)


def _facts_of(pathway_id: Any) -> Any:
    from grunnmur.cases import facts

    return facts.load(pathway_id)


class Knowing:
    """What one person may know in a world: the reference, asked once for each kind of piece."""

    def __init__(self, world: World, who: reference.Someone, at: datetime | None = None) -> None:
        self.world, self.who, self.at = world, who, at or world.at
        self.grounds: Mapping[str, list[reference.Ground]] = _by_child(world.grounds[who.service or ""])
        about = {who.service or "", who.answers_for or "", ""}
        self.noes = _by_child(no for service in sorted(about) for no in world.noes[service])
        self.answers: dict[reference.Piece, bool] = {}

    def may(self, piece: reference.Piece) -> bool:
        """Whether the person may be shown the piece."""
        if piece not in self.answers:
            self.answers[piece] = bool(
                reference.why(
                    who=self.who,
                    piece=piece,
                    grounds=self.grounds.get(piece.child, ()),
                    noes=self.noes.get(piece.child, ()),
                    at=self.at,
                )
            )
        return self.answers[piece]

    def is_offered(self, key: str) -> bool:
        """Whether an id is that of a case that is offered to the person's service."""
        return key in self.world.offered and self.world.offered[key] == self.who.service

    def may_know(self, word: str) -> bool:
        """Whether the person may come across a secret word."""
        piece = self.world.words[word].piece
        return self.may(piece) and (word not in self.world.owners_only or piece.author == self.who.service)


def _by_child(some: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for one in some:
        found[one.child].append(one)
    return found
