"""What is written when something is sent, who sees it, and what the database refuses."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from grunnmur import clock
from grunnmur.cases import access
from grunnmur.cases.door import instant
from grunnmur.cases.models import Child, Participation, Restriction
from grunnmur.cases.terms import InformationKind
from grunnmur.directory import sessions
from grunnmur.post import outbox, queue
from grunnmur.post.models import Address, Delivery, Fact, Message
from grunnmur.post.outbox import Receiver
from grunnmur.post.terms import Channel, FactKind
from tests import together
from tests.post.conftest import ITEM, give_address, send

Acting = Callable[[str], AbstractContextManager[Any]]
Outside = Callable[[], AbstractContextManager[None]]
WORKER = uuid.uuid4()


def facts(message: Message) -> list[str]:
    return sorted(Fact.objects.filter(message=message).values_list("fact", flat=True))


def test_it_is_put_in_the_inbox_and_mailed_to_whom_the_service_has(acting: Acting, case: uuid.UUID) -> None:
    with acting("per") as per:
        give_address(per, "per@legekontor.example")
    with acting("kari") as kari:
        message = send(kari, case)
        ways = dict(Delivery.objects.filter(message=message).values_list("channel", "due_at"))
    assert ways[Channel.INBOX] is None, "what is put in the inbox has arrived"
    assert ways[Channel.MAIL] is not None, "a worker sends it"
    assert set(ways) == {Channel.INBOX, Channel.MAIL}


def test_the_same_thing_is_sent_once(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        assert send(kari, case) == send(kari, case)
        assert Message.objects.filter(item=ITEM).count() == 1
        with pytest.raises(DatabaseError, match="sent_once"), transaction.atomic():
            message = Message.objects.get(item=ITEM)
            message.pk = uuid.uuid4()
            message.save(force_insert=True)


def test_the_sender_is_not_told_what_the_address_is(acting: Acting, case: uuid.UUID) -> None:
    with acting("per") as per:
        give_address(per, "per@legekontor.example")
    with acting("kari") as kari:
        send(kari, case)
        assert not Address.objects.exists()


SEES = {
    "kari": True,  # sent it
    "leif": True,  # of the same service
    "per": True,  # it is for his office
    "siri": False,  # takes part, but it is not for her service
    "hege": False,  # sees nothing of Anna
    "ola": False,
}


@pytest.mark.parametrize("who", SEES)
def test_who_sees_what_was_sent(who: str, acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        send(kari, case)
    with acting(who) as actor:
        by_the_policies = (
            Message.objects.filter(item=ITEM).exists(),
            Delivery.objects.filter(message__item=ITEM).exists(),
        )
        assert by_the_policies == (SEES[who], SEES[who])
        assert access.visible_to(actor, Message.objects.filter(item=ITEM)).exists() is SEES[who]


def test_who_does_not_see_the_kind_does_not_see_that_something_was_sent(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        send(kari, case, kind=int(InformationKind.MENTAL))
    with acting("per") as per:
        assert not Message.objects.filter(item=ITEM).exists()
        assert not access.visible_to(per, Message.objects.filter(item=ITEM)).exists()


def test_a_no_to_the_row_takes_the_message_too(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        send(kari, case)
        Restriction.objects.create(
            child=Participation.objects.filter(pathway=case).first().child,  # type: ignore[union-attr]
            owner_service_id=kari.service_id,
            service_id=together.service_id("storgata"),
            kinds=int(InformationKind.COORDINATION),
            item=ITEM,
            reason="Gjelder ikke dem.",
            decided_by_id=kari.person_id,
            starts_at=instant(),
            review_on=clock.today() + timedelta(days=30),
        )
    with acting("per") as per:
        assert not Message.objects.filter(item=ITEM).exists()
        assert not access.visible_to(per, Message.objects.filter(item=ITEM)).exists()


def test_opening_and_answering_settle_it_once(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        message = send(kari, case)
        assert message.silent_from is not None
    with acting("per") as per:
        for _twice in range(2):
            outbox.opened(actor=per, at=instant(), items=[ITEM])
        message.refresh_from_db()
        assert message.silent_from is not None, "it wants an answer"
        outbox.answered(actor=per, at=instant(), item=ITEM)
        message.refresh_from_db()
        assert message.silent_from is None
        assert facts(message) == ["answered", "opened"]


def test_what_was_opened_cannot_be_taken_back(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        message = send(kari, case)
    with acting("per") as per:
        outbox.opened(actor=per, at=instant(), items=[ITEM])
    with acting("kari") as kari:
        outbox.recall(actor=kari, at=instant(), item=ITEM)
        assert facts(message) == ["opened", "over"], "not taken back, and waits for no answer any more"


def test_a_reminder_takes_over_the_silence(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        message = send(kari, case)
        reminder = outbox.remind(actor=kari, at=instant(), message=message)
        assert outbox.remind(actor=kari, at=instant(), message=message) == reminder, "once a day"
        message.refresh_from_db()
        assert message.silent_from is None
        assert reminder.silent_from is not None
    with acting("per") as per:
        outbox.answered(actor=per, at=instant(), item=ITEM)
        assert set(Fact.objects.filter(fact=FactKind.ANSWERED).values_list("message", flat=True)) == {
            message.pk,
            reminder.pk,
        }


def test_somebody_outside_is_reached_at_an_address_that_is_sealed(
    acting: Acting, case: uuid.UUID, as_admin: Outside
) -> None:
    with acting("kari") as kari:
        send(kari, case, to=Receiver(mail="vikar@utenfor.example", phone="+4740000000"))
    with as_admin(), connection.cursor() as cursor:
        cursor.execute("select channel, address from post_address order by 1")
        rows = cursor.fetchall()
    assert [row[0] for row in rows] == ["mail", "sms"]
    assert all(b"utenfor" not in bytes(row[1]) for row in rows)


FORGED = {
    "handed over": ("handed_over", True),
    "delivered": ("delivered", True),
    "opened by the sender": ("opened", False),
}


@pytest.mark.parametrize("case_name", FORGED)
def test_the_sender_cannot_write_what_only_a_worker_or_the_receiver_knows(
    case_name: str, acting: Acting, case: uuid.UUID
) -> None:
    fact, of_the_way = FORGED[case_name]
    with acting("kari") as kari:
        message = send(kari, case)
        way = Delivery.objects.get(message=message) if of_the_way else None
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Fact.objects.create(message=message, delivery=way, fact=fact, at=instant(), recorded_by_id=kari.person_id)


def test_nothing_that_has_happened_can_be_changed(acting: Acting, case: uuid.UUID, as_admin: Outside) -> None:
    with acting("kari") as kari:
        message = send(kari, case)
        outbox.recall(actor=kari, at=instant(), item=ITEM)
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Fact.objects.update(fact="answered")
    with as_admin(), pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
        connection.cursor().execute("update post_fact set fact = 'answered'")
    assert message.pk


def test_it_goes_with_the_childs_record(acting: Acting, case: uuid.UUID, anna: Child, as_admin: Outside) -> None:
    with acting("kari") as kari:
        send(kari, case, to=Receiver(mail="vikar@utenfor.example"))
        outbox.recall(actor=kari, at=instant(), item=ITEM)
    with as_admin(), connection.cursor() as cursor:
        cursor.execute("select sec.erase_child(%s)", [anna.pk])
        for table in ("post_fact", "post_delivery", "post_address", "post_message"):
            cursor.execute(f"select count(*) from {table}")
            assert cursor.fetchone() == (0,), table


QUEUE = (
    "select sec.claim_deliveries(1)",
    "select sec.hand_over(gen_random_uuid())",
    "select sec.note_delivery(gen_random_uuid(), 'handed_over', '', null)",
    "select sec.note_return(gen_random_uuid(), 'delivered', '')",
    "select sec.bury_workers(1)",
    "select sec.worker_lives(false)",
)


@pytest.mark.parametrize("call", QUEUE)
def test_only_a_worker_of_the_post_can_work_the_queue(call: str, acting: Acting) -> None:
    def is_refused() -> None:
        with pytest.raises(DatabaseError, match="not a worker of this"), transaction.atomic():
            connection.cursor().execute(call)

    is_refused()
    with acting("kari"):
        is_refused()
    with sessions.working("figures"):
        is_refused()
    with sessions.working("post"):
        connection.cursor().execute(call)
    is_refused()


def test_only_the_program_can_be_a_worker(db: None) -> None:
    with pytest.raises(DatabaseError, match="not signed"), transaction.atomic():
        connection.cursor().execute("select sec.begin_work('x', gen_random_uuid(), 'post', sha256('guess'))")


@pytest.fixture
def queued(acting: Acting, case: uuid.UUID) -> Message:
    """One mail that waits."""
    with acting("per") as per:
        give_address(per, "per@legekontor.example")
    with acting("kari") as kari:
        return send(kari, case)


def test_a_worker_is_told_the_address_and_nothing_else(queued: Message) -> None:
    queue.lives(WORKER)
    (errand,) = queue.claim(WORKER, most=10)
    assert errand.open_address() == "per@legekontor.example"
    assert (errand.channel, errand.attempt) == (Channel.MAIL, 1)
    assert not Message.objects.exists(), "it sees no table"
    assert queue.claim(uuid.uuid4(), most=10) == [], "nobody else gets it"


def test_it_is_written_that_it_may_have_left_before_it_does(queued: Message, acting: Acting) -> None:
    (errand,) = queue.claim(WORKER, most=10)
    assert not queue.hand_over(errand, worker=uuid.uuid4()), "another has it"
    assert queue.hand_over(errand, worker=WORKER)
    assert queue.note(errand, worker=WORKER, fact=FactKind.HANDED_OVER)
    assert not queue.note(errand, worker=WORKER, fact=FactKind.PUT_OFF)
    assert queue.claim(WORKER, most=10) == []
    with acting("kari"):
        assert facts(queued) == ["handed_over", "handing_over"]
