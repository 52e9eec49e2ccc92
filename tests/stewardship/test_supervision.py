"""Findings of supervision: the rules as tables, who may say what for which municipality, and what the governor sees."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
import yaml
from bs4 import BeautifulSoup
from django.db import Error, transaction
from django.test import Client

from demo import cast
from demo.places import PLACES
from demo.services import child_welfare
from grunnmur import clock
from grunnmur.cases.definition import DEFINITIONS
from grunnmur.directory import sessions
from grunnmur.directory.kinds import Role
from grunnmur.directory.models import Service
from grunnmur.stewardship import supervision
from grunnmur.stewardship.findings import Said, count, findings, missing, standing
from grunnmur.stewardship.models import FollowUp
from grunnmur.stewardship.terms import FindingAnswer, Standing
from grunnmur.web.bars import WIDTH, bars

DAY = date(2026, 11, 28)
OURS, NOT_OURS, MENDED = FindingAnswer.OURS, FindingAnswer.NOT_OURS, FindingAnswer.MENDED
HAD = Said(OURS, "Det er slik.")
PLANNED = Said(OURS, "Det er slik.", "Lage en rutine", "Helsestasjonen", DAY)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (None, Standing.NOT_ASSESSED),
        (HAD, Standing.OPEN),
        (PLANNED, Standing.UNDER_WAY),
        (Said(OURS, "x", "x", "x", DAY - timedelta(days=1)), Standing.OVERDUE),
        (Said(MENDED, "x", "x", "x", DAY - timedelta(days=1), "Rutinen."), Standing.MENDED),
        (Said(NOT_OURS, "x"), Standing.NOT_OURS),
    ],
)
def test_how_a_finding_stands(said: Said | None, found: Standing) -> None:
    assert standing(said, on=DAY) is found


MISSING = [
    pytest.param(HAD, None, set(), id="we have it"),
    pytest.param(PLANNED, HAD, set(), id="and do something about it"),
    pytest.param(Said(NOT_OURS, "Nei."), None, set(), id="not here"),
    pytest.param(Said(MENDED, "Ja.", shown_by="Rutinen."), HAD, set(), id="mended"),
    pytest.param(Said(MENDED, "Ja.", shown_by="Tall."), Said(MENDED, "Ja.", shown_by="x"), set(), id="shown better"),
    pytest.param(Said(OURS, ""), None, {"why"}, id="without a reason"),
    pytest.param(Said(MENDED, "Ja."), HAD, {"shown_by"}, id="mended without what shows it"),
    pytest.param(Said(OURS, "x", shown_by="x"), None, {"shown_by"}, id="shown to be mended, but not mended"),
    pytest.param(Said(MENDED, "Ja.", shown_by="x"), None, {"answer"}, id="mended, and never had"),
    pytest.param(Said(MENDED, "Ja.", shown_by="x"), Said(NOT_OURS, "x"), {"answer"}, id="mended, and not theirs"),
    pytest.param(Said(OURS, "x", "Lage rutine"), None, {"who", "due_on"}, id="an action by nobody"),
    pytest.param(Said(NOT_OURS, "x", "x", "x", DAY), None, {"action", "who", "due_on"}, id="done about nothing"),
]


@pytest.mark.parametrize(("said", "before", "names"), MISSING)
def test_what_stops_an_answer(said: Said, before: Said | None, names: set[str]) -> None:
    assert missing(said, before=before) == names


def test_the_six_findings_stand_in_a_known_source() -> None:
    sources = yaml.safe_load((DEFINITIONS / "sources.yaml").read_text(encoding="utf-8"))["sources"]
    assert findings().source.key in {one["key"] for one in sources}
    assert len(findings().findings) == 6


def test_the_pieces_of_a_bar_fill_it() -> None:
    times = count([Standing.OPEN, Standing.OPEN, Standing.MENDED])
    (bar,) = bars([("x", times)]).bars
    assert [(one.standing, one.times) for one in bar.pieces] == [(Standing.OPEN, 2), (Standing.MENDED, 1)]
    assert sum(one.width for one in bar.pieces) == pytest.approx(WIDTH)
    assert list(times) == list(Standing), "the table has every standing, also of none"


# --- the database -----------------------------------------------------------------------------------------------------


def write(actor: Any, said: Said, *, place: str = "4202", version: int = 1, finding: str = "samordning") -> FollowUp:
    """A row past the program's own rules."""
    return FollowUp.objects.create(
        municipality_id=place,
        finding=finding,
        version=version,
        recorded_at=clock.now(),
        recorded_by_id=actor.person_id,
        **asdict(said),
    )


