"""How often and how much: the limits in `definitions/limits.yaml`, counted by the database (`sql/limits.sql`).

A limit makes one wait, and never shuts anyone out. The values are our own, each with its reason beside it.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from math import ceil
from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import BaseModel, ConfigDict, Field

from grunnmur import clock, yaml_file
from grunnmur.directory.sessions import sign
from grunnmur.places import DEFINITIONS

FILE = DEFINITIONS / "limits.yaml"


class Limit(StrEnum):
    """What is limited."""

    LOG_IN = "log_in"
    LOG_IN_ADDRESS = "log_in_address"
    SEARCH_PERSON = "search_person"
    SEARCH_SERVICE = "search_service"
    OPEN_SERVICE = "open_service"
    READ_FILE = "read_file"
    JOIN_ADDRESS = "join_address"
    LINK_CODE = "link_code"
    EXPORT_PERSON = "export_person"
    EXPORT_SERVICE = "export_service"
    FORETELL = "foretell"


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Rule(_Shape):
    """One limit: how many at once, how long until one comes back, and what is said to whoever must wait."""

    key: Limit
    burst: int = Field(ge=1)
    every_seconds: int = Field(ge=1)
    says: str = Field(min_length=1)
    reason: str = Field(min_length=1)


class Answer(_Shape):
    """One reason why somebody opens many children in a day."""

    key: str = Field(pattern=r"^[a-z]+$")
    label: str = Field(min_length=1)


class ChildrenADay(_Shape):
    """How many different children one person opens in a day before the next one asks for a reason."""

    number: int = Field(ge=1)
    reason: str = Field(min_length=1)
    answers: tuple[Answer, ...] = Field(min_length=1)


class SessionsAtOnce(_Shape):
    """In how many places one person is logged in at once, before the oldest ends."""

    number: int = Field(ge=1)
    reason: str = Field(min_length=1)


class Limits(_Shape):
    """The whole file."""

    limits: tuple[Rule, ...]
    sessions_at_once: SessionsAtOnce
    children_a_day: ChildrenADay


class TooOften(Exception):
    """A limit has been reached; the sentence says which, and when one can try again."""

    def __init__(self, limit: Limit, again_at: datetime) -> None:
        super().__init__(limit)
        self.limit = limit
        self.seconds = max(1, ceil((again_at - clock.now()).total_seconds()))

    @property
    def sentence(self) -> str:
        """What happened, and when one can try again."""
        return f"{rule(self.limit).says} {again_in(timedelta(seconds=self.seconds))}"


def again_in(wait: timedelta) -> str:
    """When one can try again, as people say it: in seconds up to a minute and a half, then in minutes, then hours."""
    seconds = ceil(wait.total_seconds())
    if seconds <= 90:
        return ngettext("Prøv igjen om %(n)s sekund.", "Prøv igjen om %(n)s sekunder.", seconds) % {"n": seconds}
    minutes = ceil(seconds / 60)
    if minutes <= 90:
        return _("Prøv igjen om %(n)s minutter.") % {"n": minutes}
    return _("Prøv igjen om %(n)s timer.") % {"n": ceil(minutes / 60)}


@cache
def limits() -> Limits:
    """The file, read once. Raises ValueError when a limit is missing, stands twice or has a wrong shape."""
    found = Limits.model_validate(yaml_file.read(FILE))
    keys = [one.key for one in found.limits]
    if sorted(keys) != sorted(Limit):
        raise ValueError(f"{FILE.name}: every limit stands once, and there are no others: {', '.join(Limit)}")
    return found


def rule(limit: Limit) -> Rule:
    """One limit as the file has it."""
    return next(one for one in limits().limits if one.key is limit)


def rows() -> list[tuple[str, int, float]]:
    """What the database is told by `grunnmur migrate`: key, burst, and seconds until one comes back.

    Tests, stories and proofs ask faster than people do; `LIMITS_TIMES` says how much more they may.
    """
    times = settings.LIMITS_TIMES
    found = [(str(one.key), one.burst * times, one.every_seconds / times) for one in limits().limits]
    at_once = limits().sessions_at_once.number * times
    return [
        *found,
        ("children_a_day", limits().children_a_day.number * times, 24 * 3600.0),
        ("sessions_at_once", at_once, 0.0),  # nothing comes back by waiting: the oldest ends
    ]


# --- taking ------------------------------------------------------------------------------------------------


def _holder(limit: Limit, whom: object) -> bytes:
    """What stands in the database instead of whom the limit holds for."""
    return sign(f"whom|{limit}|{whom}")


def take(limit: Limit, whom: object, *, cost: int = 1) -> None:
    """Take from the bucket of whoever the limit holds for: a person's or service's id, an account, an address.

    What is taken stands when the transaction does. Raises TooOften.
    """
    _ask(limit, whom, cost=cost, spend=True)


def look(limit: Limit, whom: object) -> None:
    """Raises TooOften when there is nothing left to take; takes nothing, and waits for nobody."""
    _ask(limit, whom, cost=1, spend=False)


def fill(limit: Limit, whom: object) -> None:
    """Forget what has been taken."""
    holder = _holder(limit, whom)
    _call("select sec.fill(%s, %s, %s)", [limit, holder, sign(f"fill|{limit}|{holder.hex()}")])


def forget_full() -> None:
    """Forget the buckets that have filled up again by themselves, everybody's. Waits for nobody."""
    _call("select sec.forget_full_buckets()", [])


def _ask(limit: Limit, whom: object, *, cost: int, spend: bool) -> None:
    holder = _holder(limit, whom)
    mac = sign(f"take|{limit}|{holder.hex()}|{cost}|{'t' if spend else 'f'}")
    again_at = _call("select sec.take(%s, %s, %s, %s, %s)", [limit, holder, cost, spend, mac])
    if again_at is not None:
        raise TooOften(limit, again_at)


def _call(statement: str, values: list[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]


# --- what the database refuses while it writes the log -----------------------------------------------------


class ManyChildren(Exception):
    """One has opened as many different children today as one does without saying why."""


def refusal(fault: Error) -> ManyChildren | TooOften | None:
    """What a fault from the database means, when it is one of the limits."""
    behind = fault.__cause__
    match getattr(behind, "sqlstate", None):
        case "GM050":
            return ManyChildren()
        case "GM429":
            detail = behind.diag.message_detail  # type: ignore[union-attr]  # psycopg's own
            return TooOften(Limit.OPEN_SERVICE, datetime.fromisoformat(detail))
    return None
