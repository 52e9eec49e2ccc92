"""The pages of the plan, as the people in it use them: over HTTP, without JavaScript."""

import re
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import pytest

from grunnmur import clock
from grunnmur.cases.actions import consents, plans
from grunnmur.cases.models import Child, Consent, GoalVersion, RelatedPerson, Task, TaskVersion
from grunnmur.cases.terms import SignatoryKind, TaskState
from tests import together
from tests.web.reading import fault, form_of, page, text

Acting = Callable[[str], AbstractContextManager[Any]]


@pytest.fixture
def case(acting: Acting, anna: Child) -> uuid.UUID:
    """Under way since today; the GP and ABUP may take part."""
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        together.start(kari, pathway_id)
        together.let_in(kari, pathway_id, "storgata", "abup")
    return pathway_id


def url(case: uuid.UUID, *more: object) -> str:
    return "/".join(["", "forlop", str(case), "plan", *map(str, more), ""])


def a_task(acting: Acting, case: uuid.UUID, what: str = "Ta blodprøver", who: str = "storgata", **more: Any) -> Task:
    with acting("kari") as kari:
        return plans.set_task(
            **{
                "actor": kari,
                "pathway_id": case,
                "once": None,
                "what": what,
                "service_id": together.service_id(who),
                "related_person_id": None,
                "due_on": together.day(5),
                **more,
            }
        )


def change(acting: Acting, case: uuid.UUID, task: Task, who: str = "kari", **more: Any) -> None:
    with acting(who) as actor:
        now = TaskVersion.objects.filter(task=task).order_by("-version")[0]
        plans.change_task(
            **{
                "actor": actor,
                "pathway_id": case,
                "once": None,
                "task_id": task.pk,
                "seen": now.version,
                "what": now.what,
                "due_on": now.due_on,
                "state": TaskState(now.state),
                **more,
            }
        )


# --- seeing ----------------------------------------------------------------------------


def test_an_empty_plan_says_what_comes_here(client_of: Any, case: uuid.UUID) -> None:
    soup = page(client_of("kari").get(url(case)))
    assert "Planen er tom ennå" in text(soup)
    assert soup.title.get_text() == "Plan"


def test_goals_with_their_tasks_late_ones_in_words_done_ones_folded(
    acting: Acting, client_of: Any, case: uuid.UUID, travel: Callable[[datetime], None]
) -> None:
    with acting("kari") as kari:
        goal = plans.set_goal(actor=kari, pathway_id=case, once=None, text="Anna sover godt")
    a_task(acting, case, "Snakke om søvn", goal_id=goal.pk)
    done = a_task(acting, case, "Ringe skolen", goal_id=goal.pk)
    change(acting, case, done, state=TaskState.DONE, why="Læreren vet nok.")
    a_task(acting, case, "Bestille time", due_on=together.day(30))
    travel(clock.now() + timedelta(days=7))
    soup = page(client_of("kari").get(url(case)))
    read = text(soup)
    assert "2 oppgaver er åpne. 1 er over fristen." in read
    card = soup.find(id=f"mal-{goal.pk}")
    assert card.find("h2").get_text() == "Anna sover godt"
    assert "2 dager over fristen" in card.get_text()
    over = next(item for item in card.find_all("details") if "Gjort og ikke lenger" in item.summary.get_text())
    assert not over.has_attr("open")
    assert "Ringe skolen" in over.get_text() and "Læreren vet nok." in over.get_text()
    assert "Snakke om søvn" not in over.get_text()
    assert "Oppgaver utenom målene Bestille time" in read


def test_what_changed_stands_beside_what_stood_before(acting: Acting, client_of: Any, case: uuid.UUID) -> None:
    task = a_task(acting, case)
    change(acting, case, task, who="per", what="Ta to prøver", state=TaskState.UNDER_WAY, why="Én til trengs.")
    soup = page(client_of("kari").get(url(case)))
    newest, first = soup.find(id=f"oppgave-{task.pk}").select(".g-history > section")
    assert re.search(r"Per Holm\s+endret", newest.get_text())
    assert re.search(r"Kari Lunde\s+skrev den inn", first.get_text())
    rows = [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in newest.select("tbody tr")]
    assert rows == [
        ["Felt Hva", "Før Ta blodprøver", "Etter Ta to prøver"],
        ["Felt Status", "Før avtalt", "Etter i gang"],
    ]
    assert "Én til trengs." in newest.get_text()


