"""Tasks in the plan, and what must be decided anew, are reminded of once before and once after they are due, and the
leader is told when it goes on.
"""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from hypothesis import example, given
from hypothesis import strategies as st

from demo import cast
from grunnmur.cases.actions import plans, sight
from grunnmur.cases.actions.reminders import remind_of_reviews, remind_of_tasks
from grunnmur.cases.models import Child, RelatedPerson, Restriction
from grunnmur.cases.reminders import LONGEST, is_time, windows
from grunnmur.cases.terms import FamilyAccess, RestrictionCause, TaskState
from grunnmur.post.models import Delivery, Message
from grunnmur.working_days import is_working_day
from tests import together

Acting = Callable[[str], AbstractContextManager[Any]]
Travel = Callable[[datetime], None]
Outside = Callable[[], AbstractContextManager[None]]
Sent = Callable[[], list[tuple[str, uuid.UUID | None, uuid.UUID | None]]]
TODAY = date(2026, 11, 27)
DAYS = {"before": 3, "after": 1, "leader": 7}


@pytest.mark.parametrize(
    ("due_in", "expected"),
    [(4, []), (3, ["before"]), (0, ["before"]), (-1, ["after"]), (-6, ["after"]), (-7, ["after", "leader"]), (-61, [])],
)
def test_what_a_task_is_reminded_of_as(due_in: int, expected: list[str]) -> None:
    due_on = TODAY + timedelta(days=due_in)
    assert [one.what for one in windows(TODAY, **DAYS) if one.holds(due_on)] == expected


@given(
    due_in=st.integers(-400, 400),
    before=st.integers(0, 30),
    after=st.integers(1, 30),
    leader=st.integers(1, 59),
)
def test_before_and_after_never_meet_and_the_leader_hears_only_of_what_is_late(
    due_in: int, before: int, after: int, leader: int
) -> None:
    due_on = TODAY + timedelta(days=due_in)
    found = [one.what for one in windows(TODAY, before=before, after=after, leader=leader) if one.holds(due_on)]
    assert not {"before", "after"} <= set(found)
    assert ("leader" in found) == (leader <= -due_in <= LONGEST.days)


@given(st.dates(date(2026, 1, 31), date(2030, 12, 31)), st.integers(0, 10))
@example(date(2026, 4, 5), 3)  # Easter Sunday: nobody works from Maundy Thursday on
@example(date(2026, 4, 6), 3)
def test_whatever_day_it_is_due_it_is_reminded_of_on_a_working_day_before_it_is_late(due_on: date, before: int) -> None:
    days = [due_on - timedelta(days=days) for days in range(30)]
    held = [on for on in days if is_working_day(on) and windows(on, before=before, after=1, leader=7)[0].holds(due_on)]
    assert held
    assert min(held) >= due_on - timedelta(days=before) or len(held) == 1, "no earlier than it must"


@pytest.mark.parametrize(
    ("at", "is_sent"),
    [
        pytest.param("2026-11-27T07:59:59+01:00", False, id="before eight"),
        pytest.param("2026-11-27T08:00:00+01:00", True, id="from eight"),
        pytest.param("2026-11-27T15:59:59+01:00", True, id="until four"),
        pytest.param("2026-11-27T16:00:00+01:00", False, id="from four"),
        pytest.param("2026-11-27T00:00:01+01:00", False, id="at midnight"),
        pytest.param("2026-11-28T10:00:00+01:00", False, id="on a Saturday"),
        pytest.param("2026-11-29T10:00:00+01:00", False, id="on a Sunday"),
        pytest.param("2026-12-25T10:00:00+01:00", False, id="on a holiday"),
        pytest.param("2026-05-17T22:30:00+00:00", False, id="in the night in Norway, the day before elsewhere"),
        pytest.param("2026-07-01T06:30:00+00:00", True, id="half past eight in summer"),
        pytest.param("2026-07-01T14:30:00+00:00", False, id="half past four in summer"),
    ],
)
def test_when_reminders_are_sent(at: str, is_sent: bool) -> None:
    assert is_time(datetime.fromisoformat(at), from_hour=8, until_hour=16) is is_sent


# --- in the database -----------------------------------------------------------------------------------------


WORKING = (0, 4, 7, 10, 11, 14, 17, 30)
"""Days from the first one that something is looked for on."""


