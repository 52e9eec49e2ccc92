"""Grants: when amounts add up, what a source does not say, who may do and see what, and the way from call to report."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.db import Error, connection, transaction
from django.test import Client

from demo import cast
from demo.places import BY_NUMBER, PLACES
from demo.services import child_welfare
from grunnmur import clock
from grunnmur.cases.definition import definitions
from grunnmur.directory import sessions
from grunnmur.directory.kinds import Role
from grunnmur.directory.models import Municipality, Service
from grunnmur.insight.halves import Half
from grunnmur.insight.indicators import indicators
from grunnmur.insight.models import Figure, Period
from grunnmur.log.models import AccessLog
from grunnmur.stewardship import granting
from grunnmur.stewardship.grants import Share, Year, grants, may_pay, movable, not_told, remainder, state, wrong_share
from grunnmur.stewardship.models import (
    GrantApplication,
    GrantAssessment,
    GrantAward,
    GrantCall,
    GrantDecision,
    GrantEffect,
    GrantPayment,
    GrantReport,
)
from grunnmur.stewardship.terms import CallState
from grunnmur.web.amounts import AmountField, kroner, picture
from grunnmur.web.bars import LEAST, WIDTH
from grunnmur.web.movement import movements
from tests.stewardship.day import DAY

Acting = Callable[[str], AbstractContextManager[Any]]
MOVES = "tid-til-oppstartsmote"
SCHEME, PURPOSE = "kommunalt-arbeid", "tidlig-innsats"
"""Of these the demo has one call, of the year that it was loaded in: never two years ago."""

# --- the rules --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opens", "closes", "is_decided", "found"),
    [
        (1, 5, False, CallState.AHEAD),
        (0, 5, False, CallState.OPEN),
        (-5, 0, False, CallState.OPEN),
        (-5, -1, False, CallState.CLOSED),
        (-5, -1, True, CallState.DECIDED),
    ],
)
def test_where_a_call_stands(opens: int, closes: int, is_decided: bool, found: CallState) -> None:
    opens_on, closes_on = DAY + timedelta(days=opens), DAY + timedelta(days=closes)
    assert state(opens_on=opens_on, closes_on=closes_on, is_decided=is_decided, on=DAY) is found


@pytest.mark.parametrize(
    ("shares", "left_over", "lacks"),
    [
        ((), 100, 0),
        ((), 0, 100),
        ((Share(60, 0, "x"), Share(0, 40)), 0, 0),
        ((Share(60, 10, "x"),), 30, 0),
        ((Share(60, 0, "x"),), 30, 10),
        ((Share(60, 60, "x"),), 0, -20),
    ],
)
def test_what_lacks_for_the_frame_to_be_given_out(shares: tuple[Share, ...], left_over: int, lacks: int) -> None:
    assert remainder(frame=100, shares=shares, left_over=left_over) == lacks


WRONG_SHARES = [
    (Share(0, 1), set()),
    (Share(1, 0, "Et team"), set()),
    (Share(1, 1, "Et team"), set()),
    (Share(0, 0), {"free"}),
    (Share(1, 0), {"bound_to"}),
    (Share(0, 1, "Et team"), {"bound_to"}),
    (Share(-1, 2, "Et team"), {"bound"}),
    (Share(0, -1), {"free"}),
]


@pytest.mark.parametrize(("share", "wrong"), WRONG_SHARES)
def test_what_is_wrong_with_a_share(share: Share, wrong: set[str]) -> None:
    assert wrong_share(share) == wrong


PAYMENTS = [(0, 100, True), (40, 60, True), (40, 61, False), (40, -40, True), (40, -41, False), (40, 0, False)]


@pytest.mark.parametrize(("paid", "amount", "can"), PAYMENTS)
def test_what_can_be_paid_of_a_hundred(paid: int, amount: int, can: bool) -> None:
    assert may_pay(total=100, paid=paid, amount=amount) is can


def test_a_report_tells_of_all_that_the_grant_was_to_move_before_and_after() -> None:
    told = {MOVES: ("9 uker", "5 uker"), "kartlegging-utfall": ("", "alle")}
    assert not_told([MOVES, "kartlegging-utfall", "barnet-ble-hort"], told) == {
        "kartlegging-utfall",
        "barnet-ble-hort",
    }
    assert not_told([MOVES], told) == set()


def test_what_the_source_says_of_2024_and_nothing_more() -> None:
    source = definitions().source(grants().source.key)
    assert source.kind.can_be_official is grants().source.official is True
    first, second = grants().published
    assert (first.frame, first.recipients, dict(first.named)) == (13_000_000, 12, {})
    assert (second.frame, second.recipients) == (12_000_000, None)
    names = {key: {BY_NUMBER[one].name for one in places} for key, places in second.named.items()}
    assert names == {
        "fact-ung": {"Kristiansand", "Lindesnes", "Arendal"},
        "tjenester-etter-veilederen": {"Kristiansand", "Arendal", "Gjerstad", "Åmli", "Vegårshei", "Froland"},
    }
    for one in (first, second):
        said = " ".join(sentence.nb for sentence in one.not_said)
        assert "Hvor mye hver kommune fikk" in said and "Hvilket år" in said


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("13000000", 13_000_000),
        ("13 000 000", 13_000_000),
        ("13\u00a0000\u202f000 kr", 13_000_000),
        ("13.000.000,-", 13_000_000),
        ("", 0),
        ("-500", None),
        ("1,5 mill", None),
        ("1.5", None),
        ("999999999999", None),
    ],
)
def test_an_amount_is_read_as_people_type_it(typed: str, amount: int | None) -> None:
    field = AmountField(required=False)
    if amount is None:
        with pytest.raises(ValidationError):
            field.clean(typed)
    else:
        assert field.clean(typed) == amount


def test_an_amount_is_written_as_norwegians_write_it() -> None:
    assert kroner(13_000_000) == "13\u00a0000\u00a0000\u00a0kr"
    assert kroner(-1_500) == "\u22121\u00a0500\u00a0kr"


def test_the_picture_has_one_scale_and_room_for_each_letter() -> None:
    drawn = picture([Year(2026, bound=900, free=99, left_over=1), Year(2025, not_said=500), Year(2024, free=1)])
    assert drawn is not None
    ends = [bar.pieces[-1].x + bar.pieces[-1].width for bar in drawn.bars]
    assert ends == pytest.approx([WIDTH, WIDTH / 2, LEAST])
    assert [one.letter for one in drawn.bars[0].pieces] == ["B", "F", "R"]
    assert min(one.width for bar in drawn.bars for one in bar.pieces) >= LEAST
    assert [letter for letter, _words, _shade in drawn.keys] == ["B", "F", "R", "?"]
    assert picture([]) is None


# --- the database -----------------------------------------------------------------------------------------------------


def stamp(actor: Any) -> dict[str, Any]:
    return {"recorded_at": clock.now(), "recorded_by_id": actor.person_id}


def called(actor: Any, *, frame: int = 100, opens: int = -9, closes: int = 9, **more: Any) -> GrantCall:
    """A call, past the program's own rules; open unless `opens` and `closes`, in days from today, say otherwise."""
    today = clock.today()
    row = {
        "service_id": actor.service_id,
        "scheme": SCHEME,
        "year": today.year - 2,
        "frame": frame,
        "opens_on": today + timedelta(days=opens),
        "closes_on": today + timedelta(days=closes),
    }
    return GrantCall.objects.create(**row | stamp(actor) | more)


