"""A PostgreSQL server of a test's own, which may be killed and thrown away.

Of the version in `GRUNNMUR_PG_BIN`, or else the wheel's.
"""

import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from grunnmur import postgres
from grunnmur.backup import programs
from grunnmur.backup.programs import Programs

SETTINGS = {
    "listen_addresses": "",
    "synchronous_commit": "on",
    "wal_level": "replica",
    "shared_buffers": "16MB",
    "max_connections": "40",
    "logging_collector": "off",
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server and its files."""

    tools: Programs
    data: Path

    @property
    def run(self) -> Path:
        return self.data.parent / "run"

    def url(self, user: str = "postgres", database: str = postgres.DATABASE) -> str:
        return psycopg.conninfo.make_conninfo("", host=str(self.run), user=user, dbname=database)

    def start(self, **settings: str) -> None:
        options = {**SETTINGS, "unix_socket_directories": str(self.run), **settings}
        log = self.run / "log"
        try:
            self.tools.run(
                *("pg_ctl", "start", "--wait", "--silent", "--pgdata", str(self.data), "--log", str(log)),
                *("--options", " ".join(f"-c {name}='{value}'" for name, value in options.items())),
                as_server=True,
            )
        except postgres.NotReady as fault:
            fault.add_note("\n".join(log.read_text().splitlines()[-30:]))
            raise

    def stop(self) -> None:
        self.tools.run("pg_ctl", "stop", "--mode", "fast", "--silent", "--pgdata", str(self.data), as_server=True)

    @property
    def is_running(self) -> bool:
        return (self.data / "postmaster.pid").exists()

    def kill(self) -> None:
        """End it as a power cut does: the postmaster, and every process of it."""
        # The postmaster first, so that it starts no more; then whoever stands in its folder, until nobody does: a new
        # server refuses to start while one of the old one's processes holds its shared memory.
        os.kill(int((self.data / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)
        while left := self._processes():
            for one in left:
                with suppress(ProcessLookupError):
                    os.kill(one, signal.SIGKILL)
            time.sleep(0.01)
        self.forget()

    def forget(self) -> None:
        """Take away the notes of a postmaster that is dead: as long as nobody has buried it, its number is in use."""
        for note in (self.data / "postmaster.pid", *self.run.glob(".s.PGSQL.*.lock")):
            note.unlink(missing_ok=True)

    def _processes(self) -> list[int]:
        found = []
        for one in Path("/proc").glob("[0-9]*/cwd"):
            with suppress(OSError):  # it ended meanwhile, or is another user's
                if one.readlink() == self.data:
                    found.append(int(one.parent.name))
        return found


def tools() -> Programs:
    """The programs that the tests try: those in `GRUNNMUR_PG_BIN`, or the wheel's."""
    named = os.environ.get("GRUNNMUR_PG_BIN")
    if not named:
        return programs.find(18, needs="initdb")
    said = subprocess.run([f"{named}/initdb", "--version"], text=True, capture_output=True, check=True).stdout
    return programs.find(int(re.search(r"(\d+)", said)[1]), needs="initdb")  # type: ignore[index]


@contextmanager
def running(folder: Path, *, of: Programs | None = None, **settings: str) -> Iterator[Cluster]:
    """A new server in a folder, with our roles in it and an empty database; gone when the block ends."""
    cluster = Cluster(of or tools(), folder / "data")
    for path in (cluster.data, cluster.run):
        path.mkdir()
        cluster.tools.own(path)
    cluster.tools.run(
        *("initdb", "--pgdata", str(cluster.data), "--auth", "trust", "--username", "postgres", "--encoding", "UTF8"),
        *("--no-sync", "--data-checksums"),
        as_server=True,
    )
    cluster.start(**settings)
    try:
        postgres.create_database(cluster.url(database="postgres"))
        yield cluster
    finally:
        if cluster.is_running:
            cluster.stop()


@contextmanager
def place() -> Iterator[Path]:
    """A folder that the server's user can reach too: when the tests run as root, the server runs as somebody else."""
    with tempfile.TemporaryDirectory(prefix="grunnmur-backup-") as name:
        Path(name).chmod(0o711)
        yield Path(name)
