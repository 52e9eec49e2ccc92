"""A sentence of SQL, broken in one place at a time. Pure text: nothing here knows what a table is."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

OPERATORS = (
    (r" <= ", " < "),
    (r" >= ", " > "),
    (r"(?<![<-]) > ", " >= "),
    (r" <> ", " = "),
    (r"(?<![<>!]) = ", " <> "),
    (r"\bnot in\b", "in"),
    (r"\bis not distinct from\b", "is distinct from"),
    (r"\bis null\b", "is not null"),
    (r"\bis not null\b", "is null"),
    (r"\bnot exists\b", "exists"),
)
WORDS = re.compile(
    r"\(|\)|'[^']*'|\b(?:and|or|where|when|then|else|end|case|on|order|group|limit|select|(?<!distinct )from)\b"
)
"""What conditions end at; the `from` of `is distinct from` stands inside one."""
OPERATOR = re.compile(r"(?:[=<>]|\bdistinct from)\s*$")
"""What a whole `case` stands behind when it is a value that is compared, and no condition."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Where one condition begins and ends, and what joins it to its neighbours; nothing when it stands alone."""

    start: int
    end: int
    joined_by: str


def broken(sentence: str) -> Iterator[tuple[str, str]]:
    """Every version of a sentence with one thing broken: a comparison turned, a condition dropped, «and» for «or».

    Each with what was broken in it, and nothing of what stands around: the smallest condition that is another now, as
    it was and as it is. The second place in a sentence where the same is broken says so.
    """
    times: Counter[str] = Counter()
    for what, other in _broken(sentence):
        times[what] += 1
        yield what if times[what] == 1 else f"{what}, time {times[what]}", other


def _broken(sentence: str) -> Iterator[tuple[str, str]]:
    found = conditions(sentence)
    for pattern, other in OPERATORS:
        for one in re.finditer(pattern, sentence):
            around = [part for part in found if part.start <= one.start() and one.end() <= part.end]
            of = min(around, key=lambda part: part.end - part.start)
            yield _said(sentence, one.start(), one.end(), other, of=(of.start, of.end))
    for part in sorted(found, key=lambda part: part.start):
        if part.joined_by and sentence[part.start : part.end].strip():  # what is before a `case` is empty
            other = " true " if part.joined_by == "and" else " false "
            yield _said(sentence, part.start, part.end, other, of=(part.start, part.end))
    for one in WORDS.finditer(sentence):
        if one[0] not in ("and", "or"):
            continue
        before = next(part.start for part in found if part.end == one.start())
        after = next(part.end for part in found if part.start == one.end())
        yield _said(sentence, one.start(), one.end(), "or" if one[0] == "and" else "and", of=(before, after))


def _said(sentence: str, start: int, end: int, other: str, *, of: tuple[int, int]) -> tuple[str, str]:
    before, after = of
    was, now = sentence[before:after], sentence[before:start] + other + sentence[end:after]
    what = f"«{' '.join(was.split())}» to «{' '.join(now.split())}»"
    return what, sentence[:start] + other + sentence[end:]


def conditions(sentence: str) -> list[Condition]:
    """Every condition of a sentence, also those inside others; found by counting brackets.

    A `case` that is a value to compare with is as good as one in brackets: what it is compared with is no condition
    without it.
    """
    found: list[Condition] = []
    groups: list[tuple[list[tuple[int, int]], set[str], int]] = [([], set(), 0)]

    def close(at: int) -> None:
        parts, joints, start = groups[-1]
        parts.append((start, at))
        joined_by = "" if len(parts) == 1 else "and" if "and" in joints else "or"
        found.extend(Condition(begin, end, joined_by) for begin, end in parts)

    values: list[bool] = []
    """Of each `case` that is not at its end: whether it is a value."""
    for word in WORDS.finditer(sentence):
        token = word[0]
        if token == "case":
            values.append(bool(OPERATOR.search(sentence[groups[-1][2] : word.start()])))
        is_value = token in ("case", "end") and (values[-1] if token == "case" else values.pop())
        if token == "(" or (token == "case" and is_value):
            groups.append(([], set(), word.end()))
        elif token == ")" or (token == "end" and is_value):
            close(word.start())
            groups.pop()
        elif token in ("and", "or"):
            parts, joints, start = groups[-1]
            parts.append((start, word.start()))
            joints.add(token)
            groups[-1] = (parts, joints, word.end())
        elif token[0] != "'":
            close(word.start())
            groups[-1] = ([], set(), word.end())
    close(len(sentence))
    return found
