"""Phase 5 as the owner sees it: what is still open before closing, and how an ended pathway ended."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from grunnmur import alphabet
from grunnmur.cases import access, consent
from grunnmur.cases.lifecycle import Facts
from grunnmur.cases.models import CarriesOn, Closure, OwnWords, Reactivation, TaskVersion
from grunnmur.cases.queries import letters, names, remarks
from grunnmur.cases.queries.case import HIDDEN, Case, get_case
from grunnmur.cases.queries.letters import SaidBeforeClosing
from grunnmur.cases.queries.remarks import Remarked
from grunnmur.cases.terms import (
    ChildParticipation,
    ConsentPurpose,
    HealthArea,
    MappingConclusion,
    MappingState,
    MeetingKind,
    ReferralAnswerKind,
)
from grunnmur.directory.models import Service
from grunnmur.directory.sessions import Actor
from grunnmur.log.models import Event


@dataclass(frozen=True, slots=True)
class OpenThing:
    """One thing that somebody must carry on with when the pathway closes."""

    id: str
    """The task, mapping or referral; empty for what is agreed and goes on anyway."""
    comes_from: str
    """The task, mapping or referral, also of what goes on anyway."""
    what: str
    """Names no service: it is kept when the pathway closes, for readers who may not know which."""
    now_with: str
    """Who has it today."""
    service_id: str
    area: HealthArea | None


@dataclass(frozen=True, slots=True)
class PendingMeeting:
    """A meeting that is called and not yet held."""

    meeting: MeetingKind
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class BeforeClosing:
    """What the owner must know and answer before it closes."""

    case: Case
    open_things: tuple[OpenThing, ...]
    goes_on: tuple[OpenThing, ...]
    """What is agreed and goes on by itself: granted care, and follow-up that a mapping led to."""
    pending: tuple[PendingMeeting, ...]
    said: tuple[SaidBeforeClosing, ...]
    """What the family has written to it."""
    services: tuple[tuple[str, str], ...]
    """Services that can carry on: those in the case, by id and name."""


def before_closing(actor: Actor, pathway_id: UUID) -> BeforeClosing:
    """Everything the closing form asks about. Raises NotVisible."""
    case = get_case(actor, pathway_id, page="close_pathway")
    facts = case.facts
    open_ids = set(facts.open_things())
    tasks = {
        str(version.task_id): version
        for version in access.visible_to(actor, TaskVersion.objects.filter(pathway=pathway_id))
        .select_related("related_person")
        .order_by("task", "-version")
        .distinct("task")
    }
    service_names = case.services(
        [
            *(item.service_id for item in case.participants),
            *(version.service_id for version in tasks.values()),
            *(item.service for item in facts.mappings),
            *(service for item in facts.referrals for service in (item.from_service, item.to_service)),
        ]
    )
    found = [
        *(
            OpenThing(
                id=key,
                comes_from=key,
                what=version.what,
                now_with=service_names.get(str(version.service_id), "")
                or (version.related_person.name if version.related_person else ""),
                service_id=str(version.service_id or ""),
                area=None,
            )
            for key, version in tasks.items()
            if key in open_ids
        ),
        *(
            OpenThing(
                id=item.id,
                comes_from=item.id,
                what=_("Kartlegging: %(area)s") % {"area": str(item.area.label).lower()},
                now_with=service_names.get(item.service or "", ""),
                service_id=item.service or "",
                area=item.area,
            )
            for item in facts.mappings
            if item.id in open_ids
        ),
        *(
            OpenThing(
                id=item.id,
                comes_from=item.id,
                what=_("Henvisning: %(area)s") % {"area": str(item.area.label).lower()},
                now_with=service_names.get(item.from_service if item.answer else item.to_service, ""),
                service_id=item.from_service if item.answer else item.to_service,
                area=item.area,
            )
            for item in facts.referrals
            if item.id in open_ids
        ),
    ]
    return BeforeClosing(
        case=case,
        open_things=tuple(found),
        goes_on=tuple(_goes_on(facts, service_names)),
        said=letters.before_closing(case) if case.is_owner else (),
        pending=tuple(PendingMeeting(item.meeting, item.starts_at) for item in facts.meetings if item.is_pending),
        services=tuple(sorted(service_names.items(), key=lambda pair: alphabet.order(pair[1]))),
    )


def goes_on(case: Case) -> tuple[OpenThing, ...]:
    """What is agreed and goes on by itself, as far as the actor is told of it."""
    facts = case.facts
    ids = [*(item.to_service for item in facts.referrals), *(item.service for item in facts.mappings)]
    return tuple(_goes_on(facts, case.services(ids)))


def rests_on(facts: Facts, thing: UUID | str) -> tuple[UUID, ...]:
    """The rows that tell of a task, mapping or referral that goes on: itself, and how it was concluded or answered."""
    said = {item.id: item.step for item in facts.mappings} | {item.id: item.answer_id for item in facts.referrals}
    return tuple(UUID(key) for key in (str(thing), said.get(str(thing))) if key)


FOLLOW_UP = frozenset({MappingConclusion.MUNICIPAL_FOLLOW_UP.value, MappingConclusion.DENTAL_FOLLOW_UP.value})


def _goes_on(facts: Facts, service_names: dict[str, str]) -> list[OpenThing]:
    """Health care that is agreed: it does not end with the pathway (S0, and Anna in S3)."""
    granted = [
        OpenThing(
            id="",
            comes_from=item.id,
            what=_("Avtalt hjelp: %(area)s") % {"area": str(item.area.label).lower()},
            now_with=service_names.get(item.to_service, ""),
            service_id=item.to_service,
            area=item.area,
        )
        for item in facts.referrals
        if item.answer is ReferralAnswerKind.RIGHT_GRANTED
    ]
    followed = [
        OpenThing(
            id="",
            comes_from=item.id,
            what=_("Oppfølging: %(area)s") % {"area": str(item.area.label).lower()},
            now_with=service_names.get(item.service, ""),
            service_id=item.service,
            area=item.area,
        )
        for item in facts.mappings
        if item.service and item.state is MappingState.CONCLUDED and item.conclusion in FOLLOW_UP
    ]
    return [*granted, *followed]


# --- what happened while somebody was typing -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Happened:
    """One act on the case, as it stands in the log."""

    at: datetime
    name: str
    data: dict[str, object]
    who: str


def since(case: Case, *, seen: int) -> tuple[Happened, ...]:
    """The acts that brought the case from the version somebody saw to the present one, newest first."""
    count = min(case.pathway.version - seen, 20)
    if count <= 0:
        return ()
    events = [
        event
        for event in Event.objects.filter(pathway_id=case.pathway.pk).order_by("-at", "-id")[:count]
        if event.kind & case.kinds
    ]
    who = names.people(event.person_id for event in events if not case.hides(event.author_service_id))
    return tuple(Happened(event.at, event.name, event.data, who.get(str(event.person_id), "")) for event in events)


# --- how it ended --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CarrierRow:
    """Who carries on with one thing, and how to reach them."""

    what: str
    who: str
    phone: str


@dataclass(frozen=True, slots=True)
class Ending:
    """One time the pathway was closed, and whether it was taken up again."""

    closed_on: date
    ground: str
    summary: str
    child_view: str
    participation: ChildParticipation | None
    closed_by: str
    carriers: tuple[CarrierRow, ...]
    reactivated_on: date | None
    reactivated_because: str
    remarked: Remarked


@dataclass(frozen=True, slots=True)
class Ended:
    """How a pathway ended, the newest time first."""

    case: Case
    endings: tuple[Ending, ...]


def get_ended(actor: Actor, pathway_id: UUID) -> Ended:
    """How the pathway ended, as far as the actor may see it. Raises NotVisible."""
    case = get_case(actor, pathway_id, page="closing")
    return Ended(case, list_endings(case))


def list_endings(case: Case) -> tuple[Ending, ...]:
    """Each time the pathway was closed, as far as the actor may see it, the newest first."""
    actor, pathway_id = case.actor, case.pathway.pk
    closures = list(access.visible_to(actor, Closure.objects.filter(pathway=pathway_id)).order_by("recorded_at"))
    again = list(access.visible_to(actor, Reactivation.objects.filter(pathway=pathway_id)).order_by("recorded_at"))
    carriers = list(access.visible_to(actor, CarriesOn.objects.filter(pathway=pathway_id)))
    services = {row.pk: row for row in Service.objects.filter(pk__in={row.service_id for row in carriers})}
    said = OwnWords.objects.filter(closure__in=[row.pk for row in closures])
    words = {row.closure_id: row.words or "" for row in access.visible_to(actor, said)} if closures else {}
    people = case.writers(closures)
    remarked = remarks.of_case(case)
    endings = []
    for closure in reversed(closures):
        taken_up = next((row for row in again if row.recorded_at > closure.recorded_at), None)
        endings.append(
            Ending(
                closed_on=closure.closed_on,
                ground=case.edition.closing_ground(closure.ground).label,
                summary=closure.summary,
                child_view=words.get(closure.pk, ""),
                participation=ChildParticipation(closure.participation) if closure.participation else None,
                closed_by=people.get(str(closure.recorded_by_id), ""),
                carriers=tuple(_carrier(case, row, services) for row in carriers if row.closure_id == closure.pk),
                reactivated_on=taken_up.reactivated_on if taken_up else None,
                reactivated_because=taken_up.reason if taken_up else "",
                remarked=remarked(closure),
            )
        )
    return tuple(endings)


def _carrier(case: Case, row: CarriesOn, services: dict[UUID, Service]) -> CarrierRow:
    if not case.tells_services or (row.service_id and case.hides(row.service_id)):
        is_mine = row.service_id == case.actor.service_id
        return CarrierRow(row.what, case.actor.service_name if is_mine else str(HIDDEN), "")
    service = services.get(row.service_id) if row.service_id else None
    named = [service.name] if service else []
    if row.who and row.who not in named:
        named.append(row.who)
    return CarrierRow(row.what, ", ".join(named), service.phone if service else "")


def sees_again(case: Case) -> tuple[str, ...]:
    """The services that see the case again the moment it is taken up, for their consent still holds."""
    ids = {
        item.recipient
        for item in case.facts.consents
        if item.purpose is ConsentPurpose.CONTACT_HEALTH
        and consent.check(fact=item, situation=case.facts.situation, on=case.today).valid
    }
    return tuple(sorted(case.services(ids).values(), key=alphabet.order))
