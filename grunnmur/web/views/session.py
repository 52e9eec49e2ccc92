"""The session: asking strangers to log in, choosing whom one acts for, its start and end, and what was typed when it
ran out."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django import forms
from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from grunnmur import clock
from grunnmur.directory import openid, sessions
from grunnmur.directory.providers import Provider, providers
from grunnmur.log import record
from grunnmur.web.fields import field_of
from grunnmur.web.views.errors import SECRETS

View = TypeVar("View", bound=Callable[..., HttpResponse])
NOT_KEPT = SECRETS | {"csrfmiddlewaretoken", "once_token", "file"}


def public(view: View) -> View:
    """Mark a view as open to anyone; every other view asks for log-in."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


class LogInForm(forms.Form):
    username = forms.CharField(label=gettext_lazy("Brukernavn"), max_length=120)
    password = forms.CharField(label=gettext_lazy("Passord"), max_length=200, widget=forms.PasswordInput)


def ask_to_log_in(request: HttpRequest) -> HttpResponse:
    """Send a stranger to the log-in page. What somebody had typed when the session ran out is taken along."""
    if request.method == "GET":
        response = redirect("log_in")
        response["Location"] += f"?neste={here(request)}"
        if getattr(request, "htmx", False):
            response["HX-Redirect"] = response["Location"]
        return response
    return log_in_page(request, LogInForm(), kept=keep(request), status=401)


def keep(request: HttpRequest, *, whose: str = "person") -> str:
    """What was typed, sealed so that only the same person gets it back, with `restore`. `whose` names what the session
    knows that person by.
    """
    return signing.dumps(
        {
            "path": request.path,
            "fields": {name: request.POST.getlist(name) for name in request.POST if name not in NOT_KEPT},
            "person": request.session.get(whose) or _said_by_ended_session(request, whose),
        },
        salt="kept",
        compress=True,
    )


def _said_by_ended_session(request: HttpRequest, whose: str) -> str | None:
    """Whose session ran out: the cookie is too old to log in with, but still says so; only they get the text."""
    cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    try:
        data = signing.loads(
            cookie, salt="django.contrib.sessions.backends.signed_cookies", serializer=signing.JSONSerializer
        )
    except signing.BadSignature:
        return None
    person = data.get(whose)
    return person if isinstance(person, str) else None


def log_in_page(
    request: HttpRequest, form: LogInForm, *, kept: str = "", next_page: str = "", fault: str = "", status: int = 200
) -> HttpResponse:
    return render(
        request,
        "log_in.html",
        {
            "fields": [field_of(form[name]) for name in form.fields],
            "kept": kept,
            "next_page": next_page,
            "fault": fault,
            "providers": providers().values(),
        },
        status=status,
    )


def proof(person: UUID, *, is_strong: bool, provider: str = "") -> str:
    """What carries from page to page that somebody has proved who they are, for five minutes."""
    return signing.dumps({"person": str(person), "is_strong": is_strong, "provider": provider}, salt="proof")


def enter(
    request: HttpRequest, person: UUID, *, is_strong: bool, provider: str = "", next_page: str = "", kept: str = ""
) -> HttpResponse:
    """In, for somebody who has proved who they are; where there are several, they choose whom they act for first."""
    choices = sessions.list_memberships(person)
    if not choices:
        return log_in_page(request, LogInForm(), fault=_("Du har ingen rolle i noen tjeneste nå."), status=403)
    if len(choices) > 1:
        given = {"proof": proof(person, is_strong=is_strong, provider=provider), "next_page": next_page, "kept": kept}
        return render(request, "choose_membership.html", {"choices": choices, **given})
    return start(
        request,
        person=person,
        membership_id=choices[0].id,
        is_strong=is_strong,
        provider=provider,
        next_page=next_page,
        kept=kept,
    )


