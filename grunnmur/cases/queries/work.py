"""The lists: my work, children not yet assessed, search. Each starts from the participation's index, paged by key."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from grunnmur import clock
from grunnmur.cases import access, age, next_step
from grunnmur.cases.definition import definitions
from grunnmur.cases.door import NO_DATE
from grunnmur.cases.models import Child, NameKey, Participation, Pathway
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
    next_step: str
    """What waits, as a sentence; empty when nothing is this service's."""
    step: str
    """Key of what waits, for a link straight to it."""
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


def my_work(actor: Actor, *, mine_only: bool, after: Mapping[str, str]) -> dict[str, Page]:
    """The three lists: `ours` (we owe), `others` (others owe) and `still` (nothing moves).

    `mine_only` keeps the cases that the actor is contact person of; `after` says for a list where to go on from.
    """
    today = clock.today()
    rows = access.sights_of_children(actor).filter(pathway__isnull=False)
    if mine_only:
        rows = rows.filter(contact_person=actor.person_id)
    has_not_moved_since = today - timedelta(days=definitions().deadline("nothing_moves").amount)
    lists = {
        "ours": (rows.filter(whose=Participation.Whose.OURS), "next_due"),
        "others": (rows.filter(whose=Participation.Whose.OTHERS), "next_due"),
        "still": (rows.filter(whose__gt=0, moved_on__lt=has_not_moved_since), "moved_on"),
    }
    pages = {name: _page(one, by=by, key="pathway_id", after=after.get(name, "")) for name, (one, by) in lists.items()}
    children = _children(row["child_id"] for rows, _more in pages.values() for row in rows)
    _log(actor, "work", list(children))
    waits = _sentences((row["next_step"], row["whose"]) for rows, _more in pages.values() for row in rows)
    return {
        name: Page(
            tuple(
                CaseRow(
                    pathway_id=row["pathway_id"],
                    child_name=child.name,
                    age=age.age_on(born_on=child.born_on, on=today),
                    journal_number=child.journal_number,
                    next_step=waits[row["next_step"], row["whose"]],
                    step=next_step.key_of(row["next_step"]),
                    due_on=None if row["next_due"] == NO_DATE else row["next_due"],
                    moved_on=row["moved_on"],
                    is_late=row["next_due"] < today,
                )
                for row in rows
                if (child := children.get(row["child_id"]))
            ),
            more,
        )
        for name, (rows, more) in pages.items()
    }


def _sentences(kept: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """What waits and for whom, in words, by what the rows keep of it; a list says the same few things many times."""
    ours, others = gettext("Dere"), gettext("En annen tjeneste")
    return {
        (waits, whose): next_step.sentence_of(waits, who=ours if whose == Participation.Whose.OURS else others)
        if waits
        else ""
        for waits, whose in set(kept)
    }


def _page(rows: QuerySet[Participation], *, by: str, key: str, after: str) -> tuple[list[dict[str, Any]], str]:
    """One page of participations in the index's own order, and the key to go on from.

    Nothing is joined here, so that what a list costs is the rows it shows and never the history behind them.
    """
    if after:
        on, last = after.split("_", 1)
        rows = rows.filter(Q(**{f"{by}__gt": on}) | Q(**{by: on, f"{key}__gt": last}))
    columns = ("pathway_id", "child_id", "whose", "next_due", "next_step", "moved_on")
    found = list(rows.order_by(by, key).values(*columns)[: PAGE + 1])
    end = found[PAGE - 1] if len(found) > PAGE else None
    return found[:PAGE], f"{end[by]}_{end[key]}" if end else ""


def _children(ids: Iterable[UUID]) -> dict[UUID, Child]:
    """The children that the sights of a list let the actor see, as far as lists show them."""
    shown = Child.objects.only("name", "born_on", "journal_number")
    return {child.pk: child for child in shown.filter(pk__in=set(ids))}


def not_assessed(actor: Actor, *, after: str = "") -> Page:
    """Children in the target group whom nobody has assessed yet (A1), the most urgent first."""
    if not (actor.role.is_child_welfare or actor.role is Role.IMPORTER):
        raise access.Refused("role", access.NOT_YOUR_ROLE)
    today = clock.today()
    waiting = access.sights_of_children(actor).filter(pathway__isnull=True, whose=Participation.Whose.OURS)
    rows, more = _page(waiting, by="next_due", key="child_id", after=after)
    children = _children(row["child_id"] for row in rows)
    _log(actor, "not_assessed", list(children))
    return Page(
        tuple(
            ChildRow(
                child_id=child.pk,
                child_name=child.name,
                age=age.age_on(born_on=child.born_on, on=today),
                journal_number=child.journal_number,
                due_on=None if row["next_due"] == NO_DATE else row["next_due"],
                is_late=row["next_due"] < today,
            )
            for row in rows
            if (child := children.get(row["child_id"]))
        ),
        more,
    )


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
