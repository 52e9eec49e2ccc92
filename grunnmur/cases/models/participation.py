"""Who sees what, and who does not."""

import uuid
from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from grunnmur.cases.access_rules import access_rules
from grunnmur.cases.models.base import FOREVER, found_by
from grunnmur.cases.models.people import Child
from grunnmur.cases.terms import ConsentPurpose, ParticipationBasis, RestrictionCause


def _within_the_grounds() -> list[models.CheckConstraint]:
    """The database refuses sight of a kind that its ground cannot carry (`definitions/access.yaml`)."""
    return [
        models.CheckConstraint(
            condition=~Q(basis=basis) | Q(kinds=F("kinds").bitand(int(kinds))), name=f"what_{basis}_can_carry"
        )
        for basis, kinds in sorted(access_rules().carries.items())
    ]


LINKS = (ParticipationBasis.ASKED, ParticipationBasis.HANDED_ON)
"""The grounds on which one who comes in by a link sees something."""


class Participation(models.Model):
    """The only table that gives sight: who × which child or pathway × on what ground × kinds × purpose × period.

    Who is a service, one person in a service (`only_for`), or one who acts for no service (`only_for` alone): somebody
    in the family, or the link that somebody comes in by.

    Nobody edits it: `actions/participants.py` opens, shortens and ends it inside the act that changed the ground.
    The last columns are what lists sort by, kept here by the door so that a list starts from this table's index.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="participations", db_index=False)
    owner_service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, related_name="+", db_index=False)
    """The child's owner; held to it by a foreign key on both columns."""
    pathway = models.ForeignKey(
        "cases.Pathway", on_delete=models.CASCADE, null=True, related_name="participations", db_index=False
    )
    """None for sight of the child itself: the owner's, and that of the home where the child lives."""
    service = models.ForeignKey(
        "directory.Service", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    only_for = models.UUIDField(null=True)
    """The one person that it is for: somebody in the service, or somebody around the child (or the child's own id)."""
    item = models.UUIDField(null=True)
    """The one row that it is for; None for every row of its kinds."""
    basis = models.CharField(max_length=20, choices=ParticipationBasis)
    ground = models.UUIDField(null=True)
    """The row that gives the ground, such as the consent."""
    kinds = models.IntegerField()
    purpose = models.CharField(max_length=30, choices=ConsentPurpose, default=ConsentPurpose.CONTACT_HEALTH)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(default=FOREVER)

    class Whose(models.IntegerChoices):
        """With whom the ball is, seen from this participation's service."""

        NOBODY = 0, _("ingen")
        OURS = 1, _("denne tjenesten")
        OTHERS = 2, _("andre")

    whose = models.SmallIntegerField(choices=Whose, default=Whose.NOBODY)
    contact_person = models.ForeignKey(
        "directory.Person", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    next_step = models.CharField(max_length=60, blank=True)
    """What this service has to do, or the owner waits for, as `next_step.label` writes it; empty when there is none."""
    next_due = models.DateField()
    moved_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gte=F("starts_at")), name="participation_period"),
            models.CheckConstraint(
                condition=Q(pathway__isnull=False)
                | ~Q(basis__in=[ParticipationBasis.CONSENT, ParticipationBasis.INITIATOR, *LINKS]),
                name="who_sees_a_child_without_a_pathway",
            ),
            models.CheckConstraint(
                condition=~Q(basis=ParticipationBasis.HANDED_ON) | Q(item__isnull=False),
                name="what_is_handed_on_is_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(service__isnull=False, only_for__isnull=True)
                | Q(service__isnull=False, basis__in=[ParticipationBasis.APPOINTED, ParticipationBasis.BREAK_GLASS])
                | Q(
                    service__isnull=True,
                    only_for__isnull=False,
                    basis__in=[ParticipationBasis.PARTY, *LINKS],
                ),
                name="whose_sight_it_is",
            ),
            models.CheckConstraint(
                condition=~Q(basis=ParticipationBasis.BREAK_GLASS)
                | Q(
                    only_for__isnull=False,
                    ends_at__lte=F("starts_at") + timedelta(minutes=access_rules().numbers["break_glass_minutes"]),
                ),
                name="break_glass_is_one_person_for_an_hour",
            ),
            *_within_the_grounds(),
            # The ground comes first, so that nobody looks sight up in this tree, which deepens, instead of by hash.
            models.UniqueConstraint(
                fields=["ground", "starts_at", "basis", "pathway", "service", "only_for", "item"],
                name="participation_once",
                nulls_distinct=False,
                condition=Q(pathway__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["child", "service", "only_for", "basis", "ground", "starts_at", "item"],
                condition=Q(pathway__isnull=True),
                name="sight_of_child_once",
                nulls_distinct=False,
            ),
        ]
        # One for each list. None ends with the case: it would be read from end to end to see whether a service that
        # has many may see one, where the planner takes every service to have as few as most have.
        indexes = [
            models.Index(
                fields=["service", "whose", "next_due"],
                condition=Q(pathway__isnull=False),
                name="worklist_of_service",
            ),
            models.Index(
                fields=["service", "contact_person", "whose", "next_due"],
                condition=Q(pathway__isnull=False),
                name="worklist_of_person",
            ),
            models.Index(
                fields=["service", "whose", "next_due"], condition=Q(pathway__isnull=True), name="not_yet_assessed"
            ),
            models.Index(
                fields=["service", "moved_on"],
                condition=Q(whose__gt=0, pathway__isnull=False),
                name="nothing_moves",
            ),
            *found_by("child", "pathway"),
        ]


class Restriction(models.Model):
    """Takes sight away and always wins: a conflict of interest, a parent's restricted access, the child's objection.

    It is about a service, or about one person (`only_for`) whatever service it acts for; the one whose sight is taken
    cannot tell that the row exists.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="restrictions", db_index=False)
    owner_service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, null=True, related_name="+")
    """The service whose sight is taken."""
    only_for = models.UUIDField(null=True, db_index=True)
    """The one person whose sight is taken: a colleague, somebody around the child, or the child itself."""
    kinds = models.IntegerField()
    item = models.UUIDField(null=True)
    """The one row that is withheld; None for every row of the kinds."""
    cause = models.CharField(max_length=30, choices=RestrictionCause, default=RestrictionCause.SERVICE_RESTRICTED)
    reason = models.TextField()
    decided_by = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(default=FOREVER)
    review_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(service__isnull=False, only_for__isnull=True)
                | Q(service__isnull=True, only_for__isnull=False),
                name="whose_sight_is_taken",
            ),
            models.CheckConstraint(condition=Q(ends_at__gte=F("starts_at")), name="restriction_period"),
        ]
        indexes = [
            *found_by("child"),
            models.Index(
                fields=["owner_service", "review_on"], condition=Q(ends_at=FOREVER), name="restrictions_to_review"
            ),
        ]
