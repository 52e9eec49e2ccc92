"""What the owner has decided that the child itself and each around it may see, how they log in, and what they write."""

import uuid

from django.db import models
from django.db.models import F, Q

from grunnmur.cases.models.base import FOREVER, found_by
from grunnmur.cases.models.people import Child
from grunnmur.cases.terms import FamilyAccess, LetterAbout, WordsFor
from grunnmur.encrypted import Encrypted
from grunnmur.keys import Keyset


class FamilyRow(models.Model):
    """A row about one person around a child, or the child itself."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="%(class)ss", db_index=False)
    owner_service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, related_name="+", db_index=False)
    """The child's owner."""
    identity = models.UUIDField()
    """Whom it is about: `RelatedPerson.identity`, or the child's own id."""

    class Meta:
        abstract = True
        indexes = found_by("child")


class OwnersRow(FamilyRow):
    """A decision of the owner's about one person around the child; nobody else can tell that it exists."""

    reason = models.TextField()
    decided_by = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta(FamilyRow.Meta):
        abstract = True


class FamilyDecision(OwnersRow):
    """What one person may see from a moment on, until the next decision about the same person. No act changes it."""

    number = models.PositiveSmallIntegerField()
    """1, 2, 3 … in the order they were made about the same person."""
    access = models.CharField(max_length=20, choices=FamilyAccess)
    decided_at = models.DateTimeField()
    review_on = models.DateField()
    replaced_at = models.DateTimeField(null=True)
    """Written by the database when the next decision comes: those that stand are found without reading the rest."""

    class Meta(OwnersRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["child", "identity", "number"], name="family_decision_once_each_number")
        ]
        indexes = [
            *OwnersRow.Meta.indexes,
            models.Index(
                fields=["owner_service", "review_on"],
                condition=Q(replaced_at=None),
                name="family_decisions_to_review",
            ),
        ]


class Release(OwnersRow):
    """One row that one person may see, from a moment until it is taken back."""

    item = models.UUIDField()
    kind = models.IntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(default=FOREVER)

    class Meta(OwnersRow.Meta):
        constraints = [models.CheckConstraint(condition=Q(ends_at__gte=F("starts_at")), name="release_period")]


class FamilyLogIn(FamilyRow):
    """A way in for one person: with an eID, or with a device of its own. It opens nothing that is not decided."""

    number_code = models.BinaryField(null=True)
    """A keyed code of the national identity number that an eID vouches for; none where one comes in with a device."""
    given_by = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    given_at = models.DateTimeField()
    ends_at = models.DateTimeField(default=FOREVER)
    person = models.ForeignKey(
        "directory.Person", on_delete=models.PROTECT, related_name="+", db_index=False, null=True
    )
    """Who writes what the person answers here; made the first time, and called what the person is to the child."""

    class Meta(FamilyRow.Meta):
        constraints = [models.CheckConstraint(condition=Q(ends_at__gte=F("given_at")), name="family_log_in_period")]
        indexes = [*FamilyRow.Meta.indexes, *found_by("number_code")]


class FamilyDevice(models.Model):
    """The one device that a log-in without an eID is tied to. Read and written by functions of the database alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="+", db_index=False)
    log_in = models.OneToOneField(FamilyLogIn, on_delete=models.CASCADE, related_name="device")
    activation = models.BinaryField(unique=True)
    """The hash of a code that is handed over in person and works once."""
    activation_until = models.DateTimeField()
    secret = models.BinaryField(unique=True, null=True)
    """The hash of what the device keeps, once it is activated."""
    pin = models.CharField(max_length=200, blank=True)
    """Argon2 of the PIN that its owner chose."""
    activated_at = models.DateTimeField(null=True)
    missed = models.PositiveSmallIntegerField(default=0)
    missed_at = models.DateTimeField(null=True)
    missed_in_all = models.PositiveSmallIntegerField(default=0)
    """Wrong ones since the last right one."""

    class Meta:
        indexes = found_by("child")


class Letter(FamilyRow):
    """What one in the family asks the child welfare service, or what the service answers. Nobody else reads it."""

    about = models.CharField(max_length=20, choices=LetterAbout)
    item = models.UUIDField(null=True)
    """The look, consent, meeting or pathway that it is about."""
    text = Encrypted(keyset=Keyset.OWN_WORDS)
    readers = models.CharField(max_length=20, choices=WordsFor, blank=True)
    """Of what the child writes before a meeting or before the closing: who may read it."""
    overruled_because = models.TextField(blank=True)
    """Of an answer: why the adults did otherwise than the child wanted; empty when they did not."""
    overruled_on = models.CharField(max_length=200, blank=True)
    """On what ground."""
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(
        "directory.Person", on_delete=models.PROTECT, related_name="+", db_index=False, null=True
    )
    """Who answered for the service; none when the person itself wrote."""
    answers = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="answer")
    answer_by = models.DateTimeField(null=True)
    """When an answer is due at the latest."""
    answered_at = models.DateTimeField(null=True)
    """Written by the database when an answer comes: what waits is found without reading the rest."""
    once = models.UUIDField(null=True)

    class Meta(FamilyRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["identity", "once"], name="letter_is_sent_once"),
            models.CheckConstraint(condition=Q(answers=None) | Q(written_by__isnull=False), name="the_service_answers"),
            models.CheckConstraint(
                condition=Q(readers="") | Q(about__in=[LetterAbout.WORDS, LetterAbout.CLOSING]), name="readers_of_words"
            ),
            models.CheckConstraint(
                condition=(Q(overruled_because="") & Q(overruled_on=""))
                | (~Q(overruled_because="") & ~Q(overruled_on="") & Q(answers__isnull=False)),
                name="overruled_with_reason_and_ground",
            ),
        ]
        indexes = [
            *FamilyRow.Meta.indexes,
            models.Index(
                fields=["owner_service", "answer_by"],
                condition=Q(written_by=None, answered_at=None),
                name="letters_that_wait",
            ),
        ]
