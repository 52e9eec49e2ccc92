"""What another edition of the pathway changes: in what it says, and in one case. Pure.

`compare` lays two editions side by side. `effects` asks the rules that run a case what they say under each of the two,
so that what is shown beforehand is what happens. `actions.editions` lets a case follow another one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grunnmur.cases import lifecycle, next_step
from grunnmur.cases.definition import Definitions, Edition
from grunnmur.cases.definition_shapes import Element
from grunnmur.cases.lifecycle import Facts
from grunnmur.cases.terms import HealthArea, InformationKind, MeetingKind, PathwayStatus

# --- two editions side by side -----------------------------------------------------------------------------------


class Part(TextChoices):
    """Where in an edition something stands, in the order that people care for it."""

    NAME = "name", gettext_lazy("Navnet")
    AREAS = "areas", gettext_lazy("Helseområder")
    CRITERIA = "criteria", gettext_lazy("Kriterier for å starte")
    PHASES = "phases", gettext_lazy("Faser")
    ACTIVITIES = "activities", gettext_lazy("Det som skal gjøres")
    MEETINGS = "meetings", gettext_lazy("Møter")
    ROLES = "roles", gettext_lazy("Hvem som kan være med")
    CONSENTS = "consents", gettext_lazy("Samtykker")
    GROUNDS = "grounds", gettext_lazy("Grunner til å avslutte")


class Sort(TextChoices):
    """What became of one thing."""

    NEW = "new", gettext_lazy("nytt")
    GONE = "gone", gettext_lazy("tatt bort")
    CHANGED = "changed", gettext_lazy("endret")


@dataclass(frozen=True, slots=True)
class Difference:
    """One property of a thing that is in both. Of a list only what came and went is told; empty for nothing."""

    label: str
    before: str
    after: str
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not the same in both editions."""

    part: Part
    sort: Sort
    what: str
    """The thing in the words of the newest edition that has it."""
    is_official: bool
    """Whether the source itself sets it, in the edition that `what` is taken from."""
    differences: tuple[Difference, ...] = ()
    """For what is in both."""


Listed = dict[str, str]
"""What a property lists: key → words. The same key in other words is told where the thing itself is."""


@dataclass(frozen=True, slots=True)
class _Thing:
    """One element of an edition as people read it: its name, and its properties in words by their labels."""

    part: Part
    key: str
    name: str
    is_official: bool
    says: dict[str, str | Listed]

    def differences(self, before: "_Thing") -> tuple[Difference, ...]:
        """What it says that it did not say before."""
        return tuple(
            Difference(label, _left(old, new), _left(new, old), is_list=isinstance(new, dict))
            for label, new in self.says.items()
            if _left(old := before.says[label], new) or _left(new, old)
        )


def _left(one: str | Listed, other: str | Listed) -> str:
    """What the one says and the other does not."""
    if isinstance(one, dict):
        return _list(words for key, words in one.items() if key not in other)
    return one if one != other else ""


def compare(old: Edition, new: Edition, found: Definitions) -> tuple[Change, ...]:
    """What is new, gone and changed from one edition to another, part by part; nothing when they say the same.

    `found` has the deadlines that both refer to. Who a source is, and where in it something stands, is not compared.
    """
    before = {(thing.part, thing.key): thing for thing in _things(old, found)}
    after = {(thing.part, thing.key): thing for thing in _things(new, found)}
    changes = []
    for place, thing in after.items():
        if place not in before:
            changes.append(Change(thing.part, Sort.NEW, thing.name, thing.is_official))
        elif differences := thing.differences(before[place]):
            changes.append(Change(thing.part, Sort.CHANGED, thing.name, thing.is_official, differences))
    changes += [
        Change(thing.part, Sort.GONE, thing.name, thing.is_official)
        for place, thing in before.items()
        if place not in after
    ]
    parts, sorts = list(Part), list(Sort)
    return tuple(sorted(changes, key=lambda change: (parts.index(change.part), sorts.index(change.sort))))


