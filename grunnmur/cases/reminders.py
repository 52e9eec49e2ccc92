"""Which tasks are reminded of on a day: before they are due, after, and to the leader when it goes on too long. Pure.

The numbers of days are the municipality's own (`definitions/deadlines.yaml`). What each is sent is the same neutral
text as everything else; whoever has a task without being a service, such as a parent, is never sent anything from here:
the owner is, who talks with them.
"""

from dataclasses import dataclass
from datetime import date, timedelta

LONGEST = timedelta(days=60)
"""What has been late longer is not news to anybody; it stands in the lists. Our own choice."""


@dataclass(frozen=True, slots=True)
class Window:
    """The tasks that are due from a day until and with another, and what they are reminded of as, and whom."""

    what: str
    due_from: date
    due_until: date
    to_leader: bool

    def holds(self, due_on: date) -> bool:
        return self.due_from <= due_on <= self.due_until


def windows(on: date, *, before: int, after: int, leader: int) -> tuple[Window, ...]:
    """The windows of a day: so many days before, so many after, and after so many the leader."""
    late = on - LONGEST
    return (
        Window("before", on, on + timedelta(days=before), to_leader=False),
        Window("after", late, on - timedelta(days=after), to_leader=False),
        Window("leader", late, on - timedelta(days=leader), to_leader=True),
    )
