"""How the child took part in each phase, in the official categories, as one reader may see it (F-medv § 6).

Nothing is written here: the acts ask for it where it happens, and it is read together.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Case, F, IntegerField, QuerySet, Value, When

from grunnmur.cases import access, lifecycle
from grunnmur.cases.access import Asking
from grunnmur.cases.lifecycle import Phase
from grunnmur.cases.models import Assessment, Closure, Conversation, Mapping, MeetingHeld
from grunnmur.cases.queries.case import Case as CaseHead
from grunnmur.cases.terms import ChildParticipation, MeetingKind

TALK = 0
"""Instead of a phase: a conversation belongs to the phase that the case was in that day."""


@dataclass(frozen=True, slots=True)
class TookPart:
    """How the child took part, once."""

    phase: int
    on: date
    how: ChildParticipation
    is_talk: bool
    """In a conversation, and not in something that was decided."""


def list_took_part(asking: Asking, pathway_id: UUID, phases: Iterable[Phase]) -> tuple[TookPart, ...]:
    """Every time it was written, as far as the one who asks may see it, the newest first; one query."""
    known = tuple(phases)
    meeting = Case(
        *(When(meeting__meeting=kind, then=Value(number)) for kind, number in lifecycle.PHASE_OF_MEETING.items()),
        default=Value(lifecycle.PHASE_OF_MEETING[MeetingKind.STATUSMOTE]),
        output_field=IntegerField(),
    )
    conversations, *decided = (
        _written(asking, rows.filter(pathway=pathway_id), phase, day)
        for rows, phase, day in (
            (Conversation.objects.all(), Value(TALK), "held_on"),
            (Assessment.objects.all(), Value(1), "decided_on"),
            (MeetingHeld.objects.all(), meeting, "held_on"),
            (Mapping.objects.all(), Value(3), "asked_on"),
            (Closure.objects.all(), Value(5), "closed_on"),
        )
    )
    found = (
        TookPart(phase or lifecycle.phase_on(known, day), day, ChildParticipation(how), is_talk=phase == TALK)
        for phase, day, how in conversations.union(*decided, all=True)
    )
    return tuple(sorted(found, key=lambda one: (one.on, one.phase), reverse=True))


def _written(asking: Asking, rows: QuerySet[Any], phase: Any, day: str) -> QuerySet[Any, Any]:
    told = access.visible_to(asking, rows).exclude(participation="")
    found: QuerySet[Any, Any] = told.annotate(phase=phase, day=F(day)).values_list("phase", "day", "participation")
    return found


def to_offer(case: CaseHead, *, phase: int) -> TookPart | None:
    """The newest conversation about what is to be decided in a phase, so that it is not typed once more."""
    since = lifecycle.talks_count_from(case.facts, phase)
    talks = Conversation.objects.filter(pathway=case.pathway, held_on__gte=since).exclude(participation="")
    newest = access.visible_to(case.actor, talks).order_by("-held_on", "-recorded_at").first()
    if newest is None:
        return None
    return TookPart(phase, newest.held_on, ChildParticipation(newest.participation), is_talk=True)
