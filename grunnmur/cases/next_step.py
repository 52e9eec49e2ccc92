"""What comes next for one case: the step, who has the ball, since when, by when, and what blocks it.

Pure: computed from definition + facts + date. `open_steps` lists everything that waits for someone, the first being
*the* next step; `sentence` says it in words.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grunnmur import alphabet
from grunnmur.cases import age, consent, deadlines, rounds, sharing
from grunnmur.cases.consent import ConsentFact
from grunnmur.cases.definition import Edition, definitions
from grunnmur.cases.lifecycle import Facts, MeetingFact, ReferralFact
from grunnmur.cases.terms import (
    HEALTH_KINDS,
    AttendanceAnswer,
    ConsentAnswer,
    ConsentPurpose,
    HealthArea,
    InformationKind,
    MappingState,
    MeetingKind,
    PathwayStatus,
    ReferralAnswerKind,
)

OSLO = ZoneInfo("Europe/Oslo")
FULL_AGE = 18
NOTHING = InformationKind(0)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that waits for someone."""

    key: str
    ball: frozenset[str]
    """Ids of the services that must act."""
    since: date
    due_on: date | None = None
    deadline: str = ""
    """Key of the deadline in `definitions/deadlines.yaml` that sets `due_on`."""
    blocked_by: tuple[str, ...] = ()
    """Keys of `BLOCKERS`: what must be there before this can be done."""
    kind: InformationKind = InformationKind.COORDINATION
    """Who may be told: a step about one health area is shown only to those who see that area."""
    weighs: InformationKind = NOTHING
    """What it was weighed from beside that: told only to those who see all of it, for others would be told wrong."""
    subject: str = ""
    """Id of the meeting, mapping, referral, task or consent it is about."""
    area: HealthArea | None = None
    meeting: MeetingKind | None = None

    def is_late(self, on: date) -> bool:
        return self.due_on is not None and self.due_on < on


def told(step: Step, *, kinds: InformationKind) -> bool:
    """Whether a step worked out of what somebody sees can be told to them."""
    return bool(step.kind & kinds) and step.weighs & kinds == step.weighs


def next_step(facts: Facts, *, edition: Edition, on: date) -> Step | None:
    """The one next step, or None when the case is not open."""
    steps = open_steps(facts, edition=edition, on=on)
    return steps[0] if steps else None


def open_steps(facts: Facts, *, edition: Edition, on: date) -> tuple[Step, ...]:
    """Everything that waits for someone, most important first; what cannot be done yet comes last."""
    if facts.status is PathwayStatus.UNDER_ASSESSMENT:
        steps = _assessing(facts, on=on)
    elif facts.status is PathwayStatus.UNDER_WAY:
        steps = _under_way(facts, edition=edition, on=on)
    else:
        return ()
    return tuple(sorted(steps, key=lambda step: bool(step.blocked_by)))


def _due(key: str, counted_from: date) -> date:
    deadline = definitions().deadline(key)
    return deadlines.due(amount=deadline.amount, unit=deadline.unit, counted_from=counted_from)


def approve_by(sent_on: date) -> date:
    """By when those who were at a meeting say whether its minutes are right: the municipality's own deadline."""
    return _due("approve_minutes", sent_on)


def reply_by(called_on: date, *, meets_on: date) -> date:
    """By when those who are invited say whether they come: our own deadline, or the day they meet."""
    return min(_due("answer_invitation", called_on), meets_on)


