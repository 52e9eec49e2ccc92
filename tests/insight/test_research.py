"""Research extracts: who proposes, approves and fetches, what the file holds, and what families are told."""

import csv
import hashlib
import io
import json
import uuid
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from django.test import Client

from demo import cast
from demo.places import PLACES
from demo.services import child_welfare
from grunnmur import clock
from grunnmur.cases import data_register
from grunnmur.cases import models as rows
from grunnmur.cases.queries import looks
from grunnmur.cases.terms import LookKind
from grunnmur.clock import OSLO
from grunnmur.directory import sessions
from grunnmur.directory.kinds import Role
from grunnmur.exchange import research_file
from grunnmur.insight import research
from grunnmur.insight.models import ResearchExtract, ResearchStep
from grunnmur.insight.research import NotNow, Proposal, state
from grunnmur.insight.research_columns import PARTS, Sort, parts
from grunnmur.insight.research_content import TooFew
from grunnmur.insight.terms import ResearchGround, ResearchState, ResearchStepKind
from grunnmur.log import record
from grunnmur.log.models import AccessLog
from tests import together
from tests.family import home as homes
from tests.insight.world import COUNTED_AT, HALF, ONE, OTHER, World, day
from tests.web.reading import page, text

Outside = Callable[[], AbstractContextManager[None]]
Acting = Callable[[str], AbstractContextManager[Any]]
ClientOf = Callable[[str], Client]
Travel = Callable[[datetime], None]
A, R, W, F, D = (ResearchStepKind(one) for one in ("approved", "refused", "withdrawn", "fetched", "deleted"))
ALL = tuple(one.key for one in PARTS)


@cache
def key() -> Any:
    """The receiver's key; made once, for it takes a while."""
    from joserfc.jwk import RSAKey

    return RSAKey.generate_key(3072)


def pem(*, private: bool = False) -> str:
    return str(key().as_pem(private=private).decode())


def proposal(**other: Any) -> Proposal:
    said: dict[str, Any] = {
        "project": "Prosjekt X",
        "recipient": "Universitetet",
        "purpose": "Lære hva som hjelper.",
        "ground": ResearchGround.DISPENSATION,
        "paragraph": "loven § 1",
        "reference": "2031/7",
        "from_on": HALF.from_on,
        "until_on": HALF.until_on,
        "tables": ALL,
        "delete_by": day(12, 31, 2032),
        "public_key": pem(),
    }
    return Proposal(**said | other)


@pytest.fixture
def world(db: None, travel: Travel, as_admin: Outside) -> World:
    """Twelve children in the municipality whose leaders are Leif and Marit; and some that are to be in no extract."""
    travel(COUNTED_AT)
    with as_admin():
        made = World()
        for number in range(12):
            case = made.case(ONE, day(2, 1 + number), sex="12"[number % 2], born_on=day(1, 1, 2024), name="Kanarifugl")
            made.assess(case, day(3, 1), "start", "C1_ACUTE_SYMPTOMS" if number < 10 else "C3_SERVICE_SEES_NEED")
            made.map(case, day(3, 10), "mental" if number < 11 else "sexual", ("concluded", day(5, 1), "referral"))
            if number < 4:
                made.refer(case, day(4, 1), "rejected", day(4, 10), main_reason="local_help")
            if not number:
                again = made.case(ONE, day(6, 1), sex="1", born_on=day(1, 1, 2024))
                rows.Pathway.objects.filter(pk=again.pk).update(child=case.child)
        for number in range(6):
            rows.Experience.objects.create(
                service_id=made.services[ONE],
                month=day(3, 1),
                of="child",
                after="meeting",
                was_heard=5 if number < 3 else 1,
                understood=5,
                it_helps=3,
            )
        made.case(ONE, day(2, 1), sex="1", address_protection="confidential")
        hidden = made.case(ONE, day(2, 1), sex="1")
        rows.Restriction.objects.create(
            child=hidden.child,
            owner_service_id=made.services[ONE],
            service_id=made.gp,
            kinds=8,
            reason="x",
            decided_by_id=made.person,
            starts_at=COUNTED_AT - timedelta(days=1),
            review_on=day(12, 1),
        )
        for decided in (("full", "blocked"), ("none", "limited")):
            family(made.case(ONE, day(2, 1), sex="1", name="Sperret"), decided)
        family(case, ("blocked", "full"))
        made.case(ONE, day(12, 31, 2030), sex="1")
        made.case(ONE, day(7, 1), sex="1")
        made.case(OTHER, day(2, 1), sex="1")
    return made


