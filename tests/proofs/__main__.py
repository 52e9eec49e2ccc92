"""Run the proofs: `python -m tests.proofs [NAME …] [--quick] [--part K/N] [--seed N] [--json]`. The exit code tells."""

import argparse
import json
import os
import subprocess
import sys
import time
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path

import tests.environment
from tests.proofs import WHOLE, Part, Result, evidence
from tests.proofs.evidence import Run

ROOT = tests.environment.ROOT
EVIDENCE = ROOT / "docs" / "evidence"


def names() -> list[str]:
    """Every proof there is: the modules here that have a `prove`, and are no tests of how proofs are run."""
    modules = (path for path in Path(__file__).parent.glob("[!_]*.py") if not path.name.startswith("test_"))
    return sorted(path.stem for path in modules if "\ndef prove(" in path.read_text())


def prove(name: str, quick: bool, seed: int, part: Part = WHOLE) -> Run:
    """Run one proof, in a process of its own; one that breaks has not proven anything.

    Each part draws from a seed of its own, made of the whole's, so that no two of them try the same.
    """
    started = time.monotonic()
    given = {"seed": seed} if part.is_whole else {"seed": seed * 1_000 + part.number, "part": part}
    try:
        result: Result = import_module(f"tests.proofs.{name}").prove(quick=quick, **given)
    except Exception as fault:
        import traceback

        result = Result("did not finish", 1, [f"{fault!r}\n{traceback.format_exc()}"])
    return Run(
        name=name,
        part=str(part),
        figures=result.figures,
        count=result.count,
        differences=result.differences,
        faults=result.faults,
        seconds=round(time.monotonic() - started, 1),
    )


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
    parser.add_argument("--part", type=a_part, default=WHOLE, metavar="K/N", help="one of N parts of a second number")
    parser.add_argument("--seed", type=int, help="repeat a run; otherwise the day's number, or 1 when quick")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    given = parser.parse_args(arguments)
    unknown = sorted(set(given.names) - set(names()))
    if unknown:
        parser.error(f"there is no proof {', '.join(unknown)}; there are: {', '.join(names())}")
    if not given.part.is_whole:
        whole = [
            name for name in given.names or names() if not hasattr(import_module(f"tests.proofs.{name}"), "AMOUNT")
        ]
        if given.quick or whole:
            parser.error(f"only a second number is run in parts, and not that of {', '.join(whole) or 'a first'}")
    seed = given.seed if given.seed is not None else 1 if given.quick else int(time.strftime("%Y%m%d"))
    failed = 0
    ran_on = commit()  # before anything runs: the tree may be another when the last proof is done
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        runs: list[Future[Run]] = [
            pool.submit(prove, name, given.quick, seed, given.part) for name in given.names or names()
        ]
        for done in as_completed(runs):
            run = done.result()
            failed += bool(run["differences"])
            if given.json:
                _say(json.dumps({**run, "seed": seed, "quick": given.quick}, ensure_ascii=False))
            else:
                _say(f"{evidence.line(run)} ({run['seconds']} s)")
                for fault in run["faults"][: evidence.SHOWN]:
                    _say(f"  {fault}")
            if not given.quick:
                keep(run, given.part, seed=seed, commit=ran_on)
    return 1 if failed else 0


def a_part(said: str) -> Part:
    """The part that is meant by «3/20». Raises ValueError."""
    part = Part(*map(int, said.split("/")))
    if not 1 <= part.number <= part.of:
        raise ValueError(said)
    return part


def keep(run: Run, part: Part, *, seed: int, commit: str) -> None:
    """Write the page of a run, or the part of it into the page that there is."""
    EVIDENCE.mkdir(parents=True, exist_ok=True)
    path, day = EVIDENCE / f"{run['name']}.md", time.strftime("%Y-%m-%d")
    if part.is_whole:
        page = evidence.of_whole(run, seed=seed, commit=commit, day=day)
    else:
        amount = import_module(f"tests.proofs.{run['name']}").AMOUNT
        before = path.read_text() if path.exists() else ""
        page = evidence.with_part(before, run, amount, seed=seed, commit=commit, day=day)
    path.write_text(page)


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    # By the module's own name, which the processes can import; as «__main__» they would not find `prove`.
    sys.exit(import_module("tests.proofs.__main__").main(sys.argv[1:]))
