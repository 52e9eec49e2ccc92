"""The program as one starts it: a process of its own, told by its environment where everything is."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from tests.app import App
from tests.environment import ROOT

PATIENCE = 300
"""Seconds from nothing to a first page, on a busy machine."""
SECRET_KEY = "a key for tests only, and long enough to be taken: 50"
KEK = "a-key-for-tests-only-and-43-characters-long"
PRODUCTION = {"GRUNNMUR_MODE": "production", "GRUNNMUR_SECRET_KEY": SECRET_KEY, "GRUNNMUR_KEK": KEK}
"""The least that a production installation is told."""


def environment(data: Path, **more: str) -> dict[str, str]:
    """A clean environment with a data folder of its own, as on a fresh machine."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "GRUNNMUR_DATA": str(data), "PYTHONPATH": str(ROOT), **more}


def run(*arguments: str, env: Mapping[str, str], cwd: Path = ROOT, said: str = "") -> subprocess.CompletedProcess[str]:
    """Run one `grunnmur` command to its end; `said` is what it is told on standard input."""
    return subprocess.run(
        [sys.executable, "-m", "grunnmur", *arguments],
        env=env,
        cwd=cwd,
        text=True,
        capture_output=True,
        check=False,
        timeout=PATIENCE,
        input=said,
    )


@contextmanager
def serving(command: Sequence[str], *, env: Mapping[str, str], cwd: Path = ROOT) -> Iterator[str]:
    """Start a server on a free port (given as `--port N`), and give its address once it answers; stop it after."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = Path(env["GRUNNMUR_DATA"]).with_suffix(".log")
    with log.open("wb") as written:
        process = subprocess.Popen(
            [*command, "--port", str(port)],
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=written,
        )
    try:
        last = time.monotonic() + PATIENCE
        while not _answers(port):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < last, log.read_text()
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGINT)  # as Ctrl+C does
        process.wait(timeout=30)


def _answers(port: int) -> bool:
    """Whether anything answers, be it a redirect to https."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/")
        connection.getresponse()
    except OSError:
        return False
    finally:
        connection.close()
    return True


def read(url: str, **headers: str) -> str:
    """A page, after every redirect."""
    request = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return str(answer.read().decode(errors="replace"))


def log_in(url: str, *, username: str, password: str) -> str:
    """The front page after logging in for the first time, with an app for codes, as through a proxy with TLS and with
    the cookies that a browser would keep.
    """
    cookies: dict[str, str] = {}
    page = _send(url, "GET", "/logg-inn/", cookies)
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]

    def post(path: str, **typed: str) -> str:
        return _send(url, "POST", path, cookies, urlencode({"csrfmiddlewaretoken": token, **typed}))

    page = post("/logg-inn/", username=username, password=password)
    app = App(page.partition("data-secret>")[2].partition("<")[0])
    page = post("/logg-inn/ny/", code=app.code())
    post("/logg-inn/tjeneste/", proof=page.partition('name="proof" value="')[2].partition('"')[0])
    return _send(url, "GET", "/", cookies)


def _send(url: str, method: str, path: str, cookies: dict[str, str], body: str = "") -> str:
    """One request; what it sets is added to the cookies, which must all be bound to this host and to https."""
    host = url.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=30)
    headers = {
        "X-Forwarded-Proto": "https",
        "Referer": f"https://{host}/logg-inn/",
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
    }
    connection.request(method, path, body=body, headers=headers)
    answer = connection.getresponse()
    for header in answer.headers.get_all("Set-Cookie") or []:
        cookie = SimpleCookie(header)
        for name, morsel in cookie.items():
            assert name.startswith("__Host-")
            assert morsel["secure"]
            assert morsel["httponly"]
            cookies[name] = morsel.value
    page = answer.read().decode()
    connection.close()
    return page
