"""The passport of a closed pathway, sent as a link: who reads what, for how long, and that nothing else opens."""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from grunnmur import clock
from grunnmur.cases import access, door, row_security
from grunnmur.cases.actions import closings, consents, messages, passports, sight
from grunnmur.cases.actions.closings import Carrier
from grunnmur.cases.actions.consents import Answer
from grunnmur.cases.models import Child, Consent, Participation, Passport, PassportLine, Referral, RelatedPerson
from grunnmur.cases.queries import passport as queries
from grunnmur.cases.queries.case import get_case
from grunnmur.cases.terms import (
    ConsentAnswer,
    ConsentPurpose,
    HealthArea,
    InformationKind,
    MappingConclusion,
    MappingState,
    RelationKind,
    RestrictionCause,
    SignatoryKind,
)
from grunnmur.directory.kinds import Role
from grunnmur.log import record
from grunnmur.log.models import AccessLog, Event
from grunnmur.post import links
from grunnmur.post.models import Delivery, Fact, Link, Message
from grunnmur.post.terms import ProofKind
from tests import health_case, together
from tests.family import home as homes
from tests.web.reading import fault, form_of, page, text
from tests.web.test_links import prove

Acting = Callable[[str], AbstractContextManager[Any]]
ClientOf = Callable[[str], Any]
Outside = Callable[[], AbstractContextManager[None]]
MENTAL, SOMATIC = HealthArea.MENTAL, HealthArea.SOMATIC
NUMBER = "14851281232"
HOME = {"name": "Berit Vik", "role": Role.FOSTER_PARENT, "proof": ProofKind.NATIONAL_ID, "number": NUMBER}
TO = {"name": "Per Holm", "role": "gp", "proof": "hpr", "number": "7654321", "mail": "per.holm@storgata.example"}


@pytest.fixture
def case(acting: Acting, anna: Child, travel: Any) -> uuid.UUID:
    """Closed: somatic health was mapped, there is a referral about mental health, and the GP may know of both."""
    with acting("kari") as kari:
        key = together.begin(kari, anna)
        together.start(kari, key)
        health_case.consent(kari, key, "storgata", MENTAL, SOMATIC, purposes=health_case.SEE_AND_TELL)
        health_case.consent(kari, key, "abup", MENTAL, purposes=health_case.SEE_AND_TELL)
        mapping = health_case.ask(kari, key, "storgata", SOMATIC)
    with acting("per") as per:
        health_case.step(per, key, mapping, MappingState.ACCEPTED)
        health_case.step(
            per,
            key,
            mapping,
            MappingState.CONCLUDED,
            conclusion=MappingConclusion.MUNICIPAL_FOLLOW_UP,
            findings="Lavt jern.",
            recommendation="Ny prøve om to måneder.",
        )
        health_case.refer(per, key, "abup", MENTAL, question="Kan dette være angst?", situation="Sover dårlig.")
    travel(clock.now() + timedelta(days=2))
    with acting("kari") as kari:
        together.close(
            kari,
            key,
            Carrier("Følge med på jernet", "", service_id=together.service_id("storgata"), health_area=SOMATIC),
            ground="agreed_with_health",
            summary="Barnevernets egen vurdering.",
            child_view="Det er bra nå.",
        )
    return key


def way(case: uuid.UUID, service: str = "storgata") -> str:
    return f"/forlop/{case}/pass/{together.service_id(service)}/lenke/"


def confirmed(client_of: ClientOf, who: str = "kari") -> Any:
    client = client_of(who)
    client.post("/bekreft/")
    return client


@pytest.fixture
def address(case: uuid.UUID, acting: Acting, fresh: Any, as_admin: Outside) -> str:
    """The address of a link that was sent to the GP."""
    with acting("kari") as kari:
        link = send(fresh(kari), case)
    return f"/svar/{links.address_of(link.pk)}/"


def send(kari: Any, case: uuid.UUID, service: str = "storgata", **more: Any) -> Link:
    return passports.send(
        **{
            "actor": kari,
            "pathway_id": case,
            "once": None,
            "seen": None,
            "service_id": together.service_id(service),
            "language": "nb",
            **TO,
            "role": Role.GP,
            "proof": ProofKind.HPR,
            **more,
        }
    )


