"""The logs: nothing in them changes, nobody writes in another's name, and without them nothing is shown or done."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from demo import cast
from grunnmur import clock, postgres
from grunnmur.cases.actions import basis, pathways
from grunnmur.cases.models import Child, Conversation, Pathway
from grunnmur.log import record
from grunnmur.log.models import AccessLog, Event

Acting = Callable[[str], AbstractContextManager[Any]]
Outside = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def case(acting: Acting, anna: Child) -> Pathway:
    with acting("kari") as kari:
        return pathways.open_pathway(actor=kari, child_id=anna.pk, once=None)


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def talk(kari: Any, case: Pathway) -> None:
    basis.record_conversation(
        actor=kari, pathway_id=case.pk, once=None, with_whom="parents", held_on=clock.today(), summary="Sover dårlig."
    )


@pytest.mark.parametrize("table", ["log_event", "log_accesslog"])
@pytest.mark.parametrize("sql", ["update {} set at = now()", "delete from {}", "truncate {}"])
@pytest.mark.parametrize("role", ["none", postgres.OWNER, postgres.APP])
def test_nobody_changes_what_was_written(case: Pathway, client_of: Any, table: str, sql: str, role: str) -> None:
    client_of("kari").get(f"/forlop/{case.pk}/")
    try:
        run(f"set role {role}")
        with pytest.raises(DatabaseError), transaction.atomic():
            run(sql.format(table))
    finally:
        run(f"set role {postgres.APP}")


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"person_id": cast.get("ola").person_id}, id="another person"),
        pytest.param({"service_id": cast.service("lillesand").id}, id="another service"),
    ],
)
def test_nobody_looks_in_anothers_name(acting: Acting, other: dict[str, Any]) -> None:
    def look(**other: Any) -> None:
        with acting("kari") as kari:
            given = {"at": clock.now(), "person_id": kari.person_id, "service_id": kari.service_id, "role": kari.role}
            record.look("work", **(given | other))

    look()
    with pytest.raises(DatabaseError), transaction.atomic():
        look(**other)


def test_nobody_is_shown_a_child_without_a_ground(acting: Acting, case: Pathway) -> None:
    def look(**other: Any) -> None:
        with acting("kari") as kari:
            given = {"at": clock.now(), "person_id": kari.person_id, "service_id": kari.service_id, "role": kari.role}
            record.look("pathway", **given, **other)

    look(children=[case.child_id], ground="owner")
    look(children=[case.child_id], allowed=False, reason="not_visible")
    look()
    with pytest.raises(DatabaseError, match="look_has_a_ground"), transaction.atomic():
        look(children=[case.child_id])


def test_nobody_acts_in_another_services_name(acting: Acting, case: Pathway) -> None:
    with acting("kari") as kari, pytest.raises(DatabaseError), transaction.atomic():
        record.event(
            "pathway.closed",
            at=clock.now(),
            child_id=case.child_id,
            pathway_id=case.pk,
            kind=2,
            service_id=cast.service("lillesand").id,
            person_id=kari.person_id,
        )


def test_what_cannot_be_logged_is_not_shown(
    case: Pathway, client_of: Callable[[str], Client], as_admin: Outside
) -> None:
    page = f"/forlop/{case.pk}/"
    browser = client_of("kari")
    assert "Anna" in browser.get(page).content.decode()
    with as_admin():
        run(f"revoke insert on log_accesslog from {postgres.APP}")
    browser.raise_request_exception = False
    answer = browser.get(page)
    assert answer.status_code == 500
    assert "Anna" not in answer.content.decode()


def test_what_cannot_be_told_is_not_done(acting: Acting, case: Pathway, as_admin: Outside) -> None:
    with as_admin():
        run(f"revoke insert on log_event from {postgres.APP}")
    with pytest.raises(DatabaseError), acting("kari") as kari:
        talk(kari, case)
    with as_admin():
        assert not Conversation.objects.exists()


def test_an_act_is_one_event_without_names_or_texts(acting: Acting, case: Pathway, as_admin: Outside) -> None:
    with acting("kari") as kari:
        talk(kari, case)
    with as_admin():
        (event,) = Event.objects.filter(name="conversation.recorded")
        assert "Sover" not in str(vars(event))
        assert (event.person_id, event.pathway_id) == (cast.get("kari").person_id, case.pk)


def test_a_refused_look_is_a_row_too(case: Pathway, client_of: Callable[[str], Client], as_admin: Outside) -> None:
    assert client_of("ola").get(f"/forlop/{case.pk}/").status_code == 404
    with as_admin():
        row = AccessLog.objects.get(allowed=False)
        assert (row.person_id, row.action, row.reason) == (cast.get("ola").person_id, "pathway", "not_visible")
        assert row.children == []


def test_the_same_form_cannot_be_two_events(acting: Acting, case: Pathway) -> None:
    token = uuid.uuid4()
    with acting("kari") as kari:
        given = {
            "at": clock.now(),
            "child_id": case.child_id,
            "pathway_id": case.pk,
            "kind": 2,
            "service_id": kari.service_id,
            "person_id": kari.person_id,
            "once": token,
        }
        record.event("conversation.recorded", **given)
        with pytest.raises(DatabaseError), transaction.atomic():
            record.event("conversation.recorded", **given)
