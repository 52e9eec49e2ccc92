"""Reading a YAML file, with the parser in C where there is one: the one in Python was an eighth of every start."""

from pathlib import Path
from typing import Any

import yaml

PLAIN: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The loader of plain values, and of nothing that runs."""


def read(path: Path) -> Any:
    """What stands in a file. Raises OSError and yaml.YAMLError."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=PLAIN)  # noqa: S506  # it makes plain values only
