"""How often and how much: the arithmetic as a table and as properties, on the database that does it."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grunnmur.directory import limits
from grunnmur.directory.limits import Limit
from tests.environment import ROOT

Outside = Callable[[], AbstractContextManager[None]]
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def full_after(full_at: datetime | None, at: datetime, cost: int, every: timedelta) -> datetime:
    """The one line of arithmetic, as the database does it."""
    with connection.cursor() as cursor:
        cursor.execute("select sec.full_after(%s, %s, %s, %s)", [full_at, at, cost, every])
        found: datetime = cursor.fetchone()[0]
        return found


@pytest.mark.parametrize(
    ("full_in", "cost", "then_full_in"),
    [
        pytest.param(None, 1, 10, id="a bucket nobody has touched"),
        pytest.param(-3600, 1, 10, id="one that has been full for an hour is no fuller for it"),
        pytest.param(0, 1, 10, id="one that is full now"),
        pytest.param(25, 1, 35, id="one that lacks some"),
        pytest.param(25, 3, 55, id="three at once"),
        pytest.param(25, 0, 25, id="taking nothing"),
    ],
)
def test_when_a_bucket_is_full_again(db: None, full_in: int | None, cost: int, then_full_in: int) -> None:
    before = None if full_in is None else NOON + full_in * SECOND
    assert full_after(before, NOON, cost, 10 * SECOND) == NOON + then_full_in * SECOND


@pytest.fixture
def rule(as_admin: Outside) -> Callable[[int, int], None]:
    """Set the limit of searches: so many at once, and seconds until one comes back."""

    def change(burst: int, every: int) -> None:
        with as_admin(), connection.cursor() as cursor:
            cursor.execute(
                "update sec.limits set burst = %s, every = %s where key = 'search_person'", [burst, every * SECOND]
            )
            cursor.execute("delete from sec.bucket")

    return change


class Model:
    """A bucket told as one would tell a child: it holds so many, and gets one back every so often."""

    def __init__(self, burst: int, every: int) -> None:
        self.burst, self.every = burst, every
        self.left, self.at = float(burst), 0.0

    def take(self, at: float, cost: int) -> bool:
        self.left = min(self.burst, self.left + (at - self.at) / self.every)
        self.at = at
        if self.left + 1e-9 < cost:
            return False
        self.left -= cost
        return True


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    burst=st.integers(1, 6),
    every=st.integers(1, 60),
    asked=st.lists(st.tuples(st.integers(0, 90), st.integers(1, 3)), min_size=1, max_size=25),
)
def test_the_database_and_a_bucket_told_plainly_agree_and_the_wait_is_exact(
    rule: Callable[[int, int], None],
    travel: Callable[[datetime], None],
    burst: int,
    every: int,
    asked: list[tuple[int, int]],
) -> None:
    rule(burst, every)
    model, at = Model(burst, every), 0
    for pause, cost in asked:
        at += pause
        travel(NOON + at * SECOND)
        try:
            limits.take(Limit.SEARCH_PERSON, "hypothesis", cost=cost)
            taken = True
        except limits.TooOften as reached:
            taken = False
            if cost <= burst:
                again = at + reached.seconds
                travel(NOON + (again - 1) * SECOND)
                with pytest.raises(limits.TooOften), transaction.atomic():
                    limits.take(Limit.SEARCH_PERSON, "hypothesis", cost=cost)
                assert model.take(again - 1, cost) is False
                at = again
                travel(NOON + at * SECOND)
                limits.take(Limit.SEARCH_PERSON, "hypothesis", cost=cost)
                assert model.take(at, cost)
                continue
        assert taken == model.take(at, cost)


def test_buckets_do_not_touch_each_other_and_looking_takes_nothing(
    rule: Callable[[int, int], None], travel: Callable[[datetime], None]
) -> None:
    rule(1, 60)
    travel(NOON)
    for _ in range(5):
        limits.look(Limit.SEARCH_PERSON, "kari")
    limits.take(Limit.SEARCH_PERSON, "kari")
    limits.take(Limit.SEARCH_PERSON, "leif")
    with pytest.raises(limits.TooOften):
        limits.look(Limit.SEARCH_PERSON, "kari")


def test_trying_while_one_waits_makes_the_wait_no_longer(
    rule: Callable[[int, int], None], travel: Callable[[datetime], None]
) -> None:
    rule(1, 60)
    travel(NOON)
    limits.take(Limit.SEARCH_PERSON, "kari")
    for second in range(60):
        travel(NOON + second * SECOND)
        with pytest.raises(limits.TooOften) as reached:
            limits.take(Limit.SEARCH_PERSON, "kari")
        assert reached.value.seconds == 60 - second
    travel(NOON + 60 * SECOND)
    limits.take(Limit.SEARCH_PERSON, "kari")


def test_a_bucket_can_be_filled_and_full_ones_are_forgotten(
    rule: Callable[[int, int], None], travel: Callable[[datetime], None], as_admin: Outside
) -> None:
    rule(1, 60)
    travel(NOON)
    limits.take(Limit.SEARCH_PERSON, "kari")
    limits.fill(Limit.SEARCH_PERSON, "kari")
    limits.take(Limit.SEARCH_PERSON, "kari")
    travel(NOON + timedelta(hours=1))
    limits.take(Limit.SEARCH_PERSON, "leif")
    limits.forget_full()
    with as_admin(), connection.cursor() as cursor:
        cursor.execute("select count(*) from sec.bucket")
        assert cursor.fetchone() == (1,)


@pytest.fixture
def beside(db: None, admin_url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection beside the test's own, and somebody's old bucket (`SOMEBODYS`) that both can reach."""
    with psycopg.connect(admin_url, dbname=connection.settings_dict["NAME"], autocommit=True) as other:
        other.execute("insert into sec.bucket values ('open_service', 'somebody', '2020-01-01'::timestamptz)")
        other.execute("set lock_timeout = '200ms'")
        try:
            yield other
        finally:
            other.execute(f"delete {SOMEBODYS}")


