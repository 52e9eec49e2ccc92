"""Bokmål or nynorsk, and English on the family's own pages: one's own choice, kept in one's own browser."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from grunnmur.web.views.errors import FAMILY
from grunnmur.web.views.session import public

A_YEAR = 365 * 24 * 60 * 60


def spoken_at(path: str) -> dict[str, str]:
    """The languages that one page is in, by their codes, each by the name that it calls itself."""
    return dict(settings.LANGUAGES) | ({"en": "English"} if path.startswith(FAMILY) else {})


@public
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """The same page in another language. Raises Http404 for one that there is none of."""
    language, back = request.POST.get("language", ""), request.POST.get("back", "")
    if language not in spoken_at(back):
        raise Http404
    is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    response = redirect(back if is_ours else "/")
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=A_YEAR,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return response
