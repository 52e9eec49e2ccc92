"""Working days in Norway: Monday to Friday and not a public holiday; 24 and 31 December are working days. Pure."""

from datetime import date, datetime, timedelta
from functools import cache

from grunnmur.clock import OSLO

SATURDAY, SUNDAY = 5, 6


@cache
def public_holidays(year: int) -> frozenset[date]:
    """Norway's public holidays in a year (lov 1995-02-24-12 § 2 and lov 1947-04-26-1)."""
    from holidays import country_holidays  # makes the calendars of the whole world: the start need not wait for it

    return frozenset(country_holidays("NO", years=year))


def is_working_day(day: date, *, saturday: bool = False) -> bool:
    """Whether `day` is a working day; Saturdays only when asked for."""
    weekday = day.weekday()
    if weekday == SUNDAY or (weekday == SATURDAY and not saturday):
        return False
    return day not in public_holidays(day.year)


def add_working_days(start: date, days: int, *, saturday: bool = False) -> date:
    """The working day that is number `days` after `start`; `start` is day 0 and need not be a working day.

    Raises ValueError when `days` is negative.
    """
    if days < 0:
        raise ValueError("A deadline cannot be a negative number of working days.")
    day = start
    while days:
        day += timedelta(days=1)
        days -= is_working_day(day, saturday=saturday)
    return day


def working_days_between(start: date, end: date, *, saturday: bool = False) -> int:
    """How many working days there are after `start`, up to and including `end`; negative when `end` is earlier.

    So `working_days_between(start, add_working_days(start, n)) == n`.
    """
    if end < start:
        return -working_days_between(end, start, saturday=saturday)
    days = (start + timedelta(days=number) for number in range(1, (end - start).days + 1))
    return sum(is_working_day(day, saturday=saturday) for day in days)


def working_days_later(at: datetime, days: int) -> datetime:
    """The same hour in Norway, so many working days after an instant."""
    here = at.astimezone(OSLO)
    return here + (add_working_days(here.date(), days) - here.date())
