"""Phase 1: the basis for assessment, and the decision to start or not to start."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from grunnmur.cases.models.base import PathwayRow, found_by
from grunnmur.cases.terms import AssessmentOutcome, ChildParticipation, HealthArea, ObservationKind
from grunnmur.encrypted import Encrypted
from grunnmur.keys import Keyset


class Conversation(PathwayRow):
    """The service has talked with the child or with parents about the child's health (S3)."""

    with_whom = models.CharField(
        max_length=20, choices=[("child", "barnet"), ("parents", "foreldre"), ("both", "barnet og foreldre")]
    )
    held_on = models.DateField()
    summary = models.TextField()
    health_areas = ArrayField(models.CharField(max_length=20, choices=HealthArea), default=list)
    participation = models.CharField(max_length=4, choices=ChildParticipation, blank=True)
    """How the child took part (F-medv § 6; the national file's official categories)."""


class OwnWords(PathwayRow):
    """What the child said matters, in the child's own words; kept apart from every adult's text."""

    said_on = models.DateField()
    words = Encrypted(keyset=Keyset.OWN_WORDS)
    closure = models.OneToOneField("cases.Closure", on_delete=models.CASCADE, null=True, related_name="own_words")
    """The closing that the child said it of, and was asked at."""


class InformationRequest(PathwayRow):
    """Information asked for from a service or another, and what came of it."""

    from_service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, null=True, related_name="+")
    from_whom = models.CharField(max_length=160)
    about = models.TextField()
    asked_on = models.DateField()
    ground = models.CharField(max_length=200)
    """Consent, or the paragraph that lets the service ask."""


class InformationReceived(PathwayRow):
    """Information that came in, asked for or not."""

    request = models.ForeignKey(
        InformationRequest, on_delete=models.CASCADE, null=True, related_name="answers", db_index=False
    )
    from_whom = models.CharField(max_length=160)
    received_on = models.DateField()
    summary = models.TextField()

    class Meta(PathwayRow.Meta):
        indexes = [*PathwayRow.Meta.indexes, *found_by("request")]


class Observation(PathwayRow):
    """A risk factor, protective factor or worry sign by its code, dated and with its source."""

    observation = models.CharField(max_length=20, choices=ObservationKind)
    code = models.CharField(max_length=40)
    note = models.TextField(blank=True)
    seen_on = models.DateField()
    source = models.CharField(max_length=200)
    """Who saw or told it."""


class Assessment(PathwayRow):
    """The service's assessment against the start criteria, ending in *start* or *do not start*."""

    outcome = models.CharField(max_length=20, choices=AssessmentOutcome)
    decided_on = models.DateField()
    reason = models.TextField()
    participation = models.CharField(max_length=4, choices=ChildParticipation)
    participation_note = models.TextField(blank=True)

    class Meta(PathwayRow.Meta):
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="assessment_has_a_reason")]


class AssessedCriterion(PathwayRow):
    """One start criterion that the service found present, with the facts behind it."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="criteria", db_index=False)
    criterion = models.CharField(max_length=60)
    facts = models.TextField()

    class Meta(PathwayRow.Meta):
        indexes = [*PathwayRow.Meta.indexes, *found_by("assessment")]
        constraints = [models.UniqueConstraint(fields=["assessment", "criterion"], name="criterion_once")]
