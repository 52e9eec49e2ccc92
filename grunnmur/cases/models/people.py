"""The child and those around it."""

import uuid
from datetime import timedelta
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from grunnmur.cases.models.base import FOREVER, ChildRow, PersonRow, found_by
from grunnmur.cases.terms import AddressProtection, CareBasis, ChildWelfarePosition, RelationKind
from grunnmur.encrypted import Encrypted, KeyedIndex
from grunnmur.keys import Keyset


class Child(PersonRow):
    """A child as one child welfare service knows it; another service's record of the same child is another row.

    `author_service` is the owner. Neither service can learn of the other: the national identity number is
    unique within the owner only.
    """

    name = models.CharField(max_length=160, blank=True)
    """Empty until someone has typed it: the national file carries no names."""
    born_on = models.DateField()
    national_id = Encrypted(keyset=Keyset.NATIONAL_ID, null=True)
    national_key = KeyedIndex(of="national_id", within="author_service_id", null=True)
    """Finds the child by its number, among the owner's own: equal numbers of two owners have nothing in common."""
    sex = models.CharField(max_length=1, blank=True)
    journal_number = models.CharField(max_length=40)
    """The owner's own case number; what lists show where a name is not needed."""
    language = models.CharField(max_length=40, blank=True)
    needs_interpreter = models.BooleanField(default=False)
    cannot_form_views_until = models.DateField(null=True)
    """The service has found the child too young, or otherwise unable, to form a view, until this day (bvl § 1-4)."""
    lacks_decision_competence_from = models.DateField(null=True)
    """The health service has found so, reasoned and in writing (pbrl § 4-3); counts from 16."""
    address_protection = models.CharField(max_length=30, choices=AddressProtection, default=AddressProtection.NONE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["author_service", "national_key"], name="child_once_per_owner"),
            models.UniqueConstraint(fields=["author_service", "journal_number"], name="journal_once_per_owner"),
            models.UniqueConstraint(fields=["id", "author_service"], name="child_and_owner"),
        ]
        indexes = found_by("id", "national_key")


def has_number(number: str, *, owner_id: UUID) -> Q:
    """What is true of the one owner's records that have this national identity number."""
    return Q(author_service=owner_id, national_key__in=number_codes(number, owner_id=owner_id))


def number_codes(number: str, *, owner_id: UUID) -> list[bytes]:
    """What the index may hold for a national identity number among the one owner's records."""
    codes: list[bytes] = Child._meta.get_field("national_key").codes(number, within=owner_id)
    return codes


class ProtectionDecision(models.Model):
    """The day that the protection of a child's address was decided, and the last day that it was decided for.

    It is written by the database itself when the address is protected, with no day known, and anew by one who reads the
    address. That it is over opens nothing: the address is protected until somebody lowers it (`Child`). Those who read
    the address, and the leader, alone see it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="protections", db_index=False)
    owner_service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, related_name="+", db_index=False)
    decided_on = models.DateField(null=True)
    """None until somebody has written it."""
    until = models.DateField()
    """The last day; while no day is known, the day that it was protected here."""
    recorded_by = models.ForeignKey(
        "directory.Person", on_delete=models.PROTECT, related_name="+", db_index=False, null=True
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(default=FOREVER)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gte=F("starts_at")), name="protection_decision_period"),
            # A day is 29 February in some years: a year has 366 of them at the most.
            models.CheckConstraint(
                condition=Q(decided_on=None)
                | Q(until__gt=F("decided_on"), until__lte=F("decided_on") + timedelta(days=366)),
                name="protection_is_decided_for_a_year_at_most",
            ),
            models.UniqueConstraint(
                fields=["child"], condition=Q(ends_at=FOREVER), name="one_protection_decision_stands"
            ),
        ]
        indexes = [
            *found_by("child"),
            models.Index(fields=["owner_service", "until"], condition=Q(ends_at=FOREVER), name="protections_to_review"),
        ]


class ChildWelfareStatus(ChildRow):
    """The child's position in child welfare from a date on; of several from the same day the last written holds."""

    number = models.PositiveSmallIntegerField()
    """1, 2, 3 … in the order they were written: one instant can write several (files read together)."""
    position = models.CharField(max_length=30, choices=ChildWelfarePosition)
    from_on = models.DateField()
    source = models.CharField(max_length=20, choices=[("national_file", "fil"), ("by_hand", "for hånd")])

    class Meta(ChildRow.Meta):
        constraints = [models.UniqueConstraint(fields=["child", "number"], name="status_once_each_number")]
        indexes = [models.Index(fields=["child", "-from_on", "-number"], name="status_newest")]


class RelatedPerson(ChildRow):
    """A parent, guardian, foster parent or other person around the child, for a period and on a ground."""

    identity = models.UUIDField(default=uuid.uuid4)
    """The same for every row about the same human being around this child."""
    name = models.CharField(max_length=160)
    relation = models.CharField(max_length=30, choices=RelationKind)
    phone = Encrypted(keyset=Keyset.ADDRESS)
    """Encrypted for everyone: the number of those a child lives with leads to where it is."""
    language = models.CharField(max_length=40, blank=True)
    needs_interpreter = models.BooleanField(default=False)
    has_parental_responsibility = models.BooleanField(default=False)
    """Parental responsibility (bl § 30), which is not the same as where the child lives."""
    has_daily_care = models.BooleanField(default=False)
    contact_limits = models.TextField(blank=True)
    """Decided limits to contact or information, with their ground."""
    basis = models.CharField(max_length=200, blank=True)
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    """The first day it no longer holds."""
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    """The row that this one corrects or continues; rows are never changed."""
    why = models.TextField(blank=True)
    """Why the row before it was wrong."""

    class Meta(ChildRow.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")), name="related_person_period"
            )
        ]


class Placement(ChildRow):
    """Where the child lives and on what legal ground, for a period."""

    basis = models.CharField(max_length=30, choices=CareBasis)
    service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, null=True, related_name="+")
    """The institution or foster home; none when the child lives with parents."""
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    """The first day it no longer holds."""
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")

    class Meta(ChildRow.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")), name="placement_period"
            )
        ]


class NameKey(models.Model):
    """One word of a child's name, in upper case, for one service that may see the child.

    Row-level security keeps `LIKE` and trigram indexes from being used, because those operators can leak;
    plain comparisons on this table can use its index, which starts with the service.
    """

    id = models.BigAutoField(primary_key=True)
    service = models.ForeignKey("directory.Service", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=80, db_collation="C")
    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "key", "child"], name="name_key_once")]
        indexes = found_by("child")
