"""The plays: how a case goes, act by act. Each yields a name for every stage that a copy may stop at, and between them
they pass through every state that a case can be in.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from demo import households
from demo.households import Household
from demo.recording import Recording, record
from demo.scene import COLLEAGUE, CONTACT, LEADER, Scene, Troupe, employee, line
from demo.sent_file import Sent
from grunnmur.cases import facts
from grunnmur.cases.actions import besides, closings, handovers, meetings, plans
from grunnmur.cases.actions.closings import Carrier
from grunnmur.cases.actions.meetings import DecidedTask
from grunnmur.cases.terms import (
    AttendanceAnswer,
    BesideSort,
    ChildWelfarePosition,
    HandoverSays,
    HealthArea,
    Informant,
    InformationKind,
    InitiativeAnswer,
    InitiativeWish,
    LocalFollowUp,
    MappingConclusion,
    MappingState,
    MeetingKind,
    MinutesSays,
    ObservationKind,
    ReferralAnswerKind,
    Severity,
)
from grunnmur.directory.kinds import ServiceKind

GP, SCHOOL_HEALTH, CAMHS = ServiceKind.GP, ServiceKind.SCHOOL_HEALTH, ServiceKind.CAMHS
MENTAL_HEALTH, PAEDIATRIC, FACT = ServiceKind.MUNICIPAL_MENTAL_HEALTH, ServiceKind.PAEDIATRIC, ServiceKind.FACT_YOUTH
DENTAL, SUBSTANCE_USE = ServiceKind.DENTAL, ServiceKind.SUBSTANCE_USE
MENTAL, SOMATIC = HealthArea.MENTAL, HealthArea.SOMATIC
GRANTED, RETURNED = ReferralAnswerKind.RIGHT_GRANTED, ReferralAnswerKind.RETURNED
REJECTED = ReferralAnswerKind.REJECTED
AVKLARING, OPPSTART, STATUS = MeetingKind.AVKLARINGSMOTE, MeetingKind.OPPSTARTSMOTE, MeetingKind.STATUSMOTE

CRITERIA = {
    HealthArea.MENTAL: ("C3_SERVICE_SEES_NEED", "C5_CONCERN_ABOUT_HEALTH"),
    HealthArea.SOMATIC: ("C4_CONCERN_FROM_HEALTH_SERVICE",),
    HealthArea.DENTAL: ("C7_MISSED_CONSULTATIONS",),
    HealthArea.SEXUAL: ("C2_CHILD_OR_PARENT_WANTS_HELP",),
    HealthArea.SUBSTANCE_USE: ("C2_CHILD_OR_PARENT_WANTS_HELP", "C3_SERVICE_SEES_NEED"),
}
SIGNS = {
    HealthArea.MENTAL: "trekker_seg_tilbake",
    HealthArea.SOMATIC: "smerter",
    HealthArea.DENTAL: "darlig_hygiene",
    HealthArea.SEXUAL: "engstelig",
    HealthArea.SUBSTANCE_USE: "endrer_atferd",
}
RISKS = {
    HealthArea.MENTAL: "1.3.06",
    HealthArea.SOMATIC: "1.1.01",
    HealthArea.DENTAL: "1.1.04",
    HealthArea.SEXUAL: "2.2.02",
    HealthArea.SUBSTANCE_USE: "1.3.09",
}
PROTECTION = "3.3.02"
CONCLUSIONS = {
    HealthArea.DENTAL: MappingConclusion.DENTAL_FOLLOW_UP,
    HealthArea.SEXUAL: MappingConclusion.MUNICIPAL_FOLLOW_UP,
}
TOLD = {
    67: {Informant.CHILD: Severity.SEVERE, Informant.PARENT: Severity.CLEAR, Informant.TEACHER: Severity.MILD},
    84: {Informant.CHILD: Severity.CLEAR, Informant.PARENT: Severity.MILD},
}
"""What three who know the child say, and what two of them say again: on which day of the play."""
Stages = Iterator[str]


@dataclass(frozen=True, slots=True)
class Road:
    """The road from the first worry to closing and back, for one household and one health area."""

    key: str
    household: Household
    area: HealthArea
    mapper: ServiceKind
    refer_to: ServiceKind | None = None
    answers: tuple[ReferralAnswerKind, ...] = (GRANTED,)
    ends: str = ""
    """The stage that the road ends with; empty: all the way."""
    closed_on: str = ""
    """The ground that it is closed on, some days after it ended early."""
    consent_days: int = 365
    child_first: bool = False
    """The child is talked with before the parents."""
    handed_over: bool = False
    """A colleague began, and the contact person took over."""
    initiative: bool = False
    """The home where the child lives asked for it."""
    receiver_sees: bool = True
    """Somebody consents to the specialist service too; otherwise it answers by letter to the one who referred."""
    thorough: bool = False
    """With everything that a well run case has, not only what carries it on."""

    @property
    def partners(self) -> tuple[ServiceKind, ServiceKind]:
        """The two services that child welfare works with from the start."""
        return (self.mapper, SCHOOL_HEALTH if self.mapper is GP else GP)


# fmt: off
ROADS = (
    Road("psykisk_hjemme", households.HOME, MENTAL, SCHOOL_HEALTH, CAMHS, (RETURNED, GRANTED), thorough=True),
    Road("tann_mor", households.MOTHER_ALONE, HealthArea.DENTAL, DENTAL, handed_over=True, thorough=True),
    Road("psykisk_foster", households.FOSTER, MENTAL, MENTAL_HEALTH, CAMHS, ends="referral_right_granted",
         initiative=True, thorough=True),
    Road("psykisk_tolk", households.INTERPRETER, MENTAL, SCHOOL_HEALTH, ends="planned", consent_days=90),
    Road("kropp_delt", households.APART, SOMATIC, GP, PAEDIATRIC, ends="status_held", closed_on="no_further_need",
         child_first=True),
    Road("rus_ungdom", households.YOUTH, HealthArea.SUBSTANCE_USE, SUBSTANCE_USE, CAMHS, (REJECTED,),
         ends="referral_rejected"),
    Road("seksuell_ungdom", households.YOUTH, HealthArea.SEXUAL, SCHOOL_HEALTH, ends="mapping_concluded",
         child_first=True),
    Road("tann_foster", households.FOSTER_BY_AGREEMENT, HealthArea.DENTAL, DENTAL, ends="consented"),
    Road("psykisk_institusjon", households.INSTITUTION, MENTAL, MENTAL_HEALTH, ends="all_have_answered",
         initiative=True),
    Road("rus_institusjon", households.INSTITUTION_BY_ORDER, HealthArea.SUBSTANCE_USE, SUBSTANCE_USE,
         ends="mapping_accepted"),
    Road("kropp_smaabarn", households.TODDLER, SOMATIC, GP, PAEDIATRIC, (RETURNED,), ends="referral_returned"),
    Road("psykisk_kode_6", households.CODE_6, MENTAL, MENTAL_HEALTH, ends="oppstart_called"),
    Road("kropp_kode_7", households.CODE_7, SOMATIC, GP, ends="avklaring_held"),
    Road("psykisk_femten", households.FIFTEEN, MENTAL, MENTAL_HEALTH, ends="mapping_concluded",
         closed_on="family_moved", child_first=True),
    Road("psykisk_fyller_18", households.TURNS_18, MENTAL, MENTAL_HEALTH, ends="mapping_under_way",
         closed_on="came_of_age"),
    Road("kropp_tiltak", households.MEASURES, SOMATIC, GP, PAEDIATRIC, (REJECTED,), ends="referral_rejected",
         receiver_sees=False),
)
# fmt: on


def road(scene: Scene, plan: Road) -> Stages:
    """From the first worry to where the plan ends."""
    for stage in _whole_road(scene, plan):
        yield stage
        if stage == plan.ends:
            break
    if plan.closed_on:
        scene.later(10)
        _close(scene, plan.closed_on)
        yield f"closed_{plan.closed_on}"


def _whole_road(scene: Scene, plan: Road) -> Stages:
    """From the first worry to closing, and up again."""
    yield from _assess(scene, plan)
    yield from _clarify(scene, plan)
    yield from _start_up(scene, plan)
    yield from _map(scene, plan)
    if plan.refer_to:
        yield from _refer(scene, plan, plan.refer_to)
    yield from _follow(scene, plan)


def _assess(scene: Scene, plan: Road) -> Stages:
    """Phase 0 and 1: register, talk, ask, weigh, decide."""
    scene.on(0)
    scene.register()
    yield "waits"
    scene.on(7)
    if plan.initiative:
        scene.initiative()
        yield "initiative_sent"
        scene.on(8)
        scene.answer_initiative(InitiativeAnswer.START)
    else:
        scene.open(COLLEAGUE if plan.handed_over else CONTACT)
    yield "opened"
    first, second = ("child", "parents") if plan.child_first else ("parents", "child")
    scene.on(9)
    scene.talk(first)
    yield "talked_once"
    if plan.handed_over:
        asked = scene.on_case(
            LEADER, handovers.offer, to_person_id=employee(CONTACT).person_id, note=line("handover_note")
        )
        yield "handover_offered"
        scene.on_case(CONTACT, handovers.answer, handover_id=asked.pk, says=HandoverSays.ACCEPTED)
        yield "handed_over"
    asked = []
    if plan.thorough:
        scene.on(11)
        asked = [scene.ask(ServiceKind.SCHOOL), scene.ask(SCHOOL_HEALTH)]
        yield "asked"
    scene.on(16)
    scene.talk(second)
    yield "talked_with_both"
    if plan.thorough:
        scene.on(21)
        for request in asked:
            scene.receive(request)
        scene.observe(ObservationKind.WORRY_SIGN, SIGNS[scene.area])
        scene.observe(ObservationKind.RISK_FACTOR, RISKS[scene.area])
        scene.observe(ObservationKind.PROTECTIVE_FACTOR, PROTECTION)
        yield "ready_to_decide"
    scene.on(23)
    scene.decide(*CRITERIA[scene.area])
    yield "started"


def _clarify(scene: Scene, plan: Road) -> Stages:
    """The clarification meeting, and the consents that come of it."""
    scene.on(23, 13)
    scene.call(AVKLARING, in_days=9)
    yield "avklaring_called"
    scene.hold()
    yield "avklaring_held"
    if plan.thorough and len(scene.household.signs) > 1:
        scene.on(33)
        scene.consent(plan.mapper, without=scene.household.signs[-1:])
        yield "signature_missing"
    scene.on(36)
    for partner in plan.partners:
        scene.consent(partner, days=plan.consent_days)
    yield "consented"


def _start_up(scene: Scene, plan: Road) -> Stages:
    """The start-up meeting with the health services, and the plan that it makes."""
    scene.on(37)
    if plan.thorough:
        scene.propose_times(OPPSTART, in_days=(13, 14, 17), services=plan.partners)
        yield "times_proposed"
        scene.answer_times(plan.partners[0], 0, 1)
        yield "times_answered"
    scene.call(OPPSTART, in_days=14, services=plan.partners)
    yield "oppstart_called"
    if plan.thorough:
        scene.on_case(
            CONTACT,
            meetings.add_text,
            meeting_id=scene.meeting.pk,
            kind=InformationKind.COORDINATION,
            title="Det barnet vil at vi skal vite",
            text=line("before_the_meeting"),
        )
        yield "text_added"
    scene.on(39)
    scene.reply(plan.partners[0], AttendanceAnswer.ACCEPTED)
    yield "one_has_answered"
    scene.on(42)
    scene.reply(plan.partners[1], AttendanceAnswer.WRITES)
    yield "all_have_answered"
    if plan.thorough:
        scene.hold(services=plan.partners[:1])
        yield "oppstart_held"
        scene.on_case(plan.partners[0], meetings.review, meeting_id=scene.meeting.pk, says=MinutesSays.APPROVED)
        yield "minutes_approved"
        scene.on(53)
        for task in _tasks(scene, plan):
            scene.set_task(task)
        scene.on_case(CONTACT, plans.set_goal, text=line("goal"), health_area=scene.area)
        scene.on_case(
            CONTACT,
            partial(besides.record, who="Barnekoordinatoren i kommunen"),
            sort=BesideSort.CHILD_COORDINATOR,
            says="",
            on=scene.today,
            source=line("source"),
        )
        yield "plan_made"
        scene.leave_out_the_others()
    else:
        scene.hold(services=plan.partners[:1], tasks=_tasks(scene, plan))
    scene.on(53, 14)
    scene.ask_mapping(plan.mapper)
    yield "planned"


def _tasks(scene: Scene, plan: Road) -> list[DecidedTask]:
    """Something for child welfare, for those at home and for the service that maps."""
    at_home = next(key for key in ("foster_parent", *scene.household.responsible) if key in scene.people)
    return [
        scene.task("task_health", plan.mapper, in_days=40),
        scene.task("task_welfare", ServiceKind.CHILD_WELFARE, in_days=45),
        scene.task("task_home", at_home, in_days=60),
    ]


def _map(scene: Scene, plan: Road) -> Stages:
    """The mapping, from taken on to concluded."""
    scene.on(57)
    scene.map(plan.mapper, MappingState.ACCEPTED)
    yield "mapping_accepted"
    scene.on(65)
    scene.map(plan.mapper, MappingState.UNDER_WAY)
    yield "mapping_under_way"
    tells = plan.thorough and not scene.household.contact_only
    for day, views in TOLD.items() if tells else ():
        scene.on(day)
        for informant, severity in views.items():
            scene.report(plan.mapper, informant, severity)
    if tells:
        yield "mapping_reported"
    scene.on(86)
    conclusion = CONCLUSIONS.get(scene.area, MappingConclusion.REFERRAL)
    is_local = conclusion is not MappingConclusion.REFERRAL
    scene.map(
        plan.mapper,
        MappingState.CONCLUDED,
        conclusion,
        severity=Severity.MILD if is_local else Severity.CLEAR,
        local=LocalFollowUp.YES if is_local else LocalFollowUp.TOGETHER,
    )
    yield "mapping_concluded"


def _refer(scene: Scene, plan: Road, to: ServiceKind) -> Stages:
    """The referral to the specialist service, through all its answers."""
    scene.on(88)
    if plan.receiver_sees:
        scene.consent(to, days=plan.consent_days)
    for number, answer in enumerate(plan.answers):
        scene.on(89 + 15 * number)
        scene.refer(GP, to)
        yield "referred_again" if number else "referred"
        scene.on(98 + 15 * number)
        scene.answer_referral(to if plan.receiver_sees else GP, answer)
        yield f"referral_{answer}"


def _follow(scene: Scene, plan: Road) -> Stages:
    """Tasks done, the status meeting, closing, and taking up again."""
    scene.on(124)
    scene.finish_tasks(but=1)
    yield "tasks_done_but_one"
    scene.on(126)
    scene.finish_tasks()
    yield "tasks_done"
    scene.on(128)
    scene.call(STATUS, in_days=14, services=plan.partners)
    yield "status_called"
    scene.on(131)
    for partner in plan.partners:
        scene.reply(partner, AttendanceAnswer.ACCEPTED)
    yield "status_answered"
    scene.hold(services=plan.partners)
    yield "status_held"
    scene.on(150)
    _close(scene, "agreed_with_health")
    scene.give_passport(plan.mapper)
    yield "closed_agreed_with_health"
    scene.on(186)
    scene.on_case(CONTACT, closings.reactivate, reason=line("reactivated_reason"), reactivated_on=scene.today)
    yield "reactivated"
    scene.on(189)
    scene.call(STATUS, in_days=10)
    yield "status_called_again"


def _close(scene: Scene, ground: str) -> None:
    """Close; whoever has an open thing carries on with it."""
    open_things = facts.load(scene.pathway_id).open_things()
    scene.on_case(
        CONTACT,
        closings.close,
        seen=None,
        ground=ground,
        closed_on=scene.today,
        summary=line("summary"),
        child_view=line("child_view"),
        carriers=[
            Carrier(what=line("carries_on"), who=line("carrier"), subject_id=UUID(thing)) for thing in open_things
        ],
    )


# --- short plays ---------------------------------------------------------------------------------------------


def _until_start(scene: Scene, *criteria: str) -> None:
    """Registered, talked with, assessed."""
    scene.on(0)
    scene.register()
    scene.on(7)
    scene.open()
    scene.on(12)
    scene.talk("both")
    scene.on(12, 11)
    scene.decide(*criteria)


def not_started(scene: Scene) -> Stages:
    """Assessed, not started; taken up again later."""
    _until_start(scene)
    yield "not_started"
    scene.on(90)
    scene.on_case(CONTACT, closings.reactivate, reason=line("reactivated_reason"), reactivated_on=scene.today)
    yield "assessed_again"


def started_in_error(scene: Scene) -> Stages:
    """Not started, then started by a mistake, and closed for it."""
    yield from not_started(scene)
    scene.later(2)
    scene.decide(*CRITERIA[scene.area])
    _close(scene, "opened_in_error")
    yield "closed_opened_in_error"


def acute(scene: Scene) -> Stages:
    """It cannot wait: urgent referral first, the rest after."""
    _until_start(scene, "C1_ACUTE_SYMPTOMS", "C3_SERVICE_SEES_NEED")
    yield "acute"
    scene.consent(CAMHS)
    scene.refer(LEADER, CAMHS, is_urgent=True)
    yield "acute_referred"
    scene.on(13)
    scene.answer_referral(CAMHS, GRANTED)
    scene.call(AVKLARING, in_days=3)
    yield "acute_granted"


def refused(scene: Scene, by: str) -> Stages:
    """Somebody whose yes is needed says no: it is respected, and help is offered all the same."""
    _until_start(scene, *CRITERIA[scene.area])
    scene.call(AVKLARING, in_days=8)
    scene.hold()
    scene.consent(SCHOOL_HEALTH, refused_by=by)
    yield "refused"
    scene.on(60)
    _close(scene, "consent_withdrawn")
    yield "closed_consent_withdrawn"


def withdrawn(scene: Scene) -> Stages:
    """The child takes its consent back in the middle of it."""
    _until_start(scene, *CRITERIA[scene.area])
    scene.call(AVKLARING, in_days=8)
    scene.hold()
    scene.consent(MENTAL_HEALTH)
    scene.ask_mapping(MENTAL_HEALTH, due_in=60)
    scene.set_task(scene.task("task_health", MENTAL_HEALTH, in_days=30))
    scene.on(41)
    scene.withdraw()
    yield "withdrawn"


def disturbed_meetings(scene: Scene) -> Stages:
    """A meeting that was moved, and one that was called off."""
    _until_start(scene, *CRITERIA[scene.area])
    scene.call(AVKLARING, in_days=8)
    scene.on(18)
    scene.call(AVKLARING, in_days=12, moves=True)
    yield "meeting_moved"
    scene.hold()
    scene.consent(SCHOOL_HEALTH, more_kinds=InformationKind.SOMATIC)
    scene.call(OPPSTART, in_days=12, services=(SCHOOL_HEALTH,))
    scene.on(33)
    scene.reply(SCHOOL_HEALTH, AttendanceAnswer.DECLINED)
    yield "nobody_comes"
    scene.on(35)
    scene.cancel()
    yield "meeting_cancelled"


def the_child_died(scene: Scene) -> Stages:
    """The saddest end."""
    _until_start(scene, *CRITERIA[scene.area])
    scene.on(30)
    _close(scene, "child_died")
    yield "closed_child_died"


def initiative_refused(scene: Scene) -> Stages:
    """The home asks, and is told no, with a reason."""
    scene.on(0)
    scene.register()
    scene.on(7)
    scene.initiative()
    yield "initiative_sent"
    scene.on(8)
    scene.answer_initiative(InitiativeAnswer.NO)
    yield "initiative_refused"


def initiative_to_reactivate(scene: Scene) -> Stages:
    """The home asks for a closed case to be taken up again, and it is."""
    _until_start(scene)
    scene.on(80)
    scene.initiative(wish=InitiativeWish.REACTIVATE)
    yield "reactivation_wished"
    scene.on(83)
    scene.answer_initiative(InitiativeAnswer.REACTIVATE)
    yield "reactivated_on_initiative"


def only_registered(scene: Scene) -> Stages:
    """Known to child welfare, and nothing more."""
    scene.on(0)
    scene.register()
    yield "waits"


def from_place_to_place(scene: Scene) -> Stages:
    """A child whose position in child welfare changes, and whom nobody begins to assess."""
    scene.on(0)
    scene.register()
    for day, position in enumerate(POSITIONS):
        scene.on(10 + day * 10)
        scene.set_position(position)
        yield f"waits_{position}"


POSITIONS = (
    ChildWelfarePosition.INVESTIGATION,
    ChildWelfarePosition.MEASURES_AT_HOME,
    ChildWelfarePosition.OTHER_PLACEMENT,
    ChildWelfarePosition.NONE,
)


def from_a_file(scene: Scene, what: Sent) -> Stages:
    """Read from a file, first without a name; named some days later."""
    scene.on(0)
    scene.receive_file(what)
    yield "waits_without_name"
    scene.on(2)
    scene.name()
    yield "waits"


Play = Callable[[Scene], Stages]


def short_plays() -> Iterator[tuple[str, Household, HealthArea, Play]]:
    """Each with its key, household and health area."""
    child, youth = households.HOME, households.YOUTH
    yield "ikke_startet_barn", child, SOMATIC, started_in_error
    yield "ikke_startet_ungdom", youth, MENTAL, not_started
    yield "akutt", youth, MENTAL, acute
    yield "nei_far", child, MENTAL, lambda scene: refused(scene, "father")
    yield "nei_ungdom", youth, MENTAL, lambda scene: refused(scene, "child")
    yield "trukket", youth, MENTAL, withdrawn
    yield "moter", households.FATHER_ALONE, MENTAL, disturbed_meetings
    yield "dod", child, SOMATIC, the_child_died
    yield "initiativ_nei", households.FOSTER, MENTAL, initiative_refused
    yield "initiativ_igjen", households.INSTITUTION, MENTAL, initiative_to_reactivate
    yield "registrert", households.ANY_AGE, MENTAL, from_place_to_place
    yield "registrert_ettervern", households.AFTERCARE, MENTAL, only_registered
    yield "registrert_foster", households.FOSTER, MENTAL, only_registered
    yield "registrert_institusjon", households.INSTITUTION_BY_ORDER, MENTAL, only_registered
    yield "fil_undersokelse", households.ANY_AGE, MENTAL, lambda scene: from_a_file(scene, Sent.INVESTIGATION)
    yield "fil_tiltak", households.ANY_AGE, MENTAL, lambda scene: from_a_file(scene, Sent.MEASURES)


@dataclass(frozen=True, slots=True)
class Played:
    """A play that has been played."""

    recording: Recording
    household: Household
    area: HealthArea


def perform(troupe: Troupe) -> dict[str, Played]:
    """Play everything, one play after another."""
    scenes = []
    for plan in ROADS:
        scene = Scene(plan.key, troupe, plan.household, plan.area)
        _run(scene, road(scene, plan))
        scenes.append(scene)
    for key, household, area, play in short_plays():
        scene = Scene(key, troupe, household, area)
        _run(scene, play(scene))
        scenes.append(scene)
    recordings = record([scene.take() for scene in scenes])
    return {
        scene.play: Played(recording, scene.household, scene.area)
        for scene, recording in zip(scenes, recordings, strict=True)
    }


def _run(scene: Scene, stages: Stages) -> None:
    """One play, kept at each stage."""
    for name in stages:
        scene.stage(name)
