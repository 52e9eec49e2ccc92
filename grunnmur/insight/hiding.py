"""Which cells of a table are hidden, so that nobody can be found again in it. No database.

A table counts something in places (rows) by category (columns), with all its sums. A cell in which fewer than `LEAST`
children are counted is hidden, and so are others, so that no sum gives it away: that choice is made by τ-ARGUS, the
statistics offices' own program (`pytauargus`), and never by hand. What it chose is tried here once more, by another
method, before anything is shown. A cell that counts nothing is shown as 0, but where that tells what few had.
"""

import logging
import os
import shutil
import sys
import tempfile
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from grunnmur import program_log

LOG = logging.getLogger(__name__)

LEAST = 5
"""Children in a cell that is shown. Our own choice; Statistics Norway hides fewer than three."""
ALL = ""
"""Where a place or a category would stand in a cell that is a sum."""
Cell = tuple[str, str]
"""A place and a category, or ALL for either."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted in a cell, and the most children that it can be about."""

    times: int
    children: int

    @property
    def is_small(self) -> bool:
        """Whether so few children are in it that it must be hidden."""
        return self.times > 0 and (self.times < LEAST or self.children < LEAST)


Table = Mapping[Cell, Counted]
"""Every cell that counts something, the sums among them."""


def hide(table: Table) -> dict[Cell, int | None]:
    """What is shown of each cell of a table, and None for those that are hidden.

    When what τ-ARGUS has chosen does not hold, it is asked to hide more; when that does not hold either, all is hidden.
    """
    for stronger in (1, 2, 4, 8):
        hidden = _suppress(table, stronger) if any(one.is_small for one in table.values()) else set()
        if not too_clear(table, hidden):
            return {cell: None if cell in hidden else one.times for cell, one in table.items()}
    return dict.fromkeys(table)


def least_doubt(one: Counted) -> int:
    """How much higher a small cell must be able to be for all that the sums tell: it need not be a small one."""
    return max(LEAST - one.times, 2)


def some_doubt(one: Counted) -> int:
    """The least that it must be able to be: as many as is shown, and never the one number that it is."""
    return max(LEAST - one.times, 1)


def hide_kinds(
    table: Table, shown: Mapping[Cell, int | None], categories: Iterable[str], *, of_services: bool = False
) -> dict[Cell, int | None]:
    """The same, so that what is shown as 0 does not tell what the few had; it only ever hides more.

    Of a place whose sum is hidden everything is hidden, what nobody had too: «nobody had any of the others» tells what
    the one had. So is a place where all had the same, however many, but not in what tells `of_services`.

    The places that are hidden whole must together have two categories, and be two: then every one of them could have
    had anything that they had. When they are not, the smallest of the others goes with them, and at last the sum does.
    """
    asked = tuple(categories)

    def had(places: Iterable[str]) -> int:
        return sum(any((place, one) in table for place in places) for one in asked)

    places = {place for place, _ in table} - {ALL}
    whole = {place for place in (*places, ALL) if shown[place, ALL] is None}
    if not of_services:
        whole |= {place for place in places if had([place]) < 2}
    smallest_last = sorted(places - whole, key=lambda place: (table[place, ALL].times, place), reverse=True)
    while whole - {ALL} and ALL not in whole and (len(whole) < 2 or had(whole) < 2):
        whole.add(smallest_last.pop() if smallest_last else ALL)
    return {**shown, **dict.fromkeys((place, one) for place in whole for one in (ALL, *asked))}


# --- the choice -------------------------------------------------------------------------------------------------------

FOLDER = "grunnmur-hiding-"
"""How the name of a private folder begins; the number of the process that made it comes next."""
SECONDS = 300.0
"""How long τ-ARGUS may take for one table; the largest that a county can have takes seconds."""
COLUMNS = """place
  <RECODABLE>
  <TOTCODE> "Total"
category
  <RECODABLE>
  <TOTCODE> "Total"
times
  <NUMERIC>
  <DECIMALS> 0
freq
  <FREQUENCY>
low
  <NUMERIC> <LOWERPL>
  <DECIMALS> 0
high
  <NUMERIC> <UPPERPL>
  <DECIMALS> 0
state
  <STATUS>
"""
GAVE_UP = 75
"""How the process says that the solver found no way."""
BATCH = """<OPENTABLEDATA> "table.tab"
<OPENMETADATA> "table.rda"
<SPECIFYTABLE> "place""category"|"times"||
<SAFETYRULE>
<READTABLE>
<SUPPRESS> OPT(1)
<WRITETABLE> (1, 5, SO+, "hidden.tab")
"""


def _suppress(table: Table, stronger: int) -> set[Cell]:
    """The cells that τ-ARGUS hides; none when it finds no way to. Raises RuntimeError when it ends in no way it should.

    It works in files, in a private folder that is gone afterwards (and see `remove_left`).
    """
    # Only here: the worker is the one process that needs it, and its libraries are loaded from the disk.
    from pytauargus.engine import run_batch
    from pytauargus.result import parse_simple_tab

    names = {place: f"p{number:04}" for number, place in enumerate(sorted({place for place, _ in table} - {ALL}))}
    names |= {one: f"c{number:04}" for number, one in enumerate(sorted({one for _, one in table} - {ALL}))}
    with tempfile.TemporaryDirectory(prefix=f"{FOLDER}{os.getpid()}-") as folder:
        here = Path(folder)
        (here / "table.rda").write_text(COLUMNS)
        (here / "table.tab").write_text("\n".join(_lines(table, names, stronger)) + "\n")
        (here / "batch.arb").write_text(BATCH)
        if not _run_apart(run_batch, here):
            return set()
        rows = parse_simple_tab(here / "hidden.tab", ["place", "category"], "times")
    ours = {name: one for one, name in names.items()}
    return {
        (ours.get(str(row["place"]), ALL), ours.get(str(row["category"]), ALL))
        for row in rows
        if row["status"] in ("U", "M")
    }


