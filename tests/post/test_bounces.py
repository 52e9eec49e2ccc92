"""Mail that came back, as mail servers say it."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from grunnmur.post import bounces, queue, texts
from grunnmur.post.bounces import Returned
from grunnmur.post.models import Delivery, Fact, Message
from grunnmur.post.terms import Channel, FactKind, FailureCode
from tests.post.conftest import ITEM, give_address, send

Acting = Callable[[str], AbstractContextManager[Any]]
NAME = uuid.UUID("12345678-1234-4234-8234-123456789abc")


def returned(
    *,
    name: uuid.UUID = NAME,
    action: str = "failed",
    status: str = "5.1.1",
    envelope: bool = False,
    original: str = "message/rfc822",
) -> bytes:
    """What Postfix and Exchange send, in the parts that RFC 3464 sets."""
    envelope_id = f"Original-Envelope-Id: {name}\r\n" if envelope else ""
    came = f"Message-ID: <{name}@grunnmur.example>\r\nSubject: {texts.SUBJECT}\r\n\r\n" + (
        texts.BOKMAL if original == "message/rfc822" else ""
    )
    return (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example (Mail Delivery System)\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n'
        "--B\r\nContent-Type: text/plain\r\n\r\nI'm sorry to have to inform you\r\n\r\n"
        "--B\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; mx.example\r\n{envelope_id}\r\n"
        f"Final-Recipient: rfc822; per@legekontor.example\r\nAction: {action}\r\nStatus: {status}\r\n\r\n"
        f"--B\r\nContent-Type: {original}\r\n\r\n{came}\r\n--B--\r\n"
    ).encode()


READ = {
    "no such address": (returned(), Returned(NAME, FactKind.FAILED, FailureCode.WRONG_ADDRESS)),
    "the box is full": (returned(status="5.2.2"), Returned(NAME, FactKind.FAILED, FailureCode.BOUNCED)),
    "by the envelope's name, headers only": (
        returned(envelope=True, original="text/rfc822-headers"),
        Returned(NAME, FactKind.FAILED, FailureCode.WRONG_ADDRESS),
    ),
    "headers only": (
        returned(original="text/rfc822-headers"),
        Returned(NAME, FactKind.FAILED, FailureCode.WRONG_ADDRESS),
    ),
    "it arrived": (returned(action="delivered", status="2.0.0"), Returned(NAME, FactKind.DELIVERED, None)),
    "a delay says nothing for good": (returned(action="delayed", status="4.4.1"), None),
    "an answer from a person": (b"From: per@x.example\r\nSubject: SV: Du har en melding\r\n\r\nTakk!", None),
    "nothing at all": (b"", None),
    "no text": (b"\x00\xff\xfe" * 200, None),
    "about something else": (returned().replace(str(NAME).encode(), b"nothing-of-ours"), None),
}


@pytest.mark.parametrize("case_name", READ)
def test_what_is_read_out_of_a_mail(case_name: str) -> None:
    content, expected = READ[case_name]
    assert bounces.read(content) == expected


@pytest.fixture
def handed_over(acting: Acting, case: uuid.UUID) -> Delivery:
    """One mail that a server has taken."""
    with acting("per") as per:
        give_address(per, "per@legekontor.example")
    with acting("kari") as kari:
        send(kari, case)
    worker = uuid.uuid4()
    (errand,) = queue.claim(worker, most=1)
    assert queue.hand_over(errand, worker=worker)
    assert queue.note(errand, worker=worker, fact=FactKind.HANDED_OVER)
    with acting("kari"):
        return Delivery.objects.get(channel=Channel.MAIL)


def test_a_mail_that_came_back_is_shown_to_the_sender_and_is_a_silence_at_once(
    handed_over: Delivery, acting: Acting, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "1"
    file.write_bytes(returned(name=handed_over.pk))
    for told in (1, 0):
        call_command("read_bounces", str(file))
        assert f"1 read, {told} told something new." in capsys.readouterr().out
    with acting("kari"):
        assert Fact.objects.filter(fact=FactKind.FAILED).values_list("code", flat=True).get() == "wrong_address"
        message = Message.objects.get(item=ITEM)
        assert message.silent_from is not None
        assert message.silent_from <= Fact.objects.get(fact=FactKind.FAILED).at


def test_nobody_can_say_that_something_came_back_that_never_left(acting: Acting, case: uuid.UUID) -> None:
    with acting("per") as per:
        give_address(per, "per@legekontor.example")
    with acting("kari") as kari:
        send(kari, case)
        way = Delivery.objects.get(channel=Channel.MAIL)
    assert not queue.returned(way.pk, fact=FactKind.FAILED, code=FailureCode.BOUNCED)
    assert not queue.returned(uuid.uuid4(), fact=FactKind.DELIVERED)
