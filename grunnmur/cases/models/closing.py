"""Phase 5: closing with who carries on, and reactivation."""

from django.db import models
from django.db.models import Q

from grunnmur.cases.models.base import PathwayRow, found_by


class Closure(PathwayRow):
    """The pathway is closed: on what ground, when, in short what was found and done."""

    ground = models.CharField(max_length=60)
    closed_on = models.DateField()
    summary = models.TextField()
    child_view = models.TextField()

    class Meta(PathwayRow.Meta):
        constraints = [models.CheckConstraint(condition=~Q(summary=""), name="closure_has_a_summary")]


class CarriesOn(PathwayRow):
    """Who carries on with one thing that is still open, so that nothing is silently lost."""

    closure = models.ForeignKey(Closure, on_delete=models.CASCADE, related_name="carriers", db_index=False)
    subject_id = models.UUIDField(null=True)
    """The task, mapping or referral that it comes from; none for something written in words."""
    what = models.TextField()
    service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, null=True, related_name="+")
    who = models.CharField(max_length=160)

    class Meta(PathwayRow.Meta):
        indexes = [*PathwayRow.Meta.indexes, *found_by("closure")]


class Passport(PathwayRow):
    """A passport was given out: to the child or one around it, or to a service. What it said is not kept."""

    related_person = models.ForeignKey(
        "cases.RelatedPerson", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, null=True, related_name="+")
    """Neither when it is the child's own."""
    language = models.CharField(max_length=2)
    lines = models.IntegerField()
    left_out = models.IntegerField()
    """How much of what stands in the case was not in it, for whoever it was for may not see that."""

    class Meta(PathwayRow.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(related_person=None) | Q(service=None), name="a_passport_is_for_one_alone"
            )
        ]


class Reactivation(PathwayRow):
    """A closed pathway, or one that was not started, is taken up again; its history stays."""

    reactivated_on = models.DateField()
    reason = models.TextField()
