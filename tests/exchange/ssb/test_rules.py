"""Each rule that is checked refuses the smallest file that breaks it, with its number and line; and no more."""

import re
from datetime import date

import pytest

from grunnmur.cases.national_id import Sex, make_synthetic
from grunnmur.exchange.ssb.file import NationalFile, read
from grunnmur.exchange.ssb.problems import FILE_DESCRIPTION, SAFE_FILE, FileRefused, Problem
from grunnmur.exchange.ssb.rules import (
    NOT_CHECKED,
    OWN_RULES,
    PLAIN_DIGITS,
    PLAUSIBLE_DAY,
    RULES,
    SYNTHETIC_ONLY,
    UNIQUE_ID,
    Severity,
    is_duf_number,
)
from tests.cases.test_national_id import number_with
from tests.exchange.ssb.files import NATIONAL_ID, SHARED, SMALL, uuid

ON = date(2026, 11, 22)
Changes = tuple[tuple[str, str], ...]

CASE = 'StartDato="2026-10-20" Journalnummer="G-2026-0114"'
PERSON_START = f'Id="{uuid(3)}" StartDato="2026-10-20"'
NOTE = f'<Melding Id="{uuid(4)}" StartDato="2026-10-20">'
INVESTIGATION = f'<Undersokelse Id="{uuid(5)}" StartDato="2026-10-26">'
MEASURE = f'<Tiltak Id="{uuid(6)}" StartDato="2026-11-10">'
LAW = "<Lov>BVL2021</Lov>\n        <Kapittel>3</Kapittel>\n        <Paragraf>1</Paragraf>"
NOTE_END = '<Konklusjon SluttDato="2026-10-26" Kode="2"/>'
INVESTIGATION_END = '<Konklusjon SluttDato="2026-11-10" Kode="1"/>'
MEASURE_BODY = SMALL[SMALL.index(MEASURE) : SMALL.index("</Tiltak>") + len("</Tiltak>")]
NOTE_BODY = SMALL[SMALL.index(NOTE) : SMALL.index("</Melding>") + len("</Melding>")]
INVESTIGATION_BODY = SMALL[SMALL.index(INVESTIGATION) : SMALL.index("</Undersokelse>") + len("</Undersokelse>")]


def changed(*changes: tuple[str, str]) -> str:
    text = SMALL
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after, 1)
    return text


def refused(text: str, *, allow_real_ids: bool = False) -> list[tuple[int | None, str]]:
    """Line and rule of each problem; empty when the file is taken in."""
    return [(problem.line, problem.rule) for problem in problems_of(text, allow_real_ids=allow_real_ids)]


def problems_of(text: str, *, allow_real_ids: bool = False) -> tuple[Problem, ...]:
    try:
        accepted(text, allow_real_ids=allow_real_ids)
    except FileRefused as error:
        return error.problems
    return ()


def accepted(text: str, *, allow_real_ids: bool = False) -> NationalFile:
    return read(text.encode(), name="test.xml", on=ON, allow_real_ids=allow_real_ids)


def closed(day: str) -> tuple[str, str]:
    return CASE, f'SluttDato="{day}" {CASE}'


def number(value: str) -> tuple[str, str]:
    return f'Fodselsnummer="{NATIONAL_ID}"', f'Fodselsnummer="{value}"'


def born(day: date) -> Changes:
    return (number(make_synthetic(day, Sex.FEMALE, 0)), ('Fodseldato="2012-05-14"', f'Fodseldato="{day}"'))


def unborn(due: str) -> Changes:
    year, month, day = due.split("-")
    return (number(f"{day}{month}{year[2:]}99999"), ('Fodseldato="2012-05-14"', f'Fodseldato="{due}"'))


def measure_ends(day: str, *, before: str = "") -> tuple[str, str]:
    return '<Kategori Kode="3.10"/>', f'<Kategori Kode="3.10"/>{before}<Konklusjon SluttDato="{day}"/>'


def law(text: str) -> tuple[str, str]:
    return LAW, text


