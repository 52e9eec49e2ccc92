"""Sets of tasks: what one's own service keeps, and fetching one into the plan of a case."""

from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from grunnmur import clock
from grunnmur.cases.access import Refused
from grunnmur.cases.actions import plans as acts
from grunnmur.cases.door import Invalid
from grunnmur.cases.queries import task_sets as queries
from grunnmur.cases.queries.case import get_case
from grunnmur.cases.queries.plans import who_is_around, who_takes_part
from grunnmur.cases.queries.task_sets import Proposed
from grunnmur.directory import members, task_sets
from grunnmur.directory.kinds import ServiceKind
from grunnmur.directory.task_sets import LONGEST, MOST_TASKS, Line, Written, Wrong
from grunnmur.web import forms
from grunnmur.web.acting import actor_of, check_first, once_of, perform, seen_of
from grunnmur.web.crumbs import case_crumbs
from grunnmur.web.fields import Field
from grunnmur.web.views import session
from grunnmur.web.who import WhoField, offer

NOT_YOURS = gettext_lazy("Bare den som administrerer tjenesten, kan endre dette.")
CONTACT_PERSON = gettext_lazy("Kontaktpersonen i barnevernet")


def usually(line: Line) -> str:
    """Who usually does a task, and in how many days: Fastlege, 14 dager."""
    who = line.service.label if line.service else CONTACT_PERSON
    return f"{who}, {ngettext('%(n)s dag', '%(n)s dager', line.days) % {'n': line.days}}"


# --- what the service keeps -------------------------------------------------------------------------------------------


@require_GET
def our_task_sets(request: HttpRequest) -> HttpResponse:
    """The service's own sets, and those that are for everybody."""
    actor = actor_of(request)
    session.log(actor, "task_sets")
    return render(
        request,
        "task_sets.html",
        {
            "own": task_sets.list_own(actor),
            "others": [one for one in queries.list_sets(actor) if not one.is_own],
            "why_not": "" if members.is_administrator() else NOT_YOURS,
            "usually": usually,
        },
    )


