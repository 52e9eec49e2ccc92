"""Our own description of the format says what the official schema says, on thousands of broken files.

The schema is not part of this project: it is read from the folder of shared reading beside it.
"""

import copy
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from grunnmur.exchange.ssb import format_v4 as v4
from grunnmur.exchange.ssb.problems import FileRefused
from grunnmur.exchange.ssb.safe_xml import open_tree
from grunnmur.exchange.ssb.structure import check
from tests.exchange.ssb.files import FULL, SHARED, SMALL, data, tree, uuid

XSI = "http://www.w3.org/2001/XMLSchema-instance"

DATES = [
    *("2025-08-11", "2025-08-11Z", "2025-08-11+01:00", "2025-08-11-00:00", "2025-08-11+14:00", "2025-08-11+14:01"),
    *("2025-08-11+13:60", "2025-08-11+1:00", " 2025-08-11", "2025-08-11\n", "2025-08-11 +01:00", "2025-08-11z"),
    *("2024-02-29", "2025-02-29", "1900-02-29", "2000-02-29", "2025-04-31", "2025-13-01", "2025-00-10", "2025-01-00"),
    *("0000-01-01", "0001-01-01", "-0001-01-01", "-0004-02-29", "-0001-02-29", "-2025-08-11", "--2025-08-11"),
    *("9999-12-31", "10000-01-01", "12025-08-11", "02025-08-11", "99999-02-29", "100000-02-29", "+2025-08-11"),
    *("9223372036854775807-01-01", "9223372036854775808-01-01", "1" * 5000 + "-01-01"),
    *("2025-8-11", "25-08-11", "20250811", "11.08.2025", "2025-08-11T00:00:00", "٢٠٢٥-08-11", ""),
]
MOMENTS = [
    *("2026-11-20T06:00:00+01:00", "2026-11-20T06:00:00Z", "2026-11-20T06:00:00", "2026-11-20 06:00:00Z"),
    *("2026-11-20T24:00:00Z", "2026-11-20T24:00:00.000Z", "2026-11-20T24:00:01Z", "2026-11-20T24:00:00.1Z"),
    *("9999-12-31T24:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0000-01-01T00:00:00Z"),
    *("2026-11-20T23:59:59.123456789Z", "2026-11-20T23:59:59.1234567890Z", "2026-11-20T06:00:00.Z"),
    *("2026-11-20T23:59:60Z", "2026-11-20T06:60:00Z", "2026-11-20T25:00:00Z", "2026-02-30T06:00:00Z"),
    *("2026-11-20T06:00:00+14:00", "2026-11-20T06:00:00-14:01", "2026-11-20T06:00:00+24:00"),
    *(" 2026-11-20T06:00:00Z", "2026-11-20T06:00:00Z\t", "2026-11-20t06:00:00z", "12026-11-20T06:00:00Z"),
]
UUIDS = [
    *(uuid(77), uuid(77).upper(), uuid(20), uuid(50), uuid(110), uuid(77)[:-1], uuid(77) + "0", f" {uuid(77)}"),
    *(f"{{{uuid(77)}}}", "0000004d-0000-0000-8000-000000000000", "0000004d-0000-6000-8000-000000000000"),
    *("0000004d-0000-4000-7000-000000000000", "0000004d-0000-4000-c000-000000000000", "0000004g-0000-4000-8000-0"),
    *("", "x" * 50, "x" * 51),
]
CODES = [
    *("0", "1", "2", "3", "4", "5", "8", "9", "10", "11", "22", "25", "26", "36", "37", "01", " 1", "1 ", "1.0"),
    *("1.1", "1.2", "1.3", "1.4", "2.1", "2.2", "2.6", "2.7", "2.9", "1.1.1", "1.1.5", "1.2.3", "1.1.01", "1.1.05"),
    *("1.3.11", "1.3.12", "3.3.06", "3.3.07", "2.99", "3.11", "8.2", "8.5", "8.6", "8.99", "9.1", "BVL", "BVL2021"),
    *(
        "BVL1992",
        "bvl",
        "Melding",
        "melding",
        "Sak",
        "OversendelseFylkesnemnd",
        "true",
        "false",
        "TRUE",
        " true ",
        "yes",
    ),
]
TEXTS = [
    *("", " ", "a", "ab", "abc", "x" * 36, "x" * 37, "x" * 50, "x" * 51, "å" * 250, "å" * 251, "😀" * 300, "x" * 301),
    *("å" * 10_000, "å" * 10_001, "\t", "a\nb", "&<>\"'", "\u00a0"),
    *("12", "123", "1234", "12345", "٤٢٠٢", "123456789", "12345678a", "12345678901", "1234567890", "123456789012"),
    *("4a", "4ab", "4abc", "12ab", "12abc", "a4", "a", "A", "æ", "0", "00", "1\n"),
]
VALUES = sorted({*DATES, *MOMENTS, *UUIDS, *CODES, *TEXTS})


