"""Each half-year is counted once by the database, and only what may be shown is kept of it."""

import os
import tempfile
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from grunnmur import postgres
from grunnmur.cases import models as rows
from grunnmur.clock import OSLO
from grunnmur.directory import sessions
from grunnmur.directory.models import Service
from grunnmur.exchange.management.commands import work
from grunnmur.insight import freezing
from grunnmur.insight.freezing import Row, ends_of, freeze
from grunnmur.insight.halves import Half, countable
from grunnmur.insight.hiding import ALL, FOLDER, Counted
from grunnmur.insight.indicators import indicators
from grunnmur.insight.models import Figure, Period
from grunnmur.working_days import add_working_days
from tests.insight import second
from tests.insight.world import COUNTED_AT, HALF, ONE, OTHER, World, day

Outside = Callable[[], AbstractContextManager[None]]
Travel = Callable[[datetime], None]
Told = dict[tuple[str, str, str], tuple[int, int]]


@pytest.fixture
def world(db: None, travel: Travel, as_admin: Outside) -> Iterator[World]:
    travel(COUNTED_AT)
    with as_admin():
        yield World()


def counted(half: Half = HALF) -> Told:
    """What the database counts, as the program is told it, without the sums of a county."""
    return {
        (indicator, place, category): (one.times, one.children)
        for (indicator, _county), table in freezing._count(half).items()
        for (place, category), one in table.items()
        if place
    }


def of(indicator: str) -> dict[tuple[str, str], tuple[int, int]]:
    """One indicator by place and category, without its sums."""
    return {(place, kind): one for (key, place, kind), one in counted().items() if key == indicator and kind}


IN, LAST = day(1, 1), day(6, 30)
BEFORE, AFTER = day(12, 31, 2030), day(7, 1)


def test_decisions_and_the_criteria_behind_them(world: World) -> None:
    one = world.case(ONE, day(10, 1, 2030))
    for on in (BEFORE, IN, LAST, AFTER):
        world.assess(one, on, "start", "C1_ACUTE_SYMPTOMS", "C3_SERVICE_SEES_NEED")
    world.assess(world.case(ONE, IN), IN, "do_not_start", "C1_ACUTE_SYMPTOMS")
    world.assess(world.case(OTHER, IN), IN)
    world.assess(world.case(ONE, IN, address_protection="confidential"), IN)
    world.assess(world.case(ONE, IN, address_protection="strictly_confidential"), IN)
    assert of("vurdert") == {(ONE, "start"): (2, 1), (ONE, "do_not_start"): (1, 1), (OTHER, "start"): (1, 1)}
    assert of("startgrunner") == {(ONE, "C1_ACUTE_SYMPTOMS"): (2, 1), (ONE, "C3_SERVICE_SEES_NEED"): (2, 1)}


def test_time_to_a_decision_and_to_the_first_meeting(world: World) -> None:
    for days, starts in ((0, True), (14, True), (15, False), (42, True), (43, True)):
        case = world.case(ONE, IN)
        world.assess(case, IN + timedelta(days=days), "start" if starts else "do_not_start")
    world.case(ONE, LAST)
    world.assess(world.case(ONE, AFTER), AFTER)
    assert of("tid-til-avgjorelse") == {
        (ONE, "within_14"): (2, 2),
        (ONE, "within_42"): (2, 2),
        (ONE, "later"): (1, 1),
        (ONE, "not_yet"): (1, 1),
    }
    for days in (28, 29, 56, 57):
        case = world.case(OTHER, day(1, 2))
        world.assess(case, day(1, 2))
        world.meet(case, day(1, 2) + timedelta(days=days), "oppstartsmote")
        world.meet(case, LAST, "oppstartsmote")
    world.meet(world.case(OTHER, IN), LAST, "oppstartsmote")
    assert of("tid-til-oppstartsmote") == {
        (OTHER, "within_28"): (1, 1),
        (OTHER, "within_56"): (2, 2),
        (OTHER, "later"): (1, 1),
    }


