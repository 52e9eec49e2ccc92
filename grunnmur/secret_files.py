"""A secret in a file that an environment variable names: how a vault, or systemd, hands one to a program."""

import os
from pathlib import Path

OTHERS = 0o007
"""What everybody on the machine may do with a file."""


class Unusable(Exception):
    """The file cannot be used; says why."""


def read(variable: str, *, is_production: bool) -> str:
    """What stands in the file that an environment variable names; nothing when it names none. Raises Unusable.

    In production a file that everybody on the machine can read or write holds no secret.
    """
    file = os.environ.get(variable, "")
    if not file:
        return ""
    try:
        is_open = bool(Path(file).stat().st_mode & OTHERS)
        text = Path(file).read_text().strip()
    except OSError as fault:
        raise Unusable(f"{variable} names {file}, which cannot be read: {fault.strerror}.") from None
    if is_production and is_open:
        raise Unusable(f"{variable} names {file}, which everybody on this machine can use: chmod 600 {file}")
    return text
