"""What a person proves with, beside the password, that it is them: codes from an app (TOTP, RFC 6238), passkeys
(WebAuthn) and recovery codes. E-mail and SMS are never among them.

Nothing can be used twice: each use has a higher number than the one before (`Factor.counter`), and the database, which
raises it, lets only one of two at the same instant through.
"""

import hashlib
import hmac
import io
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pyotp
from django.conf import settings
from django.db import connection
from joserfc import jwe
from joserfc.jwk import OctKey

from grunnmur.directory import sessions
from grunnmur.directory.kinds import FactorKind

STEP = 30
"""Seconds that a code from an app stands for (RFC 6238)."""
SLACK = (0, -1, 1)
"""Steps before and after now that are taken too: clocks differ, and people type slowly."""
SEALED_BY = ["dir", "A256GCM"]
RECOVERY_CODES = 10
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of recovery codes: no letter or digit that looks like another."""


class TooManyTries(Exception):
    """Five wrong ones within a quarter of an hour: nothing is taken until it has passed, not even what is right."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One thing that a person can prove with."""

    id: UUID
    kind: FactorKind
    name: str
    key: bytes
    secret: bytes
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Site:
    """Where a passkey is bound to: the host's name, and the address it is seen at."""

    host: str
    origin: str


def list_factors(person_id: UUID) -> list[Factor]:
    """What a person has to prove with, recovery codes included, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, kind, name, key, secret, added_at, used_at from sec.factors_of(%s, %s)",
            [person_id, sessions.sign(f"factors|{person_id}")],
        )
        return [
            Factor(row[0], FactorKind(row[1]), row[2], bytes(row[3]), bytes(row[4]), row[5], row[6])
            for row in cursor.fetchall()
        ]


def has_any(factors: Iterable[Factor]) -> bool:
    """Whether a person can log in with these; recovery codes alone are no factor."""
    return any(factor.kind is not FactorKind.RECOVERY for factor in factors)


def is_strongest(used: FactorKind, factors: Iterable[Factor]) -> bool:
    """Whether nothing that the person has is stronger than what was used."""
    order = list(FactorKind)
    return order.index(used) <= min(order.index(factor.kind) for factor in factors)


def _add(
    person_id: UUID, kind: FactorKind, *, factor: UUID, name: str = "", key: bytes, secret: bytes, counter: int
) -> None:
    mac = sessions.sign(f"add_factor|{factor}|{person_id}")
    with connection.cursor() as cursor:
        cursor.execute(
            "select sec.add_factor(%s, %s, %s, %s, %s, %s, %s, %s)",
            [factor, person_id, kind, name, key, secret, counter, mac],
        )


def _try(person_id: UUID) -> None:
    """Count one try to prove, which a right one forgets; counted first, so that many at once are many. Raises
    TooManyTries.
    """
    with connection.cursor() as cursor:
        cursor.execute("select sec.try_factors(%s, %s)", [person_id, sessions.sign(f"try_factors|{person_id}")])
        if not cursor.fetchone()[0]:
            raise TooManyTries


def _use(factor: Factor, number: int) -> bool:
    """Use a factor with a number that is higher than all before. False when it is not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select sec.use_factor(%s, %s, %s)", [factor.id, number, sessions.sign(f"use_factor|{factor.id}|{number}")]
        )
        used: bool = cursor.fetchone()[0]
    return used


def end(person_id: UUID, *, factor_id: UUID | None = None, kind: FactorKind | None = None) -> bool:
    """End one of a person's factors, or all of a kind. False when there is none such."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select sec.end_factors(%s, %s, %s, %s)",
            [person_id, factor_id, kind, sessions.sign(f"end_factors|{person_id}")],
        )
        ended: bool = cursor.fetchone()[0]
    return ended


# --- codes from an app ---------------------------------------------------------------------------------------


def new_secret() -> str:
    """A secret that an app and we make the same codes from: 160 bits, in base 32 (RFC 4226)."""
    return pyotp.random_base32(32)


def picture(secret: str, *, username: str) -> bytes:
    """What the app reads with its camera, as an SVG file."""
    import segno  # for the few who take an app in use

    address = pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name="Grunnmur")
    found = io.BytesIO()
    segno.make(address, error="m").save(
        found, kind="svg", scale=5, border=4, xmldecl=False, svgclass=None, lineclass=None
    )
    return found.getvalue()


def _step_of(code: str, *, secret: str, at: datetime) -> int | None:
    """The half minute that a code is for, when it is right; None otherwise."""
    if not code.isascii():
        return None
    now = int(at.timestamp()) // STEP
    codes = pyotp.TOTP(secret)
    return next(
        (now + slack for slack in SLACK if hmac.compare_digest(codes.generate_otp(now + slack), code)),
        None,
    )


def add_app(person_id: UUID, *, secret: str, code: str, at: datetime) -> bool:
    """Take an app in use, with a code that shows that it has the secret. False when the code is wrong."""
    step = _step_of(_digits(code), secret=secret, at=at)
    if step is None:
        return False
    factor = uuid.uuid4()
    _add(person_id, FactorKind.TOTP, key=b"", secret=_seal(secret, factor), factor=factor, counter=step)
    return True


def _sealing_key() -> OctKey:
    """A key of its own, made of the program's secret key, which the database never holds."""
    return OctKey.import_key(hmac.digest(settings.SECRET_KEY.encode(), b"grunnmur directory_factor", "sha256"))


