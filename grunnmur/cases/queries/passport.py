"""The closing passport: per need what was found, what was done, who carries on and how to reach them.

It is made for one reader at a time, and has what that reader may see and nothing more: the child or one around it by
its own right (`own_right`), a service by the consents that let it see (`sharing`). What is left out is told to whoever
gives it, and to nobody else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grunnmur import alphabet
from grunnmur.cases import access, sharing
from grunnmur.cases import models as rows
from grunnmur.cases.models.base import PathwayRow
from grunnmur.cases.queries import closing, extracts, own_right
from grunnmur.cases.queries.case import Case, list_people
from grunnmur.cases.terms import (
    SHARED_BASE,
    AddressProtection,
    HealthArea,
    InformationKind,
    MappingConclusion,
    MappingState,
    PathwayStatus,
    ReferralAnswerKind,
)
from grunnmur.directory.kinds import ServiceKind
from grunnmur.directory.models import Service

PROTECTED = gettext_lazy(
    "Barnets adresse er skjermet. Hvem som fører hjelpen videre, kan røpe hvor barnet er. Passet gis derfor bare til "
    "barnet selv."
)
NO_CONSENT = gettext_lazy("Ingen har samtykket til at tjenesten får vite om saken. Spør om samtykke først.")
Row = TypeVar("Row", bound=PathwayRow)
Sees = Callable[[UUID, InformationKind], bool]


@dataclass(frozen=True, slots=True)
class Reader:
    """One for whom a passport can be made, and why it cannot be when it cannot."""

    key: str
    """`child`, `person:` and the identity, or `service:` and the id."""
    name: str
    role: str | Promise
    """Mor, fosterhjem, barneverntjeneste."""
    person: rows.RelatedPerson | None = None
    service: UUID | None = None
    because: str | Promise = ""


@dataclass(frozen=True, slots=True)
class Onward:
    """Who carries on with something, and how to reach them."""

    what: str
    who: str
    phone: str


@dataclass(frozen=True, slots=True)
class Need:
    """One health area, or what is not about one: what was found, what was done, who carries on."""

    area: HealthArea | None
    found: tuple[str, ...]
    done: tuple[str, ...]
    onward: tuple[Onward, ...]

    @property
    def lines(self) -> int:
        return len(self.found) + len(self.done) + len(self.onward)


@dataclass(frozen=True, slots=True)
class Passport:
    """A passport as its reader gets it."""

    case: Case
    reader: Reader
    needs: tuple[Need, ...]
    summary: str
    child_view: str
    left_out: tuple[str, ...]
    """What the reader does not get, by area, for whoever gives the passport."""

    @property
    def lines(self) -> int:
        return sum(need.lines for need in self.needs) + bool(self.summary)


@dataclass(frozen=True, slots=True)
class Given:
    """A passport that was given out."""

    at: datetime
    to: str
    by: str
    left_out: int


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
    return (*family, *(_service(case, one) for one in services))


def _service(case: Case, service: Service) -> Reader:
    is_protected = case.child.address_protection != AddressProtection.NONE
    return Reader(
        key=f"service:{service.pk}",
        name=str(_("en tjeneste som er med")) if case.hides(service.pk) else service.name,
        role=str(ServiceKind(service.kind).label).lower(),
        service=service.pk,
        because=PROTECTED if is_protected else "" if _kinds(case, service.pk) else NO_CONSENT,
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
    sees = _sight(case, reader)
    told, kept = _needs(case, sees), _needs(case, lambda item, kind: not sees(item, kind))
    closure = access.visible_to(case.actor, rows.Closure.objects.filter(pathway=case.pathway)).order_by("-recorded_at")
    last = closure.first()
    tells = last is not None and sees(last.pk, InformationKind(last.kind))
    left_out = [_("%(area)s: %(n)s opplysninger") % {"area": label_of(need.area), "n": need.lines} for need in kept]
    if last is not None and not tells:
        left_out.append(_("Barnevernets egen oppsummering"))
    return Passport(
        case=case,
        reader=reader,
        needs=told,
        summary=last.summary if last and tells else "",
        child_view=last.child_view if last and tells else "",
        left_out=tuple(left_out),
    )


def label_of(area: HealthArea | None) -> str:
    """An area's name, also of what is about none of them."""
    return str(area.label) if area else _("Samarbeidet")


def _sight(case: Case, reader: Reader) -> Sees:
    if reader.service is None:
        own = own_right.of(case.child, reader.person.identity if reader.person else case.child.pk)
        return own.sees
    kinds = _kinds(case, reader.service)
    return lambda _item, kind: bool(kind & kinds)


