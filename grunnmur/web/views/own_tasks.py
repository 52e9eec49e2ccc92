"""The tasks of its own that a municipality adds to the six steps, changes and takes away."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grunnmur import clock
from grunnmur.cases.door import Invalid
from grunnmur.stewardship import implementation
from grunnmur.stewardship.own_tasks import OwnTask, new_key
from grunnmur.stewardship.steps import plan
from grunnmur.stewardship.terms import Track
from grunnmur.stewardship.versions import Missing
from grunnmur.web.acting import actor_of, once_of, perform, seen_of
from grunnmur.web.forms import ActForm, choice, long_text, offer_choices
from grunnmur.web.stewards import NO_CHILD, language, place_of
from grunnmur.web.views import session


class OwnTaskForm(ActForm):
    title = forms.CharField(label=gettext_lazy("Hva heter oppgaven?"), max_length=160)
    about = long_text(gettext_lazy("Hva skal gjøres?"), longest=400)


class NewTaskForm(OwnTaskForm):
    field_order = ("step",)
    step = choice(gettext_lazy("Hvilket trinn hører den til?"), [], radio=True)

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        steps = enumerate(plan().steps, 1)
        offer_choices(self, "step", [(one.key, f"{number}. {one.name(language())}") for number, one in steps])


class ChangeTaskForm(OwnTaskForm):
    is_ended = forms.BooleanField(
        label=gettext_lazy("Ta bort oppgaven"),
        required=False,
        help_text=gettext_lazy("Det dere har skrevet om den, blir stående under «Tidligere svar»."),
    )


def register_own_task(request: HttpRequest, track: str, task: str | None = None) -> HttpResponse:
    """Add a task to a step for one kind of service, or change or take away one."""
    actor = actor_of(request)
    place = place_of(actor)
    last = implementation.own_tasks(place).get(task or "")
    if track not in Track.values or (task and (last is None or last.task.track != track)):
        raise Http404
    # A new one is known by the form it came in, so that a second press is the same task.
    key = task or new_key(once_of(request) or uuid4())
    before = {name: getattr(last.task, name) for name in ("step", *ChangeTaskForm.base_fields)} if last else {}

    def run(typed: dict[str, Any]) -> UUID:
        try:
            made = implementation.register_own_task(
                actor=actor,
                place=place,
                key=key,
                task=OwnTask(**{**before, **typed, "track": Track(track)}),
                seen=seen_of(request),
                at=clock.now(),
            )
        except Missing as fault:
            raise Invalid(dict.fromkeys(fault.names, _("Fyll ut dette feltet."))) from fault
        session.log(actor, "register_own_task", about=made)
        return made

    return perform(
        request,
        form=(ChangeTaskForm if last else NewTaskForm)(request.POST or None, initial=before),
        run=run,
        title=_("Endre oppgaven") if last else _("Ny egen oppgave"),
        lead=" ".join(
            (
                f"{Track(track).label}:",
                _("Oppgaven står sammen med de andre, men telles ikke når kommuner sammenlignes."),
                str(NO_CHILD),
            )
        ),
        done=_("Oppgaven er lagret."),
        back=reverse("implementation_tasks", kwargs={"track": track}),
        button=_("Lagre oppgaven"),
        version=last.number if last else 0,
    )
