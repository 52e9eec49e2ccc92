"""Finding a time: how the answers stand, who may be asked and answer, and that calling the meeting ends it."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grunnmur import clock
from grunnmur.cases import access, door, times
from grunnmur.cases.actions import consents, meetings
from grunnmur.cases.actions import times as acts
from grunnmur.cases.models import Child, Consent, PollAsked, PollTime, TimePoll
from grunnmur.cases.queries import sent
from grunnmur.cases.queries import times as queries
from grunnmur.cases.queries.case import get_case
from grunnmur.cases.terms import MeetingKind, MinutesSays, SignatoryKind
from grunnmur.directory.meanwhile import EditConflict
from grunnmur.post.models import Fact, Message
from tests import together
from tests.cases.test_meetings import hold, problems

Acting = Callable[[str], AbstractContextManager[Any]]
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
TIMES = {"a": NOON, "b": NOON + timedelta(days=1), "c": NOON + timedelta(days=2)}


@pytest.mark.parametrize(
    ("answers", "order"),
    [
        pytest.param({}, "abc", id="nobody has answered: the earliest first"),
        pytest.param({"gp": ["c"], "bup": ["c", "b"]}, "cba", id="the one that suits most"),
        pytest.param({"gp": ["b", "c"], "bup": []}, "bca", id="as many: the earliest"),
        pytest.param({"stranger": ["c"]}, "abc", id="one who was not asked does not count"),
    ],
)
def test_the_time_that_suits_most_comes_first(answers: dict[str, list[str]], order: str) -> None:
    found = times.standings(TIMES, asked=["gp", "bup"], answers=answers)
    assert "".join(one.time for one in found) == order


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(answers=st.dictionaries(st.sampled_from(("gp", "bup", "nurse", "stranger")), st.sets(st.sampled_from("abcz"))))
def test_everybody_asked_stands_in_one_place_for_each_time(answers: dict[str, list[str]]) -> None:
    asked = {"gp", "bup", "nurse"}
    for one in times.standings(TIMES, asked=asked, answers=answers):
        assert one.suits | one.not_for | one.silent == asked
        assert len(one.suits) + len(one.not_for) + len(one.silent) == len(asked)
        assert one.suits_all == (one.suits == asked)
        assert one.silent == asked - answers.keys()


# --- the acts ------------------------------------------------------------------------------------------------


@pytest.fixture
def case(acting: Acting, anna: Child) -> uuid.UUID:
    """Under way since today; the GP and ABUP may take part."""
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        together.start(kari, pathway_id)
        together.let_in(kari, pathway_id, "storgata", "abup")
    return pathway_id


def propose(actor: Any, case: uuid.UUID, *days: int, **more: Any) -> TimePoll:
    given = {
        "meeting": MeetingKind.OPPSTARTSMOTE,
        "times": [together.at(one) for one in days],
        "services": [together.service_id(key) for key in ("storgata", "abup")],
        "answer_by": together.day(1),
        **more,
    }
    return acts.propose(actor=actor, pathway_id=case, once=None, **given)


def asked_of(service: str) -> uuid.UUID:
    return PollAsked.objects.order_by("-recorded_at").filter(service=together.service_id(service))[0].pk


def time_on(days: int) -> uuid.UUID:
    return PollTime.objects.order_by("-recorded_at").filter(starts_at=together.at(days))[0].pk


def answer(acting: Acting, who: str, service: str, case: uuid.UUID, *days: int) -> None:
    with acting(who) as actor:
        acts.answer(
            actor=actor,
            pathway_id=case,
            once=None,
            asked_id=asked_of(service),
            suits=[time_on(one) for one in days],
        )


def test_each_is_asked_answers_and_the_meeting_that_is_called_ends_it(case: uuid.UUID, acting: Acting) -> None:
    with acting("kari") as kari:
        propose(kari, case, 5, 6, 7)
        assert Message.objects.filter(item=asked_of("storgata"), silent_from__isnull=False).count() == 1
    answer(acting, "per", "storgata", case, 6, 7)
    answer(acting, "siri", "abup", case, 7)
    with acting("kari") as kari:
        (poll,) = queries.list_polls(get_case(kari, case, page="meetings"))
        best = poll.times[0]
        assert (best.starts_at, best.suits_all) == (together.at(7), True)
        called = together.call(kari, case, "storgata", "abup", days=7)
        assert called.poll_id == poll.poll_id
        assert queries.list_polls(get_case(kari, case, page="meetings")) == ()
    with acting("per") as per, pytest.raises(door.Invalid, match="suits"):
        acts.answer(actor=per, pathway_id=case, once=None, asked_id=asked_of("storgata"), suits=[])


def test_what_nobody_answered_is_no_silence_when_the_time_is_decided(case: uuid.UUID, acting: Acting) -> None:
    with acting("kari") as kari:
        propose(kari, case, 5, 6)
        item = asked_of("storgata")
        together.call(kari, case, "storgata", days=5)
        assert Message.objects.get(item=item).silent_from is None
        assert Fact.objects.filter(message__item=item, fact="recalled").exists()


def test_what_was_opened_and_not_answered_is_not_said_to_be_answered(
    case: uuid.UUID, acting: Acting, client_of: Callable[[str], Any]
) -> None:
    with acting("kari") as kari:
        propose(kari, case, 5, 6)
    client_of("per").get(f"/forlop/{case}/moter/")
    answer(acting, "siri", "abup", case, 5)
    with acting("kari") as kari:
        together.call(kari, case, "storgata", days=5)
        rows = {row.item: row for row in Message.objects.filter(item__in=[asked_of("storgata"), asked_of("abup")])}
        assert {row.silent_from for row in rows.values()} == {None}
        facts = {key: set(row.facts.values_list("fact", flat=True)) for key, row in rows.items()}
        assert "answered" not in facts[asked_of("storgata")]
        assert {"opened", "over"} <= facts[asked_of("storgata")]
        assert "answered" in facts[asked_of("abup")]
        states = {one.to: one.state for one in sent.list_sent(kari).rows if one.sort == "question"}
        assert sorted(states.values()) == ["answered", "over"]


def test_the_newest_answer_counts_and_none_of_them_is_an_answer(
    case: uuid.UUID, acting: Acting, travel: Callable[[datetime], None]
) -> None:
    with acting("kari") as kari:
        propose(kari, case, 5, 6)
    answer(acting, "per", "storgata", case, 5)
    travel(clock.now() + timedelta(minutes=1))
    answer(acting, "per", "storgata", case)
    with acting("kari") as kari:
        (poll,) = queries.list_polls(get_case(kari, case, page="meetings"))
        assert not any(one.suits for one in poll.times)
        assert all(len(one.not_for) == 1 for one in poll.times)


def test_a_time_that_was_never_offered_is_refused_beside_the_times(case: uuid.UUID, acting: Acting) -> None:
    with acting("kari") as kari:
        propose(kari, case, 5, 6)
    with acting("per") as per, pytest.raises(door.Invalid) as refused:
        acts.answer(
            actor=per, pathway_id=case, once=None, asked_id=asked_of("storgata"), suits=[uuid.uuid4()], note="Hei."
        )
    assert set(refused.value.problems) == {"suits"}


def test_asking_again_ends_what_was_asked(case: uuid.UUID, acting: Acting) -> None:
    with acting("kari") as kari:
        first = propose(kari, case, 5, 6)
        old = asked_of("storgata")
        second = propose(kari, case, 8, 9, replaces_id=first.pk)
        found = queries.list_polls(get_case(kari, case, page="meetings"))
        assert [one.poll_id for one in found] == [second.pk] != [first.pk]
    with acting("per") as per, pytest.raises(door.Invalid, match="suits"):
        acts.answer(actor=per, pathway_id=case, once=None, asked_id=old, suits=[])


def test_what_a_colleague_has_asked_meanwhile_is_not_replaced_unseen(
    case: uuid.UUID, acting: Acting, travel: Callable[[datetime], None]
) -> None:
    with acting("kari") as kari:
        first = propose(kari, case, 5, 6)
    with acting("leif") as leif:
        for seen in (None, uuid.uuid4()):
            with pytest.raises(EditConflict) as conflict:
                propose(leif, case, 8, 9, replaces_id=seen)
            assert conflict.value.current == str(first.pk)
        assert TimePoll.objects.count() == 1
        propose(leif, case, 8, 9, meeting=MeetingKind.STATUSMOTE)
    travel(together.at(6, 15))
    with acting("leif") as leif:
        again = propose(leif, case, 3, 4)
        assert again.replaces_id == first.pk, "what can no longer be answered is no secret to anybody"


@pytest.mark.parametrize(
    ("kind", "days", "is_over"),
    [
        pytest.param(MeetingKind.STATUSMOTE, 6, True, id="a time that was asked about"),
        pytest.param(MeetingKind.STATUSMOTE, 12, False, id="another status meeting"),
        pytest.param(MeetingKind.OPPSTARTSMOTE, 12, True, id="there is one start-up meeting"),
    ],
)
def test_only_the_meeting_that_was_asked_about_ends_the_question(
    kind: MeetingKind, days: int, is_over: bool, case: uuid.UUID, acting: Acting
) -> None:
    with acting("kari") as kari:
        poll = propose(kari, case, 5, 6, meeting=kind)
        meeting = together.call(kari, case, "storgata", kind=kind, days=days)
        waiting = [one.poll_id for one in queries.list_polls(get_case(kari, case, page="meetings"))]
        assert waiting == ([] if is_over else [poll.pk])
        assert meeting.poll_id == (poll.pk if is_over else None)
    if not is_over:
        answer(acting, "per", "storgata", case, 5)


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        pytest.param({"times": [together.at(5)]}, "times", "minst to tider", id="one time"),
        pytest.param({"times": [together.at(n) for n in range(3, 9)]}, "times", "høyst fem", id="six"),
        pytest.param({"times": [together.at(5)] * 2}, "times", "to ganger", id="the same twice"),
        pytest.param({"times": [together.at(-1), together.at(5)]}, "times", "alt vært", id="yesterday"),
        pytest.param({"services": []}, "services", "minst én", id="nobody"),
        pytest.param({"services": [together.service_id("barneavdelingen")]}, "services", "samtykke", id="no consent"),
        pytest.param({"answer_by": together.day(-1)}, "answer_by", "gått ut", id="too late"),
        pytest.param({"answer_by": together.day(30)}, "answer_by", "før den første", id="after the times"),
    ],
)
def test_what_cannot_be_proposed_says_why(
    given: dict[str, Any], field: str, sentence: str, case: uuid.UUID, acting: Acting
) -> None:
    with acting("kari") as kari:
        assert (
            sentence
            in problems(propose, actor=kari, case=case, **{"times": [together.at(5), together.at(6)], **given})[field]
        )


def test_only_the_one_who_is_asked_answers(case: uuid.UUID, acting: Acting) -> None:
    with acting("kari") as kari:
        propose(kari, case, 5, 6, services=[together.service_id("storgata")])
        item = asked_of("storgata")
        with pytest.raises(access.Refused, match="not_asked"):
            acts.answer(actor=kari, pathway_id=case, once=None, asked_id=item, suits=[])
    with acting("siri") as siri, pytest.raises(access.Refused, match="not_asked"):
        acts.answer(actor=siri, pathway_id=case, once=None, asked_id=item, suits=[])
    with acting("ola") as ola, pytest.raises(access.NotVisible):
        acts.answer(actor=ola, pathway_id=case, once=None, asked_id=item, suits=[])


def test_a_double_click_asks_once(case: uuid.UUID, acting: Acting) -> None:
    once = uuid.uuid4()
    with acting("kari") as kari:
        given = {
            "meeting": MeetingKind.OPPSTARTSMOTE,
            "times": [together.at(5), together.at(6)],
            "services": [together.service_id("storgata")],
            "answer_by": together.day(1),
        }
        acts.propose(actor=kari, pathway_id=case, once=once, **given)
        with pytest.raises(door.AlreadyDone):
            acts.propose(actor=kari, pathway_id=case, once=once, **given)
        assert TimePoll.objects.count() == 1


# --- the minutes ---------------------------------------------------------------------------------------------


def test_those_who_were_there_say_whether_the_minutes_are_right(
    case: uuid.UUID, acting: Acting, travel: Callable[[datetime], None]
) -> None:
    from grunnmur.cases.queries.meetings import get_meetings, list_meetings

    with acting("kari") as kari:
        meeting = together.call(kari, case, "storgata", "abup", days=0)
        held = hold(kari, case, meeting, services_present=[together.service_id("storgata")])
        assert Message.objects.get(item=held.pk).wants_answer
    given = {"pathway_id": case, "once": None, "meeting_id": meeting.pk}
    with acting("per") as per:
        assert "ikke stemmer" in problems(meetings.review, actor=per, says=MinutesSays.REMARK, **given)["text"]
        said = meetings.review(actor=per, says=MinutesSays.REMARK, text="Vi sa ikke at vi henviser.", **given)
    with acting("kari") as kari:
        told = Message.objects.get(item=said.pk)
        assert told.to_service_id == kari.service_id, "a remark is told to whoever wrote the minutes"
        get_meetings(kari, case)
        assert Fact.objects.filter(message=told, fact="opened").exists()
    travel(clock.now() + timedelta(minutes=1))
    with acting("per") as per:
        meetings.review(actor=per, says=MinutesSays.APPROVED, **given)
    with acting("siri") as siri, pytest.raises(access.Refused, match="not_there"):
        meetings.review(actor=siri, says=MinutesSays.APPROVED, **given)
    with acting("ola") as ola, pytest.raises(access.NotVisible):
        meetings.review(actor=ola, says=MinutesSays.APPROVED, **given)
    with acting("kari") as kari:
        (now,) = list_meetings(get_case(kari, case, page="meetings"))
        assert now.minutes is not None
        assert [one.says for one in now.minutes.reviews] == [MinutesSays.APPROVED], "the newest counts"
        assert now.minutes.unreviewed == ()
        assert now.minutes.minutes == "Vi ble enige.", "they stay as they were written"
        assert Message.objects.get(item=held.pk).silent_from is None


def test_who_takes_part_no_longer_is_not_waited_for(case: uuid.UUID, acting: Acting) -> None:
    from grunnmur.cases.queries.meetings import list_meetings

    with acting("kari") as kari:
        meeting = together.call(kari, case, "storgata", "abup", days=0)
        hold(kari, case, meeting, services_present=[together.service_id(key) for key in ("storgata", "abup")])
        (now,) = list_meetings(get_case(kari, case, page="meetings"))
        assert now.minutes is not None
        assert len(now.minutes.unreviewed) == 2
        consent = Consent.objects.get(recipient=together.service_id("abup"))
        consents.withdraw(
            actor=kari,
            pathway_id=case,
            once=None,
            consent_id=consent.pk,
            withdrawn_by=SignatoryKind.CHILD,
        )
        (now,) = list_meetings(get_case(kari, case, page="meetings"))
        assert now.minutes is not None
        assert [one.name for one in now.minutes.unreviewed] == ["Storgata legesenter"]
