"""What a worker may ask of the database, each call signed: it sees no table, no child and no case (`sql/post.sql`)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from grunnmur.directory.sessions import sign
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


def _call(sql: str, *values: object) -> tuple[object, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)  # type: ignore[arg-type]  # plain values
        row: tuple[object, ...] = cursor.fetchone()
    return row


def lives(worker: UUID, *, ends: bool = False) -> None:
    """The worker is alive now, or ends now."""
    mac = sign(f"lives|{worker}|{'t' if ends else 'f'}")
    _call("select sec.worker_lives(%s, %s, %s)", worker, ends, mac)


def claim(worker: UUID, *, most: int) -> list[Errand]:
    """Take what is due, the oldest first; nobody else gets the same. To be committed before anything is sent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select delivery, channel, address, sealed, attempt, link, of_itself, gathering"
            " from sec.claim_deliveries(%s, %s, %s)",
            [worker, most, sign(f"claim|{worker}|{most}")],
        )
        return [Errand(row[0], Channel(row[1]), row[2], bytes(row[3]), *row[4:]) for row in cursor.fetchall()]


def hand_over(errand: Errand, *, worker: UUID) -> bool:
    """Whether to send it now. It is then written that it may have left, which is to be committed before it does."""
    (may,) = _call("select sec.hand_over(%s, %s, %s)", errand.id, worker, sign(f"hand_over|{errand.id}|{worker}"))
    return bool(may)


def note(
    errand: Errand, *, worker: UUID, fact: FactKind, code: FailureCode | None = None, again_at: datetime | None = None
) -> bool:
    """What became of it, and when it is to be tried again. False when the worker does not have it any more."""
    why = code or ""
    again = again_at.replace(microsecond=0) if again_at else None
    parts = ("note", errand.id, worker, fact, why, *([int(again.timestamp())] if again else []))
    mac = sign("|".join(map(str, parts)))
    (noted,) = _call(
        "select sec.note_delivery(%s, %s, %s, %s, %s, %s)", errand.id, worker, str(fact), str(why), again, mac
    )
    return bool(noted)


def bury(*, seconds: int | None = None) -> tuple[int, int]:
    """Give back what dead workers had: how many are tried again, and of how many nobody knows whether they left."""
    silent = rules().claim_seconds.number if seconds is None else seconds
    again, uncertain = _call("select again, uncertain from sec.bury_workers(%s, %s)", silent, sign(f"bury|{silent}"))
    assert isinstance(again, int) and isinstance(uncertain, int)
    return again, uncertain


def returned(delivery_id: UUID, *, fact: FactKind, code: FailureCode | None = None) -> bool:
    """The receiver's server says that it has it, or that it came back. False when it is known, or never left here."""
    why = code or ""
    (noted,) = _call(
        "select sec.note_return(%s, %s, %s, %s)",
        delivery_id,
        str(fact),
        str(why),
        sign(f"return|{delivery_id}|{fact}|{why}"),
    )
    return bool(noted)
