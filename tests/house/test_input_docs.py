"""The page of what can be written where is read out of the code: whole, and with what the code says."""

import ast
import re

import pytest

from tools import input_docs


@pytest.fixture(scope="module")
def page() -> str:
    return input_docs.render()


def test_every_form_with_a_field_of_its_own_is_on_the_page(page: str) -> None:
    """V2.1.1."""
    forms = input_docs.form_classes()
    assert len(forms) > 100
    lines = page.splitlines()
    missing = [
        f"{form.__module__}.{form.__name__}"
        for form in forms
        if any(True for _line in input_docs._form(form))
        and not any(line.startswith(f"**{form.__name__}**") for line in lines)
    ]
    assert missing == []


@pytest.mark.parametrize(
    "line",
    [
        "| `mail` | E-post | e-postadresse | nei | høyst 200 tegn |",
        "| `decided_on` | Når ble det bestemt? | dato | ja |  |",
        "| `outcome` | Hva bestemmer dere? | ett av flere valg | ja | `start`, `do_not_start` |",
        "| `task_…_due` |  | dato |  | lages når siden vises |",
        "- `again`: De to er ikke like. Skriv PIN-en en gang til.",
    ],
)
def test_a_field_is_a_line_with_its_sort_and_its_limits(page: str, line: str) -> None:
    assert line in page.splitlines()


def test_an_act_has_what_it_refuses_with_its_source(page: str) -> None:
    """V2.1.2."""
    assert "|  | `valid_until` | Sluttdatoen må være etter startdatoen." in page
    assert re.search(r"^\| `\w+` \| `\w+` \| [^|]+ \| [^|]*§[^|]* \|$", page, re.MULTILINE)


def test_what_is_refused_is_read_from_the_source_with_the_helpers_that_are_asked() -> None:
    act = ast.parse(
        """
def act(on):
    refuse({"on": happened(on) or (_("Too late.") if on else None), f"row_{on}": None, **others(on)})
    raise Invalid({"why": _("Say why.")})
    form.add_error(None, _("Not together."))
"""
    ).body[0]
    found = list(input_docs.refused_by(act, "act", input_docs.SHARED))
    assert {one.field: set(one.says) for one in found} == {
        "on": {
            "Too late.",
            "Datoen er fram i tid. Skriv en dato som har vært.",
            "Datoen er før barnet ble født. Sjekk året.",
        },
        "row_…": set(),
        "…": set(),
        "why": {"Say why."},
        "": {"Not together."},
    }
    assert {one.where for one in found} == {"act"}


def test_what_a_helper_gives_as_a_table_of_problems_is_read_too() -> None:
    helper = ast.parse('def unfit(x) -> dict[str, Problem]:\n    return {"name": _("Too long.") if x else None}').body[
        0
    ]
    assert list(input_docs.refused_by(helper, "unfit", input_docs.SHARED)) == [
        input_docs.Refusal("unfit", "name", ("Too long.",))
    ]
