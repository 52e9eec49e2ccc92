"""Who is asking: opening, entering and ending a session that the database itself knows.

The cookie holds a random token; the database holds its hash and answers who it belongs to (`sql/sec.sql`).
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import connection, transaction

from grunnmur.directory.kinds import Role, ServiceKind
from grunnmur.directory.models import Account
from grunnmur.directory.passwords import one_at_a_time
from grunnmur.log import record


@dataclass(frozen=True, slots=True)
class Actor:
    """A person acting for one service in one role, until a time."""

    person_id: UUID
    person_name: str
    membership_id: UUID | None
    """None for somebody who answers by a link, and works nowhere here."""
    service_id: UUID
    service_name: str
    service_kind: ServiceKind
    municipality: str | None
    role: Role
    expires_at: datetime
    is_fresh: bool = False
    """Has proved who they are within five minutes, as strongly as they can; `sec.is_fresh` says the same."""
    purpose: str = ""
    kinds: int = 0
    """The most that the session can see on any ground, as a mask of kinds of information (`sec.ceiling`)."""
    link_id: UUID | None = None
    """The link that the person answers by: the sight is the link's alone, and only the service's name is written in."""

    @property
    def self_id(self) -> UUID:
        return self.link_id or self.person_id

    @property
    def sees_for(self) -> UUID | None:
        """The service whose sight the actor has; none for one who answers by a link."""
        return None if self.link_id else self.service_id


@dataclass(frozen=True, slots=True)
class Relative:
    """Somebody in a family, the child itself among them: acts for no service, and sees what was decided."""

    self_id: UUID
    """The identity that the child welfare service knows the person by; the child's own id for the child itself."""
    kinds: int
    expires_at: datetime
    child_id: UUID | None = None
    """Whose pages they are logged in to; this and the next two are None for a block of the program's own."""
    owner_id: UUID | None = None
    """The child welfare service whose case it is, and whose the rows are that they write."""
    writer_id: UUID | None = None
    """The person that what they write is said to be written by."""
    purpose: str = ""

    @property
    def child(self) -> UUID:
        """Whose pages they are logged in to."""
        assert self.child_id is not None, "only for those who have logged in"
        return self.child_id

    @property
    def owner(self) -> UUID:
        assert self.owner_id is not None, "only for those who have logged in"
        return self.owner_id

    @property
    def writer(self) -> UUID:
        assert self.writer_id is not None, "only for those who have logged in"
        return self.writer_id

    @property
    def is_child(self) -> bool:
        return self.self_id == self.child_id

    @property
    def person_id(self) -> UUID:
        """Who is said to have looked, in the log."""
        return self.self_id

    @property
    def role(self) -> str:
        return "family"

    @property
    def service_id(self) -> None:
        return None

    @property
    def sees_for(self) -> None:
        return None


@dataclass(frozen=True, slots=True)
class MembershipChoice:
    """One service and role that a person can choose to act in."""

    id: UUID
    service_name: str
    role: Role


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One place where a person is logged in now."""

    id: UUID
    service_name: str
    role: Role
    opened_at: datetime
    seen_at: datetime
    """The last request, to the half minute."""
    is_this: bool


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
    """The person behind a user name and password, or None. Unknown names take as long as wrong passwords.

    Raises Busy when too many log in at once.
    """
    with connection.cursor() as cursor:
        cursor.execute("select person, password from sec.find_account(%s, %s)", [username, sign(f"account|{username}")])
        row = cursor.fetchone()
    if row is None:
        with one_at_a_time():
            make_password(password)
        return None
    person: UUID = row[0]
    with one_at_a_time():
        is_right = check_password(password, row[1])
    return person if is_right else None


def get_username(person_id: UUID) -> str | None:
    """What the one who asks logs in as; None for somebody without a password of their own here."""
    return Account.objects.filter(person_id=person_id, is_active=True).values_list("username", flat=True).first()


def change_password(person_id: UUID, password: str) -> bool:
    """Another password for the one who asks, who has just confirmed; they are logged out everywhere else.

    False when they have none here. Raises Busy.
    """
    with one_at_a_time():
        kept = make_password(password)
    with connection.cursor() as cursor:
        cursor.execute("select sec.change_password(%s, %s)", [kept, sign(f"password|{person_id}|{kept}")])
        changed: bool = cursor.fetchone()[0]
    return changed


def list_memberships(person_id: UUID) -> list[MembershipChoice]:
    """The services and roles that a person can act in today."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select membership, service_name, role from sec.memberships_of(%s, %s)",
            [person_id, sign(f"memberships|{person_id}")],
        )
        return [MembershipChoice(id=row[0], service_name=row[1], role=Role(row[2])) for row in cursor.fetchall()]


def open_session(
    membership_id: UUID,
    *,
    lasts: timedelta = settings.SESSION_LASTS,
    idle: timedelta = settings.SESSION_IDLE,
    is_strong: bool = False,
) -> str | None:
    """A new secret token for a membership that holds today; None when it does not.

    The session ends when it has lasted so long, has been left alone so long, or its membership ends. `is_strong`: the
    person has just proved who they are with the strongest that they have.
    """
    token, digest = new_token()
    mac = sign(f"open|{digest.hex()}|{membership_id}|{'t' if is_strong else 'f'}")
    with connection.cursor() as cursor:
        cursor.execute(
            "select sec.open_session(%s, %s, make_interval(secs => %s), make_interval(secs => %s), %s, %s)",
            [digest, membership_id, lasts.total_seconds(), idle.total_seconds(), is_strong, mac],
        )
        opened: bool = cursor.fetchone()[0]
    return token if opened else None


