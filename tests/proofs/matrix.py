"""Matrix: the program's pure decision against the reference, over the whole product of what can be asked.

Roles × relations to the case × which piece × when × kinds × who wrote it × explicit noes, to read and to write; every
state of a consent; and everybody in a family, day by day around each birthday. Every cell that is allowed names its
ground. A whole run adds worlds with any number of grounds and noes, drawn at random.
"""

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from typing import Any
from uuid import UUID

from tests.proofs import Result, stage
from tests.reference import access as reference

RANDOM_WORLDS, QUICK_RANDOM_WORLDS = 5_000_000, 20_000
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
BEGAN, ENDS, TICK = NOW - timedelta(days=10), NOW + timedelta(days=10), timedelta(microseconds=1)
INSTANTS = (BEGAN - TICK, BEGAN, NOW, ENDS - TICK, ENDS)
"""Before, at the start, within, at the last instant, and at the end of each ground."""
ME, COLLEAGUE, MY_SERVICE, OTHER_SERVICE = (UUID(int=number) for number in range(1, 5))
CHILD, THIS, ANOTHER, CONSENT, CASE, A_THIRD = (UUID(int=number) for number in range(11, 17))
BORN_ON = date(2010, 2, 28)
KEPT = 200
"""Differences that are kept in words; all are counted."""


@dataclass(frozen=True, slots=True)
class Said:
    """One ground, or one explicit no (without a name), as both sides are told of it."""

    name: str
    kinds: frozenset[str]
    service: UUID | None = MY_SERVICE
    person: UUID | None = None
    piece: UUID | None = None
    from_at: datetime = BEGAN
    until_at: datetime = ENDS

    def as_ground(self) -> reference.Ground:
        return reference.Ground(
            name=self.name,
            service=_text(self.service),
            child="child",
            case="case",
            kinds=self.kinds,
            from_at=self.from_at,
            until_at=self.until_at,
            person=_text(self.person),
            piece=_text(self.piece),
        )

    def as_no(self) -> reference.No:
        return reference.No(
            child="child",
            kinds=self.kinds,
            from_at=self.from_at,
            until_at=self.until_at,
            service=_text(self.service),
            person=_text(self.person),
            piece=_text(self.piece),
        )

    def as_sight(self) -> Any:
        from grunnmur.cases.decision import Sight
        from grunnmur.cases.terms import ParticipationBasis

        return Sight(
            self.service,
            self.person,
            ParticipationBasis(self.name),
            bits(self.kinds),
            self.from_at,
            self.until_at,
            self.piece,
        )

    def as_denial(self) -> Any:
        from grunnmur.cases.decision import Denial

        return Denial(self.service, self.person, bits(self.kinds), self.from_at, self.until_at, self.piece)


def _text(key: UUID | None) -> str | None:
    return str(key) if key else None


def bits(names: Iterable[str]) -> Any:
    """The kinds as the program has them."""
    from grunnmur.cases.terms import InformationKind

    found = InformationKind(0)
    for name in names:
        found |= InformationKind[name.upper()]
    return found


@dataclass
class Tally:
    """What has been compared."""

    cells: int = 0
    allowed: int = 0
    differences: int = 0
    faults: list[str] | None = None

    def differs(self, say: Callable[[], str]) -> None:
        self.differences += 1
        self.faults = self.faults or []
        if len(self.faults) < KEPT:
            self.faults.append(say())


# --- who asks, and what there is ---------------------------------------------------------------------------------


def askers() -> list[tuple[reference.Someone, Any]]:
    """Somebody in every role, a relative, and those who answer by a link, as both sides know them."""
    from grunnmur.cases.access_rules import Purpose, access_rules
    from grunnmur.cases.decision import Asker
    from grunnmur.directory.kinds import Role

    always = (datetime(2000, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC))
    found = [
        (
            reference.Someone(str(ME), str(MY_SERVICE), str(role), *always),
            Asker(ME, MY_SERVICE, access_rules().ceiling(role)),
        )
        for role in Role
    ]
    insight = access_rules().purposes[Purpose.OWN_INSIGHT]
    by_link = {
        reference.ASKED: access_rules().purposes[Purpose.ANSWERING],
        reference.ASKED_BY_CODE: access_rules().purposes[Purpose.ANSWERING_BY_CODE],
    }
    return [
        *found,
        (reference.Someone(str(ME), None, reference.RELATIVE, *always), Asker(ME, None, insight)),
        *(
            (
                reference.Someone(str(ME), None, role, *always, str(COLLEAGUE), str(MY_SERVICE)),
                Asker(ME, None, sees, writer=COLLEAGUE, writes_for=MY_SERVICE),
            )
            for role, sees in by_link.items()
        ),
    ]


