"""What was done (Event) and who looked (AccessLog), and the chain that holds both (Link). Append-only; no foreign
keys, so that nothing blocks and nothing is lost when what they speak of is gone; no names, no free text.
"""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q


class Event(models.Model):
    """One act: who did what to which case, when. History, timeline and statistics read the same row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField()
    name = models.CharField(max_length=60)
    """Noun and past participle, such as `consent.given`; every name is listed in `cases/events.py`."""
    child_id = models.UUIDField()
    pathway_id = models.UUIDField(null=True)
    kind = models.IntegerField()
    author_service_id = models.UUIDField()
    person_id = models.UUIDField()
    subject_id = models.UUIDField(null=True)
    data = models.JSONField(default=dict)
    """Codes, ids and dates only."""
    once = models.UUIDField(null=True)
    """The form's own token, so that a double click does a thing once."""

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["author_service_id", "once"], name="event_happens_once")]
        indexes = [
            models.Index(fields=["pathway_id", "-at"], name="event_by_pathway"),
            models.Index(fields=["child_id", "-at"], name="event_by_child"),
        ]


class AccessLog(models.Model):
    """One look, or one refusal: who looked at which children, through what, as whom, and on what ground."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField()
    person_id = models.UUIDField(null=True)
    service_id = models.UUIDField(null=True)
    role = models.CharField(max_length=40)
    action = models.CharField(max_length=60)
    """The route's name, never its path."""
    children = ArrayField(models.UUIDField(), default=list)
    pathway_id = models.UUIDField(null=True)
    asked_id = models.UUIDField(null=True)
    """What the address named, when it was refused: a child or pathway that may not even exist. Of an administrator's
    act: the membership, invitation or look that it was done to."""
    kinds = models.IntegerField(default=0)
    """The kinds of information that could be shown, as a mask; 0 for a refusal."""
    purpose = models.CharField(max_length=40, default="", blank=True)
    ground = models.CharField(max_length=80, default="", blank=True)
    """What gave sight: the basis of the participation (owner, consent, break_glass …), or each of them with a space
    between. Whoever was shown a child had one: the database refuses the row without."""
    allowed = models.BooleanField()
    reason = models.CharField(max_length=60)
    """The reason code of the decision."""

    class Meta:
        indexes = [
            GinIndex(fields=["children"], name="access_by_child"),
            models.Index(fields=["service_id", "-at"], name="access_by_service"),
            models.Index(fields=["pathway_id", "-at"], name="access_by_pathway", condition=Q(pathway_id__isnull=False)),
        ]


class Link(models.Model):
    """One link of a chain: which row of the two logs comes where, under a code that only the program can make.

    The code (`chain.link_code`) covers the row, the link's place and the code before it. A row without a link cannot
    be committed.
    """

    pk = models.CompositePrimaryKey("shard", "seq")
    shard = models.SmallIntegerField()
    seq = models.BigIntegerField()
    """1, 2, 3 … within the shard, without a gap."""
    row_id = models.UUIDField(unique=True)
    is_event = models.BooleanField()
    """Whether the row is an `Event`, or else an `AccessLog`."""
    code = models.BinaryField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(shard__gte=0, shard__lt=16), name="link_in_a_shard"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="link_counts_from_one"),
        ]
