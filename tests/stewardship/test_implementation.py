"""Putting the pathway into use: the rules as tables, who may say what, what the pages show, and who is trained."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import Error, transaction
from django.test import Client

from demo import cast
from demo.places import PLACES
from grunnmur import clock
from grunnmur.cases.definition import definitions
from grunnmur.directory import sessions
from grunnmur.directory.models import Membership
from grunnmur.log.models import AccessLog
from grunnmur.stewardship import implementation
from grunnmur.stewardship.models import TaskReport, TrainingRecord
from grunnmur.stewardship.own_tasks import steps_with
from grunnmur.stewardship.steps import (
    Report,
    Training,
    Version,
    count,
    missing,
    missing_in_training,
    newest,
    plan,
    progress,
    reached,
    step_standing,
    steps_of,
    tasks_of,
    trained,
    travelled,
    whole,
)
from grunnmur.stewardship.terms import Progress, StepStanding, TaskAnswer, Track, Trained
from tests.stewardship.day import DAY

BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)
UNDER_WAY, DONE, NOT_OURS = TaskAnswer.UNDER_WAY, TaskAnswer.DONE, TaskAnswer.NOT_OURS
BEGUN = Report(UNDER_WAY, who="Helsestasjonen", due_on=AFTER)
FINISHED = Report(DONE, who="Helsestasjonen", done_on=BEFORE, shown_by="Rutinen.")
NOT_HERE = Report(NOT_OURS, "Vi har ingen institusjon.")


@pytest.mark.parametrize(
    ("report", "found"),
    [
        (None, Progress.NOT_BEGUN),
        (BEGUN, Progress.UNDER_WAY),
        (Report(UNDER_WAY, who="x", due_on=DAY), Progress.UNDER_WAY),
        (Report(UNDER_WAY, who="x", due_on=BEFORE), Progress.OVERDUE),
        (FINISHED, Progress.DONE),
        (Report(DONE, "", "x", BEFORE, DAY, "x"), Progress.DONE),
        (NOT_HERE, Progress.NOT_OURS),
    ],
)
def test_how_far_a_task_has_come(report: Report | None, found: Progress) -> None:
    assert progress(report, on=DAY) is found


MISSING = [
    pytest.param(BEGUN, set(), id="under way"),
    pytest.param(FINISHED, set(), id="done"),
    pytest.param(NOT_HERE, set(), id="not theirs"),
    pytest.param(Report(DONE, "Mer.", "x", DAY, DAY, "x"), set(), id="done on its last day, which is today"),
    pytest.param(Report(UNDER_WAY), {"who", "due_on"}, id="by nobody, and never"),
    pytest.param(Report(DONE), {"who", "done_on", "shown_by"}, id="a bare tick"),
    pytest.param(Report(DONE, who="x", done_on=DAY), {"shown_by"}, id="nothing shows it"),
    pytest.param(Report(DONE, "", "x", None, AFTER, "x"), {"done_on"}, id="done tomorrow"),
    pytest.param(Report(UNDER_WAY, "", "x", DAY, DAY, "x"), {"done_on", "shown_by"}, id="shown, and not done"),
    pytest.param(Report(NOT_OURS), {"why"}, id="not theirs, and no reason"),
    pytest.param(Report(NOT_OURS, "x", "x", DAY), {"who", "due_on"}, id="done about what is not theirs"),
]


@pytest.mark.parametrize(("report", "names"), MISSING)
def test_what_stops_a_report(report: Report, names: set[str]) -> None:
    assert missing(report, on=DAY) == names


def test_the_six_steps_are_the_directorates_and_a_task_says_whose_it_is() -> None:
    found = plan()
    assert [step.nb for step in found.steps] == [
        "Kom i gang med samarbeidet",
        "Felles forståelse – felles innsats",
        "Etabler rutiner og prosedyrer",
        "Informasjon og opplæring av ansatte",
        "Informasjon til barn og familier",
        "Evaluer samarbeidet",
    ]
    for one in (*(task for step in found.steps for task in step.tasks), *found.materials, found):
        assert definitions().source(one.source.key).kind.can_be_official is one.source.official
    assert all(step.of(track) for step in found.steps for track in Track if (step.key, track) != ("rutiner", "bufetat"))


def version(task: str, number: int, report: Report, on: date) -> Version:
    return Version(Track.CHILD_WELFARE, task, number, report, on, "Leif Aas")


def test_the_way_travelled_is_counted_at_the_end_of_each_year_and_today() -> None:
    early, late = (
        Report(UNDER_WAY, who="x", due_on=date(2024, 6, 1)),
        Report(UNDER_WAY, who="x", due_on=date(2099, 1, 1)),
    )
    said = [
        version("samtykke", 2, FINISHED, date(2026, 2, 1)),
        version("ansvarlig", 1, late, date(2025, 12, 31)),
        version("samtykke", 1, early, date(2024, 3, 1)),
    ]
    found = [
        (day, {key: times for key, times in one.items() if times}) for day, one in travelled(said, plan().steps, on=DAY)
    ]
    of = len(tasks_of(plan().steps))
    assert found == [
        (date(2024, 12, 31), {Progress.NOT_BEGUN: of - 1, Progress.OVERDUE: 1}),
        (date(2025, 12, 31), {Progress.NOT_BEGUN: of - 2, Progress.OVERDUE: 1, Progress.UNDER_WAY: 1}),
        (DAY, {Progress.NOT_BEGUN: of - 2, Progress.UNDER_WAY: 1, Progress.DONE: 1}),
    ]
    assert list(count(newest(said, on=DAY), tasks_of(plan().steps), on=DAY)) == list(Progress)


@pytest.mark.parametrize(
    ("done_on", "ends"),
    [
        pytest.param(date(2024, 12, 31), {2024: 1, 2025: 1}, id="on the last day of a year"),
        pytest.param(date(2025, 1, 1), {2025: 1}, id="on the first of the next"),
        pytest.param(date(1999, 1, 1), {DAY.year - number: 1 for number in range(10, 0, -1)}, id="very long ago"),
    ],
)
def test_what_was_done_before_it_was_written_down_is_on_the_way_from_its_own_day(
    done_on: date, ends: dict[int, int]
) -> None:
    report = Report(DONE, who="x", done_on=done_on, shown_by="Rutinen.")
    way = travelled([version("samtykke", 1, report, DAY)], plan().steps, on=DAY)
    assert {day.year: counted[Progress.DONE] for day, counted in way[:-1]} == ends
    opened = [version("samtykke", 1, report, BEFORE), version("samtykke", 2, BEGUN, DAY)]
    assert sum(counted[Progress.DONE] for _day, counted in travelled(opened, plan().steps, on=DAY)) == 0, (
        "it was not done after all"
    )


def test_of_what_nothing_is_said_the_way_is_today_alone() -> None:
    assert [day for day, _counted in travelled([], plan().steps, on=DAY)] == [DAY]


@pytest.mark.parametrize(
    ("training", "found"),
    [
        (None, Trained.NOT_YET),
        (Training(None), Trained.NOT_YET),
        (Training(BEFORE), Trained.VALID),
        (Training(BEFORE, DAY + timedelta(days=61)), Trained.VALID),
        (Training(BEFORE, DAY + timedelta(days=60)), Trained.SOON),
        (Training(BEFORE, AFTER), Trained.SOON),
        (Training(BEFORE, DAY), Trained.EXPIRED),
    ],
)
def test_who_is_trained(training: Training | None, found: Trained) -> None:
    assert trained(training, on=DAY) is found


TRAINING = [
    pytest.param(Training(DAY), None, set(), id="today"),
    pytest.param(Training(DAY, AFTER), None, set(), id="for a day"),
    pytest.param(Training(None), Training(DAY), set(), id="taken back"),
    pytest.param(Training(AFTER), None, {"done_on"}, id="tomorrow"),
    pytest.param(Training(DAY, DAY), None, {"expires_on"}, id="expires as it is done"),
    pytest.param(Training(None), None, {"done_on"}, id="nothing to take back"),
    pytest.param(Training(None), Training(None), {"done_on"}, id="taken back twice"),
    pytest.param(Training(None, DAY), Training(DAY), {"expires_on"}, id="taken back until a day"),
]


@pytest.mark.parametrize(("training", "before", "names"), TRAINING)
def test_what_stops_a_training(training: Training, before: Training | None, names: set[str]) -> None:
    assert missing_in_training(training, before=before, on=DAY) == names


DONE_1, LEFT_1, NOT_1 = {Progress.DONE: 1}, {Progress.NOT_BEGUN: 1}, {Progress.NOT_OURS: 1}


@pytest.mark.parametrize(
    ("counted", "found"),
    [
        ({}, StepStanding.NOTHING),
        (NOT_1, StepStanding.NOTHING),
        (LEFT_1, StepStanding.NOT_BEGUN),
        (LEFT_1 | NOT_1, StepStanding.NOT_BEGUN),
        (DONE_1, StepStanding.REACHED),
        (DONE_1 | NOT_1, StepStanding.REACHED),
        (DONE_1 | LEFT_1, StepStanding.BEGUN),
        ({Progress.UNDER_WAY: 1}, StepStanding.BEGUN),
        (LEFT_1 | {Progress.OVERDUE: 1}, StepStanding.BEGUN),
    ],
)
def test_how_a_step_stands(counted: dict[Progress, int], found: StepStanding) -> None:
    assert step_standing({one: counted.get(one, 0) for one in Progress}) is found


@pytest.mark.parametrize(
    ("standings", "numbers", "together"),
    [
        ("", (0, 0), StepStanding.NOTHING),
        ("NOTHING", (0, 0), StepStanding.NOTHING),
        ("REACHED NOTHING REACHED", (2, 2), StepStanding.REACHED),
        ("REACHED NOT_BEGUN", (1, 2), StepStanding.BEGUN),
        ("BEGUN NOT_BEGUN", (0, 2), StepStanding.BEGUN),
        ("NOT_BEGUN NOTHING", (0, 1), StepStanding.NOT_BEGUN),
    ],
)
def test_how_many_steps_are_reached(standings: str, numbers: tuple[int, int], together: StepStanding) -> None:
    steps = [StepStanding[one] for one in standings.split()]
    assert (reached(steps), whole(steps)) == (numbers, together)


def test_the_steps_of_a_kind_of_service_follow_its_own_tasks_alone() -> None:
    first = plan().steps[0]
    done = [Version(Track.GP, task.key, 1, FINISHED, DAY, "x") for task in first.of(Track.GP)]
    last = newest(done, on=DAY)
    assert steps_of(last, Track.GP, plan().steps, on=DAY)[0] is StepStanding.REACHED
    assert steps_of(last, Track.DENTAL, plan().steps, on=DAY)[0] is StepStanding.NOT_BEGUN
    not_theirs = [Version(Track.GP, task.key, 2, NOT_HERE, DAY, "x") for task in first.of(Track.GP)]
    assert steps_of(newest([*done, *not_theirs], on=DAY), Track.GP, plan().steps, on=DAY)[0] is StepStanding.NOTHING


# --- the database -----------------------------------------------------------------------------------------------------


def write(actor: Any, report: Report, *, version: int = 1, **more: Any) -> TaskReport:
    """A row past the program's own rules; about one task that the demo is silent of."""
    row = {
        "municipality_id": "4202",
        "track": "bufetat",
        "task": "spore-familiene",
        "version": version,
        "recorded_at": clock.now(),
        "recorded_by_id": actor.person_id,
    }
    return TaskReport.objects.create(**row | asdict(report) | more)


