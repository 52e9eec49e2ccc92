"""What the page of accessibility says is true of the tests: each that is named exists and looks at what it says."""

import ast
from collections.abc import Callable
from functools import cache

import pytest
from django.test import Client

from grunnmur.public.accessibility import accessibility_file
from grunnmur.public.urls import urlpatterns
from grunnmur.web import middleware
from tests.environment import ROOT
from tests.stories import browser

FILE = accessibility_file()
NAMED = sorted({test for one in FILE.tried for tests in one.shown_by.values() for test in tests})
RULES = next(one for one in FILE.tried if one.key == "rules")
MAY_VISIT = {"visitor", "Visitor"}
"""What gives a test a browser that holds every page against axe at both widths (`Visitor.check`)."""


@cache
def functions_of(file: str) -> dict[str, ast.FunctionDef]:
    found = ast.parse((ROOT / file).read_text(encoding="utf-8")).body
    return {one.name: one for one in found if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")}


@pytest.mark.parametrize("test", NAMED)
def test_every_test_that_is_named_exists(test: str) -> None:
    file, _, name = test.partition("::")
    assert name in functions_of(file) if name else functions_of(file)


def test_every_face_with_pages_is_named_and_its_pages_are_held_against_axe_at_both_widths() -> None:
    with_pages = {folder.parent.name for folder in (ROOT / "grunnmur").glob("*/templates")}
    assert with_pages == set(FILE.faces) == set(RULES.shown_by)
    assert FILE.widths == (browser.WIDE["width"], browser.NARROW["width"])
    for test in (test for tests in RULES.shown_by.values() for test in tests):
        file, _, name = test.partition("::")
        used = {one.id for one in ast.walk(functions_of(file)[name]) if isinstance(one, ast.Name)}
        assert used & MAY_VISIT, test


def test_what_is_not_good_enough_is_said_first_and_what_is_not_tried_stands_in_the_table(db: None) -> None:
    page = Client(HTTP_HOST="localhost").get("/tilgjengelighet/nb/").content.decode()
    assert [one.nb for one in FILE.lacking if one.nb not in page] == []
    assert page.index("Kravet er ikke oppfylt") < page.index("Hva som er prøvd")
    assert page.count("<strong>Ikke prøvd</strong></span></td>") == sum(
        len(set(FILE.faces) - set(one.shown_by) - set(one.not_for)) for one in FILE.tried
    )


@pytest.mark.parametrize("address", ["/hjelp/", "/logg-inn/", "/min-side/inn/"])
def test_it_is_linked_from_the_foot(db: None, address: str) -> None:
    answer = Client(HTTP_HOST="localhost").get(address)
    assert 'href="/tilgjengelighet/nb/"' in answer.content.decode().partition("<footer")[2]


def test_every_page_that_is_open_to_anyone_knows_nobody() -> None:
    assert [str(one.pattern) for one in urlpatterns if not f"/{one.pattern}".startswith(middleware.OPEN)] == []


@pytest.mark.parametrize("address", ["/tilgjengelighet/nb/", "/hjelp/nb/"])
@pytest.mark.parametrize("is_logged_in", [False, True])
def test_who_is_logged_in_is_not_known_here_and_the_page_sets_no_cookie_as_it_says(
    client_of: Callable[[str], Client], address: str, is_logged_in: bool
) -> None:
    client = client_of("kari") if is_logged_in else Client(HTTP_HOST="localhost")
    answer = client.get(address)
    assert "Siden har ingen informasjonskapsler." in answer.content.decode()
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
    assert answer.wsgi_request.actor is None
    assert "Kari" not in answer.content.decode()


@pytest.mark.parametrize("address", ["/tilgjengelighet/se/", "/hjelp/nb/9999/"])
def test_what_is_not_found_there_sets_no_cookie_either(db: None, address: str) -> None:
    answer = Client(HTTP_HOST="localhost").get(address)
    assert (answer.status_code, bool(answer.cookies)) == (404, False)
