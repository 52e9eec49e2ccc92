"""The frozen figures of a municipality, of a county, and side by side; the database says who sees which."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from grunnmur import alphabet
from grunnmur.directory.models import Municipality, Service
from grunnmur.directory.sessions import Actor
from grunnmur.insight.halves import Half
from grunnmur.insight.indicators import Indicator, indicators
from grunnmur.insight.models import Figure, Period
from grunnmur.insight.spread import Share
from grunnmur.stewardship.supervision import leads, may_watch

SHOWN = 6
"""Half-years that one can choose among, and that stand beside each other over time."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """One indicator in one place and half-year. None is a number that is hidden."""

    whole: int | None
    by: Mapping[str, int | None]

    def share(self, category: str) -> Share | None:
        """How many of all are in a category; None when either is hidden, or there are none."""
        times = self.by[category]
        return Share(times, self.whole) if times is not None and self.whole else None


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality that one sees the figures of."""

    number: str
    name: str
    county: str


def periods() -> list[Half]:
    """The last half-years that have figures, the oldest first."""
    newest = Period.objects.order_by("-from_on").values_list("from_on", flat=True)[:SHOWN]
    return [Half.of(day) for day in newest][::-1]


def counties(actor: Actor) -> list[str]:
    """The counties of the county governor that one works for; none for anybody else."""
    if not may_watch(actor):
        return []
    return sorted(Service.objects.values_list("counties", flat=True).get(pk=actor.service_id), key=alphabet.order)


def places(actor: Actor, county: str | None = None) -> list[Place]:
    """The municipalities whose figures one sees, in alphabetical order: one's own, or those of one's counties."""
    own = leads(actor)
    found = Municipality.objects.filter(number=own) if own else Municipality.objects.filter(county__in=counties(actor))
    if county is not None:
        found = found.filter(county=county)
    rows = found.values_list("number", "name", "county")
    return sorted((Place(*row) for row in rows), key=lambda one: alphabet.order(one.name))


def counted(*, since: int) -> list[Half]:
    """Every half-year that has figures, from a year on."""
    return [Half.of(day) for day in Period.objects.filter(from_on__year__gte=since).values_list("from_on", flat=True)]


def municipality(number: str, half: Half) -> dict[str, Numbers]:
    """Every indicator of one municipality, by its key. One that is not among `places` would look as if it had none."""
    return _each(Figure.objects.filter(period=half.from_on, municipality=number).values_list(*ROW))


def in_halves(number: str, keys: Collection[str], halves: Iterable[Half]) -> dict[Half, dict[str, Numbers]]:
    """Some indicators of one municipality, among `places`, in each of some half-years; in one query."""
    rows: dict[date, list[tuple[str, str, int | None]]] = {half.from_on: [] for half in halves}
    found = Figure.objects.filter(period__in=rows, municipality=number, indicator__in=keys)
    for from_on, *row in found.values_list("period", *ROW):
        rows[from_on].append(tuple(row))
    each = {Half.of(from_on): _each(of_it) for from_on, of_it in rows.items()}
    return {half: {key: one for key, one in of_it.items() if key in keys} for half, of_it in each.items()}


def county(name: str, half: Half) -> dict[str, Numbers]:
    """Every indicator of a county as a whole, by its key."""
    return _each(Figure.objects.filter(period=half.from_on, county=name, municipality=None).values_list(*ROW))


def over_time(
    key: str, halves: Iterable[Half], *, place: str | None = None, county: str | None = None
) -> list[Numbers]:
    """One indicator of a municipality, or of a county as a whole, in each half-year."""
    where = {"municipality": place} if place else {"municipality": None, "county": county}
    rows = Figure.objects.filter(indicator=key, **where).values_list("period", "category", "times")
    by_half: dict[Half, dict[str, int | None]] = defaultdict(dict)
    for from_on, category, times in rows:
        by_half[Half.of(from_on)][category] = times
    return [_numbers(indicators().get(key), by_half[half]) for half in halves]


def compare(key: str, name: str, half: Half) -> dict[str, Numbers]:
    """One indicator in each municipality of a county that has any, by its number."""
    rows = Figure.objects.filter(period=half.from_on, indicator=key, county=name).exclude(municipality=None)
    by_place: dict[str, dict[str, int | None]] = defaultdict(dict)
    for place, category, times in rows.values_list("municipality", "category", "times"):
        by_place[place][category] = times
    return {place: _numbers(indicators().get(key), cells) for place, cells in by_place.items()}


ROW = ("indicator", "category", "times")


def _each(rows: Iterable[tuple[str, str, int | None]]) -> dict[str, Numbers]:
    by_key: dict[str, dict[str, int | None]] = defaultdict(dict)
    for key, category, times in rows:
        by_key[key][category] = times
    return {one.key: _numbers(one, by_key[one.key]) for one in indicators().indicators}


def _numbers(indicator: Indicator, cells: Mapping[str, int | None]) -> Numbers:
    """A cell without a row counts nothing."""
    return Numbers(cells.get("", 0), {key: cells.get(key, 0) for key in indicator.labels("nb")})
