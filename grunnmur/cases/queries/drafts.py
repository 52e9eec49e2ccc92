"""One's own drafts: what one has begun to write and not sent. Nobody else's query."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from grunnmur import clock
from grunnmur.cases import access
from grunnmur.cases.models import Draft
from grunnmur.directory.sessions import Actor


@dataclass(frozen=True, slots=True)
class Kept:
    """A form as it was when it was kept."""

    id: UUID
    path: str
    saved_at: datetime


def find(actor: Actor, path: str) -> Kept | None:
    """The actor's draft of a page, if it has one."""
    found = (
        Draft.objects.filter(
            person=actor.person_id,
            service=actor.service_id,
            path=path,
            fields__isnull=False,
            expires_at__gt=clock.now(),
        )
        .values_list("pk", "path", "saved_at")
        .first()
    )
    return Kept(found[0], found[1], found[2].astimezone(clock.OSLO)) if found else None


def read(actor: Actor, draft_id: UUID) -> tuple[Kept, list[tuple[str, list[str]]]]:
    """One draft and its fields, as long as the actor sees what it is about. Raises NotVisible."""
    row = Draft.objects.filter(
        person=actor.person_id, service=actor.service_id, pk=draft_id, expires_at__gt=clock.now()
    ).first()
    if row is None or row.fields is None:
        raise access.NotVisible
    if row.pathway_id is not None:
        access.get_pathway(actor, row.pathway_id)
    if row.child_id is not None:
        access.get_child(actor, row.child_id)
    kept = Kept(row.pk, row.path, row.saved_at.astimezone(clock.OSLO))
    return kept, [(name, list(values)) for name, values in json.loads(row.fields).items()]
