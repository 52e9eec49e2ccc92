"""A picture of the region made on the server: a tile for each municipality, for a template that draws it as SVG.

The tiles stand where those of the map of who is responsible do. A tile is told apart by its sign as well as by its
shade, and the same stands in a table below it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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
    tiles = tuple(_tile(one, *one.tile) for one in placed if one.tile is not None)
    across, down = max((one.x for one in tiles), default=0), max((one.y for one in tiles), default=0)
    return RegionMap(tiles, across + SIDE, down + SIDE)


def _tile(one: Placed, column: int, row: int) -> Tile:
    status = one.registered.entry.status if one.registered else None
    return Tile(one.name, column * SIDE, row * SIDE, status.value if status else "", SIGNS[status])
