"""Refresh the vendored design system, font and accessibility rules (maintainers only; needs Node 20 or newer).

Run `python tools/vendor.py` after changing a version in `tools/package.json` (then also `npm install
--package-lock-only` there) or a colour in `tools/designsystemet.config.json`, look at the style guide page, and
commit what it wrote. Users need no Node: the built files are in the repository.

The files come from the npm packages as they are and nobody edits them, with one exception: a trailing
`sourceMappingURL` line is dropped, because it names a file that is not vendored and hashed static files then
refuse to be collected. Beside each package lies its licence; `vendor.json` holds the version, npm's own
integrity value of the package, and the SHA-256 of every file, which `tests/web/test_vendor.py` checks.
"""

import hashlib
import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TOOLS = Path(__file__).resolve().parent
ROOT = TOOLS.parent
MODULES = TOOLS / "node_modules"
TOKENS = MODULES / ".grunnmur" / "tokens"
THEME = MODULES / ".grunnmur" / "theme"
STATIC = ROOT / "grunnmur" / "web" / "static" / "vendor"
TESTS = ROOT / "tests"

SOURCE_MAP = re.compile(rb"\n?(//|/\*)# sourceMappingURL=[^\n]*\n?\Z")


@dataclass(frozen=True, kw_only=True)
class Vendored:
    """One package: the npm name whose version, integrity and licence count, and file by file what is taken."""

    target: Path
    folder: str
    package: str
    files: dict[str, Path]
    license_file: str = "LICENSE"
    note: str = ""


def packages() -> list[Vendored]:
    """What is vendored and where each file comes from."""
    css = MODULES / "@digdir/designsystemet-css/dist/src"
    umd = MODULES / "@digdir/designsystemet-web/dist/umd"
    inter = MODULES / "@fontsource-variable/inter/files"
    return [
        Vendored(
            target=STATIC,
            folder="designsystemet-css",
            package="@digdir/designsystemet-css",
            files={"designsystemet.css": css / "index.css"},
        ),
        Vendored(
            target=STATIC,
            folder="designsystemet-theme",
            package="@digdir/designsystemet",
            files={"grunnmur.css": THEME / "grunnmur.css"},
            note="our own theme, built by this package from tools/designsystemet.config.json",
        ),
        Vendored(
            target=STATIC,
            folder="designsystemet-web",
            package="@digdir/designsystemet-web",
            files={"designsystemet-web.js": umd / "index.js"},
        ),
        Vendored(
            target=STATIC,
            folder="inter",
            package="@fontsource-variable/inter",
            files={
                "inter-latin.woff2": inter / "inter-latin-wght-normal.woff2",
                "inter-latin-ext.woff2": inter / "inter-latin-ext-wght-normal.woff2",
            },
            note="latin, and latin-ext for the letters of the Sámi languages",
        ),
        Vendored(
            target=TESTS,
            folder="browser",
            package="axe-core",
            files={"axe.min.js": MODULES / "axe-core/axe.min.js"},
            license_file="axe.LICENSE",
            note="used by the browser tests only",
        ),
    ]


def run(*command: str) -> None:
    """Run one command in tools/ and stop with its error when it fails."""
    subprocess.run(command, cwd=TOOLS, check=True)


def build_theme() -> None:
    """Make our theme's CSS from the configuration; works without a network."""
    cli = str(MODULES / ".bin" / "designsystemet")
    run(cli, "tokens", "create")
    run(
        cli,
        "tokens",
        "build",
        "--tokens",
        str(TOKENS),
        "--out-dir",
        str(THEME),
        "--clean",
    )


def without_source_map(content: bytes) -> bytes:
    """The file without a last line naming a source map that is not here; other files come back unchanged."""
    return SOURCE_MAP.sub(b"\n", content)


def write_package(vendored: Vendored, locked: dict[str, Any]) -> dict[str, Any]:
    """Write one package's files and licence; returns its entry for `vendor.json`."""
    folder = vendored.target / vendored.folder
    folder.mkdir(parents=True, exist_ok=True)
    sources = {
        **vendored.files,
        vendored.license_file: MODULES / vendored.package / "LICENSE",
    }
    hashes = {}
    for name, source in sorted(sources.items()):
        content = source.read_bytes()
        if name.endswith((".js", ".css")):
            content = without_source_map(content)
        (folder / name).write_bytes(content)
        hashes[f"{vendored.folder}/{name}"] = hashlib.sha256(content).hexdigest()
    entry = {
        "name": vendored.package,
        "version": locked["version"],
        "license": locked["license"],
        "integrity": locked["integrity"],
        "files": hashes,
    }
    return {**entry, "note": vendored.note} if vendored.note else entry


def main() -> None:
    """Install the locked packages, build the theme, and write every file and both lists anew."""
    run("npm", "ci")
    build_theme()
    lock = json.loads((TOOLS / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    shutil.rmtree(STATIC, ignore_errors=True)
    for target, manifest in (
        (STATIC, STATIC / "vendor.json"),
        (TESTS, TESTS / "browser" / "vendor.json"),
    ):
        mine = [vendored for vendored in packages() if vendored.target == target]
        entries = [write_package(vendored, lock[f"node_modules/{vendored.package}"]) for vendored in mine]
        manifest.write_text(json.dumps(entries, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
