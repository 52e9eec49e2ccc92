"""One case as one actor may see it: the head that every page of the case has, and the overview."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from django.db import connection

from grunnmur import clock
from grunnmur.cases import access, age, facts, lifecycle, next_step
from grunnmur.cases.definition import Edition, definitions
from grunnmur.cases.lifecycle import Facts
from grunnmur.cases.models import Child, GoalVersion, Pathway, RelatedPerson, TaskVersion
from grunnmur.cases.next_step import Step
from grunnmur.cases.queries import names
from grunnmur.cases.terms import InformationKind, ParticipationBasis, PathwayStatus, RelationKind, TaskState
from grunnmur.directory.kinds import ServiceKind
from grunnmur.directory.sessions import Actor
from grunnmur.log import record
from grunnmur.log.models import AccessLog, Event


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
    today: date

    @property
    def is_owner(self) -> bool:
        """Whether the actor acts for the service that owns the case."""
        return access.owns(self.actor, self.pathway)

    @cached_property
    def kinds(self) -> InformationKind:
        """What the actor's service sees now."""
        now = clock.now()
        mine = InformationKind(0)
        for item in self.participants:
            if item.service_id == str(self.actor.service_id) and item.starts_at <= now:
                mine |= item.kinds
        return mine

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
    record.look(
        page,
        at=clock.now(),
        person_id=actor.person_id,
        service_id=actor.service_id,
        role=actor.role,
        children=[pathway.child_id],
        pathway_id=pathway.pk,
    )
    with connection.cursor() as cursor:
        cursor.execute("select * from sec.participants_of(%s)", [pathway_id])
        rows = cursor.fetchall()
    return Case(
        pathway=pathway,
        child=pathway.child,
        actor=actor,
        facts=facts.load(pathway.pk),
        edition=definitions().edition(pathway.edition_id),
        participants=tuple(
            Participant(
                service_id=str(row[0]),
                name=row[1],
                kind=ServiceKind(row[2]),
                phone=row[3],
                basis=ParticipationBasis(row[4]),
                ground=str(row[5] or ""),
                kinds=InformationKind(row[6]),
                starts_at=row[7],
                ends_at=row[8],
            )
            for row in rows
        ),
        today=clock.today(),
    )


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task as it stands."""

    task_id: UUID
    version: int
    what: str
    who: str
    due_on: date | None
    state: TaskState
    is_late: bool
    service_id: UUID | None


@dataclass(frozen=True, slots=True)
class Related:
    """Someone around the child, and what matters when one calls."""

    identity: UUID
    name: str
    relation: RelationKind
    phone: str
    has_parental_responsibility: bool
    needs_interpreter: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of what has happened."""

    at: datetime
    name: str
    who: str
    data: dict[str, object]


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the case."""

    at: datetime
    who: str
    is_me: bool


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
    people = tuple(list_people(case))
    versions = list(
        access.visible_to(actor, TaskVersion.objects.filter(pathway=pathway_id))
        .order_by("task", "-version")
        .distinct("task")
    )
    goals = tuple(
        access.visible_to(actor, GoalVersion.objects.filter(pathway=pathway_id))
        .order_by("goal", "-version")
        .distinct("goal")
    )
    events = list(Event.objects.filter(pathway_id=pathway_id).order_by("-at")[:30])
    events = [event for event in events if event.kind & case.kinds]
    looks = _last_looks(pathway_id) if case.is_owner else {}
    service_names = names.services(
        [
            *(item.service_id for item in case.participants),
            *(version.service_id for version in versions),
            *(item.service for item in case.facts.mappings),
            *(item.to_service for item in case.facts.referrals),
            *(service for step in case.steps() for service in step.ball),
            *(event.author_service_id for event in events),
            *(item.recipient for item in case.facts.consents),
        ]
    )
    who = names.people([*(event.person_id for event in events), *looks])
    related = {str(person.pk): person.name for person in people}
    return Overview(
        case=case,
        phases=lifecycle.phases(case.facts),
        people=tuple(
            Related(
                identity=person.identity,
                name=person.name,
                relation=RelationKind(person.relation),
                phone=person.phone,
                has_parental_responsibility=person.has_parental_responsibility,
                needs_interpreter=person.needs_interpreter,
            )
            for person in people
        ),
        goals=tuple(goal.text for goal in goals if goal.is_current),
        tasks=tuple(
            sorted(
                (_task_row(version, service_names, related, case.today) for version in versions),
                key=lambda row: (row.state in (TaskState.DONE, TaskState.DROPPED), row.due_on or date.max),
            )
        ),
        timeline=tuple(Entry(event.at, event.name, who.get(str(event.person_id), ""), event.data) for event in events),
        looks=tuple(Look(at, who.get(str(person), ""), person == actor.person_id) for person, at in looks.items()),
        service_names=service_names,
    )


def _last_looks(pathway_id: UUID) -> dict[UUID | None, datetime]:
    """When each of the last five who looked lately did so, newest first."""
    newest: dict[UUID | None, datetime] = {}
    looks = AccessLog.objects.filter(pathway_id=pathway_id, allowed=True).order_by("-at")
    for person, at in looks.values_list("person_id", "at")[:50]:
        newest.setdefault(person, at)
    return dict(list(newest.items())[:5])


def _task_row(version: TaskVersion, services: dict[str, str], related: dict[str, str], today: date) -> TaskRow:
    state = TaskState(version.state)
    is_open = state in (TaskState.AGREED, TaskState.UNDER_WAY)
    return TaskRow(
        task_id=version.task_id,
        version=version.version,
        what=version.what,
        who=services.get(str(version.service_id), "") or related.get(str(version.related_person_id), ""),
        due_on=version.due_on,
        state=state,
        is_late=bool(is_open and version.due_on and version.due_on < today),
        service_id=version.service_id,
    )


def list_people(case: Case) -> list[RelatedPerson]:
    """Those around the child now, as the actor may see them."""
    return list(
        access.visible_to(case.actor, RelatedPerson.objects.filter(child=case.child, replaced_by=None)).order_by(
            "from_on", "name"
        )
    )
