"""Until when an address is decided to be protected: written, written anew, shown and reminded of to those who read it.

That it is over opens nothing: the address is protected until somebody lowers it.
"""

import json
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from demo import cast
from grunnmur import clock
from grunnmur.cases import access, deadlines
from grunnmur.cases.actions import children, handovers, restored, sight
from grunnmur.cases.actions.reminders import remind_of_protections
from grunnmur.cases.door import AlreadyDone, Invalid
from grunnmur.cases.models import Child, ProtectionDecision
from grunnmur.cases.models.base import FOREVER
from grunnmur.cases.queries import letters, reviews
from grunnmur.cases.queries.child import get_child
from grunnmur.cases.queries.sight import get_protection, sight_page
from grunnmur.cases.reminders import windows
from grunnmur.cases.terms import AddressProtection
from grunnmur.directory import sessions
from grunnmur.directory.meanwhile import EditConflict
from grunnmur.directory.models import Membership, Person
from grunnmur.post.models import Message
from grunnmur.working_days import is_working_day
from tests import together

Acting = Callable[[str], AbstractContextManager[Any]]
Outside = Callable[[], AbstractContextManager[None]]
Travel = Callable[[datetime], None]
KARI, LEIF = cast.get("kari").person_id, cast.get("leif").person_id
FRIDAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (61, []),
        (60, ["before 60"]),
        (31, ["before 60"]),
        (30, ["before 30"]),
        (8, ["before 30"]),
        (7, ["before"]),
        (0, ["before"]),
        (-1, ["after"]),
        (-60, ["after"]),
        (-61, []),
    ],
)
def test_what_is_reminded_of_several_times_before(left: int, expected: list[str]) -> None:
    found = windows(FRIDAY, before=7, after=1, earlier=(30, 60))
    assert [one.what for one in found if one.holds(FRIDAY + timedelta(days=left))] == expected


@given(
    on=st.dates(date(2026, 1, 31), date(2035, 12, 31)).filter(is_working_day),
    left=st.integers(0, 400),
    before=st.integers(0, 20),
    earlier=st.lists(st.integers(1, 90), max_size=4),
)
def test_before_the_day_each_is_in_one_window_at_the_most_and_none_is_passed_over(
    on: date, left: int, before: int, earlier: list[int]
) -> None:
    found = windows(on, before=before, after=1, earlier=earlier)
    held = [one for one in found if one.holds(on + timedelta(days=left))]
    assert len(held) <= 1
    assert held or left > max([before, *earlier])


# --- in the database -----------------------------------------------------------------------------------------------


@pytest.fixture
def tuva(as_admin: Outside) -> uuid.UUID:
    """The membership of a colleague of Kari's and Leif's who does not lead."""
    with as_admin():
        person = Person.objects.create(name="Tuva Dahl")
        return Membership.objects.create(
            person=person,
            service_id=together.service_id("grimstad"),
            role="contact_person",
            starts_on=clock.today() - timedelta(days=400),
        ).pk


@pytest.fixture
def protected(anna: Child, acting: Acting) -> Child:
    """Anna, whose address Kari protected yesterday: she alone reads it."""
    with acting("kari") as kari:
        together.begin(kari, anna)
        together.protect(kari, anna.pk)
    return anna


def protect_on(actor: Any, child: Child, *, ago: int = 10, days: int = 300, **more: Any) -> ProtectionDecision:
    today = clock.today()
    given = {"decided_on": today - timedelta(days=ago), "until": today + timedelta(days=days), **more}
    return sight.protect_on(actor=actor, child_id=child.pk, **{"once": None, **given})


def shown(actor: Any) -> list[tuple[str, date]]:
    return [
        (one.child_name, one.first_on)
        for one in letters.to_see_to(actor, page="work", contacts=[actor.person_id]).reviews
        if one.is_protection
    ]


