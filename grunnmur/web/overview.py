"""A case's overview in the words and shapes that the page's components want. No rule is made here."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from grunnmur.cases import consent, deadlines, events, lifecycle, next_step
from grunnmur.cases.definition import definitions
from grunnmur.cases.lifecycle import MappingFact, PhaseState, ReferralFact
from grunnmur.cases.next_step import Step
from grunnmur.cases.queries.case import Case, Overview
from grunnmur.cases.queries.glance import Related
from grunnmur.cases.terms import (
    HEALTH_KINDS,
    ConsentPurpose,
    HealthArea,
    InformationKind,
    MappingConclusion,
    MappingState,
    MeetingKind,
    PathwayStatus,
    ReferralAnswerKind,
    TaskState,
)
from grunnmur.web.consent_words import last_day
from grunnmur.web.jinja import dato, dato_kort, url

# Where the button of each step leads; the page that helps with just that.
PAGES: dict[str, tuple[str, str]] = {
    "talk_with_child": ("record_conversation", _("Skriv inn samtalen")),
    "talk_with_parents": ("record_conversation", _("Skriv inn samtalen")),
    "assess": ("assess", _("Vurder nå")),
    "answer_request": ("basis", _("Se grunnlaget")),
    "conclude_round": ("questions", _("Se svarene")),
    "answer_question": ("questions", _("Se spørsmålet")),
    "act_now": ("health", _("Se helseområdene")),
    "call_meeting": ("call_meeting", _("Kall inn")),
    "answer_invitation": ("reply_to_invitation", _("Se innkallingen")),
    "hold_meeting": ("meetings", _("Se møtet")),
    "write_minutes": ("meetings", _("Skriv referat")),
    "ask_consent": ("record_consent", _("Spør om samtykke")),
    "get_signature": ("consents", _("Se samtykket")),
    "renew_consent": ("consents", _("Se samtykket")),
    "respect_no": ("consents", _("Se svarene")),
    "map": ("health", _("Se kartleggingen")),
    "reassign_mapping": ("health", _("Se kartleggingen")),
    "consider_areas": ("health", _("Se helseområdene")),
    "make_plan": ("plan", _("Lag planen")),
    "answer_referral": ("health", _("Se henvisningen")),
    "write_down_answer": ("health", _("Se henvisningen")),
    "complete_referral": ("health", _("Se henvisningen")),
    "who_helps_instead": ("health", _("Se henvisningen")),
    "find_new_time": ("meetings", _("Se møtet")),
    "do_task": ("plan", _("Se planen")),
    "follow_up_task": ("plan", _("Se planen")),
    "reassign_task": ("plan", _("Se planen")),
    "consider_closing": ("close_pathway", _("Avslutt forløpet")),
}
FOR_ALL = frozenset({"meetings", "reply_to_invitation", "plan", "health", "questions"})
"""The pages of a case that everyone who takes part can use; the others are the owner's."""


def page(overview: Overview) -> dict[str, Any]:
    """Everything that `pathway.html` draws."""
    case = overview.case
    steps = case.steps()
    return {
        "case": case,
        "status_tag": _status_tag(overview),
        "lead": _lead(overview),
        "phases": _phases(overview),
        "next": _next(overview, steps[0]) if steps else None,
        "waiting": [_waiting(overview, step) for step in steps[1:6]],
        "areas": _areas(overview),
        "tasks": overview.tasks,
        "goals": overview.goals,
        "participants": _participants(overview),
        "consent": _consent(overview),
        "people": overview.people,
        "people_pairs": [_person(person) for person in overview.people],
        "pages": _pages(overview),
        "task_tone": task_tone,
        "timeline": _timeline(overview),
        "looks": overview.looks,
    }


def _timeline(overview: Overview) -> list[dict[str, Any]]:
    """What has happened, newest first; the same thing done several times in a row by the same person is one line."""
    told = [(entry.at, events.sentence(entry.name, entry.data), entry.who) for entry in overview.timeline]
    lines = []
    for (_day, text, who), same in groupby(told, key=lambda item: (dato(item[0]), *item[1:])):
        times = list(same)
        by = _("%(who)s, %(n)s ganger") % {"who": who, "n": len(times)} if len(times) > 1 else who
        lines.append({"on": times[0][0], "text": text, "by": by})
    return lines