def _things(edition: Edition, found: Definitions) -> Iterator[_Thing]:
    """Everything that an edition sets. A new field of an edition is compared once it stands here."""
    words, number = _("Ordlyd"), _("Nummer")

    def activities(keys: Iterable[str]) -> Listed:
        return {key: edition.activity(key).label for key in keys}

    def roles(keys: Iterable[str]) -> Listed:
        return {key: edition.role(key).label for key in keys}

    def thing(part: Part, key: str, name: str, of: Element, says: dict[str, str | Listed]) -> _Thing:
        return _Thing(part, key, name, of.source.official, says)

    yield thing(Part.NAME, "title", _("Navnet på forløpet"), edition, {words: edition.title})
    for area in edition.health_areas:
        yield thing(Part.AREAS, area.key, area.label, area, {words: area.label})
    for item in edition.criteria:
        says = {words: item.label, number: str(item.number), _("Haster"): _yes(item.acute)}
        yield thing(Part.CRITERIA, item.key, item.label, item, {**says})
    for phase in edition.phases:
        yield thing(Part.PHASES, phase.key, phase.label, phase, {words: phase.label, number: str(phase.number)})
    for one in edition.activities:
        yield thing(
            Part.ACTIVITIES,
            one.key,
            one.label,
            one,
            {
                words: one.label,
                _("Fase"): {edition.phase_of(one.key).key: edition.phase_of(one.key).label},
                _("Ansvarlig"): roles(one.responsible),
                _("Skal være med"): roles(one.invited),
                _("Gir"): {product.label: product.label for product in one.produces},
                _("Trenger ikke vente på"): activities(one.may_start_before),
                _("Vanligvis etter"): activities(one.normally_after),
                _("Frist"): _due(one.deadline, found),
                _("Frister som begynner å løpe"): {key: found.deadline(key).label for key in one.starts_deadlines},
                _("Bare ved behov"): _yes(one.on_need),
                _("Gjentas"): _yes(one.repeats),
            },
        )
    for meeting in edition.meetings:
        yield thing(
            Part.MEETINGS,
            meeting.key,
            meeting.label,
            meeting,
            {
                words: meeting.label,
                _("Kalles inn av"): roles([meeting.called_by]),
                _("Skal være med"): roles(meeting.invited),
                _("Saker"): {point.key: point.label for point in meeting.agenda},
                _("Frist"): _due(meeting.deadline, found),
                _("Gjentas"): _yes(meeting.repeats),
            },
        )
    for role in edition.roles:
        kinds = {kind.value: str(kind.label) for kind in role.services}
        yield thing(Part.ROLES, role.key, role.label, role, {words: role.label, _("Hvem"): kinds})
    for rule in edition.consents:
        alone = "" if rule.alone_from is None else _("%(n)s år") % {"n": rule.alone_from}
        yield thing(
            Part.CONSENTS,
            rule.purpose,
            str(rule.purpose.label),
            rule,
            {
                _("Gjelder"): activities(rule.concerns),
                _("Barnet samtykker alene fra"): alone,
                _("Ellers"): rule.otherwise,
            },
        )
    for ground in edition.closing_grounds:
        yield thing(Part.GROUNDS, ground.key, ground.label, ground, {words: ground.label})


def _list(labels: Iterable[object]) -> str:
    return "; ".join(str(label) for label in labels)


def _yes(is_so: bool) -> str:
    return _("ja") if is_so else _("nei")


def _due(key: str | None, found: Definitions) -> str:
    return found.deadline(key).text() if key else ""


# --- one case ----------------------------------------------------------------------------------------------------