def test_the_gp_changes_its_own_and_reads_the_rest(acting: Acting, client_of: Any, case: uuid.UUID) -> None:
    mine, another = a_task(acting, case), a_task(acting, case, "Samtale", who="abup")
    soup = page(client_of("per").get(url(case)))
    assert soup.find("a", href=url(case, "oppgave", mine.pk))
    assert not soup.find("a", href=url(case, "oppgave", another.pk))
    assert "Samtale" in text(soup)


def test_a_task_of_a_service_that_is_out_says_so(acting: Acting, client_of: Any, case: uuid.UUID) -> None:
    a_task(acting, case, "Samtale", who="abup")
    with acting("kari") as kari:
        consent = Consent.objects.get(recipient=together.service_id("abup"))
        consents.withdraw(
            actor=kari, pathway_id=case, once=None, consent_id=consent.pk, withdrawn_by=SignatoryKind.CHILD
        )
    assert "Gi oppgaven til en annen." in text(page(client_of("kari").get(url(case))))


def test_the_queries_do_not_grow_with_the_plan(
    acting: Acting, client_of: Any, case: uuid.UUID, django_assert_max_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    kari = client_of("kari")

    def add(number: int) -> None:
        with acting("kari") as actor:
            goal = plans.set_goal(actor=actor, pathway_id=case, once=None, text=f"Mål {number}")
            mother = RelatedPerson.objects.get(relation="mother")
        task = a_task(acting, case, f"Oppgave {number}", goal_id=goal.pk)
        a_task(acting, case, f"Mors {number}", service_id=None, related_person_id=mother.pk)
        change(acting, case, task, state=TaskState.UNDER_WAY)

    add(0)
    with CaptureQueriesContext(connection) as few:
        page(kari.get(url(case)))
    for number in range(6):
        add(number + 1)
    with django_assert_max_num_queries(len(few)):
        page(kari.get(url(case)))


# --- who may ---------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["", "mal", "oppgave", "oppgave/{task}", "mal/{goal}"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_learns_nothing(acting: Acting, client_of: Any, case: uuid.UUID, where: str, method: str) -> None:
    task = a_task(acting, case)
    with acting("kari") as kari:
        goal = plans.set_goal(actor=kari, pathway_id=case, once=None, text="Anna sover godt")
    path = url(case, *where.format(task=task.pk, goal=goal.pk).split("/")) if where else url(case)
    assert getattr(client_of("ola"), method)(path).status_code == 404


@pytest.mark.parametrize("where", ["oppgave", "mal"])
def test_what_is_not_is_not_found(client_of: Any, case: uuid.UUID, where: str) -> None:
    assert client_of("kari").get(url(case, where, uuid.uuid4())).status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_task_of_another_is_refused_with_the_reason(
    acting: Acting, client_of: Any, case: uuid.UUID, method: str
) -> None:
    task = a_task(acting, case, "Samtale", who="abup")
    typed = {"what": "Ingenting", "state": "dropped", "why": "Nei", "version": "1"}
    soup = page(getattr(client_of("per"), method)(url(case, "oppgave", task.pk), typed), 403)
    assert "Oppgaven er gitt til en annen." in text(soup)
    with acting("kari"):
        assert TaskVersion.objects.get().what == "Samtale"


def test_before_the_start_the_button_says_why(acting: Acting, client_of: Any, anna: Child) -> None:
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
    kari_there = client_of("kari")
    soup = page(kari_there.get(url(pathway_id)))
    button = next(one for one in soup.select(".ds-button") if one.get_text() == "Ny oppgave")
    assert "ikke startet ennå" in soup.find(id=button["aria-describedby"]).get_text()
    assert "ikke startet ennå" in text(page(kari_there.get(url(pathway_id, "oppgave")), 403))


# --- setting and changing --------------------------------------------------------------


@pytest.mark.parametrize("who", ["kari", "per"])
def test_a_goal_and_a_task_for_it_once_however_often_one_clicks(
    acting: Acting, client_of: Any, case: uuid.UUID, who: str
) -> None:
    client = client_of(who)
    typed = form_of(page(client.get(url(case, "mal"))), text="Anna sover godt")
    for _click in range(2):
        assert client.post(url(case, "mal"), typed).status_code == 302
    with acting("kari"):
        goal_id = GoalVersion.objects.get().goal_id
    soup = page(client.get(url(case, "oppgave") + f"?mal={goal_id}"))
    assert form_of(soup)["goal_id"] == str(goal_id)
    typed = form_of(
        soup,
        what="Ta blodprøver",
        who=f"service:{together.service_id('storgata')}",
        due_on=f"{together.day(3):%d.%m.%Y}",
    )
    for _click in range(2):
        assert client.post(url(case, "oppgave"), typed).status_code == 302
    with acting("kari"):
        task = TaskVersion.objects.get()
        assert (task.what, task.due_on, task.task.goal_id) == ("Ta blodprøver", together.day(3), goal_id)


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        pytest.param({"what": ""}, "what", "Fyll ut", id="nothing"),
        pytest.param({"who": ""}, "who", "Fyll ut", id="nobody"),
        pytest.param({"who": "service:x"}, "who", "fra listen", id="a-forged-choice"),
        pytest.param({"who": f"service:{together.service_id('skolen')}"}, "who", "ikke med", id="not-let-in"),
        pytest.param({"due_on": f"{together.day(-1):%d.%m.%Y}"}, "due_on", "gått ut", id="due-date-passed"),
        pytest.param({"due_on": "30.02.2027"}, "due_on", "dag, måned og år", id="no-such-day"),
        pytest.param({"goal_id": str(uuid.uuid4())}, "goal_id", "fra listen", id="no-such-goal"),
    ],
)
def test_a_task_typed_wrong_loses_nothing(
    acting: Acting, client_of: Any, case: uuid.UUID, typed: dict[str, Any], field: str, sentence: str
) -> None:
    kari = client_of("kari")
    good = {
        "what": "Ta blodprøver",
        "who": f"service:{together.service_id('storgata')}",
        "due_on": f"{together.day(3):%d.%m.%Y}",
    }
    soup = page(kari.post(url(case, "oppgave"), form_of(page(kari.get(url(case, "oppgave"))), **(good | typed))), 422)
    assert sentence in fault(soup, field)
    still = form_of(soup)
    assert still["what"] == (good | typed)["what"]
    assert still["due_on"] == (good | typed)["due_on"]
    with acting("kari"):
        assert not Task.objects.exists()


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        pytest.param({}, "what", "ikke endret noe", id="nothing-changed"),
        pytest.param({"state": "dropped"}, "why", "hvorfor", id="dropped-without-a-reason"),
        pytest.param({"due_on": f"{together.day(-1):%d.%m.%Y}"}, "due_on", "gått ut", id="due-date-passed"),
        pytest.param({"what": ""}, "what", "Fyll ut", id="nothing"),
        pytest.param({"state": "eaten"}, "state", "fra listen", id="no-such-state"),
    ],
)
def test_a_change_typed_wrong_loses_nothing(
    acting: Acting, client_of: Any, case: uuid.UUID, typed: dict[str, Any], field: str, sentence: str
) -> None:
    task = a_task(acting, case)
    per = client_of("per")
    where = url(case, "oppgave", task.pk)
    soup = page(per.post(where, form_of(page(per.get(where)), **typed)), 422)
    assert sentence in fault(soup, field)
    for name, value in typed.items():
        if name != "state":
            assert form_of(soup)[name] == value
    with acting("kari"):
        assert TaskVersion.objects.count() == 1


