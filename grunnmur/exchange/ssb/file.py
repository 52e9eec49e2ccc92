"""The way in: `read` turns the bytes of a national file into plain facts, or refuses it whole.

One file holds one child's whole case (S0 of the format: «komplett saksmappe»), and is sent again whenever it
changes; `previous_id` names the file before. What is deleted is told apart from what is not: by `Slettet`, or
by `ErSlettet` on the element. What a later file no longer has, the receiver finds by comparing.

Read: sender, case, personal data, notes of concern, investigations with the child's participation, measures.
Not read, because the pathway does not need it: sex, clarifying texts, grounds for decisions, decisions, plans,
offers of aftercare, moves, tribunal cases, relations.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from grunnmur.cases.national_id import NationalId, parse
from grunnmur.cases.target_group import CaseFacts
from grunnmur.cases.terms import ChildParticipation
from grunnmur.exchange.ssb.case_view import CaseView, conclusion, ends, starts
from grunnmur.exchange.ssb.problems import FileRefused
from grunnmur.exchange.ssb.rules import FROM_2022, READ_KINDS, breaches, is_care_order
from grunnmur.exchange.ssb.safe_xml import open_tree
from grunnmur.exchange.ssb.structure import Node, check


@dataclass(frozen=True)
class Sender:
    """The service the file comes from. The district is empty where the municipality has none."""

    organization_number: str
    municipality_number: str
    municipality_name: str
    district_number: str = ""
    district_name: str = ""


@dataclass(frozen=True)
class PersonalData:
    """Who the child is, from a day on. `born_on` is the due date while the child is unborn."""

    source_id: UUID
    from_on: date
    national_id: NationalId
    born_on: date
    duf_number: str = ""


@dataclass(frozen=True)
class NoteOfConcern:
    """A note of concern, with the file's codes; `conclusion` is empty while there is none."""

    source_id: UUID
    received_on: date
    reporters: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()
    conclusion: str = ""
    concluded_on: date | None = None


@dataclass(frozen=True)
class Participation:
    """How the child took part in the investigation, and when."""

    on: date
    kind: ChildParticipation


@dataclass(frozen=True)
class Investigation:
    """An investigation; `conclusion` is the file's code, empty while it is open."""

    source_id: UUID
    opened_on: date
    conclusion: str = ""
    concluded_on: date | None = None
    participation: Participation | None = None


@dataclass(frozen=True)
class LegalBasis:
    """Where in the law: `law` is BVL2021, BVL (the act of 1992) or BL1981; subsections are «ledd»."""

    law: str
    chapter: str
    section: str
    subsections: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.law} § {self.chapter}-{self.section}"


def legal_basis(said: str, subsections: tuple[str, ...]) -> LegalBasis:
    """The legal basis that reads so."""
    law, _mark, section = said.partition(" § ")
    chapter, _dash, section = section.partition("-")
    return LegalBasis(law, chapter, section, subsections)


@dataclass(frozen=True)
class Measure:
    """A measure; `ended_because` is the file's code for why it was lifted, empty when none is given."""

    source_id: UUID
    category: str
    legal_basis: LegalBasis
    is_care_order: bool
    from_on: date
    until_on: date | None = None
    ended_because: str = ""

    @property
    def law(self) -> str:
        return str(self.legal_basis)

    @property
    def subsections(self) -> tuple[str, ...]:
        return self.legal_basis.subsections


class ElementKind(StrEnum):
    """The kinds of element that are read and can be deleted, by the file's own names."""

    PERSONAL_DATA = "Personalia"
    NOTE = "Melding"
    INVESTIGATION = "Undersokelse"
    MEASURE = "Tiltak"


@dataclass(frozen=True)
class Deleted:
    """Something the sender has taken back. `on` is the day, when the file says it."""

    kind: ElementKind
    source_id: UUID
    on: date | None


@dataclass(frozen=True)
class Case:
    """The case folder. Nothing in the four lists is deleted; what is, stands in `deleted`.

    `is_closed` is the file's own word, and is also true when `until_on` has come by the day of the file.
    `is_deleted`: the sender has taken the whole case back.
    """

    source_id: UUID
    journal_number: str
    from_on: date
    until_on: date | None
    is_closed: bool
    is_deleted: bool
    personal_data: tuple[PersonalData, ...]
    notes: tuple[NoteOfConcern, ...]
    investigations: tuple[Investigation, ...]
    measures: tuple[Measure, ...]
    deleted: tuple[Deleted, ...]

    @property
    def person(self) -> PersonalData:
        """The newest personal data; of two from the same day, the last in the file."""
        return max(enumerate(self.personal_data), key=lambda numbered: (numbered[1].from_on, numbered[0]))[1]


@dataclass(frozen=True)
class NationalFile:
    """One file that was accepted. `extracted_on` is the day of `extracted_at` in Norway."""

    name: str
    sha256: str
    file_id: UUID
    previous_id: UUID | None
    extracted_at: datetime
    extracted_on: date
    sender: Sender
    case: Case

    def facts(self) -> CaseFacts:
        """The case as `cases.target_group` asks for it."""
        case = self.case
        if case.is_deleted:
            return CaseFacts(born_on=case.person.born_on)
        ended_on = case.until_on or (self.extracted_on if case.is_closed else None)
        return CaseFacts(case.person.born_on, case.notes, case.investigations, case.measures, ended_on)


