"""One case as one actor may see it: the head that every page of the case has, and the overview."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grunnmur import clock
from grunnmur.cases import access, age, facts, lifecycle, next_step
from grunnmur.cases.definition import Edition, definitions
from grunnmur.cases.lifecycle import Facts
from grunnmur.cases.models import Child, Pathway, RelatedPerson
from grunnmur.cases.models.base import PathwayRow
from grunnmur.cases.next_step import Step
from grunnmur.cases.queries import absences, glance, looking, names, receiving
from grunnmur.cases.queries.glance import Entry, Look, Related, TaskRow
from grunnmur.cases.terms import (
    AddressProtection,
    HealthArea,
    InformationKind,
    ParticipationBasis,
    PathwayStatus,
    SignatoryKind,
)
from grunnmur.directory.kinds import ServiceKind
from grunnmur.directory.sessions import Actor

HIDDEN = _("en tjeneste som er med")
"""Instead of the name of a service that would say where a child with a protected address is."""
HIDDEN_PERSON = _("en som er med")
"""Instead of the name of somebody who works there."""


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
    whole: Facts
    """The case's facts, also of what the actor may not see: for asking its rules, never for showing."""
    edition: Edition
    participants: tuple[Participant, ...]
    """The services; not those who see it as one person, on a ground of their own."""
    own: tuple[Participant, ...]
    """What the actor alone sees it by, beside the service: break-glass, or as a named reader of the address."""
    today: date

    @property
    def follows_newest(self) -> bool:
        """Whether no newer edition of the pathway is known than the one that the case follows."""
        return self.edition == definitions().editions[-1]

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

    @cached_property
    def facts(self) -> Facts:
        """The case's facts as the actor may be told of them."""
        return facts.told(self.whole, kinds=self.kinds)

    @property
    def tells_all(self) -> bool:
        """Whether the actor sees every kind. A row that is kept from the actor alone changes nothing of this: to say
        that something is kept would be to tell of it.
        """
        return self.kinds & facts.EVERYTHING == facts.EVERYTHING

    @property
    def grounds(self) -> frozenset[ParticipationBasis]:
        """What gives the actor sight."""
        return frozenset(item.basis for item in self._mine)

    # --- where a child with a protected address is (docs/security/access.md) ---

    @property
    def tells_where(self) -> bool:
        """Whether the actor may know where the child is and can be met: with a protected address its readers only."""
        return not self.is_protected or bool(self.kinds & InformationKind.PROTECTED_ADDRESS)

    @property
    def is_protected(self) -> bool:
        """Whether the child's address is protected, on either level."""
        return self.child.address_protection != AddressProtection.NONE

    @property
    def tells_services(self) -> bool:
        """Whether the actor may know which services are around the child, whatever they are."""
        return self.tells_where or self.child.address_protection != AddressProtection.STRICTLY_CONFIDENTIAL

    @cached_property
    def _homes(self) -> frozenset[str]:
        """The institutions and foster homes that are known in the case."""
        carers = self.facts.situation.carers
        return frozenset(
            [
                *(item.service_id for item in self.participants if item.kind.can_initiate),
                *(carer.id for carer in carers if carer.kind is SignatoryKind.INSTITUTION),
            ]
        )

    @property
    def releases_rows(self) -> bool:
        """Whether the actor decides who in the family sees each row: the owner's, who may know where the child is."""
        return self.is_owner and self.tells_where

    def hides(self, service_id: UUID | str | None) -> bool:
        """Whether the name of a service, or of somebody who works there, would tell the actor where the child is.

        A child's home always does, every service when the address is strictly protected; one's own and the owner never.
        """
        if self.tells_where or str(service_id) in (str(self.actor.service_id), str(self.pathway.author_service_id)):
            return False
        return not self.tells_services or str(service_id) in self._homes

    def services(self, ids: Iterable[UUID | str | None]) -> dict[str, str]:
        """Service id (as text) → name, as far as the actor may know it."""
        wanted = {str(item) for item in ids if item}
        hidden = {item for item in wanted if self.hides(item)}
        return names.services(wanted - hidden) | dict.fromkeys(hidden, str(HIDDEN))

    def writers(self, rows: Iterable[PathwayRow]) -> dict[str, str]:
        """Person id (as text) → name of those who wrote rows of the case, as far as the actor may know it."""
        wrote = [(str(row.recorded_by_id), self.hides(row.author_service_id)) for row in rows]
        hidden = {person for person, is_hidden in wrote if is_hidden}
        told = names.people({person for person, _hidden in wrote} - hidden)
        return told | dict.fromkeys(hidden, str(HIDDEN_PERSON))

    # --- what the actor may do ---

    @property
    def age(self) -> int:
        return age.age_on(born_on=self.child.born_on, on=self.today)

    @property
    def status(self) -> PathwayStatus:
        return PathwayStatus(self.pathway.status)

    def why_not(self, act: str) -> str:
        """Why the actor may not do an act now, in words for its button; empty when it may."""
        refusal = self.refusal(act)
        return str(refusal.sentence) if refusal else ""

    def refusal(self, act: str) -> access.Refused | None:
        """The same as the door would raise it."""
        refusal = access.why_not(self.actor, self.pathway, act)
        is_hidden = self.is_owner and (
            (act in access.ABOUT_SERVICES and not self.tells_services)
            or (act in access.ABOUT_WHERE and not self.tells_where)
        )
        if refusal is None and is_hidden:
            return access.Refused("not_a_reader", access.NOT_A_READER)
        return refusal

    def steps(self) -> tuple[Step, ...]:
        """What waits for someone, as far as the actor may be told of it."""
        return self._steps

    @cached_property
    def _steps(self) -> tuple[Step, ...]:
        steps = next_step.open_steps(self.facts, edition=self.edition, on=self.today)
        return tuple(step for step in steps if next_step.told(step, kinds=self.kinds))


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
        whole=facts.load(pathway.pk),
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
    stand_in: tuple[str, date | None]
    """Who has the case while the contact person is away, and until when; for the owner's own alone."""


def overview(actor: Actor, pathway_id: UUID) -> Overview:
    """Everything on the case's own page, in a fixed number of queries whatever the case holds."""
    case = get_case(actor, pathway_id, page="pathway")
    mine = str(actor.service_id)
    receiving.shown(actor, (UUID(item.id) for item in case.facts.consents if item.recipient == mine))
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
    service_names = known | case.services(mentioned - set(known))
    return Overview(
        case=case,
        phases=lifecycle.phases(case.facts),
        people=glance.people(rows),
        goals=glance.goals(rows),
        tasks=glance.tasks(rows, services=service_names, today=case.today),
        timeline=glance.timeline(rows, hides=case.hides),
        looks=glance.looks(rows, actor=actor, tells_others=case.tells_where),
        service_names=service_names,
        stand_in=absences.get_stand_in(actor, case.pathway.contact_person_id) if case.is_owner else ("", None),
    )


def label_of(area: HealthArea | None) -> str:
    """The name of a need: a health area, or what is about none of them. Plan and passport are ordered by it."""
    return str(area.label) if area else gettext("Samarbeidet")


def list_people(case: Case) -> list[RelatedPerson]:
    """Those around the child, as the actor may see them; of several periods of one person the last."""
    rows = access.visible_to(case.actor, RelatedPerson.objects.filter(child=case.child, replaced_by=None))
    last = {row.identity: row for row in rows.order_by("from_on", "name")}
    return list(last.values())
