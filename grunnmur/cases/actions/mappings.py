"""Mapping per health area: asking a service, and what that service does and finds (HD3)."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from grunnmur import clock
from grunnmur.cases import informants, sharing
from grunnmur.cases.access import Refused
from grunnmur.cases.actions import notices
from grunnmur.cases.actions.checks import Problem, get_service, happened, in_service, refuse
from grunnmur.cases.definition import definitions
from grunnmur.cases.door import CaseAct, on_pathway
from grunnmur.cases.models import InformantReport, Mapping, MappingLine, MappingStep
from grunnmur.cases.next_step import good_recipients
from grunnmur.cases.terms import (
    ChildParticipation,
    HealthArea,
    Informant,
    InformationKind,
    LineSort,
    LocalFollowUp,
    MappingConclusion,
    MappingState,
    Severity,
)
from grunnmur.directory.sessions import Actor
from grunnmur.post.terms import MessageSort

NOT_SHARED = _("Det er ikke samtykket til at dere forteller barnevernet hva dere finner. Skriv det i egen journal.")
ONLY_WHEN_DONE = _("Dette fylles bare ut når dere er ferdige med kartleggingen.")
SOMEONE_MAPS = _("Noen kartlegger alt dette helseområdet.")
FURTHER: dict[MappingState, frozenset[MappingState]] = {
    MappingState.ASKED: frozenset(
        {MappingState.ACCEPTED, MappingState.UNDER_WAY, MappingState.CONCLUDED, MappingState.NOT_INDICATED}
    ),
    MappingState.ACCEPTED: frozenset({MappingState.UNDER_WAY, MappingState.CONCLUDED, MappingState.NOT_INDICATED}),
    MappingState.UNDER_WAY: frozenset({MappingState.CONCLUDED, MappingState.NOT_INDICATED}),
}
"""Where a mapping can go from each open state; a state that is not here is the end."""


def ask(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    health_area: HealthArea,
    service_id: UUID,
    question: str,
    due_on: date | None,
    participation: ChildParticipation | None = None,
) -> Mapping:
    """Ask a service to map one health area; it must be one that consent lets child welfare contact, about that area.

    `participation` is how the child took part in that; nobody waits for help because it is not written.
    """
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
                    if not sharing.may_see(act.before, service=str(service_id), kind=health_area.kind, on=act.today)
                    else None
                ),
                "health_area": _free_area(act, health_area),
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
            participation=participation or "",
        )
        notices.tell(
            act,
            service_id,
            sort=MessageSort.QUESTION,
            item=mapping.pk,
            kind=health_area.kind,
            wants_answer=True,
            answer_by=clock.end_of(due_on) if due_on else None,
        )
        act.record("mapping.asked", kind=health_area.kind, subject=mapping.pk, data=_said(mapping))
    return mapping


def _said(mapping: Mapping) -> dict[str, str]:
    """What the event says of a mapping."""
    return {"area": str(mapping.health_area), "participation": str(mapping.participation)}


def _free_area(act: CaseAct, health_area: HealthArea) -> Problem:
    """An area can be given to someone, or left out, when the edition has it and nobody has it in hand.

    A service whose consent has ended cannot have it in hand: it no longer sees what it was asked.
    """
    if health_area.value not in {item.key for item in act.edition.health_areas}:
        return _("Dette helseområdet er ikke med i denne utgaven av forløpet.")
    in_hand = any(
        item.area is health_area
        and item.is_open
        and item.service
        and sharing.may_see(act.before, service=item.service, kind=health_area.kind, on=act.today)
        for item in act.before.mappings
    )
    return SOMEONE_MAPS if in_hand else None


def leave_out(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    health_area: HealthArea,
    why: str,
    participation: ChildParticipation | None = None,
) -> Mapping:
    """Note that a health area has been considered and that nothing points to a need now."""
    with on_pathway(actor, pathway_id, "mappings.leave_out", once=once) as act:
        refuse(
            {
                "why": _("Skriv hvorfor området ikke er aktuelt nå.") if not why.strip() else None,
                "health_area": _free_area(act, health_area),
            }
        )
        row = act.row(health_area.kind)
        mapping = Mapping.objects.create(
            **row, health_area=health_area, service=None, asked_on=act.today, participation=participation or ""
        )
        MappingStep.objects.create(**row, mapping=mapping, state=MappingState.NOT_INDICATED, on=act.today, findings=why)
        act.record("mapping.left_out", kind=health_area.kind, subject=mapping.pk, data=_said(mapping))
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
    severity: Severity | None = None,
    local_follow_up: LocalFollowUp | None = None,
    findings: str = "",
    matters_to_child: str = "",
    recommendation: str = "",
    for_everybody: bool = False,
) -> MappingStep:
    """The asked service says how far it has come, and at the end what it found and what mattered to the child.

    Findings may be told to child welfare only with consent (hpl § 22); the conclusion alone says where help goes on.
    A service that cannot map the area says so (not indicated), with a reason in `findings` that is no finding.

    The recommendation is read by all who take part in the case when it is `for_everybody`, which is our own choice
    (`definitions/access.yaml`). Everything else is read by those whose consent covers the area: never by everybody what
    was found, nor what the child wanted child welfare to know.
    """
    with on_pathway(actor, pathway_id, "mappings.step", once=once) as act:
        mapping, may_tell = _own_mapping(act, mapping_id)
        before = next(item for item in act.before.mappings if item.id == str(mapping_id))
        area = HealthArea(mapping.health_area)
        says_no, is_done = state is MappingState.NOT_INDICATED, state is MappingState.CONCLUDED
        lines = {
            sort: text.strip()
            for sort, text in ((LineSort.MATTERS, matters_to_child), (LineSort.RECOMMENDATION, recommendation))
            if text.strip()
        }
        refuse(
            {
                "on": happened(on, child=act.child, today=act.today),
                "state": _("Kartleggingen er alt avsluttet.")
                if before.state not in FURTHER
                else _("Kartleggingen er alt kommet dit.")
                if state not in FURTHER[before.state]
                else None,
                "conclusion": _("Velg hva kartleggingen førte til.")
                if is_done and conclusion is None
                else ONLY_WHEN_DONE
                if conclusion and not is_done
                else None,
                "findings": _("Skriv kort hvorfor dere ikke kan kartlegge dette.")
                if says_no and not findings.strip()
                else NOT_SHARED
                if findings.strip() and not says_no and not may_tell
                else None,
                "severity": _judged(severity, may_tell=may_tell, is_done=is_done),
                "local_follow_up": _judged(local_follow_up, may_tell=may_tell, is_done=is_done),
                "recommendation": NOT_SHARED if LineSort.RECOMMENDATION in lines and not may_tell else None,
                "for_everybody": None
                if not for_everybody
                else NOT_SHARED
                if not may_tell
                else _("Skriv anbefalingen som alle skal lese.")
                if LineSort.RECOMMENDATION not in lines
                else None,
            }
        )
        row = MappingStep.objects.create(
            **act.row(area.kind),
            mapping=mapping,
            state=state,
            on=on,
            conclusion=conclusion or "",
            findings=findings,
            severity=severity or "",
            local_follow_up=local_follow_up or "",
        )
        for sort, text in lines.items():
            is_open = for_everybody and sort is LineSort.RECOMMENDATION
            kind = InformationKind.COORDINATION if is_open else area.kind
            MappingLine.objects.create(**act.row(kind), mapping=mapping, step=row, sort=sort, text=text)
        notices.answered(act, mapping.pk)
        act.record(
            "mapping.concluded" if is_done else "mapping.moved_on",
            kind=area.kind,
            subject=mapping.pk,
            data={"area": mapping.health_area, "state": str(state), "conclusion": row.conclusion},
        )
    return row


def _judged(judgement: Severity | LocalFollowUp | None, *, may_tell: bool, is_done: bool) -> Problem:
    """What the service judges is told with consent, at the end."""
    if not judgement:
        return None
    return NOT_SHARED if not may_tell else ONLY_WHEN_DONE if not is_done else None


def report(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    mapping_id: UUID,
    informant: Informant,
    number: int = 0,
    instrument: str = "",
    on: date,
    severity: Severity | None = None,
    says: str = "",
) -> InformantReport:
    """The asked service writes how one who knows the child sees it, as often as it is asked again.

    `number` tells several of one sort apart. `instrument` is a key of the register, or empty for a talk. It is told
    only with consent (hpl § 22). A mapping that is concluded can have more, which is how one sees whether the help
    works; one that was given back cannot.
    """
    with on_pathway(actor, pathway_id, "mappings.report", once=once) as act:
        mapping, may_tell = _own_mapping(act, mapping_id)
        area = HealthArea(mapping.health_area)
        fact = next(item for item in act.before.mappings if item.id == str(mapping_id))
        known = next((item for item in definitions().instruments if item.key == instrument), None)
        refuse(
            {
                "informant": _("Dere har sagt at dere ikke kan kartlegge dette.")
                if fact.state is MappingState.NOT_INDICATED
                else NOT_SHARED
                if not may_tell
                else None,
                "number": _("Barnet er det bare ett av. La dette stå åpent.")
                if number and informant is Informant.CHILD
                else _("Velg fra listen.")
                if not 0 <= number <= informants.MOST
                else None,
                "instrument": None if not instrument else informants.why_not(known, area=area, informant=informant),
                "on": happened(on, child=act.child, today=act.today),
                "says": _("Velg hvor store vanskene er, eller skriv det med ord.")
                if not severity and not says.strip()
                else None,
            }
        )
        row = InformantReport.objects.create(
            **act.row(area.kind),
            mapping=mapping,
            informant=informant,
            number=number,
            instrument=instrument,
            on=on,
            severity=severity or "",
            says=says,
        )
        act.record("mapping.reported", kind=area.kind, subject=mapping.pk, data={"area": mapping.health_area})
    return row


def _own_mapping(act: CaseAct, mapping_id: UUID) -> tuple[Mapping, bool]:
    """The mapping that the actor's service was asked for, and whether it may tell child welfare what it finds.

    Raises Refused for the mapping of another.
    """
    mapping = Mapping.objects.filter(pathway=act.case, pk=mapping_id, service=act.actor.service_id).first()
    if mapping is None or not any(item.id == str(mapping_id) for item in act.before.mappings):
        raise Refused("mapping_of_another", _("Denne kartleggingen er ikke gitt til tjenesten din."))
    kind = HealthArea(mapping.health_area).kind
    return mapping, sharing.may_tell(act.before, service=str(act.actor.service_id), kind=kind, on=act.today)
