"""Holds the catalogues in `grunnmur/locale` against the texts of the program: all of it in nynorsk, and in English what
families and anyone read.

`python tools/translations.py` draws out every text anew and keeps what is translated: what is new stands in the .po
with nothing after it, what is no longer said is gone. `missing` is what the tests ask.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import polib
from babel.messages.extract import extract_from_dir

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "grunnmur" / "locale"
WHOLE = LOCALE / "nn" / "LC_MESSAGES" / "django.po"
ENGLISH = LOCALE / "en" / "LC_MESSAGES" / "django.po"
IN_ENGLISH: dict[str, tuple[str, ...]] = {
    "public/": (),
    "family/": (),
    "web/templates/base.html": (),
    "web/templates/components.html": (),
    "web/templates/passport_parts.html": (),
    "web/written_words.py": ("HEADINGS", "LABELS", "OF_YOURS"),
    "web/templates/error.html": (),
    "web/templates/restored.html": (),
    "web/templates/unavailable.html": (),
    "web/views/errors.py": (),
    "web/views/session.py": ("restore",),
    "web/forms.py": (),
    "cases/actions/letters.py": (),
    "cases/actions/experiences.py": (),
    "cases/actions/family_log_ins.py": ("weak_pin",),
    "cases/actions/own_answers.py": (),
    "cases/actions/own_words.py": (),
    "cases/queries/case.py": ("HIDDEN",),
    "cases/queries/held.py": (),
    "cases/queries/passport.py": ("_mapped", "_referred"),
    "cases/terms.py": (
        "AddressProtection",
        "AnswerSays",
        "AssessmentOutcome",
        "AttendanceAnswer",
        "BesideSort",
        "CareBasis",
        "ChildParticipation",
        "ChildWelfarePosition",
        "ConsentPurpose",
        "FileSort",
        "HandoverSays",
        "HealthArea",
        "HowItGoes",
        "Informant",
        "InitiativeAnswer",
        "InitiativeWish",
        "KIND_LABELS",
        "LetterAbout",
        "LineSort",
        "LocalFollowUp",
        "LookKind",
        "MappingConclusion",
        "MappingState",
        "MeetingKind",
        "MinutesSays",
        "NoReason",
        "ObservationKind",
        "QuestionSort",
        "ReferralAnswerKind",
        "RelationKind",
        "Severity",
        "TaskState",
        "WordsFor",
    ),
    "directory/kinds.py": ("Role", "ServiceKind"),
    "web/consent_words.py": ("all_of", "kinds"),
}
"""What families and anyone read: a folder or a file of `grunnmur`, and in it the classes and functions that they meet;
none named: all of it."""
FOR_STAFF = ("family/preview.py", "family/templates/family/ahead.html", "family/templates/family/as_seen.html")
"""In those folders, and read by staff alone."""
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


def drawn_out() -> Iterator[tuple[str, int, Text]]:
    """Every text of the program that goes through gettext, with the file and the line where it stands."""
    drawn_out = extract_from_dir(ROOT / "grunnmur", METHODS, {}, KEYWORDS, directory_filter=None)  # type: ignore[arg-type]
    for file, line, message, _comments, context in drawn_out:
        one, many = message if isinstance(message, tuple) else (message, "")
        if one:
            yield file, line, (context or "", one, many)


def texts() -> set[Text]:
    """Every text of the program."""
    return {text for _file, _line, text in drawn_out()}


def texts_in_english() -> set[Text]:
    """Those that families and anyone read."""
    return {text for file, line, text in drawn_out() if file not in FOR_STAFF and _is_in_english(file, line)}


def _is_in_english(file: str, line: int) -> bool:
    place = next((one for one in IN_ENGLISH if file.startswith(one)), None)
    return place is not None and (not IN_ENGLISH[place] or _name_at(file, line) in IN_ENGLISH[place])


def _name_at(file: str, line: int) -> str:
    """The class, function or constant at the top of a module that a line stands in."""
    for one in ast.parse((ROOT / "grunnmur" / file).read_text(encoding="utf-8")).body:
        if one.lineno <= line <= (one.end_lineno or one.lineno):
            named = one.targets[0] if isinstance(one, ast.Assign) else getattr(one, "target", one)
            return str(getattr(named, "name", getattr(named, "id", "")))
    return ""


def missing(catalogue: polib.POFile, wanted: set[Text] | None = None) -> list[str]:
    """The texts that a catalogue does not have; of all of them, unless others are wanted."""
    have = {(one.msgctxt or "", one.msgid, one.msgid_plural or "") for one in catalogue if one.translated()}
    return sorted(text for _context, text, _many in (texts() if wanted is None else wanted) - have)


def renew(catalogue: polib.POFile, wanted: set[Text]) -> polib.POFile:
    """The same catalogue with the texts that are wanted today, in their own order."""
    kept = {(one.msgctxt or "", one.msgid, one.msgid_plural or ""): one for one in catalogue}
    by_text = {(one.msgctxt or "", one.msgid): one.msgstr for one in catalogue}
    new = polib.POFile(wrapwidth=118)
    new.header, new.metadata = catalogue.header, catalogue.metadata
    for context, text, many in sorted(wanted, key=lambda one: (one[1], one[0])):
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
    for path, wanted in ((WHOLE, texts()), (ENGLISH, texts_in_english())):
        renewed = renew(polib.pofile(str(path), wrapwidth=118), wanted)
        renewed.save(str(path))
        print(f"{path.relative_to(ROOT)}: {len(renewed)} texts, {len(missing(renewed, wanted))} to translate")
