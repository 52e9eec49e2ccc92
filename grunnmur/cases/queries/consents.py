"""Consent as one actor may see it: who decides today, what has been answered, what holds, and who sees what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext as _

from grunnmur import alphabet, clock
from grunnmur.cases import access, consent
from grunnmur.cases.consent import CHILD, UNREGISTERED, ConsentFact, Verdict
from grunnmur.cases.consent_rules import NoRule, Reading, rule, rules
from grunnmur.cases.definition import definitions
from grunnmur.cases.models import (
    Consent,
    ConsentSignature,
    ConsentWithdrawal,
    Participation,
    Placement,
    RelatedPerson,
)
from grunnmur.cases.queries import sent
from grunnmur.cases.queries.case import HIDDEN, Case, Participant, get_case
from grunnmur.cases.terms import (
    HEALTH_KINDS,
    AddressProtection,
    ConsentAnswer,
    ConsentPurpose,
    InformationKind,
    ParticipationBasis,
    SignatoryKind,
)
from grunnmur.directory.sessions import Actor

TOLD = HEALTH_KINDS | InformationKind.OWN_WORDS
"""The kinds worth naming: the rest is what every service that takes part must see to take part at all."""
ROLES = {
    "parents": SignatoryKind.PARENT,
    "child_welfare": SignatoryKind.CHILD_WELFARE,
    "foster_parents": SignatoryKind.FOSTER_PARENT,
    "institution": SignatoryKind.INSTITUTION,
}
"""How the rules call those who decide → in what capacity they do."""


# --- who decides -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Signatory:
    """Someone who has a say for this child today, by its id in the rules."""

    id: str
    kind: SignatoryKind
    name: str
    related_person_id: UUID | None
    service_id: UUID | None
    decides: tuple[ConsentPurpose, ...]
    """The purposes that its yes can carry."""
    heard: tuple[ConsentPurpose, ...]
    """The purposes that it is only heard about, or can stop with a no."""


@dataclass(frozen=True, slots=True)
class People:
    """Everyone around the child by its id in the rules, for names and for answers."""

    names: Mapping[str, str]
    persons: Mapping[str, UUID]
    """Identity → the newest row about that human being."""


def people_of(case: Case) -> People:
    """Names of the child, those around it, and the services that can decide for it."""
    rows = list(
        access.visible_to(case.actor, RelatedPerson.objects.filter(child=case.child)).order_by("recorded_at", "from_on")
    )
    institutions = {carer.id for carer in case.facts.situation.carers if carer.kind is SignatoryKind.INSTITUTION}
    if institutions and case.child.address_protection != AddressProtection.NONE:
        # The name of where the child lives is the address.
        places = access.visible_to(
            case.actor, Placement.objects.filter(child=case.child, service__in=map(UUID, institutions))
        )
        institutions = {str(service) for service in places.values_list("service", flat=True)}
    return People(
        names={
            **case.services([case.facts.owner, *institutions]),
            **{str(row.identity): row.name for row in rows},
            CHILD: first_name(case.child.name),
        },
        persons={str(row.identity): row.pk for row in rows},
    )


def first_name(name: str) -> str:
    """What one calls the child; «barnet» until a name is known."""
    return name.split(" ")[0] if name else _("barnet")


def signatories(case: Case, people: People, purposes: Iterable[ConsentPurpose]) -> tuple[Signatory, ...]:
    """Everyone who has a say today in one of the purposes, the child first, then as registered.

    Not those whom the actor may not know of: `unseen_signatories` tells that there are some.
    """
    decides, heard = _who_has_a_say(case, purposes)
    return tuple(
        Signatory(
            id=who,
            kind=kind,
            name=people.names.get(who, str(kind.label)),
            related_person_id=people.persons.get(who),
            service_id=UUID(who) if kind in (SignatoryKind.CHILD_WELFARE, SignatoryKind.INSTITUTION) else None,
            decides=tuple(decides.get(who, ())),
            heard=tuple(heard.get(who, ())),
        )
        for who, kind in _signatory_kinds(case).items()
        if (who in decides or who in heard) and not _is_unseen(who, kind, people)
    )


def unseen_signatories(case: Case, people: People, purposes: Iterable[ConsentPurpose]) -> tuple[SignatoryKind, ...]:
    """In what capacity somebody has a say whom the actor may not know of, as where the child's address is protected."""
    decides, heard = _who_has_a_say(case, purposes)
    kinds = _signatory_kinds(case)
    return tuple(
        dict.fromkeys(
            kind for who, kind in kinds.items() if who in {*decides, *heard} and _is_unseen(who, kind, people)
        )
    )


