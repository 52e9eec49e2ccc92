"""The closed lists of a municipality's own work: what it can say of a finding, and how things then stand."""

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


class CallState(TextChoices):
    """Where a call for applications stands on a day."""

    AHEAD = "ahead", _("Åpner senere")
    OPEN = "open", _("Åpen for søknader")
    CLOSED = "closed", _("Blir vurdert")
    DECIDED = "decided", _("Fordelt")


class Advice(TextChoices):
    """What whoever has assessed an application for a grant thinks of it."""

    WHOLE = "whole", _("Bør få det de søker om")
    PART = "part", _("Bør få noe av det de søker om")
    NOTHING = "nothing", _("Bør ikke få noe")


class TaskAnswer(TextChoices):
    """What a municipality says of what a gathering has decided that each does; before it says anything, it waits."""

    UNDER_WAY = "under_way", _("Vi er i gang")
    DONE = "done", _("Det er gjort")
    NOT_OURS = "not_ours", _("Det gjelder ikke oss")


class TaskStanding(TextChoices):
    """How a municipality stands with what was decided on a day."""

    WAITS = "waits", _("Ikke begynt")
    OVERDUE = "overdue", _("Over fristen")
    UNDER_WAY = "under_way", _("I gang")
    DONE = "done", _("Gjort")
    NOT_OURS = "not_ours", _("Gjelder ikke")
