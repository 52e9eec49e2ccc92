"""A message from Kari to Anna's GP, and what a worker does with it, step by step."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest

from grunnmur.cases.models import Child
from grunnmur.cases.terms import InformationKind
from grunnmur.post import outbox
from grunnmur.post.models import Address, Message
from grunnmur.post.outbox import Receiver
from grunnmur.post.terms import Channel, MessageSort
from tests import together

Acting = Callable[[str], AbstractContextManager[Any]]
ITEM = uuid.UUID("00000000-0000-4000-8000-00000000000d")


@pytest.fixture
def case(acting: Acting, anna: Child) -> uuid.UUID:
    """Under way since today; the GP and ABUP may take part, about what they are asked of somatic health."""
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        together.start(kari, pathway_id)
        together.let_in(kari, pathway_id, "storgata", "abup")
    return pathway_id


def give_address(actor: Any, address: str, *, channel: Channel = Channel.MAIL) -> Address:
    """An address of the actor's own, for notices to the service they act for."""
    from grunnmur import clock

    return Address.objects.create(
        service_id=actor.service_id,
        person_id=actor.person_id,
        channel=channel,
        address=address,
        set_by_id=actor.person_id,
        set_at=clock.now(),
    )


def send(actor: Any, pathway_id: uuid.UUID, service: str = "storgata", **more: Any) -> Message:
    """One invitation, about a row of coordination."""
    from grunnmur.cases.door import instant

    return outbox.send(
        **{
            "actor": actor,
            "at": instant(),
            "sort": MessageSort.INVITATION,
            "subject": pathway_id,
            "kind": int(InformationKind.COORDINATION),
            "item": ITEM,
            "to": Receiver(service_id=together.service_id(service)),
            "quiet": instant() + timedelta(days=3),
            "wants_answer": True,
            **more,
        }
    )
