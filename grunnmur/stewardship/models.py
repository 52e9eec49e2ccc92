"""A municipality's own work. No column holds the key of a child; people are asked to write of none."""

import uuid

from django.db import models
from django.db.models import F, Q

from grunnmur.directory.models import Municipality, Person, Service
from grunnmur.stewardship.terms import FindingAnswer, Judgement, ProgrammeStatus, Side, TaskAnswer, Track


class FollowUp(models.Model):
    """What a municipality says of a finding. A row never changes: a new version says everything again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    finding = models.CharField(max_length=40)
    """A key of `definitions/findings.yaml`."""
    version = models.IntegerField()
    """1 for the first that is said of a finding in a municipality, and so on without a gap."""
    answer = models.CharField(max_length=10, choices=FindingAnswer)
    why = models.CharField(max_length=1000)
    action = models.CharField(max_length=1000, blank=True)
    who = models.CharField(max_length=160, blank=True)
    """Who does it: a service or a post in the municipality."""
    due_on = models.DateField(null=True)
    shown_by = models.CharField(max_length=1000, blank=True)
    """What shows that it is mended."""
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["municipality", "finding", "version"], name="one_follow_up_per_version"),
            models.CheckConstraint(condition=Q(finding__regex=r"^[a-z-]+$"), name="finding_is_a_key"),
            models.CheckConstraint(condition=Q(why__regex=r"\S"), name="follow_up_says_why"),
            models.CheckConstraint(
                condition=Q(answer=FindingAnswer.MENDED, shown_by__regex=r"\S")
                | ~Q(answer=FindingAnswer.MENDED) & Q(shown_by=""),
                name="mended_is_shown",
            ),
            models.CheckConstraint(
                condition=Q(action="", who="", due_on=None)
                | ~Q(answer=FindingAnswer.NOT_OURS) & Q(action__regex=r"\S", who__regex=r"\S", due_on__isnull=False),
                name="action_has_somebody_and_a_day",
            ),
        ]


# --- putting the pathway into use -------------------------------------------------------------------------------------


class TaskReport(models.Model):
    """What a municipality says of a task in putting the pathway into use. A row never changes, as a `FollowUp`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    track = models.CharField(max_length=20, choices=Track)
    task = models.CharField(max_length=40)
    """A key of `definitions/implementation.yaml`."""
    version = models.IntegerField()
    """1 for the first that is said of a task for a kind of service in a municipality, and so on without a gap."""
    answer = models.CharField(max_length=10, choices=TaskAnswer)
    why = models.CharField(max_length=1000, blank=True)
    who = models.CharField(max_length=160, blank=True)
    """Who does it: a service or a post."""
    due_on = models.DateField(null=True)
    done_on = models.DateField(null=True)
    shown_by = models.CharField(max_length=1000, blank=True)
    """What shows that it is done."""
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "track", "task", "version"], name="one_task_report_per_version"
            ),
            models.CheckConstraint(condition=Q(task__regex=r"^[a-z-]+$"), name="task_is_a_key"),
            models.CheckConstraint(
                condition=Q(
                    answer=TaskAnswer.NOT_OURS, why__regex=r"\S", who="", due_on=None, done_on=None, shown_by=""
                )
                | Q(answer=TaskAnswer.UNDER_WAY, who__regex=r"\S", due_on__isnull=False, done_on=None, shown_by="")
                | Q(answer=TaskAnswer.DONE, who__regex=r"\S", done_on__isnull=False, shown_by__regex=r"\S"),
                name="task_report_is_whole",
            ),
        ]


