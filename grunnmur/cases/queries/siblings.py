"""What is known of a child's siblings: for giving one of them a record of its own, and for finding its own case.

No row ties one child's record to a sibling's: whoever takes part for the one may have no part in the other's, and could
learn from such a row that there is one (docs/adr/0045-no-row-ties-siblings-together.md).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from grunnmur import alphabet, clock
from grunnmur.cases import access, age
from grunnmur.cases.models import Child, Meeting, NameKey, Pathway, RelatedPerson, Restriction, has_number
from grunnmur.cases.queries import looking
from grunnmur.cases.queries.child import ChildHead, PersonAround, get_child, list_people
from grunnmur.cases.terms import AddressProtection, InformationKind, MeetingKind, RelationKind
from grunnmur.directory.sessions import Actor

PROTECTED = _(
    "Adressen til barnet er skjermet. Da følger ingen opplysninger med til et annet barn. Registrer søskenet som et "
    "nytt barn, og skriv inn dem som skal stå der."
)


def check_may_follow(child: Child) -> None:
    """Raises Refused when what is known of those around a child could tell where it is."""
    if child.address_protection != AddressProtection.NONE:
        raise access.Refused("protected_address", PROTECTED)


@dataclass(frozen=True, slots=True)
class Sibling:
    """A sibling, as the first child's record has it, and the others around that child today."""

    head: ChildHead
    person: PersonAround
    others: tuple[PersonAround, ...]
    held_back: frozenset[UUID]
    """Those of the others of whom, or from whom, something of the first child's is held back: it does not go along."""
    record: UUID | None
    """The sibling's own record in the service, when each of the two names the other."""


def get_sibling(actor: Actor, child_id: UUID, identity: UUID, *, page: str) -> Sibling:
    """Raises NotVisible when no sibling of that identity stands there today, Refused."""
    head = get_child(actor, child_id, page=page, act="children.register_sibling")
    check_may_follow(head.child)
    around = [person for person in list_people(head) if person.is_now(head.today)]
    found = next((one for one in around if one.identity == identity and one.relation is RelationKind.SIBLING), None)
    if found is None:
        raise access.NotVisible
    others = tuple(person for person in around if person.identity != identity)
    name = same_words(found.name)
    record = next((key for key, own in _records(actor, head.child).items() if same_words(own) == name), None)
    if record is not None:
        _child, grounds = access.get_child_with_grounds(actor, record)
        looking.log(actor, page, children=[record], kinds=InformationKind.CONTACT, grounds=grounds)
    held_back = _held_back(head.child, others)
    return Sibling(head=head, person=found, others=others, held_back=held_back, record=record)


def _held_back(child: Child, people: tuple[PersonAround, ...]) -> frozenset[UUID]:
    """By the explicit noes that stand and that the actor may know of."""
    taken = Restriction.objects.filter(child=child, ends_at__gt=access.NOW).values_list("only_for", "item")
    named = {key for pair in taken for key in pair if key}
    rows = RelatedPerson.objects.filter(child=child, pk__in=named).values_list("identity", flat=True)
    named |= set(rows)
    return frozenset(person.identity for person in people if person.identity in named)


def find_own(
    actor: Actor, *, but: UUID, number: str | None, journal_number: str, name: str, born_on: date
) -> tuple[Child, str] | None:
    """A child that the actor's service has a record of already and that may be the one described, and the word for
    what they have in common; never `but`. Among those that the actor may see only.
    """
    own = access.visible_to(actor, Child.objects.filter(author_service=actor.service_id).exclude(pk=but))
    if number:
        child = own.filter(has_number(number, owner_id=actor.service_id)).first()
        if child is not None:
            return child, str(_("fødselsnummer"))
    child = own.filter(journal_number=journal_number, born_on=born_on).first()
    if child is not None:
        return child, str(_("journalnummer og fødselsdato"))
    wanted = same_words(name)
    named = (child for child in own.filter(born_on=born_on).order_by("pk") if same_words(child.name) == wanted)
    child = next(named, None)
    return (child, str(_("navn og fødselsdato"))) if child is not None else None