def test_what_was_seen_where_it_was_decided_not_to_start(world: World) -> None:
    for seen in (("worry_sign", "risk_factor"), ("risk_factor", "protective_factor"), ("protective_factor",), ()):
        case = world.case(ONE, IN)
        for sort in seen:
            world.see(case, day(2, 1), sort)
        world.see(case, day(2, 3), "worry_sign")
        world.assess(case, day(2, 2), "do_not_start")
        world.assess(world.case(ONE, IN), day(2, 2), "start")
    # Seen on the day of the decision, and written long after it.
    late = world.case(OTHER, IN)
    world.see(late, day(2, 2), "worry_sign", recorded_at=COUNTED_AT)
    world.assess(late, day(2, 2), "do_not_start")
    assert of("ikke-startet") == {
        (ONE, "worry_sign"): (1, 1),
        (ONE, "risk_factor"): (1, 1),
        (ONE, "neither"): (2, 2),
        (OTHER, "worry_sign"): (1, 1),
    }


def test_time_from_the_meeting_to_a_mapping_and_from_that_to_a_status_meeting(world: World) -> None:
    done = day(5, 1)
    for days in (0, 42, 43, 84, 85, -1):
        case = world.case(ONE, BEFORE)
        world.meet(case, done - timedelta(days=days), "oppstartsmote")
        world.map(case, BEFORE, "mental", ("concluded", done, "referral"))
        world.map(case, BEFORE, "dental", ("concluded", LAST, "referral"))
    late = world.case(ONE, BEFORE)
    world.map(late, BEFORE, "mental", ("concluded", BEFORE, "referral"), ("not_indicated", IN, ""))
    world.map(late, BEFORE, "dental", ("concluded", AFTER, "referral"))
    world.map(world.case(OTHER, BEFORE), BEFORE, "mental", ("concluded", IN, "referral"))
    assert of("tid-til-kartlegging") == {
        (ONE, "within_42"): (2, 2),
        (ONE, "within_84"): (2, 2),
        (ONE, "later"): (1, 1),
        (ONE, "before"): (1, 1),
        (OTHER, "before"): (1, 1),
    }
    for days in (0, 42, 43, 84, 85):
        case = world.case(OTHER, BEFORE)
        world.map(case, BEFORE, "mental", ("concluded", IN, "referral"))
        world.meet(case, BEFORE)
        world.meet(case, IN + timedelta(days=days))
        world.meet(case, LAST)
    assert of("tid-til-statusmote") == {
        (OTHER, "within_42"): (2, 2),
        (OTHER, "within_84"): (2, 2),
        (OTHER, "later"): (1, 1),
    }


def test_time_to_the_closing_from_the_start_and_from_the_first_status_meeting(world: World) -> None:
    end = day(6, 1)
    for from_start, from_meeting in ((180, 0), (181, 90), (365, 91), (366, 180), (400, 181), (1, -1)):
        case = world.case(ONE, BEFORE)
        world.assess(case, end - timedelta(days=from_start))
        world.assess(case, end)
        world.meet(case, end - timedelta(days=from_meeting))
        world.meet(case, day(6, 2))
        world.close(case, end)
    world.close(world.case(ONE, IN), AFTER)
    world.close(world.case(ONE, IN), LAST)
    assert of("hele-forlopet") == {(ONE, "within_180"): (2, 2), (ONE, "within_365"): (2, 2), (ONE, "later"): (2, 2)}
    assert of("tid-til-avslutning") == {
        (ONE, "within_90"): (2, 2),
        (ONE, "within_180"): (2, 2),
        (ONE, "later"): (1, 1),
        (ONE, "without"): (2, 2),
    }


