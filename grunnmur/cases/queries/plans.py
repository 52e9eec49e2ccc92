"""The collaboration plan as one actor may see it: goals, tasks as they stand, and how each came to be so."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from grunnmur.cases import access, next_step
from grunnmur.cases.models import Goal, GoalVersion, RelatedPerson, Task, TaskVersion
from grunnmur.cases.queries import receiving
from grunnmur.cases.queries.case import Case, get_case, label_of, list_people
from grunnmur.cases.terms import HealthArea, TaskState
from grunnmur.directory.sessions import Actor

OPEN = (TaskState.AGREED, TaskState.UNDER_WAY)


@dataclass(frozen=True, slots=True)
class Someone:
    """Who can have a task or come to a meeting: a service that takes part, or a person around the child."""

    id: UUID
    name: str
    is_service: bool
    relation: str = ""
    """Who a person is to the child."""
    limits: str = ""
    """What limits a person's contact with the child, and on what ground."""
    is_parent: bool = False
    """Whether it has parental responsibility."""

    @property
    def label(self) -> str:
        """The name, and for a person who it is to the child: Mona Solberg, mor."""
        return f"{self.name}, {self.relation}" if self.relation else self.name

    @property
    def key(self) -> str:
        """The choice in a form."""
        return f"service:{self.id}" if self.is_service else f"person:{self.id}"


@dataclass(frozen=True, slots=True)
class TaskNow:
    """A task as it stood from one change on."""

    task_id: UUID
    goal_id: UUID | None
    meeting_id: UUID | None
    version: int
    what: str
    who: str
    who_key: str
    is_mine: bool
    is_out: bool
    """Given to a service that takes part no longer, so that nobody does it."""
    due_on: date | None
    days_late: int
    state: TaskState
    why: str
    at: datetime
    by: str

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class TaskHistory:
    """One task: as it stands, and every way it stood, oldest first."""

    now: TaskNow
    versions: tuple[TaskNow, ...]


@dataclass(frozen=True, slots=True)
class GoalNow:
    """A goal as it stood from one change on."""

    goal_id: UUID
    area: HealthArea | None
    """The need that it is for."""
    version_id: UUID
    version: int
    text: str
    is_current: bool
    why: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class GoalHistory:
    """One goal with its tasks: those open by date, and those that are over."""

    now: GoalNow
    versions: tuple[GoalNow, ...]
    open_tasks: tuple[TaskHistory, ...]
    past_tasks: tuple[TaskHistory, ...]


@dataclass(frozen=True, slots=True)
class NeedGoals:
    """The goals for one need, or for none of them."""

    area: HealthArea | None
    goals: tuple[GoalHistory, ...]

    @property
    def label(self) -> str:
        return label_of(self.area)


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole plan."""

    case: Case
    goals: tuple[GoalHistory, ...]
    past_goals: tuple[GoalHistory, ...]
    open_tasks: tuple[TaskHistory, ...]
    """Those of no goal."""
    past_tasks: tuple[TaskHistory, ...]
    open_count: int
    late_count: int
    own_late_count: int

    @property
    def needs(self) -> tuple[NeedGoals, ...]:
        """The goals by need, in the edition's order, as the closing passport has them: those for none come last."""
        found = (
            NeedGoals(area, tuple(goal for goal in self.goals if goal.now.area is area))
            for area in (*(HealthArea(item.key) for item in self.case.edition.health_areas), None)
        )
        return tuple(need for need in found if need.goals)

    @property
    def is_by_need(self) -> bool:
        """Whether any goal is for a need, so that it helps to say which."""
        return any(need.area for need in self.needs)


def get_plan(actor: Actor, pathway_id: UUID, *, page: str = "plan") -> Plan:
    """The plan, in a fixed number of queries whatever it holds. Raises NotVisible."""
    case = get_case(actor, pathway_id, page=page)
    tasks = list_tasks(case)
    receiving.shown(actor, (task.now.task_id for task in tasks))
    goals = _goals(case)
    of_goal: dict[UUID | None, list[TaskHistory]] = defaultdict(list)
    for task in tasks:
        of_goal[task.now.goal_id if task.now.goal_id in goals else None].append(task)
    shown = [
        GoalHistory(
            now=versions[-1],
            versions=tuple(versions),
            open_tasks=tuple(task for task in of_goal[goal_id] if task.now.is_open),
            past_tasks=tuple(task for task in of_goal[goal_id] if not task.now.is_open),
        )
        for goal_id, versions in goals.items()
    ]
    late = [task for task in tasks if task.now.days_late]
    return Plan(
        case=case,
        # A goal that is over stays in view as long as someone still works for it.
        goals=tuple(goal for goal in shown if goal.now.is_current or goal.open_tasks),
        past_goals=tuple(goal for goal in shown if not goal.now.is_current and not goal.open_tasks),
        open_tasks=tuple(task for task in of_goal[None] if task.now.is_open),
        past_tasks=tuple(task for task in of_goal[None] if not task.now.is_open),
        open_count=sum(task.now.is_open for task in tasks),
        late_count=len(late),
        own_late_count=sum(task.now.is_mine for task in late),
    )


