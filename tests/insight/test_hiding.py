"""A small number is hidden, and so much else that no sum gives it away."""

import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from pathlib import Path

import pytest
from pytauargus.batch import BatchError

from grunnmur.insight import hiding
from grunnmur.insight.hiding import ALL, Cell, Counted, hide, least_doubt, too_clear
from tests.insight.attacker import recovered, told
from tests.insight.tables import KINDS, a_table, with_sums


def shown(cells: Mapping[Cell, tuple[int, int]]) -> dict[Cell, int | None]:
    return hide(with_sums({cell: Counted(*one) for cell, one in cells.items()}))


def test_what_is_about_many_is_shown_with_every_sum() -> None:
    found = shown({("a", "x"): (5, 5), ("a", "y"): (9, 7), ("b", "x"): (6, 6)})
    assert found == {
        ("a", "x"): 5,
        ("a", "y"): 9,
        ("b", "x"): 6,
        ("a", ALL): 14,
        ("b", ALL): 6,
        (ALL, "x"): 11,
        (ALL, "y"): 9,
        (ALL, ALL): 20,
    }


def test_one_small_number_takes_others_with_it_and_the_great_sum_stands() -> None:
    found = shown({(place, kind): (20, 20) for place in "abcd" for kind in "xyz"} | {("a", "x"): (2, 2)})
    hidden = {cell for cell, times in found.items() if times is None}
    assert ("a", "x") in hidden
    assert found[ALL, ALL] == 222
    assert 4 <= len(hidden) <= 6, "a circle through it, and little more"


def test_many_times_about_few_children_is_a_small_number() -> None:
    found = shown({(place, kind): (30, 20) for place in "abc" for kind in "xy"} | {("a", "x"): (12, 3)})
    assert found["a", "x"] is None


def test_a_single_place_is_not_given_away_by_the_sum_that_is_the_same() -> None:
    found = shown({("a", "x"): (3, 3), ("a", "y"): (40, 40)})
    assert {cell for cell, times in found.items() if times is None} >= {("a", "x"), ("a", "y"), (ALL, "x"), (ALL, "y")}


def test_four_in_one_cell_and_nothing_else_is_all_hidden() -> None:
    assert set(shown({("a", "x"): (4, 4)}).values()) == {None}


@pytest.mark.parametrize(("times", "children", "doubt"), [(1, 1, 4), (4, 4, 2), (3, 2, 2), (9, 2, 2)])
def test_a_small_number_need_not_be_one(times: int, children: int, doubt: int) -> None:
    assert least_doubt(Counted(times, children)) == doubt


def test_when_the_choice_does_not_hold_more_is_hidden_and_at_last_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def careless(table: hiding.Table, stronger: int) -> set[Cell]:
        asked.append(stronger)
        return {cell for cell, one in table.items() if one.is_small}

    monkeypatch.setattr(hiding, "_suppress", careless)
    assert set(shown({("a", "x"): (2, 2), ("a", "y"): (20, 20), ("b", "x"): (20, 20)}).values()) == {None}
    assert asked == [1, 2, 4, 8]


def test_a_table_that_the_solver_gives_up_is_hidden_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    def gives_up(batch: str) -> None:
        raise BatchError("FullJJ failed")

    monkeypatch.setattr("pytauargus.engine.run_batch", gives_up)
    assert set(shown({("a", "x"): (2, 2), ("a", "y"): (20, 20), ("b", "x"): (20, 20)}).values()) == {None}


def test_nothing_of_the_table_is_left_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stands, temporary = tmp_path / "stands", tmp_path / "temporary"
    stands.mkdir()
    temporary.mkdir()
    monkeypatch.chdir(stands)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    shown({(place, kind): (20, 20) for place in "abc" for kind in "xy"} | {("a", "x"): (2, 2)})
    assert Path.cwd() == stands
    assert [*stands.iterdir(), *temporary.iterdir()] == []


ANSWERS = ("yes", "partly", "no")
OF_EACH = {
    "enough that differ": ({"a": (9, 0, 8), "b": (7, 6, 5)}, "", ""),
    "one child, alone": ({"a": (0, 0, 1)}, "a ", "a "),
    "all the same in one place: the smallest of the others goes too": (
        {"a": (0, 0, 8), "b": (9, 9, 9), "c": (9, 9, 8)},
        "ac",
        "",
    ),
    "all the same in two places": ({"a": (0, 0, 8), "b": (0, 0, 9), "c": (9, 9, 9)}, "abc", ""),
    "all the same, each their own": ({"a": (0, 0, 8), "b": (9, 0, 0), "c": (9, 9, 9)}, "ab", ""),
    "all the same everywhere": ({"a": (0, 0, 8), "b": (0, 0, 9)}, "ab ", ""),
}


def answers(given: Mapping[str, tuple[int, int, int]]) -> dict[Cell, Counted]:
    cells = ((place, one, n) for place, all_of in given.items() for one, n in zip(ANSWERS, all_of, strict=True))
    return with_sums({(place, one): Counted(n, n) for place, one, n in cells if n})


