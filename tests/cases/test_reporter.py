"""Who reported a concern is known to the child welfare service that owns the case, and by nobody who sees the note."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest

from demo import cast
from grunnmur import clock
from grunnmur.cases import access
from grunnmur.cases.actions import emergencies, sight
from grunnmur.cases.models import Child, NoteOfConcern, Reporter
from grunnmur.cases.queries.child import notes_of
from grunnmur.cases.terms import FamilyAccess
from grunnmur.directory import sessions
from tests import together

Acting = Callable[[str], AbstractContextManager[Any]]


@pytest.fixture
def reported(acting: Acting, anna: Child) -> Child:
    """Somebody in private has reported; Per is let in, and it is decided that Anna has full access herself."""
    with acting("kari") as kari:
        together.note(kari, anna, "3", received_on=clock.today(), contents=["1.1.02"])
        case = together.begin(kari, anna)
        together.start(kari, case)
        together.let_in(kari, case, cast.get("per").service)
        sight.decide_access(
            actor=kari,
            child_id=anna.pk,
            once=None,
            identity=anna.pk,
            family_access=FamilyAccess.FULL,
            reason="Hun er femten.",
            review_on=clock.today() + timedelta(days=30),
        )
    return anna


def seen(asking: Any) -> tuple[int, int]:
    """How many notes and how many reporters somebody sees, by both walls."""
    found = []
    for model in (NoteOfConcern, Reporter):
        program, database = access.visible_to(asking, model.objects.all()).count(), model.objects.count()
        assert program == database, model
        found.append(program)
    return found[0], found[1]


@pytest.mark.parametrize(("who", "sees"), [("kari", (1, 1)), ("leif", (1, 1)), ("per", (0, 0)), ("ola", (0, 0))])
def test_the_owner_knows_and_no_other_service_does(
    acting: Acting, reported: Child, who: str, sees: tuple[int, int]
) -> None:
    with acting(who) as actor:
        assert seen(actor) == sees
        assert [note.reporters for note in notes_of(actor, reported)] == [("3",)] * sees[0]


def test_break_glass_shows_the_note_and_not_who_reported(acting: Acting, fresh: Any, reported: Child) -> None:
    with acting("kari"):
        number = Child.objects.get().national_id
    assert number
    with acting("ola") as ola:
        emergencies.break_glass(
            actor=fresh(ola), national_number=number, reason="Jenta er funnet i fare, vi må vite om sykdom."
        )
    with acting("ola") as ola:
        assert seen(ola) == (1, 0)
        assert [note.reporters for note in notes_of(ola, reported)] == [()]


def test_the_child_itself_sees_the_note_and_not_who_reported(acting: Acting, reported: Child, travel: Any) -> None:
    travel(clock.now() + timedelta(days=365))
    with sessions.as_relative(reported.pk) as anna:
        assert seen(anna) == (1, 0)
