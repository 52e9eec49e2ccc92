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
    return draw(_placed_spot(one) for one in placed)


def _placed_spot(one: Placed) -> Spot:
    status = one.registered.entry.status if one.registered else None
    return Spot(one.name, one.tile, status.value if status else "", SIGNS[status])


CLASSES = (25, 50, 75)
"""Of a hundred, from which a share is in a higher class; our own choice."""
UNSHOWN: Mapping[Unshown | None, str] = {Unshown.HIDDEN: "×", Unshown.NOT_COUNTED: "?", None: "–"}
"""The sign of a municipality without a share; with None there is nothing to be a share of."""


def of_shares(places: Iterable[Place], numbers: Mapping[str, Numbers], category: str) -> RegionMap:
    """Each municipality by the class of its share, or why it has none."""
    tiles = squares().tiles
    return draw(_share_spot(one.name, tiles.get(one.number), numbers[one.number], category) for one in places)


def _share_spot(name: str, tile: tuple[int, int] | None, numbers: Numbers, category: str) -> Spot:
    share, unshown = numbers.share(category), numbers.unshown(category)
    if share:
        percent = round(100 * share.value)
        return Spot(name, tile, f"class-{sum(percent >= least for least in CLASSES)}", f"{percent} %")
    return Spot(name, tile, unshown.value if unshown else "none", UNSHOWN[unshown])
