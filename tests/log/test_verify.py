"""Verifying the log: what is wrong and where, in words; anchors that show what the chains themselves cannot."""

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from grunnmur import clock, keys
from grunnmur.keys import Keyset
from grunnmur.log import anchors, chain, record, verify

Acting = Callable[[str], AbstractContextManager[Any]]
Outside = Callable[[], AbstractContextManager[None]]
CHILD = UUID(int=7)
"""Its acts are in chain 7."""


def act(acting: Acting, times: int) -> None:
    with acting("kari") as kari:
        for _number in range(times):
            record.event(
                "child.registered",
                at=clock.now(),
                child_id=CHILD,
                pathway_id=None,
                kind=1,
                service_id=kari.service_id,
                person_id=kari.person_id,
            )


@pytest.fixture
def tamper(as_admin: Outside) -> Callable[..., None]:
    """Do as the server's administrator can: anything at all, with the triggers off."""

    def run(*statements: str) -> None:
        with as_admin(), connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
            cursor.execute("set session_replication_role = replica")
            for statement in statements:
                cursor.execute(statement)
            cursor.execute("set session_replication_role = origin")
            cursor.execute("set constraints all deferred")

    return run


@pytest.fixture
def anchor(as_admin: Outside, tmp_path: Path) -> Callable[..., anchors.Anchor]:
    """Add an anchor to the test's own file."""

    def add(**more: Any) -> anchors.Anchor:
        with as_admin():
            return anchors.add(tmp_path / "log.jsonl", heads=verify.heads(), at=clock.now(), **more)

    return add


@pytest.fixture
def found(as_admin: Outside, tmp_path: Path) -> Callable[..., list[str]]:
    """What `verify` finds, as sentences without what differs from run to run."""

    def check(**more: Any) -> list[str]:
        with as_admin():
            report = verify.check(*anchors.read(tmp_path / "log.jsonl"), **more)
        return [f"{one.what} {one.where} {one.first}-{one.last}" for one in report.faults]

    return check


def test_an_untouched_log_is_whole(acting: Acting, anchor: Any, found: Any) -> None:
    act(acting, 5)
    anchor()
    act(acting, 5)
    assert found() == []


NUMBER = "(select row_id from log_link where shard = 7 and seq = {})"


@pytest.mark.parametrize(
    ("statements", "faults"),
    [
        pytest.param(
            [f"update log_event set name = 'x' where id = {NUMBER.format(3)}"], ["changed chain 7 3-3"], id="a change"
        ),
        pytest.param(
            ["update log_event set person_id = gen_random_uuid()"], ["changed chain 7 1-6"], id="a change of them all"
        ),
        pytest.param([f"delete from log_event where id = {NUMBER.format(2)}"], ["row_gone chain 7 2-2"], id="a row"),
        pytest.param(
            [
                f"delete from log_event where id in ({NUMBER.format(2)}, {NUMBER.format(3)})",
                "delete from log_link where shard = 7 and seq in (2, 3)",
            ],
            ["gap chain 7 2-3", "changed chain 7 4-4"],
            id="a gap",
        ),
        pytest.param(
            ["delete from log_link where shard = 7 and seq = 6"],
            ["cut chain 7 6-6", "unlinked acts 1-1"],
            id="a link at the end",
        ),
        pytest.param(
            [
                "delete from log_event where id in (select row_id from log_link where shard = 7 and seq > 2)",
                "delete from log_link where shard = 7 and seq > 2",
            ],
            ["cut chain 7 3-6"],
            id="a cut end",
        ),
        pytest.param(["truncate log_event, log_link, log_accesslog"], ["cut chain 7 1-6"], id="everything"),
    ],
)
def test_what_is_done_to_it_is_found_where_it_was_done(
    acting: Acting, anchor: Any, tamper: Any, found: Any, statements: list[str], faults: list[str]
) -> None:
    act(acting, 6)
    anchor()
    tamper(*statements)
    assert found() == faults


def test_an_older_copy_that_was_gone_on_from_is_found(acting: Acting, anchor: Any, tamper: Any, found: Any) -> None:
    act(acting, 6)
    anchor()
    tamper(
        "delete from log_event where id in (select row_id from log_link where shard = 7 and seq > 2)",
        "delete from log_link where shard = 7 and seq > 2",
    )
    act(acting, 10)
    assert found() == ["other_history chain 7 6-6"]


