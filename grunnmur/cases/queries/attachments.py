"""One file, for those who see both it and what it belongs to; the look is logged before a byte of it leaves."""

from dataclasses import dataclass
from uuid import UUID

from grunnmur.cases import access
from grunnmur.cases.models import Attachment, Mapping, Referral
from grunnmur.cases.queries.case import Case, get_case
from grunnmur.cases.terms import InformationKind
from grunnmur.directory.sessions import Actor
from grunnmur.uploads import Kind


@dataclass(frozen=True, slots=True)
class File:
    """What is sent."""

    kind: Kind
    data: bytes


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A file and what is said of it, for those who may let it go."""

    case: Case
    about: str
    kind: InformationKind
    is_held: bool
    """For those alone who may know where the child is."""


def get_held(actor: Actor, pathway_id: UUID, attachment_id: UUID) -> HeldFile:
    """The same file without what is in it. Raises NotVisible, Refused."""
    case = get_case(actor, pathway_id, page="release_attachment")
    refusal = case.refusal("attachments.release")
    if refusal is not None:
        raise refusal
    rows = Attachment.objects.filter(pathway=case.pathway, pk=attachment_id).defer("content")
    row = access.visible_to(actor, rows).first()
    if row is None:
        raise access.NotVisible
    return HeldFile(case, row.about, InformationKind(row.kind), row.tells_where)


def get(actor: Actor, pathway_id: UUID, attachment_id: UUID) -> File:
    """The file, opened. Raises NotVisible, also for one that belongs to something that the actor does not see."""
    case = get_case(actor, pathway_id, page="attachment")
    row = access.visible_to(actor, Attachment.objects.filter(pathway=case.pathway, pk=attachment_id)).first()
    if row is None:
        raise access.NotVisible
    sees = (access.visible_to(actor, model.objects.filter(attachments=row)).exists() for model in (Mapping, Referral))
    if not any(sees):
        raise access.NotVisible
    return File(Kind(row.sort), row.content)
