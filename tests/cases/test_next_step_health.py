"""What waits around mapping, referral and closing, and what they say of where a case is. Pure: no database.

Anna is 16 and consents alone, so that each test says only what it is about.
"""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grunnmur.cases import deadlines
from grunnmur.cases.consent import CHILD, ConsentFact, Signature, Situation
from grunnmur.cases.definition import definitions
from grunnmur.cases.lifecycle import (
    AssessmentFact,
    Facts,
    InvitationFact,
    MappingFact,
    MeetingFact,
    PhaseState,
    ReferralFact,
    TaskFact,
    next_status,
    phases,
)
from grunnmur.cases.next_step import SENTENCES, Step, open_steps, sentence
from grunnmur.cases.terms import (
    HEALTH_KINDS,
    AssessmentOutcome,
    ConsentAnswer,
    ConsentPurpose,
    HealthArea,
    MappingState,
    MeetingKind,
    PathwayStatus,
    ReferralAnswerKind,
    TaskState,
)
from grunnmur.clock import OSLO

TODAY = date(2026, 11, 22)
STARTED = date(2026, 11, 2)
OWNER, GP, CAMHS = "owner", "gp", "camhs"
MENTAL, SOMATIC, DENTAL = HealthArea.MENTAL, HealthArea.SOMATIC, HealthArea.DENTAL
ASKED, ACCEPTED, UNDER_WAY = MappingState.ASKED, MappingState.ACCEPTED, MappingState.UNDER_WAY
CONCLUDED, NOT_INDICATED = MappingState.CONCLUDED, MappingState.NOT_INDICATED
GRANTED, REJECTED, RETURNED = (
    ReferralAnswerKind.RIGHT_GRANTED,
    ReferralAnswerKind.REJECTED,
    ReferralAnswerKind.RETURNED,
)
NAMES = {OWNER: "barnevernet", GP: "fastlegen", CAMHS: "BUP"}
EDITION = definitions().edition("2023")


def on(days: int) -> date:
    """A day counted from today."""
    return TODAY + timedelta(days=days)


def consent(recipient: str) -> ConsentFact:
    return ConsentFact(
        id=f"consent-{recipient}",
        purpose=ConsentPurpose.CONTACT_HEALTH,
        recipient=recipient,
        kinds=HEALTH_KINDS,
        signatures=(Signature(CHILD, ConsentAnswer.YES, STARTED),),
        valid_from=STARTED,
        valid_until=on(365),
    )


def mapping(
    state: MappingState = ASKED,
    *,
    area: HealthArea = SOMATIC,
    service: str | None = GP,
    since: int = -3,
    due: int | None = None,
    id: str = "map",
) -> MappingFact:
    return MappingFact(
        id=id,
        area=area,
        service=service,
        asked_on=on(since),
        due_on=None if due is None else on(due),
        state=state,
        since=on(since),
        conclusion="",
    )


def referral(
    answer: ReferralAnswerKind | None = None,
    *,
    area: HealthArea = MENTAL,
    sent: int = -5,
    answered: int = -1,
    followed: bool = False,
    id: str = "ref",
    **more: str,
) -> ReferralFact:
    return ReferralFact(
        id=id,
        area=area,
        from_service=more.get("sender", GP),
        to_service=more.get("to", CAMHS),
        received_on=on(sent),
        is_urgent=False,
        answer=answer,
        answered_on=on(answered) if answer else None,
        treatment_deadline=on(60) if answer is GRANTED else None,
        is_followed=followed,
    )


def case(*, consents: tuple[str, ...] = (GP, CAMHS), **more: Any) -> Facts:
    """Under way since the second of November; the GP and BUP may take part."""
    given: dict[str, Any] = {
        "pathway": "p",
        "edition": "2023",
        "status": PathwayStatus.UNDER_WAY,
        "owner": OWNER,
        "contact_person": "kari",
        "opened_on": STARTED,
        "version": 1,
        "situation": Situation(born_on=date(2010, 5, 14), carers=(), care=()),
        "assessments": (AssessmentFact("a", AssessmentOutcome.START, STARTED, ("C3_SERVICE_SEES_NEED",)),),
        "consents": tuple(consent(one) for one in consents),
    }
    return Facts(**{**given, **more})


def steps(facts: Facts) -> dict[str, Step]:
    """The open steps by their key."""
    return {step.key: step for step in open_steps(facts, edition=EDITION, on=TODAY)}


