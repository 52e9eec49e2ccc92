"""Bytes that nobody vouches for: each is refused in one plain sentence, quickly, and without reaching outside."""

import time
import zlib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grunnmur.exchange.ssb.file import NationalFile, read
from grunnmur.exchange.ssb.problems import FILE_DESCRIPTION, SAFE_FILE, FileRefused, Problem
from grunnmur.exchange.ssb.safe_xml import MAX_BYTES, MAX_TAGS
from tests.exchange.ssb.files import FULL, SMALL

ON = date(2026, 11, 22)
HEAD, BODY = SMALL.split("\n", 1)
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


def opened(content: bytes) -> NationalFile:
    return read(content, name="test.xml", on=ON)


def with_doctype(doctype: str, body: str = BODY) -> bytes:
    return f"{HEAD}\n{doctype}\n{body}".encode()


def changed(before: str, after: str) -> bytes:
    assert before in SMALL
    return SMALL.replace(before, after, 1).encode()


def on_case(attribute: str, number: int) -> bytes:
    """The case with so many more attributes; {n} in `attribute` is their number."""
    return changed("<Sak ", "<Sak " + " ".join(attribute.format(n=n) for n in range(number)) + " ")


INVESTIGATIONS = "".join(
    f'<Undersokelse Id="{n:08x}-0000-4000-8000-00000000000a" StartDato="2026-10-26"/>' for n in range(60_000)
)


def with_attribute(text: str) -> bytes:
    return SMALL.replace('Navn="Prøvefagsystem"', f'Navn="{text}"').encode()


HOSTILE: dict[str, tuple[bytes, str, int | None]] = {
    "empty": (b"", FILE_DESCRIPTION, None),
    "only spaces": (b" \n ", FILE_DESCRIPTION, None),
    "only a byte order mark": (b"\xef\xbb\xbf", FILE_DESCRIPTION, 1),
    "not xml": (b"%PDF-1.7 hello", FILE_DESCRIPTION, 1),
    "compressed": (zlib.compress(SMALL.encode()), FILE_DESCRIPTION, None),
    "cut off": (SMALL.encode()[: SMALL.index("Kjonn")], FILE_DESCRIPTION, 6),
    "two roots": (SMALL.encode() + b"<x/>", FILE_DESCRIPTION, 25),
    "another root": (b"<html/>", FILE_DESCRIPTION, 1),
    "billion laughs": (
        with_doctype(f'<!DOCTYPE Barnevern [<!ENTITY l0 "ha">{LAUGHS}]>', BODY.replace("Prøvefagsystem", "&l11;")),
        SAFE_FILE,
        2,
    ),
    "quadratic blowup": (
        with_doctype(f'<!DOCTYPE Barnevern [<!ENTITY a "{"a" * 100_000}">]>', BODY.replace("Prøvefag", "&a;" * 10_000)),
        SAFE_FILE,
        2,
    ),
    "a file from outside": (
        with_doctype(
            '<!DOCTYPE Barnevern [<!ENTITY x SYSTEM "file:///etc/passwd">]>', BODY.replace("Prøvefagsystem", "&x;")
        ),
        SAFE_FILE,
        2,
    ),
    "a dtd from outside": (with_doctype('<!DOCTYPE Barnevern SYSTEM "http://localhost:9/x.dtd">'), SAFE_FILE, 2),
    "parameter entities": (
        with_doctype('<!DOCTYPE Barnevern [<!ENTITY % x SYSTEM "http://localhost:9/x"> %x;]>'),
        SAFE_FILE,
        2,
    ),
    "defaults from a dtd": (with_doctype('<!DOCTYPE Barnevern [<!ATTLIST Sak ErSlettet CDATA "1">]>'), SAFE_FILE, 2),
    "a plain doctype": (with_doctype("<!DOCTYPE Barnevern>"), SAFE_FILE, 2),
    "a doctype behind comments": (with_doctype("<!-- a -->\n<?b c?>\n<!DOCTYPE Barnevern>"), SAFE_FILE, 4),
    "a doctype in UTF-16": (
        with_doctype("<!DOCTYPE Barnevern>").decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        SAFE_FILE,
        2,
    ),
    "a doctype behind a second byte order mark": (
        b"\xef\xbb\xbf\xef\xbb\xbf<!DOCTYPE Barnevern>" + BODY.encode(),
        SAFE_FILE,
        None,
    ),
    "an entity nobody declared": (with_attribute("&x;"), FILE_DESCRIPTION, 3),
    "a null character": (SMALL.replace("Grimstad", "Grim\0stad").encode(), FILE_DESCRIPTION, None),
    "a null as a reference": (with_attribute("&#0;"), FILE_DESCRIPTION, 3),
    "a control character": (with_attribute("a\x07b"), FILE_DESCRIPTION, 3),
    "half a surrogate pair": (SMALL.encode().replace(b"Grimstad", b"\xed\xa0\x80"), FILE_DESCRIPTION, None),
    "latin-1 that says UTF-8": (SMALL.encode("latin-1"), FILE_DESCRIPTION, None),
    "UTF-16 without a mark": (SMALL.replace("UTF-8", "UTF-16").encode("utf-16-le"), FILE_DESCRIPTION, None),
    "UTF-7": (SMALL.replace("UTF-8", "UTF-7").encode(), FILE_DESCRIPTION, None),
    "EBCDIC": (SMALL.replace("UTF-8", "cp037").encode("cp037"), FILE_DESCRIPTION, None),
    "UTF-32": (SMALL.encode("utf-32"), FILE_DESCRIPTION, None),
    "an encoding that is no encoding": (SMALL.replace("UTF-8", "nope").encode(), FILE_DESCRIPTION, None),
    "too large": (SMALL.encode() + b" " * MAX_BYTES, SAFE_FILE, None),
    "a huge attribute": (with_attribute("x" * 11_000_000), FILE_DESCRIPTION, 3),
    "a long attribute": (with_attribute("x" * 1_000_000), FILE_DESCRIPTION, 3),
    "deep": (f"{HEAD}{'<a>' * 90_000}{'</a>' * 90_000}".encode(), FILE_DESCRIPTION, 1),
    "too many elements": (changed("</Sak>", "<Slettet/>" * MAX_TAGS + "</Sak>"), SAFE_FILE, None),
    "nearly too many": (changed("</Sak>", "<a/>" * (MAX_TAGS - 40) + "</Sak>"), FILE_DESCRIPTION, 23),
    "too many attributes": (on_case('a{n}="1"', 600_000), SAFE_FILE, None),
    "many attributes": (on_case('a{n}="1"', 400_000), FILE_DESCRIPTION, 5),
    "many namespaces": (on_case('xmlns:a{n}="u{n}" a{n}:b="1"', 40_000), SAFE_FILE, None),
    "the same attribute twice": (changed('Kjonn="2"', 'Kjonn="2" Kjonn="2"'), FILE_DESCRIPTION, 6),
    "many investigations alike": (
        changed("<Undersokelse ", f"{INVESTIGATIONS}<Undersokelse "),
        "Undersøkelse Kontroll 19",
        12,
    ),
    "many digits in a year": (changed('Fodseldato="2012', f'Fodseldato="{"9" * 1_000_000}'), FILE_DESCRIPTION, 6),
    "a file included": (
        changed(
            "</Sak>", '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd" parse="text"/></Sak>'
        ),
        FILE_DESCRIPTION,
        23,
    ),
}


