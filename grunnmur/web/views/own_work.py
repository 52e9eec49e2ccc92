"""The municipality's own work, for a leader who also works with children."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from grunnmur.cases.access import Refused
from grunnmur.web.acting import actor_of
from grunnmur.web.own_work import ways
from grunnmur.web.views import session


@require_GET
def own_work(request: HttpRequest) -> HttpResponse:
    """Each page of it, with what is there. Those who see no child have the same on their front page."""
    actor = actor_of(request)
    found = ways(actor)
    if not found:
        raise Refused("not_a_leader", _("Dette er for dem som leder i kommunen, og for statsforvalteren."))
    session.log(actor, "own_work")
    return render(request, "own_work.html", {"ways": found})