def read(data: bytes, *, name: str, on: date, allow_real_ids: bool = False) -> NationalFile:
    """The file as facts. Raises FileRefused with the reasons, and nothing else, whatever the bytes are.

    `name` is what the sender calls the file; `on` the day it is read, which decides the rules in force;
    `allow_real_ids` whether numbers that could be somebody's are let in (never in demo or test).
    A day before the rules began to be in force is the caller's mistake: ValueError.
    """
    if on < FROM_2022:
        raise ValueError(f"no rules for personal data were in force on {on}")
    root, problems = check(open_tree(data, name=name))
    if problems:
        raise FileRefused(name, problems)
    view = CaseView(root, on)
    if problems := breaches(view, allow_real_ids=allow_real_ids):
        raise FileRefused(name, problems)
    previous_id = root.string("ForrigeId")
    return NationalFile(
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        file_id=_id(root),
        previous_id=UUID(previous_id) if previous_id else None,
        extracted_at=view.extracted_at,
        extracted_on=view.extracted_on,
        sender=Sender(
            organization_number=view.sender.string("Organisasjonsnummer"),
            municipality_number=view.sender.string("Kommunenummer"),
            municipality_name=view.sender.string("Kommunenavn"),
            district_number=view.sender.string("Bydelsnummer"),
            district_name=view.sender.string("Bydelsnavn"),
        ),
        case=_case(view),
    )


def _case(view: CaseView) -> Case:
    until_on = view.case.day("SluttDato")
    return Case(
        source_id=_id(view.case),
        journal_number=view.case.string("Journalnummer"),
        from_on=starts(view.case),
        until_on=until_on,
        is_closed=view.case.is_true("Avsluttet") or (until_on is not None and until_on <= view.extracted_on),
        is_deleted=view.case.is_true("ErSlettet"),
        personal_data=tuple(_personal_data(node) for node in view.live("Personalia")),
        notes=tuple(_note(node) for node in view.live("Melding")),
        investigations=tuple(_investigation(node) for node in view.live("Undersokelse")),
        measures=tuple(_measure(node) for node in view.live("Tiltak")),
        deleted=_deleted(view),
    )


def _personal_data(node: Node) -> PersonalData:
    born_on = node.day("Fodseldato")
    assert born_on is not None
    return PersonalData(
        source_id=_id(node),
        from_on=starts(node),
        national_id=parse(node.string("Fodselsnummer")),
        born_on=born_on,
        duf_number=node.string("DUFnummer"),
    )


def _note(node: Node) -> NoteOfConcern:
    return NoteOfConcern(
        source_id=_id(node),
        received_on=starts(node),
        reporters=tuple(reporter.string("Kode") for reporter in node.all("Melder")),
        contents=tuple(content.string("Kode") for content in node.all("Saksinnhold")),
        conclusion=_conclusion_code(node),
        concluded_on=ends(node),
    )


def _investigation(node: Node) -> Investigation:
    took_part = node.first("BarnetsMedvirkning")
    participation = None
    if took_part is not None:
        on, kind = (part.text for part in took_part.children)
        assert isinstance(on, date)
        participation = Participation(on=on, kind=ChildParticipation(str(kind)))
    return Investigation(
        source_id=_id(node),
        opened_on=starts(node),
        conclusion=_conclusion_code(node),
        concluded_on=ends(node),
        participation=participation,
    )


def _measure(node: Node) -> Measure:
    basis, category, lifted = node.first("Lovhjemmel"), node.first("Kategori"), node.first("Opphevelse")
    assert basis is not None and category is not None
    law, chapter, section = (str(part.text) for part in basis.children[:3])
    return Measure(
        source_id=_id(node),
        category=category.string("Kode"),
        legal_basis=LegalBasis(law, chapter, section, tuple(str(part.text) for part in basis.all("Ledd"))),
        is_care_order=is_care_order(node),
        from_on=starts(node),
        until_on=ends(node),
        ended_because=lifted.string("Kode") if lifted else "",
    )


def _deleted(view: CaseView) -> tuple[Deleted, ...]:
    """Each thing once: with its day when `Slettet` names it, without when only `ErSlettet` does."""
    found: dict[tuple[str, UUID], date | None] = {}
    for node in view.case.children:
        if node.name == "Slettet" and node.string("Type") in READ_KINDS:
            found[node.string("Type"), _id(node)] = node.day("SluttDato")
        elif node.name in READ_KINDS and node.is_true("ErSlettet"):
            found.setdefault((node.name, _id(node)), None)
    return tuple(Deleted(ElementKind(kind), source_id, on) for (kind, source_id), on in found.items())


def _conclusion_code(node: Node) -> str:
    found = conclusion(node)
    return found.string("Kode") if found else ""


def _id(node: Node) -> UUID:
    return UUID(node.string("Id"))
