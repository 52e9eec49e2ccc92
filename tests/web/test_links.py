"""Answering by a link, without an account: who gets in, what they see, and what is left behind."""

import json
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from grunnmur import clock
from grunnmur.cases import access, row_security
from grunnmur.cases.actions import closings, consents, mappings, meetings, plans, questions, times
from grunnmur.cases.models import (
    Child,
    Consent,
    InvitationReply,
    MappingStep,
    MeetingHeld,
    MinutesReview,
    PollAnswer,
    PollAsked,
    PollTime,
    Question,
    QuestionAnswer,
    ReferralAnswer,
    RelatedPerson,
    TimePoll,
)
from grunnmur.cases.queries.answering import get_answering
from grunnmur.cases.terms import (
    AnswerSays,
    ChildParticipation,
    HealthArea,
    InformationKind,
    MeetingKind,
    MinutesSays,
    QuestionSort,
    SignatoryKind,
)
from grunnmur.directory.kinds import Role
from grunnmur.log import record
from grunnmur.log.models import AccessLog, Event
from grunnmur.post import links
from grunnmur.post.models import Fact, Link, Message
from tests import health_case, together
from tests.web.reading import fault, form_of, page, text

Acting = Callable[[str], AbstractContextManager[Any]]
HPR = "7654321"
MAIL = "per.holm@storgata.example"


@pytest.fixture
def case(acting: Acting, anna: Child) -> uuid.UUID:
    """Under way; the GP sees mental health and may tell."""
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        together.start(kari, pathway_id)
        health_case.consent(kari, pathway_id, "storgata", HealthArea.MENTAL, purposes=health_case.SEE_AND_TELL)
    return pathway_id


@pytest.fixture
def question(client_of: Any, case: uuid.UUID, as_admin: Any) -> Question:
    kari = client_of("kari")
    address = f"/forlop/{case}/sporsmal/nytt/"
    given = {"to_service_id": str(together.service_id("storgata")), "kind": "MENTAL", "text": "Kjenner dere til dette?"}
    assert kari.post(address, form_of(page(kari.get(address)), **given)).status_code == 302
    with as_admin():
        return Question.objects.get()


def send(client: Any, case: uuid.UUID, item: uuid.UUID, **more: Any) -> Any:
    address = f"/forlop/{case}/lenke/{item}/"
    given = {"name": "Per Holm", "number": HPR, "mail": MAIL, **more}
    return client.post(address, form_of(page(client.get(address)), **given))


@pytest.fixture
def address(client_of: Any, case: uuid.UUID, question: Question, as_admin: Any) -> str:
    """The address of a link that was sent."""
    answer = send(client_of("kari"), case, question.pk)
    assert answer.status_code == 302, answer.content.decode()
    with as_admin():
        return f"/svar/{links.address_of(Link.objects.get().pk)}/"


def prove(client: Client, address: str, number: str = HPR) -> Any:
    """In the demo one says the number that an eID vouches for elsewhere."""
    return client.post(address, {"number": number})


def test_one_question_is_answered_without_an_account(
    client_of: Any, address: str, case: uuid.UUID, as_admin: Any
) -> None:
    per = Client()
    soup = page(per.get(address))
    assert "Vis hvem du er" in text(soup)
    assert "Anna" not in text(soup) and "Grimstad" not in text(soup) and soup.title.get_text() == "Melding"
    answer = prove(per, address)
    assert answer.status_code == 302 and answer["Location"] == "/svar/"
    soup = page(per.get("/svar/"))
    assert "Anna Solberg" in text(soup) and "Kjenner dere til dette?" in text(soup)
    fields = {field["name"] for field in soup.select("form.g-form [name]")} - {"csrfmiddlewaretoken", "once_token"}
    assert len(fields - {"version"}) <= 6
    sent = per.post("/svar/", form_of(soup, says="answered", text="Ja, i mai.", further="Vi ringer henne."))
    assert sent.status_code == 302
    journal = page(per.get("/svar/")).select_one("#journal").get_text()
    assert "Anna Solberg" in journal and "Ja, i mai." in journal and "Kjenner dere til dette?" in journal
    with as_admin():
        given = QuestionAnswer.objects.get()
        assert given.author_service_id == together.service_id("storgata")
        assert given.recorded_by.name == "Per Holm"
        assert Event.objects.get(name="question.answered").person_id == given.recorded_by_id
        looks = AccessLog.objects.filter(person_id=given.recorded_by_id, allowed=True)
        assert {look.ground for look in looks} == {"asked"} and looks.count() == 2
        assert set(Fact.objects.values_list("fact", flat=True)) >= {"opened", "answered"}
    assert "Ja, i mai." in text(page(client_of("kari").get(f"/forlop/{case}/sporsmal/")))
    assert "Ja, i mai." in text(page(client_of("per").get(f"/forlop/{case}/sporsmal/"))), (
        "answered there is answered here"
    )


