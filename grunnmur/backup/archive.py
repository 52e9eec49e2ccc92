"""The folder where copies are kept.

    copies/2026-11-28T014500Z/   one whole copy: copy.json (what it is), base.sealed, tables.sealed (its fingerprint)
    changes/SYSTEM/              every change: the write-ahead log's segments, sealed, by the database's own number
    withdrawn/SYSTEM/            what was taken back, and stays so whatever is restored (`taken_back`)

File names and copy.json hold instants, versions and sizes, and nothing about anybody.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path

from grunnmur.backup import fingerprint, seal
from grunnmur.backup.seal import Damaged, Key
from grunnmur.postgres import NotReady

FORMAT = 1
SEGMENT = re.compile(r"[0-9A-F]{24}")
HISTORY = re.compile(r"[0-9A-F]{8}\.history")
SEALED = ".sealed"
PARTIAL = ".partial"


@dataclass(frozen=True, slots=True)
class Copy:
    """One whole copy, and the mark right after it from which any later instant can be reached."""

    label: str
    system: str
    """The database's own number, which a restored database keeps."""
    postgres: int
    """PostgreSQL's major version."""
    program: str
    """The version of Grunnmur."""
    database: str
    mark: fingerprint.Mark
    bytes: int
    base_sha256: str
    format: int = FORMAT

    def about_tables(self) -> str:
        """What the fingerprint is sealed as: beside a copy.json that was changed it does not open."""
        return f"tables|{json.dumps(_as_json(self), sort_keys=True)}"


def about_base(system: str, label: str) -> str:
    """What the files of a copy are sealed as."""
    return f"base|{system}|{label}"


def copies_in(folder: Path) -> list[Copy]:
    """Every whole copy, the oldest first. Raises NotReady, Damaged."""
    if not folder.is_dir():
        raise NotReady(f"There is no folder {folder}.")
    found = [_read_copy(path) for path in sorted((folder / "copies").glob("*/copy.json"))]
    return sorted(found, key=lambda copy: copy.mark.at)


def _read_copy(path: Path) -> Copy:
    try:
        found = json.loads(path.read_text())
        if found["format"] != FORMAT:
            raise Damaged(f"{path} was written by another version of Grunnmur, {found['program']}. Use that one.")
        mark = found.pop("mark")
        return Copy(**found, mark=fingerprint.Mark(mark["name"], mark["lsn"], datetime.fromisoformat(mark["at"])))
    except (ValueError, KeyError, TypeError) as fault:
        raise Damaged(f"{path} is damaged: it does not say which copy it is.") from fault


def _as_json(copy: Copy) -> dict[str, object]:
    found = asdict(copy)
    found["mark"]["at"] = copy.mark.at.isoformat()
    return found


def folder_of(folder: Path, copy: Copy) -> Path:
    return folder / "copies" / copy.label


def write_copy(folder: Path, copy: Copy, tables: dict[str, fingerprint.Table], *, making: Path, key: Key) -> None:
    """Give a copy that was taken in the folder `making` its name, whole or not at all."""
    text = json.dumps({name: asdict(table) for name, table in tables.items()}).encode()
    seal.write([text], making / f"tables{SEALED}", key=key, about=copy.about_tables())
    (making / "copy.json").write_text(json.dumps(_as_json(copy), indent=1))
    seal.keep_on_disk(making / "copy.json")
    making.replace(folder_of(folder, copy))
    seal.keep_on_disk(folder / "copies")


def read_tables(folder: Path, copy: Copy, *, key: Key) -> dict[str, fingerprint.Table]:
    """The fingerprint of a copy. Raises Damaged."""
    path = folder_of(folder, copy) / f"tables{SEALED}"
    text = b"".join(seal.read(path, key=key, about=copy.about_tables()))
    return {name: fingerprint.Table(**table) for name, table in json.loads(text).items()}


# --- changes -----------------------------------------------------------------------------------------------


def changes_of(folder: Path, system: str) -> Path:
    """Where the changes of one database are kept."""
    return folder / "changes" / system


def about_change(system: str, name: str) -> str:
    return f"change|{system}|{name}"


def changes_from(folder: Path, system: str, *, first: str, segment_bytes: int, to_the_end: bool) -> list[str]:
    """The names of the segments and histories to recover with, from a copy's first segment on, without a gap.

    Raises NotReady when one is missing in between and everything is wanted `to_the_end`; otherwise what comes after
    a gap is left out, and PostgreSQL says whether the rest reaches the instant that is wanted.
    """
    names = {path.name.removesuffix(SEALED) for path in changes_of(folder, system).glob(f"*{SEALED}")}
    whole = {name for name in names if SEGMENT.fullmatch(name)}
    begun = {name for name in names if name.removesuffix(PARTIAL) not in whole and SEGMENT.fullmatch(name[:24])}
    start = number(first, segment_bytes)
    numbers = {name: number(name, segment_bytes) for name in whole | begun}
    there = {one for one in numbers.values() if one >= start}
    end = start
    while end in there:
        end += 1
    if end == start:
        raise NotReady(f"The changes that belong to the copy itself are missing, from {first} on. Choose another copy.")
    if to_the_end and there and end <= max(there):
        raise NotReady(
            f"The changes have a gap: piece {end} is missing, of {start} to {max(there)}. Find it on another medium,"
            " or restore to an instant before the gap with --at."
        )
    needed = sorted(name for name, one in numbers.items() if start <= one < end)
    return [*needed, *sorted(name for name in names if HISTORY.fullmatch(name))]


def number(segment: str, segment_bytes: int) -> int:
    """A segment's number in the stream, whatever the timeline. Its name is timeline, high and low part, in hex."""
    return int(segment[8:16], 16) * (0x1_0000_0000 // segment_bytes) + int(segment[16:24], 16)


# --- one at a time -----------------------------------------------------------------------------------------


@contextmanager
def held(folder: Path, what: str) -> Iterator[None]:
    """Hold the folder for one kind of work. Raises NotReady when another process does that work in it now."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = (folder / f".{what}").open("w")
    except OSError as fault:
        raise NotReady(f"The copies cannot be kept in {folder}: {fault.strerror}.") from fault
    with file:
        try:
            flock(file, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            raise NotReady(f"Another «grunnmur backup» is at work in {folder}.") from None
        yield
