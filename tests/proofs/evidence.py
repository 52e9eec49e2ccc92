"""The pages that are kept of the proofs at their second number: of a whole run, or of its parts, one after another."""

import os
import platform
import re
from typing import TypedDict

from tests.proofs import Amount

SHOWN = 20
"""Faults of one proof that are shown; the count is always whole."""
ROW = re.compile(r"^\| (\d+)/(\d+) \| ([\d,]+) \| (\d+) \|.*$", re.MULTILINE)
FAULT = re.compile(r"^- (\d+)/\d+: .*$", re.MULTILINE)


class Run(TypedDict):
    """One proof that has been run, or one part of it («3/20»; «1/1» is all of it)."""

    name: str
    part: str
    figures: str
    count: int
    differences: int
    faults: list[str]
    seconds: float


def line(run: Run) -> str:
    """The one line that a proof prints."""
    part = "" if run["part"] == "1/1" else f" {run['part']}"
    return f"{run['name']}{part}: {run['figures']}, {run['differences']} differences"


def of_whole(run: Run, *, seed: int, commit: str, day: str) -> str:
    """The page of a whole run."""
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


def with_part(page: str, run: Run, amount: Amount, *, seed: int, commit: str, day: str) -> str:
    """The page with one part more, or with another run of it in its place, and the sum of those that it has.

    A page of a whole run, or of parts of another size, is begun anew: its parts are no parts of this.
    """
    number, of = map(int, run["part"].split("/"))
    rows = {int(one[1]): one[0] for one in ROW.finditer(page) if int(one[2]) == of}
    faults = [one[0] for one in FAULT.finditer(page) if int(one[1]) in rows and int(one[1]) != number]
    rows[number] = (
        f"| {run['part']} | {run['count']:,} | {run['differences']} | {seed} | {commit} | {day} | {machine()} |"
        f" {run['seconds']} s | {run['figures']} |"
    )
    faults += [f"- {run['part']}: {fault.splitlines()[0]}" for fault in run["faults"][:SHOWN]]
    table = "\n".join(rows[one] for one in sorted(rows))
    found = ROW.findall(table)
    done = sum(int(count.replace(",", "")) for _number, _of, count, _differences in found)
    missing = [str(one) for one in range(1, of + 1) if one not in rows]
    lacks = (
        f"{len(missing)} of {of} parts have not been run: {', '.join(missing)}." if missing else "Every part is run."
    )
    return (
        f"# Evidence: {run['name']}\n\n"
        f"`{run['name']}: {done:,} of {amount.second:,} {amount.of}, in {len(rows)} of {of} parts,"
        f" {sum(int(one[3]) for one in found)} differences`\n\n"
        f"{lacks} One part again: `./run prove {run['name']} --part NUMBER/{of} --seed SEED`.\n\n"
        f"| Part | {amount.of.capitalize()} | Differences | Seed | Commit | Date | Machine | Time | Figures |\n"
        f"|---|---|---|---|---|---|---|---|---|\n{table}\n"
        + "".join(["\n", *(f"{one}\n" for one in faults)] if faults else [])
    )


def machine() -> str:
    """What it ran on, in a few words."""
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
