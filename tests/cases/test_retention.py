"""Retention: a pure function of the rule, the record's dates and the day. Holds always win."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grunnmur.cases import retention
from grunnmur.cases.retention import TAKES_AWAY, Held, Outcome, Record, decide

CLOSED = date(2026, 1, 31)
RULES = tuple(retention.rules())
DAYS = st.dates(date(2020, 1, 1), date(2060, 12, 31))


def record(**given: object) -> Record:
    return Record(**{"rule": "case", "started_on": CLOSED, **given})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("case", "on", "outcome", "since"),
    [
        pytest.param(record(started_on=None), "2040-01-01", "keep", None, id="an-open-case-stands"),
        pytest.param(record(), "2026-01-30", "keep", None, id="the-day-before-closing"),
        pytest.param(record(), "2026-01-31", "restrict", "2026-01-31", id="closed-is-the-owners-alone-the-same-day"),
        pytest.param(record(), "2027-01-30", "restrict", "2026-01-31", id="eleven-months-and-thirty-days"),
        pytest.param(record(), "2027-01-31", "archive", "2027-01-31", id="a-year-after-closing"),
        pytest.param(record(), "2090-01-01", "archive", "2027-01-31", id="never-deleted-without-a-receipt"),
        pytest.param(
            record(received_on=date(2027, 2, 28)), "2027-05-27", "archive", "2027-01-31", id="the-receipt-is-fresh"
        ),
        pytest.param(
            record(received_on=date(2027, 2, 28)), "2027-05-28", "delete", "2027-05-28", id="three-months-after-receipt"
        ),
        pytest.param(
            record(received_on=date(2027, 2, 28), holds=(Held(date(2027, 3, 1)),)),
            "2030-01-01",
            "restrict",
            "2026-01-31",
            id="a-hold-keeps-it-here",
        ),
        pytest.param(
            record(received_on=date(2027, 2, 28), holds=(Held(date(2027, 3, 1), date(2030, 1, 1)),)),
            "2030-01-01",
            "delete",
            "2027-05-28",
            id="a-hold-that-is-lifted",
        ),
        pytest.param(record(rule="log"), "2090-01-01", "keep", None, id="the-log-is-never-deleted"),
        pytest.param(record(rule="receipt"), "2090-01-01", "keep", None, id="nor-are-receipts"),
        pytest.param(record(rule="session"), "2026-04-30", "delete", "2026-04-30", id="no-31-april"),
        pytest.param(record(rule="account"), "2027-01-30", "keep", None, id="an-account-for-a-year"),
        pytest.param(record(rule="security_log"), "2028-01-31", "delete", "2028-01-31", id="security-log-two-years"),
    ],
)
def test_what_becomes_of_a_record(case: Record, on: str, outcome: str, since: str | None) -> None:
    decision = decide(case, on=date.fromisoformat(on))
    assert decision.outcome == outcome
    assert decision.since == (date.fromisoformat(since) if since else None)
    assert (decision.step is None) == (outcome == "keep")


def test_a_rule_that_does_not_exist_decides_nothing() -> None:
    with pytest.raises(KeyError):
        decide(record(rule="forever"), on=CLOSED)


HOLDS = st.builds(
    lambda start, days: Held(start, None if days is None else start + timedelta(days)),
    DAYS,
    st.none() | st.integers(0, 4000),
)
RECORDS = st.builds(
    Record,
    rule=st.sampled_from(RULES),
    started_on=st.none() | DAYS,
    received_on=st.none() | DAYS,
    holds=st.lists(HOLDS, max_size=3).map(tuple),
)


@settings(deadline=None)
@given(RECORDS, DAYS)
def test_while_a_hold_lasts_nothing_is_taken_away(case: Record, on: date) -> None:
    if any(hold.is_on(on) for hold in case.holds):
        assert decide(case, on=on).outcome not in TAKES_AWAY


@settings(deadline=None)
@given(RECORDS, DAYS)
def test_nothing_of_a_case_is_deleted_before_the_archive_has_it(case: Record, on: date) -> None:
    decision = decide(case, on=on)
    if decision.outcome is Outcome.DELETE and case.rule in ("case", "child", "sight"):
        assert case.received_on is not None
        assert case.received_on <= on


@settings(deadline=None)
@given(RECORDS, DAYS, st.integers(0, 5000))
def test_without_holds_time_only_moves_forward(case: Record, on: date, days: int) -> None:
    free = Record(case.rule, case.started_on, case.received_on)
    order = list(Outcome)
    later = order.index(decide(free, on=on + timedelta(days)).outcome)
    assert order.index(decide(free, on=on).outcome) <= later


@settings(deadline=None)
@given(RECORDS, DAYS)
def test_a_hold_never_does_more_than_none(case: Record, on: date) -> None:
    order = list(Outcome)
    free = decide(Record(case.rule, case.started_on, case.received_on), on=on)
    held = decide(case, on=on)
    assert order.index(held.outcome) <= order.index(free.outcome)
    assert held.is_held == (free.outcome in TAKES_AWAY and any(hold.is_on(on) for hold in case.holds))


@settings(deadline=None)
@given(RECORDS, DAYS)
def test_a_decision_says_its_rule_and_source_and_has_begun(case: Record, on: date) -> None:
    decision = decide(case, on=on)
    assert decision.rule.key == case.rule
    assert decision.rule.source.key
    if decision.step is not None:
        assert decision.since is not None
        assert decision.since <= on
        assert decision.step.do is decision.outcome
