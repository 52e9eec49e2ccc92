"""Answering a link with a code by SMS: the municipality's decision, asking, coming in, and never for health."""

import threading
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from django.test import Client

from grunnmur import clock
from grunnmur.cases.access_rules import access_rules
from grunnmur.cases.actions import meetings, questions, times
from grunnmur.cases.door import Invalid
from grunnmur.cases.models import Child, Participation, PollAsked, Question, QuestionAnswer
from grunnmur.cases.terms import (
    ChildParticipation,
    HealthArea,
    InformationKind,
    MeetingKind,
    ParticipationBasis,
    QuestionSort,
)
from grunnmur.log.models import AccessLog
from grunnmur.post import links, sms, worker
from grunnmur.post.models import Delivery, Fact, Link, LinkCode, Message
from grunnmur.post.terms import Channel, Confirmed, ProofKind
from grunnmur.stewardship import codes
from grunnmur.stewardship.codes import Said
from grunnmur.stewardship.models import CodeDecision
from grunnmur.stewardship.versions import Missing
from tests import health_case, together
from tests.web.reading import fault, form_of, page, text

Acting = Callable[[str], AbstractContextManager[Any]]
Travel = Callable[[datetime], None]
PLACE = "4202"
PHONE, MAIL = "+4790000001", "per@storgata.example"
BY_CODE = {"proof": ProofKind.CODE, "number": "", "mail": "", "phone": PHONE, "confirmed": Confirmed.SPOKEN}


MADE = {"name": "x", "role": "gp", "proof": "code", "proof_code": b"", "confirmed": "spoken"}
"""A link that a code opens, as it stands in its table."""


@pytest.fixture
def case(acting: Acting, anna: Child) -> uuid.UUID:
    """Under way; the GP sees the plan and somatic health."""
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        together.start(kari, pathway_id)
        together.let_in(kari, pathway_id, "storgata")
    return pathway_id


def midnight(on: date) -> datetime:
    """When a day begins, in Norway."""
    return datetime.combine(on, time(), clock.OSLO)


def decide(actor: Any, *, days: int | None = 30, seen: int = 0, why: str = "Vurdert.") -> uuid.UUID:
    """That a code is enough for so many days, or ends."""
    ends_on = together.day(days) if days is not None else None
    of = {"place": PLACE, "seen": seen, "at": clock.now(), "on": clock.today()}
    return codes.decide(actor=actor, said=Said(why, ends_on), **of)


@pytest.fixture
def decided(acting: Acting, fresh: Any) -> None:
    """A code is enough in Grimstad for a month."""
    with acting("leif") as leif:
        decide(fresh(leif))


def ask(actor: Any, case: uuid.UUID, kind: InformationKind = InformationKind.COORDINATION) -> Question:
    """One question to the GP."""
    return questions.ask(
        actor=actor,
        pathway_id=case,
        once=None,
        sort=QuestionSort.INFORMATION,
        kind=kind,
        to_service_id=together.service_id("storgata"),
        text="Hvem hos dere følger opp planen?",
        answer_by=together.day(14),
    )


@pytest.fixture
def question(acting: Acting, case: uuid.UUID) -> Question:
    with acting("kari") as kari:
        return ask(kari, case)


@pytest.fixture
def link(acting: Acting, case: uuid.UUID, question: Question, decided: None) -> Link:
    with acting("kari") as kari:
        return health_case.send_link(kari, case, question.pk, **BY_CODE)


def address(link: Link) -> str:
    return f"/svar/{links.address_of(link.pk)}/"


def code_of(client: Client, link: Link, as_admin: Any) -> str:
    """Press for a code; what the SMS will say of it."""
    assert client.post(f"{address(link)}kode/").status_code == 302
    with as_admin():
        newest = LinkCode.objects.filter(link=link, ended_at=None).get()
    return links.code_for(newest.delivery_id)


