"""The lines that a copy speaks: one theme per case, and what many cases say alike, from `texts.yaml`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from grunnmur import yaml_file
from grunnmur.cases.terms import HealthArea

FILE = Path(__file__).with_name("texts.yaml")
PLACE = re.compile(r"⟪(\w+)⟫")


@dataclass(frozen=True, slots=True)
class Theme:
    """What a case is about, for one health area and some ages."""

    key: str
    area: HealthArea
    ages: tuple[int, int]
    is_acute: bool
    lines: Mapping[str, str]

    def suits(self, *, area: HealthArea, age: int, is_acute: bool) -> bool:
        """Whether a case about this area, for a child of this age, can be about it."""
        return self.area is area and self.ages[0] <= age <= self.ages[1] and self.is_acute == is_acute


@cache
def _file() -> dict[str, Any]:
    found: dict[str, Any] = yaml_file.read(FILE)
    return found


@cache
def themes() -> tuple[Theme, ...]:
    """Every theme."""
    known = {"key", "area", "ages", "acute"}
    return tuple(
        Theme(
            key=one["key"],
            area=HealthArea(one["area"]),
            ages=(one["ages"][0], one["ages"][1]),
            is_acute=one.get("acute", False),
            lines={name: text for name, text in one.items() if name not in known},
        )
        for one in _file()["themes"]
    )


def lines(theme: Theme, *, random: Random, own: Mapping[str, str]) -> dict[str, str]:
    """All the lines of one case: the theme's, a choice among the common ones, and the case's `own` names."""
    common = {name: random.choice(choices) for name, choices in _file()["common"].items()}
    return {
        name: text.replace("{navn}", own["first_name"])
        for name, text in (common | dict(theme.lines) | dict(own)).items()
    }


def fill(text: str, said: Mapping[str, str]) -> str:
    """The text with every ⟪place⟫ filled. Raises KeyError for a line that nobody has written."""
    return PLACE.sub(lambda found: said[found[1]], text) if "⟪" in text else text
