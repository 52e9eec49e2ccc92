"""The figures of a half-year as they may be shown, and what is given to research.

No column holds the key of a child or of a case.
"""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from grunnmur.directory.models import Municipality, Person
from grunnmur.insight.hiding import LEAST
from grunnmur.insight.terms import ResearchGround, ResearchStepKind


class Period(models.Model):
    """A half-year whose figures are frozen: they are never counted again."""

    from_on = models.DateField(primary_key=True)
    until_on = models.DateField()
    """The first day after it."""
    frozen_at = models.DateTimeField()
    indicators = ArrayField(models.CharField(max_length=40), default=list)
    """What was counted, so that what was not is not taken for nothing."""
    places = ArrayField(models.CharField(max_length=4), default=list)
    """The municipalities that had a child welfare service in the program then, whose cases could be counted."""


class Figure(models.Model):
    """One number of an indicator; a cell without a row counts nothing where it was counted (`Period`)."""

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="figures", db_index=False)
    indicator = models.CharField(max_length=40)
    """A key of `definitions/indicators.yaml`."""
    county = models.CharField(max_length=80)
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    """None for the sum of the county."""
    category = models.CharField(max_length=60, blank=True)
    """A key of the indicator's; empty for the sum of them."""
    times = models.IntegerField(null=True)
    """None when it is hidden. What is hidden is kept nowhere."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["period", "county", "municipality", "indicator", "category"],
                nulls_distinct=False,
                name="one_figure_of_each",
            ),
            models.CheckConstraint(condition=Q(times=None) | Q(times__gte=LEAST), name="no_small_figure"),
        ]


class ResearchExtract(models.Model):
    """What somebody who leads in a municipality proposes to give to a research project. A row never changes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    project = models.CharField(max_length=160)
    recipient = models.CharField(max_length=160)
    purpose = models.TextField()
    ground = models.CharField(max_length=20, choices=ResearchGround)
    paragraph = models.CharField(max_length=160)
    """Of the law that the ground is in, as those who propose and approve say it."""
    reference = models.CharField(max_length=160)
    """Of the decision on it."""
    from_on = models.DateField()
    until_on = models.DateField()
    """The first day after the period."""
    tables = ArrayField(models.CharField(max_length=20), default=list)
    """Keys of `research_columns.PARTS` beside the cases, which are always in it."""
    delete_by = models.DateField()
    """When the receiver is to have deleted it."""
    public_key = models.TextField()
    """The receiver's, which the file is sealed for (PEM)."""
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(project="") & ~Q(recipient="") & ~Q(purpose="") & ~Q(paragraph="") & ~Q(reference=""),
                name="research_says_what_and_why",
            ),
            models.CheckConstraint(condition=Q(until_on__gt=F("from_on")), name="research_period"),
            models.CheckConstraint(condition=~Q(public_key=""), name="research_has_a_receivers_key"),
        ]
        indexes = [models.Index(fields=["municipality", "-recorded_at"], name="research_by_place")]


class ResearchStep(models.Model):
    """What became of a proposed extract: approved or refused by somebody else, taken back, fetched, deleted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    extract = models.ForeignKey(ResearchExtract, on_delete=models.PROTECT, related_name="steps", db_index=False)
    step = models.CharField(max_length=20, choices=ResearchStepKind)
    why = models.TextField(blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["extract", "step"], name="research_step_once"),
            models.CheckConstraint(
                condition=Q(step__in=[ResearchStepKind.APPROVED, ResearchStepKind.FETCHED]) | ~Q(why=""),
                name="research_step_has_a_reason",
            ),
        ]
