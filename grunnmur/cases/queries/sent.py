"""What a service has sent, what became of it, and what is silent; as the actor may see it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from grunnmur import clock
from grunnmur.cases import access
from grunnmur.cases.models import Pathway
from grunnmur.cases.queries import looking, names
from grunnmur.cases.queries.case import HIDDEN, HIDDEN_PERSON, Case, get_case
from grunnmur.cases.queries.looks import before
from grunnmur.cases.terms import AddressProtection
from grunnmur.directory.sessions import Actor
from grunnmur.post import addresses, ledger
from grunnmur.post.ledger import Way
from grunnmur.post.models import Fact, Message
from grunnmur.post.rules import NEVER_REMINDED, rules
from grunnmur.post.terms import FactKind, MessageSort, MessageState

PAGE = 25
MOST = 200
"""As many messages as are read about what waits in one case."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One message, to whom, and what became of it."""

    id: UUID
    pathway_id: UUID
    child: str
    """The name, where a list has several children."""
    sort: MessageSort
    to: str
    """The receiving service; empty for somebody outside."""
    by: str
    is_by_itself: bool
    """Nobody sent it: the program reminded by itself, in the name of the contact person (`sql/reminders.sql`)."""
    is_ours: bool
    at: datetime
    answer_by: date | None
    wants_answer: bool
    state: MessageState
    since: datetime
    """Since when it stands there."""
    ways: tuple[Way, ...]
    is_silent: bool
    is_reminded: bool

    @property
    def can_be_reminded(self) -> bool:
        return self.is_silent and self.is_ours and bool(self.to) and self.sort not in NEVER_REMINDED


@dataclass(frozen=True, slots=True)
class Page:
    """Some messages, and the key to go on from; empty when there are no more."""

    rows: tuple[Sent, ...]
    after: str
    readers: int
    """How many can read what is sent to the actor's own service."""

    @property
    def lacks_readers(self) -> bool:
        return self.readers < rules().readers.number


@dataclass(frozen=True, slots=True)
class CaseSent:
    """The same for one case: what the actor's service has sent and got about it."""

    case: Case
    rows: tuple[Sent, ...]
    after: str


def list_sent(actor: Actor, *, after: str = "") -> Page:
    """What the actor's service has sent, the newest first."""
    return _page(actor, Message.objects.filter(author_service=actor.service_id), page="sent", after=after)


def list_silent(actor: Actor, *, after: str = "") -> Page:
    """What it has sent that nobody has opened or answered in its time, or that did not arrive; the oldest first."""
    rows = Message.objects.filter(author_service=actor.service_id, silent_from__lte=clock.now())
    return _page(actor, rows, page="silences", after=after, by="silent_from")


def of_case(actor: Actor, pathway_id: UUID, *, after: str = "") -> CaseSent:
    """What was sent about one case. Raises NotVisible."""
    case = get_case(actor, pathway_id, page="case_sent")
    found, more = _read(actor, Message.objects.filter(subject=case.pathway.pk), after=after, by="-recorded_at")
    return CaseSent(case, _told(actor, found, {}, hides=lambda _row, service: case.hides(service)), more)


def about(case: Case, items: Collection[UUID]) -> tuple[tuple[UUID, UUID | None, Sent], ...]:
    """What the actor's service has sent about some rows of a case, newest first: the row, the receiver, the message."""
    rows = Message.objects.filter(subject=case.pathway.pk, author_service=case.actor.service_id, item__in=items)
    found = list(access.visible_to(case.actor, rows).order_by("-recorded_at", "pk")[:MOST])
    told = _told(case.actor, found, {}, hides=lambda _row, service: case.hides(service))
    return tuple((row.item, row.to_service_id, one) for row, one in zip(found, told, strict=True))


