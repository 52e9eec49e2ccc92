"""How those who work with a case thought a meeting, or the whole of it, was: three questions, for those who will."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grunnmur.cases.actions import experiences as acts
from grunnmur.cases.queries import experiences as queries
from grunnmur.cases.queries.case import Case, get_case
from grunnmur.cases.terms import ExperienceAfter
from grunnmur.web import forms
from grunnmur.web.acting import actor_of, perform
from grunnmur.web.crumbs import case_crumbs


class HowForm(forms.ActForm):
    """The three questions as somebody at work is asked them; to the same effect as the family's."""

    was_heard = forms.choice(gettext_lazy("Ble det du hadde å si, hørt?"), acts.ANSWERS, radio=True)
    understood = forms.choice(gettext_lazy("Var det klart for deg hvem som gjør hva?"), acts.ANSWERS, radio=True)
    it_helps = forms.choice(gettext_lazy("Tror du det hjelper barnet?"), acts.ANSWERS, radio=True)


def say_how_it_was(request: HttpRequest, pathway_id: UUID, item: UUID) -> HttpResponse:
    """Three answers about a meeting that was held, or a pathway that was closed. Raises NotVisible for others.

    The log has that somebody opened the page, and nothing of what they answered; an answer has no day and no name.
    """
    actor = actor_of(request)
    case = get_case(actor, pathway_id, page="say_how_it_was")
    what, back = _asked_about(case, item)
    if item in queries.given(actor):
        messages.info(request, _("Du har svart på dette. Hver svarer én gang."))
        return redirect(back)

    def run(data: dict[str, Any]) -> bool:
        answers = {question: int(data[question]) for question in acts.QUESTIONS}
        return acts.give(asking=actor, child_id=case.child.pk, item=item, answers=answers)

    return perform(
        request,
        form=HowForm(request.POST or None),
        run=run,
        title=what,
        lead=_(
            "Du kan la være å svare. Svarene lagres med tjenesten din og måneden, uten navnet ditt. Er dere få, kan "
            "noen likevel gjette hvem som svarte. At du har svart, lagres for seg, så du ikke blir spurt igjen. "
            "Svarene kan ikke endres."
        ),
        button=_("Send"),
        done=_("Takk. Svarene er lagret uten navnet ditt."),
        back=back,
        context={"crumbs": case_crumbs(case), "case": case},
    )


def _asked_about(case: Case, item: UUID) -> tuple[str, str]:
    """What is asked about in words, and where one comes from. Raises NotVisible for what is not asked about."""
    after = queries.asked_after(case.actor, item, child_id=case.child.pk, on=case.today, pathway_id=case.pathway.pk)
    if after is ExperienceAfter.CLOSING:
        return _("Hvordan var samarbeidet?"), reverse("closing", kwargs={"pathway_id": item})
    return _("Hvordan var møtet?"), reverse("meetings", kwargs={"pathway_id": case.pathway.pk})
