"""Numbers about the pathway: of one's own municipality, or of a county and its municipalities; and what they mean."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from grunnmur.cases.access import Refused
from grunnmur.cases.definition import definitions
from grunnmur.directory.kinds import Role
from grunnmur.directory.sessions import Actor
from grunnmur.insight import figures
from grunnmur.insight.figures import Numbers, Place, Times, Unshown
from grunnmur.insight.halves import WAIT, Half
from grunnmur.insight.hiding import LEAST
from grunnmur.insight.indicators import Group, Indicator, Words, indicators
from grunnmur.insight.phases import Language
from grunnmur.insight.spread import Share
from grunnmur.stewardship import supervision
from grunnmur.web import flow_picture, number_pictures, region_map
from grunnmur.web.acting import actor_of
from grunnmur.web.stewards import language

TIMES = (
    "tid-til-avgjorelse",
    "tid-til-oppstartsmote",
    "tid-til-kartlegging",
    "tid-til-statusmote",
    "tid-til-avslutning",
    "hele-forlopet",
)
"""From each phase to the next, and the whole of it: these have pictures."""
FOLDED = indicators().between.made()
"""The other pairs of phases: all are shown side by side, and these as tables behind it."""
FLOWS = (
    (gettext_lazy("Hva barnevernet ber om kartlegging av, og hvem de spør"), "kartlegging-bedt-om", "hvem-kartlegger"),
    (gettext_lazy("Hvem som henviser, og hvem som får henvisningene"), "hvem-henviser", "hvem-far-henvisninger"),
    (gettext_lazy("Hvem som får henvisninger, og hva det blir av dem"), "hvem-far-henvisninger", "henvisninger-sendt"),
    (gettext_lazy("Hvem som tar over når forløpet avsluttes"), "", "hvem-tar-over"),
)
"""Two tables of the same events: where they came from, or nothing, and where they went."""
MAP_KEY = (
    *(
        (f"class-{number}", "", words)
        for number, words in enumerate(
            (
                gettext_lazy("Under 25 %"),
                gettext_lazy("25 til 49 %"),
                gettext_lazy("50 til 74 %"),
                gettext_lazy("75 % eller mer"),
            )
        )
    ),
    *((unshown.value, sign, unshown.label) for unshown, sign in region_map.UNSHOWN.items() if unshown),
    ("none", region_map.UNSHOWN[None], gettext_lazy("Ingen")),
)
"""How a tile looks, its sign, and what it means."""
COMPARED = "vurdert"
"""What is compared until one chooses something else."""


def half_name(half: Half) -> str:
    """A half-year in words."""
    named = _("1. halvår %(year)s") if half.number == 1 else _("2. halvår %(year)s")
    return named % {"year": half.year}


def _refuse_others(actor: Actor) -> None:
    """Raises Refused for those who neither see the figures nor evaluate the pathway."""
    if supervision.leads(actor) is None and not supervision.may_watch(actor) and actor.role is not Role.EVALUATOR:
        raise Refused(
            "not_for_numbers",
            _("Bare barnevernlederen, kommuneoverlegen, statsforvalteren og den som evaluerer forløpet, ser dette."),
        )


def _halves(request: HttpRequest) -> tuple[Half | None, list[Half]]:
    """The half-year that is asked for, or the last; and all that can be. None when nothing is counted yet."""
    found = figures.periods()
    asked = Half.read(request.GET.get("halvar", ""))
    return (asked if asked in found else found[-1] if found else None), found


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
        given["overview"] = _overview(found, halves, figures.over_time(_followed(), halves, place=place.number))
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
        given["overview"] = _overview(whole, halves, figures.over_time(_followed(), halves, county=county))
        compared = _compared(request.GET.get("vis", ""))
        given |= _comparison(compared, whole[compared.key], places, figures.compare(compared.key, county, half))
    return render(request, "numbers_region.html", given)


@require_safe
def numbers_meaning(request: HttpRequest) -> HttpResponse:
    """What each number means: the definitions, for those who see the numbers, and for the evaluator, who sees none.

    They are folded by group; in the address stands the number that is asked about, whose group is open.
    """
    _refuse_others(actor_of(request))
    found, spoken = indicators(), language()
    asked = found.find(request.GET.get("vis", ""))
    return render(
        request,
        "numbers_meaning.html",
        {
            "groups": [
                (
                    group.text(spoken),
                    [_defined(one) for one in found.of(group)],
                    asked is not None and asked.group == group.key,
                )
                for group in found.groups
            ],
            "seen_by": found.seen_by.text(spoken),
            "questions": [
                (f"{one.number}. {one.text(spoken)}", titled(found.shows("sintef", one.number)), "")
                for one in found.sintef.questions
            ],
            "effects": [
                (
                    one.text(spoken),
                    titled(found.shows("effects", one.key)),
                    one.without.text(spoken) if one.without else "",
                )
                for one in found.effects.list
            ],
            "least": LEAST,
            "wait": WAIT.days,
        },
    )


def _defined(one: Indicator) -> tuple[Indicator, Words, dict[str, str], str]:
    """An indicator, its words and its categories in the reader's language, and what it builds on."""
    spoken, source = language(), definitions().source(one.source.key)
    return one, one.words(spoken), one.labels(spoken), f"{source.title}, {one.source.place}"


