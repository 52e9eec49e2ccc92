"""Copies of what was played, each with its own child, family, municipality, people, days and words.

A copy is the rows of a play up to a stage, with new ids, moved by whole weeks so that weekdays stay, and with every
service and person replaced by the one of the same kind where the copy lives. Nothing else changes, so a copy is a case
that the real acts could have made.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

from django.db import connection

from demo.plays import Played
from demo.recording import Row, Stage, Table
from demo.texts import fill
from grunnmur import clock

ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NEVER = 9000
"""The year from which a date stands for «no one has ended it»."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One case to be made: which play, how far, and who and where it is about."""

    id: UUID
    played: Played
    stage: Stage
    stops_on: date
    """The day that the stage's last act is moved to, or the nearest day before it with the same weekday."""
    born_on: date
    cast: Mapping[UUID, UUID]
    """Each service and person of the play → the one in the copy."""
    said: Mapping[str, str]
    child: Row
    """What the child is registered with: `national_id`, `sex` and `journal_number`."""

    @property
    def shift(self) -> timedelta:
        days = (self.stops_on - self.stage.at.astimezone(clock.OSLO).date()).days
        return timedelta(days=days // 7 * 7)

    def rows(self) -> Iterator[tuple[Table, list[Row]]]:
        """The copy's rows, table by table."""
        known = dict(self.cast)
        tables = list(self.played.recording.until(self.stage))
        number = 0
        for _table, rows in tables:
            for row in rows:
                for value in row.values():
                    if isinstance(value, UUID) and value not in known:
                        known[value] = uuid5(self.id, str(number))
                        number += 1
        for table, rows in tables:
            copied = [{column: self._moved(value, known) for column, value in row.items()} for row in rows]
            if table.name == "cases_child":
                copied = [row | self.child for row in copied]
            if table.name == "cases_nationalfile":
                # No two services were sent the same bytes.
                copied = [row | {"sha256": sha256(self.id.bytes).hexdigest()} for row in copied]
            yield table, copied

    def _moved(self, value: Any, known: Mapping[UUID, UUID]) -> Any:
        """One value as it is in the copy."""
        if isinstance(value, UUID):
            return known[value]
        if isinstance(value, datetime):
            return value if value.year >= NEVER else _moved_instant(value, self.shift)
        if isinstance(value, date):
            if value == self.played.recording.born_on:
                return self.born_on
            return value if value.year >= NEVER else value + self.shift
        if isinstance(value, list):
            return [self._moved(item, known) for item in value]
        if isinstance(value, str):
            return self._said(value, known)
        return value

    def _said(self, text: str, known: Mapping[UUID, UUID]) -> str:
        """A text with its lines filled in; ids in an event's data are replaced too."""
        if text.startswith("{"):
            return ID.sub(lambda found: str(known.get(UUID(found[0]), found[0])), text)
        return fill(text, self.said)


def _moved_instant(value: datetime, shift: timedelta) -> datetime:
    """The same time of the day, in Norway, some days away."""
    local = value.astimezone(clock.OSLO).replace(tzinfo=None) + shift
    return local.replace(tzinfo=clock.OSLO)


class Pile:
    """Rows to be written together, table by table."""

    def __init__(self) -> None:
        self._rows: dict[Table, list[Row]] = defaultdict(list)

    def add(self, copy: Copy) -> None:
        for table, rows in copy.rows():
            self._rows[table] += rows

    def write(self) -> int:
        """Write them all. Returns how many rows that was."""
        written = 0
        with connection.cursor() as cursor:
            for table, rows in self._rows.items():
                columns = ", ".join(f'"{column}"' for column in table.columns)
                with cursor.copy(f"copy {table.name} ({columns}) from stdin") as into:
                    for row in map(table.sealed, rows):
                        into.write_row([row[column] for column in table.columns])
                written += len(rows)
            # What follows looks up each case; without numbers about the fresh rows every look-up would read them all.
            cursor.execute("analyze " + ", ".join(table.name for table in self._rows))
        return written
