"""Who is responsible: the rules as tables, the public map, and two people who must agree before anything holds."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from bs4 import BeautifulSoup
from django.db import Error, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from demo import cast
from grunnmur import clock
from grunnmur.cases.terms import HealthArea
from grunnmur.directory import responsible
from grunnmur.directory.kinds import CareArea, HelpLevel
from grunnmur.directory.models import Offer, Responsibility, ResponsibilityApproval
from grunnmur.directory.responsibility import Decided, State, draw, is_asked, squares

DAY = date(2026, 11, 28)
NURSE, TEAM = UUID(int=1), UUID(int=2)
HERE = (CareArea.MENTAL, HelpLevel.BETWEEN, 6)


def row(service: UUID = NURSE, *, holds: bool = True, review_on: date | None = None) -> Decided:
    return Decided(*HERE, service, str(service.int), holds, "Kommunestyret", DAY, review_on)


def square(*rows: Decided) -> Any:
    return next(one for one in draw(rows, on=DAY) if (one.area, one.level, one.band.first) == HERE)


@pytest.mark.parametrize(
    ("rows", "state"),
    [
        pytest.param([], State.HOLE, id="nobody"),
        pytest.param([row()], State.DECIDED, id="one"),
        pytest.param([row(), row(TEAM)], State.OVERLAP, id="two"),
        pytest.param([row(), row(holds=False)], State.HOLE, id="taken away again"),
        pytest.param([row(), row(TEAM), row(holds=False)], State.DECIDED, id="handed over"),
        pytest.param([row(holds=False), row()], State.DECIDED, id="the last word holds"),
        pytest.param([row(review_on=date(2026, 11, 27))], State.OVERDUE, id="should have been looked at yesterday"),
        pytest.param([row(review_on=DAY)], State.DECIDED, id="is to be looked at today"),
    ],
)
def test_what_a_square_is(rows: list[Decided], state: State) -> None:
    assert square(*rows).state is state


def test_a_hole_names_the_duties_that_it_breaks() -> None:
    assert square().duties == ("§ 3-1", "§ 3-2 nr. 4")
    assert square(row()).duties == ()
    of = {(one.area, one.level): one.duties for one in draw([], on=DAY)}
    assert of[CareArea.DENTAL, HelpLevel.MUNICIPAL] == (), "dental health is the county's"
    assert of[CareArea.MENTAL, HelpLevel.SPECIALIST] == (), "the hospital's duty is in another law"


def test_the_areas_are_those_of_the_pathway() -> None:
    assert list(CareArea.values) == list(HealthArea.values)


def test_every_municipality_of_agder_has_its_own_tile() -> None:
    from demo.places import PLACES

    tiles = squares().tiles
    assert set(tiles) == {place.number for place in PLACES}
    assert len(set(tiles.values())) == len(tiles)


ROWS = st.lists(
    st.builds(
        Decided,
        st.sampled_from(list(CareArea)),
        st.sampled_from(list(HelpLevel)),
        st.sampled_from([band.first for band in squares().bands]),
        st.sampled_from([NURSE, TEAM]),
        st.just("x"),
        st.booleans(),
        st.just("x"),
        st.just(DAY),
        st.none() | st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    ),
    max_size=30,
)


@given(ROWS)
def test_the_map_has_the_same_squares_whatever_is_decided(rows: list[Decided]) -> None:
    found = draw(rows, on=DAY)
    assert [(one.area, one.level, one.band) for one in found] == [
        (one.area, one.level, one.band) for one in draw([], on=DAY)
    ]
    for one in found:
        assert is_asked(one.area, one.level, one.band.first)
        assert (one.state is State.HOLE) == (not one.held_by)
        assert (one.state is State.OVERLAP) == (len(one.held_by) > 1)
        assert one.held_by == () or one.duties == ()


# --- the public map ---------------------------------------------------------------------------------------------------


def page(answer: Any) -> BeautifulSoup:
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def test_the_map_of_a_municipality_is_a_picture_and_the_same_table(db: None) -> None:
    shown = page(Client(HTTP_HOST="localhost").get("/hjelp/kart/nb/4202/"))
    found = responsible.map_of("4202", on=clock.today())
    assert len(shown.select("svg rect")) == len(shown.select("tbody tr")) == len(found)
    holes = [one for one in found if one.state is State.HOLE]
    assert holes
    assert len([one for one in shown.select("tbody tr") if "Ingen har ansvaret" in one.get_text()]) == len(holes)
    assert "§ 3-1" in shown.get_text()


def test_the_map_of_the_region_has_every_municipality(db: None) -> None:
    shown = page(Client(HTTP_HOST="localhost").get("/hjelp/kart/nb/"))
    assert len(shown.select("svg rect")) == len(shown.select("tbody tr")) == 25


# --- two who must agree -----------------------------------------------------------------------------------------------

CLOSE = {
    "area": "mental",
    "level": "between",
    "age_from": "6",
    "service": str(cast.service("skolehelse").id),
    "is_responsible": "yes",
    "decided_by": "Kommunestyret",
    "decided_on": "01.11.2026",
    "review_on": "01.11.2027",
}


def state_now() -> State:
    found = responsible.map_of("4202", on=clock.today())
    return next(one.state for one in found if (one.area, one.level, one.band.first) == HERE)


def test_a_proposal_holds_when_somebody_else_has_approved_it(client_of: Callable[[str], Client], db: None) -> None:
    assert state_now() is State.HOLE
    answer = client_of("hege").post("/ansvar/foresla/", CLOSE)
    assert answer.status_code == 302, answer.content.decode()
    assert state_now() is State.HOLE
    proposal = Responsibility.objects.get(recorded_by__isnull=False)
    assert client_of("hege").post("/ansvar/svar/", {"proposal": proposal.pk, "yes": "1"}).status_code == 403
    assert client_of("marit").post("/ansvar/svar/", {"proposal": proposal.pk, "yes": "1"}).status_code == 302
    assert state_now() is State.DECIDED
    assert client_of("marit").post("/ansvar/svar/", {"proposal": proposal.pk, "no": "1"}).status_code == 404
    history = client_of("marit").get("/ansvar/").content.decode()
    assert "Hege Moe" in history and "Marit Haugen" in history


def test_what_is_refused_does_not_hold(client_of: Callable[[str], Client], db: None) -> None:
    client_of("hege").post("/ansvar/foresla/", CLOSE)
    proposal = Responsibility.objects.get(recorded_by__isnull=False)
    client_of("marit").post("/ansvar/svar/", {"proposal": proposal.pk, "no": "1"})
    assert state_now() is State.HOLE


def test_nobody_approves_what_they_have_proposed(client_of: Callable[[str], Client], acting: Any, db: None) -> None:
    marit = client_of("marit")
    assert marit.post("/ansvar/foresla/", CLOSE).status_code == 302
    proposal = Responsibility.objects.get(recorded_by__isnull=False)
    assert marit.post("/ansvar/svar/", {"proposal": proposal.pk, "yes": "1"}).status_code == 403
    with acting("marit") as actor, pytest.raises(Error), transaction.atomic():
        responsible.answer(actor=actor, proposal_id=proposal.pk, is_approved=True, at=clock.now())
    assert not ResponsibilityApproval.objects.filter(responsibility=proposal).exists()


def test_another_municipality_sees_and_answers_nothing_of_ours(client_of: Callable[[str], Client], db: None) -> None:
    client_of("hege").post("/ansvar/foresla/", CLOSE)
    proposal = Responsibility.objects.get(recorded_by__isnull=False)
    ola = client_of("ola")
    assert "Hege Moe" not in ola.get("/ansvar/").content.decode()
    assert ola.post("/ansvar/svar/", {"proposal": proposal.pk, "yes": "1"}).status_code == 403
    assert client_of("stein").get("/ansvar/").status_code == 403


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"level": "between", "area": "dental"}, "Det spørres ikke om dette nivået"),
        ({"decided_on": "01.11.2099"}, "Den kan ikke være i framtida"),
        ({"review_on": "01.10.2026"}, "Velg en dag etter at det ble bestemt"),
        ({"service": str(uuid4())}, "Velg fra listen"),
        ({"decided_by": ""}, "Fyll ut dette feltet"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    client_of: Callable[[str], Client], db: None, change: dict[str, str], sentence: str
) -> None:
    answer = client_of("hege").post("/ansvar/foresla/", {**CLOSE, **change})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_the_database_refuses_a_proposal_for_another_municipality(acting: Any, db: None) -> None:
    with acting("ola") as ola, pytest.raises(Error), transaction.atomic():
        Responsibility.objects.create(
            municipality_id="4202",
            area="mental",
            level="between",
            age_from=6,
            service_id=ola.service_id,
            decided_by="Ola",
            decided_on=DAY,
            recorded_at=clock.now(),
            recorded_by_id=ola.person_id,
        )


# --- what one's own service offers ------------------------------------------------------------------------------------


CHANGE = {"phone": "37 11 11 11", "opening_hours": "Hver dag", "age_from": "0", "age_to": "20"}


@pytest.fixture
def dental(db: None) -> UUID:
    return Offer.objects.get(name="Tannklinikken i Grimstad").offer


def test_the_owner_confirms_and_changes_its_own_offer_and_the_old_one_stays(
    client_of: Callable[[str], Client], dental: UUID
) -> None:
    tone = client_of("tone")
    assert tone.post("/tilbudet-vart/bekreft/", {"offer": dental, "version": "1"}).status_code == 302
    newest = Offer.objects.filter(offer=dental).order_by("-recorded_at")[0]
    assert newest.verified_on == clock.today()
    shown = BeautifulSoup(tone.get(f"/tilbudet-vart/{dental}/").content, "html.parser")
    assert shown.select_one("input[name=version]")["value"] == "2"  # type: ignore[index]
    assert tone.post(f"/tilbudet-vart/{dental}/", {**CHANGE, "version": "2"}).status_code == 302
    assert Offer.objects.filter(offer=dental).count() == 3
    asked = {"place": "4202", "age": "15", "text": "tannlege"}
    assert "37 11 11 11" in Client(HTTP_HOST="localhost").post("/hjelp/", asked).content.decode()
    answer = tone.post(f"/tilbudet-vart/{dental}/", {**CHANGE, "version": "3", "age_to": "-1"})
    assert answer.status_code == 422 and "fra 0 til 25" in answer.content.decode()
    per = client_of("per")
    assert per.post("/tilbudet-vart/bekreft/", {"offer": dental, "version": "3"}).status_code == 404
    assert per.get(f"/tilbudet-vart/{dental}/").status_code == 404


def test_two_who_change_an_offer_at_once_do_not_write_over_each_other(
    client_of: Callable[[str], Client], dental: UUID
) -> None:
    one, other = client_of("tone"), client_of("tone")
    assert one.post(f"/tilbudet-vart/{dental}/", {**CHANGE, "version": "1"}).status_code == 302
    answer = other.post(f"/tilbudet-vart/{dental}/", {**CHANGE, "phone": "37 22 22 22", "version": "1"})
    assert answer.status_code == 409
    said = answer.content.decode()
    assert "Noen andre har endret dette mens du skrev" in said and "37 22 22 22" in said
    assert Offer.objects.filter(offer=dental).count() == 2
    assert other.post("/tilbudet-vart/bekreft/", {"offer": dental, "version": "1"}).status_code == 302
    assert Offer.objects.filter(offer=dental).count() == 2
    assert "Noen har endret tilbudet" in other.get("/tilbudet-vart/").content.decode()
    again = {**CHANGE, "phone": "37 22 22 22", "version": "2"}
    assert other.post(f"/tilbudet-vart/{dental}/", again).status_code == 302
    assert Offer.objects.filter(offer=dental).count() == 3
