"""What is known of one child that Statistics Norway's file has a place for, and the pathway beside it, until a day.

Where a file from the case system has been read, what that system says is told, and nothing written here by hand: it is
the source. Otherwise the positions that the service has written itself are told, as far as the file has a place for
them. How the child took part is told from both: the file's own answer for an investigation, or else the service's from
the pathway's conversations and assessments while that investigation was open.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from grunnmur import clock
from grunnmur.cases import access
from grunnmur.cases.models import (
    AssessedCriterion,
    Assessment,
    Beside,
    Child,
    ChildWelfareStatus,
    Closure,
    Consent,
    Conversation,
    Investigation,
    Measure,
    MeetingHeld,
    NationalFile,
    NoteOfConcern,
    Pathway,
    Reactivation,
    Reporter,
)
from grunnmur.cases.queries.child import get_child
from grunnmur.cases.terms import AddressProtection, ChildParticipation, ChildWelfarePosition, InformationKind
from grunnmur.directory.sessions import Actor

PAGE, ACT = "write_national_file", "children.write_file"
NO_PARTICIPATION = frozenset({ChildParticipation.NOT_GIVEN_OPPORTUNITY, ChildParticipation.DID_NOT_WANT})


@dataclass(frozen=True, slots=True)
class KnownParticipation:
    on: date
    kind: ChildParticipation


@dataclass(frozen=True, slots=True)
class KnownNote:
    source_id: UUID
    received_on: date
    reporters: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()
    conclusion: str = ""
    concluded_on: date | None = None


@dataclass(frozen=True, slots=True)
class KnownInvestigation:
    source_id: UUID
    opened_on: date
    conclusion: str = ""
    concluded_on: date | None = None
    participation: KnownParticipation | None = None


@dataclass(frozen=True, slots=True)
class KnownMeasure:
    """`law` is as it is stored, such as «BVL2021 § 3-1»."""

    source_id: UUID
    category: str
    law: str
    subsections: tuple[str, ...]
    from_on: date
    until_on: date | None
    ended_because: str


@dataclass(frozen=True, slots=True)
class Folder:
    """One child's case folder as far as it is known. `from_on` is None when the case had not begun."""

    child: Child
    case_id: UUID
    from_on: date | None
    until_on: date | None
    is_closed: bool
    is_deleted: bool
    is_reported_elsewhere: bool
    """A file from another case system has been read: that system reports the child."""
    notes: tuple[KnownNote, ...]
    investigations: tuple[KnownInvestigation, ...]
    measures: tuple[KnownMeasure, ...]
    left_out: tuple[str, ...]
    """What is known and the file has no place for without something that is not known, in plain sentences."""


def children_of(actor: Actor) -> list[tuple[UUID, bool]]:
    """Every child of the actor's own service, and whether its address is protected; oldest record first."""
    rows = access.visible_to(actor, Child.objects.filter(author_service=actor.service_id))
    found = rows.order_by("recorded_at", "pk").values_list("pk", "address_protection")
    return [(key, protection != AddressProtection.NONE) for key, protection in found]


def folder(actor: Actor, child_id: UUID, *, until: date) -> Folder:
    """The child's case folder as it was when the day was over, and one row in the log for the look.

    What was written down later about a day before is in it. Raises NotVisible, Refused.
    """
    head = get_child(actor, child_id, page=PAGE, act=ACT, tells=InformationKind.REPORTER)
    child = head.child
    newest = access.visible_to(actor, NationalFile.objects.filter(child=child)).order_by("-extracted_at").first()
    took_part = tuple(_took_part(actor, child, until=until))
    if newest is None:
        return _by_hand(actor, child, took_part, until=until)
    is_closed = (
        newest.case_is_closed and (newest.case_until_on or newest.extracted_at.astimezone(clock.OSLO).date()) <= until
    )
    return Folder(
        child=child,
        case_id=newest.case_id,
        from_on=newest.case_from_on if newest.case_from_on <= until else None,
        until_on=newest.case_until_on if is_closed else None,
        is_closed=is_closed,
        is_deleted=newest.case_is_deleted,
        is_reported_elsewhere=True,
        notes=tuple(_notes(actor, child, until=until)),
        investigations=tuple(_investigations(actor, child, took_part, until=until)),
        measures=tuple(_measures(actor, child, until=until)),
        left_out=(),
    )


def _read(actor: Actor, rows: QuerySet[Any], *, day: str, until: date) -> QuerySet[Any]:
    """Those of what was read that the sender has not taken back, and that had begun by the day, oldest first."""
    return access.visible_to(actor, rows).filter(deleted=False, **{f"{day}__lte": until}).order_by(day, "source_id")


