"""Is the log as it was written? Every link is worked out again, and the chains are held against the anchors."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import connection

from grunnmur.log import chain
from grunnmur.log.anchors import Anchor, BadAnchor, Heads, keys_after, newest


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and where: numbers `first` to `last` of a chain, or lines of the file of anchors."""

    what: str
    """A code: changed, old_key, row_gone, gap, unlinked, cut, other_history, anchor, no_anchors."""
    where: str
    first: int
    last: int
    text: str
    """The same in plain words."""


@dataclass(slots=True)
class Report:
    """What a run found."""

    links: int = 0
    anchors: int = 0
    anchored_at: datetime | None = None
    since: datetime | None = None
    faults: list[Fault] = field(default_factory=list)

    def as_json(self) -> str:
        return json.dumps(asdict(self), default=str, ensure_ascii=False, indent=2)


TEXTS = {
    "changed": "{where}, {numbers}: what stands there is not what was written. The row or its link has been changed, "
    "swapped with another, or put in by someone else.",
    "old_key": "{where}, {numbers}: written with a key that had been replaced, maybe by who has stolen it.",
    "row_gone": "{where}, {numbers}: the row has been deleted; its link is still there.",
    "gap": "{where}, {numbers}: missing. Rows and links have been deleted.",
    "unlinked": "{where}: {count} rows have no link. They were put in past the program, or their links were deleted.",
    "cut": "{where}, {numbers}: missing at the end. They stood there when anchor {anchor} was made, {at}. The end has "
    "been cut off, or the database is an older copy.",
    "other_history": "{where}, {numbers}: another link than when anchor {anchor} was made, {at}. An older copy of the "
    "database has been put in and gone on from.",
    "anchor": "The file of anchors, {numbers}: {why}.",
    "no_anchors": "There is no anchor to hold the chains against, so a cut end or an older copy could not be seen. "
    "Run «grunnmur anchor_log» regularly, to a place outside the database.",
}


def fault(what: str, *, where: str, first: int = 0, last: int = 0, unit: str = "number", **more: object) -> Fault:
    """A fault with its words."""
    numbers = f"{unit} {first}" if first == last else f"{unit}s {first} to {last}"
    return Fault(what, where, first, last, TEXTS[what].format(where=where, numbers=numbers, **more))