# --- mapping --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "due_on", "set_by"),
    [
        pytest.param(mapping(ASKED), on(4), "answer_mapping_request", id="asked: a week to say whether it takes it"),
        pytest.param(mapping(ASKED, due=2), on(2), "", id="asked: an agreed day that comes sooner"),
        pytest.param(mapping(ASKED, due=40), on(4), "answer_mapping_request", id="asked: a later day does not wait"),
        pytest.param(mapping(ACCEPTED), on(53), "conclude_mapping", id="accepted: eight weeks"),
        pytest.param(mapping(UNDER_WAY), on(53), "conclude_mapping", id="under way: eight weeks"),
        pytest.param(mapping(UNDER_WAY, due=10), on(10), "", id="under way: the agreed day"),
        pytest.param(mapping(UNDER_WAY, due=90), on(90), "", id="under way: an agreed day may be later"),
    ],
)
def test_a_mapping_waits_for_the_service_that_was_asked(given: MappingFact, due_on: date, set_by: str) -> None:
    step = steps(case(mappings=(given,)))["map"]
    assert step.ball == {GP}
    assert (step.since, step.due_on, step.deadline) == (on(-3), due_on, set_by)
    assert (step.kind, step.subject, step.area) == (SOMATIC.kind, "map", SOMATIC)


@pytest.mark.parametrize("state", [CONCLUDED, NOT_INDICATED])
def test_a_finished_mapping_waits_for_nobody(state: MappingState) -> None:
    assert "map" not in steps(case(mappings=(mapping(state),)))


def test_a_mapping_comes_back_to_the_owner_when_the_consent_is_gone() -> None:
    found = steps(case(consents=(CAMHS,), mappings=(mapping(UNDER_WAY),)))
    assert "map" not in found
    assert found["reassign_mapping"].ball == {OWNER}
    assert found["reassign_mapping"].kind is SOMATIC.kind


def test_it_comes_back_also_when_nobody_has_consent_any_longer() -> None:
    assert steps(case(consents=(), mappings=(mapping(),)))["reassign_mapping"].ball == {OWNER}


def test_only_the_newest_mapping_of_an_area_counts() -> None:
    old = mapping(UNDER_WAY, service="school", id="old")
    facts = case(mappings=(old, mapping(id="new")))
    assert steps(facts)["map"].subject == "new"
    assert "reassign_mapping" not in steps(facts)
    assert facts.open_things() == ("new",)


def test_an_open_mapping_without_a_service_is_the_owners() -> None:
    assert steps(case(mappings=(mapping(service=None),)))["reassign_mapping"].ball == {OWNER}


ALL_AREAS = tuple(mapping(CONCLUDED, area=area, id=area.value) for area in HealthArea)


def test_every_area_of_the_edition_is_to_be_considered() -> None:
    assert "consider_areas" in steps(case(mappings=ALL_AREAS[:-1]))
    assert "consider_areas" not in steps(case(mappings=ALL_AREAS))


def test_a_referral_considers_its_area_too() -> None:
    rest = tuple(item for item in ALL_AREAS if item.area is not MENTAL)
    assert "consider_areas" not in steps(case(mappings=rest, referrals=(referral(),)))


def test_an_area_left_out_by_the_owner_is_considered_but_one_that_a_service_declined_is_not() -> None:
    rest = tuple(item for item in ALL_AREAS if item.area is not DENTAL)
    left_out = mapping(NOT_INDICATED, area=DENTAL, service=None)
    declined = mapping(NOT_INDICATED, area=DENTAL, service=GP)
    assert "consider_areas" not in steps(case(mappings=(*rest, left_out)))
    assert "consider_areas" in steps(case(mappings=(*rest, declined)))


def test_nothing_is_asked_of_areas_before_somebody_may_be_contacted() -> None:
    assert "consider_areas" not in steps(case(consents=()))


# --- referral -------------------------------------------------------------------------------------------------


def test_a_referral_waits_for_its_receiver_ten_working_days() -> None:
    step = steps(case(referrals=(referral(),)))["answer_referral"]
    assert step.ball == {CAMHS}
    assert step.since == on(-5)
    assert step.due_on == deadlines.referral_assessment_due(on(-5)) == date(2026, 12, 1)
    assert step.deadline == "assess_referral"
    assert definitions().deadline(step.deadline).text() == "10 virkedager fra mottatt henvisning (pbrl § 2-2 a)"


