"""The front page of the roles that see no child: calm, true, and without a way to any child."""

from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup

from grunnmur.cases.models import Child


@pytest.mark.parametrize("key", ["marit", "stein", "eva"])
def test_the_front_page_says_plainly_that_the_role_sees_no_child(
    client_of: Callable[[str], Any], anna: Child, key: str
) -> None:
    client = client_of(key)
    page = client.get("/").content.decode()
    assert "Du ser ingen barn her." in page
    assert "Anna" not in page
    assert 'href="/sok/"' not in page and 'href="/ikke-vurdert/"' not in page


NATIONAL = {"/nasjonalt/": "Det som er bestemt nasjonalt", "/utgaver/": "Utgaver av forløpet"}
OF_A_MUNICIPALITY = {
    "/ansvar/": "Hvem har ansvaret",
    "/kode-pa-sms/": "Kode på SMS",
    "/tilsyn/": "Tilsyn",
    "/innforing/": "Innføring",
    "/egenvurdering/": "Egenvurdering",
    "/ordninger/": "Ordninger",
    "/tilskudd/": "Tilskudd",
    "/nettverk/": "Nettverk",
    "/tall/": "Tall",
    "/forskning/": "Forskning",
    **NATIONAL,
}
OF_A_COUNTY = {
    "/tilsyn-i-fylket/": "Tilsyn",
    "/innforing-i-fylket/": "Innføring",
    "/egenvurdering-i-fylket/": "Egenvurdering",
    "/ordninger-i-fylket/": "Ordninger",
    "/tilskudd/": "Tilskudd",
    "/nettverk/": "Nettverk",
    "/tall-i-fylket/": "Tall",
    **NATIONAL,
}


@pytest.mark.parametrize(
    ("key", "front", "ways"),
    [
        ("marit", "/", OF_A_MUNICIPALITY),
        ("stein", "/", OF_A_COUNTY),
        ("eva", "/", {"/tall/hva-de-betyr/": "Hva tallene betyr", **NATIONAL}),
        ("leif", "/kommunen/", OF_A_MUNICIPALITY),
    ],
)
def test_each_finds_the_work_of_the_municipality_or_the_county(
    client_of: Callable[[str], Any], key: str, front: str, ways: dict[str, str]
) -> None:
    client = client_of(key)
    page = BeautifulSoup(client.get(front).content, "html.parser")
    links = {str(one["href"]): one.get_text(strip=True) for one in page.select("main .g-entries a")}
    assert links == ways
    assert [client.get(address).status_code for address in links] == [200] * len(ways)


@pytest.mark.parametrize("key", ["kari", "per", "eva"])
def test_others_have_no_page_of_the_municipalitys_work(client_of: Callable[[str], Any], key: str) -> None:
    assert 'href="/kommunen/"' in client_of("leif").get("/").content.decode()
    client = client_of(key)
    assert client.get("/kommunen/").status_code == 403
    assert 'href="/kommunen/"' not in client.get("/").content.decode()


@pytest.mark.parametrize("key", ["marit", "stein", "eva"])
def test_searching_finds_nothing_and_the_list_of_not_assessed_is_refused(
    client_of: Callable[[str], Any], anna: Child, key: str
) -> None:
    client = client_of(key)
    assert "Solberg" not in client.post("/sok/", {"text": "Anna"}).content.decode()
    assert client.get("/ikke-vurdert/").status_code == 403
    assert client.get(f"/barn/{anna.pk}/").status_code == 404
