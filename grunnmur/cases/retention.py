"""How long things stand, and what becomes of them: the rules in `definitions/retention.yaml`. Pure.

No source sets a period in months, so every number is the municipality's own and stands in the file. A hold (an
inspection, a court case, a claim) always wins: while it lasts nothing is archived away or deleted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from grunnmur.cases import deadlines
from grunnmur.cases.definition import DEFINITIONS, definitions
from grunnmur.cases.definition_file import DefinitionError, Fault, read
from grunnmur.cases.definition_shapes import Element, Key, Shape

FILE = "retention.yaml"


class Outcome(StrEnum):
    """What is to become of a record, from the gentlest to the last."""

    KEEP = "keep"
    RESTRICT = "restrict"
    ARCHIVE = "archive"
    DELETE = "delete"


class Step(Element):
    """From when on something is to be done: so many months after the rule's start, or after the archive's receipt."""

    do: Outcome
    months: int = Field(ge=0)
    since: Literal["start", "receipt"] = "start"


class Rule(Element):
    """One kind of record: the day that its time runs from, and the steps."""

    key: Key
    label: str
    text: str
    starts: Literal["closed", "written", "ended", "never"]
    steps: tuple[Step, ...]


class RetentionFile(Shape):
    rules: tuple[Rule, ...]


@cache
def rules() -> dict[str, Rule]:
    """The rules of this installation by their key. Raises DefinitionError with file and line."""
    return {rule.key: rule for rule in load(DEFINITIONS).rules}


def load(path: Path) -> RetentionFile:
    """Reads and checks the rules under `path`. Raises DefinitionError with all faults that were found."""
    document = read(path / FILE, f"definitions/{FILE}")
    found = document.parse(RetentionFile)
    kinds = {source.key: source.kind for source in definitions().sources}
    faults: list[Fault] = []
    for i, rule in enumerate(found.rules):
        for place, thing in [((), rule), *((("steps", n), step) for n, step in enumerate(rule.steps))]:
            kind = kinds.get(thing.source.key)
            if kind is None or (thing.source.official and not kind.can_be_official):
                faults.append(
                    document.fault(("rules", i, *place, "source"), f"kilden «{thing.source.key}» kan ikke bære dette")
                )
        if rule.starts == "never" and rule.steps:
            faults.append(document.fault(("rules", i, "steps"), "en regel som aldri begynner, kan ikke ha steg"))
        keys = [other.key for other in found.rules[:i]]
        if rule.key in keys:
            faults.append(document.fault(("rules", i, "key"), f"«{rule.key}» står to ganger"))
    if faults:
        raise DefinitionError(faults)
    return found


# --- what the rules decide -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Held:
    """A hold: nothing is archived away or deleted from its first day until the day it is lifted."""

    from_on: date
    until_on: date | None = None
    """The first day it no longer holds."""

    def is_on(self, on: date) -> bool:
        return self.from_on <= on and (self.until_on is None or on < self.until_on)


@dataclass(frozen=True, slots=True)
class Record:
    """What the rules need to know of one record: the rule it follows, and its dates."""

    rule: str
    started_on: date | None
    """The day that the rule's time runs from, such as the day the case was closed; None while it has not come."""
    received_on: date | None = None
    """The day that the archive acknowledged the package; None until it has."""
    holds: tuple[Held, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to become of a record on a day, since when, and who says so."""

    outcome: Outcome
    rule: Rule
    step: Step | None
    """The step that decided; None when none has come yet."""
    since: date | None
    is_held: bool
    """A hold keeps it from what the rule would otherwise do."""


def decide(record: Record, *, on: date) -> Decision:
    """What is to become of a record on a day. Raises KeyError for a rule that does not exist.

    The last step that has come decides. A hold leaves a record restricted at most: it stands, and nobody else sees it.
    """
    rule = rules()[record.rule]
    come = [(step, since) for step, since in _starts(rule, record) if since <= on]
    held = any(hold.is_on(on) for hold in record.holds)
    allowed = [(step, since) for step, since in come if not (held and step.do in TAKES_AWAY)]
    is_held = len(allowed) < len(come)
    if not allowed:
        return Decision(Outcome.KEEP, rule, None, None, is_held)
    step, since = max(allowed, key=lambda item: _ORDER.index(item[0].do))
    return Decision(step.do, rule, step, since, is_held)


TAKES_AWAY = frozenset({Outcome.ARCHIVE, Outcome.DELETE})
"""What a hold prevents."""
_ORDER = tuple(Outcome)


def _starts(rule: Rule, record: Record) -> Iterable[tuple[Step, date]]:
    """The steps whose beginning is known, each with its first day."""
    for step in rule.steps:
        begin = record.received_on if step.since == "receipt" else record.started_on
        if begin is not None and record.started_on is not None:
            yield step, deadlines.add_months(begin, step.months)
