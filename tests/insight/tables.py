"""Made-up tables for what hides and for what attacks."""

from collections.abc import Mapping
from random import Random

from grunnmur.insight.hiding import ALL, Cell, Counted

KINDS = tuple(f"k{number}" for number in range(8))
"""The categories of `a_table`, though nobody has some of them."""


def with_sums(cells: Mapping[Cell, Counted]) -> dict[Cell, Counted]:
    """A table of cells without sums, and every sum; no child is in two cells."""
    table = dict(cells)
    for (place, category), one in cells.items():
        for cell in ((place, ALL), (ALL, category), (ALL, ALL)):
            sofar = table.get(cell, Counted(0, 0))
            table[cell] = Counted(sofar.times + one.times, sofar.children + one.children)
    return table


def a_table(random: Random) -> dict[Cell, Counted]:
    """A county of one to 25 municipalities, large and small, and two to eight categories, common and rare."""
    places, kinds = random.choice((1, 2, 5, 15, 25)), random.choice((2, 3, 4, 6, 8))
    common = [random.choice((0.05, 0.2, 0.5)) for _ in range(kinds)]
    sizes = random.choice(((2, 8, 20), (5, 40), (30, 60, 100)))
    cells = {}
    for place in range(places):
        size = random.choice(sizes)
        for kind, often in zip(KINDS, common, strict=False):
            if times := sum(random.random() < often for _ in range(size)):
                cells[f"{4201 + place}", kind] = Counted(times, random.randint((times + 1) // 2, times))
    return with_sums(cells or {("4201", "k0"): Counted(1, 1), ("4201", "k1"): Counted(7, 7)})
