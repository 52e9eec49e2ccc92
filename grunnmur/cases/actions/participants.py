"""Opening, shortening and ending sight: the only writer of `Participation`. The act that changed the ground calls.

Links and offers that rest on the same ground end with it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import reduce
from operator import or_
from uuid import UUID

from django.db import connection
from django.db.models import F, Max

from grunnmur import clock
from grunnmur.cases import access, consent, deadlines, facts, lifecycle, sharing, target_group
from grunnmur.cases.access_rules import access_rules
from grunnmur.cases.consent import ConsentFact
from grunnmur.cases.definition import definitions
from grunnmur.cases.door import NO_DATE, Act, CaseAct
from grunnmur.cases.family import FamilySight
from grunnmur.cases.lifecycle import Facts
from grunnmur.cases.models import (
    Assessment,
    Child,
    ChildWelfareStatus,
    Move,
    Participation,
    Pathway,
    Placement,
)
from grunnmur.cases.models.base import FOREVER
from grunnmur.cases.models.participation import LINKS
from grunnmur.cases.queries import own_right
from grunnmur.cases.queries.colleagues import readers
from grunnmur.cases.terms import (
    ALL_KINDS,
    SHARED_BASE,
    AddressProtection,
    ChildWelfarePosition,
    InformationKind,
    ParticipationBasis,
)
from grunnmur.directory.kinds import ServiceKind


@dataclass(frozen=True, slots=True)
class Sight:
    """One period in which one service sees some kinds of one case, and why."""

    service: UUID
    basis: ParticipationBasis
    ground: UUID | None
    kinds: int
    starts_at: datetime
    ends_at: datetime


def sights(case: Facts) -> tuple[Sight, ...]:
    """Who sees the case when: the owner always; others as far as consent carries, and only while it is open.

    Pure, and the whole answer: `follow_consent` makes the table say exactly this.
    """
    found = []
    for opening in consent.openings(facts=case.consents, situation=case.situation):
        for opened_at, closed_at in case.spells:
            starts_at = max(opening.starts_at, opened_at)
            ends_at = min(opening.ends_at, closed_at or FOREVER)
            if starts_at < ends_at:
                found.append(
                    Sight(
                        UUID(opening.recipient),
                        ParticipationBasis.CONSENT,
                        UUID(opening.consent),
                        int(opening.kinds | SHARED_BASE),
                        starts_at,
                        ends_at,
                    )
                )
    return tuple(found)


def closing(case: Facts, fact: ConsentFact, *, service: UUID, at: datetime) -> tuple[InformationKind, InformationKind]:
    """What a service saw on a consent at an instant and does not see without it, and what it sees all the same.

    Pure.
    """
    others = tuple(one for one in case.consents if one.id != fact.id)
    stood = replace(case, consents=(*others, replace(fact, withdrawn_at=None)))
    without = replace(case, consents=others)
    return lost(stood, without, service=service, at=at), _seen_by(service, sights(without), at=at)


def lost(before: Facts, after: Facts, *, service: UUID, at: datetime) -> InformationKind:
    """What a service saw at an instant as the case stood, and does not see as it stands after. Pure."""
    return _seen_by(service, sights(before), at=at) & ~_seen_by(service, sights(after), at=at)


def _seen_by(service: UUID, found: Iterable[Sight], *, at: datetime) -> InformationKind:
    kinds = InformationKind(0)
    for one in found:
        if one.service == service and one.starts_at <= at < one.ends_at:
            kinds |= InformationKind(one.kinds)
    return kinds


def open_for_owner(act: Act, child: Child, pathway: Pathway | None) -> None:
    """The owner sees everything of its own child, from now on."""
    Participation.objects.create(
        child=child,
        owner_service_id=child.author_service_id,
        pathway=pathway,
        service_id=child.author_service_id,
        basis=ParticipationBasis.OWNER,
        kinds=int(_owners_kinds(child)),
        starts_at=act.at,
        ends_at=FOREVER,
        contact_person_id=pathway.contact_person_id if pathway else None,
        next_due=NO_DATE,
        moved_on=act.today,
    )


def _owners_kinds(child: Child) -> InformationKind:
    """Everything; but where a child with a protected address is, only the appointed readers see."""
    is_protected = child.address_protection != AddressProtection.NONE
    return ALL_KINDS & ~InformationKind.PROTECTED_ADDRESS if is_protected else ALL_KINDS


def follow_protection(act: Act) -> None:
    """The child's address was protected, or is so no more: who sees where it is, from now on.

    The first readers are whoever wrote it in and the contact persons; `appoint` changes them.
    """
    child = act.child
    owners = Participation.objects.filter(child=child, basis=ParticipationBasis.OWNER)
    if child.address_protection == AddressProtection.NONE:
        appoint(act, frozenset())
    else:
        with connection.cursor() as cursor:
            cursor.execute("select sec.shield(%s)", [child.pk])
        if not readers(child, at=act.at):
            case = access.find_open_pathway(child)
            appoint(act, frozenset({act.actor.person_id, *([case.contact_person_id] if case else [])}))
    owners.update(kinds=int(_owners_kinds(child)))


def appoint(act: Act, people: frozenset[UUID]) -> None:
    """Let these in the owner's service, and nobody else, read where the child is."""
    rows = Participation.objects.filter(
        child=act.child, basis=ParticipationBasis.APPOINTED, starts_at__lte=act.at, ends_at__gt=act.at
    )
    rows.exclude(only_for__in=people).update(ends_at=act.at)
    Participation.objects.bulk_create(
        Participation(
            child=act.child,
            owner_service_id=act.child.author_service_id,
            service_id=act.child.author_service_id,
            only_for=person,
            basis=ParticipationBasis.APPOINTED,
            kinds=int(InformationKind.PROTECTED_ADDRESS),
            starts_at=act.at,
            next_due=NO_DATE,
            moved_on=act.today,
        )
        for person in sorted(people - readers(act.child, at=act.at))
    )


