"""The pages that one in the family reads: the way, who is with me, what I answered, what is written, who looked."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from markupsafe import Markup

from grunnmur import clock
from grunnmur.cases.queries import own_pages, passport
from grunnmur.cases.queries.held import as_json
from grunnmur.cases.queries.own_pages import Mine
from grunnmur.exchange import paper
from grunnmur.family import words
from grunnmur.family.shown import page, relative_of
from grunnmur.web import files, written_words
from grunnmur.web.views import errors


def mine_of(request: HttpRequest, name: str) -> Mine:
    """Whose page it is, and one row in the log. Raises NotVisible when nothing is open for the person now."""
    return own_pages.get_mine(relative_of(request), page=name)


@require_GET
def my_page(request: HttpRequest) -> HttpResponse:
    """Where we are, what happens next, what was agreed."""
    mine = mine_of(request, "my_page")
    return page(request, "my_page.html", {"mine": mine, "shown": words.my_page(own_pages.my_pathway(mine))})


@require_GET
def with_me(request: HttpRequest) -> HttpResponse:
    """Who is with me, what they can see, and until when."""
    mine = mine_of(request, "with_me")
    return page(request, "with_me.html", words.with_me(mine, own_pages.who_is_with_me(mine)))


@require_GET
def my_consents(request: HttpRequest) -> HttpResponse:
    """What has been asked, and what I answered."""
    mine = mine_of(request, "my_consents")
    return page(request, "my_consents.html", words.my_consents(mine))


@require_GET
def steps(request: HttpRequest) -> HttpResponse:
    """Each phase: what it is, what I can decide, what I have a right to, and how I took part in it."""
    mine = mine_of(request, "my_steps")
    return page(request, "steps.html", words.steps(mine, own_pages.how_the_child_took_part(mine)))


@require_GET
def looked(request: HttpRequest) -> HttpResponse:
    """Who has looked."""
    mine = mine_of(request, "looked")
    looks, after = own_pages.who_looked(mine, after=request.GET.get("etter", ""))
    return page(request, "looked.html", {"mine": mine, "looks": looks, "after": after})


@require_GET
def written(request: HttpRequest) -> HttpResponse:
    """Everything that somebody has written and that I may see."""
    mine = mine_of(request, "written")
    held = written_words.written(own_pages.what_is_written(mine))
    return page(request, "written.html", {"mine": mine, "held": held})


@require_GET
def written_as_data(request: HttpRequest) -> HttpResponse:
    """The same for a program to read."""
    mine = mine_of(request, "written_as_data")
    tables = {
        one.table: [{name: as_json(value) for name, value in item.columns.items()} for item in one.items]
        for one in own_pages.what_is_written(mine)
    }
    text = json.dumps({"made_at": as_json(clock.now()), "tables": tables}, ensure_ascii=False, indent=1)
    answer = HttpResponse(text, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="min-side.json"'
    return answer


@require_GET
def written_on_paper(request: HttpRequest) -> HttpResponse:
    """The same on paper, with a name that tells nothing."""
    mine = mine_of(request, "written_on_paper")
    return _on_paper(request, "written", {"held": written_words.written(own_pages.what_is_written(mine))})


@require_GET
def onward(request: HttpRequest) -> HttpResponse:
    """Who helps from now on: the passport of a closed pathway, of what I may see."""
    mine = mine_of(request, "onward")
    return page(request, "onward.html", {"mine": mine, "passport": words.onward(mine, passport.of_mine(mine))})


@require_GET
def onward_on_paper(request: HttpRequest) -> HttpResponse:
    """The same on paper."""
    mine = mine_of(request, "onward_on_paper")
    found = words.onward(mine, passport.of_mine(mine))
    if found is None:
        return redirect("onward")
    return _on_paper(request, "onward", {"mine": mine, "passport": found})


def _on_paper(request: HttpRequest, template: str, shown: dict[str, Any]) -> HttpResponse:
    """A file with a name and a title that tell nothing."""
    filled = render_to_string(f"family/paper_{template}.html", {**shown, "made_at": clock.now()})
    body = Markup(filled)  # noqa: S704  # a template of ours, which escapes
    try:
        content = paper.pdf(render_to_string("paper_alone.html", {"title": _("Min side"), "body": body}))
    except paper.NotSet as fault:
        return errors.page(request, status=503, title=_("Min side"), text=str(fault.sentence))
    return files.attachment(HttpResponse(content, content_type="application/pdf"), name="min-side.pdf")
