"""What the child wants to say before a meeting, with pictures to choose and few words."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from grunnmur.cases.actions import own_words
from grunnmur.cases.models import Child, Letter
from grunnmur.cases.terms import WordsFor
from grunnmur.family.writing import PICTURES
from tests import together
from tests.family import home as homes
from tests.family.home import MOTHERS, Home, decide, let_in
from tests.family.test_pages import inside, text_of

Acting = Callable[[str], AbstractContextManager[Any]]
READERS = {f"{one}_readers": "child_welfare" for one in own_words.QUESTIONS}


@pytest.fixture
def home(acting: Acting, anna: Child) -> Home:
    """Anna and her mother can log in, and Anna is asked to a meeting."""
    with acting("kari") as kari:
        case = together.begin(kari, anna)
        found = homes.home(kari, anna, case)
        together.start(kari, case)
        together.let_in(kari, case, "storgata")
        for who in (found.anna, found.mother):
            decide(kari, found, who)
        let_in(kari, found, found.anna)
        let_in(kari, found, found.mother)
    return found


@pytest.fixture
def meeting(acting: Acting, home: Home) -> uuid.UUID:
    with acting("kari") as kari:
        return uuid.UUID(str(together.call(kari, home.case, "storgata").pk))


@pytest.fixture
def child(home: Home) -> Client:
    return inside(home.child.national_id or "")


def fields(page: str) -> set[str]:
    form = BeautifulSoup(page, "html.parser").select_one("main form")
    assert form
    return {str(one["name"]) for one in form.select("[name]")}


def test_the_simple_page_asks_the_same_with_a_picture_for_every_choice(child: Client, meeting: uuid.UUID) -> None:
    written, simple = (text_of(child, f"/min-side/mote/{meeting}/{end}") for end in ("", "enkelt/"))
    assert fields(simple) - fields(written) == {f"{one}_pictures" for one in own_words.QUESTIONS}
    assert fields(written) <= fields(simple)
    page = BeautifulSoup(simple, "html.parser").select_one("main")
    assert page
    tiles = page.select(".f-pick")
    assert len(tiles) == len(own_words.QUESTIONS) * (len(PICTURES) + len(WordsFor))
    for tile in tiles:
        drawing = tile.select_one("svg[aria-hidden] path")
        assert drawing, tile
        assert drawing["d"], tile
        assert tile.get_text().strip(), "the word says it to those who do not see the drawing"
        assert page.select_one(f"input#{tile['for']}")
    for label in own_words.QUESTIONS.values():
        assert str(label) in page.get_text()
    assert f"/min-side/mote/{meeting}/enkelt/" in text_of(child, "/min-side/")


def test_what_is_chosen_is_kept_as_its_words_before_what_was_written(
    child: Client, home: Home, meeting: uuid.UUID, acting: Acting
) -> None:
    given = READERS | {
        "matters": "Jeg vil sove.",
        "matters_pictures": ["home", "sleep"],
        "say_pictures": ["school"],
        "matters_readers": "helpers",
    }
    sent = child.post(f"/min-side/mote/{meeting}/enkelt/", given)
    assert sent["Location"] == "/min-side/", sent.content.decode()
    with acting("kari"):
        kept = sorted((row.text, row.readers) for row in Letter.objects.all())
    assert kept == [
        ("Dette er viktig for meg: Hjemme, Søvn. Jeg vil sove.", "helpers"),
        ("Dette vil jeg si: Skolen.", "child_welfare"),
    ]


def test_one_goes_over_to_the_other_page_with_one_press_and_loses_nothing(
    child: Client, home: Home, meeting: uuid.UUID, acting: Acting
) -> None:
    simple, plain = f"/min-side/mote/{meeting}/enkelt/", f"/min-side/mote/{meeting}/"
    ways = {address: BeautifulSoup(text_of(child, address), "html.parser") for address in (simple, plain)}
    for here, there in ((simple, plain), (plain, simple)):
        press = ways[here].select_one(f'button[name="_restored"][formaction="{there}"]')
        assert press, "a button that works without JavaScript"
    over = child.post(plain, READERS | {"_restored": "1", "say": "Hei.", "say_pictures": ["friends", "nonsense"]})
    assert over.status_code == 200
    text = BeautifulSoup(over.content, "html.parser").select_one('textarea[name="say"]')
    assert text
    assert text.get_text().strip() == "Venner. Hei."
    back = child.post(simple, READERS | {"_restored": "1", "say": "Venner. Hei.", "say_readers": "family"})
    page = BeautifulSoup(back.content, "html.parser")
    kept = page.select_one('textarea[name="say"]')
    assert kept
    assert kept.get_text().strip() == "Venner. Hei."
    assert page.select_one('input[name="say_readers"][value="family"][checked]')
    with acting("kari"):
        assert not Letter.objects.exists(), "nothing is sent by going over"


def test_nothing_chosen_is_said_beside_the_field_and_a_parent_has_no_such_page(
    child: Client, home: Home, meeting: uuid.UUID
) -> None:
    empty = child.post(f"/min-side/mote/{meeting}/enkelt/", READERS)
    assert empty.status_code == 422
    assert "Skriv noe på minst ett av spørsmålene." in empty.content.decode()
    chosen = child.post(f"/min-side/mote/{meeting}/enkelt/", {"say_pictures": ["school"]})
    assert chosen.status_code == 422, "who may read it is asked here too"
    page = BeautifulSoup(chosen.content, "html.parser")
    assert page.select_one('input[name="say_pictures"][value="school"][checked]')
    assert inside(MOTHERS).get(f"/min-side/mote/{meeting}/enkelt/").status_code == 404
