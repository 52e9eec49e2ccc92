"""A child's pathway as the child itself, or one around it, may see it: what is decided for them, and nothing else.

Everything is read with the person's own eyes (`access.visible_to`, and row-level security once more), so what is
withheld changes nothing on any page, but two things: whether a consent holds today, and who answers, is so by the whole
case, and so is when it was decided to start. Until when is told without what is to come (`consent_ahead.as_today`). The
contact person's preview (`preview`) runs the same queries with the same eyes.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from grunnmur import alphabet, clock
from grunnmur.cases import access, consent, consent_ahead, facts, lifecycle
from grunnmur.cases.access import Row
from grunnmur.cases.access_rules import Purpose, access_rules
from grunnmur.cases.consent_ahead import Ahead
from grunnmur.cases.lifecycle import OPEN, Facts, Phase
from grunnmur.cases.models import (
    Child,
    Consent,
    ConsentSignature,
    GoalVersion,
    Invitation,
    Letter,
    Meeting,
    MeetingGuest,
    MeetingHeld,
    OwnWords,
    Participation,
    Pathway,
    RelatedPerson,
    Remark,
    TaskVersion,
)
from grunnmur.cases.queries import experiences, held, looking, looks, names, took_part
from grunnmur.cases.queries.case import HIDDEN
from grunnmur.cases.queries.child import ChildHead
from grunnmur.cases.queries.consents import first_name
from grunnmur.cases.queries.held import Held, Item
from grunnmur.cases.queries.looks import LookedAt
from grunnmur.cases.queries.took_part import TookPart
from grunnmur.cases.terms import (
    ALL_KINDS,
    HEALTH_KINDS,
    AddressProtection,
    ConsentAnswer,
    ConsentPurpose,
    InformationKind,
    LetterAbout,
    MeetingKind,
    ParticipationBasis,
    PathwayStatus,
    RemarkBy,
    TaskState,
    WordsFor,
)
from grunnmur.directory import sessions
from grunnmur.directory.kinds import Role, ServiceKind, roles_in
from grunnmur.directory.models import Service
from grunnmur.directory.sessions import Relative

MEETINGS, AGREED, LETTERS = 20, 50, 50
"""The most of each that one page shows; the newest of each."""


@dataclass(frozen=True)
class Mine:
    """What every page of one person starts from."""

    relative: Relative
    child: Child | None
    """None for one who may see single rows alone, and not whose they are."""
    pathway: Pathway | None
    whole: Facts | None
    contact: str
    """The name of the contact person; empty before there is one."""
    service: str
    phone: str
    kinds: InformationKind
    """What the person sees every row of."""
    today: date

    @property
    def is_child(self) -> bool:
        return self.relative.is_child

    @property
    def name(self) -> str:
        """What one calls the child; empty when it is not known."""
        return first_name(self.child.name) if self.child and self.child.name else ""

    @property
    def status(self) -> PathwayStatus | None:
        return PathwayStatus(self.pathway.status) if self.pathway else None

    @property
    def is_open(self) -> bool:
        """Whether the pathway is open: when it is not, no service but the owner sees it on any consent."""
        return self.status in OPEN

    @property
    def is_protected(self) -> bool:
        """Whether the child's address is protected; then the child alone comes in."""
        return self.child is not None and self.child.address_protection != AddressProtection.NONE

    @property
    def tells_services(self) -> bool:
        """Whether the person may know which services are with the child, and where it can be met."""
        return self.child is not None and not self.is_protected

    @property
    def may_write(self) -> bool:
        """Whether the person can write to the service here; one who sees single rows alone calls instead."""
        return self.child is not None

    @property
    def speaks_before_closing(self) -> bool:
        """Whether the person can say what it wants to before the pathway is closed."""
        return self.may_write and self.status is PathwayStatus.UNDER_WAY

    @cached_property
    def facts(self) -> Facts | None:
        return facts.told(self.whole, kinds=self.kinds) if self.whole else None

    @cached_property
    def phases(self) -> tuple[Phase, ...]:
        return lifecycle.phases(self.facts) if self.facts else ()

    @cached_property
    def consents(self) -> "tuple[MyConsent, ...]":
        """The questions about consent in the pathway, newest first."""
        return _consents(self)


