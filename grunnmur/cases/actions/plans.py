"""The collaboration plan: setting and changing goals and tasks. Every version is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from grunnmur.cases.access import Refused, kinds_to_write, owns
from grunnmur.cases.actions.checks import Problem, get_related, get_service, in_service, not_too_far, refuse
from grunnmur.cases.door import CaseAct, on_pathway
from grunnmur.cases.models import Goal, GoalVersion, Meeting, Task, TaskVersion
from grunnmur.cases.next_step import taking_part
from grunnmur.cases.terms import HealthArea, InformationKind, TaskState
from grunnmur.directory.meanwhile import EditConflict
from grunnmur.directory.sessions import Actor

TASK_OF_ANOTHER = _("Oppgaven er gitt til en annen. Bare den, og barneverntjenesten som eier saken, kan endre den.")
OWNER_HANDS_OVER = _("Bare barneverntjenesten som eier saken, kan gi oppgaven til en annen.")
OPEN = frozenset({TaskState.AGREED, TaskState.UNDER_WAY})


def set_goal(
    *, actor: Actor, pathway_id: UUID, once: UUID | None, text: str, health_area: HealthArea | None = None
) -> Goal:
    """Add a goal to the plan, for a need or for none. It holds no finding.

    Everyone who takes part reads one for no need; one for a need is read by those who see that health area.
    """
    with on_pathway(actor, pathway_id, "plans.set_goal", once=once) as act:
        refuse(unfit_goal(act, text, health_area))
        goal = write_goal(act, text=text, health_area=health_area)
        act.record("goal.set", kind=kind_of(health_area), subject=goal.pk)
    return goal


def kind_of(health_area: HealthArea | None) -> InformationKind:
    """Who reads a goal: those who see the need that it is for, or everyone who takes part."""
    return health_area.kind if health_area else InformationKind.COORDINATION


def unfit_goal(act: CaseAct, text: str, health_area: HealthArea | None) -> dict[str, Problem]:
    """What is wrong with a goal to be."""
    return {
        "text": _("Skriv målet.") if not text.strip() else None,
        "health_area": _("Velg et behov fra listen.")
        if health_area and not health_area.kind & kinds_to_write(act.actor, act.case)
        else None,
    }


def write_goal(act: CaseAct, *, text: str, health_area: HealthArea | None) -> Goal:
    """Add a goal inside an act."""
    row = act.row(kind_of(health_area))
    goal = Goal.objects.create(**row, health_area=health_area or "")
    GoalVersion.objects.create(**row, goal=goal, version=1, text=text)
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
    """Change a goal, or end it with a reason; the versions before stay. Raises EditConflict when someone was first."""
    with on_pathway(actor, pathway_id, "plans.change_goal", once=once) as act:
        newest = newest_goal(act, goal_id, seen=seen)
        refuse(
            {
                "text": _("Skriv målet.")
                if not text.strip()
                else NOTHING_CHANGED
                if (newest.text, newest.is_current) == (text, is_current)
                else None,
                "why": _("Skriv hvorfor målet ikke lenger gjelder.") if not is_current and not why.strip() else None,
            }
        )
        kind = InformationKind(newest.kind)
        version = GoalVersion.objects.create(
            **act.row(kind),
            goal_id=goal_id,
            version=seen + 1,
            text=text,
            is_current=is_current,
            why=why,
        )
        act.record("goal.changed", kind=kind, subject=goal_id, data={"version": seen + 1})
    return version


def newest_goal(act: CaseAct, goal_id: UUID, *, seen: int) -> GoalVersion:
    """A goal as it stands, for one who may change it. Raises Invalid, EditConflict when it is not what was seen."""
    newest = GoalVersion.objects.filter(pathway=act.case, goal=goal_id).order_by("-version").first()
    may_write = newest is not None and newest.kind & (
        kinds_to_write(act.actor, act.case) | InformationKind.COORDINATION
    )
    refuse({"goal_id": None if may_write else _("Vi finner ikke målet.")})
    assert newest is not None
    if newest.version != seen:
        raise EditConflict(seen=seen, current=newest.version)
    return newest


def newest_task(act: CaseAct, task_id: UUID, *, seen: int) -> TaskVersion:
    """A task as it stands. Raises Invalid, EditConflict when it is not what was seen."""
    newest = TaskVersion.objects.filter(pathway=act.case, task=task_id).order_by("-version").first()
    refuse({"task_id": _("Vi finner ikke oppgaven.") if newest is None else None})
    assert newest is not None
    if newest.version != seen:
        raise EditConflict(seen=seen, current=newest.version)
    return newest


NOTHING_CHANGED = _("Du har ikke endret noe.")


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
    """Add a task: what, who and by when, for a goal or on its own."""
    with on_pathway(actor, pathway_id, "plans.set_task", once=once) as act:
        goal = Goal.objects.filter(pathway=act.case, pk=goal_id).first() if goal_id else None
        refuse(
            {
                "what": _("Skriv hva som skal gjøres.") if not what.strip() else None,
                "who": unfit_for_task(act, service_id=service_id, related_person_id=related_person_id),
                "due_on": unfit_due(due_on, act=act),
                "goal_id": _("Vi finner ikke målet. Velg fra listen.") if goal_id and goal is None else None,
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


@dataclass(frozen=True, slots=True)
class NewTask:
    """One task of several as it is to stand in the plan: what, who and by when."""

    what: str
    service_id: UUID | None
    related_person_id: UUID | None
    due_on: date | None


def set_tasks(
    *, actor: Actor, pathway_id: UUID, once: UUID | None, task_set: str, tasks: Mapping[int, NewTask]
) -> list[Task]:
    """Add the tasks that were kept of a set, all or none; problems are named `task_<place>_what`, `…_who`, `…_due`.

    `task_set` is where they came from: a key of the definitions, or the id of a set of the actor's own service.
    """
    with on_pathway(actor, pathway_id, "plans.set_tasks", once=once) as act:
        problems: dict[str, Problem] = {}
        for place, one in tasks.items():
            problems |= {**unfit_task(act, one, place=place), f"task_{place}_due": unfit_due(one.due_on, act=act)}
        refuse({**problems, "tasks": _("Ta med minst én oppgave.") if not tasks else None})
        made = [
            write_task(
                act,
                what=one.what,
                service_id=one.service_id,
                related_person_id=one.related_person_id,
                due_on=one.due_on,
                goal=None,
                from_meeting=None,
            )
            for one in tasks.values()
        ]
        act.record("tasks.set", kind=InformationKind.COORDINATION, data={"task_set": task_set, "tasks": len(made)})
    return made


def unfit_task(act: CaseAct, task: NewTask, *, place: int) -> dict[str, Problem]:
    """What is wrong with one of several tasks, but for its day."""
    return {
        f"task_{place}_what": _("Skriv hva som skal gjøres.") if not task.what.strip() else None,
        f"task_{place}_who": unfit_for_task(act, service_id=task.service_id, related_person_id=task.related_person_id),
    }


def unfit_for_task(act: CaseAct, *, service_id: UUID | None, related_person_id: UUID | None) -> Problem:
    """Why nobody, or just this one, can have a task: a service must take part, a person must be around the child."""
    if (service_id is None) == (related_person_id is None):
        return _("Velg én som har ansvaret for oppgaven.")
    if related_person_id is not None:
        is_there = get_related(act.child, related_person_id) is not None
        return None if is_there else _("Denne personen står ikke rundt barnet.")
    if str(service_id) not in taking_part(act.before, on=act.today):
        return _("Tjenesten er ikke med i forløpet. Spør om samtykke først, eller velg en annen.")
    return in_service(get_service(service_id), on=act.today)


def unfit_due(due_on: date | None, *, act: CaseAct) -> Problem:
    if due_on is None:
        return None
    if due_on < act.today:
        return _("Fristen har alt gått ut. Velg en dato fra i dag.")
    return not_too_far(due_on, today=act.today)


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
    service_id: UUID | None = None,
    related_person_id: UUID | None = None,
) -> TaskVersion:
    """Change a task: the owner of the case any, another service its own.

    `service_id` or `related_person_id` hands it over, which only the owner of the case does; with neither it stays
    with the one who has it. Raises EditConflict when someone was first, Refused for the task of another.
    """
    with on_pathway(actor, pathway_id, "plans.change_task", once=once) as act:
        newest = newest_task(act, task_id, seen=seen)
        if newest.service_id != actor.service_id and not owns(actor, act.case):
            raise Refused("task_of_another", TASK_OF_ANOTHER)
        if service_id is None and related_person_id is None:
            service_id, related_person_id = newest.service_id, newest.related_person_id
        had, has = (newest.service_id, newest.related_person_id), (service_id, related_person_id)
        if had != has and not owns(actor, act.case):
            raise Refused("owner_only", OWNER_HANDS_OVER)
        before = (newest.what, newest.due_on, newest.state, *had)
        refuse(
            {
                "what": _("Skriv hva som skal gjøres.")
                if not what.strip()
                else NOTHING_CHANGED
                if before == (what, due_on, state, *has) and not why.strip()
                else None,
                "who": unfit_for_task(act, service_id=service_id, related_person_id=related_person_id)
                if had != has
                else None,
                "due_on": unfit_due(due_on, act=act) if due_on != newest.due_on and state in OPEN else None,
                "why": _("Skriv hvorfor oppgaven ikke lenger er aktuell.")
                if state is TaskState.DROPPED and not why.strip()
                else None,
            }
        )
        version = TaskVersion.objects.create(
            **act.row(InformationKind.COORDINATION),
            task_id=task_id,
            version=seen + 1,
            what=what,
            service_id=service_id,
            related_person_id=related_person_id,
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
