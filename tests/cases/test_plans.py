"""Setting and changing goals and tasks: what is refused, and that every version is kept."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest

from grunnmur import clock
from grunnmur.cases import access, door, facts
from grunnmur.cases.actions import consents, plans
from grunnmur.cases.models import Child, Consent, Goal, GoalVersion, RelatedPerson, Task, TaskVersion
from grunnmur.cases.terms import SignatoryKind, TaskState
from grunnmur.directory.meanwhile import EditConflict
from grunnmur.log.models import Event
from tests import together

Acting = Callable[[str], AbstractContextManager[Any]]


@pytest.fixture
def case(acting: Acting, anna: Child) -> uuid.UUID:
    """Under way since today; the GP and ABUP may take part."""
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        together.start(kari, pathway_id)
        together.let_in(kari, pathway_id, "storgata", "abup")
    return pathway_id


def problems(call: Callable[[], Any]) -> dict[str, str]:
    """The sentences that an act refuses with."""
    with pytest.raises(door.Invalid) as invalid:
        call()
    return {field: str(problem) for field, problem in invalid.value.problems.items()}


def set_task(actor: Any, pathway_id: uuid.UUID, **more: Any) -> Task:
    return plans.set_task(
        **{
            "actor": actor,
            "pathway_id": pathway_id,
            "once": None,
            "what": "Ta blodprøver",
            "service_id": together.service_id("storgata"),
            "related_person_id": None,
            "due_on": together.day(5),
            **more,
        }
    )


def change_task(actor: Any, pathway_id: uuid.UUID, task: Task, **more: Any) -> TaskVersion:
    now = TaskVersion.objects.filter(task=task).order_by("-version")[0]
    return plans.change_task(
        **{
            "actor": actor,
            "pathway_id": pathway_id,
            "once": None,
            "task_id": task.pk,
            "seen": now.version,
            "what": now.what,
            "due_on": now.due_on,
            "state": TaskState(now.state),
            **more,
        }
    )


# --- setting a task --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        pytest.param({"what": " "}, "what", "hva som skal", id="nothing"),
        pytest.param({"service_id": None}, "who", "Velg én", id="nobody"),
        pytest.param({"related_person_id": uuid.uuid4()}, "who", "Velg én", id="two"),
        pytest.param({"service_id": None, "related_person_id": uuid.uuid4()}, "who", "rundt barnet", id="a-stranger"),
        pytest.param({"service_id": together.service_id("skolen")}, "who", "ikke med i forløpet", id="not-let-in"),
        pytest.param(
            {"service_id": together.service_id("lillesand")}, "who", "ikke med i forløpet", id="another-owner"
        ),
        pytest.param({"due_on": together.day(-1)}, "due_on", "gått ut", id="due-date-passed"),
        pytest.param({"due_on": together.day(999)}, "due_on", "Sjekk året", id="a-slip-in-the-year"),
        pytest.param({"goal_id": uuid.uuid4()}, "goal_id", "finner ikke målet", id="no-such-goal"),
    ],
)
def test_a_task_that_cannot_be(
    acting: Acting, case: uuid.UUID, given: dict[str, Any], field: str, sentence: str
) -> None:
    with acting("kari") as kari:
        assert sentence in problems(lambda: set_task(kari, case, **given))[field]
        assert not Task.objects.exists()


@pytest.mark.parametrize("who", ["kari", "per"])
def test_a_task_for_a_goal_due_today(acting: Acting, case: uuid.UUID, who: str) -> None:
    with acting(who) as actor:
        goal = plans.set_goal(actor=actor, pathway_id=case, once=None, text="Anna sover godt")
        task = set_task(actor, case, goal_id=goal.pk, due_on=clock.today())
        assert (task.goal_id, TaskVersion.objects.get().state) == (goal.pk, "agreed")
        assert facts.load(case).tasks[0].set_on == clock.today()
        assert Event.objects.filter(name="task.set", subject_id=task.pk).count() == 1


def test_a_parent_can_have_a_task(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        mother = RelatedPerson.objects.get(relation="mother")
        set_task(kari, case, service_id=None, related_person_id=mother.pk)
        assert facts.load(case).tasks[0].service is None


# --- changing a task -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        pytest.param({"what": " "}, "what", "hva som skal", id="nothing"),
        pytest.param({}, "what", "ikke endret noe", id="nothing-changed"),
        pytest.param({"state": TaskState.DROPPED}, "why", "hvorfor", id="dropped-without-a-reason"),
        pytest.param({"due_on": together.day(-1)}, "due_on", "gått ut", id="due-date-passed"),
        pytest.param({"service_id": together.service_id("skolen")}, "who", "ikke med", id="to-someone-outside"),
        pytest.param({"task_id": uuid.uuid4()}, "task_id", "finner ikke", id="no-such-task"),
    ],
)
def test_a_change_that_cannot_be(
    acting: Acting, case: uuid.UUID, given: dict[str, Any], field: str, sentence: str
) -> None:
    with acting("kari") as kari:
        task = set_task(kari, case)
        assert sentence in problems(lambda: change_task(kari, case, task, **given))[field]
        assert TaskVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "event"),
    [
        pytest.param({"state": TaskState.UNDER_WAY}, "task.changed", id="under-way"),
        pytest.param({"state": TaskState.DONE, "why": "Prøvene var fine."}, "task.done", id="done"),
        pytest.param({"state": TaskState.DROPPED, "why": "Tatt på sykehuset."}, "task.changed", id="dropped"),
        pytest.param({"due_on": together.day(9)}, "task.changed", id="later"),
        pytest.param({"due_on": None}, "task.changed", id="no-date"),
        pytest.param({"what": "Ta to prøver"}, "task.changed", id="other-words"),
        pytest.param({"why": "Laben er full."}, "task.changed", id="only-a-word-about-it"),
        pytest.param({"service_id": together.service_id("abup")}, "task.changed", id="handed-over"),
    ],
)
def test_every_version_is_kept(acting: Acting, case: uuid.UUID, given: dict[str, Any], event: str) -> None:
    with acting("kari") as kari:
        task = set_task(kari, case)
        change_task(kari, case, task, **given)
        first, second = TaskVersion.objects.order_by("version")
        assert (first.version, first.what, first.due_on) == (1, "Ta blodprøver", together.day(5))
        for field, value in given.items():
            assert getattr(second, field) == value
        assert second.service_id == given.get("service_id", first.service_id)
        assert Event.objects.filter(name=event, subject_id=task.pk).count() == 1


def test_a_late_task_can_be_done_and_worked_on_without_a_new_date(
    acting: Acting, case: uuid.UUID, travel: Callable[[Any], None]
) -> None:
    with acting("kari") as kari:
        task = set_task(kari, case)
    travel(clock.now() + timedelta(days=20))
    with acting("kari") as kari:
        change_task(kari, case, task, state=TaskState.UNDER_WAY)
        change_task(kari, case, task, state=TaskState.DONE)
        assert (
            "gått ut"
            in problems(lambda: change_task(kari, case, task, state=TaskState.AGREED, due_on=together.day(-1)))[
                "due_on"
            ]
        )


def test_two_who_change_the_same_task(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        task = set_task(kari, case)
    with acting("per") as per:
        change_task(per, case, task, state=TaskState.DONE, seen=1)
    with acting("kari") as kari:
        with pytest.raises(EditConflict) as conflict:
            change_task(kari, case, task, due_on=together.day(9), seen=1)
        assert (conflict.value.seen, conflict.value.current) == (1, 2)
        assert TaskVersion.objects.count() == 2


def test_a_service_changes_its_own_and_hands_nothing_over(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        mine, another = set_task(kari, case), set_task(kari, case, service_id=together.service_id("abup"))
    with acting("per") as per:
        change_task(per, case, mine, state=TaskState.UNDER_WAY)
        with pytest.raises(access.Refused, match="task_of_another"):
            change_task(per, case, another, state=TaskState.DONE)
        with pytest.raises(access.Refused, match="owner_only"):
            change_task(per, case, mine, service_id=together.service_id("abup"))
        assert TaskVersion.objects.count() == 3


def test_a_task_left_behind_by_a_withdrawn_consent_is_given_to_another(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        task = set_task(kari, case, service_id=together.service_id("abup"))
        consent = Consent.objects.get(recipient=together.service_id("abup"))
        consents.withdraw(
            actor=kari, pathway_id=case, once=None, consent_id=consent.pk, withdrawn_by=SignatoryKind.CHILD
        )
        change_task(kari, case, task, state=TaskState.UNDER_WAY)
        change_task(kari, case, task, service_id=together.service_id("storgata"))
        assert facts.load(case).tasks[0].service == str(together.service_id("storgata"))
    with acting("siri") as siri, pytest.raises(access.NotVisible):
        plans.change_task(
            actor=siri, pathway_id=case, once=None, task_id=task.pk, seen=3, what="x", due_on=None, state=TaskState.DONE
        )


# --- goals -----------------------------------------------------------------------------


def test_goals_and_their_versions(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        given: dict[str, Any] = {"actor": kari, "pathway_id": case, "once": None}
        assert "Skriv målet" in problems(lambda: plans.set_goal(**given, text=" "))["text"]
        goal = plans.set_goal(**given, text="Anna sover godt")
        change: dict[str, Any] = {**given, "goal_id": goal.pk, "seen": 1, "is_current": True, "why": ""}
        assert "Skriv målet" in problems(lambda: plans.change_goal(**{**change, "text": ""}))["text"]
        assert "ikke endret" in problems(lambda: plans.change_goal(**{**change, "text": "Anna sover godt"}))["text"]
        ended = {**change, "text": "Anna sover godt", "is_current": False}
        assert "hvorfor" in problems(lambda: plans.change_goal(**ended))["why"]
        unknown = {**change, "text": "x", "goal_id": uuid.uuid4()}
        assert "finner ikke" in problems(lambda: plans.change_goal(**unknown))["goal_id"]
        plans.change_goal(**{**ended, "why": "Målet er nådd."})
        with pytest.raises(EditConflict):
            plans.change_goal(**{**change, "text": "Noe annet"})
        assert Goal.objects.count() == 1
        assert [row.is_current for row in GoalVersion.objects.order_by("version")] == [True, False]


def test_before_the_start_there_is_no_plan(acting: Acting, anna: Child) -> None:
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        with pytest.raises(access.Refused, match="status_under_assessment"):
            set_task(kari, pathway_id)
