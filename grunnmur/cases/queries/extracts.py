"""An extract as the one who asked may have it: what is handed out, what is withheld, and who has looked.

It has what the one who asked may see in its own right (`own_right`), and never more because staff make it.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grunnmur import clock
from grunnmur.cases import access
from grunnmur.cases.access_rules import Purpose, access_rules
from grunnmur.cases.models import Child, Extract, RelatedPerson, Remark, Withheld
from grunnmur.cases.queries import held, own_right, remarks
from grunnmur.cases.queries.child import ChildHead
from grunnmur.cases.queries.held import Item
from grunnmur.cases.queries.looks import LookedAt, looks_at
from grunnmur.cases.queries.own_right import OwnRight
from grunnmur.cases.terms import (
    ALL_KINDS,
    AddressProtection,
    InformationKind,
    LookKind,
    RelationKind,
    RemarkBy,
    WithheldGround,
)
from grunnmur.directory.sessions import Actor

EXPIRED = gettext_lazy("Innsynet er utløpt. Lag et nytt hvis det fortsatt trengs.")
PROTECTED = gettext_lazy(
    "Barnets adresse er skjermet. Et innsyn til andre enn barnet kan røpe hvor barnet bor, og lages derfor ikke her."
)
NO_RIGHT = gettext_lazy(
    "Personen har ikke innsyn nå. Et innsyn har bare det personen selv kan se. Bestem det først under «Hvem ser hva»."
)
BESIDE = frozenset({"cases_remark", "cases_participation"})
"""Tables about sight and rights that are in an extract all the same."""
FOR_THE_CHILD = frozenset({"cases_formervalues"})


@dataclass(frozen=True, slots=True)
class Thing:
    """One row in an extract, for review: whose other names it holds, and whether it is withheld."""

    item: Item
    names: tuple[str, ...]
    """Names of others that stand in it: to be looked at before it is handed out."""
    remarks: tuple[str, ...]
    withheld: WithheldGround | None
    why: str


@dataclass(frozen=True, slots=True)
class Part:
    """One table of an extract."""

    table: str
    purpose: str
    things: tuple[Thing, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """An extract with everything in it, as the one who makes it sees it before it is handed out."""

    extract_id: UUID
    for_whom: str
    asked_on: date
    made_at: datetime
    expires_at: datetime
    is_open: bool
    parts: tuple[Part, ...]

    @property
    def count(self) -> int:
        return sum(len(part.things) for part in self.parts)

    @property
    def flagged(self) -> int:
        return sum(bool(thing.names) and thing.withheld is None for part in self.parts for thing in part.things)


@dataclass(frozen=True, slots=True)
class Content:
    """What is handed out: nothing that is withheld, and nothing that says that anything is."""

    extract_id: UUID
    for_whom: str
    made_on: date
    parts: tuple[Part, ...]
    looks: tuple[LookedAt, ...]


def get(actor: Actor, child: Child, extract_id: UUID) -> Extract:
    """One extract about the child. Raises NotVisible."""
    rows = Extract.objects.select_related("related_person", "child").filter(child=child, pk=extract_id)
    extract = access.visible_to(actor, rows).first()
    if extract is None:
        raise access.NotVisible
    return extract


def list_extracts(head: ChildHead) -> tuple[Review, ...]:
    """The extracts that have been made, newest first, without what is in them."""
    rows = Extract.objects.select_related("related_person").filter(child=head.child)
    return tuple(_review(row, ()) for row in access.visible_to(head.actor, rows).order_by("-recorded_at")[:50])


def why_not_for(child: Child, related: RelatedPerson | None, *, is_represented: bool, on: date) -> str | Promise | None:
    """Why no extract can be made in the right of the child (`related` None) or of one around it.

    One around the child needs parental responsibility now, and each must be able to see something in its own right.
    Where a child with a protected address is can be read out of places, meetings and services, so nobody but the child
    itself is given an extract then.
    """
    if child.address_protection != AddressProtection.NONE and (related is not None or is_represented):
        return PROTECTED
    if related is not None:
        is_now = related.from_on <= on and (related.until_on is None or on < related.until_on)
        if not related.has_parental_responsibility or not is_now or hasattr(related, "replaced_by"):
            return _("Bare den som har foreldreansvar nå, kan få innsyn på denne måten.")
    return None if own_right.of(child, _identity(child, related)).opens_anything else NO_RIGHT


def _identity(child: Child, related: RelatedPerson | None) -> UUID:
    return related.identity if related is not None else child.pk


def review(actor: Actor, extract: Extract) -> Review:
    """The whole extract with what is withheld and what should be looked at."""
    return _review(extract, _parts(actor, extract))


def get_thing(actor: Actor, extract: Extract, subject_id: UUID) -> Thing:
    """One thing in the extract. Raises NotVisible."""
    for part in _parts(actor, extract):
        for thing in part.things:
            if thing.item.id == subject_id:
                return thing
    raise access.NotVisible


def item_ids(actor: Actor, extract: Extract) -> set[UUID]:
    """Every row that the extract has."""
    return {thing.item.id for part in _parts(actor, extract) for thing in part.things}


def content(actor: Actor, extract: Extract) -> Content:
    """What is handed out. A part in which everything is withheld is not there either."""
    parts = _parts(actor, extract)
    gone = {str(thing.item.id) for part in parts for thing in part.things if thing.withheld is not None}
    kept = (
        replace(
            part,
            # A remark goes with what it is about: alone it would say that there was something.
            things=tuple(
                thing
                for thing in part.things
                if str(thing.item.id) not in gone and thing.item.columns.get("subject_id") not in gone
            ),
        )
        for part in parts
    )
    return Content(
        extract_id=extract.pk,
        for_whom=whom(extract),
        made_on=clock.today(),
        parts=tuple(part for part in kept if part.things),
        looks=tuple(_for_the_family(look) for look in reversed(looks_at(extract.child_id, named=True)) if look.allowed),
    )


def _for_the_family(look: LookedAt) -> LookedAt:
    """A look as the child and its family are told of it: when, which service and role, and what of the case.

    The name of health personnel belongs to the patient's insight in who has looked (pasientjournalforskriften § 14);
    others' names do not (GDPR art. 15, and the Court of Justice in C-579/21). Which page it was could tell that
    something is withheld, so that is said in three words only.
    """
    kind = look.kind if look.kind in (LookKind.LIST, LookKind.GLASS, LookKind.RESEARCH) else LookKind.CASE
    return replace(look, who=look.who if look.is_health else "", action="", kind=kind)


def whom(extract: Extract) -> str:
    """For whom, without a name."""
    whose = RelationKind(extract.related_person.relation) if extract.related_person is not None else RemarkBy.CHILD
    if extract.for_whom == RemarkBy.REPRESENTATIVE:
        return _("%(who)s (for %(whose)s)") % {"who": extract.representative, "whose": str(whose.label).lower()}
    return str(whose.label)


def _review(extract: Extract, parts: tuple[Part, ...]) -> Review:
    return Review(
        extract_id=extract.pk,
        for_whom=whom(extract),
        asked_on=extract.asked_on,
        made_at=extract.recorded_at,
        expires_at=extract.expires_at,
        is_open=extract.expires_at > clock.now(),
        parts=parts,
    )


def _parts(actor: Actor, extract: Extract) -> tuple[Part, ...]:
    child = extract.child
    own = _identity(child, extract.related_person)
    right = own_right.of(child, own)
    others = [
        row.name for row in access.visible_to(actor, RelatedPerson.objects.filter(child=child)) if row.identity != own
    ]
    rows = access.visible_to(actor, Withheld.objects.filter(extract=extract))
    withheld = {row.subject_id: row for row in rows}
    said: dict[UUID, list[str]] = {}
    of_child = Remark.objects.filter(pathway__child=child).select_related("related_person")
    for remark in access.visible_to(actor, of_child):
        said.setdefault(remark.subject_id, []).append(f"{remarks.who(remark)}: {remark.words}")

    def thing(item: Item) -> Thing:
        row = withheld.get(item.id)
        return Thing(
            item=item,
            names=named(others, in_texts=(text for _label, text in item.said)),
            remarks=tuple(said.get(item.id, ())),
            withheld=WithheldGround(row.ground) if row else None,
            why=row.why if row else "",
        )

    hidden = ALL_KINDS & ~access_rules().purposes[Purpose.OWN_INSIGHT]
    return tuple(
        Part(part.table, part.purpose, things)
        for part in held.everything(actor, child)
        if is_in(part.table, is_childs=extract.related_person is None)
        and (
            things := tuple(
                thing(held.without(part.table, item, hidden))
                for item in part.items
                if _sees(right, item) and not item.columns.get("only_for")
            )
        )
    )


def _sees(right: OwnRight, item: Item) -> bool:
    """Whether the one who asked may see the row. A remark follows what it is about; that a service has had sight is
    known to whoever may know that there is a case."""
    about = item.columns.get("subject_id") if "said_by" in item.columns else None
    return right.sees(UUID(about) if about else item.id, InformationKind(item.kind) or InformationKind.CONTACT)


def is_in(table: str, *, is_childs: bool) -> bool:
    """Whether a table is in an extract at all; `is_childs` when it is made in the child's own right."""
    own = FOR_THE_CHILD if is_childs else frozenset()
    return held.activity_of(table) in held.WRITTEN or table in BESIDE | own


