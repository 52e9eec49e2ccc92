"""The only writer of the two logs."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime

from grunnmur.log.models import AccessLog, Event


def event(
    name: str,
    *,
    at: datetime,
    child_id: uuid.UUID,
    pathway_id: uuid.UUID | None,
    kind: int,
    service_id: uuid.UUID,
    person_id: uuid.UUID,
    subject_id: uuid.UUID | None = None,
    data: Mapping[str, object] | None = None,
    once: uuid.UUID | None = None,
) -> Event:
    """Record one act in the transaction that does it: if the row cannot be written, the act is undone."""
    return Event.objects.create(
        at=at,
        name=name,
        child_id=child_id,
        pathway_id=pathway_id,
        kind=kind,
        author_service_id=service_id,
        person_id=person_id,
        subject_id=subject_id,
        data=dict(data or {}),
        once=once,
    )


def look(
    action: str,
    *,
    at: datetime,
    person_id: uuid.UUID | None,
    service_id: uuid.UUID | None,
    role: str,
    children: Iterable[uuid.UUID] = (),
    pathway_id: uuid.UUID | None = None,
    allowed: bool = True,
    reason: str = "participation",
) -> AccessLog:
    """Record one look, or one refusal. Raises what the database raises: what cannot be logged is not shown."""
    return AccessLog.objects.create(
        at=at,
        person_id=person_id,
        service_id=service_id,
        role=role,
        action=action,
        children=list(children),
        pathway_id=pathway_id,
        allowed=allowed,
        reason=reason,
    )