@pytest.mark.parametrize("number", ["7654322", "", "14851281232"])
def test_a_forwarded_link_is_of_no_use_to_another(address: str, number: str, as_admin: Any) -> None:
    other = Client()
    soup = page(prove(other, address, number), 403)
    assert "Anna" not in text(soup)
    assert page(other.get("/svar/"), 401)
    with as_admin():
        assert AccessLog.objects.filter(action="reply", allowed=False, person_id=None).exists()
        assert not Fact.objects.filter(fact="opened").exists()


def test_a_mail_program_that_opens_the_link_has_opened_nothing(
    address: str, client_of: Any, case: uuid.UUID, as_admin: Any
) -> None:
    for _time in range(3):
        assert Client().get(address).status_code == 200
        assert Client().head(address).status_code == 200
    with as_admin():
        assert not Fact.objects.filter(fact="opened").exists()
    assert "ikke åpnet" in text(page(client_of("kari").get(f"/forlop/{case}/sporsmal/")))


@pytest.mark.parametrize("changed", ["x", "", "A" * 43])
def test_an_address_that_was_never_sent_is_not_there(address: str, changed: str) -> None:
    made_up = f"/svar/{changed or address.split('/')[2][:-1]}/"
    assert Client().get(made_up).status_code == 404


def test_the_link_sees_nothing_else(address: str, case: uuid.UUID, acting: Acting, client_of: Any) -> None:
    per = Client()
    prove(per, address)
    for path in ("/", "/sok/", f"/forlop/{case}/", f"/forlop/{case}/sporsmal/", "/min-innlogging/"):
        assert per.get(path).status_code == 302 and "/logg-inn/" in per.get(path)["Location"], path


def test_raw_sql_with_the_links_token_gives_the_question_and_no_more(
    address: str, case: uuid.UUID, question: Question, acting: Acting
) -> None:
    with acting("kari") as kari:
        health_case.consent(kari, case, "tannklinikken", HealthArea.DENTAL)
        other = health_case.ask(kari, case, "tannklinikken", HealthArea.DENTAL)
    link_id = links.id_in(address.split("/")[2])
    assert link_id
    with transaction.atomic(), connection.cursor() as cursor:
        token = links.open_session(link_id)
        assert token and links.enter(token)
        counts = {}
        for table in (
            "cases_child",
            "cases_pathway",
            "cases_question",
            "cases_mapping",
            "cases_relatedperson",
            "cases_consent",
            "cases_ownwords",
            "cases_assessment",
            "cases_namekey",
            "directory_membership",
        ):
            cursor.execute(f"select count(*) from {table}")
            counts[table] = cursor.fetchone()[0]
        transaction.set_rollback(True)
    seen = {table for table, count in counts.items() if count}
    assert seen == {"cases_child", "cases_pathway", "cases_question"}, (counts, other.pk)


