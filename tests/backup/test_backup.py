"""`grunnmur backup` and `grunnmur restore`, on a server that is then destroyed."""

import json
import re
import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from grunnmur import postgres
from grunnmur.backup import archive, fingerprint, recover, seal, take
from grunnmur.postgres import NotReady
from tests.backup import cluster
from tests.backup.cluster import Cluster
from tests.backup.conftest import CANARY, DIARY, backup, environment, following, opened
from tests.house import program

ROWS = "select count(*), coalesce(max(id), 0) from diary"


def run_restore(copies: Path, into: Path, keys: dict[str, Path], at: datetime | None = None) -> datetime | None:
    """Restore, and give the instant of the last change."""
    into.parent.mkdir(exist_ok=True, parents=True)
    key = seal.read_key(keys["opening"])
    with recover.recovered(recover.choose(copies, at=at), folder=copies, into=into, at=at, key=key) as found:
        return found.reached


# --- there and back ----------------------------------------------------------------------------------------


def test_every_acknowledged_change_survives_the_loss_of_the_server(tmp_path: Path, keys: dict[str, Path]) -> None:
    acknowledged: list[tuple[int, datetime]] = []
    with cluster.running(tmp_path) as server:
        with psycopg.connect(server.url(), autocommit=True) as admin:
            admin.execute(DIARY)
        with following(server, tmp_path / "copies", keys):
            with psycopg.connect(server.url(), autocommit=True) as admin:
                admin.execute("alter system set synchronous_standby_names to 'grunnmur_backup'")
                admin.execute("select pg_reload_conf()")
            writers = [threading.Thread(target=_write, args=(server, n, acknowledged)) for n in range(4)]
            for writer in writers:
                writer.start()
            while len(acknowledged) < 300:
                threading.Event().wait(0.02)
            server.kill()
            for writer in writers:
                writer.join()
        shutil.rmtree(server.data)

    last_change = run_restore(tmp_path / "copies", tmp_path / "back" / "data", keys)
    with opened(server, tmp_path / "back" / "data") as connection:
        found = {row[0] for row in connection.execute("select id from diary").fetchall()}
    assert {one for one, _at in acknowledged} <= found, "an acknowledged change is lost"
    assert len(found) <= len(acknowledged) + 4, "more than what was under way has come back"
    assert last_change is not None
    assert last_change >= max(at for _one, at in acknowledged) - timedelta(seconds=1)

    # And back to an instant in the middle: exactly what had been acknowledged then, or was under way.
    at = sorted(at for _one, at in acknowledged)[150]
    run_restore(tmp_path / "copies", tmp_path / "then" / "data", keys, at)
    with opened(server, tmp_path / "then" / "data") as connection:
        rows = connection.execute("select id, at from diary").fetchall()
    assert {one for one, done in acknowledged if done < at} - {row[0] for row in rows} == set()
    assert all(row[1] <= at for row in rows)


def _write(server: Cluster, writer: int, acknowledged: list[tuple[int, datetime]]) -> None:
    try:
        with psycopg.connect(server.url(), autocommit=True) as connection:
            for number in range(writer * 100_000, (writer + 1) * 100_000):
                connection.execute("insert into diary values (%s, 'x')", [number])
                acknowledged.append((number, datetime.now(UTC)))
    except psycopg.OperationalError:
        return