def new_token() -> tuple[str, bytes]:
    """A secret of 256 random bits, and what the database is told of it."""
    token = secrets.token_urlsafe(32)
    return token, hashlib.sha256(token.encode()).digest()


def switch(membership_id: UUID) -> str | None:
    """Act in another of one's memberships from now on: a new token, which ends the one of this transaction.

    None when the membership is not one's own, or does not hold today. The session lasts no longer for it.
    """
    token, digest = new_token()
    with connection.cursor() as cursor:
        cursor.execute(
            "select sec.switch_session(%s, %s, %s)",
            [digest, membership_id, sign(f"switch|{digest.hex()}|{membership_id}")],
        )
        switched: bool = cursor.fetchone()[0]
    return token if switched else None


def confirm(token: str) -> str:
    """The one who asks, with this token, has proved anew who they are, as strongly as they can.

    Gives a new token for the same session; the one before opens nothing from here on, also in this transaction.
    """
    before = hashlib.sha256(token.encode())
    new, digest = new_token()
    with connection.cursor() as cursor:
        mac = sign(f"confirm|{before.hexdigest()}|{digest.hex()}")
        cursor.execute("select sec.confirm(%s, %s)", [digest, mac])
    return new


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
        is_fresh=row[9],
        purpose=row[10],
        kinds=row[11],
    )


@contextmanager
def acting(membership_id: UUID, *, is_strong: bool = False) -> Iterator[Actor]:
    """Run a block as one membership, in one transaction, outside any request: for commands, jobs and the demo."""
    hour = timedelta(hours=1)
    with transaction.atomic():
        token = open_session(membership_id, lasts=hour, idle=hour, is_strong=is_strong)
        actor = enter(token) if token else None
        if actor is None:
            raise LookupError("The membership does not hold today.")
        with record.linked():
            yield actor
        end(token or "")


@contextmanager
def as_relative(identity: UUID) -> Iterator[Relative]:
    """Run a block with the eyes of somebody in a family, in one transaction; there is nothing that they may write."""
    token = secrets.token_urlsafe(32)
    digest = hashlib.sha256(token.encode()).digest()
    with transaction.atomic(), connection.cursor() as cursor:
        mac = sign(f"family|{digest.hex()}|{identity}")
        cursor.execute("select sec.open_family_session(%s, %s, 1, %s)", [digest, identity, mac])
        cursor.execute("select * from sec.enter_family(%s)", [token])
        party, kinds, expires_at = cursor.fetchone()
        yield Relative(self_id=party, kinds=kinds, expires_at=expires_at)
        end(token)


@contextmanager
def with_eyes_of(identity: UUID, *, token: str) -> Iterator[Relative]:
    """Run a block within the transaction of `token` with the eyes of somebody in a family, and go back to one's own.

    The caller must have asked whether the one who looks may see what is shown. Nothing is to be written in it.
    """
    with as_relative(identity) as relative:
        yield relative
    with connection.cursor() as cursor:
        cursor.execute("select set_config('sec.token', %s, true)", [token])


@contextmanager
def working(purpose: Literal["post", "reminders", "figures"], worker: UUID | None = None) -> Iterator[None]:
    """Run a block as one of the machine's own workers, in one transaction: it sees no row, and has one purpose.

    The database knows which worker it is (one without a name is nobody again), and nothing of it is left afterwards.
    """
    token, digest = new_token()
    name = worker or uuid4()
    with transaction.atomic(), connection.cursor() as cursor:
        mac = sign(f"work|{digest.hex()}|{name}|{purpose}")
        cursor.execute("select sec.begin_work(%s, %s, %s, %s)", [token, name, purpose, mac])
        (before,) = cursor.fetchone()
        yield
        cursor.execute("select sec.end_work(%s)", [before or ""])


def enter_family(token: str) -> Relative | None:
    """Bind the token of one in a family to this transaction, and say who it is. Must run inside `atomic()`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select party, kinds, expires_at, child, owner, person, purpose from sec.enter_family_log_in(%s)", [token]
        )
        row = cursor.fetchone()
    return Relative(*row) if row else None


def end(token: str) -> None:
    """End the session now, everywhere."""
    with connection.cursor() as cursor:
        cursor.execute("select sec.end_session(%s)", [token])


def end_all(person_id: UUID) -> None:
    """End every session of a person now, everywhere."""
    with connection.cursor() as cursor:
        cursor.execute("select sec.end_sessions_of(%s, %s)", [person_id, sign(f"end_sessions|{person_id}")])


def list_mine() -> list[OpenSession]:
    """Where the one who asks is logged in now, this session first."""
    with connection.cursor() as cursor:
        cursor.execute("select id, service_name, role, opened_at, seen_at, is_this from sec.my_sessions()")
        return [OpenSession(row[0], row[1], Role(row[2]), *row[3:]) for row in cursor.fetchall()]


def end_mine(session_id: UUID) -> bool:
    """End one of one's own sessions, wherever it is. False when there is none such."""
    with connection.cursor() as cursor:
        cursor.execute("select sec.end_my_session(%s)", [session_id])
        ended: bool = cursor.fetchone()[0]
    return ended


def end_my_others() -> None:
    """End every session of the one who asks but the one they ask with."""
    with connection.cursor() as cursor:
        cursor.execute("select sec.end_my_other_sessions()")
