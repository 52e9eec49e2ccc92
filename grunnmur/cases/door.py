"""The one door for every change around a child: lock → may they? → rules → rows + event → commit.

An act opens the door, checks its own rules, writes its rows and records exactly one event of its own, beside one for
what it brings with it that is an act too (`Act.record_also`). On the way out the door works out the case's next step
and puts it where lists read it, in the same transaction.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.functional import Promise
from psycopg.errors import UniqueViolation

from grunnmur import clock
from grunnmur.cases import access, facts, next_step, sharing
from grunnmur.cases.definition import Edition, definitions
from grunnmur.cases.lifecycle import OPEN, Facts
from grunnmur.cases.models import Child, Pathway, SealedEdition
from grunnmur.cases.terms import AddressProtection, InformationKind
from grunnmur.directory.meanwhile import EditConflict
from grunnmur.directory.sessions import Actor, sign
from grunnmur.log import record
from grunnmur.log.models import Event

LOG = logging.getLogger(__name__)
NO_DATE = date(9999, 1, 1)
"""Sorts last: nothing is due."""


class Invalid(Exception):
    """What was given breaks a rule: one plain sentence per field, shown next to it; nothing is written."""

    def __init__(self, problems: Mapping[str, str | Promise]) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


class AlreadyDone(Exception):
    """The same form was sent before, and did its work then."""

    def __init__(self, event: Event) -> None:
        super().__init__(event.name)
        self.event = event


@dataclass(slots=True)
class Act:
    """One act in the making, by one actor at one instant."""

    actor: Actor
    name: str
    at: datetime
    child: Child
    pathway: Pathway | None
    once: UUID | None
    event: Event | None = field(default=None)

    @property
    def today(self) -> date:
        return self.at.date()

    def row(self, kind: InformationKind) -> dict[str, Any]:
        """The columns that every row of this act carries."""
        about: dict[str, Any] = {"pathway": self.pathway} if self.pathway else {"child": self.child}
        return about | self.child_row(kind)

    def child_row(self, kind: InformationKind) -> dict[str, Any]:
        """The same for a row that follows the child; the caller names the child."""
        return {
            "kind": int(kind),
            "author_service_id": self.actor.service_id,
            "recorded_by_id": self.actor.person_id,
            "recorded_at": self.at,
        }

    def record(
        self, name: str, *, kind: InformationKind, subject: UUID | None = None, data: Mapping[str, object] | None = None
    ) -> None:
        """The act's own event: a past-tense name, ids, codes and dates."""
        assert self.event is None, "an act has exactly one event of its own"
        self.event = self._write(name, kind=kind, subject=subject, data=data, once=self.once)

    def record_also(
        self, name: str, *, kind: InformationKind, subject: UUID | None = None, pathway_id: UUID | None = None
    ) -> None:
        """What another act does too and this one brings with it, so that whoever looks for that event finds it.

        `pathway_id`: where it belongs, when this act is on a child.
        """
        self._write(name, kind=kind, subject=subject, data=None, once=None, pathway_id=pathway_id)

    def _write(
        self,
        name: str,
        *,
        kind: InformationKind,
        subject: UUID | None,
        data: Mapping[str, object] | None,
        once: UUID | None,
        pathway_id: UUID | None = None,
    ) -> Event:
        return record.event(
            name,
            at=self.at,
            child_id=self.child.pk,
            pathway_id=self.pathway.pk if self.pathway else pathway_id,
            kind=int(kind),
            service_id=self.actor.service_id,
            person_id=self.actor.person_id,
            subject_id=subject,
            data=data,
            once=once,
        )


@dataclass(slots=True)
class CaseAct(Act):
    """An act on one pathway, with the case's facts as they stood when the door opened."""

    facts: Facts | None = None

    @property
    def case(self) -> Pathway:
        assert self.pathway is not None
        return self.pathway

    @property
    def before(self) -> Facts:
        """The facts before the act."""
        assert self.facts is not None
        return self.facts

    @property
    def edition(self) -> Edition:
        return definitions().edition(self.case.edition_id)


def instant() -> datetime:
    """The instant of an act, as the database reads it: what an act opens is open from the act itself on."""
    with connection.cursor() as cursor:
        cursor.execute("select sec.now()")
        at: datetime = cursor.fetchone()[0]
    return at.astimezone(clock.OSLO)


