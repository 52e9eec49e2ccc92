"""Telling a service that there is something for it in the case: by the outbox, in the act, and only what it sees."""

from datetime import datetime
from uuid import UUID

from django.db import connection

from grunnmur.cases import sharing
from grunnmur.cases.actions import participants
from grunnmur.cases.door import CaseAct
from grunnmur.cases.lifecycle import Facts
from grunnmur.cases.terms import InformationKind
from grunnmur.directory.sessions import sign
from grunnmur.post import outbox
from grunnmur.post.outbox import Receiver
from grunnmur.post.rules import rules
from grunnmur.post.terms import MessageSort


def tell(
    act: CaseAct,
    service_id: UUID,
    *,
    sort: MessageSort,
    item: UUID,
    kind: InformationKind,
    wants_answer: bool = False,
    answer_by: datetime | None = None,
    expires_at: datetime | None = None,
    now: Facts | None = None,
) -> None:
    """Send a service word of one row of the act, unless it is the actor's own or does not see rows of that kind.

    A service that does not see the case is not told that there is one; what it is sent goes by other ways than this
    program. `now` is the case as it stands when the act has itself changed who sees it.
    """
    case = now or act.before
    if service_id == act.actor.service_id or not sharing.may_ask(
        case, service=str(service_id), kind=kind, on=act.today
    ):
        return
    outbox.send(
        actor=act.actor,
        at=act.at,
        sort=sort,
        subject=act.case.pk,
        kind=int(kind),
        item=item,
        to=Receiver(service_id=service_id),
        wants_answer=wants_answer,
        answer_by=answer_by,
        expires_at=expires_at,
    )


def tell_colleague(act: CaseAct, person_id: UUID, *, sort: MessageSort, item: UUID, kind: InformationKind) -> None:
    """Send word of one row to one of the actor's own service, who is to answer."""
    outbox.send(
        actor=act.actor,
        at=act.at,
        sort=sort,
        subject=act.case.pk,
        kind=int(kind),
        item=item,
        to=Receiver(service_id=act.actor.service_id, person_id=person_id),
        wants_answer=True,
    )


def answered(act: CaseAct, item: UUID) -> None:
    """What was sent about a row has been answered."""
    outbox.answered(actor=act.actor, at=act.at, item=item)


def take_back(act: CaseAct, *items: UUID) -> None:
    """What the service has sent about these rows is of no use any more: it goes to nobody, and nobody has to answer."""
    for item in items:
        outbox.recall(actor=act.actor, at=act.at, item=item)


def tell_of_closing(said_in: UUID, *, before: Facts, after: Facts, service: UUID, at: datetime) -> bool:
    """Word to a service that sees less of the case after a yes was taken back, or a no stopped it.

    `said_in` is the row of the withdrawal or of the no, whether the family said it here or child welfare wrote it down.
    What an explicit no kept from the service is no loss. Returns whether it was sent word.
    """
    if not participants.lost(before, after, service=service, at=at):
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "select sec.tell_of_closing(%s, make_interval(days => %s), %s)",
            [said_in, rules().expires_days.number, sign(f"tell_of_closing|{said_in}")],
        )
        (is_sent,) = cursor.fetchone()
    return bool(is_sent)
