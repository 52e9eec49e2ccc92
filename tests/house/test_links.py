"""What the documents point at exists."""

import re
from pathlib import Path

import pytest

from tests.environment import ROOT
from tests.house.test_security_docs import is_there

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
NAMED_FILE = re.compile(r"`((?:[\w.-]+/)*[\w.-]+\.(?:py|sql|yaml|toml|md|html|json|lock))`")


def points_at(document: Path) -> set[str]:
    """The relative addresses that a document links to or shows."""
    text = document.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)\s]+)\)", text)
    return {link.partition("#")[0] for link in links if not link.startswith(("http", "#", "mailto"))}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    assert {link for link in points_at(document) if not (document.parent / link).exists()} == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_that_is_named_exists(document: Path) -> None:
    named = set(NAMED_FILE.findall(document.read_text(encoding="utf-8")))
    places = [ROOT, ROOT / "grunnmur", ROOT / "grunnmur" / "cases", ROOT / "grunnmur" / "web" / "templates"]
    assert {name for name in named if not any((place / name).exists() for place in places)} == set()


def test_every_test_that_is_named_exists() -> None:
    named = {
        one for document in DOCUMENTS for one in re.findall(r"`(tests/[\w/]+\.py::\w+)`", document.read_text("utf-8"))
    }
    assert len(named) > 20
    assert {one for one in named if not is_there(one)} == set()
