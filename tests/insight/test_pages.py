"""The pages of numbers: what leaders and the county governor see, that the hidden is hidden, and who is refused."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from bs4 import Tag
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from grunnmur.clock import OSLO
from grunnmur.insight.halves import Half
from grunnmur.insight.indicators import indicators
from grunnmur.insight.models import Figure, Period
from tests.web.reading import page, text

ClientOf = Callable[[str], Client]
OLD, NEW = Half(2030, 2), Half(2031, 1)
GRIMSTAD, ARENDAL, RISOR = "4202", "4203", "4201"


@pytest.fixture
def frozen(db: None, as_admin: Any) -> None:
    """Two half-years in three municipalities: one with hidden numbers, one with few, and one that stands out."""
    answers = {"in_time": 90, "late": 10, "": 100}
    cells: list[tuple[str | None, str, dict[str, int | None]]] = [
        (GRIMSTAD, "vurdert", {"start": 31, "do_not_start": None, "": None}),
        (GRIMSTAD, "svar-innen-10-dager", {"in_time": 38, "": 38}),
        (ARENDAL, "svar-innen-10-dager", {"in_time": 5, "late": 25, "": 30}),
        (RISOR, "svar-innen-10-dager", {"in_time": None, "late": None, "": 6}),
        (None, "svar-innen-10-dager", answers),
        (None, "vurdert", {"start": 120, "do_not_start": 22, "": 142}),
    ]
    with as_admin():
        for half in (OLD, NEW):
            Period.objects.create(
                from_on=half.from_on,
                until_on=half.until_on,
                frozen_at=datetime(2031, 9, 1, tzinfo=OSLO),
                indicators=[one.key for one in indicators().indicators if one.key != "sporsmal"],
                places=[GRIMSTAD, ARENDAL, RISOR],
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
                for place, key, numbers in cells
                for category, times in numbers.items()
                if half == NEW or place != ARENDAL
            )


def table(soup: Tag, caption: str) -> dict[str, list[str]]:
    """The rows of one table by their names."""
    found = next(one for one in soup.select("table") if one.caption and one.caption.get_text(strip=True) == caption)
    return {
        row.select("th span")[1].get_text(" ", strip=True): [
            td.select(":scope > span")[-1].get_text(" ", strip=True) for td in row.select("td")
        ]
        for row in found.select("tbody tr")
    }


def test_a_leader_sees_the_numbers_of_the_municipality_and_what_is_hidden(frozen: None, client_of: ClientOf) -> None:
    for key in ("leif", "marit"):
        soup = page(client_of(key).get("/tall/"))
        assert soup.h1 and soup.h1.get_text(strip=True) == "Tall om forløpet i Grimstad"
        assert table(soup, "Vurdert") == {
            "Start forløpet": ["31"],
            "Ikke start forløpet": ["Skjult"],
            "I alt": ["Skjult"],
        }
        assert table(soup, "Fra vurdert til avsluttet") == {
            "Vurdert": ["Skjult"],
            "Startet": ["31"],
            "Hadde sitt første oppstartsmøte": ["0"],
            "Avsluttet": ["0"],
        }
        assert list(table(soup, "Vurdert i hvert halvår")) == ["2. halvår 2030", "1. halvår 2031"]


def test_what_was_never_counted_is_not_shown_as_nothing(frozen: None, client_of: ClientOf) -> None:
    stein = client_of("stein")
    here = page(stein.get(f"/tall-i-fylket/{GRIMSTAD}/"))
    assert set(map(tuple, table(here, "Spørsmål mellom tjenestene").values())) == {("Ikke talt",)}, "not a table then"
    assert table(here, "Møter")["I alt"] == ["0"]
    elsewhere = page(stein.get("/tall-i-fylket/4204/"))
    for caption in ("Møter", "Vurdert", "Spørsmål mellom tjenestene"):
        assert set(map(tuple, table(elsewhere, caption).values())) == {("Ikke talt",)}, "not in the program then"
    county = page(stein.get("/tall-i-fylket/"))
    assert table(county, "Møter")["I alt"] == ["0"]
    assert table(county, "Spørsmål mellom tjenestene")["I alt"] == ["Ikke talt"]


def test_a_share_is_shown_over_time_and_what_has_none_says_why(frozen: None, client_of: ClientOf) -> None:
    stein = client_of("stein")
    caption = "Andelen «i tide» over tid"
    shown = page(stein.get(f"/tall-i-fylket/{ARENDAL}/"))
    assert table(shown, caption) == {"2. halvår 2030": ["Ingen", "", ""], "1. halvår 2031": ["17 %", "5", "30"]}
    hidden = page(stein.get(f"/tall-i-fylket/{RISOR}/"))
    assert caption not in text(hidden), "no share to show"


def freeze(as_admin: Any, cells: dict[str, dict[str, int | None]]) -> None:
    """Grimstad's figures of the newest half-year, by indicator and category."""
    with as_admin():
        Figure.objects.bulk_create(
            Figure(
                period_id=NEW.from_on,
                indicator=key,
                county="Agder",
                municipality_id=GRIMSTAD,
                category=category,
                times=n,
            )
            for key, numbers in cells.items()
            for category, n in numbers.items()
        )


