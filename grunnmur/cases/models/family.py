"""What the owner has decided that the child itself, and each around it, may see. Read by the owner only."""

import uuid

from django.db import models
from django.db.models import F, Q

from grunnmur.cases.models.base import FOREVER, found_by
from grunnmur.cases.models.people import Child
from grunnmur.cases.terms import FamilyAccess


class OwnersRow(models.Model):
    """A decision of the owner's about one person around the child; nobody else can tell that it exists."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="%(class)ss", db_index=False)
    owner_service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, related_name="+", db_index=False)
    """The child's owner; held to it by a foreign key on both columns."""
    identity = models.UUIDField()
    """Whom it is about: `RelatedPerson.identity`, or the child's own id."""
    reason = models.TextField()
    decided_by = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        abstract = True
        indexes = found_by("child")


class FamilyDecision(OwnersRow):
    """What one person may see from a moment on, until the next decision about the same person. Never changed."""

    number = models.PositiveSmallIntegerField()
    """1, 2, 3 … in the order they were made about the same person."""
    access = models.CharField(max_length=20, choices=FamilyAccess)
    decided_at = models.DateTimeField()
    review_on = models.DateField()

    class Meta(OwnersRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["child", "identity", "number"], name="family_decision_once_each_number")
        ]


class Release(OwnersRow):
    """One row that one person may see, from a moment until it is taken back."""

    item = models.UUIDField()
    kind = models.IntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(default=FOREVER)

    class Meta(OwnersRow.Meta):
        constraints = [models.CheckConstraint(condition=Q(ends_at__gte=F("starts_at")), name="release_period")]
