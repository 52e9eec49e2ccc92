"""A file that follows the format, seen as one case: what is there, what is deleted, and on which day it was drawn.

Both the rules and the reading look at a file through this, so that they agree on what counts.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from grunnmur.cases.national_id import NationalId, NotANationalId, parse
from grunnmur.clock import OSLO
from grunnmur.exchange.ssb.structure import Node


@dataclass(frozen=True)
class CaseView:
    """`root` follows the format; `on` is the day the file is read."""

    root: Node
    on: date

    @cached_property
    def sender(self) -> Node:
        return self._only("Avgiver")

    @cached_property
    def case(self) -> Node:
        return self._only("Sak")

    @cached_property
    def extracted_at(self) -> datetime:
        moment = self.root.values["DatoUttrekk"]
        assert isinstance(moment, datetime)
        return moment

    @cached_property
    def extracted_on(self) -> date:
        """The day in Norway on which the file was drawn from the case system."""
        try:
            return self.extracted_at.astimezone(OSLO).date()
        except OverflowError:
            return self.extracted_at.date()

    @cached_property
    def deleted_ids(self) -> frozenset[tuple[str, str]]:
        """Kind and id of what `Slettet` names."""
        return frozenset((node.string("Type"), node.string("Id").lower()) for node in self.case.all("Slettet"))

    def is_deleted(self, node: Node) -> bool:
        """Whether the sender has taken the element back: marked on itself, or named by `Slettet`."""
        return node.is_true("ErSlettet") or (node.name, node.string("Id").lower()) in self.deleted_ids

    def live(self, *names: str) -> tuple[Node, ...]:
        """The elements of the case with one of these names that are not deleted, in file order."""
        return tuple(node for node in self.case.children if node.name in names and not self.is_deleted(node))

    @cached_property
    def person(self) -> Node | None:
        """The newest personal data that are not deleted."""
        return max(self.live("Personalia"), key=lambda node: (starts(node), node.line), default=None)

    def _only(self, name: str) -> Node:
        found = self.root.first(name)
        assert found is not None
        return found


def starts(node: Node) -> date:
    """The element's StartDato, which the format requires of it."""
    found = node.day("StartDato")
    assert found is not None
    return found


def conclusion(node: Node) -> Node | None:
    """The element's conclusion, unless it is deleted."""
    found = node.first("Konklusjon")
    return None if found is None or found.is_true("ErSlettet") else found


def ends(node: Node) -> date | None:
    """The day the element was concluded, if it is."""
    found = conclusion(node)
    return found.day("SluttDato") if found else None


def number_of(person: Node) -> NationalId | None:
    """The person's national identity number, or None when it is not one."""
    try:
        return parse(person.string("Fodselsnummer"))
    except NotANationalId:
        return None
