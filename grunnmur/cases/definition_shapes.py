"""The shapes of what the definitions say: editions, deadlines, target group, knowledge model. Pure and frozen.

What each field means stands here; what it holds, and who says so, stands in `definitions/*.yaml`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Protocol, Self, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, StringConstraints, model_validator

from grunnmur.cases.terms import (
    ChildWelfarePosition,
    ConsentPurpose,
    HealthArea,
    Informant,
    MeetingKind,
    ObservationKind,
)
from grunnmur.directory.kinds import ServiceKind

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
CriterionKey = Annotated[str, StringConstraints(pattern=r"^C\d_[A-Z_]+$")]
EditionKey = Annotated[str, StringConstraints(pattern=r"^\d{4}$")]
Code = Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)*$")]


class Shape(BaseModel):
    """Frozen, with no unknown fields and no empty texts."""

    # Each shape is built once, inside the one that holds it, and not by itself too.
    model_config = ConfigDict(
        frozen=True, extra="forbid", defer_build=True, str_strip_whitespace=True, str_min_length=1
    )


class Citation(Shape):
    """Who says so: a source, the place in it, and whether the source itself sets the thing.

    `paraphrase`: the thing is the source's, the words are ours.
    """

    key: str
    place: str
    official: bool
    note: str | None = None
    paraphrase: bool = False


class Element(Shape):
    source: Citation


class SourceKind(StrEnum):
    DECK = "deck"
    PATHWAY = "pathway"
    CIRCULAR = "circular"
    LAW = "law"
    REGULATION = "regulation"
    CODE_LIST = "code_list"
    WEB = "web"
    DRAFT = "draft"
    PRESS = "press"
    LOCAL = "local"
    OWN = "own"

    @property
    def can_be_official(self) -> bool:
        """Whether anything can be official on this source's word alone."""
        return self not in (SourceKind.DRAFT, SourceKind.PRESS, SourceKind.LOCAL, SourceKind.OWN)

    @property
    def is_law(self) -> bool:
        return self in (SourceKind.LAW, SourceKind.REGULATION)


class Source(Shape):
    key: Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9-]*$")]
    title: str
    url: Annotated[str, StringConstraints(pattern=r"^https://")] | None
    kind: SourceKind


class SourceFile(Shape):
    sources: tuple[Source, ...]


# --- an edition of the pathway -------------------------------------------------------------------------------


class PathwayRole(Element):
    """Who can be responsible or invited: the child, a parent, or services of these kinds."""

    key: Key
    label: str
    services: tuple[ServiceKind, ...]
    person: Literal["child", "parent"] | None = None


class EditionArea(Element):
    key: HealthArea
    label: str


class Criterion(Element):
    """A start criterion; one or more is enough. `acute`: leads straight to the emergency route."""

    key: CriterionKey
    number: int = Field(ge=1)
    label: str
    acute: bool = False


class Product(Element):
    label: str


class Activity(Element):
    """One box of the pathway.

    `may_start_before`: earlier activities it need not wait for. `normally_after`: the main rule, not a lock.
    `deadline`: by when it shall be done. `starts_deadlines`: what begins to run because of it.
    `on_need`: not every child comes here, and nothing waits for it.
    """

    key: Key
    label: str
    responsible: tuple[Key, ...] = Field(min_length=1)
    invited: tuple[Key, ...]
    produces: tuple[Product, ...]
    may_start_before: tuple[Key, ...]
    normally_after: tuple[Key, ...] = ()
    deadline: Key | None
    starts_deadlines: tuple[Key, ...] = ()
    meeting: MeetingKind | None = None
    on_need: bool = False
    repeats: bool = False


class Phase(Element):
    number: int = Field(ge=0)
    key: Key
    label: str
    activities: tuple[Activity, ...] = Field(min_length=1)


class AgendaPoint(Element):
    key: Key
    label: str


class Meeting(Element):
    key: MeetingKind
    label: str
    called_by: Key
    invited: tuple[Key, ...] = Field(min_length=1)
    repeats: bool
    deadline: Key | None
    agenda: tuple[AgendaPoint, ...] = Field(min_length=1)


class ConsentRule(Element):
    """`alone_from`: age in years from which the child's own consent is enough; None when no source sets one."""

    purpose: ConsentPurpose
    concerns: tuple[Key, ...]
    alone_from: int | None
    otherwise: str


class ClosingGround(Element):
    key: Key
    label: str


class _Keyed(Protocol):
    @property
    def key(self) -> str: ...


