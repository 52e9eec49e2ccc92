"""Adding a counter-statement on a page, and reading it where the thing is read."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from grunnmur.cases.models import Child, Observation, RelatedPerson
from tests.cases.test_remarks import observe
from tests.together import begin
from tests.web.reading import fault, form_of, page, text

Acting = Callable[[str], AbstractContextManager[Any]]
ClientOf = Callable[[str], Any]


@pytest.fixture
def seen(acting: Acting, anna: Child) -> Observation:
    with acting("kari") as kari:
        return observe(kari, begin(kari, anna))


def address(seen: Observation) -> str:
    return f"/forlop/{seen.pathway_id}/merknad/{seen.pk}/"


def test_a_remark_is_added_and_stands_under_what_it_is_about(client_of: ClientOf, seen: Observation) -> None:
    kari = client_of("kari")
    basis = f"/forlop/{seen.pathway_id}/grunnlag/"
    link = page(kari.get(basis)).select_one('a:-soup-contains("Legg ved en merknad")')
    assert link is not None
    assert link["href"] == address(seen)
    soup = page(kari.get(address(seen)))
    assert "Merknaden gjelder det som ble notert" in text(soup)
    sent = kari.post(address(seen), form_of(soup, who="child", said_on="27.11.2026", words="Jeg ville snakke."))
    assert sent.status_code == 302
    shown = text(page(kari.get(basis)))
    assert "Merknad fra barnet 27.11.2026 Jeg ville snakke." in shown


def test_a_parents_remark_is_shown_without_a_name(client_of: ClientOf, acting: Acting, seen: Observation) -> None:
    with acting("kari"):
        mother = RelatedPerson.objects.get(relation="mother")
    kari = client_of("kari")
    soup = page(kari.get(address(seen)))
    kari.post(address(seen), form_of(soup, who=str(mother.pk), said_on="27.11.2026", words="Skolen tar feil."))
    shown = page(kari.get(f"/forlop/{seen.pathway_id}/grunnlag/")).select_one(".g-remark")
    assert shown is not None
    assert "Merknad fra mor" in shown.get_text(" ", strip=True)
    assert mother.name not in shown.get_text()


def test_nothing_typed_is_lost_and_the_fault_stands_at_its_field(client_of: ClientOf, seen: Observation) -> None:
    kari = client_of("kari")
    soup = page(kari.get(address(seen)))
    again = page(
        kari.post(address(seen), form_of(soup, who="representative", said_on="27.11.2026", words="En lang tekst.")), 422
    )
    assert "Skriv hvem som representerer" in fault(again, "representative")
    assert form_of(again)["words"] == "En lang tekst."


def test_a_stranger_learns_nothing(client_of: ClientOf, seen: Observation) -> None:
    ola = client_of("ola")
    assert ola.get(address(seen)).status_code == 404
    assert ola.post(address(seen), {"who": "child"}).status_code == 404
    assert client_of("kari").get(f"/forlop/{seen.pathway_id}/merknad/{uuid.uuid4()}/").status_code == 404