def _assessing(facts: Facts, *, on: date) -> Iterator[Step]:
    """Phase 1: talk with the child and the parents, weigh what is known, decide."""
    owner = frozenset({facts.owner})
    opened = facts.reactivated_on or facts.opened_on
    due_on = _due("assess_criteria", opened)
    since = facts.reactivated_on or date.min
    talks = {talk.with_whom for talk in facts.conversations if talk.held_on >= since}
    child_is_minor = age.age_on(born_on=facts.situation.born_on, on=on) < FULL_AGE
    missing = []
    if not talks & {"child", "both"}:
        missing.append("talk_with_child")
    if child_is_minor and not talks & {"parents", "both"}:
        missing.append("talk_with_parents")
    for key in missing:
        yield Step(key, owner, opened, due_on, "assess_criteria", kind=InformationKind.CHILD_WELFARE)
    yield Step(
        "assess",
        owner,
        opened,
        due_on,
        "assess_criteria",
        blocked_by=tuple(missing),
        kind=InformationKind.CHILD_WELFARE,
    )
    for request in facts.requests:
        if not request.is_answered and request.service:
            yield Step(
                "answer_request",
                frozenset({request.service}),
                request.asked_on,
                _due("answer_question", request.asked_on),
                "answer_question",
                subject=request.id,
            )
    yield from _questions(facts, on=on)
    good = good_recipients(facts, on=on)
    for kind in MeetingKind:
        yield from _pending_meetings(facts, kind, good=good, on=on)


def _under_way(facts: Facts, *, edition: Edition, on: date) -> Iterator[Step]:
    """Phases 2 to 5, in the order that helps the child soonest; a later phase may start before an earlier ends."""
    start = facts.started
    started_on = start.decided_on if start else facts.opened_on
    owner = frozenset({facts.owner})
    acute = {item.key for item in edition.criteria if item.acute}
    is_helped = bool(facts.mappings or facts.referrals)
    if start and acute & set(start.criteria) and not is_helped:
        yield Step("act_now", owner, started_on, started_on, "act_on_acute", weighs=HEALTH_KINDS)
    good = good_recipients(facts, on=on)
    yield from _call_meeting(facts, MeetingKind.AVKLARINGSMOTE, hold_by=_due("hold_avklaringsmote", started_on))
    yield from _pending_meetings(facts, MeetingKind.AVKLARINGSMOTE, good=good, on=on)
    yield from _consent(facts, good=good, started_on=started_on, on=on)
    yield from _referrals(facts, good=good, on=on)
    yield from _call_meeting(
        facts,
        MeetingKind.OPPSTARTSMOTE,
        hold_by=_due("hold_oppstartsmote", started_on),
        blocked_by=() if good else ("consent",),
    )
    yield from _pending_meetings(facts, MeetingKind.OPPSTARTSMOTE, good=good, on=on)
    yield from _questions(facts, on=on)
    yield from _mappings(facts, on=on)
    if good:
        yield from _plan_and_areas(facts, edition=edition, started_on=started_on)
    tasks = list(_tasks(facts, good=good, on=on))
    yield from (step for step in tasks if step.is_late(on))
    yield from _pending_meetings(facts, MeetingKind.STATUSMOTE, good=good, on=on)
    yield from (step for step in tasks if step.due_on is not None and not step.is_late(on))
    yield from _rounds(facts, on=on)
    yield from _next_status_or_closing(facts)
    yield from (step for step in tasks if step.due_on is None)


def good_consents(facts: Facts, *, on: date) -> tuple[ConsentFact, ...]:
    """The consents by which child welfare can contact health on the day."""
    return tuple(
        item
        for item in facts.consents
        if item.purpose is ConsentPurpose.CONTACT_HEALTH
        and consent.check(fact=item, situation=facts.situation, on=on).valid
    )


def good_recipients(facts: Facts, *, on: date) -> frozenset[str]:
    """The services that a consent good on the day lets child welfare contact."""
    return frozenset(item.recipient for item in good_consents(facts, on=on))


def taking_part(facts: Facts, *, on: date) -> frozenset[str]:
    """The services that can be given something to do on the day: the owner, and those a good consent lets in."""
    return good_recipients(facts, on=on) | {facts.owner}


