"""Who is away and who covers, for a child welfare service."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from grunnmur.cases.actions import absences as acts
from grunnmur.cases.queries import absences as queries
from grunnmur.cases.queries.absences import Absences
from grunnmur.web import forms, pickers
from grunnmur.web.acting import actor_of, perform


class AbsenceForm(forms.ActForm):
    person_id = pickers.IdField(label=gettext_lazy("Hvem er borte?"))
    from_on = forms.DateField(label=gettext_lazy("Første dag borte"))
    back_on = forms.DateField(label=gettext_lazy("Første dag tilbake"))
    cover_id = pickers.IdField(
        label=gettext_lazy("Hvem dekker?"),
        help_text=gettext_lazy("Sakene står i listen «Mitt arbeid» hos den som dekker, så lenge fraværet varer."),
    )

    def __init__(self, *args: Any, found: Absences, me: UUID, **options: Any) -> None:
        super().__init__(*args, **options)
        everyone = [(str(one.id), one.name) for one in found.colleagues]
        for name in ("person_id", "cover_id"):
            forms.offer_choices(self, name, [("", _("Velg …")), *everyone])
        if not found.is_leader:
            # Only the leader writes down that others are away.
            forms.offer_choices(self, "person_id", [one for one in everyone if one[0] == str(me)])


def absences(request: HttpRequest) -> HttpResponse:
    """Who is away now and soon, a form to write down more, and the cases that nobody at work has."""
    actor = actor_of(request)
    found = queries.get_absences(actor, after=request.GET.get("etter", ""))
    form = AbsenceForm(request.POST or None, found=found, me=actor.person_id, initial={"person_id": actor.person_id})
    return perform(
        request,
        form=form,
        run=lambda data: acts.mark(actor=actor, **data),
        title=_("Fravær og dekning"),
        lead=_("Et barn har alltid en kontaktperson. Her står det hvem som dekker når noen er borte."),
        button=_("Lagre fraværet"),
        done=_("Fraværet er skrevet inn."),
        back=reverse("absences"),
        template="absences.html",
        context={"found": found},
    )


@require_POST
def end_absence(request: HttpRequest, absence_id: UUID) -> HttpResponse:
    """It holds no longer: whoever was away has the cases again."""
    acts.end(actor=actor_of(request), absence_id=absence_id)
    messages.success(request, _("Fraværet gjelder ikke lenger."))
    return redirect("absences")
