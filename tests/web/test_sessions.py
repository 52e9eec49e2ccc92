"""A session: how it ends, where one is logged in, for whom one acts, and proving anew who one is."""

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from demo import cast
from grunnmur import clock
from grunnmur.cases.models import Child
from grunnmur.directory import sessions
from grunnmur.directory.kinds import Role
from grunnmur.directory.models import Account, Membership
from grunnmur.log.models import AccessLog
from grunnmur.urls import urlpatterns as our_pages
from grunnmur.web.views import errors
from grunnmur.web.views.fresh import fresh
from tests.web.reading import form_of, page, text

Outside = Callable[[], AbstractContextManager[None]]
WHERE = frozenset({"host", "port", "user", "password", "dbname", "options"})
Travel = Callable[[Any], None]
KARI = cast.get("kari").person_id


@fresh
def secret_act(request: HttpRequest) -> HttpResponse:
    """An act that asks for a fresh proof of who one is."""
    return HttpResponse("done" if request.method == "POST" else "asked")


urlpatterns = [*our_pages, path("hemmelig/", secret_act, name="secret_act")]
handler404 = errors.not_found


@pytest.fixture
def kari(client_of: Callable[[str], Client]) -> Client:
    return client_of("kari")


def is_in(client: Client) -> bool:
    return bool(client.get("/").status_code == 200)


# --- the end -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "lasts"), [(14, True), (15.1, False)])
def test_the_database_itself_ends_a_session_left_alone(
    kari: Client, anna: Child, travel: Travel, minutes: float, lasts: bool
) -> None:
    token = kari.session["token"]
    travel(clock.now() + timedelta(minutes=minutes))
    with connection.cursor() as cursor:
        cursor.execute("select set_config('sec.token', %s, true), sec.person()", [token])
        cursor.execute("select sec.person(), sec.service()")
        assert (cursor.fetchone() != (None, None)) == lasts
    assert Child.objects.exists() == lasts


def test_each_page_makes_the_session_last_as_long_again(kari: Client, travel: Travel) -> None:
    start = clock.now()
    for minutes in (10, 20, 30):
        travel(start + timedelta(minutes=minutes))
        assert is_in(kari)
    travel(start + timedelta(minutes=46))
    assert not is_in(kari)


def test_two_requests_at_once_do_not_wait_for_each_other(db: None) -> None:
    """The one notes that the session is in use; the other goes on without."""
    membership = cast.membership_id(cast.get("ola"))
    given = {name: value for name, value in connection.get_connection_params().items() if name in WHERE}
    digest, later = hashlib.sha256(b"token").digest(), clock.now() + timedelta(minutes=1)
    with psycopg.connect(**given) as first, psycopg.connect(**given) as second:
        first.execute(
            "select sec.open_session(%s, %s, '8 hours', '15 minutes', false, %s)",
            [digest, membership, sessions.sign(f"open|{digest.hex()}|{membership}|f")],
        )
        first.commit()
        for one in (first, second):
            one.execute("select set_config('test.now', %s, true)", [later.isoformat()])
            one.execute("set local lock_timeout = '1s'")
            assert one.execute("select role from sec.enter('token')").fetchone() == ("contact_person",)
        second.rollback()
        first.execute("select sec.end_session('token')")


@pytest.mark.parametrize("days", [0, -3])
def test_a_membership_that_ends_takes_its_sessions_with_it(
    kari: Client, anna: Child, as_admin: Outside, days: int
) -> None:
    assert is_in(kari)
    token = kari.session["token"]
    with as_admin():
        Membership.objects.filter(pk=cast.membership_id(cast.get("kari"))).update(
            ends_on=clock.today() + timedelta(days=days)
        )
    with connection.cursor() as cursor:
        cursor.execute("select set_config('sec.token', %s, true)", [token])
    assert not Child.objects.exists()
    assert not is_in(kari)


def test_a_membership_that_ends_tomorrow_ends_the_session_at_midnight(
    kari: Client, as_admin: Outside, travel: Travel
) -> None:
    night = clock.now().replace(hour=23, minute=55)
    travel(night)
    kari.post("/demo/", {"persona": "kari"})
    with as_admin():
        Membership.objects.filter(pk=cast.membership_id(cast.get("kari"))).update(
            ends_on=night.date() + timedelta(days=1)
        )
    assert is_in(kari)
    travel(night + timedelta(minutes=6))
    assert not is_in(kari)


