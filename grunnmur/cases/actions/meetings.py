"""Calling, moving, cancelling and holding the three meetings; answering an invitation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grunnmur import clock
from grunnmur.cases import sharing
from grunnmur.cases.access import Refused, kinds_to_write, owns
from grunnmur.cases.actions import notices, plans, times
from grunnmur.cases.actions.checks import (
    Problem,
    about_siblings,
    get_service,
    happened,
    in_service,
    not_too_far,
    refuse,
)
from grunnmur.cases.door import CaseAct, on_pathway
from grunnmur.cases.models import (
    Invitation,
    InvitationReply,
    Meeting,
    MeetingCancelled,
    MeetingGuest,
    MeetingHeld,
    MeetingText,
    MinutesReview,
    OwnWords,
    RelatedPerson,
)
from grunnmur.cases.next_step import approve_by, good_recipients, reply_by, taking_part
from grunnmur.cases.terms import AttendanceAnswer, ChildParticipation, InformationKind, MeetingKind, MinutesSays
from grunnmur.directory.sessions import Actor
from grunnmur.post.terms import MessageSort


@dataclass(frozen=True, slots=True)
class DecidedTask(plans.NewTask):
    """A decision that became a task. One with nothing in it is no task."""

    @property
    def is_empty(self) -> bool:
        return not (self.what.strip() or self.service_id or self.related_person_id or self.due_on)


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
    """Call a meeting, or move one (`moved_from_id`). Services are invited only where a good consent lets them be.

    A meeting that has been may be put in, or moved to its right day, afterwards, so that its minutes have a place.
    Whoever was invited to the meeting before is asked anew: an answer was to that day.
    """
    name = "meetings.move" if moved_from_id else "meetings.call"
    with on_pathway(actor, pathway_id, name, once=once) as act:
        moved_from = _pending(act, moved_from_id) if moved_from_id else None
        invited, guests = list(dict.fromkeys(services)), list(dict.fromkeys(related_people))
        refuse(
            {
                "meeting": _same_kind(meeting, moved_from=moved_from)
                or _already_called(meeting, act=act, moved_from=moved_from),
                "starts_at": _start(starts_at, act=act),
                "place": _("Skriv hvor møtet er, eller velg at det er på video.")
                if not is_video and not place.strip()
                else None,
                "services": _services(invited, act=act, meeting=meeting),
                "related_people": _around_the_child(guests, act=act),
                "moved_from_id": _("Møtet er alt holdt, flyttet eller avlyst. Det kan ikke flyttes.")
                if moved_from_id and moved_from is None
                else None,
            }
        )
        row = act.row(InformationKind.COORDINATION)
        poll = None if moved_from else times.close(act, meeting, starts_at=starts_at)
        called = Meeting.objects.create(
            **row,
            meeting=meeting,
            starts_at=starts_at,
            place=place,
            is_video=is_video,
            agenda=agenda,
            child_invited=child_invited,
            moved_from=moved_from,
            poll=poll,
        )
        invitations = Invitation.objects.bulk_create(
            Invitation(**row, meeting=called, service_id=service) for service in invited
        )
        MeetingGuest.objects.bulk_create(
            MeetingGuest(**row, meeting=called, related_person_id=person) for person in guests
        )
        if moved_from is not None:
            notices.take_back(act, *_invitations(moved_from))
        if starts_at > act.at:
            by = reply_by(act.today, meets_on=starts_at.astimezone(clock.OSLO).date())
            for invitation in invitations:
                notices.tell(
                    act,
                    invitation.service_id,
                    sort=MessageSort.INVITATION,
                    item=invitation.pk,
                    kind=InformationKind.COORDINATION,
                    wants_answer=True,
                    answer_by=min(clock.end_of(by), starts_at),
                    expires_at=starts_at,
                )
        act.record(
            "meeting.moved" if moved_from else "meeting.called",
            kind=InformationKind.COORDINATION,
            subject=called.pk,
            data={"meeting": str(meeting)},
        )
    return called


def _same_kind(meeting: MeetingKind, *, moved_from: Meeting | None) -> Problem:
    if moved_from is not None and moved_from.meeting != meeting:
        return _("Et møte blir samme slags møte når det flyttes.")
    return None


def _already_called(meeting: MeetingKind, *, act: CaseAct, moved_from: Meeting | None) -> Problem:
    """Only status meetings are planned several at a time (`repeats` in the edition)."""
    if act.edition.meeting(meeting).repeats:
        return None
    waiting = [
        item
        for item in act.before.meetings_of(meeting)
        if item.is_pending and (moved_from is None or item.id != str(moved_from.pk))
    ]
    if not waiting:
        return None
    on = waiting[0].starts_at.astimezone(clock.OSLO)
    return gettext("Dere har alt kalt inn til %(meeting)s %(on)s. Hold, flytt eller avlys det først.") % {
        "meeting": str(meeting.label).lower(),
        "on": f"{on:%d.%m.%Y}",
    }


def _start(starts_at: datetime, *, act: CaseAct) -> Problem:
    on = starts_at.astimezone(clock.OSLO).date()
    if on < act.child.born_on:
        return _("Møtet er satt til før barnet ble født. Sjekk året.")
    if on < act.case.opened_on:
        return _("Møtet er satt til før dere begynte å vurdere forløpet. Sjekk datoen.")
    return not_too_far(on, today=act.today)


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


def _around_the_child(people: Sequence[UUID], *, act: CaseAct) -> Problem:
    if RelatedPerson.objects.filter(child=act.child, pk__in=people).count() != len(set(people)):
        return _("Noen av dem du valgte, står ikke rundt barnet.")
    return None


def _pending(act: CaseAct, meeting_id: UUID) -> Meeting | None:
    """A meeting of this case that is neither held nor called off: told by the facts, for a link sees no more."""
    if not any(one.id == str(meeting_id) and one.is_pending for one in act.before.meetings):
        return None
    return Meeting.objects.filter(pathway=act.case, pk=meeting_id).first()


def _invitations(meeting: Meeting) -> list[UUID]:
    return list(Invitation.objects.filter(meeting=meeting).values_list("pk", flat=True))


def reply(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    invitation_id: UUID,
    answer: AttendanceAnswer,
    written: str = "",
) -> InvitationReply:
    """Answer an invitation to the actor's own service: coming, not coming, or contributing in writing.

    It may be answered again as long as the meeting waits; the newest answer counts. Raises Refused for a service
    that is not the one invited.
    """
    with on_pathway(actor, pathway_id, "meetings.reply", once=once) as act:
        invitation = Invitation.objects.filter(pathway=act.case, pk=invitation_id, service=actor.service_id).first()
        if invitation is None:
            raise Refused("not_invited", NOT_INVITED)
        refuse(
            {
                "answer": _("Møtet er holdt, flyttet eller avlyst. Svaret trengs ikke lenger.")
                if _pending(act, invitation.meeting_id) is None
                else _("Velg om dere kommer, ikke kommer eller bidrar skriftlig.")
                if answer is AttendanceAnswer.INVITED
                else None,
                "written": _("Skriv det dere vil bidra med.")
                if answer is AttendanceAnswer.WRITES and not written.strip()
                else None,
            }
        )
        row = InvitationReply.objects.create(
            **act.row(InformationKind.COORDINATION), invitation=invitation, answer=answer, written=written
        )
        notices.answered(act, invitation.pk)
        act.record(
            "invitation.answered",
            kind=InformationKind.COORDINATION,
            subject=invitation.meeting_id,
            data={"answer": str(answer)},
        )
    return row


NOT_INVITED = _("Tjenesten din er ikke invitert til dette møtet. Bare den som er invitert, kan svare.")


def add_text(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    meeting_id: UUID,
    kind: InformationKind,
    title: str,
    text: str,
    is_another: bool = False,
) -> MeetingText:
    """Put something to read with a meeting, for those who see its kind; the owner, and those who are invited, may.

    A health service writes of health only where a consent lets it tell child welfare (hpl § 22). Raises Refused.
    """
    with on_pathway(actor, pathway_id, "meetings.add_text", once=once) as act:
        meeting = _pending(act, meeting_id)
        invited = Invitation.objects.filter(meeting=meeting, service=actor.service_id).exists() if meeting else True
        if not invited and not owns(actor, act.case):
            raise Refused("not_invited", NOT_INVITED)
        sees = kinds_to_write(actor, act.case)
        may_be = sharing.writable_kinds(act.before, service=str(actor.service_id), sees=sees, on=act.today)
        refuse(
            {
                "kind": _("Møtet er holdt, flyttet eller avlyst. Skriv det et annet sted.")
                if meeting is None
                else _("Velg hvem som skal lese det. Om helse kan dere bare skrive det som er samtykket til.")
                if kind not in may_be
                else None,
                **({} if title.strip() else {"title": _("Skriv hva det er.")}),
                **({} if text.strip() else {"text": _("Skriv det dere vil at andre skal lese.")}),
                **about_siblings(act.child, is_another=is_another, title=title, text=text),
            }
        )
        assert meeting is not None
        written = MeetingText.objects.create(**act.row(kind), meeting=meeting, title=title.strip(), text=text)
        for service in {*Invitation.objects.filter(meeting=meeting).values_list("service", flat=True), _owner(act)}:
            notices.tell(
                act, service, sort=MessageSort.NOTICE, item=written.pk, kind=kind, expires_at=meeting.starts_at
            )
        act.record("text.added", kind=kind, subject=written.pk)
    return written


def _owner(act: CaseAct) -> UUID:
    return act.case.author_service_id


def cancel(*, actor: Actor, pathway_id: UUID, once: UUID | None, meeting_id: UUID, reason: str) -> MeetingCancelled:
    """Call a meeting off, with a reason that those who were invited can read."""
    with on_pathway(actor, pathway_id, "meetings.cancel", once=once) as act:
        meeting = _pending(act, meeting_id)
        refuse(
            {
                "meeting_id": _("Møtet er alt holdt, flyttet eller avlyst.") if meeting is None else None,
                "reason": _("Skriv hvorfor møtet ikke blir noe av.") if not reason.strip() else None,
            }
        )
        assert meeting is not None
        row = MeetingCancelled.objects.create(**act.row(InformationKind.COORDINATION), meeting=meeting, reason=reason)
        notices.take_back(act, *_invitations(meeting))
        if meeting.starts_at > act.at:
            for service in Invitation.objects.filter(meeting=meeting).values_list("service", flat=True):
                notices.tell(
                    act,
                    service,
                    sort=MessageSort.NOTICE,
                    item=meeting.pk,
                    kind=InformationKind.COORDINATION,
                    expires_at=meeting.starts_at,
                )
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
    own_words: str = "",
    is_another: bool = False,
    tasks: Sequence[DecidedTask] = (),
) -> MeetingHeld:
    """Write down that the meeting was held, by whom, how the child took part, and what was decided.

    Each decided task goes into the plan, and what the child said in its own words into a row of its own, in the same
    act. `is_another` says that a name in the texts is not a sibling's. Empty tasks are left out; problems with the
    others are named `task_<index>_what`, `…_who` and `…_due`.
    """
    with on_pathway(actor, pathway_id, "meetings.hold", once=once) as act:
        meeting = _pending(act, meeting_id)
        came, people = list(dict.fromkeys(services_present)), list(dict.fromkeys(people_present))
        refuse(
            {
                "meeting_id": _not_to_be_held(meeting, act=act),
                "held_on": happened(held_on, child=act.child, today=act.today)
                or (
                    _("Møtet kan ikke være holdt før dere begynte å vurdere forløpet. Sjekk datoen.")
                    if held_on < act.case.opened_on
                    else None
                ),
                "services_present": _present(came, act=act, meeting=meeting, held_on=held_on),
                "people_present": _around_the_child(people, act=act),
                **({} if minutes.strip() else {"minutes": _("Skriv et referat, om enn kort.")}),
                **about_siblings(act.child, is_another=is_another, minutes=minutes, decisions=decisions),
                "participation": _("Barnet var på møtet. Velg hvordan barnet tok del.")
                if child_present and participation.value.startswith("2")
                else None,
                "own_words": _("Dere har svart at barnet ikke tok del. Da hører barnets egne ord til en annen dag.")
                if own_words.strip() and participation.value.startswith("2")
                else None,
                **_tasks(tasks, act=act, held_on=held_on),
            }
        )
        assert meeting is not None
        held = MeetingHeld.objects.create(
            **act.row(InformationKind.COORDINATION),
            meeting=meeting,
            held_on=held_on,
            services_present=came,
            people_present=people,
            child_present=child_present,
            participation=participation,
            minutes=minutes,
            decisions=decisions,
        )
        if meeting.starts_at > act.at:  # held earlier in the day than it was called to
            notices.take_back(act, *_invitations(meeting))
        if own_words.strip():
            OwnWords.objects.create(**act.row(InformationKind.OWN_WORDS), said_on=held_on, words=own_words)
        decided = [task for task in tasks if not task.is_empty]
        for task in decided:
            plans.write_task(
                act,
                what=task.what,
                service_id=task.service_id,
                related_person_id=task.related_person_id,
                due_on=task.due_on,
                goal=None,
                from_meeting=meeting,
            )
        for service in came:
            notices.tell(
                act,
                service,
                sort=MessageSort.MINUTES,
                item=held.pk,
                kind=InformationKind.COORDINATION,
                wants_answer=True,
                answer_by=clock.end_of(approve_by(act.today)),
            )
        act.record(
            "meeting.held",
            kind=InformationKind.COORDINATION,
            subject=meeting.pk,
            data={"meeting": meeting.meeting, "participation": str(participation), "tasks": len(decided)},
        )
    return held


def review(
    *, actor: Actor, pathway_id: UUID, once: UUID | None, meeting_id: UUID, says: MinutesSays, text: str = ""
) -> MinutesReview:
    """Say that the minutes are right, or what is not; for the services that were at the meeting. The newest counts.

    The minutes stay as they were written, with the remark beside them. Raises Refused for one who was not there.
    """
    with on_pathway(actor, pathway_id, "meetings.review_minutes", once=once) as act:
        held = MeetingHeld.objects.filter(pathway=act.case, meeting=meeting_id).first()
        if held is None or actor.service_id not in held.services_present:
            raise Refused("not_there", NOT_THERE)
        refuse({"text": _("Skriv hva som ikke stemmer.") if says is MinutesSays.REMARK and not text.strip() else None})
        row = MinutesReview.objects.create(**act.row(InformationKind.COORDINATION), held=held, says=says, text=text)
        notices.answered(act, held.pk)
        if says is MinutesSays.REMARK:
            notices.tell(act, _owner(act), sort=MessageSort.NOTICE, item=row.pk, kind=InformationKind.COORDINATION)
        act.record("minutes.reviewed", kind=InformationKind.COORDINATION, subject=meeting_id, data={"says": str(says)})
    return row


NOT_THERE = _("Tjenesten din var ikke på dette møtet. Bare de som var der, kan si om referatet stemmer.")


def _not_to_be_held(meeting: Meeting | None, *, act: CaseAct) -> Problem:
    if meeting is None:
        return _("Møtet har alt et referat, eller er flyttet eller avlyst.")
    on = meeting.starts_at.astimezone(clock.OSLO).date()
    if on > act.today:
        return gettext("Møtet er ikke holdt ennå; det er satt til %(on)s. Ble det holdt før, så flytt det først.") % {
            "on": f"{on:%d.%m.%Y}"
        }
    return None


def _present(services: Sequence[UUID], *, act: CaseAct, meeting: Meeting | None, held_on: date) -> Problem:
    """Those who were invited, or took part on the day; anyone else would have heard what they may not.

    Whoever holds the meeting is not among them: that it was there goes without saying.
    """
    invited = Invitation.objects.filter(meeting=meeting).values_list("service", flat=True) if meeting else []
    may = {*map(str, invited), *taking_part(act.before, on=held_on)} - {act.before.owner}
    if not set(map(str, services)) <= may:
        return _("Noen av tjenestene var ikke invitert, og er ikke med i forløpet.")
    return None


def _tasks(tasks: Sequence[DecidedTask], *, act: CaseAct, held_on: date) -> Mapping[str, Problem]:
    """What is wrong with each decided task; minutes may be late, so a date from the meeting on is good."""
    found: dict[str, Problem] = {}
    for index, task in enumerate(tasks):
        if task.is_empty:
            continue
        found |= plans.unfit_task(act, task, place=index)
        if task.due_on:
            found[f"task_{index}_due"] = (
                _("Fristen er før møtet. Sjekk datoen.")
                if task.due_on < held_on
                else not_too_far(task.due_on, today=act.today)
            )
    return found
