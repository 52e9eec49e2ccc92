"""A municipality's own work. No column holds the key of a child; people are asked to write of none."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from grunnmur.directory.models import Municipality, Person, Service
from grunnmur.post.models import Message
from grunnmur.stewardship.terms import (
    Advice,
    Coming,
    DecisionAnswer,
    FindingAnswer,
    Judgement,
    Origin,
    ProgrammeStatus,
    Side,
    TaskAnswer,
    Told,
    Track,
)


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


# --- what is enough to open a link ------------------------------------------------------------------------------------


class CodeDecision(models.Model):
    """That a municipality finds a code by SMS enough to answer a link by, until a day; or that it no longer does.

    A row never changes: the newest version holds.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    version = models.IntegerField()
    """1 for the first decision in a municipality, and so on without a gap."""
    why = models.CharField(max_length=2000)
    """The ground, in the municipality's own words: what it has weighed, or why it ends."""
    ends_on = models.DateField(null=True)
    """The first day on which it is not enough; None when it ended as this was written."""
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["municipality", "version"], name="one_code_decision_per_version"),
            models.CheckConstraint(condition=Q(why__regex=r"\S"), name="code_decision_says_why"),
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


class OwnTask(models.Model):
    """A task that a municipality has added to a step. A row never changes: the newest version holds."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    task = models.CharField(max_length=40)
    """The same for all versions of one task, and what a `TaskReport` says of it by."""
    version = models.IntegerField()
    track = models.CharField(max_length=20, choices=Track)
    step = models.CharField(max_length=40)
    """A key of `definitions/implementation.yaml`."""
    title = models.CharField(max_length=160)
    about = models.CharField(max_length=400)
    is_ended = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["municipality", "task", "version"], name="one_own_task_per_version"),
            models.CheckConstraint(
                condition=Q(task__regex=r"^egen-[a-p]{32}$", step__regex=r"^[a-z-]+$"), name="own_task_is_a_key"
            ),
            models.CheckConstraint(condition=Q(title__regex=r"\S", about__regex=r"\S"), name="own_task_says_what"),
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


class MaterialInUse(models.Model):
    """Something that families or services are given to read. A row never changes: the newest version holds."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    material = models.UUIDField()
    """The same for all versions of one material."""
    version = models.IntegerField()
    title = models.CharField(max_length=160)
    origin = models.CharField(max_length=12, choices=Origin)
    edition = models.CharField(max_length=80)
    languages = models.CharField(max_length=160)
    used_in = models.CharField(max_length=400)
    """The services or places where it is used."""
    reviewed_on = models.DateField()
    reviewed_by = models.CharField(max_length=160)
    """Who looked it over: a service or a post."""
    is_ended = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["municipality", "material", "version"], name="one_material_per_version"),
            models.CheckConstraint(
                condition=Q(
                    title__regex=r"\S",
                    edition__regex=r"\S",
                    languages__regex=r"\S",
                    used_in__regex=r"\S",
                    reviewed_by__regex=r"\S",
                ),
                name="material_is_whole",
            ),
        ]


