"""Break-glass: the page where one asks for it, and the owner's review of each time."""

from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grunnmur.cases import access
from grunnmur.cases.actions import emergencies as acts
from grunnmur.cases.queries import emergencies as queries
from grunnmur.web import child_words, forms
from grunnmur.web.acting import actor_of, once_of, perform
from grunnmur.web.views.fresh import fresh


class BreakGlassForm(forms.ActForm):
    national_number = django_forms.CharField(
        label=gettext_lazy("Barnets fødselsnummer"), max_length=20, help_text=gettext_lazy("Hele nummeret, 11 sifre.")
    )
    reason = forms.long_text(
        gettext_lazy("Hva er farlig for barnet nå, og hva trenger du å vite?"),
        help_text=gettext_lazy("Barneverntjenesten som har saken, leser dette i dag og vurderer om det var riktig."),
    )


@fresh
def break_glass(request: HttpRequest) -> HttpResponse:
    """See one child for an hour, for danger to the child."""
    actor = actor_of(request)
    if actor.role not in acts.MAY_BREAK:
        raise access.Refused("role", access.NOT_YOUR_ROLE)
    form = BreakGlassForm(request.POST or None)
    back = reverse("search")

    def respond(child_id: UUID | None) -> HttpResponse:
        if child_id is not None:
            return redirect("child", child_id=child_id)
        messages.warning(request, str(acts.NO_CASE))
        return redirect(back)

    return perform(
        request,
        form=form,
        run=lambda data: acts.break_glass(actor=actor, **data),
        title=_("Nødtilgang"),
        lead=_(
            "Bare når et barn er i fare. Du ser saken i en time, og kan ikke skrive. Du ser aldri barnets egne ord, "
            "skjermet adresse eller hvem som meldte. Alt du åpner, logges. Ring 113 eller 112 når det haster."
        ),
        button=_("Åpne saken i en time"),
        done="",
        back=back,
        danger=True,
        respond=respond,
    )


def emergencies(request: HttpRequest, child_id: UUID) -> HttpResponse:
    """Every time somebody used break-glass for the child."""
    head, found = queries.emergencies_page(actor_of(request), child_id)
    return render(
        request, "emergencies.html", {"head": head, "crumbs": [*child_words.crumbs(head)], "emergencies": found}
    )


class ReviewForm(forms.ActForm):
    verdict = forms.choice(gettext_lazy("Var det riktig å bruke nødtilgang?"), acts.VERDICTS, radio=True)
    text = forms.long_text(
        gettext_lazy("Hva fant dere?"),
        help_text=gettext_lazy(
            "Var det ikke riktig, skriv hva dere gjør nå: hvem som får vite det, og hvem som følger opp."
        ),
    )


def review(request: HttpRequest, child_id: UUID, look_id: UUID) -> HttpResponse:
    """The owner's review of one break-glass."""
    head, one = queries.get_emergency(actor_of(request), child_id, look_id)
    back = reverse("emergencies", kwargs={"child_id": child_id})
    return perform(
        request,
        form=ReviewForm(request.POST or None),
        run=lambda data: acts.review(
            actor=head.actor,
            child_id=child_id,
            once=once_of(request),
            look_id=look_id,
            verdict=acts.Verdict(data["verdict"]),
            text=data["text"],
        ),
        title=_("Vurder nødtilgangen"),
        lead=_("%(who)s, %(service)s: «%(reason)s»") % {"who": one.who, "service": one.service, "reason": one.reason},
        button=_("Lagre vurderingen"),
        done=_("Vurderingen er lagret."),
        back=back,
        context={"crumbs": [*child_words.crumbs(head)]},
    )
