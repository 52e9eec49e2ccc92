"""What the house says of itself is true of the code: events, acts, routes."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import get_resolver

from grunnmur.cases import access, events
from tests.environment import ROOT

ACTIONS = sorted((ROOT / "grunnmur" / "cases" / "actions").glob("*.py"))


def strings(node: ast.AST) -> Iterator[str]:
    """The text constants of an expression, such as both arms of `a if x else b`."""
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def calls(path: Path, name: str, position: int) -> Iterator[str]:
    """The text given at one position to every call of a function or method with this name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and len(node.args) > position:
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called == name:
                yield from strings(node.args[position])


def test_every_event_that_is_recorded_has_its_sentence_and_no_sentence_is_left_over() -> None:
    by = (("record", 0), ("event", 0), ("happened", 1))
    recorded = {text for path in ACTIONS for name, at in by for text in calls(path, name, at) if "." in text}
    assert recorded == set(events.EVENTS)


def test_every_act_that_opens_the_door_has_its_right_and_no_right_is_left_over() -> None:
    on_pathway = {
        text for path in ACTIONS for text in calls(path, "on_pathway", 2) if re.fullmatch(r"[a-z_]+\.[a-z_]+", text)
    }
    named = {  # an act whose name is chosen before the door is opened
        text
        for path in ACTIONS
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "name"
        for text in strings(node.value)
    }
    assert on_pathway | (named & set(access.ACTS)) == set(access.ACTS)


def routes() -> list[str]:
    return [str(pattern.pattern) for pattern in get_resolver().url_patterns]


@pytest.mark.parametrize("route", routes())
def test_no_address_holds_a_name_a_number_or_a_health_word(route: str) -> None:
    assert set(re.findall(r"<(\w+):", route)) <= {"uuid", "slug"}
    assert not re.search(r"navn|fnr|psyk|rus|tann|seksu|diagnos|barnevern", route)


def test_an_event_says_what_happened_without_a_name() -> None:
    for name in events.EVENTS:
        assert events.sentence(name, {"meeting": "statusmote", "edition": "2023"}).endswith(".")