@public
@require_POST
def choose_membership(request: HttpRequest) -> HttpResponse:
    """One acts for one service at a time, chosen openly."""
    next_page, kept = request.POST.get("neste", ""), request.POST.get("kept", "")
    try:
        proved = signing.loads(request.POST.get("proof", ""), salt="proof", max_age=300)
        person = UUID(proved["person"])
        how = {"is_strong": proved["is_strong"], "provider": proved["provider"]}
        if "membership" not in request.POST:
            return enter(request, person, **how, next_page=next_page, kept=kept)
        membership_id = UUID(request.POST["membership"])
    except (signing.BadSignature, ValueError):
        return redirect("log_in")
    if membership_id not in {choice.id for choice in sessions.list_memberships(person)}:
        raise Http404
    return start(request, person=person, membership_id=membership_id, **how, next_page=next_page, kept=kept)


def start(
    request: HttpRequest,
    *,
    person: UUID,
    membership_id: UUID,
    is_strong: bool = False,
    provider: str = "",
    next_page: str = "",
    kept: str = "",
) -> HttpResponse:
    """Open the session and go on to where the person was going, with what was typed still there."""
    token = sessions.open_session(membership_id, is_strong=is_strong)
    if token is None:
        return log_in_page(request, LogInForm(), fault=_("Rollen din i denne tjenesten er avsluttet."), status=403)
    request.session.flush()
    request.session["token"] = token
    request.session["person"] = str(person)
    request.session["provider"] = provider
    actor = sessions.enter(token)
    assert actor is not None
    log(actor, "log_in")
    restored = restore(request, kept, person=person)
    if restored is not None:
        return restored
    return redirect(safe_next(next_page) or "work")


def confirm(request: HttpRequest) -> None:
    """The one who asks has proved anew who they are, and goes on with another token."""
    request.session["token"] = sessions.confirm(request.session["token"])
    actor = sessions.enter(request.session["token"])
    assert actor is not None
    log(actor, "confirm")


def here(request: HttpRequest) -> str:
    """This page as one to come back to, sealed so that nobody is sent elsewhere."""
    return signing.dumps(request.get_full_path(), salt="next")


def safe_next(next_page: str) -> str:
    """The page that `here` sealed within the hour, or nothing."""
    try:
        path: str = signing.loads(next_page, salt="next", max_age=3600)
    except signing.BadSignature:
        return ""
    return path if url_has_allowed_host_and_scheme(path, allowed_hosts=None) else ""


def restore(request: HttpRequest, kept: str, *, person: UUID) -> HttpResponse | None:
    """The form as it was when the session ran out, for the same person only; nothing is done until it is sent again."""
    try:
        data: dict[str, Any] = signing.loads(kept, salt="kept", max_age=3600)
        resolve(data["path"])
    except (signing.BadSignature, Resolver404):
        return None
    if data["person"] != str(person):
        return None
    fields = QueryDict(mutable=True)
    for name, values in data["fields"].items():
        fields.setlist(name, values)
    shown = {
        "title": _("Teksten din er tatt vare på"),
        "lead": _("Du er logget inn igjen. Ingenting er lagret ennå."),
        "path": data["path"],
        "kept_fields": list(fields.lists()),
    }
    return render(request, "restored.html", shown)


def log(
    actor: sessions.Actor, action: str, *, about: UUID | None = None, is_allowed: bool = True, reason: str = "self"
) -> None:
    """One row in the log about one's own log-in, or an administrator's act on the membership or invitation `about`."""
    record.own(
        action,
        at=clock.now(),
        person_id=actor.person_id,
        service_id=actor.service_id,
        role=actor.role,
        asked_id=about,
        allowed=is_allowed,
        reason=reason,
    )


@require_POST
def stay_logged_in(request: HttpRequest) -> HttpResponse:
    """Nothing but a request, which is what keeps the session: the page's warning asks for it."""
    return HttpResponse(status=204)


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session in the database, and leave nothing in the browser."""
    sessions.end(request.session.get("token", ""))
    provider = providers().get(request.session.get("provider", ""))
    request.session.flush()
    request.actor = None  # type: ignore[attr-defined]  # the page after is a stranger's
    response = _also_at(request, provider) if provider else redirect("log_in")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _also_at(request: HttpRequest, provider: Provider) -> HttpResponse:
    """Logged out here; the provider has a session of its own, which one leaves by a link."""
    address = openid.log_out_address(provider, back=request.build_absolute_uri(reverse("log_in")), at=clock.now())
    return render(request, "logged_out.html", {"address": address, "provider": provider.name})
