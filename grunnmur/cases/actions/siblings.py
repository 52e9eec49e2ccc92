"""Giving a sibling a record of its own, made from what is known of the first child, so that nothing is typed twice; and
moving what concerns the sibling into its own case.

Each child keeps its own record. No row ties them together, and what was decided for the one is never taken to hold for
the other (docs/adr/0045-no-row-ties-siblings-together.md).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grunnmur.cases import access
from grunnmur.cases.actions import children, plans
from grunnmur.cases.actions.checks import Problem, about_siblings, happened, refuse
from grunnmur.cases.actions.language import in_bokmal
from grunnmur.cases.door import Act, CaseAct, Invalid, for_new_child, lock, on_child, on_pathway
from grunnmur.cases.models import Child, Goal, GoalVersion, RelatedPerson, Task, TaskVersion
from grunnmur.cases.queries import siblings as queries
from grunnmur.cases.queries.child import PersonAround
from grunnmur.cases.terms import HealthArea, InformationKind, RelationKind, TaskState
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


# --- what concerns the sibling, moved into its own case --------------------------------------------------------------

OF_ANOTHER_CHILD = _("Gjaldt et annet barn.")
NOT_A_SIBLING = _("Vi finner ikke søskenets egen sak. Velg en fra listen.")


def move_task(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    task_id: UUID,
    seen: int,
    to_pathway_id: UUID,
    what: str,
    service_id: UUID | None,
    related_person_id: UUID | None,
    due_on: date | None,
    is_another: bool = False,
) -> Task:
    """Write a task into the sibling's own plan, and close it here as one that concerned another child.

    Here the newest version says that alone; those before stay, as of every task. Neither case's other readers learn of
    the other case. Raises NotVisible, Refused, Invalid, EditConflict.
    """
    with _between(actor, pathway_id, to_pathway_id, once=once) as (here, there):
        newest = plans.newest_task(here, task_id, seen=seen)
        refuse(
            {
                "task_id": None if newest.state in plans.OPEN else _("Oppgaven er ikke åpen lenger."),
                "what": _("Skriv hva som skal gjøres.") if not what.strip() else None,
                "who": plans.unfit_for_task(there, service_id=service_id, related_person_id=related_person_id),
                "due_on": plans.unfit_due(due_on, act=there),
                **about_siblings(there.child, is_another=is_another, what=what),
            }
        )
        task = plans.write_task(
            there,
            what=what,
            service_id=service_id,
            related_person_id=related_person_id,
            due_on=due_on,
            goal=None,
            from_meeting=None,
        )
        there.record("task.set", kind=InformationKind.COORDINATION, subject=task.pk)
        TaskVersion.objects.create(
            **here.row(InformationKind.COORDINATION),
            task_id=task_id,
            version=seen + 1,
            what=_said_here(),
            service_id=newest.service_id,
            related_person_id=newest.related_person_id,
            due_on=newest.due_on,
            state=TaskState.DROPPED,
        )
        here.record(
            "task.changed",
            kind=InformationKind.COORDINATION,
            subject=task_id,
            data={"version": seen + 1, "state": str(TaskState.DROPPED)},
        )
    return task


def move_goal(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    goal_id: UUID,
    seen: int,
    to_pathway_id: UUID,
    text: str,
    health_area: HealthArea | None = None,
    is_another: bool = False,
) -> Goal:
    """The same for a goal; its tasks stay, and each is moved by itself when it concerned the sibling too."""
    with _between(actor, pathway_id, to_pathway_id, once=once) as (here, there):
        newest = plans.newest_goal(here, goal_id, seen=seen)
        wrong = plans.unfit_goal(there, text, health_area)
        refuse(
            {
                "goal_id": None if newest.is_current else _("Målet gjelder ikke lenger."),
                **about_siblings(there.child, is_another=is_another, text=text),
                **{field: problem for field, problem in wrong.items() if problem is not None},
            }
        )
        goal = plans.write_goal(there, text=text, health_area=health_area)
        there.record("goal.set", kind=plans.kind_of(health_area), subject=goal.pk)
        kind = InformationKind(newest.kind)
        GoalVersion.objects.create(
            **here.row(kind),
            goal_id=goal_id,
            version=seen + 1,
            text=_said_here(),
            is_current=False,
        )
        here.record("goal.changed", kind=kind, subject=goal_id, data={"version": seen + 1})
    return goal


@contextmanager
def _between(
    actor: Actor, pathway_id: UUID, to_pathway_id: UUID, *, once: UUID | None
) -> Iterator[tuple[CaseAct, CaseAct]]:
    """Open the doors to a child's case and to its sibling's at once; both are the actor's own service's.

    The children are locked in one order, whichever way something is moved, so that two who do it do not wait for each
    other for ever.
    """
    with transaction.atomic():
        for child_id in sorted({access.get_pathway(actor, key).child_id for key in (pathway_id, to_pathway_id)}):
            lock(child_id)
        with on_pathway(actor, pathway_id, "plans.move_to_sibling", once=once) as here:
            is_known = queries.is_case_of_sibling(actor, here.child, to_pathway_id, act="plans.move_to_sibling")
            refuse({"to": None if is_known else NOT_A_SIBLING})
            with on_pathway(actor, to_pathway_id, "plans.move_to_sibling") as there:
                yield here, there


def _said_here() -> str:
    """What stands here of something that was moved: no name, and nothing of where it went."""
    with in_bokmal():
        return str(OF_ANOTHER_CHILD)
