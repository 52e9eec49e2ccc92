"""The real program on a fresh database in a folder of its own, for a story to be played against.

Run as a module it is the program's side, with `GRUNNMUR_DATA` set:
`python -m tests.stories.server PORT LOAD PREPARE WORKER`. With nothing it only makes an installation, which the servers
copy: all begin with the same empty tables.
"""

import fcntl
import importlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 300
"""Seconds from nothing to a first page, on a busy machine."""
PATIENCE_WITH_THE_DATABASE = 20


@dataclass(frozen=True, slots=True)
class Server:
    """A running program: where it answers, and where it keeps its database and its log."""

    url: str
    folder: Path

    @property
    def log(self) -> str:
        """What the program has said so far, its faults included."""
        return (self.folder / "server.log").read_text(errors="replace")


@contextmanager
def fresh(
    load: str = "tests.stories.load",
    *,
    prepare: str = "",
    port: int = 0,
    more: Mapping[str, str] = MappingProxyType({}),
    with_worker: bool = False,
) -> Iterator[Server]:
    """Make a database, load the cast and Anna, and serve them with gunicorn on a free port until the block ends.

    `load` is another module that fills the database when it is run; `prepare` one whose `prepare()` is called in the
    server's own process before it serves; `more` is added to its environment; `with_worker` starts what sends
    mail too.
    """
    with tempfile.TemporaryDirectory(prefix="grunnmur-story-") as name:
        folder = Path(name)
        _copy_an_installation_to(folder)
        port = port or free_port()
        environment = {"GRUNNMUR_URL": f"http://127.0.0.1:{port}/", **_environment(folder), **more}
        with (folder / "server.log").open("wb") as log:
            process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "tests.stories.server",
                    str(port),
                    load,
                    prepare,
                    "worker" if with_worker else "",
                ],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        server = Server(url=f"http://127.0.0.1:{port}", folder=folder)
        try:
            _wait_for(server, process)
            yield server
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            _wait_for_the_database_to_stop(folder)


def _environment(folder: Path) -> dict[str, str]:
    """What the program is told of: its folder, and nothing of a database that the tests have."""
    kept = {key: value for key, value in os.environ.items() if "DATABASE_URL" not in key and key != "GRUNNMUR_STATIC"}
    return {
        **kept,
        "GRUNNMUR_DATA": str(folder),
        "GRUNNMUR_MODE": "demo",
        "GRUNNMUR_LIMITS_TIMES": "10000",  # a story asks faster than people do
        "PYTHONPATH": str(ROOT),
    }


def _copy_an_installation_to(folder: Path) -> None:
    """Fill a folder with an empty installation of the code as it stands now; one is made when it lacks."""
    from grunnmur import installation

    made = ROOT / ".cache" / "tests" / "installations" / installation.state_of_the_code()[:16]
    made.parent.mkdir(parents=True, exist_ok=True)
    with (made.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # while it is copied too: whoever has other code throws this one away
        if not made.exists():
            for old in made.parent.iterdir():
                if old.is_dir():
                    shutil.rmtree(old)
            making = made.with_suffix(".making")
            making.mkdir()
            subprocess.run(
                [sys.executable, "-m", "tests.stories.server"], cwd=ROOT, env=_environment(making), check=True
            )
            _wait_for_the_database_to_stop(making)
            making.rename(made)
        subprocess.run(["cp", "--archive", f"{made}/.", str(folder)], check=True)


def free_port() -> int:
    """A port that nothing answers on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait_for(server: Server, process: subprocess.Popen[bytes]) -> None:
    last = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < last:
        try:
            urllib.request.urlopen(f"{server.url}/logg-inn/", timeout=10).close()  # our own address
        except urllib.error.HTTPError as answer:
            raise RuntimeError(f"The log-in page answers {answer.code}:\n{server.log}") from answer
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"The server does not start:\n{server.log}")


def _wait_for_the_database_to_stop(folder: Path) -> None:
    """PostgreSQL ends with the last process that used it; its files must not be taken from under it.

    It is told to when nobody is left who would: on a busy machine a program may have been killed before it could.
    """
    running, told = folder / "postgres" / "postmaster.pid", False
    last = time.monotonic() + PATIENCE_WITH_THE_DATABASE
    while running.exists():
        if time.monotonic() > last and told:
            raise RuntimeError(f"The database in {folder} does not stop.")
        if time.monotonic() > last:
            with suppress(FileNotFoundError, ProcessLookupError):
                os.kill(int(running.read_text().split()[0]), signal.SIGINT)
            told, last = True, time.monotonic() + PATIENCE_WITH_THE_DATABASE
        time.sleep(0.05)


def install() -> int:
    """Make an installation in `GRUNNMUR_DATA`, with nothing in it."""
    from grunnmur import installation

    installation.open_embedded()
    return 0


def main(port: int, load: str, prepare: str, worker: str) -> int:
    """The program's side: an up-to-date database with the cast and Anna in it, then the pages."""
    from grunnmur import installation
    from grunnmur.commands import demo, serve

    installation.open_embedded()
    subprocess.run(
        [sys.executable, "-W", "ignore", "-m", *load.split()],
        check=True,
        env=os.environ | {"DATABASE_URL": os.environ["GRUNNMUR_ADMIN_URL"]},
    )
    os.environ["DJANGO_SETTINGS_MODULE"] = "grunnmur.settings"
    if prepare:
        importlib.import_module(prepare).prepare()
    with demo.a_worker() if worker else nullcontext():
        return serve.run(host="127.0.0.1", port=port, greeting="ready")


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), *sys.argv[2:]) if sys.argv[1:] else install())
