"""What services ask each other in a case, and the answers, as one actor may see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from grunnmur import alphabet
from grunnmur.cases import access, next_step, rounds, sharing
from grunnmur.cases.models import Question, QuestionAnswer, RoundConcluded, StatusRound
from grunnmur.cases.queries import receiving
from grunnmur.cases.queries.case import Case, get_case
from grunnmur.cases.rounds import Together
from grunnmur.cases.terms import AnswerSays, HowItGoes, InformationKind, QuestionSort
from grunnmur.directory.sessions import Actor


@dataclass(frozen=True, slots=True)
class Given:
    """The answer to a question."""

    on: date
    says: AnswerSays
    goes: HowItGoes | None
    text: str
    further: str
    wants_meeting: bool
    by: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One question and what came of it."""

    id: UUID
    sort: QuestionSort
    kind: InformationKind
    text: str
    asked_on: date
    answer_by: date
    by: str
    """Who asked, and for which service."""
    to: str
    is_mine: bool
    """Asked of the actor's own service."""
    is_late: bool
    waits: bool
    """Somebody can still answer: the service sees what it was asked."""
    may_tell: bool
    """Whether the service that was asked may tell child welfare what it knows."""
    answer: Given | None


@dataclass(frozen=True, slots=True)
class Round:
    """A status round: the answers side by side, what they come to, and what it led to."""

    id: UUID
    started_on: date
    answer_by: date
    asked: tuple[Asked, ...]
    together: Together
    concluded_on: date | None
    summary: str
    calls_meeting: bool


@dataclass(frozen=True, slots=True)
class Questions:
    """All of them: those that wait for the actor's service, those that wait for others, and those that are answered.

    The questions of a status round stand in it; those that wait for the actor's own service stand among `ours` too.
    """

    case: Case
    ours: tuple[Asked, ...]
    others: tuple[Asked, ...]
    past: tuple[Asked, ...]
    rounds: tuple[Round, ...]
    """Newest first."""

    def get(self, question_id: UUID) -> Asked:
        """One of them. Raises NotVisible."""
        for one in (*self.ours, *self.others, *self.past, *(one for each in self.rounds for one in each.asked)):
            if one.id == question_id:
                return one
        raise access.NotVisible


def get_questions(actor: Actor, pathway_id: UUID, *, page: str = "questions") -> Questions:
    """Every question of the case, in a fixed number of queries. Raises NotVisible."""
    case = get_case(actor, pathway_id, page=page)
    rows = list(
        access.visible_to(actor, Question.objects.filter(pathway=case.pathway)).order_by("answer_by", "recorded_at")
    )
    receiving.shown(actor, (row.pk for row in rows if row.to_service_id == actor.service_id))
    answers = {
        row.question_id: row
        for row in access.visible_to(actor, QuestionAnswer.objects.filter(pathway=case.pathway, question__in=rows))
    }
    services = case.services([*(row.to_service_id for row in rows), *(row.author_service_id for row in rows)])
    writers = case.writers([*rows, *answers.values()])

    def given(row: QuestionAnswer) -> Given:
        return Given(
            on=row.answered_on,
            says=AnswerSays(row.says),
            goes=HowItGoes(row.goes) if row.goes else None,
            text=row.text,
            further=row.further,
            wants_meeting=row.wants_meeting,
            by=writers.get(str(row.recorded_by_id), ""),
        )

    def asked(row: Question) -> Asked:
        kind = InformationKind(row.kind)
        service = str(row.to_service_id)
        answer = answers.get(row.pk)
        waits = answer is None and sharing.may_ask(case.facts, service=service, kind=kind, on=case.today)
        return Asked(
            id=row.pk,
            sort=QuestionSort(row.sort),
            kind=kind,
            text=row.text,
            asked_on=row.asked_on,
            answer_by=row.answer_by,
            by=f"{writers.get(str(row.recorded_by_id), '')}, {services.get(str(row.author_service_id), '')}".strip(
                ", "
            ),
            to=services.get(service, ""),
            is_mine=row.to_service_id == actor.service_id,
            is_late=waits and row.answer_by < case.today,
            waits=waits,
            may_tell=sharing.may_answer(case.facts, service=service, kind=kind, on=case.today),
            answer=given(answer) if answer else None,
        )

    everything = [asked(row) for row in rows]
    of_round: dict[UUID | None, list[Asked]] = {}
    for row, one in zip(rows, everything, strict=True):
        of_round.setdefault(row.round_id, []).append(one)
    found = of_round.pop(None, [])
    waiting = [one for one in everything if one.answer is None and (one.is_mine or one in found)]
    return Questions(
        case=case,
        ours=tuple(one for one in waiting if one.is_mine),
        others=tuple(one for one in waiting if not one.is_mine),
        past=tuple(sorted((one for one in found if one.answer), key=lambda one: one.answer.on, reverse=True)),  # type: ignore[union-attr]
        rounds=_rounds(case, of_round),
    )


def _rounds(case: Case, asked: Mapping[UUID | None, list[Asked]]) -> tuple[Round, ...]:
    """The status rounds as the actor may see them."""
    rows = access.visible_to(case.actor, StatusRound.objects.filter(pathway=case.pathway)).order_by("-recorded_at")
    concluded = {
        row.round_id: row for row in access.visible_to(case.actor, RoundConcluded.objects.filter(pathway=case.pathway))
    }
    facts = {one.id: one for one in case.facts.questions}
    found = []
    for row in rows:
        questions = asked.get(row.pk, [])
        end = concluded.get(row.pk)
        found.append(
            Round(
                id=row.pk,
                started_on=row.started_on,
                answer_by=row.answer_by,
                asked=tuple(questions),
                together=rounds.put_together(facts[str(one.id)] for one in questions if str(one.id) in facts),
                concluded_on=end.concluded_on if end else None,
                summary=end.summary if end else "",
                calls_meeting=bool(end and end.calls_meeting),
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Receiver:
    """A service that can be asked, and what it can be asked about."""

    id: UUID
    name: str
    kinds: InformationKind


def list_receivers(case: Case) -> tuple[Receiver, ...]:
    """The services that take part, other than the actor's own, each with what both it and the actor see."""
    names = case.services(next_step.taking_part(case.facts, on=case.today) - {str(case.actor.service_id)})
    found = []
    for service, name in names.items():
        kinds = InformationKind(0)
        for kind in sharing.ASKED_ABOUT & case.kinds:
            if sharing.may_ask(case.facts, service=service, kind=kind, on=case.today):
                kinds |= kind
        if kinds:
            found.append(Receiver(UUID(service), name, kinds))
    return tuple(sorted(found, key=lambda one: alphabet.order(one.name)))
