"""Bars of shares made on the server: where each piece stands, for a template that draws it as SVG.

A piece is told apart by its sign and its number as well as by its shade, and the same numbers stand in a table beside
it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices

from grunnmur.stewardship.terms import Progress, Signal, Standing

WIDTH, HEIGHT, APART = 360, 42, 34
"""As wide as a telephone; the height of a bar, and the room above it for its words."""
LEAST = 26
"""What a sign needs. A piece has this and its share of what is left, so that one of few can be read too."""
SIGNS: Mapping[TextChoices, str] = {
    Standing.NOT_ASSESSED: "?",
    Standing.OPEN: "!",
    Standing.OVERDUE: "!!",
    Standing.UNDER_WAY: "→",
    Standing.MENDED: "✓",
    Standing.NOT_OURS: "–",
    Progress.NOT_BEGUN: "?",
    Progress.OVERDUE: "!!",
    Progress.UNDER_WAY: "→",
    Progress.DONE: "✓",
    Progress.NOT_OURS: "–",
    Signal.NOT_BOTH: "?",
    Signal.OPPOSITE: "≠",
    Signal.UNLIKE: "~",
    Signal.SAME_NOT: "!",
    Signal.SAME: "✓",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a bar."""

    standing: TextChoices
    sign: str
    times: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar, its words and its pieces; one that counts nothing has none."""

    label: str
    y: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """The whole picture."""

    bars: tuple[Bar, ...]
    signs: Mapping[TextChoices, str]
    width: int
    height: int
    bar: int
    """The height of a bar."""


def bars(rows: Sequence[tuple[str, Mapping[Any, int]]]) -> Bars:
    """A bar for each row, as wide as the picture; the more a piece counts, the wider it is."""
    drawn = tuple(
        Bar(label, number * (HEIGHT + APART) + APART, _pieces(times)) for number, (label, times) in enumerate(rows)
    )
    return Bars(drawn, SIGNS, WIDTH, len(drawn) * (HEIGHT + APART), HEIGHT)


def _pieces(times: Mapping[Any, int]) -> tuple[Piece, ...]:
    some = [(one, number) for one, number in times.items() if number]
    whole, left = sum(times.values()), WIDTH - LEAST * len(some)
    x, found = 0.0, []
    for one, number in some:
        width = LEAST + left * number / whole
        found.append(Piece(one, SIGNS[one], number, x, width))
        x += width
    return tuple(found)
