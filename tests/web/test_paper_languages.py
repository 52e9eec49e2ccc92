"""Every paper in nynorsk: no string that can stand on one lacks its translation, and what is translated is used."""

import re
from pathlib import Path

import polib
import pytest
from babel.messages.extract import extract_from_file
from django.utils import translation
from django.utils.translation import gettext

from grunnmur.cases.queries import case, meetings
from grunnmur.cases.terms import (
    ChildParticipation,
    HealthArea,
    MappingConclusion,
    MeetingKind,
    ReferralAnswerKind,
    TaskState,
)
from tests.environment import ROOT

NYNORSK = ROOT / "grunnmur" / "locale" / "nn" / "LC_MESSAGES" / "django.po"
TEMPLATES = sorted((ROOT / "grunnmur" / "web" / "templates").glob("paper_*.html"))
BOKMAL_ONLY = {"paper_extract.html"}
"""What each column is for is told in the data register's words, which are bokmål."""
SPEAKS = ("grunnmur/web/views/papers.py", "grunnmur/web/views/passport.py", "grunnmur/cases/queries/passport.py")
WHILE_OPEN = {"Hjelp fra %(to)s: %(area)s", "Oppfølging: %(area)s"}
"""What a passport calls what goes on (`queries/closing.py`); `test_papers.py` hears what is said besides."""
LABELS = (ChildParticipation, HealthArea, MappingConclusion, MeetingKind, ReferralAnswerKind, TaskState)


def of_file(path: Path) -> set[str]:
    method = "jinja2.ext:babel_extract" if path.suffix == ".html" else "python"
    words = {"_": None, "gettext": None, "gettext_lazy": None, "ngettext": (1, 2)}
    found = extract_from_file(method, path, keywords=words, options={"trimmed": "true"})
    return {text for _line, said, *_rest in found for text in ([said] if isinstance(said, str) else said)}


def said_on_paper() -> set[str]:
    said = {label for terms in LABELS for label in _bokmal(terms)}
    said |= WHILE_OPEN | {str(text) for text in (case.HIDDEN, case.HIDDEN_PERSON, meetings.AGREED_DIRECTLY)}
    for path in TEMPLATES:
        said |= of_file(path) if path.name not in BOKMAL_ONLY else set()
    return said.union(*(of_file(ROOT / path) for path in SPEAKS))


def _bokmal(terms: type) -> set[str]:
    with translation.override("nb"):
        return {str(label) for _value, label in terms.choices}  # type: ignore[attr-defined]


def catalogue() -> dict[str, str]:
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(NYNORSK)) if not entry.fuzzy and entry.msgstr}


def test_no_string_of_a_paper_lacks_nynorsk() -> None:
    assert len(TEMPLATES) >= 6
    assert len(said_on_paper()) > 80, "the strings are not found any more"
    missing = sorted(said_on_paper() - set(catalogue()))
    assert not missing, "\n".join(f'msgid "{text}"\nmsgstr ""\n' for text in missing)


def test_a_translation_has_the_same_values_in_it() -> None:
    for said, translated in catalogue().items():
        assert sorted(re.findall(r"%\(\w+\)s", said)) == sorted(re.findall(r"%\(\w+\)s", translated)), said


@pytest.mark.parametrize(("said", "nynorsk"), [("Hvem er invitert", "Kven er invitert"), ("Avtalt", "Avtalt")])
def test_the_program_reads_the_catalogue(said: str, nynorsk: str) -> None:
    with translation.override("nn"):
        assert gettext(said) == nynorsk
    assert gettext(said) == said
