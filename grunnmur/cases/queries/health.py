"""Phase 3 as one actor may see it: each health area with its mappings, its referrals, and what sets each deadline."""

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID, uuid5

from django.db.models import Q
from django.utils.translation import gettext as _

from grunnmur import alphabet, clock
from grunnmur.cases import access, age, deadlines, outcome, sharing
from grunnmur.cases import models as rows
from grunnmur.cases.access import NotVisible
from grunnmur.cases.definition import Instrument, definitions
from grunnmur.cases.informants import Line, View, Who
from grunnmur.cases.lifecycle import MappingFact, ReferralFact
from grunnmur.cases.models.base import PathwayRow
from grunnmur.cases.next_step import Step
from grunnmur.cases.outcome import Outcome
from grunnmur.cases.queries import receiving, remarks
from grunnmur.cases.queries.case import HIDDEN_PERSON, Case, get_case
from grunnmur.cases.queries.remarks import Remarked
from grunnmur.cases.terms import (
    AddressProtection,
    ChildParticipation,
    FileSort,
    HealthArea,
    Informant,
    InformationKind,
    LineSort,
    LocalFollowUp,
    MappingConclusion,
    MappingState,
    NoReason,
    PathwayStatus,
    ReferralAnswerKind,
    Severity,
)
from grunnmur.directory import nearby
from grunnmur.directory.kinds import TAKES_REFERRALS
from grunnmur.directory.models import Service
from grunnmur.directory.nearby import ServiceChoice
from grunnmur.directory.sessions import Actor
from grunnmur.working_days import working_days_between

Thing = TypeVar("Thing", "MappingRow", "ReferralRow", "MappingRow | ReferralRow")


@dataclass(frozen=True, slots=True)
class Due:
    """The last day of something, and what sets it."""

    on: date
    set_by: str
    """Such as «10 virkedager fra mottatt henvisning (pbrl § 2-2 a)»; empty when the services agreed on the date."""
    is_late: bool


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of a mapping, whose readers the writer chose."""

    id: UUID
    sort: LineSort
    text: str
    for_everybody: bool
    on: date
    written_by: str


@dataclass(frozen=True, slots=True)
class ReportRow:
    """How one informant saw it, and how the service asked."""

    id: UUID
    on: date
    line: Line
    instrument: str
    """Its name; empty for a talk or an examination."""
    is_other_age: bool
    """The instrument is made for children of another age than the child had that day."""
    severity: Severity | None
    says: str
    written_by: str


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file, without what is in it."""

    id: UUID
    about: str
    sort: FileSort
    size: int
    on: date
    written_by: str
    is_for_readers: bool
    """Whether those alone are given it who may read where the child is."""

    @property
    def kilobytes(self) -> int:
        return max(1, round(self.size / 1000))


