"""Break-glass: each time somebody saw a child in an emergency, why, and what the owner found when it looked at it."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from grunnmur.cases.models.base import found_by
from grunnmur.cases.models.people import Child


class EmergencyLook(models.Model):
    """One break-glass: one person, one child, an hour. Written by the database itself (`sec.break_glass`)."""

    class Verdict(models.TextChoices):
        """What the owner found."""

        JUSTIFIED = "justified", _("Det var riktig")
        NOT_JUSTIFIED = "not_justified", _("Det var ikke riktig")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="emergency_looks", db_index=False)
    owner_service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, related_name="+")
    """Who must review it."""
    service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+")
    """Who looked."""
    reason = models.TextField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(
        "directory.Person", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    verdict = models.CharField(max_length=20, choices=Verdict, blank=True)
    review = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="emergency_look_period"),
            models.CheckConstraint(
                condition=Q(reviewed_at__isnull=True, reviewed_by__isnull=True, verdict="")
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False) & ~Q(verdict=""),
                name="reviewed_by_someone_with_a_verdict",
            ),
        ]
        indexes = [
            *found_by("child"),
            models.Index(
                fields=["owner_service", "starts_at"],
                condition=Q(reviewed_at__isnull=True),
                name="emergency_looks_to_review",
            ),
        ]