EMPTY = ((NOTE_BODY, ""), (INVESTIGATION_BODY, ""), (MEASURE_BODY, ""))
CARE_ORDER = law("<Lov>BVL2021</Lov><Kapittel>5</Kapittel><Paragraf>1</Paragraf>")
IN_FOSTER_HOME = ('<Kategori Kode="3.10"/>', '<Kategori Kode="2.1"/>')
ENDED_FOSTER_HOME = ('<Kategori Kode="3.10"/>', '<Kategori Kode="2.1"/><Konklusjon SluttDato="2026-11-11"/>')
REAL_FORM = number_with("010154", 501)
"""In the form of a real number, of someone born in 1854: nobody has it."""
EIGHTEEN, NOT_YET = born(date(2008, 11, 20)), born(date(2008, 11, 21))
"""The file is drawn on 20 November 2026."""

BREAKING: dict[str, list[tuple[int, Changes]]] = {
    "Filbeskrivelse": [(9, (('<Saksinnhold Kode="1.1.02"/>', '<Saksinnhold Kode="1.1.05"/>'),))],
    "Avgiver Kontroll 1": [
        (4, (('Organisasjonsnummer="964964998"', f'Organisasjonsnummer="{city}"{given}'),))
        for city in ("958935420", "964338531", "942110464")
        for given in ("", ' Bydelsnummer="01"', ' Bydelsnavn="Frogner"')
    ],
    "Sak Kontroll 1": [
        (5, ((CASE, CASE.replace("2026-10-20", "1999-12-31")),)),
        (5, ((CASE, CASE.replace("2026-10-20", "-2026-10-20")),)),
        (6, ((PERSON_START, PERSON_START.replace("2026-10-20", "9999-10-20")),)),
        (15, ((MEASURE, MEASURE.replace("2026-11-10", "2053-01-01")),)),
        (15, ((MEASURE, MEASURE.replace("2026-11-10", "12026-11-10")),)),
        (15, ((MEASURE, f'<Plan Id="{uuid(9)}" StartDato="1999-01-01" Plantype="1"/>{MEASURE}'),)),
    ],
    "Sak Kontroll 2a": [(5, (closed("2026-10-19"), (PERSON_START, PERSON_START.replace("10-20", "10-19")), *EMPTY))],
    "Sak Kontroll 8": [
        (5, (*EIGHTEEN, (MEASURE_BODY, ""))),
        (5, (*EIGHTEEN, (MEASURE_BODY, ""), closed("2026-11-11"), (INVESTIGATION_END, ""))),
        (5, (*EIGHTEEN, (MEASURE, MEASURE.replace(">", ' ErSlettet="true">')))),
    ],
    "Sak Kontroll 21": [(5, EMPTY)],
    "Personalia Kontroll 2f": [
        (6, ((PERSON_START, PERSON_START.replace("2026-10-20", "2026-11-12")), closed("2026-11-11")))
    ],
    "Personalia Kontroll 11": [
        (5, ((SMALL.splitlines()[5], ""),)),
        (5, ((PERSON_START, f'ErSlettet="1" {PERSON_START}'),)),
        (5, (("</Sak>", f'<Slettet Id="{uuid(3)}" Type="Personalia" SluttDato="2026-11-01"/></Sak>'),)),
    ],
    "Personalia Kontroll 12": [
        (6, (number("14851281242"),)),
        (6, (number("14851281233"),)),
        (6, (number("14051255555"),)),
        (6, (number("31021200100"),)),
        (6, (number("14451281232"),)),
        (6, (number("١٤٨٥١٢٨١٢٣٢"),)),
    ],
    "Personalia Kontroll 15": [(6, (number("14051299999"),))],
    "Personalia Kontroll 16": [
        (6, unborn("2027-07-21")),
        (6, (*unborn("2027-03-01"), (PERSON_START, PERSON_START.replace("2026-10-20", "2026-05-31")))),
    ],
    "Personalia Kontroll 17": [(6, ((PERSON_START, f'{PERSON_START} DUFnummer="201012345600"'),))],
    "Melding Kontroll 2a": [(7, ((NOTE_END, NOTE_END.replace("10-26", "10-19")),))],
    "Melding Kontroll 2c": [(10, (closed("2026-11-11"), (NOTE_END, NOTE_END.replace("2026-10-26", "2026-11-12"))))],
    "Melding Kontroll 2e": [(7, ((NOTE, NOTE.replace("10-20", "10-19")),))],
    "Melding Kontroll 4": [(7, (('<Melder Kode="10"/>', ""),))],
    "Melding Kontroll 5": [(7, (('<Saksinnhold Kode="1.1.02"/>', ""),))],
    "Melder Kontroll 2": [(8, (('<Melder Kode="10"/>', '<Melder Kode="22"/>'),))],
    "Saksinnhold Kontroll 2": [
        (9, (('<Saksinnhold Kode="1.1.02"/>', '<Saksinnhold Kode="18"/>'),)),
        (9, (('<Saksinnhold Kode="1.1.02"/>', '<Saksinnhold Kode="1.1.02"/><Saksinnhold Kode="19"/>'),)),
    ],
    "Undersøkelse Kontroll 2a": [(12, ((INVESTIGATION_END, INVESTIGATION_END.replace("11-10", "10-25")),))],
    "Undersøkelse Kontroll 2c": [
        (13, (closed("2026-11-11"), (INVESTIGATION_END, INVESTIGATION_END.replace("11-10", "11-12"))))
    ],
    "Undersøkelse Kontroll 2e": [(12, ((INVESTIGATION, INVESTIGATION.replace("10-26", "10-19")),))],
    "Undersøkelse Kontroll 19": [
        (14, ((INVESTIGATION_BODY, INVESTIGATION_BODY + INVESTIGATION_BODY.replace(uuid(5), uuid(55))),))
    ],
    "Tiltak Kontroll 2a": [(15, (measure_ends("2026-11-09"),))],
    "Tiltak Kontroll 2c": [(21, (measure_ends("2026-11-12"), closed("2026-11-11")))],
    "Tiltak Kontroll 2e": [(15, ((MEASURE, MEASURE.replace("2026-11-10", "2026-10-19")),))],
    "Tiltak Kontroll 7": [
        (21, (('<Kategori Kode="3.10"/>', f'<Kategori Kode="{code}"/>'),))
        for code in ("1.99", "2.99", "3.7", "3.99", "4.99", "5.99", "6.99", "7.99", "8.99")
    ],
    "Tiltak Kontroll 8": [(21, (measure_ends("2026-11-11", before='<Opphevelse Kode="4"/>'),))],
    "Tiltak Kontroll 12": [
        (15, (basis, ENDED_FOSTER_HOME))
        for basis in (
            CARE_ORDER,
            law("<Lov>BVL</Lov><Kapittel>4</Kapittel><Paragraf>12</Paragraf>"),
            law("<Lov>BVL</Lov><Kapittel>4</Kapittel><Paragraf>8</Paragraf><Ledd>1</Ledd><Ledd>2</Ledd>"),
            law("<Lov>BVL</Lov><Kapittel>4</Kapittel><Paragraf>8</Paragraf><Ledd>3</Ledd>"),
            law(
                "<Lov>BVL</Lov><Kapittel>4</Kapittel><Paragraf>8</Paragraf></Lovhjemmel>"
                "<JmfrLovhjemmel><Lov>BVL</Lov><Kapittel>4</Kapittel><Paragraf>6</Paragraf></JmfrLovhjemmel>"
                "<JmfrLovhjemmel><Lov>BVL</Lov><Kapittel>4</Kapittel><Paragraf>12</Paragraf></JmfrLovhjemmel><Lovhjemmel>"
            ),
        )
    ],
    "Tiltak Kontroll 13": [(15, (*EIGHTEEN, CARE_ORDER, IN_FOSTER_HOME)), (15, (*EIGHTEEN, CARE_ORDER))],
    "Tiltak Kontroll 14": [
        (18, (("<Kapittel>3<", "<Kapittel>0<"),)),
        (19, (("<Paragraf>1<", "<Paragraf>0a<"),)),
        (19, (("<Paragraf>1</Paragraf>", "<Paragraf>1</Paragraf><Ledd>1</Ledd><Ledd>00</Ledd>"),)),
        (19, (("<Paragraf>1</Paragraf>", "<Paragraf>1</Paragraf><Punktum>0</Punktum>"),)),
    ],
    SYNTHETIC_ONLY: [(6, (number(REAL_FORM),))],
    UNIQUE_ID: [
        (11, ((NOTE_BODY, NOTE_BODY.replace(uuid(4), uuid(0xAB)) + NOTE_BODY.replace(uuid(4), uuid(0xAB).upper())),))
    ],
    PLAIN_DIGITS: [
        (4, (('Kommunenummer="4202"', 'Kommunenummer="٤٢٠٢"'),)),
        (4, (('Kommunenummer="4202"', 'Kommunenummer="4202" Bydelsnummer="٠١"'),)),
        (4, (('Organisasjonsnummer="964964998"', 'Organisasjonsnummer="٩64964998"'),)),
    ],
    PLAUSIBLE_DAY: [
        (2, (("2026-11-20T06:00:00+01:00", "1999-11-20T06:00:00+01:00"),)),
        (2, (("2026-11-20T06:00:00+01:00", "9999-12-31T24:00:00Z"),)),
    ],
    SAFE_FILE: [(2, (("<Barnevern ", "<!DOCTYPE Barnevern><Barnevern "),))],
}
CASES = [(rule, line, changes) for rule, found in BREAKING.items() for line, changes in found]


