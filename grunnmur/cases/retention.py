"""How long things stand, and what becomes of them: the rules in `definitions/retention.yaml`. Pure."""

from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

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
