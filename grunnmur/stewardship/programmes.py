"""Programmes and agreements, with the database: which municipality has which, since when, and what must be renewed."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from grunnmur.clock import OSLO
from grunnmur.directory.meanwhile import refuse_older, take_turns
from grunnmur.directory.responsibility import squares
from grunnmur.directory.sessions import Actor
from grunnmur.stewardship.models import Agreement as AgreementRow
from grunnmur.stewardship.models import ProgrammeEntry
from grunnmur.stewardship.register import Agreement, Entry, missing, missing_in_agreement, standing
from grunnmur.stewardship.supervision import Missing, leads, places_watched
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
    """Say how it stands with a programme, as a new version; what the actor said last is not said twice.

    The database refuses anybody but a leader there. Raises EditConflict, Missing.
    """
    take_turns(f"programme {place} {programme}")
    last = ProgrammeEntry.objects.filter(municipality=place, programme=programme).order_by("-version").first()
    if last and last.recorded_by_id == actor.person_id and _entry(last) == entry:
        return last.pk
    current = last.version if last else 0
    refuse_older(seen=seen, current=current)
    if names := missing(entry, on=on):
        raise Missing(names)
    return ProgrammeEntry.objects.create(
        municipality_id=place,
        programme=programme,
        version=current + 1,
        recorded_at=at,
        recorded_by_id=actor.person_id,
        **asdict(entry),
    ).pk


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
    """Register an agreement or a change of it, as a new version; what the actor said last is not said twice.

    The database refuses anybody but a leader there. Raises EditConflict, Missing.
    """
    take_turns(f"agreement {place} {key}")
    last = AgreementRow.objects.filter(municipality=place, agreement=key).order_by("-version").first()
    if last and last.recorded_by_id == actor.person_id and _agreement(last) == agreement:
        return last.pk
    current = last.version if last else 0
    refuse_older(seen=seen, current=current)
    if names := missing_in_agreement(agreement, on=on):
        raise Missing(names)
    return AgreementRow.objects.create(
        municipality_id=place,
        agreement=key,
        version=current + 1,
        recorded_at=at,
        recorded_by_id=actor.person_id,
        **asdict(agreement),
    ).pk


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
