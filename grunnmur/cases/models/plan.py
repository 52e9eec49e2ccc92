"""The collaboration plan: goals and tasks, and every version of them. The newest version is how it stands."""

from django.db import models
from django.db.models import Q

from grunnmur.cases.models.base import PathwayRow, found_by
from grunnmur.cases.terms import HealthArea, InformationKind, TaskState


class Goal(PathwayRow):
    """Something the collaboration wants to reach with the child; what it says is its newest version.

    One that belongs to a need is of the area's kind, so that only those who see the area learn that there is a need.
    """

    health_area = models.CharField(max_length=20, choices=HealthArea, blank=True)
    """The need that it is for: the area; empty when it is for none of them."""

    class Meta(PathwayRow.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    *(Q(health_area=area.value, kind=int(area.kind)) for area in HealthArea),
                    Q(health_area="", kind=int(InformationKind.COORDINATION)),
                    _connector=Q.OR,
                ),
                name="goal_is_of_its_areas_kind",
            )
        ]


class Task(PathwayRow):
    """Something that someone does; what, who, by when and its state are its newest version."""

    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, null=True, related_name="tasks", db_index=False)
    from_meeting = models.ForeignKey(
        "cases.Meeting", on_delete=models.PROTECT, null=True, related_name="tasks", db_index=False
    )

    class Meta(PathwayRow.Meta):
        indexes = [*PathwayRow.Meta.indexes, *found_by("goal", "from_meeting")]


class GoalVersion(PathwayRow):
    """A goal as it stood from this change on. Two people changing the same version collide here."""

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="versions", db_index=False)
    version = models.PositiveIntegerField()
    text = models.TextField()
    is_current = models.BooleanField(default=True)
    why = models.TextField(blank=True)

    class Meta(PathwayRow.Meta):
        indexes = [*PathwayRow.Meta.indexes, *found_by("goal")]
        constraints = [models.UniqueConstraint(fields=["goal", "version"], name="goal_version_once")]


class TaskVersion(PathwayRow):
    """A task as it stood from this change on. Two people changing the same version collide here."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="versions", db_index=False)
    version = models.PositiveIntegerField()
    what = models.TextField()
    service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, null=True, related_name="+")
    related_person = models.ForeignKey("cases.RelatedPerson", on_delete=models.PROTECT, null=True, related_name="+")
    due_on = models.DateField(null=True)
    state = models.CharField(max_length=20, choices=TaskState)
    why = models.TextField(blank=True)

    class Meta(PathwayRow.Meta):
        indexes = [
            *PathwayRow.Meta.indexes,
            *found_by("task"),
            models.Index(
                fields=["due_on"],
                condition=Q(state__in=[TaskState.AGREED, TaskState.UNDER_WAY], due_on__isnull=False),
                name="tasks_due",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["task", "version"], name="task_version_once"),
            models.CheckConstraint(
                condition=Q(service__isnull=False, related_person__isnull=True)
                | Q(service__isnull=True, related_person__isnull=False),
                name="task_has_one_owner",
            ),
        ]
