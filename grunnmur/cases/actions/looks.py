"""The service's own control of look-ups: what one of its people looked at has been examined, and what was found."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from grunnmur import clock
from grunnmur.cases import access
from grunnmur.cases.actions.checks import refuse
from grunnmur.cases.door import lock
from grunnmur.cases.models import LookReview
from grunnmur.cases.queries import looks
from grunnmur.directory.sessions import Actor
from grunnmur.log import record

OWN_LOOKS = _("Egne oppslag vurderes av en annen. Be en annen leder, eller den som leder dere.")


def examine(*, actor: Actor, person: UUID, day: date, child_id: UUID | None, note: str) -> LookReview:
    """Write down what an administrator of the service found. Raises NotVisible, Refused, Invalid."""
    with transaction.atomic():
        lock(actor.service_id)  # a double click, or two leaders at once, examine a look once
        line = looks.get_line(actor, person=person, day=day, child_id=child_id)
        if line.is_mine:
            raise access.Refused("own_looks", OWN_LOOKS)
        refuse(
            {
                "note": _("Noen har alt sett på dette.")
                if line.examined
                else None
                if note.strip()
                else _("Skriv hva du fant.")
            }
        )
        row = LookReview.objects.create(
            service_id=actor.service_id,
            person_id=person,
            day=day,
            child_id=child_id,
            note=note,
            reviewed_by_id=actor.person_id,
            reviewed_at=clock.now(),
        )
        record.own(
            "look_examined",
            at=row.reviewed_at,
            person_id=actor.person_id,
            service_id=actor.service_id,
            role=actor.role,
            asked_id=row.pk,
        )
    return row