def law_fix(text: str) -> str:
    """A second basis was put in by closing and opening the element; take the empty rest away."""
    return text.replace("<Lovhjemmel>\n      </Lovhjemmel>", "")


@pytest.mark.parametrize(
    ("rule", "line", "changes"), CASES, ids=[f"{rule}-{number}" for number, (rule, _, _) in enumerate(CASES)]
)
def test_the_smallest_breach_is_refused_with_its_rule_and_line(rule: str, line: int, changes: Changes) -> None:
    found = problems_of(law_fix(changed(*changes)))
    assert [(problem.line, problem.rule) for problem in found] == [(line, rule)]
    assert found[0].message.endswith(".")
    assert "%(" not in found[0].message
    assert not re.search(r"\d{11}", found[0].message)


def test_every_rule_has_a_breaking_file() -> None:
    assert set(BREAKING) == {rule.number for rule in RULES} | {name for name, _ in OWN_RULES}


def test_the_small_file_breaks_nothing() -> None:
    assert refused(SMALL) == []


ACCEPTED: dict[str, Changes] = {
    "a city with its district": (
        ('Organisasjonsnummer="964964998"', 'Organisasjonsnummer="958935420" Bydelsnummer="05" Bydelsnavn="Frogner"'),
    ),
    "the first and last day allowed": (
        (CASE, CASE.replace("2026-10-20", "2000-01-01")),
        (MEASURE, MEASURE.replace("2026-11-10", "2052-12-31")),
    ),
    "all on one day": (
        closed("2026-10-20"),
        (NOTE_END, NOTE_END.replace("10-26", "10-20")),
        (INVESTIGATION, INVESTIGATION.replace("10-26", "10-20")),
        (INVESTIGATION_END, INVESTIGATION_END.replace("11-10", "10-20")),
        (MEASURE, MEASURE.replace("2026-11-10", "2026-10-20")),
        measure_ends("2026-10-20"),
    ),
    "not yet 18, no measures": (*NOT_YET, (MEASURE_BODY, "")),
    "18 with a measure that has ended": (*EIGHTEEN, measure_ends("2026-11-11")),
    "18, no measures, all closed": (*EIGHTEEN, (MEASURE_BODY, ""), closed("2026-11-11")),
    "not yet 18, in care": (*NOT_YET, CARE_ORDER, IN_FOSTER_HOME),
    "18, care that has ended": (
        *EIGHTEEN,
        CARE_ORDER,
        ('<Kategori Kode="3.10"/>', '<Kategori Kode="2.1"/><Opphevelse Kode="2"/><Konklusjon SluttDato="2026-11-20"/>'),
    ),
    "care ended without reason, but no placement": (CARE_ORDER, measure_ends("2026-11-11")),
    "care in the old act, other subsections": (
        law("<Lov>BVL</Lov><Kapittel>4</Kapittel><Paragraf>8</Paragraf><Ledd>1</Ledd>"),
        ENDED_FOSTER_HOME,
    ),
    "the new act's § 4-12 is no care order": (
        law("<Lov>BVL2021</Lov><Kapittel>4</Kapittel><Paragraf>12</Paragraf>"),
        ENDED_FOSTER_HOME,
    ),
    "a closed case without content": (closed("2026-11-11"), *EMPTY),
    "an open case with a plan only": (
        (NOTE_BODY, ""),
        (INVESTIGATION_BODY, ""),
        (MEASURE_BODY, f'<Plan Id="{uuid(9)}" StartDato="2026-10-20" Plantype="1"/>'),
    ),
    "no number yet, a girl": (number("14051200200"),),
    "an unborn child": unborn("2027-03-14"),
    "nine months before birth to the day": unborn("2027-07-20"),
    "nine months after 31 May is the last of February": (
        *unborn("2027-02-28"),
        (PERSON_START, PERSON_START.replace("2026-10-20", "2026-05-31")),
    ),
    "a DUF number": ((PERSON_START, f'{PERSON_START} DUFnummer="201012345610"'),),
    "an open note says nothing": ((NOTE_BODY, NOTE.replace(">", "/>")),),
    "a note whose conclusion is taken back": (
        (NOTE_END, NOTE_END.replace("/>", ' ErSlettet="true"/>')),
        ('<Melder Kode="10"/>', ""),
    ),
    "what needs clarifying is clarified": (
        ('<Melder Kode="10"/>', '<Melder Kode="22" Presisering="Brannvesenet"/>'),
        ('<Saksinnhold Kode="1.1.02"/>', '<Saksinnhold Kode="18" Presisering="Annet"/>'),
        ('<Kategori Kode="3.10"/>', '<Kategori Kode="3.99" Presisering="COS"/><Opphevelse Kode="4" Presisering="x"/>'),
    ),
    "two investigations that differ": (
        (
            INVESTIGATION_BODY,
            INVESTIGATION_BODY + INVESTIGATION_BODY.replace(uuid(5), uuid(55)).replace('Kode="1"', 'Kode="3"'),
        ),
    ),
    "paragraphs that only contain a 0": (("<Kapittel>3<", "<Kapittel>10<"), ("<Paragraf>1<", "<Paragraf>01<")),
    "a 0 in what the basis is compared with": (
        (
            "</Lovhjemmel>",
            "</Lovhjemmel><JmfrLovhjemmel><Lov>BVL</Lov><Kapittel>0</Kapittel><Paragraf>1</Paragraf></JmfrLovhjemmel>",
        ),
    ),
    "a date with a time zone": (
        (NOTE, NOTE.replace("2026-10-20", "2026-10-20+02:00")),
        (NOTE_END, NOTE_END.replace("2026-10-26", "2026-10-26Z")),
    ),
}


