"""Writes `grunnmur/directory/common_passwords.bin`, which no password may be in.

`python -m tools.common_passwords FILE`, where FILE is SecLists' `10-million-password-list-top-1000000.txt` (MIT), the
most used first. Kept of it is every password that is long enough here, as the first bytes of a hash of it: many hold
somebody's name or address, which nobody is to read in our source.
"""

import sys
from pathlib import Path

from grunnmur.directory import known_passwords


def kept(lines: list[str]) -> bytes:
    """The file: the marks of the passwords that are long enough, in order."""
    long_enough = (line for line in lines if len(line.strip()) >= known_passwords.SHORTEST)
    return b"".join(sorted({known_passwords.mark(line) for line in long_enough}))


if __name__ == "__main__":
    source = Path(sys.argv[1]).read_text(encoding="utf-8", errors="replace")
    known_passwords.MOST_USED.write_bytes(kept(source.splitlines()))
