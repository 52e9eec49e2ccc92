"""Numbers about the pathway: of one's own municipality, or of a county and its municipalities; and what they mean."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from grunnmur.cases.access import Refused
from grunnmur.cases.definition import definitions
from grunnmur.directory.sessions import Actor
from grunnmur.insight import figures
from grunnmur.insight.figures import Numbers, Place
from grunnmur.insight.halves import WAIT, Half
from grunnmur.insight.hiding import LEAST
from grunnmur.insight.indicators import Indicator, indicators
from grunnmur.stewardship import supervision
from grunnmur.web import number_pictures
from grunnmur.web.acting import actor_of

TIMES = ("tid-til-avgjorelse", "tid-til-oppstartsmote")
COMPARED = "vurdert"
"""What is compared until one chooses something else."""


def half_name(half: Half) -> str:
    """A half-year in words."""
    named = _("1. halvår %(year)s") if half.number == 1 else _("2. halvår %(year)s")
    return named % {"year": half.year}


def _refuse_others(actor: Actor) -> None:
    """Raises Refused for those who see no figures."""
    if supervision.leads(actor) is None and not supervision.may_watch(actor):
        raise Refused(
            "not_for_numbers", _("Bare barnevernlederen, kommuneoverlegen og statsforvalteren ser tallene om forløpet.")
        )


def _halves(request: HttpRequest) -> tuple[Half | None, list[Half]]:
    """The half-year that is asked for, or the last; and all that can be. None when nothing is counted yet."""
    found = figures.periods()
    asked = Half.read(request.GET.get("halvar", ""))
    return (asked if asked in found else found[-1] if found else None), found


def language() -> str:
    """The reader's own, or bokmål."""
    return get_language() or "nb"


@require_safe
def numbers_here(request: HttpRequest) -> HttpResponse:
    """The numbers of the municipality that one leads child welfare or health in."""
    actor = actor_of(request)
    if supervision.leads(actor) is None:
        raise Refused("not_a_leader", _("Bare barnevernlederen og kommuneoverlegen ser tallene for egen kommune her."))
    return _of_place(request, figures.places(actor)[0], is_own=True)


@require_safe
def numbers_of_place(request: HttpRequest, place: str) -> HttpResponse:
    """The numbers of one municipality, for its county governor."""
    found = next((one for one in figures.places(watcher(request)) if one.number == place), None)
    if found is None:
        raise Http404
    return _of_place(request, found, is_own=False)


def _of_place(request: HttpRequest, place: Place, *, is_own: bool) -> HttpResponse:
    half, halves = _halves(request)
    given = {"place": place, "is_own": is_own, **_choices(half, halves)}
    if half:
        found = figures.municipality(place.number, half)
        given["overview"] = _overview(found, halves, figures.over_time("vurdert", halves, place=place.number))
    return render(request, "numbers.html", given)


def watcher(request: HttpRequest) -> Actor:
    """Whoever asks, who works for a county governor. Raises Refused for anybody else."""
    actor = actor_of(request)
    if not supervision.may_watch(actor):
        raise Refused("not_county_governor", _("Bare statsforvalteren ser tallene for alle kommunene i fylket."))
    return actor


@require_safe
def numbers_in_region(request: HttpRequest) -> HttpResponse:
    """The numbers of a county, and its municipalities beside each other."""
    actor = watcher(request)
    half, halves = _halves(request)
    counties = figures.counties(actor)
    county = request.GET.get("fylke", "")
    county = county if county in counties else counties[0] if counties else ""
    places = figures.places(actor, county)
    given = {"county": county, "counties": counties, "places": places, **_choices(half, halves)}
    if half and places:
        whole = figures.county(county, half)
        given["overview"] = _overview(whole, halves, figures.over_time("vurdert", halves, county=county))
        compared = _compared(request.GET.get("vis", ""))
        given |= _comparison(compared, whole[compared.key], places, figures.compare(compared.key, county, half))
    return render(request, "numbers_region.html", given)