def family(case: rows.Pathway, decided: tuple[str, ...]) -> None:
    """What it is decided that one around the child may see, time after time."""
    who = uuid.uuid4()
    for number, access in enumerate(decided, start=1):
        rows.FamilyDecision.objects.create(
            child=case.child,
            owner_service_id=case.author_service_id,
            identity=who,
            number=number,
            access=access,
            reason="x",
            decided_by_id=case.recorded_by_id,
            decided_at=COUNTED_AT - timedelta(days=1),
            review_on=day(12, 1),
        )


def proposed(actor: Any, **other: Any) -> uuid.UUID:
    return research.propose(actor=actor, place=ONE, once=None, said=proposal(**other), at=clock.now())


def decide(actor: Any, extract: uuid.UUID, kind: ResearchStepKind) -> None:
    research.decide(actor=actor, extract_id=extract, kind=kind, why="Fordi.", at=clock.now())


@pytest.fixture
def approved(world: World, acting: Acting, fresh: Any) -> uuid.UUID:
    """An extract that Leif proposed and Marit has said yes to."""
    with acting("leif") as leif:
        made = proposed(leif)
    with acting("marit") as marit:
        decide(fresh(marit), made, A)
    return made


def take(actor: Any, extract: uuid.UUID) -> Any:
    found = research.find(extract)
    assert found
    with transaction.atomic(), record.linked():
        return research.take(actor=actor, extract=found, action="fetch_research")


# --- how it stands ----------------------------------------------------------------------------------------------------

AT = datetime(2031, 9, 1, 12, tzinfo=OSLO)
LATER = date(2032, 1, 1)


@pytest.mark.parametrize(
    ("steps", "delete_by", "found"),
    [
        ([], LATER, ResearchState.WAITS),
        ([], date(2031, 9, 1), ResearchState.LAPSED),
        ([(A, AT)], LATER, ResearchState.APPROVED),
        ([(A, AT - timedelta(days=13, hours=23))], LATER, ResearchState.APPROVED),
        ([(A, AT - timedelta(days=14))], LATER, ResearchState.LAPSED),
        ([(A, AT)], date(2031, 9, 1), ResearchState.LAPSED),
        ([(R, AT)], LATER, ResearchState.REFUSED),
        ([(A, AT), (W, AT)], LATER, ResearchState.WITHDRAWN),
        ([(A, AT - timedelta(days=99)), (F, AT - timedelta(days=98))], LATER, ResearchState.FETCHED),
        ([(A, AT), (F, AT)], date(2031, 9, 1), ResearchState.TO_BE_DELETED),
        ([(A, AT), (F, AT), (D, AT)], date(2031, 9, 1), ResearchState.DELETED),
        ([(A, AT), (F, AT), (D, AT)], LATER, ResearchState.DELETED),
    ],
)
def test_how_an_extract_stands(steps: list[Any], delete_by: date, found: ResearchState) -> None:
    assert state(steps, delete_by=delete_by, at=AT) is found


# --- who proposes, approves and fetches -------------------------------------------------------------------------------


def test_only_a_leader_proposes_and_only_about_the_own_municipality_and_a_time_that_is_over(
    world: World, acting: Acting
) -> None:
    def refused(actor: Any, place: str = ONE, **other: Any) -> None:
        with pytest.raises(DatabaseError), transaction.atomic():
            research.propose(actor=actor, place=place, once=None, said=proposal(**other), at=clock.now())

    for who in ("kari", "hege", "per", "ola", "stein", "eva", "bjorn"):
        with acting(who) as actor:
            refused(actor)
    for who in ("leif", "marit"):
        with acting(who) as actor:
            refused(actor, OTHER)
            refused(actor, until_on=day(1, 1, 2032))
            refused(actor, until_on=day(7, 2))
            refused(actor, from_on=day(1, 2))
            refused(actor, from_on=day(7, 1))
            refused(actor, delete_by=COUNTED_AT.date())
            refused(actor, delete_by=day(1, 1, 2042))
            for empty in ("project", "recipient", "purpose", "paragraph", "reference", "public_key"):
                refused(actor, **{empty: ""})
            proposed(actor)


