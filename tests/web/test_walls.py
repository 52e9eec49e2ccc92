"""The headers around every answer: of every route, whoever asks and however, and of what no page answers."""

import json
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, get_resolver, path

from grunnmur.cases.actions import pathways
from grunnmur.cases.models import Child
from grunnmur.urls import urlpatterns as our_pages
from grunnmur.web import walls
from grunnmur.web.views import errors
from tests.environment import ROOT
from tests.house import program

USUAL, ALL = ("get", "post"), ("get", "post", "head", "options", "put", "patch", "delete")
PEOPLE = {"": ALL, "kari": ALL, "per": USUAL, "ola": USUAL, "marit": USUAL, "bjorn": USUAL}
"""A stranger, an owner, a guest of cases, one of another municipality, one who sees no child, one from an institution;
and how each of them asks."""


def broken(request: HttpRequest) -> HttpResponse:
    """A page with a fault in it."""
    raise ZeroDivisionError


def careless(request: HttpRequest) -> HttpResponse:
    """A page that would let itself be kept, framed and scripted."""
    headers = {"Cache-Control": "public, max-age=9999", "X-Frame-Options": "ALLOWALL", "Content-Security-Policy": "*"}
    return HttpResponse("x", headers=headers)


def a_file(request: HttpRequest) -> HttpResponse:
    """A file to take away."""
    return HttpResponse(b"<script>alert(1)</script>", content_type="image/svg+xml")


def slow(request: HttpRequest) -> HttpResponse:
    """A page that asks the database for too much."""
    with connection.cursor() as cursor:
        cursor.execute("set local statement_timeout = '50ms'")
        cursor.execute("select pg_sleep(60)")
    return HttpResponse()


for view in (broken, careless, a_file, slow):
    view.is_public = True  # type: ignore[attr-defined]
urlpatterns = [
    *our_pages,
    path("feil/", broken),
    path("slurvete/", careless),
    path("fil/", a_file),
    path("treg/", slow),
]
handler400, handler404, handler500 = errors.bad_request, errors.not_found, errors.server_error


def check(answer: Any, about: object, *, policy: str = "") -> None:
    """The answer has every header, once and as it stands in the table."""
    wanted = {**walls.of_a_page(), "Content-Security-Policy": policy or walls.of_a_page()["Content-Security-Policy"]}
    if not answer.get("Content-Type", "").startswith("text/html"):
        wanted["Content-Security-Policy"] = walls.FILE_POLICY
    assert {name: answer.get(name) for name in wanted} == wanted, about


def addresses(**ids: uuid.UUID) -> Iterator[tuple[str, str]]:
    """Each route's name, with an address of it; an id that is not given is one that nobody has."""
    for pattern in get_resolver().url_patterns:
        assert isinstance(pattern, URLPattern), "a nested table of addresses needs a loop of its own here"
        values = {
            name: ids.get(name, uuid.uuid4()) if type(converter).__name__ == "UUIDConverter" else "noe"
            for name, converter in pattern.pattern.converters.items()
        }
        yield str(pattern.name), get_resolver().reverse(str(pattern.name), **values)


@pytest.fixture
def case(anna: Child, acting: Callable[[str], Any]) -> Any:
    with acting("kari") as kari:
        return pathways.open_pathway(actor=kari, child_id=anna.pk, once=None)


def test_every_route_answers_everybody_and_every_method_with_every_header(
    db: None, client_of: Callable[[str], Client], anna: Child, case: Any
) -> None:
    found: set[int] = set()
    routes = list(addresses(child_id=anna.pk, pathway_id=case.pk))
    assert len(routes) == len(get_resolver().url_patterns)
    for person, methods in PEOPLE.items():
        client = client_of(person) if person else Client(HTTP_HOST="localhost")
        for name, address in routes:
            for method in methods:
                if name in ("log_out", "choose_persona") and method == "post":
                    continue  # they would end or change who asks; see below
                answer = getattr(client, method)(f"/{address}")
                check(answer, (person, method, name, answer.status_code))
                assert "Server" not in answer
                found.add(answer.status_code)
    assert {200, 302, 401, 403, 404, 405, 422} <= found
    assert not {status for status in found if status >= HTTPStatus.INTERNAL_SERVER_ERROR}


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("status", "ask"),
    [
        pytest.param(200, lambda client: client.get("/slurvete/"), id="a view that says otherwise"),
        pytest.param(200, lambda client: client.get("/fil/"), id="a file"),
        pytest.param(302, lambda client: client.post("/demo/", {"persona": "kari"}), id="in"),
        pytest.param(401, lambda client: client.post("/logg-ut/"), id="out, by someone who is not in"),
        pytest.param(400, lambda client: client.get("/logg-inn/", headers={"host": "ond.example"}), id="wrong host"),
        pytest.param(400, lambda client: client.get("/", headers={"host": "a b"}), id="host that is none"),
        pytest.param(400, lambda client: client.post("/sok/", {str(n): "" for n in range(600)}), id="too many fields"),
        pytest.param(
            400,
            lambda client: client.post("/sok/", "x", content_type="multipart/form-data; boundary=\u00e6"),
            id="parts that cannot be told apart",
        ),
        pytest.param(404, lambda client: client.get("/finnes-ikke/"), id="nothing there"),
        pytest.param(404, lambda client: client.get("/static/finnes-ikke.js"), id="no such file"),
        pytest.param(302, lambda client: client.get("/sok"), id="without the last slash"),
        pytest.param(500, lambda client: client.get("/feil/"), id="a fault"),
        pytest.param(503, lambda client: client.get("/treg/"), id="a page that takes too long"),
    ],
)
def test_what_no_page_of_ours_answers_has_them_too(db: None, status: int, ask: Callable[[Client], Any]) -> None:
    answer = ask(Client(HTTP_HOST="localhost", raise_request_exception=False))
    assert answer.status_code in (status, HTTPStatus.MOVED_PERMANENTLY if status == HTTPStatus.FOUND else status)
    check(answer, answer)


