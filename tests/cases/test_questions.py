"""Asking a service one thing and getting one answer: what is refused, what is written, and who is waited for."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest

from grunnmur import clock
from grunnmur.cases import access, door
from grunnmur.cases.actions import consents, questions
from grunnmur.cases.models import Child, Consent, Question, QuestionAnswer, RelatedPerson
from grunnmur.cases.queries import case as cases
from grunnmur.cases.queries import questions as queries
from grunnmur.cases.terms import AnswerSays, HealthArea, HowItGoes, InformationKind, QuestionSort, SignatoryKind
from tests import health_case, together

Acting = Callable[[str], AbstractContextManager[Any]]
MENTAL, COORDINATION = InformationKind.MENTAL, InformationKind.COORDINATION


@pytest.fixture
def case(acting: Acting, anna: Child) -> uuid.UUID:
    """Under way; the GP sees mental health and may tell, the dental clinic sees its own and may not."""
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        together.start(kari, pathway_id)
        health_case.consent(kari, pathway_id, "storgata", HealthArea.MENTAL, purposes=health_case.SEE_AND_TELL)
        health_case.consent(kari, pathway_id, "tannklinikken", HealthArea.DENTAL)
    return pathway_id


def ask(actor: Any, case: uuid.UUID, service: str = "storgata", **more: Any) -> Question:
    return questions.ask(
        **{
            "actor": actor,
            "pathway_id": case,
            "once": None,
            "sort": QuestionSort.INFORMATION,
            "kind": MENTAL,
            "to_service_id": together.service_id(service),
            "text": "Har hun vært hos dere med dette før?",
            "answer_by": together.day(14),
            **more,
        }
    )


def answer(actor: Any, case: uuid.UUID, question: Question, **more: Any) -> QuestionAnswer:
    return questions.answer(
        **{
            "actor": actor,
            "pathway_id": case,
            "once": None,
            "question_id": question.pk,
            "says": AnswerSays.ANSWERED,
            "text": "Ja, to ganger i vår.",
            **more,
        }
    )


def problems(call: Callable[[], object]) -> dict[str, str]:
    with pytest.raises(door.Invalid) as invalid:
        call()
    return {field: str(problem) for field, problem in invalid.value.problems.items()}


def keys(actor: Any, case: uuid.UUID) -> set[str]:
    return {step.key for step in cases.get_case(actor, case, page="pathway").steps()}


@pytest.mark.parametrize(
    ("service", "given", "field", "sentence"),
    [
        ("tannklinikken", {}, "to_service_id", "ikke samtykket"),
        ("abup", {"kind": COORDINATION}, "to_service_id", "ikke samtykket"),
        ("grimstad", {}, "to_service_id", "spørre dere selv"),
        ("storgata", {"kind": InformationKind.CHILD_WELFARE}, "kind", "Velg hva"),
        ("storgata", {"text": "  "}, "text", "Skriv hva"),
        ("storgata", {"answer_by": together.day(-1)}, "answer_by", "alt gått ut"),
        ("storgata", {"answer_by": together.day(3 * 365)}, "answer_by", "mer enn to år"),
        ("storgata", {"to_service_id": uuid.UUID(int=0)}, "to_service_id", "finner ikke"),
    ],
    ids=["another area", "no consent", "oneself", "another kind", "nothing", "a day that was", "far off", "nobody"],
)
def test_what_cannot_be_asked(
    acting: Acting, case: uuid.UUID, service: str, given: dict[str, Any], field: str, sentence: str
) -> None:
    with acting("kari") as kari:
        assert sentence in problems(lambda: ask(kari, case, service, **given))[field]
        assert not Question.objects.exists()


def test_a_question_waits_for_whoever_was_asked_and_is_answered_once(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        question = ask(kari, case)
        assert "answer_question" in keys(kari, case)
    with acting("per") as per:
        assert "answer_question" in keys(per, case)
        [ours] = queries.get_questions(per, case).ours
        assert ours.waits and ours.may_tell
        answer(per, case, question)
        assert "alt besvart" in problems(lambda: answer(per, case, question))["says"]
        assert "answer_question" not in keys(per, case)
    with acting("kari") as kari:
        [past] = queries.get_questions(kari, case).past
        assert past.answer and past.answer.text == "Ja, to ganger i vår."


def test_nobody_else_answers_and_nobody_else_sees(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        question = ask(kari, case)
        with pytest.raises(access.Refused):
            answer(kari, case, question)
    with acting("tone") as tone:
        found = queries.get_questions(tone, case)
        assert not (found.ours or found.others or found.past)
        with pytest.raises(access.Refused):
            answer(tone, case, question)
    with acting("ola") as ola, pytest.raises(access.NotVisible):
        queries.get_questions(ola, case)


def test_a_service_asks_child_welfare_too(acting: Acting, case: uuid.UUID) -> None:
    with acting("per") as per:
        question = ask(per, case, "grimstad", kind=COORDINATION)
    with acting("kari") as kari:
        assert "answer_question" in keys(kari, case)
        answer(kari, case, question, text="Møtet er på torsdag.")


def test_what_may_not_be_told_is_not_told(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        question = ask(kari, case, "tannklinikken", kind=InformationKind.DENTAL)
    with acting("tone") as tone:
        assert "ikke samtykket" in problems(lambda: answer(tone, case, question))["says"]
        assert "hvorfor" in problems(lambda: answer(tone, case, question, says=AnswerSays.CANNOT, text=""))["text"]
        answer(tone, case, question, says=AnswerSays.CANNOT, text="Ring oss når samtykket er på plass.")


def test_how_it_goes_is_asked_for_when_that_is_the_question(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        question = ask(kari, case, sort=QuestionSort.STATUS)
    with acting("per") as per:
        assert "hvordan det går" in problems(lambda: answer(per, case, question))["goes"]
        given = answer(per, case, question, goes=HowItGoes.BETTER, wants_meeting=True)
        assert given.goes == HowItGoes.BETTER and given.wants_meeting


def test_nobody_waits_for_a_service_whose_consent_ended(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        ask(kari, case)
        for given in Consent.objects.filter(recipient=together.service_id("storgata")):
            consents.withdraw(
                actor=kari,
                pathway_id=case,
                once=None,
                consent_id=given.pk,
                withdrawn_by=SignatoryKind.PARENT,
                related_person_id=RelatedPerson.objects.filter(has_parental_responsibility=True)[0].pk,
            )
        assert "answer_question" not in keys(kari, case)
        [asked] = queries.get_questions(kari, case).others
        assert not asked.waits


def test_the_day_to_answer_by_is_late_the_day_after(acting: Acting, case: uuid.UUID, travel: Any) -> None:
    with acting("kari") as kari:
        ask(kari, case, answer_by=clock.today())
        assert not queries.get_questions(kari, case).others[0].is_late
    travel(clock.now() + timedelta(days=1))
    with acting("kari") as kari:
        assert queries.get_questions(kari, case).others[0].is_late
