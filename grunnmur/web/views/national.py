"""What is decided for the whole country, for everybody who works here."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dates import MONTHS
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from grunnmur.cases.definition import definitions
from grunnmur.stewardship import implementation
from grunnmur.stewardship.national import Activity, Product, national
from grunnmur.stewardship.shapes import Source, Words
from grunnmur.stewardship.steps import plan
from grunnmur.stewardship.terms import Track
from grunnmur.web.acting import actor_of
from grunnmur.web.jinja import dato
from grunnmur.web.timeline import timeline
from grunnmur.web.views import session


@require_GET
def national_plan(request: HttpRequest) -> HttpResponse:
    """The plan and its picture, how far the municipalities have come, who answers for what, and normative products."""
    session.log(actor_of(request), "national_plan")
    found, language = national(), get_language() or "nb"
    activities = [(one, one.name(language)) for one in found.plan.activities]
    kinds = {one.key: one.words(language) for one in found.kinds.kinds}
    return render(
        request,
        "national.html",
        {
            "year": found.plan.year,
            "activities": activities,
            "picture": timeline([(name, one.months) for one, name in activities if one.months]),
            "when": when,
            "nation": _nation(language),
            "parties": [one.words(language) for one in found.responsible.parties],
            "kinds": kinds,
            "products": [
                *_editions(kinds["forlop"].title),
                *(_product(one, kinds, language) for one in found.products),
            ],
            "sources": {
                name: _source(source)
                for name, source in (
                    ("plan", found.plan.source),
                    ("responsible", found.responsible.source),
                    ("kinds", found.kinds.source),
                )
            },
        },
    )


def _nation(language: str) -> dict[str, Any] | None:
    """Each kind of service with how many municipalities have reached each step; None while too few say it."""
    found, steps = implementation.in_the_nation(), plan().steps
    if found is None:
        return None
    return {
        "places": found.places,
        "steps": [step.name(language) for step in steps],
        "rows": [
            (track.label, [found.reached.get((track, number), 0) for number in range(1, len(steps) + 1)])
            for track in Track
        ],
    }


def _editions(kind: str) -> list[dict[str, Any]]:
    """The pathway's own editions as products, the newest first."""
    return [
        {
            "title": one.title,
            "kind": kind,
            "edition": _("%(edition)s, fra %(on)s") % {"edition": one.key, "on": dato(one.in_force_from)},
            "is_pathway": True,
            "is_first": one is definitions().editions[0],
        }
        for one in reversed(definitions().editions)
    ]


def _product(one: Product, kinds: dict[str, Words], language: str) -> dict[str, Any]:
    words = one.words(language)
    return {
        "title": words.title,
        "kind": kinds[one.kind].title,
        "edition": one.edition or one.dated,
        "is_pathway": False,
        "about": words.about,
    }


def _source(source: Source) -> dict[str, Any]:
    return {"source": definitions().source(source.key).title, "place": source.place}


def when(one: Activity) -> str:
    """When an activity is: a day, months, or the source's own words; said so where the source says nothing."""
    if one.day:
        return dato(one.day)
    if one.months:
        first, last = (str(MONTHS[month]) for month in one.months)
        return first if first == last else _("%(first)s til %(last)s") % {"first": first, "last": last}
    return one.said or _("kilden sier ikke når")
