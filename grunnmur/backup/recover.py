"""Making a database of a copy and its changes, as it was at any instant after the copy.

PostgreSQL recovers in two steps: first to the mark right after the copy, where every table is held against its
fingerprint, then on to the instant that is wanted. Nothing that fails leaves a database behind.
"""

import gzip
import re
import shutil
import tarfile
import tempfile
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from io import BufferedReader, RawIOBase
from pathlib import Path

import psycopg
import psycopg.conninfo

from grunnmur import clock
from grunnmur.backup import archive, fingerprint, programs, seal
from grunnmur.backup.archive import PARTIAL, SEALED, Copy
from grunnmur.backup.programs import Programs
from grunnmur.backup.seal import Damaged, Key
from grunnmur.postgres import NotReady
from grunnmur.terminal import say

OURS_BY_ACCIDENT = (".handle_pids.json", "log", "postmaster.opts")
"""Notes of the embedded server, which its folder holds beside the database."""
AS_ON_THE_SOURCE = (
    "max_connections",
    "max_worker_processes",
    "max_wal_senders",
    "max_prepared_xacts",
    "max_locks_per_xact",
)
"""What a database that is read while it recovers must have as much of as the one it comes from (pg_controldata)."""
SETTING = {"max_prepared_xacts": "max_prepared_transactions", "max_locks_per_xact": "max_locks_per_transaction"}


@dataclass(frozen=True, slots=True)
class Recovered:
    """A database that runs, by itself, on what was restored."""

    copy: Copy
    admin_url: str
    reached: datetime | None
    """The instant of the last change that is in it; none when nothing was changed after the copy."""


def choose(folder: Path, *, at: datetime | None) -> Copy:
    """The newest copy from which an instant can be reached, or the newest of all. Raises NotReady."""
    if at and at > clock.now():
        raise NotReady("That instant has not been yet. Name an earlier one, or leave out --at.")
    copies = archive.copies_in(folder)
    if not copies:
        raise NotReady(f"There are no copies in {folder}.")
    early_enough = [copy for copy in copies if at is None or copy.mark.at <= at]
    if not early_enough:
        raise NotReady(
            f"The oldest copy is from {copies[0].mark.at:%Y-%m-%d %H:%M:%S} UTC, and no instant before that can be"
            " reached. Name a later one with --at."
        )
    return early_enough[-1]


@contextmanager
def recovered(copy: Copy, *, folder: Path, into: Path, at: datetime | None, key: Key) -> Iterator[Recovered]:
    """Restore a copy into an empty folder, and run it for as long as the block does, closed to everyone else.

    Raises NotReady, Damaged; then, and when the block raises, the folder is as empty as before.
    """
    tools = programs.find(copy.postgres, needs="postgres")
    _must_be_empty(into)
    _must_have_room(into, copy)
    try:
        _unpack(copy, folder=folder, into=into, key=key)
        tools.run("pg_verifybackup", "--no-parse-wal", "--quiet", str(into))
        for name in OURS_BY_ACCIDENT:
            (into / name).unlink(missing_ok=True)
        _unseal_changes(copy, folder=folder, into=into, key=key, tools=tools, to_the_end=at is None)
        was = archive.read_tables(folder, copy, key=key)
        (into / "recovery.signal").touch()
        tools.own(into)
        with tempfile.TemporaryDirectory(prefix="grunnmur-") as name:
            server = _Server(tools=tools, data=into, run=Path(name), database=copy.database)
            _hold_against(was, server, copy)
            server.start(_to_the_instant(at))
            try:
                reached = server.wait_until_open()
                yield Recovered(copy=copy, admin_url=server.url, reached=reached)
            finally:
                server.stop()
        tools.own(into)
    except BaseException:
        _empty(into)
        raise


# --- files -------------------------------------------------------------------------------------------------


def _must_be_empty(into: Path) -> None:
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise NotReady(f"{into} is not an empty folder. Nothing is ever restored on top of something else.")
    try:
        into.mkdir(parents=True, exist_ok=True)
        into.chmod(0o700)
    except OSError as fault:
        raise NotReady(f"Nothing can be restored to {into}: {fault.strerror}.") from fault


