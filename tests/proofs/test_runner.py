"""`./run prove`: one line for each proof, an exit code that tells, and a page that is kept."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.proofs import Part, Result, __main__


def a_proof(folder: Path, name: str, result: str) -> None:
    """A module with a `prove` that gives the result."""
    (folder / f"{name}.py").write_text(
        "from tests.proofs import Result\n\n\ndef prove(quick, seed):\n"
        f"    number = 10 if quick else 50\n    return {result}\n"
    )


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of proofs beside the house's own, which the runner takes instead."""
    import tests.proofs

    # Tests write it anew, and one that has been read is not read again.
    monkeypatch.delitem(sys.modules, "tests.proofs.parted", raising=False)
    (tmp_path / "__main__.py").write_text("")
    (tmp_path / "helper.py").write_text("def proven() -> None: ...\n")
    a_proof(tmp_path, "holds", 'Result(f"{number} cases, seed {seed}", 0)')
    a_proof(tmp_path, "breaks", 'Result(f"{number} cases", 1, ["Ola saw Anna."])')
    a_proof(tmp_path, "stops", "1 / 0")
    a_proof(tmp_path, "test_runner", 'Result("no proof, but a test that has one in it", 0)')
    monkeypatch.setattr(__main__, "__file__", str(tmp_path / "__main__.py"))
    monkeypatch.setattr(__main__, "EVIDENCE", tmp_path / "evidence")
    monkeypatch.setattr(tests.proofs, "__path__", [str(tmp_path)])
    monkeypatch.setattr(__main__, "ProcessPoolExecutor", InThisProcess)
    return tmp_path


class InThisProcess:
    """The pool's place, in the test's own process, where the shelf is."""

    def __init__(self, *_arguments: object, **_more: object) -> None:
        from concurrent.futures import ThreadPoolExecutor

        self.pool = ThreadPoolExecutor(1)

    def __enter__(self) -> object:
        return self.pool.__enter__()

    def __exit__(self, *fault: object) -> None:
        self.pool.shutdown()


def test_a_proof_is_a_module_that_can_prove(shelf: Path) -> None:
    assert __main__.names() == ["breaks", "holds", "stops"]


