"""Why nothing is happening in a case, and one press to remind."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from grunnmur.cases.queries import standstill as queries
from grunnmur.post import texts
from grunnmur.web.acting import actor_of
from grunnmur.web.crumbs import case_crumbs
from grunnmur.web.overview import PAGES, way


@require_GET
def standstill(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """Each thing that waits: who has the ball, since when, what blocks it, what was sent, and a reminder of it."""
    found = queries.get_standstill(actor_of(request), pathway_id)
    return render(
        request,
        "standstill.html",
        {
            "case": found.case,
            "waiting": found.waiting,
            "way": lambda step: way(found.case, step),
            "button": lambda step: PAGES[step.key][1],
            "nudge": texts.BOKMAL,
            "crumbs": case_crumbs(found.case),
        },
    )