def come_in(link: Link, as_admin: Any) -> Client:
    """Whoever has the telephone, in."""
    client = Client()
    answer = client.post(f"{address(link)}kode/", {"code": code_of(client, link, as_admin)})
    assert (answer.status_code, answer["Location"]) == (302, "/svar/"), answer.content.decode()
    return client


@pytest.fixture(autouse=True)
def outside_the_demo(settings: Any, request: pytest.FixtureRequest) -> None:
    """The demo says the code on the page; here nobody does. Whoever logs in as one of the cast needs the demo."""
    if "client_of" not in request.fixturenames:
        settings.DEMO_LOGIN = False


# --- deciding --------------------------------------------------------------------------------------------------------


def test_a_leader_decides_on_a_page_after_proving_anew_and_ends_it(client_of: Any, as_admin: Any) -> None:
    leif, kari, last_day = client_of("leif"), client_of("kari"), together.day(29)
    assert "ikke nok nå" in text(page(leif.get("/kode-pa-sms/")))
    assert "/bekreft/" in leif.get("/kode-pa-sms/bestem/")["Location"]
    leif.post("/bekreft/", form_of(page(leif.get("/bekreft/"))))
    form = page(leif.get("/kode-pa-sms/bestem/"))
    late = leif.post("/kode-pa-sms/bestem/", form_of(form, why="Vurdert 1. mars.", last_day="31.12.2199"))
    assert "høyst ett år fram" in fault(page(late, 422), "last_day")
    given = form_of(form, why="Vurdert 1. mars.", last_day=f"{last_day:%d.%m.%Y}")
    assert [leif.post("/kode-pa-sms/bestem/", given).status_code for _press in range(2)] == [302, 302]
    with as_admin():
        assert [row.ends_on for row in CodeDecision.objects.all()] == [last_day + timedelta(days=1)]
    shown = text(page(kari.get("/kode-pa-sms/")))
    assert f"til og med {last_day:%d.%m.%Y}" in shown and "Vurdert 1. mars." in shown and "Leif Aas" in shown
    assert kari.get("/kode-pa-sms/bestem/").status_code == 302, "asked to prove anew first"
    assert kari.get("/kode-pa-sms/avslutt/").status_code == 403
    ended = form_of(page(leif.get("/kode-pa-sms/avslutt/")), why="Feil nummer to ganger.")
    assert leif.post("/kode-pa-sms/avslutt/", ended).status_code == 302
    assert "ikke nok nå" in text(page(kari.get("/kode-pa-sms/")))
    assert leif.get("/kode-pa-sms/avslutt/").status_code == 403
    with as_admin():
        assert list(AccessLog.objects.filter(action__endswith="_codes", reason="self").values_list("action", flat=True))


@pytest.mark.parametrize("who", ["kari", "per", "ola", "stein", "marit", "leif"])
def test_the_database_lets_nobody_decide_but_a_leader_who_has_just_proved_it(
    who: str, acting: Acting, fresh: Any, as_admin: Any
) -> None:
    with acting(who) as actor:
        if who in ("marit", "leif"):
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                decide(actor)
            decide(fresh(actor))
        else:
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                decide(fresh(actor))
        assert CodeDecision.objects.count() == (who in ("marit", "leif"))
    with acting("ola"):
        assert not CodeDecision.objects.exists(), "another municipality's"


READERS = {"kari": True, "leif": True, "marit": True, "per": True, "stein": False, "ola": False, "berit": False}
"""Who works in Grimstad, and not in a home where children live."""


def test_who_reads_what_was_decided(decided: None, acting: Acting) -> None:
    seen = {}
    for who in READERS:
        with acting(who):
            seen[who] = CodeDecision.objects.exists()
    assert seen == READERS


def test_the_page_is_for_those_in_the_municipality(client_of: Any) -> None:
    answers = {who: client_of(who).get("/kode-pa-sms/").status_code for who in ("kari", "per", "berit", "stein", "eva")}
    assert answers == {"kari": 200, "per": 200, "berit": 403, "stein": 403, "eva": 403}


