"""The basis for assessment as one actor may see it: what the child said first, then everything weighed with it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from grunnmur.cases import access, target_group
from grunnmur.cases.access import Row
from grunnmur.cases.definition import definitions
from grunnmur.cases.definition_shapes import Criterion
from grunnmur.cases.models import (
    AssessedCriterion,
    Assessment,
    Conversation,
    InformationReceived,
    InformationRequest,
    Observation,
    OwnWords,
)
from grunnmur.cases.models.base import PathwayRow
from grunnmur.cases.queries import besides, remarks
from grunnmur.cases.queries.case import HIDDEN, Case, get_case
from grunnmur.cases.queries.child import notes_of
from grunnmur.cases.queries.remarks import Remarked
from grunnmur.cases.terms import AssessmentOutcome, BesideSort, ChildParticipation, HealthArea, ObservationKind
from grunnmur.directory import nearby
from grunnmur.directory.kinds import ServiceKind
from grunnmur.directory.nearby import ServiceChoice
from grunnmur.directory.sessions import Actor


@dataclass(frozen=True, slots=True)
class Said:
    """What the child said in its own words."""

    id: UUID
    on: date
    words: str
    written_by: str


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation about health."""

    on: date
    with_whom: str
    """`child`, `parents` or `both`."""
    areas: tuple[HealthArea, ...]
    summary: str
    participation: ChildParticipation | None
    written_by: str
    remarked: Remarked


@dataclass(frozen=True, slots=True)
class Received:
    """Information that came in."""

    on: date
    from_whom: str
    summary: str
    remarked: Remarked


@dataclass(frozen=True, slots=True)
class Asked:
    """Information asked for, with what came of it."""

    id: UUID
    on: date
    from_whom: str
    about: str
    ground: str
    answers: tuple[Received, ...]
    days: int
    """How many days ago it was asked for."""

    @property
    def is_answered(self) -> bool:
        return bool(self.answers)


@dataclass(frozen=True, slots=True)
class Seen:
    """A factor or a sign, its code in words."""

    kind: ObservationKind
    code: str
    label: str
    on: date
    source: str
    note: str
    remarked: Remarked


@dataclass(frozen=True, slots=True)
class Decided:
    """One assessment with the criteria found present and the facts behind each."""

    on: date
    outcome: AssessmentOutcome
    reason: str
    criteria: tuple[tuple[Criterion, str], ...]
    participation: ChildParticipation
    participation_note: str
    written_by: str
    remarked: Remarked


@dataclass(frozen=True, slots=True)
class Basis:
    """Everything weighed before the decision; newest first."""

    case: Case
    own_words: tuple[Said, ...]
    talks: tuple[Talk, ...]
    asked: tuple[Asked, ...]
    unasked: tuple[Received, ...]
    """Information that came without being asked for."""
    seen: tuple[Seen, ...]
    decided: tuple[Decided, ...]

    @property
    def unanswered(self) -> tuple[Asked, ...]:
        return tuple(item for item in self.asked if not item.is_answered)

    def seen_as(self, kind: str) -> tuple[Seen, ...]:
        """The factors or signs of one kind."""
        return tuple(item for item in self.seen if item.kind == kind)


def basis(actor: Actor, pathway_id: UUID, *, page: str = "basis") -> Basis:
    """The whole basis, in a fixed number of queries whatever it holds. Raises NotVisible.

    Raises Refused for a service that only takes part: what is weighed is the owner's own work. The child's own words
    it reads where they are read first, in the meetings.
    """
    case = get_case(actor, pathway_id, page=page)
    if not case.is_owner:
        raise access.Refused("owner_only", access.OWNER_DECIDES)
    return of_case(case)