def refused(what: Callable[[], object]) -> None:
    with pytest.raises(Error), transaction.atomic():
        what()


def test_the_database_refuses_what_the_rule_refuses(noon: None, acting: Any) -> None:
    with acting("leif") as leif:
        for number, case in enumerate(MISSING):
            report, names = case.values
            task = f"proeve-{'abcdefghijklm'[number]}"
            if names:
                refused(lambda report=report, task=task: write(leif, report, task=task))
            else:
                write(leif, report, task=task)


def test_only_a_leader_writes_for_the_own_municipality_in_the_own_name_and_in_order(
    noon: None, ahead: datetime, acting: Any
) -> None:
    for key, place in product(("kari", "hege", "per", "ola", "stein", "eva", "bjorn"), ("4202", "4215")):
        with acting(key) as actor:
            refused(lambda actor=actor, place=place: write(actor, BEGUN, municipality_id=place))
    for key, number in (("leif", 1), ("marit", 2)):
        with acting(key) as actor:
            refused(lambda actor=actor: write(actor, BEGUN, municipality_id="4201"))
            write(actor, BEGUN, version=number)
    with acting("leif") as leif:
        for number in (0, 1, 2, 4):
            refused(lambda number=number: write(leif, BEGUN, version=number))
        refused(lambda: write(leif, BEGUN, version=3, recorded_by_id=cast.get("marit").person_id))
        refused(lambda: write(leif, BEGUN, version=3, recorded_at=ahead))
        refused(lambda: TaskReport.objects.filter(municipality="4202").update(who="x"))
        refused(lambda: TaskReport.objects.filter(municipality="4202").delete())


