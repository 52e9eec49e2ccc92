"""How long a case stands, what keeps it, and whether it may be deleted."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grunnmur.cases import access, retention
from grunnmur.cases.definition import definitions
from grunnmur.cases.lifecycle import OPEN
from grunnmur.cases.models import (
    ArchivePackage,
    ArchiveReceipt,
    Assessment,
    Child,
    Closure,
    DeletionRequest,
    Hold,
    NoteOfConcern,
    Participation,
    Pathway,
)
from grunnmur.cases.queries import archives, names
from grunnmur.cases.queries.case import Case, get_case
from grunnmur.cases.retention import Decision, Held, Outcome, Record
from grunnmur.cases.terms import DeletionCause, HoldCause, ParticipationBasis, PathwayStatus
from grunnmur.directory.sessions import Actor


@dataclass(frozen=True, slots=True)
class HoldRow:
    """One hold, and when it was lifted."""

    id: UUID
    cause: HoldCause
    why: str
    from_on: date
    lifted_on: date | None


@dataclass(frozen=True, slots=True)
class PackageRow:
    """One package that was made, and the depot's receipt."""

    made_at: datetime
    sha256: str
    rows: int
    received_on: date | None
    reference: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A deletion that somebody has asked for and nobody has confirmed."""

    id: UUID
    cause: DeletionCause
    why: str
    by: str
    at: datetime
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Keeping:
    """What the rules say of one pathway, and what has been done about it."""

    case: Case
    decision: Decision
    holds: tuple[HoldRow, ...]
    packages: tuple[PackageRow, ...]
    why_not_pack: str | Promise | None
    files_apart: tuple[int, ...]
    """The sizes in bytes of the files that a package has no room for; none when it has room for all."""
    """Why the actor cannot make the package of the case for the archive now; None when they can."""
    asked: tuple[Asked, ...]


def get_keeping(actor: Actor, pathway_id: UUID) -> Keeping:
    """How long the case stands, for the owner. Raises NotVisible, Refused."""
    case = get_case(actor, pathway_id, page="keeping")
    if not case.is_owner:
        raise access.Refused("owner_only", access.OWNER_DECIDES)
    holds = list_holds(actor, case.child)
    packages = access.visible_to(actor, ArchivePackage.objects.filter(pathway=case.pathway)).select_related("receipt")
    return Keeping(
        case=case,
        decision=retention.decide(_record(actor, case.pathway, holds), on=case.today),
        holds=holds,
        packages=tuple(
            PackageRow(
                row.recorded_at,
                row.sha256,
                row.rows,
                row.receipt.received_on if hasattr(row, "receipt") else None,
                row.receipt.reference if hasattr(row, "receipt") else "",
            )
            for row in packages.order_by("-recorded_at")
        ),
        why_not_pack=_why_not_pack(actor, case.pathway),
        files_apart=archives.sizes_apart(case),
        asked=list_asked(actor, case.child),
    )


def _why_not_pack(actor: Actor, pathway: Pathway) -> str | Promise | None:
    try:
        access.check(actor, pathway, "archives.make")
        access.check_reader(actor, pathway.child)
    except access.Refused as refused:
        return refused.sentence
    return None


def list_asked(actor: Actor, child: Child) -> tuple[Asked, ...]:
    """The deletions that have been asked for and not confirmed."""
    rows = list(access.visible_to(actor, DeletionRequest.objects.filter(child=child)).order_by("recorded_at"))
    who = names.people(row.recorded_by_id for row in rows)
    return tuple(
        Asked(
            row.pk,
            DeletionCause(row.cause),
            row.why,
            who.get(str(row.recorded_by_id), ""),
            row.recorded_at,
            row.recorded_by_id == actor.person_id,
        )
        for row in rows
    )


def source_of(decision: Decision) -> str:
    """Who says so, in words; what no source sets is the municipality's own."""
    source = decision.step.source if decision.step else decision.rule.source
    titles = {item.key: item.title for item in definitions().sources}
    return f"{titles[source.key]}: {source.place}"


def list_holds(actor: Actor, child: Child) -> tuple[HoldRow, ...]:
    """Every hold on the child, also those that are lifted."""
    rows = access.visible_to(actor, Hold.objects.filter(child=child)).select_related("lifted").order_by("from_on")
    return tuple(
        HoldRow(
            row.pk,
            HoldCause(row.cause),
            row.why,
            row.from_on,
            row.lifted.from_on if hasattr(row, "lifted") else None,
        )
        for row in rows
    )


def _record(actor: Actor, pathway: Pathway, holds: tuple[HoldRow, ...]) -> Record:
    """What the retention rules need to know of one pathway."""
    model = Closure if pathway.status == PathwayStatus.CLOSED else Assessment
    days = access.visible_to(actor, model._default_manager.filter(pathway=pathway))
    day = "closed_on" if model is Closure else "decided_on"
    receipts = access.visible_to(actor, ArchiveReceipt.objects.filter(pathway=pathway))
    return Record(
        rule="case",
        started_on=None if pathway.status in OPEN else days.order_by(f"-{day}").values_list(day, flat=True).first(),
        received_on=receipts.order_by("received_on").values_list("received_on", flat=True).last(),
        holds=tuple(Held(hold.from_on, hold.lifted_on) for hold in holds),
    )


def why_not_delete(actor: Actor, child: Child, cause: DeletionCause, *, on: date) -> str | Promise | None:
    """Why the record of a child may not be deleted on this ground; None when it may. A hold always wins."""
    holds = list_holds(actor, child)
    if any(Held(hold.from_on, hold.lifted_on).is_on(on) for hold in holds):
        return HELD
    if cause is DeletionCause.ARCHIVED:
        pathways = list(Pathway.objects.filter(child=child))
        over = [retention.decide(_record(actor, row, holds), on=on).outcome is Outcome.DELETE for row in pathways]
        return None if over and all(over) else NOT_ARCHIVED
    if Pathway.objects.filter(child=child).exists() or NoteOfConcern.objects.filter(child=child).exists():
        return IS_A_CASE
    shared = Participation.objects.filter(child=child).exclude(basis=ParticipationBasis.OWNER)
    return SHARED if shared.exists() else None


HELD = _("Saken er sperret for sletting. Opphev sperren først, hvis den ikke trengs lenger.")
NOT_ARCHIVED = _("Arkivdepotet har ikke kvittert for alt, eller tiden etterpå er ikke gått.")
IS_A_CASE = _("Det er skrevet en sak om barnet her, og den skal tas vare på. Rett det som er feil, i stedet.")
SHARED = _("Andre har fått innsyn i dette, så det må tas vare på. Rett det som er feil, i stedet.")
