"""What a research extract holds, from made-up rows: what must hold of the file alone, as its receiver reads it."""

from collections import Counter, defaultdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grunnmur.insight.hiding import LEAST
from grunnmur.insight.research_columns import CASE, PARTS, Sort
from grunnmur.insight.research_content import Content, Row, TooFew, content

ALL = tuple(one.key for one in PARTS)
WEEKS = st.one_of(st.none(), st.integers(0, 60))
FACTS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "case": {
        "half": st.sampled_from(("2030-01-01", "2030-07-01", "2031-01-01")),
        "age": st.integers(0, 22),
        "sex": st.sampled_from(("", "1", "2")),
        "outcome": st.sampled_from(("", "start", "do_not_start")),
        "participation": st.sampled_from(("", "1.1", "2.2")),
        "weeks_to_decision": WEEKS,
        "weeks_to_first_meeting": WEEKS,
        "meetings": st.integers(0, 4),
        "closing": st.sampled_from(("", "family_moved")),
        "weeks_to_closing": WEEKS,
    },
    "criterion": {"criterion": st.sampled_from("abc")},
    "mapping": {
        "health_area": st.sampled_from(("mental", "dental")),
        "outcome": st.sampled_from(("", "referral")),
        "weeks_to_asking": WEEKS,
        "weeks_to_outcome": WEEKS,
    },
    "referral": {
        "health_area": st.sampled_from(("mental", "somatic")),
        "answer": st.sampled_from(("", "rejected")),
        "reason": st.sampled_from(("", "local_help")),
        "weeks_to_receipt": WEEKS,
        "weeks_to_answer": WEEKS,
    },
}


@st.composite
def worlds(draw: st.DrawFn) -> list[Row]:
    """The case of each of some children, and some rows of the other tables about them."""
    codes = [f"{number:02}" for number in range(draw(st.integers(0, 14)))]
    rows: list[Row] = [("case", code, draw(st.fixed_dictionaries(FACTS["case"]))) for code in codes]
    for part in ("criterion", "mapping", "referral"):
        about = draw(st.lists(st.sampled_from(codes), max_size=8)) if codes else []
        rows += [(part, code, draw(st.fixed_dictionaries(FACTS[part]))) for code in about]
    return rows


def said(made: Content, key: str) -> list[dict[str, str]]:
    (table,) = [one for one in made.tables if one.part.key == key]
    return [dict(zip((column.name for column in table.part.columns), row, strict=True)) for row in table.rows]


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_in_the_file_nobody_is_alone_with_what_others_know_nor_with_a_value(rows: list[Row]) -> None:
    given_out = {part: sum(row[0] == part for row in rows) for part in FACTS}
    if given_out["case"] < LEAST:
        with pytest.raises(TooFew):
            content(rows, chosen=ALL)
        return
    made = content(rows, chosen=ALL)
    cases = said(made, "case")
    shared = Counter((one["time"], one["age"], one["sex"]) for one in cases)
    assert min(shared.values()) >= LEAST
    assert shared == made.classes, "what is said of the small numbers is what is in the file"
    for table in made.tables:
        assert len(table.rows) == given_out[table.part.key], "no row is dropped to make it fit"
        for place, column in enumerate(table.part.columns):
            if column.sort in (Sort.VALUE, Sort.WEEKS):
                children = defaultdict(set)
                for row in table.rows:
                    children[row[place]].add(row[0])
                assert min(map(len, children.values())) >= LEAST, (table.part.key, column.name)
    for part in made.without:
        assert len({code for key, code, _facts in rows if key == part.key}) < LEAST


def test_the_rows_of_the_file_are_in_no_order_that_tells() -> None:
    """The database gives them out as it finds them; the oldest case is often the first."""
    case = dict.fromkeys(FACTS["case"], "") | {"half": "2031-01-01", "age": 7, "sex": "1", "meetings": 0}
    case |= {name: None for name in case if name.startswith("weeks")}
    rows: list[Row] = [("case", code, case) for code in "cebad"]
    assert [row[0] for row in content(rows, chosen=()).tables[0].rows] == sorted("cebad")
    assert [one.part for one in content(rows, chosen=()).tables] == [CASE], "what was not chosen is not there"


@pytest.mark.parametrize(
    ("grade", "told"), [(1, "no"), (2, "no"), (3, "partly"), (4, "yes"), (5, "yes")], ids=lambda one: str(one)
)
def test_an_answer_is_said_in_three_grades(grade: int, told: str) -> None:
    case = dict.fromkeys(FACTS["case"], "") | {"half": "2031-01-01", "age": 7, "sex": "1", "meetings": 0}
    case |= {name: None for name in case if name.startswith("weeks")}
    rows: list[Row] = [("case", code, case) for code in "abcde"]
    for number in range(6):
        answer = {"month": "2031-03-01", "of": "child", "was_heard": grade if number < 3 else (grade + 1) % 5 + 1}
        rows.append(("experience", None, answer | {"understood": 5, "it_helps": 5}))
    found = Counter(one["was_heard"] for one in said(content(rows, chosen=("experience",)), "experience"))
    assert found[told] >= 3
