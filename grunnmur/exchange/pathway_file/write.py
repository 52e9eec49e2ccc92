"""The extension as a file: the runs of the pathway in one case, valid by our own schema or not written at all."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Protocol, cast
from uuid import UUID

from lxml import etree

SCHEMA = Path(__file__).with_name("forlop.xsd")
NAMESPACE = "urn:uuid:8d0c6c0e-6f5a-4e0a-9d43-5f2b7c1a9e42"
"""A name that nobody has to give out: it is the proposal's own, and no part of Statistics Norway's."""


class Assessment(Protocol):
    @property
    def decided_on(self) -> date: ...
    @property
    def outcome(self) -> str: ...
    @property
    def participation(self) -> str: ...
    @property
    def criteria(self) -> tuple[str, ...]: ...


class Run(Protocol):
    """One run of the pathway, as `queries.national_file.runs` gives it."""

    @property
    def pathway_id(self) -> UUID: ...
    @property
    def edition(self) -> str: ...
    @property
    def opened_on(self) -> date: ...
    @property
    def conversations(self) -> tuple[tuple[date, str, str], ...]: ...
    @property
    def assessments(self) -> Sequence[Assessment]: ...
    @property
    def consents(self) -> tuple[tuple[date, str, date | None], ...]: ...
    @property
    def meetings(self) -> tuple[tuple[date, str, str], ...]: ...
    @property
    def besides(self) -> tuple[tuple[date, str, bool], ...]: ...
    @property
    def closures(self) -> tuple[tuple[date, str], ...]: ...
    @property
    def reactivations(self) -> tuple[date, ...]: ...


def write(runs: Sequence[Run], *, file_id: UUID, case_id: UUID, at: datetime) -> bytes:
    """The extension in UTF-8, tied to one national file. Raises etree.DocumentInvalid, which is our own mistake."""
    values = {"Versjon": "1", "BarnevernId": file_id, "SakId": case_id, "DatoUttrekk": at.isoformat()}
    root = etree.Element(
        f"{{{NAMESPACE}}}ForlopUtvidelse", _said(values), nsmap=cast(dict[str, str], {None: NAMESPACE})
    )
    for run in runs:
        _run(root, run)
    schema().assertValid(root)
    etree.indent(root)
    written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written


@cache
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMA))


def _run(root: etree._Element, run: Run) -> None:
    node = _add(root, "Forlop", Id=run.pathway_id, Utgave=run.edition, Apnet=run.opened_on)
    for on, with_whom, participation in run.conversations:
        _add(node, "Samtale", Dato=on, MedHvem=with_whom, Medvirkning=participation)
    for one in run.assessments:
        decided = _add(node, "Vurdering", Dato=one.decided_on, Utfall=one.outcome, Medvirkning=one.participation)
        for criterion in one.criteria:
            _add(decided, "Kriterium", Kode=criterion)
    for asked_on, purpose, withdrawn_on in run.consents:
        _add(node, "Samtykke", Spurt=asked_on, Formal=purpose, Trukket=withdrawn_on)
    for held_on, meeting, participation in run.meetings:
        _add(node, "Mote", Dato=held_on, Type=meeting, Medvirkning=participation)
    for on, sort, has_ended in run.besides:
        _add(node, "VedSiden", Dato=on, Type=sort, ErSlutt="true" if has_ended else "false")
    for closed_on, ground in run.closures:
        _add(node, "Avslutning", Dato=closed_on, Grunn=ground)
    for on in run.reactivations:
        _add(node, "TattOppIgjen", Dato=on)


def _add(node: etree._Element, name: str, **values: object) -> etree._Element:
    return etree.SubElement(node, f"{{{NAMESPACE}}}{name}", _said(values))


def _said(values: dict[str, object]) -> dict[str, str]:
    """The attributes that have a value."""
    return {name: str(value) for name, value in values.items() if value}
