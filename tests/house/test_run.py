"""`./run` on a machine that lacks something: one clear sentence, and nothing left half made."""

import ast
import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.environment import ROOT

BASICS = ("sh", "dirname", "cksum", "tr", "rm", "cat", "mkdir")
OLD = 'case "$*" in *version_info*) exit 1;; -V) echo "Python 3.9.2";; esac; exit 0'
NO_VENV = 'case "$*" in *ensurepip*) exit 1;; esac; exit 0'
WHOLE = (
    'case "$*" in *venv*.venv) mkdir -p "$3/bin"; cat "$0" >"$3/bin/python"; chmod +x "$3/bin/python";; esac; exit 0'
)


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A machine with a shell, the project's script and locks, and no python."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in (*BASICS, "chmod"):
        (programs / name).symlink_to(shutil.which(name) or name)
    home = tmp_path / "grunnmur"
    home.mkdir()
    for name in ("run", "requirements.lock", "requirements-test.lock"):
        shutil.copy(ROOT / name, home)
    (home / "run").chmod(0o755)
    return tmp_path


def give(machine: Path, name: str, script: str) -> None:
    """Put a program on the machine."""
    path = machine / "bin" / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def run(machine: Path, *arguments: str, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [machine / "grunnmur" / "run", *arguments],
        env={"PATH": str(machine / "bin"), "HOME": str(machine), **env},
        cwd=cwd or machine,
        text=True,
        capture_output=True,
        check=False,
    )


def refusal(machine: Path, *arguments: str) -> str:
    done = run(machine, *arguments)
    assert done.returncode == 1
    assert not (machine / "grunnmur" / ".venv").exists()
    return done.stderr


@pytest.mark.parametrize("command", ["demo", "test", "check", "do"])
def test_without_python(machine: Path, command: str) -> None:
    assert refusal(machine, command) == (
        "Grunnmur needs python3 (3.11 or newer), and there is none. "
        "On Debian or Ubuntu: apt-get install python3 python3-venv.\n"
    )


def test_with_a_python_that_is_too_old(machine: Path) -> None:
    give(machine, "python3", OLD)
    assert refusal(machine, "demo") == (
        "Grunnmur needs Python 3.11 or newer; here is Python 3.9.2. Install a newer python3, and run this again.\n"
    )


def test_without_the_venv_module(machine: Path) -> None:
    give(machine, "python3", OLD)
    give(machine, "python3.11", NO_VENV)
    assert refusal(machine, "demo") == (
        "python3.11 has no venv module, which makes the environment.\n"
        "On Debian or Ubuntu: apt-get install python3-venv. Then run this again.\n"
    )


def test_the_newest_python_that_is_whole_is_taken(machine: Path) -> None:
    give(machine, "python3", OLD)
    give(machine, "python3.12", WHOLE)
    give(machine, "python3.13", NO_VENV)
    give(machine, "python3.14", "exit 127")
    done = run(machine, "demo")
    assert done.returncode == 0, done.stderr
    assert (machine / "grunnmur" / ".venv" / "bin" / "python").read_text() == (
        machine / "bin" / "python3.12"
    ).read_text()


def test_what_is_installed_is_not_installed_again_until_the_lock_changes(machine: Path) -> None:
    give(machine, "python3", f'echo "$*" >>{machine}/said; {WHOLE}')
    installing = "Installing what requirements.lock lists …\n"
    assert installing in run(machine, "demo").stderr
    assert run(machine, "demo").stderr == ""
    with (machine / "grunnmur" / "requirements.lock").open("a") as lock:
        lock.write("# more\n")
    assert run(machine, "demo").stderr == installing
    calls = (machine / "said").read_text()
    assert (
        calls.count("install --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all:") == 2
    )
    assert calls.count("-m grunnmur demo") == 3


def test_the_lock_decides_and_not_what_has_come_out_since(machine: Path) -> None:
    """A newer release of something that another package asks for with extras must not stop an installation."""
    shelf = machine / "shelf"
    shelf.mkdir()
    locked = [a_wheel(shelf, "asks", "1", needs="answers[more]>=1"), a_wheel(shelf, "answers", "1")]
    a_wheel(shelf, "answers", "2")
    home = machine / "grunnmur"
    (home / "requirements.lock").write_text("".join(f"{name}==1 --hash=sha256:{digest}\n" for name, digest in locked))
    done = run(
        machine,
        "do",
        "help",
        PYTHON=sys.executable,
        PIP_NO_INDEX="1",
        PIP_FIND_LINKS=str(shelf),
        PIP_CONFIG_FILE=os.devnull,
    )
    assert "Not everything could be installed" not in done.stderr, done.stderr
    (installed,) = (home / ".venv").glob("lib/*/site-packages/answers-*.dist-info")
    assert installed.name == "answers-1.dist-info"


def a_wheel(shelf: Path, name: str, version: str, *, needs: str = "") -> tuple[str, str]:
    """Put an empty wheel on the shelf. Returns its name and its SHA-256."""
    info = f"{name}-{version}.dist-info"
    path = shelf / f"{name}-{version}-py3-none-any.whl"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nProvides-Extra: more\n"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(f"{info}/METADATA", metadata + (f"Requires-Dist: {needs}\n" if needs else ""))
        packed.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        packed.writestr(f"{info}/RECORD", "")
    return name, hashlib.sha256(path.read_bytes()).hexdigest()


