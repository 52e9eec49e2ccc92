"""Sending somebody without an account a link to answer one question by, and taking it back."""

import re
from datetime import datetime, time, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from grunnmur import clock
from grunnmur.cases import access, sharing
from grunnmur.cases.actions import participants
from grunnmur.cases.actions.checks import Problem, refuse, wrong_national_id
from grunnmur.cases.door import CaseAct, on_pathway
from grunnmur.cases.queries.sent_links import find_asked
from grunnmur.cases.terms import AddressProtection, InformationKind
from grunnmur.directory.kinds import Role, ServiceKind, roles_in
from grunnmur.directory.sessions import Actor
from grunnmur.post import links, outbox
from grunnmur.post.mail import ADDRESS
from grunnmur.post.models import Link, Message
from grunnmur.post.outbox import Receiver
from grunnmur.post.rules import rules
from grunnmur.post.sms import NUMBER
from grunnmur.post.terms import Confirmed, MessageSort, ProofKind
from grunnmur.stewardship import codes

NO_CODE = _("Kode på SMS er ikke nok her. Velg en av de andre måtene.")
NOT_CONSENTED = _("Det er ikke samtykket til å dele dette med tjenesten.")
HPR = re.compile(r"[1-9][0-9]{6,8}")
"""A number in the register of health personnel: seven to nine digits."""
SHORTEST = timedelta(days=1)
"""A link holds at least so long, however late it is sent; our own choice."""


def send(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    item: UUID,
    name: str,
    role: Role,
    proof: ProofKind,
    number: str = "",
    mail: str = "",
    phone: str = "",
    confirmed: Confirmed | None = None,
    service_id: UUID | None = None,
) -> Link:
    """Send one person who has no account a link to answer by, for the service that was asked.

    `number` is what the person's eID must vouch for: an HPR number, or a national identity number. It is not kept.
    Where the municipality has decided that a code by SMS is enough, it is sent to `phone` instead, which the actor has
    `confirmed` to be the person's own; never for health (`sharing.may_be_by_code`), and no longer than the decision.
    What the link shows follows the consent to the service, and ends with it. `service_id` says which service was asked,
    where one row asks several, as minutes do.
    """
    with on_pathway(actor, pathway_id, "links.send", once=once) as act:
        asked = find_asked(actor, act.case.pk, act.before, item, service_id=service_id)
        may_ask = sharing.may_ask(act.before, service=str(asked.service.pk), kind=asked.kind, on=act.today)
        number = number.replace(" ", "")
        enough_until = codes.enough_until(actor.municipality, on=act.today)
        may_be_code = sharing.may_be_by_code(
            enough_until=enough_until,
            sort=asked.sort,
            kind=asked.kind,
            protection=AddressProtection(act.child.address_protection),
            on=act.today,
        )
        is_code = proof is ProofKind.CODE
        refuse(
            {
                "item": (_("Det er alt besvart, eller ikke noe å svare på lenger.") if not asked.waits else None)
                or (None if may_ask else NOT_CONSENTED),
                **wrong_receiver(
                    asked.service.service_kind,
                    name=name,
                    role=role,
                    proof=proof,
                    number=number,
                    mail=mail,
                    phone=phone,
                    confirmed=confirmed,
                    may_be_code=may_be_code,
                ),
            }
        )
        expires_at = act.at + timedelta(days=rules().link_days.number)
        if asked.answer_by is not None:
            late = timedelta(days=rules().link_days_after.number)
            expires_at = max(act.at + SHORTEST, min(expires_at, asked.answer_by + late))
        if is_code and enough_until is not None:
            expires_at = min(expires_at, datetime.combine(enough_until, time(), clock.OSLO))
        link = put_in_the_post(
            act,
            sort=asked.sort,
            kind=asked.kind,
            item=item,
            # By two ways where the sender gives two: whoever has the mail has not the code.
            to=Receiver(service_id=asked.service.pk, mail=mail, code_to=phone)
            if is_code and mail
            else Receiver(service_id=asked.service.pk, mail=mail, phone=phone),
            answer_by=asked.answer_by,
            wants_answer=True,
            expires_at=expires_at,
            name=name,
            role=role,
            proof=proof,
            number=number,
            confirmed=confirmed if is_code else None,
        )
        opened = participants.open_link(
            act,
            act.case,
            link_id=link.pk,
            service=asked.service.pk,
            kind=asked.kind,
            rows=asked.rows,
            ends_at=expires_at,
        )
        refuse({"item": None if opened else NOT_CONSENTED})
        act.record("link.sent", kind=asked.kind, subject=item)
    return link


