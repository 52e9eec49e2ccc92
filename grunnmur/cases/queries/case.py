"""One case as one actor may see it: the head that every page of the case has, and the overview."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from grunnmur import clock
from grunnmur.cases import access, age, facts, lifecycle, next_step
from grunnmur.cases.definition import Edition, definitions
from grunnmur.cases.lifecycle import Facts
from grunnmur.cases.models import Child, Pathway, RelatedPerson
from grunnmur.cases.next_step import Step
from grunnmur.cases.queries import glance, looking, names
from grunnmur.cases.queries.glance import Entry, Look, Related, TaskRow
from grunnmur.cases.terms import AddressProtection, InformationKind, ParticipationBasis, PathwayStatus
from grunnmur.directory.kinds import ServiceKind
from grunnmur.directory.sessions import Actor

HIDDEN = _("en tjeneste som er med")
"""Instead of the name of a service that would say where a child with a strictly protected address is."""


@dataclass(frozen=True, slots=True)
class Participant:
    """One service that sees something of the case: what, on what ground, until when."""

    service_id: str
    name: str
    kind: ServiceKind
    phone: str
    basis: ParticipationBasis
    ground: str
    kinds: InformationKind
    starts_at: datetime
    ends_at: datetime

    @property
    def is_owner(self) -> bool:
        return self.basis is ParticipationBasis.OWNER


@dataclass(frozen=True)
class Case:
    """What every page of one case starts from."""

    pathway: Pathway
    child: Child
    actor: Actor
    facts: Facts
    edition: Edition
    participants: tuple[Participant, ...]
    """The services; not those who see it as one person, on a ground of their own."""
    own: tuple[Participant, ...]
    """What the actor alone sees it by, beside the service: break-glass, or as a named reader of the address."""
    today: date

    @property
    def is_owner(self) -> bool:
        """Whether the actor acts for the service that owns the case."""
        return access.owns(self.actor, self.pathway)

    @cached_property
    def _mine(self) -> tuple[Participant, ...]:
        now = clock.now()
        return tuple(
            item
            for item in (*self.participants, *self.own)
            if item.service_id == str(self.actor.service_id) and item.starts_at <= now
        )

    @cached_property
    def kinds(self) -> InformationKind:
        """What the actor sees now, for the service or alone."""
        mine = InformationKind(0)
        for item in self._mine:
            mine |= item.kinds
        return mine & InformationKind(self.actor.kinds)

    @property
    def grounds(self) -> frozenset[ParticipationBasis]:
        """What gives the actor sight."""
        return frozenset(item.basis for item in self._mine)

    @property
    def tells_names(self) -> bool:
        """Whether the actor may know which services are around the child: with a strictly protected address they say
        where it is, and only the owner is told."""
        return self.is_owner or self.child.address_protection != AddressProtection.STRICTLY_CONFIDENTIAL

    @property
    def age(self) -> int:
        return age.age_on(born_on=self.child.born_on, on=self.today)

    @property
    def status(self) -> PathwayStatus:
        return PathwayStatus(self.pathway.status)

    def why_not(self, act: str) -> str:
        """Why the actor may not do an act now, in words for its button; empty when it may."""
        refusal = access.why_not(self.actor, self.pathway, act)
        return str(refusal.sentence) if refusal else ""

    def steps(self) -> tuple[Step, ...]:
        """What waits for someone, as far as the actor may be told of it."""
        return self._steps

    @cached_property
    def _steps(self) -> tuple[Step, ...]:
        me = str(self.actor.service_id)
        return tuple(
            step
            for step in next_step.open_steps(self.facts, edition=self.edition, on=self.today)
            if step.kind & self.kinds or me in step.ball
        )


def get_case(actor: Actor, pathway_id: UUID, *, page: str) -> Case:
    """The head of one case, and one row in the log for the look. Raises NotVisible."""
    pathway = access.get_pathway(actor, pathway_id)
    with connection.cursor() as cursor:
        cursor.execute("select * from sec.participants_of(%s)", [pathway_id])
        rows = cursor.fetchall()
    taking_part = [(row[9], _participant(row)) for row in rows]
    case = Case(
        pathway=pathway,
        child=pathway.child,
        actor=actor,
        facts=facts.load(pathway.pk),
        edition=definitions().edition(pathway.edition_id),
        participants=tuple(item for personal, item in taking_part if not personal),
        own=tuple(item for personal, item in taking_part if personal),
        today=clock.today(),
    )
    looking.log(actor, page, children=[pathway.child_id], pathway_id=pathway.pk, kinds=case.kinds, grounds=case.grounds)
    return case


def _participant(row: Sequence[Any]) -> Participant:
    return Participant(
        service_id=str(row[0]),
        name=row[1] or str(HIDDEN),
        kind=ServiceKind(row[2]),
        phone=row[3],
        basis=ParticipationBasis(row[4]),
        ground=str(row[5] or ""),
        kinds=InformationKind(row[6]),
        starts_at=row[7],
        ends_at=row[8],
    )


@dataclass(frozen=True, slots=True)
class Overview:
    """The one page that says it all: where, what now, plan, people, consents, what has happened."""

    case: Case
    phases: tuple[lifecycle.Phase, ...]
    people: tuple[Related, ...]
    goals: tuple[str, ...]
    tasks: tuple[TaskRow, ...]
    timeline: tuple[Entry, ...]
    looks: tuple[Look, ...]
    service_names: dict[str, str]


def overview(actor: Actor, pathway_id: UUID) -> Overview:
    """Everything on the case's own page, in a fixed number of queries whatever the case holds."""
    case = get_case(actor, pathway_id, page="pathway")
    rows = glance.read(actor, pathway_id=pathway_id, child_id=case.child.pk, kinds=case.kinds, is_owner=case.is_owner)
    known = {item.service_id: item.name for item in case.participants}
    mentioned = {
        *(row["service_id"] for row in rows["tasks"]),
        *(item.service for item in case.facts.mappings),
        *(item.to_service for item in case.facts.referrals),
        *(service for step in case.steps() for service in step.ball),
        *(row["author_service_id"] for row in rows["events"]),
        *(item.recipient for item in case.facts.consents),
    }
    others = mentioned - set(known)
    service_names = known | (names.services(others) if case.tells_names else dict.fromkeys(others, str(HIDDEN)))
    return Overview(
        case=case,
        phases=lifecycle.phases(case.facts),
        people=glance.people(rows),
        goals=glance.goals(rows),
        tasks=glance.tasks(rows, services=service_names, today=case.today),
        timeline=glance.timeline(rows),
        looks=glance.looks(rows, actor=actor),
        service_names=service_names,
    )


def list_people(case: Case) -> list[RelatedPerson]:
    """Those around the child, as the actor may see them; of several periods of one person the last."""
    rows = access.visible_to(case.actor, RelatedPerson.objects.filter(child=case.child, replaced_by=None))
    last = {row.identity: row for row in rows.order_by("from_on", "name")}
    return list(last.values())
