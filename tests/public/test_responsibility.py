"""Who is responsible: the rules as tables, the public map, and two people who must agree before anything holds."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from bs4 import BeautifulSoup
from django.db import Error, ProgrammingError, connection, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from demo import cast
from grunnmur import clock
from grunnmur.cases.terms import HealthArea
from grunnmur.directory import responsible
from grunnmur.directory.kinds import CareArea, HelpLevel, ServiceKind
from grunnmur.directory.models import Offer, Responsibility, ResponsibilityApproval, Service, Unanswered
from grunnmur.directory.nearby import NEVER_LISTED
from grunnmur.directory.responsibility import Decided, State, draw, is_asked, squares
from grunnmur.insight.halves import Half
from grunnmur.insight.models import Figure, Period

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
    assert found is not None
    assert (
        len(shown.select(".map--wide rect"))
        == len(shown.select(".map--narrow rect"))
        == len(shown.select("tbody tr"))
        == len(found)
    )
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
    "decided_on": f"{clock.today():%d.%m.%Y}",
    "review_on": f"{clock.today() + timedelta(days=365):%d.%m.%Y}",
}


def state_now() -> State:
    found = responsible.map_of("4202", on=clock.today())
    assert found is not None
    return next(one.state for one in found if (one.area, one.level, one.band.first) == HERE)


@pytest.fixture
def proposed(client_of: Callable[[str], Client], as_admin: Any) -> Callable[..., UUID]:
    """What somebody proposes, by its id."""

    def by(key: str, **change: str) -> UUID:
        answer = client_of(key).post("/ansvar/foresla/", {**CLOSE, **change}, follow=True)
        assert "Forslaget venter på kommuneoverlegen." in answer.content.decode(), answer.content.decode()
        with as_admin():
            return Responsibility.objects.order_by("-recorded_at")[0].pk

    return by


def test_a_proposal_holds_when_somebody_else_has_approved_it(
    client_of: Callable[[str], Client], proposed: Callable[..., UUID]
) -> None:
    assert state_now() is State.HOLE
    proposal = proposed("hege")
    assert state_now() is State.HOLE
    hege = client_of("hege")
    assert "Det kan godkjennes av: Marit Haugen." in hege.get("/ansvar/").content.decode()
    assert hege.post("/ansvar/svar/", {"proposal": proposal, "yes": "1"}).status_code == 403
    assert client_of("marit").post("/ansvar/svar/", {"proposal": proposal, "yes": "1"}).status_code == 302
    assert state_now() is State.DECIDED
    history = client_of("marit").get("/ansvar/").content.decode()
    assert "Hege Moe" in history and "Marit Haugen" in history


def test_what_is_refused_does_not_hold(client_of: Callable[[str], Client], proposed: Callable[..., UUID]) -> None:
    client_of("marit").post("/ansvar/svar/", {"proposal": proposed("hege"), "no": "1"})
    assert state_now() is State.HOLE


def test_a_second_answer_is_told_of_the_first(
    client_of: Callable[[str], Client], proposed: Callable[..., UUID], acting: Any
) -> None:
    proposal, marit = proposed("hege"), client_of("marit")
    marit.post("/ansvar/svar/", {"proposal": proposal, "yes": "1"})
    again = marit.post("/ansvar/svar/", {"proposal": proposal, "no": "1"}, follow=True)
    assert again.status_code == 200 and "Forslaget har fått svar før." in again.content.decode()
    assert state_now() is State.DECIDED
    with acting("marit") as actor:  # as if the two had come at once
        assert not responsible.answer(actor=actor, proposal_id=proposal, is_approved=False, at=clock.now())
    assert marit.post("/ansvar/svar/", {"proposal": uuid4(), "yes": "1"}).status_code == 404


@pytest.mark.parametrize("said", [{}, {"yes": "1", "no": "1"}])
def test_what_is_neither_yes_nor_no_answers_nothing(
    client_of: Callable[[str], Client], proposed: Callable[..., UUID], as_admin: Any, said: dict[str, str]
) -> None:
    proposal = proposed("hege")
    answer = client_of("marit").post("/ansvar/svar/", {"proposal": proposal, **said}, follow=True)
    assert "Velg om du godkjenner eller avslår forslaget." in answer.content.decode()
    with as_admin():
        assert not ResponsibilityApproval.objects.filter(responsibility=proposal).exists()


def test_nobody_approves_what_they_have_proposed(
    client_of: Callable[[str], Client], proposed: Callable[..., UUID], acting: Any, as_admin: Any
) -> None:
    proposal, marit = proposed("marit"), client_of("marit")
    assert marit.post("/ansvar/svar/", {"proposal": proposal, "yes": "1"}).status_code == 403
    assert "Kommunen må gi noen andre enn deg rollen som kommuneoverlege." in marit.get("/ansvar/").content.decode()
    with acting("marit") as actor, pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        responsible.answer(actor=actor, proposal_id=proposal, is_approved=True, at=clock.now())
    with as_admin():
        assert not ResponsibilityApproval.objects.filter(responsibility=proposal).exists()


def test_another_municipality_sees_and_answers_nothing_of_ours(
    client_of: Callable[[str], Client], proposed: Callable[..., UUID]
) -> None:
    proposal = proposed("hege")
    ola = client_of("ola")
    assert "Hege Moe" not in ola.get("/ansvar/").content.decode()
    assert ola.post("/ansvar/svar/", {"proposal": proposal, "yes": "1"}).status_code == 403
    assert client_of("stein").get("/ansvar/").status_code == 403


@pytest.mark.parametrize("who", ["", "ola", "stein", "berit"])
def test_what_waits_or_was_refused_is_for_the_municipality_alone(
    client_of: Callable[[str], Client], proposed: Callable[..., UUID], acting: Any, who: str
) -> None:
    waits, refused = proposed("hege"), proposed("hege")
    client_of("marit").post("/ansvar/svar/", {"proposal": refused, "no": "1"})

    def seen() -> tuple[set[UUID], int]:
        rows = set(Responsibility.objects.filter(pk__in=[waits, refused]).values_list("pk", flat=True))
        return rows, ResponsibilityApproval.objects.filter(responsibility=refused).count()

    with acting("marit"):
        assert seen() == ({waits, refused}, 1)
    if who:
        with acting(who):
            assert seen() == (set(), 0)
    else:
        with connection.cursor() as cursor:
            cursor.execute("select set_config('sec.token', '', true)")
        assert seen() == (set(), 0)
    assert Responsibility.objects.exists(), "what is approved is for anyone"


@pytest.mark.parametrize("who", ["berit", "bjorn"])
def test_a_home_where_children_live_proposes_nothing(client_of: Callable[[str], Client], db: None, who: str) -> None:
    assert cast.get(who).service in ("fosterhjemmet", "institusjonen")
    client = client_of(who)
    assert client.get("/ansvar/").status_code == 403
    assert client.post("/ansvar/foresla/", CLOSE).status_code == 403
    assert "/ansvar/" not in client.get("/min-innlogging/").content.decode()


def test_the_database_says_the_same_of_every_kind_of_service(acting: Any, as_admin: Any) -> None:
    for kind in ServiceKind:
        with as_admin():
            Service.objects.filter(pk=cast.service(cast.get("kari").service).id).update(kind=kind)
        with acting("kari") as kari, connection.cursor() as cursor:
            cursor.execute("select sec.municipality()")
            assert (cursor.fetchone()[0] is not None) == responsible.may_propose(kari), kind


def test_a_home_where_children_live_is_not_on_the_list(db: None) -> None:
    chosen = {key for key, _name in responsible.services_for("4202", on=clock.today())}
    kinds = set(Service.objects.filter(pk__in=chosen).values_list("kind", flat=True))
    assert "school_health" in kinds and not kinds & NEVER_LISTED


def test_a_service_that_is_closed_is_responsible_for_nothing(db: None, as_admin: Any) -> None:
    held = [one for one in responsible.map_of("4202", on=clock.today()) or () if one.held_by]
    with as_admin():
        Service.objects.update(closed_on=clock.today())
    assert held and not any(one.held_by for one in responsible.map_of("4202", on=clock.today()) or ())


def test_where_nothing_is_decided_nothing_is_said_of_the_municipality(db: None, as_admin: Any) -> None:
    with as_admin():
        ResponsibilityApproval.objects.filter(responsibility__municipality="4202").update(is_approved=False)
    shown = page(Client(HTTP_HOST="localhost").get("/hjelp/kart/nb/4202/")).get_text()
    assert "Kommunen har ikke skrevet inn hvem som har ansvaret ennå." in shown
    assert "§" not in shown and "Ingen har ansvaret" not in shown


def test_what_was_refused_or_never_answered_stands_beside_the_holes_for_those_who_see_the_figures(
    client_of: Callable[[str], Client], as_admin: Any
) -> None:
    half = Half.of(clock.today()).before
    assert "Bedt om uten å få" not in client_of("marit").get("/ansvar/").content.decode(), "nothing is counted yet"
    with as_admin():
        Period.objects.create(
            from_on=half.from_on,
            until_on=half.until_on,
            frozen_at=clock.now(),
            indicators=["henvisninger-sendt", "sporsmal", "avslag-etter-alder"],
            places=["4202"],
        )
        for category, times in (("rejected", 17), ("unanswered", None)):
            Figure.objects.create(
                period_id=half.from_on,
                indicator="henvisninger-sendt",
                county="Agder",
                municipality_id="4202",
                category=category,
                times=times,
            )
        for square, times in (("mental_13", 12), ("somatic_0", None), ("dental_6", None)):
            Figure.objects.create(
                period_id=half.from_on,
                indicator="avslag-etter-alder",
                county="Agder",
                municipality_id="4202",
                category=square,
                times=times,
            )
    for who, sees in (("marit", True), ("leif", True), ("hege", False), ("kari", False)):
        read = " ".join(BeautifulSoup(client_of(who).get("/ansvar/").content, "html.parser").get_text(" ").split())
        assert ("Henvisninger som ble avslått 17" in read, "Henvisninger som ikke var besvart Skjult" in read) == (
            sees,
            sees,
        ), who
        assert ("Psykisk helse, 13–17 år 12" in read, "er mye skjult" in read) == (sees, sees), who
        assert "Kroppslig helse, 0–5 år" not in read, "which squares are hidden is not said"
    ways = {
        str(one["href"]) for one in BeautifulSoup(client_of("marit").get("/ansvar/").content, "html.parser").select("a")
    }
    for key in ("henvisninger-sendt", "sporsmal", "avslag-etter-alder"):
        assert f"/tall/hva-de-betyr/?vis={key}#{key}" in ways, "every number leads to what it means"


def test_what_is_asked_for_too_seldom_is_one_line_without_a_name(
    client_of: Callable[[str], Client], as_admin: Any
) -> None:
    with as_admin():
        for need, times in (("sleep", 4), ("teeth", 1), ("bullying", 5)):
            Unanswered.objects.create(municipality_id="4202", month=clock.today(), need=need, times=times)
    shown = BeautifulSoup(client_of("marit").get("/ansvar/").content, "html.parser").get_text(" ")
    assert "Mobbing: 5 ganger" in " ".join(shown.split()) and "Også noe annet, hver ting færre enn fem ganger" in shown
    assert "Søvn" not in shown and "Tenner" not in shown


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"level": "between", "area": "dental"}, "Det spørres ikke om dette nivået"),
        ({"decided_on": "01.11.2099"}, "Den kan ikke være i framtida"),
        ({"review_on": CLOSE["decided_on"]}, "Velg en dag etter at det ble bestemt"),
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


def test_a_form_that_is_sent_twice_describes_and_confirms_once(
    client_of: Callable[[str], Client], dental: UUID
) -> None:
    tone = client_of("tone")
    for _press in range(2):
        assert tone.post(f"/tilbudet-vart/{dental}/", {**CHANGE, "version": "1"}).status_code == 302
    for _press in range(2):
        assert tone.post("/tilbudet-vart/bekreft/", {"offer": dental, "version": "2"}).status_code == 302
        assert "Takk. Tilbudet er bekreftet." in tone.get("/tilbudet-vart/").content.decode()
    assert Offer.objects.filter(offer=dental).count() == 3
