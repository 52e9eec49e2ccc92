"""The closing passport: for whom, what that reader gets and does not get, and giving it as a paper or as a link."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from markupsafe import Markup

from grunnmur.cases import access, door
from grunnmur.cases.actions import passports as acts
from grunnmur.cases.queries import passport as queries
from grunnmur.cases.queries.case import Case, get_case
from grunnmur.directory.kinds import Role, roles_in
from grunnmur.exchange import paper
from grunnmur.post.rules import rules
from grunnmur.post.terms import ProofKind
from grunnmur.web import forms, papers
from grunnmur.web.acting import actor_of, check_first, once_of, perform, seen_of
from grunnmur.web.crumbs import case_crumbs
from grunnmur.web.papers import Paper
from grunnmur.web.views.fresh import fresh
from grunnmur.web.views.questions import LinkForm
from grunnmur.web.views.sent import TONES

TITLE = gettext_lazy("Pass for videre hjelp")


class GiveForm(forms.ActForm):
    sprak = forms.choice(gettext_lazy("Målform"), list(papers.LANGUAGES.items()), radio=True)


def passport(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """First for whom; then just what that reader would get, and what not; then it is given out."""
    case = get_case(actor_of(request), pathway_id, page="passport")
    check_first(request, case, "passports.give")
    asked = request.POST.get("til") or request.GET.get("til", "")
    if not asked:
        shown = {
            "readers": queries.list_readers(case),
            "given": queries.list_given(case),
            "may_send": not case.why_not("passports.send"),
            "tones": TONES,
        }
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


class SendForm(LinkForm):
    """Whom the link is for, and in which language the passport is."""

    sprak = GiveForm.base_fields["sprak"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["name"].label = _("Hvem skal ha passet?")


def send_passport(request: HttpRequest, pathway_id: UUID, service_id: UUID) -> HttpResponse:
    """Send the passport of a closed pathway to one in a service who has no account: look through it, say who.

    A stranger is not even asked to prove who they are, and nobody has looked before they have proved it.
    """
    access.get_pathway(actor_of(request), pathway_id)
    return _send(request, pathway_id, service_id)


@fresh
def _send(request: HttpRequest, pathway_id: UUID, service_id: UUID) -> HttpResponse:
    actor = actor_of(request)
    case = get_case(actor, pathway_id, page="passport")
    check_first(request, case, "passports.send")
    here = reverse("passport", kwargs={"pathway_id": pathway_id})
    reader = queries.get_reader(case, f"service:{service_id}")
    assert reader.service_kind is not None, "its key is a service's"
    roles = roles_in(reader.service_kind)
    return perform(
        request,
        form=SendForm(
            request.POST or None, roles=roles, initial={"role": roles[0], "proof": ProofKind.NATIONAL_ID, "sprak": "nb"}
        ),
        run=lambda data: acts.send(
            actor=actor,
            pathway_id=pathway_id,
            once=once_of(request),
            seen=seen_of(request),
            service_id=service_id,
            language=data.pop("sprak"),
            **{**data, "role": Role(data["role"]), "proof": ProofKind(data["proof"])},
        ),
        title=_("Send passet til en i %(who)s") % {"who": reader.name},
        button=_("Send lenken"),
        done=_("Lenken er sendt. Under ser dere når den er åpnet."),
        back=here,
        version=case.pathway.version,
        template="passport_send.html",
        context={
            "case": case,
            "crumbs": case_crumbs(case, (TITLE, here)),
            "looks_through": lambda: _looks_through(request, queries.make(case, reader)),
            "days": rules().link_days.number,
        },
    )


def _looks_through(request: HttpRequest, made: queries.Passport) -> tuple[queries.Passport, Markup]:
    """The passport for whoever is to give it, and as its reader would get it."""
    return made, papers.body(request, _paper(made))


def _paper(made: queries.Passport) -> Paper:
    return Paper(title=TITLE, template="paper_passport.html", shows={"case": made.case, "passport": made})
