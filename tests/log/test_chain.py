"""The chain's one encoding, by examples that never change; and every row linked, by the program's values and the
database's alike.
"""

import hashlib
import hmac
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from demo import cast
from grunnmur import clock, postgres
from grunnmur.cases.models import Child
from grunnmur.log import chain, record, verify
from grunnmur.log.models import AccessLog, Event, Link

KEY = bytes(range(32))
ONE, TWO = UUID(int=0x1), UUID("0c5a4f0e-5a37-4f8e-9a51-3d8d5a1f0002")
AT = datetime(2026, 11, 28, 1, 37, 43, 123456, tzinfo=UTC)
LOOK = AccessLog(
    id=ONE,
    at=AT,
    person_id=TWO,
    service_id=None,
    role="contact_person",
    action="pathway",
    children=[ONE, TWO],
    pathway_id=None,
    kinds=7,
    purpose="",
    ground="owner",
    allowed=True,
    reason="participation",
)
EVENT = Event(
    id=ONE,
    at=AT,
    name="consent.recorded",
    child_id=TWO,
    pathway_id=ONE,
    kind=2,
    author_service_id=TWO,
    person_id=ONE,
    data={"b": [1, None], "a": "2026-11-28"},
)
LOOK_MESSAGE = (
    '[2,1,"",["look","00000000-0000-0000-0000-000000000001",1795829863123456,'
    '"0c5a4f0e-5a37-4f8e-9a51-3d8d5a1f0002",null,"contact_person","pathway",'
    '["00000000-0000-0000-0000-000000000001","0c5a4f0e-5a37-4f8e-9a51-3d8d5a1f0002"],null,null,7,"","owner",'
    'true,"participation"]]'
)
EVENT_MESSAGE = (
    '[2,2,"ff00",["event","00000000-0000-0000-0000-000000000001",1795829863123456,"consent.recorded",'
    '"0c5a4f0e-5a37-4f8e-9a51-3d8d5a1f0002","00000000-0000-0000-0000-000000000001",2,'
    '"0c5a4f0e-5a37-4f8e-9a51-3d8d5a1f0002","00000000-0000-0000-0000-000000000001",null,'
    '{"a":"2026-11-28","b":[1,null]},null]]'
)


@pytest.mark.parametrize(
    ("row", "seq", "before", "message", "code"),
    [
        pytest.param(
            LOOK,
            1,
            b"",
            LOOK_MESSAGE,
            "68a8998a358933ab73bdcb0c6f8d401f030357c918f5b936ea8b74c189e71b00",
            id="a look, the first of its chain",
        ),
        pytest.param(
            EVENT,
            2,
            b"\xff\x00",
            EVENT_MESSAGE,
            "1955964cb135d8270c0bad75a424c2c78d4571e8c3ab607a3a27ad8bfa6fb6e8",
            id="an act, after another",
        ),
    ],
)
def test_the_encoding_never_changes(row: Any, seq: int, before: bytes, message: str, code: str) -> None:
    given = {"shard": 2, "seq": seq, "before": before, "row": chain.fields(row)}
    assert chain.message(**given).decode() == message
    assert chain.link_code(KEY, **given).hex() == code
    assert hmac.new(KEY, message.encode(), hashlib.sha256).hexdigest() == code


@pytest.mark.parametrize(("model", "fields"), [(AccessLog, chain.LOOK_FIELDS), (Event, chain.EVENT_FIELDS)])
def test_every_column_is_coded(model: Any, fields: tuple[str, ...]) -> None:
    assert sorted(fields) == sorted(field.attname for field in model._meta.concrete_fields)


@given(st.uuids())
def test_a_chain_is_one_of_sixteen(about: UUID) -> None:
    assert chain.shard_of(about) in range(chain.SHARDS)


# --- in the database -------------------------------------------------------------------------------------------

