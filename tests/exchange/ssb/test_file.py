"""What comes out of a file: plain facts, with what is deleted told apart, and the same facts every time."""

from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grunnmur.cases.target_group import position, suggested_criteria
from grunnmur.cases.terms import ChildParticipation, ChildWelfarePosition
from grunnmur.exchange.ssb.file import (
    Case,
    Deleted,
    ElementKind,
    Investigation,
    LegalBasis,
    Measure,
    NationalFile,
    NoteOfConcern,
    Participation,
    PersonalData,
    Sender,
    read,
)
from tests.exchange.ssb.files import NATIONAL_ID, SHARED, SMALL, uuid

ON = date(2026, 11, 22)
PERSON_LINE = SMALL.splitlines()[5]


def opened(text: str) -> NationalFile:
    return read(text.encode(), name="test.xml", on=ON)


def changed(*changes: tuple[str, str]) -> NationalFile:
    text = SMALL
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after, 1)
    return opened(text)


def slettet(number: int, kind: str) -> tuple[str, str]:
    return "</Sak>", f'<Slettet Id="{uuid(number)}" Type="{kind}" SluttDato="2026-11-15"/></Sak>'


def test_everything_that_is_read() -> None:
    found = opened(SMALL)
    person = found.case.person
    assert found == NationalFile(
        name="test.xml",
        sha256=found.sha256,
        file_id=UUID(uuid(1)),
        previous_id=None,
        extracted_at=datetime(2026, 11, 20, 6, tzinfo=timezone(timedelta(hours=1))),
        extracted_on=date(2026, 11, 20),
        sender=Sender("964964998", "4202", "Grimstad kommune"),
        case=Case(
            source_id=UUID(uuid(2)),
            journal_number="G-2026-0114",
            from_on=date(2026, 10, 20),
            until_on=None,
            is_closed=False,
            is_deleted=False,
            personal_data=(
                PersonalData(UUID(uuid(3)), date(2026, 10, 20), person.national_id, born_on=date(2012, 5, 14)),
            ),
            notes=(NoteOfConcern(UUID(uuid(4)), date(2026, 10, 20), ("10",), ("1.1.02",), "2", date(2026, 10, 26)),),
            investigations=(Investigation(UUID(uuid(5)), date(2026, 10, 26), "1", date(2026, 11, 10)),),
            measures=(
                Measure(
                    UUID(uuid(6)),
                    category="3.10",
                    legal_basis=LegalBasis("BVL2021", "3", "1"),
                    is_care_order=False,
                    from_on=date(2026, 11, 10),
                ),
            ),
            deleted=(),
        ),
    )
    assert (person.national_id.value, person.national_id.is_synthetic) == (NATIONAL_ID, True)
    assert found.case.measures[0].law == "BVL2021 § 3-1"
    assert len(found.sha256) == 64


def test_the_parts_that_are_not_always_there() -> None:
    found = changed(
        (f'Id="{uuid(1)}"', f'Id="{uuid(1)}" ForrigeId="{uuid(7)}"'),
        ('Kommunenavn="Grimstad kommune"', 'Kommunenavn="Oslo kommune" Bydelsnummer="05" Bydelsnavn="Frogner"'),
        ('Kjonn="2"', 'Kjonn="2" DUFnummer="201012345610"'),
        (
            '<Konklusjon SluttDato="2026-11-10" Kode="1"/>',
            "<BarnetsMedvirkning><StartDato>2026-11-01</StartDato><MedvirkningType>1.3</MedvirkningType>"
            "</BarnetsMedvirkning>",
        ),
        ("<Paragraf>1</Paragraf>", "<Paragraf>1</Paragraf><Ledd>1</Ledd><Ledd>2</Ledd>"),
        (
            '<Kategori Kode="3.10"/>',
            '<Kategori Kode="3.10"/><Opphevelse Kode="2"/><Konklusjon SluttDato="2026-11-12"/>',
        ),
    )
    assert found.previous_id == UUID(uuid(7))
    assert (found.sender.district_number, found.sender.district_name) == ("05", "Frogner")
    assert found.case.person.duf_number == "201012345610"
    assert found.case.investigations[0] == Investigation(
        UUID(uuid(5)),
        date(2026, 10, 26),
        participation=Participation(date(2026, 11, 1), ChildParticipation.OBSERVATION),
    )
    measure = found.case.measures[0]
    assert (measure.until_on, measure.ended_because) == (date(2026, 11, 12), "2")
    assert measure.legal_basis.subsections == ("1", "2")