def names_of(element: v4.Element) -> Iterator[tuple[str, ...]]:
    for child in element.children:
        yield child.name, *child.element.attributes
        yield from names_of(child.element)


ELEMENT_NAMES = sorted({v4.ROOT_NAME, "Ukjent", *(names[0] for names in names_of(v4.ROOT))})
ATTRIBUTE_NAMES = sorted(
    {
        "Ukjent",
        "id",
        f"{{{XSI}}}nil",
        f"{{{XSI}}}type",
        f"{{{XSI}}}schemaLocation",
        f"{{{XSI}}}noNamespaceSchemaLocation",
    }
    | {f"{{{XSI}}}annet", "{urn:x}Kode", "{http://www.w3.org/XML/1998/namespace}lang", *v4.ROOT.attributes}
    | {attribute for names in names_of(v4.ROOT) for attribute in names[1:]}
)


@pytest.fixture(scope="session")
def schema() -> etree.XMLSchema:
    path = SHARED / "Barnevern_v4.xsd"
    assert path.exists(), f"The official schema must be at {path}: without it nothing shows that our table is right."
    return etree.XMLSchema(etree.parse(path))


def ours(content: bytes) -> bool:
    """Whether we accept the file's structure."""
    return not check(open_tree(content, name="test.xml"))[1]


def assert_same_verdict(schema: etree.XMLSchema, content: bytes) -> bool:
    theirs = schema.validate(etree.fromstring(content))
    assert ours(content) == theirs, (theirs, schema.error_log, content.decode()[:6000])
    return theirs


@pytest.mark.parametrize("text", [SMALL, FULL], ids=["small", "full"])
def test_the_files_we_build_on_follow_the_schema(schema: etree.XMLSchema, text: str) -> None:
    assert assert_same_verdict(schema, text.encode())


def test_the_full_file_uses_every_element_and_attribute_of_the_table() -> None:
    root = tree(FULL)
    assert {str(element.tag) for element in root.iter()} == set(ELEMENT_NAMES) - {"Ukjent"}
    used = {(str(e.tag), key) for e in root.iter() for key in e.attrib}
    known = {(names[0], attribute) for names in names_of(v4.ROOT) for attribute in names[1:]}
    assert known <= used


@pytest.mark.parametrize("path", sorted(SHARED.glob("examples/*.xml")), ids=lambda path: path.stem[:1])
def test_the_official_examples_are_accepted(schema: etree.XMLSchema, path: Path) -> None:
    assert assert_same_verdict(schema, path.read_bytes())


def test_there_are_examples_to_try() -> None:
    assert len(list(SHARED.glob("examples/*.xml"))) >= 3, f"The example files must be in {SHARED}."


# --- one change at a time, in every place -------------------------------------------------------------------


def each_element(change: str) -> Iterator[bytes]:
    """The full file with one change to one element, for every element."""
    for number in range(len(list(tree(FULL).iter()))):
        root = tree(FULL)
        if apply(root, change, number, 0, 0):
            yield data(root)


@pytest.mark.parametrize(
    "change", ["drop", "double", "swap", "reverse", "rename", "wrap", "text", "space", "tail", "comment", "namespace"]
)
def test_a_change_to_any_element(schema: etree.XMLSchema, change: str) -> None:
    verdicts = [assert_same_verdict(schema, content) for content in each_element(change)]
    assert len(verdicts) > 20
    assert not all(verdicts) or change == "comment"


@pytest.mark.parametrize("name", ELEMENT_NAMES)
def test_any_element_in_any_place(schema: etree.XMLSchema, name: str) -> None:
    """A copy of each element put first and last inside every kind of element."""
    source = tree(FULL)
    found = next(source.iter(name), None)
    places = {str(element.tag): number for number, element in enumerate(source.iter())}
    for number in places.values():
        for where in (0, 10**6):
            root = tree(FULL)
            target = list(root.iter())[number]
            target.insert(where, etree.Element(name) if found is None else copy.deepcopy(found))
            assert_same_verdict(schema, data(root))


