"""The texts of the family's and the open pages are measured without a page being drawn; too hard ones are a fault."""

import pytest

from tools.plain import Plain, measure


def test_every_page_of_the_familys_and_the_open_ones_is_measured_in_three_languages() -> None:
    measured = {one.file: one for one in measure()}
    assert {"family/templates/family/my_page.html", "public/templates/public/turn.html", "family/words.py"} <= set(
        measured
    )
    assert "family/templates/family/as_seen.html" not in measured, "read by staff alone"
    for one in measured.values():
        assert list(one.by_language) == ["nb", "nn", "en"]
        assert not one.fault


@pytest.mark.parametrize(
    ("file", "value", "is_fault"),
    [
        ("family/words.py", 29.9, False),
        ("family/words.py", 30.0, True),
        ("public/templates/public/turn.html", 39.9, False),
        ("public/templates/public/turn.html", 40.0, True),
    ],
)
def test_what_is_too_hard_to_read_is_a_fault_and_names_the_language(file: str, value: float, is_fault: bool) -> None:
    fault = Plain(file, {"nb": 10.0, "nn": value}).fault
    assert bool(fault) is is_fault
    assert ("nn" in fault, "nb" in fault) == (is_fault, False)