@dataclass(frozen=True, slots=True)
class MappingRow:
    """One mapping: who was asked what, how far it has come, and what it led to."""

    id: UUID
    service_id: str
    """Empty when the area was assessed as not indicated."""
    service: str
    asked_by: str
    asked_on: date
    question: str
    participation: ChildParticipation | None
    state: MappingState
    since: date
    due: Due | None
    conclusion: MappingConclusion | None
    severity: Severity | None
    local_follow_up: LocalFollowUp | None
    findings: str
    """What was found; for an area that is not indicated, why."""
    lines: tuple[LineRow, ...]
    files: tuple[FileRow, ...]
    is_ours: bool
    """The actor's service was asked for it."""
    may_attach: bool
    written_by: str
    is_mine: bool
    """The actor's service is asked, and has not finished."""
    may_report: bool
    """The actor's service may write how somebody sees it, also when the mapping is concluded."""
    is_lost: bool
    """Nobody has it in hand: the asked service no longer sees the area."""
    remarked: Remarked

    @property
    def is_open(self) -> bool:
        return self.state in (MappingState.ASKED, MappingState.ACCEPTED, MappingState.UNDER_WAY)


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """What became of a referral."""

    id: UUID
    kind: ReferralAnswerKind
    on: date
    written_at: datetime
    working_days: int
    """How long it took, in working days; the law gives ten."""
    written_by: str
    """The service that wrote it down for the receiver; empty when the receiver did."""
    reason: str
    main_reason: NoReason | None
    missing: tuple[str, ...]
    missing_nynorsk: tuple[str, ...]
    advice: str
    starts_on: date | None
    deadline: date | None
    latest_start: Due | None
    """The last day that the law allows for the start, when its guarantee covers the child."""
    is_breached: bool
    complaint: Due | None


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """One referral and what has become of it."""

    id: UUID
    from_service: str
    to_service: str
    to_service_id: UUID
    is_to_me: bool
    sent_on: date
    is_urgent: bool
    question: str
    situation: str
    tried: str
    texts: Mapping[str, str]
    """What it says of each other part, by its key."""
    files: tuple[FileRow, ...]
    is_ours: bool
    """The actor's service sent it."""
    may_attach: bool
    is_renewed: bool
    written_by: str
    answer_due: Due
    answer: AnswerRow | None
    receiver_sees: bool
    writer: str
    """Who writes down the answer when the receiver does not see the case."""
    may_answer: bool
    may_follow: bool
    follows_id: UUID | None
    is_followed: bool
    remarked: Remarked

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """(what it is about, what it says) for each other part, in the order of the definition."""
        known = definitions().referral.parts
        return tuple((part.label, self.texts[part.key]) for part in known if part.key in self.texts)


@dataclass(frozen=True, slots=True)
class Part:
    """One row that belongs to a mapping or a referral, also when something newer has taken its place on the page."""

    id: UUID
    label: str
    on: date


@dataclass(frozen=True, slots=True)
class Area:
    """One health area of the case's edition."""

    id: UUID
    """Names the area of this one case in addresses, which must not tell what anyone looks at."""
    number: int
    area: HealthArea
    stand: str
    """Where it stands: a mapping's state, a referral's answer, or one of `referred`, `lost`, `declined`, `open`."""
    mappings: tuple[MappingRow, ...]
    reports: tuple[ReportRow, ...]
    """The newest first, whichever mapping they belong to."""
    referrals: tuple[ReferralRow, ...]
    belonging: tuple[Part, ...]
    """Every row that belongs to its mappings and referrals, each of which somebody in the family can be given."""
    may_ask: bool
    may_refer: bool

    @property
    def may_leave_out(self) -> bool:
        """Whether it makes sense to note that nothing points to a need: nobody has found one, or is looking."""
        return self.may_ask and self.stand in ("open", "lost", "declined", ReferralAnswerKind.REJECTED.value)

    @property
    def views(self) -> tuple[View, ...]:
        """How the informants saw it, for comparing."""
        return tuple(View(row.on, row.line, row.severity) for row in reversed(self.reports) if row.severity)

    @property
    def is_mapped(self) -> bool:
        return any(item.state is MappingState.CONCLUDED for item in self.mappings)

    @property
    def waits_for_me(self) -> bool:
        """Whether something in the area is the actor's to do."""
        return any(item.is_mine for item in self.mappings) or any(
            item.may_follow or (item.may_answer and item.answer is None) for item in self.referrals
        )


