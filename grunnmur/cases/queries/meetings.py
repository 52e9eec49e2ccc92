"""The meetings of one case as one actor may see them: coming, held, called off; and what the child has said."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from grunnmur import alphabet, clock
from grunnmur.cases import access, next_step, sharing
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
from grunnmur.cases.queries import readers, receiving, remarks
from grunnmur.cases.queries.basis import Said
from grunnmur.cases.queries.case import Case, get_case
from grunnmur.cases.queries.plans import TaskHistory, list_tasks
from grunnmur.cases.queries.remarks import Remarked
from grunnmur.cases.queries.times import PollNow, list_polls
from grunnmur.cases.terms import (
    AddressProtection,
    AttendanceAnswer,
    ChildParticipation,
    InformationKind,
    MeetingKind,
    MinutesSays,
)
from grunnmur.directory.sessions import Actor

AGREED_DIRECTLY = _("Avtales direkte med barneverntjenesten")
"""Instead of the place where a child with a protected address can be met."""


@dataclass(frozen=True, slots=True)
class Invited:
    """One invited service and its newest answer."""

    invitation_id: UUID
    service_id: UUID
    name: str
    answer: AttendanceAnswer
    written: str
    answered_at: datetime | None
    is_mine: bool
    is_out: bool
    """No consent lets the service take part any longer, so that it does not see the meeting."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Someone around the child who is invited."""

    person_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What one service says of the minutes."""

    review_id: UUID
    name: str
    says: MinutesSays
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Silent:
    """A service that was there and has not said whether the minutes are right."""

    service_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Minutes:
    """What came of a meeting."""

    held_on: date
    services: tuple[str, ...]
    people: tuple[str, ...]
    child_present: bool
    participation: ChildParticipation
    minutes: str
    decisions: str
    by: str
    tasks: tuple[TaskHistory, ...]
    remarked: Remarked
    held_id: UUID
    reviews: tuple[Reviewed, ...]
    """What those who were there say of the minutes, the newest of each."""
    unreviewed: tuple[Silent, ...]
    """Those who were there, take part still, and have not said."""
    review_by: date
    is_mine: bool
    """Whether the actor's own service was there and can say."""
    words: str
    """What the child said there, in its own words, for those who may hear it."""


@dataclass(frozen=True, slots=True)
class ToRead:
    """Something to read before a meeting, and who reads it."""

    text_id: UUID
    title: str
    text: str
    kind: InformationKind
    by: str
    at: datetime


class MeetingState(StrEnum):
    """What has become of a meeting."""

    COMING = "coming"
    LACKS_MINUTES = "lacks_minutes"
    HELD = "held"
    MOVED = "moved"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class MeetingNow:
    """One meeting as it stands."""

    meeting_id: UUID
    kind: MeetingKind
    state: MeetingState
    starts_at: datetime
    place: str
    is_video: bool
    agenda: tuple[str, ...]
    child_invited: bool
    invited: tuple[Invited, ...]
    guests: tuple[Guest, ...]
    called_by: str
    called_at: datetime
    minutes: Minutes | None
    off_because: str
    moved_to: datetime | None
    texts: tuple[ToRead, ...]
    """What is to be read before it, as far as the actor may."""

    @property
    def on(self) -> date:
        """The day in Norway."""
        return self.starts_at.astimezone(clock.OSLO).date()

    @property
    def is_pending(self) -> bool:
        return self.state in (MeetingState.COMING, MeetingState.LACKS_MINUTES)

    @property
    def mine(self) -> Invited | None:
        """The invitation to the actor's own service."""
        return next((item for item in self.invited if item.is_mine), None)


@dataclass(frozen=True, slots=True)
class Meetings:
    """Every meeting of one case."""

    case: Case
    polls: tuple[PollNow, ...]
    """The times that are asked about."""
    words: tuple[Said, ...]
    coming: tuple[MeetingNow, ...]
    """Called and not held, the soonest first."""
    held: tuple[MeetingNow, ...]
    """The newest first."""
    off: tuple[MeetingNow, ...]

    @property
    def unanswered(self) -> MeetingNow | None:
        """The first meeting that the actor's service is invited to and has not answered."""
        return next(
            (item for item in self.coming if item.mine and item.mine.answer is AttendanceAnswer.INVITED),
            None,
        )