def test_a_leader_of_another_municipality_and_everybody_else_see_nothing_of_it(
    approved: uuid.UUID, acting: Acting
) -> None:
    for who in ("kari", "hege", "per", "ola", "stein", "eva", "bjorn"):
        with acting(who):
            assert research.find(approved) is None, who
            assert not ResearchStep.objects.exists(), who
    elsewhere = child_welfare(next(one for one in PLACES if one.number == OTHER)).with_role(Role.LEADER)[0]
    with sessions.acting(elsewhere.membership_id) as actor:
        assert research.list_extracts() == []
        with pytest.raises(NotNow):
            decide(actor, approved, W)
    for who in ("leif", "marit"):
        with acting(who):
            assert [one.id for one in research.list_extracts()] == [approved]


@pytest.mark.parametrize(
    ("who", "is_fresh", "before", "kind", "goes"),
    [
        ("marit", True, [], A, True),
        ("marit", False, [], A, False),
        ("leif", True, [], A, False),
        ("leif", True, [], R, False),
        ("marit", False, [], R, True),
        ("leif", False, [], W, True),
        ("marit", False, [], W, True),
        ("marit", True, [A], A, False),
        ("marit", True, [A], R, False),
        ("leif", True, [A], W, True),
        ("marit", True, [R], A, False),
        ("leif", True, [R], W, False),
        ("marit", True, [W], A, False),
        ("marit", True, [A, F], W, False),
        ("marit", True, [A], F, False),
        ("marit", False, [A, F], D, True),
        ("leif", True, [A], D, False),
        ("leif", True, [A, F, D], D, False),
        ("kari", True, [A, F], D, False),
        ("kari", True, [], W, False),
        ("stein", True, [], A, False),
    ],
)
def test_who_says_what_of_an_extract(
    world: World,
    acting: Acting,
    fresh: Any,
    as_admin: Outside,
    who: str,
    is_fresh: bool,
    before: list[ResearchStepKind],
    kind: ResearchStepKind,
    goes: bool,
) -> None:
    """The program and, past its own rules, the database."""
    with acting("leif") as leif:
        extract = proposed(leif)
    with as_admin():
        by = {"recorded_at": COUNTED_AT, "recorded_by_id": cast.get("marit").person_id}
        for one in before:
            ResearchStep.objects.create(extract_id=extract, step=one, why="x", **by)
    with acting(who) as actor:
        actor = fresh(actor) if is_fresh else actor
        step = {"extract_id": extract, "step": kind, "why": "x", "recorded_by_id": actor.person_id}
        if goes:
            decide(actor, extract, kind)
            return
        with pytest.raises(NotNow):
            decide(actor, extract, kind)
        with pytest.raises(DatabaseError), transaction.atomic():
            ResearchStep.objects.create(**step, recorded_at=clock.now())


def test_a_no_has_a_reason_and_a_yes_is_nobody_elses(world: World, acting: Acting, fresh: Any) -> None:
    with acting("leif") as leif:
        extract = proposed(leif)
    with acting("marit") as marit:
        marit = fresh(marit)
        for kind, why, by in ((R, "", marit.person_id), (W, "", marit.person_id), (A, "", cast.get("leif").person_id)):
            with pytest.raises(DatabaseError), transaction.atomic():
                ResearchStep.objects.create(
                    extract_id=extract, step=kind, why=why, recorded_at=clock.now(), recorded_by_id=by
                )


def test_it_is_fetched_once_by_a_leader_who_has_just_shown_who_they_are(
    approved: uuid.UUID, acting: Acting, fresh: Any, travel: Travel
) -> None:
    with acting("leif") as leif:
        with pytest.raises(NotNow):
            take(leif, approved)
        assert take(fresh(leif), approved).tables
        with pytest.raises(NotNow):
            take(leif, approved)
    with acting("marit") as marit, pytest.raises(NotNow):
        take(fresh(marit), approved)


def test_of_two_who_fetch_at_once_the_later_waits_before_it_is_asked_whether_it_may_be(
    world: World, acting: Acting, admin_url: str
) -> None:
    with acting("leif") as leif:
        extract = proposed(leif)
    with psycopg.connect(admin_url, dbname=connection.settings_dict["NAME"]) as other, acting("marit") as marit:
        other.execute("set local lock_timeout = '5s'")
        other.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"research {extract}"])
        connection.cursor().execute("set local lock_timeout = '100ms'")
        with pytest.raises(OperationalError, match="lock timeout"):
            take(marit, extract)
        other.rollback()
        with pytest.raises(NotNow):
            take(marit, extract)


