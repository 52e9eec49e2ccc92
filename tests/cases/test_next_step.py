"""Phase 1, consent and acute: what comes next, with whom the ball is, by when and what stops it. Pure.

Meetings and plan: `test_next_step_meetings.py`. Mapping, referral and closing: `test_next_step_health.py`.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from grunnmur.cases import next_step
from grunnmur.cases.consent import CHILD, Carer, ConsentFact, Period, Signature, Situation
from grunnmur.cases.definition import definitions
from grunnmur.cases.lifecycle import AssessmentFact, ConversationFact, Facts, RequestFact
from grunnmur.cases.next_step import Step, open_steps, sentence
from grunnmur.cases.terms import (
    AssessmentOutcome,
    ConsentAnswer,
    ConsentPurpose,
    InformationKind,
    MeetingKind,
    PathwayStatus,
    SignatoryKind,
)

TODAY = date(2026, 11, 22)
OPENED = date(2026, 11, 2)
BORN = date(2012, 5, 14)
EDITION = definitions().edition("2023")
MOTHER = Carer("mother", SignatoryKind.PARENT, (Period(BORN, None),))
CASE = Facts(
    pathway="p",
    edition="2023",
    status=PathwayStatus.UNDER_ASSESSMENT,
    owner="owner",
    contact_person="kari",
    opened_on=OPENED,
    version=1,
    situation=Situation(born_on=BORN, carers=(MOTHER,), care=()),
)
WITH_CHILD, WITH_PARENTS = ConversationFact("child", OPENED), ConversationFact("parents", OPENED)
STARTED = replace(
    CASE,
    status=PathwayStatus.UNDER_WAY,
    assessments=(AssessmentFact("a", AssessmentOutcome.START, OPENED, ("C2_CHILD_OR_PARENT_WANTS_HELP",)),),
)


def steps(facts: Facts, *, on: date = TODAY) -> tuple[Step, ...]:
    return open_steps(facts, edition=EDITION, on=on)


def keys(facts: Facts, *, on: date = TODAY) -> list[str]:
    return [step.key for step in steps(facts, on=on)]


def consent(
    *answers: tuple[str, ConsentAnswer],
    recipient: str = "gp",
    purpose: ConsentPurpose = ConsentPurpose.CONTACT_HEALTH,
    until: date = date(2027, 5, 2),
    withdrawn_at: datetime | None = None,
) -> ConsentFact:
    return ConsentFact(
        id=f"consent-{recipient}",
        purpose=purpose,
        recipient=recipient,
        kinds=InformationKind.SOMATIC,
        signatures=tuple(Signature(who, answer, OPENED) for who, answer in answers),
        valid_from=OPENED,
        valid_until=until,
        withdrawn_at=withdrawn_at,
    )


YES, NO, NOT_ASKED = ConsentAnswer.YES, ConsentAnswer.NO, ConsentAnswer.NOT_ASKED
GOOD = consent((CHILD, YES), ("mother", YES))


# --- phase 1 ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("talks", "expected"),
    [
        pytest.param((), ["talk_with_child", "talk_with_parents", "assess"], id="nobody has been talked with"),
        pytest.param((WITH_CHILD,), ["talk_with_parents", "assess"], id="the child has"),
        pytest.param((WITH_PARENTS,), ["talk_with_child", "assess"], id="the parents have"),
        pytest.param((WITH_CHILD, WITH_PARENTS), ["assess"], id="both have, apart"),
        pytest.param((ConversationFact("both", OPENED),), ["assess"], id="both have, together"),
    ],
)
def test_the_child_and_the_parents_are_talked_with_before_anyone_decides(
    talks: tuple[ConversationFact, ...], expected: list[str]
) -> None:
    facts = replace(CASE, conversations=talks)
    assert keys(facts) == expected
    *before, assess = steps(facts)
    assert assess.blocked_by == tuple(step.key for step in before)
    assert {step.due_on for step in steps(facts)} == {OPENED + timedelta(weeks=6)}


def test_the_parents_of_a_grown_up_need_not_be_talked_with() -> None:
    adult = replace(CASE, situation=Situation(born_on=date(2008, 1, 1), carers=(), care=()))
    assert keys(adult) == ["talk_with_child", "assess"]


def test_a_case_taken_up_again_is_talked_about_anew() -> None:
    again = replace(CASE, conversations=(WITH_CHILD, WITH_PARENTS), reactivated_on=date(2026, 11, 20))
    assert keys(again) == ["talk_with_child", "talk_with_parents", "assess"]
    assert steps(again)[0].since == date(2026, 11, 20)


@pytest.mark.parametrize(
    ("request_", "waits"),
    [
        pytest.param(RequestFact("r", "school", OPENED, is_answered=False), True, id="a service has not answered"),
        pytest.param(RequestFact("r", "school", OPENED, is_answered=True), False, id="it has"),
        pytest.param(RequestFact("r", None, OPENED, is_answered=False), False, id="someone without a service"),
    ],
)
def test_information_that_was_asked_for_waits_for_who_was_asked(request_: RequestFact, waits: bool) -> None:
    facts = replace(CASE, conversations=(WITH_CHILD, WITH_PARENTS), requests=(request_,))
    found = [step for step in steps(facts) if step.key == "answer_request"]
    assert [step.ball for step in found] == ([frozenset({"school"})] if waits else [])


@pytest.mark.parametrize("status", [PathwayStatus.NOT_STARTED, PathwayStatus.CLOSED])
def test_nothing_waits_in_a_case_that_has_ended(status: PathwayStatus) -> None:
    ended = replace(CASE, status=status)
    assert steps(ended) == ()
    assert next_step.next_step(ended, edition=EDITION, on=TODAY) is None


# --- started: acute, and consent -----------------------------------------------------------------------------------


def test_an_acute_criterion_comes_before_everything() -> None:
    acute = replace(
        STARTED, assessments=(AssessmentFact("a", AssessmentOutcome.START, OPENED, ("C1_ACUTE_SYMPTOMS",)),)
    )
    first = next_step.next_step(acute, edition=EDITION, on=TODAY)
    assert first is not None
    assert (first.key, first.due_on) == ("act_now", OPENED)
    assert first.is_late(TODAY)
    assert not first.is_late(OPENED)


def test_a_case_without_its_decision_counts_from_the_day_it_was_opened() -> None:
    assert steps(replace(STARTED, assessments=()))[0].since == OPENED


def test_consent_is_asked_for_and_the_start_up_meeting_waits_for_it() -> None:
    assert keys(STARTED) == ["call_meeting", "ask_consent", "call_meeting"]
    clarification, _ask, start_up = steps(STARTED)
    assert (clarification.meeting, clarification.blocked_by) == (MeetingKind.AVKLARINGSMOTE, ())
    assert (start_up.meeting, start_up.blocked_by) == (MeetingKind.OPPSTARTSMOTE, ("consent",))


@pytest.mark.parametrize(
    ("consents", "expected"),
    [
        pytest.param((), "ask_consent", id="nobody asked"),
        pytest.param((consent((CHILD, YES), ("mother", NOT_ASKED)),), "get_signature", id="mother not asked yet"),
        pytest.param((consent((CHILD, YES), ("mother", NO)),), "respect_no", id="mother said no"),
        pytest.param((consent((CHILD, NO), ("mother", YES)),), "respect_no", id="Anna said no"),
        pytest.param((replace(GOOD, withdrawn_at=datetime(2026, 11, 20, tzinfo=UTC)),), "ask_consent", id="withdrawn"),
        pytest.param((replace(GOOD, valid_until=date(2026, 11, 20)),), "ask_consent", id="run out"),
        pytest.param(
            (replace(GOOD, purpose=ConsentPurpose.RECEIVE_HEALTH_CARE),), "ask_consent", id="for another purpose"
        ),
    ],
)
def test_what_a_consent_waits_for(consents: tuple[ConsentFact, ...], expected: str) -> None:
    asked = {"ask_consent", "get_signature", "respect_no", "renew_consent"}
    assert [key for key in keys(replace(STARTED, consents=consents)) if key in asked] == [expected]


def test_a_good_consent_opens_the_way() -> None:
    facts = replace(STARTED, consents=(GOOD,))
    assert next_step.good_recipients(facts, on=TODAY) == {"gp"}
    assert next_step.taking_part(facts, on=TODAY) == {"gp", "owner"}
    assert all(not step.blocked_by for step in steps(facts))


def test_a_consent_is_asked_for_again_before_it_runs_out_and_before_a_birthday_takes_it_away() -> None:
    soon = replace(STARTED, consents=(replace(GOOD, valid_until=date(2026, 12, 10)),))
    assert "renew_consent" in keys(soon)
    by_mother_alone = replace(
        STARTED,
        consents=(consent(("mother", YES), until=date(2028, 1, 1)),),
        situation=replace(STARTED.situation, cannot_form_views=(Period(BORN, date(2027, 5, 14)),)),
    )
    assert "renew_consent" not in keys(by_mother_alone)
    assert "renew_consent" in keys(by_mother_alone, on=date(2027, 5, 1)), "Anna turns 15 on 14 May"


def test_one_missing_answer_does_not_hide_behind_anothers_yes() -> None:
    facts = replace(STARTED, consents=(GOOD, consent((CHILD, YES), ("mother", NOT_ASKED), recipient="camhs")))
    assert "get_signature" in keys(facts)


# --- in words ------------------------------------------------------------------------------------------------------


def test_a_step_is_said_with_the_names_of_those_who_have_the_ball() -> None:
    step = Step("answer_request", frozenset({"b", "a", "c"}), OPENED)
    names = {"a": "Skolen", "b": "ABUP"}
    assert sentence(step, names=names) == "ABUP, Skolen og en tjeneste skal gi opplysningene dere har bedt om"


@pytest.mark.parametrize("key", next_step.SENTENCES)
def test_every_step_can_be_kept_for_a_list_and_said_again(key: str) -> None:
    step = Step(key, frozenset({"a"}), OPENED, meeting=MeetingKind.OPPSTARTSMOTE)
    kept = next_step.label(step)
    assert next_step.key_of(kept) == key
    assert next_step.sentence_of(kept, who="Skolen") == sentence(step, names={"a": "Skolen"})


def test_what_stops_a_step_is_said_in_words() -> None:
    blocked = steps(replace(CASE))[-1]
    assert next_step.blockers(blocked) == "at noen har snakket med barnet og at noen har snakket med foreldrene"
    assert next_step.blockers(replace(blocked, blocked_by=())) == ""