def test_how_the_child_took_part(world: World) -> None:
    case = world.case(ONE, IN)
    world.assess(case, IN, how="2.2")
    world.meet(case, LAST)
    for how, areas in (("1.1", ()), ("1.1", ("mental", "dental")), ("", ("mental",))):
        world.talk(case, IN, *areas, how=how)
    world.talk(case, AFTER, "mental")
    assert of("helse-i-samtaler") == {(ONE, "health"): (2, 1), (ONE, "other"): (1, 1)}
    for how, service in (("1.4", world.gp), ("1.4", None), ("", world.gp)):
        world.map(case, IN, "mental", service_id=service, participation=how)
    world.map(case, AFTER, "mental", participation="1.4")
    for how, on in (("1.2", LAST), ("", LAST), ("1.2", AFTER)):
        world.close(case, on, how=how)
    assert of("medvirkning") == {
        (ONE, "2.2"): (1, 1),
        (ONE, "1.3"): (1, 1),
        (ONE, "1.1"): (2, 1),
        (ONE, "1.4"): (2, 1),
        (ONE, "1.2"): (1, 1),
    }


def test_what_the_family_answers(world: World) -> None:
    case = world.case(ONE, IN)
    for answers in (("yes", "yes"), ("no>yes",), ("yes", "no"), ("no",), ("yes", "not_asked"), ()):
        world.ask(case, IN, *answers)
    world.ask(case, LAST, "yes", "yes", withdrawn=True)
    world.ask(case, AFTER, "yes")
    assert of("samtykker") == {
        (ONE, "given"): (2, 1),
        (ONE, "partly"): (1, 1),
        (ONE, "refused"): (1, 1),
        (ONE, "waiting"): (2, 1),
        (ONE, "withdrawn"): (1, 1),
    }


def test_whether_help_is_offered_all_the_same(world: World) -> None:
    case = world.case(ONE, IN)
    world.ask(case, IN, "no", "yes", offered="x")
    world.ask(case, IN, "not_asked>no", note="x")
    world.ask(case, IN, "no>yes", "no", note="x")
    world.ask(case, LAST, "no")
    world.ask(case, IN, "no>yes", note="x")
    world.ask(case, IN, "no", withdrawn=True)
    world.ask(case, AFTER, "no")
    assert of("nei-og-hjelp") == {(ONE, "offered"): (3, 1), (ONE, "not_written"): (1, 1)}


def test_mappings(world: World) -> None:
    case = world.case(ONE, IN)
    world.map(case, IN, "mental", ("accepted", IN, ""), ("concluded", LAST, "referral"))
    world.map(case, BEFORE, "mental", ("concluded", BEFORE, "referral"), ("concluded", IN, "municipal_follow_up"))
    world.map(case, LAST, "dental", ("concluded", AFTER, "no_further_need"), service_id=world.abup)
    world.map(case, IN, "sexual", ("not_indicated", IN, ""), service_id=None)
    assert of("kartlegging-bedt-om") == {(ONE, "mental"): (1, 1), (ONE, "dental"): (1, 1)}
    assert of("hvem-kartlegger") == {(ONE, "gp"): (1, 1), (ONE, "camhs"): (1, 1)}
    assert of("kartlegging-utfall") == {
        (ONE, "referral"): (1, 1),
        (ONE, "municipal_follow_up"): (1, 1),
        (ONE, "not_indicated"): (1, 1),
    }


def test_how_long_a_mapping_waits_and_takes(world: World) -> None:
    case, asked, a_day = world.case(ONE, IN), day(2, 1), timedelta(days=1)
    fourteen, fortytwo = asked + timedelta(days=14), asked + timedelta(days=42)
    # Begun on the 14th and the 15th day, on the 42nd and the 43rd, and never; one of them by ending at once.
    world.map(
        case, asked, "mental", ("accepted", fourteen, ""), ("concluded", fourteen + timedelta(days=14), "referral")
    )
    world.map(case, asked, "mental", ("concluded", fourteen + a_day, "referral"))
    world.map(
        case, asked, "mental", ("accepted", fortytwo, ""), ("concluded", fortytwo + timedelta(days=15), "referral")
    )
    world.map(case, asked, "dental", ("under_way", fortytwo + a_day, ""), ("not_indicated", day(6, 1), ""))
    world.map(case, asked, "dental")
    # What does not apply leaves the queue, when it is said in time and before it has begun.
    world.map(case, asked, "sexual", ("not_indicated", fortytwo, ""))
    world.map(case, asked, "sexual", ("not_indicated", fortytwo + a_day, ""))
    world.map(case, asked, "sexual", ("accepted", asked, ""), ("not_indicated", asked + timedelta(days=42), ""))
    assert of("kartlegging-begynt") == {
        (ONE, "within_14"): (2, 1),
        (ONE, "within_42"): (2, 1),
        (ONE, "not_yet"): (3, 1),
    }
    assert of("kartlegging-ferdig") == {
        (ONE, "within_14"): (2, 1),
        (ONE, "within_42"): (2, 1),
        (ONE, "not_yet"): (1, 1),
    }


