"""What waits around meetings and the plan, and what they say of where a case is. Pure: no database.

Anna is 16 and consents alone, so that each test says only what it is about.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grunnmur.cases.consent import CHILD, Carer, ConsentFact, Period, Signature, Situation
from grunnmur.cases.definition import definitions
from grunnmur.cases.lifecycle import (
    AssessmentFact,
    Facts,
    InvitationFact,
    MappingFact,
    MeetingFact,
    PhaseState,
    TaskFact,
    phases,
)
from grunnmur.cases.next_step import SENTENCES, Step, approve_by, next_step, open_steps, sentence, taking_part
from grunnmur.cases.terms import (
    AssessmentOutcome,
    AttendanceAnswer,
    ConsentAnswer,
    ConsentPurpose,
    HealthArea,
    InformationKind,
    MappingState,
    MeetingKind,
    PathwayStatus,
    SignatoryKind,
    TaskState,
)
from grunnmur.clock import OSLO

TODAY = date(2026, 11, 22)
STARTED = date(2026, 11, 2)
OWNER, GP, CAMHS = "owner", "gp", "camhs"
AVKLARING, OPPSTART, STATUS = MeetingKind.AVKLARINGSMOTE, MeetingKind.OPPSTARTSMOTE, MeetingKind.STATUSMOTE
ACCEPTED, DECLINED, WRITES = AttendanceAnswer.ACCEPTED, AttendanceAnswer.DECLINED, AttendanceAnswer.WRITES
NAMES = {OWNER: "barnevernet", GP: "fastlegen", CAMHS: "BUP"}
EDITION = definitions().edition("2023")


def on(days: int) -> date:
    """A day counted from today."""
    return TODAY + timedelta(days=days)


def consent(recipient: str, *, withdrawn: datetime | None = None) -> ConsentFact:
    return ConsentFact(
        id=f"consent-{recipient}",
        purpose=ConsentPurpose.CONTACT_HEALTH,
        recipient=recipient,
        kinds=InformationKind.SOMATIC,
        signatures=(Signature(CHILD, ConsentAnswer.YES, STARTED),),
        valid_from=STARTED,
        valid_until=on(365),
        withdrawn_at=withdrawn,
    )


def meeting(
    kind: MeetingKind = OPPSTART,
    *,
    starts: int = 7,
    called: int = -2,
    held: int | None = None,
    off: bool = False,
    hour: int = 14,
    **answers: AttendanceAnswer | None,
) -> MeetingFact:
    """A meeting so many days from today; `gp=None` is an invitation without an answer."""
    return MeetingFact(
        id=f"{kind}{starts:+}",
        meeting=kind,
        starts_at=datetime.combine(on(starts), datetime.min.time(), OSLO).replace(hour=hour),
        called_on=on(called),
        held_on=None if held is None else on(held),
        is_off=off,
        invitations=tuple(InvitationFact(service, answer) for service, answer in answers.items()),
    )


def task(
    who: str | None = GP, *, due: int | None = 5, state: TaskState = TaskState.AGREED, name: str = "task"
) -> TaskFact:
    return TaskFact(name, who, on(-10), None if due is None else on(due), state)


def mapped(area: HealthArea) -> MappingFact:
    return MappingFact(area.value, area, GP, on(-15), None, MappingState.CONCLUDED, on(-12), "no_further_need")


ALL_MAPPED = tuple(mapped(HealthArea(item.key)) for item in EDITION.health_areas)


def case(*meetings: MeetingFact, tasks: tuple[TaskFact, ...] = (), **more: object) -> Facts:
    """A case under way since 2 November, where the GP may take part."""
    facts = Facts(
        pathway="case",
        edition="2023",
        status=PathwayStatus.UNDER_WAY,
        owner=OWNER,
        contact_person="kari",
        opened_on=on(-40),
        version=1,
        situation=Situation(
            born_on=date(2010, 5, 3),
            carers=(Carer("mother", SignatoryKind.PARENT, (Period(date(2010, 5, 3)),)),),
            care=(),
        ),
        assessments=(AssessmentFact("a", AssessmentOutcome.START, STARTED, ("C3_SERVICE_SEES_NEED",)),),
        consents=(consent(GP),),
        meetings=meetings,
        tasks=tasks,
        mappings=ALL_MAPPED,
    )
    return replace(facts, **more)  # type: ignore[arg-type]


def steps(facts: Facts, day: date = TODAY) -> tuple[Step, ...]:
    return open_steps(facts, edition=EDITION, on=day)


def keys(facts: Facts, day: date = TODAY) -> list[str]:
    return [step.key for step in steps(facts, day)]


def the(facts: Facts, key: str, day: date = TODAY) -> Step:
    """The one step with this key."""
    (found,) = [step for step in steps(facts, day) if step.key == key]
    return found


HELD = (meeting(AVKLARING, starts=-15, held=-15), meeting(OPPSTART, starts=-5, held=-5, gp=ACCEPTED))


# --- calling --------------------------------------------------------


@pytest.mark.parametrize(
    ("meetings", "called"),
    [
        pytest.param((), [AVKLARING, OPPSTART], id="none-yet"),
        pytest.param((meeting(AVKLARING),), [OPPSTART], id="clarification-called"),
        pytest.param((meeting(AVKLARING, off=True),), [AVKLARING, OPPSTART], id="cancelled-counts-as-none"),
        pytest.param((meeting(AVKLARING, off=True), meeting(AVKLARING, starts=9)), [OPPSTART], id="moved-counts-once"),
        pytest.param((meeting(AVKLARING, starts=-15, held=-15),), [OPPSTART], id="clarification-held"),
        pytest.param((meeting(AVKLARING), meeting(gp=None)), [], id="both-called"),
        pytest.param(HELD, [STATUS], id="after-the-start-up-meeting"),
        pytest.param((*HELD, meeting(STATUS)), [], id="status-meeting-called"),
        pytest.param((*HELD, meeting(STATUS, off=True)), [STATUS], id="status-meeting-cancelled"),
    ],
)
def test_which_meeting_is_to_be_called(meetings: tuple[MeetingFact, ...], called: list[MeetingKind]) -> None:
    facts = case(*meetings, tasks=(task(),))
    assert [step.meeting for step in steps(facts) if step.key == "call_meeting"] == called


def test_the_start_up_meeting_waits_for_a_consent() -> None:
    facts = case(meeting(AVKLARING, starts=-3, held=-3), consents=())
    waiting = open_steps(facts, edition=EDITION, on=TODAY)[-1]
    assert (waiting.key, waiting.meeting, waiting.blocked_by) == ("call_meeting", OPPSTART, ("consent",))
    assert the(case(meeting(AVKLARING, starts=-3, held=-3)), "call_meeting").meeting is OPPSTART


@pytest.mark.parametrize(
    ("kind", "meetings", "due_on"),
    [
        pytest.param(AVKLARING, (), date(2026, 11, 16), id="two-weeks-after-start"),
        pytest.param(OPPSTART, (HELD[0],), date(2026, 11, 23), id="three-weeks-after-start"),
        pytest.param(STATUS, HELD, date(2027, 2, 17), id="three-months-after-the-last-meeting"),
        pytest.param(
            STATUS,
            (*HELD, meeting(STATUS, starts=-1, held=-1)),
            date(2027, 2, 21),
            id="three-months-after-the-last-status-meeting",
        ),
    ],
)
def test_by_when_a_meeting_is_held_is_the_municipalitys_own(
    kind: MeetingKind, meetings: tuple[MeetingFact, ...], due_on: date
) -> None:
    facts = case(*meetings, tasks=(task(),))
    step = next(step for step in steps(facts) if step.key == "call_meeting" and step.meeting is kind)
    assert (step.due_on, step.deadline, step.ball) == (due_on, f"hold_{kind.value}", frozenset({OWNER}))
    assert not definitions().deadline(step.deadline).official


# --- a meeting that waits --------------------------------------------------------


@pytest.mark.parametrize(
    ("waiting", "expected"),
    [
        pytest.param(meeting(starts=7, gp=None), {"answer_invitation": {GP}, "hold_meeting": {OWNER}}, id="silent"),
        pytest.param(meeting(starts=7, gp=ACCEPTED), {"hold_meeting": {OWNER}}, id="coming"),
        pytest.param(meeting(starts=7, gp=WRITES), {"hold_meeting": {OWNER}}, id="writing"),
        pytest.param(meeting(starts=7, gp=DECLINED), {"find_new_time": {OWNER}}, id="nobody-comes"),
        pytest.param(meeting(starts=0, gp=ACCEPTED), {"hold_meeting": {OWNER}}, id="today"),
        pytest.param(
            meeting(starts=0, gp=None), {"answer_invitation": {GP}, "hold_meeting": {OWNER}}, id="today-silent"
        ),
        pytest.param(meeting(starts=-1, gp=None), {"write_minutes": {OWNER}}, id="yesterday-nobody-is-asked-any-more"),
        pytest.param(meeting(starts=-1, held=0, gp=ACCEPTED), {}, id="held"),
        pytest.param(meeting(starts=-1, off=True, gp=None), {}, id="called-off"),
    ],
)
def test_what_a_start_up_meeting_waits_for(waiting: MeetingFact, expected: dict[str, set[str]]) -> None:
    facts = case(HELD[0], waiting, tasks=(task(OWNER, due=90),))
    found = {step.key: set(step.ball) for step in steps(facts) if step.subject == waiting.id}
    assert found == expected


def test_a_clarification_meeting_without_services_is_held_all_the_same() -> None:
    assert the(case(meeting(AVKLARING)), "hold_meeting").meeting is AVKLARING


def test_some_coming_is_enough() -> None:
    facts = case(meeting(gp=ACCEPTED, camhs=DECLINED), consents=(consent(GP), consent(CAMHS)))
    assert "find_new_time" not in keys(facts)


def test_only_those_who_have_not_answered_are_waited_for() -> None:
    facts = case(meeting(gp=ACCEPTED, camhs=None), consents=(consent(GP), consent(CAMHS)))
    assert the(facts, "answer_invitation").ball == {CAMHS}


def test_a_service_whose_consent_is_withdrawn_is_not_waited_for() -> None:
    withdrawn = datetime(2026, 11, 21, 12, tzinfo=OSLO)
    facts = case(meeting(gp=ACCEPTED, camhs=None), consents=(consent(GP), consent(CAMHS, withdrawn=withdrawn)))
    assert not [step for step in steps(facts) if CAMHS in step.ball]


def test_when_the_only_service_is_let_out_the_meeting_is_still_somebodys() -> None:
    withdrawn = datetime(2026, 11, 21, 12, tzinfo=OSLO)
    facts = case(meeting(gp=ACCEPTED), consents=(consent(GP, withdrawn=withdrawn),))
    assert the(facts, "find_new_time").ball == {OWNER}
    held_before = case(meeting(starts=-2, gp=ACCEPTED), consents=(consent(GP, withdrawn=withdrawn),))
    assert the(held_before, "write_minutes").ball == {OWNER}


@pytest.mark.parametrize(
    ("called", "starts", "due"),
    [
        pytest.param(-2, 30, 5, id="a-week-after-the-call"),
        pytest.param(-2, 3, 3, id="never-after-the-meeting"),
        pytest.param(-10, 30, -3, id="late"),
        pytest.param(0, 0, 0, id="called-for-today"),
    ],
)
def test_by_when_an_invitation_is_answered(called: int, starts: int, due: int) -> None:
    step = the(case(meeting(called=called, starts=starts, gp=None)), "answer_invitation")
    assert (step.due_on, step.since, step.is_late(TODAY)) == (on(due), on(called), due < 0)


def test_minutes_are_due_a_week_after_the_meeting() -> None:
    step = the(case(meeting(starts=-8, gp=ACCEPTED)), "write_minutes")
    assert (step.due_on, step.since, step.is_late(TODAY)) == (on(-1), on(-8), True)


@pytest.mark.parametrize(
    ("instant", "key"),
    [
        pytest.param(datetime(2026, 11, 21, 23, 30, tzinfo=OSLO), "write_minutes", id="late-last-night"),
        pytest.param(datetime.fromisoformat("2026-11-21T23:30:00+00:00"), "hold_meeting", id="past-midnight-in-oslo"),
    ],
)
def test_the_day_of_a_meeting_is_the_day_in_norway(instant: datetime, key: str) -> None:
    facts = case(replace(meeting(gp=ACCEPTED), starts_at=instant))
    assert key in keys(facts)


def test_meetings_wait_while_the_case_is_assessed_too() -> None:
    """The clarification meeting may come before the decision to start (S3)."""
    assessing = case(
        meeting(AVKLARING, starts=-1), meeting(STATUS, gp=None), status=PathwayStatus.UNDER_ASSESSMENT, assessments=()
    )
    assert {"write_minutes", "answer_invitation", "hold_meeting"} <= set(keys(assessing))
    assert "call_meeting" not in keys(assessing)


@pytest.mark.parametrize("status", [PathwayStatus.CLOSED, PathwayStatus.NOT_STARTED])
def test_nothing_waits_in_a_case_that_is_not_open(status: PathwayStatus) -> None:
    assert keys(case(meeting(gp=None), tasks=(task(due=-5),), status=status)) == []


# --- tasks --------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        pytest.param(task(GP, due=5), ("do_task", GP), id="in-time"),
        pytest.param(task(GP, due=0), ("do_task", GP), id="today"),
        pytest.param(task(GP, due=-1), ("do_task", GP), id="late"),
        pytest.param(task(GP, due=None), ("do_task", GP), id="without-a-date"),
        pytest.param(task(GP, state=TaskState.UNDER_WAY), ("do_task", GP), id="under-way"),
        pytest.param(task(OWNER, due=5), ("do_task", OWNER), id="the-owners-own"),
        pytest.param(task(GP, state=TaskState.DONE, due=-1), None, id="done"),
        pytest.param(task(GP, state=TaskState.DROPPED, due=-1), None, id="dropped"),
        pytest.param(task(CAMHS, due=5), ("reassign_task", OWNER), id="of-a-service-that-is-out"),
        pytest.param(task(CAMHS, due=None), ("reassign_task", OWNER), id="of-a-service-that-is-out-without-a-date"),
        pytest.param(task(None, due=-1), ("follow_up_task", OWNER), id="a-parents-late"),
        pytest.param(task(None, due=0), None, id="a-parents-in-time"),
        pytest.param(task(None, due=None), None, id="a-parents-without-a-date"),
    ],
)
def test_who_has_the_ball_for_a_task(one: TaskFact, expected: tuple[str, str] | None) -> None:
    found = [(step.key, *step.ball) for step in steps(case(*HELD, tasks=(one,))) if step.subject == one.id]
    assert found == ([expected] if expected else [])


def test_a_task_is_late_the_day_after_its_date() -> None:
    facts = case(*HELD, tasks=(task(due=3),))
    assert [the(facts, "do_task", on(days)).is_late(on(days)) for days in (2, 3, 4)] == [False, False, True]


def test_what_is_late_comes_before_the_next_meeting_and_what_is_not_comes_after() -> None:
    facts = case(
        *HELD,
        meeting(STATUS, gp=ACCEPTED),
        tasks=(task(due=9, name="soon"), task(due=-1, name="late"), task(due=None, name="whenever")),
    )
    assert [step.subject or step.key for step in steps(facts)] == ["late", "statusmote+7", "soon", "whenever"]


def test_a_task_soon_due_comes_before_calling_a_meeting_months_ahead() -> None:
    assert keys(case(*HELD, tasks=(task(due=9),))) == ["do_task", "call_meeting"]


def test_a_plan_is_to_be_made_until_there_is_a_task() -> None:
    assert "make_plan" in keys(case(*HELD))
    assert "make_plan" not in keys(case(*HELD, tasks=(task(),)))


def test_taking_part_is_the_owner_and_those_let_in() -> None:
    assert taking_part(case(), on=TODAY) == {OWNER, GP}
    assert taking_part(case(consents=()), on=TODAY) == {OWNER}


# --- status meetings, closing, and taking up again --------------------------------------------------------


STATUS_HELD = (*HELD, meeting(STATUS, starts=-2, held=-2, gp=ACCEPTED))
DONE = (task(state=TaskState.DONE),)


@pytest.mark.parametrize(
    ("facts", "key"),
    [
        pytest.param(case(*STATUS_HELD, tasks=DONE), "consider_closing", id="all-done"),
        pytest.param(case(*STATUS_HELD, tasks=(*DONE, task(due=None, name="open"))), "call_meeting", id="a-task-open"),
        pytest.param(case(*HELD, tasks=DONE), "call_meeting", id="no-status-meeting-yet"),
        pytest.param(
            case(*STATUS_HELD, meeting(STATUS), tasks=DONE), "hold_meeting", id="another-status-meeting-waits"
        ),
        pytest.param(
            case(*STATUS_HELD, meeting(OPPSTART, gp=ACCEPTED), tasks=DONE), "hold_meeting", id="any-meeting-waits"
        ),
        pytest.param(
            case(*STATUS_HELD, meeting(STATUS, off=True), tasks=DONE), "consider_closing", id="the-other-is-off"
        ),
    ],
)
def test_closing_is_considered_when_nothing_waits(facts: Facts, key: str) -> None:
    assert keys(facts)[0] == key
    assert ("consider_closing" in keys(facts)) == (key == "consider_closing")


def test_a_case_taken_up_again_is_counted_from_that_day() -> None:
    again = case(*STATUS_HELD, tasks=DONE, reactivated_on=on(-1))
    step = the(again, "call_meeting")
    assert (step.meeting, step.since, step.due_on) == (STATUS, on(-1), date(2027, 2, 21))
    held_again = case(*STATUS_HELD, meeting(STATUS, starts=0, held=0), tasks=DONE, reactivated_on=on(-1))
    assert keys(held_again) == ["consider_closing"]


# --- where the case is --------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "two", "four"),
    [
        pytest.param(case(), PhaseState.NOW, PhaseState.AHEAD, id="started"),
        pytest.param(case(HELD[0], meeting(gp=None)), PhaseState.NOW, PhaseState.AHEAD, id="start-up-meeting-called"),
        pytest.param(case(*HELD), PhaseState.NOW, PhaseState.AHEAD, id="held-without-a-plan"),
        pytest.param(case(*HELD, tasks=(task(),)), PhaseState.DONE, PhaseState.AHEAD, id="held-and-planned"),
        pytest.param(
            case(HELD[0], meeting(off=True), tasks=(task(),)),
            PhaseState.NOW,
            PhaseState.AHEAD,
            id="start-up-called-off",
        ),
        pytest.param(
            case(*HELD, meeting(STATUS), tasks=(task(),)), PhaseState.DONE, PhaseState.NOW, id="status-meeting-called"
        ),
        pytest.param(case(*STATUS_HELD, tasks=(task(),)), PhaseState.DONE, PhaseState.DONE, id="status-meeting-held"),
        pytest.param(
            case(*HELD, meeting(STATUS, off=True), tasks=(task(),)),
            PhaseState.DONE,
            PhaseState.AHEAD,
            id="status-meeting-called-off",
        ),
        pytest.param(
            case(*STATUS_HELD, meeting(STATUS), tasks=(task(),)), PhaseState.DONE, PhaseState.NOW, id="one-more-called"
        ),
    ],
)
def test_meetings_and_plan_move_the_phases(facts: Facts, two: PhaseState, four: PhaseState) -> None:
    found = {phase.number: phase.state for phase in phases(facts)}
    assert (found[2], found[4]) == (two, four)


def test_a_status_meeting_before_the_start_up_meeting_is_no_fault() -> None:
    found = {phase.number: phase.state for phase in phases(case(meeting(STATUS, starts=-3, held=-3)))}
    assert (found[2], found[4]) == (PhaseState.NOW, PhaseState.DONE)


# --- for any meetings and tasks --------------------------------------------------------

DAYS = st.integers(min_value=-60, max_value=60)
ANSWERS = st.sampled_from([None, ACCEPTED, DECLINED, WRITES])
MEETINGS = st.builds(
    lambda kind, starts, called, outcome, gp, camhs: replace(
        meeting(kind, starts=starts, called=called, held=0 if outcome == "held" else None, gp=gp, camhs=camhs),
        id=f"{kind}{starts}{outcome}{gp}{camhs}",
        is_off=outcome == "off",
    ),
    st.sampled_from(MeetingKind),
    DAYS,
    st.integers(min_value=-60, max_value=0),
    st.sampled_from(["waits", "held", "off"]),
    ANSWERS,
    ANSWERS,
)
TASKS = st.builds(
    TaskFact,
    st.uuids().map(str),
    st.sampled_from([None, OWNER, GP, CAMHS]),
    st.just(on(-10)),
    st.one_of(st.none(), DAYS.map(on)),
    st.sampled_from(TaskState),
)
CASES = st.builds(
    lambda meetings, tasks, consents, status, again: case(
        *meetings,
        tasks=tuple(tasks),
        consents=tuple(consent(item) for item in consents),
        status=status,
        reactivated_on=again,
    ),
    st.lists(MEETINGS, max_size=5),
    st.lists(TASKS, max_size=4),
    st.sets(st.sampled_from([GP, CAMHS])),
    st.sampled_from([PathwayStatus.UNDER_ASSESSMENT, PathwayStatus.UNDER_WAY]),
    st.one_of(st.none(), st.integers(min_value=-30, max_value=0).map(on)),
)


@settings(max_examples=150, deadline=None)
@given(CASES)
def test_the_ball_is_always_with_someone_who_may_see_it(facts: Facts) -> None:
    found = steps(facts)
    may_see = taking_part(facts, on=TODAY)
    assert found, "an open case with nobody to act"
    assert next_step(facts, edition=EDITION, on=TODAY) == found[0]
    for step in found:
        assert step.ball and step.ball <= may_see, step
        assert str(SENTENCES[step.key]) and "%(" not in sentence(step, names=NAMES)


@settings(max_examples=150, deadline=None)
@given(CASES)
def test_every_meeting_that_waits_and_every_open_task_of_a_service_is_somebodys(facts: Facts) -> None:
    subjects = {step.subject for step in steps(facts)}
    assert {item.id for item in facts.meetings if item.is_pending} <= subjects
    assert not {item.id for item in facts.meetings if not item.is_pending} & subjects
    if facts.status is PathwayStatus.UNDER_WAY:
        assert {item.id for item in facts.tasks if item.is_open and item.service} <= subjects
    assert not {item.id for item in facts.tasks if not item.is_open} & subjects


@pytest.mark.parametrize(
    ("step", "words"),
    [
        pytest.param(
            Step("answer_invitation", frozenset({GP, CAMHS}), TODAY, meeting=OPPSTART),
            "BUP og fastlegen må svare på innkallingen til oppstartsmøte",
            id="two-services",
        ),
        pytest.param(
            Step("find_new_time", frozenset({OWNER}), TODAY, meeting=OPPSTART),
            "Ingen av tjenestene kommer til oppstartsmøte. Finn et nytt tidspunkt",
            id="nobody-comes",
        ),
        pytest.param(Step("do_task", frozenset({GP}), TODAY), "fastlegen har en oppgave i planen", id="a-task"),
        pytest.param(
            Step("do_task", frozenset({"unknown"}), TODAY),
            "en tjeneste har en oppgave i planen",
            id="a-nameless-service",
        ),
    ],
)
def test_a_step_is_one_plain_sentence(step: Step, words: str) -> None:
    assert sentence(step, names=NAMES) == words


def test_minutes_are_approved_within_a_week_by_the_municipalitys_own_deadline() -> None:
    assert approve_by(date(2026, 12, 28)) == date(2027, 1, 4)
