"""Compiles the catalogues in `grunnmur/locale`, which people write as .po, to the .mo that the program reads.

`--check` says whether one is stale; without it they are written.
"""

import sys
from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parents[1] / "grunnmur" / "locale"


def compiled(catalogue: Path) -> bytes:
    """The .mo of one .po; the same from the same."""
    binary: bytes = polib.pofile(str(catalogue)).to_binary()
    return binary


def main() -> int:
    stale = []
    for catalogue in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        binary, wanted = catalogue.with_suffix(".mo"), compiled(catalogue)
        if not binary.exists() or binary.read_bytes() != wanted:
            stale.append(str(binary.relative_to(LOCALE.parents[1])))
            if "--check" not in sys.argv:
                binary.write_bytes(wanted)
    if stale and "--check" in sys.argv:
        print(f"Stale: {', '.join(stale)}. Run: ./run docs")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
