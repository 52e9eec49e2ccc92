"""What one's own service offers, as anyone sees it under «Hvor kan jeg få hjelp?»: confirm it, or change it."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from grunnmur import clock
from grunnmur.cases.door import Invalid
from grunnmur.directory import offers
from grunnmur.directory.meanwhile import EditConflict
from grunnmur.web.acting import actor_of, perform, seen_of
from grunnmur.web.forms import ActForm, long_text
from grunnmur.web.views import session
from grunnmur.web.views.my_log_in import id_of


@require_GET
def our_offers(request: HttpRequest) -> HttpResponse:
    """What the service offers, with when somebody last looked it over."""
    found = offers.list_own(actor_of(request), on=clock.today())
    is_due = any(offers.is_due(one, on=clock.today()) for one in found)
    return render(request, "our_offers.html", {"offers": found, "asked": offers.last_asked() if is_due else None})


@require_POST
def confirm_offer(request: HttpRequest) -> HttpResponse:
    """Say that all that stands there is right, today."""
    actor = actor_of(request)
    offer = id_of(request, "offer")
    try:
        offers.describe(actor, offer, seen=seen_of(request), at=clock.now())
    except offers.NotOurs as fault:
        raise Http404 from fault
    except EditConflict:
        messages.warning(request, _("Noen har endret tilbudet siden du åpnet siden. Se over det på nytt."))
        return redirect("our_offers")
    session.log(actor, "confirm_offer", about=offer)
    messages.success(request, _("Takk. Tilbudet er bekreftet."))
    return redirect("our_offers")


class OfferForm(ActForm):
    about = long_text(gettext_lazy("Hva hjelper det med?"), required=False, longest=600)
    phone = forms.CharField(label=gettext_lazy("Telefon"), max_length=20, required=False)
    how = forms.CharField(label=gettext_lazy("Hvordan tar en kontakt?"), max_length=300, required=False)
    opening_hours = forms.CharField(label=gettext_lazy("Åpent"), max_length=160, required=False)
    languages = forms.CharField(label=gettext_lazy("Språk"), max_length=160, required=False)
    accessibility = forms.CharField(label=gettext_lazy("Tilgjengelighet"), max_length=300, required=False)
    age_from = forms.IntegerField(label=gettext_lazy("Fra alder"), min_value=0, max_value=25)
    age_to = forms.IntegerField(label=gettext_lazy("Til og med alder"), min_value=0, max_value=25)
    needs_referral = forms.BooleanField(label=gettext_lazy("Trenger henvisning"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("age_from", "age_to"):
            for code in ("invalid", "min_value", "max_value"):
                self.fields[name].error_messages[code] = gettext_lazy("Skriv alderen i hele år, fra 0 til 25.")


def change_offer(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """Write the description anew; the old one is kept, and the new one is confirmed with it."""
    actor = actor_of(request)
    mine = next((one for one in offers.list_own(actor, on=clock.today()) if one.id == offer_id), None)
    if mine is None:
        raise Http404
    initial = {name: getattr(mine, name) for name in OfferForm.base_fields}

    def run(typed: dict[str, Any]) -> None:
        if typed["age_to"] < typed["age_from"]:
            raise Invalid({"age_to": _("Skriv en alder som ikke er lavere enn den første.")})
        offers.describe(actor, offer_id, seen=seen_of(request), at=clock.now(), **typed)
        session.log(actor, "change_offer", about=offer_id)

    return perform(
        request,
        form=OfferForm(request.POST or None, initial=initial),
        run=run,
        title=_("Endre tilbudet"),
        lead=mine.name,
        done=_("Tilbudet er endret. Slik ser alle det nå."),
        back="/tilbudet-vart/",
        button=_("Lagre"),
        version=mine.version,
    )