@dataclass(frozen=True, slots=True)
class Health:
    """The health areas that the actor may see, in the edition's order."""

    case: Case
    areas: tuple[Area, ...]
    told: tuple[LineRow, ...]
    """What everybody who takes part is told of areas that the actor does not see."""
    helpers: Mapping[HealthArea, tuple[ServiceChoice, ...]]
    """Whom the owner can ask instead, for the areas where a referral was rejected."""
    is_acute: bool
    """Started on an acute criterion, and nobody has been asked to help yet."""

    def area(self, area_id: UUID) -> Area:
        """One area of the case. Raises NotVisible for one the actor does not see."""
        found = next((area for area in self.areas if area.id == area_id), None)
        if found is None:
            raise NotVisible
        return found

    def mapping(self, mapping_id: UUID) -> tuple[Area, MappingRow]:
        """One mapping and its area. Raises NotVisible."""
        return self._one(lambda area: area.mappings, mapping_id)

    def referral(self, referral_id: UUID) -> tuple[Area, ReferralRow]:
        """One referral and its area. Raises NotVisible."""
        return self._one(lambda area: area.referrals, referral_id)

    def thing(self, item: UUID) -> tuple[Area, MappingRow | ReferralRow]:
        """One mapping or referral, as files belong to either, and its area. Raises NotVisible."""
        return self._one(lambda area: (*area.mappings, *area.referrals), item)

    def _one(self, rows_of: Callable[[Area], Iterable[Thing]], item: UUID) -> tuple[Area, Thing]:
        found = next(((area, row) for area in self.areas for row in rows_of(area) if row.id == item), None)
        if found is None:
            raise NotVisible
        return found

    def has_renewed(self, referral: ReferralRow) -> bool:
        """Whether this referral, or one that it follows, asked for a renewed assessment. That referrals which follow
        each other are about the same condition is our own reading."""
        rows_ = {row.id: row for area in self.areas for row in area.referrals}
        at: ReferralRow | None = referral
        while at is not None:
            if at.is_renewed:
                return True
            at = rows_.get(at.follows_id) if at.follows_id else None
        return False

    @property
    def noes_after_closing(self) -> frozenset[ReferralAnswerKind]:
        """What referrals were answered after the case was closed, when it was no yes, so that nobody waits for them."""
        closed_at = self.case.facts.closed_at
        if self.case.status is not PathwayStatus.CLOSED or closed_at is None:
            return frozenset()
        last = (row.answer for area in self.areas for row in area.referrals if not row.is_followed)
        late = {one.kind for one in last if one and one.written_at >= closed_at}
        return frozenset(late - {ReferralAnswerKind.RIGHT_GRANTED})


def get_health(actor: Actor, pathway_id: UUID, *, page: str = "health") -> Health:
    """Every health area that the actor may see, in a fixed number of queries whatever the case holds."""
    case = get_case(actor, pathway_id, page=page)
    mappings = list(
        access.visible_to(
            actor, rows.Mapping.objects.select_related("recorded_by").filter(pathway=pathway_id)
        ).order_by("recorded_at")
    )
    steps = list(
        access.visible_to(
            actor, rows.MappingStep.objects.select_related("recorded_by").filter(pathway=pathway_id)
        ).order_by("recorded_at")
    )
    referrals = list(
        access.visible_to(
            actor, rows.Referral.objects.select_related("recorded_by").filter(pathway=pathway_id)
        ).order_by("recorded_at")
    )
    answers = {
        row.referral_id: row for row in access.visible_to(actor, rows.ReferralAnswer.objects.filter(pathway=pathway_id))
    }
    lines = list(  # without their steps: one that is for everybody is read by those who do not see the step
        access.visible_to(
            actor, rows.MappingLine.objects.select_related("recorded_by").filter(pathway=pathway_id)
        ).order_by("recorded_at", "sort")
    )
    reports = list(
        access.visible_to(
            actor, rows.InformantReport.objects.select_related("recorded_by").filter(pathway=pathway_id)
        ).order_by("on", "recorded_at")
    )
    texts: dict[UUID, dict[str, rows.ReferralText]] = {}
    for text in access.visible_to(actor, rows.ReferralText.objects.filter(pathway=pathway_id)):
        texts.setdefault(text.referral_id, {})[text.part] = text
    files = list(
        access.visible_to(
            actor,
            rows.Attachment.objects.defer("content").select_related("recorded_by").filter(pathway=pathway_id),
        ).order_by("recorded_at", "pk")
    )
    asked = [row.pk for row in mappings if row.service_id == actor.service_id]
    receiving.shown(actor, [*asked, *(row.pk for row in referrals if row.to_service_id == actor.service_id)])
    written = _Names(
        case=case,
        services=case.services(
            [
                *(row.service_id for row in mappings),
                *(row.to_service_id for row in referrals),
                *(
                    row.author_service_id
                    for row in (*mappings, *steps, *lines, *reports, *referrals, *files, *answers.values())
                ),
                case.pathway.author_service_id,
            ]
        ),
        remarked=remarks.of_case(case),
    )
    kept: dict[UUID | None, list[FileRow]] = {}
    for file in files:
        kept.setdefault(file.mapping_id or file.referral_id, []).append(_file(file, written))
    by_mapping: dict[UUID, dict[str, LineRow]] = {}
    for line in lines:  # what is written later takes the place of what was written before
        by_mapping.setdefault(line.mapping_id, {})[line.sort] = _line(line, written)
    newest = {step.mapping_id: step for step in steps}
    mapped = _Mapped(mappings, steps, newest, lines, by_mapping, reports, kept)
    areas = tuple(_areas(case, mapped, _Referred(referrals, answers, texts, kept), written))
    return Health(
        case=case,
        areas=areas,
        helpers=_helpers(case, areas),
        told=tuple(
            row
            for mapping, by_sort in by_mapping.items()
            if mapping not in {row.pk for row in mappings}
            for row in by_sort.values()
        ),
        is_acute=case.is_owner and any(step.key == "act_now" for step in case.steps()),
    )