def test_who_sees_how_far_a_municipality_has_come(acting: Any) -> None:
    seen = {}
    for key in ("leif", "marit", "stein", "kari", "ola", "eva", "per", "bjorn"):
        with acting(key):
            seen[key] = set(TaskReport.objects.values_list("municipality", flat=True))
    assert seen["leif"] == seen["marit"] == {"4202"}
    assert len(seen["stein"]) == 6
    assert not any(seen[key] for key in ("kari", "ola", "eva", "per", "bjorn"))


def train(actor: Any, training: Training, *, version: int = 1, **more: Any) -> TrainingRecord:
    """A row past the program's own rules, about Kari; unless `more` says."""
    row = {
        "service_id": actor.service_id,
        "person_id": cast.get("kari").person_id,
        "material": "lansering",
        "version": version,
        "recorded_at": clock.now(),
        "recorded_by_id": actor.person_id,
    }
    return TrainingRecord.objects.create(**row | asdict(training) | more)


def test_the_database_refuses_the_training_that_the_rule_refuses(noon: None, acting: Any) -> None:
    with acting("leif") as leif:
        for number, case in enumerate(TRAINING):
            training, before, names = case.values
            last, material = 1, f"proeve-{'abcdefgh'[number]}"
            for said in [Training(DAY), before] if before == Training(None) else [before] if before else []:
                train(leif, said, version=last, material=material)
                last += 1

            def more(training: Training = training, last: int = last, material: str = material) -> object:
                return train(leif, training, version=last, material=material)

            if names:
                refused(more)
            else:
                more()


