"""What the phases, the steps and the lists tell each reader: only what follows from what the reader may see."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest

from demo import cast
from grunnmur import clock
from grunnmur.cases import lifecycle, next_step
from grunnmur.cases.access import NotVisible
from grunnmur.cases.actions import basis, consents, sight
from grunnmur.cases.door import instant
from grunnmur.cases.models import Child, Restriction
from grunnmur.cases.next_step import Step
from grunnmur.cases.queries import case as cases
from grunnmur.cases.queries import work
from grunnmur.cases.terms import (
    HEALTH_KINDS,
    ChildParticipation,
    ConsentPurpose,
    HealthArea,
    InformationKind,
    MappingState,
    RestrictionCause,
)
from tests import health_case, together

Acting = Callable[[str], AbstractContextManager[Any]]
COORDINATION, MENTAL = InformationKind.COORDINATION, InformationKind.MENTAL


@pytest.fixture
def case(acting: Acting, anna: Child) -> uuid.UUID:
    """Under way; the GP sees mental and somatic health, the dental clinic only its own."""
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        together.start(kari, pathway_id)
        health_case.consent(kari, pathway_id, "storgata", HealthArea.MENTAL, HealthArea.SOMATIC)
        health_case.consent(kari, pathway_id, "tannklinikken", HealthArea.DENTAL)
    return pathway_id


def keys(found: cases.Case) -> set[str]:
    return {step.key for step in found.steps()}


@pytest.mark.parametrize(
    ("kind", "weighs", "sees", "is_told"),
    [
        (COORDINATION, InformationKind(0), COORDINATION, True),
        (MENTAL, InformationKind(0), COORDINATION, False),
        (MENTAL, InformationKind(0), COORDINATION | MENTAL, True),
        (COORDINATION, HEALTH_KINDS, COORDINATION | MENTAL, False),
        (COORDINATION, HEALTH_KINDS, COORDINATION | HEALTH_KINDS, True),
    ],
    ids=["coordination", "an area one does not see", "an area one sees", "weighed from more", "weighed from all of it"],
)
def test_who_is_told_of_a_step(
    kind: InformationKind, weighs: InformationKind, sees: InformationKind, is_told: bool
) -> None:
    step = Step("call_meeting", frozenset({"s"}), clock.today(), kind=kind, weighs=weighs)
    assert next_step.told(step, kinds=sees) is is_told


def test_phases_tell_nothing_of_an_area_that_one_does_not_see(acting: Acting, case: uuid.UUID) -> None:
    with acting("tone") as tone:
        before = cases.get_case(tone, case, page="pathway")
        told = lifecycle.phases(before.facts), before.steps()
    with acting("kari") as kari:
        asked = health_case.ask(kari, case, "storgata", HealthArea.SOMATIC)
    with acting("tone") as tone:
        after = cases.get_case(tone, case, page="pathway")
        assert (lifecycle.phases(after.facts), after.steps()) == told
        assert not after.tells_all
    with acting("per") as per:
        health_case.step(per, case, asked, MappingState.ACCEPTED)
        assert lifecycle.phases(cases.get_case(per, case, page="pathway").facts)[2].state == "now"


def test_who_sees_all_areas_is_told_what_is_weighed_from_them(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        found = cases.get_case(kari, case, page="pathway")
        assert "consider_areas" in keys(found)
        assert found.tells_all
    with acting("per") as per:
        assert "consider_areas" not in keys(cases.get_case(per, case, page="pathway"))


def withhold(acting: Acting, case: uuid.UUID, child: Child, item: uuid.UUID, service: str) -> None:
    with acting("leif") as leif:
        sight.restrict(
            actor=leif,
            child_id=child.pk,
            once=None,
            cause=RestrictionCause.SERVICE_RESTRICTED,
            reason="Gjelder noe annet.",
            review_on=clock.today() + timedelta(days=30),
            service_id=together.service_id(service),
            item=item,
        )


def test_a_case_that_one_cannot_open_stands_in_no_list(acting: Acting, anna: Child, case: uuid.UUID) -> None:
    def listed() -> set[uuid.UUID]:
        with acting("per") as per:
            lists = work.my_work(per, mine_only=False, after={}).values()
            return {row.pathway_id for part in lists for row in part.rows}

    with acting("kari") as kari:
        together.call(kari, case, "storgata")
    assert listed() == {case}
    with acting("leif") as leif:
        sight.restrict(
            actor=leif,
            child_id=anna.pk,
            once=None,
            cause=RestrictionCause.SERVICE_RESTRICTED,
            reason="Gjelder noe annet.",
            review_on=clock.today() + timedelta(days=30),
            service_id=together.service_id("storgata"),
            kinds=COORDINATION,
        )
    with acting("per") as per, pytest.raises(NotVisible):
        cases.get_case(per, case, page="pathway")
    assert listed() == set()


def test_a_meeting_that_is_withheld_waits_for_nobody_who_does_not_see_it(
    acting: Acting, anna: Child, case: uuid.UUID
) -> None:
    def told() -> tuple[set[str], list[str]]:
        with acting("per") as per:
            page = cases.get_case(per, case, page="pathway")
            rows = [row for part in work.my_work(per, mine_only=False, after={}).values() for row in part.rows]
            return keys(page), [row.next_step for row in rows]

    without = told()
    with acting("kari") as kari:
        meeting = together.call(kari, case, "storgata")
    assert "answer_invitation" in told()[0]
    assert told()[1] != without[1]
    withhold(acting, case, anna, meeting.pk, "storgata")
    assert told() == without
    with acting("kari") as kari:
        assert "hold_meeting" in keys(cases.get_case(kari, case, page="pathway"))


def keep_from_leif(acting: Acting, child: Child, item: uuid.UUID, kinds: InformationKind) -> None:
    with acting("kari") as kari:
        Restriction.objects.create(
            child=child,
            owner_service_id=kari.service_id,
            only_for=cast.get("leif").person_id,
            kinds=int(kinds),
            item=item,
            cause=RestrictionCause.CONFLICT_OF_INTEREST,
            reason="Nær slekt.",
            decided_by_id=kari.person_id,
            starts_at=instant(),
            review_on=clock.today() + timedelta(days=30),
        )


def test_one_who_is_kept_from_a_single_row_is_not_told_that_there_is_more(
    acting: Acting, anna: Child, case: uuid.UUID
) -> None:
    with acting("kari") as kari:
        asked = health_case.ask(kari, case, "storgata", HealthArea.SOMATIC)
    keep_from_leif(acting, anna, asked.pk, InformationKind.SOMATIC)
    with acting("leif") as leif:
        found = cases.get_case(leif, case, page="pathway")
        assert found.facts.mappings != found.whole.mappings
        assert found.tells_all, "or the page would say that something is kept"


def pending_consent(kari: Any, case: uuid.UUID) -> uuid.UUID:
    """One that nobody has answered yet: whoever is told of it is told that answers are missing."""
    today = clock.today()
    (asked,) = consents.record(
        actor=kari,
        pathway_id=case,
        once=None,
        purposes=[ConsentPurpose.CONTACT_HEALTH],
        recipient_id=together.service_id("tannklinikken"),
        kinds=InformationKind.DENTAL,
        valid_from=today,
        valid_until=today + timedelta(days=365),
        answers=[],
    )
    return asked.pk


def conversation(kari: Any, case: uuid.UUID) -> uuid.UUID:
    """One with the child and its parents, without which nothing is decided."""
    return basis.record_conversation(
        actor=kari,
        pathway_id=case,
        once=None,
        with_whom="both",
        held_on=clock.today(),
        summary="Vi snakket sammen.",
        participation=ChildParticipation.CONVERSATION,
    ).pk


@pytest.mark.parametrize(
    ("act", "is_started", "changes"),
    [
        pytest.param(pending_consent, True, "get_signature", id="a consent"),
        pytest.param(conversation, False, "talk_with_child", id="a conversation"),
    ],
)
def test_a_row_of_the_owner_that_is_kept_from_one_who_works_there_changes_no_step_for_that_one(
    acting: Acting, anna: Child, act: Callable[[Any, uuid.UUID], uuid.UUID], is_started: bool, changes: str
) -> None:
    def told(key: str) -> tuple[Step, ...]:
        with acting(key) as actor:
            return cases.get_case(actor, pathway_id, page="pathway").steps()

    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        if is_started:
            together.start(kari, pathway_id)
    without = told("leif")
    with acting("kari") as kari:
        item = act(kari, pathway_id)
    keep_from_leif(acting, anna, item, InformationKind.COORDINATION | InformationKind.CHILD_WELFARE)
    assert told("leif") == without
    assert changes in {step.key for step in (*told("kari"), *without)} and told("kari") != without
