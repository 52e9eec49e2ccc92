"""What is written to be read before a meeting: for those who see its kind, and nobody else."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest

from grunnmur.cases import access
from grunnmur.cases.actions import meetings, sight
from grunnmur.cases.models import Child, Meeting, MeetingText, Participation, Pathway
from grunnmur.cases.queries.case import get_case
from grunnmur.cases.queries.meetings import list_audiences, list_meetings
from grunnmur.cases.terms import HealthArea, InformationKind, ParticipationBasis, RestrictionCause
from grunnmur.log.models import Event
from grunnmur.post.models import Message
from tests import health_case, together
from tests.cases.test_meetings import hold, problems

Acting = Callable[[str], AbstractContextManager[Any]]
COORDINATION, SOMATIC, MENTAL = InformationKind.COORDINATION, InformationKind.SOMATIC, InformationKind.MENTAL


@pytest.fixture
def case(acting: Acting, anna: Child) -> uuid.UUID:
    """Under way; the GP and ABUP see somatic health (`together.let_in`)."""
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        together.start(kari, pathway_id)
        together.let_in(kari, pathway_id, "storgata", "abup")
    return pathway_id


@pytest.fixture
def meeting(case: uuid.UUID, acting: Acting) -> Meeting:
    with acting("kari") as kari:
        return together.call(kari, case, "storgata", "abup")


def write(actor: Any, case: uuid.UUID, meeting: Meeting, **more: Any) -> MeetingText:
    given = {"kind": COORDINATION, "title": "Om skolen", "text": "Hun er der to dager i uken.", "once": None, **more}
    return meetings.add_text(actor=actor, pathway_id=case, meeting_id=meeting.pk, **given)


def read(actor: Any, case: uuid.UUID) -> list[str]:
    return [one.text for row in list_meetings(get_case(actor, case, page="meetings")) for one in row.texts]


def test_all_who_take_part_read_what_is_for_all_and_are_told(case: uuid.UUID, meeting: Meeting, acting: Acting) -> None:
    with acting("per") as per:
        written = write(per, case, meeting)
    for key in ("kari", "siri"):
        with acting(key) as actor:
            assert read(actor, case) == ["Hun er der to dager i uken."]
            assert Message.objects.filter(item=written.pk, to_service=actor.service_id).exists()


def test_what_is_about_one_area_is_for_those_who_see_it_alone(
    case: uuid.UUID, meeting: Meeting, acting: Acting
) -> None:
    """Kari writes of mental health, which neither the GP nor ABUP has been let see here."""
    with acting("kari") as kari:
        written = write(kari, case, meeting, kind=MENTAL, text="Sover dårlig.")
    for key in ("per", "siri"):
        with acting(key) as actor:
            assert read(actor, case) == []
            assert not MeetingText.objects.filter(pk=written.pk).exists(), "the database says the same"
            assert not Message.objects.filter(item=written.pk).exists()
            assert not Event.objects.filter(subject_id=written.pk).exists()
    with acting("kari") as kari:
        assert read(kari, case) == ["Sover dårlig."]


def test_who_will_read_it_is_said_before_it_is_saved(case: uuid.UUID, meeting: Meeting, acting: Acting) -> None:
    with acting("kari") as kari:
        said = {one.kind: set(one.readers) for one in list_audiences(get_case(kari, case, page="add_text"))}
    names = {"Grimstad barneverntjeneste", "Storgata legesenter", "ABUP Arendal"}
    assert said[COORDINATION] == said[SOMATIC] == names
    assert said[MENTAL] == {"Grimstad barneverntjeneste"}


def bar(acting: Acting, child: Child, kinds: InformationKind, **whom: uuid.UUID) -> None:
    with acting("kari") as kari:
        sight.restrict(
            actor=kari,
            child_id=child.pk,
            once=None,
            cause=RestrictionCause.SERVICE_RESTRICTED,
            kinds=kinds,
            reason="Avtalt med Anna.",
            review_on=together.day(90),
            **whom,
        )


def audiences(acting: Acting, who: str, case: uuid.UUID) -> dict[InformationKind, set[str]]:
    with acting(who) as actor:
        return {one.kind: set(one.readers) for one in list_audiences(get_case(actor, case, page="add_text"))}


def test_whom_a_no_keeps_from_it_neither_reads_it_nor_writes_it_and_the_owner_alone_is_told(
    case: uuid.UUID, meeting: Meeting, acting: Acting, anna: Child
) -> None:
    """The case's page tells everybody what each is let see by consent; told less here, one could see the no."""
    with acting("kari") as kari:
        for service in ("storgata", "abup"):
            health_case.consent(kari, case, service, HealthArea.SOMATIC, purposes=health_case.SEE_AND_TELL)
    before_per = audiences(acting, "per", case)
    assert "ABUP Arendal" in before_per[SOMATIC] & audiences(acting, "siri", case)[SOMATIC]
    bar(acting, anna, SOMATIC, service_id=together.service_id("abup"))
    said = audiences(acting, "kari", case)
    assert "ABUP Arendal" in said[COORDINATION]
    assert "Storgata legesenter" in said[SOMATIC]
    assert "ABUP Arendal" not in said[SOMATIC]
    assert audiences(acting, "per", case) == before_per
    assert list(audiences(acting, "siri", case)) == [COORDINATION]
    with acting("per") as per:
        written = write(per, case, meeting, kind=SOMATIC)
    with acting("siri") as siri:
        assert read(siri, case) == []
        assert not MeetingText.objects.filter(pk=written.pk).exists(), "the database says the same"
        assert not Message.objects.filter(item=written.pk).exists()
        assert "kan dere bare" in problems(write, actor=siri, case=case, meeting=meeting, kind=SOMATIC)["kind"]


