"""What somebody has begun to write and not sent: the writer's own, and no part of any case until it is."""

import uuid

from django.db import models
from django.db.models import Q

from grunnmur.encrypted import Encrypted
from grunnmur.keys import Keyset


class Draft(models.Model):
    """The form of one page as one person has filled it in, for the service it is written in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, related_name="+", db_index=False)
    child = models.ForeignKey("cases.Child", on_delete=models.CASCADE, null=True, related_name="+")
    pathway = models.ForeignKey("cases.Pathway", on_delete=models.CASCADE, null=True, related_name="+")
    """Whichever the page's address names: it goes when that is deleted, and is read by whoever sees that."""
    path = models.CharField(max_length=300)
    fields = Encrypted(keyset=Keyset.OWN_WORDS, null=True)
    """JSON: the field's name → its values; none when the draft has ended."""
    saved_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "service", "path"], name="one_draft_of_a_page"),
            models.CheckConstraint(
                condition=Q(child=None, pathway__isnull=False) | Q(child__isnull=False, pathway=None),
                name="a_draft_is_about_one_thing",
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(fields__isnull=False), name="drafts_that_are_kept"),
        ]