@pytest.mark.parametrize(("days", "goes"), [(13, True), (14, False)])
def test_an_approval_holds_for_so_many_days(
    approved: uuid.UUID, acting: Acting, fresh: Any, travel: Travel, days: int, goes: bool
) -> None:
    travel(COUNTED_AT + timedelta(days=days))
    with acting("leif") as leif:
        if goes:
            assert take(fresh(leif), approved)
        else:
            with pytest.raises(NotNow):
                take(fresh(leif), approved)


def test_the_database_gives_the_rows_to_nobody_else_and_without_the_program_to_nobody(
    approved: uuid.UUID, acting: Acting, fresh: Any
) -> None:
    def asked(mac: bytes, secret: bytes = b"k" * 32) -> None:
        with pytest.raises(DatabaseError, match="not"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select * from sec.take_research(%s, %s, %s)", [approved, secret, mac])

    signed = sessions.sign(f"take_research|{approved}|{(b'k' * 32).hex()}")
    for who in ("kari", "stein", "leif", "marit"):
        with acting(who):
            asked(signed)
    with acting("leif") as leif:
        fresh(leif)
        asked(b"x" * 32)
        asked(sessions.sign(f"take_research|{approved}|{b'k'.hex()}"), b"k")
        for wanted in ("sec.research_case", "sec.live"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                connection.cursor().execute(f"select * from {wanted}")
    for who, sign in (("kari", True), ("stein", True), ("leif", False)):
        mac = sessions.sign(f"research_counts|{HALF.from_on}|{HALF.until_on}") if sign else b"x" * 32
        with acting(who), pytest.raises(DatabaseError, match="not"), transaction.atomic():
            connection.cursor().execute(
                "select * from sec.research_counts(%s, %s, %s)", [HALF.from_on, HALF.until_on, mac]
            )


# --- what it holds ----------------------------------------------------------------------------------------------------


def opened(sealed: bytes) -> dict[str, bytes]:
    """The files of a sealed extract, as its receiver opens it."""
    from joserfc import jwe

    plain = jwe.decrypt_compact(sealed, key(), algorithms=["RSA-OAEP-256", "A256GCM"]).plaintext
    with zipfile.ZipFile(io.BytesIO(plain or b"")) as package:
        return {name: package.read(name) for name in package.namelist()}


def confirmed(client: Client) -> Client:
    """The same client after having proved anew who it is."""
    client.post("/bekreft/")
    return client


def table(files: dict[str, bytes], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[name].decode())))


@pytest.fixture
def fetched(approved: uuid.UUID, client_of: ClientOf) -> dict[str, bytes]:
    """The files of the extract, fetched by Leif on the page."""
    answer = confirmed(client_of("leif")).post(f"/forskning/{approved}/fil/")
    assert answer.status_code == 200, text(page(answer))
    assert answer["Content-Disposition"] == f'attachment; filename="uttrekk-{approved}.jwe"'
    assert b"start" not in answer.content
    return opened(answer.content)


def test_the_file_says_what_was_done_of_each_child_and_nothing_of_who_it_is(
    fetched: dict[str, bytes], world: World, as_admin: Outside
) -> None:
    cases = table(fetched, "case.csv")
    assert len(cases) == 12, "the first case of each child, without those protected or kept from somebody"
    assert {(one["time"], one["age"], one["sex"]) for one in cases} == {("2031-1", "7", "1"), ("2031-1", "7", "2")}
    assert {one["outcome"] for one in cases} == {"start"}
    assert {one["weeks_to_closing"] for one in cases} == {"not_yet"}
    assert len({one["code"] for one in cases}) == 12
    assert {one["criterion"] for one in table(fetched, "criterion.csv")} == {"other"}, "two are too few, and take ten"
    assert {one["health_area"] for one in table(fetched, "mapping.csv")} == {"other"}, "one is too few"
    assert "referral.csv" not in fetched, "four children are too few"
    assert "henvisninger" in fetched["README.txt"].decode()
    with as_admin():
        keys = [str(one) for kind in (rows.Child, rows.Pathway) for one in kind.objects.values_list("pk", flat=True)]
    plain = b"\n".join(fetched.values()).decode(errors="replace")
    for word in ("Kanarifugl", "2024-01-01", "2031-02", "2031-03-01", "T-1", *keys, *(one[:12] for one in keys)):
        assert word not in plain, word


