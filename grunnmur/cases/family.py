"""What the child itself and those in its family see, from what was decided about each and the child's age. Pure.

Nobody in a family sees anything of itself: not decided is nothing. The rules are data (`family` in
`definitions/access.yaml`), and single rows can be released to one person beside them. Days are days in Norway.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import groupby
from uuid import UUID

from grunnmur.cases.access_rules import FamilyRule, access_rules, kinds_of
from grunnmur.cases.age import birthday
from grunnmur.cases.consent import Period
from grunnmur.cases.consent_rules import AgeName, rules
from grunnmur.cases.decision import Sight
from grunnmur.cases.terms import FamilyAccess, InformationKind, ParticipationBasis
from grunnmur.clock import OSLO

ALWAYS = datetime(9999, 1, 1, tzinfo=UTC)
RELEASED_TO = frozenset({FamilyAccess.FULL, FamilyAccess.LIMITED})
"""The accesses with which somebody can be given single rows."""
NEVER_RELEASED = InformationKind.PROTECTED_ADDRESS | InformationKind.REPORTER
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Decided:
    """What the owner decided that one person may see, until the next decision about the same person."""

    id: UUID
    identity: UUID
    access: FamilyAccess
    at: datetime


@dataclass(frozen=True, slots=True)
class Released:
    """One row given to one person, from a moment until it is taken back."""

    id: UUID
    identity: UUID
    item: UUID
    kind: InformationKind
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class FamilySight:
    """One sight, and the decision or release that it rests on."""

    ground: UUID
    sight: Sight


def sights(
    *,
    child: UUID,
    born_on: date,
    parents: Mapping[UUID, Sequence[Period]],
    decisions: Iterable[Decided],
    releases: Iterable[Released] = (),
) -> tuple[FamilySight, ...]:
    """Every sight that somebody in the family has, past and to come.

    `parents` says when each has parental responsibility; `decisions` are in the order they were made.
    """
    released = list(releases)
    found: list[FamilySight] = []
    in_order = sorted(decisions, key=lambda decided: decided.identity)
    for identity, group in groupby(in_order, key=lambda decided: decided.identity):
        made = list(group)
        for decided, later in zip(made, [*made[1:], None], strict=True):
            held = (decided.at, later.at if later else ALWAYS)
            who = "child" if identity == child else "parent"
            spans = [(_midnight(born_on), ALWAYS)] if identity == child else _spans(parents.get(identity, ()))
            for rule in access_rules().family:
                if rule.who == who and rule.access is decided.access and (kinds := kinds_of(rule.sees)):
                    found += (
                        FamilySight(decided.id, _sight(identity, kinds, *span))
                        for span in _within(spans, held, _ages(rule, born_on))
                    )
            if decided.access in RELEASED_TO:
                limits = _release_ages(who, born_on)
                found += (
                    FamilySight(one.id, _sight(identity, one.kind, *span, item=one.item))
                    for one in released
                    if one.identity == identity and not one.kind & NEVER_RELEASED
                    for span in _within(spans, held, limits, (one.starts_at, one.ends_at))
                )
    return tuple(found)


def _sight(
    identity: UUID, kinds: InformationKind, starts_at: datetime, ends_at: datetime, item: UUID | None = None
) -> Sight:
    return Sight(None, identity, ParticipationBasis.PARTY, kinds, starts_at, ends_at, item)


def _within(spans: Iterable[Span], *limits: Span) -> Iterator[Span]:
    """What is left of each span within every limit."""
    for start, end in spans:
        starts_at = max(start, *(limit[0] for limit in limits))
        ends_at = min(end, *(limit[1] for limit in limits))
        if starts_at < ends_at:
            yield starts_at, ends_at


def _spans(periods: Iterable[Period]) -> list[Span]:
    return [
        (_midnight(period.from_on), _midnight(period.until_on) if period.until_on else ALWAYS) for period in periods
    ]


def _ages(rule: FamilyRule, born_on: date) -> Span:
    """From one birthday to another."""
    return (
        _midnight(_birthday(rule.from_age, born_on)) if rule.from_age else _midnight(born_on),
        _midnight(_birthday(rule.until_age, born_on)) if rule.until_age else ALWAYS,
    )


def _release_ages(who: str, born_on: date) -> Span:
    """A child is given rows from the age it can log in at, a parent until the child is of age."""
    if who == "child":
        return _midnight(_birthday("great_weight", born_on)), ALWAYS
    return _midnight(born_on), _midnight(_birthday("majority", born_on))


def may_object(*, born_on: date, on: date) -> bool:
    """Whether the child itself can keep something from its parents: from 12 (pbrl § 3-4).

    Until then it is for the service to weigh (bvl § 12-6).
    """
    return on >= _birthday("great_weight", born_on)


def _birthday(age: AgeName, born_on: date) -> date:
    """By the age limits of the newest rule set: who sees what from a birthday on is decided before that day."""
    return birthday(born_on=born_on, years=rules().sets[-1].years(age))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), OSLO).astimezone(UTC)


def siblings_named(siblings: Iterable[str], *, child: str, texts: Iterable[str]) -> tuple[str, ...]:
    """The given names of siblings that stand as words in one of the texts, in the order of the alphabet.

    With the capital letter that a name has: «Liv» is not «liv». A sibling with the child's own given name is not found.
    """
    words = {word for text in texts for word in re.findall(r"\w+", text)}
    given = {name.split()[0] for name in siblings if name.strip()} - set(child.split()[:1])
    return tuple(sorted(name for name in given if name[:1].isupper() and set(re.findall(r"\w+", name)) <= words))
