"""Phase 0: a home asks the municipal service to start or reactivate, and sees what became of it (S3; A2)."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from demo import cast
from grunnmur.cases import access, door
from grunnmur.cases.actions import children, initiatives, pathways
from grunnmur.cases.models import Child, Initiative, InitiativeReply, Pathway, Reactivation
from grunnmur.cases.queries import child as queries
from grunnmur.cases.terms import (
    AssessmentOutcome,
    CareBasis,
    ChildParticipation,
    InitiativeAnswer,
    InitiativeWish,
    PathwayStatus,
)
from grunnmur.clock import now, today
from grunnmur.log.models import AccessLog, Event

Acting = Callable[[str], AbstractContextManager[Any]]


def live_at(acting: Acting, child: Child, home: str) -> None:
    with acting("kari") as kari:
        children.place(
            actor=kari,
            child_id=child.pk,
            once=None,
            basis=CareBasis.VOLUNTARY,
            service_id=cast.service(home).id,
            from_on=today(),
        )


@pytest.fixture
def placed(acting: Acting, anna: Child) -> Child:
    """Anna, living at Bjørn's institution."""
    live_at(acting, anna, "institusjonen")
    return anna


def send(actor: Any, child: Child, wish: InitiativeWish = InitiativeWish.START, once: Any = None) -> Initiative:
    return initiatives.send(actor=actor, child_id=child.pk, once=once, wish=wish, reason="Sover ikke.")


def answer(actor: Any, row: Initiative, says: InitiativeAnswer, reason: str = "Vi ser det samme.") -> InitiativeReply:
    return initiatives.answer(
        actor=actor, child_id=row.child_id, once=None, initiative_id=row.pk, answer=says, reason=reason
    )


def do_not_start(actor: Any, child: Child) -> Pathway:
    pathway = pathways.open_pathway(actor=actor, child_id=child.pk, once=None)
    pathways.assess(
        actor=actor,
        pathway_id=pathway.pk,
        once=None,
        seen=None,
        outcome=AssessmentOutcome.DO_NOT_START,
        criteria={},
        reason="Ingen tegn.",
        decided_on=today(),
        participation=ChildParticipation.CONVERSATION,
    )
    return pathway


def test_a_yes_to_start_begins_the_assessment_and_the_home_sees_only_the_answer(acting: Acting, placed: Child) -> None:
    with acting("bjorn") as bjorn:
        row = send(bjorn, placed)
    with acting("kari") as kari:
        answer(kari, row, InitiativeAnswer.START)
        assert Pathway.objects.get(child=placed).status == PathwayStatus.UNDER_ASSESSMENT
    with acting("bjorn") as bjorn:
        shown = queries.our_children(bjorn).rows[0].initiatives[0]
        assert (shown.answer, shown.answer_reason) == (InitiativeAnswer.START, "Vi ser det samme.")
        assert not Pathway.objects.exists()
        assert queries.our_children(bjorn).rows[0].pathway_id is None


def test_a_yes_to_reactivate_takes_the_ended_pathway_up_again_in_the_same_act(acting: Acting, placed: Child) -> None:
    with acting("kari") as kari:
        ended = do_not_start(kari, placed)
    with acting("bjorn") as bjorn:
        row = send(bjorn, placed, InitiativeWish.REACTIVATE)
    with acting("kari") as kari:
        before = Event.objects.count()
        answer(kari, row, InitiativeAnswer.REACTIVATE)
        assert Event.objects.count() == before + 1, "one act, one event"
        assert Pathway.objects.get().pk == ended.pk
        assert Pathway.objects.get().status == PathwayStatus.UNDER_ASSESSMENT
        assert Reactivation.objects.get().reason == "Vi ser det samme."


def test_there_must_be_something_to_take_up_again(acting: Acting, placed: Child) -> None:
    with acting("bjorn") as bjorn:
        row = send(bjorn, placed, InitiativeWish.REACTIVATE)
    with acting("kari") as kari, pytest.raises(door.Invalid) as refused:
        answer(kari, row, InitiativeAnswer.REACTIVATE)
    assert set(refused.value.problems) == {"answer"}


@pytest.mark.parametrize("says", [InitiativeAnswer.START, InitiativeAnswer.REACTIVATE])
def test_a_yes_while_one_is_open_is_only_an_answer(acting: Acting, placed: Child, says: InitiativeAnswer) -> None:
    with acting("bjorn") as bjorn:
        row = send(bjorn, placed)
    with acting("kari") as kari:
        pathways.open_pathway(actor=kari, child_id=placed.pk, once=None)
        answer(kari, row, says)
        assert Pathway.objects.count() == 1
        assert Reactivation.objects.count() == 0


def test_a_no_starts_nothing(acting: Acting, placed: Child) -> None:
    with acting("bjorn") as bjorn:
        row = send(bjorn, placed)
    with acting("kari") as kari:
        answer(kari, row, InitiativeAnswer.NO)
        assert not Pathway.objects.exists()


