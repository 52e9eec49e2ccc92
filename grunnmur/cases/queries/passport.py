"""The closing passport: per need what was found, what was done, who carries on and how to reach them.

It is made for one reader at a time, and has what that reader may see and nothing more: the child or one around it by
its own right (`own_right`), a service by the consents that let it see (`sharing`). What is left out is told to whoever
gives it, and to nobody else. One in the family reads the same on a page of their own, with their own eyes (`of_mine`).

Whoever gives it reads where the child is (`access.ABOUT_WHERE`); that services are hidden here too is a second wall.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grunnmur import alphabet
from grunnmur.cases import access, sharing
from grunnmur.cases import models as rows
from grunnmur.cases.access import Asking
from grunnmur.cases.decision import Denial
from grunnmur.cases.definition import Edition, definitions
from grunnmur.cases.lifecycle import Facts
from grunnmur.cases.models.base import PathwayRow
from grunnmur.cases.queries import closing, extracts, own_pages, own_right, readers
from grunnmur.cases.queries import sent as queries_sent
from grunnmur.cases.queries.case import HIDDEN, HIDDEN_PERSON, Case, label_of, list_people
from grunnmur.cases.queries.own_pages import Mine
from grunnmur.cases.queries.plans import list_goals
from grunnmur.cases.queries.sent import Sent
from grunnmur.cases.queries.sent_links import SentLink, list_links
from grunnmur.cases.terms import (
    SHARED_BASE,
    AddressProtection,
    ChildParticipation,
    HealthArea,
    InformationKind,
    MappingConclusion,
    MappingState,
    PassportPart,
    PathwayStatus,
    ReferralAnswerKind,
)
from grunnmur.directory.kinds import ServiceKind
from grunnmur.directory.models import Service

PROTECTED = gettext_lazy(
    "Barnets adresse er skjermet. Hvem som fører hjelpen videre, kan røpe hvor barnet er. Passet gis derfor bare til "
    "barnet selv."
)
TAKEN = gettext_lazy("Det er bestemt at tjenesten ikke skal få vite om barnet. Det står under «Hvem ser hva».")
NO_CONSENT = gettext_lazy("Ingen har samtykket til at tjenesten får vite om saken. Spør om samtykke først.")
PARTS = (PassportPart.AIMS, PassportPart.FOUND, PassportPart.DONE, PassportPart.ONWARD)
"""In the order of `Need`."""
Found = TypeVar("Found", bound=PathwayRow)
Sees = Callable[[UUID, InformationKind], bool]


@dataclass(frozen=True, slots=True)
class Reader:
    """One for whom a passport can be made, and why it cannot be when it cannot."""

    key: str
    """`child`, `person:` and the identity, or `service:` and the id."""
    name: str
    role: str | Promise
    """Mor, fosterhjem, «Psykisk helsevern for barn og unge (BUP)»."""
    person: rows.RelatedPerson | None = None
    service: UUID | None = None
    service_kind: ServiceKind | None = None
    because: str | Promise = ""


@dataclass(frozen=True, slots=True)
class Onward:
    """Who carries on with something, and how to reach them."""

    what: str
    who: str
    phone: str


@dataclass(frozen=True, slots=True)
class Need:
    """One health area, or what is not about one: what was aimed at, found and done, and who carries on."""

    area: HealthArea | None
    aims: tuple[str, ...]
    found: tuple[str, ...]
    done: tuple[str, ...]
    onward: tuple[Onward, ...]

    @property
    def lines(self) -> int:
        return len(self.aims) + len(self.found) + len(self.done) + len(self.onward)


@dataclass(frozen=True, slots=True)
class Passport:
    """A passport as its reader gets it."""

    case: Case
    reader: Reader
    needs: tuple[Need, ...]
    summary: str
    child_view: str
    took_part: str
    """How the child took part in ending it; empty where it was not written."""
    left_out: tuple[str, ...]
    """What the reader does not get, by area, for whoever gives the passport."""
    told: tuple["Line", ...]
    """The lines that the needs are made of, with what each rests on."""

    @property
    def lines(self) -> int:
        return sum(need.lines for need in self.needs) + bool(self.summary)

    @property
    def said(self) -> tuple[object, ...]:
        """All that it tells its reader."""
        return (self.reader.name, self.needs, self.summary, self.child_view, self.took_part)


@dataclass(frozen=True, slots=True)
class Given:
    """A passport that was given out: on paper, or as a link."""

    at: datetime
    to: str
    by: str
    link: SentLink | None
    sent: Sent | None
    """What became of the link."""


def list_readers(case: Case) -> tuple[Reader, ...]:
    """Everyone the owner could make a passport for: the family, then the services that a consent tells something."""
    child, today = case.child, case.today
    family = [
        Reader(
            key="child",
            name=child.name or _("Barnet"),
            role=_("barnet selv"),
            because=extracts.why_not_for(child, None, is_represented=False, on=today) or "",
        )
    ]
    family += [
        Reader(
            key=f"person:{person.identity}",
            name=person.name,
            role=str(person.get_relation_display()).lower(),
            person=person,
            because=extracts.why_not_for(child, person, is_represented=False, on=today) or "",
        )
        for person in list_people(case)
        if person.has_parental_responsibility and (person.until_on is None or person.until_on > today)
    ]
    asked = {item.recipient for item in case.facts.consents}
    services = sorted(Service.objects.filter(pk__in=asked), key=lambda one: alphabet.order(one.name))
    noes = readers.list_noes(case)
    return (*family, *(_service(case, one, noes) for one in services))


def _service(case: Case, service: Service, noes: tuple[Denial, ...]) -> Reader:
    is_protected = case.child.address_protection != AddressProtection.NONE
    is_taken = readers.taken(case, service.pk, noes)(case.child.pk, InformationKind.CONTACT)
    return Reader(
        key=f"service:{service.pk}",
        name=str(_("en tjeneste som er med")) if case.hides(service.pk) else service.name,
        role=str(service.service_kind.label),
        service=service.pk,
        service_kind=service.service_kind,
        because=PROTECTED if is_protected else TAKEN if is_taken else "" if _kinds(case, service.pk) else NO_CONSENT,
    )


def _kinds(case: Case, service: UUID) -> InformationKind:
    """What the consents that hold today let the service know; nothing when none does."""
    asked = (kind for kind in InformationKind if kind & sharing.ASKED_ABOUT)
    found = InformationKind(0)
    for kind in asked:
        if sharing.may_be_given(case.facts, service=str(service), kind=kind, on=case.today):
            found |= kind
    return found | SHARED_BASE if found else found


def get_reader(case: Case, key: str) -> Reader:
    """One of them. Raises NotVisible."""
    for reader in list_readers(case):
        if reader.key == key:
            return reader
    raise access.NotVisible


def make(case: Case, reader: Reader) -> Passport:
    """The passport as the reader may have it. Raises Refused when it may have none."""
    if reader.because:
        raise access.Refused("not_for_them", reader.because)
    sees, eyes = _sight(case, reader), _eyes(case)
    last, own = _last_closure(eyes), _said_at_closing(eyes)
    aims = [_aim(goal.area, goal.text, goal.goal_id, goal.version_id) for goal in list_goals(case)]
    lines = _lines(eyes, sees, aims=aims, carried=_carried(eyes) if last else _goes_on(case))
    told = tuple(line for line in lines if line.is_for(sees))
    kept = _needs(case.edition, (line for line in lines if not line.is_for(sees)))
    tells = last is not None and sees(last.pk, InformationKind(last.kind))
    tells_own = own is not None and sees(own.pk, InformationKind(own.kind))
    left_out = [_("%(area)s: %(n)s opplysninger") % {"area": label_of(need.area), "n": need.lines} for need in kept]
    if last is not None and not tells:
        left_out.append(_("Barnevernets egen oppsummering"))
    if own is not None and not tells_own:
        left_out.append(_("Det barnet selv sa"))
    return Passport(
        case=case,
        reader=reader,
        needs=_needs(case.edition, told),
        summary=last.summary if last and tells else "",
        child_view=(own.words or "") if own and tells_own else "",
        took_part=str(last.get_participation_display()) if last and tells else "",
        left_out=tuple(left_out),
        told=told,
    )


def _sight(case: Case, reader: Reader) -> Sees:
    if reader.service is None:
        own = own_right.of(case.child, reader.person.identity if reader.person else case.child.pk)
        return own.sees
    kinds, taken = _kinds(case, reader.service), readers.taken(case, reader.service, readers.list_noes(case))
    return lambda item, kind: bool(kind & kinds) and not taken(item, kind)


@dataclass(frozen=True, slots=True)
class Line:
    """One line that could stand in the passport, with the rows that it says something of."""

    area: HealthArea | None
    part: PassportPart
    says: str | Onward
    rows: tuple[tuple[UUID, InformationKind], ...]

    def is_for(self, sees: Sees) -> bool:
        """Whether a reader sees every row that it tells of."""
        return all(sees(item, kind) for item, kind in self.rows)


@dataclass(frozen=True, slots=True)
class Eyes:
    """Whose eyes the rows of a case are read with, and which services they may know."""

    asking: Asking
    pathway: rows.Pathway
    facts: Facts
    """By which it is said what a thing that goes on rests on."""
    closed_at: datetime | None
    """When it was closed, of a case that is."""
    services: Callable[[Iterable[UUID | None]], dict[str, str]]
    names_who: Callable[[UUID | None], bool]
    """Whether they may know who carries on with something: a service, or somebody else (none)."""


def _eyes(case: Case) -> Eyes:
    return Eyes(
        asking=case.actor,
        pathway=case.pathway,
        facts=case.whole,
        closed_at=case.whole.closed_at if case.status is PathwayStatus.CLOSED else None,
        services=case.services,
        names_who=lambda service: case.tells_services and not (service and case.hides(service)),
    )


def _lines(eyes: Eyes, sees: Sees, *, aims: Iterable[Line], carried: Iterable["_Carried"]) -> tuple[Line, ...]:
    """What stands in the case, the oldest first. `sees` is the reader, for what one line says of a second row."""
    of_case, carried = {"pathway": eyes.pathway}, tuple(carried)
    mappings = {row.pk: row for row in _seen(eyes, rows.Mapping.objects.filter(**of_case))}
    concluded = rows.MappingStep.objects.filter(**of_case, state=MappingState.CONCLUDED).select_related("mapping")
    findings = rows.MappingLine.objects.filter(**of_case, step__in=concluded).select_related("step__mapping")
    referrals = _seen(eyes, rows.Referral.objects.filter(**of_case))
    answers = {row.referral_id: row for row in _seen(eyes, rows.ReferralAnswer.objects.filter(**of_case))}
    around = {
        *(row.service_id for row in mappings.values() if row.service_id),
        *(row.to_service_id for row in referrals),
        *(item.service_id for item in carried if item.service_id),
    }
    names, phones = eyes.services(around), dict(Service.objects.filter(pk__in=around).values_list("pk", "phone"))

    def told(row: PathwayRow | None) -> bool:
        return row is not None and sees(row.pk, InformationKind(row.kind))

    found = []
    for step in _seen(eyes, concluded):
        area, about = HealthArea(step.mapping.health_area), _about(step)
        found += [Line(area, PassportPart.FOUND, text, about) for text in _found(step)]
        mapping = mappings.get(step.mapping_id)
        by = names.get(str(mapping.service_id), "") if mapping and told(mapping) else ""
        rests_on = (*about, *(_about(mapping) if mapping and by else ()))
        found.append(Line(area, PassportPart.DONE, _mapped(step, by), rests_on))
    for line in _seen(eyes, findings):
        found.append(Line(HealthArea(line.step.mapping.health_area), PassportPart.FOUND, line.text, _about(line)))
    found += aims
    for row in referrals:
        answer = answers.get(row.pk)
        answer = answer if told(answer) else None
        says = _referred(row, answer, names[str(row.to_service_id)])
        rests_on = (*_about(row), *(_about(answer) if answer else ()))
        found.append(Line(HealthArea(row.health_area), PassportPart.DONE, says, rests_on))
    for item in carried:
        key = item.service_id
        onward = _onward(eyes, item, names.get(str(key), ""), phones[key] if key else "")
        found.append(Line(item.area, PassportPart.ONWARD, onward, tuple((key, item.kind) for key in item.about)))
    return tuple(found)


def _aim(area: HealthArea | None, text: str, goal: UUID, version: UUID) -> Line:
    kind = area.kind if area else InformationKind.COORDINATION
    return Line(area, PassportPart.AIMS, text, ((goal, kind), (version, kind)))


def _about(row: PathwayRow) -> tuple[tuple[UUID, InformationKind], ...]:
    return ((row.pk, InformationKind(row.kind)),)


def _needs(edition: Edition, lines: Iterable[Line]) -> tuple[Need, ...]:
    """The lines by area, in the edition's order, and last what is about none."""
    found: dict[HealthArea | None, dict[PassportPart, list[Any]]] = {
        area: {part: [] for part in PARTS} for area in (*(HealthArea(item.key) for item in edition.health_areas), None)
    }
    for line in lines:
        found[line.area][line.part].append(line.says)
    needs = (Need(area, *(tuple(said) for said in parts.values())) for area, parts in found.items())
    return tuple(need for need in needs if need.lines)


