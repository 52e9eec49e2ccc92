"""A file from outside: what it is by its content, and what of it is kept. The one place that decides.

Pure: bytes in, bytes out, no database. A picture is never kept as it came: its pixels are read and a new file is made
from them, so that nothing else follows, such as where it was taken, or a second file hidden behind the first. A text
is kept as UTF-8 and nothing else. A PDF is looked through and kept as it is, when nothing in it can act.

The limits are our own choice. The whole rule in words: `docs/security/uploads.md`.
"""

import io
import re
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath
from threading import Lock

from django.utils.translation import gettext as _

MAX_BYTES = 10_000_000
"""Of any file, as it comes and as it is kept. A report with pictures is a few megabytes."""
MAX_TEXT_BYTES = 1_000_000
MAX_PIXELS = 25_000_000
"""Of a picture: in memory each takes four bytes, more than once."""
MAX_SIDE = 12_000
CHUNK = 65_536
MAX_UNPACKED = 200_000_000
"""Bytes that the packed parts of a PDF may be together when they are unpacked; one part is unpacked at a time."""
JPEG_QUALITY = 88
ONE_AT_A_TIME = Lock()
"""Pictures that are unpacked at once, in one process: a large one takes some hundred million bytes meanwhile."""

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""What everybody who looks for viruses agrees to find (eicar.org): it shows that a refusal gets all the way out."""


class Kind(StrEnum):
    """What may be taken in; the value is the ending of its name."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpg"
    TEXT = "txt"

    @property
    def media_type(self) -> str:
        """What it is sent as."""
        return {
            Kind.PDF: "application/pdf",
            Kind.PNG: "image/png",
            Kind.JPEG: "image/jpeg",
            Kind.TEXT: "text/plain; charset=utf-8",
        }[self]


ENDINGS = {"pdf": Kind.PDF, "png": Kind.PNG, "jpg": Kind.JPEG, "jpeg": Kind.JPEG, "txt": Kind.TEXT}


class Refused(Exception):
    """The file is not taken in. The sentence is for whoever sent it, and tells nothing of what is in it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Accepted:
    """A file that can be kept: what it is, and the bytes to keep, which are not always those that came."""

    kind: Kind
    data: bytes


def accept(data: bytes, *, name: str) -> Accepted:
    """What to keep of a file that came under a name. The name itself is not kept: it may tell whose it is.

    Raises Refused.
    """
    if not data.strip():
        raise Refused(_("Filen er tom."))
    if len(data) > MAX_BYTES:
        raise Refused(_("Filen er for stor. Den kan være høyst %(n)s MB.") % {"n": MAX_BYTES // 1_000_000})
    _check_virus(data)
    promised = ENDINGS.get(ending_of(name))
    if promised is None:
        raise Refused(
            _("Vi tar imot PDF, bilder (PNG og JPEG) og ren tekst. Filnavnet må ende på .pdf, .png, .jpg eller .txt.")
        )
    found = kind_of(data)
    if found is not promised:
        raise Refused(
            _("Filen heter noe på «.%(ending)s», men innholdet er noe annet. Lagre den på nytt i riktig format.")
            % {"ending": promised.value}
        )
    match found:
        case Kind.PDF:
            _check_pdf(data)
            kept = data
        case Kind.TEXT:
            kept = _text(data)
        case _:
            kept = _picture(data, kind=found)
    if not kept:
        raise Refused(_("Filen er tom."))
    if len(kept) > MAX_BYTES:  # a picture can be packed less well than it came
        raise Refused(
            _("Bildet blir for stort når vi tar ut det som ikke er bildet. Lagre det mindre, eller som JPEG.")
        )
    return Accepted(found, kept)


def _check_virus(part: bytes) -> None:
    """Raises Refused when it has the mark of a virus."""
    if EICAR in part:
        raise has_virus()


def has_virus() -> Refused:
    """What is said of a file with a virus."""
    return Refused(
        _("Filen har kjennetegnet til et virus og er ikke tatt imot. Si fra til dem som drifter maskinen din.")
    )


def ending_of(name: str) -> str:
    """What a file's name ends with, in small letters and without the dot: «pdf»."""
    return PurePath(name).suffix.lower().removeprefix(".")


def kind_of(data: bytes) -> Kind:
    """What the content is by how it begins; whatever else it may be, it is a text until it has been read as one."""
    if data.startswith(b"%PDF-"):
        return Kind.PDF
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if data.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    return Kind.TEXT


# --- text ---------------------------------------------------------------------------------------------------


