"""The words of the field, once: every choice with its identifier and its bokmål label.

Pure: no database. Terms and their identifiers are explained in `docs/glossary.md`. What the national
pathway names keeps its Norwegian key, ASCII-folded.
"""

from enum import IntFlag

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grunnmur.directory.kinds import CareArea


class InformationKind(IntFlag):
    """Which kind of information a row about a child holds; a text has exactly one kind.

    Stored as a bit, so that a participation holds its kinds as one mask.
    """

    CONTACT = 1
    COORDINATION = 2
    CHILD_WELFARE = 4
    MENTAL = 8
    SOMATIC = 16
    DENTAL = 32
    SEXUAL = 64
    SUBSTANCE_USE = 128
    OWN_WORDS = 256
    PROTECTED_ADDRESS = 512
    REPORTER = 1024

    @property
    def label(self) -> str | Promise:
        return KIND_LABELS[self]


KIND_LABELS: dict[InformationKind, str | Promise] = {
    InformationKind.CONTACT: _("hvem barnet er, og hvordan dere når hverandre"),
    InformationKind.COORDINATION: _("møter, plan og hvem som gjør hva"),
    InformationKind.CHILD_WELFARE: _("barnevernets egne opplysninger"),
    InformationKind.MENTAL: _("psykisk helse"),
    InformationKind.SOMATIC: _("kroppslig helse"),
    InformationKind.DENTAL: _("tann- og munnhelse"),
    InformationKind.SEXUAL: _("seksuell helse"),
    InformationKind.SUBSTANCE_USE: _("rus"),
    InformationKind.OWN_WORDS: _("barnets egne ord"),
    InformationKind.PROTECTED_ADDRESS: _("skjermet adresse"),
    InformationKind.REPORTER: _("hvem som meldte"),
}

HEALTH_KINDS = (
    InformationKind.MENTAL
    | InformationKind.SOMATIC
    | InformationKind.DENTAL
    | InformationKind.SEXUAL
    | InformationKind.SUBSTANCE_USE
)
ALL_KINDS = InformationKind(sum(InformationKind))
SHARED_BASE = InformationKind.CONTACT | InformationKind.COORDINATION
"""What every service that takes part must see to take part at all."""


class HealthArea(TextChoices):
    """The five health areas of the 2023 edition (Bufdir's page on the pathway; pathway.md section 1)."""

    MENTAL = CareArea.MENTAL.value, CareArea.MENTAL.label
    SOMATIC = CareArea.SOMATIC.value, CareArea.SOMATIC.label
    DENTAL = CareArea.DENTAL.value, CareArea.DENTAL.label
    SEXUAL = CareArea.SEXUAL.value, CareArea.SEXUAL.label
    SUBSTANCE_USE = CareArea.SUBSTANCE_USE.value, CareArea.SUBSTANCE_USE.label

    @property
    def kind(self) -> InformationKind:
        return InformationKind[self.name]


class PathwayStatus(TextChoices):
    """The only stored statuses; where the child is in the phases is derived from the facts."""

    UNDER_ASSESSMENT = "under_assessment", _("Vurderes")
    UNDER_WAY = "under_way", _("Pågår")
    NOT_STARTED = "not_started", _("Ikke startet")
    CLOSED = "closed", _("Avsluttet")


class ChildWelfarePosition(TextChoices):
    """A child's position in child welfare; the first five are the pathway's target group (S3)."""

    INVESTIGATION = "investigation", _("Undersøkelse pågår")
    MEASURES_AT_HOME = "measures_at_home", _("Hjelpetiltak hjemme")
    FOSTER_HOME = "foster_home", _("Bor i fosterhjem")
    INSTITUTION = "institution", _("Bor på institusjon")
    OTHER_PLACEMENT = "other_placement", _("Bor et annet sted etter vedtak")
    NOTE_ONLY = "note_only", _("Bekymringsmelding, ikke undersøkelse")
    AFTERCARE = "aftercare", _("Ettervern")
    NONE = "none", _("Ingen sak nå")


