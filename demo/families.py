"""Two families who have come in to pages of their own: Anna's, and one whose case is under way.

Everything is done by the real acts, as the demo is loaded. The numbers are synthetic, and typed in place of an eID.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from demo import cast
from grunnmur import clock
from grunnmur.cases.actions import family_log_ins, letters, sight
from grunnmur.cases.models import Child, FamilyLogIn, Participation, Pathway, RelatedPerson
from grunnmur.cases.national_id import Sex, make_synthetic
from grunnmur.cases.queries import looking, looks
from grunnmur.cases.terms import FamilyAccess, InformationKind, ParticipationBasis, RelationKind
from grunnmur.directory import sessions
from grunnmur.log import record

REVIEW_AFTER = timedelta(days=180)
ANNAS_PARENTS = {
    RelationKind.MOTHER: make_synthetic(date(1985, 3, 1), Sex.FEMALE, 0),
    RelationKind.FATHER: make_synthetic(date(1983, 7, 9), Sex.MALE, 0),
}
THE_OTHERS = {
    RelationKind.MOTHER: make_synthetic(date(1986, 11, 4), Sex.FEMALE, 0),
    RelationKind.FATHER: make_synthetic(date(1984, 2, 17), Sex.MALE, 0),
}
UNDER_WAY = "psykisk_hjemme", "referred"
"""The play and the stage of the other child, one of Kari's own (`demo/population.py`)."""


def come_in(child: Child, parents: dict[RelationKind, str], *, looker: str) -> None:
    """Let the child and its parents in; the mother asks something, is answered, and asks about a look."""
    with sessions.acting(cast.membership_id(cast.get("kari"))) as kari:
        around = {row.relation: row.identity for row in RelatedPerson.objects.filter(child=child)}
        given = {relation: around[relation] for relation in parents}
        whose: dict[str, Any] = {"actor": kari, "child_id": child.pk, "once": None}
        for identity in (*given.values(), child.pk):
            sight.decide_access(
                **whose,
                identity=identity,
                family_access=FamilyAccess.FULL,
                reason="Vurdert i teamet. Vi har snakket med barnet om det.",
                review_on=clock.today() + REVIEW_AFTER,
            )
        # A small child sees nothing itself yet, and has nothing to log in to.
        sees = Participation.objects.filter(
            child=child, only_for=child.pk, basis=ParticipationBasis.PARTY, starts_at__lte=clock.now()
        )
        if child.national_id and sees.exists():
            family_log_ins.give_with_eid(**whose, identity=child.pk)
        for relation, number in parents.items():
            family_log_ins.give_with_eid(**whose, identity=given[relation], number=number)
    _look(looker, child)
    mother = parents[RelationKind.MOTHER]
    asked = _ask(mother, "Når skal vi møtes neste gang? Jeg jobber skift og må bytte vakt.")
    with sessions.acting(cast.membership_id(cast.get("kari"))) as kari:
        letters.answer(
            actor=kari,
            child_id=child.pk,
            once=None,
            letter_id=asked,
            text="Hei! Vi finner en dag som passer for deg. Send meg vaktene dine, så ringer jeg i morgen.",
        )
    _ask(mother, "Hvorfor så noen på dette i dag?", about_the_last_look=True)


def _look(key: str, child: Child) -> None:
    """One of the cast opens the child's page."""
    persona = cast.get(key)
    with sessions.acting(cast.membership_id(persona)) as actor:
        pathway = Pathway.objects.filter(child=child).first()
        is_owner = actor.service_id == child.author_service_id
        looking.log(
            actor,
            "case" if pathway else "child",
            children=[child.pk],
            pathway_id=pathway.pk if pathway else None,
            kinds=InformationKind.CONTACT,
            grounds=[ParticipationBasis.OWNER if is_owner else ParticipationBasis.CONSENT],
        )


def _ask(number: str, text: str, *, about_the_last_look: bool = False) -> UUID:
    """One in the family comes in, asks, and goes out again. Returns the letter's id."""
    (way,) = family_log_ins.list_ways(number)
    with transaction.atomic(), record.linked():
        token = family_log_ins.open_session(way.log_in_id)
        relative = sessions.enter_family(token) if token else None
        assert token is not None and relative is not None
        look_id = looks.looks_of_family(relative, most=1)[0].id if about_the_last_look else None
        letter = letters.ask(relative=relative, once=None, text=text, look_id=look_id)
        sessions.end(token)
    return letter.pk


# --- the page where the demo's people are chosen -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CanComeIn:
    """One who can come in, what it is to the child (empty for the child itself), and the number to type."""

    name: str
    relation: str
    number: str


def who_can_come_in() -> list[list[CanComeIn]]:
    """Those who can come in, family by family, Anna's first; none where the demo has no families.

    Read as Kari, whom anybody may be in the demo: a child's own number stands nowhere else.
    """
    found = []
    for parents in (ANNAS_PARENTS, THE_OTHERS):
        ways = family_log_ins.list_ways(parents[RelationKind.MOTHER])
        if ways:
            with sessions.acting(cast.membership_id(cast.get("kari"))):
                found.append(_family(FamilyLogIn.objects.get(pk=ways[0].log_in_id).child, parents))
    return found


def _family(child: Child, parents: dict[RelationKind, str]) -> list[CanComeIn]:
    names = dict(RelatedPerson.objects.filter(child=child).values_list("relation", "name"))
    found = [CanComeIn(names[one], str(one.label), number) for one, number in parents.items() if one in names]
    if child.national_id and FamilyLogIn.objects.filter(child=child, identity=child.pk).exists():
        found.insert(0, CanComeIn(child.name, "", child.national_id))
    return found
