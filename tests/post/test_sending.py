"""What a worker does with what waits: through a real mail server, on good days and bad."""

import json
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError

from grunnmur import clock
from grunnmur.cases.actions import consents, messages
from grunnmur.cases.door import instant
from grunnmur.cases.models import Child, Consent
from grunnmur.cases.queries import sent
from grunnmur.cases.terms import SignatoryKind
from grunnmur.post import addresses, mail, numbers, outbox, sms, texts, worker
from grunnmur.post.models import Address, Delivery, Fact, Message
from grunnmur.post.outbox import Receiver
from grunnmur.post.terms import Channel, FactKind, FailureCode
from grunnmur.post.ways import Way
from tests.post import server
from tests.post.conftest import ITEM, give_address, send
from tests.post.server import Box

Acting = Callable[[str], AbstractContextManager[Any]]
Travel = Callable[[datetime], None]


@pytest.fixture
def box() -> Iterator[Box]:
    with server.running() as (box, port):
        box.port = port  # type: ignore[attr-defined]
        yield box


def ways(box: Box | None = None, port: int = 0) -> dict[Channel, Way]:
    port = port or (box.port if box else server.free_port())  # type: ignore[attr-defined]
    return {Channel.MAIL: mail.Mail(mail.read_server(f"smtp://127.0.0.1:{port}"), password="")}


def work(out: dict[Channel, Way]) -> int:
    return worker.run(threading.Event(), out=out, once=True)


@pytest.fixture
def queued(acting: Acting, case: uuid.UUID) -> Message:
    """One mail that waits, to Anna's GP."""
    with acting("per") as per:
        give_address(per, "per@legekontor.example")
    with acting("kari") as kari:
        return send(kari, case)


def happened(acting: Acting, who: str = "kari") -> list[tuple[str, str]]:
    """What has happened on the way out, as the sender sees it."""
    with acting(who):
        rows = Fact.objects.exclude(delivery=None).order_by("attempt", "at").values_list("fact", "code")
        return sorted(rows)


def test_the_mail_says_that_there_is_something_and_nothing_else(queued: Message, box: Box, acting: Acting) -> None:
    assert work(ways(box)) == 1
    (sent,) = box.mails
    assert box.to == ["per@legekontor.example"]
    assert sent["Subject"] == "Du har en melding i Grunnmur"
    assert sent["From"].addresses[0].display_name == "Grunnmur"
    assert parsedate_to_datetime(sent["Date"])
    assert sent.get_content_type() == "text/plain"
    assert sent.get_content().replace("\r\n", "\n") == texts.mail_text()
    with acting("kari"):
        way = Delivery.objects.get(channel=Channel.MAIL)
    assert sent["Message-ID"] == texts.message_id(str(way.pk))
    assert happened(acting) == [("handed_over", ""), ("handing_over", "")]
    assert way.due_at is None


def test_every_mail_is_the_same_but_for_whom_and_when(acting: Acting, case: uuid.UUID, box: Box) -> None:
    about_a_case = [one for one in outbox.MessageSort if one is not outbox.MessageSort.GATHERING]
    with acting("per") as per:
        give_address(per, "per@legekontor.example")
    with acting("kari") as kari:
        for sort in about_a_case:
            send(kari, case, sort=sort)
        send(kari, case, to=Receiver(mail="vikar@utenfor.example"))
    assert work(ways(box)) == len(about_a_case) + 1
    said = {(one["Subject"], one["From"], one.get_content()) for one in box.mails}
    assert len(said) == 1
    added_by_the_server = {"x-peer", "x-mailfrom", "x-rcptto"}
    assert {name.lower() for one in box.mails for name, _value in one.items()} - added_by_the_server == {
        *("from", "to", "subject", "date", "message-id", "auto-submitted", "mime-version"),
        *("content-type", "content-transfer-encoding"),
    }


REFUSALS = {
    "the address does not exist": ("rcpt", "550 5.1.1 No such user", "failed", FailureCode.WRONG_ADDRESS),
    "the box is full for good": ("rcpt", "552 5.2.2 Mailbox full", "failed", FailureCode.REFUSED),
    "try again later": ("rcpt", "451 4.7.1 Greylisted", "put_off", FailureCode.TRY_LATER),
    "the text is refused": ("data", "554 5.6.0 No", "failed", FailureCode.REFUSED),
    "the text is refused for now": ("data", "452 4.3.1 Disk full", "put_off", FailureCode.TRY_LATER),
}