def test_only_who_administers_a_service_writes_of_its_own_people(noon: None, acting: Any) -> None:
    for key in ("kari", "marit", "hege", "ola", "stein"):
        with acting(key) as actor:
            refused(lambda actor=actor: train(actor, Training(DAY)))
    with acting("leif") as leif:
        refused(lambda: train(leif, Training(DAY), person_id=cast.get("hege").person_id))
        refused(lambda: train(leif, Training(DAY), service_id=cast.service("skolehelse").id))
        train(leif, Training(DAY))
        refused(lambda: train(leif, Training(DAY)))


@pytest.mark.parametrize("change", [{"starts_on": AFTER}, {"ends_on": DAY}], ids=["works there later", "has left"])
def test_nothing_is_written_of_who_does_not_work_there_today(
    noon: None, acting: Any, as_admin: Any, change: dict[str, date]
) -> None:
    with as_admin():
        Membership.objects.filter(pk=cast.membership_id(cast.get("kari"))).update(**change)
    with acting("leif") as leif:
        assert cast.get("kari").person_id not in dict(implementation.employees(leif, on=DAY))
        refused(lambda: train(leif, Training(DAY)))


def test_who_sees_who_is_trained(acting: Any) -> None:
    with acting("leif"):
        everybody = set(TrainingRecord.objects.values_list("person", flat=True))
    assert len(everybody) > 2
    with acting("kari") as kari:
        assert set(TrainingRecord.objects.values_list("person", flat=True)) == {kari.person_id}
    for key in ("marit", "stein", "ola", "hege"):
        with acting(key):
            assert not TrainingRecord.objects.exists()


