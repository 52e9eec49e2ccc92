"""Where a child is in the pathway, derived from facts; and the few stored statuses with what leads between them.

Pure: no database. `Facts` is everything about one case that rules need: codes, ids and dates, never a text.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from grunnmur.cases.consent import Carer, CareSpell, ConsentFact, Period, Signature, Situation
from grunnmur.cases.terms import (
    AssessmentOutcome,
    CareBasis,
    ConsentAnswer,
    ConsentPurpose,
    HealthArea,
    HowItGoes,
    InformationKind,
    MappingState,
    MeetingKind,
    PathwayStatus,
    QuestionSort,
    ReferralAnswerKind,
    SignatoryKind,
    TaskState,
)

# Every change of stored status, on one screen: from → act → to.
TRANSITIONS: dict[tuple[PathwayStatus, str], PathwayStatus] = {
    (PathwayStatus.UNDER_ASSESSMENT, "start"): PathwayStatus.UNDER_WAY,
    (PathwayStatus.UNDER_ASSESSMENT, "do_not_start"): PathwayStatus.NOT_STARTED,
    (PathwayStatus.UNDER_WAY, "close"): PathwayStatus.CLOSED,
    (PathwayStatus.NOT_STARTED, "reactivate"): PathwayStatus.UNDER_ASSESSMENT,
    (PathwayStatus.CLOSED, "reactivate"): PathwayStatus.UNDER_WAY,
}
OPEN = frozenset({PathwayStatus.UNDER_ASSESSMENT, PathwayStatus.UNDER_WAY})


@dataclass(frozen=True, slots=True)
class ConversationFact:
    with_whom: str
    held_on: date


@dataclass(frozen=True, slots=True)
class RequestFact:
    id: str
    service: str | None
    asked_on: date
    is_answered: bool


@dataclass(frozen=True, slots=True)
class QuestionFact:
    id: str
    sort: QuestionSort
    kind: InformationKind
    from_service: str
    to_service: str
    asked_on: date
    answer_by: date
    answered_on: date | None
    goes: HowItGoes | None = None
    wants_meeting: bool = False
    round: str | None = None


@dataclass(frozen=True, slots=True)
class RoundFact:
    id: str
    started_on: date
    answer_by: date
    concluded_on: date | None = None
    calls_meeting: bool = False


@dataclass(frozen=True, slots=True)
class AssessmentFact:
    id: str
    outcome: AssessmentOutcome
    decided_on: date
    criteria: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InvitationFact:
    service: str
    answer: str | None


@dataclass(frozen=True, slots=True)
class MeetingFact:
    id: str
    meeting: MeetingKind
    starts_at: datetime
    called_on: date
    held_on: date | None
    is_off: bool
    """Cancelled, or moved to another meeting."""
    invitations: tuple[InvitationFact, ...]

    @property
    def is_pending(self) -> bool:
        return self.held_on is None and not self.is_off


@dataclass(frozen=True, slots=True)
class TaskFact:
    id: str
    service: str | None
    """None when a person around the child does it."""
    set_on: date
    due_on: date | None
    state: TaskState

    @property
    def is_open(self) -> bool:
        return self.state in (TaskState.AGREED, TaskState.UNDER_WAY)


@dataclass(frozen=True, slots=True)
class MappingFact:
    id: str
    area: HealthArea
    service: str | None
    asked_on: date
    due_on: date | None
    state: MappingState
    since: date
    conclusion: str
    step: str | None = None
    """The row that says so; None when it has only been asked for."""

    @property
    def is_open(self) -> bool:
        return self.state in (MappingState.ASKED, MappingState.ACCEPTED, MappingState.UNDER_WAY)


@dataclass(frozen=True, slots=True)
class ReferralFact:
    id: str
    area: HealthArea
    from_service: str
    to_service: str
    received_on: date
    is_urgent: bool
    answer: ReferralAnswerKind | None
    answered_on: date | None
    treatment_deadline: date | None
    is_followed: bool
    """A newer referral follows this one."""
    answer_id: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """One case as its rules see it."""

    pathway: str
    edition: str
    status: PathwayStatus
    owner: str
    contact_person: str
    opened_on: date
    version: int
    situation: Situation
    conversations: tuple[ConversationFact, ...] = ()
    requests: tuple[RequestFact, ...] = ()
    questions: tuple[QuestionFact, ...] = ()
    rounds: tuple[RoundFact, ...] = ()
    assessments: tuple[AssessmentFact, ...] = ()
    consents: tuple[ConsentFact, ...] = ()
    meetings: tuple[MeetingFact, ...] = ()
    polls_over: frozenset[str] = frozenset()
    """Ids of what was asked about times that a meeting came of, or that other times were asked about instead."""
    tasks: tuple[TaskFact, ...] = ()
    mappings: tuple[MappingFact, ...] = ()
    referrals: tuple[ReferralFact, ...] = ()
    closed_on: date | None = None
    closed_at: datetime | None = None
    reactivated_on: date | None = None
    moved_on: date | None = None
    spells: tuple[tuple[datetime, datetime | None], ...] = field(default=())
    """When the case has been open, as half-open periods: outside them only the owner sees it."""
    withheld: frozenset[tuple[str, str]] = frozenset()
    """Row and service: rows that are kept from a service that takes part, or from somebody in it."""
    is_partly_taken: bool = False
    """Whether something of the child is taken from the one who reads this."""

    @property
    def started(self) -> AssessmentFact | None:
        """The newest decision to start."""
        starts = [item for item in self.assessments if item.outcome is AssessmentOutcome.START]
        return starts[-1] if starts else None

    def meetings_of(self, kind: MeetingKind) -> tuple[MeetingFact, ...]:
        """The meetings of one kind that were not called off, oldest first."""
        return tuple(item for item in self.meetings if item.meeting is kind and not item.is_off)

    @property
    def open_mappings(self) -> tuple[MappingFact, ...]:
        """The mappings that someone is to do. Of each health area only the newest counts: it took over."""
        newest = {item.area: item for item in self.mappings}
        return tuple(item for item in newest.values() if item.is_open)

    def open_things(self) -> tuple[str, ...]:
        """Ids of the tasks, mappings and referrals that someone must carry on with if the case closes now."""
        return (
            *(item.id for item in self.tasks if item.is_open),
            *(item.id for item in self.open_mappings),
            *(item.id for item in self.referrals if is_referral_open(item)),
        )


def is_referral_open(referral: ReferralFact) -> bool:
    """Whether someone still has to act: unanswered, or returned without a new one sent."""
    if referral.is_followed:
        return False
    return referral.answer in (None, ReferralAnswerKind.RETURNED)


def next_status(status: PathwayStatus, act: str) -> PathwayStatus | None:
    """The status that an act leads to, or None when the act does not change status from here."""
    return TRANSITIONS.get((status, act))


# --- phases --------------------------------------------------------------------------------------------------


class PhaseState(StrEnum):
    """How far a phase has come; several may be under way at once, for the order is not forced (S3, Anna)."""

    AHEAD = "ahead"
    NOW = "now"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase of one case."""

    number: int
    state: PhaseState
    since: date | None


