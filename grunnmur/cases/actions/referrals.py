"""Referral to the specialist service, and its answer with the statutory time limits (pbrl § 2-2 a, F-prio § 4a)."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from grunnmur.cases import deadlines
from grunnmur.cases.access import Refused
from grunnmur.cases.actions.checks import Problem, get_service, happened, in_service, refuse
from grunnmur.cases.door import CaseAct, on_pathway
from grunnmur.cases.models import Referral, ReferralAnswer
from grunnmur.cases.terms import HealthArea, InformationKind, ReferralAnswerKind
from grunnmur.directory.sessions import Actor


def send(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    health_area: HealthArea,
    to_service_id: UUID,
    question: str,
    situation: str,
    tried: str = "",
    is_urgent: bool = False,
    sent_on: date,
    follows_id: UUID | None = None,
) -> Referral:
    """Refer the child: from the actor's own service to another, for one health area.

    Mapping in the municipality comes first as the main rule (HD3), which an urgent referral need not wait for; the
    page says so and never blocks.
    """
    with on_pathway(actor, pathway_id, "referrals.send", once=once) as act:
        to_service = get_service(to_service_id)
        follows = Referral.objects.filter(pathway=act.case, pk=follows_id).first() if follows_id else None
        refuse(
            {
                "to_service_id": in_service(to_service, on=act.today)
                or (_("Velg en helsetjeneste.") if to_service and not to_service.service_kind.is_health else None)
                or (_("En tjeneste kan ikke henvise til seg selv.") if to_service_id == actor.service_id else None),
                "sent_on": happened(sent_on, child=act.child, today=act.today),
                "question": _("Skriv hva dere spør om.") if not question.strip() else None,
                "situation": _("Beskriv situasjonen til barnet.") if not situation.strip() else None,
                "follows_id": _("Henvisningen som denne følger, finnes ikke.") if follows_id and not follows else None,
            }
        )
        referral = Referral.objects.create(
            **act.row(health_area.kind),
            health_area=health_area,
            from_service_id=actor.service_id,
            to_service=to_service,
            question=question,
            situation=situation,
            tried=tried,
            is_urgent=is_urgent,
            sent_on=sent_on,
            received_on=sent_on,
            follows=follows,
        )
        act.record(
            "referral.sent",
            kind=health_area.kind,
            subject=referral.pk,
            data={"area": str(health_area), "to": str(to_service_id), "urgent": is_urgent},
        )
    return referral


def answer(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    referral_id: UUID,
    answer: ReferralAnswerKind,
    answered_on: date,
    treatment_starts_on: date | None = None,
    treatment_deadline: date | None = None,
    reason: str = "",
    missing: Sequence[str] = (),
    advice: str = "",
) -> ReferralAnswer:
    """The receiver's answer; the service that referred, or the case's owner, may write down an answer by letter."""
    with on_pathway(actor, pathway_id, "referrals.record_answer", once=once) as act:
        referral = Referral.objects.filter(pathway=act.case, pk=referral_id).first()
        if referral is None or actor.service_id not in (
            referral.to_service_id,
            referral.from_service_id,
            act.case.author_service_id,
        ):
            raise Refused("referral_of_another", _("Denne henvisningen er ikke til eller fra tjenesten din."))
        granted = answer is ReferralAnswerKind.RIGHT_GRANTED
        refuse(
            {
                "answer": _("Henvisningen er alt besvart.") if hasattr(referral, "answer") else None,
                "answered_on": happened(answered_on, child=act.child, today=act.today)
                or (_("Svaret kan ikke være eldre enn henvisningen.") if answered_on < referral.received_on else None),
                "treatment_deadline": _deadline(
                    act,
                    treatment_deadline,
                    area=HealthArea(referral.health_area),
                    granted=granted,
                    answered_on=answered_on,
                ),
                "treatment_starts_on": _("Skriv når helsehjelpen senest starter. Datoen kan ikke være etter fristen.")
                if granted and treatment_starts_on and treatment_deadline and treatment_starts_on > treatment_deadline
                else None,
                "reason": _("Skriv hvorfor. Både henviser og familien skal kunne forstå det.")
                if not granted and not reason.strip()
                else None,
            }
        )
        kind = InformationKind(referral.kind)
        row = ReferralAnswer.objects.create(
            **act.row(kind),
            referral=referral,
            answer=answer,
            answered_on=answered_on,
            reason=reason,
            missing=list(missing),
            treatment_starts_on=treatment_starts_on if granted else None,
            treatment_deadline=treatment_deadline if granted else None,
            advice=advice,
        )
        act.record(
            "referral.answered",
            kind=kind,
            subject=referral.pk,
            data={"area": referral.health_area, "answer": str(answer)},
        )
    return row


def _deadline(act: CaseAct, deadline: date | None, *, area: HealthArea, granted: bool, answered_on: date) -> Problem:
    """The patient's own deadline is set when the right is granted, and is never later than the law's last day."""
    if not granted:
        return None
    if deadline is None:
        return _("Skriv fristen for når helsehjelpen senest skal starte.")
    if deadline < answered_on:
        return _("Fristen er før svaret. Sjekk datoen.")
    latest = deadlines.treatment_start_latest(assessed_on=answered_on, born_on=act.child.born_on, areas=[area])
    if latest is not None and deadline > latest:
        return _("Fristen er senere enn 65 virkedager etter at retten ble vurdert (prioriteringsforskriften § 4a).")
    return None
