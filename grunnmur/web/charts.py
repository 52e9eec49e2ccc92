"""A small line chart made on the server: where everything stands, for a template that draws it as SVG.

Lines are told apart by the shape of their points and by their dashes as well as by colour, and the same numbers stand
in a table beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT = 360, 200
"""As wide as a telephone, so that the words can be read there."""
LEFT, RIGHT, TOP, BOTTOM = 132, 12, 12, 30
"""Room for the words beside the axes."""
APART = 4
"""Between lines at the same level, so that none hides another."""
SHAPES = ("circle", "square", "triangle", "diamond", "cross", "bar")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number decides its shape, dashes and colour."""

    label: str
    number: int
    shape: str
    points: tuple[tuple[float, float], ...]

    @property
    def path(self) -> str:
        """As SVG writes it."""
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in self.points)


@dataclass(frozen=True, slots=True)
class Chart:
    """Where the levels, the days and the lines are drawn."""

    levels: tuple[tuple[str, float], ...]
    days: tuple[tuple[date, float], ...]
    """The first and the last."""
    lines: tuple[Line, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT


def chart(series: Sequence[tuple[str, Sequence[tuple[date, int]]]], *, levels: Sequence[str]) -> Chart:
    """Each line's label and its (day, level); level 0 is at the bottom. There is at least one point."""
    days = [on for _label, points in series for on, _level in points]
    first, last = min(days), max(days)
    span = (last - first).days or 1

    def across(on: date) -> float:
        return LEFT + APART + (WIDTH - LEFT - RIGHT - 2 * APART) * (on - first).days / span

    def up(level: int) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * level / (len(levels) - 1)

    middle = (len(series) - 1) / 2
    return Chart(
        levels=tuple((label, up(level)) for level, label in enumerate(levels)),
        days=((first, across(first)), (last, across(last)))[: 1 + (last > first)],
        lines=tuple(
            Line(
                label=label,
                number=number,
                shape=SHAPES[number % len(SHAPES)],
                points=tuple((across(on), up(level) + APART * (number - middle)) for on, level in points),
            )
            for number, (label, points) in enumerate(series)
        ),
    )