def test_what_must_be_gone_through_anew_is_told_to_who_administers_and_to_oneself(noon: None, acting: Any) -> None:
    leif = cast.get("leif").person_id
    soon, late, far = (Training(BEFORE, DAY + timedelta(days=days)) for days in (30, 0, 90))
    with acting("leif") as actor:
        before = implementation.to_train(actor, on=DAY)
        train(actor, soon, material="proeve-a")
        train(actor, late, material="proeve-b", person_id=leif)
        train(actor, far, material="proeve-c", person_id=leif)
        found = implementation.to_train(actor, on=DAY)
        assert [one for one in found if one not in before] == [
            ("Kari Lunde", "proeve-a", soon),
            ("Leif Aas", "proeve-b", late),
        ]
        train(actor, Training(None), material="proeve-b", person_id=leif, version=2)
        assert "proeve-b" not in {material for _name, material, _said in implementation.to_train(actor, on=DAY)}
    with acting("kari") as actor:
        assert {name for name, _material, _said in implementation.to_train(actor, on=DAY)} == {"Kari Lunde"}
    with acting("hege") as actor:
        assert not implementation.to_train(actor, on=DAY)


# --- the pages --------------------------------------------------------------------------------------------------------

TASK = "/innforing/bufetat/ta-initiativ/"
FORM = {"answer": "under_way", "who": "Fagteamet", "due_on": "01.02.2099", "version": "0"}


def read(answer: Any) -> BeautifulSoup:
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def words_of(page: BeautifulSoup) -> str:
    return " ".join(page.get_text(" ").split())


def rows_of(task: str) -> list[TaskReport]:
    """All that Leif's municipality has said of a task for Bufetat, the newest first."""
    with sessions.acting(cast.membership_id(cast.get("leif"))):
        return list(TaskReport.objects.filter(municipality="4202", track="bufetat", task=task).order_by("-version"))