def ask_about_times(
    actor: Any, case: uuid.UUID, *services: str, kind: MeetingKind = MeetingKind.STATUSMOTE
) -> TimePoll:
    """Two times, instead of what was asked about before."""
    before = TimePoll.objects.filter(pathway=case, meeting=kind, replaced_by=None).first()
    return times.propose(
        actor=actor,
        pathway_id=case,
        once=None,
        meeting=kind,
        times=[together.at(8), together.at(9)],
        services=[together.service_id(one) for one in services],
        answer_by=together.day(7),
        replaces_id=before.pk if before else None,
    )


ASKED_BY_LINK = {
    "a question": {"cases_question": 1},
    "a mapping": {"cases_mapping": 1},
    "a referral": {"cases_referral": 1, "cases_referraltext": 1},
    "an invitation": {"cases_invitation": 1, "cases_meeting": 1},
    "minutes": {"cases_meeting": 1, "cases_meetingheld": 1},
    "times": {"cases_timepoll": 1, "cases_pollasked": 1, "cases_polltime": 2},
}


@pytest.mark.parametrize("asked", ASKED_BY_LINK)
def test_the_database_shows_a_link_the_one_thing_that_was_asked(
    asked: str, case: uuid.UUID, acting: Acting, travel: Callable[[datetime], None], as_admin: Any
) -> None:
    """There are two of nearly everything, of the same kind."""
    with acting("kari") as kari:
        health_case.consent(kari, case, "abup", HealthArea.MENTAL, purposes=health_case.SEE_AND_TELL)
        items, polls = [], []
        for service, kind in (("abup", MeetingKind.AVKLARINGSMOTE), ("storgata", MeetingKind.OPPSTARTSMOTE)):
            of = {"actor": kari, "pathway_id": case, "once": None}
            to = together.service_id(service)
            question = questions.ask(
                **of,
                sort=QuestionSort.INFORMATION,
                kind=InformationKind.MENTAL,
                to_service_id=to,
                text="Kjenner dere til dette?",
                answer_by=together.day(14),
            )
            items.append((question.pk, together.call(kari, case, service, kind=kind, days=3 + len(items))))
            plans.set_goal(**of, text="Anna sover.")
            polls.append(ask_about_times(kari, case, "abup", "storgata"))
        mapping = health_case.ask(kari, case, "storgata", HealthArea.MENTAL)
    with acting("per") as per:
        told = {"question": "Er dette angst?", "situation": "Sover dårlig.", "texts": {"risk": "Ingen."}}
        first, _other = (health_case.refer(per, case, "abup", HealthArea.MENTAL, **told) for _time in range(2))
    travel(clock.now() + timedelta(days=5))
    with acting("kari") as kari:
        question_id, meeting = items[1]
        held = [
            meetings.hold(
                actor=kari,
                pathway_id=case,
                once=None,
                meeting_id=one.pk,
                held_on=clock.today() - timedelta(days=1),
                services_present=[together.service_id("storgata")],
                people_present=[],
                child_present=False,
                participation=ChildParticipation.CONVERSATION,
                minutes="Vi snakket om søvnen.",
            )
            for _id, one in (items if asked == "minutes" else [])
        ]
        chosen: dict[str, Any] = {
            "a question": question_id,
            "a mapping": mapping.pk,
            "a referral": first.pk,
            "an invitation": meeting.invitations.get().pk,
            "minutes": held[1].pk if held else None,
            "times": PollAsked.objects.get(poll=polls[1], service=together.service_id("storgata")).pk,
        }
        more = {"service_id": together.service_id("storgata")} if asked == "minutes" else {}
        if asked == "a referral":
            more = {"role": Role.PSYCHOLOGIST}
        link = health_case.send_link(kari, case, chosen[asked], **more)
    tables = sorted(policy.table for policy in row_security.policies() if policy.table.startswith("cases_"))
    with transaction.atomic(), connection.cursor() as cursor:
        token = links.open_session(link.pk)
        assert token and links.enter(token)
        counts = {}
        for table in tables:
            cursor.execute(f"select count(*) from {table}")
            counts[table] = cursor.fetchone()[0]
        transaction.set_rollback(True)
    counts.pop("cases_participation")
    seen = {table: count for table, count in counts.items() if count}
    assert seen == {"cases_child": 1, "cases_pathway": 1, **ASKED_BY_LINK[asked]}


