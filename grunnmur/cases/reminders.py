"""What is reminded of on a day, of tasks and of what must be decided anew: before it is due, after, and to the leader
when it goes on too long. Pure.

The numbers of days are the municipality's own (`definitions/deadlines.yaml`), and the hours our own choice
(`definitions/post.yaml`). What each is sent is the same neutral
text as everything else; whoever has a task without being a service, such as a parent, is never sent anything from here:
the owner is, who talks with them.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from grunnmur.clock import OSLO
from grunnmur.working_days import add_working_days, is_working_day

LONGEST = timedelta(days=60)
"""What has been late longer is not news to anybody; it stands in the lists. Our own choice."""


def is_time(at: datetime, *, from_hour: int, until_hour: int) -> bool:
    """Whether reminders are sent at an instant: on a working day, from one hour until another in Norway.

    What would be reminded of on another day is on the next, or on the last before it when that is too late (`windows`).
    """
    here = at.astimezone(OSLO)
    return is_working_day(here.date()) and from_hour <= here.hour < until_hour


@dataclass(frozen=True, slots=True)
class Window:
    """The tasks that are due from a day until and with another, and what they are reminded of as, and whom."""

    what: str
    due_from: date
    due_until: date
    to_leader: bool

    def holds(self, due_on: date) -> bool:
        return self.due_from <= due_on <= self.due_until


def windows(
    on: date, *, before: int, after: int, leader: int | None = None, earlier: Collection[int] = ()
) -> tuple[Window, ...]:
    """The windows of a working day: so many days before, so many after, and after so many the leader.

    Before is also what is due until the next working day: then it is late. With `earlier` it is reminded of before that
    too, each time from so many days; what nobody has been reminded of for long is so once, by the window it is in.
    """
    late, last = on - LONGEST, add_working_days(on, 1) - timedelta(days=1)
    found = [Window("before", on, max(on + timedelta(days=before), last), to_leader=False)]
    for days in sorted(earlier):
        begins, ends = found[-1].due_until + timedelta(days=1), on + timedelta(days=days)
        if begins <= ends:
            found.append(Window(f"before {days}", begins, ends, to_leader=False))
    found.append(Window("after", late, on - timedelta(days=after), to_leader=False))
    if leader is not None:
        found.append(Window("leader", late, on - timedelta(days=leader), to_leader=True))
    return tuple(found)
