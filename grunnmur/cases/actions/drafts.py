"""Keeping what somebody has begun to write. No act on the case: nothing is said, and nobody else can see that it is.

A draft ends when its form is sent, when its writer throws it away, and after some days.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from grunnmur.cases import access
from grunnmur.cases.door import Invalid, instant
from grunnmur.cases.models import Draft
from grunnmur.directory.sessions import Actor

LASTS = timedelta(days=14)
"""Since it was last saved. Our own choice; no source sets it."""
MOST = 200_000
"""Characters of one draft, with the names of its fields: ten times the longest text a field takes."""
TOO_LONG = _("Teksten er for lang til å lagres som utkast. Send den, eller kopier den til et annet sted.")


def save(
    *,
    actor: Actor,
    path: str,
    fields: Mapping[str, Sequence[str]],
    pathway_id: UUID | None = None,
    child_id: UUID | None = None,
) -> datetime:
    """Keep the form of a page, over what was kept of it before; returns when. Raises NotVisible, Invalid.

    The page is one about a pathway, or about a child, that the actor sees now.
    """
    text = json.dumps(fields, ensure_ascii=False)
    if len(text) > MOST or len(path) > 300:
        raise Invalid({"": TOO_LONG})
    if pathway_id is not None:
        access.get_pathway(actor, pathway_id)
    elif child_id is not None:
        access.get_child(actor, child_id)
    else:
        raise access.NotVisible
    at = instant()
    mine = _mine(actor).filter(path=path)
    if not mine.exists():
        # The page may be saving itself from another window at the same time: then that one's row is the one.
        whose = {"person_id": actor.person_id, "service_id": actor.service_id}
        about = {"pathway_id": pathway_id, "child_id": child_id, "path": path}
        Draft.objects.bulk_create([Draft(**whose, **about, saved_at=at, expires_at=at)], ignore_conflicts=True)
    draft = mine.get()
    draft.fields, draft.saved_at, draft.expires_at = text, at, at + LASTS
    draft.save(update_fields=["fields", "saved_at", "expires_at"])
    # Last, when one's own is safe: two who each ended the other's first would wait for each other.
    with connection.cursor() as cursor:
        cursor.execute("select sec.end_old_drafts()")
    return at


def end(*, actor: Actor, path: str) -> None:
    """The form was sent, or thrown away: nothing of it is kept."""
    _mine(actor).filter(path=path, fields__isnull=False).update(fields=None)


def _mine(actor: Actor) -> QuerySet[Draft]:
    return Draft.objects.filter(person=actor.person_id, service=actor.service_id)
