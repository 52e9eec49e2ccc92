"""The rules about consent, deadlines, lifecycle and next step have every branch tested, without any database."""

import os
import subprocess
import sys
from pathlib import Path

from tests.environment import ROOT

MODULES = ("consent", "deadlines", "lifecycle", "next_step")


def test_every_branch_of_the_rules_is_covered_without_a_database(tmp_path: Path) -> None:
    tests = sorted(
        str(path.relative_to(ROOT))
        for module in MODULES
        for path in (ROOT / "tests" / "cases").glob(f"test_{module}*.py")
        if "acting" not in path.read_text(encoding="utf-8")
    )
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", *tests),
            # A second run of pytest would shut the folder that the first has its servers in.
            f"--basetemp={tmp_path / 'inner'}",
            *("--cov-branch", "--cov-report=term-missing", "--cov-fail-under=100"),
            *(f"--cov=grunnmur.cases.{module}" for module in MODULES),
        ],
        cwd=ROOT,
        env={
            **os.environ,
            "COVERAGE_FILE": str(tmp_path / "coverage"),
            "GRUNNMUR_TEST_ADMIN_URL": "host=/nowhere dbname=none",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
