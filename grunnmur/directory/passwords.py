"""Passwords: how they are kept, what makes one too weak, and how many may be worked on at once.

Our own choices, after OWASP ASVS 5.0 (6.2) and the ground that a common password is the first that is tried: at
least 15 characters and no demands on which, no forced change, never one that others know of already
(`known_passwords`), and not made of the words that anybody here would think of.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import BoundedSemaphore, Lock

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from grunnmur.directory import known_passwords

ROOM = BoundedSemaphore(2)
ONE_AT_A_TIME = Lock()
OWN_LETTERS = 8
CONTEXT = ("grunnmur", "barneverntjenesten", "barnevernet", "barnevern", "kommunen", "kommune", "forløp", "passord")


class Busy(Exception):
    """Too many log in at once; the next must try again in a moment."""


class Argon2(Argon2PasswordHasher):
    """Argon2id with 64 MiB, three rounds and four lanes."""

    time_cost = 3
    memory_cost = 64 * 1024
    parallelism = 4


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Work on one password at a time in each process, while at most one more waits. Raises Busy.

    A hash is made to be dear; without this whoever sends many wrong passwords would stop everyone else's pages.
    """
    if not ROOM.acquire(blocking=False):
        raise Busy
    try:
        with ONE_AT_A_TIME:
            yield
    finally:
        ROOM.release()


class OwnWordsValidator:
    """Refuses a password with too little left when the words of the place, and one's own names, are taken out."""

    def validate(self, password: str, user: object = None) -> None:
        left = password.casefold()
        for word in (*CONTEXT, *names_of(user)):
            left = left.replace(word, "")
        if len(re.sub(r"[\W\d_]", "", left)) < OWN_LETTERS:
            raise ValidationError(self.get_help_text(), code="password_of_known_words")

    def get_help_text(self) -> str:
        return _("Passordet er lett å gjette. Bruk flere ord som ikke har med deg eller jobben å gjøre.")


class KnownValidator:
    """Refuses a password that is among the most used, follows a pattern, or has leaked somewhere."""

    def validate(self, password: str, user: object = None) -> None:
        if known_passwords.is_most_used(password) or known_passwords.is_pattern(password):
            raise ValidationError(self.get_help_text(), code="password_too_common")
        if settings.LEAKED_PASSWORDS and known_passwords.is_leaked(password, settings.LEAKED_PASSWORDS):
            raise ValidationError(
                _("Passordet er med i en liste over passord som er på avveie. Velg et annet."), code="password_leaked"
            )

    def get_help_text(self) -> str:
        return _("Passordet er altfor vanlig. Velg noe som bare du kommer på.")


@dataclass(frozen=True, slots=True)
class Names:
    """What somebody's password must not be made of."""

    username: str
    name: str


def weaknesses(password: str, *, names: Names) -> list[str]:
    """Why a password is too weak, in sentences; an empty list when it is not."""
    try:
        validate_password(password, names)  # type: ignore[arg-type]  # only names are asked for
    except ValidationError as refused:
        said = {"password_too_short": _("Passordet er for kort. Bruk minst 15 tegn.")}
        return [said.get(str(fault.code), str(fault.message)) for fault in refused.error_list]
    return []


def names_of(user: object) -> list[str]:
    """The words of somebody's user name and name that are long enough to be a part of a password."""
    words = f"{getattr(user, 'username', '')} {getattr(user, 'name', '')}".casefold()
    return [word for word in re.split(r"[\W_]+", words) if len(word) > 2]