def get_mine(relative: Relative, *, page: str) -> Mine:
    """Whose pages they are, and one row in the log. Raises NotVisible when nothing is open for the person now."""
    mine = _mine(relative)
    looking.log(
        relative,
        page,
        children=[relative.child],
        pathway_id=mine.pathway.pk if mine.pathway else None,
        kinds=mine.kinds,
        grounds=[ParticipationBasis.PARTY],
    )
    return mine


def _mine(relative: Relative) -> Mine:
    sights = Participation.objects.filter(
        child=relative.child,
        only_for=relative.self_id,
        basis=ParticipationBasis.PARTY,
        starts_at__lte=access.NOW,
        ends_at__gt=access.NOW,
    ).values_list("kinds", "item", "owner_service")
    rows = list(sights)
    if not rows:
        raise access.NotVisible
    kinds = InformationKind(0)
    for seen, item, _owner in rows:
        kinds |= InformationKind(0 if item else seen)
    child = access.visible_to(relative, Child.objects.filter(pk=relative.child)).first()
    runs = access.visible_to(
        relative, Pathway.objects.filter(child=relative.child).select_related("contact_person").order_by("-opened_on")
    )
    pathways = sorted(runs[:10], key=lambda one: one.status not in OPEN)
    pathway = pathways[0] if pathways else None
    owner = Service.objects.get(pk=rows[0][2])
    return Mine(
        relative=relative,
        child=child,
        pathway=pathway,
        whole=facts.load(pathway.pk) if pathway else None,
        contact=pathway.contact_person.name if pathway and pathway.contact_person else "",
        service=owner.name,
        phone=owner.phone,
        kinds=kinds & InformationKind(relative.kinds),
        today=clock.today(),
    )


# --- my pathway --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MyMeeting:
    """One meeting: where and with whom, or what came of it."""

    id: UUID
    meeting: MeetingKind
    starts_at: datetime
    place: str
    is_video: bool
    child_invited: bool
    services: tuple[str, ...]
    people: tuple[str, ...]
    held_on: date | None
    decisions: str

    @property
    def is_ahead(self) -> bool:
        return self.held_on is None and self.starts_at >= clock.now()

    @property
    def hears_child(self) -> bool:
        """Whether the child can say beforehand what it wants to: the meeting is ahead, and the child asked to it."""
        return self.child_invited and self.is_ahead


@dataclass(frozen=True, slots=True)
class Agreed:
    """One thing that somebody has said that they will do."""

    what: str
    who: str
    due_on: date | None
    state: TaskState


@dataclass(frozen=True, slots=True)
class MyPathway:
    """The way so far and ahead."""

    mine: Mine
    meetings: tuple[MyMeeting, ...]
    goals: tuple[str, ...]
    agreed: tuple[Agreed, ...]
    words: tuple[tuple[date, str], ...]
    """What the child has said itself, newest first."""
    waits: int
    """Questions about consent that wait for this person's answer."""
    ahead: "tuple[tuple[MyConsent, Ahead], ...]"
    """What soon changes for the consents that the person may see."""
    how_was_it: UUID | None
    """The meeting, or the pathway that was closed, that the person has not said how it was, lately."""

    @property
    def next_meeting(self) -> MyMeeting | None:
        ahead = [one for one in self.meetings if one.is_ahead]
        return min(ahead, key=lambda one: one.starts_at, default=None)


def my_pathway(mine: Mine) -> MyPathway:
    """The first page."""
    if mine.pathway is None:
        return MyPathway(mine, (), (), (), (), 0, (), None)
    case = mine.pathway
    meetings = _meetings(mine, case)
    words = access.visible_to(mine.relative, OwnWords.objects.filter(pathway=case).order_by("-said_on", "-recorded_at"))
    return MyPathway(
        mine=mine,
        meetings=meetings,
        goals=_goals(mine, case),
        agreed=_agreed(mine, case),
        words=tuple((row.said_on, row.words) for row in words[:5]) if mine.is_child else (),
        waits=sum(one.waits for one in mine.consents),
        ahead=_ahead(mine),
        how_was_it=_how_was_it(mine, case, meetings),
    )


