"""Asking for consent, refusing and taking back. Consent is the access: sight follows in the same transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from grunnmur.cases import consent as rules
from grunnmur.cases.actions import participants
from grunnmur.cases.actions.checks import get_related, get_service, happened, in_service, refuse
from grunnmur.cases.consent import CHILD
from grunnmur.cases.door import CaseAct, Invalid, on_pathway
from grunnmur.cases.models import Consent, ConsentSignature, ConsentWithdrawal, RelatedPerson
from grunnmur.cases.terms import (
    HEALTH_KINDS,
    SHARED_BASE,
    ConsentAnswer,
    ConsentPurpose,
    InformationKind,
    SignatoryKind,
)
from grunnmur.directory.models import Service
from grunnmur.directory.sessions import Actor

MAY_BE_SHARED = HEALTH_KINDS | InformationKind.OWN_WORDS | SHARED_BASE


@dataclass(frozen=True, slots=True)
class Answer:
    """What one person answered: the child, a related person by id, or the service that decides."""

    kind: SignatoryKind
    answer: ConsentAnswer
    on: date
    how: str
    related_person_id: UUID | None = None
    service_id: UUID | None = None
    note: str = ""


def record(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    purposes: Sequence[ConsentPurpose],
    recipient_id: UUID,
    kinds: InformationKind,
    valid_from: date,
    valid_until: date,
    answers: Sequence[Answer],
    help_offered: str = "",
) -> list[Consent]:
    """Record what the child and those who decide with it answered, one consent per purpose.

    A consent that lacks someone's yes is kept as asked and opens nothing; a no is kept, with the help offered all
    the same. Raises Invalid when someone who cannot consent is put down as doing so.
    """
    with on_pathway(actor, pathway_id, "consents.record", once=once) as act:
        recipient = get_service(recipient_id)
        said_no = any(item.answer is ConsentAnswer.NO for item in answers)
        refuse(
            {
                "purposes": _("Velg hva samtykket gjelder.") if not purposes else None,
                "recipient_id": in_service(recipient, on=act.today)
                or (
                    _("Samtykket gjelder andre tjenester enn deres egen.") if recipient_id == actor.service_id else None
                ),
                "kinds": _("Velg hva tjenesten skal få vite om.")
                if ConsentPurpose.CONTACT_HEALTH in purposes and not kinds & HEALTH_KINDS
                else _("Noe av dette kan ikke deles ved samtykke.")
                if kinds & ~MAY_BE_SHARED
                else None,
                "valid_until": _("Sluttdatoen må være etter startdatoen.") if valid_until <= valid_from else None,
                "valid_from": _("Samtykket kan ikke gjelde før det ble gitt.")
                if any(item.on > valid_from for item in answers)
                else None,
                "help_offered": _("Noen sa nei. Skriv hvilken hjelp dere tilbyr likevel.")
                if said_no and not help_offered.strip()
                else None,
            }
        )
        assert recipient is not None
        consents = []
        for purpose in purposes:
            _refuse_wrong_signatories(act, purpose=purpose, answers=answers)
            consents.append(
                _write(
                    act,
                    purpose=purpose,
                    recipient=recipient,
                    kinds=kinds,
                    valid_from=valid_from,
                    valid_until=valid_until,
                    answers=answers,
                    help_offered=help_offered,
                )
            )
        participants.follow_consent(act, act.case)
        act.record(
            "consent.refused" if said_no else "consent.recorded",
            kind=InformationKind.COORDINATION,
            subject=consents[0].pk,
            data={"purposes": sorted(map(str, purposes)), "recipient": str(recipient_id)},
        )
    return consents


def _write(
    act: CaseAct,
    *,
    purpose: ConsentPurpose,
    recipient: Service,
    kinds: InformationKind,
    valid_from: date,
    valid_until: date,
    answers: Sequence[Answer],
    help_offered: str,
) -> Consent:
    row = act.row(InformationKind.COORDINATION)
    consent = Consent.objects.create(
        **row,
        purpose=purpose,
        recipient=recipient,
        kinds=int(kinds | SHARED_BASE),
        valid_from=valid_from,
        valid_until=valid_until,
        asked_on=min([valid_from, *(item.on for item in answers)]),
        help_offered=help_offered,
    )
    ConsentSignature.objects.bulk_create(
        ConsentSignature(
            **row,
            consent=consent,
            signatory_kind=item.kind,
            related_person_id=item.related_person_id,
            service_id=item.service_id,
            answer=item.answer,
            answered_on=item.on,
            how=item.how,
            note=item.note,
        )
        for item in answers
    )
    return consent


def _refuse_wrong_signatories(act: CaseAct, *, purpose: ConsentPurpose, answers: Sequence[Answer]) -> None:
    problems = {}
    for index, item in enumerate(answers):
        problem = happened(item.on, child=act.child, today=act.today)
        signatory = _signatory(act, item)
        if problem is None and signatory is None:
            problem = _("Denne personen står ikke rundt barnet.")
        if (
            problem is None
            and item.answer is not ConsentAnswer.NOT_ASKED
            and not rules.can_sign(
                signatory=signatory or "", purpose=purpose, situation=act.before.situation, on=item.on
            )
        ):
            problem = _("Denne personen kan ikke samtykke til dette for barnet på den datoen.")
        if problem is not None:
            problems[f"answer_{index}"] = problem
    if problems:
        raise Invalid(problems)


def _signatory(act: CaseAct, item: Answer) -> str | None:
    """The signatory's id in the rules: the child, a human being's identity, or a service."""
    if item.kind is SignatoryKind.CHILD:
        return CHILD
    if item.related_person_id:
        person: RelatedPerson | None = get_related(act.child, item.related_person_id)
        return str(person.identity) if person else None
    return str(item.service_id) if item.service_id else None


def withdraw(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    consent_id: UUID,
    withdrawn_by: SignatoryKind,
    related_person_id: UUID | None = None,
    note: str = "",
) -> ConsentWithdrawal:
    """Take a consent back: from this instant the recipient sees nothing through it (pbrl § 4-1)."""
    with on_pathway(actor, pathway_id, "consents.withdraw", once=once) as act:
        consent = Consent.objects.filter(pathway=act.case, pk=consent_id).first()
        person = get_related(act.child, related_person_id)
        refuse(
            {
                "consent_id": _("Vi finner ikke samtykket.")
                if consent is None
                else _("Samtykket er alt trukket tilbake.")
                if hasattr(consent, "withdrawal")
                else None
            }
        )
        assert consent is not None
        fact = next(item for item in act.before.consents if item.id == str(consent.pk))
        signatory = CHILD if withdrawn_by is SignatoryKind.CHILD else str(person.identity) if person else ""
        refuse(
            {
                "withdrawn_by": _("Denne personen har ikke gitt dette samtykket, og kan ikke trekke det tilbake.")
                if not rules.can_withdraw(signatory=signatory, fact=fact, situation=act.before.situation, on=act.today)
                else None
            }
        )
        withdrawal = ConsentWithdrawal.objects.create(
            **act.row(InformationKind.COORDINATION),
            consent=consent,
            withdrawn_by=withdrawn_by,
            related_person=person,
            withdrawn_at=act.at,
            note=note,
        )
        participants.follow_consent(act, act.case)
        act.record(
            "consent.withdrawn",
            kind=InformationKind.COORDINATION,
            subject=consent.pk,
            data={"purpose": consent.purpose, "recipient": str(consent.recipient_id)},
        )
    return withdrawal
