"""How long it is until something must be decided anew, in words: a tag for a list or for a line."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from grunnmur.cases.queries import reviews
from grunnmur.cases.reviews import Standing, days_left, standing


def tag(review_on: date, *, on: date, ahead: int | None = None) -> tuple[str, str] | None:
    """The words and the tone; None while it is not to be thought of yet, `ahead` days before (`reviews.ahead`)."""
    stands = standing(review_on, on=on, ahead=reviews.ahead() if ahead is None else ahead)
    left = days_left(review_on, on=on)
    if stands is Standing.LATER:
        return None
    if stands is Standing.OVER:
        return ngettext("%(n)s dag over fristen", "%(n)s dager over fristen", -left) % {"n": -left}, "danger"
    if left == 0:
        return _("siste dag"), "waiting"
    return ngettext("%(n)s dag igjen", "%(n)s dager igjen", left) % {"n": left}, "waiting"


def protection_tag(until: date, *, on: date) -> tuple[str, str] | None:
    """The same of the last day that an address is decided to be protected."""
    return tag(until, on=on, ahead=reviews.ahead_of_protection())