@pytest.mark.parametrize(("said", "before", "names"), MISSING)
def test_the_database_refuses_what_the_rule_refuses(
    acting: Any, said: Said, before: Said | None, names: set[str]
) -> None:
    with acting("leif") as leif:
        version = 1
        if before is not None and before.answer is MENDED:
            write(leif, HAD)
            version = 2
        if before is not None:
            write(leif, before, version=version)
            version += 1
        if names:
            with pytest.raises(Error), transaction.atomic():
                write(leif, said, version=version)
        else:
            write(leif, said, version=version)


def test_only_a_leader_writes_and_only_for_the_own_municipality(acting: Any) -> None:
    for key in ("kari", "hege", "per", "ola", "stein", "eva", "bjorn"):
        for place in ("4202", "4215"):
            with acting(key) as actor, pytest.raises(Error), transaction.atomic():
                write(actor, HAD, place=place)
    for key, version in (("leif", 1), ("marit", 2)):
        with acting(key) as actor:
            with pytest.raises(Error), transaction.atomic():
                write(actor, HAD, place="4215", finding="kjennskap")
            write(actor, HAD, version=version)


def test_no_version_is_written_over_left_out_or_changed(acting: Any) -> None:
    with acting("leif") as leif:
        write(leif, HAD)
        for version in (0, 1, 3):
            with pytest.raises(Error), transaction.atomic():
                write(leif, HAD, version=version)
        for change in (lambda rows: rows.update(why="x"), lambda rows: rows.delete()):
            with pytest.raises(Error), transaction.atomic():
                change(FollowUp.objects.filter(municipality="4202"))


def test_who_sees_the_answers(acting: Any) -> None:
    lillesand = next(place for place in PLACES if place.number == "4215")
    leader = child_welfare(lillesand).with_role(Role.LEADER)[0]
    seen = {}
    for key in ("leif", "marit", "stein", "kari", "ola", "eva", "per", "bjorn"):
        with acting(key):
            seen[key] = set(FollowUp.objects.values_list("municipality", flat=True))
    with sessions.acting(leader.membership_id):
        seen["lillesand"] = set(FollowUp.objects.values_list("municipality", flat=True))
    assert seen["leif"] == seen["marit"] == {"4202"}
    assert seen["lillesand"] == {"4215"}
    assert len(seen["stein"]) == 6
    assert not any(seen[key] for key in ("kari", "ola", "eva", "per", "bjorn"))


def test_a_county_governor_sees_its_own_counties_alone(acting: Any, as_admin: Any) -> None:
    with as_admin():
        Service.objects.filter(pk=cast.service("statsforvalteren").id).update(counties=["Rogaland"])
    with acting("stein") as stein:
        assert not FollowUp.objects.exists()
        assert supervision.watched(stein, on=DAY) == []


# --- the pages --------------------------------------------------------------------------------------------------------

ANSWER = {"answer": "ours", "why": "Tjenestene møtes for sjelden.", "version": "0"}


def read(answer: Any) -> BeautifulSoup:
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def test_an_answer_goes_from_assessed_to_mended_and_nothing_is_lost(client_of: Callable[[str], Client]) -> None:
    leif, marit = client_of("leif"), client_of("marit")
    assert "Vi har det også" not in read(leif.get("/tilsyn/samordning/")).select_one("h1").get_text()  # type: ignore[union-attr]
    assert leif.post("/tilsyn/samordning/", ANSWER).status_code == 302
    planned = {**ANSWER, "version": "1", "action": "Felles møte", "who": "Helsestasjonen", "due_on": "01.02.2099"}
    assert marit.post("/tilsyn/samordning/", planned).status_code == 302
    mended = {**planned, "version": "2", "answer": "mended", "shown_by": "Referatene fra fire møter."}
    assert leif.post("/tilsyn/samordning/", mended).status_code == 302
    shown = " ".join(read(marit.get("/tilsyn/")).get_text(" ").split())
    assert "Referatene fra fire møter." in shown and "Leif Aas" in shown and "Marit Haugen" in shown
    said = [one.said.answer for one in supervision_history(client_of) if one.finding == "samordning"]
    assert said == [MENDED, OURS, OURS]


