"""Step-up: some acts ask that one proves anew who one is. What was typed waits, and nothing is done meanwhile."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from grunnmur.directory import sessions
from grunnmur.web.acting import actor_of
from grunnmur.web.fields import field_of
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
    """The page where one confirms who one is, and goes on from there. In the demo, which has no passwords, one only
    says so.
    """
    actor = actor_of(request)
    kept, next_page = request.POST.get("kept", ""), request.POST.get("neste") or request.GET.get("neste", "")
    if request.method != "POST":
        return _page(request, next_page=next_page)
    form = session.LogInForm(request.POST)
    if not settings.DEMO_LOGIN and not (
        form.is_valid() and sessions.check_log_in(**form.cleaned_data) == actor.person_id
    ):
        session.log(actor, "confirm", is_allowed=False, reason="password")
        fault = _("Brukernavnet eller passordet er feil. Prøv igjen.")
        return _page(request, form, kept=kept, next_page=next_page, fault=fault, status=422)
    sessions.confirm(request.session["token"])
    session.log(actor, "confirm")
    restored = session.restore(request, kept, person=actor.person_id)
    return restored or redirect(session.safe_next(next_page) or "work")


def _page(
    request: HttpRequest,
    form: session.LogInForm | None = None,
    *,
    kept: str = "",
    next_page: str = "",
    fault: str = "",
    status: int = 200,
) -> HttpResponse:
    shown = form or session.LogInForm()
    context = {
        "kept": kept,
        "next_page": next_page,
        "fault": fault,
        "fields": [] if settings.DEMO_LOGIN else [field_of(shown[name]) for name in shown.fields],
    }
    return render(request, "confirm.html", context, status=status)
