"""Sending somebody without an account a link to answer one question by, and taking it back."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from grunnmur import clock
from grunnmur.cases import access, national_id, sharing
from grunnmur.cases.actions import participants
from grunnmur.cases.actions.checks import Problem, refuse
from grunnmur.cases.door import CaseAct, on_pathway
from grunnmur.cases.models import Invitation, Mapping, Question, QuestionAnswer, Referral, ReferralAnswer
from grunnmur.cases.terms import InformationKind
from grunnmur.directory.kinds import Role, roles_in
from grunnmur.directory.models import Service
from grunnmur.directory.sessions import Actor
from grunnmur.post import links, outbox
from grunnmur.post.models import Link, Message
from grunnmur.post.outbox import Receiver
from grunnmur.post.terms import MessageSort, ProofKind

LASTS = timedelta(days=14)
"""A link that was not used is of no use after this, and never after the day to answer by and a week; our own choice."""
AFTER_THE_DAY = timedelta(days=7)
HPR = re.compile(r"[1-9][0-9]{6,8}")
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
PHONE = re.compile(r"\+[1-9][0-9]{6,14}")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row that waits for an answer from one service."""

    item: UUID
    sort: MessageSort
    kind: InformationKind
    service: Service
    answer_by: datetime | None


def send(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    item: UUID,
    name: str,
    role: Role,
    proof: ProofKind,
    number: str,
    mail: str = "",
    phone: str = "",
) -> Link:
    """Send one person who has no account a link to answer by, for the service that was asked.

    `number` is what the person's eID must vouch for: an HPR number, or a national identity number. It is not kept. What
    the link shows follows the consent to the service, and ends with it.
    """
    with on_pathway(actor, pathway_id, "links.send", once=once) as act:
        waiting = find_waiting(act, item)
        if waiting is None:
            raise access.NotVisible
        may_ask = sharing.may_ask(act.before, service=str(waiting.service.pk), kind=waiting.kind, on=act.today)
        number = number.replace(" ", "")
        refuse(
            {
                "item": None if may_ask else _("Det er ikke samtykket til å dele dette med tjenesten."),
                "name": _("Skriv navnet på den som skal svare.") if not name.strip() else None,
                "role": _("Velg en rolle som finnes i tjenesten.")
                if role not in roles_in(waiting.service.service_kind)
                else None,
                "number": _wrong_number(proof, number),
                "mail": _wrong_address(mail, phone),
                "phone": _("Skriv mobilnummeret med landkode, slik: +47 900 00 000.")
                if phone and not PHONE.fullmatch(phone)
                else None,
            }
        )
        expires_at = act.at + LASTS
        if waiting.answer_by is not None:
            expires_at = min(expires_at, waiting.answer_by + AFTER_THE_DAY)
        message = outbox.send(
            actor=actor,
            at=act.at,
            sort=waiting.sort,
            subject=act.case.pk,
            kind=waiting.kind,
            item=item,
            to=Receiver(service_id=waiting.service.pk, mail=mail, phone=phone),
            wants_answer=True,
            answer_by=waiting.answer_by,
            expires_at=expires_at,
            once=f"link:{item}:{once or act.at.isoformat()}",
        )
        link = Link.objects.create(
            message=message, name=name.strip(), role=role, proof=proof, proof_code=links.code_of(proof, number)
        )
        opened = participants.open_link(
            act, act.case, link_id=link.pk, service=waiting.service.pk, kind=waiting.kind, ends_at=expires_at
        )
        refuse({"item": None if opened else _("Det er ikke samtykket til å dele dette med tjenesten.")})
        act.record("link.sent", kind=waiting.kind, subject=item)
    return link


def recall(*, actor: Actor, pathway_id: UUID, once: UUID | None, message_id: UUID) -> None:
    """Take a link back that nobody has opened: it shows nothing from now on."""
    with on_pathway(actor, pathway_id, "links.recall", once=once) as act:
        message = access.visible_to(
            actor, Message.objects.filter(pk=message_id, subject=act.case.pk, link__isnull=False)
        ).first()
        if message is None:
            raise access.NotVisible
        refuse(
            {
                "message_id": None
                if outbox.recall_one(actor=actor, at=act.at, message=message)
                else _("Lenken er alt åpnet eller trukket tilbake.")
            }
        )
        participants.end_link(act, act.case, message.link.pk)
        act.record("link.recalled", kind=InformationKind(message.kind), subject=message.item)


def _wrong_number(proof: ProofKind, number: str) -> Problem:
    if proof is ProofKind.HPR:
        return (
            None
            if HPR.fullmatch(number)
            else _("HPR-nummeret har sju til ni sifre. Sjekk det i Helsepersonellregisteret.")
        )
    try:
        found = national_id.parse(number)
    except national_id.NotANationalId as fault:
        return str(fault)
    if not found.is_unique:
        return _("Skriv et fullstendig fødselsnummer eller D-nummer.")
    if not found.is_synthetic and not settings.ALLOW_REAL_NATIONAL_IDS:
        return _("Her brukes bare oppdiktede fødselsnummer (måned + 80). Ekte nummer er ikke lov.")
    return None


def _wrong_address(mail: str, phone: str) -> Problem:
    if not mail and not phone:
        return _("Skriv e-postadressen eller mobilnummeret som varselet skal til.")
    return _("E-postadressen ser ikke riktig ut. Sjekk den.") if mail and not MAIL.fullmatch(mail) else None


def find_waiting(act: CaseAct, item: UUID) -> Waiting | None:
    """The question, mapping, referral or invitation that waits for an answer, as the actor may see it."""

    def by(on: object) -> datetime:
        return datetime.combine(on, time(), clock.OSLO) + timedelta(days=1)  # type: ignore[arg-type]  # a date

    own = {"pathway": act.case, "pk": item}
    question = access.visible_to(act.actor, Question.objects.select_related("to_service")).filter(**own).first()
    if question and not QuestionAnswer.objects.filter(question=question).exists():
        return Waiting(
            item,
            MessageSort.QUESTION,
            InformationKind(question.kind),
            question.to_service,
            by(question.answer_by),
        )
    mapping = access.visible_to(act.actor, Mapping.objects.select_related("service")).filter(**own).first()
    if mapping and mapping.service and any(one.id == str(item) for one in act.before.open_mappings):
        return Waiting(
            item,
            MessageSort.QUESTION,
            InformationKind(mapping.kind),
            mapping.service,
            by(mapping.due_on) if mapping.due_on else None,
        )
    referral = access.visible_to(act.actor, Referral.objects.select_related("to_service")).filter(**own).first()
    if referral and not ReferralAnswer.objects.filter(referral=referral).exists():
        return Waiting(item, MessageSort.REFERRAL, InformationKind(referral.kind), referral.to_service, None)
    invitation = (
        access.visible_to(act.actor, Invitation.objects.select_related("service", "meeting")).filter(**own).first()
    )
    if invitation and any(one.id == str(invitation.meeting_id) and one.is_pending for one in act.before.meetings):
        return Waiting(
            item,
            MessageSort.INVITATION,
            InformationKind(invitation.kind),
            invitation.service,
            invitation.meeting.starts_at,
        )
    return None
