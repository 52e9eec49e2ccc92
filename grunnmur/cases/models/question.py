"""One thing that a service asks another, and its answer. `kind` says what both hold."""

from django.db import models
from django.db.models import Q

from grunnmur.cases.models.base import PathwayRow
from grunnmur.cases.terms import AnswerSays, HowItGoes, QuestionSort


class StatusRound(PathwayRow):
    """A status meeting without a meeting: those who take part are asked how it goes, and answer in their own time."""

    started_on = models.DateField()
    answer_by = models.DateField()

    class Meta(PathwayRow.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(answer_by__gte=models.F("started_on")), name="round_leaves_time")
        ]


class RoundConcluded(PathwayRow):
    """What came of a status round, put together by the owner; the answers stay as they were given."""

    round = models.OneToOneField(StatusRound, on_delete=models.CASCADE, related_name="concluded")
    concluded_on = models.DateField()
    summary = models.TextField()
    calls_meeting = models.BooleanField()
    """Whether those who answered are to meet after all."""

    class Meta(PathwayRow.Meta):
        constraints = [models.CheckConstraint(condition=~Q(summary=""), name="a_round_comes_to_something")]


class Question(PathwayRow):
    """A question from one service to another in a case, with a day to answer by."""

    round = models.ForeignKey(
        StatusRound, on_delete=models.CASCADE, null=True, related_name="questions", db_index=False
    )

    sort = models.CharField(max_length=12, choices=QuestionSort)
    to_service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, related_name="+", db_index=False)
    text = models.TextField()
    asked_on = models.DateField()
    answer_by = models.DateField()

    class Meta(PathwayRow.Meta):
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="question_asks_something"),
            models.CheckConstraint(condition=Q(answer_by__gte=models.F("asked_on")), name="question_leaves_time"),
        ]


class QuestionAnswer(PathwayRow):
    """The one answer to a question, by the service that was asked."""

    question = models.OneToOneField(Question, on_delete=models.CASCADE, related_name="answer")
    answered_on = models.DateField()
    says = models.CharField(max_length=14, choices=AnswerSays)
    goes = models.CharField(max_length=10, choices=HowItGoes, blank=True)
    """Since last time; only asked for when the question is how it goes."""
    text = models.TextField(blank=True)
    further = models.TextField(blank=True)
    """What the service does next."""
    wants_meeting = models.BooleanField(default=False)

    class Meta(PathwayRow.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(says=AnswerSays.NOTHING_KNOWN) | ~Q(text=""), name="answer_says_something"
            )
        ]
