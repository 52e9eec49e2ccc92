"""Programmes and agreements: the rules as tables, who may write what, the warning, the table and the map."""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from demo import cast
from demo.places import PLACES
from grunnmur import clock
from grunnmur.cases.definition import definitions
from grunnmur.directory import sessions
from grunnmur.log.models import AccessLog
from grunnmur.stewardship import models
from grunnmur.stewardship.models import ProgrammeEntry
from grunnmur.stewardship.programmes import Placed, Registered
from grunnmur.stewardship.register import Agreement, Entry, missing, missing_in_agreement, programmes, standing
from grunnmur.stewardship.terms import AgreementStanding, ProgrammeStatus
from grunnmur.web import region_map
from tests.stewardship.day import DAY
from tests.stewardship.test_implementation import read, refused, words_of

BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)
IN_USE, CONSIDERED = ProgrammeStatus.IN_USE, ProgrammeStatus.CONSIDERED
ENDED, NOT_HERE = ProgrammeStatus.ENDED, ProgrammeStatus.NOT_HERE

ENTRIES = [
    pytest.param(Entry(IN_USE, DAY, "Familieteamet"), set(), id="in use since today"),
    pytest.param(Entry(CONSIDERED), set(), id="considered"),
    pytest.param(Entry(NOT_HERE), set(), id="not here"),
    pytest.param(Entry(ENDED, BEFORE), set(), id="ended"),
    pytest.param(Entry(IN_USE), {"since", "contact"}, id="in use, and nothing known"),
    pytest.param(Entry(IN_USE, AFTER, "x"), {"since"}, id="in use from tomorrow"),
    pytest.param(Entry(CONSIDERED, AFTER), {"since"}, id="considered from tomorrow"),
    pytest.param(Entry(ENDED), {"since"}, id="ended, nobody knows when"),
]


@pytest.mark.parametrize(("entry", "names"), ENTRIES)
def test_what_stops_an_entry(entry: Entry, names: set[str]) -> None:
    assert missing(entry, on=DAY) == names


WHOLE = Agreement("Avtalen", "Kommunen og sykehuset", "Møteplass", BEFORE, AFTER, "Oppvekst")
AGREEMENTS = [
    pytest.param(WHOLE, set(), id="whole"),
    pytest.param(replace(WHOLE, signed_on=DAY), set(), id="signed today"),
    pytest.param(
        replace(WHOLE, name="", parties="", scope="", contact=""), {"name", "parties", "scope", "contact"}, id="bare"
    ),
    pytest.param(
        replace(WHOLE, signed_on=AFTER, renew_on=AFTER + timedelta(days=1)), {"signed_on"}, id="signed tomorrow"
    ),
    pytest.param(replace(WHOLE, renew_on=BEFORE), {"renew_on"}, id="renewed as it is signed"),
]


@pytest.mark.parametrize(("agreement", "names"), AGREEMENTS)
def test_what_stops_an_agreement(agreement: Agreement, names: set[str]) -> None:
    assert missing_in_agreement(agreement, on=DAY) == names


@pytest.mark.parametrize(
    ("days", "found"),
    [
        (-1, AgreementStanding.EXPIRED),
        (0, AgreementStanding.RENEW),
        (90, AgreementStanding.RENEW),
        (91, AgreementStanding.VALID),
    ],
)
def test_when_an_agreement_must_be_renewed(days: int, found: AgreementStanding) -> None:
    agreement = replace(WHOLE, renew_on=DAY + timedelta(days=days))
    assert standing(agreement, on=DAY) is found
    assert standing(replace(agreement, is_ended=True), on=DAY) is AgreementStanding.ENDED


def test_every_programme_is_named_by_a_source_that_may_say_so() -> None:
    for one in programmes().programmes:
        assert definitions().source(one.source.key).kind.can_be_official is one.source.official is True
        for words in (one.nb, one.nn):
            assert one.source.key not in words.about, "a reader does not know our keys"


def test_each_municipality_with_a_place_has_a_tile_with_its_sign() -> None:
    in_use = Registered(1, Entry(IN_USE), False, DAY, "")
    drawn = region_map.of_programme(
        [Placed("1", "Nord", in_use, (0, 0)), Placed("2", "Sør", None, (2, 1)), Placed("3", "Uten", in_use, None)]
    )
    assert [(one.name, one.x, one.y, one.standing, one.sign) for one in drawn.tiles] == [
        ("Nord", 0, 0, "in_use", "✓"),
        ("Sør", 160, 80, "", "?"),
    ]
    assert (drawn.width, drawn.height) == (240, 160)
    assert len(set(region_map.SIGNS.values())) == len(ProgrammeStatus) + 1


# --- the database -----------------------------------------------------------------------------------------------------


