"""Writing down what goes on beside the pathway (A13, A14): a plan and its coordinator, BTI, FACT, a health mapping."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from grunnmur.cases.actions.checks import happened, refuse
from grunnmur.cases.door import on_pathway
from grunnmur.cases.models import Beside
from grunnmur.cases.terms import BesideSort
from grunnmur.directory.sessions import Actor


def record(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    sort: BesideSort,
    says: str,
    who: str,
    on: date,
    source: str,
    has_ended: bool = False,
) -> Beside:
    """Write down one fact, with its day and from where it is known. Raises NotVisible, Refused, Invalid."""
    with on_pathway(actor, pathway_id, "besides.record", once=once) as act:
        refuse(
            {
                "on": happened(on, child=act.child, today=act.today),
                "source": None if source.strip() else _("Skriv hvem dere vet det fra."),
                "says": _("Skriv nivået.")
                if sort is BesideSort.BTI and not says.strip() and not has_ended
                else _("Skriv hva rapporten anbefaler.")
                if sort is BesideSort.MAPPING_RECOMMENDS and not says.strip()
                else None,
            }
        )
        row = Beside.objects.create(
            **act.row(sort.kind),
            sort=sort,
            says=says.strip(),
            who=who.strip(),
            on=on,
            source=source.strip(),
            has_ended=has_ended,
        )
        act.record("beside.recorded", kind=sort.kind, subject=row.pk, data={"sort": str(sort)})
    return row