@dataclass(frozen=True, slots=True)
class _Names:
    case: Case
    services: Mapping[str, str]
    remarked: Callable[[PathwayRow], Remarked]

    def service(self, service_id: UUID | None) -> str:
        return self.services.get(str(service_id), "")

    def writer(self, row: PathwayRow) -> str:
        """The person, and where the person works."""
        if self.case.hides(row.author_service_id):
            return str(HIDDEN_PERSON)
        who = (row.recorded_by.name, self.service(row.author_service_id))
        return ", ".join(part for part in who if part)


@dataclass(frozen=True, slots=True)
class _Mapped:
    """The rows of mapping in a case, as they are looked up."""

    mappings: list[rows.Mapping]
    steps: list[rows.MappingStep]
    newest: Mapping[UUID, rows.MappingStep]
    lines: list[rows.MappingLine]
    newest_lines: Mapping[UUID, Mapping[str, LineRow]]
    """The newest of each sort, by the mapping."""
    reports: list[rows.InformantReport]
    files: Mapping[UUID | None, list[FileRow]]


@dataclass(frozen=True, slots=True)
class _Referred:
    """The rows of referral in a case."""

    referrals: list[rows.Referral]
    answers: Mapping[UUID, rows.ReferralAnswer]
    texts: Mapping[UUID, Mapping[str, rows.ReferralText]]
    files: Mapping[UUID | None, list[FileRow]]


def _areas(case: Case, found: _Mapped, sent: _Referred, written: _Names) -> Iterable[Area]:
    waiting = {step.subject: step for step in case.steps()}
    for number, item in enumerate(case.edition.health_areas, start=1):
        area = HealthArea(item.key)
        mapped = [
            _mapping(case, row, found, waiting.get(str(row.pk)), written)
            for row in found.mappings
            if row.health_area == area.value
        ]
        asked = {row.id for row in mapped}
        referred = [_referral(case, row, sent, written) for row in sent.referrals if row.health_area == area.value]
        if not (area.kind & case.kinds or mapped or referred):
            continue
        in_hand = any(row.is_open and not row.is_lost for row in mapped)
        yield Area(
            id=uuid5(case.pathway.pk, area.value),
            number=number,
            area=area,
            stand=_stand(mapped, referred),
            mappings=tuple(reversed(mapped)),
            reports=tuple(_report(case, row, written) for row in reversed(found.reports) if row.mapping_id in asked),
            referrals=tuple(reversed(referred)),
            belonging=tuple(
                sorted(
                    (*_of_mappings(found, asked), *_of_referrals(sent, {row.id for row in referred})),
                    key=lambda part: (part.on, part.label),
                )
            ),
            may_ask=not case.why_not("mappings.ask") and not in_hand,
            may_refer=not case.why_not("referrals.send") and may_share(case, area),
        )


