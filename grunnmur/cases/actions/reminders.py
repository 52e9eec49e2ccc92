"""Reminding of tasks in the plans, of what is decided for a while, and of what services offer, by `grunnmur work`: as a
worker of the machine's own, seeing no case (`sql/reminders.sql`).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from grunnmur import clock
from grunnmur.cases.definition import definitions
from grunnmur.cases.reminders import Window, is_time, windows
from grunnmur.directory import sessions
from grunnmur.directory.finder_file import finder
from grunnmur.post.rules import rules
from grunnmur.working_days import working_days_later

AT_ONCE = 500
"""As many as are written in one go; the rest comes in the next."""


def remind() -> None:
    """Everything that is to be reminded of now."""
    remind_of_tasks()
    remind_of_reviews()
    remind_of_protections()
    ask_owners_of_offers()


def ask_owners_of_offers() -> int:
    """Ask services to look over what they offer, before it sinks in the answers (`freshness` in
    `definitions/finder.yaml`); gives how many. Each is asked once in so long.
    """
    given = [clock.today(), finder().freshness[0].months, rules().expires_days.number, AT_ONCE]
    return _write("ask_owners", "select sec.ask_owners(%s, %s, make_interval(days => %s), %s)", [given])


def remind_of_tasks() -> int:
    """Write the reminders that are due today and not written; gives how many."""
    now = clock.now()
    silent = working_days_later(now, rules().silence_working_days.number) - now
    return _write(
        "remind_of_tasks",
        "select sec.remind_of_tasks(%s, %s, %s, %s, make_interval(days => %s), make_interval(days => %s), %s)",
        (
            [one.what, one.due_from, one.due_until, one.to_leader, silent.days, rules().expires_days.number, AT_ONCE]
            for one in _windows("task")
        ),
    )


def remind_of_reviews() -> int:
    """The same of what is decided about who sees what, and must be looked at anew by a day."""
    return _write(
        "remind_of_reviews",
        "select sec.remind_of_reviews(%s, %s, %s, %s, make_interval(days => %s), %s)",
        (
            [one.what, one.due_from, one.due_until, one.to_leader, rules().expires_days.number, AT_ONCE]
            for one in _windows("review")
        ),
    )


def remind_of_protections() -> int:
    """The same of until when addresses are decided to be protected, for those who read them: several times before."""
    first, again, before, after = (
        definitions().deadline(f"remind_{when}_protection").amount
        for when in ("first_of", "again_of", "before", "after")
    )
    return _write(
        "remind_of_protections",
        "select sec.remind_of_protections(%s, %s, %s, make_interval(days => %s), %s)",
        (
            [one.what, one.due_from, one.due_until, rules().expires_days.number, AT_ONCE]
            for one in windows(clock.today(), before=before, after=after, earlier=(again, first))
        ),
    )


def _write(what: str, statement: str, given: Iterable[Sequence[Any]]) -> int:
    """Run a statement once for each of what it is given; gives the sum of what it says. Run as often as one likes, by
    several: one worker at a time does it, and outside working hours none.
    """
    hours = rules().reminder_hours
    if not is_time(clock.now(), from_hour=hours.from_hour, until_hour=hours.until_hour):
        return 0
    written = 0
    with sessions.working("reminders"), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [what])
        if not cursor.fetchone()[0]:
            return 0
        for one in given:
            cursor.execute(statement, one)
            written += cursor.fetchone()[0]
    return written


def _windows(of: str) -> tuple[Window, ...]:
    """Today's windows of one thing that is reminded of, by the municipality's own numbers of days."""
    before, after, leader = (
        definitions().deadline(key).amount
        for key in (f"remind_before_{of}", f"remind_after_{of}", f"tell_leader_of_{of}")
    )
    return windows(clock.today(), before=before, after=after, leader=leader)
