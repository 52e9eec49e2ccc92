"""Make a database of the copies that «grunnmur backup» took, as it was at any instant, and check it.

Restores into an empty folder, and touches no database that runs. What was withdrawn since stays so.
"""

import argparse
import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from grunnmur import clock, installation, postgres
from grunnmur.backup import recover, seal, taken_back
from grunnmur.terminal import say


def main(arguments: list[str]) -> int:
    """Restore, check and tell. Returns the exit code. Raises NotReady."""
    parser = argparse.ArgumentParser(prog="grunnmur restore", description=__doc__)
    parser.add_argument("--from", dest="folder", type=Path, required=True, help="the folder with the copies")
    parser.add_argument("--key", type=Path, required=True, help="the key that opens, which was put away")
    parser.add_argument("--into", type=Path, required=True, help="an empty folder, PostgreSQL's own from now on")
    parser.add_argument(
        "--at", type=_instant, help="the instant to go back to, such as 2026-11-28T13:05; without it, the last there is"
    )
    parser.add_argument(
        "--anchors", type=Path, help="the file that «grunnmur anchor_log» wrote, to hold the log of what is restored to"
    )
    parser.add_argument("--json", action="store_true", help="the result as JSON on standard output")
    options = parser.parse_args(arguments)
    installation.must_have_secrets()
    key = seal.read_key(options.key)
    copy = recover.choose(options.folder, at=options.at)
    ledger = taken_back.of(options.folder, copy.system, key)
    listed = taken_back.read(ledger)
    with recover.recovered(copy, folder=options.folder, into=options.into.resolve(), at=options.at, key=key) as found:
        finished = _finish(found, listed, anchors=options.anchors)
        log = finished["log"]
        result = Result(
            copy=copy.label,
            wanted=options.at,
            last_change=found.reached,
            log_rows=log["links"],
            log_anchors=log["anchors"],
            log_rows_gone=log["gone"],
            taken_back_again=finished["taken_back"],
            taken_back_known_through=taken_back.known_through(ledger),
            faults=[*(one["text"] for one in log["faults"]), *_check(found.admin_url)],
        )
    _tell(result, into=options.into)
    if options.json:
        print(json.dumps(asdict(result), indent=1, default=str))  # noqa: T201
    return 1 if result.faults else 0


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a restore. The rows were compared before; a difference there leaves nothing to tell of."""

    copy: str
    wanted: datetime | None
    """The instant that was asked for; none for the last there is."""
    last_change: datetime | None
    """The instant of the last change that is in it; none when nothing was changed after the copy."""
    log_rows: int
    """Rows of the logs whose links were worked out again."""
    log_anchors: int
    """What the chains were held against; none when the file of anchors is not at hand."""
    log_rows_gone: int
    """Rows that were logged later, as far as the anchors tell: they are not in what was restored."""
    taken_back_again: dict[str, int]
    taken_back_known_through: datetime | None
    faults: list[str]
    """What is wrong with the log; why the program would not start on it, or nobody could log in."""


def _finish(found: recover.Recovered, listed: list[taken_back.Row], *, anchors: Path | None) -> dict[str, Any]:
    """Let the program itself verify the log, and take back again what was taken back since. Raises NotReady.

    Whatever the log says, what was taken back is: a fault is told of beside it.
    """
    reached = found.reached or found.copy.mark.at
    given = ["--anchors", str(anchors)] if anchors else []
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "grunnmur", "finish_restore", "--reached", reached.isoformat(), *given],
        env=os.environ | {"DATABASE_URL": found.admin_url},
        input=json.dumps(taken_back.last_of_each(listed)),
        text=True,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise postgres.NotReady(f"What was taken back since could not be taken back again: {done.stderr.strip()}")
    return dict(json.loads(done.stdout))


def _check(admin_url: str) -> list[str]:
    """Let the program itself see whether it can start on what was restored, and somebody can log in."""
    installation.set_mode()
    with psycopg.connect(admin_url) as admin:
        somebody = admin.execute(
            "select id from directory_membership where starts_on <= current_date"
            " and (ends_on is null or ends_on > current_date) order by starts_on limit 1"
        ).fetchone()
    membership = ["--membership", str(somebody[0])] if somebody else []
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "grunnmur", "check_restored", *membership],
        env=os.environ | {"DATABASE_URL": postgres.with_role(admin_url, user=postgres.APP)},
        text=True,
        capture_output=True,
        check=False,
    )
    return done.stdout.splitlines() or (done.stderr.splitlines() if done.returncode else [])


def _tell(result: Result, *, into: Path) -> None:
    """The result for the person at the terminal."""
    say(f"Restored to {into}, from the copy {result.copy}.")
    if result.last_change:
        say(f"The last change in it is from {result.last_change:%Y-%m-%d %H:%M:%S} UTC.")
    held = f", held against {result.log_anchors} anchors" if result.log_anchors else ""
    say(f"The log has {result.log_rows} rows, worked out again{held}.")
    if not result.log_anchors:
        say("No anchors were at hand: whether its end was cut off cannot be seen. Name their file with --anchors.")
    if result.log_rows_gone:
        say(f"At least {result.log_rows_gone} rows were logged later, and are not in it.")
    done = ", ".join(f"{times} × {what}" for what, times in result.taken_back_again.items() if times)
    say(f"Taken back again: {done or 'nothing; nothing had been taken back since'}.")
    if result.taken_back_known_through:
        say(f"What was taken back is known through {result.taken_back_known_through:%Y-%m-%d %H:%M:%S} UTC.")
    for fault in result.faults:
        say(f"FAULT: {fault}")


def _instant(text: str) -> datetime:
    """An instant that a person wrote, in Norway's time when nothing else is said."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"«{text}» is no instant. Write it as 2026-11-28T13:05.") from None
    return found if found.tzinfo else found.replace(tzinfo=clock.OSLO)
