"""Counter-statements, and the written things that they can be about. They are shown wherever the thing is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grunnmur.cases import access
from grunnmur.cases.models import (
    Assessment,
    Closure,
    Conversation,
    InformationReceived,
    Mapping,
    MeetingHeld,
    Observation,
    Pathway,
    Referral,
    Remark,
)
from grunnmur.cases.models.base import PathwayRow
from grunnmur.cases.queries.case import HIDDEN, Case
from grunnmur.cases.terms import RelationKind, RemarkBy
from grunnmur.directory.sessions import Actor

OWNER_OR_AUTHOR = _("Merknaden skrives inn av barneverntjenesten som eier saken, eller av tjenesten som skrev dette.")

SUBJECTS: dict[type[PathwayRow], tuple[str | Promise, str]] = {
    Conversation: (_("samtalen"), "held_on"),
    InformationReceived: (_("opplysningene som kom inn"), "received_on"),
    Observation: (_("det som ble notert"), "seen_on"),
    Assessment: (_("vurderingen"), "decided_on"),
    MeetingHeld: (_("referatet"), "held_on"),
    Mapping: (_("kartleggingen"), "asked_on"),
    Referral: (_("henvisningen"), "sent_on"),
    Closure: (_("avslutningen"), "closed_on"),
}
"""What a remark can be about: what it is called, and the column with its day."""


@dataclass(frozen=True, slots=True)
class Said:
    """One remark: whose, when, and by which service it was written down."""

    by: str
    on: date
    words: str
    recorded_by: str


@dataclass(frozen=True, slots=True)
class Remarked:
    """What has been said of one written thing, and whether the actor may add to it."""

    pathway_id: UUID
    subject_id: UUID
    remarks: tuple[Said, ...]
    may_add: bool
    owned_child: UUID | None
    """The child, for whoever decides who in the family sees the thing."""


def of_case(case: Case) -> Callable[[PathwayRow], Remarked]:
    """What has been said of each thing in the case, as the actor may see it; one query for all."""
    rows = access.visible_to(case.actor, Remark.objects.filter(pathway=case.pathway))
    found: dict[UUID, list[Said]] = {}
    for row in rows.select_related("related_person", "author_service").order_by("said_on", "recorded_at"):
        service = str(HIDDEN) if case.hides(row.author_service_id) else row.author_service.name
        found.setdefault(row.subject_id, []).append(Said(who(row), row.said_on, row.words, service))

    def on(row: PathwayRow) -> Remarked:
        return Remarked(
            pathway_id=case.pathway.pk,
            subject_id=row.pk,
            remarks=tuple(found.get(row.pk, ())),
            may_add=not case.why_not("remarks.record")
            and (case.is_owner or row.author_service_id == case.actor.service_id),
            owned_child=case.child.pk if case.releases_rows else None,
        )

    return on


def who(remark: Remark) -> str:
    """Whose remark it is, without a name: what the person is to the child, or what the representative is."""
    if remark.said_by == RemarkBy.REPRESENTATIVE:
        return remark.representative
    if remark.related_person is not None:
        return str(RelationKind(remark.related_person.relation).label)
    return str(RemarkBy.CHILD.label)


def get_subject(actor: Actor, pathway: Pathway, subject_id: UUID) -> PathwayRow:
    """The written thing that a remark is to be about, when the actor may see it. Raises NotVisible."""
    for model in SUBJECTS:
        row = access.visible_to(actor, model._default_manager.filter(pathway=pathway, pk=subject_id)).first()
        if row is not None:
            return row
    raise access.NotVisible


def called(subject: PathwayRow) -> tuple[str, date]:
    """What a written thing is called in a sentence, and its day."""
    label, day = SUBJECTS[type(subject)]
    return str(label), getattr(subject, day)
