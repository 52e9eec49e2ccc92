"""A play's stage: people act in it through the real acts, at the times the play says.

Where a text would stand, the play puts the name of a line between ⟪ and ⟫; each copy has lines of its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar
from uuid import UUID

from demo.households import Household
from demo.places import get as get_place
from demo.recording import Stage, Take, snapshot
from demo.sent_file import Sent
from demo.sent_file import make as make_file
from demo.services import DemoService, Employee, importer, near
from grunnmur import clock
from grunnmur.cases import national_id
from grunnmur.cases.actions import (
    basis,
    children,
    consents,
    initiatives,
    mappings,
    meetings,
    passports,
    pathways,
    plans,
    referrals,
    times,
)
from grunnmur.cases.actions.consents import Answer
from grunnmur.cases.actions.meetings import DecidedTask
from grunnmur.cases.age import birthday
from grunnmur.cases.definition import definitions
from grunnmur.cases.models import (
    Consent,
    Invitation,
    Mapping,
    Meeting,
    Pathway,
    PollAsked,
    PollTime,
    Referral,
    Task,
    TaskVersion,
    TimePoll,
)
from grunnmur.cases.terms import (
    AddressProtection,
    AssessmentOutcome,
    AttendanceAnswer,
    ChildParticipation,
    ChildWelfarePosition,
    ConsentAnswer,
    ConsentPurpose,
    HealthArea,
    Informant,
    InformationKind,
    InitiativeAnswer,
    InitiativeWish,
    LocalFollowUp,
    MappingConclusion,
    MappingState,
    MeetingKind,
    NoReason,
    ObservationKind,
    ReferralAnswerKind,
    RelationKind,
    Severity,
    SignatoryKind,
    TaskState,
)
from grunnmur.directory import sessions
from grunnmur.directory.kinds import Role, ServiceKind
from grunnmur.exchange import national_file

STAGED_IN = get_place("4202")
"""The municipality that every play is played in; the copies are spread over all."""
FULL = (ConsentPurpose.CONTACT_HEALTH, ConsentPurpose.RECEIVE_HEALTH_CARE, ConsentPurpose.RELEASE_HEALTH_INFO)
MINUTES_BETWEEN_ACTS = 7
MAIN_REASONS = {
    ReferralAnswerKind.RETURNED: NoReason.TOO_LITTLE_KNOWN,
    ReferralAnswerKind.REJECTED: NoReason.LOCAL_HELP,
}
Done = TypeVar("Done")


def line(name: str) -> str:
    """The place of a line that each copy fills in for itself."""
    return f"⟪{name}⟫"


YEARS = timedelta(days=365 * 5)
"""How long those who act in the plays stay logged in: longer than any play."""


@dataclass(slots=True)
class Troupe:
    """Those who act in the plays, and the clock they share."""

    travel: Callable[[datetime], None]
    first_day: date
    """The first day of every play, a Monday."""
    tokens: dict[UUID, str] = field(default_factory=dict)

    def enter(self, who: Employee, *, at: datetime) -> sessions.Actor:
        """Let somebody act at a time."""
        if who.membership_id not in self.tokens:
            self.travel(datetime.combine(self.first_day - timedelta(days=1), time(6), clock.OSLO))
            token = sessions.open_session(who.membership_id, lasts=YEARS, idle=YEARS)
            assert token is not None
            self.tokens[who.membership_id] = token
        self.travel(at)
        actor = sessions.enter(self.tokens[who.membership_id])
        assert actor is not None
        return actor


def service_of(kind: ServiceKind) -> DemoService:
    """The service of a kind that acts in the plays."""
    return near(kind, STAGED_IN)[0]


def _welfare(role: Role, number: int = 0) -> Employee:
    return service_of(ServiceKind.CHILD_WELFARE).with_role(role)[number]


CONTACT, COLLEAGUE, LEADER, IMPORTER = "contact", "colleague", "leader", "importer"


def employee(who: str | ServiceKind) -> Employee:
    """Who acts: one of child welfare, whom the reading of files acts as, or who works in the service of a kind."""
    if who == CONTACT:
        return _welfare(Role.CONTACT_PERSON)
    if who == COLLEAGUE:
        return _welfare(Role.CONTACT_PERSON, 1)
    if who == LEADER:
        return _welfare(Role.LEADER)
    if who == IMPORTER:
        return importer(service_of(ServiceKind.CHILD_WELFARE))
    return service_of(ServiceKind(who)).employees[0]


@dataclass(slots=True)
class Scene:
    """One play under way: who it is about, when it is, and what has been kept of it."""

    play: str
    troupe: Troupe
    household: Household
    area: HealthArea
    now: datetime = datetime(1, 1, 1, tzinfo=clock.OSLO)
    child_id: UUID = field(init=False)
    born_on: date = field(init=False)
    pathway_id: UUID = field(init=False)
    people: dict[str, UUID] = field(default_factory=dict)
    poll: TimePoll = field(init=False)
    meeting: Meeting = field(init=False)
    mapping: Mapping = field(init=False)
    asked_by_home: UUID = field(init=False)
    referral: Referral | None = None
    consents: list[Consent] = field(default_factory=list)
    stages: dict[str, Stage] = field(default_factory=dict)

    # --- time ------------------------------------------------------------------------------------------------

    def on(self, day: int, hour: int = 9) -> None:
        """Go to a day of the play, the first being 0: the next working day when it is a weekend, or already past."""
        wanted = datetime.combine(self.troupe.first_day + timedelta(days=day), time(hour), clock.OSLO)
        while wanted.weekday() > 4 or wanted <= self.now:
            wanted += timedelta(days=1)
        self.now = wanted

    def later(self, days: int) -> None:
        """Go on some days from now."""
        self.on((self.today - self.troupe.first_day).days + days)

    @property
    def today(self) -> date:
        return self.now.date()

    def stage(self, name: str) -> None:
        """Keep how the case stands now, so that a copy may stop here."""
        self.stages[name] = snapshot(name, at=self.now, child_id=self.child_id)

    def take(self) -> Take:
        """All of the play."""
        return Take(self.play, self.child_id, self.born_on, self.stages)

    # --- acting ----------------------------------------------------------------------------------------------

    def do(self, who: str | ServiceKind, act: Callable[..., Done], **given: Any) -> Done:
        """One act by one person, some minutes after the one before."""
        self.now += timedelta(minutes=MINUTES_BETWEEN_ACTS)
        actor = self.troupe.enter(employee(who), at=self.now)
        return act(actor=actor, once=None, **given)

    def on_child(self, who: str | ServiceKind, act: Callable[..., Done], **given: Any) -> Done:
        return self.do(who, act, child_id=self.child_id, **given)

    def on_case(self, who: str | ServiceKind, act: Callable[..., Done], **given: Any) -> Done:
        return self.do(who, act, pathway_id=self.pathway_id, **given)

    # --- the family ------------------------------------------------------------------------------------------

    def register(self) -> None:
        """The child welfare service gets to know of the child and those around it."""
        house = self.household
        youngest, oldest = house.ages
        years = youngest if house.comes_of_age or oldest - youngest < 3 else (youngest + oldest) // 2
        self.born_on = birthday(born_on=self.today, years=-years) - timedelta(days=150 if house.comes_of_age else 40)
        child = self.do(
            CONTACT,
            children.register,
            name=line("child"),
            born_on=self.born_on,
            journal_number=self.play,
        )
        self.child_id = child.pk
        self._edit()
        self._parents()
        if house.home and house.basis:
            self._live_elsewhere(house.home)
        self.set_position(house.position)

    def set_position(self, position: ChildWelfarePosition) -> None:
        """Say what position the child has in child welfare from today."""
        self.on_child(CONTACT, children.set_status, position=position, from_on=self.today)

    def receive_file(self, what: Sent) -> None:
        """The case system sends a file; the child comes here with a number and without a name."""
        youngest, oldest = self.household.ages
        self.born_on = birthday(born_on=self.today, years=-(youngest + oldest) // 2) - timedelta(days=40)
        self.now += timedelta(minutes=MINUTES_BETWEEN_ACTS)
        actor = self.troupe.enter(employee(IMPORTER), at=self.now)
        data = make_file(
            what,
            sent_at=self.now - timedelta(hours=2),
            org_number=str(service_of(ServiceKind.CHILD_WELFARE).org_number),
            journal=self.play,
            national_id=national_id.make_synthetic(self.born_on, national_id.Sex.FEMALE, list(Sent).index(what)),
            born_on=self.born_on,
        )
        result = national_file.receive(data, name=self.play, actor=actor)
        assert result.reading is not None, result.problems
        self.child_id = result.reading.child_id

    def name(self) -> None:
        """Somebody types the child's name, and who its parents are."""
        self.on_child(
            CONTACT,
            children.edit,
            name=line("child"),
            language="",
            needs_interpreter=False,
            address_protection=AddressProtection.NONE,
        )
        self._parents()

    def _edit(self) -> None:
        house = self.household
        if house.cannot_form_views or house.needs_interpreter or house.protection != AddressProtection.NONE:
            self.on_child(
                CONTACT,
                children.edit,
                name=line("child"),
                language=line("language") if house.needs_interpreter else "",
                needs_interpreter=house.needs_interpreter,
                address_protection=house.protection,
                cannot_form_views_until=self.today + timedelta(days=800) if house.cannot_form_views else None,
            )

    def _parents(self) -> None:
        house = self.household
        for key, relation in (("mother", RelationKind.MOTHER), ("father", RelationKind.FATHER)):
            has_responsibility = key in house.responsible
            person = self.on_child(
                CONTACT,
                children.add_person,
                name=line(key),
                relation=relation,
                from_on=self.born_on,
                has_parental_responsibility=has_responsibility,
                has_daily_care=key in house.daily_care,
                phone=line(f"{key}_phone"),
                language=line("language") if house.needs_interpreter else "",
                needs_interpreter=house.needs_interpreter,
                contact_limits=line("limits") if house.limits_contact and key not in house.daily_care else "",
            )
            self.people[key] = person.pk

    def _live_elsewhere(self, home: ServiceKind) -> None:
        assert self.household.basis is not None
        self.on_child(
            CONTACT,
            children.place,
            basis=self.household.basis,
            service_id=service_of(home).id,
            from_on=self.today - timedelta(days=20),
        )
        if home is ServiceKind.FOSTER_HOME:
            person = self.on_child(
                CONTACT,
                children.add_person,
                name=line("foster_parent"),
                relation=RelationKind.FOSTER_PARENT,
                from_on=self.today - timedelta(days=20),
                has_daily_care=True,
                phone=line("foster_phone"),
            )
            self.people["foster_parent"] = person.pk

    def initiative(self, wish: InitiativeWish = InitiativeWish.START) -> None:
        """The home where the child lives asks for the pathway."""
        assert self.household.home is not None
        self.asked_by_home = self.on_child(
            self.household.home, initiatives.send, wish=wish, reason=line("initiative_reason")
        ).pk

    def answer_initiative(self, answer: InitiativeAnswer) -> None:
        """The service answers; a yes opens the case."""
        self.on_child(
            CONTACT,
            initiatives.answer,
            initiative_id=self.asked_by_home,
            answer=answer,
            reason=line("initiative_no" if answer is InitiativeAnswer.NO else "initiative_yes"),
        )
        opened = Pathway.objects.filter(child=self.child_id).first()
        if opened is not None:
            self.pathway_id = opened.pk

    # --- assessing -------------------------------------------------------------------------------------------

    def open(self, who: str = CONTACT) -> None:
        self.pathway_id = self.on_child(who, pathways.open_pathway).pk

    def talk(self, with_whom: str) -> None:
        """A conversation about health; the smallest children take part by being seen, and say nothing in words."""
        is_small = self.household.cannot_form_views
        has_child = with_whom != "parents"
        way = ChildParticipation.OBSERVATION if is_small else ChildParticipation.CONVERSATION
        self.on_case(
            CONTACT,
            basis.record_conversation,
            with_whom=with_whom,
            held_on=self.today,
            summary=line("talk_child" if has_child else "talk_adults"),
            health_areas=[self.area],
            participation=way if has_child else "",
            own_words=line("own_words") if has_child and not is_small else "",
        )

    def ask(self, kind: ServiceKind) -> UUID:
        """Ask a service for information."""
        return self.on_case(
            CONTACT,
            basis.ask_for_information,
            from_service_id=service_of(kind).id,
            from_whom="",
            about=line("asked_about"),
            asked_on=self.today,
            ground=line("ground_law"),
        ).pk

    def receive(self, request_id: UUID) -> None:
        self.on_case(
            CONTACT,
            basis.receive_information,
            request_id=request_id,
            from_whom="",
            received_on=self.today,
            summary=line("answered"),
        )

    def observe(self, observation: ObservationKind, code: str) -> None:
        """A factor or a sign; left out on a day when the code was not yet in force."""
        if code not in basis.observation_codes(observation, on=self.today):
            return
        self.on_case(
            CONTACT,
            basis.record_observation,
            observation=observation,
            code=code,
            note=line("note"),
            seen_on=self.today,
            source=line("source"),
        )

    def decide(self, *criteria: str) -> None:
        """Start with these criteria, or do not start without any."""
        is_small = self.household.cannot_form_views
        self.on_case(
            CONTACT,
            pathways.assess,
            seen=None,
            outcome=AssessmentOutcome.START if criteria else AssessmentOutcome.DO_NOT_START,
            criteria={key: line("worry") for key in criteria},
            reason=line("reason" if criteria else "not_started_reason"),
            decided_on=self.today,
            participation=ChildParticipation.OBSERVATION if is_small else ChildParticipation.CONVERSATION,
        )

    # --- consent ---------------------------------------------------------------------------------------------

    def consent(
        self,
        kind: ServiceKind,
        *,
        days: int = 365,
        without: Sequence[str] = (),
        refused_by: str = "",
        more_kinds: InformationKind = InformationKind(0),
    ) -> Consent:
        """Ask everyone who decides about one service. `without` are not asked yet; `refused_by` says no."""
        answers = []
        for who in self.household.signs:
            answer = ConsentAnswer.YES
            if who in without:
                answer = ConsentAnswer.NOT_ASKED
            elif who == refused_by:
                answer = ConsentAnswer.NO
            answers.append(self._answer(who, answer))
        only_contact = self.household.contact_only or without or refused_by
        given = self.on_case(
            CONTACT,
            consents.record,
            purposes=[ConsentPurpose.CONTACT_HEALTH] if only_contact else FULL,
            recipient_id=service_of(kind).id,
            kinds=self.area.kind | InformationKind.OWN_WORDS | more_kinds,
            valid_from=self.today,
            valid_until=self.today + timedelta(days=days),
            answers=answers,
            help_offered=line("helped_otherwise") if refused_by else "",
        )
        self.consents += given
        return given[0]

    def _answer(self, who: str, answer: ConsentAnswer) -> Answer:
        note = line("said_no") if answer is ConsentAnswer.NO else ""
        if who == "child":
            return Answer(SignatoryKind.CHILD, answer, self.today, "oral", note=note)
        if who == "child_welfare":
            owner = service_of(ServiceKind.CHILD_WELFARE).id
            return Answer(SignatoryKind.CHILD_WELFARE, answer, self.today, "written", service_id=owner, note=note)
        return Answer(
            SignatoryKind.PARENT, answer, self.today, "written", related_person_id=self.people[who], note=note
        )

    def withdraw(self) -> None:
        """The child takes every consent back."""
        for consent in self.consents:
            self.on_case(
                CONTACT,
                consents.withdraw,
                consent_id=consent.pk,
                withdrawn_by=SignatoryKind.CHILD,
                note=line("withdrawn_note"),
            )

    # --- meetings --------------------------------------------------------------------------------------------

    def call(
        self, kind: MeetingKind, *, in_days: int, services: Sequence[ServiceKind] = (), moves: bool = False
    ) -> None:
        day = self.today + timedelta(days=in_days)
        day += timedelta(days=7 - day.weekday() if day.weekday() > 4 else 0)
        self.meeting = self.on_case(
            CONTACT,
            meetings.call,
            meeting=kind,
            starts_at=datetime.combine(day, time(12), clock.OSLO),
            place=line("place"),
            is_video=False,
            services=[service_of(one).id for one in services],
            related_people=[self.people[key] for key in self.household.responsible],
            child_invited=not self.household.cannot_form_views,
            agenda=line("agenda"),
            moved_from_id=self.meeting.pk if moves else None,
        )

    def propose_times(self, kind: MeetingKind, *, in_days: Sequence[int], services: Sequence[ServiceKind]) -> None:
        """Ask which of some days suit, at noon."""
        self.poll = self.on_case(
            CONTACT,
            times.propose,
            meeting=kind,
            times=[datetime.combine(self.today + timedelta(days=one), time(12), clock.OSLO) for one in in_days],
            services=[service_of(one).id for one in services],
            answer_by=self.today + timedelta(days=7),
        )

    def answer_times(self, who: ServiceKind, *which: int) -> None:
        """One of those who are asked says which of the days suit, by their number."""
        offered = PollTime.objects.filter(poll=self.poll).order_by("starts_at").values_list("pk", flat=True)
        asked = PollAsked.objects.get(poll=self.poll, service=service_of(who).id)
        self.on_case(who, times.answer, asked_id=asked.pk, suits=[offered[one] for one in which])

    def reply(self, who: ServiceKind, answer: AttendanceAnswer) -> None:
        invitation = Invitation.objects.get(meeting=self.meeting, service=service_of(who).id)
        self.on_case(
            who,
            meetings.reply,
            invitation_id=invitation.pk,
            answer=answer,
            written=line("written_contribution") if answer is AttendanceAnswer.WRITES else "",
        )

    def give_passport(self, who: ServiceKind) -> None:
        """Give one of the services that took part what was found and done, as far as it may know."""
        self.on_case(CONTACT, passports.give, reader=f"service:{service_of(who).id}", language="nb")

    def cancel(self) -> None:
        self.on_case(CONTACT, meetings.cancel, meeting_id=self.meeting.pk, reason=line("cancelled_reason"))

    def hold(self, *, services: Sequence[ServiceKind] = (), tasks: Sequence[DecidedTask] = ()) -> None:
        """Write the minutes of the meeting that was called, in the afternoon of its day."""
        self.now = datetime.combine(self.meeting.starts_at.astimezone(clock.OSLO).date(), time(14), clock.OSLO)
        kind = {"avklaringsmote": "avklaring", "oppstartsmote": "oppstart", "statusmote": "status"}[
            self.meeting.meeting
        ]
        is_small = self.household.cannot_form_views
        self.on_case(
            CONTACT,
            meetings.hold,
            meeting_id=self.meeting.pk,
            held_on=self.today,
            services_present=[service_of(one).id for one in services],
            people_present=[self.people[key] for key in self.household.responsible],
            child_present=not is_small,
            participation=ChildParticipation.NOT_GIVEN_OPPORTUNITY if is_small else ChildParticipation.CONVERSATION,
            minutes=line(f"minutes_{kind}"),
            decisions=line(f"decisions_{kind}"),
            tasks=tasks,
        )

    def task(self, what: str, who: str | ServiceKind, *, in_days: int) -> DecidedTask:
        """A task for a service, or for someone around the child by its key in `people`."""
        is_person = who in self.people
        return DecidedTask(
            what=line(what),
            service_id=None if is_person else service_of(ServiceKind(who)).id,
            related_person_id=self.people[who] if is_person else None,
            due_on=self.today + timedelta(days=in_days),
        )

    def set_task(self, task: DecidedTask) -> None:
        """Put a task into the plan."""
        self.on_case(
            CONTACT,
            plans.set_task,
            what=task.what,
            service_id=task.service_id,
            related_person_id=task.related_person_id,
            due_on=task.due_on,
        )

    def finish_tasks(self, *, but: int = 0) -> None:
        """The child welfare service notes that tasks are done, the newest `but` excepted."""
        tasks = list(Task.objects.filter(pathway=self.pathway_id).order_by("recorded_at"))
        for task in tasks[: len(tasks) - but]:
            newest = TaskVersion.objects.filter(task=task).order_by("-version")[0]
            if newest.state in (TaskState.AGREED, TaskState.UNDER_WAY):
                self.on_case(
                    CONTACT,
                    plans.change_task,
                    task_id=task.pk,
                    seen=newest.version,
                    what=newest.what,
                    due_on=newest.due_on,
                    state=TaskState.DONE,
                )

    # --- mapping and referral --------------------------------------------------------------------------------

    def ask_mapping(self, who: ServiceKind, *, due_in: int | None = None) -> None:
        self.mapping = self.on_case(
            CONTACT,
            mappings.ask,
            health_area=self.area,
            service_id=service_of(who).id,
            question=line("question"),
            due_on=self.today + timedelta(days=due_in) if due_in else None,
        )

    def leave_out_the_others(self) -> None:
        for area in HealthArea:
            if area is not self.area:
                self.on_case(CONTACT, mappings.leave_out, health_area=area, why=line(f"left_out_{area}"))

    def map(
        self,
        who: ServiceKind,
        state: MappingState,
        conclusion: MappingConclusion | None = None,
        *,
        severity: Severity | None = None,
        local: LocalFollowUp | None = None,
    ) -> None:
        may_tell = conclusion is not None and not self.household.contact_only
        self.on_case(
            who,
            mappings.step,
            mapping_id=self.mapping.pk,
            state=state,
            on=self.today,
            conclusion=conclusion,
            findings=line("findings") if may_tell else "",
            recommendation=line("recommendation") if may_tell else "",
            matters_to_child=line("matters") if may_tell else "",
            severity=severity if may_tell else None,
            local_follow_up=local if may_tell else None,
            for_everybody=may_tell and local is LocalFollowUp.YES,
        )

    def report(self, who: ServiceKind, informant: Informant, severity: Severity) -> None:
        """What one who knows the child has told the service that maps."""
        uses = self.area is HealthArea.MENTAL and definitions().instrument("sdq").form_for(informant)
        self.on_case(
            who,
            mappings.report,
            mapping_id=self.mapping.pk,
            informant=informant,
            instrument="sdq" if uses else "",
            on=self.today,
            severity=severity,
            says=line(f"told_by_{informant}"),
        )

    def refer(self, who: str | ServiceKind, to: ServiceKind, *, is_urgent: bool = False) -> None:
        """Refer, or send anew the referral that came back."""
        may_tell = not self.household.contact_only
        self.referral = self.on_case(
            who,
            referrals.send,
            health_area=self.area,
            to_service_id=service_of(to).id,
            question=line("refer_question") if may_tell else "",
            situation=line("refer_situation") if may_tell else "",
            tried=line("refer_tried") if may_tell else "",
            texts={"own_view": line("matters"), "expected": line("refer_hope")} if may_tell else {},
            is_urgent=is_urgent,
            sent_on=self.today,
            follows_id=self.referral.pk if self.referral else None,
        )

    def answer_referral(self, who: ServiceKind, answer: ReferralAnswerKind) -> None:
        assert self.referral is not None
        granted = answer is ReferralAnswerKind.RIGHT_GRANTED
        self.on_case(
            who,
            referrals.answer,
            referral_id=self.referral.pk,
            answer=answer,
            answered_on=self.today,
            treatment_starts_on=self.today + timedelta(days=35) if granted else None,
            treatment_deadline=self.today + timedelta(days=63) if granted else None,
            reason="" if granted else line(f"{answer}_reason"),
            main_reason=MAIN_REASONS.get(answer),
            advice=line(f"{answer}_advice") if answer is not ReferralAnswerKind.RETURNED else "",
        )