def _seen(eyes: Eyes, found: QuerySet[Found]) -> list[Found]:
    return list(access.visible_to(eyes.asking, found).order_by("recorded_at", "pk"))


@dataclass(frozen=True, slots=True)
class _Carried:
    """One thing that somebody carries on with: a row of the last closing, or what is agreed while the case is open."""

    about: tuple[UUID, ...]
    """The row of the closing, and what it rests on: the task, or the mapping or referral and what came of it."""
    kind: InformationKind
    area: HealthArea | None
    what: str
    who: str
    service_id: UUID | None


def _last_closure(eyes: Eyes) -> rows.Closure | None:
    """How the case ended; nothing while it is open, also when it is taken up again."""
    found = _of_last_closing(eyes, rows.Closure.objects.all())
    return found[0] if found else None


def _said_at_closing(eyes: Eyes) -> rows.OwnWords | None:
    """What the child said when the case was closed."""
    found = _of_last_closing(eyes, rows.OwnWords.objects.filter(closure__isnull=False))
    return found[0] if found else None


def _of_last_closing(eyes: Eyes, found: QuerySet[Found]) -> list[Found]:
    if eyes.closed_at is None:
        return []
    return _seen(eyes, found.filter(pathway=eyes.pathway, recorded_at__gte=eyes.closed_at))


