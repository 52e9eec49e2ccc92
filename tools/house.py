"""The house's own rules: `./run check`, `./run fix` and `./run docs`.

Every check runs, also after one has failed, so that one sees all there is to mend.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from tools import packages

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
LOCKS = {"requirements.lock": (), "requirements-test.lock": ("--extra", "test")}
ENVIRONMENT = os.environ | {"GRUNNMUR_MODE": "test", "GRUNNMUR_DATA": str(ROOT / ".cache" / "check")}

NO_DATABASE = {"DATABASE_URL": "host=/nowhere dbname=none", "OWNER_DATABASE_URL": "host=/nowhere dbname=none"}
"""For a command that compares files with files: no server is started, and no tables are brought up to date."""


def tool(name: str, *arguments: str) -> str:
    """Run a program of the environment. Returns what it said when it failed, and nothing otherwise."""
    return _run([str(BIN / name), *arguments])


def module(name: str, *arguments: str) -> str:
    """The same for a Python module."""
    return _run([sys.executable, "-m", name, *arguments])


def _run(command: list[str], more: dict[str, str] | None = None) -> str:
    env = ENVIRONMENT | (more or {})
    done = subprocess.run(command, cwd=ROOT, env=env, text=True, capture_output=True, check=False)
    return (done.stdout + done.stderr).strip() or f"exit {done.returncode}" if done.returncode else ""


# --- the checks --------------------------------------------------------------------------------------------


def generators() -> list[str]:
    """The modules that write documentation from code and data: those whose name ends with `_docs`."""
    found = (path for folder in ("grunnmur", "tools") for path in (ROOT / folder).rglob("*_docs.py"))
    return sorted(".".join(path.relative_to(ROOT).with_suffix("").parts) for path in found)


def stale_documentation() -> str:
    """Generated pages that say something else than the code."""
    return "\n".join(filter(None, (module(name, "--check") for name in generators())))


def missing_migrations() -> str:
    """Models that the tables do not follow."""
    return _run(
        [sys.executable, "-W", "ignore", "-m", "grunnmur", "makemigrations", "--check", "--dry-run"], NO_DATABASE
    )


def hard_to_read() -> str:
    """Texts of the family's and the open pages that are not plain; how plain each is, is printed."""
    done = subprocess.run([sys.executable, "-m", "tools.plain"], cwd=ROOT, text=True, capture_output=True, check=False)
    print(done.stdout, end="", flush=True)
    return done.stderr.strip() or f"exit {done.returncode}" if done.returncode else ""


def stale_locks() -> str:
    """Locks that pyproject.toml has left behind; what is locked stays as it is where it still fits."""
    found = []
    for name, extra in LOCKS.items():
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / name
            copy.write_text((ROOT / name).read_text())
            fault = tool("uv", *compiling(*extra, output=copy))
            if fault or copy.read_text() != (ROOT / name).read_text():
                found.append(fault or f"{name} does not follow pyproject.toml. Run: uv {' '.join(compiling(*extra))}")
    return "\n".join(found)


def outdated() -> int:
    """Say which packages of the program are older than we have promised. Returns the exit code.

    Asks the registry, and says so when it cannot. It is run before each release (docs/how-to/release.md) and is none of
    the checks: what those say of the same code must not change with the day.
    """
    lock = (ROOT / "requirements.lock").read_text()

    def resolve(arguments: list[str]) -> tuple[str, str]:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "requirements.lock"
            copy.write_text(lock)
            fault = tool("uv", *compiling(output=copy), *arguments)
            return copy.read_text(), fault

    fault = packages.overdue(lock, resolve, today=datetime.now(UTC).date())
    print(fault or "No package has had a newer version for longer than we have promised.")
    return 1 if fault else 0


def compiling(*extra: str, output: Path | None = None) -> list[str]:
    """The arguments that make a lock: names, versions and hashes, and no registry."""
    return [
        *("pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"),
        *("--no-header", "--no-annotate", "pyproject.toml", *extra),
        *("--output-file", str(output or ("requirements-test.lock" if extra else "requirements.lock"))),
    ]


def what_must_not_stand_in_the_tree() -> str:
    """The name of a package registry, or a path of this machine, in a file of the project."""
    # A clone's own folder is enough in CI: the folder around it may have a name that means something else elsewhere.
    around = () if os.environ.get("CI") else (ROOT.parent,)
    words = [*registries(), *{f"{folder}/" for folder in (ROOT, *around, Path.home()) if folder != Path("/")}]
    found = ((path, word) for path in files() for word in words if word.encode() in path.read_bytes())
    return "\n".join(f"{path.relative_to(ROOT)}: «{word}»" for path, word in found)


def files() -> Iterator[Path]:
    """Every file that is, or would be, in the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=True,
    )
    return (ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file())


def registries() -> Iterator[str]:
    """The hosts of the registries that this machine's pip and npm use, their defaults among them."""
    from pip._internal.models.index import PyPI

    yield PyPI.netloc
    yield PyPI.file_storage_domain
    addresses = [value for name, value in os.environ.items() if name.endswith(("_INDEX_URL", "_DEFAULT_INDEX"))]
    for command in (["npm", "config", "get", "registry"], [sys.executable, "-m", "pip", "config", "list"]):
        try:
            said = subprocess.run(command, text=True, capture_output=True, check=False, timeout=30)
        except (OSError, subprocess.TimeoutExpired):
            continue
        addresses += said.stdout.replace("'", " ").split()
    for address in addresses:
        host = address.partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0]
        if host and host not in ("localhost", "127.0.0.1"):
            yield host


CHECKS: dict[str, Callable[[], str]] = {
    "format": lambda: tool("ruff", "format", "--check", "--diff", "--quiet", "."),
    "lint": lambda: tool("ruff", "check", "--quiet", "."),
    "types": lambda: tool("mypy", "grunnmur"),
    "layers": lambda: tool("lint-imports"),
    "migrations": missing_migrations,
    "documentation": stale_documentation,
    "plain": hard_to_read,
    "locks": stale_locks,
    "tree": what_must_not_stand_in_the_tree,
}


def check() -> int:
    """Run every check. Returns the exit code."""
    failed = []
    for name, run in CHECKS.items():
        start = time.monotonic()
        fault = run()
        print(f"{name:<14} {'FAILED' if fault else 'ok':<7} {time.monotonic() - start:5.1f} s", flush=True)
        if fault:
            failed.append(name)
            print(fault, flush=True)
    print(f"check: {len(CHECKS)} checks, {len(failed)} failed{': ' if failed else ''}{', '.join(failed)}")
    return 1 if failed else 0


def fix() -> int:
    """Mend what a machine can mend; what it cannot is said by `check`."""
    tool("ruff", "check", "--fix", "--quiet", ".")
    tool("ruff", "format", "--quiet", ".")
    return docs()


def docs() -> int:
    """Write the generated documentation anew."""
    faults = [fault for name in generators() if (fault := module(name))]
    print("\n".join(faults) or f"Written: {', '.join(generators())}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit({"check": check, "fix": fix, "docs": docs, "outdated": outdated}[sys.argv[1]]())
