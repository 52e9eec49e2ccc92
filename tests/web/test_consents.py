"""Consent through its pages: asked in two steps, opened by the rule, closed the same instant it is taken back."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext

from demo import cast
from grunnmur import clock
from grunnmur.cases.actions import basis, children, pathways, sight
from grunnmur.cases.models import Child, Consent, ConsentSignature, Participation, RelatedPerson
from grunnmur.cases.terms import CareBasis, InformationKind, RelationKind, RestrictionCause
from grunnmur.clock import today
from grunnmur.directory import sessions
from grunnmur.directory.models import Service
from grunnmur.log.models import Event
from grunnmur.post.models import Message
from tests import logging_in, together

Acting = Callable[[str], AbstractContextManager[Any]]
ClientOf = Callable[[str], Any]
GP = str(cast.service("storgata").id)
SCHOOL = str(cast.service("skolen").id)


def dato(on: date) -> str:
    return f"{on:%d.%m.%Y}"


@pytest.fixture
def pathway_id(acting: Acting, anna: Child) -> uuid.UUID:
    with acting("kari") as kari:
        return pathways.open_pathway(actor=kari, child_id=anna.pk, once=uuid.uuid4()).pk


@pytest.fixture
def case(pathway_id: uuid.UUID) -> str:
    return f"/forlop/{pathway_id}/"


@pytest.fixture
def parents(acting: Acting, anna: Child) -> dict[str, str]:
    """Mona's and Erik's ids in the rules."""
    with acting("kari"):
        return {row.name.split()[0]: str(row.identity) for row in RelatedPerson.objects.filter(child=anna)}


@pytest.fixture
def asked(parents: dict[str, str]) -> Callable[..., dict[str, Any]]:
    """What Kari fills in when Anna, Mona and Erik say yes to the GP; `mona="no"` and so on change it."""

    def form(anna: str = "yes", mona: str = "yes", erik: str = "yes", **change: Any) -> dict[str, Any]:
        data = {
            "recipient_id": GP,
            "purposes": ["contact_health"],
            "kinds": ["mental", "own_words"],
            "valid_from": dato(today()),
            "last_day": dato(today() + timedelta(days=90)),
            "help_offered": "",
            "find": "",
        }
        for who, answer in (("child", anna), (parents["Mona"], mona), (parents["Erik"], erik)):
            data |= {f"answer_{who}": answer, f"on_{who}": dato(today()), f"how_{who}": "oral"}
        return data | change

    return form


def page_of(response: Any) -> Any:
    """The answer, parsed."""
    return BeautifulSoup(response.content, "html.parser")


def carried(page: Any) -> dict[str, Any]:
    """The fields that a page sends on, as a browser would."""
    data: dict[str, Any] = {}
    for tag in page.select("main form input[type=hidden]"):
        data.setdefault(tag["name"], []).append(tag["value"])
    return data


def save(client: Any, case: str, data: dict[str, Any], at: str = "") -> Any:
    """Both steps: the form, what it would open, and «Lagre»; `at` is the page of a later answer."""
    at = at or case + "samtykke/nytt/"
    shown = client.post(at, data)
    assert shown.status_code == 200, page_of(shown).main.get_text(" ")
    return client.post(at, {**carried(page_of(shown)), "step": "save"})


def rows(acting: Acting, model: Any) -> int:
    with acting("kari"):
        found: int = model.objects.count()
    return found


def sees(client_of: ClientOf, who: str, case: str) -> bool:
    """Whether someone gets the page of the case; never anything between."""
    status: int = client_of(who).get(case).status_code
    assert status in (200, 404)
    return status == 200


# --- asking ---


def test_a_draft_stays_until_the_answers_are_saved(
    case: str, asked: Callable[..., dict[str, Any]], client_of: ClientOf
) -> None:
    kari, at = client_of("kari"), case + "samtykke/nytt/"

    def has_draft() -> bool:
        return page_of(kari.get(at)).find("a", string="Hent utkastet") is not None

    assert kari.post("/utkast/", {**asked(), "_path": at}).status_code == 302
    shown = kari.post(at, asked())
    assert shown.status_code == 200
    assert has_draft()
    assert kari.post(at, {**carried(page_of(shown)), "step": "save"}).status_code == 302
    assert not has_draft()


def test_nothing_is_saved_before_what_it_opens_has_been_said(
    case: str, asked: Callable[..., dict[str, Any]], client_of: ClientOf, acting: Acting
) -> None:
    kari = client_of("kari")
    response = kari.post(case + "samtykke/nytt/", asked())
    text = page_of(response).main.get_text(" ")
    assert response.status_code == 200
    assert "Ingenting er lagret ennå." in text
    last = today() + timedelta(days=90)
    assert (
        f"Storgata legesenter ser psykisk helse og barnets egne ord fra {dato(today())} til og med {dato(last)}" in text
    )
    assert rows(acting, Consent) == 0
    assert not sees(client_of, "per", case)
    saved = kari.post(case + "samtykke/nytt/", {**carried(page_of(response)), "step": "save"}, follow=True)
    assert saved.redirect_chain == [(case + "samtykke/", 302)]
    assert "Svarene er lagret." in saved.content.decode()
    assert rows(acting, Consent) == 1
    assert sees(client_of, "per", case)


def test_what_was_previewed_is_what_opens(
    case: str, asked: Callable[..., dict[str, Any]], client_of: ClientOf, acting: Acting
) -> None:
    first, last = today() + timedelta(days=3), today() + timedelta(days=10)
    kari = client_of("kari")
    data = asked(valid_from=dato(first), last_day=dato(last))
    text = page_of(kari.post(case + "samtykke/nytt/", data)).main.get_text(" ")
    assert f"fra {dato(first)} til og med {dato(last)}" in text
    save(kari, case, data)
    with acting("kari"):
        sight = Participation.objects.get(basis="consent")
    assert sight.starts_at.astimezone(clock.OSLO) == datetime.combine(first, datetime.min.time(), clock.OSLO)
    day_after = datetime.combine(last + timedelta(days=1), datetime.min.time(), clock.OSLO)
    assert sight.ends_at.astimezone(clock.OSLO) == day_after
    assert not sees(client_of, "per", case)


def test_going_back_from_the_preview_keeps_every_answer(
    case: str, asked: Callable[..., dict[str, Any]], parents: dict[str, str], client_of: ClientOf
) -> None:
    kari = client_of("kari")
    data = asked(mona="no", help_offered="Samtaler hos oss.")
    preview = page_of(kari.post(case + "samtykke/nytt/", data))
    response = kari.post(case + "samtykke/nytt/", {**carried(preview), "_restored": "1"})
    page = page_of(response)
    assert response.status_code == 200
    assert not page.select(".ds-validation-message")
    assert page.select_one("#id_recipient_id option[selected]")["value"] == GP
    assert [tag["value"] for tag in page.select("[name=kinds][checked]")] == ["mental", "own_words"]
    assert page.select_one(f"[name='answer_{parents['Mona']}'][checked]")["value"] == "no"
    assert page.select_one("[name=help_offered]").get_text().strip() == "Samtaler hos oss."
    assert page.select_one("[name=last_day]")["value"] == data["last_day"]


def test_a_consent_that_lacks_a_yes_opens_nothing_and_says_whose(
    case: str, asked: Callable[..., dict[str, Any]], client_of: ClientOf
) -> None:
    kari = client_of("kari")
    data = asked(erik="not_asked")
    text = page_of(kari.post(case + "samtykke/nytt/", data)).main.get_text(" ")
    assert "Storgata legesenter ser ingenting ennå. Det mangler ja fra Erik Solberg." in text
    save(kari, case, data)
    assert not sees(client_of, "per", case)
    shown = page_of(kari.get(case + "samtykke/")).main.get_text(" ")
    assert "Det mangler ja fra Erik Solberg." in shown
    assert "Erik Solberg er ikke spurt ennå." in shown


def test_a_late_yes_opens_what_was_waiting(
    case: str, asked: Callable[..., dict[str, Any]], parents: dict[str, str], client_of: ClientOf, acting: Acting
) -> None:
    kari = client_of("kari")
    save(kari, case, asked(erik="not_asked"))
    address = page_of(kari.get(case + "samtykke/")).select_one("a[href$='/svar/']")["href"]
    who = parents["Erik"]
    answer = {f"answer_{who}": "yes", f"on_{who}": dato(today()), f"how_{who}": "written"}
    preview = kari.post(address, answer)
    assert "Storgata legesenter ser psykisk helse" in page_of(preview).main.get_text(" ")
    assert not sees(client_of, "per", case)
    data = {**carried(page_of(preview)), "step": "save"}
    assert kari.post(address, data).status_code == 302
    assert kari.post(address, data).status_code == 302
    assert sees(client_of, "per", case)
    assert rows(acting, ConsentSignature) == 4


def test_a_no_is_respected_and_recorded_with_the_help_offered(
    case: str, asked: Callable[..., dict[str, Any]], client_of: ClientOf
) -> None:
    kari = client_of("kari")
    data = asked(anna="no", help_offered="Anna kan snakke med Kari når hun vil.")
    text = page_of(kari.post(case + "samtykke/nytt/", data)).main.get_text(" ")
    assert "ser ingenting, for Anna sier nei" in text
    save(kari, case, data)
    shown = page_of(kari.get(case + "samtykke/")).main.get_text(" ")
    assert "Det gjelder ikke, for Anna har sagt nei." in shown
    assert "Anna kan snakke med Kari når hun vil." in shown
    assert "Ser ingenting." in shown
    assert not sees(client_of, "per", case)


def test_a_consent_that_a_birthday_will_open_says_so_before_it_is_saved_and_after(
    case: str, anna: Child, asked: Callable[..., dict[str, Any]], client_of: ClientOf
) -> None:
    kari = client_of("kari")
    fifteen = anna.born_on.replace(year=anna.born_on.year + 15)
    last = fifteen + timedelta(days=20)
    data = asked(erik="no", help_offered="Samtaler.", last_day=dato(last))
    text = page_of(kari.post(case + "samtykke/nytt/", data)).main.get_text(" ")
    assert "ser ingenting, for Erik Solberg sier nei." in text
    assert f"Fra {dato(fifteen)} er det andre som bestemmer." in text
    assert f"fra {dato(fifteen)} til og med {dato(last)}" in text
    save(kari, case, data)
    assert not sees(client_of, "per", case)
    shown = page_of(kari.get(case + "samtykke/")).main.get_text(" ")
    assert f"Fra {dato(fifteen)} er det andre som bestemmer." in shown


def test_a_school_may_come_to_the_meetings_and_see_nothing_of_health(
    case: str, asked: Callable[..., dict[str, Any]], client_of: ClientOf
) -> None:
    data = asked(recipient_id=SCHOOL, kinds=[])
    text = page_of(client_of("kari").post(case + "samtykke/nytt/", data)).main.get_text(" ")
    assert "ser møtene og planen, men ingenting om helsen fra" in text


BAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "a closed service": ({"recipient_id": "closed"}, "recipient_id", "lagt ned"),
    "no service": ({"recipient_id": ""}, "recipient_id", "Velg fra listen"),
    "a service that is none": ({"recipient_id": str(uuid.UUID(int=9))}, "recipient_id", "finner ikke tjenesten"),
    "the service itself": ({"recipient_id": str(cast.service("grimstad").id)}, "recipient_id", "andre tjenester"),
    "nothing asked for": ({"purposes": []}, "purposes", "Velg et svar"),
    "nothing to see for a health service": ({"kinds": []}, "kinds", "hva tjenesten skal få vite om"),
    "the end before the start": ({"last_day": dato(today() - timedelta(days=2))}, "last_day", "etter startdatoen"),
    "over before it is saved": (
        {
            "valid_from": dato(today() - timedelta(days=9)),
            "last_day": dato(today() - timedelta(days=2)),
            "answers_on": dato(today() - timedelta(days=9)),
        },
        "last_day",
        "alt vært",
    ),
    "a slip in the year": ({"last_day": "22.11.2126"}, "last_day", "Sjekk året"),
    "a day that is none": ({"valid_from": "31.02.2027"}, "valid_from", "dag, måned og år"),
    "answered in two days": ({"on_child": dato(today() + timedelta(days=2))}, "answer_child", "fram i tid"),
    "answered, but when": ({"on_child": ""}, "on_child", "dag, måned og år"),
    "good before it was given": (
        {"valid_from": dato(today() - timedelta(days=1))},
        "valid_from",
        "ikke gjelde før det ble gitt",
    ),
    "a no without help": ({"answer_child": "no"}, "help_offered", "hvilken hjelp dere tilbyr"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    name: str,
    case: str,
    asked: Callable[..., dict[str, Any]],
    parents: dict[str, str],
    client_of: ClientOf,
    acting: Acting,
    as_admin: Callable[[], AbstractContextManager[None]],
) -> None:
    change, field, sentence = BAD[name]
    data = asked(**change)
    if data["recipient_id"] == "closed":
        data["recipient_id"] = GP
        with as_admin():
            Service.objects.filter(pk=GP).update(closed_on=today())
    if on := data.pop("answers_on", ""):
        data |= {f"on_{who}": on for who in ("child", *parents.values())}
    for step in ({}, {"step": "save"}):
        response = client_of("kari").post(case + "samtykke/nytt/", {**data, **step})
        assert response.status_code == 422
        page = page_of(response)
        assert sentence in page.select_one(f"#id_{field}_error").get_text()
        for typed in ("valid_from", "last_day", "on_child"):
            assert page.select_one(f"[name={typed}]")["value"] == data[typed]
        assert page.select_one("[name=answer_child][checked]")["value"] == data["answer_child"]
        assert [tag["value"] for tag in page.select("[name=kinds][checked]")] == data["kinds"]
    assert rows(acting, Consent) == 0


def test_a_parent_cannot_consent_to_contact_for_one_who_is_fifteen(
    case: str,
    anna: Child,
    asked: Callable[..., dict[str, Any]],
    parents: dict[str, str],
    client_of: ClientOf,
    acting: Acting,
    as_admin: Callable[[], AbstractContextManager[None]],
) -> None:
    with as_admin():
        Child.objects.filter(pk=anna.pk).update(born_on=anna.born_on - timedelta(days=366))
    kari = client_of("kari")
    response = kari.post(case + "samtykke/nytt/", asked())
    error = page_of(response).find(id=f"id_answer_{parents['Mona']}_error")
    assert response.status_code == 422
    assert "kan ikke samtykke til dette" in error.get_text()
    assert rows(acting, Consent) == 0
    text = page_of(kari.get(case + "samtykke/nytt/")).main.get_text(" ")
    assert "det er nok at Anna sier ja" in text
    both = asked(purposes=["contact_health", "receive_health_care"])
    save(kari, case, both)
    with acting("kari"):
        said = {
            consent.purpose: set(consent.signatures.values_list("signatory_kind", flat=True))
            for consent in Consent.objects.all()
        }
    assert said == {"contact_health": {"child"}, "receive_health_care": {"child", "parent"}}


def test_a_father_without_parental_responsibility_is_not_asked(
    case: str,
    anna: Child,
    asked: Callable[..., dict[str, Any]],
    parents: dict[str, str],
    client_of: ClientOf,
    acting: Acting,
) -> None:
    kari = client_of("kari")
    data = asked()
    with acting("kari") as actor:
        father = RelatedPerson.objects.get(identity=parents["Erik"])
        children.add_person(
            actor=actor,
            child_id=anna.pk,
            once=None,
            name=father.name,
            relation=RelationKind(father.relation),
            from_on=father.from_on,
            has_parental_responsibility=False,
            replaces_id=father.pk,
            changed_on=clock.today(),
        )
    response = kari.post(case + "samtykke/nytt/", data)
    assert response.status_code == 422
    assert "har endret seg mens du skrev" in page_of(response).select_one(".g-error-summary").get_text()
    assert not page_of(response).select(f"[name='answer_{parents['Erik']}']")
    del data[f"answer_{parents['Erik']}"]
    assert save(kari, case, data).status_code == 302
    assert sees(client_of, "per", case)


def test_after_a_care_order_the_service_answers_instead_of_the_parents(
    case: str,
    anna: Child,
    parents: dict[str, str],
    asked: Callable[..., dict[str, Any]],
    client_of: ClientOf,
    acting: Acting,
) -> None:
    with acting("kari") as kari:
        children.place(
            actor=kari,
            child_id=anna.pk,
            once=None,
            basis=CareBasis.CARE_ORDER,
            service_id=cast.service("institusjonen").id,
            from_on=today(),
        )
    client = client_of("kari")
    form = page_of(client.get(case + "samtykke/nytt/"))
    own = str(cast.service("grimstad").id)
    assert form.select(f"[name='answer_{own}']")
    assert not form.select(f"[name='answer_{parents['Mona']}']")
    data = {name: value for name, value in asked().items() if not any(one in name for one in parents.values())}
    data |= {f"answer_{own}": "yes", f"on_{own}": dato(today()), f"how_{own}": "written"}
    data[f"answer_{cast.service('institusjonen').id}"] = "not_asked"
    save(client, case, data)
    assert sees(client_of, "per", case)
    address = page_of(client.get(case + "samtykke/")).select_one("a[href$='/trekk/']")["href"]
    assert client.post(address, {"withdrawn_by": own, "note": ""}).status_code == 302
    assert not sees(client_of, "per", case)


def test_a_double_click_saves_once(
    case: str, asked: Callable[..., dict[str, Any]], client_of: ClientOf, acting: Acting
) -> None:
    kari = client_of("kari")
    data = {**carried(page_of(kari.post(case + "samtykke/nytt/", asked()))), "step": "save"}
    assert [kari.post(case + "samtykke/nytt/", data).status_code for _press in range(2)] == [302, 302]
    assert rows(acting, Consent) == 1


# --- taking back ---


@pytest.fixture
def withdrawing(case: str, asked: Callable[..., dict[str, Any]], client_of: ClientOf) -> str:
    """The page where the consent that Per sees by is taken back."""
    kari = client_of("kari")
    save(kari, case, asked())
    address: str = page_of(kari.get(case + "samtykke/")).select_one("a[href$='/trekk/']")["href"]
    return address


def test_taking_back_closes_in_the_same_instant_and_gives_a_receipt(
    case: str, withdrawing: str, client_of: ClientOf
) -> None:
    kari = client_of("kari")
    assert sees(client_of, "per", case)
    first = page_of(kari.get(withdrawing))
    assert "mister Storgata legesenter innsynet i samme øyeblikk" in first.main.get_text(" ")
    response = kari.post(withdrawing, {"withdrawn_by": "child", "note": ""}, follow=True)
    assert response.redirect_chain == [(withdrawing.replace("trekk", "trukket"), 302)]
    assert not sees(client_of, "per", case)
    text = page_of(response).main.get_text(" ")
    assert f"Innsynet ble stengt {dato(today())} kl." in text
    assert "Storgata legesenter ser ikke lenger noe i saken." in text
    assert "Grimstad barneverntjeneste" in text
    assert "Storgata legesenter har fått beskjed om at det er stengt." in text
    shown = page_of(kari.get(case + "samtykke/")).main.get_text(" ")
    assert "Anna trakk det tilbake" in shown


def test_the_receipt_says_what_the_service_still_sees_and_still_had_to_do(
    case: str, pathway_id: uuid.UUID, withdrawing: str, asked: Callable[..., dict[str, Any]], client_of: ClientOf
) -> None:
    kari = client_of("kari")
    save(kari, case, asked(kinds=["somatic"]))
    text = page_of(kari.post(withdrawing, {"withdrawn_by": "child"}, follow=True)).main.get_text(" ")
    assert "Storgata legesenter ser ikke lenger psykisk helse og barnets egne ord." in text
    assert "har fortsatt et annet samtykke: ser kroppslig helse" in text
    assert "Storgata legesenter har fått beskjed om at det er stengt." in text
    assert sees(client_of, "per", case)


def test_a_double_click_takes_back_once_and_shows_the_receipt(withdrawing: str, client_of: ClientOf) -> None:
    kari = client_of("kari")
    data = {"withdrawn_by": "child", "once_token": str(uuid.uuid4())}
    receipt = withdrawing.replace("trekk", "trukket")
    assert [kari.post(withdrawing, data)["Location"] for _press in range(2)] == [receipt, receipt]


def test_only_one_who_may_can_take_it_back(withdrawing: str, client_of: ClientOf, case: str) -> None:
    response = client_of("kari").post(withdrawing, {"withdrawn_by": str(uuid.UUID(int=3)), "note": "Ombestemte seg."})
    page = page_of(response)
    assert response.status_code == 422
    assert "Velg fra listen" in page.select_one("#id_withdrawn_by_error").get_text()
    assert "Ombestemte seg." in page.textarea.get_text()
    assert sees(client_of, "per", case)


def test_an_answer_cannot_turn_a_yes_into_a_no_without_closing(
    case: str, withdrawing: str, parents: dict[str, str], client_of: ClientOf
) -> None:
    who = parents["Mona"]
    data = {f"answer_{who}": "no", f"on_{who}": dato(today()), f"how_{who}": "oral", "help_offered": "Samtaler."}
    response = client_of("kari").post(withdrawing.replace("trekk", "svar"), data)
    assert response.status_code == 422
    assert "Trekk samtykket tilbake" in page_of(response).find(id=f"id_answer_{who}_error").get_text()


# --- who gets where ---


def test_a_stranger_finds_no_page_and_a_service_that_takes_part_may_look_but_not_ask(
    case: str, withdrawing: str, asked: Callable[..., dict[str, Any]], client_of: ClientOf, acting: Acting
) -> None:
    pages = [
        case + "samtykke/",
        case + "samtykke/nytt/",
        withdrawing,
        withdrawing.replace("trekk", "svar"),
        withdrawing.replace("trekk", "trukket"),
    ]
    ola = client_of("ola")
    assert {ola.get(page).status_code for page in pages} == {404}
    assert {ola.post(page, asked()).status_code for page in pages} == {404}
    per = client_of("per")
    assert per.get(pages[0]).status_code == 200
    for page in pages[1:4]:
        response = per.get(page)
        assert response.status_code == 403
        assert "Bare barneverntjenesten" in response.content.decode()
    assert per.post(pages[1], {**asked(), "step": "save"}).status_code == 403
    assert rows(acting, Consent) == 1


def test_a_service_is_told_of_its_own_consent_only(
    case: str, withdrawing: str, asked: Callable[..., dict[str, Any]], client_of: ClientOf
) -> None:
    abup = str(cast.service("abup").id)
    save(client_of("kari"), case, asked(anna="no", recipient_id=abup, help_offered="Ring oss."))
    text = page_of(client_of("per").get(case + "samtykke/")).main.get_text(" ")
    assert "Storgata legesenter får se psykisk helse" in text
    assert "ABUP" not in text
    assert "Ring oss." not in text


def test_the_page_asks_no_more_of_the_database_when_there_are_more_consents(
    case: str, asked: Callable[..., dict[str, Any]], client_of: ClientOf
) -> None:
    kari = client_of("kari")
    counts = []
    for recipient in (GP, str(cast.service("skolehelse").id), str(cast.service("tannklinikken").id)):
        save(kari, case, asked(recipient_id=recipient))
        kari.get(case + "samtykke/")
        with CaptureQueriesContext(connection) as made:
            kari.get(case + "samtykke/")
        counts.append(len(made))
    assert len(set(counts)) == 1
    assert counts[0] <= 20


def test_a_consent_that_soon_ends_says_so_and_is_asked_for_again_with_one_press(
    case: str, asked: Callable[..., dict[str, Any]], client_of: ClientOf
) -> None:
    kari = client_of("kari")
    last = today() + timedelta(days=12)
    save(kari, case, asked(last_day=dato(last)))
    page = page_of(kari.get(case + "samtykke/"))
    assert f"gjelder til og med {dato(last)}. Spør på nytt før det." in page.main.get_text(" ")
    again = page_of(kari.get(page.select_one("a[href*='?igjen=']")["href"]))
    assert again.select_one("#id_recipient_id option[selected]")["value"] == GP
    assert [tag["value"] for tag in again.select("[name=kinds][checked]")] == ["mental", "own_words"]
    assert again.select_one("[name=last_day]")["value"] != dato(last)


# --- a session that ran out in the middle ---


def log_in(client: Any, page: Any, who: str) -> Any:
    """Log in by the page that a lost session gives, with what it kept."""
    kept = {tag["name"]: tag["value"] for tag in page.select("main form input[type=hidden]")}
    return logging_in.log_in(client, who, **kept)


def expired(client: Any) -> None:
    """End the session in the database, as time would; the browser still holds its cookie."""
    sessions.end(client.session["token"])


@pytest.mark.parametrize("step", ["the form", "the preview"])
def test_a_form_comes_back_with_its_text_to_the_same_person_after_a_new_log_in(
    step: str, case: str, asked: Callable[..., dict[str, Any]], client_of: ClientOf, acting: Acting
) -> None:
    kari = client_of("kari")
    data = asked(anna="no", help_offered="En lang tekst om hjelp.")
    if step == "the preview":
        data = {**carried(page_of(kari.post(case + "samtykke/nytt/", data))), "step": "save"}
    expired(kari)
    lost = kari.post(case + "samtykke/nytt/", data)
    assert lost.status_code == 401
    assert "Økten din gikk ut" in lost.content.decode()
    assert "En lang tekst" not in lost.content.decode()
    back = page_of(log_in(kari, page_of(lost), "kari"))
    response = kari.post(back.select_one("main form")["action"], carried(back))
    page = page_of(response)
    assert response.status_code == 200
    assert page.select_one("[name=help_offered]").get_text().strip() == "En lang tekst om hjelp."
    assert page.select_one("[name=answer_child][checked]")["value"] == "no"
    assert page.select_one("#id_recipient_id option[selected]")["value"] == GP
    assert rows(acting, Consent) == 0


def test_what_was_typed_is_never_shown_to_another_who_logs_in(
    case: str, asked: Callable[..., dict[str, Any]], client_of: ClientOf
) -> None:
    kari = client_of("kari")
    expired(kari)
    lost = kari.post(case + "samtykke/nytt/", asked(help_offered="Bare for Kari."))
    response = log_in(kari, page_of(lost), "leif")
    assert response.status_code == 302
    assert response["Location"] == "/"
    assert "Bare for Kari." not in kari.get(case + "samtykke/nytt/").content.decode()


# --- the birthday ---


def test_the_page_says_today_who_decides_and_from_which_birthday_that_changes(
    case: str, anna: Child, client_of: ClientOf
) -> None:
    text = page_of(client_of("kari").get(case + "samtykke/")).main.get_text(" ")
    fifteen = anna.born_on.replace(year=anna.born_on.year + 15)
    both = ("Mona Solberg og Erik Solberg", "Erik Solberg og Mona Solberg")
    assert any(f"Anna er 14 år: Anna, {parents} må si ja" in text for parents in both)
    assert f"fra Anna fyller 15 år {dato(fifteen)}, er det Anna selv som avgjør" in text


def test_own_words_are_seen_by_the_service_that_may(
    case: str, pathway_id: uuid.UUID, asked: Callable[..., dict[str, Any]], client_of: ClientOf, acting: Acting
) -> None:
    with acting("kari") as kari:
        basis.record_own_words(actor=kari, pathway_id=pathway_id, once=None, said_on=today(), words="Jeg vil sove.")
    client = client_of("kari")
    save(client, case, asked(recipient_id=str(cast.service("skolehelse").id), kinds=["mental"]))
    save(client, case, asked())
    assert "Jeg vil sove." in client_of("per").get(case + "moter/").content.decode()
    assert "Jeg vil sove." not in client_of("hege").get(case + "moter/").content.decode()


def test_a_service_that_takes_part_may_write_what_the_child_said_and_not_read_the_basis(
    case: str, asked: Callable[..., dict[str, Any]], client_of: ClientOf
) -> None:
    save(client_of("kari"), case, asked())
    per = client_of("per")
    refused = per.get(case + "grunnlag/")
    assert refused.status_code == 403
    assert "Bare barneverntjenesten" in refused.content.decode()
    said = {"words": "Jeg vil ha med mamma.", "said_on": dato(today())}
    assert per.post(case + "egne-ord/", said, follow=True).redirect_chain == [(case, 302)]
    assert "Jeg vil ha med mamma." in client_of("kari").get(case + "grunnlag/").content.decode()


def test_who_has_a_say_is_not_told_to_those_who_may_not_read_where_the_child_lives(
    acting: Acting, client_of: ClientOf, anna: Child, case: str
) -> None:
    with acting("kari") as kari:
        foster = children.add_person(
            actor=kari,
            child_id=anna.pk,
            once=None,
            name="Berit Vik",
            relation=RelationKind.FOSTER_PARENT,
            has_parental_responsibility=False,
            from_on=today(),
        )
        children.place(
            actor=kari,
            child_id=anna.pk,
            once=None,
            basis=CareBasis.CARE_ORDER,
            service_id=cast.service("institusjonen").id,
            from_on=today(),
        )
        together.protect(kari, anna.pk)
    places = ("Berit Vik", str(foster.identity), cast.service("institusjonen").name, "Berit")
    pages = {who: client_of(who).get(f"{case}samtykke/nytt/").content.decode() for who in ("kari", "leif")}
    assert "Berit Vik" in pages["kari"]
    assert "bare de i tjenesten deres som er valgt" not in pages["kari"]
    assert [word for word in places if word in pages["leif"]] == []
    assert "bare de i tjenesten deres som er valgt" in pages["leif"]


# --- several at once ---


ALL_THREE = ["contact_health", "receive_health_care", "release_health_info"]


@pytest.fixture
def three_waiting(
    case: str, asked: Callable[..., dict[str, Any]], client_of: ClientOf, travel: Callable[[datetime], None]
) -> list[str]:
    """Three consents to the GP that lack Mona's answer, and one to the school: the pages to answer, the GP's first."""
    kari = client_of("kari")
    save(kari, case, asked(recipient_id=SCHOOL, mona="not_asked"))
    save(kari, case, asked(purposes=ALL_THREE, mona="not_asked"))
    listed = page_of(kari.get(case + "samtykke/"))
    assert listed.main.get_text(" ").count("Det mangler") == 2, "what is the same of three is said once"
    assert len(listed.select("a[href$='/trekk/']")) == 4
    links = listed.select("a[href$='/svar/']")
    travel(clock.now() + timedelta(minutes=1))  # the last word is the one that was written last
    return [link["href"] for link in sorted(links, key=lambda one: "Storgata" not in one.get_text())]


def test_one_answer_is_written_once_for_all_that_it_is_about(
    three_waiting: list[str], case: str, parents: dict[str, str], client_of: ClientOf, acting: Acting
) -> None:
    kari = client_of("kari")
    form = page_of(kari.get(three_waiting[0]))
    offered = form.select("[name=also]")
    assert len(offered) == 3
    ticked = [box["value"] for box in offered if box.has_attr("checked")]
    assert len(ticked) == 2, "those that were asked for together, and not the school's"
    who = parents["Mona"]
    data = {"also": ticked, f"answer_{who}": "yes", f"on_{who}": dato(today()), f"how_{who}": "oral"}
    preview = page_of(kari.post(three_waiting[0], data))
    said = preview.main.get_text(" ")
    assert "Storgata legesenter ser psykisk helse" in said
    assert said.count("Det blir lov til") == 2
    assert save(kari, case, data, three_waiting[0]).status_code == 302
    assert sees(client_of, "per", case)
    shown = page_of(kari.get(case + "samtykke/")).main.get_text(" ")
    assert shown.count("Alle som må si ja i dag, har sagt ja.") == 1
    assert shown.count("Det mangler") == 1
    with acting("kari"):
        assert ConsentSignature.objects.filter(related_person__identity=who, answer="yes").count() == 3
        written = Event.objects.filter(name="consent.answered").values_list("subject_id", flat=True)
        assert len(set(written)) == 3


def test_one_answer_reaches_every_service_that_waits_for_it(
    three_waiting: list[str], case: str, parents: dict[str, str], client_of: ClientOf
) -> None:
    kari = client_of("kari")
    form = page_of(kari.get(three_waiting[0]))
    who = parents["Mona"]
    data = {
        "also": [box["value"] for box in form.select("[name=also]")],
        f"answer_{who}": "yes",
        f"on_{who}": dato(today()),
        f"how_{who}": "oral",
    }
    assert save(kari, case, data, three_waiting[0]).status_code == 302
    listed = page_of(kari.get(case + "samtykke/"))
    assert not listed.select("a[href$='/svar/']")
    assert sees(client_of, "per", case)
    assert "mangler svar" not in listed.main.get_text(" ")


def test_all_to_one_service_are_taken_back_in_one_breath(
    case: str, asked: Callable[..., dict[str, Any]], parents: dict[str, str], client_of: ClientOf, acting: Acting
) -> None:
    kari = client_of("kari")
    save(kari, case, asked(purposes=ALL_THREE))
    pages = [link["href"] for link in page_of(kari.get(case + "samtykke/")).select("a[href$='/trekk/']")]
    form = page_of(kari.get(pages[-1]))
    assert "Gjelder at tjenesten forteller" in form.main.get_text(" "), "by way of one that gives no sight"
    assert not form.select("[name=also][checked]")
    also = [box["value"] for box in form.select("[name=also]")]
    data = {"withdrawn_by": parents["Mona"], "note": "", "also": also}
    receipt = page_of(kari.post(pages[-1], data, follow=True)).main.get_text(" ")
    assert not sees(client_of, "per", case)
    assert "Storgata legesenter ser ikke lenger noe i saken." in receipt
    assert receipt.count("Fra nå er det ikke lov til") == 2
    assert "ga ikke innsyn" not in receipt
    assert receipt.count("har fått beskjed") == 1
    with acting("kari"):
        assert Event.objects.filter(name="consent.withdrawn").count() == 3
        assert Message.objects.filter(once__startswith="closed:").count() == 1


def test_what_has_gone_cannot_be_taken_along(
    three_waiting: list[str], parents: dict[str, str], client_of: ClientOf
) -> None:
    kari = client_of("kari")
    who = parents["Mona"]
    data = {"also": [str(uuid.uuid4())], f"answer_{who}": "yes", f"on_{who}": dato(today()), f"how_{who}": "oral"}
    response = kari.post(three_waiting[0], data)
    assert response.status_code == 422
    assert page_of(response).find(id="id_also_error")


def test_whom_the_child_s_own_words_are_kept_from_writes_none_and_is_not_told_why(
    case: str, anna: Child, asked: Callable[..., dict[str, Any]], client_of: ClientOf, acting: Acting
) -> None:
    save(client_of("kari"), case, asked(kinds=["somatic", "own_words"]))
    with acting("kari") as kari:
        sight.restrict(
            actor=kari,
            child_id=anna.pk,
            once=None,
            cause=RestrictionCause.SERVICE_RESTRICTED,
            kinds=InformationKind.OWN_WORDS,
            service_id=uuid.UUID(GP),
            reason="Barnet vil ikke.",
            review_on=today() + timedelta(days=30),
        )
    response = client_of("per").post(case + "egne-ord/", {"words": "Jeg vil sove.", "said_on": dato(today())})
    assert response.status_code == 422
    assert page_of(response).textarea.get_text().strip() == "Jeg vil sove."
    said = page_of(response).main.get_text(" ")
    assert "Dette skriver dere ikke her. Ring kontaktpersonen" in said
    assert "holdt" not in said
