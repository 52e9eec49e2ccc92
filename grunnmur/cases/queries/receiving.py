"""Being shown what somebody has sent to one's service opens it."""

from collections.abc import Iterable
from uuid import UUID

from grunnmur.cases.door import instant
from grunnmur.directory.sessions import Actor
from grunnmur.post import outbox


def shown(actor: Actor, items: Iterable[UUID]) -> None:
    """These rows, which are for the actor's service, are on the page: what was sent to it about them is opened, once.

    Like the look itself it is written when something is shown.
    """
    found = list(items)
    if found:
        outbox.opened(actor=actor, at=instant(), items=found)
