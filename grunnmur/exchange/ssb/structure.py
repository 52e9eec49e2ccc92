"""Does a file follow the format? Holds an XML tree against the table in `format_v4` and gives typed nodes.

Says the same as an XML Schema validator with the official schema (the tests show it on thousands of broken
files), but in plain words and without the schema at hand.
"""

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import cast

from django.utils.translation import gettext as _
from lxml import etree

from grunnmur.exchange.ssb import format_v4 as v4
from grunnmur.exchange.ssb.problems import FILE_DESCRIPTION, MAX_PROBLEMS, Problem

WHITESPACE = " \t\r\n"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSD = "http://www.w3.org/2001/XMLSchema"
SCHEMA_HINTS = 3
"""How many attributes of XSI an element can have beside its own; with more than that we do not look at each one,
because going through an element's attributes takes time by the square of their number."""

Typed = str | date | datetime | bool


@dataclass(frozen=True)
class Node:
    """An element that follows the format, with its values as dates, truths and texts.

    A date that Python cannot hold (before year 1 or after 9999) is `date.min` or `date.max`.
    """

    name: str
    line: int
    values: dict[str, Typed] = field(default_factory=dict)
    text: Typed = ""
    children: tuple["Node", ...] = ()

    def all(self, name: str) -> tuple["Node", ...]:
        return tuple(child for child in self.children if child.name == name)

    def first(self, name: str) -> "Node | None":
        return next((child for child in self.children if child.name == name), None)

    def string(self, attribute: str) -> str:
        """The value as text, or an empty text when the attribute is not there."""
        return str(self.values.get(attribute, ""))

    def day(self, attribute: str) -> date | None:
        value = self.values.get(attribute)
        return value if isinstance(value, date) else None

    def is_true(self, attribute: str) -> bool:
        return self.values.get(attribute) is True

    def dates(self) -> Iterator[tuple[str, date, int]]:
        """Every date here and below, with its name and line."""
        for name, value in self.values.items():
            if isinstance(value, date) and not isinstance(value, datetime):
                yield name, value, self.line
        if isinstance(self.text, date):
            yield self.name, self.text, self.line
        for child in self.children:
            yield from child.dates()


def check(root: etree._Element) -> tuple[Node, tuple[Problem, ...]]:
    """The file as nodes, and every way in which it breaks the format (at most MAX_PROBLEMS).

    The nodes are to be trusted only when there are no problems.
    """
    reader = _Reader()
    if root.tag != v4.ROOT_NAME:
        message = _("Filen er ikke en barnevernsfil fra SSB: den skal begynne med «Barnevern».")
        return Node("", 1), (Problem(_line(root), FILE_DESCRIPTION, message),)
    node = reader.read(root, v4.ROOT)
    return node, tuple(sorted(reader.problems, key=lambda problem: problem.line or 0)[:MAX_PROBLEMS])


