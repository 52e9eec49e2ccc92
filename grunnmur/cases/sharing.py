"""What consent lets pass between child welfare and one service about one health area, on one day. Pure.

Two directions, never mixed: what the service may *see* (and child welfare talk with it about), and what the service
may *tell* child welfare of what it finds (hpl §§ 21, 22). The first does not carry the second.
"""

from dataclasses import dataclass
from datetime import date

from grunnmur.cases import consent
from grunnmur.cases.consent import ConsentFact
from grunnmur.cases.lifecycle import OPEN, Facts
from grunnmur.cases.terms import (
    HEALTH_KINDS,
    SHARED_BASE,
    AddressProtection,
    ConsentPurpose,
    InformationKind,
    PathwayStatus,
)
from grunnmur.post.terms import MessageSort

ASKED_ABOUT = InformationKind.COORDINATION | HEALTH_KINDS
"""What one service can ask another about in a case."""
BY_CODE = (MessageSort.QUESTION, MessageSort.INVITATION)
"""What a link that a code by SMS opens can be about; minutes, referrals and passports tell what was said and found."""
TO_BE_GIVEN = (ConsentPurpose.CONTACT_HEALTH, ConsentPurpose.HAND_OVER, ConsentPurpose.INTERDISCIPLINARY_MAPPING)
"""The purposes for which child welfare may give a service what it has (`may_be_given`)."""


def may_be_asked_for(status: PathwayStatus) -> tuple[ConsentPurpose, ...]:
    """What consent can be asked for: everything while the case is open. When it is closed nobody works together any
    more, and what is left to ask is whether a service may be given what there is. Our own choice (ADR 44)."""
    return tuple(ConsentPurpose) if status in OPEN else TO_BE_GIVEN


def may_see(facts: Facts, *, service: str, kind: InformationKind, on: date) -> bool:
    """Whether a consent lets the service see this kind in the case, and child welfare contact it about it."""
    return _consented(facts, purpose=ConsentPurpose.CONTACT_HEALTH, service=service, kind=kind, on=on)


def may_tell(facts: Facts, *, service: str, kind: InformationKind, on: date) -> bool:
    """Whether a consent lets the service tell child welfare what it finds about this kind (hpl § 22)."""
    return _consented(facts, purpose=ConsentPurpose.RELEASE_HEALTH_INFO, service=service, kind=kind, on=on)


@dataclass(frozen=True, slots=True)
class Carried:
    """What one consent lets child welfare give a service, as it stands on a day."""

    consent: str
    kinds: InformationKind
    until_on: date
    """The day from which it does not."""


def carried(facts: Facts, *, service: str | None, on: date) -> tuple[Carried, ...]:
    """Every consent that holds on a day, for the purposes of `may_be_given`; to one service, or to each (None)."""
    return tuple(
        Carried(item.id, item.kinds | SHARED_BASE, until)
        for item in facts.consents
        if item.purpose in TO_BE_GIVEN and service in (None, item.recipient)
        for until in [_until(facts, item, on=on)]
        if until is not None
    )


def _until(facts: Facts, item: ConsentFact, *, on: date) -> date | None:
    """The day from which a consent does not hold, when it does on the day that is asked about."""
    if not consent.check(fact=item, situation=facts.situation, on=on).valid:
        return None
    periods = consent.good_periods(fact=item, situation=facts.situation)
    return next((period.until_on or item.valid_until for period in periods if period.covers(on)), None)


def hand_over_until(facts: Facts, *, service: str, on: date) -> date | None:
    """The day from which no consent lets the case be given to the child welfare service where the child moves, when
    one does on the day that is asked about; None when none does."""
    days = (
        _until(facts, item, on=on)
        for item in facts.consents
        if item.purpose is ConsentPurpose.HAND_OVER and item.recipient == service
    )
    return max((day for day in days if day), default=None)


def may_be_given(facts: Facts, *, service: str, kind: InformationKind, on: date) -> bool:
    """Whether a consent lets child welfare give the service what it has of this kind: to work together, to take the
    case over, or to map the child's health before a move out of home (bvl § 16-3)."""
    return any(_consented(facts, purpose=one, service=service, kind=kind, on=on) for one in TO_BE_GIVEN)


def may_ask(facts: Facts, *, service: str, kind: InformationKind, on: date) -> bool:
    """Whether a service can be asked about this kind in the case: it sees it, or is the owner."""
    return service == facts.owner or may_see(facts, service=service, kind=kind, on=on)


def may_be_by_code(
    *, enough_until: date | None, sort: MessageSort, kind: InformationKind, protection: AddressProtection, on: date
) -> bool:
    """Whether a code by SMS is enough to open a link that shows this, beside who the child is and that there is a case.

    Only where the municipality has decided so, until the first day on which it is not enough, and never for health.
    That it is not enough either for the child's own words, what child welfare holds for itself, who reported, a child
    with a protected address, or what tells what was said or found, is our own choice (ADR 26).
    """
    return (
        enough_until is not None
        and enough_until > on
        and sort in BY_CODE
        and kind != InformationKind(0)
        and kind & ~SHARED_BASE == InformationKind(0)
        and protection is AddressProtection.NONE
    )


def may_answer(facts: Facts, *, service: str, kind: InformationKind, on: date) -> bool:
    """Whether a service that was asked about this kind may say what it knows: of health with consent (hpl § 22)."""
    is_about_health = bool(kind & HEALTH_KINDS)
    return service == facts.owner or not is_about_health or may_tell(facts, service=service, kind=kind, on=on)


def writable_kinds(facts: Facts, *, service: str, sees: InformationKind, on: date) -> tuple[InformationKind, ...]:
    """The kinds that what a service writes for a meeting can be: what it sees itself, and may tell the others of."""
    return tuple(
        kind
        for kind in InformationKind
        if kind & ASKED_ABOUT & sees and may_answer(facts, service=service, kind=kind, on=on)
    )


def _consented(facts: Facts, *, purpose: ConsentPurpose, service: str, kind: InformationKind, on: date) -> bool:
    return any(
        item.purpose is purpose
        and item.recipient == service
        and bool(item.kinds & kind)
        and consent.check(fact=item, situation=facts.situation, on=on).valid
        for item in facts.consents
    )
