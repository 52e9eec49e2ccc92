"""How coarse a research extract is made: the rules as tables, and what must hold for any children at all."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grunnmur.insight.deidentify import (
    BANDS,
    DETAILS,
    NOT_YET,
    OTHER,
    Age,
    Detail,
    Known,
    Time,
    band,
    classes,
    has_enough,
    merge_rare,
    merge_weeks,
    safest,
    say_answers,
)
from grunnmur.insight.halves import Half
from grunnmur.insight.hiding import LEAST

ONE, TWO, NEXT = Half(2030, 1), Half(2030, 2), Half(2031, 1)
EXACT = Detail(Time.HALF, Age.YEAR, True)


def counted(*children: tuple[Half, int, str, int]) -> Counter[Known]:
    return Counter({Known(half, age, sex): times for half, age, sex, times in children})


@pytest.mark.parametrize(
    ("children", "detail"),
    [
        pytest.param(counted((ONE, 7, "1", 5)), EXACT, id="all alike"),
        pytest.param(counted((ONE, 7, "1", 5), (TWO, 9, "2", 6)), EXACT, id="two that are many enough"),
        pytest.param(counted((ONE, 7, "1", 4)), None, id="four children are too few, however it is said"),
        pytest.param(counted(), None, id="nobody"),
        pytest.param(Counter({Known(ONE, 7, "1"): 0}), None, id="nobody, and counted"),
        pytest.param(
            counted((ONE, 6, "1", 4), (ONE, 8, "1", 1)), Detail(Time.HALF, Age.THREE, True), id="ages that lie near"
        ),
        pytest.param(
            counted((ONE, 7, "1", 4), (TWO, 7, "1", 1)), Detail(Time.YEAR, Age.YEAR, True), id="one later in the year"
        ),
        pytest.param(
            counted((ONE, 7, "1", 4), (NEXT, 7, "1", 1)), Detail(Time.PERIOD, Age.YEAR, True), id="one the next year"
        ),
        pytest.param(counted((ONE, 7, "1", 4), (ONE, 7, "2", 1)), Detail(Time.HALF, Age.YEAR, False), id="one girl"),
        pytest.param(
            counted((ONE, 2, "1", 4), (ONE, 17, "1", 1)), Detail(Time.HALF, Age.NONE, True), id="one much older"
        ),
    ],
)
def test_the_most_exact_that_leaves_nobody_alone(children: Counter[Known], detail: Detail | None) -> None:
    assert safest(children) == detail


@pytest.mark.parametrize(
    ("age", "how", "said"),
    [
        (7, Age.YEAR, "7"),
        (0, Age.THREE, "0-2"),
        (7, Age.THREE, "6-8"),
        (5, Age.GROUP, "0-5"),
        (6, Age.GROUP, "6-11"),
        (17, Age.GROUP, "12-17"),
        (18, Age.GROUP, "18-24"),
        (40, Age.GROUP, "18-24"),
        (7, Age.NONE, ""),
    ],
)
def test_how_an_age_is_said(age: int, how: Age, said: str) -> None:
    assert Detail(Time.HALF, how, True).say(Known(ONE, age, "1"))[1] == said


HALVES = st.builds(Half, st.integers(2026, 2031), st.sampled_from((1, 2)))
KNOWN = st.builds(Known, HALVES, st.integers(0, 23), st.sampled_from(("", "1", "2")))


@given(st.dictionaries(KNOWN, st.integers(1, 12), max_size=25))
def test_no_combination_is_shared_by_fewer_than_enough(children: dict[Known, int]) -> None:
    detail = safest(children)
    if detail is None:
        assert sum(children.values()) < LEAST, "the coarsest of all says nothing, and holds when there are enough"
    else:
        assert min(classes(children, detail).values()) >= LEAST
        exacter = DETAILS[: DETAILS.index(detail)]
        assert all(min(classes(children, one).values()) < LEAST for one in exacter)
        assert classes(children, detail).total() == sum(children.values()), "nobody is left out to make it fit"


def test_coarser_never_splits_what_is_said_alike() -> None:
    """Three years at a time lie within the groups, half-years within years."""
    everybody = [Known(Half(year, half), age, "1") for year in (2030, 2031) for half in (1, 2) for age in range(24)]
    for finer, coarser in ((Age.YEAR, Age.THREE), (Age.THREE, Age.GROUP), (Age.GROUP, Age.NONE)):
        said = {Detail(Time.HALF, finer, True).say(one): Detail(Time.HALF, coarser, True).say(one) for one in everybody}
        for one in everybody:
            fine, coarse = Detail(Time.HALF, finer, True).say(one), Detail(Time.HALF, coarser, True).say(one)
            assert said[fine] == coarse


# --- what is seldom ---------------------------------------------------------------------------------------------------


def pairs(**values: int) -> list[tuple[str, str]]:
    """So many children with each value, each child once."""
    return [(f"{value}{number}", value) for value, times in values.items() for number in range(times)]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        pytest.param(pairs(a=5, b=9), {"a": "a", "b": "b"}, id="none is rare"),
        pytest.param(pairs(a=9, b=3, c=2), {"a": "a", "b": OTHER, "c": OTHER}, id="two rare ones together"),
        pytest.param(
            pairs(a=9, b=6, c=1), {"a": "a", "b": OTHER, "c": OTHER}, id="one alone takes the least common with it"
        ),
        pytest.param(pairs(a=4), {"a": OTHER}, id="nothing is left"),
        pytest.param(pairs(a=9, other=1), {"a": OTHER, OTHER: OTHER}, id="what is called other is rare too"),
        pytest.param([("x", "a")] * 9, {"a": OTHER}, id="nine times about one child"),
    ],
)
def test_a_value_that_few_have_is_said_with_others(values: list[tuple[str, str]], said: dict[str, str]) -> None:
    assert merge_rare(values) == said


@given(st.lists(st.tuples(st.sampled_from("abcdefghij"), st.sampled_from(("x", "y", "z", OTHER))), max_size=40))
def test_each_value_that_is_said_is_of_enough_children(values: list[tuple[str, str]]) -> None:
    said = merge_rare(values)
    assert set(said) == {value for _child, value in values}
    enough = has_enough(child for child, _value in values)
    for told in set(said.values()):
        children = {child for child, value in values if said[value] == told}
        assert len(children) >= LEAST or (not enough and told == OTHER)


@pytest.mark.parametrize(
    ("weeks", "said"),
    [
        pytest.param([0] * 5 + [1] * 5, {0: "0", 1: "1"}, id="enough in each"),
        pytest.param([0, 0, 1, 2, 3, 9, 9, 9, 9, 9], {0: "0-3", 1: "0-3", 2: "0-3", 3: "0-3", 9: "9"}, id="a span"),
        pytest.param([0] * 5 + [4], {0: "0-4", 4: "0-4"}, id="the last is not left alone"),
        pytest.param([0] * 5 + [None], {0: f"0-{NOT_YET}", None: f"0-{NOT_YET}"}, id="nor the one who waits"),
        pytest.param([None] * 5 + [0] * 5, {0: "0", None: NOT_YET}, id="enough wait"),
        pytest.param([3, None], {3: f"3-{NOT_YET}", None: f"3-{NOT_YET}"}, id="too few in all"),
    ],
)
def test_weeks_are_said_in_spans(weeks: list[int | None], said: dict[int | None, str]) -> None:
    assert merge_weeks((str(number), one) for number, one in enumerate(weeks)) == said


@given(st.lists(st.tuples(st.sampled_from("abcdefghij"), st.one_of(st.none(), st.integers(0, 30))), max_size=40))
def test_each_span_is_of_enough_children(values: list[tuple[str, int | None]]) -> None:
    said = merge_weeks(values)
    assert set(said) == {weeks for _child, weeks in values}
    enough = has_enough(child for child, _weeks in values)
    for told in set(said.values()):
        children = {child for child, weeks in values if said[weeks] == told}
        assert len(children) >= LEAST or not enough


# --- answers, and numbers on the page ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        pytest.param([["yes"]] * 4, None, id="four are too few"),
        pytest.param([["yes"]] * 9, [("",)] * 9, id="all said the same"),
        pytest.param([["yes"]] * 8 + [["no"]], [("",)] * 9, id="the one who did not would know of the rest"),
        pytest.param([["yes"]] * 3 + [["no"]] * 2, [("no",)] * 2 + [("yes",)] * 3, id="they differ"),
        pytest.param(
            [["yes", "no"]] * 3 + [["no", "no"]] * 2, [("no", "")] * 2 + [("yes", "")] * 3, id="one question of two"
        ),
    ],
)
def test_nobody_learns_who_said_what(answers: list[Any], said: list[Any] | None) -> None:
    assert say_answers(answers) == said


@pytest.mark.parametrize(
    ("children", "told"),
    [(0, (0, 4)), (4, (0, 4)), (5, (5, 19)), (19, (5, 19)), (20, (20, 49)), (999, (500, 999)), (1000, (1000, None))],
)
def test_a_number_on_the_page_is_told_in_bands(children: int, told: tuple[int, int | None]) -> None:
    assert band(children) == told
    assert BANDS[0] == LEAST, "a small number is never told from none"