def test_the_gp_says_it_is_done(acting: Acting, client_of: Any, case: uuid.UUID) -> None:
    task = a_task(acting, case)
    per = client_of("per")
    where = url(case, "oppgave", task.pk)
    soup = page(per.get(where))
    assert not soup.find(id="id_who"), "only the owner hands it over"
    typed = form_of(soup, state="done", why="Prøvene er fine.")
    for _click in range(2):
        assert per.post(where, typed).status_code == 302
    with acting("kari"):
        assert TaskVersion.objects.count() == 2
    assert f"gjort {clock.today():%d.%m.%Y}" in text(page(client_of("kari").get(url(case))))


def test_the_owner_hands_a_task_over_and_can_keep_one_who_is_out(
    acting: Acting, client_of: Any, case: uuid.UUID
) -> None:
    task = a_task(acting, case, "Samtale", who="abup")
    with acting("kari") as kari:
        consent = Consent.objects.get(recipient=together.service_id("abup"))
        consents.withdraw(
            actor=kari, pathway_id=case, once=None, consent_id=consent.pk, withdrawn_by=SignatoryKind.CHILD
        )
    client = client_of("kari")
    where = url(case, "oppgave", task.pk)
    soup = page(client.get(where))
    assert form_of(soup)["who"] == f"service:{together.service_id('abup')}"
    assert "ABUP Arendal (er ikke med lenger)" in soup.find(id="id_who").get_text()
    typed = form_of(soup, who=f"service:{together.service_id('storgata')}")
    assert client.post(where, typed).status_code == 302
    with acting("kari"):
        newest = TaskVersion.objects.order_by("-version")[0]
        assert newest.service_id == together.service_id("storgata")