class Evaluation(models.Model):
    """What is to be evaluated or has been, and what came of it. A row never changes: the newest version holds."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    evaluation = models.UUIDField()
    """The same for all versions of one evaluation."""
    version = models.IntegerField()
    what = models.CharField(max_length=400)
    who = models.CharField(max_length=160)
    """Who evaluates it: a service or a post, or somebody from outside."""
    due_on = models.DateField(null=True)
    done_on = models.DateField(null=True)
    result = models.CharField(max_length=2000, blank=True)
    changed = models.CharField(max_length=2000, blank=True)
    """What was changed after it."""
    is_dropped = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "evaluation", "version"], name="one_evaluation_per_version"
            ),
            models.CheckConstraint(condition=Q(what__regex=r"\S", who__regex=r"\S"), name="evaluation_has_somebody"),
            models.CheckConstraint(
                condition=Q(is_dropped=False, done_on__isnull=False, result__regex=r"\S", changed__regex=r"\S")
                | Q(is_dropped=True, done_on=None, result="", changed="")
                | Q(is_dropped=False, due_on__isnull=False, done_on=None, result="", changed=""),
                name="evaluation_says_what_came_of_it",
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


# --- grants -----------------------------------------------------------------------------------------------------------


class GrantCall(models.Model):
    """A county governor's call for applications to one scheme in one year. It is put right until it is decided."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    scheme = models.CharField(max_length=40)
    """A key of `definitions/grants.yaml`, as `purpose` is below."""
    year = models.SmallIntegerField()
    version = models.IntegerField(default=1)
    frame = models.BigIntegerField()
    """All that there is to give out, in whole kroner as every amount here."""
    opens_on = models.DateField()
    closes_on = models.DateField()
    """The last day on which one can apply."""
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "scheme", "year"], name="one_call_a_year"),
            models.CheckConstraint(condition=Q(scheme__regex=r"^[a-z-]+$"), name="scheme_is_a_key"),
            models.CheckConstraint(condition=Q(frame__gt=0), name="call_has_a_frame"),
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="call_closes_after_opening"),
        ]


class GrantApplication(models.Model):
    """What a municipality applies for. A row never changes: until the call closes, a new version says it all again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    call = models.ForeignKey(GrantCall, on_delete=models.PROTECT, related_name="applications")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=40)
    version = models.IntegerField()
    co_applicant = models.CharField(max_length=160, blank=True)
    """Who applies together with the municipality, such as the hospital for a team that they share."""
    asked = models.BigIntegerField()
    what = models.CharField(max_length=2000)
    indicators = ArrayField(models.CharField(max_length=40))
    """What it is to move, and is to be told of each year: keys of `definitions/indicators.yaml`."""
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["call", "municipality", "purpose", "version"], name="one_application_per_version"
            ),
            models.CheckConstraint(condition=Q(purpose__regex=r"^[a-z-]+$"), name="purpose_is_a_key"),
            models.CheckConstraint(condition=Q(asked__gt=0), name="application_asks_for_something"),
            models.CheckConstraint(condition=Q(what__regex=r"\S"), name="application_says_what"),
            models.CheckConstraint(condition=Q(indicators__len__gt=0), name="application_is_to_move_something"),
        ]


class GrantAssessment(models.Model):
    """What the county governor's staff think of an application, whole; the newest version holds."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(GrantApplication, on_delete=models.PROTECT, related_name="assessments")
    version = models.IntegerField()
    advice = models.CharField(max_length=10, choices=Advice)
    why = models.CharField(max_length=2000)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "version"], name="one_grant_assessment_per_version"),
            models.CheckConstraint(condition=Q(why__regex=r"\S"), name="assessment_says_why"),
        ]


class GrantDecision(models.Model):
    """That a call is given out, once and whole: its awards and what is left over add up to the frame."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    call = models.OneToOneField(GrantCall, on_delete=models.PROTECT, related_name="decision")
    left_over = models.BigIntegerField()
    why_left = models.CharField(max_length=1000, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(left_over=0, why_left="") | Q(left_over__gt=0, why_left__regex=r"\S"),
                name="left_over_has_a_reason",
            )
        ]


class GrantAward(models.Model):
    """What a municipality is given for a purpose. It says whose it is itself: awards are public, applications not."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    decision = models.ForeignKey(GrantDecision, on_delete=models.PROTECT, related_name="awards")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=40)
    bound = models.BigIntegerField()
    bound_to = models.CharField(max_length=160, blank=True)
    free = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["decision", "municipality", "purpose"], name="one_award_per_purpose"),
            models.CheckConstraint(condition=Q(bound__gte=0, free__gte=0), name="nobody_is_given_less_than_nothing"),
            models.CheckConstraint(condition=Q(bound__gt=0) | Q(free__gt=0), name="award_gives_something"),
            models.CheckConstraint(
                condition=Q(bound=0, bound_to="") | Q(bound__gt=0, bound_to__regex=r"\S"), name="bound_to_something"
            ),
        ]