def applied(actor: Any, call: GrantCall, *, version: int = 1, **more: Any) -> GrantApplication:
    row = {
        "call": call,
        "municipality_id": "4202",
        "purpose": PURPOSE,
        "version": version,
        "asked": 100,
        "what": "Et team.",
        "indicators": [MOVES],
    }
    return GrantApplication.objects.create(**row | stamp(actor) | more)


@pytest.fixture
def closed(acting: Acting, as_admin: Any) -> GrantCall:
    """A call of 100 kroner that Leif's municipality has applied to, and that is closed."""
    with acting("stein") as stein:
        call = called(stein)
    with acting("leif") as leif:
        applied(leif, call)
    with as_admin():
        GrantCall.objects.filter(pk=call.pk).update(closes_on=clock.today() - timedelta(days=1))
        return GrantCall.objects.get(pk=call.pk)


@pytest.fixture
def award(acting: Acting, closed: GrantCall) -> GrantAward:
    """100 kroner to Leif's municipality, 60 of them bound."""
    with acting("stein") as stein:
        (one,) = granting.applications(call=closed)
        GrantAssessment.objects.create(application=one.row, version=1, advice="whole", why="Godt.", **stamp(stein))
        found = granting.find_call(closed.pk)
        assert found
        decision = granting.give_out(
            actor=stein,
            call=found,
            shares={("4202", PURPOSE): Share(60, 40, "Et team")},
            left_over=0,
            why_left="",
            at=clock.now(),
        )
        (given,) = granting.awards(decision=decision)
        return given


