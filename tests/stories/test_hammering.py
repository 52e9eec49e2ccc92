"""Twenty at once against the limits of production: a limit that holds for one at a time holds exactly for twenty."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from itertools import count

import psycopg
import pytest

from grunnmur import postgres
from grunnmur.directory.limits import Limit, limits, rule
from tests.stories import crowd, server
from tests.stories.walker import Walker

pytestmark = pytest.mark.slow
CLIENTS = 20
WRONG, WAIT = HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.TOO_MANY_REQUESTS
SEARCH = "Navn, journalnummer eller fødselsnummer"


@pytest.fixture(scope="module")
def program() -> Iterator[server.Server]:
    with server.fresh("tests.stories.crowd", more={"GRUNNMUR_LIMITS_TIMES": "1"}) as running:
        yield running
        assert "Traceback" not in running.log, running.log


@pytest.fixture
def url(program: server.Server) -> str:
    return program.url


@pytest.fixture
def kari(url: str) -> Iterator[Walker]:
    one = Walker(url, "kari")
    one.be()
    yield one
    one.close()


def at_once(url: str, do: Callable[[Walker], HTTPStatus], *, each: int, like: Walker | None = None) -> Counter[int]:
    """What twenty clients got, who each did it so many times; `like` is somebody whose session they all have."""

    def one(_number: int) -> list[int]:
        client = Walker(url, "one")
        client.cookies = dict(like.cookies) if like else {}
        got = [int(do(client)) for _time in range(each)]
        client.close()
        return got

    with ThreadPoolExecutor(CLIENTS) as pool:
        return Counter(status for got in pool.map(one, range(CLIENTS)) for status in got)


def allowed(limit: Limit, *, since: float) -> range:
    """How many may have got through since then: a full bucket, and what has come back into it by now."""
    found = rule(limit)
    return range(found.burst, found.burst + int((time.monotonic() - since) / found.every_seconds) + 1)


def log_in(client: Walker, username: str) -> HTTPStatus:
    """A wrong password; again when too many log in just now, which tries nothing."""
    while True:
        client.open("/logg-inn/")
        form = client.page.form("Logg inn")
        form.fill({"Brukernavn": username, "Passord": "feil-feil-feil-feil"})
        status = HTTPStatus(client.send(form.address, form.data).status)
        if status is not HTTPStatus.SERVICE_UNAVAILABLE:
            return status


def test_twenty_who_guess_one_person_s_password_get_five_tries_and_one_address_twenty(url: str) -> None:
    """In this order: the second spends what the address may, and leaves no try for the first."""
    start = time.monotonic()
    got = at_once(url, lambda client: log_in(client, "leif"), each=2)
    assert got[WRONG] + got[WAIT] == 2 * CLIENTS, got
    # A try that found the hashing busy has been counted, and has tried nothing: there can be fewer, and never more.
    assert 0 < got[WRONG] <= max(allowed(Limit.LOG_IN, since=start)), got

    start, numbers = time.monotonic(), count()
    got = at_once(url, lambda client: log_in(client, f"navn{next(numbers)}"), each=4)
    used = rule(Limit.LOG_IN).burst  # at most so many were spent just now, from the same address
    within = allowed(Limit.LOG_IN_ADDRESS, since=start)
    assert within.start - used <= got[WRONG] <= max(within), got
    assert got[WRONG] + got[WAIT] == 4 * CLIENTS, got


def test_twenty_with_one_session_search_as_often_as_one(url: str, kari: Walker) -> None:
    start = time.monotonic()

    def search(client: Walker) -> HTTPStatus:
        client.open("/sok/")
        form = client.page.form("Søk")
        form.fill({SEARCH: "Ukjent Navn"})
        return HTTPStatus(client.send(form.address, form.data).status)

    got = at_once(url, search, each=4, like=kari)
    assert got[HTTPStatus.OK] in allowed(Limit.SEARCH_PERSON, since=start), got
    assert got[HTTPStatus.OK] + got[WAIT] == 4 * CLIENTS, got


def test_twenty_with_one_session_open_forty_nine_children_and_are_asked_why(
    program: server.Server, url: str, kari: Walker
) -> None:
    with psycopg.connect(postgres.in_database(postgres.start_embedded(program.folder))) as admin:
        children = [f"/barn/{key}/" for (key,) in admin.execute("select id from cases_child").fetchall()]
    assert len(children) == crowd.CHILDREN
    numbers = count()

    def look(client: Walker) -> HTTPStatus:
        return HTTPStatus(client.look(children[next(numbers) % len(children)]).status)

    got = at_once(url, look, each=6, like=kari)
    shown = {one for one in children if kari.status_of(one)[0] == HTTPStatus.OK}
    assert len(shown) == limits().children_a_day.number
    assert got[HTTPStatus.OK] + got[HTTPStatus.FORBIDDEN] == 6 * CLIENTS, got
    assert got[HTTPStatus.OK] == 2 * len(shown), got
