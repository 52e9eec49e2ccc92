"""What goes into a research extract, from the rows that the database gave out: made safe, or refused. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from grunnmur.insight.deidentify import (
    Detail,
    Known,
    Said,
    classes,
    has_enough,
    merge_rare,
    merge_weeks,
    safest,
    say_answers,
)
from grunnmur.insight.halves import Half
from grunnmur.insight.indicators import Grade
from grunnmur.insight.research_columns import CASE, Column, Part, Sort, parts

Row = tuple[str, str | None, Mapping[str, Any]]
"""The table, the code of the child or None, and what is said, as `sec.take_research` gives it."""
QUESTIONS = ("was_heard", "understood", "it_helps")


class TooFew(Exception):
    """However coarse it is made, too few children share the same. Nothing may be given out."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the file, as it may leave the house."""

    part: Part
    rows: Sequence[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Content:
    """What an extract holds, and what is to be said of how it was made safe."""

    detail: Detail
    tables: tuple[Table, ...]
    without: tuple[Part, ...]
    """Tables that were asked for and are about too few."""
    classes: Mapping[Said, int]
    """How many children share each combination of what others can know."""
    left_out: Mapping[str, int]
    """Children that are not in it, by why."""


def content(rows: Iterable[Row], *, chosen: tuple[str, ...]) -> Content:
    """Everything in an extract made safe. Raises TooFew."""
    by_part: dict[str, list[tuple[str, Mapping[str, Any]]]] = defaultdict(list)
    for key, code, facts in rows:
        by_part[key].append((code or "", facts))
    known = {code: known_of(facts) for code, facts in by_part["case"]}
    counts = Counter(known.values())
    detail = safest(counts)
    if detail is None:
        raise TooFew
    tables, without = [], []
    for part in parts(chosen):
        if part is CASE:
            said = _table(part, [(code, {**facts, **_said(detail, known[code])}) for code, facts in by_part[part.key]])
        elif part.key == "experience":
            said = _answers([facts for _code, facts in by_part[part.key]])
        else:
            found = by_part[part.key]
            said = _table(part, found) if has_enough(code for code, _facts in found) else []
        if said:
            tables.append(Table(part, said))
        else:
            without.append(part)
    left_out = {str(facts["why"]): int(facts["children"]) for _code, facts in by_part["left_out"]}
    return Content(detail, tuple(tables), tuple(without), classes(counts, detail), left_out)


def known_of(facts: Mapping[str, Any]) -> Known:
    """What others can know of the child of a case."""
    half = facts["half"]
    return Known(Half.of(half if isinstance(half, date) else date.fromisoformat(half)), facts["age"], facts["sex"])


def _said(detail: Detail, one: Known) -> dict[str, str]:
    return dict(zip(("time", "age", "sex"), detail.say(one), strict=True))


def _table(part: Part, found: Sequence[tuple[str, Mapping[str, Any]]]) -> list[tuple[str, ...]]:
    """The rows with every column made safe, in the order of the codes, which is none."""
    columns = [_column(column, found) for column in part.columns]
    return sorted(zip(*columns, strict=True))


def _column(column: Column, found: Sequence[tuple[str, Mapping[str, Any]]]) -> list[str]:
    if column.sort is Sort.CODE:
        return [code for code, _facts in found]
    values = [(code, facts[column.name]) for code, facts in found]
    if column.sort is Sort.WEEKS:
        spans = merge_weeks(values)
        return [spans[weeks] for _code, weeks in values]
    if column.sort is Sort.VALUE:
        merged = merge_rare((code, str(value)) for code, value in values)
        return [merged[str(value)] for _code, value in values]
    return [value for _code, value in values]


def _answers(found: Iterable[Mapping[str, Any]]) -> list[tuple[str, ...]]:
    """The answers of each half-year and sort of people by themselves; those that are too few are left out."""
    groups: dict[tuple[str, str], list[tuple[str, ...]]] = defaultdict(list)
    for facts in found:
        month = date.fromisoformat(facts["month"])
        groups[Half.of(month).key, facts["of"]].append(tuple(_grade(facts[one]) for one in QUESTIONS))
    rows: list[tuple[str, ...]] = []
    for about, answers in sorted(groups.items()):
        rows += [(*about, *said) for said in say_answers(answers) or ()]
    return rows


def _grade(number: int) -> str:
    """Five grades as the three that the numbers about the pathway have."""
    return (Grade.YES if number >= 4 else Grade.PARTLY if number == 3 else Grade.NO).value
