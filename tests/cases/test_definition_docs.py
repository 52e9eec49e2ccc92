"""The generated page says what the definitions say, and is current."""

import re
from pathlib import Path

import pytest

from grunnmur.cases import definition_docs
from grunnmur.cases.definition import Edition, definitions


@pytest.fixture(scope="module")
def page() -> str:
    return definition_docs.render()


def test_the_committed_page_is_current(page: str) -> None:
    assert definition_docs.PAGE.read_text(encoding="utf-8") == page, "run python -m grunnmur.cases.definition_docs"


def test_a_stale_page_is_noticed_and_can_be_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "reference" / "pathway.md"
    monkeypatch.setattr(definition_docs, "PAGE", file)
    assert definition_docs.main(["--check"]) == 1
    assert "pathway.md is stale" in capsys.readouterr().err
    assert definition_docs.main([]) == 0
    assert definition_docs.main(["--check"]) == 0
    file.write_text(file.read_text(encoding="utf-8") + "x", encoding="utf-8")
    assert definition_docs.main(["--check"]) == 1


@pytest.mark.parametrize("edition", definitions().editions, ids=lambda edition: edition.key)
def test_every_label_of_an_edition_is_on_the_page(edition: Edition, page: str) -> None:
    labels = [
        *(phase.label for phase in edition.phases),
        *(activity.label for activity in edition.activities),
        *(criterion.label for criterion in edition.criteria),
        *(ground.label for ground in edition.closing_grounds),
        *(area.label for area in edition.health_areas),
    ]
    assert [label for label in labels if label not in page] == []
    assert [point.label for meeting in edition.meetings for point in meeting.agenda if point.label not in page] == []


def test_every_deadline_is_on_the_page_in_words(page: str) -> None:
    assert [item.key for item in definitions().deadlines if item.text() not in page] == []


def test_the_diagrams_are_whole(page: str) -> None:
    diagrams = re.findall(r"```mermaid\n(.*?)```", page, re.DOTALL)
    assert len(diagrams) == len(definitions().editions)
    for diagram in diagrams:
        boxes = set(re.findall(r"^    (akt_\w+)[\[(]", diagram, re.MULTILINE))
        arrows = re.findall(r'^  (akt_\w+) (?:-->|-\.->)(?:\|"gjentas"\|)? (akt_\w+)$', diagram, re.MULTILINE)
        assert {end for arrow in arrows for end in arrow} == boxes
        assert diagram.count("subgraph") == len(re.findall(r"^  end$", diagram, re.MULTILINE))


def test_the_shortcut_anna_took_is_in_the_diagram(page: str) -> None:
    assert "akt_vurdering -.-> akt_kartlegging" in page


def test_every_row_of_a_table_has_as_many_cells_as_its_heading(page: str) -> None:
    width = 0
    for line, following in zip(page.splitlines(), [*page.splitlines()[1:], ""], strict=True):
        cells = len(re.split(r"(?<!\\)\|", line)) - 2
        if following.startswith("| ---"):
            width = cells
        if line.startswith("|"):
            assert cells == width, line
