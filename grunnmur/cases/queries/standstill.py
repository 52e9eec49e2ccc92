"""Why nothing is happening in one case: each thing that waits, in words, and what can be reminded of in one press."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from grunnmur import alphabet, clock
from grunnmur.cases import access, next_step, standstill
from grunnmur.cases.models import Invitation
from grunnmur.cases.next_step import Step
from grunnmur.cases.queries import sent
from grunnmur.cases.queries.case import Case, get_case
from grunnmur.cases.queries.sent import Sent
from grunnmur.cases.standstill import LastSent
from grunnmur.directory.sessions import Actor


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits, and why."""

    step: Step
    what: str
    why: tuple[str, ...]
    is_ours: bool
    """Whether the actor's service has the ball, alone or with others."""
    is_late: bool
    is_sent: bool
    """Whether the others who have the ball were sent something about it from here."""
    reminders: tuple[Sent, ...]
    """What can be reminded of, each to one who has the ball."""


@dataclass(frozen=True, slots=True)
class Standstill:
    """Everything that waits in a case, as far as the actor may be told of it."""

    case: Case
    waiting: tuple[Waiting, ...]


def get_standstill(actor: Actor, pathway_id: UUID) -> Standstill:
    """In a fixed number of queries. Raises NotVisible."""
    case = get_case(actor, pathway_id, page="standstill")
    steps = case.steps()
    mine = str(actor.service_id)
    services = case.services(service for step in steps for service in step.ball)
    items = _items(case, steps)
    messages = sent.about(case, {item for some in items.values() for item in some})
    return Standstill(
        case, tuple(_waiting(case, step, services, mine, items[step.subject], messages) for step in steps)
    )


def _items(case: Case, steps: tuple[Step, ...]) -> dict[str, list[UUID]]:
    """The rows that something may have been sent about, by what each step is about: an invitation is to a meeting."""
    found: dict[str, list[UUID]] = defaultdict(list)
    for step in steps:
        if step.subject and UUID(step.subject) not in found[step.subject]:
            found[step.subject].append(UUID(step.subject))
    meetings = [UUID(step.subject) for step in steps if step.key == "answer_invitation"]
    if meetings:
        rows = Invitation.objects.filter(pathway=case.pathway, meeting__in=meetings)
        for row in access.visible_to(case.actor, rows):
            found[str(row.meeting_id)].append(row.pk)
    return found


def _waiting(
    case: Case,
    step: Step,
    services: dict[str, str],
    mine: str,
    items: list[UUID],
    messages: tuple[tuple[UUID, UUID | None, Sent], ...],
) -> Waiting:
    own = {**services, mine: str(_("Dere"))} if step.ball == {mine} else services
    others = {to: services.get(to, str(_("en tjeneste"))) for to in _in_order(step.ball - {mine}, services)}
    theirs = [(str(to), one) for item, to, one in messages if item in items and str(to) in others]
    newest = {to: _last(one) for to, one in reversed(theirs)}
    return Waiting(
        step=step,
        what=capfirst(next_step.sentence(step, names=own)),
        why=standstill.why(
            step,
            who=tuple(others.values()),
            is_ours=mine in step.ball,
            sent=[(name, newest.get(to)) for to, name in others.items()],
            on=case.today,
        ),
        is_ours=mine in step.ball,
        is_late=step.is_late(case.today),
        is_sent=bool(theirs),
        reminders=tuple(one for _to, one in theirs if one.can_be_reminded),
    )


def _in_order(ball: Iterable[str], services: Mapping[str, str]) -> list[str]:
    """Those who have the ball, by name; those without one last."""
    return sorted(ball, key=lambda one: (one not in services, alphabet.order(services.get(one, "")), one))


def _last(one: Sent) -> LastSent:
    return LastSent(one.at.astimezone(clock.OSLO).date(), one.state, one.since.astimezone(clock.OSLO).date())
