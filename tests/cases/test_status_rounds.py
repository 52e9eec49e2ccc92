"""A status meeting without a meeting: who is asked, what the answers come to, and what comes next."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grunnmur import clock
from grunnmur.cases import access, door, next_step, rounds
from grunnmur.cases.actions import questions, status_rounds
from grunnmur.cases.lifecycle import QuestionFact
from grunnmur.cases.models import Child, Question, RoundConcluded, StatusRound
from grunnmur.cases.queries import case as cases
from grunnmur.cases.queries import questions as queries
from grunnmur.cases.terms import AnswerSays, ChildParticipation, HealthArea, HowItGoes, InformationKind, QuestionSort
from tests import health_case, together

Acting = Callable[[str], AbstractContextManager[Any]]
Travel = Callable[[datetime], None]
MEETING = "call_meeting:statusmote"
BETTER, WORSE, SAME, UNKNOWN = HowItGoes.BETTER, HowItGoes.WORSE, HowItGoes.SAME, HowItGoes.NOT_KNOWN


def answer(goes: HowItGoes | None, *, wants_meeting: bool = False) -> QuestionFact:
    on = clock.today()
    given_on = on if goes else None
    sort, kind = QuestionSort.STATUS, InformationKind.COORDINATION
    return QuestionFact("q", sort, kind, "owner", "s", on, on, given_on, goes, wants_meeting, "r")


@pytest.mark.parametrize(
    ("answers", "proposes", "is_complete"),
    [
        ([answer(BETTER), answer(SAME)], False, True),
        ([answer(BETTER), answer(WORSE)], True, True),
        ([answer(WORSE), answer(WORSE)], False, True),
        ([answer(BETTER), answer(UNKNOWN)], False, True),
        ([answer(SAME), answer(SAME, wants_meeting=True)], True, True),
        ([answer(BETTER), answer(None)], False, False),
        ([], False, True),
    ],
    ids=["agree", "differ", "worse, all", "one does not know", "one asks", "one is silent", "nobody"],
)
def test_what_the_answers_come_to(answers: list[QuestionFact], proposes: bool, is_complete: bool) -> None:
    found = rounds.put_together(answers)
    assert (found.proposes_meeting, found.is_complete) == (proposes, is_complete)


@given(st.lists(st.builds(answer, st.sampled_from([*HowItGoes, None]), wants_meeting=st.booleans()), max_size=6))
def test_one_more_answer_never_takes_a_proposal_away(answers: list[QuestionFact]) -> None:
    for number in range(len(answers)):
        if rounds.put_together(answers[:number]).proposes_meeting:
            assert rounds.put_together(answers).proposes_meeting


@pytest.fixture
def case(acting: Acting, anna: Child, travel: Travel) -> uuid.UUID:
    """The start-up meeting is held; the GP and ABUP take part, and everything else is done."""
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        together.start(kari, pathway_id)
        health_case.consent(kari, pathway_id, "storgata", HealthArea.SOMATIC)
        health_case.consent(kari, pathway_id, "abup", HealthArea.MENTAL)
        meeting = together.call(kari, pathway_id, "storgata", "abup", days=1)
    travel(clock.now() + timedelta(days=2))
    with acting("kari") as kari:
        from grunnmur.cases.actions import meetings

        meetings.hold(
            actor=kari,
            pathway_id=pathway_id,
            once=None,
            meeting_id=meeting.pk,
            held_on=clock.today() - timedelta(days=1),
            services_present=[],
            people_present=[],
            child_present=True,
            participation=ChildParticipation.CONVERSATION,
            minutes="Vi ble enige.",
        )
    return pathway_id


def start(actor: Any, case: uuid.UUID, **more: Any) -> StatusRound:
    return status_rounds.begin(
        **{
            "actor": actor,
            "pathway_id": case,
            "once": None,
            "services": [together.service_id("storgata"), together.service_id("abup")],
            "text": "Hvordan går det?",
            "answer_by": clock.today() + timedelta(days=7),
            **more,
        }
    )


def reply(acting: Acting, case: uuid.UUID, who: str, goes: HowItGoes, *, wants_meeting: bool = False) -> None:
    with acting(who) as actor:
        questions.answer(
            actor=actor,
            pathway_id=case,
            once=None,
            question_id=Question.objects.get(to_service=actor.service_id).pk,
            says=AnswerSays.ANSWERED,
            text="Vi har snakket med henne.",
            goes=goes,
            wants_meeting=wants_meeting,
        )


def conclude(actor: Any, case: uuid.UUID, started: StatusRound, **more: Any) -> RoundConcluded:
    given = {"summary": "Det går bra.", "calls_meeting": False, **more}
    return status_rounds.conclude(actor=actor, pathway_id=case, once=None, round_id=started.pk, **given)


def keys(actor: Any, case: uuid.UUID) -> list[str]:
    """What waits, as lists keep it."""
    return [next_step.label(step) for step in cases.get_case(actor, case, page="pathway").steps()]


def test_everybody_answers_and_the_owner_puts_it_together(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        assert MEETING in keys(kari, case)
        started = start(kari, case)
        assert MEETING not in keys(kari, case)
        assert "conclude_round" not in keys(kari, case)
    reply(acting, case, "per", BETTER)
    reply(acting, case, "siri", SAME)
    with acting("kari") as kari:
        assert "conclude_round" in keys(kari, case)
        [shown] = queries.get_questions(kari, case).rounds
        assert (shown.together.answered, shown.together.proposes_meeting) == (2, False)
        conclude(kari, case, started)
        assert "consider_closing" in keys(kari, case), (
            "nothing is open, and the round is the status meeting of its time"
        )
        assert MEETING not in keys(kari, case)


def test_when_they_are_to_meet_a_meeting_is_next(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        started = start(kari, case)
    reply(acting, case, "per", BETTER)
    reply(acting, case, "siri", WORSE)
    with acting("kari") as kari:
        [shown] = queries.get_questions(kari, case).rounds
        assert shown.together.differs
        conclude(kari, case, started, calls_meeting=True)
        assert MEETING in keys(kari, case)


def test_who_does_not_answer_is_not_waited_for_for_ever(acting: Acting, case: uuid.UUID, travel: Travel) -> None:
    with acting("kari") as kari:
        start(kari, case)
    travel(clock.now() + timedelta(days=8))
    with acting("kari") as kari:
        assert "conclude_round" in keys(kari, case)


@pytest.mark.parametrize(
    ("given_", "field", "sentence"),
    [
        ({"services": [together.service_id("storgata")]}, "services", "minst to"),
        ({"services": [together.service_id("storgata"), together.service_id("skolen")]}, "services", "ikke med"),
        ({"services": [together.service_id("storgata"), together.service_id("grimstad")]}, "services", "ikke med"),
        ({"text": " "}, "text", "Skriv hva"),
        ({"answer_by": together.day(-30)}, "answer_by", "alt gått ut"),
    ],
)
def test_what_cannot_be_started(
    acting: Acting, case: uuid.UUID, given_: dict[str, Any], field: str, sentence: str
) -> None:
    with acting("kari") as kari:
        with pytest.raises(door.Invalid) as invalid:
            start(kari, case, **given_)
        assert sentence in str(invalid.value.problems[field])
        assert not StatusRound.objects.exists()


def test_one_round_at_a_time_and_each_is_concluded_once(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        started = start(kari, case)
        with pytest.raises(door.Invalid):
            start(kari, case)
        with pytest.raises(door.Invalid):
            conclude(kari, case, started, summary=" ")
        conclude(kari, case, started)
        with pytest.raises(door.Invalid):
            conclude(kari, case, started)
    with acting("per") as per, pytest.raises(access.Refused):
        start(per, case)


def test_the_pages(acting: Acting, client_of: Any, case: uuid.UUID, as_admin: Any) -> None:
    from tests.web.reading import form_of, page, text

    kari = client_of("kari")
    address = f"/forlop/{case}/statusrunde/"
    soup = page(kari.get(address))
    assert len(soup.select("[name=services][checked]")) == 2, "all who take part are ticked"
    assert kari.post(address, form_of(soup)).status_code == 302
    reply(acting, case, "per", BETTER)
    reply(acting, case, "siri", WORSE)
    soup = page(kari.get(f"/forlop/{case}/sporsmal/"))
    assert "Vi foreslår et møte" in text(soup)
    assert {"Bedre", "Verre"} <= {cell.get_text() for cell in soup.select("td span")}
    with as_admin():
        end = f"{address}{StatusRound.objects.get().pk}/"
    soup = page(kari.get(end))
    assert soup.select_one("[name=calls_meeting][checked]"), "the proposal is ticked beforehand"
    assert kari.post(end, form_of(soup, summary="Vi møtes på torsdag.")).status_code == 302
    assert "Vi møtes på torsdag." in text(page(client_of("per").get(f"/forlop/{case}/sporsmal/")))
    assert client_of("ola").get(address).status_code == 404