def _who_has_a_say(
    case: Case, purposes: Iterable[ConsentPurpose]
) -> tuple[dict[str, list[ConsentPurpose]], dict[str, list[ConsentPurpose]]]:
    """Who decides in each purpose today, and who is heard in it without deciding."""
    decides: dict[str, list[ConsentPurpose]] = {}
    heard: dict[str, list[ConsentPurpose]] = {}
    for purpose in purposes:
        try:
            requirement = consent.required(purpose=purpose, situation=case.facts.situation, on=case.today)
        except NoRule:
            continue
        for who in requirement.people:
            decides.setdefault(who, []).append(purpose)
        for who in (requirement.prevails | requirement.heard) - requirement.people:
            heard.setdefault(who, []).append(purpose)
    return decides, heard


def _signatory_kinds(case: Case) -> dict[str, SignatoryKind]:
    return {CHILD: SignatoryKind.CHILD} | {carer.id: carer.kind for carer in case.facts.situation.carers}


def _is_unseen(who: str, kind: SignatoryKind, people: People) -> bool:
    return who not in people.names and kind is not SignatoryKind.CHILD_WELFARE


def unregistered(case: Case, purposes: Iterable[ConsentPurpose]) -> tuple[SignatoryKind, ...]:
    """In what capacity someone must decide, where nobody is registered: until then nobody can consent."""
    missing = set()
    for purpose in purposes:
        try:
            requirement = consent.required(purpose=purpose, situation=case.facts.situation, on=case.today)
        except NoRule:
            continue
        missing |= {who.removeprefix(UNREGISTERED) for who in requirement.people if who.startswith(UNREGISTERED)}
    return tuple(ROLES[role] for role in sorted(missing))


@dataclass(frozen=True, slots=True)
class RuleToday:
    """Who must say yes to one purpose today, in one sentence, with the rules it rests on."""

    purpose: ConsentPurpose
    sentence: str
    readings: tuple[Reading, ...]


def rules_today(case: Case, people: People) -> tuple[RuleToday, ...]:
    """The rule for this child today, one sentence per purpose; a purpose without any rule is left out."""
    found = []
    for purpose in ConsentPurpose:
        try:
            sentence = consent.explain(
                purpose=purpose, situation=case.facts.situation, on=case.today, names=people.names
            )
            requirement = consent.required(purpose=purpose, situation=case.facts.situation, on=case.today)
        except NoRule:
            continue
        found.append(RuleToday(purpose, sentence, tuple(rule(key) for key in dict.fromkeys(requirement.rules))))
    return tuple(found)


# --- each consent ------------------------------------------------------------------------------------------------


class State(StrEnum):
    """How one consent stands today."""

    VALID = "valid"
    AHEAD = "ahead"
    WAITING = "waiting"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Said:
    """The last word of one person."""

    who: str
    name: str
    answer: ConsentAnswer
    on: date
    how: str
    note: str


