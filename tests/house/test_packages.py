"""A package that is older than we have promised is found, and what could not be looked at is never called fresh."""

from datetime import date

import pytest

from tools import house, packages

TODAY = date(2026, 11, 29)
LOCK = "django==5.2.19 \\\n    --hash=sha256:0\npyyaml==6.0.3 ; python_version > '3' \\\nTink==1.16.0\n"


def registry(newest: str, before: dict[str, str], faults: dict[str, str] | None = None) -> packages.Resolve:
    """What uv gives: the newest of everything, or what was there of one package before a day."""

    def resolve(arguments: list[str]) -> tuple[str, str]:
        if arguments == ["--upgrade"]:
            return newest, (faults or {}).get("", "")
        upgrade, name, exclude, day = arguments
        assert (upgrade, exclude, day) == ("--upgrade-package", "--exclude-newer-package", f"{name}=2026-08-29")
        return before.get(name, LOCK), (faults or {}).get(name, "")

    return resolve


NEWER = LOCK.replace("6.0.3", "6.0.4")


@pytest.mark.parametrize(
    ("newest", "before", "names"),
    [
        pytest.param(LOCK, {}, [], id="nothing newer"),
        pytest.param(NEWER, {"pyyaml": LOCK}, [], id="newer than the limit"),
        pytest.param(
            NEWER, {"pyyaml": LOCK.replace("6.0.3", "6.0.2")}, [], id="what is locked is newer than the limit"
        ),
        pytest.param(NEWER, {"pyyaml": NEWER}, ["pyyaml 6.0.3"], id="has waited for too long"),
        pytest.param(
            LOCK.replace("1.16.0", "1.100.0"), {"tink": LOCK.replace("1.16.0", "1.20.0")}, ["tink 1.16.0"], id="numbers"
        ),
        pytest.param(f"{LOCK}new==1.0\n", {}, [], id="a package that another would bring"),
    ],
)
def test_what_has_waited_for_longer_than_the_limit(newest: str, before: dict[str, str], names: list[str]) -> None:
    """V15.2.1."""
    said = packages.overdue(LOCK, registry(newest, before), today=TODAY)
    assert [line.partition(" is locked")[0] for line in said.splitlines()] == names


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        pytest.param({"": "the registry does not answer"}, "the registry does not answer", id="no answer"),
        pytest.param({"pyyaml": "no upload times"}, "no upload times", id="no answer about one"),
        pytest.param(
            {"pyyaml": "error: No solution found when resolving"}, "", id="the bounds are newer than the limit"
        ),
    ],
)
def test_what_cannot_be_looked_at_is_a_fault(faults: dict[str, str], said: str) -> None:
    assert packages.overdue(LOCK, registry(NEWER, {"pyyaml": NEWER}, faults), today=TODAY) == said


def test_the_lock_s_own_packages_are_read_and_each_release_asks() -> None:
    lock = (house.ROOT / "requirements.lock").read_text()
    found = packages.versions(lock)
    assert len(found) == len([line for line in lock.splitlines() if line and line[0] not in " #"])
    assert "./run outdated" in (house.ROOT / "docs" / "how-to" / "release.md").read_text()
    assert "three months" in (house.ROOT / "SECURITY.md").read_text()