def test_when_consent_ends_the_link_shows_nothing_that_very_moment(
    address: str, case: uuid.UUID, acting: Acting
) -> None:
    per = Client()
    prove(per, address)
    assert per.get("/svar/").status_code == 200
    with acting("kari") as kari:
        for given in Consent.objects.filter(purpose="contact_health"):
            consents.withdraw(
                actor=kari,
                pathway_id=case,
                once=None,
                consent_id=given.pk,
                withdrawn_by=SignatoryKind.PARENT,
                related_person_id=RelatedPerson.objects.filter(has_parental_responsibility=True)[0].pk,
            )
    assert per.get("/svar/").status_code == 404


def test_a_link_runs_out(address: str, travel: Callable[[datetime], None]) -> None:
    travel(clock.now() + timedelta(days=22))
    soup = page(Client().get(address), 410)
    assert "ikke i bruk lenger" in text(soup)
    assert prove(Client(), address).status_code == 410


def recall(client: Any, case: uuid.UUID, as_admin: Any) -> Any:
    """Takes the only link back."""
    with as_admin():
        message = Message.objects.get(link__isnull=False)
    way = f"/forlop/{case}/lenke/{message.pk}/trekk/"
    return client.post(way, form_of(page(client.get(way))))


def test_a_link_that_nobody_has_opened_is_recalled(
    address: str, client_of: Any, case: uuid.UUID, as_admin: Any
) -> None:
    kari = client_of("kari")
    assert recall(kari, case, as_admin).status_code == 302
    assert page(Client().get(address), 410)
    assert "trukket tilbake" in text(page(kari.get(f"/forlop/{case}/sporsmal/")))


def test_one_that_is_opened_is_closed_to_whoever_opened_it(
    address: str, client_of: Any, case: uuid.UUID, as_admin: Any
) -> None:
    """The one it was for may have left; the service is still asked, and can be sent another."""
    per, kari = Client(), client_of("kari")
    prove(per, address)
    given = form_of(page(per.get("/svar/")), says="answered", text="Et langt svar.")
    assert recall(kari, case, as_admin).status_code == 302
    assert "åpnet, og trukket tilbake" in text(page(kari.get(f"/forlop/{case}/sporsmal/")))
    for answer in (per.get("/svar/"), per.post("/svar/", given)):
        assert "Anna" not in text(page(answer, 404))
    assert page(prove(Client(), address), 410)
    with as_admin():
        assert not QuestionAnswer.objects.exists()


def test_one_that_is_answered_is_not_taken_back(address: str, client_of: Any, case: uuid.UUID, as_admin: Any) -> None:
    per, kari = Client(), client_of("kari")
    prove(per, address)
    assert per.post("/svar/", form_of(page(per.get("/svar/")), says="answered", text="Ja.")).status_code == 302
    assert "alt svart på" in page(recall(kari, case, as_admin), 422).main.get_text()
    assert "Trekk tilbake" not in text(page(kari.get(f"/forlop/{case}/sporsmal/")))


def test_a_link_to_a_wrong_address_is_taken_back_and_another_is_sent(
    address: str, client_of: Any, case: uuid.UUID, question: Question, as_admin: Any
) -> None:
    kari = client_of("kari")
    assert recall(kari, case, as_admin).status_code == 302
    assert send(kari, case, question.pk, mail="", phone="+4790000000").status_code == 302
    with as_admin():
        newest = Link.objects.exclude(pk=links.id_in(address.split("/")[2])).get()
    assert page(Client().get(address), 410)
    per = Client()
    prove(per, f"/svar/{links.address_of(newest.pk)}/")
    assert "Kjenner dere til dette?" in text(page(per.get("/svar/")))


