"""The child's page and the acts on it, over HTTP, as each person in turn."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from demo import cast
from grunnmur.cases import national_id
from grunnmur.cases.actions import children, pathways
from grunnmur.cases.models import (
    Child,
    ChildWelfareStatus,
    Investigation,
    Measure,
    Pathway,
    Placement,
    RelatedPerson,
)
from grunnmur.cases.terms import CareBasis, InformationKind, PathwayStatus
from grunnmur.clock import now, today
from grunnmur.directory.models import Service
from tests.together import note

Acting = Callable[[str], AbstractContextManager[Any]]
AsAdmin = Callable[[], AbstractContextManager[None]]
ClientOf = Callable[[str], Client]
BORN = date(2013, 5, 17)
NUMBER = national_id.make_synthetic(BORN, national_id.Sex.FEMALE, 5)
INSTITUTION = str(cast.service("institusjonen").id)


def page(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def text(response: Any) -> str:
    return " ".join(page(response).get_text(" ").split())


def at(child: Child, rest: str = "") -> str:
    return f"/barn/{child.pk}/{rest}"


def fault(response: Any, field: str) -> str:
    """The sentence that stands at a field."""
    assert response.status_code == 422, text(response)
    found = page(response).find(id=f"id_{field}_error")
    assert found is not None, f"nothing stands at {field}: {text(response)}"
    return found.get_text()


def typed(response: Any, field: str) -> str:
    """What stands in a field."""
    found = page(response).find(id=f"id_{field}")
    assert found is not None
    return str(found.get("value") or found.get_text()).strip()


def live_at(acting: Acting, child: Child, home: str = "institusjonen") -> None:
    with acting("kari") as kari:
        children.place(
            actor=kari,
            child_id=child.pk,
            once=None,
            basis=CareBasis.VOLUNTARY,
            service_id=cast.service(home).id,
            from_on=today(),
        )


def person_of(as_admin: AsAdmin, name: str) -> RelatedPerson:
    with as_admin():
        return RelatedPerson.objects.get(name=name, replaced_by=None)


def a_person(**given: Any) -> dict[str, Any]:
    return {"name": "Liv Moe", "relation": "other", "from_on": "01.02.2026", "contact_limits": "", **given}


# --- the page -------------------------------------------------------------------------------------------


def test_the_owner_sees_who_the_child_is_why_it_waits_and_the_one_thing_to_do(client_of: ClientOf, anna: Child) -> None:
    response = client_of("kari").get(at(anna))
    shown = text(response)
    for words in (
        "Anna Solberg, 14 år",
        "G-2026-0001",
        "Undersøkelse pågår",
        "Nå: vurder om barnet skal ha forløpet",
        "kommunens egen",
        "Mona Solberg",
        "Mor · foreldreansvar · daglig omsorg",
        "Da regner vi med at barnet bor hjemme",
    ):
        assert words in shown
    buttons = page(response).select("main form button")
    assert [button.get_text() for button in buttons] == ["Begynn å vurdere"]
    assert "Solberg" not in page(response).title.get_text()  # type: ignore[union-attr]


def test_beginning_to_assess_leads_to_the_pathway_and_is_done_once(
    client_of: ClientOf, as_admin: AsAdmin, anna: Child
) -> None:
    kari = client_of("kari")
    once = str(uuid.uuid4())
    answers = [kari.post(at(anna, "vurdering/"), {"once_token": once}) for _click in range(2)]
    with as_admin():
        (pathway,) = Pathway.objects.filter(child=anna)
    assert {answer["Location"] for answer in answers} == {f"/forlop/{pathway.pk}/"}
    shown = text(kari.get(at(anna)))
    assert "Forløpet vurderes" in shown
    assert "Gå til forløpet" in shown
    assert "Begynn å vurdere" not in shown
    again = kari.post(at(anna, "vurdering/"), {"once_token": str(uuid.uuid4())}, follow=True)
    assert "Barnet har alt et forløp som vurderes eller pågår." in text(again)


def test_the_button_does_nothing_by_itself_after_a_new_log_in(
    client_of: ClientOf, as_admin: AsAdmin, anna: Child
) -> None:
    response = client_of("kari").post(at(anna, "vurdering/"), {"_restored": "1"})
    assert response["Location"] == at(anna)
    with as_admin():
        assert not Pathway.objects.exists()


def test_a_child_from_the_file_has_no_name_yet_and_the_page_asks_for_it(
    client_of: ClientOf, as_admin: AsAdmin, anna: Child
) -> None:
    with as_admin():
        Child.objects.filter(pk=anna.pk).update(name="")
    shown = text(client_of("kari").get(at(anna)))
    assert "Navn mangler, 14 år" in shown
    assert "Skriv inn navnet" in shown


@pytest.fixture
def file_rows(acting: Acting, as_admin: AsAdmin, anna: Child) -> Child:
    """Anna with a note from the school health service, an investigation and a measure from the national file."""
    row = {
        "child": anna,
        "kind": int(InformationKind.CHILD_WELFARE),
        "author_service_id": cast.service("grimstad").id,
        "recorded_by_id": cast.get("kari").person_id,
        "recorded_at": now(),
    }
    with acting("kari") as kari:
        note(
            kari,
            anna,
            "10",
            received_on=date(2026, 11, 3),
            contents=["1.1.02"],
            conclusion="2",
            concluded_on=date(2026, 11, 9),
        )
        note(kari, anna, "8", received_on=date(2026, 1, 3), contents=["9"], deleted=True)
        Investigation.objects.create(**row, source_id=uuid.uuid4(), opened_on=date(2026, 11, 9))
        Measure.objects.create(
            **row, source_id=uuid.uuid4(), category="3.10", law="BVL2021 § 3-1", from_on=date(2026, 11, 12)
        )
    return anna


def test_what_the_national_file_says_stands_in_plain_words(client_of: ClientOf, file_rows: Child) -> None:
    shown = text(client_of("kari").get(at(file_rows)))
    for words in (
        "Bekymringsmelding fra helsestasjon eller skolehelsetjenesten",
        "Gjelder: Psykisk helse og utvikling.",
        "09.11.2026: Ikke henlagt, undersøkelse åpnes.",
        "Undersøkelse åpnet",
        "Tiltak: Hjemmekonsulent eller miljøarbeider",
        "Pågår. Barnevernsloven § 3-1.",
        "Opplysningene peker mot",
        "Det er dere som vurderer.",
    ):
        assert words in shown
    assert "fysisk vold" not in shown.lower(), "what the sender has taken back is not shown"


def test_a_service_that_takes_part_sees_who_the_child_is_and_nothing_of_the_file(
    acting: Acting, client_of: ClientOf, file_rows: Child
) -> None:
    live_at(acting, file_rows)
    shown = text(client_of("bjorn").get(at(file_rows)))
    assert "Anna Solberg" in shown
    for hidden in ("Bekymringsmelding", "Opplysningene peker mot", "Undersøkelse", "G-2026-0001", "fødselsnummer"):
        assert hidden not in shown


def test_a_stranger_gets_the_same_404_for_every_page_as_for_what_does_not_exist(
    client_of: ClientOf, as_admin: AsAdmin, anna: Child
) -> None:
    ola = client_of("ola")
    identity = person_of(as_admin, "Mona Solberg").identity
    nothing = ola.get(f"/barn/{uuid.uuid4()}/")
    for rest in ("", "endre/", "person/", f"person/{identity}/", "bosted/", "sak/", "initiativ/"):
        response = ola.get(at(anna, rest))
        assert (response.status_code, text(response)) == (404, text(nothing)), rest
    assert ola.post(at(anna, "vurdering/")).status_code == 404


@pytest.mark.parametrize("rest", ["endre/", "person/", "bosted/", "sak/"])
def test_the_home_is_told_why_it_cannot_change_the_child(
    acting: Acting, client_of: ClientOf, anna: Child, rest: str
) -> None:
    live_at(acting, anna)
    bjorn = client_of("bjorn")
    for response in (bjorn.get(at(anna, rest)), bjorn.post(at(anna, rest), {}), bjorn.post(at(anna, "vurdering/"))):
        if response.status_code == 422:  # an empty form says what is missing before the door is tried
            continue
        assert response.status_code == 403
        assert "Dette gjøres av noen i en annen rolle enn din." in text(response)


# --- registering ----------------------------------------------------------------------------------------


def a_child(**given: Any) -> dict[str, Any]:
    return {"name": "Bo Berg", "born_on": "17.05.2013", "journal_number": "G-1", "national_number": NUMBER, **given}


def test_a_child_is_registered_once_however_often_it_is_sent(client_of: ClientOf, as_admin: AsAdmin) -> None:
    kari = client_of("kari")
    once = str(uuid.uuid4())
    answers = [kari.post("/barn/nytt/", a_child(once_token=once)) for _click in range(2)]
    with as_admin():
        (child,) = Child.objects.filter(journal_number="G-1")
    assert {answer["Location"] for answer in answers} == {at(child)}
    assert "Bo Berg" in text(kari.get(at(child)))


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        pytest.param({"born_on": "32.13.2013"}, "born_on", "dag, måned og år", id="no-such-date"),
        pytest.param({"born_on": f"{today() + timedelta(days=2):%d.%m.%Y}"}, "born_on", "fram i tid", id="in-two-days"),
        pytest.param({"born_on": "01.01.1999", "national_number": ""}, "born_on", "over 25 år", id="over-25"),
        pytest.param({"national_number": NUMBER[:10] + "x"}, "national_number", "ikke gyldig", id="not-digits"),
        pytest.param(
            {"national_number": NUMBER[:10] + str((int(NUMBER[10]) + 1) % 10)},
            "national_number",
            "ikke gyldig",
            id="check-digit",
        ),
        pytest.param(
            {"national_number": "31125550382"},  # of 1855: the form of a real number, but nobody's
            "national_number",
            "oppdiktede",
            id="real-number",
        ),
        pytest.param({"journal_number": ""}, "journal_number", "Fyll ut", id="no-journal-number"),
    ],
)
def test_what_cannot_be_right_is_said_at_its_field_and_nothing_typed_is_lost(
    client_of: ClientOf, as_admin: AsAdmin, given: dict[str, str], field: str, said: str
) -> None:
    sent = a_child(**given)
    response = client_of("kari").post("/barn/nytt/", sent)
    assert said in fault(response, field)
    for name, value in sent.items():
        assert typed(response, name) == value
    with as_admin():
        assert not Child.objects.exists()


def test_the_same_child_in_another_service_is_no_hindrance_and_no_hint(client_of: ClientOf) -> None:
    assert client_of("kari").post("/barn/nytt/", a_child()).status_code == 302
    response = client_of("ola").post("/barn/nytt/", a_child(), follow=True)
    assert "Barnet er registrert." in text(response)
    assert "registrert hos dere" in fault(client_of("kari").post("/barn/nytt/", a_child()), "national_number")


@pytest.mark.parametrize("who", ["per", "bjorn"])
def test_only_child_welfare_registers(client_of: ClientOf, who: str) -> None:
    assert client_of(who).get("/barn/nytt/").status_code == 403
    assert client_of(who).post("/barn/nytt/", a_child()).status_code == 403


# --- changing -------------------------------------------------------------------------------------------


def edit_form(client: Client, child: Child) -> dict[str, str]:
    """The edit form as the page shows it."""
    soup = page(client.get(at(child, "endre/")))
    form = {str(field["name"]): str(field.get("value", "")) for field in soup.select("main form input[name]")}
    checked = soup.select_one("input[name=address_protection][checked]")
    assert checked is not None
    return {**form, "address_protection": str(checked["value"]), "needs_interpreter": ""}


def test_the_child_is_changed_and_what_was_known_stands_in_the_form(client_of: ClientOf, anna: Child) -> None:
    kari = client_of("kari")
    form = edit_form(kari, anna)
    assert (form["name"], form["born_on"]) == ("Anna Solberg", f"{anna.born_on:%d.%m.%Y}")
    response = kari.post(
        at(anna, "endre/"),
        {**form, "language": "polsk", "needs_interpreter": "on", "address_protection": "strictly_confidential"},
        follow=True,
    )
    shown = text(response)
    for words in ("polsk", "trenger tolk", "Strengt fortrolig adresse (kode 6)", "Si aldri til noen hvor barnet bor"):
        assert words in shown


def test_two_who_edit_at_once_are_told_and_neither_loses_anything(
    client_of: ClientOf, as_admin: AsAdmin, anna: Child
) -> None:
    kari, leif = client_of("kari"), client_of("leif")
    hers, his = edit_form(kari, anna), edit_form(leif, anna)
    assert kari.post(at(anna, "endre/"), {**hers, "name": "Anna Lie", "why": "Skrevet feil."}).status_code == 302
    his["why"] = "Skrevet feil."
    late = leif.post(at(anna, "endre/"), {**his, "name": "Anna Moe"})
    assert late.status_code == 409
    assert "Noen andre har endret dette" in text(late)
    assert typed(late, "name") == "Anna Moe"
    with as_admin():
        assert Child.objects.get(pk=anna.pk).name == "Anna Lie"
    again = {**his, "name": "Anna Moe", "version": page(late).select_one("input[name=version]")["value"]}  # type: ignore[index]
    again["once_token"] = str(uuid.uuid4())
    assert leif.post(at(anna, "endre/"), again).status_code == 302
    with as_admin():
        assert Child.objects.get(pk=anna.pk).name == "Anna Moe"


# --- those around ---------------------------------------------------------------------------------------


def test_a_person_is_added_with_limits_and_interpreter(client_of: ClientOf, anna: Child) -> None:
    response = client_of("kari").post(
        at(anna, "person/"),
        a_person(needs_interpreter="on", language="tigrinja", contact_limits="Skal ikke vite hvor barnet bor."),
        follow=True,
    )
    shown = text(response)
    assert "Liv Moe" in shown
    assert "trenger tolk (tigrinja)" in shown
    assert "Grenser: Skal ikke vite hvor barnet bor." in shown


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        pytest.param({"until_on": "01.01.2026"}, "until_on", "før startdatoen", id="until-before-from"),
        pytest.param({"from_on": "01.01.1990"}, "from_on", "før barnet ble født", id="before-birth"),
        pytest.param(
            {"relation": "foster_parent", "has_parental_responsibility": "on"},
            "has_parental_responsibility",
            "ikke foreldreansvar",
            id="foster-parent-with-parental-responsibility",
        ),
        pytest.param({"relation": "tante"}, "relation", "Velg fra listen", id="not-in-the-list"),
        pytest.param({"name": ""}, "name", "Fyll ut", id="nameless"),
    ],
)
def test_a_person_that_cannot_be_right_is_refused_at_the_field(
    client_of: ClientOf, anna: Child, given: dict[str, str], field: str, said: str
) -> None:
    response = client_of("kari").post(at(anna, "person/"), a_person(contact_limits="En lang tekst.", **given))
    assert said in fault(response, field)
    assert typed(response, "contact_limits") == "En lang tekst."


def test_two_who_change_the_same_person_see_each_others_text_and_overwrite_nothing_unseen(
    client_of: ClientOf, as_admin: AsAdmin, anna: Child
) -> None:
    mother = person_of(as_admin, "Mona Solberg")
    url = at(anna, f"person/{mother.identity}/")
    kari, leif = client_of("kari"), client_of("leif")
    assert typed(kari.get(url), "phone") == "900 00 000"
    sent = a_person(name="Mona Solberg", relation="mother", has_parental_responsibility="on", replaces=str(mother.pk))
    sent["why"] = "Hun har hatt det siden da."
    assert kari.post(url, {**sent, "phone": "111"}).status_code == 302
    late = leif.post(url, {**sent, "phone": "222"})
    assert late.status_code == 422
    shown = text(late)
    assert "Noen har alt endret opplysningene om denne personen." in shown
    assert "Slik står det nå" in shown
    assert "111" in shown
    assert typed(late, "phone") == "222"
    newest = page(late).select_one("input[name=replaces]")
    assert newest is not None
    assert leif.post(url, {**sent, "phone": "222", "replaces": newest["value"]}).status_code == 302
    with as_admin():
        rows = RelatedPerson.objects.filter(identity=mother.identity)
        assert [row.phone for row in rows.order_by("recorded_at")] == ["900 00 000", "111", "222"]


def test_a_person_of_another_child_is_not_found(client_of: ClientOf, anna: Child) -> None:
    assert client_of("kari").get(at(anna, f"person/{uuid.uuid4()}/")).status_code == 404


# --- where the child lives, and its position ------------------------------------------------------------


def a_place(**given: Any) -> dict[str, Any]:
    return {"basis": "care_order", "service_id": INSTITUTION, "from_on": f"{today():%d.%m.%Y}", "until_on": "", **given}


def test_a_child_is_placed_and_the_page_asks_whether_its_position_fits(client_of: ClientOf, anna: Child) -> None:
    kari = client_of("kari")
    shown = text(kari.post(at(anna, "bosted/"), a_place(), follow=True))
    assert "Fjordheim barnevernsinstitusjon. Omsorgsovertakelse (bvl § 5-1)" in shown
    assert "Hva stemmer?" in shown
    shown = text(kari.post(at(anna, "sak/"), {"position": "institution", "from_on": a_place()["from_on"]}, follow=True))
    assert "Bor på institusjon" in shown
    assert "Hva stemmer?" not in shown


def test_a_child_that_lives_away_nobody_knows_where_is_asked_about(client_of: ClientOf, anna: Child) -> None:
    sent = {"position": "foster_home", "from_on": f"{today():%d.%m.%Y}"}
    shown = text(client_of("kari").post(at(anna, "sak/"), sent, follow=True))
    assert "Vi vet ikke hvor barnet bor" in shown


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        pytest.param({"service_id": ""}, "service_id", "Velg et svar", id="nowhere"),
        pytest.param({"service_id": "home"}, "service_id", "Velg hvor barnet bor", id="care-order-at-home"),
        pytest.param({"service_id": str(uuid.uuid4())}, "service_id", "Velg fra listen", id="unknown-home"),
        pytest.param({"basis": "home"}, "service_id", "hjemme hos foreldre", id="home-and-away"),
        pytest.param({"from_on": "01.01.2031"}, "from_on", "fram i tid", id="in-the-future"),
        pytest.param({"from_on": "01.01.2001"}, "from_on", "før barnet ble født", id="before-birth"),
        pytest.param({"until_on": "01.01.2025"}, "until_on", "før startdatoen", id="until-before-from"),
        pytest.param({"basis": ""}, "basis", "Velg et svar", id="no-ground"),
    ],
)
def test_a_place_that_cannot_be_right_is_refused_at_the_field(
    client_of: ClientOf, as_admin: AsAdmin, anna: Child, given: dict[str, str], field: str, said: str
) -> None:
    sent = a_place(**given)
    response = client_of("kari").post(at(anna, "bosted/"), sent)
    assert said in fault(response, field)
    assert typed(response, "from_on") == sent["from_on"]
    with as_admin():
        assert not Placement.objects.exists()


def test_a_closed_home_is_refused_in_words_and_the_choice_still_stands(
    client_of: ClientOf, as_admin: AsAdmin, anna: Child
) -> None:
    with as_admin():
        Service.objects.filter(pk=INSTITUTION).update(closed_on=today() - timedelta(days=1))
    kari = client_of("kari")
    assert f"(lagt ned {today() - timedelta(days=1):%d.%m.%Y})" in text(kari.get(at(anna, "bosted/")))
    response = kari.post(at(anna, "bosted/"), a_place())
    assert "lagt ned" in fault(response, "service_id")
    chosen = page(response).select_one("#id_service_id option[selected]")
    assert chosen is not None
    assert chosen["value"] == INSTITUTION


def test_a_position_in_the_future_is_refused(client_of: ClientOf, as_admin: AsAdmin, anna: Child) -> None:
    response = client_of("kari").post(at(anna, "sak/"), {"position": "none", "from_on": "01.01.2031"})
    assert "fram i tid" in fault(response, "from_on")
    with as_admin():
        assert ChildWelfareStatus.objects.filter(child=anna).count() == 1


# --- once the pathway has ended -------------------------------------------------------------------------


def test_a_child_that_is_assessed_can_be_assessed_again_but_nothing_urges_it(
    acting: Acting, client_of: ClientOf, as_admin: AsAdmin, anna: Child
) -> None:
    with acting("kari") as kari:
        pathways.open_pathway(actor=kari, child_id=anna.pk, once=None)
    with as_admin():
        Pathway.objects.update(status=PathwayStatus.NOT_STARTED)
    shown = text(client_of("kari").get(at(anna)))
    assert "Ikke startet" in shown
    assert "Barnet er vurdert." in shown


def test_the_page_takes_as_many_queries_for_much_as_for_little(
    acting: Acting, client_of: ClientOf, file_rows: Child
) -> None:
    kari = client_of("kari")
    with CaptureQueriesContext(connection) as few:
        kari.get(at(file_rows))
    with acting("kari") as actor:
        for number in range(8):
            children.add_person(
                actor=actor,
                child_id=file_rows.pk,
                once=None,
                name=f"Søsken {number}",
                relation="sibling",  # type: ignore[arg-type]
                from_on=today(),
            )
    with CaptureQueriesContext(connection) as many:
        kari.get(at(file_rows))
    assert len(many) == len(few)
