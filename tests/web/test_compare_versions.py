"""Two versions of a task or a goal side by side: what is another is said in words."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client

from grunnmur.cases.actions import plans
from grunnmur.cases.models import Child
from grunnmur.cases.terms import TaskState
from grunnmur.web.views.plans import differences
from tests import together
from tests.web.reading import page, text

ClientOf = Callable[[str], Client]
Acting = Callable[[str], AbstractContextManager[Any]]


def test_each_field_says_in_words_whether_it_is_another() -> None:
    found = differences(
        [("Hva", "Ringe mor"), ("Innen", "01.12.2026")], [("Hva", "Ringe mor"), ("Innen", "uten frist")]
    )
    assert found == [("Hva", "Ringe mor", "Ringe mor", "likt"), ("Innen", "01.12.2026", "uten frist", "endret")]


def rows(answer: Any) -> list[list[str]]:
    """What stands in each row of the table, without the labels of a narrow screen."""
    found = page(answer).select("tbody tr")
    return [
        [cell.find_all("span", recursive=False)[1].get_text(" ", strip=True) for cell in row.select("td, th")]
        for row in found
    ]


@pytest.fixture
def case(acting: Acting, anna: Child) -> uuid.UUID:
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        together.start(kari, pathway_id)
    return pathway_id


def test_the_first_and_the_newest_and_any_two_that_one_chooses(
    case: uuid.UUID, acting: Acting, client_of: ClientOf
) -> None:
    with acting("kari") as kari:
        task = plans.set_task(
            actor=kari,
            pathway_id=case,
            once=None,
            what="Ringe mor",
            service_id=kari.service_id,
            related_person_id=None,
            due_on=None,
        )
        for seen, what in enumerate(("Ringe far", "Ringe begge"), start=1):
            plans.change_task(
                actor=kari,
                pathway_id=case,
                once=None,
                task_id=task.pk,
                seen=seen,
                what=what,
                due_on=None,
                state=TaskState.UNDER_WAY,
            )
    address = f"/forlop/{case}/plan/oppgave/{task.pk}/versjoner/"
    kari_sees = client_of("kari")
    whole = [
        ["Hva", "Ringe mor", "Ringe begge", "endret"],
        ["Hvem", "Grimstad barneverntjeneste", "Grimstad barneverntjeneste", "likt"],
        ["Innen", "uten frist", "uten frist", "likt"],
        ["Status", "avtalt", "i gang", "endret"],
    ]
    assert rows(kari_sees.get(address)) == whole
    some = rows(kari_sees.get(address + "?fra=2&til=3"))
    assert [some[0], some[3]] == [["Hva", "Ringe far", "Ringe begge", "endret"], ["Status", "i gang", "i gang", "likt"]]
    assert rows(kari_sees.get(address + "?fra=99&til=x")) == whole
    assert page(kari_sees.get(f"/forlop/{case}/plan/")).find("a", href=address) is not None
    assert client_of("ola").get(address).status_code == 404
    assert kari_sees.get(f"/forlop/{case}/plan/oppgave/{uuid.uuid4()}/versjoner/").status_code == 404


def test_a_goal_too(case: uuid.UUID, acting: Acting, client_of: ClientOf) -> None:
    with acting("kari") as kari:
        goal = plans.set_goal(actor=kari, pathway_id=case, once=None, text="Sove bedre")
        plans.change_goal(
            actor=kari,
            pathway_id=case,
            once=None,
            goal_id=goal.pk,
            seen=1,
            text="Sove bedre",
            is_current=False,
            why="Det er nådd.",
        )
    seen = client_of("kari").get(f"/forlop/{case}/plan/mal/{goal.pk}/versjoner/")
    assert rows(seen) == [
        ["Mål", "Sove bedre", "Sove bedre", "likt"],
        ["Status", "gjelder", "gjelder ikke lenger", "endret"],
    ]
    assert "Det er nådd." in text(page(seen))
