"""Asking which times suit for a meeting, and answering; calling the meeting ends it (`actions/meetings.call`)."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from grunnmur import clock
from grunnmur.cases import times as rules
from grunnmur.cases.access import Refused
from grunnmur.cases.actions import notices
from grunnmur.cases.actions.checks import Problem, not_too_far, refuse
from grunnmur.cases.door import CaseAct, on_pathway
from grunnmur.cases.models import PollAnswer, PollAsked, PollTime, TimePoll
from grunnmur.cases.next_step import good_recipients
from grunnmur.cases.terms import InformationKind, MeetingKind
from grunnmur.directory.meanwhile import EditConflict
from grunnmur.directory.sessions import Actor
from grunnmur.post.terms import MessageSort

COORDINATION = InformationKind.COORDINATION
NOT_ASKED = _("Tjenesten din er ikke spurt om disse tidene. Bare den som er spurt, kan svare.")


def propose(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    meeting: MeetingKind,
    times: Sequence[datetime],
    services: Sequence[UUID],
    answer_by: date,
    replaces_id: UUID | None = None,
) -> TimePoll:
    """Ask services that a good consent lets in which of some times suit, instead of what waits for an answer already.

    `replaces_id` names what waits, as the actor saw it. Raises EditConflict when that is another, or nothing.
    """
    with on_pathway(actor, pathway_id, "meetings.propose_times", once=once) as act:
        before = _last(act, meeting)
        waits = before.pk if before and _is_open(act, before) else None
        if waits != replaces_id:
            raise EditConflict(seen=str(replaces_id or ""), current=str(waits or ""))
        asked = list(dict.fromkeys(services))
        first = min(times, default=None)
        refuse(
            {
                "times": _unfit(times, act=act) or _called(meeting, act=act),
                "services": _("Velg minst én tjeneste som skal svare.")
                if not asked
                else _("Dere kan bare spørre tjenester som det er samtykke til.")
                if not set(map(str, asked)) <= good_recipients(act.before, on=act.today)
                else None,
                "answer_by": _("Fristen har alt gått ut. Velg en dato fra i dag.")
                if answer_by < act.today
                else _("Svaret må komme før den første av tidene.")
                if first and answer_by > first.astimezone(clock.OSLO).date()
                else None,
            }
        )
        row = act.row(COORDINATION)
        if before:
            _take_back(act, before)
        poll = TimePoll.objects.create(**row, meeting=meeting, asked_on=act.today, answer_by=answer_by, replaces=before)
        PollTime.objects.bulk_create(PollTime(**row, poll=poll, starts_at=one) for one in times)
        for one in PollAsked.objects.bulk_create(PollAsked(**row, poll=poll, service_id=service) for service in asked):
            notices.tell(
                act,
                one.service_id,
                sort=MessageSort.QUESTION,
                item=one.pk,
                kind=COORDINATION,
                wants_answer=True,
                answer_by=clock.end_of(answer_by),
                expires_at=max(times),
            )
        act.record(
            "times.proposed", kind=COORDINATION, subject=poll.pk, data={"meeting": str(meeting), "times": len(times)}
        )
    return poll


def _unfit(times: Sequence[datetime], *, act: CaseAct) -> Problem:
    if len(times) < rules.FEWEST:
        return _("Skriv minst to tider. Er det bare én, så kall inn til den.")
    if len(times) > rules.MOST:
        return _("Skriv høyst fem tider.")
    if len(set(times)) < len(times):
        return _("Den samme tiden står to ganger.")
    if min(times) <= act.at:
        return _("En av tidene har alt vært. Velg tider som kommer.")
    return not_too_far(max(times).astimezone(clock.OSLO).date(), today=act.today)


def _called(meeting: MeetingKind, *, act: CaseAct) -> Problem:
    """Only status meetings are planned several at a time (`repeats` in the edition)."""
    waits = any(item.is_pending for item in act.before.meetings_of(meeting))
    if waits and not act.edition.meeting(meeting).repeats:
        return _("Dere har alt kalt inn til dette møtet. Flytt det i stedet.")
    return None


def close(act: CaseAct, meeting: MeetingKind, *, starts_at: datetime) -> TimePoll | None:
    """A meeting is called: the times that were asked about for it are of no use any more. Gives what is over by it.

    Of status meetings several are planned at a time: what is asked about another than this one goes on.
    """
    poll = _last(act, meeting)
    if poll is None:
        return None
    is_another = act.edition.meeting(meeting).repeats and starts_at not in _offered(poll).values()
    if is_another and _is_open(act, poll):
        return None
    _take_back(act, poll)
    return poll


def _last(act: CaseAct, meeting: MeetingKind) -> TimePoll | None:
    """What was asked about last for this kind of meeting, unless a meeting came of it."""
    return TimePoll.objects.filter(pathway=act.case, meeting=meeting, led_to=None, replaced_by=None).first()


def _offered(poll: TimePoll) -> dict[UUID, datetime]:
    return dict(PollTime.objects.filter(poll=poll).values_list("pk", "starts_at"))


def _is_open(act: CaseAct, poll: TimePoll) -> bool:
    return rules.is_open(_offered(poll).values(), is_over=str(poll.pk) in act.before.polls_over, at=act.at)


def _take_back(act: CaseAct, poll: TimePoll) -> None:
    notices.take_back(act, *PollAsked.objects.filter(poll=poll).values_list("pk", flat=True))


def answer(
    *, actor: Actor, pathway_id: UUID, once: UUID | None, asked_id: UUID, suits: Sequence[UUID], note: str = ""
) -> PollAnswer:
    """Say which of the times suit the actor's own service, or that none does. The newest answer counts.

    Raises Refused for a service that is not the one asked.
    """
    with on_pathway(actor, pathway_id, "meetings.answer_times", once=once) as act:
        asked = PollAsked.objects.filter(pathway=act.case, pk=asked_id, service=actor.service_id).first()
        if asked is None:
            raise Refused("not_asked", NOT_ASKED)
        poll = TimePoll.objects.get(pk=asked.poll_id)
        offered = _offered(poll)
        refuse(
            {
                "suits": _("Tiden er alt bestemt, eller det er spurt på nytt. Svaret trengs ikke lenger.")
                if not _is_open(act, poll)
                else _("Velg fra listen over tidene.")
                if not set(suits) <= set(offered)
                else None,
            }
        )
        row = PollAnswer.objects.create(
            **act.row(COORDINATION), asked=asked, suits=list(dict.fromkeys(suits)), note=note
        )
        notices.answered(act, asked.pk)
        act.record("times.answered", kind=COORDINATION, subject=poll.pk, data={"suits": len(row.suits)})
    return row
