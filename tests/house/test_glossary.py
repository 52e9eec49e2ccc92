"""The glossary and the code say the same words."""

import inspect
import re
from enum import Enum

from django.apps import apps
from django.db import models

from grunnmur.cases import terms
from grunnmur.directory import kinds
from grunnmur.insight import terms as insight_terms
from grunnmur.post import terms as post_terms
from grunnmur.stewardship import terms as stewardship_terms
from tests.environment import ROOT

ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("|") and not line.startswith(("|---", "| Norwegian"))
]
IDENTIFIERS = {identifier for row in ROWS for identifier in re.findall(r"`(\w+)`", row[1])}


def tables() -> set[str]:
    """The names of the tables that are ours."""
    return {
        model.__name__
        for label in ("cases", "post", "stewardship", "directory", "log", "insight")
        for model in apps.get_app_config(label).get_models()
        if issubclass(model, models.Model)
    }


def choices() -> set[str]:
    """The names of the choices that people meet."""
    return {
        name
        for module in (terms, kinds, post_terms, stewardship_terms, insight_terms)
        for name, found in inspect.getmembers(module, inspect.isclass)
        if issubclass(found, Enum) and found.__module__ == module.__name__
    }


def test_every_table_and_choice_has_its_word() -> None:
    assert (tables() | choices()) - IDENTIFIERS == set()


def test_every_identifier_exists_in_the_code() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "grunnmur").rglob("*.py"))
    assert {identifier for identifier in IDENTIFIERS if not re.search(rf"\b{identifier}", code)} == set()


def test_every_row_is_whole() -> None:
    assert [row for row in ROWS if len(row) != 5 or not all(row)] == []


def test_every_word_stands_once() -> None:
    assert len({row[0] for row in ROWS}) == len(ROWS)
