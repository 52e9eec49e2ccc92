"""The lists: my work, children not yet assessed, search. Each starts from the participation's index, paged by key."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from grunnmur import clock
from grunnmur.cases import access, age, next_step
from grunnmur.cases.definition import definitions
from grunnmur.cases.door import NO_DATE
from grunnmur.cases.models import Child, NameKey, Participation, Pathway
from grunnmur.cases.terms import PathwayStatus
from grunnmur.directory.kinds import Role
from grunnmur.directory.sessions import Actor
from grunnmur.log import record

PAGE = 50
"""Rows on one page of a list; no list is ever longer."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One line of a list."""

    pathway_id: UUID
    child_name: str
    age: int
    journal_number: str
    status: PathwayStatus
    next_step: str
    """What waits, as a sentence; empty when nothing is this service's."""
    due_on: date | None
    moved_on: date
    is_late: bool


@dataclass(frozen=True, slots=True)
class ChildRow:
    """One child in the target group that has not been assessed."""

    child_id: UUID
    child_name: str
    age: int
    journal_number: str
    due_on: date | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and the key to go on from (empty when there are no more)."""

    rows: tuple[CaseRow, ...] | tuple[ChildRow, ...]
    after: str = ""


def _valid(actor: Actor) -> QuerySet[Participation]:
    return Participation.objects.filter(service=actor.service_id, starts_at__lte=access.NOW, ends_at__gt=access.NOW)


def my_work(actor: Actor, *, whose: str, mine_only: bool, after: str = "") -> Page:
    """One of the three lists: `ours` (we owe), `others` (others owe) or `still` (nothing moves).

    `mine_only` keeps the cases that the actor is contact person of.
    """
    today = clock.today()
    rows = _valid(actor).filter(pathway__isnull=False)
    if mine_only:
        rows = rows.filter(contact_person=actor.person_id)
    if whose == "still":
        days = definitions().deadline("nothing_moves").amount
        rows = rows.filter(whose__gt=0, moved_on__lt=today - timedelta(days=days)).order_by("moved_on", "pathway")
        column = "moved_on"
    else:
        side = Participation.Whose.OURS if whose == "ours" else Participation.Whose.OTHERS
        rows = rows.filter(whose=side).order_by("next_due", "pathway")
        column = "next_due"
    if after:
        on, pathway = after.split("_", 1)
        rows = rows.filter(Q(**{f"{column}__gt": on}) | Q(**{column: on, "pathway__gt": pathway}))
    found = list(rows.values("pathway_id", "next_due", "next_step", "moved_on")[: PAGE + 1])
    cases = {
        case.pk: case
        for case in access.visible_to(
            actor, Pathway.objects.filter(pk__in=[row["pathway_id"] for row in found[:PAGE]]).select_related("child")
        )
    }
    shown = tuple(
        CaseRow(
            pathway_id=case.pk,
            child_name=case.child.name,
            age=age.age_on(born_on=case.child.born_on, on=today),
            journal_number=case.child.journal_number,
            status=PathwayStatus(case.status),
            next_step=next_step.sentence_of(row["next_step"], who=gettext("En annen tjeneste"))
            if row["next_step"]
            else "",
            due_on=None if row["next_due"] == NO_DATE else row["next_due"],
            moved_on=row["moved_on"],
            is_late=row["next_due"] < today,
        )
        for row in found[:PAGE]
        if (case := cases.get(row["pathway_id"]))
    )
    _log(actor, f"work_{whose}", [cases[row.pathway_id].child_id for row in shown])
    last = found[PAGE - 1] if len(found) > PAGE else None
    more = f"{last['moved_on' if whose == 'still' else 'next_due']}_{last['pathway_id']}" if last else ""
    return Page(shown, more)


def not_assessed(actor: Actor, *, after: str = "") -> Page:
    """Children in the target group whom nobody has assessed yet (A1), the most urgent first."""
    if not (actor.role.is_child_welfare or actor.role is Role.IMPORTER):
        raise access.Refused("role", access.NOT_YOUR_ROLE)
    today = clock.today()
    rows = _valid(actor).filter(pathway__isnull=True, whose=Participation.Whose.OURS).order_by("next_due", "child")
    if after:
        on, last = after.split("_", 1)
        rows = rows.filter(Q(next_due__gt=on) | Q(next_due=on, child__gt=last))
    found = list(rows.values("child_id", "next_due")[: PAGE + 1])
    children = {
        child.pk: child
        for child in access.visible_to(actor, Child.objects.filter(pk__in=[row["child_id"] for row in found[:PAGE]]))
    }
    shown = tuple(
        ChildRow(
            child_id=child.pk,
            child_name=child.name,
            age=age.age_on(born_on=child.born_on, on=today),
            journal_number=child.journal_number,
            due_on=None if row["next_due"] == NO_DATE else row["next_due"],
            is_late=row["next_due"] < today,
        )
        for row in found[:PAGE]
        if (child := children.get(row["child_id"]))
    )
    _log(actor, "not_assessed", [row.child_id for row in shown])
    more = f"{found[PAGE - 1]['next_due']}_{found[PAGE - 1]['child_id']}" if len(found) > PAGE else ""
    return Page(shown, more)


@dataclass(frozen=True, slots=True)
class Found:
    """One child found by a search."""

    child_id: UUID
    pathway_id: UUID | None
    child_name: str
    age: int
    journal_number: str


def search(actor: Actor, *, text: str) -> tuple[Found, ...]:
    """Children that the actor may see, by the beginning of any word of the name, journal number or national number.

    The answer for what does not exist and for what is not the actor's is the same.
    """
    words = text.upper().replace("-", " ").split()
    if not words:
        return ()
    digits = text.replace(" ", "")
    children = access.visible_to(actor, Child.objects.all())
    if digits.isdecimal() and len(digits) == 11:
        found = list(children.filter(national_id=digits)[:PAGE])
    else:
        keys = NameKey.objects.filter(service=actor.service_id)
        matching = keys.filter(key__gte=words[0], key__lt=words[0] + "\U0010ffff").order_by("key", "child")
        ids = {row.child_id for row in matching[:PAGE]}
        for word in words[1:]:
            ids &= set(
                keys.filter(child__in=ids, key__gte=word, key__lt=word + "\U0010ffff").values_list("child", flat=True)
            )
        found = list(children.filter(Q(pk__in=ids) | Q(author_service=actor.service_id, journal_number=text.strip())))
    newest = {
        row["child_id"]: row["pk"]
        for row in access.visible_to(actor, Pathway.objects.filter(child__in=found))
        .order_by("recorded_at")
        .values("pk", "child_id")
    }
    _log(actor, "search", [child.pk for child in found])
    today = clock.today()
    return tuple(
        Found(
            child_id=child.pk,
            pathway_id=newest.get(child.pk),
            child_name=child.name,
            age=age.age_on(born_on=child.born_on, on=today),
            journal_number=child.journal_number,
        )
        for child in found
    )


def _log(actor: Actor, action: str, children: list[UUID]) -> None:
    record.look(
        action,
        at=clock.now(),
        person_id=actor.person_id,
        service_id=actor.service_id,
        role=actor.role,
        children=children,
    )
