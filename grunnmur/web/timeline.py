"""A year as a picture made on the server: where each activity stands, for a template that draws it as SVG.

What has no month is not drawn: it stands in the table beside the picture alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 360
"""As wide as a telephone, so that the words can be read there."""
TOP, ROW, BAR = 26, 44, 14
"""Room for the months; a row with its words; the height of a bar."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One activity: from where to where, and its words above it."""

    label: str
    x: float
    y: int
    width: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole picture."""

    bars: tuple[Bar, ...]
    quarters: tuple[tuple[int, float], ...]
    """Each quarter's number, and where it begins."""
    width: int
    height: int
    bar: int


def timeline(rows: Sequence[tuple[str, tuple[int, int]]]) -> Timeline:
    """A bar for each label and its first and last month (1 to 12)."""
    month = WIDTH / 12
    bars = tuple(
        Bar(label, (first - 1) * month, TOP + number * ROW + ROW - BAR, (last - first + 1) * month)
        for number, (label, (first, last)) in enumerate(rows)
    )
    quarters = tuple((number + 1, number * 3 * month) for number in range(4))
    return Timeline(bars, quarters, WIDTH, TOP + len(rows) * ROW + 4, BAR)
