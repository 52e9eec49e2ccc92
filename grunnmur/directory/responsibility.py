"""Who is responsible for what in a municipality: which squares are asked for, and what stands in each.

Pure: the squares are `definitions/responsibility.yaml`, the rows come from outside, and the day is an argument.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from grunnmur import yaml_file
from grunnmur.directory.kinds import CareArea, HelpLevel
from grunnmur.places import DEFINITIONS

FILE = DEFINITIONS / "responsibility.yaml"


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Band(_Shape):
    """An age group, both ends included."""

    first: int
    last: int


class Asked(_Shape):
    """Somebody must be responsible for an area at a level, from an age on; the duties broken when nobody is."""

    area: CareArea
    level: HelpLevel
    first: int
    duties: tuple[str, ...]


class Squares(_Shape):
    """The whole file."""

    bands: tuple[Band, ...] = Field(min_length=1)
    asked: tuple[Asked, ...] = Field(min_length=1)
    tiles: dict[str, tuple[int, int]]


@cache
def squares() -> Squares:
    """The file, read once. Raises ValueError when it has a wrong shape, or a square stands twice."""
    found = Squares.model_validate(yaml_file.read(FILE))
    keys = [(one.area, one.level) for one in found.asked]
    if len(set(keys)) != len(keys):
        raise ValueError(f"{FILE.name}: a square stands twice")
    return found


class State(StrEnum):
    """What a square is: nobody, one, more than one, or one whose review is overdue."""

    HOLE = "hole"
    DECIDED = "decided"
    OVERLAP = "overlap"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Decided:
    """One approved row: that a service is, or no longer is, responsible."""

    area: CareArea
    level: HelpLevel
    age_from: int
    service_id: UUID
    service: str
    is_responsible: bool
    decided_by: str
    decided_on: date
    review_on: date | None


@dataclass(frozen=True, slots=True)
class Square:
    """One square of the map and who stands in it."""

    area: CareArea
    level: HelpLevel
    band: Band
    state: State
    held_by: tuple[Decided, ...]
    duties: tuple[str, ...]
    """The duties that are broken because nobody stands in it."""


def settle(rows: Iterable[Decided]) -> dict[tuple[CareArea, HelpLevel, int], tuple[Decided, ...]]:
    """Who stands in each square after all that was approved, oldest first: the last word on a service holds."""
    last: dict[tuple[CareArea, HelpLevel, int, UUID], Decided] = {}
    for row in rows:
        last[row.area, row.level, row.age_from, row.service_id] = row
    found: dict[tuple[CareArea, HelpLevel, int], list[Decided]] = defaultdict(list)
    for row in last.values():
        if row.is_responsible:
            found[row.area, row.level, row.age_from].append(row)
    return {key: tuple(sorted(of, key=lambda one: one.service)) for key, of in found.items()}


def draw(rows: Iterable[Decided], *, on: date) -> list[Square]:
    """Every square that is asked for, area by area, the youngest first."""
    file, held = squares(), settle(rows)
    return [
        _square(asked, band, held.get((asked.area, asked.level, band.first), ()), on=on)
        for asked in file.asked
        for band in file.bands
        if band.first >= asked.first
    ]


def _square(asked: Asked, band: Band, held: tuple[Decided, ...], *, on: date) -> Square:
    if not held:
        return Square(asked.area, asked.level, band, State.HOLE, held, asked.duties)
    late = any(one.review_on is not None and one.review_on < on for one in held)
    state = State.OVERLAP if len(held) > 1 else State.OVERDUE if late else State.DECIDED
    return Square(asked.area, asked.level, band, state, held, ())


def count(found: Collection[Square], state: State) -> int:
    """How many squares are in a state."""
    return sum(one.state is state for one in found)


def is_asked(area: CareArea, level: HelpLevel, age_from: int) -> bool:
    """Whether there is such a square."""
    bands = {one.first for one in squares().bands}
    return any((one.area, one.level) == (area, level) and age_from >= one.first for one in squares().asked) and (
        age_from in bands
    )
