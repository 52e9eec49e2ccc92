"""My work, children not yet assessed, search."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from grunnmur.cases.queries import work as queries
from grunnmur.web.acting import actor_of


def work(request: HttpRequest) -> HttpResponse:
    """Three lists: what we owe, what others owe, where nothing moves."""
    actor = actor_of(request)
    mine_only = actor.role == "contact_person" and request.GET.get("vis") != "alle"
    lists = {
        whose: queries.my_work(actor, whose=whose, mine_only=mine_only, after=request.GET.get(whose, ""))
        for whose in ("ours", "others", "still")
    }
    return render(request, "work.html", {"lists": lists, "mine_only": mine_only})


def not_assessed(request: HttpRequest) -> HttpResponse:
    """Children in the target group whom nobody has assessed yet."""
    page = queries.not_assessed(actor_of(request), after=request.GET.get("etter", ""))
    return render(request, "not_assessed.html", {"page": page})


def search(request: HttpRequest) -> HttpResponse:
    """Search among one's own; sent by POST, so that no name or number stands in an address."""
    text = request.POST.get("text", "").strip() if request.method == "POST" else ""
    found = queries.search(actor_of(request), text=text) if text else ()
    return render(request, "search.html", {"text": text, "found": found, "searched": bool(text)})
