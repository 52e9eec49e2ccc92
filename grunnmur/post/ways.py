"""The ways out of the house, and what each answers. A way says for certain that nothing left, or that it may have."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from grunnmur.post.terms import FactKind, FailureCode


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attempt."""

    fact: FactKind
    code: FailureCode | None = None


TAKEN = Outcome(FactKind.HANDED_OVER)


def put_off(code: FailureCode) -> Outcome:
    """It certainly did not leave, and may be tried again."""
    return Outcome(FactKind.PUT_OFF, code)


def failed(code: FailureCode) -> Outcome:
    """It certainly did not leave, and there is no use in trying again."""
    return Outcome(FactKind.FAILED, code)


def uncertain(code: FailureCode) -> Outcome:
    """It may have left."""
    return Outcome(FactKind.UNCERTAIN, code)


class Way(Protocol):
    """One way out."""

    def send(self, address: str, *, name: str, page: str = "", may_leave: Callable[[], bool]) -> Outcome | None:
        """Send the one text there is to an address.

        `name` is the delivery's own, the same in every attempt; `page` is where the message is read. `may_leave` is
        asked once, right before the text leaves; when it says no, nothing does, and the answer is None.
        """

    def close(self) -> None:
        """Let go of whatever line is open."""


class NotSetUp:
    """A way that the installation has not got: what is to be sent that way waits."""

    def send(self, address: str, *, name: str, page: str = "", may_leave: Callable[[], bool]) -> Outcome | None:
        return put_off(FailureCode.NOT_SET_UP)

    def close(self) -> None:
        """There is no line."""
