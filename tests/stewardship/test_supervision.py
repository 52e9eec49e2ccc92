"""Findings of supervision: the rules as tables, who may say what for which municipality, and what the governor sees."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.db import Error, transaction
from django.test import Client

from demo import cast
from demo.places import PLACES
from demo.services import child_welfare
from grunnmur import clock
from grunnmur.cases.definition import definitions
from grunnmur.directory import sessions
from grunnmur.directory.kinds import Role
from grunnmur.directory.models import Service
from grunnmur.log.models import AccessLog
from grunnmur.stewardship import supervision
from grunnmur.stewardship.findings import Said, count, findings, missing, standing
from grunnmur.stewardship.models import FollowUp
from grunnmur.stewardship.terms import FindingAnswer, Standing
from grunnmur.web.bars import LEAST, WIDTH, bars
from tests.stewardship.day import DAY

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


def test_the_six_findings_stand_in_a_source_that_may_say_so() -> None:
    source = definitions().source(findings().source.key)
    assert source.kind.can_be_official is findings().source.official is True
    assert len(findings().findings) == 6


def test_the_pieces_of_a_bar_fill_it_side_by_side_and_each_has_room_for_its_sign() -> None:
    times = count([*[Standing.NOT_ASSESSED] * 30, Standing.OPEN, Standing.OPEN, Standing.MENDED])
    (bar,) = bars([("x", times)]).bars
    stand = [(one.standing, one.times) for one in bar.pieces]
    assert stand == [(Standing.NOT_ASSESSED, 30), (Standing.OPEN, 2), (Standing.MENDED, 1)]
    ends = [0.0, *(one.x + one.width for one in bar.pieces)]
    assert ends[-1] == pytest.approx(WIDTH)
    assert [one.x for one in bar.pieces] == pytest.approx(ends[:-1])
    widths = [one.width for one in bar.pieces]
    assert widths == sorted(widths, reverse=True), "the more, the wider"
    assert widths[-1] > LEAST
    assert list(times) == list(Standing), "the table has every standing, also of none"


# --- the database -----------------------------------------------------------------------------------------------------


def write(actor: Any, said: Said, *, version: int = 1, **more: Any) -> FollowUp:
    """A row past the program's own rules; about one finding in the cast's own municipality, unless `more` says."""
    row = {
        "municipality_id": "4202",
        "finding": "samordning",
        "version": version,
        "recorded_at": clock.now(),
        "recorded_by_id": actor.person_id,
    }
    return FollowUp.objects.create(**row | asdict(said) | more)


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
                write(actor, HAD, municipality_id=place)
    for key, version in (("leif", 1), ("marit", 2)):
        with acting(key) as actor:
            with pytest.raises(Error), transaction.atomic():
                write(actor, HAD, municipality_id="4215", finding="kjennskap")
            write(actor, HAD, version=version)


def test_nobody_answers_in_anothers_name_or_ahead_of_time(ahead: datetime, acting: Any) -> None:
    another = cast.get("marit").person_id
    with acting("leif") as leif:
        for more in ({"recorded_by_id": another}, {"recorded_at": ahead}):
            with pytest.raises(Error), transaction.atomic():
                write(leif, HAD, **more)
        write(leif, HAD)


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
    assert leif.post("/tilsyn/samordning/", ANSWER).status_code == 302
    planned = {**ANSWER, "version": "1", "action": "Felles møte", "who": "Helsestasjonen", "due_on": "01.02.2099"}
    assert marit.post("/tilsyn/samordning/", planned).status_code == 302
    mended = {**planned, "version": "2", "answer": "mended", "shown_by": "Referatene fra fire møter."}
    assert leif.post("/tilsyn/samordning/", mended).status_code == 302
    shown = " ".join(read(marit.get("/tilsyn/")).get_text(" ").split())
    assert "Referatene fra fire møter." in shown and "Leif Aas" in shown and "Marit Haugen" in shown
    assert [one.answer for one in rows_of("samordning")] == [MENDED, OURS, OURS]


def test_that_somebody_answered_is_logged_and_nothing_of_what_was_said(
    client_of: Callable[[str], Client], as_admin: Any
) -> None:
    assert client_of("leif").post("/tilsyn/samordning/", ANSWER).status_code == 302
    (row,) = rows_of("samordning")
    with as_admin():
        logged = [str(one) for one in AccessLog.objects.filter(action="answer_finding").values()]
    assert [one for one in logged if str(row.pk) in one]
    assert ANSWER["why"] not in "".join(logged)


def rows_of(finding: str) -> list[FollowUp]:
    """All that Leif's municipality has said of a finding, the newest first."""
    with sessions.acting(cast.membership_id(cast.get("leif"))):
        return list(FollowUp.objects.filter(municipality="4202", finding=finding).order_by("-version"))


def test_what_a_municipality_says_now_does_not_stand_among_what_it_said_before(
    client_of: Callable[[str], Client],
) -> None:
    leif = client_of("leif")
    for version, why in enumerate(("Den første.", "Den andre.", "Den tredje.")):
        assert leif.post("/tilsyn/samordning/", {**ANSWER, "version": version, "why": why}).status_code == 302
    shown = read(leif.get("/tilsyn/")).get_text()
    order = [shown.index(why) for why in ("Den tredje.", "Tidligere svar", "Den andre.", "Den første.")]
    assert order == sorted(order)
    assert shown.count("Den tredje.") == 1


