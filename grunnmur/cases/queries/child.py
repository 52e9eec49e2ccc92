"""The child itself as one actor may see it: who it is, where it lives, who is around it, what child welfare knows.

Whoever takes part sees who the child is; every other row is seen by its own kind. Who reported a concern is shown to
the owner only, and where a child with a protected address lives to nobody else.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from grunnmur import alphabet, clock
from grunnmur.cases import access, age, deadlines, national_codes, target_group
from grunnmur.cases.definition import definitions
from grunnmur.cases.door import NO_DATE
from grunnmur.cases.models import (
    Child,
    ChildWelfareStatus,
    Initiative,
    Investigation,
    Measure,
    NoteOfConcern,
    Participation,
    Pathway,
    Placement,
    Received,
    RelatedPerson,
    Reporter,
)
from grunnmur.cases.queries import looking
from grunnmur.cases.terms import (
    AddressProtection,
    CareBasis,
    ChildWelfarePosition,
    InformationKind,
    InitiativeAnswer,
    InitiativeWish,
    ParticipationBasis,
    PathwayStatus,
    RelationKind,
)
from grunnmur.directory.kinds import ServiceKind
from grunnmur.directory.models import Service
from grunnmur.directory.sessions import Actor
from grunnmur.log.models import Event

PAGE = 50
"""Rows of any one list; no list is ever longer."""
CHANGES_THE_CHILD = ("child.edited", "file.read")


@dataclass(frozen=True, slots=True)
class ChildHead:
    """What every page about the child itself starts from."""

    child: Child
    actor: Actor
    today: date
    grounds: frozenset[str]
    """Those on which the actor sees something of the child."""

    @property
    def is_owner(self) -> bool:
        return access.owns(self.actor, self.child)

    @property
    def tells_where(self) -> bool:
        """Whether the actor may know where the child is: with a protected address its appointed readers only."""
        return self.protection is AddressProtection.NONE or ParticipationBasis.APPOINTED in self.grounds

    def tells_service(self, kind: ServiceKind) -> bool:
        """Whether the actor may know the name of a service of this kind around the child (as `Case.hides`)."""
        is_strict = self.protection is AddressProtection.STRICTLY_CONFIDENTIAL
        return self.tells_where or not (is_strict or kind.can_initiate)

    @property
    def age(self) -> int:
        return age.age_on(born_on=self.child.born_on, on=self.today)

    @property
    def protection(self) -> AddressProtection:
        return AddressProtection(self.child.address_protection)

    def may(self, act: str) -> bool:
        """Whether the actor may do this act on the child."""
        try:
            access.check_child(self.actor, self.child, act)
        except access.Refused:
            return False
        return True


def get_child(
    actor: Actor, child_id: UUID, *, page: str, act: str = "", tells: InformationKind = InformationKind(0)
) -> ChildHead:
    """The head of the child's pages, and one row in the log for the look.

    `act` is what the page is for, and `tells` the kinds that it shows beside those of the child itself. Raises
    NotVisible, and Refused when the actor may not do that.
    """
    child, grounds = access.get_child_with_grounds(actor, child_id)
    if act:
        access.check_child(actor, child, act)
    looking.log(actor, page, children=[child.pk], kinds=_kinds(actor, child) | tells, grounds=grounds)
    return ChildHead(child=child, actor=actor, today=clock.today(), grounds=frozenset(grounds))


def _kinds(actor: Actor, child: Child) -> InformationKind:
    """What the child's pages can tell: to the owner also what child welfare knows of the child itself."""
    return InformationKind.CONTACT | (InformationKind.CHILD_WELFARE if access.owns(actor, child) else 0)


def version(child_id: UUID) -> int:
    """Which version of what is known of the child itself this is, from 1: an edit says which one it saw."""
    return 1 + Event.objects.filter(child_id=child_id, name__in=CHANGES_THE_CHILD).count()