def phases(facts: Facts) -> tuple[Phase, ...]:
    """Phases 1 to 5 of one case. Phase 0 is somebody else's initiative, and is shown where there is one."""
    start = facts.started
    startup = facts.meetings_of(MeetingKind.OPPSTARTSMOTE)
    status_meetings = facts.meetings_of(MeetingKind.STATUSMOTE)
    mappings = [item for item in facts.mappings if item.service]
    has_work = bool(mappings or facts.referrals)
    is_work_open = bool(facts.open_mappings) or any(map(is_referral_open, facts.referrals))
    is_closed = facts.status is PathwayStatus.CLOSED
    decided = facts.assessments[-1] if facts.assessments else None

    def phase(number: int, *, begun: bool, finished: bool, since: date | None) -> Phase:
        if (finished and begun) or (is_closed and begun):
            return Phase(number, PhaseState.DONE, since)
        return Phase(number, PhaseState.NOW if begun else PhaseState.AHEAD, since)

    return (
        phase(
            1,
            begun=True,
            finished=facts.status is not PathwayStatus.UNDER_ASSESSMENT,
            since=decided.decided_on if decided else facts.opened_on,
        ),
        phase(
            2,
            begun=start is not None,
            finished=any(item.held_on for item in startup) and bool(facts.tasks),
            since=start.decided_on if start else None,
        ),
        phase(
            3,
            begun=has_work,
            finished=not is_work_open,
            since=min(
                [*(item.asked_on for item in mappings), *(item.received_on for item in facts.referrals)],
                default=None,
            ),
        ),
        phase(
            4,
            begun=bool(status_meetings),
            finished=bool(status_meetings) and not any(item.is_pending for item in status_meetings),
            since=status_meetings[0].called_on if status_meetings else None,
        ),
        Phase(5, PhaseState.DONE if is_closed else PhaseState.AHEAD, facts.closed_on if is_closed else None),
    )


