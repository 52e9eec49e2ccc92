"""A service as a queue: what waiting becomes when more ask, when there are more places, or when it is closed a month.

Pure: numbers in, numbers out, and the same seed gives the same answer. A service has places; a place is held by one
child at a time, and whoever has waited longest has the next that is free. Children ask independently of each other (a
Poisson process), and how long a place is held differs from child to child as an exponential time does. The clock and
the order of events are SimPy's.

That it is so simple is our own choice: each number in it can be read from the figures, or be known by who leads the
service. What a service that neither grows nor closes comes to is known exactly (A. K. Erlang, 1917), and that is what
it is calibrated by and tried against.
"""

from bisect import bisect_right
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from math import ceil, exp, inf, log
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simpy import Event

WEEK = 7
MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
"""Days in each month of a year that is no leap year; the year that is played is one like that."""
SEASONS: dict[str, tuple[float, ...]] = {
    "even": (1.0,) * 12,
    "quiet_summer": (1.0,) * 5 + (0.5, 0.5, 0.5) + (1.0,) * 4,
    "busy_autumn": (1.0,) * 8 + (1.5, 1.5, 1.5) + (1.0,),
}
"""How often children ask in each month against the others. Our own: no figure is by month."""
BUDGET = 80_000
"""Children that one answer may play, all its years together: about a second. Our own choice."""
FEWEST, MOST = 30, 200
"""Years that are played: never fewer, or the interval is chance, and never more, for it hardly moves then."""
PLAYABLE = BUDGET // (2 * FEWEST)
"""Children in a year that can be played that often, as it is and as it would be."""
HALF_MOST = PLAYABLE // 2
PLACES_MOST = 100
HELD_MOST = 40
"""Places that are tried when the figures choose how many there are."""
CLEAR = 1e-9
"""Of a day: nearer than this to an opening is open, or a rounding would never come to an end."""


@dataclass(frozen=True, slots=True)
class Service:
    """What a service has: places, the mean days that a child holds one, and how many wait for one and hold one now."""

    places: int
    days_each: float
    waiting: int = 0
    holding: int = 0

    @property
    def per_day(self) -> float:
        """How many it can begin with each day, when nobody's place stands empty."""
        return self.places / self.days_each


@dataclass(frozen=True, slots=True)
class Stretch:
    """So many days in which so many ask each day. In a closed one nobody begins, and who has begun stands still."""

    days: float
    per_day: float
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class Child:
    """One child: the day it asked, and the day its turn came. Who waited when it began has asked on day 0."""

    asked: float
    begun: float

    @property
    def wait(self) -> float:
        """Days."""
        return self.begun - self.asked


@dataclass(frozen=True, slots=True)
class Run:
    """One possible course: everybody who waited, and how many did at the end of each stretch."""

    children: tuple[Child, ...]
    waiting: tuple[int, ...]


def year(per_half: float, season: str, closed: Iterable[int] = ()) -> list[Stretch]:
    """The months of a year in which twice `per_half` ask, dealt as a season of `SEASONS` has it. Raises KeyError."""
    weights = SEASONS[season]
    whole = sum(weight * days for weight, days in zip(weights, MONTHS, strict=True))
    shut = frozenset(closed)
    return [
        Stretch(days, 2 * per_half * weight / whole, month in shut)
        for month, (weight, days) in enumerate(zip(weights, MONTHS, strict=True), start=1)
    ]


# --- what is known exactly --------------------------------------------------------------------------------------------


def waits_at_all(per_day: float, service: Service) -> float:
    """The share of children who do not begin at once, in a service that has gone on like this for long (Erlang's C).

    One where more ask than it can begin with: everybody.
    """
    load = per_day * service.days_each
    if load >= service.places:
        return 1.0
    lost = 1.0
    for places in range(1, service.places + 1):
        lost = load * lost / (places + load * lost)
    return lost / (1 - load / service.places * (1 - lost))


def share_within(days: float, per_day: float, service: Service) -> float:
    """The share whose turn comes within so many days, there; none when more ask than it can begin with."""
    room = service.per_day - per_day
    return 1 - waits_at_all(per_day, service) * exp(-room * days) if room > 0 else 0.0