# --- the child's own page --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """A position in child welfare, from a day until the next began."""

    position: ChildWelfarePosition
    from_on: date
    is_from_file: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where the child lived in a period, and on what ground; `where` is empty at home."""

    basis: CareBasis
    where: str
    kind: ServiceKind | None
    phone: str
    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True)
class PersonAround:
    """Someone around the child, as the newest row says it."""

    row_id: UUID
    identity: UUID
    name: str
    relation: RelationKind
    phone: str
    language: str
    needs_interpreter: bool
    has_parental_responsibility: bool
    has_daily_care: bool
    contact_limits: str
    basis: str
    from_on: date
    until_on: date | None

    def is_now(self, on: date) -> bool:
        return self.from_on <= on and (self.until_on is None or on < self.until_on)


@dataclass(frozen=True, slots=True)
class Note:
    """A note of concern from the national file, in words. `reporters` is empty for whoever may not know."""

    received_on: date
    reporters: tuple[str, ...]
    contents: tuple[str, ...]
    conclusion: str
    concluded_on: date | None


@dataclass(frozen=True, slots=True)
class Inquiry:
    """An investigation from the national file, in words."""

    opened_on: date
    conclusion: str
    concluded_on: date | None


@dataclass(frozen=True, slots=True)
class Help:
    """A measure from the national file, in words."""

    category: str
    law: str
    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True)
class PointedTo:
    """A start criterion that the data point to, and why. Never a decision."""

    label: str
    because: str


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the pathway that the actor may see."""

    pathway_id: UUID
    status: PathwayStatus
    opened_on: date
    edition: str
    contact_person: str


@dataclass(frozen=True, slots=True)
class InitiativeRow:
    """One initiative and what became of it."""

    id: UUID
    child_id: UUID
    from_service: str
    from_phone: str
    wish: InitiativeWish
    reason: str
    sent_on: date
    due_on: date
    """The municipality's own deadline for an answer (`answer_initiative`); no source sets one."""
    is_late: bool
    answer: InitiativeAnswer | None
    answer_reason: str
    answered_on: date | None


@dataclass(frozen=True, slots=True)
class ChildPage:
    """Everything on the child's own page, as the actor may see it."""

    head: ChildHead
    owner_name: str
    owner_phone: str
    standings: tuple[Standing, ...]
    waits: bool
    """Whether the child is in the target group and nobody has assessed it (A1)."""
    assess_by: date | None
    places: tuple[Place, ...]
    people: tuple[PersonAround, ...]
    notes: tuple[Note, ...]
    inquiries: tuple[Inquiry, ...]
    measures: tuple[Help, ...]
    pointed_to: tuple[PointedTo, ...]
    runs: tuple[Run, ...]
    initiatives: tuple[InitiativeRow, ...]
    came_along: bool
    """Whether something came along from another service, that the actor can read."""

    @property
    def position(self) -> ChildWelfarePosition:
        return self.standings[0].position if self.standings else ChildWelfarePosition.NONE

    @property
    def place(self) -> Place | None:
        """Where the child lives today, as far as it is written."""
        today = self.head.today
        return next((p for p in self.places if p.from_on <= today and (p.until_on is None or today < p.until_on)), None)

    @property
    def open_run(self) -> Run | None:
        running = (PathwayStatus.UNDER_ASSESSMENT, PathwayStatus.UNDER_WAY)
        return next((run for run in self.runs if run.status in running), None)


def child_page(actor: Actor, child_id: UUID) -> ChildPage:
    """The child's page, in a fixed number of queries whatever is known. Raises NotVisible."""
    head = get_child(actor, child_id, page="child")
    child, today = head.child, head.today
    owner = child.author_service
    waits, assess_by = _waits(head)
    notes = notes_of(actor, child)
    return ChildPage(
        head=head,
        owner_name=owner.name,
        owner_phone=owner.phone,
        standings=tuple(
            Standing(ChildWelfarePosition(row.position), row.from_on, row.source == "national_file")
            for row in _latest(head, ChildWelfareStatus.objects.filter(child=child).order_by("-from_on", "-number"))
        ),
        waits=waits,
        assess_by=assess_by,
        places=_places(head),
        people=list_people(head),
        notes=tuple(_note(row) for row in notes),
        inquiries=tuple(
            Inquiry(
                opened_on=row.opened_on,
                conclusion=national_codes.words("investigation_conclusion", row.conclusion) if row.conclusion else "",
                concluded_on=row.concluded_on,
            )
            for row in _latest(head, Investigation.objects.filter(child=child, deleted=False).order_by("-opened_on"))
        ),
        measures=tuple(
            Help(
                category=national_codes.words("measure", row.category),
                law=row.law,
                from_on=row.from_on,
                until_on=row.until_on,
            )
            for row in _latest(head, Measure.objects.filter(child=child, deleted=False).order_by("-from_on"))
        ),
        pointed_to=_pointed_to(notes, on=today) if head.is_owner else (),
        runs=tuple(
            Run(
                pathway_id=row.pk,
                status=PathwayStatus(row.status),
                opened_on=row.opened_on,
                edition=row.edition_id,
                contact_person=row.contact_person.name,
            )
            for row in _latest(
                head,
                Pathway.objects.filter(child=child)
                .select_related("contact_person")
                .order_by("-opened_on", "-recorded_at"),
            )
        ),
        initiatives=tuple(
            _initiative(row, on=today, tells_where=head.tells_where or row.author_service_id == actor.service_id)
            for row in _latest(head, _initiatives().filter(child=child).order_by("-sent_on"))
        ),
        came_along=head.is_owner
        and head.tells_where
        and access.visible_to(actor, Received.objects.filter(child=child)).exists(),
    )


