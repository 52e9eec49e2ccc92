"""What is counted, and what each number means: `definitions/indicators.yaml`, read and checked. Pure."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Any, Literal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from grunnmur import yaml_file
from grunnmur.cases.definition import definitions
from grunnmur.cases.terms import AssessmentOutcome, ChildParticipation, HealthArea, MappingConclusion
from grunnmur.directory.kinds import ServiceKind
from grunnmur.directory.responsibility import squares
from grunnmur.insight.phases import Between
from grunnmur.places import DEFINITIONS

FILE = DEFINITIONS / "indicators.yaml"
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{3,40}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.]{1,40}$")]


class Grade(TextChoices):
    """What five grades are counted as: 4 and 5, 3, and 1 and 2."""

    YES = "yes", _("Ja")
    PARTLY = "partly", _("Delvis")
    NO = "no", _("Nei")


class Helper(TextChoices):
    """What services are counted as, so that the groups are large enough to show; the groups are our own choice."""

    GP = "gp", ServiceKind.GP.label
    SCHOOL_HEALTH = "school_health", ServiceKind.SCHOOL_HEALTH.label
    MUNICIPAL = "municipal", _("Psykisk helsehjelp, rushjelp og FACT Ung")
    DENTAL = "dental", ServiceKind.DENTAL.label
    CAMHS = "camhs", ServiceKind.CAMHS.label
    PAEDIATRIC = "paediatric", ServiceKind.PAEDIATRIC.label
    CHILD_WELFARE = "child_welfare", ServiceKind.CHILD_WELFARE.label
    OTHER = "other", _("Andre tjenester")


def _criteria() -> Mapping[str, str]:
    """The start criteria of every edition, the newest first, and each in the words of the newest that has it."""
    found: dict[str, str] = {}
    for edition in reversed(definitions().editions):
        for one in edition.criteria:
            found.setdefault(one.key, one.label)
    return found


def _squares() -> Mapping[str, str]:
    """A health area and the age group of the child, as on the map of who is responsible; the level is not known."""
    return {
        f"{area.value}_{band.first}": _("%(area)s, %(first)s–%(last)s år")
        % {"area": area.label, "first": band.first, "last": band.last}
        for area in HealthArea
        for band in squares().bands
    }


def _of(choices: type[TextChoices]) -> Callable[[], Mapping[str, str]]:
    return lambda: {one.value: str(one.label) for one in choices}


CHOICES: Mapping[str, Callable[[], Mapping[str, str]]] = {
    "outcomes": _of(AssessmentOutcome),
    "criteria": _criteria,
    "participation": _of(ChildParticipation),
    "health_areas": _of(HealthArea),
    "conclusions": _of(MappingConclusion),
    "grades": _of(Grade),
    "helpers": _of(Helper),
    "squares": _squares,
}
"""Categories that the program has already, with their words in the reader's language; criteria are in bokmål alone
(`Indicators.criteria_in_nynorsk`)."""


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Both(_Shape):
    """A sentence in both forms of Norwegian."""

    nb: Text
    nn: Text

    def text(self, language: str) -> str:
        """Bokmål in any other language than nynorsk."""
        return self.nn if language == "nn" else self.nb


class Words(_Shape):
    """An indicator in one language."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    asks: Text
    """The question that it answers."""
    numerator: Text
    denominator: Text
    day: Text
    """The day that decides the half-year."""
    weak: Text
    """What it does not tell, and can mislead in."""


class Group(Both):
    """What some of them are about together, as they stand on the pages."""

    key: Key


class Category(Both):
    key: Code


class Source(_Shape):
    """What it builds on: a key of `sources.yaml`, and the place in it."""

    key: Text
    place: Text


class Follows(_Shape):
    """A number of another table that the same events are counted in, and that this table would give away."""

    indicator: Key
    category: Code | Literal[""] = ""
    """Empty for the sum of its categories."""
    same_sum: bool = False
    """Whether the sum of this table is exactly this number, or with the others of which this is said, all of them."""


class Indicator(_Shape):
    """One table: what happened in a half-year, by category."""

    key: Key
    group: Key
    nb: Words
    nn: Words
    choices: str | None = None
    """A key of `CHOICES`; its categories come before our own."""
    categories: tuple[Category, ...] = ()
    share: str | None = None
    """The category whose share of all is compared."""
    follows: tuple[Follows, ...] = ()
    """Where one of these is hidden, so is all of this (`freezing.shown`)."""
    of_services: bool = False
    """Whether it tells how services work and not how it went with a child: then all may be seen to have the same
    (`hiding.hide_kinds`)."""
    source: Source
    sintef: tuple[Annotated[int, Field(ge=1, le=6)], ...] = ()
    effects: tuple[Key, ...] = ()
    reviewed_on: date

    def words(self, language: str) -> Words:
        """It in a language; bokmål in any other than nynorsk."""
        return self.nn if language == "nn" else self.nb

    def labels(self, language: str) -> dict[str, str]:
        """Every category with its words, in order."""
        ours = {one.key: one.text(language) for one in self.categories}
        theirs = CHOICES[self.choices]() if self.choices else {}
        if self.choices == "criteria" and language == "nn":
            theirs = {key: indicators().criteria_in_nynorsk[key] for key in theirs}
        return {**theirs, **ours}


