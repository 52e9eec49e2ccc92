"""The pages about who is contact person, who is away, and what becomes of the cases of one who leaves."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client

from demo import cast
from grunnmur.cases.models import Child, Pathway
from grunnmur.web.jinja import dato
from tests.cases.test_handovers import leave, protect
from tests.together import begin, day
from tests.web.reading import fault, form_of, page, text

ClientOf = Callable[[str], Client]
Acting = Callable[[str], AbstractContextManager[Any]]
LEIF, KARI = (str(cast.get(key).person_id) for key in ("leif", "kari"))


@pytest.fixture
def pathway_id(anna: Child, acting: Acting) -> uuid.UUID:
    with acting("kari") as kari:
        return begin(kari, anna)


@pytest.fixture
def case(pathway_id: uuid.UUID) -> str:
    return f"/forlop/{pathway_id}/"


def contact(acting: Acting, pathway_id: uuid.UUID) -> str:
    with acting("leif"):
        return str(Pathway.objects.get(pk=pathway_id).contact_person_id)


def test_a_colleague_is_asked_and_takes_over_with_a_yes(
    case: str, pathway_id: uuid.UUID, client_of: ClientOf, acting: Acting
) -> None:
    kari, leif = client_of("kari"), client_of("leif")
    form = page(kari.get(case + "overta/"))
    names = [option.get_text() for option in form.select("#id_to_person_id option")][1:]
    assert names
    assert not any("Kari Lunde" in name or "Innlesing" in name for name in names)
    assert "blir du leser" not in text(form)
    assert form.select_one("form.g-form button[type=submit]").get_text(strip=True) == "Spør"  # type: ignore[union-attr]
    data = form_of(form, to_person_id=LEIF, note="Familien vet om det.")
    assert kari.post(case + "overta/", data, follow=True).redirect_chain == [(case, 302)]
    assert kari.post(case + "overta/", data).status_code == 302, "a double click"
    assert contact(acting, pathway_id) == KARI
    assert "Kontaktpersonen er den samme til svaret er ja." in text(page(kari.get(case + "overta/")))
    link = page(leif.get("/")).find("a", href=lambda href: "overta" in (href or ""))
    assert link is not None and link.get_text().startswith("Anna Solberg")
    asked = page(leif.get(str(link["href"])))
    assert "Familien vet om det." in text(asked)
    for shown in (form, asked):
        assert "Kollegene i barneverntjenesten kan lese det, og barnet fra det er 15 år." in text(shown)
    silent = page(leif.post(str(link["href"]), form_of(asked, says="declined")), 422)
    assert "Skriv hvorfor" in fault(silent, "why")
    assert leif.post(str(link["href"]), form_of(asked, says="accepted"), follow=True).redirect_chain == [(case, 302)]
    assert contact(acting, pathway_id) == LEIF
    assert leif.get(str(link["href"])).status_code == 302


def test_a_no_is_shown_with_its_reason_to_whoever_asks_the_next(case: str, client_of: ClientOf) -> None:
    kari, leif = client_of("kari"), client_of("leif")
    kari.post(case + "overta/", form_of(page(kari.get(case + "overta/")), to_person_id=LEIF))
    link = page(leif.get("/")).find("a", href=lambda href: "overta" in (href or ""))
    assert link is not None
    asked = page(leif.get(str(link["href"])))
    leif.post(str(link["href"]), form_of(asked, says="declined", why="Jeg har permisjon fra mandag."))
    shown = page(kari.get(case + "overta/"))
    assert f"{cast.get('leif').name} sa nei" in text(shown)
    assert "Jeg har permisjon fra mandag." in text(shown)
    assert shown.select_one("#id_to_person_id") is not None


def test_what_was_written_while_somebody_was_asked_is_not_lost(case: str, client_of: ClientOf) -> None:
    kari = client_of("kari")
    before = page(kari.get(case + "overta/"))
    kari.post(case + "overta/", form_of(page(kari.get(case + "overta/")), to_person_id=LEIF))
    late = page(kari.post(case + "overta/", form_of(before, to_person_id=LEIF, note="Familien vet om det.")), 422)
    assert "En kollega er alt spurt." in fault(late, "to_person_id")
    assert late.select_one("#id_note").get_text().strip() == "Familien vet om det."  # type: ignore[union-attr]
    assert f"{cast.get('leif').name} er spurt" in text(late)


def test_who_does_not_read_a_protected_address_is_told_before_anything_is_typed(
    case: str,
    pathway_id: uuid.UUID,
    anna: Child,
    client_of: ClientOf,
    acting: Acting,
    as_admin: Callable[[], AbstractContextManager[None]],
) -> None:
    protect(acting, anna)
    leif = client_of("leif")
    assert "navngitt som lesere" in text(page(leif.get(case + "overta/"), 403))
    assert client_of("kari").get(case + "overta/").status_code == 200
    leave(as_admin, cast.get("kari").person_id)
    form = page(leif.get(case + "overta/"))
    assert [one.get_text() for one in form.select("#id_to_person_id option")][1:] == ["Meg selv"]
    assert "blir du leser av den skjermede adressen" in text(form)
    assert [one.get_text(strip=True) for one in form.select("form.g-form button[type=submit]")] == ["Ta over"]
    assert leif.post(case + "overta/", form_of(form, to_person_id=LEIF)).status_code == 302
    assert contact(acting, pathway_id) == LEIF


def test_the_question_can_be_taken_back(case: str, client_of: ClientOf) -> None:
    kari = client_of("kari")
    kari.post(case + "overta/", form_of(page(kari.get(case + "overta/")), to_person_id=LEIF))
    asked = page(kari.get(case + "overta/"))
    way = asked.main.select_one("form")
    assert way is not None
    kari.post(str(way["action"]), form_of(asked))
    assert page(kari.get(case + "overta/")).select_one("#id_to_person_id") is not None


def test_only_the_one_who_is_asked_is_shown_the_form(case: str, client_of: ClientOf) -> None:
    kari = client_of("kari")
    kari.post(case + "overta/", form_of(page(kari.get(case + "overta/")), to_person_id=LEIF))
    link = page(client_of("leif").get("/")).find("a", href=lambda href: "overta" in (href or ""))
    assert link is not None
    assert kari.get(str(link["href"])).status_code == 403
    for stranger in ("ola", "per"):
        assert client_of(stranger).get(str(link["href"])).status_code == 404


@pytest.mark.parametrize("who", ["", "kari", "per", "ola"])
def test_only_a_colleague_can_take_over(who: str, case: str, client_of: ClientOf) -> None:
    chosen = str(cast.get(who).person_id) if who else ""
    response = client_of("kari").post(case + "overta/", {"to_person_id": chosen})
    assert fault(page(response, 422), "to_person_id")


def test_a_stranger_cannot_hand_over(case: str, client_of: ClientOf) -> None:
    ola = client_of("ola")
    assert ola.get(case + "overta/").status_code == 404
    assert ola.post(case + "overta/", {"to_person_id": str(cast.get("ola").person_id)}).status_code == 404


# --- away ----------------------------------------------------------------------------------------------------


def test_an_absence_is_written_down_seen_and_ended(case: str, client_of: ClientOf) -> None:
    kari, leif = client_of("kari"), client_of("leif")
    form = page(kari.get("/fravar/"))
    assert [option["value"] for option in form.select("#id_person_id option")] == [KARI], "only her own"
    given = form_of(form, from_on=dato(day(0)), back_on=dato(day(7)), cover_id=LEIF)
    assert "Velg en annen enn den som er borte." in fault(
        page(kari.post("/fravar/", given | {"cover_id": KARI}), 422), "cover_id"
    )
    assert "Fraværet er skrevet inn." in kari.post("/fravar/", given, follow=True).content.decode()
    assert f"Du dekker for Kari Lunde, som er tilbake {dato(day(7))}." in text(page(leif.get("/?vis=alle")))
    assert f"borte til {dato(day(7))}, {cast.get('leif').name} dekker" in text(page(leif.get(case)))
    seen = page(leif.get("/fravar/"))
    end = next(form for form in seen.main.select("form") if "avslutt" in str(form["action"]))
    assert "gjelder ikke lenger" in leif.post(str(end["action"]), follow=True).content.decode()
    assert "Du dekker for" not in text(page(leif.get("/")))


@pytest.mark.parametrize(("key", "status"), [("per", 403), ("marit", 403), ("bjorn", 403), ("ola", 200)])
def test_absence_is_for_child_welfare_and_each_services_own(
    key: str, status: int, client_of: ClientOf, anna: Child
) -> None:
    kari = client_of("kari")
    form = form_of(page(kari.get("/fravar/")), from_on=dato(day(0)), back_on=dato(day(7)), cover_id=LEIF)
    assert kari.post("/fravar/", form).status_code == 302
    answer = client_of(key).get("/fravar/")
    assert answer.status_code == status
    assert "Kari Lunde" not in answer.content.decode()


# --- leaving -------------------------------------------------------------------------------------------------


def test_whoever_ends_the_access_of_a_contact_person_gets_the_cases(
    case: str, pathway_id: uuid.UUID, client_of: ClientOf, acting: Acting
) -> None:
    leif = client_of("leif")
    leif.post("/bekreft/")
    answer = leif.post("/medlemmer/avslutt/", {"membership": str(cast.membership_id(cast.get("kari")))}, follow=True)
    assert "Du er nå kontaktperson for 1 sak." in answer.content.decode()
    assert contact(acting, pathway_id) == LEIF