SOMEBODYS = "from sec.bucket where whom = 'somebody'"


def test_whoever_takes_from_a_bucket_holds_nobody_elses(beside: psycopg.Connection[Any]) -> None:
    """Two who each held what the other came to take from would wait for each other until the database stopped one."""
    limits.take(Limit.SEARCH_PERSON, "kari")
    assert beside.execute(f"delete {SOMEBODYS}").rowcount == 1


def test_whoever_forgets_full_buckets_waits_for_nobody(beside: psycopg.Connection[Any]) -> None:
    connection.cursor().execute("set local lock_timeout = '200ms'")
    with beside.transaction():
        beside.execute(f"select {SOMEBODYS} for update")
        limits.forget_full()
    assert beside.execute(f"select 1 {SOMEBODYS}").fetchall() == [(1,)]


@pytest.mark.parametrize(
    "statement",
    [
        "select * from sec.bucket",
        "delete from sec.bucket",
        "update sec.limits set burst = 1000000",
        "insert into sec.opened values (gen_random_uuid(), now(), gen_random_uuid())",
        "update sec.opened_today set free_to = 1000000",
        "select sec.take('log_in', '\\x00', 1, true, '\\x00')",
        "select sec.fill('log_in', '\\x00', '\\x00')",
        "select sec.take_here('log_in', '\\x00', 1, true)",
    ],
)
def test_with_sql_alone_nobody_empties_anothers_bucket_or_fills_ones_own(db: None, statement: str) -> None:
    with pytest.raises(DatabaseError, match=r"permission denied|not signed"), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (1, "Prøv igjen om 1 sekund."),
        (90, "Prøv igjen om 90 sekunder."),
        (91, "Prøv igjen om 2 minutter."),
        (90 * 60, "Prøv igjen om 90 minutter."),
        (90 * 60 + 1, "Prøv igjen om 2 timer."),
    ],
)
def test_the_wait_is_said_as_people_say_it(seconds: int, said: str) -> None:
    assert limits.again_in(seconds * SECOND) == said


def test_every_limit_is_used_somewhere() -> None:
    code = "".join(path.read_text() for path in (ROOT / "grunnmur").rglob("*.py") if path.name != "limits.py")
    code += (ROOT / "grunnmur/directory/sql/limits.sql").read_text().upper()
    assert [one.name for one in Limit if not re.search(rf"Limit\.{one.name}|'{one.name}'", code)] == []


def test_the_values_say_why_and_are_what_production_gets(settings: Any) -> None:
    settings.LIMITS_TIMES = 1
    rows = {key: (burst, seconds) for key, burst, seconds in limits.rows()}
    assert rows["log_in"] == (5, 180)
    assert rows["children_a_day"][0] == 49
    assert all(len(one.reason) > 30 for one in limits.limits().limits)