class TrainingRecord(models.Model):
    """That an employee of a service went through a material. A row never changes: the newest version holds."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    material = models.CharField(max_length=40)
    """A key of `definitions/implementation.yaml`."""
    version = models.IntegerField()
    done_on = models.DateField(null=True)
    """None takes back what was said before."""
    expires_on = models.DateField(null=True)
    """The first day on which it must be done again, where the service has decided so."""
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service", "person", "material", "version"], name="one_training_record_per_version"
            ),
            models.CheckConstraint(condition=Q(material__regex=r"^[a-z-]+$"), name="material_is_a_key"),
            models.CheckConstraint(
                condition=Q(expires_on=None) | Q(done_on__isnull=False, expires_on__gt=F("done_on")),
                name="training_expires_after_it_is_done",
            ),
        ]


# --- self-assessment --------------------------------------------------------------------------------------------------


class Assessment(models.Model):
    """How one side judges a statement. A row never changes; nobody sees the other side's before both have answered."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    statement = models.CharField(max_length=40)
    """A key of `definitions/self_assessment.yaml`."""
    side = models.CharField(max_length=20, choices=Side)
    version = models.IntegerField()
    """1 for the first time; the next comes when both sides have answered this one, so that both answer in turn."""
    judgement = models.CharField(max_length=10, choices=Judgement)
    built_on = models.CharField(max_length=1000, blank=True)
    """What the answer is built on."""
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "statement", "side", "version"], name="one_assessment_per_version"
            ),
            models.CheckConstraint(condition=Q(statement__regex=r"^[a-z-]+$"), name="statement_is_a_key"),
            models.CheckConstraint(
                condition=Q(judgement=Judgement.UNKNOWN) | Q(built_on__regex=r"\S"),
                name="assessment_is_built_on_something",
            ),
        ]


class AssessmentAction(models.Model):
    """What a municipality does about a statement that both sides have judged. A row never changes, as a `FollowUp`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    statement = models.CharField(max_length=40)
    version = models.IntegerField()
    action = models.CharField(max_length=1000)
    who = models.CharField(max_length=160)
    """Who does it: a service or a post."""
    due_on = models.DateField()
    done_on = models.DateField(null=True)
    shown_by = models.CharField(max_length=1000, blank=True)
    """What shows that it is done."""
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "statement", "version"], name="one_assessment_action_per_version"
            ),
            models.CheckConstraint(
                condition=Q(action__regex=r"\S", who__regex=r"\S"), name="assessment_action_has_somebody"
            ),
            models.CheckConstraint(
                condition=Q(done_on=None, shown_by="") | Q(done_on__isnull=False, shown_by__regex=r"\S"),
                name="assessment_action_is_shown",
            ),
        ]


# --- programmes and agreements ----------------------------------------------------------------------------------------


class ProgrammeEntry(models.Model):
    """How it stands with a programme in a municipality. A row never changes, as a `FollowUp`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    programme = models.CharField(max_length=40)
    """A key of `definitions/programmes.yaml`."""
    version = models.IntegerField()
    status = models.CharField(max_length=12, choices=ProgrammeStatus)
    since = models.DateField(null=True)
    contact = models.CharField(max_length=160, blank=True)
    """Whom to ask: a service or a post."""
    note = models.CharField(max_length=1000, blank=True)
    is_example = models.BooleanField(default=False)
    """Made for the demo, not said by any source."""
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    """None for what a source says, and the municipality has not said itself."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "programme", "version"], name="one_programme_entry_per_version"
            ),
            models.CheckConstraint(condition=Q(programme__regex=r"^[a-z-]+$"), name="programme_is_a_key"),
            models.CheckConstraint(
                condition=Q(recorded_by=None)
                | Q(status__in=[ProgrammeStatus.CONSIDERED, ProgrammeStatus.NOT_HERE])
                | Q(status=ProgrammeStatus.ENDED, since__isnull=False)
                | Q(status=ProgrammeStatus.IN_USE, since__isnull=False, contact__regex=r"\S"),
                name="programme_in_use_has_a_day_and_somebody",
            ),
        ]


class Agreement(models.Model):
    """An agreement of a municipality. A row never changes: the newest version of an `agreement` holds."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    agreement = models.UUIDField()
    """The same for all versions of one agreement."""
    version = models.IntegerField()
    name = models.CharField(max_length=160)
    parties = models.CharField(max_length=400)
    scope = models.CharField(max_length=1000)
    """What it covers."""
    signed_on = models.DateField()
    renew_on = models.DateField()
    """The last day to renew it."""
    contact = models.CharField(max_length=160)
    """Whom to ask: a service or a post."""
    is_ended = models.BooleanField(default=False)
    is_example = models.BooleanField(default=False)
    """Made for the demo, not said by any source."""
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["municipality", "agreement", "version"], name="one_agreement_per_version"),
            models.CheckConstraint(
                condition=Q(name__regex=r"\S", parties__regex=r"\S", scope__regex=r"\S", contact__regex=r"\S"),
                name="agreement_is_whole",
            ),
            models.CheckConstraint(condition=Q(renew_on__gt=F("signed_on")), name="agreement_is_renewed_after_signing"),
        ]