def _latest(head: ChildHead, rows: QuerySet[access.Row]) -> QuerySet[access.Row]:
    """As many rows of one kind as a page shows, of those the actor may see."""
    return access.visible_to(head.actor, rows)[:PAGE]


def _waits(head: ChildHead) -> tuple[bool, date | None]:
    """Whether the child waits to be assessed and by when, as the acts keep it on the owner's participation."""
    row = (
        Participation.objects.filter(
            child=head.child, pathway=None, service=head.actor.service_id, basis=ParticipationBasis.OWNER
        )
        .values("whose", "next_due")
        .first()
    )
    if row is None or row["whose"] != Participation.Whose.OURS:
        return False, None
    return True, None if row["next_due"] == NO_DATE else row["next_due"]


def _places(head: ChildHead) -> tuple[Place, ...]:
    """Newest first. The place of a child with a protected address is its readers' own, whenever it was written."""
    if not head.tells_where:
        return ()
    rows = Placement.objects.filter(child=head.child, replaced_by=None).select_related("service").order_by("-from_on")
    return tuple(
        Place(
            basis=CareBasis(row.basis),
            where=row.service.name if row.service else "",
            kind=row.service.service_kind if row.service else None,
            phone=row.service.phone if row.service else "",
            from_on=row.from_on,
            until_on=row.until_on,
        )
        for row in _latest(head, rows)
        if row.until_on is None or row.until_on > row.from_on
    )


def list_people(head: ChildHead) -> tuple[PersonAround, ...]:
    """Those around the child: first those who are so today, by when it began. Foster parents as for `_places`."""
    rows = RelatedPerson.objects.filter(child=head.child, replaced_by=None).order_by("from_on", "name")
    if not head.tells_where:
        rows = rows.exclude(relation=RelationKind.FOSTER_PARENT)
    people = tuple(_person(row) for row in _latest(head, rows))
    return tuple(sorted(people, key=lambda person: not person.is_now(head.today)))


def get_person(head: ChildHead, identity: UUID) -> PersonAround:
    """One of those around the child, as the newest row says it. Raises NotVisible."""
    rows = RelatedPerson.objects.filter(child=head.child, identity=identity, replaced_by=None)
    row = access.visible_to(head.actor, rows).order_by("-from_on").first()
    if row is None:
        raise access.NotVisible
    return _person(row)


def _person(row: RelatedPerson) -> PersonAround:
    return PersonAround(
        row_id=row.pk,
        identity=row.identity,
        name=row.name,
        relation=RelationKind(row.relation),
        phone=row.phone,
        language=row.language,
        needs_interpreter=row.needs_interpreter,
        has_parental_responsibility=row.has_parental_responsibility,
        has_daily_care=row.has_daily_care,
        contact_limits=row.contact_limits,
        basis=row.basis,
        from_on=row.from_on,
        until_on=row.until_on,
    )


@dataclass(frozen=True, slots=True)
class CodedNote:
    """A note of concern by its codes; `reporters` is empty for whoever may not know who reported."""

    received_on: date
    reporters: tuple[str, ...]
    contents: tuple[str, ...]
    conclusion: str
    concluded_on: date | None


def notes_of(actor: Actor, child: Child) -> list[CodedNote]:
    """The child's notes of concern that stand, as the actor may see them, the newest first."""
    rows = access.visible_to(actor, NoteOfConcern.objects.filter(child=child, deleted=False))
    notes = list(rows.order_by("-received_on")[:PAGE])
    if not notes:
        return []
    known = access.visible_to(actor, Reporter.objects.filter(child=child)).values_list("source_id", "reporters")
    reporters = dict(known)
    return [
        CodedNote(
            received_on=row.received_on,
            reporters=tuple(reporters.get(row.source_id, ())),
            contents=tuple(row.contents),
            conclusion=row.conclusion,
            concluded_on=row.concluded_on,
        )
        for row in notes
    ]