def test_answers_are_without_a_child_and_nobody_learns_who_said_what(fetched: dict[str, bytes]) -> None:
    answers = table(fetched, "experience.csv")
    assert list(answers[0]) == ["time", "of", "was_heard", "understood", "it_helps"]
    assert [(one["was_heard"], one["understood"], one["it_helps"]) for one in answers] == [
        *[("no", "", "")] * 3,
        *[("yes", "", "")] * 3,
    ]


def test_the_files_are_whole_and_say_what_they_mean(fetched: dict[str, bytes], tmp_path: Any) -> None:
    import duckdb

    sums = dict(line.split("  ")[::-1] for line in fetched["checksums.sha256"].decode().splitlines())
    assert sums == {
        name: hashlib.sha256(content).hexdigest() for name, content in fetched.items() if name != "checksums.sha256"
    }
    said = {(one["table"], one["column"]): one for one in table(fetched, "dictionary.csv")}
    for name in ("case", "criterion", "mapping", "experience"):
        (tmp_path / name).write_bytes(fetched[f"{name}.parquet"])
        read = duckdb.sql(f"select * from read_parquet('{tmp_path / name}')")
        assert [dict(zip(read.columns, row, strict=True)) for row in read.fetchall()] == table(fetched, f"{name}.csv")
        for row in table(fetched, f"{name}.csv"):
            for column, value in row.items():
                codes = said[name, column]["codes"]
                assert not codes or "-" in value or value.isdecimal() or f"{value or '(tom)'} = " in codes, value
    assert [one["children"] for one in table(fetched, "small_numbers.csv")] == ["6", "6"]


def test_each_child_has_a_row_in_the_log_and_no_other(
    fetched: dict[str, bytes], world: World, as_admin: Outside
) -> None:
    with as_admin():
        found = list(AccessLog.objects.filter(ground=record.RESEARCH))
        ours = set(
            rows.Pathway.objects.filter(opened_on__range=(day(2, 1), day(2, 12)), child__sex__in="12")
            .filter(child__name="Kanarifugl")
            .values_list("child", flat=True)
        )
    assert {one.person_id for one in found} == {cast.get("leif").person_id}
    assert sorted(one.children[0] for one in found) == sorted(ours)
    assert {len(one.children) for one in found} == {1}
    assert {(one.action, one.kinds, one.allowed) for one in found} == {("fetch_research", 0, True)}


def test_the_same_child_has_another_code_in_the_next_extract(approved: uuid.UUID, acting: Acting, fresh: Any) -> None:
    with acting("leif") as leif:
        first = take(fresh(leif), approved)
        again = proposed(leif)
        beside = research.find(again)
        assert beside and research.of_the_same_time(beside) == ["Prosjekt X"], "who has both knows more"
        later = research.find(proposed(leif, from_on=day(7, 1, 2030), until_on=day(1, 1)))
        assert later and research.of_the_same_time(later) == []
    with acting("marit") as marit:
        decide(fresh(marit), again, A)
        second = take(marit, again)
    codes = [{row[0] for row in made.tables[0].rows} for made in (first, second)]
    assert len(codes[0]) == len(codes[1]) == 12
    assert not codes[0] & codes[1]


def test_too_few_are_refused_and_the_extract_is_not_used_up(
    approved: uuid.UUID, acting: Acting, fresh: Any, as_admin: Outside, client_of: ClientOf
) -> None:
    with as_admin():
        four = list(rows.Child.objects.filter(name="Kanarifugl").values_list("pk", flat=True)[:4])
        rows.Child.objects.exclude(pk__in=four).update(address_protection="confidential")
    with acting("leif") as leif, pytest.raises(TooFew):
        take(fresh(leif), approved)
    client = confirmed(client_of("leif"))
    shown = page(client.post(f"/forskning/{approved}/fil/", follow=True))
    assert "Det er for få barn i perioden." in text(shown)
    with as_admin():
        assert not ResearchStep.objects.filter(step="fetched").exists()
        assert not AccessLog.objects.filter(ground=record.RESEARCH).exists()


# --- what others are told ---------------------------------------------------------------------------------------------


