"""The way out: `write` turns plain facts into the bytes of a national file, which `file.read` reads back to the same.

Pure. It writes what it is given and checks nothing: whether the register's rules hold is asked afterwards
(`rules.findings`). What `file.read` does not read is not written either, but for the child's sex, which the national
identity number says, and the relation from a note to its investigation, which the note's conclusion says.
"""

from collections.abc import Iterator
from datetime import date
from uuid import UUID, uuid5

from lxml import etree

from grunnmur import __version__
from grunnmur.cases.national_id import Sex
from grunnmur.cases.target_group import NOTE_LEADS_TO_INVESTIGATION
from grunnmur.exchange.ssb import format_v4 as v4
from grunnmur.exchange.ssb.file import Case, Investigation, Measure, NationalFile, NoteOfConcern, PersonalData, Sender

NOT_TO_BE_DELIVERED = "Skal ikke leveres som kommunens rapport der et annet fagsystem melder barnet."
"""Stands in every file, where a person opens it and where a program reads which system it comes from."""
SYSTEM = {
    "Leverandor": "Grunnmur",
    "Navn": f"Grunnmur. {NOT_TO_BE_DELIVERED}",
    "Versjon": __version__,
}
SEX_CODES = {Sex.MALE: "1", Sex.FEMALE: "2", None: "0"}
"""The file's codes; a child that is not born has none of its own."""


def write(file: NationalFile) -> bytes:
    """The file in UTF-8. Its name and its fingerprint are not in it."""
    root = etree.Element(
        v4.ROOT_NAME, _given(Id=file.file_id, DatoUttrekk=file.extracted_at.isoformat(), ForrigeId=file.previous_id)
    )
    root.append(etree.Comment(f" {NOT_TO_BE_DELIVERED} "))
    etree.SubElement(root, "Fagsystem", SYSTEM)
    etree.SubElement(root, "Avgiver", _sender(file.sender))
    root.append(_case(file.case))
    etree.indent(root)
    written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written


def _sender(sender: Sender) -> dict[str, str]:
    return _given(
        Organisasjonsnummer=sender.organization_number,
        Kommunenummer=sender.municipality_number,
        Kommunenavn=sender.municipality_name,
        Bydelsnummer=sender.district_number,
        Bydelsnavn=sender.district_name,
    )


def _case(case: Case) -> etree._Element:
    closed = "true" if case.is_closed and case.until_on is None else None
    node = etree.Element(
        "Sak",
        _given(
            Id=case.source_id,
            StartDato=case.from_on,
            SluttDato=case.until_on,
            Journalnummer=case.journal_number,
            Avsluttet=closed,
        ),
    )
    node.extend([_personal_data(person) for person in case.personal_data])
    node.extend([_note(note) for note in case.notes])
    node.extend([_investigation(item) for item in case.investigations])
    node.extend([_measure(measure) for measure in case.measures])
    for note, investigation in _leads_to(case):
        _child(
            node,
            "Relasjon",
            Id=uuid5(note, str(investigation)),
            FraId=note,
            FraType="Melding",
            TilId=investigation,
            TilType="Undersokelse",
        )
    return node


def _personal_data(person: PersonalData) -> etree._Element:
    return etree.Element(
        "Personalia",
        _given(
            Id=person.source_id,
            StartDato=person.from_on,
            Fodselsnummer=person.national_id.value,
            Fodseldato=person.born_on,
            Kjonn=SEX_CODES[person.national_id.sex],
            DUFnummer=person.duf_number,
        ),
    )


def _note(note: NoteOfConcern) -> etree._Element:
    node = etree.Element("Melding", _given(Id=note.source_id, StartDato=note.received_on))
    for code in note.reporters:
        _child(node, "Melder", Kode=code)
    for code in note.contents:
        _child(node, "Saksinnhold", Kode=code)
    if note.concluded_on:
        _child(node, "Konklusjon", SluttDato=note.concluded_on, Kode=note.conclusion)
    return node


def _investigation(item: Investigation) -> etree._Element:
    node = etree.Element("Undersokelse", _given(Id=item.source_id, StartDato=item.opened_on))
    if item.participation:
        took_part = etree.SubElement(node, "BarnetsMedvirkning")
        etree.SubElement(took_part, "StartDato").text = item.participation.on.isoformat()
        etree.SubElement(took_part, "MedvirkningType").text = item.participation.kind.value
    if item.concluded_on:
        _child(node, "Konklusjon", SluttDato=item.concluded_on, Kode=item.conclusion)
    return node


def _measure(measure: Measure) -> etree._Element:
    node = etree.Element("Tiltak", _given(Id=measure.source_id, StartDato=measure.from_on))
    basis = measure.legal_basis
    law = etree.SubElement(node, "Lovhjemmel")
    parts = [("Lov", basis.law), ("Kapittel", basis.chapter), ("Paragraf", basis.section)]
    for name, text in (*parts, *(("Ledd", subsection) for subsection in basis.subsections)):
        etree.SubElement(law, name).text = text
    _child(node, "Kategori", Kode=measure.category)
    if measure.ended_because:
        _child(node, "Opphevelse", Kode=measure.ended_because)
    if measure.until_on:
        _child(node, "Konklusjon", SluttDato=measure.until_on)
    return node


def _leads_to(case: Case) -> Iterator[tuple[UUID, UUID]]:
    """Each note with the investigation that came of it, where only one investigation can be meant.

    «Ikke henlagt – konklusjonsdato melding […] er startdato undersøkelse» (SSBX, Melding/Konklusjon, code 2).
    """
    for note in case.notes:
        if note.conclusion == NOTE_LEADS_TO_INVESTIGATION:
            opened = [item.source_id for item in case.investigations if item.opened_on == note.concluded_on]
            if len(opened) == 1:
                yield note.source_id, opened[0]


def _child(node: etree._Element, name: str, **values: UUID | date | str | None) -> None:
    etree.SubElement(node, name, _given(**values))


def _given(**values: UUID | date | str | None) -> dict[str, str]:
    """The attributes that have a value."""
    return {name: str(value) for name, value in values.items() if value}