@pytest.mark.parametrize("case_name", REFUSALS)
def test_what_a_mail_server_refuses(case_name: str, queued: Message, box: Box, acting: Acting) -> None:
    where, words, fact, code = REFUSALS[case_name]
    setattr(box, where, words)
    work(ways(box))
    found = happened(acting)
    assert (fact, str(code)) in found
    assert (("handing_over", "") in found) is (where == "data")
    with acting("kari"):
        due_at = Delivery.objects.get(channel=Channel.MAIL).due_at
    assert (due_at is not None) is (fact == "put_off")
    assert not box.raw


def test_what_did_not_arrive_is_a_silence_at_once(queued: Message, box: Box, acting: Acting) -> None:
    box.rcpt = "550 No such user"
    work(ways(box))
    with acting("kari"):
        queued.refresh_from_db()
        assert queued.silent_from is not None
        assert queued.silent_from <= clock.now()


def test_a_server_that_is_down_is_tried_again_and_the_mail_goes_once(
    queued: Message, box: Box, acting: Acting, travel: Travel
) -> None:
    work(ways(port=server.free_port()))
    assert happened(acting) == [("put_off", "server_down")]
    assert work(ways(box)) == 0, "not before its time"
    travel(clock.now() + timedelta(minutes=2))
    assert work(ways(box)) == 1
    assert len(box.raw) == 1
    travel(clock.now() + timedelta(days=2))
    assert work(ways(box)) == 0


def test_it_is_given_up_in_the_end(queued: Message, acting: Acting, travel: Travel) -> None:
    down = ways(port=server.free_port())
    for _try in range(20):
        travel(clock.now() + timedelta(days=1))
        if not work(down):
            break
    assert happened(acting)[0] == ("failed", "gave_up")
    assert len(happened(acting)) == 9, "eight times put off, and then no more"


def test_a_line_that_breaks_before_the_answer_leaves_it_uncertain_and_is_never_sent_again(
    queued: Message, box: Box, acting: Acting, travel: Travel
) -> None:
    box.hangs_up = True
    work(ways(box))
    assert ("uncertain", "line_broke") in happened(acting)
    travel(clock.now() + timedelta(days=2))
    assert work(ways(box)) == 0
    assert len(box.raw) == 1


# --- what may not be sent any more -----------------------------------------------------------------------------


def _recalled(acting: Acting, case: uuid.UUID, travel: Travel) -> None:
    with acting("kari") as kari:
        outbox.recall(actor=kari, at=instant(), item=ITEM)


def _called_off_after_it_was_opened(acting: Acting, case: uuid.UUID, travel: Travel) -> None:
    with acting("per") as per:
        outbox.opened(actor=per, at=instant(), items=[ITEM])
    _recalled(acting, case, travel)


def _consent_withdrawn(acting: Acting, case: uuid.UUID, travel: Travel) -> None:
    with acting("kari") as kari:
        consent = Consent.objects.filter(pathway=case, recipient__name__contains="Storgata").first()
        assert consent is not None
        consents.withdraw(
            actor=kari,
            pathway_id=case,
            once=None,
            consent_id=consent.pk,
            withdrawn_by=SignatoryKind.CHILD,
        )


def _receiver_left(acting: Acting, case: uuid.UUID, travel: Travel) -> None:
    from django.db import connection

    from grunnmur.directory.models import Membership

    with acting("per") as per, connection.cursor() as cursor:
        cursor.execute("set role none")
        Membership.objects.filter(pk=per.membership_id).update(ends_on=clock.today())
        cursor.execute("set role grunnmur_app")


def _address_ended(acting: Acting, case: uuid.UUID, travel: Travel) -> None:
    with acting("per"):
        Address.objects.update(ended_at=instant())


def _expired(acting: Acting, case: uuid.UUID, travel: Travel) -> None:
    travel(clock.now() + timedelta(days=40))


