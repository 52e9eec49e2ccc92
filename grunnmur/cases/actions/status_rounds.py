"""A status meeting without a meeting: asking everybody how it goes, and putting the answers together."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from grunnmur import clock
from grunnmur.cases import sharing
from grunnmur.cases.actions import notices
from grunnmur.cases.actions.checks import not_too_far, refuse
from grunnmur.cases.door import on_pathway
from grunnmur.cases.models import Question, RoundConcluded, StatusRound
from grunnmur.cases.terms import InformationKind, QuestionSort
from grunnmur.directory.sessions import Actor
from grunnmur.post.terms import MessageSort

COORDINATION = InformationKind.COORDINATION


def begin(
    *, actor: Actor, pathway_id: UUID, once: UUID | None, services: Sequence[UUID], text: str, answer_by: date
) -> StatusRound:
    """Ask some of the services that take part how it goes. One round at a time."""
    with on_pathway(actor, pathway_id, "rounds.start", once=once) as act:
        asked = list(dict.fromkeys(services))
        refuse(
            {
                "services": _("Velg minst to tjenester. Er det bare én, så spør den.")
                if len(asked) < 2
                else _("Noen av tjenestene er ikke med i forløpet.")
                if actor.service_id in asked
                or not all(
                    sharing.may_ask(act.before, service=str(one), kind=COORDINATION, on=act.today) for one in asked
                )
                else None,
                "text": _("En statusrunde er alt i gang. Avslutt den først.")
                if any(one.concluded_on is None for one in act.before.rounds)
                else (_("Skriv hva dere vil vite.") if not text.strip() else None),
                "answer_by": _("Fristen har alt gått ut. Velg en dato fra i dag.")
                if answer_by < act.today
                else not_too_far(answer_by, today=act.today),
            }
        )
        started = StatusRound.objects.create(**act.row(COORDINATION), started_on=act.today, answer_by=answer_by)
        questions = Question.objects.bulk_create(
            Question(
                **act.row(COORDINATION),
                round=started,
                sort=QuestionSort.STATUS,
                to_service_id=service,
                text=text,
                asked_on=act.today,
                answer_by=answer_by,
            )
            for service in asked
        )
        for question in questions:
            notices.tell(
                act,
                question.to_service_id,
                sort=MessageSort.QUESTION,
                item=question.pk,
                kind=COORDINATION,
                wants_answer=True,
                answer_by=clock.end_of(answer_by),
            )
        act.record("round.started", kind=COORDINATION, subject=started.pk, data={"services": len(asked)})
    return started


def conclude(
    *, actor: Actor, pathway_id: UUID, once: UUID | None, round_id: UUID, summary: str, calls_meeting: bool
) -> RoundConcluded:
    """Put the answers together, for everybody who takes part; those who have not answered are not waited for."""
    with on_pathway(actor, pathway_id, "rounds.conclude", once=once) as act:
        is_open = any(one.id == str(round_id) and one.concluded_on is None for one in act.before.rounds)
        refuse(
            {
                "summary": _("Statusrunden er alt avsluttet.")
                if not is_open
                else (_("Skriv hva dere ble stående ved, om enn kort.") if not summary.strip() else None)
            }
        )
        concluded = RoundConcluded.objects.create(
            **act.row(COORDINATION),
            round_id=round_id,
            concluded_on=act.today,
            summary=summary,
            calls_meeting=calls_meeting,
        )
        for service in Question.objects.filter(round_id=round_id).values_list("to_service", flat=True):
            notices.tell(act, service, sort=MessageSort.MINUTES, item=concluded.pk, kind=COORDINATION)
        act.record("round.concluded", kind=COORDINATION, subject=round_id, data={"calls_meeting": calls_meeting})
    return concluded
