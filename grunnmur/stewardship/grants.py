"""Grants from the county governor: the schemes, what a source has said of them, and when amounts add up.

Pure: the schemes are `definitions/grants.yaml`, and the day is an argument. Amounts are whole kroner.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from pydantic import Field

from grunnmur import yaml_file
from grunnmur.places import DEFINITIONS
from grunnmur.stewardship.shapes import Key, Shape, Source, Text, Words
from grunnmur.stewardship.terms import CallState

FILE = DEFINITIONS / "grants.yaml"
MOST = 100_000_000_000
"""Kroner: an amount above this is a slip of the hand. Our own limit."""
FIRST_YEAR, LAST_YEAR = 2020, 2099


class Said(Shape):
    """A sentence or a name in both written languages."""

    nb: Text
    nn: Text

    def words(self, language: str) -> str:
        """It in a language; bokmål in any other than nynorsk."""
        return self.nn if language == "nn" else self.nb


class Keyed(Said):
    """Something that has a key: a purpose."""

    key: Key


class Scheme(Shape):
    """One scheme of grants, and what one may be given money for."""

    key: Key
    nb: Words
    nn: Words
    purposes: tuple[Keyed, ...] = Field(min_length=1)

    def words(self, language: str) -> Words:
        """It in a language; bokmål in any other than nynorsk."""
        return self.nn if language == "nn" else self.nb


class Published(Shape):
    """What a source has said of one year of a scheme. What it has not said is nowhere here but in `not_said`."""

    scheme: Key
    year: int
    county: Text
    frame: int = Field(gt=0)
    recipients: int | None
    """How many municipalities got something; None when the source does not say."""
    named: Mapping[str, tuple[str, ...]]
    """The numbers of the municipalities that the source names, by purpose. No amounts: it has none."""
    not_said: tuple[Said, ...] = Field(min_length=1)


class Grants(Shape):
    """The whole file."""

    source: Source
    schemes: tuple[Scheme, ...] = Field(min_length=1)
    published: tuple[Published, ...]

    def find(self, key: str) -> Scheme | None:
        """One scheme by its key."""
        return next((one for one in self.schemes if one.key == key), None)


@cache
def grants() -> Grants:
    """The file, read once. Raises ValueError when it has a wrong shape, a key stands twice, or one leads nowhere."""
    found = Grants.model_validate(yaml_file.read(FILE))
    purposes = {one.key: {purpose.key for purpose in one.purposes} for one in found.schemes}
    if len(purposes) != len(found.schemes) or any(len(purposes[one.key]) != len(one.purposes) for one in found.schemes):
        raise ValueError(f"{FILE.name}: a scheme or a purpose stands twice")
    if any(one.scheme not in purposes or not set(one.named) <= purposes[one.scheme] for one in found.published):
        raise ValueError(f"{FILE.name}: what is published is of no scheme, or for no purpose of it")
    return found


@cache
def movable() -> frozenset[str]:
    """The keys of what a grant can be to move: what is counted of the pathway, but the times past several phases.

    Read from the file itself, because what counts (`insight`) stands above this and may not be asked from here.
    """
    found = yaml_file.read(DEFINITIONS / "indicators.yaml")
    return frozenset(one["key"] for one in found["indicators"])


# --- the rules --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Share:
    """What one municipality is given for one purpose: the part bound to something, and the part that is free."""

    bound: int
    free: int
    bound_to: str = ""

    @property
    def total(self) -> int:
        return self.bound + self.free


def state(*, opens_on: date, closes_on: date, is_decided: bool, on: date) -> CallState:
    """Where a call stands on a day; one can apply through the last day."""
    if is_decided:
        return CallState.DECIDED
    if on < opens_on:
        return CallState.AHEAD
    return CallState.OPEN if on <= closes_on else CallState.CLOSED


def remainder(*, frame: int, shares: Iterable[Share], left_over: int) -> int:
    """What is lacking for a decision to add up: above 0 is not given to anybody, below 0 is given twice.

    A decision gives out the whole frame, or says how much is left over; the database refuses any other.
    """
    return frame - sum(one.total for one in shares) - left_over


def wrong_share(share: Share) -> frozenset[str]:
    """What is wrong with one municipality's share, as the names of its fields; the database refuses the same.

    What is bound is bound to something, and nothing is bound to nothing.
    """
    found = {name for name, amount in (("bound", share.bound), ("free", share.free)) if not 0 <= amount <= MOST}
    if share.total == 0:
        found.add("free")
    if bool(share.bound) != bool(share.bound_to):
        found.add("bound_to")
    return frozenset(found)


def may_pay(*, total: int, paid: int, amount: int) -> bool:
    """Whether a payment can be made: never more than was awarded, and never more paid back than was paid.

    An amount below 0 is paid back.
    """
    return amount != 0 and 0 <= paid + amount <= total


def not_told(promised: Iterable[str], told: Mapping[str, tuple[str, str]]) -> frozenset[str]:
    """The indicators that a grant was to move and a report does not tell of, before and after."""
    return frozenset(key for key in promised if not all(told.get(key, ("", ""))))


# --- over the years ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Year:
    """What was given in one year, of a scheme or to a municipality, and what a source does not say of it."""

    year: int
    bound: int = 0
    free: int = 0
    left_over: int = 0
    not_said: int = 0
    """Given out, and how is not said."""
    by: str = ""
    """The counties whose municipalities could be given something."""
    published: Published | None = None
    """The source, for a year that is not made here."""

    @property
    def total(self) -> int:
        return self.bound + self.free + self.left_over + self.not_said
