"""What concerns a sibling is moved into its own case in one act, and no other reader of either case learns of it."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from demo import cast
from grunnmur.cases import access, door
from grunnmur.cases.actions import children, plans, siblings
from grunnmur.cases.models import Child, Goal, GoalVersion, Pathway, RelatedPerson, Task, TaskVersion
from grunnmur.cases.queries import siblings as queries
from grunnmur.cases.terms import HealthArea, InformationKind, RelationKind, TaskState
from grunnmur.directory.meanwhile import EditConflict
from grunnmur.log.models import Event
from tests import health_case, together

Acting = Callable[[str], AbstractContextManager[Any]]
Outside = Callable[[], AbstractContextManager[None]]
SAID = "Emil utredes for søvn"


@dataclass(frozen=True)
class Both:
    """Anna and her brother, each with a case under way in Kari's service; Per takes part in Anna's."""

    anna: uuid.UUID
    emil: uuid.UUID
    child: Child


@pytest.fixture
def both(acting: Acting, anna: Child) -> Both:
    with acting("kari") as kari:
        annas = together.begin(kari, anna)
        together.start(kari, annas)
        health_case.consent(kari, annas, cast.get("per").service, HealthArea.MENTAL, purposes=health_case.SEE_AND_TELL)
        emil, emils = together.start_brother(kari, anna)
    return Both(annas, emils, emil)


def set_task(actor: Any, both: Both) -> Task:
    return plans.set_task(
        actor=actor,
        pathway_id=both.anna,
        once=None,
        what=SAID,
        service_id=actor.service_id,
        related_person_id=None,
        due_on=None,
    )


def move(actor: Any, both: Both, task: Task, **given: Any) -> Task:
    said: dict[str, Any] = {"what": SAID, "service_id": actor.service_id, "related_person_id": None, "due_on": None}
    said |= {"seen": 1, "once": None, "pathway_id": both.anna, "to_pathway_id": both.emil, "task_id": task.pk}
    return siblings.move_task(actor=actor, **{**said, **given})


def test_a_task_is_closed_here_without_a_name_and_stands_in_the_siblings_plan(acting: Acting, both: Both) -> None:
    with acting("kari") as kari:
        task, once = set_task(kari, both), uuid.uuid4()
        moved = move(kari, both, task, once=once)
        with pytest.raises(door.AlreadyDone):
            move(kari, both, task, once=once)
        here, there = (TaskVersion.objects.filter(task=one).latest("version") for one in (task, moved))
        assert (here.what, here.state, here.version) == ("Gjaldt et annet barn.", TaskState.DROPPED, 2)
        assert (there.what, there.state, there.pathway_id) == (SAID, TaskState.AGREED, both.emil)
        with pytest.raises(door.Invalid) as refused:
            move(kari, both, task, seen=2)
        assert set(refused.value.problems) == {"task_id"}
        with pytest.raises(EditConflict):
            move(kari, both, task, seen=1)


def test_who_takes_part_in_one_case_learns_nothing_of_the_other(acting: Acting, both: Both, as_admin: Outside) -> None:
    with acting("kari") as kari:
        moved = move(kari, both, set_task(kari, both))
    with acting("per") as per:
        assert list(Pathway.objects.values_list("pk", flat=True)) == [both.anna]
        assert not Task.objects.filter(pk=moved.pk).exists()
        events = list(Event.objects.filter(name__startswith="task.").order_by("at").values("name", "data"))
        assert [event["name"] for event in events] == ["task.set", "task.changed"]
        assert events[-1]["data"] == {"version": 2, "state": "dropped"}
        assert queries.list_cases(per, Child.objects.get(), act="plans.move_to_sibling") == ()
    with as_admin():
        assert [event.data for event in Event.objects.filter(pathway_id=both.emil, name="task.set")] == [{}]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        pytest.param({"what": " "}, "what", id="nothing-to-do"),
        pytest.param({"service_id": None}, "who", id="nobody"),
        pytest.param({"service_id": together.service_id(cast.get("per").service)}, "who", id="takes-part-here-alone"),
        pytest.param({"due_on": date(2020, 1, 1)}, "due_on", id="has-passed"),
        pytest.param({"what": "Anna skal også med"}, "what", id="names-the-first-child-there"),
    ],
)
def test_what_is_written_is_held_against_the_siblings_case(acting: Acting, both: Both, given: Any, field: str) -> None:
    with acting("kari") as kari:
        task = set_task(kari, both)
        with pytest.raises(door.Invalid) as refused:
            move(kari, both, task, **given)
        assert set(refused.value.problems) - {"is_another"} == {field}
        assert TaskVersion.objects.count() == 1, "nothing is closed when nothing is written"


def test_nothing_is_moved_to_a_child_that_is_not_its_sibling_in_both_records(acting: Acting, both: Both) -> None:
    with acting("kari") as kari:
        task = set_task(kari, both)
        (found,) = queries.list_cases(kari, Child.objects.get(name="Anna Solberg"), act="plans.move_to_sibling")
        assert (found.pathway_id, found.name, found.journal_number) == (both.emil, "Emil Solberg", "G-9")
        with pytest.raises(door.Invalid) as refused:
            move(kari, both, task, to_pathway_id=both.anna)
        assert set(refused.value.problems) == {"to"}
        row = RelatedPerson.objects.get(child=both.child, relation=RelationKind.SIBLING)
        children.add_person(
            actor=kari,
            child_id=both.child.pk,
            once=None,
            replaces_id=row.pk,
            why="Feil navn.",
            name="Anne Berg",
            relation=RelationKind.SIBLING,
            from_on=row.from_on,
        )
        assert not queries.list_cases(kari, Child.objects.get(name="Anna Solberg"), act="plans.move_to_sibling")
        with pytest.raises(door.Invalid) as refused:
            move(kari, both, task)
        assert set(refused.value.problems) == {"to"}


def test_others_cannot_and_a_protected_address_is_for_its_readers(acting: Acting, both: Both) -> None:
    with acting("kari") as kari:
        task = set_task(kari, both)
    with acting("per") as per, pytest.raises(access.NotVisible):
        move(per, both, task)
    with acting("ola") as ola, pytest.raises(access.NotVisible):
        move(ola, both, task)
    with acting("kari") as kari:
        together.protect(kari, both.child.pk)
    with acting("leif") as leif:
        with pytest.raises(access.Refused) as refused:
            move(leif, both, task)
        assert refused.value.code == "not_a_reader"


def test_a_goal_for_a_need_is_moved_among_those_who_read_that_need(acting: Acting, both: Both) -> None:
    with acting("kari") as kari:
        goal = plans.set_goal(
            actor=kari, pathway_id=both.anna, once=None, text="Emil sover", health_area=HealthArea.MENTAL
        )
        moved = siblings.move_goal(
            actor=kari,
            pathway_id=both.anna,
            once=None,
            goal_id=goal.pk,
            seen=1,
            to_pathway_id=both.emil,
            text="Emil sover",
            health_area=HealthArea.MENTAL,
        )
        here, there = (GoalVersion.objects.filter(goal=one).latest("version") for one in (goal, moved))
        assert (here.text, here.is_current, here.kind) == ("Gjaldt et annet barn.", False, InformationKind.MENTAL)
        assert (there.text, there.is_current, there.kind) == ("Emil sover", True, InformationKind.MENTAL)
        assert Goal.objects.get(pk=moved.pk).pathway_id == both.emil
        with pytest.raises(door.Invalid) as refused:
            siblings.move_goal(
                actor=kari,
                pathway_id=both.anna,
                once=None,
                goal_id=goal.pk,
                seen=2,
                to_pathway_id=both.emil,
                text="Igjen",
            )
        assert set(refused.value.problems) == {"goal_id"}