def _run_apart(run_batch: Callable[[str], object], folder: Path) -> bool:
    """Run it in a process of its own: it is others' machine code, and the one that asks sends the mail as well.

    Returns whether it found a way to hide what it was told to. Raises RuntimeError when it crashed, hung or failed.
    """
    apart = get_context("fork").Process(target=_run, args=(run_batch, folder))
    apart.start()
    apart.join(SECONDS)
    if apart.exitcode is None:
        apart.kill()
        apart.join()
    if apart.exitcode not in (0, GAVE_UP):
        raise RuntimeError(f"τ-ARGUS ended with {apart.exitcode}")
    return apart.exitcode == 0


def _run(run_batch: Callable[[str], object], folder: Path) -> None:
    """Its solver leaves the whole table where the process stands and among what is temporary: both are the folder."""
    from pytauargus.batch import BatchError

    os.chdir(folder)
    tempfile.tempdir = str(folder)
    try:
        run_batch(str(folder / "batch.arb"))
    except BatchError:
        sys.exit(GAVE_UP)
    except Exception as fault:
        # Never what it says, which can hold a number.
        LOG.error("τ-ARGUS failed: %s", program_log.describe(fault))
        sys.exit(1)


def remove_left() -> None:
    """Remove the private folders of processes that were killed while they hid. Not while this one does."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER}*"):
        process = folder.name.removeprefix(FOLDER).partition("-")[0]
        if process.isdecimal() and (int(process) == os.getpid() or not Path(f"/proc/{process}").exists()):
            shutil.rmtree(folder, ignore_errors=True)


def _lines(table: Table, names: Mapping[str, str], stronger: int) -> Iterator[str]:
    for (place, category), one in sorted(table.items()):
        high = stronger * least_doubt(one) if one.is_small else 0
        cells = (names.get(place, "Total"), names.get(category, "Total"), one.times, one.children, 0, high)
        yield ";".join(map(str, (*cells, "U" if one.is_small else "S")))


# --- the trial --------------------------------------------------------------------------------------------------------


def too_clear(
    table: Table,
    hidden: set[Cell],
    *,
    may_be_nothing: Set[Cell] = frozenset(),
    doubt: Callable[[Counted], int] = least_doubt,
) -> list[Cell]:
    """The small cells that are shown, or that the sums leave less than `doubt`; an empty list is a safe table.

    A table with all its sums is a network: a cell can be one higher when a circle of other hidden cells can change to
    make up for it, and as no cell is half a child, that is the only way. Whoever tries knows that no hidden cell is 0,
    but those that are hidden with all of their place, also when they count nothing: those are `may_be_nothing`.
    """
    values = {cell: table[cell].times if cell in table else 0 for cell in hidden | may_be_nothing}
    least = {cell: int(cell not in may_be_nothing) for cell in values}
    return [
        cell
        for cell, one in table.items()
        if one.is_small and (cell not in hidden or _room_above(cell, values, least) < doubt(one))
    ]


def _ends(cell: Cell) -> tuple[str, str]:
    """The two sums that a cell is in, in the direction in which it runs from one to the other."""
    place, category = cell
    row, column = f"row {place}", f"column {category}"
    return (row, column) if (place == ALL) is (category == ALL) else (column, row)


def _room_above(cell: Cell, hidden: Mapping[Cell, int], least: Mapping[Cell, int]) -> int:
    """How much higher, up to `LEAST`, a hidden cell can be with every sum still right."""
    values = dict(hidden)
    around: dict[str, list[Cell]] = defaultdict(list)
    for one in hidden.keys() - {cell}:
        for end in _ends(one):
            around[end].append(one)
    tail, head = _ends(cell)
    for done in range(LEAST):
        way = _way(head, tail, around, values, least)
        if way is None:
            return done
        for one, step in way:
            values[one] += step
    return LEAST


def _way(
    start: str, goal: str, around: Mapping[str, Sequence[Cell]], values: Mapping[Cell, int], least: Mapping[Cell, int]
) -> list[tuple[Cell, int]] | None:
    """Cells that take one unit from one sum to another, each with its change; None when there is no way."""
    came: dict[str, tuple[str, Cell, int] | None] = {start: None}
    waiting = deque([start])
    while waiting and goal not in came:
        here = waiting.popleft()
        for one in around.get(here, ()):
            tail, head = _ends(one)
            there, step = (head, 1) if here == tail else (tail, -1)
            if there not in came and values[one] + step >= least[one]:
                came[there] = (here, one, step)
                waiting.append(there)
    if goal not in came:
        return None
    way = []
    at = came[goal]
    while at is not None:
        here, one, step = at
        way.append((one, step))
        at = came[here]
    return way