def test_a_restore_that_says_so_is_no_fault_but_what_comes_after_it_is(
    acting: Acting, anchor: Any, tamper: Any, found: Any
) -> None:
    act(acting, 2)
    anchor()
    act(acting, 4)
    anchor()
    cut = (
        "delete from log_event where id in (select row_id from log_link where shard = 7 and seq > {})",
        "delete from log_link where shard = 7 and seq > {}",
    )
    tamper(*(statement.format(3) for statement in cut))
    assert found() == ["cut chain 7 4-6"]
    anchor(is_restore=True)
    act(acting, 9)
    assert found() == []
    tamper(*(statement.format(1) for statement in cut))
    assert found() == ["cut chain 7 2-3"]


def test_what_came_after_the_instant_that_was_restored_is_no_fault_and_what_came_before_is_held_to(
    acting: Acting, anchor: Any, as_admin: Outside, tamper: Any, tmp_path: Path
) -> None:
    def check(reached: datetime) -> tuple[list[str], int]:
        with as_admin():
            report, gone = verify.check_restored(*anchors.read(tmp_path / "log.jsonl"), reached=reached)
        return [f"{one.what} {one.where} {one.first}-{one.last}" for one in report.faults], gone

    act(acting, 4)
    anchor()
    reached = clock.now()
    act(acting, 2)
    anchor()
    assert check(clock.now()) == ([], 0)
    cut = "from log_link where shard = 7 and seq >"
    tamper(f"delete from log_event where id in (select row_id {cut} 4)", f"delete {cut} 4")
    assert check(reached) == ([], 2)
    assert check(clock.now()) == (["cut chain 7 5-6"], 2), "it says that it goes further than it does"
    tamper(f"delete from log_event where id in (select row_id {cut} 3)", f"delete {cut} 3")
    assert check(reached) == (["cut chain 7 4-4"], 3)
    (tmp_path / "log.jsonl").unlink()
    assert check(reached) == ([], 0), "the anchors are kept elsewhere"


def test_without_anchors_a_cut_end_cannot_be_seen_and_that_is_said(acting: Acting, tamper: Any, found: Any) -> None:
    act(acting, 3)
    tamper("delete from log_event", "delete from log_link where seq > 1", "update log_link set seq = 1")
    assert found() == ["row_gone chain 7 1-1", "no_anchors anchors 0-0"]


def test_from_a_day_on_what_lies_before_is_not_read(acting: Acting, anchor: Any, tamper: Any, found: Any) -> None:
    act(acting, 3)
    anchor()
    act(acting, 3)
    since = clock.now() + timedelta(seconds=1)
    assert found(since=since) == []
    tamper(f"update log_event set name = 'x' where id = {NUMBER.format(1)}")
    assert found(since=since) == []
    tamper(f"update log_event set name = 'x' where id = {NUMBER.format(5)}")
    assert found(since=since) == ["changed chain 7 5-5"]
    tamper("truncate log_event, log_link")
    assert found(since=since) == ["cut chain 7 3-3"]


# --- a new key -------------------------------------------------------------------------------------------------


@pytest.fixture
def new_key(settings: Any, tmp_path: Path) -> Iterator[Callable[[], None]]:
    """Give the logs a new key, in keysets of the test's own."""
    settings.KEYS_FOLDER, settings.KEK = tmp_path / "keys", secrets.token_urlsafe(32)
    keys.make_missing()
    yield lambda: keys.add_key(Keyset.LOG, use=True)
    keys._loaded.clear()


@pytest.fixture
def with_the_first_key(monkeypatch: pytest.MonkeyPatch) -> Outside:
    """As whoever has the old key would write, or a machine that does not have the new one yet."""

    @contextmanager
    def patch() -> Iterator[None]:
        with monkeypatch.context() as patched:
            patched.setattr(chain, "key", lambda label: chain.every_key(label)[0])
            yield

    return patch


