"""The family's own pages over HTTP: coming in, reading, asking, going out; and the contact person's side of it."""

import json
import re
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.core import signing
from django.template import engines
from django.test import Client, RequestFactory
from django.utils import translation

from demo import cast
from grunnmur import clock
from grunnmur.cases.access_rules import Purpose, access_rules
from grunnmur.cases.actions import basis, consents, plans, remarks, sight
from grunnmur.cases.actions.family_log_ins import Way
from grunnmur.cases.models import (
    Assessment,
    Child,
    Consent,
    FamilyLogIn,
    Letter,
    Meeting,
    RelatedPerson,
    TaskVersion,
)
from grunnmur.cases.queries import extracts, held, own_pages
from grunnmur.cases.terms import (
    ALL_KINDS,
    ConsentPurpose,
    FamilyAccess,
    HealthArea,
    InformationKind,
    RemarkBy,
    TaskState,
)
from grunnmur.directory import sessions
from grunnmur.family import coming_in
from grunnmur.family.shown import NEUTRAL, PAGES
from grunnmur.post.models import Message
from grunnmur.web.jinja import dato
from grunnmur.web.views import errors
from grunnmur.web.written_words import (
    FOR_A_PROGRAM,
    HEADINGS,
    LABELS,
    LABELS_IN_AN_EXTRACT,
    TITLES,
    label_in_short,
    written,
)
from tests import health_case, together
from tests.family import home as homes
from tests.family.home import FATHERS, MOTHERS, Home, decide, let_in, withhold

Acting = Callable[[str], AbstractContextManager[Any]]
ADDRESSES = (
    "/min-side/",
    "/min-side/hvem/",
    "/min-side/ja-og-nei/",
    "/min-side/skrevet/",
    "/min-side/sett/",
    "/min-side/skriv/",
    "/min-side/steg/",
)


@pytest.fixture
def home(acting: Acting, anna: Child) -> Home:
    with acting("kari") as kari:
        case = together.begin(kari, anna)
        found = homes.home(kari, anna, case)
        together.start(kari, case)
        together.let_in(kari, case, "storgata", "skolehelse")
        together.call(kari, case, "storgata", "skolehelse")
        plans.set_task(
            actor=kari,
            pathway_id=case,
            once=None,
            what="Time hos fastlegen",
            service_id=together.service_id("storgata"),
            related_person_id=None,
            due_on=together.day(10),
        )
        decide(kari, found, found.mother)
        decide(kari, found, found.anna)
        let_in(kari, found, found.mother)
    return found


def stranger() -> Client:
    return Client(HTTP_HOST="localhost")


def inside(number: str = MOTHERS) -> Client:
    """Somebody in the family who has come in."""
    client = stranger()
    answer = client.post("/min-side/inn/", {"number": number})
    assert answer.status_code == 302, answer.content.decode()
    return client


