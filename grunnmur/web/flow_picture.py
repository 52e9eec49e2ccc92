"""A picture of what goes from somewhere, together, and on to somewhere: where everything stands, for a template.

What is drawn are two tables of the same events: where they came from, and where they went. Which of the one went to
which of the other is in neither, and is not drawn. A number that is not shown has a dashed line and no width, and what
is nothing is left out; both stand in the table beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from grunnmur.insight.figures import Times

WIDTH = 360
"""As wide as a telephone, so that the words can be read there."""
BAR, LINE, APART = 8, 19, 10
"""How wide a bar is, how high a line of words, and the room between two of a side."""
LETTERS = 20
"""In a line of words: half the picture."""
WHOLE = 140
"""How high all of them are together."""
TOP = 30
"""Room above for the words of the middle."""
MIDDLE = (WIDTH - BAR) / 2


@dataclass(frozen=True, slots=True)
class Stream:
    """One of a side: its words above its bar, and the band from that to the middle; without height when not shown."""

    words: tuple[str, ...]
    times: Times
    top: float
    y: float
    height: float
    band: str

    @property
    def lines(self) -> tuple[tuple[str, float], ...]:
        """Each line of its words, and where it stands."""
        return tuple((word, self.top + LINE * (number + 1) - 5) for number, word in enumerate(self.words))


@dataclass(frozen=True, slots=True)
class Flow:
    """The whole picture. `y` and `middle` are where the bar in the middle begins and how high it is."""

    left: tuple[Stream, ...]
    right: tuple[Stream, ...]
    y: float
    middle: float
    height: float
    width: int = WIDTH
    bar: int = BAR
    x: float = MIDDLE


Rows = Sequence[tuple[str, Times]]


def flow(left: Rows, whole: Times, right: Rows) -> Flow | None:
    """From the one side through the middle to the other; a side may be empty. None when no number is shown.

    What is not shown comes last, so that its lines cross no band.
    """
    sides = [
        sorted((row for row in rows if row[1] != 0), key=lambda row: not isinstance(row[1], int))
        for rows in (left, right)
    ]
    known = [sum(times for _label, times in rows if isinstance(times, int)) for rows in sides]
    most = max(*known, whole if isinstance(whole, int) else 0)
    if not any(known):
        return None
    scale = WHOLE / most
    high = [
        sum(LINE * len(_words(*row)) + _height(row[1], scale) for row in rows) + APART * len(rows) for rows in sides
    ]
    height = TOP + max(*high, WHOLE + APART)
    y = TOP + (height - TOP - WHOLE) / 2
    tops = [TOP + (height - TOP - used) / 2 for used in high]
    return Flow(
        left=_side(sides[0], scale, top=tops[0], middle=y, is_left=True),
        right=_side(sides[1], scale, top=tops[1], middle=y, is_left=False),
        y=y,
        middle=WHOLE,
        height=height,
    )


def _words(label: str, times: Times) -> tuple[str, ...]:
    shown = times if isinstance(times, int) else times.label
    return tuple(wrap(f"{label}: {shown}", LETTERS))


def _height(times: Times, scale: float) -> float:
    return times * scale if isinstance(times, int) else 0.0


def _side(rows: Rows, scale: float, *, top: float, middle: float, is_left: bool) -> tuple[Stream, ...]:
    """One under another; those with a number first in the middle, and what is not shown to what is left of it."""
    begins, ends = (BAR, MIDDLE) if is_left else (WIDTH - BAR, MIDDLE + BAR)
    rest = middle + (WHOLE + sum(_height(times, scale) for _label, times in rows)) / 2
    made = []
    for label, times in rows:
        words, height = _words(label, times), _height(times, scale)
        y = top + LINE * len(words)
        made.append(Stream(words, times, top, y, height, _band(begins, y, ends, middle if height else rest, height)))
        top, middle = y + height + APART, middle + height
    return tuple(made)


def _band(x: float, y: float, to_x: float, to_y: float, height: float) -> str:
    """As SVG writes it: bent, and as high in both ends; a line when it has no height."""
    half = (x + to_x) / 2
    over = f"M{x:.1f} {y:.1f} C{half:.1f} {y:.1f} {half:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"
    if not height:
        return over
    low, to_low = y + height, to_y + height
    return f"{over} V{to_low:.1f} C{half:.1f} {to_low:.1f} {half:.1f} {low:.1f} {x:.1f} {low:.1f} Z"