def test_two_who_answer_the_same_question_give_one_answer_and_nothing_typed_is_lost(
    address: str, client_of: Any, case: uuid.UUID, question: Question, acting: Acting, as_admin: Any
) -> None:
    """One by a link, and one in the same practice with an account, who is first."""
    per = Client()
    prove(per, address)
    given = form_of(page(per.get("/svar/")), says="answered", text="Et langt svar som ikke må bli borte.")
    with acting("per") as colleague:
        questions.answer(
            actor=colleague,
            pathway_id=case,
            once=None,
            question_id=question.pk,
            says=AnswerSays.ANSWERED,
            text="Ja, i mai.",
        )
    soup = page(per.post("/svar/", given), 422)
    assert "alt besvart" in fault(soup, "says")
    assert "Et langt svar som ikke må bli borte." in soup.select_one("textarea[name=text]").get_text()
    with as_admin():
        assert QuestionAnswer.objects.get().text == "Ja, i mai."


def test_a_referral_that_is_answered_by_a_link_after_the_case_was_closed(
    case: uuid.UUID, acting: Acting, as_admin: Any, travel: Callable[[datetime], None]
) -> None:
    """Whoever was writing gets the text back, unsent: the owner writes the answer down (`referrals.answer`)."""
    with acting("kari") as kari:
        health_case.consent(kari, case, "abup", HealthArea.MENTAL, purposes=health_case.SEE_AND_TELL)
    with acting("per") as per:
        referral = health_case.refer(per, case, "abup", HealthArea.MENTAL, question="Angst?", situation="Sover lite.")
    with acting("kari") as kari:
        link = health_case.send_link(kari, case, referral.pk, role=Role.PSYCHOLOGIST)
    siri, address = Client(), f"/svar/{links.address_of(link.pk)}/"
    prove(siri, address)
    given = form_of(page(siri.get("/svar/")), answer="rejected", reason="Lang begrunnelse som ikke må bli borte.")
    travel(clock.now() + timedelta(minutes=5))
    with acting("kari") as kari:
        together.close(kari, case, closings.Carrier(what="Henvisning", who="ABUP", subject_id=referral.pk))
    soup = page(siri.post("/svar/", given), 404)
    assert "Lang begrunnelse som ikke må bli borte." in soup.select_one("textarea[readonly]").get_text()
    assert "Anna" not in text(soup)
    assert page(Client().get(address), 410)
    with as_admin():
        assert not ReferralAnswer.objects.exists()


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"name": " "}, "name", "Fyll ut"),
        ({"number": "12"}, "number", "sju til ni sifre"),
        ({"proof": "national_id", "number": "14851281233"}, "number", "ikke gyldig"),
        ({"mail": ""}, "mail", "e-postadressen eller mobilnummeret"),
        ({"mail": "per@"}, "mail", "Skriv en e-postadresse"),
        ({"mail": "", "phone": "900"}, "phone", "åtte siffer"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    client_of: Any, case: uuid.UUID, question: Question, given: dict[str, str], field: str, sentence: str, as_admin: Any
) -> None:
    soup = page(send(client_of("kari"), case, question.pk, **given), 422)
    assert sentence in fault(soup, field)
    with as_admin():
        assert not Link.objects.exists()


def test_what_was_typed_when_the_time_ran_out_comes_back(address: str, travel: Callable[[datetime], None]) -> None:
    per = Client()
    prove(per, address)
    given = form_of(page(per.get("/svar/")), says="answered", text="Et langt svar som ikke må bli borte.")
    travel(clock.now() + timedelta(minutes=30))
    soup = page(per.post("/svar/", given), 401)
    kept = soup.select_one("input[name=kept]")["value"]
    prove(per, address)
    back = per.post(address, {"kept": kept})
    assert "Et langt svar som ikke må bli borte." in back.content.decode()
    other = Client()
    assert "Et langt svar" not in other.post(address, {"kept": kept}).content.decode()


def test_a_double_click_answers_once(address: str, as_admin: Any) -> None:
    per = Client()
    prove(per, address)
    given = form_of(page(per.get("/svar/")), says="answered", text="Ja.")
    assert [per.post("/svar/", given).status_code for _time in range(2)] == [302, 302]
    with as_admin():
        assert QuestionAnswer.objects.count() == 1


