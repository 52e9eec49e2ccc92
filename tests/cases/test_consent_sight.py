"""A service sees the case ⇔ the pure consent rule says so: in the program's list query and in the database alike.

Whole lives are lived through the acts themselves: consents asked, answered late and taken back, birthdays, changes of
law, care orders, parental responsibility lost, the case ended and taken up again. What each service should see at each
instant is worked out beside, from what was done and the pure rule, without reading any row.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st

from demo import cast
from grunnmur import clock
from grunnmur.cases import access, age, consent, door
from grunnmur.cases.actions import basis, children, closings, consents, pathways
from grunnmur.cases.actions.consents import Answer
from grunnmur.cases.consent import CHILD, Carer, CareSpell, ConsentFact, Period, Signature, Situation
from grunnmur.cases.models import OwnWords, Pathway, RelatedPerson
from grunnmur.cases.terms import (
    SHARED_BASE,
    AssessmentOutcome,
    CareBasis,
    ChildParticipation,
    ConsentAnswer,
    ConsentPurpose,
    InformationKind,
    RelationKind,
    SignatoryKind,
)

Acting = Callable[[str], AbstractContextManager[Any]]
RECIPIENTS = {"per": "storgata", "hege": "skolehelse", "siri": "abup"}
"""Who looks, and the service that they look for."""
OWNER, HOME = str(cast.service("grimstad").id), str(cast.service("institusjonen").id)
MOTHER, FATHER = "mother", "father"
KINDS = (InformationKind.MENTAL, InformationKind.MENTAL | InformationKind.OWN_WORDS)
BIRTHDAYS = (15, 16, 18)
LAW_CHANGES = (date(2026, 1, 1), date(2026, 6, 1), date(2026, 7, 1))
TICK = timedelta(microseconds=1)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.OSLO)


# --- what may happen -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ask:
    """Consent is asked for: from `starts` days ahead, for `days` days."""

    recipient: str
    purpose: ConsentPurpose
    kinds: InformationKind
    starts: int
    days: int
    answers: tuple[ConsentAnswer, ConsentAnswer, ConsentAnswer]
    """The child's, and those of the two who stand beside it that day: the parents, or the service and the home."""
    insists: bool
    """Whether those without a say are put down as answering too, which the act must refuse."""


@dataclass(frozen=True)
class Later:
    """Somebody answers a consent that was asked for before."""

    which: int
    who: int
    answer: ConsentAnswer


@dataclass(frozen=True)
class TakeBack:
    """Somebody takes a consent back."""

    which: int
    who: int


@dataclass(frozen=True)
class Placed:
    """The child moves, on a ground."""

    basis: CareBasis


@dataclass(frozen=True)
class Lost:
    """A parent has no parental responsibility from today."""

    who: str


@dataclass(frozen=True)
class Turned:
    """The case is ended, or taken up again."""


Happening = Ask | Later | TakeBack | Placed | Lost | Turned
YES, NO, NOT_ASKED = ConsentAnswer.YES, ConsentAnswer.NO, ConsentAnswer.NOT_ASKED
ANSWERS = st.sampled_from([YES, YES, NO, NOT_ASKED])
CONTACT, CARE = ConsentPurpose.CONTACT_HEALTH, ConsentPurpose.RECEIVE_HEALTH_CARE
ASKS = st.builds(
    Ask,
    recipient=st.sampled_from(["storgata", "skolehelse"]),
    purpose=st.sampled_from([CONTACT, CONTACT, CONTACT, CARE]),
    kinds=st.sampled_from(KINDS),
    starts=st.sampled_from([0, 0, 0, 1, 30]),
    days=st.integers(1, 400),
    answers=st.one_of(st.just((YES, YES, YES)), st.just((YES, YES, YES)), st.tuples(ANSWERS, ANSWERS, ANSWERS)),
    insists=st.sampled_from([False, False, False, True]),
)
HAPPENINGS: st.SearchStrategy[Happening] = st.one_of(
    ASKS,
    st.builds(Later, st.integers(0, 3), st.integers(0, 2), ANSWERS),
    *[st.builds(TakeBack, st.integers(0, 3), st.sampled_from([0, 0, 1, 2]))] * 2,
    st.builds(Placed, st.sampled_from([CareBasis.CARE_ORDER, CareBasis.VOLUNTARY, CareBasis.HOME])),
    st.builds(Lost, st.sampled_from([MOTHER, FATHER])),
    st.just(Turned()),
)
WAITS = st.one_of(st.integers(1, 1440), st.integers(1, 250 * 1440)).map(lambda minutes: timedelta(minutes=minutes))
LIVES = st.tuples(ASKS, st.lists(st.tuples(WAITS, HAPPENINGS), min_size=2, max_size=5)).map(
    lambda life: [(timedelta(), life[0]), *life[1]]
)
BEGINNINGS = st.datetimes(datetime(2025, 4, 1), datetime(2026, 8, 1)).map(lambda at: at.replace(tzinfo=clock.OSLO))  # noqa: DTZ001
AGES = st.integers(int(13.5 * 365), int(17.9 * 365)).map(lambda days: timedelta(days=days))
"""In days, so that the birthdays that matter fall in the middle of things."""


