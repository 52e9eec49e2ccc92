"""Where a child stands in child welfare, whether that is in the pathway's target group, and what the data point to.

Pure. The rule is S3's: every child with an investigation, with measures at home, in a foster home or in an
institution is to be assessed. Which positions each edition has in its target group, and which official codes
point to which criterion, is data: `definitions/target_group.yaml`. Nothing here decides anything: the child
welfare service does.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from django.utils.translation import gettext as _

from grunnmur.cases.age import birthday
from grunnmur.cases.definition import definitions
from grunnmur.cases.definition_shapes import CodeList, DatedCode
from grunnmur.cases.terms import ChildWelfarePosition

ADULT_AT = 18
"""Years: until then one is a child, after that help is aftercare (bvl §§ 1-2 and 3-6)."""
INSTITUTION = frozenset({"1.1", "1.2", "1.99"})
FOSTER_HOME = frozenset({"2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.99"})
OTHER_PLACEMENT = frozenset({"8.2", "8.4", "8.5"})
"""Measure categories that say where the child lives (SSBX, Tiltak/Kategori): the placements of Statistics Norway's
rules, and 8.4 and 8.5, which 8.2 was divided into from 2026."""
NOTE_LEADS_TO_INVESTIGATION = "2"
"""The note's conclusion «ikke henlagt» (SSBX, Melding/Konklusjon)."""


class Note(Protocol):
    """A note of concern (bvl § 2-1), with the file's codes. `conclusion` is empty while there is none."""

    @property
    def received_on(self) -> date: ...
    @property
    def reporters(self) -> Iterable[str]: ...
    @property
    def contents(self) -> Iterable[str]: ...
    @property
    def conclusion(self) -> str: ...
    @property
    def concluded_on(self) -> date | None: ...


class Investigation(Protocol):
    """An investigation (bvl § 2-2), open until the day it is concluded."""

    @property
    def opened_on(self) -> date: ...
    @property
    def concluded_on(self) -> date | None: ...


class Measure(Protocol):
    """A measure by its category code, in force until the day it ends."""

    @property
    def category(self) -> str: ...
    @property
    def from_on(self) -> date: ...
    @property
    def until_on(self) -> date | None: ...


@dataclass(frozen=True)
class CaseFacts:
    """One child's case as it is known. `ended_on` is the day the whole case was closed; leave out what is deleted."""

    born_on: date
    notes: tuple[Note, ...] = ()
    investigations: tuple[Investigation, ...] = ()
    measures: tuple[Measure, ...] = ()
    ended_on: date | None = None


@dataclass(frozen=True)
class Standing:
    """A position, and the day it began; it lasts until the next begins."""

    position: ChildWelfarePosition
    from_on: date


@dataclass(frozen=True)
class Suggestion:
    """A criterion that the data point to, and the facts behind it in plain words. Never a decision."""

    criterion: str
    because: str


# --- position ------------------------------------------------------------------------------------------------


def position(case: CaseFacts, on: date) -> ChildWelfarePosition:
    """The child's position on the day: where it lives before an investigation, and that before help at home.

    On the day something ends it no longer counts. From 18 years any help is aftercare.
    """
    if case.ended_on is not None and case.ended_on <= on:
        return ChildWelfarePosition.NONE
    categories = {measure.category for measure in case.measures if _lasts(measure.from_on, measure.until_on, on)}
    is_investigated = any(_lasts(found.opened_on, found.concluded_on, on) for found in case.investigations)
    if on >= birthday(born_on=case.born_on, years=ADULT_AT):
        return ChildWelfarePosition.AFTERCARE if categories or is_investigated else ChildWelfarePosition.NONE
    if categories & INSTITUTION:
        return ChildWelfarePosition.INSTITUTION
    if categories & FOSTER_HOME:
        return ChildWelfarePosition.FOSTER_HOME
    if categories & OTHER_PLACEMENT:
        return ChildWelfarePosition.OTHER_PLACEMENT
    if is_investigated:
        return ChildWelfarePosition.INVESTIGATION
    if categories:
        return ChildWelfarePosition.MEASURES_AT_HOME
    if any(_waits(note, case.investigations, on) for note in case.notes):
        return ChildWelfarePosition.NOTE_ONLY
    return ChildWelfarePosition.NONE


def positions_over_time(case: CaseFacts, *, until: date) -> tuple[Standing, ...]:
    """Each position as it began, oldest first, from the first that is not NONE to the day `until`."""
    standings: list[Standing] = []
    before = ChildWelfarePosition.NONE
    for day in sorted(day for day in set(_days_of_change(case)) if day <= until):
        now = position(case, day)
        if now != before:
            standings.append(Standing(now, day))
            before = now
    return tuple(standings)


