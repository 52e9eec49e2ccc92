"""One server with one copy of it, for the tests that only look at the copy; and commands as a person gives them."""

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from grunnmur import postgres
from grunnmur.backup import seal
from tests.backup import cluster
from tests.backup.cluster import Cluster
from tests.environment import ROOT
from tests.house import program

DIARY = (
    "create table diary (id int primary key, text text, at timestamptz default clock_timestamp());"
    " alter table diary owner to grunnmur_owner"
)
CANARY = "kanarifugl-7731"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder for what the tests share."""
    with cluster.place() as found:
        yield found


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder for one test, in place of pytest's, which only root could reach."""
    with cluster.place() as found:
        yield found


@pytest.fixture(scope="module")
def keys(folder: Path) -> dict[str, Path]:
    """The two keys, by what they do."""
    found = {name: folder / f"{name}.key" for name in ("sealing", "opening")}
    seal.make_keys(**found)
    return found


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Cluster]:
    """A server with a diary in it."""
    place = folder / "server"
    place.mkdir()
    with cluster.running(place) as one:
        with psycopg.connect(one.url(), autocommit=True) as admin:
            admin.execute(DIARY)
            admin.execute("insert into diary select n, %s || n from generate_series(1, 500) n", [CANARY])
        yield one


@pytest.fixture(scope="module")
def copies(server: Cluster, folder: Path, keys: dict[str, Path]) -> Path:
    """A folder with one copy, and some changes after it."""
    where = folder / "copies"
    done = backup(server, where, keys)
    assert done.returncode == 0, done.stderr
    return where


@pytest.fixture
def own_copies(copies: Path, tmp_path: Path) -> Path:
    """The same in a folder of the test's own, which it may damage."""
    return Path(shutil.copytree(copies, tmp_path / "copies"))


def environment(server: Cluster, **more: str) -> dict[str, str]:
    """The copying machine's environment: the address of the role that copies, and nothing of the program's."""
    url = server.url(postgres.BACKUP)
    bin_folder = {"GRUNNMUR_PG_BIN": str(server.tools.folder)}
    return program.environment(server.data.parent / "none", GRUNNMUR_BACKUP_URL=url, **bin_folder, **more)


def backup(server: Cluster, where: Path, keys: dict[str, Path]) -> subprocess.CompletedProcess[str]:
    """Take one copy, as the role that copies."""
    return program.run("backup", "--to", str(where), "--key", str(keys["sealing"]), env=environment(server))


@contextmanager
def following(server: Cluster, where: Path, keys: dict[str, Path]) -> Iterator[subprocess.Popen[str]]:
    """A copying machine that has taken its first copy and fetches every change, until the block ends."""
    command = [
        sys.executable,
        "-m",
        "grunnmur",
        "backup",
        "--follow",
        "--to",
        str(where),
        "--key",
        str(keys["sealing"]),
    ]
    process = subprocess.Popen(command, env=environment(server), cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if "Following the changes" in line:
            break
    else:
        raise AssertionError("".join(said))
    drain = threading.Thread(target=process.stderr.read, daemon=True)
    drain.start()
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=60)
        drain.join()
        process.stderr.close()


@contextmanager
def opened(server: Cluster, data: Path) -> Iterator[psycopg.Connection]:
    """A connection to what was restored, started as its operator would."""
    again = Cluster(server.tools, data)
    again.run.mkdir(exist_ok=True)
    again.tools.own(again.run)
    again.start()
    try:
        with psycopg.connect(again.url(), autocommit=True) as connection:
            yield connection
    finally:
        again.stop()
