"""The page where something is written to be read before a meeting: who reads it stands there before it is saved."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client

from grunnmur.cases.actions import children
from grunnmur.cases.models import Child
from grunnmur.cases.terms import InformationKind, RelationKind
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
    assert (
        "Åpent i dag for Grimstad barneverntjeneste, og for familien der de har innsyn. De som blir med senere"
        in text(form)
    )
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


def test_a_name_that_is_a_siblings_too_can_be_said_to_be_anothers(
    case: str, client_of: ClientOf, acting: Acting, anna: Child
) -> None:
    with acting("kari") as actor:
        children.add_person(
            actor=actor,
            child_id=anna.pk,
            once=None,
            name="Per Solberg",
            relation=RelationKind.SIBLING,
            from_on=together.day(0),
        )
    kari = client_of("kari")
    way = page(kari.get(case)).find("a", string="Legg ved noe å lese")
    assert way is not None
    address = str(way["href"])
    form = page(kari.get(address))
    assert form.select_one("[name=is_another]") is None, "nothing is asked before a name is found"
    typed = {
        "title": "Til møtet",
        "text": "Per Dahl (fastlege) kommer.",
        "kind": str(int(InformationKind.COORDINATION)),
    }
    asked = page(kari.post(address, form_of(form, **typed)), 422)
    assert "Teksten nevner Per." in fault(asked, "text")
    assert "så kryss av her" in fault(asked, "is_another")
    box = asked.select("[name=is_another]")
    assert len(box) == 1
    given = form_of(asked, is_another=box[0]["value"])
    assert "Per Dahl" in given["text"], "nothing that was typed is lost"
    assert kari.post(address, given).status_code == 302


def test_a_stranger_finds_nothing(case: str, client_of: ClientOf) -> None:
    way = page(client_of("kari").get(case)).find("a", string="Legg ved noe å lese")
    assert way is not None
    assert client_of("ola").get(str(way["href"])).status_code == 404
    assert client_of("per").get(str(way["href"])).status_code == 200
