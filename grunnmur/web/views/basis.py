"""The basis for assessment: what has been talked about, asked for, received and seen."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grunnmur.cases.actions import basis
from grunnmur.cases.queries import case as queries
from grunnmur.cases.terms import ChildParticipation, HealthArea
from grunnmur.web import forms
from grunnmur.web.acting import actor_of, once_of, perform


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
    participation = forms.choice(gettext_lazy("Hvordan tok barnet del?"), ChildParticipation.choices, required=False)


def record_conversation(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """Write down a conversation about health with the child or parents."""
    actor = actor_of(request)
    case = queries.get_case(actor, pathway_id, page="record_conversation")
    form = ConversationForm(request.POST or None)
    return perform(
        request,
        form=form,
        run=lambda data: basis.record_conversation(
            actor=actor,
            pathway_id=pathway_id,
            once=once_of(request),
            **{**data, "health_areas": [HealthArea(area) for area in data["health_areas"]]},
        ),
        title=_("Samtale om helse"),
        button=_("Lagre samtalen"),
        done=_("Samtalen er lagret."),
        back=reverse("pathway", kwargs={"pathway_id": case.pathway.pk}),
    )