def refused(run: Callable[[], object]) -> None:
    """The database refuses it, at once or when the transaction would end."""
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        run()
        cursor.execute("set constraints all immediate")


def test_only_the_county_governor_calls_and_nobody_changes_what_is_given_out(acting: Acting, award: GrantAward) -> None:
    for key in ("leif", "marit", "kari", "per", "eva"):
        with acting(key) as actor:
            refused(lambda: called(actor, year=2099))  # run at once
    with acting("stein") as stein:
        refused(lambda: called(stein, year=2099, service_id=cast.service("grimstad").id))
        refused(lambda: called(stein, year=2099, closes=-10))
        refused(lambda: called(stein, year=2099, scheme="ingen-slik-ordning"))
        before = award.decision.call
        for change in ({"frame": 200}, {"closes_on": clock.today()}):
            refused(lambda: GrantCall.objects.filter(pk=before.pk).update(**change))  # noqa: B023


def test_a_leader_applies_for_the_own_municipality_while_the_call_is_open(acting: Acting) -> None:
    with acting("stein") as stein:
        call = called(stein)
        ahead = called(stein, year=2098, opens=1)
        over = called(stein, year=2099, closes=-1)
    for key in ("kari", "hege", "ola", "stein", "eva"):
        with acting(key) as actor:
            refused(lambda: applied(actor, call))
    with acting("leif") as leif:
        for one in (ahead, over):
            refused(lambda: applied(leif, one))  # noqa: B023
        refused(lambda: applied(leif, call, municipality_id="4215"))
        refused(lambda: applied(leif, call, version=2))
        wrongs: list[dict[str, Any]] = [
            {"asked": 0},
            {"what": " "},
            {"purpose": "fact-ung"},  # of another scheme
            {"indicators": []},
            {"indicators": ["Anna Solberg"]},
            {"indicators": [MOVES, "ingen-teller-dette"]},
            {"indicators": [MOVES, MOVES]},
            {"indicators": [None]},
        ]
        for wrong in wrongs:
            refused(lambda: applied(leif, call, **wrong))  # noqa: B023
        applied(leif, call)
        refused(lambda: GrantApplication.objects.update(asked=1))
    with acting("marit") as marit:
        applied(marit, call, version=2)


def test_what_a_grant_is_to_move_is_counted_and_is_said_once(acting: Acting) -> None:
    assert movable() == {one.key for one in indicators().indicators} - indicators().between.made()
    with acting("stein") as stein:
        call = called(stein)

    def say(actor: Any, *keys: str) -> list[str]:
        said = {"call": call, "place": "4202", "purpose": PURPOSE, "co_applicant": "", "asked": 1, "what": "Et team."}
        made = granting.apply(actor=actor, indicators=keys, seen=0, at=clock.now(), **said)  # type: ignore[arg-type]
        return GrantApplication.objects.get(pk=made).indicators

    with acting("leif") as leif:
        with pytest.raises(ValueError, match="ingen-teller-dette"):
            say(leif, MOVES, "ingen-teller-dette")
        assert say(leif, MOVES, "moter", MOVES) == ["moter", MOVES]


def test_a_municipality_in_another_county_does_not_apply(acting: Acting, as_admin: Any) -> None:
    with acting("stein") as stein:
        call = called(stein)
    with as_admin():
        Service.objects.filter(pk=cast.service("statsforvalteren").id).update(counties=["Rogaland"])
    with acting("leif") as leif:
        refused(lambda: applied(leif, call))
        found = granting.find_call(call.pk)
        assert found and not granting.may_apply(leif, found, on=clock.today())