@pytest.mark.parametrize("changes", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_what_is_just_inside_the_rules_is_taken_in(changes: Changes) -> None:
    assert refused(changed(*changes)) == []


NOT_A_REFUSAL: dict[str, Changes] = {
    "Sak Kontroll 6": ((NOTE_BODY, ""), (MEASURE_BODY, "")),
    "Personalia Kontroll 13": (('Fodseldato="2012-05-14"', 'Fodseldato="2012-05-15"'),),
    "Personalia Kontroll 14": (('Kjonn="2"', 'Kjonn="1"'),),
    "Personalia Kontroll 18": (number("14051200200"),),
    "Melding Kontroll 3": ((NOTE_END, NOTE_END.replace("10-26", "11-10")),),
    "Undersøkelse Kontroll 3": ((INVESTIGATION, f'{INVESTIGATION}<Vedtaksgrunnlag Kode="18"/>'),),
    "Tiltak Kontroll 22": (('<Kategori Kode="3.10"/>', '<Kategori Kode="1.99" Presisering="x"/>'),),
    "Plan Kontroll 2a": (
        (
            MEASURE,
            f'<Plan Id="{uuid(9)}" StartDato="2026-11-01" Plantype="1">'
            f'<Konklusjon SluttDato="2026-10-31"/></Plan>{MEASURE}',
        ),
    ),
    "Vedtak Kontroll 3": (
        (
            "</Sak>",
            f'<Vedtak Id="{uuid(9)}" StartDato="2026-11-01"><Lovhjemmel>{LAW}</Lovhjemmel>'
            f'<Status Id="{uuid(10)}" EndretDato="2026-11-02" Kode="4"/></Vedtak></Sak>',
        ),
    ),
    "Sak Kontroll 22": (("</Sak>", f'<Slettet Id="{uuid(99)}" Type="Melding" SluttDato="2026-11-01"/></Sak>'),),
    "a code before its first day": (
        (NOTE, NOTE.replace("2026-10-20", "2025-08-01")),
        (CASE, CASE.replace("2026-10-20", "2025-08-01")),
    ),
}


@pytest.mark.parametrize("changes", NOT_A_REFUSAL.values(), ids=NOT_A_REFUSAL.keys())
def test_a_rule_that_is_no_reason_to_refuse_does_not_refuse(changes: Changes) -> None:
    assert refused(changed(*changes)) == []


# --- what is migrated -------------------------------------------------------------------------------------------

MILDER = [
    (rule.number, line, changes)
    for rule in RULES
    if rule.is_milder_when_migrated
    for line, changes in BREAKING[rule.number]
]
KINDS = {"Melding": NOTE, "Undersøkelse": INVESTIGATION, "Tiltak": MEASURE}


def migrated(rule: str, text: str) -> str:
    """The file with a MigrertId on the element that the rule is about."""
    kind = {"Melding": "Melding", "Undersøkelse": "Undersokelse", "Tiltak": "Tiltak"}[rule.split()[0]]
    return text.replace(f"<{kind} ", f'<{kind} MigrertId="kostra-1" ', 1)


@pytest.mark.parametrize(("rule", "line", "changes"), MILDER, ids=[rule for rule, _, _ in MILDER])
def test_what_is_migrated_is_held_less_hard(rule: str, line: int, changes: Changes) -> None:
    text = changed(*changes)
    assert refused(text) == [(line, rule)]
    assert refused(migrated(rule, text)) == []


def test_only_the_rules_that_say_so_are_milder() -> None:
    text = changed(*BREAKING["Melding Kontroll 2a"][0][1])
    assert refused(migrated("Melding", text)) == [(7, "Melding Kontroll 2a")]


def test_only_the_element_that_is_migrated_is_held_less_hard() -> None:
    text = changed(*BREAKING["Melding Kontroll 2e"][0][1])
    assert refused(migrated("Tiltak", text)) == [(7, "Melding Kontroll 2e")]


# --- what is deleted ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", ["Melding Kontroll 2a", "Melding Kontroll 4", "Melder Kontroll 2"])
def test_no_rule_is_held_against_a_deleted_note(rule: str) -> None:
    text = changed(*BREAKING[rule][0][1])
    assert refused(text)
    assert refused(text.replace("<Melding ", '<Melding ErSlettet="true" ')) == []
    named = f'<Slettet Id="{uuid(4).upper()}" Type="Melding" SluttDato="2026-11-01"/></Sak>'
    assert refused(text.replace("</Sak>", named)) == []
    of_another_kind = named.replace("Melding", "Plan")
    assert refused(text.replace("</Sak>", of_another_kind))


def test_a_deleted_case_need_not_have_content() -> None:
    text = changed(*EMPTY)
    assert refused(text) == [(5, "Sak Kontroll 21")]
    assert refused(text.replace("<Sak ", '<Sak ErSlettet="true" ')) == []


# --- numbers that could be somebody's ----------------------------------------------------------------------------


def test_a_number_in_real_form_is_let_in_only_where_that_is_allowed() -> None:
    text = changed(number(REAL_FORM))
    assert refused(text) == [(6, SYNTHETIC_ONLY)]
    assert refused(text, allow_real_ids=True) == []
    assert REAL_FORM not in "".join(problem.message for problem in problems_of(text))


def test_a_synthetic_number_is_let_in_everywhere() -> None:
    assert refused(SMALL, allow_real_ids=True) == []


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        ("201012345610", True),
        ("201012345611", False),
        ("201012345600", False),
        ("201112345610", False),
        ("٢٠١٠١٢٣٤٥٦١٠", False),
    ],
)
def test_duf_numbers(value: str, is_one: bool) -> None:
    """2·4 + 0·6 + 1·3 + 0·2 + 1·4 + 2·6 + 3·3 + 4·2 + 5·7 + 6·5 = 109, which leaves 10 when divided by 11."""
    assert is_duf_number(value) is is_one