def _needs(case: Case, sees: Sees) -> tuple[Need, ...]:
    """What stands in the case that passes, by area in the edition's order, and last what is about none."""
    of_case = {"pathway": case.pathway}
    mappings = _passing(case, rows.Mapping.objects.filter(**of_case), sees)
    concluded = rows.MappingStep.objects.filter(**of_case, state=MappingState.CONCLUDED).select_related("mapping")
    steps = _passing(case, concluded, sees)
    lines = _passing(
        case, rows.MappingLine.objects.filter(**of_case, step__in=concluded).select_related("step__mapping"), sees
    )
    referrals = _passing(case, rows.Referral.objects.filter(**of_case), sees)
    answers = {row.referral_id: row for row in _passing(case, rows.ReferralAnswer.objects.filter(**of_case), sees)}
    carried = [item for item in _carried(case) if sees(item.id, item.kind)]
    services = Service.objects.in_bulk(
        {
            *(row.service_id for row in mappings if row.service_id),
            *(row.to_service_id for row in referrals),
            *(item.service_id for item in carried if item.service_id),
        }
    )
    mapper = {row.pk: services.get(row.service_id) if row.service_id else None for row in mappings}
    found = []
    for area in (*(HealthArea(item.key) for item in case.edition.health_areas), None):
        mapped = [step for step in steps if area and step.mapping.health_area == area.value]
        need = Need(
            area=area,
            found=(
                *(text for step in mapped for text in _found(step)),
                *(line.text for line in lines if area and line.step.mapping.health_area == area.value),
            ),
            done=(
                *(_mapped(step, mapper.get(step.mapping_id)) for step in mapped),
                *(
                    _referred(row, answers.get(row.pk), services[row.to_service_id])
                    for row in referrals
                    if area and row.health_area == area.value
                ),
            ),
            onward=tuple(
                _onward(item, services.get(item.service_id) if item.service_id else None)
                for item in carried
                if item.area is area
            ),
        )
        if need.lines:
            found.append(need)
    return tuple(found)


def _passing(case: Case, found: QuerySet[Row], sees: Sees) -> list[Row]:
    visible = access.visible_to(case.actor, found).order_by("recorded_at", "pk")
    return [row for row in visible if sees(row.pk, InformationKind(row.kind))]


@dataclass(frozen=True, slots=True)
class _Carried:
    """One thing that somebody carries on with: a row of the last closing, or what is agreed while the case is open."""

    id: UUID
    kind: InformationKind
    area: HealthArea | None
    what: str
    who: str
    service_id: UUID | None


def _carried(case: Case) -> list[_Carried]:
    closure = access.visible_to(case.actor, rows.Closure.objects.filter(pathway=case.pathway)).order_by("-recorded_at")
    last = closure.first() if case.status is PathwayStatus.CLOSED else None
    if last is None:
        return [
            _Carried(
                id=case.pathway.pk,
                kind=item.area.kind if item.area else InformationKind.COORDINATION,
                area=item.area,
                what=item.what,
                who="",
                service_id=UUID(item.service_id) if item.service_id else None,
            )
            for item in closing.goes_on(case)
        ]
    areas = {int(area.kind): area for area in HealthArea}
    carriers = access.visible_to(case.actor, rows.CarriesOn.objects.filter(closure=last)).order_by("recorded_at", "pk")
    return [
        _Carried(row.pk, InformationKind(row.kind), areas.get(row.kind), row.what, row.who, row.service_id)
        for row in carriers
    ]


def _found(step: rows.MappingStep) -> list[str]:
    told = (str(MappingConclusion(step.conclusion).label), step.findings)
    return [text for text in told if text.strip()]


def _mapped(step: rows.MappingStep, service: Service | None) -> str:
    if service is None:
        return _("Kartlagt %(on)s") % {"on": f"{step.on:%d.%m.%Y}"}
    return _("Kartlagt av %(who)s %(on)s") % {"who": service.name, "on": f"{step.on:%d.%m.%Y}"}


def _referred(row: rows.Referral, answer: rows.ReferralAnswer | None, to: Service) -> str:
    sent = _("Henvist til %(to)s %(on)s") % {"to": to.name, "on": f"{row.sent_on:%d.%m.%Y}"}
    if answer is None:
        return _("%(sent)s: ikke besvart ennå") % {"sent": sent}
    said = str(ReferralAnswerKind(answer.answer).label).lower()
    return _("%(sent)s: %(answer)s %(on)s") % {"sent": sent, "answer": said, "on": f"{answer.answered_on:%d.%m.%Y}"}


def _onward(item: _Carried, service: Service | None) -> Onward:
    named = [service.name] if service else []
    if item.who and item.who not in named:
        named.append(item.who)
    return Onward(item.what, ", ".join(named), service.phone if service else "")


def list_given(case: Case) -> tuple[Given, ...]:
    """The passports that were given out, the newest first; no more than twenty."""
    given = access.visible_to(
        case.actor, rows.Passport.objects.filter(pathway=case.pathway).select_related("related_person")
    ).order_by("-recorded_at")[:20]
    found = list(given)
    services = case.services(row.service_id for row in found)
    writers = case.writers(found)
    return tuple(
        Given(
            at=row.recorded_at,
            to=services.get(str(row.service_id)) or (row.related_person.name if row.related_person else _("Barnet")),
            by=writers.get(str(row.recorded_by_id), ""),
            left_out=row.left_out,
        )
        for row in found
    )