def test_who_sees_an_application_and_what_was_thought_of_it(acting: Acting, award: GrantAward) -> None:
    lillesand = child_welfare(next(one for one in PLACES if one.number == "4215")).with_role(Role.LEADER)[0]
    inside = (GrantApplication, GrantAssessment)
    seen = {}
    for key in ("leif", "marit", "stein", "kari", "ola", "per", "eva", "bjorn"):
        with acting(key):
            seen[key] = [model.objects.filter(**_of_this(model, award)).count() for model in inside]
            assert GrantAward.objects.filter(pk=award.pk).count() == 1
    with sessions.acting(lillesand.membership_id):
        seen["lillesand"] = [model.objects.filter(**_of_this(model, award)).count() for model in inside]
    assert {key for key, found in seen.items() if found == [1, 1]} == {"leif", "marit", "stein"}
    assert {tuple(found) for key, found in seen.items() if key not in ("leif", "marit", "stein")} == {(0, 0)}


def _of_this(model: Any, award: GrantAward) -> dict[str, Any]:
    call = award.decision.call_id
    return {"call": call} if model is GrantApplication else {"application__call": call}


def test_the_applicant_reads_what_was_thought_of_it_first_when_all_is_given_out(
    acting: Acting, closed: GrantCall
) -> None:
    with acting("stein") as stein:
        (one,) = granting.applications(call=closed)
        granting.assess(actor=stein, application=one.row, advice="part", why="Litt.", seen=0, at=clock.now())  # type: ignore[arg-type]
    with acting("leif"):
        (own,) = granting.applications(call=closed)
        assert own.assessment is None


def test_nothing_is_given_out_before_every_application_is_assessed(acting: Acting, closed: GrantCall) -> None:
    def decided(actor: Any) -> GrantDecision:
        return GrantDecision.objects.create(call=closed, left_over=100, why_left="Ingen.", **stamp(actor))

    with acting("stein") as stein:
        refused(lambda: decided(stein))
        call = granting.find_call(closed.pk)
        assert call
        with pytest.raises(granting.Wrong, match="left_over"):
            granting.give_out(actor=stein, call=call, shares={}, left_over=100, why_left="x", at=clock.now())
        (one,) = granting.applications(call=closed)
        GrantAssessment.objects.create(application=one.row, version=1, advice="nothing", why="Nei.", **stamp(stein))
        with transaction.atomic(), connection.cursor() as cursor:
            decided(stein)
            cursor.execute("set constraints all immediate")


@pytest.mark.parametrize(
    ("shares", "left_over", "why", "adds_up"),
    [
        ([Share(60, 40, "Et team")], 0, "", True),
        ([Share(60, 0, "Et team")], 40, "Ingen ba om det.", True),
        ([Share(60, 30, "Et team")], 0, "", False),
        ([Share(60, 50, "Et team")], 0, "", False),
        ([Share(60, 0, "Et team")], 40, "", False),
        ([Share(60, 40, "Et team")], 0, "Hvorfor?", False),
        ([], 0, "", False),
        *(([share], 100 - share.total, "x", False) for share, wrong in WRONG_SHARES if wrong),
    ],
)
def test_the_database_refuses_a_decision_that_does_not_add_up(
    acting: Acting, closed: GrantCall, shares: list[Share], left_over: int, why: str, adds_up: bool
) -> None:
    def decide() -> None:
        decision = GrantDecision.objects.create(call=closed, left_over=left_over, why_left=why, **stamp(stein))
        for one in shares:
            row = {"bound": one.bound, "free": one.free, "bound_to": one.bound_to}
            GrantAward.objects.create(decision=decision, municipality_id="4202", purpose=PURPOSE, **row)

    with acting("stein") as stein:
        (one,) = granting.applications(call=closed)
        GrantAssessment.objects.create(application=one.row, version=1, advice="whole", why="Godt.", **stamp(stein))
        if adds_up:
            decide()
            with connection.cursor() as cursor:
                cursor.execute("set constraints all immediate")
        else:
            refused(decide)


def test_nothing_is_given_to_who_has_not_applied_nor_after_it_is_given_out(acting: Acting, award: GrantAward) -> None:
    def give(place: str, purpose: str) -> GrantAward:
        return GrantAward.objects.create(
            decision=award.decision, municipality_id=place, purpose=purpose, bound=0, free=1
        )

    with acting("stein"):
        refused(lambda: give("4215", PURPOSE))
        refused(lambda: give("4202", "agdermodellen"))
        refused(lambda: GrantAward.objects.filter(pk=award.pk).update(free=41))
        refused(lambda: GrantAward.objects.filter(pk=award.pk).delete())
    with acting("leif") as leif:
        refused(lambda: applied(leif, award.decision.call, version=2))


