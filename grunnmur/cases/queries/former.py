"""What stood before it was corrected: of the child itself, and of those around it. For the owner of the case."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from grunnmur.cases import access
from grunnmur.cases.models import FormerValues
from grunnmur.cases.queries import names
from grunnmur.cases.queries.child import PAGE, ChildHead


@dataclass(frozen=True, slots=True)
class Former:
    """What some columns said until somebody changed them: when, who and why."""

    at: datetime
    by: str
    why: str
    is_from_file: bool
    said: dict[str, Any]


def of_child(head: ChildHead) -> tuple[Former, ...]:
    """The corrections of the child's own row, newest first; empty for everyone but the owner."""
    if not head.is_owner:
        return ()
    rows = access.visible_to(head.actor, FormerValues.objects.filter(child=head.child, subject_id=head.child.pk))
    found = list(rows.order_by("-recorded_at")[:PAGE])
    who = names.people(row.recorded_by_id for row in found)
    return tuple(
        Former(row.recorded_at, who.get(str(row.recorded_by_id), ""), row.why, row.table == "file", _said(row))
        for row in found
    )


def _said(row: FormerValues) -> dict[str, Any]:
    said: dict[str, Any] = dict(row.said)
    if "national_id" in said:
        said["national_id"] = row.national_id
    return said
