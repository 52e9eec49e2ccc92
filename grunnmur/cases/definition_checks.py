"""What must agree, within a definition file and between files. Pure.

Each check yields a place in the file and a plain sentence; the reader of the file turns the place into a line.
"""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from grunnmur.cases.definition_file import Document, Place
from grunnmur.cases.definition_shapes import (
    Activity,
    Citation,
    Deadline,
    DeadlineFile,
    Definitions,
    Edition,
    Frequency,
    KnowledgeModel,
    TargetGroup,
)
from grunnmur.cases.terms import ChildWelfarePosition

Complaint = tuple[Place, str]


def walk(model: BaseModel, place: Place = ()) -> Iterator[tuple[Place, BaseModel]]:
    """The model and every model inside it, each with its place in the file."""
    yield place, model
    for field in type(model).model_fields:
        value = getattr(model, field)
        if isinstance(value, BaseModel):
            yield from walk(value, (*place, field))
        elif isinstance(value, tuple):
            for i, item in enumerate(value):
                if isinstance(item, BaseModel):
                    yield from walk(item, (*place, field, i))


def check(document: Document, model: BaseModel, found: Definitions) -> Iterator[Complaint]:
    """Everything about this file that does not agree, with itself or with the other files."""
    things = list(walk(model))
    yield from _check_citations(things, found)
    yield from _check_unique(things, whole_file=isinstance(model, KnowledgeModel))
    yield from _check_references(things, model, found)
    match model:
        case Edition():
            yield from _check_edition(model, found)
            if not document.name.endswith(f"/{model.key}.yaml"):
                yield (("key",), f"utgaven «{model.key}» må stå i en fil som heter {model.key}.yaml")
        case TargetGroup():
            for missing in set(ChildWelfarePosition) - {rule.key for rule in model.positions}:
                yield ("positions",), f"mangler stillingen «{missing}»"
        case KnowledgeModel():
            yield from _check_codes(model)
        case DeadlineFile():
            yield from _check_starting_points(model)


def _check_citations(things: list[tuple[Place, BaseModel]], found: Definitions) -> Iterator[Complaint]:
    kinds = {source.key: source.kind for source in found.sources}
    for place, thing in things:
        if not isinstance(thing, Citation):
            continue
        if thing.key not in kinds:
            yield (*place, "key"), f"kilden «{thing.key}» finnes ikke i sources.yaml"
        elif thing.official and not kinds[thing.key].can_be_official:
            yield ((*place, "official"), f"kilden «{thing.key}» kan ikke gjøre noe offisielt")
    for place, thing in things:
        if isinstance(thing, Deadline | Frequency) and thing.source.official:
            kind = kinds.get(thing.source.key)
            if kind and not kind.is_law:
                yield ((*place, "source"), "en offisiell frist må ha en lov eller forskrift som kilde")


def _check_unique(things: list[tuple[Place, BaseModel]], *, whole_file: bool) -> Iterator[Complaint]:
    """What has a name stands once in its list; activities and worry signs once in the whole file."""
    seen: set[tuple[Place, type, object]] = set()
    for place, thing in things:
        field = next((f for f in ("key", "code", "purpose", "edition") if f in type(thing).model_fields), None)
        if not field or not place or not isinstance(place[-1], int):
            continue
        scope = () if whole_file or isinstance(thing, Activity) else place[:-1]
        name = (scope, type(thing), getattr(thing, field))
        if name in seen:
            yield (*place, field), f"«{name[-1]}» står to ganger"
        seen.add(name)


def _check_references(
    things: list[tuple[Place, BaseModel]], model: BaseModel, found: Definitions
) -> Iterator[Complaint]:
    """Every key that names something elsewhere names something that is there."""
    deadlines = {deadline.key for deadline in found.deadlines}
    editions = {edition.key for edition in found.editions}
    known: dict[str, tuple[str, set[str]]] = {
        "editions": ("utgaven", editions),
        "edition": ("utgaven", editions),
        "criterion": ("kriteriet", {criterion.key for criterion in found.criteria}),
    }
    if isinstance(model, Edition):
        roles = {role.key for role in model.roles}
        activities = {activity.key for activity in model.activities}
        known = {
            **dict.fromkeys(("responsible", "invited", "called_by"), ("rollen", roles)),
            **dict.fromkeys(("deadline", "starts_deadlines"), ("fristen", deadlines)),
            **dict.fromkeys(("may_start_before", "normally_after", "concerns"), ("aktiviteten", activities)),
            "meeting": ("møtet", {str(meeting.key) for meeting in model.meetings}),
        }
    for place, thing in things:
        for field in known.keys() & type(thing).model_fields.keys():
            what, there = known[field]
            value: Any = getattr(thing, field)
            named = enumerate(value) if isinstance(value, tuple) else [(0, value)]
            for i, key in named:
                if key is not None and str(key) not in there:
                    yield (*place, field, i), f"{what} «{key}» finnes ikke"


def _check_edition(edition: Edition, found: Definitions) -> Iterator[Complaint]:
    numbers = [phase.number for phase in edition.phases]
    if numbers[0] not in (0, 1) or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        yield (("phases",), "fasene skal være nummerert i rekkefølge, fra 0 eller 1, uten hull")
    if [criterion.number for criterion in edition.criteria] != list(range(1, len(edition.criteria) + 1)):
        yield ("criteria",), "kriteriene skal være nummerert i rekkefølge fra 1"
    if edition.in_force_until and edition.in_force_until < edition.in_force_from:
        yield ("in_force_until",), "utgaven slutter å gjelde før den begynner"
    for other in found.editions:
        ends_on = other.in_force_until or other.in_force_from
        if other is not edition and other.in_force_from <= edition.in_force_from <= ends_on:
            yield ("in_force_from",), f"utgaven «{other.key}» gjelder også da"
        if other.key < edition.key and other.in_force_from > edition.in_force_from:
            yield ("in_force_from",), f"utgaven «{other.key}» begynner å gjelde senere"
    earlier: set[str] = set()
    for p, phase in enumerate(edition.phases):
        for a, activity in enumerate(phase.activities):
            for field in ("may_start_before", "normally_after"):
                for i, key in enumerate(getattr(activity, field)):
                    if key not in earlier:
                        yield (("phases", p, "activities", a, field, i), f"«{key}» kommer ikke før «{activity.key}»")
            earlier.add(activity.key)


def _check_codes(model: KnowledgeModel) -> Iterator[Complaint]:
    for a, area in enumerate(model.areas):
        for t, topic in enumerate(area.topics):
            if not topic.key.startswith(f"{area.key}."):
                yield (("areas", a, "topics", t, "key"), f"«{topic.key}» hører ikke under «{area.key}»")
            for c, code in enumerate(topic.codes):
                if not code.code.startswith(f"{topic.key}."):
                    place = ("areas", a, "topics", t, "codes", c, "code")
                    yield place, f"«{code.code}» hører ikke under «{topic.key}»"


def _check_starting_points(model: DeadlineFile) -> Iterator[Complaint]:
    words: dict[str, str] = {}
    for i, deadline in enumerate(model.deadlines):
        start = deadline.counted_from
        if words.setdefault(start.key, start.label) != start.label:
            yield (("deadlines", i, "counted_from"), f"«{start.key}» heter «{words[start.key]}» et annet sted")
