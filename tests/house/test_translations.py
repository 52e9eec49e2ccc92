"""Every text of the program in nynorsk too, with the same values in it."""

import re
from collections import Counter
from pathlib import Path

import polib
import pytest
from django.utils import translation
from django.utils.translation import gettext

from tools import translations

VALUE = re.compile(r"%\(\w+\)[sd]|%%|%[sd]|\{\w*\}")
CATALOGUES = {path.parts[-3]: path for path in translations.LOCALE.glob("*/LC_MESSAGES/django.po")}


def test_no_text_is_missing_in_nynorsk() -> None:
    assert translations.missing(polib.pofile(str(translations.WHOLE))) == []


@pytest.mark.parametrize("path", CATALOGUES.values(), ids=CATALOGUES)
def test_every_translation_has_the_same_values(path: Path) -> None:
    unlike = [
        (one.msgid, said)
        for one in polib.pofile(str(path))
        for said in (one.msgstr_plural.values() if one.msgid_plural else [one.msgstr])
        if values(said) not in (values(one.msgid), values(one.msgid_plural))
    ]
    assert unlike == []


def test_a_text_that_nobody_has_translated_is_found() -> None:
    catalogue = polib.pofile(str(translations.WHOLE))
    one = next(one for one in catalogue if one.msgid == "Mitt arbeid")
    one.msgstr = ""
    assert translations.missing(catalogue) == ["Mitt arbeid"]


@pytest.mark.parametrize(("said", "nynorsk"), [("Hvem er invitert", "Kven er invitert"), ("Avtalt", "Avtalt")])
def test_the_program_reads_the_catalogue(said: str, nynorsk: str) -> None:
    with translation.override("nn"):
        assert gettext(said) == nynorsk
    assert gettext(said) == said


def values(text: str) -> Counter[str]:
    return Counter(VALUE.findall(text))
