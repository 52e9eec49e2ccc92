"""What is read of a page as it is drawn, for its readability index (`tools/plain.py`)."""

import re

from bs4 import BeautifulSoup

NOT_READ = "option, svg, script, table tbody, h2[lang], [hidden], .ds-sr-only, [aria-hidden=true]"
"""What is looked up and not read, and what cannot be seen."""
THEIRS = "[data-theirs]"
"""What people have written themselves, and what things are called: not our words."""
READ = ("p", "li", "label", "legend", "h1", "h2", "h3", "dt", "dd", "button", ".ds-button")
SAID = ", ".join(f"main {one}" for one in READ)


def read(html: bytes) -> str:
    """The sentences of a page; a heading, a label and a point of a list each counts as one."""
    page = BeautifulSoup(html, "html.parser")
    for part in page.select(f"{NOT_READ}, {THEIRS}"):
        part.decompose()
    found = [one for one in page.select(SAID) if not one.find_parent(["p", "dt", "dd"]) and not one.select(SAID)]
    parts = [one.get_text(" ", strip=True) for one in found]
    return ". ".join(re.sub(r"\bkl\.|(?<=\d)\.(?=\d)", " ", part) for part in parts if part)
