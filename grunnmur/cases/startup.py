"""What must be true before the first request: a whole wall, definitions that are valid and unchanged since first use."""

from django.db import connection

from grunnmur.cases import row_security
from grunnmur.cases.definition import definitions
from grunnmur.cases.models import SealedEdition


class NotSafe(Exception):
    """The program refuses to start, and says why."""


def faults() -> list[str]:
    """What is wrong, in words; an empty list lets the program start."""
    found = row_security.faults(connection)
    known = {edition.key: edition.sha256 for edition in definitions().editions}
    for sealed in SealedEdition.objects.all():
        if known.get(sealed.key) != sealed.sha256:
            found.append(
                f"definitions/pathway/{sealed.key}.yaml is in use and has been changed or removed since "
                f"{sealed.sealed_at:%Y-%m-%d}. Restore it, and make a new edition for what is new."
            )
    return found


def refuse_to_start_with_faults() -> None:
    """Raises NotSafe with every fault."""
    found = faults()
    if found:
        raise NotSafe("Grunnmur does not start:\n- " + "\n- ".join(found))
