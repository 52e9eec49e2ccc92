"""A picture of the region made on the server: a tile for each municipality, for a template that draws it as SVG.

The tiles stand where those of the map of who is responsible do. A tile is told apart by its sign as well as by its
shade, and the same stands in a table below it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from grunnmur.directory.responsibility import squares
from grunnmur.insight.figures import Numbers, Place, Unshown
from grunnmur.stewardship.programmes import Placed
from grunnmur.stewardship.terms import ProgrammeStatus

SIDE = 80
"""How wide and high a tile is, in the units of the picture."""
SIGNS: Mapping[ProgrammeStatus | None, str] = {
    ProgrammeStatus.IN_USE: "✓",
    ProgrammeStatus.CONSIDERED: "→",
    ProgrammeStatus.ENDED: "■",
    ProgrammeStatus.NOT_HERE: "–",
    None: "?",
}


@dataclass(frozen=True, slots=True)
class Tile:
    """One municipality, where it stands, and how it is there."""

    name: str
    x: int
    y: int
    standing: str
    sign: str


@dataclass(frozen=True, slots=True)
class RegionMap:
    """The whole picture."""

    tiles: tuple[Tile, ...]
    width: int
    height: int
    side: int = SIDE


def draw(placed: Iterable[Placed]) -> RegionMap:
    """A tile for each municipality that has a place in the picture."""
    return _map(_tile(one, *one.tile) for one in placed if one.tile is not None)


CLASSES = (25, 50, 75)
"""Of a hundred, from which a share is in a higher class; our own choice."""


def draw_shares(places: Iterable[Place], numbers: Mapping[str, Numbers], category: str) -> RegionMap:
    """A tile for each municipality that has a place in the picture, by the class of its share, or why it has none."""
    tiles, known = squares().tiles, [one for one in places if one.number in squares().tiles]
    return _map(_share_tile(one.name, *tiles[one.number], numbers[one.number], category) for one in known)


def _share_tile(name: str, column: int, row: int, numbers: Numbers, category: str) -> Tile:
    share, unshown = numbers.share(category), numbers.unshown(category)
    if share:
        percent = round(100 * share.value)
        return _at(name, column, row, f"class-{sum(percent >= least for least in CLASSES)}", f"{percent} %")
    return _at(name, column, row, unshown.value if unshown else "none", UNSHOWN[unshown])


UNSHOWN: Mapping[Unshown | None, str] = {Unshown.HIDDEN: "×", Unshown.NOT_COUNTED: "?", None: "–"}
"""The sign of a municipality without a share; with None there is nothing to be a share of."""


def _map(drawn: Iterable[Tile]) -> RegionMap:
    tiles = tuple(drawn)
    across, down = max((one.x for one in tiles), default=0), max((one.y for one in tiles), default=0)
    return RegionMap(tiles, across + SIDE, down + SIDE)


def _tile(one: Placed, column: int, row: int) -> Tile:
    status = one.registered.entry.status if one.registered else None
    return _at(one.name, column, row, status.value if status else "", SIGNS[status])


def _at(name: str, column: int, row: int, standing: str, sign: str) -> Tile:
    return Tile(name, column * SIDE, row * SIDE, standing, sign)