def _page(actor: Actor, rows: QuerySet[Message], *, page: str, after: str, by: str = "-recorded_at") -> Page:
    found, more = _read(actor, rows, after=after, by=by)
    cases = {
        row.pk: row
        for row in access.visible_to(actor, Pathway.objects.filter(pk__in={one.subject for one in found}))
        .select_related("child")
        .annotate(grounds=access.Grounds(actor, child="child"))
    }
    looking.log(
        actor,
        page,
        children=dict.fromkeys(row.child_id for row in cases.values()),
        kinds=looking.IN_A_LIST,
        grounds=(basis for row in cases.values() for basis in row.grounds),
    )

    def hides(row: Message, service_id: UUID | None) -> bool:
        """Which services are around a child with a protected address says where it is: the case's page tells."""
        about = cases.get(row.subject)
        if about is None or service_id in (actor.service_id, about.author_service_id):
            return False
        return bool(about.child.address_protection != AddressProtection.NONE)

    told = _told(actor, found, {key: row.child.name for key, row in cases.items()}, hides=hides)
    return Page(told, more, addresses.count_readers())


def _read(actor: Actor, rows: QuerySet[Message], *, after: str, by: str) -> tuple[list[Message], str]:
    """One page of the messages that the actor may see, and the key to go on from. `by` is the index's own order."""
    column, is_falling = by.removeprefix("-"), by.startswith("-")
    rows = access.visible_to(actor, rows)
    if (end := before(after)) is not None:
        at, key = end
        # Two conditions on the first column, so that the index is entered where the page before ended.
        reach, beyond = ("lte", "lt") if is_falling else ("gte", "gt")
        rows = rows.filter(
            Q(**{f"{column}__{reach}": at}), Q(**{f"{column}__{beyond}": at}) | Q(**{column: at, "pk__gt": key})
        )
    found = list(rows.order_by(by, "pk")[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return found[:PAGE], f"{getattr(last, column).isoformat()}_{last.pk}" if last else ""


def _told(
    actor: Actor,
    found: Sequence[Message],
    children: Mapping[UUID, str],
    *,
    hides: Callable[[Message, UUID | None], bool],
) -> tuple[Sent, ...]:
    """The messages in words, in a fixed number of queries however many."""
    entries = ledger.entries([row.pk for row in found])
    services = names.services(row.to_service_id for row in found)
    people = names.people(row.recorded_by_id for row in found)
    now = clock.now()

    def one(row: Message) -> Sent:
        entry = entries[row.pk]
        return Sent(
            id=row.pk,
            pathway_id=row.subject,
            child=children.get(row.subject, ""),
            sort=MessageSort(row.sort),
            to=str(HIDDEN) if hides(row, row.to_service_id) else services.get(str(row.to_service_id), ""),
            by=str(HIDDEN_PERSON) if hides(row, row.author_service_id) else people.get(str(row.recorded_by_id), ""),
            is_by_itself=row.sort == MessageSort.REMINDER and row.follows_id is None,
            is_ours=row.author_service_id == actor.service_id,
            at=row.recorded_at,
            answer_by=_last_day(row.answer_by),
            wants_answer=row.wants_answer,
            state=entry.state,
            since=_since(row, entry.state, entry.facts),
            ways=entry.ways,
            is_silent=row.silent_from is not None and row.silent_from <= now,
            is_reminded=any(fact.fact == FactKind.REMINDED for fact in entry.facts),
        )

    return tuple(one(row) for row in found)


def _since(row: Message, stands: MessageState, facts: Iterable[Fact]) -> datetime:
    by_name = {
        MessageState.OPENED: FactKind.OPENED,
        MessageState.ANSWERED: FactKind.ANSWERED,
        MessageState.RECALLED: FactKind.RECALLED,
        MessageState.OVER: FactKind.OVER,
        MessageState.CLOSED: FactKind.CLOSED,
    }
    wanted = by_name.get(stands)
    return max((fact.at for fact in facts if wanted is None or fact.fact == wanted), default=row.recorded_at)


def _last_day(over: datetime | None) -> date | None:
    """The day that is over at an instant."""
    return (over - timedelta(microseconds=1)).astimezone(clock.OSLO).date() if over else None