def _seal(secret: str, factor: UUID) -> bytes:
    """An app's secret as it stands in the database (AES-256-GCM), for its own row and no other."""
    header = {"alg": "dir", "enc": "A256GCM"}
    return jwe.encrypt_compact(header, f"{factor}|{secret}".encode(), _sealing_key(), algorithms=SEALED_BY).encode()


def _open(factor: Factor) -> str:
    """The secret of an app. Raises ValueError for what was sealed for another row."""
    opened = jwe.decrypt_compact(factor.secret, _sealing_key(), algorithms=SEALED_BY).plaintext or b""
    row, _bar, secret = opened.decode().partition("|")
    if row != str(factor.id):
        raise ValueError("The secret belongs to another row.")
    return secret


def _digits(code: str) -> str:
    return "".join(code.split())


def use_code(person_id: UUID, code: str, *, at: datetime) -> FactorKind | None:
    """What a code was, when it was right and has not been used: from an app, or a recovery code. None otherwise.

    Raises TooManyTries.
    """
    _try(person_id)
    found = list_factors(person_id)
    typed = _digits(code).lower().replace("-", "")
    for factor in found:
        if factor.kind is FactorKind.TOTP:
            step = _step_of(typed, secret=_open(factor), at=at)
            if step is not None and _use(factor, step):
                return FactorKind.TOTP
        elif factor.kind is FactorKind.RECOVERY and factor.key == _hash(typed) and _use(factor, 1):
            end(person_id, factor_id=factor.id)
            return FactorKind.RECOVERY
    return None


# --- recovery codes ------------------------------------------------------------------------------------------


def _hash(code: str) -> bytes:
    """A recovery code has 79 random bits, which no one can try out: a plain hash is enough."""
    return hashlib.sha256(code.encode(errors="replace")).digest()


def new_recovery_codes(person_id: UUID) -> list[str]:
    """New codes for when the app or the passkey is lost, each good for one log-in; those before are over."""
    end(person_id, kind=FactorKind.RECOVERY)
    codes = ["".join(secrets.choice(ALPHABET) for _letter in range(16)) for _code in range(RECOVERY_CODES)]
    for code in codes:
        _add(person_id, FactorKind.RECOVERY, key=_hash(code), secret=b"", factor=uuid.uuid4(), counter=0)
    return ["-".join(code[start : start + 4] for start in range(0, 16, 4)) for code in codes]


# --- passkeys ------------------------------------------------------------------------------------------------
# `passkeys` is loaded by the first who uses one, and not by every worker: it is a seventh of the memory.


def ask_for_new_passkey(person_id: UUID, *, username: str, site: Site, challenge: bytes) -> str:
    """What the browser is asked when a passkey is made, as JSON."""
    from grunnmur.directory import passkeys

    known = _passkeys(list_factors(person_id))
    return passkeys.ask_for_new(person_id, username=username, host=site.host, challenge=challenge, known=known)


def ask_for_passkey(factors: Iterable[Factor], *, site: Site, challenge: bytes) -> str:
    """What the browser is asked when a passkey is used, as JSON; nothing when there is none to use."""
    from grunnmur.directory import passkeys

    known = _passkeys(factors)
    return passkeys.ask_for(known, host=site.host, challenge=challenge) if known else ""


def _passkeys(factors: Iterable[Factor]) -> list[bytes]:
    return [one.key for one in factors if one.kind is FactorKind.PASSKEY]


def add_passkey(person_id: UUID, answer: str, *, name: str, site: Site, challenge: bytes, asked_at: int) -> bool:
    """Take a passkey in use. False when the browser's answer is not one to this question, from this place."""
    from grunnmur.directory import passkeys

    made = passkeys.read_new(answer, host=site.host, origin=site.origin, challenge=challenge)
    if made is None:
        return False
    _add(
        person_id,
        FactorKind.PASSKEY,
        name=name,
        key=made.key,
        secret=made.public_key,
        factor=uuid.uuid4(),
        counter=asked_at,
    )
    return True


def use_passkey(person_id: UUID, answer: str, *, site: Site, challenge: bytes, asked_at: int) -> bool:
    """Whether the browser's answer to this question proves a passkey of the person's, for the first time.

    `asked_at` is when it was asked, in milliseconds. A passkey that is copied between machines does not count its own
    uses, so its count is not looked at. Raises TooManyTries.
    """
    from grunnmur.directory import passkeys

    _try(person_id)
    for factor in list_factors(person_id):
        if factor.kind is FactorKind.PASSKEY:
            passkey = passkeys.Passkey(factor.key, factor.secret)
            if passkeys.is_proof(passkey, answer, host=site.host, origin=site.origin, challenge=challenge):
                return _use(factor, asked_at)
    return False