def follow_consent(act: Act, case: Pathway) -> None:
    """Make the table agree with the consents, the child's situation and the case's open periods, as of now."""
    found = facts.load(case.pk)
    wanted: dict[tuple[UUID | None, UUID | None, datetime], Sight] = {
        (sight.service, sight.ground, sight.starts_at): sight for sight in sights(found)
    }
    rows = Participation.objects.filter(pathway=case, basis=ParticipationBasis.CONSENT)
    for row in rows:
        sight = wanted.pop((row.service_id, row.ground, row.starts_at), None)
        ends_at = sight.ends_at if sight else max(row.starts_at, min(row.ends_at, act.at))
        if ends_at != row.ends_at:
            row.ends_at = ends_at
            row.save(update_fields=["ends_at"])
    fresh = [_row(act, case, sight) for sight in wanted.values() if sight.ends_at > act.at]
    if fresh:
        Participation.objects.bulk_create(fresh)
        remember_name(act.child)
    _end_links(act, case)
    _end_passports(act, case, found)
    _follow_moves(act, case, found)


def open_link(
    act: Act,
    case: Pathway,
    *,
    link_id: UUID,
    service: UUID,
    kind: InformationKind,
    rows: Collection[UUID],
    ends_at: datetime,
) -> bool:
    """Whoever answers by a link sees the child's own row, the case's, and of the kind that is asked about these rows,
    with what its service answers; never longer than the consent that lets the service see it. False when no consent
    does.
    """
    carried = (
        Participation.objects.filter(
            pathway=case, service=service, basis=ParticipationBasis.CONSENT, starts_at__lte=act.at, ends_at__gt=act.at
        )
        .annotate(has=F("kinds").bitand(int(kind)))
        .filter(has__gt=0)
        .order_by("-ends_at")
        .first()
    )
    if carried is None:
        return False
    seen = [(InformationKind.CONTACT, act.child.pk), (InformationKind.COORDINATION, case.pk)]
    Participation.objects.bulk_create(
        Participation(
            child=act.child,
            owner_service_id=case.author_service_id,
            pathway=case,
            only_for=link_id,
            item=item,
            basis=ParticipationBasis.ASKED,
            ground=carried.ground,
            kinds=int(kinds),
            starts_at=act.at,
            ends_at=min(ends_at, carried.ends_at),
            next_due=NO_DATE,
            moved_on=act.today,
        )
        for kinds, item in [*((kind, item) for item in rows), *seen]
    )
    return True


def open_passport(
    act: CaseAct, case: Pathway, *, link_id: UUID, passport_id: UUID, service: UUID, ends_at: datetime
) -> InformationKind:
    """Whoever comes in by the link sees the one passport, as far as each consent to the service carries it, and never
    longer. Gives the kinds that they carry together.

    Closing ends the sight of consents (`sights`) and not the consents: this is a ground of its own, for one thing.
    """
    found = sharing.carried(act.before, service=str(service), on=act.today)
    Participation.objects.bulk_create(
        Participation(
            child=act.child,
            owner_service_id=case.author_service_id,
            pathway=case,
            only_for=link_id,
            item=passport_id,
            basis=ParticipationBasis.HANDED_ON,
            ground=UUID(one.consent),
            kinds=int(one.kinds & access_rules().carries[ParticipationBasis.HANDED_ON]),
            starts_at=act.at,
            ends_at=min(ends_at, _midnight(one.until_on)),
            next_due=NO_DATE,
            moved_on=act.today,
        )
        for one in found
    )
    return reduce(or_, (one.kinds for one in found), InformationKind(0))