def test_when_it_is_protected_the_day_is_a_task_at_once_for_those_who_read_it_and_the_leader(
    protected: Child, tuva: uuid.UUID, acting: Acting
) -> None:
    today = clock.today()
    for who in ("kari", "leif"):
        with acting(who) as actor:
            row = ProtectionDecision.objects.get()
            assert (row.child_id, row.decided_on, row.ends_at) == (protected.pk, None, FOREVER)
            assert today - timedelta(days=1) <= row.until <= today
            assert shown(actor) == [("Anna Solberg", row.until)]
            assert reviews.of_child(get_child(actor, protected.pk, page="child")) == reviews.ToReview(
                0, None, row.until
            )
    with sessions.acting(tuva) as colleague:
        head = get_child(colleague, protected.pk, page="child")
        assert shown(colleague) == []
        assert (reviews.of_child(head), get_protection(head)) == (None, None)
        assert not ProtectionDecision.objects.exists()
    for who in ("per", "ola", "bjorn"):
        with acting(who):
            assert not ProtectionDecision.objects.exists()


def test_one_who_reads_it_writes_until_when_and_it_is_no_task_before_that_is_near(
    protected: Child, acting: Acting
) -> None:
    once = uuid.uuid4()
    with acting("kari") as kari:
        first = ProtectionDecision.objects.get()
        row = protect_on(kari, protected, once=once, seen=first.pk)
        first.refresh_from_db()
        assert (first.ends_at, row.ends_at) == (row.starts_at, FOREVER)
        assert shown(kari) == []
        with pytest.raises(AlreadyDone):
            protect_on(kari, protected, once=once, seen=first.pk)
        with pytest.raises(EditConflict):
            protect_on(kari, protected, seen=first.pk)
        protect_on(kari, protected, days=reviews.ahead_of_protection(), seen=row.pk)
        assert len(shown(kari)) == 1
        assert ProtectionDecision.objects.filter(ends_at=FOREVER).count() == 1


@pytest.mark.parametrize(
    ("ago", "days", "wrong"),
    [
        pytest.param(0, 3, set(), id="decided today, for a few days"),
        pytest.param(0, 365, set(), id="for a year"),
        pytest.param(0, 367, {"until"}, id="for longer than any year"),
        pytest.param(360, 30, {"until"}, id="for longer than a year, most of which is over"),
        pytest.param(300, 0, {"until"}, id="over today"),
        pytest.param(-3, 30, {"decided_on"}, id="decided some days from now"),
        pytest.param(40000, 30, {"decided_on", "until"}, id="before the child was born"),
    ],
)
def test_it_is_for_a_year_at_the_most(protected: Child, acting: Acting, ago: int, days: int, wrong: set[str]) -> None:
    with acting("kari") as kari:
        if not wrong:
            assert protect_on(kari, protected, ago=ago, days=days).pk
            return
        with pytest.raises(Invalid) as refused:
            protect_on(kari, protected, ago=ago, days=days)
        assert set(refused.value.problems) == wrong
        assert ProtectionDecision.objects.get().decided_on is None, "what stood stands"


def test_the_longest_year_is_what_the_database_takes_too(protected: Child, acting: Acting) -> None:
    first = date(2023, 3, 1)
    assert (deadlines.due(amount=12, unit="months", counted_from=first) - first).days == 366
    with acting("kari") as kari:
        row = ProtectionDecision.objects.get()
        given = {"child": protected, "owner_service_id": row.owner_service_id, "recorded_by_id": kari.person_id}
        given |= {"decided_on": first, "starts_at": clock.now(), "ends_at": clock.now()}
        ProtectionDecision.objects.create(**given, until=first + timedelta(days=366))
        with pytest.raises(IntegrityError, match="a_year_at_most"), transaction.atomic():
            ProtectionDecision.objects.create(**given, until=first + timedelta(days=367))


def test_the_leader_who_does_not_read_it_sees_it_and_writes_nothing(protected: Child, acting: Acting) -> None:
    with acting("leif") as leif:
        with pytest.raises(access.Refused, match="not_a_reader"):
            protect_on(leif, protected)
        row = ProtectionDecision.objects.get()
        row.pk, row.recorded_by_id, row.ends_at = uuid.uuid4(), leif.person_id, row.starts_at
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            row.save(force_insert=True)
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            ProtectionDecision.objects.update(ends_at=clock.now())


