"""Who is in the target group, and what the national file's codes point to. No database."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grunnmur.cases.target_group import (
    FOSTER_HOME,
    INSTITUTION,
    OTHER_PLACEMENT,
    CaseFacts,
    Standing,
    Suggestion,
    is_in_target_group,
    position,
    positions_over_time,
    suggested_criteria,
    target_group_reason,
)
from grunnmur.cases.terms import ChildWelfarePosition as Position

BORN = date(2012, 5, 14)
ON = date(2026, 11, 22)
C4, C5 = "C4_CONCERN_FROM_HEALTH_SERVICE", "C5_CONCERN_ABOUT_HEALTH"


@dataclass(frozen=True)
class Note:
    received_on: date = date(2026, 10, 20)
    reporters: tuple[str, ...] = ("11",)
    contents: tuple[str, ...] = ("2.1.02",)
    conclusion: str = ""
    concluded_on: date | None = None


@dataclass(frozen=True)
class Investigation:
    opened_on: date = date(2026, 10, 26)
    concluded_on: date | None = None


@dataclass(frozen=True)
class Measure:
    category: str = "3.10"
    from_on: date = date(2026, 1, 10)
    until_on: date | None = None


def case(*facts: Note | Investigation | Measure, ended_on: date | None = None, born_on: date = BORN) -> CaseFacts:
    return CaseFacts(
        born_on=born_on,
        notes=tuple(fact for fact in facts if isinstance(fact, Note)),
        investigations=tuple(fact for fact in facts if isinstance(fact, Investigation)),
        measures=tuple(fact for fact in facts if isinstance(fact, Measure)),
        ended_on=ended_on,
    )


DISMISSED = Note(conclusion="10", concluded_on=date(2026, 10, 26))
TO_INVESTIGATE = Note(conclusion="2", concluded_on=date(2026, 10, 26))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param(case(), Position.NONE, id="nothing"),
        pytest.param(case(Investigation()), Position.INVESTIGATION, id="open investigation"),
        pytest.param(case(Investigation(opened_on=ON)), Position.INVESTIGATION, id="opened today"),
        pytest.param(case(Investigation(opened_on=ON + timedelta(1))), Position.NONE, id="opens tomorrow"),
        pytest.param(
            case(Investigation(concluded_on=ON + timedelta(1))), Position.INVESTIGATION, id="concludes tomorrow"
        ),
        pytest.param(case(Investigation(concluded_on=ON)), Position.NONE, id="concluded today"),
        pytest.param(case(Measure()), Position.MEASURES_AT_HOME, id="measure at home"),
        pytest.param(case(Measure(until_on=ON)), Position.NONE, id="measure ended today"),
        pytest.param(case(Measure(from_on=ON + timedelta(1))), Position.NONE, id="measure begins tomorrow"),
        pytest.param(case(Measure("2.1")), Position.FOSTER_HOME, id="foster home"),
        pytest.param(case(Measure("2.99")), Position.FOSTER_HOME, id="other foster home"),
        pytest.param(case(Measure("1.1")), Position.INSTITUTION, id="institution"),
        pytest.param(case(Measure("1.2")), Position.INSTITUTION, id="institution under another law"),
        pytest.param(case(Measure("8.2")), Position.OTHER_PLACEMENT, id="housing with follow-up"),
        pytest.param(case(Measure("8.4")), Position.OTHER_PLACEMENT, id="municipal housing, staffed"),
        pytest.param(case(Measure("8.1")), Position.MEASURES_AT_HOME, id="money for a room is no placement"),
        pytest.param(case(Measure("8.99")), Position.MEASURES_AT_HOME, id="8.99 is no placement"),
        pytest.param(
            case(Measure("1.1"), Measure("2.1"), Investigation()), Position.INSTITUTION, id="institution first"
        ),
        pytest.param(case(Measure("8.2"), Measure("2.1")), Position.FOSTER_HOME, id="foster home before housing"),
        pytest.param(case(Measure("3.10"), Investigation()), Position.INVESTIGATION, id="investigation before help"),
        pytest.param(case(Note()), Position.NOTE_ONLY, id="open note"),
        pytest.param(case(Note(received_on=ON + timedelta(1))), Position.NONE, id="note of tomorrow"),
        pytest.param(case(DISMISSED), Position.NONE, id="dismissed note"),
        pytest.param(
            case(replace(DISMISSED, concluded_on=ON + timedelta(1))), Position.NOTE_ONLY, id="dismissed tomorrow"
        ),
        pytest.param(case(TO_INVESTIGATE), Position.NOTE_ONLY, id="to be investigated, not begun"),
        pytest.param(case(TO_INVESTIGATE, Investigation()), Position.INVESTIGATION, id="being investigated"),
        pytest.param(case(TO_INVESTIGATE, Investigation(concluded_on=ON)), Position.NONE, id="was investigated"),
        pytest.param(
            case(TO_INVESTIGATE, Investigation(date(2025, 1, 1), date(2025, 3, 1))),
            Position.NOTE_ONLY,
            id="an older investigation was about another note",
        ),
        pytest.param(case(Measure("2.1"), ended_on=ON), Position.NONE, id="case closed today"),
        pytest.param(case(Measure("2.1"), ended_on=ON + timedelta(1)), Position.FOSTER_HOME, id="case closes tomorrow"),
        pytest.param(case(Measure(), born_on=date(2008, 11, 23)), Position.MEASURES_AT_HOME, id="18 tomorrow"),
        pytest.param(case(Measure("2.1"), born_on=date(2008, 11, 22)), Position.AFTERCARE, id="18 today, foster home"),
        pytest.param(
            case(Investigation(), born_on=date(2008, 11, 22)), Position.AFTERCARE, id="18 today, investigation"
        ),
        pytest.param(case(Note(), born_on=date(2008, 11, 22)), Position.NONE, id="18 today, note only"),
        pytest.param(case(Measure(until_on=ON), born_on=date(2008, 11, 22)), Position.NONE, id="18 today, help ended"),
    ],
)
def test_position(facts: CaseFacts, expected: Position) -> None:
    assert position(facts, ON) == expected


@pytest.mark.parametrize(
    ("where", "is_in", "words"),
    [
        (Position.INVESTIGATION, True, "undersøkelse"),
        (Position.MEASURES_AT_HOME, True, "hjelpetiltak hjemme"),
        (Position.FOSTER_HOME, True, "fosterhjem"),
        (Position.INSTITUTION, True, "institusjon"),
        (Position.OTHER_PLACEMENT, True, "et annet sted"),
        (Position.NOTE_ONLY, False, "bekymringsmelding, men ingen undersøkelse"),
        (Position.AFTERCARE, False, "ettervern"),
        (Position.NONE, False, "ingen undersøkelse og ingen tiltak"),
    ],
)
def test_the_target_group_and_the_reason(where: Position, is_in: bool, words: str) -> None:
    assert is_in_target_group(where, on=date(2026, 11, 22)) is is_in
    assert words in target_group_reason(where)


def test_every_position_has_its_own_reason() -> None:
    assert len({target_group_reason(where) for where in Position}) == len(Position)


def test_the_edition_decides_about_aftercare() -> None:
    assert is_in_target_group(Position.AFTERCARE, on=date(2023, 2, 15))
    assert not is_in_target_group(Position.AFTERCARE, on=date(2023, 2, 16))


def test_no_category_is_in_two_places() -> None:
    assert len(INSTITUTION | FOSTER_HOME | OTHER_PLACEMENT) == len(INSTITUTION) + len(FOSTER_HOME) + len(
        OTHER_PLACEMENT
    )


# --- over time ---------------------------------------------------------------------------------------------------


def test_positions_follow_the_child_over_time() -> None:
    facts = case(
        Note(date(2026, 1, 1), conclusion="2", concluded_on=date(2026, 1, 6)),
        Investigation(date(2026, 1, 6), date(2026, 3, 1)),
        Measure("3.10", date(2026, 3, 1), date(2026, 6, 1)),
        Measure("4.6", date(2026, 4, 1), date(2026, 7, 1)),
        Measure("2.1", date(2026, 9, 1), None),
    )
    assert positions_over_time(facts, until=ON) == (
        Standing(Position.NOTE_ONLY, date(2026, 1, 1)),
        Standing(Position.INVESTIGATION, date(2026, 1, 6)),
        Standing(Position.MEASURES_AT_HOME, date(2026, 3, 1)),
        Standing(Position.NONE, date(2026, 7, 1)),
        Standing(Position.FOSTER_HOME, date(2026, 9, 1)),
    )
    assert positions_over_time(facts, until=date(2026, 1, 5)) == (Standing(Position.NOTE_ONLY, date(2026, 1, 1)),)
    closed = replace(facts, ended_on=date(2026, 10, 1))
    assert positions_over_time(closed, until=ON)[-1] == Standing(Position.NONE, date(2026, 10, 1))


def test_turning_18_is_a_change_of_position() -> None:
    facts = case(Measure("2.1", date(2020, 1, 1)), born_on=date(2008, 6, 1))
    assert positions_over_time(facts, until=ON) == (
        Standing(Position.FOSTER_HOME, date(2020, 1, 1)),
        Standing(Position.AFTERCARE, date(2026, 6, 1)),
    )


DAYS = st.dates(date(2026, 1, 1), date(2026, 3, 1))
ENDS = st.none() | DAYS


@given(
    st.lists(
        st.builds(Note, received_on=DAYS, conclusion=st.sampled_from(["", "2", "10"]), concluded_on=ENDS), max_size=2
    ),
    st.lists(st.builds(Investigation, opened_on=DAYS, concluded_on=ENDS), max_size=2),
    st.lists(
        st.builds(Measure, category=st.sampled_from(["1.1", "2.1", "8.2", "3.1"]), from_on=DAYS, until_on=ENDS),
        max_size=2,
    ),
    ENDS,
    st.sampled_from([BORN, date(2008, 2, 1)]),
    DAYS,
)
def test_the_positions_over_time_say_what_each_day_says(
    notes: list[Note],
    investigations: list[Investigation],
    measures: list[Measure],
    ended_on: date | None,
    born_on: date,
    day: date,
) -> None:
    facts = case(*notes, *investigations, *measures, ended_on=ended_on, born_on=born_on)
    before = [s for s in positions_over_time(facts, until=date(2026, 4, 1)) if s.from_on <= day]
    assert position(facts, day) == (before[-1].position if before else Position.NONE)


# --- what the data point to ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reporter", ["10", "13", "15", "17", "24", "25"])
@pytest.mark.parametrize(
    "content", ["14", "15", "28", "30", "1.1.01", "1.1.02", "1.1.03", "1.1.04", "1.3.07", "1.3.09", "1.3.10"]
)
def test_a_note_from_a_health_service_about_health_points_to_both(reporter: str, content: str) -> None:
    found = suggested_criteria([Note(reporters=(reporter,), contents=(content,))], ON)
    assert [suggestion.criterion for suggestion in found] == [C4, C5]


@pytest.mark.parametrize(
    ("reporters", "contents", "expected"),
    [
        pytest.param(("11",), ("1.1.02",), [C5], id="the school, about health"),
        pytest.param(
            ("14",), ("1.1.02",), [C5], id="psychiatry for adults is not about the child's own health service"
        ),
        pytest.param(("10",), ("2.1.02",), [], id="a health service, about care"),
        pytest.param(("10",), (), [], id="a health service, nothing said"),
        pytest.param(("10",), ("1.3.06",), [], id="stress and coping is not in the list"),
        pytest.param(("10",), ("2", "3.1.03"), [], id="the parents' health"),
        pytest.param(("11",), ("16",), [], id="reporter and content codes are different lists"),
        pytest.param((), ("1.1.01",), [C5], id="nobody named, about health"),
        pytest.param(("11", "24"), ("2.1.02", "1.1.04"), [C4, C5], id="one of several"),
    ],
)
def test_what_a_note_points_to(reporters: tuple[str, ...], contents: tuple[str, ...], expected: list[str]) -> None:
    found = suggested_criteria([Note(reporters=reporters, contents=contents)], ON)
    assert [suggestion.criterion for suggestion in found] == expected


def test_the_suggestion_gives_the_facts_behind_it() -> None:
    note = Note(date(2026, 10, 20), ("10",), ("1.1.02", "1.3.06"))
    assert suggested_criteria([note], ON) == (
        Suggestion(
            C4,
            "Meldingen 20.10.2026 kom fra «Helsestasjon/skolehelsetjenesten» (10) "
            "og gjelder «Psykisk helse og utvikling» (1.1.02).",
        ),
        Suggestion(C5, "Meldingen 20.10.2026 gjelder «Psykisk helse og utvikling» (1.1.02)."),
    )


def test_two_notes_are_not_put_together_into_one() -> None:
    """A health service wrote about care, and the school about health: no health service wrote about health."""
    notes = [Note(reporters=("10",), contents=("2.1.02",)), Note(reporters=("11",), contents=("1.1.02",))]
    assert [suggestion.criterion for suggestion in suggested_criteria(notes, ON)] == [C5]


def test_several_notes_are_told_newest_first_and_none_from_the_future() -> None:
    notes = [Note(day, ("11",), ("1.1.01",)) for day in (date(2026, 1, 2), date(2026, 3, 4), ON, ON + timedelta(1))]
    because = suggested_criteria(notes, ON)[0].because
    assert [because.index(day) for day in ("22.11.2026", "04.03.2026", "02.01.2026")] == sorted(
        because.index(day) for day in ("22.11.2026", "04.03.2026", "02.01.2026")
    )
    assert "23.11.2026" not in because