def test_a_mapping_is_answered_by_a_link(client_of: Any, case: uuid.UUID, acting: Acting, as_admin: Any) -> None:
    with acting("kari") as kari:
        asked = mappings.ask(
            actor=kari,
            pathway_id=case,
            once=None,
            health_area=HealthArea.MENTAL,
            service_id=together.service_id("storgata"),
            question="Hva kan det være?",
            due_on=None,
        )
    assert send(client_of("kari"), case, asked.pk).status_code == 302
    with as_admin():
        address = f"/svar/{links.address_of(Link.objects.get().pk)}/"
    per = Client()
    prove(per, address)
    soup = page(per.get("/svar/"))
    assert "Hva kan det være?" in text(soup)
    assert "Svaret leses nå av barneverntjenesten og av tjenestene som har samtykke til dette." in text(soup)
    sent = per.post("/svar/", form_of(soup, state="concluded", conclusion="municipal_follow_up", findings="Angst."))
    assert sent.status_code == 302, text(page(sent, sent.status_code))
    with as_admin():
        assert MappingStep.objects.get().findings == "Angst."


def test_times_are_answered_by_a_link(client_of: Any, case: uuid.UUID, acting: Acting, as_admin: Any) -> None:
    with acting("kari") as kari:
        ask_about_times(kari, case, "storgata", kind=MeetingKind.OPPSTARTSMOTE)
        asked = PollAsked.objects.get()
    assert send(client_of("kari"), case, asked.pk).status_code == 302
    with as_admin():
        address = f"/svar/{links.address_of(Link.objects.get().pk)}/"
    per = Client()
    prove(per, address)
    soup = page(per.get("/svar/"))
    assert "Anna Solberg" in text(soup) and "Hvilke tider passer?" in text(soup)
    second = soup.select("input[name=suits]")[1]["value"]
    assert "eller for at ingen av dem passer" in fault(page(per.post("/svar/", form_of(soup)), 422), "suits")
    assert per.post("/svar/", form_of(soup, suits=[second], note="Ring først.")).status_code == 302
    assert "Ring først." in text(page(per.get("/svar/")))
    shown = text(page(client_of("kari").get(f"/forlop/{case}/moter/")))
    assert "Passer for Storgata legesenter." in shown and "Ring først." in shown
    assert page(per.get("/svar/")).find("a", href="/svar/?endre=1")
    with acting("kari") as kari:
        together.call(kari, case, "storgata", days=9)
    assert not page(per.get("/svar/?endre=1")).select("input[name=suits]"), "a meeting was called, which it cannot see"
    with as_admin():
        assert PollAnswer.objects.get(asked=asked).suits == [PollTime.objects.get(starts_at=together.at(9)).pk]


# --- minutes ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def held(case: uuid.UUID, acting: Acting, travel: Callable[[datetime], None]) -> MeetingHeld:
    """A meeting with the GP and ABUP was held, and its minutes written."""
    with acting("kari") as kari:
        together.let_in(kari, case, "abup")
        meeting = together.call(kari, case, "storgata", "abup", days=3)
    travel(clock.now() + timedelta(days=4))
    with acting("kari") as kari:
        return meetings.hold(
            actor=kari,
            pathway_id=case,
            once=None,
            meeting_id=meeting.pk,
            held_on=clock.today(),
            services_present=[together.service_id("storgata"), together.service_id("abup")],
            people_present=[],
            child_present=False,
            participation=ChildParticipation.CONVERSATION,
            minutes="Vi snakket om søvnen.",
            decisions="Legen tar prøver.",
            own_words="Jeg vil sove.",
        )


def send_about_minutes(client: Any, case: uuid.UUID, held: MeetingHeld, service: str = "storgata", **more: Any) -> Any:
    address = f"/forlop/{case}/lenke/{held.pk}/{together.service_id(service)}/"
    return client.post(address, form_of(page(client.get(address)), name="Per Holm", number=HPR, mail=MAIL, **more))