def test_an_answer_has_a_reason_and_is_given_once(acting: Acting, placed: Child) -> None:
    with acting("bjorn") as bjorn:
        row = send(bjorn, placed)
    with acting("kari") as kari:
        with pytest.raises(door.Invalid) as refused:
            answer(kari, row, InitiativeAnswer.NO, reason=" ")
        assert set(refused.value.problems) == {"reason"}
        answer(kari, row, InitiativeAnswer.NO)
    with acting("leif") as leif:
        with pytest.raises(door.Invalid) as refused:
            answer(leif, row, InitiativeAnswer.START)
        assert "alt svart" in str(refused.value.problems["initiative_id"])
        with pytest.raises(door.Invalid) as refused:
            initiatives.answer(
                actor=leif,
                child_id=placed.pk,
                once=None,
                initiative_id=uuid.uuid4(),
                answer=InitiativeAnswer.NO,
                reason="Nei.",
            )
        assert "finner ikke" in str(refused.value.problems["initiative_id"])


def test_sending_needs_a_reason_and_is_done_once(acting: Acting, placed: Child) -> None:
    once = uuid.uuid4()
    with acting("bjorn") as bjorn:
        with pytest.raises(door.Invalid):
            initiatives.send(actor=bjorn, child_id=placed.pk, once=None, wish=InitiativeWish.START, reason="  ")
        send(bjorn, placed, once=once)
        with pytest.raises(door.AlreadyDone):
            send(bjorn, placed, once=once)
        assert Initiative.objects.count() == 1


@pytest.mark.parametrize("who", ["berit", "per", "ola"])
def test_one_who_is_not_the_childs_home_cannot_ask_and_does_not_learn_that_the_child_exists(
    acting: Acting, placed: Child, who: str
) -> None:
    with acting(who) as actor, pytest.raises(access.NotVisible):
        send(actor, placed)


def test_child_welfare_itself_takes_no_initiative(acting: Acting, placed: Child) -> None:
    with acting("kari") as kari, pytest.raises(access.Refused):
        send(kari, placed)


def test_the_next_home_sees_neither_what_the_last_one_asked_nor_the_answer(acting: Acting, placed: Child) -> None:
    with acting("bjorn") as bjorn:
        row = send(bjorn, placed)
    with acting("kari") as kari:
        answer(kari, row, InitiativeAnswer.NO)
    live_at(acting, placed, "fosterhjemmet")
    with acting("berit") as berit:
        assert queries.our_children(berit).rows[0].initiatives == ()
        assert queries.child_page(berit, placed.pk).initiatives == ()
        for rows in (Initiative.objects.all(), InitiativeReply.objects.all()):
            assert not rows.exists(), "the wall in the database"
        assert not access.visible_to(berit, InitiativeReply.objects.all()).exists()
    with acting("bjorn"):
        assert not InitiativeReply.objects.exists(), "not even the asker, once the child has left"


def test_unanswered_initiatives_wait_with_the_municipalitys_own_deadline(
    acting: Acting, placed: Child, travel: Callable[[Any], None]
) -> None:
    with acting("bjorn") as bjorn:
        row = send(bjorn, placed)
    with acting("leif") as leif:
        (waiting,) = queries.list_unanswered_initiatives(leif)
        assert (waiting.initiative_id, waiting.child_name, waiting.from_service) == (
            row.pk,
            "Anna Solberg",
            "Fjordheim barnevernsinstitusjon",
        )
        assert (waiting.due_on, waiting.is_late) == (today() + timedelta(weeks=1), False)
    with acting("leif"):
        assert AccessLog.objects.get(action="unanswered_initiatives").children == [placed.pk]
    travel(now() + timedelta(days=8))
    with acting("kari") as kari:
        assert queries.list_unanswered_initiatives(kari)[0].is_late
        answer(kari, row, InitiativeAnswer.NO)
        assert queries.list_unanswered_initiatives(kari) == ()


@pytest.mark.parametrize("who", ["bjorn", "per", "ola"])
def test_only_the_service_that_was_asked_has_the_initiative_waiting(acting: Acting, placed: Child, who: str) -> None:
    with acting("bjorn") as bjorn:
        send(bjorn, placed)
    with acting(who) as actor:
        assert queries.list_unanswered_initiatives(actor) == ()


def test_the_list_of_unanswered_takes_two_queries_however_many_wait(acting: Acting, placed: Child) -> None:
    counts = []
    for _round in range(2):
        with acting("bjorn") as bjorn:
            send(bjorn, placed)
        with acting("kari") as kari, CaptureQueriesContext(connection) as asked:
            queries.list_unanswered_initiatives(kari)
        counts.append(len(asked))
    assert counts == [2, 2]


def test_only_a_home_has_children_living_with_it(acting: Acting, placed: Child) -> None:
    for who in ("kari", "per"):
        with acting(who) as actor, pytest.raises(access.Refused):
            queries.our_children(actor)


def test_the_homes_list_goes_on_where_the_page_ended(
    acting: Acting, placed: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE", 2)
    with acting("kari") as kari:
        for number in range(2):
            child = children.register(
                actor=kari,
                once=None,
                name=f"Barn {number}",
                born_on=placed.born_on,
                journal_number=f"J-{number}",
            )
            children.place(
                actor=kari,
                child_id=child.pk,
                once=None,
                basis=CareBasis.VOLUNTARY,
                service_id=cast.service("institusjonen").id,
                from_on=today(),
            )
    with acting("bjorn") as bjorn:
        first = queries.our_children(bjorn)
        rest = queries.our_children(bjorn, after=first.after)
        assert (len(first.rows), len(rest.rows), rest.after) == (2, 1, "")
        assert {row.name for row in (*first.rows, *rest.rows)} == {"Anna Solberg", "Barn 0", "Barn 1"}
