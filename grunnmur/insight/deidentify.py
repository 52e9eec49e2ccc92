"""How coarse a research extract must be for no child in it to stand alone. Pure.

What others can know of a child, and find it again by, is the half-year in which its case was opened, its age then and
its sex (all in one municipality). They are made coarser, in a fixed order, until every combination is shared by `LEAST`
children. Whatever else is said is what was done: a value that few children have is said together with others, or not
at all. The order, and what is coarse, are our own choice; k-anonymity is Sweeney's (2002, «k-anonymity»).
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from math import inf
from typing import TypeVar

from grunnmur.insight.halves import Half
from grunnmur.insight.hiding import LEAST

OTHER = "other"
"""What a value becomes that too few children have."""
NOT_YET = "not_yet"
"""What is said of a number of weeks when it has not come so far."""


class Time(StrEnum):
    """How exactly the time is said at which the case was opened."""

    HALF = "half"
    YEAR = "year"
    PERIOD = "period"
    """Not beyond what the extract is about."""


class Age(StrEnum):
    """How exactly the age is said that the child had then."""

    YEAR = "year"
    THREE = "three"
    GROUP = "group"
    NONE = "none"


GROUPS = ((0, 5), (6, 11), (12, 17), (18, 24))
"""The coarsest ages; three-year ages fit in them."""


@dataclass(frozen=True, slots=True)
class Known:
    """What others can know of a child; `sex` is empty when it is not held."""

    half: Half
    age: int
    sex: str


Said = tuple[str, str, str]
"""The same as it is said in the file: time, age and sex, each empty when it is not said."""


@dataclass(frozen=True, slots=True)
class Detail:
    """How exactly an extract says what others can know."""

    time: Time
    age: Age
    says_sex: bool

    def say(self, one: Known) -> Said:
        """What the file says of one child."""
        return (_say_time(one.half, self.time), _say_age(one.age, self.age), one.sex if self.says_sex else "")


def _say_time(half: Half, time: Time) -> str:
    return {Time.HALF: half.key, Time.YEAR: f"{half.year:04}", Time.PERIOD: ""}[time]


def _say_age(age: int, how: Age) -> str:
    if how is Age.NONE:
        return ""
    if how is Age.YEAR:
        return str(age)
    if how is Age.THREE:
        return f"{age - age % 3}-{age - age % 3 + 2}"
    return next(f"{first}-{last}" for first, last in GROUPS if age <= last or last == GROUPS[-1][1])


def _coarseness(one: Detail) -> tuple[int, int, int, int]:
    steps = (list(Time).index(one.time), list(Age).index(one.age), 0 if one.says_sex else 2)
    return (sum(steps), *steps)


DETAILS: Sequence[Detail] = tuple(sorted((Detail(*one) for one in product(Time, Age, (True, False))), key=_coarseness))
"""From the most exact to the coarsest: sex is left out as if it were two steps, and of equals time stays longest."""


def classes(counts: Mapping[Known, int], detail: Detail) -> Counter[Said]:
    """How many children share each combination, when it is said so exactly."""
    found: Counter[Said] = Counter()
    for one, children in counts.items():
        found[detail.say(one)] += children
    return found


def safest(counts: Mapping[Known, int]) -> Detail | None:
    """The most exact that leaves nobody with fewer than `LEAST` in the same combination; None when nothing does."""
    if not +Counter(counts):
        return None
    return next((one for one in DETAILS if min(classes(counts, one).values()) >= LEAST), None)


# --- what is not known beforehand, but is seldom ----------------------------------------------------------------------

Value = TypeVar("Value", bound=Hashable)


def _children(pairs: Iterable[tuple[str, Value]]) -> dict[Value, set[str]]:
    found: dict[Value, set[str]] = defaultdict(set)
    for child, value in pairs:
        found[value].add(child)
    return found


def merge_rare(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What each value is said as, from the child and the value of each row: those of too few children as `OTHER`.

    When those are of too few children together, the least common of the others goes with them. A column in which
    there are fewer than `LEAST` children is not for this; all of it is then `OTHER`.
    """
    children = _children(pairs)
    kept = sorted((value for value in children if value != OTHER), key=lambda one: (-len(children[one]), one))
    rare = set(children.get(OTHER, ()))
    hides = OTHER in children
    while kept and (len(children[kept[-1]]) < LEAST or (hides and len(rare) < LEAST)):
        rare |= children[kept.pop()]
        hides = True
    return {value: value if value in kept else OTHER for value in children}


def merge_weeks(pairs: Iterable[tuple[str, int | None]]) -> dict[int | None, str]:
    """What each number of weeks is said as: spans that hold at least `LEAST` children each, the shortest first.

    None, what has not come yet, is the longest of all.
    """
    children = _children(pairs)
    order = sorted(children, key=lambda weeks: inf if weeks is None else weeks)
    spans: list[list[int | None]] = []
    waiting: list[int | None] = []
    for weeks in order:
        waiting.append(weeks)
        if len(set().union(*(children[one] for one in waiting))) >= LEAST:
            spans.append(waiting)
            waiting = []
    if waiting and spans:
        spans[-1] += waiting
    elif waiting:
        spans.append(waiting)
    return {weeks: _span(span) for span in spans for weeks in span}


def _span(weeks: Sequence[int | None]) -> str:
    first, last = weeks[0], weeks[-1]
    if first is None:
        return NOT_YET
    if last is None:
        return f"{first}-{NOT_YET}"
    return str(first) if first == last else f"{first}-{last}"


def has_enough(children: Iterable[str]) -> bool:
    """Whether a table is about enough children to be in a file at all."""
    return len(set(children)) >= LEAST


# --- answers without a child ------------------------------------------------------------------------------------------


def say_answers(answers: Sequence[Sequence[str]]) -> list[tuple[str, ...]] | None:
    """What is said of the answers of one kind in one time, one row for each; None when they are too few.

    Whoever answered was promised that nobody learns who said what. A question to which all gave the same answer is left
    empty, for else it is known of each; so is one that all but a single one answered alike, who would know of the rest.
    """
    if len(answers) < LEAST:
        return None
    columns = []
    for column in zip(*answers, strict=True):
        most = Counter(column).most_common(1)[0][1]
        columns.append([""] * len(column) if most >= len(column) - 1 else list(column))
    return sorted(zip(*columns, strict=True))


# --- numbers on a page ------------------------------------------------------------------------------------------------

BANDS = (LEAST, 20, 50, 100, 200, 500, 1000)
"""Where a number on the page begins to be another: two extracts about nearly the same time differ by few children, and
exact numbers would tell how many. Our own choice."""


def band(children: int) -> tuple[int, int | None]:
    """Between which numbers a count lies: the first, and the last or None; 0 is not told from the other small ones."""
    bounds = (0, *BANDS)
    place = max(number for number, first in enumerate(bounds) if children >= first)
    return bounds[place], bounds[place + 1] - 1 if place + 1 < len(bounds) else None
