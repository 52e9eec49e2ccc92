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
class Spot:
    """One municipality, its column and row if it has a place in the picture, and how it is there."""

    name: str
    tile: tuple[int, int] | None
    standing: str
    """What its shade is chosen by."""
    sign: str


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


def draw(spots: Iterable[Spot]) -> RegionMap:
    """A tile for each municipality that has a place in the picture."""
    tiles = tuple(
        Tile(one.name, one.tile[0] * SIDE, one.tile[1] * SIDE, one.standing, one.sign) for one in spots if one.tile
    )
    across, down = max((one.x for one in tiles), default=0), max((one.y for one in tiles), default=0)
    return RegionMap(tiles, across + SIDE, down + SIDE)


def of_programme(placed: Iterable[Placed]) -> RegionMap:
    """Which municipalities have one programme."""
    return draw(_spot(one) for one in placed)


def _spot(one: Placed) -> Spot:
    status = one.registered.entry.status if one.registered else None
    return Spot(one.name, one.tile, status.value if status else "", SIGNS[status])