def passports_last(case: Facts, *, on: date) -> dict[UUID, datetime]:
    """Until when each consent carries a passport that was sent on it, as they stand on a day. Pure."""
    return {UUID(one.consent): _midnight(one.until_on) for one in sharing.carried(case, service=None, on=on)}


def _end_passports(act: Act, case: Pathway, found: Facts) -> None:
    """A passport that was sent as a link is read no longer than the consent that it was sent on, nor when the child's
    address is protected; and one that is over is not brought to life again by a new consent.
    """
    is_protected = act.child.address_protection != AddressProtection.NONE
    last = {} if is_protected else passports_last(found, on=act.today)
    for row in Participation.objects.filter(pathway=case, basis=ParticipationBasis.HANDED_ON, ends_at__gt=act.at):
        until = last.get(row.ground, act.at) if row.ground else act.at
        if until < row.ends_at:
            row.ends_at = max(until, row.starts_at)
            row.save(update_fields=["ends_at"])


def end_link(act: Act, case: Pathway, link_id: UUID) -> None:
    """The link shows nothing from now on."""
    Participation.objects.filter(pathway=case, basis__in=LINKS, only_for=link_id, ends_at__gt=act.at).update(
        ends_at=act.at
    )


def _end_links(act: Act, case: Pathway) -> None:
    """What is seen by a link ends with the consent that it was sent on."""
    for row in Participation.objects.filter(pathway=case, basis=ParticipationBasis.ASKED, ends_at__gt=act.at):
        consented = Participation.objects.filter(pathway=case, basis=ParticipationBasis.CONSENT, ground=row.ground)
        until = consented.filter(starts_at__lte=act.at).aggregate(until=Max("ends_at"))["until"] or act.at
        if until < row.ends_at:
            row.ends_at = max(until, row.starts_at)
            row.save(update_fields=["ends_at"])


def _follow_moves(act: Act, case: Pathway, found: Facts) -> None:
    """An offer of the case lasts as long as the consent that it rests on, and is taken back with it, or when the
    address is protected. One that is over is not brought to life again by a new consent.
    """
    forget_what_is_over()
    is_protected = act.child.address_protection != AddressProtection.NONE
    last = {} if is_protected else offers_last(found, on=act.today)
    for move in Move.objects.filter(pathway=case, answered_at=None, withdrawn_at=None, expires_at__gt=act.at):
        if move.to_service_id in last:
            Move.objects.filter(pk=move.pk).update(expires_at=last[move.to_service_id])
        else:
            _take_back(act, move)


def offers_last(case: Facts, *, on: date) -> dict[UUID, datetime]:
    """Until when consents let the case be offered each service, as they stand on a day. Pure, and the whole answer."""
    found = {item.recipient: sharing.hand_over_until(case, service=item.recipient, on=on) for item in case.consents}
    return {UUID(to): _midnight(until) for to, until in found.items() if until}


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), clock.OSLO)


def forget_what_is_over() -> None:
    """What would have gone along with an offer, and what a passport said that was sent as a link, is not kept when the
    offer or the link is over: everybody's, for none is at it.
    """
    with connection.cursor() as cursor:
        cursor.execute("select sec.end_old_offers(), sec.forget_passports()")


def take_back_moves(act: Act, service: UUID) -> None:
    """A service is told less of the child from now on, so what waits for it is not given."""
    waiting = Move.objects.filter(pathway__child=act.child, to_service=service, answered_at=None, withdrawn_at=None)
    for move in waiting.filter(expires_at__gt=act.at):
        _take_back(act, move)


def _take_back(act: Act, move: Move) -> None:
    Move.objects.filter(pk=move.pk).update(withdrawn_at=act.at, packet=None)
    act.record_also("move.withdrawn", kind=InformationKind.CHILD_WELFARE, subject=move.pk, pathway_id=move.pathway_id)


def _row(act: Act, case: Pathway, sight: Sight) -> Participation:
    return Participation(
        child=act.child,
        owner_service_id=case.author_service_id,
        pathway=case,
        service_id=sight.service,
        basis=sight.basis,
        ground=sight.ground,
        kinds=sight.kinds,
        starts_at=sight.starts_at,
        ends_at=sight.ends_at,
        contact_person_id=case.contact_person_id,
        next_due=NO_DATE,
        moved_on=act.today,
    )


