"""A sibling's own record, made from what is known of the child one came from; and what is moved into its own case."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from grunnmur.cases.actions import drafts
from grunnmur.cases.actions import siblings as acts
from grunnmur.cases.queries import plans
from grunnmur.cases.queries import siblings as queries
from grunnmur.cases.queries.case import Case, get_case
from grunnmur.cases.queries.child import PersonAround
from grunnmur.cases.queries.drafts import find as find_draft
from grunnmur.cases.terms import HealthArea, RelationKind
from grunnmur.web import child_words, forms
from grunnmur.web.acting import actor_of, check_first, draft_is_about, once_of, perform, seen_of
from grunnmur.web.crumbs import Crumb, case_crumbs
from grunnmur.web.fields import Field
from grunnmur.web.jinja import dato
from grunnmur.web.views.children import RegisterForm
from grunnmur.web.views.drafts import typed
from grunnmur.web.views.plans import NewGoalForm, TaskForm
from grunnmur.web.who import offer

NOT_AROUND = "none"
"""The answer that somebody is not around the sibling."""
RIGHTS: dict[str, tuple[bool, bool]] = {
    "both": (True, True),
    "responsibility": (True, False),
    "care": (False, True),
    "neither": (False, False),
}
"""Parental responsibility and daily care, as one question."""


class SiblingForm(forms.ConditionalForm, RegisterForm):
    """Who the sibling is, and for each of the others around the first child who it is to the sibling."""

    language = django_forms.CharField(label=gettext_lazy("Språk hjemme"), max_length=40, required=False)
    needs_interpreter = django_forms.BooleanField(label=gettext_lazy("Barnet trenger tolk"), required=False)
    from_on = forms.DateField(
        label=gettext_lazy("Fra når er de rundt dette barnet?"),
        help_text=gettext_lazy("Gjelder alle under. Var det ulikt for dem, retter dere det på barnets egen side."),
    )
    is_same = forms.choice(
        gettext_lazy("Er det det samme barnet?"),
        [
            ("yes", gettext_lazy("Ja, skriv familien inn der. Det som står der fra før, blir ikke endret")),
            ("no", gettext_lazy("Nei, det er et annet barn")),
        ],
        radio=True,
        required=False,
    )

    def __init__(self, *args: Any, others: tuple[PersonAround, ...], **options: Any) -> None:
        super().__init__(*args, **options)
        self.others = others
        self.needed_with_some_answers = frozenset({"is_same", *(f"rights_{person.identity}" for person in others)})
        for person in others:
            self.fields[f"relation_{person.identity}"] = forms.choice(
                _("Hvem er %(name)s for dette barnet?") % {"name": person.name},
                [(NOT_AROUND, _("Skal ikke stå her")), *RelationKind.choices],
            )
            self.fields[f"rights_{person.identity}"] = forms.choice(
                _("Har %(name)s foreldreansvar for dette barnet?") % {"name": person.name},
                [
                    ("both", _("Foreldreansvar og daglig omsorg")),
                    ("responsibility", _("Foreldreansvar, ikke daglig omsorg")),
                    ("care", _("Daglig omsorg, ikke foreldreansvar")),
                    ("neither", _("Ingen av delene")),
                ],
                required=False,
            )
        self.say_plainly()

    def own_fields(self) -> list[Field]:
        """Those of the child itself; the question whether it is one that is here stands first, when it is asked."""
        is_asked = bool(self["is_same"].errors or (self.is_bound and self["is_same"].value()))
        names = [name for name in self.fields if not name.startswith(("relation_", "rights_", "is_same", "from_on"))]
        return [*(self.fields_for_page(["is_same"]) if is_asked else []), *self.fields_for_page(names)]

    def about(self, person: PersonAround) -> list[Field]:
        return self.fields_for_page([f"relation_{person.identity}", f"rights_{person.identity}"])

    def people(self, data: dict[str, Any]) -> list[acts.Around]:
        """Takes the answers about each out of the cleaned data, as the act wants them."""
        chosen = []
        for person in self.others:
            relation, rights = data.pop(f"relation_{person.identity}"), data.pop(f"rights_{person.identity}")
            if relation != NOT_AROUND:
                chosen.append(acts.Around(person.identity, RelationKind(relation), *RIGHTS.get(rights, (None, None))))
        return chosen


def register(request: HttpRequest, child_id: UUID, identity: UUID) -> HttpResponse:
    """Make a record of a sibling, with those of the family who are around it too."""
    found = queries.get_sibling(actor_of(request), child_id, identity, page="another_child")
    back = reverse("child", kwargs={"child_id": child_id})
    form = SiblingForm(
        request.POST or None,
        others=found.others,
        initial={
            "name": found.person.name,
            "language": found.person.language,
            "needs_interpreter": found.person.needs_interpreter,
            "from_on": found.head.today,
        },
    )
    asked_about = _asked_about(request)
    context = {
        "crumbs": child_words.crumbs(found.head),
        "asked_about": asked_about,
        "record": found.record,
        "own_fields": form.own_fields,
        "people": [_person(form, person, held_back=person.identity in found.held_back) for person in found.others],
    }

    def run(data: dict[str, Any]) -> UUID:
        people, is_same = form.people(data), data.pop("is_same")
        try:
            made = acts.register(
                actor=found.head.actor,
                child_id=child_id,
                once=once_of(request),
                identity=identity,
                people=people,
                same_as=asked_about if is_same == "yes" else None,
                not_same_as=asked_about if is_same == "no" else None,
                allow_real_ids=settings.ALLOW_REAL_NATIONAL_IDS,
                **data,
            )
        except acts.IsHere as here:
            context["asked_about"] = here.child_id
            raise
        return made.pk

    def respond(made: Any) -> HttpResponse:
        if made == asked_about:
            messages.success(request, _("Familien er skrevet inn. Det som sto der fra før, er ikke endret."))
        else:
            messages.success(request, _("Barnet er registrert, med familien. Skriv inn barnets sak i barnevernet."))
        return redirect("child", child_id=made)

    return perform(
        request,
        form=form,
        run=run,
        title=_("Registrer søskenet for seg"),
        lead=_(
            "Barnet får sin egen registrering, og barnet du kom fra, blir stående der som søsken. De som er med rundt "
            "det ene barnet, ser ikke at det andre er registrert."
        ),
        button=_("Registrer barnet"),
        done="",
        back=back,
        template="another_child.html",
        context=context,
        respond=respond,
    )


def _asked_about(request: HttpRequest) -> UUID | None:
    """The record that the form asked about when it was shown."""
    try:
        return UUID(request.POST.get("asked_about", ""))
    except ValueError:
        return None


def _person(form: SiblingForm, person: PersonAround, *, held_back: bool) -> dict[str, Any]:
    """One of the others: what is known of it for the first child, what does not go along, and the questions."""
    stays = []
    if person.contact_limits:
        stays.append(_("Grensene for kontakt følger ikke med. Skriv dem inn på nytt hvis de gjelder her også."))
    if held_back:
        stays.append(_("Noe er holdt tilbake hos barnet du kom fra. Det følger ikke med, så vurder det på nytt."))
    return {"person": person, "about": child_words.about(person), "stays": stays, "fields": lambda: form.about(person)}


# --- what concerns the sibling, moved into its own case --------------------------------------------------------------


def _crumbs(case: Case) -> list[Crumb]:
    return case_crumbs(case, (_("Plan"), reverse("plan", kwargs={"pathway_id": case.pathway.pk})))


def _choose(request: HttpRequest, case: Case, *, what: str) -> queries.SiblingCase | HttpResponse:
    """The sibling's case that was chosen, or the only one there is; else the page where it is chosen."""
    cases = queries.list_cases(case.actor, case.child, act="plans.move_to_sibling")
    asked = request.POST.get("til") or request.GET.get("til", "")
    chosen = [one for one in cases if str(one.pathway_id) == asked] or (cases if len(cases) == 1 else ())
    if chosen:
        return chosen[0]
    shown = {"case": case, "cases": cases, "what": what, "crumbs": _crumbs(case)}
    return render(request, "another_case.html", shown)


