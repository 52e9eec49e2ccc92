"""The door: one act, one event, once; a stranger learns nothing."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from grunnmur.cases import access, door
from grunnmur.cases.actions import basis, pathways
from grunnmur.cases.models import Child, Conversation, Participation, Pathway
from grunnmur.clock import today
from grunnmur.log.models import Event

Acting = Callable[[str], AbstractContextManager[Any]]


@pytest.fixture
def pathway_id(acting: Acting, anna: Child) -> uuid.UUID:
    with acting("kari") as kari:
        return pathways.open_pathway(actor=kari, child_id=anna.pk, once=uuid.uuid4()).pk


def talk(actor: Any, pathway_id: uuid.UUID, once: uuid.UUID | None = None) -> Conversation:
    return basis.record_conversation(
        actor=actor, pathway_id=pathway_id, once=once, with_whom="parents", held_on=today(), summary="Slankere."
    )


def test_an_act_leaves_one_event(acting: Acting, pathway_id: uuid.UUID) -> None:
    with acting("kari") as kari:
        before = Event.objects.count()
        talk(kari, pathway_id)
        assert Event.objects.count() == before + 1


def test_a_double_click_does_a_thing_once(acting: Acting, pathway_id: uuid.UUID) -> None:
    once = uuid.uuid4()
    with acting("kari") as kari:
        talk(kari, pathway_id, once)
        with pytest.raises(door.AlreadyDone):
            talk(kari, pathway_id, once)
        assert Conversation.objects.count() == 1


def test_a_stranger_cannot_act_and_cannot_tell_that_the_case_exists(acting: Acting, pathway_id: uuid.UUID) -> None:
    with acting("ola") as ola:
        with pytest.raises(access.NotVisible):
            talk(ola, pathway_id)
        with pytest.raises(access.NotVisible):
            talk(ola, uuid.uuid4())
        assert not Pathway.objects.exists()
        assert not Participation.objects.exists()


def test_nobody_sees_anything_without_a_session(
    db: None, pathway_id: uuid.UUID, as_admin: Callable[[], AbstractContextManager[None]]
) -> None:
    assert not Pathway.objects.exists()
    with as_admin():
        assert Pathway.objects.filter(pk=pathway_id).exists()
