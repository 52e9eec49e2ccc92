"""Phase 5: closing with who carries on, and reactivation."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from grunnmur.cases.models.base import PathwayRow, found_by
from grunnmur.cases.terms import ChildParticipation, PassportPart


class Closure(PathwayRow):
    """The pathway is closed: on what ground, when, in short what was found and done.

    What the child said of it are the child's own words (`OwnWords.closure`): some who see a closing do not see them.
    """

    ground = models.CharField(max_length=60)
    closed_on = models.DateField()
    summary = models.TextField()
    participation = models.CharField(max_length=4, choices=ChildParticipation, blank=True)
    """How the child took part in ending it; empty when it was not written."""

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
    """A passport was given out: to the child or one around it, or to a service. What it said is not kept here."""

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


class PassportLine(models.Model):
    """One line of a passport that was sent as a link, as it read then.

    Read by whoever proves to be the one that the link is for, and by nobody else; gone when the link is over.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    passport = models.ForeignKey(Passport, on_delete=models.CASCADE, related_name="copy", db_index=False)
    pathway = models.ForeignKey("cases.Pathway", on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.IntegerField()
    """Of what it says: it is read while a consent lets the service have that."""
    number = models.SmallIntegerField()
    """Its place, the first is 1."""
    part = models.CharField(max_length=10, choices=PassportPart)
    says = models.TextField()
    who = models.CharField(max_length=400, blank=True)
    """Who carries on with it, and how to reach them, of a line about that."""
    phone = models.CharField(max_length=40, blank=True)
    about = ArrayField(models.UUIDField())
    """The rows that it says something of: what takes one of them from the reader, takes the line."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["passport", "number"], name="one_line_in_each_place")]
        indexes = found_by("pathway")


class Reactivation(PathwayRow):
    """A closed pathway, or one that was not started, is taken up again; its history stays."""

    reactivated_on = models.DateField()
    reason = models.TextField()
