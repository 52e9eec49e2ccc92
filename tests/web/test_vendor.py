"""What is vendored is what the packages held: every file is listed, and every listed file has its SHA-256."""

import hashlib
import json
from pathlib import Path

import pytest

import grunnmur

ROOT = Path(__file__).parents[2]
STATIC = Path(grunnmur.__file__).parent / "web" / "static" / "vendor"
LISTS = {STATIC / "vendor.json": STATIC, ROOT / "tests" / "browser" / "vendor.json": ROOT / "tests"}
PACKAGES = [
    pytest.param(folder, entry, id=entry["name"])
    for manifest, folder in LISTS.items()
    for entry in json.loads(manifest.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("folder", "entry"), PACKAGES)
def test_every_listed_file_is_unchanged(folder, entry):
    found = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in entry["files"]}
    assert found == entry["files"]


@pytest.mark.parametrize(("folder", "entry"), PACKAGES)
def test_every_package_has_its_licence_and_its_version_from_the_lock(folder, entry):
    locked = json.loads((ROOT / "tools" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert any(name.endswith("LICENSE") for name in entry["files"])
    assert {key: entry[key] for key in ("version", "integrity", "license")} == {
        key: locked[f"node_modules/{entry['name']}"][key] for key in ("version", "integrity", "license")
    }


def test_no_file_is_vendored_without_being_listed():
    listed = {name for _, entry in (param.values for param in PACKAGES) for name in entry["files"]}
    present = {str(path.relative_to(STATIC)) for path in STATIC.rglob("*") if path.is_file()}
    assert present - listed == {"vendor.json"}


def test_no_vendored_file_names_a_source_map_that_is_not_here():
    # Static files with hashed names would refuse to be collected.
    assert [path.name for path in STATIC.rglob("*.*s") if "sourceMappingURL" in path.read_text(encoding="utf-8")] == []


def test_the_lock_names_no_registry():
    assert '"resolved"' not in (ROOT / "tools" / "package-lock.json").read_text(encoding="utf-8")
