"""What every page of the family's is given and how it is shown."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grunnmur.directory.sessions import Relative

NEUTRAL = "https://www.yr.no/"
"""Where «Lukk siden fort» leads: a page that anybody may have been on. Our own choice."""
PAGES: tuple[tuple[str, str | Promise], ...] = (
    ("my_page", _("Min side")),
    ("with_me", _("Hvem er med?")),
    ("my_consents", _("Ja og nei")),
    ("written", _("Det som står")),
    ("looked", _("Hvem har sett?")),
    ("letters", _("Spør oss")),
    ("my_steps", _("Steg for steg")),
)


def relative_of(request: HttpRequest) -> Relative:
    """Who asks; the middleware has seen to it that somebody does."""
    relative: Relative = request.relative  # type: ignore[attr-defined]
    return relative


def page(
    request: HttpRequest, template: str, given: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """One page in the family's own frame."""
    relative = getattr(request, "relative", None)
    here = request.resolver_match.url_name if request.resolver_match else ""
    mine = (given or {}).get("mine")
    shut = set() if mine is None or mine.may_write else {"letters"}
    frame: dict[str, Any] = {
        "is_inside": relative is not None,
        "pages": [(reverse(name), label, name == here) for name, label in PAGES if name not in shut]
        if relative
        else [],
        "notice": request.session.pop("notice", "") if relative else "",
    }
    return render(request, f"family/{template}", frame | (given or {}), status=status)
