"""Which looks are unusual, and why, from `definitions/looks.yaml`: a place to begin to ask, and no verdict. Pure.

No source says what an unusual look is; the limits are our own, each with its reason in the file.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from uuid import UUID

from pydantic import Field, field_validator, model_validator

from grunnmur.cases.definition import DEFINITIONS
from grunnmur.cases.definition_file import read
from grunnmur.cases.definition_shapes import Shape
from grunnmur.clock import OSLO
from grunnmur.working_days import is_working_day

FILE = "looks.yaml"


class Why(StrEnum):
    """One thing that makes a look unusual."""

    BROKE_GLASS = "broke_glass"
    PROTECTED = "protected"
    NOT_INVOLVED = "not_involved"
    REFUSED = "refused"
    BY_NUMBER = "by_number"
    MANY_CHILDREN = "many_children"
    ODD_HOURS = "odd_hours"


class Number(StrEnum):
    """What the file sets a number for."""

    MANY_CHILDREN = "many_children"
    REFUSALS = "refusals"
    INVOLVED_DAYS = "involved_days"


@dataclass(frozen=True, slots=True)
class Looked:
    """What one person looked at of one child on one day; without a child, what was refused or searched for in vain."""

    person: UUID
    child: UUID | None
    day: date
    first_at: datetime
    last_at: datetime
    times: int = 1
    refused: int = 0
    by_number: int = 0
    broke_glass: bool = False
    is_protected: bool = False
    is_involved: bool = False
    """Contact person, appointed to read the address, or has done something in the case lately."""
    children_that_day: int = 1
    """How many different children the person opened on the day."""


class _Hours(Shape):
    starts: int = Field(ge=0, le=23)
    ends: int = Field(ge=1, le=24)

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> "_Hours":
        if self.ends <= self.starts:
            raise ValueError("arbeidstiden slutter før den begynner")
        return self


class _Number(Shape):
    key: Number
    number: int = Field(ge=1)
    reason: str = Field(min_length=1)


class _Reason(Shape):
    key: Why
    says: str = Field(min_length=1)


class Limits(Shape):
    """The file: when one works, how many is many, and which reason is the most serious."""

    working_hours: _Hours
    numbers: tuple[_Number, ...]
    reasons: tuple[_Reason, ...]

    @field_validator("numbers")
    @classmethod
    def _each_number_once(cls, numbers: tuple[_Number, ...]) -> tuple[_Number, ...]:
        if sorted(one.key for one in numbers) != sorted(Number):
            raise ValueError("hvert tall skal stå nøyaktig én gang")
        return numbers

    @field_validator("reasons")
    @classmethod
    def _each_reason_once(cls, reasons: tuple[_Reason, ...]) -> tuple[_Reason, ...]:
        if sorted(one.key for one in reasons) != sorted(Why):
            raise ValueError("hver grunn skal stå nøyaktig én gang")
        return reasons

    def number(self, key: Number) -> int:
        return next(one.number for one in self.numbers if one.key is key)

    def rank(self, why: Why) -> int:
        """How serious a reason is; 0 is the most."""
        return [one.key for one in self.reasons].index(why)

    def sentence(self, why: Why, looked: Looked) -> str:
        """Why the look is shown first, in plain words."""
        says = next(one.says for one in self.reasons if one.key is why)
        return says.format(
            involved_days=self.number(Number.INVOLVED_DAYS),
            refused=looked.refused,
            children=looked.children_that_day,
        )


@cache
def limits() -> Limits:
    """The limits the product runs by; read once. Raises DefinitionError with file and line."""
    return read(DEFINITIONS / FILE, f"definitions/{FILE}").parse(Limits)


def why_unusual(looked: Looked, limits: Limits) -> tuple[Why, ...]:
    """Everything that makes the look unusual, the most serious first; nothing when it is like most."""
    is_stranger = looked.child is not None and not looked.is_involved
    found = {
        Why.BROKE_GLASS: looked.broke_glass,
        Why.PROTECTED: is_stranger and looked.is_protected,
        Why.NOT_INVOLVED: is_stranger,
        Why.REFUSED: looked.refused >= limits.number(Number.REFUSALS),
        Why.BY_NUMBER: looked.by_number > 0 and not looked.is_involved,
        Why.MANY_CHILDREN: looked.child is not None and looked.children_that_day >= limits.number(Number.MANY_CHILDREN),
        Why.ODD_HOURS: _is_odd(looked, limits),
    }
    return tuple(sorted((why for why, holds in found.items() if holds), key=limits.rank))


def _is_odd(looked: Looked, limits: Limits) -> bool:
    """Whether anything was looked at outside the working hours of a working day, in Norway."""
    if not is_working_day(looked.day):
        return True
    hours = limits.working_hours
    return looked.first_at.astimezone(OSLO).hour < hours.starts or looked.last_at.astimezone(OSLO).hour >= hours.ends