def _note(row: CodedNote) -> Note:
    return Note(
        received_on=row.received_on,
        reporters=tuple(national_codes.words("reporter", code) for code in row.reporters),
        contents=tuple(national_codes.words("topic", code) for code in row.contents),
        conclusion=national_codes.words("note_conclusion", row.conclusion) if row.conclusion else "",
        concluded_on=row.concluded_on,
    )


def _pointed_to(notes: Iterable[CodedNote], *, on: date) -> tuple[PointedTo, ...]:
    edition = definitions().edition_in_force(on)
    return tuple(
        PointedTo(edition.criterion(suggestion.criterion).label, suggestion.because)
        for suggestion in target_group.suggested_criteria(notes, on)
    )


@dataclass(frozen=True, slots=True)
class Home:
    """An institution or a foster home that a child can be placed in."""

    id: UUID
    name: str
    kind: ServiceKind
    closed_on: date | None


def list_homes(head: ChildHead) -> tuple[Home, ...]:
    """Every institution, and the foster homes in the municipality or where the child has lived.

    Who has a foster home is nobody else's business, so other municipalities' are never listed. A home that has closed
    is listed too, since a child may have lived there; the act refuses a day on which it was closed. Raises Refused when
    the address is protected and the actor does not read it.
    """
    if not head.tells_where:
        raise access.Refused("not_a_reader", access.NOT_A_READER)
    known = Placement.objects.filter(child=head.child).values("service")
    foster_homes = Service.objects.filter(kind=ServiceKind.FOSTER_HOME)
    near = foster_homes.filter(municipality=head.actor.municipality) | foster_homes.filter(pk__in=known)
    found = Service.objects.filter(kind=ServiceKind.INSTITUTION) | near
    rows = sorted(found, key=lambda row: (row.kind, alphabet.order(row.name)))
    return tuple(Home(row.pk, row.name, row.service_kind, row.closed_on) for row in rows)


# --- initiatives -------------------------------------------------------------------------------------------------


def _initiatives() -> QuerySet[Initiative]:
    return Initiative.objects.select_related("author_service", "reply")


THE_HOME = _("Stedet barnet bor")
"""Instead of the name of the home that asked, when it would say where a child with a protected address is."""


def _initiative(row: Initiative, *, on: date, tells_where: bool) -> InitiativeRow:
    reply = getattr(row, "reply", None)
    deadline = definitions().deadline("answer_initiative")
    due_on = deadlines.due(amount=deadline.amount, unit=deadline.unit, counted_from=row.sent_on)
    return InitiativeRow(
        id=row.pk,
        child_id=row.child_id,
        from_service=row.author_service.name if tells_where else str(THE_HOME),
        from_phone=row.author_service.phone if tells_where else "",
        wish=InitiativeWish(row.wish),
        reason=row.reason,
        sent_on=row.sent_on,
        due_on=due_on,
        is_late=reply is None and due_on < on,
        answer=InitiativeAnswer(reply.answer) if reply else None,
        answer_reason=reply.reason if reply else "",
        answered_on=reply.answered_on if reply else None,
    )


def get_initiative(head: ChildHead, initiative_id: UUID) -> InitiativeRow:
    """One initiative about the child. Raises NotVisible."""
    row = access.visible_to(head.actor, _initiatives().filter(child=head.child, pk=initiative_id)).first()
    if row is None:
        raise access.NotVisible
    return _initiative(
        row, on=head.today, tells_where=head.tells_where or row.author_service_id == head.actor.service_id
    )


@dataclass(frozen=True, slots=True)
class WaitingInitiative:
    """An initiative that nobody has answered, for a list."""

    child_id: UUID
    initiative_id: UUID
    child_name: str
    age: int
    journal_number: str
    from_service: str
    wish: InitiativeWish
    sent_on: date
    due_on: date
    """The municipality's own deadline (`answer_initiative`)."""
    is_late: bool