def _of_mappings(found: _Mapped, mappings: Set[UUID]) -> Iterable[Part]:
    for step in found.steps:
        if step.mapping_id in mappings:
            says = step.findings or step.conclusion
            yield Part(step.pk, _("Funn og vurdering") if says else str(MappingState(step.state).label), step.on)
    for line in found.lines:
        if line.mapping_id in mappings:
            yield Part(line.pk, str(LineSort(line.sort).label), _day(line))
    for report in found.reports:
        if report.mapping_id in mappings:
            yield Part(report.pk, str(Informant(report.informant).label), report.on)
    yield from _of_files(found.files, mappings)


def _of_referrals(sent: _Referred, referrals: Set[UUID]) -> Iterable[Part]:
    for answer in sent.answers.values():
        if answer.referral_id in referrals:
            yield Part(answer.pk, _("Svar"), answer.answered_on)
    for key in referrals & sent.texts.keys():
        for part in definitions().referral.parts:
            if text := sent.texts[key].get(part.key):
                yield Part(text.pk, part.label[:1].upper() + part.label[1:], _day(text))
    yield from _of_files(sent.files, referrals)


def _of_files(files: Mapping[UUID | None, list[FileRow]], things: Set[UUID]) -> Iterable[Part]:
    return (Part(file.id, file.about, file.on) for key in things & files.keys() for file in files[key])


def _day(row: PathwayRow) -> date:
    return row.recorded_at.astimezone(clock.OSLO).date()


def may_share(case: Case, area: HealthArea) -> bool:
    """Whether the actor may note a referral about the area here: the owner, or a service with consent for it."""
    return case.is_owner or sharing.may_see(
        case.facts, service=str(case.actor.service_id), kind=area.kind, on=case.today
    )


def may_tell(case: Case, area: HealthArea) -> bool:
    """Whether the actor may tell child welfare what it finds in the area (hpl § 22); child welfare itself may."""
    return case.is_owner or sharing.may_tell(
        case.facts, service=str(case.actor.service_id), kind=area.kind, on=case.today
    )


def _may_attach(case: Case, service_id: UUID | None, area: HealthArea) -> bool:
    """Whether the actor may add a file to what a service does: its own, or any as a reader of a protected address."""
    is_theirs = case.tells_where if case.is_protected else service_id == case.actor.service_id
    return is_theirs and not case.why_not("attachments.add") and may_tell(case, area)


def _stand(mappings: list[MappingRow], referrals: list[ReferralRow]) -> str:
    """Where an area stands in one word: what somebody waits for goes before what is done."""
    current = [row for row in referrals if not row.is_followed]
    waiting = [row for row in current if row.answer is None or row.answer.kind is ReferralAnswerKind.RETURNED]
    if waiting:
        return waiting[-1].answer.kind.value if waiting[-1].answer else "referred"
    last = mappings[-1] if mappings else None
    if last and last.is_open:
        return "lost" if last.is_lost else last.state.value
    answered = current[-1] if current else None
    if answered and answered.answer and not (last and last.asked_on > answered.answer.on):
        return answered.answer.kind.value
    if last is None:
        return "open"
    return "declined" if last.state is MappingState.NOT_INDICATED and last.service_id else last.state.value


