"""Logging in, confirming and joining with OpenID Connect: out to the provider by a link, and back."""

from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from grunnmur import clock
from grunnmur.directory import members, openid, sessions
from grunnmur.directory.providers import Provider, providers
from grunnmur.log import record
from grunnmur.web.views import replies, session
from grunnmur.web.views.session import public

PATIENCE = timedelta(minutes=10)
"""How long somebody may take at the provider."""


def _provider(key: str) -> Provider:
    try:
        return providers()[key]
    except KeyError as fault:
        raise Http404 from fault


def _back(request: HttpRequest) -> str:
    """Where the provider sends the browser back to; one address for all providers."""
    return request.build_absolute_uri(reverse("openid_back"))


@public
@require_GET
def openid_start(request: HttpRequest, key: str) -> HttpResponse:
    """Out to a provider: to log in, to take the place of a code that was typed just before, or to confirm."""
    provider = _provider(key)
    actor = request.actor  # type: ignore[attr-defined]
    try:
        address, attempt = openid.begin(provider, back=_back(request), max_age=0 if actor else None, at=clock.now())
    except openid.NotVouchedFor as fault:
        return _refuse(request, fault.code)
    request.session["attempt"] = {
        **attempt.as_dict(),
        "at": clock.now().timestamp(),
        "next": request.GET.get("neste", ""),
        "confirms": str(actor.person_id) if actor else "",
    }
    return redirect(address)


@public
@require_GET
def openid_back(request: HttpRequest) -> HttpResponse:
    """Back from the provider, with what the browser was given there."""
    kept: dict[str, Any] | None = request.session.pop("attempt", None)
    if kept is None or not 0 <= clock.now().timestamp() - kept.pop("at") < PATIENCE.total_seconds():
        return _refuse(request, "state")
    next_page, confirms, link = kept.pop("next"), kept.pop("confirms"), kept.pop("link", "")
    provider = _provider(kept["provider"])
    try:
        vouched = openid.finish(
            provider, openid.Attempt(**kept), request.GET.dict(), back=_back(request), at=clock.now()
        )
    except openid.NotVouchedFor as fault:
        if link:
            return replies.refuse(request, UUID(link), f"openid_{fault.code}", _sentence(fault.code))
        return _refuse(request, fault.code)
    if link:
        return replies.back_from(request, UUID(link), vouched)
    if confirms:
        return _confirm(request, vouched, UUID(confirms), next_page)
    code = request.session.pop("join_code", "")
    person = None
    if code:
        with suppress(members.Taken):  # they have the role already, and just log in
            person = members.join_with_subject(code, issuer=vouched.issuer, subject=vouched.subject)
    person = person or members.person_of(issuer=vouched.issuer, subject=vouched.subject)
    if person is None:
        return _refuse(request, "unknown")
    return session.enter(request, person, is_strong=True, provider=provider.key, next_page=next_page)


def _confirm(request: HttpRequest, vouched: openid.Vouched, person: UUID, next_page: str) -> HttpResponse:
    """Somebody who is logged in has proved anew who they are; it must be the same."""
    actor = request.actor  # type: ignore[attr-defined]
    if actor is None or actor.person_id != person:
        return _refuse(request, "state")
    if members.person_of(issuer=vouched.issuer, subject=vouched.subject) != person:
        return _refuse(request, "another")
    session.confirm(request)
    return redirect(session.safe_next(next_page) or "work")


SENTENCES = {
    "unknown": gettext_lazy(
        "Vi kjenner deg ikke ennå. Be den som administrerer tjenesten om en kode, og bruk den under «Bli med»."
    ),
    "another": gettext_lazy("Du bekreftet som en annen enn den som er logget inn her."),
    "acr": gettext_lazy("Du må logge inn på et høyere sikkerhetsnivå."),
    "state": gettext_lazy("Innloggingen ble avbrutt eller tok for lang tid. Prøv igjen."),
    "provider_unreachable": gettext_lazy("Vi får ikke kontakt med innloggingstjenesten. Prøv igjen om litt."),
}


def _refuse(request: HttpRequest, code: str) -> HttpResponse:
    """Nobody gets in; the log is told why, and the person what to do."""
    record.look(
        "log_in", at=clock.now(), person_id=None, service_id=None, role="", allowed=False, reason=f"openid_{code}"
    )
    return session.log_in_page(request, session.LogInForm(), fault=_sentence(code), status=403)


def _sentence(code: str) -> str:
    """What to do, for the person."""
    return str(SENTENCES.get(code, _("Innloggingen ble ikke godkjent. Prøv igjen.")))


@csrf_exempt
@public
@require_POST
def openid_ended(request: HttpRequest, key: str) -> HttpResponse:
    """The provider itself says that somebody has logged out: every session of theirs here is over.

    No browser is behind this, so there is no token against forged requests; the provider's signature is the proof.
    """
    if settings.SECURE_SSL_REDIRECT and not request.is_secure():
        return HttpResponse(status=403)  # a program is not sent on to https as a person is: it is to be set up for it
    provider = _provider(key)
    try:
        subject = openid.read_logout(provider, request.POST.get("logout_token", ""), at=clock.now())
    except openid.NotVouchedFor:
        return HttpResponse(status=400)
    person = members.person_of(issuer=provider.issuer, subject=subject)
    if person is not None:
        sessions.end_all(person)
    return HttpResponse(status=200)
