"""The times that are asked about for a meeting, and what those who are asked have answered; as one actor may see it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from grunnmur import clock
from grunnmur.cases import access, times
from grunnmur.cases.models import PollAnswer, PollAsked, PollTime, TimePoll
from grunnmur.cases.queries.case import Case
from grunnmur.cases.terms import MeetingKind

MOST = 20
"""As many polls as one page shows; there is one open for each kind of meeting."""


@dataclass(frozen=True, slots=True)
class TimeNow:
    """One of the times, and whom it suits, by name."""

    time_id: UUID
    starts_at: datetime
    suits: tuple[str, ...]
    not_for: tuple[str, ...]
    silent: tuple[str, ...]
    suits_all: bool


@dataclass(frozen=True, slots=True)
class AskedNow:
    """A service that is asked."""

    asked_id: UUID
    service_id: UUID
    name: str
    has_answered: bool
    note: str
    suits: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class PollNow:
    """Some times that are asked about and not decided."""

    poll_id: UUID
    kind: MeetingKind
    asked_on: date
    answer_by: date
    times: tuple[TimeNow, ...]
    """The one that suits most first."""
    asked: tuple[AskedNow, ...]
    mine: AskedNow | None
    """What the actor's own service is asked."""


def list_polls(case: Case) -> tuple[PollNow, ...]:
    """The times that still wait for an answer or for a choice; one question to the database when there are none."""
    of_case = {"pathway": case.pathway}
    see, now = case.actor, clock.now()
    waiting = TimePoll.objects.filter(**of_case).exclude(pk__in=case.whole.polls_over)
    polls = list(access.visible_to(see, waiting).order_by("recorded_at", "pk")[:MOST])
    if not polls:
        return ()
    offered: dict[UUID, dict[UUID, datetime]] = defaultdict(dict)
    for time in access.visible_to(see, PollTime.objects.filter(**of_case, poll__in=polls)):
        offered[time.poll_id][time.pk] = time.starts_at
    asked = list(access.visible_to(see, PollAsked.objects.filter(**of_case, poll__in=polls)))
    answers = {
        row.asked_id: row
        for row in access.visible_to(see, PollAnswer.objects.filter(**of_case, asked__in=asked)).order_by("recorded_at")
    }
    services = case.services(one.service_id for one in asked)

    def named(keys: frozenset[str]) -> tuple[str, ...]:
        return tuple(sorted(services.get(key, "") for key in keys))

    def of_poll(poll: TimePoll) -> PollNow:
        mine = [one for one in asked if one.poll_id == poll.pk]
        standings = times.standings(
            {str(key): starts_at for key, starts_at in offered[poll.pk].items()},
            asked=[str(one.service_id) for one in mine],
            answers={
                str(one.service_id): [str(key) for key in answers[one.pk].suits] for one in mine if one.pk in answers
            },
        )
        now_asked = tuple(
            AskedNow(
                asked_id=one.pk,
                service_id=one.service_id,
                name=services.get(str(one.service_id), ""),
                has_answered=one.pk in answers,
                note=answers[one.pk].note if one.pk in answers else "",
                suits=frozenset(answers[one.pk].suits) if one.pk in answers else frozenset(),
            )
            for one in mine
        )
        return PollNow(
            poll_id=poll.pk,
            kind=MeetingKind(poll.meeting),
            asked_on=poll.asked_on,
            answer_by=poll.answer_by,
            times=tuple(
                TimeNow(
                    time_id=UUID(one.time),
                    starts_at=one.starts_at,
                    suits=named(one.suits),
                    not_for=named(one.not_for),
                    silent=named(one.silent),
                    suits_all=one.suits_all,
                )
                for one in standings
            ),
            asked=now_asked,
            mine=next((one for one in now_asked if one.service_id == see.service_id), None),
        )

    return tuple(of_poll(poll) for poll in polls if times.is_open(offered[poll.pk].values(), is_over=False, at=now))


def find_time(case: Case, time_id: str) -> tuple[PollNow, TimeNow] | None:
    """The time with this id and what it is of; None when there is none that can be chosen."""
    for poll in list_polls(case):
        for one in poll.times:
            if str(one.time_id) == time_id:
                return poll, one
    return None