@pytest.fixture
def monday(travel: Travel) -> datetime:
    """Nine o'clock on the first Monday from which those days are working days."""
    first = next(
        days
        for days in range(1, 400)
        if together.day(days).weekday() == 0 and all(is_working_day(together.day(days + one)) for one in WORKING)
    )
    at = together.at(first, 9)
    travel(at)
    return at


@pytest.fixture
def case(acting: Acting, monday: datetime, anna: Child) -> uuid.UUID:
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        together.start(kari, pathway_id)
        together.let_in(kari, pathway_id, "storgata")
    return pathway_id


def task(acting: Acting, case: uuid.UUID, service: str = "storgata", due: int = 10, **who: Any) -> uuid.UUID:
    given = {"service_id": together.service_id(service), "related_person_id": None, **who}
    with acting("kari") as kari:
        made = plans.set_task(
            actor=kari, pathway_id=case, once=None, what="Ringe mor", due_on=together.day(due), **given
        )
    return made.pk


@pytest.fixture
def sent(as_admin: Outside) -> Sent:
    """What has been written as a reminder: as what, to which service and person."""

    def read() -> list[tuple[str, uuid.UUID | None, uuid.UUID | None]]:
        with as_admin():
            rows = Message.objects.filter(sort="reminder").order_by("recorded_at", "once")
            return [(row.once.split(":")[3], row.to_service_id, row.to_person_id) for row in rows]

    return read


GP, OWNER = together.service_id("storgata"), together.service_id("grimstad")
LEIF = cast.get("leif").person_id


def test_each_reminder_is_written_once_however_often_it_is_looked_for(
    case: uuid.UUID, acting: Acting, travel: Travel, sent: Sent, as_admin: Outside
) -> None:
    task(acting, case)
    expected: list[tuple[str, uuid.UUID | None, uuid.UUID | None]] = []
    begins = together.at(0, 9)
    for days, more in (
        (4, []),
        (7, [("before", GP, None)]),
        (10, []),
        (11, [("after", GP, None)]),
        (17, [("leader", OWNER, LEIF)]),
        (30, []),
    ):
        travel(begins + timedelta(days=days))
        assert (remind_of_tasks(), remind_of_tasks()) == (len(more), 0)
        expected += more
        assert sent() == expected
    with as_admin():
        assert Delivery.objects.filter(message__sort="reminder", channel="inbox").count() == 3


def test_a_parents_task_is_the_owners_to_follow_up(
    case: uuid.UUID, acting: Acting, travel: Travel, sent: Sent, as_admin: Outside
) -> None:
    with as_admin():
        mother = RelatedPerson.objects.filter(has_parental_responsibility=True)[0].pk
    task(acting, case, service_id=None, related_person_id=mother)
    travel(together.at(12, 9))
    assert remind_of_tasks() == 0, "it is a Saturday"
    travel(together.at(2, 7))
    assert remind_of_tasks() == 0, "nobody has come to work"
    travel(together.at(0, 9))
    assert remind_of_tasks() == 1
    assert sent() == [("after", OWNER, None)]


def test_nobody_is_said_to_have_sent_what_was_sent_by_itself(
    case: uuid.UUID, acting: Acting, travel: Travel, client_of: Callable[[str], Any]
) -> None:
    task(acting, case)
    travel(together.at(7, 9))
    assert remind_of_tasks() == 1
    shown = client_of("leif").get(f"/forlop/{case}/sendt/").content.decode()
    assert "Sendt av seg selv" in shown
    assert shown.count("av Kari Lunde") == 1, "what she did send, the word of who was let in"


def test_what_is_done_is_not_reminded_of(case: uuid.UUID, acting: Acting, travel: Travel, sent: Sent) -> None:
    made = task(acting, case)
    travel(together.at(5, 9))
    with acting("kari") as kari:
        plans.change_task(
            actor=kari,
            pathway_id=case,
            once=None,
            task_id=made,
            seen=1,
            what="Ringe mor",
            due_on=together.day(5),
            state=TaskState.DONE,
        )
    travel(together.at(12, 9))
    assert remind_of_tasks() == 0


