"""Who has looked, for the owner; the service's own control, for its administrator; and that SQL alone gives no more."""

import ast
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

import grunnmur
from demo import cast
from grunnmur import clock
from grunnmur.cases import access, door
from grunnmur.cases.actions import children, emergencies, sight
from grunnmur.cases.actions import looks as acts
from grunnmur.cases.models import Child, LookReview
from grunnmur.cases.queries import child as child_queries
from grunnmur.cases.queries import looks as queries
from grunnmur.cases.queries.case import get_case
from grunnmur.cases.terms import LookKind, RestrictionCause
from grunnmur.cases.unusual import Why
from grunnmur.directory import sessions
from grunnmur.directory.models import Membership
from grunnmur.log.models import AccessLog
from grunnmur.working_days import add_working_days
from tests.together import begin, let_in, start

Acting = Callable[[str], AbstractContextManager[Any]]
AsAdmin = Callable[[], AbstractContextManager[None]]
Travel = Callable[[datetime], None]
PER, KARI, LEIF = (cast.get(key).person_id for key in ("per", "kari", "leif"))
AT_TEN = datetime.combine(add_working_days(clock.today(), 1), time(10), clock.OSLO)
"""In working hours, on the next working day."""


@pytest.fixture
def pathway_id(acting: Acting, anna: Child) -> uuid.UUID:
    """Anna's case, which Per takes part in and has looked at."""
    with acting("kari") as kari:
        case = begin(kari, anna)
        start(kari, case)
        let_in(kari, case, "storgata")
    with acting("per") as per:
        get_case(per, case, page="pathway")
    return case


def rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


# --- who has looked ----------------------------------------------------------------------------------------------


def test_the_owner_sees_every_look_and_the_names_of_her_own_only(
    acting: Acting, anna: Child, pathway_id: uuid.UUID
) -> None:
    with acting("kari") as kari:
        child_queries.get_child(kari, anna.pk, page="child")
    with acting("kari") as kari:
        found = queries.who_looked(kari, anna.pk)
        who = {(look.who, look.service, look.role) for look in found.looks}
    assert ("", cast.service("storgata").name, "Fastlege") in who
    assert (cast.get("kari").name, cast.service("grimstad").name, "Kontaktperson i barnevernet") in who
    instants = [look.at for look in found.looks]
    assert instants == sorted(instants, reverse=True)
    assert {look.purpose for look in found.looks} == {"Arbeid med barnet."}


