"""Who exists: municipalities, organisations, services, people and their roles. No child is known here."""

import uuid

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from grunnmur.directory.kinds import CareArea, FactorKind, HelpLevel, OfferKind, OrganisationKind, Role, ServiceKind
from grunnmur.encrypted import Encrypted
from grunnmur.keys import Keyset

ORIGIN = r"^(https://[a-z0-9.-]+)?$"


class Municipality(models.Model):
    """A municipality by its official four-digit number."""

    number = models.CharField(max_length=4, primary_key=True)
    name = models.CharField(max_length=80)
    county = models.CharField(max_length=80)
    framed_by = models.CharField(max_length=200, blank=True)
    """The origin of the municipality's own site, where it shows «Hvor kan jeg få hjelp?» inside a page of its own."""

    class Meta:
        constraints = [
            # It stands as it is in a header of the page.
            models.CheckConstraint(condition=Q(framed_by__regex=ORIGIN), name="framed_by_is_an_origin")
        ]

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
    counties = ArrayField(models.CharField(max_length=80), default=list)
    """The counties that a county governor watches over; empty for every other kind."""
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
    """A person's role in a service, for a period; it ends on the first day it no longer holds, maybe its first."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=30, choices=Role)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    is_administrator = models.BooleanField(default=False)
    """May invite to the service and end its memberships, as a leader in child welfare may by the role."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="membership_does_not_end_before_it_starts",
            ),
            models.UniqueConstraint(
                fields=["person", "service", "role"], condition=Q(ends_on__isnull=True), name="one_open_membership"
            ),
        ]


class Factor(models.Model):
    """What a person proves with, beside the password, that it is them. No page and no list reads this table."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="factors")
    kind = models.CharField(max_length=10, choices=FactorKind)
    name = models.CharField(max_length=60, blank=True)
    """What its owner calls it."""
    key = models.BinaryField(max_length=1024)
    """What a passkey is known by; empty for the others."""
    secret = Encrypted(keyset=Keyset.FACTOR, max_length=2048)
    """What it is checked with, and whose it is: the secret of an app's codes, a passkey's public key, or the hash of a
    recovery code. Sealed, so that whoever can write in the database can neither add a factor nor give it to another."""
    counter = models.BigIntegerField(default=0)
    """Each use has a higher number than the one before, so that nothing can be used twice: the half minute of an
    app's code, the millisecond of the question that a passkey answers, 1 for a recovery code."""
    missed = models.SmallIntegerField(default=0)
    """Wrong tries at the person's factors in a row, up to six."""
    missed_at = models.DateTimeField(null=True)
    added_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person"], name="factor_of_person", condition=Q(ended_at__isnull=True))]


class Invitation(models.Model):
    """A place in a service that waits for whoever is handed its code; used once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code_sha256 = models.BinaryField(max_length=32, unique=True)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="invitations")
    name = models.CharField(max_length=120)
    """Who it is for; the name they get when they have none here."""
    role = models.CharField(max_length=30, choices=Role)
    is_administrator = models.BooleanField(default=False)
    ends_on = models.DateField(null=True)
    """The first day on which the membership no longer holds."""
    invited_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    """It is worth nothing when this membership ends."""
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)


class Subject(models.Model):
    """Who somebody is at a provider of OpenID Connect: bound once, by an invitation, and never by a name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=255)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="subjects")
    bound_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="one_person_per_subject")]


