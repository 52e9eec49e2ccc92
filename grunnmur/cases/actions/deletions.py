"""Deletion of the record of a child: one asks, another confirms, and a receipt without content is left.

Only what may be deleted is: a registration by mistake, a double one, or what the archive has acknowledged and the rule
says is over (`queries/keeping.why_not_delete`). Concern reports and cases are otherwise preserved (arkivlova § 12, GDPR
art. 17 no. 3). The rows of the log stay: they hold no name and no text.
"""

from uuid import UUID, uuid4

from django.db import connection
from django.utils.translation import gettext_lazy as _

from grunnmur.cases import access
from grunnmur.cases.actions.checks import refuse
from grunnmur.cases.door import on_child
from grunnmur.cases.models import DeletionRequest
from grunnmur.cases.queries import keeping
from grunnmur.cases.terms import DeletionCause, InformationKind
from grunnmur.directory import sessions
from grunnmur.directory.sessions import Actor


def ask(*, actor: Actor, child_id: UUID, once: UUID | None, cause: DeletionCause, why: str) -> DeletionRequest:
    """Ask that the record of a child be deleted. Raises NotVisible, Refused, Invalid."""
    with on_child(actor, child_id, "deletions.ask", once=once) as act:
        refuse(
            {
                "cause": keeping.why_not_delete(actor, act.child, cause, on=act.today),
                "why": None if why.strip() else _("Skriv hvorfor barnet skal slettes."),
            }
        )
        request = DeletionRequest.objects.create(
            child=act.child, **act.child_row(InformationKind.CHILD_WELFARE), cause=cause, why=why
        )
        act.record("deletion.asked", kind=InformationKind.CHILD_WELFARE, subject=request.pk, data={"cause": str(cause)})
    return request


def confirm(*, actor: Actor, child_id: UUID, once: UUID | None, request_id: UUID) -> UUID:
    """Delete the record of the child, as another asked; gives the receipt's id. Raises NotVisible, Refused.

    The one who confirms has just proved who they are. Everything about the child goes in one transaction, in the
    database's own function, which asks once more who asks.
    """
    with on_child(actor, child_id, "deletions.confirm", once=once) as act:
        rows = DeletionRequest.objects.filter(child=act.child, pk=request_id)
        request = access.visible_to(actor, rows).first()
        if request is None:
            raise access.NotVisible
        if not actor.is_fresh:
            raise access.Refused("not_fresh", access.NOT_FRESH)
        if request.recorded_by_id == actor.person_id:
            raise access.Refused("two_people", TWO_PEOPLE)
        problem = keeping.why_not_delete(actor, act.child, DeletionCause(request.cause), on=act.today)
        if problem is not None:
            raise access.Refused("must_be_kept", problem)
        receipt = uuid4()
        act.record(
            "child.deleted",
            kind=InformationKind.CHILD_WELFARE,
            subject=receipt,
            data={"cause": request.cause},
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "select sec.delete_child(%s, %s, %s, %s)",
                [child_id, request_id, receipt, keyed(child_id)],
            )
    return receipt


TWO_PEOPLE = _("Den som ba om slettingen, kan ikke selv bekrefte den. Be en annen leder.")


def keyed(child_id: UUID) -> bytes:
    """What the receipt knows a deleted child by: nothing that anyone without the program's key can make.

    A restored database asks it of each child that it has (`sec.take_back`), and deletes that child again.
    """
    return sessions.sign(f"deleted|{child_id}")