def mean_waiting(per_day: float, service: Service) -> float:
    """How many wait there, on the average of days; inf when more ask than it can begin with."""
    room = service.per_day - per_day
    return waits_at_all(per_day, service) * per_day / room if room > 0 else inf


def usual_waiting(per_day: float, service: Service) -> float:
    """How many wait there at most half of the time: fewer than the mean, for now and then it is very many.

    inf when more ask than it can begin with.
    """
    full, at_all = per_day / service.per_day, waits_at_all(per_day, service)
    if full >= 1:
        return inf
    return max(0, ceil(log(0.5 / at_all, full)) - 1) if at_all > 0.5 else 0


def as_usual(per_day: float, service: Service, waiting: int | None = None) -> Service:
    """The same with as many who wait as usual, or as is said, and who hold a place: every one while somebody waits.

    Raises OverflowError when more ask than it can begin with, and it is not said how many wait.
    """
    number = int(usual_waiting(per_day, service)) if waiting is None else waiting
    holding = service.places if number else min(service.places, round(per_day * service.days_each))
    return replace(service, waiting=number, holding=holding)


def calibrate(per_day: float, days: float, share: float, places: int) -> Service | None:
    """The service with so many places in which this share have their turn within so many days.

    None when all of them or none do: then the figures do not tell how full it is.
    """
    if not (0 < share < 1 and per_day > 0):
        return None
    low, high = 0.0, places / per_day
    for _ in range(60):
        middle = (low + high) / 2
        if share_within(days, per_day, Service(places, middle)) > share:
            low = middle
        else:
            high = middle
    found = Service(places, low)
    return as_usual(per_day, found) if low > 0 and mean_waiting(per_day, found) < inf else None


def mean_of(days: float, share: float) -> float | None:
    """The mean of an exponential time of which this share end within so many days; None when all or none do."""
    return -days / log(1 - share) if 0 < share < 1 else None


# --- one course -------------------------------------------------------------------------------------------------------


class _Calendar:
    """When a service is open. After the last stretch it is."""

    def __init__(self, stretches: Sequence[Stretch]) -> None:
        ends = list(accumulate(one.days for one in stretches))
        self.shut = [
            (end - one.days, end) for end, one in zip(ends, stretches, strict=True) if one.is_closed and one.days
        ]

    def opens_in(self, now: float) -> float:
        """Days until it is open; 0 when it is."""
        for begins, ends in self.shut:
            if begins - CLEAR <= now < ends - CLEAR:
                now, waited = ends, ends - now
                return waited + self.opens_in(now)
        return 0.0

    def lasts(self, now: float, work: float) -> float:
        """Days until so many open days are over, from a time when it is open."""
        end = now + work
        for begins, ends in self.shut:
            if now <= begins < end:
                end += ends - begins
        return end - now


def _asking(random: Random, stretches: Sequence[Stretch]) -> Iterator[float]:
    """The days on which somebody asks, a fraction of a day included.

    One stream of chance is stretched to how often they ask, so that more who ask are the same children, nearer.
    """
    expected = [0.0, *accumulate(one.days * one.per_day for one in stretches)]
    begins = [0.0, *accumulate(one.days for one in stretches)]
    at = random.expovariate(1.0)
    while at < expected[-1]:
        number = bisect_right(expected, at) - 1
        yield begins[number] + (at - expected[number]) / stretches[number].per_day
        at += random.expovariate(1.0)


def _as_counted(random: Random, stretches: Sequence[Stretch]) -> Iterator[float]:
    """The same where it is known how many asked in each stretch: just as many, on days by chance."""
    begins = 0.0
    for one in stretches:
        yield from (
            begins + at for at in sorted(random.uniform(0, one.days) for _ in range(round(one.days * one.per_day)))
        )
        begins += one.days


