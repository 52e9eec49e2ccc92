"""Nothing bleeds between pooled connections: threads ask as different people, in turn, on a few shared connections.

Every answer must hold the asker's own canaries and nobody else's. Some requests break in the middle, some come from
nobody, some are whole pages; and before each, the connection must remember nothing of whoever had it last.
"""

import random
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.proofs import Result, stage

THREADS, CONNECTIONS = 8, 4
QUICK, FULL = 4_000, 50_000
PAGE_EVERY = 10
"""One in so many requests is a whole page through every layer; the others read past the program's own rule."""
BREAKS_EVERY = 15
"""One in so many breaks after the database knows who asks."""
CANARIES = {"kari": "Kanari Grimstad", "ola": "Kanari Annensteds"}
ASKERS = ("kari", "leif", "ola", "per", "siri", "bjorn", "")
"""Who asks; the last is nobody, as a job that forgot to say who it acts for."""
OWN = {"kari": {"kari"}, "leif": {"kari"}, "ola": {"ola"}}
"""Whose canaries each sees; the others have none of their own."""
SEEN_ON_THE_PAGE = ("kari", "ola")


class Broken(Exception):
    """A fault in the middle of a request."""


@dataclass
class Found:
    """What the threads saw, together."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    requests: int = 0
    pages: int = 0
    broken: int = 0
    exchanges: int = 0
    last_on: dict[int, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def note(self, pid: int, who: str, *, faults: list[str]) -> None:
        """One request that was made on a connection."""
        with self.lock:
            self.requests += 1
            self.exchanges += self.last_on.get(pid, who) != who
            self.last_on[pid] = who
            self.faults += faults


def prove(quick: bool, seed: int) -> Result:
    """Ask many times from many threads, and count what came from somebody else."""
    total = QUICK if quick else FULL
    with stage.database("bleed") as admin_url:
        _share(admin_url)
        _canaries()
        found = Found(faults=_without_an_actor())
        try:
            with ThreadPoolExecutor(THREADS) as pool:
                for share in [pool.submit(_ask, seed + n, total // THREADS, found) for n in range(THREADS)]:
                    share.result()
        finally:
            _close()
    figures = (
        f"{found.requests} requests ({found.pages} whole pages, {found.broken} broken off) of {len(ASKERS)} askers in "
        f"{THREADS} threads on {len(found.last_on)} connections, which changed hands {found.exchanges} times"
    )
    if len(found.last_on) != CONNECTIONS or found.exchanges < total // 4:
        found.faults.append(f"The connections were not shared as they should: {figures}.")
    return Result(figures, len(found.faults), found.faults)


def _share(admin_url: str) -> None:
    """Django as the runtime role on a pool of a few connections, as `serve` has it."""
    from django.conf import settings
    from django.db import connections

    from grunnmur import postgres

    wanted: dict[str, Any] = postgres.django_settings(postgres.with_role(admin_url, user=postgres.APP), pool=True)
    wanted["OPTIONS"]["pool"] |= {"min_size": CONNECTIONS, "max_size": CONNECTIONS, "timeout": 60}
    connections.close_all()
    settings.DATABASES["default"].update(wanted)
    connections["default"].settings_dict.update(wanted)


def _close() -> None:
    from django.conf import settings
    from django.db import connections

    connections.close_all()
    connections["default"].close_pool()  # type: ignore[attr-defined]
    settings.DATABASES["default"]["OPTIONS"].pop("pool")
    connections["default"].settings_dict["OPTIONS"].pop("pool", None)


def _canaries() -> None:
    """A child with a case in each of two services that know nothing of each other."""
    from demo import cast
    from grunnmur.cases.actions import children
    from grunnmur.directory import sessions
    from tests import together

    for who, name in CANARIES.items():
        with sessions.acting(cast.membership_id(cast.get(who))) as actor:
            child = children.register(
                actor=actor, once=None, name=name, born_on=date(2012, 5, 14), journal_number=f"K-{who}"
            )
            together.begin(actor, child)


def _without_an_actor() -> list[str]:
    """A job that acts for nobody, or for a membership that does not hold, must be refused and not quietly empty."""
    from django.db import DatabaseError, connection, transaction

    from grunnmur.directory import sessions
    from grunnmur.log import record

    faults = []
    try:
        with sessions.acting(uuid.uuid4()):
            faults.append("A membership that does not exist could act.")
    except LookupError:
        pass
    try:
        with transaction.atomic():
            from grunnmur import clock

            record.event(
                "child.edited",
                at=clock.now(),
                child_id=uuid.uuid4(),
                pathway_id=None,
                kind=1,
                service_id=uuid.uuid4(),
                person_id=uuid.uuid4(),
            )
        faults.append("A job without an actor could write.")
    except DatabaseError:
        pass
    connection.close()
    return faults


def _ask(seed: int, count: int, found: Found) -> None:
    """One thread: so many requests, each as somebody drawn, each on whatever connection is free."""
    from django.db import connection
    from django.test import Client

    from demo import cast
    from grunnmur.directory import sessions

    draw = random.Random(seed)
    tokens = {who: sessions.open_session(cast.membership_id(cast.get(who))) or "" for who in ASKERS if who}
    clients = {who: Client(HTTP_HOST="localhost") for who in ASKERS}
    for who in tokens:
        clients[who].post("/demo/", {"persona": who})
    connection.close()
    for number in range(count):
        who = draw.choice(ASKERS)
        pid, faults = _what_is_remembered()
        if number % PAGE_EVERY == 0:
            faults += _page(clients[who], who)
            with found.lock:
                found.pages += 1
        else:
            breaks = number % BREAKS_EVERY == 0
            faults += _read(tokens.get(who, ""), who, breaks=breaks)
            with found.lock:
                found.broken += breaks
        found.note(pid, who, faults=faults)
        connection.close()  # back to the pool, as at the end of a request


def _what_is_remembered() -> tuple[int, list[str]]:
    """The connection's number, and what it still knows of whoever had it last."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_backend_pid(), current_setting('sec.token', true), sec.person(),"
            " (select count(*) from cases_child)"
        )
        pid, token, person, rows = cursor.fetchone()
    return pid, [f"A connection remembers its last user: {rows} rows."] if token or person or rows else []


def _read(token: str, who: str, *, breaks: bool) -> list[str]:
    """Read every name there is, as the database lets this token: the program's own rule is left out on purpose."""
    from django.db import transaction

    from grunnmur.cases.models import Child
    from grunnmur.directory import sessions

    names: list[str] = []
    try:
        with transaction.atomic():
            if token:
                sessions.enter(token)
            names = list(Child.objects.values_list("name", flat=True))
            if breaks:
                raise Broken
    except Broken:
        pass
    wanted = {CANARIES[whose] for whose in OWN.get(who, set())}
    return [] if set(names) == wanted else [f"«{who}» was given {sorted(names)}."]


def _page(client: Any, who: str) -> list[str]:
    """The page of one's own work, through every layer."""
    answer = client.get("/")
    page = answer.content.decode()
    others = [name for whose, name in CANARIES.items() if whose not in OWN.get(who, set()) and name in page]
    faults = [f"The page of «{who}» has {name}." for name in others]
    if answer.status_code != 200 and not (answer.status_code == 302 and who in ("", "bjorn")):
        faults.append(f"The page of «{who}» answered {answer.status_code}.")
    if who in SEEN_ON_THE_PAGE and CANARIES[who] not in page:
        faults.append(f"The page of «{who}» lacks their own.")
    return faults