def test_how_fast_it_goes_between_every_two_phases_stands_side_by_side(
    frozen: None, as_admin: Any, client_of: ClientOf
) -> None:
    cells: dict[str, dict[str, int | None]] = {
        "hele-forlopet": {"within_180": 10, "later": 30, "": 40},
        "fase-2-til-5": {"within_174": None, "within_348": None, "": 40},
    }
    freeze(as_admin, cells)
    rows = table(page(client_of("leif").get("/tall/")), "Tid mellom fasene")
    assert len(rows) == 15
    assert rows["Fra start til avslutning"] == ["180 dager", "25 %"]
    assert rows["Fra oppstartsmøte til avslutning"] == ["174 dager", "Skjult"]
    assert rows["Fra start til oppstartsmøte"] == ["28 dager", "Ingen"]
    pairs = {(one.since, one.until) for one in indicators().between.pairs}
    assert pairs == {(since, until) for until in range(6) for since in range(until)}, "every pair there is"


def test_a_flow_has_a_band_for_what_is_shown_and_a_line_for_what_is_hidden(
    frozen: None, as_admin: Any, client_of: ClientOf
) -> None:
    cells: dict[str, dict[str, int | None]] = {
        "hvem-henviser": {"gp": 20, "child_welfare": None, "dental": None, "": 30},
        "hvem-far-henvisninger": {"camhs": 30, "": 30},
        "henvisninger-sendt": {"right_granted": 30, "": 30},
    }
    freeze(as_admin, cells)
    soup = page(client_of("leif").get("/tall/"))
    picture = next(one for one in soup.select("figure") if one.svg and "hvem-far" in str(one.svg["aria-labelledby"]))
    assert len(picture.select("path.g-flow")) == 4
    assert len(picture.select("path.g-flow--unshown")) == 2
    assert table(soup, "Hvem som henviser")["Fastlege"] == ["20"]


def test_every_number_leads_to_what_it_means(frozen: None, client_of: ClientOf) -> None:
    for key, address in (("leif", "/tall/"), ("stein", "/tall-i-fylket/"), ("stein", f"/tall-i-fylket/{GRIMSTAD}/")):
        client = client_of(key)
        soup = page(client.get(address))
        meanings = {one["id"] for one in page(client.get("/tall/hva-de-betyr/")).select("section[id]")}
        linked = {
            address.partition("?vis=")[2]
            for one in soup.select("a")
            if "/tall/hva-de-betyr/" in (address := one["href"])
        }
        assert linked == {f"{one.key}#{one.key}" for one in indicators().indicators}
        assert {one.partition("#")[2] for one in linked} == meanings & {one.key for one in indicators().indicators}
        assert (
            len(soup.select("figure > svg[role=img] > title")) == len(soup.select("figure > svg[role=img] > desc")) >= 4
        )


def test_another_half_year_is_chosen_in_the_address_and_nonsense_gives_the_last(
    frozen: None, client_of: ClientOf
) -> None:
    stein = client_of("stein")
    for asked, shown in (
        ("2030-2", "2. halvår 2030"),
        ("2031-1", "1. halvår 2031"),
        ("2029-1", "1. halvår 2031"),
        ("x", "1. halvår 2031"),
    ):
        soup = page(stein.get(f"/tall-i-fylket/{ARENDAL}/?halvar={asked}"))
        assert [one.get_text(strip=True) for one in soup.select("a[aria-current=page]") if "halvår" in one.text] == [
            shown
        ]
        whole = table(soup, "Svar innen 10 virkedager")["I alt"]
        assert whole == (["0"] if asked == "2030-2" else ["30"])


