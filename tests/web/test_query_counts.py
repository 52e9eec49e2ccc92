"""A page asks the database equally often whatever it shows: worklist at most 10 times, pathway at most 14."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from grunnmur.cases.actions import children, pathways, plans
from grunnmur.cases.models import Child
from grunnmur.cases.terms import AssessmentOutcome, ChildParticipation
from grunnmur.clock import today

Acting = Callable[[str], AbstractContextManager[Any]]
SIZES = (10, 50, 200)


def count(client: Any, path: str, *, data: dict[str, str] | None = None) -> int:
    """The statements that one page needs, the transaction's own apart."""
    with CaptureQueriesContext(connection) as asked:
        response = client.post(path, data) if data else client.get(path)
    assert response.status_code == 200
    return sum(not query["sql"].startswith(("SAVEPOINT", "RELEASE")) for query in asked.captured_queries)


def register(kari: Any, number: int) -> Child:
    return children.register(
        actor=kari, once=None, name=f"Barn Nummer{number}", born_on=date(2014, 1, 1), journal_number=f"Q-{number}"
    )


def growing(sizes: tuple[int, ...]) -> Iterator[range]:
    """What to add to get from each size to the next."""
    for before, size in zip((0, *sizes), sizes, strict=False):
        yield range(before, size)


def test_the_lists_and_the_search_ask_equally_often_with_10_50_and_200_rows(
    db: None, acting: Acting, client_of: Callable[[str], Any]
) -> None:
    client = client_of("kari")
    found = []
    for numbers in growing(SIZES):
        with acting("kari") as kari:
            for number in numbers:
                pathways.open_pathway(actor=kari, child_id=register(kari, number).pk, once=None)
        found.append(
            (count(client, "/"), count(client, "/ikke-vurdert/"), count(client, "/sok/", data={"text": "Barn"}))
        )
    assert len(set(found)) == 1, found
    worklist, not_assessed, search = found[0]
    assert worklist <= 10
    assert not_assessed <= 10
    assert search <= 10


@pytest.fixture
def started(acting: Acting, anna: Child) -> Any:
    """Anna's pathway, just started."""
    with acting("kari") as kari:
        pathway = pathways.open_pathway(actor=kari, child_id=anna.pk, once=None)
        pathways.assess(
            actor=kari,
            pathway_id=pathway.pk,
            once=None,
            seen=None,
            outcome=AssessmentOutcome.START,
            criteria={"C3_SERVICE_SEES_NEED": "Sliten."},
            reason="Trenger hjelp.",
            decided_on=today(),
            participation=ChildParticipation.CONVERSATION,
        )
    return pathway.pk


def test_a_pathway_asks_equally_often_with_10_50_and_200_rows(
    started: Any, acting: Acting, client_of: Callable[[str], Any]
) -> None:
    client = client_of("kari")
    found = []
    for numbers in growing(SIZES):
        with acting("kari") as kari:
            for number in numbers:
                plans.set_task(
                    actor=kari,
                    pathway_id=started,
                    once=None,
                    what=f"Oppgave {number}",
                    service_id=kari.service_id,
                    related_person_id=None,
                    due_on=None,
                )
        found.append(count(client, f"/forlop/{started}/"))
    assert len(set(found)) == 1, found
    assert found[0] <= 14
