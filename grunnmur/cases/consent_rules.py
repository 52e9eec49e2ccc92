"""The rules in `definitions/consent.yaml`: who must say yes to what, by age, care and the law in force on the day.

Pure. Read once, and refused unless exactly one rule decides for every question, age, ground of care and state of
the child under every rule set. `consent.py` applies the rules to one child.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from itertools import pairwise, product
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from grunnmur.cases.definition import DEFINITIONS
from grunnmur.cases.definition_file import DefinitionError, Document, Fault, read
from grunnmur.cases.terms import CareBasis, ConsentPurpose

FILE = DEFINITIONS / "consent.yaml"
INFORMATION: Literal["information"] = "information"
Question = ConsentPurpose | Literal["information"]
"""What the rules answer: who consents to a purpose, or whom the health service informs."""
Who = Literal["child", "parents", "child_welfare", "foster_parents", "institution"]
AgeName = Literal["heard", "great_weight", "pathway", "party", "withdraw", "health", "majority"]
AGE_NAMES: tuple[AgeName, ...] = ("heard", "great_weight", "pathway", "party", "withdraw", "health", "majority")
READINGS = ("leap_day", "disagreement", "withdrawal", "who_may_withdraw", "right_on_the_day", "unregistered")


class NoRule(ValueError):
    """No rule set is in force on the day, or the child is not born."""


class ChildState(StrEnum):
    """What the child itself can answer on a day."""

    ABLE = "able"
    CANNOT_FORM_VIEWS = "cannot_form_views"
    LACKS_COMPETENCE = "lacks_competence"


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Reading(_Shape):
    """One thing that is said, where it is set, and whether that is an official source."""

    key: str = Field(min_length=1)
    says: str = Field(min_length=1)
    paragraph: str = Field(min_length=1)
    source: str = Field(min_length=1)
    official: bool
    note: str = ""


class Dated(Reading):
    """In force from and with `from_on`, to but not with `until_on`."""

    from_on: date
    until_on: date | None = None

    def in_force(self, on: date) -> bool:
        return self.from_on <= on and (self.until_on is None or on < self.until_on)


class Age(Dated):
    """One age limit."""

    name: AgeName
    years: int = Field(ge=0)


class Rule(Dated):
    """One rule: with `who` it decides who must say yes, without it applies beside. The file says what fields mean."""

    about: tuple[Question, ...] = Field(min_length=1)
    from_age: AgeName | None = None
    until_age: AgeName | None = None
    care: tuple[CareBasis, ...] = tuple(CareBasis)
    child: tuple[ChildState, ...] = tuple(ChildState)
    who: tuple[tuple[Who, ...], ...] = ()
    prevails: tuple[Who, ...] = ()
    hears: bool = False


class Change(_Shape):
    """A day the law changed."""

    from_on: date
    law: str
    changed: str
    url: str
    competence_word: str


class ConsentFile(_Shape):
    """The whole of `definitions/consent.yaml`."""

    opens_sight: tuple[ConsentPurpose, ...]
    rule_sets: tuple[Change, ...] = Field(min_length=1)
    ages: tuple[Age, ...]
    rules: tuple[Rule, ...]
    readings: tuple[Reading, ...]


@dataclass(frozen=True)
class Found:
    """The rule that decides in a case, and those that apply beside it."""

    decides: Rule
    beside: tuple[Rule, ...]


@dataclass(frozen=True)
class RuleSet:
    """The rules in force from one change of the law to the next."""

    change: Change
    ages: dict[AgeName, Age]
    rules: tuple[Rule, ...]

    def years(self, name: AgeName) -> int:
        return self.ages[name].years

    def state(self, *, age: int, lacks_competence: bool, cannot_form_views: bool) -> ChildState:
        """Only someone of the health consent age can be found to lack competence (pbrl §§ 4-3 and 4-5)."""
        if lacks_competence and age >= self.years("health"):
            return ChildState.LACKS_COMPETENCE
        return ChildState.CANNOT_FORM_VIEWS if cannot_form_views else ChildState.ABLE

    def matching(self, *, question: Question, age: int, care: CareBasis, state: ChildState) -> Iterator[Rule]:
        """Every rule that speaks of this, in the order of the file."""
        for rule in self.rules:
            if question not in rule.about or care not in rule.care or state not in rule.child:
                continue
            if rule.from_age and age < self.years(rule.from_age):
                continue
            if rule.until_age and age >= self.years(rule.until_age):
                continue
            yield rule

    def find(self, *, question: Question, age: int, care: CareBasis, state: ChildState) -> Found:
        """The one rule that decides and those beside it; that there is exactly one was checked on loading."""
        rules = tuple(self.matching(question=question, age=age, care=care, state=state))
        decides = next(rule for rule in rules if rule.who)
        return Found(decides, tuple(rule for rule in rules if not rule.who))

    def cases(self) -> Iterator[tuple[Question, int, CareBasis, ChildState]]:
        """Every case that can differ: each question, each span of ages, each ground of care, each state."""
        spans = sorted({0, *(age.years for age in self.ages.values())})
        questions: tuple[Question, ...] = (*ConsentPurpose, INFORMATION)
        for case in product(questions, spans, CareBasis, ChildState):
            if case[3] != ChildState.LACKS_COMPETENCE or case[1] >= self.years("health"):
                yield case


@dataclass(frozen=True)
class Rules:
    """Everything the file says, checked."""

    opens_sight: frozenset[ConsentPurpose]
    sets: tuple[RuleSet, ...]
    by_key: dict[str, Reading]

    def on(self, on: date) -> RuleSet:
        """The rule set in force on a day. Raises NoRule before the first."""
        for rule_set in reversed(self.sets):
            if on >= rule_set.change.from_on:
                return rule_set
        raise NoRule(f"Ingen regler for samtykke er lagt inn for {on:%d.%m.%Y}.")

    def years(self) -> frozenset[int]:
        """Every age at which anything changes under any rule set."""
        return frozenset(age.years for rule_set in self.sets for age in rule_set.ages.values())


def load(path: Path = FILE) -> Rules:
    """The rules in a file. Raises DefinitionError with file, line and fault for everything that is wrong in it."""
    document = read(path, f"definitions/{path.name}")
    file = document.parse(ConsentFile)
    faults = [*_key_faults(document, file), *_date_faults(document, file)]
    if not faults:
        sets = tuple(_rule_set(file, change) for change in file.rule_sets)
        faults = [fault for rule_set in sets for fault in _deciding_faults(document, file, rule_set)]
    if faults:
        raise DefinitionError(faults)
    everything: tuple[Reading, ...] = (*file.ages, *file.rules, *file.readings)
    return Rules(frozenset(file.opens_sight), sets, {entry.key: entry for entry in everything})


@cache
def rules() -> Rules:
    """The rules the product runs by; read once."""
    return load()


def rule(key: str) -> Reading:
    """What is behind a key in `Requirement.rules` or `Verdict.rules`: the sentence, paragraph, source and note."""
    return rules().by_key[key]


def _rule_set(file: ConsentFile, change: Change) -> RuleSet:
    on = change.from_on
    ages = {age.name: age for age in file.ages if age.in_force(on)}
    return RuleSet(change, ages, tuple(rule for rule in file.rules if rule.in_force(on)))


def _key_faults(document: Document, file: ConsentFile) -> Iterator[Fault]:
    seen: set[str] = set()
    sections: dict[str, Iterable[Reading]] = {"ages": file.ages, "rules": file.rules, "readings": file.readings}
    for section, entries in sections.items():
        for number, entry in enumerate(entries):
            if entry.key in seen:
                yield document.fault((section, number, "key"), f"«{entry.key}» står to ganger")
            if not entry.official and not entry.note:
                yield document.fault((section, number), f"«{entry.key}» er ikke offisiell og trenger en merknad (note)")
            seen.add(entry.key)
    for key in READINGS:
        if key not in seen:
            yield document.fault(("readings",), f"mangler «{key}»")


def _date_faults(document: Document, file: ConsentFile) -> Iterator[Fault]:
    """The law's changes in order, everything dated by one of them, and each age set once at any time."""
    days = [change.from_on for change in file.rule_sets]
    for number, (earlier, later) in enumerate(pairwise(days), start=1):
        if later <= earlier:
            yield document.fault(("rule_sets", number, "from_on"), "regelsettene skal stå i rekkefølge etter dato")
    sections: dict[str, Iterable[Dated]] = {"ages": file.ages, "rules": file.rules}
    for section, entries in sections.items():
        for number, entry in enumerate(entries):
            for field, day in (("from_on", entry.from_on), ("until_on", entry.until_on)):
                if day is not None and day not in days:
                    yield document.fault((section, number, field), f"{day:%d.%m.%Y} er ikke en dato i «rule_sets»")
    for day, name in product(days, AGE_NAMES):
        if sum(age.name == name and age.in_force(day) for age in file.ages) != 1:
            yield document.fault(("ages",), f"«{name}» skal ha nøyaktig én aldersgrense {day:%d.%m.%Y}")


def _deciding_faults(document: Document, file: ConsentFile, rule_set: RuleSet) -> Iterator[Fault]:
    """Each case that no rule, or more than one, decides."""
    for question, age, care, state in rule_set.cases():
        found = [r for r in rule_set.matching(question=question, age=age, care=care, state=state) if r.who]
        if len(found) != 1:
            place = ("rules", file.rules.index(found[1])) if found else ("rules",)
            case = f"{question} fra {age} år, {care}, {state}, fra {rule_set.change.from_on:%d.%m.%Y}"
            deciding = " og ".join(f"«{r.key}»" for r in found) or "ingen regel"
            yield document.fault(place, f"{case}: {deciding} avgjør; det skal være nøyaktig én")