@require_safe
def numbers_meaning(request: HttpRequest) -> HttpResponse:
    """What each number means: the definitions, for those who see the numbers."""
    _refuse_others(actor_of(request))
    found, spoken = indicators(), language()
    sources = {one.key: f"{definitions().source(one.source.key).title}, {one.source.place}" for one in found.indicators}
    return render(
        request,
        "numbers_meaning.html",
        {
            "found": [(one, one.words(spoken), one.labels(spoken), sources[one.key]) for one in found.indicators],
            "seen_by": found.seen_by.text(spoken),
            "questions": [
                (f"{one.number}. {one.text(spoken)}", _named(found.shows("sintef", one.number)), "")
                for one in found.sintef.questions
            ],
            "effects": [
                (
                    one.text(spoken),
                    _named(found.shows("effects", one.key)),
                    one.without.text(spoken) if one.without else "",
                )
                for one in found.effects.list
            ],
            "least": LEAST,
            "wait": WAIT.days,
        },
    )


def _named(shown: Sequence[Indicator]) -> list[tuple[str, str]]:
    return [(one.key, one.words(language()).title) for one in shown]


# --- what the pages show ----------------------------------------------------------------------------------------------


def _choices(half: Half | None, halves: Sequence[Half]) -> dict[str, Any]:
    """The half-years that one can choose among, the newest first, and which is shown."""
    return {
        "half": half,
        "half_name": half_name(half) if half else "",
        "halves": [(one.key, half_name(one), one == half) for one in reversed(halves)],
        "least": LEAST,
        "wait": WAIT.days,
    }


def _overview(found: Mapping[str, Numbers], halves: Sequence[Half], considered: Sequence[Numbers]) -> dict[str, Any]:
    """The way from considered to closed, how many were considered over time, the times, and every table."""
    started, met = found["vurdert"].by["start"], found["tid-til-oppstartsmote"].whole
    way = [
        (_("Vurdert"), found["vurdert"].whole),
        (_("Startet"), started),
        (_("Hadde sitt første oppstartsmøte"), met),
        (_("Avsluttet"), found["avsluttet"].whole),
    ]
    over_time = [(half_name(half), one.whole) for half, one in zip(halves, considered, strict=True)]
    tables = [_table(one, found[one.key]) for one in indicators().indicators]
    return {
        "over_time": over_time,
        "over_time_picture": number_pictures.bars(over_time),
        "way": way,
        "way_picture": number_pictures.bars(way),
        "way_means": _named([indicators().get(key) for key in ("vurdert", "tid-til-oppstartsmote", "avsluttet")]),
        "times": [(table, number_pictures.bars(table["rows"])) for table in tables if table["key"] in TIMES],
        "tables": [table for table in tables if table["key"] not in TIMES],
    }


def _table(one: Indicator, numbers: Numbers) -> dict[str, Any]:
    words, labels = one.words(language()), one.labels(language())
    return {
        "key": one.key,
        "title": words.title,
        "asks": words.asks,
        "rows": [(label, numbers.by[key]) for key, label in labels.items()],
        "whole": numbers.whole,
    }


def _compared(key: str) -> Indicator:
    """The indicator that municipalities are compared by."""
    asked = indicators().find(key)
    return asked if asked and asked.share else indicators().get(COMPARED)


def _comparison(
    one: Indicator, whole: Numbers, places: Sequence[Place], numbers: Mapping[str, Numbers]
) -> dict[str, Any]:
    """The municipalities whose share is shown against that of the county; how many are not."""
    assert one.share is not None
    found = [(place, numbers[place.number].share(one.share)) for place in places if place.number in numbers]
    shown = [(place, share) for place, share in found if share]
    all_of_them = whole.share(one.share)
    picture = None
    if shown and all_of_them:
        picture = number_pictures.funnel([(place.name, share) for place, share in shown], all_of_them.value)
    words = one.words(language())
    return {
        "compared": {"key": one.key, "title": words.title, "of": words.denominator},
        "compared_by": one.labels(language())[one.share],
        "comparable": [
            (other.key, other.words(language()).title, other.key == one.key)
            for other in indicators().indicators
            if other.share
        ],
        "shares": list(zip(shown, picture.points, strict=True)) if picture else [],
        "whole_share": all_of_them,
        "without_share": len(places) - len(shown),
        "funnel": picture,
    }
