"""The way into a municipality's own work, for who has much else in the menu."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from grunnmur.web.acting import actor_of
from grunnmur.web.stewards import place_of, ways


@require_safe
def own_work(request: HttpRequest) -> HttpResponse:
    """What the municipality that one leads in says of its own work."""
    actor = actor_of(request)
    place_of(actor)
    return render(request, "own_work.html", {"ways": ways(actor)})
