"""Changing keys while people work: a new key, every value sealed anew in small batches, and then the old key away.

Each batch is a transaction of its own. Stopped anywhere, also by being killed, every row is sealed with the old key or
the new one, and the keyset opens both; run again, it goes on with what is left.

This runs as the role that owns the tables, which no request does. The policies let that role read the rows and write
them (`row_security`), and here it writes sealed values over sealed values and nothing else.
"""

import time
from collections.abc import Callable, Iterator
from typing import cast
from uuid import UUID

from django.db import connection, transaction

from grunnmur import keys
from grunnmur.encrypted import Encrypted, KeyedIndex, encrypted_columns, keyed_indexes
from grunnmur.keys import Keyset

BATCH = 500
"""Rows in one transaction at the most; a column of files has fewer (`Encrypted.at_once`)."""
SETTLE = 60.0
"""Seconds between a new key for an index and the first changed row: longer than any request that began before."""

Say = Callable[[str], None]
Column = Encrypted | KeyedIndex
Change = tuple[UUID, bytes, bytes]
"""A row's key, the value as it is, and as it is to be."""


class CannotRotate(Exception):
    """The keyset cannot be changed in this way now; says why, and what to do."""


def rotate(keyset: Keyset, *, say: Say, batch: int = BATCH, settle: float = SETTLE) -> int:
    """Seal every value of a keyset with a new key, and say how many. Goes on where an earlier run was stopped.

    The logs are never coded anew: what was logged before is verified with the key of its time.
    """
    columns = columns_of(keyset)
    if keys.count(keyset) == 1 or (keyset is Keyset.LOG and keys.uses_newest(keyset)):
        keys.add_key(keyset, use=True)
    else:
        keys.use_newest(keyset)
    _remember(keyset)
    if columns and not keyset.seals:
        say(f"{keyset}: a new key is in use. Waiting {settle:.0f} seconds for requests that began before.")
        time.sleep(settle)
    changed = 0
    for column in columns:
        size = min(batch, _at_once(column))
        while found := sum(_write(column, some) for some in _batches(_stale(column), size)):
            changed += found
            say(f"{keyset}: {changed} values changed.")
    return changed


def retire(keyset: Keyset) -> int:
    """Throw the old keys of a keyset away, and say how many. Nothing is left that only they open.

    Raises CannotRotate while a value is left, and for the logs'. Writers of the tables wait while it looks.
    """
    if keyset is Keyset.LOG:
        raise CannotRotate("The old keys of the logs are kept: what was logged before is verified with them.")
    columns = columns_of(keyset)
    with transaction.atomic():
        with connection.cursor() as cursor:
            for table in sorted({column.model._meta.db_table for column in columns}):
                cursor.execute(f"lock table {table} in share mode")
        left = sum(1 for column in columns for _change in _stale(column))
        if left or not keys.knows(keyset, _remembered(keyset)):
            raise CannotRotate(
                f"{left} values of «{keyset}» are not yet changed. Run «grunnmur rotate_keys {keyset}» first."
            )
        return keys.retire_old(keyset)


def columns_of(keyset: Keyset) -> list[Column]:
    """The columns that a keyset is for; none for the logs'."""
    if keyset is Keyset.NATIONAL_ID_INDEX:
        return list(keyed_indexes())
    return [column for column in encrypted_columns() if column.keyset is keyset]


def _stale(column: Column) -> Iterator[Change]:
    """The rows of a column that do not have what the key in use gives, in the order of their keys."""
    table, key = column.model._meta.db_table, column.model._meta.pk.column
    wanted = [column.column] if isinstance(column, Encrypted) else [column.column, *_sources(column)]
    where = f'"{column.column}" is not null'
    parameters: list[bytes] = []
    if isinstance(column, Encrypted):
        where += f' and substring("{column.column}" for {keys.PREFIX_BYTES}) <> %s'
        parameters.append(keys.prefix(column.keyset))
    names = ", ".join(f'"{name}"' for name in (key, *wanted))
    after = UUID(int=0)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f'select {names} from {table} where {where} and "{key}" > %s order by "{key}" limit {_at_once(column)}',
                [*parameters, after],
            )
            rows = cursor.fetchall()
        for row in rows:
            new = _changed(column, *row)
            if new != bytes(row[1]):
                yield row[0], bytes(row[1]), new
        if len(rows) < _at_once(column):
            return
        after = rows[-1][0]


def _at_once(column: Column) -> int:
    return column.at_once if isinstance(column, Encrypted) else BATCH


def _changed(column: Column, key: UUID, value: bytes, *sources: object) -> bytes:
    if isinstance(column, Encrypted):
        return column.seal(column.open(value, of=key), of=key)
    sealed, within = sources
    plain = _source(column).open(cast(bytes, sealed), of=key)
    return column.codes(plain, within=cast(UUID, within))[0]


def _source(column: KeyedIndex) -> Encrypted:
    return cast(Encrypted, column.model._meta.get_field(column.of))


def _sources(column: KeyedIndex) -> list[str]:
    return [str(_source(column).column), column.within]


def _batches(changes: Iterator[Change], size: int) -> Iterator[list[Change]]:
    some: list[Change] = []
    for change in changes:
        some.append(change)
        if len(some) == size:
            yield some
            some = []
    if some:
        yield some


def _write(column: Column, changes: list[Change]) -> int:
    """Write one batch, but not over what somebody else has changed meanwhile. Returns how many rows that was."""
    table, key = column.model._meta.db_table, column.model._meta.pk.column
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f'update {table} t set "{column.column}" = c.new'
            " from unnest(%s::uuid[], %s::bytea[], %s::bytea[]) as c (id, old, new)"
            f' where t."{key}" = c.id and t."{column.column}" = c.old',
            [list(part) for part in zip(*changes, strict=True)],
        )
        return int(cursor.rowcount)


def _remember(keyset: Keyset) -> None:
    """Let the database know the new key before anything is sealed with it."""
    with connection.cursor() as cursor:
        cursor.execute("update sec.key_check set value = %s where keyset = %s", [keys.check_value(keyset), keyset])


def _remembered(keyset: Keyset) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("select value from sec.key_check where keyset = %s", [keyset])
        return bytes(cursor.fetchone()[0])