class MoveTaskForm(forms.NamingForm, TaskForm):
    """A task as it is to stand in the sibling's plan."""


def task_of_another_child(request: HttpRequest, pathway_id: UUID, task_id: UUID) -> HttpResponse:
    """Move a task into the plan of the sibling that it concerns."""
    case = get_case(actor_of(request), pathway_id, page="task_of_another_child")
    check_first(request, case, "plans.move_to_sibling")
    task = plans.get_task(case, task_id).now
    to = _choose(request, case, what=task.what)
    if isinstance(to, HttpResponse):
        return to
    there = get_case(case.actor, to.pathway_id, page="task_of_another_child")
    some = [*plans.who_takes_part(there), *plans.who_is_around(there)]
    same = next((one.key for one in some if one.key == task.who_key or one.name == task.who), "")
    form = MoveTaskForm(request.POST or None, initial={"what": task.what, "who": same, "due_on": task.due_on})
    offer(form, "who", some)

    def run(data: dict[str, Any]) -> object:
        service_id, person_id = data.pop("who")
        return acts.move_task(
            **_between(request, case, to),
            task_id=task_id,
            service_id=service_id,
            related_person_id=person_id,
            **data,
        )

    return _move(
        request,
        case,
        form,
        run,
        to,
        version=task.version,
        title=_("Oppgaven gjelder søskenet"),
        done=_("Oppgaven står i planen til søskenet. Her står det bare at den gjaldt et annet barn."),
    )


class MoveGoalForm(forms.NamingForm, NewGoalForm):
    """A goal as it is to stand in the sibling's plan."""


