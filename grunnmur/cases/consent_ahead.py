"""What soon changes for a consent: the last day that it holds, and the birthday from which the child has more to say.

Pure, and no rule is made here: both are read from `consent`. How many days ahead is an argument. A birthday from which
the child has *less* to say is not told here: that is so only for one who is found unable to decide, and whoever found
so talks with the child about it.

A day that is told to the family is one that they know already: the last that was asked for, a birthday, or the day that
a law changes. A care order or a change of parental responsibility can be kept from the one who reads, and a day would
tell of it (`as_today`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import IntEnum

from grunnmur.cases import consent
from grunnmur.cases.age import birthday
from grunnmur.cases.consent import CHILD, ConsentFact, Period, Situation
from grunnmur.cases.consent_rules import rules
from grunnmur.cases.terms import ConsentPurpose


class ChildsSay(IntEnum):
    """What a child's yes comes to: nothing decided by it, needed beside others', or enough."""

    NONE = 0
    BESIDE_OTHERS = 1
    ALONE = 2


@dataclass(frozen=True, slots=True)
class Turn:
    """From and with the birthday `on`, the child has this to say."""

    on: date
    say: ChildsSay


@dataclass(frozen=True, slots=True)
class Ahead:
    """What soon changes for one consent; at least one of `until` and `turn` is there."""

    consent: str
    until: date | None
    """The first day that it no longer holds, of one that holds now."""
    may_answer: bool
    """Whether the one who is told can answer anew on that day."""
    turn: Turn | None


def as_today(situation: Situation, *, on: date) -> Situation:
    """What was so before a day and is so on it, as if it went on: nothing that is known to begin or end after it."""

    def so_far(periods: Iterable[Period]) -> tuple[Period, ...]:
        begun = (period for period in periods if period.from_on <= on)
        return tuple(Period(one.from_on) if one.covers(on) else one for one in begun)

    return replace(
        situation,
        carers=tuple(replace(one, periods=so_far(one.periods)) for one in situation.carers),
        care=tuple(replace(one, period=period) for one in situation.care for period in so_far([one.period])),
        lacks_decision_competence=so_far(situation.lacks_decision_competence),
        cannot_form_views=so_far(situation.cannot_form_views),
    )


def until(*, fact: ConsentFact, situation: Situation, on: date) -> date | None:
    """The first day that a consent no longer holds, as the family is told it (`as_today`): later than it ends where
    something that is not told ends it before. None of one that does not hold on the day.
    """
    if fact.withdrawn_at is not None:
        return None
    good = consent.good_periods(fact=fact, situation=as_today(situation, on=on))
    return next((period.until_on or fact.valid_until for period in good if period.covers(on)), None)


def ahead(
    *, facts: Sequence[ConsentFact], situation: Situation, signatory: str, on: date, days: int
) -> tuple[Ahead, ...]:
    """What changes from the day after `on` until so many days after it, of these consents, in their order, as the
    family is told it (`as_today`).

    Nothing of what is withdrawn or over. What another of them goes on with, to the same service for the same purpose
    and at least the same kinds, does not end. Raises NoRule like `consent.required`.
    """
    situation = as_today(situation, on=on)
    found = []
    for fact in facts:
        if fact.withdrawn_at is not None or fact.valid_until <= on:
            continue
        ends_on = until(fact=fact, situation=situation, on=on)
        if ends_on and (ends_on > on + timedelta(days=days + 1) or _goes_on(fact, facts, situation, on=ends_on)):
            ends_on = None
        turn = next(_turns(fact.purpose, situation, on=on, days=days), None)
        if ends_on or turn:
            may_answer = ends_on is not None and consent.can_sign(
                signatory=signatory, purpose=fact.purpose, situation=situation, on=ends_on
            )
            found.append(Ahead(fact.id, ends_on, may_answer, turn))
    return tuple(found)


def _goes_on(fact: ConsentFact, facts: Iterable[ConsentFact], situation: Situation, *, on: date) -> bool:
    """Whether another consent carries on a day what this one does."""
    return any(
        other.purpose is fact.purpose
        and other.recipient == fact.recipient
        and fact.kinds in other.kinds
        and consent.check(fact=other, situation=situation, on=on).valid
        for other in facts
    )


def _turns(purpose: ConsentPurpose, situation: Situation, *, on: date, days: int) -> Iterator[Turn]:
    """The birthdays within so many days on which the child comes to have more to say than the day before."""
    for years in sorted(rules().years()):
        day = birthday(born_on=situation.born_on, years=years)
        if on < day <= on + timedelta(days=days):
            say = childs_say(purpose=purpose, situation=situation, on=day)
            if say > childs_say(purpose=purpose, situation=situation, on=day - timedelta(days=1)):
                yield Turn(day, say)


def childs_say(*, purpose: ConsentPurpose, situation: Situation, on: date) -> ChildsSay:
    """What the child's yes comes to on a day. Raises NoRule like `consent.required`."""
    needed = consent.required(purpose=purpose, situation=situation, on=on)
    if needed.is_up_to(CHILD):
        return ChildsSay.ALONE
    return ChildsSay.BESIDE_OTHERS if CHILD in needed.people else ChildsSay.NONE
