"""What one who answers by a link is shown: the one thing asked, who the child is, and what has been answered."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from grunnmur import clock
from grunnmur.cases import access, deadlines, facts, next_step, sharing, times
from grunnmur.cases.definition import definitions
from grunnmur.cases.lifecycle import OPEN, Facts
from grunnmur.cases.models import (
    Attachment,
    Invitation,
    InvitationReply,
    Mapping,
    MappingLine,
    MappingStep,
    Meeting,
    MeetingHeld,
    MinutesReview,
    Pathway,
    PollAnswer,
    PollAsked,
    PollTime,
    Question,
    QuestionAnswer,
    Referral,
    ReferralAnswer,
    ReferralText,
    TimePoll,
)
from grunnmur.cases.queries import looking, names, receiving
from grunnmur.cases.terms import (
    AddressProtection,
    AnswerSays,
    AttendanceAnswer,
    HealthArea,
    HowItGoes,
    InformationKind,
    LineSort,
    MappingConclusion,
    MappingState,
    MeetingKind,
    MinutesSays,
    ParticipationBasis,
    QuestionSort,
    ReferralAnswerKind,
)
from grunnmur.directory.sessions import Actor

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answering:
    """One thing that somebody is asked, and what stands in the way of answering it."""

    item: UUID
    what: str
    """question, mapping, referral, invitation, times or minutes: which form it is answered in."""
    child_name: str
    born_on: date
    asked_by: str
    asked_on: date
    answer_by: date | None
    about: str
    """The health area, or the meeting."""
    text: str
    details: Pairs
    may_tell: bool
    """Whether the service may tell child welfare what it knows (hpl § 22)."""
    is_closed: bool
    """There is nothing to answer any more, though nobody may have answered."""
    answer: Pairs
    """What has been answered, as (what, text); empty until somebody has."""
    kind: InformationKind = InformationKind.COORDINATION
    """Of what is answered, which says who reads it."""
    sort: QuestionSort = QuestionSort.INFORMATION
    state: MappingState = MappingState.ASKED
    times: tuple[tuple[UUID, datetime], ...] = ()
    """The times to choose among, the earliest first."""
    suits: frozenset[UUID] = frozenset()
    meeting_id: UUID | None = None
    """Whose minutes they are."""

    @property
    def read_by(self) -> str:
        """Who reads the answer; in words, because a link does not see who takes part."""
        if self.kind is InformationKind.COORDINATION:
            return _("Svaret leses av alle som er med i saken. Barnet og foreldrene kan få innsyn.")
        return _(
            "Svaret leses nå av barneverntjenesten og av tjenestene som har samtykke til dette. "
            "Barnet og foreldrene kan få innsyn."
        )


def get_answering(actor: Actor, pathway_id: UUID, item: UUID) -> Answering:
    """What the link was sent about, as its sight allows; one row in the log, and what was sent is opened.

    Raises NotVisible.
    """
    pathway = access.get_pathway(actor, pathway_id)
    case = facts.load(pathway.pk)
    for read in (_question, _mapping, _referral, _invitation, _times, _minutes):
        found = read(actor, pathway, case, item)
        if found is not None:
            break
    else:
        raise access.NotVisible
    looking.log(
        actor,
        "answering",
        children=[pathway.child_id],
        pathway_id=pathway.pk,
        kinds=found[1] | InformationKind.CONTACT,
        grounds=[ParticipationBasis.ASKED],
    )
    receiving.shown(actor, [item])
    return found[0]


Read = tuple[Answering, InformationKind]


def _of(pathway: Pathway, row: Any, **more: Any) -> Answering:
    """What is the same whatever was asked: about whom, and by which service."""
    services = names.services({str(row.author_service_id)})
    return Answering(
        item=row.pk,
        child_name=pathway.child.name or _("Barn uten navn"),
        born_on=pathway.child.born_on,
        asked_by=services.get(str(row.author_service_id), ""),
        **more,
    )


def _one(actor: Actor, rows: Any, pathway: Pathway, **which: Any) -> Any:
    return access.visible_to(actor, rows.filter(pathway=pathway, **which)).first()


def _may_tell(actor: Actor, case: Facts, kind: InformationKind) -> bool:
    return sharing.may_answer(case, service=str(actor.service_id), kind=kind, on=clock.today())


def _question(actor: Actor, pathway: Pathway, case: Facts, item: UUID) -> Read | None:
    row = _one(actor, Question.objects, pathway, pk=item, to_service=actor.service_id)
    if row is None:
        return None
    kind = InformationKind(row.kind)
    given = _one(actor, QuestionAnswer.objects, pathway, question=row)
    answer: Pairs = ()
    if given:
        answer = _said(
            (_("Svar"), "" if given.says == AnswerSays.ANSWERED else str(AnswerSays(given.says).label)),
            (_("Hvordan det går"), str(HowItGoes(given.goes).label) if given.goes else ""),
            (_("Svar") if given.says == AnswerSays.ANSWERED else _("Hvorfor"), given.text),
            (_("Videre"), given.further),
            (_("Møte"), _("Ønsker å møtes om dette.") if given.wants_meeting else ""),
        )
    found = _of(
        pathway,
        row,
        what="question",
        asked_on=row.asked_on,
        answer_by=row.answer_by,
        about=str(kind.label),
        text=row.text,
        details=(),
        may_tell=_may_tell(actor, case, kind),
        is_closed=False,
        answer=answer,
        kind=kind,
        sort=QuestionSort(row.sort),
    )
    return found, kind


def _mapping(actor: Actor, pathway: Pathway, case: Facts, item: UUID) -> Read | None:
    row = _one(actor, Mapping.objects, pathway, pk=item, service=actor.service_id)
    if row is None:
        return None
    area = HealthArea(row.health_area)
    last = (
        access.visible_to(actor, MappingStep.objects.filter(pathway=pathway, mapping=row))
        .order_by("recorded_at")
        .last()
    )
    state = MappingState(last.state) if last else MappingState.ASKED
    answer: Pairs = ()
    if last:
        lines = access.visible_to(actor, MappingLine.objects.filter(pathway=pathway, step=last)).order_by("sort")
        answer = _said(
            (_("Hvor langt"), str(state.label)),
            (_("Konklusjon"), str(MappingConclusion(last.conclusion).label) if last.conclusion else ""),
            (_("Funn"), last.findings),
            *((str(LineSort(line.sort).label), line.text) for line in lines),
        )
    found = _of(
        pathway,
        row,
        what="mapping",
        asked_on=row.asked_on,
        answer_by=row.due_on,
        about=str(area.label),
        text=row.question,
        details=(),
        may_tell=_may_tell(actor, case, area.kind),
        is_closed=not any(one.id == str(item) for one in case.open_mappings),
        answer=answer,
        kind=area.kind,
        state=state,
    )
    return found, area.kind


def _referral(actor: Actor, pathway: Pathway, case: Facts, item: UUID) -> Read | None:
    row = _one(actor, Referral.objects, pathway, pk=item, to_service=actor.service_id)
    if row is None:
        return None
    area = HealthArea(row.health_area)
    given = _one(actor, ReferralAnswer.objects, pathway, referral=row)
    rows = access.visible_to(actor, ReferralText.objects.filter(pathway=pathway, referral=row))
    texts = {text.part: text.text for text in rows}
    files = access.visible_to(actor, Attachment.objects.filter(pathway=pathway, referral=row)).count()
    answer: Pairs = ()
    if given:
        answer = _said(
            (_("Svar"), str(ReferralAnswerKind(given.answer).label)),
            (_("Begrunnelse"), given.reason),
            (_("Råd"), given.advice),
            (_("Starter"), f"{given.treatment_starts_on:%d.%m.%Y}" if given.treatment_starts_on else ""),
            (_("Frist for oppstart"), f"{given.treatment_deadline:%d.%m.%Y}" if given.treatment_deadline else ""),
        )
    found = _of(
        pathway,
        row,
        what="referral",
        asked_on=row.sent_on,
        answer_by=deadlines.referral_assessment_due(row.received_on),
        about=str(area.label),
        text=row.question,
        details=_said(
            (_("Situasjon"), row.situation),
            (_("Prøvd"), row.tried),
            *((part.label, texts.get(part.key, "")) for part in definitions().referral.parts),
            (
                _("Vedlegg"),
                ngettext(
                    "Det er %(num)s vedlegg. Be avsenderen om det.",
                    "Det er %(num)s vedlegg. Be avsenderen om dem.",
                    files,
                )
                % {"num": files}
                if files
                else "",
            ),
        ),
        may_tell=_may_tell(actor, case, area.kind),
        # An answer that came by letter stands in the name of whoever wrote it down.
        is_closed=any(one.id == str(item) and one.answer for one in case.referrals),
        answer=answer,
        kind=area.kind,
    )
    return found, area.kind


def _invitation(actor: Actor, pathway: Pathway, case: Facts, item: UUID) -> Read | None:
    row = _one(actor, Invitation.objects, pathway, pk=item, service=actor.service_id)
    meeting = _one(actor, Meeting.objects, pathway, pk=row.meeting_id) if row else None
    if row is None or meeting is None:
        return None
    is_hidden = pathway.child.address_protection != AddressProtection.NONE
    replied = (
        access.visible_to(actor, InvitationReply.objects.filter(pathway=pathway, invitation=row))
        .order_by("recorded_at")
        .last()
    )
    at = meeting.starts_at.astimezone(clock.OSLO)
    found = _of(
        pathway,
        row,
        what="invitation",
        asked_on=row.recorded_at.astimezone(clock.OSLO).date(),
        answer_by=at.date(),
        about=str(MeetingKind(meeting.meeting).label),
        text="",
        details=_said(
            (_("Når"), f"{at:%d.%m.%Y} kl. {at:%H.%M}"),
            (_("Sted"), _("Avtales direkte med barneverntjenesten") if is_hidden else meeting.place),
            (_("Saker"), meeting.agenda),
        ),
        may_tell=True,
        is_closed=not any(one.id == str(meeting.pk) and one.is_pending for one in case.meetings),
        answer=_said((_("Svar"), str(AttendanceAnswer(replied.answer).label)), (_("Skriftlig"), replied.written))
        if replied
        else (),
    )
    return found, InformationKind.COORDINATION


def _times(actor: Actor, pathway: Pathway, case: Facts, item: UUID) -> Read | None:
    row = _one(actor, PollAsked.objects, pathway, pk=item, service=actor.service_id)
    poll = _one(actor, TimePoll.objects, pathway, pk=row.poll_id) if row else None
    if row is None or poll is None:
        return None
    offered = tuple(
        access.visible_to(actor, PollTime.objects.filter(pathway=pathway, poll=poll))
        .order_by("starts_at")
        .values_list("pk", "starts_at")
    )
    given = (
        access.visible_to(actor, PollAnswer.objects.filter(pathway=pathway, asked=row)).order_by("recorded_at").last()
    )
    suits = frozenset(given.suits) if given else frozenset()
    fitting = [f"{at.astimezone(clock.OSLO):%d.%m.%Y kl. %H.%M}" for key, at in offered if key in suits]
    found = _of(
        pathway,
        row,
        what="times",
        asked_on=poll.asked_on,
        answer_by=poll.answer_by,
        about=str(MeetingKind(poll.meeting).label),
        text=_("Hvilke tider passer for dere?"),
        details=(),
        may_tell=True,
        is_closed=not times.is_open(
            [at for _key, at in offered], is_over=str(poll.pk) in case.polls_over, at=clock.now()
        ),
        answer=_said((_("Passer"), ", ".join(fitting) or _("ingen av tidene")), (_("Melding"), given.note))
        if given
        else (),
        times=offered,
        suits=suits,
    )
    return found, InformationKind.COORDINATION


def _minutes(actor: Actor, pathway: Pathway, case: Facts, item: UUID) -> Read | None:
    row = _one(actor, MeetingHeld.objects.select_related("meeting"), pathway, pk=item)
    if row is None or actor.service_id not in row.services_present:
        return None
    said = access.visible_to(
        actor, MinutesReview.objects.filter(pathway=pathway, held=row, author_service=actor.service_id)
    )
    given = said.order_by("recorded_at").last()
    written_on = row.recorded_at.astimezone(clock.OSLO).date()
    found = _of(
        pathway,
        row,
        what="minutes",
        asked_on=written_on,
        answer_by=next_step.approve_by(written_on),
        about=_("Referat fra %(meeting)s, %(on)s")
        % {"meeting": str(MeetingKind(row.meeting.meeting).label).lower(), "on": f"{row.held_on:%d.%m.%Y}"},
        text="",
        details=_said((_("Referat"), row.minutes), (_("Hva ble bestemt?"), row.decisions)),
        may_tell=True,
        is_closed=case.status not in OPEN,
        meeting_id=row.meeting_id,
        answer=_said((_("Svar"), str(MinutesSays(given.says).label)), (_("Merknad"), given.text)) if given else (),
    )
    return found, InformationKind.COORDINATION


def _said(*pairs: tuple[str, str]) -> Pairs:
    return tuple(pair for pair in pairs if pair[1])
