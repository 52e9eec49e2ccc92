"""Asking for consent, refusing and taking back. Consent is the access: sight follows in the same transaction."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from grunnmur.cases import access, facts, sharing
from grunnmur.cases import consent as rules
from grunnmur.cases.actions import notices, participants
from grunnmur.cases.actions.checks import Problem, get_related, get_service, happened, in_service, not_too_far, refuse
from grunnmur.cases.actions.participants import Sight
from grunnmur.cases.consent import CHILD, ConsentFact, Period, Signature, Situation, Verdict
from grunnmur.cases.door import CaseAct, instant, on_pathway
from grunnmur.cases.lifecycle import OPEN, Facts
from grunnmur.cases.models import Child, Consent, ConsentSignature, ConsentWithdrawal, Pathway
from grunnmur.cases.terms import (
    HEALTH_KINDS,
    SHARED_BASE,
    ConsentAnswer,
    ConsentPurpose,
    InformationKind,
    SignatoryKind,
)
from grunnmur.directory.kinds import ServiceKind
from grunnmur.directory.models import Service
from grunnmur.directory.sessions import Actor
from grunnmur.post.terms import MessageSort

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


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked for, and what each answered."""

    purposes: Sequence[ConsentPurpose]
    recipient_id: UUID
    kinds: InformationKind
    valid_from: date
    valid_until: date
    answers: Sequence[Answer]
    help_offered: str

    @property
    def somebody_said_no(self) -> bool:
        return any(item.answer is ConsentAnswer.NO for item in self.answers)


