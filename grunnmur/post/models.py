"""What was sent to whom, and what became of it. No child is known here: `subject` and `kind` are only passed on."""

import uuid

from django.contrib.postgres.indexes import HashIndex
from django.db import models
from django.db.models import Q

from grunnmur.directory.kinds import Role
from grunnmur.encrypted import Encrypted
from grunnmur.keys import Keyset
from grunnmur.post.terms import Channel, Confirmed, FactKind, FailureCode, MessageSort, ProofKind


class Message(models.Model):
    """One thing that one service sends to one receiver, about one row. What is sent holds none of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sort = models.CharField(max_length=12, choices=MessageSort)
    subject = models.UUIDField()
    """What sight of it is measured against; the database's policies know what it is."""
    kind = models.IntegerField()
    """Which kind of information the row is that it is about: who may not see that, is sent nothing."""
    item = models.UUIDField()
    """The row that it is about."""
    author_service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, related_name="+", db_index=False)
    recorded_by = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    recorded_at = models.DateTimeField()
    to_service = models.ForeignKey(
        "directory.Service", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    """None for somebody outside, who is reached at an address of this message alone."""
    to_person = models.ForeignKey(
        "directory.Person", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    """The one person in the service that it is for; None for all of it."""
    once = models.CharField(max_length=160)
    """What makes it the same thing as another: it is sent once."""
    follows = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="reminders", db_index=False)
    """The message that this one reminds of."""
    wants_answer = models.BooleanField()
    """Whether it is settled by an answer; otherwise it is when it is opened."""
    answer_by = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    """From here on it is not sent, nor reminded of."""
    silent_from = models.DateTimeField(null=True)
    """From when it is a silence; None once it is settled. Lists start here, and the database keeps it."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["author_service", "once"], name="sent_once"),
            models.CheckConstraint(
                condition=Q(to_person__isnull=True) | Q(to_service__isnull=False), name="a_person_acts_for_a_service"
            ),
            models.CheckConstraint(condition=~Q(once=""), name="sent_once_says_what"),
            models.CheckConstraint(
                condition=~Q(sort=MessageSort.GATHERING) | Q(kind=0), name="gathering_tells_of_no_case"
            ),
        ]
        indexes = [
            models.Index(fields=["author_service", "-recorded_at", "id"], name="message_sent"),
            models.Index(
                fields=["author_service", "silent_from", "id"],
                name="message_silent",
                condition=Q(silent_from__isnull=False),
            ),
            models.Index(
                fields=["to_service", "answer_by", "id"],
                name="message_to_answer",
                condition=Q(wants_answer=True, silent_from__isnull=False),
            ),
            HashIndex(fields=["subject"], name="message_by_subject"),
            HashIndex(fields=["item"], name="message_by_item"),
        ]


class Address(models.Model):
    """Where notices go: to a service, to one of its people, or for one message to somebody outside."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, related_name="+", db_index=False)
    """The service that it is for; of somebody outside, the one that sends."""
    person = models.ForeignKey(
        "directory.Person", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    message = models.ForeignKey(Message, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    channel = models.CharField(max_length=5, choices=Channel)
    address = Encrypted(keyset=Keyset.ADDRESS)
    set_by = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    set_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(channel=Channel.INBOX), name="an_inbox_needs_no_address"),
            models.CheckConstraint(
                condition=Q(person__isnull=True) | Q(message__isnull=True), name="an_outsider_is_nobody_here"
            ),
            models.UniqueConstraint(
                fields=["service", "person", "channel"],
                condition=Q(ended_at__isnull=True, message__isnull=True),
                nulls_distinct=False,
                name="one_address_for_each_way",
            ),
        ]
        indexes = [HashIndex(fields=["message"], name="address_by_message")]


class Delivery(models.Model):
    """One way of one message. Its last columns are the queue that workers take from."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    """A mail's Message-ID is made from it, whatever attempt it is."""
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    channel = models.CharField(max_length=5, choices=Channel)
    address = models.ForeignKey(Address, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    """When it is to be tried; None when there is no more to do."""
    claimed_by = models.UUIDField(null=True)
    """The worker that has it, or had it last."""
    claimed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # Codes can be asked for again.
            models.UniqueConstraint(
                fields=["message", "channel", "address"],
                condition=~Q(channel=Channel.CODE),
                name="one_way_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(channel=Channel.INBOX, address__isnull=True, due_at__isnull=True)
                | (~Q(channel=Channel.INBOX) & Q(address__isnull=False)),
                name="what_is_sent_has_an_address",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="delivery_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["made_at"], name="delivery_made"),
        ]


class Fact(models.Model):
    """One thing that happened. Only added to."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="facts", db_index=False)
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, null=True, related_name="facts", db_index=False)
    """The way that it happened on; None for what happened to the message itself."""
    attempt = models.SmallIntegerField(default=0)
    fact = models.CharField(max_length=12, choices=FactKind)
    code = models.CharField(max_length=20, choices=FailureCode, blank=True)
    at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        "directory.Person", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    """Who did it; None for a worker, and for somebody outside."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["message", "delivery", "attempt", "fact"], name="happens_once", nulls_distinct=False
            ),
            models.UniqueConstraint(
                fields=["delivery"], condition=Q(fact=FactKind.HANDED_OVER), name="handed_over_once"
            ),
        ]


class Link(models.Model):
    """A way to answer without an account: bound to one message, and to one person who proves who they are."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    """The link's sight is this id's alone (`Participation.only_for`)."""
    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="link")
    name = models.CharField(max_length=120)
    """Who it is for, and the name that the answer is written in."""
    role = models.CharField(max_length=30, choices=Role)
    proof = models.CharField(max_length=12, choices=ProofKind)
    proof_code = models.BinaryField(max_length=16)
    """Stands for the number that must be proved (`keys.index`); the number itself is not kept. Empty where none is."""
    confirmed = models.CharField(max_length=10, choices=Confirmed, blank=True)
    """How the sender knows whose mobile the codes are sent to; empty where no code is. The mobile is the message's own
    `Address`, and who confirmed it, and when, is who sent the message."""
    person = models.ForeignKey(
        "directory.Person", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    """Who answers, from the first time that somebody has proved to be the one."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="a_link_is_for_somebody"),
            models.CheckConstraint(
                condition=Q(proof=ProofKind.CODE, proof_code=b"") & ~Q(confirmed="")
                | ~Q(proof=ProofKind.CODE) & ~Q(proof_code=b"") & Q(confirmed=""),
                name="a_link_has_one_proof",
            ),
        ]


class LinkCode(models.Model):
    """A code that was sent to open a link by. Nobody reads it: `sec.try_link_code` is asked.

    The code itself stands nowhere: the program makes it from the delivery's id when the SMS is about to leave.
    """

    delivery = models.OneToOneField(Delivery, on_delete=models.CASCADE, primary_key=True, related_name="+")
    link = models.ForeignKey(Link, on_delete=models.CASCADE, related_name="+", db_index=False)
    keyed = models.BinaryField(max_length=32)
    """Stands for the code, under a key that the database does not have."""
    expires_at = models.DateTimeField()
    tries = models.SmallIntegerField(default=0)
    """How many times another was typed."""
    ended_at = models.DateTimeField(null=True)
    """When it was used, or another was asked for."""

    class Meta:
        indexes = [HashIndex(fields=["link"], name="code_by_link")]


class Worker(models.Model):
    """One process that sends, and when it last said that it lives."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    sent = models.IntegerField(default=0)
    """How many it has handed over."""
