"""Bokmål, nynorsk and English are whole on every open page, and plain: LIX under 40, printed for each."""

import re
from collections.abc import Callable
from pathlib import Path

import polib
import pytest
from babel.messages.extract import extract_from_file
from bs4 import BeautifulSoup
from django.test import Client

from grunnmur.directory.finder_file import LANGUAGES
from tests.environment import ROOT
from tools.plain import lix

OTHERS = ("nn", "en")
MOST_LIX = 40
ASK = {"place": "4202", "age": "15", "text": "vil ikke på skolen"}
FOREIGN = {
    "nb": (" ikkje ", " kven ", " the "),
    "nn": (" ikke ", " hvem ", " the "),
    "en": (" ikke ", " hvem ", " og "),
}
"""Words that give away a text in another language."""
Asked = Callable[[Client, str], object]
PAGES: dict[str, Asked] = {
    "spørsmålene": lambda client, code: client.get(f"/hjelp/{code}/"),
    "svaret": lambda client, code: client.post(f"/hjelp/{code}/", ASK),
    "nød": lambda client, code: client.post(f"/hjelp/{code}/", {**ASK, "text": "vil ikke leve"}),
    "feil": lambda client, code: client.post(f"/hjelp/{code}/", {**ASK, "text": ""}),
    "ansvarskartet": lambda client, code: client.get(f"/hjelp/kart/{code}/4202/"),
    "regionen": lambda client, code: client.get(f"/hjelp/kart/{code}/"),
    "tilgjengelighet": lambda client, code: client.get(f"/tilgjengelighet/{code}/"),
}


def said_in_public() -> set[str]:
    """Every text of the open pages that goes through gettext."""
    found: set[str] = set()
    for path in sorted((ROOT / "grunnmur" / "public").rglob("*")):
        if path.suffix in (".py", ".html"):
            method = "jinja2.ext:babel_extract" if path.suffix == ".html" else "python"
            rows = extract_from_file(method, path, keywords={"_": None}, options={"trimmed": "true"})
            found |= {str(said) for _line, said, *_rest in rows}
    return found


def catalogue(language: str) -> dict[str, str]:
    file = ROOT / "grunnmur" / "locale" / language / "LC_MESSAGES" / "django.po"
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(file)) if not entry.fuzzy and entry.msgstr}


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated_with_the_same_values_in_it(language: str) -> None:
    said, translated = said_in_public(), catalogue(language)
    assert len(said) > 70, "the texts are not found any more"
    assert not sorted(said - set(translated))
    for text in said:
        assert sorted(re.findall(r"%\(\w+\)s", text)) == sorted(re.findall(r"%\(\w+\)s", translated[text])), text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_in_one_language_and_says_which(db: None, language: str, name: str) -> None:
    answer = PAGES[name](Client(HTTP_HOST="localhost"), language)
    page = BeautifulSoup(answer.content, "html.parser")  # type: ignore[attr-defined]
    assert page.html["lang"] == language  # type: ignore[index]
    assert answer["Content-Language"] == language  # type: ignore[index]
    for part in page.select("[lang]:not(html), textarea, option, tbody th, svg text"):
        part.decompose()
    text = f" {page.get_text(' ', strip=True)} "
    assert not [word for word in FOREIGN[language] if word in text.lower()], text


@pytest.mark.parametrize(
    ("text", "wanted"), [("Du er her.", 3.0), ("Du er her. Du er der!", 3.0), ("Barnehagen er åpen.", 3 + 100 / 3)]
)
def test_the_index_is_counted_as_it_is_defined(text: str, wanted: float) -> None:
    assert lix(text) == pytest.approx(wanted)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_plain(db: None, language: str) -> None:
    client = Client(HTTP_HOST="localhost")
    found = {}
    for name, ask in PAGES.items():
        page = BeautifulSoup(ask(client, language).content, "html.parser")  # type: ignore[attr-defined]
        for part in page.select("option, svg, script, table tbody, h2[lang]"):
            part.decompose()
        parts = [one.get_text(" ", strip=True) for one in page.select("main p, main li, main label, main h1, main h2")]
        found[name] = lix(". ".join(part for part in parts if part))
    print(*(f"LIX {language} {name}: {value:.0f}" for name, value in found.items()), sep="\n")  # noqa: T201
    assert all(value < MOST_LIX for value in found.values()), found


def test_the_words_of_the_finder_are_plain_too() -> None:
    import yaml

    file = yaml.safe_load((Path(ROOT) / "definitions" / "finder.yaml").read_text(encoding="utf-8"))
    for language in LANGUAGES:
        text = " ".join(kind[language] for kind in file["kinds"].values())
        assert lix(text) < MOST_LIX, (language, lix(text))
