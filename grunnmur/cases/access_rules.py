"""The rules in `definitions/access.yaml`: kinds of information, grounds, and how far each ground and role reaches.

Pure. Read once, and refused unless every kind, ground and role of the program has its rule. `decision.py` applies
the rules to one question, `family.py` to one child's family; the database's policies are written from the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from grunnmur.cases.consent_rules import AgeName, Reading
from grunnmur.cases.definition import DEFINITIONS
from grunnmur.cases.definition_file import DefinitionError, Document, Fault, read
from grunnmur.cases.terms import ALL_KINDS, FamilyAccess, InformationKind, ParticipationBasis
from grunnmur.directory.kinds import Role

FILE = DEFINITIONS / "access.yaml"
Kinds = tuple[str, ...] | Literal["all", "none"]
NUMBERS = (
    *("break_glass_minutes", "break_glass_most", "break_glass_days", "protected_readers", "protection_years"),
    *("family_code_days", "family_ahead_days", "look_question_hours"),
)


class Purpose(StrEnum):
    """What a session is opened for."""

    CASE_WORK = "case_work"
    READING_FILES = "reading_files"
    OWN_INSIGHT = "own_insight"
    ANSWERING = "answering"
    ANSWERING_BY_CODE = "answering_by_code"


class Ground(Reading):
    """One ground for sight: the most it can open, and whether one may also write on it."""

    carries: Kinds
    writes: bool


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RoleCeiling(_Shape):
    """The most that some roles can see on any ground."""

    roles: tuple[Role, ...] = Field(min_length=1)
    sees: Kinds
    note: str = ""


class PurposeCeiling(_Shape):
    """The most that a session opened for a purpose can see."""

    key: Purpose
    says: str = Field(min_length=1)
    sees: Kinds


class FamilyRule(Reading):
    """What somebody in the family sees, with an access that was decided, between two birthdays of the child."""

    who: Literal["child", "parent"]
    access: FamilyAccess
    from_age: AgeName | None = None
    until_age: AgeName | None = None
    sees: Kinds


class Numbered(Reading):
    """Something we had to decide ourselves, with its number where it has one."""

    number: int | None = None


class AccessFile(_Shape):
    """The whole of `definitions/access.yaml`."""

    kinds: tuple[Reading, ...]
    grounds: tuple[Ground, ...]
    roles: tuple[RoleCeiling, ...]
    purposes: tuple[PurposeCeiling, ...]
    family: tuple[FamilyRule, ...]
    readings: tuple[Numbered, ...]


@dataclass(frozen=True)
class AccessRules:
    """Everything the file says, checked."""

    carries: dict[ParticipationBasis, InformationKind]
    writes: frozenset[ParticipationBasis]
    roles: dict[Role, InformationKind]
    purposes: dict[Purpose, InformationKind]
    purpose_says: dict[Purpose, str]
    family: tuple[FamilyRule, ...]
    numbers: dict[str, int]
    by_key: dict[str, Reading]

    def ceiling(self, role: Role) -> InformationKind:
        """The most that a person in this role can see, in a session opened for what the role does."""
        return self.roles[role] & self.purposes[purpose_of(role)]


def purpose_of(role: Role) -> Purpose:
    """What a session in this role is opened for."""
    return Purpose.READING_FILES if role is Role.IMPORTER else Purpose.CASE_WORK


def kinds_of(named: Kinds) -> InformationKind:
    """The kinds that a list in the file names."""
    if isinstance(named, str):
        return ALL_KINDS if named == "all" else InformationKind(0)
    found = InformationKind(0)
    for name in named:
        found |= InformationKind[name.upper()]
    return found


def load(path: Path = FILE) -> AccessRules:
    """The rules in a file. Raises DefinitionError with file, line and fault for everything that is wrong in it."""
    document = read(path, f"definitions/{path.name}")
    file = document.parse(AccessFile)
    faults = list(_faults(document, file))
    if faults:
        raise DefinitionError(faults)
    everything: tuple[Reading, ...] = (*file.kinds, *file.grounds, *file.family, *file.readings)
    return AccessRules(
        carries={ParticipationBasis(ground.key): kinds_of(ground.carries) for ground in file.grounds},
        writes=frozenset(ParticipationBasis(ground.key) for ground in file.grounds if ground.writes),
        roles={role: kinds_of(ceiling.sees) for ceiling in file.roles for role in ceiling.roles},
        purposes={ceiling.key: kinds_of(ceiling.sees) for ceiling in file.purposes},
        purpose_says={ceiling.key: ceiling.says for ceiling in file.purposes},
        family=file.family,
        numbers={reading.key: reading.number for reading in file.readings if reading.number is not None},
        by_key={entry.key: entry for entry in everything},
    )


@cache
def access_rules() -> AccessRules:
    """The rules the product runs by; read once."""
    return load()


def _faults(document: Document, file: AccessFile) -> Iterator[Fault]:
    """Something that has no rule or two, a kind that does not exist, or what is not official without a note."""
    sections: dict[str, tuple[Reading, ...]] = {
        "kinds": file.kinds,
        "grounds": file.grounds,
        "family": file.family,
        "readings": file.readings,
    }
    for section, entries in sections.items():
        for number, entry in enumerate(entries):
            if not entry.official and not entry.note:
                yield document.fault((section, number), f"«{entry.key}» er ikke offisiell og trenger en merknad (note)")
    known = {kind.name.lower() for kind in InformationKind if kind.name}
    lists: list[tuple[str, int, str, Kinds]] = [
        *(("grounds", number, "carries", ground.carries) for number, ground in enumerate(file.grounds)),
        *(("roles", number, "sees", ceiling.sees) for number, ceiling in enumerate(file.roles)),
        *(("purposes", number, "sees", ceiling.sees) for number, ceiling in enumerate(file.purposes)),
        *(("family", number, "sees", rule.sees) for number, rule in enumerate(file.family)),
    ]
    for section, number, field, named in lists:
        for name in () if isinstance(named, str) else named:
            if name not in known:
                yield document.fault((section, number, field), f"det finnes ikke noe slag som heter «{name}»")
    for section, given, wanted in (
        ("kinds", [kind.key for kind in file.kinds], sorted(known)),
        ("grounds", [ground.key for ground in file.grounds], sorted(ParticipationBasis)),
        ("roles", [role for ceiling in file.roles for role in ceiling.roles], sorted(Role)),
        ("purposes", [ceiling.key for ceiling in file.purposes], sorted(Purpose)),
    ):
        if sorted(given) != wanted:
            wrong = ", ".join(sorted({*given} ^ {*wanted})) or "noe står to ganger"
            yield document.fault((section,), f"hver skal ha nøyaktig én regel: {wrong}")
    numbered = {reading.key for reading in file.readings if reading.number is not None}
    for name in NUMBERS:
        if name not in numbered:
            yield document.fault(("readings",), f"mangler tallet «{name}»")