def goal_of_another_child(request: HttpRequest, pathway_id: UUID, goal_id: UUID) -> HttpResponse:
    """Move a goal into the plan of the sibling that it concerns."""
    case = get_case(actor_of(request), pathway_id, page="goal_of_another_child")
    check_first(request, case, "plans.move_to_sibling")
    goal = plans.get_goal(case, goal_id)
    to = _choose(request, case, what=goal.text)
    if isinstance(to, HttpResponse):
        return to
    there = get_case(case.actor, to.pathway_id, page="goal_of_another_child")
    form = MoveGoalForm(request.POST or None, initial={"text": goal.text, "health_area": goal.area or ""})
    form.offer_needs(plans.list_needs(there))

    def run(data: dict[str, Any]) -> object:
        area = data.pop("health_area", "")
        return acts.move_goal(
            **_between(request, case, to),
            goal_id=goal_id,
            health_area=HealthArea(area) if area else None,
            **data,
        )

    return _move(
        request,
        case,
        form,
        run,
        to,
        version=goal.version,
        title=_("Målet gjelder søskenet"),
        done=_("Målet står i planen til søskenet. Her står det bare at det gjaldt et annet barn."),
    )


def _between(request: HttpRequest, case: Case, to: queries.SiblingCase) -> dict[str, Any]:
    """Who moves it, from which case and to which, and the version that was seen here."""
    return {
        "actor": case.actor,
        "pathway_id": case.pathway.pk,
        "to_pathway_id": to.pathway_id,
        "once": once_of(request),
        "seen": seen_of(request) or 0,
    }


def _move(
    request: HttpRequest,
    case: Case,
    form: forms.ActForm,
    run: Callable[[dict[str, Any]], object],
    to: queries.SiblingCase,
    **shown: Any,
) -> HttpResponse:
    """The page where one reads what is moved and to whom, and moves it."""
    return perform(
        request,
        form=form,
        run=run,
        lead=_(
            "Det flyttes til saken til %(name)s, %(n)s år, %(number)s. De som er med der, leser det du skriver her. "
            "Det som sto i dette barnets plan, blir stående i historien til planen."
        )
        % {"name": to.name, "n": to.age, "number": to.journal_number},
        button=_("Flytt til søskenets sak"),
        back=reverse("plan", kwargs={"pathway_id": case.pathway.pk}),
        template="move_to_sibling.html",
        context={"crumbs": _crumbs(case), "to": to.pathway_id},
        **shown,
    )


# --- a text that names the sibling, carried to the same page of its own case -----------------------------------------

CARRIED: dict[str, tuple[str, tuple[str, ...]]] = {
    "add_text": ("meetings.add_text", ("title", "text")),
    "hold_meeting": ("meetings.hold", ("minutes", "decisions")),
    "close_pathway": ("closings.close", ("summary",)),
}
"""The pages whose texts name no sibling: the act that each is for, and the texts."""


def elsewhere(case: Case, page: str) -> list[tuple[str, str]]:
    """Where the texts of a page can be written instead: the addresses of that page in the siblings' own cases, with the
    words for each."""
    cases = queries.list_cases(case.actor, case.child, act=CARRIED[page][0])
    named = {
        one.pathway_id: _("%(name)s, %(n)s år, %(number)s")
        % {"name": one.name, "n": one.age, "number": one.journal_number}
        for one in cases
    }
    if page == "close_pathway":
        return [(reverse(page, kwargs={"pathway_id": key}), label) for key, label in named.items()]
    return [
        (
            reverse(page, kwargs={"pathway_id": key, "meeting_id": meeting_id}),
            f"{named[key]}: {str(kind.label).lower()} {dato(on)}",
        )
        for key, meeting_id, kind, on in queries.list_pending(case.actor, cases)
    ]


@require_POST
def text_of_another_child(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """Keep what was written here as a draft here, and its texts as a draft on the same page of the sibling's case.

    Nothing was saved in either case; only whoever wrote it sees the drafts.
    """
    actor = actor_of(request)
    case = get_case(actor, pathway_id, page="text_of_another_child")
    here, there = request.POST.get("_here", ""), request.POST.get("_there", "")
    page = _page_of(here, pathway_id)
    if not page or there not in dict(elsewhere(case, page)):
        return redirect("pathway", pathway_id=pathway_id)
    fields = typed(request.POST)
    texts = {name: fields[name] for name in CARRIED[page][1] if any(fields.get(name, ()))}
    drafts.save(actor=actor, path=here, fields=fields, pathway_id=pathway_id)
    if find_draft(actor, there) is not None:
        messages.warning(request, _("Du har alt et utkast i søskenets sak. Send eller slett det først."))
        return redirect(here)
    drafts.save(actor=actor, path=there, fields=texts, **draft_is_about(resolve(there)))
    messages.success(
        request,
        _(
            "Teksten ligger som utkast her, i søskenets sak. Ta bort det som ikke gjelder søskenet. Det du skrev i den "
            "andre saken, ligger som utkast der."
        ),
    )
    return redirect(there)


def _page_of(path: str, pathway_id: UUID) -> str:
    """The page of the case that the text was written on; empty when its texts are not carried."""
    try:
        match = resolve(path)
    except Resolver404:
        return ""
    is_here = match.kwargs.get("pathway_id") == pathway_id
    return str(match.url_name) if is_here and match.url_name in CARRIED else ""
