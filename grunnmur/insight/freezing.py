"""Counting a half-year and freezing what may be shown of it, by `grunnmur work`: as a worker that sees no case."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import product

from django.db import connection

from grunnmur import clock
from grunnmur.cases.definition import definitions
from grunnmur.directory import sessions
from grunnmur.insight.halves import Half, countable
from grunnmur.insight.hiding import ALL, Cell, Counted, hide, hide_kinds, remove_left
from grunnmur.insight.indicators import Indicator, indicators
from grunnmur.insight.models import Period
from grunnmur.working_days import add_working_days

BACK = 4
"""Half-years that are counted when nothing is yet; our own choice."""
SEARCHED = timedelta(days=200)
"""How long before its last day a deadline can begin: 65 working days, with every holiday there is."""
MINUTES = 10
"""How long one counting may take; a page may take seconds."""
Tables = Mapping[tuple[str, str], Mapping[Cell, Counted]]
"""By indicator and county."""
Row = tuple[str, str, str | None, str, int | None]
"""An indicator, a county, a place or None, a category, and the times or None when it is hidden."""


def freeze() -> list[Half]:
    """Count and freeze every half-year that can be, the oldest first, by one at a time. Returns which.

    Nothing of what is counted is kept but what may be shown. What a process that was killed left on the disk, one that
    wrote a research extract too, goes first, also when nothing is due.
    """
    remove_left()
    if not (due := _due()):
        return []
    with connection.cursor() as cursor:
        # Held past the transactions: hiding takes longer than one may stand idle.
        cursor.execute("select pg_try_advisory_lock(hashtextextended('freeze_figures', 0))")
        if not cursor.fetchone()[0]:
            return []
        try:
            for half in _due():
                _keep(half, shown(_count(half)))
        finally:
            cursor.execute("select pg_advisory_unlock(hashtextextended('freeze_figures', 0))")
    return due


def _due() -> list[Half]:
    done = set(Period.objects.values_list("from_on", flat=True))
    return [half for half in countable(clock.today(), most=BACK) if half.from_on not in done]


def ends_of(deadline: str, half: Half) -> tuple[list[date], list[date]]:
    """The days from which a deadline of so many working days ends in a half-year, and for each the day it ends."""
    days = definitions().deadline(deadline).amount
    first = half.from_on - SEARCHED
    begun = [first + timedelta(days=number) for number in range((half.until_on - first).days)]
    ends = [(day, add_working_days(day, days)) for day in begun]
    inside = [(day, end) for day, end in ends if half.from_on <= end < half.until_on]
    return [day for day, _ in inside], [end for _, end in inside]


def _count(half: Half) -> Tables:
    """Every table with its sums, as the database counts them."""
    lists = [*ends_of("assess_referral", half), *ends_of("start_of_care", half)]
    tables: dict[tuple[str, str], dict[Cell, Counted]] = defaultdict(dict)
    with sessions.working("figures"), connection.cursor() as cursor:
        cursor.execute(f"set local statement_timeout = '{MINUTES}min'")
        cursor.execute(
            "select * from sec.insight_counts(%s, %s, %s::date[], %s::date[], %s::date[], %s::date[])",
            [half.from_on, half.until_on, *lists],
        )
        for indicator, county, place, category, times, children in cursor.fetchall():
            tables[indicator, county][place, category] = Counted(times, children)
    return tables


def shown(tables: Tables) -> list[Row]:
    """Every row that is kept of what was counted. Raises ValueError for a category that no definition has.

    A table that follows another (`Indicator.follows`) is hidden where that is, with the cells that count nothing: the
    events behind what is hidden could then as well have been dealt otherwise among the places where it is, and every
    number that is shown would be the same. So it tells nothing that the followed table does not tell itself. Where the
    two count exactly the same (`Follows.same_sum`), a sum that is hidden in either is hidden in both: each table is
    made safe as if nobody knew its hidden sums.
    """
    hidden: dict[tuple[str, str], dict[Cell, int | None]] = {}
    for (indicator, county), table in tables.items():
        one = indicators().get(indicator)
        labels = one.labels("nb")
        if strange := {category for _, category in table} - {ALL, *labels}:
            raise ValueError(f"{indicator}: {', '.join(sorted(strange))}")
        hidden[indicator, county] = hide_kinds(table, hide(table), labels, of_services=one.of_services)
    for (indicator, county), cells in tuple(hidden.items()):
        for other in indicators().get(indicator).follows:
            if other.same_sum and (other.indicator, county) in hidden:
                labels = indicators().get(other.indicator).labels("nb")
                places = [place for (place, category), times in cells.items() if category == ALL and times is None]
                hidden[other.indicator, county] |= dict.fromkeys(product(places, (ALL, *labels)))
    rows: list[Row] = []
    # Also where nothing of a table is counted in the whole county: that is hidden too where what it follows is.
    for county, one in product(sorted({county for _, county in tables}), indicators().indicators):
        kept = hidden.get((one.key, county), {}) | dict.fromkeys(_followed(one, county, hidden))
        rows += [(one.key, county, place or None, category, times) for (place, category), times in sorted(kept.items())]
    return rows


def _followed(one: Indicator, county: str, hidden: Mapping[tuple[str, str], Mapping[Cell, int | None]]) -> list[Cell]:
    """Every cell of an indicator in the places where a number that it follows is hidden."""
    places = {
        place
        for other in one.follows
        for (place, category), times in hidden.get((other.indicator, county), {}).items()
        if category == other.category and times is None
    }
    return [(place, category) for place in places for category in (ALL, *one.labels("nb"))]


def _keep(half: Half, rows: Iterable[Row]) -> None:
    counted = [one.key for one in indicators().indicators]
    said = json.dumps({"indicators": counted, "figures": list(rows)}, ensure_ascii=False)
    with sessions.working("figures"), connection.cursor() as cursor:
        cursor.execute("select sec.freeze_figures(%s, %s, %s)", [half.from_on, half.until_on, said])
