"""Mail that came back: reads what a mail server says of one (RFC 3464), whoever that server is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from uuid import UUID

from grunnmur.post.terms import FactKind, FailureCode

NAME = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
WRONG_ADDRESS = re.compile(r"5\.1\.\d+")
"""«Addressing status» (RFC 3463, 3.2)."""


@dataclass(frozen=True, slots=True)
class Returned:
    """What is said of one delivery."""

    delivery_id: UUID
    fact: FactKind
    code: FailureCode | None


def read(content: bytes) -> Returned | None:
    """What a mail says of one that we sent; None when it is no such mail, or says nothing for good.

    A delay says nothing for good: the server goes on trying. Where one mail says several things of the same, a failure
    counts.
    """
    mail = message_from_bytes(content, policy=policy.default)
    said = dict(_said(mail))
    name = _name(mail)
    if name is None:
        return None
    if "failed" in said:
        is_wrong = WRONG_ADDRESS.match(said["failed"]) is not None
        return Returned(name, FactKind.FAILED, FailureCode.WRONG_ADDRESS if is_wrong else FailureCode.BOUNCED)
    return Returned(name, FactKind.DELIVERED, None) if "delivered" in said else None


def _status_blocks(mail: EmailMessage) -> Iterator[Message]:
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            blocks = part.get_payload()
            yield from (block for block in blocks if isinstance(block, Message)) if isinstance(blocks, list) else ()


def _said(mail: EmailMessage) -> Iterator[tuple[str, str]]:
    """(action, status) of each recipient."""
    for block in _status_blocks(mail):
        action = str(block.get("Action", "")).partition("(")[0].strip().lower()
        if action:
            yield action, str(block.get("Status", "")).strip()


def _name(mail: EmailMessage) -> UUID | None:
    """Which delivery: by the envelope's name, or else by the Message-ID of what came back."""
    for block in _status_blocks(mail):
        if found := NAME.search(str(block.get("Original-Envelope-Id", ""))):
            return UUID(found.group())
    for part in mail.walk():
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers"):
            payload = part.get_payload()
            inside = payload[0] if isinstance(payload, list) else message_from_bytes(str(payload).encode())
            if isinstance(inside, Message) and (found := NAME.search(str(inside.get("Message-ID", "")))):
                return UUID(found.group())
    return None
