"""What an operator is told of all that is sent: numbers alone, and whether they add up."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from grunnmur.directory.sessions import sign
from grunnmur.post.rules import rules


@dataclass(frozen=True, slots=True)
class Sending:
    """One worker that has not said that it ended."""

    seen_seconds: int
    """Since it last said that it lives."""
    started_at: datetime
    sent: int
    lives: bool


@dataclass(frozen=True, slots=True)
class Numbers:
    """All that was sent in the last thirty days, and the queue as it is now."""

    sent: int
    delivered: int
    failed: int
    uncertain: int
    recalled: int
    waiting_of_these: int
    lost: int
    """In none of the others: there is none, and one would be a fault of ours."""
    waiting: int
    due: int
    claimed: int
    oldest_seconds: int
    few_readers: int
    """Services with something unread, and too few people who can read it."""
    workers: tuple[Sending, ...]

    @property
    def adds_up(self) -> bool:
        """Everything that was sent has arrived, has not, or waits."""
        return self.lost == 0

    @property
    def somebody_sends(self) -> bool:
        return any(one.lives for one in self.workers)


def read() -> Numbers:
    """The numbers now: a signed call, in a fixed number of queries."""
    seconds, readers = rules().worker_seconds.number, rules().readers.number
    with connection.cursor() as cursor:
        cursor.execute("select sec.post_numbers(%s, %s, %s)", [seconds, readers, sign(f"numbers|{seconds}|{readers}")])
        data = cursor.fetchone()[0]
    said: dict[str, Any] = json.loads(data) if isinstance(data, str) else data
    outcomes = said["outcomes"]
    return Numbers(
        sent=said["sent"],
        **{name: outcomes.get(name, 0) for name in ("delivered", "failed", "uncertain", "recalled", "lost")},
        waiting_of_these=outcomes.get("waiting", 0),
        waiting=said["waiting"],
        due=said["due"],
        claimed=said["claimed"],
        oldest_seconds=said["oldest_seconds"],
        few_readers=said["few_readers"],
        workers=tuple(
            Sending(one["seen_seconds"], datetime.fromisoformat(one["started"]), one["sent"], one["lives"])
            for one in said["workers"]
        ),
    )


def metrics(found: Numbers) -> str:
    """The same as plain text for a monitoring system (the exposition format of Prometheus)."""
    outcomes = {
        "delivered": found.delivered,
        "failed": found.failed,
        "uncertain": found.uncertain,
        "recalled": found.recalled,
        "waiting": found.waiting_of_these,
        "lost": found.lost,
    }
    lines = [
        "# HELP grunnmur_deliveries What became of what was sent in the last 30 days.",
        "# TYPE grunnmur_deliveries gauge",
        *(f'grunnmur_deliveries{{outcome="{name}"}} {number}' for name, number in outcomes.items()),
        *_gauge("sent", found.sent, "Deliveries of the last 30 days; the sum of the outcomes."),
        *_gauge("queue", found.waiting, "Deliveries that wait now."),
        *_gauge("queue_due", found.due, "Of these, those that are due."),
        *_gauge("queue_oldest_seconds", found.oldest_seconds, "The age of the oldest that waits."),
        *_gauge("workers", sum(one.lives for one in found.workers), "Workers that have said lately that they live."),
        *_gauge("few_readers", found.few_readers, "Services with something unread and too few readers."),
    ]
    return "\n".join(lines) + "\n"


def _gauge(name: str, value: int, what: str) -> tuple[str, str, str]:
    return f"# HELP grunnmur_{name} {what}", f"# TYPE grunnmur_{name} gauge", f"grunnmur_{name} {value}"
