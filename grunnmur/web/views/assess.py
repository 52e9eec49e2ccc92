"""Weighing the child against the start criteria, and deciding."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grunnmur.cases.actions import pathways
from grunnmur.cases.definition import Edition
from grunnmur.cases.queries import basis as queries
from grunnmur.cases.queries.case import get_case
from grunnmur.cases.queries.took_part import to_offer
from grunnmur.cases.terms import AssessmentOutcome, ChildParticipation
from grunnmur.web import forms, took_part
from grunnmur.web.acting import actor_of, check_first, once_of, perform, seen_of
from grunnmur.web.crumbs import case_crumbs
from grunnmur.web.fields import Field

TICK_OR_CLEAR = gettext_lazy("Her står det tekst, men kriteriet er ikke krysset av. Kryss av, eller slett teksten.")


class AssessForm(forms.ActForm):
    """One box and one text for each criterion of the case's own edition."""

    criteria = forms.choices(gettext_lazy("Hvilke kriterier er til stede?"), [], required=False)
    outcome = forms.choice(gettext_lazy("Hva bestemmer dere?"), AssessmentOutcome.choices, radio=True)
    reason = forms.long_text(
        gettext_lazy("Hvorfor?"),
        help_text=gettext_lazy("Begrunnelsen blir stående, også når dere ikke starter."),
    )
    participation = forms.choice(
        gettext_lazy("Hvordan tok barnet del i vurderingen?"), ChildParticipation.choices, radio=True
    )
    participation_note = forms.long_text(
        gettext_lazy("Hva mente barnet, og hva la dere vekt på?"),
        required=False,
        help_text=gettext_lazy("Fikk barnet ikke si noe, skriver dere hvorfor."),
    )
    decided_on = forms.DateField(label=gettext_lazy("Når ble det bestemt?"))

    def __init__(self, *args: Any, edition: Edition, **options: Any) -> None:
        super().__init__(*args, **options)
        self.edition = edition
        field = self.fields["criteria"]
        assert isinstance(field, django_forms.MultipleChoiceField)
        field.choices = [(criterion.key, criterion.label) for criterion in edition.criteria]
        for criterion in edition.criteria:
            self.fields[f"facts_{criterion.key}"] = forms.long_text(_("Hva viser det?"), required=False)

    def fields_for_page(self, names: Iterable[str] | None = None) -> list[Field]:
        """A criterion's text is not optional once the criterion is ticked."""
        fields = super().fields_for_page(names)
        return [replace(field, required=True) if field.name.startswith("facts_") else field for field in fields]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for criterion in self.edition.criteria:
            name = f"facts_{criterion.key}"
            if data.get(name) and criterion.key not in data.get("criteria", ()):
                self.add_error(name, TICK_OR_CLEAR)
        return data


def assess(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """Decide to start or not to start, with the basis beside the form."""
    actor = actor_of(request)
    case = get_case(actor, pathway_id, page="assess")
    check_first(request, case, "assessments.decide")
    form = AssessForm(request.POST or None, edition=case.edition, initial={"decided_on": case.today})
    took_part.offer(form, to_offer(case, phase=1))

    def run(data: dict[str, Any]) -> object:
        return pathways.assess(
            actor=actor,
            pathway_id=pathway_id,
            once=once_of(request),
            seen=seen_of(request),
            outcome=AssessmentOutcome(data["outcome"]),
            criteria={key: data[f"facts_{key}"] for key in data["criteria"]},
            reason=data["reason"],
            decided_on=data["decided_on"],
            participation=ChildParticipation(data["participation"]),
            participation_note=data["participation_note"],
        )

    def respond(assessment: Any) -> HttpResponse:
        started = assessment.outcome == AssessmentOutcome.START
        messages.success(
            request,
            _("Forløpet er startet.")
            if started
            else _("Forløpet starter ikke nå. Begrunnelsen er lagret i grunnlaget."),
        )
        return redirect("pathway", pathway_id=pathway_id)

    back = reverse("basis", kwargs={"pathway_id": pathway_id})
    return perform(
        request,
        form=form,
        run=run,
        respond=respond,
        title=_("Skal forløpet starte?"),
        lead=_("Forløpet starter når dere vurderer at ett eller flere kriterier er til stede."),
        button=_("Lagre vurderingen"),
        done="",
        back=back,
        version=case.pathway.version,
        template="assess.html",
        context={
            "crumbs": case_crumbs(case, (_("Grunnlag"), back)),
            "case": case,
            "basis": queries.of_case(case),
            "criteria": case.edition.criteria,
            "ticked": form["criteria"].value() or [],
            "suggested": queries.suggestions(case),
            "acute_services": queries.acute_services(case),
        },
    )