def test_a_task_goes_from_begun_to_shown_to_be_done_and_nothing_is_lost(
    client_of: Callable[[str], Client], as_admin: Any
) -> None:
    leif, marit = client_of("leif"), client_of("marit")
    assert leif.post(TASK, FORM).status_code == 302
    assert leif.post(TASK, FORM).status_code == 302, "one's own second press"
    assert marit.post(TASK, {**FORM, "who": "Noen andre"}).status_code == 409
    done = {**FORM, "version": "1", "answer": "done", "done_on": "01.02.2024", "shown_by": "Brevet til fosterhjemmene."}
    assert marit.post(TASK, done).status_code == 302
    assert [one.answer for one in rows_of("ta-initiativ")] == [DONE, UNDER_WAY]
    shown = words_of(read(leif.get("/innforing/bufetat/")))
    assert "Brevet til fosterhjemmene." in shown and "Marit Haugen" in shown and "Leif Aas" in shown
    assert shown.index("Brevet til fosterhjemmene.") < shown.index("Tidligere svar") < shown.rindex("Leif Aas")
    council = words_of(read(leif.get("/innforing/")))
    assert "Brevet til fosterhjemmene." in council and "01.02.2024" in council
    with as_admin():
        logged = "".join(str(one) for one in AccessLog.objects.filter(action="report_task").values())
    assert str(rows_of("ta-initiativ")[0].pk) in logged and "Brevet" not in logged


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"answer": "done"}, "Skriv hva som viser at det er gjort"),
        ({"answer": "done", "shown_by": "x", "done_on": "01.01.2099"}, "Den kan ikke være fram i tid"),
        ({"due_on": ""}, "Skriv når det skal være gjort"),
        ({"shown_by": "x"}, "eller tøm feltet"),
        ({"answer": "not_ours", "why": "x"}, "er det ikke noe å gjøre"),
        ({"answer": "not_ours", "who": "", "due_on": ""}, "Skriv hvorfor det ikke gjelder"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    client_of: Callable[[str], Client], change: dict[str, str], sentence: str
) -> None:
    answer = client_of("leif").post(TASK, {**FORM, **change})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert rows_of("ta-initiativ") == []


def test_the_page_for_the_council_is_a_picture_and_the_same_as_a_table(
    acting: Any, client_of: Callable[[str], Client], django_assert_max_num_queries: Any
) -> None:
    leif = client_of("leif")
    with django_assert_max_num_queries(20):
        page = read(leif.get("/innforing/"))
    steps = page.select("figure")[0]
    assert (
        len(steps.select("figure > svg > text")) == 6
        and steps.select_one("svg > title")
        and steps.select_one("svg > desc")
    )
    tables = page.select("table")
    numbers = [
        [int(td.select("span")[-1].get_text()) for td in row.select("td")] for row in tables[0].select("tbody tr")
    ]
    drawn = sum(int(one.get_text()) for one in steps.select("figure > svg > g text:nth-of-type(2)"))
    with acting("leif"):
        own = {key: one.task for key, one in implementation.own_tasks("4202").items()}
    assert sum(map(sum, numbers)) == len(tasks_of(steps_with(own))) == drawn
    assert sum(row[list(Progress).index(Progress.DONE)] for row in numbers) == 22
    assert "22 av 58 oppgaver er gjort" in words_of(page)
    assert "Skal ikke ligge framme" not in str(page), "it is for others to read"
    assert all("g-on-paper" in one["class"] for one in page.select("main details")), "all that shows it is on the paper"
    acts = page.select('main :is(a[href*="/materiell/"], a[href*="/evaluering/"], a[href="/opplaering/"])')
    assert len(acts) >= 6
    for one in acts:
        assert "ds-button" in one["class"] or one.find_parent(class_="g-go"), f"on the council's paper: {one}"
    of_governor = client_of("stein").get("/innforing-i-fylket/4202/")
    assert "22 av 58" in words_of(read(of_governor)) and "/innforing/bufetat/" not in of_governor.content.decode()
    region = read(client_of("stein").get("/innforing-i-fylket/"))
    assert len(region.select("tbody tr")) == len(PLACES)


