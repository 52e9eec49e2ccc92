"""The pages about editions: what a new one changes, in each running case, and letting one or several follow it."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from grunnmur.cases import door
from grunnmur.cases.actions import editions as acts
from grunnmur.cases.definition import definitions
from grunnmur.cases.models import EditionChange, Pathway
from grunnmur.cases.queries import case as case_queries
from grunnmur.cases.queries import editions as queries
from grunnmur.web.views import editions
from tests import together
from tests.cases.test_editions import case as case  # a fixture
from tests.cases.test_editions import keep_away
from tests.web.reading import form_of, page, text

Acting = Callable[[str], AbstractContextManager[Any]]
ClientOf = Callable[[str], Any]
LIST = "/utgaver/"


def of_case(case: uuid.UUID, *more: str) -> str:
    return "/".join(["", "forlop", str(case), "utgave", *more, ""])


def edition_of(case: uuid.UUID, acting: Acting) -> str:
    with acting("kari"):
        return str(Pathway.objects.get(pk=case).edition_id)


def test_everybody_reads_what_changed_and_only_child_welfare_its_cases(case: uuid.UUID, client_of: ClientOf) -> None:
    kari, per = (text(page(client_of(who).get(LIST))) for who in ("kari", "per"))
    for said in (kari, per):
        assert "Dette er annerledes enn i 2020" in said
        assert said.index("Helseområder") < said.index("Kriterier for å starte") < said.index("Det som skal gjøres")
        assert "Skal være med: nytt: Den offentlige tannhelsetjenesten." in said
    assert (
        "Disse helseområdene blir med: somatiske helseproblemer, tannhelseproblemer og seksuelle helseproblemer."
        in kari
    )
    assert "Anna" in kari
    assert "Saker hos dere" not in per
    assert "Anna" not in per


def test_several_follow_in_one_press(case: uuid.UUID, client_of: ClientOf, acting: Acting) -> None:
    leif = client_of("leif")
    form = form_of(page(leif.get(LIST)))
    wanted = f"{case}_{version(case, acting)}"
    chosen = {**form, "case": [wanted, wanted, "noe annet"]}
    said = text(page(leif.post("/utgaver/folg/", chosen, follow=True)))
    assert "1 sak følger nå utgaven 2023." in said
    assert "1 sak ble ikke endret." in said
    assert "Ingen saker som du ser her, følger en eldre utgave." in said
    again = text(page(leif.post("/utgaver/folg/", chosen, follow=True)))
    assert "1 sak følger nå utgaven 2023." in again, "a double click is told the same"
    with acting("kari"):
        assert EditionChange.objects.count() == 1


def test_no_more_is_said_of_all_cases_than_the_reader_knows(
    case: uuid.UUID, client_of: ClientOf, acting: Acting
) -> None:
    keep_away("leif", acting)
    said = text(page(client_of("leif").get(LIST)))
    assert "Ingen saker som du ser her, følger en eldre utgave." in said
    assert "Alle sakene" not in said, "there is one that Leif is kept from"


def test_all_that_are_shown_follow_in_one_press(case: uuid.UUID, client_of: ClientOf, acting: Acting) -> None:
    kari = client_of("kari")
    kari.post("/utgaver/folg/", {**form_of(page(kari.get(LIST))), "all": "1"})
    assert edition_of(case, acting) == "2023"


def version(case: uuid.UUID, acting: Acting) -> int:
    with acting("kari"):
        return int(Pathway.objects.get(pk=case).version)


def test_a_case_that_moved_is_looked_at_again(case: uuid.UUID, client_of: ClientOf, acting: Acting) -> None:
    kari = client_of("kari")
    form = form_of(page(kari.get(LIST)))
    old = f"{case}_{version(case, acting)}"
    with acting("leif") as leif:
        together.let_in(leif, case, "storgata")
    said = text(page(kari.post("/utgaver/folg/", {**form, "case": [old]}, follow=True)))
    assert "I 1 sak har det skjedd noe siden du åpnet siden." in said
    assert "Velg minst én sak." in text(page(kari.post("/utgaver/folg/", form, follow=True)))
    assert edition_of(case, acting) == "2020"


def test_one_case_follows_and_goes_back(case: uuid.UUID, client_of: ClientOf, acting: Acting) -> None:
    kari = client_of("kari")
    assert "Utgave 2020 (det finnes en nyere)" in text(page(kari.get(f"/forlop/{case}/")))
    shown = page(kari.get(of_case(case)))
    assert "Kriteriene er andre" not in text(shown), "it is decided already"
    done = kari.post(of_case(case), form_of(shown), follow=True)
    assert "Saken følger nå utgaven 2023. Det kan tas tilbake til noe er gjort i saken." in text(page(done))
    back = form_of(page(kari.get(of_case(case))))
    assert "Saken følger igjen utgaven 2020." in text(page(kari.post(of_case(case, "tilbake"), back, follow=True)))
    kari.post(of_case(case), form_of(page(kari.get(of_case(case)))))
    with acting("leif") as leif:
        together.let_in(leif, case, "storgata")
    again = back | {"once_token": str(uuid.uuid4())}
    late = text(page(kari.post(of_case(case, "tilbake"), again, follow=True)))
    assert "Det er gjort noe i saken etter byttet. Da kan det ikke tas tilbake." in late
    assert "Gå tilbake til" not in text(page(kari.get(of_case(case))))
    assert edition_of(case, acting) == "2023"


@pytest.mark.parametrize(("who", "status"), [("per", 403), ("ola", 404)])
def test_others_do_not(case: uuid.UUID, client_of: ClientOf, acting: Acting, who: str, status: int) -> None:
    with acting("kari") as kari:
        together.let_in(kari, case, "storgata")
    for url in (of_case(case), of_case(case, "tilbake")):
        assert page(client_of(who).post(url), status=status)


def test_an_edition_that_is_loaded_ahead_hides_not_the_one_in_force(
    case: uuid.UUID, client_of: ClientOf, acting: Acting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the edition of a later year known, an old case can follow the one in force, and then look ahead."""
    known = definitions()
    later = known.editions[-1].model_copy(update={"key": "2031", "in_force_from": date(2031, 1, 1)})
    both = replace(known, editions=(*known.editions, later))
    for module in (acts, queries, editions, case_queries, door):
        monkeypatch.setattr(module, "definitions", lambda: both)
    kari = client_of("kari")
    said = text(page(kari.get(LIST)))
    assert "Følger utgaven 2020. Dette blir annerledes i 2023:" in said
    kari.post("/utgaver/folg/", {**form_of(page(kari.get(LIST))), "all": "1"})
    assert edition_of(case, acting) == "2023"
    said = text(page(kari.get(LIST)))
    assert "Følger utgaven 2023. Dette blir annerledes i 2031:" in said
    assert "Utgaven gjelder fra 01.01.2031. Den kan tas i bruk fra da." in said
    assert "Utgaven gjelder fra 01.01.2031." in text(page(kari.get(of_case(case))))