def test_what_was_logged_before_a_new_key_and_after_it_is_whole(
    new_key: Callable[[], None], acting: Acting, anchor: Any, tamper: Any, found: Any
) -> None:
    act(acting, 3)
    anchor()
    for _time in range(2):
        new_key()
        act(acting, 3)
        anchor()
    assert found() == []
    assert found(since=clock.now() + timedelta(seconds=1)) == []
    tamper(f"update log_event set name = 'x' where id = {NUMBER.format(2)} or id = {NUMBER.format(8)}")
    assert found() == ["changed chain 7 2-2", "changed chain 7 8-8"]


def test_an_old_key_is_of_no_use_when_the_change_is_over(
    new_key: Callable[[], None], with_the_first_key: Outside, acting: Acting, anchor: Any, found: Any, travel: Any
) -> None:
    act(acting, 2)
    anchor()
    new_key()
    act(acting, 1)
    anchor()
    with with_the_first_key():
        act(acting, 1)  # a machine that does not have the file yet
        anchor()
    assert found() == [], "the change is not over"
    travel(clock.now() + anchors.CHANGE)
    anchor()
    with with_the_first_key():
        act(acting, 2)
    assert found() == ["old_key chain 7 5-6"]
    assert found(since=clock.now() + timedelta(days=1)) == ["old_key chain 7 5-6"]
    with with_the_first_key():
        anchor()
    assert found() == ["anchor anchors 5-5", "old_key chain 7 5-6"]


def test_whoever_has_an_old_key_and_a_chain_that_is_at_rest_can_add_nothing_to_it(
    new_key: Callable[[], None], with_the_first_key: Outside, acting: Acting, anchor: Any, found: Any, travel: Any
) -> None:
    """No link of this chain was made with the new key: only the anchors can tell."""
    act(acting, 2)
    new_key()
    anchor()
    travel(clock.now() + anchors.CHANGE)
    anchor()
    with with_the_first_key():
        act(acting, 1)
    assert found() == ["old_key chain 7 3-3"]


# --- the file of anchors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edit", "faults"),
    [
        pytest.param(lambda lines: [lines[0].replace('"number":1', '"number":9'), *lines[1:]], 1, id="a line changed"),
        pytest.param(lambda lines: [lines[0], lines[2]], 1, id="a line taken out"),
        pytest.param(lambda lines: lines[1:], 1, id="the first taken out"),
        pytest.param(lambda lines: [lines[0], lines[2], lines[1]], 2, id="two lines swapped"),
        pytest.param(lambda lines: [*lines, "{}"], 1, id="something else at the end"),
    ],
)
def test_anchors_show_what_was_done_to_them(
    acting: Acting, anchor: Any, tmp_path: Path, edit: Callable[[list[str]], list[str]], faults: int
) -> None:
    for _number in range(3):
        act(acting, 1)
        anchor()
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(edit(path.read_text().splitlines())) + "\n")
    _good, bad = anchors.read(path)
    assert len(bad) == faults


def test_no_anchor_is_added_to_a_file_that_has_been_changed(acting: Acting, anchor: Any, tmp_path: Path) -> None:
    act(acting, 1)
    anchor()
    path = tmp_path / "log.jsonl"
    path.write_text(path.read_text().replace('"number":1', '"number":2'))
    with pytest.raises(anchors.BadAnchor):
        anchor()


# --- the commands ------------------------------------------------------------------------------------------------


def test_the_commands_say_what_they_found(acting: Acting, as_admin: Outside, tamper: Any, tmp_path: Path) -> None:
    path = f"--anchors={tmp_path / 'log.jsonl'}"
    act(acting, 2)
    with as_admin():
        call_command("anchor_log", path, stdout=StringIO())
        said = StringIO()
        call_command("verify_log", path, stdout=said)
        assert said.getvalue().startswith("verify_log: 2 rows, 1 anchors, the last from ")
        assert said.getvalue().strip().endswith(", 0 faults")
    tamper("update log_event set name = 'x'")
    with as_admin():
        said = StringIO()
        with pytest.raises(CommandError) as failed:
            call_command("verify_log", path, "--json", stdout=said)
        assert failed.value.returncode == 2
        (fault,) = json.loads(said.getvalue())["faults"]
        assert (fault["where"], fault["first"], fault["last"]) == ("chain 7", 1, 2)
        assert fault["text"].startswith("chain 7, numbers 1 to 2: what stands there is not what was written.")