# --- the sentences ------------------------------------------------------------------------------------------------


def test_several_faults_are_told_together_in_file_order() -> None:
    text = changed(
        ('<Melder Kode="10"/>', '<Melder Kode="22"/>'),
        ('<Kategori Kode="3.10"/>', '<Kategori Kode="3.99"/>'),
        (INVESTIGATION_END, INVESTIGATION_END.replace("11-10", "10-25")),
    )
    assert refused(text) == [(8, "Melder Kontroll 2"), (12, "Undersøkelse Kontroll 2a"), (21, "Tiltak Kontroll 7")]


def test_the_sentence_says_what_and_what_to_do() -> None:
    found = problems_of(changed(*BREAKING["Undersøkelse Kontroll 2a"][0][1]))
    assert found[0].message == (
        "Undersøkelsen starter 26.10.2026, men er avsluttet 25.10.2026. Rett det i fagsystemet, og lag en ny fil."
    )


def test_a_thousand_faults_are_not_all_told() -> None:
    wrong = "".join(f'<Undersokelse Id="{uuid(1000 + n)}" StartDato="2026-01-{n % 28 + 1:02}"/>\n' for n in range(1000))
    assert len(refused(changed((INVESTIGATION, wrong + INVESTIGATION)))) == 25


def test_rules_that_are_not_yet_in_force_are_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="no rules"):
        read(SMALL.encode(), name="test.xml", on=date(2021, 12, 31))
    in_2022 = SMALL.replace("2026-1", "2022-1")
    assert read(in_2022.encode(), name="test.xml", on=date(2022, 1, 1)).case.notes


