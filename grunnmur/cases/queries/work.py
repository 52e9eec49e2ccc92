"""The lists: my work, and children not yet assessed. Each starts from the participation's index, paged by key."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.utils.translation import gettext

from grunnmur import clock
from grunnmur.cases import access, age, next_step
from grunnmur.cases.definition import definitions
from grunnmur.cases.door import NO_DATE
from grunnmur.cases.models import Participation
from grunnmur.cases.queries import lists, looking
from grunnmur.cases.queries.lists import Listing
from grunnmur.directory.kinds import Role
from grunnmur.directory.sessions import Actor


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


def my_work(
    actor: Actor, *, mine_only: bool, after: Mapping[str, str], covers_for: Collection[UUID] = ()
) -> dict[str, Page]:
    """The three lists: `ours` (we owe), `others` (others owe) and `still` (nothing moves).

    `mine_only` keeps the cases that the actor is contact person of, or covers in for those in `covers_for`; `after`
    says for a list where to go on from.
    """
    today = clock.today()
    mine = "= any(%(people)s)" if covers_for else "= %(person)s"
    in_hand = "a.pathway_id is not null" + (f" and a.contact_person_id {mine}" if mine_only else "")
    pages = lists.read(
        actor,
        {
            "ours": Listing(f"{in_hand} and a.whose = {Participation.Whose.OURS:d}", by="next_due"),
            "others": Listing(f"{in_hand} and a.whose = {Participation.Whose.OTHERS:d}", by="next_due"),
            "still": Listing(f"{in_hand} and a.whose > 0 and a.moved_on < %(moved_before)s", by="moved_on"),
        },
        values={
            "person": actor.person_id,
            "people": [actor.person_id, *covers_for],
            "moved_before": today - timedelta(days=definitions().deadline("nothing_moves").amount),
        },
        after=after,
    )
    every = [row for rows, _more in pages.values() for row in rows]
    looking.log(
        actor,
        "work",
        children=dict.fromkeys(row.child_id for row in every),
        kinds=looking.IN_A_LIST,
        grounds=(row.basis for row in every),
    )
    waits = _sentences((row.next_step, row.whose) for row in every)
    return {
        name: Page(
            tuple(
                CaseRow(
                    pathway_id=row.pathway_id,
                    child_name=row.child_name,
                    age=age.age_on(born_on=row.born_on, on=today),
                    journal_number=row.journal_number,
                    next_step=waits[row.next_step, row.whose],
                    step=next_step.key_of(row.next_step),
                    due_on=None if row.next_due == NO_DATE else row.next_due,
                    moved_on=row.moved_on,
                    is_late=row.next_due < today,
                )
                for row in rows
                if row.pathway_id
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


def not_assessed(actor: Actor, *, after: str = "") -> Page:
    """Children in the target group whom nobody has assessed yet (A1), the most urgent first."""
    if not (actor.role.is_child_welfare or actor.role is Role.IMPORTER):
        raise access.Refused("role", access.NOT_YOUR_ROLE)
    today = clock.today()
    waiting = Listing(f"a.pathway_id is null and a.whose = {Participation.Whose.OURS:d}", by="next_due", key="child_id")
    rows, more = lists.read(actor, {"waiting": waiting}, values={}, after={"waiting": after})["waiting"]
    looking.log(
        actor,
        "not_assessed",
        children=[row.child_id for row in rows],
        kinds=looking.IN_A_LIST,
        grounds=(row.basis for row in rows),
    )
    return Page(
        tuple(
            ChildRow(
                child_id=row.child_id,
                child_name=row.child_name,
                age=age.age_on(born_on=row.born_on, on=today),
                journal_number=row.journal_number,
                due_on=None if row.next_due == NO_DATE else row.next_due,
                is_late=row.next_due < today,
            )
            for row in rows
        ),
        more,
    )
