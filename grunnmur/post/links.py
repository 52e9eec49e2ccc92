"""Links that somebody comes in by without an account: their address, what they ask for, and the session behind them."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection

from grunnmur import keys
from grunnmur.directory.kinds import Role, ServiceKind
from grunnmur.directory.sessions import Actor, new_token, sign
from grunnmur.post.rules import rules
from grunnmur.post.terms import LinkState, MessageSort, ProofKind

CODE_BYTES = 16
DIGITS = 8
"""So many has a code by SMS; our own choice, with `code_tries` and `code_minutes` in definitions/post.yaml."""


@dataclass(frozen=True, slots=True)
class Asks:
    """What a link asks of the one who opens it."""

    link_id: UUID
    proof: ProofKind
    code: bytes
    state: LinkState

    def is_met_by(self, number: str) -> bool:
        """Whether this is the number of the one it was sent to."""
        return any(hmac.compare_digest(self.code, one) for one in _codes(self.proof, number))


@dataclass(frozen=True, slots=True)
class Asked:
    """What the one who comes in by a link was asked about, or was sent."""

    pathway_id: UUID
    item: UUID
    sort: MessageSort


def _codes(proof: ProofKind, number: str) -> list[bytes]:
    return keys.indexes(number, about=f"post_link|{proof}")


def code_of(proof: ProofKind, number: str) -> bytes:
    """What is kept of the number that must be proved; nothing where a code is sent instead."""
    return b"" if proof is ProofKind.CODE else _codes(proof, number)[0]


def address_of(link_id: UUID, *, of: str = "link") -> str:
    """The last part of the link's address: its id, and a code that only the program can make, for this sort of link."""
    code = sign(f"{of}_address|{link_id}")[:CODE_BYTES]
    return urlsafe_b64encode(link_id.bytes + code).decode().rstrip("=")


def id_in(address: str, *, of: str = "link") -> UUID | None:
    """The link of an address; None for one that the program has not made, or has made for another sort."""
    try:
        found = urlsafe_b64decode(address + "=" * (-len(address) % 4))
        link_id = UUID(bytes=found[:16])
    except ValueError:
        return None
    return link_id if hmac.compare_digest(address, address_of(link_id, of=of)) else None


def get(link_id: UUID) -> Asks | None:
    """What a link asks for, and whether it can be used; None when there is none such."""
    with connection.cursor() as cursor:
        cursor.execute("select proof, code, state from sec.link_asks(%s, %s)", [link_id, sign(f"link|{link_id}")])
        row = cursor.fetchone()
    return Asks(link_id, ProofKind(row[0]), bytes(row[1]), LinkState(row[2])) if row else None


# --- a code by SMS ---------------------------------------------------------------------------------------------------


def code_for(delivery_id: UUID) -> str:
    """The code of one delivery. It is made where it is needed, and stands nowhere."""
    number = int.from_bytes(sign(f"code|{delivery_id}")) % 10**DIGITS
    return f"{number:0{DIGITS}d}"


def in_groups(digits: str) -> str:
    """A code as people read it."""
    return f"{digits[: DIGITS // 2]} {digits[DIGITS // 2 :]}"


def _keyed(link_id: UUID, digits: str) -> bytes:
    return sign(f"link_code|{link_id}|{digits}")


def send_code(link_id: UUID) -> UUID | None:
    """Put a new code for a link in the post, to the mobile that its sender confirmed. None when a code cannot open it.

    Gives the delivery, which pressed twice is the same.
    """
    delivery_id = uuid4()
    keyed = _keyed(link_id, code_for(delivery_id))
    with connection.cursor() as cursor:
        cursor.execute(
            "select sec.send_link_code(%s, %s, %s, make_interval(mins => %s), make_interval(secs => %s), %s)",
            [
                link_id,
                delivery_id,
                keyed,
                rules().code_minutes.number,
                rules().code_pause_seconds.number,
                sign(f"send_code|{link_id}|{delivery_id}|{keyed.hex()}"),
            ],
        )
        sent: UUID | None = cursor.fetchone()[0]
    return sent


def open_by_code(link_id: UUID, typed: str) -> str | None:
    """A token for whoever typed the newest code of the link, in its time; it is used with that. None for any other."""
    digits = "".join(typed.split())
    token, digest = new_token()
    keyed, most = _keyed(link_id, digits), rules().code_tries.number
    mac = sign(f"try_code|{digest.hex()}|{link_id}|{keyed.hex()}|{most}")
    with connection.cursor() as cursor:
        cursor.execute(
            "select sec.try_link_code(%s, %s, %s, %s, make_interval(mins => %s), make_interval(secs => %s), %s)",
            [digest, link_id, keyed, most, rules().link_minutes.number, settings.SESSION_IDLE.total_seconds(), mac],
        )
        (opened,) = cursor.fetchone()
    return token if opened else None


# --- the session -----------------------------------------------------------------------------------------------------


def open_session(link_id: UUID) -> str | None:
    """A token for the one whose eID has vouched for the number that the link asks for; None when it cannot be used any
    more, and for a link that a code opens."""
    token, digest = new_token()
    with connection.cursor() as cursor:
        cursor.execute(
            "select sec.open_link_session(%s, %s, make_interval(secs => %s), make_interval(secs => %s), %s)",
            [
                digest,
                link_id,
                timedelta(minutes=rules().link_minutes.number).total_seconds(),
                settings.SESSION_IDLE.total_seconds(),
                sign(f"open_link|{digest.hex()}|{link_id}"),
            ],
        )
        opened: bool = cursor.fetchone()[0]
    return token if opened else None


def enter(token: str) -> tuple[Actor, Asked] | None:
    """Bind the token to this transaction, and say who answers and what was asked. Inside `transaction.atomic()`."""
    with connection.cursor() as cursor:
        cursor.execute("select * from sec.enter_link(%s)", [token])
        row = cursor.fetchone()
    if row is None:
        return None
    actor = Actor(
        person_id=row[0],
        person_name=row[1],
        membership_id=None,
        service_id=row[2],
        service_name=row[3],
        service_kind=ServiceKind(row[4]),
        municipality=row[5],
        role=Role(row[6]),
        expires_at=row[7],
        purpose=row[8],
        kinds=row[9],
        link_id=row[10],
    )
    return actor, Asked(row[11], row[12], MessageSort(row[13]))