def put_in_the_post(
    act: CaseAct,
    *,
    sort: MessageSort,
    kind: InformationKind,
    item: UUID,
    to: Receiver,
    expires_at: datetime,
    name: str,
    role: Role,
    proof: ProofKind,
    number: str,
    wants_answer: bool = False,
    answer_by: datetime | None = None,
    confirmed: Confirmed | None = None,
) -> Link:
    """The message and its link. What the link shows, `participants` opens; of the number a code is kept."""
    message = outbox.send(
        actor=act.actor,
        at=act.at,
        sort=sort,
        subject=act.case.pk,
        kind=kind,
        item=item,
        to=to,
        wants_answer=wants_answer,
        answer_by=answer_by,
        expires_at=expires_at,
        once=f"link:{item}:{act.once or act.at.isoformat()}",
    )
    return Link.objects.create(
        message=message,
        name=name.strip(),
        role=role,
        proof=proof,
        proof_code=links.code_of(proof, number),
        confirmed=confirmed or "",
    )


def recall(*, actor: Actor, pathway_id: UUID, once: UUID | None, message_id: UUID) -> None:
    """Take a link back that nobody has answered by: it shows nothing from now on, also to one who has opened it."""
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
                else _("Lenken er alt svart på eller trukket tilbake.")
            }
        )
        participants.end_link(act, act.case, message.link.pk)
        participants.forget_what_is_over()
        act.record("link.recalled", kind=InformationKind(message.kind), subject=message.item)


def wrong_receiver(
    kind: ServiceKind,
    *,
    name: str,
    role: Role,
    proof: ProofKind,
    number: str,
    mail: str,
    phone: str,
    confirmed: Confirmed | None = None,
    may_be_code: bool = False,
) -> dict[str, Problem]:
    """What is wrong with whom a link is for, by field: one in a sort of service, and how to know and reach them."""
    is_code = proof is ProofKind.CODE
    return {
        "proof": NO_CODE if is_code and not may_be_code else None,
        "confirmed": _("Velg hvordan du vet at mobilen er personens egen.") if is_code and not confirmed else None,
        "name": _("Skriv navnet på den som skal ha lenken.") if not name.strip() else None,
        "role": _("Velg en rolle som finnes i tjenesten.") if role not in roles_in(kind) else None,
        "number": None if is_code else _wrong_number(proof, number),
        "mail": _wrong_address(mail, phone),
        "phone": _wrong_phone(phone, is_code=is_code),
    }


def _wrong_phone(phone: str, *, is_code: bool) -> Problem:
    if phone and not NUMBER.fullmatch(phone):
        return _("Skriv mobilnummeret med landkode, slik: +47 900 00 000.")
    return _("Skriv mobilnummeret som koden skal sendes til.") if is_code and not phone else None


def _wrong_number(proof: ProofKind, number: str) -> Problem:
    if proof is ProofKind.HPR:
        return (
            None
            if HPR.fullmatch(number)
            else _("HPR-nummeret har sju til ni sifre. Sjekk det i Helsepersonellregisteret.")
        )
    return wrong_national_id(number)


def _wrong_address(mail: str, phone: str) -> Problem:
    if not mail and not phone:
        return _("Skriv e-postadressen eller mobilnummeret som varselet skal til.")
    return _("E-postadressen ser ikke riktig ut. Sjekk den.") if mail and not ADDRESS.fullmatch(mail) else None
