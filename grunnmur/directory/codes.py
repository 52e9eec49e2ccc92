"""Codes that are handed over or kept on paper, and typed or pasted once: invitations, devices of a family, recovery.

They have 138 random bits, which nobody can try out, so a plain hash of one is enough to keep (ASVS 5.0, 6.5.2 and
11.5.1). What a child types from paper is shorter, with 79: it is good once, for a few days, and tries are counted.
That is what is asked of a code that is handed over (6.5.4), and a child gets it right.
"""

import secrets

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""No letter or digit that looks like another: a code is read aloud, and typed from paper."""
GROUP = 4
GROUPS = 7
GROUPS_FOR_A_CHILD = 4


def new_code(*, groups: int = GROUPS) -> str:
    """A code as it is shown: small letters and digits in groups, with a hyphen between."""
    return "-".join("".join(secrets.choice(ALPHABET) for _letter in range(GROUP)) for _group in range(groups))


def bare(typed: str) -> str:
    """A code as it is hashed, whatever large letters, spaces and dashes somebody, or their telephone, typed."""
    return "".join(letter for letter in typed.lower() if letter.isalnum())