@pytest.fixture
def about_minutes(client_of: Any, case: uuid.UUID, held: MeetingHeld, as_admin: Any) -> str:
    """The address of a link about the minutes, which the page of the meetings leads to."""
    kari = client_of("kari")
    way = f"/forlop/{case}/lenke/{held.pk}/{together.service_id('storgata')}/"
    assert page(kari.get(f"/forlop/{case}/moter/")).find("a", href=way)
    assert send_about_minutes(kari, case, held).status_code == 302
    with as_admin():
        return f"/svar/{links.address_of(Link.objects.get().pk)}/"


def test_minutes_are_approved_by_a_link(
    client_of: Any, case: uuid.UUID, about_minutes: str, as_admin: Any, held: MeetingHeld
) -> None:
    assert "søvnen" not in text(page(Client().get(about_minutes)))
    per = Client()
    prove(per, about_minutes)
    soup = page(per.get("/svar/"))
    assert "Vi snakket om søvnen." in text(soup) and "Legen tar prøver." in text(soup) and "Anna Solberg" in text(soup)
    assert "Jeg vil sove." not in text(soup), "what the child said is a kind of its own"
    assert "Svaret leses av alle som er med i saken." in text(soup)
    given = form_of(soup, says="approved")
    assert [per.post("/svar/", given).status_code for _press in range(2)] == [302, 302]
    assert "Vi snakket om søvnen." not in per.get("/sendt/").content.decode()
    with as_admin():
        review = MinutesReview.objects.get()
        assert (review.author_service_id, review.says) == (together.service_id("storgata"), "approved")
        assert Event.objects.get(name="minutes.reviewed").person_id == review.recorded_by_id
        answered = Message.objects.filter(item=held.pk, facts__fact="answered")
        assert set(answered.values_list("to_service", flat=True)) == {together.service_id("storgata")}
        assert Message.objects.filter(item=held.pk, facts__fact="opened", link__isnull=False).exists()
    read = text(page(client_of("kari").get(f"/forlop/{case}/moter/")))
    assert "Storgata legesenter referatet stemmer" in read
    assert "ABUP Arendal har ikke svart på om referatet stemmer." in read


def test_a_link_about_minutes_is_taken_back_where_it_was_sent(
    client_of: Any, case: uuid.UUID, about_minutes: str
) -> None:
    kari, at = client_of("kari"), f"/forlop/{case}/moter/"
    way = page(kari.get(at)).find("a", string="Trekk tilbake")
    assert way is not None
    done = kari.post(way["href"], form_of(page(kari.get(way["href"]))))
    assert (done.status_code, done["Location"]) == (302, at)
    read = text(page(kari.get(at)))
    assert "Lenke til Per Holm" in read and "trukket tilbake" in read
    assert prove(Client(), about_minutes).status_code == 410


def test_a_remark_by_a_link_stands_beside_the_minutes_and_can_be_changed(
    client_of: Any, case: uuid.UUID, about_minutes: str
) -> None:
    per = Client()
    prove(per, about_minutes)
    soup = page(per.get("/svar/"))
    assert "Velg et svar" in fault(page(per.post("/svar/", form_of(soup)), 422), "says")
    assert "hva som ikke stemmer" in fault(page(per.post("/svar/", form_of(soup, says="remark")), 422), "text")
    assert per.post("/svar/", form_of(soup, says="remark", text="Prøven tas i mai.")).status_code == 302
    journal = page(per.get("/svar/")).select_one("#journal").get_text()
    assert "Prøven tas i mai." in journal and "Anna Solberg" in journal
    assert "Prøven tas i mai." in text(page(client_of("kari").get(f"/forlop/{case}/moter/")))
    soup = page(per.get("/svar/?endre=1"))
    assert per.post("/svar/", form_of(soup, says="approved")).status_code == 302
    assert "Storgata legesenter referatet stemmer" in text(page(client_of("kari").get(f"/forlop/{case}/moter/")))


