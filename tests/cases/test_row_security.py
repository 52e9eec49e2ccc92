"""The second wall by itself: raw SQL as the runtime role, with and without a session, in good faith and bad."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from demo import cast
from grunnmur.cases import row_security
from grunnmur.cases.actions import basis, pathways
from grunnmur.cases.models import Child, Pathway
from grunnmur.cases.terms import InformationKind
from grunnmur.clock import today

Acting = Callable[[str], AbstractContextManager[Any]]
PEOPLE = [policy.table for policy in row_security.policies()]
FOR_ANYONE = {
    "directory_responsibility": "exists (select 1 from directory_responsibilityapproval a"
    " where a.responsibility_id = t.id and a.is_approved)",
    "directory_responsibilityapproval": "t.is_approved",
}
"""What anyone may read: the help that there is, and who answers for it; not what is only proposed, or was refused."""


@pytest.fixture
def pathway(acting: Acting, anna: Child) -> Pathway:
    """Anna's case with a conversation in it."""
    with acting("kari") as kari:
        case = pathways.open_pathway(actor=kari, child_id=anna.pk, once=None)
        basis.record_conversation(
            actor=kari, pathway_id=case.pk, once=None, with_whom="parents", held_on=today(), summary="Slankere."
        )
    return case


def run(sql: str, *arguments: object) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return cursor.fetchall() if cursor.description else []


