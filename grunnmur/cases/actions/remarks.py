"""A counter-statement to something written: recorded for the child, someone around it or a representative.

What is written in a case is not erased because somebody disagrees; what they say of it stands with it and follows it
everywhere (GDPR art. 16 on supplementing, and art. 17 no. 3 letters b and d).
"""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from grunnmur.cases import access
from grunnmur.cases.actions.checks import get_related, happened, refuse
from grunnmur.cases.door import on_pathway
from grunnmur.cases.models import Remark
from grunnmur.cases.queries import remarks as queries
from grunnmur.cases.terms import InformationKind, RemarkBy
from grunnmur.directory.sessions import Actor


def record(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    subject_id: UUID,
    said_by: RemarkBy,
    said_on: date,
    words: str,
    related_person_id: UUID | None = None,
    representative: str = "",
) -> Remark:
    """Write down what someone says of one thing in the case. Raises NotVisible, Refused, Invalid.

    The owner of the case may, and the service that wrote the thing; also after the case is closed.
    """
    with on_pathway(actor, pathway_id, "remarks.record", once=once) as act:
        subject = queries.get_subject(actor, act.case, subject_id)
        if not access.owns(actor, act.case) and subject.author_service_id != actor.service_id:
            raise access.Refused("owner_or_author", queries.OWNER_OR_AUTHOR)
        related = get_related(act.child, related_person_id) if said_by is RemarkBy.RELATED else None
        refuse(
            {
                "said_on": happened(said_on, child=act.child, today=act.today),
                "words": None if words.strip() else _("Skriv merknaden."),
                "who": _("Velg hvem merknaden er fra.") if said_by is RemarkBy.RELATED and related is None else None,
                "representative": _("Skriv hvem som representerer barnet eller forelderen, og som hva.")
                if said_by is RemarkBy.REPRESENTATIVE and not representative.strip()
                else None,
            }
        )
        remark = Remark.objects.create(
            **act.row(InformationKind(subject.kind)),
            subject_id=subject.pk,
            said_by=said_by,
            related_person=related,
            representative=representative if said_by is RemarkBy.REPRESENTATIVE else "",
            said_on=said_on,
            words=words,
        )
        act.record(
            "remark.recorded", kind=InformationKind(subject.kind), subject=subject.pk, data={"remark": str(remark.pk)}
        )
    return remark
