"""Phase 3: mapping per health area, and referral. `kind` is the health area's own kind."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from grunnmur.cases import informants
from grunnmur.cases.models.base import PathwayRow, found_by
from grunnmur.cases.terms import (
    ChildParticipation,
    HealthArea,
    Informant,
    InformationKind,
    LineSort,
    LocalFollowUp,
    MappingConclusion,
    MappingState,
    NoReason,
    ReferralAnswerKind,
    Severity,
)


class Mapping(PathwayRow):
    """One health area that a service is asked to map; its state is the newest step's."""

    health_area = models.CharField(max_length=20, choices=HealthArea)
    service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, null=True, related_name="+")
    """None when the area was assessed as not indicated."""
    question = models.TextField(blank=True)
    asked_on = models.DateField()
    due_on = models.DateField(null=True)
    participation = models.CharField(max_length=4, choices=ChildParticipation, blank=True)
    """How the child took part in what child welfare decided about the area; empty when it was not written."""


class MappingStep(PathwayRow):
    """Accepted, under way, concluded, or found not to apply; what it found and how it judges that.

    What has readers of its own choosing stands in its `MappingLine`s.
    """

    mapping = models.ForeignKey(Mapping, on_delete=models.CASCADE, related_name="steps", db_index=False)
    state = models.CharField(max_length=20, choices=MappingState)
    on = models.DateField()
    conclusion = models.CharField(max_length=30, choices=MappingConclusion, blank=True)
    findings = models.TextField(blank=True)
    severity = models.CharField(max_length=10, choices=Severity, blank=True)
    local_follow_up = models.CharField(max_length=10, choices=LocalFollowUp, blank=True)

    class Meta(PathwayRow.Meta):
        indexes = [*PathwayRow.Meta.indexes, *found_by("mapping")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=MappingState.CONCLUDED) | ~Q(conclusion=""), name="concluded_with_a_conclusion"
            )
        ]


class MappingLine(PathwayRow):
    """What mattered to the child, or what is recommended. `kind` is the health area's, or coordination for a
    recommendation that everybody who takes part is to read."""

    step = models.ForeignKey(MappingStep, on_delete=models.CASCADE, related_name="lines", db_index=False)
    mapping = models.ForeignKey(Mapping, on_delete=models.CASCADE, related_name="lines", db_index=False)
    """The step's, for those who read the line without seeing the step."""
    sort = models.CharField(max_length=20, choices=LineSort)
    text = models.TextField()

    class Meta(PathwayRow.Meta):
        indexes = [*PathwayRow.Meta.indexes, *found_by("mapping")]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="line_says_something"),
            models.UniqueConstraint(fields=["step", "sort"], name="one_line_of_a_sort"),
            models.CheckConstraint(
                condition=~Q(sort=LineSort.MATTERS, kind=InformationKind.COORDINATION),
                name="what_matters_is_not_for_everybody",
            ),
        ]


class InformantReport(PathwayRow):
    """How one who knows the child sees its health: asked in a talk, or with an instrument of `definitions/`."""

    mapping = models.ForeignKey(Mapping, on_delete=models.CASCADE, related_name="reports", db_index=False)
    informant = models.CharField(max_length=20, choices=Informant)
    instrument = models.CharField(max_length=40, blank=True)
    """Its key; empty for a talk or an examination without one."""
    number = models.PositiveSmallIntegerField(default=0)
    """Which of several of the same sort has answered, such as one of two parents; 0 for the only one, or unknown."""
    on = models.DateField()
    severity = models.CharField(max_length=10, choices=Severity, blank=True)
    """As the service reads it; never a score."""
    says = models.TextField(blank=True)

    class Meta(PathwayRow.Meta):
        indexes = [*PathwayRow.Meta.indexes, *found_by("mapping")]
        constraints = [
            models.CheckConstraint(condition=~Q(severity="") | ~Q(says=""), name="report_says_something"),
            models.CheckConstraint(
                condition=Q(number=0) | (Q(number__lte=informants.MOST) & ~Q(informant=Informant.CHILD)),
                name="one_of_so_many_informants",
            ),
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
    is_renewed = models.BooleanField(default=False)
    """Asks for the renewed assessment that a patient can have once for the same condition (pbrl § 2-3)."""

    class Meta(PathwayRow.Meta):
        indexes = [*PathwayRow.Meta.indexes, *found_by("follows")]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_renewed=False) | Q(follows__isnull=False), name="renewed_follows_something"
            )
        ]


class ReferralText(PathwayRow):
    """What a referral says of one part of `definitions/referral.yaml`, beside its situation and what was tried."""

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="texts", db_index=False)
    part = models.CharField(max_length=40)
    text = models.TextField()

    class Meta(PathwayRow.Meta):
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="part_says_something"),
            models.UniqueConstraint(fields=["referral", "part"], name="one_text_of_a_part"),
        ]


class ReferralAnswer(PathwayRow):
    """Right granted with its dates, rejected with a reason, or returned for more information (pbrl § 2-2 a)."""

    referral = models.OneToOneField(Referral, on_delete=models.CASCADE, related_name="answer")
    answer = models.CharField(max_length=20, choices=ReferralAnswerKind)
    answered_on = models.DateField()
    reason = models.TextField(blank=True)
    main_reason = models.CharField(max_length=20, choices=NoReason, blank=True)
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
