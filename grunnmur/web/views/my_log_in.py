"""One's own log-in: for whom one acts, and where one is logged in."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from grunnmur.directory import sessions
from grunnmur.web.acting import actor_of
from grunnmur.web.views import session


@require_GET
def my_log_in(request: HttpRequest) -> HttpResponse:
    """For whom one acts and can act, and every place where one is logged in."""
    actor = actor_of(request)
    others = [one for one in sessions.list_memberships(actor.person_id) if one.id != actor.membership_id]
    return render(request, "my_log_in.html", {"others": others, "sessions": sessions.list_mine()})


def _id(request: HttpRequest, name: str) -> UUID:
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError as fault:
        raise Http404 from fault


@require_POST
def switch_service(request: HttpRequest) -> HttpResponse:
    """Act for another of one's services from here on; the session before is over."""
    token = sessions.switch(_id(request, "membership"))
    if token is None:
        raise Http404
    request.session.cycle_key()
    request.session["token"] = token
    actor = sessions.enter(token)
    assert actor is not None
    session.log(actor, "switch_service")
    messages.success(request, _("Nå handler du for %(service)s.") % {"service": actor.service_name})
    return redirect("work")


@require_POST
def end_session(request: HttpRequest) -> HttpResponse:
    """Log out somewhere else, as from a machine that one forgot."""
    if not sessions.end_mine(_id(request, "session")):
        raise Http404
    session.log(actor_of(request), "end_session")
    messages.success(request, _("Du er logget ut der."))
    return redirect("my_log_in")
