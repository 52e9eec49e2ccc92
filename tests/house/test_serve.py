"""`grunnmur serve` and `grunnmur setup_database` on a server of one's own, and on the embedded one."""

import getpass
import itertools
import re
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from grunnmur import postgres
from grunnmur.commands import serve
from tests.environment import ROOT, need
from tests.house import program

SERVE = [sys.executable, "-m", "grunnmur", "serve"]


@pytest.fixture
def database(admin_url: str, template_database: str) -> Iterator[str]:
    """The administrator's URL to a migrated database of this test's own."""
    name = f"grunnmur_serve_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute("select pg_advisory_lock(hashtext('grunnmur test template'))")
        admin.execute(f'create database "{name}" template "{template_database}" owner {postgres.OWNER}')
    yield postgres.in_database(admin_url, name)
    postgres.drop_database(admin_url, name=name)


@pytest.fixture
def production(tmp_path: Path, database: str) -> dict[str, str]:
    """A production environment on that database, as the runtime role."""
    return program.environment(
        tmp_path / "data",
        GRUNNMUR_MODE="production",
        GRUNNMUR_SECRET_KEY=settings.SECRET_KEY,
        GRUNNMUR_KEK=settings.KEK,
        GRUNNMUR_KEYS=str(settings.KEYS_FOLDER),
        DATABASE_URL=postgres.with_role(database, user=postgres.APP),
        OWNER_DATABASE_URL=postgres.with_role(database, user=postgres.OWNER),
    )


def test_a_real_server_serves_production(production: dict[str, str]) -> None:
    assert program.run("collectstatic", "--noinput", env=production).returncode == 0
    with program.serving(SERVE, env=production) as url:
        page = program.read(url, X_Forwarded_Proto="https")
        assert "Logg inn" in page
        assert "/demo/" not in page
    assert not (Path(production["GRUNNMUR_DATA"]) / "postgres").exists()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        pytest.param(b"KANARI /?navn=Kanarifugl NOE/1.1\r\n\r\n", 400, id="no request"),
        pytest.param(b"GET /" + b"Kanarifugl" * 500 + b" HTTP/1.1\r\n\r\n", 414, id="a long address"),
        pytest.param(b"GET / HTTP/1.1\r\n" + b"X-Kanarifugl: 1\r\n" * 200 + b"\r\n", 431, id="too many headers"),
        pytest.param(b"GET / HTTP/1.1\r\nCookie: " + b"Kanarifugl" * 2000 + b"\r\n\r\n", 431, id="a long header"),
        pytest.param(
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\nKanarifugl",
            400,
            id="two lengths, as for smuggling",
        ),
        pytest.param(b"GET / HTTP/1.1\r\nHost: Kanarifugl.example\r\n\r\n", 400, id="another host"),
    ],
)
def test_what_is_no_request_is_answered_behind_the_walls_and_not_repeated(
    served: tuple[str, Path], sent: bytes, status: int
) -> None:
    url, log = served
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=30) as line:
        line.sendall(sent)
        answer = b"".join(iter(lambda: line.recv(65536), b"")).decode()
    assert answer.startswith(f"HTTP/1.1 {status} ")
    for header in ("Content-Security-Policy: default-src 'none'", "Cache-Control: no-store", "Strict-Transport-"):
        assert f"\r\n{header}" in answer
    assert "kanari" not in (answer + log.read_text()).lower()


NGINX = "/usr/sbin/nginx"
HIDDEN = b"GET /hjelp/nb/ HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Proto: https\r\n\r\n"
"""A request that stands in the body of another: whoever reads another length than the proxy answers it."""
POST = b"POST /logg-inn/ HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Proto: https\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"


