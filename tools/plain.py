"""How plain the texts of the family's and the open pages are: LIX of what stands in each file, in each language.

No page is drawn, and no database is asked: the sentences are those of the template, of whoever reads it. The pages as
they are drawn are measured by `tests/family/test_plain.py` and `tests/public/test_languages.py`.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import polib

from tools import translations

MOST = {"family/": 30, "public/": 40}
"""The family's pages are the child's too, and are held to what a child reads (LIX under 30); the open ones to 40."""
FEWEST = 10
"""Words: a file with fewer says too little to be measured."""
LANGUAGES = ("nb", "nn", "en")
FILLED_IN = re.compile(r"%\(\w+\)s")


def lix(text: str) -> float:
    """Björnsson's index: words in a sentence, and how many words in a hundred have more than six letters."""
    words = re.findall(r"[^\W\d_]+", text)
    sentences = [one for one in re.split(r"[.!?:]+", text) if re.search(r"\w", one)]
    return len(words) / len(sentences) + 100 * sum(len(word) > 6 for word in words) / len(words)


@dataclass(frozen=True, slots=True)
class Plain:
    """One file, and its index by language."""

    file: str
    by_language: dict[str, float]

    @property
    def fault(self) -> str:
        """Which language is too hard to read, and what the most is; empty when none is."""
        most = next(most for folder, most in MOST.items() if self.file.startswith(folder))
        hard = [f"{language} {value:.0f}" for language, value in self.by_language.items() if value >= most]
        return f"{self.file}: LIX {', '.join(hard)}, and must be under {most}." if hard else ""


def measure() -> Iterator[Plain]:
    """Every file that says enough, by name."""
    catalogues = {
        language: {
            (one.msgctxt or "", one.msgid): one.msgstr or one.msgstr_plural.get(0, "")
            for one in polib.pofile(str(path))
        }
        for language, path in (("nn", translations.WHOLE), ("en", translations.ENGLISH))
    }
    texts: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for file, _line, (context, text, _many) in translations.drawn_out():
        if file.startswith(tuple(MOST)) and file not in translations.FOR_STAFF:
            texts[file].append((context, text))
    for file, found in sorted(texts.items()):
        said = {
            language: ". ".join(
                FILLED_IN.sub("X", catalogues[language].get(one, one[1]) if language in catalogues else one[1])
                for one in found
            )
            for language in LANGUAGES
        }
        if len(said["nb"].split()) >= FEWEST:
            yield Plain(file, {language: lix(text) for language, text in said.items()})


def main() -> int:
    """Print the index of every file, and then what is too hard to read. Returns the exit code."""
    measured = list(measure())
    for one in measured:
        values = "  ".join(f"{language} {value:2.0f}" for language, value in one.by_language.items())
        print(f"LIX  {values}  {one.file}")
    faults = [one.fault for one in measured if one.fault]
    print(*faults, sep="\n", end="", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