def _call_meeting(
    facts: Facts, kind: MeetingKind, *, hold_by: date, blocked_by: tuple[str, ...] = ()
) -> Iterator[Step]:
    """Call the meeting, when there is none that has been held or waits."""
    if not facts.meetings_of(kind):
        since = facts.started.decided_on if facts.started else facts.opened_on
        yield Step(
            "call_meeting",
            frozenset({facts.owner}),
            since,
            hold_by,
            f"hold_{kind.value}",
            blocked_by=blocked_by,
            meeting=kind,
        )


def _pending_meetings(facts: Facts, kind: MeetingKind, *, good: frozenset[str], on: date) -> Iterator[Step]:
    """What waits around each meeting that is called and not yet held."""
    for meeting in facts.meetings_of(kind):
        if meeting.is_pending:
            yield from _pending_meeting(meeting, owner=frozenset({facts.owner}), good=good, on=on)


def _pending_meeting(meeting: MeetingFact, *, owner: frozenset[str], good: frozenset[str], on: date) -> Iterator[Step]:
    """Get the answers, hold it, write what came of it.

    Only services that a good consent still lets in are waited for: the others no longer see the meeting.
    """
    day = meeting.starts_at.astimezone(OSLO).date()
    if day < on:
        yield Step(
            "write_minutes",
            owner,
            day,
            _due("write_minutes", day),
            "write_minutes",
            subject=meeting.id,
            meeting=meeting.meeting,
        )
        return
    invited = [item for item in meeting.invitations if item.service in good]
    silent = frozenset(item.service for item in invited if item.answer is None)
    if silent:
        yield Step(
            "answer_invitation",
            silent,
            meeting.called_on,
            reply_by(meeting.called_on, meets_on=day),
            "answer_invitation",
            subject=meeting.id,
            meeting=meeting.meeting,
        )
    nobody_comes = all(item.answer == AttendanceAnswer.DECLINED for item in invited)
    needs_health = meeting.meeting is MeetingKind.OPPSTARTSMOTE
    key = "find_new_time" if needs_health and nobody_comes else "hold_meeting"
    yield Step(key, owner, meeting.called_on, day, subject=meeting.id, meeting=meeting.meeting)


def _tasks(facts: Facts, *, good: frozenset[str], on: date) -> Iterator[Step]:
    """Every open task waits for the one who does it, the soonest first.

    What a parent or another person does, and what nobody can do any longer because a consent ended, the owner
    follows up.
    """
    owner = frozenset({facts.owner})
    for task in sorted(facts.tasks, key=lambda item: (item.due_on or date.max, item.id)):
        if not task.is_open:
            continue
        if task.service is None:
            if task.due_on is not None and task.due_on < on:
                yield Step("follow_up_task", owner, task.due_on, task.due_on, subject=task.id)
        elif task.service in good | owner:
            yield Step("do_task", frozenset({task.service}), task.set_on, task.due_on, subject=task.id)
        else:
            yield Step("reassign_task", owner, task.set_on, task.due_on, subject=task.id)


def _consent(facts: Facts, *, good: frozenset[str], started_on: date, on: date) -> Iterator[Step]:
    """Ask; collect what is missing; renew before a birthday or the end date takes it away."""
    owner = frozenset({facts.owner})
    contact = [item for item in facts.consents if item.purpose is ConsentPurpose.CONTACT_HEALTH]
    live = [item for item in contact if item.withdrawn_at is None and item.valid_until > on]
    for item in live:
        verdict = consent.check(fact=item, situation=facts.situation, on=max(on, item.valid_from))
        if not verdict.valid and verdict.missing and not verdict.refused_by and item.recipient not in good:
            yield Step(
                "get_signature",
                owner,
                item.valid_from,
                _due("answer_consent", item.valid_from),
                "answer_consent",
                subject=item.id,
            )
    if good:
        warn_from = on + timedelta(days=definitions().deadline("renew_consent").amount)
        for item in live:
            if (
                item.recipient in good
                and not consent.check(fact=item, situation=facts.situation, on=warn_from).valid
                and consent.check(fact=item, situation=facts.situation, on=on).valid
            ):
                yield Step(
                    "renew_consent", owner, on, min(item.valid_until, warn_from), "renew_consent", subject=item.id
                )
        return
    if any(signature.answer is ConsentAnswer.NO for item in live for signature in item.signatures):
        yield Step("respect_no", owner, on)
    elif not live:
        yield Step("ask_consent", owner, started_on)