def test_it_is_ended_without_proving_anew_and_only_by_who_may(acting: Acting, decided: None) -> None:
    with acting("kari") as kari, pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        decide(kari, days=None, seen=1)
    with acting("marit") as marit:
        decide(marit, days=None, seen=1, why="Slutt.")
        assert codes.enough_until(PLACE, on=clock.today()) is None
        with pytest.raises(Missing):
            decide(marit, days=None, seen=2, why="En gang til.")


def test_it_runs_out_by_itself_and_no_link_lasts_longer(
    acting: Acting, fresh: Any, case: uuid.UUID, question: Question, travel: Travel
) -> None:
    with acting("leif") as leif:
        decide(fresh(leif), days=2)
    with acting("kari") as kari:
        link = health_case.send_link(kari, case, question.pk, **BY_CODE)
        until = CodeDecision.objects.get().ends_on
        assert until
        assert Message.objects.get(link=link).expires_at == midnight(until)
        assert codes.enough_until(PLACE, on=until - timedelta(days=1)) == until
        assert codes.enough_until(PLACE, on=until) is None
    travel(midnight(until) - timedelta(seconds=1))
    assert Client().get(address(link)).status_code == 200
    travel(midnight(until))
    assert Client().get(address(link)).status_code == 410


# --- asking ----------------------------------------------------------------------------------------------------------


def test_a_code_is_offered_where_it_is_decided_and_no_health_and_the_sender_sees_how_it_opens(
    client_of: Any, case: uuid.UUID, question: Question, acting: Acting, fresh: Any, as_admin: Any
) -> None:
    kari, way = client_of("kari"), f"/forlop/{case}/lenke/{question.pk}/"
    assert not page(kari.get(way)).select("input[value=code], input[name=confirmed]")
    given = {"name": "Per Holm", "proof": "code", "phone": "900 00 001", "confirmed": "spoken"}
    assert "Velg fra listen" in fault(page(kari.post(way, form_of(page(kari.get(way)), **given)), 422), "proof")
    with acting("leif") as leif:
        decide(fresh(leif))
    with acting("kari") as actor:
        about_health = ask(actor, case, InformationKind.SOMATIC)
    assert not page(kari.get(f"/forlop/{case}/lenke/{about_health.pk}/")).select("input[value=code]")
    soup = page(kari.get(way))
    for left_out, where, says in (
        ("phone", "phone", "Skriv mobilnummeret som koden"),
        ("confirmed", "confirmed", "Velg hvordan du vet"),
    ):
        lacking = form_of(soup, **{**given, left_out: "", "mail": MAIL})
        assert says in fault(page(kari.post(way, lacking), 422), where)
    done = kari.post(way, form_of(soup, **given))
    assert done.status_code == 302, done.content.decode()
    with as_admin():
        sent = Link.objects.get()
        assert (sent.proof, bytes(sent.proof_code), sent.confirmed) == ("code", b"", "spoken")
    assert "Åpnes med kode på SMS." in text(page(kari.get(f"/forlop/{case}/sporsmal/")))


def test_beside_a_meeting_and_its_times_stands_how_each_link_opens(
    client_of: Any, acting: Acting, case: uuid.UUID, decided: None
) -> None:
    with acting("kari") as kari:
        invited = together.call(kari, case, "storgata").invitations.get()
        health_case.send_link(kari, case, invited.pk, **BY_CODE)
        poll = times.propose(
            actor=kari,
            pathway_id=case,
            once=None,
            meeting=MeetingKind.STATUSMOTE,
            times=[together.at(8), together.at(9)],
            services=[together.service_id("storgata")],
            answer_by=together.day(7),
        )
        health_case.send_link(kari, case, PollAsked.objects.get(poll=poll).pk)
    kari, per = client_of("kari"), client_of("per")
    shown = page(kari.get(f"/forlop/{case}/moter/"))
    assert text(shown).count("Åpnes med kode på SMS.") == text(shown).count("Åpnes med eID.") == 1
    ways = [one["href"] for one in shown.find_all("a", string="Trekk tilbake")]
    assert [kari.get(way).status_code for way in ways] == [200, 200]
    assert "Lenke til" not in text(page(per.get(f"/forlop/{case}/moter/"))), "for the one who sent it alone"


