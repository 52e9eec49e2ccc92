"""Consent: one row per purpose, recipient and period; a change is a new row that points at the old."""

from django.db import models
from django.db.models import F, Q

from grunnmur.cases.models.base import PathwayRow, found_by
from grunnmur.cases.terms import ConsentAnswer, ConsentPurpose, SignatoryKind


class Consent(PathwayRow):
    """What was asked of the child and those who decide with it, and for how long it holds."""

    purpose = models.CharField(max_length=30, choices=ConsentPurpose)
    recipient = models.ForeignKey("directory.Service", on_delete=models.PROTECT, related_name="+")
    kinds = models.IntegerField()
    """What the recipient may see, as a mask of `InformationKind`."""
    valid_from = models.DateField()
    valid_until = models.DateField()
    """The first day it no longer holds."""
    asked_on = models.DateField()
    help_offered = models.TextField(blank=True)
    """What is offered all the same when someone says no: a refusal is respected, recorded, never punished."""

    class Meta(PathwayRow.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(valid_until__gt=F("valid_from")), name="consent_period"),
            models.CheckConstraint(condition=Q(asked_on__lte=F("valid_from")), name="consent_asked_first"),
        ]


class ConsentSignature(PathwayRow):
    """What one person answered, in what capacity, when, and how."""

    consent = models.ForeignKey(Consent, on_delete=models.CASCADE, related_name="signatures", db_index=False)
    signatory_kind = models.CharField(max_length=20, choices=SignatoryKind)
    related_person = models.ForeignKey("cases.RelatedPerson", on_delete=models.PROTECT, null=True, related_name="+")
    """Who, when it is not the child or a service."""
    service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.CharField(max_length=20, choices=ConsentAnswer)
    answered_on = models.DateField()
    how = models.CharField(
        max_length=20, choices=[("oral", "muntlig"), ("written", "skriftlig"), ("online", "på nett")]
    )
    note = models.TextField(blank=True)

    class Meta(PathwayRow.Meta):
        indexes = [*PathwayRow.Meta.indexes, *found_by("consent")]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(signatory_kind=SignatoryKind.CHILD, related_person__isnull=True, service__isnull=True)
                    | Q(
                        signatory_kind__in=[SignatoryKind.PARENT, SignatoryKind.FOSTER_PARENT],
                        related_person__isnull=False,
                        service__isnull=True,
                    )
                    | Q(
                        signatory_kind__in=[SignatoryKind.CHILD_WELFARE, SignatoryKind.INSTITUTION],
                        related_person__isnull=True,
                        service__isnull=False,
                    )
                ),
                name="signatory_is_one_of_them",
            )
        ]


class ConsentWithdrawal(PathwayRow):
    """A consent is taken back: from this instant it opens nothing (pbrl § 4-1)."""

    consent = models.OneToOneField(Consent, on_delete=models.CASCADE, related_name="withdrawal")
    withdrawn_by = models.CharField(max_length=20, choices=SignatoryKind)
    related_person = models.ForeignKey("cases.RelatedPerson", on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField()
    note = models.TextField(blank=True)
