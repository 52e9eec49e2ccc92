"""The map of who is responsible, with the database: what holds, what is proposed, and saying yes or no to it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet, Sum

from grunnmur import alphabet
from grunnmur.directory.kinds import SPECIALIST_SERVICES, CareArea, HelpLevel, Role, ServiceKind
from grunnmur.directory.models import Municipality, Responsibility, ResponsibilityApproval, Service, Unanswered
from grunnmur.directory.offers import Place
from grunnmur.directory.responsibility import Decided, Square, draw
from grunnmur.directory.sessions import Actor

MOST_ROWS = 20_000
NEWEST = 50
FEWEST = 5
"""A smaller count is not shown as a number: it could point at somebody."""


def _decided(rows: QuerySet[Responsibility]) -> Iterable[tuple[str, Decided]]:
    columns = ("municipality", "area", "level", "age_from", "service", "service__name", "is_responsible")
    for row in rows.values_list(*columns, "decided_by", "decided_on", "review_on")[:MOST_ROWS]:
        yield row[0], Decided(CareArea(row[1]), HelpLevel(row[2]), *row[3:])


def map_of(place: str, *, on: date) -> list[Square]:
    """Every square of one municipality."""
    rows = Responsibility.objects.filter(municipality=place, approval__is_approved=True).order_by("recorded_at", "pk")
    return draw((one for _place, one in _decided(rows)), on=on)


def map_of_region(*, on: date) -> list[tuple[Place, list[Square]]]:
    """Every municipality that has decided something, in alphabetical order, with its squares."""
    rows = Responsibility.objects.filter(approval__is_approved=True).order_by("recorded_at", "pk")
    by_place: dict[str, list[Decided]] = defaultdict(list)
    for place, one in _decided(rows):
        by_place[place].append(one)
    names = Municipality.objects.filter(pk__in=by_place).values_list("number", "name", "framed_by")
    places = sorted((Place(*row) for row in names), key=lambda one: alphabet.order(one.name))
    return [(place, draw(by_place[place.number], on=on)) for place in places]


# --- for those who work in the municipality --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Proposal:
    """One row of the history: what was proposed, by whom, and what was said to it."""

    id: UUID
    area: CareArea
    level: HelpLevel
    age_from: int
    service: str
    is_responsible: bool
    decided_by: str
    decided_on: date
    review_on: date | None
    recorded_at: datetime
    recorded_by_id: UUID | None
    recorded_by: str
    is_approved: bool | None
    """None while it waits."""
    approved_by: str


def history(place: str) -> list[Proposal]:
    """What has been proposed in a municipality, the newest first, with what waits on top."""
    rows = (
        Responsibility.objects.filter(municipality=place)
        .select_related("service", "recorded_by", "approval__approved_by")
        .order_by("-recorded_at", "-pk")
    )
    waiting = rows.filter(approval=None)[:NEWEST]
    return [_proposal(row) for row in (*waiting, *rows.exclude(approval=None)[:NEWEST])]


def _proposal(row: Responsibility) -> Proposal:
    said = getattr(row, "approval", None)
    return Proposal(
        id=row.pk,
        area=CareArea(row.area),
        level=HelpLevel(row.level),
        age_from=row.age_from,
        service=row.service.name,
        is_responsible=row.is_responsible,
        decided_by=row.decided_by,
        decided_on=row.decided_on,
        review_on=row.review_on,
        recorded_at=row.recorded_at,
        recorded_by_id=row.recorded_by_id,
        recorded_by=row.recorded_by.name if row.recorded_by else "",
        is_approved=said.is_approved if said else None,
        approved_by=said.approved_by.name if said and said.approved_by else "",
    )


def may_approve(actor: Actor) -> bool:
    """Whether somebody says yes or no to proposals; the database says it again for each (`sec.may_approve`)."""
    return actor.role is Role.CHIEF_PHYSICIAN


def services_for(place: str, *, on: date) -> list[tuple[UUID, str]]:
    """The services that can be responsible in a municipality: its own, and those of the region."""
    open_now = Service.objects.filter(opened_on__lte=on).exclude(closed_on__lte=on)
    own = open_now.filter(municipality=place).exclude(kind=ServiceKind.FOSTER_HOME).order_by("name")[:100]
    shared = open_now.filter(municipality=None, kind__in=SPECIALIST_SERVICES).order_by("name")[:50]
    rows = [*own.values_list("pk", "name"), *shared.values_list("pk", "name")]
    return sorted(rows, key=lambda row: alphabet.order(row[1]))


def propose(
    *,
    actor: Actor,
    place: str,
    area: CareArea,
    level: HelpLevel,
    age_from: int,
    service_id: UUID,
    is_responsible: bool,
    decided_by: str,
    decided_on: date,
    review_on: date | None,
    at: datetime,
) -> UUID:
    """Propose that a service is, or no longer is, responsible. The database takes it for one's own place alone."""
    return Responsibility.objects.create(
        municipality_id=place,
        area=area,
        level=level,
        age_from=age_from,
        service_id=service_id,
        is_responsible=is_responsible,
        decided_by=decided_by,
        decided_on=decided_on,
        review_on=review_on,
        recorded_at=at,
        recorded_by_id=actor.person_id,
    ).pk


def answer(*, actor: Actor, proposal_id: UUID, is_approved: bool, at: datetime) -> bool:
    """Say yes or no to a proposal of one's municipality. False when it is not there, or has been answered."""
    waiting = Responsibility.objects.filter(pk=proposal_id, municipality=actor.municipality, approval=None)
    if not waiting.exists():
        return False
    ResponsibilityApproval.objects.create(
        responsibility_id=proposal_id, is_approved=is_approved, approved_at=at, approved_by_id=actor.person_id
    )
    return True


def list_unanswered(place: str, *, since: date) -> list[tuple[str, int | None]]:
    """What was asked for without answer in a municipality, the most first: the need's key, and how often, or None when
    that is too few to say.
    """
    rows = (
        Unanswered.objects.filter(municipality=place, month__gte=since)
        .values_list("need")
        .annotate(times=Sum("times"))
        .order_by("-times", "need")[:NEWEST]
    )
    return [(need, times if times >= FEWEST else None) for need, times in rows]
