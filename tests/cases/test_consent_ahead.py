"""What soon changes for a consent. Anna is born on 3 May 2011: she turns 15 in 2026 and 16 in 2027."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grunnmur.cases.age import birthday
from grunnmur.cases.consent import CHILD, CareSpell, check, required
from grunnmur.cases.consent_ahead import Ahead, ChildsSay, Turn, ahead, as_today, until
from grunnmur.cases.consent_rules import NoRule, rules
from grunnmur.cases.terms import InformationKind
from tests.cases.test_consent import (
    ALL_SAID_YES,
    CARE,
    CONTACT,
    DENTIST,
    FACTS,
    FATHER,
    FIRST_DAY_AT_15,
    LIVES,
    MOTHER,
    NO_VIEWS,
    ORDER,
    PLAN,
    RELEASE,
    SERVICE,
    consent,
    day,
    days_of,
    oslo,
    period,
    situation,
    slow,
    yes,
)

DAYS = 30
ALONE_AT_15 = Turn(day(FIRST_DAY_AT_15), ChildsSay.ALONE)


def ending(end: str, **more):
    return consent(*ALL_SAID_YES, end=end, **more)


# sentence; the consents; the child; who is told; the day; what is told of the first consent
TOLD = [
    ("its last day is 30 days ahead", [ending("01.11.2025")], situation(), MOTHER, "01.10.2025",
     Ahead("1", day("01.11.2025"), True, None)),
    ("its last day is 31 days ahead", [ending("02.11.2025")], situation(), MOTHER, "01.10.2025", None),
    ("its last day is today", [ending("02.10.2025")], situation(), MOTHER, "01.10.2025",
     Ahead("1", day("02.10.2025"), True, None)),
    ("it is over", [ending("01.10.2025")], situation(), MOTHER, "01.10.2025", None),
    ("it does not hold", [consent(yes(MOTHER), end="20.10.2025")], situation(), MOTHER, "01.10.2025", None),
    ("it is taken back", [ending("20.10.2025", withdrawn_at=oslo("15.09.2025 12:00"))], situation(), MOTHER,
     "01.10.2025", None),
    ("another goes on with it", [ending("20.10.2025"), ending("01.09.2028", id="2")], situation(), MOTHER,
     "01.10.2025", None),
    ("another goes on with less", [ending("20.10.2025"), ending("01.09.2028", id="2", kinds=InformationKind.SOMATIC)],
     situation(), MOTHER, "01.10.2025", Ahead("1", day("20.10.2025"), True, None)),
    ("another goes on at another service", [ending("20.10.2025"), ending("01.09.2028", id="2", recipient=DENTIST)],
     situation(), MOTHER, "01.10.2025", Ahead("1", day("20.10.2025"), True, None)),
    ("another goes on for another purpose", [ending("20.10.2025"), ending("01.09.2028", id="2", purpose=RELEASE)],
     situation(), MOTHER, "01.10.2025", Ahead("1", day("20.10.2025"), True, None)),
    ("a child of 14 decides alone from 15, and the consent goes on", [ending("01.09.2028")], situation(), CHILD,
     "20.04.2026", Ahead("1", None, False, ALONE_AT_15)),
    ("her birthday is the last of the days ahead", [ending("01.09.2028")], situation(), CHILD, "03.04.2026",
     Ahead("1", None, False, ALONE_AT_15)),
    ("nothing of what is taken back, though she soon turns 15",
     [ending("01.09.2028", withdrawn_at=oslo("15.09.2025 12:00"))], situation(), CHILD, "20.04.2026", None),
    ("nor of what is over, from today", [ending("20.04.2026")], situation(), CHILD, "20.04.2026", None),
    ("its birthday is 31 days ahead", [ending("01.09.2028")], situation(), CHILD, "02.04.2026", None),
    ("its birthday is today", [ending("01.09.2028")], situation(), CHILD, FIRST_DAY_AT_15, None),
    ("one that nobody has answered, too", [consent()], situation(), MOTHER, "20.04.2026",
     Ahead("1", None, False, ALONE_AT_15)),
    ("under a care order it is the same", [consent()], situation(care=ORDER), CHILD, "20.04.2026",
     Ahead("1", None, False, ALONE_AT_15)),
    ("what stands on the parents alone ends when she turns 16, and they cannot answer then",
     [consent(yes(MOTHER), yes(FATHER), purpose=CARE)], situation(), MOTHER, "20.04.2027",
     Ahead("1", day("03.05.2027"), False, Turn(day("03.05.2027"), ChildsSay.ALONE))),
    ("and she can", [consent(yes(MOTHER), yes(FATHER), purpose=CARE)], situation(), CHILD, "20.04.2027",
     Ahead("1", day("03.05.2027"), True, Turn(day("03.05.2027"), ChildsSay.ALONE))),
    ("at 15 her yes to a plan is needed beside theirs", [consent(yes(MOTHER), yes(FATHER), purpose=PLAN)], situation(),
     MOTHER, "20.04.2026", Ahead("1", day(FIRST_DAY_AT_15), True, Turn(day(FIRST_DAY_AT_15), ChildsSay.BESIDE_OTHERS))),
    ("it holds until its last day as long as nobody else answers for the child",
     [consent(yes(CHILD), yes(MOTHER), end="20.10.2025")], situation(father=[period("02.10.2025")]), MOTHER,
     "01.10.2025", Ahead("1", day("20.10.2025"), True, None)),
    ("who answers for the child from today does so today", [consent(yes(CHILD), yes(MOTHER), end="20.10.2025")],
     situation(father=[period("01.10.2025")]), MOTHER, "01.10.2025", None),
    ("that a care order is to begin is not told", [ending("01.09.2028")],
     replace(situation(), care=(CareSpell(ORDER, period("15.10.2025")),)), MOTHER, "01.10.2025", None),
    ("nor that one is to end, with what stands on it", [consent(yes(CHILD), yes(SERVICE), end="01.09.2028")],
     replace(situation(), care=(CareSpell(ORDER, period("01.09.2025", "15.10.2025")),)), MOTHER, "01.10.2025", None),
    ("nor that another is to answer for the child", [consent(yes(CHILD), yes(MOTHER))],
     situation(father=[period("15.10.2025")]), MOTHER, "01.10.2025", None),
    ("the last day that was asked for is told, though a care order begins before it", [ending("20.10.2025")],
     replace(situation(), care=(CareSpell(ORDER, period("15.10.2025")),)), MOTHER, "01.10.2025",
     Ahead("1", day("20.10.2025"), True, None)),
    ("one who can form no view has no more to say at 15", [consent()], situation(child=NO_VIEWS), MOTHER, "20.04.2026",
     None),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "child", "told", "on", "what"), [row[1:] for row in TOLD], ids=[r[0] for r in TOLD])
def test_what_soon_changes(facts, child, told, on, what):
    found = ahead(facts=facts, situation=child, signatory=told, on=day(on), days=DAYS)
    assert next((one for one in found if one.consent == "1"), None) == what


@slow
@given(life=LIVES, facts=FACTS, days=st.integers(0, 40), data=st.data())
def test_what_is_told_is_true_of_what_is_so_today_and_what_ends_unseen_is_told(life, facts, days, data):
    facts = [replace(fact, id=str(number)) for number, fact in enumerate(facts)]
    on = data.draw(days_of(facts[0]))
    try:
        required(purpose=CONTACT, situation=life, on=on)
    except NoRule:
        return
    now = as_today(life, on=on)
    found = {one.consent: one for one in ahead(facts=facts, situation=life, signatory=MOTHER, on=on, days=days)}
    for fact in facts:
        told = found.get(fact.id)
        holds = (
            [check(fact=fact, situation=now, on=on + timedelta(days=after)).valid for after in range(days + 2)]
            if fact.withdrawn_at is None
            else [False]
        )
        first_without = on + timedelta(days=holds.index(False)) if holds[0] and not all(holds) else None
        if told and told.until:
            assert told.until == first_without
        elif first_without:
            others = [one for one in facts if one.recipient == fact.recipient and one is not fact]
            assert any(check(fact=one, situation=now, on=first_without).valid for one in others)
        if told and told.turn:
            assert on < told.turn.on <= on + timedelta(days=days)
            people = required(purpose=fact.purpose, situation=now, on=told.turn.on)
            assert CHILD in people.people
            before = required(purpose=fact.purpose, situation=now, on=told.turn.on - timedelta(days=1))
            assert people.any_of != before.any_of


@slow
@given(life=LIVES, facts=FACTS, data=st.data())
def test_no_day_tells_of_care_or_of_who_answers_for_the_child(life, facts, data):
    (fact, *_others) = facts
    on = data.draw(days_of(fact))
    # Nobody has answered after the day that it is: an answer is of a day that has been.
    fact = replace(fact, signatures=tuple(one for one in fact.signatures if one.on <= on))
    now = as_today(life, on=on)
    assert check(fact=fact, situation=now, on=on) == check(fact=fact, situation=life, on=on), "today is as it is"
    told = until(fact=fact, situation=life, on=on)
    stands = fact.withdrawn_at is None and check(fact=fact, situation=life, on=on).valid
    assert (told is not None) == stands
    known = {birthday(born_on=life.born_on, years=years) for years in rules().years()}
    known |= {one.change.from_on for one in rules().sets} | {fact.valid_until, None}
    assert told in known
    assert told == until(fact=fact, situation=now, on=on)
