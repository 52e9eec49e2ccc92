"""A text of one child's case names no sibling: the acts whose texts go furthest. The rule itself: `test_family.py`."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from grunnmur import clock
from grunnmur.cases.actions import children, closings, meetings
from grunnmur.cases.door import Invalid
from grunnmur.cases.models import Child
from grunnmur.cases.terms import ChildParticipation, InformationKind, MeetingKind, RelationKind
from tests import together

Acting = Callable[[str], AbstractContextManager[Any]]


@pytest.fixture
def case(acting: Acting, anna: Child) -> uuid.UUID:
    with acting("kari") as kari:
        children.add_person(
            actor=kari,
            child_id=anna.pk,
            once=None,
            name="Emil Solberg",
            relation=RelationKind.SIBLING,
            from_on=clock.today(),
        )
        key = together.begin(kari, anna)
        together.start(kari, key)
    return key


def test_minutes_are_refused_beside_the_field_that_names_one(acting: Acting, case: uuid.UUID, travel: Any) -> None:
    with acting("kari") as kari:
        meeting = together.call(kari, case, kind=MeetingKind.AVKLARINGSMOTE)
    travel(together.at(8))
    told = {"minutes": "Emil sover heller ikke.", "decisions": "Emil får samtaler."}
    with acting("kari") as kari:
        with pytest.raises(Invalid) as refused:
            hold(kari, case, meeting.pk, **told)
        assert set(refused.value.problems) == {"minutes", "decisions", "is_another"}
        assert "Emil" in str(refused.value.problems["minutes"])
        hold(kari, case, meeting.pk, minutes="Broren sover heller ikke.", decisions="Broren får samtaler.")


def test_another_with_the_same_name_can_be_named(acting: Acting, case: uuid.UUID, travel: Any) -> None:
    with acting("kari") as kari:
        meeting = together.call(kari, case, kind=MeetingKind.AVKLARINGSMOTE)
        given = {"actor": kari, "pathway_id": case, "once": None, "meeting_id": meeting.pk, "title": "Til møtet"}
        given |= {"kind": InformationKind.COORDINATION, "text": "Emil Dahl (fastlege) kommer."}
        with pytest.raises(Invalid) as refused:
            meetings.add_text(**given)
        assert set(refused.value.problems) == {"text", "is_another"}
        meetings.add_text(**given, is_another=True)
    travel(together.at(8))
    with acting("kari") as kari:
        with pytest.raises(Invalid) as refused:
            hold(kari, case, meeting.pk, minutes="Emil Dahl (fastlege) var med.")
        assert set(refused.value.problems) == {"minutes", "is_another"}
        hold(kari, case, meeting.pk, minutes="Emil Dahl (fastlege) var med.", is_another=True)


def hold(kari: Any, case: uuid.UUID, meeting: uuid.UUID, **told: Any) -> None:
    meetings.hold(
        actor=kari,
        pathway_id=case,
        once=None,
        meeting_id=meeting,
        held_on=clock.today(),
        services_present=[],
        people_present=[],
        child_present=True,
        participation=ChildParticipation.CONVERSATION,
        **told,
    )


def test_the_summary_that_goes_along_is_refused_too(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari, pytest.raises(Invalid) as refused:
        closings.close(
            actor=kari,
            pathway_id=case,
            once=None,
            seen=None,
            ground="no_further_need",
            closed_on=clock.today(),
            summary="Emil har det bra.",
            child_view="Bra.",
            carriers=[],
        )
    assert set(refused.value.problems) == {"summary", "is_another"}