def list_unanswered_initiatives(actor: Actor) -> tuple[WaitingInitiative, ...]:
    """What institutions and foster homes have asked the actor's service and still wait for, the oldest first.

    At most `PAGE`. Empty, with no query, for everyone but the child welfare service.
    """
    if not actor.role.is_child_welfare:
        return ()
    today = clock.today()
    # Nearly always there are none, so that is asked first, of as few tables as can be: every worklist asks it.
    waiting = access.visible_to(actor, Initiative.objects.filter(to_service=actor.service_id, reply=None))
    ids = list(waiting.order_by("sent_on", "recorded_at").values_list("pk", flat=True)[:PAGE])
    if not ids:
        return ()
    rows = _initiatives().select_related("child").annotate(grounds=access.Grounds(actor, child="child"))
    found = [
        (
            row,
            _initiative(
                row,
                on=today,
                tells_where=row.child.address_protection == AddressProtection.NONE
                or ParticipationBasis.APPOINTED in row.grounds,
            ),
        )
        for row in rows.filter(pk__in=ids).order_by("sent_on", "recorded_at")
    ]
    looking.log(
        actor,
        "unanswered_initiatives",
        children=sorted({row.child_id for row, _shown in found}),
        kinds=looking.IN_A_LIST,
        grounds=(ParticipationBasis.OWNER,),  # who is asked is who is responsible for the child
    )
    return tuple(
        WaitingInitiative(
            child_id=row.child_id,
            initiative_id=row.pk,
            child_name=row.child.name,
            age=age.age_on(born_on=row.child.born_on, on=today),
            journal_number=row.child.journal_number,
            from_service=shown.from_service,
            wish=shown.wish,
            sent_on=shown.sent_on,
            due_on=shown.due_on,
            is_late=shown.is_late,
        )
        for row, shown in found
    )


# --- the home's own list -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OurChild:
    """One child that lives with the actor's service, or whose pathway the service takes part in."""

    child_id: UUID
    name: str
    age: int
    owner_name: str
    owner_phone: str
    protection: AddressProtection
    lives_here: bool
    pathway_id: UUID | None
    """An open pathway that the service takes part in on its own ground; living here gives no sight of one."""
    initiatives: tuple[InitiativeRow, ...]
    """The service's own, newest first."""


@dataclass(frozen=True, slots=True)
class OurChildren:
    """Some children by name, and the key to go on from (empty when there are no more)."""

    rows: tuple[OurChild, ...]
    after: str = ""


def our_children(actor: Actor, *, after: str = "") -> OurChildren:
    """The children whose home the actor's service is, with what the service has asked for and what became of it.

    Raises Refused for a service that is nobody's home.
    """
    if not actor.service_kind.can_initiate:
        raise access.Refused("role", access.NOT_YOUR_ROLE)
    today = clock.today()
    mine = Participation.objects.filter(
        service=actor.service_id, only_for=None, starts_at__lte=access.NOW, ends_at__gt=access.NOW
    )
    if after:
        mine = mine.filter(child__gt=after)
    found = list(mine.order_by("child").values_list("child", flat=True).distinct()[: PAGE + 1])
    wanted = found[:PAGE]
    lives_here = set(mine.filter(child__in=wanted, pathway=None).values_list("child", flat=True))
    children = access.visible_to(actor, Child.objects.filter(pk__in=wanted).select_related("author_service")).annotate(
        grounds=access.Grounds(actor, child="pk")
    )
    pathways = dict(
        access.visible_to(actor, Pathway.objects.filter(child__in=wanted))
        .order_by("opened_on")
        .values_list("child", "pk")
    )
    asked: dict[UUID, list[InitiativeRow]] = {}
    own = _initiatives().filter(child__in=wanted, author_service=actor.service_id)
    for row in access.visible_to(actor, own.order_by("-sent_on", "-recorded_at")):
        asked.setdefault(row.child_id, []).append(_initiative(row, on=today, tells_where=True))
    rows = [
        OurChild(
            child_id=child.pk,
            name=child.name,
            age=age.age_on(born_on=child.born_on, on=today),
            owner_name=child.author_service.name,
            owner_phone=child.author_service.phone,
            protection=AddressProtection(child.address_protection),
            lives_here=child.pk in lives_here,
            pathway_id=pathways.get(child.pk),
            initiatives=tuple(asked.get(child.pk, ())),
        )
        for child in children
    ]
    looking.log(
        actor,
        "our_children",
        children=[child.pk for child in children],
        kinds=looking.IN_A_LIST,
        grounds=(ground for child in children for ground in child.grounds),
    )
    return OurChildren(
        rows=tuple(sorted(rows, key=lambda row: (not row.lives_here, alphabet.order(row.name)))),
        after=str(wanted[-1]) if len(found) > PAGE else "",
    )