def refused(sql: str, *arguments: object) -> str:
    """The database's own refusal."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        run(sql, *arguments)
    return str(caught.value)


def test_every_table_of_cases_and_the_logs_has_a_policy() -> None:
    models = [
        model
        for app in ("cases", "post", "stewardship", "insight", "log")
        for model in apps.get_app_config(app).get_models()
    ]
    tables = {model._meta.db_table for model in models} - set(row_security.WITHOUT_A_CHILD)
    assert tables <= set(PEOPLE)


def test_the_wall_has_no_faults(db: None) -> None:
    assert row_security.faults(connection) == []


def test_only_offers_are_for_anyone_to_read_as_they_are() -> None:
    assert [policy.table for policy in row_security.policies() if policy.read == "true"] == ["directory_offer"]


def test_what_is_about_a_child_is_deleted_with_it() -> None:
    about = {
        m._meta.db_table
        for m in apps.get_app_config("cases").get_models()
        if {"child", "pathway"} & {f.name for f in m._meta.fields}
    }
    unseen = {policy.table for policy in row_security.policies() if policy.owner == "nothing"}
    assert about & unseen == set()


@pytest.mark.parametrize("table", sorted(set(PEOPLE) - {"directory_offer"}))
def test_without_a_session_there_is_nothing_but_what_is_for_anyone(table: str, pathway: Pathway) -> None:
    assert run(f"select * from {table} t where not ({FOR_ANYONE.get(table, 'false')})") == []


def test_a_worker_of_the_machines_own_sees_no_more_and_leaves_no_session(pathway: Pathway, as_admin: Any) -> None:
    from grunnmur.directory import sessions

    with sessions.working("post"):
        for table in sorted(set(PEOPLE) - {"directory_offer"}):
            assert run(f"select * from {table} t where not ({FOR_ANYONE.get(table, 'false')})") == [], table
        assert run("select sec.self(), sec.writer(), sec.kinds()") == [(None, None, 0)]
        with as_admin():
            assert run("select worker is not null, purpose from sec.session where worker is not null") == [
                (True, "post")
            ]
            with pytest.raises(DatabaseError, match="session_check"), transaction.atomic():
                run("update sec.session set kinds = 1 where worker is not null")
    with as_admin():
        assert run("select * from sec.session where worker is not null") == []


@pytest.mark.parametrize("table", [table for table in PEOPLE if table.startswith(("cases_", "post_"))])
def test_another_service_finds_nothing_in_any_table(table: str, pathway: Pathway, acting: Acting) -> None:
    with acting("ola"):
        assert run(f"select * from {table}") == []


def test_the_owner_finds_the_case(pathway: Pathway, acting: Acting) -> None:
    with acting("kari"):
        assert run("select summary from cases_conversation") == [("Slankere.",)]


CONVERSATION = """insert into cases_conversation
    (id, kind, recorded_at, with_whom, held_on, summary, health_areas, participation, author_service_id, pathway_id,
     recorded_by_id)
    values (%s, %s, now(), 'child', now(), 'x', '{}', '', %s, %s, %s)"""


def test_a_service_cannot_write_into_anothers_case(pathway: Pathway, acting: Acting) -> None:
    with acting("ola") as ola:
        message = refused(
            CONVERSATION,
            uuid.uuid4(),
            int(InformationKind.CHILD_WELFARE),
            ola.service_id,
            pathway.pk,
            ola.person_id,
        )
    assert "row-level security" in message


def test_a_service_cannot_write_in_anothers_name(pathway: Pathway, acting: Acting) -> None:
    with acting("kari") as kari:
        message = refused(
            CONVERSATION,
            uuid.uuid4(),
            int(InformationKind.CHILD_WELFARE),
            cast.service("lillesand").id,
            pathway.pk,
            kari.person_id,
        )
    assert "row-level security" in message


def test_a_service_cannot_let_itself_into_anothers_case(pathway: Pathway, acting: Acting) -> None:
    with acting("ola") as ola:
        message = refused(
            "insert into cases_participation (id, child_id, owner_service_id, pathway_id, service_id, basis, kinds,"
            " purpose, starts_at, ends_at, whose, next_step, next_due, moved_on)"
            " values (%s, %s, %s, %s, %s, 'owner', 2047, 'contact_health', now(), now() + interval '1 day', 0, '',"
            " now(), now())",
            uuid.uuid4(),
            pathway.child_id,
            ola.service_id,
            pathway.pk,
            ola.service_id,
        )
    # The row passes the policy, for Ola names his own service as owner; the foreign key on both columns stops it.
    assert "participation_by_the_owner" in message


def test_nobody_can_change_what_is_written_once(pathway: Pathway, acting: Acting) -> None:
    with acting("kari"):
        assert "permission denied" in refused("update cases_conversation set summary = 'y'")
        assert "permission denied" in refused("delete from cases_conversation")
        assert "permission denied" in refused("update cases_pathway set child_id = %s", uuid.uuid4())


@pytest.mark.parametrize("table", ["log_event", "log_accesslog"])
@pytest.mark.parametrize("verb", ["update {} set at = now()", "delete from {}", "truncate {}"])
def test_the_log_only_grows(table: str, verb: str, pathway: Pathway, acting: Acting, as_admin: Any) -> None:
    with acting("kari"):
        assert "permission denied" in refused(verb.format(table))
    with as_admin(), connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        assert "append-only" in refused(verb.format(table))


def test_sessions_and_their_key_cannot_be_read(pathway: Pathway, acting: Acting) -> None:
    with acting("kari"):
        assert "permission denied" in refused("select * from sec.session")
        assert "permission denied" in refused("select * from sec.key")


@pytest.mark.parametrize(
    "call",
    [
        "select sec.open_session(sha256('x'), %s, '8 hours', '15 minutes', true, sha256('guess'))",
        "select sec.switch_session(sha256('x'), %s, sha256('guess'))",
        "select sec.find_account('kari', sha256(%s::text::bytea))",
        "select sec.facts_of(%s, sha256('guess'))",
        "select sec.importer_of(%s, null)",
    ],
)
def test_only_the_program_can_open_a_session_or_ask_for_facts(call: str, pathway: Pathway) -> None:
    assert "not signed" in refused(call, cast.membership_id(cast.get("kari")))


def test_setting_a_guessed_token_opens_nothing(pathway: Pathway) -> None:
    with transaction.atomic():
        run("select set_config('sec.token', 'guess', true)")
        assert run("select * from cases_pathway") == []


def test_a_session_ends_everywhere_at_once(pathway: Pathway, db: None) -> None:
    from grunnmur.directory import sessions

    token = sessions.open_session(cast.membership_id(cast.get("kari")))
    assert token is not None
    with transaction.atomic():
        assert sessions.enter(token) is not None
        assert Pathway.objects.exists()
        sessions.end(token)
        assert not Pathway.objects.exists()
        assert sessions.enter(token) is None