def test_a_mapping_is_in_the_half_year_of_its_42nd_day(world: World) -> None:
    for end in (BEFORE, IN, LAST, AFTER):
        since = end - timedelta(days=42)
        world.map(world.case(ONE, IN), since, "mental", ("accepted", since, ""))
    world.map(world.case(ONE, IN), IN, "mental", ("accepted", IN, ""), service_id=None)
    assert of("kartlegging-begynt") == {(ONE, "within_14"): (2, 2)}
    assert of("kartlegging-ferdig") == {(ONE, "not_yet"): (2, 2)}


def test_referrals_and_their_deadlines(world: World) -> None:
    case = world.case(ONE, IN)
    due = add_working_days(day(3, 3), 10)
    late, last = due + timedelta(days=1), add_working_days(due, 65)
    world.refer(case, day(3, 3), "right_granted", due, treatment_starts_on=last)
    world.refer(case, day(3, 3), "right_granted", due, treatment_starts_on=last + timedelta(days=1))
    world.refer(case, day(3, 3), "right_granted", due, area="substance_use")
    world.refer(case, day(3, 3), "right_granted", due, area="somatic")
    world.refer(case, day(3, 3), "returned", late, main_reason="too_little_known")
    world.refer(case, day(3, 3), "rejected", late, main_reason="local_help")
    world.refer(case, day(3, 3), "rejected", AFTER)
    world.refer(case, day(3, 3))
    world.refer(case, day(6, 29), from_service_id=world.services[ONE], to_service_id=world.fact)
    world.refer(case, AFTER, sent_on=LAST)
    world.refer(case, IN, sent_on=BEFORE)
    assert of("henvisninger-sendt") == {
        (ONE, "right_granted"): (4, 1),
        (ONE, "returned"): (1, 1),
        (ONE, "rejected"): (2, 1),
        (ONE, "unanswered"): (3, 1),
    }
    assert of("hvem-henviser") == {(ONE, "gp"): (9, 1), (ONE, "child_welfare"): (1, 1)}
    assert of("hvem-far-henvisninger") == {(ONE, "camhs"): (9, 1), (ONE, "municipal"): (1, 1)}
    assert of("svar-pa-henvisning") == {
        (ONE, "right_granted"): (4, 1),
        (ONE, "returned"): (1, 1),
        (ONE, "local_help"): (1, 1),
    }
    assert of("svar-innen-10-dager") == {(ONE, "in_time"): (4, 1), (ONE, "late"): (3, 1), (ONE, "unanswered"): (2, 1)}
    assert of("oppstart-innen-65-dager") == {(ONE, "in_time"): (1, 1), (ONE, "late"): (1, 1), (ONE, "not_set"): (1, 1)}


def test_meetings_and_who_came(world: World) -> None:
    case = world.case(ONE, IN)
    for came in ("came", "came", "wrote", ""):
        world.meet(case, IN, came=came)
    world.meet(case, LAST, end="cancelled")
    moved = world.meet(case, IN, end="")
    world.meet(case, LAST, end="", moved_from=moved)
    world.meet(case, AFTER)
    assert of("moter") == {(ONE, "held"): (4, 1), (ONE, "cancelled"): (1, 1), (ONE, "not_written"): (1, 1)}
    assert of("oppmote") == {(ONE, "came"): (2, 1), (ONE, "wrote"): (1, 1), (ONE, "absent"): (1, 1)}