def supervision_history(client_of: Callable[[str], Client]) -> list[supervision.Version]:
    with sessions.acting(cast.membership_id(cast.get("leif"))):
        return supervision.history("4202")


def test_two_who_answer_at_once_do_not_write_over_each_other(client_of: Callable[[str], Client]) -> None:
    assert client_of("leif").post("/tilsyn/samordning/", ANSWER).status_code == 302
    answer = client_of("marit").post("/tilsyn/samordning/", {**ANSWER, "why": "Noe helt annet."})
    assert answer.status_code == 409
    said = answer.content.decode()
    assert "Noen andre har endret dette mens du skrev" in said and "Noe helt annet." in said


def test_ones_own_second_press_is_no_conflict_and_writes_nothing(client_of: Callable[[str], Client]) -> None:
    leif, marit = client_of("leif"), client_of("marit")
    mended = {**ANSWER, "version": "1", "answer": "mended", "shown_by": "Referatene."}
    for form in (ANSWER, ANSWER, mended, mended):
        assert leif.post("/tilsyn/samordning/", form).status_code == 302
    said = [one.number for one in supervision_history(client_of) if one.finding == "samordning"]
    assert said == [2, 1]
    other_words, another = {**mended, "why": "Noe helt annet."}, mended
    assert leif.post("/tilsyn/samordning/", other_words).status_code == 409
    assert marit.post("/tilsyn/samordning/", another).status_code == 409
    assert leif.post("/tilsyn/samordning/", ANSWER).status_code == 409, "an older press of one's own is no second one"


def test_what_another_changed_is_said_before_what_that_change_forbids(client_of: Callable[[str], Client]) -> None:
    assert client_of("leif").post("/tilsyn/samordning/", ANSWER).status_code == 302
    not_ours = {**ANSWER, "version": "1", "answer": "not_ours"}
    assert client_of("marit").post("/tilsyn/samordning/", not_ours).status_code == 302
    mended = {**ANSWER, "version": "1", "answer": "mended", "shown_by": "Referatene."}
    assert client_of("leif").post("/tilsyn/samordning/", mended).status_code == 409


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"answer": "mended", "shown_by": "x"}, "Bare det dere har svart at dere har"),
        ({"answer": "mended"}, "Skriv hva som viser at det er rettet"),
        ({"shown_by": "x"}, "eller tøm feltet"),
        ({"action": "x"}, "Et tiltak trenger hva, hvem og når"),
        ({"answer": "not_ours", "action": "x"}, "gjør dere ikke noe med"),
        ({"why": " "}, "Fyll ut dette feltet"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    client_of: Callable[[str], Client], change: dict[str, str], sentence: str
) -> None:
    answer = client_of("leif").post("/tilsyn/samordning/", {**ANSWER, **change})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not [one for one in supervision_history(client_of) if one.finding == "samordning"]


def test_the_county_governor_sees_numbers_and_answers(client_of: Callable[[str], Client]) -> None:
    stein = client_of("stein")
    shown = read(stein.get("/tilsyn-i-fylket/"))
    assert len(shown.select("figure > svg > text")) == 6 == len(shown.select("table")[0].select("tbody tr"))
    assert len(shown.select("table")[1].select("tbody tr")) == len(PLACES)
    by_finding = [
        [int(td.get_text(" ").split()[-1]) for td in row.select("td")] for row in shown.select("tbody")[0]("tr")
    ]
    assert {sum(row) for row in by_finding} == {len(PLACES)}
    of_grimstad = read(stein.get("/tilsyn-i-fylket/4202/")).get_text()
    assert "Ansvaret for barn fra 6 til 12 år er ikke bestemt." in of_grimstad
    assert "/tilsyn/samordning/" not in str(read(stein.get("/tilsyn-i-fylket/4202/")))
    assert stein.get("/tilsyn-i-fylket/9999/").status_code == 404


def test_everybody_else_is_refused(client_of: Callable[[str], Client]) -> None:
    own, region = ("/tilsyn/", "/tilsyn/samordning/"), ("/tilsyn-i-fylket/", "/tilsyn-i-fylket/4202/")
    for key, address in (
        *product(("kari", "per", "bjorn", "eva"), (*own, *region)),
        *product(("leif", "marit"), region),
        *product(("stein",), own),
    ):
        assert client_of(key).get(address).status_code == 403, (key, address)
    assert client_of("leif").get("/tilsyn/noe-annet/").status_code == 404