@pytest.mark.parametrize(
    "lengths",
    [
        pytest.param(CHUNKED + b"Content-Length: 5\r\n", id="chunks and a length"),
        pytest.param(b"Content-Length: 5\r\n" + CHUNKED, id="a length and chunks"),
        pytest.param(b"Content-Length: 0\r\nContent-Length: 5\r\n", id="two lengths"),
        pytest.param(b"Content-Length: 0, 5\r\n", id="two lengths in one"),
        pytest.param(b"Content-Length: +0\r\n", id="a length with a sign"),
        pytest.param(b"Content-Length: 0x0\r\n", id="a length in other digits"),
        pytest.param(b"Content-Length:\r\n", id="an empty length"),
        pytest.param(b"Content-Length : 0\r\n", id="a space before the colon"),
        pytest.param(b"Transfer-Encoding : chunked\r\n", id="a space before the colon of chunks"),
        pytest.param(b"Transfer-Encoding: xchunked\r\n", id="an unknown coding"),
        pytest.param(b"Transfer-Encoding: chunked, identity\r\n", id="chunks and another coding"),
        pytest.param(CHUNKED + b"Transfer-Encoding: identity\r\n", id="two codings"),
        pytest.param(CHUNKED + CHUNKED, id="chunks twice"),
        pytest.param(b"X: y\r\n Content-Length: 0\r\n", id="a header on two lines"),
        pytest.param(b"Transfer-Encoding:\x0bchunked\r\n", id="another space"),
        pytest.param(b"X: y\x00Content-Length: 0\r\n", id="a character that ends a text"),
    ],
)
def test_a_request_whose_length_is_told_in_two_ways_is_one_refusal_and_the_end(
    served: tuple[str, Path], lengths: bytes
) -> None:
    """V4.2.1: no body is read as another request."""
    answer = sent_to(served[0], POST + lengths + b"\r\n0\r\n\r\n" + HIDDEN)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize("end", [b"", b"Connection: close\r\n"], ids=["goes on", "ends"])
@pytest.mark.parametrize(
    "lengths",
    [
        CHUNKED + b"Content-Length: 5\r\n",
        b"Content-Length: 0\r\nContent-Length: 5\r\n",
        CHUNKED + b"Transfer-Encoding: identity\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"X: y\r\n Content-Length: 0\r\n",
    ],
    ids=["chunks and a length", "two lengths", "two codings", "an unknown coding", "a header on two lines"],
)
def test_nor_is_it_through_the_proxy_that_the_page_of_installation_sets_up(
    proxied: str, lengths: bytes, end: bytes
) -> None:
    answer = sent_to(proxied, POST + lengths + end + b"\r\n0\r\n\r\n" + HIDDEN)
    assert re.match(rb"HTTP/1\.1 (400|501) ", answer)
    assert answer.count(b"HTTP/1.1 ") == 1


def test_the_proxy_s_own_whole_requests_are_each_answered(proxied: str) -> None:
    last = HIDDEN.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    body = POST + b"Content-Length: 4\r\n\r\nx=y\n"
    answer = sent_to(proxied, HIDDEN + body + last)
    assert re.findall(rb"HTTP/1\.1 (\d+) ", answer) == [b"200", b"403", b"200"]


@pytest.mark.parametrize(
    "chunks",
    [
        pytest.param(b"0x5\r\nhello\r\n0\r\n\r\n", id="a length in other digits"),
        pytest.param(b"-1\r\n\r\n", id="less than nothing"),
        pytest.param(b"5 \nhello\r\n0\r\n\r\n", id="half an end of a line"),
        pytest.param(b"5\r\nhelloX\r\n0\r\n\r\n", id="more than it says"),
        pytest.param(b"_5\r\nhello\r\n0\r\n\r\n", id="a digit that is none"),
    ],
)
def test_chunks_that_are_none_end_the_line_and_nothing_after_them_is_read(
    served: tuple[str, Path], chunks: bytes
) -> None:
    """The form is refused before its body is read, and then the body is."""
    answer = sent_to(served[0], POST + CHUNKED + b"\r\n" + chunks + HIDDEN)
    assert re.findall(rb"HTTP/1\.1 (\d+) ", answer) == [b"403", b"400"]


def test_whole_requests_after_each_other_are_each_answered(served: tuple[str, Path]) -> None:
    """What shows that the two tests above can fail."""
    answer = sent_to(served[0], HIDDEN * 2 + HIDDEN.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    assert answer.count(b"HTTP/1.1 200 ") == 3


def sent_to(url: str, sent: bytes) -> bytes:
    """All that comes back on one line until the server ends it."""
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=30) as line:
        line.sendall(sent)
        found = []
        with suppress(ConnectionResetError):  # it ends the line without reading the rest
            found.extend(iter(lambda: line.recv(65536), b""))
    return b"".join(found)


SLOW = (
    b"GET /logg-inn/ HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
    b"POST /logg-inn/ HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Proto: https\r\nContent-Length: 9000\r\n\r\nusername=",
)
"""The beginnings of two requests, one that stops in a header and one in the body."""


