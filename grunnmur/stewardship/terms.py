"""What a municipality can say of a finding, and how it then stands."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class FindingAnswer(TextChoices):
    """What a municipality says of a finding; before it says anything, the finding is not assessed."""

    OURS = "ours", _("Det er slik hos oss også")
    NOT_OURS = "not_ours", _("Det er ikke slik hos oss")
    MENDED = "mended", _("Det er rettet")


class Standing(TextChoices):
    """How a finding stands in a municipality on a day, in the order in which it is worked with."""

    NOT_ASSESSED = "not_assessed", _("Ikke vurdert")
    OPEN = "open", _("Uten tiltak")
    OVERDUE = "overdue", _("Over fristen")
    UNDER_WAY = "under_way", _("I gang")
    MENDED = "mended", _("Rettet")
    NOT_OURS = "not_ours", _("Gjelder ikke")
