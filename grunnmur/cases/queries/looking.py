"""Every query that shows a child says so here: who looks at whom, what they can see of it, and on what ground."""

from collections.abc import Iterable
from uuid import UUID

from grunnmur import clock
from grunnmur.cases.terms import InformationKind, ParticipationBasis
from grunnmur.directory.sessions import Actor, Relative
from grunnmur.log import record

IN_A_LIST = InformationKind.CONTACT | InformationKind.COORDINATION
"""What a list tells: who the child is, and what waits."""


def log(
    actor: Actor | Relative,
    action: str,
    *,
    children: Iterable[UUID],
    kinds: InformationKind,
    grounds: Iterable[str],
    pathway_id: UUID | None = None,
    reason: str = "participation",
) -> None:
    """One look, by the name of the page. Within a request all looks become one (`record.Pending.as_one_answer`).

    `grounds` are those on which the actor sees the children; none only when there are no children.
    """
    found = set(grounds)
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
        ground=" ".join(basis for basis in ParticipationBasis if basis in found),
        reason=reason,
    )
