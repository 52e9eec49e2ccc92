"""What the actor's service has been sent and not answered, whatever it is, and the page where each is answered."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, Model, OuterRef

from grunnmur import clock
from grunnmur.cases import access
from grunnmur.cases.models import Invitation, Mapping, MeetingHeld, Pathway, PollAsked, Question, Referral
from grunnmur.cases.queries import looking
from grunnmur.cases.queries.case import get_case
from grunnmur.directory.sessions import Actor
from grunnmur.post.models import Message
from grunnmur.post.terms import MessageSort

MOST = 20
"""As many as stand in the list at a time; the next come as those are answered."""
ANSWERED_ON: tuple[tuple[type[Model], str, str, str], ...] = (
    (Invitation, "reply_to_meeting", "meeting_id", "meeting_id"),
    (PollAsked, "answer_times", "poll_id", "poll_id"),
    (MeetingHeld, "review_minutes", "meeting_id", "meeting_id"),
    (Question, "answer_question", "question_id", "pk"),
    (Mapping, "mapping_step", "mapping_id", "pk"),
    (Referral, "answer_referral", "referral_id", "pk"),
)
"""The rows that one can be sent and has to answer: the page, what its address names, and where the row has it."""

_TIMES = PollAsked.objects.filter(pk=OuterRef("item"))
_HAS_BEEN = Exists(Invitation.objects.filter(pk=OuterRef("item"), meeting__starts_at__lte=access.NOW)) | (
    Exists(_TIMES) & ~Exists(_TIMES.filter(poll__times__starts_at__gt=access.NOW))
)
"""What is asked of a time: the meeting has begun, or none of the times is left. All else waits until it is answered."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits for the service's answer."""

    message_id: UUID
    pathway_id: UUID
    child: str
    sort: MessageSort
    sent_at: datetime
    answer_by: date | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class Inbox:
    """Those that are to be answered first, and whether there are more."""

    rows: tuple[Waiting, ...]
    has_more: bool


def list_waiting(actor: Actor, *, page: str) -> Inbox:
    """What waits for the service's answer, the first that is due first; one question to the database when nothing does.

    Who sees the row that a message is about, is told that it waits, and nobody else. What one person alone is asked
    stands on that one's own list (`handovers.list_offered`).
    """
    rows = Message.objects.filter(
        to_service=actor.service_id,
        to_person=None,
        wants_answer=True,
        silent_from__isnull=False,
    ).exclude(_HAS_BEEN)
    found = list(access.visible_to(actor, rows).order_by("answer_by", "pk")[: MOST + 1])
    if not found:
        return Inbox((), has_more=False)
    cases = {
        row.pk: row
        for row in access.visible_to(actor, Pathway.objects.filter(pk__in={one.subject for one in found}))
        .select_related("child")
        .annotate(grounds=access.Grounds(actor, child="child"))
    }
    shown = [row for row in found[:MOST] if row.subject in cases]
    looking.log(
        actor,
        page,
        children=dict.fromkeys(cases[row.subject].child_id for row in shown),
        kinds=looking.IN_A_LIST,
        grounds=(basis for row in shown for basis in cases[row.subject].grounds),
    )
    now = clock.now()
    return Inbox(
        tuple(
            Waiting(
                message_id=row.pk,
                pathway_id=row.subject,
                child=cases[row.subject].child.name or cases[row.subject].child.journal_number,
                sort=MessageSort(row.sort),
                sent_at=row.recorded_at,
                # An answer is due before an instant: the day is the one that is over then.
                answer_by=(row.answer_by - timedelta(microseconds=1)).astimezone(clock.OSLO).date()
                if row.answer_by
                else None,
                is_late=row.answer_by is not None and row.answer_by <= now,
            )
            for row in shown
        ),
        has_more=len(found) > MOST,
    )


def where_answered(actor: Actor, pathway_id: UUID, message_id: UUID) -> tuple[str, dict[str, UUID]]:
    """The page where what a message is about is answered, and what its address names. Raises NotVisible."""
    case = get_case(actor, pathway_id, page="answer_sent")
    sent = Message.objects.filter(pk=message_id, subject=case.pathway.pk, to_service=actor.service_id)
    message = access.visible_to(actor, sent).first()
    if message is None:
        raise access.NotVisible
    for model, page, named, column in ANSWERED_ON:
        rows = model._default_manager.filter(pathway=case.pathway, pk=message.item)
        key = access.visible_to(actor, rows).values_list(column, flat=True).first()
        if key is not None:
            return page, {"pathway_id": pathway_id, named: key}
    raise access.NotVisible
