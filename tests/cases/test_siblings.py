"""A text of one child's case names no sibling: the pure rule, and the acts whose texts go furthest."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grunnmur import clock
from grunnmur.cases.actions import children, closings, meetings
from grunnmur.cases.door import Invalid
from grunnmur.cases.family import siblings_named
from grunnmur.cases.models import Child
from grunnmur.cases.terms import ChildParticipation, MeetingKind, RelationKind
from tests import together

Acting = Callable[[str], AbstractContextManager[Any]]
WORDS = st.lists(st.sampled_from(["Emil", "emil", "sover", "Liv", "liv", "Anna", "Emilie"]), max_size=8)


@pytest.mark.parametrize(
    ("siblings", "text", "named"),
    [
        pytest.param(["Emil Solberg"], "Emil er urolig om natten.", ("Emil",), id="the given name"),
        pytest.param(["Emil Solberg"], "Familien Solberg flytter.", (), id="not the name they share"),
        pytest.param(["Liv Solberg"], "Det handler om liv og helse.", (), id="a name that is a word too"),
        pytest.param(["Liv Solberg"], "Liv sover dårlig.", ("Liv",), id="and the same word as a name"),
        pytest.param(["Emil Solberg"], "Emilie er læreren.", (), id="not a part of another name"),
        pytest.param(["Anna-Lise Vik"], "Anna-Lise er med.", ("Anna-Lise",), id="a name of two"),
        pytest.param(["Anna Vik"], "Anna sover.", (), id="not the child's own"),
        pytest.param(["", "Emil"], "Broren sover.", (), id="told of without a name"),
    ],
)
def test_who_is_named(siblings: list[str], text: str, named: tuple[str, ...]) -> None:
    assert siblings_named(siblings, child="Anna Solberg", texts=[text]) == named


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(WORDS)
def test_only_those_who_stand_there_are_named(words: list[str]) -> None:
    found = siblings_named(["Emil Solberg", "Liv Solberg"], child="Anna Solberg", texts=[" ".join(words)])
    assert set(found) == {name for name in ("Emil", "Liv") if name in words}


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
        assert set(refused.value.problems) == {"minutes", "decisions"}
        assert "Emil" in str(refused.value.problems["minutes"])
        hold(kari, case, meeting.pk, minutes="Broren sover heller ikke.", decisions="Broren får samtaler.")


def hold(kari: Any, case: uuid.UUID, meeting: uuid.UUID, **told: str) -> None:
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
    assert set(refused.value.problems) == {"summary"}
