"""What a service that takes referrals asks for, and from whom; its own administrator says it."""

from collections.abc import Collection, Iterable
from uuid import UUID

from grunnmur import clock
from grunnmur.directory.kinds import Role
from grunnmur.directory.models import IntakeRule
from grunnmur.directory.sessions import Actor

LONGEST_NOTE = 2_000


def newest(services: Iterable[UUID]) -> dict[UUID, IntakeRule]:
    """The rule in force for each of some services that have one."""
    rows = IntakeRule.objects.filter(service__in=list(services)).order_by("service", "-set_at").distinct("service")
    return {row.service_id: row for row in rows}


def say(*, actor: Actor, accepts: Collection[Role], parts: Collection[str], note: str) -> IntakeRule:
    """Say it anew for one's own service. The database refuses anybody but its administrator."""
    return IntakeRule.objects.create(
        service_id=actor.service_id,
        accepts=sorted(accepts),
        parts=sorted(parts),
        note=note.strip()[:LONGEST_NOTE],
        set_by_id=actor.person_id,
        set_at=clock.now(),
    )
