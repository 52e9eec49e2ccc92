"""Logging in and out: who gets in, for whom one acts, when it ends, and that no answer tells or opens too much."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from demo import cast
from demo.load import PASSWORD
from grunnmur import clock
from grunnmur.cases.actions import pathways
from grunnmur.cases.models import Child
from grunnmur.directory.kinds import Role
from grunnmur.directory.models import Account, Membership
from grunnmur.log.models import AccessLog
from grunnmur.urls import urlpatterns as our_pages
from grunnmur.web.views import errors
from tests.logging_in import hidden, log_in

Outside = Callable[[], AbstractContextManager[None]]
WRONG = "Brukernavnet eller passordet er feil. Prøv igjen."


def broken(request: HttpRequest) -> HttpResponse:
    """A page with a fault in it."""
    raise ZeroDivisionError


broken.is_public = True  # type: ignore[attr-defined]
urlpatterns = [*our_pages, path("feil/", broken)]
handler404, handler500 = errors.not_found, errors.server_error


@pytest.fixture
def browser(db: None) -> Client:
    return Client(HTTP_HOST="localhost", raise_request_exception=False)


def front_page(browser: Client) -> str:
    """Where a request for the front page ends: the page itself, or the log-in page."""
    answer = browser.get("/", follow=True)
    assert answer.status_code == 200
    return answer.redirect_chain[-1][0].partition("?")[0] if answer.redirect_chain else "/"


# --- in ----------------------------------------------------------------------------------------------------


def test_the_password_is_kept_as_argon2(as_admin: Outside) -> None:
    with as_admin():
        assert Account.objects.get(username="kari").password.startswith("argon2$argon2id$")


def test_name_and_password_let_one_in(browser: Client) -> None:
    answer = log_in(browser)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    page = browser.get("/").content.decode()
    assert "Kari Lunde" in page
    assert cast.service("grimstad").name in page


@pytest.mark.parametrize(
    ("username", "password"),
    [
        pytest.param("kari", "feil-feil-feil-feil", id="wrong password"),
        pytest.param("ingen", PASSWORD, id="unknown name"),
        pytest.param("Kari", PASSWORD, id="another spelling of the name"),
        pytest.param("kari", PASSWORD.upper(), id="another spelling of the password"),
        pytest.param("kari' or '1'='1", PASSWORD, id="SQL in the name"),
    ],
)
def test_anything_else_is_refused_with_one_sentence_for_all(
    browser: Client, as_admin: Outside, username: str, password: str
) -> None:
    answer = log_in(browser, username, password)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert WRONG in page
    assert password not in page
    assert front_page(browser) == "/logg-inn/"
    with as_admin():
        row = AccessLog.objects.get(action="log_in")
        assert (row.allowed, row.reason, row.person_id) == (False, "password", None)


def test_a_name_that_nobody_has_takes_as_long_as_a_wrong_password(browser: Client) -> None:
    def duration(username: str) -> float:
        start = time.perf_counter()
        log_in(browser, username, "feil-feil-feil-feil")
        return time.perf_counter() - start

    duration("kari")
    known, unknown = (min(duration(name) for _ in range(5)) for name in ("kari", "ingen"))
    assert 0.5 < known / unknown < 2


@pytest.mark.parametrize("missing", ["username", "password"])
def test_an_empty_field_says_so_and_keeps_the_name(browser: Client, missing: str) -> None:
    answer = log_in(browser, **{missing: ""})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert WRONG not in page
    assert 'value="kari"' in page or missing == "username"
    assert PASSWORD not in page


def test_someone_who_is_in_already_is_sent_on(browser: Client) -> None:
    log_in(browser)
    answer = browser.get("/logg-inn/")
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_an_inactive_account_does_not_get_in(browser: Client, as_admin: Outside) -> None:
    with as_admin():
        Account.objects.filter(username="kari").update(is_active=False)
    assert log_in(browser).status_code == 422


def test_someone_whose_role_has_ended_is_told(browser: Client, as_admin: Outside) -> None:
    with as_admin():
        Membership.objects.filter(pk=cast.membership_id(cast.get("kari"))).update(ends_on=clock.today())
    answer = log_in(browser)
    assert answer.status_code == 403
    assert "Du har ingen rolle i noen tjeneste nå." in answer.content.decode()
    assert front_page(browser) == "/logg-inn/"


# --- for whom ----------------------------------------------------------------------------------------------


@pytest.fixture
def second_service(as_admin: Outside) -> str:
    """Kari works in Lillesand too."""
    with as_admin():
        membership = Membership.objects.create(
            person_id=cast.get("kari").person_id,
            service_id=cast.service("lillesand").id,
            role=Role.CONTACT_PERSON,
            starts_on=date(2020, 1, 1),
        )
    return str(membership.pk)


def test_with_two_services_one_chooses_openly(browser: Client, second_service: str) -> None:
    answer = log_in(browser)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert cast.service("grimstad").name in page
    assert cast.service("lillesand").name in page
    assert front_page(browser) == "/logg-inn/"
    chosen = browser.post("/logg-inn/tjeneste/", {"proof": hidden(answer, "proof"), "membership": second_service})
    assert chosen.status_code == 302
    page = browser.get("/").content.decode()
    assert cast.service("lillesand").name in page
    assert cast.service("grimstad").name not in page


def test_one_cannot_choose_anothers_role(browser: Client, second_service: str) -> None:
    proof = hidden(log_in(browser), "proof")
    olas = str(cast.membership_id(cast.get("ola")))
    answer = browser.post("/logg-inn/tjeneste/", {"proof": proof, "membership": olas})
    assert answer.status_code == 404
    assert front_page(browser) == "/logg-inn/"


@pytest.mark.parametrize("proof", ["", "tull", signing.dumps({"person": str(cast.get("kari").person_id)}, salt="x")])
def test_without_proof_of_the_password_one_chooses_nothing(browser: Client, second_service: str, proof: str) -> None:
    answer = browser.post("/logg-inn/tjeneste/", {"proof": proof, "membership": second_service})
    assert (answer.status_code, answer["Location"]) == (302, "/logg-inn/")
    assert front_page(browser) == "/logg-inn/"


def test_the_proof_of_the_password_lasts_five_minutes(
    browser: Client, second_service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    proof = hidden(log_in(browser), "proof")
    _later(monkeypatch, minutes=6)
    answer = browser.post("/logg-inn/tjeneste/", {"proof": proof, "membership": second_service})
    assert (answer.status_code, answer["Location"]) == (302, "/logg-inn/")


# --- where to ----------------------------------------------------------------------------------------------


def test_one_comes_to_the_page_one_asked_for(browser: Client) -> None:
    asked = browser.get("/ikke-vurdert/?etter=a")
    assert asked.status_code == 302
    answer = log_in(browser, neste=asked["Location"].partition("neste=")[2])
    assert answer["Location"] == "/ikke-vurdert/?etter=a"


@pytest.mark.parametrize(
    "target",
    ["https://ond.example/", "//ond.example/", "/\\ond.example/", "javascript:alert(1)", "/sok/"],
    ids=str,
)
def test_an_address_that_we_did_not_sign_is_not_followed(browser: Client, target: str) -> None:
    assert log_in(browser, neste=target)["Location"] == "/"


@pytest.mark.parametrize("target", ["https://ond.example/", "//ond.example/", "/\\ond.example/"], ids=str)
def test_an_address_elsewhere_is_not_followed_even_signed(browser: Client, target: str) -> None:
    assert log_in(browser, neste=signing.dumps(target, salt="next"))["Location"] == "/"


# --- out ---------------------------------------------------------------------------------------------------


def test_logging_out_ends_the_session_everywhere(browser: Client) -> None:
    log_in(browser)
    kept = browser.cookies["sessionid"].value
    answer = browser.post("/logg-ut/")
    assert answer["Location"] == "/logg-inn/"
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert front_page(browser) == "/logg-inn/"
    browser.cookies["sessionid"] = kept
    assert front_page(browser) == "/logg-inn/"


def test_a_link_cannot_log_anyone_out(browser: Client) -> None:
    log_in(browser)
    assert browser.get("/logg-ut/").status_code == 405
    assert front_page(browser) == "/"


def test_a_new_log_in_has_a_new_session(browser: Client) -> None:
    log_in(browser)
    first = browser.session["token"]
    browser.post("/logg-ut/")
    log_in(browser)
    assert browser.session["token"] != first


def _later(monkeypatch: pytest.MonkeyPatch, *, minutes: int) -> None:
    """The wall clock as the cookie's signature sees it."""
    then = time.time() + minutes * 60
    monkeypatch.setattr(time, "time", lambda: then)


