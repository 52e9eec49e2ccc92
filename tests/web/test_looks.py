"""The pages of who has looked: the owner's, and the control of whoever administers the service."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from django.test import Client

from demo import cast
from grunnmur.cases.actions import children
from grunnmur.cases.models import Child
from tests.web.reading import fault, page, text

Acting = Callable[[str], AbstractContextManager[Any]]
ClientOf = Callable[[str], Client]


@pytest.fixture
def others(acting: Acting) -> Child:
    """A child that Leif has registered, and Kari has nothing to do with."""
    with acting("leif") as leif:
        return children.register(
            actor=leif, once=None, name="Nils Berg", born_on=date(2014, 5, 5), journal_number="G-77"
        )


def test_the_owner_finds_who_has_looked_from_the_childs_page(client_of: ClientOf, anna: Child) -> None:
    kari = client_of("kari")
    link = page(kari.get(f"/barn/{anna.pk}/")).find("a", string="Se hvem som har sett")
    assert link is not None
    shown = page(kari.get(str(link["href"])))
    assert "Kari Lunde, " + cast.service("grimstad").name in text(shown)
    assert "Anna" not in shown.title.get_text()  # type: ignore[union-attr]
    assert client_of("ola").get(f"/barn/{anna.pk}/oppslag/").status_code == 404


def test_the_leader_sees_the_unusual_first_and_writes_what_he_found(client_of: ClientOf, others: Child) -> None:
    kari, leif = client_of("kari"), client_of("leif")
    kari.get(f"/barn/{others.pk}/")
    shown = page(leif.get("/oppslag/"))
    assert "Er ikke kontaktperson, og har ikke gjort noe i saken" in text(shown)
    link = shown.select_one("ol.g-entries a")
    assert link is not None
    address = str(link["href"])
    assert "Hva fant du?" in text(page(leif.get(address)))
    assert "Fyll ut dette feltet." in fault(page(leif.post(address, {"note": ""}), 422), "note")
    done = page(leif.post(address, {"note": "Hun hadde vakt."}, follow=True))
    assert "Det du fant, er lagret." in text(done)
    assert "Hun hadde vakt." in text(done)


def test_the_control_is_chosen_by_person_and_days_and_survives_nonsense(client_of: ClientOf, others: Child) -> None:
    client_of("kari").get(f"/barn/{others.pk}/")
    leif = client_of("leif")
    kari = cast.get("kari").person_id
    shown = text(page(leif.get(f"/oppslag/?person={kari}&dager=31")))
    assert "Nils Berg" in shown
    assert "(valgfritt)" not in shown + text(page(leif.get("/sok/"))), "one chooses what to show, and answers nothing"
    assert "Ingen oppslag i perioden" in text(page(leif.get(f"/oppslag/?person={cast.get('per').person_id}")))
    for query in ("person=x", "dager=9999", "etter=x", "person=&dager=&etter="):
        assert leif.get(f"/oppslag/?{query}").status_code == 200
    for address in (f"/oppslag/{kari}/i-gar/", f"/oppslag/{kari}/2020-01-01/"):
        assert leif.get(address).status_code == 404


@pytest.mark.parametrize("who", ["kari", "per", "ola"])
def test_nobody_else_gets_there(client_of: ClientOf, who: str) -> None:
    client = client_of(who)
    for address in ("/oppslag/", f"/oppslag/{cast.get('leif').person_id}/2026-11-26/"):
        assert client.get(address).status_code == 403
    assert "/oppslag/" not in client.get("/").content.decode()
