"""A family moves: the case is offered to the child welfare service there, which takes it or not."""

from django.db import models
from django.db.models import Q

from grunnmur.cases.models.base import ChildRow, PathwayRow
from grunnmur.cases.terms import MoveAnswer
from grunnmur.encrypted import Encrypted
from grunnmur.keys import Keyset


class Move(PathwayRow):
    """An offer to one other service, and its answer, which `sec.answer_move` writes; the other never reads the row."""

    to_service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, related_name="+")
    packet = Encrypted(keyset=Keyset.NATIONAL_ID, null=True)
    """What goes along, the child's number among it; none when the offer came to nothing, for then nobody has it."""
    lines = models.IntegerField()
    expires_at = models.DateTimeField()
    """When the consent that it rests on does not carry it any more; follows the consent while the offer waits."""
    withdrawn_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        "directory.Person", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    answer = models.CharField(max_length=10, choices=MoveAnswer, blank=True)
    answer_reason = models.TextField(blank=True)

    class Meta(PathwayRow.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, answer="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False, withdrawn_at=None) & ~Q(answer="")),
                name="a_move_is_answered_whole",
            ),
            models.CheckConstraint(
                condition=Q(packet=None) | Q(withdrawn_at=None) & ~Q(answer=MoveAnswer.DECLINED),
                name="what_nobody_took_is_not_kept",
            ),
            models.UniqueConstraint(
                fields=["pathway"],
                condition=Q(answered_at=None, withdrawn_at=None),
                name="one_offer_of_a_pathway_at_a_time",
            ),
        ]


class Received(ChildRow):
    """What came along with a child that the service took over from another: its own copy, in its own record."""

    from_service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, related_name="+")
    move_id = models.UUIDField()
    """The offer; not a key, for the two services' records know nothing of each other."""
    packet = Encrypted(keyset=Keyset.NATIONAL_ID)