PHASE_OF_MEETING: dict[MeetingKind, int] = {
    MeetingKind.AVKLARINGSMOTE: 1,
    MeetingKind.OPPSTARTSMOTE: 2,
    MeetingKind.STATUSMOTE: 4,
}
"""The phase that a meeting belongs to, in both editions."""


def phase_on(found: Iterable[Phase], day: date) -> int:
    """The last phase that had begun on a day; the first when none had, for it begins with the case."""
    begun = (one.number for one in found if one.since and one.since <= day and one.state is not PhaseState.AHEAD)
    return max(begun, default=1)


def talks_count_from(facts: Facts, phase: int) -> date:
    """The first day whose conversations are about what is decided in a phase: since the last decision before a new
    assessment, and else since the newest phase before it began. Which they are is our own choice."""
    if phase == 1:
        return max((item.decided_on for item in facts.assessments), default=date.min)
    begun = [
        one.since for one in phases(facts) if one.number < phase and one.since and one.state is not PhaseState.AHEAD
    ]
    return max(begun, default=date.min)


def current(found: Iterable[Phase]) -> int | None:
    """The phase where a case is: the first under way. One that began before the one it follows is under way too."""
    return next((phase.number for phase in found if phase.state is PhaseState.NOW), None)


def needs_assessment(*, in_target_group_since: date | None, decided_on: date | None, has_open_pathway: bool) -> bool:
    """Whether a child in the target group has not yet been assessed since it came into the group (S3: all shall be)."""
    if in_target_group_since is None or has_open_pathway:
        return False
    return decided_on is None or decided_on < in_target_group_since


