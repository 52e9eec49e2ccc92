"""Holds the catalogue of nynorsk in `grunnmur/locale` against the texts of the program.

`python tools/translations.py` draws out every text anew and keeps what is translated: what is new stands in the .po
with nothing after it, what is no longer said is gone. `missing` is what the tests ask.
"""

from pathlib import Path

import polib
from babel.messages.extract import extract_from_dir

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "grunnmur" / "locale"
WHOLE = LOCALE / "nn" / "LC_MESSAGES" / "django.po"
"""Everything is said in nynorsk; in English only what is for anyone to read."""
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
Text = tuple[str, str, str]
"""Context, the text, and its plural; empty where there is none."""


def texts() -> set[Text]:
    """Every text of the program that goes through gettext."""
    found = set()
    drawn_out = extract_from_dir(ROOT / "grunnmur", METHODS, {}, KEYWORDS, directory_filter=None)  # type: ignore[arg-type]
    for _file, _line, message, _comments, context in drawn_out:
        one, many = message if isinstance(message, tuple) else (message, "")
        if one:
            found.add((context or "", one, many))
    return found


def missing(catalogue: polib.POFile) -> list[str]:
    """The texts that a catalogue does not have."""
    have = {(one.msgctxt or "", one.msgid, one.msgid_plural or "") for one in catalogue if one.translated()}
    return sorted(text for context, text, many in texts() - have)


def renew(catalogue: polib.POFile) -> polib.POFile:
    """The same catalogue with the texts of today, in their own order."""
    kept = {(one.msgctxt or "", one.msgid, one.msgid_plural or ""): one for one in catalogue}
    by_text = {(one.msgctxt or "", one.msgid): one.msgstr for one in catalogue}
    new = polib.POFile(wrapwidth=118)
    new.header, new.metadata = catalogue.header, catalogue.metadata
    for context, text, many in sorted(texts(), key=lambda one: (one[1], one[0])):
        new.append(
            kept.get((context, text, many))
            or polib.POEntry(
                msgctxt=context or None,
                msgid=text,
                msgstr="" if many else by_text.get((context, text), ""),
                msgid_plural=many,
                msgstr_plural={0: "", 1: ""} if many else {},
            )
        )
    return new


if __name__ == "__main__":
    renewed = renew(polib.pofile(str(WHOLE), wrapwidth=118))
    renewed.save(str(WHOLE))
    print(f"{WHOLE.relative_to(ROOT)}: {len(renewed)} texts, {len(missing(renewed))} to translate")