class Question(Both):
    number: int


class Sintef(_Shape):
    source: Source
    questions: tuple[Question, ...]


class Effect(Both):
    key: Key
    without: Both | None = None
    """Why no indicator can show it."""


class Effects(_Shape):
    source: Source
    list: tuple[Effect, ...]


class Indicators(_Shape):
    """The whole file."""

    seen_by: Both
    criteria_in_nynorsk: dict[str, Text]
    """Our own translation of the start criteria."""
    groups: tuple[Group, ...] = Field(min_length=1)
    indicators: tuple[Indicator, ...] = Field(min_length=1)
    between: Between
    """The pairs of phases; those that are told by no other indicator are among the indicators, last."""
    sintef: Sintef
    effects: Effects

    @model_validator(mode="before")
    @classmethod
    def with_pairs(cls, content: dict[str, Any]) -> dict[str, Any]:
        """The file, with an indicator for each pair of phases."""
        pairs = Between.model_validate(content["between"]).indicators()
        return {**content, "indicators": [*content["indicators"], *pairs]}

    def find(self, key: str) -> Indicator | None:
        """One indicator by its key."""
        return next((one for one in self.indicators if one.key == key), None)

    def get(self, key: str) -> Indicator:
        """One that there is. Raises KeyError."""
        if (one := self.find(key)) is None:
            raise KeyError(key)
        return one

    def of(self, group: Group) -> list[Indicator]:
        """Those of a group, in order."""
        return [one for one in self.indicators if one.group == group.key]

    def followed_first(self) -> list[Indicator]:
        """All of them, each after those it follows. Raises CycleError when they go in a ring."""
        return [self.get(key) for key in _follow(self).static_order()]

    def shows(self, kind: Literal["sintef", "effects"], key: int | str) -> list[Indicator]:
        """Those that answer one of SINTEF's questions, or show one effect true or false."""
        return [one for one in self.indicators if key in getattr(one, kind)]


def _follow(found: Indicators) -> TopologicalSorter[str]:
    return TopologicalSorter({one.key: [other.indicator for other in one.follows] for one in found.indicators})


def faults(found: Indicators) -> Iterator[str]:
    """What does not agree, in words."""
    keys = [one.key for one in found.indicators]
    if set(found.criteria_in_nynorsk) != set(_criteria()):
        yield "the start criteria in nynorsk are not those of the editions"
    if strange := [one for one in found.indicators if one.choices is not None and one.choices not in CHOICES]:
        yield from (f"{one.key}: there is no list {one.choices}" for one in strange)
        return
    yield from (f"{key} stands twice" for key in sorted({key for key in keys if keys.count(key) > 1}))
    groups = [one.key for one in found.groups]
    yield from (f"the group {key} stands twice" for key in sorted({key for key in groups if groups.count(key) > 1}))
    yield from (f"{one.key}: there is no group {one.group}" for one in found.indicators if one.group not in groups)
    yield from (f"nothing is in the group {one.key}" for one in found.groups if not found.of(one))
    known = {one.key for one in definitions().sources}
    effects = {one.key for one in found.effects.list}
    for one in found.indicators:
        labels = one.labels("nb")
        if len(labels) < 2:
            yield f"{one.key}: fewer than two categories"
        if one.share is not None and one.share not in labels:
            yield f"{one.key}: {one.share} is none of its categories"
        for other in one.follows:
            followed = found.find(other.indicator)
            if followed is None or other.category not in {"", *followed.labels("nb")}:
                yield f"{one.key}: there is no {other.indicator} {other.category} to follow"
        yield from (f"{one.key}: there is no effect {key}" for key in one.effects if key not in effects)
    try:
        _follow(found).prepare()
    except CycleError as fault:
        yield f"{' follows '.join(fault.args[1][::-1])}: they go in a ring"
    yield from (
        f"phase {pair.since} to {pair.until}: there is no {pair.key}"
        for pair in found.between.pairs
        if not found.find(pair.key)
    )
    sources = [found.sintef.source, found.effects.source, *(one.source for one in found.indicators)]
    yield from (f"there is no source {one.key}" for one in sources if one.key not in known)
    for effect in found.effects.list:
        if bool(found.shows("effects", effect.key)) is (effect.without is not None):
            yield f"{effect.key}: has an indicator, or says why it has none; one of them"
    for question in found.sintef.questions:
        if not found.shows("sintef", question.number):
            yield f"question {question.number} has no indicator"


@cache
def indicators() -> Indicators:
    """The file, read once. Raises ValueError when it has a wrong shape, or something in it does not agree."""
    found = Indicators.model_validate(yaml_file.read(FILE))
    if wrong := list(faults(found)):
        raise ValueError(f"{FILE.name}: {'; '.join(wrong)}")
    return found