def _text(data: bytes) -> bytes:
    """The text as UTF-8 without a byte order mark. Raises Refused."""
    if len(data) > MAX_TEXT_BYTES:
        raise Refused(_("Tekstfilen er for stor. Den kan være høyst %(n)s MB.") % {"n": MAX_TEXT_BYTES // 1_000_000})
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if any(letter < " " and letter not in "\t\n\r\f" for letter in text):
        raise Refused(_("Filen er ikke ren tekst. Lagre den som tekst i UTF-8, eller som PDF."))
    return text.encode()


# --- pictures -------------------------------------------------------------------------------------------------


def _picture(data: bytes, *, kind: Kind) -> bytes:
    """A new file from the pixels of the first picture, turned the right way up, and nothing else. Raises Refused."""
    from PIL import (  # loaded where it is used: few need it, and everybody would wait for it at the start
        Image,
        ImageOps,
    )

    too_large = Refused(
        _("Bildet har for mange punkter. Lagre det mindre: høyst %(n)s millioner.") % {"n": MAX_PIXELS // 1_000_000}
    )
    kept = io.BytesIO()
    try:
        with _strictly():
            with Image.open(io.BytesIO(data), formats=[_pillow(kind)]) as picture:
                width, height = picture.size
                if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
                    raise too_large
                ImageOps.exif_transpose(picture, in_place=True)
                has_alpha = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
                grey = picture.mode in ("1", "L")
                pixels = picture.convert("RGBA" if kind is Kind.PNG and has_alpha else "L" if grey else "RGB")
            pixels.info = {}  # what would be written beside the pixels
            pixels.save(kept, format=_pillow(kind), **({"quality": JPEG_QUALITY} if kind is Kind.JPEG else {}))
    except Image.DecompressionBombError:
        raise too_large from None
    except (OSError, ValueError, SyntaxError, OverflowError) as fault:
        raise Refused(_("Bildet kan ikke leses. Det er trolig avkuttet eller skadet. Lagre det på nytt.")) from fault
    return kept.getvalue()


@contextmanager
def _strictly() -> Iterator[None]:
    """Alone in this process, and with a picture that is cut off as a fault: weasyprint tells Pillow that it is none."""
    from PIL import ImageFile

    with ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of damage that is thrown away, and of a size over a limit that ours is below
        before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
        try:
            yield
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = before


def _pillow(kind: Kind) -> str:
    return {Kind.PNG: "PNG", Kind.JPEG: "JPEG"}[kind]


# --- PDF --------------------------------------------------------------------------------------------------------

ACTIVE = (
    b"JavaScript",
    b"Launch",
    b"EmbeddedFile",
    b"EmbeddedFiles",
    b"RichMedia",
    b"SubmitForm",
    b"ImportData",
    b"GoToE",
    b"Movie",
    b"Sound",
    b"Rendition",
)
"""Names in a PDF of what runs, is sent, plays, or is another file inside (ISO 32000-2, 12.6.4, 7.11.4, 13)."""
_ACTIVE = re.compile(rb"/(?:(?:" + b"|".join(ACTIVE) + rb")(?![A-Za-z0-9])|XFA\s*[\[\d])")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_PACKED = re.compile(rb"stream\r?\n")
_OBJECTS = re.compile(rb"obj\b(?:(?!endobj).){0,2000}?/ObjStm(?:(?!endobj).){0,2000}?stream\r?\n", re.DOTALL)
_PACKED_OTHERWISE = re.compile(rb"/DecodeParms|/Filter(?!\s*(?:/FlateDecode\b|\[\s*/FlateDecode\s*\]))")


def _check_pdf(data: bytes) -> None:
    """Raises Refused when it is no whole PDF, is locked, is too much unpacked, or has something in it that can act."""
    end = data.rfind(b"%%EOF")
    if end < 0 or data[end + 5 :].strip(b"\0\t\n\f\r "):
        raise Refused(_("PDF-en er avkuttet, eller har noe etter slutten. Lagre den på nytt som PDF."))
    plain = _unescaped(data)
    if b"/Encrypt" in plain:
        raise Refused(_("PDF-en er låst med passord. Lagre den uten passord, og prøv igjen."))
    # The objects of a newer PDF can be packed. What we cannot unpack, we cannot look through.
    can_act = any(_PACKED_OTHERWISE.search(found[0]) for found in _OBJECTS.finditer(plain)) or _ACTIVE.search(plain)
    for part in map(_unescaped, _unpacked(data)):
        _check_virus(part)
        can_act = can_act or _ACTIVE.search(part)
    if can_act:
        raise Refused(
            _("PDF-en har noe i seg som kan kjøre, sende eller spille av. Skriv den ut til en ny PDF, og send den.")
        )


def _unescaped(part: bytes) -> bytes:
    """Names as they are read: «/J#61vaScript» is «/JavaScript» (ISO 32000-2, 7.3.5)."""
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), part)


def _unpacked(data: bytes) -> Iterator[bytes]:
    """Each part that is packed with Deflate, unpacked as far as it can be. Raises Refused when they are too much."""
    left = MAX_UNPACKED
    for found in _PACKED.finditer(data):
        part = _inflate(memoryview(data)[found.end() :], most=left)
        left -= len(part)
        if left <= 0:
            raise Refused(_("PDF-en er svært stor når den pakkes ut. Lagre den med mindre bilder."))
        yield part


def _inflate(packed: memoryview, *, most: int) -> bytes:
    """What comes out before the packed part ends or is damaged: at most so many bytes, and none if it is no such."""
    unpacking, parts, left = zlib.decompressobj(), [], most
    with suppress(zlib.error):
        for at in range(0, len(packed), CHUNK):
            parts.append(unpacking.decompress(packed[at : at + CHUNK], left))
            left -= len(parts[-1])
            if unpacking.eof or left <= 0:
                break
    return b"".join(parts)
