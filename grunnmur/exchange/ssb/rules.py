"""Statistics Norway's numbered rules for what the product reads, of severity FATAL or ERROR, and our own few.

Source: `Kravspesifikasjon.md` of github.com/statisticsnorway/barn-barnevern-xsd. Each rule keeps its own
number, severity, first day, and whether it is milder for what is migrated. What is deleted in the file is not
read, so no rule is held against it. `docs/reference/national-file.md` is made from the two tables here.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grunnmur.cases.age import age_on
from grunnmur.cases.national_id import NationalIdKind
from grunnmur.exchange.ssb.case_view import CaseView, conclusion, ends, number_of, starts
from grunnmur.exchange.ssb.problems import FILE_DESCRIPTION, MAX_PROBLEMS, SAFE_FILE, Problem
from grunnmur.exchange.ssb.structure import Node

SYNTHETIC_ONLY = "Syntetisk nummer"
UNIQUE_ID = "Entydig Id"
PLAIN_DIGITS = "Sifre 0–9"
PLAUSIBLE_DAY = "Uttrekksdag"
READ_KINDS = ("Personalia", "Melding", "Undersokelse", "Tiltak")
"""The elements of a case that the product reads, beside the case itself and what is deleted."""


class Severity(StrEnum):
    FATAL = "FATAL"
    ERROR = "ERROR"
    WARNING = "WARNING"
    INFO = "INFO"


@dataclass(frozen=True)
class Finding:
    """One breach: its line, what is wrong, and whether it is in something with a `MigrertId`."""

    line: int
    message: str
    is_migrated: bool = False


Check = Callable[[CaseView], Iterator[Finding]]
Message = str | Promise


@dataclass(frozen=True)
class Rule:
    """A rule that is checked. `number` and `severity` are the source's; `says` is ours.

    With `is_milder_when_migrated` the rule is only a warning for an element with a `MigrertId`, and then refuses
    nothing. `check` is None where another module does the checking.
    """

    number: str
    says: str
    valid_from: date
    check: Check | None
    severity: Severity = Severity.ERROR
    is_milder_when_migrated: bool = False


@dataclass(frozen=True)
class NotChecked:
    """Rules that are known and not checked, and why."""

    numbers: tuple[str, ...]
    severity: Severity
    reason: str


def breaches(view: CaseView, *, allow_real_ids: bool) -> tuple[Problem, ...]:
    """The breaches of rules in force on the day the file is read, in file order (at most MAX_PROBLEMS)."""
    advice = _("Rett det i fagsystemet, og lag en ny fil.")
    found = findings(view, allow_real_ids=allow_real_ids)
    problems = [Problem(finding.line, number, f"{finding.message} {advice}") for number, finding in found]
    return tuple(sorted(problems, key=lambda problem: problem.line or 0)[:MAX_PROBLEMS])


def findings(view: CaseView, *, allow_real_ids: bool) -> Iterator[tuple[str, Finding]]:
    """The number of the rule and what is wrong, for each breach of a rule in force that day."""
    yield from _own_checks(view, allow_real_ids=allow_real_ids)
    for rule in RULES:
        if rule.check is None or view.on < rule.valid_from:
            continue
        for finding in rule.check(view):
            if not (rule.is_milder_when_migrated and finding.is_migrated):
                yield rule.number, finding


def asked_for(view: CaseView) -> Iterator[tuple[str, str]]:
    """What the register asks for beside the rules that are checked here, and a file that we write lacks.

    Nobody is refused for it: the product takes in files that lack it too. The number of the rule and what is lacking.
    """
    for rule in ASKED_FOR:
        if rule.check is not None and view.on >= rule.valid_from:
            yield from ((rule.number, finding.message) for finding in rule.check(view))


def _found(node: Node, message: Message, *, at: Node | None = None, **words: object) -> Finding:
    """A breach in `node`, told with the line of `at` when what is wrong stands there."""
    shown = {key: f"{word:%d.%m.%Y}" if isinstance(word, date) else word for key, word in words.items()}
    return Finding((at or node).line, str(message) % shown, is_migrated=bool(node.string("MigrertId")))


# --- our own ---------------------------------------------------------------------------------------------------


def _own_checks(view: CaseView, *, allow_real_ids: bool) -> Iterator[tuple[str, Finding]]:
    for name in ("Organisasjonsnummer", "Kommunenummer", "Bydelsnummer"):
        if not view.sender.string(name).isascii():
            message = _("«%(name)s» skal skrives med sifrene 0–9.")
            yield PLAIN_DIGITS, _found(view.sender, message, name=name)
    seen: Counter[tuple[str, str]] = Counter()
    for node in view.case.children:
        seen[key := (node.name, node.string("Id").lower())] += 1
        if node.name in READ_KINDS and seen[key] > 1:
            message = _("To «%(kind)s» har samme Id, bare skrevet med store og små bokstaver.")
            yield UNIQUE_ID, _found(node, message, kind=node.name)
    if abs(view.extracted_on.year - view.on.year) > YEARS_AROUND:
        yield PLAUSIBLE_DAY, _found(view.root, _("«DatoUttrekk» er ikke en dag filen kan være laget."))
    for person in view.live("Personalia"):
        number = number_of(person)
        if number and number.is_unique and not number.is_synthetic and not allow_real_ids:
            message = _("Filen har et ekte fødselsnummer. Her brukes bare oppdiktede nummer (måned + 80).")
            yield SYNTHETIC_ONLY, _found(person, message)


# --- sender and case --------------------------------------------------------------------------------------------

WITH_DISTRICTS = {"958935420", "964338531", "942110464"}
"""Oslo, Bergen and Trondheim."""
YEARS_AROUND = 26


def _avgiver_1(view: CaseView) -> Iterator[Finding]:
    if view.sender.string("Organisasjonsnummer") in WITH_DISTRICTS and not (
        view.sender.string("Bydelsnummer") and view.sender.string("Bydelsnavn")
    ):
        yield _found(view.sender, _("Kommuner med bydeler må oppgi både bydelens nummer og navn."))


def _sak_1(view: CaseView) -> Iterator[Finding]:
    first, last = view.on.year - YEARS_AROUND, view.on.year + YEARS_AROUND
    message = _("«%(name)s» må være mellom 01.01.%(first)d og 31.12.%(last)d.")
    own = Node(view.case.name, view.case.line, view.case.values)
    for node in (own, *(child for child in view.case.children if not view.is_deleted(child))):
        for name, day, line in node.dates():
            if not first <= day.year <= last:
                yield Finding(line, str(message) % {"name": name, "first": first, "last": last})


def _sak_2a(view: CaseView) -> Iterator[Finding]:
    start, end = starts(view.case), view.case.day("SluttDato")
    if end and start > end:
        yield _found(view.case, _("Saken starter %(start)s, men er avsluttet %(end)s."), start=start, end=end)


def _sak_8(view: CaseView) -> Iterator[Finding]:
    number = number_of(view.person) if view.person else None
    if number is None or number.kind == NationalIdKind.UNBORN or view.case.is_true("ErSlettet"):
        return
    age = age_on(born_on=number.born_on, on=view.extracted_on)
    open_parts = (node for node in view.live("Melding", "Undersokelse", "Plan", "Ettervern") if ends(node) is None)
    is_open = view.case.day("SluttDato") is None or any(open_parts)
    if age >= 18 and is_open and not view.live("Tiltak"):
        yield _found(view.case, _("Den unge er %(age)d år. Da må en åpen sak ha tiltak."), age=age)


def _sak_21(view: CaseView) -> Iterator[Finding]:
    contents = ("Melding", "Undersokelse", "Vedtak", "Tiltak", "Plan", "Ettervern", "OversendelseFylkesnemnd")
    if view.case.day("SluttDato") is None and not view.case.is_true("ErSlettet") and not view.live(*contents):
        yield _found(
            view.case, _("Saken er åpen, men har ikke noe innhold. Avslutt den, eller legg inn det som mangler.")
        )


# --- personal data ----------------------------------------------------------------------------------------------

DUF_WEIGHTS = (4, 6, 3, 2, 4, 6, 3, 2, 7, 5)


def _personalia_2f(view: CaseView) -> Iterator[Finding]:
    end = view.case.day("SluttDato")
    for person in view.live("Personalia"):
        if end and starts(person) > end:
            message = _("Personopplysningene starter %(start)s, etter at saken ble avsluttet %(end)s.")
            yield _found(person, message, start=starts(person), end=end)


def _personalia_11(view: CaseView) -> Iterator[Finding]:
    if view.person is None:
        yield _found(view.case, _("Saken mangler opplysninger om hvem barnet er."))


def _personalia_12(view: CaseView) -> Iterator[Finding]:
    for person in view.live("Personalia"):
        if number_of(person) is None:
            yield _found(person, _("Fødselsnummeret er ikke gyldig."))


def _personalia_15(view: CaseView) -> Iterator[Finding]:
    for person in view.live("Personalia"):
        number = number_of(person)
        if number and number.kind == NationalIdKind.UNBORN and starts(person) > _born(person):
            message = _("Barnet er født, men har fortsatt nummeret for et ufødt barn.")
            yield _found(person, message)


def _personalia_16(view: CaseView) -> Iterator[Finding]:
    for person in view.live("Personalia"):
        if _months_after(starts(person), 9) < _born(person):
            message = _("Personopplysningene starter %(start)s, mer enn 9 måneder før fødselsdatoen %(born)s.")
            yield _found(person, message, start=starts(person), born=_born(person))


def _personalia_17(view: CaseView) -> Iterator[Finding]:
    for person in view.live("Personalia"):
        if (number := person.string("DUFnummer")) and not is_duf_number(number):
            yield _found(person, _("DUF-nummeret er ikke gyldig."))


def is_duf_number(number: str) -> bool:
    """Whether the twelve digits are a DUF number: year, serial, and two check digits (weights, modulo 11; UDI)."""
    if not number.isascii():
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, DUF_WEIGHTS, strict=False))
    return int(number[10:]) == total % 11


def _born(person: Node) -> date:
    found = person.day("Fodseldato")
    assert found is not None
    return found


def _months_after(day: date, months: int) -> date:
    """The same day some months later, or the last of that month where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    for number in (day.day, 30, 29, 28):
        try:
            return date(day.year + years, month + 1, number)
        except ValueError:
            continue
    return date.max