@pytest.mark.parametrize(
    ("moment", "extracted_at", "extracted_on"),
    [
        ("2026-11-20T23:30:00Z", datetime(2026, 11, 20, 23, 30, tzinfo=UTC), date(2026, 11, 21)),
        ("2026-11-20T24:00:00+01:00", datetime(2026, 11, 20, 23, tzinfo=UTC), date(2026, 11, 21)),
        ("2026-06-30T22:00:00Z", datetime(2026, 6, 30, 22, tzinfo=UTC), date(2026, 7, 1)),
        ("2026-11-20T06:00:00.123456789Z", datetime(2026, 11, 20, 6, 0, 0, 123456, tzinfo=UTC), date(2026, 11, 20)),
    ],
)
def test_the_day_of_the_file_is_a_day_in_norway(moment: str, extracted_at: datetime, extracted_on: date) -> None:
    found = changed(("2026-11-20T06:00:00+01:00", moment))
    assert (found.extracted_at, found.extracted_on) == (extracted_at, extracted_on)


def test_the_newest_personal_data_are_the_childs() -> None:
    later = PERSON_LINE.replace(uuid(3), uuid(33)).replace('"2026-10-20"', '"2026-10-25"')
    same_day = PERSON_LINE.replace(uuid(3), uuid(34))
    found = changed((PERSON_LINE, f"{later}\n{PERSON_LINE}\n{same_day}"))
    assert [person.source_id for person in found.case.personal_data] == [UUID(uuid(n)) for n in (33, 3, 34)]
    assert found.case.person.source_id == UUID(uuid(33))
    found = changed((PERSON_LINE, f"{PERSON_LINE}\n{same_day}"))
    assert found.case.person.source_id == UUID(uuid(34))


# --- sent again, and deleted -------------------------------------------------------------------------------------


def test_the_same_bytes_are_the_same_facts() -> None:
    assert opened(SMALL) == opened(SMALL)
    assert opened(SMALL).sha256 != opened(SMALL + "\n").sha256
    assert opened(SMALL).case == opened(SMALL + "\n").case


@pytest.mark.parametrize(
    ("number", "kind", "left"),
    [
        (4, ElementKind.NOTE, (0, 1, 1)),
        (5, ElementKind.INVESTIGATION, (1, 0, 1)),
        (6, ElementKind.MEASURE, (1, 1, 0)),
    ],
)
def test_what_is_deleted_is_told_apart(number: int, kind: ElementKind, left: tuple[int, int, int]) -> None:
    marked = changed((f'<{kind} Id="{uuid(number)}"', f'<{kind} ErSlettet="true" Id="{uuid(number)}"')).case
    named = changed(slettet(number, kind)).case
    both = changed(
        slettet(number, kind), (f'<{kind} Id="{uuid(number)}"', f'<{kind} ErSlettet="1" Id="{uuid(number)}"')
    ).case
    for case in (marked, named, both):
        assert (len(case.notes), len(case.investigations), len(case.measures)) == left
    assert marked.deleted == (Deleted(kind, UUID(uuid(number)), None),)
    assert named.deleted == both.deleted == (Deleted(kind, UUID(uuid(number)), date(2026, 11, 15)),)


def test_what_is_deleted_may_be_gone_from_the_file() -> None:
    case = changed(slettet(99, "Melding")).case
    assert len(case.notes) == 1
    assert case.deleted == (Deleted(ElementKind.NOTE, UUID(uuid(99)), date(2026, 11, 15)),)


def test_an_element_is_deleted_by_kind_and_id_together() -> None:
    case = changed(slettet(4, "Tiltak")).case
    assert len(case.notes) == 1
    assert case.deleted == (Deleted(ElementKind.MEASURE, UUID(uuid(4)), date(2026, 11, 15)),)


