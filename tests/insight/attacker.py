"""Somebody who has everything that is shown of tables, knows the rules, and tries to find the small numbers again.

One table by itself, or several of the same county that count the same events. Written apart from what hides, and by
other means: the sums as equations, solved exactly with fractions, and the bounds of each unknown narrowed until nothing
changes. Whoever tries knows that what is shown is right, that a hidden number is at least one, and that a place that is
hidden whole had something, but not what: there a hidden number can be 0. Of a table that follows another it is not
known that a place that is hidden whole had anything.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from grunnmur.insight.hiding import ALL, LEAST, Cell, Counted

Unknown = tuple[str, Cell]
"""A number in a table."""
Equation = dict[Unknown | None, Fraction]
"""The weight of each unknown, and the constant under None; all together 0."""
Shown = Mapping[str, Mapping[Cell, int | None]]
"""Everything that is shown of each table, by its name."""
Ties = Mapping[str, Iterable[tuple[str, str]]]
"""By a table's name: the table and category, or ALL, of the numbers that are its sum in every place, taken together."""


def recovered(table: Mapping[Cell, Counted], shown: Mapping[Cell, int | None]) -> list[Cell]:
    """The hidden cells about few children whose number the attacker is sure of, and has right."""
    return [cell for _, cell in recovered_of_all({"": table}, {"": shown}, {})]


def recovered_of_all(tables: Mapping[str, Mapping[Cell, Counted]], shown: Shown, ties: Ties) -> list[Unknown]:
    """The same in every one of several tables, whose sums are tied."""
    bounds = attack(shown, ties)
    return [
        (name, cell)
        for name, table in tables.items()
        for cell, one in table.items()
        if shown[name][cell] is None and one.is_small and bounds[name, cell] == (one.times, one.times)
    ]


def known_to_be_few(tables: Mapping[str, Mapping[Cell, Counted]], shown: Shown, ties: Ties) -> list[Unknown]:
    """The small numbers of several tables that are shown, or that the attacker is sure are small, or sure of."""
    bounds = attack(shown, ties)
    return [
        (name, cell)
        for name, table in tables.items()
        for cell, one in table.items()
        if one.is_small and (shown[name][cell] is not None or bounds[name, cell][1] < max(LEAST, one.times + 1))
    ]


def told(shown: Mapping[Cell, int | None]) -> list[Cell]:
    """The categories that the attacker is sure somebody had, where no sum is shown: there it may be one child."""
    few = {place for (place, kind), times in shown.items() if place != ALL and kind == ALL and times is None}
    bounds = attack({"": shown}, {}) if few else {}
    return [
        (place, kind) for (_, (place, kind)), (least, _) in bounds.items() if place in few and kind != ALL and least
    ]


def attack(tables: Shown, ties: Ties) -> dict[Unknown, tuple[int, int]]:
    """Between which whole numbers each hidden cell must lie; an open end is a very high number."""
    bounds: dict[Unknown, tuple[int, int]] = {}
    equations: list[Equation] = []
    for name, shown in tables.items():
        bounds |= {(name, cell): ends for cell, ends in _at_first(shown, follows=name in ties).items()}
        equations += _sums(name, tables)
    for name, parts in ties.items():
        places = {place for other in (name, *(part for part, _ in parts)) for place, _ in tables[other]}
        equations += [
            _equation(tables, (name, (place, ALL)), [(other, (place, kind)) for other, kind in parts])
            for place in places
        ]
    equations = [one for one in equations if any(key for key in one)]
    equations += _solved(equations)
    narrowed = True
    while narrowed:
        narrowed = any([_narrow(one, bounds) for one in equations])  # noqa: C419  # every one of them, each time
    return bounds


def _at_first(shown: Mapping[Cell, int | None], *, follows: bool) -> dict[Cell, tuple[int, int]]:
    """What the rules alone say of the hidden cells of a table; one that follows another can be hidden with nothing."""
    most = 10_000
    kinds = {kind for _, kind in shown}
    whole = {place for place, _ in shown if all(shown.get((place, kind), 0) is None for kind in kinds)}
    hidden = [cell for cell, times in shown.items() if times is None]
    return {(place, kind): (int(place not in whole or (kind == ALL and not follows)), most) for place, kind in hidden}


def _sums(name: str, tables: Shown) -> Iterable[Equation]:
    """One equation for each sum of a table: what is in it, less itself."""
    places, kinds = ({cell[axis] for cell in tables[name]} for axis in (0, 1))
    for place in places:
        yield _equation(tables, (name, (place, ALL)), [(name, (place, kind)) for kind in kinds - {ALL}])
    for kind in kinds:
        yield _equation(tables, (name, (ALL, kind)), [(name, (place, kind)) for place in places - {ALL}])


def _equation(tables: Shown, whole: Unknown, parts: Iterable[Unknown]) -> Equation:
    """A cell that is not there counts nothing."""
    found: Equation = {None: Fraction(0)}
    for (name, cell), weight in ((whole, -1), *((part, 1) for part in parts)):
        times = tables[name].get(cell, 0)
        key = (name, cell) if times is None else None
        found[key] = found.get(key, Fraction(0)) + weight * (1 if times is None else times)
    return found


def _solved(equations: Iterable[Equation]) -> list[Equation]:
    """The same equations with one unknown of each in no other (Gauss and Jordan)."""
    done: list[tuple[Unknown, Equation]] = []
    for equation in equations:
        one = dict(equation)
        for pivot, other in done:
            _take(one, pivot, other)
        free = [cell for cell, weight in one.items() if cell is not None and weight]
        if not free:
            continue
        pivot = free[0]
        one = {cell: weight / one[pivot] for cell, weight in one.items() if weight or cell is None}
        for _, other in done:
            _take(other, pivot, one)
        done.append((pivot, one))
    return [one for _, one in done]


def _take(one: Equation, pivot: Unknown, other: Equation) -> None:
    """Take away as much of another equation as leaves nothing of its unknown."""
    if times := one.get(pivot):
        for cell, weight in other.items():
            one[cell] = one.get(cell, Fraction(0)) - times * weight
        del one[pivot]


def _narrow(equation: Equation, bounds: dict[Unknown, tuple[int, int]]) -> bool:
    """Narrow each unknown of one equation by what the others can be. Returns whether anything changed."""
    parts = [(cell, weight) for cell, weight in equation.items() if cell is not None and weight]
    ends = {cell: sorted((weight * bounds[cell][0], weight * bounds[cell][1])) for cell, weight in parts}
    low, high = (sum(end[side] for end in ends.values()) + equation[None] for side in (0, 1))
    changed = False
    for cell, weight in parts:
        rest = (ends[cell][0] - low, ends[cell][1] - high)
        between = sorted((rest[0] / weight + 0, rest[1] / weight + 0))
        least, most = max(bounds[cell][0], -(-between[0] // 1)), min(bounds[cell][1], between[1] // 1)
        if (least, most) != bounds[cell]:
            bounds[cell] = (int(least), int(most))
            changed = True
    return changed
