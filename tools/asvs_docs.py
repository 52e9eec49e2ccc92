"""`docs/security/asvs.md`, written from `docs/security/asvs.yaml`.

`python -m tools.asvs_docs` writes it; with `--check` it only says whether it is current (exit 1 if not).
"""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grunnmur import yaml_file

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "docs" / "security" / "asvs.yaml"
STANDARD = "https://owasp.org/www-project-application-security-verification-standard/"
PAGE = DATA.with_suffix(".md")
VERDICTS = {"met": "met", "operator": "the operator's", "not_met": "**not met**", "not_applicable": "does not apply"}


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement of the standard, and how it stands here."""

    chapter: str
    key: str
    level: int
    asks: str
    verdict: str
    says: str
    """Why it does not apply, what is missing, or what the operator does; empty when it is met."""
    evidence: tuple[str, ...]
    """Files, and tests as file::name, that hold a requirement which is met, or the product's part of the operator's."""


def requirements() -> list[Requirement]:
    """Every requirement that is answered, in the standard's order. Raises ValueError for one without one answer."""
    chapters: dict[str, dict[str, dict[str, Any]]] = yaml_file.read(DATA)
    return [_read(chapter, key, said) for chapter, of in chapters.items() for key, said in of.items()]


def _read(chapter: str, key: str, said: dict[str, Any]) -> Requirement:
    verdicts = set(said) - {"level", "asks", "held"}
    if len(verdicts) != 1 or not verdicts <= set(VERDICTS):
        raise ValueError(f"{key} must have one answer of {', '.join(VERDICTS)}.")
    (verdict,) = verdicts
    answer = said[verdict]
    evidence = tuple(answer if verdict == "met" else said.get("held", ()))
    return Requirement(
        chapter=chapter,
        key=key,
        level=said["level"],
        asks=said["asks"],
        verdict=verdict,
        says="" if verdict == "met" else answer,
        evidence=evidence,
    )


def render() -> str:
    """The page."""
    return "\n".join(_page(requirements())) + "\n"


def _page(found: list[Requirement]) -> Iterator[str]:
    times = Counter(one.verdict for one in found)
    halves = sum(one.verdict == "operator" and bool(one.evidence) for one in found)
    yield "<!-- Written by tools/asvs_docs.py from asvs.yaml. Change that, not this page. -->"
    yield "# OWASP ASVS 5.0.0: what it asks, and how it stands here\n"
    yield f"Every requirement of level 1 and 2 of the [Application Security Verification Standard]({STANDARD}) 5.0.0,"
    yield "and of level 3 for authorisation (V8) and logging (V16). The numbers and levels are the standard's, the few"
    yield "words ours: they remind, and the standard asks. It has been gone through by those who build the product, and"
    yield "by nobody else.\n"
    yield f"Of {len(found)}: **{times['met']} met**, each with files and tests that exist"
    yield f"(`tests/house/test_security_docs.py`); **{times['not_met']} not met**, said plainly below;"
    yield f"{times['operator']} are the operator's to see to, and for {halves} of those tests hold the product's part;"
    yield f"{times['not_applicable']} do not apply.\n"
    yield "## Not met\n"
    yield "| | level | what it asks | what is missing |\n|---|---|---|---|"
    for one in found:
        if one.verdict == "not_met":
            yield f"| {one.key} | {one.level} | {one.asks} | {one.says} |"
    for chapter in dict.fromkeys(one.chapter for one in found):
        yield f"\n## {chapter}\n"
        yield "| | level | what it asks | | how |\n|---|---|---|---|---|"
        for one in found:
            if one.chapter == chapter:
                how = " ".join(filter(None, (one.says, ", ".join(f"`{name}`" for name in one.evidence))))
                yield f"| {one.key} | {one.level} | {one.asks} | {VERDICTS[one.verdict]} | {how} |"


def main(arguments: list[str]) -> int:
    """Write the page, or with `--check` compare it. Returns the exit code."""
    page = render()
    if "--check" not in arguments:
        PAGE.write_text(page, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page:
        return 0
    sys.stderr.write(f"{PAGE.name} is stale: run ./run docs\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
