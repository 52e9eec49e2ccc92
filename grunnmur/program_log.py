"""The program's own log: what broke and where in the code, and nothing of whom it was about.

A fault's message can hold whatever somebody typed, and an address holds whose case it is. So only what stands in the
source code is written: names of loggers, of routes, of kinds of faults, and places in files. Each record is one line
with one JSON object (RFC 8259), whose fields are named here and nowhere else.
"""

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

OURS = Path(__file__).resolve().parents[1]
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
"""What would begin a line of its own, or tell a terminal what to do: a line is always one record's."""


FIELDS = ("at", "level", "from", "says", "route", "status", "fault", "act", "reason", "role", "who", "row", "lost")
"""Every field there is: when in UTC, how bad, which part of the program says it, what it says, on which route, with
which status, and where it broke. The last six are for what is told to a receiver of logs (docs/reference/logs.md).
"""


class Formatter(logging.Formatter):
    """One JSON object on one line for a record; a field with nothing in it is left out."""

    def format(self, record: logging.LogRecord) -> str:
        said = fields(record)
        return json.dumps({name: said[name] for name in FIELDS if said.get(name)}, ensure_ascii=False)


class AtMost(logging.Filter):
    """Lets so many warnings through in a minute, and says in the next how many it held back: whoever sends rubbish
    again and again must not fill a disk.
    """

    def __init__(self, most: int = 60) -> None:
        super().__init__()
        self.most, self.minute, self.count = most, 0, 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a record is written; what is no warning always is."""
        if record.levelno < logging.WARNING:
            return True
        minute = int(record.created // 60)
        if minute != self.minute:
            held_back, self.minute, self.count = max(self.count - self.most, 0), minute, 0
            record.told = {**getattr(record, "told", {}), "lost": held_back}
        self.count += 1
        return self.count <= self.most


def fields(record: logging.LogRecord) -> dict[str, str | int]:
    """What is written of a record. What a record is given as `told` is dropped unless it is one of the fields."""
    route = getattr(getattr(record, "request", None), "resolver_match", None)
    status = getattr(record, "status_code", None)
    fault = record.exc_info[1] if record.exc_info and (status is None or status >= 500) else None
    found = {
        **getattr(record, "told", {}),
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "from": record.name,
        "says": _text(record),
        "route": getattr(route, "url_name", None) or "",
        "status": status,
        "fault": describe(fault) if fault is not None else "",
    }
    return {name: UNPRINTABLE.sub(" ", value) if isinstance(value, str) else value for name, value in found.items()}


def _text(record: logging.LogRecord) -> str:
    """What the record says: our own words whole, and of others' only a sentence that is filled in afterwards."""
    if record.name.partition(".")[0] == "grunnmur":
        return record.getMessage()
    if record.args and isinstance(record.msg, str):
        return record.msg
    return f"({record.filename}:{record.lineno})"


def describe(fault: BaseException) -> str:
    """The kinds of a fault and of those behind it, each with the calls that led to it, innermost first."""
    said: list[str] = []
    behind: BaseException | None = fault
    while behind is not None and len(said) < 5:
        said.append(f"{type(behind).__qualname__} at {_places(behind.__traceback__)}")
        behind = behind.__cause__ or behind.__context__
    return " because of ".join(said)


def _places(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)[-8:]
    return " < ".join(f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in reversed(frames))


def _short(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(OURS)) if path.is_relative_to(OURS) else "/".join(path.parts[-2:])
