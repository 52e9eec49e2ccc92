"""Who is responsible, as a picture and its table: one municipality, and the whole region. Open to anyone."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from grunnmur import clock
from grunnmur.directory import offers, responsible
from grunnmur.directory.kinds import CareArea, HelpLevel
from grunnmur.directory.responsibility import Square, State, count, squares
from grunnmur.public.open import NAMES, in_each_language, open_to_all

SIGNS = {State.HOLE: "?", State.DECIDED: "●", State.OVERLAP: "2", State.OVERDUE: "!"}
"""What stands in a square of the picture, so that colour is never alone."""
STEP, HEAD, SIDE, TILE = 64, 34, 240, 80
"""Pixels: a square, the line of ages, the words to the left, and a municipality in the region's picture."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One square with its place in the picture and its words."""

    square: Square
    x: int
    y: int
    sign: str
    says: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the picture and the table: an area at a level, and its squares by age."""

    area: str
    level: str
    y: int
    squares: tuple[Drawn, ...]


@dataclass(frozen=True, slots=True)
class Tile:
    """One municipality in the region's picture."""

    number: str
    name: str
    x: int
    y: int
    holes: int
    overlaps: int
    overdue: int


def states() -> dict[State, str]:
    """What each state is called."""
    return {
        State.HOLE: _("Ingen har ansvaret"),
        State.DECIDED: _("Ansvaret er bestemt"),
        State.OVERLAP: _("Flere har ansvaret"),
        State.OVERDUE: _("Skulle vært sett på igjen"),
    }


def areas() -> dict[CareArea, str]:
    """What each health area is called."""
    return {
        CareArea.MENTAL: _("Psykisk helse"),
        CareArea.SOMATIC: _("Kroppslig helse"),
        CareArea.DENTAL: _("Tann- og munnhelse"),
        CareArea.SEXUAL: _("Seksuell helse"),
        CareArea.SUBSTANCE_USE: _("Rus"),
    }


def level_name(level: HelpLevel) -> str:
    """What a level is called on the map, shorter than on the ladder of help."""
    return {
        HelpLevel.OPEN: _("Åpent"),
        HelpLevel.MUNICIPAL: _("Første hjelp i kommunen"),
        HelpLevel.BETWEEN: _("Mer hjelp i kommunen"),
        HelpLevel.SPECIALIST: _("Sykehuset"),
    }[level]


def lines(found: list[Square]) -> list[Line]:
    """The squares as lines, one for each area and level, in the order of the file."""
    called, named, file = states(), areas(), squares()
    column = {band.first: number for number, band in enumerate(file.bands)}
    drawn = []
    for number, asked in enumerate(file.asked):
        y = HEAD + number * STEP
        row = [one for one in found if (one.area, one.level) == (asked.area, asked.level)]
        drawn.append(
            Line(
                named[asked.area],
                level_name(asked.level),
                y,
                tuple(
                    Drawn(one, SIDE + column[one.band.first] * STEP, y, SIGNS[one.state], called[one.state])
                    for one in row
                ),
            )
        )
    return drawn


@open_to_all
@require_safe
def municipality(request: HttpRequest, *, language: str, place: str) -> HttpResponse:
    """One municipality: which squares are filled, by whom, and what a hole breaks."""
    here = next((one for one in offers.list_places() if one.number == place), None)
    if here is None:
        raise Http404
    found = responsible.map_of(place, on=clock.today())
    given = {**_frame(language), "place": here, "here_in": in_each_language("responsibility_map", place=place)}
    if found is None:
        return render(request, "public/map_not_begun.html", given)
    bands = squares().bands
    drawn = lines(found)
    given |= {
        "lines": drawn,
        "bands": bands,
        "columns": [SIDE + number * STEP for number in range(len(bands))],
        "width": SIDE + len(bands) * STEP,
        "height": HEAD + len(drawn) * STEP,
        "step": STEP,
        "holes": count(found, State.HOLE),
        "overlaps": count(found, State.OVERLAP),
        "overdue": count(found, State.OVERDUE),
        "duties": sorted({duty for one in found for duty in one.duties}),
    }
    return render(request, "public/map.html", given)


@open_to_all
@require_safe
def region(request: HttpRequest, *, language: str) -> HttpResponse:
    """The whole region: how many squares nobody stands in, municipality by municipality."""
    tiles = [
        Tile(
            place.number,
            place.name,
            x * TILE,
            y * TILE,
            count(found, State.HOLE),
            count(found, State.OVERLAP),
            count(found, State.OVERDUE),
        )
        for place, found in responsible.map_of_region(on=clock.today())
        for x, y in [squares().tiles.get(place.number, (-1, -1))]
    ]
    drawn = [one for one in tiles if one.x >= 0]
    given = {
        **_frame(language),
        "here_in": in_each_language("region_map"),
        "tiles": tiles,
        "drawn": drawn,
        "tile": TILE,
        "width": max((one.x for one in drawn), default=0) + TILE,
        "height": max((one.y for one in drawn), default=0) + TILE,
    }
    return render(request, "public/region.html", given)


def _frame(language: str) -> dict[str, object]:
    return {
        "language_code": language,
        "languages": NAMES,
        "is_framed": False,
        "place": None,
        "states": [(SIGNS[state], said, state) for state, said in states().items()],
    }
