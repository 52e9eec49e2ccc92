"""What families have asked the child welfare service, with what else it must see to; and how each logs in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import DateField, F, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy

from grunnmur import clock
from grunnmur.cases import access
from grunnmur.cases.models import Child, FamilyLogIn, Letter
from grunnmur.cases.queries import emergencies, looking, looks, names, reviews
from grunnmur.cases.queries.case import Case
from grunnmur.cases.queries.case import list_people as people_around
from grunnmur.cases.queries.child import ChildHead, get_child, list_people
from grunnmur.cases.queries.looks import LookedAt
from grunnmur.cases.terms import LetterAbout, WordsFor
from grunnmur.directory.sessions import Actor

WAITING = 20
"""The most that a list shows."""
WRITTEN = 100
SOMEBODY = gettext_lazy("Noen i familien")
WISHES = frozenset({LetterAbout.WORDS, LetterAbout.CLOSING, LetterAbout.CONSENT})


@dataclass(frozen=True, slots=True)
class Waiting:
    """A letter that nobody has answered."""

    id: UUID
    child_id: UUID
    child_name: str
    journal_number: str
    about: LetterAbout
    written_at: datetime
    answer_by: datetime | None

    @property
    def is_late(self) -> bool:
        return self.answer_by is not None and self.answer_by < clock.now()


@dataclass(frozen=True, slots=True)
class DecideAnew:
    """A child of whom something about who sees what must be decided anew, and the first day it is due."""

    child_id: UUID
    child_name: str
    journal_number: str
    first_on: date
    is_protection: bool
    """Whether it is until when the address is protected."""


@dataclass(frozen=True, slots=True)
class ToSeeTo:
    """What waits for the child welfare service beside the cases' own steps."""

    to_review: tuple[UUID, ...]
    """Children with a break-glass that nobody has reviewed, the oldest first."""
    letters: tuple[Waiting, ...]
    """What families have asked, what must be answered first at the top."""
    reviews: tuple[DecideAnew, ...]
    """Children of whom something must be decided anew, what is most late first."""


def to_see_to(actor: Actor, *, page: str, contacts: Collection[UUID] | None = None) -> ToSeeTo:
    """What waits in the actor's service; one question to the database when nothing does.

    With `contacts`, only those people's own cases of what must be decided anew; what else waits is for whoever sees it.
    """
    if not actor.role.is_child_welfare:
        return ToSeeTo((), (), ())
    no_day = Cast(Value(None), DateField())
    glass = emergencies.to_review(actor).annotate(what=Value("glass"), on=no_day)
    asked = Letter.objects.filter(owner_service=actor.service_id, written_by=None, answered_at=None)
    first = asked.order_by(F("answer_by").asc(nulls_last=True), "written_at")
    written = first.annotate(what=Value("letter"), on=no_day)
    columns = ("what", "pk", "child", "on")
    found = list(
        glass.values_list(*columns).union(
            written.values_list(*columns)[:WAITING], *reviews.to_review(actor, contacts=contacts), all=True
        )
    )
    keys = [key for what, key, _child, _on in found if what == "letter"]
    anew = [
        (child, on, is_protection)
        for is_protection, sorts in ((True, (reviews.PROTECTION,)), (False, reviews.SORTS))
        for child, on in reviews.first_days((child, on) for what, _key, child, on in found if what in sorts)[:WAITING]
    ]
    written_by = {child for what, _key, child, _on in found if what == "letter"}
    children = _children(actor, written_by | {child for child, _on, _is_protection in anew}, page=page)
    return ToSeeTo(
        to_review=tuple(child for what, _key, child, _on in found if what == "glass"),
        letters=_waiting(keys, children),
        reviews=tuple(
            DecideAnew(child_id, child.name, child.journal_number, on, is_protection)
            for child_id, on, is_protection in anew
            if (child := children.get(child_id))
        ),
    )


def _children(actor: Actor, ids: Collection[UUID], *, page: str) -> dict[UUID, Child]:
    """Those of some children that the actor sees, with one row in the log."""
    if not ids:
        return {}
    seen = access.visible_to(actor, Child.objects.filter(pk__in=ids))
    rows = list(seen.annotate(grounds=access.Grounds(actor, child="pk")))
    looking.log(
        actor,
        page,
        children=sorted(row.pk for row in rows),
        kinds=looking.IN_A_LIST,
        grounds=(basis for row in rows for basis in row.grounds),
    )
    return {row.pk: row for row in rows}


