"""One act on one page: show the form, run the one call into the domain, say what happened. Nothing typed is lost."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import ResolverMatch
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from grunnmur.cases import access, door
from grunnmur.cases.actions import drafts
from grunnmur.cases.queries import drafts as kept_drafts
from grunnmur.cases.queries.case import Case
from grunnmur.directory import limits
from grunnmur.directory.meanwhile import EditConflict
from grunnmur.directory.sessions import Actor
from grunnmur.web import tampered
from grunnmur.web.ahead import LOOKS_AHEAD, Ahead
from grunnmur.web.forms import ActForm
from grunnmur.web.views import errors


def actor_of(request: HttpRequest) -> Actor:
    """Who asks; the middleware has seen to it that somebody does."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def once_of(request: HttpRequest) -> UUID | None:
    """The form's own token, which makes a double click do a thing once."""
    try:
        return UUID(request.POST.get("once_token", ""))
    except ValueError:
        return None


def seen_of(request: HttpRequest) -> int | None:
    """The version that the form showed."""
    version = request.POST.get("version", "")
    return int(version) if version.isdecimal() and len(version) < 10 else None


def check_first(request: HttpRequest, case: Case, act: str) -> None:
    """Refuse before anything is typed: a form that the actor cannot send is not shown, nor what it would show.

    What was typed while a colleague moved the case is another matter: then the door says no, and `perform` keeps it.
    Raises Refused.
    """
    refusal = case.refusal(act)
    if refusal is not None and not (request.method == "POST" and refusal.is_about_status):
        raise refusal


def refuse_first(request: HttpRequest, refusal: access.Refused | None) -> Callable[[], None]:
    """The same for what stands in no case: refuse before anything is typed, or give what refuses when it is sent.

    `perform` keeps what was typed when the refusal is about a status. Raises Refused.
    """
    if refusal is not None and request.method != "POST":
        raise refusal

    def refuse() -> None:
        if refusal is not None:
            raise refusal

    return refuse


def perform(
    request: HttpRequest,
    *,
    form: ActForm,
    run: Callable[[dict[str, Any]], object],
    title: str | Promise,
    done: str | Promise,
    back: str,
    button: str | Promise,
    lead: str | Promise = "",
    template: str = "act.html",
    context: Mapping[str, Any] | None = None,
    version: int | str | None = None,
    danger: bool = False,
    respond: Callable[[Any], HttpResponse] | None = None,
    is_done: bool = True,
    ahead: Ahead | None = None,
) -> HttpResponse:
    """Show the form (GET), or do the act (POST) and go `back` with the sentence `done`.

    `form` is bound when the request is a POST. What breaks a rule is shown next to its field, with status 422; what
    somebody else changed in the meantime is said, with status 409; both keep everything that was typed. `respond`
    answers with what `run` gave instead of going back. Unless `is_done`, `run` only looks ahead: a draft
    stays. With `ahead` the form has a second button, which shows what the family would see and saves nothing.
    """
    status, conflict, retry_after, seen_ahead = 200, "", 0, ""
    keeps_drafts = _keeps_drafts(request, form)
    if request.method == "POST":
        # A conflict is with what the person saw when the form was first shown, not with this answer to it.
        version = request.POST.get("version", version)
        is_restored = bool(request.POST.get("_restored"))
        if not is_restored:
            tampered.note(request, form)
        if is_restored:
            # Comes from the page after a new log-in: show the text again, do nothing yet.
            form.errors.clear()
        elif LOOKS_AHEAD in request.POST and ahead is None:
            # The address has become protected since the form was shown: whoever asked to look has not asked to save.
            form.errors.clear()
            status, conflict = 409, _("Du kan ikke se det familien ser her. Ingenting er lagret.")
        elif form.is_valid():
            try:
                if ahead is not None and LOOKS_AHEAD in request.POST:
                    seen_ahead = ahead(lambda: run(form.cleaned_data))
                else:
                    with transaction.atomic():
                        result = run(form.cleaned_data)
            except door.Invalid as invalid:
                for field, problem in invalid.problems.items():
                    form.add_error(field if field in form.fields else None, str(problem))
                status = 422
            except EditConflict as newer:
                status, version = 409, newer.current
                conflict = _(
                    "Noen andre har endret dette mens du skrev. Teksten din står under. Åpne siden i en ny fane for "
                    "å se endringen, og send på nytt hvis du fortsatt vil det."
                )
            except limits.TooOften as reached:
                errors.log_refusal(request, reason=str(reached.limit))
                status, conflict = 429, _("%(why)s Teksten din står under.") % {"why": reached.sentence}
                retry_after = reached.seconds
            except access.Refused as refusal:
                if not refusal.is_about_status:
                    raise
                errors.log_refusal(request, reason=refusal.code)
                status, conflict = 409, _("%(why)s Teksten din står under.") % {"why": refusal.sentence}
            else:
                if not seen_ahead:
                    if keeps_drafts and is_done:
                        drafts.end(actor=actor_of(request), path=request.path)
                    if respond is not None:
                        return respond(result)
                    messages.success(request, str(done))
                    return redirect(back)
        else:
            status = 422
    fields = form.fields_for_page()
    answer = render(
        request,
        template,
        {
            "title": title,
            "lead": lead,
            "form": form,
            "fields": fields,
            "field": {field.name: field for field in fields},
            "faults": [str(fault) for fault in form.non_field_errors()] if form.is_bound else [],
            "conflict": conflict,
            "button": button,
            "back": back,
            "version": version,
            "danger": danger,
            "looks_ahead": LOOKS_AHEAD if ahead is not None else "",
            "seen_ahead": seen_ahead,
            "draft_path": request.path if keeps_drafts else "",
            # One that waited when the form was first shown still does, until it is taken up or written over.
            "draft": kept_drafts.find(actor_of(request), request.path)
            if keeps_drafts and (request.method == "GET" or "_draft_waits" in request.POST)
            else None,
            **(context or {}),
        },
        status=status,
    )
    if retry_after:
        answer["Retry-After"] = str(retry_after)
    return answer


def draft_is_about(match: ResolverMatch | None) -> dict[str, UUID]:
    """What a draft of a page is about: the child or the case under whose own address the page stands, for its view has
    seen to it that the actor sees that. Another page may name a child that its reader does not see.
    """
    for root, name in (("barn", "child_id"), ("forlop", "pathway_id")):
        if match is not None and match.route.startswith(f"{root}/<uuid:{name}>/"):
            return {name: match.kwargs[name]}
    return {}


def _keeps_drafts(request: HttpRequest, form: ActForm) -> bool:
    """Whether what is typed can wait on the server: on a page about one child or case, where one writes at length."""
    actor, about = getattr(request, "actor", None), draft_is_about(request.resolver_match)
    return bool(about) and actor is not None and not actor.link_id and form.is_written
