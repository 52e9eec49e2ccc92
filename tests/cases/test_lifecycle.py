"""Statuses and phases: every transition, every phase, and facts from the database's own words. Pure."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grunnmur.cases import lifecycle
from grunnmur.cases.consent import CHILD, Situation
from grunnmur.cases.lifecycle import (
    AssessmentFact,
    Facts,
    MappingFact,
    MeetingFact,
    PhaseState,
    ReferralFact,
    TaskFact,
    facts_from,
    needs_assessment,
    next_status,
    phases,
)
from grunnmur.cases.terms import (
    AssessmentOutcome,
    CareBasis,
    ConsentAnswer,
    HealthArea,
    MappingState,
    MeetingKind,
    PathwayStatus,
    ReferralAnswerKind,
    SignatoryKind,
    TaskState,
)

OPENED = date(2026, 10, 26)
STARTED = date(2026, 11, 4)
AHEAD, NOW, DONE = PhaseState.AHEAD, PhaseState.NOW, PhaseState.DONE
CASE = Facts(
    pathway="p",
    edition="2023",
    status=PathwayStatus.UNDER_ASSESSMENT,
    owner="owner",
    contact_person="kari",
    opened_on=OPENED,
    version=1,
    situation=Situation(born_on=date(2012, 5, 14), carers=(), care=()),
)
START = AssessmentFact("a", AssessmentOutcome.START, STARTED, ("C2_CHILD_OR_PARENT_WANTS_HELP",))
UNDER_WAY = replace(CASE, status=PathwayStatus.UNDER_WAY, assessments=(START,))
TASK = TaskFact("t", "owner", STARTED, None, TaskState.AGREED)


def meeting(kind: MeetingKind, *, held: bool = False, off: bool = False) -> MeetingFact:
    day = date(2026, 11, 26)
    return MeetingFact(
        id="m",
        meeting=kind,
        starts_at=datetime(2026, 11, 26, 13, tzinfo=UTC),
        called_on=date(2026, 11, 19),
        held_on=day if held else None,
        is_off=off,
        invitations=(),
    )


def mapping(state: MappingState, *, service: str | None = "gp") -> MappingFact:
    return MappingFact("k", HealthArea.SOMATIC, service, STARTED, None, state, STARTED, "")


def referral(answer: ReferralAnswerKind | None, *, followed: bool = False) -> ReferralFact:
    return ReferralFact(
        "h", HealthArea.MENTAL, "gp", "camhs", date(2026, 11, 12), False, answer, None, None, is_followed=followed
    )


# --- statuses --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", PathwayStatus)
@pytest.mark.parametrize("act", ["start", "do_not_start", "close", "reactivate", "something else"])
def test_a_status_changes_only_as_the_table_says(status: PathwayStatus, act: str) -> None:
    expected = {
        (PathwayStatus.UNDER_ASSESSMENT, "start"): PathwayStatus.UNDER_WAY,
        (PathwayStatus.UNDER_ASSESSMENT, "do_not_start"): PathwayStatus.NOT_STARTED,
        (PathwayStatus.UNDER_WAY, "close"): PathwayStatus.CLOSED,
        (PathwayStatus.NOT_STARTED, "reactivate"): PathwayStatus.UNDER_ASSESSMENT,
        (PathwayStatus.CLOSED, "reactivate"): PathwayStatus.UNDER_WAY,
    }
    assert next_status(status, act) is expected.get((status, act))


@pytest.mark.parametrize(
    ("since", "decided", "has_open", "expected"),
    [
        pytest.param(None, None, False, False, id="not in the target group"),
        pytest.param(OPENED, None, False, True, id="in the group, never assessed"),
        pytest.param(OPENED, None, True, False, id="being assessed now"),
        pytest.param(OPENED, OPENED, False, False, id="decided the day it came in"),
        pytest.param(OPENED, date(2026, 1, 1), False, True, id="decided before it came in again"),
        pytest.param(OPENED, date(2026, 12, 1), False, False, id="decided since"),
    ],
)
def test_who_needs_an_assessment(since: date | None, decided: date | None, has_open: bool, expected: bool) -> None:
    assert needs_assessment(in_target_group_since=since, decided_on=decided, has_open_pathway=has_open) is expected


# --- phases ----------------------------------------------------------------------------------------------------

PHASES = [
    pytest.param(CASE, (NOW, AHEAD, AHEAD, AHEAD, AHEAD), id="being assessed"),
    pytest.param(replace(CASE, status=PathwayStatus.NOT_STARTED), (DONE, AHEAD, AHEAD, AHEAD, AHEAD), id="not started"),
    pytest.param(UNDER_WAY, (DONE, NOW, AHEAD, AHEAD, AHEAD), id="just started"),
    pytest.param(
        replace(UNDER_WAY, referrals=(referral(None),)),
        (DONE, NOW, NOW, AHEAD, AHEAD),
        id="Anna: referred before the start-up meeting",
    ),
    pytest.param(
        replace(UNDER_WAY, meetings=(meeting(MeetingKind.OPPSTARTSMOTE, held=True),)),
        (DONE, NOW, AHEAD, AHEAD, AHEAD),
        id="start-up meeting held, no plan yet",
    ),
    pytest.param(
        replace(UNDER_WAY, meetings=(meeting(MeetingKind.OPPSTARTSMOTE, held=True),), tasks=(TASK,)),
        (DONE, DONE, AHEAD, AHEAD, AHEAD),
        id="start-up meeting held and a plan made",
    ),
    pytest.param(
        replace(UNDER_WAY, mappings=(mapping(MappingState.ACCEPTED),)),
        (DONE, NOW, NOW, AHEAD, AHEAD),
        id="mapping under way",
    ),
    pytest.param(
        replace(UNDER_WAY, mappings=(mapping(MappingState.CONCLUDED),)),
        (DONE, NOW, DONE, AHEAD, AHEAD),
        id="mapping concluded",
    ),
    pytest.param(
        replace(UNDER_WAY, mappings=(mapping(MappingState.NOT_INDICATED, service=None),)),
        (DONE, NOW, AHEAD, AHEAD, AHEAD),
        id="an area left out is no mapping",
    ),
    pytest.param(
        replace(UNDER_WAY, meetings=(meeting(MeetingKind.STATUSMOTE),)),
        (DONE, NOW, AHEAD, NOW, AHEAD),
        id="status meeting called",
    ),
    pytest.param(
        replace(UNDER_WAY, meetings=(meeting(MeetingKind.STATUSMOTE, held=True),)),
        (DONE, NOW, AHEAD, DONE, AHEAD),
        id="status meeting held",
    ),
    pytest.param(
        replace(UNDER_WAY, meetings=(meeting(MeetingKind.STATUSMOTE, off=True),)),
        (DONE, NOW, AHEAD, AHEAD, AHEAD),
        id="status meeting called off",
    ),
    pytest.param(
        replace(
            UNDER_WAY,
            status=PathwayStatus.CLOSED,
            closed_on=date(2027, 3, 1),
            mappings=(mapping(MappingState.ACCEPTED),),
        ),
        (DONE, DONE, DONE, AHEAD, DONE),
        id="closed",
    ),
]


@pytest.mark.parametrize(("facts", "states"), PHASES)
def test_where_a_case_is(facts: Facts, states: tuple[PhaseState, ...]) -> None:
    found = phases(facts)
    assert tuple(phase.state for phase in found) == states
    assert [phase.number for phase in found] == [1, 2, 3, 4, 5]


def test_a_case_is_in_the_first_phase_that_is_under_way() -> None:
    def of(*states: PhaseState) -> tuple[lifecycle.Phase, ...]:
        return tuple(lifecycle.Phase(number, state, None) for number, state in enumerate(states, start=1))

    now, done, ahead = PhaseState.NOW, PhaseState.DONE, PhaseState.AHEAD
    assert lifecycle.current(of(done, now, now, ahead)) == 2, "the third began before the second ended"
    assert lifecycle.current(of(done, done, done)) is None


def test_a_phase_knows_since_when() -> None:
    facts = replace(UNDER_WAY, referrals=(referral(None),), meetings=(meeting(MeetingKind.STATUSMOTE),))
    assert [phase.since for phase in phases(facts)] == [
        STARTED,
        STARTED,
        date(2026, 11, 12),
        date(2026, 11, 19),
        None,
    ]
    assert phases(CASE)[0].since == OPENED


# --- what must be carried on ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("referral", "is_open"),
    [
        (referral(None), True),
        (referral(ReferralAnswerKind.RETURNED), True),
        (referral(ReferralAnswerKind.RETURNED, followed=True), False),
        (referral(ReferralAnswerKind.REJECTED), False),
        (referral(ReferralAnswerKind.RIGHT_GRANTED), False),
    ],
)
def test_which_referrals_someone_must_act_on(referral: ReferralFact, is_open: bool) -> None:
    assert lifecycle.is_referral_open(referral) is is_open


@given(
    states=st.lists(st.sampled_from(TaskState)),
    mappings=st.lists(st.sampled_from(MappingState), max_size=len(HealthArea)),
    answers=st.lists(st.sampled_from([None, *ReferralAnswerKind])),
)
def test_open_things_are_those_that_are_not_finished(
    states: list[TaskState], mappings: list[MappingState], answers: list[ReferralAnswerKind | None]
) -> None:
    facts = replace(
        UNDER_WAY,
        tasks=tuple(replace(TASK, state=state) for state in states),
        mappings=tuple(replace(mapping(state), area=area) for area, state in zip(HealthArea, mappings, strict=False)),
        referrals=tuple(referral(answer) for answer in answers),
    )
    finished = {TaskState.DONE, TaskState.DROPPED, MappingState.CONCLUDED, MappingState.NOT_INDICATED}
    finished |= {ReferralAnswerKind.REJECTED, ReferralAnswerKind.RIGHT_GRANTED}
    assert len(facts.open_things()) == sum(item not in finished for item in (*states, *mappings, *answers))


def test_of_one_health_area_the_newest_mapping_counts() -> None:
    again = (mapping(MappingState.ASKED), mapping(MappingState.CONCLUDED))
    assert replace(UNDER_WAY, mappings=again).open_mappings == ()
    assert len(replace(UNDER_WAY, mappings=again[::-1]).open_mappings) == 1


# --- from the database -------------------------------------------------------------------------------------------


def row(**values: Any) -> dict[str, Any]:
    return values


FROM_DATABASE: dict[str, Any] = {
    "pathway": "p",
    "edition": "2023",
    "status": "under_way",
    "owner": "owner",
    "contact_person": "kari",
    "opened_on": "2026-10-26",
    "version": 7,
    "born_on": "2012-05-14",
    "cannot_form_views_until": "2019-05-14",
    "lacks_decision_competence_from": None,
    "carers": [
        {"id": "mother", "kind": "parent", "from": "2012-05-14", "until": "2020-01-01"},
        {"id": "mother", "kind": "parent", "from": "2021-01-01", "until": None},
    ],
    "care": [{"basis": "care_order", "from": "2020-01-01", "until": None}],
    "conversations": [{"with": "child", "on": "2026-10-27"}],
    "requests": [{"id": "r", "service": None, "on": "2026-10-28", "answered": True}],
    "questions": [
        {
            "id": "q",
            "sort": "status",
            "kind": 2,
            "from": "owner",
            "to": "gp",
            "asked_on": "2026-11-05",
            "answer_by": "2026-11-19",
            "answered_on": "2026-11-10",
            "goes": "better",
            "wants_meeting": True,
            "round": "n",
        }
    ],
    "rounds": [
        {
            "id": "n",
            "started_on": "2026-11-05",
            "answer_by": "2026-11-19",
            "concluded_on": None,
            "calls_meeting": None,
        }
    ],
    "polls_over": ["poll"],
    "withheld": [["m", "gp"]],
    "is_partly_taken": False,
    "assessments": [{"id": "a", "outcome": "start", "on": "2026-11-04", "criteria": ["C1_ACUTE_SYMPTOMS"]}],
    "consents": [
        {
            "id": "c",
            "purpose": "contact_health",
            "recipient": "gp",
            "kinds": 19,
            "from": "2026-11-04",
            "until": "2027-05-04",
            "withdrawn_at": "2026-12-01T10:00:00+00:00",
            "signatures": [{"who": "child", "answer": "yes", "on": "2026-11-04"}],
        }
    ],
    "meetings": [
        {
            "id": "m",
            "meeting": "oppstartsmote",
            "starts_at": "2026-11-26T13:00:00+00:00",
            "called_on": "2026-11-19",
            "held_on": None,
            "off": False,
            "invitations": [{"service": "gp", "answer": None}],
        }
    ],
    "tasks": [{"id": "t", "service": "gp", "set_on": "2026-11-04", "due": None, "state": "agreed"}],
    "mappings": [
        {
            "id": "k",
            "area": "dental",
            "service": "dental",
            "asked_on": "2026-11-05",
            "due_on": "2026-12-05",
            "state": "asked",
            "since": "2026-11-05",
            "conclusion": None,
            "step": None,
        }
    ],
    "referrals": [
        {
            "id": "h",
            "area": "mental",
            "from": "gp",
            "to": "camhs",
            "received_on": "2026-11-12",
            "urgent": True,
            "answer": "right_granted",
            "answered_on": "2026-11-20",
            "deadline": "2027-01-10",
            "followed": False,
            "answer_id": "s",
        },
    ],
    "closed_on": None,
    "closed_at": None,
    "reactivated_on": None,
    "moved_on": "2026-11-20",
    "spells": [{"from": "2026-10-26T08:00:00+00:00", "until": None}],
}


def test_facts_are_read_from_the_database_as_they_are() -> None:
    facts = facts_from(FROM_DATABASE)
    assert facts.status is PathwayStatus.UNDER_WAY
    assert facts.version == 7
    assert facts.situation.carers[0].kind is SignatoryKind.PARENT
    assert [period.until_on for period in facts.situation.carers[0].periods] == [date(2020, 1, 1), None]
    assert facts.situation.care[0].basis is CareBasis.CARE_ORDER
    assert facts.situation.cannot_form_views[0].until_on == date(2019, 5, 14)
    assert facts.situation.lacks_decision_competence == ()
    assert facts.consents[0].signatures[0].signatory == CHILD
    assert facts.consents[0].signatures[0].answer is ConsentAnswer.YES
    assert facts.consents[0].withdrawn_at == datetime(2026, 12, 1, 10, tzinfo=UTC)
    assert facts.meetings[0].invitations[0].answer is None
    assert facts.mappings[0].conclusion == ""
    assert facts.polls_over == {"poll"}
    assert facts.referrals[0].answer is ReferralAnswerKind.RIGHT_GRANTED
    assert facts.started is not None
    assert facts.started.criteria == ("C1_ACUTE_SYMPTOMS",)
    assert facts.spells == ((datetime(2026, 10, 26, 8, tzinfo=UTC), None),)


def test_what_the_database_leaves_out_is_left_out() -> None:
    unanswered = FROM_DATABASE["referrals"][0] | {"answer": None}
    facts = facts_from(
        FROM_DATABASE
        | {
            "cannot_form_views_until": None,
            "lacks_decision_competence_from": "2028-05-14",
            "referrals": [unanswered],
            "assessments": [],
        }
    )
    assert facts.situation.cannot_form_views == ()
    assert facts.situation.lacks_decision_competence[0].from_on == date(2028, 5, 14)
    assert facts.referrals[0].answer is None
    assert facts.started is None


# --- in which phase something was, and which conversations are about what is decided ------------------------------

WAY = (
    lifecycle.Phase(1, DONE, STARTED),
    lifecycle.Phase(2, DONE, STARTED),
    lifecycle.Phase(3, NOW, date(2026, 11, 20)),
    lifecycle.Phase(4, AHEAD, date(2026, 11, 21)),
    lifecycle.Phase(5, AHEAD, None),
)


@pytest.mark.parametrize(
    ("day", "number"),
    [
        pytest.param(OPENED, 1, id="before-it-was-decided"),
        pytest.param(STARTED, 2, id="the-day-it-started"),
        pytest.param(date(2026, 11, 19), 2, id="before-mapping"),
        pytest.param(date(2026, 11, 20), 3, id="the-day-mapping-was-asked-for"),
        pytest.param(date(2027, 1, 1), 3, id="not-in-a-phase-that-has-not-begun"),
    ],
)
def test_the_phase_on_a_day_is_the_last_that_had_begun(day: date, number: int) -> None:
    assert lifecycle.phase_on(WAY, day) == number


NO = AssessmentFact("b", AssessmentOutcome.DO_NOT_START, date(2026, 10, 30), ())
ASKED = replace(mapping(MappingState.ASKED), asked_on=date(2026, 11, 20))


@pytest.mark.parametrize(
    ("facts", "phase", "since"),
    [
        pytest.param(CASE, 1, date.min, id="first-assessment"),
        pytest.param(replace(CASE, assessments=(NO,)), 1, date(2026, 10, 30), id="assessed-again"),
        pytest.param(UNDER_WAY, 3, STARTED, id="mapping-since-it-started"),
        pytest.param(replace(UNDER_WAY, mappings=(ASKED,)), 3, STARTED, id="one-mapping-moves-no-other"),
        pytest.param(UNDER_WAY, 5, STARTED, id="closing-without-mapping"),
        pytest.param(replace(UNDER_WAY, mappings=(ASKED,)), 5, ASKED.asked_on, id="closing-since-mapping"),
    ],
)
def test_which_conversations_are_about_what_is_decided(facts: Facts, phase: int, since: date) -> None:
    assert lifecycle.talks_count_from(facts, phase) == since