@pytest.mark.parametrize("name", ATTRIBUTE_NAMES)
def test_any_attribute_in_any_place(schema: etree.XMLSchema, name: str) -> None:
    """Each attribute dropped from, or given to, every kind of element."""
    places = {str(element.tag): number for number, element in enumerate(tree(FULL).iter())}
    for number in places.values():
        root = tree(FULL)
        target = list(root.iter())[number]
        if name in target.attrib:
            del target.attrib[name]
        else:
            target.set(name, "1")
        assert_same_verdict(schema, data(root))


def value_places() -> Iterator[tuple[int, str | None]]:
    """Every place that holds a value, once for each kind of element: an attribute, or (None) its own text."""
    seen = set()
    for number, element in enumerate(tree(FULL).iter()):
        parent = element.getparent()
        keys: list[str | None] = [str(key) for key in element.attrib]
        if not len(element) and element.text:
            keys.append(None)
        for key in keys:
            place = (None if parent is None else parent.tag, element.tag, key)
            if place not in seen:
                seen.add(place)
                yield number, key


def values_like(value: str) -> list[str]:
    """Right and wrong values of the kind that stands here, and a few of each other kind."""
    kinds = [DATES, MOMENTS, UUIDS, [*CODES, *TEXTS]]
    own = 0 if len(value) == 10 and value[4] == "-" else 1 if value[10:11] == "T" else 2 if len(value) == 36 else 3
    return [*kinds[own], *(other for kind in kinds for other in kind[:3])]


@pytest.mark.parametrize("place", list(value_places()), ids=lambda place: f"{place[0]}-{place[1]}")
def test_any_value_in_any_place(schema: etree.XMLSchema, place: tuple[int, str | None]) -> None:
    number, key = place
    verdicts = set()
    root = tree(FULL)
    element = list(root.iter())[number]
    for value in values_like(str(element.text if key is None else element.get(key))):
        put(element, key, value)
        verdicts.add(assert_same_verdict(schema, data(root)))
    assert verdicts == {True, False}, "the values tried must tell right from wrong here"


# --- several changes together --------------------------------------------------------------------------------

CHANGES = [
    *("drop", "double", "swap", "reverse", "rename", "wrap", "text", "space", "tail", "comment", "namespace"),
    *("value", "attribute", "no attribute", "insert"),
]


def put(element: etree._Element, key: str | None, value: str) -> None:
    if key is None:
        element.text = value
    else:
        element.set(key, value)


def apply(root: etree._Element, change: str, where: int, which: int, what: int) -> bool:
    """Make one change in place; False when it cannot be made there."""
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    element = elements[where % len(elements)]
    parent = element.getparent()
    following = element.getnext()
    match change:
        case "drop" if parent is not None:
            parent.remove(element)
        case "double" if parent is not None:
            element.addnext(copy.deepcopy(element))
        case "swap" if following is not None:
            following.addnext(element)
        case "reverse" if len(element) > 1:
            element[:] = list(reversed(element))
        case "rename":
            element.tag = ELEMENT_NAMES[which % len(ELEMENT_NAMES)]
        case "wrap" if parent is not None:
            wrapper = etree.Element(str(element.tag))
            element.addprevious(wrapper)
            wrapper.append(element)
        case "text":
            element.text = (element.text or "") + "x"
        case "space":
            element.text = (element.text or "") + " "
        case "tail" if parent is not None:
            element.tail = "x"
        case "comment":
            element.insert(0, etree.Comment("x"))
        case "namespace":
            element.tag = f"{{urn:x}}{etree.QName(element).localname}"
        case "value" if element.attrib or (element.text or "").strip():
            keys: list[str | None] = [str(key) for key in element.attrib] or [None]
            put(element, keys[which % len(keys)], VALUES[what % len(VALUES)])
        case "attribute":
            element.set(ATTRIBUTE_NAMES[which % len(ATTRIBUTE_NAMES)], VALUES[what % len(VALUES)])
        case "no attribute" if element.attrib:
            del element.attrib[sorted(element.attrib)[which % len(element.attrib)]]
        case "insert":
            element.insert(which % (len(element) + 1), copy.deepcopy(elements[what % len(elements)]))
        case _:
            return False
    return True


@given(
    st.lists(
        st.tuples(st.sampled_from(CHANGES), st.integers(0, 200), st.integers(0, 60), st.integers(0, 400)),
        min_size=1,
        max_size=4,
    )
)
@settings(max_examples=500, deadline=None)
def test_several_changes_together(schema: etree.XMLSchema, changes: list[tuple[str, int, int, int]]) -> None:
    root = tree(FULL)
    for change, where, which, what in changes:
        apply(root, change, where, which, what)
    assert_same_verdict(schema, data(root))


