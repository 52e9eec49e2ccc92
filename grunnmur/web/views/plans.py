"""The collaboration plan: goals, tasks, and how each came to be as it is."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from grunnmur.cases.access import Refused
from grunnmur.cases.actions import plans as acts
from grunnmur.cases.actions.plans import TASK_OF_ANOTHER
from grunnmur.cases.queries import plans as queries
from grunnmur.cases.queries.case import Case, get_case
from grunnmur.cases.queries.plans import GoalNow, Plan, Someone, TaskNow, who_is_around, who_takes_part
from grunnmur.cases.queries.siblings import has_any
from grunnmur.cases.queries.task_sets import list_sets
from grunnmur.cases.terms import HealthArea, TaskState
from grunnmur.web import forms
from grunnmur.web.acting import actor_of, check_first, once_of, perform, seen_of
from grunnmur.web.crumbs import case_crumbs
from grunnmur.web.jinja import dato, klokke
from grunnmur.web.who import WhoField, offer


def plan(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """The goals with who does what by when; what is late said in words, what is done folded away."""
    found = queries.get_plan(actor_of(request), pathway_id)
    return render(
        request,
        "plan.html",
        {
            "plan": found,
            "case": found.case,
            "summary": _summary(found),
            "sets": () if found.case.why_not("plans.set_tasks") else list_sets(found.case.actor),
            "status": status,
            "tone": tone,
            "changes": task_changes,
            "goal_changes": goal_changes,
            "may_change": lambda task: not _why_not_change(found.case, task),
        },
    )


def _summary(found: Plan) -> str:
    """How it stands, in one or two sentences."""
    if not found.open_count:
        return _("Ingen oppgaver er åpne.")
    sentences = [
        ngettext("%(n)s oppgave er åpen.", "%(n)s oppgaver er åpne.", found.open_count) % {"n": found.open_count}
    ]
    if found.late_count:
        sentences.append(
            ngettext("%(n)s er over fristen.", "%(n)s er over fristen.", found.late_count) % {"n": found.late_count}
        )
    if found.own_late_count:
        sentences.append(
            ngettext("%(n)s av dem er deres.", "%(n)s av dem er deres.", found.own_late_count)
            % {"n": found.own_late_count}
        )
    return " ".join(sentences)


def status(task: TaskNow) -> str:
    """Where a task stands, in words: lateness is never left to a colour."""
    if task.days_late:
        return ngettext("%(n)s dag over fristen", "%(n)s dager over fristen", task.days_late) % {"n": task.days_late}
    if task.state is TaskState.DONE:
        return _("gjort %(on)s") % {"on": dato(task.at)}
    return str(task.state.label).lower()


def tone(task: TaskNow) -> str:
    """The colour that goes with the words."""
    if task.days_late:
        return "danger"
    return {TaskState.DONE: "done", TaskState.UNDER_WAY: "waiting"}.get(task.state, "neutral")


def _why_not_change(case: Case, task: TaskNow) -> str:
    """Why the actor may not change this task; empty when it may."""
    return case.why_not("plans.change_task") or ("" if task.is_mine or case.is_owner else str(TASK_OF_ANOTHER))


# --- what changed -----------------------------------------------------------------------------------------------

Change = dict[str, Any]


def task_changes(versions: Sequence[TaskNow]) -> list[Change]:
    """Each change of a task: when, by whom, why, and what stood before beside what stands after. Newest first."""
    pairs = zip([None, *versions], versions, strict=False)
    return [_change(before, after, _task_facts) for before, after in pairs][::-1]


def goal_changes(versions: Sequence[GoalNow]) -> list[Change]:
    """The same for a goal."""
    pairs = zip([None, *versions], versions, strict=False)
    return [_change(before, after, _goal_facts) for before, after in pairs][::-1]


def _change(before: Any, after: Any, facts: Any) -> Change:
    old = dict(facts(before)) if before else {}
    return {
        "at": after.at,
        "by": after.by,
        "why": after.why,
        "is_first": before is None,
        "fields": [(label, old.get(label, ""), value) for label, value in facts(after) if old.get(label) != value],
    }


def _task_facts(task: TaskNow) -> list[tuple[str, str]]:
    return [
        (_("Hva"), task.what),
        (_("Hvem"), task.who),
        (_("Innen"), dato(task.due_on) if task.due_on else _("uten frist")),
        (_("Status"), str(task.state.label).lower()),
    ]


def _goal_facts(goal: GoalNow) -> list[tuple[str, str]]:
    return [(_("Mål"), goal.text), (_("Status"), _("gjelder") if goal.is_current else _("gjelder ikke lenger"))]


# --- two versions side by side ----------------------------------------------------------------------------------


def differences(before: Sequence[tuple[str, str]], after: Sequence[tuple[str, str]]) -> list[tuple[str, str, str, str]]:
    """What stands in each field of two versions, and in words whether it is another."""
    now = dict(after)
    return [(label, old, now[label], _("likt") if old == now[label] else _("endret")) for label, old in before]


def compare_task(request: HttpRequest, pathway_id: UUID, task_id: UUID) -> HttpResponse:
    """Two versions of a task that one chooses, side by side; at first the first and the newest."""
    case = get_case(actor_of(request), pathway_id, page="compare_task")
    return _compare(request, case, queries.get_task(case, task_id).versions, _task_facts, title=_("Oppgaven før og nå"))


def compare_goal(request: HttpRequest, pathway_id: UUID, goal_id: UUID) -> HttpResponse:
    """The same for a goal."""
    case = get_case(actor_of(request), pathway_id, page="compare_goal")
    return _compare(request, case, queries.get_goal_versions(case, goal_id), _goal_facts, title=_("Målet før og nå"))


def _compare(request: HttpRequest, case: Case, versions: Sequence[Any], facts: Any, *, title: str) -> HttpResponse:
    by_number = {str(one.version): one for one in versions}
    before = by_number.get(request.GET.get("fra", ""), versions[0])
    after = by_number.get(request.GET.get("til", ""), versions[-1])
    page = _page(case)
    return render(
        request,
        "compare_versions.html",
        {
            **page["context"],
            "title": title,
            "lead": page["lead"],
            "back": page["back"],
            "versions": [(one.version, _named(one)) for one in versions],
            "before": before,
            "after": after,
            "heads": [_("Felt"), _named(before), _named(after), _("Endring")],
            "rows": differences(facts(before), facts(after)),
        },
    )


def _named(version: Any) -> str:
    return _("Versjon %(n)s, %(on)s kl. %(at)s, %(by)s") % {
        "n": version.version,
        "on": dato(version.at),
        "at": klokke(version.at),
        "by": version.by,
    }


def _page(case: Case) -> dict[str, Any]:
    """What every page under the plan shares: whose case, the way back up, and where one goes afterwards."""
    back = reverse("plan", kwargs={"pathway_id": case.pathway.pk})
    name = case.child.name or _("Barn uten navn")
    return {
        "lead": _("%(name)s, %(n)s år") % {"name": name, "n": case.age},
        "back": back,
        "context": {"crumbs": case_crumbs(case, (_("Plan"), back)), "case": case},
    }


def _of_sibling(case: Case, page: str, **of: UUID) -> str:
    """The address of the page where what concerns a sibling is moved; empty where there is none to move it to."""
    if case.why_not("plans.move_to_sibling") or not has_any(case.actor, case.child):
        return ""
    return reverse(page, kwargs={"pathway_id": case.pathway.pk, **of})


# --- goals ------------------------------------------------------------------------------------------------------

GOAL_HINT = gettext_lazy("Skriv det barnet vil merke når målet er nådd.")


READ_BY_ALL = gettext_lazy("Skriv det barnet vil merke når målet er nådd. Alle som er med i forløpet, leser det.")


class GoalForm(forms.ActForm):
    text = forms.long_text(gettext_lazy("Mål"), help_text=GOAL_HINT)


class NewGoalForm(GoalForm):
    """A goal, and the need that it is for, of those that are known in the case."""

    health_area = forms.choice(
        gettext_lazy("Hvilket behov er målet for?"),
        [],
        required=False,
        help_text=gettext_lazy(
            "Er målet for et helseområde, leses det bare av dem som ser det området. "
            "Ellers leses det av alle som er med."
        ),
    )

    def offer_needs(self, areas: Iterable[HealthArea]) -> None:
        """The areas that have been mapped or referred; without any there is nothing to choose.

        What was chosen while there was one stays to be refused: the goal must not be read by others than was said.
        """
        needs = [(area.value, area.label) for area in areas]
        if not needs and not self.data.get("health_area"):
            self.fields["text"].help_text = READ_BY_ALL
            del self.fields["health_area"]
            return
        field = self.fields["health_area"]
        assert isinstance(field, django_forms.ChoiceField)
        field.choices = [("", _("Samarbeidet, ikke ett helseområde")), *needs]


class ChangeGoalForm(GoalForm):
    is_current = forms.choice(
        gettext_lazy("Gjelder målet fortsatt?"),
        [("yes", gettext_lazy("Ja")), ("no", gettext_lazy("Nei, det er nådd eller ikke aktuelt lenger"))],
        radio=True,
    )
    why = forms.long_text(
        gettext_lazy("Hvorfor?"), required=False, help_text=gettext_lazy("Må fylles ut når målet ikke gjelder lenger.")
    )


def set_goal(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """Add a goal."""
    actor = actor_of(request)
    case = get_case(actor, pathway_id, page="set_goal")
    check_first(request, case, "plans.set_goal")
    form = NewGoalForm(request.POST or None)
    form.offer_needs(queries.list_needs(case))

    def set_it(data: dict[str, Any]) -> object:
        chosen = data.get("health_area")
        return acts.set_goal(
            actor=actor,
            pathway_id=pathway_id,
            once=once_of(request),
            text=data["text"],
            health_area=HealthArea(chosen) if chosen else None,
        )

    return perform(
        request,
        form=form,
        run=set_it,
        title=_("Nytt mål"),
        button=_("Lagre målet"),
        done=_("Målet står i planen."),
        **_page(case),
    )


def change_goal(request: HttpRequest, pathway_id: UUID, goal_id: UUID) -> HttpResponse:
    """Change a goal or end it; what a colleague wrote meanwhile is shown above what was typed."""
    actor = actor_of(request)
    case = get_case(actor, pathway_id, page="change_goal")
    check_first(request, case, "plans.change_goal")
    goal = queries.get_goal(case, goal_id)
    page = _page(case)
    page["context"] |= {
        "newest": lambda: _goal_facts(queries.get_goal(case, goal_id)),
        "of_sibling": _of_sibling(case, "goal_of_another_child", goal_id=goal_id) if goal.is_current else "",
    }
    form = ChangeGoalForm(
        request.POST or None, initial={"text": goal.text, "is_current": "yes" if goal.is_current else "no"}
    )
    form.fields["text"].help_text = (
        _("Målet er for %(area)s, og leses bare av dem som ser det området.") % {"area": goal.area.label}
        if goal.area
        else READ_BY_ALL
    )
    return perform(
        request,
        form=form,
        run=lambda data: acts.change_goal(
            actor=actor,
            pathway_id=pathway_id,
            once=once_of(request),
            goal_id=goal_id,
            seen=seen_of(request) or 0,
            **{**data, "is_current": data["is_current"] == "yes"},
        ),
        title=_("Endre målet"),
        button=_("Lagre endringen"),
        done=_("Målet er endret. Det som sto før, er tatt vare på."),
        template="plan_change.html",
        version=goal.version,
        **page,
    )


# --- tasks ------------------------------------------------------------------------------------------------------


class TaskForm(forms.ActForm):
    what = django_forms.CharField(
        label=gettext_lazy("Hva skal gjøres?"),
        max_length=500,
        help_text=gettext_lazy("Alle som er med i forløpet, leser det."),
    )
    who = WhoField(gettext_lazy("Hvem gjør det?"))
    due_on = forms.DateField(label=gettext_lazy("Innen når?"), required=False)


class NewTaskForm(TaskForm):
    goal_id = forms.choice(gettext_lazy("Hvilket mål hører den til?"), [], required=False)


class ChangeTaskForm(TaskForm):
    state = forms.choice(gettext_lazy("Hvordan går det?"), TaskState.choices, radio=True)
    why = forms.long_text(
        gettext_lazy("Hvorfor, eller hva ble gjort?"),
        required=False,
        help_text=gettext_lazy("Må fylles ut når oppgaven ikke lenger er aktuell."),
    )


def set_task(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """Add a task: what, who and by when."""
    actor = actor_of(request)
    case = get_case(actor, pathway_id, page="set_task")
    check_first(request, case, "plans.set_task")
    form = NewTaskForm(request.POST or None, initial={"goal_id": request.GET.get("mal", "")})
    offer(form, "who", [*who_takes_part(case), *who_is_around(case)])
    goals = [("", _("Ingen av målene")), *((str(goal.goal_id), goal.text) for goal in queries.list_goals(case))]
    forms.offer_choices(form, "goal_id", goals)
    return perform(
        request,
        form=form,
        run=lambda data: acts.set_task(
            actor=actor,
            pathway_id=pathway_id,
            once=once_of(request),
            **_who(data),
            goal_id=_goal(data.pop("goal_id")),
            **data,
        ),
        title=_("Ny oppgave"),
        button=_("Lagre oppgaven"),
        done=_("Oppgaven står i planen."),
        **_page(case),
    )


def _who(data: dict[str, Any]) -> dict[str, Any]:
    """Takes the one chosen out of the cleaned data, as the acts want it."""
    service, person = data.pop("who", (None, None))
    return {"service_id": service, "related_person_id": person}


def _who_may_have(case: Case, task: TaskNow) -> list[Someone]:
    """Those who can be given the task, and the one who has it, who may be in it no longer."""
    some = [*who_takes_part(case), *who_is_around(case)]
    if task.who_key not in {one.key for one in some}:
        kind, _colon, key = task.who_key.partition(":")
        name = _("%(who)s (er ikke med lenger)") % {"who": task.who}
        some.append(Someone(UUID(key), name, is_service=kind == "service"))
    return some


def _goal(value: str) -> UUID | None:
    return UUID(value) if value else None


def change_task(request: HttpRequest, pathway_id: UUID, task_id: UUID) -> HttpResponse:
    """Change a task; what a colleague wrote meanwhile is shown above what was typed."""
    actor = actor_of(request)
    case = get_case(actor, pathway_id, page="change_task")
    check_first(request, case, "plans.change_task")
    task = queries.get_task(case, task_id)
    now = task.now
    if request.method != "POST" and not (now.is_mine or case.is_owner):
        raise Refused("task_of_another", TASK_OF_ANOTHER)
    form = ChangeTaskForm(
        request.POST or None,
        initial={"what": now.what, "who": now.who_key, "due_on": now.due_on, "state": now.state},
    )
    if case.is_owner:
        offer(form, "who", _who_may_have(case, now))
    else:
        del form.fields["who"]
    page = _page(case)
    page["context"] |= {
        "newest": lambda: _task_facts(queries.get_task(case, task_id).now),
        "of_sibling": _of_sibling(case, "task_of_another_child", task_id=task_id) if now.is_open else "",
    }
    return perform(
        request,
        form=form,
        run=lambda data: acts.change_task(
            actor=actor,
            pathway_id=pathway_id,
            once=once_of(request),
            task_id=task_id,
            seen=seen_of(request) or 0,
            **_who(data),
            **{**data, "state": TaskState(data["state"])},
        ),
        title=_("Endre oppgaven"),
        button=_("Lagre endringen"),
        done=_("Oppgaven er endret. Det som sto før, er tatt vare på."),
        template="plan_change.html",
        version=now.version,
        **page,
    )