# --- what should be seen ---------------------------------------------------------------------------------------


@dataclass
class Life:
    """One child's life as told here, beside the program: nothing in it is read from a row."""

    born_on: date
    child_id: uuid.UUID
    pathway_id: uuid.UUID
    people: dict[str, uuid.UUID]
    """The newest row about each parent."""
    facts: list[ConsentFact] = field(default_factory=list)
    responsibility: dict[str, Period] = field(default_factory=dict)
    homes: list[Period] = field(default_factory=list)
    care: list[CareSpell] = field(default_factory=list)
    is_open: bool = True

    @property
    def situation(self) -> Situation:
        return Situation(
            born_on=self.born_on,
            carers=(
                Carer(OWNER, SignatoryKind.CHILD_WELFARE, (Period(self.born_on),)),
                Carer(HOME, SignatoryKind.INSTITUTION, tuple(self.homes)),
                *(Carer(who, SignatoryKind.PARENT, (period,)) for who, period in self.responsibility.items()),
            ),
            care=tuple(self.care),
        )

    def sight(self, service: str, at: datetime) -> InformationKind:
        """What the pure rule lets a service see at an instant; nothing while the case is ended."""
        if not self.is_open:
            return InformationKind(0)
        return consent.sight(facts=self.facts, situation=self.situation, recipient=service, at=at)

    def turning_points(self, after: datetime, before: datetime) -> list[datetime]:
        """Midnights between two instants at which what is seen may change."""
        days = {age.birthday(born_on=self.born_on, years=years) for years in BIRTHDAYS} | set(LAW_CHANGES)
        days |= {day for fact in self.facts for day in (fact.valid_from, fact.valid_until)}
        return sorted(at for day in days if after < (at := midnight(day)) < before)

    def signatory(self, number: int, on: date) -> tuple[str, dict[str, Any]]:
        """The child (0) or one of the two beside it: its id in the rules, and how the act names it."""
        if number == 0:
            return CHILD, {"kind": SignatoryKind.CHILD}
        if consent.basis_on(situation=self.situation, on=on) is CareBasis.CARE_ORDER:
            who, kind = ((OWNER, SignatoryKind.CHILD_WELFARE), (HOME, SignatoryKind.INSTITUTION))[number - 1]
            return who, {"kind": kind, "service_id": uuid.UUID(who)}
        who = (MOTHER, FATHER)[number - 1]
        return who, {"kind": SignatoryKind.PARENT, "related_person_id": self.people[who]}


# --- living it ----------------------------------------------------------------------------------------------------


