"""Asking a network to a gathering by mail: who is told what, what became of it, and those outside who answer by a link.

A message says nothing of the gathering (`post/texts.py`); it stands on the page that the message leads to. Whoever
represents a municipality logs in; those beside the municipalities have no account, and come by an address that only the
program can make. Both answer on their page, and the database settles what was sent (`sql/networks.sql`).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from hashlib import sha256
from uuid import UUID

from django.db import connection
from django.db.models import Q

from grunnmur import clock
from grunnmur.directory.kinds import Role
from grunnmur.directory.meanwhile import EditConflict, take_turns
from grunnmur.directory.models import Membership
from grunnmur.directory.sessions import Actor, sign
from grunnmur.post import ledger, links, outbox
from grunnmur.post.models import Address, Message
from grunnmur.post.outbox import Receiver
from grunnmur.post.terms import MessageSort, MessageState
from grunnmur.stewardship import networking
from grunnmur.stewardship.models import Gathering, GatheringInvitation, Network
from grunnmur.stewardship.networking import Reply
from grunnmur.stewardship.networks import Before, is_old, to_tell
from grunnmur.stewardship.supervision import LEADS
from grunnmur.stewardship.terms import Coming, Told

ADDRESS = "gathering"
"""The sort of link that somebody outside answers by."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who is told of a gathering: one who represents a municipality, or one of those beside them."""

    name: str
    """The municipality, or the one beside them."""
    place: str | None = None
    service_id: UUID | None = None
    person_id: UUID | None = None
    role: Role | None = None

    @property
    def key(self) -> str:
        """The same for everything that one is sent."""
        return str(self.person_id or self.name)


def members(network: Network, *, on: date) -> list[Member]:
    """Everybody who can be told, by municipality, and then those beside them."""
    names = dict(networking.places(network))
    order = {place: number for number, place in enumerate(names)}
    roles = Q()
    for role, kind in LEADS.items():
        roles |= Q(role=role, service__kind=kind)
    rows = (
        Membership.objects.filter(roles, service__municipality__in=names, starts_on__lte=on)
        .filter(Q(ends_on=None) | Q(ends_on__gt=on))
        .values_list("service__municipality", "service", "person", "role")
    )
    found = [
        Member(names[place], place, service, person, Role(role))
        for place, service, person, role in sorted(rows.distinct(), key=lambda row: (order[row[0]], str(row[2])))
    ]
    return [*found, *(Member(one) for one in network.partners)]


def without_anybody(network: Network, *, on: date) -> list[str]:
    """The municipalities that nobody represents here, so that nobody there can be told."""
    told = {one.place for one in members(network, on=on)}
    return [name for number, name in networking.places(network) if number not in told]


# --- what was sent ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """What somebody was told of a gathering, and what became of it."""

    name: str
    what: Told
    at: datetime
    state: MessageState
    is_silent: bool


def sent(gathering: Gathering, *, at: datetime) -> list[Line]:
    """Everything that was sent about a gathering, the newest first; for members, what they were sent themselves."""
    rows = list(
        GatheringInvitation.objects.filter(gathering=gathering)
        .select_related("message", "municipality")
        .order_by("-recorded_at", "municipality__name", "partner", "pk")
    )
    became = ledger.entries([row.message_id for row in rows])
    return [
        Line(
            row.municipality.name if row.municipality else row.partner,
            Told(row.what),
            row.recorded_at,
            became[row.message_id].state,
            row.message.silent_from is not None and row.message.silent_from <= at,
        )
        for row in rows
    ]


def counted(lines: list[Line]) -> list[tuple[MessageState, int]]:
    """How many messages stand where, in order; together they are all that was sent."""
    numbers = Counter(one.state for one in lines)
    return [(one, numbers[one]) for one in MessageState if numbers[one]]


@dataclass(frozen=True, slots=True)
class _Last:
    """The last that somebody was sent about a gathering."""

    before: Before
    message: Message


