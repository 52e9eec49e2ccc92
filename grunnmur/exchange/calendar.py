"""A meeting as a calendar entry (RFC 5545): when it is, and nothing of whom or what it is about.

An entry lies in calendars that colleagues, phones and secretaries read, so that of a meeting about a child says «Møte»
and where to read the rest: no place, no participants, no organiser. A network's gathering, which is about no child,
says where and what too. Moving a meeting gives the same entry with a higher number, so that a calendar program moves
it; calling it off takes it away. It is published and asks for no answer by mail, which nobody would read.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from icalendar import Calendar, Event

LASTS = timedelta(hours=1)
"""No source says how long a meeting is, and nobody writes it down; our own choice."""
NAME = "mote.ics"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a calendar is told of a meeting."""

    uid: UUID
    """The same however often it is moved."""
    number: int
    """How many times it has been moved or called off."""
    starts_at: datetime
    is_off: bool
    changed_at: datetime
    lasts: timedelta | None = LASTS
    """None for one that nobody has said the end of, and that may take a day."""


def write(entry: Entry, *, title: str, page: str = "", place: str = "", about: str = "") -> bytes:
    """The file. `page` is where the meeting is read, by those who may; what is empty is not said."""
    calendar = Calendar()
    calendar.add("prodid", "-//Grunnmur//NB")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if entry.is_off else "PUBLISH")
    event = Event()
    event.add("uid", str(entry.uid))
    event.add("sequence", entry.number)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("dtstart", entry.starts_at.astimezone(UTC))
    if entry.lasts:
        event.add("dtend", (entry.starts_at + entry.lasts).astimezone(UTC))
    event.add("summary", title)
    for name, said in (("url", page), ("location", place), ("description", about)):
        if said:
            event.add(name, said)
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if entry.is_off else "CONFIRMED")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
