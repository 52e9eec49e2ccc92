"""The only writer of the two logs.

What is done is written at once, in the transaction that does it. Who looked is kept until the transaction is about to
end, and then everything is linked into the chains (`chain`), as late as can be: a chain is locked from there to the
commit and no longer. Nothing is shown before that, and the database refuses to commit a row without a link.
"""

import hmac
import json
import logging
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from grunnmur.log import chain
from grunnmur.log.models import AccessLog, Event

SECURITY = logging.getLogger("grunnmur.security")
"""What a system that watches is told (docs/reference/logs.md): that a row was written, and never about which child."""


@dataclass(slots=True)
class Pending:
    """What one transaction has to link before it may end."""

    events: list[Event] = field(default_factory=list)
    looks: list[AccessLog] = field(default_factory=list)
    own: list[AccessLog] = field(default_factory=list)
    """What somebody did with their own log-in, or as an administrator; it shows no child, and is a row of its own
    whatever is answered."""
    given: list[AccessLog] = field(default_factory=list)
    """What left the house about each of many children: a row for each, so that no family's row names another child."""

    def as_one_answer(self, *, action: str, shows: bool) -> None:
        """Let what was looked at make one look: one answer is one look, by the name of its route.

        An answer that `shows` nothing, a redirect or a page of refusal, is none. A refusal takes the looks before it
        with it: they were not shown, but it is known what was refused.
        """
        allowed = [look for look in self.looks if look.allowed]
        refusals = [look for look in self.looks if not look.allowed]
        if not allowed:
            return
        look, *others = allowed
        for other in others:
            look.children += [child for child in other.children if child not in look.children]
            look.pathway_id = look.pathway_id or other.pathway_id
            look.kinds |= other.kinds
            look.ground = " ".join(dict.fromkeys(f"{look.ground} {other.ground}".split()))
        look.action = action
        for refusal in refusals:
            refusal.children = refusal.children or look.children
            refusal.pathway_id = refusal.pathway_id or look.pathway_id
        self.looks = [*([look] if shows else []), *refusals]


_pending: ContextVar[Pending | None] = ContextVar("pending", default=None)


@contextmanager
def linked() -> Iterator[Pending]:
    """The rest of a transaction whose rows in the logs are linked at the end of this block. Always inside `atomic`.

    Whoever acts must still be known to the database when the block ends. Raises what the database raises: what
    cannot be logged is neither done nor shown.
    """
    pending = Pending()
    token = _pending.set(pending)
    try:
        yield pending
    finally:
        _pending.reset(token)
    if not connection.needs_rollback:
        _write(pending)


def event(
    name: str,
    *,
    at: datetime,
    child_id: uuid.UUID,
    pathway_id: uuid.UUID | None,
    kind: int,
    service_id: uuid.UUID,
    person_id: uuid.UUID,
    subject_id: uuid.UUID | None = None,
    data: Mapping[str, object] | None = None,
    once: uuid.UUID | None = None,
) -> Event:
    """Record one act in the transaction that does it: if the row cannot be written, the act is undone."""
    row = Event.objects.create(
        at=at,
        name=name,
        child_id=child_id,
        pathway_id=pathway_id,
        kind=kind,
        author_service_id=service_id,
        person_id=person_id,
        subject_id=subject_id,
        data=dict(data or {}),
        once=once,
    )
    _here().events.append(row)
    return row


def look(
    action: str,
    *,
    at: datetime,
    person_id: uuid.UUID | None,
    service_id: uuid.UUID | None,
    role: str,
    children: Iterable[uuid.UUID] = (),
    pathway_id: uuid.UUID | None = None,
    asked_id: uuid.UUID | None = None,
    kinds: int = 0,
    purpose: str = "",
    ground: str = "",
    allowed: bool = True,
    reason: str = "participation",
) -> AccessLog:
    """Record one look, or one refusal. It is written when the transaction is about to end (`linked`)."""
    row = AccessLog(
        at=at,
        person_id=person_id,
        service_id=service_id,
        role=role,
        action=action,
        children=list(children),
        pathway_id=pathway_id,
        asked_id=asked_id,
        kinds=int(kinds),
        purpose=purpose,
        ground=ground,
        allowed=allowed,
        reason=reason,
    )
    _here().looks.append(row)
    return row


def own(
    action: str,
    *,
    at: datetime,
    person_id: uuid.UUID,
    service_id: uuid.UUID,
    role: str,
    asked_id: uuid.UUID | None = None,
    allowed: bool = True,
    reason: str = "self",
) -> None:
    """Record what somebody did, or was refused, with their own log-in or as an administrator. Written as a look is.

    `asked_id` is what it was done to, when that is somebody else's: a membership, an invitation, an examined look.
    """
    _here().own.append(
        AccessLog(
            at=at,
            person_id=person_id,
            service_id=service_id,
            role=role,
            action=action,
            asked_id=asked_id,
            allowed=allowed,
            reason=reason,
        )
    )


RESEARCH = "research"
"""The ground of a row that says that what is known of a child went into a research extract."""