def relations(piece: UUID | None) -> list[tuple[Said, ...]]:
    """Every relation that somebody can have to a case, alone and some together; for all pieces or for one."""
    most = reference.OPENS_AT_MOST
    one_area = reference.consent({"somatic"})

    def said(name: str, kinds: frozenset[str], **more: Any) -> Said:
        return Said(name, kinds, piece=piece, **more)

    owner = said("owner", reference.owner(has_protected_address=False))
    of_protected = said("owner", reference.owner(has_protected_address=True))
    consented, broad = said("consent", one_area), said("consent", most["consent"])
    glass = said("break_glass", most["break_glass"], person=ME)
    appointed = said("appointed", most["appointed"], person=ME)
    home, initiator = said("statutory", most["statutory"]), said("initiator", most["initiator"])
    party = said("party", most["party"], service=None, person=ME)
    return [
        (),
        (owner,),
        (of_protected,),
        (of_protected, appointed),
        (of_protected, said("appointed", most["appointed"], person=COLLEAGUE)),
        (appointed,),
        (consented,),
        (broad,),
        (said("consent", most["consent"], service=OTHER_SERVICE),),
        (home,),
        (initiator,),
        (home, initiator),
        (glass,),
        (said("break_glass", most["break_glass"], person=COLLEAGUE),),
        (said("break_glass", most["break_glass"], person=ME, service=OTHER_SERVICE),),
        (consented, glass),
        (said("owner", most["owner"], service=OTHER_SERVICE), home),
        (party,),
        (said("party", most["party"], service=None, person=COLLEAGUE),),
        (said("asked", most["asked"], service=None, person=ME),),
        (said("asked", frozenset({"mental"}), service=None, person=ME), broad),
        (said("handed_on", most["handed_on"], service=None, person=ME),),
    ]


def noes(kind: str) -> list[tuple[Said, ...]]:
    """No no, and every no that there can be about a piece of this kind."""
    this, others = frozenset({kind}), reference.KINDS - {kind}
    no = Said("", reference.KINDS)
    return [
        (),
        (no,),
        (Said("", this),),
        (Said("", others),),
        (Said("", reference.KINDS, service=OTHER_SERVICE),),
        (Said("", reference.KINDS, service=None, person=ME),),
        (Said("", reference.KINDS, service=OTHER_SERVICE, person=ME),),
        (Said("", reference.KINDS, service=None, person=COLLEAGUE),),
        (Said("", this, piece=THIS),),
        (Said("", this, piece=ANOTHER),),
        (Said("", frozenset({reference.CONTACT})),),
        (Said("", frozenset({reference.CONTACT}), piece=ANOTHER),),
        (Said("", reference.KINDS, until_at=BEGAN),),
        (Said("", reference.KINDS, from_at=ENDS, until_at=ENDS + timedelta(days=1)),),
    ]


# --- the product ---------------------------------------------------------------------------------------------------


def compare_all(tally: Tally) -> None:
    """Every cell of the product, to read and to write."""
    from grunnmur.cases.decision import Row

    everyone = askers()
    states = [
        (said, [one.as_ground() for one in said], [one.as_sight() for one in said])
        for piece in (None, THIS, ANOTHER)
        for said in relations(piece)
    ]
    for kind, author in product(sorted(reference.KINDS), (MY_SERVICE, OTHER_SERVICE)):
        piece = reference.Piece("child", "case", kind, str(author), str(THIS))
        row = Row(THIS, bits([kind]), author)
        for said_no in noes(kind):
            no, denials = [one.as_no() for one in said_no], [one.as_denial() for one in said_no]
            for (who, asker), (said, grounds, sights), at in product(everyone, states, INSTANTS):
                question = {"who": who, "piece": piece, "grounds": grounds, "noes": no, "at": at}
                compare(tally, question, asker, row, sights, denials, (said, said_no))


def compare(
    tally: Tally, question: dict[str, Any], asker: Any, row: Any, sights: Any, denials: Any, told: object
) -> None:
    """Hold one answer of the program against the reference's: seen or not, on which ground, written or not."""
    from grunnmur.cases.decision import decide

    at = question["at"]
    read = reference.why(**question)
    write = reference.on_which_one_may_write(**question)
    answer = decide(asker=asker, row=row, sights=sights, denials=denials, at=at)
    may_write = answer.may_write and row.author == (asker.service or asker.writes_for)
    names_ground = str(answer.basis) in (write or read) if read else answer.basis is None
    tally.cells += 2
    tally.allowed += bool(read) + bool(write)
    if answer.allowed != bool(read) or may_write != bool(write) or not names_ground:
        tally.differs(
            lambda: (
                f"{question['who'].role} asks for {question['piece'].kind} at {at}: the reference says "
                f"{sorted(read)} (to write: {sorted(write)}), the program {answer}; told: {told}"
            )
        )


