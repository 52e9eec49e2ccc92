"""Who must say yes for one child on one day, whether a consent holds, and what sight it opens.

Pure: no database, no clock. The rules themselves, with paragraph and source, are data (`definitions/consent.yaml`,
read by `consent_rules`); here they are applied to a child's situation. Days are days in Norway (Europe/Oslo).

The reading in short (each is a rule with a key):

- A consent holds on a day when the rule *of that day* is met by those who said yes. The rule changes on birthdays,
  when care or parental responsibility changes, and when the law changes.
- A yes counts only from someone who had the right to give it on the day it was given (`right_on_the_day`).
- One required no is enough to stop it (`disagreement`).
- Only CONTACT_HEALTH opens sight. The other purposes are needed for acts and open nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from django.utils.translation import gettext as _

from grunnmur.cases.age import age_on, birthday
from grunnmur.cases.consent_rules import INFORMATION, Found, NoRule, Question, RuleSet, Who, rules
from grunnmur.cases.terms import CareBasis, ConsentAnswer, ConsentPurpose, InformationKind, SignatoryKind
from grunnmur.clock import OSLO

CHILD = "child"
"""The signatory id of the child itself; every other id belongs to a `Carer`."""
UNREGISTERED = "unregistered:"
"""Begins the id that stands for someone whose yes is needed and who is not registered: nobody can sign for it."""

_KINDS: dict[Who, SignatoryKind] = {
    "child": SignatoryKind.CHILD,
    "parents": SignatoryKind.PARENT,
    "child_welfare": SignatoryKind.CHILD_WELFARE,
    "foster_parents": SignatoryKind.FOSTER_PARENT,
    "institution": SignatoryKind.INSTITUTION,
}
_STRONGEST_FIRST = (
    CareBasis.CARE_ORDER,
    CareBasis.EMERGENCY_ORDER,
    CareBasis.MOVING_BAN,
    CareBasis.BEHAVIOUR_ORDER,
    CareBasis.VOLUNTARY,
)


@dataclass(frozen=True, slots=True)
class Period:
    """From and with `from_on`, to but NOT with `until_on`; open-ended when `until_on` is None."""

    from_on: date
    until_on: date | None = None

    def covers(self, on: date) -> bool:
        return self.from_on <= on and (self.until_on is None or on < self.until_on)


@dataclass(frozen=True, slots=True)
class Carer:
    """Someone who may answer for the child, and when.

    `periods`: for a parent when it has parental responsibility, for foster parents and institution when the child
    lives there, for the child welfare service when it has the case.
    """

    id: str
    kind: SignatoryKind
    periods: tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class CareSpell:
    """On what legal ground the child lived where it lived in a period. Days without a spell count as at home."""

    basis: CareBasis
    period: Period


@dataclass(frozen=True, slots=True)
class Situation:
    """What decides who consents for one child.

    `lacks_decision_competence`: the health service has found so, reasoned and in writing (pbrl § 4-3); counts from 16.
    `cannot_form_views`: recorded when the child is too young, or otherwise unable, to form a view.
    """

    born_on: date
    carers: tuple[Carer, ...]
    care: tuple[CareSpell, ...]
    lacks_decision_competence: tuple[Period, ...] = ()
    cannot_form_views: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True)
class Requirement:
    """Whose yes is needed on a day.

    `any_of`: each set of signatory ids suffices alone. `rules`: keys of the rules used, the deciding one first.
    `prevails`: those whose no stops it though another's yes would do. `heard`: those who must be heard though
    their yes does not decide.
    """

    any_of: tuple[frozenset[str], ...]
    rules: tuple[str, ...]
    prevails: frozenset[str] = frozenset()
    heard: frozenset[str] = frozenset()

    @property
    def people(self) -> frozenset[str]:
        """Everyone whose yes can count."""
        return frozenset().union(*self.any_of)

    def met(self, yes: AbstractSet[str]) -> bool:
        """Whether these are enough."""
        return any(people <= yes for people in self.any_of)

    def is_up_to(self, signatory: str) -> bool:
        """Whether this one's yes is enough, and nobody else's will do."""
        return self.any_of == (frozenset({signatory}),)

    def missing(self, yes: AbstractSet[str]) -> frozenset[str]:
        """Whose yes is still needed in the set that is nearest to being met; empty when one is met."""
        return _nearest(people - yes for people in self.any_of)


@dataclass(frozen=True, slots=True)
class Signature:
    """What one person answered on a day. A later answer by the same person replaces an earlier one."""

    signatory: str
    answer: ConsentAnswer
    on: date


@dataclass(frozen=True, slots=True)
class ConsentFact:
    """One consent: what was asked, for whom, and everything that was answered.

    Asked to hold from and with `valid_from`, to but not with `valid_until`; withdrawn from the instant `withdrawn_at`
    (a naive datetime raises ValueError).
    """

    id: str
    purpose: ConsentPurpose
    recipient: str
    kinds: InformationKind
    signatures: tuple[Signature, ...]
    valid_from: date
    valid_until: date
    withdrawn_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.withdrawn_at is not None:
            _instant(self.withdrawn_at)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a consent holds on a day, and if not, who is missing.

    `refused_by` are those among the asked who said no; it can be filled in a valid consent, when the rule lets
    another's yes be enough.
    """

    valid: bool
    missing: frozenset[str]
    refused_by: frozenset[str]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Opening:
    """Sight that one consent opens, from and with `starts_at`, to but not with `ends_at` (both in UTC)."""

    consent: str
    recipient: str
    kinds: InformationKind
    purpose: ConsentPurpose
    starts_at: datetime
    ends_at: datetime


