"""What has been read from Statistics Norway's child welfare file, with the ids it has there."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from grunnmur.cases.models.base import ChildRow
from grunnmur.cases.terms import ChildParticipation


class NationalFile(ChildRow):
    """One file that has been read; the same bytes are never read twice."""

    file_id = models.UUIDField()
    previous_id = models.UUIDField(null=True)
    sha256 = models.CharField(max_length=64)
    extracted_at = models.DateTimeField()
    case_id = models.UUIDField()
    case_from_on = models.DateField()
    case_until_on = models.DateField(null=True)
    case_is_closed = models.BooleanField()
    case_is_deleted = models.BooleanField()
    """The sender has taken the whole case back."""

    class Meta(ChildRow.Meta):
        constraints = [models.UniqueConstraint(fields=["author_service", "sha256"], name="file_read_once")]


class NoteOfConcern(ChildRow):
    """A note of concern (bvl § 2-1) by the file's codes."""

    source_id = models.UUIDField()
    received_on = models.DateField()
    contents = ArrayField(models.CharField(max_length=10), default=list)
    conclusion = models.CharField(max_length=10, blank=True)
    concluded_on = models.DateField(null=True)
    deleted = models.BooleanField(default=False)
    """Taken back by the sender; kept, and counted no more."""

    class Meta(ChildRow.Meta):
        constraints = [models.UniqueConstraint(fields=["child", "source_id"], name="note_once")]


class Reporter(ChildRow):
    """Who sent a note of concern, by the file's codes: a row of its own kind, so that the note alone does not tell.

    The codes say what sort of reporter it was, a school or somebody in private. A name is in no file and in no column.
    """

    source_id = models.UUIDField()
    """The note's."""
    reporters = ArrayField(models.CharField(max_length=10), default=list)
    deleted = models.BooleanField(default=False)

    class Meta(ChildRow.Meta):
        constraints = [models.UniqueConstraint(fields=["child", "source_id"], name="reporter_once")]


class Investigation(ChildRow):
    """An investigation (bvl § 2-2)."""

    source_id = models.UUIDField()
    opened_on = models.DateField()
    conclusion = models.CharField(max_length=10, blank=True)
    concluded_on = models.DateField(null=True)
    participation = models.CharField(max_length=4, choices=ChildParticipation, blank=True)
    """How the child took part in it, by the file's own categories."""
    participation_on = models.DateField(null=True)
    deleted = models.BooleanField(default=False)

    class Meta(ChildRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["child", "source_id"], name="investigation_once"),
            models.CheckConstraint(
                condition=Q(participation="", participation_on=None)
                | (~Q(participation="") & Q(participation_on__isnull=False)),
                name="participation_has_its_day",
            ),
        ]


class Measure(ChildRow):
    """A measure, by its category code and paragraph."""

    source_id = models.UUIDField()
    category = models.CharField(max_length=10)
    law = models.CharField(max_length=60)
    subsections = ArrayField(models.CharField(max_length=3), default=list)
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    ended_because = models.CharField(max_length=1, blank=True)
    """Why it was lifted, by the file's code."""
    deleted = models.BooleanField(default=False)

    class Meta(ChildRow.Meta):
        constraints = [models.UniqueConstraint(fields=["child", "source_id"], name="measure_once")]
