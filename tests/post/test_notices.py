"""What acts send: to whom, about what, and when it is opened and answered."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest

from grunnmur import clock
from grunnmur.cases.actions import mappings, meetings, messages
from grunnmur.cases.door import Invalid
from grunnmur.cases.models import Invitation
from grunnmur.cases.queries import sent
from grunnmur.cases.terms import AttendanceAnswer, HealthArea, MappingState
from grunnmur.log.models import Event
from grunnmur.post.models import Message
from grunnmur.post.terms import MessageSort, MessageState
from tests import together

Acting = Callable[[str], AbstractContextManager[Any]]


def states(acting: Acting, who: str = "kari") -> list[tuple[str, str]]:
    """(sort, where it stands) of what a service has sent, but that somebody was let in."""
    with acting(who) as actor:
        return sorted(
            (str(one.sort), str(one.state)) for one in sent.list_sent(actor).rows if one.sort is not MessageSort.NOTICE
        )


def test_whoever_is_let_in_is_told_and_whoever_is_not_is_not(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        rows = sent.list_sent(kari).rows
        assert sorted(one.to for one in rows) == sorted(_names("storgata", "abup"))
        assert {one.sort for one in rows} == {MessageSort.NOTICE}


def _names(*keys: str) -> list[str]:
    from demo import cast

    return [cast.service(key).name for key in keys]


def test_an_invitation_is_sent_opened_and_answered(
    acting: Acting, case: uuid.UUID, client_of: Callable[[str], Any]
) -> None:
    with acting("kari") as kari:
        meeting = together.call(kari, case, "storgata")
    assert states(acting) == [("invitation", "delivered")]
    client_of("per").get(f"/forlop/{case}/moter/")
    assert states(acting) == [("invitation", "opened")]
    with acting("per") as per:
        invitation = Invitation.objects.get(meeting=meeting, service=per.service_id)
        meetings.reply(
            actor=per, pathway_id=case, once=None, invitation_id=invitation.pk, answer=AttendanceAnswer.ACCEPTED
        )
    assert states(acting) == [("invitation", "answered")]


def test_looking_at_another_page_opens_nothing(
    acting: Acting, case: uuid.UUID, client_of: Callable[[str], Any]
) -> None:
    with acting("kari") as kari:
        together.call(kari, case, "storgata")
    client_of("per").get(f"/forlop/{case}/plan/")
    client_of("kari").get(f"/forlop/{case}/moter/")
    client_of("siri").get(f"/forlop/{case}/moter/")
    assert states(acting) == [("invitation", "delivered")]


def test_a_meeting_that_is_moved_takes_the_invitation_back_and_sends_another(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        meeting = together.call(kari, case, "storgata")
        together.call(kari, case, "storgata", days=9, moved_from_id=meeting.pk)
    assert states(acting) == [("invitation", "delivered"), ("invitation", "recalled")]


def test_a_meeting_that_is_called_off_is_told_and_its_minutes_too(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        meeting = together.call(kari, case, "storgata")
        meetings.cancel(actor=kari, pathway_id=case, once=None, meeting_id=meeting.pk, reason="Sykdom.")
        rows = Message.objects.filter(item=meeting.pk)
        assert [row.sort for row in rows] == [MessageSort.NOTICE]
        assert rows[0].expires_at == meeting.starts_at, "nobody needs to know it afterwards"


def test_a_mapping_is_answered_by_its_first_step(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        mapping = mappings.ask(
            actor=kari,
            pathway_id=case,
            once=None,
            health_area=HealthArea.SOMATIC,
            service_id=together.service_id("storgata"),
            question="Hvorfor er hun sliten?",
            due_on=None,
        )
    assert states(acting) == [("question", "delivered")]
    with acting("per") as per:
        mappings.step(
            actor=per,
            pathway_id=case,
            once=None,
            mapping_id=mapping.pk,
            state=MappingState.ACCEPTED,
            on=clock.today(),
        )
    assert states(acting) == [("question", "answered")]


def test_silence_begins_after_three_working_days_and_a_reminder_is_one_press(
    acting: Acting, case: uuid.UUID, travel: Any
) -> None:
    with acting("kari") as kari:
        together.call(kari, case, "storgata", days=20)
        assert sent.list_silent(kari).rows == ()
    travel(clock.now() + timedelta(days=9))
    with acting("kari") as kari:
        silent = [one for one in sent.list_silent(kari).rows if one.sort is MessageSort.INVITATION]
        assert [one.can_be_reminded for one in silent] == [True]
        messages.remind(actor=kari, pathway_id=case, once=None, message_id=silent[0].id)
        assert Event.objects.get(name="message.reminded").data == {"sort": "invitation"}
        assert MessageSort.INVITATION not in {one.sort for one in sent.list_silent(kari).rows}
        with pytest.raises(Invalid, match="message_id"):
            messages.remind(actor=kari, pathway_id=case, once=None, message_id=silent[0].id)
    assert ("reminder", "delivered") in states(acting)


def test_nobody_reminds_of_what_another_service_has_sent(acting: Acting, case: uuid.UUID, travel: Any) -> None:
    with acting("kari") as kari:
        together.call(kari, case, "storgata", days=20)
        message = Message.objects.get(sort=MessageSort.INVITATION)
    travel(clock.now() + timedelta(days=9))
    with acting("per") as per, pytest.raises(Invalid, match="message_id"):
        messages.remind(actor=per, pathway_id=case, once=None, message_id=message.pk)


def test_who_has_opened_is_given_until_the_answer_is_due(
    acting: Acting, case: uuid.UUID, travel: Any, client_of: Callable[[str], Any]
) -> None:
    with acting("kari") as kari:
        together.call(kari, case, "storgata", days=20)
    client_of("per").get(f"/forlop/{case}/moter/")
    with acting("kari"):
        message = Message.objects.get(sort=MessageSort.INVITATION)
        assert message.silent_from == message.answer_by


def test_a_state_that_is_shown_is_one_of_the_list(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        assert {one.state for one in sent.list_sent(kari).rows} <= set(MessageState)