def test_the_county_governor_sees_municipalities_against_chance_and_not_in_rank(
    frozen: None, client_of: ClientOf
) -> None:
    soup = page(client_of("stein").get("/tall-i-fylket/?vis=svar-innen-10-dager"))
    compared = soup.select("#sammenlikning")[0]
    assert table(compared, "Svar innen 10 virkedager") == {
        "Arendal": ["17 %", "5", "30", "ja"],
        "Grimstad": ["100 %", "38", "38", "nei"],
    }
    assert "Hele fylket: 90 %." in text(soup)
    assert "Skjult: Risør. Ikke talt: Birkenes, Bygland," in text(soup)
    signs = {one.get_text(strip=True) for one in compared.select(".g-map__wide .g-map__sign")}
    assert signs == {"17 %", "100 %", "×", "?"}
    other = page(client_of("stein").get("/tall-i-fylket/"))
    assert "Det er for få til å sammenlikne" in text(other), "every municipality's sum is hidden"
    assert "Andelen «start forløpet» av alle avgjørelser i halvåret." in text(other)


def test_whose_numbers_one_does_not_see_are_refused_or_not_there(frozen: None, client_of: ClientOf) -> None:
    pages = ("/tall/", "/tall/hva-de-betyr/", "/tall-i-fylket/", f"/tall-i-fylket/{GRIMSTAD}/")
    for key in ("kari", "per", "siri", "bjorn", "ola"):
        assert [client_of(key).get(address).status_code for address in pages] == [403] * 4, key
    assert [client_of("eva").get(address).status_code for address in pages] == [403, 200, 403, 403], "without a number"
    for key in ("leif", "marit"):
        assert [client_of(key).get(address).status_code for address in pages] == [200, 200, 403, 403], key
    assert [client_of("stein").get(address).status_code for address in pages] == [403, 200, 200, 200]
    assert client_of("stein").get("/tall-i-fylket/0301/").status_code == 404


def test_before_anything_is_counted_the_pages_say_when_it_will_be(client_of: ClientOf) -> None:
    for key, address in (("leif", "/tall/"), ("stein", "/tall-i-fylket/"), ("stein", f"/tall-i-fylket/{GRIMSTAD}/")):
        assert "Ingen tall ennå" in text(page(client_of(key).get(address)))


@pytest.mark.parametrize("asked", ["", "oppmote", "fase-0-til-5", "x"])
def test_what_each_number_means_is_folded_by_group_and_the_asked_one_stands_open(
    client_of: ClientOf, asked: str
) -> None:
    soup = page(client_of("eva").get("/tall/hva-de-betyr/", {"vis": asked}))
    groups = [one for one in soup.select("main details") if one.section]
    assert [one["id"] for group in groups for one in group.select("section")] == [
        one.key for group in indicators().groups for one in indicators().of(group)
    ]
    opened = [[one["id"] for one in group.select("section")] for group in groups if group.has_attr("open")]
    assert len(opened) == (1 if indicators().find(asked) else 0) and all(asked in keys for keys in opened)
    assert all("g-on-paper" in one["class"] for one in soup.select("main details")), "whole on paper"


def test_what_each_number_means_says_what_cannot_be_shown(client_of: ClientOf) -> None:
    said = text(page(client_of("leif").get("/tall/hva-de-betyr/")))
    for one in indicators().indicators:
        for words in (f"Id: {one.key}.", one.nb.asks, one.nb.numerator, one.nb.denominator, one.nb.weak):
            assert words in said
    assert "Ingen tall viser det. Det er hva de ansatte mener om en reform." in said


def test_the_pages_ask_the_database_equally_often_whatever_they_show(frozen: None, client_of: ClientOf) -> None:
    for key, address in (("leif", "/tall/"), ("stein", "/tall-i-fylket/"), ("stein", f"/tall-i-fylket/{GRIMSTAD}/")):
        client = client_of(key)
        asked = []
        for half in (OLD, NEW):
            with CaptureQueriesContext(connection) as found:
                assert client.get(f"{address}?halvar={half.key}").status_code == 200
            asked.append(len(found))
        assert asked[0] == asked[1] <= 16, address
