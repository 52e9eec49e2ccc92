"""Counting on the Norwegian calendar, and every deadline the law sets around the pathway."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from grunnmur.cases import deadlines
from grunnmur.cases.age import age_on, birthday, months_on
from grunnmur.cases.deadlines import DeadlineState, add_months, due, state, treatment_start_latest
from grunnmur.cases.terms import HealthArea
from grunnmur.clock import OSLO
from grunnmur.working_days import add_working_days, is_working_day, working_days_between, working_days_later

DAYS = st.dates(date(2015, 1, 1), date(2040, 12, 31))
AMOUNTS = st.integers(0, 130)


def day(text: str) -> date:
    """A date typed as people here type it: dd.mm.yyyy."""
    number, month, year = text.split(".")
    return date(int(year), int(month), int(number))


# --- what a working day is ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "working"),
    [
        pytest.param("23.11.2026", True, id="a Monday"),
        pytest.param("27.11.2026", True, id="a Friday"),
        pytest.param("28.11.2026", False, id="a Saturday"),
        pytest.param("29.11.2026", False, id="a Sunday"),
        pytest.param("01.01.2027", False, id="New Year's Day on a Friday"),
        pytest.param("01.04.2026", True, id="the Wednesday before Easter"),
        pytest.param("02.04.2026", False, id="Maundy Thursday"),
        pytest.param("03.04.2026", False, id="Good Friday"),
        pytest.param("06.04.2026", False, id="Easter Monday"),
        pytest.param("07.04.2026", True, id="the Tuesday after Easter"),
        pytest.param("01.05.2026", False, id="Labour Day on a Friday"),
        pytest.param("14.05.2026", False, id="Ascension Day"),
        pytest.param("15.05.2026", True, id="the Friday after Ascension Day"),
        pytest.param("17.05.2027", False, id="17 May on a Monday, also Whit Monday"),
        pytest.param("17.05.2028", False, id="17 May on a Wednesday"),
        pytest.param("25.05.2026", False, id="Whit Monday"),
        pytest.param("24.12.2026", True, id="Christmas Eve on a Thursday is not a public holiday"),
        pytest.param("25.12.2026", False, id="Christmas Day on a Friday"),
        pytest.param("26.12.2028", False, id="the second day of Christmas on a Tuesday"),
        pytest.param("31.12.2026", True, id="New Year's Eve on a Thursday is not a public holiday"),
    ],
)
def test_working_day(text, working):
    assert is_working_day(day(text)) is working


def test_a_saturday_counts_only_when_asked_for_and_a_sunday_or_a_holiday_never():
    assert is_working_day(day("28.11.2026"), saturday=True)
    assert not is_working_day(day("29.11.2026"), saturday=True)
    assert not is_working_day(day("26.12.2026"), saturday=True), "the second day of Christmas on a Saturday"


# --- counting ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        pytest.param("18.12.2026", 10, "05.01.2027", id="ten days over Christmas and New Year"),
        pytest.param("23.11.2026", 10, "07.12.2026", id="ten days with no holiday are two weeks"),
        pytest.param("23.11.2026", 0, "23.11.2026", id="no days is the day itself"),
        pytest.param("21.11.2026", 1, "23.11.2026", id="received on a Saturday, Monday is day one"),
        pytest.param("22.11.2026", 1, "23.11.2026", id="received on a Sunday, Monday is day one"),
        pytest.param("20.03.2026", 10, "08.04.2026", id="ten days over Easter"),
        pytest.param("30.04.2026", 10, "18.05.2026", id="ten days over 1 May, Ascension Day and 17 May on a Sunday"),
        pytest.param("10.05.2027", 5, "18.05.2027", id="five days over 17 May"),
        pytest.param("26.02.2028", 2, "29.02.2028", id="two days to the leap day"),
    ],
)
def test_add_working_days(start, days, end):
    assert add_working_days(day(start), days) == day(end)


def test_ten_days_with_saturdays_end_sooner():
    assert add_working_days(day("23.11.2026"), 10, saturday=True) == day("04.12.2026")


def test_a_negative_number_of_working_days_is_refused():
    with pytest.raises(ValueError, match="negative"):
        add_working_days(day("23.11.2026"), -1)


@pytest.mark.parametrize(
    ("amount", "unit", "start", "end"),
    [
        pytest.param(10, "working_days", "18.12.2026", "05.01.2027", id="working days"),
        pytest.param(10, "days", "18.12.2026", "28.12.2026", id="days"),
        pytest.param(3, "weeks", "18.12.2026", "08.01.2027", id="weeks end on the same weekday"),
        pytest.param(1, "weeks", "25.02.2028", "03.03.2028", id="a week over the leap day"),
        pytest.param(3, "months", "18.12.2026", "18.03.2027", id="months end on the same day of the month"),
        pytest.param(1, "months", "31.01.2027", "28.02.2027", id="a month from the 31st ends on the 28th of February"),
        pytest.param(1, "months", "31.01.2028", "29.02.2028", id="and on the 29th in a leap year"),
        pytest.param(3, "months", "30.11.2026", "28.02.2027", id="three months from 30 November"),
        pytest.param(1, "months", "28.02.2027", "28.03.2027", id="the last of February does not become the 31st"),
        pytest.param(12, "months", "29.02.2028", "28.02.2029", id="a year from the leap day"),
        pytest.param(1, "months", "15.12.2026", "15.01.2027", id="over the turn of the year"),
        pytest.param(-3, "months", "31.05.2027", "28.02.2027", id="backwards"),
        pytest.param(6, "months", "31.05.2027", "30.11.2027", id="six months to a month of 30 days"),
    ],
)
def test_due(amount, unit, start, end):
    assert due(amount=amount, unit=unit, counted_from=day(start)) == day(end)


def test_an_unknown_unit_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"fortnights.*working_days, days, weeks, months"):
        due(amount=1, unit="fortnights", counted_from=day("18.12.2026"))


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        pytest.param("18.12.2026", "05.01.2027", 10, id="over Christmas"),
        pytest.param("05.01.2027", "18.12.2026", -10, id="backwards"),
        pytest.param("23.11.2026", "23.11.2026", 0, id="the same day"),
        pytest.param("20.11.2026", "22.11.2026", 0, id="from Friday to Sunday"),
    ],
)
def test_working_days_between(start, end, days):
    assert working_days_between(day(start), day(end)) == days


def test_between_counts_saturdays_both_ways_when_asked():
    assert working_days_between(day("20.11.2026"), day("22.11.2026"), saturday=True) == 1
    assert working_days_between(day("22.11.2026"), day("20.11.2026"), saturday=True) == -1


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        pytest.param("2026-11-23T10:00", "2026-11-26T10:00", id="a Monday"),
        pytest.param("2026-11-26T10:00", "2026-12-01T10:00", id="before a weekend"),
        pytest.param("2026-11-28T23:30", "2026-12-02T23:30", id="on a Saturday"),
        pytest.param("2027-03-24T14:00", "2027-04-01T14:00", id="before Easter, across the change of clock"),
        pytest.param("2026-12-23T10:00", "2026-12-29T10:00", id="before Christmas"),
    ],
)
def test_an_instant_so_many_working_days_later_is_at_the_same_hour(sent: str, expected: str) -> None:
    at, then = (datetime.fromisoformat(text).replace(tzinfo=OSLO) for text in (sent, expected))
    assert working_days_later(at.astimezone(UTC), 3) == then


# --- how a deadline stands ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        pytest.param("09.12.2026", DeadlineState.OVERDUE, id="the day after its last day"),
        pytest.param("08.12.2026", DeadlineState.SOON, id="on its last day it is not overdue"),
        pytest.param("03.12.2026", DeadlineState.SOON, id="three working days before"),
        pytest.param("02.12.2026", DeadlineState.AHEAD, id="four working days before"),
    ],
)
def test_state(on, expected):
    assert state(day("08.12.2026"), day(on)) == expected


def test_how_many_days_are_soon_can_be_said():
    assert state(day("08.12.2026"), day("03.12.2026"), soon=2) == DeadlineState.AHEAD


# --- every deadline the law sets ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "start", "end"),
    [
        pytest.param("note_of_concern_review_due", "23.11.2026", "30.11.2026", id="bvl § 2-1: a note within one week"),
        pytest.param("note_of_concern_review_due", "18.12.2026", "25.12.2026", id="bvl § 2-1: also on Christmas Day"),
        pytest.param("note_of_concern_answer_due", "23.11.2026", "14.12.2026", id="bvl § 13-3: answer in three weeks"),
        pytest.param("investigation_due", "23.11.2026", "28.02.2027", id="bvl § 2-2: three months after the week"),
        pytest.param("investigation_due", "21.02.2028", "28.05.2028", id="bvl § 2-2: the week ends before a leap day"),
        pytest.param("investigation_due", "24.11.2027", "01.03.2028", id="bvl § 2-2: the week ends on 1 December"),
        pytest.param(
            "investigation_answer_due", "28.02.2027", "21.03.2027", id="bvl § 13-3: three weeks after the end"
        ),
        pytest.param("new_investigation_latest", "31.08.2026", "28.02.2027", id="bvl § 2-5: within six months"),
        pytest.param("referral_assessment_due", "18.12.2026", "05.01.2027", id="pbrl § 2-2 a: ten working days"),
        pytest.param("complaint_due", "23.11.2026", "21.12.2026", id="pbrl § 7-5: four weeks"),
        pytest.param("institution_plan_due", "23.11.2026", "21.12.2026", id="oppfølgingsf. § 6: plan in four weeks"),
        pytest.param("institution_visit_due", "23.11.2026", "30.11.2026", id="oppfølgingsf. § 7: visit in one week"),
        pytest.param("transition_meeting_latest", "31.05.2027", "28.02.2027", id="oppfølgingsf. § 7: 3 months before"),
    ],
)
def test_deadline_set_by_law(function, start, end):
    assert getattr(deadlines, function)(day(start)) == day(end)


def test_an_extended_investigation_has_six_months_in_total_after_the_week():
    assert deadlines.investigation_due(day("23.11.2026"), extended=True) == day("30.05.2027")


@pytest.mark.parametrize(
    ("born", "areas", "end"),
    [
        pytest.param("03.05.2012", [HealthArea.MENTAL], "01.03.2027", id="a mental disorder at 14"),
        pytest.param("03.05.2012", [HealthArea.SUBSTANCE_USE], "01.03.2027", id="substance dependence at 14"),
        pytest.param("03.05.2012", [HealthArea.SOMATIC, HealthArea.MENTAL], "01.03.2027", id="mental among others"),
        pytest.param("03.05.2012", [HealthArea.SOMATIC], None, id="a bodily condition is not covered"),
        pytest.param("03.05.2012", [HealthArea.DENTAL, HealthArea.SEXUAL], None, id="nor dental or sexual health"),
        pytest.param("03.05.2012", [], None, id="nor when nothing is said"),
        pytest.param("27.11.2003", [HealthArea.MENTAL], "01.03.2027", id="the day before turning 23"),
        pytest.param("26.11.2003", [HealthArea.MENTAL], None, id="on the day of turning 23"),
    ],
)
def test_treatment_starts_within_65_working_days_under_23(born, areas, end):
    # 13 weeks from a Thursday, and two more for Christmas Day and New Year's Day, both on a Friday.
    latest = treatment_start_latest(assessed_on=day("26.11.2026"), born_on=day(born), areas=areas)
    assert latest == (day(end) if end else None)


# --- ages --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        pytest.param("03.05.2012", "02.05.2027", 14, id="the day before the birthday"),
        pytest.param("03.05.2012", "03.05.2027", 15, id="on the birthday"),
        pytest.param("03.05.2012", "03.05.2012", 0, id="on the day of birth"),
        pytest.param("03.05.2012", "02.05.2012", -1, id="before birth"),
        pytest.param("29.02.2012", "28.02.2027", 14, id="born on a leap day: 28 February is not yet the birthday"),
        pytest.param("29.02.2012", "01.03.2027", 15, id="born on a leap day: 1 March is"),
        pytest.param("29.02.2012", "28.02.2028", 15, id="born on a leap day: the day before it comes again"),
        pytest.param("29.02.2012", "29.02.2028", 16, id="born on a leap day: the day itself when the year has it"),
    ],
)
def test_age(born, on, years):
    assert age_on(born_on=day(born), on=day(on)) == years


@pytest.mark.parametrize(
    ("on", "months"),
    [
        ("02.05.2012", -1),
        ("03.05.2012", 0),
        ("02.06.2012", 0),
        ("03.06.2012", 1),
        ("02.05.2014", 23),
        ("03.05.2014", 24),
    ],
)
def test_age_in_months(on, months):
    assert months_on(born_on=day("03.05.2012"), on=day(on)) == months


@given(born_on=DAYS, years=st.integers(0, 30))
def test_the_age_goes_up_on_the_birthday_and_not_before(born_on, years):
    turns = birthday(born_on=born_on, years=years)
    assert age_on(born_on=born_on, on=turns) == years
    assert age_on(born_on=born_on, on=turns - timedelta(days=1)) == years - 1


# --- whatever the days are ---------------------------------------------------------------------------------


@given(start=DAYS, days=st.integers(1, 130), saturday=st.booleans())
def test_a_deadline_ends_on_a_working_day_that_counts_back_to_the_same_number(start, days, saturday):
    end = add_working_days(start, days, saturday=saturday)
    assert is_working_day(end, saturday=saturday)
    assert working_days_between(start, end, saturday=saturday) == days


@given(start=DAYS, days=st.integers(1, 130))
def test_one_more_working_day_is_always_later_and_saturdays_never_make_it_later(start, days):
    assert add_working_days(start, days) > add_working_days(start, days - 1)
    assert add_working_days(start, days, saturday=True) <= add_working_days(start, days)


@given(start=DAYS, months=st.integers(-40, 40))
def test_months_land_in_the_right_month_on_the_same_day_or_its_last(start, months):
    end = add_months(start, months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == start.day or (end.day < start.day and (end + timedelta(days=1)).day == 1)


@given(start=DAYS, amount=AMOUNTS, unit=st.sampled_from(sorted(deadlines.COUNTING)))
def test_a_deadline_is_never_overdue_until_the_day_after(start, amount, unit):
    end = due(amount=amount, unit=unit, counted_from=start)
    assert end >= start
    assert state(end, end) == DeadlineState.SOON
    assert state(end, end + timedelta(days=1)) == DeadlineState.OVERDUE


# --- the definitions ---------------------------------------------------------------------------------------


def test_every_unit_in_the_definitions_can_be_counted():
    file = Path(__file__).parents[2] / "definitions" / "deadlines.yaml"
    units = {entry["unit"] for entry in yaml.safe_load(file.read_text("utf-8"))["deadlines"] if entry.get("unit")}
    assert units
    assert units <= deadlines.COUNTING.keys()
