"""The page where something is written to be read before a meeting: who reads it stands there before it is saved."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client

from grunnmur.cases.models import Child
from grunnmur.cases.terms import InformationKind
from tests import together
from tests.web.reading import fault, form_of, page, text

ClientOf = Callable[[str], Client]
Acting = Callable[[str], AbstractContextManager[Any]]


@pytest.fixture
def case(acting: Acting, anna: Child) -> str:
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        together.start(kari, pathway_id)
        together.let_in(kari, pathway_id, "storgata", "abup")
        together.call(kari, pathway_id, "storgata", "abup")
    return f"/forlop/{pathway_id}/moter/"


def test_it_is_written_for_some_and_read_by_them(case: str, client_of: ClientOf) -> None:
    kari, per = client_of("kari"), client_of("per")
    way = page(kari.get(case)).find("a", string="Legg ved noe å lese")
    assert way is not None
    form = page(kari.get(str(way["href"])))
    assert "Leses i dag av Grimstad barneverntjeneste, og av familien der de har innsyn. De som blir med senere" in text(form)
    typed = {"title": "Natt", "text": "Sover tre timer.", "kind": str(int(InformationKind.MENTAL))}
    empty = page(kari.post(str(way["href"]), form_of(form, **typed) | {"text": ""}), 422)
    assert fault(empty, "text")
    given = form_of(form, **typed)
    for _click in range(2):
        assert kari.post(str(way["href"]), given).status_code == 302
    assert text(page(kari.get(case))).count("Sover tre timer.") == 1
    assert "Sover tre timer." not in text(page(per.get(case)))
    for_all = form_of(form, **typed, once_token=str(uuid.uuid4())) | {"kind": str(int(InformationKind.COORDINATION))}
    kari.post(str(way["href"]), for_all)
    assert "Sover tre timer." in text(page(per.get(case)))


def test_a_stranger_finds_nothing(case: str, client_of: ClientOf) -> None:
    way = page(client_of("kari").get(case)).find("a", string="Legg ved noe å lese")
    assert way is not None
    assert client_of("ola").get(str(way["href"])).status_code == 404
    assert client_of("per").get(str(way["href"])).status_code == 200
