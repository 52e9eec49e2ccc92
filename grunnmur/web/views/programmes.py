"""Programmes and agreements: what a municipality has and must renew, and which municipality has what."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from grunnmur import clock
from grunnmur.cases.door import Invalid
from grunnmur.stewardship import programmes, supervision
from grunnmur.stewardship.register import Agreement, Entry, count_agreements, count_programmes
from grunnmur.stewardship.register import programmes as file
from grunnmur.stewardship.terms import AgreementStanding, ProgrammeStatus
from grunnmur.stewardship.versions import Missing
from grunnmur.web import region_map
from grunnmur.web.acting import actor_of, once_of, perform, seen_of
from grunnmur.web.forms import ActForm, ConditionalForm, DateField, choice, long_text
from grunnmur.web.stewards import NO_CHILD, check_watches, language, place_of, source_of, watched_place
from grunnmur.web.views import session

TONES = {ProgrammeStatus.IN_USE: "done", ProgrammeStatus.CONSIDERED: "waiting"}
AGREEMENT_TONES = {
    AgreementStanding.EXPIRED: "danger",
    AgreementStanding.RENEW: "waiting",
    AgreementStanding.VALID: "done",
}


def _of(place: str) -> dict[str, Any]:
    """What the page of one municipality shows."""
    said = programmes.entries().get(place, {})
    return {
        "programmes": [
            (one.key, one.words(language()), source_of(one.source), said.get(one.key)) for one in file().programmes
        ],
        "agreements": programmes.agreements(on=clock.today()).get(place, []),
        "tones": TONES,
        "agreement_tones": AGREEMENT_TONES,
        "warn_days": file().warn_days,
    }


@require_safe
def programmes_here(request: HttpRequest) -> HttpResponse:
    """Which programmes and agreements the municipality that one leads in has."""
    place = place_of(actor_of(request))
    return render(
        request, "programmes.html", {**_of(place), "place": supervision.place_name(place), "may_register": True}
    )


class EntryForm(ConditionalForm):
    needed_with_some_answers = frozenset({"since", "contact"})
    status = choice(gettext_lazy("Hvordan er det hos dere?"), ProgrammeStatus.choices, radio=True)
    since = DateField(
        label=gettext_lazy("Siden når?"),
        required=False,
        help_text=gettext_lazy("Må fylles ut når det er i bruk eller avsluttet."),
    )
    contact = forms.CharField(
        label=gettext_lazy("Hvem kan en spørre?"),
        max_length=160,
        required=False,
        help_text=gettext_lazy("Må fylles ut når det er i bruk. Skriv en tjeneste eller en stilling."),
    )
    note = long_text(gettext_lazy("Er det noe mer å vite?"), required=False, longest=1000)


def register_programme(request: HttpRequest, programme: str) -> HttpResponse:
    """Say how it stands with a programme in the municipality that one leads in."""
    actor = actor_of(request)
    place, found = place_of(actor), file().find(programme)
    if found is None:
        raise Http404
    words, last = found.words(language()), programmes.entries().get(place, {}).get(programme)

    def run(typed: dict[str, Any]) -> UUID:
        try:
            made = programmes.register(
                actor=actor,
                place=place,
                programme=programme,
                entry=Entry(**{**typed, "status": ProgrammeStatus(typed["status"])}),
                seen=seen_of(request),
                on=clock.today(),
                at=clock.now(),
            )
        except Missing as fault:
            problems = {
                "since": _("Skriv dagen. Den kan ikke være fram i tid."),
                "contact": _("Skriv hvem en kan spørre."),
            }
            raise Invalid({name: problems[name] for name in fault.names}) from fault
        session.log(actor, "register_programme", about=made)
        return made

    return perform(
        request,
        form=EntryForm(
            request.POST or None,
            initial={name: getattr(last.entry, name) for name in EntryForm.base_fields} if last else {},
        ),
        run=run,
        title=words.title,
        lead=f"{words.about} {NO_CHILD}",
        done=_("Svaret er lagret."),
        back=reverse("programmes_here"),
        button=_("Lagre svaret"),
        version=last.number if last else 0,
    )


class AgreementForm(ActForm):
    name = forms.CharField(label=gettext_lazy("Hva heter avtalen?"), max_length=160)
    parties = forms.CharField(
        label=gettext_lazy("Hvem er det avtale mellom?"),
        max_length=400,
        help_text=gettext_lazy("Skriv tjenester eller virksomheter, ikke personer."),
    )
    scope = long_text(gettext_lazy("Hva gjelder den?"), longest=1000)
    signed_on = DateField(label=gettext_lazy("Gjelder fra"))
    renew_on = DateField(label=gettext_lazy("Må være fornyet innen"))
    contact = forms.CharField(
        label=gettext_lazy("Hvem kan en spørre?"),
        max_length=160,
        help_text=gettext_lazy("Skriv en tjeneste eller en stilling."),
    )
    is_ended = forms.BooleanField(label=gettext_lazy("Avtalen er avsluttet"), required=False)


def _problem(name: str) -> str | Promise:
    """What to do about a field that stops an agreement."""
    if name == "signed_on":
        return _("Skriv en dag som ikke er fram i tid. En avtale som ikke gjelder ennå, skrives inn når den gjør det.")
    if name == "renew_on":
        return _("Skriv en dag etter den dagen avtalen gjelder fra.")
    return _("Fyll ut dette feltet.")


def register_agreement(request: HttpRequest, agreement: UUID | None = None) -> HttpResponse:
    """Register an agreement of the municipality that one leads in, or change one."""
    actor = actor_of(request)
    place = place_of(actor)
    kept = programmes.agreements(on=clock.today()).get(place, [])
    last = next((one for one in kept if one.key == agreement), None)
    if agreement is not None and last is None:
        raise Http404
    # A new one is known by the form it came in, so that a second press is the same agreement.
    key = agreement or once_of(request) or uuid4()

    def run(typed: dict[str, Any]) -> UUID:
        try:
            made = programmes.register_agreement(
                actor=actor,
                place=place,
                key=key,
                agreement=Agreement(**typed),
                seen=seen_of(request),
                on=clock.today(),
                at=clock.now(),
            )
        except Missing as fault:
            raise Invalid({name: _problem(name) for name in fault.names}) from fault
        session.log(actor, "register_agreement", about=made)
        return made

    return perform(
        request,
        form=AgreementForm(
            request.POST or None,
            initial={name: getattr(last.agreement, name) for name in AgreementForm.base_fields} if last else {},
        ),
        run=run,
        title=_("Endre avtalen") if last else _("Ny avtale"),
        lead=NO_CHILD,
        done=_("Avtalen er lagret."),
        back=reverse("programmes_here"),
        button=_("Lagre avtalen"),
        version=last.number if last else 0,
    )


# --- the county governor ----------------------------------------------------------------------------------------------


@require_safe
def programmes_in_region(request: HttpRequest) -> HttpResponse:
    """How many municipalities have each programme, and how the agreements of each municipality stand."""
    actor = actor_of(request)
    check_watches(actor)
    today, said, kept = clock.today(), programmes.entries(), programmes.agreements(on=clock.today())
    places = supervision.places_watched(actor)
    by_programme = [
        (
            one.key,
            one.words(language()).title,
            count_programmes(found[one.key].entry for found in said.values() if one.key in found),
        )
        for one in file().programmes
    ]
    by_place = [
        (number, name, count_agreements((one.agreement for one in kept.get(number, [])), on=today))
        for number, name in places
    ]
    return render(
        request,
        "programmes_region.html",
        {
            "by_programme": by_programme,
            "statuses": list(ProgrammeStatus),
            "by_place": by_place,
            "standings": list(AgreementStanding),
        },
    )


@require_safe
def programme_in_region(request: HttpRequest, programme: str) -> HttpResponse:
    """Which municipalities have one programme, as a map and in words."""
    actor = actor_of(request)
    check_watches(actor)
    found = file().find(programme)
    if found is None:
        raise Http404
    placed = programmes.placed(actor, programme, programmes.entries())
    return render(
        request,
        "programme_region.html",
        {
            "words": found.words(language()),
            "source": source_of(found.source),
            "answered": [one for one in placed if one.registered],
            "silent": [one for one in placed if not one.registered],
            "map": region_map.of_programme(placed),
            "signs": [
                *((status.value, region_map.SIGNS[status], status.label) for status in ProgrammeStatus),
                ("", region_map.SIGNS[None], _("Ikke svart")),
            ],
            "tones": TONES,
        },
    )


@require_safe
def programmes_of_place(request: HttpRequest, place: str) -> HttpResponse:
    """Which programmes and agreements one municipality has, for its county governor."""
    name = watched_place(actor_of(request), place)
    return render(request, "programmes.html", {**_of(place), "place": name, "may_register": False})
