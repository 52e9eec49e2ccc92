"""Writing down who is away in a child welfare service and who covers, and that it holds no longer."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from grunnmur import clock
from grunnmur.cases import absence, access
from grunnmur.cases.absence import Away
from grunnmur.cases.access import CHILD_WELFARE, Refused
from grunnmur.cases.actions.checks import refuse
from grunnmur.cases.door import lock
from grunnmur.cases.models import Absence
from grunnmur.cases.queries import absences as queries
from grunnmur.cases.queries.colleagues import colleagues_in
from grunnmur.directory.members import is_administrator
from grunnmur.directory.sessions import Actor
from grunnmur.log import record

NOT_YOURS = _("Du kan skrive inn ditt eget fravær. Andres skriver lederen inn.")


def mark(*, actor: Actor, person_id: UUID, cover_id: UUID, from_on: date, back_on: date) -> Absence:
    """Somebody is away until the first day back, and a colleague covers: one's own absence, or anyone's for a leader.

    The same once more, as by a double click, is the one that is there. Raises Refused, Invalid.
    """
    with transaction.atomic():
        _check(actor, person_id)
        lock(actor.service_id)
        today = clock.today()
        rows = list(queries.in_force(actor.service_id, on=today))
        for row in rows:
            if (row.person_id, row.cover_id, row.from_on, row.back_on) == (person_id, cover_id, from_on, back_on):
                return row
        at_work = {str(one.id) for one in colleagues_in(actor.service_id, on=today)}
        new = Away(str(person_id), str(cover_id), from_on, back_on)
        found = absence.problems(new, absences=[queries.away(row) for row in rows], at_work=at_work, today=today)
        if str(person_id) not in at_work:
            found["person_id"] = _("Velg en som arbeider i barneverntjenesten nå.")
        refuse(found)
        row = Absence.objects.create(
            service_id=actor.service_id,
            person_id=person_id,
            cover_id=cover_id,
            from_on=from_on,
            back_on=back_on,
            recorded_by_id=actor.person_id,
            recorded_at=clock.now(),
        )
        _log(actor, "absence_marked", row)
    return row


def end(*, actor: Actor, absence_id: UUID) -> None:
    """The absence holds no longer, from now on; whoever was away has the cases again. Once more changes nothing.

    Raises NotVisible, Refused.
    """
    with transaction.atomic():
        lock(actor.service_id)
        row = Absence.objects.filter(pk=absence_id, service=actor.service_id).first()
        if row is None:
            raise access.NotVisible
        _check(actor, row.person_id)
        if row.ended_at is None:
            row.ended_at, row.ended_by_id = clock.now(), actor.person_id
            row.save(update_fields=["ended_at", "ended_by"])
            _log(actor, "absence_ended", row)


def _check(actor: Actor, person_id: UUID) -> None:
    if actor.link_id or actor.role not in CHILD_WELFARE:
        raise Refused("role", access.NOT_YOUR_ROLE)
    if person_id != actor.person_id and not is_administrator():
        raise Refused("not_yours", NOT_YOURS)


def _log(actor: Actor, action: str, row: Absence) -> None:
    record.own(
        action,
        at=clock.now(),
        person_id=actor.person_id,
        service_id=actor.service_id,
        role=actor.role,
        asked_id=row.pk,
    )