def _questions(facts: Facts, *, on: date) -> Iterator[Step]:
    """Each question waits for the one who was asked, as long as a consent lets it see what the question is about."""
    for item in facts.questions:
        if item.answered_on is None and sharing.may_ask(facts, service=item.to_service, kind=item.kind, on=on):
            yield Step(
                "answer_question",
                frozenset({item.to_service}),
                item.asked_on,
                item.answer_by,
                kind=item.kind,
                subject=item.id,
            )


def _rounds(facts: Facts, *, on: date) -> Iterator[Step]:
    """A round that everybody has answered, or whose time is over, waits to be put together."""
    for one in facts.rounds:
        if one.concluded_on is None:
            asked = [item for item in facts.questions if item.round == one.id]
            last = max((item.answered_on for item in asked if item.answered_on), default=one.started_on)
            is_complete = rounds.put_together(asked).is_complete
            if is_complete or one.answer_by < on:
                since = last if is_complete else one.answer_by
                yield Step("conclude_round", frozenset({facts.owner}), since, one.answer_by, subject=one.id)


def _mappings(facts: Facts, *, on: date) -> Iterator[Step]:
    """Each mapping waits for the service that was asked, as long as a consent lets it see the area."""
    for mapping in facts.open_mappings:
        sees = mapping.service and sharing.may_see(facts, service=mapping.service, kind=mapping.area.kind, on=on)
        if not mapping.service or not sees:
            yield Step(
                "reassign_mapping",
                frozenset({facts.owner}),
                mapping.since,
                kind=mapping.area.kind,
                subject=mapping.id,
                area=mapping.area,
            )
            continue
        is_asked = mapping.state is MappingState.ASKED
        deadline = "answer_mapping_request" if is_asked else "conclude_mapping"
        due_on = _due(deadline, mapping.since)
        if mapping.due_on is not None and (mapping.due_on < due_on or not is_asked):
            due_on, deadline = mapping.due_on, ""
        yield Step(
            "map",
            frozenset({mapping.service}),
            mapping.since,
            due_on,
            deadline,
            kind=mapping.area.kind,
            subject=mapping.id,
            area=mapping.area,
        )


def _plan_and_areas(facts: Facts, *, edition: Edition, started_on: date) -> Iterator[Step]:
    """Every health area of the edition considered, and a plan with someone on each task.

    A service that could not map an area has not thereby considered it.
    """
    owner = frozenset({facts.owner})
    declined = {item.id for item in facts.mappings if item.service and item.state is MappingState.NOT_INDICATED}
    considered = {item.area for item in facts.mappings if item.id not in declined}
    considered |= {item.area for item in facts.referrals}
    if any(HealthArea(item.key) not in considered for item in edition.health_areas):
        yield Step("consider_areas", owner, started_on, weighs=HEALTH_KINDS)
    if not facts.tasks:
        yield Step("make_plan", owner, started_on, _due("make_plan", started_on), "make_plan")


