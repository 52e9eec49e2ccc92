"""What is written is read back to the same, follows the source's own schema, and says what it must not be used as."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from grunnmur.cases.national_id import Sex, make_synthetic, parse
from grunnmur.cases.terms import ChildParticipation
from grunnmur.clock import OSLO
from grunnmur.exchange.ssb import format_v4 as v4
from grunnmur.exchange.ssb import rules
from grunnmur.exchange.ssb.case_view import CaseView
from grunnmur.exchange.ssb.file import (
    Case,
    Investigation,
    LegalBasis,
    Measure,
    NationalFile,
    NoteOfConcern,
    Participation,
    PersonalData,
    Sender,
    legal_basis,
    read,
)
from grunnmur.exchange.ssb.safe_xml import open_tree
from grunnmur.exchange.ssb.structure import check
from grunnmur.exchange.ssb.write import NOT_TO_BE_DELIVERED, write
from tests.exchange.ssb.files import SHARED, SMALL, uuid

ON = date(2026, 11, 22)
"""The day on which the files are written and read."""
FIRST = date(2020, 1, 1)
SCHEMA = etree.XMLSchema(etree.parse(SHARED / "Barnevern_v4.xsd"))

# --- any case that keeps the rules ---------------------------------------------------------------------------------

CLARIFIED = {"22", "18", "19", *rules.NEEDS_CLARIFYING}
"""Codes that the rules want a text beside, which no fact holds."""


def codes(of: v4.Text) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted((of.codes or frozenset()) - CLARIFIED))


def days(first: date) -> st.SearchStrategy[date]:
    return st.dates(first, ON)


@st.composite
def periods(draw: st.DrawFn, first: date) -> tuple[date, date | None]:
    start = draw(days(first))
    return start, draw(st.none() | days(start))


@st.composite
def notes(draw: st.DrawFn, first: date) -> NoteOfConcern:
    start, end = draw(periods(first))
    at_least = 1 if end else 0
    several = st.lists(codes(v4.CASE_CONTENTS), min_size=at_least, max_size=3)
    return NoteOfConcern(
        source_id=draw(st.uuids(version=4)),
        received_on=start,
        reporters=tuple(draw(st.lists(codes(v4.REPORTERS), min_size=at_least, max_size=3))),
        contents=tuple(draw(several)),
        conclusion=draw(st.sampled_from(["1", "2", "3", "10"])) if end else "",
        concluded_on=end,
    )


@st.composite
def investigations(draw: st.DrawFn, first: date) -> Investigation:
    start, end = draw(periods(first))
    took_part = st.builds(Participation, days(start), st.sampled_from(ChildParticipation))
    return Investigation(
        source_id=draw(st.uuids(version=4)),
        opened_on=start,
        conclusion=draw(st.sampled_from("123456789")) if end else "",
        concluded_on=end,
        participation=draw(st.none() | took_part),
    )


LAWS = [("BVL2021", "3", "1"), ("BVL2021", "5", "1"), ("BVL", "4", "8"), ("BVL", "4", "12"), ("BL1981", "5", "36b")]


@st.composite
def measures(draw: st.DrawFn, first: date) -> Measure:
    start, end = draw(periods(first))
    law = draw(st.sampled_from(LAWS))
    subsections = tuple(draw(st.lists(st.sampled_from(["1", "2", "3", "14"]), max_size=2, unique=True)))
    return Measure(
        source_id=draw(st.uuids(version=4)),
        category=draw(codes(v4.MEASURE_CATEGORIES)),
        legal_basis=LegalBasis(*law, subsections),
        is_care_order=rules.is_care_order_by(law, subsections=subsections),
        from_on=start,
        until_on=end,
        ended_because=draw(st.sampled_from("123")) if end else "",
    )


@st.composite
def files(draw: st.DrawFn) -> NationalFile:
    """A child under eighteen, and whatever can stand in its case folder."""
    born_on = draw(st.dates(date(2010, 1, 1), FIRST))
    start = draw(days(FIRST))
    number = make_synthetic(born_on, draw(st.sampled_from(Sex)), draw(st.integers(0, 20)))
    contents = {
        "notes": tuple(draw(st.lists(notes(start), max_size=3, unique_by=lambda one: one.source_id))),
        "investigations": tuple(
            draw(st.lists(investigations(start), max_size=3, unique_by=lambda one: replace(one, source_id=UUID(int=0))))
        ),
        "measures": tuple(draw(st.lists(measures(start), max_size=3, unique_by=lambda one: one.source_id))),
    }
    is_closed = not any(contents.values()) or draw(st.booleans())
    at = datetime.combine(ON, draw(st.times()).replace(microsecond=0), OSLO)
    return NationalFile(
        name="x",
        sha256="",
        file_id=draw(st.uuids(version=4)),
        previous_id=draw(st.none() | st.uuids(version=4)),
        extracted_at=at,
        extracted_on=ON,
        sender=Sender("964964998", "4202", draw(st.sampled_from(["Grimstad", 'Å & "<Ö>"\n'])), "01", "Fevik"),
        case=Case(
            source_id=draw(st.uuids(version=4)),
            journal_number=draw(st.sampled_from(["G-1", "é<&>'\" \t1"])),
            from_on=start,
            until_on=ON if is_closed else None,
            is_closed=is_closed,
            is_deleted=False,
            personal_data=(PersonalData(draw(st.uuids(version=4)), start, parse(number), born_on),),
            **contents,
            deleted=(),
        ),
    )


@given(files())
@settings(max_examples=120)
def test_what_is_written_is_read_back_to_the_same(file: NationalFile) -> None:
    data = write(file)
    found = read(data, name="x", on=ON)
    assert replace(found, sha256="") == file
    SCHEMA.assertValid(etree.fromstring(data))


def test_a_case_that_is_closed_without_a_day_is_closed_when_it_is_read() -> None:
    file = small()
    closed = read(write(replace(file, case=replace(file.case, is_closed=True))), name="x", on=ON).case
    assert (closed.is_closed, closed.until_on) == (True, None)


@pytest.mark.parametrize(
    ("ending", "sex", "born_on"),
    [
        pytest.param("00100", "1", date(2015, 3, 9), id="a-boy-without-a-number"),
        pytest.param("00200", "2", date(2015, 3, 9), id="a-girl-without-a-number"),
        pytest.param("99999", "0", ON + timedelta(days=40), id="not-born"),
    ],
)
def test_the_sex_is_what_the_number_says(ending: str, sex: str, born_on: date) -> None:
    file = small()
    person = replace(file.case.person, national_id=parse(f"{born_on:%d%m%y}{ending}"), born_on=born_on)
    data = write(replace(file, case=replace(file.case, personal_data=(person,))))
    assert f'Kjonn="{sex}"'.encode() in data
    assert read(data, name="x", on=ON).case.person == person


def test_every_file_says_that_it_is_not_the_report() -> None:
    root = etree.fromstring(write(small()))
    assert NOT_TO_BE_DELIVERED in root[0].text, "to whoever opens it"
    assert NOT_TO_BE_DELIVERED in root.find("Fagsystem").get("Navn"), "to whoever reads it by program"


# --- what the register asks for beside -----------------------------------------------------------------------------


def small() -> NationalFile:
    return read(SMALL.encode(), name="x", on=ON)


def lacking(file: NationalFile) -> set[str]:
    root, problems = check(open_tree(write(file), name="x"))
    assert problems == ()
    return {number for number, _says in rules.asked_for(CaseView(root, ON))}


def test_a_note_is_tied_to_the_investigation_that_its_conclusion_opened() -> None:
    (relation,) = etree.fromstring(write(small())).iter("Relasjon")
    assert (relation.get("FraId"), relation.get("TilId")) == (uuid(4), uuid(5))
    assert lacking(small()) == {"Undersøkelse Kontroll 7", "Undersøkelse Kontroll 21", "Tiltak Kontroll 20"}


@pytest.mark.parametrize(
    ("note", "more"),
    [
        pytest.param({"conclusion": "3"}, (), id="it-was-concluded-otherwise"),
        pytest.param({"concluded_on": date(2026, 10, 25)}, (), id="on-another-day"),
        pytest.param({}, (Investigation(UUID(uuid(55)), date(2026, 10, 26)),), id="two-were-opened-that-day"),
    ],
)
def test_a_note_is_not_tied_to_what_it_may_not_have_led_to(
    note: dict[str, object], more: tuple[Investigation, ...]
) -> None:
    file = small()
    (only,) = file.case.notes
    case = replace(file.case, notes=(replace(only, **note),), investigations=(*file.case.investigations, *more))
    assert "Undersøkelse Kontroll 20" in lacking(replace(file, case=case))


@pytest.mark.parametrize(
    ("conclusion", "lacks"),
    [
        ("1", {"Undersøkelse Kontroll 7", "Undersøkelse Kontroll 21"}),
        ("2", {"Undersøkelse Kontroll 7"}),
        ("3", set()),
    ],
)
def test_what_an_investigation_led_to_is_asked_for(conclusion: str, lacks: set[str]) -> None:
    file = small()
    (only,) = file.case.investigations
    case = replace(file.case, investigations=(replace(only, conclusion=conclusion),), measures=())
    assert lacking(replace(file, case=case)) == lacks


def test_a_file_that_lacks_nothing_is_not_said_to() -> None:
    """The rules themselves, on a file with all that they ask for, as no file from here has."""
    whole = SMALL.replace(
        f'<Undersokelse Id="{uuid(5)}" StartDato="2026-10-26">',
        f'<Undersokelse Id="{uuid(5)}" StartDato="2026-10-26"><Vedtaksgrunnlag Kode="1.1.02"/>',
    ).replace(
        "</Sak>",
        f'<Vedtak Id="{uuid(8)}" StartDato="2026-11-10"><Lovhjemmel><Lov>BVL2021</Lov><Kapittel>3</Kapittel>'
        f'<Paragraf>1</Paragraf></Lovhjemmel><Status Id="{uuid(9)}" EndretDato="2026-11-10" Kode="1"/></Vedtak>'
        + "".join(
            f'<Relasjon Id="{uuid(90 + n)}" FraId="{uuid(f)}" FraType="{a}" TilId="{uuid(t)}" TilType="{b}"/>'
            for n, (f, a, t, b) in enumerate(
                [
                    (4, "Melding", 5, "Undersokelse"),
                    (5, "Undersokelse", 8, "Vedtak"),
                    (8, "Vedtak", 6, "Tiltak"),
                ]
            )
        )
        + "</Sak>",
    )
    root, problems = check(open_tree(whole.encode(), name="x"))
    assert problems == ()
    assert list(rules.asked_for(CaseView(root, ON))) == []


@pytest.mark.parametrize("law", LAWS)
def test_a_legal_basis_is_what_it_reads_as(law: tuple[str, str, str]) -> None:
    basis = LegalBasis(*law, ("2",))
    assert legal_basis(str(basis), ("2",)) == basis


def test_the_middle_of_the_night_is_the_day_in_norway() -> None:
    file = replace(small(), extracted_at=datetime.combine(ON, time(0, 30), OSLO))
    assert read(write(file), name="x", on=ON).extracted_on == ON
