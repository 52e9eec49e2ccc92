"""The closing passport: for whom, what that reader gets and does not get, and giving it out as a paper."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from markupsafe import Markup

from grunnmur.cases import door
from grunnmur.cases.actions import passports as acts
from grunnmur.cases.queries import passport as queries
from grunnmur.cases.queries.case import Case, get_case
from grunnmur.exchange import paper
from grunnmur.web import forms, papers
from grunnmur.web.acting import actor_of, check_first, perform
from grunnmur.web.crumbs import case_crumbs
from grunnmur.web.papers import Paper
from grunnmur.web.views.fresh import fresh

TITLE = gettext_lazy("Pass for videre hjelp")


class GiveForm(forms.ActForm):
    sprak = forms.choice(gettext_lazy("Målform"), list(papers.LANGUAGES.items()), radio=True)


def passport(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """First for whom; then just what that reader would get, and what not; then it is given out."""
    case = get_case(actor_of(request), pathway_id, page="passport")
    check_first(request, case, "passports.give")
    asked = request.POST.get("til") or request.GET.get("til", "")
    if not asked:
        shown = {"readers": queries.list_readers(case), "given": queries.list_given(case)}
        return render(request, "passport_readers.html", {"case": case, "crumbs": case_crumbs(case), **shown})
    return _give(request, case, asked)


@fresh
def _give(request: HttpRequest, case: Case, asked: str) -> HttpResponse:
    here = reverse("passport", kwargs={"pathway_id": case.pathway.pk})
    reader = queries.get_reader(case, asked)

    def run(data: dict[str, Any]) -> HttpResponse:
        language = data["sprak"]
        with translation.override(language):
            ready = queries.make(case, queries.get_reader(case, asked))
            try:
                answer = papers.to_give(request, _paper(ready), language=language)
            except paper.NotSet as not_set:
                # Nothing was given, so nothing is written down.
                raise door.Invalid({"": not_set.sentence}) from None
            given = acts.give(actor=case.actor, pathway_id=case.pathway.pk, once=None, reader=asked, language=language)
        if given.said != ready.said:
            raise door.Invalid({"": papers.CHANGED})
        return answer

    return perform(
        request,
        form=GiveForm(request.POST or None, initial={"sprak": "nb"}),
        run=run,
        title=_("Pass til %(who)s") % {"who": reader.name},
        button=_("Gi ut som PDF"),
        done="",
        back=here,
        template="passport.html",
        context={
            "case": case,
            "crumbs": case_crumbs(case, (TITLE, here)),
            "looks_through": lambda: _looks_through(request, queries.make(case, reader)),
            "nothing": acts.NOTHING,
        },
        respond=lambda answer: answer,
    )


def _looks_through(request: HttpRequest, made: queries.Passport) -> tuple[queries.Passport, Markup]:
    """The passport for whoever is to give it, and as its reader would get it."""
    return made, papers.body(request, _paper(made))


def _paper(made: queries.Passport) -> Paper:
    return Paper(title=TITLE, template="paper_passport.html", shows={"case": made.case, "passport": made})