# --- notes, investigations and measures ---------------------------------------------------------------------------


def _ends_before_it_starts(kind: str, message: Message) -> Check:
    def check(view: CaseView) -> Iterator[Finding]:
        for node in view.live(kind):
            end = ends(node)
            if end and starts(node) > end:
                yield _found(node, message, start=starts(node), end=end)

    return check


def _ends_after_the_case(kind: str, message: Message) -> Check:
    def check(view: CaseView) -> Iterator[Finding]:
        case_end = view.case.day("SluttDato")
        for node in view.live(kind):
            end = ends(node)
            if end and case_end and end > case_end:
                yield _found(node, message, at=conclusion(node), end=end, case_end=case_end)

    return check


def _starts_before_the_case(kind: str, message: Message) -> Check:
    def check(view: CaseView) -> Iterator[Finding]:
        case_start = starts(view.case)
        for node in view.live(kind):
            if starts(node) < case_start:
                yield _found(node, message, start=starts(node), case_start=case_start)

    return check


def _is_not_clarified(kind: str, child: str, codes: set[str], message: Message) -> Check:
    def check(view: CaseView) -> Iterator[Finding]:
        for node in view.live(kind):
            for coded in node.all(child):
                if coded.string("Kode") in codes and not coded.string("Presisering"):
                    yield _found(node, message, at=coded, code=coded.string("Kode"))

    return check


