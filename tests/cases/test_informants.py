"""Several who know the child: lines over time, who differs, and which instrument somebody can have answered."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grunnmur.cases import informants
from grunnmur.cases.definition import definitions
from grunnmur.cases.informants import Line, View, Who
from grunnmur.cases.terms import HealthArea, Informant, Severity

DAY = date(2026, 5, 4)
CHILD, PARENT, TEACHER = Informant.CHILD, Informant.PARENT, Informant.TEACHER
NONE, MILD, CLEAR, SEVERE = Severity

WHO = st.builds(Who, st.sampled_from(Informant), st.integers(1, 2), st.sampled_from("ab")) | st.builds(
    Who, st.sampled_from(Informant)
)
VIEWS = st.lists(
    st.builds(
        View,
        on=st.integers(0, 40).map(lambda days: DAY + timedelta(days=days)),
        line=st.builds(Line, WHO, st.sampled_from(["", "sdq"])),
        severity=st.sampled_from(Severity),
    ),
    max_size=20,
)


def view(
    days: int, informant: Informant, severity: Severity, number: int = 0, instrument: str = "", by: str = "a"
) -> View:
    who = Who(informant, number, by, by.upper()) if number else Who(informant)
    return View(DAY + timedelta(days=days), Line(who, instrument), severity)


def differ(views: list[View], on: date = DAY + timedelta(days=40)) -> tuple[View, View] | None:
    return informants.differ(views, on=on, days=90)


@pytest.mark.parametrize(
    ("views", "apart"),
    [
        ([], None),
        ([view(0, CHILD, SEVERE)], None),
        ([view(0, CHILD, CLEAR), view(0, TEACHER, MILD)], None),
        ([view(0, CHILD, SEVERE), view(0, TEACHER, MILD)], (TEACHER, CHILD)),
        ([view(0, CHILD, SEVERE), view(0, TEACHER, MILD), view(9, CHILD, MILD)], None),
        ([view(0, CHILD, NONE), view(0, PARENT, CLEAR), view(0, TEACHER, SEVERE)], (CHILD, TEACHER)),
        ([view(0, PARENT, NONE, 1), view(0, PARENT, SEVERE, 2)], (PARENT, PARENT)),
        ([view(0, PARENT, NONE, 1), view(0, PARENT, SEVERE, 2, by="b")], None),
        ([view(0, PARENT, NONE, 1), view(0, PARENT, SEVERE, 1, by="b"), view(0, CHILD, CLEAR)], (PARENT, CHILD)),
        ([view(0, PARENT, NONE), view(0, PARENT, SEVERE, 2)], None),
        ([view(0, PARENT, SEVERE), view(0, PARENT, NONE), view(0, CHILD, NONE)], (CHILD, PARENT)),
        ([view(-50, PARENT, SEVERE), view(0, CHILD, NONE)], (CHILD, PARENT)),
        ([view(-51, PARENT, SEVERE), view(0, CHILD, NONE)], None),
        ([view(0, CHILD, SEVERE), view(1, CHILD, NONE, instrument="sdq"), view(0, TEACHER, SEVERE)], (CHILD, TEACHER)),
    ],
    ids=[
        "nobody",
        "one",
        "a step apart",
        "far apart",
        "no longer",
        "the two farthest apart",
        "two parents",
        "two numbers of two services",
        "one number of two services",
        "one who may be either",
        "two that may be the same: the more worried counts",
        "ninety days ago",
        "longer ago",
        "asked in another way since",
    ],
)
def test_those_who_see_it_differently_are_told_of(views: list[View], apart: tuple[Informant, Informant] | None) -> None:
    found = differ(views)
    assert (found and tuple(one.who.informant for one in found)) == apart


def test_two_parents_are_two_lines_as_two_services_numbers_are_and_a_talk_is_another_than_an_instrument() -> None:
    given = [
        view(0, PARENT, MILD, 2),
        view(0, PARENT, SEVERE, 1),
        view(0, PARENT, NONE, 1, "sdq"),
        view(0, PARENT, NONE, 1, by="b"),
        view(0, CHILD, MILD),
    ]
    assert [(line.who.label, line.instrument) for line in informants.lines(given)] == [
        ("Barnet", ""),
        ("Forelder 1 (A)", ""),
        ("Forelder 1 (A)", "sdq"),
        ("Forelder 2 (A)", ""),
        ("Forelder 1 (B)", ""),
    ]
    assert not informants.has_trend(given)


@given(VIEWS)
def test_a_line_has_one_view_a_day_in_order(views: list[View]) -> None:
    lines = informants.lines(views)
    assert set(lines) == {one.line for one in views}
    for line, found in lines.items():
        days = [one.on for one in found]
        assert days == sorted(set(days))
        for kept in found:
            of_day = [one for one in views if one.line == line and one.on == kept.on]
            worst = max(one.level for one in of_day)
            assert kept.level == (worst if line.who.may_be_several else of_day[-1].level)


@given(VIEWS)
def test_what_somebody_says_now_is_the_newest_and_of_one_day_the_most_worried(views: list[View]) -> None:
    found = informants.newest(views)
    assert set(found) == {one.who for one in views}
    for who, kept in found.items():
        ends = [line[-1] for key, line in informants.lines(views).items() if key.who == who]
        assert (kept.on, kept.level) == max((one.on, one.level) for one in ends)


@given(VIEWS)
def test_there_is_a_trend_only_when_somebody_was_asked_on_two_days(views: list[View]) -> None:
    asked = {(one.line, one.on) for one in views}
    assert informants.has_trend(views) == (len(asked) > len({one.line for one in views}))


@given(VIEWS, st.integers(0, 130))
def test_who_differ_are_always_far_apart_and_nobody_is_farther(views: list[View], after: int) -> None:
    on = DAY + timedelta(days=after)
    now = [one for one in informants.newest(views).values() if on - one.on <= timedelta(days=90)]
    levels = [(a.level, b.level) for a in now for b in now if a.who.is_another_than(b.who)]
    apart = max((a - b for a, b in levels), default=0)
    found = differ(views, on)
    assert (found is not None) == (apart >= informants.FAR_APART)
    assert found is None or found[1].level - found[0].level == apart


@pytest.mark.parametrize(
    ("key", "area", "informant", "why"),
    [
        ("sdq", HealthArea.MENTAL, CHILD, None),
        ("sdq", HealthArea.DENTAL, CHILD, "Velg et skjema"),
        ("trf", HealthArea.MENTAL, PARENT, "ingen utgave"),
        ("", HealthArea.MENTAL, CHILD, "Velg et skjema"),
    ],
)
def test_which_instrument_somebody_can_have_answered(
    key: str, area: HealthArea, informant: Informant, why: str | None
) -> None:
    instrument = definitions().instrument(key) if key else None
    found = informants.why_not(instrument, area=area, informant=informant)
    assert found is None if why is None else why in str(found)
