"""Drafts: keeping what one has begun to write, taking it up again, and throwing it away."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from grunnmur.cases.actions import drafts as acts
from grunnmur.cases.door import Invalid
from grunnmur.cases.queries import drafts as queries
from grunnmur.web.acting import actor_of, draft_is_about

OURS = frozenset({"csrfmiddlewaretoken", "once_token"})


def typed(given: QueryDict) -> dict[str, list[str]]:
    """What a form was filled in with, without what the page itself put there."""
    return {name: values for name, values in given.lists() if name not in OURS and not name.startswith("_")}


@require_POST
def save_draft(request: HttpRequest) -> HttpResponse:
    """Keep a form, from its script (204) or its button (back to the page)."""
    path = request.POST.get("_path", "")
    try:
        about = draft_is_about(resolve(path))
    except Resolver404:
        raise Http404 from None
    is_quiet = bool(request.POST.get("_quiet"))
    try:
        acts.save(
            actor=actor_of(request),
            path=path,
            fields=typed(request.POST),
            **about,
        )
    except Invalid as invalid:
        if is_quiet:
            return HttpResponse(status=422)
        messages.error(request, str(invalid.problems[""]))
    else:
        if is_quiet:
            return HttpResponse(status=204)
        messages.success(request, _("Utkastet er lagret i %(n)s dager. Bare du ser det.") % {"n": acts.LASTS.days})
    return redirect(path)


@require_GET
def take_up_draft(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """The form as it was, one press away; nothing is done until it is sent."""
    kept, fields = queries.read(actor_of(request), draft_id)
    return render(
        request,
        "restored.html",
        {
            "title": _("Utkastet ditt"),
            "lead": _("Ingenting er sendt ennå. Bare du ser utkastet."),
            "path": kept.path,
            "kept_fields": fields,
        },
    )


@require_POST
def drop_draft(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Throw a draft away."""
    actor = actor_of(request)
    kept, _fields = queries.read(actor, draft_id)
    acts.end(actor=actor, path=kept.path)
    messages.success(request, _("Utkastet er slettet."))
    return redirect(kept.path)
