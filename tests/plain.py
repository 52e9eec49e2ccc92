"""How plain a page is: Björnsson's readability index, LIX, of what stands on it."""

import re

from bs4 import BeautifulSoup

NOT_READ = "option, svg, script, table tbody, h2[lang], [hidden], .ds-sr-only, [aria-hidden=true]"
"""What is looked up and not read, and what cannot be seen."""
THEIRS = "[data-theirs]"
"""What people have written themselves, and what things are called: not our words."""
READ = ("p", "li", "label", "legend", "h1", "h2", "h3", "dt", "dd", "button", ".ds-button")
SAID = ", ".join(f"main {one}" for one in READ)


def lix(text: str) -> float:
    """Words in a sentence, and how many words in a hundred have more than six letters."""
    words = re.findall(r"[^\W\d_]+", text)
    sentences = [one for one in re.split(r"[.!?:]+", text) if re.search(r"\w", one)]
    return len(words) / len(sentences) + 100 * sum(len(word) > 6 for word in words) / len(words)


def read(html: bytes) -> str:
    """The sentences of a page; a heading, a label and a point of a list each counts as one."""
    page = BeautifulSoup(html, "html.parser")
    for part in page.select(f"{NOT_READ}, {THEIRS}"):
        part.decompose()
    found = [one for one in page.select(SAID) if not one.find_parent(["p", "dt", "dd"]) and not one.select(SAID)]
    parts = [one.get_text(" ", strip=True) for one in found]
    return ". ".join(re.sub(r"\bkl\.|(?<=\d)\.(?=\d)", " ", part) for part in parts if part)