@contextmanager
def inside(address: str) -> Iterator[Any]:
    """The one who has come in by the link, as the program and the database know them."""
    link_id = links.id_in(address.split("/")[2])
    assert link_id
    with transaction.atomic(), record.linked():
        token = links.open_session(link_id)
        assert token
        entered = links.enter(token)
        assert entered
        yield entered[0]
        transaction.set_rollback(True)


def read(address: str) -> str:
    """What the page shows to the one that the link is for; nothing when it is not there."""
    per = Client()
    proved = prove(per, address)
    if proved.status_code == 410:
        return ""
    assert proved.status_code == 302
    answer = per.get("/svar/")
    assert answer.status_code in (200, 404)
    return text(page(answer)) if answer.status_code == 200 else ""


def test_kari_sends_it_looks_after_it_and_takes_it_back(
    client_of: ClientOf, case: uuid.UUID, as_admin: Outside
) -> None:
    kari, readers = confirmed(client_of), f"/forlop/{case}/pass/"
    shown = page(kari.get(readers))
    assert shown.find("a", href=way(case))
    form = page(kari.get(way(case)))
    assert "Lavt jern." in form.article.get_text() and "Barnevernets egen oppsummering" in text(form)
    wrong = page(kari.post(way(case), form_of(form, **{**TO, "number": "12", "mail": ""})), 422)
    assert "sju til ni sifre" in fault(wrong, "number") and "e-postadressen eller mobil" in fault(wrong, "mail")
    given = form_of(form, **TO)
    assert [kari.post(way(case), given).status_code for _press in range(2)] == [302, 302]
    with as_admin():
        link, message = Link.objects.get(), Message.objects.get(link__isnull=False)
        assert (message.sort, message.to_service_id) == ("passport", together.service_id("storgata"))
        assert Delivery.objects.get(message=message).channel == "mail"
        event = Event.objects.get(name="passport.sent")
        assert event.data == {"language": "nb"}
        assert Passport.objects.count() == 1 and PassportLine.objects.exists()
    for shows_it in (readers, f"/forlop/{case}/avslutning/"):
        assert "Lenke til Per Holm venter på å bli sendt" in text(page(kari.get(shows_it)))
    for list_of_all in ("/sendt/", f"/forlop/{case}/sendt/"):
        assert "Pass for videre hjelp til Storgata legesenter" in text(page(kari.get(list_of_all)))
    back = page(kari.get(readers)).find("a", string="Trekk tilbake")["href"]
    done = kari.post(back, form_of(page(kari.get(back))))
    assert (done.status_code, done["Location"]) == (302, readers)
    assert "Lenke til Per Holm trukket tilbake" in text(page(kari.get(readers)))
    assert page(Client().get(f"/svar/{links.address_of(link.pk)}/"), 410)
    with as_admin():
        assert not PassportLine.objects.exists(), "what it said is not kept"


def test_whoever_it_is_for_reads_it_and_nobody_else(
    client_of: ClientOf, case: uuid.UUID, address: str, as_admin: Outside
) -> None:
    front = text(page(Client().get(address)))
    assert "Anna" not in front and "pass" not in front.lower()
    another = Client()
    assert page(prove(another, address, "7654322"), 403) and page(another.get("/svar/"), 401)
    with as_admin():
        assert not Fact.objects.filter(fact="opened").exists()
    per = Client()
    prove(per, address)
    soup = page(per.get("/svar/"))
    shown = text(soup)
    assert "Anna Solberg, født" in shown and "Sendt av Grimstad barneverntjeneste" in shown
    for told in ("Lavt jern.", "Ny prøve om to måneder.", "Henvist til ABUP", "Følge med på jernet", "Kartlagt av"):
        assert told in soup.article.get_text(), told
        assert told in soup.select_one("#journal").get_text(), told
    assert "Barnevernets egen vurdering." not in shown and "Det er bra nå." not in shown
    assert soup.title.get_text() == "Melding"
    (phone,) = soup.article.select('a[href^="tel:"]')
    assert phone["href"] == f"tel:{phone.get_text().replace(' ', '')}"
    with as_admin():
        look = AccessLog.objects.get(action="answer_by_link", allowed=True)
        assert (look.ground, look.service_id) == ("handed_on", together.service_id("storgata"))
        assert look.kinds & int(InformationKind.SOMATIC) and not look.kinds & int(InformationKind.CHILD_WELFARE)
        assert Fact.objects.filter(fact="opened").count() == 1
    kari = client_of("kari")
    readers = page(kari.get(f"/forlop/{case}/pass/"))
    assert "Lenke til Per Holm åpnet" in text(readers)
    assert client_of("per").get(f"/forlop/{case}/").status_code == 404, "the service itself sees nothing more"
    assert per.post("/svar/ferdig/").status_code == 200
    assert "Anna" not in json.dumps(dict(per.session))


