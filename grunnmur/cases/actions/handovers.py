"""Who is contact person: a colleague is asked, and takes over by saying yes. A case is never without one.

Until the answer the one who is contact person stays (bvl § 15-3: a child has one). The database holds it: a contact
person works in child welfare in the service that owns the case (`sql/case.sql`).
"""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from grunnmur import clock
from grunnmur.cases import access
from grunnmur.cases.access import NOT_A_READER, Refused, visible_to
from grunnmur.cases.access_rules import access_rules
from grunnmur.cases.actions import notices, participants
from grunnmur.cases.actions.checks import Problem, refuse
from grunnmur.cases.door import CaseAct, on_pathway
from grunnmur.cases.lifecycle import OPEN
from grunnmur.cases.models import Handover, HandoverAnswer, Pathway, Restriction
from grunnmur.cases.queries.colleagues import colleagues_in, may_give, readers, readers_at_work
from grunnmur.cases.terms import AddressProtection, HandoverSays, InformationKind
from grunnmur.directory.sessions import Actor
from grunnmur.post.terms import MessageSort

OURS = InformationKind.CHILD_WELFARE
"""Who was asked, what they were told and why one said no is the service's own; that the case has got another contact
person is told to everybody who takes part."""
NOT_ASKED = _("Det er en annen som er spurt. Bare den som er spurt, kan svare.")


def offer(*, actor: Actor, pathway_id: UUID, once: UUID | None, to_person_id: UUID, note: str = "") -> Handover:
    """Ask a colleague in the service to be contact person. Who asks for oneself takes over at once."""
    if to_person_id == actor.person_id:
        return take_over(actor=actor, pathway_id=pathway_id, once=once)
    with on_pathway(actor, pathway_id, "handovers.offer", once=once) as act:
        refuse({"to_person_id": _unfit(to_person_id, act=act)})
        handover = Handover.objects.create(**act.row(OURS), to_person_id=to_person_id, note=note)
        notices.tell_colleague(act, to_person_id, sort=MessageSort.NOTICE, item=handover.pk, kind=OURS)
        act.record("handover.offered", kind=OURS, subject=handover.pk)
    return handover


def take_over(*, actor: Actor, pathway_id: UUID, once: UUID | None) -> Handover:
    """Be contact person from now on, oneself. What a colleague was asked is of no use any more.

    Of a child with a protected address one who reads it takes over, or anybody when no reader is at work.
    """
    with on_pathway(actor, pathway_id, "handovers.take_over", once=once) as act:
        if not may_give(act.child, actor.person_id, at=act.at):
            raise Refused("not_a_reader", NOT_A_READER)
        for waiting in _waiting(act):
            _settle(act, waiting, HandoverSays.TAKEN_BACK)
        refuse({"to_person_id": _unfit(actor.person_id, act=act)})
        handover = Handover.objects.create(**act.row(OURS), to_person_id=actor.person_id)
        _settle(act, handover, HandoverSays.ACCEPTED)
        act.record("case.handed_over", kind=InformationKind.COORDINATION, subject=handover.pk)
    return handover


def take_over_from(*, actor: Actor, person_id: UUID) -> int:
    """Be contact person of every open case that somebody who no longer works in the service had, as far as the actor
    may know of them. Returns how many.

    What is kept from the actor stays as it is, unsaid: it stands in the list of cases that nobody has, for the others.
    So does the case of a child with a protected address that a colleague at work reads, and the actor does not.
    """
    if any(one.id == person_id for one in colleagues_in(actor.service_id, on=clock.today())):
        return 0
    left = visible_to(
        actor,
        Pathway.objects.filter(contact_person=person_id, author_service=actor.service_id, status__in=OPEN),
    )
    found = list(left.order_by("opened_on", "pk").values_list("pk", flat=True))
    taken = 0
    for pathway_id in found:
        try:
            take_over(actor=actor, pathway_id=pathway_id, once=None)
        except Refused as refusal:
            if refusal.code != "not_a_reader":
                raise
        else:
            taken += 1
    return taken


