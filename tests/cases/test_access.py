"""Who may do what, as a table; and that buttons and the door ask the same question."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from grunnmur.cases import access
from grunnmur.cases.access import ACTS, CHILD_ACTS
from grunnmur.cases.models import Pathway
from grunnmur.cases.terms import PathwayStatus
from grunnmur.directory.kinds import Role, ServiceKind
from grunnmur.directory.sessions import Actor

OWNER = UUID("00000000-0000-0000-0000-00000000000a")
OTHER = UUID("00000000-0000-0000-0000-00000000000b")
KINDS = {
    Role.CONTACT_PERSON: ServiceKind.CHILD_WELFARE,
    Role.LEADER: ServiceKind.CHILD_WELFARE,
    Role.GP: ServiceKind.GP,
    Role.PUBLIC_HEALTH_NURSE: ServiceKind.SCHOOL_HEALTH,
    Role.PSYCHOLOGIST: ServiceKind.CAMHS,
    Role.NURSE: ServiceKind.PAEDIATRIC,
    Role.DENTAL_STAFF: ServiceKind.DENTAL,
    Role.INSTITUTION_STAFF: ServiceKind.INSTITUTION,
    Role.FOSTER_PARENT: ServiceKind.FOSTER_HOME,
    Role.SCHOOL_STAFF: ServiceKind.SCHOOL,
    Role.CHIEF_PHYSICIAN: ServiceKind.MUNICIPAL_MENTAL_HEALTH,
    Role.COUNTY_GOVERNOR_STAFF: ServiceKind.COUNTY_GOVERNOR,
    Role.EVALUATOR: ServiceKind.RESEARCH,
    Role.IMPORTER: ServiceKind.CHILD_WELFARE,
}
SEES_NO_CHILD = (Role.CHIEF_PHYSICIAN, Role.COUNTY_GOVERNOR_STAFF, Role.EVALUATOR)


def actor(role: Role, *, service: UUID) -> Actor:
    return Actor(
        person_id=uuid4(),
        person_name="",
        membership_id=uuid4(),
        service_id=service,
        service_name="",
        service_kind=KINDS[role],
        municipality=None,
        role=role,
        expires_at=datetime.max.replace(tzinfo=UTC),
    )


def case(status: PathwayStatus) -> Pathway:
    return Pathway(author_service_id=OWNER, status=status)


def code(who: Actor, status: PathwayStatus, act: str) -> str:
    refusal = access.why_not(who, case(status), act)
    return refusal.code if refusal else "may"


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("status", PathwayStatus)
def test_the_owners_contact_person_may_what_the_status_allows(act: str, status: PathwayStatus) -> None:
    kari = actor(Role.CONTACT_PERSON, service=OWNER)
    right = ACTS[act]
    if Role.CONTACT_PERSON not in right.roles:
        expected = "role"
    else:
        expected = "may" if status in right.while_status else f"status_{status}"
    assert code(kari, status, act) == expected


@pytest.mark.parametrize("act", [act for act, right in ACTS.items() if right.owner_only])
@pytest.mark.parametrize("role", KINDS)
def test_the_owners_acts_are_nobody_elses(act: str, role: Role) -> None:
    assert code(actor(role, service=OTHER), PathwayStatus.UNDER_WAY, act) == "owner_only"


@pytest.mark.parametrize("role", SEES_NO_CHILD)
@pytest.mark.parametrize("act", [*ACTS, *CHILD_ACTS])
def test_those_who_only_see_numbers_do_nothing_with_a_child(role: Role, act: str) -> None:
    if act in ACTS:
        assert code(actor(role, service=OTHER), PathwayStatus.UNDER_WAY, act) != "may"
    else:
        with pytest.raises(access.Refused):
            access.check_child(actor(role, service=OTHER), None, act)


# What services that take part may do while the pathway is under way; anything else is refused.
ATTENDING = {
    *("own_words.record", "questions.answer", "meetings.reply", "meetings.answer_times", "meetings.review_minutes"),
    *("meetings.add_text", "plans.change_task"),
}
TAKING_PART = {
    Role.GP: {
        "own_words.record",
        "questions.ask",
        "questions.answer",
        "meetings.add_text",
        "meetings.answer_times",
        "meetings.reply",
        "meetings.review_minutes",
        "plans.set_goal",
        "plans.change_goal",
        "plans.set_task",
        "plans.set_tasks",
        "plans.change_task",
        "mappings.step",
        "mappings.report",
        "referrals.send",
        "referrals.answer",
        "attachments.add",
        "messages.remind",
        "remarks.record",
    },
    Role.INSTITUTION_STAFF: ATTENDING,
    Role.SCHOOL_STAFF: ATTENDING,
}


@pytest.mark.parametrize("role", TAKING_PART)
def test_what_a_service_that_takes_part_may_do(role: Role) -> None:
    may = {act for act in ACTS if code(actor(role, service=OTHER), PathwayStatus.UNDER_WAY, act) == "may"}
    assert may == {act for act in TAKING_PART[role] if act in ACTS}


@pytest.mark.parametrize("status", [PathwayStatus.CLOSED, PathwayStatus.NOT_STARTED])
def test_what_may_still_be_done_with_a_case_that_has_ended(status: PathwayStatus) -> None:
    kari = actor(Role.CONTACT_PERSON, service=OWNER)
    may = {act for act in ACTS if code(kari, status, act) == "may"}
    of_what_was = (
        {"passports.give", "passports.send", "links.recall", "moves.offer", "consents.record", "consents.answer"}
        if status is PathwayStatus.CLOSED
        else set()
    )
    handovers = {act for act in ACTS if act.startswith("handovers.")}
    late = {"referrals.answer"} if status is PathwayStatus.CLOSED else set()
    always = {"closings.reactivate", "consents.withdraw", "remarks.record", "moves.withdraw", "attachments.release"}
    assert may == of_what_was | always | handovers | late


def test_every_refusal_has_a_sentence_for_people() -> None:
    for role in KINDS:
        for status in PathwayStatus:
            for act in ACTS:
                refusal = access.why_not(actor(role, service=OTHER), case(status), act)
                assert refusal is None or len(str(refusal.sentence)) > 10