K = TypeVar("K", bound=_Keyed)


def by_key(things: tuple[K, ...], key: str) -> K:
    """The one with this key. Raises LookupError."""
    for thing in things:
        if thing.key == key:
            return thing
    raise LookupError(f"«{key}» finnes ikke i definisjonene")


class Edition(Element):
    """One edition of the national pathway.

    `in_force_until` is the last day where it was known when the file was written. The file of one that cases follow is
    never edited, so one without it is in force until the next has begun (`Definitions.edition_in_force`).
    """

    key: EditionKey
    title: str
    in_force_from: date
    in_force_until: date | None
    roles: tuple[PathwayRole, ...] = Field(min_length=1)
    health_areas: tuple[EditionArea, ...] = Field(min_length=1)
    criteria: tuple[Criterion, ...] = Field(min_length=1)
    phases: tuple[Phase, ...] = Field(min_length=1)
    meetings: tuple[Meeting, ...] = Field(min_length=1)
    consents: tuple[ConsentRule, ...] = Field(min_length=1)
    closing_grounds: tuple[ClosingGround, ...] = Field(min_length=1)
    _sha256: str = PrivateAttr(default="")

    @property
    def sha256(self) -> str:
        """The seal: this file's bytes, and the deadlines and sources it refers to. Set by the loader."""
        return self._sha256

    @property
    def activities(self) -> tuple[Activity, ...]:
        """Every activity, in the order of the directorates' figure."""
        return tuple(activity for phase in self.phases for activity in phase.activities)

    def role(self, key: str) -> PathwayRole:
        return by_key(self.roles, key)

    def criterion(self, key: str) -> Criterion:
        return by_key(self.criteria, key)

    def activity(self, key: str) -> Activity:
        return by_key(self.activities, key)

    def phase_of(self, activity: str) -> Phase:
        """The phase that the activity with this key stands in."""
        return next(phase for phase in self.phases if self.activity(activity) in phase.activities)

    def meeting(self, kind: str) -> Meeting:
        return by_key(self.meetings, kind)

    def closing_ground(self, key: str) -> ClosingGround:
        return by_key(self.closing_grounds, key)


# --- deadlines -----------------------------------------------------------------------------------------------


class Unit(StrEnum):
    WORKING_DAYS = "working_days"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"

    def words(self, amount: int) -> str:
        """«10 virkedager»."""
        texts = {
            Unit.WORKING_DAYS: ngettext("%(n)d virkedag", "%(n)d virkedager", amount),
            Unit.DAYS: ngettext("%(n)d dag", "%(n)d dager", amount),
            Unit.WEEKS: ngettext("%(n)d uke", "%(n)d uker", amount),
            Unit.MONTHS: ngettext("%(n)d måned", "%(n)d måneder", amount),
        }
        return texts[self] % {"n": amount}


class Direction(StrEnum):
    AFTER = "after"
    BEFORE = "before"


class StartingPoint(Shape):
    """The day a deadline is counted from: what the program knows it by, and the words for it."""

    key: Key
    label: str


class Deadline(Element):
    """How long something may take. Official only with a paragraph; without one it is the municipality's own."""

    key: Key
    label: str
    amount: int = Field(ge=0)
    unit: Unit
    direction: Direction = Direction.AFTER
    counted_from: StartingPoint
    paragraph: str | None = None
    condition: str | None = None

    @model_validator(mode="after")
    def _paragraph_makes_it_official(self) -> Self:
        if self.source.official and self.paragraph is None:
            raise ValueError("en offisiell frist må ha «paragraph»")
        if not self.source.official and self.paragraph is not None:
            raise ValueError("kommunens egen frist kan ikke ha «paragraph»")
        return self

    @property
    def official(self) -> bool:
        return self.source.official

    def text(self) -> str:
        """«10 virkedager fra mottatt henvisning (pbrl § 2-2 a)»."""
        words = {"count": self.unit.words(self.amount), "event": _(self.counted_from.label)}
        if self.amount == 0:
            length = _("straks ved %(event)s") % words
        elif self.direction is Direction.BEFORE:
            length = _("%(count)s før %(event)s") % words
        else:
            length = _("%(count)s fra %(event)s") % words
        return f"{length} ({self.paragraph or _('kommunens egen frist')})"


class Frequency(Element):
    """A duty counted as a number of times a year."""

    key: Key
    label: str
    at_least: int = Field(ge=1)
    per: Literal["year"]
    paragraph: str
    condition: str | None = None


