"""The links that were sent in a case, and who can be sent one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from grunnmur.cases import access
from grunnmur.cases.models import Invitation, Mapping, Question, Referral
from grunnmur.cases.queries.case import Case
from grunnmur.directory.kinds import Role, roles_in
from grunnmur.directory.models import Service
from grunnmur.post.models import Message
from grunnmur.post.terms import FactKind, MessageSort


@dataclass(frozen=True, slots=True)
class SentLink:
    """One link, and what became of it."""

    message_id: UUID
    item: UUID
    name: str
    service: str
    sent_at: datetime
    expires_at: datetime
    is_opened: bool
    is_answered: bool
    is_recalled: bool


def list_links(case: Case, items: list[UUID]) -> dict[UUID, list[SentLink]]:
    """The links that were sent about some rows, by row, newest first, as the actor may see them."""
    messages = list(
        access.visible_to(
            case.actor, Message.objects.filter(subject=case.pathway.pk, item__in=items, link__isnull=False)
        )
        .select_related("link")
        .prefetch_related("facts")
        .order_by("-recorded_at")
    )
    services = case.services(one.to_service_id for one in messages)
    found: dict[UUID, list[SentLink]] = {}
    for one in messages:
        facts = {fact.fact for fact in one.facts.all()}
        found.setdefault(one.item, []).append(
            SentLink(
                message_id=one.pk,
                item=one.item,
                name=one.link.name,
                service=services.get(str(one.to_service_id), ""),
                sent_at=one.recorded_at,
                expires_at=one.expires_at,
                is_opened=FactKind.OPENED in facts,
                is_answered=FactKind.ANSWERED in facts,
                is_recalled=FactKind.RECALLED in facts,
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class Target:
    """What a link can be sent about: which service was asked, the roles there, and where one goes afterwards."""

    service: str
    roles: tuple[Role, ...]
    sort: MessageSort
    page: str


def get_target(case: Case, item: UUID) -> Target:
    """The row that a link is to be sent about. Raises NotVisible."""
    for rows, column, sort, page in (
        (Question.objects.all(), "to_service", MessageSort.QUESTION, "questions"),
        (Mapping.objects.all(), "service", MessageSort.QUESTION, "health"),
        (Referral.objects.all(), "to_service", MessageSort.REFERRAL, "health"),
        (Invitation.objects.all(), "service", MessageSort.INVITATION, "meetings"),
    ):
        row = access.visible_to(case.actor, rows).filter(pathway=case.pathway, pk=item).select_related(column).first()
        if row is not None:
            service: Service | None = getattr(row, column)
            if service is None:
                break
            name = case.services([service.pk])[str(service.pk)]
            return Target(name, roles_in(service.service_kind), sort, page)
    raise access.NotVisible
