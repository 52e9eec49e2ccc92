"""What a person meets at a limit: a plain sentence, when one can try again, and nothing typed is lost."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client, RequestFactory

from demo.load import PASSWORD
from grunnmur import clock
from grunnmur.cases.actions import children, extracts, sight
from grunnmur.cases.models import Child
from grunnmur.cases.terms import FamilyAccess
from grunnmur.exchange import paper
from grunnmur.log.models import AccessLog
from grunnmur.web import guessing

Outside = Callable[[], AbstractContextManager[None]]
Acting = Callable[[str], AbstractContextManager[Any]]


@pytest.fixture
def limit(as_admin: Outside) -> Callable[[str, int], None]:
    """Set how many of something one may do at once."""

    def change(key: str, burst: int) -> None:
        with as_admin(), connection.cursor() as cursor:
            cursor.execute("update sec.limits set burst = %s, every = interval '1 hour' where key = %s", [burst, key])

    return change


@pytest.fixture
def born(acting: Acting) -> list[Child]:
    """Five children of Kari's service."""
    with acting("kari") as kari:
        return [
            children.register(
                actor=kari, once=None, name=f"Barn Nummer{n}", born_on=date(2014, 1, 1), journal_number=f"L-{n}"
            )
            for n in range(5)
        ]


def hidden(answer: Any, name: str) -> str:
    found = BeautifulSoup(answer.content, "html.parser").find("input", {"name": name})
    assert found is not None
    return str(found["value"])


def refusals(as_admin: Outside, reason: str) -> int:
    with as_admin():
        return AccessLog.objects.filter(allowed=False, reason=reason).count()


def test_too_many_searches_wait_and_what_was_typed_stands(
    client_of: Callable[[str], Any], limit: Callable[[str, int], None], born: list[Child], as_admin: Outside
) -> None:
    limit("search_person", 2)
    kari, leif = client_of("kari"), client_of("leif")
    for _ in range(2):
        assert "Nummer3" in kari.post("/sok/", {"text": "Nummer3"}).content.decode()
    answer = kari.post("/sok/", {"text": "Nummer3"})
    page = answer.content.decode()
    assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert 3500 < int(answer["Retry-After"]) <= 3600
    assert "Du har søkt mange ganger på kort tid. Prøv igjen om 60 minutter." in page
    assert 'value="Nummer3"' in page
    assert "L-3" not in page
    assert "Ingen treff" not in page
    assert refusals(as_admin, "search_person") == 1
    assert leif.post("/sok/", {"text": "Nummer3"}).status_code == HTTPStatus.OK


def test_a_service_that_searches_together_waits_together_and_another_does_not(
    client_of: Callable[[str], Any], limit: Callable[[str, int], None], born: list[Child]
) -> None:
    limit("search_service", 1)
    assert client_of("kari").post("/sok/", {"text": "a"}).status_code == HTTPStatus.OK
    assert client_of("leif").post("/sok/", {"text": "a"}).status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert client_of("ola").post("/sok/", {"text": "a"}).status_code == HTTPStatus.OK


def test_an_empty_search_costs_nothing(client_of: Callable[[str], Any], limit: Callable[[str, int], None]) -> None:
    limit("search_person", 1)
    kari = client_of("kari")
    for text in ("", " ", "-"):
        assert kari.post("/sok/", {"text": text}).status_code == HTTPStatus.OK
    assert kari.post("/sok/", {"text": "a"}).status_code == HTTPStatus.OK


# --- many different children in a day ----------------------------------------------------------------------


