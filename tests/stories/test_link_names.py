"""Links on one page that say the same lead to the same place, for those who hear them without what is around them."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest

from tests.stories.page import Page, parse
from tests.stories.walker import Walker

SHAPES = 70
"""The pages that one person looks at, each of another shape."""
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{3,}")
NOT_PAGES = re.compile(r"/static/|logg-ut|/papir/|\.(json|csv|ics|pdf|xml)|/data/|/vedlegg/")


def name_of(link: Any) -> str:
    """What a screen reader says of a link; what is hidden from it is left out."""
    hidden = "ancestor-or-self::*[@aria-hidden='true']"
    said = link.xpath(f".//text()[not({hidden})]")
    return str(link.get("aria-label") or " ".join("".join(said).split()))


def alike(page: Page) -> list[str]:
    """The names in the page's own part that lead to more than one place."""
    found = defaultdict(set)
    for link in page.doc.xpath("//main//a[@href]"):
        found[name_of(link)].add(urljoin(page.url, link.get("href")))
    return sorted(name for name, places in found.items() if len(places) > 1)


def walk(person: Walker) -> Iterator[Page]:
    """Every page that the person is led to from the first, one of each shape."""
    waiting, shapes = [person.page.url], set()
    while waiting and len(shapes) < SHAPES:
        address = waiting.pop(0)
        shape = ID.sub("*", urlsplit(address).path)
        if shape in shapes or NOT_PAGES.search(address) or not address.startswith(person.server_url):
            continue
        shapes.add(shape)
        if person.look(address).status == HTTPStatus.OK:
            yield person.page
            waiting += [urljoin(person.page.url, one.get("href")) for one in person.page.doc.xpath("//main//a[@href]")]


def test_names_are_read_as_they_are_heard() -> None:
    links = (
        '<a href="/a">Søk</a> <a href="/b"> Søk </a> <a href="/c">Svar<span class="ds-sr-only">, Per</span></a>'
        '<a href="/d">Svar</a> <a href="/d">Svar</a> <a href="/e">Svar<b aria-hidden="true">, Per</b></a>'
    )
    page = parse("http://localhost/", HTTPStatus.OK, f"<html><body><main>{links}</main></body></html>".encode())
    assert alike(page) == ["Svar", "Søk"]


@pytest.mark.parametrize("key", ["leif", "stein"])
def test_links_that_say_the_same_lead_to_the_same_place(walker: Callable[[str], Walker], key: str) -> None:
    person = walker(key)
    person.be()
    seen = {page.path: alike(page) for page in walk(person)}
    assert len(seen) > 15, "it was led somewhere"
    assert not {path: names for path, names in seen.items() if names}
