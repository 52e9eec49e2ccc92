"""Run the proofs: `python -m tests.proofs [NAME …] [--quick] [--seed N] [--json]`. The exit code tells."""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import TypedDict

import tests.environment
from tests.proofs import Result

ROOT = tests.environment.ROOT
EVIDENCE = ROOT / "docs" / "evidence"
SHOWN = 20
"""Faults of one proof that are shown; the count is always whole."""


class Run(TypedDict):
    """One proof that has been run."""

    name: str
    figures: str
    differences: int
    faults: list[str]
    seconds: float


def names() -> list[str]:
    """Every proof there is: the modules here that have a `prove`."""
    modules = Path(__file__).parent.glob("[!_]*.py")
    return sorted(path.stem for path in modules if "\ndef prove(" in path.read_text())


def prove(name: str, quick: bool, seed: int) -> Run:
    """Run one proof, in a process of its own; one that breaks has not proven anything."""
    started = time.monotonic()
    try:
        result: Result = import_module(f"tests.proofs.{name}").prove(quick=quick, seed=seed)
    except Exception as fault:
        import traceback

        result = Result("did not finish", 1, [f"{fault!r}\n{traceback.format_exc()}"])
    return Run(
        name=name,
        figures=result.figures,
        differences=result.differences,
        faults=result.faults,
        seconds=round(time.monotonic() - started, 1),
    )


def line(run: Run) -> str:
    """The one line that a proof prints."""
    return f"{run['name']}: {run['figures']}, {run['differences']} differences"


def evidence(run: Run, *, seed: int, commit: str, day: str) -> str:
    """The page that is kept of a whole run."""
    faults = [f"- {fault.splitlines()[0]}\n" for fault in run["faults"][:SHOWN]]
    return (
        f"# Evidence: {run['name']}\n\n"
        f"`{line(run)}`\n\n"
        f"| | |\n|---|---|\n"
        f"| Date | {day} |\n"
        f"| Seed | {seed} |\n"
        f"| Commit | {commit} |\n"
        f"| Machine | {machine()} |\n"
        f"| Time | {run['seconds']} s |\n"
        f"| Again | `./run prove {run['name']} --seed {seed}` |\n" + "".join(["\n", *faults] if faults else [])
    )


def machine() -> str:
    """What it ran on, in a few words."""
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


def commit() -> str:
    """The commit, and whether anything that a proof runs on was changed since: pages of evidence are not."""

    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=ROOT, text=True, capture_output=True, check=False).stdout.strip()

    changed = git("status", "--porcelain", "--", ".", ":!docs/evidence")
    return git("rev-parse", "--short=12", "HEAD") + (" with changes" if changed else "")


def main(arguments: list[str]) -> int:
    """Run the proofs that are named, or all, as many at a time as there are cores. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="./run prove", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one or several of: {', '.join(names())}")
    parser.add_argument("--quick", action="store_true", help="the first number of each proof, as in every change")
    parser.add_argument("--seed", type=int, help="repeat a run; otherwise the day's number, or 1 when quick")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    given = parser.parse_args(arguments)
    unknown = sorted(set(given.names) - set(names()))
    if unknown:
        parser.error(f"there is no proof {', '.join(unknown)}; there are: {', '.join(names())}")
    seed = given.seed if given.seed is not None else 1 if given.quick else int(time.strftime("%Y%m%d"))
    failed = 0
    ran_on = commit()  # before anything runs: the tree may be another when the last proof is done
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        runs: list[Future[Run]] = [pool.submit(prove, name, given.quick, seed) for name in given.names or names()]
        for done in as_completed(runs):
            run = done.result()
            failed += bool(run["differences"])
            if given.json:
                _say(json.dumps({**run, "seed": seed, "quick": given.quick}, ensure_ascii=False))
            else:
                _say(f"{line(run)} ({run['seconds']} s)")
                for fault in run["faults"][:SHOWN]:
                    _say(f"  {fault}")
            if not given.quick:
                EVIDENCE.mkdir(parents=True, exist_ok=True)
                page = evidence(run, seed=seed, commit=ran_on, day=time.strftime("%Y-%m-%d"))
                (EVIDENCE / f"{run['name']}.md").write_text(page)
    return 1 if failed else 0


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    # By the module's own name, which the processes can import; as «__main__» they would not find `prove`.
    sys.exit(import_module("tests.proofs.__main__").main(sys.argv[1:]))
