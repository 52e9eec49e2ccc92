"""Who sees a child: what is decided for each in the family, what that opens now, and every explicit no that holds."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from grunnmur import alphabet, clock
from grunnmur.cases import access, family
from grunnmur.cases.family import NEVER_RELEASED
from grunnmur.cases.models import FamilyDecision, Participation, ProtectionDecision, Release, Restriction
from grunnmur.cases.models.base import FOREVER
from grunnmur.cases.queries import held, own_right
from grunnmur.cases.queries.case import HIDDEN
from grunnmur.cases.queries.child import ChildHead, PersonAround, get_child, list_people
from grunnmur.cases.queries.colleagues import Colleague, colleagues_in, may_give
from grunnmur.cases.terms import FamilyAccess, InformationKind, ParticipationBasis, RestrictionCause
from grunnmur.directory.kinds import ServiceKind
from grunnmur.directory.models import Service
from grunnmur.directory.sessions import Actor


@dataclass(frozen=True, slots=True)
class Relative:
    """The child itself or one around it, and what that person may see."""

    identity: UUID
    name: str
    relation: str
    """Empty for the child itself."""
    access: FamilyAccess
    kinds: InformationKind
    """What the person sees of every row now, by the access rule itself."""
    released: "tuple[Given, ...]"
    """The single rows that the person has been given."""
    reason: str
    decided_at: datetime | None
    review_on: date | None


@dataclass(frozen=True, slots=True)
class Given:
    """One row that somebody has been given, until it is taken back."""

    id: UUID
    item: UUID
    to: UUID
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True)
class No:
    """One explicit no that holds now."""

    id: UUID
    about: UUID | None
    """The one person that it is about; None for a service."""
    who: str
    cause: RestrictionCause
    kinds: InformationKind
    item: UUID | None
    """The one row that it is about; None for every row of its kinds."""
    reason: str
    decided_by: str
    since: datetime
    review_on: date


@dataclass(frozen=True, slots=True)
class SightPage:
    """Everything on the page."""

    head: ChildHead
    relatives: tuple[Relative, ...]
    refusals: tuple[No, ...]
    readers: tuple[str, ...]
    """Who may read where the child is, when its address is protected; none when they have all left."""
    may_appoint: bool
    """Whether the one who asks says who they are."""
    protection: "Protection | None"
    """Until when it is, for those who read it and the leader."""


@dataclass(frozen=True, slots=True)
class Protection:
    """Until when an address was decided to be protected. It is so until somebody lowers it."""

    id: UUID
    decided_on: date | None
    """None until somebody has written it."""
    until: date
    """The last day; the day it was protected here while no day is written."""


def sight_page(actor: Actor, child_id: UUID) -> SightPage:
    """The page of the owner, and one row in the log. Raises NotVisible, Refused."""
    head = get_child(actor, child_id, page="sight", act="sight.decide_access")
    people = list_people(head)
    decisions = {
        row.identity: row for row in FamilyDecision.objects.filter(child=head.child).order_by("number")
    }  # the last of each stands
    sees: dict[UUID, InformationKind] = {}
    for row in Participation.objects.filter(
        child=head.child, basis=ParticipationBasis.PARTY, item=None, starts_at__lte=access.NOW, ends_at__gt=access.NOW
    ):
        if row.only_for:
            sees[row.only_for] = sees.get(row.only_for, InformationKind(0)) | InformationKind(row.kinds)
    released: dict[UUID, list[Given]] = {}
    for given in list_given(head):
        released.setdefault(given.to, []).append(given)
    names = {person.identity: person.name for person in people} | {head.child.pk: head.child.name}
    return SightPage(
        head=head,
        relatives=tuple(
            _relative(identity, name, relation, decisions.get(identity), sees, released)
            for identity, name, relation in _family(head, people)
        ),
        refusals=_refusals(head, names),
        readers=tuple(one.name for one in list_colleagues(head) if one.id in list_readers(head)),
        may_appoint=may_give(head.child, actor.person_id, at=clock.now()),
        protection=get_protection(head),
    )


def get_protection(head: ChildHead) -> Protection | None:
    """Until when the address is decided to be protected; None when it is not, and for those who are not told."""
    row = ProtectionDecision.objects.filter(child=head.child, ends_at=FOREVER).first()
    return Protection(row.pk, row.decided_on, row.until) if row else None


def list_given(head: ChildHead) -> tuple[Given, ...]:
    """Every single row that somebody has been given and that is not taken back."""
    rows = Release.objects.filter(child=head.child, ends_at__gt=access.NOW).order_by("starts_at")
    return tuple(Given(row.pk, row.item, row.identity, row.reason, row.starts_at) for row in rows)


@dataclass(frozen=True, slots=True)
class Beside:
    """One in the family beside one row: whether they see it, and what would change that."""

    identity: UUID
    name: str
    relation: str
    """Empty for the child itself."""
    sees: bool
    would_see: bool
    """Whether they would, had the row been released to them."""
    given: Given | None
    no: No | None
    """The explicit no about just this row."""


@dataclass(frozen=True, slots=True)
class RowSight:
    """One row, and who in the family sees it."""

    head: ChildHead
    item: UUID
    kind: InformationKind
    purpose: str
    said: tuple[tuple[str, str], ...]
    family: tuple[Beside, ...]

    @property
    def can_be_released(self) -> bool:
        return not self.kind & NEVER_RELEASED

    @property
    def is_own_words(self) -> bool:
        return self.kind is InformationKind.OWN_WORDS

    def who(self, identity: UUID) -> Beside:
        """One in the family. Raises NotVisible when there is no such person."""
        found = next((one for one in self.family if one.identity == identity), None)
        if found is None:
            raise access.NotVisible
        return found


def row_sight(head: ChildHead, item_id: UUID) -> RowSight:
    """One row about the child with who in the family sees it now.

    All of the row is shown, so with a protected address it is for the appointed readers. Raises NotVisible when the
    actor sees no such row, and Refused.
    """
    found = held.get_item(head.actor, head.child, item_id)
    if found is None:
        raise access.NotVisible
    access.check_reader(head.actor, head.child)
    purpose, item = found
    kind = InformationKind(item.kind)
    given = {one.to: one for one in list_given(head) if one.item == item_id}
    people = list_people(head)
    names = {person.identity: person.name for person in people} | {head.child.pk: head.child.name}
    noes = {one.about: one for one in _refusals(head, dict(names)) if one.item == item_id and one.about}

    def beside(identity: UUID, name: str, relation: str) -> Beside:
        right = own_right.of(head.child, identity)
        released = family.Released(item_id, identity, item_id, kind, right.at, FOREVER)
        sights = own_right.sights_of_family(head.child, more=[released])
        hers = tuple(one.sight for one in sights if one.sight.only_for == identity)
        return Beside(
            identity=identity,
            name=name,
            relation=relation,
            sees=right.sees(item_id, kind),
            would_see=replace(right, sights=hers).sees(item_id, kind),
            given=given.get(identity),
            no=noes.get(identity),
        )

    return RowSight(
        head=head,
        item=item_id,
        kind=kind,
        purpose=purpose,
        said=item.said,
        family=tuple(beside(*one) for one in _family(head, people)),
    )


def get_given(head: ChildHead, release_id: UUID) -> Given:
    """One row that somebody has been given. Raises NotVisible when it is taken back, or never was."""
    found = next((one for one in list_given(head) if one.id == release_id), None)
    if found is None:
        raise access.NotVisible
    return found


def list_readers(head: ChildHead) -> frozenset[UUID]:
    """Who is appointed now to read where the child is."""
    rows = Participation.objects.filter(
        child=head.child, basis=ParticipationBasis.APPOINTED, starts_at__lte=access.NOW, ends_at__gt=access.NOW
    )
    return frozenset(one for one in rows.values_list("only_for", flat=True) if one)


def list_family(head: ChildHead) -> tuple[tuple[UUID, str, str], ...]:
    """The child itself and those around it: identity, name, and what they are to the child; empty for itself."""
    return _family(head, list_people(head))


def _family(head: ChildHead, people: tuple[PersonAround, ...]) -> tuple[tuple[UUID, str, str], ...]:
    return ((head.child.pk, head.child.name, ""), *_around(people))


def _around(people: tuple[PersonAround, ...]) -> list[tuple[UUID, str, str]]:
    return [(person.identity, person.name, str(person.relation.label)) for person in people]


def _relative(
    identity: UUID,
    name: str,
    relation: str,
    decision: FamilyDecision | None,
    sees: dict[UUID, InformationKind],
    released: dict[UUID, list[Given]],
) -> Relative:
    return Relative(
        identity=identity,
        name=name,
        relation=relation,
        access=FamilyAccess(decision.access) if decision else FamilyAccess.UNKNOWN,
        kinds=sees.get(identity, InformationKind(0)),
        released=tuple(released.get(identity, ())),
        reason=decision.reason if decision else "",
        decided_at=decision.decided_at if decision else None,
        review_on=decision.review_on if decision else None,
    )


def _refusals(head: ChildHead, names: dict[UUID, str], *, ended: UUID | None = None) -> tuple[No, ...]:
    holds = Q(starts_at__lte=access.NOW, ends_at__gt=access.NOW)
    rows = list(
        Restriction.objects.filter(holds | Q(pk=ended), child=head.child)
        .select_related("decided_by")
        .order_by("review_on", "pk")
    )
    services = {
        service.pk: service.name if head.tells_service(service.service_kind) else str(HIDDEN)
        for service in Service.objects.filter(pk__in=[row.service_id for row in rows])
    }
    names |= {one.id: one.name for one in list_colleagues(head)}
    return tuple(
        No(
            id=row.pk,
            about=row.only_for,
            who=services.get(row.service_id, "") if row.service_id else names.get(row.only_for or row.pk, ""),
            cause=RestrictionCause(row.cause),
            kinds=InformationKind(row.kinds),
            item=row.item,
            reason=row.reason,
            decided_by=row.decided_by.name,
            since=row.starts_at,
            review_on=row.review_on,
        )
        for row in rows
    )


def get_refusal(head: ChildHead, restriction_id: UUID, *, or_ended: bool = False) -> No:
    """One explicit no that holds now, or that has. Raises NotVisible when there is none."""
    names = {person.identity: person.name for person in list_people(head)} | {head.child.pk: head.child.name}
    noes = _refusals(head, names, ended=restriction_id if or_ended else None)
    found = next((one for one in noes if one.id == restriction_id), None)
    if found is None:
        raise access.NotVisible
    return found


def list_colleagues(head: ChildHead) -> tuple[Colleague, ...]:
    """Those in the actor's service who could see the child."""
    return colleagues_in(head.actor.service_id, on=head.today)


def list_services(head: ChildHead) -> tuple[tuple[UUID, str], ...]:
    """The services that see something of the child now, but the owner."""
    rows = (
        Participation.objects.filter(child=head.child, service__isnull=False, ends_at__gt=access.NOW)
        .exclude(service=head.child.author_service_id)
        .values_list("service", "service__name", "service__kind")
        .distinct()
    )
    told = [(key, name if head.tells_service(ServiceKind(kind)) else str(HIDDEN)) for key, name, kind in rows]
    return tuple(sorted(told, key=lambda row: alphabet.order(row[1])))


def get_relative(head: ChildHead, identity: UUID) -> tuple[str, FamilyAccess, int]:
    """The name of one in the family, what is decided now, and the number of that decision (0: none is made).

    Raises NotVisible when there is no such person.
    """
    names = {person.identity: person.name for person in list_people(head)} | {head.child.pk: head.child.name}
    if identity not in names:
        raise access.NotVisible
    newest = FamilyDecision.objects.filter(child=head.child, identity=identity).order_by("-number").first()
    if newest is None:
        return names[identity], FamilyAccess.UNKNOWN, 0
    return names[identity], FamilyAccess(newest.access), newest.number