class RelationKind(TextChoices):
    """Who someone is to the child."""

    MOTHER = "mother", _("Mor")
    FATHER = "father", _("Far")
    CO_MOTHER = "co_mother", _("Medmor")
    GUARDIAN = "guardian", _("Verge")
    FOSTER_PARENT = "foster_parent", _("Fosterforelder")
    SIBLING = "sibling", _("Søsken")
    TRUSTED_PERSON = "trusted_person", _("Tillitsperson")
    OTHER = "other", _("Annen")


class CareBasis(TextChoices):
    """On what legal ground the child lives where it lives; decides who consents (pbrl § 4-4, bvl chs. 3–6)."""

    HOME = "home", _("Hjemme hos foreldre")
    VOLUNTARY = "voluntary", _("Frivillig plassering (bvl § 3-2)")
    CARE_ORDER = "care_order", _("Omsorgsovertakelse (bvl § 5-1)")
    EMERGENCY_ORDER = "emergency_order", _("Akuttvedtak (bvl § 4-2)")
    MOVING_BAN = "moving_ban", _("Flytteforbud (bvl § 4-3)")
    BEHAVIOUR_ORDER = "behaviour_order", _("Institusjon etter bvl §§ 6-1, 6-2")


class AddressProtection(TextChoices):
    """Protection of address in the national register: «fortrolig» (kode 7) and «strengt fortrolig» (kode 6)."""

    NONE = "none", _("Ikke skjermet")
    CONFIDENTIAL = "confidential", _("Fortrolig adresse (kode 7)")
    STRICTLY_CONFIDENTIAL = ("strictly_confidential", _("Strengt fortrolig adresse (kode 6)"))


class ConsentPurpose(TextChoices):
    """What a consent is for; one row per purpose, because the law sets the ages apart (pathway.md 4.1)."""

    CONTACT_HEALTH = ("contact_health", _("at barnevernet kontakter og samarbeider med tjenesten"))
    RECEIVE_HEALTH_CARE = ("receive_health_care", _("å få undersøkelse og hjelp hos tjenesten"))
    RELEASE_HEALTH_INFO = ("release_health_info", _("at tjenesten forteller barnevernet hva den finner"))
    INDIVIDUAL_PLAN = "individual_plan", _("individuell plan")
    INTERDISCIPLINARY_MAPPING = ("interdisciplinary_mapping", _("tverrfaglig helsekartlegging"))
    HAND_OVER = ("hand_over", _("at saken gis videre til barneverntjenesten der barnet skal bo"))


class ConsentAnswer(TextChoices):
    """What one signatory answered."""

    YES = "yes", _("Ja")
    NO = "no", _("Nei")
    NOT_ASKED = "not_asked", _("Ikke spurt ennå")


class SignatoryKind(TextChoices):
    """In what capacity someone answers a consent question."""

    CHILD = "child", _("Barnet")
    PARENT = "parent", _("Den som har foreldreansvar")
    CHILD_WELFARE = "child_welfare", _("Barneverntjenesten")
    FOSTER_PARENT = "foster_parent", _("Fosterforelder")
    INSTITUTION = "institution", _("Institusjonen")


class MeetingKind(TextChoices):
    """The meetings that the pathway names."""

    AVKLARINGSMOTE = "avklaringsmote", _("Avklaringsmøte")
    OPPSTARTSMOTE = "oppstartsmote", _("Oppstartsmøte")
    STATUSMOTE = "statusmote", _("Statusmøte")


class AttendanceAnswer(TextChoices):
    """What an invited service or person answered."""

    INVITED = "invited", _("Invitert")
    ACCEPTED = "accepted", _("Kommer")
    DECLINED = "declined", _("Kommer ikke")
    WRITES = "writes", _("Bidrar skriftlig")


class MinutesSays(TextChoices):
    """What one who was at a meeting says of its minutes."""

    APPROVED = "approved", _("Referatet stemmer")
    REMARK = "remark", _("Vi har en merknad")


class ChildParticipation(TextChoices):
    """How the child took part: the official categories of the national file v4, valid from 1 January 2026."""

    CONVERSATION = "1.1", _("Gjennom samtale")
    REPRESENTATIVE = "1.2", _("Gjennom representant")
    OBSERVATION = "1.3", _("Gjennom observasjon")
    OTHER_EXPRESSION = "1.4", _("På annen måte")
    NOT_GIVEN_OPPORTUNITY = "2.1", _("Fikk ikke mulighet")
    DID_NOT_WANT = "2.2", _("Ønsket ikke")


