"""When something is due: counting on the Norwegian calendar, and the deadlines that the law sets around the pathway.

Pure. The pathway itself sets no deadline that was found; what the municipality sets for itself comes from
`definitions/` as plain numbers and is counted by `due()`. The named functions below are statutory; each says where
it is set.

How days are counted:

- The day something is received, decided or ended is day 0; the last day of the deadline is the day returned.
- Weeks end on the same weekday. Months end on the same day of the month, or on its last day when the month is
  shorter (domstolloven § 148 second paragraph, used here as the general rule).
- No deadline is moved because its last day is a Saturday, a Sunday or a holiday: domstolloven § 149 does that for
  what it covers, and no source was found that makes it cover these. The earlier day is the careful one.
- A working day is as in `working_days.py`. What a «virkedag» is in pbrl § 2-2 a was not found defined; `saturday=True`
  counts Saturdays too.
"""

from calendar import monthrange
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from grunnmur.cases.age import age_on
from grunnmur.cases.terms import HealthArea
from grunnmur.working_days import add_working_days, working_days_between

SOON_WORKING_DAYS = 3
"""From how many working days before its last day a deadline is «soon». The product's own choice; no source sets it."""


class DeadlineState(TextChoices):
    """How a deadline stands on a day."""

    OVERDUE = "overdue", _("Fristen er ute")
    SOON = "soon", _("Fristen er snart ute")
    AHEAD = "ahead", _("God tid")


def add_months(start: date, months: int) -> date:
    """The same day of the month `months` later (earlier when negative), or that month's last day."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


COUNTING: dict[str, Callable[[date, int], date]] = {
    "working_days": add_working_days,
    "days": lambda start, amount: start + timedelta(days=amount),
    "weeks": lambda start, amount: start + timedelta(weeks=amount),
    "months": add_months,
}
"""The units a deadline may be set in."""


def due(*, amount: int, unit: str, counted_from: date) -> date:
    """The last day of a deadline of `amount` `unit`s (a key of `COUNTING`) counted from a day, which is day 0.

    Raises ValueError for an unknown unit.
    """
    if unit not in COUNTING:
        raise ValueError(f"Unknown unit of time: {unit}. Known are {', '.join(COUNTING)}.")
    return COUNTING[unit](counted_from, amount)


def state(due_on: date, on: date, *, soon: int = SOON_WORKING_DAYS) -> DeadlineState:
    """How a deadline whose last day is `due_on` stands on the day `on`. On its last day it is soon, not overdue."""
    if on > due_on:
        return DeadlineState.OVERDUE
    return DeadlineState.SOON if working_days_between(on, due_on) <= soon else DeadlineState.AHEAD


# --- what the law sets -------------------------------------------------------------------------------------


def note_of_concern_review_due(received_on: date) -> date:
    """The note of concern is gone through as soon as possible, at the latest within one week (bvl § 2-1)."""
    return due(amount=1, unit="weeks", counted_from=received_on)


def note_of_concern_answer_due(received_on: date) -> date:
    """The reporter is told within three weeks that the note is received (bvl § 13-3 first and second paragraph)."""
    return due(amount=3, unit="weeks", counted_from=received_on)


def investigation_due(note_received_on: date, *, extended: bool = False) -> date:
    """The investigation is over within three months after the one-week limit for the note ran out; in special cases
    within six months in total (bvl § 2-2 second paragraph).

    The six months are counted from the same day as the three, as Statistics Norway's control of the national file
    does. That control counts 90 and 180 days; the law says months.
    """
    limit = note_of_concern_review_due(note_received_on)
    return due(amount=6 if extended else 3, unit="months", counted_from=limit)


def investigation_answer_due(ended_on: date) -> date:
    """A public reporter is told within three weeks of the investigation's end what follows (bvl § 13-3)."""
    return due(amount=3, unit="weeks", counted_from=ended_on)


def new_investigation_latest(shelved_on: date) -> date:
    """A case shelved because the parents did not agree to measures may be taken up within six months (bvl § 2-5)."""
    return due(amount=6, unit="months", counted_from=shelved_on)


def referral_assessment_due(received_on: date) -> date:
    """The specialist service assesses a referral, sets deadline and time, and tells patient and referrer within ten
    working days of receiving it; sooner when serious illness is suspected (pbrl § 2-2 a; prioriteringsforskriften § 5).
    """
    return add_working_days(received_on, 10)


def treatment_start_latest(*, assessed_on: date, born_on: date, areas: Iterable[HealthArea]) -> date | None:
    """The latest day care must have begun: 65 working days after the day the right was assessed
    (prioriteringsforskriften § 4a). None when that guarantee does not cover the patient.

    It covers those under 23 with a mental disorder or substance dependence. Age is taken on the day of the
    assessment; the regulation does not say which day counts. The individual deadline may be earlier and then rules.
    """
    covered = {HealthArea.MENTAL, HealthArea.SUBSTANCE_USE}.intersection(areas)
    if not covered or age_on(born_on=born_on, on=assessed_on) >= 23:
        return None
    return add_working_days(assessed_on, 65)


def complaint_due(informed_on: date) -> date:
    """A complaint under the patients' rights act is made within four weeks of learning of the matter (pbrl § 7-5)."""
    return due(amount=4, unit="weeks", counted_from=informed_on)


def institution_plan_due(moved_in_on: date) -> date:
    """The plan for an institution stay: preferably at move-in, at the latest after four weeks (oppfølgingsf. § 6)."""
    return due(amount=4, unit="weeks", counted_from=moved_in_on)


def institution_visit_due(moved_in_on: date) -> date:
    """When the service was not there at move-in, it visits within one week (oppfølgingsforskriften § 7)."""
    return due(amount=1, unit="weeks", counted_from=moved_in_on)


def transition_meeting_latest(moving_out_on: date) -> date:
    """The meeting before a planned move from an institution: at the latest three months before (oppfølgingsf. § 7)."""
    return due(amount=-3, unit="months", counted_from=moving_out_on)