class WorkingDays(Element):
    """Which days count as working days («virkedager»). `country` names the calendar of public holidays."""

    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    saturday: bool
    sunday: bool
    public_holiday: bool
    christmas_eve: bool
    new_years_eve: bool


class DeadlineFile(Shape):
    working_days: WorkingDays
    deadlines: tuple[Deadline, ...]
    frequencies: tuple[Frequency, ...]


# --- knowledge model and target group --------------------------------------------------------------------------


class DatedCode(Shape):
    """An official code with the days it is valid, both included."""

    code: Code
    label: str
    valid_from: date
    valid_until: date | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.valid_until and self.valid_until < self.valid_from:
            raise ValueError(f"koden «{self.code}» slutter å gjelde før den begynner")
        return self

    def is_valid(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)


class Topic(Shape):
    key: Code
    label: str
    codes: tuple[DatedCode, ...] = Field(min_length=1)


class KnowledgeArea(Element):
    key: Code
    label: str
    topics: tuple[Topic, ...] = Field(min_length=1)


class WorrySign(Shape):
    key: Key
    label: str


class SignGroup(Element):
    key: Key
    label: str
    signs: tuple[WorrySign, ...] = Field(min_length=1)


class KnowledgeModel(Element):
    """What the child welfare service may see around a child: coded factors, and signs of worry."""

    usable_as: tuple[ObservationKind, ...] = Field(min_length=1)
    areas: tuple[KnowledgeArea, ...]
    worry_signs: tuple[SignGroup, ...]

    def factors(self, on: date) -> tuple[DatedCode, ...]:
        """The codes that may be used on this day, for risk and protection alike."""
        codes = (code for area in self.areas for topic in area.topics for code in topic.codes)
        return tuple(code for code in codes if code.is_valid(on))

    @property
    def signs(self) -> tuple[WorrySign, ...]:
        return tuple(sign for group in self.worry_signs for sign in group.signs)


class PositionRule(Element):
    """In which editions' target group a child in this position is."""

    key: ChildWelfarePosition
    editions: tuple[EditionKey, ...]


class AgeRule(Element):
    """`under`: a child is younger than this, in years. `aftercare_under`: the same for aftercare; None if not found."""

    edition: EditionKey
    under: int = Field(ge=1)
    aftercare_under: int | None


class CodeList(StrEnum):
    """Code lists of the national file: Melding/Melder/@Kode and Melding/Saksinnhold/@Kode."""

    REPORTER = "reporter"
    TOPIC = "topic"


class Pointer(Element):
    """Codes of the national file that point towards a criterion; they never decide it."""

    criterion: CriterionKey
    code_list: CodeList
    codes: tuple[DatedCode, ...] = Field(min_length=1)


class TargetGroup(Shape):
    positions: tuple[PositionRule, ...]
    ages: tuple[AgeRule, ...]
    pointers: tuple[Pointer, ...]

    def includes(self, position: str, edition: str) -> bool:
        """Whether a child in this position is in the edition's target group."""
        return edition in by_key(self.positions, position).editions

    def criterion_for(self, code_list: str, code: str, on: date) -> str | None:
        """The criterion that a code of the national file pointed to on this day, if any."""
        for pointer in self.pointers:
            if pointer.code_list == code_list and any(c.code == code and c.is_valid(on) for c in pointer.codes):
                return pointer.criterion
        return None


# --- instruments --------------------------------------------------------------------------------------------


class AgeRange(Shape):
    """From and up to and including which age an instrument is made for."""

    first: int = Field(ge=0)
    last: int = Field(ge=0)
    unit: Literal["years", "months"]

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.last < self.first:
            raise ValueError("alderen slutter før den begynner")
        return self

    def holds(self, months: int) -> bool:
        """Whether a child of so many whole months is in the range."""
        age = months // 12 if self.unit == "years" else months
        return self.first <= age <= self.last

    def text(self) -> str:
        """«11–16 år», «3–66 måneder»."""
        unit = _("år") if self.unit == "years" else _("måneder")
        return f"{self.first}–{self.last} {unit}"


class InstrumentForm(Shape):
    """One version of an instrument: who answers it, and about children of which age; None when no source says."""

    informants: tuple[Informant, ...] = Field(min_length=1)
    ages: AgeRange | None = None


