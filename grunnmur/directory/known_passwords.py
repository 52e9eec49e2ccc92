"""Passwords that others know of already: the most used, those that have leaked, and those that follow a pattern.

Our own choices, after OWASP ASVS 5.0 (6.2.4 and 6.2.12). What one types is only compared here, on this machine: no part
of it is ever sent anywhere.
"""

import functools
import hashlib
import re
from pathlib import Path
from typing import BinaryIO

from django.contrib.auth.password_validation import CommonPasswordValidator

MOST_USED = Path(__file__).with_name("common_passwords.bin")
"""Of the million most used, each that is long enough here (`tools/common_passwords.py`)."""
SHORTEST = 15
MARK = 8
"""Bytes of a hash that stand for a password: one that is not in the list is taken for it once in 10 ** 15 times."""
ROWS = (
    "1234567890",
    "qwertyuiopå",
    "asdfghjkløæ",
    "zxcvbnm",
    "qazwsxedcrfvtgbyhnujmikolp",
    "abcdefghijklmnopqrstuvwxyzæøå",
)
RUN = 3
"""As many characters after each other of a row, or said before in the same password, count as one."""
PIECES = 8
"""What is made of fewer pieces than this is a pattern."""
AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
HASH = re.compile(rb"[0-9A-Fa-f]{40}(?=[:\s]|$)")


def bare(password: str) -> str:
    """A password without what those who try others' change first: large letters and spaces."""
    return "".join(password.casefold().split())


def mark(password: str) -> bytes:
    """What stands for a password in the list."""
    return hashlib.sha256(bare(password).encode(errors="replace")).digest()[:MARK]


@functools.cache
def _most_used() -> frozenset[bytes]:
    kept = MOST_USED.read_bytes()
    return frozenset(kept[start : start + MARK] for start in range(0, len(kept), MARK))


@functools.cache
def _short_ones() -> frozenset[str]:
    """Django's twenty thousand most used; most are shorter than ours may be, and are what longer ones are made of."""
    return frozenset(CommonPasswordValidator().passwords)


def is_most_used(password: str) -> bool:
    """Whether a password is among the most used."""
    return mark(password) in _most_used() or bare(password) in _short_ones()


# --- patterns ------------------------------------------------------------------------------------------------


def is_pattern(password: str) -> bool:
    """Whether a password is one of the most used again and again, or with digits and signs around it, or is made of
    rows of the keyboard and of what it has said already.
    """
    text = bare(password)
    return (
        pieces(text) < PIECES
        or unit(AROUND.sub("", text)) in _short_ones()
        or AROUND.sub("", unit(text)) in _short_ones()
    )


def unit(text: str) -> str:
    """What a text says again and again, the last time perhaps not to the end; the text itself when it does not."""
    lengths = range(1, len(text) // 2 + 1)
    return next((text[:length] for length in lengths if text.startswith(text[length:])), text)


def pieces(text: str) -> int:
    """How many pieces one must know to write a text: rows of the keyboard and of the alphabet, either way, what was
    written before in it, either way, and each other character.
    """
    rows = [way for row in ROWS for way in (row * 2, (row * 2)[::-1])]
    count = at = 0
    while at < len(text):
        end = at + RUN
        while end <= len(text) and any(text[at:end] in one for one in (*rows, text[: end - 1], text[:at][::-1])):
            end += 1
        at = end - 1 if end > at + RUN else at + 1
        count += 1
    return count


# --- leaked --------------------------------------------------------------------------------------------------


class NoLeakedPasswords(Exception):
    """The file of leaked passwords cannot be used; says why."""


def check_leaked(path: Path) -> None:
    """Refuse a file whose first line is not the SHA-1 of a password. Raises NoLeakedPasswords."""
    try:
        with path.open("rb") as file:
            first = file.readline(200)
    except OSError as fault:
        raise NoLeakedPasswords(f"{path} cannot be read.") from fault
    if not HASH.match(first):
        raise NoLeakedPasswords(f"{path} must have the SHA-1 of one password on each line, in order.")


def is_leaked(password: str, path: Path) -> bool:
    """Whether a password is in a file of leaked ones: lines of `SHA-1:times`, in order, as Have I Been Pwned gives it.

    The file may be of many gigabytes: about thirty lines of it are read. Raises NoLeakedPasswords.
    """
    digest = hashlib.sha1(password.encode(errors="replace"), usedforsecurity=False).hexdigest()
    try:
        with path.open("rb") as file:
            return _has_line(file, digest.upper().encode(), size=path.stat().st_size)
    except OSError as fault:
        raise NoLeakedPasswords(f"{path} cannot be read.") from fault


def _has_line(file: BinaryIO, wanted: bytes, *, size: int) -> bool:
    """Whether a line begins with a hash. What is looked for begins at `low` or after it, and before `high`."""
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        file.seek(max(middle - 1, 0))
        if middle:
            file.readline()  # to where the next line begins
        begins = file.tell()
        line = file.readline()
        if begins >= high:
            high = middle
            continue
        if not HASH.match(line):
            raise NoLeakedPasswords(f"Byte {begins} of the leaked passwords begins no SHA-1.")
        here = line[:40].upper()
        if here == wanted:
            return True
        low, high = (begins + len(line), high) if here < wanted else (low, middle)
    return False
