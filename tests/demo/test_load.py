"""The loaded demo: every state a case can be in, and every row as the real acts would have left it."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client

from demo import cast, families, load, plays, services
from demo.places import PLACES
from demo.population import BEGAN, COMES_IN_AT, KARIS, OFFERED, Population, births
from demo.recording import once_written
from demo.scene import Troupe
from demo.travel import on_a_stage
from grunnmur import clock
from grunnmur.cases import age, consent, facts, national_id, next_step
from grunnmur.cases.actions import participants
from grunnmur.cases.definition import definitions
from grunnmur.cases.door import refresh
from grunnmur.cases.lifecycle import OPEN, Facts
from grunnmur.cases.models import (
    Attachment,
    Beside,
    Child,
    ChildWelfareStatus,
    Closure,
    Draft,
    FamilyLogIn,
    Handover,
    Letter,
    Move,
    NameKey,
    NationalFile,
    Participation,
    Pathway,
    Placement,
)
from grunnmur.cases.queries import editions, search, work
from grunnmur.cases.terms import (
    AddressProtection,
    BesideSort,
    CareBasis,
    ChildWelfarePosition,
    ConsentAnswer,
    ParticipationBasis,
    PathwayStatus,
    ReferralAnswerKind,
)
from grunnmur.directory import sessions
from grunnmur.directory.models import Membership, Municipality, Service
from grunnmur.exchange import national_file
from grunnmur.insight import research
from grunnmur.insight.hiding import LEAST
from grunnmur.log.models import Event
from tests.demo.conftest import Loaded
from tests.exchange.ssb.files import SHARED

Walls = Callable[[], AbstractContextManager[None]]
CHILDREN = sum(place.children for place in PLACES)


def _every_case() -> list[Facts]:
    return [facts.load(pathway) for pathway in Pathway.objects.values_list("pk", flat=True)]


def _acting(key: str) -> AbstractContextManager[Any]:
    return sessions.acting(cast.membership_id(cast.get(key)))


# --- how it is loaded ----------------------------------------------------------------------------------------


def test_loading_says_what_it_does_and_how_many_there_are(demo: Loaded) -> None:
    assert "Agder" in demo.said
    assert f"Ferdig: {CHILDREN} barn i 25 kommuner" in demo.said


def test_loading_again_changes_nothing(demo: Loaded) -> None:
    again = demo.load_again()
    assert again.returncode == 0
    assert "lastet fra før" in again.stdout
    assert Child.objects.count() == CHILDREN


def test_a_database_with_other_children_is_refused_and_left_alone(demo: Loaded) -> None:
    Child.objects.filter(pk=_anna().pk).update(journal_number="G-2026-9999")
    with pytest.raises(CommandError, match="Det er barn i databasen fra før"):
        call_command("load_demo")
    assert Child.objects.count() == CHILDREN


def test_the_clock_of_the_database_is_its_own_again(demo: Loaded) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select prosrc from pg_proc where oid = 'sec.now()'::regprocedure")
        assert "demo.now" not in cursor.fetchone()[0]


def test_the_same_day_gives_the_same_children(demo: Loaded) -> None:
    today = clock.today()
    first_day = today - timedelta(days=load.OLDEST_PLAY)
    with connection.cursor() as cursor:
        # What Kari gave out when the demo was loaded came after the plays, and counts against nobody in them.
        cursor.execute("delete from sec.bucket")
    with on_a_stage() as travel:
        played = plays.perform(Troupe(travel, first_day - timedelta(days=first_day.weekday())))
    again = {}
    for copy in Population(played, today=today).copies():
        rows = {table.name: rows for table, rows in copy.rows()}
        child = rows["cases_child"][0]
        again[child["id"]] = (
            child["name"],
            child["born_on"],
            child["national_id"],
            child["journal_number"],
            child["author_service_id"],
            sorted((event["name"], event["at"]) for event in rows["log_event"]),
            sorted(row["summary"] for row in rows.get("cases_conversation", ())),
        )
    events: dict[UUID, list[Any]] = {key: [] for key in again}
    of_copies = Event.objects.exclude(child_id=_anna().pk).exclude(at__gte=_came_in_at())
    for child_id, name, at in of_copies.values_list("child_id", "name", "at"):
        events[child_id].append((name, at))
    said: dict[UUID, list[str]] = {key: [] for key in again}
    for pathway in Pathway.objects.prefetch_related("conversations"):
        said[pathway.child_id] += [one.summary for one in pathway.conversations.all()]
    stored = {
        child.pk: (
            child.name,
            child.born_on,
            child.national_id,
            child.journal_number,
            child.author_service_id,
            sorted(events[child.pk]),
            sorted(said[child.pk]),
        )
        for child in Child.objects.exclude(pk=_anna().pk)
    }
    assert stored == again


def _came_in_at() -> datetime:
    """When the families were let in: as the demo was loaded, with everything that followed."""
    return FamilyLogIn.objects.earliest("given_at").given_at


def _anna() -> Child:
    return Child.objects.get(journal_number=load.ANNAS_JOURNAL, author_service=cast.service("grimstad").id)


# --- who they are --------------------------------------------------------------------------------------------


def test_each_municipality_has_its_children(demo: Loaded) -> None:
    assert Municipality.objects.count() == 25
    found = Counter(Child.objects.values_list("author_service__municipality__name", flat=True))
    assert found == {place.name: place.children for place in PLACES}
    assert 380 <= CHILDREN <= 420


def test_only_synthetic_numbers_that_say_the_right_day_and_sex(demo: Loaded) -> None:
    for child in Child.objects.exclude(national_id=None):
        number = national_id.parse(str(child.national_id))
        assert number.is_synthetic
        assert number.born_on == child.born_on
        assert child.sex == ("2" if number.sex is national_id.Sex.FEMALE else "1")


def test_a_few_have_no_number_and_a_few_that_came_by_file_have_no_name(demo: Loaded) -> None:
    assert 0 < Child.objects.filter(national_id=None).count() < 20
    nameless = Child.objects.filter(name="")
    assert 0 < nameless.count() < 40
    assert {child.pk for child in nameless} <= set(NationalFile.objects.values_list("child", flat=True))


def test_all_ages_from_0_to_17_and_aftercare(demo: Loaded) -> None:
    today = clock.today()
    ages = {age.age_on(born_on=born_on, on=today) for born_on in Child.objects.values_list("born_on", flat=True)}
    assert set(range(18)) <= ages
    assert max(ages) > 18


def test_some_children_are_known_to_two_services_that_do_not_know_of_each_other(
    demo: Loaded, behind_the_walls: Walls
) -> None:
    by_number: dict[str, list[Child]] = defaultdict(list)
    for child in Child.objects.exclude(national_id=None):
        by_number[str(child.national_id)].append(child)
    twice = {number: children for number, children in by_number.items() if len(children) > 1}
    assert len(twice) >= 3
    number, records = next(iter(twice.items()))
    assert len({record.author_service_id for record in records}) == 2
    assert len({(record.name, record.born_on) for record in records}) == 1
    assert len({bytes(record.national_key or b"") for record in records}) == 2, (
        "nothing in the rows tells that it is one"
    )
    for record in records:
        contact = next(one for one in services.services() if one.id == record.author_service_id).employees[0]
        with behind_the_walls(), sessions.acting(contact.membership_id) as actor:
            assert [found.child_id for found in search.search(actor, text=number)] == [record.pk]


def test_the_whole_cast_of_circumstances(demo: Loaded) -> None:
    assert set(Child.objects.values_list("address_protection", flat=True)) == set(AddressProtection)
    assert Child.objects.filter(needs_interpreter=True).exclude(language="").exists()
    assert set(Placement.objects.values_list("basis", flat=True)) >= {
        CareBasis.CARE_ORDER,
        CareBasis.VOLUNTARY,
        CareBasis.BEHAVIOUR_ORDER,
    }
    parents = Counter(
        (len(people), sum(person.has_daily_care for person in people))
        for people in (
            [one for one in child.relatedpersons.all() if one.has_parental_responsibility]
            for child in Child.objects.prefetch_related("relatedpersons")
        )
    )
    assert {(2, 2), (2, 1), (1, 1), (2, 0)} <= set(parents), "together, apart, alone, and not at home"


# --- every state ---------------------------------------------------------------------------------------------


def test_every_status_every_position_and_every_ground_for_closing(demo: Loaded) -> None:
    statuses = Counter(Pathway.objects.values_list("status", flat=True))
    assert set(statuses) == set(PathwayStatus)
    assert min(statuses.values()) >= 15
    assert set(ChildWelfareStatus.objects.values_list("position", flat=True)) == set(ChildWelfarePosition)
    grounds = {item.key for item in definitions().edition_in_force(clock.today()).closing_grounds}
    assert set(Closure.objects.values_list("ground", flat=True)) == grounds


def test_every_next_step_waits_somewhere(demo: Loaded) -> None:
    today = clock.today()
    found: Counter[str] = Counter()
    for case in _every_case():
        edition = definitions().edition(case.edition)
        found.update({step.key for step in next_step.open_steps(case, edition=edition, on=today)})
    # The demo asks no questions yet: they are for whoever tries it.
    assert set(next_step.SENTENCES) - set(found) == {"answer_question", "conclude_round"}


def test_two_cases_show_what_another_edition_changes_in_them(demo: Loaded, behind_the_walls: Walls) -> None:
    before, newest = definitions().editions[-2:]
    older = [case for case in _every_case() if case.edition != newest.key]
    assert [case.edition for case in older] == [before.key] * 2
    with behind_the_walls(), _acting("kari") as kari:
        shown, _more = editions.list_older(kari)
    assert {one.pathway_id for one in shown} == {UUID(case.pathway) for case in older}
    assert all(one.can_follow and one.effects for one in shown)


def test_every_answer_to_a_referral_and_to_a_consent(demo: Loaded) -> None:
    cases = _every_case()
    answers = {item.answer for case in cases for item in case.referrals}
    assert answers == {None, *ReferralAnswerKind}
    signed = {signature.answer for case in cases for item in case.consents for signature in item.signatures}
    assert signed == set(ConsentAnswer)
    assert any(item.withdrawn_at for case in cases for item in case.consents)


def test_some_have_something_beside_the_pathway(demo: Loaded) -> None:
    found = Beside.objects.values_list("sort", "source")
    assert {sort for sort, _source in found} == {BesideSort.CHILD_COORDINATOR}
    assert len({source for _sort, source in found}) > 1, "each case says itself from where it is known"


def test_some_are_late_some_wait_long_and_some_were_taken_up_again(demo: Loaded) -> None:
    today = clock.today()
    owners = Participation.objects.filter(basis=ParticipationBasis.OWNER)
    waiting = owners.filter(pathway=None, whose=Participation.Whose.OURS)
    assert waiting.filter(next_due__lt=today).count() >= 10
    assert waiting.filter(next_due__gte=today).count() >= 10
    silent = owners.filter(pathway__isnull=False, whose__gt=0, moved_on__lt=today - timedelta(days=30))
    assert silent.count() >= 10
    assert any(case.reactivated_on and case.status in OPEN for case in _every_case())


# --- as the real acts would have left it ---------------------------------------------------------------------


def test_every_row_was_written_in_an_act_that_left_an_event(demo: Loaded) -> None:
    orphans = {}
    with connection.cursor() as cursor:
        for table in once_written():
            if table.name == "log_event":
                continue
            key = "pathway_id" if "pathway_id" in table.columns else "child_id"
            cursor.execute(
                f"select count(*) from {table.name} t where not exists (select 1 from log_event e"
                f" where e.{key} = t.{key} and e.at = t.recorded_at and e.person_id = t.recorded_by_id"
                f" and e.author_service_id = t.author_service_id)"
                " and t.recorded_at < now() - interval '1 day'"
            )
            if found := cursor.fetchone()[0]:
                orphans[table.name] = found
    assert orphans == {}


def test_nothing_has_happened_in_the_future_and_no_two_things_at_once(demo: Loaded) -> None:
    """But for a file, which registers the child that it tells of, and for what was done just now, Anna and all."""
    events = Event.objects.exclude(name="file.read").exclude(at__gte=_came_in_at())
    assert not events.filter(at__gt=clock.now()).exists()
    assert max(Counter(events.values_list("child_id", "at")).values()) == 1


def test_everyone_who_consented_might_do_so_on_the_day(demo: Loaded) -> None:
    wrong = [
        (case.pathway, item.purpose, signature)
        for case in _every_case()
        for item in case.consents
        for signature in item.signatures
        if signature.answer is not ConsentAnswer.NOT_ASKED
        and not consent.can_sign(
            signatory=signature.signatory, purpose=item.purpose, situation=case.situation, on=signature.on
        )
    ]
    assert wrong == []


def test_what_each_service_sees_is_what_the_consents_open(demo: Loaded) -> None:
    now = clock.now()
    stored: dict[str, set[Any]] = {}
    for row in Participation.objects.filter(basis=ParticipationBasis.CONSENT, ends_at__gt=now):
        sight = (row.service_id, row.ground, row.kinds, row.starts_at, row.ends_at)
        stored.setdefault(str(row.pathway_id), set()).add(sight)
    opened = {}
    for case in _every_case():
        live = {
            (one.service, one.ground, one.kinds, one.starts_at, one.ends_at)
            for one in participants.sights(case)
            if one.ends_at > now
        }
        if live:
            opened[case.pathway] = live
    assert stored == opened
    assert len(opened) > 80


def test_the_lists_say_what_the_door_would_work_out_today(demo: Loaded) -> None:
    columns = ("whose", "next_step", "next_due", "moved_on", "contact_person_id")

    def state() -> dict[UUID, tuple[Any, ...]]:
        return {row["pk"]: tuple(row[column] for column in columns) for row in rows.values("pk", *columns)}

    rows = Participation.objects.filter(pathway__isnull=False)
    before = state()
    for place in PLACES:
        with sessions.acting(services.child_welfare(place).employees[0].membership_id) as actor:
            for pathway in Pathway.objects.filter(author_service=actor.service_id):
                refresh(pathway.pk, on=clock.today())
    assert state() == before


def test_the_list_of_those_not_yet_assessed_is_what_the_acts_would_make(demo: Loaded) -> None:
    rows = Participation.objects.filter(pathway=None, basis=ParticipationBasis.OWNER)
    before = dict(rows.values_list("child", "whose"))
    due = dict(rows.values_list("child", "next_due"))
    for child in Child.objects.all():
        participants.follow_assessment(child, on=clock.today())
    assert dict(rows.values_list("child", "whose")) == before
    assert dict(rows.values_list("child", "next_due")) == due


def test_those_who_see_a_child_find_it_by_its_name(demo: Loaded) -> None:
    words = {child.pk: {word.upper() for word in child.name.replace("-", " ").split()} for child in Child.objects.all()}
    expected = {
        (service, word, child)
        for child, service in Participation.objects.exclude(service=None).values_list("child", "service").distinct()
        for word in words[child]
    }
    assert set(NameKey.objects.values_list("service", "key", "child")) == expected


def test_no_line_is_left_unspoken(demo: Loaded) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select table_name, column_name from information_schema.columns where table_schema = 'public'"
            " and data_type in ('text', 'character varying') and table_name ~ '^(cases|log)_'"
        )
        columns = cursor.fetchall()
        for table, column in columns:
            cursor.execute(f"select count(*) from {table} where \"{column}\" ~ '[⟪⟫{{}}]'")
            assert cursor.fetchone()[0] == 0, f"{table}.{column}"


# --- the cast ------------------------------------------------------------------------------------------------


def test_anna_waits_for_her_first_assessment_with_karis_service(demo: Loaded, behind_the_walls: Walls) -> None:
    with behind_the_walls(), _acting("kari") as kari:
        waiting = {row.child_name: row for row in work.not_assessed(kari).rows}
    assert not waiting["Anna Solberg"].is_late
    assert len(waiting) >= 5
    assert not Pathway.objects.filter(child=_anna()).exists()


def test_kari_has_a_worklist_one_can_believe_in(demo: Loaded) -> None:
    kari = cast.get("kari").person_id
    mine = Participation.objects.filter(
        basis=ParticipationBasis.OWNER, contact_person=kari, whose__gt=0, pathway__isnull=False
    ).select_related("child")
    assert len(mine) == len(KARIS)
    assert 15 <= len(KARIS) <= 22
    assert len({row.child.name for row in mine}) == len(mine)
    assert len({row.next_step for row in mine}) >= 12
    assert {row.whose for row in mine} == {Participation.Whose.OURS, Participation.Whose.OTHERS}


def test_the_child_that_comes_in_by_itself_is_13_on_whatever_day_the_demo_is_loaded() -> None:
    for number in range(4 * 366):
        today = date(2026, 1, 1) + timedelta(days=number)
        begun = today - timedelta(days=280)
        for born_on in births(today=today, begins_on=begun, ages=(COMES_IN_AT, COMES_IN_AT)):
            assert {age.age_on(born_on=born_on, on=day) for day in (begun, today)} == {COMES_IN_AT}, (today, born_on)


def test_three_families_have_come_in_and_asked(demo: Loaded, behind_the_walls: Walls) -> None:
    of_anna, of_another, of_a_third = families.who_can_come_in()
    assert [(one.name, one.relation) for one in of_anna] == [
        ("Anna Solberg", ""),
        ("Mona Solberg", "Mor"),
        ("Erik Solberg", "Far"),
    ]
    assert Letter.objects.filter(written_by=None, answered_at=None, about="look", answer_by__isnull=False).count() == 2
    assert Letter.objects.filter(written_by=None, answered_at__isnull=False).count() == 3
    with behind_the_walls():
        page = Client(HTTP_HOST="localhost").get("/demo/").content.decode()
        for one in (*of_anna, *of_a_third, *of_another):
            assert one.number in page
            client = Client(HTTP_HOST="localhost")
            assert client.post("/min-side/inn/", {"number": one.number}).status_code == 302, one
            assert client.get("/min-side/").status_code == 200
        assert Client(HTTP_HOST="localhost").get("/demo/").content.decode().count("Solberg") == 3
    assert "Her er vi nå" in client.get("/min-side/").content.decode(), "the other child's case is under way"


def test_the_first_page_stands_when_somebody_who_tries_the_demo_has_let_kari_leave(
    demo: Loaded, behind_the_walls: Walls
) -> None:
    kari = Membership.objects.filter(pk=cast.membership_id(cast.get("kari")))
    kari.update(ends_on=clock.today())
    try:
        with behind_the_walls():
            answer = Client(HTTP_HOST="localhost").get("/demo/")
            assert answer.status_code == 200
            assert "Kari Lunde" in answer.content.decode() and "Mona Solberg" not in answer.content.decode()
    finally:
        kari.update(ends_on=None)


def test_a_child_between_two_meetings_has_something_to_say_and_is_told_why_its_wish_was_gone_against(
    demo: Loaded, behind_the_walls: Walls
) -> None:
    *_others, (child, *parents) = families.who_can_come_in()
    assert (child.relation, bool(parents)) == ("", True)
    with behind_the_walls():
        client = Client(HTTP_HOST="localhost")
        assert client.post("/min-side/inn/", {"number": child.number}).status_code == 302
        page = client.get("/min-side/").content.decode()
        for shown in ("Dette endrer seg snart", "Hva vil du si før møtet?", "Hvordan var det?"):
            assert shown in page
        assert "Vi gjorde noe annet enn du ønsket, fordi:" in client.get("/min-side/skriv/").content.decode()
        with _acting("kari"):
            case = next(row.pk for row in Pathway.objects.select_related("child") if row.child.name == child.name)
        assert "/hvordan/" in _client("kari").get(f"/forlop/{case}/moter/").content.decode(), "staff are asked too"


def test_leif_sees_the_whole_service(demo: Loaded, behind_the_walls: Walls) -> None:
    with behind_the_walls(), _acting("leif"):
        assert Child.objects.count() == 45
        assert Pathway.objects.values("contact_person").distinct().count() >= 3


def test_leif_can_propose_a_research_extract_that_is_made(demo: Loaded, behind_the_walls: Walls) -> None:
    """Of the last two half-years that are counted, whatever day it is."""
    newest, before = research.halves(clock.today())[:2]
    with behind_the_walls(), _acting("leif"):
        found = research.preview(before.from_on, newest.until_on)
    assert found.detail is not None
    assert found.children[0] >= LEAST
    for days in BEGAN:
        for today in (date(2027, 1, 1) + timedelta(days=number) for number in range(366)):
            last, earlier = research.halves(today)[:2]
            assert earlier.from_on <= today - timedelta(days=days + 6) < last.until_on, (
                "a copy is moved whole weeks back"
            )


@pytest.mark.parametrize("key", ["per", "hege", "siri", "nina", "tone"])
def test_health_staff_see_some_cases_and_only_by_consent(demo: Loaded, behind_the_walls: Walls, key: str) -> None:
    with behind_the_walls(), _acting(key) as actor:
        seen = Pathway.objects.count()
        bases = set(Participation.objects.filter(service=actor.service_id).values_list("basis", flat=True))
    assert seen > 0
    assert bases == {ParticipationBasis.CONSENT}


STEPS = {
    "per": {"answer_invitation"},
    "hege": {"map"},
    "siri": {"answer_referral"},
    "nina": {"answer_referral"},
    "tone": {"map"},
}


@pytest.mark.parametrize("key", STEPS)
def test_each_of_the_health_staff_has_what_the_front_page_of_the_demo_promises(demo: Loaded, key: str) -> None:
    mine = Participation.objects.filter(
        service=cast.service(cast.get(key).service).id, whose=Participation.Whose.OURS, ends_at__gt=clock.now()
    )
    assert {label.partition(":")[0] for label in mine.values_list("next_step", flat=True)} >= STEPS[key]


@pytest.mark.parametrize("key", ["bjorn", "berit"])
def test_homes_have_a_child_for_whom_nobody_has_asked(demo: Loaded, key: str) -> None:
    home = cast.service(cast.get(key).service).id
    living_there = Child.objects.filter(placements__service=home, pathways=None, initiatives=None)
    assert living_there.filter(participations__service=home, participations__ends_at__gt=clock.now()).exists()


@pytest.mark.parametrize("key", ["bjorn", "berit"])
def test_homes_see_who_lives_there_and_no_pathway(demo: Loaded, behind_the_walls: Walls, key: str) -> None:
    with behind_the_walls(), _acting(key):
        assert Child.objects.exists()
        assert not Pathway.objects.exists()


@pytest.mark.parametrize("key", ["marit", "stein", "eva"])
def test_roles_for_the_whole_see_no_child(demo: Loaded, behind_the_walls: Walls, key: str) -> None:
    with behind_the_walls(), _acting(key):
        assert not Child.objects.exists()
        assert not Event.objects.exists()


def test_ola_has_his_own_children_and_not_anna(demo: Loaded, behind_the_walls: Walls) -> None:
    with behind_the_walls(), _acting("ola") as ola:
        assert not Child.objects.filter(name__startswith="Anna Solberg").exists()
        assert set(Child.objects.values_list("author_service", flat=True)) == {ola.service_id}


def _client(key: str) -> Client:
    client = Client(HTTP_HOST="localhost")
    assert client.post("/demo/", {"persona": key}).status_code == 302
    return client


@pytest.mark.parametrize("key", [persona.key for persona in cast.CAST])
def test_everyone_has_a_front_page(demo: Loaded, behind_the_walls: Walls, key: str) -> None:
    with behind_the_walls():
        assert _client(key).get("/", follow=True).status_code == 200


def test_every_case_of_karis_opens(demo: Loaded, behind_the_walls: Walls) -> None:
    """Her own, and those that a colleague asks her to take over."""
    offered = Handover.objects.filter(to_person=cast.get("kari").person_id, answer=None).count()
    assert offered >= len(OFFERED)
    with behind_the_walls():
        client = _client("kari")
        cases = set(re.findall(r"/forlop/[0-9a-f-]{36}/", client.get("/").content.decode()))
        assert len(cases) == len(KARIS) + offered
        assert {client.get(case).status_code for case in cases} == {200}


def test_whoever_maps_has_laid_a_file_with_it_and_kari_reads_it(demo: Loaded, behind_the_walls: Walls) -> None:
    file = Attachment.objects.get()
    assert file.mapping is not None and file.mapping.service_id == file.author_service_id
    with behind_the_walls():
        kari = _client("kari")
        page = kari.get(f"/forlop/{file.pathway_id}/helse/").content.decode()
        assert "Søvndagbok" in page
        there = re.search(rf"/forlop/[0-9a-f-]+/helse/[a-z-]+/{file.pk}/", page)
        assert there, "the page leads to the file"
        assert "Mandag" in b"".join(kari.get(there[0])).decode()


def test_kari_has_begun_on_a_goal_that_waits_for_her_alone(demo: Loaded, behind_the_walls: Walls) -> None:
    draft = Draft.objects.get()
    with behind_the_walls():
        assert "Du har et utkast" in _client("kari").get(draft.path).content.decode()
        assert "Du har et utkast" not in _client("leif").get(draft.path).content.decode()


def test_a_family_moves_and_the_case_is_offered_there(demo: Loaded, behind_the_walls: Walls) -> None:
    move = Move.objects.get()
    name = Child.objects.get(pathways=move.pathway_id).name
    with behind_the_walls():
        ola, kari = _client("ola"), _client("kari")
        offered = ola.get("/tilbudt/").content.decode()
        assert "Grimstad barneverntjeneste" in offered and name not in offered
        assert ola.get(f"/tilbudt/{move.pk}/").status_code == 200
        assert "Lillesand barneverntjeneste" in kari.get(f"/forlop/{move.pathway_id}/flytting/").content.decode()


@pytest.mark.parametrize("path", sorted(SHARED.glob("examples/*.xml")), ids=lambda path: path.name[:1])
def test_the_example_files_can_be_read_into_the_demo(demo: Loaded, path: Any) -> None:
    with transaction.atomic():
        result = national_file.receive(path.read_bytes(), name=path.name)
    assert result.problems == ()
    assert result.reading is not None and result.reading.outcome == "created"
    assert Service.objects.filter(kind="child_welfare").count() == 25