@pytest.mark.parametrize(("paid", "amount", "can"), PAYMENTS)
def test_the_database_refuses_a_payment_that_is_not_covered(
    acting: Acting, award: GrantAward, paid: int, amount: int, can: bool
) -> None:
    def pay(actor: Any, version: int, amount: int, **more: Any) -> GrantPayment:
        row = {"award": award, "version": version, "amount": amount, "paid_on": clock.today()}
        return GrantPayment.objects.create(**row | stamp(actor) | more)

    with acting("leif") as leif:
        refused(lambda: pay(leif, 1, 1))
    with acting("stein") as stein:
        if paid:
            pay(stein, 1, paid)
        number = 1 + bool(paid)
        refused(lambda: pay(stein, number, 1, paid_on=clock.today() + timedelta(days=1)))
        refused(lambda: pay(stein, number + 1, 1))
        if can:
            pay(stein, number, amount)
        else:
            refused(lambda: pay(stein, number, amount))


def test_the_municipality_tells_of_everything_and_spends_no_more_than_it_was_given(
    acting: Acting, award: GrantAward
) -> None:
    first, this_year = award.decision.call.year, clock.today().year

    def tell(actor: Any, *, spent: int = 100, told: tuple[str, ...] = (MOVES,), **more: Any) -> None:
        row = {"award": award, "year": first, "version": 1, "spent": spent, "came_of_it": "Et team."}
        report = GrantReport.objects.create(**row | stamp(actor) | more)
        for key in told:
            GrantEffect.objects.create(report=report, indicator=key, before="9 uker", after="5 uker")

    for key in ("stein", "ola", "kari"):
        with acting(key) as actor:
            refused(lambda: tell(actor))
    with acting("leif") as leif:
        for wrong in (
            {"told": ()},
            {"told": (MOVES, "kartlegging-utfall")},
            {"spent": 101},
            {"year": first - 1},
        ):
            refused(lambda: tell(leif, **wrong))  # noqa: B023
        refused(lambda: tell(leif, year=this_year + 1))
        tell(leif)
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
            cursor.execute("set constraints all deferred")
    with acting("ola"):
        assert not GrantReport.objects.filter(award=award).exists()
        assert not GrantEffect.objects.filter(report__award=award).exists()


# --- the pages --------------------------------------------------------------------------------------------------------


def read(answer: Any) -> str:
    """The words of a page, with one plain space between them."""
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return " ".join(BeautifulSoup(answer.content, "html.parser").get_text(" ").split())


APPLICATION = {"asked": "100", "what": "Et team.", "indicators": [MOVES], "version": "0"}


def test_the_way_from_a_call_to_a_report(client_of: Callable[[str], Client], as_admin: Any) -> None:
    stein, leif = client_of("stein"), client_of("leif")
    today, at = clock.today(), "%d.%m.%Y"
    call = {"scheme": SCHEME, "year": "2097", "frame": "1 000", "opens_on": today.strftime(at)}
    call["closes_on"] = (today + timedelta(days=1)).strftime(at)
    for _press in range(2):
        assert stein.post("/tilskudd/utlysning/ny/", call).status_code == 302
    with as_admin():
        made = GrantCall.objects.get(year=2097)
    here = f"/tilskudd/utlysning/{made.pk}/"
    for _press in range(2):
        assert leif.post(f"{here}sok/{PURPOSE}/", APPLICATION).status_code == 302
    assert "Et team." in read(stein.get(here)) and "Et team." in read(leif.get(here))
    assert stein.get(f"{here}del-ut/").status_code == 403, "one can still apply"
    with as_admin():
        # Told as if time had passed: the year of the call too, so that a report of it can be delivered.
        GrantCall.objects.filter(pk=made.pk).update(
            opens_on=today - timedelta(days=2), closes_on=today - timedelta(days=1), year=today.year - 2
        )
        application = GrantApplication.objects.get(call=made)
    assess = {"advice": "part", "why": "Godt.", "version": "0"}
    for _press in range(2):
        assert stein.post(f"{here}vurder/{application.pk}/", assess).status_code == 302
    give = {"free_0": "300", "bound_0": "400", "bound_to_0": "En stilling", "left_over": "", "why_left": ""}
    wrong = stein.post(f"{here}del-ut/", give)
    assert wrong.status_code == 422
    said = wrong.content.decode()
    assert "Det er 300\u00a0kr igjen av rammen" in said and 'value="En stilling"' in said
    give |= {"left_over": "300", "why_left": "Ingen ba om mer."}
    for _press in range(2):
        assert stein.post(f"{here}del-ut/", give).status_code == 302
    assert stein.post(f"{here}del-ut/", give | {"free_0": "0", "left_over": "600"}).status_code == 422
    assert stein.get(f"{here}del-ut/").status_code == 403, "it is given out"
    with as_admin():
        award = GrantAward.objects.get(decision__call=made)
    there = f"/tilskudd/tildeling/{award.pk}/"
    payment = {"amount": "700", "paid_on": today.strftime(at), "version": "0"}
    for _press in range(2):
        assert stein.post(f"{there}utbetaling/", payment).status_code == 302
    more = stein.post(f"{there}utbetaling/", payment | {"version": "1", "amount": "1"})
    assert more.status_code == 422 and "mer enn kommunen er tildelt" in more.content.decode()
    report = {"spent": "650", "came_of_it": "Et team.", "before_0": "9 uker", "after_0": "5 uker", "version": "0"}
    for _press in range(2):
        assert leif.post(f"{there}rapport/{today.year - 2}/", report).status_code == 302
    shown = read(stein.get(there))
    assert "Betalt 700 kr" in shown and "9 uker" in shown and "5 uker" in shown
    with as_admin():
        assert [model.objects.filter(**{path: made}).count() for model, path in _counted()] == [1, 1, 1, 1, 1, 1, 1]
        logged = "".join(str(one) for one in AccessLog.objects.filter(action="apply_for_grant").values())
        assert str(application.pk) in logged and "Et team." not in logged


