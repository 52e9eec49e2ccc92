"""Giving a sibling a record of its own, made from what is known of the first child, so that nothing is typed twice.

Each child keeps its own record. No row ties them together, and what was decided for the one is never taken to hold for
the other (docs/adr/0045-no-row-ties-siblings-together.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grunnmur.cases import access
from grunnmur.cases.actions import children
from grunnmur.cases.actions.checks import Problem, happened, refuse
from grunnmur.cases.door import Act, Invalid, for_new_child, on_child
from grunnmur.cases.models import Child, RelatedPerson
from grunnmur.cases.queries import siblings as queries
from grunnmur.cases.queries.child import PersonAround
from grunnmur.cases.terms import InformationKind, RelationKind
from grunnmur.directory.sessions import Actor


@dataclass(frozen=True, slots=True)
class Around:
    """Who one of those around the first child is to its sibling. Parental responsibility and daily care are each
    child's own, and never taken from the other: None is no answer."""

    identity: UUID
    relation: RelationKind
    has_parental_responsibility: bool | None
    has_daily_care: bool | None


class IsHere(Invalid):
    """The service has a record already of a child that may be the sibling: whoever registers says whether it is."""

    def __init__(self, child_id: UUID, in_common: str, *, beside: Mapping[str, Problem]) -> None:
        wrong = {field: problem for field, problem in beside.items() if problem is not None}
        super().__init__({**wrong, "is_same": IS_IT_THE_SAME % {"what": in_common}})
        self.child_id = child_id


IS_IT_THE_SAME = _("Et barn med samme %(what)s er registrert hos dere fra før. Svar på om det er det samme barnet.")
NOT_NEW: dict[str, Problem] = {"journal_number": None, "national_number": None}
"""What is wrong with numbers that a new record cannot have is right in the one that has them."""
ALL_STAND_THERE = _("Alle du har valgt, og barnet du kom fra, står hos søskenet fra før.")


def register(
    *,
    actor: Actor,
    child_id: UUID,
    once: UUID | None,
    identity: UUID,
    name: str,
    born_on: date,
    journal_number: str,
    from_on: date,
    people: Sequence[Around],
    national_number: str = "",
    language: str = "",
    needs_interpreter: bool = False,
    same_as: UUID | None = None,
    not_same_as: UUID | None = None,
    allow_real_ids: bool = False,
) -> Child:
    """Make a record of a child's sibling (`identity`), with those of the first child's family who are around it too,
    and the first child as its sibling; from `from_on` on.

    What is known of how to reach and talk to them is copied; limits, what is held back, log-ins and consents are not. A
    record that the service has already is asked about (IsHere), and with a yes (`same_as`) the family is written into
    that one, where nobody is written twice and nothing that stands is changed. Raises NotVisible, Refused, Invalid.
    """
    with for_new_child(actor, "children.register_sibling", once=once) as at:
        found = queries.get_sibling(actor, child_id, identity, page="another_child")
        first = found.head.child
        access.check_may_write(actor, first)
        number, problems = children.who_it_is(
            actor,
            born_on=born_on,
            journal_number=journal_number,
            national_number=national_number,
            today=at.date(),
            allow_real=allow_real_ids,
        )
        problems |= {
            "child": _("Barnet du kom fra, mangler navn. Skriv inn navnet først.") if not first.name else None,
            "from_on": happened(from_on, child=Child(born_on=born_on), today=at.date()),
            **_unfit(people, found.others),
        }
        known = queries.find_own(
            actor, but=first.pk, number=number, journal_number=journal_number, name=name, born_on=born_on
        )
        if known is not None and known[0].pk == same_as:
            refuse(problems | NOT_NEW)
            return _join(actor, known[0], once=once, rows=_rows(first, people, found.others, from_on=from_on))
        if known is not None and known[0].pk != not_same_as:
            raise IsHere(known[0].pk, known[1], beside=problems | NOT_NEW)
        refuse(problems)
        with children.beside_what_is_kept_back("journal_number"):
            child = children.make(
                actor,
                at=at,
                once=once,
                name=name,
                born_on=born_on,
                journal_number=journal_number,
                national_id=number,
                sex="",
                language=language,
                needs_interpreter=needs_interpreter,
            )
        act = Act(actor=actor, name="children.register_sibling", at=at, child=child, pathway=None, once=None)
        for row in _rows(first, people, found.others, from_on=from_on):
            person = children.write_person(act, **row)
            act.record_also("person.added", kind=InformationKind.CONTACT, subject=person.pk)
        children.follow_situation(act)
    return child


def _unfit(people: Sequence[Around], others: Sequence[PersonAround]) -> dict[str, Problem]:
    """What is wrong with the answers about each, by `relation_<identity>` and `rights_<identity>`."""
    known = {person.identity for person in others}
    return {
        **{
            f"relation_{one.identity}": None
            if one.identity in known
            else _("Personen står ikke rundt barnet du kom fra.")
            for one in people
        },
        **{
            f"rights_{one.identity}": _("Svar for dette barnet. Foreldreansvaret kan være et annet enn for søskenet.")
            if one.has_parental_responsibility is None or one.has_daily_care is None
            else children.NO_RESPONSIBILITY
            if one.relation is RelationKind.FOSTER_PARENT and one.has_parental_responsibility
            else None
            for one in people
        },
    }


def _rows(
    first: Child, people: Sequence[Around], others: Sequence[PersonAround], *, from_on: date
) -> list[dict[str, Any]]:
    """What is written of each in the other record: those that were chosen, and the first child itself."""
    known = {person.identity: person for person in others}
    return [
        *(
            {
                "name": known[one.identity].name,
                "relation": one.relation,
                "phone": known[one.identity].phone,
                "language": known[one.identity].language,
                "needs_interpreter": known[one.identity].needs_interpreter,
                "has_parental_responsibility": one.has_parental_responsibility,
                "has_daily_care": one.has_daily_care,
                "from_on": from_on,
            }
            for one in people
        ),
        {"name": first.name, "relation": RelationKind.SIBLING, "phone": "", "from_on": from_on},
    ]


def _join(actor: Actor, child: Child, *, once: UUID | None, rows: list[dict[str, Any]]) -> Child:
    """Write those into a record that is there who do not stand in it today, by their names."""
    with on_child(actor, child.pk, "children.add_person", once=once) as act:
        ended = Q(until_on__lte=act.today)
        standing = RelatedPerson.objects.filter(~ended, child=child, replaced_by=None).values_list("name", flat=True)
        names = {queries.same_words(name) for name in standing}
        new = [row for row in rows if queries.same_words(row["name"]) not in names]
        refuse({"is_same": None if new else ALL_STAND_THERE})
        written = [children.write_person(act, **row) for row in new]
        children.follow_situation(act)
        act.record("person.added", kind=InformationKind.CONTACT, subject=written[0].pk)
        for person in written[1:]:
            act.record_also("person.added", kind=InformationKind.CONTACT, subject=person.pk)
    return child
