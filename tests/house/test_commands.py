"""What `grunnmur` says of itself."""

import re
from pathlib import Path

import pytest

import grunnmur
from grunnmur.commands import overview
from tests.house import program


@pytest.mark.parametrize("arguments", [(), ("help",), ("--help",), ("-h",)], ids=str)
def test_help_lists_every_command_of_ours_with_one_line_and_starts_nothing(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    done = program.run(*arguments, env=program.environment(tmp_path / "data"))
    assert done.returncode == 0, done.stderr
    lines = dict(re.findall(r"^  (\w+) +(\S.*)$", done.stdout, re.MULTILINE))
    assert {"demo", "make_keys", "serve", "setup_database", "migrate", "import_ssb"} <= set(lines)
    assert "runserver" not in lines, "Django's own are not listed"
    assert all(what.endswith(".") and len(what) > 20 for what in lines.values())
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("command", sorted(overview.our_commands()))
def test_each_command_tells_more_and_starts_nothing(tmp_path: Path, command: str) -> None:
    done = program.run(command, "--help", env=program.environment(tmp_path / "data"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"usage: grunnmur {command}")
    assert not (tmp_path / "data").exists()
    assert program.run("help", command, env=program.environment(tmp_path / "data")).stdout == done.stdout


def test_the_version_is_said(tmp_path: Path) -> None:
    done = program.run("--version", env=program.environment(tmp_path))
    assert done.stdout == f"{grunnmur.__version__}\n"


def test_an_unknown_command_is_said_plainly(tmp_path: Path) -> None:
    env = program.environment(tmp_path / "data", DATABASE_URL="postgresql://nowhere.invalid/x", GRUNNMUR_MODE="demo")
    done = program.run("gjor_noe", env=env)
    assert done.returncode == 1
    assert "Unknown command: 'gjor_noe'" in done.stderr