def text_of(client: Client, address: str, *, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, (address, answer.status_code)
    return str(answer.content.decode())


def test_every_page_of_the_menu_opens_for_a_mother_and_a_child(home: Home, acting: Acting) -> None:
    with acting("kari") as kari:
        given = homes.give_device(kari, home, home.anna)
    child = stranger()
    assert child.post("/min-side/kode/", {"code": given.code, "pin": "271828", "again": "271828"}).status_code == 302
    assert len(PAGES) == len(ADDRESSES)
    for client in (inside(), child):
        for address in ADDRESSES:
            page = text_of(client, address)
            assert "<title>Min side</title>" in page
            assert "Lukk siden fort" in page
            assert all(number in page for number in ("tel:113", "tel:116117", "tel:116111"))
    assert "Hei, Anna" in text_of(child, "/min-side/")
    assert "Om Anna" in text_of(inside(), "/min-side/")


def test_a_mother_sees_the_plan_the_meeting_and_who_is_with_them(home: Home) -> None:
    mother = inside()
    page = text_of(mother, "/min-side/")
    assert "Time hos fastlegen" in page
    assert cast.service("storgata").name in page
    assert cast.service("skolehelse").name in text_of(mother, "/min-side/hvem/")
    assert "Du sa ja" in text_of(mother, "/min-side/ja-og-nei/")


def rows_of(page: str) -> list[list[str]]:
    """The rows of the page's one table, without the headings that are said again in each cell."""
    table = BeautifulSoup(page, "html.parser").select_one("main table")
    assert table
    for label in table.select(".g-table__label"):
        label.decompose()
    return [[cell.get_text().strip() for cell in row.select("th, td")] for row in table.select("tbody tr")]


def test_who_is_with_them_is_told_by_name_of_the_contact_person_alone(home: Home) -> None:
    grimstad, gp, nurse = (cast.service(key).name for key in ("grimstad", "storgata", "skolehelse"))
    everything, always = "Alt vi skriver. Det er vi som har saken.", "så lenge vi har saken"
    some, until = "Møtene, planen og kroppslig helse.", f"til og med {dato(together.day(364))}"
    page = text_of(inside(), "/min-side/hvem/")
    assert rows_of(page) == [
        ["Kari Lunde", f"Kontaktperson i barnevernet, {grimstad}", everything, always],
        [f"Andre i {grimstad}", "Kontaktperson i barnevernet, Barnevernleder", everything, always],
        [nurse, "Helsesykepleier", some, until],
        [gp, "Fastlege, Sykepleier", some, until],
    ]
    assert not [key for key in ("per", "leif") if cast.get(key).name in page]


def test_a_service_that_is_kept_from_her_is_in_no_row_of_who_is_with_them(home: Home, acting: Acting) -> None:
    with acting("kari") as kari:
        withhold(
            kari,
            home,
            Consent.objects.get(recipient=together.service_id("skolehelse")).pk,
            InformationKind.COORDINATION,
        )
    roles = [role for _who, role, *_more in rows_of(text_of(inside(), "/min-side/hvem/"))]
    assert (len(roles), "Helsesykepleier" in roles) == (3, False)


def test_a_stranger_is_asked_who_they_are_and_told_nothing(home: Home) -> None:
    for address in ADDRESSES:
        answer = stranger().get(address)
        assert (answer.status_code, answer["Location"]) == (302, "/min-side/inn/")
    answer = stranger().post("/min-side/inn/", {"number": FATHERS})
    assert answer.status_code == 403
    not_open = answer.content.decode()
    assert "Vi finner ingen side for deg nå" in not_open
    for page in (text_of(stranger(), "/min-side/inn/"), not_open):
        assert not re.search("barnevern|Anna|helse", page.partition("<main")[2].partition("</main>")[0])


def test_staff_are_not_family_and_family_are_not_staff(home: Home, client_of: Callable[[str], Client]) -> None:
    kari, mother = client_of("kari"), inside()
    assert kari.get("/min-side/")["Location"] == "/min-side/inn/"
    assert mother.get(f"/forlop/{home.case}/")["Location"].startswith("/logg-inn/")
    assert mother.get(f"/barn/{home.anna}/tilgang/")["Location"].startswith("/logg-inn/")


def test_going_out_fast_ends_the_session_everywhere(home: Home) -> None:
    mother = inside()
    answer = mother.get("/min-side/ut/")
    assert (answer.status_code, answer["Location"]) == (302, NEUTRAL)
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert mother.get("/min-side/")["Location"] == "/min-side/inn/"
    mother = inside()
    cookies = mother.cookies.output()
    assert mother.post("/min-side/logg-ut/").status_code == 302
    old = stranger()
    old.cookies.load(cookies.replace("Set-Cookie: ", ""))
    assert old.get("/min-side/")["Location"] == "/min-side/inn/", "the cookie from before opens nothing"


NO_NAME = ""


@pytest.mark.parametrize(
    ("children", "pages"),
    [
        (["Jonas Solberg", NO_NAME], ["Om Jonas", "Uten navn"]),
        (["Jonas Solberg", NO_NAME, NO_NAME], ["Om Jonas", "Uten navn 1", "Uten navn 2"]),
        (["Jonas Solberg", "Jonas Nes", "Ada Nes"], ["Om Jonas Solberg", "Om Jonas Nes", "Om Ada"]),
        (["Jonas Nes", "Ada Nes", "Jonas Nes"], ["Om Jonas Nes 1", "Om Ada", "Om Jonas Nes 2"]),
    ],
)
def test_no_two_pages_that_one_can_open_are_called_the_same(children: list[str], pages: list[str]) -> None:
    own = Way(uuid4(), "Marit Dal", is_child=True)
    ways = [own, *(Way(uuid4(), name, is_child=False) for name in children)]
    assert coming_in.names_of(ways) == ["Min egen", *pages]


def test_a_device_asks_for_its_pin_and_says_when_it_is_wrong(home: Home, acting: Acting) -> None:
    with acting("kari") as kari:
        given = homes.give_device(kari, home, home.anna)
    phone = stranger()
    assert text_of(phone, "/min-side/kode/").count('inputmode="numeric"') == 2
    page = phone.post("/min-side/kode/", {"code": given.code, "pin": "123456", "again": "123456"})
    assert (page.status_code, "lette å gjette" in page.content.decode()) == (422, True)
    page = phone.post("/min-side/kode/", {"code": given.code, "pin": "271828", "again": "271829"})
    assert (page.status_code, "ikke like" in page.content.decode()) == (422, True)
    assert "ikke borte" not in page.content.decode(), "no page gives a PIN back"
    assert "Passord og PIN må du skrive på nytt" in page.content.decode()
    page = phone.post("/min-side/kode/", {"code": "abcd-efgh-jkmn-pqrs", "pin": "271828", "again": "271828"})
    assert (page.status_code, "Den gjelder én gang og i 3 dager" in page.content.decode()) == (422, True)
    assert phone.post("/min-side/kode/", {"code": given.code, "pin": "271828", "again": "271828"}).status_code == 302
    device = phone.cookies["device"]
    assert (device["path"], device["httponly"], device["samesite"]) == ("/min-side/", True, "Strict")
    assert phone.post("/min-side/logg-ut/").status_code == 302
    assert "Med PIN på denne enheten" in text_of(phone, "/min-side/inn/")
    wrong = phone.post("/min-side/inn/", {"pin": "000000"})
    assert (wrong.status_code, "PIN-en er feil" in wrong.content.decode()) == (422, True)
    assert phone.post("/min-side/inn/", {"pin": "271828"})["Location"] == "/min-side/"
    other = stranger()
    assert other.post("/min-side/inn/", {"pin": "271828"}).status_code == 422, "the PIN opens nothing elsewhere"


def test_a_question_is_sent_once_and_answered(home: Home, client_of: Callable[[str], Client]) -> None:
    mother, kari = inside(), client_of("kari")
    once = "3f0f8a52-4a7f-4b93-9f0e-0f9b3a9d7a11"
    for _press in range(2):
        sent = mother.post("/min-side/skriv/", {"text": "Når er neste møte?", "once_token": once})
        assert sent["Location"] == "/min-side/skriv/"
    assert text_of(mother, "/min-side/skriv/").count("Når er neste møte?") == 1
    page = text_of(kari, "/mitt-arbeid/" if kari.get("/mitt-arbeid/").status_code == 200 else "/")
    assert "Noen i en familie har spurt" in page
    asked = text_of(kari, f"/barn/{home.anna}/spurt/")
    found = re.search(rf"/barn/{home.anna}/spurt/([0-9a-f-]+)/", asked)
    assert found
    answered = kari.post(found.group(0), {"text": "Torsdag klokka ti."})
    assert answered.status_code == 302, answered.content.decode()
    page = text_of(mother, "/min-side/skriv/")
    assert "Torsdag klokka ti." in page
    assert "Kari Lunde" in page
    again = kari.post(found.group(0), {"text": "En gang til."})
    assert (again.status_code, "alt svart" in again.content.decode()) == (422, True)


def test_an_empty_question_is_refused_beside_the_field(home: Home) -> None:
    answer = inside().post("/min-side/skriv/", {"text": "  "})
    assert answer.status_code == 422
    assert "aria-invalid" in answer.content.decode()
    assert "Det du har skrevet, er ikke borte" in answer.content.decode()


def test_a_question_about_a_look_must_be_answered_within_72_hours(
    home: Home, client_of: Callable[[str], Client], acting: Acting
) -> None:
    assert client_of("per").get(f"/forlop/{home.case}/").status_code == 200
    mother = inside()
    page = text_of(mother, "/min-side/sett/")
    assert cast.service("storgata").name in page
    assert cast.get("per").name not in page
    look = re.search(r"/min-side/sett/([0-9a-f-]+)/", page)
    assert look
    assert "72 timer" in text_of(mother, look.group(0))
    assert mother.post(look.group(0), {"text": "Hvem er dette?"})["Location"] == "/min-side/skriv/"
    assert mother.get("/min-side/sett/3f0f8a52-4a7f-4b93-9f0e-0f9b3a9d7a11/").status_code == 404
    with acting("kari"):
        letter = Letter.objects.get()
        assert letter.answer_by is not None
        assert (letter.answer_by - letter.written_at).total_seconds() == 72 * 3600
    kari = client_of("kari")
    assert "svar innen" in text_of(kari, f"/barn/{home.anna}/spurt/")
    asked = f"/barn/{home.anna}/spurt/{letter.pk}/"
    assert cast.service("storgata").name in text_of(kari, asked)
    with acting("kari") as actor:
        together.protect(actor, home.anna)
    for reader, tells in (("kari", True), ("leif", False)):
        assert (cast.service("storgata").name in text_of(client_of(reader), asked)) == tells


def test_what_was_typed_when_time_ran_out_comes_back_to_the_same_person(home: Home, acting: Acting) -> None:
    mother = inside()
    with acting("kari") as kari:
        decide(kari, home, home.father)
        let_in(kari, home, home.father, FATHERS)
    sessions.end(mother.session["family"])
    page = mother.post("/min-side/skriv/", {"text": "Et langt spørsmål"})
    assert page.status_code == 401
    kept = re.search(r'name="kept" value="([^"]+)"', page.content.decode())
    assert kept
    other = stranger().post("/min-side/inn/", {"number": FATHERS, "kept": kept.group(1)})
    assert other.status_code == 302, "not his"
    back = mother.post("/min-side/inn/", {"number": MOTHERS, "kept": kept.group(1)})
    assert "Et langt spørsmål" in back.content.decode()


def test_what_was_typed_comes_back_after_the_quarter_of_an_hour_that_a_session_lasts(
    home: Home, travel: Callable[[datetime], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    mother = inside()
    cookie = mother.cookies["sessionid"]
    assert (cookie["max-age"], cookie["expires"]) == ("", ""), "the browser still has it then"
    late = timedelta(minutes=16)
    travel(clock.now() + late)
    monkeypatch.setattr(signing, "time", SimpleNamespace(time=lambda: time.time() + late.total_seconds()))
    page = mother.post("/min-side/skriv/", {"text": "Et langt spørsmål"})
    assert page.status_code == 401
    kept = re.search(r'name="kept" value="([^"]+)"', page.content.decode())
    assert kept
    back = mother.post("/min-side/inn/", {"number": MOTHERS, "kept": kept.group(1)})
    assert "Et langt spørsmål" in back.content.decode()


def test_we_are_in_one_place_on_the_way_though_more_is_under_way(home: Home, acting: Acting) -> None:
    with acting("kari") as kari:
        health_case.ask(kari, home.case, "storgata", HealthArea.SOMATIC)
    mother = inside()
    for address in ("/min-side/", "/min-side/steg/"):
        page = text_of(mother, address)
        assert (page.count("Her er vi nå"), page.count("Også i gang")) == (1, 1), address


def test_every_table_that_can_be_read_stands_under_one_heading() -> None:
    headed = [table for _heading, titles in HEADINGS for table in titles]
    tables = {model._meta.db_table for model in held.models() if model is not Message}
    can_be_read = {table for table in tables if held.activity_of(table) in held.WRITTEN}
    assert sorted(headed) == sorted(can_be_read - own_pages.NOT_THEIRS)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_no_two_tables_are_called_the_same(language: str) -> None:
    with translation.override(language):
        titles = [str(title) for _heading, titles in HEADINGS for title in titles.values()]
    assert len(set(titles)) == len(titles)


@pytest.mark.usefixtures("bokmal_afterwards")
def test_what_is_written_is_named_and_chosen_from_in_the_readers_language(home: Home) -> None:
    mother = inside()
    mother.post("/sprak/", {"language": "en", "back": "/min-side/"})
    page = text_of(mother, "/min-side/skrevet/")
    for shown in ("When and where we meet", "What kind of meeting", "Start-up meeting"):
        assert shown in page, shown
    assert "Oppstartsmøte" not in page


def test_every_name_of_a_column_that_can_be_read_is_there_to_be_translated() -> None:
    hidden = ALL_KINDS & ~access_rules().purposes[Purpose.OWN_INSIGHT]
    tables = {table for _heading, titles in HEADINGS for table in titles}
    names = {
        label_in_short(label[:1].upper() + label[1:])
        for model in held.models()
        if (table := model._meta.db_table) in tables
        for column, label in held.can_say(model)
        if column not in held.columns_of(table, hidden)
    }
    assert names - FOR_A_PROGRAM == {str(label) for label in LABELS}
    known = {str(label) for label in (*LABELS, *LABELS_IN_AN_EXTRACT)}
    in_an_extract = [model for model in held.models() if extracts.is_in(model._meta.db_table, is_childs=True)]
    assert {model._meta.db_table for model in in_an_extract} == set(TITLES)
    for model in in_an_extract:
        table = model._meta.db_table
        said = [label for column, label in held.can_say(model) if column not in held.columns_of(table, hidden)]
        assert {label_in_short(label[:1].upper() + label[1:]) for label in said} <= known, table
    assert names > FOR_A_PROGRAM, "each of them is one that there is"


def test_what_is_written_can_be_taken_along(home: Home) -> None:
    mother = inside()
    assert {"Samtykker", "Møter", "Oppgaver"} <= set(parts_of(text_of(mother, "/min-side/skrevet/")))
    answer = mother.get("/min-side/skrevet/data/")
    tables = json.loads(answer.content)["tables"]
    assert "cases_meeting" in tables
    assert not {"cases_ownwords", "cases_conversation", "cases_participation", "cases_familydecision"} & set(tables)
    assert answer["Content-Disposition"] == 'attachment; filename="min-side.json"'
    paper = mother.get("/min-side/skrevet/papir/")
    assert (paper.status_code, paper.content[:5]) == (200, b"%PDF-")
    assert "min-side.pdf" in paper["Content-Disposition"]


def test_what_one_has_said_of_a_thing_stands_with_it_on_ones_own_pages_and_no_others(
    home: Home, acting: Acting
) -> None:
    with acting("kari") as kari:
        let_in(kari, home, home.anna, str(home.child.national_id))
        (decided,) = Assessment.objects.all()
        for who in (home.mother, home.anna):
            sight.release(
                actor=kari,
                child_id=home.anna,
                once=None,
                identity=who,
                item=decided.pk,
                reason="De skal kunne lese den.",
            )
        around = {row.identity: row.pk for row in RelatedPerson.objects.filter(child=home.anna)}
        for words, by in (("Mor: nei.", home.mother), ("Far: nei.", home.father), ("Anna: nei.", None)):
            remarks.record(
                actor=kari,
                pathway_id=home.case,
                once=None,
                subject_id=decided.pk,
                said_by=RemarkBy.RELATED if by else RemarkBy.CHILD,
                said_on=clock.today(),
                words=words,
                related_person_id=around[by] if by else None,
            )
    mother, anna = inside(), inside(str(home.child.national_id))
    everything = ("/min-side/skrevet/", "/min-side/skrevet/data/")
    for who, own in ((mother, "Mor: nei."), (anna, "Anna: nei.")):
        for address in everything:
            read = text_of(who, address)
            assert [said for said in ("Mor: nei.", "Far: nei.", "Anna: nei.") if said in read] == [own]
    assert "Det du mener om dette" in text_of(mother, everything[0])
    with acting("kari") as kari:
        withhold(kari, home, decided.pk, InformationKind(decided.kind))
    assert not [address for address in everything if "Mor: nei." in text_of(mother, address)]


def test_what_is_written_stands_table_by_table_and_says_when_it_ends(home: Home) -> None:
    page = text_of(inside(), "/min-side/skrevet/")
    main = BeautifulSoup(page, "html.parser").select_one("main")
    assert main
    under = {
        part.select_one("summary").get_text(): [title.get_text() for title in part.select("h2")]  # type: ignore[union-attr]
        for part in main.select("details")
    }
    assert under["Møter"] == ["Når og hvor vi møtes", "Tjenester som er bedt"]
    assert under["Oppgaver"] == ["Hvem som gjør hva"], "not the row that only binds versions together"
    labels = {label.get_text() for label in main.select("dt")}
    assert {"Fødselsdato", "Gjelder fra", "Slutter å gjelde"} <= labels
    assert "Til dag" not in labels
    assert all(row.select("dd") for row in main.select("details li"))
    assert not [head for head in main.select(".g-entries__head") if head.get_text().strip().endswith("·")]


def test_a_row_that_no_service_is_said_to_have_written_has_no_dot_after_its_day() -> None:
    at = datetime(2026, 11, 29, 10, tzinfo=clock.OSLO)
    item = held.Item(id=uuid4(), kind=0, at=at, written_by="", service="", columns={}, said=(("Når", "i går"),))
    shown = written((held.Held("cases_meeting", "å kalle inn til møter", (item,)),))
    page = engines["jinja2"].from_string('{% import "family/parts.html" as parts %}{{ parts.held(held) }}')
    assert "29.11.2026" in page.render({"held": shown})
    assert "·" not in page.render({"held": shown})


OF_THEIR_OWN = {"Hvem vet hva?", "Lurer du på noe?", "Hva vil du si før møtet?", "Hvordan var det?"}
"""What only leads on, and whether somebody has said how it was."""


def parts_of(*pages: str) -> dict[str, str]:
    """Each part of pages by its heading, without what can be pressed."""
    found = {}
    for page in pages:
        main = BeautifulSoup(page, "html.parser").select_one("main")
        assert main
        for pressed in main.select(".g-actions, .f-acts"):
            pressed.decompose()
        for part in main.select(".f-way, section.g-card, details"):
            title = part.select_one(".g-card__title, summary")
            found[title.get_text() if title else "the way"] = " ".join(part.get_text(" ").split())
    return {title: text for title, text in found.items() if title not in OF_THEIR_OWN}


def test_the_contact_person_sees_exactly_what_each_of_them_sees(
    home: Home, client_of: Callable[[str], Client], acting: Acting
) -> None:
    kari = client_of("kari")
    assert client_of("per").get(f"/forlop/{home.case}/").status_code == 200
    with acting("kari") as actor:
        of: dict[str, Any] = {"actor": actor, "pathway_id": home.case, "once": None}
        basis.record_own_words(**of, said_on=clock.today(), words="Jeg vil sove.")
        plans.set_goal(**of, text="Anna sover hele natten")
        consents.record(
            **of,
            purposes=[ConsentPurpose.CONTACT_HEALTH],
            recipient_id=together.service_id("abup"),
            kinds=InformationKind.MENTAL,
            valid_from=clock.today(),
            valid_until=together.day(200),
            answers=(),
        )
        let_in(actor, home, home.anna)
    assert "Logger inn med eID" in text_of(kari, f"/barn/{home.anna}/tilgang/")
    common = {"the way", "Vi venter på svar fra deg", "Møtene", "Det vi har avtalt", "Disse er med"}
    common |= {"Det vi har spurt om", "Disse har sett"}
    for number, who, more in (
        (MOTHERS, home.mother, set[str]()),
        (home.child.national_id or "", home.anna, {"Det du har sagt"}),
    ):
        one = inside(number)
        own = parts_of(*(text_of(one, address) for address in ADDRESSES[:5]))
        assert common | more <= set(own)
        shown = text_of(kari, f"/barn/{home.anna}/tilgang/person/{who}/slik/")
        assert parts_of(shown) == own
        assert "Det personen har skrevet til dere, står for seg" in shown
    nothing = text_of(kari, f"/barn/{home.anna}/tilgang/person/{home.father}/slik/")
    assert "Personen ser ingenting nå" in nothing
    assert text_of(kari, f"/barn/{home.anna}/"), "and is herself again afterwards"
    for key, status in (("leif", 200), ("per", 403), ("ola", 404)):
        assert client_of(key).get(f"/barn/{home.anna}/tilgang/person/{home.mother}/slik/").status_code == status


def test_when_the_address_is_protected_the_childs_own_pages_name_no_service_but_the_owner(
    home: Home, acting: Acting, client_of: Callable[[str], Client]
) -> None:
    assert client_of("per").get(f"/forlop/{home.case}/").status_code == 200
    with acting("kari") as kari:
        given = homes.give_device(kari, home, home.anna)
        plans.set_goal(actor=kari, pathway_id=home.case, once=None, text="Anna er trygg i Lillesand")
        together.protect(kari, home.anna)
    child = stranger()
    child.post("/min-side/kode/", {"code": given.code, "pin": "271828", "again": "271828"})
    storgata = cast.service("storgata")
    told = (
        *(storgata.name, str(storgata.kind.label), cast.service("skolehelse").name, "Grimstad rådhus"),
        *("Time hos fastlegen", "Lillesand"),
    )
    for address in ADDRESSES:
        shown = text_of(child, address).partition("<main")[2].partition("</main>")[0]
        assert [word for word in told if word.lower() in shown.lower()] == [], address
    assert cast.service("grimstad").name in text_of(child, "/min-side/hvem/")
    assert "papir" in text_of(child, "/min-side/skrevet/")
    assert json.loads(child.get("/min-side/skrevet/data/").content)["tables"] == {}


def test_a_log_in_is_given_and_ended_on_the_page(home: Home, client_of: Callable[[str], Client]) -> None:
    kari = client_of("kari")
    address = f"/barn/{home.anna}/tilgang/person/{home.anna}/inn/"
    kari.post("/bekreft/")
    page = kari.post(address, {"way": "device"})
    assert page.status_code == 200
    code = re.search(r'g-code"><strong>([^<]+)<', page.content.decode())
    assert code
    phone = stranger()
    activated = phone.post("/min-side/kode/", {"code": code.group(1), "pin": "271828", "again": "271828"})
    assert activated["Location"] == "/min-side/"
    ended = kari.post(f"/barn/{home.anna}/tilgang/person/{home.anna}/ut/", {})
    assert ended.status_code == 302
    assert phone.get("/min-side/")["Location"] == "/min-side/inn/"
    wrong = kari.post(f"/barn/{home.anna}/tilgang/person/{home.mother}/inn/", {"way": "eid", "number": "1"})
    assert (wrong.status_code, "Fødselsnummeret er ikke gyldig" in wrong.content.decode()) == (422, True)
    given = kari.post(f"/barn/{home.anna}/tilgang/person/{home.mother}/inn/", {"way": "eid", "number": FATHERS})
    assert given.status_code == 302


def test_a_log_in_is_given_by_somebody_who_has_just_confirmed(
    home: Home, client_of: Callable[[str], Client], acting: Acting, travel: Any
) -> None:
    kari, address = client_of("kari"), f"/barn/{home.anna}/tilgang/person/{home.anna}/inn/"
    asked = kari.get(address)
    assert asked.status_code == 302
    assert asked["Location"].startswith("/bekreft/?neste=")
    typed = kari.post(address, {"way": "device"})
    assert typed.status_code == 401
    assert "g-code" not in typed.content.decode()
    with acting("kari"):
        assert not FamilyLogIn.objects.filter(identity=home.anna).exists()
    kari.post("/bekreft/")
    assert kari.get(address).status_code == 200
    travel(clock.now() + timedelta(minutes=6))
    assert kari.post(address, {"way": "device"}).status_code == 401, "fresh for five minutes"


@pytest.mark.usefixtures("bokmal_afterwards")
def test_the_language_is_chosen_on_the_page_and_is_the_one_of_every_answer(
    home: Home, client_of: Callable[[str], Client]
) -> None:
    mother = inside()
    for code in ("nn", "en", "nb"):
        assert f'value="{code}"' in text_of(mother, "/min-side/hvem/").partition("<footer")[2]
        chosen = mother.post("/sprak/", {"language": code, "back": "/min-side/hvem/"})
        assert chosen["Location"] == "/min-side/hvem/"
        assert f'<html lang="{code}"' in text_of(mother, "/min-side/hvem/")
        assert f'<html lang="{code}"' in text_of(mother, "/min-side/finnes-ikke/", status=404)
    kari = client_of("kari")
    assert kari.post("/sprak/", {"language": "en", "back": "/sendt/"}).status_code == 404
    kari.post("/sprak/", {"language": "en", "back": "/min-side/"})
    assert '<html lang="nb"' in text_of(kari, "/sendt/"), "the staff's pages are in no English"


def test_no_language_is_chosen_where_something_would_be_lost_by_it(home: Home) -> None:
    refused = inside().post("/min-side/skriv/", {"text": ""})
    from_provider = stranger().get("/min-side/tilbake/?state=1&code=2")
    for answer, status in ((refused, 422), (from_provider, 403)):
        assert answer.status_code == status
        assert "/sprak/" not in answer.content.decode()


def test_the_pages_between_have_the_familys_frame_and_give_no_secret_back(home: Home) -> None:
    mother = inside()
    sessions.end(mother.session["family"])
    late = mother.post("/min-side/skriv/", {"text": "Et langt spørsmål"}).content.decode()
    kept = re.search(r'name="kept" value="([^"]+)"', late)
    assert kept
    restored = mother.post("/min-side/inn/", {"number": MOTHERS, "kept": kept.group(1)})
    typed = {"code": "abcd-efgh", "pin": "271828", "again": "271828"}
    pin, question = (
        errors.unavailable(RequestFactory().post(address, data))
        for address, data in (("/min-side/kode/", typed), ("/min-side/skriv/", {"text": "Hvor?"}))
    )
    for answer in (restored, pin, question):
        page = answer.content.decode()
        assert "<title>Min side</title>" in page
        assert "Lukk siden fort" in page
    assert not [value for value in typed.values() if value in pin.content.decode()]
    assert 'name="text" value="Hvor?"' in question.content.decode()


def test_a_finished_task_is_said_to_be_done_and_a_dropped_one_is_gone(home: Home, acting: Acting) -> None:
    mother = inside()
    assert ">avtalt<" in text_of(mother, "/min-side/")
    for seen, state in ((1, TaskState.DONE), (2, TaskState.DROPPED)):
        with acting("kari") as kari:
            task = TaskVersion.objects.order_by("-version").first()
            assert task is not None
            plans.change_task(
                actor=kari,
                pathway_id=home.case,
                once=None,
                task_id=task.task_id,
                seen=seen,
                what=task.what,
                due_on=task.due_on,
                state=state,
                why="Vi ble enige om det.",
            )
        page = text_of(mother, "/min-side/")
        assert (">gjort<" in page, "Time hos fastlegen" in page) == (state is TaskState.DONE,) * 2


def test_whoever_sees_single_rows_alone_is_told_whom_to_call_and_given_no_form(home: Home, acting: Acting) -> None:
    with acting("kari") as kari:
        decide(kari, home, home.mother, FamilyAccess.LIMITED)
        sight.release(
            actor=kari,
            child_id=home.anna,
            once=None,
            identity=home.mother,
            item=Meeting.objects.get().pk,
            reason="Hun skal vite om møtet.",
        )
    mother = inside()
    for address in ADDRESSES:
        page = text_of(mother, address)
        assert "/min-side/skriv/" not in page.partition("<main")[2].partition("<footer")[0], address
        assert "For at alle skal være trygge" not in page
        assert "<textarea" not in page
    assert f"tel:{cast.service('grimstad').phone.replace(' ', '')}" in text_of(mother, "/min-side/skriv/")
    assert mother.post("/min-side/skriv/", {"text": "Når er det?"}).status_code == 200