def lock(key: UUID) -> None:
    """One act at a time on one child, or in one service, whoever acts; released when the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(key)])


def refuse_twice(actor: Actor, once: UUID | None) -> None:
    """Raises AlreadyDone when the form with this token has done its work."""
    if once is not None:
        event = Event.objects.filter(author_service_id=actor.service_id, once=once).first()
        if event is not None:
            raise AlreadyDone(event)


@contextmanager
def _among_what_is_hidden() -> Iterator[None]:
    """What can be there once is there already, in a row that the actor does not see: a placement that another took the
    place of, the next number of a list. Nobody else can have put it there meanwhile (`lock`). It is refused in the same
    words as everything that a colleague cannot do who is kept from something (`access.all_pathways`).
    """
    try:
        yield
    except IntegrityError as fault:
        if not isinstance(fault.__cause__, UniqueViolation):
            raise
        LOG.warning("An act met a row that its actor does not see: %s.", fault.__cause__.diag.constraint_name)
        raise access.Refused("not_from_here", access.NOT_FROM_HERE) from fault


@contextmanager
def on_pathway(
    actor: Actor, pathway_id: UUID, act: str, *, once: UUID | None = None, seen: int | None = None
) -> Iterator[CaseAct]:
    """Open the door to one pathway.

    `once` is the form's own token; `seen` the case's version that the form showed, for an act that must not be
    done on top of something the actor has not seen. Raises NotVisible, Refused, AlreadyDone, EditConflict.
    """
    with _among_what_is_hidden(), transaction.atomic():
        pathway = access.get_pathway(actor, pathway_id)
        lock(pathway.child_id)
        pathway.refresh_from_db()
        refuse_twice(actor, once)
        access.check(actor, pathway, act)
        access.check_may_write(actor, pathway)
        is_strict = pathway.child.address_protection == AddressProtection.STRICTLY_CONFIDENTIAL
        if act in access.ABOUT_WHERE or (act in access.ABOUT_SERVICES and is_strict):
            access.check_reader(actor, pathway.child)
        if seen is not None and seen != pathway.version:
            raise EditConflict(seen=seen, current=pathway.version)
        doing = CaseAct(
            actor=actor,
            name=act,
            at=instant(),
            child=pathway.child,
            pathway=pathway,
            once=once,
            facts=facts.load(pathway.pk),
        )
        yield doing
        assert doing.event is not None, f"{act} recorded no event"
        refresh(pathway.pk, on=doing.today)


@contextmanager
def on_child(actor: Actor, child_id: UUID, act: str, *, once: UUID | None = None) -> Iterator[Act]:
    """Open the door to one child, for what is not part of a pathway. Raises NotVisible, Refused, AlreadyDone."""
    with _among_what_is_hidden(), transaction.atomic():
        child = access.get_child(actor, child_id)
        lock(child.pk)
        refuse_twice(actor, once)
        access.check_child(actor, child, act)
        access.check_may_write(actor, child)
        if act in access.ABOUT_WHERE:
            access.check_reader(actor, child)
        doing = Act(actor=actor, name=act, at=instant(), child=child, pathway=None, once=once)
        yield doing
        assert doing.event is not None, f"{act} recorded no event"
        open_pathway = Pathway.objects.filter(child=child, status__in=OPEN).first()
        if open_pathway is not None and open_pathway.author_service_id == actor.service_id:
            refresh(open_pathway.pk, on=doing.today)


@contextmanager
def for_new_child(actor: Actor, act: str, *, once: UUID | None = None) -> Iterator[datetime]:
    """Open the door for a child to be, one at a time in a service, so that two cannot register the same child.

    Gives the instant of the act, which makes its child and then its `Act`. Raises Refused, AlreadyDone.
    """
    with transaction.atomic():
        access.check_child(actor, None, act)
        lock(actor.service_id)
        refuse_twice(actor, once)
        yield instant()


def refresh(pathway_id: UUID, *, on: date) -> int:
    """Work out the next step and put it on every participation of the case. Returns the case's new version."""
    case = facts.load(pathway_id)
    edition = definitions().edition(case.edition)
    steps = next_step.open_steps(case, edition=edition, on=on)
    is_open = case.status in OPEN
    # A list is for everybody in a service, so it says nothing of a row that is kept from one of them.
    waits = [step for step in steps if (step.subject, case.owner) not in case.withheld]
    main = waits[0] if waits else None
    ball: dict[str, dict[str, str | date]] = {}
    for step in steps:
        for service in step.ball:
            if service in ball or (step.subject, service) in case.withheld:
                continue
            # A referral can be to a service that takes part without seeing the area: it is asked outside this case.
            sees = sharing.may_see(case, service=service, kind=step.kind, on=on)
            if step.key == "answer_referral" and not sees:
                continue
            if service != case.owner or step is main:
                ball[service] = {"step": next_step.label(step), "due": step.due_on or NO_DATE}
    said = json.dumps(
        {
            "ball": ball,
            "is_open": is_open,
            "contact": case.contact_person,
            "main": next_step.label(main) if main else "",
            "main_due": (main.due_on if main else None) or NO_DATE,
            "no_date": NO_DATE,
            "moved": case.moved_on or on,
        },
        default=str,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "select sec.refresh_case(%s, %s, %s)", [pathway_id, said, sign(f"refresh_case|{pathway_id}|{said}")]
        )
        version: int = cursor.fetchone()[0]
    return version


def seal(edition: Edition, *, at: datetime) -> None:
    """Keep an edition's hash from its first use. Raises what the start-up check would have, if it has changed."""
    sealed, _made = SealedEdition.objects.get_or_create(
        key=edition.key, defaults={"sha256": edition.sha256, "sealed_at": at}
    )
    if sealed.sha256 != edition.sha256:
        raise RuntimeError(f"Edition {edition.key} is in use and has been changed. Make a new edition instead.")