# --- who must say yes --------------------------------------------------------------------------------------


def required(*, purpose: ConsentPurpose, situation: Situation, on: date) -> Requirement:
    """Whose yes `purpose` needs on a day. Raises NoRule before the first rule set and before the child is born."""
    rule_set = _rule_set(situation, on)
    found = _find(rule_set, purpose, situation, on)
    ids = _ids(situation, on)
    alternatives = tuple(frozenset().union(*(ids[who] for who in people)) for people in found.decides.who)
    complete = tuple(people for people in alternatives if not any(_is_unregistered(one) for one in people))
    any_of = complete or alternatives[:1]
    ages = [rule_set.ages[name].key for name in (found.decides.from_age, found.decides.until_age) if name]
    keys = [found.decides.key, *ages, *(rule.key for rule in found.beside)]
    if not complete:
        keys.append("unregistered")
    if (situation.born_on.month, situation.born_on.day) == (2, 29):
        keys.append("leap_day")
    return Requirement(
        any_of=any_of,
        rules=tuple(keys),
        prevails=frozenset().union(*(ids[who] for who in found.decides.prevails)),
        heard=frozenset({CHILD} if any(rule.hears for rule in found.beside) else ()),
    )


def informed(
    *, situation: Situation, on: date, child_objects: bool = False, weighty_reasons: bool = False
) -> frozenset[str]:
    """Who, beside the child, the health service informs about the child's health care on a day (pbrl § 3-4).

    `child_objects`: the child, between 12 and 16, does not want it, for reasons that should be respected.
    `weighty_reasons`: weighty regard for the child speaks against it, at any age. Both are judged by the health
    service. What is strictly needed to fulfil parental responsibility is given in any case until 18; who gets only
    that is not in the answer. Raises NoRule like `required`.
    """
    rule_set = _rule_set(situation, on)
    age = age_on(born_on=situation.born_on, on=on)
    if weighty_reasons or (child_objects and age >= rule_set.years("great_weight")):
        return frozenset()
    ids = _ids(situation, on)
    (told,) = _find(rule_set, INFORMATION, situation, on).decides.who
    return frozenset(one for who in told for one in ids[who] if not _is_unregistered(one))


def _rule_set(situation: Situation, on: date) -> RuleSet:
    if on < situation.born_on:
        raise NoRule(f"{on:%d.%m.%Y} er før barnet ble født.")
    return rules().on(on)


def _find(rule_set: RuleSet, question: Question, situation: Situation, on: date) -> Found:
    age = age_on(born_on=situation.born_on, on=on)
    state = rule_set.state(
        age=age,
        lacks_competence=any(period.covers(on) for period in situation.lacks_decision_competence),
        cannot_form_views=any(period.covers(on) for period in situation.cannot_form_views),
    )
    return rule_set.find(question=question, age=age, care=basis_on(situation=situation, on=on), state=state)


def basis_on(*, situation: Situation, on: date) -> CareBasis:
    """The ground of care on a day; the strongest when several are registered, at home when none is."""
    bases = {spell.basis for spell in situation.care if spell.period.covers(on)}
    return next((basis for basis in _STRONGEST_FIRST if basis in bases), CareBasis.HOME)


