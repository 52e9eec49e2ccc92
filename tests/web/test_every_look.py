"""Every route there is, asked for by those who may and those who may not: what shows a child is exactly one look, and a
refusal is one row.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.conf import settings
from django.http import StreamingHttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path, reverse

from demo import cast
from grunnmur.cases.actions import children, pathways, plans
from grunnmur.cases.models import Child, Goal, Task
from grunnmur.cases.terms import AssessmentOutcome, CareBasis, ChildParticipation, InformationKind
from grunnmur.clock import today
from grunnmur.log.models import AccessLog, Event
from grunnmur.urls import urlpatterns as our_pages
from grunnmur.web.views.session import public
from tests import together

Acting = Callable[[str], AbstractContextManager[Any]]
Outside = Callable[[], AbstractContextManager[None]]
SHOWS_ANNA = ("Anna Solberg", "Mona Solberg", "G-2026-")


def routes(patterns: list[Any] | None = None) -> Iterator[tuple[str, list[str]]]:
    """The name of every route of the resolver, and what its address needs."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and pattern.name != "styleguide":  # its people are made up on the page
            assert pattern.name, f"{pattern.pattern} has no name, and could not be logged"
            yield pattern.name, list(pattern.pattern.converters)


@pytest.fixture
def names(acting: Acting, anna: Child) -> dict[str, Any]:
    """What the addresses can name: Anna's case, under way, with a goal and a task; other rows do not exist."""
    with acting("kari") as kari:
        case = pathways.open_pathway(actor=kari, child_id=anna.pk, once=None)
        pathways.assess(
            actor=kari,
            pathway_id=case.pk,
            once=None,
            seen=None,
            outcome=AssessmentOutcome.START,
            criteria={"C3_SERVICE_SEES_NEED": "Sliten."},
            reason="Trenger hjelp.",
            decided_on=today(),
            participation=ChildParticipation.CONVERSATION,
        )
        plans.set_goal(actor=kari, pathway_id=case.pk, once=None, text="Sove bedre.")
        plans.set_task(
            actor=kari,
            pathway_id=case.pk,
            once=None,
            what="Ringe fastlegen",
            service_id=kari.service_id,
            related_person_id=None,
            due_on=None,
        )
        goal, task = Goal.objects.get(), Task.objects.get()
    return {"child_id": anna.pk, "pathway_id": case.pk, "goal_id": goal.pk, "task_id": task.pk, "what": "tegn"}


def rows_since(seen: set[uuid.UUID]) -> list[AccessLog]:
    return [row for row in AccessLog.objects.all() if row.pk not in seen]


@pytest.mark.parametrize("who", ["kari", "leif", "per", "ola"])
def test_an_answer_that_shows_a_child_is_one_look_and_a_refusal_is_one_row(
    client_of: Callable[[str], Client], as_admin: Outside, names: dict[str, Any], who: str
) -> None:
    shown, client = set(), client_of(who)
    for name, needs in routes():
        address = reverse(name, kwargs={need: names.get(need, uuid.uuid4()) for need in needs})
        asked = next((names[need] for need in ("pathway_id", "child_id") if need in needs), None)
        for method in ("get", "post"):
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            with as_admin():
                seen, acts = set(AccessLog.objects.values_list("pk", flat=True)), Event.objects.count()
            answer = getattr(client, method)(address, {})
            with as_admin():
                rows, acted = rows_since(seen), Event.objects.count() - acts
            if client.cookies[settings.SESSION_COOKIE_NAME].value != session:
                client = client_of(who)  # the page was one that ends a session, or begins another
            looks = [row for row in rows if row.allowed and row.children]
            what = f"{method} {name} as {who}: {answer.status_code}"
            assert all(row.ground == "owner" for row in looks), what
            if any(word in answer.content.decode() for word in SHOWS_ANNA):
                assert [(row.action, names["child_id"] in row.children) for row in looks] == [(name, True)], what
                assert looks[0].kinds & InformationKind.CONTACT, what
                assert looks[0].person_id == cast.get(who).person_id
                shown.add(name)
            elif asked and answer.status_code in (403, 404):
                assert [(row.action, row.allowed) for row in rows] == [(name, False)], what
                assert rows[0].asked_id == asked, what
            else:
                assert not looks or answer.status_code == 200, what
            assert acted <= 1, what
    expected = {"kari": 25, "leif": 25, "per": 0, "ola": 0}
    assert len(shown) >= expected[who] if expected[who] else not shown, sorted(shown)


def test_a_search_is_one_row_also_when_it_finds_nothing(
    client_of: Callable[[str], Client], as_admin: Outside, anna: Child
) -> None:
    for who, found in (("kari", [anna.pk]), ("ola", [])):
        client = client_of(who)
        client.post("/sok/", {"text": "Anna"})
        with as_admin():
            row = AccessLog.objects.get(action="search", person_id=cast.get(who).person_id)
            assert (row.children, row.allowed) == (found, True)


def test_a_look_says_what_could_be_seen_and_on_what_ground(
    client_of: Callable[[str], Client], as_admin: Outside, names: dict[str, Any]
) -> None:
    client_of("kari").get(f"/forlop/{names['pathway_id']}/")
    with as_admin():
        row = AccessLog.objects.get(action="pathway")
    assert (row.ground, row.purpose, row.role) == ("owner", "case_work", "contact_person")
    assert row.kinds & InformationKind.CHILD_WELFARE


def test_a_list_says_every_ground_that_its_children_are_seen_on(
    acting: Acting, client_of: Callable[[str], Client], as_admin: Outside, names: dict[str, Any]
) -> None:
    with acting("kari") as kari:
        together.let_in(kari, names["pathway_id"], cast.get("berit").service)
        children.place(
            actor=kari,
            child_id=names["child_id"],
            once=None,
            basis=CareBasis.VOLUNTARY,
            service_id=cast.service(cast.get("berit").service).id,
            from_on=today(),
        )
    client_of("berit").get("/barna-hos-oss/")
    with as_admin():
        row = AccessLog.objects.get(action="our_children")
        assert (row.children, row.ground) == ([names["child_id"]], "consent statutory")


@public
def in_pieces(request: Any) -> StreamingHttpResponse:
    return StreamingHttpResponse(iter([b"a", b"b"]))


urlpatterns = [*our_pages, path("biter/", in_pieces, name="in_pieces")]


@pytest.mark.urls(__name__)
def test_no_answer_goes_out_in_pieces_after_the_log_is_written(db: None, client: Client) -> None:
    client.raise_request_exception = False
    assert client.get("/biter/").status_code == 500
