"""The national pathway as dated data: editions, deadlines, target group and knowledge model, each with its source.

Pure: reads `definitions/*.yaml`, never the database. A fault stops the loading and is said with file and line
(`DefinitionError`). The shapes are in `definition_shapes`, the reading of one file in `definition_file`, and what must
agree in `definition_checks`.
"""

import hashlib
import json
from functools import cache
from pathlib import Path

from pydantic import BaseModel

from grunnmur.cases.definition_checks import check, walk
from grunnmur.cases.definition_file import DefinitionError, Document, Fault, Model, read
from grunnmur.cases.definition_shapes import (
    Activity,
    Citation,
    ClosingGround,
    Criterion,
    Deadline,
    DeadlineFile,
    Definitions,
    Edition,
    Instrument,
    InstrumentFile,
    KnowledgeModel,
    Meeting,
    Phase,
    ReferralGuidance,
    SourceFile,
    TargetGroup,
    TaskSet,
    TaskSetFile,
)
from grunnmur.places import DEFINITIONS

__all__ = [
    "DEFINITIONS",
    "Activity",
    "ClosingGround",
    "Criterion",
    "Deadline",
    "DefinitionError",
    "Definitions",
    "Edition",
    "Instrument",
    "Meeting",
    "Phase",
    "TaskSet",
    "definitions",
    "load",
]


@cache
def definitions() -> Definitions:
    """The definitions of this installation, read once."""
    return load(DEFINITIONS)


def load(path: Path) -> Definitions:
    """Reads and checks every definition under `path`. Raises DefinitionError with all faults that were found."""
    faults: list[Fault] = []
    sources = _read(path, "sources.yaml", SourceFile, faults)
    deadlines = _read(path, "deadlines.yaml", DeadlineFile, faults)
    knowledge = _read(path, "knowledge_model.yaml", KnowledgeModel, faults)
    target = _read(path, "target_group.yaml", TargetGroup, faults)
    instruments = _read(path, "instruments.yaml", InstrumentFile, faults)
    referral = _read(path, "referral.yaml", ReferralGuidance, faults)
    sets = _read(path, "task_sets.yaml", TaskSetFile, faults)
    names = sorted(file.relative_to(path).as_posix() for file in (path / "pathway").glob("*.yaml"))
    editions = [edition for name in names if (edition := _read(path, name, Edition, faults))]
    if not names:
        faults.append(Fault("definitions/pathway", 1, "det finnes ingen utgave av forløpet"))
    if faults or not (sources and deadlines and knowledge and target and instruments and referral and sets):
        raise DefinitionError(faults)

    found = Definitions(
        sources=sources[1].sources,
        editions=tuple(sorted((edition for _, edition in editions), key=lambda edition: edition.in_force_from)),
        working_days=deadlines[1].working_days,
        deadlines=deadlines[1].deadlines,
        frequencies=deadlines[1].frequencies,
        knowledge_model=knowledge[1],
        target_group=target[1],
        instruments=instruments[1].instruments,
        comparing=instruments[1].comparing,
        referral=referral[1],
        task_sets=sets[1].task_sets,
    )
    shared = (sources, deadlines, knowledge, target, instruments, referral, sets)
    files: list[tuple[Document, BaseModel]] = [*shared, *editions]
    for document, model in files:
        faults += [document.fault(place, message) for place, message in check(document, model, found)]
    if faults:
        raise DefinitionError(faults)
    for document, sealed in editions:
        sealed._sha256 = _seal(document.content, sealed, found)
    return found


def _read(path: Path, name: str, shape: type[Model], faults: list[Fault]) -> tuple[Document, Model] | None:
    """The file and what it says; None when it has faults, which are then added to `faults`."""
    try:
        document = read(path / name, f"definitions/{name}")
        return document, document.parse(shape)
    except DefinitionError as error:
        faults.extend(error.faults)
        return None


def _seal(content: bytes, edition: Edition, found: Definitions) -> str:
    """A hash of the file's bytes and of exactly those deadlines and sources that the edition refers to.

    Not of the whole shared files: a source added for a later edition must not break the seal of an earlier one.
    """
    keys = {key for a in edition.activities for key in (a.deadline, *a.starts_deadlines)}
    keys |= {meeting.deadline for meeting in edition.meetings}
    used: list[BaseModel] = [deadline for deadline in found.deadlines if deadline.key in keys]
    used.append(found.working_days)
    cited = {thing.key for model in (edition, *used) for _, thing in walk(model) if isinstance(thing, Citation)}
    used += [source for source in found.sources if source.key in cited]
    said = [model.model_dump(mode="json", exclude_unset=True) for model in used]
    return hashlib.sha256(content + json.dumps(said, sort_keys=True).encode()).hexdigest()