def get_meetings(actor: Actor, pathway_id: UUID, *, page: str = "meetings") -> Meetings:
    """The meetings, in a fixed number of queries however many. Raises NotVisible."""
    case = get_case(actor, pathway_id, page=page)
    rows = list_meetings(case)
    mine = [(row.mine.invitation_id, row.meeting_id) for row in rows if row.mine]
    mine += [(row.minutes.held_id, row.meeting_id) for row in rows if row.minutes and row.minutes.is_mine]
    polls = list_polls(case)
    receiving.shown(
        actor,
        (
            *(key for pair in mine for key in pair),
            *(poll.mine.asked_id for poll in polls if poll.mine),
            *(one.text_id for row in rows for one in row.texts),
            *(one.review_id for row in rows if row.minutes for one in row.minutes.reviews),
        ),
    )
    return Meetings(
        case=case,
        polls=polls,
        words=list_words(case),
        coming=tuple(item for item in rows if item.is_pending),
        held=tuple(item for item in reversed(rows) if item.state is MeetingState.HELD),
        off=tuple(item for item in reversed(rows) if item.state in (MeetingState.MOVED, MeetingState.CANCELLED)),
    )


def get_meeting(case: Case, meeting_id: UUID) -> MeetingNow:
    """One meeting of the case. Raises NotVisible."""
    for meeting in list_meetings(case):
        if meeting.meeting_id == meeting_id:
            return meeting
    raise access.NotVisible


@dataclass(frozen=True, slots=True)
class Audience:
    """One choice of who reads what is written for a meeting: the kind, and the services that it is open to now."""

    kind: InformationKind
    readers: tuple[str, ...]


def list_audiences(case: Case) -> tuple[Audience, ...]:
    """The choices that the actor has, each with those whom it is open to; its own service is always among them."""
    sees = access.kinds_to_write(case.actor, case.pathway)
    may_be = sharing.writable_kinds(case.whole, service=str(case.actor.service_id), sees=sees, on=case.today)
    return tuple(map(Audience, may_be, readers.list_readers(case, *may_be)))


@dataclass(frozen=True, slots=True)
class Appointment:
    """When a meeting is, for a calendar: the same id however often it is moved, and how often it has been."""

    first_id: UUID
    changes: int
    starts_at: datetime
    is_off: bool
    changed_at: datetime


STRICTLY = _("Adressen er strengt fortrolig. Da legges møtet ikke i noen kalender utenfor Grunnmur.")


def get_appointment(case: Case, meeting_id: UUID) -> Appointment:
    """When a meeting is. Raises NotVisible, and Refused when a calendar could tell where the child is.

    A calendar lies outside every wall: with a strictly protected address even the hour is not given to one.
    """
    rows = {row.pk: row for row in access.visible_to(case.actor, Meeting.objects.filter(pathway=case.pathway))}
    if meeting_id not in rows:
        raise access.NotVisible
    if case.child.address_protection == AddressProtection.STRICTLY_CONFIDENTIAL:
        raise access.Refused("strictly_protected", STRICTLY)
    moved = {row.moved_from_id: row for row in rows.values() if row.moved_from_id}
    first = rows[meeting_id]
    while first.moved_from_id in rows:
        first = rows[first.moved_from_id]
    last, changes = first, 0
    while last.pk in moved:
        last, changes = moved[last.pk], changes + 1
    off = access.visible_to(case.actor, MeetingCancelled.objects.filter(pathway=case.pathway, meeting=last)).first()
    return Appointment(
        first_id=first.pk,
        changes=changes + bool(off),
        starts_at=last.starts_at,
        is_off=off is not None,
        changed_at=off.recorded_at if off else last.recorded_at,
    )


def list_words(case: Case, *, newest: int = 5) -> tuple[Said, ...]:
    """What the child has said lately, for those who may hear it."""
    rows = list(
        access.visible_to(case.actor, OwnWords.objects.filter(pathway=case.pathway)).order_by(
            "-said_on", "-recorded_at"
        )[:newest]
    )
    staff = case.writers(rows)
    return tuple(Said(row.pk, row.said_on, row.words, staff.get(str(row.recorded_by_id), "")) for row in rows)


