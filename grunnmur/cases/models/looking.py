"""What a service's administrator has examined of its own people's looks."""

import uuid

from django.db import models
from django.db.models import F, Q


class LookReview(models.Model):
    """What one of the service's people looked at of one child on one day has been examined, and what was found.

    Of the service and not of the child: it is about who looked. Never changed; what is looked at later on the same day
    is examined again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    """Who looked."""
    day = models.DateField()
    child_id = models.UUIDField(null=True)
    """Whom they looked at; None for what was refused or searched for in vain. It may be another service's child, and no
    foreign key holds it, so that nothing can be learned by writing one."""
    note = models.TextField()
    reviewed_by = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    reviewed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["service", "day"], name="look_review_by_day")]
        constraints = [
            models.CheckConstraint(condition=~Q(person=F("reviewed_by")), name="another_reviews_ones_looks"),
            models.CheckConstraint(condition=~Q(note=""), name="look_reviewed_with_a_note"),
        ]
