"""The program's own log: what broke and where in the code, and nothing of whom it was about.

A fault's message can hold whatever somebody typed, and an address holds whose case it is. So only what stands in the
source code is written: names of loggers, of routes, of kinds of faults, and places in files.
"""

import logging
import re
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

OURS = Path(__file__).resolve().parents[1]
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
"""What would begin a line of its own, or tell a terminal what to do: a line is always one record's."""


class Formatter(logging.Formatter):
    """One line a record: when in UTC, how bad, who says it, what it says, on which route, and where it broke."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        parts = [at, record.levelname, record.name, _text(record)]
        route = getattr(getattr(record, "request", None), "resolver_match", None)
        if route is not None:
            parts.append(f"route={route.url_name}")
        status = getattr(record, "status_code", None)
        if status is not None:
            parts.append(f"status={status}")
        if record.exc_info and record.exc_info[1] is not None and (status is None or status >= 500):
            parts.append(describe(record.exc_info[1]))
        return UNPRINTABLE.sub(" ", " ".join(parts))


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