def follow_placements(act: Act, placements: Iterable[Placement]) -> None:
    """The home where the child lives sees who the child is and what it is told, and nothing of any pathway.

    F-foster §§ 13–15 and F-rett § 2: foster parents and institutions follow up the child's need for health
    services, and keep the service informed.
    """
    kinds = int(InformationKind.CONTACT | InformationKind.COORDINATION)
    homes = {
        placement.pk: (placement, placement.service)
        for placement in placements
        if placement.service and placement.service.service_kind in (ServiceKind.INSTITUTION, ServiceKind.FOSTER_HOME)
    }
    for row in Participation.objects.filter(child=act.child, pathway=None, basis=ParticipationBasis.STATUTORY):
        home = homes.pop(row.ground, None) if row.ground else None
        ends_at = _end_of(home[0]) if home else min(row.ends_at, act.at)
        if ends_at != row.ends_at:
            row.ends_at = max(row.starts_at, ends_at)
            row.save(update_fields=["ends_at"])
    Participation.objects.bulk_create(
        Participation(
            child=act.child,
            owner_service_id=act.child.author_service_id,
            pathway=None,
            service=service,
            basis=ParticipationBasis.STATUTORY,
            ground=home.pk,
            kinds=kinds,
            starts_at=max(act.at, datetime.combine(home.from_on, time(), clock.OSLO)),
            ends_at=_end_of(home),
            next_due=NO_DATE,
            moved_on=act.today,
        )
        for home, service in homes.values()
        if _end_of(home) > act.at
    )


def follow_family(act: Act) -> None:
    """Make the table say what was decided and released for the child itself and those around it, as of now."""
    child = act.child
    found = own_right.sights_of_family(child)
    pathways = [None, *access.all_pathways(child)]
    wanted: dict[tuple[object, ...], tuple[Pathway | None, FamilySight]] = {
        (pathway.pk if pathway else None, one.sight.only_for, one.ground, one.sight.starts_at, one.sight.item): (
            pathway,
            one,
        )
        for pathway in pathways
        for one in found
    }
    for row in Participation.objects.filter(child=child, basis=ParticipationBasis.PARTY):
        kept = wanted.pop((row.pathway_id, row.only_for, row.ground, row.starts_at, row.item), None)
        ends_at = kept[1].sight.ends_at if kept else max(row.starts_at, min(row.ends_at, act.at))
        if ends_at != row.ends_at:
            row.ends_at = ends_at
            row.save(update_fields=["ends_at"])
    Participation.objects.bulk_create(
        Participation(
            child=child,
            owner_service_id=child.author_service_id,
            pathway=pathway,
            only_for=one.sight.only_for,
            item=one.sight.item,
            basis=one.sight.basis,
            ground=one.ground,
            kinds=int(one.sight.kinds),
            starts_at=one.sight.starts_at,
            ends_at=one.sight.ends_at,
            next_due=NO_DATE,
            moved_on=act.today,
        )
        for pathway, one in wanted.values()
        if one.sight.ends_at > act.at
    )


def _end_of(placement: Placement) -> datetime:
    return datetime.combine(placement.until_on, time(), clock.OSLO) if placement.until_on else FOREVER


def remember_name(child: Child) -> None:
    """Let those who see the child find it by a word of its name. Run when a name, or who sees it, changes."""
    keys = sorted({word.upper() for word in child.name.replace("-", " ").split()})
    with connection.cursor() as cursor:
        cursor.execute("select sec.name_child(%s, %s)", [child.pk, keys])


def follow_assessment(child: Child, *, on: date) -> None:
    """Put the child in or out of the list of children in the target group who are not yet assessed (A1).

    Run by every act that changes the child's position, opens a pathway, or decides.
    """
    since: date | None = None
    for position, from_on in (
        ChildWelfareStatus.objects.filter(child=child).order_by("from_on", "number").values_list("position", "from_on")
    ):
        if not target_group.is_in_target_group(ChildWelfarePosition(position), on=on):
            since = None
        elif since is None:
            since = from_on
    decided_on = (
        Assessment.objects.filter(pathway__child=child).order_by("-decided_on").values_list("decided_on", flat=True)
    ).first()
    waits = lifecycle.needs_assessment(
        in_target_group_since=since,
        decided_on=decided_on,
        has_open_pathway=access.find_open_pathway(child) is not None,
    )
    deadline = definitions().deadline("assess_criteria")
    Participation.objects.filter(child=child, pathway=None, basis=ParticipationBasis.OWNER).update(
        whose=Participation.Whose.OURS if waits else Participation.Whose.NOBODY,
        next_due=deadlines.due(amount=deadline.amount, unit=deadline.unit, counted_from=since)
        if since and waits
        else NO_DATE,
        moved_on=on,
    )
