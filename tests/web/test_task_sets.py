"""Sets of tasks: what a service keeps of its own, and one that is fetched into a plan in one press."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from demo import cast
from grunnmur import clock
from grunnmur.cases.actions import plans
from grunnmur.cases.definition import definitions
from grunnmur.cases.door import Invalid
from grunnmur.cases.models import Child, RelatedPerson, Task, TaskVersion
from grunnmur.directory import task_sets
from grunnmur.directory.kinds import ServiceKind
from grunnmur.directory.models import Service, TaskSet
from grunnmur.directory.task_sets import Line
from grunnmur.log.models import Event
from grunnmur.web.jinja import dato
from tests import together
from tests.web.reading import fault, form_of, page, text

Acting = Callable[[str], AbstractContextManager[Any]]
ClientOf = Callable[[str], Any]
AsAdmin = Callable[[], AbstractContextManager[None]]
AFTER_STARTUP = next(one for one in definitions().task_sets if one.key == "after_startup")
OWN = [Line("Bestille tolk", None, 2), Line("Måle høyde og vekt", ServiceKind.GP, 10)]


@pytest.fixture
def case(acting: Acting, anna: Child) -> uuid.UUID:
    """Under way since today; the GP and ABUP may take part."""
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        together.start(kari, pathway_id)
        together.let_in(kari, pathway_id, "storgata", "abup")
    return pathway_id


def plan(case: uuid.UUID, *more: object) -> str:
    return "/".join(["", "forlop", str(case), "plan", *map(str, more), ""])


def keep(acting: Acting, who: str = "leif", **more: Any) -> uuid.UUID:
    """A set of the service, as its leader writes it."""
    with acting(who) as actor:
        return task_sets.keep(
            **{
                "actor": actor,
                "set_id": None,
                "once": None,
                "seen": 0,
                "name": "Nytt fosterhjem",
                "lines": OWN,
                "in_use": True,
                **more,
            }
        )


def name_of(service: str) -> str:
    return cast.service(service).name


def in_plan() -> set[tuple[str, str, str]]:
    rows = TaskVersion.objects.select_related("service", "related_person")
    return {
        (row.what, (row.service or row.related_person).name, f"{row.due_on:%d.%m.%Y}" if row.due_on else "")  # type: ignore[union-attr]  # one of them
        for row in rows
    }


# --- fetching --------------------------------------------------------------------------


def test_all_that_a_set_holds_is_filled_in_and_one_press_puts_it_in_the_plan(
    client_of: ClientOf, case: uuid.UUID, acting: Acting
) -> None:
    keep(acting)
    kari = client_of("kari")
    link = page(kari.get(plan(case))).main.find("a", string="Nytt fosterhjem")
    form = form_of(page(kari.get(link["href"])))
    assert kari.post(link["href"], form).headers["Location"] == plan(case)
    with acting("kari"):
        assert in_plan() == {
            ("Bestille tolk", name_of("grimstad"), together.day(2).strftime("%d.%m.%Y")),
            ("Måle høyde og vekt", name_of("storgata"), together.day(10).strftime("%d.%m.%Y")),
        }


def test_each_task_can_be_changed_or_left_out(client_of: ClientOf, case: uuid.UUID, acting: Acting) -> None:
    key = keep(acting)
    with acting("kari"):
        mother = RelatedPerson.objects.get(relation="mother")
    kari = client_of("kari")
    url = plan(case, "sett", key)
    form = form_of(
        page(kari.get(url)),
        task_0_what="Bestille tolk i polsk",
        task_0_who=f"person:{mother.pk}",
        task_0_due=dato(together.day(4)),
        task_1_take=None,
    )
    assert kari.post(url, form).status_code == 302
    with acting("kari"):
        assert in_plan() == {("Bestille tolk i polsk", mother.name, f"{together.day(4):%d.%m.%Y}")}


def test_two_presses_make_the_tasks_once(client_of: ClientOf, case: uuid.UUID, acting: Acting) -> None:
    url = plan(case, "sett", keep(acting))
    kari = client_of("kari")
    form = form_of(page(kari.get(url)))
    assert [kari.post(url, form).status_code for _press in range(2)] == [302, 302]
    with acting("kari"):
        assert Task.objects.count() == 2
        event = Event.objects.get(name="tasks.set")
        assert event.data == {"task_set": url.rstrip("/").rsplit("/", 1)[1], "tasks": 2}


def test_whom_a_task_cannot_be_given_is_asked_for_beside_it_and_nothing_is_written(
    client_of: ClientOf, case: uuid.UUID, acting: Acting
) -> None:
    """The GP takes part; the school nurse does not."""
    kari = client_of("kari")
    url = plan(case, "sett", "after_startup")
    read = page(kari.get(url))
    whats = [field["value"] for field in read.select("input[name$=_what]")]
    assert whats == [task.what for task in AFTER_STARTUP.tasks]
    nurse = [task.service for task in AFTER_STARTUP.tasks].index(ServiceKind.SCHOOL_HEALTH)
    doctor = [task.service for task in AFTER_STARTUP.tasks].index(ServiceKind.GP)
    form = form_of(read)
    assert form[f"task_{doctor}_who"] == f"service:{together.service_id('storgata')}"
    assert not form[f"task_{nurse}_who"]
    assert "Vanligvis: helsestasjon og skolehelsetjeneste." in text(read)
    wrong = page(kari.post(url, form), status=422)
    assert "Velg én" in fault(wrong, f"task_{nurse}_who")
    assert form_of(wrong)[f"task_{nurse}_what"] == whats[nurse], "nothing that was typed is lost"
    with acting("kari"):
        assert not Task.objects.exists()
    assert kari.post(url, form | {f"task_{nurse}_take": ""}).status_code == 302
    with acting("kari"):
        assert Task.objects.count() == len(whats) - 1


def test_nothing_that_is_ours_is_called_national(client_of: ClientOf, case: uuid.UUID) -> None:
    read = page(client_of("kari").get(plan(case, "sett", "after_startup")))
    told = ["det nasjonale forløpet" in row.get_text() for row in read.select("fieldset.g-row")]
    assert told == [task.source.official for task in AFTER_STARTUP.tasks]
    assert True in told and False in told


def test_a_set_is_read_in_nynorsk(client_of: ClientOf, case: uuid.UUID) -> None:
    kari = client_of("kari")
    kari.post("/sprak/", {"language": "nn", "back": "/"})
    read = page(kari.get(plan(case, "sett", "after_startup")))
    assert [field["value"] for field in read.select("input[name$=_what]")] == [
        task.nynorsk for task in AFTER_STARTUP.tasks
    ]


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        pytest.param({"task_0_what": " "}, "task_0_what", "hva som skal", id="nothing"),
        pytest.param({"task_1_due": "01.01.2020"}, "task_1_due", "gått ut", id="a-day-that-has-been"),
        pytest.param({"task_1_due": "snart"}, "task_1_due", "Skriv datoen", id="no-date"),
        pytest.param({"task_0_who": f"service:{uuid.uuid4()}"}, "task_0_who", "ikke med i forløpet", id="a-stranger"),
    ],
)
def test_one_fault_stops_them_all(
    client_of: ClientOf, case: uuid.UUID, acting: Acting, given: dict[str, str], field: str, sentence: str
) -> None:
    kari, url = client_of("kari"), plan(case, "sett", keep(acting))
    wrong = page(kari.post(url, form_of(page(kari.get(url)), **given)), status=422)
    assert sentence in fault(wrong, field)
    with acting("kari"):
        assert not Task.objects.exists()


def test_a_set_with_everything_left_out_is_refused(client_of: ClientOf, case: uuid.UUID, acting: Acting) -> None:
    kari, url = client_of("kari"), plan(case, "sett", keep(acting))
    wrong = page(kari.post(url, form_of(page(kari.get(url)), task_0_take=None, task_1_take=None)), status=422)
    assert "Ta med minst én oppgave." in text(wrong)


def test_a_set_that_is_shortened_and_put_away_meanwhile_takes_nothing_that_was_written(
    client_of: ClientOf, case: uuid.UUID, acting: Acting
) -> None:
    key = keep(acting)
    kari, url = client_of("kari"), plan(case, "sett", key)
    form = form_of(page(kari.get(url)), task_1_what="Det Kari skrev selv")
    keep(acting, set_id=key, seen=1, lines=[Line("Bare én", None, 1)], in_use=False)
    assert kari.post(url, form).status_code == 302
    assert "Det Kari skrev selv" in text(page(kari.get(plan(case))))


def test_what_is_wrong_with_a_task_that_is_left_out_stops_nothing(
    client_of: ClientOf, case: uuid.UUID, acting: Acting
) -> None:
    kari, url = client_of("kari"), plan(case, "sett", keep(acting))
    assert kari.post(url, form_of(page(kari.get(url)), task_1_take=None, task_1_due="snart")).status_code == 302


def test_two_services_of_one_kind_are_not_guessed_between(
    client_of: ClientOf, case: uuid.UUID, acting: Acting, as_admin: AsAdmin
) -> None:
    key = keep(acting, lines=[Line("Ringe BUP", ServiceKind.CAMHS, 1)])
    url = plan(case, "sett", key)
    assert form_of(page(client_of("kari").get(url)))["task_0_who"] == f"service:{together.service_id('abup')}"
    with as_admin():
        Service.objects.filter(pk=together.service_id("barneavdelingen")).update(kind=ServiceKind.CAMHS)
    with acting("kari") as kari:
        together.let_in(kari, case, "barneavdelingen")
    assert form_of(page(client_of("kari").get(url)))["task_0_who"] == ""


@pytest.mark.parametrize(("who", "status"), [("per", 200), ("ola", 404), ("siri", 200)])
def test_who_can_fetch(client_of: ClientOf, case: uuid.UUID, who: str, status: int) -> None:
    assert client_of(who).get(plan(case, "sett", "after_startup")).status_code == status


@pytest.mark.parametrize("key", ["no_such", str(uuid.UUID(int=1, version=4))])
def test_a_set_that_is_not_there(client_of: ClientOf, case: uuid.UUID, key: str) -> None:
    assert client_of("kari").get(plan(case, "sett", key)).status_code == 404


def test_another_services_set_is_not_there(client_of: ClientOf, case: uuid.UUID, acting: Acting) -> None:
    key = keep(acting)
    assert client_of("per").get(plan(case, "sett", key)).status_code == 404
    assert "Nytt fosterhjem" not in text(page(client_of("per").get(plan(case))))


def test_before_the_start_there_is_no_plan_to_fetch_into(acting: Acting, anna: Child) -> None:
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        task = plans.NewTask("Ringe", together.service_id("grimstad"), None, clock.today())
        with pytest.raises(Exception, match="status_under_assessment"):
            plans.set_tasks(actor=kari, pathway_id=pathway_id, once=None, task_set="x", tasks={0: task})


def test_the_act_itself_refuses_a_task_without_a_doer(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari, pytest.raises(Invalid) as invalid:
        plans.set_tasks(
            actor=kari, pathway_id=case, once=None, task_set="x", tasks={3: plans.NewTask("Ringe", None, None, None)}
        )
    assert set(invalid.value.problems) == {"task_3_who"}


# --- keeping ---------------------------------------------------------------------------

GIVEN = {
    "name": "Nytt fosterhjem",
    "in_use": "yes",
    "task_0_what": "Bestille tolk",
    "task_0_days": "2",
    "task_3_what": "Måle høyde og vekt",
    "task_3_who": "gp",
    "task_3_days": "10",
}


def test_the_leader_makes_a_set_and_changes_it_and_the_history_stays(client_of: ClientOf, acting: Acting) -> None:
    leif = client_of("leif")
    form = form_of(page(leif.get("/oppgavesett/nytt/")), **GIVEN)
    for _press in range(2):
        assert leif.post("/oppgavesett/nytt/", form).headers["Location"] == "/oppgavesett/"
    with acting("leif") as actor:
        (made,) = task_sets.list_own(actor)
        assert made.lines == tuple(OWN)
    url = f"/oppgavesett/{made.id}/"
    assert (
        leif.post(
            url, form_of(page(leif.get(url)), name="Flytting", task_1_what="", task_1_who="", task_1_days="")
        ).status_code
        == 302
    )
    read = page(leif.get(url))
    assert form_of(read)["name"] == "Flytting"
    history = [item.get_text(" ", strip=True) for item in read.select("details ol.g-entries > li")]
    assert len(history) == 2
    assert "Leif Aas : Flytting" in history[0] and "Leif Aas : Nytt fosterhjem" in history[1]


def test_a_set_that_is_out_of_use_is_not_offered(client_of: ClientOf, case: uuid.UUID, acting: Acting) -> None:
    key = keep(acting)
    keep(acting, set_id=key, seen=1, in_use=False)
    assert "Nytt fosterhjem" not in text(page(client_of("kari").get(plan(case))))
    assert client_of("kari").get(plan(case, "sett", key)).status_code == 404
    assert "ikke i bruk" in text(page(client_of("kari").get("/oppgavesett/")))


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        pytest.param({"name": ""}, "name", "Fyll ut", id="no-name"),
        pytest.param({"task_0_what": ""}, "task_0_what", "hva som skal", id="days-for-nothing"),
        pytest.param({"task_0_days": ""}, "task_0_days", "fra 0 til 365", id="no-days"),
        pytest.param({"task_0_days": "366"}, "task_0_days", "fra 0 til 365", id="a-year-off"),
        pytest.param({"task_0_days": "-1"}, "task_0_days", "fra 0 til 365", id="before"),
        pytest.param({"task_0_days": "to"}, "task_0_days", "med tall", id="in-words"),
        pytest.param({"task_3_who": "postman"}, "task_3_who", "Velg fra listen", id="nobody-known"),
        pytest.param(
            {key: "" for key in GIVEN if key.startswith("task_")}, "task_0_what", "minst én oppgave", id="empty"
        ),
    ],
)
def test_a_set_that_cannot_be(
    client_of: ClientOf, acting: Acting, given: dict[str, str], field: str, sentence: str
) -> None:
    leif = client_of("leif")
    wrong = page(
        leif.post("/oppgavesett/nytt/", form_of(page(leif.get("/oppgavesett/nytt/")), **{**GIVEN, **given})), status=422
    )
    assert sentence in fault(wrong, field)
    with acting("leif"):
        assert not TaskSet.objects.exists()


def test_what_somebody_wrote_meanwhile_is_not_written_over(client_of: ClientOf, acting: Acting) -> None:
    key = keep(acting)
    url = f"/oppgavesett/{key}/"
    leif = client_of("leif")
    form = form_of(page(leif.get(url)), name="Mitt navn")
    keep(acting, set_id=key, seen=1, name="En annens navn")
    late = page(leif.post(url, form), status=409)
    assert form_of(late)["name"] == "Mitt navn"
    with acting("leif") as actor:
        assert [one.name for one in task_sets.list_own(actor)] == ["En annens navn"]


def test_nobody_else_keeps_a_services_sets(client_of: ClientOf, acting: Acting) -> None:
    key = keep(acting)
    kari = client_of("kari")
    for url in ("/oppgavesett/nytt/", f"/oppgavesett/{key}/"):
        assert kari.get(url).status_code == 403
        assert kari.post(url, GIVEN).status_code == 403
    assert "Nytt fosterhjem" in text(page(kari.get("/oppgavesett/")))
    assert "Nytt fosterhjem" not in text(page(client_of("per").get("/oppgavesett/")))


@pytest.mark.parametrize("who", ["kari", "ola"])
def test_the_database_refuses_what_the_page_forgot(acting: Acting, who: str) -> None:
    key = keep(acting)
    with acting(who) as actor:
        assert TaskSet.objects.count() == (1 if who == "kari" else 0)
        row: dict[str, Any] = {
            "task_set": key,
            "service_id": together.service_id("grimstad"),
            "version": 2,
            "name": "x",
            "tasks": [],
            "set_by_id": actor.person_id,
            "set_at": clock.now(),
        }
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            TaskSet.objects.create(**row)
    with acting("leif") as leif, pytest.raises(IntegrityError), transaction.atomic():
        TaskSet.objects.create(**row | {"set_by_id": leif.person_id, "version": 1, "tasks": [{}]})
    with acting("leif") as leif, pytest.raises(IntegrityError, match="task_set_has_a_task"), transaction.atomic():
        TaskSet.objects.create(**row | {"set_by_id": leif.person_id})
