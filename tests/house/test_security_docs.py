"""What is said of security points at files and tests that exist."""

import json
import logging
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from grunnmur import program_log
from grunnmur.clock import now
from grunnmur.keys import Keyset
from tests.environment import ROOT
from tools import asvs_docs
from tools.asvs_docs import Requirement

SECURITY = ROOT / "docs" / "security"
OF_EACH_LEVEL = {1: 70, 2: 183}
"""How many requirements the standard has: every one of them is answered."""
LEVEL_3 = {"V8.1.3", "V8.1.4", "V8.2.4", "V8.3.2", "V8.3.3", "V8.4.2", "V16.5.4"}
HELD = [one for one in asvs_docs.requirements() if one.verdict == "met" or one.evidence]


def is_there(evidence: str) -> bool:
    """Whether a file, or a test in it, exists."""
    name, _between, test = evidence.partition("::")
    path = ROOT / name
    return path.exists() and (not test or re.search(rf"^def {test}\b", path.read_text(), re.MULTILINE) is not None)


def test_every_requirement_of_the_standard_s_first_two_levels_is_answered_once() -> None:
    found = asvs_docs.requirements()
    assert len({one.key for one in found}) == len(found)
    assert {level: sum(one.level == level for one in found) for level in OF_EACH_LEVEL} == OF_EACH_LEVEL
    assert {one.key for one in found if one.level == 3} == LEVEL_3


@pytest.mark.parametrize("one", HELD, ids=lambda one: one.key)
def test_what_is_met_is_held_by_what_exists(one: Requirement) -> None:
    assert one.evidence
    assert [evidence for evidence in one.evidence if not is_there(evidence)] == []


def test_only_what_the_product_does_is_held() -> None:
    assert {one.verdict for one in HELD} == {"met", "operator"}


def test_what_is_not_met_says_what_is_missing() -> None:
    for one in asvs_docs.requirements():
        if one.verdict != "met":
            assert one.says.endswith("."), one.key


def abuses() -> Iterator[tuple[str, str, str]]:
    """Each abuse of the threat model, what stops it, and what holds that."""
    for line in (SECURITY / "threat-model.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and cells[0].isdigit():
            yield cells[1], cells[2], cells[3]


def test_each_abuse_has_what_stops_it_and_a_test_that_exists() -> None:
    found = list(abuses())
    assert len(found) >= 24
    for abuse, stops, held in found:
        tests = re.findall(r"`([^`]+)`", held)
        assert stops, abuse
        assert tests, abuse
        assert [one for one in tests if not (ROOT / one).exists()] == [], abuse
        assert all(one.startswith("tests/") for one in tests), abuse


def test_every_keyset_has_its_line_in_the_page_of_keys() -> None:
    page = (SECURITY / "keys.md").read_text(encoding="utf-8")
    assert [keyset for keyset in Keyset if f"| `{keyset}` |" not in page] == []


def test_the_program_s_log_is_in_utc() -> None:
    record = logging.LogRecord("grunnmur", logging.ERROR, __file__, 1, "Something broke.", None, None)
    written = datetime.fromisoformat(json.loads(program_log.Formatter().format(record))["at"])
    assert written.utcoffset() == timedelta()
    assert abs(now() - written) < timedelta(minutes=1)
