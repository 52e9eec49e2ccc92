"""The self-assessment: the rules as tables, the blindness until both have answered, and what the pages show."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, time, timedelta
from itertools import product
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import Error, connection, transaction
from django.test import Client

from demo.places import BY_NUMBER, PLACES
from demo.services import child_welfare
from grunnmur import clock
from grunnmur.cases.definition import definitions
from grunnmur.directory import sessions
from grunnmur.directory.kinds import Role
from grunnmur.log.models import AccessLog
from grunnmur.stewardship.collaboration import (
    Action,
    Answer,
    change,
    count,
    missing,
    needs_ground,
    progress,
    signal,
    statements,
)
from grunnmur.stewardship.models import Assessment, AssessmentAction
from grunnmur.stewardship.terms import Change, Judgement, Progress, Side, Signal
from tests.stewardship.day import DAY
from tests.stewardship.test_implementation import read, refused, words_of

BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)
YES, PARTLY, NO, UNKNOWN = Judgement.YES, Judgement.PARTLY, Judgement.NO, Judgement.UNKNOWN


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (None, None, Signal.NOT_BOTH),
        (YES, None, Signal.NOT_BOTH),
        (YES, YES, Signal.SAME),
        (PARTLY, PARTLY, Signal.SAME_NOT),
        (NO, NO, Signal.SAME_NOT),
        (UNKNOWN, UNKNOWN, Signal.SAME_NOT),
        (YES, NO, Signal.OPPOSITE),
        (YES, PARTLY, Signal.UNLIKE),
        (PARTLY, NO, Signal.UNLIKE),
        (YES, UNKNOWN, Signal.UNLIKE),
        (NO, UNKNOWN, Signal.UNLIKE),
    ],
)
def test_what_two_answers_say_together_whoever_gave_which(
    one: Judgement | None, other: Judgement | None, found: Signal
) -> None:
    assert signal(one, other) is signal(other, one) is found


@pytest.mark.parametrize(
    ("now", "before", "found"),
    [
        (YES, None, None),
        (YES, PARTLY, Change.BETTER),
        (PARTLY, NO, Change.BETTER),
        (NO, YES, Change.WORSE),
        (PARTLY, PARTLY, Change.AS_BEFORE),
        (UNKNOWN, UNKNOWN, Change.AS_BEFORE),
        (YES, UNKNOWN, None),
        (UNKNOWN, YES, None),
    ],
)
def test_how_an_answer_is_beside_the_one_before(now: Judgement, before: Judgement | None, found: Change | None) -> None:
    assert change(now, before) is found


@pytest.mark.parametrize(
    ("action", "names", "stands"),
    [
        (Action("x", "x", DAY), set(), Progress.UNDER_WAY),
        (Action("x", "x", BEFORE), set(), Progress.OVERDUE),
        (Action("x", "x", BEFORE, DAY, "x"), set(), Progress.DONE),
        (Action("", "", None), {"action", "who", "due_on"}, Progress.UNDER_WAY),
        (Action("x", "x", DAY, DAY), {"shown_by"}, Progress.DONE),
        (Action("x", "x", DAY, None, "x"), {"done_on"}, Progress.UNDER_WAY),
        (Action("x", "x", DAY, AFTER, "x"), {"done_on"}, Progress.DONE),
    ],
)
def test_what_stops_an_action_and_how_far_it_has_come(action: Action, names: set[str], stands: Progress) -> None:
    assert missing(action, on=DAY) == names
    assert progress(action, on=DAY) is stands
    assert progress(None, on=DAY) is Progress.NOT_BEGUN


def test_every_statement_says_whose_it_is_and_the_four_areas_are_the_guides() -> None:
    found = statements()
    for one in (*(one for area in found.areas for one in area.statements), found):
        assert definitions().source(one.source.key).kind.can_be_official is one.source.official
    assert [area.nb.about for area in found.areas[:4]] == [
        "Kommunens helsefremmende og forebyggende arbeid",
        "Psykisk helsetilbud i kommunen – helhetlig behandling og oppfølging",
        "Tidlig innsats og samarbeid i kommunen",
        "Koordinering mellom kommune og psykisk helsevern for barn og unge (PHBU)",
    ]
    assert all(len(words.title) <= 40 for area in found.areas for words in (area.nb, area.nn)), "room above a bar"
    assert all(one.source.official for one in found.areas[-1].statements), "a duty stands in a law or is told by S0"


def test_every_signal_is_counted_in_order() -> None:
    assert list(count([Signal.SAME, Signal.SAME]).items()) == [(one, 2 * (one is Signal.SAME)) for one in Signal]


# --- the database -----------------------------------------------------------------------------------------------------

GROUND = Answer(YES, "Referatene.")


def write(actor: Any, side: Side, answer: Answer = GROUND, *, version: int = 1, **more: Any) -> Assessment:
    """A row past the program's own rules, about a statement that the demo is silent of; unless `more` says."""
    row = {
        "municipality_id": "4202",
        "statement": "proeve",
        "side": side,
        "version": version,
        "recorded_at": clock.now(),
        "recorded_by_id": actor.person_id,
    }
    return Assessment.objects.create(**row | asdict(answer) | more)