def _last(gathering: Gathering) -> dict[str, _Last]:
    rows = list(
        GatheringInvitation.objects.filter(gathering=gathering).select_related("message").order_by("recorded_at", "pk")
    )
    mails = {
        row.message_id: row.address for row in Address.objects.filter(message__in=[row.message_id for row in rows])
    }
    return {
        str(row.message.to_person_id or row.partner): _Last(
            Before(Told(row.what), row.recorded_at, mails.get(row.message_id, "")), row.message
        )
        for row in rows
    }


def mails(network: Network) -> dict[str, str]:
    """The address that each of those beside the municipalities was last sent to, at any gathering."""
    rows = GatheringInvitation.objects.filter(gathering__network=network, municipality=None).order_by("recorded_at")
    by_message = dict(rows.values_list("message", "partner"))
    sent_to = Address.objects.filter(message__in=by_message).order_by("set_at")
    return {by_message[row.message_id]: row.address for row in sent_to if row.message_id}


# --- sending ----------------------------------------------------------------------------------------------------------


def can_be_told(gathering: Gathering, *, on: date) -> bool:
    """Whether a gathering is still ahead, or called off before it was; what is over is told of in the minutes."""
    return not gathering.minutes and gathering.held_on >= on


@dataclass(frozen=True, slots=True)
class Errand:
    """What one member is to be sent now."""

    member: Member
    what: Told
    asks: bool
    """Whether an answer is waited for; of one who has given it, or of what is called off, none is."""
    mail: str = ""


def errands(network: Network, gathering: Gathering, *, to: Mapping[str, str], reminds: bool, on: date) -> list[Errand]:
    """Who is to be sent what now; `to` has the address of each of those beside the municipalities who has one.

    Whoever knows where the gathering stands is sent nothing, unless they have not answered and are reminded: at most
    once a day, our own choice.
    """
    last = _last(gathering)
    known = {**networking.answers(gathering), **networking.partner_answers(gathering)}
    answered = {key for key, row in known.items() if not is_old(row.recorded_at, moved_at=gathering.moved_at)}
    found = []
    for member in members(network, on=on):
        mail = "" if member.person_id else to.get(member.name, "")
        if not (member.person_id or mail):
            continue
        before = last[member.key].before if member.key in last else None
        what = to_tell(before, is_cancelled=gathering.is_cancelled, moved_at=gathering.moved_at, mail=mail)
        asks = (member.place or member.name) not in answered and not gathering.is_cancelled
        if what is None and reminds and asks and before and before.at.astimezone(clock.OSLO).date() < on:
            what = Told.REMINDED
        if what is not None:
            found.append(Errand(member, what, asks, mail))
    return found


def send(
    *, actor: Actor, network: Network, gathering_id: UUID, to: Mapping[str, str], reminds: bool, at: datetime
) -> list[Errand]:
    """Tell every member what it does not know of a gathering; a second press finds nobody to tell. Gives who was told.

    What nobody has opened of what was sent before is taken back when the gathering is moved or called off.
    """
    take_turns(f"gatherings {network.pk}")
    gathering = Gathering.objects.get(network=network, pk=gathering_id)
    found = errands(network, gathering, to=to, reminds=reminds, on=at.astimezone(clock.OSLO).date())
    last = _last(gathering)
    if any(one.what in (Told.MOVED, Told.CALLED_OFF) for one in found):
        outbox.recall(actor=actor, at=at, item=gathering.pk)
    for one in found:
        before = last.get(one.member.key)
        if one.what is Told.INVITED and before:
            outbox.recall_one(actor=actor, at=at, message=before.message)
        message = _send_one(actor, gathering, one, at=at, follows=before.message if before else None)
        if one.what is Told.REMINDED and before:
            outbox.reminded(actor=actor, at=at, message=before.message)
        GatheringInvitation.objects.create(
            gathering=gathering,
            message=message,
            municipality_id=one.member.place,
            partner="" if one.member.place else one.member.name,
            what=one.what,
            recorded_at=at,
            recorded_by_id=actor.person_id,
        )
    return found


