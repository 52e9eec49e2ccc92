"""Where a message stands, worked out from what has happened to it. Pure: no database, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass

from grunnmur.post.terms import Channel, FactKind, MessageState


@dataclass(frozen=True, slots=True)
class Happened:
    """One fact of one way: in which attempt, and what."""

    attempt: int
    fact: FactKind
    code: str = ""


RANK = (
    FactKind.HANDING_OVER,
    FactKind.PUT_OFF,
    FactKind.UNCERTAIN,
    FactKind.HANDED_OVER,
    FactKind.DELIVERED,
    FactKind.FAILED,
)
"""What one attempt comes to, the later the stronger: a bounce comes after the mail was taken, and what was uncertain is
certain once the server turns out to have answered."""

STANDS: dict[FactKind, MessageState] = {
    FactKind.HANDING_OVER: MessageState.WAITING,
    FactKind.PUT_OFF: MessageState.WAITING,
    FactKind.UNCERTAIN: MessageState.UNCERTAIN,
    FactKind.HANDED_OVER: MessageState.HANDED_OVER,
    FactKind.DELIVERED: MessageState.DELIVERED,
    FactKind.FAILED: MessageState.FAILED,
}

BEST_FIRST = (
    MessageState.DELIVERED,
    MessageState.HANDED_OVER,
    MessageState.WAITING,
    MessageState.UNCERTAIN,
    MessageState.FAILED,
)
"""Of a message that is sent in several ways, the one that came furthest counts."""


def last(facts: Iterable[Happened]) -> Happened | None:
    """The fact that counts of one way; None when nothing has happened to it yet."""
    found = [one for one in facts if one.fact in RANK]
    return max(found, key=lambda one: (one.attempt, RANK.index(one.fact)), default=None)


def of_way(channel: Channel, facts: Iterable[Happened]) -> MessageState:
    """Where one way of a message stands. What is put in an inbox here has arrived when it is written."""
    counts = last(facts)
    if counts is None:
        return MessageState.DELIVERED if channel is Channel.INBOX else MessageState.WAITING
    return STANDS[counts.fact]


def of_message(ways: Iterable[MessageState], facts: Iterable[FactKind]) -> MessageState:
    """Where the message stands: what the receiver did is stronger than what became of any way, and than a recall; an
    answer is stronger than that none was needed any more. A link that is closed says so, also when it was opened."""
    happened = set(facts)
    for fact, state in (
        (FactKind.ANSWERED, MessageState.ANSWERED),
        (FactKind.OVER, MessageState.OVER),
        (FactKind.CLOSED, MessageState.CLOSED),
        (FactKind.OPENED, MessageState.OPENED),
        (FactKind.RECALLED, MessageState.RECALLED),
    ):
        if fact in happened:
            return state
    return min(ways, key=BEST_FIRST.index, default=MessageState.WAITING)
