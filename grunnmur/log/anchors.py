"""Anchors: where every chain stood at an instant, kept outside the database.

A chain alone cannot tell that its end has been cut off, or that the whole database is an older copy of itself. An
anchor can: each is one line in a file that is only ever added to, in a place that whoever runs the database cannot
write to (another machine, or storage that forbids change). Each anchor carries a code of its own and names the one
before it, so a line changed, put in or taken out shows too.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from grunnmur.log import chain

Heads = Mapping[int, tuple[int, bytes]]
"""For each chain the number and code of its last link; a chain with nothing in it is left out."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where every chain stood at an instant."""

    number: int
    at: datetime
    heads: Heads
    is_restore: bool
    """Made by a restore: what was linked after the backup is known to be gone, and this is where the chains go on."""
    before: str
    """The code of the anchor before it, empty for the first."""
    code: str
    key: int = 0
    """Which of the program's keys made the code, the oldest being 0. Found by trying them; not in the file."""

    def line(self) -> str:
        """The anchor as its line in the file."""
        return json.dumps(self.content() | {"code": self.code}, separators=(",", ":"))

    def content(self) -> dict[str, object]:
        """Everything that its code covers."""
        return {
            "number": self.number,
            "at": self.at.isoformat(),
            "heads": [[shard, seq, code.hex()] for shard, (seq, code) in sorted(self.heads.items())],
            "restore": self.is_restore,
            "before": self.before,
        }


def add(path: Path, *, heads: Heads, at: datetime, is_restore: bool = False) -> Anchor:
    """Write one anchor at the end of the file, and do not return before it is on the disk.

    Raises OSError, and BadAnchor when the file does not end with a whole anchor.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    last = _last(path)
    draft = Anchor(
        number=last.number + 1 if last else 1,
        at=at,
        heads=heads,
        is_restore=is_restore,
        before=last.code if last else "",
        code="",
    )
    anchor = replace(draft, code=chain.anchor_code(chain.key("anchor"), draft.content()))
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640), "a") as file:
        file.write(anchor.line() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return anchor


CHANGE = timedelta(hours=1)
"""How long it may take until every machine has the file with a new key: our own choice."""


@dataclass(slots=True)
class InUse:
    """Which keys may still be in use, as the anchors tell it one after the other: they are what has a trusted time.

    From the first anchor that is made with a new key as long after the first one as a change may take, nothing is made
    with those before it. Whoever has an old key can then add nothing.
    """

    oldest: int = 0
    first: dict[int, datetime] = field(default_factory=dict)

    def see(self, anchor: Anchor) -> None:
        began = self.first.setdefault(anchor.key, anchor.at)
        if anchor.key > self.oldest and anchor.at >= began + CHANGE:
            self.oldest = anchor.key


class BadAnchor(Exception):
    """A line of the file is not an anchor of ours, or not where it should be. Says which line, and why."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line = line
        self.why = why


def read(path: Path) -> tuple[list[Anchor], list[BadAnchor]]:
    """Every anchor of the file that is as it was written, and what is wrong with the others."""
    anchors: list[Anchor] = []
    faults: list[BadAnchor] = []
    expected: Anchor | None = None
    in_use = InUse()
    for number, line in enumerate(path.read_text().splitlines() if path.exists() else (), 1):
        try:
            anchor = parse(line, number=number)
        except BadAnchor as fault:
            faults.append(fault)
            expected = None
            continue
        if anchor.key < in_use.oldest:
            faults.append(BadAnchor(number, "was made with a key that had been replaced"))
            expected = None
            continue
        in_use.see(anchor)
        if anchors or faults:
            follows = expected is not None and (anchor.number, anchor.before) == (expected.number + 1, expected.code)
            if not follows and expected is not None:
                faults.append(BadAnchor(number, "does not follow the one before it; some have been taken out or moved"))
        elif anchor.number != 1:
            faults.append(BadAnchor(number, "the file does not begin with the first anchor"))
        anchors.append(anchor)
        expected = anchor
    return anchors, faults


def parse(line: str, *, number: int) -> Anchor:
    """One line of the file. Raises BadAnchor."""
    try:
        given = json.loads(line)
        anchor = Anchor(
            number=given["number"],
            at=datetime.fromisoformat(given["at"]),
            heads={shard: (seq, bytes.fromhex(code)) for shard, seq, code in given["heads"]},
            is_restore=given["restore"],
            before=given["before"],
            code=given["code"],
        )
    except (ValueError, KeyError, TypeError):
        raise BadAnchor(number, "is not an anchor") from None
    for key, secret in enumerate(chain.every_key("anchor")):
        if chain.is_code(anchor.code, chain.anchor_code(secret, anchor.content())):
            return replace(anchor, key=key)
    raise BadAnchor(number, "has been changed, or was made with another key")


def _last(path: Path) -> Anchor | None:
    """The last anchor of the file, read from its end. Raises BadAnchor."""
    if not path.exists() or not path.stat().st_size:
        return None
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 16_384))
        *_others, line = file.read().splitlines()
    return parse(line.decode(), number=-1)


def keys_after(anchors: Iterable[Anchor]) -> Iterator[tuple[Anchor, int]]:
    """Each anchor after which keys older than one are in use no more, and that one."""
    in_use, before = InUse(), 0
    for anchor in anchors:
        in_use.see(anchor)
        if in_use.oldest > before:
            before = in_use.oldest
            yield anchor, before


def newest(anchors: Iterable[Anchor], *, before: datetime) -> Anchor | None:
    """The last anchor made before an instant."""
    return max((one for one in anchors if one.at < before), key=lambda one: one.number, default=None)
