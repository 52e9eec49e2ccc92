"""Whether a referral says what its receiver needs, and who can fill what it lacks. Pure.

Two lists ask: national guidance for the area, and the receiver's own. What is missing is explained once before it is
sent, and never stops one that cannot wait; the one who refers decides.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from grunnmur.cases.definition_shapes import ReferralPart
from grunnmur.cases.terms import HealthArea
from grunnmur.directory.kinds import Role, ServiceKind


@dataclass(frozen=True, slots=True)
class Intake:
    """What a receiver asks of those who refer to it."""

    accepts: frozenset[Role] = frozenset()
    """The roles that it takes referrals from; empty when it has not said."""
    parts: frozenset[str] = frozenset()
    note: str = ""

    def takes_from(self, role: Role) -> bool:
        """Who refers follows the receiver's own rule; one that has not said any takes from all who may refer."""
        return not self.accepts or role in self.accepts


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that the referral does not say."""

    key: str
    label: str
    by_receiver: bool
    """The receiver itself asks for it; otherwise national guidance does."""
    filled_by: tuple[ServiceKind, ...]


def asked_for(parts: Iterable[ReferralPart], *, area: HealthArea, intake: Intake) -> tuple[ReferralPart, ...]:
    """What the two lists ask for about an area, in the order of the definition."""
    return tuple(part for part in parts if area in part.areas or part.key in intake.parts)


def gaps(
    parts: Iterable[ReferralPart], *, area: HealthArea, intake: Intake, written: Mapping[str, str]
) -> tuple[Gap, ...]:
    """What is asked for and not written. `written` is the text of each part by its key."""
    return tuple(
        Gap(part.key, part.label, part.key in intake.parts, part.filled_by)
        for part in asked_for(parts, area=area, intake=intake)
        if not written.get(part.key, "").strip()
    )


def holds_back(found: Iterable[Gap], *, takes_from: bool, is_urgent: bool, as_it_is: bool) -> bool:
    """Whether the writer is asked once more. Never for what is urgent, and never twice."""
    return not is_urgent and not as_it_is and (not takes_from or any(True for _gap in found))