@dataclass(frozen=True, slots=True)
class Effect:
    """What one consent would do: whether it holds on its first day, on which days, and who would see what."""

    fact: ConsentFact
    verdict: Verdict
    periods: tuple[Period, ...]
    sights: tuple[Sight, ...]


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

    Each consent keeps the answers of those who have a say in its purpose. One that lacks someone's yes is kept as
    asked and opens nothing; a no is kept, with the help offered all the same. In a closed case it opens nothing either:
    it is what a passport or an offer of the case is given on. Raises Invalid when someone who cannot
    consent is put down as doing so; `answer_0` is the first of the answers.
    """
    with on_pathway(actor, pathway_id, "consents.record", once=once) as act:
        asked = _Asked(purposes, recipient_id, kinds, valid_from, valid_until, answers, help_offered)
        recipient = _check(asked, actor=actor, child=act.child, case=act.before, today=act.today)
        written = [_write(act, asked, purpose=purpose, recipient=recipient) for purpose in purposes]
        participants.follow_consent(act, act.case)
        _tell(act, written[0])
        act.record(
            "consent.refused" if asked.somebody_said_no else "consent.recorded",
            kind=InformationKind.COORDINATION,
            subject=written[0].pk,
            data={"purposes": sorted(map(str, purposes)), "recipient": str(recipient_id)},
        )
    return written


def _tell(act: CaseAct, consent: Consent) -> None:
    """Let the recipient know that it takes part, or goes on taking part, in the case: when the consent opens it now."""
    if act.before.status not in OPEN:
        return  # it opens nothing: what the service is given comes by itself
    notices.tell(
        act,
        consent.recipient_id,
        sort=MessageSort.NOTICE,
        item=consent.pk,
        kind=InformationKind.COORDINATION,
        now=facts.load(act.case.pk),
    )


def _tell_of_closings(act: CaseAct, said_in: Sequence[tuple[UUID, UUID]]) -> None:
    """Let each recipient know, once, that what it saw is closed, when an answer or a withdrawal closed something.

    `said_in` are the rows of the no or of the withdrawal, each with its recipient.
    """
    if not said_in:
        return
    now = facts.load(act.case.pk)
    told: set[UUID] = set()
    for row, recipient in said_in:
        if recipient not in told and notices.tell_of_closing(
            row, before=act.before, after=now, service=recipient, at=act.at
        ):
            told.add(recipient)


def preview(
    *,
    actor: Actor,
    pathway_id: UUID,
    purposes: Sequence[ConsentPurpose],
    recipient_id: UUID,
    kinds: InformationKind,
    valid_from: date,
    valid_until: date,
    answers: Sequence[Answer],
    help_offered: str = "",
) -> tuple[Effect, ...]:
    """What `record` would do with the same, by the same rules; nothing is written. Raises what `record` raises."""
    pathway = access.get_pathway(actor, pathway_id)
    access.check(actor, pathway, "consents.record")
    today = instant().date()
    case = facts.load(pathway.pk)
    asked = _Asked(purposes, recipient_id, kinds, valid_from, valid_until, answers, help_offered)
    _check(asked, actor=actor, child=pathway.child, case=case, today=today)
    facts_to_be = (
        ConsentFact(
            id=str(uuid.uuid4()),
            purpose=purpose,
            recipient=str(recipient_id),
            kinds=kinds | SHARED_BASE,
            signatures=_signatures(
                _with_a_say(answers, purpose, child=pathway.child, situation=case.situation), child=pathway.child
            ),
            valid_from=valid_from,
            valid_until=valid_until,
        )
        for purpose in purposes
    )
    return tuple(effect(fact, case=case, today=today) for fact in facts_to_be)


def effect(fact: ConsentFact, *, case: Facts, today: date) -> Effect:
    return Effect(
        fact=fact,
        verdict=rules.check(fact=fact, situation=case.situation, on=max(today, fact.valid_from)),
        periods=rules.good_periods(fact=fact, situation=case.situation),
        sights=participants.sights(replace(case, consents=(fact,))),
    )


def _signatures(answers: Sequence[Answer], *, child: Child) -> tuple[Signature, ...]:
    return tuple(Signature(str(_signatory(child, item)), item.answer, item.on) for item in answers)


def _check(asked: _Asked, *, actor: Actor, child: Child, case: Facts, today: date) -> Service:
    """The recipient, when all rules are kept. Raises Invalid."""
    recipient = get_service(asked.recipient_id)
    refuse(
        {
            "purposes": _("Velg hva samtykket gjelder.")
            if not asked.purposes
            else None
            if set(asked.purposes) <= set(sharing.may_be_asked_for(case.status))
            else _("Forløpet er avsluttet. Da kan dere bare spørre om det som trengs for å gi noe videre."),
            "recipient_id": in_service(recipient, on=today)
            or (
                _("Samtykket gjelder andre tjenester enn deres egen.")
                if asked.recipient_id == actor.service_id
                else _wrong_receiver(asked, recipient)
            ),
            "kinds": _wrong_kinds(asked, recipient),
            "valid_from": _("Samtykket kan ikke gjelde før det ble gitt.")
            if any(item.on > asked.valid_from for item in asked.answers)
            else not_too_far(asked.valid_from, today=today),
            "valid_until": _("Sluttdatoen må være etter startdatoen.")
            if asked.valid_until <= asked.valid_from
            else _("Sluttdatoen har alt vært. Da åpner ikke samtykket noe.")
            if asked.valid_until <= today
            else not_too_far(asked.valid_until, today=today),
            "help_offered": _("Noen sa nei. Skriv hvilken hjelp dere tilbyr likevel.")
            if asked.somebody_said_no and not asked.help_offered.strip()
            else None,
            **_wrong_answers(asked.answers, asked.purposes, child=child, situation=case.situation, today=today),
        }
    )
    assert recipient is not None
    return recipient


def _wrong_receiver(asked: _Asked, recipient: Service | None) -> Problem:
    is_child_welfare = recipient is not None and recipient.service_kind is ServiceKind.CHILD_WELFARE
    if ConsentPurpose.HAND_OVER not in asked.purposes or is_child_welfare:
        return None
    return _("Saken kan bare gis videre til en barneverntjeneste. Velg den der barnet skal bo.")


def _wrong_kinds(asked: _Asked, recipient: Service | None) -> Problem:
    """A health service takes part because of the child's health; a school may come to the meetings and see no more."""
    if asked.kinds & ~MAY_BE_SHARED:
        return _("Noe av dette kan ikke deles ved samtykke.")
    is_about_health = ConsentPurpose.RELEASE_HEALTH_INFO in asked.purposes or (
        ConsentPurpose.CONTACT_HEALTH in asked.purposes and recipient is not None and recipient.service_kind.is_health
    )
    return _("Velg hva tjenesten skal få vite om.") if is_about_health and not asked.kinds & HEALTH_KINDS else None


def _wrong_answers(
    answers: Sequence[Answer], purposes: Sequence[ConsentPurpose], *, child: Child, situation: Situation, today: date
) -> dict[str, Problem]:
    """Field → what is wrong: a day that cannot be, someone who is not there, or who has no say in any of it."""
    problems: dict[str, Problem] = {}
    for index, item in enumerate(answers):
        problem = happened(item.on, child=child, today=today)
        signatory = _signatory(child, item)
        if problem is None and signatory is None:
            problem = _("Denne personen står ikke rundt barnet.")
        if problem is None and signatory and purposes and not _has_a_say(item, signatory, purposes, situation):
            problem = _("Denne personen kan ikke samtykke til dette for barnet på den datoen.")
        problems[f"answer_{index}"] = problem
    return problems


def _has_a_say(item: Answer, signatory: str, purposes: Sequence[ConsentPurpose], situation: Situation) -> bool:
    """Whether the answer counts for one of the purposes; who has not been asked has not answered."""
    if item.answer is ConsentAnswer.NOT_ASKED:
        return True
    return any(
        rules.can_sign(signatory=signatory, purpose=purpose, situation=situation, on=item.on) for purpose in purposes
    )


