"""The rights around what is written: corrections, counter-statements, extracts, keeping, archiving and deletion."""

import uuid

from django.db import models
from django.db.models import F, Q

from grunnmur.cases.models.base import ChildRow, PathwayRow, found_by
from grunnmur.cases.terms import DeletionCause, HoldCause, RemarkBy, WithheldGround
from grunnmur.encrypted import Encrypted
from grunnmur.keys import Keyset


class FormerValues(ChildRow):
    """What a row said before it was changed in place: only the columns that changed (GDPR art. 16; bvl § 12-4).

    `recorded_by` and `recorded_at` are those of the change.
    """

    table = models.CharField(max_length=20, choices=[("child", "barnet"), ("file", "fra fagsystemet")])
    subject_id = models.UUIDField()
    """The row that was changed."""
    said = models.JSONField()
    """Column → what it said; a national identity number is said in the column below."""
    national_id = Encrypted(keyset=Keyset.NATIONAL_ID, null=True)
    why = models.TextField(blank=True)
    """Why it was changed; empty when a file from the case system said otherwise."""

    class Meta(ChildRow.Meta):
        indexes = [*ChildRow.Meta.indexes, *found_by("subject_id")]


class Remark(PathwayRow):
    """What the child, someone around it or a representative says of one thing that is written, and does not agree with.

    It has the kind of what it is about, so that whoever sees the one sees the other, and is shown wherever that is.
    """

    subject_id = models.UUIDField()
    """The row it is about."""
    said_by = models.CharField(max_length=20, choices=RemarkBy)
    related_person = models.ForeignKey("cases.RelatedPerson", on_delete=models.PROTECT, null=True, related_name="+")
    representative = models.CharField(max_length=160, blank=True)
    """Who speaks for the child or a parent, and as what, such as «advokat»."""
    said_on = models.DateField()
    words = models.TextField()

    class Meta(PathwayRow.Meta):
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="remark_says_something"),
            models.CheckConstraint(
                condition=Q(said_by=RemarkBy.CHILD, related_person__isnull=True, representative="")
                | Q(said_by=RemarkBy.RELATED, related_person__isnull=False, representative="")
                | (Q(said_by=RemarkBy.REPRESENTATIVE, related_person__isnull=True) & ~Q(representative="")),
                name="remark_is_someones",
            ),
        ]


class Extract(ChildRow):
    """Somebody asked for everything that is held about the child (GDPR art. 15), and what was decided for them.

    The content is not stored a second time: it is made anew, as it stands, each time it is handed out.
    """

    for_whom = models.CharField(max_length=20, choices=RemarkBy)
    related_person = models.ForeignKey("cases.RelatedPerson", on_delete=models.PROTECT, null=True, related_name="+")
    """In whose right it is made; None for the child's own."""
    representative = models.CharField(max_length=160, blank=True)
    """Who asks on behalf of that one, and as what, such as «advokat»."""
    asked_on = models.DateField()
    expires_at = models.DateTimeField()
    """From then on nothing is handed out on it."""


class Withheld(ChildRow):
    """One row that is not handed out with an extract, and on what ground."""

    extract = models.ForeignKey(Extract, on_delete=models.CASCADE, related_name="withheld", db_index=False)
    subject_id = models.UUIDField()
    ground = models.CharField(max_length=30, choices=WithheldGround)
    why = models.TextField()

    class Meta(ChildRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["extract", "subject_id"], name="withheld_once"),
            models.CheckConstraint(condition=~Q(why=""), name="withheld_with_a_reason"),
        ]


class Hold(ChildRow):
    """Nothing about the child is archived away or deleted: an inspection, a court case or a claim needs it."""

    cause = models.CharField(max_length=20, choices=HoldCause)
    why = models.TextField()
    from_on = models.DateField()


class HoldLifted(ChildRow):
    """A hold no longer holds."""

    hold = models.OneToOneField(Hold, on_delete=models.CASCADE, related_name="lifted")
    from_on = models.DateField()
    why = models.TextField()


class ArchivePackage(PathwayRow):
    """A package was made of a closed pathway; `sha256` is of its list of checksums, which covers every file in it."""

    sha256 = models.CharField(max_length=64)
    files = models.PositiveIntegerField()
    rows = models.PositiveIntegerField()


class ArchiveReceipt(PathwayRow):
    """The archive has acknowledged a package."""

    package = models.OneToOneField(ArchivePackage, on_delete=models.CASCADE, related_name="receipt")
    received_on = models.DateField()
    reference = models.CharField(max_length=80)


class DeletionRequest(ChildRow):
    """Somebody asks that the record of a child be deleted; another confirms, or nothing happens."""

    cause = models.CharField(max_length=20, choices=DeletionCause)
    why = models.TextField()


class Deletion(models.Model):
    """A record of a child was deleted: a tombstone without content, and what a restored backup is held against.

    No foreign key to anything about a child, and no id of it: `keyed` is an HMAC of the id, so that one who has the
    id and the key can ask whether it was deleted, and nobody can read who it was.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    keyed = models.BinaryField(max_length=32, unique=True)
    cause = models.CharField(max_length=20, choices=DeletionCause)
    service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+")
    deleted_at = models.DateTimeField()
    rows = models.PositiveIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(asked_by=F("confirmed_by")), name="two_people_delete")]
