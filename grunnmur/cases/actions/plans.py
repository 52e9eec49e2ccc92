"""The collaboration plan: setting and changing goals and tasks. Every version is kept."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from grunnmur.cases.access import NOT_YOUR_ROLE, Refused, owns
from grunnmur.cases.actions.checks import Problem, get_related, get_service, in_service, refuse
from grunnmur.cases.door import CaseAct, EditConflict, on_pathway
from grunnmur.cases.models import Goal, GoalVersion, Meeting, Task, TaskVersion
from grunnmur.cases.terms import HealthArea, InformationKind, TaskState
from grunnmur.directory.sessions import Actor


def set_goal(
    *, actor: Actor, pathway_id: UUID, once: UUID | None, text: str, health_area: HealthArea | None = None
) -> Goal:
    """Add a goal to the plan. Everyone who takes part reads it, so it holds no finding."""
    with on_pathway(actor, pathway_id, "plans.set_goal", once=once) as act:
        row = act.row(InformationKind.COORDINATION)
        goal = Goal.objects.create(**row, health_area=health_area or "")
        GoalVersion.objects.create(**row, goal=goal, version=1, text=text)
        act.record("goal.set", kind=InformationKind.COORDINATION, subject=goal.pk)
    return goal


def change_goal(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    goal_id: UUID,
    seen: int,
    text: str,
    is_current: bool,
    why: str,
) -> GoalVersion:
    """Change a goal; the versions before stay. Raises EditConflict when someone changed it first."""
    with on_pathway(actor, pathway_id, "plans.change_goal", once=once) as act:
        newest = GoalVersion.objects.filter(pathway=act.case, goal=goal_id).order_by("-version").first()
        refuse({"goal_id": _("Vi finner ikke målet.") if newest is None else None})
        assert newest is not None
        if newest.version != seen:
            raise EditConflict(seen=seen, current=newest.version)
        version = GoalVersion.objects.create(
            **act.row(InformationKind.COORDINATION),
            goal_id=goal_id,
            version=seen + 1,
            text=text,
            is_current=is_current,
            why=why,
        )
        act.record("goal.changed", kind=InformationKind.COORDINATION, subject=goal_id, data={"version": seen + 1})
    return version


def set_task(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    what: str,
    service_id: UUID | None,
    related_person_id: UUID | None,
    due_on: date | None,
    goal_id: UUID | None = None,
) -> Task:
    """Add a task: what, who and by when."""
    with on_pathway(actor, pathway_id, "plans.set_task", once=once) as act:
        goal = Goal.objects.filter(pathway=act.case, pk=goal_id).first() if goal_id else None
        refuse(
            {
                "owner": _owner(act, service_id=service_id, related_person_id=related_person_id),
                "due_on": _("Fristen har alt gått ut. Velg en dato fra i dag.")
                if due_on and due_on < act.today
                else None,
            }
        )
        task = write_task(
            act,
            what=what,
            service_id=service_id,
            related_person_id=related_person_id,
            due_on=due_on,
            goal=goal,
            from_meeting=None,
        )
        act.record("task.set", kind=InformationKind.COORDINATION, subject=task.pk)
    return task


def _owner(act: CaseAct, *, service_id: UUID | None, related_person_id: UUID | None) -> Problem:
    if (service_id is None) == (related_person_id is None):
        return _("Velg én som har ansvaret for oppgaven.")
    if service_id is not None:
        return in_service(get_service(service_id), on=act.today)
    return _("Denne personen står ikke rundt barnet.") if get_related(act.child, related_person_id) is None else None


def write_task(
    act: CaseAct,
    *,
    what: str,
    service_id: UUID | None,
    related_person_id: UUID | None,
    due_on: date | None,
    goal: Goal | None,
    from_meeting: Meeting | None,
) -> Task:
    """Add a task inside an act."""
    row = act.row(InformationKind.COORDINATION)
    task = Task.objects.create(**row, goal=goal, from_meeting=from_meeting)
    TaskVersion.objects.create(
        **row,
        task=task,
        version=1,
        what=what,
        service_id=service_id,
        related_person_id=related_person_id,
        due_on=due_on,
        state=TaskState.AGREED,
    )
    return task


def change_task(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    task_id: UUID,
    seen: int,
    what: str,
    due_on: date | None,
    state: TaskState,
    why: str = "",
) -> TaskVersion:
    """Change a task: the owner of the case any, another service its own. Raises EditConflict, Refused."""
    with on_pathway(actor, pathway_id, "plans.change_task", once=once) as act:
        newest = TaskVersion.objects.filter(pathway=act.case, task=task_id).order_by("-version").first()
        refuse(
            {
                "task_id": _("Vi finner ikke oppgaven.") if newest is None else None,
                "why": _("Skriv hvorfor oppgaven ikke lenger er aktuell.")
                if state is TaskState.DROPPED and not why.strip()
                else None,
            }
        )
        assert newest is not None
        if newest.service_id != actor.service_id and not owns(actor, act.case):
            raise Refused("task_of_another", NOT_YOUR_ROLE)
        if newest.version != seen:
            raise EditConflict(seen=seen, current=newest.version)
        version = TaskVersion.objects.create(
            **act.row(InformationKind.COORDINATION),
            task_id=task_id,
            version=seen + 1,
            what=what,
            service_id=newest.service_id,
            related_person_id=newest.related_person_id,
            due_on=due_on,
            state=state,
            why=why,
        )
        act.record(
            "task.done" if state is TaskState.DONE else "task.changed",
            kind=InformationKind.COORDINATION,
            subject=task_id,
            data={"version": seen + 1, "state": str(state)},
        )
    return version
