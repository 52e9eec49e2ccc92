"""The lists: what one owes comes first, and leads straight to what helps."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db import connection

from bench import load, prototypes
from demo import cast
from grunnmur import clock
from grunnmur.cases.actions import children, initiatives, pathways
from grunnmur.cases.models import Child
from grunnmur.cases.terms import CareBasis, InitiativeWish

Acting = Callable[[str], AbstractContextManager[Any]]
ClientOf = Callable[[str], Any]


def text(response: Any) -> str:
    content: str = response.content.decode()
    return content


def test_a_child_nobody_has_assessed_is_found_and_then_stands_among_what_kari_owes(
    anna: Child, client_of: ClientOf, acting: Acting
) -> None:
    kari = client_of("kari")
    assert "Anna Solberg" in text(kari.get("/ikke-vurdert/"))
    assert "Anna Solberg" not in text(kari.get("/"))
    with acting("kari") as actor:
        pathways.open_pathway(actor=actor, child_id=anna.pk, once=None)
    assert "Anna Solberg" not in text(kari.get("/ikke-vurdert/"))
    assert "Snakk med barnet om helsen" in text(kari.get("/"))


def test_another_municipality_finds_nothing_in_any_list_or_search(anna: Child, client_of: ClientOf) -> None:
    ola = client_of("ola")
    for word in ("Anna", "solberg", "G-2026-0001", anna.national_id):
        assert "Ingen treff" in text(ola.post("/sok/", {"text": word}))
    assert "Solberg" not in text(ola.get("/")) + text(ola.get("/ikke-vurdert/"))


def test_a_search_finds_by_the_beginning_of_any_word_by_journal_and_by_the_whole_number(
    anna: Child, client_of: ClientOf
) -> None:
    kari = client_of("kari")
    for word in ("ann", "SOLB", "anna sol", "G-2026-0001", anna.national_id):
        assert "Anna Solberg" in text(kari.post("/sok/", {"text": word})), word
    for word in ("nna", "anna x", str(anna.national_id)[:6], ""):
        assert "Anna Solberg" not in text(kari.post("/sok/", {"text": word})), word


def test_a_home_that_asks_stands_first_until_it_is_answered(anna: Child, client_of: ClientOf, acting: Acting) -> None:
    with acting("kari") as kari:
        children.place(
            actor=kari,
            child_id=anna.pk,
            once=None,
            basis=CareBasis.CARE_ORDER,
            service_id=cast.service("institusjonen").id,
            from_on=clock.today() - timedelta(days=3),
        )
    with acting("bjorn") as bjorn:
        initiatives.send(actor=bjorn, child_id=anna.pk, once=None, wish=InitiativeWish.START, reason="Sover ikke.")
    page = text(client_of("kari").get("/"))
    assert "Noen ber dere vurdere forløpet" in page
    assert page.index("Noen ber dere") < page.index("Dette skylder vi")
    assert "Sover ikke" not in page, "a list says that, not what"


def test_a_health_worker_has_no_list_of_children_to_assess(client_of: ClientOf) -> None:
    assert client_of("per").get("/ikke-vurdert/").status_code == 403


def test_a_search_by_two_words_looks_past_the_first_fifty_with_one_of_them(
    client_of: ClientOf, as_admin: Callable[[], AbstractContextManager[None]]
) -> None:
    maker = load.Maker({"waiting": prototypes.waiting()}, today=clock.today())
    *many, last = maker.waiting(60)
    copies = [*(replace(one, name="Hanne Vik") for one in many), replace(last, name="Håvard Øy")]
    with as_admin(), connection.cursor() as cursor:
        load.multiply(cursor, copies)
    assert "Håvard Øy" in text(client_of("kari").post("/sok/", {"text": "h øy"}))


def test_an_address_that_someone_has_tampered_with_begins_the_list_anew(anna: Child, client_of: ClientOf) -> None:
    kari = client_of("kari")
    for end in ("x", "2026-01-01", "2026-01-01_x", "_", "9999-99-99_" + str(anna.pk)):
        assert "Anna Solberg" in text(kari.get("/ikke-vurdert/", {"etter": end})), end
        assert kari.get("/", {"ours": end}).status_code == 200, end


def test_the_next_page_goes_on_where_the_first_ended(
    client_of: ClientOf, as_admin: Callable[[], AbstractContextManager[None]]
) -> None:
    maker = load.Maker({"waiting": prototypes.waiting()}, today=clock.today())
    copies = [replace(one, name=f"Barn Nr{number:03}") for number, one in enumerate(maker.waiting(70))]
    with as_admin(), connection.cursor() as cursor:
        load.multiply(cursor, copies)
    kari = client_of("kari")
    seen: list[str] = []
    address = "/ikke-vurdert/"
    for _page in range(2):
        page = text(kari.get(address))
        seen += re.findall(r"Barn Nr\d{3}", page)
        address = "/ikke-vurdert/" + "".join(re.findall(r'href="(\?etter=[^"]+)"', page)[:1])
    assert sorted(seen) == [one.name for one in copies]