class GrantPayment(models.Model):
    """What was paid of an award on a day; below 0 it was paid back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    award = models.ForeignKey(GrantAward, on_delete=models.PROTECT, related_name="payments")
    version = models.IntegerField()
    """The number of the payment: 1 for the first of an award, and so on without a gap."""
    amount = models.BigIntegerField()
    paid_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["award", "version"], name="one_payment_per_number"),
            models.CheckConstraint(condition=~Q(amount=0), name="payment_pays_something"),
        ]


class GrantReport(models.Model):
    """What a municipality tells of an award for one year, whole; the newest version holds."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    award = models.ForeignKey(GrantAward, on_delete=models.PROTECT, related_name="reports")
    year = models.SmallIntegerField()
    version = models.IntegerField()
    spent = models.BigIntegerField()
    came_of_it = models.CharField(max_length=2000)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["award", "year", "version"], name="one_report_per_version"),
            models.CheckConstraint(condition=Q(spent__gte=0), name="report_spends_nothing_or_more"),
            models.CheckConstraint(condition=Q(came_of_it__regex=r"\S"), name="report_says_what_came_of_it"),
        ]


class GrantEffect(models.Model):
    """How it was before and is now with one thing that the grant was to move; in words, for it may not be counted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(GrantReport, on_delete=models.PROTECT, related_name="effects")
    indicator = models.CharField(max_length=40)
    before = models.CharField(max_length=160)
    after = models.CharField(max_length=160)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "indicator"], name="one_effect_per_indicator"),
            models.CheckConstraint(condition=Q(before__regex=r"\S", after__regex=r"\S"), name="effect_is_told"),
        ]


# --- the network ------------------------------------------------------------------------------------------------------


class Network(models.Model):
    """What a county governor gathers: every municipality in its counties, and those who help to run it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.OneToOneField(Service, on_delete=models.PROTECT, related_name="+")
    version = models.IntegerField(default=1)
    name = models.CharField(max_length=160)
    partners = ArrayField(models.CharField(max_length=160), default=list)
    """The hospital, RBUP, RVTS, KoRus and such: they are members, and nobody logs in for them here."""
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(name__regex=r"\S"), name="network_has_a_name")]


class Gathering(models.Model):
    """One gathering of a network, planned, held or called off; put right as it comes nearer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="gatherings")
    version = models.IntegerField(default=1)
    held_on = models.DateField()
    begins_at = models.TimeField()
    place = models.CharField(max_length=160)
    about = models.CharField(max_length=2000, blank=True)
    moved_at = models.DateTimeField(null=True)
    """When the day, the hour or the place last became another: what was answered before is of another gathering."""
    is_cancelled = models.BooleanField(default=False)
    minutes = models.CharField(max_length=10_000, blank=True)
    present = ArrayField(models.CharField(max_length=4), default=list)
    """The numbers of the municipalities that were there."""
    partners_present = ArrayField(models.CharField(max_length=160), default=list)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["network", "held_on"], name="one_gathering_a_day"),
            models.CheckConstraint(condition=Q(place__regex=r"\S"), name="gathering_has_a_place"),
            models.CheckConstraint(
                condition=~Q(minutes="") | Q(present__len=0, partners_present__len=0), name="presence_is_in_minutes"
            ),
            models.CheckConstraint(condition=Q(is_cancelled=False) | Q(minutes=""), name="called_off_is_not_held"),
        ]


ONE_MEMBER = Q(municipality__isnull=False, partner="") | Q(municipality=None, partner__regex=r"\S")
"""A municipality, or one of those beside them, by name."""


class GatheringInvitation(models.Model):
    """That a member was told of a gathering: the message, which says nothing of it itself, and what it was sent for."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    gathering = models.ForeignKey(Gathering, on_delete=models.PROTECT, related_name="invitations")
    message = models.OneToOneField(Message, on_delete=models.PROTECT, related_name="+")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, null=True, related_name="+")
    partner = models.CharField(max_length=160, blank=True)
    what = models.CharField(max_length=12, choices=Told)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=ONE_MEMBER, name="invitation_is_for_one_member")]