def list_tasks(case: Case) -> list[TaskHistory]:
    """Every task of the case with its history: the open ones first, the soonest due first."""
    tasks = {
        row["pk"]: row
        for row in access.visible_to(case.actor, Task.objects.filter(pathway=case.pathway)).values(
            "pk", "goal_id", "from_meeting_id"
        )
    }
    rows = list(
        access.visible_to(case.actor, TaskVersion.objects.filter(pathway=case.pathway, task__in=tasks)).order_by(
            "task", "version"
        )
    )
    services = case.services(row.service_id for row in rows)
    people = _people(case, rows)
    staff = case.writers(rows)
    part = next_step.taking_part(case.facts, on=case.today)
    versions: dict[UUID, list[TaskNow]] = defaultdict(list)
    for row in rows:
        state = TaskState(row.state)
        late = (case.today - row.due_on).days if row.due_on and state in OPEN else 0
        versions[row.task_id].append(
            TaskNow(
                task_id=row.task_id,
                goal_id=tasks[row.task_id]["goal_id"],
                meeting_id=tasks[row.task_id]["from_meeting_id"],
                version=row.version,
                what=row.what,
                who=services.get(str(row.service_id)) or (people.get(row.related_person_id, "")),
                who_key=f"service:{row.service_id}" if row.service_id else f"person:{row.related_person_id}",
                is_mine=row.service_id == case.actor.service_id,
                is_out=bool(row.service_id) and str(row.service_id) not in part,
                due_on=row.due_on,
                days_late=max(late, 0),
                state=state,
                why=row.why,
                at=row.recorded_at,
                by=staff.get(str(row.recorded_by_id), ""),
            )
        )
    histories = [TaskHistory(now=each[-1], versions=tuple(each)) for each in versions.values()]
    return sorted(histories, key=lambda task: (not task.now.is_open, task.now.due_on or date.max, task.now.what))


def _people(case: Case, rows: Sequence[TaskVersion]) -> dict[UUID | None, str]:
    """The names of those around the child who have had a task, as far as the actor may see them."""
    wanted = {row.related_person_id for row in rows if row.related_person_id}
    found = access.visible_to(case.actor, RelatedPerson.objects.filter(child=case.child, pk__in=wanted))
    return dict(found.values_list("pk", "name"))


def _goals(case: Case) -> dict[UUID, list[GoalNow]]:
    """Goal id → its versions, oldest first; the goals in the order they were set."""
    goals = access.visible_to(case.actor, Goal.objects.filter(pathway=case.pathway)).order_by("recorded_at", "pk")
    every = {key: HealthArea(area) if area else None for key, area in goals.values_list("pk", "health_area")}
    # One's own versions stay readable when an area is no longer seen, but not what others made of the goal since.
    areas = {key: area for key, area in every.items() if area is None or area.kind & case.kinds}
    found: dict[UUID, list[GoalNow]] = {key: [] for key in areas}
    rows = list(
        access.visible_to(case.actor, GoalVersion.objects.filter(pathway=case.pathway, goal__in=found)).order_by(
            "version"
        )
    )
    staff = case.writers(rows)
    for row in rows:
        found[row.goal_id].append(
            GoalNow(
                goal_id=row.goal_id,
                area=areas[row.goal_id],
                version_id=row.pk,
                version=row.version,
                text=row.text,
                is_current=row.is_current,
                why=row.why,
                at=row.recorded_at,
                by=staff.get(str(row.recorded_by_id), ""),
            )
        )
    return {key: versions for key, versions in found.items() if versions}


def get_task(case: Case, task_id: UUID) -> TaskHistory:
    """One task of the case. Raises NotVisible."""
    for task in list_tasks(case):
        if task.now.task_id == task_id:
            return task
    raise access.NotVisible


def get_goal(case: Case, goal_id: UUID) -> GoalNow:
    """One goal of the case as it stands. Raises NotVisible."""
    return get_goal_versions(case, goal_id)[-1]


def get_goal_versions(case: Case, goal_id: UUID) -> list[GoalNow]:
    """Every version of one goal of the case, oldest first. Raises NotVisible."""
    versions = _goals(case).get(goal_id)
    if not versions:
        raise access.NotVisible
    return versions


def list_goals(case: Case) -> list[GoalNow]:
    """The goals that hold now, as they stand."""
    return [versions[-1] for versions in _goals(case).values() if versions[-1].is_current]


def list_needs(case: Case) -> tuple[HealthArea, ...]:
    """The health areas that a goal can be for: those that somebody maps or has mapped, or referred, as far as the actor
    sees them, in the edition's order.
    """
    known = {
        *(item.area for item in case.facts.mappings if item.service),
        *(item.area for item in case.facts.referrals),
    }
    ordered = (HealthArea(item.key) for item in case.edition.health_areas)
    return tuple(area for area in ordered if area in known and area.kind & case.kinds)


def who_takes_part(case: Case) -> tuple[Someone, ...]:
    """The owner and the services that a good consent lets in, the actor's own first."""
    found = case.services(next_step.taking_part(case.facts, on=case.today))
    mine = str(case.actor.service_id)
    ordered = sorted(found.items(), key=lambda item: (item[0] != mine, item[1]))
    return tuple(Someone(UUID(key), name, is_service=True) for key, name in ordered)


def who_is_around(case: Case) -> tuple[Someone, ...]:
    """The people around the child today, as the actor may see them."""
    return tuple(
        Someone(
            person.pk,
            person.name,
            is_service=False,
            is_parent=person.has_parental_responsibility,
            relation=str(person.get_relation_display()).lower(),
            limits=person.contact_limits.strip(),
        )
        for person in list_people(case)
        if person.until_on is None or person.until_on > case.today
    )
