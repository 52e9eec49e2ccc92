"""Whether a municipality has decided that a code by SMS is enough to answer a link by, with the database.

No source says when it is: the municipality decides, and says why (docs/adr/0026-a-link-is-somebody-who-sees.md).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from grunnmur.directory.sessions import Actor
from grunnmur.stewardship import versions
from grunnmur.stewardship.models import CodeDecision

LONGEST = timedelta(days=366)
"""So long a decision holds at the most, and is then made anew or not; our own choice, and the database's too."""
NEWEST = 20
"""How many of the decisions a page shows."""


@dataclass(frozen=True, slots=True)
class Said:
    """That a code is enough until a day, or from now on not (no day); and why."""

    why: str
    ends_on: date | None

    @property
    def last_day(self) -> date | None:
        """The last day on which it is enough."""
        return self.ends_on - timedelta(days=1) if self.ends_on else None


@dataclass(frozen=True, slots=True)
class Version:
    """One decision, by whom and when."""

    number: int
    said: Said
    recorded_at: datetime
    recorded_by: str


def _said(row: CodeDecision) -> Said:
    return Said(row.why, row.ends_on)


def holds(said: Said | None, *, on: date) -> bool:
    """Whether a code is enough on a day, by the last that was said. Pure."""
    return said is not None and said.ends_on is not None and said.ends_on > on


def missing(said: Said, *, before: Said | None, on: date) -> frozenset[str]:
    """The fields that stop a decision, after what was said before. Pure.

    One is made until a day within a year, and never shorter than the one that holds: that is to end it, which is said
    openly and closes what was sent. Only one that holds is ended.
    """
    names = set() if said.why.strip() else {"why"}
    held = before.ends_on if before and holds(before, on=on) else None
    if said.ends_on is None:
        if held is None:
            names.add("ends_on")
    elif not (held or on + timedelta(days=1)) <= said.ends_on <= on + LONGEST:
        names.add("ends_on")
    return frozenset(names)


def history(place: str) -> list[Version]:
    """What a municipality has decided, the newest first; for those who work in it."""
    rows = CodeDecision.objects.filter(municipality=place).select_related("recorded_by").order_by("-version")
    return [Version(row.version, _said(row), row.recorded_at, row.recorded_by.name) for row in rows[:NEWEST]]


def enough_until(place: str | None, *, on: date) -> date | None:
    """The first day on which a code is not enough in a municipality; None when it is not now, or there is none."""
    last = CodeDecision.objects.filter(municipality=place).order_by("-version").first() if place else None
    return last.ends_on if last and holds(_said(last), on=on) else None


def decide(*, actor: Actor, place: str, said: Said, seen: int | None, at: datetime, on: date) -> UUID:
    """Decide that a code is enough until a day, or end it (`versions.say`). Ending closes the links that are opened so.

    The database refuses anybody but a leader there, and a new decision by one who has not just proved who they are.
    Raises EditConflict, Missing.
    """
    return versions.say(
        CodeDecision,
        about={"municipality_id": place},
        said=said,
        read=_said,
        stops=lambda before: missing(said, before=before, on=on),
        actor=actor,
        seen=seen,
        at=at,
    )
