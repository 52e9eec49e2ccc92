"""The generated page lists every rule, checked or not, and is current."""

from pathlib import Path

import pytest

from grunnmur.exchange.ssb import rule_docs
from grunnmur.exchange.ssb.rules import NOT_CHECKED, OWN_RULES, RULES


def test_the_committed_page_is_current() -> None:
    written = rule_docs.PAGE.read_text(encoding="utf-8")
    assert written == rule_docs.render(), "run python -m grunnmur.exchange.ssb.rule_docs"


def test_every_rule_is_on_the_page_in_its_own_table() -> None:
    _, checked, own, not_checked = (rule_docs.render() + " ").split("\n## ")[-4:]
    assert all(f"| {rule.number} | {rule.says} | {rule.severity} |" in checked for rule in RULES)
    assert all(f"| {name} | {says} |" in own for name, says in OWN_RULES)
    assert all(
        number in not_checked and group.reason in not_checked for group in NOT_CHECKED for number in group.numbers
    )


def test_a_stale_page_is_noticed_and_can_be_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "reference" / "national-file.md"
    monkeypatch.setattr(rule_docs, "PAGE", page)
    assert rule_docs.main(["--check"]) == 1
    assert "national-file.md is stale" in capsys.readouterr().err
    assert rule_docs.main([]) == 0
    assert rule_docs.main(["--check"]) == 0
    page.write_text(page.read_text(encoding="utf-8") + "x", encoding="utf-8")
    assert rule_docs.main(["--check"]) == 1
