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
    assert "Du ser ingen barn her" in page
    assert "Anna" not in page
    assert 'href="/sok/"' not in page and 'href="/ikke-vurdert/"' not in page


@pytest.mark.parametrize(
    ("key", "ways"),
    [
        (
            "marit",
            {"/ansvar/": "Hvem har ansvaret", "/tilsyn/": "Tilsyn", "/tilskudd/": "Tilskudd", "/nettverk/": "Nettverk"},
        ),
        ("stein", {"/tilsyn-i-fylket/": "Tilsyn", "/tilskudd/": "Tilskudd", "/nettverk/": "Nettverk"}),
        ("eva", {}),
    ],
)
def test_the_front_page_leads_to_what_the_role_can_do(
    client_of: Callable[[str], Any], key: str, ways: dict[str, str]
) -> None:
    client = client_of(key)
    page = BeautifulSoup(client.get("/").content, "html.parser")
    links = {str(one["href"]): one.get_text(strip=True) for one in page.select("main a")}
    assert links == ways
    assert [client.get(address).status_code for address in links] == [200] * len(ways)


@pytest.mark.parametrize("key", ["marit", "stein", "eva"])
def test_searching_finds_nothing_and_the_list_of_not_assessed_is_refused(
    client_of: Callable[[str], Any], anna: Child, key: str
) -> None:
    client = client_of(key)
    assert "Solberg" not in client.post("/sok/", {"text": "Anna"}).content.decode()
    assert client.get("/ikke-vurdert/").status_code == 403
    assert client.get(f"/barn/{anna.pk}/").status_code == 404