def test_a_copy_alone_is_enough_and_is_compared_row_by_row_while_others_write(
    tmp_path: Path, keys: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    with cluster.running(tmp_path) as server:
        with psycopg.connect(server.url(), autocommit=True) as admin:
            admin.execute(DIARY)
        written: list[tuple[int, datetime]] = []
        writer = threading.Thread(target=_write, args=(server, 1, written))
        writer.start()
        done = backup(server, tmp_path / "copies", keys)
        server.kill()
        writer.join()
        assert done.returncode == 0, done.stderr
    run_restore(tmp_path / "copies", tmp_path / "back" / "data", keys)
    assert re.search(r"Every row of \d+ tables is as it was, \d+ in all", capsys.readouterr().err)


def test_nothing_in_the_folder_can_be_read_and_no_file_s_name_says_anything(copies: Path) -> None:
    names = [str(path.relative_to(copies)) for path in copies.rglob("*")]
    assert all(re.fullmatch(r"[\w.:/-]*", name) for name in names)
    assert not any(CANARY.encode() in path.read_bytes() for path in copies.rglob("*") if path.is_file())
    (about,) = copies.glob("copies/*/copy.json")
    assert set(json.loads(about.read_text())) == {
        *("label", "system", "postgres", "program", "database", "mark", "bytes", "base_sha256", "format")
    }


# --- who may copy ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [postgres.APP, postgres.OWNER])
def test_the_program_s_own_roles_cannot_copy(server: Cluster, role: str) -> None:
    with pytest.raises(NotReady, match="This role may not copy the database"):
        take.source(server.url(role))


@pytest.mark.parametrize(
    "sql",
    ["insert into diary values (-1, 'x')", "delete from diary", "create table mine (id int)", "truncate diary"],
)
def test_the_role_that_copies_cannot_change_anything(server: Cluster, sql: str) -> None:
    with (
        psycopg.connect(server.url(postgres.BACKUP), autocommit=True) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(sql)


# --- refusals ----------------------------------------------------------------------------------------------


def _one(copies: Path, pattern: str) -> Path:
    return sorted(copies.glob(pattern))[0]


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _base_cut(copies: Path) -> None:
    _cut(_one(copies, "copies/*/base.sealed"))


def _base_flipped(copies: Path) -> None:
    _flip(_one(copies, "copies/*/base.sealed"))


def _base_missing(copies: Path) -> None:
    _one(copies, "copies/*/base.sealed").unlink()


def _last_changes(copies: Path) -> Path:
    return sorted(copies.glob("changes/*/*.sealed"))[-1]


def _changes_cut(copies: Path) -> None:
    _cut(_last_changes(copies))


def _changes_flipped(copies: Path) -> None:
    _flip(_last_changes(copies))


def _changes_missing(copies: Path) -> None:
    for path in copies.glob("changes/*/*"):
        path.unlink()


def _changes_exchanged(copies: Path) -> None:
    _last_changes(copies).write_bytes(_one(copies, "changes/*/*.sealed").read_bytes())


def _changes_with_a_gap(copies: Path) -> None:
    last = _last_changes(copies)
    shutil.copy(last, last.with_name(f"{int(last.name[:24], 16) + 2:024X}.sealed"))


def _tables_cut(copies: Path) -> None:
    _cut(_one(copies, "copies/*/tables.sealed"))


def _about_changed(copies: Path) -> None:
    about = _one(copies, "copies/*/copy.json")
    about.write_text(about.read_text().replace('"program": "', '"program": "9'))


def _about_broken(copies: Path) -> None:
    _one(copies, "copies/*/copy.json").write_text("{")


def _another_version(copies: Path) -> None:
    about = _one(copies, "copies/*/copy.json")
    about.write_text(re.sub(r'"postgres": \d+', '"postgres": 11', about.read_text()))


def _no_copies(copies: Path) -> None:
    shutil.rmtree(copies / "copies")


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (_base_cut, r"base.sealed is damaged: it was cut short, changed"),
        (_base_flipped, r"base.sealed is damaged: it was cut short, changed"),
        (_base_missing, r"base.sealed is missing"),
        (_changes_cut, r"sealed is damaged: it was cut short, changed"),
        (_changes_flipped, r"sealed is damaged: it was cut short, changed"),
        (_changes_missing, r"The changes that belong to the copy itself are missing"),
        (_changes_exchanged, r"sealed is damaged: it was cut short, changed, or exchanged"),
        (_changes_with_a_gap, r"The changes have a gap: piece \d+ is missing"),
        (_tables_cut, r"tables.sealed is damaged"),
        (_about_changed, r"tables.sealed is damaged: it was cut short, changed, or exchanged"),
        (_about_broken, r"copy.json is damaged: it does not say which copy it is"),
        (_another_version, r"This takes PostgreSQL 11's own postgres, and it is not here"),
        (_no_copies, r"There are no copies in"),
    ],
    ids=lambda value: value.__name__.strip("_") if callable(value) else "",
)
def test_what_is_damaged_is_refused_and_leaves_nothing(
    own_copies: Path, keys: dict[str, Path], tmp_path: Path, fault: Callable[[Path], None], sentence: str
) -> None:
    fault(own_copies)
    into = tmp_path / "back" / "data"
    with pytest.raises(NotReady, match=sentence):
        run_restore(own_copies, into, keys)
    assert not into.exists() or not any(into.iterdir())