def _file(row: rows.Attachment, written: _Names) -> FileRow:
    return FileRow(
        id=row.pk,
        about=row.about,
        sort=FileSort(row.sort),
        size=row.size,
        on=_day(row),
        written_by=written.writer(row),
        is_for_readers=row.tells_where,
    )


def _line(row: rows.MappingLine, written: _Names) -> LineRow:
    return LineRow(
        id=row.pk,
        sort=LineSort(row.sort),
        text=row.text,
        for_everybody=bool(row.kind & InformationKind.COORDINATION),
        on=_day(row),
        written_by=written.writer(row),
    )


def _report(case: Case, row: rows.InformantReport, written: _Names) -> ReportRow:
    informant = Informant(row.informant)
    # What was used stays used, though a later register should leave it out.
    used = next((one for one in definitions().instruments if one.key == row.instrument), None)
    form = used.form_for(informant) if used else None
    months = age.months_on(born_on=case.child.born_on, on=row.on)
    return ReportRow(
        id=row.pk,
        on=row.on,
        line=Line(
            Who(informant, row.number, str(row.author_service_id), written.service(row.author_service_id))
            if row.number
            else Who(informant),
            row.instrument,
        ),
        instrument=used.name if used else row.instrument,
        is_other_age=bool(form and form.ages and not form.ages.holds(months)),
        severity=Severity(row.severity) if row.severity else None,
        says=row.says,
        written_by=written.writer(row),
    )


def _mapping(case: Case, row: rows.Mapping, found: _Mapped, waits: Step | None, written: _Names) -> MappingRow:
    step = found.newest.get(row.pk)
    fact: MappingFact = next(item for item in case.facts.mappings if item.id == str(row.pk))
    newest = [item.id for item in case.facts.mappings if item.area is fact.area][-1]
    sees = bool(fact.service) and sharing.may_see(
        case.facts, service=fact.service or "", kind=fact.area.kind, on=case.today
    )
    is_lost = fact.is_open and (not sees or newest != fact.id)
    is_mine = fact.is_open and not is_lost and fact.service == str(case.actor.service_id)
    return MappingRow(
        id=row.pk,
        service_id=fact.service or "",
        service=written.service(row.service_id),
        asked_by=written.writer(row),
        asked_on=row.asked_on,
        question=row.question,
        participation=ChildParticipation(row.participation) if row.participation else None,
        state=fact.state,
        since=fact.since,
        due=Due(
            waits.due_on,
            definitions().deadline(waits.deadline).text() if waits.deadline else "",
            waits.is_late(case.today),
        )
        if waits and waits.due_on and not is_lost
        else None,
        conclusion=MappingConclusion(fact.conclusion) if fact.conclusion else None,
        severity=Severity(step.severity) if step and step.severity else None,
        local_follow_up=LocalFollowUp(step.local_follow_up) if step and step.local_follow_up else None,
        findings=step.findings if step else "",
        lines=tuple(found.newest_lines.get(row.pk, {}).values()),
        files=tuple(found.files.get(row.pk, ())),
        is_ours=row.service_id == case.actor.service_id,
        may_attach=_may_attach(case, row.service_id, fact.area),
        written_by=written.writer(step) if step else "",
        is_mine=is_mine and not case.why_not("mappings.step"),
        may_report=fact.service == str(case.actor.service_id)
        and fact.state is not MappingState.NOT_INDICATED
        and not case.why_not("mappings.report")
        and may_tell(case, fact.area),
        is_lost=is_lost,
        remarked=written.remarked(row),
    )


def _helpers(case: Case, areas: Iterable[Area]) -> Mapping[HealthArea, tuple[ServiceChoice, ...]]:
    """A few services near of each kind that can help, for each area where a referral was rejected and nobody has been
    asked since."""
    rejected = [area.area for area in areas if area.stand == ReferralAnswerKind.REJECTED]
    if not case.is_owner or not rejected:
        return {}
    wanted = {area: definitions().referral.kinds_for(area) for area in rejected}
    here = case.pathway.author_service.municipality_id
    found = {
        kind: nearby.of_kind(kind, municipality=here, on=case.today)
        for kind in {kind for kinds in wanted.values() for kind in kinds}
    }
    return {area: tuple(one for kind in kinds for one in found[kind]) for area, kinds in wanted.items()}


