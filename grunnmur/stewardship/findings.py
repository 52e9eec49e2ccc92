"""What supervision has found, and what may be said of it.

Pure: the findings are `definitions/findings.yaml`, and the day is an argument.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Annotated

from pydantic import Field, StringConstraints

from grunnmur.stewardship.shapes import Shape, Source, Spoken, Words, check_once, read
from grunnmur.stewardship.terms import FindingAnswer, Standing


class ShortWords(Words):
    """A finding in one language."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    """So short that it has room above a bar."""


class Finding(Spoken):
    """One thing that supervision has found in municipalities."""

    nb: ShortWords
    nn: ShortWords


class Findings(Shape):
    """The whole file."""

    source: Source
    findings: tuple[Finding, ...] = Field(min_length=1)

    def find(self, key: str) -> Finding | None:
        """One finding by its key."""
        return next((one for one in self.findings if one.key == key), None)


@cache
def findings() -> Findings:
    """The file, read once. Raises ValueError when it has a wrong shape, or a key stands twice."""
    found = read(Findings, "findings.yaml")
    check_once("findings.yaml", (one.key for one in found.findings))
    return found


@dataclass(frozen=True, slots=True)
class Said:
    """What a municipality says of a finding, whole: each new version says everything again."""

    answer: FindingAnswer
    why: str
    action: str = ""
    who: str = ""
    due_on: date | None = None
    shown_by: str = ""
    """What shows that it is mended; a closure without it is none."""


def standing(said: Said | None, *, on: date) -> Standing:
    """How a finding stands after the last that was said of it; a due date is kept through its own day."""
    if said is None:
        return Standing.NOT_ASSESSED
    if said.answer is not FindingAnswer.OURS:
        return Standing(said.answer)
    if said.due_on is None:
        return Standing.OPEN
    return Standing.OVERDUE if said.due_on < on else Standing.UNDER_WAY


def may_be_mended(before: Said | None) -> bool:
    """Only what the municipality has said that it had, can be mended; or be shown better, once it is."""
    return before is not None and before.answer is not FindingAnswer.NOT_OURS


def missing(said: Said, *, before: Said | None) -> frozenset[str]:
    """What stops something from being said, as the names of its fields; the database refuses the same.

    An action has somebody who does it and a day, and nothing is done about what is not there.
    """
    found = set()
    if not said.why:
        found.add("why")
    if said.answer is FindingAnswer.MENDED and not may_be_mended(before):
        found.add("answer")
    if (said.answer is FindingAnswer.MENDED) != bool(said.shown_by):
        found.add("shown_by")
    whole = {"action": bool(said.action), "who": bool(said.who), "due_on": said.due_on is not None}
    if said.answer is FindingAnswer.NOT_OURS:
        found |= {name for name, is_given in whole.items() if is_given}
    elif any(whole.values()):
        found |= {name for name, is_given in whole.items() if not is_given}
    return frozenset(found)


def count(standings: Iterable[Standing]) -> Mapping[Standing, int]:
    """How many stand how, with every standing there is, in order."""
    counted = Counter(standings)
    return {one: counted[one] for one in Standing}
