"""Who may know where a child with a protected address is, as files that may tell it ask: one thing decides in each.

The program's sentence and the database's function answer the same, and neither can be broken in one place without the
table telling.
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from demo import cast
from grunnmur import clock
from grunnmur.cases import access
from grunnmur.cases.models import Child, Participation, Pathway, Restriction
from grunnmur.cases.terms import ALL_KINDS, AddressProtection, InformationKind
from grunnmur.directory import sessions
from tests import broken_functions, together
from tests.proofs.sql_mutants import broken

KINDS = InformationKind
HOUR = timedelta(hours=1)
NEVER = timedelta(days=3650)


@dataclass(frozen=True)
class Sight:
    """One sight of the child and maybe one no, and who asks."""

    asks: str = "kari"
    service: str = "grimstad"
    only_for: str | None = "kari"
    of_a_row: bool = False
    kinds: InformationKind = KINDS.PROTECTED_ADDRESS
    since: timedelta = HOUR
    lasts: timedelta = NEVER
    of_another_child: bool = False
    no: InformationKind | None = None
    basis: str = "appointed"


READER = Sight()
CASES: dict[str, tuple[Sight, bool]] = {
    "a reader": (READER, True),
    "the owner, when the address is open": (replace(READER, only_for=None, basis="owner"), True),
    "since this very instant": (replace(READER, since=timedelta()), True),
    "another in the service": (replace(READER, only_for="leif"), False),
    "for another service": (replace(READER, service="lillesand"), False),
    "of one row": (replace(READER, of_a_row=True), False),
    "of every other kind": (Sight(only_for=None, basis="owner", kinds=ALL_KINDS & ~KINDS.PROTECTED_ADDRESS), False),
    "who has broken the glass": (
        Sight(basis="break_glass", kinds=KINDS.CONTACT, since=HOUR / 3, lasts=HOUR / 3),
        False,
    ),
    "from later": (replace(READER, since=-HOUR), False),
    "until this very instant": (replace(READER, lasts=timedelta()), False),
    "of another child": (replace(READER, of_another_child=True), False),
    "shut out of everything": (replace(READER, no=KINDS.CONTACT), False),
    "shut out of this": (replace(READER, no=KINDS.PROTECTED_ADDRESS), False),
    "shut out of something else": (replace(READER, no=KINDS.MENTAL), True),
    "in a role that sees no such thing": (Sight(asks="per", service="storgata", only_for="per"), False),
}


SPARED = "«sight.child_id <> all ((select sec.taken())::uuid[])» to «false»"
"""The list of children whom a no is about spares the question of the others, of whom `sec.is_taken` says no."""


@dataclass
class Stage:
    """Anna's case without any sight of it, at one instant."""

    case: Pathway
    at: datetime
    tokens: dict[str, str]

    def put_up(self, sight: Sight) -> sessions.Actor:
        """Write this one sight, and be who asks."""
        Participation.objects.all().delete()
        Restriction.objects.all().delete()
        another = Child.objects.exclude(pk=self.case.child_id)[0]
        child = another if sight.of_another_child else self.case.child
        Participation.objects.create(
            child=child,
            owner_service_id=child.author_service_id,
            service_id=cast.service(sight.service).id,
            only_for=cast.get(sight.only_for).person_id if sight.only_for else None,
            item=uuid.uuid4() if sight.of_a_row else None,
            basis=sight.basis,
            kinds=int(sight.kinds),
            starts_at=self.at - sight.since,
            ends_at=self.at + sight.lasts,
            next_due=self.at.date(),
            moved_on=self.at.date(),
        )
        if sight.no:
            Restriction.objects.create(
                child=child,
                owner_service_id=child.author_service_id,
                only_for=cast.get(sight.asks).person_id,
                kinds=int(sight.no),
                reason="Inhabil.",
                decided_by_id=cast.get("leif").person_id,
                starts_at=self.at - HOUR,
                ends_at=self.at + NEVER,
                review_on=self.at.date(),
            )
        actor = sessions.enter(self.tokens[sight.asks])
        assert actor is not None
        return actor

    def says(self, function: str) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(f"select sec.{function}(%s)", [self.case.pk])
            said: bool = cursor.fetchone()[0]
        return said

    def lists(self, sentence: str, actor: sessions.Actor) -> bool:
        """Whether the program's sentence lets the case through."""
        rule = access.Rule(sentence, actor, row="pk")
        return Pathway.objects.filter(pk=self.case.pk).filter(rule).exists()

    def database_knows(self) -> bool:
        """Whether the database's function answers every case as it should."""
        for sight, may in CASES.values():
            self.put_up(sight)
            if self.says("may_know_where") is not may:
                return False
        return True

    def database_lets(self) -> bool:
        """Whether files are added by those alone who should."""
        for level in AddressProtection:
            Child.objects.filter(pk=self.case.child_id).update(address_protection=level)
            for sight, may in CASES.values():
                self.put_up(sight)
                if self.says("may_add_file") is not (may or level is AddressProtection.NONE):
                    return False
        return True

    def program_knows(self, sentence: str) -> bool:
        return all(self.lists(sentence, self.put_up(sight)) is may for sight, may in CASES.values())


@pytest.fixture
def stage(anna: Child, acting: Any, as_admin: Any, travel: Callable[[datetime], None]) -> Iterator[Stage]:
    with acting("kari") as kari:
        together.begin(kari, anna)
    at = clock.now().replace(microsecond=0) + timedelta(minutes=1)
    travel(at)
    with as_admin():
        with connection.cursor() as cursor:
            # What is tried is who may know, and not what refuses a sight that nobody would write.
            cursor.execute("set local session_replication_role = replica")
        another = Child.objects.create(
            author_service_id=anna.author_service_id,
            recorded_by_id=anna.recorded_by_id,
            recorded_at=at,
            kind=anna.kind,
            name="En annen",
            born_on=anna.born_on,
        )
        tokens = {key: sessions.open_session(cast.membership_id(cast.get(key))) or "" for key in ("kari", "per")}
        case, other = Pathway.objects.get(), Pathway.objects.get()
        other.pk, other.child = uuid.uuid4(), another
        other.save(force_insert=True)
        yield Stage(case, at, tokens)


def test_program_and_database_say_the_same_of_each(stage: Stage) -> None:
    for name, (sight, may) in CASES.items():
        actor = stage.put_up(sight)
        assert (stage.lists(access.MAY_KNOW_WHERE, actor), stage.says("may_know_where")) == (may, may), name


def test_neither_can_be_broken_in_one_place_without_the_table_telling(stage: Stage) -> None:
    assert broken_functions.unnoticed(["may_know_where"], stage.database_knows) == []
    assert broken_functions.unnoticed(["may_add_file"], stage.database_lets) == []
    assert stage.program_knows(access.MAY_KNOW_WHERE), "nothing is broken yet"
    unnoticed = []
    for what, sentence in broken(access.MAY_KNOW_WHERE):
        try:
            with transaction.atomic():
                is_same = stage.program_knows(sentence)
        except DatabaseError:
            is_same = False
        if is_same:
            unnoticed.append(what)
    assert unnoticed == [SPARED]
