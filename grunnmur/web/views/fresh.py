"""Step-up: some acts ask that one proves anew who one is. What was typed waits, and nothing is done meanwhile."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from grunnmur.directory import factors
from grunnmur.directory.providers import providers
from grunnmur.web import proving
from grunnmur.web.acting import actor_of
from grunnmur.web.views import session

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def fresh(view: View[P]) -> View[P]:
    """Mark a view as one for somebody who has proved within five minutes who they are; others are asked to first.

    The database holds the same against what may be done: `sec.is_fresh()`.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if actor_of(request).is_fresh:
            return view(request, *args, **kwargs)
        return _ask(request)

    return guarded


def _ask(request: HttpRequest) -> HttpResponse:
    """To the page where one confirms, and back here after; what was typed is taken along."""
    if request.method == "POST":
        return _page(request, kept=session.keep(request), status=401)
    response = redirect(f"{reverse('confirm')}?neste={session.here(request)}")
    if getattr(request, "htmx", False):
        response["HX-Redirect"] = response["Location"]
    return response


def confirm(request: HttpRequest) -> HttpResponse:
    """The page where one proves anew who one is, with the strongest that one has, and goes on from there.

    Whoever was chosen from the cast in the demo has nothing to prove with, and only says so.
    """
    actor = actor_of(request)
    kept, next_page = request.POST.get("kept", ""), request.POST.get("neste") or request.GET.get("neste", "")
    if request.method != "POST":
        return _page(request, next_page=next_page)
    if not request.session.get("is_persona"):
        question = proving.asked(request)
        try:
            used = proving.prove(request, question) if question and question.person_id == actor.person_id else None
        except factors.TooManyTries:
            session.log(actor, "confirm", is_allowed=False, reason="too_many_tries")
            return _page(request, kept=kept, next_page=next_page, fault=str(proving.WAIT), status=429)
        if used is None or not factors.is_strongest(used, factors.list_factors(actor.person_id)):
            session.log(actor, "confirm", is_allowed=False, reason="factor")
            fault = _("Det stemte ikke. Bruk passnøkkelen hvis du har en, ellers en ny kode fra appen.")
            return _page(request, kept=kept, next_page=next_page, fault=fault, status=422)
    session.confirm(request)
    restored = session.restore(request, kept, person=actor.person_id)
    return restored or redirect(session.safe_next(next_page) or "work")


def _page(
    request: HttpRequest, *, kept: str = "", next_page: str = "", fault: str = "", status: int = 200
) -> HttpResponse:
    context = {"kept": kept, "next_page": next_page, "fault": fault, "is_persona": "is_persona" in request.session}
    context["provider"] = providers().get(request.session.get("provider", ""))
    if not context["is_persona"]:
        actor = actor_of(request)
        question = proving.ask(request, person_id=actor.person_id, username=actor.person_name)
        context |= proving.proving_context(request, question)
    return render(request, "confirm.html", context, status=status)
