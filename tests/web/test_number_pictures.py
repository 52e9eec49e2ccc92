"""Pictures of numbers: everything is inside, more is longer, and what is hidden is not drawn."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grunnmur.directory.responsibility import squares
from grunnmur.insight.capacity import Span
from grunnmur.insight.figures import Numbers, Place, Times, Unshown
from grunnmur.insight.spread import INNER, OUTER, Share, is_outside, limits
from grunnmur.web.flow_picture import APART, TOP, WHOLE, flow
from grunnmur.web.number_pictures import (
    BAR,
    BOTTOM,
    HEIGHT,
    LEFT,
    NUMBER,
    RIGHT,
    WIDTH,
    above,
    bars,
    funnel,
    trend,
    year,
)
from grunnmur.web.region_map import of_shares

TIMES = st.sampled_from([*Unshown, 0]) | st.integers(5, 10_000)
NUMBERS = st.lists(TIMES, max_size=8)
SHARES = st.lists(
    st.integers(1, 500).flatmap(lambda of: st.builds(Share, st.integers(0, of), st.just(of))), min_size=1, max_size=25
)


@given(NUMBERS)
def test_a_bar_is_as_long_as_its_number_and_has_room_for_it(numbers: list[Times]) -> None:
    made = bars([("x", times) for times in numbers])
    lengths = [times if isinstance(times, int) else 0 for times in numbers]
    for bar, times in zip(made.bars, lengths, strict=True):
        assert 0 <= bar.width <= WIDTH - NUMBER
        assert bar.y + BAR <= made.height
        assert bool(bar.width) is bool(times)
        for other, its in zip(made.bars, lengths, strict=True):
            assert (other.width < bar.width) == (its < times)


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


@given(st.lists(st.builds(Share, st.integers(0, 50), st.just(50)) | st.none(), min_size=1, max_size=6))
def test_a_line_over_time_goes_only_between_what_is_shown_beside_each_other(shares: list[Share | None]) -> None:
    made = trend([("x", one) for one in shares])
    if made is None:
        assert not any(shares)
        return
    assert [one.share for one in made.moments] == shares
    assert len(made.lines) == sum(bool(one and after) for one, after in pairwise(shares))
    for one in made.moments:
        assert (one.y is None) is (one.share is None)
        assert LEFT <= one.x <= WIDTH - RIGHT
        if one.share and one.y is not None:
            assert one.y == HEIGHT - BOTTOM - (HEIGHT - BOTTOM - made.top) * one.share.value


def in_the_middle(band: str) -> float:
    """How far down a band comes to the bar in the middle: where its first curve ends."""
    return float(band.split(" C")[1].split(" ")[5])


@given(NUMBERS, NUMBERS, st.integers(0, 10_000))
def test_a_band_is_as_wide_as_its_number_and_none_lies_over_another(
    left: list[Times], right: list[Times], more: int
) -> None:
    known = [sum(one for one in side if isinstance(one, int)) for side in (left, right)]
    made = flow([("x", one) for one in left], max(known) + more, [("y y", one) for one in right])
    if made is None:
        assert not any(known)
        return
    scale = WHOLE / (max(known) + more)
    for side, rows in ((made.left, left), (made.right, right)):
        known_first = sorted((one for one in rows if one != 0), key=lambda one: isinstance(one, str))
        assert [one.times for one in side] == known_first, "nothing has no band"
        for one in side:
            assert abs(one.height - (one.times * scale if isinstance(one.times, int) else 0)) < 1e-6
        for one, after in pairwise(side):
            assert one.y + one.height + APART <= after.top + 1e-6
        assert not side or (side[0].top >= TOP - 1e-6 and side[-1].y + side[-1].height <= made.height)
        used = 0.0
        for one in side:
            # In the middle they follow each other, and what is not shown goes to the middle of what is left.
            at = used if one.height else (used + made.middle) / 2
            assert abs(in_the_middle(one.band) - made.y - at) <= 0.06, "written with one decimal"
            used += one.height
        assert used <= made.middle + 1e-6


def test_each_municipality_has_the_class_of_its_share_or_the_sign_of_why_not() -> None:
    numbers = list(squares().tiles)[:7]
    shares: list[tuple[Times, Times]] = [
        (24, 100),
        (25, 100),
        (74, 100),
        (75, 100),
        (Unshown.HIDDEN, 100),
        (0, 0),
        (Unshown.NOT_COUNTED, Unshown.NOT_COUNTED),
    ]
    found = {number: Numbers(whole, {"x": times}) for number, (times, whole) in zip(numbers, shares, strict=True)}
    found["0000"] = Numbers(100, {"x": 50})
    places = [*(Place(number, number, "") for number in numbers), Place("0000", "Uten rute", "")]
    drawn = of_shares(places, found, "x")
    assert [(one.standing, one.sign) for one in drawn.tiles] == [
        ("class-0", "24 %"),
        ("class-1", "25 %"),
        ("class-2", "74 %"),
        ("class-3", "75 %"),
        ("hidden", "×"),
        ("none", "–"),
        ("not_counted", "?"),
    ]


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
