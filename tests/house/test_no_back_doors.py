"""There is one way in: no admin site, nobody logs in as another, and one place opens sessions for people."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import get_resolver

from tests.environment import ROOT

CODE = sorted((ROOT / "grunnmur").rglob("*.py"))


def callers(name: str) -> set[str]:
    """The functions of the program that call something by this name, as module.function."""
    return {f"{path.relative_to(ROOT / 'grunnmur').with_suffix('')}:{function}" for path, function in _calls(name)}


def _calls(name: str) -> Iterator[tuple[Path, str]]:
    for path in CODE:
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and name == getattr(node.func, "attr", getattr(node.func, "id", "")):
                    yield path, function.name


def test_there_is_no_admin_site() -> None:
    assert not [app for app in settings.INSTALLED_APPS if "admin" in app or "hijack" in app or "impersonate" in app]


def test_no_page_leads_to_one() -> None:
    assert not [str(one.pattern) for one in get_resolver().url_patterns if "admin/" in str(one.pattern)]


@pytest.mark.parametrize(
    ("name", "by"),
    [
        # Commands and jobs act as a membership that they are given; pages never do.
        # A link's session is the link's alone, and only for whoever has proved to be the one it was sent to.
        ("open_session", {"directory/sessions:acting", "web/views/session:start", "web/views/replies:arrived"}),
        # Whoever has proved who they are, and in the demo whoever one chooses to be.
        (
            "start",
            {"web/views/session:enter", "web/views/session:choose_membership", "web/views/persona:choose_persona"},
        ),
    ],
)
def test_a_session_is_opened_in_few_places(name: str, by: set[str]) -> None:
    assert {one for one in callers(name) if one.startswith(("web/", "directory/"))} == by