def test_another_key_is_refused(copies: Path, tmp_path: Path) -> None:
    others = {name: tmp_path / name for name in ("sealing", "opening")}
    seal.make_keys(**others)
    with pytest.raises(NotReady, match="is sealed to another key than this one"):
        run_restore(copies, tmp_path / "back" / "data", others)


def test_the_key_that_seals_does_not_open(copies: Path, keys: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="This key only seals"):
        run_restore(copies, tmp_path / "back" / "data", {"opening": keys["sealing"]})


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        (
            datetime(2020, 1, 1, tzinfo=UTC),
            r"The oldest copy is from \d{4}-.* UTC, and no instant before that",
        ),
        (datetime(2999, 1, 1, tzinfo=UTC), r"That instant has not been yet"),
        (None, r"The changes do not reach that instant"),
    ],
    ids=["before the first copy", "to come", "now"],
)
def test_an_instant_that_cannot_be_reached_is_said(
    copies: Path, keys: dict[str, Path], tmp_path: Path, at: datetime | None, sentence: str
) -> None:
    with pytest.raises(NotReady, match=sentence):
        run_restore(copies, tmp_path / "back" / "data", keys, at or datetime.now(UTC))


def test_a_folder_that_is_not_empty_is_left_alone(copies: Path, keys: dict[str, Path], tmp_path: Path) -> None:
    into = tmp_path / "back" / "data"
    into.mkdir(parents=True)
    (into / "mine").write_text("mine")
    with pytest.raises(NotReady, match="is not an empty folder"):
        run_restore(copies, into, keys)
    assert (into / "mine").read_text() == "mine"


def test_a_key_is_never_written_over(keys: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="A key is never written over"):
        seal.make_keys(sealing=tmp_path / "new", opening=keys["opening"])
    assert not (tmp_path / "new").exists()


def test_one_at_a_time(copies: Path, server: Cluster, keys: dict[str, Path]) -> None:
    with archive.held(copies, "backup"):
        done = backup(server, copies, keys)
    assert done.returncode == 1
    assert "Another «grunnmur backup» is at work" in done.stderr


def test_a_server_that_is_away_is_said_plainly(server: Cluster, keys: dict[str, Path], tmp_path: Path) -> None:
    env = environment(server) | {"GRUNNMUR_BACKUP_URL": "postgresql://grunnmur_backup@127.0.0.1:1/grunnmur"}
    done = program.run("backup", "--to", str(tmp_path / "copies"), "--key", str(keys["sealing"]), env=env)
    assert done.returncode == 1
    assert done.stderr.startswith("The database cannot be copied:")
    assert "Traceback" not in done.stderr


# --- the fingerprint ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        (
            "update diary set text = 'other' where id = 7",
            "Table public.diary has 500 rows as before, but not the same.",
        ),
        ("delete from diary where id = 7", "Table public.diary had 500 rows and has 499."),
        ("create table extra (id int)", "Table public.extra is new."),
        ("drop table diary", "Table public.diary is missing."),
    ],
)
def test_a_fingerprint_tells_what_differs(server: Cluster, sql: str, said: str) -> None:
    with psycopg.connect(server.url()) as connection:
        was = fingerprint.take(connection)
        connection.execute("set search_path to public")
        assert fingerprint.differences(was, was) == []
        connection.execute(sql)
        assert fingerprint.differences(was, fingerprint.take(connection)) == [said]
        connection.rollback()
