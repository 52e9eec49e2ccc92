"""The page that works out waiting: whose figures it builds on, what is written instead, and who is refused."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup, Tag
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from grunnmur.clock import OSLO
from grunnmur.insight.capacity import HALF_MOST, SEASONS
from grunnmur.insight.halves import Half
from grunnmur.insight.indicators import indicators
from grunnmur.insight.models import Figure, Period
from grunnmur.insight.queues import QUEUES
from grunnmur.web.views.capacity import SEASON_WORDS, TIMES, WORDS, CapacityForm, in_weeks
from tests.web.reading import page, text

ClientOf = Callable[[str], Client]
HALVES = [Half(2029, 2), Half(2030, 1), Half(2030, 2), Half(2031, 1)]
GRIMSTAD, ARENDAL = "4202", "4203"
HERE = "/tall/kapasitet/"
OWN = {"asked": "20", "places": "3", "days_each": "21", "waiting": "4"}


def freeze(as_admin: Any, last: dict[str, int | None] | None = None) -> None:
    """Four half-years: one municipality with every number, one with a hidden one, and what a county's hospital did.

    `last` is how soon the children of the first began in the last half-year; as in the others, unless it is told.
    """
    begun: dict[str, int | None] = {"within_14": 18, "within_42": 9, "not_yet": 6, "": 33}
    held: dict[str, int | None] = {"within_14": 6, "within_42": 15, "not_yet": 9, "": 30}
    cells: list[tuple[str | None, str, dict[str, int | None]]] = [
        (GRIMSTAD, "kartlegging-begynt", begun),
        (GRIMSTAD, "kartlegging-ferdig", held),
        (ARENDAL, "kartlegging-begynt", {**begun, "within_14": None}),
        (None, "kartlegging-begynt", {"within_14": None, "within_42": 99, "": None}),
        (None, "svar-innen-10-dager", {"in_time": 60, "late": 40, "": 100}),
    ]
    with as_admin():
        for half in HALVES:
            Period.objects.create(
                from_on=half.from_on,
                until_on=half.until_on,
                frozen_at=datetime(2031, 9, 1, tzinfo=OSLO),
                indicators=[one.key for one in indicators().indicators],
                places=[GRIMSTAD, ARENDAL],
            )
        Figure.objects.bulk_create(
            Figure(
                period_id=half.from_on,
                indicator=key,
                county="Agder",
                municipality_id=place,
                category=category,
                times=times,
            )
            for half in HALVES
            for place, key, usual in cells
            for numbers in [last if last and half == HALVES[-1] and usual is begun else usual]
            for category, times in numbers.items()
        )


@pytest.fixture
def frozen(db: None, as_admin: Any) -> None:
    freeze(as_admin)


def asked(client: Client, address: str = HERE, **given: str) -> BeautifulSoup:
    """The page with an answer."""
    return page(client.get(f"{address}?{urlencode({'regn': '1', **given})}"))


def card(soup: Tag, title: str) -> Tag | None:
    return next((one for one in soup.select("section") if one.h2 and one.h2.get_text(strip=True) == title), None)


def words(part: Tag | None) -> str:
    """What a person reads in a part of the page."""
    assert part
    return " ".join(part.get_text(" ").split())


def rows(soup: Tag | None) -> list[list[str]]:
    """The cells of the first table, without the headings that a narrow screen shows."""
    assert soup and soup.table
    return [
        [cell.select(":scope > span")[-1].get_text(" ", strip=True) for cell in row.select("th, td")]
        for row in soup.table.select("tbody tr")
    ]


def test_every_queue_and_season_has_its_words() -> None:
    assert list(WORDS) == [one.key for one in QUEUES]
    assert list(SEASON_WORDS) == list(SEASONS)
    assert all(float(one) for one in TIMES)


def test_a_leader_sees_what_the_figures_tell_before_anything_is_asked(frozen: None, client_of: ClientOf) -> None:
    for key in ("leif", "marit"):
        soup = page(client_of(key).get(HERE))
        assert soup.h1 and soup.h1.get_text(strip=True) == "Regn på ventetiden i Grimstad"
        assert rows(card(soup, "Tallene"))[-1] == ["1. halvår 2031", "33", "18", "27"]
        told = words(card(soup, "Dette bygger svaret på"))
        assert "33 (fra det siste året)" in told and "(regnet ut)" in told
        assert card(soup, "Svaret") is None, "nothing is played until somebody asks"
        meant = [str(one["href"]).partition("#")[2] for one in soup.select('main a[href^="/tall/hva-de-betyr/"]')]
        assert meant == ["kartlegging-begynt", "kartlegging-ferdig"], "how long a place is held comes from the other"


def test_a_question_is_answered_beside_how_it_is_and_everything_that_it_builds_on(
    frozen: None, client_of: ClientOf
) -> None:
    client = client_of("leif")
    soup = asked(client, more="2", times="2", closed="7", season="busy_autumn")
    answer = card(soup, "Svaret")
    assert answer
    assert [th.get_text(strip=True) for th in answer.select("table")[0].select("thead th")] == [
        "Et år",
        "Som nå",
        "Med endringen",
    ]
    weeks, waiting = rows(answer)
    assert weeks[0] == "Uker å vente" and weeks[1] != weeks[2] and waiting[1] != waiting[2]
    assert len(answer.select("figure > svg[role=img] > title")) == len(answer.select("figure > svg > desc")) == 2
    for table in answer.select("details table"):
        assert [row.th.get_text(strip=True)[5:] for row in table.select("tbody tr") if row.th][::6] == [
            "januar",
            "juli",
        ]
        assert len(table.select("tbody tr")) == 12
    assert "Halvannen gang så mange om høsten" in words(card(soup, "Dette bygger svaret på"))
    check = rows(card(soup, "Treffer det?"))
    assert [row[:2] for row in check] == [["2. halvår 2030", "55 %"], ["1. halvår 2031", "55 %"]]
    assert [row[-1] for row in check] == ["ja", "ja"] and "traff ikke" not in words(answer)
    again = asked(client, more="2", times="2", closed="7", season="busy_autumn")
    assert str(card(again, "Svaret")) == str(answer), "the same question has the same answer"


@pytest.mark.parametrize(
    ("days", "expected"), [(0, "0,0"), (6, "0,9"), (69.6, "9,9"), (69.7, "10"), (73.4, "10"), (73.6, "11")]
)
def test_days_are_rounded_to_weeks_and_not_cut(days: float, expected: str) -> None:
    with translation.override("nb"):
        assert in_weeks(days) == expected


def test_an_answer_says_beside_it_that_the_way_of_reckoning_did_not_hold(
    db: None, client_of: ClientOf, as_admin: Any
) -> None:
    freeze(as_admin, last={"within_14": 300, "within_42": 9, "": 309})
    soup = asked(client_of("leif"), more="1")
    assert [row[-1] for row in rows(card(soup, "Treffer det?"))] == ["ja", "nei"]
    answer = card(soup, "Svaret")
    assert "traff ikke i et halvår" in words(answer)
    assert soup.select_one(answer.select_one(".ds-alert a")["href"]) == card(soup, "Treffer det?")


def test_when_nothing_is_changed_there_is_one_year(frozen: None, client_of: ClientOf) -> None:
    answer = card(asked(client_of("leif"), more="0", times="1"), "Svaret")
    assert [len(row) for row in rows(answer)] == [2, 2] and "Med endringen" not in words(answer)


def test_where_the_figures_are_hidden_one_writes_ones_own_and_the_answer_says_so(
    frozen: None, client_of: ClientOf
) -> None:
    address = f"/tall-i-fylket/{ARENDAL}/kapasitet/"
    stein = client_of("stein")
    soup = page(stein.get(address))
    assert "Tallene sier ikke nok til å regne av" in text(soup)
    assert [one.has_attr("open") for one in soup.select("form details")] == [True]
    assert "99" not in text(soup) and card(soup, "Dette bygger svaret på") is None
    refused = page(stein.get(f"{address}?regn=1&more=1"), 422)
    assert text(refused).count("Tallene sier ikke dette. Skriv det selv.") >= 3
    answered = asked(stein, address, more="1", **OWN)
    told = words(card(answered, "Dette bygger svaret på"))
    assert told.count("ditt eget tall") == 4 and "regnet ut)" not in told
    assert "Det vet vi ikke." in words(card(answered, "Treffer det?"))


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        pytest.param({"more": "to"}, "more", "Skriv et helt tall fra -100 til 100.", id="no number"),
        pytest.param({"places": "0"}, "places", "Skriv et helt tall fra 1 til 100.", id="no places"),
        pytest.param({"more": "9" * 19}, "more", "Skriv et helt tall", id="more than a number can be"),
        pytest.param({"more": "9" * 5000}, "more", "", id="longer than a field can be"),
        pytest.param({"more": "\u22123", **OWN}, "more", "Det må være minst én plass igjen.", id="no place left"),
        pytest.param({**OWN, "asked": str(HALF_MOST)}, "asked", "Det er for mange", id="more than there is time for"),
        pytest.param({"times": "10000"}, "times", "Velg fra listen.", id="not in the list"),
        pytest.param({"closed": "13"}, "closed", "Velg fra listen.", id="no month"),
        pytest.param({"season": "x"}, "season", "Velg fra listen.", id="no season"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(
    frozen: None, client_of: ClientOf, given: dict[str, str], field: str, said: str
) -> None:
    soup = page(client_of("leif").get(f"{HERE}?{urlencode({'regn': '1', **given})}"), 422)
    assert card(soup, "Svaret") is None
    wrong = soup.select_one(f"#id_{field}")
    assert wrong and wrong["aria-invalid"] == "true"
    assert said in text(soup)
    for name, value in given.items():
        typed = soup.select_one(f"input[name={name}]")
        assert typed is None or typed["value"] == value
    assert soup.select("details[open] #id_asked") or not set(given) & set(OWN)


def test_a_figure_is_not_needed_where_ones_own_is_written(frozen: None, client_of: ClientOf) -> None:
    told = words(card(asked(client_of("leif"), places="2"), "Dette bygger svaret på"))
    assert "2 (ditt eget tall)" in told and "33 (fra det siste året)" in told


def test_a_county_governor_asks_about_the_county_where_its_hospital_has_one_queue(
    frozen: None, client_of: ClientOf
) -> None:
    stein, address = client_of("stein"), "/tall-i-fylket/kapasitet/"
    soup = page(stein.get(address))
    assert [one.get_text(strip=True) for one in soup.select("nav[aria-label='Hva det ventes på'] a")] == [
        "Svar på henvisning",
        "Start av behandling",
    ]
    assert rows(card(soup, "Tallene"))[-1] == ["1. halvår 2031", "100", "60"]
    other = page(stein.get(f"{address}?ko=kartlegging&fylke=Oslo"))
    assert other.h1 and other.h1.get_text(strip=True) == "Regn på ventetiden i Agder"
    assert "99" not in text(other), "what is not offered is not read either"
    answered = asked(stein, address, ko="svar", more="1", places="6")
    assert "Hele fylket er én kø." in text(answered) and card(answered, "Svaret")


def test_whose_figures_one_does_not_see_are_refused_or_not_there(frozen: None, client_of: ClientOf) -> None:
    pages = (HERE, "/tall-i-fylket/kapasitet/", f"/tall-i-fylket/{GRIMSTAD}/kapasitet/")
    for key in ("kari", "per", "siri", "bjorn", "eva", "ola"):
        assert [client_of(key).get(address).status_code for address in pages] == [403] * 3, key
    for key in ("leif", "marit"):
        assert [client_of(key).get(address).status_code for address in pages] == [200, 403, 403], key
    assert [client_of("stein").get(address).status_code for address in pages] == [403, 200, 200]
    assert client_of("stein").get("/tall-i-fylket/0301/kapasitet/").status_code == 404
    assert client_of("leif").get(f"{HERE}?ko=finnes-ikke").status_code == 200


def test_the_pages_of_numbers_lead_to_it(frozen: None, client_of: ClientOf) -> None:
    for key, address, way in (
        ("leif", "/tall/", HERE),
        ("stein", f"/tall-i-fylket/{ARENDAL}/", f"/tall-i-fylket/{ARENDAL}/kapasitet/"),
        ("stein", "/tall-i-fylket/", "/tall-i-fylket/kapasitet/"),
    ):
        assert page(client_of(key).get(address)).select(f'main a[href="{way}"]'), address


def test_whoever_asks_again_and_again_waits_and_keeps_what_was_typed(
    frozen: None, client_of: ClientOf, as_admin: Any
) -> None:
    with as_admin(), connection.cursor() as cursor:
        cursor.execute("update sec.limits set burst = 1, every = interval '1 hour' where key = 'foretell'")
    leif, address = client_of("leif"), f"{HERE}?regn=1&more=1"
    assert leif.get(f"{HERE}?regn=1&more=x").status_code == 422, "what is wrong takes nothing"
    assert leif.get(address).status_code == 200
    answer = leif.get(address)
    soup = page(answer, 429)
    assert int(answer["Retry-After"]) > 3000
    assert "Du har regnet ut mange svar på kort tid." in text(soup) and card(soup, "Svaret") is None
    assert soup.select("#id_more")[0]["value"] == "1"
    assert client_of("marit").get(address).status_code == 200, "another person's answers are their own"
    assert leif.get(HERE).status_code == 200


def test_it_asks_the_database_equally_often_whatever_is_asked(frozen: None, client_of: ClientOf) -> None:
    leif = client_of("leif")
    counted = []
    for given in (f"{HERE}?ko=kartlegging", f"{HERE}?regn=1", f"{HERE}?regn=1&more=1&times=2&closed=7"):
        with CaptureQueriesContext(connection) as found:
            assert leif.get(given).status_code == 200
        counted.append(len(found))
    assert counted[1] == counted[2] <= counted[0] + 2 <= 14


def test_the_form_keeps_to_what_can_be_played() -> None:
    form = CapacityForm({"asked": " 1 000 ", "regn": "1"})
    assert not form.is_valid() and list(form.errors) == ["asked"]
    assert CapacityForm({"more": "\u2212 2"}).is_valid()