# --- the tables are the source's ------------------------------------------------------------------------------------


def spec() -> dict[str, tuple[Severity, bool, date | None]]:
    """Number → severity, whether milder when migrated, first day; read from the source's own text."""
    path = SHARED / "Kravspesifikasjon.md"
    assert path.exists(), f"The official rules must be at {path}: without them nothing shows that ours are all of them."
    body = (
        path.read_text(encoding="utf-8")
        .partition('# <a name="valideringer">')[2]
        .partition('## <a name="endringslogg">')[0]
    )
    found = {}
    for part in re.split(r"^#{3,4} ", body, flags=re.MULTILINE)[1:]:
        title = part.partition("\n")[0].removeprefix("### ").removeprefix("UTGÅR: ")
        severities = re.findall(r"^Alvorlighetsgrad(?:, konklusjon kode 1)?: (\w+)", part, flags=re.MULTILINE)
        if not severities:
            continue
        numbered = re.match(r"(.+?) [Kk]ontroll (\w+):", title)
        number = f"{numbered[1]} Kontroll {numbered[2]}" if numbered else FILE_DESCRIPTION
        valid = re.search(r"^Gyldig fra (\d{4}-\d\d-\d\d)", part, flags=re.MULTILINE)
        is_milder = "Alvorlighetsgrad med migrert-id: WARNING" in part
        found[number] = (Severity(severities[0]), is_milder, date.fromisoformat(valid[1]) if valid else None)
    return found


def test_every_rule_of_the_source_is_checked_or_said_not_to_be() -> None:
    checked = {rule.number for rule in RULES}
    not_checked = [number for group in NOT_CHECKED for number in group.numbers]
    assert len(not_checked) == len(set(not_checked))
    assert checked.isdisjoint(not_checked)
    assert checked | set(not_checked) == set(spec())


def test_the_checked_rules_are_as_the_source_has_them() -> None:
    ours = {rule.number: (rule.severity, rule.is_milder_when_migrated, rule.valid_from) for rule in RULES}
    assert ours == {number: spec()[number] for number in ours}


def test_the_rules_not_checked_have_the_severity_of_the_source() -> None:
    for group in NOT_CHECKED:
        assert {spec()[number][0] for number in group.numbers} == {group.severity}, group


def test_every_rule_that_refuses_and_is_not_checked_is_about_what_is_not_read() -> None:
    for group in NOT_CHECKED:
        if group.severity in (Severity.FATAL, Severity.ERROR):
            assert "leses ikke" in group.reason or "utgått" in group.reason
