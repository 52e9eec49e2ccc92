"""Nynorsk by one's own choice, or as the browser asks; and bokmål again, with nothing of the other left."""

import re
from http import HTTPStatus
from typing import Any

import polib
import pytest
from django.test import Client
from lxml import html

from grunnmur.cases.models import Child
from tests import together
from tests.environment import ROOT
from tools import translations

pytestmark = pytest.mark.usefixtures("bokmal_afterwards")
NYNORSK, BOKMAL = "Arbeidet mitt", "Mitt arbeid"


def choose(client: Client, language: str, **more: str) -> Any:
    return client.post("/sprak/", {"language": language, "back": "/", **more})


def test_one_chooses_nynorsk_and_bokmal_again(client_of: Any, anna: Child) -> None:
    kari = client_of("kari")
    assert BOKMAL in kari.get("/").text
    answer = choose(kari, "nn")
    assert (answer.status_code, answer["Location"]) == (HTTPStatus.FOUND, "/")
    page = kari.get("/").text
    assert 'lang="nn"' in page
    assert BOKMAL not in page
    choose(kari, "nb")
    page = kari.get("/").text
    assert BOKMAL in page
    assert 'lang="nb"' in page


@pytest.mark.django_db
def test_the_choice_is_everybodys_also_before_log_in() -> None:
    stranger = Client()
    choose(stranger, "nn")
    assert "Brukarnamn" in stranger.get("/logg-inn/").text


@pytest.mark.django_db
def test_a_browser_in_nynorsk_is_answered_in_nynorsk() -> None:
    assert "Brukarnamn" in Client(headers={"accept-language": "nn"}).get("/logg-inn/").text


@pytest.mark.django_db
def test_there_is_no_other_language() -> None:
    assert choose(Client(), "tlh").status_code == HTTPStatus.NOT_FOUND


@pytest.mark.django_db
@pytest.mark.parametrize("back", ["https://example.org/", "//example.org/", "javascript:alert(1)", ""])
def test_nobody_is_sent_elsewhere(back: str) -> None:
    assert choose(Client(), "nn", back=back)["Location"] == "/"


def test_it_is_offered_where_nothing_typed_is_lost(client_of: Any, anna: Child) -> None:
    kari = client_of("kari")
    shown = html.fromstring(kari.get("/sendt/?vis=alt").text)
    assert shown.xpath("//form[@action='/sprak/']//input[@name='back']/@value") == ["/sendt/?vis=alt"]
    refused = kari.post("/barn/nytt/", {"name": "Et navn som er skrevet"})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not html.fromstring(refused.text).xpath("//form[@action='/sprak/']")


PAGES = (
    "/",
    "/ikke-vurdert/",
    "/sok/",
    "/sendt/",
    "/min-innlogging/",
    *(
        f"CASE{page}"
        for page in (
            "",
            "grunnlag/",
            "samtykke/",
            "samtykke/nytt/",
            "moter/",
            "moter/nytt/",
            "plan/",
            "plan/mal/",
            "helse/",
            "sporsmal/",
            "sporsmal/nytt/",
            "avslutt/",
        )
    ),
)
LONG_ENOUGH = 14
"""Letters in a text that does not stand in another by chance."""


def test_pages_are_in_the_language_of_whoever_reads_them(client_of: Any, acting: Any, anna: Child) -> None:
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        together.start(kari, pathway_id)
    catalogue = polib.pofile(str(translations.WHOLE))
    pairs = [
        (one.msgid, one.msgstr)
        for one in catalogue
        if not one.msgid_plural and "%" not in one.msgid and len(one.msgid) >= LONG_ENOUGH and one.msgid != one.msgstr
    ]
    ours = {nynorsk for _bokmal, nynorsk in pairs} - {bokmal for bokmal, _nynorsk in pairs}
    # What the directorates have written is said as they wrote it.
    official = " ".join(path.read_text() for path in (ROOT / "definitions").rglob("*.yaml"))
    theirs = {bokmal for bokmal, _nynorsk in pairs if bokmal not in official} - {nynorsk for _bokmal, nynorsk in pairs}
    one, another = client_of("kari"), client_of("leif")
    choose(one, "nn")
    seen = set()
    for address in PAGES:
        path = address.replace("CASE", f"/forlop/{pathway_id}/")
        nynorsk, bokmal = words(one.get(path)), words(another.get(path))
        assert [text for text in theirs if is_said(text, nynorsk)] == [], path
        assert [text for text in ours if is_said(text, bokmal)] == [], path
        seen |= {text for text in ours if is_said(text, nynorsk)}
    assert len(seen) > 50


def is_said(text: str, page: str) -> bool:
    """Whether a text stands on a page, and not as the beginning of a longer word."""
    return text in page and re.search(rf"(?<!\w){re.escape(text)}(?!\w)", page) is not None


def words(answer: Any) -> str:
    return " ".join(html.fromstring(answer.text).text_content().split())