def test_a_receiver_that_sees_the_case_keeps_the_ball_when_it_is_late() -> None:
    step = steps(case(referrals=(referral(sent=-30),)))["answer_referral"]
    assert step.ball == {CAMHS}
    assert step.is_late(TODAY)


@pytest.mark.parametrize(
    ("consents", "ball"),
    [
        pytest.param((GP,), GP, id="the one who referred asks, and writes down the answer"),
        pytest.param(("dental",), OWNER, id="the owner, when the one who referred is gone"),
        pytest.param((), OWNER, id="the owner, when nobody has consent"),
    ],
)
def test_a_receiver_that_does_not_see_the_case_is_asked_once_it_is_late(consents: tuple[str, ...], ball: str) -> None:
    facts = case(consents=consents, referrals=(referral(sent=-30),))
    step = steps(facts)["write_down_answer"]
    assert step.ball == {ball}
    assert step.since == step.due_on == deadlines.referral_assessment_due(on(-30))
    assert "answer_referral" not in steps(facts)


def test_until_then_it_is_waited_for() -> None:
    last_day = deadlines.referral_assessment_due(on(-5))
    facts = case(consents=(GP,), referrals=(referral(),))
    for day in (TODAY, last_day):
        keys = {step.key for step in open_steps(facts, edition=EDITION, on=day)}
        assert "answer_referral" in keys
        assert "write_down_answer" not in keys


@pytest.mark.parametrize(
    ("consents", "ball"),
    [pytest.param((GP,), GP, id="the sender"), pytest.param((CAMHS,), OWNER, id="the owner for a sender that is gone")],
)
def test_a_returned_referral_is_to_be_completed(consents: tuple[str, ...], ball: str) -> None:
    step = steps(case(consents=consents, referrals=(referral(RETURNED),)))["complete_referral"]
    assert step.ball == {ball}
    assert step.since == on(-1)


def test_a_followed_referral_waits_for_nobody() -> None:
    found = steps(case(referrals=(referral(RETURNED, followed=True), referral(id="new"))))
    assert "complete_referral" not in found
    assert found["answer_referral"].subject == "new"


def test_after_a_rejection_the_owner_finds_out_who_helps_instead() -> None:
    step = steps(case(referrals=(referral(REJECTED),)))["who_helps_instead"]
    assert step.ball == {OWNER}
    assert step.since == on(-1)


@pytest.mark.parametrize(
    ("mappings", "referrals", "waits"),
    [
        pytest.param((mapping(area=MENTAL, since=-1),), (), False, id="a service is asked instead"),
        pytest.param((mapping(NOT_INDICATED, area=MENTAL, service=None, since=0),), (), False, id="left out since"),
        pytest.param((), (referral(id="new", sent=0),), False, id="referred elsewhere"),
        pytest.param((mapping(CONCLUDED, area=MENTAL, since=-2),), (), True, id="what came before does not count"),
        pytest.param((mapping(area=SOMATIC, since=0),), (), True, id="another area does not count"),
        pytest.param((), (referral(id="new", sent=0, area=SOMATIC),), True, id="nor a referral about another area"),
    ],
)
def test_until_somebody_is_asked_instead(
    mappings: tuple[MappingFact, ...], referrals: tuple[ReferralFact, ...], waits: bool
) -> None:
    found = steps(case(mappings=mappings, referrals=(referral(REJECTED), *referrals)))
    assert ("who_helps_instead" in found) is waits


def test_a_granted_right_waits_for_nobody_here() -> None:
    found = steps(case(referrals=(referral(GRANTED),)))
    assert not {"answer_referral", "complete_referral", "who_helps_instead", "write_down_answer"} & set(found)


def test_help_that_is_asked_for_ends_the_emergency() -> None:
    acute = (AssessmentFact("a", AssessmentOutcome.START, STARTED, ("C1_ACUTE_SYMPTOMS",)),)
    assert steps(case(assessments=acute))["act_now"].due_on == STARTED
    assert "act_now" not in steps(case(assessments=acute, referrals=(referral(),)))
    assert "act_now" not in steps(case(assessments=acute, mappings=(mapping(),)))


# --- closing --------------------------------------------------------------------------------------------------


