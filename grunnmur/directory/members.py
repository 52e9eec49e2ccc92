"""Joining a service and leaving it: an administrator invites with a code to hand over, and ends memberships.

The leader administers a child welfare service by the role; elsewhere it is a mark on the membership. Nobody sets
another's password, and nobody can act as another.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from grunnmur import alphabet
from grunnmur.directory import codes, sessions
from grunnmur.directory.kinds import Role
from grunnmur.directory.models import Invitation, Membership
from grunnmur.directory.passwords import one_at_a_time
from grunnmur.directory.sessions import Actor

CODE_LASTS = timedelta(days=7)
"""How long an invitation is good for; our own choice."""


class Taken(Exception):
    """The user name is another's, or the person has that role in the service already; says which: `field`."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class Member:
    """One who works in the service, now or from a day on."""

    id: UUID
    person_id: UUID
    name: str
    role: Role
    is_administrator: bool
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """An invitation that nobody has used yet."""

    id: UUID
    name: str
    role: Role
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation that was made, and its code, which is kept nowhere."""

    id: UUID
    code: str


@dataclass(frozen=True, slots=True)
class Place:
    """What a code invites to."""

    service_name: str
    name: str
    role: Role
    ends_on: date | None


def is_administrator() -> bool:
    """Whether the one who asks administers the service they act for; the database says."""
    with connection.cursor() as cursor:
        cursor.execute("select sec.is_administrator()")
        answer: bool = cursor.fetchone()[0]
    return answer


def list_members(actor: Actor, *, on: date) -> list[Member]:
    """Who works in the actor's service on a day or later, by name; what reads files is nobody."""
    found = Membership.objects.filter(Q(ends_on=None) | Q(ends_on__gt=on), service_id=actor.service_id)
    rows = found.exclude(role=Role.IMPORTER).values_list(
        "pk", "person", "person__name", "role", "is_administrator", "starts_on", "ends_on"
    )
    return [
        Member(*row[:3], Role(row[3]), row[4] or Role(row[3]) is Role.LEADER, *row[5:])
        for row in sorted(rows, key=lambda row: (alphabet.order(row[2]), row[5]))
    ]


def list_waiting(actor: Actor, *, at: datetime) -> list[Waiting]:
    """The service's invitations that nobody has used, the newest first."""
    rows = Invitation.objects.filter(
        service_id=actor.service_id, accepted_at=None, withdrawn_at=None, expires_at__gt=at
    ).order_by("-invited_at")
    return [
        Waiting(row[0], row[1], Role(row[2]), row[3]) for row in rows.values_list("pk", "name", "role", "expires_at")
    ]


def _call(sql: str, *values: object) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)  # type: ignore[arg-type]  # plain values
        answer: object = cursor.fetchone()[0]
    return answer


def invite(*, name: str, role: Role, is_administrator: bool, ends_on: date | None) -> Invited:
    """Invite somebody to the service that the one who asks administers, having just confirmed."""
    code = codes.new_code()
    made = _call(
        "select sec.invite(%s, %s, %s, %s, %s, %s)", _hash(code), name, role, is_administrator, ends_on, CODE_LASTS
    )
    assert isinstance(made, UUID)
    return Invited(made, code)


def withdraw(invitation_id: UUID) -> bool:
    """Take an unused invitation back. False when there is none such in the service."""
    return bool(_call("select sec.withdraw_invitation(%s)", invitation_id))


def end_membership(membership_id: UUID) -> bool:
    """End a membership of the service now, and every session of it. False when there is none such, or it is one's
    own.
    """
    return bool(_call("select sec.end_membership(%s)", membership_id))


def log_out(membership_id: UUID) -> bool:
    """End every session of a membership of the service. False when there is none such, or it is one's own."""
    return bool(_call("select sec.log_out_member(%s)", membership_id))


def _hash(code: str) -> bytes:
    return hashlib.sha256(codes.bare(code).encode(errors="replace")).digest()


def find_place(code: str) -> Place | None:
    """What a code invites to; None when it is used, withdrawn, too old or never was."""
    digest = _hash(code)
    with connection.cursor() as cursor:
        cursor.execute(
            "select service_name, name, role, ends_on from sec.invitation_of(%s, %s)",
            [digest, sessions.sign(f"invitation|{digest.hex()}")],
        )
        row = cursor.fetchone()
    return Place(row[0], row[1], Role(row[2]), row[3]) if row else None


def join(code: str) -> UUID | None:
    """Take the place for the one who is logged in. None when the code is not good. Raises Taken."""
    return _accept(code)


def join_with_password(code: str, *, username: str, password: str) -> UUID | None:
    """Take the place with a new account. Returns the person; None when the code is not good. Raises Taken, Busy."""
    with one_at_a_time():
        kept = make_password(password)
    return _accept(code, username=username, password=kept)


def join_with_subject(code: str, *, issuer: str, subject: str) -> UUID | None:
    """Take the place as whom a provider of OpenID Connect says one is. None when the code is not good. Raises Taken."""
    return _accept(code, issuer=issuer, subject=subject)


def _accept(
    code: str,
    *,
    username: str | None = None,
    password: str | None = None,
    issuer: str | None = None,
    subject: str | None = None,
) -> UUID | None:
    digest = _hash(code)
    parts = ("accept", digest.hex(), username, issuer, subject)
    mac = sessions.sign("|".join(part for part in parts if part is not None))
    try:
        with transaction.atomic():
            found = _call(
                "select sec.accept_invitation(%s, %s, %s, %s, %s, %s)", digest, username, password, issuer, subject, mac
            )
    except IntegrityError as fault:
        raise Taken("username" if "username" in str(fault) else "code") from fault
    return found if isinstance(found, UUID) else None


def person_of(*, issuer: str, subject: str) -> UUID | None:
    """Whom an invitation has bound to a provider's subject; None when nobody is."""
    found = _call(
        "select sec.person_of_subject(%s, %s, %s)", issuer, subject, sessions.sign(f"subject|{issuer}|{subject}")
    )
    return found if isinstance(found, UUID) else None