def test_who_was_at_the_meetings(world: World) -> None:
    case = world.case(ONE, IN)
    mother, father, foster, grandmother = (
        world.around(case, one).pk for one in ("mother", "father", "foster_parent", "other")
    )
    world.meet(case, IN, there=[mother, father, world.abup], came="came")
    world.meet(case, LAST, there=[foster, grandmother, world.fact, world.institution], child=False)
    world.meet(case, LAST, child=False)
    world.meet(case, AFTER, there=[mother])
    assert of("hvem-kom") == {
        (ONE, kind): (1, 1)
        for kind in ("child", "parent", "foster_parent", "around", "gp", "camhs", "municipal", "other")
    }


def test_questions(world: World) -> None:
    case = world.case(ONE, IN)
    for answer_by, answered_on in ((LAST, LAST), (LAST, AFTER), (IN, None), (AFTER, AFTER)):
        asked = world.add(
            rows.Question,
            case,
            sort="information",
            to_service_id=world.gp,
            text="x",
            asked_on=IN,
            answer_by=answer_by,
        )
        if answered_on:
            world.add(rows.QuestionAnswer, case, question=asked, answered_on=answered_on, says="answered", text="x")
    assert of("sporsmal") == {(ONE, "in_time"): (1, 1), (ONE, "late"): (1, 1), (ONE, "unanswered"): (1, 1)}


def test_closings_who_carries_on_and_what_is_taken_up_again(world: World) -> None:
    case, never = world.case(ONE, IN), world.case(ONE, IN)
    for ground, on in (
        ("no_further_need", IN),
        ("child_died", LAST),
        ("opened_in_error", IN),
        ("no_further_need", AFTER),
    ):
        world.close(case, on, ground, None, world.gp)
    world.add(rows.Reactivation, case, reactivated_on=LAST, reason="x")
    world.add(rows.Reactivation, never, reactivated_on=LAST, reason="x")
    world.add(rows.Reactivation, never, reactivated_on=AFTER, reason="x")
    assert of("avsluttet") == {(ONE, "no_further_need"): (1, 1), (ONE, "other"): (2, 1)}
    assert of("hvem-tar-over") == {(ONE, "gp"): (3, 1), (ONE, "person"): (3, 1)}
    assert of("tatt-opp-igjen") == {(ONE, "closed"): (1, 1), (ONE, "not_started"): (1, 1)}


def test_experience(world: World) -> None:
    given = [("child", IN, 5, 1, 1), ("child", day(6, 1), 4, 1, 1), ("child", IN, 3, 5, 5), ("child", AFTER, 5, 5, 5)]
    given += [("parent", IN, 1, 5, 1), ("parent", IN, 5, 2, 5), ("staff", IN, 1, 1, 4)]
    welfare = world.services[ONE]
    answers = [(welfare, *one) for one in given]
    answers += [(service, "staff", IN, 1, 1, 3) for service in (world.health, world.abup, world.institution)]
    rows.Experience.objects.bulk_create(
        rows.Experience(
            service_id=service,
            month=month,
            of=of_whom,
            after="meeting",
            was_heard=heard,
            understood=understood,
            it_helps=helps,
        )
        for service, of_whom, month, heard, understood, helps in answers
    )
    assert of("barnet-ble-hort") == {(ONE, "yes"): (2, 2), (ONE, "partly"): (1, 1)}
    assert of("foreldre-forsto") == {(ONE, "yes"): (1, 1), (ONE, "no"): (1, 1)}
    assert of("barnevernet-ser-nytte") == {(ONE, "yes"): (1, 1)}
    assert of("helsetjenestene-ser-nytte") == {(ONE, "partly"): (1, 1)}, "a hospital and an institution are in none"