class GatheringAnswer(models.Model):
    """Whether a member comes to a gathering, and who. A row never changes: the newest version holds."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    gathering = models.ForeignKey(Gathering, on_delete=models.PROTECT, related_name="answers")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, null=True, related_name="+")
    partner = models.CharField(max_length=160, blank=True)
    """One of those beside the municipalities, who has answered by a link."""
    version = models.IntegerField()
    answer = models.CharField(max_length=10, choices=Coming)
    who = models.CharField(max_length=160, blank=True)
    """The posts or services that come."""
    words = models.CharField(max_length=2000, blank=True)
    """What they say to the gathering instead of coming."""
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    """The leader who answered; None for whoever had the link."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gathering", "municipality", "partner", "version"],
                nulls_distinct=False,
                name="one_answer_per_version",
            ),
            models.CheckConstraint(condition=ONE_MEMBER, name="answer_is_of_one_member"),
            models.CheckConstraint(
                condition=Q(municipality__isnull=False, recorded_by__isnull=False)
                | Q(municipality=None, recorded_by=None),
                name="only_partners_answer_by_link",
            ),
            models.CheckConstraint(
                condition=Q(answer=Coming.COMES, who__regex=r"\S", words="")
                | Q(answer=Coming.AWAY, who="", words="")
                | Q(answer=Coming.WRITES, who="", words__regex=r"\S"),
                name="answer_is_whole",
            ),
        ]


class NetworkTopic(models.Model):
    """Something that a member wants the network to talk about."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="topics")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, null=True, related_name="+")
    """None when the county governor proposed it."""
    title = models.CharField(max_length=160)
    why = models.CharField(max_length=1000)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(title__regex=r"\S", why__regex=r"\S"), name="topic_says_what_and_why")
        ]


class TopicVote(models.Model):
    """Whether a municipality wants a topic: one voice each, which it may take back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    topic = models.ForeignKey(NetworkTopic, on_delete=models.PROTECT, related_name="votes")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    is_for = models.BooleanField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "municipality"], name="one_voice_each")]


class TakenTopic(models.Model):
    """That a topic is on the programme of a gathering; it waits for no other until it is off it again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    topic = models.OneToOneField(NetworkTopic, on_delete=models.PROTECT, related_name="taken")
    gathering = models.ForeignKey(Gathering, on_delete=models.PROTECT, related_name="programme")


class NetworkDecision(models.Model):
    """What a gathering decided that each municipality does, and by when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    gathering = models.ForeignKey(Gathering, on_delete=models.PROTECT, related_name="decisions")
    what = models.CharField(max_length=1000)
    due_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(what__regex=r"\S"), name="decision_says_what")]


class NetworkTask(models.Model):
    """What a municipality says of what a gathering decided; a row never changes, the newest version holds."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    decision = models.ForeignKey(NetworkDecision, on_delete=models.PROTECT, related_name="tasks")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    version = models.IntegerField()
    answer = models.CharField(max_length=10, choices=DecisionAnswer)
    what = models.CharField(max_length=1000)
    """What is done, what it became, or why it is not theirs."""
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["decision", "municipality", "version"], name="one_task_per_version"),
            models.CheckConstraint(condition=Q(what__regex=r"\S"), name="task_says_what"),
        ]


class NetworkExperience(models.Model):
    """What a municipality tells the others of what it has tried. Whoever wrote it may take it away."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="experiences")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, null=True, related_name="+")
    title = models.CharField(max_length=160)
    text = models.CharField(max_length=4000)
    withdrawn_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(title__regex=r"\S", text__regex=r"\S"), name="experience_is_told")
        ]
