"""Tampering: whoever can write everything in the database, but lacks the key, changes nothing in the log unseen.

A log is written by the program's own writer, with older copies of it kept on the way and anchors outside. Then it is
tampered with as the server's administrator, with every trigger off, in one random way at a time; `verify.check` has
to find it and name the chain it happened in. In between, the untouched log has to be found whole.
"""

import random
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.proofs import Result, stage

QUICK, WHOLE = 1_000, 10_000
BLOCKS = 240
"""Transactions that write the log; each writes an act, a look or both."""
COPIES = (80, 160)
"""After how many of them an older copy of the logs is kept."""
UNTOUCHED_EVERY = 20
TABLES = ("log_event", "log_accesslog", "log_link")


def prove(quick: bool, seed: int) -> Result:
    count = QUICK if quick else WHOLE
    done = stage.in_processes(_tamper, [(seed * 10 + share, count // stage.CORES) for share in range(stage.CORES)])
    faults = [fault for found, _untouched in done for fault in found]
    untouched = sum(number for _found, number in done)
    return Result(
        f"{count} tamperings in {len(WAYS)} ways, {untouched} checks of the untouched log", len(faults), faults[:50]
    )


def _tamper(seed: int, count: int) -> tuple[list[str], int]:
    """Tamper so many times; a sentence for each that was not found, or not where it was, or was a false alarm."""
    faults: list[str] = []
    untouched = 0
    names = sorted(WAYS)
    with stage.database(f"tampering_{seed}") as admin_url, tempfile.TemporaryDirectory() as folder:
        from django.db import connection, transaction

        from grunnmur.log import verify

        rng = random.Random(seed)
        anchors = _write_log(rng, admin_url, Path(folder) / "anchors.jsonl")
        with stage.as_admin(admin_url):
            for number in range(count):
                name = names[number % len(names)]
                with _undone(), connection.cursor() as cursor:
                    cursor.execute("set local session_replication_role = replica")
                    chains = WAYS[name](cursor, rng)
                    found = verify.check(anchors).faults
                named = {one.where for one in found}
                if not found or (chains and not named & {f"chain {one}" for one in chains}):
                    faults.append(
                        f"seed {seed}, number {number}: «{name}» in {sorted(chains)} gave {named or 'nothing'}"
                    )
                if number % UNTOUCHED_EVERY == 0:
                    untouched += 1
                    with transaction.atomic():
                        alarms = verify.check(anchors).faults
                    faults += [f"seed {seed}, number {number}: false alarm: {one.text}" for one in alarms]
    return faults, untouched


@contextmanager
def _undone() -> Iterator[None]:
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _write_log(rng: random.Random, admin_url: str, path: Path) -> list[Any]:
    """A log by the program's own writer, older copies in schemas of their own, and anchors, the last at the end."""
    from demo import cast
    from grunnmur import clock
    from grunnmur.directory import sessions
    from grunnmur.log import anchors, record, verify

    children = [uuid.UUID(int=rng.getrandbits(128)) for _number in range(12)]
    at = clock.now()
    for number in range(BLOCKS):
        at += timedelta(seconds=rng.randint(1, 500))
        with sessions.acting(cast.membership_id(cast.get(rng.choice(("kari", "per", "hege", "siri"))))) as actor:
            about = {"at": at, "person_id": actor.person_id, "service_id": actor.service_id}
            child = rng.choice(children)
            acts = rng.random() < 0.4
            if acts:
                record.event("consent.recorded", child_id=child, pathway_id=None, kind=2, data={"n": number}, **about)
            if not acts or rng.random() < 0.5:
                record.look(
                    "pathway", children=[child], pathway_id=child, kinds=7, role=actor.role, ground="owner", **about
                )
        if number % 10 == 0 or number in COPIES or number == BLOCKS - 1:
            with stage.as_admin(admin_url):
                anchors.add(path, heads=verify.heads(), at=at)
        if number in COPIES:
            with stage.connect(admin_url) as admin:
                admin.execute(f"create schema old_{number}")
                for table in TABLES:
                    admin.execute(f"create table old_{number}.{table} as table public.{table}")
    good, bad = anchors.read(path)
    assert len(good) >= BLOCKS // 10 and not bad
    return good


# --- ways of tampering: each does something, and gives the chains of which at least one must be named ------------

Way = Callable[[Any, random.Random], set[int]]
WAYS: dict[str, Way] = {}


def way(function: Way) -> Way:
    WAYS[function.__name__.replace("_", " ")] = function
    return function


Place = tuple[int, int, uuid.UUID, bool]
"""A link: its chain, its number, its row, and whether that is an act."""


def _pick(cursor: Any, rng: random.Random, *, many: int = 1, only: str = "true") -> list[Place]:
    cursor.execute(f"select shard, seq, row_id, is_event from log_link where {only} order by shard, seq")
    return rng.sample(cursor.fetchall(), many)


def _table(is_event: bool) -> str:
    return "log_event" if is_event else "log_accesslog"


LOOK_CHANGES = {
    "at": "at + interval '1 microsecond'",
    "person_id": "gen_random_uuid()",
    "service_id": "null",
    "role": "'importer'",
    "action": "'work'",
    "children": "children || gen_random_uuid()",
    "pathway_id": "null",
    "asked_id": "gen_random_uuid()",
    "kinds": "kinds | 8",
    "purpose": "'x'",
    "ground": "'consent'",
    "allowed": "not allowed",
    "reason": "''",
}
EVENT_CHANGES = {
    "at": "at - interval '1 day'",
    "name": "'pathway.closed'",
    "child_id": "gen_random_uuid()",
    "pathway_id": "gen_random_uuid()",
    "kind": "kind + 1",
    "author_service_id": "gen_random_uuid()",
    "person_id": "gen_random_uuid()",
    "subject_id": "gen_random_uuid()",
    "data": """data || '{"n": -1}'""",
    "once": "gen_random_uuid()",
}


@way
def change_a_column(cursor: Any, rng: random.Random) -> set[int]:
    ((shard, _seq, row, is_event),) = _pick(cursor, rng)
    column, value = rng.choice(sorted((EVENT_CHANGES if is_event else LOOK_CHANGES).items()))
    cursor.execute(
        f"update {_table(is_event)} set {column} = {value} where id = %s and {column} is distinct from {value}", [row]
    )
    assert cursor.rowcount == 1, f"{column} of {row} stood so already: what is no change cannot be found"
    return {shard}


@way
def change_a_code(cursor: Any, rng: random.Random) -> set[int]:
    ((shard, seq, _row, _is_event),) = _pick(cursor, rng)
    byte, change = rng.randrange(32), rng.randrange(1, 256)
    cursor.execute(
        "update log_link set code = set_byte(code, %s, get_byte(code, %s) # %s) where (shard, seq) = (%s, %s)",
        [byte, byte, change, shard, seq],
    )
    return {shard}


@way
def change_a_row_and_code_the_rest_of_its_chain_with_another_key(cursor: Any, rng: random.Random) -> set[int]:
    from grunnmur.log import chain, verify

    ((shard, seq, row, _is_event),) = _pick(cursor, rng, only="not is_event")
    cursor.execute("update log_accesslog set allowed = not allowed where id = %s", [row])
    guess, before = rng.randbytes(32), b""
    for number, code, fields in list(verify.links(shard, after=0)):
        if number >= seq:
            assert fields is not None
            code = chain.link_code(guess, shard=shard, seq=number, before=before, row=fields)
            cursor.execute("update log_link set code = %s where (shard, seq) = (%s, %s)", [code, shard, number])
        before = code
    return {shard}


@way
def delete_a_row(cursor: Any, rng: random.Random) -> set[int]:
    ((shard, _seq, row, is_event),) = _pick(cursor, rng)
    cursor.execute(f"delete from {_table(is_event)} where id = %s", [row])
    return {shard}


@way
def delete_a_link(cursor: Any, rng: random.Random) -> set[int]:
    ((shard, seq, _row, _is_event),) = _pick(cursor, rng)
    cursor.execute("delete from log_link where (shard, seq) = (%s, %s)", [shard, seq])
    return {shard}


@way
def delete_a_row_and_its_link(cursor: Any, rng: random.Random) -> set[int]:
    ((shard, seq, _row, _is_event),) = _pick(cursor, rng)
    _delete(cursor, shard, seq, seq)
    return {shard}


@way
def delete_several_after_each_other(cursor: Any, rng: random.Random) -> set[int]:
    ((shard, seq, _row, _is_event),) = _pick(cursor, rng)
    _delete(cursor, shard, seq, seq + rng.randint(1, 6))
    return {shard}


@way
def delete_a_row_and_close_the_gap(cursor: Any, rng: random.Random) -> set[int]:
    ((shard, seq, _row, _is_event),) = _pick(cursor, rng)
    _delete(cursor, shard, seq, seq)
    _shift(cursor, shard, after=seq, by=-1)
    return {shard}


@way
def swap_what_two_rows_say(cursor: Any, rng: random.Random) -> set[int]:
    (shard, _seq, one, _is_event), (other_shard, _seq, other, _is_event) = _pick(
        cursor, rng, many=2, only="not is_event"
    )
    spare = uuid.uuid4()
    for old, new in ((one, spare), (other, one), (spare, other)):
        cursor.execute("update log_accesslog set id = %s where id = %s", [new, old])
    return {shard, other_shard}


@way
def swap_the_rows_of_two_links(cursor: Any, rng: random.Random) -> set[int]:
    one, other = _pick(cursor, rng, many=2)
    spare: Place = (*one[:2], uuid.uuid4(), True)
    for place, row in ((one, spare), (other, one), (one, other)):
        cursor.execute(
            "update log_link set row_id = %s, is_event = %s where (shard, seq) = (%s, %s)", [*row[2:], *place[:2]]
        )
    return {one[0], other[0]}


@way
def swap_two_neighbours(cursor: Any, rng: random.Random) -> set[int]:
    ((shard, seq, _row, _is_event),) = _pick(cursor, rng, only="seq > 1")
    for old, new in ((seq, 2**40), (seq - 1, seq), (2**40, seq - 1)):
        cursor.execute("update log_link set seq = %s where shard = %s and seq = %s", [new, shard, old])
    return {shard}


@way
def put_in_a_row_without_a_link(cursor: Any, rng: random.Random) -> set[int]:
    ((_shard, _seq, row, is_event),) = _pick(cursor, rng)
    _copy_row(cursor, row, is_event)
    return set()


@way
def put_in_a_row_at_the_end(cursor: Any, rng: random.Random) -> set[int]:
    ((shard, _seq, row, is_event),) = _pick(cursor, rng)
    _put_last(cursor, shard, _copy_row(cursor, row, is_event), is_event, rng.randbytes(32))
    return {shard}


@way
def put_in_a_row_with_a_code_that_was_right_elsewhere(cursor: Any, rng: random.Random) -> set[int]:
    ((shard, seq, row, is_event),) = _pick(cursor, rng)
    cursor.execute("select code from log_link where (shard, seq) = (%s, %s)", [shard, seq])
    code = cursor.fetchone()[0]
    _put_last(cursor, shard, _copy_row(cursor, row, is_event), is_event, code)
    return {shard}


@way
def put_in_a_row_in_the_middle(cursor: Any, rng: random.Random) -> set[int]:
    ((shard, seq, row, is_event),) = _pick(cursor, rng)
    new = _copy_row(cursor, row, is_event)
    _shift(cursor, shard, after=seq - 1, by=1)
    cursor.execute(
        "insert into log_link (shard, seq, row_id, is_event, code)"
        " select shard, %s, %s, %s, code from log_link where (shard, seq) = (%s, %s)",
        [seq, new, is_event, shard, seq + 1],
    )
    return {shard}


@way
def move_a_link_to_another_chain(cursor: Any, rng: random.Random) -> set[int]:
    ((shard, seq, _row, _is_event),) = _pick(cursor, rng)
    other = rng.choice([number for number in range(16) if number != shard])
    cursor.execute(
        "update log_link set shard = %s, seq = (select coalesce(max(seq), 0) + 1 from log_link where shard = %s)"
        " where (shard, seq) = (%s, %s)",
        [other, other, shard, seq],
    )
    return {shard, other}


@way
def cut_the_end_of_a_chain(cursor: Any, rng: random.Random) -> set[int]:
    ((shard, seq, _row, _is_event),) = _pick(cursor, rng)
    _delete(cursor, shard, seq, 2**40)
    return {shard}


@way
def cut_the_end_of_every_chain(cursor: Any, rng: random.Random) -> set[int]:
    keep = rng.randint(0, 3)
    shards = _shards(cursor, "select shard from log_link where seq > %s", keep)
    for shard in shards:
        _delete(cursor, shard, keep + 1, 2**40)
    return shards


@way
def empty_the_logs(cursor: Any, rng: random.Random) -> set[int]:
    shards = _shards(cursor, "select shard from log_link")
    for table in TABLES:
        cursor.execute(f"delete from {table}")
    return shards


@way
def put_an_old_backup_in(cursor: Any, rng: random.Random) -> set[int]:
    return _roll_back(cursor, rng.choice(COPIES))


@way
def put_an_old_backup_in_and_let_the_program_go_on(cursor: Any, rng: random.Random) -> set[int]:
    """What is written on top of the old copy has the right key: only the anchors can tell."""
    from demo import cast
    from grunnmur import clock
    from grunnmur.log import record

    shards = _roll_back(cursor, rng.choice(COPIES))
    kari = cast.get("kari")
    about = {"at": clock.now(), "person_id": kari.person_id, "service_id": cast.service(kari.service).id}
    with record.linked():
        for _number in range(rng.randint(1, 60)):
            child = uuid.UUID(int=rng.getrandbits(128))
            record.event("consent.recorded", child_id=child, pathway_id=None, kind=2, **about)
    return shards


@way
def put_one_chain_of_an_old_backup_in(cursor: Any, rng: random.Random) -> set[int]:
    number = rng.choice(COPIES)
    newer = _shards(cursor, f"select shard from log_link except all select shard from old_{number}.log_link")
    shard = rng.choice(sorted(newer))
    cursor.execute(f"select coalesce(max(seq), 0) + 1 from old_{number}.log_link where shard = %s", [shard])
    _delete(cursor, shard, cursor.fetchone()[0], 2**40)
    return {shard}


def _shards(cursor: Any, sql: str, *given: object) -> set[int]:
    cursor.execute(sql, given)
    return {shard for (shard,) in cursor.fetchall()}


def _delete(cursor: Any, shard: int, first: int, last: int) -> None:
    """Delete links and their rows."""
    cursor.execute(
        "with gone as (delete from log_link where shard = %s and seq between %s and %s returning row_id),"
        " events as (delete from log_event where id in (select row_id from gone))"
        " delete from log_accesslog where id in (select row_id from gone)",
        [shard, first, last],
    )


def _shift(cursor: Any, shard: int, *, after: int, by: int) -> None:
    far = 2**40
    cursor.execute("update log_link set seq = seq + %s where shard = %s and seq > %s", [far, shard, after])
    cursor.execute("update log_link set seq = seq - %s where shard = %s and seq > %s", [far - by, shard, far])


def _copy_row(cursor: Any, row: uuid.UUID, is_event: bool) -> uuid.UUID:
    from grunnmur.log import chain

    names = [name for name in (chain.EVENT_FIELDS if is_event else chain.LOOK_FIELDS) if name not in ("id", "once")]
    columns, new = ", ".join(names), uuid.uuid4()
    cursor.execute(
        f"insert into {_table(is_event)} (id, {columns}) select %s, {columns} from {_table(is_event)} where id = %s",
        [new, row],
    )
    return new


def _put_last(cursor: Any, shard: int, row: uuid.UUID, is_event: bool, code: bytes) -> None:
    cursor.execute(
        "insert into log_link (shard, seq, row_id, is_event, code)"
        " select %s, max(seq) + 1, %s, %s, %s from log_link where shard = %s",
        [shard, row, is_event, code, shard],
    )


def _roll_back(cursor: Any, number: int) -> set[int]:
    """Put an older copy of all three tables in; gives the chains that had grown since."""
    newer = _shards(cursor, f"select shard from log_link except all select shard from old_{number}.log_link")
    for table in TABLES:
        cursor.execute(f"delete from {table}")
        cursor.execute(f"insert into {table} select * from old_{number}.{table}")
    return newer