def test_two_who_change_the_same_task_see_each_others_words(acting: Acting, client_of: Any, case: uuid.UUID) -> None:
    task = a_task(acting, case)
    kari, per = client_of("kari"), client_of("per")
    where = url(case, "oppgave", task.pk)
    hers, his = form_of(page(kari.get(where)), what="Ta tre prøver"), form_of(page(per.get(where)), what="Ta én prøve")
    assert per.post(where, his).status_code == 302
    soup = page(kari.post(where, hers), 409)
    assert "Noen andre har endret dette" in text(soup)
    assert "Slik står det nå Hva Ta én prøve" in text(soup)
    again = form_of(soup)
    assert (again["what"], again["version"]) == ("Ta tre prøver", "2")
    with acting("kari"):
        assert TaskVersion.objects.count() == 2
    assert kari.post(where, again).status_code == 302, "sent again on top of what she now has seen"
    with acting("kari"):
        assert [row.what for row in TaskVersion.objects.order_by("version")] == [
            "Ta blodprøver",
            "Ta én prøve",
            "Ta tre prøver",
        ]


def test_a_fault_does_not_hide_a_conflict(acting: Acting, client_of: Any, case: uuid.UUID) -> None:
    task = a_task(acting, case)
    kari = client_of("kari")
    where = url(case, "oppgave", task.pk)
    typed = form_of(page(kari.get(where)), what="")
    change(acting, case, task, who="per", state=TaskState.DONE)
    soup = page(kari.post(where, typed), 422)
    assert form_of(soup)["version"] == "1"
    page(kari.post(where, form_of(soup, what="Ta tre prøver")), 409)


def test_two_who_change_the_same_goal_see_each_others_words(acting: Acting, client_of: Any, case: uuid.UUID) -> None:
    with acting("kari") as actor:
        goal = plans.set_goal(actor=actor, pathway_id=case, once=None, text="Anna sover godt")
    where = url(case, "mal", goal.pk)
    kari, per = client_of("kari"), client_of("per")
    hers, his = (form_of(page(one.get(where)), text=words) for one, words in ((kari, "Karis"), (per, "Pers")))
    assert per.post(where, his).status_code == 302
    soup = page(kari.post(where, hers), 409)
    assert "Slik står det nå Mål Pers" in text(soup)
    assert form_of(soup)["text"] == "Karis"


def test_a_goal_that_is_reached_is_folded_away_with_the_reason(acting: Acting, client_of: Any, case: uuid.UUID) -> None:
    with acting("kari") as actor:
        goal = plans.set_goal(actor=actor, pathway_id=case, once=None, text="Anna sover godt")
    kari = client_of("kari")
    where = url(case, "mal", goal.pk)
    soup = page(kari.get(where))
    soup = page(kari.post(where, form_of(soup, is_current="no")), 422)
    assert "hvorfor" in fault(soup, "why")
    assert kari.post(where, form_of(soup, why="Hun sover hele natten.")).status_code == 302
    soup = page(kari.get(url(case)))
    over = next(item for item in soup.find_all("details") if "Mål som ikke gjelder" in item.summary.get_text())
    assert "Hun sover hele natten." in over.get_text()