def test_each_proof_prints_one_line_and_all_is_well(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert __main__.main(["holds", "--quick", "--seed", "7"]) == 0
    assert capsys.readouterr().out.startswith("holds: 10 cases, seed 7, 0 differences (")
    assert not (shelf / "evidence").exists()


def test_a_difference_is_told_and_is_the_exit_code(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert __main__.main(["holds", "breaks", "--quick"]) == 1
    said = capsys.readouterr().out
    assert "breaks: 10 cases, 1 differences" in said
    assert "  Ola saw Anna." in said


def test_a_proof_that_stops_has_proven_nothing(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert __main__.main(["stops", "--quick"]) == 1
    assert "stops: did not finish, 1 differences" in capsys.readouterr().out


def test_a_whole_run_is_kept(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert __main__.main(["holds", "--seed", "42", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["figures"], told["differences"], told["quick"]) == ("50 cases, seed 42", 0, False)
    page = (shelf / "evidence" / "holds.md").read_text()
    assert "`holds: 50 cases, seed 42, 0 differences`" in page
    assert page.endswith("--seed 42` |\n")
    assert "| Seed | 42 |" in page and "./run prove holds --seed 42" in page


PARTED = """from tests.proofs import Amount, Result

AMOUNT = Amount(10, 50, "cases")


def prove(quick, seed, part):
    number = AMOUNT.wanted(quick=quick, part=part)
    faults = ["Ola saw Anna."] if {breaks} else []
    return Result(f"{{number}} cases, seed {{seed}}", len(faults), faults, number)
"""


def test_a_second_number_is_run_in_parts_and_summed(shelf: Path) -> None:
    page = shelf / "evidence" / "parted.md"
    (shelf / "parted.py").write_text(PARTED.format(breaks="part.number == 3"))
    assert __main__.main(["parted", "--part", "3/4", "--seed", "7"]) == 1
    assert __main__.main(["parted", "--part", "1/4", "--seed", "7"]) == 0
    text = page.read_text()
    assert "`parted: 24 of 50 cases, in 2 of 4 parts, 1 differences`" in text
    assert "2 of 4 parts have not been run: 2, 4." in text
    assert "| 1/4 | 12 | 0 | 7 |" in text and "| 12 cases, seed 7001 |" in text
    assert text.endswith("\n- 3/4: Ola saw Anna.\n")


def test_a_part_that_is_run_again_stands_in_the_place_of_what_it_was(
    shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = shelf / "evidence" / "parted.md"
    for breaks in (True, False):
        (shelf / "parted.py").write_text(PARTED.format(breaks=breaks))
        monkeypatch.delitem(sys.modules, "tests.proofs.parted", raising=False)
        __main__.main(["parted", "--part", "1/2", "--seed", str(int(breaks))])
    assert "`parted: 25 of 50 cases, in 1 of 2 parts, 0 differences`" in page.read_text()
    assert "Ola" not in page.read_text()
    __main__.main(["parted", "--part", "2/2", "--seed", "0"])
    assert "`parted: 50 of 50 cases, in 2 of 2 parts, 0 differences`" in page.read_text()
    assert "Every part is run." in page.read_text()
    # Parts of another size are no parts of the same whole.
    __main__.main(["parted", "--part", "2/5", "--seed", "0"])
    assert "in 1 of 5 parts" in page.read_text()


@pytest.mark.parametrize("part", ["0/4", "5/4", "3", "x/4", "1/2/3"])
def test_a_part_that_there_is_not_is_refused(shelf: Path, part: str) -> None:
    (shelf / "parted.py").write_text(PARTED.format(breaks=False))
    with pytest.raises(SystemExit):
        __main__.main(["parted", "--part", part])


@pytest.mark.parametrize("more", [["holds"], ["parted", "--quick"]], ids=["has no amount", "first number"])
def test_only_a_second_number_is_run_in_parts(shelf: Path, more: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    (shelf / "parted.py").write_text(PARTED.format(breaks=False))
    with pytest.raises(SystemExit):
        __main__.main([*more, "--part", "1/4"])
    assert "only a second number is run in parts" in capsys.readouterr().err


@pytest.mark.parametrize("of", [1, 3, 7, 20])
@pytest.mark.parametrize("whole", [0, 1, 10, 1_000_003])
def test_all_the_parts_are_the_whole(whole: int, of: int) -> None:
    shares = [Part(number, of).share_of(whole) for number in range(1, of + 1)]
    assert sum(shares) == whole
    assert max(shares) - min(shares) <= 1


def test_a_page_says_each_difference_on_a_line_of_its_own(shelf: Path) -> None:
    assert __main__.main(["breaks"]) == 1
    assert (shelf / "evidence" / "breaks.md").read_text().endswith("` |\n\n- Ola saw Anna.\n")


def test_a_page_names_the_commit_from_before_the_run(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_proof(shelf, "moves", 'Result("", int(bool(__import__("os").environ.update(MOVED="another"))))')
    monkeypatch.setenv("MOVED", "as it began")
    monkeypatch.setattr(__main__, "commit", lambda: os.environ["MOVED"])
    assert __main__.main(["moves"]) == 0
    assert "| Commit | as it began |" in (shelf / "evidence" / "moves.md").read_text()


def test_a_tree_with_pages_of_evidence_only_is_as_its_commit_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git = ("git", "-c", "user.name=Prøve", "-c", "user.email=prove@example.no")
    for arguments in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "Begin"]):
        subprocess.run([*git, *arguments], cwd=tmp_path, check=True)
    monkeypatch.setattr(__main__, "ROOT", tmp_path)
    (tmp_path / "docs" / "evidence").mkdir(parents=True)
    (tmp_path / "docs" / "evidence" / "holds.md").write_text("")
    assert "changes" not in __main__.commit()
    (tmp_path / "docs" / "other.md").write_text("")
    assert __main__.commit().endswith(" with changes")


def test_a_proof_that_is_not_there_is_refused(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        __main__.main(["tull"])
    assert "there is no proof tull; there are: breaks, holds, stops" in capsys.readouterr().err


def test_a_result_without_faults_has_none() -> None:
    assert Result("nothing", 0).faults == []