@dataclass(frozen=True, slots=True)
class ConsentNow:
    """One consent as it stands today."""

    id: UUID
    fact: ConsentFact
    recipient: str
    kinds: tuple[InformationKind, ...]
    said: tuple[Said, ...]
    verdict: Verdict
    state: State
    missing: tuple[str, ...]
    """Names of those whose yes is still needed."""
    refused_by: tuple[str, ...]
    holds_from: date | None
    """The first day it will hold, when it does not now; None when no such day can be seen."""
    holds_until: date | None
    """The first day it no longer holds as things stand; None when it holds on no day from today on."""
    is_ending_soon: bool
    help_offered: str
    withdrawn_by: str
    withdrawn_note: str

    @property
    def purpose(self) -> ConsentPurpose:
        return self.fact.purpose

    @property
    def ends_early(self) -> bool:
        """Whether the rules change within the period, so that it must be asked anew before its own end."""
        return self.holds_until is not None and self.holds_until < self.fact.valid_until

    @property
    def is_live(self) -> bool:
        return self.state not in (State.WITHDRAWN, State.ENDED)

    @property
    def waits_for_answers(self) -> bool:
        """Whether a new answer can still make it hold."""
        return self.state in (State.WAITING, State.REFUSED)

    def is_said_alike(self, other: "ConsentNow") -> bool:
        """Whether it is of the same service, and all have said the same of it."""
        return self.fact.recipient == other.fact.recipient and self.said == other.said


def consents_of(case: Case, people: People) -> tuple[ConsentNow, ...]:
    """The case's consents, newest first; to others than the owner only those that concern themselves."""
    mine = {} if case.is_owner else {"recipient": case.actor.service_id}
    rows = list(
        access.visible_to(
            case.actor,
            Consent.objects.filter(pathway=case.pathway, **mine).select_related("recipient"),
        ).order_by("-recorded_at", "recipient_id", "purpose")
    )
    said: dict[UUID, dict[str, Said]] = {}
    signatures = access.visible_to(
        case.actor, ConsentSignature.objects.filter(pathway=case.pathway).select_related("related_person")
    )
    for row in signatures.order_by("answered_on", "recorded_at", "pk"):
        who = str(row.related_person.identity) if row.related_person else str(row.service_id or CHILD)
        name = people.names.get(who, str(SignatoryKind(row.signatory_kind).label))
        said.setdefault(row.consent_id, {})[who] = Said(
            who, name, ConsentAnswer(row.answer), row.answered_on, row.get_how_display(), row.note
        )
    taken_back = {
        row.consent_id: row
        for row in access.visible_to(
            case.actor, ConsentWithdrawal.objects.filter(pathway=case.pathway).select_related("related_person")
        )
    }
    by_id = {item.id: item for item in case.facts.consents}
    return tuple(
        _consent(
            case,
            people,
            row,
            by_id[str(row.pk)],
            tuple(sorted(said.get(row.pk, {}).values(), key=lambda one: (one.who != CHILD, alphabet.order(one.name)))),
            taken_back.get(row.pk),
        )
        for row in rows
    )


def _consent(
    case: Case,
    people: People,
    row: Consent,
    fact: ConsentFact,
    said: tuple[Said, ...],
    withdrawal: ConsentWithdrawal | None,
) -> ConsentNow:
    situation = case.facts.situation
    today = case.today
    verdict = consent.check(fact=fact, situation=situation, on=max(today, fact.valid_from))
    holds_from, holds_until = _holds(case, fact)
    soon = today + timedelta(days=definitions().deadline("renew_consent").amount)
    if withdrawal is not None:
        state = State.WITHDRAWN
    elif fact.valid_until <= today:
        state = State.ENDED
    elif verdict.valid:
        state = State.VALID if fact.valid_from <= today else State.AHEAD
    elif verdict.refused_by:
        state = State.REFUSED
    else:
        state = State.WAITING
    by = ""
    if withdrawal is not None:
        kind = SignatoryKind(withdrawal.withdrawn_by)
        who = withdrawal.related_person.name if withdrawal.related_person else ""
        by = who or (people.names[CHILD] if kind is SignatoryKind.CHILD else str(kind.label))
    return ConsentNow(
        id=row.pk,
        fact=fact,
        recipient=str(HIDDEN) if case.hides(row.recipient_id) else row.recipient.name,
        kinds=tuple(kind for kind in InformationKind if kind & fact.kinds & TOLD),
        said=said,
        verdict=verdict,
        state=state,
        missing=_names(verdict.missing, people),
        refused_by=_names(verdict.refused_by, people),
        holds_from=holds_from,
        holds_until=holds_until,
        is_ending_soon=state is State.VALID and holds_until is not None and holds_until <= soon,
        help_offered=row.help_offered,
        withdrawn_by=by,
        withdrawn_note=withdrawal.note if withdrawal else "",
    )