def test_an_installation_that_fails_is_tried_again(machine: Path) -> None:
    give(machine, "python3", f'case "$*" in *--require-hashes*) exit 1;; esac; {WHOLE}')
    for _attempt in range(2):
        done = run(machine, "demo")
        assert done.returncode == 1
        assert "Not everything could be installed; see above." in done.stderr


def test_tests_without_a_browser_say_what_to_install(machine: Path) -> None:
    give(machine, "python3", WHOLE)
    give(machine, "id", "echo 1000")
    done = run(machine, "test")
    assert done.returncode == 1
    assert "The tests need Chromium. On Debian or Ubuntu, as root: apt-get install chromium.\n" in done.stderr


def test_tests_install_the_browser_where_they_may(machine: Path) -> None:
    give(machine, "python3", f'echo "$* with $GRUNNMUR_CHROMIUM" >>{machine}/said; {WHOLE}')
    give(machine, "id", "echo 0")
    browser = machine / "bin" / "chromium"
    give(machine, "apt-get", f'case "$*" in *install*chromium) echo "#!/bin/sh" >{browser}; chmod +x {browser};; esac')
    done = run(machine, "test", "tests/cases")
    assert done.returncode == 0, done.stderr
    assert f"-m pytest tests/cases with {browser}\n" in (machine / "said").read_text()


def test_a_browser_that_does_not_run_is_no_browser(machine: Path) -> None:
    give(machine, "python3", WHOLE)
    give(machine, "id", "echo 1000")
    give(machine, "chromium-browser", 'echo "snap only"; exit 1')
    assert run(machine, "test").returncode == 1


def test_do_stays_where_one_stands_and_the_data_does_not(machine: Path) -> None:
    give(machine, "python3", f'echo "$PWD|$GRUNNMUR_DATA|$PYTHONPATH|$*" >>{machine}/said; {WHOLE}')
    elsewhere = machine / "elsewhere"
    elsewhere.mkdir()
    home = machine / "grunnmur"
    run(machine, "do", "import_ssb", "a file.xml", cwd=elsewhere)
    run(machine, "do", "migrate", cwd=elsewhere, GRUNNMUR_DATA="data")
    run(machine, "demo", cwd=elsewhere, GRUNNMUR_DATA="data")
    said = [line for line in (machine / "said").read_text().splitlines() if "-m grunnmur" in line]
    assert said == [
        f"{elsewhere}|{home}/.data|{home}|-m grunnmur import_ssb a file.xml",
        f"{elsewhere}|{elsewhere}/data|{home}|-m grunnmur migrate",
        f"{home}|{elsewhere}/data||-m grunnmur demo",
    ]


@pytest.mark.parametrize(("arguments", "code"), [((), 2), (("tull",), 2), (("help",), 0), (("--help",), 0)])
def test_anything_else_lists_what_there_is(machine: Path, arguments: tuple[str, ...], code: int) -> None:
    done = run(machine, *arguments)
    assert done.returncode == code
    commands = [line.split()[1] for line in done.stderr.splitlines()]
    assert commands == ["demo", "test", "check", "fix", "docs", "outdated", "story", "bench", "prove", "do"]


def test_the_scripts_can_be_run() -> None:
    for script in (ROOT / "run", ROOT / ".ci" / "run"):
        assert os.access(script, os.X_OK)
        assert subprocess.run(["sh" if script.parent == ROOT else "bash", "-n", script], check=False).returncode == 0


@pytest.mark.parametrize("command", ["demo", "story", "bench", "prove"])
def test_what_a_command_imports_is_in_the_lock_that_it_installs(command: str) -> None:
    said = re.search(rf"^  {command}\)\n    environment (\S+)(?:\n.*?)* -m (\S+)", (ROOT / "run").read_text(), re.M)
    assert said
    lock, package = said.groups()
    locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / lock).read_text(), re.M))
    asked = {dist for name in imported_by(package) for dist in packages_distributions().get(name, [])}
    assert len(asked) > 5, "the imports are not found any more"
    assert {re.sub(r"[-_.]+", "-", dist).lower() for dist in asked} - {"grunnmur"} <= locked


def imported_by(package: str) -> set[str]:
    """Every package that is imported by this one of ours, or by what of ours it imports, at once or later."""
    waiting, seen, others = {package}, set(), set()
    while waiting:
        name = waiting.pop()
        place = ROOT / Path(*name.split("."))
        files = sorted(place.rglob("*.py")) if name == package else [place.with_suffix(".py"), place / "__init__.py"]
        for path in (one for one in files if one.is_file() and one not in seen and not one.name.startswith("test_")):
            seen.add(path)
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Import):
                    found = {alias.name for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module:
                    found = {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
                else:
                    continue
                waiting |= {one for one in found if (ROOT / one.split(".")[0]).is_dir()}
                others |= {one.split(".")[0] for one in found}
    return others