def test_with_two_ways_the_mail_has_the_link_and_the_telephone_the_code(
    acting: Acting, case: uuid.UUID, question: Question, decided: None, as_admin: Any
) -> None:
    with acting("kari") as kari:
        link = health_case.send_link(kari, case, question.pk, **{**BY_CODE, "mail": MAIL})
    code_of(Client(), link, as_admin)
    with as_admin():
        ways = Delivery.objects.filter(message=link.message_id).order_by("made_at")
        assert [(way.channel, way.address.address) for way in ways] == [("mail", MAIL), ("code", PHONE)]


@pytest.mark.parametrize("is_mapping", [True, False], ids=["a mapping", "a question"])
def test_never_about_health(is_mapping: bool, acting: Acting, case: uuid.UUID, decided: None) -> None:
    with acting("kari") as kari:
        if is_mapping:
            item = health_case.ask(kari, case, "storgata", HealthArea.SOMATIC).pk
        else:
            item = ask(kari, case, InformationKind.SOMATIC).pk
        with pytest.raises(Invalid) as refused:
            health_case.send_link(kari, case, item, **BY_CODE)
        assert [name for name, problem in refused.value.problems.items() if problem] == ["proof"]


def test_never_about_what_was_said_at_a_meeting(acting: Acting, case: uuid.UUID, decided: None, travel: Travel) -> None:
    storgata = together.service_id("storgata")
    with acting("kari") as kari:
        meeting = together.call(kari, case, "storgata", days=3)
        invited = meeting.invitations.get()
        assert health_case.send_link(kari, case, invited.pk, **BY_CODE), "one may be asked to it so"
    travel(clock.now() + timedelta(days=4))
    with acting("kari") as kari:
        held = meetings.hold(
            actor=kari,
            pathway_id=case,
            once=None,
            meeting_id=meeting.pk,
            held_on=clock.today(),
            services_present=[storgata],
            people_present=[],
            child_present=False,
            participation=ChildParticipation.CONVERSATION,
            minutes="Vi snakket om søvnen.",
        )
        with pytest.raises(Invalid):
            health_case.send_link(kari, case, held.pk, service_id=storgata, **BY_CODE)


@pytest.mark.parametrize(
    ("sort", "kind", "is_taken"),
    [
        ("question", 2, True),
        ("invitation", 2, True),
        ("question", 1, True),
        ("question", 16, False),
        ("question", 2 | 16, False),
        ("invitation", 256, False),
        ("minutes", 2, False),
        ("referral", 2, False),
        ("passport", 2, False),
    ],
)
def test_the_database_takes_no_other_link(
    sort: str, kind: int, is_taken: bool, acting: Acting, case: uuid.UUID, decided: None, as_admin: Any
) -> None:
    with acting("kari") as kari, as_admin():
        message = Message.objects.create(
            sort=sort,
            subject=case,
            kind=kind,
            item=uuid.uuid4(),
            author_service_id=kari.service_id,
            recorded_by_id=kari.person_id,
            recorded_at=clock.now(),
            once="x",
            wants_answer=True,
            expires_at=clock.now() + timedelta(days=3),
        )
        if is_taken:
            Link.objects.create(message=message, **MADE)
        else:
            with pytest.raises(DatabaseError, match="a code is not enough"), transaction.atomic():
                Link.objects.create(message=message, **MADE)