def _days_of_change(case: CaseFacts) -> Iterator[date]:
    yield birthday(born_on=case.born_on, years=ADULT_AT)
    ends = [case.ended_on]
    for note in case.notes:
        yield note.received_on
        ends.append(note.concluded_on)
    for investigation in case.investigations:
        yield investigation.opened_on
        ends.append(investigation.concluded_on)
    for measure in case.measures:
        yield measure.from_on
        ends.append(measure.until_on)
    yield from (end for end in ends if end is not None)


def _lasts(start: date, end: date | None, on: date) -> bool:
    return start <= on and (end is None or on < end)


def _waits(note: Note, investigations: tuple[Investigation, ...], on: date) -> bool:
    """Whether the note is not yet concluded, or is to be investigated by an investigation that has not begun."""
    if note.received_on > on:
        return False
    if note.concluded_on is None or on < note.concluded_on:
        return True
    return note.conclusion == NOTE_LEADS_TO_INVESTIGATION and not any(
        note.received_on <= investigation.opened_on <= on for investigation in investigations
    )


# --- target group ----------------------------------------------------------------------------------------------


def is_in_target_group(position: ChildWelfarePosition, *, on: date) -> bool:
    """Whether a child in this position is to be assessed under the edition in force on the day."""
    found = definitions()
    return found.target_group.includes(position, found.edition_in_force(on).key)


def target_group_reason(position: ChildWelfarePosition) -> str:
    """Why a child in this position is or is not in the target group, in one plain sentence."""
    reasons = {
        ChildWelfarePosition.INVESTIGATION: _(
            "Barnevernet har åpnet en undersøkelse. Da skal det vurderes om forløpet skal starte."
        ),
        ChildWelfarePosition.MEASURES_AT_HOME: _(
            "Barnet får hjelpetiltak hjemme. Da skal det vurderes om forløpet skal starte."
        ),
        ChildWelfarePosition.FOSTER_HOME: _("Barnet bor i fosterhjem. Da skal det vurderes om forløpet skal starte."),
        ChildWelfarePosition.INSTITUTION: _("Barnet bor på institusjon. Da skal det vurderes om forløpet skal starte."),
        ChildWelfarePosition.OTHER_PLACEMENT: _(
            "Barnet bor et annet sted etter vedtak. Vi regner det med i målgruppen, så ingen faller utenfor."
        ),
        ChildWelfarePosition.NOTE_ONLY: _(
            "Det er en bekymringsmelding, men ingen undersøkelse. Barnet er i målgruppen når undersøkelsen åpnes."
        ),
        ChildWelfarePosition.AFTERCARE: _(
            "Den unge er over 18 år og får ettervern. Kildene sier ikke at forløpet gjelder ettervern."
        ),
        ChildWelfarePosition.NONE: _("Barnet har ingen undersøkelse og ingen tiltak nå."),
    }
    return reasons[position]


# --- what the data point to ------------------------------------------------------------------------------------


def suggested_criteria(notes: Iterable[Note], on: date) -> tuple[Suggestion, ...]:
    """The start criteria that notes received by this day point to, each once, with the newest note first.

    A note points to «concern about the child's health» by its contents, and to «from a health service» only when
    both the reporter and the contents say so: that criterion asks for both (S3). A code counts whatever the day
    of the note, because files also carry new codes on old notes; the service sees the day, and decides.
    """
    found: dict[str, list[str]] = {}
    for note in sorted(notes, key=lambda note: note.received_on, reverse=True):
        if note.received_on > on:
            continue
        words = {"day": f"{note.received_on:%d.%m.%Y}"}
        for about, contents in _pointed_to(CodeList.TOPIC, note.contents):
            words["contents"] = _listed(contents)
            found.setdefault(about, []).append(_("Meldingen %(day)s gjelder %(contents)s.") % words)
            for source, reporters in _pointed_to(CodeList.REPORTER, note.reporters):
                words["reporters"] = _listed(reporters)
                message = _("Meldingen %(day)s kom fra %(reporters)s og gjelder %(contents)s.")
                found.setdefault(source, []).append(message % words)
    return tuple(Suggestion(criterion, " ".join(found[criterion])) for criterion in sorted(found))


def _pointed_to(code_list: CodeList, given: Iterable[str]) -> Iterator[tuple[str, list[DatedCode]]]:
    """Each criterion that some of the given codes point to, with those codes."""
    given = set(given)
    for pointer in definitions().target_group.pointers:
        if pointer.code_list == code_list and (codes := [code for code in pointer.codes if code.code in given]):
            yield pointer.criterion, codes


def _listed(codes: Iterable[DatedCode]) -> str:
    return ", ".join(f"«{code.label}» ({code.code})" for code in codes)
