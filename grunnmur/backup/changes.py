"""Fetching every change as it happens: PostgreSQL's `pg_receivewal` writes it down, and we seal it at once."""

import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from grunnmur.backup import archive, programs, seal
from grunnmur.backup.archive import PARTIAL, SEALED
from grunnmur.backup.programs import Programs
from grunnmur.backup.seal import Key
from grunnmur.postgres import NotReady
from grunnmur.terminal import say

NAME = "grunnmur_backup"
"""What the receiver calls itself, for `synchronous_standby_names`, and its replication slot."""
PAUSE = 1.0
"""Seconds between each time what has come is sealed."""
PATIENCE = 120
"""Seconds to wait for one change to come."""
IN_MEMORY = Path("/dev/shm")  # noqa: S108  # our own folder in it is made with a name that nobody can guess


@dataclass(slots=True)
class Receiver:
    """The receiving of one database's changes into a folder."""

    url: str
    system: str
    target: Path
    key: Key
    spool: Path
    """Where changes are written in the clear for up to a second: in memory, unless the machine has no such folder."""
    program: subprocess.Popen[str] | None = None
    stopping: threading.Event = field(default_factory=threading.Event)
    fault: Exception | None = None
    _sealed: dict[str, bytes] = field(default_factory=dict)

    def wait_for(self, lsn: str | None = None) -> None:
        """Wait until all up to a place in the stream, or up to now, is sealed and on the disk. Raises NotReady."""
        last = time.monotonic() + PATIENCE
        with psycopg.connect(self.url, autocommit=True) as connection:
            if lsn is None:
                row = connection.execute("select pg_current_wal_flush_lsn()::text").fetchone()
                lsn = row[0] if row else ""
            while not self._has_come(connection, lsn):
                self.check()
                if time.monotonic() > last:
                    raise NotReady("The database's changes do not come. Its own log says why.")
                time.sleep(0.1)
        self.seal_what_has_come()

    def check(self) -> None:
        """Raises what stopped the sealing, such as a full disk."""
        if self.fault is not None:
            raise NotReady(f"The changes cannot be kept: {self.fault}") from self.fault

    def _has_come(self, connection: psycopg.Connection, lsn: str) -> bool:
        row = connection.execute(
            "select bool_or(flush_lsn >= %s::pg_lsn) from pg_stat_replication where application_name = %s", [lsn, NAME]
        ).fetchone()
        return bool(row and row[0])

    def seal_what_has_come(self) -> None:
        """Seal each whole segment, and what has come of the next. A segment is removed only when it is sealed."""
        with _one_seals:
            for path in sorted(self.spool.iterdir()):
                is_partial = path.name.endswith(PARTIAL)
                try:
                    content = path.read_bytes()
                except FileNotFoundError:
                    continue  # it has become whole, and got its name, meanwhile
                if is_partial:
                    content = content.rstrip(b"\0")
                    if not content or self._sealed.get(path.name) == content:
                        continue
                    self._sealed = {path.name: content}
                about = archive.about_change(self.system, path.name)
                seal.write([content], self.target / f"{path.name}{SEALED}", key=self.key, about=about)
                if not is_partial:
                    (self.target / f"{path.name}{PARTIAL}{SEALED}").unlink(missing_ok=True)
                    if archive.SEGMENT.fullmatch(path.name):
                        path.unlink()


_one_seals = threading.Lock()


@contextmanager
def receiving(url: str, *, system: str, folder: Path, key: Key, tools: Programs, keep_slot: bool) -> Iterator[Receiver]:
    """Receive and seal changes while the block runs. `keep_slot` makes the database keep, from now on, what we have
    not fetched, also while nobody fetches. Raises NotReady.
    """
    target = archive.changes_of(folder, system)
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    if keep_slot:
        _make_slot(url)
    with tempfile.TemporaryDirectory(prefix="grunnmur-", dir=IN_MEMORY if IN_MEMORY.is_dir() else folder) as spool:
        receiver = Receiver(url=url, system=system, target=target, key=key, spool=Path(spool))
        threads = [
            threading.Thread(target=_keep_receiving, args=(receiver, tools, keep_slot), daemon=True),
            threading.Thread(target=_keep_sealing, args=(receiver,), daemon=True),
        ]
        for thread in threads:
            thread.start()
        try:
            yield receiver
        finally:
            receiver.stopping.set()
            if receiver.program is not None:
                receiver.program.terminate()
            for thread in threads:
                thread.join()
            receiver.seal_what_has_come()


def _keep_receiving(receiver: Receiver, tools: Programs, keep_slot: bool) -> None:
    """Run the receiving program, and again when the database has been away."""
    address, environment = programs.without_password(receiver.url, application_name=NAME)
    command = [
        *(tools.path("pg_receivewal"), "--directory", str(receiver.spool), "--dbname", address),
        *("--no-loop", "--synchronous", "--status-interval", "1", "--no-password"),
        *(("--slot", NAME) if keep_slot else ()),
    ]
    while not receiver.stopping.is_set():
        receiver.program = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        if receiver.stopping.is_set():
            receiver.program.terminate()
        _out, said = receiver.program.communicate()
        if not receiver.stopping.is_set():
            say(f"The changes stopped coming: {said.strip().splitlines()[-1] if said.strip() else 'no reason given'}")
            say("Trying again.")
            receiver.stopping.wait(2)


def _keep_sealing(receiver: Receiver) -> None:
    while not receiver.stopping.wait(PAUSE):
        try:
            receiver.seal_what_has_come()
        except OSError as fault:
            if receiver.fault is None:
                say(f"The changes cannot be kept: {fault}. The database keeps them meanwhile.")
            receiver.fault = fault
        else:
            receiver.fault = None


def _make_slot(url: str) -> None:
    """A slot, so that the database keeps what we have not fetched. Raises NotReady when it has given up on us."""
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(
            "select wal_status from pg_replication_slots where slot_name = %s", [NAME]
        ).fetchone()
        if found and found[0] == "lost":
            say("The database could not keep all changes since the last time. A new whole copy begins now.")
            connection.execute("select pg_drop_replication_slot(%s)", [NAME])
            found = None
        if not found:
            connection.execute("select pg_create_physical_replication_slot(%s, true)", [NAME])
        limit = connection.execute("show max_slot_wal_keep_size").fetchone()
    if limit == ("-1",):
        say(
            "Set max_slot_wal_keep_size on the database: without it, a copying machine that is away for long fills"
            " the database's disk."
        )
