"""Pictures of numbers: everything is inside, more is longer, and what is hidden is not drawn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grunnmur.insight.capacity import Span
from grunnmur.insight.spread import INNER, OUTER, Share, is_outside, limits
from grunnmur.web.number_pictures import BAR, LEFT, NUMBER, RIGHT, WIDTH, above, bars, funnel, year

NUMBERS = st.lists(st.none() | st.just(0) | st.integers(5, 10_000), max_size=8)
SHARES = st.lists(
    st.integers(1, 500).flatmap(lambda of: st.builds(Share, st.integers(0, of), st.just(of))), min_size=1, max_size=25
)


@given(NUMBERS)
def test_a_bar_is_as_long_as_its_number_and_has_room_for_it(numbers: list[int | None]) -> None:
    made = bars([("x", times) for times in numbers])
    for bar, times in zip(made.bars, numbers, strict=True):
        assert 0 <= bar.width <= WIDTH - NUMBER
        assert bar.y + BAR <= made.height
        assert bool(bar.width) is bool(times)
        for other in made.bars:
            assert (other.width < bar.width) == ((other.times or 0) < (times or 0))


@given(SHARES, st.floats(0.01, 0.99))
def test_every_point_is_inside_the_picture(shares: list[Share], share: float) -> None:
    made = funnel([("x", one) for one in shares], share)
    for point in made.points:
        assert LEFT <= point.x <= WIDTH - RIGHT
        assert made.top - 0.01 <= point.y <= made.bottom + 0.01
    assert made.most == max(one.of for one in shares)


def test_what_chance_explains_is_counted_by_hand() -> None:
    # 0.5 ± 1.96 × √(0.25 / 100) = 0.5 ± 0.098
    low, high = limits(0.5, 100, INNER)
    assert (round(low, 3), round(high, 3)) == (0.402, 0.598)
    # 0.5 ± 3.09 × 0.05 = 0.5 ± 0.1545
    assert [is_outside(Share(times, 100), 0.5, OUTER) for times in (34, 35, 65, 66)] == [True, False, False, True]
    assert limits(0.9, 4, OUTER)[1] == 1.0, "no share is above all of them"


@given(st.floats(0.01, 0.99), st.integers(1, 1000))
def test_of_more_less_is_chance(share: float, of: int) -> None:
    narrow, wide = limits(share, of * 4, INNER), limits(share, of, INNER)
    assert wide[0] <= narrow[0] <= share <= narrow[1] <= wide[1]


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, 1), (0.4, 1), (1, 1), (1.1, 2), (3, 3), (5.1, 6), (9.1, 10), (10, 10), (11, 20), (99, 100), (410, 500)],
)
def test_an_axis_ends_at_a_round_number(number: float, expected: int) -> None:
    assert above(number) == expected


SPANS = st.none() | st.lists(st.floats(0, 400), min_size=3, max_size=3).map(lambda found: Span(*sorted(found)))


@given(st.lists(st.lists(SPANS, min_size=12, max_size=12), min_size=1, max_size=2))
def test_a_year_is_inside_the_picture_and_no_mark_hides_another(lines: list[list[Span | None]]) -> None:
    made = year([("x", spans) for spans in lines], list("jfmamjjasond"))
    assert [name for name, _x in made.times] == list("jajo")
    marks = [mark for course in made.courses for mark in course.marks]
    assert len(marks) == sum(one is not None for spans in lines for one in spans)
    assert len({mark.x for mark in marks}) == len(marks)
    for mark in marks:
        assert LEFT <= mark.x <= WIDTH - RIGHT
        assert made.top - 0.01 <= mark.high <= mark.middle <= mark.low <= made.bottom + 0.01
    for spans, course in zip(lines, made.courses, strict=True):
        found = [one for one in spans if one]
        assert [mark.middle for mark in course.marks] == [
            made.bottom - (made.bottom - made.top) * one.middle / made.most for one in found
        ]
