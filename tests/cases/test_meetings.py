"""Calling, moving, cancelling, holding and answering: what is refused, and what is written."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import pytest

from grunnmur import clock
from grunnmur.cases import access, door, facts
from grunnmur.cases.actions import consents, meetings
from grunnmur.cases.actions.meetings import DecidedTask
from grunnmur.cases.models import (
    Child,
    Invitation,
    InvitationReply,
    Meeting,
    MeetingGuest,
    MeetingHeld,
    OwnWords,
    RelatedPerson,
    Task,
    TaskVersion,
)
from grunnmur.cases.terms import AttendanceAnswer, ChildParticipation, MeetingKind, SignatoryKind
from grunnmur.log.models import Event
from tests import together

Acting = Callable[[str], AbstractContextManager[Any]]
Travel = Callable[[datetime], None]
STATUS = MeetingKind.STATUSMOTE


@pytest.fixture
def case(acting: Acting, anna: Child) -> uuid.UUID:
    """Under way since today; the GP and ABUP may take part."""
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        together.start(kari, pathway_id)
        together.let_in(kari, pathway_id, "storgata", "abup")
    return pathway_id


def problems(call: Callable[..., Any], **given: Any) -> dict[str, str]:
    """The sentences that an act refuses with."""
    with pytest.raises(door.Invalid) as invalid:
        call(**given)
    return {field: str(problem) for field, problem in invalid.value.problems.items()}


def hold(actor: Any, pathway_id: uuid.UUID, meeting: Meeting, **more: Any) -> MeetingHeld:
    return meetings.hold(
        **{
            "actor": actor,
            "pathway_id": pathway_id,
            "once": None,
            "meeting_id": meeting.pk,
            "held_on": clock.today(),
            "services_present": [],
            "people_present": [],
            "child_present": True,
            "participation": ChildParticipation.CONVERSATION,
            "minutes": "Vi ble enige.",
            **more,
        }
    )


# --- calling --------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        pytest.param({"starts_at": together.at(-20 * 365)}, "starts_at", "før barnet ble født", id="before-birth"),
        pytest.param({"starts_at": together.at(-1)}, "starts_at", "før dere begynte", id="before-the-case"),
        pytest.param({"starts_at": together.at(3 * 365)}, "starts_at", "mer enn to år fram", id="a-slip-in-the-year"),
        pytest.param({"place": " "}, "place", "hvor møtet er", id="nowhere"),
        pytest.param({"services": []}, "services", "minst én tjeneste", id="a-start-up-meeting-alone"),
        pytest.param(
            {"services": [together.service_id("skolen")]}, "services", "har samtykket til", id="without-consent"
        ),
        pytest.param({"services": [uuid.uuid4()]}, "services", "finner ikke tjenesten", id="no-such-service"),
        pytest.param({"related_people": [uuid.uuid4()]}, "related_people", "rundt barnet", id="a-stranger"),
        pytest.param({"moved_from_id": uuid.uuid4()}, "moved_from_id", "kan ikke flyttes", id="no-such-meeting"),
    ],
)
def test_a_meeting_that_cannot_be_called(
    acting: Acting, case: uuid.UUID, given: dict[str, Any], field: str, sentence: str
) -> None:
    with acting("kari") as kari:
        given = {"services": [together.service_id("storgata")], **given}
        assert sentence in problems(lambda: together.call(kari, case, **given))[field]
        assert not Meeting.objects.exists()


def test_a_service_let_in_is_invited_once_however_often_it_is_ticked(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        mother = RelatedPerson.objects.get(relation="mother")
        called = together.call(kari, case, "storgata", "storgata", related_people=[mother.pk, mother.pk])
        assert Invitation.objects.get(meeting=called).service_id == together.service_id("storgata")
        assert MeetingGuest.objects.get(meeting=called).related_person == mother
        assert Event.objects.get(name="meeting.called").subject_id == called.pk


@pytest.mark.parametrize(
    ("kind", "is_refused"),
    [
        pytest.param(MeetingKind.OPPSTARTSMOTE, True, id="the-same-meeting-twice"),
        pytest.param(STATUS, False, id="status-meetings-repeat"),
    ],
)
def test_two_who_call_the_same_meeting(acting: Acting, case: uuid.UUID, kind: MeetingKind, is_refused: bool) -> None:
    with acting("kari") as kari:
        together.call(kari, case, "storgata", kind=kind)
    with acting("leif") as leif:
        if is_refused:
            found = problems(lambda: together.call(leif, case, "storgata", kind=kind, days=9))
            assert "alt kalt inn til oppstartsmøte" in found["meeting"]
        else:
            together.call(leif, case, "storgata", kind=kind, days=9)
        assert Meeting.objects.count() == (1 if is_refused else 2)


def test_a_service_that_has_closed_is_not_invited(
    acting: Acting, case: uuid.UUID, as_admin: Callable[[], AbstractContextManager[None]]
) -> None:
    from grunnmur.directory.models import Service

    with as_admin():
        Service.objects.filter(pk=together.service_id("abup")).update(closed_on=clock.today())
    with acting("kari") as kari:
        assert "lagt ned" in problems(lambda: together.call(kari, case, "abup"))["services"]


def test_a_withdrawn_consent_stops_the_invitation(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        (consent_id,) = together.let_in(kari, case, "skolen")
        consents.withdraw(
            actor=kari, pathway_id=case, once=None, consent_id=consent_id, withdrawn_by=SignatoryKind.CHILD
        )
        assert "har samtykket til" in problems(lambda: together.call(kari, case, "skolen"))["services"]


# --- moving and cancelling --------------------------------------------------------


def test_a_moved_meeting_is_asked_about_anew(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        first = together.call(kari, case, "storgata")
    with acting("per") as per:
        meetings.reply(
            actor=per,
            pathway_id=case,
            once=None,
            invitation_id=Invitation.objects.get().pk,
            answer=AttendanceAnswer.ACCEPTED,
        )
    with acting("kari") as kari:
        moved = together.call(kari, case, "storgata", days=9, moved_from_id=first.pk)
        old, new = facts.load(case).meetings
        assert (old.id, old.is_off, old.invitations[0].answer) == (str(first.pk), True, "accepted")
        assert (new.id, new.is_off, new.invitations[0].answer) == (str(moved.pk), False, None)
        assert Event.objects.filter(name="meeting.moved", subject_id=moved.pk).count() == 1


def test_a_moved_meeting_stays_the_same_kind(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        first = together.call(kari, case, "storgata")
        found = problems(lambda: together.call(kari, case, "storgata", kind=STATUS, moved_from_id=first.pk))
        assert "samme slags møte" in found["meeting"]


@pytest.mark.parametrize("end", ["moved", "cancelled", "held"])
def test_what_is_over_is_not_moved_cancelled_held_or_answered(acting: Acting, case: uuid.UUID, end: str) -> None:
    with acting("kari") as kari:
        meeting = together.call(kari, case, "storgata", days=0)
        invitation = Invitation.objects.get(meeting=meeting)
        if end == "moved":
            together.call(kari, case, "storgata", days=9, moved_from_id=meeting.pk)
        elif end == "cancelled":
            meetings.cancel(actor=kari, pathway_id=case, once=None, meeting_id=meeting.pk, reason="Sykdom")
        else:
            hold(kari, case, meeting)
        events = Event.objects.count()
        assert "moved_from_id" in problems(lambda: together.call(kari, case, "storgata", moved_from_id=meeting.pk))
        assert "meeting_id" in problems(lambda: hold(kari, case, meeting))
        assert "meeting_id" in problems(
            meetings.cancel, actor=kari, pathway_id=case, once=None, meeting_id=meeting.pk, reason="Igjen"
        )
        assert Event.objects.count() == events
    with acting("per") as per:
        assert "trengs ikke lenger" in problems(answer, actor=per, pathway_id=case, invitation=invitation)["answer"]


def answer(
    *,
    actor: Any,
    pathway_id: uuid.UUID,
    invitation: Invitation,
    to: AttendanceAnswer = AttendanceAnswer.ACCEPTED,
    written: str = "",
) -> InvitationReply:
    return meetings.reply(
        actor=actor, pathway_id=pathway_id, once=None, invitation_id=invitation.pk, answer=to, written=written
    )


def test_cancelling_says_why(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        meeting = together.call(kari, case, "storgata")
        found = problems(meetings.cancel, actor=kari, pathway_id=case, once=None, meeting_id=meeting.pk, reason=" ")
        assert "hvorfor" in found["reason"]
        meetings.cancel(actor=kari, pathway_id=case, once=None, meeting_id=meeting.pk, reason="Anna er syk.")
        assert facts.load(case).meetings[0].is_off


# --- answering --------------------------------------------------------


def test_the_newest_answer_counts(acting: Acting, case: uuid.UUID, travel: Travel) -> None:
    with acting("kari") as kari:
        together.call(kari, case, "storgata")
    for later, to in enumerate((AttendanceAnswer.DECLINED, AttendanceAnswer.ACCEPTED)):
        travel(clock.now() + timedelta(minutes=later + 1))
        with acting("per") as per:
            answer(actor=per, pathway_id=case, invitation=Invitation.objects.get(), to=to)
            assert facts.load(case).meetings[0].invitations[0].answer == to


@pytest.mark.parametrize(
    ("to", "written", "field"),
    [
        pytest.param(AttendanceAnswer.WRITES, " ", "written", id="nothing-written"),
        pytest.param(AttendanceAnswer.INVITED, "", "answer", id="no-answer"),
    ],
)
def test_an_answer_that_is_none(
    acting: Acting, case: uuid.UUID, to: AttendanceAnswer, written: str, field: str
) -> None:
    with acting("kari") as kari:
        together.call(kari, case, "storgata")
    with acting("per") as per:
        found = problems(
            answer, actor=per, pathway_id=case, invitation=Invitation.objects.get(), to=to, written=written
        )
        assert set(found) == {field}


@pytest.mark.parametrize("who", ["siri", "kari"])
def test_nobody_answers_for_another_service(acting: Acting, case: uuid.UUID, who: str) -> None:
    with acting("kari") as kari:
        together.call(kari, case, "storgata")
    with acting(who) as actor:
        with pytest.raises(access.Refused, match="not_invited"):
            answer(actor=actor, pathway_id=case, invitation=Invitation.objects.get())
        assert not InvitationReply.objects.exists()


# --- holding --------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        pytest.param({"held_on": together.day(2)}, "held_on", "fram i tid", id="in two days"),
        pytest.param({"held_on": together.day(-1)}, "held_on", "før dere begynte", id="before-the-case"),
        pytest.param({"held_on": together.day(-20 * 365)}, "held_on", "før barnet ble født", id="before-birth"),
        pytest.param({"minutes": " "}, "minutes", "referat", id="no-minutes"),
        pytest.param(
            {"participation": ChildParticipation.DID_NOT_WANT}, "participation", "var på møtet", id="child-came"
        ),
        pytest.param(
            {"participation": ChildParticipation.DID_NOT_WANT, "child_present": False, "own_words": "Nei"},
            "own_words",
            "ikke tok del",
            id="words-of-a-child-that-took-no-part",
        ),
        pytest.param(
            {"services_present": [together.service_id("skolen")]}, "services_present", "ikke invitert", id="the-school"
        ),
        pytest.param(
            {"services_present": [together.service_id("grimstad")]},
            "services_present",
            "ikke invitert",
            id="the-one-that-holds-it",
        ),
        pytest.param({"people_present": [uuid.uuid4()]}, "people_present", "rundt barnet", id="a-stranger"),
        pytest.param(
            {"tasks": [DecidedTask(" ", together.service_id("storgata"), None, None)]},
            "task_0_what",
            "hva som skal gjøres",
            id="a-task-without-words",
        ),
        pytest.param({"tasks": [DecidedTask("x", None, None, None)]}, "task_0_who", "én", id="a-task-of-nobody"),
        pytest.param(
            {"tasks": [DecidedTask("x", together.service_id("skolen"), None, None)]},
            "task_0_who",
            "ikke med i forløpet",
            id="a-task-of-a-service-that-is-out",
        ),
        pytest.param(
            {"tasks": [DecidedTask("x", together.service_id("storgata"), None, together.day(-1))]},
            "task_0_due",
            "før møtet",
            id="a-task-due-before-the-meeting",
        ),
    ],
)
def test_minutes_that_cannot_be(
    acting: Acting, case: uuid.UUID, given: dict[str, Any], field: str, sentence: str
) -> None:
    with acting("kari") as kari:
        meeting = together.call(kari, case, "storgata", days=0)
        assert sentence in problems(lambda: hold(kari, case, meeting, **given))[field]
        assert not MeetingHeld.objects.exists()
        assert not Task.objects.exists()


def test_a_meeting_that_is_to_come_has_not_been_held(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        meeting = together.call(kari, case, "storgata", days=1)
        found = problems(lambda: hold(kari, case, meeting))["meeting_id"]
        assert "ikke holdt ennå" in found
        assert f"{together.day(1):%d.%m.%Y}" in found


def test_minutes_decisions_tasks_and_own_words_in_one_act(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        father = RelatedPerson.objects.get(relation="father")
        meeting = together.call(kari, case, "storgata", days=0)
        hold(
            kari,
            case,
            meeting,
            services_present=[together.service_id("storgata"), together.service_id("abup")],
            people_present=[father.pk],
            own_words="Jeg vil at læreren skal slippe å vite alt.",
            tasks=[
                DecidedTask("Ta blodprøver", together.service_id("storgata"), None, together.day(10)),
                DecidedTask("Følge Anna til legen", None, father.pk, None),
            ],
        )
        held = facts.load(case).meetings[0]
        assert (held.held_on, held.is_pending) == (clock.today(), False)
        assert [task.from_meeting_id for task in Task.objects.all()] == [meeting.pk, meeting.pk]
        assert {version.what for version in TaskVersion.objects.all()} == {"Ta blodprøver", "Følge Anna til legen"}
        assert OwnWords.objects.get().said_on == clock.today()
        event = Event.objects.get(name="meeting.held")
        assert event.data == {"meeting": "oppstartsmote", "participation": "1.1", "tasks": 2}
    with acting("per"):
        assert MeetingHeld.objects.exists()
        assert not OwnWords.objects.exists(), "the consent was about the body only"


def test_minutes_written_late_keep_a_date_that_has_been(acting: Acting, case: uuid.UUID, travel: Travel) -> None:
    with acting("kari") as kari:
        meeting = together.call(kari, case, "storgata", days=1)
    met_on = together.day(1)
    travel(clock.now() + timedelta(days=10))
    with acting("kari") as kari:
        due = met_on + timedelta(days=3)
        hold(kari, case, meeting, held_on=met_on, tasks=[DecidedTask("x", kari.service_id, None, due)])
        assert TaskVersion.objects.get().due_on == due


def test_two_at_one_office_write_the_minutes(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        meeting = together.call(kari, case, "storgata", days=0)
        hold(kari, case, meeting)
    with acting("leif") as leif:
        assert "alt et referat" in problems(lambda: hold(leif, case, meeting, minutes="Mitt"))["meeting_id"]


@pytest.mark.parametrize("who", ["per", "siri"])
def test_only_the_owner_calls_and_holds(acting: Acting, case: uuid.UUID, who: str) -> None:
    with acting("kari") as kari:
        meeting = together.call(kari, case, "storgata", days=0)
    with acting(who) as actor:
        for act in (
            lambda: together.call(actor, case, "storgata"),
            lambda: hold(actor, case, meeting),
            lambda: meetings.cancel(actor=actor, pathway_id=case, once=None, meeting_id=meeting.pk, reason="x"),
        ):
            with pytest.raises(access.Refused, match="owner_only"):
                act()
