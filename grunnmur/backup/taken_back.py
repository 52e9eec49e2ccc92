"""What was taken back, kept beside the copies: consents withdrawn, restrictions, ended sight and roles, deletions.

A copy from before a withdrawal knows nothing of it. So the copying machine also fetches the list that the database
itself gives (`sec.taken_back`), and adds what is new in it to files that are sealed like everything else; each is
bound to the one before, so that none can be left out or exchanged. A restore hands the whole list back to the
database, which takes it all back again (`sec.take_back`).
"""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from grunnmur.backup import seal
from grunnmur.backup.archive import SEALED
from grunnmur.backup.seal import Damaged, Key

Row = tuple[str, str, str]
"""What it is, the id of its row, and the facts as JSON."""
EVERY = 5
"""Seconds between each time the list is fetched."""


@dataclass(slots=True)
class Ledger:
    """The files of one database, and what this process has added to them."""

    folder: Path
    system: str
    key: Key
    _added: set[Row] = field(default_factory=set)

    def add_new(self, url: str) -> None:
        """Add what the database has taken back since the last time; the first time, everything there is."""
        through = datetime.now(UTC)
        self.add(_fetch(url))
        (self.folder / "through").write_text(through.isoformat())

    def add(self, rows: list[Row]) -> None:
        """Add those that this process has not added before, if any, as one more piece."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = [row for row in rows if row not in self._added]
        if new:
            files = _files(self.folder)
            number = len(files) + 1
            about = _about(self.system, number, files[-1] if files else None)
            seal.write([json.dumps(new).encode()], self.folder / f"{number:08}{SEALED}", key=self.key, about=about)
            self._added.update(new)


def of(folder: Path, system: str, key: Key) -> Ledger:
    """The ledger of one database in a folder of copies."""
    return Ledger(folder / "withdrawn" / system, system, key)


def read(ledger: Ledger) -> list[Row]:
    """Everything that was ever taken back, in the order it came. Raises Damaged."""
    rows: list[Row] = []
    before: Path | None = None
    for number, path in enumerate(_files(ledger.folder), start=1):
        if path.name != f"{number:08}{SEALED}":
            raise Damaged(f"A piece of what was taken back is missing: {number:08}{SEALED} in {ledger.folder}.")
        about = _about(ledger.system, number, before)
        rows += [tuple(row) for row in json.loads(b"".join(seal.read(path, key=ledger.key, about=about)))]
        before = path
    return rows


def known_through(ledger: Ledger) -> datetime | None:
    """Until when the list is whole; none when it was never fetched."""
    try:
        return datetime.fromisoformat((ledger.folder / "through").read_text())
    except (FileNotFoundError, ValueError):
        return None


def last_of_each(rows: list[Row]) -> list[dict[str, Any]]:
    """The list as `sec.take_back` takes it: of several times about one row, the last."""
    last = {(what, row): facts for what, row, facts in rows}
    return [{"what": what, "row": row, "facts": json.loads(facts)} for (what, row), facts in last.items()]


def _fetch(url: str) -> list[Row]:
    with psycopg.connect(url, autocommit=True) as connection:
        if not _has_list(connection):
            return []
        return connection.execute("select what, row::text, facts::text from sec.taken_back").fetchall()


def _has_list(connection: psycopg.Connection[Any]) -> bool:
    """Whether the database is one of Grunnmur's that has been migrated."""
    return connection.execute("select to_regclass('sec.taken_back') is not null").fetchone() == (True,)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob(f"*{SEALED}") if re.fullmatch(r"\d{8}", path.name.removesuffix(SEALED)))


def _about(system: str, number: int, before: Path | None) -> str:
    return f"taken back|{system}|{number}|{seal.sha256(before) if before else 'the first'}"