def titled(shown: Iterable[Indicator]) -> list[tuple[str, str]]:
    """Each by its key and its title in the reader's language."""
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


def _followed() -> list[str]:
    """What is shown over time: every indicator that has a share."""
    return [one.key for one in indicators().indicators if one.share]


def _overview(
    found: Mapping[str, Numbers], halves: Sequence[Half], before: Mapping[str, Sequence[Numbers]]
) -> dict[str, Any]:
    """The way from considered to closed, how many were considered over time, the flows, the times, and every table."""
    started, met = found["vurdert"].by["start"], found["tid-til-oppstartsmote"].whole
    way = [
        (_("Vurdert"), found["vurdert"].whole),
        (_("Startet"), started),
        (_("Hadde sitt første oppstartsmøte"), met),
        (_("Avsluttet"), found["avsluttet"].whole),
    ]
    named = {key: list(zip(map(half_name, halves), past, strict=True)) for key, past in before.items()}
    over_time = [(name, one.whole) for name, one in named["vurdert"]]
    tables = [_table(one, found[one.key], named.get(one.key, ())) for one in indicators().indicators]
    return {
        "over_time": over_time,
        "over_time_picture": number_pictures.bars(over_time),
        "way": way,
        "way_picture": number_pictures.bars(way),
        "way_means": titled([indicators().get(key) for key in ("vurdert", "tid-til-oppstartsmote", "avsluttet")]),
        "flows": [_flow(found, str(title), *keys) for title, *keys in FLOWS],
        "times": [(table, number_pictures.bars(table["rows"])) for table in tables if table["key"] in TIMES],
        "between": _between(found),
        "between_tables": [table for table in tables if table["key"] in FOLDED],
        "tables": [(group.text(language()), told) for group in indicators().groups if (told := _left(group, tables))],
    }


def _left(group: Group, tables: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The tables of a group that stand nowhere else on the page."""
    keys = {one.key for one in indicators().of(group)} - {*TIMES, *FOLDED}
    return [table for table in tables if table["key"] in keys]


def _between(found: Mapping[str, Numbers]) -> list[tuple[str, str, str, Share | None, Unshown | None]]:
    """Each two phases: key, from and to, the first limit in days, and the share within it or why it is hidden."""
    given, rows = indicators().between, []
    spoken: Language = "nn" if language() == "nn" else "nb"
    for pair in sorted(given.pairs, key=lambda pair: (pair.since, pair.until)):
        fast = next(iter(indicators().get(pair.key).labels(spoken)))
        days = fast.removeprefix("within_")
        rows.append((pair.key, given.title(pair, spoken), days, *_share_or_why(found[pair.key], fast)))
    return rows


def _table(one: Indicator, numbers: Numbers, before: Sequence[tuple[str, Numbers]]) -> dict[str, Any]:
    """One indicator with its numbers, and its share in each half-year when it has one."""
    words, labels = one.words(language()), one.labels(language())
    shares = [(name, _share_or_why(past, one.share)) for name, past in before if one.share]
    return {
        "key": one.key,
        "title": words.title,
        "asks": words.asks,
        "rows": _rows(one, numbers),
        "whole": numbers.whole,
        "share_of": labels[one.share] if one.share else "",
        "shares": shares,
        "trend": number_pictures.trend([(name, share) for name, (share, _why) in shares]),
    }


def _rows(one: Indicator, numbers: Numbers) -> list[tuple[str, Times]]:
    return [(label, numbers.by[key]) for key, label in one.labels(language()).items()]


def _share_or_why(numbers: Numbers, category: str) -> tuple[Share | None, Unshown | None]:
    """A share, or why it is not shown; neither when there is nothing to be a share of."""
    return numbers.share(category), numbers.unshown(category)


def _flow(found: Mapping[str, Numbers], title: str, come_from: str, go_to: str) -> dict[str, Any]:
    """Where the same events came from and went, as a table of each and one picture."""
    shown = [indicators().get(key) for key in (come_from, go_to) if key]
    tables = [(one.words(language()).title, _rows(one, found[one.key])) for one in shown]
    left = tables[0][1] if come_from else []
    return {
        "key": f"flow-{go_to}",
        "title": title,
        "whole": found[go_to].whole,
        "picture": flow_picture.flow(left, found[go_to].whole, tables[-1][1]),
        "means": titled(shown),
        "tables": tables,
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
    found = [(place, *_share_or_why(numbers[place.number], one.share)) for place in places]
    shown = [(place, share) for place, share, _why in found if share]
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
        "shares": list(zip(shown, picture.points, strict=True)) if picture else [(row, None) for row in shown],
        "whole_share": all_of_them,
        "funnel": picture,
        "map": region_map.of_shares(places, numbers, one.share),
        "map_key": MAP_KEY,
        "without_share": [
            (label, [place.name for place, share, found_why in found if not share and found_why == why])
            for why, label in ((Unshown.HIDDEN, _("Skjult")), (None, _("Ingen")), (Unshown.NOT_COUNTED, _("Ikke talt")))
        ],
    }