def test_the_county_governor_sees_which_steps_are_reached_where_as_a_map_and_a_table(
    client_of: Callable[[str], Client], django_assert_max_num_queries: Any
) -> None:
    stein = client_of("stein")
    with django_assert_max_num_queries(20):
        page = read(stein.get("/innforing-i-fylket/trinn/"))
    tiles = {
        tile.select("text")[0].get_text(): (tile["data-standing"], tile.select("text")[1].get_text())
        for tile in page.select(".g-map__wide > svg > g")
    }
    rows = {
        row.select_one("th a").get_text(): [td.select(".ds-sr-only")[-1].get_text() for td in row.select("td")]
        for row in page.select("table")[0].select("tbody tr")
    }
    assert len(rows) == len(tiles) == len(PLACES) and all(len(row) == 6 for row in rows.values())
    steps = rows["Grimstad"]
    assert tiles["Grimstad"] == ("under_way", f"→ {steps.count('Nådd')}/{6 - steps.count('Ikke noe å gjøre')}")
    assert steps.count("Nådd") > 0 and set(rows["Valle"]) == {"Ikke begynt"}
    own = read(client_of("leif").get("/innforing/"))
    table = next(one for one in own.select("table") if one.caption.get_text() == "Trinn som er nådd for hver tjeneste")
    mine = [td.select(".ds-sr-only")[-1].get_text() for td in table.select("tbody tr")[0].select("td")]
    assert mine == steps, "the municipality sees the same of itself"
    bufetat = read(stein.get("/innforing-i-fylket/trinn/?tjeneste=bufetat"))
    assert bufetat.select_one("nav.g-actions [aria-current=page]").get_text() == "Bufetat"
    nonsense = read(stein.get("/innforing-i-fylket/trinn/?tjeneste=%00x"))
    assert nonsense.select_one("nav.g-actions [aria-current=page]").get_text() == "Barneverntjenesten"


def test_everybody_else_is_refused(client_of: Callable[[str], Client]) -> None:
    own, region = (
        ("/innforing/", "/innforing/gp/", TASK),
        (
            "/innforing-i-fylket/",
            "/innforing-i-fylket/trinn/",
            "/innforing-i-fylket/4202/",
        ),
    )
    for key, address in (
        *product(("kari", "per", "eva"), (*own, *region)),
        *product(("leif",), region),
        *product(("stein",), own),
    ):
        assert client_of(key).get(address).status_code == 403, (key, address)
    leif, stein = client_of("leif"), client_of("stein")
    for address in ("/innforing/noe/", "/innforing/gp/ta-initiativ/", "/innforing/noe/ansvarlig/"):
        assert leif.get(address).status_code == 404, address
    assert stein.get("/innforing-i-fylket/9999/").status_code == 404


def test_training_is_written_of_ones_own_people_and_each_sees_their_own(client_of: Callable[[str], Client]) -> None:
    leif, kari = client_of("leif"), client_of("kari")
    address = f"/opplaering/{cast.get('kari').person_id}/lansering/"
    assert leif.post(address, {"done_on": "", "version": "0"}).status_code == 422, "nothing to take back"
    for _press in range(2):
        assert leif.post(address, {"done_on": "17.02.2023", "expires_on": "", "version": "0"}).status_code == 302
    everybody, own = words_of(read(leif.get("/opplaering/"))), words_of(read(kari.get("/opplaering/")))
    assert "17.02.2023" in everybody and "17.02.2023" in own
    assert "Må gjøres på nytt" in everybody and "Leif Aas" in everybody
    assert "Leif Aas" not in own and "/opplaering/" not in str(read(kari.get("/opplaering/")).select("main a"))
    assert kari.get(address).status_code == 403
    soon = f"{clock.today() + timedelta(days=20):%d.%m.%Y}"
    assert leif.post(address, {"done_on": "17.02.2023", "expires_on": soon, "version": "1"}).status_code == 302
    told = words_of(read(leif.get("/")))
    assert "Opplæring som må gjøres på nytt" in told
    assert f"Kari Lunde: Lanseringswebinaret 16. februar 2023, fra {soon}" in told
    assert "Må snart gjøres på nytt" in words_of(read(kari.get("/opplaering/")))
    for client in (kari, client_of("marit")):
        assert "Opplæring som må gjøres" not in words_of(read(client.get("/")))
    assert leif.get(f"/opplaering/{cast.get('hege').person_id}/lansering/").status_code == 404
    assert leif.get(f"/opplaering/{cast.get('kari').person_id}/noe-annet/").status_code == 404
    assert leif.post(address, {"done_on": "", "expires_on": "", "version": "2"}).status_code == 302
    assert "17.02.2023" not in words_of(read(kari.get("/opplaering/")))
