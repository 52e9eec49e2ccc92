"""Try the product with synthetic data; makes and starts all it needs on this machine.

Starts where it was left; `--fresh` begins again.
"""

import argparse
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from grunnmur import installation, postgres
from grunnmur.commands import serve
from grunnmur.postgres import NotReady
from grunnmur.terminal import say

PATIENCE = 300
"""Seconds that `--once` waits for the front page, the first time's loading included."""


def main(arguments: list[str]) -> int:
    """Serve the demo until it is stopped, or with `--once` only see that it answers. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="grunnmur demo", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--fresh", action="store_true", help="throw away what was done and begin again")
    parser.add_argument("--once", action="store_true", help="start, see that the front page answers, and stop")
    parser.add_argument("--port", type=int, default=8000, help="the port to serve on (0: any free one)")
    options = parser.parse_args(arguments)
    if not installation.is_source_tree():
        raise NotReady("The demo comes with the source code, not with the installed package. See the README.")
    port = serve.free_port("127.0.0.1", options.port)
    if options.once:
        return see_that_it_answers(port, fresh=options.fresh)
    os.environ["GRUNNMUR_MODE"] = "demo"
    os.environ.setdefault("GRUNNMUR_URL", f"http://127.0.0.1:{port}/")
    installation.open_embedded(with_demo=True, fresh=options.fresh)
    token = postgres.made_once("operator-token", secrets.token_urlsafe(24))
    os.environ.setdefault("GRUNNMUR_OPERATOR_TOKEN_FILE", str(token))
    with a_worker():
        return serve.run(
            host="127.0.0.1",
            port=port,
            greeting=f"Grunnmur er klar: http://127.0.0.1:{port}/\n"
            f"Velg hvem du vil være: http://127.0.0.1:{port}/demo/\n"
            f"Åpent for alle: http://127.0.0.1:{port}/hjelp/\n"
            f"E-post og SMS går ikke ut, men til {postgres.data_dir() / 'out'}.\n"
            f"Drift: http://127.0.0.1:{port}/drift/, med passordet i {os.environ['GRUNNMUR_OPERATOR_TOKEN_FILE']}.\n"
            "Stopp med Ctrl+C. Det du gjør, står der neste gang; «./run demo --fresh» begynner på nytt.",
        )


@contextmanager
def a_worker() -> Iterator[None]:
    """Send what waits while a block runs, in a process of its own; it ends with this one, however this one ends."""
    worker = subprocess.Popen([sys.executable, "-m", "grunnmur", "work", "--with-parent", "--verbosity=0"])
    try:
        yield
    finally:
        worker.terminate()
        worker.wait()


def see_that_it_answers(port: int, *, fresh: bool) -> int:
    """Start the demo in a process of its own, read its front page, stop it. Returns the exit code."""
    command = [sys.executable, "-m", "grunnmur", "demo", "--port", str(port), *(["--fresh"] if fresh else [])]
    server = subprocess.Popen(command)
    try:
        page = _read_when_ready(server, f"http://127.0.0.1:{port}/")
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()
    if "Grunnmur" not in page:
        say("The front page does not answer as it should.")
        return 1
    say("The front page answers.")
    return 0


def _read_when_ready(server: subprocess.Popen[bytes], url: str) -> str:
    """The page once it can be had; empty when the server ends before that, or never answers."""
    last = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < last:
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310  # our own address
                return str(answer.read().decode())
        except urllib.error.HTTPError as fault:
            say(f"{url}: {fault}")
            return ""
        except OSError:
            time.sleep(0.1)
    return ""
