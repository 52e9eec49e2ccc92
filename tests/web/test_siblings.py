"""A sibling's own record over HTTP: from the child's page to the sibling's, with nothing typed twice."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client

from grunnmur import clock
from grunnmur.cases.actions import children
from grunnmur.cases.models import Child, RelatedPerson
from grunnmur.cases.terms import AddressProtection, RelationKind
from tests.web.reading import fault, form_of, page, text

Acting = Callable[[str], AbstractContextManager[Any]]
Outside = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def emil(acting: Acting, anna: Child) -> RelatedPerson:
    with acting("kari") as kari:
        return children.add_person(
            actor=kari,
            child_id=anna.pk,
            once=None,
            name="Emil Solberg",
            relation=RelationKind.SIBLING,
            from_on=clock.today(),
            language="norsk",
        )


def link_of(kari: Client, child: uuid.UUID) -> list[str]:
    found = page(kari.get(f"/barn/{child}/")).main.select("a[href*='annet-barn']")
    return [str(one["href"]) for one in found]


def test_from_the_child_to_the_siblings_own_record(
    client_of: Callable[[str], Client], anna: Child, emil: RelatedPerson, as_admin: Outside
) -> None:
    kari = client_of("kari")
    (address,) = link_of(kari, anna.pk)
    shown = page(kari.get(address))
    given = form_of(shown)
    assert (given["name"], given["language"]) == ("Emil Solberg", "norsk")
    assert "For barnet du kom fra: Mor · foreldreansvar · daglig omsorg" in text(shown)
    with as_admin():
        mona, erik = (RelatedPerson.objects.get(name=f"{name} Solberg").identity for name in ("Mona", "Erik"))
    answers = {
        "born_on": "04.03.2016",
        "journal_number": "G-9",
        f"relation_{mona}": "mother",
        f"relation_{erik}": "none",
    }
    refused = page(kari.post(address, form_of(shown, **answers)), 422)
    assert "for dette barnet" in fault(refused, f"rights_{mona}")
    assert form_of(refused)["journal_number"] == "G-9"
    once = form_of(refused, **{f"rights_{mona}": "both"})
    first, second = (kari.post(address, once) for _click in range(2))
    assert first["Location"] == second["Location"]
    made = page(kari.get(first["Location"]))
    assert "Emil Solberg" in text(made)
    assert "Mor · foreldreansvar · daglig omsorg" in text(made)
    assert "Anna Solberg" in text(made)
    assert "Erik Solberg" not in text(made)

    again = page(kari.post(address, form_of(shown, **answers, **{f"rights_{mona}": "both"})), 422)
    assert "journalnummer og fødselsdato" in fault(again, "is_same")
    joined = kari.post(address, form_of(again, **{"is_same": "yes", f"relation_{erik}": "father"}), follow=True)
    assert "Det som sto der fra før, er ikke endret" not in text(page(joined, 422))
    assert "for dette barnet" in fault(page(joined, 422), f"rights_{erik}")
    whole = {"is_same": "yes", f"relation_{erik}": "father", f"rights_{erik}": "responsibility"}
    joined = kari.post(address, form_of(again, **whole), follow=True)
    assert "Det som sto der fra før, er ikke endret" in text(page(joined))
    assert "Far · foreldreansvar" in text(page(joined))
    with as_admin():
        assert Child.objects.count() == 2


def test_it_is_not_offered_where_nothing_goes_along(
    acting: Acting, client_of: Callable[[str], Client], anna: Child, emil: RelatedPerson
) -> None:
    with acting("kari") as kari:
        children.edit(
            actor=kari,
            child_id=anna.pk,
            once=None,
            name=anna.name,
            language="",
            needs_interpreter=False,
            address_protection=AddressProtection.CONFIDENTIAL,
        )
    client = client_of("kari")
    assert link_of(client, anna.pk) == []
    refused = page(client.get(f"/barn/{anna.pk}/annet-barn/{emil.identity}/"), 403)
    assert "Adressen til barnet er skjermet" in text(refused)
