"""Calling, moving, cancelling and holding the three meetings; answering an invitation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from grunnmur.cases.actions import plans
from grunnmur.cases.actions.checks import Problem, get_service, happened, in_service, refuse
from grunnmur.cases.door import CaseAct, on_pathway
from grunnmur.cases.models import (
    Invitation,
    InvitationReply,
    Meeting,
    MeetingCancelled,
    MeetingGuest,
    MeetingHeld,
    RelatedPerson,
)
from grunnmur.cases.next_step import good_recipients
from grunnmur.cases.terms import AttendanceAnswer, ChildParticipation, InformationKind, MeetingKind
from grunnmur.directory.sessions import Actor


@dataclass(frozen=True, slots=True)
class DecidedTask:
    """A decision that became a task: what, who and by when."""

    what: str
    service_id: UUID | None
    related_person_id: UUID | None
    due_on: date | None


def call(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    meeting: MeetingKind,
    starts_at: datetime,
    place: str,
    is_video: bool,
    services: Sequence[UUID],
    related_people: Sequence[UUID],
    child_invited: bool,
    agenda: str = "",
    moved_from_id: UUID | None = None,
) -> Meeting:
    """Call a meeting. Services are invited only where a good consent lets the service contact them."""
    name = "meetings.move" if moved_from_id else "meetings.call"
    with on_pathway(actor, pathway_id, name, once=once) as act:
        moved_from = _pending(act, moved_from_id) if moved_from_id else None
        refuse(
            {
                "starts_at": _start(starts_at, act=act),
                "services": _services(services, act=act, meeting=meeting),
                "related_people": _("Noen av dem du valgte, står ikke rundt barnet.")
                if RelatedPerson.objects.filter(child=act.child, pk__in=related_people).count()
                != len(set(related_people))
                else None,
                "moved_from_id": _("Møtet kan ikke flyttes lenger.") if moved_from_id and moved_from is None else None,
            }
        )
        row = act.row(InformationKind.COORDINATION)
        called = Meeting.objects.create(
            **row,
            meeting=meeting,
            starts_at=starts_at,
            place=place,
            is_video=is_video,
            agenda=agenda,
            child_invited=child_invited,
            moved_from=moved_from,
        )
        Invitation.objects.bulk_create(Invitation(**row, meeting=called, service_id=service) for service in services)
        MeetingGuest.objects.bulk_create(
            MeetingGuest(**row, meeting=called, related_person_id=person) for person in related_people
        )
        act.record(
            "meeting.moved" if moved_from else "meeting.called",
            kind=InformationKind.COORDINATION,
            subject=called.pk,
            data={"meeting": str(meeting)},
        )
    return called


def _start(starts_at: datetime, *, act: CaseAct) -> Problem:
    if starts_at.date() < act.child.born_on:
        return _("Møtet er satt til før barnet ble født. Sjekk året.")
    if starts_at.date() < act.case.opened_on:
        return _("Møtet er satt til før dere begynte å vurdere forløpet. Sjekk datoen.")
    return None


def _services(services: Sequence[UUID], *, act: CaseAct, meeting: MeetingKind) -> Problem:
    for service in services:
        problem = in_service(get_service(service), on=act.today)
        if problem:
            return problem
    if services and not set(map(str, services)) <= good_recipients(act.before, on=act.today):
        return _("Dere kan bare invitere tjenester barnet og de som bestemmer sammen med barnet, har samtykket til.")
    if meeting is MeetingKind.OPPSTARTSMOTE and not services:
        return _("Oppstartsmøtet er mellom barnevernet og helsetjenestene. Inviter minst én tjeneste.")
    return None


def _pending(act: CaseAct, meeting_id: UUID | None) -> Meeting | None:
    """A meeting of this case that is neither held nor called off."""
    return Meeting.objects.filter(pathway=act.case, pk=meeting_id, held=None, cancelled=None, moved_to=None).first()


def reply(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    invitation_id: UUID,
    answer: AttendanceAnswer,
    written: str = "",
) -> InvitationReply:
    """Answer an invitation to the actor's own service: coming, not coming, or contributing in writing."""
    with on_pathway(actor, pathway_id, "meetings.reply", once=once) as act:
        invitation = Invitation.objects.filter(pathway=act.case, pk=invitation_id, service=actor.service_id).first()
        refuse(
            {
                "invitation_id": _("Invitasjonen gjelder ikke tjenesten din.") if invitation is None else None,
                "answer": _("Møtet er avlyst eller holdt. Svaret trengs ikke lenger.")
                if invitation and _pending(act, invitation.meeting_id) is None
                else None,
                "written": _("Skriv det du vil bidra med.")
                if answer is AttendanceAnswer.WRITES and not written.strip()
                else None,
            }
        )
        assert invitation is not None
        row = InvitationReply.objects.create(
            **act.row(InformationKind.COORDINATION), invitation=invitation, answer=answer, written=written
        )
        act.record(
            "invitation.answered",
            kind=InformationKind.COORDINATION,
            subject=invitation.meeting_id,
            data={"answer": str(answer)},
        )
    return row