def test_a_child_in_two_cells_is_one_child_in_the_sum(world: World) -> None:
    case = world.case(ONE, IN)
    for outcome in ("start", "do_not_start"):
        world.assess(case, IN, outcome)
    world.assess(world.case(OTHER, IN), IN)
    table = freezing._count(HALF)["vurdert", "Agder"]
    assert table[ONE, ALL] == Counted(2, 1)
    assert table[ALL, ALL] == Counted(3, 2)
    assert table[ALL, "start"] == Counted(2, 2)


@pytest.mark.parametrize("seed", range(3))
def test_the_second_count_agrees_on_a_world_at_random(world: World, seed: int) -> None:
    world.fill(Random(seed), cases=50)
    found = set()
    for half in (HALF.before, HALF):
        counted_here, counted_apart = freezing._count(half), second.count(half)
        assert counted_here == counted_apart
        found |= {key for key, _county in counted_here}
    assert found == {one.key for one in indicators().indicators}


# --- freezing ---------------------------------------------------------------------------------------------------------


def kept() -> list[Row]:
    return [
        (one.indicator, one.county, one.municipality_id, one.category, one.times)
        for one in Figure.objects.filter(period=HALF.from_on).order_by("indicator", "municipality", "category")
    ]


def many(world: World) -> None:
    """Thirty children in one municipality and twelve in the other; of them three were not started."""
    for number in range(30):
        world.assess(world.case(ONE, IN), IN, "start" if number < 28 else "do_not_start")
    for number in range(12):
        world.assess(world.case(OTHER, IN), IN, "start" if number < 11 else "do_not_start")


