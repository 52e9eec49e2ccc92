"""What a municipality says of a research extract."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ResearchGround(TextChoices):
    """What lets information that is kept secret be given to research, as those who approve it say.

    The consent of those it is about is none of them: this program does not know who has said yes to a project.
    """

    DISPENSATION = "dispensation", _("Dispensasjon fra taushetsplikten")
    STATUTE = "statute", _("Lov eller forskrift som åpner for det")


class ResearchStepKind(TextChoices):
    """What can become of a proposed extract."""

    APPROVED = "approved", _("Godkjent")
    REFUSED = "refused", _("Avslått")
    WITHDRAWN = "withdrawn", _("Trukket tilbake")
    FETCHED = "fetched", _("Hentet")
    DELETED = "deleted", _("Slettet hos mottakeren")


class ResearchState(TextChoices):
    """How an extract stands on a day."""

    WAITS = "waits", _("Venter på en annen")
    APPROVED = "approved", _("Kan hentes")
    LAPSED = "lapsed", _("Ikke hentet i tide")
    FETCHED = "fetched", _("Hentet")
    TO_BE_DELETED = "to_be_deleted", _("Skal være slettet hos mottakeren")
    DELETED = "deleted", _("Slettet hos mottakeren")
    REFUSED = "refused", _("Avslått")
    WITHDRAWN = "withdrawn", _("Trukket tilbake")