def how_the_child_took_part(mine: Mine) -> tuple[TookPart, ...]:
    """What is written of it, as far as the person may see it, the newest first."""
    return took_part.list_took_part(mine.relative, mine.pathway.pk, mine.phases) if mine.pathway else ()


def _how_was_it(mine: Mine, case: Pathway, meetings: tuple[MyMeeting, ...]) -> UUID | None:
    """The newest thing to ask about, of the last month."""
    held_on = [(one.id, one.held_on) for one in meetings if one.held_on]
    given = experiences.given(mine.relative)
    items = experiences.lately(mine.whole, pathway=case.pk, held=held_on, on=mine.today)
    return next((item for item in items if item not in given), None)


def _newest(mine: Mine, rows: "QuerySet[Row]", of: str) -> list[Row]:
    """The newest version of each, as the person may see them."""
    seen = access.visible_to(mine.relative, rows)
    return list(seen.order_by(of, "-version").distinct(of)[:AGREED])


def _goals(mine: Mine, case: Pathway) -> tuple[str, ...]:
    """Goals, tasks and what meetings decided are free text: with a protected address they are given on paper."""
    if mine.is_protected:
        return ()
    rows = _newest(mine, GoalVersion.objects.filter(pathway=case), "goal_id")
    return tuple(row.text for row in rows if row.is_current)


def _agreed(mine: Mine, case: Pathway) -> tuple[Agreed, ...]:
    if mine.is_protected:
        return ()
    rows = _newest(mine, TaskVersion.objects.filter(pathway=case), "task_id")
    services = services_of(mine, (row.service_id for row in rows))
    around = _people(mine, (row.related_person_id for row in rows))
    found = (
        Agreed(
            what=row.what,
            who=services.get(row.service_id) or around.get(row.related_person_id) or "",
            due_on=row.due_on,
            state=TaskState(row.state),
        )
        for row in rows
        if row.state != TaskState.DROPPED
    )
    return tuple(sorted(found, key=lambda one: (one.state is TaskState.DONE, one.due_on or date.max, one.what)))


def _meetings(mine: Mine, case: Pathway) -> tuple[MyMeeting, ...]:
    def of_them(rows: "QuerySet[Row]") -> "QuerySet[Row]":
        return access.visible_to(mine.relative, rows.filter(meeting__in=ids))

    called = access.visible_to(mine.relative, Meeting.objects.filter(pathway=case))
    standing = called.exclude(moved_to__isnull=False).exclude(cancelled__isnull=False)
    rows = list(standing.order_by("-starts_at")[:MEETINGS])
    ids = [row.pk for row in rows]
    held_of = {row.meeting_id: row for row in of_them(MeetingHeld.objects.all())}
    invited = list(of_them(Invitation.objects.all()).values_list("meeting", "service"))
    guests = list(of_them(MeetingGuest.objects.all()).values_list("meeting", "related_person"))
    services = services_of(mine, (service for _meeting, service in invited))
    people = _people(mine, (person for _meeting, person in guests))
    found = []
    for row in rows:
        came_of_it = held_of.get(row.pk)
        names_of = {services[service] for meeting, service in invited if meeting == row.pk}
        who = [people[person] for meeting, person in guests if meeting == row.pk and person in people]
        found.append(
            MyMeeting(
                id=row.pk,
                meeting=MeetingKind(row.meeting),
                starts_at=row.starts_at.astimezone(clock.OSLO),
                place=(row.place or "") if mine.tells_services else "",
                is_video=row.is_video,
                child_invited=row.child_invited,
                services=tuple(sorted(names_of, key=alphabet.order)),
                people=tuple(sorted(who, key=alphabet.order)),
                held_on=came_of_it.held_on if came_of_it else None,
                decisions=came_of_it.decisions if came_of_it and not mine.is_protected else "",
            )
        )
    return tuple(found)


