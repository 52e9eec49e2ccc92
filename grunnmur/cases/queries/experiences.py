"""What one may say how it was: meetings that were held and the pathway that was closed, lately, and not said before."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from grunnmur.cases import access, facts
from grunnmur.cases.lifecycle import Facts
from grunnmur.cases.models import ExperienceGiven, Meeting, Pathway
from grunnmur.cases.queries.case import Case
from grunnmur.cases.terms import ExperienceAfter, PathwayStatus
from grunnmur.directory.sessions import Actor, Relative

ASKED_FOR = timedelta(days=31)
"""How long after it one is asked how it was; our own choice."""


def given(asking: Actor | Relative) -> frozenset[UUID]:
    """What the one who asks has said how it was, of what they still see."""
    rows = ExperienceGiven.objects.filter(identity=asking.self_id)
    return frozenset(rows.values_list("item", flat=True))


def lately(whole: Facts | None, *, pathway: UUID, held: Iterable[tuple[UUID, date]], on: date) -> tuple[UUID, ...]:
    """Of the meetings with the day they were held, and the pathway if it is closed: those of the last month, newest
    first.
    """
    since = on - ASKED_FOR
    found = [(day, item) for item, day in held if day >= since]
    closed = whole.closed_on if whole and whole.status is PathwayStatus.CLOSED else None
    if closed and closed >= since:
        found.append((closed, pathway))
    return tuple(item for _day, item in sorted(found, reverse=True))


def asked_after(
    asking: Actor | Relative, item: UUID, *, child_id: UUID, on: date, pathway_id: UUID | None = None
) -> ExperienceAfter:
    """Whether one is asked about a meeting or about the closing of a pathway.

    `pathway_id` asks of one pathway alone. Raises NotVisible for what the one who asks does not see, what is neither
    held nor closed, and what is longer ago than one is asked.
    """
    runs = access.visible_to(asking, Pathway.objects.filter(child=child_id))
    if pathway_id:
        runs = runs.filter(pk=pathway_id)
    is_run = runs.filter(pk=item).exists()
    held = access.visible_to(asking, Meeting.objects.filter(pk=item, pathway__in=runs.values("pk")))
    days = held.filter(held__isnull=False).values_list("pk", "held__held_on")
    if item not in lately(facts.load(item) if is_run else None, pathway=item, held=days, on=on):
        raise access.NotVisible
    return ExperienceAfter.CLOSING if is_run else ExperienceAfter.MEETING


def to_ask_about(case: Case, held: Iterable[tuple[UUID, date]] = ()) -> frozenset[UUID]:
    """What somebody who works with the case can say how it was, if they will."""
    items = lately(case.whole, pathway=case.pathway.pk, held=held, on=case.today)
    return frozenset(items) - given(case.actor) if items else frozenset()