def list_meetings(case: Case) -> list[MeetingNow]:
    """Every meeting of the case, by when it is."""
    of_case = {"pathway": case.pathway}
    see = case.actor
    meetings = list(access.visible_to(see, Meeting.objects.filter(**of_case)).order_by("starts_at", "recorded_at"))
    if not meetings:
        return []
    held = {row.meeting_id: row for row in access.visible_to(see, MeetingHeld.objects.filter(**of_case))}
    cancelled = {row.meeting_id: row for row in access.visible_to(see, MeetingCancelled.objects.filter(**of_case))}
    moved = {row.moved_from_id: row for row in meetings if row.moved_from_id}
    invitations = list(access.visible_to(see, Invitation.objects.filter(**of_case)))
    replies = {
        row.invitation_id: row
        for row in access.visible_to(see, InvitationReply.objects.filter(**of_case)).order_by("recorded_at")
    }
    guests = defaultdict(list)
    for row in access.visible_to(see, MeetingGuest.objects.filter(**of_case)):
        guests[row.meeting_id].append(row.related_person_id)
    people = dict(access.visible_to(see, RelatedPerson.objects.filter(child=case.child)).values_list("pk", "name"))
    services = case.services(
        [*(item.service_id for item in invitations), *(key for row in held.values() for key in row.services_present)]
    )
    to_read = list(access.visible_to(see, MeetingText.objects.filter(**of_case)).order_by("recorded_at", "pk"))
    staff = case.writers([*meetings, *held.values(), *to_read])
    wrote = case.services(row.author_service_id for row in to_read)
    texts: dict[UUID, list[ToRead]] = defaultdict(list)
    for item in to_read:
        by = ", ".join(
            name for name in (staff.get(str(item.recorded_by_id)), wrote.get(str(item.author_service_id))) if name
        )
        # What was written for a meeting that was moved is read before the one that it was moved to.
        at = item.meeting_id
        while at in moved:
            at = moved[at].pk
        texts[at].append(ToRead(item.pk, item.title, item.text, InformationKind(item.kind), by, item.recorded_at))
    part = next_step.taking_part(case.facts, on=case.today)
    tasks = list_tasks(case) if held else []
    remarked = remarks.of_case(case)
    # Written down in one act with the minutes; what else the child said that day is not the meeting's.
    own = OwnWords.objects.filter(**of_case, recorded_at__in=[row.recorded_at for row in held.values()])
    words = {row.recorded_at: row.words for row in access.visible_to(see, own)} if held else {}
    reviews: dict[UUID, dict[UUID, MinutesReview]] = defaultdict(dict)
    for said in access.visible_to(see, MinutesReview.objects.filter(**of_case)).order_by("recorded_at") if held else ():
        reviews[said.held_id][said.author_service_id] = said

    def invited(meeting: Meeting) -> Iterable[Invited]:
        for item in invitations:
            if item.meeting_id != meeting.pk:
                continue
            answer = replies.get(item.pk)
            yield Invited(
                invitation_id=item.pk,
                service_id=item.service_id,
                name=services.get(str(item.service_id), ""),
                answer=AttendanceAnswer(answer.answer) if answer else AttendanceAnswer.INVITED,
                written=answer.written if answer else "",
                answered_at=answer.recorded_at if answer else None,
                is_mine=item.service_id == see.service_id,
                is_out=str(item.service_id) not in part,
            )

    def minutes(row: MeetingHeld) -> Minutes:
        return Minutes(
            held_on=row.held_on,
            services=tuple(services.get(str(key), "") for key in row.services_present),
            people=tuple(name for key in row.people_present if (name := people.get(key))),
            child_present=row.child_present,
            participation=ChildParticipation(row.participation),
            minutes=row.minutes,
            decisions=row.decisions,
            by=staff.get(str(row.recorded_by_id), ""),
            tasks=tuple(task for task in tasks if task.now.meeting_id == row.meeting_id),
            remarked=remarked(row),
            held_id=row.pk,
            reviews=tuple(
                Reviewed(said.pk, services.get(str(key), ""), MinutesSays(said.says), said.text, said.recorded_at)
                for key, said in reviews[row.pk].items()
            ),
            unreviewed=tuple(
                Silent(key, services.get(str(key), ""))
                for key in row.services_present
                if key not in reviews[row.pk] and str(key) in part
            ),
            review_by=next_step.approve_by(row.recorded_at.astimezone(clock.OSLO).date()),
            is_mine=see.service_id in row.services_present,
            words=words.get(row.recorded_at, ""),
        )

    def state(meeting: Meeting) -> MeetingState:
        if meeting.pk in held:
            return MeetingState.HELD
        if meeting.pk in cancelled:
            return MeetingState.CANCELLED
        if meeting.pk in moved:
            return MeetingState.MOVED
        is_over = meeting.starts_at.astimezone(clock.OSLO).date() < case.today
        return MeetingState.LACKS_MINUTES if is_over else MeetingState.COMING

    return [
        MeetingNow(
            meeting_id=row.pk,
            kind=MeetingKind(row.meeting),
            state=state(row),
            starts_at=row.starts_at,
            place=row.place if case.tells_where else str(AGREED_DIRECTLY),
            is_video=row.is_video,
            agenda=tuple(line.strip(" -•\t") for line in row.agenda.splitlines() if line.strip(" -•\t")),
            child_invited=row.child_invited,
            invited=tuple(sorted(invited(row), key=lambda item: (not item.is_mine, alphabet.order(item.name)))),
            guests=tuple(Guest(key, people[key]) for key in guests[row.pk] if key in people),
            called_by=staff.get(str(row.recorded_by_id), ""),
            called_at=row.recorded_at,
            minutes=minutes(held[row.pk]) if row.pk in held else None,
            off_because=cancelled[row.pk].reason if row.pk in cancelled else "",
            moved_to=moved[row.pk].starts_at if row.pk in moved else None,
            texts=tuple(texts[row.pk]),
        )
        for row in meetings
    ]