def test_a_service_that_lost_sight_is_sent_nothing(
    case: uuid.UUID, acting: Acting, travel: Travel, sent: Sent, as_admin: Outside
) -> None:
    from grunnmur.cases.models import Participation

    task(acting, case)
    with as_admin():
        Participation.objects.filter(service=GP).update(ends_at=together.at(1))
    travel(together.at(7, 9))
    assert remind_of_tasks() == 0
    assert sent() == []


def test_it_takes_a_worker(case: uuid.UUID) -> None:
    with pytest.raises(ProgrammingError, match="not a worker"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select sec.remind_of_tasks('before', %s, %s, false, '1 day', '1 day', 9)", [TODAY, TODAY])


# --- what must be decided anew -------------------------------------------------------------------------------------

KARI = cast.get("kari").person_id


def restrict(acting: Acting, anna: Child, *, by: str = "kari", **about: Any) -> Restriction:
    """To be looked at again on the seventeenth day; by the mother when nobody else is named."""
    with acting(by) as actor:
        mother = RelatedPerson.objects.filter(child=anna, relation="mother").values_list("identity", flat=True)[0]
        given = about or {"cause": RestrictionCause.PARENT_RESTRICTED, "identity": mother}
        return sight.restrict(
            actor=actor, child_id=anna.pk, once=None, reason="Bestemt.", review_on=together.day(16), **given
        )


def test_what_must_be_decided_anew_is_reminded_of_before_and_after_and_then_told_to_the_leader(
    case: uuid.UUID, monday: datetime, anna: Child, acting: Acting, travel: Travel, sent: Sent
) -> None:
    restrict(acting, anna)
    with acting("kari") as kari:
        for identity in (anna.pk, RelatedPerson.objects.filter(child=anna, relation="father")[0].identity):
            sight.decide_access(
                actor=kari,
                child_id=anna.pk,
                once=None,
                identity=identity,
                family_access=FamilyAccess.FULL,
                reason="Vurdert.",
                review_on=together.day(16),
            )
    expected: list[tuple[str, uuid.UUID | None, uuid.UUID | None]] = []
    for days, more in (
        (0, []),
        (4, [("before", OWNER, KARI)]),
        (10, []),
        (17, [("after", OWNER, KARI)]),
        (30, [("leader", OWNER, LEIF)]),
    ):
        travel(monday + timedelta(days=days))
        assert (remind_of_reviews(), remind_of_reviews()) == (len(more), 0), "one word of all three"
        expected += more
        assert sent() == expected


def test_what_is_decided_anew_or_ended_is_not_reminded_of(
    case: uuid.UUID, monday: datetime, anna: Child, acting: Acting, travel: Travel, sent: Sent
) -> None:
    stands, ends = restrict(acting, anna), restrict(acting, anna, by="leif")
    travel(monday + timedelta(days=4))
    with acting("kari") as kari:
        of: dict[str, Any] = {"actor": kari, "child_id": anna.pk, "once": None}
        sight.review(**of, restriction_id=stands.pk, reason="Det står.", review_on=together.day(200))
        sight.lift(**of, restriction_id=ends.pk)
    for days in (7, 17, 30):
        travel(monday + timedelta(days=days))
        assert remind_of_reviews() == 0
    assert sent() == []


def test_a_colleague_is_never_reminded_of_what_is_about_themselves(
    case: uuid.UUID,
    monday: datetime,
    anna: Child,
    acting: Acting,
    travel: Travel,
    sent: Sent,
    as_admin: Outside,
) -> None:
    about_kari = {"cause": RestrictionCause.CONFLICT_OF_INTEREST, "person_id": KARI}
    row = restrict(acting, anna, by="leif", **about_kari)
    travel(monday + timedelta(days=4))
    assert remind_of_reviews() == 0, "the contact person sees nothing of the case"
    travel(monday + timedelta(days=30))
    assert remind_of_reviews() == 1
    assert sent() == [("leader", OWNER, LEIF)]
    with as_admin():
        Message.objects.filter(sort="reminder").delete()
        Restriction.objects.filter(pk=row.pk).update(item=case)
    assert remind_of_reviews() == 0, "she sees the case, and would see that somebody was reminded"


def test_it_takes_a_worker_for_that_too(case: uuid.UUID) -> None:
    with pytest.raises(ProgrammingError, match="not a worker"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select sec.remind_of_reviews('before', %s, %s, false, '1 day', 9)", [TODAY, TODAY])
