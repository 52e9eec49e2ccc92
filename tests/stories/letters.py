"""Mail in a story: a real mail server takes what the program's worker sends, and people find the link in it."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from tests.post import server as mail_server
from tests.post.server import Box
from tests.stories.page import Unlike

LINK = re.compile(r"http://\S+/(?:svar|samling)/\S+/")
FOLD = re.compile(r"\r?\n[ \t]")
"""Where a long line of a calendar is broken."""
PATIENCE = 30
"""Seconds from an act to the mail that it sends, on a busy machine."""


class Letters:
    """What has come, and what was already read."""

    def __init__(self, box: Box, port: int) -> None:
        self.environment = {"GRUNNMUR_SMTP_URL": f"smtp://127.0.0.1:{port}"}
        """Makes the program send its mail here."""
        self._box = box
        self._read: set[str] = set()

    def link_to(self, address: str) -> str:
        """The link in the next mail to an address. Raises Unlike when none comes."""
        last = time.monotonic() + PATIENCE
        while time.monotonic() < last:
            for mail in self._box.mails:
                if mail["To"] == address and mail["Message-ID"] not in self._read:
                    found = LINK.search(mail.get_content())
                    if found:
                        self._read.add(str(mail["Message-ID"]))
                        return found[0]
            time.sleep(0.05)
        raise Unlike(f"a mail with a link to {address}", f"{len(self._box.mails)} mails, none of them it")

    def tell_nothing(self, secrets: list[str]) -> None:
        """No mail that was ever sent holds any of these words. Raises Unlike."""
        for mail in self._box.mails:
            told = [secret for secret in secrets if any(secret in text for text in texts(mail))]
            if told:
                raise Unlike("nothing about the child in a mail", f"{told} in one to {mail['To']}")


def texts(mail: EmailMessage) -> Iterator[str]:
    """Everything a mail says, as its reader reads it: the headers and every part, and not the codes it is sent in."""
    for part in mail.walk():
        yield from (f"{name}: {value}" for name, value in part.items())
        if not part.is_multipart():
            content = part.get_content()
            said = content if isinstance(content, str) else content.decode(errors="replace")
            yield said
            yield FOLD.sub("", said)


@contextmanager
def running() -> Iterator[Letters]:
    """The mail server, for a block."""
    with mail_server.running() as (box, port):
        yield Letters(box, port)