def test_a_report_stands_beside_the_numbers_that_the_grant_was_to_move(
    client_of: Callable[[str], Client], acting: Acting, as_admin: Any, award: GrantAward
) -> None:
    year = award.decision.call.year
    before, after = Half(year - 1, 2), Half(year, 2)
    cells: dict[Half, dict[str, int | None]] = {
        before: {"within_28": 11, "later": None, "": None},
        after: {"within_28": 17, "": 17},
    }
    here = f"/tilskudd/tildeling/{award.pk}/"
    leif, stein = client_of("leif"), client_of("stein")
    assert "ikke talt for året før tilskuddet" in read(leif.get(f"{here}rapport/{year}/"))
    with as_admin():
        for half, numbers in cells.items():
            Period.objects.create(from_on=half.from_on, until_on=half.until_on, frozen_at=clock.now())
            Figure.objects.bulk_create(
                Figure(
                    period_id=half.from_on,
                    indicator=MOVES,
                    county="Agder",
                    municipality_id="4202",
                    category=category,
                    times=times,
                )
                for category, times in numbers.items()
            )
    report = {"spent": "1", "came_of_it": "Et team.", "before_0": "9 uker", "after_0": "5 uker", "version": "0"}
    form = read(leif.get(f"{here}rapport/{year}/"))
    assert leif.post(f"{here}rapport/{year}/", report).status_code == 302
    for shown in (form, read(leif.get(here)), read(stein.get(here))):
        assert f"2. halvår {year - 1}" in shown and f"2. halvår {year}" in shown
        assert re.search(r"I alt 2. halvår \d+ Skjult 2. halvår \d+ 17\b", shown), "the hidden sum stays hidden"
        assert re.search(r"halvår \d+ 11 2. halvår \d+ 17\b", shown)
    linked = BeautifulSoup(stein.get(here).content, "html.parser").select(
        f'a[href="/tall/hva-de-betyr/?vis={MOVES}#{MOVES}"]'
    )
    assert linked and f'id="{MOVES}"' in stein.get("/tall/hva-de-betyr/").content.decode()
    with acting("ola") as ola:
        nothing = movements(ola, "4202", [MOVES], given=year, told=[year], language="nb", whole="I alt")
        assert nothing == {}, "who does not see the numbers sees no nought either"


def test_everything_that_a_grant_can_be_to_move_is_counted(client_of: Callable[[str], Client], acting: Acting) -> None:
    with acting("stein") as stein:
        call = called(stein, year=2099)
    form = f"/tilskudd/utlysning/{call.pk}/sok/{PURPOSE}/"
    soup = BeautifulSoup(client_of("leif").get(form).content, "html.parser")
    assert {one["value"] for one in soup.select("[name=indicators]")} == movable()
    assert client_of("leif").post(form, APPLICATION | {"indicators": ["ventetid"]}).status_code == 422


