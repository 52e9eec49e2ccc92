"""What is tried so that everybody can use the pages, and what is not good enough: the page of
`definitions/accessibility.yaml`. Open to anyone."""

from enum import StrEnum
from functools import cache
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from grunnmur import yaml_file
from grunnmur.directory.finder_file import InEach
from grunnmur.places import DEFINITIONS
from grunnmur.public.open import NAMES, in_each_language, open_to_all

FILE = DEFINITIONS / "accessibility.yaml"
Face = Literal["public", "family", "web"]
Criterion = Annotated[str, StringConstraints(pattern=r"^[1-4]\.\d\.\d{1,2}$")]
"""A success criterion of WCAG by its number."""
Test = Annotated[str, StringConstraints(pattern=r"^tests/[\w/]+\.py(::\w+)?$")]
"""A file of tests in the repository, or one test in it."""


class Lack(StrEnum):
    """Why something is not good enough."""

    NOT_MET = "not_met"
    NOT_TESTED = "not_tested"
    MISSING = "missing"


class Tried(InEach):
    """One thing that is tried, and the tests that show it for each face; a face that is in neither is not tried."""

    key: Annotated[str, StringConstraints(pattern=r"^[a-z]+$")]
    criteria: tuple[Criterion, ...] = ()
    shown_by: dict[Face, Annotated[tuple[Test, ...], Field(min_length=1)]] = Field(min_length=1)
    not_for: tuple[Face, ...] = ()
    """Faces that have nothing of the sort."""


class Lacking(InEach):
    """One thing that is known not to be good enough, and for which faces."""

    state: Lack
    criteria: tuple[Criterion, ...] = ()
    faces: Annotated[tuple[Face, ...], Field(min_length=1)]


class Accessibility(BaseModel):
    """The whole file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    faces: dict[Face, InEach]
    widths: tuple[int, ...]
    """CSS pixels."""
    tried: tuple[Tried, ...] = Field(min_length=1)
    lacking: tuple[Lacking, ...]


@cache
def accessibility_file() -> Accessibility:
    """The file, checked. Raises ValueError when something is missing or has a wrong shape."""
    return Accessibility.model_validate(yaml_file.read(FILE))


def states() -> dict[Lack, str]:
    """What each lack is called."""
    return {
        Lack.NOT_MET: _("Kravet er ikke oppfylt"),
        Lack.NOT_TESTED: _("Ikke prøvd"),
        Lack.MISSING: _("Mangler"),
    }


@open_to_all
@require_safe
def accessibility(request: HttpRequest, *, language: str) -> HttpResponse:
    """What is tried and what is lacking, and whom to tell when something does not work."""
    given = {
        "file": accessibility_file(),
        "states": states(),
        "language_code": language,
        "languages": NAMES,
        "here_in": in_each_language("accessibility"),
        "is_framed": False,
        "place": None,
    }
    return render(request, "public/accessibility.html", given)
