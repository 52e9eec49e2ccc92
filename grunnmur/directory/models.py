"""Who exists: municipalities, organisations, services, people and their roles. No child is known here."""

import uuid

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import F, Q

from grunnmur.directory.kinds import OrganisationKind, Role, ServiceKind


class Municipality(models.Model):
    """A municipality by its official four-digit number."""

    number = models.CharField(max_length=4, primary_key=True)
    name = models.CharField(max_length=80)
    county = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """A legal body that is controller for what its services write."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=20, choices=OrganisationKind)
    org_number = models.CharField(max_length=9, unique=True, null=True)

    def __str__(self) -> str:
        return self.name


class Service(models.Model):
    """One service that can own, take part in or be asked about a pathway."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="services")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, null=True, related_name="services")
    """Where it is; none for one that covers a region."""
    kind = models.CharField(max_length=30, choices=ServiceKind)
    name = models.CharField(max_length=160)
    org_number = models.CharField(max_length=9, null=True)
    district = models.CharField(max_length=6, blank=True)
    """The district's number, where one organisation number covers several services (Oslo, Bergen, Trondheim)."""
    phone = models.CharField(max_length=20, blank=True)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    """The first day it no longer takes anything in."""
    is_example = models.BooleanField(default=False)
    """Made for the demo, not named by any source."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gt=F("opened_on")),
                name="service_closes_after_opening",
            ),
            models.UniqueConstraint(
                fields=["org_number", "district"],
                condition=Q(kind=ServiceKind.CHILD_WELFARE),
                name="one_child_welfare_per_org_number",
            ),
        ]
        indexes = [models.Index(fields=["municipality", "kind"], name="service_by_place")]

    def __str__(self) -> str:
        return self.name

    @property
    def service_kind(self) -> ServiceKind:
        return ServiceKind(self.kind)


class Person(models.Model):
    """Someone who works in, or speaks for, a service."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.name


class Account(AbstractBaseUser):
    """How a person logs in with a password; kept apart so that no list of people holds a password."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="account")
    username = models.CharField(max_length=120, unique=True)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "username"


class Membership(models.Model):
    """A person's role in a service, for a period; it ends on the first day it no longer holds."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=30, choices=Role)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")), name="membership_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["person", "service", "role"], condition=Q(ends_on__isnull=True), name="one_open_membership"
            ),
        ]