def _with_a_say(
    answers: Sequence[Answer], purpose: ConsentPurpose, *, child: Child, situation: Situation
) -> list[Answer]:
    """The answers of those who have a say in this purpose: at 15 a parent answers about care, not about contact."""
    return [
        item
        for item in answers
        if rules.can_sign(signatory=str(_signatory(child, item)), purpose=purpose, situation=situation, on=item.on)
    ]


def _write(act: CaseAct, asked: _Asked, *, purpose: ConsentPurpose, recipient: Service) -> Consent:
    consent = Consent.objects.create(
        **act.row(InformationKind.COORDINATION),
        purpose=purpose,
        recipient=recipient,
        kinds=int(asked.kinds | SHARED_BASE),
        valid_from=asked.valid_from,
        valid_until=asked.valid_until,
        asked_on=min([asked.valid_from, *(item.on for item in asked.answers)]),
        help_offered=asked.help_offered,
    )
    _sign(act, consent, _with_a_say(asked.answers, purpose, child=act.child, situation=act.before.situation))
    return consent


def _sign(act: CaseAct, consent: Consent, answers: Sequence[Answer]) -> list[ConsentSignature]:
    return ConsentSignature.objects.bulk_create(
        ConsentSignature(
            **act.row(InformationKind.COORDINATION),
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


def _signatory(child: Child, item: Answer) -> str | None:
    """The signatory's id in the rules: the child, a human being's identity, or a service."""
    if item.kind is SignatoryKind.CHILD:
        return CHILD
    if item.related_person_id:
        person = get_related(child, item.related_person_id)
        return str(person.identity) if person else None
    return str(item.service_id) if item.service_id else None


def answer(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    consent_id: UUID,
    answers: Sequence[Answer],
    also: Sequence[UUID] = (),
) -> Consent:
    """Add what someone answered later, to a consent that was asked for before.

    `also` are other consents of the case that the same answers are for; each keeps the answers of those who have a say
    in its purpose. A yes is never changed to a no here: that is taking it back, which has its own act and closes at
    once. The note of a no says what help is offered all the same.
    """
    with on_pathway(actor, pathway_id, "consents.answer", once=once) as act:
        (first, *rest) = found = _get_all(act.case, act.before, consent_id, also)
        situation = act.before.situation
        _check_later(answers, [fact for _consent, fact in found], child=act.child, situation=situation, today=act.today)
        signed = [
            (row, consent.recipient_id)
            for consent, fact in found
            for row in _sign(act, consent, _with_a_say(answers, fact.purpose, child=act.child, situation=situation))
        ]
        participants.follow_consent(act, act.case)
        for consent in {consent.recipient_id: consent for consent, _fact in reversed(found)}.values():
            _tell(act, consent)
        _tell_of_closings(act, [(row.pk, recipient) for row, recipient in signed if row.answer == ConsentAnswer.NO])
        act.record(
            "consent.answered",
            kind=InformationKind.COORDINATION,
            subject=first[0].pk,
            data={"purpose": first[0].purpose, "recipient": str(first[0].recipient_id)},
        )
        for consent, _fact in rest:
            act.record_also("consent.answered", kind=InformationKind.COORDINATION, subject=consent.pk)
    return first[0]


def preview_answer(
    *, actor: Actor, pathway_id: UUID, consent_id: UUID, answers: Sequence[Answer], also: Sequence[UUID] = ()
) -> tuple[Effect, ...]:
    """What `answer` would do with the same; nothing is written. Raises what `answer` raises."""
    pathway = access.get_pathway(actor, pathway_id)
    access.check(actor, pathway, "consents.answer")
    today = instant().date()
    case = facts.load(pathway.pk)
    child, situation = pathway.child, case.situation
    found = [fact for _consent, fact in _get_all(pathway, case, consent_id, also)]
    _check_later(answers, found, child=child, situation=situation, today=today)
    return tuple(
        effect(
            replace(
                fact,
                signatures=(
                    *fact.signatures,
                    *_signatures(_with_a_say(answers, fact.purpose, child=child, situation=situation), child=child),
                ),
            ),
            case=case,
            today=today,
        )
        for fact in found
    )


def _check_later(
    answers: Sequence[Answer], found: Sequence[ConsentFact], *, child: Child, situation: Situation, today: date
) -> None:
    """What a later answer must keep; the first of those found is the one that was asked about. Raises Invalid."""
    (first, *rest) = found
    problems = _wrong_answers(answers, [fact.purpose for fact in found], child=child, situation=situation, today=today)
    given = [_with_a_say(answers, fact.purpose, child=child, situation=situation) for fact in found]
    for fact, counting in zip(found, given, strict=True):
        said = {signature.signatory: signature for signature in fact.signatures}
        for index, item in enumerate(answers):
            if item in counting:
                before = said.get(str(_signatory(child, item)))
                problems[f"answer_{index}"] = problems[f"answer_{index}"] or _wrong_after(item, before)
    refuse(
        {
            "consent_id": _("Samtykket er trukket tilbake. Spør på nytt.")
            if first.withdrawn_at
            else _("Samtykket har gått ut. Spør på nytt.")
            if first.valid_until <= today
            else None,
            "also": _("Noe av dette er trukket tilbake eller har gått ut. Ta bort krysset, og spør på nytt.")
            if any(fact.withdrawn_at or fact.valid_until <= today for fact in rest)
            else _("Den som svarte, bestemmer ikke om alt dere har krysset av. Ta bort krysset der.")
            if answers and not all(given[1:])
            else None,
            "answers": _("Skriv minst ett nytt svar.") if not answers else None,
            **problems,
        }
    )


def _wrong_after(item: Answer, before: Signature | None) -> Problem:
    if item.answer is ConsentAnswer.NO and not item.note.strip():
        return _("Skriv hvilken hjelp dere tilbyr likevel.")
    if before is None or before.answer is ConsentAnswer.NOT_ASKED:
        return None
    if item.answer is ConsentAnswer.NO and before.answer is ConsentAnswer.YES:
        return _("Det er sagt ja før. Trekk samtykket tilbake i stedet, så stenges innsynet med en gang.")
    return _("Svaret kan ikke være fra før det forrige svaret.") if item.on < before.on else None


def _get_all(
    pathway: Pathway, case: Facts, consent_id: UUID, also: Sequence[UUID]
) -> list[tuple[Consent, ConsentFact]]:
    """The consent, then the others, each as the rules see it. Raises Invalid when the case has no such consent."""
    wanted = list(dict.fromkeys((consent_id, *also)))
    rows = Consent.objects.filter(pathway=pathway).in_bulk(wanted)
    problem = _("Vi finner ikke samtykket.")
    refuse(
        {
            "consent_id": None if consent_id in rows else problem,
            "also": None if all(one in rows for one in also) else problem,
        }
    )
    by_id = {item.id: item for item in case.consents}
    return [(rows[one], by_id[str(one)]) for one in wanted]


def withdraw(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    consent_id: UUID,
    withdrawn_by: SignatoryKind,
    related_person_id: UUID | None = None,
    service_id: UUID | None = None,
    note: str = "",
    also: Sequence[UUID] = (),
) -> ConsentWithdrawal:
    """Take a consent back: from this instant the recipient sees nothing through it (pbrl § 4-1).

    `service_id` is the service that takes it back, when the law lets it decide for the child. `also` are other consents
    of the case that the same person takes back in the same breath.
    """
    with on_pathway(actor, pathway_id, "consents.withdraw", once=once) as act:
        found = _get_all(act.case, act.before, consent_id, also)
        person = get_related(act.child, related_person_id)
        signatory = CHILD if withdrawn_by is SignatoryKind.CHILD else str(person.identity if person else service_id)
        (first, *rest) = (
            rules.can_withdraw(signatory=signatory, fact=fact, situation=act.before.situation, on=act.today)
            for _consent, fact in found
        )
        is_withdrawn = found[0][1].withdrawn_at is not None
        refuse(
            {
                "consent_id": _("Samtykket er alt trukket tilbake.") if is_withdrawn else None,
                "withdrawn_by": _("Denne personen kan ikke trekke dette samtykket tilbake.")
                if not is_withdrawn and not first
                else None,
                "also": None
                if all(rest)
                else _(
                    "Noe av dette er alt trukket tilbake, eller denne personen kan ikke trekke det. Ta bort krysset."
                ),
            }
        )
        rows = [
            ConsentWithdrawal.objects.create(
                **act.row(InformationKind.COORDINATION),
                consent=consent,
                withdrawn_by=withdrawn_by,
                related_person=person,
                withdrawn_at=act.at,
                note=note,
            )
            for consent, _fact in found
        ]
        participants.follow_consent(act, act.case)
        _tell_of_closings(act, [(row.pk, row.consent.recipient_id) for row in rows])
        (consent, *others) = (consent for consent, _fact in found)
        act.record(
            "consent.withdrawn",
            kind=InformationKind.COORDINATION,
            subject=consent.pk,
            data={"purpose": consent.purpose, "recipient": str(consent.recipient_id)},
        )
        for other in others:
            act.record_also("consent.withdrawn", kind=InformationKind.COORDINATION, subject=other.pk)
    return rows[0]
