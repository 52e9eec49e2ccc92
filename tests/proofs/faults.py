"""Faults: processes are killed, the disk is filled and connections are cut while people write, and nothing is lost.

The real program serves on a real PostgreSQL of its own. Writers send real forms, and keep a list of what was
acknowledged to them. Afterwards every acknowledged form has been done exactly once, no form has been done by half,
and no page was shown that the log does not know of.
"""

import os
import random
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path

import psutil
import psycopg

from grunnmur import postgres
from grunnmur.commands import serve
from tests.backup import cluster
from tests.backup.cluster import Cluster
from tests.environment import ROOT
from tests.house import program
from tests.proofs import WHOLE, Amount, Part, Result
from tests.stories.page import Unlike
from tests.stories.walker import Walker

AMOUNT = Amount(50, 1_000, "kills")
FULL = Amount(1, 10, "times that the disk is filled")
WRITERS = ("kari", "leif", "kari", "leif")
DISK = 320
"""Megabytes of the disk that is filled."""
PATIENCE = 90
"""Seconds in which everything must be back by itself after a fault."""
KEPT_TEXT = "Det som ble sagt i samtalen, nummer"


def prove(*, quick: bool, seed: int, part: Part = WHOLE) -> Result:
    """So many kills, of five kinds, in an order that the seed decides, and the disk filled at the least once."""
    chance = random.Random(seed)
    kills = _kinds(AMOUNT.wanted(quick=quick, part=part), chance)
    full = max(1, FULL.wanted(quick=quick, part=part))
    for place in range(full):
        kills.insert((place + 1) * len(kills) // (full + 1), _fill_the_disk)
    with staged() as stage:
        writers = [Writer(stage, key, number) for number, key in enumerate(WRITERS)]
        for writer in writers:
            writer.start()
        slowest = 0.0
        faults: list[str] = []
        made: Counter[Kill] = Counter()
        for kill in kills:
            time.sleep(chance.uniform(0.05, 0.5))
            before = [writer.acknowledged_count for writer in writers]
            kill(stage, chance)
            made[kill] += 1
            begun = time.monotonic()
            if not _all_go_on(writers, before):
                faults.append(f"After {kill.__name__.strip('_')} not everyone could go on.")
                break
            slowest = max(slowest, time.monotonic() - begun)
        for writer in writers:
            writer.stopping.set()
        for writer in writers:
            writer.join()
        faults += [fault for writer in writers for fault in writer.faults]
        done = [one for writer in writers for one in writer.sent]
        faults += _compare(stage, writers)
    counted = sorted((kill.__name__.strip("_").replace("_", " "), count) for kill, count in made.items())
    return Result(
        f"{made.total()} faults ({', '.join(f'{count} {name}' for name, count in counted)}),"
        f" {sum(one.is_acknowledged for one in done)} forms acknowledged of {sum(one.tries for one in done)} sent,"
        f" {sum(writer.refused for writer in writers)} times asked to try again, slowest return {slowest:.1f} s",
        len(faults),
        faults,
        made.total() - made[_fill_the_disk],
    )


# --- the stage ---------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Stage:
    """PostgreSQL, the program, and the case that is written in."""

    database: Cluster
    environment: dict[str, str]
    port: int
    log: Path
    case: str = ""
    program: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def serve(self) -> None:
        """Start the program, as whatever keeps services running does when it has died."""
        command = [sys.executable, "-W", "ignore", "-m", "grunnmur", "serve", "--port", str(self.port)]
        with self.log.open("ab") as log:
            self.program = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def processes(self) -> list[psutil.Process]:
        """The program's process, and then its workers."""
        assert self.program is not None
        master = psutil.Process(self.program.pid)
        return [master, *master.children(recursive=True)]


@contextmanager
def staged() -> Iterator[Stage]:
    """The program, served on a PostgreSQL of its own on a small disk, with Anna's case begun by Kari."""
    with (
        cluster.place() as folder,
        _small_disk(folder / "disk") as disk,
        cluster.running(disk, max_wal_size="64MB", min_wal_size="32MB", restart_after_crash="on") as database,
    ):
        environment = program.environment(
            folder / "data",
            GRUNNMUR_MODE="test",
            GRUNNMUR_SECRET_KEY=program.SECRET_KEY,
            DATABASE_URL=database.url(postgres.APP),
            OWNER_DATABASE_URL=database.url(postgres.OWNER),
        )
        (folder / "data" / "static").mkdir(parents=True)
        _run(["grunnmur", "migrate", "--verbosity=0"], environment)
        _run(["tests.stories.load"], environment | {"DATABASE_URL": database.url()})
        port = serve.free_port("127.0.0.1", 0)
        stage = Stage(database, environment, port, folder / "program.log")
        stage.serve()
        try:
            stage.case = _begin(stage)
            yield stage
        finally:
            for process in reversed(stage.processes()):
                process.kill()
            assert stage.program is not None
            stage.program.wait()


def _run(module: list[str], environment: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-W", "ignore", "-m", *module], cwd=ROOT, env=environment, check=True)


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path]:
    """A disk of its own that can be filled without harm to anybody. Takes the right to mount, as root or by sudo."""
    folder.mkdir()
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    owner = f"uid={os.geteuid()},gid={os.getegid()}"
    options = f"size={DISK}m,mode=711,{owner}"
    subprocess.run([*sudo, "mount", "-t", "tmpfs", "-o", options, "grunnmur-faults", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run([*sudo, "umount", "--lazy", str(folder)], check=True)


def _begin(stage: Stage) -> str:
    """Kari begins to assess Anna. Returns the case's address."""
    _wait_for(lambda: _answers(stage.url), "The program does not start:\n" + stage.log.read_text())
    kari = Walker(stage.url, "kari")
    kari.be()
    kari.open("/ikke-vurdert/")
    kari.follow("Anna Solberg")
    kari.press("Begynn å vurdere")
    kari.close()
    return kari.address


def _answers(url: str) -> bool:
    nobody = Walker(url, "nobody")
    try:
        nobody.look("/logg-inn/")
    except OSError:
        return False
    finally:
        nobody.close()
    return True


def _wait_for(happens: Callable[[], bool], otherwise: str) -> None:
    last = time.monotonic() + PATIENCE
    while not happens():
        if time.monotonic() > last:
            raise RuntimeError(otherwise)
        time.sleep(0.1)


# --- the faults --------------------------------------------------------------------------------------------

Kill = Callable[[Stage, random.Random], None]


def _worker_killed(stage: Stage, chance: random.Random) -> None:
    workers = stage.processes()[1:]
    if workers:
        chance.choice(workers).kill()


def _program_killed(stage: Stage, chance: random.Random) -> None:
    for process in stage.processes():
        process.kill()
    assert stage.program is not None
    stage.program.wait()
    stage.serve()


def _database_process_killed(stage: Stage, chance: random.Random) -> None:
    """PostgreSQL then ends every other process of its own, and recovers by itself."""
    ours = [one for one in _database_processes(stage) if f" {postgres.APP} " in " ".join(one.cmdline())]
    if ours:
        chance.choice(ours).kill()


def _database_killed(stage: Stage, chance: random.Random) -> None:
    stage.database.kill()
    time.sleep(chance.uniform(0, 1))
    _start_again(stage)


def _connections_lost(stage: Stage, chance: random.Random) -> None:
    with psycopg.connect(stage.database.url(), autocommit=True) as admin:
        admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = %s", [postgres.APP])


def _fill_the_disk(stage: Stage, chance: random.Random) -> None:
    """Nothing more can be written for three seconds, as when somebody's export has filled the disk."""
    ballast = stage.database.data.parent / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 65536)
        except OSError:
            time.sleep(3)
    ballast.unlink()
    # It recovers by itself, or has given up: then whatever keeps services running starts it again.
    _wait_for(lambda: _is_open(stage) or not _postmaster_lives(stage), "PostgreSQL neither goes on nor ends.")
    if not _postmaster_lives(stage):
        _start_again(stage)


_fill_the_disk.__name__ = "disk_filled"


def _kinds(count: int, chance: random.Random) -> list[Kill]:
    """So many kills: mostly those that are soonest mended."""
    shares = {
        _worker_killed: 20,
        _database_process_killed: 12,
        _connections_lost: 8,
        _database_killed: 6,
        _program_killed: 4,
    }
    kinds: list[Kill] = [kill for kill, share in shares.items() for _one in range(share * count // 50)]
    chance.shuffle(kinds)
    return kinds


def _is_open(stage: Stage) -> bool:
    try:
        psycopg.connect(stage.database.url()).close()
    except psycopg.OperationalError:
        return False
    return True


def _postmaster_lives(stage: Stage) -> bool:
    note = stage.database.data / "postmaster.pid"
    return note.exists() and psutil.pid_exists(int(note.read_text().partition("\n")[0] or 0))


def _database_processes(stage: Stage) -> list[psutil.Process]:
    note = stage.database.data / "postmaster.pid"
    if not note.exists() or not psutil.pid_exists(pid := int(note.read_text().partition("\n")[0])):
        return []
    try:
        return psutil.Process(pid).children()
    except psutil.NoSuchProcess:
        return []


def _start_again(stage: Stage) -> None:
    stage.database.forget()
    stage.database.start(max_wal_size="64MB", min_wal_size="32MB")


def _all_go_on(writers: list["Writer"], before: list[int]) -> bool:
    """Whether everyone has had a form acknowledged that was sent after the fault, in time and without a difference."""
    last = time.monotonic() + PATIENCE
    while time.monotonic() < last and not any(writer.faults for writer in writers):
        if all(writer.acknowledged_count > count + 1 for writer, count in zip(writers, before, strict=True)):
            return True
        time.sleep(0.02)
    return False


# --- those who write ---------------------------------------------------------------------------------------


@dataclass(slots=True)
class Form:
    """One form that was filled in: the token that makes it one, how often it was sent, whether it was acknowledged."""

    once: uuid.UUID
    tries: int = 0
    is_acknowledged: bool = False


@dataclass
class Writer(threading.Thread):
    """Someone who writes down conversations, one after the other, and tries again when asked to.

    Every fifth form is sent by two at the same time, as by a double click.
    """

    stage: Stage
    key: str
    number: int
    sent: list[Form] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    shown: int = 0
    """Pages about the case that were shown."""
    asked: int = 0
    """Pages about the case that were asked for, also in vain."""
    refused: int = 0
    acknowledged_count: int = 0

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self.stopping = threading.Event()
        self.walker = Walker(self.stage.url, self.key)

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        try:
            self._insist(lambda: self.walker.be())
            while not self.stopping.is_set():
                self._write_one()
        except Exception as fault:
            self.faults.append(f"{self.key}: {fault!r}"[:600])
        finally:
            self.walker.close()

    def _insist(self, do: Callable[[], object]) -> None:
        """Do it until it can be done: as somebody who tries again when the page does not come."""
        last = time.monotonic() + PATIENCE
        while True:
            try:
                do()
                return
            except (OSError, HTTPException, Unlike) as fault:
                self.walker.close()
                if isinstance(fault, Unlike) and self.walker.page.status != HTTPStatus.SERVICE_UNAVAILABLE:
                    raise
                if time.monotonic() > last:
                    raise
                self.refused += 1
                time.sleep(0.05)

    def _write_one(self) -> None:
        address = f"{self.stage.case}samtale/"
        self._insist(lambda: self._open(address))
        self.walker.fill(
            {
                "Hvem snakket dere med?": "Foreldre",
                "Når?": time.strftime("%d.%m.%Y"),
                "Hva kom fram?": f"{KEPT_TEXT} {self.number}-{len(self.sent)}",
            }
        )
        filled = self.walker.page.form("Lagre samtalen")
        filled.fill(self.walker._answers)
        form = Form(uuid.UUID(filled.data["once_token"][0]))
        self.sent.append(form)
        double = None
        if len(self.sent) % 5 == 0:
            double = threading.Thread(target=self._send_in_vain, args=(filled.address, dict(filled.data)), daemon=True)
            double.start()
        self._insist(lambda: self._send(form, filled.address, filled.data))
        if double is not None:
            double.join()

    def _open(self, address: str) -> None:
        self.asked += 1
        self.walker.open(address)
        self.shown += 1

    def _send(self, form: Form, address: str, data: dict[str, list[str]]) -> None:
        """Send it; a refusal must hold all that was typed, ready to be sent again."""
        form.tries += 1
        self.asked += 1  # it leads to a page about the case
        page = self.walker.send(address, data)
        if page.status == HTTPStatus.SERVICE_UNAVAILABLE:
            again = page.form("Prøv igjen") if page.path == address.removeprefix(self.stage.url) else None
            if again is not None:
                lost = [name for name in data if name != "csrfmiddlewaretoken" and again.data.get(name) != data[name]]
                if lost:
                    self.faults.append(f"{self.key}: what was typed in {lost} is lost when the database is away.")
        if page.status != HTTPStatus.OK:
            raise Unlike("a page", page.summary())
        self.shown += 1
        form.is_acknowledged = True
        self.acknowledged_count += 1

    def _send_in_vain(self, address: str, data: dict[str, list[str]]) -> None:
        """The other click of a double click; whatever it is answered, nobody reads it."""
        other = Walker(self.stage.url, self.key)
        other.cookies = dict(self.walker.cookies)
        other.page = self.walker.page
        self.asked += 1
        try:
            other.send(address, data)
        except (OSError, HTTPException, Unlike):
            return
        finally:
            other.close()


# --- what is there afterwards ------------------------------------------------------------------------------


def _compare(stage: Stage, writers: list[Writer]) -> list[str]:
    """Hold the list of what was acknowledged against what is in the database."""
    faults = []
    with psycopg.connect(stage.database.url(), autocommit=True) as admin:
        events = dict(
            admin.execute("select once, subject_id from log_event where name = 'conversation.recorded'").fetchall()
        )
        rows = {row[0] for row in admin.execute("select id from cases_conversation").fetchall()}
        (looks,) = admin.execute("select count(*) from log_accesslog where allowed").fetchone() or (0,)
        (twice,) = admin.execute(
            "select count(*) - count(distinct once) from log_event where name = 'conversation.recorded'"
        ).fetchone() or (0,)
    for form in (one for writer in writers for one in writer.sent):
        if form.is_acknowledged and form.once not in events:
            faults.append(f"A form that was acknowledged is lost: {form.once}.")
    if twice:
        faults.append(f"{twice} forms were done twice.")
    if set(events.values()) != rows or len(events) != len(rows):
        faults.append(f"{len(rows)} conversations are written down, and {len(events)} events say so.")
    shown = sum(writer.shown for writer in writers)
    if looks < shown:
        faults.append(f"{shown} pages about the case were shown, and the log knows of {looks}.")
    return faults