def test_that_it_is_over_opens_nothing(protected: Child, tuva: uuid.UUID, acting: Acting, travel: Travel) -> None:
    with acting("kari") as kari:
        protect_on(kari, protected, days=30)
        now = clock.now()
    for days in (29, 31, 500):
        travel(now + timedelta(days=days))
        with acting("kari") as kari:
            child = Child.objects.get(pk=protected.pk)
            assert child.address_protection == AddressProtection.CONFIDENTIAL
            assert access.is_reader(kari, child)
            assert len(shown(kari)) == 1
        with sessions.acting(tuva) as colleague:
            assert not access.is_reader(colleague, child)
            assert shown(colleague) == []


def test_lowered_it_is_over_and_raised_again_it_is_a_task_again(
    protected: Child, acting: Acting, travel: Travel
) -> None:
    with acting("kari") as kari:
        protect_on(kari, protected)
        together.protect(kari, protected.pk, AddressProtection.STRICTLY_CONFIDENTIAL)
        assert ProtectionDecision.objects.get(ends_at=FOREVER).decided_on is None, (
            "another decision: its day is unknown"
        )
        protect_on(kari, protected)
        together.protect(kari, protected.pk, AddressProtection.NONE)
        assert not ProtectionDecision.objects.filter(ends_at=FOREVER).exists()
        assert (ProtectionDecision.objects.count(), shown(kari)) == (4, []), "all of it is still there to read"
        with pytest.raises(Invalid):
            protect_on(kari, protected)
    travel(clock.now() + timedelta(minutes=1))
    with acting("kari") as kari:
        together.protect(kari, protected.pk)
        assert len(shown(kari)) == 1


def test_one_reader_writes_anew_and_lowers_what_another_wrote(protected: Child, acting: Acting, travel: Travel) -> None:
    with acting("kari") as kari:
        sight.appoint_readers(actor=kari, child_id=protected.pk, once=None, people=[KARI, LEIF])
        protect_on(kari, protected)
    travel(clock.now() + timedelta(minutes=1))
    with acting("leif") as leif:
        anew = protect_on(leif, protected, ago=0)
        assert ProtectionDecision.objects.get(ends_at=FOREVER) == anew
        together.protect(leif, protected.pk, AddressProtection.NONE)
        assert not ProtectionDecision.objects.filter(ends_at=FOREVER).exists()


def leave(as_admin: Outside, person: uuid.UUID) -> None:
    with as_admin():
        Membership.objects.filter(person=person).update(ends_on=clock.today())


def test_when_nobody_at_work_reads_it_the_leader_says_who_does_and_the_protection_can_be_seen_to(
    acting: Acting, as_admin: Outside, travel: Travel
) -> None:
    with acting("kari") as kari:
        child = children.register(
            actor=kari, once=None, name="Uten Sak", born_on=date(2015, 3, 1), journal_number="U-1", national_number=""
        )
        together.protect(kari, child.pk)
    appointed = {"child_id": child.pk, "once": None, "people": [LEIF]}
    with acting("leif") as leif, pytest.raises(access.Refused, match="not_a_reader"):
        sight.appoint_readers(actor=leif, **appointed)
    leave(as_admin, KARI)
    travel(clock.now() + timedelta(minutes=1))
    with acting("leif") as leif:
        assert not sight_page(leif, child.pk).readers
        with pytest.raises(access.Refused, match="not_a_reader"):
            protect_on(leif, child)
        sight.appoint_readers(actor=leif, **appointed)
        assert sight_page(leif, child.pk).readers == ("Leif Aas",)
    travel(clock.now() + timedelta(minutes=1))
    with acting("leif") as leif:
        protect_on(leif, child)
    with acting("ola") as ola, pytest.raises(access.NotVisible):
        sight.appoint_readers(actor=ola, **appointed)