def test_a_closed_account_ends_every_session(kari: Client, as_admin: Outside) -> None:
    with as_admin():
        Account.objects.filter(person_id=KARI).update(is_active=False)
    assert not is_in(kari)


def test_nobody_elses_session_ends_with_a_membership(client_of: Callable[[str], Client], as_admin: Outside) -> None:
    leif = client_of("leif")
    with as_admin():
        Membership.objects.filter(pk=cast.membership_id(cast.get("kari"))).update(ends_on=clock.today())
    assert is_in(leif)


# --- the warning -------------------------------------------------------------------------------------------


def test_the_page_says_how_long_the_session_lasts_and_how_to_stay(kari: Client) -> None:
    shown = page(kari.get("/"))
    timer = shown.select_one("[data-idle]")
    assert timer
    assert int(str(timer["data-idle"])) == 14.5 * 60
    assert 7.9 * 3600 < int(str(timer["data-lasts"])) <= 8 * 3600
    dialog = shown.find("dialog", id="ending")
    assert dialog
    assert dialog.form["action"] == "/fortsett/"
    assert "Du blir snart logget ut" in dialog.get_text()
    assert kari.post("/fortsett/").status_code == 204


def test_a_stranger_cannot_stay(db: None) -> None:
    assert Client(HTTP_HOST="localhost").post("/fortsett/").status_code == 401


# --- where one is logged in ----------------------------------------------------------------------------------


def test_one_sees_and_ends_ones_own_sessions(kari: Client, client_of: Callable[[str], Client]) -> None:
    elsewhere = client_of("kari")
    shown = page(kari.get("/min-innlogging/"))
    assert text(shown).count("Logget inn ") == 2
    answer = kari.post("/min-innlogging/avslutt/", form_of(shown))
    assert answer.status_code == 302
    assert not is_in(elsewhere)
    assert is_in(kari)
    assert text(page(kari.get("/min-innlogging/"))).count("Logget inn ") == 1


def test_one_ends_all_ones_other_sessions_at_once(
    kari: Client, client_of: Callable[[str], Client], as_admin: Outside
) -> None:
    others, leif = [client_of("kari"), client_of("kari")], client_of("leif")
    shown = page(kari.get("/min-innlogging/"))
    assert "Logg ut alle andre steder" in text(shown)
    kari.post("/min-innlogging/avslutt-andre/")
    assert not any(is_in(one) for one in others)
    assert is_in(kari)
    assert is_in(leif)
    assert "Logg ut alle andre steder" not in text(page(kari.get("/min-innlogging/")))
    with as_admin():
        assert AccessLog.objects.filter(action="end_other_sessions", person_id=KARI).count() == 1


def test_nobody_ends_anothers_session(kari: Client, client_of: Callable[[str], Client]) -> None:
    client_of("kari")
    found = form_of(page(kari.get("/min-innlogging/")))
    leif = client_of("leif")
    assert leif.post("/min-innlogging/avslutt/", found).status_code == 404
    assert leif.post("/min-innlogging/avslutt/", {"session": "x"}).status_code == 404
    assert is_in(kari)


# --- for whom one acts -----------------------------------------------------------------------------------------


@pytest.fixture
def second(as_admin: Outside) -> Membership:
    """Kari works in Lillesand too."""
    with as_admin():
        return Membership.objects.create(
            person_id=KARI,
            service_id=cast.service("lillesand").id,
            role=Role.CONTACT_PERSON,
            starts_on=date(2020, 1, 1),
        )


def test_every_page_says_for_whom_one_acts(kari: Client) -> None:
    shown = page(kari.get("/")).header.get_text(" ", strip=True)
    assert f"for {cast.service('grimstad').name}" in shown
    assert page(kari.get("/")).header.find("a", href="/min-innlogging/")


def test_one_changes_service_openly_and_the_session_before_is_over(
    kari: Client, second: Membership, as_admin: Outside
) -> None:
    before = kari.cookies["sessionid"].value
    shown = page(kari.get("/min-innlogging/"))
    answer = kari.post("/min-innlogging/tjeneste/", form_of(shown))
    assert answer.status_code == 302
    assert cast.service("lillesand").name in page(kari.get("/")).header.get_text()
    with as_admin():
        row = AccessLog.objects.get(action="switch_service")
        assert row.service_id == cast.service("lillesand").id
    kari.cookies["sessionid"] = before
    assert not is_in(kari)