class ObservationKind(TextChoices):
    """What the service weighs about the child before deciding on start (S3: risk factors and worry signs)."""

    RISK_FACTOR = "risk_factor", _("Risikofaktor")
    PROTECTIVE_FACTOR = "protective_factor", _("Beskyttende faktor")
    WORRY_SIGN = "worry_sign", _("Bekymringstegn")


class AssessmentOutcome(TextChoices):
    """What the child welfare service decided; both are kept and counted (A6)."""

    START = "start", _("Start forløpet")
    DO_NOT_START = "do_not_start", _("Ikke start forløpet")


class TaskState(TextChoices):
    """Where a task in the collaboration plan stands."""

    AGREED = "agreed", _("Avtalt")
    UNDER_WAY = "under_way", _("I gang")
    DONE = "done", _("Gjort")
    DROPPED = "dropped", _("Ikke lenger aktuell")


class MappingState(TextChoices):
    """Where the mapping of one health area stands."""

    ASKED = "asked", _("Spurt")
    ACCEPTED = "accepted", _("Tatt imot")
    UNDER_WAY = "under_way", _("I gang")
    CONCLUDED = "concluded", _("Ferdig")
    NOT_INDICATED = "not_indicated", _("Ikke aktuelt")


class MappingConclusion(TextChoices):
    """What the mapping led to (HD3: municipal follow-up, dental follow-up, other service or referral)."""

    NO_FURTHER_NEED = "no_further_need", _("Ikke behov for mer hjelp nå")
    MUNICIPAL_FOLLOW_UP = "municipal_follow_up", _("Følges opp i kommunen")
    DENTAL_FOLLOW_UP = "dental_follow_up", _("Følges opp i tannhelsetjenesten")
    OTHER_SERVICE = "other_service", _("Hjelp fra en annen tjeneste")
    REFERRAL = "referral", _("Henvises til spesialisthelsetjenesten")


class Informant(TextChoices):
    """Who has told the service about the child's health. HD3 names the child and the parents; the rest is our own."""

    CHILD = "child", _("Barnet")
    PARENT = "parent", _("Forelder")
    FOSTER_PARENT = "foster_parent", _("Fosterforelder")
    INSTITUTION = "institution", _("Ansatt på institusjonen")
    TEACHER = "teacher", _("Lærer eller barnehagelærer")
    CLINICIAN = "clinician", _("Den som undersøkte")


class Severity(TextChoices):
    """How severe the service judges it to be, in order. HD3 asks for the judgement; no source sets a scale, so the four
    steps are our own."""

    NONE = "none", _("Ingen vansker")
    MILD = "mild", _("Lette vansker")
    CLEAR = "clear", _("Tydelige vansker")
    SEVERE = "severe", _("Alvorlige vansker")


class LocalFollowUp(TextChoices):
    """Whether the municipality can follow it up, which the mapping is to judge (HD3)."""

    YES = "yes", _("Ja, i kommunen")
    TOGETHER = "together", _("Ja, sammen med spesialisthelsetjenesten")
    NO = "no", _("Nei")


class LineSort(TextChoices):
    """What a line of a mapping is; who reads a recommendation, its writer chooses."""

    MATTERS = "matters", _("Viktig for barnet")
    RECOMMENDATION = "recommendation", _("Anbefaling")


class ReferralAnswerKind(TextChoices):
    """What became of a referral (pbrl § 2-2 a; no official code list for rejection reasons was found)."""

    RIGHT_GRANTED = "right_granted", _("Rett til helsehjelp")
    REJECTED = "rejected", _("Avslått")
    RETURNED = "returned", _("Sendt tilbake for mer informasjon")


class FileSort(TextChoices):
    """What a file is; the value is the ending of its name (`uploads.Kind`)."""

    PDF = "pdf", _("PDF")
    PNG = "png", _("Bilde (PNG)")
    JPEG = "jpg", _("Bilde (JPEG)")
    TEXT = "txt", _("Tekst")