def test_the_family_and_its_contact_person_are_told_what_it_was_given_to(
    anna: rows.Child, acting: Acting, as_admin: Outside
) -> None:
    """Also when the one who fetched it is of a service that nobody has let in."""
    with acting("kari") as kari:
        home = homes.home(kari, anna, together.begin(kari, anna))
        homes.decide(kari, home, home.mother)
        log_in = homes.let_in(kari, home, home.mother)
    marit = cast.get("marit")
    service = cast.service(marit.service)
    with as_admin():
        extract = ResearchExtract.objects.create(
            municipality_id=ONE, recorded_at=clock.now(), recorded_by_id=marit.person_id, **asdict(proposal())
        )
        # As if it had been fetched.
        connection.cursor().execute("set session_replication_role = replica")
        row = AccessLog.objects.create(
            at=clock.now(),
            person_id=marit.person_id,
            service_id=service.id,
            role=marit.role,
            action="fetch_research",
            children=[anna.pk],
            asked_id=extract.pk,
            ground=record.RESEARCH,
            allowed=True,
            reason=record.RESEARCH,
        )
        record.link([row])
        connection.cursor().execute("set session_replication_role = origin")
    told = (LookKind.RESEARCH, service.name, "Prosjekt X: Lære hva som hjelper.")
    with acting("kari"):
        found = [one for one in looks.looks_at(anna.pk) if one.action == "fetch_research"]
    assert [(one.kind, one.service, one.purpose, one.who, one.ground) for one in found] == [(*told, "", "")]
    with transaction.atomic():
        seen = looks.looks_of_family(homes.inside(log_in))
    assert [(one.kind, one.service, one.purpose) for one in seen if one.kind is LookKind.RESEARCH] == [told]


def test_nobody_writes_in_the_log_that_a_child_went_to_research_without_having_fetched_it(
    approved: uuid.UUID, acting: Acting, as_admin: Outside
) -> None:
    with as_admin():
        child = rows.Child.objects.filter(name="Kanarifugl").values_list("pk", flat=True)[0]
    for who in ("leif", "kari"):
        with acting(who) as actor, pytest.raises(DatabaseError), transaction.atomic(), record.linked():
            record.given_to_research(
                "fetch_research",
                at=clock.now(),
                person_id=actor.person_id,
                service_id=actor.service_id,
                role=actor.role,
                children=[child],
                extract_id=approved,
            )


@pytest.mark.parametrize("is_proposed_later", [False, True])
def test_a_restored_copy_knows_that_it_was_fetched(
    fetched: dict[str, bytes], acting: Acting, as_admin: Outside, is_proposed_later: bool
) -> None:
    with as_admin(), connection.cursor() as cursor:
        cursor.execute("select what, row, facts from sec.taken_back where what = 'research'")
        (what, row, facts), *others = cursor.fetchall()
        assert not others, "that it was approved is not put back"
        ResearchStep.objects.all().delete()
        if is_proposed_later:
            ResearchExtract.objects.all().delete()
        listed = json.dumps([{"what": what, "row": str(row), "facts": json.loads(facts)}])
        for times in (1, 0):
            cursor.execute("select count(*) from sec.take_back(%s) where what = 'research'", [listed])
            assert cursor.fetchone() == (times,)
            cursor.execute("drop table pg_temp.taken")
    with acting("leif"):
        (found,) = research.list_extracts()
    assert found.state is ResearchState.FETCHED
    assert found.said == proposal()


# --- the receiver's key -----------------------------------------------------------------------------------------------


def test_a_key_that_is_private_short_of_another_sort_or_none_is_refused() -> None:
    from joserfc.jwk import ECKey, RSAKey

    short = RSAKey.generate_key(2048).as_pem(private=False).decode()
    other = ECKey.generate_key("P-256").as_pem(private=False).decode()
    for wrong in ("", "x", pem(private=True), short, other, pem().replace("M", "N", 5)):
        with pytest.raises(research_file.NotAKey):
            research_file.fingerprint(wrong)
    assert research_file.fingerprint(pem()) == key().thumbprint()


def test_every_column_is_built_on_the_data_register_and_says_what_it_means() -> None:
    register = {f"{one.table}.{one.name}" for one in data_register.columns()}
    for part in parts(ALL):
        for column in part.columns:
            assert set(column.built_on) <= register, column
            assert str(column.means)
            assert column.sort is not Sort.ANSWER or part.key == "experience"


# --- the pages --------------------------------------------------------------------------------------------------------

