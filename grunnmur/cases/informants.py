"""Several who know the child, side by side and over time: who sees what, where they differ, which way it goes. Pure.

Nothing is scored here. What is compared is the service's own judgement, in four steps (`Severity`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grunnmur.cases.definition_shapes import Instrument
from grunnmur.cases.terms import HealthArea, Informant, Severity

STEPS = tuple(Severity)
FAR_APART = 2
"""From how many steps apart two informants are said to see it differently. The product's own choice."""


@dataclass(frozen=True, slots=True)
class View:
    """How one informant saw it on a day."""

    on: date
    informant: Informant
    severity: Severity

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


def lines(views: Iterable[View]) -> dict[Informant, tuple[View, ...]]:
    """Each informant's views, the earliest first, in the order that informants are named; of one day the last given."""
    found: dict[Informant, dict[date, View]] = {}
    for view in views:
        found.setdefault(view.informant, {})[view.on] = view
    return {
        informant: tuple(found[informant][on] for on in sorted(found[informant]))
        for informant in Informant
        if informant in found
    }


def has_trend(views: Iterable[View]) -> bool:
    """Whether anybody has been asked on more than one day."""
    return any(len(line) > 1 for line in lines(views).values())


def newest(views: Iterable[View]) -> dict[Informant, View]:
    """What each says now."""
    return {informant: line[-1] for informant, line in lines(views).items()}


def differ(views: Iterable[View]) -> tuple[View, View] | None:
    """The least and the most worried now, when they are far apart: a reason to talk, not to choose one of them."""
    now = sorted(newest(views).values(), key=lambda view: view.level)
    if len(now) < 2 or now[-1].level - now[0].level < FAR_APART:
        return None
    return now[0], now[-1]