def act(actor: Any, action: Action, *, version: int = 1) -> AssessmentAction:
    """An action past the program's own rules, about the same statement."""
    return AssessmentAction.objects.create(
        municipality_id="4202",
        statement="proeve",
        version=version,
        recorded_at=clock.now(),
        recorded_by_id=actor.person_id,
        **asdict(action),
    )


def seen() -> list[tuple[str, int]]:
    rows = Assessment.objects.filter(statement="proeve").order_by("version", "side")
    return list(rows.values_list("side", "version"))


def test_nobody_sees_the_other_sides_answer_before_both_have_answered(acting: Any) -> None:
    plan = Action("Felles møte", "Helsestasjonen", AFTER)
    with acting("leif") as leif:
        write(leif, Side.CHILD_WELFARE)
        refused(lambda: write(leif, Side.CHILD_WELFARE, version=2))  # not again before the other has answered
        refused(lambda: act(leif, plan))
    for key in ("marit", "stein", "kari"):
        with acting(key):
            assert seen() == []
    with acting("marit") as marit:
        refused(lambda: write(marit, Side.CHILD_WELFARE, version=2))  # not for the other side
        write(marit, Side.HEALTH, Answer(NO, "Tallene."))
    for key in ("leif", "marit", "stein"):
        with acting(key):
            assert seen() == [("child_welfare", 1), ("health", 1)]
    with acting("marit") as marit:
        write(marit, Side.HEALTH, Answer(PARTLY, "Tallene."), version=2)
        act(marit, plan)
    for key in ("leif", "stein"):
        with acting(key):
            assert seen() == [("child_welfare", 1), ("health", 1)]
    for key in ("kari", "ola", "per", "eva"):
        with acting(key):
            assert not Assessment.objects.exists() and not AssessmentAction.objects.exists()


def test_whether_both_have_answered_elsewhere_is_nobodys_to_ask(acting: Any) -> None:
    def asked() -> Any:
        with connection.cursor() as cursor:
            cursor.execute("select sec.both_assessed('4202', 'der-familiene-er', 1)")
            return cursor.fetchone()[0]

    for key, answer in (("leif", True), ("stein", True), ("ola", False), ("kari", False)):
        with acting(key):
            assert asked() is answer, key
    lillesand = child_welfare(BY_NUMBER["4215"]).with_role(Role.LEADER)[0]
    with sessions.acting(lillesand.membership_id):
        assert asked() is False
        assert not Assessment.objects.exists() and not AssessmentAction.objects.exists()


@pytest.mark.parametrize(
    "more",
    [
        {"built_on": ""},
        {"municipality_id": "4215"},
        {"version": 2},
        {"version": 0},
        {"side": Side.HEALTH},
        {"statement": "Ola Nordmann"},
        {"recorded_at": datetime(2199, 1, 1, tzinfo=clock.OSLO)},
    ],
    ids=lambda more: next(iter(more)),
)
def test_the_database_refuses_an_answer(acting: Any, more: dict[str, Any]) -> None:
    with acting("leif") as leif:
        row = {"version": 1, **more}
        refused(
            lambda: write(leif, more.get("side", Side.CHILD_WELFARE), **{k: v for k, v in row.items() if k != "side"})
        )
    assert needs_ground(Answer(YES)) and not needs_ground(Answer(UNKNOWN)) and not needs_ground(GROUND)


