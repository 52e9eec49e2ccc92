"""The lines that the cases of the demo speak."""

from random import Random

import pytest

from demo.plays import ROADS, short_plays
from demo.texts import Theme, fill, lines, themes
from grunnmur.cases.terms import HealthArea

FAMILY = {"child": "Ella Moen", "first_name": "Ella", "mother": "Siv Moen", "father": "Jon Lien", "language": "polsk"}


@pytest.mark.parametrize("theme", themes(), ids=lambda theme: theme.key)
def test_every_line_of_a_theme_is_written_out(theme: Theme) -> None:
    said = lines(theme, random=Random(1), own=FAMILY)
    assert not [name for name, text in said.items() if "{" in text or "⟪" in text]
    assert said["worry"] and said["reason"] and said["goal"]


def test_a_text_without_a_line_is_left_alone_and_an_unknown_line_is_said() -> None:
    assert fill("Møte", {}) == "Møte"
    assert fill("⟪mother⟫ og ⟪father⟫", FAMILY) == "Siv Moen og Jon Lien"
    with pytest.raises(KeyError):
        fill("⟪grandmother⟫", FAMILY)


def test_every_health_area_has_themes() -> None:
    assert {theme.area for theme in themes()} == set(HealthArea)


def test_every_play_has_a_theme_for_some_of_its_ages() -> None:
    played = [(plan.key, plan.household, plan.area) for plan in ROADS]
    played += [(key, household, area) for key, household, area, _play in short_plays()]
    for key, household, area in played:
        youngest, oldest = household.ages
        assert any(
            theme.area is area and theme.ages[0] <= oldest and theme.ages[1] >= min(youngest, 17) for theme in themes()
        ), key
