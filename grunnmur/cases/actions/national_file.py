"""Writing what a national file says: makes or updates the child, its notes, investigations, measures and position; and
the event that says that one was made of what is known here.

The file is sent again, complete, whenever anything changes: what it no longer has is marked as taken back, and the
same file twice changes nothing. It never starts a pathway.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from grunnmur import clock
from grunnmur.cases import access, target_group
from grunnmur.cases.actions import children, participants
from grunnmur.cases.door import Act, Invalid, instant, on_child
from grunnmur.cases.models import (
    Child,
    ChildWelfareStatus,
    Investigation,
    Measure,
    NationalFile,
    NoteOfConcern,
    Reporter,
    has_number,
)
from grunnmur.cases.national_id import NationalId, Sex
from grunnmur.cases.target_group import CaseFacts, Suggestion
from grunnmur.cases.terms import ChildParticipation, ChildWelfarePosition, InformationKind
from grunnmur.directory.sessions import Actor
from grunnmur.log import record


class FilePerson(Protocol):
    @property
    def national_id(self) -> NationalId: ...
    @property
    def born_on(self) -> date: ...


class FileNote(target_group.Note, Protocol):
    @property
    def source_id(self) -> UUID: ...


class FileParticipation(Protocol):
    @property
    def on(self) -> date: ...
    @property
    def kind(self) -> ChildParticipation: ...


class FileInvestigation(target_group.Investigation, Protocol):
    @property
    def source_id(self) -> UUID: ...
    @property
    def conclusion(self) -> str: ...
    @property
    def participation(self) -> FileParticipation | None: ...


class FileMeasure(target_group.Measure, Protocol):
    @property
    def source_id(self) -> UUID: ...
    @property
    def law(self) -> str: ...
    @property
    def subsections(self) -> tuple[str, ...]: ...
    @property
    def ended_because(self) -> str: ...


class FileCase(Protocol):
    @property
    def source_id(self) -> UUID: ...
    @property
    def journal_number(self) -> str: ...
    @property
    def from_on(self) -> date: ...
    @property
    def until_on(self) -> date | None: ...
    @property
    def is_closed(self) -> bool: ...
    @property
    def is_deleted(self) -> bool: ...
    @property
    def person(self) -> FilePerson: ...
    @property
    def notes(self) -> Iterable[FileNote]: ...
    @property
    def investigations(self) -> Iterable[FileInvestigation]: ...
    @property
    def measures(self) -> Iterable[FileMeasure]: ...


class File(Protocol):
    """One accepted file, as `exchange.ssb.file.read` gives it."""

    @property
    def sha256(self) -> str: ...
    @property
    def file_id(self) -> UUID: ...
    @property
    def previous_id(self) -> UUID | None: ...
    @property
    def extracted_at(self) -> datetime: ...
    @property
    def case(self) -> FileCase: ...
    def facts(self) -> CaseFacts: ...


class Outcome(StrEnum):
    """What reading a file did."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Reading:
    """What one file did, and what it says of the child; a suggestion is never a decision."""

    outcome: Outcome
    child_id: UUID
    journal_number: str
    position: ChildWelfarePosition
    is_in_target_group: bool
    reason: str
    suggestions: tuple[Suggestion, ...]


def read_file(*, actor: Actor, file: File) -> Reading:
    """Bring one child up to date with one file, whole or not at all. Raises Refused, Invalid."""
    today = clock.today()
    case = file.case
    facts = file.facts()
    position = target_group.position(facts, today)
    with transaction.atomic():
        child = _find(actor, case)
        outcome = Outcome.UNCHANGED
        if child is None:
            child = _register(actor, case)
            outcome = Outcome.CREATED
        newest = NationalFile.objects.filter(child=child).order_by("-extracted_at").first()
        is_news = newest is None or (newest.sha256 != file.sha256 and newest.extracted_at <= file.extracted_at)
        if is_news:
            with on_child(actor, child.pk, "children.read_file") as act:
                changed = _write(act, file, facts=facts, today=today)
                act.record("file.read", kind=InformationKind.CHILD_WELFARE, subject=file.file_id)
            if changed and outcome is Outcome.UNCHANGED:
                outcome = Outcome.CHANGED
    return Reading(
        outcome=outcome,
        child_id=child.pk,
        journal_number=case.journal_number,
        position=position,
        is_in_target_group=target_group.is_in_target_group(position, on=today),
        reason=target_group.target_group_reason(position),
        suggestions=() if case.is_deleted else target_group.suggested_criteria(facts.notes, today),
    )


def wrote_file(*, actor: Actor, child_id: UUID, file_id: UUID, sha256: str) -> None:
    """Say that a file about one child was written. Raises NotVisible, Refused.

    Not through the door: nothing in the case is another than it was, and nobody who is writing in it is to be told so.
    """
    child = access.get_child(actor, child_id)
    access.check_child(actor, child, "children.write_file")
    record.event(
        "file.written",
        at=instant(),
        child_id=child.pk,
        pathway_id=None,
        kind=int(InformationKind.CHILD_WELFARE),
        service_id=actor.service_id,
        person_id=actor.person_id,
        subject_id=file_id,
        data={"sha256": sha256},
    )


def _find(actor: Actor, case: FileCase) -> Child | None:
    """The service's own record of this child: by case, by national identity number, or by journal number.

    Raises Invalid when the file mixes two children that the service has.
    """
    own = Child.objects.filter(author_service=actor.service_id)
    number = case.person.national_id
    by_case = own.filter(nationalfiles__case_id=case.source_id).distinct().first()
    by_number = own.filter(has_number(number.value, owner_id=actor.service_id)).first() if number.is_unique else None
    by_journal = own.filter(journal_number=case.journal_number).first()
    child = by_case or by_number or by_journal
    for other, sentence in ((by_number, OTHER_NUMBER), (by_journal, OTHER_JOURNAL)):
        if other is not None and other != child:
            raise Invalid({"file": sentence})
    if child is not None and child == by_journal and child not in (by_case, by_number):
        is_another = (child.national_id or number.value) != number.value or child.born_on != case.person.born_on
        if is_another:
            raise Invalid({"file": OTHER_JOURNAL})
    return child


