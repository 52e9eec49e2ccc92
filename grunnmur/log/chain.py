"""The chain that holds the logs: each row's code covers the row, its place and the code before it. No database here.

The codes are HMAC-SHA-256 under a key that the database never holds: whoever can write in the database can neither
change a row, nor put one in, nor take one out, without the chain showing it. There are `SHARDS` chains, so that
people do not wait for each other; a row's chain follows from its child or its person, and is part of what is coded.

What is coded is a JSON array, written without spaces and with sorted keys, in UTF-8: the shard, the number in it, the
code before (hexadecimal, empty for the first) and the row's fields. Instants are whole microseconds since 1970 in
UTC, ids are in their usual form. `tests/log/test_chain.py` holds examples that other programs can be tried against.
"""

import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from grunnmur import keys
from grunnmur.log.models import AccessLog, Event

SHARDS = 16
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

LOOK_FIELDS = (
    *("id", "at", "person_id", "service_id", "role", "action", "children", "pathway_id", "asked_id"),
    *("kinds", "purpose", "ground", "allowed", "reason"),
)
EVENT_FIELDS = (
    *("id", "at", "name", "child_id", "pathway_id", "kind", "author_service_id", "person_id", "subject_id"),
    *("data", "once"),
)
"""The columns that are coded, in this order; a test sees to it that no column is left out."""

_to_json: Callable[[object], str] = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
).encode


def key(label: str) -> bytes:
    """The key in use of the program's, one for each use; from the keyset of the logs, and never in the database."""
    return keys.mac_key(label)


def every_key(label: str) -> list[bytes]:
    """That key and those before it, the oldest first."""
    return keys.mac_keys(label)


def shard_of(about: UUID) -> int:
    """The chain of what is about this child (an act) or by this person (a look)."""
    return about.int % SHARDS


def shard_of_row(row: Event | AccessLog) -> int:
    """The chain of one row. A look by nobody known goes where its own id says."""
    return shard_of(row.child_id if isinstance(row, Event) else (row.person_id or row.id))


def fields(row: Event | AccessLog) -> list[object]:
    """The row as it is coded, from the values that the program itself wrote."""
    names, kind = (EVENT_FIELDS, "event") if isinstance(row, Event) else (LOOK_FIELDS, "look")
    return [kind, *(_plain(getattr(row, name)) for name in names)]


def _plain(value: object) -> object:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return (value - EPOCH) // MICROSECOND
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value


def message(*, shard: int, seq: int, before: bytes, row: Sequence[object]) -> bytes:
    """What is coded: one encoding for one meaning."""
    return _to_json([shard, seq, before.hex(), row]).encode()


def link_code(secret: bytes, *, shard: int, seq: int, before: bytes, row: Sequence[object]) -> bytes:
    """The code of one link. `before` is the code of the link before it, empty for the first."""
    return hmac.digest(secret, message(shard=shard, seq=seq, before=before, row=row), "sha256")


def anchor_code(secret: bytes, content: Mapping[str, object]) -> str:
    """The code of one anchor, in hexadecimal, over everything else in it."""
    return hmac.digest(secret, _to_json(content).encode(), "sha256").hex()


def is_code(given: str, right: str) -> bool:
    """Whether two codes are the same, in time that tells nothing of where they differ."""
    return hmac.compare_digest(given.encode(), right.encode())