def _send_one(actor: Actor, gathering: Gathering, one: Errand, *, at: datetime, follows: Message | None) -> Message:
    # What it follows is in it, for an address can be mended and mended back on the same day.
    whom = sha256(f"{one.member.key}|{one.mail}|{follows and follows.pk}".encode()).hexdigest()[:32]
    return outbox.send(
        actor=actor,
        at=at,
        sort=MessageSort.GATHERING,
        subject=gathering.network_id,
        kind=0,
        item=gathering.pk,
        to=Receiver(service_id=one.member.service_id, person_id=one.member.person_id, mail=one.mail),
        wants_answer=one.asks,
        expires_at=clock.end_of(gathering.held_on),
        once=f"gathering:{gathering.pk}:{gathering.version}:{one.what}:{at.date()}:{whom}",
        follows=follows,
    )


def unopened(actor: Actor, *, at: datetime) -> list[tuple[Gathering, Told]]:
    """The last that one who leads in a municipality was told of each gathering ahead, where it has not been shown."""
    rows = list(
        GatheringInvitation.objects.filter(
            message__to_person=actor.person_id, gathering__held_on__gte=at.astimezone(clock.OSLO).date()
        )
        .select_related("gathering")
        .order_by("gathering__held_on", "recorded_at", "pk")
    )
    became = ledger.entries([row.message_id for row in rows])
    last = {row.gathering: row for row in rows}
    done = (MessageState.OPENED, MessageState.ANSWERED, MessageState.RECALLED, MessageState.OVER)
    return [(one, Told(row.what)) for one, row in last.items() if became[row.message_id].state not in done]


def opened(*, actor: Actor, gathering: Gathering, at: datetime) -> None:
    """One who represents a municipality has been shown the gathering."""
    outbox.opened(actor=actor, at=at, items=[gathering.pk])


# --- those outside ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ByLink:
    """What somebody outside is told of a gathering, and what they have answered; nothing of what others have."""

    state: str
    gathering_id: UUID
    network: str
    organiser: str
    partner: str
    held_on: date
    begins_at: time
    place: str
    about: str
    is_cancelled: bool
    version: int
    topics: list[str]
    answer: str
    who: str
    words: str
    answered: int
    """The version of their own answer; 0 before the first."""
    is_old: bool
    """Whether they answered before it was moved."""

    @property
    def is_open(self) -> bool:
        """Whether the link shows anything."""
        return self.state == "open"


def message_in(address: str) -> UUID | None:
    """The message of a link's address; None for one that the program has not made."""
    return links.id_in(address, of=ADDRESS)


def address_of(message_id: UUID) -> str:
    """The last part of the link's address."""
    return links.address_of(message_id, of=ADDRESS)


def by_link(message_id: UUID) -> ByLink | None:
    """What a link shows; None when it leads nowhere."""
    with connection.cursor() as cursor:
        cursor.execute("select * from sec.gathering_by_link(%s, %s)", [message_id, sign(f"gathering|{message_id}")])
        row = cursor.fetchone()
    return ByLink(*row) if row else None


def open_link(message_id: UUID) -> None:
    """Somebody outside has pressed to see what they were sent."""
    with connection.cursor() as cursor:
        cursor.execute("select sec.open_gathering(%s, %s)", [message_id, sign(f"open_gathering|{message_id}")])


def answer_by_link(message_id: UUID, *, said: Reply, seen: int | None) -> bool:
    """Answer for one of those beside the municipalities. False when the link or the gathering is over.

    Raises EditConflict when somebody else who has a link answered meanwhile; the same answer twice is one.
    """
    found = by_link(message_id)
    if found is None or not found.is_open:
        return False
    take_turns(f"gathering answer {found.gathering_id} {found.partner}")
    found = by_link(message_id)
    assert found is not None, "what was sent stays"
    if found.answered and not found.is_old and Reply(Coming(found.answer), found.who, found.words) == said:
        return True
    if seen != found.answered:
        raise EditConflict(seen=seen, current=found.answered)
    given = (message_id, seen, str(said.answer), said.who, said.words)
    with connection.cursor() as cursor:
        cursor.execute(
            "select sec.answer_gathering(%s, %s, %s, %s, %s, %s)",
            [*given, sign("|".join(map(str, ("answer_gathering", *given))))],
        )
        answered: bool = cursor.fetchone()[0]
    return answered