def _goes_on(case: Case) -> list[_Carried]:
    """What is agreed while the case is open."""
    return [
        _Carried(
            about=closing.rests_on(case.whole, item.comes_from),
            kind=item.area.kind if item.area else InformationKind.COORDINATION,
            area=item.area,
            what=item.what,
            who="",
            service_id=UUID(item.service_id) if item.service_id else None,
        )
        for item in closing.goes_on(case)
    ]


def _carried(eyes: Eyes) -> list[_Carried]:
    """Who took over each thing when it was closed."""
    areas = {int(area.kind): area for area in HealthArea}
    return [
        _Carried(
            about=(row.pk, *(closing.rests_on(eyes.facts, row.subject_id) if row.subject_id else ())),
            kind=InformationKind(row.kind),
            area=areas.get(row.kind),
            what=row.what,
            who=row.who,
            service_id=row.service_id,
        )
        for row in _of_last_closing(eyes, rows.CarriesOn.objects.all())
    ]


def _found(step: rows.MappingStep) -> list[str]:
    told = (str(MappingConclusion(step.conclusion).label), step.findings)
    return [text for text in told if text.strip()]


def _mapped(step: rows.MappingStep, by: str) -> str:
    if not by:
        return _("Kartlagt %(on)s") % {"on": f"{step.on:%d.%m.%Y}"}
    return _("Kartlagt av %(who)s %(on)s") % {"who": by, "on": f"{step.on:%d.%m.%Y}"}


