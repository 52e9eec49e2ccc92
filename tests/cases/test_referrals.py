"""Referring, with and without the receiver in the case, and every answer: what is refused, and what is written."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from grunnmur import clock
from grunnmur.cases import access, deadlines, door, facts
from grunnmur.cases.actions import closings, referrals
from grunnmur.cases.models import Child, Referral, ReferralAnswer, ReferralText
from grunnmur.cases.terms import HealthArea, NoReason, ReferralAnswerKind
from grunnmur.clock import OSLO
from grunnmur.directory.models import Service
from tests import health_case, together
from tests.health_case import SEE_AND_TELL

Acting = Callable[[str], AbstractContextManager[Any]]
Travel = Callable[[datetime], None]
AsAdmin = Callable[[], AbstractContextManager[None]]
MENTAL, SOMATIC, DENTAL = HealthArea.MENTAL, HealthArea.SOMATIC, HealthArea.DENTAL
GRANTED, REJECTED, RETURNED = (
    ReferralAnswerKind.RIGHT_GRANTED,
    ReferralAnswerKind.REJECTED,
    ReferralAnswerKind.RETURNED,
)
TEXT = {"question": "Spiseforstyrrelse?", "situation": "Spiser lite."}


@pytest.fixture
def case(acting: Acting, anna: Child) -> uuid.UUID:
    """Under way; the GP sees mental and somatic health and may tell, the school nurse sees mental, BUP sees nothing."""
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        together.start(kari, pathway_id)
        health_case.consent(kari, pathway_id, "storgata", MENTAL, SOMATIC, purposes=SEE_AND_TELL)
        health_case.consent(kari, pathway_id, "skolehelse", MENTAL)
    return pathway_id


@pytest.fixture
def sent(acting: Acting, case: uuid.UUID) -> Referral:
    """The GP has referred to BUP, which has no consent."""
    with acting("per") as per:
        return health_case.refer(per, case, "abup", MENTAL, sent_on=together.day(-5), **TEXT)


def problems(call: Callable[[], object]) -> dict[str, str]:
    """The sentences that an act refuses with."""
    with pytest.raises(door.Invalid) as invalid:
        call()
    return {field: str(problem) for field, problem in invalid.value.problems.items()}


def reply(actor: Any, pathway_id: uuid.UUID, referral: Referral, answer: ReferralAnswerKind, **more: Any) -> Any:
    return referrals.answer(
        **{
            "actor": actor,
            "pathway_id": pathway_id,
            "once": None,
            "referral_id": referral.pk,
            "answer": answer,
            "answered_on": clock.today(),
            **more,
        }
    )


# --- sending --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("to", "area", "more", "field", "sentence"),
    [
        ("storgata", MENTAL, {}, "to_service_id", "henvise til seg selv"),
        ("skolehelse", MENTAL, {}, "to_service_id", "spesialisthelsetjenesten"),
        ("skolen", MENTAL, {}, "to_service_id", "spesialisthelsetjenesten"),
        ("abup", DENTAL, {}, "health_area", "gjelder ikke dette helseområdet"),
        ("abup", MENTAL, {"question": " "}, "question", "hva dere spør om"),
        ("abup", MENTAL, {"situation": ""}, "situation", "Beskriv situasjonen"),
        ("abup", MENTAL, {"sent_on": together.day(2)}, "sent_on", "fram i tid"),
        ("abup", MENTAL, {"sent_on": together.day(-20 * 365)}, "sent_on", "før barnet ble født"),
        ("abup", MENTAL, {"follows_id": uuid.UUID(int=0)}, "follows_id", "finnes ikke"),
        ("abup", MENTAL, {"to_service_id": uuid.UUID(int=0)}, "to_service_id", "finner ikke tjenesten"),
    ],
    ids=[
        "to itself", "to a municipal service", "to a school", "an area without consent", "no question", "no situation",
        "tomorrow", "before birth", "after nothing", "to nobody",
    ],
)  # fmt: skip
def test_what_cannot_be_referred(
    acting: Acting, case: uuid.UUID, to: str, area: HealthArea, more: dict[str, Any], field: str, sentence: str
) -> None:
    with acting("per") as per:
        found = problems(lambda: health_case.refer(per, case, to, area, **{**TEXT, **more}))
        assert sentence in found[field]
        assert not Referral.objects.exists()


def test_a_closed_service_takes_no_referral(acting: Acting, case: uuid.UUID, as_admin: AsAdmin) -> None:
    with as_admin():
        Service.objects.filter(pk=together.service_id("abup")).update(closed_on=clock.today())
    with acting("per") as per:
        assert "lagt ned" in problems(lambda: health_case.refer(per, case, "abup", MENTAL, **TEXT))["to_service_id"]


def test_a_referral_is_noted_also_when_the_receiver_may_not_see_the_case(acting: Acting, sent: Referral) -> None:
    with acting("siri"):
        assert not Referral.objects.exists()
    with acting("kari"):
        assert Referral.objects.get().situation == "Spiser lite."


def test_without_consent_to_tell_only_that_it_is_sent_is_noted(acting: Acting, case: uuid.UUID) -> None:
    with acting("hege") as hege:
        found = problems(lambda: health_case.refer(hege, case, "abup", MENTAL, tried="Samtaler.", **TEXT))
        assert set(found) == {"question", "situation", "tried"}
        assert "eget journalsystem" in found["situation"]
        health_case.refer(hege, case, "abup", MENTAL)
        assert Referral.objects.get().question == ""


def test_the_head_of_child_welfare_refers_with_consent_and_at_once_when_it_is_urgent(
    acting: Acting, case: uuid.UUID
) -> None:
    with acting("leif") as leif:
        found = problems(lambda: health_case.refer(leif, case, "abup", MENTAL, **TEXT))
        assert "ikke samtykket" in found["to_service_id"]
        health_case.refer(leif, case, "abup", MENTAL, is_urgent=True, **TEXT)
        health_case.consent(leif, case, "barneavdelingen", SOMATIC)
        health_case.refer(leif, case, "barneavdelingen", SOMATIC, **TEXT)
        assert Referral.objects.count() == 2


def test_a_contact_person_does_not_refer(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari, pytest.raises(access.Refused):
        health_case.refer(kari, case, "abup", MENTAL, **TEXT)


# --- following a returned or rejected one ----------------------------------------------------------------------


def test_a_new_referral_follows_a_returned_one_once(acting: Acting, case: uuid.UUID, sent: Referral) -> None:
    with acting("per") as per:
        again = {"follows_id": sent.pk, **TEXT}
        waiting = problems(lambda: health_case.refer(per, case, "abup", MENTAL, **again))
        assert "ikke sendt tilbake eller avslått" in waiting["follows_id"]
        reply(per, case, sent, RETURNED, reason="Mangler somatisk status.", missing=["somatic"])
        other_area = problems(lambda: health_case.refer(per, case, "abup", SOMATIC, **again))
        assert "samme helseområde" in other_area["follows_id"]
        too_old = problems(lambda: health_case.refer(per, case, "abup", MENTAL, sent_on=together.day(-3), **again))
        assert "eldre enn svaret" in too_old["follows_id"]
        second = health_case.refer(per, case, "abup", MENTAL, **again)
        twice = problems(lambda: health_case.refer(per, case, "abup", MENTAL, **again))
        assert "alt sendt en ny" in twice["follows_id"]
        assert facts.load(case).open_things() == (str(second.pk),)


# --- answers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "more", "field", "sentence"),
    [
        (GRANTED, {}, "treatment_deadline", "Skriv fristen"),
        (GRANTED, {"treatment_deadline": together.day(-1)}, "treatment_deadline", "før svaret"),
        (GRANTED, {"treatment_deadline": together.day(200)}, "treatment_deadline", "65 virkedager"),
        (GRANTED, {"treatment_deadline": together.day(30), "treatment_starts_on": together.day(31)},
         "treatment_starts_on", "etter fristen"),
        (GRANTED, {"treatment_deadline": together.day(30), "treatment_starts_on": together.day(-6)},
         "treatment_starts_on", "før henvisningen"),
        (REJECTED, {}, "reason", "Skriv hvorfor"),
        (RETURNED, {"reason": " "}, "reason", "Skriv hvorfor"),
        (REJECTED, {"reason": "Nei.", "answered_on": together.day(-6)}, "answered_on", "eldre enn henvisningen"),
        (REJECTED, {"reason": "Nei.", "answered_on": together.day(2)}, "answered_on", "fram i tid"),
    ],
    ids=[
        "no deadline", "a deadline that was", "beyond 65 working days", "start after the deadline",
        "start before the referral", "no reason", "blank reason", "older than the referral", "tomorrow",
    ],
)  # fmt: skip
def test_what_cannot_be_answered(
    acting: Acting,
    case: uuid.UUID,
    sent: Referral,
    answer: ReferralAnswerKind,
    more: dict[str, Any],
    field: str,
    sentence: str,
) -> None:
    with acting("per") as per:
        found = problems(lambda: reply(per, case, sent, answer, **more))
        assert list(found) == [field]
        assert sentence in found[field]
        assert not ReferralAnswer.objects.exists()


@pytest.mark.parametrize("late", [0, 1], ids=["the last day", "the day after"])
def test_the_sixty_five_working_days_are_counted_from_the_answer(
    acting: Acting, request: pytest.FixtureRequest, travel: Travel, late: int
) -> None:
    travel(datetime(2026, 11, 23, 9, tzinfo=OSLO))
    anna = request.getfixturevalue("anna")  # registered on that day, and not on the day the test is run
    with acting("kari") as kari:
        case = together.begin(kari, anna)
        together.start(kari, case)
        health_case.consent(kari, case, "storgata", MENTAL)
    with acting("per") as per:
        sent = health_case.refer(per, case, "abup", MENTAL)
        last = date(2027, 2, 24)
        assert deadlines.add_working_days(clock.today(), 65) == last
        if late:
            found = problems(lambda: reply(per, case, sent, GRANTED, treatment_deadline=date(2027, 2, 25)))
            assert "Siste dag er 24.02.2027" in found["treatment_deadline"]
            assert "prioriteringsforskriften § 4a" in found["treatment_deadline"]
        else:
            reply(per, case, sent, GRANTED, treatment_deadline=last)


def test_the_guarantee_does_not_cover_somatic_care(acting: Acting, case: uuid.UUID) -> None:
    with acting("per") as per:
        sent = health_case.refer(per, case, "barneavdelingen", SOMATIC, **TEXT)
        reply(per, case, sent, GRANTED, treatment_deadline=together.day(200))
        assert facts.load(case).referrals[0].treatment_deadline == together.day(200)


@pytest.mark.parametrize("who", ["per", "kari", "leif"])
def test_the_sender_and_the_owner_write_down_an_answer(
    acting: Acting, case: uuid.UUID, sent: Referral, who: str
) -> None:
    with acting(who) as actor:
        reply(actor, case, sent, REJECTED, reason="Kan hjelpes i kommunen.", advice="Skolehelsetjenesten.")
        found = problems(lambda: reply(actor, case, sent, REJECTED, reason="Igjen."))
        assert "alt besvart" in found["answer"]


def test_the_receiver_answers_itself_when_consent_lets_it_in(acting: Acting, case: uuid.UUID, sent: Referral) -> None:
    with acting("kari") as kari:
        health_case.consent(kari, case, "abup", MENTAL)
    with acting("siri") as siri:
        reply(siri, case, sent, GRANTED, treatment_deadline=together.day(30))
        assert facts.load(case).referrals[0].answer is GRANTED


def test_the_receiver_does_not_answer_what_it_may_not_see(acting: Acting, case: uuid.UUID, sent: Referral) -> None:
    with acting("siri") as siri, pytest.raises(access.NotVisible):
        reply(siri, case, sent, REJECTED, reason="Nei.")


def test_a_third_service_does_not_answer(acting: Acting, case: uuid.UUID, sent: Referral) -> None:
    with acting("hege") as hege, pytest.raises(access.Refused) as refused:
        reply(hege, case, sent, REJECTED, reason="Nei.")
    assert refused.value.code == "referral_of_another"


def test_an_answer_after_the_case_is_closed_is_the_owners_to_write_down(
    acting: Acting, case: uuid.UUID, sent: Referral, travel: Travel
) -> None:
    travel(clock.now() + timedelta(hours=1))
    with acting("kari") as kari:
        together.close(kari, case, closings.Carrier(what="Henvisning", who="ABUP", subject_id=sent.pk))
    with acting("per") as per, pytest.raises(access.NotVisible):
        reply(per, case, sent, REJECTED, reason="Nei.")
    with acting("kari") as kari:
        reply(kari, case, sent, REJECTED, reason="Nei.", main_reason=NoReason.LOCAL_HELP)
        assert ReferralAnswer.objects.get().main_reason == "local_help"


# --- what a referral says beside its situation ------------------------------------------------------------------------


def test_each_part_is_a_text_of_the_areas_own_kind(acting: Acting, case: uuid.UUID) -> None:
    with acting("per") as per:
        health_case.refer(per, case, "abup", MENTAL, texts={"risk": " Ingen fare. ", "somatic": " "}, **TEXT)
        [text] = ReferralText.objects.all()
        assert (text.part, text.text, text.kind) == ("risk", "Ingen fare.", MENTAL.kind)


@pytest.mark.parametrize(
    ("who", "texts", "field", "sentence"),
    [("per", {"shoe_size": "41"}, "shoe_size", "ikke med i listen"), ("hege", {"risk": "Ja."}, "risk", "eget journal")],
    ids=["no such part", "may not tell"],
)
def test_what_a_part_cannot_be(
    acting: Acting, case: uuid.UUID, who: str, texts: dict[str, str], field: str, sentence: str
) -> None:
    with acting(who) as actor:
        more = TEXT if who == "per" else {}
        assert sentence in problems(lambda: health_case.refer(actor, case, "abup", MENTAL, texts=texts, **more))[field]
        assert not ReferralText.objects.exists()


def test_a_renewed_assessment_follows_a_rejection_and_nothing_else(acting: Acting, case: uuid.UUID) -> None:
    with acting("per") as per:
        alone = problems(lambda: health_case.refer(per, case, "abup", MENTAL, is_renewed=True, **TEXT))
        assert "er avslått" in alone["is_renewed"]
        sent = health_case.refer(per, case, "abup", MENTAL, **TEXT)
        reply(per, case, sent, RETURNED, reason="Mangler noe.")
        again = {"is_renewed": True, "follows_id": sent.pk, **TEXT}
        assert "er avslått" in problems(lambda: health_case.refer(per, case, "abup", MENTAL, **again))["is_renewed"]
