"""What makes a page of ours open: no log-in, no cookie, and a frame only where the municipality has said so."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from grunnmur.directory.finder_file import LANGUAGES

NAMES = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}
"""What each language calls itself."""


def open_to_all(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a view as open to anyone, in the language of its address.

    A form of it needs no token against forgery: nobody is known here, so nothing can be done in anybody's name, and the
    token would need a cookie.
    """

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, language: str = "nb", **more: Any) -> HttpResponse:
        if language not in LANGUAGES:
            raise Http404
        with translation.override(language):
            answer = view(request, *args, language=language, **more)
            answer["Content-Language"] = language
            return answer

    shown.is_public = True  # type: ignore[attr-defined]
    exempt: Callable[..., HttpResponse] = csrf_exempt(shown)
    return exempt


def in_each_language(name: str, **more: str) -> Callable[[str], str]:
    """The address of the page that is shown, in another language."""
    return lambda code: reverse(name, kwargs={"language": code, **more})


def may_be_framed(answer: HttpResponse, by: str) -> HttpResponse:
    """Let a site show the answer inside its own page; `web/walls.py` says it in the headers."""
    answer.framed_by = by  # type: ignore[attr-defined]
    return answer
