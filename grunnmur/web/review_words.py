"""How long it is until something must be decided anew, in words: a tag for a list or for a line."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from grunnmur.cases.queries import reviews
from grunnmur.cases.reviews import Standing, days_left, standing


def tag(review_on: date, *, on: date) -> tuple[str, str] | None:
    """The words and the tone; None while it is not to be thought of yet."""
    stands = standing(review_on, on=on, ahead=reviews.ahead())
    left = days_left(review_on, on=on)
    if stands is Standing.LATER:
        return None
    if stands is Standing.OVER:
        return ngettext("%(n)s dag over fristen", "%(n)s dager over fristen", -left) % {"n": -left}, "danger"
    if left == 0:
        return _("siste dag"), "waiting"
    return ngettext("%(n)s dag igjen", "%(n)s dager igjen", left) % {"n": left}, "waiting"
