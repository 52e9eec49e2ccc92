"""The built wheel, installed into an empty environment, is a whole program and holds nothing else."""

import os
import re
import subprocess
import sys
import venv
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

from tests.environment import ROOT
from tests.house import program

pytestmark = pytest.mark.slow
OUTSIDE = {name: value for name, value in os.environ.items() if name != "PYTHONPATH" and "DATABASE_URL" not in name}
"""What a person's own shell would have: where pip finds its packages, and nothing of the project."""


def run(*command: str | Path) -> None:
    done = subprocess.run([str(part) for part in command], env=OUTSIDE, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the project as it stands."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `grunnmur` command of an environment that has the wheel, what it depends on, and no more."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=True)
    pip = (folder / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    run(*pip, "--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", ROOT / "requirements.lock")
    run(*pip, "--no-deps", wheel)
    run(folder / "bin" / "python", "-m", "pip", "check")
    return folder / "bin" / "grunnmur"


def outside(data: Path, **more: str) -> dict[str, str]:
    env = program.environment(data, **more)
    del env["PYTHONPATH"]
    return env


def test_the_wheel_holds_the_program_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
        metadata = Parser().parsestr(packed.read(next(n for n in names if n.endswith("/METADATA"))).decode())
        licence = packed.read(next(n for n in names if n.endswith("/licenses/LICENSE"))).decode()
    assert {name.partition("/")[0] for name in names} == {
        "grunnmur",
        next(n for n in names if ".dist-info" in n).partition("/")[0],
    }
    ours = {f"grunnmur/{path.relative_to(ROOT / 'grunnmur')}" for path in (ROOT / "grunnmur").rglob("*.*")}
    source = {
        name
        for name in ours
        if Path(name).suffix
        in {".py", ".html", ".css", ".js", ".svg", ".woff2", ".sql", ".xsd", ".mo", ".bin", ".LICENSE"}
    }
    definitions = {
        f"grunnmur/_definitions/{path.relative_to(ROOT / 'definitions')}"
        for path in (ROOT / "definitions").rglob("*.yaml")
    }
    assert source | definitions <= set(names)
    assert metadata["Name"] == "grunnmur"
    assert metadata["License-Expression"] == "EUPL-1.2"
    assert licence.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")


def test_help_needs_no_key_no_server_and_no_folder(installed: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    done = subprocess.run(
        [installed, "--help"], env=outside(data), cwd=tmp_path, text=True, capture_output=True, check=True
    )
    assert re.search(r"^  serve +\S", done.stdout, re.MULTILINE)
    assert re.search(r"^  import_ssb +\S", done.stdout, re.MULTILINE)
    assert "demo" not in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_the_demo_says_where_it_is(installed: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [installed, "demo"], env=outside(tmp_path / "data"), text=True, capture_output=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == "The demo comes with the source code, not with the installed package. See the README.\n"


def test_it_serves_its_pages_and_their_files(installed: Path, tmp_path: Path) -> None:
    env = outside(tmp_path / "data", **program.PRODUCTION)
    subprocess.run([installed, "make_keys"], env=env, cwd=tmp_path, capture_output=True, check=True)
    with program.serving([str(installed), "serve"], env=env, cwd=tmp_path) as url:
        page = program.read(url, X_Forwarded_Proto="https")
        assert "Logg inn" in page
        files = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
        assert len(files) > 5
        for file in files:
            assert program.read(url + file, X_Forwarded_Proto="https")
    assert {path.name for path in tmp_path.iterdir()} == {"data", "data.log"}, "nothing is kept anywhere else"
