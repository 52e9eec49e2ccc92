"""What was withdrawn after an instant stays withdrawn when the database is taken back to that instant."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from demo import cast
from grunnmur import postgres
from grunnmur.backup import seal, taken_back
from grunnmur.backup.seal import Damaged
from tests.backup import cluster
from tests.backup.conftest import environment, following, opened
from tests.environment import ROOT
from tests.house import program

PATIENCE = 120
SIGHT_OF_PER = (
    "select count(*) from cases_participation a join directory_service v on v.id = a.service_id"
    " where v.name = %s and a.ends_at > now()"
)


@pytest.mark.slow
def test_a_withdrawn_consent_and_an_ended_role_stay_so(tmp_path: Path, keys: dict[str, Path]) -> None:
    copies, anchors = tmp_path / "copies", tmp_path / "anchors.jsonl"
    services = {"per": cast.service(cast.get("per").service).name}
    hege = str(cast.membership_id(cast.get("hege")))
    with cluster.running(tmp_path) as server:
        env = program.environment(
            tmp_path / "none",
            GRUNNMUR_MODE="test",
            GRUNNMUR_SECRET_KEY=program.SECRET_KEY,
            DATABASE_URL=server.url(postgres.APP),
            OWNER_DATABASE_URL=server.url(postgres.OWNER),
        )
        _python("grunnmur", "migrate", "--verbosity=0", env=env)
        _python("tests.stories.load", env=env | {"DATABASE_URL": server.url()})
        _python("tests.backup.stage_taken_back", "let_in", env=env)
        with following(server, copies, keys), psycopg.connect(server.url(), autocommit=True) as admin:
            assert admin.execute(SIGHT_OF_PER, [services["per"]]).fetchone() == (1,)
            _python("grunnmur", "anchor_log", "--anchors", str(anchors), env=env)
            before = datetime.now(UTC)
            _python("tests.backup.stage_taken_back", "withdraw", env=env)
            _python("grunnmur", "anchor_log", "--anchors", str(anchors), env=env)
            admin.execute("update directory_membership set ends_on = current_date + 1 where id = %s", [hege])
            after = datetime.now(UTC)
            through = copies / "withdrawn" / _system(copies) / "through"
            _wait(lambda: through.exists() and datetime.fromisoformat(through.read_text()) > after)
        server.kill()

    back = tmp_path / "back" / "data"
    back.parent.mkdir()
    done = program.run(
        *("restore", "--from", str(copies), "--key", str(keys["opening"]), "--into", str(back)),
        *("--at", before.isoformat(), "--anchors", str(anchors), "--json"),
        env=environment(server, GRUNNMUR_SECRET_KEY=program.SECRET_KEY, GRUNNMUR_MODE="test"),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout)
    assert said["faults"] == []
    assert {name: times for name, times in said["taken_back_again"].items() if name != "session"} == {
        "sight": 1,
        "consent": 1,
        "membership": 1,
    }
    assert said["log_rows"] > 0
    assert said["log_anchors"] == 2
    assert said["log_rows_gone"] > 0, "the withdrawal's own row, which the second anchor knows of"
    with opened(server, back) as connection:
        assert connection.execute(SIGHT_OF_PER, [services["per"]]).fetchone() == (0,)
        assert connection.execute("select count(*) from cases_consentwithdrawal").fetchone() == (1,)
        ended = connection.execute("select ends_on from directory_membership where id = %s", [hege]).fetchone()
        assert ended is not None
        assert ended[0] is not None
        events = connection.execute("select count(*) from log_event where name = 'consent.withdrawn'").fetchone()
        assert events == (0,), "the instant that was asked for is before the withdrawal"
        events = connection.execute("select data from log_event where name = 'child.restored'").fetchone()
        assert events == ({"sight": 1, "consent": 1},)


def _python(module: str, *arguments: str, env: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-W", "ignore", "-m", module, *arguments], cwd=ROOT, env=env, check=True)


def _system(copies: Path) -> str:
    return next((copies / "changes").iterdir()).name


def _wait(happens: Callable[[], bool]) -> None:
    last = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < last
        time.sleep(0.2)


# --- the files ---------------------------------------------------------------------------------------------


@pytest.fixture
def ledger(tmp_path: Path, keys: dict[str, Path]) -> taken_back.Ledger:
    """Three pieces of a list, as they would have come."""
    found = taken_back.of(tmp_path, "7", seal.read_key(keys["opening"]))
    for number in range(3):
        found.add([("consent", f"row {number}", "{}")])
    return found


def test_the_list_is_read_as_it_was_written(ledger: taken_back.Ledger) -> None:
    ledger.add([("consent", "row 1", "{}")])
    assert [row for _what, row, _facts in taken_back.read(ledger)] == ["row 0", "row 1", "row 2"]


@pytest.mark.parametrize("name", ["00000001", "00000002"])
def test_a_piece_that_is_left_out_is_missed(ledger: taken_back.Ledger, name: str) -> None:
    (ledger.folder / f"{name}.sealed").unlink()
    with pytest.raises(Damaged, match=r"A piece of what was taken back is missing"):
        taken_back.read(ledger)


def test_a_piece_that_is_exchanged_is_found(ledger: taken_back.Ledger) -> None:
    first, second = (ledger.folder / f"{number:08}.sealed" for number in (1, 2))
    content = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(content)
    with pytest.raises(Damaged, match="is damaged"):
        taken_back.read(ledger)
