"""The rows of `cases`, by topic."""

from grunnmur.cases.models.absence import Absence
from grunnmur.cases.models.assessment import (
    AssessedCriterion,
    Assessment,
    Conversation,
    InformationReceived,
    InformationRequest,
    Observation,
    OwnWords,
)
from grunnmur.cases.models.closing import CarriesOn, Closure, Passport, Reactivation
from grunnmur.cases.models.consent import Consent, ConsentSignature, ConsentWithdrawal
from grunnmur.cases.models.emergency import EmergencyLook
from grunnmur.cases.models.family import FamilyDecision, Release
from grunnmur.cases.models.health import (
    InformantReport,
    Mapping,
    MappingLine,
    MappingStep,
    Referral,
    ReferralAnswer,
)
from grunnmur.cases.models.looking import LookReview
from grunnmur.cases.models.meeting import (
    Invitation,
    InvitationReply,
    Meeting,
    MeetingCancelled,
    MeetingGuest,
    MeetingHeld,
)
from grunnmur.cases.models.national_file import (
    Investigation,
    Measure,
    NationalFile,
    NoteOfConcern,
    Reporter,
)
from grunnmur.cases.models.participation import Participation, Restriction
from grunnmur.cases.models.pathway import Handover, HandoverAnswer, Initiative, InitiativeReply, Pathway, SealedEdition
from grunnmur.cases.models.people import (
    Child,
    ChildWelfareStatus,
    NameKey,
    Placement,
    RelatedPerson,
    has_number,
    number_codes,
)
from grunnmur.cases.models.plan import Goal, GoalVersion, Task, TaskVersion
from grunnmur.cases.models.question import Question, QuestionAnswer, RoundConcluded, StatusRound
from grunnmur.cases.models.rights import (
    ArchivePackage,
    ArchiveReceipt,
    Deletion,
    DeletionRequest,
    Extract,
    FormerValues,
    Hold,
    HoldLifted,
    Remark,
    Withheld,
)

__all__ = [
    "Absence",
    "ArchivePackage",
    "ArchiveReceipt",
    "AssessedCriterion",
    "Assessment",
    "CarriesOn",
    "Child",
    "ChildWelfareStatus",
    "Closure",
    "Consent",
    "ConsentSignature",
    "ConsentWithdrawal",
    "Conversation",
    "Deletion",
    "DeletionRequest",
    "EmergencyLook",
    "Extract",
    "FamilyDecision",
    "FormerValues",
    "Goal",
    "GoalVersion",
    "Handover",
    "HandoverAnswer",
    "Hold",
    "HoldLifted",
    "InformantReport",
    "InformationReceived",
    "InformationRequest",
    "Initiative",
    "InitiativeReply",
    "Investigation",
    "Invitation",
    "InvitationReply",
    "LookReview",
    "Mapping",
    "MappingLine",
    "MappingStep",
    "Measure",
    "Meeting",
    "MeetingCancelled",
    "MeetingGuest",
    "MeetingHeld",
    "NameKey",
    "NationalFile",
    "NoteOfConcern",
    "Observation",
    "OwnWords",
    "Participation",
    "Passport",
    "Pathway",
    "Placement",
    "Question",
    "QuestionAnswer",
    "Reactivation",
    "Referral",
    "ReferralAnswer",
    "RelatedPerson",
    "Release",
    "Remark",
    "Reporter",
    "Restriction",
    "RoundConcluded",
    "SealedEdition",
    "StatusRound",
    "Task",
    "TaskVersion",
    "Withheld",
    "has_number",
    "number_codes",
]