def enter(actor: Any, entry: Entry, *, version: int = 1, **more: Any) -> ProgrammeEntry:
    """A row past the program's own rules, about a programme that the demo is silent of; unless `more` says."""
    row = {
        "municipality_id": "4202",
        "programme": "proeve",
        "version": version,
        "recorded_at": clock.now(),
        "recorded_by_id": actor.person_id,
    }
    return ProgrammeEntry.objects.create(**row | asdict(entry) | more)


def agree(actor: Any, said: Agreement, *, version: int = 1, **more: Any) -> models.Agreement:
    """A row past the program's own rules, of an agreement of its own; unless `more` says."""
    row = {
        "municipality_id": "4202",
        "agreement": uuid4(),
        "version": version,
        "recorded_at": clock.now(),
        "recorded_by_id": actor.person_id,
    }
    return models.Agreement.objects.create(**row | asdict(said) | more)


def test_the_database_refuses_what_the_rules_refuse(noon: None, acting: Any) -> None:
    with acting("leif") as leif:
        for number, case in enumerate(ENTRIES):
            entry, names = case.values
            key = f"proeve-{'abcdefgh'[number]}"
            if names:
                refused(lambda entry=entry, key=key: enter(leif, entry, programme=key))
            else:
                enter(leif, entry, programme=key)
        for case in AGREEMENTS:
            agreement, names = case.values
            if names:
                refused(lambda agreement=agreement: agree(leif, agreement))
            else:
                agree(leif, agreement)


def test_only_a_leader_writes_for_the_own_municipality_in_the_own_name_and_in_order(
    noon: None, ahead: datetime, acting: Any
) -> None:
    entry = Entry(CONSIDERED)
    for key, place in product(("kari", "per", "ola", "stein", "eva"), ("4202", "4215")):
        with acting(key) as actor:
            refused(lambda actor=actor, place=place: enter(actor, entry, municipality_id=place))
            refused(lambda actor=actor, place=place: agree(actor, WHOLE, municipality_id=place))
    with acting("marit") as marit:
        enter(marit, entry)
        key = agree(marit, WHOLE).agreement
    another = {"recorded_by_id": cast.get("marit").person_id}
    nobody, late = {"recorded_by_id": None}, {"recorded_at": ahead}
    with acting("leif") as leif:
        for more in (
            another,
            nobody,
            late,
            {"is_example": True},
            {"municipality_id": "4215", "version": 1},
            {"version": 1},
        ):
            row = {"version": 2, **more}
            refused(lambda row=row: enter(leif, entry, **row))
            refused(lambda row=row: agree(leif, WHOLE, **{"agreement": key, **row}))
        enter(leif, entry, version=2)
        agree(leif, WHOLE, version=2, agreement=key)
        for table in (ProgrammeEntry, models.Agreement):
            refused(lambda table=table: table.objects.filter(municipality="4202").update(version=9))
            refused(lambda table=table: table.objects.filter(municipality="4202").delete())


def test_who_sees_programmes_and_agreements(acting: Any) -> None:
    seen = {}
    for key in ("leif", "marit", "stein", "kari", "ola", "eva", "per", "bjorn"):
        with acting(key):
            seen[key] = tuple(
                set(table.objects.values_list("municipality", flat=True))
                for table in (ProgrammeEntry, models.Agreement)
            )
    assert seen["leif"] == seen["marit"] == ({"4202"}, {"4202"})
    assert seen["stein"][0] > {"4202", "4203", "4204", "4205"} and seen["stein"][1] == {"4202", "4203", "4204"}
    assert not any(any(seen[key]) for key in ("kari", "ola", "eva", "per", "bjorn"))


# --- the pages --------------------------------------------------------------------------------------------------------

NEW = {
    "version": "0",
    "once_token": "6b1f0b3e-0000-4000-8000-00000000aaaa",
    "name": "Avtale med skolen",
    "parties": "Barneverntjenesten og skolen",
    "scope": "Hvem som sier fra til hvem.",
    "signed_on": "01.02.2024",
    "renew_on": "01.02.2099",
    "contact": "Rektor",
}


def kept(name: str) -> list[tuple[UUID, int]]:
    """The versions of an agreement that Leif's municipality has under a name."""
    with sessions.acting(cast.membership_id(cast.get("leif"))):
        rows = models.Agreement.objects.filter(name=name).order_by("version")
        return list(rows.values_list("agreement", "version"))