def test_the_looks_are_paged_by_key_without_losing_or_repeating_any(
    acting: Acting, anna: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE", 2)
    with acting("kari") as kari:
        for _time in range(5):
            child_queries.get_child(kari, anna.pk, page="child")
    with acting("kari") as kari:
        shown: list[uuid.UUID] = []
        after = ""
        for _page in range(20):
            page = queries.who_looked(kari, anna.pk, after=after)
            shown += [look.id for look in page.looks]
            after = page.after
            if not after:
                break
        everything = [look.id for look in queries.looks_at(anna.pk)]
        assert [look.id for look in queries.looks_at(anna.pk, only={everything[-1]})] == everything[-1:]
        assert queries.looks_at(anna.pk, only=()) == ()
    assert shown == everything
    assert len(shown) >= 5
    with acting("kari") as kari:
        assert queries.who_looked(kari, anna.pk, after="tull").looks[0].id not in shown[2:]


def test_others_are_refused_and_strangers_find_nothing(acting: Acting, anna: Child, pathway_id: uuid.UUID) -> None:
    with acting("per") as per, pytest.raises(access.Refused):
        queries.who_looked(per, anna.pk)
    with acting("ola") as ola, pytest.raises(access.NotVisible):
        queries.who_looked(ola, anna.pk)


def test_sql_alone_gives_no_more_than_the_page(acting: Acting, anna: Child, pathway_id: uuid.UUID) -> None:
    asked = "select person, service, action from sec.looks_at(%s, null, null, null, %s)"
    with acting("kari") as kari:
        assert rows("select count(*) from log_accesslog where person_id <> %s", kari.person_id) == [(0,)]
        for mac in (None, b"guessed", sessions.sign(f"looks|{uuid.uuid4()}")):
            theirs = [row for row in rows(asked, anna.pk, mac) if row[1] != kari.service_id]
            assert theirs
            assert {row[0] for row in theirs} == {None}
        assert PER in {row[0] for row in rows(asked, anna.pk, sessions.sign(f"looks|{anna.pk}"))}
    for who in ("per", "ola"):
        with acting(who) as actor:
            assert rows(asked, anna.pk, None) == []
            assert rows("select count(*) from log_accesslog where person_id <> %s", actor.person_id) == [(0,)]
            assert rows("select * from sec.looked_lately(%s, 50, 5)", pathway_id) == []
    with sessions.as_relative(anna.pk):
        assert rows(asked, anna.pk, None) == []
        assert rows("select count(*) from log_accesslog") == [(0,)]


def test_a_colleague_who_is_shut_out_learns_nothing_of_who_has_looked(
    acting: Acting, anna: Child, pathway_id: uuid.UUID
) -> None:
    shut_out(acting, anna, LEIF)
    with acting("leif"):
        assert rows("select * from sec.looks_at(%s, null, null, null, null)", anna.pk) == []
        assert rows("select * from sec.looked_lately(%s, 50, 5)", pathway_id) == []


def shut_out(acting: Acting, child: Child, person: uuid.UUID) -> None:
    with acting("kari") as kari:
        sight.restrict(
            actor=kari,
            child_id=child.pk,
            once=None,
            cause=RestrictionCause.CONFLICT_OF_INTEREST,
            reason="Onkel.",
            review_on=clock.today() + timedelta(days=30),
            person_id=person,
        )


@pytest.mark.parametrize(
    ("action", "ground", "kind"),
    [
        ("work", "", LookKind.LIST),
        ("child", "", LookKind.CASE),
        ("health", "consent", LookKind.HEALTH),
        ("withhold_from", "owner", LookKind.RIGHTS),
        ("health", "break_glass", LookKind.GLASS),
        ("a_page_made_tomorrow", "", LookKind.CASE),
    ],
)
def test_what_was_looked_at_in_plain_words(action: str, ground: str, kind: LookKind) -> None:
    assert queries.kind_of(action, ground=ground) is kind


# --- the control ---------------------------------------------------------------------------------------------------


@pytest.fixture
def others(acting: Acting, travel: Travel) -> Child:
    """A child that Leif has registered, and Kari has nothing to do with; it is ten o'clock on a working day."""
    travel(AT_TEN)
    with acting("leif") as leif:
        return children.register(
            actor=leif, once=None, name="Nils Berg", born_on=date(2014, 5, 5), journal_number="G-77"
        )


def look(acting: Acting, who: str, child: Child) -> None:
    with acting(who) as actor:
        child_queries.get_child(actor, child.pk, page="child")


def lines(acting: Acting, who: str = "leif", **given: Any) -> list[queries.Line]:
    with acting(who) as actor:
        return list(queries.control(actor, **{"days": 7, **given}).lines)


def test_the_unusual_stands_first_with_why(acting: Acting, anna: Child, others: Child) -> None:
    look(acting, "kari", anna)
    look(acting, "kari", others)
    found = [line for line in lines(acting) if line.looked.person == KARI]
    assert [(line.child, line.why) for line in found] == [
        ("Nils Berg", (Why.NOT_INVOLVED,)),
        ("Anna Solberg", ()),
    ]
    assert found[0].sentences == ("Er ikke kontaktperson, og har ikke gjort noe i saken de siste 90 dagene.",)


def test_refusals_and_numbers_in_vain_are_one_line_of_a_day(
    client_of: Callable[[str], Any], acting: Acting, as_admin: AsAdmin, anna: Child
) -> None:
    kari = client_of("kari")
    for _time in range(3):
        assert kari.get(f"/barn/{uuid.uuid4()}/").status_code == 404
    kari.post("/sok/", {"text": "24914500012"})
    (line,) = [line for line in lines(acting) if line.looked.person == KARI and line.looked.child is None]
    assert {Why.REFUSED, Why.BY_NUMBER} <= set(line.why)
    assert (line.looked.refused, line.looked.by_number) == (3, 1)


def test_a_look_at_night_and_a_break_glass_are_unusual(
    acting: Acting, fresh: Any, anna: Child, others: Child, travel: Travel, as_admin: AsAdmin
) -> None:
    travel(AT_TEN.replace(hour=23))
    look(acting, "kari", anna)
    (line,) = [line for line in lines(acting) if line.looked.person == KARI]
    assert line.why == (Why.ODD_HOURS,)
    with acting("kari"):
        number = Child.objects.get(pk=anna.pk).national_id
    with acting("ola") as ola:
        emergencies.break_glass(actor=fresh(ola), national_number=number or "", reason="Barnet er i fare akkurat nå.")
    make_administrator(as_admin, "ola")
    (line,) = [line for line in lines(acting, "ola") if line.looked.child == anna.pk]
    assert line.why[0] is Why.BROKE_GLASS


def make_administrator(as_admin: AsAdmin, who: str) -> None:
    with as_admin():
        Membership.objects.filter(pk=cast.membership_id(cast.get(who))).update(is_administrator=True)


def test_an_administrator_sees_her_own_services_people_only(
    acting: Acting, as_admin: AsAdmin, anna: Child, pathway_id: uuid.UUID
) -> None:
    look(acting, "kari", anna)
    make_administrator(as_admin, "per")
    assert {line.looked.person for line in lines(acting, "per")} == {PER}
    assert PER not in {line.looked.person for line in lines(acting)}


def test_a_child_that_the_administrator_is_shut_out_of_is_left_out(acting: Acting, anna: Child) -> None:
    look(acting, "kari", anna)
    assert anna.pk in {line.looked.child for line in lines(acting)}
    shut_out(acting, anna, LEIF)
    look(acting, "kari", anna)
    assert anna.pk not in {line.looked.child for line in lines(acting)}


def test_nobody_else_controls_whatever_way_is_tried(acting: Acting, anna: Child) -> None:
    with acting("kari") as kari:
        with pytest.raises(access.Refused) as refused:
            queries.control(kari, days=7)
        assert refused.value.code == "not_administrator"
        with pytest.raises(ProgrammingError, match="not an administrator"), transaction.atomic():
            rows("select * from sec.look_control(now() - interval '1 day', now(), null, '90 days', 10)")


def test_to_control_is_a_look_that_is_logged(acting: Acting, anna: Child, as_admin: AsAdmin) -> None:
    look(acting, "kari", anna)
    lines(acting)
    with as_admin():
        row = AccessLog.objects.get(action="look_control")
        assert (row.person_id, row.children) == (LEIF, [anna.pk])


def test_one_person_and_a_page_at_a_time(
    acting: Acting, anna: Child, others: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    for child in (anna, others):
        for who in ("kari", "leif"):
            look(acting, who, child)
    assert {line.looked.person for line in lines(acting, person=KARI)} == {KARI}
    everything = [(line.looked.person, line.looked.child) for line in lines(acting)]
    monkeypatch.setattr(queries, "PAGE", 1)
    paged, after = [], ""
    for _page in range(len(everything)):
        with acting("leif") as leif:
            page = queries.control(leif, days=7, after=after)
        paged += [(line.looked.person, line.looked.child) for line in page.lines]
        after = page.after
    assert paged == everything
    assert after == ""


# --- examining -----------------------------------------------------------------------------------------------------


def test_the_newest_days_come_first_and_no_more_than_are_weighed(
    acting: Acting, others: Child, travel: Travel, monkeypatch: pytest.MonkeyPatch
) -> None:
    with acting("kari") as kari:
        second = children.register(
            actor=kari, once=None, name="Barn To", born_on=date(2014, 1, 1), journal_number="L-2"
        )
    days = [AT_TEN + timedelta(days=number) for number in range(4)]
    for day in days:
        for hours, child in enumerate((others, second)):
            travel(day + timedelta(hours=hours))
            look(acting, "kari", child)

    def found(most: int) -> list[queries.Looked]:
        monkeypatch.setattr(queries, "MOST", most)
        since, until = days[0].date(), days[-1].date() + timedelta(days=1)
        with acting("leif"):
            return [one for one in queries._looked(since=since, until=until, person=KARI) if one.child]

    every = found(5000)
    assert [(one.day, one.child) for one in every][:8] == [
        (day.date(), child.pk) for day in reversed(days) for child in (second, others)
    ]
    assert {one.children_that_day for one in every[:6]} == {2}
    for most in (1, 2, 3, 5):
        assert found(most) == every[:most]


def examine(actor: Any, child: Child, person: uuid.UUID = KARI, note: str = "Hun hadde vakt.") -> LookReview:
    return acts.examine(actor=actor, person=person, day=clock.today(), child_id=child.pk, note=note)


def test_what_is_examined_no_longer_stands_first_until_there_is_more(
    acting: Acting, others: Child, travel: Travel, as_admin: AsAdmin
) -> None:
    look(acting, "kari", others)
    with acting("leif") as leif:
        row = examine(leif, others)
    (line,) = [line for line in lines(acting) if line.looked.person == KARI]
    assert line.examined is not None
    assert (line.examined.note, line.examined.by) == ("Hun hadde vakt.", cast.get("leif").name)
    with as_admin():
        logged = AccessLog.objects.get(action="look_examined")
        assert (logged.person_id, logged.asked_id) == (LEIF, row.pk)
    travel(AT_TEN + timedelta(hours=1))
    look(acting, "kari", others)
    (line,) = [line for line in lines(acting) if line.looked.person == KARI]
    assert line.examined is None


def test_two_who_examine_at_once_do_it_one_after_the_other(acting: Acting, others: Child, admin_url: str) -> None:
    look(acting, "kari", others)
    taken = "select not pg_try_advisory_lock(hashtextextended(%s, 0))"
    with acting("leif") as leif, psycopg.connect(admin_url, dbname=connection.settings_dict["NAME"]) as other:
        assert other.execute(taken, [str(uuid.uuid4())]).fetchone() == (False,)
        examine(leif, others)
        assert other.execute(taken, [str(leif.service_id)]).fetchone() == (True,)


def test_one_does_not_examine_ones_own_nor_twice_nor_without_a_note(
    acting: Acting, others: Child, as_admin: AsAdmin
) -> None:
    look(acting, "kari", others)
    look(acting, "leif", others)
    with acting("leif") as leif:
        with pytest.raises(access.Refused) as refused:
            examine(leif, others, person=LEIF)
        assert refused.value.code == "own_looks"
        with pytest.raises(door.Invalid):
            examine(leif, others, note=" ")
        examine(leif, others)
        with pytest.raises(door.Invalid):
            examine(leif, others)
        with pytest.raises(access.NotVisible):
            acts.examine(actor=leif, person=KARI, day=clock.today(), child_id=uuid.uuid4(), note="Gjettet.")
    with acting("kari") as kari:
        assert LookReview.objects.count() == 0, "what was found of her is not hers to read"
        with pytest.raises(access.Refused):
            examine(kari, others, person=LEIF)


@pytest.mark.parametrize("who", ["kari", "leif"])
def test_the_database_refuses_to_examine_oneself_or_for_others(acting: Acting, others: Child, who: str) -> None:
    with acting(who) as actor, pytest.raises(DatabaseError), transaction.atomic():
        LookReview.objects.create(
            service_id=actor.service_id,
            person_id=LEIF,
            day=clock.today(),
            child_id=others.pk,
            note="Helt i orden.",
            reviewed_by_id=actor.person_id,
            reviewed_at=clock.now(),
        )


def logged_as_lists() -> set[str]:
    """The names of the pages that the program logs with what a list tells, read from its source."""
    calls = [
        node
        for file in sorted((Path(grunnmur.__file__).parent).rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    ]
    found, given = set(), 0
    for call in calls:
        if any(ast.unparse(one.value) == "looking.IN_A_LIST" for one in call.keywords if one.arg == "kinds"):
            page = call.args[1]
            found |= {page.value} if isinstance(page, ast.Constant) else set()
            given += isinstance(page, ast.Name)
    # Where the name is passed on, it is the constant that the query's own callers give.
    passed = {
        one.value.value
        for call in calls
        if ast.unparse(call.func) in ("_page", "waiting.list_waiting", "letters.to_see_to")
        for one in call.keywords
        if one.arg == "page" and isinstance(one.value, ast.Constant)
    }
    assert given == 3, "another query is given the name of its page: name it above"
    return found | passed


def test_every_page_that_is_logged_as_a_list_is_told_as_one() -> None:
    assert logged_as_lists() | {"search", "look_control"} == queries.IN_A_LIST