@contextmanager
def undone() -> Iterator[None]:
    """A life leaves nothing behind for the next one."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def set_clock(patch: pytest.MonkeyPatch, at: datetime) -> None:
    """The program's and the database's reading of the time."""
    patch.setattr(clock, "now", lambda: at.astimezone(clock.OSLO))
    with connection.cursor() as cursor:
        cursor.execute("select set_config('test.now', %s, true)", [at.isoformat()])


def born(acting: Acting, *, at: datetime, born_on: date) -> Life:
    """A child with two parents, whom child welfare has begun to assess and who has said something."""
    with acting("kari") as kari:
        child = children.register(actor=kari, once=None, name="Ada Vik", born_on=born_on, journal_number="P-1")
        people = {
            who: children.add_person(
                actor=kari,
                child_id=child.pk,
                once=None,
                name=who.title(),
                relation=relation,
                from_on=born_on,
                has_parental_responsibility=True,
            ).pk
            for who, relation in ((MOTHER, RelationKind.MOTHER), (FATHER, RelationKind.FATHER))
        }
        case = pathways.open_pathway(actor=kari, child_id=child.pk, once=None)
        basis.record_own_words(
            actor=kari, pathway_id=case.pk, once=None, said_on=at.astimezone(clock.OSLO).date(), words="Jeg vil sove."
        )
    return Life(
        born_on=born_on,
        child_id=child.pk,
        pathway_id=case.pk,
        people=people,
        responsibility={MOTHER: Period(born_on), FATHER: Period(born_on)},
    )


def live(kari: Any, life: Life, what: Happening, at: datetime) -> None:
    """Let it happen through the act, then tell it. What the act refuses has not happened (Invalid, Refused)."""
    today = at.astimezone(clock.OSLO).date()
    case: dict[str, Any] = {"actor": kari, "pathway_id": life.pathway_id, "once": None}
    match what:
        case Ask():
            said = []
            for number, answer in enumerate(what.answers):
                who, named = life.signatory(number, today)
                has_a_say = consent.can_sign(signatory=who, purpose=what.purpose, situation=life.situation, on=today)
                said.append((who, named, answer if has_a_say or what.insists else NOT_ASKED))
            first = today + timedelta(days=what.starts)
            (row,) = consents.record(
                **case,
                purposes=[what.purpose],
                recipient_id=cast.service(what.recipient).id,
                kinds=what.kinds,
                valid_from=first,
                valid_until=first + timedelta(days=what.days),
                answers=[Answer(**named, answer=answer, on=today, how="oral") for _who, named, answer in said],
                help_offered="Samtaler.",
            )
            life.facts.append(
                ConsentFact(
                    id=str(row.pk),
                    purpose=what.purpose,
                    recipient=what.recipient,
                    kinds=what.kinds | SHARED_BASE,
                    signatures=tuple(Signature(who, answer, today) for who, _named, answer in said),
                    valid_from=first,
                    valid_until=first + timedelta(days=what.days),
                )
            )
        case Later() if life.facts:
            which = what.which % len(life.facts)
            fact = life.facts[which]
            who, named = life.signatory(what.who, today)
            consents.answer(
                **case,
                consent_id=uuid.UUID(fact.id),
                answers=[Answer(**named, answer=what.answer, on=today, how="oral", note="Samtaler.")],
            )
            said_now = Signature(who, what.answer, today)
            life.facts[which] = replace(fact, signatures=(*fact.signatures, said_now))
        case TakeBack() if life.facts:
            which = what.which % len(life.facts)
            fact = life.facts[which]
            _who, named = life.signatory(what.who, today)
            consents.withdraw(**case, consent_id=uuid.UUID(fact.id), withdrawn_by=named.pop("kind"), **named)
            life.facts[which] = replace(fact, withdrawn_at=at)
        case Placed():
            is_home = what.basis is CareBasis.HOME
            children.place(
                actor=kari,
                child_id=life.child_id,
                once=None,
                basis=what.basis,
                service_id=None if is_home else uuid.UUID(HOME),
                from_on=today,
            )
            life.homes = [_ended(period, today) for period in life.homes] + ([] if is_home else [Period(today)])
            life.care = [replace(spell, period=_ended(spell.period, today)) for spell in life.care]
            life.care.append(CareSpell(what.basis, Period(today)))
        case Lost() if life.responsibility[what.who].until_on is None:
            old = RelatedPerson.objects.get(pk=life.people[what.who])
            life.people[what.who] = children.add_person(
                actor=kari,
                child_id=life.child_id,
                once=None,
                name=old.name,
                relation=RelationKind(old.relation),
                from_on=old.from_on,
                until_on=today,
                has_parental_responsibility=True,
                replaces_id=old.pk,
            ).pk
            life.responsibility[what.who] = Period(life.born_on, today)
        case Turned() if life.is_open:
            pathways.assess(
                **case,
                seen=None,
                outcome=AssessmentOutcome.DO_NOT_START,
                criteria={},
                reason="Ingen kriterier er til stede.",
                decided_on=today,
                participation=ChildParticipation.CONVERSATION,
            )
            life.is_open = False
        case Turned():
            closings.reactivate(**case, reason="Ny bekymring.", reactivated_on=today)
            life.is_open = True
        case _:
            return
    event(f"{type(what).__name__} happened")


def _ended(period: Period, on: date) -> Period:
    return period if period.until_on else Period(period.from_on, on)


def look(acting: Acting, life: Life, at: datetime) -> None:
    """Hold what each service sees, by both walls, against what it should see."""
    for person, service in RECIPIENTS.items():
        should = life.sight(service, at)
        with acting(person) as actor:
            listed = access.visible_to(actor, Pathway.objects.all()).filter(pk=life.pathway_id).exists()
            there = Pathway.objects.filter(pk=life.pathway_id).exists()
            words_listed = access.visible_to(actor, OwnWords.objects.all()).exists()
            words_there = OwnWords.objects.exists()
        said = f"{service} {at:%d.%m.%Y %H.%M.%S.%f}: {should!r}"
        assert (listed, there) == (bool(should), bool(should)), said
        assert (words_listed, words_there) == (bool(should & InformationKind.OWN_WORDS),) * 2, said
        event(f"sees {'something' if should else 'nothing'}")
        if any(fact.recipient == service for fact in life.facts):
            event(f"asked about, sees {'something' if should else 'nothing'}")


def ask(days: int = 200, *, answers: tuple[ConsentAnswer, ...] = (YES, YES, YES)) -> tuple[timedelta, Ask]:
    """The first thing that happens in a life told by hand."""
    return timedelta(), Ask("storgata", CONTACT, KINDS[1], 0, days, answers, insists=False)  # type: ignore[arg-type]


DAY = timedelta(days=1)
FOURTEEN, ALMOST_FIFTEEN = timedelta(days=14 * 365 + 100), timedelta(days=15 * 365 - 20)
AUTUMN = datetime(2025, 10, 20, 14, 30, tzinfo=clock.OSLO)


@example(life=[ask(), (DAY, TakeBack(0, 0))], beginning=AUTUMN, how_old=FOURTEEN)
@example(life=[ask(), (DAY, Turned()), (DAY, Turned())], beginning=AUTUMN, how_old=FOURTEEN)
@example(life=[ask(), (DAY, Placed(CareBasis.CARE_ORDER))], beginning=AUTUMN, how_old=FOURTEEN)
@example(life=[ask(answers=(YES, YES, NO)), (60 * DAY, Later(0, 0, YES))], beginning=AUTUMN, how_old=ALMOST_FIFTEEN)
@example(life=[ask(answers=(YES, YES, NOT_ASKED)), (DAY, Lost(FATHER))], beginning=AUTUMN, how_old=FOURTEEN)
@given(life=LIVES, beginning=BEGINNINGS, how_old=AGES)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_service_sees_the_case_exactly_when_the_rule_says_so(
    acting: Acting, life: list[tuple[timedelta, Happening]], beginning: datetime, how_old: timedelta
) -> None:
    with undone(), pytest.MonkeyPatch.context() as patch:
        at = beginning
        set_clock(patch, at)
        child = born(acting, at=at, born_on=(at - how_old).date())
        for number, (wait, what) in enumerate(life):
            later = at + wait
            for point in child.turning_points(at, later)[:3]:
                for instant in (point - TICK, point):
                    set_clock(patch, instant)
                    look(acting, child, instant)
            at = later
            set_clock(patch, at)
            with acting("kari") as kari:
                try:
                    live(kari, child, what, at)
                except (door.Invalid, access.Refused):
                    event(f"{type(what).__name__} was refused")
            look(acting, child, at)
            if number == len(life) - 1:
                for point in child.turning_points(at, at + timedelta(days=800))[:4]:
                    for instant in (point - TICK, point):
                        set_clock(patch, instant)
                        look(acting, child, instant)