def named(others: Iterable[str], *, in_texts: Iterable[str]) -> tuple[str, ...]:
    """Those whose name, or a part of it of three letters or more, stands as a word in one of the texts."""
    words = {word.casefold() for text in in_texts for word in re.findall(r"\w+", text)}
    parts = {name: {part.casefold() for part in re.findall(r"\w{3,}", name)} for name in others if name}
    return tuple(sorted({name for name, found in parts.items() if found & words}))


def as_data(found: Content, *, called: Callable[[str], str]) -> dict[str, Any]:
    """The extract as JSON has it; `called` gives a column its name in the language of whoever is to have it."""
    return {
        "extract": str(found.extract_id),
        "made_on": found.made_on.isoformat(),
        "held": [
            {
                "table": part.table,
                "purpose": part.purpose,
                "rows": [
                    {
                        **thing.item.columns,
                        "in_words": [{"what": called(label), "says": text} for label, text in thing.item.said],
                        "remarks": list(thing.remarks),
                    }
                    for thing in part.things
                ],
            }
            for part in found.parts
        ],
        "looks": [
            {
                "at": look.at.isoformat(),
                "service": look.service,
                "role": look.role,
                "who": look.who,
                "what": str(look.kind.label),
                "why": look.purpose,
            }
            for look in found.looks
        ],
    }
