"""Recording, answering and taking back consent: what is refused and why, and that a preview does not lie."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from demo import cast
from grunnmur import clock
from grunnmur.cases import door
from grunnmur.cases.actions import consents, pathways
from grunnmur.cases.actions.consents import Answer
from grunnmur.cases.models import (
    Child,
    Consent,
    ConsentSignature,
    ConsentWithdrawal,
    Participation,
    RelatedPerson,
)
from grunnmur.cases.terms import ConsentAnswer, ConsentPurpose, InformationKind, ParticipationBasis, SignatoryKind
from grunnmur.clock import today

Acting = Callable[[str], AbstractContextManager[Any]]
YES, NO, NOT_ASKED = ConsentAnswer.YES, ConsentAnswer.NO, ConsentAnswer.NOT_ASKED
CONTACT, CARE = ConsentPurpose.CONTACT_HEALTH, ConsentPurpose.RECEIVE_HEALTH_CARE
GP = cast.service("storgata").id
MENTAL = InformationKind.MENTAL


@pytest.fixture
def pathway_id(acting: Acting, anna: Child) -> uuid.UUID:
    with acting("kari") as kari:
        return pathways.open_pathway(actor=kari, child_id=anna.pk, once=None).pk


@pytest.fixture
def parents(acting: Acting, anna: Child) -> tuple[uuid.UUID, uuid.UUID]:
    """The rows about Mona and Erik."""
    with acting("kari"):
        mona, erik = RelatedPerson.objects.filter(child=anna).order_by("-name").values_list("pk", flat=True)
        return mona, erik


def child_says(answer: ConsentAnswer, on: date | None = None, note: str = "") -> Answer:
    return Answer(SignatoryKind.CHILD, answer, on or today(), "oral", note=note)


def parent_says(who: uuid.UUID, answer: ConsentAnswer, on: date | None = None, note: str = "") -> Answer:
    return Answer(SignatoryKind.PARENT, answer, on or today(), "oral", related_person_id=who, note=note)


def question(answers: list[Answer], **change: Any) -> dict[str, Any]:
    """What is asked of them all about the GP."""
    return {
        "purposes": [CONTACT],
        "recipient_id": GP,
        "kinds": MENTAL,
        "valid_from": today(),
        "valid_until": today() + timedelta(days=90),
        "answers": answers,
        "help_offered": "Samtaler.",
    } | change


PREVIEWS: dict[str, tuple[tuple[ConsentAnswer, ConsentAnswer, ConsentAnswer], dict[str, Any]]] = {
    "all say yes": ((YES, YES, YES), {}),
    "one is not asked": ((YES, YES, NOT_ASKED), {}),
    "one says no": ((YES, NO, YES), {}),
    "one says no, and a birthday lies within": ((YES, YES, NO), {"valid_until": today() + timedelta(days=400)}),
    "it begins later": ((YES, YES, YES), {"valid_from": today() + timedelta(days=10)}),
    "it is about care": ((NOT_ASKED, YES, YES), {"purposes": [CARE]}),
    "both at once": ((YES, YES, YES), {"purposes": [CONTACT, CARE]}),
}


@pytest.mark.parametrize("name", PREVIEWS)
def test_saving_opens_exactly_what_the_preview_said(
    name: str, acting: Acting, pathway_id: uuid.UUID, parents: tuple[uuid.UUID, uuid.UUID]
) -> None:
    said, change = PREVIEWS[name]
    answers = [child_says(said[0]), parent_says(parents[0], said[1]), parent_says(parents[1], said[2])]
    asked = question(answers, **change)
    with acting("kari") as kari:
        effects = consents.preview(actor=kari, pathway_id=pathway_id, **asked)
        assert not Consent.objects.exists()
        consents.record(actor=kari, pathway_id=pathway_id, once=None, **asked)
        opened = {
            (row.service_id, row.kinds, row.starts_at, row.ends_at)
            for row in Participation.objects.filter(basis=ParticipationBasis.CONSENT)
        }
    assert opened == {
        (sight.service, sight.kinds, sight.starts_at, sight.ends_at) for effect in effects for sight in effect.sights
    }
    assert [effect.fact.purpose for effect in effects] == asked["purposes"]


def test_what_is_seen_begins_with_the_day_it_holds(
    acting: Acting, pathway_id: uuid.UUID, parents: tuple[uuid.UUID, uuid.UUID]
) -> None:
    first = today() + timedelta(days=10)
    asked = question([child_says(YES), *(parent_says(who, YES) for who in parents)], valid_from=first)
    with acting("kari") as kari:
        (effect,) = consents.preview(actor=kari, pathway_id=pathway_id, **asked)
    assert [sight.starts_at for sight in effect.sights] == [datetime.combine(first, time(), clock.OSLO)]


@pytest.fixture
def waiting(acting: Acting, pathway_id: uuid.UUID, parents: tuple[uuid.UUID, uuid.UUID]) -> uuid.UUID:
    """A consent that Anna and Mona have said yes to, asked four days ago; Erik has not been asked."""
    before = today() - timedelta(days=4)
    answers = [
        child_says(YES, before),
        parent_says(parents[0], YES, before),
        parent_says(parents[1], NOT_ASKED, before),
    ]
    with acting("kari") as kari:
        (consent,) = consents.record(
            actor=kari, pathway_id=pathway_id, once=None, **question(answers, valid_from=before)
        )
        return consent.pk


LATE: dict[str, tuple[Callable[[uuid.UUID, uuid.UUID], list[Answer]], str, str]] = {
    "nothing new": (lambda mona, erik: [], "answers", "minst ett nytt svar"),
    "a no in place of a yes": (
        lambda mona, erik: [parent_says(mona, NO, note="Samtaler.")],
        "answer_0",
        "Trekk samtykket tilbake",
    ),
    "a no without help": (lambda mona, erik: [parent_says(erik, NO)], "answer_0", "hvilken hjelp"),
    "before the last answer": (
        lambda mona, erik: [parent_says(mona, YES, today() - timedelta(days=9))],
        "answer_0",
        "før det forrige svaret",
    ),
    "in two days": (lambda mona, erik: [parent_says(erik, YES, today() + timedelta(days=2))], "answer_0", "fram i tid"),
    "somebody unknown": (lambda mona, erik: [parent_says(uuid.UUID(int=5), YES)], "answer_0", "står ikke rundt barnet"),
    "the service, which has no say": (
        lambda mona, erik: [
            Answer(SignatoryKind.CHILD_WELFARE, YES, today(), "oral", service_id=cast.service("grimstad").id)
        ],
        "answer_0",
        "kan ikke samtykke",
    ),
}


@pytest.mark.parametrize("name", LATE)
def test_a_late_answer_that_cannot_be_is_refused_before_and_when_it_is_saved(
    name: str, acting: Acting, pathway_id: uuid.UUID, waiting: uuid.UUID, parents: tuple[uuid.UUID, uuid.UUID]
) -> None:
    answers, field, sentence = LATE[name]
    with acting("kari") as kari:
        given: dict[str, Any] = {"actor": kari, "pathway_id": pathway_id, "consent_id": waiting}
        with pytest.raises(door.Invalid) as previewed:
            consents.preview_answer(**given, answers=answers(*parents))
        with pytest.raises(door.Invalid) as refused:
            consents.answer(**given, once=None, answers=answers(*parents))
        assert sentence in str(refused.value.problems[field])
        assert set(refused.value.problems) == set(previewed.value.problems)
        assert ConsentSignature.objects.count() == 3


def test_a_late_no_is_kept_and_the_yes_that_follows_it_counts(
    acting: Acting,
    pathway_id: uuid.UUID,
    waiting: uuid.UUID,
    parents: tuple[uuid.UUID, uuid.UUID],
    travel: Callable[[datetime], None],
) -> None:
    given: dict[str, Any] = {"pathway_id": pathway_id, "consent_id": waiting, "once": None}
    for answer, opens in ((NO, False), (YES, True)):
        travel(clock.now() + timedelta(minutes=1))
        with acting("kari") as kari:
            consents.answer(actor=kari, **given, answers=[parent_says(parents[1], answer, note="Samtaler.")])
            sight = Participation.objects.filter(basis=ParticipationBasis.CONSENT, starts_at__lte=clock.now())
            assert sight.exists() is opens
    with acting("kari"):
        assert ConsentSignature.objects.filter(related_person=parents[1]).count() == 3


@pytest.mark.parametrize("gone", ["withdrawn", "ended", "unknown"])
def test_what_is_over_takes_no_answer(
    gone: str,
    acting: Acting,
    pathway_id: uuid.UUID,
    waiting: uuid.UUID,
    parents: tuple[uuid.UUID, uuid.UUID],
    travel: Callable[[datetime], None],
) -> None:
    if gone == "withdrawn":
        with acting("kari") as kari:
            consents.withdraw(
                actor=kari,
                pathway_id=pathway_id,
                once=None,
                consent_id=waiting,
                withdrawn_by=SignatoryKind.CHILD,
            )
    if gone == "ended":
        travel(clock.now() + timedelta(days=200))
    consent_id = uuid.uuid4() if gone == "unknown" else waiting
    with acting("kari") as kari, pytest.raises(door.Invalid) as refused:
        consents.answer(
            actor=kari,
            pathway_id=pathway_id,
            once=None,
            consent_id=consent_id,
            answers=[parent_says(parents[1], YES)],
        )
    assert "consent_id" in refused.value.problems


ALSO: dict[str, tuple[dict[str, Any], str]] = {
    "Erik, who has a say in both": ({}, ""),
    "one that was taken back": ({"is_withdrawn": True}, "trukket tilbake eller har gått ut"),
    "one that is not there": ({"also": uuid.UUID(int=9)}, "finner ikke"),
}


@pytest.mark.parametrize("name", ALSO)
def test_one_answer_can_be_for_several_that_it_counts_in(
    name: str, acting: Acting, pathway_id: uuid.UUID, waiting: uuid.UUID, parents: tuple[uuid.UUID, uuid.UUID]
) -> None:
    change, refused_because = ALSO[name]
    mona, erik = parents
    given: dict[str, Any] = {"pathway_id": pathway_id, "once": None}
    with acting("kari") as kari:
        asked = question([parent_says(mona, YES), parent_says(erik, NOT_ASKED)], purposes=[CARE])
        (care,) = consents.record(actor=kari, **given, **asked)
        if change.get("is_withdrawn"):
            back = {"withdrawn_by": SignatoryKind.PARENT, "related_person_id": mona}
            consents.withdraw(actor=kari, **given, consent_id=care.pk, **back)
        answers = [parent_says(erik, YES)]
        also = [change.get("also", care.pk)]
        before = ConsentSignature.objects.count()
        if refused_because:
            with pytest.raises(door.Invalid) as refused:
                consents.answer(actor=kari, **given, consent_id=waiting, answers=answers, also=also)
            assert refused_because in str(refused.value.problems["also"])
            assert ConsentSignature.objects.count() == before
        else:
            consents.answer(actor=kari, **given, consent_id=waiting, answers=answers, also=also)
            assert ConsentSignature.objects.count() == before + 2


def test_at_fifteen_a_parent_answers_about_care_alone(
    acting: Acting,
    pathway_id: uuid.UUID,
    parents: tuple[uuid.UUID, uuid.UUID],
    travel: Callable[[datetime], None],
) -> None:
    travel(datetime(2027, 6, 1, 12, tzinfo=clock.OSLO))
    first = date(2027, 6, 1)
    asked = question(
        [child_says(NOT_ASKED, first)], purposes=[CARE, CONTACT], valid_from=first, valid_until=date(2027, 9, 1)
    )
    with acting("kari") as kari:
        given: dict[str, Any] = {"actor": kari, "pathway_id": pathway_id, "once": None}
        care, contact = consents.record(**given, **asked)
        answers = [parent_says(parents[0], YES, first)]
        with pytest.raises(door.Invalid) as refused:
            consents.answer(**given, consent_id=care.pk, answers=answers, also=[contact.pk])
        assert "bestemmer ikke om alt" in str(refused.value.problems["also"])
        answers.append(child_says(YES, first))
        consents.answer(**given, consent_id=care.pk, answers=answers, also=[contact.pk])
        assert contact.signatures.filter(answer=YES).get().signatory_kind == SignatoryKind.CHILD
        assert care.signatures.filter(answer=YES).count() == 2


def test_what_one_person_may_not_take_back_is_not_taken_back_with_the_rest(
    acting: Acting, pathway_id: uuid.UUID, waiting: uuid.UUID, parents: tuple[uuid.UUID, uuid.UUID]
) -> None:
    given: dict[str, Any] = {"pathway_id": pathway_id, "once": None}
    with acting("kari") as kari:
        asked = question([parent_says(who, YES) for who in parents], purposes=[CARE])
        (care,) = consents.record(actor=kari, **given, **asked)
        with pytest.raises(door.Invalid) as refused:
            consents.withdraw(actor=kari, **given, consent_id=waiting, withdrawn_by=SignatoryKind.CHILD, also=[care.pk])
        assert set(refused.value.problems) == {"also"}
        assert not ConsentWithdrawal.objects.exists()


@pytest.mark.parametrize(
    ("who", "allowed"), [("child", True), ("mona", True), ("erik", True), ("service", False), ("nobody", False)]
)
def test_who_can_take_back_at_fourteen(
    who: str,
    allowed: bool,
    acting: Acting,
    pathway_id: uuid.UUID,
    waiting: uuid.UUID,
    parents: tuple[uuid.UUID, uuid.UUID],
) -> None:
    named: dict[str, dict[str, Any]] = {
        "child": {"withdrawn_by": SignatoryKind.CHILD},
        "mona": {"withdrawn_by": SignatoryKind.PARENT, "related_person_id": parents[0]},
        "erik": {"withdrawn_by": SignatoryKind.PARENT, "related_person_id": parents[1]},
        "service": {"withdrawn_by": SignatoryKind.CHILD_WELFARE, "service_id": cast.service("grimstad").id},
        "nobody": {"withdrawn_by": SignatoryKind.PARENT},
    }
    with acting("kari") as kari:
        given: dict[str, Any] = {"actor": kari, "pathway_id": pathway_id, "once": None, "consent_id": waiting}
        if not allowed:
            with pytest.raises(door.Invalid) as refused:
                consents.withdraw(**given, **named[who])
            assert set(refused.value.problems) == {"withdrawn_by"}
            return
        consents.withdraw(**given, **named[who])
        with pytest.raises(door.Invalid) as twice:
            consents.withdraw(**given, **named[who])
        assert set(twice.value.problems) == {"consent_id"}
