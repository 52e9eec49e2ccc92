"""The basis for assessment: what has been talked about, asked for, received and seen."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grunnmur.cases.actions import basis as acts
from grunnmur.cases.queries import basis as queries
from grunnmur.cases.queries.case import Case, get_case
from grunnmur.cases.terms import ChildParticipation, HealthArea, ObservationKind
from grunnmur.directory.sessions import Actor
from grunnmur.web import forms, pickers, took_part
from grunnmur.web.acting import actor_of, check_first, once_of, perform
from grunnmur.web.crumbs import case_crumbs
from grunnmur.web.jinja import dato


def basis(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """Everything weighed before the decision: the child's own words first, then what others have said and seen."""
    found = queries.basis(actor_of(request), pathway_id)
    return render(
        request, "basis.html", {"basis": found, "case": found.case, "took_part": took_part.by_phase(found.case)}
    )


def _case(actor: Actor, pathway_id: UUID, page: str) -> tuple[Case, dict[str, Any]]:
    """The case, and what every page under the basis shares: the way back up, and where one goes afterwards."""
    case = get_case(actor, pathway_id, page=page)
    if not case.is_owner:
        return case, {
            "back": reverse("pathway", kwargs={"pathway_id": pathway_id}),
            "context": {"crumbs": case_crumbs(case)},
        }
    back = reverse("basis", kwargs={"pathway_id": pathway_id})
    return case, {"back": back, "context": {"crumbs": case_crumbs(case, (_("Grunnlag"), back))}}


# --- conversations and own words --------------------------------------------------------------------------------


class ConversationForm(forms.ActForm):
    with_whom = forms.choice(
        gettext_lazy("Hvem snakket dere med?"),
        [
            ("child", gettext_lazy("Barnet")),
            ("parents", gettext_lazy("Foreldre")),
            ("both", gettext_lazy("Barnet og foreldre sammen")),
        ],
        radio=True,
    )
    held_on = forms.DateField(label=gettext_lazy("Når?"))
    health_areas = forms.choices(gettext_lazy("Hva handlet det om?"), HealthArea.choices, required=False)
    summary = forms.long_text(gettext_lazy("Hva kom fram?"))
    own_words = forms.long_text(
        gettext_lazy("Barnets egne ord"),
        required=False,
        help_text=gettext_lazy("Skriv det barnet selv sa er viktig. Det lagres for seg og leses først i møtene."),
    )
    participation = forms.choice(
        gettext_lazy("Hvordan tok barnet del?"),
        ChildParticipation.choices,
        required=False,
        help_text=gettext_lazy("Velg når barnet var med i samtalen."),
    )