class NoReason(TextChoices):
    """The main reason why a referral was rejected or returned. No official list was found; the keys are our own."""

    LOCAL_HELP = "local_help", _("Kan hjelpes i kommunen")
    ANOTHER_SERVICE = "another_service", _("Hører til en annen del av spesialisthelsetjenesten")
    TOO_LITTLE_KNOWN = "too_little_known", _("For få opplysninger til å vurdere")
    NO_NEED_NOW = "no_need_now", _("Ikke behov for spesialisthelsetjenesten nå")
    ALREADY_HELPED = "already_helped", _("Får alt hjelp et annet sted")
    OTHER = "other", _("Noe annet")


class InitiativeWish(TextChoices):
    """What an institution or a foster home asks the municipal service for (phase 0)."""

    START = "start", _("Starte forløpet")
    REACTIVATE = "reactivate", _("Ta opp igjen forløpet")


class InitiativeAnswer(TextChoices):
    """What the municipal service answered."""

    START = "start", _("Vi vurderer å starte")
    REACTIVATE = "reactivate", _("Vi tar opp igjen forløpet")
    NO = "no", _("Vi starter ikke nå")


class HandoverSays(TextChoices):
    """What came of asking a colleague to be contact person."""

    ACCEPTED = "accepted", _("Ja, jeg tar over")
    DECLINED = "declined", _("Nei, jeg kan ikke ta over")
    TAKEN_BACK = "taken_back", _("Trukket tilbake")


class RemarkBy(TextChoices):
    """Whose counter-statement it is."""

    CHILD = "child", _("Barnet")
    RELATED = "related", _("En rundt barnet")
    REPRESENTATIVE = "representative", _("En som representerer barnet eller en forelder")


class WithheldGround(TextChoices):
    """On what ground one thing is not handed out with an extract; a lawyer must confirm each use."""

    PARTY_LIMITED = "party_limited", _("Begrenset innsyn for en part (fvl § 19, bvl § 12-6)")
    THIRD_PARTY = "third_party", _("Opplysninger om andre (personvernforordningen art. 15 nr. 4)")
    CHILD_CONFIDED = "child_confided", _("Det barnet har sagt i fortrolighet (bvl § 12-6, pbrl § 3-4)")


class HoldCause(TextChoices):
    """Why nothing about a child may be archived away or deleted."""

    INSPECTION = "inspection", _("Tilsyn")
    COURT = "court", _("Sak i nemnd eller domstol")
    CLAIM = "claim", _("Krav om erstatning")


class DeletionCause(TextChoices):
    """Why a record of a child is deleted; nothing else is."""

    WRONG_CHILD = "wrong_child", _("Barnet er registrert ved en feil")
    DUPLICATE = "duplicate", _("Barnet er registrert to ganger")
    ARCHIVED = "archived", _("Arkivdepotet har kvittert, og tiden etterpå er gått")


class QuestionSort(TextChoices):
    """What one service asks another for, beside mapping, attendance and an answer to a referral."""

    INFORMATION = "information", _("Opplysninger")
    STATUS = "status", _("Hvordan det går")


class AnswerSays(TextChoices):
    """What came of a question."""

    ANSWERED = "answered", _("Vi svarer her")
    NOTHING_KNOWN = "nothing_known", _("Vi har ingen opplysninger om dette")
    CANNOT = "cannot", _("Vi kan ikke svare")


class HowItGoes(TextChoices):
    """How it goes with what a service helps with, since last time."""

    BETTER = "better", _("Bedre")
    SAME = "same", _("Omtrent som før")
    WORSE = "worse", _("Verre")
    NOT_KNOWN = "not_known", _("Vi vet ikke ennå")


class BesideSort(TextChoices):
    """What can go on beside the pathway (A13, A14). How a health mapping goes is child welfare's own."""

    INDIVIDUAL_PLAN = "individual_plan", _("Individuell plan")
    CHILD_COORDINATOR = "child_coordinator", _("Barnekoordinator")
    BTI = "bti", _("BTI: nivå og stafettholder")
    FACT_TEAM = "fact_team", _("FACT Ung")
    MAPPING_ASKED = "mapping_asked", _("Tverrfaglig helsekartlegging: bedt om")
    MAPPING_REPORT = "mapping_report", _("Tverrfaglig helsekartlegging: rapporten er kommet")
    MAPPING_RECOMMENDS = "mapping_recommends", _("Tverrfaglig helsekartlegging: rapporten anbefaler helsehjelp")

    @property
    def kind(self) -> InformationKind:
        """A FACT team is for those with serious trouble: that there is one tells of mental health."""
        if self is BesideSort.FACT_TEAM:
            return InformationKind.MENTAL
        is_mapping = self.value.startswith("mapping_")
        return InformationKind.CHILD_WELFARE if is_mapping else InformationKind.COORDINATION


