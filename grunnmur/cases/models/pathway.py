"""One run of the national pathway, and what asks for it."""

from django.db import models
from django.db.models import Q

from grunnmur.cases.models.base import ChildRow, PathwayRow, found_by
from grunnmur.cases.terms import HandoverSays, InformationKind, InitiativeAnswer, InitiativeWish, PathwayStatus

OURS = Q(kind=InformationKind.CHILD_WELFARE)
"""The service's own, told to nobody else who takes part."""


class SealedEdition(models.Model):
    """An edition that a pathway uses is never edited: its hash is kept from the first use."""

    key = models.CharField(max_length=20, primary_key=True)
    sha256 = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()


class Pathway(ChildRow):
    """One run of the pathway for one child. `author_service` is the owner; phase is derived, never stored."""

    edition = models.ForeignKey(SealedEdition, on_delete=models.PROTECT, related_name="+")
    contact_person = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=20, choices=PathwayStatus, default=PathwayStatus.UNDER_ASSESSMENT)
    opened_on = models.DateField()
    version = models.PositiveIntegerField(default=1)
    """Counted up by every act; an edit says which version it saw."""

    class Meta(ChildRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["child"],
                condition=Q(status__in=[PathwayStatus.UNDER_ASSESSMENT, PathwayStatus.UNDER_WAY]),
                name="one_open_pathway_per_child",
            ),
            models.UniqueConstraint(fields=["id", "child"], name="pathway_and_child"),
            models.CheckConstraint(condition=Q(status__in=PathwayStatus.values), name="pathway_status_known"),
        ]
        indexes = [*ChildRow.Meta.indexes, *found_by("id")]


class EditionChange(PathwayRow):
    """From this row on the case follows another edition; the row itself makes it so (`sec.follow_edition`)."""

    from_edition = models.ForeignKey(SealedEdition, on_delete=models.PROTECT, related_name="+", db_index=False)
    to_edition = models.ForeignKey(SealedEdition, on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.PositiveIntegerField()
    """The case's version that it was written on: every act counts it up, so it tells whether one was done since."""
    undoes = models.OneToOneField("self", on_delete=models.CASCADE, null=True, related_name="undone_by")
    """The change that is taken back, as nothing had been done in the case since."""

    class Meta(PathwayRow.Meta):
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_edition=models.F("to_edition")), name="an_edition_change_is_to_another"
            ),
            models.CheckConstraint(
                condition=Q(kind=InformationKind.COORDINATION), name="an_edition_change_is_told_to_all_in_the_case"
            ),
        ]


class Initiative(ChildRow):
    """An institution or a foster home asks the municipal service to start or reactivate (phase 0).

    `author_service` is the initiator, which names the child to the service it already works with and does not
    thereby see the case.
    """

    wish = models.CharField(max_length=20, choices=InitiativeWish)
    reason = models.TextField()
    sent_on = models.DateField()
    to_service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, related_name="+")


class InitiativeReply(ChildRow):
    """What the municipal service answered, and why; the initiator sees it."""

    initiative = models.OneToOneField(Initiative, on_delete=models.CASCADE, related_name="reply")
    answer = models.CharField(max_length=20, choices=InitiativeAnswer)
    reason = models.TextField()
    answered_on = models.DateField()


class Handover(PathwayRow):
    """A colleague is asked to be contact person. Until they say yes, the one who is, stays."""

    to_person = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    note = models.TextField(blank=True)
    """What the colleague should know first."""

    class Meta(PathwayRow.Meta):
        indexes = [*PathwayRow.Meta.indexes, *found_by("to_person")]
        constraints = [models.CheckConstraint(condition=OURS, name="what_colleagues_ask_is_the_services_own")]


class HandoverAnswer(PathwayRow):
    """What came of it: from an accepted one on, the colleague is contact person."""

    handover = models.OneToOneField(Handover, on_delete=models.CASCADE, related_name="answer")
    says = models.CharField(max_length=10, choices=HandoverSays)
    why = models.TextField(blank=True)

    class Meta(PathwayRow.Meta):
        constraints = [
            models.CheckConstraint(condition=OURS, name="what_colleagues_answer_is_the_services_own"),
            models.CheckConstraint(condition=~Q(says=HandoverSays.DECLINED) | ~Q(why=""), name="a_no_says_why"),
        ]
