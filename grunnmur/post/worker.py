"""One worker: takes what is due, sends it, and writes down what became of it. Several may run, and any may be killed at
any instant: what it had is then taken by another, or shown as uncertain (`queue.bury`)."""

import logging
import os
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from typing import TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from grunnmur import clock, program_log
from grunnmur.keys import CannotOpen
from grunnmur.post import mail, queue, sms, texts
from grunnmur.post.queue import Errand
from grunnmur.post.rules import next_try, rules
from grunnmur.post.terms import Channel, FactKind, FailureCode
from grunnmur.post.ways import Outcome, Way, failed

LOG = logging.getLogger(__name__)
AT_ONCE = 20
"""Deliveries that are taken in one go."""
PAUSE = 2.0
"""Seconds until one looks again when nothing was due; also how often a worker says that it lives."""
CHORES = 600.0
"""Seconds between looking for what is to be reminded of."""
AWAY = 1.0
"""Seconds until the database is tried again when it is away."""
Given = TypeVar("Given")


def ways() -> dict[Channel, Way]:
    """The ways out that the installation has. Raises ImproperlyConfigured."""
    return {Channel.MAIL: mail.way(), Channel.SMS: sms.way(), Channel.CODE: sms.way(sms.Codes)}


def run(
    stopping: threading.Event,
    *,
    out: Mapping[Channel, Way],
    once: bool = False,
    parent: int | None = None,
    chores: Callable[[], object] | None = None,
) -> int:
    """Send until told to stop, or with `once` until nothing is due. Returns how many deliveries were tried.

    With `parent` it ends when the process that started it has. `chores` is done first, and every now and then: what
    makes more to send.
    """
    worker = uuid.uuid4()
    tried, next_chores = 0, time.monotonic()
    while not stopping.is_set() and (parent is None or os.getppid() == parent):
        if chores is not None and time.monotonic() >= next_chores:
            _do(chores)
            next_chores = time.monotonic() + CHORES
        taken = _insist(lambda: _take(worker), stopping) or []
        down: set[Channel] = set()
        for errand in taken:
            if stopping.is_set():
                break
            deliver(errand, worker=worker, out=out, down=down)
            tried += 1
        if not taken:
            for way in out.values():
                way.close()
            if once:
                break
            stopping.wait(PAUSE)
    for way in out.values():
        way.close()
    _insist(lambda: queue.lives(worker, ends=True), threading.Event(), patience=1)
    return tried


def _do(chores: Callable[[], object]) -> None:
    """Once; whatever is wrong with it, mail goes on, and it is tried again when its time comes. A line to the database
    that broke is found broken by whoever uses it next."""
    try:
        chores()
    except Exception as fault:
        LOG.error("What makes more to send failed: %s", program_log.describe(fault))


def _take(worker: uuid.UUID) -> list[Errand]:
    queue.lives(worker)
    queue.bury(worker)
    return queue.claim(worker, most=AT_ONCE)


def deliver(errand: Errand, *, worker: uuid.UUID, out: Mapping[Channel, Way], down: set[Channel]) -> None:
    """One attempt. What is found to be `down` is not tried for the others that were taken in the same go."""
    outcome = _attempt(errand, worker=worker, way=out[errand.channel], is_down=errand.channel in down)
    if outcome is None:
        return
    if outcome.code is FailureCode.SERVER_DOWN:
        down.add(errand.channel)
    again_at = None
    if outcome.fact is FactKind.PUT_OFF:
        again_at = next_try(attempt=errand.attempt, at=clock.now())
        if again_at is None:
            outcome = failed(FailureCode.GAVE_UP)
    found = outcome
    # What was sent is written down also when the database is away for a while and somebody wants us to stop.
    patience = rules().claim_seconds.number
    _insist(
        lambda: queue.note(errand, worker=worker, fact=found.fact, code=found.code, again_at=again_at),
        threading.Event(),
        patience=patience,
    )


def _attempt(errand: Errand, *, worker: uuid.UUID, way: Way, is_down: bool) -> Outcome | None:
    if is_down:
        return Outcome(FactKind.PUT_OFF, FailureCode.SERVER_DOWN)
    try:
        address = errand.open_address()
    except CannotOpen:
        return failed(FailureCode.WRONG_ADDRESS)
    try:
        return way.send(
            address,
            name=str(errand.id),
            page=texts.page_of(errand.link_id, of_itself=errand.of_itself, gathering=errand.gathering),
            may_leave=lambda: queue.hand_over(errand, worker=worker),
        )
    except (DatabaseError, InterfaceError) as fault:
        # Nothing left: the text leaves only after the database has said yes. The claim is found again when it is old.
        LOG.error("The database did not answer a worker: %s", program_log.describe(fault))
        connection.close()
        way.close()
        return None


def _insist(do: Callable[[], Given], stopping: threading.Event, *, patience: int | None = None) -> Given | None:
    """Do it until the database lets it be done; None when told to stop, or when patience (seconds) is at an end."""
    tries = 0
    while True:
        try:
            return do()
        except (OperationalError, InterfaceError) as fault:
            tries += 1
            LOG.error("The database did not answer a worker: %s", program_log.describe(fault))
            connection.close()
            if stopping.wait(AWAY) or (patience is not None and tries > patience):
                return None
