"""Attacker: somebody with all that is shown of made-up tables tries to find the small numbers again (T-76).

And where no sum is shown, so that it may be one child's, what kind they were of.

Each set of questions is a whole table with its sums, hidden by the program's own rule, as a county governor sees it.
The attacker (`tests/insight/attacker.py`) solves the sums as equations and narrows each unknown. That the attacker is
no straw man is shown in the same run: of the same tables with only the small numbers hidden, it must find some;
and with the zeros of those places shown, what kind some were of.

Then made-up counties, in which several tables count the same events and tell each other's sums: all of them are hidden
as the program freezes them, and attacked together.
"""

from random import Random

from grunnmur.insight.hiding import ALL, Cell, hide, hide_kinds
from tests.insight.attacker import known_to_be_few, recovered, told
from tests.insight.tables import KINDS, a_county, a_table, ties_of
from tests.proofs import Result, stage

TABLES, QUICK_TABLES = 5_000, 200
COUNTIES, QUICK_COUNTIES = 200, 4
Tally = tuple[int, int, int, int, list[str]]
"""Small cells; those shown or recovered, and the kinds that were told; the cells and then the kinds that the careless
would have lost; and a sentence about each fault."""


def attack_some(tables: int, seed: int) -> Tally:
    """Attack so many tables."""
    random = Random(seed)
    small, lost, careless, with_zeros, faults = 0, 0, 0, 0, []
    for number in range(tables):
        table = a_table(random)
        chosen = hide(table)
        shown = hide_kinds(table, chosen, KINDS)
        few = {cell for cell, one in table.items() if one.is_small}
        found = {cell for cell in few if shown[cell] is not None} | {*recovered(table, shown), *told(shown)}
        small, lost = small + len(few), lost + len(found)
        if found:
            faults.append(f"table {number} of seed {seed}: {sorted(found)}")
        only_the_small = {cell: None if cell in few else one.times for cell, one in table.items()}
        careless += len(recovered(table, only_the_small))
        with_zeros += len(told(chosen))
    return small, lost, careless, with_zeros, faults


def attack_counties(counties: int, seed: int) -> tuple[int, list[str]]:
    """Attack so many counties. Returns how many small numbers there were, and a sentence about each fault."""
    stage.prepare()
    from grunnmur.insight.freezing import shown  # its models need the process set up

    random = Random(seed)
    small, faults = 0, []
    for number in range(counties):
        tables = a_county(random)
        seen: dict[str, dict[Cell, int | None]] = {name: {} for name in tables}
        for name, _county, place, category, times in shown({(name, "Agder"): one for name, one in tables.items()}):
            seen.setdefault(name, {})[place or ALL, category] = times
        small += sum(one.is_small for table in tables.values() for one in table.values())
        if found := known_to_be_few(tables, seen, ties_of(tables)):
            faults.append(f"county {number} of seed {seed}: {sorted(found)}")
    return small, faults


def prove(quick: bool, seed: int) -> Result:
    """Every table is attacked twice: as it is hidden, and as the careless would hide it."""
    tables = QUICK_TABLES if quick else TABLES
    shares = [(tables // stage.CORES, seed * 100 + number) for number in range(stage.CORES)]
    tallies = stage.in_processes(attack_some, shares)
    small, lost, careless, with_zeros = (sum(tally[place] for tally in tallies) for place in range(4))
    faults = [fault for tally in tallies for fault in tally[4]]
    if not careless or not with_zeros:
        lost, faults = lost + 1, [*faults, "the attacker finds nothing even in what is badly hidden"]
    counties = QUICK_COUNTIES if quick else COUNTIES
    together = stage.in_processes(
        attack_counties, [(counties // stage.CORES, seed * 100 + number) for number in range(stage.CORES)]
    )
    in_counties, of_counties = sum(one[0] for one in together), [fault for one in together for fault in one[1]]
    lost, faults = lost + len(of_counties), faults + of_counties
    asked = sum(share[0] for share in shares)
    figures = (
        f"{asked:,} tables, {small:,} small numbers, {careless:,} of them found when no other is hidden, "
        f"and {with_zeros:,} times what few had when the zeros are shown; "
        f"{counties:,} counties with {in_counties:,} small numbers in tables that tell each other's sums"
    )
    return Result(figures, lost, faults)
