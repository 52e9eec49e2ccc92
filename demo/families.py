"""Three families who have come in to pages of their own: Anna's, one whose case is under way, and one with a meeting
behind it and one ahead.

Everything is done by the real acts, as the demo is loaded. The numbers are synthetic, and typed in place of an eID.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from demo import cast
from grunnmur import clock
from grunnmur.cases.actions import consents, family_log_ins, letters, meetings, own_words, sight
from grunnmur.cases.actions.consents import Answer
from grunnmur.cases.actions.own_words import Words
from grunnmur.cases.models import Child, FamilyLogIn, Letter, Participation, Pathway, RelatedPerson
from grunnmur.cases.national_id import Sex, make_synthetic
from grunnmur.cases.queries import looking, looks
from grunnmur.cases.terms import (
    ChildParticipation,
    ConsentAnswer,
    ConsentPurpose,
    FamilyAccess,
    InformationKind,
    MeetingKind,
    ParticipationBasis,
    RelationKind,
    RestrictionCause,
    SignatoryKind,
    WordsFor,
)
from grunnmur.directory import sessions
from grunnmur.directory.sessions import Actor, Relative
from grunnmur.log import record
from grunnmur.working_days import is_working_day

REVIEW_AFTER = timedelta(days=180)
ANNAS_PARENTS = {
    RelationKind.MOTHER: make_synthetic(date(1985, 3, 1), Sex.FEMALE, 0),
    RelationKind.FATHER: make_synthetic(date(1983, 7, 9), Sex.MALE, 0),
}
THE_OTHERS = {
    RelationKind.MOTHER: make_synthetic(date(1986, 11, 4), Sex.FEMALE, 0),
    RelationKind.FATHER: make_synthetic(date(1984, 2, 17), Sex.MALE, 0),
}
A_THIRD = {
    RelationKind.MOTHER: make_synthetic(date(1982, 6, 15), Sex.FEMALE, 0),
    RelationKind.FATHER: make_synthetic(date(1981, 9, 3), Sex.MALE, 0),
}
UNDER_WAY = "psykisk_hjemme", "referred"
"""The play and the stage of the other child, one of Kari's own (`demo/population.py`)."""
BETWEEN_MEETINGS = "psykisk_hjemme", "status_held"
"""Of the third, whose plan has been made and who has no meeting ahead."""


def come_in(child: Child, parents: dict[RelationKind, str], *, looker: str) -> None:
    """Let the child and its parents in; the mother asks something, is answered, and asks about a look."""
    with sessions.acting(cast.membership_id(cast.get("kari")), is_strong=True) as kari:
        _let_in(kari, child, parents)
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


def _let_in(kari: Actor, child: Child, parents: dict[RelationKind, str]) -> None:
    """Each of them sees what the child's age opens, and has a log-in."""
    around = {row.relation: row.identity for row in RelatedPerson.objects.filter(child=child)}
    given = {relation: around[relation] for relation in parents if relation in around}
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
    for relation, identity in given.items():
        family_log_ins.give_with_eid(**whose, identity=identity, number=parents[relation])


def go_on(child: Child, parents: dict[RelationKind, str]) -> None:
    """A child that can come in, between two meetings: a yes that soon ends, a meeting to say something of, and a wish
    before the next that the contact person had to go against; and a no that must soon be looked at again.
    """
    before, after = (_working_day(clock.today(), step) for step in (-1, 1))
    with sessions.acting(cast.membership_id(cast.get("kari")), is_strong=True) as kari:
        _let_in(kari, child, parents)
        of: dict[str, Any] = {"actor": kari, "pathway_id": Pathway.objects.get(child=child).pk, "once": None}
        consents.record(
            **of,
            purposes=[ConsentPurpose.CONTACT_HEALTH],
            recipient_id=cast.service("storgata").id,
            kinds=InformationKind.SOMATIC,
            valid_from=clock.today(),
            valid_until=clock.today() + SOON_OVER,
            answers=_everybody_says_yes(child),
        )
        held = _call(of, before)
        meetings.hold(
            **of,
            meeting_id=held,
            held_on=before,
            services_present=[],
            people_present=[],
            child_present=True,
            participation=ChildParticipation.CONVERSATION,
            minutes="Vi gikk gjennom det som er avtalt, og det som gjenstår.",
            decisions="Vi fortsetter som avtalt, og møtes igjen om en uke.",
        )
        ahead = _call(of, after + timedelta(days=7))
        # Soon to be looked at again, so that it stands on the page of what there is to do.
        sight.restrict(
            actor=kari,
            child_id=child.pk,
            once=None,
            cause=RestrictionCause.SERVICE_RESTRICTED,
            service_id=cast.service("storgata").id,
            kinds=InformationKind.OWN_WORDS,
            reason="Barnet vil ikke at fastlegen skal lese det som ble sagt om skolen.",
            review_on=clock.today() + timedelta(days=7),
        )
    with _inside(child.national_id or "") as relative:
        own_words.write(
            relative=relative,
            once=None,
            meeting_id=ahead,
            words=[Words("not_said", "At jeg har vært borte fra skolen.", WordsFor.CHILD_WELFARE)],
        )
    with sessions.acting(cast.membership_id(cast.get("kari"))) as kari:
        letters.answer(
            actor=kari,
            child_id=child.pk,
            once=None,
            letter_id=Letter.objects.get(child=child, written_by=None).pk,
            text="Takk for at du skrev. Vi må snakke kort om skolen, og du bestemmer selv hva du vil si om den.",
            overruled_because="Skolen er med på møtet, og trenger å vite hva de kan gjøre for deg.",
            overruled_on="Kontaktpersonen bestemte det sammen med lederen",
        )


