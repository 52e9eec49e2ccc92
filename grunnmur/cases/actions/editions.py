"""Letting a running case follow another edition of the pathway, and going back while nothing has been done since."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from grunnmur.cases.actions.checks import refuse
from grunnmur.cases.definition import definitions
from grunnmur.cases.door import CaseAct, on_pathway, seal
from grunnmur.cases.models import EditionChange
from grunnmur.cases.queries.editions import is_untouched, last_change
from grunnmur.cases.terms import InformationKind
from grunnmur.directory.sessions import Actor

NOT_IN_FORCE = _("Denne utgaven gjelder ikke i dag.")
ALREADY = _("Saken følger alt denne utgaven.")
NOT_UNTOUCHED = _("Det er gjort noe i saken etter byttet. Da kan det ikke tas tilbake.")


def follow(*, actor: Actor, pathway_id: UUID, once: UUID | None, seen: int | None, edition: str) -> EditionChange:
    """The case follows the edition that is in force today. What is decided and written in it stands as it was.

    Raises EditConflict when something happened in the case since the effects were shown.
    """
    with on_pathway(actor, pathway_id, "editions.follow", once=once, seen=seen) as act:
        wanted = definitions().edition_in_force(act.today)
        refuse(
            {
                "edition": NOT_IN_FORCE
                if wanted.key != edition
                else ALREADY
                if wanted.key == act.case.edition_id
                else None
            }
        )
        seal(wanted, at=act.at)
        row = _write(act, to=wanted.key)
        act.record("edition.followed", kind=InformationKind.COORDINATION, subject=row.pk, data={"edition": wanted.key})
    return row


def take_back(*, actor: Actor, pathway_id: UUID, once: UUID | None) -> EditionChange:
    """The case follows again the edition that it followed before, as nothing has been done in it since."""
    with on_pathway(actor, pathway_id, "editions.take_back", once=once) as act:
        last = last_change(pathway_id)
        refuse({"edition": None if last is not None and is_untouched(last) else NOT_UNTOUCHED})
        assert last is not None
        row = _write(act, to=last.from_edition_id, undoes=last)
        act.record(
            "edition.taken_back",
            kind=InformationKind.COORDINATION,
            subject=row.pk,
            data={"edition": last.from_edition_id},
        )
    return row


def _write(act: CaseAct, *, to: str, undoes: EditionChange | None = None) -> EditionChange:
    """The row, by which the database lets the case follow the other edition."""
    row = EditionChange.objects.create(
        **act.row(InformationKind.COORDINATION),
        from_edition_id=act.case.edition_id,
        to_edition_id=to,
        version=act.case.version,
        undoes=undoes,
    )
    act.case.refresh_from_db(fields=["edition"])
    return row
