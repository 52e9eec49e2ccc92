"""The child itself and those around it come in as themselves, by what was given to them, and see what was decided."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from grunnmur import clock
from grunnmur.cases import access
from grunnmur.cases.actions import children, family_log_ins, sight
from grunnmur.cases.door import Invalid
from grunnmur.cases.models import Child, FamilyDevice, FamilyLogIn
from grunnmur.cases.queries import own_pages
from grunnmur.cases.queries.case import get_case
from grunnmur.cases.terms import FamilyAccess, MeetingKind, RelationKind
from grunnmur.directory import sessions
from grunnmur.log import record
from grunnmur.log.models import AccessLog, Event
from tests import together
from tests.family import home as homes
from tests.family.home import FATHERS, MOTHERS, Home, decide, let_in

Acting = Callable[[str], AbstractContextManager[Any]]


@pytest.fixture
def home(acting: Acting, anna: Child) -> Home:
    with acting("kari") as kari:
        found = homes.home(kari, anna, together.begin(kari, anna))
        together.start(kari, found.case)
        decide(kari, found, found.mother)
        decide(kari, found, found.anna)
    return found


def test_a_log_in_opens_what_was_decided_and_nothing_else(acting: Acting, home: Home) -> None:
    with acting("kari") as kari:
        let_in(kari, home, home.mother)
    (way,) = family_log_ins.list_ways(MOTHERS)
    assert not way.is_child
    with transaction.atomic(), record.linked():
        relative = homes.inside(way.log_in_id)
        mine = own_pages.get_mine(relative, page="my_pathway")
        assert (mine.name, mine.is_child, mine.contact) == ("Anna", False, "Kari Lunde")
        assert own_pages.my_pathway(mine).words == ()
    assert family_log_ins.list_ways(FATHERS) == []


def test_nobody_is_let_in_before_something_is_decided(acting: Acting, home: Home) -> None:
    with acting("kari") as kari:
        with pytest.raises(Invalid, match="identity"):
            let_in(kari, home, home.father, FATHERS)
        with pytest.raises(Invalid, match="number"):
            let_in(kari, home, home.mother, "12345678901")


def test_a_log_in_works_only_while_something_is_open(acting: Acting, home: Home) -> None:
    with acting("kari") as kari:
        log_in = let_in(kari, home, home.mother)
    with acting("kari") as kari:
        decide(kari, home, home.mother, FamilyAccess.NONE)
    assert family_log_ins.list_ways(MOTHERS) == []
    assert family_log_ins.open_session(log_in) is None


def test_ending_a_log_in_ends_who_is_inside(acting: Acting, home: Home) -> None:
    with acting("kari") as kari:
        log_in = let_in(kari, home, home.mother)
    token = family_log_ins.open_session(log_in)
    assert token
    with acting("kari") as kari:
        family_log_ins.end(actor=kari, child_id=home.anna, once=None, log_in_id=log_in)
        with pytest.raises(Invalid, match="log_in"):
            family_log_ins.end(actor=kari, child_id=home.anna, once=None, log_in_id=log_in)
    with transaction.atomic():
        assert sessions.enter_family(token) is None
    assert family_log_ins.list_ways(MOTHERS) == []


def test_a_colleague_ends_a_log_in_that_another_gave_and_gives_a_new_one(acting: Acting, home: Home) -> None:
    with acting("kari") as kari:
        first = let_in(kari, home, home.mother)
        other = let_in(kari, home, home.anna)
    with acting("leif") as leif:
        family_log_ins.end(actor=leif, child_id=home.anna, once=None, log_in_id=first)
        assert let_in(leif, home, home.anna) != other
    assert family_log_ins.list_ways(MOTHERS) == []
    with acting("leif") as leif, pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        FamilyLogIn.objects.create(
            child=home.child,
            owner_service_id=leif.service_id,
            identity=home.mother,
            given_by_id=FamilyLogIn.objects.get(pk=first).given_by_id,
            given_at=clock.now(),
        )


def test_a_new_way_in_takes_the_place_of_the_one_before(acting: Acting, home: Home) -> None:
    with acting("kari") as kari:
        first, second = let_in(kari, home, home.mother), let_in(kari, home, home.mother, FATHERS)
    assert family_log_ins.list_ways(MOTHERS) == []
    assert [one.log_in_id for one in family_log_ins.list_ways(FATHERS)] == [second]
    assert first != second


def test_when_the_address_is_protected_only_the_child_comes_in(acting: Acting, home: Home) -> None:
    with acting("kari") as kari:
        mother, child = let_in(kari, home, home.mother), let_in(kari, home, home.anna)
    tokens = [family_log_ins.open_session(one) for one in (mother, child)]
    with acting("kari") as kari:
        together.protect(kari, home.anna)
        with pytest.raises(Invalid, match="identity"):
            let_in(kari, home, home.mother)
    found = []
    for token in tokens:
        with transaction.atomic():
            found.append(sessions.enter_family(token or ""))
    assert found[0] is None, "the mother is out"
    assert found[1] is not None, "the child is in"
    assert family_log_ins.open_session(mother) is None
    with acting("leif") as leif, pytest.raises(access.Refused, match="not_a_reader"):
        let_in(leif, home, home.anna)


def test_a_screen_that_was_left_lets_nobody_in_whatever_way_is_tried(acting: Acting, home: Home) -> None:
    whose: dict[str, Any] = {"child_id": home.anna, "once": None, "identity": home.mother}
    with acting("kari") as kari:
        for give in (family_log_ins.give_with_device, partial(family_log_ins.give_with_eid, number=MOTHERS)):
            with pytest.raises(access.Refused) as refused:
                give(actor=kari, **whose)
            assert refused.value.code == "not_fresh"
    with pytest.raises(ProgrammingError, match="row-level security"), acting("kari") as kari:
        family_log_ins.give_with_device(actor=replace(kari, is_fresh=True), **whose)
    with acting("kari") as kari:
        log_in = homes.let_in(kari, home, home.mother)
    with pytest.raises(ProgrammingError, match="row-level security"), acting("kari") as kari:
        FamilyDevice.objects.create(
            child=home.child, log_in_id=log_in, activation=b"x" * 32, activation_until=clock.now() + timedelta(days=1)
        )
    with acting("kari") as kari:
        family_log_ins.end(actor=kari, child_id=home.anna, once=None, log_in_id=log_in)


def test_a_device_is_taken_in_use_once_and_opened_with_its_pin(acting: Acting, home: Home, travel: Any) -> None:
    with acting("kari") as kari:
        given = homes.give_device(kari, home, home.anna)
    assert family_log_ins.activate("abcd-efgh-jkmn-pqrs", pin="271828") is None
    typed = given.code.upper().replace("-", " ")
    activated = family_log_ins.activate(typed, pin="271828")
    assert activated is not None
    log_in, secret = activated
    assert log_in == given.log_in.pk
    assert family_log_ins.activate(given.code, pin="271828") is None, "once"
    assert family_log_ins.check_device(secret, pin="271828") == log_in
    assert family_log_ins.check_device("another", pin="271828") is None
    for _try in range(5):
        assert family_log_ins.check_device(secret, pin="000000") is None
    with pytest.raises(family_log_ins.TooManyTries):
        family_log_ins.check_device(secret, pin="271828")
    travel(clock.now() + timedelta(minutes=16))
    assert family_log_ins.check_device(secret, pin="271828") == log_in


def test_what_is_typed_while_it_is_shut_counts_for_nothing(acting: Acting, home: Home, travel: Any) -> None:
    with acting("kari") as kari:
        given = homes.give_device(kari, home, home.anna)
    activated = family_log_ins.activate(given.code, pin="271828")
    assert activated is not None
    log_in, secret = activated
    for _try in range(5):
        assert family_log_ins.check_device(secret, pin="000000") is None
    for _try in range(20):
        with pytest.raises(family_log_ins.TooManyTries):
            family_log_ins.check_device(secret, pin="000000")
    travel(clock.now() + timedelta(minutes=16))
    assert family_log_ins.check_device(secret, pin="271828") == log_in


def test_whoever_goes_on_guessing_needs_a_new_code(acting: Acting, home: Home, travel: Any) -> None:
    with acting("kari") as kari:
        given = homes.give_device(kari, home, home.anna)
    activated = family_log_ins.activate(given.code, pin="271828")
    assert activated is not None
    _log_in, secret = activated
    for number in range(20):
        travel(clock.now() + timedelta(minutes=16))
        assert family_log_ins.check_device(secret, pin=f"{number:06}") is None
    travel(clock.now() + timedelta(minutes=16))
    with pytest.raises(family_log_ins.NeedsNewCode):
        family_log_ins.check_device(secret, pin="271828")
    with acting("kari") as kari:
        given = homes.give_device(kari, home, home.anna)
    activated = family_log_ins.activate(given.code, pin="271828")
    assert activated is not None
    assert family_log_ins.check_device(activated[1], pin="271828") == activated[0]


def test_pages_without_a_name_stand_in_an_order_that_tells_no_name(acting: Acting, home: Home) -> None:
    with acting("kari") as kari:
        other = children.register(
            actor=kari, once=None, name="Brage Nes", born_on=home.child.born_on, journal_number="B-2"
        )
        mother = children.add_person(
            actor=kari,
            child_id=other.pk,
            once=None,
            name="Marit Dal",
            relation=RelationKind.MOTHER,
            from_on=other.born_on,
            has_parental_responsibility=True,
        )
        homes_of_both = (home, Home(other, together.begin(kari, other), mother.identity, mother.identity))
        for one in homes_of_both:
            decide(kari, one, one.mother, FamilyAccess.LIMITED)
            sight.release(
                actor=kari,
                child_id=one.anna,
                once=None,
                identity=one.mother,
                item=together.call(kari, one.case, kind=MeetingKind.AVKLARINGSMOTE).pk,
                reason="Hun skal vite om møtet.",
            )
        by_id = sorted((let_in(kari, one, one.mother), one.child) for one in homes_of_both)
        for (_log_in, child), name in zip(by_id, ("Åse", "Anna"), strict=True):
            children.edit(
                actor=kari,
                child_id=child.pk,
                once=None,
                name=name,
                language=child.language,
                needs_interpreter=child.needs_interpreter,
                address_protection=child.address_protection,
                why="Feil navn.",
            )
    ways = family_log_ins.list_ways(MOTHERS)
    assert [(one.log_in_id, one.child_name) for one in ways] == [(log_in, "") for log_in, _child in by_id]


def test_a_code_works_for_three_days(acting: Acting, home: Home, travel: Any) -> None:
    with acting("kari") as kari:
        given = homes.give_device(kari, home, home.anna)
    travel(clock.now() + timedelta(days=3, minutes=1))
    assert family_log_ins.activate(given.code, pin="271828") is None


@pytest.mark.parametrize(
    ("pin", "is_weak"),
    [
        ("271828", False),
        ("314159", False),
        ("123456", True),
        ("987654", True),
        ("890123", True),
        ("111111", True),
        ("121212", True),
        ("12345", True),
        ("1234567", True),
        ("12a456", True),
        ("١٢٣٤٥٧", True),
    ],
)
def test_a_pin_is_six_digits_that_are_not_the_first_one_tries(pin: str, is_weak: bool) -> None:
    assert (family_log_ins.weak_pin(pin) is not None) == is_weak


def test_what_the_database_keeps_opens_nothing(acting: Acting, home: Home, as_admin: Any) -> None:
    with acting("kari") as kari:
        let_in(kari, home, home.mother)
        homes.give_device(kari, home, home.anna)
    with connection.cursor() as cursor:
        for call in (
            "select * from sec.family_log_ins('{}', 'x')",
            "select sec.open_family_log_in('x', gen_random_uuid(), '1 hour', '1 hour', 'x')",
            "select sec.activate_device('x', 'x', 'x', 'x')",
            "select * from sec.try_device('x', 'x')",
            "select sec.device_used('x', 'x')",
        ):
            with pytest.raises(DatabaseError, match="not signed"), transaction.atomic():
                cursor.execute(call)
        cursor.execute("select count(*) from cases_familylogin")
        assert cursor.fetchone() == (0,), "a stranger reads no log-in"
    for who in ("ola", "per"):
        with acting(who), connection.cursor() as cursor:
            cursor.execute("select count(*) from cases_familylogin")
            assert cursor.fetchone() == (0,)
    with acting("kari"), connection.cursor() as cursor:
        cursor.execute("select count(*) from cases_familydevice")
        assert cursor.fetchone() == (0,), "not even the owner reads a device"
    with as_admin():
        numbers = [bytes(row.number_code or b"") for row in FamilyLogIn.objects.all()]
        assert MOTHERS.encode() not in b"".join(numbers)


def test_who_gives_a_log_in_is_in_child_welfare_and_the_owner(acting: Acting, home: Home) -> None:
    for who, wrong in (("ola", access.NotVisible), ("per", access.NotVisible)):
        with acting(who) as actor, pytest.raises(wrong):
            let_in(actor, home, home.mother)
    with acting("kari") as kari:
        let_in(kari, home, home.mother)
        assert Event.objects.filter(name="log_in.given").count() == 1


def test_a_look_of_ones_own_is_logged_and_shown_to_nobody(acting: Acting, home: Home, as_admin: Any) -> None:
    with acting("kari") as kari:
        mother, child = let_in(kari, home, home.mother), let_in(kari, home, home.anna)
        get_case(kari, home.case, page="pathway")
    with transaction.atomic(), record.linked():
        own_pages.get_mine(homes.inside(child), page="my_pathway")
    with as_admin():
        row = AccessLog.objects.get(action="my_pathway")
        assert (row.person_id, row.service_id, row.role) == (home.anna, None, "family")
        assert (row.purpose, row.ground, row.children) == ("own_insight", "party", [home.anna])
    with transaction.atomic(), record.linked():
        mine = own_pages.get_mine(homes.inside(mother), page="my_pathway")
        shown, _after = own_pages.who_looked(mine)
        assert shown
        assert all(one.service for one in shown), "nobody is told that the child has logged in"
    with acting("kari"), connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from sec.looks_at(%s, null, null, null, null) where service is null", [home.anna]
        )
        assert cursor.fetchone() == (0,)


def test_a_relative_cannot_write_as_anybody_else(acting: Acting, home: Home) -> None:
    with acting("kari") as kari:
        log_in = let_in(kari, home, home.mother)
    with transaction.atomic():
        relative = homes.inside(log_in)
        service = together.service_id("grimstad")
        with connection.cursor() as cursor:
            for identity, written_by in ((home.anna, None), (uuid.uuid4(), None)):
                with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                    cursor.execute(
                        "insert into cases_letter (id, child_id, owner_service_id, identity, about, text, written_at,"
                        " written_by_id) values (gen_random_uuid(), %s, %s, %s, 'question', 'x', now(), %s)",
                        [home.anna, service, identity, written_by],
                    )
        assert relative.self_id == home.mother


def test_an_explicit_no_is_felt_at_once(acting: Acting, home: Home) -> None:
    from grunnmur.cases.terms import RestrictionCause

    with acting("kari") as kari:
        log_in = let_in(kari, home, home.mother)
    token = family_log_ins.open_session(log_in)
    assert token
    with acting("kari") as kari:
        sight.restrict(
            actor=kari,
            child_id=home.anna,
            once=None,
            identity=home.mother,
            cause=RestrictionCause.PARENT_RESTRICTED,
            reason="Vedtak.",
            review_on=clock.today() + homes.NEXT_MONTH,
        )
    assert family_log_ins.list_ways(MOTHERS) == []
    assert family_log_ins.open_session(log_in) is None
    with transaction.atomic():
        assert sessions.enter_family(token) is None
