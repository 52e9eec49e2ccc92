"""Several who know the child: lines over time, who differs, and which instrument somebody can have answered."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grunnmur.cases import informants
from grunnmur.cases.definition import definitions
from grunnmur.cases.informants import View
from grunnmur.cases.terms import HealthArea, Informant, Severity

DAY = date(2026, 5, 4)
CHILD, PARENT, TEACHER = Informant.CHILD, Informant.PARENT, Informant.TEACHER
NONE, MILD, CLEAR, SEVERE = Severity

VIEWS = st.lists(
    st.builds(
        View,
        on=st.integers(0, 40).map(lambda days: DAY + timedelta(days=days)),
        informant=st.sampled_from(Informant),
        severity=st.sampled_from(Severity),
    ),
    max_size=20,
)


def view(days: int, informant: Informant, severity: Severity) -> View:
    return View(DAY + timedelta(days=days), informant, severity)


@pytest.mark.parametrize(
    ("views", "apart"),
    [
        ([], None),
        ([view(0, CHILD, SEVERE)], None),
        ([view(0, CHILD, CLEAR), view(0, TEACHER, MILD)], None),
        ([view(0, CHILD, SEVERE), view(0, TEACHER, MILD)], (TEACHER, CHILD)),
        ([view(0, CHILD, SEVERE), view(0, TEACHER, MILD), view(9, CHILD, MILD)], None),
        ([view(0, CHILD, NONE), view(0, PARENT, CLEAR), view(0, TEACHER, SEVERE)], (CHILD, TEACHER)),
    ],
    ids=["nobody", "one", "a step apart", "far apart", "no longer", "the two farthest apart"],
)
def test_those_who_see_it_differently_are_told_of(views: list[View], apart: tuple[Informant, Informant] | None) -> None:
    found = informants.differ(views)
    assert (found and tuple(one.informant for one in found)) == apart


@given(VIEWS)
def test_a_line_has_one_view_a_day_in_order_and_ends_with_what_is_said_now(views: list[View]) -> None:
    lines = informants.lines(views)
    assert set(lines) == {one.informant for one in views}
    for informant, line in lines.items():
        days = [one.on for one in line]
        assert days == sorted(set(days))
        assert line[-1] == informants.newest(views)[informant]
        assert [one for one in views if one.informant is informant and one.on == days[-1]][-1] == line[-1]


@given(VIEWS)
def test_there_is_a_trend_only_when_somebody_was_asked_on_two_days(views: list[View]) -> None:
    asked = {(one.informant, one.on) for one in views}
    assert informants.has_trend(views) == (len(asked) > len({one.informant for one in views}))


@given(VIEWS)
def test_who_differ_are_always_far_apart_and_nobody_is_farther(views: list[View]) -> None:
    levels = [one.level for one in informants.newest(views).values()]
    apart = max(levels, default=0) - min(levels, default=0)
    found = informants.differ(views)
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
