"""Programmes and agreements: what may be said of one, and when an agreement must be renewed.

Pure: the programmes are `definitions/programmes.yaml`, and the day is an argument.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from pydantic import Field

from grunnmur.stewardship.shapes import Shape, Source, Spoken, check_once, read
from grunnmur.stewardship.terms import AgreementStanding, ProgrammeStatus


class Programme(Spoken):
    """Something that a municipality can have; its source names it."""

    source: Source


class Programmes(Shape):
    """The whole file."""

    warn_days: int = Field(gt=0)
    programmes: tuple[Programme, ...] = Field(min_length=1)

    def find(self, key: str) -> Programme | None:
        """One programme by its key."""
        return next((one for one in self.programmes if one.key == key), None)


@cache
def programmes() -> Programmes:
    """The file, read once. Raises ValueError when it has a wrong shape, or a key stands twice."""
    found = read(Programmes, "programmes.yaml")
    check_once("programmes.yaml", (one.key for one in found.programmes))
    return found


@dataclass(frozen=True, slots=True)
class Entry:
    """How it stands with a programme in a municipality, whole: each new version says everything again."""

    status: ProgrammeStatus
    since: date | None = None
    """Since when it stands so; None also where a source does not say."""
    contact: str = ""
    """Whom to ask: a service or a post, never a person's own number."""
    note: str = ""

    @property
    def has_begun(self) -> bool:
        """Whether it is or was in use, so that one can ask since when, and whom."""
        return self.status in (ProgrammeStatus.IN_USE, ProgrammeStatus.ENDED)


def missing(entry: Entry, *, on: date) -> frozenset[str]:
    """What stops an entry, as the names of its fields; the database refuses the same.

    What is in use or has ended has a day that is not ahead; what is in use has somebody to ask.
    """
    found = set()
    if (entry.has_begun and entry.since is None) or (entry.since is not None and entry.since > on):
        found.add("since")
    if entry.status is ProgrammeStatus.IN_USE and not entry.contact:
        found.add("contact")
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreement of a municipality, whole: each new version says everything again."""

    name: str
    parties: str
    scope: str
    """What it covers."""
    signed_on: date
    renew_on: date
    """The last day to renew it."""
    contact: str
    is_ended: bool = False


def missing_in_agreement(agreement: Agreement, *, on: date) -> frozenset[str]:
    """What stops an agreement: one that is not signed yet is none, and it is renewed after that."""
    found = {name for name in ("name", "parties", "scope", "contact") if not getattr(agreement, name)}
    if agreement.signed_on > on:
        found.add("signed_on")
    if agreement.renew_on <= agreement.signed_on:
        found.add("renew_on")
    return frozenset(found)


def standing(agreement: Agreement, *, on: date) -> AgreementStanding:
    """How an agreement stands on a day; it holds through its last, and the warning comes as early as the file says."""
    if agreement.is_ended:
        return AgreementStanding.ENDED
    if agreement.renew_on < on:
        return AgreementStanding.EXPIRED
    if agreement.renew_on <= on + timedelta(days=programmes().warn_days):
        return AgreementStanding.RENEW
    return AgreementStanding.VALID


def count_programmes(entries: Iterable[Entry]) -> dict[ProgrammeStatus, int]:
    """How many municipalities stand how with a programme, with every status there is, in order."""
    counted = Counter(one.status for one in entries)
    return {one: counted[one] for one in ProgrammeStatus}


def count_agreements(agreements: Iterable[Agreement], *, on: date) -> dict[AgreementStanding, int]:
    """How many agreements stand how on a day, with every standing there is, in order."""
    counted = Counter(standing(one, on=on) for one in agreements)
    return {one: counted[one] for one in AgreementStanding}
