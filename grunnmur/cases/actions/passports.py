"""Giving out the closing passport, on paper or as a link: what was found, what was done, who carries on."""

from datetime import timedelta
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from grunnmur.cases.access import NOT_FRESH, Refused
from grunnmur.cases.actions import links, participants
from grunnmur.cases.actions.checks import refuse
from grunnmur.cases.door import CaseAct, on_pathway
from grunnmur.cases.models import Passport, PassportLine
from grunnmur.cases.queries import passport as queries
from grunnmur.cases.queries.case import get_case
from grunnmur.cases.terms import InformationKind
from grunnmur.directory import limits
from grunnmur.directory.kinds import Role
from grunnmur.directory.limits import Limit
from grunnmur.directory.sessions import Actor
from grunnmur.post.models import Link
from grunnmur.post.outbox import Receiver
from grunnmur.post.rules import rules
from grunnmur.post.terms import MessageSort, ProofKind

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
        row = _write(act, made, language)
        act.record("passport.given", kind=InformationKind.CHILD_WELFARE, subject=row.pk, data={"language": language})
    return made


def _write(act: CaseAct, made: queries.Passport, language: str) -> Passport:
    return Passport.objects.create(
        **act.row(InformationKind.CHILD_WELFARE),
        related_person=made.reader.person,
        service_id=made.reader.service,
        language=language,
        lines=made.lines,
        left_out=len(made.left_out),
    )


def send(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    seen: int | None,
    service_id: UUID,
    language: str,
    name: str,
    role: Role,
    proof: ProofKind,
    number: str,
    mail: str = "",
    phone: str = "",
) -> Link:
    """Send the passport of a closed pathway to one person in a service, who has no account, as a link.

    The lines are kept as they read now, for that link alone, and each is read while the consent that it was sent on
    holds. Nothing else of the case opens. Whoever sends has just proved who they are. Raises NotVisible, Refused,
    Invalid, TooOften, EditConflict.
    """
    with on_pathway(actor, pathway_id, "passports.send", once=once, seen=seen) as act:
        if not actor.is_fresh:
            raise Refused("not_fresh", NOT_FRESH)
        limits.take(Limit.EXPORT_PERSON, actor.person_id)
        limits.take(Limit.EXPORT_SERVICE, actor.service_id)
        number = number.replace(" ", "")
        with translation.override(language):
            case = get_case(actor, pathway_id, page="passport")
            made = queries.make(case, queries.get_reader(case, f"service:{service_id}"))
            lines = queries.as_sent(made)
        kind = made.reader.service_kind
        assert kind is not None, "its key is a service's"
        wrong = links.wrong_receiver(kind, name=name, role=role, proof=proof, number=number, mail=mail, phone=phone)
        refuse({"to": NOTHING if not made.lines else None, **wrong})
        row = _write(act, made, language)
        expires_at = act.at + timedelta(days=rules().link_days.number)
        link = links.put_in_the_post(
            act,
            sort=MessageSort.PASSPORT,
            kind=InformationKind.COORDINATION,
            item=row.pk,
            to=Receiver(service_id=service_id, mail=mail, phone=phone),
            expires_at=expires_at,
            name=name,
            role=role,
            proof=proof,
            number=number,
        )
        participants.forget_what_is_over()
        carried = participants.open_passport(
            act, act.case, link_id=link.pk, passport_id=row.pk, service=service_id, ends_at=expires_at
        )
        assert all(line.kind & carried for line in lines), "what is sent is what the consents carry"
        PassportLine.objects.bulk_create(
            PassportLine(
                passport=row,
                pathway=act.case,
                kind=int(line.kind),
                number=place,
                part=line.part,
                says=line.says,
                who=line.who,
                phone=line.phone,
                about=list(line.about),
            )
            for place, line in enumerate(lines, start=1)
        )
        act.record("passport.sent", kind=InformationKind.CHILD_WELFARE, subject=row.pk, data={"language": language})
    return link