def answer(
    *, actor: Actor, pathway_id: UUID, once: UUID | None, handover_id: UUID, says: HandoverSays, why: str = ""
) -> HandoverAnswer:
    """Say yes or no to being contact person; with a yes one is, from now on. Raises Refused for anyone not asked."""
    with on_pathway(actor, pathway_id, "handovers.answer", once=once) as act:
        handover = next((one for one in _waiting(act) if one.pk == handover_id), None)
        if handover is not None and handover.to_person_id != actor.person_id:
            raise Refused("not_asked", NOT_ASKED)
        refuse(
            {
                "says": _("Spørsmålet er alt besvart eller trukket tilbake.")
                if handover is None
                else _("Den som spurte, leser ikke den skjermede adressen nå. En som leser den, må spørre deg på nytt.")
                if says is HandoverSays.ACCEPTED and not may_give(act.child, handover.recorded_by_id, at=act.at)
                else None,
                "why": _("Skriv hvorfor, så den som spurte, kan finne en annen.")
                if says is HandoverSays.DECLINED and not why.strip()
                else None,
            }
        )
        assert handover is not None and says is not HandoverSays.TAKEN_BACK
        given = _settle(act, handover, says, why=why)
        act.record(
            "case.handed_over" if says is HandoverSays.ACCEPTED else "handover.declined",
            kind=InformationKind.COORDINATION if says is HandoverSays.ACCEPTED else OURS,
            subject=handover.pk,
        )
    return given


def take_back(*, actor: Actor, pathway_id: UUID, once: UUID | None, handover_id: UUID) -> HandoverAnswer:
    """Take the question back; anyone in the service may, for whoever asked can be away."""
    with on_pathway(actor, pathway_id, "handovers.take_back", once=once) as act:
        handover = next((one for one in _waiting(act) if one.pk == handover_id), None)
        refuse({"handover_id": _("Spørsmålet er alt besvart eller trukket tilbake.") if handover is None else None})
        assert handover is not None
        given = _settle(act, handover, HandoverSays.TAKEN_BACK)
        act.record("handover.taken_back", kind=OURS, subject=handover.pk)
    return given


def _waiting(act: CaseAct) -> list[Handover]:
    """Those who are asked and have not answered: at most one."""
    return list(Handover.objects.filter(pathway=act.case, answer=None))


def _unfit(person_id: UUID, *, act: CaseAct) -> Problem:
    if person_id == act.case.contact_person_id:
        return _("Denne personen er alt kontaktperson.")
    if person_id not in {one.id for one in colleagues_in(act.actor.service_id, on=act.today)}:
        return _("Velg en som arbeider i barneverntjenesten nå.")
    if Restriction.objects.filter(
        child=act.child, only_for=person_id, item=None, starts_at__lte=access.NOW, ends_at__gt=access.NOW
    ).exists():
        return _("Denne personen skal ikke se saken. Velg en annen.")
    if _waiting(act):
        return _("En kollega er alt spurt. Vent på svaret, eller trekk spørsmålet tilbake først.")
    return None


def _settle(act: CaseAct, handover: Handover, says: HandoverSays, *, why: str = "") -> HandoverAnswer:
    """Write what came of it; a yes makes the one who was asked contact person."""
    given = HandoverAnswer.objects.create(**act.row(OURS), handover=handover, says=says, why=why)
    if says is HandoverSays.TAKEN_BACK:
        notices.take_back(act, handover.pk)
    else:
        notices.answered(act, handover.pk)
    if says is HandoverSays.ACCEPTED:
        _pass_on_address(act, handover)
        act.case.contact_person_id = handover.to_person_id
        act.case.save(update_fields=["contact_person"])
    return given


def _pass_on_address(act: CaseAct, handover: Handover) -> None:
    """Who has the case reads where a protected child is from now on, and who had it reads it no longer."""
    if act.child.address_protection == AddressProtection.NONE:
        return
    wanted = (readers_at_work(act.child, at=act.at) - {act.case.contact_person_id}) | {handover.to_person_id}
    if wanted != readers(act.child, at=act.at) and len(wanted) <= access_rules().numbers["protected_readers"]:
        participants.appoint(act, wanted)
        act.record_also("readers.appointed", kind=OURS)
