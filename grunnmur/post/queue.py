"""What a worker may ask of the database, in a session of its own that sees no row (`sql/post.sql`)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import connection

from grunnmur.directory import sessions
from grunnmur.post.models import Address
from grunnmur.post.rules import rules
from grunnmur.post.terms import Channel, FactKind, FailureCode


@dataclass(frozen=True, slots=True)
class Errand:
    """One delivery that a worker has taken: where to, and which attempt it is."""

    id: UUID
    channel: Channel
    address_id: UUID
    sealed: bytes
    attempt: int
    link_id: UUID | None = None
    """The link that it is sent for."""
    of_itself: bool = False
    """Whether it is about the receiving service itself: what it offers, which it is asked to look over."""
    gathering: UUID | None = None
    """The message, when it asks somebody outside to a gathering, and is answered at an address of its own."""

    def open_address(self) -> str:
        """The address in plain. Raises keys.CannotOpen."""
        return Address._meta.get_field("address").open(self.sealed, of=self.address_id)


def _call(worker: UUID, sql: str, *values: object) -> tuple[object, ...]:
    with sessions.working("post", worker), connection.cursor() as cursor:
        cursor.execute(sql, values)  # type: ignore[arg-type]  # plain values
        row: tuple[object, ...] = cursor.fetchone()
    return row


def lives(worker: UUID, *, ends: bool = False) -> None:
    """The worker is alive now, or ends now."""
    _call(worker, "select sec.worker_lives(%s)", ends)


def claim(worker: UUID, *, most: int) -> list[Errand]:
    """Take what is due, the oldest first; nobody else gets the same. To be committed before anything is sent."""
    with sessions.working("post", worker), connection.cursor() as cursor:
        cursor.execute(
            "select delivery, channel, address, sealed, attempt, link, of_itself, gathering"
            " from sec.claim_deliveries(%s)",
            [most],
        )
        return [Errand(row[0], Channel(row[1]), row[2], bytes(row[3]), *row[4:]) for row in cursor.fetchall()]


def hand_over(errand: Errand, *, worker: UUID) -> bool:
    """Whether to send it now. It is then written that it may have left, which is to be committed before it does."""
    (may,) = _call(worker, "select sec.hand_over(%s)", errand.id)
    return bool(may)


def note(
    errand: Errand, *, worker: UUID, fact: FactKind, code: FailureCode | None = None, again_at: datetime | None = None
) -> bool:
    """What became of it, and when it is to be tried again. False when the worker does not have it any more."""
    (noted,) = _call(
        worker, "select sec.note_delivery(%s, %s, %s, %s)", errand.id, str(fact), str(code or ""), again_at
    )
    return bool(noted)


def bury(worker: UUID, *, seconds: int | None = None) -> tuple[int, int]:
    """Give back what dead workers had: how many are tried again, and of how many nobody knows whether they left."""
    silent = rules().claim_seconds.number if seconds is None else seconds
    again, uncertain = _call(worker, "select again, uncertain from sec.bury_workers(%s)", silent)
    assert isinstance(again, int) and isinstance(uncertain, int)
    return again, uncertain


def returned(delivery_id: UUID, *, fact: FactKind, code: FailureCode | None = None) -> bool:
    """The receiver's server says that it has it, or that it came back. False when it is known, or never left here."""
    (noted,) = _call(uuid4(), "select sec.note_return(%s, %s, %s)", delivery_id, str(fact), str(code or ""))
    return bool(noted)
