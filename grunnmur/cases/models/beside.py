"""What goes on beside the pathway: other measures around the child, as small facts with their date and source."""

from django.db import models
from django.db.models import Q

from grunnmur.cases.models.base import PathwayRow
from grunnmur.cases.terms import BesideSort


class Beside(PathwayRow):
    """One fact; of several of a sort the newest holds, and one that says that it has ended ends it."""

    sort = models.CharField(max_length=30, choices=BesideSort)
    says = models.CharField(max_length=300, blank=True)
    who = models.CharField(max_length=160, blank=True)
    """Who coordinates, holds the baton or has mapped, and how to reach them."""
    on = models.DateField()
    source = models.CharField(max_length=160)
    """From whom or where it is known."""
    has_ended = models.BooleanField(default=False)

    class Meta(PathwayRow.Meta):
        constraints = [models.CheckConstraint(condition=~Q(source=""), name="a_fact_beside_has_a_source")]