@pytest.mark.parametrize(("minutes", "lands"), [(14, "/"), (16, "/logg-inn/")])
def test_fifteen_minutes_without_a_page_end_the_session(
    browser: Client, monkeypatch: pytest.MonkeyPatch, minutes: int, lands: str
) -> None:
    log_in(browser)
    _later(monkeypatch, minutes=minutes)
    assert front_page(browser) == lands


@pytest.mark.parametrize(("hours", "lands"), [(7.9, "/"), (8.1, "/logg-inn/")])
def test_eight_hours_end_it_however_busy_one_is(
    browser: Client, travel: Callable[[Any], None], hours: float, lands: str
) -> None:
    start = clock.now()
    log_in(browser)
    for minutes in range(14, int(hours * 60), 14):
        travel(start + timedelta(minutes=minutes))
        browser.post("/fortsett/")
    travel(start + timedelta(hours=hours))
    assert front_page(browser) == lands


# --- an ended session in the middle of a text --------------------------------------------------------------

TYPED = "Anna sa at hun vil sove bedre."


@pytest.fixture
def ended(browser: Client, anna: Child, acting: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    """What Kari sees when she sends a long text after the session ended."""
    with acting("kari") as kari:
        case = pathways.open_pathway(actor=kari, child_id=anna.pk, once=None)
    log_in(browser)
    with monkeypatch.context() as clock_of_the_cookie:
        _later(clock_of_the_cookie, minutes=30)
        return browser.post(f"/forlop/{case.pk}/egne-ord/", {"words": TYPED, "said_on": "01.11.2026"})


def test_what_was_typed_waits_behind_the_log_in(browser: Client, ended: Any) -> None:
    assert ended.status_code == 401
    page = ended.content.decode()
    assert "Logg inn igjen, så får du tilbake det du skrev." in page
    assert TYPED not in page
    again = log_in(browser, kept=hidden(ended, "kept"))
    assert TYPED in again.content.decode()
    assert "Ingenting er lagret ennå." in again.content.decode()


def test_nobody_else_gets_what_was_typed(browser: Client, ended: Any) -> None:
    answer = log_in(browser, "ola", kept=hidden(ended, "kept"))
    assert answer.status_code == 302
    assert TYPED not in browser.get("/").content.decode()


# --- the demo's door ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "post"])
def test_choosing_whom_to_be_does_not_exist_outside_the_demo(browser: Client, settings: Any, method: str) -> None:
    settings.DEMO_LOGIN = False
    assert getattr(browser, method)("/demo/", {"persona": "kari"}).status_code == 404
    assert front_page(browser) == "/logg-inn/"
    assert "/demo/" not in browser.get("/logg-inn/").content.decode()


def test_being_another_ends_the_session_before(browser: Client) -> None:
    browser.post("/demo/", {"persona": "kari"})
    kept = browser.cookies["sessionid"].value
    browser.post("/demo/", {"persona": "ola"})
    assert "Ola Vatne" in browser.get("/").content.decode()
    browser.cookies["sessionid"] = kept
    assert front_page(browser) == "/logg-inn/"


def test_only_the_cast_can_be_chosen(browser: Client) -> None:
    assert browser.post("/demo/", {"persona": "noen"}).status_code == 404


# --- what no answer tells or lets out ----------------------------------------------------------------------


@pytest.mark.urls(__name__)
def test_a_fault_tells_nothing_of_itself(browser: Client) -> None:
    page = browser.get("/feil/").content.decode()
    assert "Ingenting er lagret." in page
    assert "ZeroDivisionError" not in page


@pytest.mark.parametrize("cookie", ["sessionid", "csrftoken"])
def test_no_cookie_can_be_read_by_a_script_or_sent_from_elsewhere(browser: Client, cookie: str) -> None:
    browser.get("/logg-inn/")
    log_in(browser)
    assert browser.cookies[cookie]["httponly"]
    assert browser.cookies[cookie]["samesite"] == "Lax"
