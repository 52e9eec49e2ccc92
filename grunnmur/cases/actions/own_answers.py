"""Answering and taking back a consent oneself, on one's own page: the child, or one who has parental responsibility.

What a yes opens is worked out by the rule of sight itself and put in the table by the database; what is taken back, the
database closes in the same transaction (`sql/family.sql`). The contact person gets a letter about each answer.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from grunnmur.cases import access, consent, consent_ahead, facts
from grunnmur.cases.actions import by_family, notices, participants
from grunnmur.cases.actions.checks import refuse
from grunnmur.cases.actions.consents import Effect, effect
from grunnmur.cases.actions.language import in_bokmal
from grunnmur.cases.consent import CHILD, ConsentFact, Signature
from grunnmur.cases.door import instant, lock, refresh
from grunnmur.cases.lifecycle import Facts
from grunnmur.cases.models import Consent, ConsentSignature, ConsentWithdrawal, Pathway
from grunnmur.cases.queries import own_pages
from grunnmur.cases.terms import ConsentAnswer, InformationKind, LetterAbout, SignatoryKind
from grunnmur.directory.sessions import Relative, sign


class Says(StrEnum):
    """What one can answer."""

    YES = "yes"
    NO = "no"
    SOME = "some"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class IfYes:
    """What a yes from one person would do."""

    effect: Effect
    may_take_back: bool
    """Whether the person itself can take it back."""
    decides_alone: bool
    """Whether nobody else is needed from the first day that it holds."""


@dataclass(frozen=True, slots=True)
class Closed:
    """What taking a consent back did."""

    at: datetime
    recipient: UUID
    kinds: InformationKind
    """What the service saw on this consent, and sees no more."""
    still_sees: InformationKind
    """What it sees on other consents."""


@dataclass(frozen=True, slots=True)
class _Mine:
    """One consent with the one who answers it, as the rules see them."""

    consent: Consent
    fact: ConsentFact
    case: Facts
    me: str
    columns: dict[str, Any]
    """Who signs: the columns of a signature, without the consent and the answer."""

    @property
    def can_be_named(self) -> bool:
        """Whether there is a row to sign in the name of; the child needs none."""
        return self.me == CHILD or self.columns["related_person"] is not None


def _get(relative: Relative, consent_id: UUID) -> _Mine:
    """Raises NotVisible for a consent that the one who asks does not see."""
    runs = access.visible_to(relative, Pathway.objects.filter(child=relative.child)).values("pk")
    row = access.visible_to(
        relative, Consent.objects.select_related("pathway").filter(pk=consent_id, pathway__in=runs)
    ).first()
    if row is None:
        raise access.NotVisible
    case = facts.load(row.pathway_id)
    columns: dict[str, Any] = {"signatory_kind": SignatoryKind.CHILD, "related_person": None}
    if not relative.is_child:
        columns = {"signatory_kind": SignatoryKind.PARENT, "related_person": own_pages.related_person(relative)}
    return _Mine(
        consent=row,
        fact=next(one for one in case.consents if one.id == str(row.pk)),
        case=case,
        me=own_pages.signatory(relative),
        columns=columns,
    )


def _columns(relative: Relative, mine: _Mine, *, at: datetime) -> dict[str, Any]:
    return {
        "pathway": mine.consent.pathway,
        "kind": int(InformationKind.COORDINATION),
        "author_service_id": relative.owner,
        "recorded_by_id": relative.writer,
        "recorded_at": at,
        "consent": mine.consent,
    }


def preview(*, relative: Relative, consent_id: UUID) -> IfYes:
    """What a yes would do from now on, by the rule of sight itself, until a day that the family knows
    (`consent_ahead.as_today`); nothing is written. Raises NotVisible.
    """
    mine = _get(relative, consent_id)
    now = instant()
    today = now.date()
    situation = consent_ahead.as_today(mine.case.situation, on=today)
    said = (*mine.fact.signatures, Signature(mine.me, ConsentAnswer.YES, today))
    fact = replace(mine.fact, signatures=said)
    whole = effect(fact, case=replace(mine.case, situation=situation), today=today)
    found = replace(
        whole,
        periods=tuple(one for one in whole.periods if one.until_on is None or one.until_on > today),
        sights=tuple(one for one in whole.sights if one.ends_at > now),
    )
    starts = max(found.periods[0].from_on, today) if found.periods else today
    needed = consent.required(purpose=fact.purpose, situation=situation, on=starts)
    return IfYes(
        effect=found,
        may_take_back=consent.can_withdraw(signatory=mine.me, fact=fact, situation=situation, on=today),
        decides_alone=needed.is_up_to(mine.me),
    )


def answer(
    *,
    relative: Relative,
    once: UUID | None,
    consent_id: UUID,
    says: Says,
    only: InformationKind = InformationKind(0),
    text: str = "",
) -> None:
    """Answer yes or no, or tell the contact person that it is a yes to some of it (`only`), or not yet.

    A no is kept and punishes nobody; one that stops what others' yes had opened, is told to the service that sees it no
    more. A yes for some is none to the whole, so the contact person asks anew for less. A double click answers once.
    Raises NotVisible, Invalid.
    """
    with transaction.atomic():
        lock(relative.child)
        if by_family.sent_before(relative, once):
            return
        mine = _get(relative, consent_id)
        at = instant()
        _check(mine, says, only, at=at)
        if says in (Says.YES, Says.NO):
            row = ConsentSignature.objects.create(
                **_columns(relative, mine, at=at),
                **mine.columns,
                answer=ConsentAnswer.YES if says is Says.YES else ConsentAnswer.NO,
                answered_on=at.date(),
                how="online",
            )
            _follow(relative, mine, row.pk, at=at)
        _tell(relative, mine, "consent.answered", said=_said(says, only, text), at=at, once=once)


def _tell(relative: Relative, mine: _Mine, event: str, *, said: str, at: datetime, once: UUID | None) -> None:
    """The letter to the contact person, who alone reads what the person wrote beside the answer; the event; what is
    next.
    """
    by_family.write(relative, about=LetterAbout.CONSENT, item=mine.consent.pk, text=said, at=at, once=once)
    by_family.happened(
        relative,
        event,
        at=at,
        subject=mine.consent.pk,
        pathway_id=mine.consent.pathway_id,
        kind=InformationKind.COORDINATION,
        data={"purpose": mine.consent.purpose, "recipient": str(mine.consent.recipient_id)},
    )
    refresh(mine.consent.pathway_id, on=at.date())


def _check(mine: _Mine, says: Says, only: InformationKind, *, at: datetime) -> None:
    today = at.date()
    said = {one.signatory: one for one in mine.fact.signatures}.get(mine.me)
    may = mine.can_be_named and consent.can_sign(
        signatory=mine.me, purpose=mine.fact.purpose, situation=mine.case.situation, on=today
    )
    refuse(
        {
            "says": _("Dette er det andre som svarer på.")
            if not may
            else _("Spørsmålet gjelder ikke lenger.")
            if mine.fact.withdrawn_at or mine.fact.valid_until <= today
            else _("Du har sagt ja før. Trekk det tilbake i stedet, så stenges det med en gang.")
            if says is not Says.YES and said is not None and said.answer is ConsentAnswer.YES
            else None,
            "only": _("Velg det du vil si ja til.")
            if says is Says.SOME and not only & mine.fact.kinds
            else _("Velg «Ja, men bare til noe av det» over, eller fjern kryssene her.")
            if says is not Says.SOME and only
            else None,
        }
    )


def _said(says: Says, only: InformationKind, text: str) -> str:
    """What the contact person is told, in the product's language whatever the page's."""
    with in_bokmal():
        kinds = ", ".join(str(kind.label) for kind in InformationKind if kind & only)
        sentences = {
            Says.YES: _("Svarte ja."),
            Says.NO: _("Svarte nei."),
            Says.SOME: _("Vil si ja til noe av det: %(kinds)s. Spør på nytt om bare det.") % {"kinds": kinds},
            Says.LATER: _("Vil vente med å svare."),
        }
        return f"{sentences[says]} {text}".strip()


def _follow(relative: Relative, mine: _Mine, said_in: UUID, *, at: datetime) -> None:
    """Make the tables say what the consents open and carry now, by the rule for everybody
    (`participants.follow_consent`), and send word to the service that sees less after what was said.
    """
    pathway_id = mine.consent.pathway_id
    case = facts.load(pathway_id)
    opened = [
        {"ground": str(one.ground), "starts_at": one.starts_at.isoformat(), "ends_at": one.ends_at.isoformat()}
        for one in participants.sights(case)
    ]
    lasting = [
        {"service": str(service), "until": until.isoformat()}
        for service, until in participants.offers_last(case, on=at.date()).items()
    ]
    carrying = [
        {"ground": str(ground), "until": until.isoformat()}
        for ground, until in participants.passports_last(case, on=at.date()).items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "select %s::jsonb::text, %s::jsonb::text, %s::jsonb::text",
            [json.dumps(one) for one in (opened, lasting, carrying)],
        )
        said: tuple[str, str, str] = cursor.fetchone()
        cursor.execute(
            "select sec.put_consented(%s, %s::jsonb, %s::jsonb, %s::jsonb, %s)",
            [pathway_id, *said, sign("|".join(("put_consented", str(pathway_id), *said)))],
        )
        taken_back = [row[0] for row in cursor.fetchall()]
    for move_id in taken_back:
        by_family.happened(relative, "move.withdrawn", at=at, subject=move_id, pathway_id=pathway_id)
    notices.tell_of_closing(said_in, before=mine.case, after=case, service=mine.consent.recipient_id, at=at)


def withdraw(*, relative: Relative, once: UUID | None, consent_id: UUID) -> Closed:
    """Take a consent back: from this instant it opens nothing (pbrl § 4-1). A double click takes it back once, and gets
    the same receipt. Raises NotVisible, Invalid.
    """
    with transaction.atomic():
        lock(relative.child)
        if by_family.sent_before(relative, once):
            return _receipt(relative, _get(relative, consent_id))
        mine = _get(relative, consent_id)
        at = instant()
        refuse(
            {
                "consent_id": _("Dette er alt trukket tilbake.")
                if mine.fact.withdrawn_at
                else None
                if mine.can_be_named
                and consent.can_withdraw(signatory=mine.me, fact=mine.fact, situation=mine.case.situation, on=at.date())
                else _("Dette kan du ikke trekke tilbake selv. Skriv til kontaktpersonen.")
            }
        )
        row = ConsentWithdrawal.objects.create(
            **_columns(relative, mine, at=at),
            withdrawn_by=mine.columns["signatory_kind"],
            related_person=mine.columns["related_person"],
            withdrawn_at=at,
        )
        _follow(relative, mine, row.pk, at=at)
        with in_bokmal():
            said = str(_("Trakk ja-et tilbake. Det åpner ikke noe lenger."))
        _tell(relative, mine, "consent.withdrawn", said=said, at=at, once=once)
        return _receipt(relative, _get(relative, consent_id))


def _receipt(relative: Relative, mine: _Mine) -> Closed:
    """What a withdrawal closed at that instant, as the one who took it back may know it: of a consent that is kept from
    them it tells nothing. So a service can see by another what is closed here, and then it is not sent word.
    """
    at = mine.fact.withdrawn_at
    assert at is not None, "it has been taken back"
    known = access.visible_to(relative, Consent.objects.filter(pathway=mine.consent.pathway))
    ids = {str(key) for key in known.values_list("pk", flat=True)}
    case = replace(mine.case, consents=tuple(one for one in mine.case.consents if one.id in ids))
    gone, still = participants.closing(case, mine.fact, service=mine.consent.recipient_id, at=at)
    return Closed(at, mine.consent.recipient_id, gone, still)