def held(kind: MeetingKind, days: int) -> MeetingFact:
    at = on(days)
    return MeetingFact(
        id=kind.value,
        meeting=kind,
        starts_at=datetime.combine(at, time(14), OSLO),
        called_on=at,
        held_on=at,
        is_off=False,
        invitations=(InvitationFact(GP, "accepted"),),
    )


MEETINGS = (
    held(MeetingKind.AVKLARINGSMOTE, -18),
    held(MeetingKind.OPPSTARTSMOTE, -12),
    held(MeetingKind.STATUSMOTE, -2),
)
DONE = TaskFact(id="t", service=GP, set_on=on(-10), due_on=None, state=TaskState.DONE)


def finished(**more: Any) -> Facts:
    """Everything done: meetings held, areas considered, the task done."""
    return case(**{"meetings": MEETINGS, "mappings": ALL_AREAS, "tasks": (DONE,), **more})


def test_when_everything_is_done_the_owner_considers_closing() -> None:
    found = steps(finished())
    assert list(found) == ["consider_closing"]
    assert found["consider_closing"].ball == {OWNER}


OPEN_TASK = replace(DONE, state=TaskState.AGREED)


@pytest.mark.parametrize(
    ("more", "thing"),
    [
        pytest.param({"tasks": (OPEN_TASK,)}, "t", id="a task"),
        pytest.param({"mappings": (*ALL_AREAS, mapping(UNDER_WAY, id="again"))}, "again", id="a mapping"),
        pytest.param({"referrals": (referral(),)}, "ref", id="an unanswered referral"),
        pytest.param({"referrals": (referral(RETURNED),)}, "ref", id="a returned referral"),
    ],
)
def test_closing_is_not_proposed_while_something_is_open(more: dict[str, Any], thing: str) -> None:
    facts = finished(**more)
    assert "consider_closing" not in steps(facts)
    assert facts.open_things() == (thing,)


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"referrals": (referral(GRANTED),)}, id="a granted right"),
        pytest.param({"referrals": (referral(RETURNED, followed=True),)}, id="a referral that was followed"),
        pytest.param({"mappings": (*ALL_AREAS, mapping(NOT_INDICATED))}, id="an area left out"),
    ],
)
def test_what_goes_on_by_itself_is_not_open(more: dict[str, Any]) -> None:
    assert finished(**more).open_things() == ()


@pytest.mark.parametrize("status", [PathwayStatus.CLOSED, PathwayStatus.NOT_STARTED])
def test_an_ended_case_waits_for_nobody(status: PathwayStatus) -> None:
    assert open_steps(finished(status=status, referrals=(referral(),)), edition=EDITION, on=TODAY) == ()


@pytest.mark.parametrize(
    ("status", "act", "to"),
    [
        (PathwayStatus.UNDER_WAY, "close", PathwayStatus.CLOSED),
        (PathwayStatus.CLOSED, "reactivate", PathwayStatus.UNDER_WAY),
        (PathwayStatus.NOT_STARTED, "reactivate", PathwayStatus.UNDER_ASSESSMENT),
        (PathwayStatus.UNDER_ASSESSMENT, "close", None),
        (PathwayStatus.CLOSED, "close", None),
        (PathwayStatus.UNDER_WAY, "reactivate", None),
    ],
)
def test_closing_and_taking_up_again(status: PathwayStatus, act: str, to: PathwayStatus | None) -> None:
    assert next_status(status, act) is to


def test_a_case_taken_up_again_is_not_proposed_closed_on_an_old_meeting() -> None:
    assert "consider_closing" not in steps(finished(reactivated_on=on(-1)))
    assert steps(finished(reactivated_on=on(-1)))["call_meeting"].meeting is MeetingKind.STATUSMOTE


# --- the phase ------------------------------------------------------------------------------------------------


def phase_3(facts: Facts) -> tuple[PhaseState, date | None]:
    found = phases(facts)[2]
    assert found.number == 3
    return found.state, found.since


