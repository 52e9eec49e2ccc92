"""Logging in with a real provider that requires PAR, PKCE, private_key_jwt and DPoP with its nonce."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client

from demo import cast
from grunnmur.directory import members, openid, providers
from grunnmur.log.models import AccessLog
from tests.openid import provider as real
from tests.openid.provider import Running
from tests.web.reading import page, text

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def vouches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with real.running("http://localhost", tmp_path_factory.mktemp("openid")) as running:
        yield running


@pytest.fixture(autouse=True)
def named(vouches: Running, settings: Any) -> Iterator[None]:
    settings.OPENID_FILE = str(vouches.file)
    providers.providers.cache_clear()
    yield
    providers.providers.cache_clear()


@pytest.fixture
def browser(db: None) -> Client:
    return Client(HTTP_HOST="localhost")


@pytest.fixture
def code(client_of: Callable[[str], Client]) -> str:
    """An invitation to Grimstad, from its leader."""
    leif = client_of("leif")
    leif.post("/bekreft/")
    answer = leif.post("/medlemmer/inviter/", {"name": "Tuva Ny", "role": "contact_person"})
    return str(page(answer).select_one("[data-code]").get_text())  # type: ignore[union-attr]


def there_and_back(browser: Client, vouches: Running, *, person: str, level: str = "high", start: str = "") -> Any:
    out = browser.get(start or "/logg-inn/hos/prove/")
    assert out.status_code == 302, out.content.decode()
    asked = dict(parse_qsl(urlsplit(out["Location"]).query))
    assert set(asked) == {"client_id", "request_uri"}  # everything else was pushed, and no browser can change it
    came = vouches.log_in(out["Location"], person=person, level=level)
    return browser.get(came.removeprefix("http://localhost"))


def join(browser: Client, vouches: Running, code: str, person: str) -> Any:
    shown = page(browser.post("/bli-med/", {"code": code}))
    assert "Bli med ved å logge inn med Prøveleverandør" in text(shown)
    return there_and_back(browser, vouches, person=person)


def is_in(browser: Client) -> bool:
    return bool(browser.get("/").status_code == 200)


def test_whoever_is_invited_joins_and_then_logs_in(browser: Client, vouches: Running, code: str) -> None:
    assert join(browser, vouches, code, "tuva")["Location"] == "/"
    assert "Tuva Ny" in page(browser.get("/")).header.get_text()
    again = Client(HTTP_HOST="localhost")
    assert "Logg inn med Prøveleverandør" in text(page(again.get("/logg-inn/")))
    assert there_and_back(again, vouches, person="tuva")["Location"] == "/"
    assert is_in(again)
    # Just logged in as strongly as one can: nothing more to confirm.
    assert again.get("/min-innlogging/ny/").status_code == 200


def test_nobody_is_known_by_a_name(browser: Client, vouches: Running) -> None:
    answer = there_and_back(browser, vouches, person="Kari Lunde")
    assert answer.status_code == 403
    assert "Vi kjenner deg ikke ennå." in text(page(answer, 403))
    assert not is_in(browser)


def test_a_lower_level_than_we_demand_is_refused(browser: Client, vouches: Running, code: str) -> None:
    join(Client(HTTP_HOST="localhost"), vouches, code, "tuva")
    answer = there_and_back(browser, vouches, person="tuva", level="substantial")
    assert "Du må logge inn på et høyere sikkerhetsnivå." in text(page(answer, 403))
    assert not is_in(browser)


def test_what_came_back_is_good_once_and_in_that_browser(
    browser: Client, vouches: Running, code: str, as_admin: Any
) -> None:
    join(Client(HTTP_HOST="localhost"), vouches, code, "tuva")
    out = browser.get("/logg-inn/hos/prove/")
    came = vouches.log_in(out["Location"], person="tuva").removeprefix("http://localhost")
    stranger = Client(HTTP_HOST="localhost")
    stranger.get("/logg-inn/hos/prove/")
    for attempt in (came, came.replace("state=", "state=x"), "/logg-inn/tilbake/?code=x&state=x"):
        assert stranger.get(attempt).status_code == 403
    assert not is_in(stranger)
    waiting = browser.cookies["sessionid"].value
    assert browser.get(came).status_code == 302
    assert is_in(browser)
    thief = Client(HTTP_HOST="localhost")
    thief.cookies["sessionid"] = waiting  # the code itself is spent at the provider
    assert thief.get(came).status_code == 403
    assert not is_in(thief)
    with as_admin():
        reasons = set(AccessLog.objects.filter(action="log_in", allowed=False).values_list("reason", flat=True))
    assert {"openid_state", "openid_provider_refused"} <= reasons


@pytest.mark.parametrize("came", ["?error=access_denied&state={state}", "?code=&state={state}", "?code=x", "?"])
def test_a_refusal_there_is_a_refusal_here(browser: Client, vouches: Running, came: str) -> None:
    browser.get("/logg-inn/hos/prove/")
    state = browser.session["attempt"]["state"]
    answer = browser.get(f"/logg-inn/tilbake/{came.format(state=state)}&iss={vouches.issuer}")
    assert answer.status_code == 403


def test_another_issuer_is_refused(browser: Client, vouches: Running) -> None:
    out = browser.get("/logg-inn/hos/prove/")
    came = vouches.log_in(out["Location"], person="tuva").removeprefix("http://localhost")
    address, _question, query = came.partition("?")
    changed = [pair for pair in query.split("&") if not pair.startswith("iss=")]
    for issuer in ("&iss=https%3A%2F%2Fond.example", ""):
        assert browser.get(f"{address}?{'&'.join(changed)}{issuer}").status_code == 403


def test_one_confirms_there_too_and_only_as_oneself(
    browser: Client, vouches: Running, code: str, travel: Callable[[Any], None]
) -> None:
    from datetime import timedelta

    from grunnmur import clock

    join(browser, vouches, code, "tuva")
    before = browser.session["token"]
    travel(clock.now() + timedelta(minutes=6))
    assert browser.get("/min-innlogging/ny/").status_code == 302
    assert "Bekreft med Prøveleverandør" in text(page(browser.get("/bekreft/")))
    travel(clock.now() - timedelta(minutes=6))
    other = there_and_back(browser, vouches, person="ola")
    assert "Du bekreftet som en annen" in text(page(other, 403))
    assert there_and_back(browser, vouches, person="tuva").status_code == 302
    assert browser.session["token"] != before
    assert is_in(browser)


def test_a_log_out_that_the_provider_did_not_sign_ends_nothing(browser: Client, vouches: Running, code: str) -> None:
    join(browser, vouches, code, "tuva")
    assert browser.post("/logg-inn/hos/prove/slutt/", {"logout_token": "x.y.z"}).status_code == 400
    assert is_in(browser)


def test_the_provider_is_not_sent_on_to_https_as_people_are(browser: Client, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    address = "/logg-inn/hos/prove/slutt/"
    assert browser.post(address, {"logout_token": "x.y.z"}).status_code == 403
    assert browser.post(address, {"logout_token": "x.y.z"}, secure=True).status_code == 400
    assert browser.get("/logg-inn/hos/prove/").status_code == 301


def test_logging_out_says_that_one_may_be_logged_in_there(browser: Client, vouches: Running, code: str) -> None:
    join(browser, vouches, code, "tuva")
    answer = browser.post("/logg-ut/")
    shown = page(answer)
    assert f"{vouches.issuer}/session/end" in str(shown.main)
    assert answer["Clear-Site-Data"]
    assert not is_in(browser)


def test_every_session_ends_when_the_provider_says_so(
    browser: Client, vouches: Running, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from grunnmur.directory import sessions

    join(browser, vouches, code, "tuva")
    person = members.person_of(issuer=vouches.issuer, subject="tuva")
    assert person
    assert members.person_of(issuer="https://another.example", subject="tuva") is None
    sessions.end_all(person)
    assert not is_in(browser)
    assert cast.get("kari").person_id != person


def test_a_provider_that_is_not_there_is_said(browser: Client, vouches: Running, settings: Any, tmp_path: Any) -> None:
    gone = tmp_path / "gone.yaml"
    gone.write_text(vouches.file.read_text().replace(vouches.issuer, "http://localhost:9"))
    settings.OPENID_FILE = str(gone)
    providers.providers.cache_clear()
    answer = browser.get("/logg-inn/hos/prove/")
    assert "Vi får ikke kontakt med innloggingstjenesten." in text(page(answer, 403))
    assert openid.TIMEOUT <= 10


def test_a_provider_that_nobody_named_does_not_exist(browser: Client) -> None:
    assert browser.get("/logg-inn/hos/ond/").status_code == 404
