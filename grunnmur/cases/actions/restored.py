"""What was taken back since a copy was made is taken back again in the database that is made of the copy.

These are rows, and not acts done once more: nobody is logged in, and an act would have the wrong hand and the wrong
hour, and could be refused by what the restored database does not know. So each row comes back as it was written, and
one event for each child says that it did, in nobody's name.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import connection, transaction

from grunnmur import clock
from grunnmur.cases.terms import InformationKind
from grunnmur.log import record

NOBODY = UUID(int=0)
"""Who took it back again: whoever ran the restore has no person in the database."""


def take_back(listed: Sequence[Mapping[str, object]]) -> dict[str, int]:
    """Take it all back again, or nothing; gives how many of each thing. As the administrator of the database."""
    with transaction.atomic(), record.linked():
        with connection.cursor() as cursor:
            cursor.execute("select what, child, owner from sec.take_back(%s)", [json.dumps(listed)])
            found: list[tuple[str, UUID | None, UUID]] = cursor.fetchall()
        about: dict[tuple[UUID, UUID], Counter[str]] = {}
        for what, child, owner in found:
            if child is not None:
                about.setdefault((child, owner), Counter())[what] += 1
        for (child, owner), times in about.items():
            record.event(
                "child.restored",
                at=clock.now(),
                child_id=child,
                pathway_id=None,
                kind=int(InformationKind.CHILD_WELFARE),
                service_id=owner,
                person_id=NOBODY,
                data=dict(times),
            )
    return dict(Counter(what for what, _child, _owner in found))
