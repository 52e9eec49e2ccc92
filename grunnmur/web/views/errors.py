"""What a person sees when something is not there, not theirs, or went wrong. No page tells more than it must."""

import logging
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from grunnmur import clock
from grunnmur.cases import access, door
from grunnmur.directory import limits
from grunnmur.log import record

SECURITY = logging.getLogger("grunnmur.security")
FAMILY = "/min-side/"
"""Where the child itself and those around it are: their pages have a frame of their own, also for faults."""
SECRETS = frozenset({"password", "again", "pin"})
"""Fields that no page gives back; a form with one is typed anew, whatever else is in it."""


def page(request: HttpRequest, *, status: int, title: str, text: str, **more: Any) -> HttpResponse:
    """One plain page for every refusal and fault."""
    return render(request, "error.html", {"error_title": title, "error_text": text, **more}, status=status)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """There is no such page, or the person may not know of it: the same bytes for both."""
    log_refusal(request, reason="not_visible")
    return page(
        request,
        status=404,
        title=_("Vi finner ikke siden"),
        text=_("Siden finnes ikke, eller du har ikke tilgang til den."),
    )


def refused(request: HttpRequest, refusal: access.Refused) -> HttpResponse:
    """The person sees the case, but may not do this."""
    log_refusal(request, reason=refusal.code)
    return page(request, status=403, title=_("Dette kan du ikke gjøre"), text=str(refusal.sentence))


def too_often(request: HttpRequest, reached: limits.TooOften) -> HttpResponse:
    """A limit has been reached: when one can try again stands on the page and in `Retry-After`."""
    log_refusal(request, reason=str(reached.limit))
    answer = page(request, status=429, title=_("Vent litt"), text=reached.sentence)
    return wait(answer, reached)


def wait(answer: HttpResponse, reached: limits.TooOften) -> HttpResponse:
    """The answer, also telling programs when to try again."""
    answer.status_code = 429
    answer["Retry-After"] = str(reached.seconds)
    return answer


def already_done(request: HttpRequest, exception: door.AlreadyDone) -> HttpResponse:
    """The same form came twice; the first did the work, so the second goes where the first went."""
    event = exception.event
    if event.name == "move.declined":  # it is about another service's case
        return redirect("offers")
    if event.pathway_id:
        return redirect("pathway", pathway_id=event.pathway_id)
    return redirect("child", child_id=event.child_id)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form came from somewhere else, or the browser blocks cookies."""
    log_refusal(request, reason="csrf")
    _warn(request, "csrf")
    return page(
        request,
        status=403,
        title=_("Skjemaet kunne ikke sendes"),
        text=_("Gå tilbake, last siden på nytt og prøv igjen. Nettleseren må tillate informasjonskapsler."),
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What was sent is too large, has too many parts, or cannot be read at all; nothing of it was looked at."""
    _warn(request, "unreadable")
    return page(
        request,
        status=400,
        title=_("Dette kunne vi ikke lese"),
        text=_("Det som ble sendt, er for stort eller skadet. Gå tilbake, send mindre om gangen, og prøv igjen."),
    )


def unavailable(request: HttpRequest) -> HttpResponse:
    """The database is away. What was typed stands in the page, ready to be sent again, and is done once at most: the
    form keeps its token, so it does no harm that it may have been saved just before the database went.
    """
    # Nobody's page: nothing can be asked for a frame now.
    request.actor = request.relative = None  # type: ignore[attr-defined]
    fields = [(name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"]
    response = render(
        request,
        "unavailable.html",
        {
            "again": request.get_full_path(),
            "is_form": request.method == "POST",
            "kept_fields": fields,
            "has_secrets": bool(request.FILES) or not SECRETS.isdisjoint(request.POST),
        },
        status=503,
    )
    response["Retry-After"] = "10"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Something broke here; nothing was saved."""
    return page(
        request,
        status=500,
        title=_("Noe gikk galt hos oss"),
        text=_("Ingenting er lagret. Gå tilbake; det du skrev, står der ennå. Prøv igjen om litt."),
    )


def _warn(request: HttpRequest, reason: str) -> None:
    """Tell in the program's log what may come from anybody at all, and so is no row in the database."""
    SECURITY.warning("Refused.", extra={"request": request, "told": {"reason": reason}})


def log_refusal(request: HttpRequest, *, reason: str) -> None:
    """Every refusal to someone logged in is a row in the log, by the route's name and what the address named."""
    actor = getattr(request, "actor", None) or getattr(request, "relative", None)
    if actor is not None:
        match = request.resolver_match
        named = match.kwargs if match else {}
        record.look(
            (match.url_name if match else None) or "unknown",
            at=clock.now(),
            person_id=actor.person_id,
            service_id=actor.service_id,
            role=actor.role,
            asked_id=named.get("pathway_id") or named.get("child_id"),
            purpose=actor.purpose,
            allowed=False,
            reason=reason,
        )
