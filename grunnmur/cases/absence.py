"""Who has a contact person's cases while they are away. Pure.

No source says how absence is covered; that a child always has a contact person is bvl § 15-3. Who covers has the cases
on their list and stands in; the contact person stays the same, and has them again on the first day back.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LONGEST = timedelta(days=366)
"""Who is away longer hands the cases over; our own choice."""
LATEST_START = timedelta(days=366)
"""An absence further ahead is a slip of the hand; our own choice."""


@dataclass(frozen=True, slots=True)
class Away:
    """One who is away from one day until another, the first day back, and who covers. People by their ids."""

    person: str
    cover: str
    from_on: date
    back_on: date

    def holds(self, on: date) -> bool:
        """Whether the person is away on a day."""
        return self.from_on <= on < self.back_on

    def meets(self, other: "Away") -> bool:
        """Whether there is a day that both hold on."""
        return self.from_on < other.back_on and other.from_on < self.back_on


def stands_in(person: str, *, absences: Collection[Away], at_work: Collection[str], on: date) -> str | None:
    """Who has a person's cases on a day: the person, or who covers, or who covers for that one in turn.

    None when it ends with somebody who does not work in the service any longer, or with those who cover for each other.
    """
    passed: set[str] = set()
    while person not in passed:
        passed.add(person)
        away = next((one for one in absences if one.person == person and one.holds(on)), None)
        if away is None:
            return person if person in at_work else None
        person = away.cover
    return None


def covered_by(who: str, *, absences: Collection[Away], at_work: Collection[str], on: date) -> frozenset[str]:
    """Those whose cases somebody has on a day beside their own."""
    return frozenset(
        one.person
        for one in absences
        if one.person != who and stands_in(one.person, absences=absences, at_work=at_work, on=on) == who
    )


def problems(
    new: Away, *, absences: Collection[Away], at_work: Collection[str], today: date
) -> dict[str, str | Promise | None]:
    """What is wrong with an absence that somebody wants to write down, by field."""
    return {
        "from_on": _("Fravær er alt skrevet inn i denne perioden.")
        if any(one.person == new.person and one.meets(new) for one in absences)
        else _("Datoen er mer enn et år fram. Sjekk året.")
        if new.from_on > today + LATEST_START
        else None,
        "back_on": _("Første dag tilbake må være etter første dag borte.")
        if new.back_on <= new.from_on
        else _("Perioden er alt over. Sjekk datoen.")
        if new.back_on <= today
        else _("Det er mer enn et år. Overfør sakene i stedet.")
        if new.back_on - new.from_on > LONGEST
        else None,
        "cover_id": _("Velg en annen enn den som er borte.")
        if new.cover == new.person
        else _("Velg en som arbeider i barneverntjenesten nå.")
        if new.cover not in at_work
        else _("Den du har valgt, er selv borte i perioden. Velg en annen.")
        if any(one.person == new.cover and one.meets(new) for one in absences)
        else None,
    }