def test_the_database_takes_none_without_a_decision_that_lasts_as_long(
    acting: Acting, fresh: Any, case: uuid.UUID, link: Link, as_admin: Any
) -> None:
    with as_admin():
        sent, until = Message.objects.get(link=link), CodeDecision.objects.get().ends_on
        assert until
        LinkCode.objects.all().delete()
        Link.objects.all().delete()
        Message.objects.filter(pk=sent.pk).update(expires_at=midnight(until) + timedelta(seconds=1))
        with pytest.raises(DatabaseError, match="a code is not enough"), transaction.atomic():
            Link.objects.create(message=sent, **MADE)
        Message.objects.filter(pk=sent.pk).update(expires_at=midnight(until))
        # What a link is to see can be written before the link.
        Participation.objects.filter(only_for=link.pk, kinds=2).update(kinds=2 | 16)
        with pytest.raises(DatabaseError, match="a code is not enough"), transaction.atomic():
            Link.objects.create(pk=link.pk, message=sent, **MADE)
        for wrong in ({"confirmed": ""}, {"proof_code": b"x"}, {"proof": "hpr"}):
            with pytest.raises(DatabaseError, match="a_link_has_one_proof"), transaction.atomic():
                Link.objects.create(message=sent, **{**MADE, **wrong})
    with acting("leif") as leif:
        decide(leif, days=None, seen=1)
    with as_admin(), pytest.raises(DatabaseError, match="a code is not enough"), transaction.atomic():
        Link.objects.create(message=sent, **MADE)


def test_a_child_with_a_protected_address_has_none(
    acting: Acting, case: uuid.UUID, question: Question, anna: Child, link: Link, as_admin: Any
) -> None:
    """Nor from the moment that it becomes so, also for whoever has come in."""
    per = come_in(link, as_admin)
    with acting("kari") as kari:
        together.protect(kari, anna.pk)
    assert per.get("/svar/").status_code == 404
    assert page(per.get(address(link)), 410)
    with as_admin():
        assert Fact.objects.filter(message=link.message_id, fact="closed").count() == 1
        assert not Participation.objects.filter(only_for=link.pk, ends_at__gt=clock.now()).exists()
    with acting("kari") as kari, pytest.raises(Invalid):
        health_case.send_link(kari, case, question.pk, **BY_CODE)


def test_of_a_link_and_the_end_of_the_decision_at_once_the_later_waits(
    acting: Acting, case: uuid.UUID, question: Question, decided: None, admin_url: str
) -> None:
    with psycopg.connect(admin_url, dbname=connection.settings_dict["NAME"]) as other, acting("kari") as kari:
        other.execute("select pg_advisory_xact_lock(hashtextextended('code decision ' || %s, 0))", [PLACE])
        connection.cursor().execute("set local lock_timeout = '100ms'")
        with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic():
            health_case.send_link(kari, case, question.pk, **BY_CODE)
        other.rollback()
        health_case.send_link(kari, case, question.pk, **BY_CODE)


# --- coming in -------------------------------------------------------------------------------------------------------


def test_whoever_has_the_telephone_answers_and_the_log_says_how_they_came_in(
    link: Link, case: uuid.UUID, acting: Acting, as_admin: Any
) -> None:
    per = Client()
    front = page(per.get(address(link)))
    assert "Få kode på SMS" in text(front) and "Anna" not in text(front) and front.title.get_text() == "Melding"
    for look in (per.get, per.head):
        assert look(f"{address(link)}kode/")["Location"] == address(link)
    with as_admin():
        assert not LinkCode.objects.exists(), "a mail program that opens the address has asked for none"
    code = code_of(per, link, as_admin)
    answer = per.post(f"{address(link)}kode/", {"code": f" {links.in_groups(code)} "})
    assert (answer.status_code, answer["Location"]) == (302, "/svar/")
    soup = page(per.get("/svar/"))
    assert "Hvem hos dere følger opp planen?" in text(soup) and "Skriv ikke om helse her" in text(soup)
    assert "Skriv ikke om helse. Alle som er med i saken" in soup.select_one("#id_text_hint").get_text()
    assert per.post("/svar/", form_of(soup, says="answered", text="Per.")).status_code == 302
    with as_admin():
        given = QuestionAnswer.objects.get()
        assert (given.recorded_by.name, given.kind) == ("Per Holm", InformationKind.COORDINATION)
        looks = AccessLog.objects.filter(person_id=given.recorded_by_id, allowed=True)
        assert {look.purpose for look in looks} == {"answering_by_code"}
    again = per.post(f"{address(link)}kode/", {"code": code})
    assert "stemmer ikke" in fault(page(again, 403), "code"), "it is good once"