def _referral(case: Case, row: rows.Referral, sent: _Referred, written: _Names) -> ReferralRow:
    answer, texts = sent.answers.get(row.pk), sent.texts.get(row.pk, {})
    fact: ReferralFact = next(item for item in case.facts.referrals if item.id == str(row.pk))
    mine = case.actor.service_id
    sees = receiver_sees(case, service=fact.to_service, kind=fact.area.kind)
    due_on = deadlines.referral_assessment_due(fact.received_on)
    is_under_way = case.status is PathwayStatus.UNDER_WAY
    writers = (row.from_service_id, case.pathway.author_service_id, *([row.to_service_id] if sees else []))
    from_takes_part = any(item.service_id == fact.from_service for item in case.participants)
    return ReferralRow(
        id=row.pk,
        from_service=written.service(row.from_service_id),
        to_service=written.service(row.to_service_id),
        to_service_id=row.to_service_id,
        is_to_me=row.to_service_id == mine,
        sent_on=row.sent_on,
        is_urgent=row.is_urgent,
        question=row.question,
        situation=row.situation,
        tried=row.tried,
        texts={part: text.text for part, text in texts.items()},
        files=tuple(sent.files.get(row.pk, ())),
        is_ours=row.from_service_id == mine,
        may_attach=_may_attach(case, row.from_service_id, fact.area),
        is_renewed=row.is_renewed,
        written_by=written.writer(row),
        answer_due=Due(
            due_on, definitions().deadline("assess_referral").text(), fact.answer is None and due_on < case.today
        ),
        answer=_answer(case, fact, answer, written) if answer else None,
        receiver_sees=sees,
        writer=written.service(row.from_service_id if from_takes_part else case.pathway.author_service_id),
        may_answer=fact.answer is None
        and mine in writers
        and (is_under_way or case.is_owner)
        and not case.why_not("referrals.answer"),
        may_follow=is_under_way
        and fact.answer in (ReferralAnswerKind.RETURNED, ReferralAnswerKind.REJECTED)
        and not fact.is_followed
        and row.from_service_id == mine
        and not case.why_not("referrals.send"),
        follows_id=row.follows_id,
        is_followed=fact.is_followed,
        remarked=written.remarked(row),
    )


def receiver_sees(case: Case, *, service: str, kind: InformationKind) -> bool:
    """Whether the receiver of a referral can read and answer it here: only when a consent lets it see the area."""
    return any(
        item.service_id == service and bool(item.kinds & kind) and item.starts_at <= clock.now()
        for item in case.participants
    )


def _answer(case: Case, fact: ReferralFact, row: rows.ReferralAnswer, written: _Names) -> AnswerRow:
    kind = ReferralAnswerKind(row.answer)
    granted = kind is ReferralAnswerKind.RIGHT_GRANTED
    latest = deadlines.treatment_start_latest(
        assessed_on=row.answered_on, born_on=case.child.born_on, areas=[fact.area]
    )
    complain_by = deadlines.complaint_due(row.answered_on)
    return AnswerRow(
        id=row.pk,
        kind=kind,
        on=row.answered_on,
        written_at=row.recorded_at,
        working_days=working_days_between(fact.received_on, row.answered_on),
        written_by="" if str(row.author_service_id) == fact.to_service else written.service(row.author_service_id),
        reason=row.reason,
        main_reason=NoReason(row.main_reason) if row.main_reason else None,
        missing=definitions().referral.labels(row.missing),
        missing_nynorsk=definitions().referral.labels(row.missing, nynorsk=True),
        advice=row.advice,
        starts_on=row.treatment_starts_on,
        deadline=row.treatment_deadline,
        latest_start=Due(latest, definitions().deadline("start_of_care").text(), latest < case.today)
        if granted and latest
        else None,
        is_breached=bool(granted and row.treatment_deadline and row.treatment_deadline < case.today),
        complaint=Due(complain_by, definitions().deadline("complain").text(), complain_by < case.today)
        if kind is ReferralAnswerKind.REJECTED
        else None,
    )


