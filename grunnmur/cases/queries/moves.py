"""Cases given from one child welfare service to another, as the one that gives sees it, and the one that takes."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from grunnmur import clock
from grunnmur.cases import access, sharing
from grunnmur.cases.models import Move, Received
from grunnmur.cases.queries import names, passport
from grunnmur.cases.queries.case import Case, label_of
from grunnmur.cases.queries.child import ChildHead
from grunnmur.cases.queries.passport import Passport, Reader
from grunnmur.cases.terms import InformationKind, MoveAnswer
from grunnmur.directory.kinds import ServiceKind
from grunnmur.directory.models import Service
from grunnmur.directory.sessions import Actor

MOST = 50
CAN_HOLD = InformationKind.CONTACT | sharing.ASKED_ABOUT
"""The kinds that can stand in what comes along, beside what the row itself is."""


@dataclass(frozen=True, slots=True)
class Offered:
    """One offer, as the service that made it sees it."""

    id: UUID
    to: str
    at: datetime
    by: str
    lines: int
    is_over: bool
    """Whether the consent that it rested on ended before anybody answered."""
    withdrawn_at: datetime | None
    answered_at: datetime | None
    answer: MoveAnswer | None
    reason: str

    @property
    def waits(self) -> bool:
        return self.withdrawn_at is None and self.answered_at is None and not self.is_over


def list_moves(case: Case) -> tuple[Offered, ...]:
    """The offers of one case, the newest first; no more than twenty."""
    rows = list(access.visible_to(case.actor, Move.objects.filter(pathway=case.pathway)).order_by("-recorded_at")[:20])
    services, writers, now = case.services(row.to_service_id for row in rows), case.writers(rows), clock.now()
    return tuple(
        Offered(
            id=row.pk,
            to=services.get(str(row.to_service_id), ""),
            at=row.recorded_at,
            by=writers.get(str(row.recorded_by_id), ""),
            lines=row.lines,
            is_over=row.answered_at is None and row.expires_at <= (row.withdrawn_at or now),
            withdrawn_at=row.withdrawn_at,
            answered_at=row.answered_at,
            answer=MoveAnswer(row.answer) if row.answer else None,
            reason=row.answer_reason,
        )
        for row in rows
    )


def list_receivers(case: Case) -> tuple[Reader, ...]:
    """The child welfare services that a consent lets the case be given to."""
    child_welfare = {
        str(key)
        for key in Service.objects.filter(
            pk__in={item.recipient for item in case.facts.consents}, kind=ServiceKind.CHILD_WELFARE
        ).values_list("pk", flat=True)
    }
    return tuple(
        reader
        for reader in passport.list_readers(case)
        if str(reader.service) in child_welfare
        and sharing.hand_over_until(case.facts, service=str(reader.service), on=case.today)
    )


def get_receiver(case: Case, service_id: UUID) -> Reader:
    """One of them. Raises NotVisible."""
    for reader in list_receivers(case):
        if reader.service == service_id:
            return reader
    raise access.NotVisible


def packet(case: Case, made: Passport) -> str:
    """What goes along, as JSON: who the child is, whom to call, and the passport that the new service may have."""
    child = case.child
    owner = next((item for item in case.participants if item.is_owner), None)
    return json.dumps(
        {
            "name": child.name,
            "born_on": child.born_on.isoformat(),
            "national_id": child.national_id or "",
            "sex": child.sex,
            "language": child.language,
            "needs_interpreter": child.needs_interpreter,
            "contact": {"name": case.actor.person_name, "phone": owner.phone if owner else ""},
            "needs": [
                {
                    "area": label_of(need.area),
                    "aims": list(need.aims),
                    "found": list(need.found),
                    "done": list(need.done),
                    "onward": [{"what": one.what, "who": one.who, "phone": one.phone} for one in need.onward],
                }
                for need in made.needs
            ],
        },
        ensure_ascii=False,
    )


# --- the service that it is offered to --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offer:
    """A case that is offered: by whom and when, and nothing of the child."""

    id: UUID
    from_service: str
    phone: str
    who: str
    at: datetime


def list_offers(actor: Actor) -> tuple[Offer, ...]:
    """What is offered to the actor's service and waits for its answer, the oldest first."""
    if not actor.role.is_child_welfare:
        return ()
    with connection.cursor() as cursor:
        cursor.execute("select id, from_service, phone, who, offered_at from sec.offers(%s)", [MOST])
        rows = cursor.fetchall()
    return tuple(Offer(key, service, phone, who, at.astimezone(clock.OSLO)) for key, service, phone, who, at in rows)


def get_offer(actor: Actor, move_id: UUID) -> Offer:
    """One of them. Raises NotVisible."""
    for offer in list_offers(actor):
        if offer.id == move_id:
            return offer
    raise access.NotVisible


@dataclass(frozen=True, slots=True)
class Came:
    """What came along with the child."""

    at: datetime
    from_service: str
    contact: dict[str, str]
    needs: list[dict[str, Any]]


def list_received(head: ChildHead) -> tuple[Came, ...]:
    """What came along each time the child was taken over, the newest first; no more than twenty.

    It names those around the child, in the other service's words: with a protected address it is for the readers.
    Raises Refused.
    """
    if not head.tells_where:
        raise access.Refused("not_a_reader", access.NOT_A_READER)
    rows = list(access.visible_to(head.actor, Received.objects.filter(child=head.child)).order_by("-recorded_at")[:20])
    services = names.services(row.from_service_id for row in rows)
    found = []
    for row in rows:
        came = json.loads(row.packet)
        found.append(Came(row.recorded_at, services.get(str(row.from_service_id), ""), came["contact"], came["needs"]))
    return tuple(found)
