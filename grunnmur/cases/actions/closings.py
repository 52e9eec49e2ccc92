"""Closing with who carries on, and taking a case up again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from grunnmur.cases import access
from grunnmur.cases.actions import participants
from grunnmur.cases.actions.checks import about_siblings, happened, refuse
from grunnmur.cases.actions.pathways import change_status
from grunnmur.cases.door import Act, on_pathway
from grunnmur.cases.lifecycle import Facts
from grunnmur.cases.models import CarriesOn, Closure, OwnWords, Pathway, Reactivation
from grunnmur.cases.terms import ChildParticipation, HealthArea, InformationKind
from grunnmur.directory.sessions import Actor

WHO_CARRIES_ON = _("Skriv hvem som fører dette videre.")
MEETING_WAITS = _("Et møte er kalt inn og ikke holdt. Avlys det, eller skriv at det er holdt, før dere avslutter.")


@dataclass(frozen=True, slots=True)
class Carrier:
    """Who carries on with one thing: a service, or somebody named in `who`."""

    what: str
    who: str
    service_id: UUID | None = None
    subject_id: UUID | None = None
    health_area: HealthArea | None = None
    """Which area it tells about, so that only those who see the area read it; an open thing's own area goes first."""


def close(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    seen: int | None,
    ground: str,
    closed_on: date,
    summary: str,
    child_view: str,
    carriers: Sequence[Carrier],
    participation: ChildParticipation | None = None,
    is_another: bool = False,
) -> Closure:
    """Close the pathway. Each thing that is still open names who carries on with it: nothing is silently lost, and
    nobody is left waiting for a meeting that was called in.

    What the child says (`child_view`) becomes its own words: a parent who sees the closing does not see them.
    Closing ends everyone's sight but the owner's. Raises EditConflict when something happened since the page was read.
    """
    with on_pathway(actor, pathway_id, "closings.close", once=once, seen=seen) as act:
        named = {str(item.subject_id) for item in carriers if item.subject_id and item.who.strip()}
        refuse(
            {
                "ground": _("Velg hvorfor forløpet avsluttes.")
                if ground not in {item.key for item in act.edition.closing_grounds}
                else None,
                "closed_on": happened(closed_on, child=act.child, today=act.today)
                or (_("Forløpet var ikke startet den dagen.") if closed_on < _under_way_since(act.before) else None),
                **({} if summary.strip() else {"summary": _("Skriv kort hva dere fant, og hva som er gjort.")}),
                **about_siblings(act.child, is_another=is_another, summary=summary),
                **{f"who_{thing}": WHO_CARRIES_ON for thing in act.before.open_things() if thing not in named},
                "meeting": MEETING_WAITS if any(one.is_pending for one in act.before.meetings) else None,
            }
        )
        # What was found is child welfare's own, for it must not be read by all when the case is taken up again.
        closure = Closure.objects.create(
            **act.row(InformationKind.CHILD_WELFARE),
            ground=ground,
            closed_on=closed_on,
            summary=summary,
            participation=participation or "",
        )
        if child_view.strip():
            own = act.row(InformationKind.OWN_WORDS)
            OwnWords.objects.create(**own, said_on=closed_on, words=child_view, closure=closure)
        CarriesOn.objects.bulk_create(
            CarriesOn(
                **act.row(_kind(act.before, item)),
                closure=closure,
                subject_id=item.subject_id,
                what=item.what,
                service_id=item.service_id,
                who=item.who,
            )
            for item in carriers
        )
        change_status(act.case, "close")
        participants.follow_consent(act, act.case)
        act.record(
            "pathway.closed",
            kind=InformationKind.COORDINATION,
            subject=closure.pk,
            data={"ground": ground, "carriers": len(carriers)},
        )
    return closure


def _under_way_since(facts: Facts) -> date:
    """The day from which there was something to close."""
    started = facts.started
    return max(started.decided_on if started else facts.opened_on, facts.reactivated_on or date.min)


def _kind(facts: Facts, carrier: Carrier) -> InformationKind:
    """Who carries on with a mapping or a referral is told to those who see its health area."""
    areas = {item.id: item.area for item in facts.mappings} | {item.id: item.area for item in facts.referrals}
    area = areas.get(str(carrier.subject_id)) or carrier.health_area
    return area.kind if area else InformationKind.COORDINATION


def reactivate(*, actor: Actor, pathway_id: UUID, once: UUID | None, reason: str, reactivated_on: date) -> Reactivation:
    """Take a closed pathway, or one that was not started, up again; its history stays, good consents open again."""
    with on_pathway(actor, pathway_id, "closings.reactivate", once=once) as act:
        refuse(
            {
                "reason": _("Skriv hvorfor forløpet tas opp igjen.") if not reason.strip() else None,
                "reactivated_on": happened(reactivated_on, child=act.child, today=act.today)
                or (
                    _("Forløpet var ikke avsluttet den dagen.")
                    if reactivated_on < (_ended_on(act.before) or date.min)
                    else None
                ),
                "pathway": _("Barnet har alt et annet forløp som vurderes eller pågår.")
                if access.find_open_pathway(act.child)
                else None,
            }
        )
        row = take_up(act, act.case, reason=reason, on=reactivated_on)
        act.record("pathway.reactivated", kind=InformationKind.COORDINATION, subject=row.pk)
    return row


def take_up(act: Act, case: Pathway, *, reason: str, on: date) -> Reactivation:
    """Open an ended pathway again inside an act, its own or the answer to an initiative."""
    row = Reactivation.objects.create(
        pathway=case, **act.child_row(InformationKind.COORDINATION), reactivated_on=on, reason=reason
    )
    change_status(case, "reactivate")
    participants.follow_consent(act, case)
    participants.follow_assessment(act.child, on=act.today)
    return row


def _ended_on(facts: Facts) -> date | None:
    """The day the case ended: closed, or decided not to start."""
    ends = [facts.closed_on, *(item.decided_on for item in facts.assessments)]
    return max((on for on in ends if on is not None), default=None)
