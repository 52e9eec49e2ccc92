"""The database and another engine, which share nothing, count the same of a synthetic nation, with nothing hidden."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path

import pytest
from django.db import connection

from bench import parquet
from demo import nation
from grunnmur.cases.models import Assessment, Child
from grunnmur.clock import OSLO
from grunnmur.insight import freezing
from grunnmur.insight.halves import Half
from grunnmur.insight.indicators import indicators
from grunnmur.working_days import public_holidays

Outside = Callable[[], AbstractContextManager[None]]
Travel = Callable[[datetime], None]
SIZE = nation.Size(municipalities=6, years=2, seed=6, until=date(2026, 6, 30))
HALVES = [Half(2024, 2), Half(2025, 1), Half(2025, 2), Half(2026, 1)]


def counted(half: Half) -> dict[parquet.Cell, tuple[int, int]]:
    """What the database counts."""
    return {
        (indicator, county, *cell): (one.times, one.children)
        for (indicator, county), table in freezing._count(half).items()
        for cell, one in table.items()
    }


@pytest.mark.usefixtures("db")
def test_every_number_of_every_half_year_is_what_another_engine_counts(
    travel: Travel, as_admin: Outside, tmp_path: Path
) -> None:
    travel(datetime(2026, 9, 1, 12, tzinfo=OSLO))
    with as_admin():
        nation.simulate(SIZE)
        assert Child.objects.exclude(address_protection="none").exists(), (
            "a protected child could be counted by mistake"
        )
        connection.ensure_connection()
        parquet.write(connection.connection, tmp_path)
        other = parquet.count(tmp_path)
        here = {half: counted(half) for half in HALVES}
        decided = Assessment.objects.filter(decided_on__gte=HALVES[0].from_on).exclude(
            pathway__child__address_protection__in=("confidential", "strictly_confidential")
        )
        wanted = decided.count()
    differing = sorted(
        (*cell, half.key, here[half].get(cell), other[half.from_on].get(cell))
        for half in HALVES
        for cell in here[half].keys() | other[half.from_on].keys()
        if here[half].get(cell) != other[half.from_on].get(cell)
    )
    assert not differing, "\n".join(map(str, differing))
    seen = {(cell[0], cell[3]) for cells in here.values() for cell in cells}
    never = [(one, key) for one in indicators().indicators for key in one.labels("nb") if (one.key, key) not in seen]
    of_others = {
        one.key for one, _key in never if one.choices not in {"helpers", "squares"} and not one.key.startswith("fase-")
    }
    assert of_others == set(), "it has every sort of thing, but some who help, some ages and some times between phases"
    assert {key for key, _category in seen} == {one.key for one in indicators().indicators}
    told = [
        one[0] for cells in here.values() for cell, one in cells.items() if cell[0] == "vurdert" and not any(cell[2:])
    ]
    assert sum(told) == wanted


def test_its_holidays_are_the_programs() -> None:
    assert [year for year in range(2000, 2099) if parquet._holidays(year) != public_holidays(year)] == []