def test_an_agreement_is_registered_once_changed_and_warned_of(
    client_of: Callable[[str], Client], as_admin: Any
) -> None:
    leif, marit = client_of("leif"), client_of("marit")
    for _press in range(2):
        assert leif.post("/avtaler/ny/", NEW).status_code == 302
    ((key, _version),) = kept(NEW["name"])
    assert NEW["name"] in words_of(read(marit.get("/ordninger/")))
    assert NEW["name"] not in words_of(read(leif.get("/"))), "it need not be renewed yet"
    soon = {**NEW, "version": "1", "renew_on": (clock.today() + timedelta(days=30)).strftime("%d.%m.%Y")}
    assert marit.post(f"/avtaler/{key}/", soon).status_code == 302
    assert leif.post(f"/avtaler/{key}/", {**soon, "contact": "x"}).status_code == 409
    for client in (leif, marit):
        assert NEW["name"] in words_of(read(client.get("/")))
    assert NEW["name"] not in words_of(read(client_of("kari").get("/"))) + words_of(read(client_of("stein").get("/")))
    assert leif.post(f"/avtaler/{key}/", {**soon, "version": "2", "is_ended": "on"}).status_code == 302
    assert NEW["name"] not in words_of(read(leif.get("/")))
    assert [version for _key, version in kept(NEW["name"])] == [1, 2, 3]
    assert leif.get(f"/avtaler/{uuid4()}/").status_code == 404
    with as_admin():
        logged = "".join(str(one) for one in AccessLog.objects.filter(action="register_agreement").values())
    assert logged and NEW["name"] not in logged


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"signed_on": "01.01.2098"}, "Skriv en dag som ikke er fram i tid"),
        ({"renew_on": "01.02.2024"}, "Skriv en dag etter den dagen avtalen gjelder fra"),
        ({"scope": " "}, "Fyll ut dette feltet"),
    ],
)
def test_what_is_wrong_with_an_agreement_is_said_and_nothing_is_written(
    client_of: Callable[[str], Client], change: dict[str, str], sentence: str
) -> None:
    answer = client_of("leif").post("/avtaler/ny/", {**NEW, **change})
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert kept(NEW["name"]) == []


def test_a_programme_is_registered_and_seen_by_the_county_governor(client_of: Callable[[str], Client]) -> None:
    leif, stein = client_of("leif"), client_of("stein")
    form = {"version": "0", "status": "in_use", "since": "", "contact": ""}
    wrong = leif.post("/ordninger/agdermodellen/", form).content.decode()
    assert "Den kan ikke være fram i tid." in wrong and "Skriv hvem en kan spørre." in wrong
    form |= {"since": "01.02.2024", "contact": "Familieteamet på torget"}
    for _press in range(2):
        assert leif.post("/ordninger/agdermodellen/", form).status_code == 302
    for address in ("/ordninger-i-fylket/agdermodellen/", "/ordninger-i-fylket/kommune/4202/"):
        assert "Familieteamet på torget" in words_of(read(stein.get(address))), address


def test_the_map_and_the_table_say_the_same_and_what_s0_says_is_no_example(
    client_of: Callable[[str], Client], django_assert_max_num_queries: Any
) -> None:
    stein = client_of("stein")
    with django_assert_max_num_queries(20):
        page = read(stein.get("/ordninger-i-fylket/fact-ung/"))
    rows = {row.select("th span")[-1].get_text(strip=True): words_of(row) for row in page.select("tbody tr")}
    has = {name for name, said in rows.items() if "I bruk" in said}
    assert has == set(rows) == {"Kristiansand", "Lindesnes", "Arendal"}
    silent = next(one for one in page.select("main p") if "Ikke svart:" in one.get_text())
    assert len(silent.select("a")) == len(PLACES) - 3
    assert not any("Eksempel" in said for said in rows.values()) and all(
        "ikke sagt" in rows[name] and "Ifølge kilden" in rows[name] for name in has
    )
    tiles = page.select(".g-map__wide > svg > g")
    assert len(tiles) == len(PLACES) and len([one for one in tiles if one["data-standing"] == "in_use"]) == 3
    bti = words_of(read(stein.get("/ordninger-i-fylket/bti/")))
    assert "Eksempel" in bti
    whole = read(stein.get("/ordninger-i-fylket/"))
    fact = next(row for row in whole.select("tbody tr") if "FACT Ung" in row.get_text())
    assert [td.select("span")[-1].get_text() for td in fact.select("td")] == ["3", "0", "0", "0"]


def test_everybody_else_is_refused(client_of: Callable[[str], Client]) -> None:
    own = ("/ordninger/", "/ordninger/bti/", "/avtaler/ny/")
    region = ("/ordninger-i-fylket/", "/ordninger-i-fylket/bti/", "/ordninger-i-fylket/kommune/4202/")
    for key, address in (
        *product(("kari", "eva"), (*own, *region)),
        *product(("leif",), region),
        *product(("stein",), own),
    ):
        assert client_of(key).get(address).status_code == 403, (key, address)
    leif, stein = client_of("leif"), client_of("stein")
    assert leif.get("/ordninger/noe/").status_code == 404
    for address in ("/ordninger-i-fylket/noe/", "/ordninger-i-fylket/kommune/9999/"):
        assert stein.get(address).status_code == 404, address
