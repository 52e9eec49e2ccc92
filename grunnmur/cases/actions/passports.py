"""Giving out the closing passport: what was found, what was done, who carries on."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from grunnmur.cases.actions.checks import refuse
from grunnmur.cases.door import on_pathway
from grunnmur.cases.models import Passport
from grunnmur.cases.queries import passport as queries
from grunnmur.cases.queries.case import get_case
from grunnmur.cases.terms import InformationKind
from grunnmur.directory import limits
from grunnmur.directory.limits import Limit
from grunnmur.directory.sessions import Actor

NOTHING = _("Det er ingenting i saken som mottakeren kan få vite.")


def give(*, actor: Actor, pathway_id: UUID, once: UUID | None, reader: str, language: str) -> queries.Passport:
    """Give a passport to the child, one around it or a service, by its key. Raises NotVisible, Refused, Invalid,
    TooOften.

    What its reader may see is worked out now, and not what was shown when it was looked through.
    """
    with on_pathway(actor, pathway_id, "passports.give", once=once) as act:
        limits.take(Limit.EXPORT_PERSON, actor.person_id)
        limits.take(Limit.EXPORT_SERVICE, actor.service_id)
        case = get_case(actor, pathway_id, page="passport")
        made = queries.make(case, queries.get_reader(case, reader))
        refuse({"to": NOTHING if not made.lines else None})
        row = Passport.objects.create(
            **act.row(InformationKind.CHILD_WELFARE),
            related_person=made.reader.person,
            service_id=made.reader.service,
            language=language,
            lines=made.lines,
            left_out=len(made.left_out),
        )
        act.record("passport.given", kind=InformationKind.CHILD_WELFARE, subject=row.pk, data={"language": language})
    return made
