"""Programmes and agreements, with the database: which municipality has which, since when, and what must be renewed."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from grunnmur.clock import OSLO
from grunnmur.directory.responsibility import squares
from grunnmur.directory.sessions import Actor
from grunnmur.stewardship import versions
from grunnmur.stewardship.models import Agreement as AgreementRow
from grunnmur.stewardship.models import ProgrammeEntry
from grunnmur.stewardship.register import Agreement, Entry, missing, missing_in_agreement, standing
from grunnmur.stewardship.supervision import leads, places_watched
from grunnmur.stewardship.terms import AgreementStanding, ProgrammeStatus


@dataclass(frozen=True, slots=True)
class Registered:
    """How it stands with a programme, and who said so."""

    number: int
    entry: Entry
    is_example: bool
    recorded_on: date
    recorded_by: str
    """Empty for what a source says, and the municipality has not said itself."""


def _entry(row: ProgrammeEntry) -> Entry:
    return Entry(ProgrammeStatus(row.status), row.since, row.contact, row.note)


def _registered(row: ProgrammeEntry) -> Registered:
    by = row.recorded_by.name if row.recorded_by else ""
    return Registered(row.version, _entry(row), row.is_example, row.recorded_at.astimezone(OSLO).date(), by)


def entries() -> dict[str, dict[str, Registered]]:
    """The last that was said of each programme, by municipality and programme: all that one may see."""
    found: dict[str, dict[str, Registered]] = defaultdict(dict)
    rows = ProgrammeEntry.objects.select_related("recorded_by").order_by("municipality", "programme", "-version")
    for row in rows.distinct("municipality", "programme"):
        found[row.municipality_id][row.programme] = _registered(row)
    return found


def register(
    *, actor: Actor, place: str, programme: str, entry: Entry, seen: int | None, on: date, at: datetime
) -> UUID:
    """Say how it stands with a programme (`versions.say`). The database refuses anybody but a leader there.

    Raises EditConflict, Missing.
    """
    return versions.say(
        ProgrammeEntry,
        about={"municipality_id": place, "programme": programme},
        said=entry,
        read=_entry,
        stops=lambda _before: missing(entry, on=on),
        actor=actor,
        seen=seen,
        at=at,
    )


# --- agreements -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kept:
    """An agreement as it was last registered, and how it stands."""

    key: UUID
    number: int
    agreement: Agreement
    standing: AgreementStanding
    is_example: bool
    recorded_on: date
    recorded_by: str


def _agreement(row: AgreementRow) -> Agreement:
    return Agreement(row.name, row.parties, row.scope, row.signed_on, row.renew_on, row.contact, row.is_ended)


def agreements(*, on: date) -> dict[str, list[Kept]]:
    """Every agreement that one may see, by municipality; what must be seen to first, and then what is renewed first."""
    found: dict[str, list[Kept]] = defaultdict(list)
    rows = AgreementRow.objects.select_related("recorded_by").order_by("municipality", "agreement", "-version")
    for row in rows.distinct("municipality", "agreement"):
        said = _agreement(row)
        recorded_on = row.recorded_at.astimezone(OSLO).date()
        kept = Kept(
            row.agreement, row.version, said, standing(said, on=on), row.is_example, recorded_on, row.recorded_by.name
        )
        found[row.municipality_id].append(kept)
    order = list(AgreementStanding)
    return {
        place: sorted(kept, key=lambda one: (order.index(one.standing), one.agreement.renew_on))
        for place, kept in found.items()
    }


def to_renew(actor: Actor, *, on: date) -> list[Kept]:
    """What the municipality that somebody leads in must renew soon, or should have; nothing for anybody else."""
    place = leads(actor)
    if place is None:
        return []
    urgent = (AgreementStanding.EXPIRED, AgreementStanding.RENEW)
    return [one for one in agreements(on=on).get(place, []) if one.standing in urgent]


def register_agreement(
    *, actor: Actor, place: str, key: UUID, agreement: Agreement, seen: int | None, on: date, at: datetime
) -> UUID:
    """Register an agreement or a change of it (`versions.say`). The database refuses anybody but a leader there.

    Raises EditConflict, Missing.
    """
    return versions.say(
        AgreementRow,
        about={"municipality_id": place, "agreement": key},
        said=agreement,
        read=_agreement,
        stops=lambda _before: missing_in_agreement(agreement, on=on),
        actor=actor,
        seen=seen,
        at=at,
    )


# --- for the county governor ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Placed:
    """A municipality, how it stands with one programme there, and where it is in the picture of the region."""

    number: str
    name: str
    registered: Registered | None
    tile: tuple[int, int] | None
    """Column and row, as in the map of who is responsible; None for one that has no place there."""


def placed(actor: Actor, programme: str, said: Mapping[str, Mapping[str, Registered]]) -> list[Placed]:
    """Every municipality in the counties of a county governor, in alphabetical order, with one programme."""
    return [
        Placed(number, name, said.get(number, {}).get(programme), squares().tiles.get(number))
        for number, name in places_watched(actor)
    ]
