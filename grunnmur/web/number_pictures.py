"""Pictures of numbers made on the server: where everything stands, for a template that draws it as SVG.

A number that is not shown has no bar and no point, and says why in words. The same numbers stand in a table beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor, log10

from grunnmur.insight.capacity import Span
from grunnmur.insight.figures import Times
from grunnmur.insight.spread import INNER, OUTER, Share, is_outside, limits

WIDTH = 360
"""As wide as a telephone, so that the words can be read there."""
BAR, APART, NUMBER = 22, 30, 48
"""The height of a bar, the room above it for its words, and the room beside it for its number."""
HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 260, 58, 14, 14, 46
"""Of the picture that compares, and the room around its points."""
STEPS = 24
"""How many pieces a curve is drawn in."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its words, its number or why it is not shown, and where it stands."""

    label: str
    times: Times
    y: int
    width: float


@dataclass(frozen=True, slots=True)
class Bars:
    bars: tuple[Bar, ...]
    width: int
    height: int
    bar: int


def bars(rows: Sequence[tuple[str, Times]]) -> Bars:
    """A bar for each row, the highest as wide as there is room for; one of nothing has no width."""
    most = max((times for _label, times in rows if isinstance(times, int)), default=0) or 1
    drawn = tuple(
        Bar(
            label,
            times,
            APART + number * (BAR + APART),
            (WIDTH - NUMBER) * (times if isinstance(times, int) else 0) / most,
        )
        for number, (label, times) in enumerate(rows)
    )
    return Bars(drawn, WIDTH, len(drawn) * (BAR + APART) + 4, BAR)


@dataclass(frozen=True, slots=True)
class Point:
    """One place in the comparison; outside when chance alone hardly explains it."""

    name: str
    share: Share
    is_outside: bool
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Funnel:
    """Where the points, the line of all and the curves of chance are drawn, and the ends of the axes."""

    points: tuple[Point, ...]
    middle: float
    inner: tuple[str, str]
    outer: tuple[str, str]
    most: int
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def funnel(shares: Sequence[tuple[str, Share]], share: float) -> Funnel:
    """Each place, one at least, by how many it has and how large its share is, against the share of all."""
    most = max(one.of for _name, one in shares)

    def across(of: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * of / most

    def up(value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value

    def curve(deviations: float, side: int) -> str:
        ofs = [1 + (most - 1) * step / STEPS for step in range(STEPS + 1)]
        return " ".join(f"{across(of):.1f},{up(limits(share, of, deviations)[side]):.1f}" for of in ofs)

    return Funnel(
        points=tuple(Point(name, one, is_outside(one, share), across(one.of), up(one.value)) for name, one in shares),
        middle=up(share),
        inner=(curve(INNER, 0), curve(INNER, 1)),
        outer=(curve(OUTER, 0), curve(OUTER, 1)),
        most=most,
    )


@dataclass(frozen=True, slots=True)
class Moment:
    """A share at one time: where it stands, or None for `y` when there is none to show."""

    label: str
    share: Share | None
    x: float
    y: float | None


@dataclass(frozen=True, slots=True)
class Trend:
    """Where the moments stand, and the pieces of line between those that follow each other."""

    moments: tuple[Moment, ...]
    lines: tuple[str, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def trend(shares: Sequence[tuple[str, Share | None]]) -> Trend | None:
    """Shares over time, from 0 to 100 %; None when there is none to show. No line passes what is not shown."""
    if not any(share for _label, share in shares):
        return None
    apart = (WIDTH - LEFT - RIGHT) / len(shares)
    moments = tuple(
        Moment(
            label,
            share,
            LEFT + apart * (number + 0.5),
            HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share.value if share else None,
        )
        for number, (label, share) in enumerate(shares)
    )
    return Trend(
        moments,
        tuple(
            f"{one.x:.1f},{one.y:.1f} {after.x:.1f},{after.y:.1f}"
            for one, after in pairwise(moments)
            if one.y is not None and after.y is not None
        ),
    )


@dataclass(frozen=True, slots=True)
class Mark:
    """What one course comes to at one time: where its middle is, and from where to where eight of ten are."""

    x: float
    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Course:
    """One line through a year; there is no mark where nothing is known."""

    label: str
    marks: tuple[Mark, ...]

    @property
    def path(self) -> str:
        """As SVG writes it."""
        return " ".join(f"{one.x:.1f},{one.middle:.1f}" for one in self.marks)


@dataclass(frozen=True, slots=True)
class Year:
    """Where the lines and the ends of the axes are drawn."""

    courses: tuple[Course, ...]
    times: tuple[tuple[str, float], ...]
    most: int
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


BESIDE = 8
"""Between the marks of two lines at the same time, so that none hides another."""


def year(lines: Sequence[tuple[str, Sequence[Span | None]]], times: Sequence[str]) -> Year:
    """One line or two, each with a span or None at each of the times, of which every third is named."""
    most = above(max((one.high for _label, spans in lines for one in spans if one), default=0))
    apart = (WIDTH - LEFT - RIGHT) / len(times)

    def across(number: int) -> float:
        return LEFT + apart * (number + 0.5)

    def up(value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / most

    return Year(
        courses=tuple(
            Course(
                label,
                tuple(
                    Mark(
                        across(number) + BESIDE * (line - (len(lines) - 1) / 2),
                        up(one.low),
                        up(one.middle),
                        up(one.high),
                    )
                    for number, one in enumerate(spans)
                    if one
                ),
            )
            for line, (label, spans) in enumerate(lines)
        ),
        times=tuple((name, across(number)) for number, name in enumerate(times) if number % 3 == 0),
        most=most,
    )


def above(number: float) -> int:
    """The nearest round number that is at least as much: one digit and zeros."""
    power = int(10 ** floor(log10(max(1, number))))
    return next(step * power for step in range(1, 11) if step * power >= number)
