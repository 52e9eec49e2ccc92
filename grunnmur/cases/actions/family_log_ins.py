"""A way in for the child itself and those around it: giving it, coming in by it, and ending it.

A log-in opens nothing: what somebody sees is what was decided for them (`actions/sight`). It is given by the contact
person, to one person of one child; the child's and each parent's are several, and nobody is told of another's.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import connection
from django.utils.translation import gettext_lazy as _

from grunnmur import keys
from grunnmur.cases import access
from grunnmur.cases.access_rules import access_rules
from grunnmur.cases.actions.checks import Problem, refuse, wrong_national_id
from grunnmur.cases.door import Act, Invalid, on_child
from grunnmur.cases.models import FamilyDevice, FamilyLogIn, Participation
from grunnmur.cases.terms import AddressProtection, InformationKind, ParticipationBasis
from grunnmur.directory import codes
from grunnmur.directory.passwords import one_at_a_time
from grunnmur.directory.sessions import Actor, new_token, sign

LASTS = timedelta(hours=1)
"""How long one is logged in at the most; our own choice, and short, for a telephone can be in others' hands."""
PIN_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Way:
    """One log-in that works now, and whose pages it leads to."""

    log_in_id: UUID
    child_name: str
    is_child: bool


@dataclass(frozen=True, slots=True)
class Given:
    """A log-in that was given, and the code that takes a device in use, which is kept nowhere."""

    log_in: FamilyLogIn
    code: str


# --- giving and ending, by the contact person ------------------------------------------------------------------------


def give_with_eid(*, actor: Actor, child_id: UUID, once: UUID | None, identity: UUID, number: str = "") -> FamilyLogIn:
    """Let one person in with an eID that vouches for a national identity number; only a code of it is kept.

    The child's own number is known. Raises Refused, Invalid, AlreadyDone.
    """
    with on_child(actor, child_id, "family_log_ins.give", once=once) as act:
        number = (act.child.national_id or "" if identity == act.child.pk else number).replace(" ", "")
        refuse({"identity": _closed(act, identity), "number": wrong_national_id(number)})
        return _give(act, identity, number_code=_codes(number)[0])


def give_with_device(*, actor: Actor, child_id: UUID, once: UUID | None, identity: UUID) -> Given:
    """Let one person in with a device of its own, taken in use with a code that is handed over. Raises as above."""
    with on_child(actor, child_id, "family_log_ins.give", once=once) as act:
        refuse({"identity": _closed(act, identity)})
        log_in = _give(act, identity, number_code=None)
        code = codes.new_code(groups=codes.GROUPS_FOR_A_CHILD)
        FamilyDevice.objects.create(
            child=act.child,
            log_in=log_in,
            activation=_hash(codes.bare(code)),
            activation_until=act.at + timedelta(days=access_rules().numbers["family_code_days"]),
        )
    return Given(log_in, code)


def _give(act: Act, identity: UUID, *, number_code: bytes | None) -> FamilyLogIn:
    """A new way in takes the place of the one before, which ends. By somebody who has just proved who they are."""
    if not act.actor.is_fresh:
        raise access.Refused("not_fresh", access.NOT_FRESH)
    FamilyLogIn.objects.filter(child=act.child, identity=identity, ends_at__gt=act.at).update(ends_at=act.at)
    log_in = FamilyLogIn.objects.create(
        child=act.child,
        owner_service_id=act.child.author_service_id,
        identity=identity,
        number_code=number_code,
        given_by_id=act.actor.person_id,
        given_at=act.at,
    )
    act.record("log_in.given", kind=InformationKind.CHILD_WELFARE, subject=log_in.pk)
    return log_in


def _closed(act: Act, identity: UUID) -> Problem:
    """Why somebody in the family cannot be let in now."""
    if act.child.address_protection != AddressProtection.NONE and identity != act.child.pk:
        return _("Adressen er skjermet. Da kan bare barnet selv logge inn.")
    is_open = Participation.objects.filter(
        child=act.child,
        only_for=identity,
        basis=ParticipationBasis.PARTY,
        starts_at__lte=access.NOW,
        ends_at__gt=access.NOW,
    )
    return None if is_open.exists() else _("Personen ser ingenting ennå. Bestem innsyn først.")