def same_words(name: str) -> str:
    """A name as it is held against another: how it is spaced and which letters are capital does not matter."""
    return " ".join(name.split()).casefold()


# --- the cases of siblings -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SiblingCase:
    """A sibling's own pathway, in the actor's service."""

    pathway_id: UUID
    name: str
    age: int
    journal_number: str


def list_cases(actor: Actor, child: Child, *, act: str) -> tuple[SiblingCase, ...]:
    """The pathways of a child's siblings that the actor's service owns too, and that stand so that the act can be done
    there; and a look at each of them. Empty for everyone but the owner's.
    """
    if not access.owns(actor, child):
        return ()
    rows = _cases(actor, child, act=act).select_related("child").annotate(grounds=access.Grounds(actor, child="child"))
    found = sorted(rows, key=lambda row: (alphabet.order(row.child.name), row.child.journal_number))
    if not found:
        return ()
    looking.log(
        actor,
        "sibling_cases",
        children=[row.child_id for row in found],
        kinds=looking.IN_A_LIST,
        grounds=(ground for row in found for ground in row.grounds),
    )
    on = clock.today()
    return tuple(
        SiblingCase(row.pk, row.child.name, age.age_on(born_on=row.child.born_on, on=on), row.child.journal_number)
        for row in found
    )


def has_any(actor: Actor, child: Child) -> bool:
    """Whether the child's record has a sibling today."""
    return bool(_named_siblings(actor, [child.pk]))


def is_case_of_sibling(actor: Actor, child: Child, pathway_id: UUID, *, act: str) -> bool:
    """Whether a pathway is one that `list_cases` lists."""
    return _cases(actor, child, act=act).filter(pk=pathway_id).exists()


def list_pending(actor: Actor, cases: Iterable[SiblingCase]) -> tuple[tuple[UUID, UUID, MeetingKind, date], ...]:
    """The meetings that are called in those cases, and neither held nor called off: case, meeting, kind and day."""
    rows = Meeting.objects.filter(
        pathway__in=[one.pathway_id for one in cases], held=None, cancelled=None, moved_to=None
    ).order_by("starts_at")
    found = access.visible_to(actor, rows).values_list("pathway", "pk", "meeting", "starts_at")
    return tuple((case, key, MeetingKind(kind), at.astimezone(clock.OSLO).date()) for case, key, kind, at in found)


def _cases(actor: Actor, child: Child, *, act: str) -> QuerySet[Pathway]:
    rows = Pathway.objects.filter(
        child__in=_records(actor, child),
        author_service=actor.service_id,
        status__in=access.ACTS[act].while_status,
    )
    return access.visible_to(actor, rows)


def _records(actor: Actor, child: Child) -> dict[UUID, str]:
    """The service's own children, by their names, that the child's record calls siblings by name, and whose own record
    calls it a sibling by name: one name alone can be another's. Found by the names' keys, as a search does.
    """
    wanted = {same_words(name) for name in _named_siblings(actor, [child.pk]).get(child.pk, ()) if name.strip()}
    given = {name.replace("-", " ").split()[0].upper() for name in wanted}
    near = NameKey.objects.filter(service=actor.service_id, key__in=given).values("child")
    own = access.visible_to(actor, Child.objects.filter(author_service=actor.service_id, pk__in=near))
    named = own.exclude(pk=child.pk).values_list("pk", "name")
    called = {key: name for key, name in named if same_words(name) in wanted}
    here, back = same_words(child.name), _named_siblings(actor, called)
    return {key: name for key, name in called.items() if here and here in map(same_words, back.get(key, ()))}


def _named_siblings(actor: Actor, of: Iterable[UUID]) -> dict[UUID, list[str]]:
    """The names of each child's siblings today, as far as the actor may see them."""
    rows = RelatedPerson.objects.filter(
        ~Q(until_on__lte=clock.today()), child__in=list(of), relation=RelationKind.SIBLING, replaced_by=None
    )
    found: dict[UUID, list[str]] = defaultdict(list)
    for key, name in access.visible_to(actor, rows).values_list("child", "name"):
        found[key].append(name)
    return found
