"""What waits around questions and status rounds. Pure: no database."""

from datetime import date, timedelta

import pytest

from grunnmur.cases import next_step
from grunnmur.cases.lifecycle import QuestionFact, RoundFact
from grunnmur.cases.terms import HEALTH_KINDS, HowItGoes, InformationKind, MeetingKind, QuestionSort
from tests.cases.test_next_step_health import GP, OWNER, TODAY, case, held, steps

COORDINATION, MENTAL = InformationKind.COORDINATION, InformationKind.MENTAL
HELD = (held(MeetingKind.AVKLARINGSMOTE, -18), held(MeetingKind.OPPSTARTSMOTE, -12))


def question(
    *, answered: date | None = None, to: str = GP, kind: InformationKind = MENTAL, **more: object
) -> QuestionFact:
    given = {"goes": None, "wants_meeting": False, "round": None, **more}
    asked, by = TODAY - timedelta(days=3), TODAY + timedelta(days=3)
    return QuestionFact("q", QuestionSort.STATUS, kind, OWNER, to, asked, by, answered, **given)  # type: ignore[arg-type]


def round_(*, by: int = 3, concluded: date | None = None, calls_meeting: bool = False) -> RoundFact:
    return RoundFact("r", TODAY - timedelta(days=5), TODAY + timedelta(days=by), concluded, calls_meeting)


@pytest.mark.parametrize(
    ("asked", "waits"),
    [
        (question(), True),
        (question(to=OWNER, kind=COORDINATION), True),
        (question(answered=TODAY), False),
        (question(to="dentist"), False),
    ],
    ids=["asked", "the owner", "answered", "no consent"],
)
def test_a_question_waits_for_whoever_can_answer_it(asked: QuestionFact, waits: bool) -> None:
    found = steps(case(questions=(asked,))).get("answer_question")
    assert (found is not None) is waits
    if found:
        assert (found.ball, found.kind, found.due_on) == ({asked.to_service}, asked.kind, asked.answer_by)


@pytest.mark.parametrize(
    ("asked", "started", "waits"),
    [
        ((question(round="r"),), round_(), False),
        ((question(round="r", answered=TODAY, goes=HowItGoes.BETTER),), round_(), True),
        ((question(round="r"),), round_(by=-1), True),
        ((question(round="r", answered=TODAY),), round_(concluded=TODAY), False),
    ],
    ids=["somebody is silent", "all have answered", "the time is over", "concluded"],
)
def test_a_round_is_put_together_when_all_have_answered_or_the_time_is_over(
    asked: tuple[QuestionFact, ...], started: RoundFact, waits: bool
) -> None:
    assert ("conclude_round" in steps(case(questions=asked, rounds=(started,), meetings=HELD))) is waits


def test_no_other_meeting_while_a_round_is_under_way() -> None:
    found = steps(case(meetings=HELD, rounds=(round_(),), questions=(question(round="r"),)))
    assert not any(step.meeting is MeetingKind.STATUSMOTE for step in found.values())


def test_after_a_round_that_asked_for_it_a_meeting_is_next() -> None:
    found = steps(case(meetings=HELD, rounds=(round_(concluded=TODAY, calls_meeting=True),)))
    assert found["call_meeting"].meeting is MeetingKind.STATUSMOTE
    assert found["call_meeting"].since == TODAY


def test_a_round_without_a_meeting_is_the_status_meeting_of_its_time() -> None:
    found = steps(case(meetings=HELD, rounds=(round_(concluded=TODAY),)))
    assert found["consider_closing"].since == TODAY


@pytest.mark.parametrize(
    ("weighs", "sees", "is_told"),
    [
        (InformationKind(0), COORDINATION, True),
        (HEALTH_KINDS, COORDINATION | MENTAL, False),
        (HEALTH_KINDS, COORDINATION | HEALTH_KINDS, True),
        (InformationKind(0), MENTAL, False),
    ],
)
def test_who_is_told_of_a_step(weighs: InformationKind, sees: InformationKind, is_told: bool) -> None:
    step = next_step.Step("call_meeting", frozenset({OWNER}), TODAY, weighs=weighs)
    assert next_step.told(step, kinds=sees) is is_told
