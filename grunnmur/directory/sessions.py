"""Who is asking: opening, entering and ending a session that the database itself knows.

The cookie holds a random token; the database holds its hash and answers who it belongs to (`sql/sec.sql`).
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import connection, transaction

from grunnmur.directory.kinds import Role, ServiceKind


@dataclass(frozen=True, slots=True)
class Actor:
    """A person acting for one service in one role, until a time."""

    person_id: UUID
    person_name: str
    membership_id: UUID
    service_id: UUID
    service_name: str
    service_kind: ServiceKind
    municipality: str | None
    role: Role
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class MembershipChoice:
    """One service and role that a person can choose to act in."""

    id: UUID
    service_name: str
    role: Role


def signing_key() -> bytes:
    """The key whose pads `sec.key` holds; made from the program's secret key."""
    return hashlib.sha256(b"grunnmur sec.session|" + settings.SECRET_KEY.encode()).digest()


def pads() -> tuple[bytes, bytes]:
    """The inner and outer pad of HMAC-SHA-256 (RFC 2104), which let plain SQL check a code."""
    block = signing_key().ljust(64, b"\0")
    return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)


def sign(message: str) -> bytes:
    """The code that lets `sec` know that the program, and not merely someone with SQL, is asking."""
    return hmac.digest(signing_key(), message.encode(), "sha256")


def check_log_in(*, username: str, password: str) -> UUID | None:
    """The person behind a user name and password, or None. Unknown names take as long as wrong passwords."""
    with connection.cursor() as cursor:
        cursor.execute("select person, password from sec.find_account(%s, %s)", [username, sign(f"account|{username}")])
        row = cursor.fetchone()
    if row is None:
        make_password(password)
        return None
    person: UUID = row[0]
    return person if check_password(password, row[1]) else None


def list_memberships(person_id: UUID) -> list[MembershipChoice]:
    """The services and roles that a person can act in today."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select membership, service_name, role from sec.memberships_of(%s, %s)",
            [person_id, sign(f"memberships|{person_id}")],
        )
        return [MembershipChoice(id=row[0], service_name=row[1], role=Role(row[2])) for row in cursor.fetchall()]


def open_session(membership_id: UUID, *, hours: int | None = None) -> str | None:
    """A new secret token for a membership that holds today; None when it does not."""
    token = secrets.token_urlsafe(32)
    digest = hashlib.sha256(token.encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute(
            "select sec.open_session(%s, %s, %s, %s)",
            [digest, membership_id, hours or settings.SESSION_HOURS, sign(f"open|{digest.hex()}|{membership_id}")],
        )
        opened: bool = cursor.fetchone()[0]
    return token if opened else None


def enter(token: str) -> Actor | None:
    """Bind the token to this transaction and say who it belongs to. Must run inside `transaction.atomic()`."""
    with connection.cursor() as cursor:
        cursor.execute("select * from sec.enter(%s)", [token])
        row = cursor.fetchone()
    if row is None:
        return None
    return Actor(
        person_id=row[0],
        person_name=row[1],
        membership_id=row[2],
        service_id=row[3],
        service_name=row[4],
        service_kind=ServiceKind(row[5]),
        municipality=row[6],
        role=Role(row[7]),
        expires_at=row[8],
    )


@contextmanager
def acting(membership_id: UUID) -> Iterator[Actor]:
    """Run a block as one membership, in one transaction, outside any request: for commands, jobs and the demo."""
    with transaction.atomic():
        token = open_session(membership_id, hours=1)
        actor = enter(token) if token else None
        if actor is None:
            raise LookupError("The membership does not hold today.")
        yield actor
        end(token or "")


def end(token: str) -> None:
    """End the session now, everywhere."""
    with connection.cursor() as cursor:
        cursor.execute("select sec.end_session(%s)", [token])
