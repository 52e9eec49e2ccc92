"""A file that belongs to a mapping or a referral: of the same kind, so seen by those who see the kind.

One that is withheld from somebody, or released to somebody, is so by itself: it does not follow what it belongs to.
"""

from django.db import models
from django.db.models import Q

from grunnmur.cases.models.base import PathwayRow, found_by
from grunnmur.cases.models.health import Mapping, Referral
from grunnmur.cases.terms import FileSort
from grunnmur.encrypted import EncryptedFile
from grunnmur.keys import Keyset
from grunnmur.uploads import MAX_BYTES


class Attachment(PathwayRow):
    """One file, sealed. Its own name is not kept: it may tell whose it is."""

    mapping = models.ForeignKey(
        Mapping, on_delete=models.CASCADE, null=True, related_name="attachments", db_index=False
    )
    referral = models.ForeignKey(
        Referral, on_delete=models.CASCADE, null=True, related_name="attachments", db_index=False
    )
    about = models.CharField(max_length=120)
    """What it is, in its sender's words."""
    sort = models.CharField(max_length=4, choices=FileSort)
    size = models.PositiveIntegerField()
    """Bytes, of the file as it is kept."""
    content = EncryptedFile(keyset=Keyset.FILE)
    tells_where = models.BooleanField(default=False)
    """Whether it may tell where a child with a protected address is: then it is for those alone who may know that."""

    class Meta(PathwayRow.Meta):
        indexes = [*PathwayRow.Meta.indexes, *found_by("mapping"), *found_by("referral")]
        constraints = [
            models.CheckConstraint(
                condition=Q(mapping__isnull=False, referral__isnull=True)
                | Q(mapping__isnull=True, referral__isnull=False),
                name="attachment_belongs_to_one_thing",
            ),
            models.CheckConstraint(condition=Q(size__gt=0, size__lte=MAX_BYTES), name="attachment_has_a_size"),
        ]


class FileRelease(PathwayRow):
    """That a file is no longer held for those alone who may know where the child is, and why; for the owner.

    The database lets the file go as the row is written (`sec.release_attachment`), and only for those who see where the
    child is. It is held again if the address is protected otherwise later.
    """

    attachment = models.ForeignKey(Attachment, on_delete=models.CASCADE, related_name="releases", db_index=False)
    reason = models.TextField()

    class Meta(PathwayRow.Meta):
        indexes = [*PathwayRow.Meta.indexes, *found_by("attachment")]