def test_a_code_is_typed_in_the_browser_that_asked_for_it(link: Link, as_admin: Any) -> None:
    per, other = Client(), Client()
    code = code_of(per, link, as_admin)
    assert other.post(f"{address(link)}kode/", {"code": code})["Location"] == address(link)
    assert other.get("/svar/").status_code == 401
    assert "Skriv koden" in text(page(per.get(f"{address(link)}kode/")))
    assert per.post(f"{address(link)}kode/", {"code": code}).status_code == 302


def test_the_sms_says_the_code_and_nothing_else_and_nothing_of_it_is_kept(
    link: Link, as_admin: Any, tmp_path: Path, acting: Acting
) -> None:
    code = code_of(Client(), link, as_admin)
    folder = sms.Files(tmp_path)
    out = {Channel.SMS: sms.Sms(folder), Channel.CODE: sms.Codes(folder)}
    assert worker.run(threading.Event(), out=out, once=True) == 2
    texts = sorted(one.read_text() for one in tmp_path.iterdir())
    assert sum(links.in_groups(code) in one for one in texts) == 1
    assert all(PHONE in one and "Anna" not in one and "Grimstad" not in one for one in texts)
    with as_admin():
        kept = LinkCode.objects.get()
        assert code.encode() not in bytes(kept.keyed)
        assert Fact.objects.filter(delivery=kept.delivery_id, fact="handed_over").exists()


def test_a_press_twice_sends_one_and_another_later_makes_the_first_worthless(
    link: Link, as_admin: Any, travel: Travel, acting: Acting, tmp_path: Path
) -> None:
    start, per = clock.now(), Client()
    travel(start)
    first = code_of(per, link, as_admin)
    assert code_of(per, link, as_admin) == first
    travel(start + timedelta(seconds=31))
    second = code_of(per, link, as_admin)
    assert second != first
    assert per.post(f"{address(link)}kode/", {"code": first}).status_code == 403
    folder = sms.Files(tmp_path)
    out = {Channel.SMS: sms.Sms(folder), Channel.CODE: sms.Codes(folder)}
    worker.run(threading.Event(), out=out, once=True)
    assert [links.in_groups(first) in one.read_text() for one in tmp_path.iterdir()].count(True) == 0
    with as_admin():
        assert Fact.objects.get(fact="failed").code == "replaced"
        assert Message.objects.get(link=link).silent_from > clock.now(), "nobody is told that it failed"
    assert per.post(f"{address(link)}kode/", {"code": second}).status_code == 302


class NoSuchNumber:
    """Whoever sends SMS says that there is none such."""

    def send(self, *, to: str, text: str, once: str) -> sms.Answer:
        return sms.Answer.NO_SUCH_NUMBER


def test_a_code_that_does_not_arrive_is_told_to_the_sender(
    link: Link, as_admin: Any, client_of: Any, case: uuid.UUID
) -> None:
    Client().post(f"{address(link)}kode/")
    with as_admin():
        Delivery.objects.filter(channel=Channel.SMS).update(due_at=None)  # the word that there is a link has left
        assert Message.objects.get(link=link).silent_from > clock.now()
    out = {Channel.CODE: sms.Codes(NoSuchNumber())}
    assert worker.run(threading.Event(), out=out, once=True) == 1
    silent = text(page(client_of("kari").get("/stille/")))
    assert "Kode på SMS: kom ikke fram" in silent and "Adressen finnes ikke." in silent