def test_what_cannot_be_read_is_said_in_plain_words(client_of: Callable[[str], Client]) -> None:
    answer = client_of("kari").post("/sok/", {str(number): "" for number in range(600)})
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "send mindre om gangen" in answer.content.decode()


def test_a_form_from_elsewhere_is_refused_behind_the_walls(db: None) -> None:
    answer = Client(HTTP_HOST="localhost", enforce_csrf_checks=True).post("/logg-inn/", {"username": "kari"})
    assert answer.status_code == HTTPStatus.FORBIDDEN
    check(answer, answer)


@pytest.mark.parametrize("host", ["localhost", "ond.example"])
def test_the_way_to_https_has_them_and_sends_no_stranger_on(db: None, settings: Any, host: str) -> None:
    settings.SECURE_SSL_REDIRECT = True
    answer = Client(HTTP_HOST=host).get("/logg-inn/")
    assert answer.status_code == (HTTPStatus.MOVED_PERMANENTLY if host == "localhost" else HTTPStatus.BAD_REQUEST)
    check(answer, answer)


def test_a_static_file_has_them_and_may_be_kept(db: None) -> None:
    client = Client(HTTP_HOST="localhost")
    answer = client.get("/static/logo.svg")
    assert b"".join(answer.streaming_content).startswith(b"<svg")
    same = client.get("/static/logo.svg", headers={"if-modified-since": answer["Last-Modified"]})
    assert same.status_code == HTTPStatus.NOT_MODIFIED
    for one in (answer, same):
        assert "no-store" not in one["Cache-Control"]
        assert one["Content-Security-Policy"] == walls.FILE_POLICY
        for name in set(walls.HEADERS) - {"Cache-Control"}:
            assert one[name] == walls.HEADERS[name]


def test_no_page_may_do_more_than_use_our_own_files() -> None:
    policy = walls.PAGE_POLICY
    assert policy["default-src"] == "'none'"
    assert {value for name, value in policy.items() if name.endswith("-src")} <= {"'none'", "'self'", "'self' data:"}
    assert [name for name, value in policy.items() if "data:" in value] == ["img-src"]
    assert "unsafe" not in " ".join(policy.values())


# --- production --------------------------------------------------------------------------------------------

ASKED = """
import json, django
from django.conf import settings as s
django.setup()
from grunnmur.web import walls
print(json.dumps({**{name: getattr(s, name) for name in dir(s) if name.isupper() and isinstance(
    getattr(s, name), (str, int, bool, list, type(None)))}, "headers": dict(walls.of_a_page()),
    "debug_loggers": [name for name, one in s.LOGGING["loggers"].items() if one["level"] == "DEBUG"]}, default=str))
"""


@pytest.fixture
def production(tmp_path: Any) -> dict[str, str]:
    return program.environment(
        tmp_path / "data",
        **program.PRODUCTION,
        GRUNNMUR_HOSTS="grunnmur.example.no",
        DATABASE_URL="postgresql://grunnmur_app@127.0.0.1:1/grunnmur",
        DJANGO_SETTINGS_MODULE="grunnmur.settings",
    )


def test_production_is_set_up_to_be_safe(production: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASKED], env=production, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    given = json.loads(done.stdout)
    wanted = {
        "DEBUG": False,
        "ALLOWED_HOSTS": ["grunnmur.example.no"],
        "DEMO_LOGIN": False,
        "ALLOW_REAL_NATIONAL_IDS": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_PROXY_SSL_HEADER": None,
        "SECURE_HSTS_SECONDS": 63_072_000,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
        "SECURE_HSTS_PRELOAD": True,
        "SESSION_COOKIE_NAME": "__Host-sid",
        "CSRF_COOKIE_NAME": "__Host-csrf",
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_DOMAIN": None,
        "CSRF_COOKIE_DOMAIN": None,
        "SESSION_COOKIE_PATH": "/",
        "CSRF_COOKIE_PATH": "/",
        "USE_TZ": True,
        "ADMINS": [],
        "MANAGERS": [],
        "debug_loggers": [],
    }
    assert {name: given[name] for name in wanted} == wanted
    assert {given["SESSION_COOKIE_SAMESITE"], given["CSRF_COOKIE_SAMESITE"]} <= {"Lax", "Strict"}
    assert given["PASSWORD_HASHERS"] == ["grunnmur.directory.passwords.Argon2"]
    assert "Argon2" in given["PASSWORD_HASHERS"][-1]
    assert not [app for app in given["INSTALLED_APPS"] if "admin" in app or app == "demo"]
    assert given["headers"]["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains; preload"
    assert "upgrade-insecure-requests" in given["headers"]["Content-Security-Policy"]
    assert given["FILE_UPLOAD_PERMISSIONS"] == 0o600
    assert max(given["DATA_UPLOAD_MAX_MEMORY_SIZE"], given["FILE_UPLOAD_MAX_MEMORY_SIZE"]) <= 30_000_000
    assert given["DATA_UPLOAD_MAX_NUMBER_FIELDS"] <= 500
    assert given["DATA_UPLOAD_MAX_NUMBER_FILES"] <= 100


def test_django_s_own_check_of_a_deployment_finds_nothing(production: dict[str, str]) -> None:
    done = program.run("check", "--deploy", "--fail-level", "WARNING", env=production)
    assert done.returncode == 0, done.stderr
    assert "no issues (1 silenced)" in done.stdout