def _referred(row: rows.Referral, answer: rows.ReferralAnswer | None, to: str) -> str:
    sent = _("Henvist til %(to)s %(on)s") % {"to": to, "on": f"{row.sent_on:%d.%m.%Y}"}
    if answer is None:
        return sent  # that nobody has answered is not said either, for it would tell when an answer is kept back
    said = str(ReferralAnswerKind(answer.answer).label).lower()
    return _("%(sent)s: %(answer)s %(on)s") % {"sent": sent, "answer": said, "on": f"{answer.answered_on:%d.%m.%Y}"}


def _onward(eyes: Eyes, item: _Carried, service: str, phone: str) -> Onward:
    """Who carries on, as far as whoever reads the rows may know it; `service` is named so already."""
    if not eyes.names_who(item.service_id):
        return Onward(item.what, service or str(HIDDEN), "")
    named = [service] if service else []
    if item.who and item.who not in named:
        named.append(item.who)
    return Onward(item.what, ", ".join(named), phone)


# --- on the family's own page -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OwnPassport:
    """The passport as one in the family reads it without being given one."""

    closed_on: date | None
    needs: tuple[Need, ...]
    summary: str
    child_view: str
    took_part: ChildParticipation | None


def of_mine(mine: Mine) -> OwnPassport | None:
    """The passport of a pathway that is closed, as one in the family may see it: with their own eyes, so that what is
    kept from them changes nothing. None before it is closed, and where the address is protected: then who carries on
    would tell where the child is, and it is given on paper.
    """
    if mine.pathway is None or mine.whole is None or mine.status is not PathwayStatus.CLOSED or mine.is_protected:
        return None
    eyes = Eyes(
        asking=mine.relative,
        pathway=mine.pathway,
        facts=mine.facts or mine.whole,
        closed_at=mine.whole.closed_at,
        services=lambda ids: {str(key): name for key, name in own_pages.services_of(mine, ids).items()},
        names_who=lambda _service: mine.tells_services,
    )
    known, edition = _keys(eyes), definitions().edition(mine.pathway.edition_id)

    def sees(item: UUID, _kind: InformationKind) -> bool:
        return item in known

    lines = _lines(eyes, sees, aims=_aims(eyes), carried=_carried(eyes))
    last, own = _last_closure(eyes), _said_at_closing(eyes)
    return OwnPassport(
        closed_on=mine.whole.closed_on,
        needs=_needs(edition, (line for line in lines if line.is_for(sees))),
        summary=last.summary if last else "",
        child_view=(own.words or "") if own else "",
        took_part=ChildParticipation(last.participation) if last and last.participation else None,
    )


