"""Half-years, and which of them can be counted on a day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grunnmur.insight.halves import WAIT, Half, before_and_after, countable


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2026-08-14", ["2025-1", "2025-2"]),
        ("2026-08-15", ["2025-2", "2026-1"]),
        ("2026-11-29", ["2025-2", "2026-1"]),
        ("2027-02-13", ["2025-2", "2026-1"]),
        ("2027-02-14", ["2025-2", "2026-1"]),
        ("2027-02-15", ["2026-1", "2026-2"]),
    ],
)
def test_a_half_year_is_counted_when_it_has_been_over_for_so_long(on: str, expected: list[str]) -> None:
    assert [half.key for half in countable(date.fromisoformat(on), most=2)] == expected


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_every_day_is_in_one_half_year_and_the_last_that_is_counted_is_the_last_that_can_be(day: date) -> None:
    half = Half.of(day)
    assert half.from_on <= day < half.until_on
    assert Half.read(half.key) == half
    assert half.before.until_on == half.from_on
    last = countable(day, most=1)[0]
    assert last.until_on + WAIT <= day < Half.of(last.until_on).until_on + WAIT


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-", "2026-3", "2026-0", "26-1", "0000-1", "²026-1", "2026-1-1", "x-1"]
)
def test_any_other_text_is_no_half_year(text: str) -> None:
    assert Half.read(text) is None


@pytest.mark.parametrize(
    ("counted", "pair"),
    [
        ("2024-1 2024-2 2026-1 2026-2", ("2024-2", "2026-2")),
        ("2024-1 2024-2 2025-1 2026-1", ("2024-1", "2026-1")),
        ("2024-1 2026-1 2026-2", ("2024-1", "2026-1")),
        ("2024-2 2026-1", ("2024-2", "2026-1")),
        ("2025-1 2026-1 2026-2", (None, "2026-2")),
        ("2024-2 2025-2", ("2024-2", None)),
        ("", (None, None)),
    ],
)
def test_the_same_half_of_two_years_is_put_side_by_side(counted: str, pair: tuple[str | None, str | None]) -> None:
    halves = [half for half in map(Half.read, counted.split()) if half]
    found = before_and_after(halves, before=2024, after=2026)
    assert tuple(half and half.key for half in found) == pair


def test_a_half_year_is_six_months() -> None:
    assert Half(2027, 2).until_on - Half(2027, 2).from_on == timedelta(days=184)