def _ids(situation: Situation, on: date) -> dict[Who, frozenset[str]]:
    """Who each role is on a day; an unregistered one where a role has nobody."""
    ids: dict[Who, frozenset[str]] = {}
    for who, kind in _KINDS.items():
        here = (one for one in situation.carers if one.kind == kind and any(p.covers(on) for p in one.periods))
        ids[who] = frozenset(one.id for one in here) or frozenset({UNREGISTERED + who})
    return ids | {"child": frozenset({CHILD})}


def _is_unregistered(signatory: str) -> bool:
    return signatory.startswith(UNREGISTERED)


def _nearest(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    """The smallest set; the first of those that are equally small."""
    return min(sets, key=len)


# --- who may answer and withdraw ---------------------------------------------------------------------------


def can_sign(*, signatory: str, purpose: ConsentPurpose, situation: Situation, on: date) -> bool:
    """Whether this person's answer may be recorded on a day: its yes can count, its no can stop it, or it is heard.

    Only a yes that can count on the day it is given ever carries a consent.
    """
    try:
        requirement = required(purpose=purpose, situation=situation, on=on)
    except NoRule:
        return False
    asked = requirement.people | requirement.prevails | requirement.heard
    return signatory in asked and not _is_unregistered(signatory)


def decides(*, signatory: str, purpose: ConsentPurpose, situation: Situation, on: date) -> bool:
    """Whether this person's yes can count on a day, or its no stop it. Who may sign and does not decide, is heard."""
    try:
        requirement = required(purpose=purpose, situation=situation, on=on)
    except NoRule:
        return False
    return signatory in requirement.people | requirement.prevails


def can_withdraw(*, signatory: str, fact: ConsentFact, situation: Situation, on: date) -> bool:
    """Whether this person may withdraw the consent on a day (rule `who_may_withdraw`).

    Those the consent does not hold without, those whose no prevails, and from 15 always the child itself. Nobody can
    withdraw what is withdrawn.
    """
    if fact.withdrawn_at is not None or _is_unregistered(signatory):
        return False
    try:
        requirement = required(purpose=fact.purpose, situation=situation, on=on)
    except NoRule:
        return False
    if signatory == CHILD and age_on(born_on=situation.born_on, on=on) >= rules().on(on).years("withdraw"):
        return True
    others = _standing(_said(fact, situation), on).yes - {signatory}
    needed = signatory in requirement.people and not requirement.met(others)
    return needed or signatory in requirement.prevails


# --- whether a consent holds -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Standing:
    """What everyone has answered by a day; `uncounted` said yes without the right to."""

    yes: frozenset[str]
    no: frozenset[str]
    uncounted: frozenset[str]


_Said = tuple[tuple[Signature, bool], ...]
"""Answers in the order given, each with whether the signatory's yes could count that day."""


def _said(fact: ConsentFact, situation: Situation) -> _Said:
    def had_right(on: date) -> frozenset[str]:
        try:
            people = required(purpose=fact.purpose, situation=situation, on=on).people
        except NoRule:
            return frozenset()
        return frozenset(one for one in people if not _is_unregistered(one))

    # Those who sign together sign on the same day: who could, is worked out once for each day.
    rights = {on: had_right(on) for on in {signature.on for signature in fact.signatures}}
    in_order = sorted(fact.signatures, key=lambda signature: signature.on)
    return tuple((signature, signature.signatory in rights[signature.on]) for signature in in_order)


def _standing(said: _Said, on: date) -> _Standing:
    yes: set[str] = set()
    no: set[str] = set()
    uncounted: set[str] = set()
    for signature, had_right in said:
        who = signature.signatory
        if signature.on > on or signature.answer == ConsentAnswer.NOT_ASKED:
            continue
        if signature.answer == ConsentAnswer.NO:
            yes.discard(who)
            uncounted.discard(who)
            no.add(who)
        else:
            no.discard(who)
            (yes if had_right else uncounted).add(who)
    return _Standing(frozenset(yes), frozenset(no), frozenset(uncounted - yes))


def _verdict(said: _Said, requirement: Requirement, on: date) -> Verdict:
    """What the answers come to on a day, apart from the consent's own period and withdrawal."""
    standing = _standing(said, on)
    open_sets = [people for people in requirement.any_of if not people & standing.no]
    refused_by = standing.no & (requirement.people | requirement.prevails)
    keys = list(requirement.rules)
    if refused_by and standing.yes & requirement.people:
        keys.append("disagreement")
    if standing.uncounted & requirement.people:
        keys.append("right_on_the_day")
    return Verdict(
        valid=requirement.met(standing.yes) and not standing.no & requirement.prevails,
        missing=_nearest(people - standing.yes - standing.no for people in open_sets or requirement.any_of),
        refused_by=refused_by,
        rules=tuple(keys),
    )


def check(*, fact: ConsentFact, situation: Situation, on: date) -> Verdict:
    """Whether the consent holds on a day.

    Not on the day it was withdrawn nor after; up to which instant it gave sight that day, `sight` and `openings` say.
    On a day without rules it does not hold, and the verdict is otherwise empty.
    """
    try:
        requirement = required(purpose=fact.purpose, situation=situation, on=on)
    except NoRule:
        return Verdict(valid=False, missing=frozenset(), refused_by=frozenset(), rules=())
    verdict = _verdict(_said(fact, situation), requirement, on)
    withdrawn = fact.withdrawn_at is not None and fact.withdrawn_at.astimezone(OSLO).date() <= on
    return Verdict(
        valid=verdict.valid and fact.valid_from <= on < fact.valid_until and not withdrawn,
        missing=verdict.missing,
        refused_by=verdict.refused_by,
        rules=(*verdict.rules, "withdrawal") if withdrawn else verdict.rules,
    )


# --- what sight it opens -----------------------------------------------------------------------------------


def good_periods(*, fact: ConsentFact, situation: Situation) -> tuple[Period, ...]:
    """The days the answers carry the consent, apart from withdrawal; in order, with a gap between each.

    A period that ends before `valid_until` ends because the rule changed that day: then the consent must be asked anew.
    """
    said = _said(fact, situation)
    good: list[Period] = []
    for start, end in pairwise(_days_of_change(fact, situation)):
        requirement = required(purpose=fact.purpose, situation=situation, on=start)
        if not _verdict(said, requirement, start).valid:
            continue
        if good and good[-1].until_on == start:
            start = good.pop().from_on
        good.append(Period(start, end))
    return tuple(good)


def openings(*, facts: Iterable[ConsentFact], situation: Situation) -> tuple[Opening, ...]:
    """Every sight these consents open, in the order of the consents: whole days in Norway, cut at withdrawal."""
    return tuple(opening for fact in facts if _opens_sight(fact) for opening in _openings(fact, situation))


def sight(*, facts: Iterable[ConsentFact], situation: Situation, recipient: str, at: datetime) -> InformationKind:
    """The kinds of information that `recipient` sees on the ground of consent at an instant.

    Raises ValueError when `at` has no time zone.
    """
    kinds = InformationKind(0)
    instant = _instant(at)
    on = instant.astimezone(OSLO).date()
    for fact in facts:
        if fact.recipient != recipient or not _opens_sight(fact) or not fact.valid_from <= on < fact.valid_until:
            continue
        if fact.withdrawn_at is not None and _instant(fact.withdrawn_at) <= instant:
            continue
        try:
            requirement = required(purpose=fact.purpose, situation=situation, on=on)
        except NoRule:
            continue
        if _verdict(_said(fact, situation), requirement, on).valid:
            kinds |= fact.kinds
    return kinds


def _opens_sight(fact: ConsentFact) -> bool:
    return bool(fact.kinds) and fact.purpose in rules().opens_sight


def _openings(fact: ConsentFact, situation: Situation) -> Iterator[Opening]:
    for period in good_periods(fact=fact, situation=situation):
        starts_at, ends_at = (_midnight(period.from_on), _midnight(period.until_on or fact.valid_until))
        if fact.withdrawn_at is not None:
            ends_at = min(ends_at, _instant(fact.withdrawn_at))
        if starts_at < ends_at:
            yield Opening(fact.id, fact.recipient, fact.kinds, fact.purpose, starts_at, ends_at)


def _days_of_change(fact: ConsentFact, situation: Situation) -> list[date]:
    """The ends of the consent's own period, and every day within it on which its verdict can change."""
    sets = rules()
    starts = max(fact.valid_from, situation.born_on, sets.sets[0].change.from_on)
    days = {signature.on for signature in fact.signatures}
    days |= {rule_set.change.from_on for rule_set in sets.sets}
    days |= {birthday(born_on=situation.born_on, years=years) for years in sets.years()}
    for period in _periods(situation):
        days |= {period.from_on} if period.until_on is None else {period.from_on, period.until_on}
    within = sorted(day for day in days if starts < day < fact.valid_until)
    return [starts, *within, fact.valid_until] if starts < fact.valid_until else []


def _periods(situation: Situation) -> Iterator[Period]:
    for carer in situation.carers:
        yield from carer.periods
    for spell in situation.care:
        yield spell.period
    yield from situation.lacks_decision_competence
    yield from situation.cannot_form_views


def _midnight(day: date) -> datetime:
    """The instant a day begins in Norway."""
    return datetime.combine(day, time(), OSLO).astimezone(UTC)


def _instant(at: datetime) -> datetime:
    """The same instant in UTC, where two can be compared: in the hour that summer time ends, local times cannot."""
    if at.tzinfo is None:
        raise ValueError("An instant needs a time zone.")
    return at.astimezone(UTC)


# --- in words ----------------------------------------------------------------------------------------------


def explain(*, purpose: ConsentPurpose, situation: Situation, on: date, names: Mapping[str, str]) -> str:
    """Who must say yes, as one plain sentence, with the birthday on which that changes.

    `names` gives a name for each signatory id; who has none is called by capacity. Raises NoRule like `required`.
    """
    requirement = required(purpose=purpose, situation=situation, on=on)
    words = {
        "child": _name(CHILD, situation, names),
        "age": age_on(born_on=situation.born_on, on=on),
        "who": _who(requirement, situation, names),
        "what": purpose.label,
    }
    if requirement.is_up_to(CHILD):
        sentence = _("%(child)s er %(age)d år: det er nok at %(child)s sier ja til %(what)s") % words
    else:
        sentence = _("%(child)s er %(age)d år: %(who)s må si ja til %(what)s") % words
    if requirement.prevails:
        sentence += _(", og et nei fra %(who)s stopper det") % {"who": _all_of(requirement.prevails, situation, names)}
    if CHILD in requirement.heard - requirement.people:
        sentence += _(", og %(child)s skal først få si sin mening") % words
    changes_on = _next_birthday_that_changes(purpose, situation, on)
    if changes_on is not None:
        then = required(purpose=purpose, situation=situation, on=changes_on)
        sentence += _("; fra %(child)s fyller %(age)d år %(day)s, er det %(who)s som avgjør") % {
            "child": words["child"],
            "age": age_on(born_on=situation.born_on, on=changes_on),
            "day": f"{changes_on:%d.%m.%Y}",
            "who": _who(then, situation, names),
        }
    return sentence[0].upper() + sentence[1:] + "."


def _next_birthday_that_changes(purpose: ConsentPurpose, situation: Situation, on: date) -> date | None:
    """The first birthday after a day on which others than the day before begin to decide."""
    days = sorted(birthday(born_on=situation.born_on, years=years) for years in rules().years())
    for day in (day for day in days if day > on):
        before = required(purpose=purpose, situation=situation, on=day - timedelta(days=1))
        if required(purpose=purpose, situation=situation, on=day).any_of != before.any_of:
            return day
    return None


def _who(requirement: Requirement, situation: Situation, names: Mapping[str, str]) -> str:
    """«Anna selv», «både Anna og Berit», «enten barneverntjenesten eller Finn»."""
    if requirement.is_up_to(CHILD):
        return _("%(child)s selv") % {"child": _name(CHILD, situation, names)}
    groups = [_all_of(people, situation, names) for people in requirement.any_of]
    return groups[0] if len(groups) == 1 else _("enten %(groups)s") % {"groups": _(" eller ").join(groups)}


def _all_of(people: frozenset[str], situation: Situation, names: Mapping[str, str]) -> str:
    """«Berit», «både Anna og Berit», «Anna, Berit og Carl»; the child first, then as registered."""
    order = [CHILD, *(carer.id for carer in situation.carers)]
    ids = sorted(people, key=lambda one: order.index(one) if one in order else len(order))
    *first, last = (_name(one, situation, names) for one in ids)
    if not first:
        return last
    both = _("både %(first)s og %(last)s") if len(first) == 1 else _("%(first)s og %(last)s")
    return both % {"first": ", ".join(first), "last": last}


def _name(signatory: str, situation: Situation, names: Mapping[str, str]) -> str:
    if signatory in names:
        return names[signatory]
    kinds: dict[str, SignatoryKind] = {carer.id: carer.kind for carer in situation.carers}
    kinds |= {UNREGISTERED + who: kind for who, kind in _KINDS.items()} | {CHILD: SignatoryKind.CHILD}
    label = str(kinds[signatory].label)
    name = label[0].lower() + label[1:]
    return _("%(who)s (ikke registrert)") % {"who": name} if _is_unregistered(signatory) else name