def _holds(case: Case, fact: ConsentFact) -> tuple[date | None, date | None]:
    """The next day it begins to hold, and the first day it then, or now, no longer does."""
    if fact.withdrawn_at is not None:
        return None, None
    for period in consent.good_periods(fact=fact, situation=case.facts.situation):
        until = period.until_on or fact.valid_until
        if until > case.today:
            return (period.from_on if period.from_on > case.today else None), until
    return None, None


def _names(ids: Iterable[str], people: People) -> tuple[str, ...]:
    return tuple(sorted((name_of(who, people) for who in ids), key=alphabet.order))


def name_of(who: str, people: People) -> str:
    """A signatory's name; by capacity when nobody is registered in it."""
    if who.startswith(UNREGISTERED):
        return str(ROLES[who.removeprefix(UNREGISTERED)].label).lower()
    return people.names.get(who, _("en annen"))


def who_may_withdraw(case: Case, people: People, fact: ConsentFact) -> tuple[Signatory, ...]:
    """Those who can take the consent back today."""
    return tuple(
        one
        for one in signatories(case, people, [fact.purpose])
        if consent.can_withdraw(signatory=one.id, fact=fact, situation=case.facts.situation, on=case.today)
    )


# --- who sees what -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sees:
    """What one service sees of the case now."""

    service_id: str
    name: str
    is_owner: bool
    is_me: bool
    kinds: tuple[InformationKind, ...]
    """Of those worth naming."""
    sees: bool
    until: datetime | None
    """When the last of it closes by itself; None when nothing says so."""
    begins: datetime | None
    """When it begins to see, if not yet."""


def who_sees(case: Case, consents: Iterable[ConsentNow] = ()) -> tuple[Sees, ...]:
    """Every service that sees something of the case, and those that were asked about and see nothing."""
    now = clock.now()
    rows: dict[str, list[Participant]] = {}
    for item in case.participants:
        rows.setdefault(item.service_id, []).append(item)
    found = [_sees(case, items, now) for items in rows.values()]
    asked = {item.fact.recipient: item.recipient for item in consents}
    found += [
        Sees(service, name, False, service == str(case.actor.service_id), (), False, None, None)
        for service, name in asked.items()
        if service not in rows
    ]
    return tuple(found)


def _sees(case: Case, items: list[Participant], now: datetime) -> Sees:
    open_now = [item for item in items if item.starts_at <= now]
    mask = InformationKind(0)
    for item in open_now or items:
        mask |= item.kinds
    first = items[0]
    return Sees(
        service_id=first.service_id,
        name=first.name,
        is_owner=any(item.is_owner for item in items),
        is_me=first.service_id == str(case.actor.service_id),
        kinds=tuple(kind for kind in InformationKind if kind & mask & TOLD),
        sees=bool(open_now),
        until=None if any(item.is_owner for item in items) else max(item.ends_at for item in items),
        begins=None if open_now else min(item.starts_at for item in items),
    )


# --- the pages ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ConsentPage:
    """Everything on the page of consent."""

    case: Case
    people: People
    rules: tuple[RuleToday, ...]
    unregistered: tuple[SignatoryKind, ...]
    consents: tuple[ConsentNow, ...]
    who_sees: tuple[Sees, ...]


def consents(actor: Actor, pathway_id: UUID) -> ConsentPage:
    """Who decides, what has been answered, what holds, who sees what. Raises NotVisible."""
    case = get_case(actor, pathway_id, page="consents")
    people = people_of(case)
    found = consents_of(case, people)
    return ConsentPage(
        case=case,
        people=people,
        rules=rules_today(case, people) if case.is_owner else (),
        unregistered=unregistered(case, [ConsentPurpose.CONTACT_HEALTH]) if case.is_owner else (),
        consents=found,
        who_sees=who_sees(case, found),
    )