@pytest.mark.slow
def test_those_who_send_slowly_hold_the_others_up_for_a_moment_only(served: tuple[str, Path]) -> None:
    """Twice as many as there are threads, who each send a byte a second for as long as they may."""
    url, log = served
    host, _, port = url.removeprefix("http://").partition(":")
    lines = [socket.create_connection((host, int(port)), timeout=5) for _one in range(16)]
    for line, begun in zip(lines, itertools.cycle(SLOW), strict=False):
        line.sendall(begun)
    done = threading.Event()

    def drip() -> None:
        while not done.wait(1):
            for line in lines:
                with suppress(OSError):
                    line.sendall(b"x")

    dripping = threading.Thread(target=drip)
    dripping.start()

    def seconds_to_an_answer() -> float:
        start = time.monotonic()
        asked = urllib.request.Request(f"{url}/logg-inn/", headers={"X-Forwarded-Proto": "https"})
        with urllib.request.urlopen(asked, timeout=60) as answer:
            assert b"Logg inn" in answer.read()
        return time.monotonic() - start

    try:
        # At worst one of the two processes has all sixteen, and its four threads take them four at a time.
        assert max(seconds_to_an_answer() for _time in range(8)) < 5 * serve.PATIENCE
        assert seconds_to_an_answer() < serve.PATIENCE
    finally:
        done.set()
        dripping.join()
        for line in lines:
            line.close()
    assert "Traceback" not in log.read_text()


@pytest.fixture(scope="module")
def served(
    admin_url: str, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """A production server that several tests share, and the file with all it says."""
    name = f"grunnmur_serve_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute("select pg_advisory_lock(hashtext('grunnmur test template'))")
        admin.execute(f'create database "{name}" template "{template_database}" owner {postgres.OWNER}')
    data = tmp_path_factory.mktemp("served") / "data"
    env = program.environment(
        data,
        GRUNNMUR_MODE="production",
        GRUNNMUR_SECRET_KEY=settings.SECRET_KEY,
        GRUNNMUR_KEK=settings.KEK,
        GRUNNMUR_KEYS=str(settings.KEYS_FOLDER),
        DATABASE_URL=postgres.with_role(admin_url, user=postgres.APP, database=name),
    )
    assert program.run("collectstatic", "--noinput", env=env).returncode == 0
    with program.serving(SERVE, env=env) as url:
        yield url, data.with_suffix(".log")
    postgres.drop_database(admin_url, name=name)


@pytest.fixture(scope="module")
def proxied(served: tuple[str, Path]) -> Iterator[str]:
    """The same server behind nginx, set up as the page of installation says, but for TLS and the number of requests."""
    need(NGINX, package="nginx-light")
    page = (ROOT / "docs" / "how-to" / "install.md").read_text()
    told = page.partition("```nginx\n")[2].partition("```")[0]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    for said, here in (
        ("listen 443 ssl;", f"listen 127.0.0.1:{port};"),
        ("server_name forlop.example.no;", "server_name localhost;"),
        ("http://127.0.0.1:8000", served[0]),
        ("rate=20r/s", "rate=1000r/s"),
    ):
        assert said in told
        told = told.replace(said, here)
    with tempfile.TemporaryDirectory(prefix="nginx") as folder:
        paths = "".join(
            f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (Path(folder) / "nginx.conf").write_text(
            f"user {getpass.getuser()};\ndaemon off;\npid {folder}/pid;\nevents {{}}\nhttp {{\n{paths}{told}}}\n"
        )
        command = [NGINX, "-e", f"{folder}/log", "-c", f"{folder}/nginx.conf"]
        running = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 30
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            assert running.poll() is None, Path(f"{folder}/log").read_text()
            assert time.monotonic() < end, "nginx did not begin"
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
        running.terminate()
        running.wait(20)


def _no_static_files(env: dict[str, str], database: str) -> None:
    pass


def _a_table_without_a_policy(env: dict[str, str], database: str) -> None:
    with psycopg.connect(database, autocommit=True) as admin:
        admin.execute("create table cases_diary (id int, text text)")


def _the_owner_s_address(env: dict[str, str], database: str) -> None:
    env["DATABASE_URL"] = env["OWNER_DATABASE_URL"]


def _the_administrator_s_address(env: dict[str, str], database: str) -> None:
    env["DATABASE_URL"] = database


def _no_key(env: dict[str, str], database: str) -> None:
    del env["GRUNNMUR_SECRET_KEY"]


def _a_short_key(env: dict[str, str], database: str) -> None:
    env["GRUNNMUR_SECRET_KEY"] = "short"


def _another_key(env: dict[str, str], database: str) -> None:
    env["GRUNNMUR_SECRET_KEY"] = program.SECRET_KEY


def _no_kek(env: dict[str, str], database: str) -> None:
    del env["GRUNNMUR_KEK"]


def _a_short_kek(env: dict[str, str], database: str) -> None:
    env["GRUNNMUR_KEK"] = "short"


def _another_kek(env: dict[str, str], database: str) -> None:
    env["GRUNNMUR_KEK"] = program.KEK


def _a_kek_in_no_file(env: dict[str, str], database: str) -> None:
    env["GRUNNMUR_KEK_FILE"] = "/nowhere/kek"


def _no_keysets(env: dict[str, str], database: str) -> None:
    env["GRUNNMUR_KEYS"] = f"{env['GRUNNMUR_DATA']}/keys"


def _other_keysets(env: dict[str, str], database: str) -> None:
    _no_keysets(env, database)
    assert program.run("make_keys", env=env).returncode == 0


def _no_server(env: dict[str, str], database: str) -> None:
    env["DATABASE_URL"] = "postgresql://grunnmur_app@127.0.0.1:1/grunnmur"


def _a_server_elsewhere(env: dict[str, str], _database: str) -> None:
    env["DATABASE_URL"] = "postgresql://grunnmur_app@db.example.invalid/grunnmur?sslmode=require"


def _no_tables(env: dict[str, str], database: str) -> None:
    with psycopg.connect(database, autocommit=True) as admin:
        admin.execute("drop schema public cascade; drop schema sec cascade; create schema public")


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (_no_static_files, "The files that browsers fetch are not collected."),
        (_a_table_without_a_policy, "Table cases_diary can hold people but has no enforced row-level security."),
        (_the_owner_s_address, "The program is connected as the role that owns the tables, or as a member of it."),
        (_the_administrator_s_address, "The program is connected as a role that bypasses row-level security."),
        (_no_key, "GRUNNMUR_SECRET_KEY is missing."),
        (_a_short_key, "GRUNNMUR_SECRET_KEY must have at least 50 characters."),
        (_another_key, "GRUNNMUR_SECRET_KEY is not the one the database knows"),
        (_no_kek, "GRUNNMUR_KEK is missing"),
        (_a_short_kek, "GRUNNMUR_KEK must be 32 random bytes in URL-safe base64 (43 characters)."),
        (_another_kek, "GRUNNMUR_KEK is not the key that "),
        (_a_kek_in_no_file, "GRUNNMUR_KEK_FILE names /nowhere/kek, which cannot be read: No such file"),
        (_no_keysets, "national_id.keyset is missing. Restore it, or run «grunnmur make_keys» once."),
        (_other_keysets, "The keyset «own_words» in GRUNNMUR_KEYS is not the one that the database's rows were sealed"),
        (_no_server, "The database cannot be reached"),
        (_a_server_elsewhere, "The database is on another machine (db.example.invalid), and its address does not say"),
        (_no_tables, "The tables are not up to date. Run «grunnmur migrate» first."),
    ],
    ids=lambda value: value.__name__.strip("_") if callable(value) else "",
)
def test_with_a_fault_it_does_not_start_and_says_why(
    production: dict[str, str], database: str, fault: Callable[[dict[str, str], str], None], sentence: str
) -> None:
    fault(production, database)
    done = program.run("serve", "--port", "0", env=production)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["migrate", "add_service", "add_person", "set_site"])
