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
from pathlib import Path

from tests.environment import ROOT

PATIENCE = 120
"""Seconds from nothing to a first page, on a busy machine."""
SECRET_KEY = "a key for tests only, and long enough to be taken: 50"


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
