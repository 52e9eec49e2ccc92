"""Files to a mapping or a referral: taken in by what they are, kept sealed, seen by those who see their kind."""

import logging
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grunnmur import antivirus, program_log, uploads
from grunnmur.cases import sharing
from grunnmur.cases.access import NotVisible, Refused, check, get_pathway, is_reader, owns, visible_to
from grunnmur.cases.actions.checks import Problem, refuse
from grunnmur.cases.door import CaseAct, on_pathway
from grunnmur.cases.models import Attachment, FileRelease, Mapping, Pathway, Referral
from grunnmur.cases.terms import AddressProtection, InformationKind
from grunnmur.directory.sessions import Actor

LOG = logging.getLogger(__name__)
MOST = 10
"""Files to one mapping or referral; our own choice."""
MOST_IN_CASE = 20
"""Files from one service in one case; our own choice, so that no one service fills the case. Counted by service, for
nobody may be told how many files there are that they do not see. How much a package for the archive holds of them, it
bounds itself (`archive_package.MOST_FILE_BYTES`)."""
OF_ANOTHER = _("Filer legges ved av tjenesten som kartlegger eller henviser.")
WHILE_PROTECTED = _(
    "Barnet har skjermet adresse, og en fil kan vise hvor det er. Gi filen til barneverntjenesten: de som kan lese "
    "hvor barnet er, legger den ved."
)
NOT_TOLD = _("Det er ikke samtykket til at dere forteller barnevernet om dette. Legg filen i egen journal.")


def add(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    item: UUID,
    about: str,
    name: str,
    data: bytes,
    tells_where: bool | None = None,
) -> Attachment:
    """Add a file to the mapping that one's own service was asked for, or the referral that it sent.

    `name` is only held against what is in the file, and not kept. What it says is told to child welfare, which takes
    consent (hpl § 22), unless child welfare itself adds it. While the child's address is protected, those who may read
    where the child is add every file, and say whether it `tells_where`; then it is theirs alone. Raises NotVisible,
    Refused, Invalid.
    """
    # A large picture takes seconds to read: outside the door, where nobody else who works with the child waits for it.
    case = get_pathway(actor, pathway_id)
    check(actor, case, "attachments.add")
    _thing(actor, case, item)
    accepted, fault = _accepted(data, name=name)
    with on_pathway(actor, pathway_id, "attachments.add", once=once) as act:
        to = _thing(act.actor, act.case, item)
        kind = InformationKind(to.kind)
        is_protected = act.child.address_protection != AddressProtection.NONE
        refuse(
            {
                "file": _problem(act, to, kind) or fault,
                "about": _("Skriv hva filen er.") if not about.strip() else None,
                "tells_where": _("Velg om filen viser hvor barnet er.")
                if is_protected and tells_where is None
                else None,
            }
        )
        assert accepted is not None
        row = Attachment.objects.create(
            **act.row(kind),
            mapping=to if isinstance(to, Mapping) else None,
            referral=to if isinstance(to, Referral) else None,
            about=about.strip(),
            sort=accepted.kind.value,
            size=len(accepted.data),
            content=accepted.data,
            tells_where=bool(is_protected and tells_where),
        )
        act.record("attachment.added", kind=kind, subject=row.pk, data={"sort": row.sort, "size": row.size})
    return row


def release(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    attachment_id: UUID,
    reason: str,
    is_read_through: bool = False,
) -> FileRelease:
    """Let a file that is held for those who may know where the child is be seen by all who see what it belongs to.

    Done by the owner, while the address is protected by one who reads it and `is_read_through`: as when it is added.
    Raises NotVisible, Refused, Invalid, AlreadyDone.
    """
    with on_pathway(actor, pathway_id, "attachments.release", once=once) as act:
        row = visible_to(actor, Attachment.objects.filter(pathway=act.case, pk=attachment_id)).first()
        if row is None:
            raise NotVisible
        is_protected = act.child.address_protection != AddressProtection.NONE
        refuse(
            {
                "attachment": None if row.tells_where else _("Filen kan alt åpnes av flere."),
                "is_read_through": _("Les gjennom filen først.") if is_protected and not is_read_through else None,
            }
        )
        released = FileRelease.objects.create(**act.row(InformationKind.CHILD_WELFARE), attachment=row, reason=reason)
        act.record("attachment.released", kind=InformationKind(row.kind), subject=row.pk)
    return released


def _accepted(data: bytes, *, name: str) -> tuple[uploads.Accepted | None, Problem]:
    """What is kept of the file, or why it is not taken in. The antivirus is asked about the file as it came."""
    try:
        accepted = uploads.accept(data, name=name)
        if settings.ANTIVIRUS is not None and antivirus.is_harmful(data, at=settings.ANTIVIRUS):
            raise uploads.has_virus()
    except uploads.Refused as refused:
        return None, refused.sentence
    except antivirus.Unanswered as fault:
        LOG.error("The antivirus did not answer: %s", program_log.describe(fault))
        return None, _("Filen kunne ikke sjekkes for virus nå, og er ikke tatt imot. Prøv igjen om litt.")
    return accepted, None


def _thing(actor: Actor, case: Pathway, item: UUID) -> Mapping | Referral:
    """What the file is to: one's own, or any for a reader of a protected address. Raises NotVisible, Refused."""
    mapping = Mapping.objects.filter(pathway=case, pk=item).first()
    referral = None if mapping else Referral.objects.filter(pathway=case, pk=item).first()
    if mapping is None and referral is None:
        raise NotVisible
    mine = mapping.service_id if mapping else referral.from_service_id if referral else None
    if case.child.address_protection != AddressProtection.NONE:
        if not is_reader(actor, case.child):
            raise Refused("file_while_protected", WHILE_PROTECTED)
    elif mine != actor.service_id:
        raise Refused("file_of_another", OF_ANOTHER)
    found = mapping or referral
    assert found is not None
    return found


def _problem(act: CaseAct, to: Mapping | Referral, kind: InformationKind) -> Problem:
    if not owns(act.actor, act.case) and not sharing.may_tell(
        act.before, service=str(act.actor.service_id), kind=kind, on=act.today
    ):
        return NOT_TOLD
    if to.attachments.count() >= MOST:
        return gettext("Her er det alt lagt ved %(n)s filer, og det er ikke plass til flere.") % {"n": MOST}
    if Attachment.objects.filter(pathway=act.case, author_service=act.actor.service_id).count() >= MOST_IN_CASE:
        return gettext("Dere har alt lagt ved %(n)s filer i saken, og det er ikke plass til flere.") % {
            "n": MOST_IN_CASE
        }
    return None
