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
) -> TimePoll:
    """Ask services that a good consent lets in which of some times suit. What was asked before of the same is over."""
    with on_pathway(actor, pathway_id, "meetings.propose_times", once=once) as act:
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
        poll = TimePoll.objects.create(
            **row, meeting=meeting, asked_on=act.today, answer_by=answer_by, replaces=close(act, meeting)
        )
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


def close(act: CaseAct, meeting: MeetingKind) -> TimePoll | None:
    """The times that are asked about for this kind of meeting are of no use any more. Gives what is over by it."""
    poll = TimePoll.objects.filter(pathway=act.case, meeting=meeting, led_to=None, replaced_by=None).first()
    if poll is None:
        return None
    for item in PollAsked.objects.filter(poll=poll).values_list("pk", flat=True):
        notices.take_back(act, item)
    return poll


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
        offered = dict(PollTime.objects.filter(poll=poll).values_list("pk", "starts_at"))
        is_over = hasattr(poll, "led_to") or hasattr(poll, "replaced_by")
        refuse(
            {
                "suits": None
                if rules.is_open(offered.values(), is_over=is_over, at=act.at)
                else _("Tiden er alt bestemt, eller det er spurt på nytt. Svaret trengs ikke lenger."),
                "note": _("Velg fra listen over tidene.") if not set(suits) <= set(offered) else None,
            }
        )
        row = PollAnswer.objects.create(
            **act.row(COORDINATION), asked=asked, suits=list(dict.fromkeys(suits)), note=note
        )
        notices.answered(act, asked.pk)
        act.record("times.answered", kind=COORDINATION, subject=poll.pk, data={"suits": len(row.suits)})
    return row