def test_deleted_things_that_are_not_read_are_not_told() -> None:
    assert changed(slettet(4, "Plan")).case.deleted == ()


def test_a_conclusion_that_is_taken_back_leaves_the_note_open() -> None:
    case = changed(
        (
            '<Konklusjon SluttDato="2026-10-26" Kode="2"/>',
            '<Konklusjon SluttDato="2026-10-26" Kode="2" ErSlettet="true"/>',
        )
    ).case
    assert (case.notes[0].conclusion, case.notes[0].concluded_on) == ("", None)


def test_deleted_personal_data_are_not_the_childs() -> None:
    later = PERSON_LINE.replace(uuid(3), uuid(33)).replace('"2026-10-20"', '"2026-10-25"')
    found = changed((PERSON_LINE, f"{PERSON_LINE}\n{later}"), slettet(33, "Personalia"))
    assert found.case.person.source_id == UUID(uuid(3))


# --- as the target group asks for it ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attributes", "is_closed", "is_deleted", "expected"),
    [
        ("", False, False, ChildWelfarePosition.MEASURES_AT_HOME),
        ('SluttDato="2026-11-15" ', True, False, ChildWelfarePosition.NONE),
        ('SluttDato="2026-11-20" ', True, False, ChildWelfarePosition.NONE),
        ('SluttDato="2026-11-25" ', False, False, ChildWelfarePosition.MEASURES_AT_HOME),
        ('Avsluttet="true" ', True, False, ChildWelfarePosition.NONE),
        ('Avsluttet="false" ', False, False, ChildWelfarePosition.MEASURES_AT_HOME),
        ('ErSlettet="true" ', False, True, ChildWelfarePosition.NONE),
    ],
)
def test_a_case_that_is_closed_or_deleted(
    attributes: str, is_closed: bool, is_deleted: bool, expected: ChildWelfarePosition
) -> None:
    found = changed(('Journalnummer="', f'{attributes}Journalnummer="'))
    assert (found.case.is_closed, found.case.is_deleted) == (is_closed, is_deleted)
    assert position(found.facts(), ON) == expected


@pytest.mark.parametrize(
    ("example", "expected", "suggested"),
    [
        ("a", ChildWelfarePosition.INVESTIGATION, ["C4_CONCERN_FROM_HEALTH_SERVICE", "C5_CONCERN_ABOUT_HEALTH"]),
        ("b", ChildWelfarePosition.MEASURES_AT_HOME, []),
        ("c", ChildWelfarePosition.FOSTER_HOME, []),
    ],
)
def test_the_official_examples(example: str, expected: ChildWelfarePosition, suggested: list[str]) -> None:
    path = next(SHARED.glob(f"examples/{example}-*.xml"))
    found = read(path.read_bytes(), name=path.name, on=ON)
    assert position(found.facts(), ON) == expected
    assert [suggestion.criterion for suggestion in suggested_criteria(found.facts().notes, ON)] == suggested
    assert found.case.measures == () or found.case.measures[0].is_care_order is (example == "c")


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(st.lists(st.tuples(DAYS, st.sets(st.sampled_from(["1", "10", "13", "23"]), min_size=1)), max_size=6))
@settings(max_examples=50, deadline=None)
def test_every_note_in_the_file_comes_out_as_it_went_in(notes: list[tuple[date, set[str]]]) -> None:
    written = "".join(
        f'<Melding Id="{uuid(100 + number)}" StartDato="{day}">'
        + "".join(f'<Melder Kode="{code}"/>' for code in sorted(codes))
        + "</Melding>"
        for number, (day, codes) in enumerate(notes)
    )
    start = SMALL.index("<Melding ")
    end = SMALL.index("</Melding>") + len("</Melding>")
    text = (SMALL[:start] + written + SMALL[end:]).replace(
        'StartDato="2026-10-20" Journal', 'StartDato="2026-01-01" Journal'
    )
    found = [(note.received_on, set(note.reporters)) for note in opened(text).case.notes]
    assert found == notes
