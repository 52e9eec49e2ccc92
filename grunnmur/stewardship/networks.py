"""A network of municipalities: who was not represented, what most want to talk about, and how a task stands.

Pure: what S0 says of the network is `definitions/networks.yaml`, and the day is an argument.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from pydantic import Field

from grunnmur import yaml_file
from grunnmur.places import DEFINITIONS
from grunnmur.stewardship.grants import Said
from grunnmur.stewardship.shapes import Shape, Source, Text
from grunnmur.stewardship.terms import DecisionAnswer, DecisionStanding, Told

FILE = DEFINITIONS / "networks.yaml"


class Words(Shape):
    """An experience in one language."""

    title: Text
    text: Text


class SourceExperience(Shape):
    """What a source tells that somebody has experienced."""

    place: Text
    nb: Words
    nn: Words

    def words(self, language: str) -> Words:
        """It in a language; bokmål in any other than nynorsk."""
        return self.nn if language == "nn" else self.nb


class Networks(Shape):
    """The whole file."""

    source: Source
    gatherings_a_year: int = Field(gt=0)
    about: Said
    experiences: tuple[SourceExperience, ...]


@cache
def networks() -> Networks:
    """The file, read once. Raises ValueError when it has a wrong shape."""
    return Networks.model_validate(yaml_file.read(FILE))


@dataclass(frozen=True, slots=True)
class Held:
    """A gathering that was held and written down, and the members that were there."""

    on: date
    present: Collection[str]


def not_represented(held: Iterable[Held], places: Collection[str]) -> Mapping[str, date | None]:
    """The members that were not at the last gathering, and the last that each was at; None when it was at none.

    Nobody is missing before a gathering is held.
    """
    by_day = sorted(held, key=lambda one: one.on)
    if not by_day:
        return {}
    return {
        place: max((one.on for one in by_day if place in one.present), default=None)
        for place in places
        if place not in by_day[-1].present
    }


def still_to_plan(days: Iterable[date], *, year: int) -> int:
    """How many gatherings a year lacks of those that the network has (two, S0); never below 0."""
    return max(0, networks().gatherings_a_year - sum(day.year == year for day in days))


@dataclass(frozen=True, slots=True)
class Before:
    """The last that somebody was told of a gathering: what, when, and for somebody outside the address it went to."""

    what: Told
    at: datetime
    mail: str = ""


def to_tell(before: Before | None, *, is_cancelled: bool, moved_at: datetime | None, mail: str = "") -> Told | None:
    """What somebody must be told of a gathering now; None when they know where it stands.

    Nobody is told that what they were never asked to is called off. Whoever has been given another address is asked
    there, and whoever was told that it was called off is asked anew when it is held after all.
    """
    if is_cancelled:
        return None if before is None or before.what is Told.CALLED_OFF else Told.CALLED_OFF
    if before is None or before.what is Told.CALLED_OFF or before.mail != mail:
        return Told.INVITED
    return Told.MOVED if moved_at is not None and before.at < moved_at else None


def is_old(answered_at: datetime, *, moved_at: datetime | None) -> bool:
    """Whether an answer is of another day, hour or place than the gathering's now."""
    return moved_at is not None and answered_at < moved_at


def standing(answer: DecisionAnswer | None, *, due_on: date, on: date) -> DecisionStanding:
    """How a municipality stands with what a gathering decided; the due date is kept through its own day."""
    if answer is DecisionAnswer.DONE:
        return DecisionStanding.DONE
    if answer is DecisionAnswer.NOT_OURS:
        return DecisionStanding.NOT_OURS
    if due_on < on:
        return DecisionStanding.OVERDUE
    return DecisionStanding.WAITS if answer is None else DecisionStanding.UNDER_WAY