def _pages(overview: Overview) -> list[tuple[str, str]]:
    """The case's other pages that the viewer has use for."""
    case = overview.case
    pages = [("meetings", _("Møter")), ("plan", _("Plan")), ("health", _("Helse"))]
    pages += [("questions", _("Spørsmål")), ("case_sent", _("Sendt i saken")), ("besides", _("Ved siden av"))]
    if case.is_owner:
        pages = [("basis", _("Grunnlag")), ("consents", _("Samtykke")), *pages, ("hand_over", _("Ny kontaktperson"))]
        if case.status is PathwayStatus.UNDER_WAY:
            pages.append(("close_pathway", _("Avslutt")))
            if case.facts.closed_on:
                pages.append(("closing", _("Sist det ble avsluttet")))
        if not case.why_not("moves.offer"):
            pages.append(("move", _("Flytting")))
        if case.status is PathwayStatus.CLOSED:
            pages.append(("passport", _("Pass for videre hjelp")))
        if case.status in (PathwayStatus.CLOSED, PathwayStatus.NOT_STARTED):
            pages.append(("reactivate", _("Ta opp igjen")))
    return pages


def _person(person: Related) -> tuple[str, str]:
    """Who someone is to the child, and what matters when one calls."""
    about = [str(person.relation.label).lower()]
    if person.has_parental_responsibility:
        about.append(_("foreldreansvar"))
    if person.needs_interpreter:
        about.append(_("trenger tolk"))
    if person.phone:
        about.append(person.phone)
    return person.name, ", ".join(about)


def _status_tag(overview: Overview) -> tuple[str, str]:
    tones = {
        PathwayStatus.UNDER_ASSESSMENT: "waiting",
        PathwayStatus.UNDER_WAY: "done",
        PathwayStatus.NOT_STARTED: "neutral",
        PathwayStatus.CLOSED: "neutral",
    }
    status = overview.case.status
    words = {
        PathwayStatus.UNDER_ASSESSMENT: _("Forløpet vurderes"),
        PathwayStatus.UNDER_WAY: _("Forløpet pågår"),
        PathwayStatus.NOT_STARTED: _("Forløpet er ikke startet"),
        PathwayStatus.CLOSED: _("Forløpet er avsluttet"),
    }
    return words[status], tones[status]


def _lead(overview: Overview) -> str:
    case = overview.case
    mine = case.pathway.contact_person_id == case.actor.person_id
    lead = _("Åpnet %(on)s · kontaktperson: %(who)s") % {
        "on": dato(case.pathway.opened_on),
        "who": _("deg") if mine else case.pathway.contact_person.name,
    }
    covers, back_on = overview.stand_in
    if back_on is None:
        return lead
    who = covers or _("ingen")
    return lead + _(" (borte til %(back)s, %(who)s dekker)") % {"back": dato(back_on), "who": who}


def _phases(overview: Overview) -> list[dict[str, Any]]:
    """The phases as the edition names them. A phase that began before the one it follows is `begun`."""
    labels = {phase.number: phase.label for phase in overview.case.edition.phases}
    states = {phase.number: phase for phase in overview.phases}
    here = lifecycle.current(overview.phases)
    return [
        {
            "number": number,
            "name": labels.get(number, ""),
            "state": "begun" if phase.state is PhaseState.NOW and number != here else phase.state.value,
            "text": _phase_text(overview, phase),
        }
        for number, phase in states.items()
        if number in labels
    ]


def _phase_text(overview: Overview, phase: lifecycle.Phase) -> str:
    facts = overview.case.facts
    if phase.number == 1 and facts.started:
        count = len(facts.started.criteria)
        return ngettext("Startet %(on)s med ett kriterium", "Startet %(on)s med %(n)s kriterier", count) % {
            "on": dato_kort(facts.started.decided_on),
            "n": count,
        }
    meetings = {2: MeetingKind.OPPSTARTSMOTE, 4: MeetingKind.STATUSMOTE}.get(phase.number)
    if meetings:
        pending = [item for item in facts.meetings_of(meetings) if item.is_pending]
        if pending:
            return _("%(meeting)s %(on)s") % {
                "meeting": meetings.label,
                "on": dato_kort(pending[0].starts_at),
            }
    return _("Siden %(on)s") % {"on": dato_kort(phase.since)} if phase.since and phase.state != "ahead" else ""


