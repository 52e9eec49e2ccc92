"""Several who know the child, side by side and over time: who sees what, where they differ, which way it goes. Pure.

Nothing is scored here. What is compared is the service's own judgement, in four steps (`Severity`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grunnmur.cases.definition_shapes import Instrument
from grunnmur.cases.terms import HealthArea, Informant, Severity

STEPS = tuple(Severity)
FAR_APART = 2
"""From how many steps apart two informants are said to see it differently. The product's own choice."""
MOST = 4
"""Informants of one sort that are told apart: two homes with two parents each. The product's own choice."""


@dataclass(frozen=True, slots=True)
class Who:
    """One who knows the child. Who of several is told apart by a number, and never by name."""

    informant: Informant
    number: int = 0
    """Which of several of the same sort; 0 when there is one, or when nobody has said which."""
    numbered_by: str = ""
    """The id of the service that has given the number: another's is another."""
    service: str = ""
    """Its name, as far as the reader may know it."""

    @property
    def label(self) -> str:
        where = f" ({self.service})" if self.service else ""
        return f"{self.informant.label} {self.number}{where}" if self.number else str(self.informant.label)

    @property
    def may_be_several(self) -> bool:
        """Whether answers under this may be those of more than one."""
        return not self.number and self.informant is not Informant.CHILD

    def is_another_than(self, other: "Who") -> bool:
        """Whether the two are surely two. Of one sort, only one service that has told them apart knows."""
        told_apart = self.number and other.number and self.number != other.number
        return self.informant is not other.informant or bool(told_apart and self.numbered_by == other.numbered_by)


@dataclass(frozen=True, slots=True)
class Line:
    """What can be followed over time: one who knows the child, asked in one way."""

    who: Who
    instrument: str = ""
    """Its key; empty for a talk or an examination."""


@dataclass(frozen=True, slots=True)
class View:
    """How one informant saw it on a day."""

    on: date
    line: Line
    severity: Severity

    @property
    def who(self) -> Who:
        return self.line.who

    @property
    def level(self) -> int:
        """0 for no difficulties, and up."""
        return STEPS.index(self.severity)


def why_not(instrument: Instrument | None, *, area: HealthArea, informant: Informant) -> str | Promise | None:
    """Why an instrument cannot be what somebody answered about an area, in words; None when it can.

    The age that it is made for is told and never refused: the service chooses its methods (HD3).
    """
    if instrument is None or area not in instrument.areas:
        return _("Velg et skjema fra listen.")
    if instrument.form_for(informant) is None:
        return _("Dette skjemaet har ingen utgave for den som har svart. Velg et annet, eller en annen som har svart.")
    return None


def lines(views: Iterable[View]) -> dict[Line, tuple[View, ...]]:
    """Each line's views, the earliest first, in the order that informants are named.

    Of one day the last given; but the most worried as long as it may be two people's, so that none hides another.
    """
    found: dict[Line, dict[date, View]] = {}
    for view in views:
        days = found.setdefault(view.line, {})
        before = days.get(view.on)
        if before is None or not view.who.may_be_several or view.level >= before.level:
            days[view.on] = view
    return {line: tuple(found[line][on] for on in sorted(found[line])) for line in sorted(found, key=_order)}


def _order(line: Line) -> tuple[int, str, int, str]:
    who = line.who
    return tuple(Informant).index(who.informant), who.numbered_by, who.number, line.instrument


def has_trend(views: Iterable[View]) -> bool:
    """Whether anybody has been asked in the same way on more than one day."""
    return any(len(line) > 1 for line in lines(views).values())


def newest(views: Iterable[View]) -> dict[Who, View]:
    """What each says now, however it was asked; of one day the most worried."""
    found: dict[Who, View] = {}
    for *_earlier, last in lines(views).values():
        before = found.get(last.who)
        if before is None or (last.on, last.level) > (before.on, before.level):
            found[last.who] = last
    return found


def differ(views: Iterable[View], *, on: date, days: int) -> tuple[View, View] | None:
    """The two who are the farthest apart now, the less worried first, when it is far and they are surely two: a reason
    to talk, not to choose one of them.

    What somebody said more than so many days before `on` is not what they say now.
    """
    valid = (view for view in newest(views).values() if (on - view.on).days <= days)
    pairs = combinations(sorted(valid, key=lambda view: view.level), 2)
    apart = [pair for pair in pairs if pair[0].who.is_another_than(pair[1].who) and _steps(pair) >= FAR_APART]
    return max(apart, key=_steps, default=None)


def _steps(pair: tuple[View, View]) -> int:
    return pair[1].level - pair[0].level