def test_the_database_refuses_an_action_that_is_not_whole(travel: Callable[[datetime], None], acting: Any) -> None:
    travel(datetime.combine(DAY, time(12), clock.OSLO))
    with acting("leif") as leif:
        write(leif, Side.CHILD_WELFARE)
    with acting("marit") as marit:
        write(marit, Side.HEALTH, Answer(UNKNOWN))
        whole = Action("x", "x", DAY, DAY, "x")
        for action in (
            Action(" ", "x", DAY),
            Action("x", "", DAY),
            Action("x", "x", DAY, DAY),
            Action("x", "x", DAY, None, "x"),
            Action("x", "x", DAY, AFTER, "x"),
        ):
            refused(lambda action=action: act(marit, action))
        act(marit, whole)
        refused(lambda: act(marit, whole))
        for table in (Assessment, AssessmentAction):
            refused(lambda table=table: table.objects.filter(statement="proeve").update(version=7))
            refused(lambda table=table: table.objects.filter(statement="proeve").delete())
    with acting("kari") as kari, pytest.raises(Error), transaction.atomic():
        act(kari, whole, version=2)


# --- the pages --------------------------------------------------------------------------------------------------------

AREA = "/egenvurdering/kommune-og-phbu/"
KEYS = ("drofter-forst", "sjelden-sendt-tilbake", "hjelp-etter-bup")
FORM = {"version": "0", **{f"judge-{key}": "no" for key in KEYS}, **{f"ground-{key}": "Vi spurte." for key in KEYS}}


def test_two_answer_the_same_and_then_see_each_other_and_do_something(
    client_of: Callable[[str], Client], as_admin: Any
) -> None:
    leif, marit, stein = client_of("leif"), client_of("marit"), client_of("stein")
    region = "/egenvurdering-i-fylket/4202/kommune-og-phbu/"
    assert "Eksempel:" not in words_of(read(marit.get(AREA))) + words_of(read(stein.get(region)))
    assert "Vi venter på svar fra den andre siden." in words_of(read(leif.get(AREA)))
    assert not read(leif.get(f"{AREA}svar/")).select("input[type=radio]"), "not again before the other has answered"
    assert marit.get(f"{AREA}tiltak/drofter-forst/").status_code == 404
    assert marit.post(f"{AREA}svar/", {**FORM, "version": "1"}).status_code == 409, "somebody answered meanwhile"
    for _press in range(2):
        assert marit.post(f"{AREA}svar/", FORM).status_code == 302
    for client, address in ((leif, AREA), (marit, AREA), (stein, region)):
        shown = words_of(read(client.get(address)))
        assert "Vi spurte." in shown and "Eksempel:" in shown and "Motsatte svar" in shown
    with as_admin():
        logged = [str(one) for one in AccessLog.objects.filter(action="judge_statement").values()]
    assert len(logged) >= 3 and "Vi spurte." not in "".join(logged)
    action = {"version": "0", "action": "Møtes med BUP", "who": "Helsestasjonen", "due_on": "01.02.2099"}
    assert leif.post(f"{AREA}tiltak/drofter-forst/", action).status_code == 302
    assert marit.post(f"{AREA}tiltak/drofter-forst/", {**action, "who": "x"}).status_code == 409
    wrong = {**action, "version": "1", "shown_by": "Referatet."}
    refused_answer = marit.post(f"{AREA}tiltak/drofter-forst/", wrong)
    assert refused_answer.status_code == 422 and "Skriv dagen det ble gjort" in refused_answer.content.decode()
    assert "til det er gjort" not in words_of(read(marit.get(f"{AREA}tiltak/drofter-forst/"))), (
        "the day is always asked"
    )
    without = {**wrong, "due_on": "", "done_on": "01.02.2020"}
    refused_answer = marit.post(f"{AREA}tiltak/drofter-forst/", without)
    assert refused_answer.status_code == 422 and "Skriv når det skal være gjort" in refused_answer.content.decode()
    assert "Møtes med BUP" in words_of(read(stein.get(region)))


