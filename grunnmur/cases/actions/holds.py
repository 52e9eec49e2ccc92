"""Holds: nothing about a child is archived away or deleted while an inspection, a court case or a claim needs it."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from grunnmur.cases import access
from grunnmur.cases.actions.checks import happened, refuse
from grunnmur.cases.door import on_child
from grunnmur.cases.models import Hold, HoldLifted
from grunnmur.cases.terms import HoldCause, InformationKind
from grunnmur.directory.sessions import Actor


def put(*, actor: Actor, child_id: UUID, once: UUID | None, cause: HoldCause, why: str, from_on: date) -> Hold:
    """Hold everything about the child from a day on. Raises NotVisible, Refused, Invalid."""
    with on_child(actor, child_id, "holds.put", once=once) as act:
        refuse(
            {
                "from_on": happened(from_on, child=act.child, today=act.today),
                "why": None if why.strip() else _("Skriv hvilken sak det gjelder."),
            }
        )
        hold = Hold.objects.create(
            child=act.child, **act.child_row(InformationKind.CHILD_WELFARE), cause=cause, why=why, from_on=from_on
        )
        act.record("hold.put", kind=InformationKind.CHILD_WELFARE, subject=hold.pk, data={"cause": str(cause)})
    return hold


def lift(*, actor: Actor, child_id: UUID, once: UUID | None, hold_id: UUID, from_on: date, why: str) -> HoldLifted:
    """A hold no longer holds from a day on. Raises NotVisible, Refused, Invalid."""
    with on_child(actor, child_id, "holds.lift", once=once) as act:
        hold = access.visible_to(actor, Hold.objects.filter(child=act.child, pk=hold_id, lifted=None)).first()
        if hold is None:
            raise access.NotVisible
        refuse(
            {
                "from_on": happened(from_on, child=act.child, today=act.today)
                or (_("Dagen er før sperren begynte.") if from_on < hold.from_on else None),
                "why": None if why.strip() else _("Skriv hvorfor sperren ikke trengs lenger."),
            }
        )
        lifted = HoldLifted.objects.create(
            child=act.child, **act.child_row(InformationKind.CHILD_WELFARE), hold=hold, from_on=from_on, why=why
        )
        act.record("hold.lifted", kind=InformationKind.CHILD_WELFARE, subject=hold.pk)
    return lifted
