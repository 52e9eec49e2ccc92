"""How far shares of few lie from each other by chance alone: what a comparison between municipalities is drawn against.

Pure. A funnel plot (Spiegelhalter 2005, «Funnel plots for comparing institutional performance») and no league table: of
two small municipalities one is always the lowest, whatever they do.
"""

from dataclasses import dataclass
from math import sqrt

INNER, OUTER = 1.96, 3.09
"""Standard deviations within which 95 and 99.8 of a hundred lie by chance; those of the source."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    times: int
    of: int

    @property
    def value(self) -> float:
        """From 0 to 1; there is at least one to be a share of."""
        return self.times / self.of


def limits(share: float, of: float, deviations: float) -> tuple[float, float]:
    """Between which shares one of `of` lies by chance when the true one is `share`; by the normal approximation."""
    half = deviations * sqrt(share * (1 - share) / of)
    return max(0.0, share - half), min(1.0, share + half)


def is_outside(one: Share, share: float, deviations: float = OUTER) -> bool:
    """Whether chance alone hardly explains how far it lies from the share of all."""
    low, high = limits(share, one.of, deviations)
    return not low <= one.value <= high
