"""What a municipality informs with and what it has evaluated: registered here, shown on the page for the council."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grunnmur import clock
from grunnmur.cases.door import Invalid
from grunnmur.stewardship import implementation
from grunnmur.stewardship.in_use import Evaluation, Material
from grunnmur.stewardship.terms import EvaluationStanding, MaterialStanding, Origin
from grunnmur.stewardship.versions import Missing
from grunnmur.web.acting import actor_of, once_of, perform, seen_of
from grunnmur.web.forms import ActForm, ConditionalForm, DateField, choice, long_text
from grunnmur.web.stewards import NO_CHILD, place_of
from grunnmur.web.views import session

MATERIAL_TONES = {MaterialStanding.REVIEW: "waiting", MaterialStanding.IN_USE: "done"}
EVALUATION_TONES = {
    EvaluationStanding.OVERDUE: "danger",
    EvaluationStanding.PLANNED: "waiting",
    EvaluationStanding.DONE: "done",
}
A_POST = gettext_lazy("Skriv en tjeneste eller en stilling.")


def shown(place: str, *, on: date) -> dict[str, Any]:
    """What the page for the council shows of both."""
    return {
        "materials": implementation.materials(place, on=on),
        "material_tones": MATERIAL_TONES,
        "evaluations": implementation.evaluations(place, on=on),
        "evaluation_tones": EVALUATION_TONES,
    }


class MaterialForm(ActForm):
    title = forms.CharField(label=gettext_lazy("Hva heter materiellet?"), max_length=160)
    origin = choice(gettext_lazy("Hvem har laget det?"), Origin.choices, radio=True)
    edition = forms.CharField(
        label=gettext_lazy("Hvilken utgave?"), max_length=80, help_text=gettext_lazy("For eksempel året det er fra.")
    )
    languages = forms.CharField(
        label=gettext_lazy("Hvilke språk?"), max_length=160, help_text=gettext_lazy("Alle språkene dere har det på.")
    )
    used_in = long_text(
        gettext_lazy("Hvor er det i bruk?"),
        longest=400,
        help_text=gettext_lazy("Skriv tjenestene eller stedene."),
    )
    reviewed_on = DateField(label=gettext_lazy("Når så noen sist over det?"))
    reviewed_by = forms.CharField(label=gettext_lazy("Hvem så over det?"), max_length=160, help_text=A_POST)
    is_ended = forms.BooleanField(label=gettext_lazy("Det er ikke i bruk lenger"), required=False)


def register_material(request: HttpRequest, material: UUID | None = None) -> HttpResponse:
    """Register a material that is in use in the municipality that one leads in, or change one."""
    actor, today = actor_of(request), clock.today()
    place = place_of(actor)
    last = next((one for one in implementation.materials(place, on=today) if one.key == material), None)
    if material is not None and last is None:
        raise Http404
    # A new one is known by the form it came in, so that a second press is the same material.
    key = material or once_of(request) or uuid4()

    def run(typed: dict[str, Any]) -> UUID:
        try:
            made = implementation.register_material(
                actor=actor,
                place=place,
                key=key,
                material=Material(**{**typed, "origin": Origin(typed["origin"])}),
                seen=seen_of(request),
                on=today,
                at=clock.now(),
            )
        except Missing as fault:
            raise Invalid({name: _problem(name) for name in fault.names}) from fault
        session.log(actor, "register_material", about=made)
        return made

    return perform(
        request,
        form=MaterialForm(
            request.POST or None,
            initial={name: getattr(last.material, name) for name in MaterialForm.base_fields} if last else {},
        ),
        run=run,
        title=_("Endre materiellet") if last else _("Nytt materiell"),
        lead=" ".join((_("Brosjyrer, filmer og nettsider som familier eller tjenester får."), str(NO_CHILD))),
        done=_("Materiellet er lagret."),
        back=f"{reverse('implementation_here')}#materiell",
        button=_("Lagre materiellet"),
        version=last.number if last else 0,
    )


class EvaluationForm(ConditionalForm):
    needed_with_some_answers = frozenset({"due_on", "result", "changed"})
    what = long_text(gettext_lazy("Hva skal evalueres?"), longest=400)
    who = forms.CharField(
        label=gettext_lazy("Hvem gjør det?"),
        max_length=160,
        help_text=gettext_lazy("Skriv en tjeneste, en stilling eller noen utenfra."),
    )
    due_on = DateField(
        label=gettext_lazy("Når skal det være gjort?"),
        required=False,
        help_text=gettext_lazy("Må fylles ut til det er gjort."),
    )
    done_on = DateField(
        label=gettext_lazy("Når ble det gjort?"), required=False, help_text=gettext_lazy("Bare når det er gjort.")
    )
    result = long_text(
        gettext_lazy("Hva fant dere ut?"),
        required=False,
        longest=2000,
        help_text=gettext_lazy("Bare når det er gjort."),
    )
    changed = long_text(
        gettext_lazy("Hva ble endret etterpå?"),
        required=False,
        longest=2000,
        help_text=gettext_lazy("Bare når det er gjort. Skriv «Ingenting» hvis ingenting ble endret."),
    )
    is_dropped = forms.BooleanField(label=gettext_lazy("Evalueringen blir ikke gjort"), required=False)


def _problem(name: str) -> str | Promise:
    """What to do about a field that stops it."""
    if name == "reviewed_on":
        return _("Skriv dagen noen så over det. Den kan ikke være fram i tid.")
    return _("Fyll ut dette feltet.")


def _evaluation_problem(name: str, said: Evaluation) -> str | Promise:
    """What to do about a field that stops an evaluation."""
    if name in ("result", "changed") and said.done_on is None:
        return _("Skriv også dagen det ble gjort, eller tøm feltet.")
    if name == "done_on" and said.is_dropped:
        return _("Tøm feltet, eller ta bort merket for at evalueringen ikke blir gjort.")
    if name == "done_on":
        return _("Skriv dagen det ble gjort. Den kan ikke være fram i tid.")
    return _("Skriv når det skal være gjort.") if name == "due_on" else _problem(name)


def register_evaluation(request: HttpRequest, evaluation: UUID | None = None) -> HttpResponse:
    """Register what is to be evaluated in the municipality that one leads in, or what came of it."""
    actor, today = actor_of(request), clock.today()
    place = place_of(actor)
    last = next((one for one in implementation.evaluations(place, on=today) if one.key == evaluation), None)
    if evaluation is not None and last is None:
        raise Http404
    key = evaluation or once_of(request) or uuid4()

    def run(typed: dict[str, Any]) -> UUID:
        said = Evaluation(**typed)
        try:
            made = implementation.register_evaluation(
                actor=actor, place=place, key=key, evaluation=said, seen=seen_of(request), on=today, at=clock.now()
            )
        except Missing as fault:
            raise Invalid({name: _evaluation_problem(name, said) for name in fault.names}) from fault
        session.log(actor, "register_evaluation", about=made)
        return made

    return perform(
        request,
        form=EvaluationForm(
            request.POST or None,
            initial={name: getattr(last.evaluation, name) for name in EvaluationForm.base_fields} if last else {},
        ),
        run=run,
        title=_("Endre evalueringen") if last else _("Ny evaluering"),
        lead=" ".join((_("Skriv den inn når den er planlagt, og hva dere fant ut når den er gjort."), str(NO_CHILD))),
        done=_("Evalueringen er lagret."),
        back=f"{reverse('implementation_here')}#evaluering",
        button=_("Lagre evalueringen"),
        version=last.number if last else 0,
    )