class Offer(models.Model):
    """Help that anyone can be told of, as its owner describes it. A row never changes: the newest version holds."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    offer = models.UUIDField(default=uuid.uuid4, db_index=True)
    """The same for all versions of one offer."""
    service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, related_name="offers")
    """Who owns the description and is asked to look it over; none for what nobody here answers for."""
    kind = models.CharField(max_length=30, choices=OfferKind)
    level = models.CharField(max_length=20, choices=HelpLevel)
    name = models.CharField(max_length=160)
    about = models.CharField(max_length=600, blank=True)
    """What it helps with, in the owner's own words; searched as it stands."""
    needs = ArrayField(models.CharField(max_length=40), default=list)
    """Keys of `definitions/finder.yaml` that it is made for; empty for whatever its kind helps with."""
    serves = ArrayField(models.CharField(max_length=4))
    """The numbers of the municipalities whose people can use it."""
    age_from = models.SmallIntegerField(default=0)
    age_to = models.SmallIntegerField(default=25)
    """In whole years, both ends included."""
    phone = models.CharField(max_length=20, blank=True)
    web = models.URLField(max_length=200, blank=True)
    how = models.CharField(max_length=300, blank=True)
    """How to get in touch, beside the phone."""
    needs_referral = models.BooleanField(default=False)
    opening_hours = models.CharField(max_length=160, blank=True)
    languages = models.CharField(max_length=160, blank=True)
    accessibility = models.CharField(max_length=300, blank=True)
    verified_on = models.DateField(null=True)
    """When its owner last said that all of this is right; none for what nobody has looked over."""
    is_example = models.BooleanField(default=False)
    """Made for the demo, not named by any source."""
    ends_on = models.DateField(null=True)
    """The first day it is no longer offered."""
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(age_from__gte=0, age_to__gte=F("age_from"), age_to__lte=25), name="offer_has_an_age_span"
            ),
            models.CheckConstraint(condition=Q(serves__len__gt=0), name="offer_serves_somebody"),
        ]
        indexes = [GinIndex(fields=["serves"], name="offer_by_place")]


class Unanswered(models.Model):
    """How often a month somebody asked for what a municipality has no answer to: never who, never their words."""

    id = models.BigAutoField(primary_key=True)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    need = models.CharField(max_length=40, blank=True)
    """A key of `definitions/finder.yaml`, or empty when no word was known."""
    times = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["municipality", "month", "need"], name="one_count_a_month"),
            models.CheckConstraint(condition=Q(need__regex=r"^[a-z_]*$"), name="need_is_a_key"),
        ]


class Responsibility(models.Model):
    """What somebody proposes of who is responsible for a health area, an age and a level in a municipality.

    A row never changes. The newest that is approved holds for its service; with `is_responsible` false it takes away.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    area = models.CharField(max_length=20, choices=CareArea)
    level = models.CharField(max_length=20, choices=HelpLevel)
    age_from = models.SmallIntegerField()
    """The first year of the age group (`definitions/responsibility.yaml`)."""
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    is_responsible = models.BooleanField(default=True)
    decided_by = models.CharField(max_length=160)
    """Who decided it in the municipality, such as the council."""
    decided_on = models.DateField()
    review_on = models.DateField(null=True)
    """When it is to be looked at again."""
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["municipality", "recorded_at"], name="responsibility_by_place")]


class ResponsibilityApproval(models.Model):
    """Somebody else's yes or no to what was proposed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    responsibility = models.OneToOneField(Responsibility, on_delete=models.PROTECT, related_name="approval")
    is_approved = models.BooleanField()
    approved_at = models.DateTimeField()
    approved_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")


class IntakeRule(models.Model):
    """What a service that takes referrals asks of those who refer to it. The newest is in force; none is changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="intake_rules")
    accepts = ArrayField(models.CharField(max_length=30, choices=Role), default=list)
    """The roles that it takes referrals from; empty when it has not said."""
    parts = ArrayField(models.CharField(max_length=40), default=list)
    """Keys of what it asks for beside national guidance."""
    note = models.TextField(blank=True)
    set_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()


class TaskSet(models.Model):
    """One version of a service's own list of tasks. The newest of a `task_set` holds; none is changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task_set = models.UUIDField()
    """The same for all versions."""
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="task_sets")
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    tasks = models.JSONField()
    """What, the kind of service that does it (empty for the contact person) and the days, of each task in order."""
    is_in_use = models.BooleanField(default=True)
    set_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "task_set", "version"], name="task_set_version_once"),
            models.CheckConstraint(condition=Q(version__gte=1) & ~Q(name=""), name="task_set_has_a_name"),
            models.CheckConstraint(condition=~Q(tasks=[]), name="task_set_has_a_task"),
        ]
