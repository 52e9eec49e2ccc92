"""What goes on beside the pathway: seeing it, and writing one fact down."""

from uuid import UUID

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from grunnmur.cases.actions import besides as acts
from grunnmur.cases.queries import besides as queries
from grunnmur.cases.queries.case import get_case
from grunnmur.cases.terms import BesideSort
from grunnmur.web import forms
from grunnmur.web.acting import actor_of, check_first, once_of, perform
from grunnmur.web.crumbs import case_crumbs


@require_GET
def besides(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """What holds now, and all that has been written."""
    case = get_case(actor_of(request), pathway_id, page="besides")
    facts = queries.list_besides(case)
    shown = {"case": case, "facts": facts, "standing": queries.standing(facts)}
    return render(request, "besides.html", shown)


class BesideForm(forms.ActForm):
    sort = forms.choice(gettext_lazy("Hva gjelder det?"), BesideSort.choices, radio=True)
    says = django_forms.CharField(
        label=gettext_lazy("Kort om det"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Nivået i BTI, eller hva rapporten anbefaler. Ikke skriv helseopplysninger ellers."),
    )
    who = django_forms.CharField(
        label=gettext_lazy("Hvem"),
        required=False,
        max_length=160,
        help_text=gettext_lazy("Koordinator, stafettholder eller team, og telefon."),
    )
    on = forms.DateField(label=gettext_lazy("Fra når?"))
    source = django_forms.CharField(label=gettext_lazy("Hvem vet dere det fra?"), max_length=160)
    has_ended = django_forms.BooleanField(label=gettext_lazy("Dette er avsluttet"), required=False)


def record_beside(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """Write one fact down."""
    actor = actor_of(request)
    case = get_case(actor, pathway_id, page="record_beside")
    check_first(request, case, "besides.record")
    back = reverse("besides", kwargs={"pathway_id": pathway_id})
    return perform(
        request,
        form=BesideForm(request.POST or None, initial={"on": case.today}),
        run=lambda data: acts.record(
            actor=actor,
            pathway_id=pathway_id,
            once=once_of(request),
            **{**data, "sort": BesideSort(data["sort"])},
        ),
        title=_("Skriv inn noe ved siden av forløpet"),
        lead=_("Annet som er i gang rundt barnet, så ingen gjør det samme to ganger."),
        button=_("Lagre"),
        done=_("Det er lagret."),
        back=back,
        context={"crumbs": case_crumbs(case, (_("Ved siden av"), back))},
    )