@pytest.mark.parametrize(
    ("seconds", "misses", "status"),
    [(599, 0, 302), (601, 0, 403), (0, 4, 302), (0, 5, 403)],
    ids=["in time", "too late", "the last try", "one too many"],
)
def test_how_long_and_how_often(
    seconds: int, misses: int, status: int, link: Link, as_admin: Any, travel: Travel
) -> None:
    start, per = clock.now(), Client()
    travel(start)
    code = code_of(per, link, as_admin)
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    said = {text(page(per.post(f"{address(link)}kode/", {"code": wrong}), 403)) for _time in range(misses)}
    assert len(said) <= 1
    travel(start + timedelta(seconds=seconds))
    assert per.post(f"{address(link)}kode/", {"code": code}).status_code == status
    with as_admin():
        assert AccessLog.objects.filter(reason="link_code", person_id=None).count() == misses + (status == 403)


def test_one_link_gets_few_codes(link: Link, as_admin: Any, travel: Travel) -> None:
    start, per = clock.now(), Client()
    with as_admin(), connection.cursor() as cursor:
        cursor.execute("update sec.limits set burst = 3, every = interval '10 minutes' where key = 'link_code'")
    for press in range(3):
        travel(start + timedelta(seconds=31 * press))
        assert per.post(f"{address(link)}kode/").status_code == 302
    refused = per.post(f"{address(link)}kode/")
    assert refused.status_code == 429 and "mange koder til denne lenken" in text(page(refused, 429))
    with as_admin():
        assert LinkCode.objects.count() == 3
    travel(start + timedelta(minutes=11))
    assert per.post(f"{address(link)}kode/").status_code == 302


def test_one_links_code_opens_no_other_and_an_eid_link_takes_none(
    link: Link, acting: Acting, case: uuid.UUID, as_admin: Any
) -> None:
    with acting("kari") as kari:
        other = health_case.send_link(kari, case, ask(kari, case).pk, **BY_CODE)
        by_eid = health_case.send_link(kari, case, ask(kari, case).pk)
    per = Client()
    mine = code_of(per, link, as_admin)
    code_of(per, other, as_admin)
    assert per.post(f"{address(other)}kode/", {"code": mine}).status_code == 403
    assert links.open_session(link.pk) is None, "the code is asked for in the database too"
    assert links.send_code(by_eid.pk) is None
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(
            "select sec.begin_link_session(sha256('x'), %s, interval '1 hour', interval '1 hour', 'link')", [link.pk]
        )
    made_up = f"/svar/{'A' * 43}/kode/"
    for way in (f"{address(by_eid)}kode/", made_up):
        for answer in (Client().get(way), Client().post(way), Client().post(way, {"code": mine})):
            assert answer.status_code == 404


def test_nobody_comes_in_by_saying_a_number(link: Link, client_of: Any) -> None:
    """As one does in the demo, in place of an eID."""
    assert page(Client().post(address(link), {"number": PHONE}), 403)
    assert Client().post(address(link), {"number": ""}).status_code == 403


def test_even_where_more_is_open_a_code_shows_nothing_of_health(
    link: Link, acting: Acting, case: uuid.UUID, as_admin: Any
) -> None:
    with acting("kari") as kari:
        ask(kari, case, InformationKind.SOMATIC)
    with acting("kari"):
        rows = Participation.objects.filter(only_for=link.pk, kinds=2)
        with pytest.raises(DatabaseError, match="a code is not enough"), transaction.atomic():
            rows.update(kinds=2 | 16)
    with as_admin(), connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        opened = Participation.objects.filter(only_for=link.pk, basis=ParticipationBasis.ASKED)[0].pk
        everything = int(access_rules().carries[ParticipationBasis.ASKED])
        Participation.objects.filter(pk=opened).update(kinds=everything, item=None)
        cursor.execute("set local session_replication_role = origin")
    per = Client()
    code = code_of(per, link, as_admin)
    token = links.open_by_code(link.pk, code)
    assert token
    with transaction.atomic(), connection.cursor() as cursor:
        entered = links.enter(token)
        assert entered and entered[0].kinds == 3
        cursor.execute("select distinct kind from cases_question union select kind from cases_ownwords")
        assert cursor.fetchall() == [(2,)]
        transaction.set_rollback(True)


