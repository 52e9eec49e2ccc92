"""What a set of tasks can be: every rule as a table, without any database."""

import pytest

from grunnmur.directory.kinds import ServiceKind
from grunnmur.directory.task_sets import LONGEST, MOST_TASKS, Line, Written, Wrong, lines_of, wrong_with

NOTHING = Written("", None, None)
CALL = Written("Bestille tolk", None, 2)
MEASURE = Written("Måle høyde", ServiceKind.GP, 0)


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        pytest.param([CALL, MEASURE], [], id="two"),
        pytest.param([NOTHING, CALL, NOTHING, MEASURE], [], id="rows that nothing stands in are none"),
        pytest.param([], [(0, Wrong.NO_TASK)], id="no row"),
        pytest.param([NOTHING, NOTHING], [(0, Wrong.NO_TASK)], id="only empty rows"),
        pytest.param([Written("  ", None, None)], [(0, Wrong.NO_TASK)], id="only spaces"),
        pytest.param([CALL, Written("", ServiceKind.GP, 2)], [(1, Wrong.SAYS_NOTHING)], id="who and when, not what"),
        pytest.param([Written(" ", None, 2)], [(0, Wrong.SAYS_NOTHING)], id="only when"),
        pytest.param([Written("x", None, None)], [(0, Wrong.WITHIN_NO_DAYS)], id="not when"),
        pytest.param([Written("x", None, -1)], [(0, Wrong.WITHIN_NO_DAYS)], id="the day before"),
        pytest.param([Written("x", None, 0)], [], id="the same day"),
        pytest.param([Written("x", None, LONGEST)], [], id="the last day"),
        pytest.param([Written("x", None, LONGEST + 1)], [(0, Wrong.WITHIN_NO_DAYS)], id="a day too late"),
        pytest.param(
            [NOTHING, Written("", ServiceKind.GP, None), Written("x", None, 400)],
            [(1, Wrong.SAYS_NOTHING), (1, Wrong.WITHIN_NO_DAYS), (2, Wrong.WITHIN_NO_DAYS)],
            id="every fault is told, beside its own row",
        ),
        pytest.param([CALL] * MOST_TASKS, [], id="as many as there may be"),
        pytest.param([CALL] * MOST_TASKS + [NOTHING], [], id="and an empty row"),
        pytest.param(
            [NOTHING] + [CALL] * (MOST_TASKS + 2), [(MOST_TASKS + 1, Wrong.TOO_MANY)], id="the first too many"
        ),
    ],
)
def test_what_is_wrong_with_a_set(written: list[Written], wrong: list[tuple[int, Wrong]]) -> None:
    assert list(wrong_with(written)) == wrong
    if not wrong:
        lines = lines_of(written)
        assert [(one.what, one.service, one.days) for one in lines] == [
            (one.what, one.service, one.days) for one in written if one != NOTHING
        ]


@pytest.mark.parametrize(("what", "days"), [("", 1), (" ", 1), ("x", -1), ("x", LONGEST + 1)])
def test_no_task_can_be_made_that_the_rules_refuse(what: str, days: int) -> None:
    with pytest.raises(ValueError, match="a task of a set"):
        Line(what, None, days)