def test_the_page_shows_as_many_of_the_earlier_answers_as_it_says(
    client_of: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "NEWEST", 2)
    leif = client_of("leif")
    for version in range(4):
        assert leif.post("/tilsyn/samordning/", {**ANSWER, "version": version, "why": f"{version}."}).status_code == 302
    page = read(leif.get("/tilsyn/"))
    assert len(page.select(".g-entries > li")) == 2
    assert "Her står de 2 siste." in page.get_text()


def labels_of(page: BeautifulSoup) -> dict[str, str]:
    """The label of each field of the form that one writes in, by the field's name."""
    fields = ("why", "action", "who", "due_on", "shown_by")
    found = {name: page.select_one(f"label[for=id_{name}]") for name in fields}
    return {name: label.get_text(" ", strip=True) for name, label in found.items() if label}


def test_it_can_be_mended_only_where_it_was_said_to_be_so(client_of: Callable[[str], Client]) -> None:
    leif = client_of("leif")
    mended = "input[name=answer][value=mended]"
    for version, answer, can in ((0, None, False), (1, "ours", True), (2, "not_ours", False)):
        if answer:
            form = {**ANSWER, "version": version - 1, "answer": answer}
            assert leif.post("/tilsyn/samordning/", form).status_code == 302
        page = read(leif.get("/tilsyn/samordning/"))
        assert (bool(page.select(mended)), "shown_by" in labels_of(page)) == (can, can), answer
    typed = {**ANSWER, "version": "2", "answer": "mended", "shown_by": "Referatene."}
    refused = leif.post("/tilsyn/samordning/", typed)
    assert refused.status_code == 422
    kept = BeautifulSoup(refused.content, "html.parser")
    assert kept.select(f"{mended}[checked]") and "Referatene." in kept.get_text(), "nothing that was typed is lost"


def test_the_form_asks_for_what_an_action_needs_and_for_nothing_of_a_child(client_of: Callable[[str], Client]) -> None:
    page = read(client_of("leif").get("/tilsyn/samordning/"))
    assert "Skriv aldri om et barn eller en familie." in page.select(".g-lead")[0].get_text()
    labels = labels_of(page)
    assert "(valgfritt)" not in labels["who"] + labels["due_on"]
    for name in ("who", "due_on"):
        hint = page.select_one(f"#id_{name}_hint")
        assert hint and "Må fylles ut når dere har skrevet hva dere gjør." in hint.get_text()


def test_the_page_says_who_sees_the_answers(client_of: Callable[[str], Client]) -> None:
    for key, address in (("leif", "/tilsyn/"), ("stein", "/tilsyn-i-fylket/4202/")):
        shown = " ".join(read(client_of(key).get(address)).get_text(" ").split())
        assert "Bare barnevernlederen og kommuneoverlegen i kommunen og de som arbeider hos statsforvalteren" in shown
        assert "lysark 3" in shown


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
    assert leif.post("/tilsyn/samordning/", {**mended, "version": "2"}).status_code == 302, "nothing was changed"
    assert [one.version for one in rows_of("samordning")] == [2, 1]
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
        ({"answer": "mended", "shown_by": "x"}, "Da kan det ikke være rettet"),
        ({"answer": "mended"}, "Skriv hva som viser at det er rettet"),
        ({"shown_by": "x"}, "eller tøm feltet"),
        ({"action": "x"}, "må dere skrive hva, hvem og når"),
        ({"answer": "not_ours", "action": "x"}, "er det ikke noe å gjøre"),
        ({"why": " "}, "Fyll ut dette feltet"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    client_of: Callable[[str], Client], change: dict[str, str], sentence: str
) -> None:
    answer = client_of("leif").post("/tilsyn/samordning/", {**ANSWER, **change})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert rows_of("samordning") == []


def numbers_of(rows: Tag) -> dict[str, list[int]]:
    """The numbers of each row of a table, by what names the row."""
    return {
        row.select("th span")[-1].get_text(strip=True): [
            int(td.select("span")[-1].get_text()) for td in row.select("td")
        ]
        for row in rows("tr")
    }


def test_the_county_governor_sees_numbers_and_answers(client_of: Callable[[str], Client]) -> None:
    stein = client_of("stein")
    shown = read(stein.get("/tilsyn-i-fylket/"))
    assert len(shown.select("figure > svg > text")) == 6 == len(shown.select("table")[0].select("tbody tr"))
    assert len(shown.select("table")[1].select("tbody tr")) == len(PLACES)
    by_finding, by_place = [numbers_of(table) for table in shown.select("tbody")]
    assert f"6 av {len(PLACES)} kommuner" in shown.get_text()
    assert {sum(row) for row in by_finding.values()} == {len(PLACES)}
    assert by_finding["Uklart hvem som har behandlingsansvar"] == [22, 0, 1, 1, 0, 1]
    assert by_finding["Tilbudene kjenner ikke til hverandre"] == [22, 0, 0, 2, 1, 0]
    assert by_place["Grimstad"] == [3, 0, 1, 1, 1, 0]
    assert by_place["Åmli"] == [6, 0, 0, 0, 0, 0]
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