def test_of_an_open_case_whose_contact_person_has_left_it_is_taken_over_first(
    protected: Child, acting: Acting, as_admin: Outside, travel: Travel
) -> None:
    leave(as_admin, KARI)
    travel(clock.now() + timedelta(minutes=1))
    with acting("leif") as leif:
        with pytest.raises(Invalid) as refused:
            sight.appoint_readers(actor=leif, child_id=protected.pk, once=None, people=[LEIF])
        assert "Ta over saken først" in str(refused.value.problems["people"])
        assert handovers.take_over_from(actor=leif, person_id=KARI) == 1
        assert sight_page(leif, protected.pk).readers == ("Leif Aas",)


# --- reminding -------------------------------------------------------------------------------------------------------

DAYS = (0, 91, 126, 147, 154)
"""Days from the first one that something is looked for on; the last day of it is the hundred and fiftieth."""


@pytest.fixture
def monday(travel: Travel) -> datetime:
    """Nine o'clock on the first day from which those days are working days."""
    first = next(days for days in range(1, 2000) if all(is_working_day(together.day(days + one)) for one in DAYS))
    at = together.at(first, 9)
    travel(at)
    return at


def test_each_who_reads_it_is_reminded_60_30_and_7_days_before_and_once_after_and_nobody_else_sees_that(
    monday: datetime, protected: Child, tuva: uuid.UUID, acting: Acting, travel: Travel, as_admin: Outside
) -> None:
    with acting("kari") as kari:
        sight.appoint_readers(actor=kari, child_id=protected.pk, once=None, people=[KARI, LEIF])
        protect_on(kari, protected, days=150)
    written = []
    for days in DAYS:
        travel(monday + timedelta(days=days))
        written.append((remind_of_protections(), remind_of_protections()))
    assert written == [(0, 0), *[(2, 0)] * 4]
    with as_admin():
        rows = Message.objects.filter(sort="reminder")
        assert {(row.to_person_id, row.once.split(":")[3]) for row in rows} == {
            (person, what) for person in (KARI, LEIF) for what in ("before 60", "before 30", "before", "after")
        }
    with acting("kari") as kari:
        assert access.visible_to(kari, Message.objects.filter(sort="reminder")).count() == 8
        sight.appoint_readers(actor=kari, child_id=protected.pk, once=None, people=[KARI])
    with acting("leif") as leif, connection.cursor() as cursor:
        assert not access.visible_to(leif, Message.objects.filter(sort="reminder")).exists()
        cursor.execute("select count(*) from post_message where sort = 'reminder'")
        assert cursor.fetchone() == (0,)
    with sessions.acting(tuva):
        assert not Message.objects.filter(sort="reminder").exists()


def test_what_is_written_anew_is_not_reminded_of(
    monday: datetime, protected: Child, acting: Acting, travel: Travel
) -> None:
    with acting("kari") as kari:
        protect_on(kari, protected, days=150)
    travel(monday + timedelta(days=126))
    with acting("kari") as kari:
        protect_on(kari, protected, ago=0, days=300)
    for days in (147, 154):
        travel(monday + timedelta(days=days))
        assert remind_of_protections() == 0


# --- a restored database --------------------------------------------------------------------------------------------


def test_until_when_is_there_again_in_a_restored_database(protected: Child, acting: Acting, as_admin: Outside) -> None:
    with as_admin():
        before = ProtectionDecision.objects.get()
    with transaction.atomic():
        with acting("kari") as kari:
            row = protect_on(kari, protected)
        with as_admin(), connection.cursor() as cursor:
            cursor.execute("select what, row::text, facts::text from sec.taken_back")
            listed = [{"what": what, "row": key, "facts": json.loads(facts)} for what, key, facts in cursor.fetchall()]
        transaction.set_rollback(True)
    with as_admin():
        for _again in range(2):
            restored.take_back(listed)
            standing = ProtectionDecision.objects.get(ends_at=FOREVER)
            assert (standing.pk, standing.until) == (row.pk, row.until)
        assert ProtectionDecision.objects.exclude(pk=before.pk).count() == 1
