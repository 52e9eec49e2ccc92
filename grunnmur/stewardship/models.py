"""A municipality's own work. No column holds the key of a child; people are asked to write of none."""

import uuid

from django.db import models
from django.db.models import Q

from grunnmur.directory.models import Municipality, Person
from grunnmur.stewardship.terms import FindingAnswer


class FollowUp(models.Model):
    """What a municipality says of a finding. A row never changes: a new version says everything again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    finding = models.CharField(max_length=40)
    """A key of `definitions/findings.yaml`."""
    version = models.IntegerField()
    """1 for the first that is said of a finding in a municipality, and so on without a gap."""
    answer = models.CharField(max_length=10, choices=FindingAnswer)
    why = models.CharField(max_length=1000)
    action = models.CharField(max_length=1000, blank=True)
    who = models.CharField(max_length=160, blank=True)
    """Who does it: a service or a post in the municipality."""
    due_on = models.DateField(null=True)
    shown_by = models.CharField(max_length=1000, blank=True)
    """What shows that it is mended."""
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["municipality", "finding", "version"], name="one_follow_up_per_version"),
            models.CheckConstraint(condition=Q(finding__regex=r"^[a-z-]+$"), name="finding_is_a_key"),
            models.CheckConstraint(condition=Q(why__regex=r"\S"), name="follow_up_says_why"),
            models.CheckConstraint(
                condition=Q(answer=FindingAnswer.MENDED, shown_by__regex=r"\S")
                | ~Q(answer=FindingAnswer.MENDED) & Q(shown_by=""),
                name="mended_is_shown",
            ),
            models.CheckConstraint(
                condition=Q(action="", who="", due_on=None)
                | ~Q(answer=FindingAnswer.NOT_OURS) & Q(action__regex=r"\S", who__regex=r"\S", due_on__isnull=False),
                name="action_has_somebody_and_a_day",
            ),
        ]
