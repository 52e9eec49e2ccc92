"""What a person proves with, beside the password, that it is them: codes from an app (TOTP, RFC 6238), passkeys
(WebAuthn) and recovery codes. E-mail and SMS are never among them.

Nothing can be used twice: each use has a higher number than the one before (`Factor.counter`), and the database, which
raises it, lets only one of two at the same instant through.
"""

import hashlib
import hmac
import io
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pyotp
from django.db import connection

from grunnmur import keys
from grunnmur.directory import codes, models, sessions
from grunnmur.directory.kinds import FactorKind

STEP = 30
"""Seconds that a code from an app stands for (RFC 6238)."""
SLACK = (0, -1, 1)
"""Steps before and after now that are taken too: clocks differ, and people type slowly."""
SECRET = models.Factor._meta.get_field("secret")
RECOVERY_CODES = 10


class TooManyTries(Exception):
    """Five wrong ones within a quarter of an hour: nothing is taken until it has passed, not even what is right."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One thing that a person can prove with."""

    id: UUID
    person_id: UUID
    kind: FactorKind
    name: str
    key: bytes
    sealed: bytes
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
            Factor(row[0], person_id, FactorKind(row[1]), row[2], bytes(row[3]), bytes(row[4]), row[5], row[6])
            for row in cursor.fetchall()
        ]


def has_any(factors: Iterable[Factor]) -> bool:
    """Whether a person can log in with these; recovery codes alone are no factor."""
    return any(factor.kind is not FactorKind.RECOVERY for factor in factors)


def is_strongest(used: FactorKind, factors: Iterable[Factor]) -> bool:
    """Whether nothing that the person has is stronger than what was used."""
    order = list(FactorKind)
    return order.index(used) <= min(order.index(factor.kind) for factor in factors)


def _add(person_id: UUID, kind: FactorKind, *, secret: str, counter: int, name: str = "", key: bytes = b"") -> None:
    factor = uuid.uuid4()
    sealed = SECRET.seal(f"{person_id}|{secret}", of=factor)
    mac = sessions.sign(f"add_factor|{factor}|{person_id}")
    with connection.cursor() as cursor:
        cursor.execute(
            "select sec.add_factor(%s, %s, %s, %s, %s, %s, %s, %s)",
            [factor, person_id, kind, name, key, sealed, counter, mac],
        )


def _secret_of(factor: Factor) -> str | None:
    """What a factor is checked with. None when it was sealed for another row or person, or with a key that is gone:
    then it proves nothing.
    """
    try:
        owner, _bar, secret = SECRET.open(factor.sealed, of=factor.id).partition("|")
    except keys.CannotOpen:
        return None
    return secret if owner == str(factor.person_id) else None


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
    _add(person_id, FactorKind.TOTP, secret=secret, counter=step)
    return True


def _digits(code: str) -> str:
    return "".join(code.split())


def use_code(person_id: UUID, code: str, *, at: datetime) -> FactorKind | None:
    """What a code was, when it was right and has not been used: from an app, or a recovery code. None otherwise.

    Raises TooManyTries.
    """
    _try(person_id)
    found = list_factors(person_id)
    typed = codes.bare(code)
    for factor in found:
        if factor.kind is FactorKind.PASSKEY or (secret := _secret_of(factor)) is None:
            continue
        if factor.kind is FactorKind.TOTP:
            step = _step_of(typed, secret=secret, at=at)
            if step is not None and _use(factor, step):
                return FactorKind.TOTP
        elif hmac.compare_digest(secret, _hash(typed)) and _use(factor, 1):
            end(person_id, factor_id=factor.id)
            return FactorKind.RECOVERY
    return None


# --- recovery codes ------------------------------------------------------------------------------------------


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode(errors="replace")).hexdigest()


def new_recovery_codes(person_id: UUID) -> list[str]:
    """New codes for when the app or the passkey is lost, each good for one log-in; those before are over."""
    end(person_id, kind=FactorKind.RECOVERY)
    made = [codes.new_code() for _code in range(RECOVERY_CODES)]
    for code in made:
        _add(person_id, FactorKind.RECOVERY, secret=_hash(codes.bare(code)), counter=0)
    return made


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
        secret=made.public_key.hex(),
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
        if factor.kind is FactorKind.PASSKEY and (public_key := _secret_of(factor)) is not None:
            passkey = passkeys.Passkey(factor.key, bytes.fromhex(public_key))
            if passkeys.is_proof(passkey, answer, host=site.host, origin=site.origin, challenge=challenge):
                return _use(factor, asked_at)
    return False