# --- consents --------------------------------------------------------------------------------------------------------


def compare_consents(tally: Tally) -> None:
    """Every state of a consent, as the program works sight out of it, against the reference."""
    from grunnmur import clock
    from grunnmur.cases.actions import participants
    from grunnmur.cases.consent import CHILD as THE_CHILD
    from grunnmur.cases.consent import Carer, ConsentFact, Period, Signature, Situation
    from grunnmur.cases.lifecycle import Facts
    from grunnmur.cases.terms import ConsentAnswer, ConsentPurpose, PathwayStatus, SignatoryKind

    today = date(2026, 3, 2)

    def midnight(day: date) -> datetime:
        return datetime.combine(day, time(), clock.OSLO)

    for purpose, kind, starts, days, withdrawn, yes, is_open in product(
        ConsentPurpose, sorted(reference.HEALTH | {reference.OWN_WORDS}), (0, 5), (1, 30), (None, 0, 7), (0, 1), (0, 1)
    ):
        starts_on, ends_on = today + timedelta(days=starts), today + timedelta(days=starts + days)
        withdrawn_at = midnight(today) + timedelta(days=withdrawn, hours=9) if withdrawn is not None else None
        answer = ConsentAnswer.YES if yes else ConsentAnswer.NO
        fact = ConsentFact(
            id=str(CONSENT),
            purpose=purpose,
            recipient=str(MY_SERVICE),
            kinds=bits([kind]),
            signatures=tuple(Signature(who, answer, today) for who in (THE_CHILD, "mother", "father")),
            valid_from=starts_on,
            valid_until=ends_on,
            withdrawn_at=withdrawn_at,
        )
        parents = tuple(Carer(who, SignatoryKind.PARENT, (Period(date(2012, 1, 1)),)) for who in ("mother", "father"))
        opened = midnight(today) - timedelta(days=60)
        case = Facts(
            pathway=str(CASE),
            edition="2023",
            status=PathwayStatus.UNDER_WAY,
            owner=str(OTHER_SERVICE),
            contact_person=str(ME),
            opened_on=opened.date(),
            version=1,
            situation=Situation(born_on=date(2012, 1, 1), carers=parents, care=()),
            consents=(fact,),
            spells=((opened, None if is_open else opened + timedelta(days=1)),),
        )
        found = participants.sights(case)
        turns = {midnight(starts_on), midnight(ends_on), withdrawn_at or midnight(today)}
        for at in sorted({turn + step for turn in turns for step in (-TICK, timedelta(), timedelta(hours=3))}):
            if at < midnight(today):
                continue  # before it was recorded there is nothing to ask of it
            holds = reference.consent_holds(
                purpose=str(purpose),
                recorded_at=midnight(today),
                starts_at=midnight(starts_on),
                ends_at=midnight(ends_on),
                withdrawn_at=withdrawn_at,
                all_needed_say_yes=bool(yes),
                case_is_open=bool(is_open),
                at=at,
            )
            should = bits(reference.consent({kind})) if holds else bits(())
            does = bits(())
            for sight in found:
                if sight.starts_at <= at < sight.ends_at:
                    does |= sight.kinds
            tally.cells += 1
            tally.allowed += holds
            if does != should:
                tally.differs(lambda fact=fact, at=at, does=does, should=should: f"{fact} at {at}: {does} != {should}")


# --- families --------------------------------------------------------------------------------------------------------


def days_around_birthdays() -> Iterator[date]:
    """The day before, the day of and the day after the birth and each birthday until 19."""
    for years in range(20):
        for days in (-1, 0, 1):
            yield date(BORN_ON.year + years, BORN_ON.month, BORN_ON.day) + timedelta(days=days)