def record_conversation(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """Write down a conversation about health with the child or parents."""
    actor = actor_of(request)
    case, shared = _case(actor, pathway_id, "record_conversation")
    check_first(request, case, "conversations.record")
    return perform(
        request,
        form=ConversationForm(request.POST or None),
        run=lambda data: acts.record_conversation(
            actor=actor,
            pathway_id=pathway_id,
            once=once_of(request),
            **{**data, "health_areas": [HealthArea(area) for area in data["health_areas"]]},
        ),
        title=_("Samtale om helse"),
        button=_("Lagre samtalen"),
        done=_("Samtalen er lagret."),
        **shared,
    )


class OwnWordsForm(forms.ActForm):
    words = forms.long_text(
        gettext_lazy("Barnets egne ord"),
        help_text=gettext_lazy("Skriv det slik barnet sa det, i jeg-form. Ikke rett på det."),
    )
    said_on = forms.DateField(label=gettext_lazy("Når sa barnet det?"))


def record_own_words(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """Write down what the child said matters; anyone who takes part may, when the child asks them to."""
    actor = actor_of(request)
    case, shared = _case(actor, pathway_id, "record_own_words")
    check_first(request, case, "own_words.record")
    return perform(
        request,
        form=OwnWordsForm(request.POST or None),
        run=lambda data: acts.record_own_words(actor=actor, pathway_id=pathway_id, once=once_of(request), **data),
        title=_("Barnets egne ord"),
        lead=_("Fortell barnet først hva ordene kan brukes til, og hvem som får se dem."),
        button=_("Lagre ordene"),
        done=_("Barnets egne ord er lagret."),
        **shared,
    )


# --- information asked for and received -----------------------------------------------------------------------------


GROUNDS = (
    ("consent", gettext_lazy("Samtykke fra barnet og de som bestemmer sammen med barnet")),
    ("order", gettext_lazy("Pålegg etter barnevernsloven § 13-4")),
    ("other", gettext_lazy("Noe annet")),
)


class AskForm(forms.ActForm):
    from_service_id = pickers.ServiceField(label=gettext_lazy("Hvilken tjeneste spør dere?"), required=False)
    find = pickers.find_field()
    from_whom = django_forms.CharField(
        label=gettext_lazy("Eller hvem andre?"),
        required=False,
        max_length=160,
        help_text=gettext_lazy("For eksempel en tidligere fosterforelder."),
    )
    about = forms.long_text(
        gettext_lazy("Hva spør dere om?"),
        help_text=gettext_lazy("Spør bare om det dere trenger for å vurdere helsen."),
    )
    asked_on = forms.DateField(label=gettext_lazy("Når spurte dere?"))
    ground = forms.choice(gettext_lazy("Hvorfor kan de svare dere?"), GROUNDS, radio=True)
    other_ground = django_forms.CharField(
        label=gettext_lazy("Hvis noe annet: hvilken hjemmel?"), required=False, max_length=200
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("ground") == "other" and not data.get("other_ground"):
            self.add_error("other_ground", _("Skriv hvilken hjemmel dere spør etter."))
        return data


def ask_for_information(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """Note that information is asked for: from whom, about what, and why they may answer."""
    actor = actor_of(request)
    case, shared = _case(actor, pathway_id, "ask_for_information")
    check_first(request, case, "information.ask")
    form = AskForm(request.POST or None, initial={"asked_on": case.today})
    pickers.fill(form, "from_service_id", case)

    def run(data: dict[str, Any]) -> object:
        grounds = {**dict(GROUNDS), "other": data["other_ground"]}
        return acts.ask_for_information(
            actor=actor,
            pathway_id=pathway_id,
            once=once_of(request),
            from_service_id=data["from_service_id"],
            from_whom=data["from_whom"],
            about=data["about"],
            asked_on=data["asked_on"],
            ground=str(grounds[data["ground"]]),
        )

    return perform(
        request,
        form=form,
        run=run,
        title=_("Be om opplysninger"),
        lead=_("Her skriver dere ned at dere har spurt. Det sendes ikke noe herfra."),
        button=_("Lagre"),
        done=_("Det er skrevet ned at dere har spurt."),
        template="with_service.html",
        **shared,
    )


class ReceiveForm(forms.ActForm):
    request_id = forms.choice(
        gettext_lazy("Er dette svar på noe dere har spurt om?"), [], required=False, empty=gettext_lazy("Nei")
    )
    from_whom = django_forms.CharField(
        label=gettext_lazy("Hvem kom det fra?"),
        required=False,
        max_length=160,
        help_text=gettext_lazy("Kan stå tomt når det er et svar."),
    )
    received_on = forms.DateField(label=gettext_lazy("Når kom det?"))
    summary = forms.long_text(gettext_lazy("Hva står det, kort?"))

    def __init__(self, *args: Any, asked: Iterable[queries.Asked], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["request_id"]
        assert isinstance(field, django_forms.ChoiceField)
        field.choices = [
            ("", _("Nei, det kom uten at vi spurte")),
            *(
                (str(item.id), _("%(who)s, spurt %(on)s") % {"who": item.from_whom, "on": dato(item.on)})
                for item in asked
            ),
        ]


def receive_information(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """Note information that came in, as an answer or unasked."""
    actor = actor_of(request)
    case, shared = _case(actor, pathway_id, "receive_information")
    check_first(request, case, "information.receive")
    asked = queries.of_case(case).asked
    return perform(
        request,
        form=ReceiveForm(
            request.POST or None,
            asked=asked,
            initial={"request_id": request.GET.get("svar", ""), "received_on": case.today},
        ),
        run=lambda data: acts.receive_information(
            actor=actor,
            pathway_id=pathway_id,
            once=once_of(request),
            **{**data, "request_id": UUID(data["request_id"]) if data["request_id"] else None},
        ),
        title=_("Opplysninger som har kommet"),
        button=_("Lagre opplysningene"),
        done=_("Opplysningene er lagret."),
        **shared,
    )


# --- factors and signs --------------------------------------------------------------------------------------------


OBSERVATIONS: dict[str, tuple[ObservationKind, Any, Any]] = {
    "risiko": (
        ObservationKind.RISK_FACTOR,
        gettext_lazy("Ny risikofaktor"),
        gettext_lazy("Noe som kan gjøre det vanskeligere for barnet."),
    ),
    "beskyttelse": (
        ObservationKind.PROTECTIVE_FACTOR,
        gettext_lazy("Ny beskyttende faktor"),
        gettext_lazy("Noe som hjelper barnet og gjør det sterkere."),
    ),
    "tegn": (
        ObservationKind.WORRY_SIGN,
        gettext_lazy("Nytt bekymringstegn"),
        gettext_lazy("Noe man ser eller hører, som kan bety at barnet ikke har det bra."),
    ),
}
"""The last part of the address → the kind, the page's title and what the kind means."""


class ObservationForm(forms.ActForm):
    code = forms.choice(gettext_lazy("Hva er det?"), [])
    seen_on = forms.DateField(label=gettext_lazy("Når ble det sett?"))
    source = django_forms.CharField(
        label=gettext_lazy("Hvem så eller fortalte det?"),
        max_length=200,
        help_text=gettext_lazy("For eksempel læreren, mor eller barnet selv."),
    )
    note = forms.long_text(
        gettext_lazy("Hva var det?"), required=False, help_text=gettext_lazy("Skriv det som ble sett, ikke tolkningen.")
    )

    def __init__(self, *args: Any, groups: Iterable[queries.CodeGroup], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["code"]
        assert isinstance(field, django_forms.ChoiceField)
        field.choices = [("", _("Velg …")), *((group.label, list(group.codes)) for group in groups)]


def record_observation(request: HttpRequest, pathway_id: UUID, what: str) -> HttpResponse:
    """Note a risk factor, a protective factor or a worry sign by its code."""
    actor = actor_of(request)
    case, shared = _case(actor, pathway_id, "record_observation")
    if what not in OBSERVATIONS:
        raise Http404
    check_first(request, case, "observations.record")
    kind, title, lead = OBSERVATIONS[what]
    return perform(
        request,
        form=ObservationForm(request.POST or None, groups=queries.code_groups(kind, on=case.today)),
        run=lambda data: acts.record_observation(
            actor=actor, pathway_id=pathway_id, once=once_of(request), observation=kind, **data
        ),
        title=title,
        lead=lead,
        button=_("Lagre"),
        done=_("Det er lagret i grunnlaget."),
        **shared,
    )
