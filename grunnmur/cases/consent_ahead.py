"""What soon changes for a consent: the last day that it holds, and the birthday from which the child has more to say.

Pure, and no rule is made here: both are read from `consent`. How many days ahead is an argument. A birthday from which
the child has *less* to say is not told here: that is so only for one who is found unable to decide, and whoever found
so talks with the child about it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from grunnmur.cases import consent
from grunnmur.cases.age import birthday
from grunnmur.cases.consent import CHILD, ConsentFact, Situation
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


def ahead(
    *, facts: Sequence[ConsentFact], situation: Situation, signatory: str, on: date, days: int
) -> tuple[Ahead, ...]:
    """What changes from the day after `on` until so many days after it, of these consents, in their order.

    Nothing of what is withdrawn or over. What another of them goes on with, to the same service for the same purpose
    and at least the same kinds, does not end. Raises NoRule like `consent.required`.
    """
    found = []
    for fact in facts:
        if fact.withdrawn_at is not None or fact.valid_until <= on:
            continue
        until = _until(fact, facts, situation=situation, on=on, days=days)
        turn = next(_turns(fact.purpose, situation, on=on, days=days), None)
        if until or turn:
            may_answer = until is not None and consent.can_sign(
                signatory=signatory, purpose=fact.purpose, situation=situation, on=until
            )
            found.append(Ahead(fact.id, until, may_answer, turn))
    return tuple(found)


def _until(
    fact: ConsentFact, facts: Iterable[ConsentFact], *, situation: Situation, on: date, days: int
) -> date | None:
    """The first day without it when the last day with it is near; None when it is not, or another goes on with it."""
    good = consent.good_periods(fact=fact, situation=situation)
    until = next((period.until_on or fact.valid_until for period in good if period.covers(on)), None)
    if until is None or until > on + timedelta(days=days + 1):
        return None
    goes_on = (
        other.purpose is fact.purpose
        and other.recipient == fact.recipient
        and fact.kinds in other.kinds
        and consent.check(fact=other, situation=situation, on=until).valid
        for other in facts
    )
    return None if any(goes_on) else until


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
    if needed.any_of == (frozenset({CHILD}),):
        return ChildsSay.ALONE
    return ChildsSay.BESIDE_OTHERS if CHILD in needed.people else ChildsSay.NONE
