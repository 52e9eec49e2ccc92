"""SMS out, through an adapter to whoever sends them for the municipality. The contract is in docs/reference/sms.md."""

import importlib
import json
import logging
import re
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from grunnmur import program_log
from grunnmur.post import texts
from grunnmur.post.mail import write_whole
from grunnmur.post.terms import FailureCode
from grunnmur.post.ways import TAKEN, NotSetUp, Outcome, Way, failed, put_off, uncertain

LOG = logging.getLogger(__name__)
NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
"""A number with its country (E.164)."""


class Answer(Enum):
    """What the one who sends SMS says of one."""

    TAKEN = "taken"
    NO_SUCH_NUMBER = "no_such_number"
    REFUSED = "refused"
    TRY_LATER = "try_later"


class Unreached(Exception):
    """The service could not be reached, and it is certain that it got nothing."""


class Adapter(Protocol):
    """What an adapter must have."""

    def send(self, *, to: str, text: str, once: str) -> Answer:
        """Send one text to one number, and say what became of it.

        `once` is the same when the same SMS is tried again: a service that knows such a key sends it once. Raises
        Unreached when it is certain that nothing was sent; any other exception is taken to mean that nobody knows.
        """


class Sms:
    """SMS through an adapter."""

    def __init__(self, adapter: Adapter) -> None:
        self.adapter = adapter

    def text(self, name: str, page: str) -> str:
        """What the SMS of a delivery says."""
        return texts.sms_text(page)

    def send(self, address: str, *, name: str, page: str = "", may_leave: Callable[[], bool]) -> Outcome | None:
        if not NUMBER.fullmatch(address):
            return failed(FailureCode.WRONG_ADDRESS)
        if not may_leave():
            return None
        try:
            answer = self.adapter.send(to=address, text=self.text(name, page), once=name)
        except Unreached:
            return put_off(FailureCode.SERVER_DOWN)
        except Exception as fault:
            LOG.error("The SMS adapter broke: %s", program_log.describe(fault))
            return uncertain(FailureCode.LINE_BROKE)
        return OUTCOMES[answer]

    def close(self) -> None:
        """An adapter keeps no line that must be let go of."""


class Codes(Sms):
    """SMS with the codes that open links."""

    def text(self, name: str, page: str) -> str:
        return texts.code_text(UUID(name))


OUTCOMES = {
    Answer.TAKEN: TAKEN,
    Answer.NO_SUCH_NUMBER: failed(FailureCode.WRONG_ADDRESS),
    Answer.REFUSED: failed(FailureCode.REFUSED),
    Answer.TRY_LATER: put_off(FailureCode.TRY_LATER),
}


class Files:
    """Each SMS as a file in a folder: for the demo, where nothing may leave the machine, and for tests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, *, to: str, text: str, once: str) -> Answer:
        content = json.dumps({"to": to, "text": text, "once": once}, ensure_ascii=False)
        write_whole(self.folder / f"{once}.json", content.encode())
        return Answer.TAKEN


def is_set_up() -> bool:
    """Whether the installation can send SMS at all."""
    return bool(settings.SMS_ADAPTER or settings.OUT_FOLDER)


def way(says: type[Sms] = Sms) -> Way:
    """The way that the settings name, with the one text there is or with codes. Raises ImproperlyConfigured."""
    named = settings.SMS_ADAPTER
    if not named:
        return says(Files(settings.OUT_FOLDER / "sms")) if settings.OUT_FOLDER else NotSetUp()
    module, _, factory = named.partition(":")
    try:
        adapter: Adapter = getattr(importlib.import_module(module), factory)()
    except (ImportError, AttributeError, ValueError) as fault:
        raise ImproperlyConfigured(f"GRUNNMUR_SMS must be MODULE:FUNCTION; «{named}» cannot be used.") from fault
    return says(adapter)