def test_what_the_owner_does_needs_the_owners_address(production: dict[str, str], command: str) -> None:
    del production["OWNER_DATABASE_URL"]
    done = program.run(command, env=production)
    assert done.returncode == 1
    assert done.stderr == (
        f"«grunnmur {command}» runs as the role that owns the tables. Set OWNER_DATABASE_URL to its address.\n"
    )


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        env = program.environment(tmp_path / "data", GRUNNMUR_SECRET_KEY=program.SECRET_KEY)
        done = program.run("serve", "--port", str(port), env=env)
    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr
    assert not (tmp_path / "data").exists()


# --- setting up a server of one's own ----------------------------------------------------------------------


PASSWORD = "en lang setning som passord"
FIRST_STEPS = (
    ["make_keys"],
    ["migrate", "--verbosity=0"],
    ["collectstatic", "--noinput", "--verbosity=0"],
    shlex.split(
        "add_service --kind child_welfare --name 'Grimstad barneverntjeneste' --owner 'Grimstad kommune'"
        " --municipality '4202 Grimstad' --org-number 999999999"
    ),
    shlex.split("add_person --service 999999999 --role leader --name 'Leif Aas' --username leif"),
)


def _addresses(text: str) -> dict[str, str]:
    return dict(re.findall(r'^-- (\w+)="(.*)"$', text, re.MULTILINE))


