"""Every package that we ask for has its reason in `docs/dependencies.md`, and every reason its package."""

import re
import tomllib

from tests.environment import ROOT

PAGE = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")


def asked_for() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    return {re.split(r"[\[<>=]", line)[0].lower() for line in wanted}


def explained() -> set[str]:
    rows = [line.strip("|").split("|")[0] for line in PAGE.splitlines() if line.startswith("| ")]
    return {name.strip().lower() for row in rows for name in row.split(",")} - {"package"}


def test_each_has_its_reason_and_each_reason_its_package() -> None:
    assert explained() == asked_for()


def test_the_number_of_packages_is_true() -> None:
    locked = re.findall(r"^[\w.-]+==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    assert f"({len(locked)} packages with all they need themselves)" in PAGE