OTHER_NUMBER = _("Fødselsnummeret i filen hører til et annet barn hos dere enn saken gjør.")
OTHER_JOURNAL = _("Journalnummeret i filen er brukt på et annet barn hos dere.")
SEX_CODES = {Sex.MALE: "1", Sex.FEMALE: "2"}


def _register(actor: Actor, case: FileCase) -> Child:
    access.check_child(actor, None, "children.register")
    number = case.person.national_id
    return children.make(
        actor,
        at=instant(),
        once=None,
        name="",
        born_on=case.person.born_on,
        journal_number=case.journal_number,
        national_id=number.value if number.is_unique else None,
        sex=SEX_CODES[number.sex] if number.sex else "",
    )


def _write(act: Act, file: File, *, facts: CaseFacts, today: date) -> bool:
    """Write what is new in the file inside an act on the child. Returns whether anything but the file's own row was."""
    case = file.case
    row = act.child_row(InformationKind.CHILD_WELFARE)
    NationalFile.objects.create(
        child=act.child,
        **row,
        file_id=file.file_id,
        previous_id=file.previous_id,
        sha256=file.sha256,
        extracted_at=file.extracted_at,
        case_id=case.source_id,
        case_from_on=case.from_on,
        case_until_on=case.until_on,
        case_is_closed=case.is_closed,
        case_is_deleted=case.is_deleted,
    )
    changed = [
        _write_child(act, case),
        _follow(
            act,
            NoteOfConcern,
            {
                note.source_id: {
                    "received_on": note.received_on,
                    "contents": list(note.contents),
                    "conclusion": note.conclusion,
                    "concluded_on": note.concluded_on,
                }
                for note in case.notes
            },
        ),
        _follow(
            act,
            Reporter,
            {note.source_id: {"reporters": list(note.reporters)} for note in case.notes},
            kind=InformationKind.REPORTER,
        ),
        _follow(
            act,
            Investigation,
            {
                item.source_id: {
                    "opened_on": item.opened_on,
                    "conclusion": item.conclusion,
                    "concluded_on": item.concluded_on,
                    "participation": str(item.participation.kind) if item.participation else "",
                    "participation_on": item.participation.on if item.participation else None,
                }
                for item in case.investigations
            },
        ),
        _follow(
            act,
            Measure,
            {
                item.source_id: {
                    "category": item.category,
                    "law": item.law,
                    "subsections": list(item.subsections),
                    "from_on": item.from_on,
                    "until_on": item.until_on,
                    "ended_because": item.ended_because,
                }
                for item in case.measures
            },
        ),
        _follow_position(act, facts=facts, today=today),
    ]
    return any(changed)


def _write_child(act: Act, case: FileCase) -> bool:
    """A child gets the number it lacked, and a new journal number; a name is never in the file."""
    child, number = act.child, case.person.national_id
    wanted = {
        "journal_number": case.journal_number,
        "born_on": case.person.born_on,
        "national_id": number.value if number.is_unique else child.national_id,
    }
    changed = [field for field, value in wanted.items() if getattr(child, field) != value]
    if changed:
        children.keep_former(act, "file", child.pk, {field: getattr(child, field) for field in changed})
    for field in changed:
        setattr(child, field, wanted[field])
    if changed:
        child.save(update_fields=[*changed, "national_key"])
    return bool(changed)


def _follow(
    act: Act,
    model: type[NoteOfConcern] | type[Reporter] | type[Investigation] | type[Measure],
    wanted: Mapping[UUID, Mapping[str, Any]],
    *,
    kind: InformationKind = InformationKind.CHILD_WELFARE,
) -> bool:
    """Make the rows of one kind say what the file says; what it no longer has is marked as taken back."""
    rows = {row.source_id: row for row in model._default_manager.filter(child=act.child)}
    changed = False
    for source_id, values in wanted.items():
        row = rows.pop(source_id, None)
        if row is None:
            model._default_manager.create(child=act.child, **act.child_row(kind), source_id=source_id, **values)
            changed = True
            continue
        new = {**values, "deleted": False}
        different = [field for field, value in new.items() if getattr(row, field) != value]
        former = {field: getattr(row, field) for field in different}
        for field in different:
            setattr(row, field, new[field])
        if different:
            children.keep_former(act, "file", row.pk, former)
            row.save(update_fields=different)
            changed = True
    for row in rows.values():
        if not row.deleted:
            children.keep_former(act, "file", row.pk, {"deleted": False})
            row.deleted = True
            row.save(update_fields=["deleted"])
            changed = True
    return changed


def _follow_position(act: Act, *, facts: CaseFacts, today: date) -> bool:
    """Add what the file says of the child's position over time, where that is something new."""
    standings = target_group.positions_over_time(facts, until=today)
    newest = ChildWelfareStatus.objects.filter(child=act.child).order_by("-from_on", "-number").first()
    if newest is None:
        fresh = list(standings)
    elif standings and standings[-1].position != newest.position:
        fresh = [target_group.Standing(standings[-1].position, max(standings[-1].from_on, newest.from_on))]
    else:
        fresh = []
    for standing in fresh:
        children.write_status(act, position=standing.position, from_on=standing.from_on, source="national_file")
    participants.follow_assessment(act.child, on=act.today)
    return bool(fresh)