class Instrument(Element):
    """A questionnaire, test or interview that a mapping can build on. Facts about it alone, never what is in it."""

    key: Key
    name: str
    about: str
    areas: tuple[HealthArea, ...] = Field(min_length=1)
    forms: tuple[InstrumentForm, ...] = Field(min_length=1)
    licence: str

    def form_for(self, informant: Informant) -> InstrumentForm | None:
        """The version that somebody answers; None when there is none."""
        return next((form for form in self.forms if informant in form.informants), None)

    def suits(self, months: int) -> bool:
        """Whether any version of it is made for a child of so many months, as far as is known."""
        return any(form.ages is None or form.ages.holds(months) for form in self.forms)


class Comparing(Element):
    """How long an answer is what somebody says now, when several are compared."""

    days: int = Field(ge=1)


class InstrumentFile(Shape):
    comparing: Comparing
    instruments: tuple[Instrument, ...]


# --- referral ----------------------------------------------------------------------------------------------


class ReferralPart(Element):
    """One thing that a referral should say, and which kinds of service may know it.

    `areas` are those that national guidance asks for it in; elsewhere only a clinic's own list asks.
    """

    key: Key
    label: str
    nynorsk: str
    """The label in nynorsk, for what is given to a family."""
    areas: tuple[HealthArea, ...]
    filled_by: tuple[ServiceKind, ...]


class HelpsInstead(Element):
    """Whom to ask when a referral about an area is rejected, the nearest first."""

    area: HealthArea
    kinds: tuple[ServiceKind, ...] = Field(min_length=1)


class Helfo(Element):
    """Where a family can ring when its deadline is broken."""

    phone: str
    hours: str
    hours_nynorsk: str
    url: Annotated[str, StringConstraints(pattern=r"^https://")]


class ReferralGuidance(Shape):
    parts: tuple[ReferralPart, ...]
    helps_instead: tuple[HelpsInstead, ...]
    helfo: Helfo

    def labels(self, keys: Iterable[str], *, nynorsk: bool = False) -> tuple[str, ...]:
        """Parts in words; a key that is not (or no longer) there is left out."""
        known = {part.key: part.nynorsk if nynorsk else part.label for part in self.parts}
        return tuple(known[key] for key in keys if key in known)

    def kinds_for(self, area: HealthArea) -> tuple[ServiceKind, ...]:
        return next((one.kinds for one in self.helps_instead if one.area is area), ())


# --- sets of tasks -----------------------------------------------------------------------------------------


class SetTask(Element):
    """One task of a set: what is to be done, who usually does it, and how many days from the day it is fetched.

    Without a kind of `service` it is the contact person of the case. The days are ours, whoever names the task.
    """

    what: Annotated[str, StringConstraints(max_length=500)]
    nynorsk: str
    service: ServiceKind | None = None
    days: int = Field(ge=0, le=365)


class TaskSet(Element):
    """Tasks that often belong together, to be fetched into the plan of a case and changed there."""

    key: Key
    name: str
    nynorsk: str
    tasks: tuple[SetTask, ...] = Field(min_length=1)


class TaskSetFile(Shape):
    task_sets: tuple[TaskSet, ...]


# --- all of it ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Definitions:
    """Everything that is defined. `editions` are ordered by date, the oldest first."""

    sources: tuple[Source, ...]
    editions: tuple[Edition, ...]
    working_days: WorkingDays
    deadlines: tuple[Deadline, ...]
    frequencies: tuple[Frequency, ...]
    knowledge_model: KnowledgeModel
    target_group: TargetGroup
    instruments: tuple[Instrument, ...]
    comparing: Comparing
    referral: ReferralGuidance
    task_sets: tuple[TaskSet, ...]

    def source(self, key: str) -> Source:
        """Raises LookupError when there is no such source; so do its siblings below."""
        return by_key(self.sources, key)

    def edition(self, key: str) -> Edition:
        return by_key(self.editions, key)

    def deadline(self, key: str) -> Deadline:
        return by_key(self.deadlines, key)

    def instrument(self, key: str) -> Instrument:
        return by_key(self.instruments, key)

    def edition_in_force(self, on: date) -> Edition:
        """The edition in force on this day: the newest that has begun. Raises LookupError before the first one."""
        for edition in reversed(self.editions):
            if edition.in_force_from <= on:
                return edition
        raise LookupError(f"ingen utgave av forløpet gjaldt {on:%d.%m.%Y}")

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """Every criterion of any edition once, in the words of the newest edition that has it."""
        newest = {criterion.key: criterion for edition in self.editions for criterion in edition.criteria}
        return tuple(newest[key] for key in sorted(newest))
