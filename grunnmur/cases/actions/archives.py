"""Archiving: a package of a closed pathway is made, and the depot acknowledges it (arkivlova §§ 5, 12 and 14)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from grunnmur.cases import archive_package
from grunnmur.cases.actions.checks import happened, refuse
from grunnmur.cases.actions.language import in_bokmal
from grunnmur.cases.door import Invalid, on_pathway
from grunnmur.cases.models import ArchivePackage, ArchiveReceipt
from grunnmur.cases.queries import archives
from grunnmur.cases.queries.case import get_case
from grunnmur.cases.terms import InformationKind
from grunnmur.directory import limits
from grunnmur.directory.limits import Limit
from grunnmur.directory.sessions import Actor


@dataclass(frozen=True, slots=True)
class Packed:
    """A package that was made: the files by name, and the row that says so."""

    row: ArchivePackage
    files: Mapping[str, bytes]


def make(*, actor: Actor, pathway_id: UUID, once: UUID | None) -> Packed:
    """Make the package of a pathway that has ended. Raises NotVisible, Refused, TooOften."""
    with on_pathway(actor, pathway_id, "archives.make", once=once) as act:
        limits.take(Limit.EXPORT_PERSON, actor.person_id)
        limits.take(Limit.EXPORT_SERVICE, actor.service_id)
        with in_bokmal():
            package = archives.package(get_case(actor, pathway_id, page="archive"))
        files = archive_package.pack(package)
        row = ArchivePackage.objects.create(
            **act.row(InformationKind.CHILD_WELFARE),
            sha256=archive_package.fingerprint(files),
            files=len(files),
            rows=package.row_count,
        )
        act.record("archive.made", kind=InformationKind.CHILD_WELFARE, subject=row.pk, data={"sha256": row.sha256})
    return Packed(row, files)


def receive(
    *, actor: Actor, pathway_id: UUID, once: UUID | None, sha256: str, received_on: date, reference: str
) -> ArchiveReceipt:
    """Write down that the depot has acknowledged a package, by its checksum. Raises NotVisible, Refused, Invalid."""
    with on_pathway(actor, pathway_id, "archives.receive", once=once) as act:
        package = ArchivePackage.objects.filter(pathway=act.case, sha256=sha256.strip().lower()).first()
        if package is None:
            raise Invalid({"sha256": _("Ingen pakke herfra har denne kontrollsummen. Sjekk kvitteringen fra depotet.")})
        refuse(
            {
                "sha256": _("Depotet har alt kvittert for denne pakken.") if hasattr(package, "receipt") else None,
                "received_on": happened(received_on, child=act.child, today=act.today),
            }
        )
        receipt = ArchiveReceipt.objects.create(
            **act.row(InformationKind.CHILD_WELFARE), package=package, received_on=received_on, reference=reference
        )
        act.record("archive.received", kind=InformationKind.CHILD_WELFARE, subject=receipt.pk)
    return receipt
