"""What became of messages: each way that each was sent, what happened to it, and where it stands."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from grunnmur.post import state
from grunnmur.post.models import Delivery, Fact
from grunnmur.post.state import Happened
from grunnmur.post.terms import Channel, FactKind, FailureCode, MessageState


@dataclass(frozen=True, slots=True)
class Way:
    """One way of a message, where it stands, and why."""

    channel: Channel
    state: MessageState
    code: FailureCode | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """Where one message stands, by which ways it was sent, and everything that happened to it, the first first."""

    state: MessageState
    ways: tuple[Way, ...]
    facts: tuple[Fact, ...]


def entries(messages: Collection[UUID]) -> Mapping[UUID, Entry]:
    """The entry of each message that the one who asks sees, in two queries however many."""
    ways: dict[UUID, list[Delivery]] = defaultdict(list)
    for way in Delivery.objects.filter(message__in=messages).order_by("channel", "made_at", "pk"):
        ways[way.message_id].append(way)
    facts: dict[UUID, list[Fact]] = defaultdict(list)
    for fact in Fact.objects.filter(message__in=messages).order_by("at"):
        facts[fact.message_id].append(fact)
    return {key: _entry(ways[key], facts[key]) for key in messages}


def _entry(ways: Iterable[Delivery], facts: list[Fact]) -> Entry:
    stands = tuple(_way(way, facts) for way in ways)
    now_at = state.of_message(
        (way.state for way in stands), (FactKind(fact.fact) for fact in facts if fact.delivery_id is None)
    )
    return Entry(now_at, stands, tuple(facts))


def _way(way: Delivery, facts: Iterable[Fact]) -> Way:
    mine = [fact for fact in facts if fact.delivery_id == way.pk]
    happened = [Happened(fact.attempt, FactKind(fact.fact), fact.code) for fact in mine]
    counts = state.last(happened)
    channel = Channel(way.channel)
    return Way(
        channel=channel,
        state=state.of_way(channel, happened),
        code=FailureCode(counts.code) if counts and counts.code else None,
        at=max((fact.at for fact in mine), default=way.made_at),
    )
