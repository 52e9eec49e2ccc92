"""The cast: the same people in the demo, the tests and the documentation."""

import uuid
from dataclasses import dataclass

from grunnmur.directory.kinds import Role, ServiceKind

SPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")


def fixed_id(name: str) -> uuid.UUID:
    """The same id for the same name in every installation of the demo."""
    return uuid.uuid5(SPACE, f"grunnmur.demo/{name}")


@dataclass(frozen=True, slots=True)
class Persona:
    """One person who can log in: who it is, where, as what, and what one can try as that person."""

    key: str
    name: str
    role: Role
    service: str
    """Key of the service in `SERVICES`."""
    what: str
    try_this: str

    @property
    def person_id(self) -> uuid.UUID:
        return fixed_id(f"person/{self.key}")


@dataclass(frozen=True, slots=True)
class CastService:
    """A service that the cast works in."""

    key: str
    name: str
    kind: ServiceKind
    municipality: str | None
    org_number: str | None = None
    """Only where an example file names it; `demo/services.py` makes up the others."""
    phone: str = ""

    @property
    def id(self) -> uuid.UUID:
        return fixed_id(f"service/{self.key}")


SERVICES: tuple[CastService, ...] = (
    CastService(
        "grimstad", "Grimstad barneverntjeneste", ServiceKind.CHILD_WELFARE, "4202", "964964998", "37 00 00 01"
    ),
    CastService("lillesand", "Lillesand barneverntjeneste", ServiceKind.CHILD_WELFARE, "4215", None, "37 00 00 02"),
    CastService("storgata", "Storgata legesenter", ServiceKind.GP, "4202", None, "37 00 00 03"),
    CastService("skolehelse", "Skolehelsetjenesten i Grimstad", ServiceKind.SCHOOL_HEALTH, "4202", None, "37 00 00 04"),
    CastService("abup", "ABUP Arendal", ServiceKind.CAMHS, None, None, "37 00 00 05"),
    CastService(
        "barneavdelingen", "Barneavdelingen, sykehuset i Arendal", ServiceKind.PAEDIATRIC, None, None, "37 00 00 06"
    ),
    CastService("tannklinikken", "Tannklinikken i Grimstad", ServiceKind.DENTAL, "4202", None, "37 00 00 07"),
    CastService("institusjonen", "Fjordheim barnevernsinstitusjon", ServiceKind.INSTITUTION, None, None, "37 00 00 08"),
    CastService("fosterhjemmet", "Fosterhjemmet hos Berit Vik", ServiceKind.FOSTER_HOME, "4202", None, "37 00 00 09"),
    CastService("skolen", "Solvang ungdomsskole", ServiceKind.SCHOOL, "4202", None, "37 00 00 10"),
    CastService("kommuneoverlegen", "Kommuneoverlegen i Grimstad", ServiceKind.CHIEF_PHYSICIAN, "4202"),
    CastService("statsforvalteren", "Statsforvalteren i Agder", ServiceKind.COUNTY_GOVERNOR, None),
    CastService("sintef", "SINTEF, evalueringen av forløpet", ServiceKind.RESEARCH, None),
)

CAST: tuple[Persona, ...] = (
    Persona(
        "kari",
        "Kari Lunde",
        Role.CONTACT_PERSON,
        "grimstad",
        "Kontaktperson i barnevernet i Grimstad",
        "Åpne «Ikke vurdert ennå» og begynn å vurdere Anna.",
    ),
    Persona(
        "leif",
        "Leif Aas",
        Role.LEADER,
        "grimstad",
        "Leder i barneverntjenesten i Grimstad",
        "Se hva hele tjenesten skylder, hva en ny utgave av forløpet gjør i sakene, og siden til kommunestyret.",
    ),
    Persona(
        "per", "Per Holm", Role.GP, "storgata", "Fastlege", "Se bare det samtykket åpner, og svar på en innkalling."
    ),
    Persona(
        "hege",
        "Hege Moe",
        Role.PUBLIC_HEALTH_NURSE,
        "skolehelse",
        "Helsesykepleier i skolehelsetjenesten",
        "Ta imot en kartlegging og skriv hva du fant.",
    ),
    Persona(
        "siri",
        "Siri Dahl",
        Role.PSYCHOLOGIST,
        "abup",
        "Psykolog ved ABUP",
        "Svar på en henvisning: rett, avslag eller tilbake.",
    ),
    Persona(
        "nina",
        "Nina Berg",
        Role.NURSE,
        "barneavdelingen",
        "Sykepleier på barneavdelingen",
        "Svar på en henvisning fra fastlegen.",
    ),
    Persona(
        "tone",
        "Tone Li",
        Role.DENTAL_STAFF,
        "tannklinikken",
        "Tannpleier i den offentlige tannhelsetjenesten",
        "Kartlegg tann- og munnhelse.",
    ),
    Persona(
        "bjorn",
        "Bjørn Eide",
        Role.INSTITUTION_STAFF,
        "institusjonen",
        "Miljøterapeut på institusjon i Bufetat",
        "Be kommunen starte forløpet for en ungdom som bor hos dere.",
    ),
    Persona(
        "berit",
        "Berit Vik",
        Role.FOSTER_PARENT,
        "fosterhjemmet",
        "Fostermor",
        "Be kommunen vurdere forløpet for barnet som bor hos deg.",
    ),
    Persona(
        "ola",
        "Ola Vatne",
        Role.CONTACT_PERSON,
        "lillesand",
        "Kontaktperson i en annen kommune",
        "Prøv å finne Anna. Det skal ikke gå.",
    ),
    Persona(
        "marit",
        "Marit Haugen",
        Role.CHIEF_PHYSICIAN,
        "kommuneoverlegen",
        "Kommuneoverlege i Grimstad",
        "Svar på det tilsynet har funnet. Du ser ingen barn.",
    ),
    Persona(
        "stein",
        "Stein Foss",
        Role.COUNTY_GOVERNOR_STAFF,
        "statsforvalteren",
        "Rådgiver hos Statsforvalteren i Agder",
        "Se hva kommunene svarer på det tilsynet har funnet, og del ut tilskudd. Du ser ingen barn.",
    ),
    Persona(
        "eva",
        "Eva Lind",
        Role.EVALUATOR,
        "sintef",
        "Forsker som evaluerer forløpet",
        "Les hva som telles om forløpet. Rollen ser ingen barn, og ingen tall.",
    ),
)


def membership_id(persona: Persona) -> uuid.UUID:
    """The membership that a persona acts in."""
    return fixed_id(f"membership/{persona.key}")


def get(key: str) -> Persona:
    """One of the cast."""
    return next(persona for persona in CAST if persona.key == key)


def service(key: str) -> CastService:
    """One of the services that the cast works in."""
    return next(one for one in SERVICES if one.key == key)
