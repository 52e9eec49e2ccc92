"""The findings of supervision in a municipality and in a region, with the database: how they stand, and saying it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from grunnmur import alphabet
from grunnmur.directory.kinds import Role, ServiceKind
from grunnmur.directory.models import Municipality, Service
from grunnmur.directory.sessions import Actor
from grunnmur.stewardship import versions
from grunnmur.stewardship.findings import Said, findings, missing, standing
from grunnmur.stewardship.models import FollowUp
from grunnmur.stewardship.terms import FindingAnswer, Standing

NEWEST = 50
"""How many of the replaced answers a page shows."""
LEADS = {Role.LEADER: ServiceKind.CHILD_WELFARE, Role.CHIEF_PHYSICIAN: ServiceKind.CHIEF_PHYSICIAN}
"""Who speaks for a municipality; the database says the same (`sec.leads`)."""


def leads(actor: Actor) -> str | None:
    """The municipality that somebody answers for, or None."""
    return actor.municipality if LEADS.get(actor.role) is actor.service_kind else None


def may_watch(actor: Actor) -> bool:
    """Whether somebody works for a county governor; which municipalities it watches, the database says."""
    return actor.role is Role.COUNTY_GOVERNOR_STAFF and actor.service_kind is ServiceKind.COUNTY_GOVERNOR


def place_name(number: str) -> str:
    """What a municipality is called."""
    return Municipality.objects.values_list("name", flat=True).get(pk=number)


@dataclass(frozen=True, slots=True)
class Version:
    """Something that was said of a finding, by whom and when."""

    finding: str
    number: int
    said: Said
    recorded_at: datetime
    recorded_by: str


def _said(row: FollowUp) -> Said:
    return Said(FindingAnswer(row.answer), row.why, row.action, row.who, row.due_on, row.shown_by)


def _version(row: FollowUp) -> Version:
    return Version(row.finding, row.version, _said(row), row.recorded_at, row.recorded_by.name)


def last_said(place: str) -> dict[str, Version]:
    """The last that a municipality has said of each finding; one that is not there is not assessed."""
    rows = FollowUp.objects.filter(municipality=place).select_related("recorded_by")
    newest = rows.order_by("finding", "-version").distinct("finding")
    return {row.finding: _version(row) for row in newest}


def history(place: str) -> list[Version]:
    """What a municipality said before what it says now, the newest first."""
    here = FollowUp.objects.filter(municipality=place)
    newer = here.filter(finding=OuterRef("finding"), version__gt=OuterRef("version"))
    rows = here.filter(Exists(newer)).select_related("recorded_by")
    return [_version(row) for row in rows.order_by("-recorded_at", "-version")[:NEWEST]]


def say(*, actor: Actor, place: str, finding: str, said: Said, seen: int | None, at: datetime) -> UUID:
    """Say how a finding stands in a municipality (`versions.say`). The database refuses anybody but a leader there.

    Raises EditConflict, Missing.
    """
    return versions.say(
        FollowUp,
        about={"municipality_id": place, "finding": finding},
        said=said,
        read=_said,
        stops=lambda before: missing(said, before=before),
        actor=actor,
        seen=seen,
        at=at,
    )


# --- for the county governor ------------------------------------------------------------------------------------------


def places_watched(actor: Actor) -> list[tuple[str, str]]:
    """The number and name of every municipality in the counties of a county governor, in alphabetical order.

    None for anybody else.
    """
    if not may_watch(actor):
        return []
    counties = Service.objects.values_list("counties", flat=True).get(pk=actor.service_id)
    found = Municipality.objects.filter(county__in=counties).values_list("number", "name")
    return sorted(found, key=lambda one: alphabet.order(one[1]))


@dataclass(frozen=True, slots=True)
class Watched:
    """A municipality and how each finding stands there."""

    number: str
    name: str
    standings: Mapping[str, Standing]


def watched(actor: Actor, *, on: date) -> list[Watched]:
    """Every municipality in the counties of a county governor, in alphabetical order; none for anybody else."""
    by_place: dict[str, dict[str, FollowUp]] = defaultdict(dict)
    newest = FollowUp.objects.order_by("municipality", "finding", "-version").distinct("municipality", "finding")
    for row in newest:
        by_place[row.municipality_id][row.finding] = row
    return [
        Watched(number, name, _standings(by_place[number].values(), on=on)) for number, name in places_watched(actor)
    ]


def _standings(rows: Iterable[FollowUp], *, on: date) -> dict[str, Standing]:
    said = {row.finding: _said(row) for row in rows}
    return {one.key: standing(said.get(one.key), on=on) for one in findings().findings}
