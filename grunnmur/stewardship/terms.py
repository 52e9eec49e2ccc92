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


class Track(TextChoices):
    """The kinds of service that the pathway is to be put into use in (S3): the five, and Bufetat in its own house."""

    CHILD_WELFARE = "child_welfare", _("Barneverntjenesten")
    MUNICIPAL_HEALTH = "municipal_health", _("Kommunens helsetjenester")
    GP = "gp", _("Fastlegene")
    DENTAL = "dental", _("Den offentlige tannhelsetjenesten")
    SPECIALIST = "specialist", _("Spesialisthelsetjenesten")
    BUFETAT = "bufetat", _("Bufetat")


class TaskAnswer(TextChoices):
    """What a municipality can say of a task in putting the pathway into use."""

    UNDER_WAY = "under_way", _("Vi er i gang, eller har bestemt når vi gjør det")
    DONE = "done", _("Det er gjort")
    NOT_OURS = "not_ours", _("Det gjelder ikke hos oss")


class Progress(TextChoices):
    """How far a task has come on a day, in the order in which it is worked with."""

    NOT_BEGUN = "not_begun", _("Ikke begynt")
    OVERDUE = "overdue", _("Over fristen")
    UNDER_WAY = "under_way", _("I gang")
    DONE = "done", _("Gjort")
    NOT_OURS = "not_ours", _("Gjelder ikke")


class StepStanding(TextChoices):
    """How a kind of service stands in one of the six steps: derived from its tasks there, never written."""

    NOT_BEGUN = "not_begun", _("Ikke begynt")
    BEGUN = "under_way", _("I gang")
    REACHED = "done", _("Nådd")
    NOTHING = "not_ours", _("Ikke noe å gjøre")


class Trained(TextChoices):
    """How it stands with one employee and one material on a day."""

    NOT_YET = "not_yet", _("Ikke ennå")
    EXPIRED = "expired", _("Må gjøres på nytt")
    SOON = "soon", _("Må snart gjøres på nytt")
    VALID = "valid", _("Gått gjennom")


class Side(TextChoices):
    """Who answers of the same collaboration, each without seeing the other's answer first."""

    CHILD_WELFARE = "child_welfare", _("Barnevernet")
    HEALTH = "health", _("Helse")


class Judgement(TextChoices):
    """How somebody judges a statement of the self-assessment."""

    YES = "yes", _("Ja")
    PARTLY = "partly", _("Delvis")
    NO = "no", _("Nei")
    UNKNOWN = "unknown", _("Vet ikke")


class Signal(TextChoices):
    """What two answers to the same statement say together, in the order in which it is talked about."""

    NOT_BOTH = "not_both", _("Ikke besvart av begge")
    OPPOSITE = "opposite", _("Motsatte svar")
    UNLIKE = "unlike", _("Ulike svar")
    SAME_NOT = "same_not", _("Enige om at noe mangler")
    SAME = "same", _("Enige om at det er slik")


class Change(TextChoices):
    """How one side's answer is beside the one before."""

    BETTER = "better", _("bedre enn sist")
    WORSE = "worse", _("dårligere enn sist")
    AS_BEFORE = "as_before", _("som sist")


class ProgrammeStatus(TextChoices):
    """How it stands with a programme in a municipality; before anybody says anything, it is not known."""

    IN_USE = "in_use", _("I bruk")
    CONSIDERED = "considered", _("Vurderes")
    ENDED = "ended", _("Avsluttet")
    NOT_HERE = "not_here", _("Har vi ikke")


class AgreementStanding(TextChoices):
    """How an agreement stands on a day, in the order in which it is seen to."""

    EXPIRED = "expired", _("Skulle vært fornyet")
    RENEW = "renew", _("Må fornyes snart")
    VALID = "valid", _("Gjelder")
    ENDED = "ended", _("Avsluttet")


class Origin(TextChoices):
    """Who has made a material that families or services are given."""

    DIRECTORATE = "directorate", _("Direktoratene")
    OWN = "own", _("Kommunen selv")
    OTHER = "other", _("Andre")


class MaterialStanding(TextChoices):
    """How a material in use stands on a day, in the order in which it is seen to."""

    REVIEW = "review", _("Bør ses over")
    IN_USE = "in_use", _("I bruk")
    ENDED = "ended", _("Ikke i bruk lenger")


class EvaluationStanding(TextChoices):
    """How an evaluation stands on a day, in the order in which it is seen to."""

    OVERDUE = "overdue", _("Skulle vært gjort")
    PLANNED = "planned", _("Planlagt")
    DONE = "done", _("Gjort")
    DROPPED = "dropped", _("Blir ikke gjort")


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


class Coming(TextChoices):
    """What a member says of a gathering; before it says anything, nobody knows."""

    COMES = "comes", _("Ja, vi kommer")
    AWAY = "away", _("Nei, vi kommer ikke")
    WRITES = "writes", _("Nei, men vi skriver til samlingen")


class Told(TextChoices):
    """What a member is told of a gathering in a message: it says where the gathering stands, and how that is new."""

    INVITED = "invited", _("Innkalt")
    MOVED = "moved", _("Fått vite at den er flyttet")
    CALLED_OFF = "called_off", _("Fått vite at den er avlyst")
    REMINDED = "reminded", _("Minnet om å svare")


class DecisionAnswer(TextChoices):
    """What a municipality says of what a gathering has decided that each does; before it says anything, it waits."""

    UNDER_WAY = "under_way", _("Vi er i gang")
    DONE = "done", _("Det er gjort")
    NOT_OURS = "not_ours", _("Det gjelder ikke oss")


class DecisionStanding(TextChoices):
    """How a municipality stands with what was decided on a day."""

    WAITS = "waits", _("Ikke begynt")
    OVERDUE = "overdue", _("Over fristen")
    UNDER_WAY = "under_way", _("I gang")
    DONE = "done", _("Gjort")
    NOT_OURS = "not_ours", _("Gjelder ikke")
