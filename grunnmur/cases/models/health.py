"""Phase 3: mapping per health area, and referral. `kind` is the health area's own kind."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from grunnmur.cases.models.base import PathwayRow, found_by
from grunnmur.cases.terms import HealthArea, MappingConclusion, MappingState, ReferralAnswerKind


class Mapping(PathwayRow):
    """One health area that a service is asked to map; its state is the newest step's."""

    health_area = models.CharField(max_length=20, choices=HealthArea)
    service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, null=True, related_name="+")
    """None when the area was assessed as not indicated."""
    question = models.TextField(blank=True)
    asked_on = models.DateField()
    due_on = models.DateField(null=True)


class MappingStep(PathwayRow):
    """Accepted, under way, concluded, or found not to apply; what it found and what mattered to the child."""

    mapping = models.ForeignKey(Mapping, on_delete=models.CASCADE, related_name="steps", db_index=False)
    state = models.CharField(max_length=20, choices=MappingState)
    on = models.DateField()
    conclusion = models.CharField(max_length=30, choices=MappingConclusion, blank=True)
    findings = models.TextField(blank=True)
    matters_to_child = models.TextField(blank=True)
    recommendation = models.TextField(blank=True)

    class Meta(PathwayRow.Meta):
        indexes = [*PathwayRow.Meta.indexes, *found_by("mapping")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=MappingState.CONCLUDED) | ~Q(conclusion=""), name="concluded_with_a_conclusion"
            )
        ]


class Referral(PathwayRow):
    """A referral from one service to another, for one health area."""

    health_area = models.CharField(max_length=20, choices=HealthArea)
    from_service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, related_name="+")
    to_service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, related_name="+")
    question = models.TextField()
    situation = models.TextField()
    tried = models.TextField(blank=True)
    is_urgent = models.BooleanField(default=False)
    sent_on = models.DateField()
    received_on = models.DateField()
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="followed_by", db_index=False)
    """The referral that was returned or rejected before this one."""

    class Meta(PathwayRow.Meta):
        indexes = [*PathwayRow.Meta.indexes, *found_by("follows")]


class ReferralAnswer(PathwayRow):
    """Right granted with its dates, rejected with a reason, or returned for more information (pbrl § 2-2 a)."""

    referral = models.OneToOneField(Referral, on_delete=models.CASCADE, related_name="answer")
    answer = models.CharField(max_length=20, choices=ReferralAnswerKind)
    answered_on = models.DateField()
    reason = models.TextField(blank=True)
    missing = ArrayField(models.CharField(max_length=60), default=list)
    treatment_starts_on = models.DateField(null=True)
    treatment_deadline = models.DateField(null=True)
    advice = models.TextField(blank=True)

    class Meta(PathwayRow.Meta):
        constraints = [
            models.CheckConstraint(
                condition=~Q(answer=ReferralAnswerKind.RIGHT_GRANTED) | Q(treatment_deadline__isnull=False),
                name="right_has_a_deadline",
            ),
            models.CheckConstraint(
                condition=Q(answer=ReferralAnswerKind.RIGHT_GRANTED) | ~Q(reason=""), name="no_without_a_reason"
            ),
        ]