@pytest.mark.parametrize(("given", "of_children", "of_services"), OF_EACH.values(), ids=OF_EACH)
def test_it_is_not_told_that_all_had_the_same_but_of_services(
    given: dict[str, tuple[int, int, int]], of_children: str, of_services: str
) -> None:
    table = answers(given)
    for alike, hidden in ((False, of_children), (True, of_services)):
        found = hiding.hide_kinds(table, hide(table), ANSWERS, of_services=alike)
        rows = {place: {found.get((place, one), 0) for one in (*ANSWERS, ALL)} for place in (*given, ALL)}
        assert {place for place, numbers in rows.items() if numbers == {None}} == {
            ALL if one == " " else one for one in hidden
        }


@pytest.mark.parametrize("few", [(0, 0, 1), (1, 0, 1), (0, 3, 0)])
def test_what_few_had_is_not_told_by_what_they_had_not(few: tuple[int, int, int]) -> None:
    table = answers({"a": few, "b": (9, 9, 9), "c": (9, 9, 9)})
    chosen = hide(table)
    found = hiding.hide_kinds(table, chosen, ANSWERS, of_services=True)
    assert [found["a", one] for one in (*ANSWERS, ALL)] == [None] * 4
    assert told(found) == []
    assert {cell for cell in told(chosen) if cell[0] == "a"} == {("a", one) for one in ANSWERS if ("a", one) in table}


def test_a_county_of_few_shows_no_zero() -> None:
    table = answers({"a": (0, 0, 2), "b": (0, 1, 0)})
    found = hiding.hide_kinds(table, hide(table), ANSWERS)
    assert found == {(place, one): None for place in ("a", "b", ALL) for one in (*ANSWERS, ALL)}


@pytest.mark.parametrize("seed", range(40))
def test_whoever_knows_every_other_number_cannot_say_that_few_had_a_category(seed: int) -> None:
    """Every sum of a category and every other place is known: each way to share the rest out is tried."""
    random_ = random.Random(seed)
    few = {place: (random_.randrange(3), random_.randrange(3), 1 - seed % 2) for place in "abc"[: 1 + seed % 3]}
    few["a"] = (1, 0, 0)
    table = answers({**few, "x": (9, 8, 7)})
    shown_ = {(place, one): None if place in few else count.times for (place, one), count in table.items()}
    found = hiding.hide_kinds(table, shown_, ANSWERS)
    whole = sorted({place for place, one in found if one == ALL and found[place, one] is None} - {ALL})
    if (ALL, ALL) in found and found[ALL, ALL] is None:
        assert whole == sorted({place for place, _ in table} - {ALL}), "at last, and then nothing is known"
        return
    rest = [sum(table.get((place, one), Counted(0, 0)).times for place in whole) for one in ANSWERS]
    shares = [list(shared(times, len(whole))) for times in rest]
    possible = [rows for rows in (list(zip(*way, strict=True)) for way in product(*shares)) if all(map(any, rows))]
    for place in range(len(whole)):
        for one in range(len(ANSWERS)):
            assert any(rows[place][one] == 0 for rows in possible), (whole[place], ANSWERS[one])


def shared(times: int, places: int) -> Iterator[tuple[int, ...]]:
    """Every way to share so many out among so many places."""
    if places == 1:
        yield (times,)
        return
    for first in range(times + 1):
        yield from ((first, *others) for others in shared(times - first, places - 1))


@pytest.mark.parametrize(
    "stops", [lambda: os.kill(os.getpid(), signal.SIGKILL), lambda: sys.exit(2), lambda: 1 / 0, lambda: time.sleep(60)]
)
def test_what_goes_wrong_in_the_machine_code_ends_that_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stops: Callable[[], object]
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(hiding, "SECONDS", 1.0)
    monkeypatch.setattr("pytauargus.engine.run_batch", lambda _file: stops())
    with pytest.raises(RuntimeError):
        shown({("a", "x"): (2, 2), ("b", "x"): (20, 20)})
    assert [*tmp_path.iterdir()] == []


def test_what_a_killed_process_left_on_the_disk_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    others = tmp_path / f"{hiding.FOLDER}{os.getppid()}-x"
    others.mkdir()
    if (killed := os.fork()) == 0:
        try:
            monkeypatch.setattr(hiding, "_run_apart", lambda *_: os._exit(9))
            shown({("a", "x"): (2, 2), ("b", "x"): (20, 20)})
        finally:
            os._exit(0)
    os.waitpid(killed, 0)
    assert list(tmp_path.glob("*/table.tab")), "it was killed with the table in its folder"
    hiding.remove_left()
    assert [*tmp_path.iterdir()] == [others], "which is at work"


@pytest.mark.parametrize("seed", range(200))
def test_an_attacker_recovers_no_small_number(seed: int) -> None:
    table = a_table(random.Random(seed))
    found = hiding.hide_kinds(table, hide(table), KINDS)
    assert not [cell for cell, one in table.items() if one.is_small and found[cell] is not None]
    assert recovered(table, found) == []
    assert told(found) == []


def test_the_attacker_finds_what_is_badly_hidden() -> None:
    table = with_sums({("a", "x"): Counted(2, 2), ("a", "y"): Counted(20, 20), ("b", "x"): Counted(20, 20)})
    careless = {cell: None if one.is_small else one.times for cell, one in table.items()}
    assert ("a", "x") in recovered(table, careless)
    assert too_clear(table, {cell for cell, times in careless.items() if times is None})