def _notes(actor: Actor, child: Child, *, until: date) -> Iterator[KnownNote]:
    reporters = {
        row.source_id: tuple(row.reporters)
        for row in access.visible_to(actor, Reporter.objects.filter(child=child, deleted=False))
    }
    for row in _read(actor, NoteOfConcern.objects.filter(child=child), day="received_on", until=until):
        ended_on = _by(row.concluded_on, until)
        yield KnownNote(
            source_id=row.source_id,
            received_on=row.received_on,
            reporters=reporters.get(row.source_id, ()),
            contents=tuple(row.contents),
            conclusion=row.conclusion if ended_on else "",
            concluded_on=ended_on,
        )


def _investigations(
    actor: Actor, child: Child, took_part: Iterable[KnownParticipation], *, until: date
) -> Iterator[KnownInvestigation]:
    for row in _read(actor, Investigation.objects.filter(child=child), day="opened_on", until=until):
        ended_on = _by(row.concluded_on, until)
        in_file = row.participation and row.participation_on <= until
        yield KnownInvestigation(
            source_id=row.source_id,
            opened_on=row.opened_on,
            conclusion=row.conclusion if ended_on else "",
            concluded_on=ended_on,
            participation=KnownParticipation(row.participation_on, ChildParticipation(row.participation))
            if in_file
            else participation_in(took_part, opened_on=row.opened_on, concluded_on=ended_on),
        )


def _measures(actor: Actor, child: Child, *, until: date) -> Iterator[KnownMeasure]:
    for row in _read(actor, Measure.objects.filter(child=child), day="from_on", until=until):
        ended_on = _by(row.until_on, until)
        yield KnownMeasure(
            source_id=row.source_id,
            category=row.category,
            law=row.law,
            subsections=tuple(row.subsections),
            from_on=row.from_on,
            until_on=ended_on,
            ended_because=row.ended_because if ended_on else "",
        )


def _by(day: date | None, until: date) -> date | None:
    return day if day is not None and day <= until else None


# --- how the child took part ---------------------------------------------------------------------------------------


def _took_part(actor: Actor, child: Child, *, until: date) -> Iterator[KnownParticipation]:
    """Each time the service has written how the child took part in a talk or a decision, which an investigation has."""
    talks = access.visible_to(actor, Conversation.objects.filter(pathway__child=child, held_on__lte=until))
    decisions = access.visible_to(actor, Assessment.objects.filter(pathway__child=child, decided_on__lte=until))
    for on, kind in (
        *talks.exclude(participation="").values_list("held_on", "participation"),
        *decisions.values_list("decided_on", "participation"),
    ):
        yield KnownParticipation(on, ChildParticipation(kind))


def participation_in(
    took_part: Iterable[KnownParticipation], *, opened_on: date, concluded_on: date | None
) -> KnownParticipation | None:
    """How the child took part in an investigation; None when nothing is known from the time that it was open.

    The file has one place for it. A child that has taken part once has taken part, so the newest time that it did goes
    before one that it did not; which of several the file should have, no source says.
    """
    within = [one for one in took_part if opened_on <= one.on and (concluded_on is None or one.on <= concluded_on)]
    did = [one for one in within if one.kind not in NO_PARTICIPATION]
    return max(did or within, key=lambda one: (one.on, one.kind), default=None)


# --- what the service has written itself ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spell:
    """A position that the service has written, from a day until the next began. `row_id` is the row that began it."""

    row_id: UUID
    position: ChildWelfarePosition
    from_on: date
    until_on: date | None


def spells(written: Iterable[tuple[UUID, ChildWelfarePosition, date]]) -> tuple[Spell, ...]:
    """The positions in time, from the rows in their order: of several from one day the last written holds."""
    of_day = {from_on: (row_id, position, from_on) for row_id, position, from_on in written}
    rows = [*of_day.values()]
    begun = [row for n, row in enumerate(rows) if n == 0 or rows[n - 1][1] != row[1]]
    ends = [from_on for _row, _position, from_on in begun[1:]]
    return tuple(Spell(*row, until_on) for row, until_on in zip(begun, [*ends, None], strict=False))


def _by_hand(actor: Actor, child: Child, took_part: tuple[KnownParticipation, ...], *, until: date) -> Folder:
    rows = access.visible_to(actor, ChildWelfareStatus.objects.filter(child=child, from_on__lte=until))
    written = rows.order_by("from_on", "number").values_list("pk", "position", "from_on")
    found = spells((key, ChildWelfarePosition(position), on) for key, position, on in written)
    now = [spell for spell in found if spell.until_on is None]
    notes = tuple(
        KnownNote(_key(spell.row_id, "Melding"), spell.from_on)
        for spell in now
        if spell.position is ChildWelfarePosition.NOTE_ONLY
    )
    investigations = tuple(
        KnownInvestigation(
            _key(spell.row_id, "Undersokelse"),
            spell.from_on,
            participation=participation_in(took_part, opened_on=spell.from_on, concluded_on=None),
        )
        for spell in now
        if spell.position is ChildWelfarePosition.INVESTIGATION
    )
    return Folder(
        child=child,
        case_id=_key(child.pk, "Sak"),
        from_on=min([item.received_on for item in notes] + [item.opened_on for item in investigations], default=None),
        until_on=None,
        is_closed=False,
        is_deleted=False,
        is_reported_elsewhere=False,
        notes=notes,
        investigations=investigations,
        measures=(),
        left_out=tuple(left_out(found)),
    )