def test_one_that_has_been_opened_is_taken_back_too(
    client_of: ClientOf, case: uuid.UUID, address: str, as_admin: Outside
) -> None:
    per, kari, readers = Client(), client_of("kari"), f"/forlop/{case}/pass/"
    prove(per, address)
    assert "Lavt jern." in text(page(per.get("/svar/")))
    back = page(kari.get(readers)).find("a", string="Trekk tilbake")["href"]
    assert kari.post(back, form_of(page(kari.get(back)))).status_code == 302
    assert "Lavt jern." not in text(page(per.get("/svar/"), 404))
    shown = page(kari.get(readers))
    assert "Lenke til Per Holm ikke lenger aktuelt" in text(shown) and not shown.find("a", string="Trekk tilbake")
    assert read(address) == ""
    with as_admin():
        assert not PassportLine.objects.exists(), "what it said is not kept"


def test_the_database_shows_the_link_its_lines_and_no_other_row_of_the_case(address: str, case: uuid.UUID) -> None:
    tables = sorted(policy.table for policy in row_security.policies() if policy.table.startswith("cases_"))
    with inside(address) as per, connection.cursor() as cursor:
        seen = {}
        for table in tables:
            cursor.execute(f"select count(*) from {table}")
            seen[table] = cursor.fetchone()[0]
        assert {table for table, count in seen.items() if count} == {"cases_passportline", "cases_participation"}
        assert access.visible_to(per, PassportLine.objects.all()).count() == seen["cases_passportline"] > 4
        with pytest.raises(access.NotVisible):
            access.get_pathway(per, case)
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute(
                "insert into cases_passportline select gen_random_uuid(), kind, 99, part, 'x', who, phone, about,"
                " passport_id, pathway_id from cases_passportline limit 1"
            )


@pytest.mark.parametrize("who", ["kari", "per", "siri", "ola"])
def test_nobody_who_is_logged_in_reads_what_was_sent(who: str, address: str, acting: Acting) -> None:
    with acting(who) as actor:
        assert not PassportLine.objects.exists()
        assert not access.visible_to(actor, PassportLine.objects.all()).exists()


def restrict(acting: Acting, anna: Child, **more: Any) -> None:
    with acting("kari") as kari:
        sight.restrict(
            actor=kari,
            child_id=anna.pk,
            once=None,
            cause=RestrictionCause.SERVICE_RESTRICTED,
            reason="Anna ønsker det ikke.",
            review_on=clock.today() + timedelta(days=30),
            service_id=together.service_id("storgata"),
            **more,
        )


NOES: list[tuple[str, InformationKind | None, tuple[str, ...], tuple[str, ...]]] = [
    ("a health area", InformationKind.SOMATIC, ("Henvist til ABUP", "Anna Solberg"), ("Lavt jern.", "jernet")),
    ("one row", None, ("Lavt jern.", "Anna Solberg"), ("Henvist til ABUP",)),
    ("everything", InformationKind.CONTACT, (), ("Anna Solberg", "Lavt jern.", "Henvist")),
]


