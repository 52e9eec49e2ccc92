"""What goes on paper: the same text as a page to print and as a PDF, in bokmål or nynorsk.

A paper is the body that a template makes of what a query gave, and the query has logged the look. What is on the paper
is in the language that was chosen for it; the page around it is in its reader's own.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from markupsafe import Markup

from grunnmur import clock
from grunnmur.directory import limits
from grunnmur.directory.limits import Limit
from grunnmur.exchange import paper
from grunnmur.web import files
from grunnmur.web.acting import actor_of
from grunnmur.web.crumbs import Crumb
from grunnmur.web.fields import Text

LANGUAGES: dict[str, str] = dict(settings.LANGUAGES)
"""The languages of the papers are those of the product."""
CHANGED = _("Noe i saken ble endret imens. Ingenting er gitt ut. Se gjennom det på nytt, og prøv igjen.")
"""What is given is no longer what was set, so nothing is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One paper: its title, which tells nothing of anyone, and the template with what it shows."""

    title: Text
    template: str
    shows: Mapping[str, Any] = field(default_factory=dict)


def language_of(request: HttpRequest) -> str:
    """The language that was asked for, or the page's own."""
    asked = (request.POST or request.GET).get("sprak") or translation.get_language()
    return asked if asked in LANGUAGES else settings.LANGUAGE_CODE


def in_its_language(request: HttpRequest) -> AbstractContextManager[None]:
    """For the query behind a paper, which says some things in words."""
    return translation.override(language_of(request))


def document(request: HttpRequest, made: Paper, *, language: str) -> str:
    """The paper as an HTML document that needs nothing from anywhere."""
    with translation.override(language):
        return render_to_string("paper_alone.html", {"title": str(made.title), "body": body(request, made)})


def as_pdf(request: HttpRequest, made: Paper, *, language: str) -> HttpResponse:
    """The paper as a file. Raises paper.NotSet."""
    content = paper.pdf(document(request, made, language=language))
    return files.attachment(HttpResponse(content, content_type="application/pdf"), name=paper.NAME)


def to_give(request: HttpRequest, made: Paper, *, language: str) -> HttpResponse:
    """A paper that is given out, as a file: set before the act, so that nobody waits for the child meanwhile; then it
    must still be what is given (`Changed`). Raises TooOften, so that nothing is set for one who must wait, and
    paper.NotSet.
    """
    actor = actor_of(request)
    limits.look(Limit.EXPORT_PERSON, actor.person_id)
    limits.look(Limit.EXPORT_SERVICE, actor.service_id)
    return as_pdf(request, made, language=language)


def show(request: HttpRequest, made: Paper, *, crumbs: list[Crumb]) -> HttpResponse:
    """The paper as a page to print; or as a PDF when the address asks for one."""
    language, fault = language_of(request), ""
    if request.GET.get("form") == "pdf":
        try:
            return as_pdf(request, made, language=language)
        except paper.NotSet as not_set:
            fault = str(not_set.sentence)
    with translation.override(language):
        title, text = str(made.title), body(request, made)
    shown = {"title": title, "body": text, "crumbs": crumbs, "chosen": language, "forms_of": LANGUAGES}
    return render(request, "paper.html", {**shown, "fault": fault}, status=503 if fault else 200)


def body(request: HttpRequest, made: Paper) -> Markup:
    """The paper itself, in the language of the moment."""
    actor = actor_of(request)
    who = {"person": actor.person_name, "service": actor.service_name, "at": clock.now()}
    shown = {"title": str(made.title), "fetched": who, **made.shows}
    return Markup(render_to_string(made.template, shown))  # noqa: S704  # a template of ours, which escapes