def compare_families(tally: Tally) -> None:
    """The child, one with parental responsibility and one without, by what was decided, on each of those days."""
    from grunnmur import clock
    from grunnmur.cases import family
    from grunnmur.cases.access_rules import Purpose, access_rules
    from grunnmur.cases.consent import Period
    from grunnmur.cases.decision import Asker, Row, decide
    from grunnmur.cases.family import Decided, Released
    from grunnmur.cases.terms import FamilyAccess

    insight = access_rules().purposes[Purpose.OWN_INSIGHT]
    decided_at = datetime(2009, 1, 1, tzinfo=UTC)
    for who, access, kind, is_released in product(
        ("child", "parent", "aunt"), FamilyAccess, sorted(reference.KINDS), (False, True)
    ):
        me = CHILD if who == "child" else ME
        released = [Released(CONSENT, me, THIS, bits([kind]), decided_at, datetime(9999, 1, 1, tzinfo=UTC))]
        found = family.sights(
            child=CHILD,
            born_on=BORN_ON,
            parents={ME: (Period(BORN_ON),)} if who == "parent" else {},
            decisions=[Decided(CONSENT, me, access, decided_at)],
            releases=released if is_released else [],
        )
        sights = [one.sight for one in found]
        asker, row = Asker(me, None, insight), Row(THIS, bits([kind]), OTHER_SERVICE)
        for day in days_around_birthdays():
            told = {
                "is_child": who == "child",
                "has_parental_responsibility": who == "parent",
                "access": str(access),
                "born_on": BORN_ON,
                "on": day,
            }
            should = kind in reference.family(**told) or (is_released and reference.may_be_released(kind=kind, **told))
            at = datetime.combine(day, time(12), clock.OSLO)
            does = decide(asker=asker, row=row, sights=sights, at=at)
            tally.cells += 1
            tally.allowed += should
            if does.allowed != should:
                tally.differs(
                    lambda told=told, kind=kind, does=does, should=should: f"{told}, {kind}: {does} != {should}"
                )


# --- worlds at random ------------------------------------------------------------------------------------------------


def compare_at_random(worlds: int, seed: int) -> Tally:
    """Any number of grounds and noes, of anybody, with any period, about anything."""
    stage.prepare()
    from grunnmur.cases.decision import Row

    dice, tally, everyone = random.Random(seed), Tally(), askers()
    by_link = [(who, asker) for who, asker in everyone if asker.writes_for]
    names, all_kinds = sorted(reference.OPENS_AT_MOST), sorted(reference.KINDS)
    moments = [NOW + timedelta(days=days) for days in range(-3, 4)]

    def one(name: str) -> Said:
        begins, ends = sorted(dice.choices(moments, k=2))
        return Said(
            name,
            frozenset(dice.sample(all_kinds, dice.randint(0, 11))) & reference.OPENS_AT_MOST.get(name, reference.KINDS),
            service=dice.choice((MY_SERVICE, MY_SERVICE, OTHER_SERVICE, None)),
            person=dice.choice((None, None, ME, COLLEAGUE)),
            piece=dice.choice((None, None, THIS, ANOTHER)),
            from_at=begins,
            until_at=ends,
        )

    for _number in range(worlds):
        said = tuple(one(dice.choice(names)) for _each in range(dice.randint(0, 4)))
        # A no is about a service or about a person; about neither it says nothing.
        nos = tuple(no for _each in range(dice.randint(0, 2)) if (no := one("")).service or no.person)
        kind, author = dice.choice(all_kinds), dice.choice((MY_SERVICE, OTHER_SERVICE))
        who, asker = dice.choice(everyone)
        answers = dice.choice((None, ANOTHER))
        if answers and dice.random() < 0.5:
            # Too seldom by chance: one who comes in by a link, was asked something, and reads what answers it.
            who, asker = dice.choice(by_link)
            name = dice.choice(("asked", "asked", *names))
            kinds = reference.OPENS_AT_MOST[name]
            asked = dice.choice((answers, answers, A_THIRD))
            said += (Said(name, kinds, None, ME, asked, from_at=moments[0], until_at=moments[-1]),)
        question = {
            "who": who,
            "piece": reference.Piece("child", "case", kind, str(author), str(THIS), str(answers or "")),
            "grounds": [each.as_ground() for each in said],
            "noes": [each.as_no() for each in nos],
            "at": dice.choice(moments),
        }
        sights, denials = [each.as_sight() for each in said], [each.as_denial() for each in nos]
        compare(tally, question, asker, Row(THIS, bits([kind]), author, answers), sights, denials, (said, nos))
    return tally


def prove(quick: bool, seed: int) -> Result:
    """The whole product, and worlds at random beside it."""
    stage.prepare()
    whole = Tally()
    compare_all(whole)
    compare_consents(whole)
    compare_families(whole)
    worlds = QUICK_RANDOM_WORLDS if quick else RANDOM_WORLDS
    shares = [(worlds // stage.CORES, seed * 100 + number) for number in range(stage.CORES)]
    drawn = stage.in_processes(compare_at_random, shares)
    differences = whole.differences + sum(tally.differences for tally in drawn)
    faults = [fault for tally in (whole, *drawn) for fault in tally.faults or []]
    if not 0 < whole.allowed < whole.cells:
        faults, differences = [*faults, "everything is allowed, or nothing is"], differences + 1
    return Result(
        f"{whole.cells:,} cells, {whole.allowed:,} allowed and each with its ground, and {worlds:,} random worlds",
        differences,
        faults,
    )
