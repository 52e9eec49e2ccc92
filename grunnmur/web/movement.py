"""What a grant was to move, in the frozen numbers of its municipality: before it was given, and in the year told of."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from grunnmur.directory.sessions import Actor
from grunnmur.insight import figures
from grunnmur.insight.figures import Numbers, Times
from grunnmur.insight.halves import Half, before_and_after
from grunnmur.insight.indicators import indicators

Row = tuple[str, Times, Times]
"""What is counted, before and after."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One indicator, and every number of it beside the one from before."""

    key: str
    title: str
    rows: tuple[Row, ...]
    """Each category, and last the sum of them."""


@dataclass(frozen=True, slots=True)
class Movement:
    """The half-years that are beside each other, None where none is counted; no tables unless there are two."""

    before: Half | None
    after: Half | None
    tables: tuple[Moved, ...]


def movements(
    actor: Actor, place: str, keys: Collection[str], *, given: int, told: Iterable[int], language: str, whole: str
) -> dict[int, Movement]:
    """By the year told of: the numbers before the year that a grant was given in, and in that year.

    Nothing for whoever does not see the numbers of the municipality. `whole` names the sum of the categories.
    """
    if place not in {one.number for one in figures.places(actor)}:
        return {}
    counted = figures.counted(since=given - 1)
    pairs = {year: before_and_after(counted, before=given - 1, after=year) for year in told}
    halves = sorted({half for pair in pairs.values() for half in pair if half})
    known = [one for one in indicators().indicators if one.key in keys]
    shown = figures.over_time([one.key for one in known], halves, place=place)
    numbers = {key: dict(zip(halves, each, strict=True)) for key, each in shown.items()}

    def beside(before: Half, after: Half) -> tuple[Moved, ...]:
        return tuple(
            Moved(
                one.key,
                one.words(language).title,
                _rows(one.labels(language), numbers[one.key][before], numbers[one.key][after], whole),
            )
            for one in known
        )

    return {
        year: Movement(before, after, beside(before, after) if before and after else ())
        for year, (before, after) in pairs.items()
    }


def _rows(labels: dict[str, str], before: Numbers, after: Numbers, whole: str) -> tuple[Row, ...]:
    each = ((label, before.by[key], after.by[key]) for key, label in labels.items())
    return (*each, (whole, before.whole, after.whole))
