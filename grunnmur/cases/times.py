"""Finding a time that suits: some times, those who are asked, and what they answered. Pure.

How many times one can propose is our own choice: more than a handful is a calendar, and nobody answers it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

FEWEST, MOST = 2, 5


@dataclass(frozen=True, slots=True)
class Standing:
    """One time, and of those who are asked: whom it suits, whom it does not, and who has not answered. By their ids."""

    time: str
    starts_at: datetime
    suits: frozenset[str]
    not_for: frozenset[str]
    silent: frozenset[str]

    @property
    def suits_all(self) -> bool:
        return not self.not_for and not self.silent


def standings(
    times: Mapping[str, datetime], *, asked: Collection[str], answers: Mapping[str, Collection[str]]
) -> tuple[Standing, ...]:
    """Each time as it stands, the one that suits most first, and of those the earliest.

    `answers` gives for each who has answered the times that suit; somebody who was not asked does not count.
    """
    found = [
        Standing(
            time=time,
            starts_at=starts_at,
            suits=frozenset(one for one in asked if time in answers.get(one, ())),
            not_for=frozenset(one for one in asked if one in answers and time not in answers[one]),
            silent=frozenset(one for one in asked if one not in answers),
        )
        for time, starts_at in times.items()
    ]
    return tuple(sorted(found, key=lambda one: (-len(one.suits), one.starts_at, one.time)))


def is_open(times: Collection[datetime], *, is_over: bool, at: datetime) -> bool:
    """Whether there is something to answer: no meeting came of it, nothing was asked instead, and a time is left."""
    return not is_over and any(one > at for one in times)