def _counted() -> list[tuple[Any, str]]:
    return [
        (GrantApplication, "call"),
        (GrantAssessment, "application__call"),
        (GrantDecision, "call"),
        (GrantAward, "decision__call"),
        (GrantPayment, "award__decision__call"),
        (GrantReport, "award__decision__call"),
        (GrantEffect, "report__award__decision__call"),
    ]


def test_two_leaders_who_apply_at_once_do_not_write_over_each_other(
    client_of: Callable[[str], Client], acting: Acting
) -> None:
    with acting("stein") as stein:
        call = called(stein, year=2099)
    form = f"/tilskudd/utlysning/{call.pk}/sok/{PURPOSE}/"
    assert client_of("leif").post(form, APPLICATION).status_code == 302
    answer = client_of("marit").post(form, APPLICATION | {"what": "Noe helt annet."})
    assert answer.status_code == 409 and "Noe helt annet." in answer.content.decode()


def test_what_was_typed_when_the_call_closed_is_kept(client_of: Callable[[str], Client], closed: GrantCall) -> None:
    form, leif = f"/tilskudd/utlysning/{closed.pk}/sok/{PURPOSE}/", client_of("leif")
    assert leif.get(form).status_code == 403
    answer = leif.post(form, APPLICATION | {"what": "Alt vi hadde tenkt."})
    assert answer.status_code == 409 and "Alt vi hadde tenkt." in answer.content.decode()


def test_a_stranger_to_a_grant_sees_the_award_and_nothing_inside(
    client_of: Callable[[str], Client], award: GrantAward
) -> None:
    for key in ("ola", "per", "eva"):
        client = client_of(key)
        assert "Et team" in read(client.get("/tilskudd/kommune/4202/"))
        assert f"/tilskudd/tildeling/{award.pk}/" not in client.get("/tilskudd/kommune/4202/").content.decode()
        assert "Søknader" not in read(client.get(f"/tilskudd/utlysning/{award.decision.call_id}/"))
        inside = f"/tilskudd/tildeling/{award.pk}/"
        for address in (inside, f"{inside}utbetaling/", f"{inside}rapport/{award.decision.call.year}/"):
            assert client.get(address).status_code == 403, (key, address)
    assert client_of("leif").get(f"/tilskudd/tildeling/{award.pk}/utbetaling/").status_code == 403
    assert client_of("stein").get(f"/tilskudd/tildeling/{uuid4()}/").status_code == 404
    for address in ("/tilskudd/utlysning/ny/", f"/tilskudd/utlysning/{award.decision.call_id}/endre/"):
        assert client_of("leif").get(address).status_code == 403
        assert client_of("stein").get(address).status_code == 200


def test_what_the_source_does_not_say_is_said_on_the_pages(client_of: Callable[[str], Client]) -> None:
    eva = client_of("eva")
    shown = read(eva.get("/tilskudd/ordning/kommunalt-arbeid/"))
    assert "13 000 000 kr til 12 kommuner." in shown and "Hvilke tolv kommuner det var." in shown
    assert "lysark 9" in shown and "Ikke sagt" in shown
    shown = read(eva.get("/tilskudd/kommune/4211/"))
    assert "Kommunen er nevnt. Beløpet er ikke sagt." in shown and "bygd på veilederen" in shown
    shown = read(eva.get("/tilskudd/kommune/4228/"))
    assert "Kommunen er nevnt" not in shown and "vi vet ikke om denne kommunen fikk" in shown
    assert eva.get("/tilskudd/ordning/noe-annet/").status_code == 404
    assert eva.get("/tilskudd/kommune/9999/").status_code == 404


def test_the_pages_ask_the_database_no_more_for_more_rows(
    client_of: Callable[[str], Client], as_admin: Any, django_assert_max_num_queries: Any
) -> None:
    with as_admin():
        assert GrantAward.objects.count() >= 7 and Municipality.objects.count() == len(PLACES)
    stein = client_of("stein")
    call = f"/tilskudd/utlysning/{cast.fixed_id('grant/oppfolging/last')}/"
    for address in ("/tilskudd/", "/tilskudd/ordning/oppfolging/", "/tilskudd/kommune/4202/", call):
        with django_assert_max_num_queries(20):
            assert stein.get(address).status_code == 200
