"""Copy the database to a folder, sealed; with --follow also every change, as it happens, until it is stopped.

Runs on a machine of its own, which fetches: the program's own machine has no way to change or delete what is copied.
"""

import argparse
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from grunnmur import postgres
from grunnmur.backup import archive, changes, programs, seal, take, taken_back
from grunnmur.backup.programs import Programs
from grunnmur.postgres import NotReady
from grunnmur.terminal import say

HOUR = 60 * 60
DAY = 24 * HOUR


def main(arguments: list[str]) -> int:
    """Take a copy, and go on with the changes if told to. Returns the exit code. Raises NotReady."""
    parser = argparse.ArgumentParser(prog="grunnmur backup", description=__doc__)
    parser.add_argument("--to", type=Path, required=True, help="the folder for the copies")
    parser.add_argument("--key", type=Path, required=True, help="the key that seals, from «grunnmur make_backup_keys»")
    parser.add_argument(
        "--follow", action="store_true", help="go on with every change, and a new whole copy each day, until stopped"
    )
    options = parser.parse_args(arguments)
    key = seal.read_key(options.key)
    if key.opens:
        say("Use the other key here: this one opens the copies, and should not be on the copying machine.")
    url = os.environ.get("GRUNNMUR_BACKUP_URL") or postgres.in_database(postgres.start_embedded())
    if fault := postgres.in_the_clear(url):
        raise postgres.NotReady(fault)
    source = take.source(url)
    tools = programs.find(source.postgres, needs="pg_receivewal")
    with (
        archive.held(options.to, "backup"),
        changes.receiving(
            url, system=source.system, folder=options.to, key=key, tools=tools, keep_slot=options.follow
        ) as receiver,
    ):
        stopped = _when_stopped()
        ledger = taken_back.of(options.to, source.system, key)

        def copy() -> None:
            _copy(source, folder=options.to, key=key, tools=tools, receiver=receiver)

        ledger.add_new(url)
        copy()
        if options.follow:
            _follow(stopped, copy=copy, fetch=lambda: ledger.add_new(url))
    return 0


def _copy(source: take.Source, *, folder: Path, key: seal.Key, tools: Programs, receiver: changes.Receiver) -> None:
    copy = take.take(source, folder=folder, key=key, tools=tools, receiver=receiver)
    say(
        f"Copied: {copy.label}. The database can be restored as it was at {copy.mark.at:%Y-%m-%d %H:%M:%S} UTC, or at"
        " any instant after that which the changes reach."
    )


def _follow(stopped: threading.Event, *, copy: Callable[[], None], fetch: Callable[[], None]) -> None:
    """Go on until stopped. A copy that could not be taken today is tried again in an hour."""
    say("Following the changes. Stop with Ctrl+C.")
    next_copy = time.monotonic() + DAY
    is_away = False
    while not stopped.wait(taken_back.EVERY):
        try:
            fetch()
            is_away = False
        except psycopg.OperationalError:
            if not is_away:
                say("The database cannot be asked what was taken back. Trying again.")
            is_away = True
        if time.monotonic() > next_copy:
            try:
                copy()
                next_copy = time.monotonic() + DAY
            except NotReady as reason:
                say(str(reason))
                next_copy = time.monotonic() + HOUR


def _when_stopped() -> threading.Event:
    """Set when somebody ends us; what has come is sealed before we go."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    return stopped
