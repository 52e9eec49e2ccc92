"""The family's pages are plain in every language: LIX under 30 for the child and 40 for a parent, printed for each."""

import re

import pytest
from django.test import Client

from demo import families
from grunnmur.cases.models import Child
from grunnmur.cases.terms import RelationKind
from tests.plain import lix, read
from tests.stories import load_annas_family

ADDRESSES = ("", "hvem/", "ja-og-nei/", "skrevet/", "sett/", "skriv/", "steg/")
BEFORE_ONE_IS_IN = ("inn/", "kode/")
LINK = re.compile(r'href="/min-side/((?:[a-z-]+/)*[0-9a-f-]{36}/(?:[a-z-]+/)*)"')
"""To a page about one thing; the first of each sort is measured."""
pytestmark = pytest.mark.usefixtures("bokmal_afterwards")
MOST = {"child": 30, "parent": 40}


@pytest.fixture
def family(anna: Child) -> Child:
    load_annas_family.begin(anna)
    return anna


def pages(family: Child, *, who: str, language: str) -> dict[str, bytes]:
    client = Client(HTTP_HOST="localhost")
    client.post("/sprak/", {"language": language, "back": "/min-side/"})
    found = {address: client.get(f"/min-side/{address}").content for address in BEFORE_ONE_IS_IN}
    number = str(family.national_id) if who == "child" else families.ANNAS_PARENTS[RelationKind.MOTHER]
    assert client.post("/min-side/inn/", {"number": number}).status_code == 302
    for address in ADDRESSES:
        answer = client.get(f"/min-side/{address}")
        assert answer.status_code == 200, address
        found[address] = answer.content
    for page in list(found.values()):
        for address in LINK.findall(page.decode().partition("<main")[2].partition("</main>")[0]):
            name = re.sub(r"[0-9a-f-]{36}", "*", address)
            if name not in found:
                found[name] = client.get(f"/min-side/{address}").content
    assert "sett/*/" in found
    return found


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
@pytest.mark.parametrize("who", MOST)
def test_every_page_is_plain(family: Child, who: str, language: str) -> None:
    found = pages(family, who=who, language=language)
    measured = {address: lix(read(page)) for address, page in found.items()}
    print(*(f"LIX {language} {who} /min-side/{address}: {value:.0f}" for address, value in measured.items()), sep="\n")  # noqa: T201
    assert all(value < MOST[who] for value in measured.values()), measured
