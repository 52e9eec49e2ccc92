"""The frozen figures of a municipality, of a county, and side by side; the database says who sees which."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

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


class Unshown(TextChoices):
    """Why there is no number."""

    HIDDEN = "hidden", _("Skjult")
    NOT_COUNTED = "not_counted", _("Ikke talt")


Times = int | Unshown


@dataclass(frozen=True, slots=True)
class Numbers:
    """One indicator in one place and half-year."""

    whole: Times
    by: Mapping[str, Times]

    def share(self, category: str) -> Share | None:
        """How many of all are in a category; None when either is not shown, or there are none."""
        times, whole = self.by[category], self.whole
        return Share(times, whole) if isinstance(times, int) and isinstance(whole, int) and whole else None

    def unshown(self, category: str) -> Unshown | None:
        """Why there is no share of a category; None when there is one, or nothing to be a share of."""
        return next((one for one in (self.whole, self.by[category]) if isinstance(one, Unshown)), None)


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
    rows = Figure.objects.filter(period=half.from_on, municipality=number).values_list(*ROW)
    return _each(rows, _counted([half], [number])[half])


def county(name: str, half: Half) -> dict[str, Numbers]:
    """Every indicator of a county as a whole, by its key."""
    rows = Figure.objects.filter(period=half.from_on, county=name, municipality=None).values_list(*ROW)
    return _each(rows, _counted([half], _within(name))[half])


def over_time(
    keys: Iterable[str], halves: Sequence[Half], *, place: str | None = None, county: str | None = None
) -> dict[str, list[Numbers]]:
    """Some indicators of a municipality, or of a county as a whole, in each half-year, by their keys."""
    asked = tuple(keys)
    where = {"municipality": place} if place else {"municipality": None, "county": county}
    shown = Figure.objects.filter(period__in=[half.from_on for half in halves], indicator__in=asked, **where)
    rows = shown.values_list("period", *ROW)
    found: dict[tuple[str, Half], dict[str, int | None]] = defaultdict(dict)
    for from_on, key, category, times in rows:
        found[key, Half.of(from_on)][category] = times
    counted = _counted(halves, [place] if place else _within(county or ""))
    return {
        key: [_numbers(indicators().get(key), found[key, half], key in counted[half]) for half in halves]
        for key in asked
    }


def compare(key: str, name: str, half: Half) -> dict[str, Numbers]:
    """One indicator in each municipality of a county, by its number."""
    rows = Figure.objects.filter(period=half.from_on, indicator=key, county=name).exclude(municipality=None)
    by_place: dict[str, dict[str, int | None]] = defaultdict(dict)
    for place, category, times in rows.values_list("municipality", "category", "times"):
        by_place[place][category] = times
    period = Period.objects.get(from_on=half.from_on)
    counted = period.places if key in period.indicators else []
    return {place: _numbers(indicators().get(key), by_place[place], place in counted) for place in _within(name)}


ROW = ("indicator", "category", "times")


def _within(county: str) -> list[str]:
    """The municipalities of a county."""
    return list(Municipality.objects.filter(county=county).values_list("number", flat=True))


def _counted(halves: Collection[Half], places: Collection[str]) -> dict[Half, frozenset[str]]:
    """What was counted in each half-year in one at least of these municipalities."""
    rows = Period.objects.filter(from_on__in=[half.from_on for half in halves]).values_list(
        "from_on", "indicators", "places"
    )
    return {
        Half.of(from_on): frozenset(keys if set(places) & set(counted_in) else ()) for from_on, keys, counted_in in rows
    }


def _each(rows: Iterable[tuple[str, str, int | None]], counted: frozenset[str]) -> dict[str, Numbers]:
    by_key: dict[str, dict[str, int | None]] = defaultdict(dict)
    for key, category, times in rows:
        by_key[key][category] = times
    return {one.key: _numbers(one, by_key[one.key], one.key in counted) for one in indicators().indicators}


def _numbers(indicator: Indicator, cells: Mapping[str, int | None], is_counted: bool) -> Numbers:
    """A cell without a row counts nothing, but where nothing of it was counted."""
    if not cells and not is_counted:
        return Numbers(Unshown.NOT_COUNTED, dict.fromkeys(indicator.labels("nb"), Unshown.NOT_COUNTED))
    times = {key: Unshown.HIDDEN if found is None else found for key, found in cells.items()}
    return Numbers(times.get("", 0), {key: times.get(key, 0) for key in indicator.labels("nb")})
