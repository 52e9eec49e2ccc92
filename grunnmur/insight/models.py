"""The figures of a half-year as they may be shown. No column holds the key of a child or of a case."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from grunnmur.directory.models import Municipality
from grunnmur.insight.hiding import LEAST


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