# --- from the database's own reading of a case ---------------------------------------------------------------


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _instant(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _until(start: date, end: date | None) -> tuple[Period, ...]:
    return (Period(start, end),) if end else ()


def _since(start: date | None) -> tuple[Period, ...]:
    return (Period(start, None),) if start else ()


def facts_from(data: Mapping[str, Any]) -> Facts:
    """Facts from `sec.facts_of`, which gives codes, ids and ISO dates as JSON."""
    carers: dict[str, list[Mapping[str, Any]]] = {}
    for row in data["carers"]:
        carers.setdefault(row["id"], []).append(row)
    situation = Situation(
        born_on=date.fromisoformat(data["born_on"]),
        carers=tuple(
            Carer(
                id=key,
                kind=SignatoryKind(rows[0]["kind"]),
                periods=tuple(Period(date.fromisoformat(row["from"]), _day(row["until"])) for row in rows),
            )
            for key, rows in carers.items()
        ),
        care=tuple(
            CareSpell(CareBasis(row["basis"]), Period(date.fromisoformat(row["from"]), _day(row["until"])))
            for row in data["care"]
        ),
        cannot_form_views=_until(date.fromisoformat(data["born_on"]), _day(data["cannot_form_views_until"])),
        lacks_decision_competence=_since(_day(data["lacks_decision_competence_from"])),
    )
    return Facts(
        pathway=data["pathway"],
        edition=data["edition"],
        status=PathwayStatus(data["status"]),
        owner=data["owner"],
        contact_person=data["contact_person"],
        opened_on=date.fromisoformat(data["opened_on"]),
        version=data["version"],
        situation=situation,
        conversations=tuple(
            ConversationFact(row["with"], date.fromisoformat(row["on"])) for row in data["conversations"]
        ),
        requests=tuple(
            RequestFact(row["id"], row["service"], date.fromisoformat(row["on"]), row["answered"])
            for row in data["requests"]
        ),
        questions=tuple(
            QuestionFact(
                id=row["id"],
                sort=QuestionSort(row["sort"]),
                kind=InformationKind(row["kind"]),
                from_service=row["from"],
                to_service=row["to"],
                asked_on=date.fromisoformat(row["asked_on"]),
                answer_by=date.fromisoformat(row["answer_by"]),
                answered_on=_day(row["answered_on"]),
                goes=HowItGoes(row["goes"]) if row["goes"] else None,
                wants_meeting=bool(row["wants_meeting"]),
                round=row["round"],
            )
            for row in data["questions"]
        ),
        rounds=tuple(
            RoundFact(
                row["id"],
                date.fromisoformat(row["started_on"]),
                date.fromisoformat(row["answer_by"]),
                _day(row["concluded_on"]),
                bool(row["calls_meeting"]),
            )
            for row in data["rounds"]
        ),
        assessments=tuple(
            AssessmentFact(
                row["id"], AssessmentOutcome(row["outcome"]), date.fromisoformat(row["on"]), tuple(row["criteria"])
            )
            for row in data["assessments"]
        ),
        consents=tuple(
            ConsentFact(
                id=row["id"],
                purpose=ConsentPurpose(row["purpose"]),
                recipient=row["recipient"],
                kinds=InformationKind(row["kinds"]),
                signatures=tuple(
                    Signature(item["who"], ConsentAnswer(item["answer"]), date.fromisoformat(item["on"]))
                    for item in row["signatures"]
                ),
                valid_from=date.fromisoformat(row["from"]),
                valid_until=date.fromisoformat(row["until"]),
                withdrawn_at=_instant(row["withdrawn_at"]),
            )
            for row in data["consents"]
        ),
        meetings=tuple(
            MeetingFact(
                id=row["id"],
                meeting=MeetingKind(row["meeting"]),
                starts_at=datetime.fromisoformat(row["starts_at"]),
                called_on=date.fromisoformat(row["called_on"]),
                held_on=_day(row["held_on"]),
                is_off=row["off"],
                invitations=tuple(InvitationFact(item["service"], item["answer"]) for item in row["invitations"]),
            )
            for row in data["meetings"]
        ),
        polls_over=frozenset(data["polls_over"]),
        tasks=tuple(
            TaskFact(
                row["id"],
                row["service"],
                date.fromisoformat(row["set_on"]),
                _day(row["due"]),
                TaskState(row["state"]),
            )
            for row in data["tasks"]
        ),
        mappings=tuple(
            MappingFact(
                id=row["id"],
                area=HealthArea(row["area"]),
                service=row["service"],
                asked_on=date.fromisoformat(row["asked_on"]),
                due_on=_day(row["due_on"]),
                state=MappingState(row["state"]),
                since=date.fromisoformat(row["since"]),
                conclusion=row["conclusion"] or "",
                step=row["step"],
            )
            for row in data["mappings"]
        ),
        referrals=tuple(
            ReferralFact(
                id=row["id"],
                area=HealthArea(row["area"]),
                from_service=row["from"],
                to_service=row["to"],
                received_on=date.fromisoformat(row["received_on"]),
                is_urgent=row["urgent"],
                answer=ReferralAnswerKind(row["answer"]) if row["answer"] else None,
                answered_on=_day(row["answered_on"]),
                treatment_deadline=_day(row["deadline"]),
                is_followed=row["followed"],
                answer_id=row["answer_id"],
            )
            for row in data["referrals"]
        ),
        closed_on=_day(data["closed_on"]),
        closed_at=_instant(data["closed_at"]),
        reactivated_on=_day(data["reactivated_on"]),
        moved_on=_day(data["moved_on"]),
        spells=tuple((datetime.fromisoformat(row["from"]), _instant(row["until"])) for row in data["spells"]),
        withheld=frozenset((row[0], row[1]) for row in data["withheld"]),
        is_partly_taken=data["is_partly_taken"],
    )
