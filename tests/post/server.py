"""A real mail server (aiosmtpd) that keeps what it takes, and can be told to misbehave."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Box:
    """What was taken, in order, and how the server answers."""

    raw: list[bytes] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    rcpt: str = "250 OK"
    data: str = "250 OK"
    hangs_up: bool = False
    """Takes the text and then is gone, without an answer."""
    arrived: threading.Event = field(default_factory=threading.Event)
    holds: threading.Event | None = None
    """Waits for it before the text is answered."""

    @property
    def mails(self) -> list[EmailMessage]:
        """The same, parsed."""
        return [message_from_bytes(one, policy=policy.default) for one in self.raw]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.data.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.raw.append(envelope.content)
            self.to += envelope.rcpt_tos
        self.arrived.set()
        if self.holds is not None:
            import asyncio

            while not self.holds.is_set():
                await asyncio.sleep(0.02)
        if self.hangs_up:
            assert server.transport is not None
            server.transport.abort()
        return self.data


@contextmanager
def running(port: int = 0, **options: Any) -> Iterator[tuple[Box, int]]:
    """The server on a free port of this machine, for a block."""
    box = Box()
    controller = Controller(box, hostname="127.0.0.1", port=port or free_port(), **options)
    controller.start()
    try:
        yield box, controller.port
    finally:
        controller.stop()


def free_port() -> int:
    """A port that nobody listens on now."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