def end(*, actor: Actor, child_id: UUID, once: UUID | None, log_in_id: UUID) -> None:
    """End one way in now, with whoever is inside by it. Raises Refused, Invalid, AlreadyDone."""
    with on_child(actor, child_id, "family_log_ins.end", once=once) as act:
        ended = FamilyLogIn.objects.filter(child=act.child, pk=log_in_id, ends_at__gt=act.at).update(ends_at=act.at)
        if not ended:
            raise Invalid({"log_in": _("Innloggingen er alt avsluttet.")})
        act.record("log_in.ended", kind=InformationKind.CHILD_WELFARE, subject=log_in_id)


# --- coming in, by the person itself -----------------------------------------------------------------------------


def list_ways(number: str) -> list[Way]:
    """The log-ins that somebody can use, whom an eID has just vouched for."""
    numbers = _codes(number)
    digest = hashlib.sha256(b"".join(numbers)).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(
            "select log_in, child_name, is_child from sec.family_log_ins(%s, %s)",
            [numbers, sign(f"family_log_ins|{digest}")],
        )
        return [Way(*row) for row in cursor.fetchall()]


def open_session(log_in_id: UUID) -> str | None:
    """A token for the person of a log-in, who has just proved who they are; None when it does not work now."""
    token, digest = new_token()
    with connection.cursor() as cursor:
        cursor.execute(
            "select sec.open_family_log_in(%s, %s, make_interval(secs => %s), make_interval(secs => %s), %s)",
            [
                digest,
                log_in_id,
                LASTS.total_seconds(),
                settings.SESSION_IDLE.total_seconds(),
                sign(f"open_family|{digest.hex()}|{log_in_id}"),
            ],
        )
        opened: bool = cursor.fetchone()[0]
    return token if opened else None


def weak_pin(pin: str) -> Problem:
    """What is wrong with a PIN that somebody chooses."""
    if len(pin) != PIN_DIGITS or not (pin.isascii() and pin.isdecimal()):
        return _("Velg seks tall.")
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    if len(steps) == 1 or len(set(pin)) < 3:
        return _("Tallene er lette å gjette. Velg noen andre.")
    return None


def activate(code: str, *, pin: str) -> tuple[UUID, str] | None:
    """Take a device in use with a code and a PIN: the log-in, and the secret that the device keeps; None for a code
    that does not work. Raises Busy.
    """
    secret, device = new_token()
    with one_at_a_time():
        kept = make_password(pin)
    activation = _hash(codes.bare(code))
    message = f"activate|{activation.hex()}|{device.hex()}|{kept}"
    with connection.cursor() as cursor:
        cursor.execute("select sec.activate_device(%s, %s, %s, %s)", [activation, device, kept, sign(message)])
        log_in_id: UUID | None = cursor.fetchone()[0]
    return (log_in_id, secret) if log_in_id else None


class TooManyTries(Exception):
    """Five wrong PINs within a quarter of an hour."""


class NeedsNewCode(Exception):
    """Twenty wrong PINs since the last right one: the device opens nothing until a new code is handed over."""


def check_device(secret: str, *, pin: str) -> UUID | None:
    """The log-in of a device whose owner types its PIN; None when it is wrong, or the device is not known.

    Raises TooManyTries, NeedsNewCode, Busy.
    """
    device = _hash(secret)
    with connection.cursor() as cursor:
        cursor.execute(
            "select log_in, pin, is_shut, is_over from sec.try_device(%s, %s)",
            [device, sign(f"try_device|{device.hex()}")],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    log_in_id, kept, is_shut, is_over = row
    if is_over:
        raise NeedsNewCode
    if is_shut:
        raise TooManyTries
    with one_at_a_time():
        is_right = check_password(pin, kept)
    if not is_right:
        return None
    found: UUID = log_in_id
    with connection.cursor() as cursor:
        cursor.execute("select sec.device_used(%s, %s)", [device, sign(f"device_used|{device.hex()}")])
    return found


def _codes(number: str) -> list[bytes]:
    return keys.indexes(number, about="family_log_in")


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode(errors="replace")).digest()
