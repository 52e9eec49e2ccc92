"""Every query that shows a child says so here: who looks at whom, what they can see of it, and on what ground."""

from collections.abc import Iterable
from uuid import UUID

from grunnmur import clock
from grunnmur.cases.terms import InformationKind, ParticipationBasis
from grunnmur.directory.sessions import Actor
from grunnmur.log import record

IN_A_LIST = InformationKind.CONTACT | InformationKind.COORDINATION
"""What a list tells: who the child is, and what waits."""


def log(
    actor: Actor,
    action: str,
    *,
    children: Iterable[UUID],
    kinds: InformationKind,
    pathway_id: UUID | None = None,
    ground: ParticipationBasis | None = None,
) -> None:
    """One look, by the name of the page. Within a request all looks become one (`record.Pending.as_one_answer`)."""
    record.look(
        action,
        at=clock.now(),
        person_id=actor.person_id,
        service_id=actor.service_id,
        role=actor.role,
        children=children,
        pathway_id=pathway_id,
        kinds=kinds,
        purpose=actor.purpose,
        ground=ground or "",
    )