TELLS_OF = (
    rows.CarriesOn,
    rows.Goal,
    rows.GoalVersion,
    rows.Mapping,
    rows.MappingLine,
    rows.MappingStep,
    rows.Referral,
    rows.ReferralAnswer,
    rows.Task,
)
"""What the lines of a passport rest on."""


def _keys(eyes: Eyes) -> frozenset[UUID]:
    """Every row of these tables that somebody sees of the case; one query."""
    seen = [
        access.visible_to(eyes.asking, model._default_manager.filter(pathway=eyes.pathway)).values_list("pk")
        for model in TELLS_OF
    ]
    return frozenset(key for (key,) in seen[0].union(*seen[1:], all=True))


def _aims(eyes: Eyes) -> list[Line]:
    """The goals that hold, each as the newest version that somebody sees of it says."""
    goals = {row.pk: row for row in _seen(eyes, rows.Goal.objects.filter(pathway=eyes.pathway))}
    newest = {
        row.goal_id: row
        for row in access.visible_to(eyes.asking, rows.GoalVersion.objects.filter(goal__in=goals)).order_by("version")
    }
    return [
        _aim(HealthArea(goal.health_area) if goal.health_area else None, newest[key].text, key, newest[key].pk)
        for key, goal in goals.items()
        if key in newest and newest[key].is_current
    ]


# --- as a link ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Copied:
    """One line of a passport as it is sent: what it says, of which kind, and the rows that it rests on."""

    kind: InformationKind
    part: PassportPart
    says: str
    who: str = ""
    phone: str = ""
    about: tuple[UUID, ...] = ()


def as_sent(made: Passport) -> tuple[Copied, ...]:
    """The lines as whoever comes in by a link reads them: first which child, then each need. What stands in child
    welfare's own summary no service is told.
    """
    child, places = made.case.child, [need.area for need in made.needs]
    by_need = sorted(made.told, key=lambda line: (places.index(line.area), PARTS.index(line.part)))
    who = _("%(name)s, født %(on)s") % {"name": child.name or _("Barn uten navn"), "on": f"{child.born_on:%d.%m.%Y}"}
    return (Copied(InformationKind.CONTACT, PassportPart.CHILD, who), *map(_copied, by_need))


def _copied(line: Line) -> Copied:
    kind = line.area.kind if line.area else InformationKind.COORDINATION
    about = tuple(key for key, _kind in line.rows)
    if isinstance(line.says, Onward):
        return Copied(kind, PassportPart.ONWARD, line.says.what, line.says.who, line.says.phone, about)
    return Copied(kind, line.part, line.says, about=about)


def list_given(case: Case) -> tuple[Given, ...]:
    """The passports that were given out, the newest first; no more than twenty."""
    given = rows.Passport.objects.filter(pathway=case.pathway).select_related("related_person")
    found = list(access.visible_to(case.actor, given).order_by("-recorded_at")[:20])
    services = case.services(row.service_id for row in found)
    writers = case.writers(found)
    keys = [row.pk for row in found]
    links = list_links(case, keys)
    sent = {item: one for item, _to, one in queries_sent.about(case, keys)}
    return tuple(
        Given(
            at=row.recorded_at,
            to=_whom(row, services.get(str(row.service_id), "")),
            by=writers.get(str(row.recorded_by_id), ""),
            link=next(iter(links.get(row.pk, ())), None),
            sent=sent.get(row.pk),
        )
        for row in found
    )


def _whom(row: rows.Passport, service: str) -> str:
    """Whom a passport was given to, as far as the actor may know; a person that it does not see is not the child."""
    if row.service_id:
        return service
    if row.related_person_id:
        return (row.related_person.name if row.related_person else "") or str(HIDDEN_PERSON)
    return _("Barnet")