def test_one_child_too_many_asks_why_once_and_goes_on(
    client_of: Callable[[str], Any], limit: Callable[[str, int], None], born: list[Child], as_admin: Outside
) -> None:
    limit("children_a_day", 2)
    kari = client_of("kari")
    pages = [f"/barn/{child.pk}/" for child in born]
    for page in (pages[0], pages[0], pages[1], pages[0]):
        assert kari.get(page).status_code == HTTPStatus.OK
    asked = kari.get(pages[2])
    assert asked.status_code == HTTPStatus.FORBIDDEN
    text = asked.content.decode()
    assert "Du har åpnet mange barns saker i dag" in text
    assert "Nummer2" not in text
    assert kari.get(pages[0]).status_code == HTTPStatus.OK, "those one has opened today stay open"
    assert refusals(as_admin, "many_children") == 1

    unanswered = kari.post("/mange-barn/", {"neste": hidden(asked, "neste")})
    assert unanswered.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert kari.get(pages[2]).status_code == HTTPStatus.FORBIDDEN
    gone_on = kari.post("/mange-barn/", {"why": "handover", "neste": hidden(unanswered, "neste")})
    assert (gone_on.status_code, gone_on["Location"]) == (HTTPStatus.FOUND, pages[2])
    with as_admin():
        row = AccessLog.objects.get(action="many_children", allowed=True)
    assert (row.reason, row.children) == ("handover", [])
    for page in pages[2:4]:
        assert kari.get(page).status_code == HTTPStatus.OK
    assert kari.get(pages[4]).status_code == HTTPStatus.FORBIDDEN, "the next is asked for after as many again"


def test_it_is_counted_for_each_person_and_begins_again_the_next_day(
    client_of: Callable[[str], Any],
    limit: Callable[[str, int], None],
    born: list[Child],
    as_admin: Outside,
) -> None:
    limit("children_a_day", 1)
    kari, leif = client_of("kari"), client_of("leif")
    for person in (kari, leif):
        assert person.get(f"/barn/{born[0].pk}/").status_code == HTTPStatus.OK
        assert person.get(f"/barn/{born[1].pk}/").status_code == HTTPStatus.FORBIDDEN
    with as_admin(), connection.cursor() as cursor:
        cursor.execute("update sec.opened set day = day - 1")
        cursor.execute("update sec.opened_today set day = day - 1")
    assert kari.get(f"/barn/{born[1].pk}/").status_code == HTTPStatus.OK
    assert kari.get(f"/barn/{born[2].pk}/").status_code == HTTPStatus.FORBIDDEN
    with as_admin(), connection.cursor() as cursor:
        cursor.execute("select max(day) from sec.opened where person = %s", [leif_id()])
        assert cursor.fetchone() == (clock.today() - timedelta(days=1),), "what Leif opened is still of yesterday"
        cursor.execute("select count(*) from sec.opened o join sec.opened_today t using (person) where o.day < t.day")
        assert cursor.fetchone() == (0,), "what was counted the day before is gone"


def leif_id() -> Any:
    from demo import cast

    return cast.get("leif").person_id


def test_what_was_typed_waits_behind_the_question(
    client_of: Callable[[str], Any], limit: Callable[[str, int], None], born: list[Child]
) -> None:
    limit("children_a_day", 1)
    kari = client_of("kari")
    assert kari.get(f"/barn/{born[0].pk}/").status_code == HTTPStatus.OK
    address = f"/barn/{born[1].pk}/endre/"
    asked = kari.post(address, {"name": "Et Nytt Navn", "born_on": "tull"})
    assert asked.status_code == HTTPStatus.FORBIDDEN
    again = kari.post("/mange-barn/", {"why": "correction", "kept": hidden(asked, "kept")})
    assert again.status_code == HTTPStatus.OK
    assert hidden(again, "name") == "Et Nytt Navn"


def test_a_whole_service_that_opens_very_many_waits_a_little(
    client_of: Callable[[str], Any], limit: Callable[[str, int], None], born: list[Child], as_admin: Outside
) -> None:
    limit("open_service", 2)
    kari, leif = client_of("kari"), client_of("leif")
    assert kari.get(f"/barn/{born[0].pk}/").status_code == HTTPStatus.OK
    assert leif.get(f"/barn/{born[0].pk}/").status_code == HTTPStatus.OK
    answer = kari.get(f"/barn/{born[1].pk}/")
    assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert int(answer["Retry-After"]) > 0
    assert "Nummer1" not in answer.content.decode()
    assert kari.get(f"/barn/{born[0].pk}/").status_code == HTTPStatus.OK
    assert refusals(as_admin, "open_service") == 1


# --- guessing passwords ------------------------------------------------------------------------------------


