"""Who has been asked to be contact person, and what the one who was asked last said no with."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from grunnmur.cases import access
from grunnmur.cases.access import CHILD_WELFARE
from grunnmur.cases.models import Handover
from grunnmur.cases.queries import looking, names, receiving
from grunnmur.cases.queries.case import Case
from grunnmur.cases.queries.lists import PAGE
from grunnmur.cases.terms import HandoverSays, ParticipationBasis
from grunnmur.directory.sessions import Actor


@dataclass(frozen=True, slots=True)
class Asked:
    """A colleague who is asked to be contact person of a case."""

    handover_id: UUID
    to: str
    by: str
    note: str
    asked_at: datetime
    is_me: bool


@dataclass(frozen=True, slots=True)
class Declined:
    """A colleague's no to being contact person."""

    by: str
    why: str
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class Offered:
    """A case that the actor is asked to take over."""

    handover_id: UUID
    pathway_id: UUID
    child_name: str
    journal_number: str
    by: str
    asked_at: datetime


def get_asked(case: Case) -> Asked | None:
    """Who is asked in this case; None when nobody waits to answer."""
    row = access.visible_to(case.actor, Handover.objects.filter(pathway=case.pathway, answer=None)).first()
    if row is None:
        return None
    called = names.people([row.to_person_id, row.recorded_by_id])
    receiving.shown(case.actor, [row.pk])
    return Asked(
        handover_id=row.pk,
        to=called[str(row.to_person_id)],
        by=called[str(row.recorded_by_id)],
        note=row.note,
        asked_at=row.recorded_at,
        is_me=row.to_person_id == case.actor.person_id,
    )


def get_last_no(case: Case) -> Declined | None:
    """What the one who was asked last answered, when it was no; None when something has come of the case since."""
    rows = access.visible_to(case.actor, Handover.objects.filter(pathway=case.pathway)).select_related("answer")
    last = rows.order_by("-recorded_at", "-pk").first()
    if last is None or not hasattr(last, "answer") or last.answer.says != HandoverSays.DECLINED:
        return None
    return Declined(
        by=names.people([last.to_person_id])[str(last.to_person_id)],
        why=last.answer.why,
        answered_at=last.answer.recorded_at,
    )


def list_offered(actor: Actor) -> tuple[Offered, ...]:
    """The cases that the actor is asked to take over, the oldest question first."""
    if actor.role not in CHILD_WELFARE:
        return ()
    waiting = Handover.objects.filter(to_person=actor.person_id, author_service=actor.service_id, answer=None)
    rows = list(access.visible_to(actor, waiting).select_related("pathway__child").order_by("recorded_at", "pk")[:PAGE])
    if not rows:
        return ()
    called = names.people([row.recorded_by_id for row in rows])
    looking.log(
        actor,
        "work",
        children=[row.pathway.child_id for row in rows],
        kinds=looking.IN_A_LIST,
        grounds=[ParticipationBasis.OWNER],
    )
    return tuple(
        Offered(
            handover_id=row.pk,
            pathway_id=row.pathway_id,
            child_name=row.pathway.child.name,
            journal_number=row.pathway.child.journal_number,
            by=called[str(row.recorded_by_id)],
            asked_at=row.recorded_at,
        )
        for row in rows
    )