NOT_ANY_MORE = {
    "taken back": (_recalled, None),
    "called off after it was opened in the inbox": (_called_off_after_it_was_opened, None),
    "the consent is withdrawn": (_consent_withdrawn, FailureCode.NO_LONGER_SEES),
    "the receiver has left": (_receiver_left, FailureCode.RECEIVER_LEFT),
    "the address is ended": (_address_ended, FailureCode.ADDRESS_ENDED),
    "too old": (_expired, FailureCode.EXPIRED),
}


@pytest.mark.parametrize("case_name", NOT_ANY_MORE)
def test_it_is_asked_again_right_before_it_leaves(
    case_name: str, queued: Message, case: uuid.UUID, box: Box, acting: Acting, travel: Travel
) -> None:
    change, code = NOT_ANY_MORE[case_name]
    change(acting, case, travel)
    work(ways(box))
    with acting("kari"):
        told_instead = Message.objects.filter(once__startswith="closed:").count()
        assert Delivery.objects.get(message=queued, channel=Channel.MAIL).due_at is None
        facts = Fact.objects.filter(message=queued).exclude(delivery=None).values_list("fact", "code")
        assert list(facts) == ([("failed", str(code))] if code else [])
    assert len(box.raw) == told_instead == (code is FailureCode.NO_LONGER_SEES), "only that it is closed"
    assert work(ways(box)) == 0
    assert numbers.read().adds_up


def test_it_is_asked_after_the_claim_and_not_before(
    queued: Message, case: uuid.UUID, box: Box, acting: Acting, travel: Travel
) -> None:
    """The sight is withdrawn while a worker already has the mail in its hands."""
    from grunnmur.post import queue

    me = uuid.uuid4()
    queue.lives(me)
    (errand,) = queue.claim(me, most=1)
    _consent_withdrawn(acting, case, travel)
    worker.deliver(errand, worker=me, out=ways(box), down=set())
    assert not box.raw
    assert happened(acting) == [("failed", "no_longer_sees")]


# --- a worker that dies ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("may_have_left", [False, True], ids=["before it left", "after it may have left"])
def test_what_a_dead_worker_had_is_tried_again_only_when_it_certainly_did_not_leave(
    may_have_left: bool, queued: Message, box: Box, acting: Acting, travel: Travel
) -> None:
    from grunnmur.post import queue

    dead = uuid.uuid4()
    queue.lives(dead)
    (errand,) = queue.claim(dead, most=1)
    if may_have_left:
        assert queue.hand_over(errand, worker=dead)
    assert work(ways(box)) == 0, "it may still live"
    travel(clock.now() + timedelta(minutes=6))
    work(ways(box))
    assert len(box.raw) == (0 if may_have_left else 1)
    assert (("uncertain", "died") in happened(acting)) is may_have_left
    assert not queue.hand_over(errand, worker=dead), "the dead one does not come back and send it"


def test_a_worker_that_was_only_slow_may_still_say_that_it_was_taken(
    queued: Message, box: Box, acting: Acting, travel: Travel
) -> None:
    from grunnmur.post import queue

    slow = uuid.uuid4()
    queue.lives(slow)
    (errand,) = queue.claim(slow, most=1)
    assert queue.hand_over(errand, worker=slow)
    travel(clock.now() + timedelta(minutes=6))
    work(ways(box))
    assert queue.note(errand, worker=slow, fact=FactKind.HANDED_OVER)
    assert ("handed_over", "") in happened(acting)


# --- other ways, and where they lead --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "per@x.example\r\nRCPT TO:<ola@y.example>",
        "per@x.example>",
        "",
        "per",
        "per@",
        "@x",
        "Per <per@x.example>",
        "pér@x",
    ],
)
def test_an_address_that_is_none_reaches_no_server(address: str, box: Box) -> None:
    outcome = ways(box)[Channel.MAIL].send(address, name=str(uuid.uuid4()), may_leave=lambda: True)
    assert outcome is not None
    assert outcome.code is FailureCode.WRONG_ADDRESS
    assert not box.to


def test_in_the_demo_mail_and_sms_go_to_files(tmp_path: Path, settings: Any) -> None:
    settings.OUT_FOLDER = tmp_path
    out = worker.ways()
    name = str(uuid.uuid4())
    for channel, address in ((Channel.MAIL, "per@x.example"), (Channel.SMS, "+4740000000")):
        outcome = out[channel].send(address, name=name, may_leave=lambda: True)
        assert outcome is not None
        assert outcome.fact is FactKind.HANDED_OVER
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")) == [
        f"mail/{name}.eml",
        f"sms/{name}.json",
    ]
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.rglob("*.*"))


