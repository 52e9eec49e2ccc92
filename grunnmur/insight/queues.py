"""The queues that the figures tell of, what a service is taken to be by them, and how well that foretells. Pure.

No new number is counted for it: who asks and how soon their turn comes stand in the frozen figures of a half-year, as
they may be shown. Where they are hidden or too few, whoever asks writes the numbers, and the answer says that they did.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from math import inf, log

from grunnmur.insight import capacity
from grunnmur.insight.capacity import (
    Outlook,
    Service,
    Span,
    Stretch,
    by_stretch,
    courses,
    courses_for,
    outlook,
    span,
    year,
)
from grunnmur.insight.halves import Half
from grunnmur.insight.indicators import Code, Key

HALF_YEAR = 365 / 2
"""Days, on the average."""
MOST_WAITING = 500
"""Children who can wait when a year begins; more than that is not one queue."""
CHECKED = 40_000
"""Children that may be played to see how well the figures foretell."""


@dataclass(frozen=True, slots=True)
class Queue:
    """Somewhere children wait for their turn: the indicator that counts them, and the days of its categories."""

    key: str
    indicator: Key
    within: tuple[tuple[Code, int], ...]
    """One or two, the shorter first; each counts those that are not in the one before."""
    held: Key | None = None
    """The indicator that tells how long a child has the place, by the same categories."""
    is_shared: bool = False
    """Whether the service has the children of other municipalities too, as a hospital's has."""


