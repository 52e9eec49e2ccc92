"""Which looks are unusual: each reason as a table, and what can never happen as properties."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grunnmur.cases.definition_file import DefinitionError, read
from grunnmur.cases.unusual import Limits, Looked, Number, Why, limits, why_unusual
from grunnmur.clock import OSLO
from grunnmur.places import DEFINITIONS

THURSDAY, SATURDAY, CHRISTMAS = date(2026, 11, 26), date(2026, 11, 28), date(2026, 12, 25)
KARI, ANNA = UUID(int=1), UUID(int=2)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=OSLO)


ORDINARY = Looked(KARI, ANNA, THURSDAY, at(THURSDAY, 9), at(THURSDAY, 15), is_involved=True)
REFUSALS = replace(ORDINARY, child=None, is_involved=False, children_that_day=0)


def on(day: date, first: int = 9, last: int = 15, minute: int = 0) -> Looked:
    return replace(ORDINARY, day=day, first_at=at(day, first), last_at=at(day, last, minute))


@pytest.mark.parametrize(
    ("looked", "why"),
    [
        pytest.param(ORDINARY, (), id="her own case in the daytime"),
        pytest.param(replace(ORDINARY, broke_glass=True), (Why.BROKE_GLASS,), id="break-glass"),
        pytest.param(replace(ORDINARY, is_involved=False), (Why.NOT_INVOLVED,), id="nothing to do there"),
        pytest.param(
            replace(ORDINARY, is_involved=False, is_protected=True),
            (Why.PROTECTED, Why.NOT_INVOLVED),
            id="nothing to do with a protected child",
        ),
        pytest.param(replace(ORDINARY, is_protected=True), (), id="her own protected child"),
        pytest.param(replace(REFUSALS, refused=2), (), id="two slips"),
        pytest.param(replace(REFUSALS, refused=3), (Why.REFUSED,), id="three refusals"),
        pytest.param(replace(REFUSALS, by_number=1), (Why.BY_NUMBER,), id="a number that nobody here has"),
        pytest.param(replace(ORDINARY, by_number=1), (), id="her own child by number"),
        pytest.param(replace(ORDINARY, children_that_day=24), (), id="twenty-four children"),
        pytest.param(replace(ORDINARY, children_that_day=25), (Why.MANY_CHILDREN,), id="twenty-five children"),
        pytest.param(replace(REFUSALS, children_that_day=25), (), id="many children, but this is none of them"),
        pytest.param(on(THURSDAY, first=7), (), id="seven in the morning"),
        pytest.param(on(THURSDAY, first=6), (Why.ODD_HOURS,), id="six in the morning"),
        pytest.param(on(THURSDAY, last=17, minute=59), (), id="a minute to six"),
        pytest.param(on(THURSDAY, last=18), (Why.ODD_HOURS,), id="six in the evening"),
        pytest.param(on(SATURDAY), (Why.ODD_HOURS,), id="a Saturday"),
        pytest.param(on(CHRISTMAS), (Why.ODD_HOURS,), id="a public holiday"),
    ],
)
def test_what_is_unusual(looked: Looked, why: tuple[Why, ...]) -> None:
    assert why_unusual(looked, limits()) == why


FACTS = st.builds(
    replace,
    st.just(ORDINARY),
    child=st.sampled_from([ANNA, None]),
    refused=st.integers(0, 9),
    by_number=st.integers(0, 2),
    broke_glass=st.booleans(),
    is_protected=st.booleans(),
    is_involved=st.booleans(),
    children_that_day=st.integers(0, 60),
)


@given(FACTS)
def test_the_most_serious_comes_first_and_each_once(looked: Looked) -> None:
    why = why_unusual(looked, limits())
    assert list(why) == sorted(set(why), key=limits().rank)


@given(FACTS)
def test_having_something_to_do_there_never_makes_a_look_more_unusual(looked: Looked) -> None:
    stranger, involved = (why_unusual(replace(looked, is_involved=known), limits()) for known in (False, True))
    assert set(involved) <= set(stranger)


@given(FACTS, st.integers(0, 23))
def test_every_reason_has_its_sentence_with_its_number(looked: Looked, hour: int) -> None:
    for why in why_unusual(replace(looked, first_at=at(THURSDAY, hour), last_at=at(THURSDAY, hour)), limits()):
        said = limits().sentence(why, looked)
        assert said.endswith(".")
        assert "{" not in said


def test_the_numbers_are_our_own_and_each_has_its_reason() -> None:
    assert {one.key for one in limits().numbers} == set(Number)
    assert all(len(one.reason) > 20 for one in limits().numbers)
    assert limits().number(Number.INVOLVED_DAYS) == timedelta(days=90).days


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        pytest.param("- key: refusals", "- key: many_children", "nøyaktig én gang", id="a number is missing"),
        pytest.param("- key: odd_hours", "- key: by_number", "nøyaktig én gang", id="a reason is missing"),
        pytest.param("{starts: 7, ends: 18}", "{starts: 18, ends: 7}", "slutter før den begynner", id="hours"),
    ],
)
def test_a_file_that_cannot_be_right_is_refused(old: str, new: str, fault: str, tmp_path: Path) -> None:
    text = (DEFINITIONS / "looks.yaml").read_text()
    assert old in text
    path = tmp_path / "looks.yaml"
    path.write_text(text.replace(old, new))
    with pytest.raises(DefinitionError, match=fault):
        read(path, "looks.yaml").parse(Limits)
