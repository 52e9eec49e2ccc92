"""Phase 0: an institution or a foster home asks the municipal service to start or reactivate, and gets an answer."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from grunnmur.cases.actions import pathways
from grunnmur.cases.actions.checks import refuse
from grunnmur.cases.door import on_child
from grunnmur.cases.lifecycle import OPEN
from grunnmur.cases.models import Initiative, InitiativeReply, Pathway
from grunnmur.cases.terms import InformationKind, InitiativeAnswer, InitiativeWish
from grunnmur.directory.sessions import Actor


def send(*, actor: Actor, child_id: UUID, once: UUID | None, wish: InitiativeWish, reason: str) -> Initiative:
    """Ask the service that has the child to start or reactivate the pathway (S3)."""
    with on_child(actor, child_id, "initiatives.send", once=once) as act:
        refuse({"reason": _("Skriv hva dere ser hos barnet.") if not reason.strip() else None})
        initiative = Initiative.objects.create(
            child=act.child,
            **act.child_row(InformationKind.CHILD_WELFARE),
            wish=wish,
            reason=reason,
            sent_on=act.today,
            to_service_id=act.child.author_service_id,
        )
        act.record(
            "initiative.sent", kind=InformationKind.CHILD_WELFARE, subject=initiative.pk, data={"wish": str(wish)}
        )
    return initiative


def answer(
    *, actor: Actor, child_id: UUID, once: UUID | None, initiative_id: UUID, answer: InitiativeAnswer, reason: str
) -> InitiativeReply:
    """Answer the initiative with a reason; a yes to start begins the assessment in the same act."""
    with on_child(actor, child_id, "initiatives.answer", once=once) as act:
        initiative = Initiative.objects.filter(child=act.child, pk=initiative_id).first()
        has_open = Pathway.objects.filter(child=act.child, status__in=OPEN).exists()
        refuse(
            {
                "initiative_id": _("Vi finner ikke henvendelsen.")
                if initiative is None
                else _("Henvendelsen er alt besvart.")
                if hasattr(initiative, "reply")
                else None,
                "reason": _("Skriv en begrunnelse. De som spurte, ser den.") if not reason.strip() else None,
            }
        )
        assert initiative is not None
        reply = InitiativeReply.objects.create(
            child=act.child,
            **act.child_row(InformationKind.COORDINATION),
            initiative=initiative,
            answer=answer,
            reason=reason,
            answered_on=act.today,
        )
        if answer is InitiativeAnswer.START and not has_open:
            pathways.begin(act, contact_person_id=actor.person_id)
        else:
            act.record(
                "initiative.answered",
                kind=InformationKind.COORDINATION,
                subject=initiative.pk,
                data={"answer": str(answer)},
            )
    return reply
