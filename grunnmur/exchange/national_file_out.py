"""National files on their way out: what is known of a child, as a file that the rules are held against, or the reason
why there is none.

Nothing is sent. What the files are for, and what they must not be used as, stands in `docs/adr/0042-*` and is said in
every one of them.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.utils.translation import gettext as _

from grunnmur import clock
from grunnmur.cases.actions import national_file as actions
from grunnmur.cases.national_id import INCOMPLETE, UNBORN, NationalId, NotANationalId, parse
from grunnmur.cases.queries import national_file as queries
from grunnmur.cases.queries.national_file import Folder, KnownMeasure
from grunnmur.directory.services import ServiceKey
from grunnmur.directory.sessions import Actor
from grunnmur.exchange.pathway_file import write as pathway_file
from grunnmur.exchange.ssb import rules
from grunnmur.exchange.ssb.case_view import CaseView
from grunnmur.exchange.ssb.file import (
    Case,
    Investigation,
    Measure,
    NationalFile,
    NoteOfConcern,
    Participation,
    PersonalData,
    Sender,
    legal_basis,
)
from grunnmur.exchange.ssb.safe_xml import open_tree
from grunnmur.exchange.ssb.structure import check
from grunnmur.exchange.ssb.write import write

WITHOUT_NUMBER = dict(zip(("1", "2"), sorted(INCOMPLETE), strict=True))
"""The ending for a child that has no number yet, by its sex (SSBX, Personalia Kontroll 12 and 14)."""


class CannotBeWritten(Exception):
    """There is no file of this child: the file must say something that is not known here. One sentence for each."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(*self.reasons)


@dataclass(frozen=True, slots=True)
class Written:
    """One file that follows the format and every rule that is checked."""

    file_id: UUID
    data: bytes
    is_reported_elsewhere: bool
    extension: bytes
    """The runs of the pathway, in our own proposed format; empty when there are none."""
    lacks: tuple[str, ...]
    """What the register asks for beside, or is known here, and is not in the file: one sentence for each."""


def write_child(*, actor: Actor, sender: ServiceKey, child_id: UUID, until: date) -> Written:
    """The file about one child, said in the log. Raises CannotBeWritten, and then nothing was given out."""
    folder = queries.folder(actor, child_id, until=until)
    file = as_file(folder, sender=sender, file_id=uuid4(), at=clock.now())
    data, lacks = checked(file, on=clock.today())
    runs = queries.runs(actor, folder.child, until=until)
    extension = (
        pathway_file.write(runs, file_id=file.file_id, case_id=file.case.source_id, at=file.extracted_at)
        if runs
        else b""
    )
    actions.wrote_file(actor=actor, child_id=child_id, file_id=file.file_id, sha256=hashlib.sha256(data).hexdigest())
    return Written(
        file_id=file.file_id,
        data=data,
        is_reported_elsewhere=folder.is_reported_elsewhere,
        extension=extension,
        lacks=(*folder.left_out, *lacks),
    )


def checked(file: NationalFile, *, on: date) -> tuple[bytes, tuple[str, ...]]:
    """The bytes of a file, and what it lacks. Raises CannotBeWritten with what is wrong with it."""
    try:
        data = write(file)
    except ValueError:  # a character that XML cannot hold
        raise CannotBeWritten([_("Journalnummeret eller kommunens navn har tegn som ikke kan stå i filen.")]) from None
    root, problems = check(open_tree(data, name=""))
    if problems:
        raise CannotBeWritten(f"{problem.rule}: {problem.message}" for problem in problems)
    view = CaseView(root, on)
    found = list(rules.findings(view, allow_real_ids=settings.ALLOW_REAL_NATIONAL_IDS))
    if found:
        raise CannotBeWritten(dict.fromkeys(f"{number}: {finding.message}" for number, finding in found))
    return data, tuple(dict.fromkeys(f"{number}: {says}" for number, says in rules.asked_for(view)))


def as_file(folder: Folder, *, sender: ServiceKey, file_id: UUID, at: datetime) -> NationalFile:
    """What is known, as the facts of a file. Raises CannotBeWritten when something it must have is not known.

    It names no file before it: the one before may be another system's, and is not ours to replace.
    """
    at = at.replace(microsecond=0)
    if folder.is_deleted:
        raise CannotBeWritten([_("Fagsystemet har trukket hele saken tilbake.")])
    if folder.from_on is None:
        raise CannotBeWritten(
            [_("Det er ikke noe i saken som filen har plass til, uten noe som ikke er kjent her."), *folder.left_out]
        )
    if not sender.org_number:
        raise CannotBeWritten([_("Tjenesten mangler organisasjonsnummer i katalogen.")])
    return NationalFile(
        name=f"{file_id}.xml",
        sha256="",
        file_id=file_id,
        previous_id=None,
        extracted_at=at,
        extracted_on=at.astimezone(clock.OSLO).date(),
        sender=Sender(
            organization_number=sender.org_number,
            municipality_number=sender.municipality,
            municipality_name=sender.municipality_name,
            district_number=sender.district,
            district_name=sender.district_name,
        ),
        case=_case(folder, from_on=folder.from_on, today=at.astimezone(clock.OSLO).date()),
    )


def _case(folder: Folder, *, from_on: date, today: date) -> Case:
    return Case(
        source_id=folder.case_id,
        journal_number=folder.child.journal_number,
        from_on=from_on,
        until_on=folder.until_on,
        is_closed=folder.is_closed,
        is_deleted=False,
        personal_data=(
            PersonalData(
                source_id=queries.person_key(folder.child),
                from_on=from_on,
                national_id=_number(folder, today=today),
                born_on=folder.child.born_on,
            ),
        ),
        notes=tuple(
            NoteOfConcern(
                note.source_id, note.received_on, note.reporters, note.contents, note.conclusion, note.concluded_on
            )
            for note in folder.notes
        ),
        investigations=tuple(
            Investigation(
                source_id=item.source_id,
                opened_on=item.opened_on,
                conclusion=item.conclusion,
                concluded_on=item.concluded_on,
                participation=Participation(item.participation.on, item.participation.kind)
                if item.participation
                else None,
            )
            for item in folder.investigations
        ),
        measures=tuple(_measure(measure) for measure in folder.measures),
        deleted=(),
    )


def _number(folder: Folder, *, today: date) -> NationalId:
    """The child's number, or the form that the register has for a child without one."""
    child = folder.child
    if child.national_id:
        value = child.national_id
    elif child.born_on > today:
        value = f"{child.born_on:%d%m%y}{UNBORN}"
    elif child.sex in WITHOUT_NUMBER:
        value = f"{child.born_on:%d%m%y}{WITHOUT_NUMBER[child.sex]}"
    else:
        raise CannotBeWritten([_("Barnet har ikke fødselsnummer, og kjønnet er ikke kjent.")])
    try:
        return parse(value)
    except NotANationalId as error:
        raise CannotBeWritten([str(error)]) from None


def _measure(measure: KnownMeasure) -> Measure:
    basis = legal_basis(measure.law, measure.subsections)
    return Measure(
        source_id=measure.source_id,
        category=measure.category,
        legal_basis=basis,
        is_care_order=rules.is_care_order_by((basis.law, basis.chapter, basis.section), subsections=basis.subsections),
        from_on=measure.from_on,
        until_on=measure.until_on,
        ended_because=measure.ended_because,
    )
