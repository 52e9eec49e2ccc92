"""Clarification, start-up and status meetings."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from grunnmur.cases.models.base import PathwayRow, found_by
from grunnmur.cases.terms import AttendanceAnswer, ChildParticipation, MeetingKind, MinutesSays
from grunnmur.encrypted import Encrypted
from grunnmur.keys import Keyset


class TimePoll(PathwayRow):
    """Some times that a meeting could be at, and those who are asked which suit. Calling the meeting ends it."""

    meeting = models.CharField(max_length=20, choices=MeetingKind)
    asked_on = models.DateField()
    answer_by = models.DateField()
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    """The times that were asked about before, and are not any more."""

    class Meta(PathwayRow.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(answer_by__gte=models.F("asked_on")), name="poll_leaves_time")
        ]


class PollTime(PathwayRow):
    """One of the times."""

    poll = models.ForeignKey(TimePoll, on_delete=models.CASCADE, related_name="times", db_index=False)
    starts_at = models.DateTimeField()

    class Meta(PathwayRow.Meta):
        constraints = [models.UniqueConstraint(fields=["poll", "starts_at"], name="a_time_once")]


class PollAsked(PathwayRow):
    """A service that is asked which times suit it."""

    poll = models.ForeignKey(TimePoll, on_delete=models.CASCADE, related_name="asked", db_index=False)
    service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta(PathwayRow.Meta):
        constraints = [models.UniqueConstraint(fields=["poll", "service"], name="asked_for_times_once")]


class PollAnswer(PathwayRow):
    """The times that suit a service that was asked; the newest row counts, and no time at all is an answer too."""

    asked = models.ForeignKey(PollAsked, on_delete=models.CASCADE, related_name="answers", db_index=False)
    suits = ArrayField(models.UUIDField(), default=list)
    note = models.TextField(blank=True)

    class Meta(PathwayRow.Meta):
        indexes = [*PathwayRow.Meta.indexes, *found_by("asked")]


class Meeting(PathwayRow):
    """A meeting that has been called. What came of it is `MeetingHeld` or `MeetingCancelled`."""

    meeting = models.CharField(max_length=20, choices=MeetingKind)
    starts_at = models.DateTimeField()
    place = Encrypted(keyset=Keyset.ADDRESS)
    """Encrypted: a meeting is often held where the child is."""
    is_video = models.BooleanField(default=False)
    agenda = models.TextField(blank=True)
    child_invited = models.BooleanField(default=True)
    poll = models.OneToOneField(TimePoll, on_delete=models.PROTECT, null=True, related_name="led_to")
    """The times that it was chosen among."""
    moved_from = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="moved_to")


class MeetingGuest(PathwayRow):
    """Someone around the child who is invited."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="guests", db_index=False)
    related_person = models.ForeignKey("cases.RelatedPerson", on_delete=models.PROTECT, related_name="+")

    class Meta(PathwayRow.Meta):
        indexes = [*PathwayRow.Meta.indexes, *found_by("meeting")]


class Invitation(PathwayRow):
    """A service that is invited."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="invitations", db_index=False)
    service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, related_name="+")

    class Meta(PathwayRow.Meta):
        indexes = [*PathwayRow.Meta.indexes, *found_by("meeting")]
        constraints = [models.UniqueConstraint(fields=["meeting", "service"], name="invited_once")]


class InvitationReply(PathwayRow):
    """What the invited service answered; the newest row counts."""

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="replies", db_index=False)
    answer = models.CharField(max_length=20, choices=AttendanceAnswer)
    written = models.TextField(blank=True)
    """What is contributed in writing."""

    class Meta(PathwayRow.Meta):
        indexes = [*PathwayRow.Meta.indexes, *found_by("invitation")]


class MeetingText(PathwayRow):
    """What one who is invited wants read before a meeting. `kind` says who reads it; nobody else knows of it."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="texts", db_index=False)
    title = models.CharField(max_length=120)
    text = models.TextField()

    class Meta(PathwayRow.Meta):
        indexes = [*PathwayRow.Meta.indexes, *found_by("meeting")]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="a_text_says_something")]


class MeetingHeld(PathwayRow):
    """The meeting took place: who came, how the child took part, minutes and decisions."""

    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, related_name="held")
    held_on = models.DateField()
    services_present = ArrayField(models.UUIDField(), default=list)
    people_present = ArrayField(models.UUIDField(), default=list)
    child_present = models.BooleanField()
    participation = models.CharField(max_length=4, choices=ChildParticipation)
    minutes = models.TextField()
    decisions = models.TextField(blank=True)

    class Meta(PathwayRow.Meta):
        constraints = [models.CheckConstraint(condition=~Q(minutes=""), name="minutes_are_written")]


class MinutesReview(PathwayRow):
    """What a service that was there says of the minutes; the newest row counts. The minutes stay as they are."""

    held = models.ForeignKey(MeetingHeld, on_delete=models.CASCADE, related_name="reviews", db_index=False)
    says = models.CharField(max_length=10, choices=MinutesSays)
    text = models.TextField(blank=True)

    class Meta(PathwayRow.Meta):
        indexes = [*PathwayRow.Meta.indexes, *found_by("held")]
        constraints = [
            models.CheckConstraint(condition=~Q(says=MinutesSays.REMARK) | ~Q(text=""), name="a_remark_says_something")
        ]


class MeetingCancelled(PathwayRow):
    """The meeting will not take place, and why."""

    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, related_name="cancelled")
    reason = models.TextField()