def test_changing_service_does_not_make_the_session_last_longer(
    kari: Client, second: Membership, travel: Travel
) -> None:
    start = clock.now()
    for minutes in range(14, 8 * 60, 14):
        travel(start + timedelta(minutes=minutes))
        kari.post("/fortsett/")
    kari.post("/min-innlogging/tjeneste/", {"membership": str(second.pk)})
    assert is_in(kari)
    travel(start + timedelta(hours=8, minutes=1))
    assert not is_in(kari)


@pytest.mark.parametrize("membership", [str(cast.membership_id(cast.get("ola"))), "x", ""])
def test_one_cannot_act_in_anothers_membership(kari: Client, membership: str) -> None:
    assert kari.post("/min-innlogging/tjeneste/", {"membership": membership}).status_code == 404
    assert cast.service("grimstad").name in page(kari.get("/")).header.get_text()


# --- step-up -----------------------------------------------------------------------------------------------------

pytestmark = pytest.mark.urls(__name__)


def test_an_act_that_asks_for_it_sends_one_to_confirm_and_back(kari: Client, travel: Travel, as_admin: Outside) -> None:
    start = clock.now()
    asked = kari.get("/hemmelig/?a=1")
    assert asked.status_code == 302
    shown = page(kari.get(asked["Location"]))
    assert "I demoen bekrefter du bare." in text(shown)
    answer = kari.post("/bekreft/", form_of(shown))
    assert (answer.status_code, answer["Location"]) == (302, "/hemmelig/?a=1")
    assert kari.get("/hemmelig/").content == b"asked"
    assert kari.post("/hemmelig/").content == b"done"
    travel(start + timedelta(minutes=5.1))
    assert kari.get("/hemmelig/").status_code == 302
    with as_admin():
        assert AccessLog.objects.filter(action="confirm", allowed=True, person_id=KARI).count() == 1


def test_what_was_typed_waits_while_one_confirms(kari: Client) -> None:
    shown = page(kari.post("/hemmelig/", {"why": "Det haster."}), 401)
    assert "Det du skrev, er tatt vare på." in text(shown)
    restored = page(kari.post("/bekreft/", form_of(shown)))
    assert form_of(restored)["why"] == "Det haster."
    assert restored.main.form["action"] == "/hemmelig/"


def test_who_has_confirmed_goes_on_under_a_new_token_and_the_one_before_is_no_good(
    kari: Client, client_of: Callable[[str], Client]
) -> None:
    elsewhere = client_of("kari")
    before, token = kari.cookies["sessionid"].value, kari.session["token"]
    kari.post("/bekreft/")
    assert kari.session["token"] != token
    assert kari.get("/hemmelig/").status_code == 200
    assert is_in(elsewhere)
    assert text(page(kari.get("/min-innlogging/"))).count("Logget inn ") == 2, "the same session, and not one more"
    kari.cookies["sessionid"] = before
    assert not is_in(kari)


def test_one_sessions_proof_is_not_anothers(kari: Client, client_of: Callable[[str], Client]) -> None:
    kari.post("/bekreft/")
    assert kari.get("/hemmelig/").status_code == 200
    assert client_of("kari").get("/hemmelig/").status_code == 302


def test_the_database_knows_what_is_fresh(db: None, travel: Travel) -> None:
    def is_fresh() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("select sec.is_fresh()")
            return bool(cursor.fetchone()[0])

    assert not is_fresh()
    with sessions.acting(cast.membership_id(cast.get("kari"))) as kari:
        assert (kari.is_fresh, is_fresh()) == (False, False)
    with sessions.acting(cast.membership_id(cast.get("kari")), is_strong=True) as kari:
        assert (kari.is_fresh, is_fresh()) == (True, True)
        travel(clock.now() + timedelta(minutes=5))
        assert not is_fresh()


def test_with_sql_alone_nobody_becomes_fresh(kari: Client) -> None:
    with pytest.raises(ProgrammingError, match="not signed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select set_config('sec.token', %s, true)", [kari.session["token"]])
        cursor.execute("select sec.confirm(sha256('mine'), sha256('guess'))")


def test_a_code_to_confirm_one_session_confirms_no_other(kari: Client, client_of: Callable[[str], Client]) -> None:
    """The code that the program made for one session is heard by somebody with SQL, who has another."""
    token, new = client_of("kari").session["token"], hashlib.sha256(b"mine")
    heard = sessions.sign(f"confirm|{hashlib.sha256(token.encode()).hexdigest()}|{new.hexdigest()}")
    with pytest.raises(ProgrammingError, match="not signed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select set_config('sec.token', %s, true)", [kari.session["token"]])
        cursor.execute("select sec.confirm(%s, %s)", [new.digest(), heard])
