"""Answering by a link with a real provider, which vouches for a number in the register of health personnel."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client

from grunnmur.cases.models import Child
from grunnmur.directory import providers
from grunnmur.log.models import AccessLog
from grunnmur.post import links
from tests import health_case
from tests.openid import provider as real
from tests.openid.provider import Running
from tests.web.reading import form_of, page, text

pytestmark = pytest.mark.slow
Acting = Callable[[str], AbstractContextManager[Any]]


@pytest.fixture(scope="module")
def vouches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with real.running("http://localhost", tmp_path_factory.mktemp("openid")) as running:
        yield running


@pytest.fixture(autouse=True)
def named(vouches: Running, settings: Any) -> Iterator[None]:
    settings.OPENID_FILE = str(vouches.file)
    settings.DEMO_LOGIN = False
    providers.providers.cache_clear()
    yield
    providers.providers.cache_clear()


@pytest.fixture
def address(acting: Acting, anna: Child) -> str:
    """The address of a link about a question, for whoever has HPR number 7654321."""
    with acting("kari") as kari:
        link = health_case.ask_by_link(kari, anna)
    return f"/svar/{links.address_of(link.pk)}/"


def prove(browser: Client, vouches: Running, address: str, person: str, level: str = "high") -> Any:
    [way] = [one["href"] for one in page(browser.get(address)).main.select("a[href*='/hos/']")]
    out = browser.get(way)
    assert set(dict(parse_qsl(urlsplit(out["Location"]).query))) == {"client_id", "request_uri"}
    came = vouches.log_in(out["Location"], person=person, level=level)
    return browser.get(came.removeprefix("http://localhost"))


def test_the_one_with_the_number_answers_without_any_account(vouches: Running, address: str) -> None:
    browser = Client(HTTP_HOST="localhost")
    assert prove(browser, vouches, address, "hpr-7654321")["Location"] == "/svar/"
    soup = page(browser.get("/svar/"))
    assert "hodepine" in text(soup)
    assert browser.post("/svar/", form_of(soup, says="answered", text="Ja.")).status_code == 302
    assert browser.get("/").status_code == 302, "and is nobody anywhere else"


@pytest.mark.parametrize(
    ("person", "level", "reason"),
    [
        ("hpr-7654322", "high", "link_another"),
        ("per", "high", "link_nobody"),
        ("hpr-7654321", "substantial", "openid_acr"),
    ],
    ids=["another number", "no number", "a lower level"],
)
def test_nobody_else_gets_in(
    vouches: Running, address: str, person: str, level: str, reason: str, as_admin: Any
) -> None:
    browser = Client(HTTP_HOST="localhost")
    answer = prove(browser, vouches, address, person, level)
    assert "Anna" not in text(page(answer, 403))
    assert browser.get("/svar/").status_code in (302, 401)
    with as_admin():
        assert AccessLog.objects.filter(allowed=False, reason=reason).exists()


def test_nobody_types_a_number_outside_the_demo(address: str) -> None:
    browser = Client(HTTP_HOST="localhost")
    assert "Anna" not in text(page(browser.post(address, {"number": "7654321"})))
    assert browser.get("/svar/").status_code == 401