class MoveAnswer(TextChoices):
    """What a child welfare service answered to a case that it was offered."""

    ACCEPTED = "accepted", _("Vi tar over saken")
    DECLINED = "declined", _("Vi tar den ikke over")


class PassportPart(TextChoices):
    """What one line of a passport tells."""

    CHILD = "child", _("Barnet")
    AIMS = "aims", _("Dette er målet")
    FOUND = "found", _("Dette ble funnet")
    DONE = "done", _("Dette er gjort")
    ONWARD = "onward", _("Hvem fører det videre")


class ParticipationBasis(TextChoices):
    """On what ground a service or a person sees something; grounds are never mixed (design, idea 3)."""

    OWNER = "owner", _("eier av saken")
    CONSENT = "consent", _("samtykke")
    STATUTORY = "statutory", _("hjemmel i lov")
    PARTY = "party", _("part i saken")
    INITIATOR = "initiator", _("tok initiativet")
    APPOINTED = "appointed", _("navngitt leser")
    ASKED = "asked", _("svarer med lenke")
    HANDED_ON = "handed_on", _("fikk pass med lenke")
    BREAK_GLASS = "break_glass", _("nødtilgang")


class LookKind(TextChoices):
    """What somebody looked at, as it is told to those who may know that they did."""

    CASE = "case", _("Saken")
    HEALTH = "health", _("Helse")
    RIGHTS = "rights", _("Innsyn, tilgang og oppbevaring")
    LIST = "list", _("En liste eller et søk")
    GLASS = "glass", _("Nødtilgang")
    RESEARCH = "research", _("Forskning, uten navn")


class LetterAbout(TextChoices):
    """What one in the family writes to the child welfare service about."""

    QUESTION = "question", _("Et spørsmål")
    LOOK = "look", _("Et oppslag")
    CONSENT = "consent", _("Ja og nei")
    WORDS = "words", _("Ord til et møte")
    CLOSING = "closing", _("Ord før vi slutter")


class WordsFor(TextChoices):
    """Who may read what the child writes before a meeting, or before the pathway is closed."""

    CHILD_WELFARE = "child_welfare", _("Bare barnevernet")
    HELPERS = "helpers", _("De som hjelper meg")
    FAMILY = "family", _("De som hjelper meg, og de hjemme")


class ExperienceOf(TextChoices):
    """Who says how it was."""

    CHILD = "child", _("Barnet")
    PARENT = "parent", _("En forelder")
    STAFF = "staff", _("En fagperson")


class ExperienceAfter(TextChoices):
    """What they say it of."""

    MEETING = "meeting", _("Et møte")
    CLOSING = "closing", _("Avslutningen")


class FamilyAccess(TextChoices):
    """What it is decided that the child itself, or somebody in the family, may see; not decided is nothing."""

    FULL = "full", _("Innsyn etter barnets alder")
    LIMITED = "limited", _("Bare det som gis fri enkeltvis")
    NONE = "none", _("Ikke innsyn")
    BLOCKED = "blocked", _("Sperret: skal ikke vite at saken finnes")
    UNKNOWN = "unknown", _("Ikke bestemt ennå: ser ingenting")


class RestrictionCause(TextChoices):
    """Why sight is taken away."""

    CONFLICT_OF_INTEREST = "conflict_of_interest", _("Inhabil (fvl § 6)")
    PARENT_RESTRICTED = "parent_restricted", _("Innsynet er begrenset (bvl § 12-6)")
    CHILD_OBJECTS = "child_objects", _("Barnet vil ikke (pbrl § 3-4)")
    SERVICE_RESTRICTED = "service_restricted", _("Tjenesten skal ikke se dette")
