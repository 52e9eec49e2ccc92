"""The child welfare file, format v4.0.1, as a table: every element, attribute, order, number and value.

Source: Statistics Norway, `Barnevern_v4.xsd` (github.com/statisticsnorway/barn-barnevern-xsd). Written anew
here; the tests hold it against the schema itself. `structure.py` reads it. Names are the file's own.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

# --- the words of the table --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Text:
    """A text: how short, how long, of what form, or one of which codes. Lengths are in characters."""

    shortest: int = 0
    longest: int | None = None
    form: re.Pattern[str] | None = None
    codes: frozenset[str] | None = None


@dataclass(frozen=True)
class Date:
    """A calendar date, with or without a time zone."""


@dataclass(frozen=True)
class Moment:
    """A date and time with a time zone."""


@dataclass(frozen=True)
class YesNo:
    """true, false, 1 or 0."""


Value = Text | Date | Moment | YesNo


@dataclass(frozen=True)
class Attribute:
    value: Value
    is_required: bool = True


@dataclass(frozen=True)
class Child:
    """An element inside another, in its place in the order. `at_most` None means any number."""

    name: str
    element: "Element"
    at_least: int = 1
    at_most: int | None = 1


@dataclass(frozen=True)
class Element:
    """An element with attributes and children, or with a text of its own.

    `type_name` is the schema's name of its type, if it has one (`xsi:type` may repeat it). `unique` lists
    children that may not share the values of the given attributes.
    """

    type_name: str | None = None
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    children: tuple[Child, ...] = ()
    text: Value | None = None
    unique: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def required(**values: Value) -> dict[str, Attribute]:
    return {name: Attribute(value) for name, value in values.items()}


def optional(**values: Value) -> dict[str, Attribute]:
    return {name: Attribute(value, is_required=False) for name, value in values.items()}


def maybe(name: str, element: Element) -> Child:
    return Child(name, element, at_least=0)


def any_number(name: str, element: Element, *, at_least: int = 0, at_most: int | None = None) -> Child:
    return Child(name, element, at_least=at_least, at_most=at_most)


def codes(listed: str) -> Text:
    return Text(codes=frozenset(listed.split()))


def digits(number: int) -> Text:
    return Text(form=re.compile(rf"\d{{{number}}}"))


def numbered(prefix: str, last: int) -> str:
    """The codes of one group of the knowledge model: 1.1.01, 1.1.02 and on."""
    return " ".join(f"{prefix}.{n:02}" for n in range(1, last + 1))


# --- values ------------------------------------------------------------------------------------------------

DATE = Date()
YES_NO = YesNo()
UUID = Text(
    form=re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-5][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}")
)
SHORT_NAME = Text(shortest=1, longest=36)
PLACE_NAME = Text(shortest=1, longest=250)

CONCEPTS = codes(
    "Personalia Melding Undersokelse Plan Tiltak Vedtak Ettervern OversendelseFylkesnemnd Flytting Relasjon"
)
REPORTERS = codes(" ".join(str(n) for n in range(1, 26)))
CASE_CONTENTS = codes(
    " ".join(
        [
            *(str(n) for n in range(1, 37)),
            numbered("1.1", 4),
            numbered("1.2", 3),
            numbered("1.3", 11),
            numbered("1.4", 4),
            numbered("2.1", 3),
            numbered("2.2", 3),
            numbered("2.3", 2),
            numbered("2.4", 9),
            numbered("3.1", 10),
            numbered("3.2", 2),
            numbered("3.3", 6),
        ]
    )
)
MEASURE_CATEGORIES = codes(
    "1.1 1.2 1.99 2.1 2.2 2.3 2.4 2.5 2.6 2.99 3.1 3.2 3.3 3.4 3.5 3.6 3.7 3.8 3.9 3.10 3.99 "
    "4.1 4.2 4.3 4.4 4.5 4.6 4.7 4.8 4.9 4.99 5.1 5.2 5.3 5.4 5.99 6.1 6.2 6.3 6.4 6.99 "
    "7.1 7.2 7.3 7.99 8.1 8.2 8.3 8.4 8.5 8.99"
)
MOVED_FROM_BECAUSE = codes("1.1.1 1.1.2 1.1.3 1.1.4 1.1.5 1.2.1 1.2.2 1.2.3 1.3 2.1 2.2 2.3 2.4 2.5 2.6 2.7 2.8 2.9")

# --- attributes that many elements share -------------------------------------------------------------------

ID = required(Id=UUID)
STARTS = required(StartDato=DATE)
ENDS = required(SluttDato=DATE)
MIGRATED = optional(MigrertId=SHORT_NAME)
DELETED = optional(ErSlettet=YES_NO)
CLARIFIED = optional(Presisering=Text(shortest=1, longest=10_000))


def coded(listed: Text) -> dict[str, Attribute]:
    return required(Kode=listed)


# --- elements ----------------------------------------------------------------------------------------------

SYSTEM = Element(
    "FagsystemType",
    required(
        Leverandor=Text(shortest=3, longest=300),
        Navn=Text(shortest=1, longest=300),
        Versjon=Text(shortest=1, longest=100),
    ),
)
SENDER = Element(
    "AvgiverType",
    required(Organisasjonsnummer=digits(9), Kommunenummer=digits(4), Kommunenavn=PLACE_NAME)
    | optional(Bydelsnummer=digits(2), Bydelsnavn=PLACE_NAME),
)
PERSONAL_DATA = Element(
    attributes=ID
    | STARTS
    | required(Fodselsnummer=digits(11), Fodseldato=DATE, Kjonn=codes("0 1 2"))
    | optional(DUFnummer=digits(12))
    | DELETED
)
CASE_CONTENT = Element("SaksinnholdType", coded(CASE_CONTENTS) | CLARIFIED)
NOTE = Element(
    "MeldingType",
    ID | MIGRATED | STARTS | DELETED,
    (
        any_number("Melder", Element("MelderType", coded(REPORTERS) | CLARIFIED)),
        any_number("Saksinnhold", CASE_CONTENT),
        maybe("Konklusjon", Element(attributes=ENDS | coded(codes("1 2 3 4 5 6 7 8 9 10")) | DELETED)),
    ),
)
INVESTIGATION = Element(
    "UndersokelseType",
    ID | MIGRATED | STARTS | DELETED,
    (
        any_number("Vedtaksgrunnlag", CASE_CONTENT),
        maybe(
            "BarnetsMedvirkning",
            Element(
                "BarnetsMedvirkningType",
                children=(
                    Child("StartDato", Element("xs:date", text=DATE)),
                    Child("MedvirkningType", Element(text=codes("1.1 1.2 1.3 1.4 2.1 2.2"))),
                ),
            ),
        ),
        maybe("UtvidetFrist", Element(attributes=STARTS | optional(Innvilget=codes("1 2")))),
        maybe("Konklusjon", Element(attributes=ENDS | coded(codes("1 2 3 4 5 6 7 8 9")) | CLARIFIED)),
    ),
)
PLAN = Element(
    "PlanType",
    ID | MIGRATED | STARTS | required(Plantype=codes("1 2 3 4 5 6 7 8")) | DELETED,
    (
        any_number("Evaluering", Element(attributes=required(UtfortDato=DATE))),
        maybe("Konklusjon", Element(attributes=ENDS)),
    ),
)
LEGAL_BASIS = Element(
    "LovhjemmelType",
    children=(
        Child("Lov", Element(text=codes("BVL BVL2021 BL1981"))),
        Child("Kapittel", Element(text=Text(longest=3, form=re.compile(r"\d+[a-z]*")))),
        Child("Paragraf", Element(text=Text(longest=4, form=re.compile(r"\d+[a-z]*")))),
        any_number("Ledd", Element(text=Text(longest=3, form=re.compile(r"\d+")))),
        any_number("Bokstav", Element(text=Text(form=re.compile(r"[a-z]")))),
        any_number("Punktum", Element(text=Text(longest=3, form=re.compile(r"\d+")))),
    ),
)
LAW = (Child("Lovhjemmel", LEGAL_BASIS), any_number("JmfrLovhjemmel", LEGAL_BASIS, at_most=3))
PER_YEAR = ID | STARTS | coded(codes("2 4"))
DONE = ID | required(UtfortDato=DATE)
SUPERVISION = Element(
    "TilsynType",
    children=(
        any_number(
            "Ansvarlig", Element("TilsynAnsvarligType", ID | STARTS | required(Kommunenummer=digits(4))), at_least=1
        ),
        any_number("Hyppighet", Element("TilsynHyppighetType", PER_YEAR), at_least=1),
        any_number("Utfort", Element("TilsynUtfortType", DONE)),
    ),
)
FOLLOW_UP = Element(
    "OppfolgingType",
    children=(
        any_number("Hyppighet", Element("OppfolgingHyppighetType", PER_YEAR), at_least=1),
        any_number("Utfort", Element("OppfolgingUtfortType", DONE)),
    ),
)
MEASURE = Element(
    "TiltakType",
    ID | MIGRATED | STARTS | DELETED,
    (
        *LAW,
        Child("Kategori", Element("KategoriType", coded(MEASURE_CATEGORIES) | CLARIFIED)),
        any_number("Tiltaksgrunnlag", CASE_CONTENT),
        maybe("Tilsyn", SUPERVISION),
        maybe("Oppfolging", FOLLOW_UP),
        maybe("Opphevelse", Element("OpphevelseType", coded(codes("1 2 3 4")) | CLARIFIED)),
        maybe("Konklusjon", Element(attributes=ENDS)),
    ),
)
PRIVATE_CLAIM = Element(
    "OversendelsePrivatKravType",
    ID | STARTS,
    (maybe("Konklusjon", Element(attributes=ENDS | coded(codes("1 2 9")) | CLARIFIED)),),
)
DECISION = Element(
    "VedtakType",
    ID | MIGRATED | STARTS | DELETED,
    (
        *LAW,
        any_number("Krav", PRIVATE_CLAIM),
        any_number("Status", Element(attributes=ID | required(EndretDato=DATE) | coded(codes("1 2 3 4"))), at_least=1),
        maybe("Konklusjon", Element(attributes=ENDS)),
    ),
)
AFTERCARE = Element(
    "EttervernType",
    ID | MIGRATED | required(TilbudSendtDato=DATE) | DELETED,
    (maybe("Konklusjon", Element(attributes=ENDS | coded(codes("1 2 3")))),),
)
SENT_TO_TRIBUNAL = Element("OversendelseBarneverntjenesteType", ID | MIGRATED | STARTS | DELETED, LAW)
MOVE = Element(
    "FlyttingType",
    ID | MIGRATED | ENDS | DELETED,
    (
        Child("ArsakFra", Element("ArsakFraType", coded(MOVED_FROM_BECAUSE) | CLARIFIED)),
        Child("FlyttingTil", Element("FlyttingTilType", coded(codes("1 2 3 4 5 6 7 8 9")) | CLARIFIED)),
    ),
)
RELATION = Element(
    "RelasjonType",
    ID | required(FraId=Text(shortest=1, longest=50), FraType=CONCEPTS, TilId=UUID, TilType=CONCEPTS) | DELETED,
)
DELETED_ELEMENT = Element(attributes=ID | required(Type=CONCEPTS) | ENDS)
CASE = Element(
    "SakType",
    ID | MIGRATED | STARTS | optional(SluttDato=DATE) | required(Journalnummer=SHORT_NAME)
    | optional(Avsluttet=YES_NO) | DELETED,
    (
        any_number("Personalia", PERSONAL_DATA),
        any_number("Melding", NOTE),
        any_number("Undersokelse", INVESTIGATION),
        any_number("Plan", PLAN),
        any_number("Tiltak", MEASURE),
        any_number("Vedtak", DECISION),
        any_number("Ettervern", AFTERCARE),
        any_number("OversendelseFylkesnemnd", SENT_TO_TRIBUNAL),
        any_number("Flytting", MOVE),
        any_number("Relasjon", RELATION),
        any_number("Slettet", DELETED_ELEMENT),
    ),
    unique=dict.fromkeys(sorted(CONCEPTS.codes or ()), ("Id",)) | {"Slettet": ("Id", "Type")},
)  # fmt: skip
ROOT_NAME = "Barnevern"
ROOT = Element(
    "BarnevernType",
    ID | required(DatoUttrekk=Moment()) | optional(ForrigeId=UUID),
    (Child("Fagsystem", SYSTEM), Child("Avgiver", SENDER), Child("Sak", CASE)),
)
