"""Pages ask the database as many questions for two hundred rows as for ten."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from copy import copy
from typing import Any

import pytest
from django.db import connection

from bench import load, prototypes
from grunnmur import clock
from grunnmur.cases.models import GoalVersion, Pathway, RelatedPerson, Task, TaskVersion
from grunnmur.log import record
from grunnmur.log.models import Event, Link

Acting = Callable[[str], AbstractContextManager[Any]]
AsAdmin = Callable[[], AbstractContextManager[None]]
ClientOf = Callable[[str], Any]
ROWS = (10, 50, 200)
WORKLIST_MOST, PATHWAY_MOST = 10, 14


@contextmanager
def counting() -> Iterator[list[str]]:
    """The statements sent inside, but for the savepoints that stand in for a request's own transaction."""
    sent: list[str] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if not sql.startswith(("SAVEPOINT", "RELEASE SAVEPOINT")):
            sent.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield sent


@pytest.fixture
def grow(db: None, as_admin: AsAdmin) -> Callable[[int], None]:
    """Makes so many open cases, and children that nobody has assessed, Kari's in all."""
    maker = load.Maker(prototypes.make(), today=clock.today())
    made = 0

    def to(count: int) -> None:
        nonlocal made
        with as_admin(), connection.cursor() as cursor:
            load.multiply(cursor, [*maker.open_load(count - made, karis=count), *maker.waiting(count - made)])
        made = count

    return to


@pytest.mark.parametrize(
    ("page", "data", "most"),
    [
        pytest.param("/", None, WORKLIST_MOST, id="my work"),
        pytest.param("/?vis=alle", None, WORKLIST_MOST, id="the whole service's work"),
        pytest.param("/ikke-vurdert/", None, WORKLIST_MOST, id="not yet assessed"),
        pytest.param("/sok/", {"text": "h"}, WORKLIST_MOST, id="search by name"),
        pytest.param("/sok/", {"text": "e h l o a"}, WORKLIST_MOST, id="search by many words"),
    ],
)
def test_a_list_asks_as_much_for_200_rows_as_for_10(
    page: str, data: dict[str, str] | None, most: int, grow: Callable[[int], None], client_of: ClientOf
) -> None:
    kari = client_of("kari")
    counts, sizes = [], []
    for rows in ROWS:
        grow(rows)
        with counting() as sent:
            response = kari.get(page) if data is None else kari.post(page, data)
        assert response.status_code == 200
        counts.append(len(sent))
        sizes.append(len(response.content))
    assert counts == [counts[0]] * len(ROWS)
    assert counts[0] <= most
    assert data is not None or sizes == sorted(set(sizes)), "the page shows more when there is more"


def test_a_case_asks_as_much_with_200_rows_of_everything_as_with_10(
    db: None, acting: Acting, as_admin: AsAdmin, client_of: ClientOf
) -> None:
    child = prototypes.others()
    with acting("kari"):
        pathway = Pathway.objects.get(child=child).pk
    kari = client_of("kari")
    counts = []
    made = 0
    for rows in ROWS:
        with as_admin():
            fill(pathway, rows - made)
            record.link(Event.objects.exclude(pk__in=Link.objects.values("row_id")))
        made = rows
        with counting() as sent:
            response = kari.get(f"/forlop/{pathway}/")
        assert response.content.decode().count("Bestille time") >= rows
        counts.append(len(sent))
    assert counts == [counts[0]] * len(ROWS)
    assert counts[0] <= PATHWAY_MOST


def fill(pathway: uuid.UUID, count: int) -> None:
    """More tasks, goals, people around the child and events in one case, like those that are there."""
    version = TaskVersion.objects.filter(pathway=pathway, what="Bestille time").latest("version")
    task = Task.objects.get(pk=version.task_id)
    for _each in range(count):
        again(task)
        again(version, task_id=task.pk)
    for row in (
        GoalVersion.objects.filter(pathway=pathway).latest("version"),
        RelatedPerson.objects.filter(child__pathways=pathway).latest("from_on"),
        Event.objects.filter(pathway_id=pathway).latest("at"),
    ):
        last = getattr(row, "version", 0)
        for number in range(count):
            changes = {"version": last + number + 1} if last else {"once": None} if isinstance(row, Event) else {}
            again(copy(row), **changes)


def again(row: Any, **changes: Any) -> None:
    """Write the row once more, with a new id; the row given becomes the new one."""
    # What is sealed for the old row is opened before the row has a new id, and sealed for that.
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    row.pk = uuid.uuid4()
    for name, value in (values | {row._meta.pk.attname: row.pk} | changes).items():
        setattr(row, name, value)
    row.save(force_insert=True)
