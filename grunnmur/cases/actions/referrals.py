"""Referral to the specialist service, and its answer with the statutory time limits (pbrl § 2-2 a, F-prio § 4a)."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grunnmur import clock
from grunnmur.cases import deadlines, sharing
from grunnmur.cases.access import WRONG_STATUS, Refused, owns
from grunnmur.cases.actions import notices
from grunnmur.cases.actions.checks import Problem, get_service, happened, in_service, refuse
from grunnmur.cases.definition import definitions
from grunnmur.cases.door import CaseAct, on_pathway
from grunnmur.cases.lifecycle import ReferralFact
from grunnmur.cases.models import Referral, ReferralAnswer, ReferralText
from grunnmur.cases.next_step import good_recipients
from grunnmur.cases.terms import HealthArea, InformationKind, NoReason, PathwayStatus, ReferralAnswerKind
from grunnmur.directory.models import Service
from grunnmur.directory.sessions import Actor
from grunnmur.post.terms import MessageSort

NOT_TOLD = _(
    "Det er ikke samtykket til at dere forteller barnevernet hva dere finner. "
    "Skriv det bare i henvisningen dere sender fra eget journalsystem."
)


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
    texts: Mapping[str, str] | None = None,
    is_urgent: bool = False,
    sent_on: date,
    follows_id: UUID | None = None,
    is_renewed: bool = False,
) -> Referral:
    """Refer the child: from the actor's own service to a specialist service, for one health area.

    The referral itself goes by the health services' own channels, so it can be noted here also when the receiver may
    not see the case; then the sender or the owner writes down the answer. What is written here child welfare reads:
    a health service tells it only with consent (hpl § 22), and otherwise notes only that it has referred.

    Mapping in the municipality comes first as the main rule (HD3), which an urgent referral need not wait for; the
    page says so and never blocks.

    `texts` are the other parts of `definitions/referral.yaml`, by their keys; `is_renewed` asks for the renewed
    assessment that a patient can have once for the same condition after a rejection (pbrl § 2-3).
    """
    with on_pathway(actor, pathway_id, "referrals.send", once=once) as act:
        to_service = get_service(to_service_id)
        parts = {key: text.strip() for key, text in (texts or {}).items() if text.strip()}
        told = {"question": question.strip(), "situation": situation.strip(), "tried": tried.strip()}
        may_tell = _may_tell(act, health_area)
        refuse(
            {
                "to_service_id": _receiver(act, to_service, is_urgent=is_urgent),
                "health_area": _own_area(act, health_area),
                "sent_on": happened(sent_on, child=act.child, today=act.today),
                "question": _("Skriv hva dere spør om.") if may_tell and not told["question"] else None,
                "situation": _("Beskriv situasjonen til barnet.") if may_tell and not told["situation"] else None,
                **({} if may_tell else {field: NOT_TOLD for field, text in (told | parts).items() if text}),
                **{
                    key: _("Denne delen er ikke med i listen over hva en henvisning har.")
                    for key in set(parts) - {part.key for part in definitions().referral.parts}
                },
                "is_renewed": _renewed(act, follows_id) if is_renewed else None,
                "follows_id": _follows(act, follows_id, health_area=health_area, sent_on=sent_on),
            }
        )
        assert to_service is not None
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
            follows_id=follows_id,
            is_renewed=is_renewed,
        )
        for key, text in parts.items():
            ReferralText.objects.create(**act.row(health_area.kind), referral=referral, part=key, text=text)
        notices.tell(
            act,
            to_service_id,
            sort=MessageSort.REFERRAL,
            item=referral.pk,
            kind=health_area.kind,
            wants_answer=True,
            answer_by=clock.end_of(deadlines.referral_assessment_due(sent_on)),
        )
        act.record(
            "referral.sent",
            kind=health_area.kind,
            subject=referral.pk,
            data={"area": str(health_area), "to": str(to_service_id), "urgent": is_urgent},
        )
    return referral


def _may_tell(act: CaseAct, area: HealthArea) -> bool:
    """Whether the sender may tell child welfare why it refers: child welfare itself, or a service with consent."""
    return owns(act.actor, act.case) or sharing.may_tell(
        act.before, service=str(act.actor.service_id), kind=area.kind, on=act.today
    )


def _own_area(act: CaseAct, area: HealthArea) -> Problem:
    """The edition has the area; and a health service notes here only what consent lets it share with child welfare."""
    if area.value not in {item.key for item in act.edition.health_areas}:
        return _("Dette helseområdet er ikke med i denne utgaven av forløpet.")
    if owns(act.actor, act.case) or sharing.may_see(
        act.before, service=str(act.actor.service_id), kind=area.kind, on=act.today
    ):
        return None
    return _("Samtykket til tjenesten deres gjelder ikke dette helseområdet. Bruk eget journalsystem.")


def _receiver(act: CaseAct, service: Service | None, *, is_urgent: bool) -> Problem:
    """A specialist service that is open, and not the sender itself.

    When child welfare refers, it contacts the service, which needs consent (HN, S0) unless it cannot wait
    (bvl § 13-1 third paragraph).
    """
    if service is not None and service.pk == act.actor.service_id:
        return _("En tjeneste kan ikke henvise til seg selv.")
    if (problem := in_service(service, on=act.today)) is not None or service is None:
        return problem
    if not service.service_kind.takes_referrals:
        return _("Velg en tjeneste i spesialisthelsetjenesten. Andre helsetjenester blir bedt om å kartlegge.")
    if owns(act.actor, act.case) and not is_urgent and str(service.pk) not in good_recipients(act.before, on=act.today):
        return _("Det er ikke samtykket til at dere kontakter denne tjenesten. Spør om samtykke først.")
    return None


def _follows(act: CaseAct, follows_id: UUID | None, *, health_area: HealthArea, sent_on: date) -> Problem:
    """A new referral follows one for the same area that was returned or rejected, and that nobody has followed."""
    if follows_id is None:
        return None
    before = _fact(act, follows_id) if Referral.objects.filter(pathway=act.case, pk=follows_id).exists() else None
    if before is None:
        return _("Henvisningen som denne følger, finnes ikke.")
    if before.answer not in (ReferralAnswerKind.RETURNED, ReferralAnswerKind.REJECTED):
        return _("Henvisningen som denne følger, er ikke sendt tilbake eller avslått.")
    if before.is_followed:
        return _("Det er alt sendt en ny henvisning etter denne.")
    if before.area is not health_area:
        return _("Den nye henvisningen må gjelde samme helseområde.")
    if before.answered_on and sent_on < before.answered_on:
        return _("Den nye henvisningen kan ikke være eldre enn svaret på den forrige.")
    return None


def _renewed(act: CaseAct, follows_id: UUID | None) -> Problem:
    """A renewed assessment is asked for after a rejection. Whether it is the same condition, and so whether it has been
    asked for before (pbrl § 2-3), those who refer know; the page warns, and nobody is refused.
    """
    before = next((item for item in act.before.referrals if item.id == str(follows_id)), None)
    if before is None or before.answer is not ReferralAnswerKind.REJECTED:
        return _("Fornyet vurdering kan dere be om når en henvisning er avslått.")
    return None


def _fact(act: CaseAct, referral_id: UUID) -> ReferralFact:
    return next(item for item in act.before.referrals if item.id == str(referral_id))


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
    main_reason: NoReason | None = None,
    missing: Sequence[str] = (),
    advice: str = "",
) -> ReferralAnswer:
    """The receiver's answer; the service that referred, or the case's owner, may write down an answer by letter.

    One that comes after the case was closed is written down by the owner, who alone sees it then and decides whether
    to take the case up again. Raises Refused for a service that is neither.
    """
    with on_pathway(actor, pathway_id, "referrals.answer", once=once) as act:
        if act.case.status == PathwayStatus.CLOSED and not owns(actor, act.case):
            raise Refused("status_closed", WRONG_STATUS[PathwayStatus.CLOSED])
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
                "answer": _("Henvisningen er alt besvart.") if _fact(act, referral.pk).answer else None,
                "answered_on": happened(answered_on, child=act.child, today=act.today)
                or (_("Svaret kan ikke være eldre enn henvisningen.") if answered_on < referral.received_on else None),
                "treatment_deadline": _deadline(
                    act,
                    treatment_deadline,
                    area=HealthArea(referral.health_area),
                    granted=granted,
                    answered_on=answered_on,
                ),
                "treatment_starts_on": _start(treatment_starts_on, referral=referral, deadline=treatment_deadline)
                if granted
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
            main_reason="" if granted else main_reason or "",
            missing=list(missing),
            treatment_starts_on=treatment_starts_on if granted else None,
            treatment_deadline=treatment_deadline if granted else None,
            advice=advice,
        )
        notices.answered(act, referral.pk)
        act.record(
            "referral.answered",
            kind=kind,
            subject=referral.pk,
            data={"area": referral.health_area, "answer": str(answer)},
        )
    return row


def _start(starts_on: date | None, *, referral: Referral, deadline: date | None) -> Problem:
    """The appointed start lies between the referral and the patient's own deadline."""
    if starts_on and starts_on < referral.received_on:
        return _("Tidspunktet er før henvisningen. Sjekk datoen.")
    if starts_on and deadline and starts_on > deadline:
        return _("Tidspunktet er etter fristen. Helsehjelpen skal ha startet innen fristen.")
    return None


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
        return gettext("Fristen er senere enn %(text)s. Siste dag er %(latest)s.") % {
            "text": definitions().deadline("start_of_care").text(),
            "latest": f"{latest:%d.%m.%Y}",
        }
    return None