def _next(overview: Overview, step: Step) -> dict[str, Any]:
    """The next step as a sentence with its reason, and the one button that helps."""
    case = overview.case
    mine = str(case.actor.service_id) in step.ball
    days = (case.today - step.since).days
    if mine:
        reason = _("Ballen ligger hos dere.")
    else:
        who = next_step.names_of(step, overview.service_names)
        reason = (
            ngettext("Ballen har ligget hos %(who)s i %(n)s dag.", "Ballen har ligget hos %(who)s i %(n)s dager.", days)
            if days > 0
            else _("Ballen ligger hos %(who)s fra i dag.")
        ) % {"who": who, "n": days}
    if step.blocked_by:
        reason += " " + _waiting_text(step)
    _page, button = PAGES[step.key]
    return {
        "headline": _("Nå: %(step)s") % {"step": next_step.sentence(step, names=_names(overview, step))},
        "reason": reason,
        "facts": _deadline(overview, step),
        "url": way(overview.case, step),
        "button": button,
    }


def _names(overview: Overview, step: Step) -> Mapping[str, str]:
    """The services' names, where the viewer's own is «dere» when nobody else has the ball."""
    own = str(overview.case.actor.service_id)
    return {**overview.service_names, own: _("Dere")} if step.ball == {own} else overview.service_names


def _deadline(overview: Overview, step: Step) -> list[tuple[str, str]]:
    """By when, and what sets it: a deadline is never shown without that."""
    if step.due_on is None:
        return []
    late = step.is_late(overview.case.today)
    on = _("%(on)s, over fristen") % {"on": dato(step.due_on)} if late else dato(step.due_on)
    by = definitions().deadline(step.deadline).text() if step.deadline else _("avtalt dato")
    return [(_("Frist"), on), (_("Settes av"), by)]


def _waiting(overview: Overview, step: Step) -> dict[str, str]:
    late = step.is_late(overview.case.today)
    return {
        "label": next_step.sentence(step, names=_names(overview, step)),
        "url": way(overview.case, step),
        "text": " ".join(part for part in (_task(overview, step), _waiting_text(step)) if part),
        "tag": _("over fristen") if late else "",
        "tone": "danger" if late else "neutral",
    }


def _task(overview: Overview, step: Step) -> str:
    """What the task is that a step is about; empty for every other step."""
    return next((f"«{task.what}»." for task in overview.tasks if str(task.task_id) == step.subject), "")


def way(case: Case, step: Step) -> str:
    """Where one goes to help the step along; empty when only the owner of the case can go there."""
    page, _button = PAGES[step.key]
    if not case.is_owner and page not in FOR_ALL:
        return ""
    of_kind = f"?type={step.meeting.value}" if page == "call_meeting" and step.meeting else ""
    return url(page, pathway_id=case.pathway.pk) + of_kind


def _waiting_text(step: Step) -> str:
    """What stops it, or by when."""
    if step.blocked_by:
        return _("Kan gjøres etter %(what)s.") % {"what": next_step.blockers(step)}
    return _("Frist %(on)s") % {"on": dato(step.due_on)} if step.due_on else ""


def link(page: str, overview: Overview) -> str:
    """The address of one of the case's pages."""
    return url(page, pathway_id=overview.case.pathway.pk)


def _areas(overview: Overview) -> list[dict[str, str]]:
    """The health areas that the viewer may see, with where each stands."""
    case = overview.case
    tiles = []
    for area in (HealthArea(item.key) for item in case.edition.health_areas):
        if not area.kind & case.kinds:
            continue
        mappings = [item for item in case.facts.mappings if item.area is area]
        referrals = [item for item in case.facts.referrals if item.area is area and not item.is_followed]
        if referrals:
            text, tag, tone = _referral(overview, referrals[-1])
        elif mappings:
            text, tag, tone = _mapping(overview, mappings[-1])
        else:
            text, tag, tone = _("Ingen har sett på dette ennå."), _("ikke vurdert"), "neutral"
        tiles.append({"name": str(area.label), "text": text, "tag": tag, "tone": tone, "url": link("health", overview)})
    return tiles


