"""The map of who is responsible, with the database: what holds, what is proposed, and saying yes or no to it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet, Sum

from grunnmur import alphabet
from grunnmur.directory.kinds import SPECIALIST_SERVICES, CareArea, HelpLevel, Role
from grunnmur.directory.models import (
    Membership,
    Municipality,
    Responsibility,
    ResponsibilityApproval,
    Service,
    Unanswered,
)
from grunnmur.directory.nearby import NEVER_LISTED
from grunnmur.directory.offers import Place
from grunnmur.directory.responsibility import Decided, Square, draw
from grunnmur.directory.sessions import Actor

NEWEST = 50
FEWEST = 5
"""A smaller count is not shown, nor what it is of: it could point at somebody."""


def _decided(rows: QuerySet[Responsibility], *, on: date) -> Iterable[tuple[str, Decided]]:
    """What is approved, the last word on each service in each square; a service that is closed holds none."""
    square = ("municipality", "area", "level", "age_from")
    newest = (
        rows.filter(approval__is_approved=True)
        .order_by(*square, "service", "-recorded_at", "-pk")
        .distinct(*square, "service")
    )
    columns = (*square, "service", "service__name", "is_responsible", "decided_by", "decided_on", "review_on")
    for *row, closed_on in newest.values_list(*columns, "service__closed_on"):
        place, area, level, *rest = row
        one = Decided(CareArea(area), HelpLevel(level), *rest)
        is_closed = closed_on is not None and closed_on <= on
        yield place, replace(one, is_responsible=one.is_responsible and not is_closed)


def map_of(place: str, *, on: date) -> list[Square] | None:
    """Every square of one municipality; None when it has decided nothing yet, for then a hole says nothing."""
    found = [one for _place, one in _decided(Responsibility.objects.filter(municipality=place), on=on)]
    return draw(found, on=on) if found else None


def map_of_region(*, on: date) -> list[tuple[Place, list[Square]]]:
    """Every municipality that has decided something, in alphabetical order, with its squares."""
    by_place: dict[str, list[Decided]] = defaultdict(list)
    for place, one in _decided(Responsibility.objects.all(), on=on):
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


def find(place: str, proposal_id: UUID) -> Proposal | None:
    """One proposal in a municipality, answered or not."""
    rows = Responsibility.objects.filter(pk=proposal_id, municipality=place)
    row = rows.select_related("service", "recorded_by", "approval__approved_by").first()
    return _proposal(row) if row else None


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


def list_approvers(actor: Actor, *, on: date) -> list[str]:
    """The names of those who can say yes or no to what somebody proposes: never themselves."""
    names = (
        Membership.objects.filter(
            service__municipality=actor.municipality, role=Role.CHIEF_PHYSICIAN, starts_on__lte=on
        )
        .exclude(ends_on__lte=on)
        .exclude(person=actor.person_id)
        .values_list("person__name", flat=True)
        .distinct()[:NEWEST]
    )
    return sorted(names, key=alphabet.order)


def may_propose(actor: Actor) -> bool:
    """Whether somebody's service is one of a municipality's own that can know; `sec.municipality` says the same."""
    return actor.municipality is not None and not actor.service_kind.can_initiate


def services_for(place: str, *, on: date) -> list[tuple[UUID, str]]:
    """The services that can be responsible in a municipality: its own, and those of the region."""
    open_now = Service.objects.filter(opened_on__lte=on).exclude(closed_on__lte=on).exclude(kind__in=NEVER_LISTED)
    own = open_now.filter(municipality=place).order_by("name")[:100]
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
    """Say yes or no to a proposal of one's municipality. False when somebody has answered it already."""
    _said, is_first = ResponsibilityApproval.objects.get_or_create(
        responsibility_id=proposal_id,
        defaults={"is_approved": is_approved, "approved_at": at, "approved_by_id": actor.person_id},
    )
    return is_first


def list_unanswered(place: str, *, since: date) -> tuple[list[tuple[str, int]], bool]:
    """What was asked for without answer in a municipality, the most first: the need's key, and how often.

    And whether anything else was, too seldom to say what.
    """
    rows = (
        Unanswered.objects.filter(municipality=place, month__gte=since).values_list("need").annotate(times=Sum("times"))
    )
    often = rows.filter(times__gte=FEWEST).order_by("-times", "need")[:NEWEST]
    return list(often), rows.filter(times__lt=FEWEST).exists()