def _referrals(facts: Facts, *, good: frozenset[str], on: date) -> Iterator[Step]:
    """Referrals with their statutory time limits (pbrl § 2-2 a, F-prio § 4a).

    A receiver that sees the case answers here. One that does not is waited for until the law's last day; then whoever
    referred asks it, and writes down the answer.
    """
    for item in facts.referrals:
        sender = frozenset({item.from_service if item.from_service in good else facts.owner})
        due_on = deadlines.referral_assessment_due(item.received_on)
        if item.is_followed:
            continue
        if item.answer is None:
            sees = sharing.may_see(facts, service=item.to_service, kind=item.area.kind, on=on)
            is_ours = not sees and due_on < on
            yield Step(
                "write_down_answer" if is_ours else "answer_referral",
                sender if is_ours else frozenset({item.to_service}),
                due_on if is_ours else item.received_on,
                due_on,
                "assess_referral",
                kind=item.area.kind,
                subject=item.id,
                area=item.area,
            )
        elif item.answer is ReferralAnswerKind.RETURNED:
            yield Step(
                "complete_referral",
                sender,
                item.answered_on or item.received_on,
                kind=item.area.kind,
                subject=item.id,
                area=item.area,
            )
        elif item.answer is ReferralAnswerKind.REJECTED and not _is_taken_further(facts, item):
            yield Step(
                "who_helps_instead",
                frozenset({facts.owner}),
                item.answered_on or item.received_on,
                kind=item.area.kind,
                subject=item.id,
                area=item.area,
            )


def _is_taken_further(facts: Facts, rejected: ReferralFact) -> bool:
    """Whether somebody was asked, or it was found not to apply, in the same health area since the rejection."""
    since = rejected.answered_on or rejected.received_on
    asked = [item.asked_on for item in facts.mappings if item.area is rejected.area]
    asked += [item.received_on for item in facts.referrals if item.area is rejected.area and item.id != rejected.id]
    return any(on >= since for on in asked)


def _next_status_or_closing(facts: Facts) -> Iterator[Step]:
    """Regular status meetings as long as needed; closing when nothing is open any more.

    A case that was taken up again is counted from that day: what was held before it says nothing of what is needed now.
    """
    owner = frozenset({facts.owner})
    again = facts.reactivated_on or date.min
    statuses = facts.meetings_of(MeetingKind.STATUSMOTE)
    held = [item.held_on for item in (*facts.meetings_of(MeetingKind.OPPSTARTSMOTE), *statuses) if item.held_on]
    if not held or any(item.is_pending for item in facts.meetings):
        return
    round_ = facts.rounds[-1] if facts.rounds else None
    if round_ and round_.concluded_on is None:
        return
    if round_ and round_.concluded_on and round_.calls_meeting and round_.concluded_on >= max(held):
        yield Step("call_meeting", owner, round_.concluded_on, weighs=HEALTH_KINDS, meeting=MeetingKind.STATUSMOTE)
        return
    # A round that came to something without a meeting is the status meeting of its time.
    held += [one.concluded_on for one in facts.rounds if one.concluded_on]
    since = max(*held, again)
    looked_at = [item.held_on for item in statuses] + [one.concluded_on for one in facts.rounds]
    if any(on and on >= again for on in looked_at) and not facts.open_things():
        yield Step("consider_closing", owner, since, weighs=HEALTH_KINDS)
        return
    yield Step(
        "call_meeting",
        owner,
        since,
        _due("hold_statusmote", since),
        "hold_statusmote",
        weighs=HEALTH_KINDS,
        meeting=MeetingKind.STATUSMOTE,
    )


# --- in words ------------------------------------------------------------------------------------------------