def play(stretches: Sequence[Stretch], now: Service, then: Service, *, seed: str, is_counted: bool = False) -> Run:
    """One course of a service that had been as `now` until the first day, and is as `then` from it.

    `is_counted` says that just as many ask as the stretches have, which for one that is over is known.
    It is followed until everybody who asked has had their turn. Each child holds a place equally long whatever `then`
    is, so that two answers with the same seed differ by what is asked about alone.
    """
    from simpy import Environment, Event  # few need it, and everybody would wait for it at the start

    asking, holding, before = (Random(f"{seed} {what}") for what in ("asking", "holding", "before"))  # noqa: S311
    env, queue, idle = Environment(), deque[tuple[float, float]](), list[Event]()
    calendar = _Calendar(stretches)
    children: list[Child] = []
    waiting: list[int] = []

    def ask(share: float) -> None:
        queue.append((env.now, share * then.days_each))
        if idle:
            idle.pop().succeed()

    def arrivals() -> "Generator[Event, None, None]":
        for at in (_as_counted if is_counted else _asking)(asking, stretches):
            yield env.timeout(at - env.now)
            ask(holding.expovariate(1.0))

    def place() -> "Generator[Event, None, None]":
        while True:
            if not queue:
                idle.append(env.event())
                yield idle[-1]
            elif shut := calendar.opens_in(env.now):
                yield env.timeout(shut)
            else:
                asked, work = queue.popleft()
                children.append(Child(asked, env.now))
                yield env.timeout(calendar.lasts(env.now, work))

    def look() -> "Generator[Event, None, None]":
        for end in accumulate(one.days for one in stretches):
            yield env.timeout(end - env.now)
            waiting.append(len(queue))

    for _ in range(now.holding + now.waiting):
        ask(before.expovariate(1.0))
    for process in (*(place() for _ in range(then.places)), arrivals(), look()):
        env.process(process)
    env.run()
    return Run(tuple(children), tuple(waiting))


# --- many courses -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Span:
    """What is usual, and between what eight of ten are."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Outlook:
    """What comes of each stretch: how many wait at its end, and the days waited by those who ask in it.

    None where nobody asks in any course.
    """

    waiting: tuple[Span, ...]
    days: tuple[Span | None, ...]
    whole: Span | None
    """The days waited by all of them."""
    courses: int


def span(numbers: Iterable[float]) -> Span | None:
    """The tenth, the fifth and the ninth of ten of some numbers, each one that is there; None of no numbers."""
    found = sorted(numbers)
    if not found:
        return None
    low, middle, high = (found[max(0, ceil(len(found) * tenth / 10) - 1)] for tenth in (1, 5, 9))
    return Span(low, middle, high)


def courses_for(stretches: Sequence[Stretch], service: Service, *, budget: int) -> int:
    """How many courses there is time for: from `FEWEST` to `MOST`, whatever the budget."""
    each = sum(one.days * one.per_day for one in stretches) + service.holding + service.waiting
    return max(FEWEST, min(MOST, int(budget / max(1.0, each))))


def courses(
    stretches: Sequence[Stretch], now: Service, then: Service, *, number: int, seed: str, is_counted: bool = False
) -> list[Run]:
    """So many courses, each with chance of its own."""
    return [play(stretches, now, then, seed=f"{seed} {one}", is_counted=is_counted) for one in range(number)]


def by_stretch(run: Run, stretches: Sequence[Stretch]) -> list[list[float]]:
    """The days that those who asked in each stretch waited; who waited when it began is in none."""
    begins = [0.0, *accumulate(one.days for one in stretches)]
    found: list[list[float]] = [[] for _ in stretches]
    for child in run.children:
        if child.asked:
            found[min(bisect_right(begins, child.asked), len(stretches)) - 1].append(child.wait)
    return found


def outlook(runs: Sequence[Run], stretches: Sequence[Stretch]) -> Outlook:
    """What one course or more tell together."""
    waits = [by_stretch(run, stretches) for run in runs]
    numbers = range(len(stretches))
    waiting = [span(run.waiting[number] for run in runs) for number in numbers]
    assert all(waiting), "there is at least one course"
    return Outlook(
        waiting=tuple(one for one in waiting if one),
        days=tuple(span(days for one in waits for days in one[number]) for number in numbers),
        whole=span(days for one in waits for stretch in one for days in stretch),
        courses=len(runs),
    )
