"""How old someone is on a day. Pure; the day is always an argument, and is a day in Norway (Europe/Oslo)."""

from datetime import date


def birthday(*, born_on: date, years: int) -> date:
    """The day someone turns `years`.

    Someone born on 29 February has the birthday on 1 March in a year without that day. No source says so in
    plain words, so it is the product's own reading: rule `leap_day` in `definitions/consent.yaml`.
    """
    year = born_on.year + years
    try:
        return born_on.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def age_on(*, born_on: date, on: date) -> int:
    """Whole years lived on the day `on`; negative before birth."""
    years = on.year - born_on.year
    return years if on >= birthday(born_on=born_on, years=years) else years - 1


def months_on(*, born_on: date, on: date) -> int:
    """Whole months lived on the day `on`; negative before birth."""
    months = (on.year - born_on.year) * 12 + on.month - born_on.month
    return months - (on.day < born_on.day)