SENTENCES: dict[str, str | Promise] = {
    "talk_with_child": _("Snakk med barnet om helsen"),
    "talk_with_parents": _("Snakk med foreldrene om barnets helse"),
    "assess": _("Vurder om forløpet skal starte"),
    "answer_request": _("%(who)s skal gi opplysningene dere har bedt om"),
    "conclude_round": _("Sett sammen svarene fra statusrunden"),
    "answer_question": _("%(who)s skal svare på et spørsmål"),
    "act_now": _("Det haster: få helsehjelp nå"),
    "call_meeting": _("Kall inn til %(meeting)s"),
    "answer_invitation": _("%(who)s må svare på innkallingen til %(meeting)s"),
    "hold_meeting": _("Dere skal ha %(meeting)s"),
    "write_minutes": _("Skriv referat fra %(meeting)s"),
    "ask_consent": _("Spør om samtykke til å kontakte helsetjenesten"),
    "get_signature": _("Et samtykke mangler svar fra noen"),
    "renew_consent": _("Et samtykke går snart ut"),
    "respect_no": _("Noen har sagt nei. Avtal hvilken hjelp dere kan gi likevel"),
    "map": _("%(who)s kartlegger %(area)s"),
    "reassign_mapping": _("Tjenesten som skulle kartlegge %(area)s, er ikke med lenger. Finn en annen"),
    "consider_areas": _("Ta stilling til alle helseområdene"),
    "make_plan": _("Lag en plan: hvem gjør hva, og når"),
    "answer_referral": _("%(who)s skal svare på henvisningen om %(area)s"),
    "write_down_answer": _(
        "Svaret på henvisningen om %(area)s kom ikke innen fristen. Hør med tjenesten, og skriv inn svaret"
    ),
    "complete_referral": _("%(who)s må fylle ut henvisningen om %(area)s, som kom i retur"),
    "who_helps_instead": _("Henvisningen om %(area)s ble avslått. Finn ut hvem som kan hjelpe i stedet"),
    "find_new_time": _("Ingen av tjenestene kommer til %(meeting)s. Finn et nytt tidspunkt"),
    "do_task": _("%(who)s har en oppgave i planen"),
    "follow_up_task": _("En oppgave i planen er over fristen. Hør hvordan det går"),
    "reassign_task": _("En tjeneste er ikke med lenger. Gi oppgaven i planen til en annen"),
    "consider_closing": _("Alt er gjort. Vurder om forløpet kan avsluttes"),
}


BLOCKERS: dict[str, str | Promise] = {
    "talk_with_child": _("at noen har snakket med barnet"),
    "talk_with_parents": _("at noen har snakket med foreldrene"),
    "consent": _("at det er samtykke til å kontakte en helsetjeneste"),
}


def blockers(step: Step) -> str:
    """What must be there before the step can be done, in words; empty when nothing stops it."""
    return together([str(BLOCKERS[key]) for key in step.blocked_by])


def sentence(step: Step, *, names: Mapping[str, str]) -> str:
    """The step as one plain sentence; `names` gives the services' names."""
    return _say(step.key, who=names_of(step, names), meeting=step.meeting, area=step.area)


def names_of(step: Step, names: Mapping[str, str]) -> str:
    """Those who have the ball: A, B og C; those without a name last."""
    known = sorted((names[service] for service in step.ball if service in names), key=alphabet.order)
    return together([*known, *[gettext("en tjeneste")] * (len(step.ball) - len(known))])


def label(step: Step) -> str:
    """What a list keeps of a step: its key, and which meeting or health area it is about."""
    about = step.meeting or step.area
    return f"{step.key}:{about.value}" if about else step.key


def key_of(kept: str) -> str:
    """The step's key in a kept label; empty for an empty one."""
    return kept.partition(":")[0]


def sentence_of(kept: str, *, who: str) -> str:
    """A kept label as a sentence for a list; `who` is the one that has the ball."""
    key, _colon, about = kept.partition(":")
    return _say(
        key,
        who=who,
        meeting=MeetingKind(about) if about in MeetingKind.values else None,
        area=HealthArea(about) if about in HealthArea.values else None,
    )


def _say(key: str, *, who: str, meeting: MeetingKind | None, area: HealthArea | None) -> str:
    return str(SENTENCES[key]) % {
        "who": who,
        "meeting": str(meeting.label).lower() if meeting else "",
        "area": str(area.label).lower() if area else "",
    }


def together(names: Iterable[str]) -> str:
    """A, B og C, each once: services whose names are hidden are called the same."""
    *first, last = dict.fromkeys(names) or [""]
    return gettext(" og ").join(part for part in (", ".join(first), last) if part)