@pytest.mark.parametrize(("kinds", "stays", "goes"), [one[1:] for one in NOES], ids=[one[0] for one in NOES])
def test_an_explicit_no_after_it_was_sent_takes_what_it_is_about(
    address: str,
    acting: Acting,
    anna: Child,
    kinds: InformationKind | None,
    stays: tuple[str, ...],
    goes: tuple[str, ...],
) -> None:
    with acting("kari"):
        referral = Referral.objects.get().pk
    restrict(acting, anna, **({"kinds": kinds} if kinds else {"item": referral}))
    shown = read(address)
    assert all(told in shown for told in stays) and not any(told in shown for told in goes)
    with inside(address) as per:
        ours = set(access.visible_to(per, PassportLine.objects.all()).values_list("pk", flat=True))
        assert ours == set(PassportLine.objects.values_list("pk", flat=True)), "both walls say the same"


def withdraw(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        for given in Consent.objects.filter(purpose="contact_health", recipient=together.service_id("storgata")):
            consents.withdraw(
                actor=kari, pathway_id=case, once=None, consent_id=given.pk, withdrawn_by=SignatoryKind.CHILD
            )


def protect(acting: Acting, anna: Child) -> None:
    with acting("kari") as kari:
        together.protect(kari, anna.pk)


@pytest.mark.parametrize("is_sent", [True, False], ids=["it was sent", "nothing was sent"])
def test_the_receipt_in_a_closed_case_tells_what_the_consent_carried_and_no_sight_that_was_not_there(
    case: uuid.UUID, client_of: ClientOf, acting: Acting, fresh: Any, travel: Any, *, is_sent: bool
) -> None:
    with acting("kari") as kari:
        if is_sent:
            send(fresh(kari), case)
        given = Consent.objects.get(purpose="contact_health", recipient=together.service_id("storgata"))
    travel(clock.now() + timedelta(minutes=1))
    back = f"/forlop/{case}/samtykke/{given.pk}/trekk/"
    read = text(page(client_of("kari").post(back, {"withdrawn_by": "child"}, follow=True)))
    assert ("Storgata legesenter kan ikke lenger lese passet for videre hjelp" in read) == is_sent
    assert ("Det ga ikke innsyn, så ingen mister innsyn nå." in read) != is_sent
    assert "ser ikke lenger" not in read and "har fått beskjed om at det er stengt" not in read


@pytest.mark.parametrize("what", ["withdrawn", "protected"])
def test_a_consent_that_is_taken_back_and_a_protected_address_close_it_at_once(
    what: str, address: str, case: uuid.UUID, anna: Child, acting: Acting, as_admin: Outside
) -> None:
    assert "Lavt jern." in read(address)
    withdraw(acting, case) if what == "withdrawn" else protect(acting, anna)
    assert read(address) == ""
    with as_admin():
        ends = set(Participation.objects.filter(basis="handed_on").values_list("ends_at", flat=True))
        assert ends and all(end <= clock.now() for end in ends)


def test_it_lasts_as_long_as_the_consent_and_never_longer_than_the_link(
    acting: Acting, case: uuid.UUID, address: str, as_admin: Outside, travel: Callable[[datetime], None]
) -> None:
    with as_admin():
        rows = Participation.objects.filter(basis="handed_on")
        assert {row.ends_at for row in rows} == {Message.objects.get(link__isnull=False).expires_at}
        assert {(row.service_id, row.item) for row in rows} == {(None, Passport.objects.get().pk)}
    travel(clock.now() + timedelta(days=22))
    assert page(Client().get(address), 410)


def test_it_ends_on_the_day_that_the_consent_does(
    acting: Acting, anna: Child, fresh: Any, travel: Callable[[datetime], None], as_admin: Outside
) -> None:
    with acting("kari") as kari:
        key = together.begin(kari, anna)
        together.start(kari, key)
        health_case.consent(kari, key, "storgata", SOMATIC, days=9)
        together.close(
            kari,
            key,
            Carrier("Jernet", "", service_id=together.service_id("storgata"), health_area=SOMATIC),
            ground="agreed_with_health",
            summary="Slutt.",
            child_view="Fint.",
        )
        last = together.day(9)
        link = send(fresh(kari), key)
    address = f"/svar/{links.address_of(link.pk)}/"
    assert "Jernet" in read(address)
    travel(datetime.combine(last, datetime.min.time(), clock.OSLO) - timedelta(seconds=1))
    assert "Jernet" in read(address)
    travel(datetime.combine(last, datetime.min.time(), clock.OSLO))
    assert read(address) == ""


def test_a_new_consent_brings_nothing_back(
    address: str, case: uuid.UUID, acting: Acting, travel: Callable[[datetime], None]
) -> None:
    withdraw(acting, case)
    travel(clock.now() + timedelta(hours=1))
    with acting("kari") as kari:
        closings.reactivate(
            actor=kari, pathway_id=case, once=None, reason="Ny bekymring.", reactivated_on=clock.today()
        )
        health_case.consent(kari, case, "storgata", MENTAL, SOMATIC)
    assert read(address) == ""


REFUSED: list[tuple[str, str, dict[str, Any]]] = [
    ("not confirmed", "not_fresh", {}),
    ("no consent", "not_for_them", {"service": "abup", "withdrawn": True}),
    ("the address is protected", "not_for_them", {"protected": True}),
    ("an explicit no", "not_for_them", {"no": True}),
    ("taken up again", "status_under_way", {"reactivated": True}),
]


@pytest.mark.parametrize(("code", "world"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED])
def test_what_must_not_be_sent_is_not_sent(
    case: uuid.UUID, acting: Acting, anna: Child, fresh: Any, code: str, world: dict[str, Any], as_admin: Outside
) -> None:
    if world.get("withdrawn"):
        with acting("kari") as kari:
            for given in Consent.objects.filter(purpose="contact_health", recipient=together.service_id("abup")):
                consents.withdraw(
                    actor=kari, pathway_id=case, once=None, consent_id=given.pk, withdrawn_by=SignatoryKind.CHILD
                )
    if world.get("protected"):
        protect(acting, anna)
    if world.get("no"):
        restrict(acting, anna, kinds=InformationKind.CONTACT)
    with acting("kari") as kari:
        if world.get("reactivated"):
            closings.reactivate(actor=kari, pathway_id=case, once=None, reason="Nytt.", reactivated_on=clock.today())
        with pytest.raises(access.Refused, match=code):
            send(kari if code == "not_fresh" else fresh(kari), case, world.get("service", "storgata"))
    with as_admin():
        assert not PassportLine.objects.exists() and not Link.objects.exists()


def test_the_database_writes_no_line_for_one_who_has_not_confirmed(
    case: uuid.UUID, address: str, acting: Acting
) -> None:
    with acting("kari") as kari:
        row = Passport.objects.get()
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            PassportLine.objects.create(
                passport=row, pathway_id=case, kind=1, number=99, part="child", says="x", about=[]
            )
        assert not kari.is_fresh


@pytest.mark.parametrize(("who", "status"), [("siri", 404), ("per", 404), ("ola", 404), ("leif", 200)])
def test_only_the_owner_sends_it_and_only_to_whom_a_consent_names(
    client_of: ClientOf, case: uuid.UUID, who: str, status: int
) -> None:
    assert client_of(who).get(way(case)).status_code == (302 if status == 200 else status)
    client = confirmed(client_of, who)
    assert client.get(way(case)).status_code == status
    assert client.get(way(case, "tannklinikken")).status_code == 404


def test_it_is_never_reminded_of(
    address: str, case: uuid.UUID, acting: Acting, client_of: ClientOf, travel: Callable[[datetime], None]
) -> None:
    travel(clock.now() + timedelta(days=10))
    (silent,) = page(client_of("kari").get("/stille/")).find_all(
        lambda tag: tag.name == "li" and "Pass for videre hjelp" in tag.get_text()
    )
    assert "Send en påminnelse" not in silent.get_text()
    with acting("kari") as kari:
        closings.reactivate(actor=kari, pathway_id=case, once=None, reason="Nytt.", reactivated_on=clock.today())
        with pytest.raises(Exception, match="message_id"):
            messages.remind(actor=kari, pathway_id=case, once=None, message_id=Message.objects.get(sort="passport").pk)


# --- consent that is asked for after closing --------------------------------------------------------------------------


def ask(client: Any, case: uuid.UUID, service: str, *, step: str = "save", **more: Any) -> Any:
    """Everybody says yes to one service about somatic health; `step` is empty for what it would open."""
    address = f"/forlop/{case}/samtykke/nytt/"
    form = page(client.get(address))
    yes = {one["name"]: "yes" for one in form.select('input[type="radio"][name^="answer_"]')}
    given = {"recipient_id": str(together.service_id(service)), "kinds": ["somatic"], **yes, **more}
    return client.post(address, form_of(form, **given) | ({"step": step} if step else {}))


def test_the_next_home_can_be_given_the_passport_though_nobody_thought_of_it_before_closing(
    case: uuid.UUID, client_of: ClientOf, acting: Acting, fresh: Any
) -> None:
    kari = client_of("kari")
    readers = page(kari.get(f"/forlop/{case}/pass/"))
    assert readers.find("a", href=f"/forlop/{case}/samtykke/nytt/")
    with acting("kari") as actor, pytest.raises(access.NotVisible):
        send(fresh(actor), case, "fosterhjemmet")
    form = page(kari.get(f"/forlop/{case}/samtykke/nytt/"))
    offered = {one["value"] for one in form.select('input[name="purposes"]')}
    assert offered == {"contact_health", "hand_over", "interdisciplinary_mapping"}
    would = text(page(ask(kari, case, "fosterhjemmet", step="")))
    assert "pass for videre hjelp om kroppslig helse" in would and "ser ikke noe annet" in would
    with acting("kari"):
        before = Message.objects.count()
    assert ask(kari, case, "fosterhjemmet").status_code == 302
    with acting("kari") as actor:
        assert Message.objects.count() == before, "a service that sees nothing is not told that there is something"
        seen = Participation.objects.filter(
            pathway=case, service=together.service_id("fosterhjemmet"), ends_at__gt=clock.now()
        )
        assert not seen.exists()
        assert send(fresh(actor), case, "fosterhjemmet", **HOME).pk
    with acting("berit") as berit, pytest.raises(access.NotVisible):
        access.get_pathway(berit, case)


def test_what_is_of_no_use_when_nobody_works_together_is_not_asked_for(case: uuid.UUID, acting: Acting) -> None:
    with acting("kari") as kari, pytest.raises(door.Invalid) as refused:
        health_case.consent(kari, case, "tannklinikken", SOMATIC, purposes=health_case.SEE_AND_TELL)
    assert set(refused.value.problems) == {"purposes"}


def test_the_one_who_answers_is_told_what_a_yes_lets_the_service_have(
    case: uuid.UUID, acting: Acting, anna: Child
) -> None:
    with acting("kari") as kari:
        home = homes.home(kari, anna, case)
        homes.decide(kari, home, home.mother)
        homes.let_in(kari, home, home.mother)
        (asked,) = consents.record(
            actor=kari,
            pathway_id=case,
            once=None,
            purposes=[ConsentPurpose.CONTACT_HEALTH],
            recipient_id=together.service_id("tannklinikken"),
            kinds=InformationKind.SOMATIC,
            valid_from=clock.today(),
            valid_until=together.day(100),
            answers=[
                Answer(SignatoryKind.CHILD, ConsentAnswer.YES, clock.today(), "oral"),
                *(
                    Answer(SignatoryKind.PARENT, ConsentAnswer.YES, clock.today(), "oral", related_person_id=one.pk)
                    for one in RelatedPerson.objects.filter(relation=RelationKind.FATHER)
                ),
            ],
        )
    mother = Client(HTTP_HOST="localhost")
    assert mother.post("/min-side/inn/", {"number": homes.MOTHERS}).status_code == 302
    address = f"/min-side/ja-og-nei/{asked.pk}/"
    told = text(page(mother.get(address)))
    assert "hva vi fant om kroppslig helse, og hvem som hjelper videre" in told and "De ser ikke noe annet." in told
    assert mother.post(address, form_of(page(mother.get(address)), says="yes")).status_code == 302
    with acting("kari") as kari:
        reader = queries.get_reader(get_case(kari, case, page="passport"), f"service:{asked.recipient_id}")
        assert not reader.because
        holds = Participation.objects.filter(ground=asked.pk, ends_at__gt=clock.now())
        assert not holds.exists()
        closings.reactivate(actor=kari, pathway_id=case, once=None, reason="Nytt.", reactivated_on=clock.today())
        assert holds.get().service_id == asked.recipient_id, "as the page said"
