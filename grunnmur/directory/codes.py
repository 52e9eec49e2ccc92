"""Codes that are handed over or kept on paper, and typed or pasted once: invitations, devices of a family, recovery.

They have 138 random bits, which nobody can try out, so a plain hash of one is enough to keep (ASVS 5.0, 6.5.2 and
11.5.1).
"""

import secrets

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""No letter or digit that looks like another: a code is read aloud, and typed from paper."""
LETTERS = 28
GROUP = 4


def new_code() -> str:
    """A code as it is shown: small letters and digits in groups, with a hyphen between."""
    code = "".join(secrets.choice(ALPHABET) for _letter in range(LETTERS))
    return "-".join(code[start : start + GROUP] for start in range(0, LETTERS, GROUP))


def bare(typed: str) -> str:
    """A code as it is hashed, whatever large letters, spaces and hyphens somebody typed."""
    return "".join(typed.split()).lower().replace("-", "")