def log_in(browser: Client, username: str = "kari", password: str = "feil-feil-feil-feil", **headers: str) -> Any:
    return browser.post("/logg-inn/", {"username": username, "password": password}, **headers)


def is_right(answer: Any) -> bool:
    """Whether the password was taken: then the second factor is asked for, or the first time made."""
    page = answer.content.decode()
    return answer.status_code == HTTPStatus.OK and ("Bekreft at det er deg" in page or "Sikre innloggingen" in page)


@pytest.fixture
def tries(as_admin: Outside) -> None:
    """What production has: five tries for an account, twenty from an address."""
    with as_admin(), connection.cursor() as cursor:
        for key, burst, every in (("log_in", 5, 180), ("log_in_address", 20, 45)):
            cursor.execute(
                "update sec.limits set burst = %s, every = make_interval(secs => %s) where key = %s",
                [burst, every, key],
            )


@pytest.mark.parametrize("username", ["kari", "ingen"])
def test_the_sixth_wrong_password_waits_whether_or_not_anyone_has_the_name(
    tries: None, as_admin: Outside, username: str
) -> None:
    browser = Client(HTTP_HOST="localhost")
    for _ in range(5):
        assert log_in(browser, username).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    answer = log_in(browser, username)
    page = answer.content.decode()
    assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert 0 < int(answer["Retry-After"]) <= 180
    assert "Det er prøvd feil passord for mange ganger. Prøv igjen om 3 minutter." in page
    assert f'value="{username}"' in page
    assert refusals(as_admin, "log_in") == 1
    assert is_right(log_in(browser, "leif", PASSWORD)), "another account is not touched"


def test_a_right_password_waits_too_and_gets_in_afterwards(tries: None, travel: Callable[[datetime], None]) -> None:
    browser = Client(HTTP_HOST="localhost")
    for _ in range(5):
        log_in(browser)
    assert log_in(browser, password=PASSWORD).status_code == HTTPStatus.TOO_MANY_REQUESTS
    travel(clock.now() + timedelta(minutes=3, seconds=1))
    assert is_right(log_in(browser, password=PASSWORD))