@pytest.mark.parametrize(("content", "rule", "line"), HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_files_are_refused_in_a_plain_sentence(content: bytes, rule: str, line: int | None) -> None:
    started = time.process_time()
    problems = refusal(content)
    assert time.process_time() - started < 10, "a file must not hold the program up"
    assert (problems[0].rule, problems[0].line) == (rule, line)
    assert len(problems) <= 25
    for problem in problems:
        assert problem.message.endswith(".")
        assert len(problem.message) < 250
        assert "lxml" not in problem.message and "root:" not in problem.message


def refusal(content: bytes) -> tuple[Problem, ...]:
    with pytest.raises(FileRefused) as refused:
        opened(content)
    assert refused.value.name == "test.xml"
    assert refused.value.problems
    assert str(refused.value)
    return refused.value.problems


def test_nothing_is_fetched(tmp_path: Path) -> None:
    """A schema hint that points at a file beside is not followed: not even a broken one makes a difference."""
    (tmp_path / "wrong.xsd").write_text("<broken")
    hint = (
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:noNamespaceSchemaLocation="{(tmp_path / "wrong.xsd").as_uri()}" '
    )
    assert opened(SMALL.replace("<Barnevern ", f"<Barnevern {hint}").encode()).case.notes


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(SMALL.encode(), id="UTF-8"),
        pytest.param(b"\xef\xbb\xbf" + SMALL.encode(), id="UTF-8 with a mark"),
        pytest.param(BODY.encode(), id="no declaration"),
        pytest.param(SMALL.replace("UTF-8", "utf-8").encode(), id="small letters"),
        pytest.param(SMALL.replace("UTF-8", "UTF-16").encode("utf-16"), id="UTF-16"),
        pytest.param(b"\xfe\xff" + SMALL.replace("UTF-8", "UTF-16").encode("utf-16-be"), id="UTF-16, the other way"),
        pytest.param(SMALL.replace("UTF-8", "ISO-8859-1").encode("latin-1"), id="ISO-8859-1"),
        pytest.param(SMALL.replace("UTF-8", "windows-1252").encode("cp1252"), id="windows-1252"),
        pytest.param(SMALL.replace("\n", "\r\n").encode(), id="Windows line ends"),
        pytest.param(SMALL.replace("<Sak ", "<!-- <!DOCTYPE x> --><Sak ").encode(), id="the word in a comment"),
        pytest.param(f"{HEAD}\n<!-- <!DOCTYPE x> -->\n{BODY}".encode(), id="the word in a comment first"),
        pytest.param(changed("<Sak ", "<?xml-stylesheet href='file:///etc/passwd'?><Sak "), id="an instruction"),
    ],
)
def test_what_is_only_unusual_is_read(content: bytes) -> None:
    found = opened(content)
    assert found.sender.municipality_name == "Grimstad kommune"
    assert found.case.journal_number == "G-2026-0114"


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_refused_and_nothing_else_happens(content: bytes) -> None:
    refusal(content)


@given(st.data())
@settings(max_examples=400, deadline=None)
def test_any_damage_to_a_file_is_refused_or_read(data: st.DataObject) -> None:
    """Bytes cut out, doubled and put in, in a file that was right."""
    content = bytearray(data.draw(st.sampled_from([SMALL, FULL])).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        until = min(len(content), at + data.draw(st.integers(0, 40)))
        put_in = data.draw(
            st.one_of(st.binary(max_size=5), st.sampled_from([b"<", b">", b'"', b"&", b"0", b"9999", b"-"]))
        )
        content[at:until] = put_in
    try:
        opened(bytes(content))
    except FileRefused as refused:
        assert all("14851281232" not in problem.message for problem in refused.problems)
