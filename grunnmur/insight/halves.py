"""Half-years: what everything is counted for. Pure.

That it is half-years, and how long one waits before one is counted, is our own choice: in a shorter time most
municipalities have too few children for any number to be shown.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

WAIT = timedelta(days=45)
"""From the end of a half-year until it is counted, so that what happened in it is written down."""


@dataclass(frozen=True, slots=True, order=True)
class Half:
    """One half of a year, 1 or 2."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Self:
        """The one that a day is in."""
        return cls(day.year, 1 if day.month < 7 else 2)

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The one that `key` names, or None for any other text."""
        year, dash, number = text.partition("-")
        if not (dash and year.isdecimal() and len(year) == 4 and int(year) and number in ("1", "2")):
            return None
        return cls(int(year), int(number))

    @property
    def key(self) -> str:
        """As it stands in an address: 2026-1."""
        return f"{self.year:04}-{self.number}"

    @property
    def from_on(self) -> date:
        return date(self.year, 1 if self.number == 1 else 7, 1)

    @property
    def until_on(self) -> date:
        """The first day after it."""
        return date(self.year, 7, 1) if self.number == 1 else date(self.year + 1, 1, 1)

    @property
    def before(self) -> "Half":
        return Half(self.year, 1) if self.number == 2 else Half(self.year - 1, 2)


def countable(on: date, *, most: int) -> list[Half]:
    """The last half-years that can be counted on a day, the oldest first."""
    last = Half.of(on - WAIT).before
    found = [last]
    while len(found) < most:
        found.append(found[-1].before)
    return found[::-1]


def before_and_after(counted: Collection[Half], *, before: int, after: int) -> tuple[Half | None, Half | None]:
    """A half of one year and the same half of a later one, the second halves when both are counted.

    Where no half is counted in both years, the last that is counted in each, or None. That it is the same half, so that
    a season is not taken for a change, is our own choice.
    """
    for number in (2, 1):
        if {Half(before, number), Half(after, number)} <= set(counted):
            return Half(before, number), Half(after, number)
    of = {year: max((one for one in counted if one.year == year), default=None) for year in (before, after)}
    return of[before], of[after]