def test_what_was_typed_before_the_time_ran_out_is_there_after_a_code(
    link: Link, as_admin: Any, travel: Travel
) -> None:
    start = clock.now()
    travel(start)
    per = come_in(link, as_admin)
    given = form_of(page(per.get("/svar/")), says="answered", text="Et langt svar.")
    travel(start + timedelta(minutes=70))
    front = page(per.post("/svar/", given), 401)
    kept = front.select_one("input[name=kept]")["value"]
    typing = page(per.post(f"{address(link)}kode/", {"kept": kept}))
    assert typing.select_one("input[name=kept]")["value"] == kept
    with as_admin():
        code = links.code_for(LinkCode.objects.get(ended_at=None).delivery_id)
    restored = page(per.post(f"{address(link)}kode/", {"kept": kept, "code": code}))
    assert "Et langt svar." in str(restored)


# --- when it ends ----------------------------------------------------------------------------------------------------


def test_when_the_decision_ends_every_link_by_code_is_closed_and_the_senders_are_told(
    link: Link, acting: Acting, fresh: Any, case: uuid.UUID, client_of: Any, as_admin: Any
) -> None:
    with acting("kari") as kari:
        unopened = health_case.send_link(kari, case, ask(kari, case).pk, **BY_CODE)
        by_eid = health_case.send_link(kari, case, ask(kari, case).pk)
        answered = health_case.send_link(kari, case, ask(kari, case).pk, **BY_CODE)
    client_of("kari")
    per, done = Client(), Client()
    for client, one in ((per, link), (done, answered)):
        client.post(f"{address(one)}kode/")  # the demo shows the page at once
        with as_admin():
            newest = LinkCode.objects.get(link=one, ended_at=None)
        assert client.post(f"{address(one)}kode/", {"code": links.code_for(newest.delivery_id)}).status_code == 302
    assert done.post("/svar/", form_of(page(done.get("/svar/")), says="answered", text="Ja.")).status_code == 302
    given = form_of(page(per.get("/svar/")), says="answered", text="Et langt svar.")
    with acting("leif") as leif:
        decide(leif, days=None, seen=1)
    closed = page(per.post("/svar/", given), 404)
    assert "Et langt svar." in str(closed) and "Anna" not in text(closed)
    assert done.get("/svar/").status_code == 404
    for one in (link, unopened, answered):
        assert "ikke i bruk lenger" in text(page(Client().get(address(one)), 410))
        assert Client().post(f"{address(one)}kode/").status_code == 410
    assert Client().get(address(by_eid)).status_code == 200
    kari = client_of("kari")
    assert text(page(kari.get(f"/forlop/{case}/sporsmal/"))).count("stengt: kode er ikke nok lenger") == 2
    silent = text(page(kari.get("/stille/")))
    assert silent.count("stengt: kode på sms er ikke nok lenger") == 2
    with as_admin():
        closed_now = set(Fact.objects.filter(fact="closed").values_list("message__link", flat=True))
        assert closed_now == {link.pk, unopened.pk, answered.pk}
        assert Message.objects.get(link=answered).silent_from is None
    worker.run(threading.Event(), out=Nothing(), once=True)
    with acting("leif") as leif:
        decide(fresh(leif), seen=2)
    assert Client().get(address(unopened)).status_code == 410, "and stays so"


class Nothing(dict[Channel, Any]):
    """Every way out; by none of them does anything leave for the telephone."""

    def __missing__(self, channel: Channel) -> Any:
        return self

    def send(self, address: str, *, name: str, may_leave: Callable[[], bool], page: str = "") -> None:
        assert address != PHONE or not may_leave(), "nothing leaves to the one whose link is closed"

    def close(self) -> None:
        """There is no line."""


def test_codes_go_with_the_childs_record(link: Link, anna: Child, as_admin: Any) -> None:
    code_of(Client(), link, as_admin)
    with as_admin(), connection.cursor() as cursor:
        cursor.execute("select sec.erase_child(%s)", [anna.pk])
        for table in ("post_linkcode", "post_link", "post_address", "post_delivery"):
            cursor.execute(f"select count(*) from {table}")
            assert cursor.fetchone() == (0,), table
