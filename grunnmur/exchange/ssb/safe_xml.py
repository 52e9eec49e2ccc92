"""From bytes that nobody vouches for to an XML tree, or one plain sentence.

The bytes are decoded here, once, in one of four encodings, so that no second reader can see another text
than the one that was checked. A document type declaration is refused before the parser meets it: without
one there are no entities, no external files and no defaults.
"""

import re

from django.utils.translation import gettext as _
from lxml import etree

from grunnmur.exchange.ssb.problems import FILE_DESCRIPTION, SAFE_FILE, FileRefused, Problem

MAX_BYTES = 20_000_000
MAX_TAGS = 200_000
MAX_ATTRIBUTES = 500_000
MAX_NAMESPACES = 50
"""Our own limits, so that no file takes long; a real case folder is far below each."""

_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_ENCODINGS = {"utf-8": "utf-8", "us-ascii": "ascii", "iso-8859-1": "latin-1", "windows-1252": "cp1252"}
_DECLARED = re.compile(rb"\A<\?xml[^>]{0,200}?\sencoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_BEFORE_ROOT = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)


def open_tree(data: bytes, *, name: str) -> etree._Element:
    """The root element of the file, with line numbers.

    Raises FileRefused when the file is too large, in an unknown encoding, not well-formed, or has a
    document type declaration.
    """
    text = _decode(data, name=name)
    if "\x00" in text:
        raise _refused(name, FILE_DESCRIPTION, _("Filen har tegn som ikke er tekst. Lag en ny fil fra fagsystemet."))
    if text.count("<") > MAX_TAGS or text.count("=") > MAX_ATTRIBUTES or text.count("xmlns") > MAX_NAMESPACES:
        raise _refused(name, SAFE_FILE, _("Filen har for mange elementer til å være én barnevernssak."))
    if (line := _doctype_line(text)) is not None:
        message = _(
            "Filen har en DOCTYPE. Formatet bruker det ikke, og det kan skjule noe farlig. "
            "Lag en ny fil uten DOCTYPE fra fagsystemet."
        )
        raise FileRefused(name, (Problem(line, SAFE_FILE, message),))
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=False,
    )
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        message = _("Filen er ikke lesbar XML. Den er trolig avkuttet eller skadet. Lag en ny fil fra fagsystemet.")
        raise FileRefused(name, (Problem(error.lineno or None, FILE_DESCRIPTION, message),)) from None
    if root.getroottree().docinfo.internalDTD is not None:  # such as behind a second byte order mark
        raise _refused(name, SAFE_FILE, _("Filen har en DOCTYPE. Lag en ny fil uten DOCTYPE fra fagsystemet."))
    return root


def _decode(data: bytes, *, name: str) -> str:
    """The file as text, by its byte order mark, or its declaration, or as UTF-8 (XML 1.0, appendix F)."""
    if not data.strip():
        raise _refused(name, FILE_DESCRIPTION, _("Filen er tom. Lag en ny fil fra fagsystemet."))
    if len(data) > MAX_BYTES:
        raise _refused(name, SAFE_FILE, _("Filen er for stor. En barnevernssak skal være under 20 MB."))
    encoding: str | None = None
    for mark, marked in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            data, encoding = data[len(mark) :], marked
            break
    else:
        declared = _DECLARED.match(data)
        encoding = _ENCODINGS.get(declared[1].decode("ascii").lower()) if declared else "utf-8"
    if encoding is not None:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            pass
    raise _refused(
        name, FILE_DESCRIPTION, _("Filen har en tegnkoding vi ikke kan lese. Lagre den som UTF-8 og prøv igjen.")
    )


def _doctype_line(text: str) -> int | None:
    """The line of a document type declaration, which can only stand before the root element."""
    position = 0
    while between := _BEFORE_ROOT.match(text, position):
        position = between.end()
    if text.startswith("<!DOCTYPE", position):
        return text.count("\n", 0, position) + 1
    return None


def _refused(name: str, rule: str, message: str) -> FileRefused:
    return FileRefused(name, (Problem(None, rule, message),))