def _waiting(keys: list[UUID], children: dict[UUID, Child]) -> tuple[Waiting, ...]:
    if not keys:
        return ()
    rows = {row.pk: row for row in Letter.objects.filter(pk__in=keys)}
    shown = [rows[key] for key in keys if key in rows and rows[key].child_id in children]
    return tuple(
        Waiting(
            row.pk,
            row.child_id,
            children[row.child_id].name,
            children[row.child_id].journal_number,
            LetterAbout(row.about),
            row.written_at,
            row.answer_by,
        )
        for row in shown
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """One letter from one in the family, and its answer."""

    id: UUID
    who: str
    is_from_child: bool
    about: LetterAbout
    text: str
    at: datetime
    answer_by: datetime | None
    look: LookedAt | None
    readers: str
    """Who may read what the child wrote before a meeting or before the closing."""
    answer: str
    overruled_because: str
    overruled_on: str
    answered_at: datetime | None
    answered_by: str

    @property
    def is_a_childs_wish(self) -> bool:
        """Whether it can be what the child wants, and adults have to go against. A parent's answer is its own."""
        return self.is_from_child and self.about in WISHES


def list_letters(actor: Actor, child_id: UUID, *, page: str, act: str = "") -> tuple[ChildHead, tuple[Asked, ...]]:
    """What those in one family have asked, newest first, and one row in the log. Raises NotVisible, Refused."""
    head = get_child(actor, child_id, page=page, act=act or "letters.answer")
    if not head.is_owner:
        raise access.Refused("owner_only", access.OWNER_DECIDES)
    questions = Letter.objects.filter(child=head.child, written_by=None).select_related("answer")
    rows = list(questions.order_by("-written_at")[:WRITTEN])
    people = names.people(answer.written_by_id for row in rows if (answer := getattr(row, "answer", None)))
    seen = _looks(head, {row.item for row in rows if row.about == LetterAbout.LOOK and row.item})
    # Where the address is protected, whoever the child lives with is told to its readers alone.
    family = {person.identity: person.name for person in list_people(head)} if rows else {}
    return head, tuple(
        Asked(
            id=row.pk,
            who=family.get(row.identity, str(SOMEBODY)) if row.identity != head.child.pk else "",
            is_from_child=row.identity == head.child.pk,
            about=LetterAbout(row.about),
            text=row.text or "",
            at=row.written_at,
            answer_by=row.answer_by,
            look=seen.get(row.item) if row.item else None,
            readers=str(WordsFor(row.readers).label) if row.readers else "",
            answer=(answer.text or "") if answer else "",
            overruled_because=answer.overruled_because if answer else "",
            overruled_on=answer.overruled_on if answer else "",
            answered_at=answer.written_at if answer else None,
            answered_by=people.get(str(answer.written_by_id), "") if answer else "",
        )
        for row in rows
        for answer in [getattr(row, "answer", None)]
    )


def _looks(head: ChildHead, ids: set[UUID]) -> dict[UUID, LookedAt]:
    """The looks that letters are about, told as on the page of who has looked."""
    found = looks.looks_at(head.child.pk, only=ids) if ids else ()
    return {one.id: looks.as_told(one, head) for one in found}


@dataclass(frozen=True, slots=True)
class BeforeMeeting:
    """What the child wrote before a meeting, and who may read it."""

    id: UUID
    text: str
    readers: WordsFor
    is_answered: bool


def list_words(case: Case, meeting_id: UUID) -> tuple[BeforeMeeting, ...]:
    """What the child has written to one meeting, for the owner; it is read first."""
    rows = Letter.objects.filter(child=case.child, item=meeting_id, about=LetterAbout.WORDS, written_by=None)
    return tuple(
        BeforeMeeting(row.pk, row.text or "", WordsFor(row.readers), row.answered_at is not None)
        for row in rows.order_by("written_at", "pk")[:WRITTEN]
    )


@dataclass(frozen=True, slots=True)
class SaidBeforeClosing:
    """What the child, or one around it, wrote before the pathway is closed."""

    id: UUID
    who: str
    """The name; empty for the child itself."""
    text: str
    at: datetime
    readers: str
    is_answered: bool


def before_closing(case: Case) -> tuple[SaidBeforeClosing, ...]:
    """What the family has written since the pathway last began, for the owner: the child first."""
    rows = Letter.objects.filter(child=case.child, item=case.pathway.pk, about=LetterAbout.CLOSING, written_by=None)
    if case.whole.closed_at:
        rows = rows.filter(written_at__gt=case.whole.closed_at)
    found = list(rows.order_by("written_at", "pk")[:WRITTEN])
    names_of = {person.identity: person.name for person in people_around(case)} if found else {}
    return tuple(
        SaidBeforeClosing(
            row.pk,
            names_of.get(row.identity, str(SOMEBODY)) if row.identity != case.child.pk else "",
            row.text or "",
            row.written_at,
            str(WordsFor(row.readers).label) if row.readers else "",
            row.answered_at is not None,
        )
        for row in sorted(found, key=lambda one: one.identity != case.child.pk)
    )


@dataclass(frozen=True, slots=True)
class HasLogIn:
    """How one in the family logs in now."""

    id: UUID
    with_eid: bool
    given_at: datetime


def log_ins(head: ChildHead) -> dict[UUID, HasLogIn]:
    """Identity → the log-in that it has now."""
    rows = FamilyLogIn.objects.filter(child=head.child, ends_at__gt=access.NOW).order_by("given_at")
    return {row.identity: HasLogIn(row.pk, row.number_code is not None, row.given_at) for row in rows}


def get_log_in(head: ChildHead, identity: UUID) -> HasLogIn:
    """The log-in of one in the family. Raises NotVisible when there is none."""
    found = log_ins(head).get(identity)
    if found is None:
        raise access.NotVisible
    return found
