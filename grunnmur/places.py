"""Where the files are that come with the program."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "_definitions"
DEFINITIONS: Path = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent / "definitions"
"""The definitions: inside an installed wheel, or at the root of the repository."""
