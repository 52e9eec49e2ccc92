"""Break-glass as the owner sees it: what waits to be reviewed, and each time with what was looked at."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from grunnmur.cases import access
from grunnmur.cases.models import EmergencyLook
from grunnmur.cases.queries.child import ChildHead, get_child
from grunnmur.directory.sessions import Actor

MOST = 50
"""Shown on one page."""


@dataclass(frozen=True, slots=True)
class Emergency:
    """One break-glass."""

    id: UUID
    who: str
    service: str
    reason: str
    starts_at: datetime
    ends_at: datetime
    pages: tuple[str, ...]
    """The names of the pages that were opened on it."""
    verdict: str
    review: str
    reviewed_by: str
    reviewed_at: datetime | None


def to_review(actor: Actor) -> QuerySet[EmergencyLook]:
    """Every break-glass to children of the actor's service that nobody has reviewed, the oldest first."""
    return EmergencyLook.objects.filter(owner_service=actor.service_id, reviewed_at=None).order_by("starts_at")[:MOST]


def emergencies_page(actor: Actor, child_id: UUID) -> tuple[ChildHead, tuple[Emergency, ...]]:
    """Every break-glass to one child, those to review first. Raises NotVisible, Refused."""
    head = get_child(actor, child_id, page="emergencies", act="emergencies.review")
    rows = EmergencyLook.objects.filter(child=head.child).select_related("person", "service", "reviewed_by")
    return head, tuple(_emergency(row) for row in rows.order_by("-reviewed_at", "-starts_at")[:MOST])


def get_emergency(actor: Actor, child_id: UUID, look_id: UUID) -> tuple[ChildHead, Emergency]:
    """One break-glass to review. Raises NotVisible, Refused."""
    head = get_child(actor, child_id, page="review_emergency", act="emergencies.review")
    row = (
        EmergencyLook.objects.filter(child=head.child, pk=look_id)
        .select_related("person", "service", "reviewed_by")
        .first()
    )
    if row is None:
        raise access.NotVisible
    return head, _emergency(row)


def _emergency(row: EmergencyLook) -> Emergency:
    with connection.cursor() as cursor:
        cursor.execute("select sec.pages_of_glass(%s)", [row.pk])
        pages = tuple(page for (page,) in cursor.fetchall())
    return Emergency(
        id=row.pk,
        who=row.person.name,
        service=row.service.name,
        reason=row.reason,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        pages=pages,
        verdict=str(EmergencyLook.Verdict(row.verdict).label) if row.verdict else "",
        review=row.review,
        reviewed_by=row.reviewed_by.name if row.reviewed_by else "",
        reviewed_at=row.reviewed_at,
    )