QUEUES = (
    Queue("kartlegging", "kartlegging-begynt", (("within_14", 14), ("within_42", 42)), held="kartlegging-ferdig"),
    Queue("vurdering", "tid-til-avgjorelse", (("within_14", 14), ("within_42", 42))),
    Queue("oppstartsmote", "tid-til-oppstartsmote", (("within_28", 28), ("within_56", 56))),
    # Ten working days and 65 are two weeks and thirteen, when there is no holiday in them.
    Queue("svar", "svar-innen-10-dager", (("in_time", 14),), is_shared=True),
    Queue("behandling", "oppstart-innen-65-dager", (("in_time", 91),), is_shared=True),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the figures of a half-year tell: how many asked, and how many had their turn within each time or sooner."""

    half: Half
    asked: int
    within: tuple[int, ...]


def seen(queue: Queue, half: Half, whole: int | None, by: Mapping[str, int | None]) -> Seen | None:
    """The figures of a queue; None when what is needed is hidden, or nobody was counted."""
    times = [by[category] for category, _days in queue.within]
    shown = [one for one in times if one is not None]
    if not whole or len(shown) < len(times):
        return None
    return Seen(half, whole, tuple(sum(shown[: number + 1]) for number in range(len(shown))))


def _share(found: Sequence[Seen], number: int) -> float:
    return sum(one.within[number] for one in found) / sum(one.asked for one in found)


def mean_held(queue: Queue, found: Sequence[Seen]) -> float | None:
    """The mean days that a child has a place, by the figures of `Queue.held`; None when they do not tell."""
    if not found:
        return None
    for number in reversed(range(len(queue.within))):
        if mean := capacity.mean_of(queue.within[number][1], _share(found, number)):
            return mean
    return None


def fit(queue: Queue, found: Sequence[Seen], *, places: int | None = None, held: float | None = None) -> Service | None:
    """The service that fits some half-years best, with so many who wait as is usual in it; None when none can be told.

    Of those in which the right share have their turn within the first time: with so many places, when that is said; or
    the one in which a place is held as long as is known; or in which the second time fits best.
    """
    if not found or (places is None and held is None and len(queue.within) < 2):
        return None
    per_day = sum(one.asked for one in found) / (len(found) * HALF_YEAR)
    tried = [places] if places else range(1, capacity.HELD_MOST + 1)
    all_of_them = [capacity.calibrate(per_day, queue.within[0][1], _share(found, 0), one) for one in tried]

    def misses(one: Service) -> float:
        if held:
            return abs(log(one.days_each / held))
        days = queue.within[1][1]
        return abs(capacity.share_within(days, per_day, one) - _share(found, 1))

    fits = [one for one in all_of_them if one]
    if not fits:
        return None
    best = fits[0] if places else min(fits, key=misses)
    return capacity.as_usual(per_day, best, min(best.waiting, MOST_WAITING))


# --- what an answer builds on -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Own:
    """What whoever asks has written instead of the figures; None where nothing is."""

    asked: float | None = None
    places: int | None = None
    days_each: float | None = None
    waiting: int | None = None


@dataclass(frozen=True, slots=True)
class Basis:
    """How it is now: how many ask in a half-year, and the service they come to."""

    asked: float
    service: Service


def basis(queue: Queue, found: Sequence[Seen], held: float | None, own: Own) -> Basis | list[str]:
    """What is written, and else what the last year's figures tell: a whole one, so that its seasons are in it.

    Or the names of what neither tells, as `Own` has them.
    """
    latest = unbroken(found)[-2:]
    asked = own.asked or (sum(one.asked for one in latest) / len(latest) if latest else None)
    fitted = fit(queue, latest, places=own.places, held=own.days_each or held)
    places = own.places or (fitted.places if fitted else None)
    days_each = own.days_each or (fitted.days_each if fitted else None)
    waiting = own.waiting
    if waiting is None and fitted and own.days_each is None:
        waiting = fitted.waiting
    if waiting is None and asked and places and days_each:
        usual = capacity.usual_waiting(asked / HALF_YEAR, Service(places, days_each))
        waiting = int(min(usual, MOST_WAITING)) if usual < inf else None
    if asked is None or places is None or days_each is None or waiting is None:
        if places is None and fit(queue, latest, places=1):
            return ["places"]  # the rest is told when these are
        given = {"asked": asked, "places": places, "days_each": days_each}
        # How many wait can be told when the rest is; only if it cannot is it asked for.
        return [name for name, value in given.items() if value is None] or ["waiting"]
    return Basis(asked, capacity.as_usual(asked / HALF_YEAR, Service(places, days_each), waiting))


# --- what is asked about ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Question:
    """What if: so many more places, or fewer; so many times as many who ask; and a month in which it is closed."""

    more: int = 0
    times: float = 1.0
    closed: int | None = None
    season: str = "even"
    """How the year is without it; one of `capacity.SEASONS`. It is no change."""

    @property
    def is_change(self) -> bool:
        """Whether anything is to be otherwise than it is."""
        return bool(self.more) or self.times != 1 or self.closed is not None


@dataclass(frozen=True, slots=True)
class Answer:
    """A year if nothing changes, and the same year with what was asked about; None when that is nothing."""

    as_it_is: Outlook
    changed: Outlook | None


def faults(found: Basis, question: Question) -> Iterator[str]:
    """What cannot be answered: `places` when none is left, and `asked` when there is no time to play so many."""
    if found.service.places + question.more < 1:
        yield "places"
    if max(1, question.times) * 2 * found.asked + found.service.waiting > capacity.PLAYABLE:
        yield "asked"


def answer(found: Basis, question: Question, *, seed: str) -> Answer:
    """Both years by the same chance, equally often; of what has no `faults`."""
    now = found.service
    then = replace(now, places=now.places + question.more)
    usual = year(found.asked, question.season)
    changed = year(found.asked * question.times, question.season, [question.closed] if question.closed else ())
    number = min(courses_for(stretches, now, budget=capacity.BUDGET // 2) for stretches in (usual, changed))

    def come_of(stretches: Sequence[Stretch], service: Service) -> Outlook:
        return outlook(courses(stretches, now, service, number=number, seed=seed), stretches)

    return Answer(come_of(usual, now), come_of(changed, then) if question.is_change else None)


# --- how well it foretells --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Foretold:
    """A half-year that was not learnt from: the share within the first time as it was, and as it was foretold."""

    half: Half
    share: float
    expected: Span

    @property
    def is_inside(self) -> bool:
        """Whether it came as eight of ten courses do."""
        return self.expected.low <= self.share <= self.expected.high


@dataclass(frozen=True, slots=True)
class Check:
    """How many half-years were learnt from, and what came of the rest."""

    learnt: int
    foretold: tuple[Foretold, ...]


def unbroken(found: Sequence[Seen]) -> list[Seen]:
    """The last half-years with none missing between them."""
    kept: list[Seen] = []
    for one in reversed(found):
        if kept and kept[-1].half.before != one.half:
            break
        kept.append(one)
    return kept[::-1]


def _that_there_is_time_for(found: Sequence[Seen]) -> list[Seen]:
    """As many of the last as can be played `capacity.FEWEST` times."""
    children = list(accumulate(one.asked for one in reversed(found)))
    return list(found[len(found) - bisect_right(children, CHECKED // capacity.FEWEST) :])


def check(queue: Queue, found: Sequence[Seen], held: float | None, own: Own, *, seed: str) -> Check | None:
    """Learn from the first half of the figures, and foretell the shares of the rest; None when they are too few.

    How many ask is taken from each half-year itself: what is tried is what waiting becomes of it.
    """
    series = _that_there_is_time_for(unbroken(found))
    learnt = (len(series) + 1) // 2
    service = fit(queue, series[:learnt], places=own.places, held=own.days_each or held)
    if len(series) < 2 or service is None:
        return None
    stretches = [
        Stretch(days, one.asked / days) for one in series for days in [(one.half.until_on - one.half.from_on).days]
    ]
    number = courses_for(stretches, service, budget=CHECKED)
    played = courses(stretches, service, service, number=number, seed=seed, is_counted=True)
    runs = [by_stretch(run, stretches) for run in played]
    days = queue.within[0][1]
    foretold = []
    for place, one in list(enumerate(series))[learnt:]:
        shares = [sum(wait <= days for wait in waits[place]) / len(waits[place]) for waits in runs if waits[place]]
        if expected := span(shares):
            foretold.append(Foretold(one.half, one.within[0] / one.asked, expected))
    return Check(learnt, tuple(foretold))