@pytest.mark.parametrize(
    ("facts", "state", "since"),
    [
        pytest.param(case(), PhaseState.AHEAD, None, id="nothing asked"),
        pytest.param(case(mappings=(mapping(),)), PhaseState.NOW, on(-3), id="a service is asked"),
        pytest.param(case(referrals=(referral(),)), PhaseState.NOW, on(-5), id="a referral before any mapping"),
        pytest.param(case(mappings=(mapping(CONCLUDED),)), PhaseState.DONE, on(-3), id="all mapped"),
        pytest.param(
            case(mappings=(mapping(UNDER_WAY, id="old"), mapping(CONCLUDED, id="new"))),
            PhaseState.DONE,
            on(-3),
            id="the newest of an area counts",
        ),
        pytest.param(case(referrals=(referral(RETURNED),)), PhaseState.NOW, on(-5), id="returned"),
        pytest.param(case(referrals=(referral(GRANTED),)), PhaseState.DONE, on(-5), id="granted"),
        pytest.param(
            case(status=PathwayStatus.CLOSED, closed_on=TODAY, referrals=(referral(),)),
            PhaseState.DONE,
            on(-5),
            id="closed with someone carrying on",
        ),
    ],
)
def test_where_phase_3_stands(facts: Facts, state: PhaseState, since: date | None) -> None:
    assert phase_3(facts) == (state, since)


def test_phase_5_is_done_when_the_case_is_closed() -> None:
    assert phases(finished())[4].state is PhaseState.AHEAD
    closed = phases(finished(status=PathwayStatus.CLOSED, closed_on=TODAY))[4]
    assert (closed.state, closed.since) == (PhaseState.DONE, TODAY)


# --- in words, and for any case ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "key", "words"),
    [
        (case(mappings=(mapping(),)), "map", "fastlegen kartlegger kroppslig helse"),
        (case(referrals=(referral(),)), "answer_referral", "BUP skal svare på henvisningen om psykisk helse"),
        (
            case(referrals=(referral(RETURNED),)),
            "complete_referral",
            "fastlegen må fylle ut henvisningen om psykisk helse, som kom i retur",
        ),
        (
            case(referrals=(referral(REJECTED),)),
            "who_helps_instead",
            "Henvisningen om psykisk helse ble avslått. Finn ut hvem som kan hjelpe i stedet",
        ),
        (
            case(consents=(), mappings=(mapping(),)),
            "reassign_mapping",
            "Tjenesten som skulle kartlegge kroppslig helse, er ikke med lenger. Finn en annen",
        ),
        (
            case(consents=(GP,), referrals=(referral(sent=-30),)),
            "write_down_answer",
            "Svaret på henvisningen om psykisk helse kom ikke innen fristen. Hør med tjenesten, og skriv inn svaret",
        ),
    ],
)
def test_each_step_is_a_sentence(facts: Facts, key: str, words: str) -> None:
    assert sentence(steps(facts)[key], names=NAMES) == words


mappings_of = st.lists(
    st.builds(
        lambda area, state, service, since, number: mapping(
            state, area=area, service=service, since=-since, id=f"m{number}"
        ),
        st.sampled_from(HealthArea),
        st.sampled_from(MappingState),
        st.sampled_from([GP, CAMHS, "school", None]),
        st.integers(0, 60),
        st.integers(0, 10**6),
    ),
    max_size=5,
    unique_by=lambda item: item.id,
)
referrals_of = st.lists(
    st.builds(
        lambda area, answer, sent, followed, number: referral(
            answer, area=area, sent=-sent, followed=followed, id=f"r{number}"
        ),
        st.sampled_from(HealthArea),
        st.sampled_from([None, *ReferralAnswerKind]),
        st.integers(1, 60),
        st.booleans(),
        st.integers(0, 10**6),
    ),
    max_size=4,
    unique_by=lambda item: item.id,
)


@given(found=mappings_of, sent=referrals_of, consents=st.sets(st.sampled_from([GP, CAMHS])))
def test_everything_open_waits_for_exactly_one_who_can_act(
    found: list[MappingFact], sent: list[ReferralFact], consents: set[str]
) -> None:
    facts = case(mappings=tuple(found), referrals=tuple(sent), consents=tuple(consents))
    waiting = [step for step in open_steps(facts, edition=EDITION, on=TODAY) if step.subject]
    for thing in facts.open_things():
        assert sum(step.subject == thing for step in waiting) == 1
    for step in waiting:
        assert step.key in SENTENCES
        assert step.area is not None
        assert step.kind is step.area.kind
        # A receiver outside the case is waited for by law; everyone else must be able to see what waits for them.
        if step.key != "answer_referral":
            assert step.ball <= consents | {OWNER}