def test_the_same_answer_as_the_last_time_is_given_too(client_of: Callable[[str], Client], as_admin: Any) -> None:
    leif, marit, key = client_of("leif"), client_of("marit"), KEYS[0]
    unknown = {f"judge-{key}": "unknown"}
    assert marit.post(f"{AREA}svar/", {"version": "0", **unknown}).status_code == 302
    for _press in range(2):
        assert marit.post(f"{AREA}svar/", {"version": "1", **unknown}).status_code == 302
    assert marit.post(f"{AREA}svar/", {"version": "2", **unknown}).status_code == 422, "it is the other side's turn"
    for _press in range(2):
        assert leif.post(f"{AREA}svar/", {"version": "3", **unknown}).status_code == 302
    with as_admin():
        said = Assessment.objects.filter(municipality="4202", statement=key).order_by("side", "version")
        assert [(one.side, one.version) for one in said] == [
            ("child_welfare", 1),
            ("child_welfare", 2),
            ("health", 1),
            ("health", 2),
        ]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Svar på minst én påstand."),
        ({"judge-drofter-forst": "yes"}, "Skriv hva du bygger svaret på."),
        ({"ground-drofter-forst": "Referatene."}, "Velg et svar."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    client_of: Callable[[str], Client], typed: dict[str, str], sentence: str
) -> None:
    marit = client_of("marit")
    answer = marit.post(f"{AREA}svar/", {"version": "0", **typed})
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert "Dere har svart" not in words_of(read(marit.get(AREA)))


def test_who_answers_again_too_early_is_told_and_nothing_typed_is_lost(client_of: Callable[[str], Client]) -> None:
    answer = client_of("leif").post(f"{AREA}svar/", {**FORM, "version": "3"})
    assert answer.status_code == 422
    said = BeautifulSoup(answer.content, "html.parser")
    assert "når den andre siden har svart" in words_of(said) and len(said.select("textarea")) == 3


def test_the_overview_is_a_picture_and_the_same_as_a_table_and_change_is_told(
    client_of: Callable[[str], Client], django_assert_max_num_queries: Any
) -> None:
    leif, stein = client_of("leif"), client_of("stein")
    with django_assert_max_num_queries(20):
        page = read(leif.get("/egenvurdering/"))
    by_area, changed, done = page.select("tbody")
    numbers = [[int(td.select("span")[-1].get_text()) for td in row.select("td")] for row in by_area.select("tr")]
    drawn = [int(one.get_text()) for one in page.select("figure > svg > g text:nth-of-type(2)")]
    asked = sum(len(area.statements) for area in statements().areas)
    assert sum(map(sum, numbers)) == sum(drawn) == asked
    assert numbers[3] == [3, 0, 0, 0, 0], "health has not answered there"
    since = [[int(td.select("span")[-1].get_text()) for td in row.select("td")] for row in changed.select("tr")]
    assert since == [[7, 2, 6], [4, 0, 9]], "counted by hand from the examples"
    stands = ["Over fristen", "I gang", "Gjort"]
    assert [next(one for one in stands if one in row.get_text()) for row in done.select("tr")] == stands
    shown = words_of(read(leif.get("/egenvurdering/fremme-og-forebygge/")))
    assert "Ja, bedre enn sist" in shown and "Nei, som sist" in shown and "Over fristen" in shown
    region = read(stein.get("/egenvurdering-i-fylket/"))
    assert len(region.select("tbody tr")) == len(PLACES)
    arendal = next(row for row in region.select("tbody tr") if "Arendal" in row.get_text())
    assert [td.select("span")[-1].get_text() for td in arendal.select("td")] == [str(asked), "0", "0", "0", "0"]


def test_everybody_else_is_refused(client_of: Callable[[str], Client]) -> None:
    own = ("/egenvurdering/", AREA, f"{AREA}svar/", f"{AREA}tiltak/drofter-forst/")
    region = ("/egenvurdering-i-fylket/", "/egenvurdering-i-fylket/4202/", "/egenvurdering-i-fylket/4202/pliktene/")
    for key, address in (
        *product(("kari", "eva"), (*own, *region)),
        *product(("leif",), region),
        *product(("stein",), own),
    ):
        assert client_of(key).get(address).status_code == 403, (key, address)
    leif, stein = client_of("leif"), client_of("stein")
    for address in ("/egenvurdering/noe/", "/egenvurdering/noe/svar/", f"{AREA}tiltak/noe/"):
        assert leif.get(address).status_code == 404, address
    for address in ("/egenvurdering-i-fylket/9999/", "/egenvurdering-i-fylket/4202/noe/"):
        assert stein.get(address).status_code == 404, address