@pytest.mark.parametrize(
    ("before", "after", "accepted"),
    [
        ("<Sak ", '<Sak xmlns:xsi="{xsi}" xsi:type="SakType" ', True),
        ("<Sak ", '<Sak xmlns:xsi="{xsi}" xsi:type="PlanType" ', False),
        ("<Sak ", '<Sak xmlns:xsi="{xsi}" xmlns:xs="http://www.w3.org/2001/XMLSchema" xsi:type="xs:anyType" ', False),
        ("<Konklusjon ", '<Konklusjon xmlns:xsi="{xsi}" xsi:type="KonklusjonType" ', False),
        ("<Barnevern ", '<Barnevern xmlns:xsi="{xsi}" xsi:noNamespaceSchemaLocation="Barnevern_v4.xsd" ', True),
        ("<Barnevern ", '<Barnevern xmlns:q="urn:unused" ', True),
        ("<Barnevern ", '<Barnevern xmlns="urn:x" ', False),
        ("<Lov>BVL2021", "<Lov>BVL<!-- -->2021", True),
        ("<Lov>BVL2021", "<Lov><![CDATA[BVL]]>2021", True),
        ("<Lov>BVL2021", "<Lov>&#66;VL2021", True),
        ("<Lovhjemmel>", "<Lovhjemmel><![CDATA[ ]]>", True),
        ("<Lovhjemmel>", "<Lovhjemmel>&#160;", False),
        ('<Melder Kode="10"/>', '<Melder Kode="10"><?x y?></Melder>', True),
        ('<Melder Kode="10"/>', '<Melder Kode="10">\n</Melder>', False),
    ],
)
def test_what_xml_itself_allows(schema: etree.XMLSchema, before: str, after: str, accepted: bool) -> None:
    content = SMALL.replace(before, after.format(xsi=XSI), 1).encode()
    assert content != SMALL.encode()
    assert assert_same_verdict(schema, content) is accepted


def test_a_date_with_an_explicit_type(schema: etree.XMLSchema) -> None:
    typed = f'<StartDato xmlns:xsi="{XSI}" xmlns:xs="http://www.w3.org/2001/XMLSchema" xsi:type="xs:date">'
    assert assert_same_verdict(schema, FULL.replace("<StartDato>", typed).encode())
    assert not assert_same_verdict(schema, FULL.replace("<StartDato>", typed.replace("date", "dateTime")).encode())


# --- what the sender is told ----------------------------------------------------------------------------------


def test_a_fault_is_told_with_its_line_and_without_the_value() -> None:
    content = SMALL.replace('Fodseldato="2012-05-14"', f'Fodseldato="{14851281232}"')
    problems = check(open_tree(content.encode(), name="test.xml"))[1]
    assert [(p.line, p.rule) for p in problems] == [(6, "Filbeskrivelse")]
    assert problems[0].message == (
        "«Personalia/Fodseldato» er ikke en dato som finnes, skrevet ÅÅÅÅ-MM-DD. "
        "Be leverandøren av fagsystemet rette det, og lag en ny fil."
    )


@given(st.sampled_from(VALUES))
@example("14851281232")
@settings(max_examples=30, deadline=None)
def test_no_fault_shows_what_somebody_wrote(value: str) -> None:
    root = tree(SMALL)
    for element in root.iter():
        for key in element.attrib:
            element.set(key, f"14851281232{value}")
    try:
        problems = check(open_tree(data(root), name="test.xml"))[1]
    except FileRefused as refused:
        problems = refused.problems
    assert problems
    assert "14851281232" not in "".join(problem.message for problem in problems)


def test_a_name_from_the_file_is_shown_without_numbers() -> None:
    content = SMALL.replace("<Melder ", "<n14851281232 ")
    messages = [problem.message for problem in check(open_tree(content.encode(), name="test.xml"))[1]]
    assert any("«n…»" in message for message in messages)
    assert not any("14851281232" in message for message in messages)


def test_a_file_with_a_thousand_faults_tells_of_the_first_ones() -> None:
    content = SMALL.replace('<Melder Kode="10"/>', '<Melder Kode="99"/>\n' * 1000)
    assert len(check(open_tree(content.encode(), name="test.xml"))[1]) == 25