def _must_have_room(into: Path, copy: Copy) -> None:
    free = shutil.disk_usage(into).free
    if free < copy.bytes:
        raise NotReady(f"{into} has room for {free >> 20} MB, and the database is {copy.bytes >> 20} MB.")


def _empty(into: Path) -> None:
    for path in into.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


class _Pieces(RawIOBase):
    """A file to read, made of pieces that come."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what RawIOBase is given
        self._rest = self._rest or next(self._pieces, b"")
        taken, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)


def _unpack(copy: Copy, *, folder: Path, into: Path, key: Key) -> None:
    base = archive.folder_of(folder, copy) / f"base{SEALED}"
    if not base.exists():
        raise Damaged(f"{base} is missing.")
    if seal.sha256(base) != copy.base_sha256:
        raise Damaged(f"{base} is damaged: it was cut short, changed, or exchanged for another.")
    say(f"Unpacking the copy of {copy.label}, {copy.bytes >> 20} MB …")
    pieces = BufferedReader(_Pieces(seal.read(base, key=key, about=archive.about_base(copy.system, copy.label))))
    try:
        with gzip.open(pieces) as plain, tarfile.open(fileobj=plain, mode="r|") as files:
            files.extractall(into, filter="data")
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as fault:
        raise Damaged(f"{base} is damaged: {fault}.") from fault
    except OSError as fault:
        raise NotReady(f"The copy cannot be unpacked to {into}: {fault.strerror}.") from fault


def _unseal_changes(copy: Copy, *, folder: Path, into: Path, key: Key, tools: Programs, to_the_end: bool) -> None:
    """Put the changes where PostgreSQL looks for its own."""
    begins = re.search(r"^START WAL LOCATION: \S+ \(file (\w+)\)", (into / "backup_label").read_text(), re.MULTILINE)
    size = int(_control(tools, into)["Bytes per WAL segment"])
    assert begins is not None, "pg_basebackup writes it"
    names = archive.changes_from(folder, copy.system, first=begins[1], segment_bytes=size, to_the_end=to_the_end)
    say(f"Unsealing {len(names)} pieces of changes …")
    for name in names:
        sealed = archive.changes_of(folder, copy.system) / f"{name}{SEALED}"
        content = b"".join(seal.read(sealed, key=key, about=archive.about_change(copy.system, name)))
        if not archive.HISTORY.fullmatch(name):
            content = content.ljust(size, b"\0")
        (into / "pg_wal" / name.removesuffix(PARTIAL)).write_bytes(content)


def _control(tools: Programs, data: Path) -> dict[str, str]:
    """What PostgreSQL says of a folder of its files."""
    lines = tools.run("pg_controldata", str(data)).splitlines()
    return {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


# --- PostgreSQL --------------------------------------------------------------------------------------------


def _to_the_instant(at: datetime | None) -> dict[str, str]:
    wanted = {"recovery_target_time": at.isoformat()} if at else {}
    return {**wanted, "recovery_target_action": "promote", "hot_standby": "off"}


def _hold_against(was: dict[str, fingerprint.Table], server: "_Server", copy: Copy) -> None:
    """Recover to the mark, and compare every table with what the source had there. Raises Damaged."""
    say("Recovering to the copy's own mark …")
    control = _control(server.tools, server.data)
    enough = {SETTING.get(name, name): control[f"{name} setting"] for name in AS_ON_THE_SOURCE}
    mark = {"recovery_target_name": copy.mark.name, "recovery_target_action": "pause", "hot_standby": "on"}
    server.start({**enough, **mark})
    try:
        server.wait_until("select pg_get_wal_replay_pause_state() = 'paused'")
        with psycopg.connect(server.url, autocommit=True) as connection:
            now = fingerprint.take(connection)
    finally:
        server.stop()
    found = fingerprint.differences(was, now)
    if found:
        raise Damaged("What was restored is not what was copied:\n- " + "\n- ".join(found))
    say(f"Every row of {len(now)} tables is as it was, {sum(table.rows for table in now.values())} in all.")


@dataclass(slots=True)
class _Server:
    """PostgreSQL on the restored files, reached through a socket in a folder of ours and in no other way."""

    tools: Programs
    data: Path
    run: Path
    database: str
    last_said: float = field(default=0.0)

    @property
    def url(self) -> str:
        return psycopg.conninfo.make_conninfo("", host=str(self.run), port=5432, user="postgres", dbname=self.database)

    @property
    def log(self) -> Path:
        return self.run / "log"

    def start(self, settings: dict[str, str]) -> None:
        """Begin; see `wait_until`. The settings of the source, some of which may lie in its files, do not count."""
        ours = {
            "listen_addresses": "",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "unix_socket_directories": str(self.run),
            "port": "5432",
            "hba_file": str(self.run / "hba"),
            "ident_file": str(self.run / "ident"),
            "restore_command": "false",
            "archive_mode": "off",
            "synchronous_standby_names": "",
            "shared_preload_libraries": "",
            "ssl": "off",
            "logging_collector": "off",
            "log_destination": "stderr",
            "log_min_error_statement": "panic",
            **settings,
        }
        (self.run / "hba").write_text("local all all trust\n")
        (self.run / "ident").write_text("")
        (self.run / "config").write_text(f"data_directory = '{self.data}'\n")
        self.log.write_text("")
        self.tools.own(self.run)
        arguments = " ".join(f"-c {name}='{value}'" for name, value in ours.items())
        config = f"-c config_file='{self.run / 'config'}'"
        self.tools.run(
            *("pg_ctl", "start", "--no-wait", "--silent", "--pgdata", str(self.data), "--log", str(self.log)),
            *("--options", f"{config} {arguments}"),
            as_server=True,
        )

    def stop(self) -> None:
        """Stop it, if it runs, so that every file is whole."""
        if (self.data / "postmaster.pid").exists():
            self.tools.run(
                *("pg_ctl", "stop", "--mode", "fast", "--silent", "--timeout", "600", "--pgdata", str(self.data)),
                as_server=True,
            )

    def wait_until(self, question: str) -> None:
        """Wait until a question is answered with yes. Raises NotReady when PostgreSQL gives up."""
        begun = time.monotonic()
        self.last_said = begun
        while not self._says_yes(question):
            if not (self.data / "postmaster.pid").exists() and time.monotonic() > begun + 2:
                raise NotReady(self._why())
            if time.monotonic() > self.last_said + 10:
                self.last_said = time.monotonic()
                say(f"… {self.last_said - begun:.0f} seconds")
            time.sleep(0.1)

    def wait_until_open(self) -> datetime | None:
        """Wait until it has recovered, and gives the instant of the last change that is in it."""
        say("Recovering to the instant that is wanted …")
        self.wait_until("select not pg_is_in_recovery()")
        found = re.search(r"last completed transaction was at log time (.*)$", self.log.read_text(), re.MULTILINE)
        return datetime.fromisoformat(found[1].strip()) if found else None

    def _says_yes(self, question: str) -> bool:
        try:
            with psycopg.connect(self.url, autocommit=True, connect_timeout=5) as connection:
                return connection.execute(question).fetchone() == (True,)
        except psycopg.OperationalError:
            return False

    def _why(self) -> str:
        """What PostgreSQL said last, in our words where we know it."""
        text = self.log.read_text(errors="replace")
        if "recovery ended before configured recovery target was reached" in text:
            last = re.search(r"last completed transaction was at log time (.*)$", text, re.MULTILINE)
            return (
                "The changes do not reach that instant"
                + (f"; the last one is from {last[1]}" if last else "")
                + ". Name an earlier instant, or leave out --at to get all there is."
            )
        faults = re.findall(r"(?:FATAL|PANIC|ERROR): +(.*)", text)
        return "PostgreSQL cannot recover: " + (faults[-1] if faults else "it says nothing of why.")
