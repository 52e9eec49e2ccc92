"""The small chart: everything is inside the picture, in order, and told apart by more than colour."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from grunnmur.web.charts import HEIGHT, SHAPES, WIDTH, chart

LEVELS = ["ingen", "lette", "tydelige", "alvorlige"]
DAY = date(2026, 1, 1)
Series = list[tuple[str, list[tuple[date, int]]]]
POINTS = st.lists(
    st.tuples(st.integers(0, 900).map(lambda days: DAY + timedelta(days=days)), st.integers(0, 3)),
    min_size=1,
    max_size=8,
    unique_by=lambda point: point[0],
).map(sorted)
SERIES = st.lists(st.tuples(st.sampled_from("abcdef"), POINTS), min_size=1, max_size=6)


@given(SERIES)
def test_every_point_is_inside_and_later_is_to_the_right(series: Series) -> None:
    made = chart(series, levels=LEVELS)
    for line, (label, points) in zip(made.lines, series, strict=True):
        assert line.label == label
        across = [x for x, _y in line.points]
        assert across == sorted(across)
        assert len(line.points) == len(points)
        for x, y in line.points:
            assert made.left <= x <= made.right <= WIDTH
            assert 0 <= y <= HEIGHT


@given(SERIES)
def test_more_is_higher_up_on_the_same_line(series: Series) -> None:
    for line, (_label, points) in zip(chart(series, levels=LEVELS).lines, series, strict=True):
        heights = [(level, -y) for (_on, level), (_x, y) in zip(points, line.points, strict=True)]
        for level, height in heights:
            assert all((other < level) == (up < height - 1) for other, up in heights if other != level)


def test_lines_have_each_their_own_shape() -> None:
    made = chart([(letter, [(DAY, 1)]) for letter in "abcdef"], levels=LEVELS)
    assert [line.shape for line in made.lines] == list(SHAPES)
    assert len({line.points for line in made.lines}) == 6, "none hides another"


def test_one_day_has_one_date_under_it() -> None:
    assert len(chart([("a", [(DAY, 1)])], levels=LEVELS).days) == 1
    assert len(chart([("a", [(DAY, 1), (DAY + timedelta(days=1), 2)])], levels=LEVELS).days) == 2
