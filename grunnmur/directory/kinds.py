"""Kinds of organisation, service and role; `cases` reads them too."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OrganisationKind(TextChoices):
    """Who runs a service."""

    MUNICIPALITY = "municipality", _("Kommune")
    COUNTY = "county", _("Fylkeskommune")
    HEALTH_TRUST = "health_trust", _("Helseforetak")
    STATE = "state", _("Stat")
    PRIVATE = "private", _("Privat")


class ServiceKind(TextChoices):
    """Kinds of service that the two source documents name around the pathway."""

    CHILD_WELFARE = "child_welfare", _("Barneverntjeneste")
    GP = "gp", _("Fastlege")
    SCHOOL_HEALTH = "school_health", _("Helsestasjon og skolehelsetjeneste")
    MUNICIPAL_MENTAL_HEALTH = ("municipal_mental_health", _("Kommunens psykiske helsetjeneste"))
    DENTAL = "dental", _("Tannhelsetjeneste")
    CAMHS = "camhs", _("Psykisk helsevern for barn og unge (BUP)")
    PAEDIATRIC = "paediatric", _("Barneavdeling")
    FACT_YOUTH = "fact_youth", _("FACT Ung")
    INSTITUTION = "institution", _("Barnevernsinstitusjon")
    FOSTER_HOME = "foster_home", _("Fosterhjem")
    HEALTH_MAPPING_TEAM = ("health_mapping_team", _("Team for tverrfaglig helsekartlegging"))
    SCHOOL = "school", _("Skole")
    KINDERGARTEN = "kindergarten", _("Barnehage")
    PPT = "ppt", _("Pedagogisk-psykologisk tjeneste")
    NAV = "nav", _("NAV")
    SUBSTANCE_USE = "substance_use", _("Rustjeneste")
    CHIEF_PHYSICIAN = "chief_physician", _("Kommuneoverlege")
    COUNTY_GOVERNOR = "county_governor", _("Statsforvalter")
    RESEARCH = "research", _("Forskning og evaluering")

    @property
    def is_health(self) -> bool:
        """Whether staff here are health personnel with a journal of their own (hpl §§ 3, 39)."""
        return self in HEALTH_SERVICES

    @property
    def takes_referrals(self) -> bool:
        """Whether one refers to this kind: specialist services (S3), and the teams that they share or run."""
        return self in TAKES_REFERRALS

    @property
    def can_initiate(self) -> bool:
        """Whether this kind may ask for start or reactivation (phase 0: institution or foster home)."""
        return self in (ServiceKind.INSTITUTION, ServiceKind.FOSTER_HOME)


HEALTH_SERVICES = frozenset(
    {
        ServiceKind.GP,
        ServiceKind.SCHOOL_HEALTH,
        ServiceKind.MUNICIPAL_MENTAL_HEALTH,
        ServiceKind.DENTAL,
        ServiceKind.CAMHS,
        ServiceKind.PAEDIATRIC,
        ServiceKind.FACT_YOUTH,
        ServiceKind.SUBSTANCE_USE,
    }
)
SPECIALIST_SERVICES = frozenset({ServiceKind.CAMHS, ServiceKind.PAEDIATRIC})
TAKES_REFERRALS = SPECIALIST_SERVICES | {ServiceKind.FACT_YOUTH, ServiceKind.SUBSTANCE_USE}


class Role(TextChoices):
    """What a person is in a service; one person may have several memberships, and acts in one at a time."""

    CONTACT_PERSON = "contact_person", _("Kontaktperson i barnevernet")
    LEADER = "leader", _("Barnevernleder")
    GP = "gp", _("Fastlege")
    PUBLIC_HEALTH_NURSE = "public_health_nurse", _("Helsesykepleier")
    PSYCHOLOGIST = "psychologist", _("Psykolog")
    NURSE = "nurse", _("Sykepleier")
    DENTAL_STAFF = "dental_staff", _("Tannhelsepersonell")
    INSTITUTION_STAFF = "institution_staff", _("Ansatt i Bufetats institusjon")
    FOSTER_PARENT = "foster_parent", _("Fosterforelder")
    SCHOOL_STAFF = "school_staff", _("Ansatt i skolen")
    CHIEF_PHYSICIAN = "chief_physician", _("Kommuneoverlege")
    COUNTY_GOVERNOR_STAFF = "county_governor_staff", _("Ansatt hos statsforvalteren")
    EVALUATOR = "evaluator", _("Evaluator")
    IMPORTER = "importer", _("Innlesing fra fagsystem")

    @property
    def is_child_welfare(self) -> bool:
        return self in (Role.CONTACT_PERSON, Role.LEADER)

    @property
    def sees_no_child(self) -> bool:
        """Whether the role is for a municipality, a region or the nation, and never for one child."""
        return self in (Role.CHIEF_PHYSICIAN, Role.COUNTY_GOVERNOR_STAFF, Role.EVALUATOR)

    @property
    def is_health(self) -> bool:
        return self in (Role.GP, Role.PUBLIC_HEALTH_NURSE, Role.PSYCHOLOGIST, Role.NURSE, Role.DENTAL_STAFF)


ROLES: dict[ServiceKind, tuple[Role, ...]] = {
    ServiceKind.CHILD_WELFARE: (Role.CONTACT_PERSON, Role.LEADER),
    ServiceKind.GP: (Role.GP, Role.NURSE),
    ServiceKind.SCHOOL_HEALTH: (Role.PUBLIC_HEALTH_NURSE,),
    ServiceKind.DENTAL: (Role.DENTAL_STAFF,),
    ServiceKind.PAEDIATRIC: (Role.NURSE, Role.PSYCHOLOGIST),
    ServiceKind.INSTITUTION: (Role.INSTITUTION_STAFF,),
    ServiceKind.FOSTER_HOME: (Role.FOSTER_PARENT,),
    ServiceKind.SCHOOL: (Role.SCHOOL_STAFF,),
    ServiceKind.KINDERGARTEN: (Role.SCHOOL_STAFF,),
    ServiceKind.PPT: (Role.SCHOOL_STAFF, Role.PSYCHOLOGIST),
    ServiceKind.CHIEF_PHYSICIAN: (Role.CHIEF_PHYSICIAN,),
    ServiceKind.COUNTY_GOVERNOR: (Role.COUNTY_GOVERNOR_STAFF,),
    ServiceKind.RESEARCH: (Role.EVALUATOR,),
}
"""The roles that a kind of service can invite somebody to; our own choice, as no source lists them."""
HEALTH_ROLES = (Role.PSYCHOLOGIST, Role.NURSE)


def roles_in(kind: ServiceKind) -> tuple[Role, ...]:
    """The roles that one can be invited to in a service of a kind."""
    return ROLES.get(kind, HEALTH_ROLES)


class FactorKind(TextChoices):
    """What a person proves with, beside the password, that it is them; the strongest first."""

    PASSKEY = "passkey", _("Passnøkkel")
    TOTP = "totp", _("Engangskode fra app")
    RECOVERY = "recovery", _("Gjenopprettingskode")


class OfferKind(TextChoices):
    """What kind of help an offer is. Those that are also a kind of service have the same key as there."""

    SCHOOL_HEALTH = "school_health", _("Helsesykepleier")
    MUNICIPAL_MENTAL_HEALTH = "municipal_mental_health", _("Psykisk helsehjelp i kommunen")
    GP = "gp", _("Fastlege")
    CAMHS = "camhs", _("Psykisk helsevern for barn og unge (BUP)")
    PAEDIATRIC = "paediatric", _("Barneavdeling")
    FACT_YOUTH = "fact_youth", _("FACT Ung")
    SUBSTANCE_USE = "substance_use", _("Rushjelp")
    CHILD_WELFARE = "child_welfare", _("Barnevern")
    DENTAL = "dental", _("Tannklinikk")
    PPT = "ppt", _("Pedagogisk-psykologisk tjeneste (PPT)")
    SCHOOL = "school", _("Skole")
    KINDERGARTEN = "kindergarten", _("Barnehage")
    NAV = "nav", _("NAV")
    FAMILY_COUNSELLING = "family_counselling", _("Familievernkontor")
    CRISIS_CENTRE = "crisis_centre", _("Krisesenter")
    CHILD_COORDINATOR = "child_coordinator", _("Barnekoordinator")
    EMERGENCY_CARE = "emergency_care", _("Legevakt")
    YOUTH_MEETING_PLACE = "youth_meeting_place", _("Møteplass for unge")


class HelpLevel(TextChoices):
    """The ladder of help, the lowest rung first; `between` lies between the public health nurse and ABUP (S0)."""

    OPEN = "open", _("Åpne tilbud")
    MUNICIPAL = "municipal", _("Helsesykepleier, fastlege og andre nær deg")
    BETWEEN = "between", _("Kommunens psykiske helsehjelp og rushjelp")
    SPECIALIST = "specialist", _("Sykehuset og BUP")


class CareArea(TextChoices):
    """The five health areas of the pathway, for which somebody in a municipality must be responsible."""

    MENTAL = "mental", _("Psykisk helse")
    SOMATIC = "somatic", _("Kroppslig helse")
    DENTAL = "dental", _("Tann- og munnhelse")
    SEXUAL = "sexual", _("Seksuell helse")
    SUBSTANCE_USE = "substance_use", _("Rus")
