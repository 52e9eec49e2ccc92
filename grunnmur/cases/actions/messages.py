"""Reminding of what was sent and is silent."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from grunnmur.cases import access
from grunnmur.cases.actions import notices
from grunnmur.cases.actions.checks import Problem, refuse
from grunnmur.cases.door import CaseAct, on_pathway
from grunnmur.cases.terms import InformationKind
from grunnmur.directory.sessions import Actor
from grunnmur.post import outbox
from grunnmur.post.models import Message
from grunnmur.post.rules import NEVER_REMINDED


def remind(*, actor: Actor, pathway_id: UUID, once: UUID | None, message_id: UUID) -> Message:
    """Send the receiver a reminder of something that the actor's own service has sent, and that waits."""
    with on_pathway(actor, pathway_id, "messages.remind", once=once) as act:
        message = (
            access.visible_to(actor, Message.objects.filter(pk=message_id))
            .filter(subject=act.case.pk, author_service=actor.service_id)
            .first()
        )
        refuse({"message_id": _waits(act, message)})
        assert message is not None
        reminder = outbox.remind(actor=actor, at=act.at, message=message, quiet=notices.quiet(act))
        act.record(
            "message.reminded", kind=InformationKind(message.kind), subject=message.item, data={"sort": message.sort}
        )
    return reminder


def _waits(act: CaseAct, message: Message | None) -> Problem:
    if message is None:
        return _("Tjenesten deres har ikke sendt dette, eller dere ser det ikke lenger.")
    if message.to_service_id is None or message.sort in NEVER_REMINDED:
        return _("Dette gikk til noen utenfor Grunnmur. Spør på nytt i stedet.")
    if message.silent_from is None:
        return _("Dette er alt svart på, åpnet, trukket tilbake eller minnet om.")
    if message.expires_at <= act.at:
        return _("Dette er for gammelt til å minne om.")
    return None
