"""The one place that reads the clock. Rules take dates as arguments; only faces, actions and jobs call this."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")


def now() -> datetime:
    """The present instant, in Europe/Oslo."""
    return datetime.now(OSLO)


def today() -> date:
    """Today's date in Norway, which decides ages and deadlines."""
    return now().date()


def end_of(day: date) -> datetime:
    """The instant when a day is over in Norway."""
    return datetime.combine(day + timedelta(days=1), time(0), OSLO)
