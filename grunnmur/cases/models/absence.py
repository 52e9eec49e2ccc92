"""Who in a service is away, and who covers."""

import uuid

from django.db import models
from django.db.models import F, Q


class Absence(models.Model):
    """One of a service's people is away for a period, and a colleague has their cases meanwhile.

    Of the service and not of any child. Only that it ended early is written on it afterwards.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    """Who is away."""
    cover = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    from_on = models.DateField()
    back_on = models.DateField()
    """The first day back."""
    recorded_by = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    """When somebody wrote that it holds no longer; nothing of it is in force from then on."""
    ended_by = models.ForeignKey(
        "directory.Person", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        indexes = [models.Index(fields=["service", "back_on"], condition=Q(ended_at__isnull=True), name="who_is_away")]
        constraints = [
            models.CheckConstraint(condition=Q(back_on__gt=F("from_on")), name="away_at_least_a_day"),
            models.CheckConstraint(condition=~Q(person=F("cover")), name="another_covers"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="absence_ended_by_somebody",
            ),
        ]