def services_of(mine: Mine, ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """Names of services, as far as the person may know them: with a protected address only the owner's."""
    wanted = {one for one in ids if one}
    owner = str(mine.pathway.author_service_id) if mine.pathway else ""
    known = names.services(wanted if mine.tells_services else {one for one in wanted if str(one) == owner})
    return {one: known.get(str(one), str(HIDDEN)) for one in wanted}


def _people(mine: Mine, ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    wanted = {one for one in ids if one}
    rows = access.visible_to(mine.relative, RelatedPerson.objects.filter(pk__in=wanted))
    return {row.pk: row.name for row in rows}


# --- who is with me, and what I have said yes to -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class With:
    """Somebody who takes part: one person, or those in a service; what they can see, and until when."""

    name: str
    """The contact person's. Of nobody else is more told than the role (docs/security/access.md)."""
    roles: tuple[Role, ...]
    """What the person is, or those in the service can be; empty where the sort of service is not told."""
    service: str
    sees: tuple[InformationKind, ...]
    """The kinds worth naming; all of them for the owner."""
    until: date | None
    is_owner: bool


def who_is_with_me(mine: Mine) -> tuple[With, ...]:
    """Those who see something now: the contact person, the others in the owner's service, and the services that do so
    by the consents that the person can see, while the pathway is open.
    """
    if mine.pathway is None:
        return ()
    owner = mine.pathway.author_service
    found: dict[UUID, With] = {}
    for one in mine.consents:
        if not (mine.is_open and one.holds and one.opens):
            continue
        before = found.get(one.recipient_id)
        sees = tuple(kind for kind in InformationKind if kind in one.kinds or (before and kind in before.sees))
        until = max(one.until, before.until) if before and before.until else one.until
        # With a protected address the role tells as much as the name of the service.
        roles = roles_in(one.recipient_kind) if mine.tells_services else ()
        found[one.recipient_id] = With("", roles, one.recipient, sees, until, is_owner=False)
    contact = (With(mine.contact, (Role.CONTACT_PERSON,), owner.name, (), None, is_owner=True),) if mine.contact else ()
    ours = With("", roles_in(owner.service_kind), owner.name, (), None, is_owner=True)
    return (*contact, ours, *sorted(found.values(), key=lambda one: alphabet.order(one.service)))


@dataclass(frozen=True, slots=True)
class MyConsent:
    """One question about consent, as the person may see it, and what the person answered."""

    id: UUID
    purpose: ConsentPurpose
    recipient_id: UUID
    recipient: str
    recipient_kind: ServiceKind
    kinds: tuple[InformationKind, ...]
    until: date
    """The first day it no longer holds; of one that does not hold now, the last that was asked for and a day."""
    holds: bool
    is_withdrawn: bool
    answer: ConsentAnswer | None
    """What this person has answered; None before it has."""
    answered_on: date | None
    has_told: bool
    """Whether this person has told the contact person something about it, such as to wait."""
    is_heard: bool
    """Whether this person may say what it means, and others decide."""
    waits: bool
    """Whether this person's answer is waited for."""
    may_answer: bool
    may_withdraw: bool

    @property
    def opens(self) -> bool:
        return self.purpose is ConsentPurpose.CONTACT_HEALTH


NOT_THEIRS = frozenset({"cases_pathway", "cases_relatedperson", "cases_consentsignature", "cases_consentwithdrawal"})
"""Tables that are left out of what one in a family fetches alone: the pathway's version counts every act in it, also on
what is kept from them; the others around the child have telephones of their own; and that somebody has answered here
says that they log in. An extract, which somebody goes through first, has them; what one has answered oneself stands on
another page."""
TOLD = HEALTH_KINDS | InformationKind.OWN_WORDS


def _consents(mine: Mine) -> tuple[MyConsent, ...]:
    if mine.pathway is None or mine.whole is None:
        return ()
    case, situation = mine.pathway, mine.whole.situation
    rows = list(
        access.visible_to(mine.relative, Consent.objects.filter(pathway=case).select_related("recipient")).order_by(
            "-recorded_at", "purpose", "pk"
        )
    )
    me = signatory(mine.relative)
    said: dict[UUID, ConsentSignature] = {}
    signed = access.visible_to(
        mine.relative, ConsentSignature.objects.filter(pathway=case).select_related("related_person")
    )
    for one in signed.order_by("answered_on", "recorded_at", "pk"):
        who = str(one.related_person.identity) if one.related_person else str(one.service_id or consent.CHILD)
        if who == me:
            said[one.consent_id] = one
    told = set(
        Letter.objects.filter(
            child=mine.relative.child, identity=mine.relative.self_id, written_by=None, about=LetterAbout.CONSENT
        ).values_list("item", flat=True)
    )
    by_id = {fact.id: fact for fact in mine.whole.consents}
    services = services_of(mine, (row.recipient_id for row in rows))
    can_be_named = mine.relative.is_child or related_person(mine.relative) is not None
    found = []
    for row in rows:
        fact = by_id[str(row.pk)]
        signature = said.get(row.pk)
        answer = ConsentAnswer(signature.answer) if signature else None
        has_answered = answer not in (None, ConsentAnswer.NOT_ASKED)
        is_live = fact.withdrawn_at is None and fact.valid_until > mine.today
        asked: dict[str, Any] = {"signatory": me, "situation": situation, "on": mine.today}
        has_a_say = can_be_named and consent.can_sign(purpose=fact.purpose, **asked)
        until = consent_ahead.until(fact=fact, situation=situation, on=mine.today)
        found.append(
            MyConsent(
                id=row.pk,
                purpose=fact.purpose,
                recipient_id=row.recipient_id,
                recipient=services[row.recipient_id],
                recipient_kind=row.recipient.service_kind,
                kinds=tuple(kind for kind in InformationKind if kind & fact.kinds & TOLD),
                until=until or fact.valid_until,
                holds=until is not None,
                is_withdrawn=fact.withdrawn_at is not None,
                answer=answer,
                answered_on=signature.answered_on if signature else None,
                has_told=row.pk in told,
                is_heard=has_a_say and not consent.decides(purpose=fact.purpose, **asked),
                waits=is_live and has_a_say and not has_answered and row.pk not in told,
                may_answer=is_live and has_a_say and answer is not ConsentAnswer.YES,
                # What stands on others' yes can be taken back too, from the age that the rule says.
                may_withdraw=is_live
                and can_be_named
                and (until is not None or answer is ConsentAnswer.YES)
                and consent.can_withdraw(fact=fact, **asked),
            )
        )
    return tuple(found)


def related_person(relative: Relative) -> RelatedPerson | None:
    """What holds today about the one who answers, in whose name a row is signed; None when they may not see it."""
    today = clock.today()
    of_them = RelatedPerson.objects.filter(child=relative.child, identity=relative.self_id, replaced_by=None)
    now = of_them.filter(Q(until_on=None) | Q(until_on__gt=today), from_on__lte=today)
    return access.visible_to(relative, now).order_by("-has_parental_responsibility", "-from_on").first()


def _ahead(mine: Mine) -> tuple[tuple[MyConsent, Ahead], ...]:
    """What soon changes, of the consents that the person may see; nothing of a birthday for one who may not know it."""
    if mine.whole is None or mine.child is None or not mine.is_open:
        return ()
    seen = {str(one.id): one for one in mine.consents}
    found = consent_ahead.ahead(
        facts=[fact for fact in mine.whole.consents if fact.id in seen],
        situation=mine.whole.situation,
        signatory=signatory(mine.relative),
        on=mine.today,
        days=access_rules().numbers["family_ahead_days"],
    )
    return tuple((seen[one.consent], one) for one in found)


def signatory(relative: Relative) -> str:
    """Who the person is to the rules of consent."""
    return consent.CHILD if relative.is_child else str(relative.self_id)


def get_consent(mine: Mine, consent_id: UUID) -> MyConsent:
    """One question about consent. Raises NotVisible."""
    found = next((one for one in mine.consents if one.id == consent_id), None)
    if found is None:
        raise access.NotVisible
    return found


def get_meeting(mine: Mine, meeting_id: UUID) -> MyMeeting:
    """One meeting. Raises NotVisible."""
    found = next((one for one in _meetings(mine, mine.pathway) if one.id == meeting_id), None) if mine.pathway else None
    if found is None:
        raise access.NotVisible
    return found


# --- what is written, who has looked, and what I have asked ------------------------------------------------------


def what_is_written(mine: Mine) -> tuple[Held, ...]:
    """Every row that the person may see and that somebody has written, table by table, oldest first; with each, what
    the person has said of it (`remarks`).

    Nothing when the child's address is protected: the rows name services and places, and a telephone can be in others'
    hands. The child gets an extract on paper, which somebody goes through first.
    """
    if mine.is_protected:
        return ()
    child = mine.child or Child(pk=mine.relative.child)
    hidden = ALL_KINDS & ~access_rules().purposes[Purpose.OWN_INSIGHT]
    remarks = _own_remarks(mine)

    def told(item: Item) -> Item:
        said = remarks.get(item.id)
        return replace(item, columns={**item.columns, "remarks": said}) if said else item

    return tuple(
        replace(one, items=tuple(told(held.without(one.table, item, hidden)) for item in one.items))
        for one in held.everything(mine.relative, child)
        if one.table not in NOT_THEIRS and held.activity_of(one.table) in held.WRITTEN
    )


def _own_remarks(mine: Mine) -> dict[UUID, list[str]]:
    """What the person has said of each thing that is written, and no other's: those stand in an extract, which somebody
    goes through first."""
    rows = access.visible_to(mine.relative, Remark.objects.filter(pathway__child=mine.relative.child))
    whose = Q(said_by=RemarkBy.CHILD) if mine.is_child else Q(related_person__identity=mine.relative.self_id)
    found: dict[UUID, list[str]] = {}
    for row in rows.filter(whose).order_by("said_on", "recorded_at"):
        found.setdefault(row.subject_id, []).append(row.words)
    return found


def who_looked(mine: Mine, *, after: str = "") -> tuple[tuple[LookedAt, ...], str]:
    """A page of who has looked, and where the next begins; empty on the last."""
    found = looks.looks_of_family(mine.relative, before=looks.before(after))
    shown = found[: looks.PAGE]
    if not mine.tells_services:
        shown = tuple(looks.without_service(one, owner=mine.service) for one in shown)
    more = f"{shown[-1].at.isoformat()}_{shown[-1].id}" if len(found) > looks.PAGE else ""
    return shown, more


@dataclass(frozen=True, slots=True)
class MyLetter:
    """One thing the person asked, and the answer."""

    id: UUID
    about: LetterAbout
    text: str
    at: datetime
    answer_by: datetime | None
    readers: str
    answer: str
    overruled_because: str
    overruled_on: str
    answered_at: datetime | None
    answered_by: str


def my_letters(mine: Mine) -> tuple[MyLetter, ...]:
    """What the person has asked, newest first."""
    rows = list(
        Letter.objects.filter(child=mine.relative.child, identity=mine.relative.self_id, written_by=None)
        .select_related("answer")
        .order_by("-written_at")[:LETTERS]
    )
    answers = {row.pk: getattr(row, "answer", None) for row in rows}
    people = names.people(one.written_by_id for one in answers.values() if one)
    return tuple(
        MyLetter(
            id=row.pk,
            about=LetterAbout(row.about),
            text=row.text or "",
            at=row.written_at.astimezone(clock.OSLO),
            answer_by=row.answer_by.astimezone(clock.OSLO) if row.answer_by else None,
            readers=str(WordsFor(row.readers).label) if row.readers else "",
            answer=(answer.text or "") if answer else "",
            overruled_because=answer.overruled_because if answer else "",
            overruled_on=answer.overruled_on if answer else "",
            answered_at=answer.written_at.astimezone(clock.OSLO) if answer else None,
            answered_by=people.get(str(answer.written_by_id), "") if answer else "",
        )
        for row in rows
        for answer in [answers[row.pk]]
    )


# --- the contact person's preview --------------------------------------------------------------------------------


@contextmanager
def preview(head: ChildHead, identity: UUID, *, token: str) -> Iterator[Mine]:
    """The same pages with the eyes of one in the family, for the owner who decides what they see.

    All of it is what the owner sees too. With a protected address it is for the appointed readers. Raises NotVisible
    when nothing is open for the person, and Refused.
    """
    access.check_reader(head.actor, head.child)
    with sessions.with_eyes_of(identity, token=token) as relative:
        yield _mine(
            Relative(
                self_id=relative.self_id,
                kinds=relative.kinds,
                expires_at=relative.expires_at,
                child_id=head.child.pk,
                purpose=relative.purpose,
            )
        )
