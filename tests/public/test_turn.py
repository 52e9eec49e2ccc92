"""The page where anyone asks whom to call: what it answers, and what it leaves behind."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.core.management import CommandError, call_command
from django.db import Error, IntegrityError, ProgrammingError, connection, transaction
from django.test import Client
from django.utils import timezone

from grunnmur import clock
from grunnmur.directory import offers
from grunnmur.directory.models import Municipality, Offer, Unanswered
from grunnmur.log.models import AccessLog, Event

Outside = Callable[[], AbstractContextManager[None]]
ASK = {"place": "4202", "age": "15", "text": "vil ikke på skolen"}


@pytest.fixture
def anyone(db: None) -> Client:
    return Client(HTTP_HOST="localhost", enforce_csrf_checks=True)


def page(answer: Any) -> BeautifulSoup:
    return BeautifulSoup(answer.content, "html.parser")


def names(answer: Any) -> list[str]:
    return [one.get_text(strip=True) for one in page(answer).select(".call h2")]


def test_three_questions_give_whom_to_call_and_why(anyone: Client) -> None:
    answer = anyone.post("/hjelp/", ASK)
    assert answer.status_code == 200
    first = page(answer).select(".call")[0].get_text(" ", strip=True)
    assert "Hjelper med:" in first and "Vil ikke på skolen" in first and "Grimstad" in first
    assert page(answer).select_one(".call .phone a")["href"].startswith("tel:")  # type: ignore[index,union-attr]
    assert page(answer).select(".ladder .here")
    assert 3 <= len(names(answer)) <= offers.MOST


def test_an_emergency_comes_first(anyone: Client) -> None:
    answer = anyone.post("/hjelp/", {**ASK, "text": "vil ikke leve"})
    assert names(answer)[0] == "Medisinsk nødtelefon"
    assert page(answer).select(".call--now .phone")[0].get_text(strip=True) == "113"


@pytest.mark.parametrize("address", ["/hjelp/", "/hjelp/nb/4202/ramme/", "/hjelp/kart/nb/", "/hjelp/kart/nb/4202/"])
@pytest.mark.parametrize("is_demo", [True, False])
def test_the_demo_says_that_it_is_made_up(anyone: Client, settings: Any, address: str, is_demo: bool) -> None:
    settings.DEMO_LOGIN = is_demo
    assert ("Alt som står her, er laget for det." in anyone.get(address).content.decode()) == is_demo


def test_a_picture_is_enough(anyone: Client) -> None:
    answer = anyone.post("/hjelp/", {"place": "4202", "age": "", "text": "", "need": ["teeth"]})
    assert names(answer)[0] == "Tannklinikken i Grimstad"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"place": ""}, "Velg kommunen der du bor."),
        ({"place": "9999"}, "Velg kommunen der du bor."),
        ({"age": "femten"}, "Skriv alderen i hele år"),
        ({"age": "-1"}, "Skriv alderen i hele år"),
        ({"age": "26"}, "Skriv alderen i hele år"),
        ({"age": "²"}, "Skriv alderen i hele år"),
        ({"text": " "}, "Skriv noen ord"),
        ({"text": "a" * 301}, "Skriv litt kortere"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(
    anyone: Client, change: dict[str, str], sentence: str
) -> None:
    answer = anyone.post("/hjelp/", {**ASK, **change})
    assert answer.status_code == 422
    assert sentence in page(answer).select_one(".field .fault").get_text()  # type: ignore[union-attr]
    kept = {**ASK, **change}
    assert page(answer).select_one("#text").get_text() == kept["text"].strip()  # type: ignore[union-attr]
    assert page(answer).select_one("#age")["value"] == kept["age"]  # type: ignore[index]


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "'; drop table x; --", "\x00", "%s %(a)s {{ 7*7 }}", "\U0001f600"]
)
def test_hostile_words_are_words(anyone: Client, text: str) -> None:
    answer = anyone.post("/hjelp/", {**ASK, "text": text})
    assert answer.status_code in (200, 422)
    assert "<script>" not in answer.content.decode()


def test_nothing_tells_who_asked_or_what(anyone: Client, as_admin: Outside) -> None:
    for answer in (anyone.get("/hjelp/"), anyone.post("/hjelp/", {**ASK, "text": "jeg heter Kanari Fugl og er redd"})):
        assert not answer.cookies
        assert "Cookie" not in answer.get("Vary", "")
        assert "Kanari" not in page(answer).title.get_text()  # type: ignore[union-attr]
    with as_admin():
        assert not AccessLog.objects.exists()
        assert not Event.objects.exists()
        assert set(Unanswered.objects.values_list("need", flat=True)) <= {""}


def test_somebody_who_is_logged_in_is_nobody_here(client_of: Callable[[str], Client], as_admin: Outside) -> None:
    kari = client_of("kari")
    with as_admin():
        before = AccessLog.objects.count()
    assert "Kari" not in kari.post("/hjelp/", ASK).content.decode()
    with as_admin():
        assert AccessLog.objects.count() == before


def test_what_has_no_answer_is_counted_by_month_and_need_alone(anyone: Client, as_admin: Outside) -> None:
    with as_admin():
        Offer.objects.filter(kind__in=["dental", "gp"]).delete()
    for text in ("tannlege", "tannverk", "Kanari Fugl Hemmeligsen", "vil ikke på skolen"):
        anyone.post("/hjelp/", {**ASK, "text": text})
    with as_admin():
        found = list(Unanswered.objects.order_by("need").values_list("municipality", "month", "need", "times"))
    month = clock.today().replace(day=1)
    assert found == [("4202", month, "", 1), ("4202", month, "teeth", 2)]


@pytest.mark.parametrize("key", ["Kanari Fugl", "ola_nordmann1", "É", "a" * 41])
def test_the_database_keeps_nothing_but_a_key(db: None, key: str) -> None:
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select sec.count_unanswered('4202', %s)", [key])


def test_an_offer_that_nobody_looks_over_fades_and_sinks(anyone: Client, as_admin: Outside) -> None:
    with as_admin():
        today = clock.today()
        Offer.objects.update(verified_on=today)
        fresh = names(anyone.post("/hjelp/", ASK))
        Offer.objects.filter(kind="school_health").update(verified_on=today - timedelta(days=800))
    answer = anyone.post("/hjelp/", ASK)
    assert names(answer).index(fresh[0]) > 0
    assert "Ingen har sett over dette på en stund" in page(answer).select_one(".call--faded").get_text()  # type: ignore[union-attr]


def test_the_newest_version_of_an_offer_holds_and_an_ended_one_is_gone(anyone: Client, as_admin: Outside) -> None:
    with as_admin():
        old = Offer.objects.get(name="Tannklinikken i Grimstad")
        new = Offer.objects.get(pk=old.pk)
        new.pk, new.phone, new.recorded_at = None, "37 99 99 99", timezone.now() + timedelta(seconds=1)
        new.save()
    asked = {**ASK, "text": "tannlege"}
    assert "37 99 99 99" in anyone.post("/hjelp/", asked).content.decode()
    with as_admin():
        new.pk, new.ends_on, new.recorded_at = None, clock.today(), timezone.now() + timedelta(seconds=2)
        new.save()
    assert "Tannklinikken i Grimstad" not in names(anyone.post("/hjelp/", asked))


def test_every_municipality_of_the_demo_has_an_answer(anyone: Client) -> None:
    places = offers.list_places()
    assert len(places) == 25
    for one in places:
        assert len(names(anyone.post("/hjelp/", {**ASK, "place": one.number}))) >= 3, one.name


def test_names_that_no_document_gives_are_marked_as_examples(db: None) -> None:
    found = offers.list_offers(place=None, on=clock.today())
    assert {one.name for one in found if not one.is_example} == {
        "FACT Ung Kristiansand",
        "FACT Ung Lindesnes",
        "FACT Ung Arendal",
    }


Change = Callable[[Offer, Any], dict[str, Any]]


@pytest.mark.parametrize(
    ("who", "change", "may"),
    [
        pytest.param("tone", lambda _row, _actor: {}, True, id="its owner"),
        pytest.param("per", lambda _row, _actor: {}, False, id="in the owner's name"),
        pytest.param("per", lambda _row, actor: {"service_id": actor.service_id}, False, id="in one's own name"),
        pytest.param("tone", lambda _row, actor: {"recorded_by_id": uuid4()}, False, id="as another person"),
        pytest.param(
            "tone", lambda _row, _actor: {"recorded_at": clock.now() + timedelta(days=1)}, False, id="from tomorrow"
        ),
        pytest.param("tone", lambda _row, _actor: {"offer": uuid4()}, False, id="a new offer"),
        pytest.param("tone", lambda _row, _actor: {"service_id": None}, False, id="into nobody's hands"),
    ],
)
def test_only_the_owner_describes_an_offer(
    acting: Callable[[str], Any], db: None, who: str, change: Change, may: bool
) -> None:
    row = Offer.objects.get(name="Tannklinikken i Grimstad")
    with acting(who) as actor:
        values = {f.attname: getattr(row, f.attname) for f in Offer._meta.fields if f.attname != "id"}
        values |= {"recorded_by_id": actor.person_id, "recorded_at": clock.now(), **change(row, actor)}
        if may:
            Offer.objects.create(**values)
        else:
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                Offer.objects.create(**values)


def test_an_offer_that_was_handed_over_is_no_longer_the_first_owners(
    acting: Callable[[str], Any], as_admin: Outside
) -> None:
    old = Offer.objects.get(name="Tannklinikken i Grimstad")
    with acting("per") as per:
        pass
    with as_admin():
        new = Offer.objects.get(pk=old.pk)
        new.pk, new.service_id, new.recorded_at = None, per.service_id, clock.now()
        new.save()
    with acting("tone") as tone:
        assert old.offer not in {one.id for one in offers.list_own(tone, on=clock.today())}
        with pytest.raises(offers.NotOurs):
            offers.describe(tone, old.offer, seen=2, at=clock.now())
    with acting("per") as per:
        assert old.offer in {one.id for one in offers.list_own(per, on=clock.today())}
        offers.describe(per, old.offer, seen=2, at=clock.now())


# --- in another site, as data, at the command line ------------------------------------------------------------------


def test_only_a_site_that_the_municipality_has_named_may_show_it_inside_its_own(
    anyone: Client, as_admin: Outside
) -> None:
    inside = "/hjelp/nb/4202/ramme/"
    answer = anyone.get(inside)
    assert answer["X-Frame-Options"] == "DENY" and "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    out = StringIO()
    with as_admin():
        call_command("set_site", "--municipality", "4202", "--site", "https://www.grimstad.example", stdout=out)
    assert inside in out.getvalue()
    answer = anyone.get(inside)
    assert "frame-ancestors https://www.grimstad.example;" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer
    assert not page(answer).select("header")
    assert anyone.get("/hjelp/nb/4202/")["X-Frame-Options"] == "DENY"
    assert anyone.get("/hjelp/nb/4203/ramme/")["X-Frame-Options"] == "DENY"
    with as_admin():
        call_command("set_site", "--municipality", "4202", "--site", "", stdout=out)
    assert anyone.get(inside)["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    "site", ["http://a.no", "https://a.no/", "https://a.no; script-src *", "https://*", "*", "'self'", "https://a.no\n"]
)
def test_what_is_no_site_is_refused_by_the_command_and_by_the_database(as_admin: Outside, site: str) -> None:
    with as_admin():
        with pytest.raises(CommandError, match="https:// and its name"):
            call_command("set_site", "--municipality", "4202", "--site", site)
        with pytest.raises(CommandError, match="not known here"):
            call_command("set_site", "--municipality", "9999", "--site", "https://a.no")
        with pytest.raises(IntegrityError, match="framed_by_is_an_origin"), transaction.atomic():
            Municipality.objects.filter(pk="4202").update(framed_by=site)


@pytest.mark.parametrize("address", ["/hjelp/xx/", "/hjelp/nb/9999/", "/hjelp/data/9999/", "/hjelp/nb/4202/annet/"])
def test_what_does_not_exist_is_not_there(anyone: Client, address: str) -> None:
    assert anyone.get(address).status_code in (302, 404)


def test_the_directory_is_open_data(anyone: Client) -> None:
    answer = anyone.get("/hjelp/data/4202/")
    assert answer["Access-Control-Allow-Origin"] == "*"
    found = answer.json()
    assert found["total_items"] == len(found["contents"]) >= 12
    dental = next(one for one in found["contents"] if one["name"] == "Tannklinikken i Grimstad")
    assert dental["status"] == "active"
    assert dental["phones"] == [{"number": "37 00 00 07"}]
    assert {"label": "kind", "value": "dental"} in dental["attributes"]
    assert anyone.get("/hjelp/data/").json()["total_items"] > found["total_items"]


def test_the_open_data_comes_in_pages_that_together_are_everything(anyone: Client) -> None:
    first = anyone.get("/hjelp/data/").json()
    pages = [anyone.get("/hjelp/data/", {"page": number}).json() for number in range(1, first["total_pages"] + 1)]
    assert len(pages) > 1 and pages[0] == first
    found = [one["id"] for page in pages for one in page["contents"]]
    assert len(found) == len(set(found)) == first["total_items"] == Offer.objects.values("offer").distinct().count()
    assert [page["last_page"] for page in pages] == [False] * (len(pages) - 1) + [True]
    assert [page["first_page"] for page in pages] == [True] + [False] * (len(pages) - 1)


@pytest.mark.parametrize("page", ["0", "-1", "to", "²", "999", "9" * 30])
def test_a_page_that_is_not_there_is_not_found(anyone: Client, page: str) -> None:
    assert anyone.get("/hjelp/data/", {"page": page}).status_code == 404


def turn(*arguments: str) -> list[dict[str, str]]:
    out = StringIO()
    call_command("turn", *arguments, stdout=out)
    found: list[dict[str, str]] = json.loads(out.getvalue())
    return found


def test_a_program_gets_the_same_answer(anyone: Client) -> None:
    found = turn("--json", "--municipality", "4202", "--age", "15", "vil ikke på skolen")
    assert all(set(one) == {"service", "kind", "level", "why", "phone"} for one in found)
    assert [one["service"] for one in found] == names(anyone.post("/hjelp/", ASK))


def test_a_program_gets_an_emergency_first(db: None) -> None:
    found = turn("--json", "--municipality", "4202", "--age", "15", "vil ikke leve")
    assert (found[0]["kind"], found[0]["phone"]) == ("emergency", "113")


def test_an_unknown_municipality_is_said_plainly(db: None) -> None:
    with pytest.raises(CommandError, match="four-digit number"):
        turn("--municipality", "9999", "noe")


@pytest.mark.parametrize("age", ["99", "26", "-1"])
def test_an_age_that_no_offer_is_for_is_said_plainly(db: None, age: str) -> None:
    with pytest.raises(CommandError, match="from 0 to 25"):
        turn("--municipality", "4202", f"--age={age}", "noe")


def test_the_first_page_is_small_with_all_that_it_needs(anyone: Client) -> None:
    from django.contrib.staticfiles import finders

    answer = anyone.get("/hjelp/")
    found = len(answer.content)
    for link in page(answer).select("link[rel=stylesheet], link[rel=icon], script[src], img"):
        file = finders.find(str(link.get("href") or link.get("src")).removeprefix("/static/"))
        assert file, link
        found += Path(str(file)).stat().st_size
    assert found < 60_000, found
    assert not page(answer).select("script, [style]")
