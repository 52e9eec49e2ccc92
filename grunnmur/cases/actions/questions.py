"""One service asks another one thing in a case, and gets one answer."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from grunnmur import clock
from grunnmur.cases import sharing
from grunnmur.cases.access import Refused
from grunnmur.cases.actions import notices
from grunnmur.cases.actions.checks import get_service, in_service, not_too_far, refuse
from grunnmur.cases.door import on_pathway
from grunnmur.cases.models import Question, QuestionAnswer
from grunnmur.cases.terms import AnswerSays, HowItGoes, InformationKind, QuestionSort
from grunnmur.directory.sessions import Actor
from grunnmur.post.terms import MessageSort

NOT_SHARED = _(
    "Det er ikke samtykket til at dere forteller barnevernet om dette. Svar at dere ikke kan svare, uten å skrive hva "
    "dere vet."
)


def ask(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    sort: QuestionSort,
    kind: InformationKind,
    to_service_id: UUID,
    text: str,
    answer_by: date,
) -> Question:
    """Ask another service in the case. It must be one that a consent lets see what the question is about."""
    with on_pathway(actor, pathway_id, "questions.ask", once=once) as act:
        service = get_service(to_service_id)
        may_ask = sharing.may_ask(act.before, service=str(to_service_id), kind=kind, on=act.today)
        refuse(
            {
                "to_service_id": in_service(service, on=act.today)
                or (
                    _("Dere kan ikke spørre dere selv. Velg en annen tjeneste.")
                    if to_service_id == actor.service_id
                    else None
                )
                or (_("Det er ikke samtykket til å dele dette med tjenesten.") if not may_ask else None),
                "kind": _("Velg hva spørsmålet gjelder.") if not kind & sharing.ASKED_ABOUT else None,
                "text": _("Skriv hva dere spør om.") if not text.strip() else None,
                "answer_by": _("Fristen har alt gått ut. Velg en dato fra i dag.")
                if answer_by < act.today
                else not_too_far(answer_by, today=act.today),
            }
        )
        assert service is not None
        question = Question.objects.create(
            **act.row(kind),
            sort=sort,
            to_service=service,
            text=text,
            asked_on=act.today,
            answer_by=answer_by,
        )
        notices.tell(
            act,
            to_service_id,
            sort=MessageSort.QUESTION,
            item=question.pk,
            kind=kind,
            wants_answer=True,
            answer_by=clock.end_of(answer_by),
        )
        act.record("question.asked", kind=kind, subject=question.pk, data={"sort": str(sort)})
    return question


def answer(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    question_id: UUID,
    says: AnswerSays,
    text: str = "",
    further: str = "",
    goes: HowItGoes | None = None,
    wants_meeting: bool = False,
) -> QuestionAnswer:
    """Answer the question that one's own service was asked, once.

    What is found about health may be told to child welfare only with consent (hpl § 22); that one cannot answer always.
    """
    with on_pathway(actor, pathway_id, "questions.answer", once=once) as act:
        question = Question.objects.filter(pathway=act.case, pk=question_id, to_service=actor.service_id).first()
        if question is None:
            raise Refused("question_of_another", _("Dette spørsmålet er ikke stilt til tjenesten din."))
        kind = InformationKind(question.kind)
        may_answer = sharing.may_answer(act.before, service=str(actor.service_id), kind=kind, on=act.today)
        asks_how = question.sort == QuestionSort.STATUS
        refuse(
            {
                "says": _("Spørsmålet er alt besvart.")
                if QuestionAnswer.objects.filter(question=question).exists()
                else (NOT_SHARED if says is AnswerSays.ANSWERED and not may_answer else None),
                "goes": _("Velg hvordan det går.") if asks_how and says is AnswerSays.ANSWERED and not goes else None,
                "text": {
                    AnswerSays.ANSWERED: _("Skriv svaret, om enn kort."),
                    AnswerSays.CANNOT: _("Skriv hvorfor dere ikke kan svare, uten helseopplysninger."),
                    AnswerSays.NOTHING_KNOWN: None,
                }[says]
                if not text.strip()
                else None,
            }
        )
        given = QuestionAnswer.objects.create(
            **act.row(kind),
            question=question,
            answered_on=act.today,
            says=says,
            goes=(goes or "") if asks_how else "",
            text=text,
            further=further,
            wants_meeting=wants_meeting,
        )
        notices.answered(act, question.pk)
        act.record("question.answered", kind=kind, subject=question.pk, data={"says": str(says)})
    return given