def _is_concluded_without(child: str, message: Message) -> Check:
    def check(view: CaseView) -> Iterator[Finding]:
        for note in view.live("Melding"):
            if conclusion(note) and not note.all(child):
                yield _found(note, message)

    return check


def _undersokelse_19(view: CaseView) -> Iterator[Finding]:
    seen: set[tuple[object, ...]] = set()
    for node in view.live("Undersokelse"):
        content = _content(node)
        if content in seen:
            yield _found(node, _("To undersøkelser har helt likt innhold, men hver sin Id. Fjern den ene."))
        seen.add(content)


def _content(node: Node) -> tuple[object, ...]:
    """All that the element says, without its id and its lines."""
    values = sorted((key, str(value)) for key, value in node.values.items() if key != "Id")
    return node.name, tuple(values), node.text, tuple(_content(child) for child in node.children)


# --- measures -------------------------------------------------------------------------------------------------------

PLACEMENTS = {"1.1", "1.2", "1.99", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.99", "8.2"}
NEEDS_CLARIFYING = {"1.99", "2.99", "3.7", "3.99", "4.99", "5.99", "6.99", "7.99", "8.99"}


def is_care_order(measure: Node) -> bool:
    """Whether the measure is what the source calls «omsorgsovertakelse», by its legal basis."""
    basis = measure.first("Lovhjemmel")
    assert basis is not None
    return is_care_order_by(
        _law(basis),
        subsections=tuple(str(part.text) for part in basis.all("Ledd")),
        compared=tuple(_law(other)[1:] for other in measure.all("JmfrLovhjemmel")),
    )


def is_care_order_by(
    law: tuple[str, str, str], *, subsections: tuple[str, ...], compared: tuple[tuple[str, str], ...] = ()
) -> bool:
    """The same, by law, chapter and section, the section's subsections, and those that it is compared with."""
    match law:
        case ("BVL2021", "5", "1") | ("BVL", "4", "12"):
            return True
        case ("BVL", "4", "8"):
            return bool({"2", "3"} & set(subsections)) or ("4", "12") in compared
    return False


def _law(basis: Node) -> tuple[str, str, str]:
    law, chapter, section = (str(part.text) for part in basis.children[:3])
    return law, chapter, section


def _category(measure: Node) -> str:
    category = measure.first("Kategori")
    return category.string("Kode") if category else ""


def _tiltak_12(view: CaseView) -> Iterator[Finding]:
    for measure in view.live("Tiltak"):
        is_placed_care = is_care_order(measure) and _category(measure) in PLACEMENTS
        if is_placed_care and conclusion(measure) and measure.first("Opphevelse") is None:
            yield _found(measure, _("Omsorgstiltaket er avsluttet, men årsaken til at det ble opphevet, mangler."))


def _tiltak_13(view: CaseView) -> Iterator[Finding]:
    age = age_on(born_on=_born(view.person), on=view.extracted_on) if view.person else 0
    for measure in view.live("Tiltak"):
        if age >= 18 and is_care_order(measure) and conclusion(measure) is None:
            message = _("Den unge er %(age)d år og kan ikke ha et omsorgstiltak som ikke er avsluttet.")
            yield _found(measure, message, age=age)


def _tiltak_14(view: CaseView) -> Iterator[Finding]:
    for measure in view.live("Tiltak"):
        for basis in measure.all("Lovhjemmel"):
            for part in basis.children:
                number = re.match(r"\d+", str(part.text))
                if part.name in ("Kapittel", "Paragraf", "Ledd", "Punktum") and number and int(number[0]) == 0:
                    message = _("«%(name)s» i lovhjemmelen kan ikke være 0.")
                    yield _found(measure, message, at=part, name=part.name)


# --- what a file that we write lacks ---------------------------------------------------------------------------------


def _related_from(view: CaseView, kind: str, to: str) -> set[str]:
    """The ids of elements `to` that a relation from a `kind` leads to."""
    return {node.string("TilId").lower() for node in _relations(view, kind, to)}


def _relations(view: CaseView, kind: str, to: str) -> Iterator[Node]:
    for node in view.live("Relasjon"):
        if (node.string("FraType"), node.string("TilType")) == (kind, to):
            yield node


def _undersokelse_7(view: CaseView) -> Iterator[Finding]:
    for node in view.live("Undersokelse"):
        found = conclusion(node)
        if found and found.string("Kode") in ("1", "2") and not node.all("Vedtaksgrunnlag"):
            yield _found(node, _("Undersøkelsen førte til vedtak eller begjæring, men grunnlaget er ikke med."))


def _undersokelse_20(view: CaseView) -> Iterator[Finding]:
    related = _related_from(view, "Melding", "Undersokelse")
    for node in view.live("Undersokelse"):
        if node.string("Id").lower() not in related:
            yield _found(node, _("Undersøkelsen er ikke knyttet til en melding."))


def _undersokelse_21(view: CaseView) -> Iterator[Finding]:
    related = {node.string("FraId").lower() for node in _relations(view, "Undersokelse", "Vedtak")}
    for node in view.live("Undersokelse"):
        found = conclusion(node)
        if found and found.string("Kode") == "1" and node.string("Id").lower() not in related:
            yield _found(node, _("Undersøkelsen førte til vedtak, men er ikke knyttet til vedtaket."))


def _tiltak_20(view: CaseView) -> Iterator[Finding]:
    related = _related_from(view, "Vedtak", "Tiltak")
    for node in view.live("Tiltak"):
        if node.string("Id").lower() not in related:
            yield _found(node, _("Tiltaket er ikke knyttet til et vedtak."))


# --- the tables -------------------------------------------------------------------------------------------------------

FROM_2013, FROM_2022, FROM_2023 = date(2013, 1, 1), date(2022, 1, 1), date(2023, 1, 1)

RULES = (
    Rule(FILE_DESCRIPTION, "Filen følger formatet i ett og alt.", FROM_2013, None, Severity.FATAL),
    Rule("Avgiver Kontroll 1", "Oslo, Bergen og Trondheim oppgir bydelens nummer og navn.", FROM_2013, _avgiver_1),
    Rule("Sak Kontroll 1", "Alle datoer i saken er innenfor 26 år fra i år, begge veier.", FROM_2013, _sak_1),
    Rule("Sak Kontroll 2a", "Saken slutter ikke før den starter.", FROM_2013, _sak_2a),
    Rule("Sak Kontroll 8", "En åpen sak for en som er 18 år eller mer, har tiltak.", FROM_2013, _sak_8),
    Rule("Sak Kontroll 21", "En åpen sak har noe innhold.", FROM_2013, _sak_21),
    Rule(
        "Personalia Kontroll 2f", "Personopplysningene starter ikke etter at saken er slutt.", FROM_2022, _personalia_2f
    ),
    Rule("Personalia Kontroll 11", "Saken har personopplysninger.", FROM_2022, _personalia_11),
    Rule(
        "Personalia Kontroll 12",
        "Fødselsnummeret er et fødselsnummer, et D-nummer, eller en dato med 00100, 00200 eller 99999.",
        FROM_2022,
        _personalia_12,
    ),
    Rule("Personalia Kontroll 15", "Et født barn har ikke nummeret for et ufødt.", FROM_2022, _personalia_15),
    Rule(
        "Personalia Kontroll 16",
        "Personopplysningene starter ikke mer enn 9 måneder før barnet er født.",
        FROM_2022,
        _personalia_16,
    ),
    Rule("Personalia Kontroll 17", "DUF-nummeret har riktige kontrollsifre.", FROM_2022, _personalia_17),
    Rule(
        "Melding Kontroll 2a",
        "Meldingen er ikke avsluttet før den kom.",
        FROM_2013,
        _ends_before_it_starts("Melding", _("Meldingen kom %(start)s, men er avsluttet %(end)s.")),
    ),
    Rule(
        "Melding Kontroll 2c",
        "Meldingen er ikke avsluttet etter at saken er slutt.",
        FROM_2013,
        _ends_after_the_case(
            "Melding", _("Meldingen er avsluttet %(end)s, etter at saken ble avsluttet %(case_end)s.")
        ),
        is_milder_when_migrated=True,
    ),
    Rule(
        "Melding Kontroll 2e",
        "Meldingen kom ikke før saken startet.",
        FROM_2013,
        _starts_before_the_case("Melding", _("Meldingen kom %(start)s, før saken startet %(case_start)s.")),
        is_milder_when_migrated=True,
    ),
    Rule(
        "Melding Kontroll 4",
        "En avsluttet melding sier hvem som meldte.",
        FROM_2013,
        _is_concluded_without("Melder", _("Meldingen er avsluttet, men sier ikke hvem som meldte.")),
    ),
    Rule(
        "Melding Kontroll 5",
        "En avsluttet melding sier hva den gjelder.",
        FROM_2013,
        _is_concluded_without("Saksinnhold", _("Meldingen er avsluttet, men sier ikke hva den gjelder.")),
    ),
    Rule(
        "Melder Kontroll 2",
        "Melder 22 er presisert.",
        FROM_2013,
        _is_not_clarified("Melding", "Melder", {"22"}, _("Melder med kode %(code)s må presiseres.")),
    ),
    Rule(
        "Saksinnhold Kontroll 2",
        "Saksinnhold 18 og 19 er presisert.",
        FROM_2013,
        _is_not_clarified("Melding", "Saksinnhold", {"18", "19"}, _("Saksinnhold med kode %(code)s må presiseres.")),
    ),
    Rule(
        "Undersøkelse Kontroll 2a",
        "Undersøkelsen slutter ikke før den starter.",
        FROM_2013,
        _ends_before_it_starts("Undersokelse", _("Undersøkelsen starter %(start)s, men er avsluttet %(end)s.")),
    ),
    Rule(
        "Undersøkelse Kontroll 2c",
        "Undersøkelsen slutter ikke etter at saken er slutt.",
        FROM_2013,
        _ends_after_the_case(
            "Undersokelse", _("Undersøkelsen er avsluttet %(end)s, etter at saken ble avsluttet %(case_end)s.")
        ),
        is_milder_when_migrated=True,
    ),
    Rule(
        "Undersøkelse Kontroll 2e",
        "Undersøkelsen starter ikke før saken.",
        FROM_2013,
        _starts_before_the_case(
            "Undersokelse", _("Undersøkelsen starter %(start)s, før saken startet %(case_start)s.")
        ),
        is_milder_when_migrated=True,
    ),
    Rule("Undersøkelse Kontroll 19", "To undersøkelser er ikke helt like.", FROM_2013, _undersokelse_19),
    Rule(
        "Tiltak Kontroll 2a",
        "Tiltaket slutter ikke før det starter.",
        FROM_2013,
        _ends_before_it_starts("Tiltak", _("Tiltaket starter %(start)s, men er avsluttet %(end)s.")),
    ),
    Rule(
        "Tiltak Kontroll 2c",
        "Tiltaket slutter ikke etter at saken er slutt.",
        FROM_2013,
        _ends_after_the_case("Tiltak", _("Tiltaket er avsluttet %(end)s, etter at saken ble avsluttet %(case_end)s.")),
        is_milder_when_migrated=True,
    ),
    Rule(
        "Tiltak Kontroll 2e",
        "Tiltaket starter ikke før saken.",
        FROM_2013,
        _starts_before_the_case("Tiltak", _("Tiltaket starter %(start)s, før saken startet %(case_start)s.")),
        is_milder_when_migrated=True,
    ),
    Rule(
        "Tiltak Kontroll 7",
        "Tiltak 1.99, 2.99, 3.7, 3.99, 4.99, 5.99, 6.99, 7.99 og 8.99 er presisert.",
        FROM_2013,
        _is_not_clarified("Tiltak", "Kategori", NEEDS_CLARIFYING, _("Tiltak med kode %(code)s må presiseres.")),
    ),
    Rule(
        "Tiltak Kontroll 8",
        "Opphevelse 4 er presisert.",
        FROM_2013,
        _is_not_clarified("Tiltak", "Opphevelse", {"4"}, _("Opphevelse med kode %(code)s må presiseres.")),
    ),
    Rule(
        "Tiltak Kontroll 12",
        "Et avsluttet omsorgstiltak som er en plassering, sier hvorfor det ble opphevet.",
        FROM_2013,
        _tiltak_12,
    ),
    Rule("Tiltak Kontroll 13", "Den som er 18 år, har ikke et omsorgstiltak som varer.", FROM_2013, _tiltak_13),
    Rule("Tiltak Kontroll 14", "Ingen del av lovhjemmelen er 0.", FROM_2013, _tiltak_14),
)
"""The rules that a file must follow to be taken in."""

OWN_RULES = (
    (SAFE_FILE, "Filnavnet ender på .xml. Under 20 MB, uten DOCTYPE, og ikke større enn at det kan være én sak."),
    (SYNTHETIC_ONLY, "I demo og test: fødselsnummer og D-nummer har måned + 80."),
    (UNIQUE_ID, "To av samme slag har ikke samme Id, heller ikke med store og små bokstaver om hverandre."),
    (PLAIN_DIGITS, "Organisasjonsnummer, kommunenummer og bydelsnummer er skrevet med sifrene 0–9."),
    (PLAUSIBLE_DAY, "DatoUttrekk er innenfor 26 år fra i år, begge veier."),
)


ASKED_FOR = (
    Rule(
        "Undersøkelse Kontroll 7", "En undersøkelse som førte til tiltak, har et grunnlag.", FROM_2013, _undersokelse_7
    ),
    Rule("Undersøkelse Kontroll 20", "En undersøkelse er knyttet til en melding.", FROM_2013, _undersokelse_20),
    Rule(
        "Undersøkelse Kontroll 21",
        "En undersøkelse som førte til vedtak, er knyttet til vedtaket.",
        FROM_2013,
        _undersokelse_21,
    ),
    Rule("Tiltak Kontroll 20", "Et tiltak er knyttet til et vedtak.", FROM_2022, _tiltak_20),
)
"""Rules that a file of ours can break, as what they ask for is not read and so not known. Never held against a file
that comes in."""


def _numbers(concept: str, listed: str) -> tuple[str, ...]:
    return tuple(f"{concept} Kontroll {number}" for number in listed.split())


NOT_CHECKED = (
    NotChecked(
        ("Personalia Kontroll 14",),
        Severity.ERROR,
        "Kjønn leses ikke fra filen: forløpet trenger det ikke.",
    ),
    NotChecked(
        _numbers("Undersøkelse", "3 7"),
        Severity.ERROR,
        "Vedtaksgrunnlaget leses ikke: produktet bruker når undersøkelsen åpnet og hvordan den sluttet.",
    ),
    NotChecked(
        (*_numbers("Undersøkelse", "20 21"), *_numbers("Tiltak", "20 21")),
        Severity.ERROR,
        "Relasjoner og vedtak leses ikke.",
    ),
    NotChecked(_numbers("Vedtak", "2a 2c 2e 2f 2g 2h 3 4 5"), Severity.ERROR, "Vedtak leses ikke."),
    NotChecked(_numbers("Plan", "2a 2c 2e 2f 2g"), Severity.ERROR, "Planer leses ikke."),
    NotChecked(_numbers("Ettervern", "2a 2c 2e"), Severity.ERROR, "Tilbud om ettervern leses ikke."),
    NotChecked(_numbers("Flytting", "2c 2f"), Severity.ERROR, "Flyttinger leses ikke."),
    NotChecked(
        _numbers("Oversendelse til fylkesnemnd", "2e 2f 5"), Severity.ERROR, "Oversendelser til nemnda leses ikke."
    ),
    NotChecked(("Sak Kontroll 6",), Severity.ERROR, "Regelen er utgått."),
    NotChecked(
        (
            *_numbers("Sak", "7 22"),
            *_numbers("Personalia", "13"),
            *_numbers("Melding", "3"),
            *_numbers("Undersøkelse", "11"),
            *_numbers("Vedtak", "20"),
            *_numbers("Tiltak", "5 6 9 19 22 23"),
        ),
        Severity.WARNING,
        "Regelen er et varsel og stanser ingen fil.",
    ),
    NotChecked(
        (
            *_numbers("Sak", "23"),
            *_numbers("Personalia", "18"),
            *_numbers("Melding", "19"),
            *_numbers("Vedtak", "2i 2j 19"),
            *_numbers("Plan", "19"),
        ),
        Severity.INFO,
        "Regelen er en opplysning og stanser ingen fil.",
    ),
)
"""The rest of the rules, so that nobody has to wonder."""
