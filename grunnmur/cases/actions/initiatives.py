"""Phase 0: an institution or a foster home asks the municipal service to start or reactivate, and gets an answer."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from grunnmur.cases import access
from grunnmur.cases.actions.checks import refuse
from grunnmur.cases.actions.closings import take_up
from grunnmur.cases.actions.pathways import begin
from grunnmur.cases.door import on_child
from grunnmur.cases.lifecycle import OPEN
from grunnmur.cases.models import Initiative, InitiativeReply
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
    """Answer the initiative with a reason, and do what the answer says in the same act.

    A yes to start begins the assessment, a yes to reactivate takes the newest ended pathway up again. When one is
    open already, either yes is only an answer.
    """
    with on_child(actor, child_id, "initiatives.answer", once=once) as act:
        initiative = Initiative.objects.filter(child=act.child, pk=initiative_id).first()
        pathways = sorted(
            access.all_pathways(act.child), key=lambda one: (one.opened_on, one.recorded_at), reverse=True
        )
        has_open = any(pathway.status in OPEN for pathway in pathways)
        refuse(
            {
                "initiative_id": _("Vi finner ikke henvendelsen.")
                if initiative is None
                else _("Noen hos dere har alt svart på henvendelsen.")
                if hasattr(initiative, "reply")
                else None,
                "answer": _("Barnet har ikke hatt noe forløp å ta opp igjen. Velg et annet svar.")
                if answer is InitiativeAnswer.REACTIVATE and not pathways
                else None,
                "reason": _("Skriv en begrunnelse. De som spurte, ser den.") if not reason.strip() else None,
            }
        )
        assert initiative is not None
        reply = InitiativeReply.objects.create(
            child=act.child,
            **act.child_row(InformationKind.CHILD_WELFARE),
            initiative=initiative,
            answer=answer,
            reason=reason,
            answered_on=act.today,
        )
        if answer is InitiativeAnswer.START and not has_open:
            begin(act, contact_person_id=actor.person_id)
            return reply
        if answer is InitiativeAnswer.REACTIVATE and not has_open:
            take_up(act, pathways[0], reason=reason, on=act.today)
            act.pathway = pathways[0]
        act.record(
            "initiative.answered",
            kind=InformationKind.CHILD_WELFARE,
            subject=initiative.pk,
            data={"answer": str(answer)},
        )
    return reply