Acting = Callable[[str], AbstractContextManager[Any]]
Outside = Callable[[], AbstractContextManager[None]]
DATA = st.dictionaries(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6),
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.lists(st.sampled_from(["æøå", '"', "\\", "\u2028"])),
    max_size=4,
)


def test_what_the_database_gives_is_encoded_as_what_was_written(acting: Acting, as_admin: Outside) -> None:
    examples: list[dict[str, Any]] = []

    @given(DATA)
    def collect(data: dict[str, Any]) -> None:
        examples.append(data)

    collect()
    with acting("kari") as kari:
        for number, data in enumerate(examples):
            record.event(
                "child.registered",
                at=clock.now(),
                child_id=UUID(int=number),
                pathway_id=None,
                kind=1,
                service_id=kari.service_id,
                person_id=kari.person_id,
                data=data,
            )
        record.look("work", at=clock.now(), person_id=kari.person_id, service_id=kari.service_id, role=kari.role)
    with as_admin():
        report = verify.check([])
    assert report.links == len(examples) + 1
    assert [one.what for one in report.faults] == ["no_anchors"]


def test_acts_and_looks_are_linked_without_a_gap(anna: Child, client_of: Any, as_admin: Outside) -> None:
    client_of("kari").get(f"/barn/{anna.pk}/")
    client_of("ola").get(f"/barn/{anna.pk}/")
    with as_admin():
        linked = set(Link.objects.values_list("row_id", flat=True))
        rows = {*Event.objects.values_list("pk", flat=True), *AccessLog.objects.values_list("pk", flat=True)}
        assert linked == rows
        for shard in range(chain.SHARDS):
            numbers = list(Link.objects.filter(shard=shard).order_by("seq").values_list("seq", flat=True))
            assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("table", ["log_event", "log_accesslog"])
def test_a_row_without_a_link_is_not_committed(acting: Acting, table: str) -> None:
    kari = cast.get("kari")
    service = cast.service(kari.service).id
    values = {
        "log_event": "(id, at, name, child_id, kind, author_service_id, person_id, data) values"
        f" (gen_random_uuid(), now(), 'x', gen_random_uuid(), 1, '{service}', '{kari.person_id}', '{{}}')",
        "log_accesslog": "(id, at, role, action, children, kinds, purpose, ground, allowed, reason) values"
        " (gen_random_uuid(), now(), '', 'x', '{}', 0, '', '', true, 'x')",
    }
    refused = pytest.raises(DatabaseError, match="has no link")
    with acting("kari"), connection.cursor() as cursor, refused, transaction.atomic():
        cursor.execute(f"insert into {table} {values[table]}")
        cursor.execute("set constraints all immediate")


def test_an_act_that_was_undone_leaves_no_link(acting: Acting, as_admin: Outside) -> None:
    with acting("kari") as kari:
        given = {"at": clock.now(), "pathway_id": None, "kind": 1, "service_id": kari.service_id}
        with pytest.raises(LookupError), transaction.atomic():
            record.event("child.registered", child_id=ONE, person_id=kari.person_id, **given)
            raise LookupError
        record.event("child.registered", child_id=TWO, person_id=kari.person_id, **given)
    with as_admin():
        assert Link.objects.count() == 1
        assert [one.what for one in verify.check([]).faults] == ["no_anchors"]


@pytest.mark.parametrize("sql", ["update log_link set code = ''", "delete from log_link", "truncate log_link"])
@pytest.mark.parametrize("role", ["none", postgres.OWNER, postgres.APP])
def test_no_link_is_changed_or_taken_out(acting: Acting, sql: str, role: str) -> None:
    with acting("kari") as kari:
        record.look("work", at=clock.now(), person_id=kari.person_id, service_id=kari.service_id, role=kari.role)
    with connection.cursor() as cursor:
        try:
            cursor.execute(f"set role {role}")
            with pytest.raises(DatabaseError, match=r"append-only|permission denied"), transaction.atomic():
                cursor.execute(sql)
        finally:
            cursor.execute(f"set role {postgres.APP}")