class EffectSort(TextChoices):
    """What becomes different in a case, in the order that it is told."""

    AREAS_NEW = "areas_new", gettext_lazy("Disse helseområdene blir med: %(what)s. Barnevernet vurderer hvert av dem.")
    CONSENT_LACKS = (
        "consent_lacks",
        gettext_lazy("Samtykkene som er gitt, gjelder ikke disse: %(what)s. Det må spørres på nytt om dem."),
    )
    AREAS_GONE = (
        "areas_gone",
        gettext_lazy("Disse helseområdene er ikke lenger med: %(what)s. Det som er begynt, går videre."),
    )
    CRITERIA = "criteria", gettext_lazy("Kriteriene er andre enn før: nå er det %(what)s å vurdere.")
    STARTED_ON = (
        "started_on",
        gettext_lazy("Saken startet på noe som ikke lenger er et kriterium: %(what)s. Vurderingen står."),
    )
    AGENDA = "agenda", gettext_lazy("Sakslisten er en annen på møter som ikke er holdt: %(what)s.")
    STEP_NEW = "step_new", gettext_lazy("Nytt å gjøre: %(what)s")
    STEP_GONE = "step_gone", gettext_lazy("Ikke lenger noe å gjøre: %(what)s")


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that becomes different in a case when it follows another edition."""

    sort: EffectSort
    what: str = ""

    @property
    def sentence(self) -> str:
        return str(self.sort.label) % {"what": self.what}


def effects(
    facts: Facts, *, old: Edition, new: Edition, on: date, kinds: InformationKind, service: str
) -> tuple[Effect, ...]:
    """What becomes different for one case now, told to somebody in `service` who sees these kinds; empty for nothing.

    `facts` are those that the reader may be told of. What is decided and written stands, whatever edition comes.
    """
    return (
        *_areas(facts, old=old, new=new, on=on),
        *_criteria(facts, old=old, new=new),
        *_agendas(facts, old=old, new=new),
        *_steps(facts, old=old, new=new, on=on, kinds=kinds, service=service),
    )


def _areas(facts: Facts, *, old: Edition, new: Edition, on: date) -> Iterator[Effect]:
    """What can be looked into, and what consent was never asked for."""
    before = {HealthArea(area.key): area.label for area in old.health_areas}
    after = {HealthArea(area.key): area.label for area in new.health_areas}
    added = after.keys() - before.keys()
    if added:
        yield Effect(EffectSort.AREAS_NEW, _said(label for area, label in after.items() if area in added))
    holding = next_step.good_consents(facts, on=on)
    lacking = [after[area] for area in after if area in added and not any(item.kinds & area.kind for item in holding)]
    if holding and lacking:
        yield Effect(EffectSort.CONSENT_LACKS, _said(lacking))
    begun = {item.area for item in facts.open_mappings} | {
        item.area for item in facts.referrals if lifecycle.is_referral_open(item)
    }
    if gone := [label for area, label in before.items() if area in begun and area not in after]:
        yield Effect(EffectSort.AREAS_GONE, _said(gone))


def _criteria(facts: Facts, *, old: Edition, new: Edition) -> Iterator[Effect]:
    """By what it is decided, or what it was decided by."""
    before = {criterion.key: criterion.label for criterion in old.criteria}
    after = {criterion.key: criterion.label for criterion in new.criteria}
    if facts.status is PathwayStatus.UNDER_ASSESSMENT and before != after:
        yield Effect(EffectSort.CRITERIA, str(len(after)))
    used = facts.started.criteria if facts.started else ()
    if gone := [before[key] for key in used if key in before and key not in after]:
        yield Effect(EffectSort.STARTED_ON, _list(gone))


def _agendas(facts: Facts, *, old: Edition, new: Edition) -> Iterator[Effect]:
    """Meetings that are called and not held."""

    def points(edition: Edition, kind: MeetingKind) -> list[str]:
        return [point.label for meeting in edition.meetings if meeting.key == kind for point in meeting.agenda]

    called = {meeting.meeting for meeting in facts.meetings if meeting.is_pending}
    other = [kind.label for kind in MeetingKind if kind in called and points(old, kind) != points(new, kind)]
    if other:
        yield Effect(EffectSort.AGENDA, _said(other))


def _steps(
    facts: Facts, *, old: Edition, new: Edition, on: date, kinds: InformationKind, service: str
) -> Iterator[Effect]:
    """What waits for somebody under the one and not under the other."""

    def waits(edition: Edition) -> dict[tuple[str, str], str]:
        steps = next_step.open_steps(facts, edition=edition, on=on)
        return {
            (next_step.label(step), step.subject): next_step.sentence_of(
                next_step.label(step), who=_("Dere") if service in step.ball else _("En annen tjeneste")
            )
            for step in steps
            if next_step.told(step, kinds=kinds) and (step.subject, service) not in facts.withheld
        }

    before, after = waits(old), waits(new)
    for key in after:
        if key not in before:
            yield Effect(EffectSort.STEP_NEW, after[key])
    for key in before:
        if key not in after:
            yield Effect(EffectSort.STEP_GONE, before[key])


def _said(labels: Iterable[object]) -> str:
    """Labels inside a sentence: a, b og c."""
    return next_step.together(str(label).lower() for label in labels)