def _mapping(overview: Overview, mapping: MappingFact) -> tuple[str, str, str]:
    who = overview.service_names.get(mapping.service or "", "")
    if mapping.state is MappingState.CONCLUDED:
        return (
            _("Kartlagt %(on)s") % {"on": dato_kort(mapping.since)},
            str(MappingConclusion(mapping.conclusion).label).lower(),
            "done",
        )
    if mapping.state is MappingState.NOT_INDICATED and mapping.service:
        return _("%(who)s kan ikke kartlegge dette.") % {"who": who}, _("må til en annen"), "waiting"
    if mapping.state is MappingState.NOT_INDICATED:
        return _("Vurdert %(on)s") % {"on": dato_kort(mapping.since)}, _("ikke aktuelt nå"), "neutral"
    return (
        _("%(who)s er spurt.") % {"who": who}
        if mapping.state is MappingState.ASKED
        else _("%(who)s kartlegger.") % {"who": who},
        _("innen %(on)s") % {"on": dato_kort(mapping.due_on)} if mapping.due_on else str(mapping.state.label).lower(),
        "waiting",
    )


def _referral(overview: Overview, referral: ReferralFact) -> tuple[str, str, str]:
    to = overview.service_names.get(referral.to_service, "")
    if referral.answer is None:
        due = deadlines.referral_assessment_due(referral.received_on)
        return (
            _("Henvist til %(to)s %(on)s") % {"to": to, "on": dato_kort(referral.received_on)},
            _("svar innen %(on)s") % {"on": dato_kort(due)},
            "waiting",
        )
    if referral.answer is ReferralAnswerKind.RIGHT_GRANTED and referral.treatment_deadline:
        return (
            _("Rett til hjelp hos %(to)s.") % {"to": to},
            _("start innen %(on)s") % {"on": dato_kort(referral.treatment_deadline)},
            "done",
        )
    if referral.answer is ReferralAnswerKind.RETURNED:
        return _("Kom i retur fra %(to)s.") % {"to": to}, _("må fylles ut"), "waiting"
    return _("Avslått av %(to)s.") % {"to": to}, _("finn annen hjelp"), "danger"


def _participants(overview: Overview) -> list[dict[str, Any]]:
    """Who sees what, on what ground and until when, each service once."""
    shown: dict[str, dict[str, Any]] = {}
    for item in overview.case.participants:
        kinds = item.kinds & (HEALTH_KINDS | InformationKind.OWN_WORDS)
        labels = [str(kind.label) for kind in InformationKind if kind & kinds]
        if item.is_owner:
            text = _("Eier saken og ser alt som er delt her.")
        elif labels:
            text = _("%(what)s. Samtykke til og med %(until)s.") % {
                "what": ", ".join(labels).capitalize(),
                "until": last_day(item.ends_at),
            }
        else:
            text = _("Møter og plan. Samtykke til og med %(until)s.") % {"until": last_day(item.ends_at)}
        shown[item.service_id] = {"name": item.name, "initial": item.name[:1], "text": text, "phone": item.phone}
    return list(shown.values())


def _consent(overview: Overview) -> str:
    """Who decides for this child today, in one sentence with the birthday that changes it."""
    case = overview.case
    if not case.is_owner:
        return ""
    return consent.explain(
        purpose=ConsentPurpose.CONTACT_HEALTH,
        situation=case.facts.situation,
        on=case.today,
        names={
            consent.CHILD: first_name(case.child.name) or _("barnet"),
            **{str(person.identity): person.name for person in overview.people},
            str(case.pathway.author_service_id): case.actor.service_name,
        },
    )


def first_name(name: str) -> str:
    """What one calls someone."""
    return name.split(" ")[0] if name else ""


def task_tone(state: TaskState, is_late: bool) -> str:
    """The colour that goes with a task's words."""
    if is_late:
        return "danger"
    return {"done": "done", "under_way": "waiting"}.get(state.value, "neutral")
