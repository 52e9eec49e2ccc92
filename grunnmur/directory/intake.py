"""What a service that takes referrals asks for, and from whom; its own administrator says it."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from grunnmur import clock
from grunnmur.directory.kinds import Role
from grunnmur.directory.meanwhile import refuse_older, take_turns
from grunnmur.directory.models import IntakeRule
from grunnmur.directory.sessions import Actor

LONGEST_NOTE = 2_000


def newest(service_id: UUID) -> IntakeRule | None:
    """The rule in force for a service; None when it has said nothing."""
    return IntakeRule.objects.filter(service=service_id).order_by("-set_at").first()


def version(service_id: UUID) -> int:
    """Counts what a service has said, from 1 for nothing yet."""
    return 1 + IntakeRule.objects.filter(service=service_id).count()


def say(*, actor: Actor, accepts: Collection[Role], parts: Collection[str], note: str, seen: int | None) -> IntakeRule:
    """Say it anew for one's own service; what the actor said last is not said twice.

    `seen` is the version that the form showed. The database refuses anybody but the service's administrator.
    Raises EditConflict.
    """
    with transaction.atomic():
        take_turns(f"intake {actor.service_id}")
        said = {"accepts": sorted(accepts), "parts": sorted(parts), "note": note.strip()}
        last = newest(actor.service_id)
        if (
            last is not None
            and last.set_by_id == actor.person_id
            and said == {"accepts": sorted(last.accepts), "parts": sorted(last.parts), "note": last.note}
        ):
            return last
        refuse_older(seen=seen, current=version(actor.service_id))
        return IntakeRule.objects.create(
            service_id=actor.service_id, set_by_id=actor.person_id, set_at=clock.now(), **said
        )
