"""When to try again, and when something has been silent too long: `definitions/post.yaml`, all our own choice."""

from datetime import datetime, timedelta
from functools import cache
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from grunnmur import yaml_file
from grunnmur.places import DEFINITIONS
from grunnmur.post.terms import MessageSort

FILE = DEFINITIONS / "post.yaml"
NEVER_REMINDED = frozenset({MessageSort.PASSPORT})
"""What only the one that it was sent to can open, who is outside: a reminder would go to the service, which cannot."""


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Minutes(_Shape):
    minutes: tuple[int, ...] = Field(min_length=1)
    reason: str = Field(min_length=1)


class Number(_Shape):
    number: int = Field(ge=1)
    reason: str = Field(min_length=1)


class Hours(_Shape):
    from_hour: int = Field(ge=0, le=23)
    until_hour: int = Field(ge=1, le=24)
    reason: str = Field(min_length=1)

    @model_validator(mode="after")
    def _has_room(self) -> Self:
        if self.from_hour >= self.until_hour:
            raise ValueError("from_hour must be before until_hour")
        return self


class Rules(_Shape):
    """The whole file."""

    retry_minutes: Minutes
    claim_seconds: Number
    worker_seconds: Number
    silence_working_days: Number
    expires_days: Number
    readers: Number
    reminder_hours: Hours
    link_days: Number
    link_days_after: Number
    link_minutes: Number
    code_minutes: Number
    code_tries: Number
    code_pause_seconds: Number


@cache
def rules() -> Rules:
    """The rules of this installation. Raises pydantic's ValidationError, which says what is wrong in the file."""
    return Rules.model_validate(yaml_file.read(FILE))


def next_try(*, attempt: int, at: datetime) -> datetime | None:
    """When to try again after so many attempts; None when there have been enough."""
    minutes = rules().retry_minutes.minutes
    return at + timedelta(minutes=minutes[attempt - 1]) if attempt <= len(minutes) else None