def given_to_research(
    action: str,
    *,
    at: datetime,
    person_id: uuid.UUID,
    service_id: uuid.UUID,
    role: str,
    children: Iterable[uuid.UUID],
    extract_id: uuid.UUID,
) -> None:
    """Record that a research extract was fetched: one row for each child in it. Written as a look is.

    The database refuses it to anybody but the one who fetched that extract in this transaction.
    """
    _here().given += [
        AccessLog(
            at=at,
            person_id=person_id,
            service_id=service_id,
            role=role,
            action=action,
            children=[child],
            asked_id=extract_id,
            ground=RESEARCH,
            allowed=True,
            reason=RESEARCH,
        )
        for child in children
    ]


def _here() -> Pending:
    pending = _pending.get()
    assert pending is not None, "the logs are written inside record.linked()"
    return pending


# --- writing and linking -----------------------------------------------------------------------------------------


def _write(pending: Pending) -> None:
    """Write the looks, and link them and the acts into their chains; in two statements."""
    looks = [*pending.own, *pending.given, *pending.looks]
    links = _next_links([*_not_undone(pending.events), *looks])
    if not links:
        return
    _tell([*pending.own, *(look for look in pending.looks if not look.allowed)])
    with connection.cursor() as cursor:
        if looks:
            cursor.execute(_INSERT_BOTH, [_as_json(looks), *_columns(links)])
        else:
            cursor.execute(_INSERT_LINKS, _columns(links))


def _tell(rows: Iterable[AccessLog]) -> None:
    """Tell whoever watches of what somebody did with their own log-in or as an administrator, and of each refusal."""
    for row in rows if SECURITY.isEnabledFor(logging.INFO) else ():
        told = {
            "act": row.action,
            "reason": row.reason,
            "role": row.role,
            "who": _mark(row.person_id),
            "row": str(row.id),
        }
        SECURITY.info("%s.", "Done" if row.allowed else "Refused", extra={"told": told})


def _mark(person_id: uuid.UUID | None) -> str:
    """The same for the same person, and nobody's name or id: several refusals can be seen to be one's."""
    return "" if person_id is None else hmac.digest(chain.key("who"), person_id.bytes, "sha256").hex()[:16]


def link(rows: Iterable[Event | AccessLog]) -> None:
    """Link rows that are written already, in this transaction: for the demo, which writes its many rows in bulk."""
    links = _next_links(list(rows))
    if links:
        with connection.cursor() as cursor:
            cursor.execute(_INSERT_LINKS, _columns(links))


_Link = tuple[int, int, uuid.UUID, bool, bytes]
"""A chain, a number in it, the row, whether that is an act, and the code."""


def _next_links(rows: list[Event | AccessLog]) -> list[_Link]:
    """The links of the rows, in the same order, after what the chains hold already; locks those chains."""
    if not rows:
        return []
    heads = _take_heads({chain.shard_of_row(row) for row in rows})
    secret = chain.key("link")  # asked for when the chains are held: a chain never goes back to the key before
    links = []
    for row in rows:
        shard = chain.shard_of_row(row)
        seq, before = heads[shard]
        code = chain.link_code(secret, shard=shard, seq=seq + 1, before=before, row=chain.fields(row))
        heads[shard] = seq + 1, code
        links.append((shard, seq + 1, row.id, isinstance(row, Event), code))
    return links


def _columns(links: list[_Link]) -> list[list[object]]:
    return [list(column) for column in zip(*links, strict=True)]


def _not_undone(events: list[Event]) -> list[Event]:
    """Those that still stand: an act that met a broken rule has been undone, and its event with it."""
    if not events:
        return []
    with connection.cursor() as cursor:
        # Asked past the walls: whoever has just been shut out by their own act does not see it any more.
        cursor.execute("select sec.standing(%s)", [[one.pk for one in events]])
        standing = {row[0] for row in cursor.fetchall()}
    return [one for one in events if one.pk in standing]


def _take_heads(shards: Iterable[int]) -> dict[int, tuple[int, bytes]]:
    """Lock these chains until the transaction ends, always in the same order; the last number and code of each."""
    wanted = sorted(shards)
    with connection.cursor() as cursor:
        cursor.execute("select shard, seq, code from sec.take_heads(%s)", [wanted])
        heads = {shard: (seq, bytes(code)) for shard, seq, code in cursor.fetchall()}
    return {shard: heads.get(shard, (0, b"")) for shard in wanted}


_LOOK_COLUMNS = ", ".join(chain.LOOK_FIELDS)
_INSERT_LINKS = (
    "insert into log_link (shard, seq, row_id, is_event, code)"
    " select * from unnest(%s::smallint[], %s::bigint[], %s::uuid[], %s::boolean[], %s::bytea[])"
)
_INSERT_BOTH = (
    f"with looks as (insert into log_accesslog ({_LOOK_COLUMNS})"
    f" select {_LOOK_COLUMNS} from jsonb_populate_recordset(null::log_accesslog, %s::jsonb))"
    f" {_INSERT_LINKS}"
)


def _as_json(looks: list[AccessLog]) -> str:
    return json.dumps([{name: getattr(look, name) for name in chain.LOOK_FIELDS} for look in looks], default=_text)


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
