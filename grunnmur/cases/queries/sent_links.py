"""The links that were sent in a case, and what one can be sent about."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from grunnmur import clock
from grunnmur.cases import access, deadlines, next_step, sharing, times
from grunnmur.cases.lifecycle import OPEN, Facts
from grunnmur.cases.models import (
    Attachment,
    Invitation,
    Mapping,
    MeetingHeld,
    MinutesReview,
    PollAsked,
    PollTime,
    Question,
    Referral,
    ReferralText,
)
from grunnmur.cases.queries.case import HIDDEN_PERSON, Case
from grunnmur.cases.terms import AddressProtection, InformationKind
from grunnmur.directory.models import Service
from grunnmur.directory.sessions import Actor
from grunnmur.post.models import Message
from grunnmur.post.terms import FactKind, MessageSort, ProofKind
from grunnmur.stewardship import codes


@dataclass(frozen=True, slots=True)
class SentLink:
    """One link, and what became of it."""

    message_id: UUID
    name: str
    """Who it is for; hidden where the service that was asked is."""
    sent_at: datetime
    is_opened: bool
    is_answered: bool
    is_recalled: bool
    is_over: bool
    """It was taken back after somebody had opened it."""
    is_closed: bool
    """A code opened it, and is not enough any more."""
    is_by_code: bool
    """Whether a code by SMS opens it, and not an eID."""

    @property
    def can_be_recalled(self) -> bool:
        return not (self.is_answered or self.is_recalled or self.is_over)


def list_links(case: Case, items: list[UUID]) -> dict[UUID, list[SentLink]]:
    """The links that were sent about some rows, by row, newest first, as the actor may see them."""
    if not items:
        return {}
    sent = Message.objects.filter(subject=case.pathway.pk, item__in=items, link__isnull=False)
    found: dict[UUID, list[SentLink]] = {}
    for one in (
        access.visible_to(case.actor, sent).select_related("link").prefetch_related("facts").order_by("-recorded_at")
    ):
        facts = {fact.fact for fact in one.facts.all()}
        found.setdefault(one.item, []).append(
            SentLink(
                message_id=one.pk,
                name=str(HIDDEN_PERSON) if case.hides(one.to_service_id) else one.link.name,
                sent_at=one.recorded_at,
                is_opened=FactKind.OPENED in facts,
                is_answered=FactKind.ANSWERED in facts,
                is_recalled=FactKind.RECALLED in facts,
                is_over=FactKind.OVER in facts,
                is_closed=FactKind.CLOSED in facts,
                is_by_code=one.link.proof == ProofKind.CODE,
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class Asked:
    """A row that one service was asked to answer, which a link can be sent about."""

    sort: MessageSort
    kind: InformationKind
    service: Service
    answer_by: datetime | None
    waits: bool
    """Nobody has answered, and somebody still can."""
    page: str
    """Where it stands in the case."""
    rows: tuple[UUID, ...]
    """What one must see to answer it, and all that a link shows of its kind."""


def may_be_by_code(case: Case, asked: Asked) -> bool:
    """Whether a code by SMS is enough to open a link about this, which is then offered; the act asks again."""
    return sharing.may_be_by_code(
        enough_until=codes.enough_until(case.actor.municipality, on=case.today),
        sort=asked.sort,
        kind=asked.kind,
        protection=AddressProtection(case.pathway.child.address_protection),
        on=case.today,
    )


def where_sent(case: Case, message_id: UUID) -> str:
    """The page on which that stands which a link was sent about. Raises NotVisible."""
    links = Message.objects.filter(pk=message_id, subject=case.pathway.pk, link__isnull=False)
    message = access.visible_to(case.actor, links).first()
    if message is None:
        raise access.NotVisible
    if message.sort == MessageSort.PASSPORT:
        return "passport"
    return find_asked(case.actor, case.pathway.pk, case.whole, message.item, service_id=message.to_service_id).page


def find_asked(actor: Actor, pathway_id: UUID, facts: Facts, item: UUID, *, service_id: UUID | None = None) -> Asked:
    """The question, mapping, referral, invitation or minutes with this id, as the actor may see it.

    Minutes are for several: `service_id` says which of those who were there. Raises NotVisible.
    """

    def row(rows: Any, *more: str) -> Any:
        return access.visible_to(actor, rows.select_related(*more).filter(pathway=pathway_id, pk=item)).first()

    key = str(item)
    if question := row(Question.objects, "to_service"):
        waits = any(one.id == key and one.answered_on is None for one in facts.questions)
        by = clock.end_of(question.answer_by)
        kind = InformationKind(question.kind)
        return Asked(MessageSort.QUESTION, kind, question.to_service, by, waits, "questions", (item,))
    mapping = row(Mapping.objects, "service")
    if mapping and mapping.service:
        waits = any(one.id == key for one in facts.open_mappings)
        due = clock.end_of(mapping.due_on) if mapping.due_on else None
        return Asked(
            MessageSort.QUESTION, InformationKind(mapping.kind), mapping.service, due, waits, "health", (item,)
        )
    if referral := row(Referral.objects, "to_service"):
        waits = any(one.id == key and one.answer is None for one in facts.referrals)
        by = clock.end_of(deadlines.referral_assessment_due(referral.received_on))
        kind, to = InformationKind(referral.kind), referral.to_service
        more = [part.filter(referral=referral) for part in (ReferralText.objects, Attachment.objects)]
        shown = [key for rows in more for key in access.visible_to(actor, rows).values_list("pk", flat=True)]
        return Asked(MessageSort.REFERRAL, kind, to, by, waits, "health", (item, *shown))
    if invitation := row(Invitation.objects, "service", "meeting"):
        meeting = invitation.meeting
        waits = any(one.id == str(meeting.pk) and one.is_pending for one in facts.meetings)
        kind, rows = InformationKind(invitation.kind), (item, meeting.pk)
        return Asked(MessageSort.INVITATION, kind, invitation.service, meeting.starts_at, waits, "meetings", rows)
    if asked := row(PollAsked.objects, "service", "poll"):
        offered = access.visible_to(actor, PollTime.objects.filter(pathway=pathway_id, poll=asked.poll_id))
        starts = dict(offered.values_list("pk", "starts_at"))
        waits = times.is_open(starts.values(), is_over=str(asked.poll_id) in facts.polls_over, at=clock.now())
        kind, rows = InformationKind(asked.kind), (item, asked.poll_id, *starts)
        by = clock.end_of(asked.poll.answer_by)
        return Asked(MessageSort.QUESTION, kind, asked.service, by, waits, "meetings", rows)
    if service_id and (held := row(MeetingHeld.objects)) and service_id in held.services_present:
        said = access.visible_to(actor, MinutesReview.objects.filter(pathway=pathway_id, held=held))
        waits = facts.status in OPEN and not said.filter(author_service=service_id).exists()
        by = clock.end_of(next_step.approve_by(held.recorded_at.astimezone(clock.OSLO).date()))
        service = Service.objects.get(pk=service_id)
        kind, rows = InformationKind(held.kind), (item, held.meeting_id)
        return Asked(MessageSort.MINUTES, kind, service, by, waits, "meetings", rows)
    raise access.NotVisible