def test_what_a_colleague_alone_sees_or_one_sees_to_read_is_not_written_of(
    case: uuid.UUID, acting: Acting, as_admin: Callable[[], AbstractContextManager[None]]
) -> None:
    with acting("per") as per:
        ours = access.kinds_to_write(per, Pathway.objects.get(pk=case))
        assert COORDINATION & ours
        assert not MENTAL & ours
    with as_admin():
        own = Participation.objects.filter(pathway=case, service=per.service_id).first()
        assert own is not None
        for who in (uuid.uuid4(), per.person_id):
            again(
                own,
                pk=uuid.uuid4(),
                only_for=who,
                basis=ParticipationBasis.BREAK_GLASS,
                kinds=int(MENTAL),
                ends_at=own.starts_at + timedelta(hours=1),
            )
    with acting("per") as per:
        assert access.kinds_to_write(per, Pathway.objects.get(pk=case)) == ours


def again(row: Participation, **other: Any) -> None:
    """The same row once more, but for what is given."""
    for name, value in other.items():
        setattr(row, name, value)
    row.save(force_insert=True)


def test_health_is_written_of_only_where_it_may_be_told(case: uuid.UUID, meeting: Meeting, acting: Acting) -> None:
    """The GP sees somatic health, and no consent lets it tell child welfare what it finds (hpl § 22)."""
    with acting("per") as per:
        kinds = [one.kind for one in list_audiences(get_case(per, case, page="add_text"))]
        assert kinds == [COORDINATION]
        for kind in (SOMATIC, MENTAL, InformationKind.CHILD_WELFARE):
            assert "samtykket" in problems(write, actor=per, case=case, meeting=meeting, kind=kind)["kind"]


@pytest.mark.parametrize(("given", "field"), [({"title": " "}, "title"), ({"text": ""}, "text")])
def test_nothing_is_not_saved(
    given: dict[str, str], field: str, case: uuid.UUID, meeting: Meeting, acting: Acting
) -> None:
    with acting("kari") as kari:
        assert field in problems(write, actor=kari, case=case, meeting=meeting, **given)


def test_only_those_who_are_invited_write_and_only_before_it_is_held(case: uuid.UUID, acting: Acting) -> None:
    with acting("kari") as kari:
        meeting = together.call(kari, case, "storgata", days=0)
    with acting("siri") as siri, pytest.raises(access.Refused, match="not_invited"):
        write(siri, case, meeting)
    with acting("ola") as ola, pytest.raises(access.NotVisible):
        write(ola, case, meeting)
    with acting("kari") as kari:
        hold(kari, case, meeting)
        assert "holdt" in problems(write, actor=kari, case=case, meeting=meeting)["kind"]


def test_it_goes_with_the_meeting_when_that_is_moved(case: uuid.UUID, meeting: Meeting, acting: Acting) -> None:
    with acting("kari") as kari:
        write(kari, case, meeting)
        moved = together.call(kari, case, "storgata", days=9, moved_from_id=meeting.pk)
        shown = {row.meeting_id: len(row.texts) for row in list_meetings(get_case(kari, case, page="meetings"))}
        assert shown == {meeting.pk: 0, moved.pk: 1}
