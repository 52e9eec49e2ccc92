"""Beginning to assess a child, and deciding."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from grunnmur.cases import access, lifecycle
from grunnmur.cases.actions import participants
from grunnmur.cases.actions.checks import happened, refuse
from grunnmur.cases.definition import definitions
from grunnmur.cases.door import Act, on_child, on_pathway, refresh, seal
from grunnmur.cases.models import AssessedCriterion, Assessment, Pathway
from grunnmur.cases.terms import AssessmentOutcome, ChildParticipation, InformationKind, PathwayStatus
from grunnmur.directory.sessions import Actor


def open_pathway(*, actor: Actor, child_id: UUID, once: UUID | None) -> Pathway:
    """Begin to assess whether the child shall have the pathway, in the edition in force today."""
    with on_child(actor, child_id, "pathways.open", once=once) as act:
        refuse(
            {
                "child": _("Barnet har alt et forløp som vurderes eller pågår.")
                if access.find_open_pathway(act.child)
                else None
            }
        )
        return begin(act, contact_person_id=actor.person_id)


def begin(act: Act, *, contact_person_id: UUID) -> Pathway:
    """Make the pathway inside an act on the child, and record the act's event."""
    edition = definitions().edition_in_force(act.today)
    seal(edition, at=act.at)
    pathway = Pathway(
        child=act.child,
        **act.child_row(InformationKind.COORDINATION),
        edition_id=edition.key,
        contact_person_id=contact_person_id,
        opened_on=act.today,
    )
    pathway.save(force_insert=True)
    act.pathway = pathway
    participants.open_for_owner(act, act.child, pathway)
    participants.follow_family(act)
    participants.follow_assessment(act.child, on=act.today)
    act.record("pathway.opened", kind=InformationKind.COORDINATION, subject=pathway.pk)
    refresh(pathway.pk, on=act.today)
    return pathway


def assess(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    seen: int | None,
    outcome: AssessmentOutcome,
    criteria: Mapping[str, str],
    reason: str,
    decided_on: date,
    participation: ChildParticipation,
    participation_note: str = "",
) -> Assessment:
    """Decide to start or not to start; both are reasoned and kept. `criteria` maps criterion key → facts behind it."""
    with on_pathway(actor, pathway_id, "assessments.decide", once=once, seen=seen) as act:
        known = {criterion.key for criterion in act.edition.criteria}
        refuse(
            {
                "criteria": _("Velg minst ett kriterium. Ett er nok til å starte.")
                if outcome is AssessmentOutcome.START and not criteria
                else _("Velg bare kriterier som finnes i denne utgaven av forløpet.")
                if set(criteria) - known
                else None,
                "outcome": _("Et kriterium er til stede. Da skal forløpet starte, eller kriteriet tas bort.")
                if outcome is AssessmentOutcome.DO_NOT_START and criteria
                else None,
                "reason": _("Skriv hvorfor. Begrunnelsen blir stående.") if not reason.strip() else None,
                "decided_on": happened(decided_on, child=act.child, today=act.today),
                **{
                    f"facts_{key}": _("Skriv hva som viser at kriteriet er til stede.")
                    for key, facts in criteria.items()
                    if not facts.strip()
                },
            }
        )
        row = act.row(InformationKind.CHILD_WELFARE)
        assessment = Assessment.objects.create(
            **row,
            outcome=outcome,
            decided_on=decided_on,
            reason=reason,
            participation=participation,
            participation_note=participation_note,
        )
        AssessedCriterion.objects.bulk_create(
            AssessedCriterion(**row, assessment=assessment, criterion=key, facts=facts)
            for key, facts in criteria.items()
        )
        change_status(act.case, str(outcome))
        participants.follow_consent(act, act.case)
        participants.follow_assessment(act.child, on=act.today)
        act.record(
            "pathway.started" if outcome is AssessmentOutcome.START else "pathway.not_started",
            kind=InformationKind.COORDINATION,
            subject=assessment.pk,
            data={"criteria": sorted(criteria), "participation": str(participation)},
        )
    return assessment


def change_status(case: Pathway, to: str) -> None:
    """Move the case along the table of transitions; the act has already refused what the status does not allow."""
    status = lifecycle.next_status(PathwayStatus(case.status), to)
    assert status is not None, f"no way from {case.status} by {to}"
    case.status = status
    case.save(update_fields=["status"])