class KeepForm(forms.ActForm):
    """A name, and room for some tasks: `task_0_what`, `task_0_who`, `task_0_days` and so on."""

    name = django_forms.CharField(
        label=gettext_lazy("Hva heter settet?"),
        max_length=80,
        help_text=gettext_lazy("Skriv når det brukes, for eksempel: Når barnet flytter i fosterhjem."),
    )
    in_use = forms.choice(
        gettext_lazy("Er settet i bruk?"),
        [("yes", gettext_lazy("Ja")), ("no", gettext_lazy("Nei, det skal ikke hentes lenger"))],
        radio=True,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        kinds = [("", CONTACT_PERSON), *ServiceKind.choices]
        for row in range(MOST_TASKS):
            self.fields[f"task_{row}_what"] = django_forms.CharField(
                label=_("Hva skal gjøres?"), required=False, max_length=500
            )
            self.fields[f"task_{row}_who"] = django_forms.ChoiceField(
                label=_("Hvem gjør det vanligvis?"), choices=kinds, required=False
            )
            self.fields[f"task_{row}_days"] = django_forms.IntegerField(
                label=_("Dager fra settet hentes"),
                required=False,
                widget=django_forms.TextInput(attrs={"inputmode": "numeric"}),
            )
        self.say_plainly()
        for row in range(MOST_TASKS):
            self.fields[f"task_{row}_days"].error_messages["invalid"] = _("Skriv antall dager med tall.")

    def rows(self) -> list[dict[str, Any]]:
        """The rows of tasks for the page, and whether anything stands in each."""
        rows = []
        for row in range(MOST_TASKS):
            fields = self.fields_for_page([f"task_{row}_what", f"task_{row}_who", f"task_{row}_days"])
            rows.append({"fields": fields, "is_used": any(field.value or field.error for field in fields)})
        return rows


SAYS: dict[Wrong, tuple[str, str | Promise]] = {
    Wrong.SAYS_NOTHING: ("what", gettext_lazy("Skriv hva som skal gjøres.")),
    Wrong.WITHIN_NO_DAYS: ("days", gettext_lazy("Skriv antall dager, fra 0 til %(most)s.") % {"most": LONGEST}),
    Wrong.NO_TASK: ("what", gettext_lazy("Skriv minst én oppgave.")),
    Wrong.TOO_MANY: ("what", gettext_lazy("Et sett kan ha høyst %(most)s oppgaver.") % {"most": MOST_TASKS}),
}
"""Each fault in a task that was written: beside which part of it, in words."""


def _lines(data: dict[str, Any]) -> tuple[Line, ...]:
    """The tasks that were written, in order. Raises Invalid with what is wrong beside each field."""
    written = [
        Written(data[f"task_{row}_what"], ServiceKind(who) if who else None, data[f"task_{row}_days"])
        for row in range(MOST_TASKS)
        for who in [data[f"task_{row}_who"]]
    ]
    problems = {f"task_{row}_{SAYS[wrong][0]}": SAYS[wrong][1] for row, wrong in task_sets.wrong_with(written)}
    if problems:
        raise Invalid(problems)
    return task_sets.lines_of(written)


def new_task_set(request: HttpRequest) -> HttpResponse:
    """Make a set for one's own service."""
    return _keep(request, set_id=None)


def change_task_set(request: HttpRequest, set_id: UUID) -> HttpResponse:
    """Change a set, or take it out of use; plans that it was fetched into stay as they are."""
    return _keep(request, set_id=set_id)


def _keep(request: HttpRequest, *, set_id: UUID | None) -> HttpResponse:
    actor = actor_of(request)
    if not members.is_administrator():
        raise Refused("not_administrator", NOT_YOURS)
    try:
        versions = task_sets.list_versions(actor, set_id) if set_id else ()
    except task_sets.NotOurs as fault:
        raise Http404 from fault
    session.log(actor, "change_task_set" if set_id else "new_task_set", about=set_id)
    initial: dict[str, Any] = {"in_use": "yes"}
    if versions:
        initial = {"name": versions[0].name, "in_use": "yes" if versions[0].is_in_use else "no"}
        for row, line in enumerate(versions[0].lines):
            initial |= {f"task_{row}_what": line.what, f"task_{row}_days": line.days}
            initial[f"task_{row}_who"] = line.service or ""
    form = KeepForm(request.POST or None, initial=initial)
    if set_id is None:
        form.fields["in_use"].required = False

    def keep(data: dict[str, Any]) -> object:
        return task_sets.keep(
            actor=actor,
            set_id=set_id,
            once=once_of(request),
            seen=seen_of(request) or 0,
            name=data["name"],
            lines=_lines(data),
            in_use=data["in_use"] != "no",
        )

    back = reverse("task_sets")
    return perform(
        request,
        form=form,
        run=keep,
        version=versions[0].version if versions else 0,
        title=_("Endre oppgavesettet") if set_id else _("Nytt oppgavesett"),
        lead=_("Skriv ikke om noe enkelt barn. Alle i tjenesten kan hente settet inn i en plan og endre det der."),
        button=_("Lagre"),
        done=_("Oppgavesettet er lagret."),
        back=back,
        template="task_set_keep.html",
        context={
            "crumbs": [(_("Oppgavesett"), back), (_("Endre") if set_id else _("Nytt"), "")],
            "is_new": set_id is None,
            "rows": form.rows,
            "versions": versions,
            "usually": usually,
        },
    )


# --- fetching one into a plan -----------------------------------------------------------------------------------------


class FetchForm(forms.ActForm):
    """The set's tasks, each of which can be changed or left out."""

    def __init__(self, *args: Any, proposed: tuple[Proposed, ...], **options: Any) -> None:
        initial: dict[str, Any] = {}
        for row, one in enumerate(proposed):
            initial |= {f"task_{row}_take": True, f"task_{row}_what": one.what, f"task_{row}_due": one.due_on}
            initial[f"task_{row}_who"] = one.who
        super().__init__(*args, initial=initial, **options)
        self.proposed = proposed
        for row, one in enumerate(proposed):
            self.fields[f"task_{row}_take"] = django_forms.BooleanField(label=_("Ta med oppgaven"), required=False)
            self.fields[f"task_{row}_what"] = django_forms.CharField(
                label=_("Hva skal gjøres?"), required=False, max_length=500
            )
            missing = _("Vanligvis: %(kind)s. Velg hvem, eller ta bort oppgaven.") % {
                "kind": str(one.missing.label).lower() if one.missing else ""
            }
            self.fields[f"task_{row}_who"] = WhoField(
                _("Hvem gjør det?"), required=False, help_text=missing if one.missing else ""
            )
            self.fields[f"task_{row}_due"] = forms.DateField(label=_("Innen når?"), required=False)
        self.say_plainly()

    def clean(self) -> dict[str, Any]:
        """What is wrong with a task that is left out stops nothing."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for row in range(len(self.proposed)):
            if not data.get(f"task_{row}_take"):
                for part in ("what", "who", "due"):
                    self.errors.pop(f"task_{row}_{part}", None)
        return data

    def rows(self) -> list[dict[str, Any]]:
        """The rows for the page."""
        parts = ("take", "what", "who", "due")
        return [{"fields": self._fields(row, parts), "is_named": one.is_named} for row, one in enumerate(self.proposed)]

    def _fields(self, row: int, parts: tuple[str, ...]) -> list[Field]:
        return self.fields_for_page([f"task_{row}_{part}" for part in parts])

    def kept(self, data: dict[str, Any]) -> dict[int, acts.NewTask]:
        """The tasks that were not left out, by their place on the page, so that a fault finds its row."""
        kept = {}
        for row in range(len(self.proposed)):
            if data[f"task_{row}_take"]:
                service, person = data[f"task_{row}_who"]
                kept[row] = acts.NewTask(data[f"task_{row}_what"], service, person, data[f"task_{row}_due"])
        return kept


def _with_room(proposed: tuple[Proposed, ...], given: QueryDict) -> tuple[Proposed, ...]:
    """As many rows as were sent: what somebody took out of the set meanwhile is not taken from the one who writes."""
    sent = max((row + 1 for row in range(MOST_TASKS) if f"task_{row}_what" in given), default=0)
    empty = Proposed(what="", who="", due_on=clock.today(), missing=None, is_named=False)
    return (*proposed, *[empty] * (sent - len(proposed)))


def fetch_task_set(request: HttpRequest, pathway_id: UUID, key: str) -> HttpResponse:
    """The tasks of a set, filled in for this case: change or leave out, and put the others into the plan at once."""
    actor = actor_of(request)
    case = get_case(actor, pathway_id, page="fetch_task_set")
    check_first(request, case, "plans.set_tasks")
    chosen = queries.get_set(actor, key, also_out_of_use=request.method == "POST")
    part, around = who_takes_part(case), who_is_around(case)
    proposed = _with_room(queries.propose(case, chosen, some=part), request.POST)
    form = FetchForm(request.POST or None, proposed=proposed)
    for row in range(len(form.proposed)):
        offer(form, f"task_{row}_who", [*part, *around])
    back = reverse("plan", kwargs={"pathway_id": pathway_id})
    return perform(
        request,
        form=form,
        run=lambda data: acts.set_tasks(
            actor=actor, pathway_id=pathway_id, once=once_of(request), task_set=key, tasks=form.kept(data)
        ),
        title=chosen.name,
        lead=_("%(name)s, %(n)s år") % {"name": case.child.name or _("Barn uten navn"), "n": case.age},
        button=_("Legg oppgavene i planen"),
        done=_("Oppgavene står i planen."),
        back=back,
        template="task_set_fetch.html",
        context={
            "crumbs": case_crumbs(case, (_("Plan"), back)),
            "case": case,
            "rows": form.rows,
            "is_own": chosen.is_own,
        },
    )
