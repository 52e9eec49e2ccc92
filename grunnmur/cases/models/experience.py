"""What those who were there thought of it, without who they are: three questions, each of one to five."""

import uuid

from django.db import models
from django.db.models import Q

from grunnmur.cases.models.family import FamilyRow
from grunnmur.cases.terms import ExperienceAfter, ExperienceOf

MOST = 5


class Experience(models.Model):
    """One answer. It names no child and nobody, and its time is a month."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, related_name="+", db_index=False)
    """The child welfare service whose case it was about; of staff, the service that they answered for."""
    month = models.DateField()
    """The first day of the month."""
    of = models.CharField(max_length=10, choices=ExperienceOf)
    after = models.CharField(max_length=10, choices=ExperienceAfter)
    was_heard = models.PositiveSmallIntegerField()
    understood = models.PositiveSmallIntegerField()
    it_helps = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(was_heard__range=(1, MOST)) & Q(understood__range=(1, MOST)) & Q(it_helps__range=(1, MOST)),
                name="one_to_five",
            )
        ]
        indexes = [models.Index(fields=["month", "service"], name="experience_by_month")]


class ExperienceGiven(FamilyRow):
    """That one person has answered about one thing, so that they are not asked again; not what they answered."""

    item = models.UUIDField()
    """The meeting or the closing."""

    class Meta(FamilyRow.Meta):
        constraints = [models.UniqueConstraint(fields=["identity", "item"], name="experience_given_once")]
