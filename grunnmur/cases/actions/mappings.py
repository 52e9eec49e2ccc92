"""Mapping per health area: asking a service, and what that service does and finds (HD3)."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from grunnmur.cases import consent
from grunnmur.cases.access import Refused
from grunnmur.cases.actions.checks import get_service, happened, in_service, refuse
from grunnmur.cases.door import CaseAct, on_pathway
from grunnmur.cases.models import Mapping, MappingStep
from grunnmur.cases.next_step import good_recipients
from grunnmur.cases.terms import ConsentPurpose, HealthArea, InformationKind, MappingConclusion, MappingState
from grunnmur.directory.sessions import Actor

NOT_SHARED = _("Det er ikke samtykket til at dere forteller barnevernet hva dere finner. Skriv det i egen journal.")


def ask(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    health_area: HealthArea,
    service_id: UUID,
    question: str,
    due_on: date | None,
) -> Mapping:
    """Ask a service to map one health area; it must be one that consent lets child welfare contact, about that area."""
    with on_pathway(actor, pathway_id, "mappings.ask", once=once) as act:
        service = get_service(service_id)
        refuse(
            {
                "service_id": in_service(service, on=act.today)
                or (_("Velg en helsetjeneste.") if service and not service.service_kind.is_health else None)
                or (
                    _("Det er ikke samtykket til å kontakte denne tjenesten.")
                    if str(service_id) not in good_recipients(act.before, on=act.today)
                    else None
                )
                or (
                    _("Samtykket til denne tjenesten gjelder ikke dette helseområdet.")
                    if not _sees(act, service_id, health_area.kind)
                    else None
                ),
                "health_area": _edition_area(act, health_area)
                or (
                    _("Noen kartlegger alt dette helseområdet.")
                    if any(item.area is health_area and item.is_open for item in act.before.mappings)
                    else None
                ),
                "due_on": _("Fristen har alt gått ut. Velg en dato fra i dag.")
                if due_on and due_on < act.today
                else None,
            }
        )
        mapping = Mapping.objects.create(
            **act.row(health_area.kind),
            health_area=health_area,
            service=service,
            question=question,
            asked_on=act.today,
            due_on=due_on,
        )
        act.record("mapping.asked", kind=health_area.kind, subject=mapping.pk, data={"area": str(health_area)})
    return mapping


def _sees(act: CaseAct, service_id: UUID, kind: InformationKind) -> bool:
    seen = consent.sight(
        facts=act.before.consents, situation=act.before.situation, recipient=str(service_id), at=act.at
    )
    return bool(seen & kind)


def _edition_area(act: CaseAct, health_area: HealthArea) -> object:
    known = {item.key for item in act.edition.health_areas}
    return None if health_area.value in known else _("Dette helseområdet er ikke med i denne utgaven av forløpet.")


def leave_out(*, actor: Actor, pathway_id: UUID, once: UUID | None, health_area: HealthArea, why: str) -> Mapping:
    """Note that a health area has been considered and that nothing points to a need now."""
    with on_pathway(actor, pathway_id, "mappings.leave_out", once=once) as act:
        refuse(
            {
                "why": _("Skriv hvorfor området ikke er aktuelt nå.") if not why.strip() else None,
                "health_area": _("Noen kartlegger alt dette helseområdet.")
                if any(item.area is health_area and item.is_open for item in act.before.mappings)
                else None,
            }
        )
        row = act.row(health_area.kind)
        mapping = Mapping.objects.create(**row, health_area=health_area, service=None, asked_on=act.today)
        MappingStep.objects.create(**row, mapping=mapping, state=MappingState.NOT_INDICATED, on=act.today, findings=why)
        act.record("mapping.left_out", kind=health_area.kind, subject=mapping.pk, data={"area": str(health_area)})
    return mapping


def step(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    mapping_id: UUID,
    state: MappingState,
    on: date,
    conclusion: MappingConclusion | None = None,
    findings: str = "",
    matters_to_child: str = "",
    recommendation: str = "",
) -> MappingStep:
    """The asked service says how far it has come, and at the end what it found and what mattered to the child.

    Findings may be told to child welfare only with consent (hpl § 22); the conclusion alone says where help goes on.
    """
    with on_pathway(actor, pathway_id, "mappings.step", once=once) as act:
        mapping = Mapping.objects.filter(pathway=act.case, pk=mapping_id, service=actor.service_id).first()
        before = next((item for item in act.before.mappings if item.id == str(mapping_id)), None)
        if mapping is None or before is None:
            raise Refused("mapping_of_another", _("Denne kartleggingen er ikke gitt til tjenesten din."))
        refuse(
            {
                "on": happened(on, child=act.child, today=act.today),
                "state": _("Kartleggingen er alt avsluttet.") if not before.is_open else None,
                "conclusion": _("Velg hva kartleggingen førte til.")
                if state is MappingState.CONCLUDED and conclusion is None
                else None,
                "findings": NOT_SHARED if (findings or recommendation) and not _may_tell(act) else None,
            }
        )
        row = MappingStep.objects.create(
            **act.row(HealthArea(mapping.health_area).kind),
            mapping=mapping,
            state=state,
            on=on,
            conclusion=conclusion or "",
            findings=findings,
            matters_to_child=matters_to_child,
            recommendation=recommendation,
        )
        act.record(
            "mapping.concluded" if state is MappingState.CONCLUDED else "mapping.moved_on",
            kind=HealthArea(mapping.health_area).kind,
            subject=mapping.pk,
            data={"area": mapping.health_area, "state": str(state), "conclusion": str(conclusion or "")},
        )
    return row


def _may_tell(act: CaseAct) -> bool:
    """Whether someone has consented that the actor's service tells child welfare what it finds."""
    return any(
        item.purpose is ConsentPurpose.RELEASE_HEALTH_INFO
        and item.recipient == str(act.actor.service_id)
        and consent.check(fact=item, situation=act.before.situation, on=act.today).valid
        for item in act.before.consents
    )