def heads() -> Heads:
    """Where every chain stands now, without holding anyone up. Run as the owner of the tables."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select k.shard, k.seq, k.code from generate_series(0, %s) wanted cross join lateral"
            " (select * from log_link l where l.shard = wanted order by l.seq desc limit 1) k",
            [chain.SHARDS - 1],
        )
        return {shard: (seq, bytes(code)) for shard, seq, code in cursor.fetchall()}


def check(anchors: list[Anchor], bad_anchors: Iterable[BadAnchor] = (), *, since: datetime | None = None) -> Report:
    """Hold the log, as this transaction sees it, against its chains and the anchors read before. As the tables' owner.

    With `since`, begins where the newest anchor before that instant says that the chains stood: what lies before is
    taken on trust, and only what came later is worked out.
    """
    start = newest(anchors, before=since) if since else None
    report = Report(
        anchors=len(anchors),
        anchored_at=anchors[-1].at if anchors else None,
        since=start.at if start else None,
    )
    for bad in bad_anchors:
        report.faults.append(fault("anchor", where="anchors", first=bad.line, last=bad.line, unit="line", why=bad.why))
    begins: Heads = start.heads if start else {}
    expected = _expected([one for one in anchors if start is None or one.number >= start.number])
    replaced = list(keys_after(anchors))
    for shard in range(chain.SHARDS):
        oldest_keys = [(anchor.heads.get(shard, (0, b""))[0], key) for anchor, key in replaced]
        _check_shard(report, shard, begins.get(shard, (0, b"")), expected[shard], oldest_keys)
    _check_unlinked(report, since=report.since)
    if report.links and not anchors:
        report.faults.append(fault("no_anchors", where="anchors"))
    return report


def check_restored(
    anchors: list[Anchor], bad_anchors: Iterable[BadAnchor] = (), *, reached: datetime
) -> tuple[Report, int]:
    """The same in a database that was restored to an instant: what was logged after it is gone, and no fault.

    Gives how many rows are gone as well, as far as the anchors tell. No anchors at all is no fault either: they are
    kept elsewhere, and may not be at hand.
    """
    now = heads()
    ends = {shard: now.get(shard, (0, b""))[0] for shard in range(chain.SHARDS)}
    held = [
        one
        if one.at <= reached
        else replace(one, heads={s: head for s, head in one.heads.items() if head[0] <= ends[s]})
        for one in anchors
    ]
    gone = max((sum(max(seq - ends[s], 0) for s, (seq, _) in one.heads.items()) for one in anchors), default=0)
    report = check(held, bad_anchors)
    report.faults = [one for one in report.faults if one.what != "no_anchors"]
    return report, gone


# --- one chain ---------------------------------------------------------------------------------------------------

Expected = dict[int, tuple[bytes, Anchor]]
"""What anchors say of one chain: by number, the code that was its last and the first anchor to say so."""


def _expected(anchors: list[Anchor]) -> dict[int, Expected]:
    """What the anchors together say, but for what a later restore has said is gone."""
    found: dict[int, Expected] = {shard: {} for shard in range(chain.SHARDS)}
    for anchor in anchors:
        for shard, said in found.items():
            seq, code = anchor.heads.get(shard, (0, b""))
            if anchor.is_restore:
                for gone in [number for number in said if number > seq]:
                    del said[gone]
            if seq:
                said.setdefault(seq, (code, anchor))
    return found


def _check_shard(
    report: Report, shard: int, begin: tuple[int, bytes], expected: Expected, oldest_keys: list[tuple[int, int]]
) -> None:
    """`oldest_keys` says after which numbers no key older than this one is in use."""
    secrets, key = chain.every_key("link"), 0
    where = f"chain {shard}"
    trusted, before = begin
    seq = max(trusted - 1, 0)
    found: list[tuple[str, int]] = []
    for number, code, row in links(shard, after=seq):
        if number != seq + 1:
            report.faults.append(fault("gap", where=where, first=seq + 1, last=number - 1))
        if number == trusted:
            pass  # where the anchor stood: held against it below
        elif row is None:
            found.append(("row_gone", number))
        elif (made_with := _key_of(code, secrets, key, shard=shard, seq=number, before=before, row=row)) is None:
            found.append(("changed", number))
        elif made_with < max((oldest for after, oldest in oldest_keys if number > after), default=0):
            found.append(("old_key", number))
        else:
            key = made_with
        said = expected.get(number)
        if said is not None and said[0] != code:
            report.faults.append(_held_against("other_history", where, number, number, said[1]))
        seq, before = number, code
        report.links += 1
    report.faults += _in_runs(where, found)
    beyond = [number for number in expected if number > seq]
    if beyond:
        report.faults.append(_held_against("cut", where, seq + 1, max(beyond), expected[max(beyond)][1]))


def _key_of(code: bytes, secrets: list[bytes], likely: int, **link: Any) -> int | None:
    """Which key a link was made with; none when it is not as it was written. The one before it is tried first."""
    for key in sorted(range(len(secrets)), key=lambda one: one != likely):
        if code == chain.link_code(secrets[key], **link):
            return key
    return None


def _held_against(what: str, where: str, first: int, last: int, anchor: Anchor) -> Fault:
    return fault(
        what, where=where, first=first, last=last, anchor=anchor.number, at=f"{anchor.at:%Y-%m-%d %H:%M:%S %Z}"
    )


def _in_runs(where: str, found: list[tuple[str, int]]) -> Iterator[Fault]:
    """Numbers after each other with the same fault are said as one."""
    for (what, _offset), run in groupby(enumerate(found), key=lambda item: (item[1][0], item[1][1] - item[0])):
        numbers = [number for _index, (_what, number) in run]
        yield fault(what, where=where, first=numbers[0], last=numbers[-1])


def _columns(alias: str, names: Iterable[str]) -> str:
    return ", ".join(
        f"(extract(epoch from {alias}.at) * 1000000)::bigint" if name == "at" else f"{alias}.{name}" for name in names
    )


_LINKS = f"""
    select k.seq, k.code,
           case when k.is_event
                then (select jsonb_build_array('event', {_columns("e", chain.EVENT_FIELDS)})::text
                      from log_event e where e.id = k.row_id)
                else (select jsonb_build_array('look', {_columns("l", chain.LOOK_FIELDS)})::text
                      from log_accesslog l where l.id = k.row_id) end
    from log_link k where k.shard = %s and k.seq > %s order by k.seq"""


def links(shard: int, *, after: int) -> Iterator[tuple[int, bytes, list[Any] | None]]:
    """Number, code and row of each link of a chain; no row where it is gone."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(_LINKS, [shard, after])
        while some := cursor.fetchmany(5_000):
            for seq, code, row in some:
                yield seq, bytes(code), None if row is None else json.loads(row)


def _check_unlinked(report: Report, *, since: datetime | None) -> None:
    for table, name in (("log_event", "acts"), ("log_accesslog", "looks")):
        with connection.cursor() as cursor:
            cursor.execute(
                f"select count(*) from {table} r where not exists (select 1 from log_link k where k.row_id = r.id)"
                " and (%s::timestamptz is null or r.at >= %s)",
                [since, since],
            )
            count: int = cursor.fetchone()[0]
        if count:
            report.faults.append(fault("unlinked", where=name, first=1, last=count, count=count))
