"""Every text of the program in nynorsk too, and in English what families and anyone read; with the same values."""

import re
from collections import Counter
from pathlib import Path

import polib
import pytest
from django.utils import translation
from django.utils.translation import gettext

from grunnmur.web.views.errors import FAMILY
from grunnmur.web.views.language import spoken_at
from tools import translations

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


def test_nynorsk_has_one_word_for_what_was_done() -> None:
    """«Vart» and not «blei»: both are right, and two on one page look like a mistake."""
    said = [text for one in polib.pofile(str(translations.WHOLE)) for text in (one.msgstr, *one.msgstr_plural.values())]
    assert [text for text in said if re.search(r"\bblei\b", text, re.I)] == []


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
