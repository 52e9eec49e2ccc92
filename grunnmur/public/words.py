"""The sentences of an answer, on the page and to a program: the same words in both."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from grunnmur.directory.finder_file import finder
from grunnmur.directory.kinds import HelpLevel
from grunnmur.directory.offers import Answer, Found, Offer, Place

CHILD, ADULT = 0, 25


@dataclass(frozen=True, slots=True)
class Call:
    """One whom one can call: an emergency number or an offer."""

    service: str
    kind: str
    level: str
    why: str
    phone: str
    offer: Offer | None = None
    about: str = ""
    is_faded: bool = False
    verified_on: date | None = None


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of the ladder of help, with who stands there."""

    level: HelpLevel
    label: str
    names: tuple[str, ...]
    is_here: bool


def calls(answer: Answer, *, language: str) -> list[Call]:
    """Whom to call, an emergency first, then the best offer first."""
    found = []
    if answer.emergency is not None:
        said = answer.emergency.text(language)
        found.append(Call(said.name, "emergency", "emergency", said.why, spaced(answer.emergency.phone)))
    return [*found, *(_of_offer(one, place=answer.place, language=language) for one in answer.found)]


def _of_offer(one: Found, *, place: Place, language: str) -> Call:
    offer = one.offer
    return Call(
        service=offer.name,
        kind=offer.kind.value,
        level=offer.level.value,
        why=_why(one, place=place, language=language),
        phone=offer.phone,
        offer=offer,
        about=offer.about or finder().kinds[offer.kind].text(language),
        is_faded=one.is_faded,
        verified_on=offer.verified_on,
    )


def _why(one: Found, *, place: Place, language: str) -> str:
    """Why it is suggested: «Hjelper med: Søvn, Vil ikke på skolen. For dem mellom 13 og 18 år i Grimstad.»"""
    labels = ", ".join(need.label.text(language) for need in one.needs)
    whom = ages(one.offer.age_from, one.offer.age_to)
    where = _("For %(whom)s i %(place)s.") % {"whom": whom, "place": place.name}
    helps = _("Hjelper med: %(what)s.") % {"what": labels}
    return f"{helps} {where}" if labels else where


def ages(first: int, last: int) -> str:
    """Whom an age span is for, in words."""
    if first <= CHILD and last >= ADULT:
        return _("alle barn og unge")
    if first <= CHILD:
        return _("barn til og med %(last)s år") % {"last": last}
    if last >= ADULT:
        return _("unge fra %(first)s år") % {"first": first}
    return _("dem mellom %(first)s og %(last)s år") % {"first": first, "last": last}


def ladder(answer: Answer, *, language: str) -> list[Rung]:
    """The rungs from the lowest to the highest; the one of the first offer is marked."""
    here = answer.found[0].offer.level if answer.found else None
    texts = finder().levels
    return [
        Rung(level, texts[level].text(language), tuple(one.name for one in offers), level is here)
        for level, offers in answer.ladder.items()
    ]


def next_steps(answer: Answer) -> tuple[str, str]:
    """Who is on the next rung up and down from the first offer; empty where there is none."""
    if not answer.found:
        return "", ""
    levels = list(HelpLevel)
    at = levels.index(answer.found[0].offer.level)
    up = next((answer.ladder[one][0].name for one in levels[at + 1 :] if answer.ladder[one]), "")
    down = next((answer.ladder[one][0].name for one in reversed(levels[:at]) if answer.ladder[one]), "")
    return up, down


def spaced(phone: str) -> str:
    """A short number as it is read out: «116 117»."""
    return f"{phone[:3]} {phone[3:]}".strip()