def area_ids(case: Case) -> tuple[tuple[UUID, HealthArea], ...]:
    """The areas that the actor sees, with what names them in addresses."""
    areas = (HealthArea(item.key) for item in case.edition.health_areas)
    return tuple((uuid5(case.pathway.pk, area.value), area) for area in areas if area.kind & case.kinds)


def in_plain_words(case: Case, referral: ReferralRow) -> tuple[str, str]:
    """The answer as it can be given to the family, in bokmål and in nynorsk. There is an answer.

    Not everybody in a family may know where a child with a protected address is helped, so the receiver is not named
    then, whoever reads the page.
    """
    assert referral.answer is not None
    is_protected = case.child.address_protection != AddressProtection.NONE
    said = Outcome(
        kind=referral.answer.kind,
        receiver="" if is_protected else referral.to_service,
        reason=referral.answer.reason,
        missing=referral.answer.missing,
        advice=referral.answer.advice,
        starts_on=referral.answer.starts_on,
        deadline=referral.answer.deadline,
    )
    helfo = definitions().referral.helfo
    return (
        outcome.in_plain_words(said, helfo=helfo, language="nb"),
        outcome.in_plain_words(replace(said, missing=referral.answer.missing_nynorsk), helfo=helfo, language="nn"),
    )


# --- what can be chosen in the forms -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mapper:
    """A service that can be asked to map an area."""

    id: UUID
    name: str
    may_tell: bool
    """Consent lets it tell child welfare what it finds."""


def list_mappers(case: Case, area: HealthArea) -> tuple[Mapper, ...]:
    """The open health services with a good consent for the area (requirement A8, S0)."""
    covered = {
        item.recipient
        for item in case.facts.consents
        if sharing.may_see(case.facts, service=item.recipient, kind=area.kind, on=case.today)
    }
    found = Service.objects.filter(pk__in=covered).exclude(closed_on__lte=case.today)
    return tuple(
        Mapper(
            row.pk,
            row.name,
            sharing.may_tell(case.facts, service=str(row.pk), kind=area.kind, on=case.today),
        )
        for row in sorted(found, key=lambda row: alphabet.order(row.name))
        if row.service_kind.is_health
    )


@dataclass(frozen=True, slots=True)
class Receiver:
    """A service that one can refer to."""

    id: UUID
    name: str
    sees: bool


def list_receivers(case: Case, area: HealthArea) -> tuple[Receiver, ...]:
    """Open services that take referrals, other than the actor's own, those that see the area first."""
    is_open = Q(closed_on=None) | Q(closed_on__gt=case.today)
    found = Service.objects.filter(is_open, kind__in=TAKES_REFERRALS).exclude(pk=case.actor.service_id)
    receivers = (
        Receiver(
            row.pk,
            row.name,
            not case.hides(row.pk) and receiver_sees(case, service=str(row.pk), kind=area.kind),
        )
        for row in found
    )
    return tuple(sorted(receivers, key=lambda item: (not item.sees, alphabet.order(item.name))))


def list_instruments(case: Case, area: HealthArea) -> tuple[tuple[Instrument, ...], tuple[Instrument, ...]]:
    """The instruments for an area: those made for a child of this age, and those made for another."""
    months = age.months_on(born_on=case.child.born_on, on=case.today)
    of_area = [one for one in definitions().instruments if area in one.areas]
    return (
        tuple(one for one in of_area if one.suits(months)),
        tuple(one for one in of_area if not one.suits(months)),
    )
