"""One child's pathway: the overview."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from grunnmur.cases.queries import case as queries
from grunnmur.cases.queries import closing
from grunnmur.cases.terms import PathwayStatus
from grunnmur.web import overview
from grunnmur.web.acting import actor_of


def pathway(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """Where the child is in the pathway, what is next, who does what, who sees what."""
    found = queries.overview(actor_of(request), pathway_id)
    endings = closing.list_endings(found.case) if found.case.status is PathwayStatus.CLOSED else ()
    return render(request, "pathway.html", {**overview.page(found), "endings": endings[:1]})
