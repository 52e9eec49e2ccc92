"""Reading one case's facts, with the case's own eyes: a signed call that only the program can make."""

import json
from uuid import UUID

from django.db import connection

from grunnmur.cases import lifecycle
from grunnmur.directory import sessions


def load(pathway_id: UUID) -> lifecycle.Facts:
    """The facts of one case as they stand in this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("select sec.facts_of(%s, %s)", [pathway_id, sessions.sign(f"facts|{pathway_id}")])
        data = cursor.fetchone()[0]
    return lifecycle.facts_from(json.loads(data) if isinstance(data, str) else data)
