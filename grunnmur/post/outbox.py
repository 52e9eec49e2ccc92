"""The door of what is sent. Called inside an act, in its transaction: what is written here leaves when the act has
been committed, by `grunnmur work`, and nothing leaves within a request."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Q

from grunnmur.directory.sessions import Actor
from grunnmur.post.models import Address, Delivery, Fact, Message
from grunnmur.post.rules import rules
from grunnmur.post.terms import Channel, FactKind, MessageSort
from grunnmur.working_days import working_days_later


@dataclass(frozen=True, slots=True)
class Receiver:
    """A service's inbox, one person acting for it, or somebody without an account at an address of their own, who may
    answer for a service by a link."""

    service_id: UUID | None = None
    person_id: UUID | None = None
    mail: str = ""
    phone: str = ""
    code_to: str = ""
    """Beside a mail: a mobile that gets the codes that open the link, and not the word that there is one."""

    def __post_init__(self) -> None:
        assert self.service_id or self.is_outside, "a service, or an address outside"
        assert self.service_id or not self.person_id, "a person acts for a service"
        assert not (self.person_id and self.is_outside), "who has an account is reached where they have said"

    @property
    def is_outside(self) -> bool:
        """Whether it is somebody without an account, at an address that the sender gives."""
        return bool(self.mail or self.phone)


def send(
    *,
    actor: Actor,
    at: datetime,
    sort: MessageSort,
    subject: UUID,
    kind: int,
    item: UUID,
    to: Receiver,
    wants_answer: bool = False,
    answer_by: datetime | None = None,
    expires_at: datetime | None = None,
    once: str = "",
    follows: Message | None = None,
) -> Message:
    """Send one thing to one receiver, unless it has been sent: then gives what was.

    `subject`, `kind` and `item` say what it is about, for those who see that; the receiver outside is told nothing of
    it. `once` makes it the same thing as another; without it, that is the sort, the row and the receiver. It is a
    silence when nobody has opened it in some working days, or not answered by `answer_by` what wants an answer;
    without a deadline those days are all that it is given.
    """
    once = once or f"{sort}:{item}:{to.service_id}:{to.person_id}:{to.mail}:{to.phone}"[:160]
    sent = Message.objects.filter(author_service=actor.service_id, once=once).first()
    if sent is not None:
        return sent
    quiet = working_days_later(at, rules().silence_working_days.number)
    message = Message.objects.create(
        sort=sort,
        subject=subject,
        kind=int(kind),
        item=item,
        author_service_id=actor.service_id,
        recorded_by_id=actor.person_id,
        recorded_at=at,
        to_service_id=to.service_id,
        to_person_id=to.person_id,
        once=once,
        follows=follows,
        wants_answer=wants_answer,
        answer_by=answer_by,
        expires_at=expires_at or at + timedelta(days=rules().expires_days.number),
        silent_from=min(answer_by, quiet) if answer_by and answer_by > at else quiet,
    )
    ways = _outside(actor, message, to) if to.is_outside else _inside(to)
    deliveries = [
        Delivery(message=message, channel=channel, address_id=address, made_at=at, due_at=at)
        for address, channel in ways
    ]
    if not to.is_outside:
        deliveries.append(Delivery(message=message, channel=Channel.INBOX, made_at=at))
    Delivery.objects.bulk_create(deliveries)
    return message


def _inside(to: Receiver) -> list[tuple[UUID, Channel]]:
    """The addresses of a service, or of one of its people, by id: the one who sends is not told what they are."""
    with connection.cursor() as cursor:
        cursor.execute("select address, channel from sec.addresses_of(%s, %s)", [to.service_id, to.person_id])
        return [(address, Channel(channel)) for address, channel in cursor.fetchall()]


def _outside(actor: Actor, message: Message, to: Receiver) -> list[tuple[UUID, Channel]]:
    given = [(Channel.MAIL, to.mail), (Channel.SMS, to.phone or to.code_to)]
    rows = [
        Address(
            service_id=actor.service_id,
            message=message,
            channel=channel,
            address=address,
            set_by_id=actor.person_id,
            set_at=message.recorded_at,
        )
        for channel, address in given
        if address
    ]
    Address.objects.bulk_create(rows)
    return [(row.pk, Channel(row.channel)) for row in rows if row.channel != Channel.SMS or to.phone]


def opened(*, actor: Actor, at: datetime, items: Collection[UUID]) -> None:
    """Somebody in the receiving service has been shown these rows: what was sent about them is opened.

    What was sent to one person is opened by that one alone.
    """
    for_me = Q(to_person=None) | Q(to_person=actor.person_id)
    _note(FactKind.OPENED, for_me & Q(to_service=actor.service_id, item__in=items), actor=actor, at=at)


def answered(*, actor: Actor, at: datetime, item: UUID) -> None:
    """The row has been answered: by the receiving service, or put down as answered by the one that asked."""
    mine = Q(to_service=actor.service_id) | Q(author_service=actor.service_id)
    _note(FactKind.ANSWERED, mine & Q(item=item, wants_answer=True), actor=actor, at=at)


def recall(*, actor: Actor, at: datetime, item: UUID) -> None:
    """Take back what the actor's service has sent about a row: what nobody has opened and has not left, does not.

    What somebody has opened and not answered stands as opened, and waits for no answer any more.
    """
    ours = Q(author_service=actor.service_id, item=item)
    _note(FactKind.RECALLED, ours, actor=actor, at=at)
    _note(FactKind.OVER, ours & Q(wants_answer=True), actor=actor, at=at)


def recall_one(*, actor: Actor, at: datetime, message: Message) -> bool:
    """Take back one message that nobody has answered. False when somebody has, or it was taken back before."""
    mine, facts = Q(pk=message.pk, author_service=actor.service_id), (FactKind.RECALLED, FactKind.OVER)
    for fact in facts:
        _note(fact, mine, actor=actor, at=at)
    return Fact.objects.filter(message=message, fact__in=facts, at=at).exists()


def remind(*, actor: Actor, at: datetime, message: Message) -> Message:
    """Send a reminder to the same receiver, at most once a day; the silence is the reminder's from now on."""
    assert message.to_service_id is not None, "who is outside is asked anew, with a link of its own"
    reminder = send(
        actor=actor,
        at=at,
        sort=MessageSort.REMINDER,
        subject=message.subject,
        kind=message.kind,
        item=message.item,
        to=Receiver(service_id=message.to_service_id, person_id=message.to_person_id),
        wants_answer=message.wants_answer,
        answer_by=message.answer_by,
        once=f"reminder:{message.pk}:{at.date().isoformat()}",
        follows=message,
    )
    reminded(actor=actor, at=at, message=message)
    return reminder


def reminded(*, actor: Actor, at: datetime, message: Message) -> None:
    """Another message reminds of this one: from now on the silence is the other's."""
    _note(FactKind.REMINDED, Q(pk=message.pk), actor=actor, at=at)


def _note(fact: FactKind, which: Q, *, actor: Actor, at: datetime) -> None:
    """Write one fact about each message that lacks it and is not taken back; two at once write it once."""
    rows = Message.objects.filter(which).exclude(facts__fact__in=(fact, FactKind.RECALLED))
    if fact is FactKind.RECALLED:
        rows = rows.exclude(facts__fact__in=(FactKind.OPENED, FactKind.ANSWERED))
    if fact is FactKind.OVER:
        rows = rows.exclude(facts__fact=FactKind.ANSWERED)
    Fact.objects.bulk_create(
        [Fact(message=row, fact=fact, at=at, recorded_by_id=actor.person_id) for row in rows], ignore_conflicts=True
    )