def cancel(*, actor: Actor, pathway_id: UUID, once: UUID | None, meeting_id: UUID, reason: str) -> MeetingCancelled:
    """Call a meeting off, with a reason."""
    with on_pathway(actor, pathway_id, "meetings.cancel", once=once) as act:
        meeting = _pending(act, meeting_id)
        refuse({"meeting_id": _("Møtet er alt holdt eller avlyst.") if meeting is None else None})
        assert meeting is not None
        row = MeetingCancelled.objects.create(**act.row(InformationKind.COORDINATION), meeting=meeting, reason=reason)
        act.record("meeting.cancelled", kind=InformationKind.COORDINATION, subject=meeting.pk)
    return row


def hold(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    meeting_id: UUID,
    held_on: date,
    services_present: Sequence[UUID],
    people_present: Sequence[UUID],
    child_present: bool,
    participation: ChildParticipation,
    minutes: str,
    decisions: str = "",
    tasks: Sequence[DecidedTask] = (),
) -> MeetingHeld:
    """Write down that the meeting was held, by whom, how the child took part, and what was decided.

    Each decided task goes into the plan in the same act.
    """
    with on_pathway(actor, pathway_id, "meetings.hold", once=once) as act:
        meeting = _pending(act, meeting_id)
        refuse(
            {
                "meeting_id": _("Møtet har alt et referat, eller er avlyst.") if meeting is None else None,
                "held_on": happened(held_on, child=act.child, today=act.today),
                "minutes": _("Skriv et referat, om enn kort.") if not minutes.strip() else None,
                "participation": _("Barnet var på møtet. Velg hvordan barnet tok del.")
                if child_present and participation.value.startswith("2")
                else None,
                **{
                    f"task_{index}": _("Skriv både hva som skal gjøres, og hvem som gjør det.")
                    for index, task in enumerate(tasks)
                    if not task.what.strip() or not (task.service_id or task.related_person_id)
                },
            }
        )
        assert meeting is not None
        held = MeetingHeld.objects.create(
            **act.row(InformationKind.COORDINATION),
            meeting=meeting,
            held_on=held_on,
            services_present=list(services_present),
            people_present=list(people_present),
            child_present=child_present,
            participation=participation,
            minutes=minutes,
            decisions=decisions,
        )
        for task in tasks:
            plans.write_task(
                act,
                what=task.what,
                service_id=task.service_id,
                related_person_id=task.related_person_id,
                due_on=task.due_on,
                goal=None,
                from_meeting=meeting,
            )
        act.record(
            "meeting.held",
            kind=InformationKind.COORDINATION,
            subject=meeting.pk,
            data={"meeting": meeting.meeting, "participation": str(participation), "tasks": len(tasks)},
        )
    return held
