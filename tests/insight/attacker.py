"""Somebody who has everything that is shown of a table, knows the rules, and tries to find the small numbers again.

Written apart from what hides, and by other means: the sums as equations, solved exactly with fractions, and the bounds
of each unknown narrowed until nothing changes. Whoever tries knows that what is shown is right, that a hidden number is
at least one, and that a place that is hidden whole had something, but not what: there a hidden number can be 0.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from grunnmur.insight.hiding import ALL, Cell, Counted

Equation = dict[Cell | None, Fraction]
"""The weight of each unknown, and the constant under None; all together 0."""


def recovered(table: Mapping[Cell, Counted], shown: Mapping[Cell, int | None]) -> list[Cell]:
    """The hidden cells about few children whose number the attacker is sure of, and has right."""
    bounds = attack(shown)
    return [
        cell
        for cell, one in table.items()
        if shown[cell] is None and one.is_small and bounds[cell] == (one.times, one.times)
    ]


def told(shown: Mapping[Cell, int | None]) -> list[Cell]:
    """The categories that the attacker is sure somebody had, where no sum is shown: there it may be one child."""
    few = {place for (place, kind), times in shown.items() if place != ALL and kind == ALL and times is None}
    bounds = attack(shown) if few else {}
    return [(place, kind) for (place, kind), (least, _) in bounds.items() if place in few and kind != ALL and least]


def attack(shown: Mapping[Cell, int | None]) -> dict[Cell, tuple[int, int]]:
    """Between which whole numbers each hidden cell must lie; an open end is a very high number."""
    most = 10_000
    kinds = {kind for _, kind in shown}
    whole = {place for place, _ in shown if all(shown.get((place, kind), 0) is None for kind in kinds)}
    hidden = [cell for cell, times in shown.items() if times is None]
    bounds = {(place, kind): (int(place not in whole or kind == ALL), most) for place, kind in hidden}
    equations = [one for one in _sums(shown) if any(cell for cell in one)]
    equations += _solved(equations)
    narrowed = True
    while narrowed:
        narrowed = any([_narrow(one, bounds) for one in equations])  # noqa: C419  # every one of them, each time
    return bounds


def _sums(shown: Mapping[Cell, int | None]) -> Iterable[Equation]:
    """One equation for each sum: what is in it, less itself."""
    places, kinds = ({cell[axis] for cell in shown} for axis in (0, 1))
    for place in places:
        yield _equation(shown, (place, ALL), [(place, kind) for kind in kinds - {ALL}])
    for kind in kinds:
        yield _equation(shown, (ALL, kind), [(place, kind) for place in places - {ALL}])


def _equation(shown: Mapping[Cell, int | None], whole: Cell, parts: list[Cell]) -> Equation:
    found: Equation = {None: Fraction(0)}
    for cell, weight in ((whole, -1), *((part, 1) for part in parts)):
        if cell not in shown:
            continue
        times = shown[cell]
        key = cell if times is None else None
        found[key] = found.get(key, Fraction(0)) + weight * (1 if times is None else times)
    return found


def _solved(equations: Iterable[Equation]) -> list[Equation]:
    """The same equations with one unknown of each in no other (Gauss and Jordan)."""
    done: list[tuple[Cell, Equation]] = []
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


def _take(one: Equation, pivot: Cell, other: Equation) -> None:
    """Take away as much of another equation as leaves nothing of its unknown."""
    if times := one.get(pivot):
        for cell, weight in other.items():
            one[cell] = one.get(cell, Fraction(0)) - times * weight
        del one[pivot]


def _narrow(equation: Equation, bounds: dict[Cell, tuple[int, int]]) -> bool:
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