def of_case(case: Case) -> Basis:
    """The basis of a case that has been looked up, and whose look has been logged."""
    own_words = _newest(case, OwnWords.objects.all(), "-said_on")
    talks = _newest(case, Conversation.objects.all(), "-held_on")
    requests = _newest(case, InformationRequest.objects.all(), "-asked_on")
    received = _newest(case, InformationReceived.objects.all(), "-received_on")
    seen = _newest(case, Observation.objects.all(), "-seen_on")
    decided = _newest(case, Assessment.objects.all(), "-decided_on")
    criteria = _newest(case, AssessedCriterion.objects.all(), "criterion")
    who = case.writers((*own_words, *talks, *decided))
    remarked = remarks.of_case(case)
    answers: dict[UUID | None, list[Received]] = {}
    for item in received:
        answers.setdefault(item.request_id, []).append(
            Received(item.received_on, _whom(case, item.from_whom), item.summary, remarked(item))
        )
    found: dict[UUID, list[tuple[Criterion, str]]] = {}
    known = {item.key: item for item in (*definitions().criteria, *case.edition.criteria)}
    for criterion in criteria:
        found.setdefault(criterion.assessment_id, []).append((known[criterion.criterion], criterion.facts))
    return Basis(
        case=case,
        own_words=tuple(
            Said(row.pk, row.said_on, row.words, who.get(str(row.recorded_by_id), "")) for row in own_words
        ),
        talks=tuple(
            Talk(
                on=row.held_on,
                with_whom=row.with_whom,
                areas=tuple(HealthArea(area) for area in row.health_areas),
                summary=row.summary,
                participation=ChildParticipation(row.participation) if row.participation else None,
                written_by=who.get(str(row.recorded_by_id), ""),
                remarked=remarked(row),
            )
            for row in talks
        ),
        asked=tuple(
            Asked(
                id=row.pk,
                on=row.asked_on,
                from_whom=_whom(case, row.from_whom),
                about=row.about,
                ground=row.ground,
                answers=tuple(answers.get(row.pk, ())),
                days=(case.today - row.asked_on).days,
            )
            for row in requests
        ),
        unasked=tuple(answers.get(None, ())),
        seen=tuple(_seen(case, seen, remarked=remarked)),
        decided=tuple(
            Decided(
                on=row.decided_on,
                outcome=AssessmentOutcome(row.outcome),
                reason=row.reason,
                criteria=tuple(found.get(row.pk, ())),
                participation=ChildParticipation(row.participation),
                participation_note=row.participation_note,
                written_by=who.get(str(row.recorded_by_id), ""),
                remarked=remarked(row),
            )
            for row in decided
        ),
    )


def _newest(case: Case, rows: QuerySet[Row], order: str) -> list[Row]:
    return list(access.visible_to(case.actor, rows.filter(pathway=case.pathway)).order_by(order, "-recorded_at"))


def _whom(case: Case, text: str) -> str:
    """Whom somebody asked or heard from: a school or a doctor says where the child is."""
    return text if case.tells_services else str(HIDDEN)


def _seen(case: Case, rows: Iterable[Observation], *, remarked: Callable[[PathwayRow], Remarked]) -> Iterable[Seen]:
    words = code_labels()
    for row in rows:
        yield Seen(
            kind=ObservationKind(row.observation),
            code=row.code,
            label=words.get(row.code, row.code),
            on=row.seen_on,
            source=_whom(case, row.source),
            note=row.note,
            remarked=remarked(row),
        )


# --- the codes -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CodeGroup:
    """Codes under one heading."""

    label: str
    codes: tuple[tuple[str, str], ...]


def code_labels() -> dict[str, str]:
    """Every code in words, also those no longer in use."""
    model = definitions().knowledge_model
    factors = {code.code: code.label for area in model.areas for topic in area.topics for code in topic.codes}
    return factors | {sign.key: sign.label for sign in model.signs}


def code_groups(kind: ObservationKind, *, on: date) -> tuple[CodeGroup, ...]:
    """The codes that can be chosen on a day, grouped as their source groups them."""
    model = definitions().knowledge_model
    if kind is ObservationKind.WORRY_SIGN:
        return tuple(
            CodeGroup(group.label, tuple((sign.key, sign.label) for sign in group.signs)) for group in model.worry_signs
        )
    groups = (
        CodeGroup(
            f"{area.label}: {topic.label.lower()}",
            tuple((code.code, code.label) for code in topic.codes if code.is_valid(on)),
        )
        for area in model.areas
        for topic in area.topics
    )
    return tuple(group for group in groups if group.codes)


# --- what the assessment page needs beside it -------------------------------------------------------------------


def suggestions(case: Case) -> dict[str, str]:
    """Criterion → why notes of concern, or a health mapping's report, point to it. A hint, never a decision (A4)."""
    notes = notes_of(case.actor, case.child)
    found = {item.criterion: item.because for item in target_group.suggested_criteria(notes, case.today)}
    for fact in besides.standing(besides.list_besides(case)):
        if fact.sort is BesideSort.MAPPING_RECOMMENDS:
            words = {"day": f"{fact.on:%d.%m.%Y}", "what": fact.says}
            found[besides.RECOMMENDED] = _("Rapporten %(day)s anbefaler: %(what)s") % words
    return found


def acute_services(case: Case) -> tuple[ServiceChoice, ...]:
    """The mental health service for children (BUP) near the child, with its phone; empty when none is known."""
    found = nearby.of_kind(ServiceKind.CAMHS, municipality=case.actor.municipality, on=case.today)
    return tuple(one for one in found if one.phone)