def test_what_may_be_shown_is_kept_once_and_for_all(
    world: World, as_admin: Outside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    many(world)
    with connection.cursor() as cursor:
        cursor.execute(f"set role {postgres.APP}")
        assert HALF in freeze(), "by the program, which sees no row of what is counted"
        cursor.execute("set role none")
    frozen = kept()
    of_decisions = {row[2:4]: row[4] for row in frozen if row[0] == "vurdert"}
    assert of_decisions[None, ""] == 42
    assert of_decisions[ONE, "do_not_start"] is None and of_decisions[OTHER, "do_not_start"] is None
    assert all(times is None or times >= 5 for *_, times in frozen)
    period = Period.objects.get(from_on=HALF.from_on)
    assert set(period.indicators) == {one.key for one in indicators().indicators}
    welfare = Service.objects.filter(kind="child_welfare", opened_on__lt=HALF.until_on)
    assert {ONE, OTHER} < set(period.places) == set(welfare.values_list("municipality", flat=True)) - {None}
    many(world)
    (tmp_path / f"{FOLDER}{os.getpid()}-killed").mkdir()
    assert freeze() == []
    assert not [*tmp_path.iterdir()], "what a killed process left waits for no half-year"
    assert kept() == frozen, "what is written later changes nothing"
    assert Period.objects.count() == freezing.BACK


def test_a_municipality_without_child_welfare_in_the_half_year_was_not_counted(world: World) -> None:
    """A service that ended before it, and one that came after it."""
    for number, days in ((ONE, {"closed_on": HALF.from_on}), (OTHER, {"opened_on": HALF.until_on})):
        Service.objects.filter(kind="child_welfare", municipality=number).update(**days)
    freeze()
    places = set(Period.objects.get(from_on=HALF.from_on).places)
    assert places and not {ONE, OTHER} & places
    assert {ONE} == {ONE, OTHER} & set(Period.objects.get(from_on=HALF.before.from_on).places)


def test_the_worker_counts_what_can_be(world: World) -> None:
    work._chores()
    work._chores()
    assert sorted(Period.objects.values_list("from_on", flat=True)) == [
        half.from_on for half in countable(COUNTED_AT.date(), most=freezing.BACK)
    ]


def of_two(one: dict[str, int], other: dict[str, int]) -> dict[tuple[str, str], Counted]:
    """A table of two municipalities with its sums, where each time is a child of its own."""
    cells: Counter[tuple[str, str]] = Counter()
    for place, counts in ((ONE, one), (OTHER, other)):
        for kind, times in counts.items():
            for cell in ((place, kind), (place, ALL), (ALL, kind), (ALL, ALL)):
                cells[cell] += times
    return {cell: Counted(times, times) for cell, times in cells.items()}


def test_a_table_does_not_give_away_what_is_hidden_in_another_of_the_same_events() -> None:
    """Of 12 decisions 11 were to start and all had the same criterion: shown, it would tell that one child was not."""
    tables = {
        ("vurdert", "Agder"): of_two({"start": 11, "do_not_start": 1}, {"start": 20, "do_not_start": 9}),
        ("startgrunner", "Agder"): of_two(
            {"C1_ACUTE_SYMPTOMS": 11}, {"C1_ACUTE_SYMPTOMS": 20, "C3_SERVICE_SEES_NEED": 9}
        ),
        # 12 decisions and 8 meetings held, and no conversation: 20 less 8 are the decisions, and the other way about.
        ("moter", "Agder"): of_two({"held": 8, "cancelled": 1}, {"held": 8, "cancelled": 1}),
        ("medvirkning", "Agder"): of_two({"1.1": 20}, {"1.1": 37}),
        ("tid-til-oppstartsmote", "Agder"): of_two({"within_28": 8}, {"within_28": 8}),
        ("sporsmal", "Agder"): of_two({"late": 8}, {"late": 8}),
    }
    rows = {
        (indicator, place, category): times for indicator, _county, place, category, times in freezing.shown(tables)
    }
    assert rows["vurdert", ONE, "start"] is None and rows["vurdert", ONE, ""] == 12
    criteria = indicators().get("startgrunner").labels("nb")
    assert all(rows["startgrunner", ONE, one] is None for one in ("", *criteria)), "also of what there is nothing"
    assert rows["moter", ONE, "held"] is None
    for indicator in ("medvirkning", "tid-til-oppstartsmote"):
        labels = indicators().get(indicator).labels("nb")
        assert all(rows[indicator, place, one] is None for place in (ONE, OTHER) for one in ("", *labels)), indicator
    assert rows["sporsmal", ONE, "late"] == 8, "follows nothing"
    assert {len(rows)} == {len(freezing.shown(tables))}, "each once"


def test_a_sum_that_is_hidden_is_not_shown_in_another_table_of_exactly_the_same_events() -> None:
    """Where all were asked of one kind of service the sum is hidden too, and others are hidden safely only by that."""
    tables = {
        ("kartlegging-bedt-om", "Agder"): of_two({"mental": 6, "somatic": 6}, {"mental": 20, "somatic": 9}),
        ("hvem-kartlegger", "Agder"): of_two({"gp": 12}, {"gp": 20, "school_health": 9}),
        ("medvirkning", "Agder"): of_two({"1.1": 6, "1.2": 6}, {"1.1": 20, "1.2": 9}),
    }
    rows = [row for row in freezing.shown(tables) if row[2]]
    assert {indicator for indicator, *_ in rows} == {key for key, _ in tables}
    assert {times for *_, times in rows} == {None}, "one sum of a municipality would tell those of the others"


def test_what_the_one_child_of_a_county_had_is_not_told_by_a_table_with_nothing_in_it() -> None:
    """Of one decision nobody is to learn which it was: that no start had a criterion would tell."""
    yes, no = (freezing.shown({("vurdert", "Agder"): of_two({one: 1}, {})}) for one in ("start", "do_not_start"))
    assert yes == no
    assert {row[4] for row in yes} == {None}
    assert {row[0] for row in yes} == {"vurdert", "startgrunner", "ikke-startet", "medvirkning"}


def test_nobody_reads_the_figures_but_those_they_are_for(
    world: World, acting: Callable[[str], AbstractContextManager[Any]], as_admin: Outside
) -> None:
    many(world)
    freeze()
    everything = Counter(row[2] for row in kept())
    assert set(everything) == {None, ONE, OTHER}
    with connection.cursor() as cursor:
        cursor.execute(f"set role {postgres.APP}")
    assert not Figure.objects.exists(), "nobody has come"
    expected: dict[str, set[str | None]] = {
        "leif": {ONE},
        "marit": {ONE},
        "stein": {None, ONE, OTHER},
        "kari": set(),
        "per": set(),
        "siri": set(),
        "bjorn": set(),
        "eva": set(),
        "ola": set(),
    }
    for key, places in expected.items():
        with acting(key):
            assert {one.municipality_id for one in Figure.objects.all()} == places, key
    with acting("stein"):
        assert Counter(one.municipality_id for one in Figure.objects.all()) == everything


@pytest.mark.parametrize(
    ("from_on", "until_on"),
    [
        pytest.param("2031-07-01", "2032-01-01", id="not over"),
        pytest.param("2031-02-01", "2031-08-01", id="not a half-year"),
        pytest.param("2031-01-01", "2031-02-01", id="a month"),
        pytest.param("2031-01-02", "2031-07-02", id="a day later"),
    ],
)
def test_no_other_time_is_counted_or_frozen(world: World, from_on: str, until_on: str) -> None:
    nothing: list[date] = []
    with (
        connection.cursor() as cursor,
        pytest.raises(DatabaseError, match="not a half-year"),
        sessions.working("figures"),
    ):
        cursor.execute(
            "select * from sec.insight_counts(%s, %s, %s::date[], %s::date[], %s::date[], %s::date[])",
            [from_on, until_on, nothing, nothing, nothing, nothing],
        )


def test_a_half_year_waits_until_what_belongs_to_it_is_written(world: World, travel: Travel) -> None:
    travel(datetime(2031, 8, 14, 23, 59, tzinfo=OSLO))
    with pytest.raises(DatabaseError, match="not a half-year"), transaction.atomic():
        freezing._count(HALF)
    travel(datetime(2031, 8, 15, 0, 1, tzinfo=OSLO))
    freezing._count(HALF)
    assert HALF in freeze()
    with pytest.raises(DatabaseError, match="not a half-year"), transaction.atomic():
        freezing._count(HALF)


def test_only_the_program_counts_and_only_the_database_writes(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"set role {postgres.APP}")
    nothing: list[date] = []
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="not a worker"), transaction.atomic():
        cursor.execute(
            "select * from sec.insight_counts(%s, %s, %s::date[], %s::date[], %s::date[], %s::date[])",
            [HALF.from_on, HALF.until_on, nothing, nothing, nothing, nothing],
        )
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="not a worker"), transaction.atomic():
        cursor.execute("select sec.freeze_figures(%s, %s, '[]')", [HALF.from_on, HALF.until_on])
    with pytest.raises(DatabaseError), transaction.atomic():
        Period.objects.create(from_on=HALF.from_on, until_on=HALF.until_on, frozen_at=COUNTED_AT)


def test_the_database_keeps_no_small_number(world: World) -> None:
    Period.objects.create(from_on=HALF.from_on, until_on=HALF.until_on, frozen_at=COUNTED_AT)
    given = {"period_id": HALF.from_on, "indicator": "vurdert", "county": "Agder", "category": str(uuid.uuid4())}
    for times in (0, 1, 4, -1):
        with pytest.raises(IntegrityError, match="no_small_figure"), transaction.atomic():
            Figure.objects.create(**given, times=times)
    Figure.objects.create(**given, times=5)
    with pytest.raises(IntegrityError, match="one_figure_of_each"), transaction.atomic():
        Figure.objects.create(**given, times=None)


def test_each_day_that_a_deadline_ends_on_is_in_one_half_year() -> None:
    halves = [HALF.before, HALF]
    for deadline, days in (("assess_referral", 10), ("start_of_care", 65)):
        begun = [one for half in halves for one in ends_of(deadline, half)[0]]
        assert begun == sorted(set(begun)), "none twice"
        assert len(begun) == (begun[-1] - begun[0]).days + 1, "none left out"
        for half in halves:
            for start, end in zip(*ends_of(deadline, half), strict=True):
                assert end == add_working_days(start, days) and half.from_on <= end < half.until_on