def test_nobody_can_shut_another_out_of_their_own_browser(tries: None) -> None:
    kari, stranger = Client(HTTP_HOST="localhost"), Client(HTTP_HOST="localhost", REMOTE_ADDR="203.0.113.9")
    assert is_right(log_in(kari, password=PASSWORD))
    cookie = kari.cookies["known"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert "kari" not in cookie.value
    kari.post("/logg-ut/")
    for _ in range(8):
        log_in(stranger)
    assert log_in(stranger, password=PASSWORD).status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert is_right(log_in(kari, password=PASSWORD))


def test_a_known_browser_has_a_limit_of_its_own_and_is_known_for_one_name(tries: None) -> None:
    browser = Client(HTTP_HOST="localhost")
    log_in(browser, password=PASSWORD)
    browser.post("/logg-ut/")
    for _ in range(5):
        assert log_in(browser).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert log_in(browser, password=PASSWORD).status_code == HTTPStatus.TOO_MANY_REQUESTS
    browser.cookies["known"] = browser.cookies["known"].value[:-1] + "x"
    assert log_in(browser).status_code == HTTPStatus.UNPROCESSABLE_ENTITY, "counted as a stranger's"


def test_many_names_from_one_address_wait_and_another_address_does_not(tries: None) -> None:
    here, there = Client(HTTP_HOST="localhost"), Client(HTTP_HOST="localhost", REMOTE_ADDR="2001:db8:1:2::3")
    for n in range(20):
        assert log_in(here, f"navn{n}").status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    answer = log_in(here, "leif", PASSWORD)
    assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert "fra nettet du er på" in answer.content.decode()
    assert is_right(log_in(there, "leif", PASSWORD))


@pytest.mark.parametrize(
    ("behind_proxy", "headers", "address"),
    [
        pytest.param(False, {"REMOTE_ADDR": "198.51.100.7"}, "198.51.100.7", id="straight"),
        pytest.param(
            False,
            {"REMOTE_ADDR": "198.51.100.7", "HTTP_X_FORWARDED_FOR": "203.0.113.1"},
            "198.51.100.7",
            id="a stranger's word is not taken",
        ),
        pytest.param(
            True,
            {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.1, 198.51.100.7"},
            "198.51.100.7",
            id="our proxy's is, and only what it added itself",
        ),
        pytest.param(False, {"REMOTE_ADDR": "2001:db8:1:2:3:4:5:6"}, "2001:db8:1:2::/64", id="IPv6 by its first half"),
        pytest.param(True, {"HTTP_X_FORWARDED_FOR": "<script>"}, "unknown", id="nonsense"),
    ],
)
def test_where_a_request_comes_from(settings: Any, behind_proxy: bool, headers: dict[str, str], address: str) -> None:
    settings.BEHIND_PROXY = behind_proxy
    assert guessing.address_of(RequestFactory().get("/", **headers)) == address


# --- codes, files that leave, and places one is logged in ----------------------------------------------------


def test_codes_that_are_not_good_are_counted_for_each_address(
    client_of: Callable[[str], Any], limit: Callable[[str, int], None]
) -> None:
    limit("join_address", 2)
    leif = client_of("leif")
    leif.post("/bekreft/")
    made = leif.post("/medlemmer/inviter/", {"name": "Tuva Ny", "role": "contact_person"})
    good = str(BeautifulSoup(made.content, "html.parser").select_one("[data-code]").get_text())  # type: ignore[union-attr]
    browser = Client(HTTP_HOST="localhost")
    for _time in range(3):
        assert "Tuva Ny" in browser.post("/bli-med/", {"code": good}).content.decode(), "a good code costs nothing"
    for _time in range(2):
        assert browser.post("/bli-med/", {"code": "abcd-efgh-jkmn-pqrs"}).status_code == 422
    answer = browser.post("/bli-med/", {"code": "abcd-efgh-jkmn-pqrs"})
    assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert int(answer["Retry-After"]) > 0
    assert "Det er prøvd for mange koder fra nettet du er på." in answer.content.decode()
    assert 'value="abcd-efgh-jkmn-pqrs"' in answer.content.decode()
    elsewhere = Client(HTTP_HOST="localhost", REMOTE_ADDR="192.0.2.7")
    assert elsewhere.post("/bli-med/", {"code": "abcd-efgh-jkmn-pqrs"}).status_code == 422


@pytest.mark.parametrize("key", ["export_person", "export_service"])
def test_extracts_and_packages_wait_for_each_other(
    client_of: Callable[[str], Any],
    limit: Callable[[str, int], None],
    acting: Acting,
    anna: Child,
    key: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with acting("kari") as kari:
        sight.decide_access(
            actor=kari,
            child_id=anna.pk,
            once=None,
            identity=anna.pk,
            family_access=FamilyAccess.FULL,
            reason="Vurdert.",
            review_on=clock.today() + timedelta(days=90),
        )
        made = extracts.make(actor=kari, child_id=anna.pk, once=None, asked_on=clock.today())
    limit(key, 1)
    kari = client_of("kari")
    kari.post("/bekreft/")
    file = f"/barn/{anna.pk}/innsyn/{made.pk}/fil/"
    assert kari.post(file, {"form": "json"}).status_code == HTTPStatus.OK
    answer = kari.post(file, {"form": "json"})
    assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert "gitt ut" in answer.content.decode()
    assert "cases_child" not in answer.content.decode()
    monkeypatch.setattr(paper, "pdf", lambda _page: pytest.fail("nothing is set for one who must wait"))
    assert kari.post(file, {"form": "pdf"}).status_code == HTTPStatus.TOO_MANY_REQUESTS


def test_one_place_too_many_and_the_oldest_is_over(
    client_of: Callable[[str], Any], limit: Callable[[str, int], None], travel: Callable[[datetime], None]
) -> None:
    limit("sessions_at_once", 2)
    first, leif = client_of("kari"), client_of("leif")
    travel(clock.now() + timedelta(seconds=1))
    second = client_of("kari")
    travel(clock.now() + timedelta(seconds=1))
    third = client_of("kari")
    assert [one.get("/").status_code for one in (first, second, third, leif)] == [302, 200, 200, 200]