def get_consent(case: Case, people: People, consent_id: UUID) -> ConsentNow:
    """One consent of the case. Raises NotVisible."""
    return get_consent_among(case, people, consent_id)[0]


def get_consent_among(case: Case, people: People, consent_id: UUID) -> tuple[ConsentNow, list[ConsentNow]]:
    """One consent of the case, and the others of it that are neither taken back nor over. Raises NotVisible."""
    all_of_them = consents_of(case, people)
    found = next((item for item in all_of_them if item.id == consent_id), None)
    if found is None:
        raise access.NotVisible
    return found, [item for item in all_of_them if item.is_live and item is not found]


@dataclass(frozen=True, slots=True)
class Closed:
    """What a withdrawal closed, and what stays open."""

    case: Case
    consent: ConsentNow
    at: datetime
    was_open: bool
    """Whether it gave sight until then: also when it holds, it gives none in a closed case."""
    ended_passport: bool
    """Whether something of a passport that was sent as a link was read on it until then."""
    closed: tuple[InformationKind, ...]
    """What the recipient no longer sees, of what is worth naming."""
    still: Sees | None
    """What the recipient still sees on other grounds."""
    others: tuple[Sees, ...]
    """Who else sees something of the case."""
    told: str
    """The service that was sent word of it, by name; empty when none was, or for others than the owner."""
    tasks: int
    mappings: int
    referrals: int
    """What the recipient still had to do, which someone must now think about."""


def _told_of(case: Case, recipient: str, at: datetime) -> str:
    """The service, if it was sent word that a withdrawal closed something to it, as the ledger has it."""
    withdrawals = ConsentWithdrawal.objects.filter(
        pathway=case.pathway, consent__recipient_id=UUID(recipient), withdrawn_at=at
    ).values_list("pk", flat=True)
    return next((message.to for _row, _to, message in sent.about(case, list(withdrawals))), "")


def closed(case: Case, consent_id: UUID) -> list[Closed]:
    """The receipt of a withdrawal, and of what was taken back in the same breath; what gave sight comes first.

    Raises NotVisible when the consent is not the case's or not withdrawn.
    """
    found = consents_of(case, people_of(case))
    at = next((item.fact.withdrawn_at for item in found if item.id == consent_id), None)
    if at is None:
        raise access.NotVisible
    seen = who_sees(case)
    receipts = [_closed(case, item, at, seen) for item in found if item.fact.withdrawn_at == at]
    return sorted(receipts, key=lambda one: not one.was_open)


def _closed(case: Case, found: ConsentNow, at: datetime, seen: Iterable[Sees]) -> Closed:
    still = next((item for item in seen if item.service_id == found.fact.recipient and item.sees), None)
    left = set(still.kinds) if still else set()
    recipient = found.fact.recipient
    day = at.astimezone(clock.OSLO).date()
    periods = consent.good_periods(fact=found.fact, situation=case.facts.situation)
    was_open = (
        found.purpose in rules().opens_sight
        and any(period.covers(day) for period in periods)
        and any(opened <= at and (until is None or at < until) for opened, until in case.facts.spells)
    )
    passports = Participation.objects.filter(
        pathway=case.pathway, basis=ParticipationBasis.HANDED_ON, ground=found.id, starts_at__lt=at, ends_at=at
    )
    return Closed(
        case=case,
        consent=found,
        at=at,
        was_open=was_open,
        ended_passport=passports.exists(),
        closed=tuple(kind for kind in found.kinds if kind not in left) if was_open else (),
        still=still,
        others=tuple(item for item in seen if item.service_id != recipient and item.sees),
        told=_told_of(case, recipient, at),
        tasks=sum(item.is_open and item.service == recipient for item in case.facts.tasks),
        mappings=sum(item.is_open and item.service == recipient for item in case.facts.mappings),
        referrals=sum(item.answer is None and item.to_service == recipient for item in case.facts.referrals),
    )