TYPED = {
    "project": "Prosjekt X",
    "recipient": "Universitetet",
    "purpose": "Lære hva som hjelper.",
    "ground": "dispensation",
    "paragraph": "loven § 1",
    "reference": "2031/7",
    "first": "2031-1",
    "last": "2031-1",
    "tables": ["mapping"],
    "delete_by": "31.12.2032",
}


def test_one_proposes_another_approves_and_the_file_is_fetched(world: World, client_of: ClientOf) -> None:
    leif, marit = client_of("leif"), client_of("marit")
    assert "Ingen uttrekk" in text(page(leif.get("/forskning/")))
    typed = {**TYPED, "public_key": pem(), "once_token": str(uuid.uuid4())}
    first, again = (leif.post("/forskning/nytt/", typed) for _time in range(2))
    address = first["Location"]
    assert again["Location"] == address, "a second press is the same extract"
    shown = text(page(leif.get(address)))
    assert "5–19" in shown and "Færre enn 5" in shown and "Du har foreslått dette selv" in shown
    said = shown.replace("31.12.2032", "").replace(research_file.fingerprint(pem()), "")  # it is any letters and digits
    assert "12" not in said, "the exact number of children is told to nobody"
    assert "Saker, Kartlegginger" in shown, "what was asked for stands there when the file is gone too"
    for client, stands, waits in ((leif, "Venter på en annen", False), (marit, "Venter på deg", True)):
        assert stands in text(page(client.get("/forskning/"))) and stands in text(page(client.get(address)))
        assert ("Forskningsuttrekk som venter på deg" in text(page(client.get("/")))) is waits
    for client, what in ((marit, "godkjenn"), (leif, "fil")):
        assert client.post(f"{address}{what}/").status_code == 401, "only after having shown anew who one is"
        confirmed(client)
    assert "Godkjent" in text(page(marit.post(f"{address}godkjenn/", follow=True)))
    assert "venter på deg" not in text(page(marit.get("/")))
    assert text(page(leif.post(f"{address}godkjenn/", follow=True))).count("Det går ikke lenger.") == 1
    assert leif.post(f"{address}fil/").status_code == 200
    assert "Det går ikke lenger." in text(page(leif.post(f"{address}fil/", follow=True)))
    assert "Hentet" in text(page(marit.get("/forskning/")))
    assert "Slettet hos mottakeren av Leif Aas" in text(
        page(leif.post(f"{address}slettet/", {"why": "De ringte."}, follow=True))
    )
    assert leif.get(f"{address}fil/").status_code == 405


def test_what_is_wrong_stands_beside_the_field_and_nothing_typed_is_lost(world: World, client_of: ClientOf) -> None:
    wrong = {**TYPED, "last": "2030-2", "delete_by": "1.9.2031", "public_key": pem(private=True)}
    answer = client_of("leif").post("/forskning/nytt/", wrong)
    said = text(page(answer, status=422))
    for sentence in ("ikke er før det første", "fram i tid, høyst ti år", "ingen offentlig RSA-nøkkel"):
        assert sentence in said
    assert "Lære hva som hjelper." in answer.content.decode()
    assert not ResearchExtract.objects.exists()


def test_a_no_needs_a_reason_and_ends_it(world: World, acting: Acting, client_of: ClientOf) -> None:
    with acting("leif") as leif:
        extract = proposed(leif)
    marit = client_of("marit")
    assert marit.post(f"/forskning/{extract}/avsla/", {"why": ""}).status_code == 422
    assert "Vedtaket mangler." in text(
        page(marit.post(f"/forskning/{extract}/avsla/", {"why": "Vedtaket mangler."}, follow=True))
    )
    assert marit.post(f"/forskning/{extract}/trekk/", {"why": "x"}).status_code == 422


def test_others_are_refused_and_a_stranger_finds_nothing(approved: uuid.UUID, client_of: ClientOf) -> None:
    for who in ("kari", "per", "stein", "ola"):
        client = client_of(who)
        for address in ("/forskning/", "/forskning/nytt/", f"/forskning/{approved}/"):
            assert client.get(address).status_code == 403, (who, address)
        for address in ("godkjenn/", "fil/", "avsla/", "trekk/"):
            assert client.post(f"/forskning/{approved}/{address}").status_code in (401, 403), (who, address)
    leif = client_of("leif")
    for address in ("", "avsla/", "trekk/"):
        assert leif.get(f"/forskning/{uuid.uuid4()}/{address}").status_code == 404