def left_out(found: Iterable[Spell]) -> Iterator[str]:
    """What the service has written of the child's position, and a file cannot tell without more than is known."""
    for spell in found:
        words = {"day": f"{spell.from_on:%d.%m.%Y}", "position": spell.position.label}
        match spell.position:
            case ChildWelfarePosition.NONE:
                continue
            case ChildWelfarePosition.NOTE_ONLY | ChildWelfarePosition.INVESTIGATION:
                if spell.until_on is not None:
                    yield _("«%(position)s» fra %(day)s er over, og vi vet ikke hva som ble konklusjonen.") % words
            case _:
                yield _("«%(position)s» fra %(day)s: vi vet ikke tiltakets kategori og lovhjemmel.") % words


def _key(row_id: UUID, name: str) -> UUID:
    """The id in the file of what has none from a case system: the same each time it is written."""
    return uuid5(row_id, name)


def person_key(child: Child) -> UUID:
    """The id of the child's personal data in the file, which are not kept as an element of their own."""
    return _key(child.pk, "Personalia")


# --- the pathway beside it -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KnownAssessment:
    decided_on: date
    outcome: str
    participation: str
    criteria: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KnownRun:
    """One run of the pathway by codes and days: never a text, a name, a service or what a health service wrote."""

    pathway_id: UUID
    edition: str
    opened_on: date
    conversations: tuple[tuple[date, str, str], ...]
    """(day, with whom, how the child took part or an empty text)."""
    assessments: tuple[KnownAssessment, ...]
    consents: tuple[tuple[date, str, date | None], ...]
    """(asked on, for what, withdrawn on)."""
    meetings: tuple[tuple[date, str, str], ...]
    """(held on, which meeting, how the child took part)."""
    besides: tuple[tuple[date, str, bool], ...]
    """(day, what, whether it has ended)."""
    closures: tuple[tuple[date, str], ...]
    """(day, on what ground)."""
    reactivations: tuple[date, ...]


def runs(actor: Actor, child: Child, *, until: date) -> tuple[KnownRun, ...]:
    """The child's runs of the pathway as far as the actor sees them, until a day, oldest first.

    Called after `folder`, which logs the look.
    """
    found = access.visible_to(actor, Pathway.objects.filter(child=child, opened_on__lte=until))
    return tuple(_run(actor, pathway, until=until) for pathway in found.order_by("opened_on", "recorded_at"))


def _run(actor: Actor, pathway: Pathway, *, until: date) -> KnownRun:
    def values(model: Any, day: str, *columns: str) -> tuple[Any, ...]:
        rows = access.visible_to(actor, model._default_manager.filter(pathway=pathway, **{f"{day}__lte": until}))
        return tuple(rows.order_by(day, "recorded_at", "pk").values_list(day, *columns))

    criteria: dict[UUID, list[str]] = {}
    rows = access.visible_to(actor, AssessedCriterion.objects.filter(pathway=pathway))
    for assessment, criterion in rows.values_list("assessment", "criterion"):
        criteria.setdefault(assessment, []).append(criterion)
    return KnownRun(
        pathway_id=pathway.pk,
        edition=pathway.edition_id,
        opened_on=pathway.opened_on,
        conversations=values(Conversation, "held_on", "with_whom", "participation"),
        assessments=tuple(
            KnownAssessment(on, outcome, participation, tuple(sorted(criteria.get(key, []))))
            for on, outcome, participation, key in values(Assessment, "decided_on", "outcome", "participation", "pk")
        ),
        consents=tuple(
            (on, purpose, _by(withdrawn_at.astimezone(clock.OSLO).date(), until) if withdrawn_at else None)
            for on, purpose, withdrawn_at in values(Consent, "asked_on", "purpose", "withdrawal__withdrawn_at")
        ),
        meetings=values(MeetingHeld, "held_on", "meeting__meeting", "participation"),
        besides=values(Beside, "on", "sort", "has_ended"),
        closures=values(Closure, "closed_on", "ground"),
        reactivations=tuple(on for (on,) in values(Reactivation, "reactivated_on")),
    )