def test_with_the_link_about_minutes_one_does_not_answer_for_another(
    case: uuid.UUID, about_minutes: str, held: MeetingHeld, as_admin: Any
) -> None:
    link_id = links.id_in(about_minutes.split("/")[2])
    assert link_id
    with transaction.atomic(), record.linked():
        token = links.open_session(link_id)
        assert token
        entered = links.enter(token)
        assert entered
        actor = entered[0]
        meetings.review(
            actor=actor, pathway_id=case, once=None, meeting_id=held.meeting_id, says=MinutesSays.APPROVED, text=""
        )
        with pytest.raises(access.Refused, match="by_link"):
            meetings.cancel(actor=actor, pathway_id=case, once=None, meeting_id=held.meeting_id, reason="x")
        with pytest.raises(access.NotVisible):
            get_answering(actor, case, held.meeting_id)
    with as_admin():
        assert [row.author_service_id for row in MinutesReview.objects.all()] == [together.service_id("storgata")]


@pytest.mark.parametrize("service", ["tannklinikken", "grimstad"])
def test_no_link_about_minutes_goes_to_one_who_was_not_there(
    client_of: Any, case: uuid.UUID, held: MeetingHeld, service: str
) -> None:
    address = f"/forlop/{case}/lenke/{held.pk}/{together.service_id(service)}/"
    assert client_of("kari").get(address).status_code == 404
    assert client_of("kari").get(f"/forlop/{case}/lenke/{held.pk}/").status_code == 404


def test_no_link_is_sent_when_the_service_has_said_already(
    client_of: Any, case: uuid.UUID, held: MeetingHeld, acting: Acting, as_admin: Any
) -> None:
    with acting("per") as per:
        meetings.review(
            actor=per, pathway_id=case, once=None, meeting_id=held.meeting_id, says=MinutesSays.APPROVED, text=""
        )
    assert "alt besvart" in text(page(send_about_minutes(client_of("kari"), case, held), 422))
    with as_admin():
        assert not Link.objects.exists()


def test_when_consent_ends_the_minutes_are_gone_from_the_link(
    about_minutes: str, case: uuid.UUID, acting: Acting
) -> None:
    per = Client()
    prove(per, about_minutes)
    assert per.get("/svar/").status_code == 200
    with acting("kari") as kari:
        for given in Consent.objects.filter(purpose="contact_health", recipient=together.service_id("storgata")):
            consents.withdraw(
                actor=kari, pathway_id=case, once=None, consent_id=given.pk, withdrawn_by=SignatoryKind.CHILD
            )
    assert per.get("/svar/").status_code == 404


def test_an_invitation_is_answered_by_a_link(client_of: Any, case: uuid.UUID, acting: Acting, as_admin: Any) -> None:
    with acting("kari") as kari:
        meeting = together.call(kari, case, "storgata")
        invitation = meeting.invitations.get()
    assert send(client_of("kari"), case, invitation.pk).status_code == 302
    with as_admin():
        address = f"/svar/{links.address_of(Link.objects.get().pk)}/"
    per = Client()
    prove(per, address)
    soup = page(per.get("/svar/"))
    assert "Grimstad rådhus" in text(soup)
    assert per.post("/svar/", form_of(soup, answer="accepted")).status_code == 302
    with as_admin():
        assert InvitationReply.objects.get().answer == "accepted"


def test_only_the_owner_sends_links_and_a_stranger_finds_nothing(
    client_of: Any, case: uuid.UUID, question: Question
) -> None:
    address = f"/forlop/{case}/lenke/{question.pk}/"
    assert client_of("per").get(address).status_code == 403
    assert client_of("ola").get(address).status_code == 404
    assert client_of("kari").get(f"/forlop/{case}/lenke/{uuid.uuid4()}/").status_code == 404


def test_when_it_is_done_nothing_is_left_in_the_browser(address: str) -> None:
    per = Client()
    prove(per, address)
    done = per.post("/svar/ferdig/")
    assert done["Clear-Site-Data"] == '"cache", "storage"'
    assert per.get("/svar/").status_code == 401
    assert "Anna" not in json.dumps(dict(per.session))