SOON_OVER = timedelta(days=20)


def _working_day(on: date, step: int) -> date:
    """The nearest working day before or after a day."""
    on += timedelta(days=step)
    while not is_working_day(on):
        on += timedelta(days=step)
    return on


def _call(of: dict[str, Any], on: date) -> UUID:
    """A meeting at noon on one day, with the child asked to it."""
    return meetings.call(
        **of,
        meeting=MeetingKind.STATUSMOTE,
        starts_at=datetime.combine(on, time(12), clock.OSLO),
        place="Møterommet hos barneverntjenesten",
        is_video=False,
        services=[],
        related_people=[],
        child_invited=True,
    ).pk


def _everybody_says_yes(child: Child) -> list[Answer]:
    said: dict[str, Any] = {"answer": ConsentAnswer.YES, "on": clock.today(), "how": "muntlig"}
    around = RelatedPerson.objects.filter(child=child, has_parental_responsibility=True, replaced_by=None)
    return [
        Answer(kind=SignatoryKind.CHILD, **said),
        *(Answer(kind=SignatoryKind.PARENT, related_person_id=one.pk, **said) for one in around),
    ]


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
    with _inside(number) as relative:
        look_id = looks.looks_of_family(relative, most=1)[0].id if about_the_last_look else None
        letter = letters.ask(relative=relative, once=None, text=text, look_id=look_id)
    return letter.pk


@contextmanager
def _inside(number: str) -> Iterator[Relative]:
    """One in the family comes in by its number, and goes out again."""
    (way,) = family_log_ins.list_ways(number)
    with transaction.atomic(), record.linked():
        token = family_log_ins.open_session(way.log_in_id)
        relative = sessions.enter_family(token) if token else None
        assert token is not None and relative is not None
        yield relative
        sessions.end(token)


# --- the page where the demo's people are chosen -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CanComeIn:
    """One who can come in, what it is to the child (empty for the child itself), and the number to type."""

    name: str
    relation: str
    number: str


def who_can_come_in() -> list[list[CanComeIn]]:
    """Those who can come in, family by family, Anna's first; none where the demo has no families.

    Read as Kari, whom anybody may be in the demo: a child's own number stands nowhere else. What somebody who tries the
    demo has taken from her is left out.
    """
    found = []
    for parents in (ANNAS_PARENTS, THE_OTHERS, A_THIRD):
        ways = family_log_ins.list_ways(parents[RelationKind.MOTHER])
        with suppress(LookupError), sessions.acting(cast.membership_id(cast.get("kari"))):
            log_in = FamilyLogIn.objects.filter(pk__in=[one.log_in_id for one in ways]).first()
            if log_in is not None:
                found.append(_family(log_in.child, parents))
    return found


def _family(child: Child, parents: dict[RelationKind, str]) -> list[CanComeIn]:
    names = dict(RelatedPerson.objects.filter(child=child).values_list("relation", "name"))
    found = [CanComeIn(names[one], str(one.label), number) for one, number in parents.items() if one in names]
    if child.national_id and FamilyLogIn.objects.filter(child=child, identity=child.pk).exists():
        found.insert(0, CanComeIn(child.name, "", child.national_id))
    return found
