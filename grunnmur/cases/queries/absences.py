"""Who in a child welfare service is away, who covers, and which cases have nobody at work."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from grunnmur import clock
from grunnmur.cases import absence, age
from grunnmur.cases.absence import Away
from grunnmur.cases.access import CHILD_WELFARE, NOT_YOUR_ROLE, Refused
from grunnmur.cases.models import Absence, Participation
from grunnmur.cases.queries import lists, looking, names
from grunnmur.cases.queries.colleagues import Colleague, colleagues_in
from grunnmur.cases.queries.lists import Listing
from grunnmur.cases.terms import InformationKind
from grunnmur.directory.members import is_administrator
from grunnmur.directory.sessions import Actor

MOST = 200
"""As many absences as are read of one service: those that hold and those that come."""


@dataclass(frozen=True, slots=True)
class Leave:
    """One absence that holds or comes."""

    id: UUID
    name: str
    cover: str
    from_on: date
    back_on: date
    holds: bool
    may_end: bool


@dataclass(frozen=True, slots=True)
class Unattended:
    """A case whose contact person has left, or is away without anybody at work who covers and may see it."""

    pathway_id: UUID
    child_name: str
    age: int
    journal_number: str


@dataclass(frozen=True, slots=True)
class Absences:
    """What the page about absence shows."""

    leaves: tuple[Leave, ...]
    unattended: tuple[Unattended, ...]
    after: str
    """Where the list of cases goes on from; empty when there are no more."""
    colleagues: tuple[Colleague, ...]
    is_leader: bool
    """Whether the actor may write down that others are away."""


def in_force(service_id: UUID, *, on: date) -> QuerySet[Absence]:
    """The absences of a service that hold on a day or come later, the first first."""
    rows = Absence.objects.filter(service=service_id, ended_at=None, back_on__gt=on)
    return rows.order_by("from_on", "recorded_at")[:MOST]


def away(row: Absence) -> Away:
    """A row as the rules see it."""
    return Away(str(row.person_id), str(row.cover_id), row.from_on, row.back_on)


def get_absences(actor: Actor, *, after: str = "") -> Absences:
    """Who is away now or soon, and the cases that nobody at work has. Raises Refused."""
    if actor.role not in CHILD_WELFARE:
        raise Refused("role", NOT_YOUR_ROLE)
    today = clock.today()
    colleagues = colleagues_in(actor.service_id, on=today)
    rows = list(in_force(actor.service_id, on=today))
    called = names.people([key for row in rows for key in (row.person_id, row.cover_id)])
    is_leader = is_administrator()
    unattended, more = _unattended(actor, rows, colleagues, today=today, after=after)
    return Absences(
        leaves=tuple(
            Leave(
                id=row.pk,
                name=called[str(row.person_id)],
                cover=called[str(row.cover_id)],
                from_on=row.from_on,
                back_on=row.back_on,
                holds=away(row).holds(today),
                may_end=is_leader or row.person_id == actor.person_id,
            )
            for row in rows
        ),
        unattended=unattended,
        after=more,
        colleagues=colleagues,
        is_leader=is_leader,
    )


SHUT_OUT = f"""select r.child_id, h.person from cases_restriction r
    join unnest(%(people)s::uuid[], %(stand_ins)s::uuid[]) h (person, stand_in) on r.only_for = h.stand_in
    where sec.is_taken_from(r.child_id, {InformationKind.CONTACT:d}, null, null, h.stand_in)"""
"""Each child that whoever has a person's cases today is not to see, by that person: it is on no list of theirs."""


def _unattended(
    actor: Actor, rows: Collection[Absence], colleagues: Collection[Colleague], *, today: date, after: str
) -> tuple[tuple[Unattended, ...], str]:
    absences, at_work = [away(row) for row in rows], {str(one.id) for one in colleagues}
    stand_ins = {one: absence.stands_in(one, absences=absences, at_work=at_work, on=today) for one in at_work}
    has = {one: stand_in for one, stand_in in stand_ins.items() if stand_in is not None}
    listing = Listing(
        f"a.pathway_id is not null and a.whose > {Participation.Whose.NOBODY:d} and a.basis = 'owner'"
        f" and (a.contact_person_id <> all(%(people)s::uuid[]) or (a.child_id, a.contact_person_id) in ({SHUT_OUT}))",
        by="next_due",
    )
    values = {"people": list(has), "stand_ins": list(has.values())}
    found, more = lists.read(actor, {"left": listing}, values=values, after={"left": after})["left"]
    looking.log(
        actor,
        "absences",
        children=[row.child_id for row in found],
        kinds=looking.IN_A_LIST,
        grounds=(row.basis for row in found),
    )
    return tuple(
        Unattended(row.pathway_id, row.child_name, age.age_on(born_on=row.born_on, on=today), row.journal_number)
        for row in found
        if row.pathway_id
    ), more


@dataclass(frozen=True, slots=True)
class Covered:
    """Somebody whose cases the actor has now, and until what day they are away."""

    person_id: UUID
    name: str
    back_on: date


def list_covered(actor: Actor) -> tuple[Covered, ...]:
    """Those whose cases the actor has today beside her own. One question to the database when nobody is away."""
    if actor.role not in CHILD_WELFARE:
        return ()
    today = clock.today()
    rows = [row for row in in_force(actor.service_id, on=today) if row.from_on <= today]
    if not rows:
        return ()
    at_work = {str(one.id) for one in colleagues_in(actor.service_id, on=today)}
    absences = [away(row) for row in rows]
    covered = absence.covered_by(str(actor.person_id), absences=absences, at_work=at_work, on=today)
    called = names.people(covered)
    return tuple(
        Covered(row.person_id, called[str(row.person_id)], row.back_on) for row in rows if str(row.person_id) in covered
    )


def get_stand_in(actor: Actor, person_id: UUID) -> tuple[str, date | None]:
    """Who has somebody's cases today and until when, for their own service; no name when they are at work.

    The name is empty and the date there when nobody at work covers.
    """
    today = clock.today()
    rows = [row for row in in_force(actor.service_id, on=today) if row.from_on <= today]
    mine = next((row for row in rows if row.person_id == person_id), None)
    if mine is None:
        return "", None
    at_work = {str(one.id) for one in colleagues_in(actor.service_id, on=today)}
    has = absence.stands_in(str(person_id), absences=[away(row) for row in rows], at_work=at_work, on=today)
    return (names.people([has])[has] if has else ""), mine.back_on
