"""How sending goes, for whoever runs the program: numbers alone, shown to whoever has the operator's token."""

import base64
import binascii
import hmac
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from grunnmur.post import numbers
from grunnmur.web.views import errors
from grunnmur.web.views.session import public

View = Callable[[HttpRequest], HttpResponse]


def _token_of(request: HttpRequest) -> str:
    """What is shown: as a bearer's token, or as the password beside any user name; nothing when neither is."""
    scheme, _space, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def for_the_operator(view: View) -> View:
    """Mark a view as the operator's, who is nobody that the database knows; without a token there is no such page."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not settings.OPERATOR_TOKEN:
            raise Http404
        if not hmac.compare_digest(_token_of(request).encode(), settings.OPERATOR_TOKEN.encode()):
            title, text = (
                _("Bare for den som drifter"),
                _("Oppgi passordet for drift. Brukernavnet kan være hva som helst."),
            )
            answer = errors.page(request, status=401, title=title, text=text)
            answer["WWW-Authenticate"] = 'Basic realm="Grunnmur drift", charset="UTF-8"'
            return answer
        return view(request)

    return public(guarded)


@for_the_operator
@require_GET
def operations(request: HttpRequest) -> HttpResponse:
    """The numbers, on a page."""
    found = numbers.read()
    request.actor = None  # type: ignore[attr-defined]  # the operator is nobody here, whoever else is logged in
    return render(request, "operations.html", {"found": found})


@for_the_operator
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """The same numbers as plain text for a monitoring system."""
    return HttpResponse(numbers.metrics(numbers.read()), content_type="text/plain; version=0.0.4; charset=utf-8")
