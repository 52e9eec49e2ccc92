"""A meeting in a calendar: read back by a real calendar's parser, moved and called off, and empty of secrets."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from grunnmur import clock
from grunnmur.cases.actions import meetings
from grunnmur.cases.models import Child
from grunnmur.exchange import calendar
from grunnmur.exchange.calendar import Entry
from tests import together
from tests.web.reading import form_of, page, text

Acting = Callable[[str], AbstractContextManager[Any]]
OSLO = ZoneInfo("Europe/Oslo")
PAGE = "https://grunnmur.example/forlop/x/moter/"


def entry(**more: Any) -> Entry:
    at = datetime(2026, 12, 3, 14, tzinfo=OSLO)
    return Entry(**{"uid": uuid.UUID(int=7), "number": 0, "starts_at": at, "is_off": False, "changed_at": at, **more})


def read(file: bytes) -> Any:
    [event] = Calendar.from_ical(file).walk("VEVENT")
    return event


@pytest.mark.parametrize(
    ("starts_at", "in_utc"),
    [
        (datetime(2026, 10, 24, 14, tzinfo=OSLO), datetime(2026, 10, 24, 12, tzinfo=UTC)),
        (datetime(2026, 10, 26, 14, tzinfo=OSLO), datetime(2026, 10, 26, 13, tzinfo=UTC)),
        (datetime(2027, 3, 29, 9, tzinfo=OSLO), datetime(2027, 3, 29, 7, tzinfo=UTC)),
    ],
    ids=["before the clock changes", "after", "in spring"],
)
def test_the_hour_is_the_same_in_norway_on_both_sides_of_the_change_of_clock(
    starts_at: datetime, in_utc: datetime
) -> None:
    event = read(calendar.write(entry(starts_at=starts_at), title="Møte", page=PAGE))
    assert event.decoded("dtstart") == in_utc
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(hours=1)


def test_it_says_when_and_nothing_of_whom() -> None:
    file = calendar.write(entry(), title="Møte", page=PAGE)
    event = read(file)
    assert str(event["summary"]) == "Møte"
    assert {str(name) for name in event} == {
        *("UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "URL", "CLASS", "STATUS")
    }
    assert b"LOCATION" not in file and b"ATTENDEE" not in file and b"ORGANIZER" not in file


def test_a_gathering_says_where_and_what_as_it_was_written_and_not_when_it_ends() -> None:
    said = {"place": "Rådhuset; sal 2, Arendal\nInngang B", "about": "Æ" * 200 + "\\"}
    file = calendar.write(entry(lasts=None), title="Nettverk; for barn, og unge", **said)
    event = read(file)
    assert (str(event["location"]), str(event["description"])) == (said["place"], said["about"])
    assert str(event["summary"]) == "Nettverk; for barn, og unge" and "DTEND" not in event and "URL" not in event
    assert all(len(line) <= 75 for line in file.split(b"\r\n"))


def test_one_called_off_is_taken_away() -> None:
    found = Calendar.from_ical(calendar.write(entry(is_off=True, number=2), title="Møte", page=PAGE))
    assert found["method"] == "CANCEL"
    assert read(found.to_ical())["status"] == "CANCELLED"


@pytest.fixture
def case(acting: Acting, anna: Child) -> uuid.UUID:
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        together.start(kari, pathway_id)
        together.let_in(kari, pathway_id, "storgata")
    return pathway_id


def test_a_meeting_that_is_moved_across_the_change_of_clock_is_at_the_hour_that_was_typed(
    acting: Acting, client_of: Any, anna: Child, travel: Callable[[datetime], None]
) -> None:
    """Summer time begins on the last Sunday of March: the same hour here is another in UTC."""
    march = date(clock.today().year + 1, 3, 31)
    sunday = march - timedelta(days=(march.weekday() + 1) % 7)
    travel(datetime.combine(sunday - timedelta(days=9), time(10), OSLO))
    with acting("kari") as kari:
        case = together.begin(kari, anna)
        together.start(kari, case)
        together.let_in(kari, case, "storgata")
        first = together.call(kari, case, "storgata")
    address = f"/forlop/{case}/moter/"
    kari, per = client_of("kari"), client_of("per")
    move = f"{address}{first.pk}/flytt/"
    typed = form_of(page(kari.get(move)), starts_at=f"{sunday + timedelta(days=2):%d.%m.%Y}", clock="14.00")
    assert kari.post(move, typed).status_code == 302
    moved = read(per.get(f"{address}{first.pk}/kalender/").content)
    assert (first.starts_at.astimezone(UTC).hour, moved.decoded("dtstart").hour) == (13, 12)
    assert moved.decoded("dtstart").astimezone(OSLO).hour == 14
    for reader in (kari, per):
        assert f"{sunday + timedelta(days=2):%d.%m.%Y} kl. 14.00" in text(page(reader.get(address)))


def test_a_meeting_that_is_moved_and_called_off_is_the_same_entry(
    acting: Acting, client_of: Any, case: uuid.UUID
) -> None:
    def fetch(meeting: Any) -> Any:
        answer = client_of("per").get(f"/forlop/{case}/moter/{meeting.pk}/kalender/")
        assert answer.status_code == 200
        assert answer["Content-Disposition"] == 'attachment; filename="mote.ics"'
        for secret in ("Anna", "Solberg", "rådhus", "Grimstad", "oppstart", "barnevern"):
            assert secret.lower() not in answer.content.decode().lower()
        return read(answer.content)

    with acting("kari") as kari:
        first = together.call(kari, case, "storgata")
    called = fetch(first)
    with acting("kari") as kari:
        second = together.call(kari, case, "storgata", days=9, moved_from_id=first.pk)
    moved = fetch(second)
    assert (moved["uid"], int(moved["sequence"])) == (called["uid"], 1)
    assert fetch(first).decoded("dtstart") == moved.decoded("dtstart"), "whoever asks for the old one gets the new"
    with acting("kari") as kari:
        meetings.cancel(actor=kari, pathway_id=case, once=None, meeting_id=second.pk, reason="Sykdom.")
    off = fetch(second)
    assert (off["uid"], int(off["sequence"]), off["status"]) == (called["uid"], 2, "CANCELLED")
    assert client_of("ola").get(f"/forlop/{case}/moter/{second.pk}/kalender/").status_code == 404
