"""What one may say how it was: meetings that were held and the pathway that was closed, lately, and not said before."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from grunnmur.cases.lifecycle import Facts
from grunnmur.cases.models import ExperienceGiven
from grunnmur.cases.queries.case import Case
from grunnmur.directory.sessions import Actor, Relative

ASKED_FOR = timedelta(days=31)
"""How long after it one is asked how it was; our own choice."""


def given(asking: Actor | Relative) -> frozenset[UUID]:
    """What the one who asks has said how it was, of what they still see."""
    rows = ExperienceGiven.objects.filter(identity=asking.self_id)
    return frozenset(rows.values_list("item", flat=True))


def lately(facts: Facts | None, *, pathway: UUID, held: Iterable[tuple[UUID, date]], on: date) -> tuple[UUID, ...]:
    """Of the meetings with the day they were held, and the pathway if it is closed: those of the last month, newest
    first.
    """
    since = on - ASKED_FOR
    found = [(day, item) for item, day in held if day >= since]
    closed = facts.closed_on if facts else None
    if closed and closed >= since:
        found.append((closed, pathway))
    return tuple(item for _day, item in sorted(found, reverse=True))


def to_ask_about(case: Case, held: Iterable[tuple[UUID, date]] = ()) -> frozenset[UUID]:
    """What somebody who works with the case can say how it was, if they will."""
    items = lately(case.whole, pathway=case.pathway.pk, held=held, on=case.today)
    return frozenset(items) - given(case.actor) if items else frozenset()