def test_set_up_by_us_then_migrated_then_served(admin_url: str, tmp_path: Path) -> None:
    name = f"grunnmur_setup_{uuid.uuid4().hex[:8]}"
    env = program.environment(tmp_path / "data", **program.PRODUCTION)
    try:
        done = program.run("setup_database", admin_url, "--name", name, env=env)
        assert done.returncode == 0, done.stderr
        env |= _addresses(done.stdout)
        for command in FIRST_STEPS:
            done = program.run(*command, env=env, said=f"{PASSWORD}\n")
            assert done.returncode == 0, done.stderr
        assert done.stdout == "Leif Aas can log in as «leif» in Grimstad barneverntjeneste.\n"
        with program.serving(SERVE, env=env) as url:
            page = program.log_in(url, username="leif", password=PASSWORD)
        assert "Leif Aas" in page
        assert "Grimstad barneverntjeneste" in page
    finally:
        postgres.drop_database(admin_url, name=name)


def test_set_up_by_hand_with_the_sql_it_prints(admin_url: str, tmp_path: Path) -> None:
    name = f"grunnmur_hand_{uuid.uuid4().hex[:8]}"
    done = program.run("setup_database", "--name", name, env=program.environment(tmp_path / "data"))
    assert done.returncode == 0
    assert not (tmp_path / "data").exists(), "printing needs no server"
    on_server, inside = done.stdout.split(f'\\connect "{name}"\n')
    roles = re.findall(r"^create role .*$", on_server, re.MULTILINE)
    assert [role.split('"')[1] for role in roles] == [postgres.OWNER, postgres.APP, postgres.BACKUP]
    assert all("login nosuperuser nocreatedb nocreaterole " in role and " password '" in role for role in roles)
    assert ["nobypassrls" in role for role in roles] == [True, True, False]
    with psycopg.connect(admin_url, autocommit=True) as admin:
        for statement in on_server.splitlines():
            if not statement.startswith("create role"):  # the tests' server has them
                admin.execute(statement)
    try:
        with psycopg.connect(postgres.in_database(admin_url, name), autocommit=True) as admin:
            admin.execute(inside)
        env = program.environment(
            tmp_path / "data",
            **program.PRODUCTION,
            DATABASE_URL=postgres.with_role(admin_url, user=postgres.APP, database=name),
            OWNER_DATABASE_URL=postgres.with_role(admin_url, user=postgres.OWNER, database=name),
        )
        done = program.run("make_keys", env=env)
        assert done.returncode == 0, done.stderr
        done = program.run("migrate", "--verbosity=0", env=env)
        assert done.returncode == 0, done.stderr
    finally:
        postgres.drop_database(admin_url, name=name)


def test_a_server_that_refuses_is_said_plainly(tmp_path: Path) -> None:
    done = program.run("setup_database", "postgresql://nobody@127.0.0.1:1/x", env=program.environment(tmp_path))
    assert done.returncode == 1
    assert done.stderr.startswith("The server refused:")
    assert "Traceback" not in done.stderr


# --- the embedded server -----------------------------------------------------------------------------------


@pytest.fixture
def installation(tmp_path: Path) -> dict[str, str]:
    """A first installation: production mode, an empty folder, and no server named."""
    env = program.environment(tmp_path / "data", **program.PRODUCTION)
    done = program.run("make_keys", env=env)
    assert done.returncode == 0, done.stderr
    return env


def test_a_first_installation_needs_no_server_and_survives_being_killed(installation: dict[str, str]) -> None:
    folder = Path(installation["GRUNNMUR_DATA"])
    with program.serving(SERVE, env=installation) as url:
        assert "Logg inn" in program.read(url, X_Forwarded_Proto="https")
    assert not (folder / "postgres" / "postmaster.pid").exists(), "PostgreSQL stops with the program"

    # The next start finds notes from before a power cut, with numbers that others have now.
    sleeper = subprocess.Popen(["sleep", "60"])
    try:
        (folder / "postgres" / "postmaster.pid").write_text(f"{sleeper.pid}\n{folder}\n1\n5432\n/tmp\n\n1 1\nready\n")
        (folder / "postgres" / ".handle_pids.json").write_text("[4194303]")
        with program.serving(SERVE, env=installation) as url:
            assert "Logg inn" in program.read(url, X_Forwarded_Proto="https")
    finally:
        sleeper.send_signal(signal.SIGKILL)
        sleeper.wait()
    assert not (folder / "postgres" / "postmaster.pid").exists()


def test_a_folder_with_a_long_name_works(tmp_path: Path) -> None:
    env = program.environment(tmp_path / ("d" * 120), GRUNNMUR_SECRET_KEY=program.SECRET_KEY)
    done = program.run("showmigrations", "log", env=env)
    assert done.returncode == 0, done.stderr
    assert "[X] 0001_tables" in done.stdout


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = program.run("check", env=program.environment(tmp_path / "file" / "data"))
    assert done.returncode == 1
    assert done.stderr.startswith("Cannot keep the database in ")