class _Reader:
    """Collects problems on one way through the tree."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def fault(self, line: int, message: str, **words: object) -> None:
        advice = _("Be leverandøren av fagsystemet rette det, og lag en ny fil.")
        self.problems.append(Problem(line, FILE_DESCRIPTION, f"{message % words} {advice}"))

    def read(self, element: etree._Element, expected: v4.Element) -> Node:
        name, line = str(element.tag), _line(element)
        values = self.attributes(name, element, expected)
        if expected.text is not None:
            return Node(name, line, values, self.own_text(name, element, expected.text))
        children = self.children(name, element, expected)
        self.uniqueness(expected, children)
        return Node(name, line, values, children=children)

    def attributes(self, name: str, element: etree._Element, expected: v4.Element) -> dict[str, Typed]:
        line, given = _line(element), cast(dict[str, str], element.attrib)
        if len(given) > len(expected.attributes) + SCHEMA_HINTS:
            self.fault(line, _("«%(name)s» har flere attributter enn formatet kjenner."), name=name)
            return {}
        values: dict[str, Typed] = {}
        for key, raw in given.items():
            attribute = expected.attributes.get(key)
            if attribute is None:
                if not _is_schema_hint(element, key, raw, expected.type_name):
                    self.fault(line, _("«%(name)s» kan ikke ha «%(attribute)s»."), name=name, attribute=_shown(key))
                continue
            value = read_value(raw, attribute.value)
            if value is None:
                self.fault(line, _fault_in(attribute.value), where=f"{name}/{key}")
            else:
                values[key] = value
        for key, attribute in expected.attributes.items():
            if attribute.is_required and key not in given:
                self.fault(line, _("«%(name)s» mangler «%(attribute)s»."), name=name, attribute=key)
        return values

    def own_text(self, name: str, element: etree._Element, expected: v4.Value) -> Typed:
        if len(element):
            self.fault(_line(element[0]), _("«%(name)s» skal bare ha en verdi, ikke elementer."), name=name)
            return ""
        value = read_value(element.text or "", expected)
        if value is None:
            self.fault(_line(element), _fault_in(expected), where=name)
            return ""
        return value

    def children(self, name: str, element: etree._Element, expected: v4.Element) -> tuple[Node, ...]:
        """The children in the order of the format: each kind as often as it may be, none out of its place."""
        self.stray_text(name, element, is_empty=not expected.children)
        nodes: list[Node] = []
        place = 0
        counted: Counter[int] = Counter()
        for child in element:
            following = range(place, len(expected.children))
            found = next((n for n in following if expected.children[n].name == child.tag), None)
            if found is None:
                self.misplaced(name, child, expected)
                continue
            place = found
            counted[place] += 1
            nodes.append(self.read(child, expected.children[place].element))
        for n, kind in enumerate(expected.children):
            words = {"name": name, "child": kind.name, "most": kind.at_most}
            if counted[n] < kind.at_least:
                self.fault(_line(element), _("«%(name)s» mangler «%(child)s», eller den står på feil plass."), **words)
            if kind.at_most is not None and counted[n] > kind.at_most:
                line = [node.line for node in nodes if node.name == kind.name][kind.at_most]
                self.fault(line, _("«%(name)s» kan ha høyst %(most)s «%(child)s»."), **words)
        return tuple(nodes)

    def misplaced(self, name: str, child: etree._Element, expected: v4.Element) -> None:
        if any(kind.name == child.tag for kind in expected.children):
            message = _("«%(child)s» står på feil plass i «%(name)s».")
        else:
            message = _("«%(child)s» hører ikke hjemme i «%(name)s».")
        self.fault(_line(child), message, name=name, child=_shown(str(child.tag)))

    def stray_text(self, name: str, element: etree._Element, *, is_empty: bool) -> None:
        texts = [element.text or "", *(child.tail or "" for child in element)]
        if any(texts) if is_empty else any(text.strip(WHITESPACE) for text in texts):
            self.fault(_line(element), _("«%(name)s» skal ikke ha tekst inni seg."), name=name)

    def uniqueness(self, expected: v4.Element, children: tuple[Node, ...]) -> None:
        seen: set[tuple[str, ...]] = set()
        for child in children:
            if fields := expected.unique.get(child.name):
                key = (child.name, *(child.string(name) for name in fields))
                if key in seen:
                    self.fault(child.line, _("To «%(child)s» har samme Id."), child=child.name)
                seen.add(key)


# --- values ------------------------------------------------------------------------------------------------

_DATE = re.compile(r"(-?)([1-9]\d{4,18}|\d{4})-(\d\d)-(\d\d)(Z|[+-]\d\d:\d\d)?", re.ASCII)
_MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)", re.ASCII)
_LAST_YEAR = 2**63 - 1
"""The last year that the schema validator in common use can count."""


def read_value(raw: str, expected: v4.Value) -> Typed | None:
    """The value as its type, or None when it is not one."""
    match expected:
        case v4.Date():
            return _read_date(raw)
        case v4.Moment():
            return _read_moment(raw.strip(WHITESPACE))
        case v4.YesNo():
            return {"true": True, "1": True, "false": False, "0": False}.get(raw.strip(WHITESPACE))
        case v4.Text():
            return raw if _fits(raw, expected) else None


def _fits(raw: str, expected: v4.Text) -> bool:
    if expected.codes is not None:
        return raw in expected.codes
    if len(raw) < expected.shortest or (expected.longest is not None and len(raw) > expected.longest):
        return False
    return expected.form is None or expected.form.fullmatch(raw) is not None


def _read_date(raw: str) -> date | None:
    found = _DATE.fullmatch(raw)
    if found is None:
        return None
    sign, year, month, day = found[1], int(found[2]), int(found[3]), int(found[4])
    if not (1 <= year <= _LAST_YEAR and _is_day(year, month, day) and _offset(found[5] or "Z") is not None):
        return None
    if sign:
        return date.min
    return date(year, month, day) if year <= date.max.year else date.max


def _read_moment(raw: str) -> datetime | None:
    found = _MOMENT.fullmatch(raw)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(found[n]) for n in range(1, 7))
    fraction = (found[7] or "0").ljust(9, "0")
    offset = _offset(found[8])
    is_midnight_after = (hour, minute, second, int(fraction)) == (24, 0, 0, 0)
    if year == 0 or not _is_day(year, month, day) or offset is None or minute > 59 or second > 59:
        return None
    if hour > 23 and not is_midnight_after:
        return None
    zone = timezone(offset)
    if is_midnight_after:
        moment = datetime(year, month, day, tzinfo=zone)
        return moment + timedelta(days=1) if moment.date() < date.max else datetime.max.replace(tzinfo=zone)
    return datetime(year, month, day, hour, minute, second, int(fraction[:6]), tzinfo=zone)


def _is_day(year: int, month: int, day: int) -> bool:
    """Whether the day exists; leap years by the Gregorian rule for any year."""
    return 1 <= month <= 12 and 1 <= day <= monthrange(2000 + year % 400, month)[1]


def _offset(zone: str) -> timedelta | None:
    """The time zone as an offset from UTC; at most 14 hours."""
    if zone == "Z":
        return timedelta()
    hours, minutes = int(zone[1:3]), int(zone[4:6])
    if minutes > 59 or hours * 60 + minutes > 14 * 60:
        return None
    offset = timedelta(hours=hours, minutes=minutes)
    return offset if zone[0] == "+" else -offset


def _fault_in(expected: v4.Value) -> str:
    """What is wrong with a value that is not of its type; the value itself is never shown."""
    match expected:
        case v4.Date():
            return _("«%(where)s» er ikke en dato som finnes, skrevet ÅÅÅÅ-MM-DD.")
        case v4.Moment():
            return _("«%(where)s» er ikke en dato og et klokkeslett med tidssone.")
        case v4.YesNo():
            return _("«%(where)s» skal være true eller false.")
        case v4.Text(codes=codes) if codes is not None:
            return _("«%(where)s» har en kode som ikke finnes i kodelisten.")
        case v4.Text():
            return _("«%(where)s» har feil form eller lengde.")


def _is_schema_hint(element: etree._Element, key: str, raw: str, type_name: str | None) -> bool:
    """Attributes that any XML file may have to name its schema or repeat a type; never followed."""
    if key in (f"{{{XSI}}}schemaLocation", f"{{{XSI}}}noNamespaceSchemaLocation"):
        return True
    if key != f"{{{XSI}}}type" or type_name is None:
        return False
    prefix, colon, local = raw.rpartition(":")
    namespace = element.nsmap.get(prefix if colon else None)
    return (f"xs:{local}" if namespace == XSD else local if namespace is None and not colon else None) == type_name


def _line(element: etree._Element) -> int:
    return cast(int | None, element.sourceline) or 1


def _shown(name: str) -> str:
    """A name from the file, short, and without anything that could be somebody's number."""
    name = re.sub(r"\d{4,}", "…", name.rpartition("}")[2])
    return name if len(name) <= 40 else f"{name[:40]}…"
