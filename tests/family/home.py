"""Anna's home in states that the family's pages are tested in, made by the acts themselves."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from demo.families import ANNAS_PARENTS
from grunnmur import clock
from grunnmur.cases.actions import family_log_ins, sight
from grunnmur.cases.models import Child, RelatedPerson
from grunnmur.cases.terms import FamilyAccess, InformationKind, RelationKind, RestrictionCause
from grunnmur.directory import sessions
from tests import together

Acting = Callable[[str], AbstractContextManager[Any]]
NEXT_MONTH = timedelta(days=30)
MOTHERS, FATHERS = (ANNAS_PARENTS[one] for one in (RelationKind.MOTHER, RelationKind.FATHER))


@dataclass(frozen=True)
class Home:
    """Anna's case and those around her, by their identities."""

    child: Child
    case: uuid.UUID
    mother: uuid.UUID
    father: uuid.UUID

    @property
    def anna(self) -> uuid.UUID:
        return self.child.pk


def home(actor: Any, child: Child, case: uuid.UUID) -> Home:
    """As the actor sees it."""
    around = {row.relation: row.identity for row in RelatedPerson.objects.filter(child=child)}
    return Home(child, case, around[RelationKind.MOTHER], around[RelationKind.FATHER])


def decide(actor: Any, home: Home, identity: uuid.UUID, access: FamilyAccess = FamilyAccess.FULL) -> None:
    sight.decide_access(
        actor=actor,
        child_id=home.anna,
        once=None,
        identity=identity,
        family_access=access,
        reason="Vurdert i teamet.",
        review_on=clock.today() + NEXT_MONTH,
    )


def withhold(actor: Any, home: Home, item: uuid.UUID, kind: InformationKind) -> None:
    """One row, from the mother."""
    sight.restrict(
        actor=actor,
        child_id=home.anna,
        once=None,
        identity=home.mother,
        cause=RestrictionCause.CHILD_OBJECTS,
        reason="Anna vil det ikke.",
        review_on=clock.today() + NEXT_MONTH,
        kinds=kind,
        item=item,
    )


def let_in(actor: Any, home: Home, identity: uuid.UUID, number: str = MOTHERS) -> uuid.UUID:
    """With an eID; the id of the log-in."""
    given = family_log_ins.give_with_eid(
        actor=together.fresh(actor), child_id=home.anna, once=None, identity=identity, number=number
    )
    return given.pk


def give_device(actor: Any, home: Home, identity: uuid.UUID) -> family_log_ins.Given:
    """With a device of one's own, and the code that takes it in use."""
    return family_log_ins.give_with_device(
        actor=together.fresh(actor), child_id=home.anna, once=None, identity=identity
    )


def inside(log_in: uuid.UUID) -> sessions.Relative:
    """The relative of a session that a log-in opens, entered in the transaction that runs."""
    token = family_log_ins.open_session(log_in)
    assert token is not None
    relative = sessions.enter_family(token)
    assert relative is not None
    return relative