def test_a_way_that_is_not_set_up_keeps_what_waits(settings: Any, queued: Message, acting: Acting) -> None:
    settings.OUT_FOLDER = None
    work(worker.ways())
    assert happened(acting) == [("put_off", "not_set_up")]


class Broken:
    """An adapter whose service breaks in one way or another."""

    def __init__(self, fault: Exception) -> None:
        self.fault = fault

    def send(self, *, to: str, text: str, once: str) -> sms.Answer:
        raise self.fault


@pytest.mark.parametrize(
    ("adapter", "to", "fact"),
    [
        (Broken(sms.Unreached()), "+4740000000", FactKind.PUT_OFF),
        (Broken(TimeoutError()), "+4740000000", FactKind.UNCERTAIN),
        (Broken(AssertionError("is not asked")), "40000000", FactKind.FAILED),
    ],
    ids=["unreached", "broke while sending", "no number"],
)
def test_what_an_sms_adapter_can_say(adapter: Any, to: str, fact: FactKind) -> None:
    outcome = sms.Sms(adapter).send(to, name="x", may_leave=lambda: True)
    assert outcome is not None
    assert outcome.fact is fact


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtps://mail.example.no", (465, "", False)),
        ("smtp://mail.example.no", (587, "", True)),
        ("smtp://navn%40x@mail.example.no:2525", (2525, "navn@x", True)),
        ("smtp://127.0.0.1:25", (25, "", False)),
    ],
)
def test_a_server_is_spoken_to_in_secret_unless_it_is_this_machine(url: str, expected: tuple[int, str, bool]) -> None:
    found = mail.read_server(url)
    assert (found.port, found.username, found.needs_starttls) == expected


@pytest.mark.parametrize("url", ["http://x", "smtp://", "smtp://me:secret@x", "x"])
def test_a_server_that_is_none_is_said_plainly(url: str) -> None:
    from django.core.exceptions import ImproperlyConfigured

    with pytest.raises(ImproperlyConfigured, match="GRUNNMUR_SMTP_URL"):
        mail.read_server(url)


def test_what_waits_for_a_phone_that_is_changed_is_told_to_the_sender_and_the_reminder_goes_to_the_new_one(
    case: uuid.UUID, acting: Acting, settings: Any, tmp_path: Path
) -> None:
    settings.OUT_FOLDER = tmp_path
    before, now = "+4740000000", "+4741111111"
    with acting("per") as per:
        addresses.set_mine(per, at=instant(), given={Channel.SMS: before})
    with acting("kari") as kari:
        message = send(kari, case)
    with acting("per") as per:
        addresses.set_mine(per, at=instant(), given={Channel.SMS: now})
    work(worker.ways())
    assert happened(acting) == [("failed", "address_ended")]
    with acting("kari") as kari:
        assert [row.id for row in sent.list_silent(kari).rows] == [message.pk], "the sender is told at once"
        messages.remind(actor=kari, pathway_id=case, once=None, message_id=message.pk)
    work(worker.ways())
    (told,) = (json.loads(file.read_text()) for file in tmp_path.glob("sms/*.json"))
    assert told["to"] == now


def test_a_closed_case_sends_nothing_more(queued: Message, box: Box, acting: Acting, anna: Child) -> None:
    """Closing ends sight by consent (ADR 9), and what waits asks about sight."""
    from grunnmur.cases.models import Participation
    from grunnmur.cases.terms import ParticipationBasis

    with acting("kari"):
        Participation.objects.filter(basis=ParticipationBasis.CONSENT).update(ends_at=instant())
    work(ways(box))
    assert not box.raw
    assert happened(acting) == [("failed", "no_longer_sees")]


@pytest.mark.parametrize("fault", [ValueError("broken"), OperationalError("away")])
def test_a_fault_in_what_makes_more_to_send_stops_no_mail(
    queued: Message, box: Box, fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    done = []

    def chores() -> None:
        done.append(1)
        raise fault

    assert worker.run(threading.Event(), out=ways(box), once=True, chores=chores) == 1
    assert done == [1]
    assert len(box.mails) == 1
    assert "What makes more to send failed" in caplog.text
