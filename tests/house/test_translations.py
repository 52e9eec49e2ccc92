"""Every text of the program in nynorsk too, and in English what families and anyone read; with the same values."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
import yaml
from django.utils import translation
from django.utils.translation import gettext

from grunnmur.places import DEFINITIONS
from grunnmur.web.views.errors import FAMILY
from grunnmur.web.views.language import spoken_at
from tests.environment import ROOT
from tools import translations

FORMS = ROOT / "docs" / "nynorsk.md"
VALUE = re.compile(r"%\(\w+\)[sd]|%%|%[sd]|\{\w*\}")
CATALOGUES = {path.parts[-3]: path for path in translations.LOCALE.glob("*/LC_MESSAGES/django.po")}


def test_no_text_is_missing_in_nynorsk() -> None:
    assert translations.missing(polib.pofile(str(translations.WHOLE))) == []


def test_no_text_that_families_or_anyone_read_is_missing_in_english() -> None:
    wanted = translations.texts_in_english()
    said = {text for _context, text, _many in wanted}
    assert {"Hei, %(name)s", "Haster det?", "psykisk helse", "Fastlege", "Skriv hva du lurer på."} <= said
    assert "Slik ser siden ut" not in said, "read by staff alone"
    catalogue = polib.pofile(str(translations.ENGLISH))
    assert translations.missing(catalogue, wanted) == []
    assert sorted({one.msgid for one in catalogue} - said) == [], "said nowhere"


@pytest.mark.parametrize("path", CATALOGUES.values(), ids=CATALOGUES)
def test_every_translation_has_the_same_values(path: Path) -> None:
    unlike = [
        (one.msgid, said)
        for one in polib.pofile(str(path))
        for said in (one.msgstr_plural.values() if one.msgid_plural else [one.msgstr])
        if values(said) not in (values(one.msgid), values(one.msgid_plural))
    ]
    assert unlike == []


def in_nynorsk(given: object) -> Iterator[str]:
    """Every text in nynorsk in a file of definitions."""
    if isinstance(given, dict):
        for key, value in given.items():
            yield from texts_in(value) if key == "nn" or "nynorsk" in str(key) else in_nynorsk(value)
    elif isinstance(given, list):
        for one in given:
            yield from in_nynorsk(one)


def texts_in(given: object) -> Iterator[str]:
    if isinstance(given, str):
        yield given
    elif isinstance(given, dict | list):
        for one in given.values() if isinstance(given, dict) else given:
            yield from texts_in(one)


def not_chosen() -> dict[str, re.Pattern[str]]:
    """What `docs/nynorsk.md` says: the form that was chosen, and those that were not."""
    rows = re.findall(r"^\| ([^|]+?) \| ([^|]+?) \|", FORMS.read_text(encoding="utf-8"), re.M)[1:]
    return {chosen: re.compile(rf"\b({'|'.join(others.split(', '))})\b", re.I) for chosen, others in rows}


def test_nynorsk_has_one_form_of_each_word() -> None:
    """Both forms are right, and two on one page look like a mistake."""
    said = [text for one in polib.pofile(str(translations.WHOLE)) for text in (one.msgstr, *one.msgstr_plural.values())]
    for file in DEFINITIONS.rglob("*.y*ml"):
        said += in_nynorsk(yaml.safe_load(file.read_text(encoding="utf-8")))
    forms = not_chosen()
    assert len(forms) > 15 and len(said) > 5000, "the words are read"
    said = [VALUE.sub("", text) for text in said]
    assert {text: chosen for text in said for chosen, others in forms.items() if others.search(text)} == {}


@pytest.mark.parametrize(
    ("text", "chosen"),
    [("Det vart slik.", None), ("Det blei slik.", "vart"), ("Begynner no", "byrje"), ("skriven att", "igjen")],
)
def test_the_form_that_was_not_chosen_is_found(text: str, chosen: str | None) -> None:
    assert [one for one, others in not_chosen().items() if others.search(text)] == ([chosen] if chosen else [])


def test_a_text_that_nobody_has_translated_is_found() -> None:
    catalogue = polib.pofile(str(translations.WHOLE))
    one = next(one for one in catalogue if one.msgid == "Mitt arbeid")
    one.msgstr = ""
    assert translations.missing(catalogue) == ["Mitt arbeid"]


@pytest.mark.parametrize(
    ("said", "nynorsk"), [("Hvem er invitert", "Kven er invitert"), ("Mitt arbeid", "Arbeidet mitt")]
)
def test_the_program_reads_the_catalogue(said: str, nynorsk: str) -> None:
    with translation.override("nn"):
        assert gettext(said) == nynorsk
    assert gettext(said) == said


def test_northern_sami_is_shown_nowhere_until_a_speaker_has_read_it() -> None:
    catalogue = polib.pofile(str(translations.LOCALE / "se" / "LC_MESSAGES" / "django.po"))
    assert {one.msgid for one in catalogue} <= {text for _context, text, _many in translations.texts_in_english()}
    waiting = [one for one in catalogue if one.fuzzy]
    assert all(one.comment or one.tcomment for one in waiting)
    assert not waiting or "se" not in spoken_at(FAMILY)
    assert not [one for one in waiting if one.msgstr.encode() in catalogue.to_binary()]


def values(text: str) -> Counter[str]:
    return Counter(VALUE.findall(text))
